"""A partner of whom nothing is known: a symbol for each fact, and every value of the release as a term over them.

Lists are seen in one of two ways. Either they hold at most so many items, each with symbols of its own: what is found
of such a partner is so. Or what an aggregate comes to is a symbol between its bounds, however long the list: what holds
of such a partner holds of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import z3  # type: ignore[import-untyped]

from ..language.bounds.bounds import NumberRange, bounds
from ..language.smt.aggregates import unrolled
from ..language.smt.days import FIRST, LAST
from ..language.smt.formula import formula
from ..language.smt.terms import Codes, Formula, Term, all_of, any_of, either, negated, number, only_where
from ..language.smt.terms import day as written_day
from ..language.tree import Aggregate, Expression, Name, names
from ..limits import MAX_WHOLE_DIGITS
from ..programme.model import INPUTS, LINE, MAIN, NO_TIER, ORDER, Fact, ListFact, NamedValue, Programme
from ..programme.owners import agreed_id, agreement_id
from ..programme.reads import all_read
from ..programme.value_bounds import known_bounds
from ..values import NUMERIC, Kind

_MOST = 10**MAX_WHOLE_DIGITS - 1
MAX_LINES = 2  #: of an order
MAX_ITEMS = 3  #: of a list whose items have symbols of their own


class Items(NamedTuple):
    """The items of a list: how many there are, and each one's fields by their ids (`deals[].amount`)."""

    size: Formula
    fields: tuple[Mapping[str, Term], ...]
    terms: tuple[dict[str, Term], ...]  #: their fields and values, as far as they were asked for
    any: bool = True  #: whether they can be any items, and not those of a record
    known: bool = True  #: whether a record says anything of the list


class Partner(NamedTuple):
    """One partner in symbols. `given` are the symbols by the ids of facts and inputs; `terms` grow as they are needed.

    `limits` is what holds of every partner. `agreed` are the symbols of terms that may be agreed otherwise: whether,
    and what.
    """

    programme: Programme
    codes: Codes
    given: Mapping[str, Formula]
    items: Mapping[str, Items] | None  #: None where what aggregates come to are symbols
    agreed: Mapping[str, tuple[Formula, Formula]]
    limits: list[Formula]
    terms: dict[str, Term]
    sums: dict[Aggregate, Term]
    told: Mapping[str, Term] = {}  #: what is not as the facts and rules alone have it: agreements, what is unknown
    like: Partner | None = None  #: who is the same in all but the facts that `differ`
    differ: frozenset[str] = frozenset()


def make_partner(
    programme: Programme,
    codes: Codes,
    *,
    items: int | Mapping[str, Items] | None = None,
    day: date | None = None,
    told: Mapping[str, Term] | None = None,
    agreements: bool = False,
) -> Partner:
    """A partner of whom nothing is known but what is `told` in the place of facts and values.

    `items` is how many a list may hold, None for any number, or the lists themselves; `day` is the one that counts,
    None for any; with `agreements` each negotiable term may be agreed.
    """
    symbols = {id: symbol(id, kind) for id, kind in _kinds(programme).items()}
    if day is not None:
        symbols["as_of"] = written_day(day)
    if isinstance(items, int):
        items = {id: _items(one, items) for id, one in programme.lists.items()}
        if programme.order:
            items[ORDER] = _items(programme.order.lines, MAX_LINES)
    terms = {value.id: value for value in programme.values.values() if value.negotiable} if agreements else {}
    agreed = {id: (z3.Bool(agreed_id(id)), symbol(agreement_id(id), one.kind)) for id, one in terms.items()}
    return _begun(Partner(programme, codes, symbols, items, agreed, [], {}, {}, told or {}))


def another(of: Partner, differ: Iterable[str]) -> Partner:
    """A partner who is the same in all but these facts."""
    facts, kinds = frozenset(differ), _kinds(of.programme)
    symbols = {id: symbol(f"{id}'", kinds[id]) if id in facts else one for id, one in of.given.items()}
    lists = None if of.items is None else {id: with_fresh_terms(one) for id, one in of.items.items()}
    return _begun(of._replace(given=symbols, items=lists, limits=[], terms={}, sums={}, like=of, differ=facts))


def _begun(of: Partner) -> Partner:
    """The partner, with what is known of it before any value is asked for."""
    of.limits.extend(one for one in _limits(of) if one is not True)
    of.terms.update({id: Term(one) for id, one in of.given.items()})
    of.terms["held_since"] = Term(of.given["held_since"], of.given["held_tier"] != of.codes.of(NO_TIER))
    for id, term_id in of.programme.agreed.items():
        of.terms[id] = Term(of.agreed[term_id][0] if term_id in of.agreed else False)
    of.terms.update({id: one for id, one in of.told.items() if id not in of.differ})
    return of


def _kinds(programme: Programme) -> Mapping[str, Kind]:
    return {**INPUTS, **{fact.id: fact.kind for fact in programme.facts.values()}}


def symbol(name: str, kind: Kind) -> Formula:
    """A value of which only the kind is known."""
    if kind is Kind.YES_NO:
        return z3.Bool(name)
    return z3.Real(name) if kind in NUMERIC and kind is not Kind.COUNT else z3.Int(name)


def said(id: str) -> Formula:
    """That a record says something of a fact."""
    return z3.Bool(f"{id} is said")


def _items(one: ListFact, most: int) -> Items:
    rows = tuple(
        {id: Term(symbol(f"{one.id}[{place}].{field.id}", field.kind)) for id, field in one.fields_by_id().items()}
        for place in range(1, most + 1)
    )
    return with_fresh_terms(Items(z3.Int(one.item), rows, ()))


def with_fresh_terms(one: Items) -> Items:
    """The items, of which nothing but the fields was asked for yet."""
    return one._replace(terms=tuple(dict(row) for row in one.fields))


# What every partner is like -------------------------------------------------------------------------------------------


def _limits(of: Partner) -> Iterable[Formula]:
    programme, given, codes = of.programme, of.given, of.codes
    yield from (all_of([given[id] >= FIRST, given[id] <= LAST]) for id in ("as_of", "held_since"))
    main = programme.tracks[MAIN]
    held = main.tiers if main.award == "signed" or main.kept_until is not None else ()
    yield _one_of(given["held_tier"], (NO_TIER, *held), codes)
    for fact in programme.facts.values():
        yield _as_recorded(fact, given[fact.id], codes)
    for id, one in (of.items or {}).items():
        if one.any:
            yield all_of([one.size >= 0, one.size <= len(one.fields)])
            fields = _list(programme, id).fields_by_id()
            yield from (
                _as_recorded(field, row[name].value, codes) for row in one.fields for name, field in fields.items()
            )
        if id == ORDER:
            yield one.size >= 1
            yield from (row[f"{ORDER}[].{LINE}"].value == place for place, row in enumerate(one.fields, 1))
    for id, (_, agreement) in of.agreed.items():
        terms = programme.values[id].negotiable
        ends = (None, None) if terms is None else (terms.minimum, terms.maximum)
        yield _between(agreement, *ends)


def _list(programme: Programme, id: str) -> ListFact:
    """A list of the partner, or the lines of an order."""
    return programme.order.lines if id == ORDER and programme.order else programme.lists[id]


def _as_recorded(fact: Fact, symbol: Formula, codes: Codes) -> Formula:
    """What a record lets a fact be."""
    match fact.kind:
        case Kind.YES_NO:
            return True
        case Kind.CHOICE:
            return _one_of(symbol, tuple(fact.choices), codes)
        case Kind.DATE:
            return all_of([symbol >= FIRST, symbol <= LAST])
        case Kind.TEXT:
            return symbol >= 0
    least = 0 if fact.kind is Kind.COUNT and fact.minimum is None else fact.minimum
    return _between(symbol, least, fact.maximum)


def _between(symbol: Formula, least: Any, most: Any) -> Formula:
    low, high = (-_MOST if least is None else least), (_MOST if most is None else most)
    return all_of([symbol >= number(low), symbol <= number(high)])


def _one_of(symbol: Formula, options: Iterable[str], codes: Codes) -> Formula:
    return any_of([symbol == codes.of(option) for option in options])


# Values ---------------------------------------------------------------------------------------------------------------


def term(of: Partner, tree: Expression) -> Term:
    """An expression over the partner's facts and values as a term."""
    asked = {name.id for name in names(tree)} - of.terms.keys()
    if asked:
        _need(of, asked)
    return formula(tree, partial(_look, of, {}), of.codes)


def _need(of: Partner, asked: Iterable[str]) -> None:
    """Every value of the partner that is needed for these ids, each after those it needs itself."""
    needed = all_read(of.programme, asked)
    for value in of.programme.values.values():
        if value.id in needed and value.list is None and value.id not in of.terms:
            of.terms[value.id] = _value(of, value)


def line_term(of: Partner, id: str) -> Term:
    """A value of the first line of an order as a term."""
    _need(of, [id])
    value = of.programme.values[id]
    return _look(of, {_list(of.programme, ORDER).item: 0}, Name(id, value.kind))


def condition(of: Partner, tree: Expression) -> Formula:
    """That a condition is known and holds."""
    found = term(of, tree)
    return all_of([found.known, found.value])


def broken(of: Partner, tree: Expression) -> Formula:
    """That a condition is known and does not hold."""
    found = term(of, tree)
    return all_of([found.known, negated(found.value)])


def _value(of: Partner, value: NamedValue) -> Term:
    found = formula(value.expression, partial(_look, of, {}), of.codes)
    if value.id not in of.agreed:
        return found
    whether, agreement = of.agreed[value.id]
    if found.over is not None:
        found = Term(found.value / found.over, found.known)
    return Term(either(whether, agreement, found.value), any_of([whether, found.known]))


def _look(of: Partner, at_hand: Mapping[str, int], node: Name | Aggregate) -> Term:
    """What a name stands for, or what is made of a list; `at_hand` says which item of each list is meant."""
    if isinstance(node, Aggregate):
        return _aggregate(of, at_hand, node)
    of_list = of.programme.list_of(node.id)
    if of_list is None:
        return of.terms[node.id]
    if of.items is None:
        raise TypeError(node.id)
    terms = of.items[of_list].terms[at_hand[_list(of.programme, of_list).item]]
    if node.id not in terms:
        value = of.programme.values[node.id]
        terms[node.id] = formula(value.expression, partial(_look, of, at_hand), of.codes)
    return terms[node.id]


def _aggregate(of: Partner, at_hand: Mapping[str, int], node: Aggregate) -> Term:
    if of.items is None:
        same = of.like if of.like and not all_read(of.programme, {name.id for name in names(node)}) & of.differ else of
        if node not in same.sums:
            same.sums[node] = _any_sum(same, node)
        return same.sums[node]
    one = of.items[node.list]
    items = [(one.size > index, partial(_look, of, {**at_hand, node.item: index})) for index in range(len(one.fields))]
    return only_where(one.known, unrolled(node, items, partial(_look, of, at_hand), of.codes))


def _any_sum(of: Partner, node: Aggregate) -> Term:
    """Whatever the list holds: a symbol between the bounds of the aggregate, known or not."""
    label = f"aggregate {len(of.sums) + 1}" + ("'" if of.like else "")
    found = symbol(label, node.kind)
    within = bounds(node, known_bounds(of.programme, agreements=bool(of.agreed)))
    if isinstance(within, NumberRange):
        of.limits.extend(found >= number(end) for end in (within.low,) if end is not None)
        of.limits.extend(found <= number(end) for end in (within.high,) if end is not None)
    return Term(found, z3.Bool(f"{label} known"))
