"""Why a value is undefined: an operation without a result, such as a share of nothing, or a table without a row."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ...named_tuples import public
from ...values import UNDEFINED, Kind, Unknown, Value, plain
from ..business_days import without_calendar
from ..tree import Aggregate, Arithmetic, Call, Undefined
from ..words.words import text


@public("expression", "operands")
class Cause(NamedTuple):
    """An operation without a result and the values of its operands; an aggregate has none.

    Of a table without a row that applies, the operand is the value by which rows are chosen; cases have none. Of one
    whose rows do not rise, it is that they do not. Of a fact of which a record says that there is none, it is the word
    that says so.
    """

    subject: Arithmetic | Call | Aggregate | Undefined
    operands: tuple[Value, ...]

    @property
    def expression(self) -> str:
        """The operation as text of the language; a table by its name and what it goes by: `bonus by region`.

        Of a table whose rows do not rise, it is the rule that two of them break.
        """
        if not isinstance(self.subject, Undefined):
            return text(self.subject)
        table, by = self.subject.written, self.subject.by
        if by is None:
            return f"cases of {table}"
        if by.kind is Kind.YES_NO:
            return f"rising rows of {table}: {text(by)}"
        return f"{table} by {text(by)}" if table else text(by)


def _cause(subject: Arithmetic | Call | Aggregate | Undefined, operands: tuple[Value, ...]) -> Cause:
    """The cause with the operands that are written: a calendar is not."""
    return Cause(subject, operands[: len(without_calendar(subject))] if isinstance(subject, Call) else operands)


def undefined_by(subject: Arithmetic | Call | Undefined) -> Callable[..., Unknown]:
    """The function from operands for which an operation has no result to the undefined value with that cause."""

    @lru_cache(maxsize=64)  # many partners have the same small counts
    def undefined(*operands: Value) -> Unknown:
        return Unknown(causes=frozenset((_cause(subject, operands),)))

    return undefined


def with_cause(
    value: Value, subject: Arithmetic | Call | Aggregate | Undefined, operands: tuple[Value, ...] = ()
) -> Value:
    """The value of an operation; where the operation itself has no result, an undefined value with this cause."""
    if value is not UNDEFINED:
        return value
    return Unknown(causes=frozenset((_cause(subject, operands),)))


def causes(value: Value) -> tuple[Cause, ...]:
    """The causes for which a value is undefined, sorted by their text; empty where there are none."""
    if type(value) is not Unknown or not value.causes:
        return ()
    if len(value.causes) == 1:
        return tuple(value.causes)
    return tuple(sorted(value.causes, key=lambda cause: (cause.expression, list(map(_shown, cause.operands)))))


def _shown(operand: Value) -> str:
    return plain(operand) if isinstance(operand, Decimal | Fraction) else str(operand)
