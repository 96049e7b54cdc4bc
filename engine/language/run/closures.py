"""Turns a tree into a Python function from a row of values to a value or unknown.

The value is the one that `interpret` gives (a tested property), but the forms of the tree are looked at only once, when
a release is loaded. Names become positions in the row. An item of a list is a row within the row: while an aggregate
reads it, it stands at the position of the item's id, and the item's fields are positions in it. The item at hand, which
looks at the others of its list, stands at a second position meanwhile: names that are `own` are looked up there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, assert_never

from ...values import UNDEFINED, Unknown, Value, merge, merge_any, merge_choice
from ..operators import relation
from ..tree import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Expression,
    Literal,
    Name,
    Not,
    Or,
    Undefined,
    children,
    conjuncts,
    operands,
    own_id,
)
from .aggregates import ItemEntry, aggregate
from .causes import undefined_by, with_cause
from .functions import function_of
from .interpret import calculation

Row = list[Any]  #: values, and for each list its items, which are lists of values
Reader = Callable[[Row], Value]
Position = int | tuple[int, int]  #: in the row; or of an item in the row, and in the item
Positions = Mapping[str, Position]


def closure(tree: Expression, positions: Positions) -> Reader:
    """The function of the tree; `positions` gives the place in the row of each name, by its key."""
    match tree:
        case Literal():
            value: Value = tree.value
            return lambda row: value
        case Name():
            return _lookup(positions[tree.key])
        case Not():
            return _negation(closure(tree.operand, positions))
        case And():
            return _junction([closure(part, positions) for part in tree.operands], decided_by=False)
        case Or():
            return _junction([closure(part, positions) for part in tree.operands], decided_by=True)
        case Compare():
            return _comparison(tree, positions)
        case Arithmetic():
            return _calculation(tree, positions)
        case Choose():
            return _choice(*(closure(part, positions) for part in (tree.condition, tree.then, tree.otherwise)))
        case Call():
            return _call(tree, positions)
        case Aggregate():
            return _aggregation(tree, positions)
        case Undefined():
            return _no_value(tree, positions)
        case _:
            assert_never(tree)


def _lookup(position: Position) -> Reader:
    if isinstance(position, tuple):
        item, inner = position
        return lambda row: row[item][inner]
    return lambda row: row[position]


def _own(position: Position) -> int:
    return position if isinstance(position, int) else position[0]


def _negation(operand: Reader) -> Reader:
    def negation(row: Row) -> Value:
        value = operand(row)
        return value if type(value) is Unknown else not value

    return negation


def _junction(parts: list[Reader], *, decided_by: bool) -> Reader:
    """`and`, which one false part decides, or `or`, which one true part decides."""
    undecided = not decided_by

    def junction(row: Row) -> Value:
        unknown: list[Value] = []
        for part in parts:
            value = part(row)
            if value is decided_by:
                return decided_by
            if value is not undecided:
                unknown.append(value)
        return merge_any(*unknown) if unknown else undecided

    return junction


def _comparison(tree: Compare, positions: Positions) -> Reader:
    compare = relation(tree.operator)
    left, right = closure(tree.left, positions), closure(tree.right, positions)

    def comparison(row: Row) -> Value:
        a, b = left(row), right(row)
        if type(a) is Unknown or type(b) is Unknown:
            return merge(a, b)
        return compare(a, b)

    def with_literal(row: Row) -> Value:
        a = left(row)
        return a if type(a) is Unknown else compare(a, literal)

    if isinstance(tree.right, Literal):
        literal = tree.right.value
        return with_literal
    return comparison


def _calculation(tree: Arithmetic, positions: Positions) -> Reader:
    calculate, divides = calculation(tree.operator), tree.operator == "/"
    left, right = closure(tree.left, positions), closure(tree.right, positions)

    def result(row: Row) -> Value:
        a, b = left(row), right(row)
        if (type(a) is Unknown or type(b) is Unknown) and not divides:
            return merge(a, b)  # much faster than by the exception that decimals raise
        value = calculate(a, b)
        return value if value is not UNDEFINED else with_cause(value, tree, (a, b))

    return result


def _call(tree: Call, positions: Positions) -> Reader:
    function = function_of(tree.function)
    arguments = [closure(part, positions) for part in operands(tree)]

    def result(row: Row) -> Value:
        operands = [argument(row) for argument in arguments]
        value = function(*operands)
        return value if value is not UNDEFINED else with_cause(value, tree, tuple(operands))

    return result


def _choice(condition: Reader, then: Reader, otherwise: Reader) -> Reader:
    def choice(row: Row) -> Value:
        chosen = condition(row)
        if chosen is True:
            return then(row)
        if chosen is False:
            return otherwise(row)
        return merge_choice(chosen, then(row), otherwise(row))

    return choice


def _no_value(tree: Undefined, positions: Positions) -> Reader:
    undefined, operands = undefined_by(tree), [closure(part, positions) for part in children(tree)]
    return lambda row: undefined(*[operand(row) for operand in operands])


def _candidates(tree: Aggregate, positions: Positions) -> Callable[[Row, list[Row]], Iterable[Row]]:
    """The function from a row and the items of a list to those of them that may count for the item at hand.

    Where the aggregate asks for items with the same key as the item at hand, it finds them by the key, not one by one.
    """
    item = _own(positions[tree.item])
    for part in conjuncts(tree.counts):
        if not (isinstance(part, Compare) and part.operator == "=="):
            continue
        for inner, outer in ((part.left, part.right), (part.right, part.left)):
            if isinstance(inner, Name) and isinstance(outer, Name):
                at, key = positions[inner.key], positions[outer.key]
                if isinstance(at, tuple) and isinstance(key, tuple) and at[0] == item != key[0]:
                    return _by_key(at[1], _lookup(key))
    return lambda _, items: items


def _by_key(position: int, key_of: Reader) -> Callable[[Row, list[Row]], Iterable[Row]]:
    """Finds the items with the key of the item at hand, which are sorted by keys once for a partner."""
    sorted_items: tuple[list[Row], dict[Value, list[Row]], list[Row]] = ([], {}, [])

    def candidates(row: Row, items: list[Row]) -> Iterable[Row]:
        nonlocal sorted_items
        of_partner, by_key, of_any = sorted_items
        if of_partner is not items:
            by_key, of_any = {}, []
            for item in items:
                key = item[position]
                (of_any if type(key) is Unknown else by_key.setdefault(key, [])).append(item)
            sorted_items = (items, by_key, of_any)
        wanted = key_of(row)
        return items if type(wanted) is Unknown else [*by_key.get(wanted, ()), *of_any]

    return candidates


def _aggregation(tree: Aggregate, positions: Positions) -> Reader:
    items, item = _own(positions[tree.list]), _own(positions[tree.item])
    own = _own(positions.get(own_id(tree.item), item))
    candidates = _candidates(tree, positions)
    counts, value = closure(tree.counts, positions), closure(tree.value, positions)
    by, best, empty = (None if part is None else closure(part, positions) for part in (tree.by, tree.best, tree.empty))

    def aggregation(row: Row) -> Value:
        entries = []
        if type(row[items]) is Unknown:
            return row[items]  # type: ignore[no-any-return]
        at_hand = row[own] = row[item]
        for row_of_item in candidates(row, row[items]):
            row[item] = row_of_item
            entries.append(ItemEntry(counts(row), value(row), True if by is None else by(row)))
        row[item] = at_hand
        most = None if best is None else best(row)
        nothing = UNDEFINED if empty is None else empty(row)
        return with_cause(aggregate(tree.function, entries, most, nothing), tree)

    return aggregation
