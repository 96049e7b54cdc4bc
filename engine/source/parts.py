"""Parts of documents: cut out, replaced and removed; every part keeps the place where it was written."""

from __future__ import annotations

from typing import Any

from .document import Document, PartPath


def part(document: Document, path: PartPath) -> Document:
    """The part at a path as a document of its own."""
    data: Any = document.data
    for key in path:
        data = data[key]
    return Document(document.source, data, *(_below(table, path) for table in _tables(document)))


def parts_of_map(document: Document, path: PartPath) -> dict[str, Document]:
    """Each part of the map at a path as a document of its own, by its key; all in one pass over the document."""
    at = len(path)
    data: Any = document.at(path)
    parts = {key: Document(document.source, value, {}, {}, {}) for key, value in data.items()}
    for table, name in zip(_tables(document), ("places", "keys", "styles"), strict=True):
        for place, value in table.items():
            if len(place) > at and place[:at] == path:
                getattr(parts[str(place[at])], name)[place[at + 1 :]] = value
    return parts


def with_part(document: Document, path: PartPath, new: Document) -> Document:
    """The document with another part at a path; all keys of the path but the last must exist.

    The position after the last item of a list adds an item.
    """
    places, keys, styles = (
        {**table, **{(*path, *inner): value for inner, value in added.items()}}
        for table, added in zip(_tables_without(document, path), _tables(new), strict=True)
    )
    if path in document.keys:
        keys[path] = document.keys[path]
    return Document(document.source, _put(document.data, path, new.data), places, keys, styles)


def without(document: Document, path: PartPath) -> Document:
    """The document without the part at a path of keys."""
    return Document(document.source, _removed(document.data, path), *_tables_without(document, path))


def _tables_without(document: Document, path: PartPath) -> list[dict[PartPath, Any]]:
    return [
        {at: value for at, value in table.items() if at[: len(path)] != path} if path else {}
        for table in _tables(document)
    ]


def _tables(document: Document) -> tuple[dict[PartPath, Any], dict[PartPath, Any], dict[PartPath, Any]]:
    return document.places, document.keys, document.styles


def _below(table: dict[PartPath, Any], path: PartPath) -> dict[PartPath, Any]:
    return {at[len(path) :]: value for at, value in table.items() if at[: len(path)] == path}


def _put(data: Any, path: PartPath, new: Any) -> Any:
    """The data with a new value at the path; a key that exists keeps its position."""
    if not path:
        return new
    first, *rest = path
    if isinstance(data, list) and isinstance(first, int):
        return [*data[:first], _put(data[first] if rest else None, tuple(rest), new), *data[first + 1 :]]
    return {**data, first: _put(data.get(first), tuple(rest), new)}


def _removed(data: Any, path: PartPath) -> Any:
    if not path or not isinstance(data, dict):
        return None
    first, *rest = path
    if not rest:
        return {key: value for key, value in data.items() if key != first}
    return {**data, first: _removed(data.get(first), tuple(rest))}
