"""For which numbers a comparison with a written number holds, and how two such comparisons stand to each other."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from ...values import Kind, Number
from ..operators import Comparison, flipped
from ..tree import And, Compare, Expression, Literal, Or


class Span(NamedTuple):
    """The numbers for which a comparison holds; an end that is open does not belong to them."""

    low: Decimal | None
    low_open: bool
    high: Decimal | None
    high_open: bool
    whole: bool = False  #: of whole numbers, and whole ends of them

    def within(self, other: Span) -> bool:
        """Whether each of these numbers is one of the other's."""
        low = other.low is None or (self.low is not None and (self.low, self.low_open) >= (other.low, other.low_open))
        high = other.high is None or (
            self.high is not None and (-self.high, self.high_open) >= (-other.high, other.high_open)
        )
        return low and high

    def meets(self, other: Span) -> bool:
        """Whether a number may belong to both."""
        return not _after(self, other) and not _after(other, self)

    def among(self, least: Number | None, greatest: Number | None) -> Span:
        """The same numbers, of those between two ends: an end that they reach is none of theirs."""
        low, high = self.low, self.high
        if low is not None and least is not None and (low < least or (low == least and not self.low_open)):
            low = None
        if high is not None and greatest is not None and (high > greatest or (high == greatest and not self.high_open)):
            high = None
        return self._replace(low=low, high=high)

    def leaves_none(self, other: Span) -> bool:
        """Whether every number belongs to one of the two."""
        for one, two in ((self, other), (other, self)):
            if one.low is None and two.high is None and one.high is not None and two.low is not None:
                between = two.low - one.high
                if one.whole and two.whole:
                    return between <= 1
                return between < 0 or (between == 0 and not (two.low_open and one.high_open))
        return False


def _after(one: Span, other: Span) -> bool:
    """Whether every number of the one is above every number of the other."""
    if one.low is None or other.high is None:
        return False
    return one.low > other.high or (one.low == other.high and (one.low_open or other.high_open))


def _span(tree: Expression) -> tuple[Expression, Span] | None:
    """What a comparison with a written number compares, and for which numbers it holds."""
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
    """Each two parts that compare the same thing with written numbers."""
    spans = [(part, found) for part in tree.operands if (found := _span(part))]
    for (one, (left, span)), (two, (right, other)) in combinations(spans, 2):
        if left == right:
            yield one, span, two, other


def compared_with_number(part: Expression) -> Expression:
    """What a comparison with a written number compares."""
    if not isinstance(part, Compare):
        raise TypeError(part)
    return part.right if isinstance(part.left, Literal) else part.left
