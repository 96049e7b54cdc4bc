"""The smallest programme with which something still goes wrong: parts are left out as long as it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from charter.engine.problems import InvalidInput, InvalidProgramme

from .programmes import Files

_Path = tuple[Any, ...]
MOST_TRIES = 600


def smallest(files: Files, fails: Callable[[Files], bool]) -> Files:
    """The files without every part that is not needed for `fails`, which may raise where the rest is no programme."""
    tries = 0
    changed = True
    while changed and tries < MOST_TRIES:
        changed = False
        for path in list(_paths(files)):
            for smaller in _smaller(files, path):
                tries += 1
                if _still(smaller, fails):
                    files, changed = smaller, True
                    break
    return files


def _still(files: Files, fails: Callable[[Files], bool]) -> bool:
    try:
        return fails(files)
    except (InvalidProgramme, InvalidInput):
        return False


def _paths(data: Any, path: _Path = ()) -> Iterator[_Path]:
    """The path of every part, the large ones first."""
    parts = list(data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ())
    yield from ((*path, key) for key, _ in parts if key not in ("programme", "clauses"))
    for key, part in parts:
        if key not in ("title", "source", "programme", "clauses"):
            yield from _paths(part, (*path, key))


def _part(data: Any, path: _Path) -> Any:
    for key in path:
        data = data[key]
    return data


def _smaller(files: Files, path: _Path) -> Iterator[Files]:
    """The files without the part, or with one of its own parts, or something plain, in its place."""
    try:
        part = _part(files, path)
    except (KeyError, IndexError, TypeError):
        return  # it went with a larger one
    yield replaced(files, path, None)
    if isinstance(part, dict):
        yield from (replaced(files, path, inner) for key, inner in part.items() if key not in ("title", "source"))
    elif isinstance(part, str) and path[-1] not in ("kind", "en", "ru"):
        yield from (
            replaced(files, path, plain) for plain in ("n >= 1", "n", "a") if plain != part and len(plain) < len(part)
        )


def replaced(data: Any, path: _Path, part: Any) -> Any:
    """Plain data with another part at the path, or, where that is None, without it."""
    key, *rest = path
    if isinstance(data, list):
        changed = list(data)
        if not rest and part is None:
            del changed[key]
        else:
            changed[key] = replaced(data[key], tuple(rest), part) if rest else part
        return changed
    if not rest and part is None:
        return {name: inner for name, inner in data.items() if name != key}
    return {**data, key: replaced(data[key], tuple(rest), part) if rest else part}
