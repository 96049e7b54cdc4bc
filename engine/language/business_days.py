"""A calendar of business days: which days are worked, of those that it covers; of any other day nothing is known.

In a tree a calendar stands as its text, the last argument of a call: `2026-01-01 2026-12-31 67 2026-05-01`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple, get_args

from .function_names import OfBusinessDays
from .tree import Call, Expression, Literal

OF_BUSINESS_DAYS = frozenset(get_args(OfBusinessDays))


class BusinessCalendar(NamedTuple):
    """The days it covers, the first and the last included, and those of them that are worked, in order."""

    first: date
    last: date
    weekend: frozenset[int]  #: days of the week that are off, 1 being Monday
    exceptions: tuple[date, ...]  #: days of the week that are off all the same, and days of the weekend that are worked
    worked: tuple[date, ...]

    @property
    def text(self) -> str:
        """What the calendar is in a tree: the first and the last day, the weekend, and the exceptions."""
        weekend = "".join(map(str, sorted(self.weekend))) or "-"
        return " ".join((str(self.first), str(self.last), weekend, *map(str, self.exceptions)))

    def days(self) -> Iterator[date]:
        """The days that it covers, in order."""
        return map(date.fromordinal, range(self.first.toordinal(), self.last.toordinal() + 1))

    def covers(self, day: date) -> bool:
        """Whether it says of the day whether it is worked."""
        return self.first <= day <= self.last

    def is_worked(self, day: date) -> bool:
        """Whether a day that it covers is worked."""
        return (day.isoweekday() in self.weekend) is (day in self.exceptions)

    def before(self, day: date) -> int:
        """How many of its business days are before the day."""
        return bisect_left(self.worked, day)

    def up_to(self, day: date) -> int:
        """How many of its business days are before the day or are it."""
        return bisect_right(self.worked, day)


def business_calendar(
    first: date, last: date, weekend: Collection[int], exceptions: Collection[date]
) -> BusinessCalendar:
    """The calendar from the first day to the last; other days are no exceptions of it."""
    within = tuple(sorted(day for day in set(exceptions) if first <= day <= last))
    calendar = BusinessCalendar(first, last, frozenset(weekend), within, ())
    return calendar._replace(worked=tuple(filter(calendar.is_worked, calendar.days())))


@lru_cache(maxsize=64)
def calendar_of(text: str) -> BusinessCalendar:
    """The calendar with this text."""
    first, last, weekend, *exceptions = text.split()
    days = map(date.fromisoformat, exceptions)
    return business_calendar(date.fromisoformat(first), date.fromisoformat(last), _weekdays(weekend), tuple(days))


def _weekdays(text: str) -> frozenset[int]:
    return frozenset(map(int, text.strip("-")))


def calendar_in(call: Call) -> BusinessCalendar:
    """The calendar that a call is about."""
    *_, calendar = call.arguments
    if not isinstance(calendar, Literal):
        raise TypeError("the calendar of a call is written")
    return calendar_of(str(calendar.value))


def without_calendar(call: Call) -> tuple[Expression, ...]:
    """The arguments of a call as they are written."""
    return call.arguments[:-1] if call.function in OF_BUSINESS_DAYS else call.arguments
