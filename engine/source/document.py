"""YAML and JSON read as plain data that remembers the place of every part in its file.

JSON is read as the subset of YAML that it is. Only the core of YAML is read: maps, lists and scalars. Numbers are exact
decimals, `yes` and `no` are text, dates are dates. Tags, anchors, several documents in one file and repeated keys are
refused, each with its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ..language.syntax import Text
from ..limits import MAX_BYTES, MAX_NESTING, MAX_NODES
from ..named_tuples import public
from ..problems import Fix, Place, Problem, Source, did_you_mean, renamed
from .letters import strange_character, without_hidden
from .opened import opened_file, opened_stream
from .scalars import Data, plain_scalar

PartPath = tuple[str | int, ...]  #: where a part of the data is: keys and list positions from the root


@public("source.path")
class Document(NamedTuple):
    """One file: its data, and for each part of it the place of its key and of its value."""

    source: Source
    data: Data
    places: dict[PartPath, Place]  #: of values
    keys: dict[PartPath, Place]  #: of the keys of maps
    styles: dict[PartPath, str]  #: of scalars that are not plain: ' " | or >

    def at(self, path: PartPath) -> Data:
        """The data at a path; None where there is none."""
        data: Data = self.data
        for key in path:
            if isinstance(data, dict):
                data = data.get(str(key))
            else:
                data = data[key] if isinstance(data, list) and isinstance(key, int) and key < len(data) else None
        return data

    def place(self, path: PartPath) -> Place:
        """The place of a part: of its key if it has one, else of its value, else of the part that contains it."""
        while path:
            if path in self.keys or path in self.places:
                return self.keys.get(path) or self.places[path]
            path = path[:-1]
        return Place(self.source, 0, 1)

    def value_place(self, path: PartPath) -> Place:
        """The place of the value of a part; of the part itself where the value is a map, a list or empty."""
        place = self.places.get(path)
        return place if place and place.end > place.start else self.place(path)

    def expression(self, path: PartPath) -> Text:
        """The text of a scalar as it stands in the file, for `language.parse`."""
        return _raw_text(self.places[path], self.styles.get(path, ""))

    def key_expression(self, path: PartPath) -> Text:
        """The text of a key as it stands in the file, for `language.parse`."""
        place = self.keys[path]
        first = place.source.text[place.start : place.start + 1]
        return _raw_text(place, first if first in ("'", '"') else "")


def unknown_keys(document: Document, path: PartPath, written: Iterable[str], allowed: Collection[str]) -> list[Problem]:
    """A problem for each written key of the map at a path that is not among the allowed keys."""
    return [unknown_key(document, (*path, key), allowed) for key in written if key not in allowed]


def unknown_key(document: Document, path: PartPath, allowed: Iterable[str]) -> Problem:
    """The problem that the last key of a path is not among the allowed keys."""
    key, place, names = str(path[-1]), document.place(path), list(allowed)
    message, help = f"'{key}' is not a key here", did_you_mean(key, names)
    return Problem("unknown-key", message, place, help, fix=renamed(key, names, place))


def shown(path: Path) -> str:
    """A path as messages show it: from here where it is below, else whole."""
    try:
        here, whole = Path.cwd(), path.absolute()
    except FileNotFoundError:  # the working directory was deleted
        return str(path)
    return str(whole.relative_to(here)) if whole.is_relative_to(here) else str(path)


def file_bytes(path: Path, most: int = MAX_BYTES) -> bytes:
    """The bytes of a file, at most one more than `most`, so that too large a file is noticed; raises OSError.

    A pipe or a device is refused unopened.
    """
    with opened_file(path) as file:
        return file.read(most + 1)


def stream_bytes(path: Path, most: int = MAX_BYTES) -> bytes:
    """The bytes of a file, a pipe or a device that a user named, as `file_bytes` gives them; raises OSError."""
    with opened_stream(path) as stream:
        return stream.read(most + 1)


def read_bytes(content: bytes, shown: str) -> tuple[Document | None, list[Problem]]:
    """Read the bytes of one file: UTF-8, with or without a byte order mark."""
    nowhere = Place(Source(shown, ""), 0, 0)
    if len(content) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES.written()}"
        return None, [Problem("file-too-large", message, nowhere, "split it, or give each record a file of its own")]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", errors="replace")
        place = Place(Source(shown, before), max(0, len(before) - 1), len(before))
        return None, [Problem("not-utf-8", "the file is not UTF-8 text", place, "save it as UTF-8")]
    return read_text(text, shown)


def read_text(text: str, shown: str) -> tuple[Document | None, list[Problem]]:
    """The document of a YAML or JSON text, None where it cannot be used; and its problems in either case."""
    source = Source(shown, text)
    if "\x00" in text:
        place = Place(source, text.index("\x00"), text.index("\x00") + 1)
        return None, [Problem("not-utf-8", "the file is not UTF-8 text", place, "save it as UTF-8")]
    parts = _Parts(source)
    try:
        for event in yaml.parse(_joined_surrogates(text), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            parts.take(event)
    except _Refused:
        return None, parts.problems
    except yaml.YAMLError as error:
        parts.problems.append(_syntax_problem(source, error))
        return None, parts.problems
    if not parts.complete:
        if not parts.problems:
            help = "write what belongs in it, or remove the file"
            parts.problems.append(Problem("empty-file", "the file is empty", Place(source, 0, 1), help))
        return None, parts.problems
    return Document(source, parts.data, parts.places, parts.keys, parts.styles), parts.problems


class _Open:
    """A map or list whose end was not read yet; `key` is the key of a map whose value comes next."""

    __slots__ = ("container", "key", "path", "start")

    def __init__(self, container: Any, path: PartPath, start: int) -> None:
        self.container = container
        self.path = path
        self.start = start
        self.key: str | None = None


class _Refused(Exception):
    """The file cannot be used; the reason is among the problems."""


class _Parts:
    """A document under construction from YAML events; its own stack keeps deep nesting off Python's."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.data: Data = None
        self.complete = False
        self.problems: list[Problem] = []
        self.places: dict[PartPath, Place] = {}
        self.keys: dict[PartPath, Place] = {}
        self.styles: dict[PartPath, str] = {}
        self._open: list[_Open] = []
        self._nodes = 0
        self._documents = 0
        self._takers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._start,
            yaml.SequenceStartEvent: self._start,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }

    def take(self, event: Any) -> None:
        """Take one event; raises _Refused to stop reading."""
        taker = self._takers.get(type(event))
        if taker:
            taker(event)

    def _refuse(self, event: Any, message: str, help: str, code: str = "yaml-form") -> None:
        place = Place(self.source, event.start_mark.index, event.end_mark.index)
        self.problems.append(Problem(code, message, place, help))
        self.complete = False
        raise _Refused

    def _alias(self, event: Any) -> None:
        self._refuse(event, "anchors and aliases are not used here", "write the value out")

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._refuse(event, "a second document begins here", "keep one document in a file")

    def _node(self, event: Any) -> None:
        """Check what holds for every node: no tag, no anchor, and the limit on the number of nodes."""
        self._nodes += 1
        if event.anchor is not None:
            self._alias(event)
        if event.tag is not None and event.tag != "!":
            self._refuse(event, f"the tag '{event.tag[:40]}' is not used here", "remove it")
        if self._nodes > MAX_NODES:
            self._refuse(event, f"the file has more than {MAX_NODES} parts", "split it", "file-too-large")

    def _put(self, event: Any, value: Any) -> PartPath:
        """Put a value into the container that is open; returns its path."""
        if not self._open:
            self.data = value
            return ()
        top = self._open[-1]
        if isinstance(top.container, list):
            top.container.append(value)
            return (*top.path, len(top.container) - 1)
        if top.key is None:
            self._refuse(event, "a key must be a plain word", "write it as text")
        path, top.container[top.key] = (*top.path, top.key or ""), value
        top.key = None
        return path

    def _start(self, event: Any) -> None:
        self._node(event)
        if len(self._open) >= MAX_NESTING:
            message = f"more than {MAX_NESTING} lists and maps within each other"
            self._refuse(event, message, "flatten the data", "file-too-large")
        container: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append(_Open(container, self._put(event, container), event.start_mark.index))

    def _end(self, _event: Any) -> None:
        closed = self._open.pop()
        self.places[closed.path] = Place(self.source, closed.start, closed.start)
        self.complete = not self._open

    def _scalar(self, event: Any) -> None:
        self._node(event)
        value, place = event.value, Place(self.source, event.start_mark.index, event.end_mark.index)
        strange = strange_character(value)
        if strange:
            message = f"the text holds {strange}, which no reader can see"
            fix = _without_hidden(place)
            self.problems.append(Problem("hidden-character", message, place, "remove it", fix=fix))
        top = self._open[-1] if self._open else None
        if top and top.key is None and isinstance(top.container, dict):
            self._take_key(event, top, place)
            return
        path = self._put(event, value if event.style else plain_scalar(value))
        self.places[path] = place
        if event.style:
            self.styles[path] = event.style
        self.complete = top is None

    def _take_key(self, event: Any, top: _Open, place: Place) -> None:
        key = event.value
        if key == "<<":
            self._refuse(event, "merging maps with '<<' is not used here", "write the keys out")
        path = (*top.path, key)
        if key in top.container:
            message = f"'{key[:40]}' stands here a second time"
            help = f"the first is on line {self.keys[path].line}; keep one of them"
            self.problems.append(Problem("duplicate-key", message, place, help))
        self.keys[path] = place
        top.key = key


def _without_hidden(place: Place) -> Fix | None:
    """The fix that removes invisible characters from a text; None where they are written as escapes."""
    written = place.source.text[place.start : place.end]
    visible = without_hidden(written)
    return Fix(place, visible) if visible != written else None


def _joined_surrogates(text: str) -> str:
    r"""The text with pairs of `\ud8..` escapes, as JSON writes characters above U+FFFF, joined."""
    if "\\ud" not in text.lower():
        return text
    return re.sub(
        r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})",
        lambda m: (bytes.fromhex(m[1]) + bytes.fromhex(m[2])).decode("utf-16-be"),
        text,
    )


def _syntax_problem(source: Source, error: yaml.YAMLError) -> Problem:
    """The message of the YAML parser as a problem, with the usual cause as help."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    index = mark.index if mark else getattr(error, "position", 0)
    index = min(index, max(0, len(source.text) - 1))
    place = Place(source, index, index + 1)
    if place.line_text.lstrip(" ").startswith("\t") or "\\t" in str(getattr(error, "problem", "")):
        return Problem("yaml-syntax", "a tab indents this line", place, "indent with spaces")
    if isinstance(error, yaml.reader.ReaderError):
        return Problem("hidden-character", "the file holds a control character", place, "remove it")
    what = str(getattr(error, "problem", None) or "this is not YAML").strip()
    if "expected ','" in what:
        help = "within { } and [ ], text that holds a comma or brackets stands in quotes"
        return Problem("yaml-syntax", f"this cannot be read as YAML: {what}", place, help)
    help = "text that holds ': ' or ' #', or begins with one of [ ] { } & * ! | > ' \" % @ `, stands in quotes"
    return Problem("yaml-syntax", f"this cannot be read as YAML: {what}", place, help)


def _raw_text(place: Place, style: str) -> Text:
    """The text of a scalar without quotes and block indicators, with the offset in the file of each character."""
    source = place.source
    raw = source.text[place.start : place.end]
    if style == "'":
        pairs = list(_unquoted(raw, place.start))
        text, offsets = "".join(pair[0] for pair in pairs), [pair[1] for pair in pairs]
        return Text(source, text, [*offsets, place.end - 1])
    start = place.start
    if style == '"':
        raw, start = raw[1:-1], start + 1
    elif style in ("|", ">") and style:
        header = len(raw.partition("\n")[0]) + 1
        raw, start = raw[header:].rstrip(), start + header
    return Text(source, raw, range(start, start + len(raw) + 1))


def _unquoted(raw: str, start: int) -> Iterator[tuple[str, int]]:
    """The characters of a single-quoted scalar and their offsets; '' stands for a quote."""
    index = 1
    while index < len(raw) - 1:
        yield raw[index], start + index
        index += 2 if raw[index] == "'" else 1
