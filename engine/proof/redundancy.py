"""Finds the conditions of a set that hold wherever the others do, and which of the others imply each.

One question to the solver a condition decides it: a half of the set is assumed while the other half is looked at, and
so on within each half, so that a condition is assumed only as often as the set can be halved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import NamedTuple

from ..language.smt.terms import Formula, any_of
from ..language.tree import Name
from .budget import Budget
from .satisfiability import ConditionSolver, Search, condition_in, formula_in, lacking, limits_of
from .solve import Undecided
from .symbols import broken


class _Side(NamedTuple):
    """One search, with the formulas that each condition holds, and that it fails: does not hold, or has no value."""

    search: Search
    limits: Sequence[Formula]
    holds: Mapping[str, Formula]
    fails: Mapping[str, Formula]


class _Group(NamedTuple):
    """Conditions that share facts, of which those in `removable` are looked at."""

    ids: Sequence[str]
    removable: Collection[str]
    sides: Sequence[_Side]
    budget: Budget


def implied(
    solver: ConditionSolver, conditions: Sequence[Name], removable: Collection[str], undefinable: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """By its id, each condition that holds wherever those do that remain, with those that suffice for it.

    They are taken away one after the other, in their order; only those in `removable` are. A condition in `undefinable`
    may lack its value. There is none where the conditions cannot hold at once, or each holds by itself.
    """
    groups = list(_groups(solver, conditions))
    if any(solver.can_hold(*members) is False for members in groups):
        return {}
    causes: dict[str, tuple[str, ...]] = {}
    for members in groups:
        if len(members) > 1:
            group = _group(solver, members, removable, undefinable)
            with _assuming_limits(group):
                gone = _redundant(group, group.ids)
            always = {name.id for name in members if name.id in gone and solver.truths(name) == frozenset((True,))}
            causes |= _causes(group, [id for id in group.ids if id in gone - always], gone)
    return causes


def _groups(solver: ConditionSolver, conditions: Sequence[Name]) -> list[list[Name]]:
    """The conditions, of which those in different groups depend on different facts; those of an order are left out."""
    leaders: dict[str, str] = {}

    def leader(fact: str) -> str:
        while (above := leaders.setdefault(fact, fact)) != fact:
            leaders[fact] = fact = leaders[above]
        return fact

    first_facts: dict[Name, str] = {}
    for name in conditions:
        first, *others = sorted(solver.inputs_of([name]) or ("",))
        if first:
            first_facts[name] = first
            for fact in others:
                leaders[leader(fact)] = leader(first)
    groups: dict[str, list[Name]] = {}
    for name, first in first_facts.items():
        groups.setdefault(leader(first), []).append(name)
    return list(groups.values())


def _group(
    solver: ConditionSolver, members: Sequence[Name], removable: Collection[str], undefinable: Collection[str]
) -> _Group:
    inputs = solver.inputs_of(members) or frozenset()
    sides = []
    for search in solver.searches(inputs):
        holds, fails = {}, {}
        for name in members:
            holds[name.id] = formula_in(search, partial(condition_in, tree=name))
            fails[name.id] = broken(search.partner, name)
            if name.id in undefinable:
                fails[name.id] = any_of([fails[name.id], lacking(search.partner, name)])
        sides.append(_Side(search, limits_of(search, inputs), holds, fails))
    ids = [name.id for name in members]
    return _Group(ids, frozenset(removable).intersection(ids), sides, solver.budget)


@contextmanager
def _assuming(group: _Group, ids: Sequence[str]) -> Iterator[None]:
    """Let these conditions hold within the context."""
    with ExitStack() as stack:
        for side in group.sides:
            stack.enter_context(side.search.question.assuming(*(side.holds[id] for id in ids)))
        yield


@contextmanager
def _assuming_limits(group: _Group) -> Iterator[None]:
    with ExitStack() as stack:
        for side in group.sides:
            stack.enter_context(side.search.question.assuming(*side.limits))
        yield


def _redundant(group: _Group, ids: Sequence[str]) -> frozenset[str]:
    """Those that hold wherever the assumed conditions and the rest of them do, taken away in their order."""
    removable = [id for id in ids if id in group.removable]
    if not removable or not group.budget.takes(len(removable)):
        return frozenset()
    if len(ids) == 1:
        return frozenset() if _may_fail(group, ids[0]) else frozenset(ids)
    middle = len(ids) // 2
    with _assuming(group, ids[middle:]):
        gone = _redundant(group, ids[:middle])
    with _assuming(group, [id for id in ids[:middle] if id not in gone]):
        return gone | _redundant(group, ids[middle:])


def _may_fail(group: _Group, id: str, causes: Collection[str] = ()) -> bool:
    """Whether a condition can fail under what is assumed where the causes hold; true where that is undecided."""
    try:
        may_fail = any(
            side.search.question.can_be(side.fails[id], *(side.holds[cause] for cause in causes))
            for side in group.sides
        )
    except Undecided:
        group.budget.charge(answered=False)
        return True
    group.budget.charge()
    return may_fail


def _causes(group: _Group, ids: Sequence[str], gone: Collection[str]) -> dict[str, tuple[str, ...]]:
    """For each of the conditions, those that remain and together imply it, none of which can be left out."""
    kept = [id for id in group.ids if id not in gone]
    causes: dict[str, tuple[str, ...]] = {}
    with _assuming_limits(group):
        cores = {id: _core(group, id, kept) for id in ids}
        for id, core in cores.items():
            needed = list(core)
            for cause in core:
                rest = [other for other in needed if other != cause]
                if not _may_fail(group, id, rest):
                    needed = rest
            causes[id] = tuple(needed)
    return causes


def _core(group: _Group, id: str, kept: Sequence[str]) -> list[str]:
    """Conditions that suffice to imply one, in their order; all of `kept` where the solver has too little time."""
    sufficient: set[str] = set()
    for side in group.sides:
        try:
            sufficient |= side.search.question.core(side.fails[id], {other: side.holds[other] for other in kept})
        except Undecided:
            return list(kept)
    return [other for other in kept if other in sufficient]
