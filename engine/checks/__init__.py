"""Checks: what is odd about a release that can be used. Each is a function of what is reviewed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ..bounded import known_bounds
from ..language.bounds import Bounds
from ..problems import Problem
from ..programme import Programme
from ..release import ReleaseFiles
from .attainable import attainable
from .conditions import conditions
from .figures import figures
from .letters import letters
from .mentions import mentions
from .reviewed import Reviewed

if TYPE_CHECKING:
    from ..proof.truths import Deciding

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
    from ..proof.truths import Deciding  # it need not be installed

    return Deciding(programme, known, seconds)
