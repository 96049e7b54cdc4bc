"""Groups the changes that share an id: one is about a row that another one mentions, or they are about one row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from .changes import Change
from .rows import BY_TIER, ROWS, TIER_KEYS, is_text, pattern_of


def groups_of(changes: Sequence[Change]) -> list[list[Change]]:
    """The changes in groups, each connected by ids; in their order."""
    groups: list[list[Change]] = []
    for change in changes:
        near = [group for group in groups if any(_share_an_id(change, other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(other for group in near for other in group), change])
    return [[change for change in changes if any(change is other for other in group)] for group in groups]


def _share_an_id(change: Change, other: Change) -> bool:
    own, theirs = _row(change), _row(other)
    return own == theirs or own[-1] in _mentioned(other) or theirs[-1] in _mentioned(change)


def _row(change: Change) -> tuple[str, ...]:
    """The kind of file and the path of the nearest row around a change; of a row by tier, of the row that has it."""
    path = change.path
    for end in range(len(path), 0, -1):
        table = pattern_of(path[: end - 1])
        if table in ROWS and table not in BY_TIER:
            return (change.file_kind, *map(str, path[:end]))
    return (change.file_kind, *map(str, path))


def _mentioned(change: Change) -> frozenset[str]:
    """The words of a change that may be ids: in its path under its row, and in what it says."""
    path = change.path
    words = {str(path[-1])} if pattern_of(path[:-1]) in BY_TIER or path[-2] in {*TIER_KEYS, "rows"} else set()
    for data in (change.before, change.after):
        words.update(_words(path, data))
    return frozenset(words)


def _words(path: tuple[Any, ...], data: Any) -> Iterator[str]:
    if is_text(path) or path[-1:] == ("source",):
        return
    if isinstance(data, dict):
        for key, part in data.items():
            yield str(key)
            yield from _words((*path, key), part)
    elif isinstance(data, list):
        for part in data:
            yield from _words((*path, 0), part)
    elif isinstance(data, str):
        yield from re.findall(r"\w+", data)
