"""Asks the solver whether conditions can hold at once, and what the greatest or least value of a term is.

A question that the solver does not answer in its time raises Undecided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, NamedTuple

import z3  # type: ignore[import-untyped]

from ..language.smt.terms import Formula, Term, all_of, comparison, number

ENDLESS = 10**15  #: a number beyond it is limited only by the length of numbers in records
_STEPS = 200  #: models that are tried for the end of a quotient
_KEPT = 20  #: models that a question keeps
SECONDS = 5.0  #: default time limit of one call of the solver


class Undecided(Exception):
    """There is no answer: the solver gave none within its time, or none that a record can state."""


class OutOfTime(Undecided):
    """The solver stopped before it had an answer."""


class Question:
    """Asks the solver several times whether conditions can hold together with a growing set of others.

    The last models are kept: where one of them satisfies the new conditions, the solver is not called.
    """

    def __init__(self, conditions: Sequence[Formula], seconds: float = SECONDS, work: int | None = None) -> None:
        """`conditions` hold in every model; `seconds` and `work` are limits of each call of the solver.

        Work is counted as Z3 counts resources; with None it has no limit.
        """
        self._solver = z3.Solver()
        self._models: list[Any] = []  #: the latest first
        self._solver.set("timeout", max(1, int(seconds * 1000)))
        if work is not None:
            self._solver.set("rlimit", work)
        self.add(*conditions)

    def add(self, *conditions: Formula) -> None:
        """Add conditions that hold from here on."""
        condition = all_of(conditions)
        if condition is not True:
            self._solver.add(condition)
            self._models = [model for model in self._models if _holds(model, condition)]

    @contextmanager
    def assuming(self, *conditions: Formula) -> Iterator[None]:
        """Add conditions that hold within the context alone."""
        models = self._models
        self._solver.push()
        try:
            self.add(*conditions)
            yield
        finally:
            self._solver.pop()
            self._models = [*self._models, *(model for model in models if model not in self._models)][:_KEPT]

    def can_be(self, *conditions: Formula) -> bool:
        """Whether these can hold together with the question's conditions; raises Undecided."""
        wanted = all_of(conditions)
        if wanted is False:
            return False
        model = next((model for model in self._models if _holds(model, wanted)), None)
        if model is None and (model := self._solve(wanted)) is None:
            return False
        self._models = [model, *(older for older in self._models if older is not model)][:_KEPT]
        return True

    def _solve(self, wanted: Formula) -> Any:
        """A model of the solver, None where there is none; raises Undecided."""
        self._solver.push()
        try:
            self._solver.add(*(() if wanted is True else (wanted,)))
            result = self._solver.check()
            if result == z3.unknown:
                raise OutOfTime(self._solver.reason_unknown())
            return self._solver.model() if result == z3.sat else None
        finally:
            self._solver.pop()

    def core(self, wanted: Formula, premises: Mapping[str, Formula]) -> set[str]:
        """Names of premises that suffice to exclude a formula, which all of them exclude; raises Undecided."""
        marks = {name: z3.Bool(f"premise {name}") for name in premises}
        with self.assuming(wanted, *(z3.Implies(mark, premises[name]) for name, mark in marks.items())):
            if self._solver.check(*marks.values()) != z3.unsat:
                raise OutOfTime(self._solver.reason_unknown())
            named = {str(mark) for mark in self._solver.unsat_core()}
        return {name for name, mark in marks.items() if str(mark) in named}

    def value(self, formula: Formula) -> Any:
        """The value of a formula in the latest model: a bool or a Fraction."""
        if isinstance(formula, bool):
            return formula
        return exact(self._models[0].eval(formula, model_completion=True))


def _holds(model: Any, condition: Formula) -> bool:
    if isinstance(condition, bool):
        return condition
    return bool(z3.is_true(model.eval(condition, model_completion=True)))


def exact(value: Any) -> bool | Fraction:
    """A value of the solver as a bool or Fraction; raises Undecided for an irrational number."""
    if z3.is_bool(value):
        return bool(z3.is_true(value))
    if z3.is_int_value(value):
        return Fraction(value.as_long())
    if z3.is_rational_value(value):
        return Fraction(value.as_fraction())
    raise Undecided(str(value))


class End(NamedTuple):
    """The greatest or least of a term; `value` is None where the term has no limit."""

    value: Fraction | None


def end(conditions: Sequence[Formula], of: Term, greatest: bool, seconds: float = SECONDS) -> End | None:
    """The greatest or least value of a term, or the limit that it approaches; None where the term is never known.

    The result is proved: the solver confirmed that nothing lies beyond it. A term that only the length of numbers in
    a record limits counts as having no end. Raises Undecided.
    """
    question = Question([*conditions, of.known], seconds)
    if not question.can_be():
        return None
    if of.over is None:
        value = optimum([*conditions, of.known], of.value, greatest, seconds)
        if value is not None and question.can_be(_beyond(of, value, greatest)):
            raise Undecided("the end found is none")
    else:
        value = _quotient_end(question, of, greatest)
    return End(None if value is None or abs(value) > ENDLESS else value)


def optimum(conditions: Sequence[Formula], value: Formula, greatest: bool, seconds: float) -> Fraction | None:
    """The greatest or least of a number as the solver's optimizer gives it, unconfirmed; None where there is no limit.

    Raises Undecided.
    """
    optimum = z3.Optimize()
    optimum.set("timeout", max(1, int(seconds * 1000)))
    optimum.add(*(condition for condition in conditions if condition is not True))
    handle = optimum.maximize(value) if greatest else optimum.minimize(value)
    if optimum.check() != z3.sat:
        raise Undecided(optimum.reason_unknown())
    infinite, finite, _ = optimum.upper_values(handle) if greatest else optimum.lower_values(handle)
    return None if exact(infinite) != 0 else Fraction(exact(finite))


def _quotient_end(question: Question, of: Term, greatest: bool) -> Fraction | None:
    """The greatest or least of a quotient, found by comparing it with one number after the other.

    Such a comparison is linear and easy for the solver; optimizing a quotient is not. None where there is no limit.
    """
    for _ in range(_STEPS):
        value = Fraction(question.value(of.value) / question.value(of.over))
        if abs(value) > ENDLESS:
            return None
        if not question.can_be(_beyond(of, value, greatest)):
            return value
        twice = value + (abs(value) if greatest else -abs(value))
        question.can_be(_beyond(of, twice, greatest))  # a model that far saves many steps
    raise Undecided("no end in sight")


def _beyond(of: Term, value: Fraction, greatest: bool) -> Formula:
    return comparison(">" if greatest else "<", of, Term(number(value)))
