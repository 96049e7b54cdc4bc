"""Business days in formulas: counted by whole weeks, corrected by the exceptions of the calendar."""

from __future__ import annotations

from typing import Any

import z3  # type: ignore[import-untyped]

from ..business_days import BusinessCalendar
from .terms import Formula, all_of

_WEEK = range(1, 8)


def covers(calendar: BusinessCalendar, day: Formula) -> Formula:
    """Whether the calendar says of the day whether it is worked."""
    return all_of([day >= calendar.first.toordinal(), day <= calendar.last.toordinal()])


def is_worked(calendar: BusinessCalendar, day: Formula) -> Formula:
    """Whether a day that the calendar covers is worked."""
    weekday = (day - 1) % 7 + 1
    off = z3.Or(*(weekday == at for at in sorted(calendar.weekend)))
    excepted = z3.Or(*(day == exception.toordinal() for exception in calendar.exceptions))
    return off == excepted


def up_to(calendar: BusinessCalendar, day: Formula) -> Formula:
    """How many business days of the calendar are before the day, or are it."""
    regular = _by_weeks(calendar, day) - _by_weeks(calendar, z3.IntVal(calendar.first.toordinal() - 1))
    turned = (z3.If(day >= exception.toordinal(), _sign(calendar, exception), 0) for exception in calendar.exceptions)
    return z3.Sum([regular, *turned])


def business_day(calendar: BusinessCalendar, number: Formula) -> tuple[Formula, Formula]:
    """The business day with a number, 1 being the first of the calendar; and whether there is one."""
    first, shift = calendar.first.toordinal() - 1, 0
    base = z3.simplify(_by_weeks(calendar, z3.IntVal(first))).as_long()
    day: Any = _of_week(calendar, number + base)
    for exception in calendar.exceptions:
        shift += _sign(calendar, exception)
        reached = calendar.up_to(exception)
        if calendar.is_worked(exception):
            day = z3.If(number == reached, exception.toordinal(), day)
        day = z3.If(number > reached, _of_week(calendar, number + base - shift), day)
    return day, all_of([number >= 1, number <= len(calendar.worked)])


def _sign(calendar: BusinessCalendar, exception: Any) -> int:
    return 1 if calendar.is_worked(exception) else -1


def _by_weeks(calendar: BusinessCalendar, day: Formula) -> Formula:
    """How many days up to this one are not of the weekend, from the first day of all, a Monday."""
    weekday: Any = (day - 1) % 7
    in_week: Any = z3.IntVal(0)
    for last in _WEEK:
        in_week = z3.If(weekday == last - 1, sum(at not in calendar.weekend for at in range(1, last + 1)), in_week)
    return (day - 1) / 7 * (7 - len(calendar.weekend)) + in_week


def _of_week(calendar: BusinessCalendar, number: Formula) -> Formula:
    """The day with a number among those that are not of the weekend, from the first day of all."""
    days = [at for at in _WEEK if at not in calendar.weekend]
    weeks, place = (number - 1) / len(days), (number - 1) % len(days)
    weekday: Any = z3.IntVal(days[-1])
    for at, worked in enumerate(days):
        weekday = z3.If(place == at, worked, weekday)
    return weeks * 7 + weekday
