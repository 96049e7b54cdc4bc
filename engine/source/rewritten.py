"""Writes a table as YAML: by itself, or into the text of a file, of which all the rest stays as it is.

Of a table whose rows are the same as before only the figures that differ are written; so its comments stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ..problems import Fix, Place, wrong_call
from ..values import plain
from .document import Document, PartPath, read_text
from .edit import with_fixes
from .scalars import plain_scalar

_LONG = ("rows", "cases")  #: keys of maps and lists that stand on several lines
_WIDTH = 100  #: characters of a map that stands on one line
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_COMMENT = re.compile(r"(?<![^\s])#.*")
_PLAIN = re.compile(r"[\w.(][^#:{}\[\],\"\n]*")  #: a text that needs no quotes, in a line of its own or not


def scalar_yaml(value: Any) -> str:
    r"""A figure or an expression as YAML.

    >>> [scalar_yaml(value) for value in (True, Decimal("2.50"), "5 * revenue", "'north'", "max(a, b)")]
    ['true', '2.5', '5 * revenue', '"\'north\'"', '"max(a, b)"']
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    is_plain = _PLAIN.fullmatch(text) and text == text.strip()
    return text if is_plain and plain_scalar(text) == text else json.dumps(text, ensure_ascii=False)


def flow_yaml(data: Any) -> str:
    """Data as YAML on one line."""
    if isinstance(data, Mapping):
        return "{" + ", ".join(f"{key}: {flow_yaml(value)}" for key, value in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(map(flow_yaml, data)) + "]"
    return scalar_yaml(data)


def block_yaml(data: Any, indent: str = "") -> str:
    """Data as YAML on several lines, each with an indent; maps that are short stand on one."""
    return "\n".join(_block(data, indent))


def _block(data: Any, indent: str) -> Iterator[str]:
    if isinstance(data, list):
        for item in data:
            yield f"{indent}- {flow_yaml(item)}"
        return
    for key, value in data.items():
        is_long = isinstance(value, Mapping | list) and (key in _LONG or len(flow_yaml(value)) > _WIDTH)
        if is_long and value:
            yield f"{indent}{key}:"
            yield from _block(value, indent + "  ")
        else:
            yield f"{indent}{key}: {flow_yaml(value)}"


def with_parts(document: Document, parts: Mapping[PartPath, Any]) -> Document:
    """The document with new data at these paths; None removes a part, and the table around a new one must exist.

    Raises WrongCall where that cannot be written into the text.
    """
    fixes = [fix for path, data in parts.items() if path in document.keys for fix in _fixes(document, path, data)]
    fixes += _additions(document, {path: data for path, data in parts.items() if path not in document.keys})
    text = with_fixes(document.source.text, fixes)
    changed, _ = read_text(text, document.source.path)
    wanted: Any = document.data
    for path, data in parts.items():
        wanted = _put(wanted, path, data)
    if changed is None or changed.data != wanted:
        raise wrong_call(f"the table cannot be written into {document.source.path}", "print it, and put it in by hand")
    return changed


def _put(data: Any, path: PartPath, new: Any) -> Any:
    first, *rest = path
    if rest:
        return {**data, first: _put(data[first], tuple(rest), new)}
    return {key: value for key, value in data.items() if key != first} if new is None else {**data, first: new}


def _fixes(document: Document, path: PartPath, data: Any) -> Iterator[Fix]:
    """The fixes that put data at a path, where there is some."""
    if data is None:
        yield removal(document, path)
    elif (old := document.at(path)) != data:
        if isinstance(old, Mapping) and isinstance(data, Mapping) and list(old) == list(data):
            for key in data:
                yield from _fixes(document, (*path, key), data[key])
        elif isinstance(old, dict | list) or isinstance(data, dict | list):
            yield _replacement(document, path, data)
        else:
            place = document.places[path]
            yield Fix(place, (" " if place.start == place.end else "") + scalar_yaml(data))


def _replacement(document: Document, path: PartPath, data: Any) -> Fix:
    """The fix that writes a whole part again, after its key."""
    key = document.keys[path]
    start, end = document.source.text.index(":", key.end) + 1, end_of(document, path)
    written = _after_key(document, path, key.column - 1, data)
    if comments := _COMMENT.findall(_QUOTED.sub("", document.source.text[start:end])):
        if not written.startswith("\n"):
            raise wrong_call("comments within the table would be lost", "print it, and put it in by hand")
        written = "".join(f"\n{' ' * (key.column + 1)}{comment}" for comment in comments) + written
    return Fix(Place(document.source, start, end), written)


def _after_key(document: Document, path: PartPath, column: int, data: Any) -> str:
    """Data as it stands after its key: on the same line where it is no map, or was on one line, or is a new row."""
    is_inner = in_flow(document, path[:-1])
    on_line = in_flow(document, path) if path in document.places else path[-1] not in _LONG
    if not isinstance(data, dict | list) or is_inner or (on_line and len(flow_yaml(data)) <= _WIDTH):
        return f" {flow_yaml(data)}"
    return f"\n{block_yaml(data, ' ' * (column + 2))}"


def _additions(document: Document, parts: Mapping[PartPath, Any]) -> Iterator[Fix]:
    """The fixes that write new keys before the rows of their table, or before its first key."""
    tables: dict[PartPath, list[PartPath]] = {}
    for path, data in parts.items():
        if data is not None:
            tables.setdefault(path[:-1], []).append(path)
    for parent, paths in tables.items():
        table: Any = document.at(parent)
        first = document.keys[(*parent, "rows" if "rows" in table else next(iter(table)))]
        column = first.column - 1
        end = ", " if in_flow(document, parent) else f"\n{' ' * column}"
        written = (f"{path[-1]}:{_after_key(document, path, column, parts[path])}{end}" for path in paths)
        yield Fix(Place(document.source, first.start, first.start), "".join(written))


def removal(document: Document, path: PartPath) -> Fix:
    """The fix that removes a key with its value, and what divides it from the next or the last one."""
    text, start, end = document.source.text, document.keys[path].start, end_of(document, path)
    if in_flow(document, path[:-1]):
        after = re.compile(r"\s*,\s*").match(text, end)
        before = re.search(r",\s*$", text[:start])
        if after:
            end = after.end()
        elif before:
            start = before.start()
    else:
        start = text.rfind("\n", 0, start) + 1
        end = text.find("\n", end) + 1 or len(text)
    return Fix(Place(document.source, start, end), "")


def in_flow(document: Document, path: PartPath) -> bool:
    """Whether a map stands in braces, or in something that does."""
    places = (document.places[path[:length]] for length in range(len(path) + 1))
    return any(document.source.text[place.start : place.start + 1] in ("{", "[") for place in places)


def end_of(document: Document, path: PartPath) -> int:
    """Where the value of a part ends in the text."""
    text, data, place = document.source.text, document.at(path), document.places[path]
    if not isinstance(data, dict | list):
        return len(text[: place.end].rstrip()) if document.styles.get(path) in ("|", ">") else place.end
    if text[place.start] not in "{[":
        return end_of(document, (*path, list(data)[-1] if isinstance(data, dict) else len(data) - 1))
    written = {**document.places, **{(*key, ""): place for key, place in document.keys.items()}}
    scalars = {inner.start: inner.end for at, inner in written.items() if at[: len(path)] == path}
    depth, at = 0, place.start
    while True:
        if scalars.get(at, at) > at:
            at = scalars[at]
            continue
        if text[at] == "#" and text[at - 1].isspace():
            at = text.index("\n", at)
        depth += (text[at] in "{[") - (text[at] in "}]")
        at += 1
        if not depth:
            return at
