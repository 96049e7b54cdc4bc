"""Finds cases, rows of bands and rules of price that never apply, because earlier ones apply first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...language.bounds.bounds import truths
from ...language.operators import inverse
from ...language.tree import And, Choose, Compare, Expression, Literal, Name, Not, Or, children
from ...problems import Level, Place, Problem, Related
from ...values import Kind
from .reviewed import Reviewed

_NEVER = frozenset((False,))
_MOST_ALTERNATIVES = 64  #: combinations of alternatives that are looked at for one case


class _Case(NamedTuple):
    """The condition of a case, and its place: of the text of the condition, or of the row of a band."""

    condition: Expression
    place: Place
    is_row: bool = False  #: of a band, whose condition has no text of its own


def masked_cases(reviewed: Reviewed) -> Iterator[Problem]:
    """A warning for each case that never applies; a case that several values share must never apply in any of them."""
    masking: dict[Place, list[Place | None]] = {}
    for value in reviewed.programme.values.values():
        for cases in _chains(value.expression, reviewed):
            for index, case in enumerate(reviewed.progress.each("cases and rows of tables", cases)):
                masking.setdefault(case.place, []).append(_masked_by(case, cases[:index], reviewed))
    for place, earlier in masking.items():
        first = earlier[0]
        if first is None or None in earlier:
            continue
        message, help = "this row never applies: the number is never so large", "mend the border, or remove the row"
        related: tuple[Related, ...] = ()
        if first != place:
            message = "this case never applies: an earlier one always applies first"
            help, related = "move it before the earlier one, or remove it", (Related(first, "this one applies first"),)
        yield Problem("case-never-taken", message, place, help, Level.WARNING, related)


def _chains(tree: Expression, reviewed: Reviewed) -> Iterator[list[_Case]]:
    """The cases of each choice between conditions in a tree, in the order in which they are tried."""
    cases: list[_Case] = []
    while isinstance(tree, Choose):
        if case := _case(tree.condition, reviewed):
            cases.append(case)
        yield from _chains(tree.condition, reviewed)
        yield from _chains(tree.then, reviewed)
        tree = tree.otherwise
    if cases:
        yield cases
    for child in children(tree):
        yield from _chains(child, reviewed)


def _case(condition: Expression, reviewed: Reviewed) -> _Case | None:
    """The case of a condition; None where the compiler made it, and no text stands for it."""
    if condition.place:
        return _Case(condition, condition.place)
    if isinstance(condition, Name):  # the condition of a rule of price
        value = reviewed.programme.values.get(condition.id)
        return _Case(value.expression, value.place) if value and value.place else None
    if isinstance(condition, Compare) and condition.right.place:  # the row of a band
        return _Case(condition, condition.right.place, is_row=True)
    return None


def _masked_by(case: _Case, earlier: Sequence[_Case], reviewed: Reviewed) -> Place | None:
    """The place of an earlier case that takes all of this one, or helps to; None where that is not proved.

    That of the case itself, if it is a row that is never reached. Another check has the condition that never holds, and
    that which always does.
    """
    not_taken = [_negated(first.condition) for first in earlier]
    if reviewed.solver and reviewed.solver.can_hold(*not_taken, case.condition):
        return None  # one question where nothing is wrong
    if _is_impossible([case.condition], reviewed):
        return case.place if case.is_row else None
    for first in earlier:
        is_constant = not isinstance(first.condition, Literal) and reviewed.always_known(first.condition)
        if is_constant and _is_impossible([_negated(first.condition)], reviewed):
            return None
    for first in earlier:
        if _is_impossible([_negated(first.condition), case.condition], reviewed):
            return first.place
    return earlier[-1].place if len(earlier) > 1 and _is_impossible([*not_taken, case.condition], reviewed) else None


def _is_impossible(conditions: Sequence[Expression], reviewed: Reviewed) -> bool:
    """Whether these conditions certainly never hold at once."""
    if all(_contradict(parts, reviewed) for parts in _alternatives(list(conditions))):
        return True
    return reviewed.solver is not None and not reviewed.solver.may_hold(*conditions)


def _alternatives(conditions: list[Expression]) -> list[list[Expression]]:
    """The conditions without `and` and `or`: lists of parts, of one of which all parts hold where the conditions do."""
    alternatives: list[list[Expression]] = [[]]
    for condition in conditions:
        match condition:
            case And():
                options = _alternatives(list(condition.operands))
            case Or():
                options = [parts for operand in condition.operands for parts in _alternatives([operand])]
            case _:
                options = [[condition]]
        if len(alternatives) * len(options) > _MOST_ALTERNATIVES:
            continue  # fewer conditions: what contradicts itself still does
        alternatives = [[*before, *after] for before in alternatives for after in options]
    return alternatives


def _contradict(parts: list[Expression], reviewed: Reviewed) -> bool:
    """Whether parts without `and` and `or` never hold at once."""
    if any(_negated(part) in parts for part in parts):
        return True
    options: dict[Expression, object] = {}
    for part in parts:
        match part:
            case Compare("==", value, Literal(option)) if value.kind is Kind.CHOICE:
                if options.setdefault(value, option) != option:
                    return True
    return truths(And(tuple(parts)), reviewed.value_bounds) == _NEVER


def _negated(condition: Expression) -> Expression:
    """The condition that holds exactly where this one is known and does not hold."""
    match condition:
        case Literal():
            return condition._replace(value=not condition.value)
        case Not():
            return _positive(condition.operand)
        case And():
            return Or(tuple(map(_negated, condition.operands)))
        case Or():
            return And(tuple(map(_negated, condition.operands)))
        case Compare():
            return condition._replace(operator=inverse(condition.operator))
        case _:
            return Not(condition)


def _positive(condition: Expression) -> Expression:
    """The same condition with `not` only before names and calls."""
    match condition:
        case Not():
            return _negated(condition.operand)
        case And() | Or():
            return type(condition)(tuple(map(_positive, condition.operands)))
        case _:
            return condition
