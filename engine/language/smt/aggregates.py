"""Aggregates in formulas, over a list with at most a fixed number of items; the meaning is that of `run.aggregates`.

Each item is in the list or not; one that is not counts as if its condition were false.
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
    number,
    only_where,
    plus,
    times,
    unknown_term,
)


class ItemFormulas(NamedTuple):
    """One item: whether it is in the list, whether it counts, its value, and what orders it (None for no order)."""

    in_list: Formula
    counts: Term
    value: Term
    by: Term | None = None

    @property
    def counted(self) -> Formula:
        """Whether the item certainly counts."""
        return all_of([self.in_list, self.counts.known, self.counts.value])

    @property
    def perhaps(self) -> Formula:
        """Whether the item counts or may count."""
        return all_of([self.in_list, any_of([negated(self.counts.known), self.counts.value])])

    @property
    def open(self) -> Formula:
        """Whether a part of the item is unknown, and the item counts or may count."""
        parts = [term.known for term in (self.counts, self.value, self.by) if term is not None]
        return all_of([self.perhaps, negated(all_of(parts))])


def unrolled(tree: Aggregate, items: Sequence[tuple[Formula, Terms]], terms: Terms, codes: Codes) -> Term:
    """The term of an aggregate over a known list; an item is whether it is in the list, and the terms of its names."""
    entries = []
    for in_list, own in items:
        by = None if tree.by is None else formula(tree.by, own, codes)
        entries.append(ItemFormulas(in_list, formula(tree.counts, own, codes), formula(tree.value, own, codes), by))
    best = None if tree.best is None else formula(tree.best, terms, codes)
    empty = unknown_term(tree.kind) if tree.empty is None else formula(tree.empty, terms, codes)
    return _aggregate(tree.function, entries, best, empty)


def repeated(tree: Aggregate, copies: Formula, own: Terms, terms: Terms, codes: Codes) -> Term:
    """The term of an aggregate over a list of so many equal items; `own` gives the terms of the names of each."""
    of_one = unrolled(tree, [(copies >= 1, own)], terms, codes)
    if tree.function not in ("count", "sum"):
        return of_one
    counts = formula(tree.counts, own, codes)
    taken = copies
    if tree.best is not None:
        most = floor(formula(tree.best, terms, codes))
        taken = either(copies < most, copies, most)
    counted = all_of([taken >= 1, counts.known, counts.value])
    return chosen(counted, times(of_one, Term(taken)), of_one, of_one.known)


def _aggregate(function: AggregateName, entries: Sequence[ItemFormulas], best: Term | None, empty: Term) -> Term:
    """The term of an aggregate over the entries, or only over the `best` greatest of their values (None for all)."""
    if function == "any":
        return _any(entries)
    if function == "all":
        return _all(entries, empty)
    settled = negated(any_of([entry.open for entry in entries]))
    is_known = settled if best is None else all_of([settled, best.known])
    if not entries and function not in ("count", "distinct"):
        return only_where(is_known, empty)
    counted = [entry.counted for entry in entries]
    values = [entry.value for entry in entries]
    if function == "latest":
        result = _latest(entries, counted)
    else:
        if best is not None:
            counted = _best(values, counted, floor(best))
        result = _of_values(function, values, counted)
    if function in ("count", "distinct"):
        return Term(result.value, is_known)
    some = any_of(counted)
    return chosen(some, result, empty, all_of([is_known, either(some, result.known, empty.known)]))


def _any(entries: Sequence[ItemFormulas]) -> Term:
    some = any_of([all_of([entry.counted, entry.value.known, entry.value.value]) for entry in entries])
    none = all_of([
        any_of([negated(entry.perhaps), all_of([entry.value.known, negated(entry.value.value)])]) for entry in entries
    ])  # fmt: skip
    return Term(some, any_of([some, none]))


def _all(entries: Sequence[ItemFormulas], empty: Term) -> Term:
    one_false = any_of([all_of([entry.counted, entry.value.known, negated(entry.value.value)]) for entry in entries])
    unknown = any_of([
        all_of([entry.perhaps, negated(all_of([entry.value.known, entry.value.value]))]) for entry in entries
    ])  # fmt: skip
    counted, perhaps = any_of([entry.counted for entry in entries]), any_of([entry.perhaps for entry in entries])
    empty_decides = all_of([empty.known, any_of([negated(perhaps), empty.value])])
    is_known = any_of([one_false, all_of([negated(unknown), any_of([counted, empty_decides])])])
    return Term(all_of([negated(one_false), any_of([perhaps, empty.value])]), is_known)


def _latest(entries: Sequence[ItemFormulas], counted: Sequence[Formula]) -> Term:
    """The value of the last item; not known where several items are last and their values differ."""
    last = [
        all_of([
            counts,
            *(any_of([negated(rival_counts), comparison("<=", rival.by, entry.by)])
              for rival, rival_counts in zip(entries, counted, strict=True)
              if rival is not entry and rival.by and entry.by),
        ])
        for entry, counts in zip(entries, counted, strict=True)
    ]  # fmt: skip
    equal = [
        any_of([negated(all_of([last[i], last[j]])), same(entries[i].value, entries[j].value)])
        for i in range(len(entries)) for j in range(i)
    ]  # fmt: skip
    return _first([entry.value for entry in entries], last)._replace(known=all_of(equal))


def same(left: Term, right: Term) -> Formula:
    """That two known values are equal."""
    if is_condition(left):
        return either(left.value, right.value, negated(right.value))
    return comparison("==", left, right)


def _first(values: Sequence[Term], conditions: Sequence[Formula]) -> Term:
    """The first of the values whose condition holds; the last value where none does."""
    result = values[-1]
    for value, condition in reversed([*zip(values[:-1], conditions[:-1], strict=True)]):
        result = chosen(condition, value, result, True)
    return result._replace(known=True)


def _places(values: Sequence[Term], counted: Sequence[Formula], sign: Order) -> list[Formula]:
    """For each value, how many that count come before it in the order of the sign; equal ones as in the list."""
    return [
        how_many([
            all_of([counted[j], any_of([comparison(sign, values[j], values[i]),
                                        all_of([j < i, comparison("==", values[j], values[i])])])])
            for j in range(len(values)) if j != i
        ])
        for i in range(len(values))
    ]  # fmt: skip


def _best(values: Sequence[Term], counted: Sequence[Formula], most: Formula) -> list[Formula]:
    """For each value, whether it counts and is among the `most` greatest."""
    places = _places(values, counted, ">")
    return [all_of([counts, place < most]) for counts, place in zip(counted, places, strict=True)]


def _distinct(values: Sequence[Term], counted: Sequence[Formula]) -> Term:
    new = [
        all_of([counted[i], *(negated(all_of([counted[j], same(values[i], values[j])])) for j in range(i))])
        for i in range(len(values))
    ]
    return Term(how_many(new))


def _sum(values: Sequence[Term], counted: Sequence[Formula]) -> Term:
    total, zero = Term(number(0)), Term(number(0))
    for value, counts in zip(values, counted, strict=True):
        total = plus(total, chosen(counts, value, zero, True))
    return total._replace(known=True)


def _at(wanted: Any, places: Sequence[Formula], values: Sequence[Term], counted: Sequence[Formula]) -> Term:
    """The value that counts and has this place."""
    return _first(values, [all_of([counts, place == wanted]) for counts, place in zip(counted, places, strict=True)])


def _median(values: Sequence[Term], counted: Sequence[Formula]) -> Term:
    """The middle value, or the mean of the two in the middle."""
    places, count = _places(values, counted, "<"), how_many(counted)
    upper = _at(count / 2, places, values, counted)
    mean = divided(plus(_at(count / 2 - 1, places, values, counted), upper), Term(number(2)))
    return chosen(count % 2 == 1, upper, mean, True)


def _of_values(function: OfValues, values: Sequence[Term], counted: Sequence[Formula]) -> Term:
    """The aggregate of the values that count."""
    match function:
        case "count":
            return Term(how_many(counted))
        case "distinct":
            return _distinct(values, counted)
        case "sum":
            return _sum(values, counted)
        case "minimum":
            return _at(0, _places(values, counted, "<"), values, counted)
        case "maximum":
            return _at(0, _places(values, counted, ">"), values, counted)
        case "average":
            return divided(_sum(values, counted), Term(how_many(counted)))
        case "median":
            return _median(values, counted)
        case _:
            assert_never(function)
