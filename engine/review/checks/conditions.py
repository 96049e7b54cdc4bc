"""Finds conditions that are always or never true, and conditions and requirements that add nothing to others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ...language.bounds.bounds import Truths
from ...language.bounds.spans import redundant_parts
from ...language.tree import Aggregate, And, Compare, Expression, Literal, Name, Not, Or, children, names, subtrees
from ...language.words.words import text
from ...problems import Level, Place, Problem, Related
from ...programme.model import NamedValue, Programme
from ...values import Kind
from .reviewed import Reviewed

if TYPE_CHECKING:
    from ...proof.satisfiability import ConditionSolver


class _Outcome(NamedTuple):
    """What a condition can be, and whether it is known wherever all facts are."""

    truths: Truths
    known: bool
    is_option: bool  #: whether it is one of the options after `in`
    is_of_itself: bool  #: whether it compares a value with itself

    @property
    def is_constant(self) -> bool:
        """Whether it is never true, or always true and never undefined; of a value and itself, or true if defined."""
        return len(self.truths) == 1 and (self.known or True not in self.truths or self.is_of_itself)


def conditions(reviewed: Reviewed) -> Iterator[Problem]:
    """A warning for each constant or redundant condition, and for each redundant requirement or unused option."""
    programme = reviewed.programme
    never = frozenset((False,))
    decisive = reviewed.progress.each("requirements and bonuses", _decisive(programme))
    out_of_reach = {id for id in decisive if reviewed.truths(Name(id, Kind.YES_NO)) == never}
    outcomes: dict[Place, set[_Outcome]] = {}  # one condition of a file may be part of several values
    for value in reviewed.progress.each("rules", programme.values.values()):
        if value.id not in out_of_reach:
            for place, outcome in _decided(value.expression, reviewed):
                outcomes.setdefault(place, set()).add(outcome)
        yield from _repeated(value.expression)
    own_names = _own_names(programme)
    for place, of_place in outcomes.items():
        outcome, *others = of_place
        if not others and (problem := _constant(place, outcome, own_names.get(place))):
            yield problem
    yield from _stated_twice(programme)
    if reviewed.solver:
        yield from _implied(reviewed)
        yield from _never_taken(reviewed, reviewed.solver)


def _decisive(programme: Programme) -> Iterator[str]:
    """Conditions that `attainable` already reports where they never hold."""
    for tier in programme.tiers.values():
        yield from (requirement.value for requirement in tier.requirements)
        for bonus in tier.discount.bonuses if tier.discount else ():
            yield bonus.earned


def _own_names(programme: Programme) -> dict[Place, str]:
    """By its place, the first name in each comparison of equal sides within an aggregate, where it has an `own(…)`."""
    own_names: dict[Place, str] = {}
    for value in programme.values.values():
        items = programme.list_fact(value.list) if value.list else None
        of_item = {*items.fields, *(programme.values[id].name for id in items.values)} if items else set()
        aggregates = (tree for tree in subtrees(value.expression) if isinstance(tree, Aggregate) and of_item)
        for part in (part for aggregate in aggregates for part in subtrees(aggregate)):
            if part.place and isinstance(part, Compare) and part.left == part.right:
                written = [name.written for name in names(part) if not name.own and name.written in of_item]
                own_names.update((part.place, name) for name in written[:1])
    return own_names


def _constant(place: Place, outcome: _Outcome, own_name: str | None) -> Problem | None:
    """The warning for a constant condition; None for any other. `own_name` is that of `_own_names`."""
    if not outcome.is_constant:
        return None
    message = "this is never true, for any partner"
    if True in outcome.truths:
        message = f"this is {'always true' if outcome.known else 'true wherever it is defined'}, for every partner"
    if outcome.is_option:
        message = "this option never occurs"
    help = "mend it, or remove it" if outcome.known else "mend it: for some partners it is undefined"
    if own_name:
        help = f"both sides are of the items looked at: of the item itself it is own({own_name})"
    return Problem("constant-condition", message, place, help, Level.WARNING)


def _decided(tree: Expression, reviewed: Reviewed) -> Iterator[tuple[Place, _Outcome]]:
    """The place of each smallest condition and what it can be; conditions with a constant part are left out.

    `x in (…)` and `x not in (…)` are smallest conditions. Where one is not constant, so are its options.
    """
    options = _options(tree)
    if options:
        whole = _outcome(tree, reviewed)
        if tree.place:
            yield tree.place, whole
        for option in () if whole.is_constant else options:
            if option.right.place:
                yield option.right.place, _outcome(option, reviewed)._replace(is_option=True)
        return
    inner = [decided for child in children(tree) for decided in _decided(child, reviewed)]
    yield from inner
    constant = any(outcome.is_constant for _, outcome in inner)
    if isinstance(tree, Name | Literal) or tree.kind is not Kind.YES_NO or tree.place is None or constant:
        return
    parts = [child for child in children(tree) if child.kind is Kind.YES_NO]
    if isinstance(tree, Compare) or not any(_outcome(part, reviewed).is_constant for part in parts):
        yield tree.place, _outcome(tree, reviewed)


def _outcome(tree: Expression, reviewed: Reviewed) -> _Outcome:
    truths = reviewed.truths(tree)
    is_of_itself = isinstance(tree, Compare) and tree.left == tree.right
    return _Outcome(truths, len(truths) != 1 or reviewed.always_known(tree), is_option=False, is_of_itself=is_of_itself)


def _options(tree: Expression) -> tuple[Compare, ...]:
    """The comparisons that `x in (…)` or `x not in (…)` stands for; empty for any other form."""
    inner = tree.operand if isinstance(tree, Not) and tree.operand.place == tree.place else tree
    parts = inner.operands if isinstance(inner, Or) else (inner,) if inner is not tree else ()
    links = tuple(part for part in parts if isinstance(part, Compare) and part.operator == "==")
    are_members = 0 < len(links) == len(parts) and len({link.left.place for link in links}) == 1
    return links if are_members and links[0].left.place and inner.place else ()


def _repeated(tree: Expression) -> Iterator[Problem]:
    """A warning for each part of an `and` or `or` that another part makes redundant."""
    for child in children(tree):
        yield from _repeated(child)
    if not isinstance(tree, And | Or):
        return
    redundant: dict[Place, Place | None] = {}
    seen: dict[Expression, Expression] = {}
    for part in tree.operands:
        first = seen.setdefault(part, part)
        if first is not part and part.place:
            redundant.setdefault(part.place, first.place)
    for part, kept in redundant_parts(tree):
        if part.place:
            redundant.setdefault(part.place, kept.place)
    for place, other_place in redundant.items():
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


def _implied(reviewed: Reviewed) -> Iterator[Problem]:
    """A warning for each requirement in a tier's own list that is met wherever the tier's other requirements are.

    One that is stated twice is reported elsewhere.
    """
    programme = reviewed.programme
    for tier in programme.tiers.values():
        requirements = {requirement.value: requirement for requirement in tier.requirements}
        values = {id: programme.values[id] for id in requirements}
        alike = Counter(value.expression for value in values.values())
        removable = [
            id for id, value in values.items()
            if requirements[id].scope == "tier" and value.place and value.varies and alike[value.expression] == 1
        ]  # fmt: skip
        with reviewed.progress.of("requirements beside others", len(removable)):
            causes = reviewed.implied(list(map(_name, values.values())), removable)
        for id, causing in causes.items():
            places = ((requirements[cause].id, values[cause].place) for cause in causing)
            related = tuple(Related(place, f"'{id}' asks for it") for id, place in places if place)
            names = " and ".join(f"'{requirements[cause].id}'" for cause in causing)
            are = "is" if len(causing) == 1 else "are"
            message = f"'{requirements[id].id}' is met wherever {names} {are}, and asks for nothing more"
            yield Problem("implied-requirement", message, values[id].place, "leave it out, or ask for more",
                          Level.WARNING, related)  # fmt: skip


def _name(value: NamedValue) -> Name:
    return Name(value.id, value.kind)


def _never_taken(reviewed: Reviewed, solver: ConditionSolver) -> Iterator[Problem]:
    """A warning for each option that a definition never has."""
    programme = reviewed.programme
    for id in programme.definitions:
        value = programme.values[id]
        if value.kind is not Kind.CHOICE or value.place is None or not value.varies:
            continue
        options = reviewed.progress.each("options", value.choices)
        never = [option for option in options if not solver.may_be(_name(value), option)]
        for option in never:
            message = f"'{value.name}' is never '{option}', for any partner"
            yield Problem("choice-never-taken", message, value.place, "mend the rule, or leave the option out",
                          Level.WARNING)  # fmt: skip
