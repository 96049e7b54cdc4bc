"""What no input may do: an exception that is no refusal, a problem without code or place, a hang."""

from __future__ import annotations

import faulthandler
import signal
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from xml.etree import ElementTree as ET

from charter import Problem, to_json
from charter.engine.catalogue.catalogue import catalogue
from charter.engine.evaluate.outcome_json import problems_data
from charter.engine.problems import Level, Place, has_errors, in_order
from charter.engine.report.annotations import annotations
from charter.engine.report.junit import file_cases, junit_xml
from charter.engine.report.problems import problems_text, tally
from charter.engine.report.sarif import sarif_data

from ..programmes import ROOT

CODES = frozenset(catalogue())
REFUSED, TAKEN = "refused", "taken"


class Hang(BaseException):
    """The case took longer than its time."""


class WrongAnswer(AssertionError):
    """The answer is no exception, and is wrong."""


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Raise Hang in what takes more seconds of the processor; what never comes back to Python ends the process."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    faulthandler.dump_traceback_later(seconds * 30, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def signature(fault: BaseException) -> str:
    """The kind of a fault: its type, and the last places of ours that it went through."""
    frames = traceback.extract_tb(fault.__traceback__)
    own = [frame for frame in frames if str(ROOT) in frame.filename or "/charter/" in frame.filename]
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in own[-2:]]
    if isinstance(fault, Hang | RecursionError):
        places = [f"{Path(frame.filename).name} {frame.name}" for frame in own[:6] if "/tests/" not in frame.filename][
            -1:
        ]
    message = str(fault).split("\n")[0][:60] if isinstance(fault, WrongAnswer) else ""
    return " < ".join([f"{type(fault).__name__} {message}".strip(), *reversed(places)])


def require(right: bool, what: str) -> None:
    """Raise WrongAnswer where something is not right."""
    if not right:
        raise WrongAnswer(what)


def check_problems(problems: Iterable[Problem], *, placed: bool = True) -> str:
    """That each problem has a code of the catalogue and a place in its file, and is shown in every format.

    Returns whether the input is refused or taken.
    """
    problems = in_order(problems)
    for problem in problems:
        require(problem.code in CODES, f"no code of the catalogue: {problem.code}")
        require(bool(problem.message.strip()), f"no message: {problem.code}")
        require(problem.place is not None or not placed, f"no place: {problem.code}")
        for place in (
            problem.place,
            *(related.place for related in problem.related),
            problem.fix and problem.fix.place,
        ):
            if place:
                check_place(place, problem)
    if problems:
        problems_text(problems)
        annotations(problems, tally(problems))
        to_json(sarif_data(problems, ROOT))
        to_json(problems_data("findings", problems, releases=[]))
        ET.fromstring(junit_xml("charter", file_cases((), problems), Level.ERROR))
    return REFUSED if has_errors(problems) else TAKEN


def check_place(place: Place, problem: Problem) -> None:
    """That a place is in its file."""
    end = len(place.source.text)
    require(0 <= place.start <= place.end <= end + 1, f"place outside the file: {problem.code}")
    require(place.line >= 1 and place.column >= 1 and place.width >= 1, f"place of no width: {problem.code}")
