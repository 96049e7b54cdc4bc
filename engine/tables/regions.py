"""Which rows of a table can hold at once, and whether one holds whatever the inputs are.

The values of each input are cut into regions in which no test changes its mind. Inputs count as independent of each
other: so it may be said of rows that they can meet, or that none holds, where the inputs never are so; not the reverse.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from ..values import NUMERIC, Kind
from .decision_table import Input, Rule, Test

_STEPS = 20_000  #: how many sets of rows are looked at; what is not decided then is no answer
_FIRST, _LAST = (-1, 0, 0), (1, 0, 0)

Cut = tuple[int, Any, int]  #: a place between values: before all, after all, or before (0) or after (1) a value


class Region(NamedTuple):
    """Values of an input that no test tells apart: between two cuts, or a value; neither is every other text.

    It is `void` where the input never has such a value.
    """

    begins: Cut | None = None
    ends: Cut | None = None
    value: Any = None
    void: bool = False


class Axis(NamedTuple):
    """An input with its regions, and for each region which rules hold there."""

    input: Input
    regions: tuple[Region, ...]
    holds: tuple[frozenset[int], ...]


def axes_of(inputs: Sequence[Input], rules: Sequence[Rule]) -> tuple[Axis, ...]:
    """The axes of a table, one for each input that it tests, columns of the same input taken together."""
    columns: dict[str, list[int]] = {}
    for at, part in enumerate(inputs):
        columns.setdefault(part.charter or part.feel, []).append(at)
    return tuple(_axis(inputs[group[0]], group, rules) for group in columns.values())


def _axis(part: Input, group: Sequence[int], rules: Sequence[Rule]) -> Axis:
    tests = [[rule.tests[at] for at in group] for rule in rules]
    regions = tuple(_regions(part, [test for own in tests for test in own]))
    holds = tuple(
        frozenset(at for at, own in enumerate(tests) if all(_holds(test, region, part.kind) for test in own))
        for region in regions
    )
    return Axis(part, regions, holds)


def _is_ordered(kind: Kind) -> bool:
    return kind in NUMERIC or kind is Kind.DATE


def _regions(part: Input, tests: Sequence[Test]) -> Iterator[Region]:
    if part.kind is Kind.YES_NO:
        yield from (Region(value=value) for value in (True, False))
    elif not _is_ordered(part.kind):
        values = part.choices or tuple(dict.fromkeys(span.low for test in tests for span in test.spans))
        yield from (Region(value=value) for value in values)
        if not part.choices:
            yield Region()
    else:
        least: Cut = _FIRST if part.least is None else (0, part.least, 0)
        cuts = {least} | {cut for test in tests for pair in _pairs(test, part.kind) for cut in pair}
        borders = [_FIRST, *sorted(cuts - {_FIRST, _LAST}), _LAST]
        yield from (Region(begin, end, void=end <= least) for begin, end in pairwise(borders))


def _pairs(test: Test, kind: Kind) -> list[tuple[Cut, Cut]]:
    """Where the spans of a test begin and end; of whole numbers and days, always before a value."""
    return [(_whole(span.begins, kind), _whole(span.ends, kind)) for span in test.spans]


def _whole(cut: Cut, kind: Kind) -> Cut:
    flag, value, side = cut
    if flag or kind not in (Kind.COUNT, Kind.DATE):
        return cut
    if kind is Kind.COUNT:
        return (0, type(value)(math.floor(value) + 1 if side else math.ceil(value)), 0)
    if side and value == date.max:
        return _LAST
    return (0, value + timedelta(side), 0)


def _holds(test: Test, region: Region, kind: Kind) -> bool:
    if region.begins is not None and region.ends is not None:
        inside = any(begin <= region.begins and region.ends <= end for begin, end in _pairs(test, kind))
    else:
        inside = region.value is not None and any(span.low == region.value for span in test.spans)
    return inside is not test.negated


def overlaps(axes: Sequence[Axis], first: int, second: int) -> bool:
    """Whether two rows can hold at once."""
    return all(any(first in holds and second in holds for holds in axis.holds) for axis in axes)


def is_complete(axes: Sequence[Axis], rules: int) -> bool:
    """Whether some row always holds; False also where that takes too long to decide."""
    pending = [(0, frozenset(range(rules)))]
    seen = set(pending)
    for _ in range(_STEPS):
        if not pending:
            return True
        depth, left = pending.pop()
        if not left:
            return False
        if depth == len(axes):
            continue
        axis = axes[depth]
        real = {holds for region, holds in zip(axis.regions, axis.holds, strict=True) if not region.void}
        for holds in real:
            following = (depth + 1, left & holds)
            if following not in seen:
                seen.add(following)
                pending.append(following)
    return False
