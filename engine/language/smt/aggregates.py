"""Aggregates in formulas, over a list of so many items: what `aggregates` of the language makes of entries.

Each item is there or not; one that is not there is as if it did not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, assert_never

from ..function_names import AggregateName, OfValues
from ..operators import Order
from ..tree import Aggregate
from .formula import Terms, formula, how_many
from .terms import (
    Codes,
    Formula,
    Term,
    all_of,
    any_of,
    chosen,
    comparison,
    divided,
    either,
    floor,
    is_condition,
    negated,
    nothing,
    number,
    only_where,
    plus,
)


class ItemFormulas(NamedTuple):
    """One item: whether it is there, whether it counts, its value, and what orders it (None where nothing does)."""

    there: Formula
    counts: Term
    value: Term
    by: Term | None = None

    @property
    def counted(self) -> Formula:
        """Whether it certainly counts."""
        return all_of([self.there, self.counts.known, self.counts.value])

    @property
    def perhaps(self) -> Formula:
        """Whether it counts or may."""
        return all_of([self.there, any_of([negated(self.counts.known), self.counts.value])])

    @property
    def open(self) -> Formula:
        """Whether something of it is unknown that matters."""
        parts = [self.counts.known, self.value.known, *(() if self.by is None else (self.by.known,))]
        return all_of([self.perhaps, negated(all_of(parts))])


def unrolled(tree: Aggregate, items: Sequence[tuple[Formula, Terms]], terms: Terms, codes: Codes) -> Term:
    """An aggregate over a list that is known: of each item whether it is there, and what names mean for it."""
    entries = []
    for there, own in items:
        by = None if tree.by is None else formula(tree.by, own, codes)
        entries.append(ItemFormulas(there, formula(tree.counts, own, codes), formula(tree.value, own, codes), by))
    best = None if tree.best is None else formula(tree.best, terms, codes)
    empty = nothing(tree.kind) if tree.empty is None else formula(tree.empty, terms, codes)
    return _aggregate(tree.function, entries, best, empty)


def _aggregate(function: AggregateName, entries: Sequence[ItemFormulas], best: Term | None, empty: Term) -> Term:
    """The term of an aggregate over the entries, or only over the `best` so many of their values."""
    if function == "any":
        return _any(entries)
    if function == "all":
        return _all(entries, empty)
    settled = negated(any_of([one.open for one in entries]))
    known = settled if best is None else all_of([settled, best.known])
    if not entries and function not in ("count", "distinct"):
        return only_where(known, empty)
    counted = [one.counted for one in entries]
    values = [one.value for one in entries]
    if function == "latest":
        found = _latest(entries, counted)
    else:
        if best is not None:
            counted = _best(values, counted, floor(best))
        found = _of_values(function, values, counted)
    if function in ("count", "distinct"):
        return Term(found.value, known)
    some = any_of(counted)
    return chosen(some, found, empty, all_of([known, either(some, found.known, empty.known)]))


def _any(entries: Sequence[ItemFormulas]) -> Term:
    found = any_of([all_of([one.counted, one.value.known, one.value.value]) for one in entries])
    none = all_of([
        any_of([negated(one.perhaps), all_of([one.value.known, negated(one.value.value)])]) for one in entries
    ])  # fmt: skip
    return Term(found, any_of([found, none]))


def _all(entries: Sequence[ItemFormulas], empty: Term) -> Term:
    broken = any_of([all_of([one.counted, one.value.known, negated(one.value.value)]) for one in entries])
    unknown = any_of([
        all_of([one.perhaps, negated(all_of([one.value.known, one.value.value]))]) for one in entries
    ])  # fmt: skip
    counted, perhaps = any_of([one.counted for one in entries]), any_of([one.perhaps for one in entries])
    of_none = all_of([empty.known, any_of([negated(perhaps), empty.value])])
    known = any_of([broken, all_of([negated(unknown), any_of([counted, of_none])])])
    return Term(all_of([negated(broken), any_of([perhaps, empty.value])]), known)


def _latest(entries: Sequence[ItemFormulas], counted: Sequence[Formula]) -> Term:
    """The value of the item that comes last; where several of one day differ, nothing says which."""
    last = [
        all_of([
            here,
            *(any_of([negated(there), comparison("<=", other.by, one.by)])
              for other, there in zip(entries, counted, strict=True) if other is not one and other.by and one.by),
        ])
        for one, here in zip(entries, counted, strict=True)
    ]  # fmt: skip
    equal = [
        any_of([negated(all_of([last[i], last[j]])), _same(entries[i].value, entries[j].value)])
        for i in range(len(entries)) for j in range(i)
    ]  # fmt: skip
    return _first([one.value for one in entries], last)._replace(known=all_of(equal))


def _same(one: Term, other: Term) -> Formula:
    if is_condition(one):
        return either(one.value, other.value, negated(other.value))
    return comparison("==", one, other)


def _first(values: Sequence[Term], conditions: Sequence[Formula]) -> Term:
    """The first of the values whose condition holds; of the last one where none does."""
    found = values[-1]
    for value, condition in reversed([*zip(values[:-1], conditions[:-1], strict=True)]):
        found = chosen(condition, value, found, True)
    return found._replace(known=True)


def _places(values: Sequence[Term], counted: Sequence[Formula], sign: Order) -> list[Formula]:
    """How many of those counted come before each, in the order of a sign; equals in the order of the list."""
    return [
        how_many([
            all_of([counted[j], any_of([comparison(sign, values[j], values[i]),
                                        all_of([j < i, comparison("==", values[j], values[i])])])])
            for j in range(len(values)) if j != i
        ])
        for i in range(len(values))
    ]  # fmt: skip


def _best(values: Sequence[Term], counted: Sequence[Formula], most: Formula) -> list[Formula]:
    """Which are among the greatest so many."""
    places = _places(values, counted, ">")
    return [all_of([here, place < most]) for here, place in zip(counted, places, strict=True)]


def _count(values: Sequence[Term], counted: Sequence[Formula]) -> Term:
    return Term(how_many(counted))


def _distinct(values: Sequence[Term], counted: Sequence[Formula]) -> Term:
    new = [
        all_of([counted[i], *(negated(all_of([counted[j], _same(values[i], values[j])])) for j in range(i))])
        for i in range(len(values))
    ]
    return Term(how_many(new))


def _sum(values: Sequence[Term], counted: Sequence[Formula]) -> Term:
    found, nothing = Term(number(0)), Term(number(0))
    for value, here in zip(values, counted, strict=True):
        found = plus(found, chosen(here, value, nothing, True))
    return found._replace(known=True)


def _extreme(values: Sequence[Term], counted: Sequence[Formula], sign: Order) -> Term:
    places = _places(values, counted, sign)
    return _first(values, [all_of([here, place == 0]) for here, place in zip(counted, places, strict=True)])


def _average(values: Sequence[Term], counted: Sequence[Formula]) -> Term:
    return divided(_sum(values, counted), _count(values, counted))


def _median(values: Sequence[Term], counted: Sequence[Formula]) -> Term:
    """The middle value, or the mean of the two in the middle."""
    places, many = _places(values, counted, "<"), how_many(counted)

    def at(place: Any) -> Term:
        return _first(values, [all_of([here, one == place]) for here, one in zip(counted, places, strict=True)])

    upper = at(many / 2)
    mean = divided(plus(at(many / 2 - 1), upper), Term(number(2)))
    return chosen(many % 2 == 1, upper, mean, True)


def _of_values(function: OfValues, values: Sequence[Term], counted: Sequence[Formula]) -> Term:
    """What is made of the values that count."""
    match function:
        case "count":
            return _count(values, counted)
        case "distinct":
            return _distinct(values, counted)
        case "sum":
            return _sum(values, counted)
        case "minimum":
            return _extreme(values, counted, "<")
        case "maximum":
            return _extreme(values, counted, ">")
        case "average":
            return _average(values, counted)
        case "median":
            return _median(values, counted)
        case _:
            assert_never(function)
