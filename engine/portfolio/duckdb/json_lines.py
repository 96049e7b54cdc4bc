"""Reads lines of JSON as rows of values, quickly where lines have the same keys in the same order."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from types import NoneType
from typing import Any, NamedTuple

from ...values import NUMERIC, Kind
from ..sql.columns import PARTNER

_MOST_KEYS = 10_000  #: keys that are remembered; a programme has fewer
_MOST_LAYOUTS = 1_000  #: orders of keys, and for each of them types of values, that are remembered

Value = str | int | bool | None  #: a number that is not whole is its digits


class _Number(str):
    """The digits of a JSON number that is not whole."""


class _Layout(NamedTuple):
    """What follows from the keys of a line, in their order.

    `values_of` picks the values by column, with None for a column without a key, from the values of the line and None.
    `types` are those that each value may have, None where any will do; `fitting` are types of lines that were checked.
    """

    values_of: Callable[[Sequence[Value]], tuple[Value, ...]]
    types: tuple[frozenset[type] | None, ...]
    fitting: set[tuple[type, ...]]


class JsonReader:
    """Reads lines of JSON as values by column; `seen` are the keys that any of them has, in a column or not."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        """`kinds` are those of the columns, in their order."""
        self.seen: set[str] = set()
        self._columns = list(kinds)
        self._types = {id: _types(id, kind) for id, kind in kinds.items()}
        self._layouts: dict[tuple[str, ...], _Layout] = {}
        self._longest = 500 + sum(40 + len(id) for id in kinds)
        self._decode = json.JSONDecoder(object_pairs_hook=list, parse_float=_Number, parse_constant=_Number).decode

    def read(self, line: str) -> tuple[tuple[Value, ...], str | None]:
        """The values of a line by column, none where it is to be set apart; and its partner, None where it has none.

        A line is set apart where it is no object of JSON, a key stands twice, or a value is of another type than the
        values of its column.
        """
        try:
            pairs = self._decode(line)
        except (ValueError, RecursionError):
            return (), None
        if not pairs or type(pairs) is not list or line.lstrip()[0] != "{":
            return (), None
        keys, values = zip(*pairs, strict=True)
        layout = self._layouts.get(keys) or self._new_layout(keys)
        types = tuple(map(type, values))
        if layout and (types in layout.fitting or _fits(types, layout)):
            return layout.values_of((*values, None)), None
        partner = dict(pairs).get(PARTNER)
        return (), partner if type(partner) is str else None

    def is_ordinary(self, line: str) -> bool:
        """Whether all texts of a line are short and visible, and none of them is empty."""
        return len(line) <= self._longest and "\\" not in line and '""' not in line and line.isprintable()

    def _new_layout(self, keys: tuple[str, ...]) -> _Layout | None:
        """The layout of lines with these keys; None where one stands twice."""
        if len(self.seen) < _MOST_KEYS:
            self.seen.update(keys)
        if len(set(keys)) < len(keys):
            return None
        if len(self._layouts) >= _MOST_LAYOUTS:
            self._layouts.clear()
        places = {key: place for place, key in enumerate(keys)}
        order = [places.get(id, -1) for id in self._columns]
        layout = self._layouts[keys] = _Layout(_picking(order), tuple(self._types.get(key) for key in keys), set())
        return layout


def _fits(types: tuple[type, ...], layout: _Layout) -> bool:
    """Whether values of these types are what the columns hold; types that fit are remembered."""
    for type_of_value, may_be in zip(types, layout.types, strict=True):
        if may_be is not None and type_of_value not in may_be:
            return False
    if len(layout.fitting) < _MOST_LAYOUTS:
        layout.fitting.add(types)
    return True


def _picking(order: Sequence[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """The function that picks the items at these places."""
    return itemgetter(*order) if len(order) > 1 else lambda values: (values[order[0]],)


def _types(column: str, kind: Kind) -> frozenset[type]:
    """The types of the values that a column may hold."""
    types: tuple[type, ...] = (str,)
    if column == "tier":
        types = (str, int)
    elif kind in NUMERIC:
        types = (int, _Number)
    elif kind is Kind.YES_NO:
        types = (bool,)
    return frozenset((*types, NoneType))
