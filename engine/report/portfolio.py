"""The summary of a portfolio (partners by tier, discount and unmet requirement) as a page and as the promised JSON."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from ..evaluate.outcome_json import Json, json_value, release_head
from ..language.words import words
from ..programme.model import MAIN, Programme, pick
from ..texts.texts import texts_in
from ..values import Kind, round_half_up
from .page import BAD, GOOD, OPEN, PLAIN, Block, Page, Row, release_heading

if TYPE_CHECKING:  # what it needs is an extra
    from ..portfolio.job import BatchResult
    from ..portfolio.summary import Summary, TierCounts, TrackCounts

_MARKS = {"qualified": GOOD, "retained": GOOD, "not_qualified": BAD, "undetermined": OPEN}
_MOST_TOTALS = 20  #: the most discounts that get a row each; more are put into bands
_BAND = 5  #: width of a band in percentage points
_LEAST = Decimal("0.1")  #: the least share that is shown exactly, in percent


def summary_page(programme: Programme, result: BatchResult, day: date, lang: str) -> Page:
    """The page, with a bar for each share; raises ValueError where `result` has no summary."""
    writer, say = _Writer(programme, result, lang), texts_in(lang).PORTFOLIO
    remarks = (say["shares"],) if result.rejected else ()
    return Page(release_heading(programme, day, lang), say["title"], PLAIN, writer.headline(), remarks, writer.blocks())


def summary_data(programme: Programme, result: BatchResult, day: date) -> Json:
    """The summary with the keys that schemas/portfolio.schema.json promises; raises ValueError where there is none."""
    summary = _summary(result)
    return {
        **release_head("invalid_input" if result.rejected else "done", programme, day),
        "rows": result.rows,
        "decided": result.decided,
        "rejected": result.rejected,
        "without_tier": summary.without_tier,
        "undetermined": summary.undetermined,
        "tiers": {tier.id: _tier_data(tier) for tier in summary.tiers},
        "tracks": {track.id: _track_data(track) for track in summary.tracks},
        "discounts": [
            {"tier": count.tier, "total": json_value(count.total), "partners": count.partners}
            for count in summary.discounts
        ],
        "totals": [{**total._asdict(), "amount": json_value(total.amount)} for total in summary.totals],
    }


def _tier_data(tier: TierCounts) -> Json:
    return {
        "qualified": tier.qualified,
        "not_qualified": tier.not_qualified,
        "undetermined": tier.undetermined,
        "own": dict(tier.own),
        "one_step": tier.one_step,
        "requirements": [requirement._asdict() for requirement in tier.requirements],
    }


def _track_data(track: TrackCounts) -> Json:
    return {"held": dict(track.held), "without_tier": track.without_tier, "undetermined": track.undetermined}


def _summary(result: BatchResult) -> Summary:
    if result.summary is None:
        raise ValueError("the batch was not asked for a summary")
    return result.summary


class _Writer:
    """Writes the blocks of one page: it holds the programme, the result of the batch, its summary and the language."""

    def __init__(self, programme: Programme, result: BatchResult, lang: str) -> None:
        self.programme, self.result, self.summary = programme, result, _summary(result)
        self.lang, self.say = lang, texts_in(lang).PORTFOLIO

    def headline(self) -> str:
        rows, decided, rejected = map(self.number, (self.result.rows, self.result.decided, self.result.rejected))
        return self.say["rows"].format(rows=rows, decided=decided, rejected=rejected)

    def blocks(self) -> tuple[Block, ...]:
        """The blocks that have rows: tiers held, tiers that partners qualify for, discounts, unmet requirements."""
        blocks = [
            Block(self.say["own"], tuple(self.own_tiers())),
            *(self.track(track) for track in self.summary.tracks),
            Block(self.say["could"], tuple(self.qualifying())),
            Block(self.say["discounts"], tuple(self.discounts())),
            Block(self.say["totals"], tuple(self.totals())),
            *(
                Block(self.say["stops"].format(tier=self.tier(tier.id)), tuple(self.unmet(tier)))
                for tier in self.summary.tiers
            ),
        ]
        return tuple(block for block in blocks if block.rows)

    def own_tiers(self) -> list[Row]:
        """How many partners have each tier as their own, by status."""
        if not self.programme.tracks[MAIN].tiers:
            return []
        rows = [
            self.row(_MARKS[status], f"{self.tier(tier.id)}: {texts_in(self.lang).REPORT[status]}", number)
            for tier in self.summary.tiers
            for status, number in tier.own
        ]
        return rows + self.without(self.summary.without_tier, self.summary.undetermined)

    def track(self, track: TrackCounts) -> Block:
        title = self.say["track"].format(track=pick(self.programme.tracks[track.id].title, self.lang))
        rows = [self.row(GOOD, self.tier(tier), number) for tier, number in track.held if number]
        return Block(title, (*rows, *self.without(track.without_tier, track.undetermined)))

    def without(self, number: int, undetermined: int) -> list[Row]:
        """The partners without a tier, and those whose tier is undetermined."""
        rows = [self.row(PLAIN, self.say["without"], number)] if number else []
        return [*rows, self.row(OPEN, self.say["open"], undetermined)] if undetermined else rows

    def qualifying(self) -> list[Row]:
        """How many partners meet the requirements of each tier, whatever tier they have."""
        return [
            self.row(
                GOOD, self.tier(tier.id), tier.qualified,
                (self.say["not"], tier.not_qualified),
                (texts_in(self.lang).REPORT["undetermined"], tier.undetermined),
            )
            for tier in self.summary.tiers
        ]  # fmt: skip

    def discounts(self) -> list[Row]:
        """How many partners get each discount from their own tier; in bands where there are many discounts."""
        totals = [(count.total, count.partners) for count in self.summary.discounts if count.total is not None]
        many = len({total for total, _ in totals}) > _MOST_TOTALS
        counts: Counter[Decimal] = Counter()
        for total, partners in totals:
            counts[total // _BAND * _BAND if many else total] += partners
        tell = self.band if many else self.percent
        undetermined = sum(count.partners for count in self.summary.discounts if count.total is None)
        rows = [self.row(PLAIN, tell(total), number) for total, number in sorted(counts.items())]
        return rows + self.without(0, undetermined)

    def totals(self) -> list[Row]:
        """What the partners' own rebates and fees come to, by currency and period."""
        say, rows = texts_in(self.lang).REPORT, []
        for total in self.summary.totals:
            per = "" if total.per == "once" else f" {say[f'per_{total.per}']}"
            amount = f"{words.money(total.amount, self.lang, total.currency)} {total.currency}{per}"
            note = f"{self.say['open']}: {self.number(total.undetermined)}" if total.undetermined else ""
            rows.append(Row(OPEN if note else PLAIN, say[total.what], amount, note))
        return rows

    def unmet(self, tier: TierCounts) -> list[Row]:
        """How many partners are one step from the tier, and its unmet requirements, the commonest first."""
        requirements = self.programme.tiers[tier.id].requirements
        titles = {requirement.id: pick(requirement.title, self.lang) for requirement in requirements}
        stopping = [requirement for requirement in tier.requirements if requirement.not_met or requirement.unknown]
        rows = [
            self.row(
                BAD if requirement.not_met else OPEN, titles[requirement.id], requirement.not_met,
                (self.say["alone"], requirement.alone), (self.say["unknown"], requirement.unknown),
            )
            for requirement in sorted(stopping, key=lambda requirement: -requirement.not_met)
        ]  # fmt: skip
        near = [self.row(PLAIN, self.say["one_step"], tier.one_step)] if rows else []
        return [*near, *self.without(0, tier.undetermined), *rows]

    def row(self, mark: str, title: str, number: int, *details: tuple[str, int]) -> Row:
        """A number of partners with its share as text and bar, and in the note further numbers, each after its word."""
        notes = [self.share(number), *(f"{word}: {self.number(count)}" for word, count in details if count)]
        share = Decimal(number) / max(1, self.summary.partners)
        return Row(mark, title, self.number(number), "; ".join(notes), bar=share)

    def share(self, number: int) -> str:
        """A share of the partners in percent, to one decimal; 0% and 100% are shown only where they are exact."""
        share = round_half_up(Fraction(number * 100, max(1, self.summary.partners)), 1)
        if number and share < _LEAST:
            return words.threshold("<", self.percent(_LEAST), self.lang)
        if number < self.summary.partners and share == 100:
            return words.threshold(">", self.percent(share - _LEAST), self.lang)
        return self.percent(share)

    def band(self, low: Decimal) -> str:
        return self.say["band"].format(low=self.percent(low), high=self.percent(low + _BAND))

    def tier(self, id: str) -> str:
        return pick(self.programme.tiers[id].title, self.lang)

    def percent(self, number: Decimal) -> str:
        return words.amount(number, Kind.PERCENT, self.lang)

    def number(self, number: int) -> str:
        return words.grouped(number, self.lang)
