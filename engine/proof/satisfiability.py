"""Truths: which of true and false a condition can be, whoever the partner is and whatever is agreed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..language.bounds.bounds import EITHER, Bounds, Truths, truths
from ..language.smt.terms import Codes, Formula, all_of
from ..language.tree import Expression, Not, names
from ..programme.model import ORDER, Programme
from ..programme.reads import all_read
from .solve import Question, Undecided
from .symbols import Partner, condition, make_partner, term


class _Side(NamedTuple):
    """Any partner, and what is asked of it; partners found for one condition often show another."""

    of: Partner
    question: Question


class Deciding:
    """A release whose conditions are looked at one after the other.

    First on the first day of the release, for a day that is set spares the solver most of what makes calendars hard;
    what is not possible then may be on another.
    """

    def __init__(self, programme: Programme, known: Mapping[str, Bounds], seconds: float) -> None:
        """`known` are the bounds of values, which are asked before the solver is."""
        self._programme = programme
        self._known = known
        self._sides = []
        for day in (programme.effective_from, None):
            of = make_partner(programme, Codes(), day=day, agreements=True)
            self._sides.append(_Side(of, Question(of.limits, seconds)))

    def truths(self, tree: Expression) -> Truths:
        """What a condition can be; both, where that cannot be told."""
        found = truths(tree, self._known)
        if found != EITHER:
            return found
        ways = ((True, tree), (False, Not(tree)))
        return frozenset(truth for truth, way in ways if self.may_hold(way)) or found

    def may_hold(self, *conditions: Expression) -> bool:
        """Whether these conditions can hold at once; true, where that cannot be told."""
        return self._may_be(conditions, lambda of: all_of([condition(of, tree) for tree in conditions]))

    def may_be(self, tree: Expression, option: str) -> bool:
        """Whether a choice can come to an option; true, where that cannot be told."""

        def asked(of: Partner) -> Formula:
            found = term(of, tree)
            return all_of([found.known, found.value == of.codes.of(option)])

        return self._may_be([tree], asked)

    def _may_be(self, trees: tuple[Expression, ...] | list[Expression], asked: Callable[[Partner], Formula]) -> bool:
        if not all(self._is_of_partner(tree) for tree in trees):
            return True
        for of, question in self._sides:
            before = len(of.limits)
            formula = asked(of)
            question.add(*of.limits[before:])
            try:
                if question.can_be(formula):
                    return True
            except Undecided:
                return True
        return False

    def _is_of_partner(self, tree: Expression) -> bool:
        """Whether it can be told without an order, and without an item of a list at hand."""
        mentioned = {name.id for name in names(tree)}
        if any(self._programme.list_of(id) for id in mentioned):
            return False
        read, values = all_read(self._programme, mentioned), self._programme.values
        return ORDER not in read and not any(values[id].of_order for id in read if id in values)
