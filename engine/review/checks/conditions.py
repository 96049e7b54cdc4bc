"""Conditions: comparisons that are always or never true, and conditions that say a thing twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING

from ...language.bounds.bounds import Truths
from ...language.bounds.spans import pairs
from ...language.tree import And, Compare, Expression, Literal, Name, Not, Or, children
from ...language.words.words import text
from ...problems import Level, Place, Problem, Related
from ...programme.model import NamedValue, Programme
from ...values import Kind
from .reviewed import Reviewed

if TYPE_CHECKING:
    from ...proof.satisfiability import Deciding


def conditions(reviewed: Reviewed) -> Iterator[Problem]:
    """What is to be said of each condition that stands in a file, and of requirements that are stated twice."""
    programme = reviewed.programme
    never = frozenset((False,))
    out_of_reach = {id for id in _decisive(programme) if reviewed.truths(Name(id, Kind.YES_NO)) == never}
    ways: dict[Place, Truths] = {}
    for value in programme.values.values():
        if value.id not in out_of_reach:
            for place, truth in _decided(value.expression, reviewed):
                ways[place] = ways.get(place, frozenset()) | truth
        yield from _repeated(value.expression)
    for place, truth in ways.items():
        if len(truth) == 1:
            message = f"this is {'always' if True in truth else 'never'} true, whoever the partner is"
            yield Problem("constant-condition", message, place, "mend it, or leave it out", Level.WARNING)
    yield from _stated_twice(programme)
    if reviewed.solver:
        yield from _implied(programme, reviewed.solver)
        yield from _never_taken(programme, reviewed.solver)


def _decisive(programme: Programme) -> Iterator[str]:
    """Values of which `attainable` tells that they never hold: one slip, one problem."""
    for tier in programme.tiers.values():
        yield from (requirement.value for requirement in tier.requirements)
        for bonus in tier.discount.bonuses if tier.discount else ():
            yield bonus.earned


def _decided(tree: Expression, reviewed: Reviewed) -> Iterator[tuple[Place, Truths]]:
    """Each smallest condition with what it can be; one that holds a decided part is decided by that part."""
    inner = [found for child in children(tree) for found in _decided(child, reviewed)]
    yield from inner
    constant = any(len(truth) == 1 for _, truth in inner)
    if isinstance(tree, Name | Literal) or tree.kind is not Kind.YES_NO or tree.place is None or constant:
        return
    parts = [child for child in children(tree) if child.kind is Kind.YES_NO]
    if isinstance(tree, Compare) or not any(len(reviewed.truths(part)) == 1 for part in parts):
        yield tree.place, reviewed.truths(tree)


def _repeated(tree: Expression) -> Iterator[Problem]:
    """Parts of `and` and `or` that another part makes needless."""
    for child in children(tree):
        yield from _repeated(child)
    if not isinstance(tree, And | Or):
        return
    needless: dict[Place, Place | None] = {}
    for one, two in combinations(tree.operands, 2):
        if one == two and two.place:
            needless.setdefault(two.place, one.place)
    for one, span, two, other in pairs(tree):
        if one != two and (span.within(other) or other.within(span)):
            wider, narrower = (two, one) if span.within(other) else (one, two)
            kept, gone = (narrower, wider) if isinstance(tree, And) else (wider, narrower)
            if gone.place:
                needless.setdefault(gone.place, kept.place)
    for place, other_place in needless.items():
        related = (Related(other_place, "this says as much already"),) if other_place else ()
        yield Problem("repeated-condition", "this adds nothing to the other parts", place, "leave it out",
                      Level.WARNING, related)  # fmt: skip


def _stated_twice(programme: Programme) -> Iterator[Problem]:
    """A warning where two requirements of one tier are the same condition."""
    for tier in programme.tiers.values():
        seen: dict[Expression, str] = {}
        for requirement in tier.requirements:
            value = programme.values[requirement.value]
            if requirement.parts or not value.varies:
                continue
            first = seen.setdefault(value.expression, requirement.value)
            if first != requirement.value and value.place:
                place = programme.values[first].place
                related = (Related(place, f"'{programme.values[first].id}' asks for it"),) if place else ()
                message = f"'{requirement.id}' asks for the same as another requirement: {text(value.expression)}"
                yield Problem("repeated-requirement", message, value.place, "keep one of them", Level.WARNING, related)


def _implied(programme: Programme, solver: Deciding) -> Iterator[Problem]:
    """A warning for a requirement of a tier's own that is met wherever its others are."""
    for tier in programme.tiers.values():
        counted = {one.id: programme.values[one.value] for one in tier.requirements}
        for requirement in tier.requirements:
            value = counted[requirement.id]
            others = {id: one for id, one in counted.items() if one is not value}
            if requirement.scope != "tier" or value.place is None or _is_told_already(value, others, solver):
                continue
            if solver.may_hold(Not(_of(value)), *map(_of, others.values())):
                continue
            del counted[requirement.id]  # what is needless makes no other needless
            enough = _enough(value, others, solver)
            related = tuple(Related(one.place, f"'{id}' asks for it") for id, one in enough.items() if one.place)
            names = " and ".join(f"'{id}'" for id in enough)
            are = "is" if len(enough) == 1 else "are"
            message = f"'{requirement.id}' is met wherever {names} {are}, and asks for nothing more"
            yield Problem("implied-requirement", message, value.place, "leave it out, or ask for more",
                          Level.WARNING, related)  # fmt: skip


def _is_told_already(value: NamedValue, others: Mapping[str, NamedValue], solver: Deciding) -> bool:
    """Whether it stands there twice, is always or never met, or its tier is out of reach."""
    if any(one.expression == value.expression for one in others.values()) or not value.varies:
        return True
    reachable = solver.may_hold(*map(_of, (value, *others.values())))
    return not reachable or solver.truths(_of(value)) == frozenset((True,))


def _enough(value: NamedValue, others: Mapping[str, NamedValue], solver: Deciding) -> dict[str, NamedValue]:
    """The fewest of the others that make it needless, of those that the last ones leave."""
    enough = dict(others)
    for id in others:
        rest = [_of(one) for key, one in enough.items() if key != id]
        if not solver.may_hold(Not(_of(value)), *rest):
            del enough[id]
    return enough


def _of(value: NamedValue) -> Name:
    return Name(value.id, value.kind)


def _never_taken(programme: Programme, solver: Deciding) -> Iterator[Problem]:
    """A warning for an option that a definition never comes to."""
    for id in programme.definitions:
        value = programme.values[id]
        if value.kind is not Kind.CHOICE or value.place is None or not value.varies:
            continue
        never = [option for option in value.choices if not solver.may_be(_of(value), option)]
        for option in never:
            message = f"'{value.name}' never comes to '{option}', whoever the partner is"
            yield Problem("choice-never-taken", message, value.place, "mend the rule, or leave the option out",
                          Level.WARNING)  # fmt: skip
