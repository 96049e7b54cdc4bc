"""Terms: a value as a formula, with the formula that says whether it is known.

A yes/no is a Bool; a number is an exact Int or Real, with a divisor beside it where it was divided, so that comparing
it with a written number stays linear; a day is the number of days since 0001-01-01, counted as Python does; a choice or
text is a number that stands for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, assert_never

import z3  # type: ignore[import-untyped]

from ...values import Kind
from ..operators import Comparison

Formula = Any  #: of Z3, or True or False where that is certain


class Term(NamedTuple):
    """A value; where `known` does not hold, what `value` is means nothing.

    Of a number `over` is the divisor, over 0 wherever the value is known; None stands for 1.
    """

    value: Formula
    known: Formula = True
    over: Formula = None


def nothing(kind: Kind) -> Term:
    """A value that is not known."""
    return Term(False if kind is Kind.YES_NO else z3.IntVal(0), False)


def is_condition(one: Term) -> bool:
    """Whether a term is a yes/no."""
    return isinstance(one.value, bool) or bool(z3.is_bool(one.value))


def only_where(condition: Formula, one: Term) -> Term:
    """A term that is known only where a condition holds."""
    return one._replace(known=all_of([condition, one.known]))


class Codes:
    """The numbers that stand for choices and texts: each has its own."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def of(self, text: str) -> int:
        """The number of a text; a new one where it has none yet."""
        return self._codes.setdefault(text, len(self._codes))

    def text(self, code: int) -> str | None:
        """The text of a number; None where it is of none."""
        return next((text for text, one in self._codes.items() if one == code), None)


# Conditions, simplified where they are certain ------------------------------------------------------------------------


def all_of(parts: Sequence[Formula]) -> Formula:
    """All of these hold."""
    open = [part for part in parts if part is not True]
    if any(part is False for part in open):
        return False
    return True if not open else open[0] if len(open) == 1 else z3.And(*open)


def any_of(parts: Sequence[Formula]) -> Formula:
    """One of these holds."""
    open = [part for part in parts if part is not False]
    if any(part is True for part in open):
        return True
    return False if not open else open[0] if len(open) == 1 else z3.Or(*open)


def negated(part: Formula) -> Formula:
    """The opposite of it."""
    return (not part) if isinstance(part, bool) else z3.Not(part)


def either(condition: Formula, then: Formula, otherwise: Formula) -> Formula:
    """The one or the other, numbers or conditions."""
    if isinstance(condition, bool):
        return then if condition else otherwise
    if then is otherwise or (isinstance(then, bool) and isinstance(otherwise, bool) and then == otherwise):
        return then
    if isinstance(then, bool) or isinstance(otherwise, bool):
        return any_of([all_of([condition, then]), all_of([negated(condition), otherwise])])
    return z3.If(condition, then, otherwise)


# Numbers --------------------------------------------------------------------------------------------------------------


def number(value: int | Decimal | Fraction) -> Formula:
    """A written number."""
    exact = Fraction(value)
    return z3.IntVal(exact.numerator) if exact.denominator == 1 else z3.RealVal(str(exact))


def day(value: date) -> Formula:
    """A written day."""
    return z3.IntVal(value.toordinal())


def negative(one: Term) -> Term:
    """The number below 0 that is as far from it."""
    return one._replace(value=-one.value)


def plus(one: Term, other: Term) -> Term:
    """The sum."""
    known = all_of([one.known, other.known])
    if one.over is None and other.over is None:
        return Term(one.value + other.value, known)
    if one.over is not None and other.over is not None and one.over.eq(other.over):
        return Term(one.value + other.value, known, one.over)
    left, right = _times(one.value, other.over), _times(other.value, one.over)
    return Term(left + right, known, _product(one.over, other.over))


def times(one: Term, other: Term) -> Term:
    """The product."""
    known = all_of([one.known, other.known])
    return Term(_times(one.value, other.value), known, _product(one.over, other.over))


def divided(one: Term, by: Term) -> Term:
    """The quotient; by zero it is not known."""
    part, over = _times(one.value, by.over), _times(by.value, one.over)
    sign = z3.If(by.value < 0, -1, 1)
    plain = z3.is_int_value(by.value) or z3.is_rational_value(by.value)
    if plain and _fraction(by.value) > 0:
        return Term(part, all_of([one.known, by.known]), over)
    known = all_of([one.known, by.known, by.value != 0])
    return Term(_times(part, sign), known, _times(over, sign))


def in_one(one: Term) -> Formula:
    """A number without a divisor beside it."""
    if one.over is None:
        return one.value
    return z3.ToReal(one.value) / one.over if z3.is_int(one.value) else one.value / one.over


def comparison(sign: Comparison, one: Term, other: Term) -> Formula:
    """Two numbers compared, without a division."""
    left, right = _times(one.value, other.over), _times(other.value, one.over)
    match sign:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "==":
            return left == right
        case "!=":
            return left != right
        case _:
            assert_never(sign)


def differs(one: Term, other: Term) -> Formula:
    """That two terms, where both are known, are not the same."""
    if is_condition(one) or is_condition(other):
        return either(one.value, negated(other.value), other.value)
    return comparison("!=", one, other)


def chosen(condition: Formula, then: Term, otherwise: Term, known: Formula) -> Term:
    """One of two values."""
    value = either(condition, then.value, otherwise.value)
    if then.over is None and otherwise.over is None:
        return Term(value, known)
    one = number(1)
    return Term(value, known, either(condition, _or(then.over, one), _or(otherwise.over, one)))


def floor(one: Term) -> Formula:
    """The greatest whole number that is not over it."""
    if one.over is None:
        return one.value if z3.is_int(one.value) else z3.ToInt(one.value)
    if z3.is_int(one.value) and z3.is_int(one.over):
        return one.value / one.over  # of whole numbers, and the divisor over 0: down
    return z3.ToInt(in_one(one))


def is_whole(one: Term) -> Formula:
    """Whether it is a whole number."""
    if one.over is None and z3.is_int(one.value):
        return True
    return z3.IsInt(in_one(one)) if not z3.is_int(in_one(one)) else True


def _or(one: Formula, other: Formula) -> Formula:
    return other if one is None else one


def _product(one: Formula, other: Formula) -> Formula:
    if one is None or other is None:
        return _or(one, other)
    return one * other


def _times(one: Formula, other: Formula) -> Formula:
    """The product, where None stands for 1; over the branches of a choice, so that it stays linear where each is."""
    if other is None:
        return one
    for this, that in ((one, other), (other, one)):
        if z3.is_app_of(this, z3.Z3_OP_ITE) and _is_of_numbers(this):
            condition, then, otherwise = this.children()
            return z3.If(condition, _times(then, that), _times(otherwise, that))
    return one * other


def _is_of_numbers(tree: Formula, most: int = 6) -> bool:
    """Whether every branch is a written number."""
    if z3.is_app_of(tree, z3.Z3_OP_ITE):
        return most > 0 and all(_is_of_numbers(branch, most - 1) for branch in tree.children()[1:])
    return bool(z3.is_int_value(tree) or z3.is_rational_value(tree) or _is_signed(tree))


def _is_signed(tree: Formula) -> bool:
    return bool(z3.is_app_of(tree, z3.Z3_OP_UMINUS)) and _is_of_numbers(tree.children()[0], 0)


def _fraction(tree: Formula) -> Fraction:
    return Fraction(tree.as_long()) if z3.is_int_value(tree) else tree.as_fraction()
