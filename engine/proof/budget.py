"""How much work the solver may do in all, in units that do not depend on the machine."""

from __future__ import annotations

import z3  # type: ignore[import-untyped]

UNITS = 60_000_000  #: some fifteen thousand easy questions, or some tens of seconds of hard ones
UNITS_OF_ONE = 3_000_000  #: of a single question
SECONDS = 120.0  #: of a single question, in case that the machine is far too slow for its units
_QUESTION = 4_000  #: what a question costs besides the work of the solver


class Budget:
    """Counts the work of the solver, and takes no more questions once it is used up.

    The work is what Z3 itself counts as resources, so that a release gives the same answers on any machine.
    """

    def __init__(self, units: int = UNITS) -> None:
        """`units` may be used in all."""
        self.unanswered = 0  #: how many questions were not asked, or not answered in their time
        self._left = units
        self._reserve = 0  #: what is kept for later questions
        self._counting = z3.Solver()
        self._counting.check()  # before that it counts nothing
        self._count = self._resources()

    def allot(self, part: int) -> None:
        """Let the next questions use one of so many equal parts of what is left."""
        self._reserve = self._left - self._left // part

    def takes(self, questions: int = 1) -> bool:
        """Whether so many questions may be asked, which are unanswered where not."""
        may_ask = self._left > self._reserve
        self.unanswered += 0 if may_ask else questions
        return may_ask

    def charge(self, *, answered: bool = True) -> None:
        """Subtract what the solver has done since the last time, for a question that was asked."""
        count = self._resources()
        self._left -= count - self._count + _QUESTION
        self._count = count
        self.unanswered += not answered

    def _resources(self) -> int:
        """What Z3 has counted until now, over all solvers."""
        return int(self._counting.statistics().get_key_value("rlimit count"))
