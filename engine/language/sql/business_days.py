"""Business days in SQL, looked up in one text of the calendar; what is not in it is NULL.

The text has an entry of so many characters for each day that the calendar covers, or for each of its business days.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from ..business_days import BusinessCalendar
from .days import day, day_difference, whole_steps
from .exact import Exact, add, bigint, copy_exact, copy_tree, literal_of, multiply
from .numbers import Number, choose_exact, compare, either_case


def worked(of: exp.Expr, calendar: BusinessCalendar) -> exp.Expr:
    """Whether a day is a business day of the calendar."""
    entries = ("1" if calendar.is_worked(covered) else "0" for covered in calendar.days())
    return exp.EQ(this=_entry(entries, 1, _place(of, calendar)), expression=exp.Literal.string("1"))


def between(first: exp.Expr, last: exp.Expr, calendar: BusinessCalendar) -> Exact:
    """How many business days are after the first day, up to and with the last."""
    width = len(str(len(calendar.worked)))
    entries = [f"{calendar.up_to(covered):0{width}}" for covered in calendar.days()]
    last_number, first_number = (
        _number(_entry(entries, width, _place(of, calendar)), calendar) for of in (last, first)
    )
    return add(last_number, first_number, -1)


def later(start: exp.Expr, number: Number, calendar: BusinessCalendar) -> exp.Expr:
    """The business day so many after the day, or before it; the day itself for 0. Raises NotInSql for a quotient."""
    steps = whole_steps(number, len(calendar.worked))
    width = len(str(len(calendar.worked) + 1))
    entries = (  # for each day from which number one counts on, then from which one counts back
        f"{calendar.up_to(covered):0{width}}{calendar.before(covered) + 1:0{width}}" for covered in calendar.days()
    )
    back = choose_exact(compare("<", copy_exact(steps), literal_of(0)), literal_of(1), literal_of(0))
    place = multiply(add(_place(copy_tree(start), calendar), literal_of(1), -1), literal_of(2))
    origin = _number(_entry(entries, width, add(add(place, back), literal_of(1))), calendar)
    counted = _within(add(origin, copy_exact(steps)), len(calendar.worked))
    moved = exp.Cast(this=_entry(map(str, calendar.worked), 10, counted), to=exp.DataType.build("DATE"))
    covers = exp.Between(this=copy_tree(start), low=day(calendar.first), high=day(calendar.last))
    return either_case(compare("==", steps, literal_of(0)), exp.Case(ifs=[exp.If(this=covers, true=start)]), moved)


def _number(entry: exp.Expr, calendar: BusinessCalendar) -> Exact:
    return Exact(bigint(entry), 0, len(calendar.worked) + 1)


def _place(of: exp.Expr, calendar: BusinessCalendar) -> Exact:
    """Which day of the calendar a day is, the first being 1; NULL where the calendar does not cover it."""
    since = add(day_difference(day(calendar.first), of), literal_of(1))
    return _within(since, (calendar.last - calendar.first).days + 1)


def _within(place: Exact, most: int) -> Exact:
    """The place from 1 to `most`; NULL for any other."""
    is_within = exp.Between(this=copy_tree(place.tree), low=literal_of(1).tree, high=literal_of(most).tree)
    return Exact(exp.Case(ifs=[exp.If(this=is_within, true=place.tree)]), 1, max(1, most))


def _entry(entries: Iterable[str], width: int, place: Exact) -> exp.Expr:
    """The entry at a place, of entries with so many characters each."""
    before = multiply(add(place, literal_of(1), -1), literal_of(width))
    start = exp.Cast(this=add(before, literal_of(1)).tree, to=exp.DataType.build("INT"))
    text = exp.Literal.string("".join(entries))
    return exp.Substring(this=text, start=start, length=exp.Literal.number(width))
