"""Conditions: comparisons that are always or never true, and conditions that say a thing twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from ..language.bounds import Bounds, Truths, truths
from ..language.spans import pairs
from ..language.tree import And, Compare, Expression, Literal, Name, Or, children
from ..language.words import text
from ..problems import Level, Place, Problem, Related
from ..programme import Programme
from ..values import Kind
from .reviewed import Reviewed


def conditions(reviewed: Reviewed) -> Iterator[Problem]:
    """What is to be said of each condition that stands in a file, and of requirements that are stated twice."""
    programme, known = reviewed.programme, reviewed.known
    out_of_reach = {value for value in _decisive(programme) if known[value] == frozenset((False,))}
    ways: dict[Place, Truths] = {}
    for value in programme.values.values():
        if value.id not in out_of_reach:
            for place, truth in _decided(value.expression, known):
                ways[place] = ways.get(place, frozenset()) | truth
        yield from _repeated(value.expression)
    for place, truth in ways.items():
        if len(truth) == 1:
            message = f"this is {'always' if True in truth else 'never'} true, whoever the partner is"
            yield Problem("constant-condition", message, place, "mend it, or leave it out", Level.WARNING)
    yield from _stated_twice(programme)


def _decisive(programme: Programme) -> Iterator[str]:
    """Values of which `attainable` tells that they never hold: one slip, one problem."""
    for tier in programme.tiers.values():
        yield from (requirement.value for requirement in tier.requirements)
        for bonus in tier.discount.bonuses if tier.discount else ():
            yield bonus.earned


def _decided(tree: Expression, known: Mapping[str, Bounds]) -> Iterator[tuple[Place, Truths]]:
    """Each smallest condition with what it can be; one that holds a decided part is decided by that part."""
    inner = [found for child in children(tree) for found in _decided(child, known)]
    yield from inner
    constant = any(len(truth) == 1 for _, truth in inner)
    if isinstance(tree, Name | Literal) or tree.kind is not Kind.YES_NO or tree.place is None or constant:
        return
    parts = [child for child in children(tree) if child.kind is Kind.YES_NO]
    if isinstance(tree, Compare) or not any(len(truths(part, known)) == 1 for part in parts):
        yield tree.place, truths(tree, known)


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
