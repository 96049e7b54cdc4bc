"""A quote as a page for people: a row for each line of the order, the sums, and the partner's discounts."""

from collections.abc import Iterable

from ..evaluate.outcome import Scalar
from ..evaluate.quote import GroupSums, LineQuote, Quote, is_priced_in_full, sum_of
from ..language.words import words
from ..language.words.sentences import lowered
from ..programme.model import LINE, Fact, Programme, pick
from ..texts.texts import texts_in
from ..values import NUMERIC, Kind, Number
from .conditions import Conditions
from .page import (
    BAD,
    GOOD,
    OPEN,
    PLAIN,
    Block,
    Page,
    Row,
    partner_heading,
    release_heading,
    standing_without_tier,
)

_PARTNER = "partner_pays"
_AMOUNTS = ("customer_pays", _PARTNER, "margin")  #: the sums of a group
_MARKS = {"priced": GOOD, "refused": BAD, "without_amount": PLAIN, "no_rule": BAD, "undetermined": OPEN}


def quote_page(quote: Quote, programme: Programme, lang: str) -> Page:
    """The quote in the language, 'en' or 'ru'."""
    return _Writer(quote, programme, lang).page()


class _Writer:
    def __init__(self, quote: Quote, programme: Programme, lang: str) -> None:
        self.quote, self.programme, self.lang = quote, programme, lang
        self.say = texts_in(lang).REPORT
        self.tell = Conditions(programme, {}, lang)

    def page(self) -> Page:
        quote, outcome = self.quote, self.quote.outcome
        order = self.say["order"].format(order=quote.order) if quote.order else self.say["order_without_id"]
        mark = GOOD if quote.complete else OPEN
        headline = f"{order}: {self.say['order_complete' if quote.complete else 'order_incomplete']}"
        blocks = (
            Block(self.say["lines"], tuple(self._line(line) for line in quote.lines)),
            Block(self.say["order_totals"], self._totals()),
        )
        title = release_heading(self.programme, outcome.as_of, self.lang)
        return Page(title, partner_heading(outcome.partner, outcome.name), mark, headline, self._remarks(), blocks)

    def _remarks(self) -> tuple[str, ...]:
        """The partner's tier with its status, and the discounts that apply."""
        outcome, discounts = self.quote.outcome, self.quote.discounts
        if outcome.tier is None:
            standing = standing_without_tier(self.programme, outcome.status, self.lang, outcome.membership_ended)
            return (standing,) if standing else ()
        tier = pick(self.programme.tiers[outcome.tier].title, self.lang)
        status = self.say["retained" if outcome.status == "retained" else outcome.status or "undetermined"]
        if not any(own.discount for own in self.programme.tiers.values()):
            return (f"{tier}: {status}",)
        if outcome.status == "not_qualified":
            return (f"{tier}: {status}", self.say["no_discount"])
        shown = "; ".join(f"{self.say[name]} {self.tell.percent(discounts[name])}" for name in discounts)
        return (f"{tier}: {status}", shown)

    def _line(self, line: LineQuote) -> Row:
        """The fields of the line, what the partner pays for it, and by which rule."""
        notes = [] if line.customer_pays is None else [f"{self.say['customer_pays']} {self._money(line.customer_pays)}"]
        notes += [] if line.margin is None else [f"{self.say['margin']} {self._money(line.margin)}"]
        titles = [pick(text, self.lang) for text in (line.title, line.says) if text]
        notes += [lowered(title) if notes or at else title for at, title in enumerate(titles)]
        for reason in line.refusals:
            refusal = pick(reason.title, self.lang)
            notes = [*(note.removesuffix(".") for note in notes), lowered(refusal) if notes else refusal]
        if line.status == "no_rule":
            notes.append(self.say["no_rule"])
        notes += self.tell.without_value(line.unknown, line.undefined)
        paid = line.partner_pays
        figure = self._money(paid) if paid is not None else "?" if line.status == "undetermined" else "–"
        return Row(_MARKS[line.status], f"{line.line}. {self._about(line)}", figure, "; ".join(notes), line.source)

    def _about(self, line: LineQuote) -> str:
        """The fields of the line as ordered: options of choices by their titles, numbers after the field's title."""
        fields = self.programme.order.lines.fields if self.programme.order else {}
        return ", ".join(self._field(fields[name], value) for name, value in line.fields.items() if name != LINE)

    def _field(self, field: Fact, value: object) -> str:
        if value in field.choices:
            return pick(field.choices[str(value)], self.lang)
        is_amount = field.kind is Kind.MONEY and isinstance(value, Number)
        amount = self._money(value) if is_amount else words.amount(value, field.kind, self.lang)  # type: ignore[arg-type]
        return f"{lowered(pick(field.title, self.lang))} {amount}" if field.kind in NUMERIC else amount

    def _totals(self) -> tuple[Row, ...]:
        quote = self.quote
        sums = {"customer_pays": quote.customer_pays, "partner_pays": quote.partner_pays, "margin": quote.margin}
        notes = {"margin": self._margin_note()}
        lacking = self._lacking(quote.lines)
        rows = [self._group(group) for group in quote.groups]
        for name, amount in sums.items():
            note = "; ".join(filter(None, (lacking, notes.get(name))))
            figure = "?" if amount is None else self._money(amount)
            rows.append(Row("=", self.say[name].capitalize(), figure, note, strong=True))
        for total in quote.totals:
            value = total.value
            figure = "?" if value is None else self._amount(value, self.programme.values[total.id].kind)
            rows.append(Row(PLAIN, pick(total.title, self.lang), figure, "", total.source))
        return tuple(rows)

    def _group(self, group: GroupSums) -> Row:
        """What the partner pays for the lines of a group, and beside it what customers pay and the margin."""
        lines = [line for line in self.quote.lines if line.line in group.lines]
        shown = {name: any(name in line.open or getattr(line, name) is not None for line in lines) for name in _AMOUNTS}
        figures = {name: self._sum(getattr(group, name)) for name in _AMOUNTS if shown[name]}
        notes = [self._lacking(lines), *(f"{self.say[name]} {figures[name]}" for name in figures if name != _PARTNER)]
        title = pick(group.title, self.lang)
        return Row(PLAIN, title, figures.get(_PARTNER, "–"), "; ".join(filter(None, notes)))

    def _sum(self, amount: Number | None) -> str:
        return "?" if amount is None else self._money(amount)

    def _lacking(self, lines: Iterable[LineQuote]) -> str:
        """Which of these lines have no price, or a text in its place: no sum holds all of them."""
        numbers = ", ".join(str(line.line) for line in lines if not is_priced_in_full(line))
        return self.say["without_lines"].format(lines=numbers) if numbers else ""

    def _margin_note(self) -> str:
        """What the margin is the difference of, where the sums above it are over more lines than those."""
        lines = self.quote.lines
        both = [line for line in lines if line.customer_pays is not None and line.partner_pays is not None]
        paid_once = any((line.customer_pays is None) != (line.partner_pays is None) for line in lines)
        customer, partner = sum_of(both, "customer_pays"), sum_of(both, "partner_pays")
        if self.quote.margin is None or not paid_once or not both or customer is None or partner is None:
            return ""
        return self.say["margin_of"].format(customer=self._money(customer), partner=self._money(partner))

    def _amount(self, value: Scalar, kind: Kind) -> str:
        return self._money(value) if kind is Kind.MONEY else words.amount(value, kind, self.lang)  # type: ignore[arg-type]

    def _money(self, amount: Number) -> str:
        return f"{words.money(amount, self.lang, self.quote.currency)} {self.quote.currency}".rstrip()
