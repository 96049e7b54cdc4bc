"""The functions of the language in SQL, from their arguments as SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

from sqlglot import exp

from ..business_days import calendar_of
from ..function_names import FunctionName, Rounding
from . import business_days, exact, numbers
from .days import (
    day_difference,
    day_number,
    later_day,
    month_number,
    months_between,
    quarter_number,
    start_of_month,
    start_of_period,
    start_of_week,
    weekday_number,
    year_number,
)
from .exact import Exact, copy_tree, literal_of
from .numbers import Number, Quotient, calculate, choose_exact, compare, copy_number, divide, either_case


def call_sql(function: FunctionName, arguments: Sequence[Any]) -> Any:
    """A call as SQL: a number, or a condition or day; raises NotInSql."""
    first, *others = arguments
    match function:
        case "on" | "has":
            raise TypeError("the caller has a column for it")
        case "starts_with":
            return _starts_with(first, others[0])
        case "convert":
            return _by_unit(calculate("*", first, others[0]), others[2], "round")
        case "min" | "max" if isinstance(first, exp.Expr):
            return _extreme_day(function == "min", arguments)
        case "min" | "max":
            return numbers.extreme(function == "min", arguments)
        case "share":
            return divide(calculate("*", first, literal_of(100)), others[0])
        case "ratio":
            return divide(first, literal_of(100))
        case "at_least":
            return _at_least(first, others)
        case "rank" | "rank_from_last":
            return _rank(first, others)
        case "round" | "round_down" | "round_up" | "round_half_even" | "round_towards_zero" | "round_away_from_zero":
            return _by_unit(first, others[0], function)
        case "every":
            return _every(first, others[0])
        case "abs":
            return _absolute(first)
        case "modulo":
            return _modulo(first, others[0])
        case "add_days" | "add_months":
            return later_day(first, others[0], "DAY" if function == "add_days" else "MONTH")
        case "days_between":
            return day_difference(first, others[0])
        case "months_between":
            return months_between(first, others[0])
        case "start_of_week":
            return start_of_week(first)
        case "start_of_month":
            return start_of_month(first)
        case "start_of_quarter" | "start_of_year":
            return start_of_period(first, others[0], 3 if function == "start_of_quarter" else 12)
        case "year":
            return year_number(first)
        case "month":
            return month_number(first)
        case "day":
            return day_number(first)
        case "weekday":
            return weekday_number(first)
        case "quarter":
            return quarter_number(first, others[0])
        case "is_business_day":
            return business_days.worked(first, calendar_of(others[0].name))
        case "add_business_days":
            return business_days.later(first, others[0], calendar_of(others[1].name))
        case "business_days_between":
            return business_days.between(first, others[0], calendar_of(others[1].name))
        case _:
            assert_never(function)


def _starts_with(text: exp.Expr, beginning: exp.Expr) -> exp.Expr:
    """Whether the first letters are these; LIKE would take some of them for patterns."""
    length = exp.Literal.number(len(beginning.name))
    first = exp.Substring(this=text, start=exp.Literal.number(1), length=length)
    return exp.EQ(this=first, expression=beginning)


def _extreme_day(earliest: bool, days: Sequence[exp.Expr]) -> exp.Expr:
    form = exp.LTE if earliest else exp.GTE
    extreme = days[0]
    for day in days[1:]:
        extreme = either_case(form(this=copy_tree(extreme), expression=copy_tree(day)), extreme, day)
    return extreme


def _at_least(wanted: Number, conditions: Sequence[exp.Expr]) -> exp.Expr:
    """True as soon as enough conditions hold, false as soon as too few can hold, else NULL."""
    holding, possible = literal_of(0), literal_of(0)
    for condition in conditions:
        holds = exp.Case(this=exp.paren(condition), ifs=[exp.If(this=exp.true(), true=literal_of(1).tree)])
        fails = exp.Case(this=exp.paren(copy_tree(condition)), ifs=[exp.If(this=exp.false(), true=literal_of(0).tree)])
        holds.set("default", literal_of(0).tree)
        fails.set("default", literal_of(1).tree)
        holding = exact.add(holding, Exact(holds, 0, 1))
        possible = exact.add(possible, Exact(fails, 0, 1))
    enough, too_few = compare(">=", holding, copy_number(wanted)), compare("<", possible, wanted)
    return exp.Case(ifs=[exp.If(this=enough, true=exp.true()), exp.If(this=too_few, true=exp.false())])


def _rank(option: exp.Expr, options: Sequence[exp.Expr]) -> Exact:
    ranks = [exp.If(this=text, true=literal_of(rank).tree) for rank, text in enumerate(options, 1)]
    return Exact(exp.Case(this=option, ifs=ranks), 1, len(options))


def _by_unit(number: Number, unit: Number, way: Rounding) -> Number:
    """The multiple of the unit below or above the number: the remainder decides which."""
    part, over, size = _in_units(number, unit)
    left = exact.remainder(exact.magnitude(exact.copy_exact(part)), exact.copy_exact(size))
    floor, nothing = exact.add(exact.magnitude(exact.copy_exact(part)), exact.copy_exact(left), -1), literal_of(0)
    more = _is_away(way, part, left, size)
    rounded = exact.add(floor, choose_exact(more, size, nothing))
    if part.low < 0:
        negative = compare("<", exact.copy_exact(part), literal_of(0))
        rounded = choose_exact(negative, exact.negative(exact.copy_exact(rounded)), rounded)
    return rounded if over is None else Quotient(rounded, over)


def _is_away(way: Rounding, part: Exact, left: Exact, size: Exact) -> exp.Expr:
    """Whether the number goes to the multiple farther from zero, by what is left of it above the nearer one."""
    some = compare(">", exact.copy_exact(left), literal_of(0))
    match way:
        case "round":
            return compare(">=", exact.multiply(exact.copy_exact(left), literal_of(2)), exact.copy_exact(size))
        case "round_half_even":
            return _is_past_half(part, size)
        case "round_down" | "round_up":
            outwards = compare(">" if way == "round_up" else "<", exact.copy_exact(part), literal_of(0))
            return exp.and_(outwards, some, copy=False)
        case "round_towards_zero":
            return exp.false()
        case "round_away_from_zero":
            return some
        case _:
            assert_never(way)


def _is_past_half(part: Exact, size: Exact) -> exp.Expr:
    """Whether the number is nearer to the multiple farther from zero, or as near to it, and it is the even one.

    Of two sizes, the number is past a half of the first, and not yet in the second; or at a half of the second.
    """
    two = exact.multiply(exact.copy_exact(size), literal_of(2))
    left = exact.remainder(exact.magnitude(exact.copy_exact(part)), two)
    twice = exact.multiply(exact.copy_exact(left), literal_of(2))
    past, in_first = (
        compare(">", exact.copy_exact(twice), exact.copy_exact(size)),
        compare("<", left, exact.copy_exact(size)),
    )
    of_odd = compare(">=", twice, exact.multiply(exact.copy_exact(size), literal_of(3)))
    return exp.or_(exp.and_(past, in_first, copy=False), of_odd, copy=False)


def _every(size: Number, amount: Number) -> Number:
    """How many whole sizes the amount contains, at least 0."""
    whole = divide(_by_unit(amount, copy_number(size), "round_down"), size)
    return numbers.extreme(smallest=False, numbers=[literal_of(0), whole])


def _absolute(number: Number) -> Number:
    if isinstance(number, Quotient):
        return Quotient(exact.magnitude(number.part), number.over)
    return exact.magnitude(number)


def _modulo(number: Number, unit: Number) -> Number:
    """What is left of the number above the multiple of the unit at or under it; NULL where no unit is above 0."""
    part, over, size = _in_units(number, unit)
    left = exact.remainder(exact.magnitude(exact.copy_exact(part)), exact.copy_exact(size))
    if part.low < 0:  # under 0, as much is missing from the multiple above
        missing = compare("<", part, literal_of(0)), compare(">", exact.copy_exact(left), literal_of(0))
        rest = exact.add(size, exact.copy_exact(left), -1)._replace(low=0)
        left = choose_exact(exp.and_(*missing, copy=False), rest, left)
    return left if over is None else Quotient(left, over)


def _in_units(number: Number, unit: Number) -> tuple[Exact, Exact | None, Exact]:
    """Part and divisor of a number, and the unit times that divisor; the unit is NULL where it is not above 0."""
    (part, over), (size, of) = numbers.parts(number), numbers.parts(unit)
    if isinstance(unit, Quotient):
        part, over = exact.multiply(part, exact.copy_exact(of)), exact.multiply(over, of)
    if isinstance(number, Quotient):
        size = exact.multiply(size, exact.copy_exact(numbers.parts(number)[1]))
    if size.low <= 0:
        positive = compare(">", exact.copy_exact(size), literal_of(0))
        size = size._replace(tree=exp.Case(ifs=[exp.If(this=positive, true=size.tree)]), low=0)
    return part, None if over is numbers.ONE else over, size
