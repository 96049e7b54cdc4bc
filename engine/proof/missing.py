"""Finds what an outcome can still be while something is missing, and the fewest facts, lists and fields to decide it.

What is missing can be anything. Missing lists are looked at as whatever they could come to, which shows what cannot be,
and then with a few items each, which shows what can; between the two nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from ..evaluate.record import Record
from ..language.smt.terms import (
    Formula,
    Term,
    all_of,
    any_of,
    comparison,
    differs,
    either,
    negated,
    negative,
    number,
    plus,
)
from ..language.tree import Name
from ..programme.reads import all_read, reads_balance
from ..values import Kind, Unknown
from .decide import Setting
from .solve import Question, Undecided, end
from .symbolic_record import SymbolicRecord, symbolic_record
from .symbols import MAX_ITEMS, term, variant


class MissingFact(NamedTuple):
    """A missing fact that can change an outcome; a list, a field of items (`deals[].amount`) or `held_since` too."""

    fact: str
    swing: Fraction | None  #: by how much it alone can raise a number; None of a condition, or without a limit
    settles: bool  #: whether a yes or a no to it alone decides a condition


class OpenOutcome(NamedTuple):
    """A tier's status or discount that is unknown, and what it can still be.

    Of a condition `can_be` holds true, false or both, and is empty where that is not decided; of a number `least` and
    `greatest` are its ends, None without a limit or where they are not decided. `undefined` says whether it can turn
    out to be undefined, as 0 of 0 is; None where that is not decided. `facts` are the fewest that decide the outcome,
    the most decisive first, none where it is certain already; None where they are not decided.
    """

    tier: str
    what: str  #: qualified or discount
    value: str
    can_be: tuple[bool, ...]
    least: Fraction | None
    greatest: Fraction | None
    undefined: bool | None
    facts: tuple[MissingFact, ...] | None


def open_outcomes(setting: Setting, record: Record) -> Iterator[OpenOutcome]:
    """The status and the total discount of each tier, where it is unknown because something is missing."""
    programme = setting.release.programme
    views = [symbolic_record(setting.release, record, setting.day, free="all")]
    if any(id in programme.lists for id in views[0].absent):
        views.append(symbolic_record(setting.release, record, setting.day, free="all", most=MAX_ITEMS))
    for tier in programme.tiers.values():
        total = [("discount", tier.discount.total)] if tier.discount else []
        for what, id in (("qualified", tier.qualified), *total):
            if isinstance(views[0].values[id], Unknown):
                name = Name(id, programme.values[id].kind)
                open_outcome = _Open(setting, _only_needed(views, name), name).outcome(tier.id, what)
                if open_outcome is not None:
                    yield open_outcome


def _only_needed(views: list[SymbolicRecord], name: Name) -> list[SymbolicRecord]:
    """The views that tell of a value: the first alone where the value reads no list that is missing."""
    read = all_read(views[0].partner.programme, [name.id])
    lists = views[0].partner.programme.lists
    return views if any(id in lists and id in read for id in views[0].absent) else views[:1]


class _Open(NamedTuple):
    """An outcome of the partner of a record; the first view has all that can be, and the last nothing that cannot."""

    setting: Setting
    views: list[SymbolicRecord]
    name: Name

    def outcome(self, tier: str, what: str) -> OpenOutcome | None:
        """What it can still be; None where it is undefined, whatever turns out."""
        can_be: tuple[bool, ...] = ()
        ends: list[Fraction | None] = [None, None]
        undefined, facts = None, None
        with suppress(Undecided):
            if not self._can_be(lambda outcome: outcome.known):
                return None
            undefined = self._can_be(lambda outcome: negated(outcome.known))
            if self.name.kind is Kind.YES_NO:
                can_be = tuple(truth for truth in (True, False) if self._can_be(_is(truth)))
            else:
                ends = [self._end(greatest) for greatest in (False, True)]
            facts = tuple(sorted(self._deciding_facts(), key=_weight))
        return OpenOutcome(tier, what, self.name.id, can_be, ends[0], ends[1], undefined, facts)

    def _is_possible(self, wanted: Callable[[SymbolicRecord], list[Formula]]) -> bool:
        """Whether conditions can hold of the partner; raises Undecided."""
        for view in self.views:
            conditions = wanted(view)  # adds to the partner's limits
            if not Question([*view.fixed(), *conditions], self.setting.seconds).can_be():
                if view is self.views[0]:
                    return False
                raise Undecided("only longer lists could show it")
        programme = self.views[0].partner.programme
        if reads_balance(programme, all_read(programme, [self.name.id])):
            raise Undecided("a balance is any value to the solver")
        return True

    def _can_be(self, wanted: Callable[[Term], Formula], *more: Formula) -> bool:
        return self._is_possible(lambda view: [*more, wanted(term(view.partner, self.name))])

    def _end(self, greatest: bool) -> Fraction | None:
        """The least or the greatest that a number can be; None without a limit, raises Undecided."""
        view = self.views[0]
        outcome = term(view.partner, self.name)
        limit = end(view.fixed(), outcome, greatest, self.setting.seconds)
        if limit is None or limit.value is None:
            return None
        value = Term(number(limit.value))
        if len(self.views) > 1:  # for a list of any length the end may be out of reach
            self._is_attained(value)
        return limit.value

    def _is_attained(self, value: Term) -> None:
        """Raise Undecided where no partner has the number."""
        if not self._can_be(lambda outcome: all_of([outcome.known, comparison("==", outcome, value)])):
            raise Undecided("no partner has it")

    def _deciding_facts(self) -> Iterator[MissingFact]:
        """What is missing that can change the value while all else stays the same; together they decide it."""
        first = self.views[0]
        read = all_read(first.partner.programme, [self.name.id])
        for id in (*first.open, *first.absent):
            if id in read and self._is_possible(partial(self._changes, id)):
                yield MissingFact(id, self._swing(id), self._settles(id))

    def _changes(self, id: str, view: SymbolicRecord) -> list[Formula]:
        """That the value changes where this alone is different."""
        changed = variant(view.partner, [id])
        turns = _turns(term(view.partner, self.name), term(changed, self.name))  # adds to the limits
        return [*changed.limits, turns]

    def _swing(self, id: str) -> Fraction | None:
        if self.name.kind is Kind.YES_NO or len(self.views) > 1:
            return None
        view = self.views[0]
        changed = variant(view.partner, [id])
        before, after = term(view.partner, self.name), term(changed, self.name)
        conditions = [*view.fixed(), *changed.limits, before.known, after.known]
        limit = end(conditions, plus(after, negative(before)), True, self.setting.seconds)
        return None if limit is None else limit.value

    def _settles(self, id: str) -> bool:
        """Whether a yes or a no to this fact alone decides a condition; false for facts and values of other kinds."""
        fact = self.views[0].partner.programme.facts.get(id)
        if fact is None or fact.kind is not Kind.YES_NO or self.name.kind is not Kind.YES_NO:
            return False
        return any(self._is_settled_by(id, answer) for answer in (True, False))

    def _is_settled_by(self, id: str, answer: bool) -> bool:
        symbol = self.views[0].partner.symbols[id]
        answered = symbol if answer else negated(symbol)
        undefined = self._can_be(lambda outcome: negated(outcome.known), answered)
        return not undefined and sum(self._can_be(_is(truth), answered) for truth in (True, False)) == 1


def _is(truth: bool) -> Callable[[Term], Formula]:
    return lambda outcome: all_of([outcome.known, outcome.value if truth else negated(outcome.value)])


def _turns(before: Term, after: Term) -> Formula:
    """That two values differ, or that one of them alone is known."""
    one_known = either(before.known, negated(after.known), after.known)
    return any_of([one_known, all_of([before.known, after.known, differs(before, after)])])


def _weight(fact: MissingFact) -> tuple[Fraction, bool]:
    """The sort key that puts the greatest swing first, then facts that alone decide the outcome."""
    return (-fact.swing if fact.swing is not None else Fraction(0), not fact.settles)
