"""Finds the numbers for which a comparison with a written number holds, and relates two such comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
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


def spans_by_value(tree: And | Or) -> Iterable[tuple[Expression, list[tuple[Expression, Span]]]]:
    """The parts that compare with written numbers, each with its span, by the value that they compare."""
    groups: dict[Expression, list[tuple[Expression, Span]]] = {}
    for part in tree.operands:
        if value_and_span := _span(part):
            value, span = value_and_span
            groups.setdefault(value, []).append((part, span))
    return groups.items()


def exclude_each_other(spans: Sequence[Span]) -> bool:
    """Whether some two of the spans have no number in common; where none have, all spans have one in common."""
    lows = [span for span in spans if span.low is not None]
    highs = [span for span in spans if span.high is not None]
    return bool(lows and highs) and not max(lows, key=_low_end).meets(min(highs, key=_high_end))


def leave_none(spans: Sequence[Span]) -> bool:
    """Whether every number is in one of some two of the spans."""
    lower, upper = [], []
    for whole in (True, False):  # the numbers between two ends count only where one of them need not be whole
        lowers = [span for span in spans if span.low is None and span.high is not None and span.whole is whole]
        uppers = [span for span in spans if span.high is None and span.low is not None and span.whole is whole]
        lower += [max(lowers, key=_high_end)] if lowers else []
        upper += [min(uppers, key=_low_end)] if uppers else []
    return any(low.leaves_none(high) for low in lower for high in upper)


def redundant_parts(tree: And | Or) -> Iterator[tuple[Expression, Expression]]:
    """Each comparison that says nothing beside another one of the same value, followed by that one, which is kept."""
    for _, parts in spans_by_value(tree):
        first: dict[Span, Expression] = {}
        for part, span in parts:
            first.setdefault(span, part)
        kept = tuple(_narrowest(parts) if isinstance(tree, And) else _widest(parts))
        for part, span in parts:
            candidates = [(first[span], span), *kept]
            for other, other_span in candidates:
                says_more = other_span.within(span) if isinstance(tree, And) else span.within(other_span)
                if other is not part and says_more and (span != other_span or other is first[span]):
                    yield part, other
                    break


_Part = tuple[Expression, Span]


def _narrowest(parts: Sequence[_Part]) -> Iterator[_Part]:
    """The first of the parts with the greatest lower end, and of those with the least upper end; points come first."""
    lows = [part for part in parts if part[1].low is not None]
    highs = [part for part in parts if part[1].high is not None]
    if lows:
        yield max(lows, key=lambda part: (_low_end(part[1]), part[1].high is not None))
    if highs:
        yield min(highs, key=lambda part: (_high_end(part[1]), part[1].low is None))


def _widest(parts: Sequence[_Part]) -> Iterator[_Part]:
    """The first of the parts without an upper end that begin lowest, and of those without a lower one that end last."""
    lows = [part for part in parts if part[1].high is None]
    highs = [part for part in parts if part[1].low is None]
    if lows:
        yield min(lows, key=lambda part: _low_end(part[1]))
    if highs:
        yield max(highs, key=lambda part: _high_end(part[1]))


def _low_end(span: Span) -> tuple[Decimal, bool]:
    """What orders spans by their lower ends, which they have; an open end is above a closed one."""
    return (Decimal(0) if span.low is None else span.low), span.low_open


def _high_end(span: Span) -> tuple[Decimal, bool]:
    """What orders spans by their upper ends, which they have; an open end is under a closed one."""
    return (Decimal(0) if span.high is None else span.high), not span.high_open
