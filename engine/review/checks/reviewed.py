"""What every check looks at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from ...language.bounds.bounds import Bounds, Truths, truths
from ...language.tree import Expression
from ...programme.model import Programme
from ...release.load import ReleaseFiles

if TYPE_CHECKING:  # it need not be installed
    from ...proof.satisfiability import Deciding


class Reviewed(NamedTuple):
    """A release that can be used: its files, what they say, and the bounds of its values whatever is agreed.

    `solver` is there where one is installed; without it fewer things are found, and none that is not so.
    """

    files: ReleaseFiles
    programme: Programme
    known: Mapping[str, Bounds]
    solver: Deciding | None

    def truths(self, tree: Expression) -> Truths:
        """Which of true and false a condition can be."""
        return self.solver.truths(tree) if self.solver else truths(tree, self.known)
