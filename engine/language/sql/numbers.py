"""Numbers in SQL: a quotient is kept as two exact numbers, and a comparison multiplies both sides by the divisors."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple, assert_never

from sqlglot import exp

from ...values import NUMERIC, Kind
from ..operators import Comparison, Operator
from . import exact
from .exact import Exact, copy_exact, copy_tree, either, in_one_column, literal


class Quotient(NamedTuple):
    """`part / over`, without dividing; `over` is above 0, or NULL."""

    part: Exact
    over: Exact


Number = Exact | Quotient

ONE = literal(Decimal(1))


def comparison_form(operator: Comparison) -> type[exp.Binary]:
    """The SQL form of a comparison."""
    match operator:
        case "==":
            return exp.EQ
        case "!=":
            return exp.NEQ
        case "<":
            return exp.LT
        case "<=":
            return exp.LTE
        case ">":
            return exp.GT
        case ">=":
            return exp.GTE
        case _:
            assert_never(operator)


def null_of(kind: Kind) -> Any:
    """NULL in the type of a kind: a value that is unknown or undefined for every partner."""
    if kind in NUMERIC:
        return literal(Decimal(0))._replace(tree=exp.cast(exp.null(), "BIGINT"))
    return exp.cast(exp.null(), {Kind.YES_NO: "BOOLEAN", Kind.DATE: "DATE"}.get(kind, "TEXT"))


def parts(number: Number) -> tuple[Exact, Exact]:
    """Part and divisor of a number; the divisor is 1 where it is no quotient."""
    return (number.part, number.over) if isinstance(number, Quotient) else (number, ONE)


def calculate(operator: Operator, left: Number, right: Number) -> Number:
    """The result of the operator; NULL where a side is NULL, or where it divides by 0."""
    match operator:
        case "+":
            return _add(left, right, 1)
        case "-":
            return _add(left, right, -1)
        case "*":
            if isinstance(left, Exact) and isinstance(right, Exact):
                return exact.multiply(left, right)
            (a, b), (c, d) = parts(left), parts(right)
            return Quotient(exact.multiply(a, c), exact.multiply(b, d))
        case "/":
            return divide(left, right)
        case _:
            assert_never(operator)


def _add(left: Number, right: Number, sign: int) -> Number:
    """The sum; with the sign -1 the difference."""
    if isinstance(left, Exact) and isinstance(right, Exact):
        return exact.add(left, right, sign)
    (a, b), (c, d) = parts(left), parts(right)
    across = _times(a, copy_exact(d)), _times(c, copy_exact(b))
    return Quotient(exact.add(*across, sign), _times(b, d))


def divide(left: Number, right: Number) -> Number:
    """The quotient; divided by a literal it is a decimal, where that has an end."""
    (a, b), (c, d) = parts(left), parts(right)
    inverse = _inverse(right)
    if inverse is not None:
        product = exact.multiply(a, inverse)
        return Quotient(product, b) if isinstance(left, Quotient) else product
    part, over = _times(a, d), _times(b, c)
    if over.low < 0:  # the sign goes to the part
        sign = Exact(exact.bigint(exp.Sign(this=copy_tree(over.tree))), -1, 1)
        part, over = exact.multiply(part, sign), exact.magnitude(over)
    if over.low <= 0:
        over = over._replace(tree=exp.Nullif(this=over.tree, expression=exp.Literal.number(0)))
    return Quotient(part, over)


def compare(operator: Comparison, left: Number, right: Number) -> exp.Expr:
    """Whether the comparison holds; NULL where a side is NULL."""
    (a, b), (c, d) = parts(left), parts(right)
    first, second = in_one_column([_times(a, d), _times(c, b)])
    return comparison_form(operator)(this=_wrapped(first.tree), expression=_wrapped(second.tree))


def choose(condition: exp.Expr, then: Number, otherwise: Number) -> Number:
    """One of two numbers; NULL where the condition is NULL."""
    if isinstance(then, Exact) and isinstance(otherwise, Exact):
        return choose_exact(condition, then, otherwise)
    (a, b), (c, d) = parts(then), parts(otherwise)
    return Quotient(choose_exact(copy_tree(condition), a, c), choose_exact(condition, b, d))


def extreme(smallest: bool, numbers: Sequence[Number]) -> Number:
    """The smallest of the numbers, or the greatest; NULL where one of them is NULL."""
    result = numbers[0]
    for number in numbers[1:]:
        condition = compare("<=" if smallest else ">=", copy_number(result), copy_number(number))
        result = choose(condition, result, number)
    return result


def rounded_quotient(number: Quotient, decimals: int = 12) -> exp.Expr:
    """A quotient as a decimal, the last digit rounded half up: for a report, not for further calculations.

    The remainder is subtracted first, so that whole numbers are divided without a remainder.
    """
    scale = max(number.part.scale, number.over.scale)
    part, over = (exact.multiply(term, literal(Decimal(10**scale))) if scale else term for term in number)
    twice = exact.multiply(exact.magnitude(part), literal(Decimal(2 * 10**decimals)))
    if exact.add(twice, over).digits + 1 > exact.MOST_DIGITS:
        raise exact.NotInSql("it has too many digits to be shown as a decimal")
    divisor = _huge(exact.multiply(copy_exact(over), literal(Decimal(2))).tree)
    sum_ = exp.paren(exp.Add(this=_huge(twice.tree), expression=_huge(over.tree)))
    units = _divided(sum_, divisor)
    step = exp.Literal.number(10**decimals)
    rest = exp.Cast(this=exp.Mod(this=copy_tree(units), expression=step), to=exp.DataType.build("DECIMAL(12, 0)"))
    last = exp.Cast(this=exp.Literal.string(f"{Decimal(10) ** -decimals:f}"), to=exp.DataType.build("DECIMAL(12, 12)"))
    whole = exp.Cast(this=_divided(units, step.copy()), to=exp.DataType.build("DECIMAL(26, 0)"))
    shown: exp.Expr = exp.Add(this=whole, expression=exp.Mul(this=rest, expression=last))
    if number.part.low >= 0:
        return shown
    sign = compare("<", copy_exact(number.part), literal(Decimal(0)))
    return either_case(sign, exp.Neg(this=exp.paren(shown.copy())), shown)


def _divided(number: exp.Expr, by: exp.Expr) -> exp.Expr:
    """How many times a whole number contains another."""
    without_rest = exp.paren(exp.Sub(this=number, expression=exp.Mod(this=copy_tree(number), expression=copy_tree(by))))
    return exp.paren(exp.IntDiv(this=without_rest, expression=by))


def _huge(tree: exp.Expr) -> exp.Expr:
    """A whole number of up to 38 digits."""
    return exp.Cast(this=tree, to=exp.DataType.build("INT128"))


def copy_number(number: Number) -> Number:
    """A copy of the number for a second place; raises NotInSql where it is too large."""
    if isinstance(number, Quotient):
        return Quotient(copy_exact(number.part), copy_exact(number.over))
    return copy_exact(number)


def either_case(condition: exp.Expr, then: exp.Expr, otherwise: exp.Expr) -> exp.Expr:
    """`then` where the condition holds, `otherwise` where it does not, NULL where it is NULL; contains it once."""
    whens = [exp.If(this=exp.true(), true=then), exp.If(this=exp.false(), true=otherwise)]
    return exp.Case(this=_wrapped(condition), ifs=whens)


def choose_exact(condition: exp.Expr, then: Exact, otherwise: Exact) -> Exact:
    """One of two exact numbers; NULL where the condition is NULL."""
    then, otherwise = in_one_column([then, otherwise])
    return either([then, otherwise], either_case(condition, then.tree, otherwise.tree))


def _times(left: Exact, right: Exact) -> Exact:
    """The product; a factor that is `ONE` is left out."""
    if right is ONE:
        return left
    return right if left is ONE else exact.multiply(left, right)


def _inverse(number: Number) -> Exact | None:
    """1 divided by a literal, where that is a decimal with an end; None otherwise."""
    written = number.tree if isinstance(number, Exact) else None
    written = written.this if isinstance(written, exp.Neg) else written
    if not isinstance(written, exp.Literal) or not isinstance(number, Exact) or number.low == 0:
        return None
    scale = next((scale for scale in range(exact.MOST_DIGITS) if 10**scale % number.low == 0), None)
    return None if scale is None else literal(Decimal(10**scale // number.low).scaleb(number.scale - scale))


def _wrapped(tree: exp.Expr) -> exp.Expr:
    return exp.paren(tree, copy=False) if isinstance(tree, exp.Binary | exp.Not | exp.Is) else tree
