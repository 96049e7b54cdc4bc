"""Questions to the solver: can this be, and what is the least or greatest. What it cannot say in time is not said."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import z3  # type: ignore[import-untyped]

from ..language.smt.terms import Formula, Term, all_of, comparison, number

_ENDLESS = 10**15  #: a number beyond it has no limit but the length of numbers in records
_STEPS = 200
_KEPT = 20  #: answers that are kept to show other things
SECONDS = 5.0  #: for one question, where a call says nothing else


class Undecided(Exception):
    """The solver gave no answer within its time."""


class Question:
    """What is asked again and again under more and more conditions.

    The last answers are kept: where one of them shows that something can be, the solver need not be asked again.
    """

    def __init__(self, conditions: Sequence[Formula], seconds: float = SECONDS) -> None:
        """`conditions` hold of every answer; `seconds` is the time for each."""
        self._solver = z3.Solver()
        self._answers: list[Any] = []  #: the one found last first
        self._solver.set("timeout", max(1, int(seconds * 1000)))
        self.add(*conditions)

    def add(self, *conditions: Formula) -> None:
        """From here on these hold too."""
        self._solver.add(*(one for one in conditions if one is not True))
        self._answers = [one for one in self._answers if all(_holds(one, condition) for condition in conditions)]

    def can_be(self, *conditions: Formula) -> bool:
        """Whether all of it can hold at once; raises Undecided."""
        wanted = all_of(conditions)
        if wanted is False:
            return False
        found = next((one for one in self._answers if _holds(one, wanted)), None)
        if found is None and (found := self._asked(wanted)) is None:
            return False
        self._answers = [found, *(one for one in self._answers if one is not found)][:_KEPT]
        return True

    def _asked(self, wanted: Formula) -> Any:
        """An answer of the solver, None where there is none."""
        self._solver.push()
        try:
            self._solver.add(*(() if wanted is True else (wanted,)))
            said = self._solver.check()
            if said == z3.unknown:
                raise Undecided(self._solver.reason_unknown())
            return self._solver.model() if said == z3.sat else None
        finally:
            self._solver.pop()

    def value(self, formula: Formula) -> Any:
        """What a formula comes to in the answer found last: a yes/no or an exact number."""
        if isinstance(formula, bool):
            return formula
        return exact(self._answers[0].eval(formula, model_completion=True))


def _holds(answer: Any, condition: Formula) -> bool:
    if isinstance(condition, bool):
        return condition
    return bool(z3.is_true(answer.eval(condition, model_completion=True)))


def exact(value: Any) -> bool | Fraction:
    """A value of the solver as one of ours; raises Undecided where it is a number with no fraction."""
    if z3.is_bool(value):
        return bool(z3.is_true(value))
    if z3.is_int_value(value):
        return Fraction(value.as_long())
    if z3.is_rational_value(value):
        return Fraction(value.as_fraction())
    raise Undecided(str(value))


class End(NamedTuple):
    """The greatest or least of a term: `value` is None where there is no end."""

    value: Fraction | None


def end(conditions: Sequence[Formula], of: Term, greatest: bool, seconds: float = SECONDS) -> End | None:
    """The greatest or least that a term can be, or the end that it comes near to; None where it is never known.

    Proved: the solver was asked whether there is more. What is only limited by how long a number in a record may be
    has no end. Raises Undecided.
    """
    question = Question([*conditions, of.known], seconds)
    if not question.can_be():
        return None
    if of.over is None:
        found = optimum([*conditions, of.known], of.value, greatest, seconds)
        if found is not None and question.can_be(_beyond(of, found, greatest)):
            raise Undecided("the end found is none")
    else:
        found = _climbed(question, of, greatest)
    return End(None if found is None or abs(found) > _ENDLESS else found)


def optimum(conditions: Sequence[Formula], value: Formula, greatest: bool, seconds: float) -> Fraction | None:
    """What the solver holds for the greatest or least of a number, None for none; raises Undecided."""
    optimum = z3.Optimize()
    optimum.set("timeout", max(1, int(seconds * 1000)))
    optimum.add(*(one for one in conditions if one is not True))
    handle = optimum.maximize(value) if greatest else optimum.minimize(value)
    if optimum.check() != z3.sat:
        raise Undecided(optimum.reason_unknown())
    infinite, finite, _ = optimum.upper_values(handle) if greatest else optimum.lower_values(handle)
    return None if exact(infinite) != 0 else Fraction(exact(finite))


def _climbed(question: Question, of: Term, greatest: bool) -> Fraction | None:
    """Of a quotient: to compare it with a written number is easy, and to find its end is not, so step by step."""
    for _ in range(_STEPS):
        found = Fraction(question.value(of.value) / question.value(of.over))
        if abs(found) > _ENDLESS:
            return None
        if not question.can_be(_beyond(of, found, greatest)):
            return found
        question.can_be(_beyond(of, found + (abs(found) if greatest else -abs(found)), greatest))  # a long step, if so
    raise Undecided("no end in sight")


def _beyond(of: Term, found: Fraction, greatest: bool) -> Formula:
    return comparison(">" if greatest else "<", of, Term(number(found)))
