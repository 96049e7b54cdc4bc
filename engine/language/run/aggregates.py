"""What an aggregate makes of the items of a list: one function for each, on exact values.

Each item comes as an entry: whether it counts, its value, and its place in time where that matters. An item of which
that is unknown leaves the result unknown, unless the others decide it. `empty` is what the data says of no items.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, assert_never

from ...values import UNDEFINED, Unknown, Value, add, divide, merge
from ..function_names import AggregateName, OfValues


class ItemEntry(NamedTuple):
    """One item: whether it counts, its value, and what orders it (None where nothing does)."""

    counts: Value
    value: Value
    by: Value = True


def aggregate(function: AggregateName, entries: Sequence[ItemEntry], best: Value | None, empty: Value) -> Value:
    """The value of an aggregate over the entries, or only over the `best` so many of their values."""
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
    """What is unknown of an item that counts, or may."""
    if type(entry.counts) is Unknown:
        return [entry.counts]
    return [part for part in (entry.value, entry.by) if type(part) is Unknown]


def _any(entries: Sequence[ItemEntry]) -> Value:
    """Whether the value holds of some item that counts: certain once one is found."""
    unknown: list[Value] = []
    for entry in entries:
        if entry.counts is False or entry.value is False:
            continue
        if entry.counts is True and entry.value is True:
            return True
        unknown += [entry.counts, entry.value]
    return merge(*unknown) if unknown else False


def _all(entries: Sequence[ItemEntry], empty: Value) -> Value:
    """Whether the value holds of every item that counts: certain once one is found of which it does not."""
    unknown: list[Value] = []
    perhaps: list[Value] = []  # whether an item counts of which the value holds: that matters where it is the only one
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
        return merge(*unknown, *perhaps)
    return True if counted or perhaps else empty


def _latest(entries: Sequence[ItemEntry], empty: Value) -> Value:
    """The value of the item that comes last; where several of one day differ, nothing says which."""
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
    """What is made of the values that count."""
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
