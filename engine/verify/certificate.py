"""Reads certificates: outcomes that were saved as JSON. JSON that is not an outcome is reported, never accepted.

A certificate has the shape of schemas/outcome.schema.json. A file has one, or several one after the other, as
`evaluate` writes them.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from ..limits import MAX_SAVED_BYTES, MAX_SAVED_DIGITS, MAX_SAVED_NESTING, MAX_SAVED_WRONG
from ..problems import Place, Problem, Source, has_errors, in_order
from ..release.find import release_number
from ..source.document import Document, read_text
from ..source.letters import strange_character
from ..source.scalars import day_of
from ..source.shape import check_shape
from ..texts.visible import visible
from ..version import VERSION

Json = dict[str, Any]

_MAX_PROBLEMS = 10  #: reported of one certificate


class Later(NamedTuple):
    """A key that outcomes have since a version of charter; older certificates are complete without it.

    `path` leads to the maps that have the key, with * for every key or item of a map or list; `stand_in` is any value
    of the key that fits the schema.
    """

    version: str
    path: tuple[str, ...]
    key: str
    stand_in: Any


#: a key that is added to outcomes is added here too, so that older certificates can still be verified
LATER: tuple[Later, ...] = (Later("0.2.0", (), "rights", []), Later("0.2.0", (), "restrictions", []))


class Saved(NamedTuple):
    """One certificate of a file, which begins on `line`; where it has problems, `data` is None."""

    file: str
    line: int
    data: Json | None
    problems: tuple[Problem, ...] = ()
    same_again: bool = False  #: whether it is known that an evaluation gives the whole of it again


_DIGEST = re.compile(rb"\"(sha256:[0-9a-f]{64})\"")
#: keys that distinguish an outcome from other JSON; an outcome with a misspelt key lacks at most one of them
_TYPICAL_KEYS = frozenset({"digest", "facts", "tiers"})
_TOO_DEEP = f"more than {MAX_SAVED_NESTING} lists and maps within each other"


class _NoJson(ValueError):
    """Raised for JSON that the standard reader accepts and no outcome has: NaN, repeated keys, deep nesting."""


def digests_in(content: bytes) -> set[str]:
    """The digests of releases in a file of certificates, and perhaps others."""
    return {digest.decode() for digest in _DIGEST.findall(content)}


def read_saved(
    content: bytes, shown: str, later: Sequence[Later] = LATER, same_again: Callable[[Json], bool] | None = None
) -> tuple[Saved, ...]:
    """The certificates of a file, in its order; a file that cannot be read gives one result with a problem.

    `same_again` tells whether an evaluation gives the whole of a certificate again, whatever JSON it is: then it has
    the shape of an outcome. All others are compared with the schema, which takes several times as long.
    """
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
    certificates: list[Saved] = []
    wrong = 0
    for saved in _objects(text, shown):
        certificates.append(saved if saved.data is None else _checked(saved, text, later, same_again))
        wrong += certificates[-1].data is None
        if wrong == MAX_SAVED_WRONG:
            message = f"{wrong} parts of this file are no outcomes; the rest of it is not read"
            certificates.append(_refused(shown, Problem("not-an-outcome", message, _at(shown), "check the file")))
            break
    return tuple(certificates)


def without_later(data: Json, certificate: Json, later: Sequence[Later] = LATER) -> Json:
    """The data of an outcome, changed in place: without the keys that the certificate's version did not write."""
    for added in _missing_keys(certificate, later):
        for part in _parts(data, added.path):
            part.pop(added.key, None)
    return data


def _objects(text: str, shown: str) -> Iterator[Saved]:
    """Each JSON value of a text; after one that cannot be read, the next object that begins a line."""
    decoder = json.JSONDecoder(
        parse_float=_exact, parse_int=_exact, parse_constant=_refuse_constant, object_pairs_hook=_unrepeated
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
            place = Place(Source(shown, text), begin, begin + 1)
            yield Saved(shown, line, data) if isinstance(data, dict) else _no_outcome(shown, line, place)
        line += text.count("\n", begin, end)
        start = end


def _next(text: str, start: int) -> int:
    """The position of the first character from `start` on that is not a blank; the length of the text if none is."""
    while start < len(text) and text[start] in " \t\r\n":
        start += 1
    return start


def _no_json(error: Exception, place: Place) -> Problem:
    """The problem for an error of reading JSON."""
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


def _checked(saved: Saved, text: str, later: Sequence[Later], same_again: Callable[[Json], bool] | None) -> Saved:
    """The certificate if it fits the schema; else its problems, without its data."""
    data: Json = saved.data or {}
    result = data.get("result")
    if isinstance(result, str) and result != "done" and "problems" in data:
        message = f"this answer decided nothing: its result is '{_short(result)}'"
        problem = Problem("not-an-outcome", message, _at(saved.file, text, saved.line), "leave it out")
        return saved._replace(data=None, problems=(problem,))
    if len(_TYPICAL_KEYS & data.keys()) < len(_TYPICAL_KEYS) - 1:
        return _no_outcome(saved.file, saved.line, _at(saved.file, text, saved.line))
    if same_again and not _hidden(data) and same_again(data):
        return saved._replace(same_again=True)
    if not any(_shape_problems(Document(Source(saved.file, ""), data, {}, {}, {}), later)):
        return saved
    problems = in_order(_shape_problems(_with_places(saved, text), later))
    return saved._replace(data=None, problems=problems[:_MAX_PROBLEMS])


def _shape_problems(document: Document, later: Sequence[Later]) -> Iterator[Problem]:
    """The problems of a document that is meant to be an outcome."""
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


def _with_places(saved: Saved, text: str) -> Document:
    """The certificate as a document with the places of its parts; without them where it cannot be read as YAML."""
    begin = _line_start(text, saved.line)
    end = text.find("\n{", begin) + 1 or len(text)
    read, _ = read_text("\n" * (saved.line - 1) + text[begin:end].rstrip(), saved.file)
    if read is None:
        return Document(Source(f"{saved.file}:{saved.line}", ""), saved.data, {}, {}, {})
    return read._replace(data=saved.data)


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
    """The number with all its digits; raises _NoJson for one with more digits than any outcome has."""
    try:
        number = Decimal(digits) if len(digits) <= 3 * MAX_SAVED_DIGITS else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or number.adjusted() >= MAX_SAVED_DIGITS or -exponent > MAX_SAVED_DIGITS:
        raise _NoJson(f"{_short(digits)} has more digits than any result")
    return number


def _check_nesting(data: Any) -> None:
    """Raise _NoJson where lists and maps are nested deeper than in any outcome."""
    level = [data]
    for _ in range(MAX_SAVED_NESTING):
        level = [inner for part in level for inner in _inner(part)]
    if any(isinstance(part, dict | list) for part in level):
        raise _NoJson(_TOO_DEEP)


def _inner(data: Any) -> Sequence[Any]:
    """The values of a map or the items of a list; nothing for other data."""
    return list(data.values()) if isinstance(data, dict) else data if isinstance(data, list) else ()


def _refuse_constant(name: str) -> Any:
    raise _NoJson(f"{name} is no number")


def _unrepeated(pairs: list[tuple[str, Any]]) -> Json:
    """The map of these keys and values; raises _NoJson where a key is repeated."""
    data = dict(pairs)
    if len(data) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _NoJson(f"a map has the key '{_short(twice)}' twice")
    return data


def _short(text: str) -> str:
    """The beginning of a text, as a message shows it."""
    return visible(text if len(text) <= 40 else f"{text[:39]}…")


def _hidden(data: Any) -> str | None:
    """The description of the first invisible character in the texts of the data; None where there is none."""
    if isinstance(data, str):
        return strange_character(data)
    keys = data if isinstance(data, dict) else ()
    return next((character for part in (*keys, *_inner(data)) if (character := _hidden(part))), None)


def _missing_keys(certificate: Json, later: Sequence[Later]) -> list[Later]:
    """The keys newer than the version that wrote the certificate, which has none of them; [] if that is no version."""
    written_by = str(certificate.get("charter"))
    is_number = len(written_by) < 20 and written_by.replace(".", "").isdecimal()
    version = release_number(written_by if is_number else VERSION)
    newer = (added for added in later if version < release_number(added.version))
    return [added for added in newer if not any(added.key in part for part in _parts(certificate, added.path))]


def _completed(data: Json, later: Sequence[Later]) -> Json:
    """The certificate with a stand-in for each key that its version of charter did not write."""
    missing_keys = _missing_keys(data, later)
    if not missing_keys:
        return data
    completed = copy.deepcopy(data)
    for added in missing_keys:
        for part in _parts(completed, added.path):
            part[added.key] = added.stand_in
    return completed


def _parts(data: Any, path: Sequence[str]) -> Iterator[Json]:
    """The maps at a path, in which * stands for every key or item."""
    if not path:
        if isinstance(data, dict):
            yield data
        return
    first, *rest = path
    named = [data[first]] if isinstance(data, dict) and first in data else []
    for part in _inner(data) if first == "*" else named:
        yield from _parts(part, rest)
