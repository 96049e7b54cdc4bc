"""Compares what an order comes to under two releases, by a partner with the same standing under both.

The standing is the partner's tiers and own discounts, and the discounts of tiers; how these change is reported with
their own outcomes. The solver finds products of facts hard. So an outcome of an order is proved to be equal only where
the rules behind it are equal; where they are not, the search tries lines with a round price, and the answer is
undecided if none shows a difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..evaluate.quote import LineQuote
from ..language.smt.terms import Formula, Term, all_of, any_of, comparison, negated, number
from ..language.tree import Literal, Name
from ..problems import InvalidInput
from ..programme.model import LINE, ORDER, Programme
from ..programme.owners import Role
from ..proof.example import Example, without_irrelevant
from ..proof.minimal_model import nearest_number, plain_value, plainest
from ..proof.solve import Question, Undecided
from ..proof.symbols import Partner, term
from ..release.load import Release
from ..values import Kind
from .effects import EffectWitness, Lines, OutcomeEffect, Way, nowhere, ways_of
from .matched import ComparedOutcome
from .one_partner import Pair, equal_numbers, has_terms, partner_under_both
from .partner_effects import differ, is_unchanged, outcome_term
from .shown import differ_in_way, in_each_release, shown_values
from .unchanged import unchanged_names

_PRICE = Decimal(10_000)  #: of a line in an example, which may also have the double
_CURRENCY = "EUR"


def order_effects(pair: Pair, outcomes: Sequence[ComparedOutcome]) -> Iterator[OutcomeEffect]:
    """The effect on each of these outcomes of an order."""
    before, after = pair.before.programme, pair.after.programme
    same = unchanged_names(before, after, assumed=_standing(before) | _standing(after))
    for outcome in outcomes:
        if is_unchanged(outcome, same):
            yield nowhere(outcome)
        else:
            # a price that only one release has is better or worse: there is no other way
            ways = [way for way in ways_of(outcome) if way != "other" or not _is_price(outcome)]
            yield OutcomeEffect(outcome, {way: _witness(pair, outcome, way) for way in ways})


def _standing(programme: Programme) -> frozenset[str]:
    """The ids of the values that are a partner's standing: its tiers, its own discounts, and what tiers give."""
    discounts = (Role.OWN_BONUS, Role.OWN_DISCOUNT, Role.DISCOUNT_BASE)
    own = {id for id, value in programme.values.items() if value.role in discounts}
    tiers = {tier.qualified for tier in programme.tiers.values()}
    return frozenset(own | tiers | {track.tier for track in programme.tracks.values()})


def _witness(pair: Pair, outcome: ComparedOutcome, way: Way) -> EffectWitness:
    """A partner and an order whose outcome differs in this way; undecided where the search finds none."""
    if pair.before.programme.order is None or pair.after.programme.order is None or _is_literal(outcome):
        return EffectWitness("undecided")
    searches = (False, True) if has_terms(pair, outcome.reads) else (False,)
    witnesses = (_searched(pair, outcome, way, agreements=agreements) for agreements in searches)
    return next((witness for witness in witnesses if witness.status == "yes"), EffectWitness("undecided"))


def _searched(pair: Pair, outcome: ComparedOutcome, way: Way, *, agreements: bool) -> EffectWitness:
    """One search, among partners without supplementary agreements or with them; it never answers no."""
    old, new = partner_under_both(pair, frozenset(), 1, pair.day, agreements=agreements)
    try:
        before, after = outcome_term(old, outcome, outcome.before), outcome_term(new, outcome, outcome.after)
        if _is_price(outcome):
            wanted = _price_differs(before, after, way)
        else:
            wanted = differ(before, after, outcome, way, old.codes)
        conditions = [*_plain_lines(old), *equal_numbers(old, new), *_same_standing(old, new), wanted]
        question = Question([*old.limits, *new.limits, *conditions], pair.seconds)
        if not question.can_be():
            return EffectWitness("undecided")
        partner = plainest(question, old, outcome.reads - {ORDER}, pair.day)
        lines = _lines(question, old, pair)
    except Undecided:
        return EffectWitness("undecided")

    def shows(partners: tuple[Example, ...]) -> bool:
        values = _values(pair, outcome, in_each_release(pair, partners[0]), lines)
        return _prices_differ(values, way) if _is_price(outcome) else differ_in_way(values, outcome, way)

    simplest = without_irrelevant((partner,), shows)
    if simplest is None:
        return EffectWitness("undecided")
    examples = in_each_release(pair, simplest[0])
    return EffectWitness("yes", examples, _values(pair, outcome, examples, lines), lines)


def _is_price(outcome: ComparedOutcome) -> bool:
    return outcome.role is Role.AMOUNT


def _is_literal(outcome: ComparedOutcome) -> bool:
    """Whether one release does not have the outcome."""
    return isinstance(outcome.before, Literal) or isinstance(outcome.after, Literal)


def _plain_lines(partner: Partner) -> Iterator[Formula]:
    """That each line is of one piece and of a round price."""
    fields = partner.programme.order.lines.fields.values() if partner.programme.order else ()
    for row in partner.items[ORDER].fields:
        for field in fields:
            symbol = row[f"{ORDER}[].{field.id}"].value
            if field.kind is Kind.MONEY:
                yield any_of([symbol == number(_PRICE), symbol == number(_PRICE * 2)])
            elif field.kind is Kind.COUNT and field.id != LINE:
                yield symbol == number(1)


def _same_standing(old: Partner, new: Partner) -> Iterator[Formula]:
    """That each value of the partner's standing is known and equal under both releases."""
    for id in sorted(_standing(old.programme) & _standing(new.programme)):
        kinds = {programme.values[id].kind for programme in (old.programme, new.programme)}
        if len(kinds) == 1:
            name = Name(id, kinds.pop())
            before, after = term(old, name), term(new, name)
            same = (
                before.value == after.value
                if name.kind in (Kind.YES_NO, Kind.CHOICE)
                else comparison("==", before, after)
            )
            yield all_of([before.known, after.known, same])


def _price_differs(before: Term, after: Term, way: Way) -> Formula:
    """Better: less is paid, or only the second release has a price; worse: more is paid, or only the first has one."""
    both = all_of([before.known, after.known, comparison("<" if way == "better" else ">", after, before)])
    priced, unpriced = (before, after) if way == "worse" else (after, before)
    return any_of([both, all_of([priced.known, negated(unpriced.known)])])


def _lines(question: Question, partner: Partner, pair: Pair) -> Lines:
    """The lines of the solver's example, as an order states them."""
    fields = partner.programme.order.lines.fields.values() if partner.programme.order else ()
    order = partner.items[ORDER]
    size = int(nearest_number(question, order.size, Fraction(1)))
    question.add(order.size == size)
    return tuple(
        {
            field.id: plain_value(question, row[f"{ORDER}[].{field.id}"].value, field, partner.codes, pair.day)
            for field in fields
            if field.id != LINE
        }
        for row in order.fields[:size]
    )


def _values(pair: Pair, outcome: ComparedOutcome, examples: tuple[Example, Example], lines: Lines) -> tuple[Any, Any]:
    """The outcome under each release; of a price, what the first line says, None where it has no price."""
    if not _is_price(outcome):
        return shown_values(pair, outcome, examples, lines)
    sides = zip((pair.before, pair.after), examples, strict=True)
    before, after = (getattr(_quoted(release, example, lines), outcome.names[-1], None) for release, example in sides)
    return before, after


def _quoted(release: Release, example: Example, lines: Lines) -> LineQuote | None:
    """The first line, priced; None where the release does not take the order."""
    fields = release.programme.order.lines.fields if release.programme.order else {}
    order = {
        "currency": _CURRENCY,
        "lines": [{id: value for id, value in line.items() if id in fields} for line in lines],
    }
    try:
        return release.quote(order, example.record_for(release), as_of=example.as_of).lines[0]
    except InvalidInput:
        return None


def _prices_differ(prices: tuple[Any, Any], way: Way) -> bool:
    """Whether the quoted prices differ in this way; None is no price."""
    before, after = prices
    if before is None or after is None:
        return (before is None) != (after is None) and (after is None) == (way == "worse")
    return bool(after < before) if way == "better" else bool(after > before)
