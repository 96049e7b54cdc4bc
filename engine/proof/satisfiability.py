"""Decides which of true and false a condition can be, over all partners and agreements, by bounds and the solver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ..language.bounds.bounds import EITHER, Bounds, Truths, truths
from ..language.smt.terms import Codes, Formula, all_of, negated
from ..language.tree import Expression, Name, Not, names
from ..programme.model import ORDER, Programme
from ..programme.reads import inputs_read
from .budget import SECONDS, UNITS_OF_ONE, Budget
from .solve import Question, Undecided
from .symbols import Partner, condition, limits_by_id, make_partner, term


class Search(NamedTuple):
    """A partner in symbols, and a question about it that is kept, as its models often satisfy later conditions too."""

    partner: Partner
    limits: Mapping[str, Sequence[Formula]]  #: of the partner's facts and inputs, by their ids
    question: Question
    conditions: dict[Expression, Formula]  #: that each of these holds, as far as it was needed


class ConditionSolver:
    """Decides the conditions of one programme, one after the other.

    The first day of the release is tried first, as a fixed day is much easier for the solver; then any day from it on.
    A question is put with the limits of those facts alone that it depends on, so that it takes no longer where the
    programme has many others.
    """

    def __init__(self, programme: Programme, value_bounds: Mapping[str, Bounds], budget: Budget) -> None:
        """`value_bounds` are tried before the solver is asked.

        A question for which the budget has nothing left is not asked, and its answer undecided.
        """
        self.budget = budget
        self._programme = programme
        self._value_bounds = value_bounds
        self._inputs = inputs_read(programme)
        self._decided: dict[Expression, Truths] = {}
        self._undecided: set[Expression] = set()  #: those of `_decided` that had no answer
        self._searches = []
        for day in (programme.effective_from, None):
            partner = make_partner(programme, Codes(), day=day, agreements=True)
            limits = limits_by_id(partner)
            partner.limits.clear()  # from here on only those of the results of aggregates
            self._searches.append(Search(partner, limits, Question((), SECONDS, UNITS_OF_ONE), {}))

    def truths(self, tree: Expression) -> Truths:
        """Which of true and false a condition can be; both where that is undecided."""
        by_bounds = truths(tree, self._value_bounds)
        if by_bounds != EITHER:
            return by_bounds
        rule, unanswered = self._rule(tree), self.budget.unanswered
        if (decided := self._decided.get(rule)) is not None:
            self.budget.unanswered += rule in self._undecided
            return decided
        conditions = ((True, tree), (False, Not(tree)))
        possible = frozenset(truth for truth, holds in conditions if self.may_hold(holds)) or by_bounds
        self._decided[rule] = possible
        if self.budget.unanswered > unanswered:
            self._undecided.add(rule)
        return possible

    def _rule(self, tree: Expression) -> Expression:
        """The expression of a value that is named, where no agreement can replace it; else the tree itself."""
        value = self._programme.values.get(tree.id) if isinstance(tree, Name) else None
        return tree if value is None or value.negotiable else value.expression

    def may_hold(self, *conditions: Expression) -> bool:
        """Whether these conditions can hold at once; true where that is undecided."""
        return self.can_hold(*conditions) is not False

    def can_hold(self, *conditions: Expression) -> bool | None:
        """Whether these conditions can hold at once; None where that is undecided."""
        return self._can_be(conditions, lambda search: all_of([condition_in(search, tree) for tree in conditions]))

    def may_lack_value(self, tree: Expression, *conditions: Expression) -> bool:
        """Whether an expression can be undefined where these conditions hold; true where that is undecided."""

        def lacks_value(search: Search) -> Formula:
            return all_of([lacking(search.partner, tree), *(condition_in(search, part) for part in conditions)])

        return self._can_be([tree, *conditions], lacks_value) is not False

    def may_be(self, tree: Expression, option: str) -> bool:
        """Whether a choice can have an option; true where that is undecided."""

        def is_option(search: Search) -> Formula:
            choice = term(search.partner, tree)
            return all_of([choice.known, choice.value == search.partner.codes.of(option)])

        return self._can_be([tree], is_option) is not False

    def inputs_of(self, trees: Iterable[Expression]) -> frozenset[str] | None:
        """The facts and inputs that expressions depend on; None where one depends on an order or an item of a list."""
        ids = {name.id for tree in trees for name in names(tree)}
        if any(self._programme.list_of(id) for id in ids):
            return None
        inputs = frozenset[str]().union(*(self._inputs.get(id, (id,)) for id in ids))
        return None if ORDER in inputs else inputs

    def searches(self, inputs: frozenset[str]) -> Sequence[Search]:
        """The searches that may give different answers to a question that depends on these inputs."""
        return self._searches if "as_of" in inputs else self._searches[:1]

    def _can_be(self, trees: Sequence[Expression], wanted: Callable[[Search], Formula]) -> bool | None:
        inputs = self.inputs_of(trees)
        if inputs is None or not self.budget.takes():
            return None
        try:
            for search in self.searches(inputs):
                formula = formula_in(search, wanted)
                if search.question.can_be(*limits_of(search, inputs), formula):
                    self.budget.charge()
                    return True
        except Undecided:
            self.budget.charge(answered=False)
            return None
        self.budget.charge()
        return False


def formula_in(search: Search, wanted: Callable[[Search], Formula]) -> Formula:
    """A formula about the partner of a search, whose question gets the limits of the aggregates in it."""
    formula = wanted(search)  # adds to the partner's limits
    search.question.add(*search.partner.limits)
    search.partner.limits.clear()
    return formula


def condition_in(search: Search, tree: Expression) -> Formula:
    """That a condition is known and holds."""
    if tree not in search.conditions:
        search.conditions[tree] = condition(search.partner, tree)
    return search.conditions[tree]


def limits_of(search: Search, inputs: Iterable[str]) -> list[Formula]:
    """The limits of these facts and inputs."""
    return [limit for id in sorted(inputs) for limit in search.limits.get(id, ())]


def lacking(partner: Partner, tree: Expression) -> Formula:
    """That an expression has no value."""
    return negated(term(partner, tree).known)
