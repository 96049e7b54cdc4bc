"""The functions of the language on exact values: an unknown argument makes the result unknown, except in `at_least`.

A call without a result (a month added beyond the calendar, a share of 0) is undefined: no fact decides it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import assert_never

from ...values import (
    UNDEFINED,
    Number,
    Unknown,
    Value,
    add,
    divide,
    merge,
    merge_any,
    multiply,
    round_half_up,
    subtract,
)
from ..business_days import calendar_of
from ..function_names import FunctionName

_remembered = lru_cache(maxsize=512)  #: many partners have the same days

_HUNDRED, _ONE, _NOTHING = Decimal(100), Decimal(1), Decimal(0)


def share(part: Value, whole: Value) -> Value:
    """The percentage that `part` is of `whole`; undefined where the whole is 0."""
    return divide(multiply(part, _HUNDRED), whole)


def ratio(percentage: Value) -> Value:
    """A percentage as a number to multiply with: 20% is 0.2."""
    return divide(percentage, _HUNDRED)


def absolute(number: Value) -> Value:
    """The number without its sign."""
    return greatest(subtract(_NOTHING, number), number)


def on(periods: Sequence[tuple[date, date | None, Value]], day: Value, otherwise: Value) -> Value:
    """The value of the period that a day is in, both ends included (None: no last day); otherwise another value."""
    if not periods:
        return otherwise
    if isinstance(day, Unknown):
        return merge_any(day, otherwise) if day.missing else day
    within = (
        value
        for begins, ends, value in periods
        if isinstance(day, date) and begins <= day and (ends is None or day <= ends)
    )
    return next(within, otherwise)


def has(value: Value) -> Value:
    """Whether an optional fact has a value: false where it is undefined, for the record says that there is none."""
    if type(value) is not Unknown:
        return True
    return value if value.missing else False


def starts_with(text: Value, beginning: Value) -> Value:
    """Whether a text begins with these letters; capitals and small letters differ."""
    if type(text) is Unknown or type(beginning) is Unknown:
        return merge(text, beginning)
    return text.startswith(beginning)  # type: ignore[union-attr,arg-type]


def convert(amount: Value, rate: Value, currency: Value, unit: Value) -> Value:
    """The amount in another currency, rounded once, half up, to its minor unit."""
    return rounded(multiply(amount, rate), unit)


def least(*values: Value) -> Value:
    """The smallest of these numbers, or the earliest of these days."""
    for value in values:
        if type(value) is Unknown:
            return merge(*values)
    return min(values)  # type: ignore[type-var]


def greatest(*values: Value) -> Value:
    """The greatest of these numbers, or the latest of these days."""
    for value in values:
        if type(value) is Unknown:
            return merge(*values)
    return max(values)  # type: ignore[type-var]


def at_least(wanted: Value, *conditions: Value) -> Value:
    """Whether at least `wanted` of the conditions hold: certain as soon as enough do, or too few can."""
    if type(wanted) is Unknown:
        return merge_any(wanted, *conditions) if wanted.missing else wanted
    holding = sum(condition is True for condition in conditions)
    failing = sum(condition is False for condition in conditions)
    if holding >= wanted:  # type: ignore[operator]
        return True
    if len(conditions) - failing < wanted:  # type: ignore[operator]
        return False
    awaited = sum(type(condition) is Unknown and bool(condition.missing) for condition in conditions)
    if holding + awaited < wanted <= len(conditions) - failing - awaited:  # type: ignore[operator]
        return merge(*conditions)
    return merge_any(*conditions)


def rank(option: Value, *options: Value) -> Value:
    """The place of an option among those of its choice, the first being 1."""
    return option if type(option) is Unknown else Decimal(options.index(option) + 1)


# Rounding: always by a unit that the rule names -----------------------------------------------------------------------


def rounded(number: Value, unit: Value) -> Value:
    """The nearest multiple of the unit, a half away from zero: round(2.345, 0.01) is 2.35."""
    return _by_unit(number, unit, lambda quotient: round_half_up(quotient, 0))


def rounded_down(number: Value, unit: Value) -> Value:
    """The multiple of the unit at or under the number."""
    return _by_unit(number, unit, _floor)


def rounded_up(number: Value, unit: Value) -> Value:
    """The multiple of the unit at or over the number."""
    return _by_unit(number, unit, _ceiling)


def rounded_half_even(number: Value, unit: Value) -> Value:
    """The nearest multiple of the unit; of two as near, the even one: 2.5 and 1.5 are 2."""
    return _by_unit(number, unit, lambda quotient: Decimal(round(Fraction(quotient))))


def rounded_towards_zero(number: Value, unit: Value) -> Value:
    """The multiple of the unit at the number, or next to it on the side of zero."""
    return _by_unit(number, unit, lambda quotient: _floor(quotient) if quotient >= 0 else _ceiling(quotient))


def rounded_away_from_zero(number: Value, unit: Value) -> Value:
    """The multiple of the unit at the number, or next to it on the side away from zero."""
    return _by_unit(number, unit, lambda quotient: _ceiling(quotient) if quotient >= 0 else _floor(quotient))


def modulo(number: Value, unit: Value) -> Value:
    """What is left of the number above the multiple of the unit at or under it: 0 or more, and less than the unit."""
    multiple = rounded_down(number, unit)
    return multiple if type(multiple) is Unknown else subtract(number, multiple)


def every(size: Value, amount: Value) -> Value:
    """How many whole sizes the amount contains, at least 0: for 5 and 14 it is 2."""
    whole = _by_unit(amount, size, _floor)
    return whole if type(whole) is Unknown else greatest(_NOTHING, divide(whole, size))


def _floor(number: Number) -> Decimal:
    whole = Fraction(number)
    return Decimal(whole.numerator // whole.denominator)


def _ceiling(number: Number) -> Decimal:
    whole = Fraction(number)  # its negative is exact; that of a decimal is rounded to 28 digits
    return Decimal(-(-whole.numerator // whole.denominator))


def _by_unit(number: Value, unit: Value, whole: Callable[[Number], Decimal]) -> Value:
    if type(number) is Unknown or type(unit) is Unknown:
        return merge(number, unit)
    if unit <= 0:  # type: ignore[operator]
        return UNDEFINED
    quotient = divide(number, unit)
    return quotient if type(quotient) is Unknown else multiply(whole(quotient), unit)  # type: ignore[arg-type]


# Days -----------------------------------------------------------------------------------------------------------------


@_remembered
def add_days(day: Value, days: Value) -> Value:
    """The day that number of days later (earlier, where negative); undefined beyond the calendar."""

    def later(day: date, days: int) -> date:
        return day + timedelta(days)

    return _on_calendar(later, day, days)


@_remembered
def add_months(day: Value, months: Value) -> Value:
    """The same day that number of months later, or the last of that month: a month after 31 January is 28 February."""

    def later(day: date, months: int) -> date:
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        last = 28 + next((over for over in (3, 2, 1) if _is_day(year, month + 1, 28 + over)), 0)
        return date(year, month + 1, min(day.day, last))

    return _on_calendar(later, day, months)


def days_between(first: Value, last: Value) -> Value:
    """How many days the second day is after the first; negative where it is before."""
    if type(first) is Unknown or type(last) is Unknown:
        return merge(first, last)
    return Decimal((last - first).days)  # type: ignore[operator,union-attr]


def months_between(first: Value, last: Value) -> Value:
    """The whole months from the first day to the second: the most for which `add_months` does not go beyond it."""
    if type(first) is Unknown or type(last) is Unknown:
        return merge(first, last)
    whole = Decimal((last.year - first.year) * 12 + last.month - first.month)  # type: ignore[union-attr]
    reached = add_months(first, whole)
    return whole if type(reached) is Unknown or reached <= last else add(whole, -_ONE)  # type: ignore[operator]


def start_of_week(day: Value) -> Value:
    """The Monday of the week, by ISO 8601; the first day of the calendar is one."""
    return day if type(day) is Unknown else day - timedelta(day.weekday())  # type: ignore[union-attr,operator,return-value]


def start_of_month(day: Value) -> Value:
    """The first day of the month."""
    return day if type(day) is Unknown else day.replace(day=1)  # type: ignore[union-attr,call-arg]


@_remembered
def start_of_quarter(day: Value, first_month: Value) -> Value:
    """The first day of the quarter, of a year that begins with this month."""
    return _start_of(day, first_month, 3)


@_remembered
def start_of_year(day: Value, first_month: Value) -> Value:
    """The first day of the year that begins with this month: 1 is January."""
    return _start_of(day, first_month, 12)


def _start_of(day: Value, first_month: Value, months: int) -> Value:
    def start(day: date, first_month: int) -> date:
        if not 1 <= first_month <= 12:
            raise ValueError
        year, month = divmod(day.year * 12 + day.month - 1 - (day.month - first_month) % months, 12)
        return date(year, month + 1, 1)

    return _on_calendar(start, day, first_month)


def part_of_day(part: Callable[[date], int]) -> Callable[[Value], Value]:
    """The function that reads a number off a day, such as its year."""

    def number(day: Value) -> Value:
        return day if type(day) is Unknown else Decimal(part(day))  # type: ignore[arg-type]

    return number


@_remembered
def quarter(day: Value, first_month: Value) -> Value:
    """Which quarter it is, 1 to 4, of a year that begins with this month; undefined where there is no such month."""

    def number(day: date, first_month: int) -> Decimal:
        if not 1 <= first_month <= 12:
            raise ValueError
        return Decimal((day.month - first_month) % 12 // 3 + 1)

    return _on_calendar(number, day, first_month)


# Business days: of a calendar, by its text ----------------------------------------------------------------------------


def is_business_day(day: Value, calendar: Value) -> Value:
    """Whether the day is worked; undefined where the calendar does not cover it."""
    if type(day) is Unknown:
        return day
    days = calendar_of(str(calendar))
    return days.is_worked(day) if days.covers(day) else UNDEFINED  # type: ignore[arg-type]


def add_business_days(day: Value, number: Value, calendar: Value) -> Value:
    """The business day so many after the day, or before it where negative; the day itself for 0.

    Undefined where the calendar does not cover both.
    """
    days = calendar_of(str(calendar))

    def moved(day: date, number: int) -> date:
        if not days.covers(day):
            raise ValueError
        place = days.before(day) + number if number < 0 else days.up_to(day) + number - 1
        if number and not 0 <= place < len(days.worked):
            raise ValueError
        return days.worked[place] if number else day

    return _on_calendar(moved, day, number)


def business_days_between(first: Value, last: Value, calendar: Value) -> Value:
    """How many business days are after the first day, up to and with the second; negative where it is before."""
    if type(first) is Unknown or type(last) is Unknown:
        return merge(first, last)
    days = calendar_of(str(calendar))
    if not (days.covers(first) and days.covers(last)):  # type: ignore[arg-type]
        return UNDEFINED
    return Decimal(days.up_to(last) - days.up_to(first))  # type: ignore[arg-type]


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _on_calendar(move: Callable[[date, int], date | Decimal], day: Value, number: Value) -> Value:
    """The day or number that `move` gives for a whole number; undefined beyond the calendar, or for any other."""
    if type(day) is Unknown or type(number) is Unknown:
        return merge(day, number)
    whole, parts = number.as_integer_ratio()  # type: ignore[union-attr]
    if parts != 1:
        return UNDEFINED
    try:
        return move(day, whole)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return UNDEFINED


def function_of(name: FunctionName) -> Callable[..., Value]:
    """The function of a name, from the values of the arguments to that of the call."""
    match name:
        case "on":
            return on
        case "has":
            return has
        case "starts_with":
            return starts_with
        case "convert":
            return convert
        case "min":
            return least
        case "max":
            return greatest
        case "share":
            return share
        case "ratio":
            return ratio
        case "at_least":
            return at_least
        case "rank" | "rank_from_last":
            return rank
        case "round":
            return rounded
        case "round_down":
            return rounded_down
        case "round_up":
            return rounded_up
        case "round_half_even":
            return rounded_half_even
        case "round_towards_zero":
            return rounded_towards_zero
        case "round_away_from_zero":
            return rounded_away_from_zero
        case "every":
            return every
        case "abs":
            return absolute
        case "modulo":
            return modulo
        case "add_days":
            return add_days
        case "add_months":
            return add_months
        case "days_between":
            return days_between
        case "months_between":
            return months_between
        case "start_of_week":
            return start_of_week
        case "start_of_month":
            return start_of_month
        case "start_of_quarter":
            return start_of_quarter
        case "start_of_year":
            return start_of_year
        case "year":
            return part_of_day(lambda day: day.year)
        case "month":
            return part_of_day(lambda day: day.month)
        case "day":
            return part_of_day(lambda day: day.day)
        case "weekday":
            return part_of_day(date.isoweekday)
        case "quarter":
            return quarter
        case "is_business_day":
            return is_business_day
        case "add_business_days":
            return add_business_days
        case "business_days_between":
            return business_days_between
        case _:
            assert_never(name)
