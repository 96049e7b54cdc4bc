"""Makes the simplest partner that a question to the solver allows: no, empty lists, small round numbers if possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..evaluate.periods import agreed_as
from ..language.smt.formula import literal
from ..language.smt.terms import Codes, Formula, Term, all_of, negated, number, optional_term, text_fraction
from ..limits import MAX_DECIMALS, MAX_TEXT
from ..programme.model import MAIN, NO_TIER, NONE, Fact, ListFact
from ..values import Kind
from .example import AnyText, Example
from .solve import Question, Undecided
from .symbols import Partner

_WHOLE = Fraction(1)
_TEXTS = 10  #: without a meaning that are tried: more than a list has items, or advice adds


def plainest(question: Question, partner: Partner, read: frozenset[str], day: date) -> Example:
    """The simplest partner that the question's conditions allow, with every fact in `read` and the fewest agreements.

    Each fact that is chosen is added to the question. `day` is the preferred day. Raises Undecided where no record can
    state the facts that are needed.
    """
    programme, codes = partner.programme, partner.codes
    as_of = nearest_day(question, partner.symbols["as_of"], day) if "as_of" in read else day
    tier, since = _held(question, partner, read, as_of)
    agreed = {
        id: value
        for id, (is_agreed, value) in partner.agreed.items()
        if id in read and _yes_no(question, is_agreed, False)
    }
    facts: dict[str, Any] = {
        id: plain_value(question, partner.symbols[id], fact, codes, as_of)
        for id, fact in programme.facts.items()
        if id in read
    }
    for id, fact in programme.lists.items():
        if id in read and id in partner.items:
            facts[id] = _items(question, partner, fact, as_of)
    agreements = {
        id: plain_value(question, value, agreed_as(programme.values[id]), codes, as_of) for id, value in agreed.items()
    }
    return Example(facts, tier, since, as_of, agreements)


# Simplest values ------------------------------------------------------------------------------------------------------


def _held(question: Question, partner: Partner, read: frozenset[str], day: date) -> tuple[str | None, date | None]:
    if not read & {"held_tier", "held_since"}:
        return None, None
    options = (NO_TIER, *partner.programme.tracks[MAIN].tiers)
    tier = _option(question, partner.symbols["held_tier"], options, partner.codes)
    if tier == NO_TIER or "held_since" not in read:
        return None if tier == NO_TIER else tier, None
    return tier, nearest_day(question, partner.symbols["held_since"], day)


def plain_value(question: Question, symbol: Formula, fact: Fact, codes: Codes, day: date) -> Any:
    """The simplest value that the question allows for a fact, or none; the question keeps it."""
    if fact.none and not _yes_no(question, optional_term(symbol).known, fact.default != NONE):
        return NONE
    plain = plain_fact_value(fact._replace(none=None, default=None) if fact.none else fact, day)
    match fact.kind:
        case Kind.YES_NO:
            return _yes_no(question, symbol, plain)
        case Kind.CHOICE:
            return _option(question, symbol, (plain, *fact.choices), codes)
        case Kind.DATE:
            return nearest_day(question, symbol, plain)
        case Kind.TEXT:
            return _text(question, symbol, codes)
    return _number(question, symbol, Fraction(plain))


def plain_fact_value(fact: Fact, day: date) -> Any:
    """The simplest value of a fact by itself: its default, else no, the first option, the day, the number nearest to 0.

    None for a text.
    """
    if fact.default == NONE and fact.none:
        return NONE
    match fact.kind:
        case Kind.YES_NO:
            return fact.default is True
        case Kind.CHOICE:
            return next(iter(fact.choices)) if fact.default is None else str(fact.default)
        case Kind.DATE:
            return fact.default if isinstance(fact.default, date) else day
        case Kind.TEXT:
            return None
    start = fact.default if isinstance(fact.default, Decimal) else max(Decimal(0), fact.minimum or Decimal(0))
    return start if fact.maximum is None else min(start, fact.maximum)


def _items(question: Question, partner: Partner, fact: ListFact, day: date) -> list[dict[str, Any]]:
    items = partner.items[fact.id]
    size = int(_number(question, items.size, Fraction(0)))
    return [fresh_item(question, fact, row, partner.codes, day) for row in items.fields[:size]]


def fresh_item(question: Question, fact: ListFact, row: Mapping[str, Term], codes: Codes, day: date) -> dict[str, Any]:
    """The simplest fields of an item that the question allows; the question keeps them."""
    return {
        field.id: plain_value(question, row[fact.id_of(field.id)].value, field, codes, day)
        for field in fact.fields.values()
    }


def _yes_no(question: Question, symbol: Formula, plain: bool) -> bool:
    value = plain if question.can_be(symbol if plain else negated(symbol)) else not plain
    question.add(symbol if value else negated(symbol))
    return value


def _option(question: Question, symbol: Formula, options: Sequence[str], codes: Codes) -> str:
    for option in options:
        if question.can_be(symbol == literal(option, Kind.CHOICE, codes)):
            question.add(symbol == literal(option, Kind.CHOICE, codes))
            return option
    raise Undecided("no option is left")


def _text(question: Question, symbol: Formula, codes: Codes) -> str:
    """A text that the question allows: one of no meaning, one that a rule names, or one that begins as a rule asks."""
    numbered = range(1, len(codes.texts) + _TEXTS + 1)
    plain = (f"text {place}" for place in numbered)
    begun = (f"{text}{place}" for text in codes.texts for place in numbered)
    for text in (*plain, *codes.texts, *begun):
        is_text = symbol == number(text_fraction(text))
        if len(text) <= MAX_TEXT and question.can_be(is_text):
            question.add(is_text)
            return AnyText(text) if text.startswith("text ") and text not in codes.texts else text
    raise Undecided("no text is left")


def nearest_day(question: Question, symbol: Formula, near: date) -> date:
    """The day nearest to `near` that the question allows; the question keeps it."""
    return date.fromordinal(int(_number(question, symbol, Fraction(near.toordinal()))))


def _number(question: Question, symbol: Formula, start: Fraction) -> Decimal:
    """The number nearest to `start`, with few decimals."""
    nearest = nearest_number(question, symbol, start)
    question.add(symbol == number(nearest))
    places = _decimals(nearest)
    if places is None:
        raise Undecided("a number without end")
    return Decimal(nearest.numerator * 10**places // nearest.denominator).scaleb(-places)


def nearest_number(question: Question, symbol: Formula, start: Fraction) -> Fraction:
    """The number nearest to `start` that a symbol can be; raises Undecided."""
    if question.can_be(symbol == number(start)):
        return start
    if not question.can_be():
        raise Undecided("no number is left")
    reach = abs(question.value(symbol) - start)
    low, high = Fraction(0), _up(reach)  # no number is within `low` of the start, one is within `high`
    step = _WHOLE
    while step < high and not question.can_be(_within(symbol, start, step)):
        low, step = step, step * 2
    high = min(high, step)
    while high - low > 1:
        middle = Fraction((low + high) // 2)
        if question.can_be(_within(symbol, start, middle)):
            high = middle
        else:
            low = middle
    for candidate in (start + high, start - high, *_few_digits(question, symbol, start, low, high)):
        if question.can_be(symbol == number(candidate)):
            return candidate
    raise Undecided("a number without end")


def _few_digits(
    question: Question, symbol: Formula, start: Fraction, low: Fraction, high: Fraction
) -> Iterator[Fraction]:
    """Numbers whose distance from the start is between `low` and `high`, with more and more decimals."""
    for sign in (1, -1):
        ends = sorted((start + sign * low, start + sign * high))
        between = all_of([symbol >= number(ends[0]), symbol <= number(ends[1])])
        if not question.can_be(between):
            continue
        near = question.value(symbol)
        for places in range(1, MAX_DECIMALS + 1):
            scale = 10**places
            whole = near * scale // 1
            yield from (Fraction(whole + more, scale) for more in (0, 1))


def _within(symbol: Formula, start: Fraction, reach: Fraction) -> Formula:
    return all_of([symbol >= number(start - reach), symbol <= number(start + reach)])


def _up(value: Fraction) -> Fraction:
    return Fraction(-(-value // 1))


def _decimals(value: Fraction) -> int | None:
    """How many decimals a number has; None where it has more than a record can hold, or infinitely many."""
    return next((places for places in range(MAX_DECIMALS + 1) if 10**places % value.denominator == 0), None)
