"""Business days by every reader, against Python's own calendar and a count day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from random import Random

import pytest
import z3
from charter.engine.language.business_days import BusinessCalendar, business_calendar, calendar_of
from charter.engine.language.run.functions import add_business_days, business_days_between, is_business_day
from charter.engine.language.smt import business_days as formulas
from charter.engine.language.sql.exact import NotInSql
from charter.engine.language.tree import Arithmetic, Call, Literal, Name
from charter.engine.values import UNDEFINED, Kind, Unknown

from .names import KINDS
from .test_sql import by_sql

DAY = timedelta(1)
HOLIDAYS = [date(2027, 12, 31), date(2028, 1, 3), date(2028, 2, 29), date(2028, 5, 1), date(2028, 5, 6)]
WORKED = [date(2028, 5, 7), date(2028, 2, 26)]


def turned(first: date, last: date, weekend: set[int], *days: date) -> BusinessCalendar:
    return business_calendar(first, last, weekend, days)


CALENDARS = {
    "a leap year": turned(date(2028, 1, 1), date(2028, 12, 31), {6, 7}, *HOLIDAYS[1:4], *WORKED),
    "from a Wednesday, over two years": turned(date(2027, 6, 2), date(2028, 12, 30), {6, 7}, *HOLIDAYS[:4], *WORKED),
    "Friday off": turned(date(2026, 12, 28), date(2027, 3, 7), {5}, date(2027, 1, 1), date(2027, 1, 4)),
    "a weekend of three days apart": turned(date(2026, 2, 1), date(2026, 4, 30), {1, 3, 7}, date(2026, 3, 5)),
    "no weekend": turned(date(2026, 2, 20), date(2026, 3, 10), set(), date(2026, 3, 9)),
    "one day": turned(date(2026, 2, 20), date(2026, 2, 20), {6, 7}),
    "one day off": turned(date(2026, 2, 21), date(2026, 2, 21), {6, 7}),
    "one day of the week, off at once": turned(
        date(2026, 2, 2), date(2026, 3, 1), {2, 3, 4, 5, 6, 7}, date(2026, 2, 2)
    ),
    "the first days of all": turned(date.min, date(1, 2, 1), {6, 7}, date(1, 1, 1), date(1, 1, 6)),
    "the last days of all": turned(date(9999, 12, 1), date.max, {6, 7}, date.max, date(9999, 12, 25)),
}
every_calendar = pytest.mark.parametrize("calendar", CALENDARS.values(), ids=CALENDARS)


def days_of(calendar: BusinessCalendar) -> Iterator[date]:
    return map(date.fromordinal, range(calendar.first.toordinal(), calendar.last.toordinal() + 1))


def worked(calendar: BusinessCalendar, day: date) -> bool:
    return (day.isoweekday() in calendar.weekend) == (day in calendar.exceptions)


def moved(calendar: BusinessCalendar, day: date, number: int) -> date | None:
    """One day after the other; None where the calendar ends before."""
    step = DAY if number > 0 else -DAY
    while number:
        if day == (calendar.last if number > 0 else calendar.first):
            return None
        day += step
        if worked(calendar, day):
            number -= 1 if number > 0 else -1
    return day


@every_calendar
def test_a_calendar_is_its_text(calendar: BusinessCalendar) -> None:
    assert calendar_of(calendar.text) == calendar
    assert calendar.worked == tuple(day for day in days_of(calendar) if worked(calendar, day))


@every_calendar
def test_every_day_and_step_of_the_interpreter(calendar: BusinessCalendar) -> None:
    numbers = (*range(-12, 13), -300, 300)
    for day in days_of(calendar):
        assert is_business_day(day, calendar.text) is worked(calendar, day)
        for number in numbers:
            wanted = moved(calendar, day, number)
            found = add_business_days(day, Decimal(number), calendar.text)
            assert found == (UNDEFINED if wanted is None else wanted), (day, number)
            if wanted is not None and number > 0:
                assert business_days_between(day, wanted, calendar.text) == number


@every_calendar
def test_every_two_days(calendar: BusinessCalendar) -> None:
    days = list(days_of(calendar))[-70:]
    for first, last in product(days, days):
        after = [day for day in days_of(calendar) if first < day <= last and worked(calendar, day)]
        back = [day for day in days_of(calendar) if last < day <= first and worked(calendar, day)]
        assert business_days_between(first, last, calendar.text) == len(after) - len(back)


@every_calendar
def test_a_day_outside_is_undefined(calendar: BusinessCalendar) -> None:
    inside = calendar.first
    for outside in (calendar.first.toordinal() - 1, calendar.last.toordinal() + 1):
        if not date.min.toordinal() <= outside <= date.max.toordinal():
            continue
        day = date.fromordinal(outside)
        assert is_business_day(day, calendar.text) is UNDEFINED
        assert business_days_between(day, inside, calendar.text) is UNDEFINED
        assert business_days_between(inside, day, calendar.text) is UNDEFINED
        for number in (-1, 0, 1):
            assert add_business_days(day, Decimal(number), calendar.text) is UNDEFINED


def test_what_is_unknown_and_what_is_no_number_of_days() -> None:
    text, day, unknown = CALENDARS["a leap year"].text, date(2028, 6, 1), Unknown(frozenset("d"))
    assert is_business_day(unknown, text) == unknown
    assert add_business_days(unknown, Decimal(1), text) == add_business_days(day, unknown, text) == unknown
    assert business_days_between(unknown, day, text) == business_days_between(day, unknown, text) == unknown
    assert add_business_days(day, Decimal("0.5"), text) is UNDEFINED
    assert add_business_days(day, Decimal(10) ** 30, text) is UNDEFINED


def some_days(calendar: BusinessCalendar, many: int) -> list[date]:
    """Days of the calendar, its ends and exceptions, and the days beside them."""
    around = [date.fromordinal(min(max(day.toordinal() + step, 1), date.max.toordinal()))
              for day in (calendar.first, calendar.last, *calendar.exceptions) for step in (-1, 0, 1)]  # fmt: skip
    return sorted({*around, *Random(20).sample(days := list(days_of(calendar)), min(many, len(days)))})


@every_calendar
def test_sql(calendar: BusinessCalendar) -> None:
    days, text = some_days(calendar, 25), Literal(calendar.text, Kind.TEXT)
    d, e, x = (Name(id, KINDS[id], id) for id in "dex")
    rows = [{**dict.fromkeys(KINDS, Unknown()), "d": day, "e": other, "x": number}
            for day, other in zip(days, reversed(days), strict=True)
            for number in map(Decimal, ("0", "1", "-1", "4", "-5", "23", "-400", "0.5", "99999"))]  # fmt: skip
    rows += [rows[0] | {"d": Unknown()}, rows[0] | {"e": Unknown(), "x": Unknown()}]
    for function, arguments, kind in (
        (is_business_day, (d,), Kind.YES_NO),
        (add_business_days, (d, x), Kind.DATE),
        (business_days_between, (d, e), Kind.NUMBER),
    ):
        tree = Call(function.__name__, (*arguments, text), kind)  # type: ignore[arg-type]
        for row, found in zip(rows, by_sql(tree, rows, 6), strict=True):
            wanted = function(*(row[name.id] for name in arguments), calendar.text)
            assert found == (None if isinstance(wanted, Unknown) else wanted), (function, row)


def test_sql_leaves_steps_that_are_quotients_to_the_interpreter() -> None:
    calendar = Literal(CALENDARS["a leap year"].text, Kind.TEXT)
    quotient = Arithmetic("/", Name("n", Kind.COUNT, "n"), Name("m", Kind.COUNT, "m"), Kind.NUMBER)
    with pytest.raises(NotInSql):
        by_sql(Call("add_business_days", (Name("d", Kind.DATE, "d"), quotient, calendar), Kind.DATE), [], 6)


def test_sql_of_a_long_calendar_is_short_enough_to_be_copied() -> None:
    """A number is copied by `max`; the calendar has 20 years, each with 12 holidays."""
    ends = (date(2020, 1, 1), date(2039, 12, 31))
    holidays = (date(year, month, 9) for year in range(2020, 2040) for month in range(1, 13))
    calendar = turned(*ends, {6, 7}, *holidays)
    days = Name("d", Kind.DATE, "d"), Name("e", Kind.DATE, "e"), Literal(calendar.text, Kind.TEXT)
    number = Call("business_days_between", days, Kind.NUMBER)
    tree = Call("max", (Literal(Decimal(0), Kind.NUMBER), number), Kind.NUMBER)
    rows = [{**dict.fromkeys(KINDS, Unknown()), "d": first, "e": last} for first in ends for last in ends]
    assert by_sql(tree, rows, 6) == [0, len(calendar.worked) - 1, 0, 0]


@every_calendar
def test_formulas(calendar: BusinessCalendar) -> None:
    for day in some_days(calendar, 12):
        ordinal = z3.IntVal(day.toordinal())
        assert z3.is_true(z3.simplify(formulas.covers(calendar, ordinal))) is calendar.covers(day)
        if calendar.covers(day):
            assert z3.is_true(z3.simplify(formulas.is_worked(calendar, ordinal))) is worked(calendar, day)
            assert z3.simplify(formulas.up_to(calendar, ordinal)).as_long() == calendar.up_to(day)
    for number in (0, 1, 2, len(calendar.worked) // 2, len(calendar.worked), len(calendar.worked) + 1):
        ordinal, exists = formulas.business_day(calendar, z3.IntVal(number))
        assert z3.is_true(z3.simplify(exists)) is (1 <= number <= len(calendar.worked))
        if z3.is_true(z3.simplify(exists)):
            assert z3.simplify(ordinal).as_long() == calendar.worked[number - 1].toordinal()


def test_formulas_find_every_business_day() -> None:
    calendar = CALENDARS["a leap year"]
    for number, day in enumerate(calendar.worked, 1):
        ordinal, _ = formulas.business_day(calendar, z3.IntVal(number))
        assert z3.simplify(ordinal).as_long() == day.toordinal()
