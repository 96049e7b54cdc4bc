"""The values of the language: kinds, exact numbers, and the unknown.

Numbers are exact: a `Decimal`, or a `Fraction` where a quotient does not end (1/3). Nothing is ever a binary float,
and nothing is rounded unless a rule says so.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import date
from decimal import Clamped, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any

from .limits import MAX_BITS, MAX_DECIMALS


class Kind(StrEnum):
    """What a value is; two kinds mix only where `language.operators` says so."""

    YES_NO = "yes_no"
    COUNT = "count"
    NUMBER = "number"
    PERCENT = "percent"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    TEXT = "text"


NUMERIC = frozenset({Kind.COUNT, Kind.NUMBER, Kind.PERCENT, Kind.MONEY})


class Unknown:
    """A value that cannot be told, and the facts that would tell it (none where no fact can: division by zero)."""

    __slots__ = ("missing",)

    def __init__(self, missing: frozenset[str] = frozenset()) -> None:
        """`missing`: names of facts."""
        self.missing = missing

    def __bool__(self) -> bool:
        raise TypeError("an unknown value is neither true nor false")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown) and self.missing == other.missing

    def __hash__(self) -> int:
        return hash(self.missing)

    def __repr__(self) -> str:
        return f"Unknown({', '.join(sorted(self.missing))})"


Number = Decimal | Fraction
Value = bool | Decimal | Fraction | date | str | Unknown

UNDEFINED = Unknown()  #: a quotient by zero, or a number beyond the bounds above

# 60 digits hold every sum and product of a few written numbers; what does not fit goes on as a fraction.
EXACT = Context(prec=60, Emax=120, Emin=-120, traps=[Inexact, Overflow, DivisionByZero, InvalidOperation, Clamped])
_add, _subtract, _multiply, _divide = EXACT.add, EXACT.subtract, EXACT.multiply, EXACT.divide
NO_DECIMAL = (Inexact, Overflow, InvalidOperation, Clamped, TypeError)  #: raised where no decimal is the exact result


def merge(*values: Value) -> Unknown:
    """The unknown that results from these values, of which at least one is unknown."""
    unknown = [value for value in values if type(value) is Unknown]
    return unknown[0] if len(unknown) == 1 else Unknown(frozenset().union(*[one.missing for one in unknown]))


def or_none(value: Value | None) -> Any:
    """The value, or None where it is unknown."""
    return None if type(value) is Unknown else value


def missing(value: Value) -> tuple[str, ...]:
    """The facts that would tell a value, in the order of their names; none where it is known."""
    return tuple(sorted(value.missing)) if type(value) is Unknown else ()


def negate(value: Value) -> Value:
    """Logical not; unknown stays unknown."""
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
    """The exact quotient of two numbers; by zero it is unknown."""
    if type(right) is not Unknown and right == 0:
        return merge(left) if type(left) is Unknown else UNDEFINED
    try:
        return _divide(left, right)  # type: ignore[arg-type]
    except NO_DECIMAL:
        if type(left) is Decimal and type(right) is Decimal:
            return _endless(left, right)
        return _as_fractions(operator.truediv, left, right)


def round_half_up(number: Number, decimals: int) -> Decimal:
    """Round to so many decimals, a half away from zero, as money is rounded.

    >>> round_half_up(Decimal("2.345"), 2), round_half_up(Fraction(200, 3), 2)
    (Decimal('2.35'), Decimal('66.67'))
    """
    step = 10**decimals
    scaled = Fraction(number) * step
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-decimals, Context(prec=1000))


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
    """A number with a comma, as it is to be written; where the comma may part thousands, both ways.

    >>> with_point("2,5"), with_point("1,000")
    ('2.5', '1000 or 1.000, whichever is meant')
    """
    point = written.replace(",", ".", 1)
    parts = re.fullmatch(r"-?\d{1,3}(,\d{3})+", written)
    return f"{written.replace(',', '')} or {point}, whichever is meant" if parts and written.count(",") == 1 else point


def _as_fractions(calculate: Callable[[Fraction, Fraction], Fraction], left: Value, right: Value) -> Value:
    """What decimals could not do: unknown parts, a result without end or with too many digits for them."""
    if type(left) is Unknown or type(right) is Unknown:
        return merge(left, right)
    return _settle(calculate(Fraction(left), Fraction(right)))  # type: ignore[arg-type]


@lru_cache(maxsize=1024)  # the same small counts are divided for partner after partner
def _endless(left: Decimal, right: Decimal) -> Value:
    """A quotient without end, or one too long: a decimal it will not become."""
    (a, b), (c, d) = left.as_integer_ratio(), right.as_integer_ratio()
    return _bounded(Fraction(a * d, b * c))


def _settle(number: Fraction) -> Value:
    """A fraction as the plainest exact number, or unknown where it has grown beyond all bounds."""
    try:
        return _divide(Decimal(number.numerator), Decimal(number.denominator))
    except NO_DECIMAL:
        return _bounded(number)


def _bounded(number: Fraction) -> Value:
    bits = max(number.numerator.bit_length(), number.denominator.bit_length())
    return UNDEFINED if bits > MAX_BITS else number
