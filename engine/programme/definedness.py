"""Finds the values of a programme that may be undefined for a partner who states every fact."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import assert_never

from ..language.bounds.bounds import Bounds, NumberRange, bounds
from ..language.tree import Aggregate, Arithmetic, Call, Choose, Expression, Literal, Name, Undefined, children
from .model import Programme

_NO_TIER_HELD = "held_since"  #: the input that a partner without a tier lacks


def undefinable(programme: Programme, value_bounds: Mapping[str, Bounds]) -> frozenset[str]:
    """The ids of the inputs and values that may be undefined or unknown although every fact is stated."""
    ids = {_NO_TIER_HELD, *programme.optional}
    ids |= {id for periods in programme.made_lists.values() for id in periods.fields_by_id()}
    for value in programme.values.values():
        if may_be_undefined(value.expression, value_bounds, ids):
            ids.add(value.id)
    return frozenset(ids)


def may_be_undefined(tree: Expression, value_bounds: Mapping[str, Bounds], undefined: Set[str]) -> bool:
    """Whether an expression may be undefined; `undefined` has the ids of values that may be.

    False is certain. True is not: parts are looked at without regard to each other.
    """
    if isinstance(tree, Name):
        return tree.id in undefined
    if isinstance(tree, Call) and tree.function == "has":
        return False
    if isinstance(tree, Undefined):
        return True
    if isinstance(tree, Choose) and (optional := asked_for(tree.condition)):
        there_is = may_be_undefined(tree.then, value_bounds, undefined - {optional})
        return there_is or may_be_undefined(tree.otherwise, value_bounds, undefined)
    if any(may_be_undefined(part, value_bounds, undefined) for part in children(tree)):
        return True
    if isinstance(tree, Arithmetic):
        return tree.operator == "/" and _may_be_zero(tree.right, value_bounds)
    if isinstance(tree, Aggregate):
        return aggregate_may_be_undefined(tree)
    return isinstance(tree, Call) and _of_call(tree, value_bounds)


def asked_for(condition: Expression) -> str | None:
    """The id of the optional fact of which a condition asks whether there is one: `has(valid_until)`; else None."""
    if isinstance(condition, Call) and condition.function == "has" and isinstance(condition.arguments[0], Name):
        return condition.arguments[0].id
    return None


def _of_call(tree: Call, value_bounds: Mapping[str, Bounds]) -> bool:
    match tree.function:
        case "share":
            return _may_be_zero(tree.arguments[1], value_bounds)
        case "round" | "round_down" | "round_up" | "round_half_even" | "round_towards_zero" | "round_away_from_zero":
            return not _is_positive(tree.arguments[1], value_bounds)
        case "modulo":
            return not _is_positive(tree.arguments[1], value_bounds)
        case "every":
            return not _is_positive(tree.arguments[0], value_bounds)
        case "add_days" | "add_months":
            return True  # the day may be beyond the calendar
        case "is_business_day" | "add_business_days" | "business_days_between":
            return True  # the calendar of business days may not cover the day
        case "start_of_quarter" | "start_of_year" | "quarter":
            return not isinstance(tree.arguments[1], Literal)
        case (
            "on"
            | "has"
            | "starts_with"
            | "convert"
            | "min"
            | "max"
            | "abs"
            | "ratio"
            | "at_least"
            | "rank"
            | "rank_from_last"
        ):
            return False
        case (
            "days_between"
            | "months_between"
            | "start_of_week"
            | "start_of_month"
            | "year"
            | "month"
            | "day"
            | "weekday"
        ):
            return False
        case _:
            assert_never(tree.function)


def aggregate_may_be_undefined(tree: Aggregate) -> bool:
    """Whether an aggregate may be undefined though each item's value is defined: of no items, or of two last ones."""
    match tree.function:
        case "count" | "distinct" | "any":
            return False
        case "all" | "sum" | "minimum" | "maximum" | "average" | "median":
            return tree.empty is None
        case "latest":
            return True  # two items may be the last, with different values
        case _:
            assert_never(tree.function)


def _may_be_zero(tree: Expression, value_bounds: Mapping[str, Bounds]) -> bool:
    span = bounds(tree, value_bounds)
    if not isinstance(span, NumberRange):
        return True
    return not ((span.low is not None and span.low > 0) or (span.high is not None and span.high < 0))


def _is_positive(tree: Expression, value_bounds: Mapping[str, Bounds]) -> bool:
    span = bounds(tree, value_bounds)
    return isinstance(span, NumberRange) and span.low is not None and span.low > 0
