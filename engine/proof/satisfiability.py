"""Decides which of true and false a condition can be, over all partners and agreements, by bounds and the solver."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..language.bounds.bounds import EITHER, Bounds, Truths, truths
from ..language.smt.terms import Codes, Formula, all_of, negated
from ..language.tree import Expression, Not, names
from ..programme.model import ORDER, Programme
from ..programme.reads import all_read
from .solve import Question, Undecided
from .symbols import Partner, condition, make_partner, term


class _Search(NamedTuple):
    """A partner in symbols, and a question about it that is kept, as its models often satisfy later conditions too."""

    partner: Partner
    question: Question


class ConditionSolver:
    """Decides the conditions of one programme, one after the other.

    The first day of the release is tried first, as a fixed day is much easier for the solver; then any day from it on.
    """

    def __init__(self, programme: Programme, value_bounds: Mapping[str, Bounds], seconds: float) -> None:
        """`value_bounds` are tried before the solver is asked; `seconds` is its time limit for each question."""
        self._programme = programme
        self._value_bounds = value_bounds
        self._searches = []
        for day in (programme.effective_from, None):
            partner = make_partner(programme, Codes(), day=day, agreements=True)
            self._searches.append(_Search(partner, Question(partner.limits, seconds)))

    def truths(self, tree: Expression) -> Truths:
        """Which of true and false a condition can be; both where that is undecided."""
        by_bounds = truths(tree, self._value_bounds)
        if by_bounds != EITHER:
            return by_bounds
        conditions = ((True, tree), (False, Not(tree)))
        return frozenset(truth for truth, holds in conditions if self.may_hold(holds)) or by_bounds

    def may_hold(self, *conditions: Expression) -> bool:
        """Whether these conditions can hold at once; true where that is undecided."""
        return self._may_be(conditions, lambda partner: all_of([condition(partner, tree) for tree in conditions]))

    def may_lack_value(self, tree: Expression, *conditions: Expression) -> bool:
        """Whether an expression can be undefined where these conditions hold; true where that is undecided."""

        def lacks_value(partner: Partner) -> Formula:
            return all_of([negated(term(partner, tree).known), *(condition(partner, part) for part in conditions)])

        return self._may_be([tree, *conditions], lacks_value)

    def may_be(self, tree: Expression, option: str) -> bool:
        """Whether a choice can have an option; true where that is undecided."""

        def is_option(partner: Partner) -> Formula:
            choice = term(partner, tree)
            return all_of([choice.known, choice.value == partner.codes.of(option)])

        return self._may_be([tree], is_option)

    def _may_be(self, trees: tuple[Expression, ...] | list[Expression], wanted: Callable[[Partner], Formula]) -> bool:
        if not all(self._is_of_partner(tree) for tree in trees):
            return True
        for partner, question in self._searches:
            before = len(partner.limits)
            formula = wanted(partner)  # adds to the partner's limits
            question.add(*partner.limits[before:])
            try:
                if question.can_be(formula):
                    return True
            except Undecided:
                return True
        return False

    def _is_of_partner(self, tree: Expression) -> bool:
        """Whether an expression depends on the partner alone, and not on an order or an item of a list."""
        mentioned = {name.id for name in names(tree)}
        if any(self._programme.list_of(id) for id in mentioned):
            return False
        read, values = all_read(self._programme, mentioned), self._programme.values
        return ORDER not in read and not any(values[id].of_order for id in read if id in values)
