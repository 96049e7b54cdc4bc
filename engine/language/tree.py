"""The closed, typed tree of an expression: ten cases, and nothing else exists in the language.

Every reader is one function over these cases. A node's place in the file, and the name as its author wrote it, are
not part of its equality: a rule that was moved or reformatted equals itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from ..problems import Place
from ..values import Kind
from .function_names import AggregateName, FunctionName
from .operators import Comparison, Operator

_Node = TypeVar("_Node")


def _meaning(node: Any) -> tuple[object, ...]:
    """What makes a node what it is: its form and its fields, without `written` and `place`, which stand last."""
    return (type(node), *node[: 2 if type(node) is Name else -1])


def _same(one: Any, other: object) -> bool:
    return type(one) is type(other) and _meaning(one) == _meaning(other)


def _node(form: type[_Node]) -> type[_Node]:
    """A form of the tree: a named tuple (far quicker to define than a dataclass) that equals only its own kind."""
    methods: Any = form
    methods.__eq__ = _same
    methods.__ne__ = lambda one, other: not _same(one, other)
    methods.__hash__ = lambda one: hash(_meaning(one))
    return form


@_node
class Literal(NamedTuple):
    """A number, yes/no, date or choice, as written."""

    value: bool | Decimal | date | str
    kind: Kind
    place: Place | None = None


@_node
class Name(NamedTuple):
    """A fact or a value of the programme, by its id; `written` is the name in the text."""

    id: str
    kind: Kind
    written: str = ""
    place: Place | None = None


@_node
class Not(NamedTuple):
    """Logical not."""

    operand: Expression
    place: Place | None = None

    @property
    def kind(self) -> Kind:
        """A condition."""
        return Kind.YES_NO


@_node
class And(NamedTuple):
    """All of these hold."""

    operands: tuple[Expression, ...]
    place: Place | None = None

    @property
    def kind(self) -> Kind:
        """A condition."""
        return Kind.YES_NO


@_node
class Or(NamedTuple):
    """At least one of these holds."""

    operands: tuple[Expression, ...]
    place: Place | None = None

    @property
    def kind(self) -> Kind:
        """A condition."""
        return Kind.YES_NO


@_node
class Compare(NamedTuple):
    """Two values of like kinds, compared."""

    operator: Comparison
    left: Expression
    right: Expression
    place: Place | None = None

    @property
    def kind(self) -> Kind:
        """A condition."""
        return Kind.YES_NO


@_node
class Arithmetic(NamedTuple):
    """Two numbers, combined exactly."""

    operator: Operator
    left: Expression
    right: Expression
    kind: Kind
    place: Place | None = None


@_node
class Choose(NamedTuple):
    """`then if condition else otherwise`."""

    condition: Expression
    then: Expression
    otherwise: Expression
    kind: Kind
    place: Place | None = None


@_node
class Call(NamedTuple):
    """A function of the language, with its arguments."""

    function: FunctionName
    arguments: tuple[Expression, ...]
    kind: Kind
    place: Place | None = None


@_node
class Aggregate(NamedTuple):
    """What the items of a list come to: `function` over `value`, of the items for which `counts`.

    `by` orders the items for `latest`; `best` keeps so many of the greatest values; `empty` is the value of no items,
    None for unknown. `item` says as what the item at hand is known in `value`, `counts` and `by`.
    """

    function: AggregateName
    list: str
    item: str
    value: Expression
    counts: Expression
    by: Expression | None
    best: Expression | None
    empty: Expression | None
    kind: Kind
    place: Place | None = None


Expression = Literal | Name | Not | And | Or | Compare | Arithmetic | Choose | Call | Aggregate


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
        case Aggregate():
            return tuple(part for part in (node.value, node.counts, node.by, node.best, node.empty) if part is not None)


def names(node: Expression) -> Iterator[Name]:
    """Every mention of a fact or value in the expression, from left to right."""
    if isinstance(node, Name):
        yield node
    for child in children(node):
        yield from names(child)
