"""Exact numbers in SQL: no digit is lost in any dialect, for every number knows how large it can be.

An `Exact` is a whole number or a decimal of at most 38 digits, the most that every dialect holds. What would need more
is refused (`NotInSql`), for the interpreter to decide; it never comes out wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from sqlglot import exp

MOST_DIGITS = 38  #: of a decimal, in every dialect
_WHOLE_DIGITS = 18  #: of a whole number that fits BIGINT
_SMALL = 2**31  #: a whole number below it fits the type that a written one has
_LARGEST = 400  #: parts of an expression that may stand in two places of the query


class NotInSql(Exception):
    """The expression cannot be computed exactly in SQL; says why."""


class Exact(NamedTuple):
    """A number: from `low` to `high`, in units of its last decimal; `held` is how many digits its SQL type has."""

    tree: exp.Expr
    low: int
    high: int
    scale: int = 0
    held: int = _WHOLE_DIGITS

    @property
    def digits(self) -> int:
        """How many digits it needs."""
        return max(len(str(max(abs(self.low), abs(self.high)))), self.scale, 1)

    @property
    def is_whole(self) -> bool:
        """Whether its SQL type is BIGINT."""
        return self.scale == 0 and self.held <= _WHOLE_DIGITS


def again(tree: exp.Expr) -> exp.Expr:
    """The same expression in a second place; raises NotInSql where copies of copies would grow beyond bounds."""
    if any(count >= _LARGEST for count, _ in enumerate(tree.walk())):
        raise NotInSql("the expression is too deep")
    return tree.copy()


def same(number: Exact) -> Exact:
    """The number in a second place."""
    return number._replace(tree=again(number.tree))


def literal(value: Decimal) -> Exact:
    """A written number: every dialect types it by its digits, once a whole one has been told from a decimal."""
    plain = value.normalize()
    scale = max(0, -int(plain.as_tuple().exponent))
    units = int(plain.scaleb(scale))
    tree: exp.Expr = exp.Literal.number(format(abs(plain), "f"))
    number = Exact(exp.Neg(this=tree) if units < 0 else tree, units, units, scale)
    if scale:
        return number._replace(held=number.digits + 1)  # the zero before the point may count
    return number if number.digits <= _WHOLE_DIGITS else decimal(number, number.digits)


def literal_of(number: int) -> Exact:
    """A whole number of ours."""
    return literal(Decimal(number))


def type_of(number: Exact) -> exp.DataType:
    """The SQL type that the number is cast to."""
    if number.is_whole:
        return exp.DataType.build("BIGINT")
    return exp.DataType.build(f"DECIMAL({number.held}, {number.scale})")


def decimal(number: Exact, digits: int) -> Exact:
    """The number as a decimal of so many digits; raises NotInSql where there are too many."""
    if digits > MOST_DIGITS:
        raise _too_wide(digits)
    to = exp.DataType.build(f"DECIMAL({digits}, {number.scale})")
    return number._replace(tree=exp.Cast(this=number.tree, to=to), held=digits)


def narrow(number: Exact) -> Exact:
    """The number in a type no wider than it needs, where the one that it has is wide."""
    if number.digits > MOST_DIGITS:
        return decimal(number, number.digits)
    if number.scale == 0 and number.digits <= _WHOLE_DIGITS:
        if number.is_whole:
            return number
        return number._replace(tree=exp.Cast(this=number.tree, to=exp.DataType.build("BIGINT")), held=_WHOLE_DIGITS)
    return decimal(number, number.digits) if number.held > max(number.digits, _WHOLE_DIGITS) else number


def add(left: Exact, right: Exact, sign: int = 1) -> Exact:
    """The sum, or with -1 the difference."""
    scale = max(left.scale, right.scale)
    ends = [_units(left, end, scale) for end in (left.low, left.high)]
    others = sorted(sign * _units(right, end, scale) for end in (right.low, right.high))
    low, high = ends[0] + others[0], ends[1] + others[1]
    left, right, held = _operands(left, right, low, high, lambda a, b: _common(a, b) + 1)
    form = exp.Add if sign > 0 else exp.Sub
    return narrow(Exact(form(this=_operand(left), expression=_operand(right)), low, high, scale, held))


def multiply(left: Exact, right: Exact) -> Exact:
    """The product."""
    corners = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    low, high = min(corners), max(corners)
    left, right, held = _operands(left, right, low, high, lambda a, b: a.held + b.held + 1)  # one more, as in Spark
    tree = exp.Mul(this=_operand(left), expression=_operand(right))
    return narrow(Exact(tree, low, high, left.scale + right.scale, held))


def in_long(number: Exact) -> Exact:
    """The number, in the type that we take whole numbers to have where a database may hold it in a shorter one."""
    if not number.is_whole or not _is_short(number.tree):
        return number
    return number._replace(tree=exp.Cast(this=number.tree, to=exp.DataType.build("BIGINT")))


def _is_short(tree: exp.Expr) -> bool:
    """Whether a database may hold it in 32 bits: a written number, or what is chosen or reckoned of such ones alone."""
    match tree:
        case exp.Literal():
            return True
        case exp.Case():
            default = tree.args.get("default")
            branches = [one.args["true"] for one in tree.args["ifs"]] + ([default] if default is not None else [])
            return all(_is_short(branch) for branch in branches if not isinstance(branch, exp.Null))
        case exp.Neg() | exp.Paren() | exp.Abs():
            return _is_short(tree.this)
        case exp.Add() | exp.Sub() | exp.Mul():
            return _is_short(tree.this) and _is_short(tree.expression)
        case exp.Least() | exp.Greatest():
            return all(_is_short(one) for one in (tree.this, *tree.expressions))
    return False


def remainder(number: Exact, unit: Exact) -> Exact:
    """What is left of a number, not negative, when all whole units, above zero, are taken from it."""
    scale = max(number.scale, unit.scale)
    high = max(0, min(_units(number, number.high, scale), _units(unit, unit.high, scale)))
    left, right, held = _operands(number, unit, 0, high, _common)
    return narrow(Exact(exp.Mod(this=_operand(left), expression=_operand(right)), 0, high, scale, held))


def negative(number: Exact) -> Exact:
    """The number with the other sign."""
    return number._replace(tree=exp.Neg(this=_operand(number)), low=-number.high, high=-number.low)


def magnitude(number: Exact) -> Exact:
    """The number without its sign."""
    if number.low >= 0:
        return number
    high = max(abs(number.low), abs(number.high))
    return number._replace(tree=exp.Abs(this=number.tree), low=0, high=high)


def either(parts: list[Exact], tree: exp.Expr) -> Exact:
    """What a tree gives that chooses among these numbers; they have passed `alike`."""
    scale = max(part.scale for part in parts)
    low = min(_units(part, part.low, scale) for part in parts)
    high = max(_units(part, part.high, scale) for part in parts)
    if all(part.is_whole for part in parts):
        return Exact(tree, low, high)
    return narrow(Exact(tree, low, high, scale, scale + max(part.held - part.scale for part in parts)))


def in_one_column(parts: list[Exact]) -> list[Exact]:
    """Numbers that may stand in one column: where one is a decimal, all are; raises NotInSql where none holds them."""
    if all(part.is_whole for part in parts):
        return parts
    parts = [_as_decimal(part) for part in parts]
    scale = max(part.scale for part in parts)
    if scale + max(part.held - part.scale for part in parts) > MOST_DIGITS:
        parts = [decimal(part, part.digits) for part in parts]
    if (held := scale + max(part.held - part.scale for part in parts)) > MOST_DIGITS:
        raise _too_wide(held)
    return parts


def _operands(
    left: Exact, right: Exact, low: int, high: int, held: Callable[[Exact, Exact], int]
) -> tuple[Exact, Exact, int]:
    """Both operands, and how many digits the type of the result has: whole ones stay so where the result fits too."""
    fits = max(len(str(abs(low))), len(str(abs(high)))) <= _WHOLE_DIGITS
    if left.is_whole and right.is_whole and fits:
        return (left if max(-low, high) < _SMALL else _as_big(left)), right, _WHOLE_DIGITS
    left, right = _as_decimal(left), _as_decimal(right)
    if not fits and max(left.held, right.held) <= _WHOLE_DIGITS:  # DuckDB makes no more digits of two such
        left = decimal(left, _WHOLE_DIGITS + 1)
    if held(left, right) > MOST_DIGITS:
        left, right = decimal(left, left.digits), decimal(right, right.digits)
    if held(left, right) > MOST_DIGITS:
        raise _too_wide(held(left, right))
    return left, right, held(left, right)


def _as_big(number: Exact) -> Exact:
    """A whole number as BIGINT, in which written ones, and choices among them, are not yet."""
    if isinstance(number.tree, exp.Column | exp.Cast):
        return number
    return number._replace(tree=exp.Cast(this=number.tree, to=exp.DataType.build("BIGINT")))


def _common(left: Exact, right: Exact) -> int:
    """How many digits a type has that holds both."""
    return max(left.scale, right.scale) + max(left.held - left.scale, right.held - right.scale)


def _too_wide(digits: int) -> NotInSql:
    return NotInSql(f"it needs {digits} digits, more than the {MOST_DIGITS} that SQL holds")


def _as_decimal(number: Exact) -> Exact:
    return decimal(number, number.digits) if number.is_whole else number


def _units(number: Exact, end: int, scale: int) -> int:
    return int(end * 10 ** (scale - number.scale))


def _operand(number: Exact) -> exp.Expr:
    """The number as an operand of another form."""
    return exp.paren(number.tree, copy=False) if isinstance(number.tree, exp.Binary | exp.Neg) else number.tree
