"""The effects of a new release on a portfolio and on agreements, as blocks of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from ..language.words import words
from ..programme.model import NamedValue, Programme, pick
from ..texts.texts import texts_in
from ..values import Kind, Number
from .conditions import Conditions
from .page import BAD, GOOD, OPEN, PLAIN, Block, Page, Row, release_heading

if TYPE_CHECKING:  # what they need is an extra
    from ..portfolio.compare.agreement_effects import AgreedTerm, AgreementsUnder
    from ..portfolio.compare.compared import Compared, TierCompared
    from ..portfolio.compare.comparison_sql import DiscountChanges, HolderCounts, Move
    from ..portfolio.compare.row_comparison import CurrencyTotal, OrdersUnder, OrderUnder

_MOST = 20  #: the most rows of a kind on a page; the JSON and the list of changes have all
_UNKNOWN = ("becomes_known", "becomes_unknown", "stays_unknown")


def compared_page(
    before: Programme, after: Programme, compared: Compared | None, under: AgreementsUnder | None, day: date, lang: str
) -> Page:
    """Both comparisons as a page of their own; None leaves one out."""
    say = texts_in(lang).COMPARED
    headline = say["page"].format(before=before.release, after=after.release)
    blocks = compared_blocks(before, after, compared, lang) if compared else ()
    agreed = agreements_blocks(before, after, under, lang) if under else ()
    return Page(release_heading(after, day, lang), say["portfolio"], PLAIN, headline, (), (*blocks, *agreed))


def compared_blocks(before: Programme, after: Programme, compared: Compared, lang: str) -> tuple[Block, ...]:
    """The blocks on a portfolio under two releases: partners that differ, tiers, discounts, moves, orders."""
    return _Writer(before, after, lang).portfolio(compared)


def agreements_blocks(before: Programme, after: Programme, under: AgreementsUnder, lang: str) -> tuple[Block, ...]:
    """The block with the agreements that the new release affects."""
    return (_Writer(before, after, lang).agreements(under),)


class _Writer:
    """Writes the blocks: it holds both programmes and the language; `partners` is the number that shares are of."""

    def __init__(self, before: Programme, after: Programme, lang: str) -> None:
        self.before, self.after, self.lang = before, after, lang
        texts = texts_in(lang)
        self.say, self.word, self.counts = texts.COMPARED, texts.REPORT, texts.PORTFOLIO
        self.partners = 0

    # A portfolio ------------------------------------------------------------------------------------------------------

    def portfolio(self, compared: Compared) -> tuple[Block, ...]:
        self.partners = compared.decided
        blocks = (
            Block(self.say["portfolio"], self.rows(compared)),
            Block(self.say["open_outcomes"], tuple(self.open_outcomes(compared))),
            Block(self.say["own"], self.own_tiers(compared)),
            Block(self.say["discount"], self.discount(compared.discount)),
            Block(self.say["moves"], self.moves(compared.moves)),
            Block(self.say["could"], tuple(self.could_hold(tier) for tier in compared.tiers)),
            Block(self.say["would_give"], self.would_give(compared.tiers)),
            Block(self.say["orders"], self.orders(compared.orders) if compared.orders else ()),
        )
        return tuple(block for block in blocks if block.rows)

    def rows(self, compared: Compared) -> tuple[Row, ...]:
        numbers = {
            "rows": compared.rows, "rejected": compared.rejected,
            "old": compared.rejected_before, "new": compared.rejected_after,
        }  # fmt: skip
        counts = {name: self.number(value) for name, value in numbers.items()}
        refused = self.say["rejected"].format(before=self.before.release, after=self.after.release, **counts)
        decided = Row(PLAIN, self.say["decided"], self.number(compared.decided), refused if compared.rejected else "")
        return decided, self.counted(PLAIN, self.say["differing"], compared.differing)

    def open_outcomes(self, compared: Compared) -> Iterator[Row]:
        """For how many partners each outcome differs that proof leaves open."""
        for outcome, partners in compared.open:
            value = self.after.values[outcome.after]
            of_tier = self.tier(value.tier) if value.tier else ""
            title = ": ".join(filter(None, (of_tier, pick(value.title, self.lang) or self.outcome(value))))
            if partners:
                yield self.counted(OPEN, title, partners)
            else:
                yield Row(PLAIN, title, "", self.say["nobody_of_them"])

    def outcome(self, value: NamedValue) -> str:
        """A word for an outcome without a title of its own."""
        return texts_in(self.lang).CHANGES.get(f"outcome_{value.role.value}", value.inner_id)

    def own_tiers(self, compared: Compared) -> tuple[Row, ...]:
        tiers = [
            self.holders(self.tier(tier.id), tier.own, ("gained", "lost"), self.only_in(tier))
            for tier in compared.tiers
            if any(tier.own)
        ]
        without = compared.without_tier
        row = self.holders(self.counts["without"], without, ("gained", "lost"), ())
        return (*tiers, row._replace(mark=PLAIN)) if any(without) else tuple(tiers)

    def could_hold(self, tier: TierCompared) -> Row:
        return self.holders(self.tier(tier.id), tier.could, ("begin", "cease"), self.only_in(tier))

    def holders(self, title: str, counts: HolderCounts, gained_lost: tuple[str, str], notes: Iterable[str]) -> Row:
        """How many partners had it before and have it now, with the numbers gained, lost and undetermined."""
        parts = list(notes)
        for word, number in zip(gained_lost, (counts.gained, counts.lost), strict=True):
            parts += [self.say[word].format(number=self.number(number))] if number else []
        if counts.open_before or counts.open_after:
            parts.append(self.say["open"].format(number=self.change(counts.open_before, counts.open_after)))
        return Row(_mark(counts.gained, counts.lost), title, self.change(counts.before, counts.after), "; ".join(parts))

    def only_in(self, tier: TierCompared) -> tuple[str, ...]:
        """A note where only one of the releases has the tier."""
        if tier.in_before and tier.in_after:
            return ()
        return (self.say["tier_gone" if tier.in_before else "tier_new"],)

    def discount(self, changes: DiscountChanges) -> tuple[Row, ...]:
        """The numbers of partners whose discount rises, falls, stays or is unknown, and the points of rise and fall."""
        return (
            self.counted(GOOD, self.say["rises"], changes.rises, self.points(changes.risen, changes.greatest_rise)),
            self.counted(BAD, self.say["falls"], changes.falls, self.points(changes.fallen, changes.greatest_fall)),
            self.counted(PLAIN, self.say["stays"], changes.stays),
            *(
                self.counted(OPEN, self.say[name], getattr(changes, name))
                for name in _UNKNOWN
                if getattr(changes, name)
            ),
        )

    def points(self, sum: Decimal, most: Decimal | None) -> str:
        return "" if most is None else self.say["points"].format(sum=self.amount(sum), most=self.amount(most))

    def would_give(self, tiers: Sequence[TierCompared]) -> tuple[Row, ...]:
        return tuple(self.tier_discount(tier.id, tier.discount) for tier in tiers if tier.discount)

    def tier_discount(self, tier: str, changes: DiscountChanges) -> Row:
        parts = []
        for word, number, most in (
            ("tier_rises", changes.rises, changes.greatest_rise),
            ("tier_falls", changes.falls, changes.greatest_fall),
        ):
            if most is not None:
                parts.append(self.say[word].format(number=self.number(number), most=self.amount(most)))
        for word, number in (("tier_known", changes.becomes_known), ("tier_unknown", changes.becomes_unknown)):
            parts += [self.say[word].format(number=self.number(number))] if number else []
        return Row(_mark(changes.rises, changes.falls), self.tier(tier), "", "; ".join(parts) or self.say["same"])

    def moves(self, moves: Sequence[Move]) -> tuple[Row, ...]:
        """The moves from tier to tier, those of most partners first."""
        by_number = sorted(moves, key=lambda move: -move.partners)
        rows = [self.counted(PLAIN, self.move(move), move.partners) for move in by_number[:_MOST]]
        rest = sum(move.partners for move in by_number[_MOST:])
        return (*rows, self.counted(PLAIN, self.say["more"], rest)) if rest else tuple(rows)

    def move(self, move: Move) -> str:
        old = self.standing(move.tier_before, move.status_before)
        return f"{old} → {self.standing(move.tier_after, move.status_after)}"

    def standing(self, tier: str | None, status: str | None) -> str:
        if tier is None:
            return self.counts["open" if status == "undetermined" else "without"]
        return f"{self.tier(tier)}: {self.word[status]}" if status else self.tier(tier)

    # Orders -----------------------------------------------------------------------------------------------------------

    def orders(self, orders: OrdersUnder) -> tuple[Row, ...]:
        """The orders whose sum changes, how many more there are, how many stay the same, and the totals."""
        differing = [order for order in orders.orders if order.before != order.after]
        rows = [self.order(order) for order in differing[:_MOST]]
        counts = {"more": len(differing) - len(rows), "stays": len(orders.orders) - len(differing)}
        more = [Row(PLAIN, self.say[word], self.number(number)) for word, number in counts.items() if number]
        return (*rows, *more, *(self.total(total) for total in orders.totals))

    def order(self, order: OrderUnder) -> Row:
        title = f"{order.partner}, {self.word['order'].format(order=order.order)}" if order.order else order.partner
        sides = ((self.before, order.complete_before), (self.after, order.complete_after))
        lacking = ", ".join(dict.fromkeys(programme.release for programme, complete in sides if not complete))
        note = self.say["order_open"].format(release=lacking) if lacking else ""
        mark = OPEN if order.before is None or order.after is None else _mark(order.before, order.after)
        return Row(mark, title, self.sums(order.before, order.after, order.currency), note)

    def total(self, total: CurrencyTotal) -> Row:
        note = self.say["priced"].format(number=self.number(total.orders))
        note += f"; {self.say['unpriced'].format(number=self.number(total.open))}" if total.open else ""
        return Row("=", self.say["in_all"], self.sums(total.before, total.after, total.currency), note, strong=True)

    def sums(self, old: Number | None, new: Number | None, currency: str) -> str:
        amounts = ["?" if amount is None else words.money(amount, self.lang, currency) for amount in (old, new)]
        return f"{' → '.join(amounts)} {currency}".rstrip()

    # Agreements -------------------------------------------------------------------------------------------------------

    def agreements(self, under: AgreementsUnder) -> Block:
        rows = [self.agreement(agreement) for agreement in under.affected[:_MOST]]
        rest = len(under.affected) - len(rows)
        if rest:
            rows.append(Row(PLAIN, self.say["more"], self.number(rest)))
        if not rows:
            rows = [Row(GOOD, self.say["agreements_none"].format(number=self.number(under.agreements)))]
        return Block(self.say["agreements"], tuple(rows))

    def agreement(self, agreement: AgreedTerm) -> Row:
        old, new = (Conditions(programme, {}, self.lang) for programme in (self.before, self.after))
        side = old if agreement.term in self.before.values else new
        effect = agreement.effect.value
        values = {"old": old.value(agreement.term, agreement.old) if agreement.old is not None else "?"}
        values["new"] = (
            new.value(agreement.term, agreement.new) if agreement.new is not None else "–" if effect == "gone" else "?"
        )
        days = {"begins": words.amount(agreement.begins, Kind.DATE, self.lang)}
        days["ends"] = words.amount(agreement.ends, Kind.DATE, self.lang) if agreement.ends else ""
        notes = [
            self.say["agreed_open" if effect == "open" else effect],
            self.say["without"].format(**values) if agreement.old != agreement.new else "",
            agreement.document,
            self.word["agreed_from_to" if agreement.ends else "agreed_from"].format(**days),
            "" if agreement.in_force else self.word["not_in_force"],
        ]
        mark = OPEN if effect == "open" else PLAIN if effect == "unreached" else BAD
        title = f"{agreement.partner}: {side.title(agreement.term)} ({agreement.term})"
        return Row(mark, title, side.value(agreement.term, agreement.agreed), "; ".join(filter(None, notes)))

    # Words ------------------------------------------------------------------------------------------------------------

    def counted(self, mark: str, title: str, number: int, note: str = "") -> Row:
        """A number of partners, and their share as a bar."""
        return Row(mark, title, self.number(number), note, bar=Decimal(number) / max(1, self.partners))

    def tier(self, id: str) -> str:
        return pick((self.after if id in self.after.tiers else self.before).tiers[id].title, self.lang)

    def change(self, old: int, new: int) -> str:
        return self.number(old) if old == new else f"{self.number(old)} → {self.number(new)}"

    def amount(self, number: Decimal) -> str:
        return words.amount(number, Kind.NUMBER, self.lang)

    def number(self, number: int) -> str:
        return words.grouped(number, self.lang)


def _mark(good: Number | int, bad: Number | int) -> str:
    return GOOD if good > bad else BAD if bad > good else PLAIN
