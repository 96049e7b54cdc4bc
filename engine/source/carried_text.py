"""Writes data that was made of a document into its text: new keys and values in the places of the old, all else kept.

The new data comes as a document whose parts have the places in the old text that they were made from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ..problems import Fix, Place, wrong_call
from .document import Document, PartPath, read_text
from .edit import with_fixes
from .rewritten import end_of, flow_yaml, in_flow, removal, scalar_yaml


def carried_text(old: Document, new: Document) -> str:
    """The text of a document with the new data; comments, blanks and the order of keys stay.

    Raises WrongCall where the data cannot be put into the text.
    """
    text = with_fixes(old.source.text, _Carried(old, new).fixes())
    written, _ = read_text(text, old.source.path)
    if written is None or written.data != new.data:
        raise wrong_call(f"{old.source.path} cannot be rewritten in place", "write the record anew, or simpler")
    return text


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _flow(data: Any, *, is_json: bool) -> str:
    """Data on one line, as YAML or as JSON."""
    if not is_json:
        return flow_yaml(data)
    if isinstance(data, dict):
        return "{" + ", ".join(f"{_quoted(key)}: {_flow(value, is_json=True)}" for key, value in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(_flow(value, is_json=True) for value in data) + "]"
    return scalar_yaml(data) if isinstance(data, bool | Decimal) else _quoted(str(data))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


class _Carried:
    """The old and the new data, and the old parts by their places in the text."""

    def __init__(self, old: Document, new: Document) -> None:
        self.old, self.new = old, new
        self.is_json = old.source.text.lstrip()[:1] == "{" and _is_json(old.source.text)
        self.by_key = {place.start: path for path, place in old.keys.items()}
        self.by_item = {place.start: path for path, place in old.places.items() if path and isinstance(path[-1], int)}

    def fixes(self) -> Iterator[Fix]:
        """What to change in the text."""
        yield from self._map((), (), self.old.data, self.new.data)

    def _map(self, at: PartPath, was: PartPath, old: Any, new: Any) -> Iterator[Fix]:
        """The changes of a map at a new path, which was at another path."""
        taken: dict[str, str] = {}  #: the new keys by the old ones
        added: dict[str, Any] = {}
        for key, value in new.items():
            place = self.new.keys.get((*at, key))
            old_path = self.by_key.get(place.start) if place else None
            if old_path is None or old_path[:-1] != was or str(old_path[-1]) in taken:
                added[key] = value
            else:
                taken[str(old_path[-1])] = key
        kept = [key for key in old if key in taken]
        if not kept:
            yield self._whole(was, new)
            return
        for key in old:
            if key not in taken:
                yield removal(self.old, (*was, key))
            else:
                yield from self._entry((*at, taken[key]), (*was, key), old[key], new[taken[key]])
        if added:
            first = self.old.keys[(*was, kept[0])]
            end = ", " if in_flow(self.old, was) else f"\n{' ' * (first.column - 1)}"
            written = "".join(f"{self._key(key)}: {self._written(value)}{end}" for key, value in added.items())
            yield Fix(Place(self.old.source, first.start, first.start), written)

    def _entry(self, at: PartPath, was: PartPath, old: Any, new: Any) -> Iterator[Fix]:
        """The changes of a key and its value."""
        if at[-1] != was[-1]:
            yield Fix(self.old.keys[was], self._key(str(at[-1])))
        yield from self._value(at, was, old, new)

    def _value(self, at: PartPath, was: PartPath, old: Any, new: Any) -> Iterator[Fix]:
        if old == new and type(old) is type(new):
            return
        if isinstance(old, dict) and isinstance(new, dict) and old and new:
            yield from self._map(at, was, old, new)
        elif isinstance(old, list) and isinstance(new, list) and (indices := self._items(at, was, new)):
            for index, old_index in enumerate(indices):
                yield from self._value((*at, index), (*was, old_index), old[old_index], new[index])
            for gone in sorted(set(range(len(old))) - set(indices)):
                yield self._without_item((*was, gone))
        elif isinstance(old, dict | list) or isinstance(new, dict | list):
            yield self._whole(was, new)
        else:
            place = self.old.places[was]
            yield Fix(place, (" " if place.start == place.end else "") + self._written(new))

    def _key(self, key: str) -> str:
        return _quoted(key) if self.is_json else key

    def _written(self, data: Any) -> str:
        return _flow(data, is_json=self.is_json)

    def _items(self, at: PartPath, was: PartPath, new: list[Any]) -> list[int]:
        """The position that each new item had; empty where one has none."""
        indices: list[int] = []
        for index in range(len(new)):
            place = self.new.places.get((*at, index))
            old_path = self.by_item.get(place.start) if place else None
            if old_path is None or old_path[:-1] != was:
                return []
            indices.append(int(old_path[-1]))
        return indices

    def _whole(self, was: PartPath, new: Any) -> Fix:
        """The change that writes a whole value on one line."""
        text = self.old.source.text
        start = text.index(":", self.old.keys[was].end) + 1 if was in self.old.keys else self.old.places[was].start
        end = end_of(self.old, was)
        if "#" in text[start:end]:
            raise wrong_call(
                f"in {self.old.source.path} comments within '{was[-1] if was else ''}' would be lost",
                "move them, and try again",
            )
        return Fix(Place(self.old.source, start, end), f" {self._written(new)}")

    def _without_item(self, was: PartPath) -> Fix:
        """The change that takes an item out of a list that stands on several lines."""
        text = self.old.source.text
        start = text.rfind("\n", 0, self.old.places[was].start) + 1
        end = text.find("\n", end_of(self.old, was)) + 1 or len(text)
        return Fix(Place(self.old.source, start, end), "")
