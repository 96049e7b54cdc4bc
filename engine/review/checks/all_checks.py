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
from .currencies import currencies
from .figures import figures
from .homoglyphs import homoglyphs
from .masked_cases import masked_cases
from .mentions import mentions
from .progress import Progress
from .reaching_back import reaching_back
from .reviewed import Reviewed
from .undefined import undefined

if TYPE_CHECKING:
    from ...proof.budget import Budget
    from ...proof.satisfiability import ConditionSolver

_PART = 2  #: a check may use one of so many parts of what the checks before it left of the budget
CHECKS: tuple[Callable[[Reviewed], Iterable[Problem]], ...] = (
    amounts,
    attainable,
    conditions,
    currencies,
    figures,
    homoglyphs,
    masked_cases,
    mentions,
    reaching_back,
    undefined,
)


def check_all(release: Release, progress: Progress) -> Iterator[Problem]:
    """The problems that the checks find in a release.

    The solver is asked within the budget of `progress`, and not at all where that has none.
    """
    programme, budget = release.programme, progress.budget
    value_bounds = known_bounds(programme, agreements=True)
    solver = _solver(programme, value_bounds, budget) if budget else None
    reviewed = Reviewed(release, value_bounds, undefinable(programme, value_bounds), solver, progress)
    for check in CHECKS:
        if budget:
            budget.allot(_PART)
        yield from check(reviewed)


def _solver(programme: Programme, value_bounds: Mapping[str, Bounds], budget: Budget) -> ConditionSolver:
    from ...proof.satisfiability import ConditionSolver  # the solver is an optional library

    return ConditionSolver(programme, value_bounds, budget)
