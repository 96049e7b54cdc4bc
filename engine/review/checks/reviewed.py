"""The release that a check examines."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ...language.bounds.bounds import Bounds, Truths, truths
from ...language.tree import Expression, Name
from ...programme.definedness import may_be_undefined
from ...programme.model import Programme
from ...release.load import Release, ReleaseFiles
from .progress import Progress

if TYPE_CHECKING:  # the solver is an optional library
    from ...proof.example import Example
    from ...proof.satisfiability import ConditionSolver


class Reviewed(NamedTuple):
    """A release without errors, and the bounds of its values under all agreements.

    `undefined` has the ids of the values that may be undefined although every fact is stated. `solver` is None where it
    is not installed or not wanted; checks find fewer problems then, but no false ones.
    """

    release: Release
    value_bounds: Mapping[str, Bounds]
    undefined: frozenset[str]
    solver: ConditionSolver | None
    progress: Progress

    @property
    def files(self) -> ReleaseFiles:
        """The files of the release."""
        return self.release.files

    @property
    def programme(self) -> Programme:
        """The programme compiled from the files."""
        return self.release.programme

    def example_of(self, condition: Expression) -> Example | None:
        """A partner for whom a condition certainly holds; None where the solver finds none, or is not there."""
        if self.solver is None or not self.solver.may_hold(condition):
            return None
        from ...proof.decide import Setting, can_hold

        setting = Setting(self.release, self.programme.effective_from, budget=self.solver.budget)
        answer = can_hold(setting, condition)
        return answer.examples[0] if answer.status == "yes" else None

    def truths(self, tree: Expression) -> Truths:
        """Which of true and false a condition can be; both where that is undecided."""
        return self.solver.truths(tree) if self.solver else truths(tree, self.value_bounds)

    def implied(self, conditions: Sequence[Name], removable: Collection[str]) -> dict[str, tuple[str, ...]]:
        """By id, each condition in `removable` that holds wherever those do that remain, and which of them imply it.

        None is found without the solver.
        """
        if self.solver is None:
            return {}
        from ...proof.redundancy import implied

        return implied(self.solver, conditions, removable, self.undefined)

    def always_known(self, tree: Expression) -> bool:
        """Whether an expression certainly has a value for every partner who states all facts."""
        if not may_be_undefined(tree, self.value_bounds, self.undefined):
            return True
        return self.solver is not None and not self.solver.may_lack_value(tree)
