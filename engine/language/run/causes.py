"""Why a value is undefined: an operation without a result, such as a share of nothing, and what it was applied to."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ...named_tuples import public
from ...values import UNDEFINED, Unknown, Value, plain
from ..tree import Aggregate, Arithmetic, Call
from ..words.words import text


@public("expression", "operands")
class Cause(NamedTuple):
    """An operation without a result, and the values of its operands; an aggregate has none."""

    subject: Arithmetic | Call | Aggregate
    operands: tuple[Value, ...]

    @property
    def expression(self) -> str:
        """The operation as text of the language."""
        return text(self.subject)


def undefined_by(subject: Arithmetic | Call) -> Callable[..., Unknown]:
    """The function from operands for which an operation has no result to the undefined value with that cause."""

    @lru_cache(maxsize=64)  # many partners have the same small counts
    def undefined(*operands: Value) -> Unknown:
        return Unknown(causes=frozenset((Cause(subject, operands),)))

    return undefined


def with_cause(value: Value, subject: Arithmetic | Call | Aggregate, operands: tuple[Value, ...] = ()) -> Value:
    """The value of an operation; where the operation itself has no result, an undefined value with this cause."""
    if value is not UNDEFINED:
        return value
    return Unknown(causes=frozenset((Cause(subject, operands),)))


def causes(value: Value) -> tuple[Cause, ...]:
    """The causes for which a value is undefined, sorted by their text; empty where there are none."""
    if type(value) is not Unknown or not value.causes:
        return ()
    if len(value.causes) == 1:
        return tuple(value.causes)
    return tuple(sorted(value.causes, key=lambda cause: (cause.expression, list(map(_shown, cause.operands)))))


def _shown(operand: Value) -> str:
    return plain(operand) if isinstance(operand, Decimal | Fraction) else str(operand)
