"""Turns a tree into SQL with the meaning that `interpret` gives it: one case for each form.

Unknown is NULL. `and`, `or` and `not` are SQL's own. A choice contains its condition once, and is NULL where the
condition is. `min` and `max` are choices, since dialects treat NULL differently. Nothing is divided. Aggregates are
columns, which the caller computes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, assert_never

from sqlglot import exp

from ..operators import Comparison
from ..tree import Aggregate, And, Arithmetic, Call, Choose, Compare, Expression, Literal, Name, Not, Or, Undefined
from . import days, numbers
from .exact import Exact, literal
from .functions import call_sql
from .numbers import Quotient, either_case, null_of

Sql = exp.Expr | Exact | Quotient  #: a condition, day, choice or text; or a number
#: the column of a name or of an aggregate; of a call of `has`, that of whether there is a value of its fact
Columns = Callable[[Name | Aggregate | Call], Any]


def expression_sql(tree: Expression, columns: Columns) -> Any:
    """The expression as SQL; raises NotInSql where SQL cannot compute it exactly."""
    match tree:
        case Literal():
            return literal_sql(tree.value)
        case Name() | Aggregate():
            return columns(tree)
        case Not():
            return exp.Not(this=exp.paren(expression_sql(tree.operand, columns), copy=False))
        case And():
            return exp.and_(*(expression_sql(part, columns) for part in tree.operands), copy=False)
        case Or():
            return exp.or_(*(expression_sql(part, columns) for part in tree.operands), copy=False)
        case Compare():
            return _compare(tree.operator, expression_sql(tree.left, columns), expression_sql(tree.right, columns))
        case Arithmetic():
            left, right = expression_sql(tree.left, columns), expression_sql(tree.right, columns)
            return numbers.calculate(tree.operator, left, right)
        case Choose():
            return _choose(*(expression_sql(part, columns) for part in (tree.condition, tree.then, tree.otherwise)))
        case Call(function="has"):
            return columns(tree)
        case Call(function="on"):  # a partner of whom a value has periods is not asked for by a query
            return expression_sql(tree.arguments[2], columns)
        case Call():
            return call_sql(tree.function, [expression_sql(part, columns) for part in tree.arguments])
        case Undefined():
            return null_of(tree.kind)
        case _:
            assert_never(tree)


def literal_sql(value: bool | Decimal | date | str) -> Sql:
    """A written value as SQL."""
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    if isinstance(value, Decimal):
        return literal(value)
    return days.day(value) if isinstance(value, date) else exp.Literal.string(value)


def _compare(operator: Comparison, left: Any, right: Any) -> exp.Expr:
    if isinstance(left, exp.Expr):
        form = numbers.comparison_form(operator)
        return form(this=exp.paren(left, copy=False), expression=exp.paren(right, copy=False))
    return numbers.compare(operator, left, right)


def _choose(condition: exp.Expr, then: Any, otherwise: Any) -> Sql:
    if isinstance(then, exp.Expr):
        return either_case(condition, then, otherwise)
    return numbers.choose(condition, then, otherwise)
