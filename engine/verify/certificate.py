"""Certificates: outcomes saved as JSON and read again. What is none is told, and never taken for one.

The shape is that of schemas/outcome.schema.json. A file holds one object, or several one after the other, as
`evaluate` writes them.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from ..limits import MAX_SAVED_BYTES, MAX_SAVED_DIGITS, MAX_SAVED_NESTING, MAX_SAVED_WRONG
from ..problems import Place, Problem, Source, has_errors, in_order
from ..release.find import release_number
from ..source.document import Document, read_text
from ..source.scalars import day_of, strange_character
from ..source.shape import check_shape
from ..version import VERSION

Json = dict[str, Any]

_MAX_TOLD = 10  #: of what is wrong with one certificate


class Later(NamedTuple):
    """A key that outcomes have from a version on: older certificates are whole without it.

    `path` leads to the maps that hold the key, with * for every key or item of a map or list; `stand_in` is any value
    that the schema takes for it.
    """

    version: str
    path: tuple[str, ...]
    key: str
    stand_in: Any


#: Whoever adds a key to outcomes adds it here, so that what was saved before stays verifiable.
LATER: tuple[Later, ...] = ()


class Saved(NamedTuple):
    """One certificate of a file, or what is wrong with it: `data` is None then. `line` is where it begins."""

    file: str
    line: int
    data: Json | None
    problems: tuple[Problem, ...] = ()


#: Keys of an outcome by which it is told from other JSON: a slip loses one of them at most.
_TELLING = frozenset({"digest", "facts", "tiers"})
_TOO_DEEP = f"more than {MAX_SAVED_NESTING} lists and maps within each other"


class _NoJson(ValueError):
    """What the JSON reader takes and this one does not: numbers without end, a key that stands twice, deep nesting."""


def read_saved(content: bytes, shown: str, later: Sequence[Later] = LATER) -> tuple[Saved, ...]:
    """The certificates of a file, in its order; a file without any is one that is wrong."""
    if len(content) > MAX_SAVED_BYTES:
        message = f"the file is larger than {MAX_SAVED_BYTES.written()}"
        return (_refused(shown, Problem("file-too-large", message, _at(shown), "split it")),)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return (_refused(shown, Problem("not-utf-8", "the file is not UTF-8 text", _at(shown), "save it as UTF-8")),)
    if not text.strip():
        help = "save what 'charter evaluate --format json' writes"
        return (_refused(shown, Problem("empty-file", "the file is empty", _at(shown), help)),)
    found: list[Saved] = []
    wrong = 0
    for one in _objects(text, shown):
        read = one if one.data is None else _checked(one, text, later)
        found.append(read)
        wrong += read.data is None
        if wrong == MAX_SAVED_WRONG:
            message = f"{wrong} parts of this file are no outcomes; the rest of it is not read"
            found.append(_refused(shown, Problem("not-an-outcome", message, _at(shown), "check the file")))
            break
    return tuple(found)


def without_later(data: Json, certificate: Json, later: Sequence[Later] = LATER) -> Json:
    """An outcome of today without the keys that the certificate's version of charter did not write."""
    lacking = [one for one in _unknown_to(certificate, later) if not list(_holding(certificate, one))]
    for one in lacking:
        for part in _parts(data, one.path):
            part.pop(one.key, None)
    return data


def _objects(text: str, shown: str) -> Iterator[Saved]:
    """Each JSON value of a text; after one that cannot be read the next that begins a line."""
    decoder = json.JSONDecoder(
        parse_float=_exact, parse_int=_exact, parse_constant=_no_constant, object_pairs_hook=_no_key_twice
    )
    start, line = 0, 1
    while (begin := _next(text, start)) < len(text):
        line += text.count("\n", start, begin)
        try:
            data, end = decoder.raw_decode(text, begin)
            _check_nesting(data)
        except (ValueError, RecursionError) as error:
            at = error.pos if isinstance(error, json.JSONDecodeError) else begin
            yield Saved(shown, line, None, (_no_json(error, Place(Source(shown, text), at, at + 1)),))
            end = text.find("\n{", begin) + 1 or len(text)
        else:
            yield (
                Saved(shown, line, data)
                if isinstance(data, dict)
                else _no_outcome(shown, line, Place(Source(shown, text), begin, begin + 1))
            )
        line += text.count("\n", begin, end)
        start = end


def _next(text: str, start: int) -> int:
    """Where the blanks end."""
    while start < len(text) and text[start] in " \t\r\n":
        start += 1
    return start


def _no_json(error: Exception, place: Place) -> Problem:
    if isinstance(error, _NoJson):
        reason = str(error)
    elif isinstance(error, json.JSONDecodeError):
        reason = f"{error.msg[:1].lower()}{error.msg[1:]}"
    else:
        reason = _TOO_DEEP
    help = "give what 'charter evaluate --format json' wrote, as it was"
    return Problem("not-an-outcome", f"this cannot be read as JSON: {reason}", place, help)


def _no_outcome(shown: str, line: int, place: Place) -> Saved:
    help = "give what 'charter evaluate --format json' wrote"
    return Saved(shown, line, None, (Problem("not-an-outcome", "this JSON is no outcome", place, help),))


def _checked(one: Saved, text: str, later: Sequence[Later]) -> Saved:
    """The certificate if it has the promised shape, or what is wrong with it at its places."""
    data: Json = one.data or {}
    result = data.get("result")
    if isinstance(result, str) and result != "done" and "problems" in data:
        message = f"this answer decided nothing: its result is '{_short(result)}'"
        problem = Problem("not-an-outcome", message, _at(one.file, text, one.line), "leave it out")
        return one._replace(data=None, problems=(problem,))
    if len(_TELLING & data.keys()) < len(_TELLING) - 1:
        return _no_outcome(one.file, one.line, _at(one.file, text, one.line))
    if not any(_wrong(Document(Source(one.file, ""), data, {}, {}, {}), later)):
        return one
    problems = in_order(_wrong(_with_places(one, text), later))
    return one._replace(data=None, problems=problems[:_MAX_TOLD])


def _wrong(document: Document, later: Sequence[Later]) -> Iterator[Problem]:
    """What is wrong with a document as an outcome."""
    hidden = _hidden(document.data)
    if hidden:
        message = f"a text of it holds {hidden}, which no reader can see"
        yield Problem("hidden-character", message, document.place(()), "take the file as it was written")
        return
    data: Any = document.data
    whole = document._replace(data=_completed(data, later))
    problems = [problem for _, problem in check_shape(whole, "outcome")]
    if not has_errors(problems) and day_of(data["as_of"]) is None:
        message = f"'{_short(data['as_of'])}' is not a date"
        problems.append(Problem("wrong-type", message, document.value_place(("as_of",)), "write it as 2026-01-31"))
    yield from problems


def _with_places(one: Saved, text: str) -> Document:
    """The certificate as a document that knows where its parts stand, where YAML can read it too."""
    begin = _line_start(text, one.line)
    end = text.find("\n{", begin) + 1 or len(text)
    read, _ = read_text("\n" * (one.line - 1) + text[begin:end].rstrip(), one.file)
    if read is None:
        return Document(Source(f"{one.file}:{one.line}", ""), one.data, {}, {}, {})
    return read._replace(data=one.data)


def _line_start(text: str, line: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.index("\n", start) + 1
    return start


def _at(shown: str, text: str = "", line: int = 1) -> Place:
    start = _line_start(text, line) if text else 0
    return Place(Source(shown, text), start, start + 1)


def _refused(shown: str, problem: Problem) -> Saved:
    return Saved(shown, 1, None, (problem,))


def _exact(digits: str) -> Decimal:
    """A number as it is written; raises _NoJson for one that no outcome has."""
    try:
        found = Decimal(digits) if len(digits) <= 2 * MAX_SAVED_DIGITS else Decimal("NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found.adjusted()) > MAX_SAVED_DIGITS:
        raise _NoJson(f"{_short(digits)} has more digits than any result")
    return found


def _check_nesting(data: Any) -> None:
    """Raise _NoJson where more lists and maps stand within each other than in any outcome."""
    level = [data]
    for _ in range(MAX_SAVED_NESTING + 1):
        level = [part for one in level if isinstance(one, dict | list) for part in _inner(one)]
    if level:
        raise _NoJson(_TOO_DEEP)


def _inner(data: Any) -> Sequence[Any]:
    """What stands directly in a map or a list; nothing in anything else."""
    return list(data.values()) if isinstance(data, dict) else data if isinstance(data, list) else ()


def _no_constant(name: str) -> Any:
    raise _NoJson(f"{name} is no number")


def _no_key_twice(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _NoJson(f"a map has the key '{_short(twice)}' twice")
    return found


def _short(text: str) -> str:
    """The beginning of a text, whatever is in it, as a message can show it."""
    seen = "".join(character if character.isprintable() else "\ufffd" for character in text[:41])
    return seen if len(text) <= 40 else f"{seen[:39]}…"


def _hidden(data: Any) -> str | None:
    """A character in any text of the data that cannot be seen, described, or None."""
    if isinstance(data, str):
        return None if data.isprintable() else strange_character(data)
    keys = data if isinstance(data, dict) else ()
    return next((found for part in (*keys, *_inner(data)) if (found := _hidden(part))), None)


def _unknown_to(certificate: Json, later: Sequence[Later]) -> list[Later]:
    """The keys that came after the version that wrote the certificate; none for a version that is no number."""
    written_by = str(certificate.get("charter"))
    is_number = len(written_by) < 20 and written_by.replace(".", "").isdecimal()
    version = release_number(written_by if is_number else VERSION)
    return [one for one in later if version < release_number(one.version)]


def _completed(data: Json, later: Sequence[Later]) -> Json:
    """The certificate with a stand-in for each key that came later and that it has nowhere."""
    lacking = [one for one in _unknown_to(data, later) if not list(_holding(data, one))]
    if not lacking:
        return data
    whole = copy.deepcopy(data)
    for one in lacking:
        for part in _parts(whole, one.path):
            part[one.key] = one.stand_in
    return whole


def _holding(data: Json, one: Later) -> Iterator[Json]:
    return (part for part in _parts(data, one.path) if one.key in part)


def _parts(data: Any, path: Sequence[str]) -> Iterator[Json]:
    """The maps at a path in which * stands for every key or item."""
    if not path:
        if isinstance(data, dict):
            yield data
        return
    first, *rest = path
    named = [data[first]] if isinstance(data, dict) and first in data else []
    for part in _inner(data) if first == "*" else named:
        yield from _parts(part, rest)
