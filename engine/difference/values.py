"""Compare: two answers of the engine as plain data, and every figure in which they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

_ABOUT = frozenset({"digest", "release", "charter", "format_version", "result", "problems", "source"})


class ValueDifference(NamedTuple):
    """Where two answers differ (`tiers.gold.discount.total`), and what each has; None where it has nothing there."""

    path: str
    before: Any
    after: Any


def differences(before: Any, after: Any, path: str = "") -> Iterator[ValueDifference]:
    """Every figure that differs, in the order of the first; rows of a list are those of the same id, or place.

    What an answer says about itself (its release, its digest) and its sources are passed over.
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            if key not in _ABOUT:
                yield from differences(before.get(key), after.get(key), f"{path}.{key}".lstrip("."))
    elif _are_rows(before) and _are_rows(after):
        ones, others = _by_name(before), _by_name(after)
        for name in dict.fromkeys((*ones, *others)):
            yield from differences(ones.get(name), others.get(name), path + name)
    elif before != after or isinstance(before, bool) != isinstance(after, bool):
        yield ValueDifference(path, before, after)


def _are_rows(data: Any) -> bool:
    return isinstance(data, Sequence) and not isinstance(data, str) and all(isinstance(row, Mapping) for row in data)


def _by_name(rows: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {f".{row['id']}" if "id" in row else f"[{number}]": row for number, row in enumerate(rows, 1)}
