"""Days in SQL: a day beyond the calendar (years 1 to 9999), or moved by a number that is not whole, is NULL."""

from __future__ import annotations

from datetime import date

from sqlglot import exp

from .exact import Exact, NotInSql, add, bigint, copy_exact, copy_tree, literal_of, remainder
from .numbers import Number, compare, either_case

_MOST = {"DAY": 3_660_000, "MONTH": 120_000}  #: more days, and months, than the calendar has


def day(value: date) -> exp.Expr:
    """A written day."""
    return exp.Cast(this=exp.Literal.string(value.isoformat()), to=exp.DataType.build("DATE"))


def later_day(start: exp.Expr, number: Number, unit: str) -> exp.Expr:
    """The day that number of days or months later, at most the last of its month. Raises NotInSql for a quotient."""
    steps = whole_steps(number, _MOST[unit])
    later = _as_date(exp.DateAdd(this=start, expression=steps.tree, unit=exp.var(unit)))
    begun = exp.GTE(this=later, expression=day(date.min))
    not_over = exp.LTE(this=copy_tree(later), expression=day(date.max))
    return exp.Case(ifs=[exp.If(this=exp.and_(begun, not_over, copy=False), true=copy_tree(later))])


def whole_steps(number: Number, most: int) -> Exact:
    """The number of steps, NULL where it is not whole, or over `most` on or back. Raises NotInSql for a quotient."""
    if not isinstance(number, Exact):
        raise NotInSql("a day is moved by a quotient")
    if not number.scale and number.low >= -most and number.high <= most:
        return number
    not_under = compare(">=", copy_exact(number), literal_of(-most))
    within = [not_under, compare("<=", copy_exact(number), literal_of(most))]
    if number.scale:
        within.append(compare("==", remainder(_magnitude(copy_exact(number)), literal_of(1)), literal_of(0)))
    valid = exp.Case(ifs=[exp.If(this=exp.and_(*within, copy=False), true=number.tree)])
    return Exact(bigint(valid), -most, most)


def day_difference(first: exp.Expr, last: exp.Expr) -> Exact:
    """How many days the second day is after the first."""
    days = exp.DateDiff(this=last, expression=first, unit=exp.var("DAY"))
    return Exact(bigint(days), -_MOST["DAY"], _MOST["DAY"])


def months_between(first: exp.Expr, last: exp.Expr) -> Exact:
    """The whole months from the first day to the second: calendar months, less 1 where the last is not complete."""
    months = add(_months(copy_tree(last)), _months(copy_tree(first)), -1)
    later = exp.GT(this=_part("DAY", first), expression=_part("DAY", copy_tree(last)))
    not_at_end = exp.NEQ(this=copy_tree(last), expression=_as_date(exp.LastDay(this=copy_tree(last))))
    missing = either_case(exp.and_(later, not_at_end, copy=False), exp.Literal.number(1), exp.Literal.number(0))
    return add(months, Exact(missing, 0, 1), -1)


def start_of_week(of: exp.Expr) -> exp.Expr:
    """The Monday of the week of a day; DATE_TRUNC begins a week on another day in some dialects."""
    since = add(weekday_number(copy_tree(of)), literal_of(1), -1)
    back = since._replace(tree=exp.Neg(this=exp.paren(since.tree)), low=-6, high=0)
    return later_day(of, back, "DAY")


def start_of_month(of: exp.Expr) -> exp.Expr:
    """The first day of the month of a day."""
    return _as_date(exp.DateTrunc(this=of, unit=exp.Literal.string("MONTH")))  # type: ignore[no-untyped-call]


def start_of_period(of: exp.Expr, first_month: Number, months: int) -> exp.Expr:
    """The first day of the period of that many months, in a year that begins with `first_month`."""
    behind = _months_since(copy_tree(of), first_month, months)
    back = behind._replace(tree=exp.Neg(this=exp.paren(behind.tree)), low=-months, high=0)
    return later_day(start_of_month(of), back, "MONTH")


def year_number(of: exp.Expr) -> Exact:
    """The year of a day."""
    return Exact(_part("YEAR", of), date.min.year, date.max.year)


def month_number(of: exp.Expr) -> Exact:
    """The month of a day: January is 1."""
    return Exact(_part("MONTH", of), 1, 12)


def day_number(of: exp.Expr) -> Exact:
    """The day of the month."""
    return Exact(_part("DAY", of), 1, 31)


def weekday_number(of: exp.Expr) -> Exact:
    """The day of the week, from the first day of the calendar, a Monday: dialects number weekdays differently."""
    since = day_difference(day(date.min), of)._replace(low=0)
    return add(remainder(since, literal_of(7)), literal_of(1))


def quarter_number(of: exp.Expr, first_month: Number) -> Exact:
    """Which quarter a day is in, of a year that begins with `first_month`."""
    since = _months_since(of, first_month, 12)
    quarters = [exp.If(this=literal_of(months).tree, true=literal_of(months // 3 + 1).tree) for months in range(12)]
    return Exact(exp.Case(this=since.tree, ifs=quarters), 1, 4)


def _months_since(of: exp.Expr, first_month: Number, months: int) -> Exact:
    """How many months the day is after the first month of its period; NULL where there is no such `first_month`."""
    if not isinstance(first_month, Exact):
        raise NotInSql("a month is no quotient")
    month = first_month
    if month.scale or month.low < 1 or month.high > 12:
        valid = ((compare("==", copy_exact(month), literal_of(number)), literal_of(number)) for number in range(1, 13))
        month = Exact(exp.Case(ifs=[exp.If(this=equal, true=number.tree) for equal, number in valid]), 1, 12)
    return remainder(add(add(month_number(of), literal_of(12)), month, -1), literal_of(months))


def _months(of: exp.Expr) -> Exact:
    year, month = _part("YEAR", of), _part("MONTH", copy_tree(of))
    tree = exp.Add(this=exp.Mul(this=year, expression=exp.Literal.number(12)), expression=month)
    return Exact(tree, 0, _MOST["MONTH"])


def _part(unit: str, of: exp.Expr) -> exp.Expr:
    return bigint(exp.Extract(this=exp.var(unit), expression=of))


def _magnitude(number: Exact) -> Exact:
    return number if number.low >= 0 else number._replace(tree=exp.Abs(this=number.tree), low=0)


def _as_date(tree: exp.Expr) -> exp.Expr:
    return exp.Cast(this=tree, to=exp.DataType.build("DATE"))
