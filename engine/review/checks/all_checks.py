"""Runs every check on a release without errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ...language.bounds.bounds import Bounds
from ...problems import Problem
from ...programme.definedness import undefinable
from ...programme.model import Programme
from ...programme.value_bounds import known_bounds
from ...release.load import Release
from .amounts import amounts
from .attainable import attainable
from .conditions import conditions
from .figures import figures
from .homoglyphs import homoglyphs
from .masked_cases import masked_cases
from .mentions import mentions
from .reviewed import Reviewed
from .undefined import undefined

if TYPE_CHECKING:
    from ...proof.satisfiability import ConditionSolver

CHECKS: tuple[Callable[[Reviewed], Iterable[Problem]], ...] = (
    amounts,
    attainable,
    conditions,
    figures,
    homoglyphs,
    masked_cases,
    mentions,
    undefined,
)


def check_all(release: Release, seconds: float | None) -> Iterator[Problem]:
    """The problems that the checks find in a release; `seconds` is the solver's time limit for each question.

    With None, the solver is not asked.
    """
    programme = release.programme
    value_bounds = known_bounds(programme, agreements=True)
    solver = None if seconds is None else _solver(programme, value_bounds, seconds)
    reviewed = Reviewed(release, value_bounds, undefinable(programme, value_bounds), solver, seconds)
    for check in CHECKS:
        yield from check(reviewed)


def _solver(programme: Programme, value_bounds: Mapping[str, Bounds], seconds: float) -> ConditionSolver:
    from ...proof.satisfiability import ConditionSolver  # the solver is an optional library

    return ConditionSolver(programme, value_bounds, seconds)
