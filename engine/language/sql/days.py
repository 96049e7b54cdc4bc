"""Days in SQL: what is beyond the calendar (years 1 to 9999), or moved by no whole number, is NULL."""

from __future__ import annotations

from datetime import date

from sqlglot import exp

from .exact import Exact, NotInSql, add, again, literal_of, remainder, same
from .numbers import Number, compare, either_case

_MOST = {"DAY": 3_660_000, "MONTH": 120_000}  #: more than the calendar has


def day(value: date) -> exp.Expr:
    """A written day."""
    return exp.Cast(this=exp.Literal.string(value.isoformat()), to=exp.DataType.build("DATE"))


def moved(start: exp.Expr, number: Number, unit: str) -> exp.Expr:
    """The day so many days or months later; of months to the last day of that month, at most."""
    if not isinstance(number, Exact):
        raise NotInSql("a day is moved by a quotient")
    most = _MOST[unit]
    steps = number
    if number.scale or number.low < -most or number.high > most:
        within = [compare(">=", same(number), literal_of(-most)), compare("<=", same(number), literal_of(most))]
        if number.scale:
            within.append(compare("==", remainder(_magnitude(same(number)), literal_of(1)), literal_of(0)))
        found = exp.Case(ifs=[exp.If(this=exp.and_(*within, copy=False), true=number.tree)])
        steps = Exact(exp.Cast(this=found, to=exp.DataType.build("BIGINT")), -most, most)
    form = exp.DateAdd(this=start, expression=steps.tree, unit=exp.var(unit))
    return _on_calendar(_as_date(form))


def between(first: exp.Expr, last: exp.Expr) -> Exact:
    """How many days the second is after the first."""
    days = exp.DateDiff(this=last, expression=first, unit=exp.var("DAY"))
    return Exact(_whole(days), -_MOST["DAY"], _MOST["DAY"])


def months_between(first: exp.Expr, last: exp.Expr) -> Exact:
    """How many whole months have passed: one less than the calendar's where the day of the month is not reached."""
    months = add(_months(again(last)), _months(again(first)), -1)
    later = exp.GT(this=_part("DAY", first), expression=_part("DAY", again(last)))
    not_at_end = exp.NEQ(this=again(last), expression=_as_date(exp.LastDay(this=again(last))))
    missing = either_case(exp.and_(later, not_at_end, copy=False), exp.Literal.number(1), exp.Literal.number(0))
    return add(months, Exact(missing, 0, 1), -1)


def start_of_month(of: exp.Expr) -> exp.Expr:
    """The first day of the month."""
    return _as_date(exp.DateTrunc(this=of, unit=exp.Literal.string("MONTH")))  # type: ignore[no-untyped-call]


def start_of(of: exp.Expr, first_month: Number, months: int) -> exp.Expr:
    """The first day of the quarter or year, of a year that begins with this month."""
    if not isinstance(first_month, Exact):
        raise NotInSql("a month is no quotient")
    month = first_month
    if month.scale or month.low < 1 or month.high > 12:
        options = [
            exp.If(this=compare("==", same(month), literal_of(one)), true=literal_of(one).tree) for one in range(1, 13)
        ]
        month = Exact(exp.Case(ifs=options), 1, 12)
    ahead = add(add(Exact(_part("MONTH", again(of)), 1, 12), literal_of(12)), month, -1)
    behind = remainder(ahead, literal_of(months))
    return moved(
        start_of_month(of), behind._replace(tree=exp.Neg(this=exp.paren(behind.tree)), low=-months, high=0), "MONTH"
    )


def _months(of: exp.Expr) -> Exact:
    year, month = _part("YEAR", of), _part("MONTH", again(of))
    tree = exp.Add(this=exp.Mul(this=year, expression=exp.Literal.number(12)), expression=month)
    return Exact(tree, 0, _MOST["MONTH"])


def _part(unit: str, of: exp.Expr) -> exp.Expr:
    return _whole(exp.Extract(this=exp.var(unit), expression=of))


def _magnitude(number: Exact) -> Exact:
    return number if number.low >= 0 else number._replace(tree=exp.Abs(this=number.tree), low=0)


def _whole(tree: exp.Expr) -> exp.Expr:
    return exp.Cast(this=tree, to=exp.DataType.build("BIGINT"))


def _as_date(tree: exp.Expr) -> exp.Expr:
    return exp.Cast(this=tree, to=exp.DataType.build("DATE"))


def _on_calendar(tree: exp.Expr) -> exp.Expr:
    """The day, or NULL where a calendar of four digits does not have it."""
    within = exp.and_(
        exp.GTE(this=tree, expression=day(date.min)), exp.LTE(this=again(tree), expression=day(date.max)), copy=False
    )
    return exp.Case(ifs=[exp.If(this=within, true=again(tree))])
