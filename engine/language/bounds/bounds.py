"""Computes the bounds between which the value of an expression lies for every partner.

A bound always holds, but may be wider than needed: parts are taken as independent of each other (`n - n` may be
anything), except comparisons of one value with written numbers. Bounds are those of known values; that a value may be
unknown is not looked at.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, assert_never

from ...values import NUMERIC, Kind, Number, Value, add, divide, multiply, subtract
from ..function_names import FunctionName
from ..operators import Comparison, Operator, inverse, relation
from ..run.functions import function_of
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
    names,
    operands,
)
from .spans import exclude_each_other, leave_none, spans_by_value


class NumberRange(NamedTuple):
    """Numbers from `low` to `high`, both included; None where there is no bound."""

    low: Number | None
    high: Number | None


class Options(NamedTuple):
    """The options that a choice can be."""

    names: frozenset[str]


Truths = frozenset[bool]  #: which of true and false a condition can be
Bounds = NumberRange | Truths | Options | None  #: None for dates and texts, and for choices that may be anything

EITHER: Truths = frozenset((True, False))
ANY = NumberRange(None, None)
_NOTHING, _ONE, _HUNDRED = Decimal(0), Decimal(1), Decimal(100)
_ZERO = NumberRange(_NOTHING, _NOTHING)
#: the greatest number that each part of a day can be
_MOST_OF_DAY: Mapping[FunctionName, Decimal] = {
    "year": Decimal(date.max.year),
    "month": Decimal(12),
    "day": Decimal(31),
    "weekday": Decimal(7),
    "quarter": Decimal(4),
}


def bounds(tree: Expression, by_name: Mapping[str, Bounds]) -> Bounds:
    """The bounds of the expression, from those of the names in it by their ids; other names may be anything."""
    match tree:
        case Literal():
            return _exactly(tree.value)
        case Name():
            return by_name.get(tree.id) or anything(tree.kind)
        case Not():
            return frozenset(not truth for truth in truths(tree.operand, by_name))
        case And():
            never = any(exclude_each_other([span for _, span in parts]) for _, parts in spans_by_value(tree))
            return frozenset((False,)) if never else _all([truths(part, by_name) for part in tree.operands])
        case Or():
            always = any(
                leave_none([span.among(*ends) for _, span in parts])
                for value, parts in spans_by_value(tree)
                for ends in (_range(value, by_name),)
            )
            return frozenset((True,)) if always else _any([truths(part, by_name) for part in tree.operands])
        case Compare():
            return _compare(tree, by_name)
        case Arithmetic():
            return _calculate(tree.operator, _range(tree.left, by_name), _range(tree.right, by_name))
        case Choose():
            taken = truths(tree.condition, by_name)
            branches = [part for truth, part in ((True, tree.then), (False, tree.otherwise)) if truth in taken]
            return _either([bounds(part, by_name) for part in branches], tree.kind)
        case Call(function="on"):  # what holds in a period is known by its key, where there may be periods
            periods, _, otherwise = operands(tree)
            in_periods = [by_name[name.id] for name in names(periods) if name.id in by_name]
            return _either([bounds(otherwise, by_name), *in_periods], tree.kind)
        case Call():
            return _call(tree, by_name)
        case Aggregate():
            return _aggregate(tree, by_name)
        case Undefined():
            return anything(tree.kind)
        case _:
            assert_never(tree)


def truths(tree: Expression, by_name: Mapping[str, Bounds]) -> Truths:
    """Which of true and false a condition can be."""
    possible = bounds(tree, by_name)
    return possible if isinstance(possible, frozenset) else EITHER


def anything(kind: Kind) -> Bounds:
    """The widest bounds of a value of this kind."""
    if kind is Kind.YES_NO:
        return EITHER
    return (NumberRange(_NOTHING, None) if kind is Kind.COUNT else ANY) if kind in NUMERIC else None


def _range(tree: Expression, by_name: Mapping[str, Bounds]) -> NumberRange:
    possible = bounds(tree, by_name)
    return possible if isinstance(possible, NumberRange) else ANY


def _exactly(value: Value) -> Bounds:
    if isinstance(value, bool):
        return frozenset((value,))
    if isinstance(value, str):
        return Options(frozenset((value,)))
    return NumberRange(value, value) if isinstance(value, Decimal | Fraction) else None


def _all(parts: list[Truths]) -> Truths:
    """And: true where all parts can be, false where one can."""
    can_hold = {True} if all(True in part for part in parts) else set()
    return frozenset(can_hold | ({False} if any(False in part for part in parts) else set()))


def _any(parts: list[Truths]) -> Truths:
    """Or: true where one part can be, false where all can."""
    return frozenset(not truth for truth in _all([frozenset(not truth for truth in part) for part in parts]))


def _compare(tree: Compare, by_name: Mapping[str, Bounds]) -> Truths:
    """Compares the ends of both ranges, the options of both sides or two written values; any other can be either.

    A value equals itself wherever it is known.
    """
    if tree.left == tree.right:
        return frozenset((tree.operator in ("==", "<=", ">="),))
    left, right = bounds(tree.left, by_name), bounds(tree.right, by_name)
    if isinstance(left, NumberRange) and isinstance(right, NumberRange):
        signs = ((True, tree.operator), (False, inverse(tree.operator)))
        return frozenset(truth for truth, sign in signs if _can_hold(sign, left, right))
    if isinstance(left, Options) and isinstance(right, Options) and not left.names & right.names:
        return frozenset((tree.operator == "!=",))
    if isinstance(tree.left, Literal) and isinstance(tree.right, Literal):
        return frozenset((bool(relation(tree.operator)(tree.left.value, tree.right.value)),))
    return EITHER


def _can_hold(sign: Comparison, left: NumberRange, right: NumberRange) -> bool:
    """Whether the comparison holds for some number of the left range and some number of the right range."""
    match sign:
        case "<":
            return _under(left, right)
        case ">":
            return _under(right, left)
        case "<=":
            return not _under(right, left, always=True)
        case ">=":
            return not _under(left, right, always=True)
        case "==":
            return not (_under(left, right, always=True) or _under(right, left, always=True))
        case "!=":
            return not (_is_single(left) and left == right)
        case _:
            assert_never(sign)


def _under(left: NumberRange, right: NumberRange, *, always: bool = False) -> bool:
    """Whether some number of the left range is under some number of the right; or `always`: every under every."""
    end, start = (left.high, right.low) if always else (left.low, right.high)
    if end is None or start is None:
        return not always
    return end < start


def _is_single(span: NumberRange) -> bool:
    return span.low is not None and span.low == span.high


def _either(parts: list[Bounds], kind: Kind) -> Bounds:
    """The bounds of a value that is one of the parts."""
    ranges = [part for part in parts if isinstance(part, NumberRange)]
    conditions = [part for part in parts if isinstance(part, frozenset)]
    choices = [part for part in parts if isinstance(part, Options)]
    if parts and len(ranges) == len(parts):
        return NumberRange(_lowest([span.low for span in ranges]), _highest([span.high for span in ranges]))
    if parts and len(conditions) == len(parts):
        return frozenset().union(*conditions)
    if parts and len(choices) == len(parts):
        return Options(frozenset().union(*(part.names for part in choices)))
    return anything(kind)


def _lowest(ends: Sequence[Number | None]) -> Number | None:
    """The lowest of the ends; None where one of them is open."""
    closed = [end for end in ends if end is not None]
    return min(closed) if len(closed) == len(ends) else None


def _highest(ends: Sequence[Number | None]) -> Number | None:
    """The highest of the ends; None where one of them is open."""
    closed = [end for end in ends if end is not None]
    return max(closed) if len(closed) == len(ends) else None


def _calculate(operator: Operator, a: NumberRange, b: NumberRange) -> NumberRange:
    match operator:
        case "+":
            return NumberRange(_ends(add, a.low, b.low), _ends(add, a.high, b.high))
        case "-":
            return NumberRange(_ends(subtract, a.low, b.high), _ends(subtract, a.high, b.low))
        case "*":
            return _product(a, b)
        case "/":
            if b.low is None or b.high is None or b.low <= 0 <= b.high:
                return ANY
            return _product(a, NumberRange(_ends(divide, _ONE, b.high), _ends(divide, _ONE, b.low)))
        case _:
            assert_never(operator)


def _product(a: NumberRange, b: NumberRange) -> NumberRange:
    if _ZERO in (a, b):
        return _ZERO
    corners = [_ends(multiply, x, y) for x in a for y in b]
    if None not in corners:
        return NumberRange(_lowest(corners), _highest(corners))
    positive = all(factor.low is not None and factor.low >= 0 for factor in (a, b))
    return NumberRange(_ends(multiply, a.low, b.low), None) if positive else ANY


def _ends(calculate: Callable[[Value, Value], Value], a: Number | None, b: Number | None) -> Number | None:
    """The end of the result; None where an end is open, or where the number has too many digits."""
    if a is None or b is None:
        return None
    end = calculate(a, b)
    return end if isinstance(end, Decimal | Fraction) else None


def _call(tree: Call, by_name: Mapping[str, Bounds]) -> Bounds:
    if tree.kind in NUMERIC:
        return _number(tree.function, [_range(part, by_name) for part in tree.arguments]) or anything(tree.kind)
    if tree.function == "at_least":
        return _at_least(_range(tree.arguments[0], by_name), [truths(part, by_name) for part in tree.arguments[1:]])
    return anything(tree.kind)


def _number(function: FunctionName, parts: Sequence[NumberRange]) -> NumberRange | None:
    """The range of a call whose value is a number; None where it has only the bounds of its kind."""
    lows, highs = [part.low for part in parts], [part.high for part in parts]
    match function:
        case "min":
            ends = [end for end in highs if end is not None]
            return NumberRange(_lowest(lows), min(ends) if ends else None)
        case "max":
            ends = [end for end in lows if end is not None]
            return NumberRange(max(ends) if ends else None, _highest(highs))
        case "share":
            if _never(parts[1], 0):
                return _calculate("*", _calculate("/", parts[0], parts[1]), NumberRange(_HUNDRED, _HUNDRED))
            return NumberRange(_NOTHING, None) if all(low is not None and low >= 0 for low in lows) else None
        case "ratio":
            return NumberRange(*(_ends(divide, end, _HUNDRED) for end in parts[0]))
        case "round" | "round_down" | "round_up" | "round_half_even" | "round_towards_zero" | "round_away_from_zero":
            number, unit = parts
            if not _is_single(unit):
                return None
            return NumberRange(*(_ends(function_of(function), end, unit.low) for end in number))
        case "convert":
            amount, rate, _, unit = parts
            return _number("round", (_product(amount, rate), unit))
        case "abs":
            return _absolute(parts[0])
        case "modulo":
            number, unit = parts
            most = [unit.high, number.high if number.low is not None and number.low >= 0 else None]
            return NumberRange(_NOTHING, min((end for end in most if end is not None), default=None))
        case "rank" | "rank_from_last":
            return NumberRange(_ONE, Decimal(len(parts) - 1))
        case "year" | "month" | "day" | "weekday" | "quarter":
            return NumberRange(_ONE, _MOST_OF_DAY[function])
        case "every" | "days_between" | "months_between" | "business_days_between":
            return None
        case (
            "on"
            | "has"
            | "starts_with"
            | "at_least"
            | "add_days"
            | "add_months"
            | "start_of_week"
            | "start_of_month"
            | "start_of_quarter"
            | "start_of_year"
            | "is_business_day"
            | "add_business_days"
        ):
            return None  # their values are no numbers
        case _:
            assert_never(function)


def _absolute(span: NumberRange) -> NumberRange:
    """The numbers of the range without their signs."""
    if span.low is not None and span.low >= 0:
        return span
    below = NumberRange(*(_ends(subtract, _NOTHING, end) for end in (span.high, span.low)))
    if below.low is not None and below.low >= 0:
        return below
    return NumberRange(_NOTHING, _highest([span.high, below.high]))


def _at_least(wanted: NumberRange, parts: list[Truths]) -> Truths:
    """It can be true where enough parts can be true, and false where too few are certain."""
    certain, possible = sum(False not in part for part in parts), sum(True in part for part in parts)
    can_hold = wanted.low is None or possible >= wanted.low
    can_fail = wanted.high is None or certain < wanted.high
    return frozenset(truth for truth, can in ((True, can_hold), (False, can_fail)) if can)


def _never(span: NumberRange, number: int) -> bool:
    return (span.low is not None and span.low > number) or (span.high is not None and span.high < number)


# Aggregates -----------------------------------------------------------------------------------------------------------


def _aggregate(tree: Aggregate, by_name: Mapping[str, Bounds]) -> Bounds:
    """The bounds of an aggregate over a list of any length, the empty one included."""
    value, can_count = bounds(tree.value, by_name), True in truths(tree.counts, by_name)
    best = _floor(_range(tree.best, by_name).high) if tree.best else None
    some: Bounds
    match tree.function:
        case "any":
            return frozenset((False, True)) if can_count and value != frozenset((False,)) else frozenset((False,))
        case "count":
            return NumberRange(_NOTHING, None if can_count else _NOTHING)
        case "distinct":
            return NumberRange(_NOTHING, _how_many(tree.value.kind, value) if can_count else _NOTHING)
        case "sum":
            some = _sum(value, best)
        case "all" | "minimum" | "maximum" | "average" | "median" | "latest":
            some = value
        case _:
            assert_never(tree.function)
    of_some = [some] if can_count and (best is None or best > 0) else []
    of_none = [bounds(tree.empty, by_name)] if tree.empty is not None else []
    return _either([*of_some, *of_none], tree.kind)


def _sum(value: Bounds, best: Decimal | None) -> NumberRange:
    """The sum of one number or more, each within the bounds; at most `best` of them, None for any number."""
    low, high = value if isinstance(value, NumberRange) else ANY
    most = NumberRange(_ONE, best)
    return NumberRange(
        low if low is None or low >= 0 else _product(NumberRange(low, low), most).low,
        high if high is None or high <= 0 else _product(NumberRange(high, high), most).high,
    )


def _how_many(kind: Kind, value: Bounds) -> Decimal | None:
    """The number of different values within the bounds; None where it has no limit."""
    if isinstance(value, frozenset):
        return Decimal(len(value))
    if isinstance(value, Options):
        return Decimal(len(value.names))
    if value is None or value.low is None or value.high is None:
        return None
    if kind is Kind.COUNT:
        return max(_NOTHING, Decimal(math.floor(value.high) - math.ceil(value.low) + 1))
    return _ONE if value.low == value.high else None


def _floor(number: Number | None) -> Decimal | None:
    return None if number is None else Decimal(math.floor(number))
