"""Exact numbers in SQL: no digit is lost in any dialect, since every number has bounds of its size.

An `Exact` is a whole number or a decimal of at most 38 digits, the most that every dialect holds. A calculation that
would need more raises `NotInSql`, and the interpreter computes it instead.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from sqlglot import exp

MOST_DIGITS = 38  #: of a decimal, in every dialect
_WHOLE_DIGITS = 18  #: of a whole number that fits BIGINT
_SMALL = 2**31  #: a whole number below it fits the type of a literal
_LARGEST = 400  #: parts of an expression that may be copied to a second place of the query


class NotInSql(Exception):
    """The expression cannot be computed exactly in SQL; the message says why."""


class Exact(NamedTuple):
    """A number from `low` to `high`, in units of its last decimal; `held` is the number of digits of its SQL type."""

    tree: exp.Expr
    low: int
    high: int
    scale: int = 0
    held: int = _WHOLE_DIGITS

    @property
    def digits(self) -> int:
        """How many digits the largest value needs."""
        return max(len(str(max(abs(self.low), abs(self.high)))), self.scale, 1)

    @property
    def is_whole(self) -> bool:
        """Whether its SQL type is BIGINT."""
        return self.scale == 0 and self.held <= _WHOLE_DIGITS


def copy_tree(tree: exp.Expr) -> exp.Expr:
    """A copy of the expression for a second place; raises NotInSql where it is too large, as copies of copies grow."""
    if any(count >= _LARGEST for count, _ in enumerate(tree.walk())):
        raise NotInSql("the expression is too deep")
    return tree.copy()


def copy_exact(number: Exact) -> Exact:
    """A copy of the number for a second place; raises NotInSql where it is too large."""
    return number._replace(tree=copy_tree(number.tree))


def literal(value: Decimal) -> Exact:
    """A literal of the number: every dialect takes its type from the digits, once whole numbers are separate."""
    plain = value.normalize()
    scale = max(0, -int(plain.as_tuple().exponent))
    units = int(plain.scaleb(scale))
    tree: exp.Expr = exp.Literal.number(format(abs(plain), "f"))
    number = Exact(exp.Neg(this=tree) if units < 0 else tree, units, units, scale)
    if scale:
        return number._replace(held=number.digits + 1)  # the zero before the point may count
    return number if number.digits <= _WHOLE_DIGITS else decimal(number, number.digits)


def literal_of(number: int) -> Exact:
    """A literal of a whole number."""
    return literal(Decimal(number))


def bigint(tree: exp.Expr) -> exp.Expr:
    """The expression cast to BIGINT."""
    return exp.Cast(this=tree, to=exp.DataType.build("BIGINT"))


def decimal(number: Exact, digits: int) -> Exact:
    """The number as a decimal of `digits` digits; raises NotInSql where those are too many."""
    if digits > MOST_DIGITS:
        raise _too_wide(digits)
    to = exp.DataType.build(f"DECIMAL({digits}, {number.scale})")
    return number._replace(tree=exp.Cast(this=number.tree, to=to), held=digits)


def narrow(number: Exact) -> Exact:
    """The number in a type that is as narrow as possible, where its type is wider than it needs."""
    if number.digits > MOST_DIGITS:
        return decimal(number, number.digits)
    if number.scale == 0 and number.digits <= _WHOLE_DIGITS:
        return number if number.is_whole else number._replace(tree=bigint(number.tree), held=_WHOLE_DIGITS)
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
    """The number; a whole one that a database may hold in a shorter type is cast to BIGINT."""
    return number._replace(tree=bigint(number.tree)) if number.is_whole and _is_short(number.tree) else number


def _is_short(tree: exp.Expr) -> bool:
    """Whether a database may hold it in 32 bits: a literal, or an expression of literals alone."""
    match tree:
        case exp.Literal():
            return True
        case exp.Case():
            default = tree.args.get("default")
            branches = [when.args["true"] for when in tree.args["ifs"]] + ([default] if default is not None else [])
            return all(_is_short(branch) for branch in branches if not isinstance(branch, exp.Null))
        case exp.Neg() | exp.Paren() | exp.Abs():
            return _is_short(tree.this)
        case exp.Add() | exp.Sub() | exp.Mul():
            return _is_short(tree.this) and _is_short(tree.expression)
        case exp.Least() | exp.Greatest():
            return all(_is_short(part) for part in (tree.this, *tree.expressions))
    return False


def remainder(number: Exact, unit: Exact) -> Exact:
    """The remainder of a number, 0 or more, divided by a unit above 0."""
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
    """The number of a tree that chooses one of these numbers, which come from `in_one_column`."""
    scale = max(part.scale for part in parts)
    low = min(_units(part, part.low, scale) for part in parts)
    high = max(_units(part, part.high, scale) for part in parts)
    if all(part.is_whole for part in parts):
        return Exact(tree, low, high)
    return narrow(Exact(tree, low, high, scale, scale + max(part.held - part.scale for part in parts)))


def in_one_column(parts: list[Exact]) -> list[Exact]:
    """The numbers in types for one column: all decimals, where one is; raises NotInSql where no type holds them."""
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
    """Both operands, and the digits of the result's type: whole numbers stay whole where the result fits too."""
    fits = max(len(str(abs(low))), len(str(abs(high)))) <= _WHOLE_DIGITS
    if left.is_whole and right.is_whole and fits:
        return (left if max(-low, high) < _SMALL else _as_big(left)), right, _WHOLE_DIGITS
    left, right = _as_decimal(left), _as_decimal(right)
    if not fits and max(left.held, right.held) <= _WHOLE_DIGITS:  # DuckDB would give the result no more digits
        left = decimal(left, _WHOLE_DIGITS + 1)
    if held(left, right) > MOST_DIGITS:
        left, right = decimal(left, left.digits), decimal(right, right.digits)
    if held(left, right) > MOST_DIGITS:
        raise _too_wide(held(left, right))
    return left, right, held(left, right)


def _as_big(number: Exact) -> Exact:
    """A whole number as BIGINT: literals, and choices among them, are cast to it."""
    return number if isinstance(number.tree, exp.Column | exp.Cast) else number._replace(tree=bigint(number.tree))


def _common(left: Exact, right: Exact) -> int:
    """How many digits a type needs to hold both."""
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
