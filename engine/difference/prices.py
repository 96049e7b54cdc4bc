"""Prices: what is paid for a line of an order, under two releases, by a partner of one standing.

Standing is what the tiers and discounts of the partner are: how those change is told elsewhere. Products of facts are
hard for the solver, so that a price is proved to be the same where the rules behind it are; where they are not, a line
of a round price is looked for that shows it, and else it is left open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..language.smt.terms import Formula, Term, all_of, any_of, comparison, negated, number
from ..language.tree import Name
from ..problems import InvalidInput
from ..programme.model import LINE, ORDER, Programme
from ..programme.owners import Role
from ..programme.reads import all_read
from ..proof.example import Example, without_irrelevant
from ..proof.minimal_model import nearest_number, plain_value, plainest
from ..proof.solve import Question, Undecided
from ..proof.symbols import Partner, line_term, term
from ..release.load import Release
from ..values import Kind, Value
from .partner_effects import (
    BETTER,
    WORSE,
    ComparedOutcome,
    EffectWitness,
    OutcomeEffect,
    Pair,
    as_each_has_it,
    linked,
    two_partners,
    ways_of,
)
from .unchanged import unchanged_names

Lines = tuple[Mapping[str, Any], ...]

_PRICE = Decimal(10_000)  #: of a line that shows something
_CURRENCY = "EUR"


def price_effects(pair: Pair) -> Iterator[OutcomeEffect]:
    """What becomes of what the customer and the partner pay for a line."""
    one, other = pair.before.programme, pair.after.programme
    if one.order is None and other.order is None:
        return
    same = unchanged_names(one, other, given=_standing(one) | _standing(other))
    for name in ("customer_pays", "partner_pays"):
        was, now = (getattr(programme.order, name, None) for programme in (one, other))
        outcome = ComparedOutcome(None, "price", name, was, now, Kind.MONEY)
        if was == now and was in same:
            yield OutcomeEffect(outcome, {way: EffectWitness("no") for way in ways_of(outcome)})
        elif was is None or now is None:
            yield OutcomeEffect(outcome, {way: EffectWitness("undecided") for way in ways_of(outcome)})
        else:
            yield OutcomeEffect(outcome, {way: _shown(pair, outcome, was, now, way) for way in ways_of(outcome)})


def _standing(programme: Programme) -> frozenset[str]:
    """The values that say where a partner stands: its tiers and its own discounts."""
    own = {id for id, value in programme.values.items() if value.role is Role.OWN_DISCOUNT}
    tiers = {tier.qualified for tier in programme.tiers.values()}
    return frozenset(own | tiers | {track.tier for track in programme.tracks.values()})


def _shown(pair: Pair, outcome: ComparedOutcome, was: str, now: str, way: str) -> EffectWitness:
    """A line and a partner for whom the price differs in this way; undecided where none is found."""
    one, other = two_partners(pair, frozenset(), 1, pair.day)
    before, after = line_term(one, was), line_term(other, now)
    asked = [*_plain_lines(one), *linked(one, other), *_same_standing(one, other), _paid(before, after, way)]
    question = Question([*one.limits, *other.limits, *asked], pair.seconds)
    try:
        if not question.can_be():
            return EffectWitness("undecided")
        read = all_read(one.programme, [was]) | all_read(other.programme, [now])
        partner = plainest(question, one, read - {ORDER}, pair.day)
        lines = _lines(question, one, pair)
    except Undecided:
        return EffectWitness("undecided")

    def shows(partners: tuple[Example, ...]) -> bool:
        return _is_so(_prices(pair, as_each_has_it(pair, partners[0]), lines, outcome.id), way)

    found = without_irrelevant((partner,), shows)
    if found is None:
        return EffectWitness("undecided")
    examples = as_each_has_it(pair, found[0])
    return EffectWitness("yes", examples, _prices(pair, examples, lines, outcome.id), lines)


def _plain_lines(of: Partner) -> Iterator[Formula]:
    """Lines of one piece and of round prices."""
    fields = of.programme.order.lines.fields.values() if of.programme.order else ()
    for row in (of.items or {})[ORDER].fields:
        for field in fields:
            symbol = row[f"{ORDER}[].{field.id}"].value
            if field.kind is Kind.MONEY:
                yield any_of([symbol == number(_PRICE), symbol == number(_PRICE * 2)])
            elif field.kind is Kind.COUNT and field.id != LINE:
                yield symbol == number(1)


def _same_standing(one: Partner, other: Partner) -> Iterator[Formula]:
    """That the partner stands alike under both, and that it is known how."""
    for id in sorted(_standing(one.programme) & _standing(other.programme)):
        kinds = {programme.values[id].kind for programme in (one.programme, other.programme)}
        if len(kinds) == 1:
            name = Name(id, kinds.pop())
            before, after = term(one, name), term(other, name)
            same = (
                before.value == after.value
                if name.kind in (Kind.YES_NO, Kind.CHOICE)
                else comparison("==", before, after)
            )
            yield all_of([before.known, after.known, same])


def _paid(before: Term, after: Term, way: str) -> Formula:
    """That less is paid, or there is a price now; or that more is paid, or there is no price any more."""
    both = all_of([before.known, after.known, comparison("<" if way == BETTER else ">", after, before)])
    gone = (before, after) if way == WORSE else (after, before)
    return any_of([both, all_of([gone[0].known, negated(gone[1].known)])])


def _lines(question: Question, of: Partner, pair: Pair) -> Lines:
    """The lines that were found, as an order has them."""
    fields = of.programme.order.lines.fields.values() if of.programme.order else ()
    order = (of.items or {})[ORDER]
    size = int(nearest_number(question, order.size, Fraction(1)))
    question.add(order.size == size)
    return tuple(
        {
            field.id: plain_value(question, row[f"{ORDER}[].{field.id}"].value, field, of.codes, pair.day)
            for field in fields
            if field.id != LINE
        }
        for row in order.fields[:size]
    )


def _prices(pair: Pair, examples: tuple[Example, Example], lines: Lines, amount: str) -> tuple[Value, Value]:
    """What is paid under both, by quoting; None where there is no price."""
    found: list[Any] = []
    for release, example in zip((pair.before, pair.after), examples, strict=True):
        found.append(getattr(_quoted(release, example, lines), amount))
    return found[0], found[1]


def _quoted(release: Release, example: Example, lines: Lines) -> Any:
    fields = release.programme.order.lines.fields if release.programme.order else {}
    order = {
        "currency": _CURRENCY,
        "lines": [{id: value for id, value in line.items() if id in fields} for line in lines],
    }
    try:
        return release.quote(order, example.record(), as_of=example.as_of).lines[0]
    except InvalidInput:
        return _NO_PRICE


class _NoPrice:
    """A line that cannot be written under a release has no price there."""

    customer_pays = None
    partner_pays = None


_NO_PRICE = _NoPrice()


def _is_so(values: tuple[Any, Any], way: str) -> bool:
    before, after = values
    if before is None or after is None:
        return (before is None) != (after is None) and (after is None) == (way == WORSE)
    return bool(after < before) if way == BETTER else bool(after > before)
