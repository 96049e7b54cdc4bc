"""Finds the numbers for which a comparison with a written number holds, and relates two such comparisons."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from ...values import Kind, Number
from ..operators import Comparison, flipped
from ..tree import And, Compare, Expression, Literal, Or


class Span(NamedTuple):
    """The numbers for which a comparison holds; an open end is not one of them, and an end that is None is infinite."""

    low: Decimal | None
    low_open: bool
    high: Decimal | None
    high_open: bool
    whole: bool = False  #: whether only whole numbers are compared, with whole ends

    def within(self, span: Span) -> bool:
        """Whether every number of this span is in the given one."""
        low_fits = span.low is None or (self.low is not None and (self.low, self.low_open) >= (span.low, span.low_open))
        high_fits = span.high is None or (
            self.high is not None and (-self.high, self.high_open) >= (-span.high, span.high_open)
        )
        return low_fits and high_fits

    def meets(self, span: Span) -> bool:
        """Whether some number may be in both spans."""
        return not _after(self, span) and not _after(span, self)

    def among(self, least: Number | None, greatest: Number | None) -> Span:
        """The span where only numbers from `least` to `greatest` exist: an end at or beyond them becomes infinite."""
        low, high = self.low, self.high
        if low is not None and least is not None and (low < least or (low == least and not self.low_open)):
            low = None
        if high is not None and greatest is not None and (high > greatest or (high == greatest and not self.high_open)):
            high = None
        return self._replace(low=low, high=high)

    def leaves_none(self, span: Span) -> bool:
        """Whether every number is in one of the two spans."""
        for lower, upper in ((self, span), (span, self)):
            if lower.low is None and upper.high is None and lower.high is not None and upper.low is not None:
                gap = upper.low - lower.high
                if lower.whole and upper.whole:
                    return gap <= 1
                return gap < 0 or (gap == 0 and not (upper.low_open and lower.high_open))
        return False


def _after(upper: Span, lower: Span) -> bool:
    """Whether every number of `upper` is above every number of `lower`."""
    if upper.low is None or lower.high is None:
        return False
    return upper.low > lower.high or (upper.low == lower.high and (upper.low_open or lower.high_open))


def _span(tree: Expression) -> tuple[Expression, Span] | None:
    """The compared value of a comparison with a written number, and the numbers for which it holds; None for others."""
    if not isinstance(tree, Compare) or tree.operator == "!=":
        return None
    operator: Comparison = tree.operator
    left, right = tree.left, tree.right
    if isinstance(left, Literal):
        operator, left, right = flipped(operator), right, left
    if not isinstance(right, Literal) or not isinstance(right.value, Decimal) or isinstance(left, Literal):
        return None
    number = right.value
    whole = left.kind is Kind.COUNT and number == number.to_integral_value()
    match operator:
        case ">":
            return left, Span(number + whole, not whole, None, False, whole)
        case "<":
            return left, Span(None, False, number - whole, not whole, whole)
        case ">=":
            return left, Span(number, False, None, False, whole)
        case "<=":
            return left, Span(None, False, number, False, whole)
    return left, Span(number, False, number, False, whole)


def pairs(tree: And | Or) -> Iterator[tuple[Expression, Span, Expression, Span]]:
    """Every two parts that compare the same value with written numbers, each part followed by its span."""
    compared = [(part, *value_and_span) for part in tree.operands if (value_and_span := _span(part))]
    for (first, value, span), (second, second_value, second_span) in combinations(compared, 2):
        if value == second_value:
            yield first, span, second, second_span


def compared_with_number(part: Expression) -> Expression:
    """The compared value of a comparison with a written number. Raises TypeError for any other form."""
    if not isinstance(part, Compare):
        raise TypeError(part)
    return part.right if isinstance(part.left, Literal) else part.left
