"""What a portfolio looks like, as a page and as the promised JSON."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from ..language import words
from ..programme import Programme, Requirement, pick
from ..values import Kind
from .data import Json, head, scalar
from .page import BAD, GOOD, OPEN, PLAIN, Block, Page, Row, release_on
from .phrases import PHRASES

if TYPE_CHECKING:  # what it needs is an extra
    from ..portfolio.job import Result
    from ..portfolio.summary import Summary, TierCounts

_MARKS = {"qualified": GOOD, "retained": GOOD, "not_qualified": BAD, "undetermined": OPEN}
_MOST_TOTALS = 20  #: discounts that are told one by one; of more, bands of so many points
_BAND = 5


def summary_page(programme: Programme, result: Result, day: date, lang: str) -> Page:
    """The portfolio as blocks of rows with bars; `result` has a summary."""
    writer = _Writer(programme, result, lang)
    return Page(
        release_on(programme, day, lang), PHRASES[lang]["portfolio"], PLAIN, writer.headline(), (), writer.blocks()
    )


def summary_data(programme: Programme, result: Result, day: date) -> Json:
    """The portfolio with the keys that schemas/portfolio.schema.json promises."""
    summary = _summary(result)
    return {
        **head("invalid_input" if result.rejected else "done"),
        "programme": programme.id,
        "release": programme.release,
        "digest": programme.digest,
        "as_of": day.isoformat(),
        "rows": result.rows,
        "decided": result.decided,
        "rejected": result.rejected,
        "without_tier": summary.without_tier,
        "tiers": {tier.id: _tier_data(tier) for tier in summary.tiers},
        "discounts": [
            {"tier": one.tier, "total": scalar(one.total), "partners": one.partners} for one in summary.discounts
        ],
    }


def _tier_data(tier: TierCounts) -> Json:
    return {
        "qualified": tier.qualified,
        "not_qualified": tier.not_qualified,
        "undetermined": tier.undetermined,
        "own": dict(tier.own),
        "one_step": tier.one_step,
        "requirements": [one._asdict() for one in tier.requirements],
    }


def _summary(result: Result) -> Summary:
    if result.summary is None:
        raise ValueError("the batch was not asked for a summary")
    return result.summary


class _Writer:
    """What every block needs: the numbers, the programme's words and the language."""

    def __init__(self, programme: Programme, result: Result, lang: str) -> None:
        self.programme, self.result, self.summary = programme, result, _summary(result)
        self.lang, self.say = lang, PHRASES[lang]

    def headline(self) -> str:
        rows, decided, rejected = map(self.number, (self.result.rows, self.result.decided, self.result.rejected))
        return self.say["portfolio_rows"].format(rows=rows, decided=decided, rejected=rejected)

    def blocks(self) -> tuple[Block, ...]:
        """Where the partners stand, where they could, what they get, and what stops them."""
        blocks = [
            Block(self.say["portfolio_own"], tuple(self.own())),
            Block(self.say["portfolio_could"], tuple(self.could())),
            Block(self.say["portfolio_discounts"], tuple(self.discounts())),
            *(Block(self.title(tier), tuple(self.stops(tier))) for tier in self.summary.tiers if tier.requirements),
        ]
        return tuple(block for block in blocks if block.rows)

    def own(self) -> list[Row]:
        rows = [
            self.row(_MARKS[status], f"{self.tier(tier.id)}: {self.say[_WORD.get(status, status)]}", number)
            for tier in self.summary.tiers
            for status, number in tier.own
        ]
        without = self.summary.without_tier
        return [*rows, self.row(PLAIN, self.say["portfolio_without"], without)] if without else rows

    def could(self) -> list[Row]:
        return [
            self.row(
                GOOD, self.tier(tier.id), tier.qualified,
                self.say["portfolio_others"].format(
                    not_qualified=self.number(tier.not_qualified), undetermined=self.number(tier.undetermined)
                ),
            )
            for tier in self.summary.tiers
        ]  # fmt: skip

    def discounts(self) -> list[Row]:
        """How many partners have which discount of their own tier; in bands, where there are many."""
        counts: Counter[Decimal | None] = Counter()
        for one in self.summary.discounts:
            counts[one.total] += one.partners
        known = sorted(total for total in counts if total is not None)
        if len(known) > _MOST_TOTALS:
            bands = Counter[int]()
            for total in known:
                bands[int(total // _BAND) * _BAND] += counts[total]
            rows = [self.row(PLAIN, self.band(low), number) for low, number in sorted(bands.items())]
        else:
            rows = [self.row(PLAIN, words.amount(total, Kind.PERCENT, self.lang), counts[total]) for total in known]
        return [*rows, self.row(OPEN, self.say["undetermined"], counts[None])] if counts[None] else rows

    def stops(self, tier: TierCounts) -> list[Row]:
        """The requirements that partners do not meet, most first; then who lacks only one."""
        titles = {one.id: pick(one.title, self.lang) for one in _all(self.programme.tiers[tier.id].requirements)}
        rows = [self.row(GOOD, self.say["portfolio_one_step"], tier.one_step)]
        for one in sorted(tier.requirements, key=lambda one: -one.not_met):
            if not one.not_met and not one.unknown:
                continue
            note = self.say["portfolio_alone"].format(number=self.number(one.alone))
            if one.unknown:
                note += "; " + self.say["portfolio_unknown"].format(number=self.number(one.unknown))
            rows.append(self.row(BAD, titles[one.id], one.not_met, note))
        return rows

    def row(self, mark: str, title: str, number: int, note: str = "") -> Row:
        share = Decimal(number) / max(1, self.summary.partners)
        percent = words.amount(round(share * 100, 1), Kind.PERCENT, self.lang)
        return Row(mark, title, self.number(number), f"{percent}; {note}" if note else percent, bar=share)

    def band(self, low: int) -> str:
        return self.say["portfolio_band"].format(
            low=words.amount(Decimal(low), Kind.PERCENT, self.lang),
            high=words.amount(Decimal(low + _BAND), Kind.PERCENT, self.lang),
        )

    def title(self, tier: TierCounts) -> str:
        return self.say["portfolio_stops"].format(tier=self.tier(tier.id))

    def tier(self, id: str) -> str:
        return pick(self.programme.tiers[id].title, self.lang)

    def number(self, number: int) -> str:
        return f"{number:,}" if self.lang == "en" else f"{number:,}".replace(",", "\u00a0")


#: a tier that is kept without its requirements, in a word
_WORD = {"retained": "portfolio_retained"}


def _all(requirements: tuple[Requirement, ...]) -> list[Requirement]:
    return [one for requirement in requirements for one in (requirement, *_all(requirement.parts))]
