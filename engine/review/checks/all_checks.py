"""Runs every check on a release without errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ...language.bounds.bounds import Bounds
from ...problems import Problem
from ...programme.definedness import undefinable
from ...programme.model import Programme
from ...programme.value_bounds import known_bounds
from ...release.load import ReleaseFiles
from .attainable import attainable
from .conditions import conditions
from .figures import figures
from .homoglyphs import homoglyphs
from .mentions import mentions
from .reviewed import Reviewed

if TYPE_CHECKING:
    from ...proof.satisfiability import ConditionSolver

CHECKS: tuple[Callable[[Reviewed], Iterable[Problem]], ...] = (
    attainable,
    conditions,
    figures,
    homoglyphs,
    mentions,
)


def check_all(files: ReleaseFiles, programme: Programme, seconds: float | None) -> Iterator[Problem]:
    """The problems that the checks find in a release, given as its files and the programme compiled from them.

    `seconds` is the solver's time limit for each question; None checks without the solver.
    """
    value_bounds = known_bounds(programme, agreements=True)
    solver = None if seconds is None else _solver(programme, value_bounds, seconds)
    reviewed = Reviewed(files, programme, value_bounds, undefinable(programme, value_bounds), solver)
    for check in CHECKS:
        yield from check(reviewed)


def _solver(programme: Programme, value_bounds: Mapping[str, Bounds], seconds: float) -> ConditionSolver:
    from ...proof.satisfiability import ConditionSolver  # the solver is an optional library

    return ConditionSolver(programme, value_bounds, seconds)
