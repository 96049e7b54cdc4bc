"""Computes the aggregates over the items of a list, on exact values.

Each item comes as an entry: whether it counts, its value, and what orders it. Where one of these is unknown or
undefined, so is the result, unless the other items decide it. `empty` is the value where no item counts, as the data
declares it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, assert_never

from ...values import UNDEFINED, Unknown, Value, add, divide, merge, merge_any
from ..function_names import AggregateName, OfValues


class ItemEntry(NamedTuple):
    """One item: whether it counts, its value, and what orders it (true where the aggregate needs no order)."""

    counts: Value
    value: Value
    by: Value = True


def aggregate(function: AggregateName, entries: Sequence[ItemEntry], best: Value | None, empty: Value) -> Value:
    """The value of an aggregate over the entries, or only over the `best` greatest of their values (None for all)."""
    if function == "any":
        return _any(entries)
    if function == "all":
        return _all(entries, empty)
    included = [entry for entry in entries if entry.counts is not False]
    unknown = [part for entry in included for part in _open_parts(entry)]
    if unknown or type(best) is Unknown:
        return merge(*unknown, *(() if best is None else (best,)))
    if function == "latest":
        return _latest(included, empty)
    values = [entry.value for entry in included]
    if best is not None:
        values = sorted(values, reverse=True)[: max(0, int(best))]  # type: ignore[type-var,arg-type]
    return _of_values(function, values) if values or function in ("count", "distinct") else empty


def _open_parts(entry: ItemEntry) -> list[Value]:
    """The unknown parts that matter of an item that counts or may count."""
    if type(entry.counts) is Unknown:
        return [entry.counts]
    return [part for part in (entry.value, entry.by) if type(part) is Unknown]


def _any(entries: Sequence[ItemEntry]) -> Value:
    """Whether some item that counts has the value true: certain as soon as one has."""
    unknown: list[Value] = []
    for entry in entries:
        if entry.counts is False or entry.value is False:
            continue
        if entry.counts is True and entry.value is True:
            return True
        unknown += [entry.counts, entry.value]
    return merge_any(*unknown) if unknown else False


def _all(entries: Sequence[ItemEntry], empty: Value) -> Value:
    """Whether every item that counts has the value true: certainly not as soon as one has the value false."""
    unknown: list[Value] = []
    perhaps: list[Value] = []  # unknown whether it counts, value true: it matters only where no other item counts
    counted = False
    for entry in entries:
        if entry.counts is True and entry.value is False:
            return False
        if entry.counts is False:
            continue
        if entry.value is not True:
            unknown += [entry.counts, entry.value]
        elif entry.counts is True:
            counted = True
        else:
            perhaps.append(entry.counts)
    if unknown or (perhaps and not counted and empty is not True):
        return merge_any(*unknown, *perhaps, *(() if counted else (empty,)))
    return True if counted or perhaps else empty


def _latest(entries: Sequence[ItemEntry], empty: Value) -> Value:
    """The value of the last item; undefined where several items are last and their values differ."""
    if not entries:
        return empty
    last = max(entry.by for entry in entries)  # type: ignore[type-var]
    values = {entry.value for entry in entries if entry.by == last}
    return values.pop() if len(values) == 1 else UNDEFINED


def _sum(values: Sequence[Value]) -> Value:
    total: Value = Decimal(0)
    for value in values:
        total = add(total, value)
    return total


def _median(values: Sequence[Value]) -> Value:
    """The middle value, or the mean of the two in the middle."""
    ordered = sorted(values)  # type: ignore[type-var]
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else divide(add(ordered[middle - 1], ordered[middle]), Decimal(2))


def _of_values(function: OfValues, values: Sequence[Value]) -> Value:
    """The aggregate of the values of the items that count."""
    match function:
        case "count":
            return Decimal(len(values))
        case "distinct":
            return Decimal(len(set(values)))
        case "sum":
            return _sum(values)
        case "minimum":
            return min(values)  # type: ignore[type-var]
        case "maximum":
            return max(values)  # type: ignore[type-var]
        case "average":
            return divide(_sum(values), Decimal(len(values)))
        case "median":
            return _median(values)
        case _:
            assert_never(function)
