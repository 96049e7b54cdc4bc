"""Terms: the value of an expression as a formula, with a second formula for whether the value is known.

A yes/no is a Bool. A number is an exact Int or Real, with a divisor where it was divided, so that a comparison with a
literal stays linear. A day is its ordinal, as `date.toordinal` counts; a choice is its number in `Codes`, and a text a
fraction whose digits are its letters, so that texts with one beginning are those between two fractions.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import z3  # type: ignore[import-untyped]

from ...values import Kind
from ..operators import Comparison, relation

Formula = Any  #: a formula of Z3; True or False where that is certain


class Term(NamedTuple):
    """A value; it has no meaning where `known` does not hold.

    `over` is the divisor of a number, above 0 wherever the value is known; None stands for 1. `none` holds where the
    term is that of an optional fact of which there is no value.
    """

    value: Formula
    known: Formula = True
    over: Formula = None
    none: Formula = False


def optional_term(symbol: Formula) -> Term:
    """The term of an optional fact: its symbol where there is a value, else none."""
    has = z3.Bool(f"has {symbol}")
    return Term(symbol, has, none=z3.Not(has))


def unknown_term(kind: Kind) -> Term:
    """A value of this kind that is not known."""
    return Term(False if kind is Kind.YES_NO else z3.IntVal(0), False)


def is_condition(term: Term) -> bool:
    """Whether the term is a yes/no."""
    return isinstance(term.value, bool) or bool(z3.is_bool(term.value))


def only_where(condition: Formula, term: Term) -> Term:
    """The term, known only where the condition holds."""
    return term._replace(known=all_of([condition, term.known]))


_LETTERS = 0x110001  #: how many digits a letter can be; none of them is 0


class Codes:
    """The numbers that stand for the options of choices, one for each, and the texts that formulas name."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self.texts: dict[str, None] = {}  #: in the order in which they were named

    def of(self, option: str) -> int:
        """The number of an option; a new number where it has none yet."""
        return self._codes.setdefault(option, len(self._codes))

    def option(self, code: int) -> str | None:
        """The option of a number; None where no option has it."""
        return next((option for option, number in self._codes.items() if number == code), None)

    def text(self, text: str) -> Formula:
        """The fraction that stands for a text, which is named now."""
        self.texts.setdefault(text)
        return number(text_fraction(text))


def text_fraction(text: str) -> Fraction:
    """The fraction of a text, between 0 and 1: its letters are the digits behind the point, none of them 0."""
    whole = 0
    for letter in text:
        whole = whole * _LETTERS + ord(letter) + 1
    return Fraction(whole, _LETTERS ** len(text))


def begins(term: Term, beginning: str) -> Term:
    """Whether a text begins with these letters."""
    first = text_fraction(beginning)
    after = first + Fraction(1, _LETTERS ** len(beginning))
    return Term(all_of([term.value >= number(first), term.value < number(after)]), term.known)


# Conditions, simplified where they are certain ------------------------------------------------------------------------


def all_of(parts: Sequence[Formula]) -> Formula:
    """Whether all of the parts hold."""
    open = [part for part in parts if part is not True]
    if any(part is False for part in open):
        return False
    return True if not open else open[0] if len(open) == 1 else z3.And(*open)


def any_of(parts: Sequence[Formula]) -> Formula:
    """Whether one of the parts holds."""
    open = [part for part in parts if part is not False]
    if any(part is True for part in open):
        return True
    return False if not open else open[0] if len(open) == 1 else z3.Or(*open)


def negated(part: Formula) -> Formula:
    """The negation of the formula."""
    return (not part) if isinstance(part, bool) else z3.Not(part)


def either(condition: Formula, then: Formula, otherwise: Formula) -> Formula:
    """`then` where the condition holds, else `otherwise`; both numbers or both conditions."""
    if isinstance(condition, bool):
        return then if condition else otherwise
    if then is otherwise or (isinstance(then, bool) and isinstance(otherwise, bool) and then == otherwise):
        return then
    if isinstance(then, bool) or isinstance(otherwise, bool):
        return any_of([all_of([condition, then]), all_of([negated(condition), otherwise])])
    return z3.If(condition, then, otherwise)


# Numbers --------------------------------------------------------------------------------------------------------------


def number(value: int | Decimal | Fraction) -> Formula:
    """The formula of a literal number."""
    exact = Fraction(value)
    return z3.IntVal(exact.numerator) if exact.denominator == 1 else z3.RealVal(str(exact))


def day(value: date) -> Formula:
    """The formula of a literal day."""
    return z3.IntVal(value.toordinal())


def negative(term: Term) -> Term:
    """The number with the other sign."""
    return term._replace(value=-term.value)


def plus(left: Term, right: Term) -> Term:
    """The sum."""
    is_known = all_of([left.known, right.known])
    if left.over is None and right.over is None:
        return Term(left.value + right.value, is_known)
    if left.over is not None and right.over is not None and left.over.eq(right.over):
        return Term(left.value + right.value, is_known, left.over)
    value = _times(left.value, right.over) + _times(right.value, left.over)
    return Term(value, is_known, _product(left.over, right.over))


def times(left: Term, right: Term) -> Term:
    """The product."""
    is_known = all_of([left.known, right.known])
    return Term(_times(left.value, right.value), is_known, _product(left.over, right.over))


def divided(left: Term, right: Term) -> Term:
    """The quotient; not known where the divisor is 0."""
    part, over = _times(left.value, right.over), _times(right.value, left.over)
    sign = z3.If(right.value < 0, -1, 1)
    if _is_literal(right.value) and _fraction(right.value) > 0:
        return Term(part, all_of([left.known, right.known]), over)
    is_known = all_of([left.known, right.known, right.value != 0])
    return Term(_times(part, sign), is_known, _times(over, sign))


def comparison(sign: Comparison, left: Term, right: Term) -> Formula:
    """Whether the comparison of two numbers holds; nothing is divided."""
    return relation(sign)(_times(left.value, right.over), _times(right.value, left.over))


def differs(left: Term, right: Term) -> Formula:
    """Whether the values of two known terms differ."""
    if is_condition(left) or is_condition(right):
        return either(left.value, negated(right.value), right.value)
    return comparison("!=", left, right)


def chosen(condition: Formula, then: Term, otherwise: Term, is_known: Formula) -> Term:
    """The value of `then` where the condition holds, else that of `otherwise`; it is known where `is_known` holds."""
    value = either(condition, then.value, otherwise.value)
    if then.over is None and otherwise.over is None:
        return Term(value, is_known)
    overs = (number(1) if term.over is None else term.over for term in (then, otherwise))
    return Term(value, is_known, either(condition, *overs))


def floor(term: Term) -> Formula:
    """The greatest whole number at or under the number."""
    if term.over is None:
        return term.value if z3.is_int(term.value) else z3.ToInt(term.value)
    if z3.is_int(term.value) and z3.is_int(term.over):
        return term.value / term.over  # whole numbers, with a divisor above 0, are divided downwards
    return z3.ToInt(_quotient(term))


def is_whole(term: Term) -> Formula:
    """Whether the number is whole."""
    if term.over is None and z3.is_int(term.value):
        return True
    return z3.IsInt(_quotient(term))


def _quotient(term: Term) -> Formula:
    """The number as one formula, divided by its divisor."""
    if term.over is None:
        return term.value
    return z3.ToReal(term.value) / term.over if z3.is_int(term.value) else term.value / term.over


def _product(left: Formula, right: Formula) -> Formula:
    """The product of two divisors, where None stands for 1."""
    return right if left is None else left if right is None else _multiplied(left, right)


def _times(left: Formula, right: Formula) -> Formula:
    """The product, where a `right` of None stands for 1; a choice among literals is multiplied in its branches."""
    if right is None:
        return left
    for choice, factor in ((left, right), (right, left)):
        if z3.is_app_of(choice, z3.Z3_OP_ITE) and _is_of_literals(choice):
            condition, then, otherwise = choice.children()
            return z3.If(condition, _times(then, factor), _times(otherwise, factor))
    return _multiplied(left, right)


def _multiplied(left: Formula, right: Formula) -> Formula:
    """The product, of literals as a literal: Z3 takes long over many factors of one number."""
    if _is_literal(left) and _is_literal(right):
        return number(_fraction(left) * _fraction(right))
    return left * right


def _is_of_literals(tree: Formula, depth: int = 6) -> bool:
    """Whether every branch of a choice is a literal number, with or without a sign."""
    if z3.is_app_of(tree, z3.Z3_OP_ITE):
        return depth > 0 and all(_is_of_literals(branch, depth - 1) for branch in tree.children()[1:])
    if z3.is_app_of(tree, z3.Z3_OP_UMINUS):
        return _is_of_literals(tree.children()[0], 0)
    return _is_literal(tree)


def _is_literal(tree: Formula) -> bool:
    return bool(z3.is_int_value(tree) or z3.is_rational_value(tree))


def _fraction(tree: Formula) -> Fraction:
    return Fraction(tree.as_long()) if z3.is_int_value(tree) else tree.as_fraction()
