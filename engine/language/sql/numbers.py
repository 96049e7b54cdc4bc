"""Numbers in SQL, quotients among them: those are kept as two exact numbers, and a comparison multiplies across."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, assert_never

from sqlglot import exp

from ..operators import Comparison, Operator
from . import exact
from .exact import Exact, again, either, in_one_column, literal, same


class Quotient(NamedTuple):
    """`part / over`, undivided; `over` is above zero, or NULL."""

    part: Exact
    over: Exact


Number = Exact | Quotient

ONE = literal(Decimal(1))


def comparison_form(operator: Comparison) -> type[exp.Binary]:
    """The form of SQL for a comparison."""
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


def parts(number: Number) -> tuple[Exact, Exact]:
    """Part and whole of a number; over 1 where it is no quotient."""
    return (number.part, number.over) if isinstance(number, Quotient) else (number, ONE)


def calculate(operator: Operator, left: Number, right: Number) -> Number:
    """`left + right`, and so on; NULL where the one or the other is, or a divisor is zero."""
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
    """The sum, or with the sign -1 the difference."""
    if isinstance(left, Exact) and isinstance(right, Exact):
        return exact.add(left, right, sign)
    (a, b), (c, d) = parts(left), parts(right)
    across = _times(a, same(d)), _times(c, same(b))
    return Quotient(exact.add(*across, sign), _times(b, d))


def divide(left: Number, right: Number) -> Number:
    """The quotient: by a written number it is a decimal, where that ends."""
    (a, b), (c, d) = parts(left), parts(right)
    inverse = _inverse(right)
    if inverse is not None:
        found = exact.multiply(a, inverse)
        return Quotient(found, b) if isinstance(left, Quotient) else found
    part, over = _times(a, d), _times(b, c)
    if over.low < 0:  # the sign goes to the part
        sign = Exact(exp.Sign(this=again(over.tree)), -1, 1)
        part, over = exact.multiply(part, _as_whole(sign)), exact.magnitude(over)
    if over.low <= 0:
        over = over._replace(tree=exp.Nullif(this=over.tree, expression=exp.Literal.number(0)))
    return Quotient(part, over)


def compare(operator: Comparison, left: Number, right: Number) -> exp.Expr:
    """Whether the comparison holds; NULL where the one or the other is."""
    (a, b), (c, d) = parts(left), parts(right)
    one, two = in_one_column([_times(a, d), _times(c, b)])
    return comparison_form(operator)(this=_wrapped(one.tree), expression=_wrapped(two.tree))


def choose(condition: exp.Expr, then: Number, otherwise: Number) -> Number:
    """One of two numbers; NULL where the condition is."""
    if isinstance(then, Exact) and isinstance(otherwise, Exact):
        return choose_exact(condition, then, otherwise)
    (a, b), (c, d) = parts(then), parts(otherwise)
    return Quotient(choose_exact(again(condition), a, c), choose_exact(condition, b, d))


def extreme(smallest: bool, numbers: Sequence[Number]) -> Number:
    """The smallest, or the greatest; NULL where one of them is."""
    found = numbers[0]
    for number in numbers[1:]:
        condition = compare("<=" if smallest else ">=", again_number(found), again_number(number))
        found = choose(condition, found, number)
    return found


def rounded_quotient(number: Quotient, decimals: int = 12) -> exp.Expr:
    """A quotient as a decimal, the last digit half up: for a report, never to go on with.

    What would be left over is taken off first, so that the division is one of whole numbers without a remainder.
    """
    scale = max(number.part.scale, number.over.scale)
    part, over = (exact.multiply(one, literal(Decimal(10**scale))) if scale else one for one in number)
    twice = exact.multiply(exact.magnitude(part), literal(Decimal(2 * 10**decimals)))
    if exact.add(twice, over).digits + 1 > exact.MOST_DIGITS:
        raise exact.NotInSql("it has too many digits to be shown as a decimal")
    divisor = _huge(exact.multiply(same(over), literal(Decimal(2))).tree)
    sum_ = exp.paren(exp.Add(this=_huge(twice.tree), expression=_huge(over.tree)))
    units = _divided(sum_, divisor)
    step = exp.Literal.number(10**decimals)
    rest = exp.Cast(this=exp.Mod(this=again(units), expression=step), to=exp.DataType.build("DECIMAL(12, 0)"))
    last = exp.Cast(this=exp.Literal.string(f"{Decimal(10) ** -decimals:f}"), to=exp.DataType.build("DECIMAL(12, 12)"))
    whole = exp.Cast(this=_divided(units, step.copy()), to=exp.DataType.build("DECIMAL(26, 0)"))
    shown: exp.Expr = exp.Add(this=whole, expression=exp.Mul(this=rest, expression=last))
    if number.part.low >= 0:
        return shown
    sign = compare("<", same(number.part), literal(Decimal(0)))
    return either_case(sign, exp.Neg(this=exp.paren(shown.copy())), shown)


def _divided(number: exp.Expr, by: exp.Expr) -> exp.Expr:
    """How many times a whole number holds another."""
    without_rest = exp.paren(exp.Sub(this=number, expression=exp.Mod(this=again(number), expression=again(by))))
    return exp.paren(exp.IntDiv(this=without_rest, expression=by))


def _huge(tree: exp.Expr) -> exp.Expr:
    """A whole number of up to 38 digits."""
    return exp.Cast(this=tree, to=exp.DataType.build("INT128"))


def again_number(number: Number) -> Number:
    """The number in a second place."""
    return Quotient(same(number.part), same(number.over)) if isinstance(number, Quotient) else same(number)


def is_known(number: Number) -> exp.Expr:
    """Whether the number is not NULL."""
    known = [exp.Is(this=_wrapped(again(one.tree)), expression=exp.Not(this=exp.Null())) for one in _own_parts(number)]
    return known[0] if len(known) == 1 else exp.and_(*known, copy=False)


def either_case(condition: exp.Expr, then: exp.Expr, otherwise: exp.Expr) -> exp.Expr:
    """`then` where the condition holds, `otherwise` where it does not, NULL where it is NULL; it is asked once."""
    whens = [exp.If(this=exp.true(), true=then), exp.If(this=exp.false(), true=otherwise)]
    return exp.Case(this=_wrapped(condition), ifs=whens)


def _own_parts(number: Number) -> tuple[Exact, ...]:
    return (number.part, number.over) if isinstance(number, Quotient) else (number,)


def choose_exact(condition: exp.Expr, then: Exact, otherwise: Exact) -> Exact:
    """One of two exact numbers; NULL where the condition is."""
    then, otherwise = in_one_column([then, otherwise])
    return either([then, otherwise], either_case(condition, then.tree, otherwise.tree))


def _times(one: Exact, other: Exact) -> Exact:
    """A product of which a factor is often 1."""
    if other is ONE:
        return one
    return other if one is ONE else exact.multiply(one, other)


def _inverse(number: Number) -> Exact | None:
    """One divided by a written number, where that is a decimal that ends."""
    written = number.tree if isinstance(number, Exact) else None
    written = written.this if isinstance(written, exp.Neg) else written
    if not isinstance(written, exp.Literal) or not isinstance(number, Exact) or number.low == 0:
        return None
    scale = next((scale for scale in range(exact.MOST_DIGITS) if 10**scale % number.low == 0), None)
    return None if scale is None else literal(Decimal(10**scale // number.low).scaleb(number.scale - scale))


def _as_whole(sign: Exact) -> Exact:
    return sign._replace(tree=exp.Cast(this=sign.tree, to=exp.DataType.build("BIGINT")))


def _wrapped(tree: exp.Expr) -> exp.Expr:
    return exp.paren(tree, copy=False) if isinstance(tree, exp.Binary | exp.Not | exp.Is) else tree
