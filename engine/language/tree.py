"""The closed, typed tree of an expression: the eleven forms of the language.

Every reader is one function over these forms. Two nodes are equal without regard to their places in the file and to the
spelling of names, so that a rule that was moved or reformatted equals itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from ..problems import Place
from ..values import Kind
from .function_names import AggregateName, FunctionName
from .operators import Comparison, Operator

_Node = TypeVar("_Node")


def _meaning(node: Any) -> tuple[object, ...]:
    """The parts of a node that equality looks at: its form and its fields, without `written` and `place`."""
    if type(node) is Name:
        return (Name, node.id, node.kind, node.own)
    return (type(node), *node[: 2 if type(node) is Undefined else -1])


def _same(left: Any, right: object) -> bool:
    return type(left) is type(right) and _meaning(left) == _meaning(right)


def _node(form: type[_Node]) -> type[_Node]:
    """A form of the tree: a named tuple (far quicker to define than a dataclass) that equals only its own form."""
    methods: Any = form
    methods.__eq__ = _same
    methods.__ne__ = lambda left, right: not _same(left, right)
    methods.__hash__ = lambda node: hash(_meaning(node))
    return form


def own_id(id: str) -> str:
    """What an item, or a field or value of it, is kept by where it is that of the item at hand (see `Name`)."""
    return f"own {id}"


@_node
class Literal(NamedTuple):
    """A number, yes/no, date or choice that the text contains."""

    value: bool | Decimal | date | str
    kind: Kind
    place: Place | None = None


@_node
class Name(NamedTuple):
    """A fact or a value of the programme, by its id; `written` is the name in the text.

    Within an aggregate over the list that the item at hand is of, a name is of the items looked at; `own` says that it
    is of the item at hand.
    """

    id: str
    kind: Kind
    written: str = ""
    place: Place | None = None
    own: bool = False

    @property
    def key(self) -> str:
        """What the value of the name is kept by: its id, or that of the item at hand."""
        return own_id(self.id) if self.own else self.id


@_node
class Not(NamedTuple):
    """Logical not."""

    operand: Expression
    place: Place | None = None

    @property
    def kind(self) -> Kind:
        """A condition."""
        return Kind.YES_NO


class _Junction(NamedTuple):
    operands: tuple[Expression, ...]
    place: Place | None = None

    @property
    def kind(self) -> Kind:
        """A condition."""
        return Kind.YES_NO


@_node
class And(_Junction):
    """All of these conditions hold."""

    __slots__ = ()


@_node
class Or(_Junction):
    """At least one of these conditions holds."""

    __slots__ = ()


@_node
class Compare(NamedTuple):
    """A comparison of two values of like kinds."""

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
    """A sum, difference, product or quotient of two numbers, exact."""

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
    """A call of a function of the language."""

    function: FunctionName
    arguments: tuple[Expression, ...]
    kind: Kind
    place: Place | None = None


@_node
class Aggregate(NamedTuple):
    """An aggregate over a list: `function` of the `value` of every item for which `counts` is true.

    `by` orders the items for `latest`; `best` is how many of the greatest values are taken, None for all; `empty` is
    the value where no item counts, None for unknown. `item` is the id of the item in `value`, `counts` and `by`.
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


@_node
class Undefined(NamedTuple):
    """The value of a table of which no row applies, and that says `otherwise: unknown`: no further fact decides it.

    `by` is what the rows of the table are chosen by, None for cases; where rows must rise and do not, the rule that two
    of them break. `written` is the name of the table in the text. That of an optional fact of which there is none has
    the fact as `by`, and no table.
    """

    by: Expression | None
    kind: Kind
    written: str = ""
    place: Place | None = None


Expression = Literal | Name | Not | And | Or | Compare | Arithmetic | Choose | Call | Aggregate | Undefined


def operands(tree: Call) -> tuple[Expression, ...]:
    """The arguments of a call as they are read: of `on`, which has a key, the periods that are known by it."""
    first = tree.arguments[0]
    if tree.function == "on" and isinstance(first, Literal):
        return (Name(str(first.value), tree.kind), *tree.arguments[1:])
    return tree.arguments


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
        case Undefined():
            return () if node.by is None else (node.by,)


def with_children(node: Expression, parts: Sequence[Expression]) -> Expression:
    """The node with these nodes in the places of its children, which they are in the order of."""
    match node:
        case Literal() | Name():
            return node
        case Not():
            return node._replace(operand=parts[0])
        case And() | Or():
            return node._replace(operands=tuple(parts))
        case Compare() | Arithmetic():
            return node._replace(left=parts[0], right=parts[1])
        case Choose():
            return node._replace(condition=parts[0], then=parts[1], otherwise=parts[2])
        case Call():
            return node._replace(arguments=tuple(parts))
        case Aggregate():
            left = iter(parts)
            value, counts = next(left), next(left)
            by, best, empty = (part if part is None else next(left) for part in (node.by, node.best, node.empty))
            return node._replace(value=value, counts=counts, by=by, best=best, empty=empty)
        case Undefined():
            return node if node.by is None else node._replace(by=parts[0])


def conjuncts(tree: Expression) -> tuple[Expression, ...]:
    """The conditions that all have to hold for one to hold: of an `and` its own, and those of each `and` within it."""
    if not isinstance(tree, And):
        return (tree,)
    return tuple(part for operand in tree.operands for part in conjuncts(operand))


def names(node: Expression) -> Iterator[Name]:
    """The names in the expression, from left to right; one that is used twice comes twice."""
    yield from (part for part in subtrees(node) if isinstance(part, Name))


def subtrees(node: Expression) -> Iterator[Expression]:
    """The node and every node under it, from left to right."""
    yield node
    for child in children(node):
        yield from subtrees(child)
