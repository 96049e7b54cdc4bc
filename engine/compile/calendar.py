"""Compiles calendar.yaml: the fiscal year and the business days, and the functions of expressions over them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import partial

from ..language.business_days import business_calendar
from ..language.calls import FUNCTIONS, Arguments, Function, of_business_days, refuse
from ..language.function_names import FromMonth, OfBusinessDays
from ..language.tree import Call, Expression, Literal
from ..limits import MAX_CALENDAR
from ..programme.model import BusinessDays, Calendar, FiscalYear
from ..values import Kind
from .file_reader import FilePart, Files

_OF_FISCAL_YEAR: Mapping[str, FromMonth] = {
    "start_of_fiscal_year": "start_of_year",
    "start_of_fiscal_quarter": "start_of_quarter",
    "fiscal_quarter": "quarter",
}
_OF_BUSINESS_DAYS: tuple[OfBusinessDays, ...] = ("is_business_day", "add_business_days", "business_days_between")
CALENDAR_FUNCTIONS = (*_OF_FISCAL_YEAR, *_OF_BUSINESS_DAYS)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_JANUARY = FiscalYear({}, 1, 1, ())  #: in place of a fiscal year that cannot be read, which is told already
_UNREAD = business_calendar(date(2000, 1, 3), date(2000, 1, 3), (), ())


def compile_calendar(files: Files) -> Calendar:
    """The calendar of a release, each part None where it is not written; reports days that do not fit each other."""
    fiscal_year, business_days = files.row("calendar", "fiscal_year"), files.row("calendar", "business_days")
    return Calendar(
        _fiscal_year(fiscal_year) if fiscal_year else None, _business_days(business_days) if business_days else None
    )


def calendar_functions(files: Files, calendar: Calendar) -> dict[str, Function]:
    """The functions by their names; a call is refused where what it needs is not written."""
    written = files.names("calendar")
    fiscal_year, business_days = calendar
    if fiscal_year is None and ("fiscal_year" in written or not files.is_whole("calendar")):
        fiscal_year = _JANUARY
    days = business_days.days if business_days else None
    if days is None and ("business_days" in written or not files.is_whole("calendar")):
        days = _UNREAD
    of_years = {
        name: Function(1, 1, f"{name}(as_of)", partial(_of_fiscal_year, name, like, fiscal_year))
        for name, like in _OF_FISCAL_YEAR.items()
    }
    return of_years | {name: of_business_days(name, days.text if days else None) for name in _OF_BUSINESS_DAYS}


def _of_fiscal_year(name: str, like: FromMonth, year: FiscalYear | None, arguments: Arguments) -> Expression:
    """The call for a year from the first of a month, of a day so many days earlier; a day is moved back again."""
    if year is None:
        help = "write calendar.yaml: fiscal_year: {first_month: 4}, with its title and source"
        refuse("no-calendar", f"'{name}' needs a fiscal year", arguments.place, help)
    (day,), place, month = arguments.parts, arguments.place, Literal(Decimal(year.first_month), Kind.COUNT)
    later = Decimal(year.first_day - 1)
    if later and day.kind is Kind.DATE:
        day = Call("add_days", (day, Literal(-later, Kind.NUMBER)), Kind.DATE, place)
    period = FUNCTIONS[like].build(arguments._replace(parts=(day, month)))
    if not later or period.kind is not Kind.DATE:
        return period
    return Call("add_days", (period, Literal(later, Kind.COUNT)), Kind.DATE, place)


def _fiscal_year(row: FilePart) -> FiscalYear | None:
    title, source = row.texts(), row.source()
    month, day = row.data.get("first_month"), row.data.get("first_day", Decimal(1))
    if not isinstance(month, Decimal) or not isinstance(day, Decimal):
        return None
    return FiscalYear(title, int(month), int(day), source)


def _business_days(row: FilePart) -> BusinessDays | None:
    title, source = row.texts(), row.source()
    first, last = _day(row, "from"), _day(row, "until")
    holidays, worked = _days(row, "holidays"), _days(row, "worked")
    written = row.data.get("weekend")
    if first is None or last is None or written is None or None in written or not _is_span(row, first, last):
        return None
    weekend = {_WEEKDAYS.index(name) + 1 for name in written}
    if len(weekend) == len(_WEEKDAYS):
        _wrong(row, ("weekend",), "every day of the week is off", "leave out those that are worked")
        return None
    for key, days in (("holidays", holidays), ("worked", worked)):
        for index, day in days.items():
            if not first <= day <= last:
                _wrong(
                    row, (key, index), f"the calendar is from {first} to {last}, without {day}", "let it cover the day"
                )
    for index, day in worked.items():
        if day in holidays.values():
            _wrong(row, ("worked", index), f"{day} is among the holidays too", "keep it in one of the two lists")
        elif day.isoweekday() not in weekend:
            message = f"{day}, a {_WEEKDAYS[day.weekday()].capitalize()}, is worked anyway"
            _wrong(row, ("worked", index), message, "list days of the weekend that are worked, and no others")
    off = (day for day in holidays.values() if day.isoweekday() not in weekend)
    return BusinessDays(title, business_calendar(first, last, weekend, {*off, *worked.values()}), source)


def _is_span(row: FilePart, first: date, last: date) -> bool:
    """Whether a calendar may be from the first day to the last; reports it where not."""
    if last < first:
        _wrong(row, ("until",), f"the calendar ends on {last}, before it begins", "swap 'from' and 'until'")
    elif (last - first).days >= MAX_CALENDAR:
        message = f"a calendar covers at most {MAX_CALENDAR} days"
        _wrong(row, ("until",), message, "let it end with the last year whose holidays are known")
    else:
        return True
    return False


def _days(row: FilePart, key: str) -> dict[int, date]:
    """The days of a list by their place in it."""
    days = ((index, _day(row, key, index)) for index, _ in enumerate(row.data.get(key, ())))
    return {index: day for index, day in days if day is not None}


def _day(row: FilePart, *keys: str | int) -> date | None:
    """The day at these keys; None where it is missing, or is no day of the calendar, which is reported."""
    written = row.data_of(*keys)
    if written is None or isinstance(written, date):
        return written
    row.problem(
        "bad-text",
        f"'{written}' is not a day of the calendar",
        row.document.value_place((*row.path, *keys)),
        "write it as 2026-01-31, without quotes",
    )
    return None


def _wrong(row: FilePart, keys: tuple[str | int, ...], message: str, help: str) -> None:
    row.problem("calendar-days", message, row.document.value_place((*row.path, *keys)), help)
