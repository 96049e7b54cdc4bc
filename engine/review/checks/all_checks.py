"""Checks: what is odd about a release that can be used. Each is a function of what is reviewed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ...language.bounds.bounds import Bounds
from ...problems import Problem
from ...programme.model import Programme
from ...programme.value_bounds import known_bounds
from ...release.load import ReleaseFiles
from .attainable import attainable
from .conditions import conditions
from .figures import figures
from .homoglyphs import letters
from .mentions import mentions
from .reviewed import Reviewed

if TYPE_CHECKING:
    from ...proof.satisfiability import Deciding

CHECKS: tuple[Callable[[Reviewed], Iterable[Problem]], ...] = (
    attainable,
    conditions,
    figures,
    letters,
    mentions,
)


def check_all(files: ReleaseFiles, programme: Programme, seconds: float | None) -> Iterator[Problem]:
    """All that the checks say of a release, by the files and the programme that they are.

    `seconds` is the time for each question to the solver; None where none is asked.
    """
    known = known_bounds(programme, agreements=True)
    reviewed = Reviewed(files, programme, known, None if seconds is None else _solver(programme, known, seconds))
    for check in CHECKS:
        yield from check(reviewed)


def _solver(programme: Programme, known: Mapping[str, Bounds], seconds: float) -> Deciding:
    from ...proof.satisfiability import Deciding  # it need not be installed

    return Deciding(programme, known, seconds)
