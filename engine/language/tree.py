"""The closed, typed tree of an expression: nine cases, and nothing else exists in the language.

Every reader is one function over these cases. A node's place in the file, and the name as its author wrote it, are
not part of its equality: a rule that was moved or reformatted equals itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal as OneOf

from ..problems import Place
from ..values import Kind

Comparison = OneOf["==", "!=", "<", "<=", ">", ">="]
Operator = OneOf["+", "-", "*", "/"]


@dataclass(frozen=True)
class Literal:
    """A number, yes/no, date or choice, as written."""

    value: bool | Decimal | date | str
    kind: Kind
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Name:
    """A fact or a value of the programme, by its id; `written` is the name in the text."""

    id: str
    kind: Kind
    written: str = field(default="", compare=False, repr=False)
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Not:
    """Logical not."""

    operand: Expression
    place: Place | None = field(default=None, compare=False, repr=False)
    kind: Kind = field(default=Kind.YES_NO, init=False, compare=False, repr=False)


@dataclass(frozen=True)
class And:
    """All of these hold."""

    operands: tuple[Expression, ...]
    place: Place | None = field(default=None, compare=False, repr=False)
    kind: Kind = field(default=Kind.YES_NO, init=False, compare=False, repr=False)


@dataclass(frozen=True)
class Or:
    """At least one of these holds."""

    operands: tuple[Expression, ...]
    place: Place | None = field(default=None, compare=False, repr=False)
    kind: Kind = field(default=Kind.YES_NO, init=False, compare=False, repr=False)


@dataclass(frozen=True)
class Compare:
    """Two values of like kinds, compared."""

    operator: Comparison
    left: Expression
    right: Expression
    place: Place | None = field(default=None, compare=False, repr=False)
    kind: Kind = field(default=Kind.YES_NO, init=False, compare=False, repr=False)


@dataclass(frozen=True)
class Arithmetic:
    """Two numbers, combined exactly."""

    operator: Operator
    left: Expression
    right: Expression
    kind: Kind
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Choose:
    """`then if condition else otherwise`."""

    condition: Expression
    then: Expression
    otherwise: Expression
    kind: Kind
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Call:
    """A function of `signatures.FUNCTIONS`, with its arguments."""

    function: str
    arguments: tuple[Expression, ...]
    kind: Kind
    place: Place | None = field(default=None, compare=False, repr=False)


Expression = Literal | Name | Not | And | Or | Compare | Arithmetic | Choose | Call


def children(node: Expression) -> tuple[Expression, ...]:
    """The nodes directly under this one, from left to right."""
    match node:
        case Literal() | Name():
            return ()
        case Not():
            return (node.operand,)
        case And() | Or():
            return node.operands
        case Compare() | Arithmetic():
            return (node.left, node.right)
        case Choose():
            return (node.condition, node.then, node.otherwise)
        case Call():
            return node.arguments


def names(node: Expression) -> Iterator[Name]:
    """Every mention of a fact or value in the expression, from left to right."""
    if isinstance(node, Name):
        yield node
    for child in children(node):
        yield from names(child)
