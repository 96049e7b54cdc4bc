"""Reads values of Python as data of a record: what a library, a database or a table hands over instead of a file.

Each value has the answer that the same value has in a file. Types of numpy and pandas are recognised by what they are
to Python's own `numbers`, or by name: neither library is imported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from numbers import Integral, Real
from typing import Any

from ..language.syntax import short
from ..limits import MAX_NESTING
from ..values import divide
from .scalars import DIGITS, Data, NotData, in_bounds

_NO_TIME = "a day has no time of day: give the date alone"
_LEFT_OUT = "leave it out where it is not known"
_MISSING = ("NAType", "NaTType")  #: the types of pandas.NA and pandas.NaT
_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})([T ]00:00(:00([.]0*)?)?)?")


def as_data(value: Any, depth: int = 0) -> Data:
    """A value as a document has it: numbers as decimals, days as dates, keys as text; what has no such form as NotData.

    A float is the shortest decimal that gives it; pandas.NA and NaT are None.
    """
    match value:
        case None | bool() | NotData():
            return value
        case str():
            return str.__str__(value)
        case int() | Decimal():
            return _number(Decimal(value))
        case float():
            return _float(float.__repr__(value))
        case Mapping() | list() | tuple() if depth >= MAX_NESTING:
            return NotData("a value", f"at most {MAX_NESTING} lists and maps within each other")
        case Mapping():
            data = {str(key): as_data(part, depth + 1) for key, part in value.items()}
            return data if len(data) == len(value) else NotData("a map with one key twice", "keep one of them")
        case list() | tuple():
            return [as_data(part, depth + 1) for part in value]
    return _of_other_type(value)


def day_in(text: str) -> Data:
    """The day that a date or time of a database is, from its text; NotData where it is none, or not at midnight.

    >>> day_in("2026-01-31 00:00:00"), day_in("infinity")
    (datetime.date(2026, 1, 31), NotData(shown="'infinity'", help='write it as 2026-01-31'))
    """
    midnight = _MIDNIGHT.fullmatch(text)
    try:
        return date.fromisoformat(midnight[1]) if midnight else _no_day(text)
    except ValueError:
        return _no_day(text)


def _no_day(text: str) -> NotData:
    return NotData(f"'{short(text)}'", _NO_TIME if ":" in text else "write it as 2026-01-31")


def _number(number: Decimal) -> Data:
    """The number; NotData where it has too many digits, or is none."""
    if not number.is_finite():
        return NotData("NaN" if number.is_nan() else str(number), _LEFT_OUT)
    return number if in_bounds(number) else NotData(short(str(number)), DIGITS)


def _float(shortest: str) -> Data:
    """A float from the shortest text that reads as it."""
    try:
        return _number(Decimal(shortest))
    except InvalidOperation:
        return NotData(shortest, _LEFT_OUT)


def _of_other_type(value: Any) -> Data:
    """A value of none of the types of files: a day, a scalar of numpy or pandas, or NotData."""
    kind = type(value).__name__
    if kind in _MISSING:
        return None
    match value:
        case datetime():
            is_midnight = value.time() == time() and value.tzinfo is None and not getattr(value, "nanosecond", 0)
            return value.date() if is_midnight else NotData(f"'{value}'", _NO_TIME)
        case date():
            return date(value.year, value.month, value.day)
        case Integral() if kind != "timedelta64":  # which numpy counts among its integers
            return _number(Decimal(int(value)))
        case Fraction():
            decimal = divide(Decimal(value.numerator), Decimal(value.denominator))
            return (
                _number(decimal) if isinstance(decimal, Decimal) else NotData(short(str(value)), "give it as a decimal")
            )
        case Real() if kind != "timedelta64":
            return _float(str(value))
    if kind == "datetime64":
        return None if str(value) == "NaT" else day_in(str(value))
    if kind in ("bool", "bool_") and isinstance(answer := value.item(), bool):
        return answer
    return NotData(f"a value of type '{kind}'", "give a text, a number, a date, true, false or None")
