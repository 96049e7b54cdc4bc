"""The operators of the language as closed types, and the kinds they combine.

A number written in the text takes the kind of the other side (`share + 5` adds percent); two named values of different
kinds are refused unless a table here combines them.
"""

from __future__ import annotations

import operator as functions
from collections.abc import Callable, Mapping
from typing import Any, assert_never
from typing import Literal as OneOf

from ..values import Kind

Comparison = OneOf["==", "!=", "<", "<=", ">", ">="]
Order = OneOf["<", "<=", ">", ">="]  #: the comparisons that need an order
Operator = OneOf["+", "-", "*", "/"]

_COUNT, _NUMBER, _PERCENT, _MONEY = Kind.COUNT, Kind.NUMBER, Kind.PERCENT, Kind.MONEY
_Kinds = Mapping[tuple[Kind, Kind], Kind]

_PLAIN: _Kinds = {(_NUMBER, _NUMBER): _NUMBER, (_COUNT, _NUMBER): _NUMBER, (_NUMBER, _COUNT): _NUMBER}
_SUM: _Kinds = {**_PLAIN, (_COUNT, _COUNT): _COUNT, (_PERCENT, _PERCENT): _PERCENT, (_MONEY, _MONEY): _MONEY}
_DIFFERENCE: _Kinds = {**_SUM, (_COUNT, _COUNT): _NUMBER}
_SCALED: _Kinds = {(kind, factor): kind for kind in (_PERCENT, _MONEY) for factor in (_NUMBER, _COUNT)}
_PRODUCT: _Kinds = {
    **_PLAIN, (_COUNT, _COUNT): _COUNT, **_SCALED, **{(factor, kind): kind for kind, factor in _SCALED},
}  # fmt: skip
_QUOTIENT: _Kinds = {
    **_PLAIN, **_SCALED, (_COUNT, _COUNT): _NUMBER, (_PERCENT, _PERCENT): _NUMBER, (_MONEY, _MONEY): _NUMBER,
}  # fmt: skip


def result_kinds(operator: Operator) -> _Kinds:
    """The kind of the result, by the kinds of the left and the right side; a pair that is missing is refused."""
    match operator:
        case "+":
            return _SUM
        case "-":
            return _DIFFERENCE
        case "*":
            return _PRODUCT
        case "/":
            return _QUOTIENT
        case _:
            assert_never(operator)


def relation(sign: Comparison) -> Callable[[Any, Any], bool]:
    """The function of a comparison on two known values."""
    match sign:
        case "==":
            return functions.eq
        case "!=":
            return functions.ne
        case "<":
            return functions.lt
        case "<=":
            return functions.le
        case ">":
            return functions.gt
        case ">=":
            return functions.ge
        case _:
            assert_never(sign)


def inverse(comparison: Comparison) -> Comparison:
    """The comparison that holds exactly where this one does not: `>=` for `<`."""
    match comparison:
        case "==":
            return "!="
        case "!=":
            return "=="
        case "<":
            return ">="
        case "<=":
            return ">"
        case ">":
            return "<="
        case ">=":
            return "<"
        case _:
            assert_never(comparison)


def flipped(comparison: Comparison) -> Comparison:
    """The same comparison with its sides exchanged: `a < b` is `b > a`."""
    match comparison:
        case "==" | "!=":
            return comparison
        case "<":
            return ">"
        case "<=":
            return ">="
        case ">":
            return "<"
        case ">=":
            return "<="
        case _:
            assert_never(comparison)
