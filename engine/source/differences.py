"""Where two pieces of JSON-like data (maps, lists and plain values) differ, under a policy."""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple


class Pairing(Enum):
    """Which items of two lists are compared with each other."""

    ROWS_BY_ID = 1  #: in lists of maps, those of one id, or (ids missing) at one place; other lists are one value
    BY_PLACE = 2  #: those at the same place; the path shows ids where both lists have the same ids in the same order
    EQUAL_LENGTH = 3  #: those at the same place of lists of equal length; other lists are one value


class _Nothing:
    """The type of NOTHING, which stands for a part that one side does not have, not even as null."""


NOTHING = _Nothing()


def is_same_value(before: Any, after: Any) -> bool:
    """Whether two parts are equal, where a boolean never equals a number."""
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(is_same_value, before, after))
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return before.keys() == after.keys() and all(is_same_value(before[key], after[key]) for key in before)
    return bool(before == after) and isinstance(before, bool) == isinstance(after, bool)


class Policy(NamedTuple):
    """How two pieces of data are compared; `is_same` compares parts that are not walked into."""

    pairing: Pairing
    null_is_nothing: bool = False  #: a part that is missing equals null, and is reported as None
    passed_over: frozenset[str] = frozenset()  #: keys of maps, at any depth
    expected_only: bool = False  #: only keys of the first side count; its map may stand for a list, see `_rows_by_name`
    is_same: Callable[[Any, Any], bool] = is_same_value


class ValueDifference(NamedTuple):
    """Where two pieces of data differ, and what each has there: NOTHING (or None, by the policy) where it has no part.

    A key is that of a map, the id of a row, or the position in a list, from 0.
    """

    keys: tuple[Any, ...]
    before: Any
    after: Any

    @property
    def path(self) -> str:
        """The keys as a person reads them, positions from 1: `tiers.gold.bonuses[2]`."""
        return path_text(self.keys)


def path_text(keys: Sequence[Any]) -> str:
    """Keys as a person reads them, positions in lists from 1."""
    return "".join(f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")


def differences(before: Any, after: Any, policy: Policy, keys: tuple[Any, ...] = ()) -> Iterator[ValueDifference]:
    """The outermost parts that differ, in the order of the first side, then those that only the second side has."""
    pairs = _pairs(before, after, policy)
    if pairs is not None:
        for key, part_before, part_after in pairs:
            yield from differences(part_before, part_after, policy, (*keys, key))
    elif not policy.is_same(before, after):
        yield ValueDifference(keys, before, after)


def _pairs(before: Any, after: Any, policy: Policy) -> Iterator[tuple[Any, Any, Any]] | None:
    """The parts to compare with each other, each pair with its key; None for sides that are not walked into."""
    nothing = None if policy.null_is_nothing else NOTHING
    if isinstance(before, Mapping) and policy.expected_only and after is not NOTHING:
        rows = _rows_by_name(after)
        named = ((key, part, *rows.get(key, (key, nothing))) for key, part in before.items())
        return ((at, part, row) for key, part, at, row in named if key not in policy.passed_over)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        named = (key for key in dict.fromkeys((*before, *after)) if key not in policy.passed_over)
        return ((key, before.get(key, nothing), after.get(key, nothing)) for key in named)
    if isinstance(before, list) and isinstance(after, list):
        return _items(before, after, policy.pairing, nothing)
    return None


def _rows_by_name(data: Any) -> Mapping[Any, tuple[Any, Any]]:
    """The parts of a map, each by its key, and the items of a list: by its id, or without one by its number from 1.

    Each is given with its key in a path. There are none in anything else.
    """
    if isinstance(data, Mapping):
        return {key: (key, part) for key, part in data.items()}
    items = enumerate(data) if isinstance(data, list) else ()
    ids = ((index, item, item.get("id") if isinstance(item, Mapping) else None) for index, item in items)
    return {str(index + 1) if id is None else id: (index if id is None else id, item) for index, item, id in ids}


def names_of_parts(data: Any, keys: Sequence[Any]) -> list[str]:
    """The names that a map may have which stands for the part of the data at these keys; none where there is none."""
    for key in keys:
        data = dict(_rows_by_name(data).values()).get(key)
    return [str(name) for name in _rows_by_name(data)]


def _items(
    before: list[Any], after: list[Any], pairing: Pairing, nothing: Any
) -> Iterator[tuple[Any, Any, Any]] | None:
    ids, other_ids = _ids(before), _ids(after)
    if pairing is Pairing.EQUAL_LENGTH and len(before) != len(after):
        return None
    if pairing is Pairing.ROWS_BY_ID:
        if not all(isinstance(row, Mapping) for row in (*before, *after)):
            return None
        if ids is not None and other_ids is not None:
            rows, other_rows = dict(zip(ids, before, strict=True)), dict(zip(other_ids, after, strict=True))
            in_turn = dict.fromkeys((*ids, *other_ids))
            return ((id, rows.get(id, nothing), other_rows.get(id, nothing)) for id in in_turn)
    shown = ids if pairing is Pairing.BY_PLACE and ids is not None and ids == other_ids else None
    places = range(max(len(before), len(after)))
    sides = [[*rows, *[nothing] * (len(places) - len(rows))] for rows in (before, after)]
    return zip(shown or places, *sides, strict=True)


def _ids(rows: list[Any]) -> list[Any] | None:
    """The ids of rows, in their order; None where a row has no text or number as its id, or two have the same."""
    ids = [row.get("id") if isinstance(row, Mapping) else None for row in rows]
    return ids if all(isinstance(id, str | Decimal) for id in ids) and len(set(ids)) == len(ids) else None
