"""The values of the language: their kinds, exact arithmetic, unknown and undefined values.

A number is a `Decimal`, or a `Fraction` where a quotient does not end (1/3); never a binary float. It is rounded only
where a rule says so.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Clamped, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any

from .limits import MAX_BITS, MAX_DECIMALS


class Kind(StrEnum):
    """The kind of a value; `language.operators` says which kinds can be combined."""

    YES_NO = "yes_no"
    COUNT = "count"
    NUMBER = "number"
    PERCENT = "percent"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    TEXT = "text"


NUMERIC = frozenset({Kind.COUNT, Kind.NUMBER, Kind.PERCENT, Kind.MONEY})


_NONE: frozenset[Any] = frozenset()


class Unknown:
    """A value that is not known: the missing facts that may decide it, and the causes for which it is undefined.

    No other fact decides it: one without missing facts is undefined, whatever becomes known. One that has both is
    undefined unless the missing facts decide it all the same, as `false and 1 / 0 > 2` is false. `UNDEFINED`, which
    has neither, equals whatever is undefined.
    """

    __slots__ = ("causes", "missing")

    def __init__(self, missing: frozenset[str] = _NONE, causes: frozenset[Any] = _NONE) -> None:
        """`missing`: names of facts; `causes`: the operations without a result, see `language.run.causes`."""
        self.missing = missing
        self.causes = causes

    def __bool__(self) -> bool:
        raise TypeError("an unknown value is neither true nor false")

    def __eq__(self, value: object) -> bool:
        if type(value) is not Unknown or self.missing != value.missing:
            return False
        if self.causes is value.causes or self.causes == value.causes:  # most have none, the same none
            return True
        return not (self.missing or (self.causes and value.causes))

    def __hash__(self) -> int:
        return hash(self.missing)  # the hash of a cause would go through its expression

    def __repr__(self) -> str:
        return f"Unknown({', '.join([*sorted(self.missing), *sorted(map(str, self.causes))])})"


Number = Decimal | Fraction
Value = bool | Decimal | Fraction | date | str | Unknown

UNDEFINED = Unknown()  #: what an operation without a result gives; the reader of its expression adds the cause

# 60 digits hold every sum and product of a few written numbers; a result that does not fit becomes a fraction.
EXACT = Context(prec=60, Emax=120, Emin=-120, traps=[Inexact, Overflow, DivisionByZero, InvalidOperation, Clamped])
_add, _subtract, _multiply, _divide = EXACT.add, EXACT.subtract, EXACT.multiply, EXACT.divide
NO_DECIMAL = (Inexact, Overflow, InvalidOperation, Clamped, TypeError)  #: raised where no decimal is the exact result


def merge(*values: Value) -> Unknown:
    """What results from values that are all needed, of which at least one is unknown.

    Where one of them is undefined, so is the result, and no fact is awaited for the others.
    """
    unknown = [value for value in values if type(value) is Unknown]
    if len(unknown) == 1:
        return unknown[0]
    for value in unknown:
        if not value.missing:
            return _union([value for value in unknown if not value.missing])
    return _union(unknown)


def merge_any(*values: Value) -> Unknown:
    """What results from values of which one may decide, as of `and`; at least one of them is unknown."""
    unknown = [value for value in values if type(value) is Unknown]
    return unknown[0] if len(unknown) == 1 else _union(unknown)


def merge_choice(condition: Value, then: Value, otherwise: Value) -> Unknown:
    """What results from a choice whose condition is unknown."""
    if type(condition) is Unknown and not condition.missing:
        return condition
    if is_undefined(then) and is_undefined(otherwise):
        return merge_any(then, otherwise)
    return merge_any(condition, then, otherwise)


def is_undefined(value: Value) -> bool:
    """Whether no missing fact can decide the value."""
    return type(value) is Unknown and not value.missing


def _union(values: Sequence[Unknown]) -> Unknown:
    missing = causes = _NONE
    for value in values:
        missing |= value.missing
        if value.causes:
            causes |= value.causes
    return Unknown(missing, causes)


def or_none(value: Value | None) -> Any:
    """The value, or None where it is unknown."""
    return None if type(value) is Unknown else value


def missing(value: Value) -> tuple[str, ...]:
    """The names of the missing facts that may decide a value, sorted; empty where none can, or it is known."""
    return tuple(sorted(value.missing)) if type(value) is Unknown else ()


def negate(value: Value) -> Value:
    """Logical not; an unknown value stays unknown."""
    return value if type(value) is Unknown else not value


def add(left: Value, right: Value) -> Value:
    """The exact sum of two numbers."""
    try:
        return _add(left, right)  # type: ignore[arg-type]
    except NO_DECIMAL:
        return _as_fractions(operator.add, left, right)


def subtract(left: Value, right: Value) -> Value:
    """The exact difference of two numbers."""
    try:
        return _subtract(left, right)  # type: ignore[arg-type]
    except NO_DECIMAL:
        return _as_fractions(operator.sub, left, right)


def multiply(left: Value, right: Value) -> Value:
    """The exact product of two numbers."""
    try:
        return _multiply(left, right)  # type: ignore[arg-type]
    except NO_DECIMAL:
        return _as_fractions(operator.mul, left, right)


def divide(left: Value, right: Value) -> Value:
    """The exact quotient of two numbers; undefined for a division by zero."""
    if type(right) is not Unknown and right == 0:
        return UNDEFINED
    try:
        return _divide(left, right)  # type: ignore[arg-type]
    except NO_DECIMAL:
        if type(left) is Decimal and type(right) is Decimal:
            return _endless(left, right)
        return _as_fractions(operator.truediv, left, right)


def round_half_up(number: Number, decimals: int) -> Decimal:
    """Round to a number of decimals, a half away from zero, as money is rounded.

    >>> round_half_up(Decimal("2.345"), 2), round_half_up(Fraction(200, 3), 2)
    (Decimal('2.35'), Decimal('66.67'))
    """
    step = 10**decimals
    scaled = Fraction(number) * step
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-decimals, Context(prec=1000))


def days_later(day: date, days: int) -> date | None:
    """The day that number of days later (earlier, where negative); None beyond the calendar, which ends on 9999-12-31.

    >>> days_later(date(2026, 1, 31), 1), days_later(date.max, 1)
    (datetime.date(2026, 2, 1), None)
    """
    try:
        return day + timedelta(days)
    except OverflowError:
        return None


def plain(number: Number) -> str:
    """The number in digits, without exponent or trailing zeros; a quotient without end to twelve decimals, half up.

    >>> plain(Decimal("2.50")), plain(Decimal("1E+2")), plain(Fraction(250, 3))
    ('2.5', '100', '83.333333333333')
    """
    decimal = round_half_up(number, MAX_DECIMALS) if isinstance(number, Fraction) else number
    text = format(decimal, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def with_point(written: str) -> str:
    """How to write a number that has a comma; both ways where the comma may separate thousands.

    >>> with_point("2,5"), with_point("1,000")
    ('2.5', '1000 or 1.000, whichever is meant')
    """
    point = written.replace(",", ".", 1)
    parts = re.fullmatch(r"-?\d{1,3}(,\d{3})+", written)
    return f"{written.replace(',', '')} or {point}, whichever is meant" if parts and written.count(",") == 1 else point


def _as_fractions(calculate: Callable[[Fraction, Fraction], Fraction], left: Value, right: Value) -> Value:
    """The result where decimals have none: of unknown operands, without end, or with too many digits."""
    if type(left) is Unknown or type(right) is Unknown:
        return merge(left, right)
    return _settle(calculate(Fraction(left), Fraction(right)))  # type: ignore[arg-type]


@lru_cache(maxsize=1024)  # the same small counts are divided for partner after partner
def _endless(left: Decimal, right: Decimal) -> Value:
    """A quotient that does not end, or has too many digits for a decimal."""
    (a, b), (c, d) = left.as_integer_ratio(), right.as_integer_ratio()
    return _bounded(Fraction(a * d, b * c))


def _settle(number: Fraction) -> Value:
    """The fraction as a decimal where that is exact, else itself; undefined where it has more than MAX_BITS."""
    try:
        return _divide(Decimal(number.numerator), Decimal(number.denominator))
    except NO_DECIMAL:
        return _bounded(number)


def _bounded(number: Fraction) -> Value:
    bits = max(number.numerator.bit_length(), number.denominator.bit_length())
    return UNDEFINED if bits > MAX_BITS else number
