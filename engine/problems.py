"""Problems: what is wrong with something a person wrote, and where.

A `Problem` is data: it is returned and collected, never raised, so that one run reports everything. The exceptions
below are raised only at the library's edge, where there is no result to return.
"""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

import re
from bisect import bisect_right
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from .named_tuples import public

MAX_MESSAGE = 600  #: characters of a message or a help; a longer one is cut in the middle


class Level(StrEnum):
    """How bad a problem is: an error refuses the input, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@public("path")
class Source(NamedTuple):
    """A file as it was read: the path that messages show, and its text."""

    path: str
    text: str


@public("where")
class Place(NamedTuple):
    """A stretch of a file, by character offsets; lines and columns are counted from 1, in characters."""

    source: Source
    start: int
    end: int

    @property
    def where(self) -> str:
        """The file, the line and the column, as messages show them."""
        return f"{self.source.path}:{self.line}:{self.column}"

    @property
    def line(self) -> int:
        """The line on which the stretch begins."""
        return bisect_right(_line_starts(self.source.text), self.start)

    @property
    def column(self) -> int:
        """The column at which the stretch begins."""
        return self.start - _line_starts(self.source.text)[self.line - 1] + 1

    @property
    def line_text(self) -> str:
        """The whole line on which the stretch begins, without its line break."""
        begin = self.start - self.column + 1
        end = self.source.text.find("\n", begin)
        return self.source.text[begin : end if end >= 0 else None].rstrip("\r")

    @property
    def width(self) -> int:
        """How many characters of its first line belong to the stretch, at least 1."""
        rest_of_line = len(self.line_text) - self.column + 1
        return max(1, min(self.end - self.start, rest_of_line))


@lru_cache(maxsize=32)
def _line_starts(text: str) -> tuple[int, ...]:
    """Where each line of a text begins, kept because the problems of a file are often many."""
    return (0, *(match.end() for match in re.finditer("\n", text)))


@public("place", "text")
class Fix(NamedTuple):
    """A correction: the text that certainly belongs in a place."""

    place: Place
    text: str


@public("place", "message")
class Related(NamedTuple):
    """Another place that a problem concerns, and what it says of the problem."""

    place: Place
    message: str


@public("level", "code", "message", "place")
class Problem(NamedTuple):
    """One problem: a stable code, a message, its place if any, and `help`, which says what to write instead.

    `related` are other places that it concerns; `fix` is the correction where only one is possible.
    """

    code: str
    message: str
    place: Place | None = None
    help: str | None = None
    level: Level = Level.ERROR
    related: tuple[Related, ...] = ()
    fix: Fix | None = None


class Invalid(Exception):
    """Raised at the library's edge; `problems` has everything that is wrong, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """`problems`: at least one of them an error."""
        self.problems = in_order(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))


class InvalidProgramme(Invalid):
    """A release cannot be used."""


class InvalidInput(Invalid):
    """A partner's record cannot be used."""


class WrongCall(Invalid):
    """The call asks for something that does not exist: a folder, a release, a date before the first release."""


def wrong_call(message: str, help: str) -> WrongCall:
    """The exception for a call that cannot be answered, with this message and help."""
    return WrongCall([Problem("wrong-call", message, None, help)])


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems by file and place, without duplicates; long messages are cut in the middle."""

    def key(problem: Problem) -> tuple[str, int, str, str]:
        place = problem.place
        return (place.source.path if place else "", place.start if place else 0, problem.code, problem.message)

    return tuple(sorted(dict.fromkeys(map(_with_short_texts, problems)), key=key))


def _with_short_texts(problem: Problem) -> Problem:
    """The problem, whose message and help begin and end as they were written, but do not repeat a whole file."""
    if len(problem.message) <= MAX_MESSAGE and len(problem.help or "") <= MAX_MESSAGE:
        return problem
    return problem._replace(message=_cut(problem.message), help=problem.help and _cut(problem.help))


def _cut(text: str) -> str:
    half = (MAX_MESSAGE - 1) // 2
    return text if len(text) <= MAX_MESSAGE else f"{text[:half]}…{text[-half:]}"


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of the problems is an error."""
    return any(problem.level is Level.ERROR for problem in problems)


def renamed(word: str, candidates: Iterable[str], place: Place) -> Fix | None:
    """The fix for a name whose Cyrillic letters only look like those of a candidate; None for other misspellings."""
    plain = latin_skeleton(word)
    return Fix(place, plain) if plain != word and plain in set(candidates) else None


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """The help for a misspelt name: the nearest candidate, else all where they are few; None where they are many.

    >>> did_you_mean("certified_peple", ["certified_people", "revenue"])
    "did you mean 'certified_people'?"
    """
    names = list(candidates)
    near = nearest_name(word, names)
    if near and near == latin_skeleton(word) != word:
        return f"'{word}' has letters that only look Latin; write '{near}'"
    if near:
        return f"did you mean '{near}'?"
    if 0 < len(names) <= 12:
        return "known here: " + ", ".join(names)
    return None


def nearest_name(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that a misspelt name most likely means, or None."""
    import difflib  # slow to load, and only mistakes need it

    near = difflib.get_close_matches(latin_skeleton(word).lower(), list(candidates), n=1, cutoff=0.62)
    return near[0] if near else None


def latin_skeleton(word: str) -> str:
    """The word with letters that look Latin replaced by the Latin ones (Cyrillic and full-width forms)."""
    import unicodedata  # slow to load, and only mistakes need it

    return unicodedata.normalize("NFKC", word).translate(_LOOK_ALIKES)


def cyrillic_skeleton(word: str) -> str:
    """The word with letters that look Cyrillic replaced by the Cyrillic ones."""
    return word.translate(_TWINS)


_LOOK_ALIKES = str.maketrans("аеорсухѕіјкмнтвАВЕКМНОРСТХ", "aeopcyxsijkmhtbABEKMHOPCTX")
_TWINS = str.maketrans("aeopcyxABEKMHOPCTX", "аеорсухАВЕКМНОРСТХ")
