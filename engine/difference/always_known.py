"""Tells values that are known of every partner who states every fact: nothing in them can be undefined."""

from __future__ import annotations

from collections.abc import Iterable, Set
from decimal import Decimal
from typing import get_args

from ..language.function_names import FromMonth, OfBusinessDays, Rounding
from ..language.tree import Aggregate, Arithmetic, Call, Choose, Compare, Expression, Literal, Name, Undefined, children
from ..programme.definedness import aggregate_may_be_undefined, asked_for
from ..programme.model import Programme

_WHERE_LITERAL = frozenset({*get_args(Rounding), *get_args(FromMonth), "modulo", "every", "add_days", "add_months"})
_MAY_LACK = frozenset({"share", *get_args(OfBusinessDays)})
_MOST = 1200  #: days or months that may be added to a day


def is_always_known(programme: Programme, ids: Iterable[str]) -> bool:
    """Whether none of these values divides, asks since when a tier is held, or takes the best of nothing.

    What an optional fact says is asked for only where there is one.
    """
    reached = set(ids)
    values = (programme.values[id] for id in reached if id in programme.values)
    return "held_since" not in reached and all(_is_total(programme, value.expression) for value in values)


def _is_total(programme: Programme, tree: Expression, there_is: Set[str] = frozenset()) -> bool:
    """Whether an expression is known of every partner; `there_is` has the optional facts that there are."""
    if isinstance(tree, Name):
        return tree.id not in programme.optional or tree.id in there_is
    if isinstance(tree, Call) and tree.function == "has":
        return True
    if isinstance(tree, Choose) and (optional := asked_for(tree.condition)):
        then = _is_total(programme, tree.then, there_is | {optional})
        return then and _is_total(programme, tree.otherwise, there_is)
    if isinstance(tree, Choose) and _is_share_or_else(tree):
        return _is_total(programme, tree.then, there_is) and all(
            _is_total(programme, part, there_is) for part in children(tree.otherwise)
        )
    if isinstance(tree, Arithmetic) and tree.operator == "/":
        safe = isinstance(tree.right, Literal) and tree.right.value != 0
    elif isinstance(tree, Call):
        safe = tree.function not in _MAY_LACK and (
            tree.function not in _WHERE_LITERAL or _has_plain_number(programme, tree)
        )
    elif isinstance(tree, Aggregate):
        safe = not aggregate_may_be_undefined(tree)
    else:
        safe = not isinstance(tree, Undefined)
    return safe and all(_is_total(programme, part, there_is) for part in children(tree))


def _is_share_or_else(tree: Choose) -> bool:
    """Whether it is a share with another value where the whole is 0."""
    condition, share = tree.condition, tree.otherwise
    if not (isinstance(condition, Compare) and isinstance(share, Call) and share.function == "share"):
        return False
    nothing = condition.right
    return (
        condition.operator == "=="
        and condition.left == share.arguments[1]
        and isinstance(nothing, Literal)
        and nothing.value == 0
    )


def _has_plain_number(programme: Programme, tree: Call) -> bool:
    """Whether the number that a day or an amount goes by is written as one, and is not too large or 0, or no month."""
    written = [_written(programme, part) for part in tree.arguments]
    numbers = [part.value for part in written if isinstance(part, Literal) and isinstance(part.value, Decimal)]
    if tree.function in ("add_days", "add_months"):
        return any(abs(number) <= _MOST and number % 1 == 0 for number in numbers)
    if tree.function in get_args(FromMonth):
        return any(1 <= number <= 12 for number in numbers)
    return any(number > 0 for number in numbers)


def _written(programme: Programme, tree: Expression) -> Expression:
    """An expression; of the name of a value that is one number, this number."""
    value = programme.values.get(tree.id) if isinstance(tree, Name) else None
    return tree if value is None or value.negotiable else value.expression
