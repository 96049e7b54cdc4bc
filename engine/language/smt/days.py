"""The calendar in formulas: years, months and days of the month from ordinals and back, by whole division.

A year is counted from March, so that the leap day is its last day and one formula gives the lengths of the months.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import z3  # type: ignore[import-untyped]

from .terms import Formula, all_of

FIRST, LAST = date.min.toordinal(), date.max.toordinal()
_TO_MARCH = 305  #: days from 1 March of year 0 to the day before 1 January of year 1
_CENTURIES, _CENTURY, _FOUR_YEARS = 146_097, 36_524, 1_461  #: days of 400, of 100 and of 4 years


class Day(NamedTuple):
    """A day by its year, month and day of the month."""

    year: Formula
    month: Formula
    day: Formula


def civil(ordinal: Formula) -> Day:
    """The day of an ordinal, the number of days after 31 December of year 0."""
    since = ordinal + _TO_MARCH
    era = since / _CENTURIES
    of_era = since - era * _CENTURIES
    year = (of_era - of_era / (_FOUR_YEARS - 1) + of_era / _CENTURY - of_era / (_CENTURIES - 1)) / 365
    of_year = of_era - (365 * year + year / 4 - year / 100)
    month = (5 * of_year + 2) / 153
    day = of_year - (153 * month + 2) / 5 + 1
    return Day(year + era * 400 + z3.If(month < 10, 0, 1), z3.If(month < 10, month + 3, month - 9), day)


def ordinal(day: Day) -> Formula:
    """The ordinal of a day: how many days it is after 31 December of year 0."""
    year = day.year - z3.If(day.month <= 2, 1, 0)
    era = year / 400
    of_era = year - era * 400
    of_year = (153 * (day.month + z3.If(day.month > 2, -3, 9)) + 2) / 5 + day.day - 1
    return era * _CENTURIES + of_era * 365 + of_era / 4 - of_era / 100 + of_year - _TO_MARCH


def exists(ordinal: Formula) -> Formula:
    """Whether the ordinal is a day from 0001-01-01 to 9999-12-31."""
    return all_of([ordinal >= FIRST, ordinal <= LAST])


def is_leap(year: Formula) -> Formula:
    """Whether the year has a 29 February."""
    return z3.Or(z3.And(year % 4 == 0, year % 100 != 0), year % 400 == 0)


def months_later(start: Formula, months: Formula) -> tuple[Formula, Formula]:
    """The same day that number of months later, or the last of that month; and whether the calendar has it."""
    first = civil(start)
    count = first.year * 12 + first.month - 1 + months
    year, month = count / 12, count % 12 + 1
    thirty = z3.Or(month == 4, month == 6, month == 9, month == 11)
    length = z3.If(month == 2, z3.If(is_leap(year), 29, 28), z3.If(thirty, 30, 31))
    later = ordinal(Day(year, month, z3.If(first.day > length, length, first.day)))
    return later, all_of([year >= date.min.year, year <= date.max.year])


def first_of_period(day: Formula, first_month: Formula, months: int) -> tuple[Formula, Formula]:
    """The first day of the day's period of `months`, in a year from `first_month`; and whether the calendar has it."""
    within = civil(day)
    count = within.year * 12 + within.month - 1 - (within.month - first_month) % months
    year = count / 12
    first = ordinal(Day(year, count % 12 + 1, z3.IntVal(1)))
    return first, all_of([first_month >= 1, first_month <= 12, year >= date.min.year])


def weekday_of(day: Formula) -> Formula:
    """The day of the week: the first day of the calendar is a Monday, which is 1."""
    return (day - FIRST) % 7 + 1


def quarter_of(day: Formula, first_month: Formula) -> tuple[Formula, Formula]:
    """Which quarter the day is in, of a year from `first_month`; and whether there is such a month."""
    since = (civil(day).month - first_month) % 12
    return since / 3 + 1, all_of([first_month >= 1, first_month <= 12])


def months_between(first: Formula, last: Formula) -> Formula:
    """How many whole months are between the first day and the last."""
    begin, end = civil(first), civil(last)
    whole: Any = (end.year - begin.year) * 12 + end.month - begin.month
    reached, there = months_later(first, whole)
    return z3.If(z3.And(there, reached > last), whole - 1, whole)
