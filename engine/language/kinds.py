"""Brings two expressions to one kind: a written number takes the kind of the value it stands beside."""

from __future__ import annotations

from decimal import Decimal

from ..values import NUMERIC, Kind
from .tree import Arithmetic, Call, Choose, Expression, Literal

KIND_WORDS = {
    Kind.YES_NO: "yes/no",
    Kind.COUNT: "a count",
    Kind.NUMBER: "a number",
    Kind.PERCENT: "a percentage",
    Kind.MONEY: "an amount of money",
    Kind.DATE: "a date",
    Kind.CHOICE: "a choice",
    Kind.TEXT: "a text",
}


def common_kind(left: Kind, right: Kind) -> Kind | None:
    """The kind that holds values of both kinds: for `min`, `max`, comparisons and choices; None where they do not mix.

    >>> common_kind(Kind.COUNT, Kind.NUMBER), common_kind(Kind.PERCENT, Kind.MONEY)
    (<Kind.NUMBER: 'number'>, None)
    """
    if left is right:
        return left
    return Kind.NUMBER if {left, right} == {Kind.COUNT, Kind.NUMBER} else None


def is_ordered(kind: Kind) -> bool:
    """Whether `<` and the like mean anything for this kind."""
    return kind in NUMERIC or kind is Kind.DATE


def as_kind(node: Expression, kind: Kind) -> Expression | None:
    """The node as a value of this kind; None where it has another kind."""
    return node if common_kind(node.kind, kind) is kind else adapt(node, kind)


def compatible(a: Expression, b: Expression) -> tuple[Expression, Expression] | None:
    """Both nodes with kinds that go together; None where there are none."""
    if common_kind(a.kind, b.kind) is None:
        a, b = adapt(a, b.kind) or a, adapt(b, a.kind) or b
    return None if common_kind(a.kind, b.kind) is None else (a, b)


def adapt(node: Expression, kind: Kind) -> Expression | None:
    """The node as `kind`, if it is a written text or made of written numbers, which have no unit; None otherwise."""
    if kind is Kind.TEXT and isinstance(node, Literal) and node.kind is Kind.CHOICE:
        return Literal(node.value, kind, node.place)
    if kind not in NUMERIC or node.kind not in (Kind.COUNT, Kind.NUMBER):
        return None
    match node:
        case Literal():
            is_count = isinstance(node.value, Decimal) and node.value >= 0 and node.value % 1 == 0
            return Literal(node.value, kind, node.place) if is_count or kind is not Kind.COUNT else None
        case Choose():
            then, otherwise = adapt(node.then, kind), adapt(node.otherwise, kind)
            return Choose(node.condition, then, otherwise, kind, node.place) if then and otherwise else None
        case Call(function="min" | "max" | "abs" | "modulo"):
            arguments = tuple(adapted for part in node.arguments if (adapted := adapt(part, kind)))
            fits = len(arguments) == len(node.arguments)
            return Call(node.function, arguments, kind, node.place) if fits else None
        case Arithmetic(operator="+" | "-"):
            left, right = adapt(node.left, kind), adapt(node.right, kind)
            return Arithmetic(node.operator, left, right, kind, node.place) if left and right else None
    return None
