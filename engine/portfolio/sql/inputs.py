"""Reads the columns of a portfolio in SQL: for each fact its value, and the condition that SQL can decide the value.

A row is `plain` if SQL can decide it. The others (a value that is impossible, of the wrong type, or too large to be
exact in SQL) are left to the interpreter, which decides them or says what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlglot import exp

from ...language.sql.days import day
from ...language.sql.exact import Exact, literal_of
from ...language.sql.expressions import literal_sql
from ...limits import MAX_PARTNER
from ...programme.model import NONE, Fact
from ...values import NUMERIC, Kind
from .columns import MOST_COUNTED, Form

NUMBER_DIGITS, DECIMALS = 12, 4  #: digits before and after the point, of numbers other than counts
_FLOAT_DIGITS = 15  #: the most digits of which every decimal is the shortest of its float
_WHOLE = (Form.WHOLE, Form.COUNT)
_TEXTS = (Form.TEXT, Form.UNSTATED)


class InputColumn(NamedTuple):
    """A fact as SQL: its value, and the condition that the value is plain; None where it always is."""

    value: Any
    plain: exp.Expr | None


def fact_input(fact: Fact, form: Form | None) -> InputColumn:
    """The value of a fact's column, or the default where it is empty; `form` is None where there is no column."""
    column = exp.column(fact.id)
    if fact.default == NONE and fact.none:
        fact = fact._replace(default=None)  # there is none then, which is NULL
    if form is None:
        return InputColumn(_default(fact) if fact.default is not None else _nothing(fact), None)
    read: exp.Expr = column
    if form is Form.UNSTATED:
        read = _cast(column, "TEXT")
        form = form if fact.kind in _UNSTATED else Form.TEXT
    value, plain = _READERS[fact.kind](fact, read, form)
    if fact.none and form in _TEXTS:
        plain = exp.or_(_is_none(read), exp.paren(plain, copy=False), copy=False)
    if fact.default is None:
        return InputColumn(value, _or_empty(column, plain))
    default = _default(fact)
    if isinstance(value, Exact):
        units = int(Decimal(str(fact.default)).scaleb(value.scale))
        tree = exp.Coalesce(this=value.tree, expressions=[default.tree])
        return InputColumn(
            value._replace(tree=tree, low=min(value.low, units), high=max(value.high, units)), _or_empty(column, plain)
        )
    return InputColumn(exp.Coalesce(this=value, expressions=[default]), _or_empty(column, plain))


def has_input(fact: Fact, form: Form | None) -> InputColumn:
    """Whether there is a value of an optional fact; a column of text has the word `none` where there is none."""
    column, otherwise = exp.column(fact.id), exp.false() if fact.default == NONE else exp.cast(exp.null(), "BOOLEAN")
    if form is None:
        return InputColumn(otherwise, None)
    is_stated = exp.If(this=exp.not_(exp.Is(this=column.copy(), expression=exp.null())), true=exp.true())
    is_none = exp.If(this=_is_none(_cast(column, "TEXT")), true=exp.false())
    return InputColumn(exp.Case(ifs=[*([is_none] if form in _TEXTS else []), is_stated], default=otherwise), None)


def _is_none(text: exp.Expr) -> exp.Expr:
    return exp.EQ(this=text.copy(), expression=exp.Literal.string(NONE))


def partner_input(column: str, form: Form) -> InputColumn:
    """The partner's id, which every plain row has."""
    tree: exp.Expr = exp.column(column)
    if form is Form.UNSTATED:
        tree, form = _cast(tree, "TEXT"), Form.TEXT
    if form in _WHOLE:
        return InputColumn(_cast(tree, "TEXT"), exp.not_(exp.Is(this=tree.copy(), expression=exp.null())))
    if form is not Form.TEXT:
        return InputColumn(_cast(tree, "TEXT"), exp.false())
    is_name = _matches(tree, f"^[!-~]([ -~]{{0,{MAX_PARTNER - 2}}}[!-~])?$")
    return InputColumn(tree, exp.func("COALESCE", is_name, exp.false()))


def choice_input(column: str, form: Form, names: Mapping[str, str], otherwise: str) -> InputColumn:
    """The id that a name in the column stands for, by `names`; `otherwise` where the column is empty."""
    tree: exp.Expr = exp.column(column)
    tree = tree if form is Form.TEXT else _cast(tree, "TEXT")
    whens = [exp.If(this=exp.Literal.string(name), true=exp.Literal.string(id)) for name, id in names.items()]
    value = exp.Case(this=tree, ifs=whens, default=exp.Literal.string(otherwise))
    return InputColumn(value, _or_empty(exp.column(column), _one_of(tree, names)))


def all_plain(inputs: Iterable[InputColumn]) -> exp.Expr:
    """The condition that every value of a row is plain; never NULL."""
    conditions = [column.plain for column in inputs if column.plain is not None]
    return exp.and_(*conditions, copy=False) if conditions else exp.true()


def limits(fact: Fact) -> tuple[int, int, int]:
    """The least and greatest value that SQL decides, in units of the last decimal, and the number of decimals."""
    scale = 0 if fact.kind is Kind.COUNT else DECIMALS
    most = MOST_COUNTED if fact.kind is Kind.COUNT else 10 ** (NUMBER_DIGITS + scale) - 1
    low, high = 0 if fact.kind is Kind.COUNT else -most, most
    if fact.minimum is not None:
        low = max(low, -int(-fact.minimum.scaleb(scale) // 1))
    if fact.maximum is not None:
        high = min(high, int(fact.maximum.scaleb(scale) // 1))
    return low, high, scale


def _yes_no(_: Fact, column: exp.Expr, form: Form) -> tuple[Any, exp.Expr]:
    if form is Form.YES_NO:
        return column, exp.true()
    if form is not Form.TEXT:
        return exp.cast(exp.null(), "BOOLEAN"), exp.false()
    whens = [exp.If(this=exp.Literal.string(str(answer).lower()), true=literal_sql(answer)) for answer in (True, False)]
    return exp.Case(this=column, ifs=whens), _one_of(column.copy(), ("true", "false"))


def _number(fact: Fact, column: exp.Expr, form: Form) -> tuple[Any, exp.Expr]:
    low, high, scale = limits(fact)
    to = "BIGINT" if not scale else f"DECIMAL({NUMBER_DIGITS + scale}, {scale})"
    held = 18 if not scale else NUMBER_DIGITS + scale
    unchanged: exp.Expr | None = None  # condition that the cast keeps the value
    value: exp.Expr
    match form:
        case Form.COUNT if low <= 0 and MOST_COUNTED * 10**scale <= high:
            return Exact(_cast(column, to), low, high, scale, held), exp.true()
        case Form.WHOLE | Form.COUNT:
            value = _cast(column, to)
        case Form.DECIMAL:
            value = _cast(column, to)
            unchanged = exp.EQ(
                this=column.copy(), expression=exp.Round(this=column.copy(), decimals=literal_of(scale).tree)
            )
        case Form.FLOAT:
            value = exp.TryCast(this=column, to=exp.DataType.build(to))
            unchanged = exp.EQ(this=_cast(value.copy(), "DOUBLE"), expression=column.copy())
        case Form.TEXT:
            value = exp.TryCast(this=column, to=exp.DataType.build(to))
            if scale:
                unchanged = _matches(column, rf"^-?(0|[1-9][0-9]{{0,{NUMBER_DIGITS - 1}}})([.][0-9]{{1,{scale}}})?$")
            else:
                unchanged = exp.EQ(this=_cast(value.copy(), "TEXT"), expression=column.copy())
        case Form.UNSTATED:
            digits = f"0|[1-9][0-9]{{0,{NUMBER_DIGITS - 1}}}"
            pattern = rf"^-?({digits})([.][0-9]{{1,{scale}}}0*)?$" if scale else rf"^({digits})([.]0+)?$"
            value = _where_it_matches(column, pattern, f"DECIMAL({NUMBER_DIGITS + scale}, {scale})")
            value = value if scale else _cast(value, to)
        case _:
            value, unchanged = exp.cast(exp.null(), to), exp.false()
    compared = column if form in (*_WHOLE, Form.DECIMAL, Form.FLOAT) else value
    most = 10**_FLOAT_DIGITS - 1 if form is Form.FLOAT else max(-low, high)
    ends = [_end(units, scale) for units in (max(low, -most), min(high, most))]
    within: exp.Expr = exp.Between(this=compared.copy(), low=ends[0], high=ends[1])
    if unchanged is not None:
        within = exp.and_(unchanged, within, copy=False)
    return Exact(value, low, high, scale, held), within


def _end(units: int, scale: int) -> exp.Expr:
    return exp.Literal.number(format(Decimal(units).scaleb(-scale), "f"))


def _day(_: Fact, column: exp.Expr, form: Form) -> tuple[Any, exp.Expr]:
    if form is Form.DATE:
        return column, exp.Between(this=column.copy(), low=day(date.min), high=day(date.max))
    if form is Form.UNSTATED:
        return _where_it_matches(column, _DAY, "DATE"), _matches(column, _DAY)
    if form is Form.TEXT:
        value = exp.TryCast(this=column, to=exp.DataType.build("DATE"))
        unchanged = exp.EQ(this=_cast(value.copy(), "TEXT"), expression=column.copy())
        return value, exp.and_(unchanged, _matches(column, "^[0-9-]{10}$"), copy=False)
    return exp.cast(exp.null(), "DATE"), exp.false()


def _choice(fact: Fact, column: exp.Expr, form: Form) -> tuple[Any, exp.Expr]:
    if form is not Form.TEXT:
        return exp.cast(exp.null(), "TEXT"), exp.false()
    return column, _one_of(column.copy(), fact.choices)


def _text(_: Fact, column: exp.Expr, form: Form) -> tuple[Any, exp.Expr]:
    if form is not Form.TEXT:
        return exp.cast(exp.null(), "TEXT"), exp.false()
    return column, _matches(column, "^[ -~]{1,200}$")


_READERS = {
    Kind.YES_NO: _yes_no, Kind.COUNT: _number, Kind.NUMBER: _number, Kind.PERCENT: _number, Kind.MONEY: _number,
    Kind.DATE: _day, Kind.CHOICE: _choice, Kind.TEXT: _text,
}  # fmt: skip


_UNSTATED = {kind for kind, reader in _READERS.items() if reader in (_number, _day)}
_YEAR = "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_LEAP_YEAR = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)"
_MONTH_AND_DAY = (
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
)
_DAY = f"^({_YEAR}-{_MONTH_AND_DAY}|{_LEAP_YEAR}-02-29)$"  #: the texts that are days of the calendar


def _where_it_matches(text: exp.Expr, pattern: str, to: str) -> exp.Expr:
    """The text cast to a type where it matches the pattern, else NULL: a database without TRY_CAST refuses no row."""
    return exp.Case(ifs=[exp.If(this=_matches(text, pattern), true=_cast(text, to))])


def _default(fact: Fact) -> Any:
    return exp.null() if fact.default is None else literal_sql(fact.default)


def _nothing(fact: Fact) -> Any:
    if fact.kind in NUMERIC:
        low, high, scale = limits(fact)
        digits = NUMBER_DIGITS + scale
        to, held = (f"DECIMAL({digits}, {scale})", digits) if scale else ("BIGINT", 18)
        return Exact(exp.cast(exp.null(), to), low, high, scale, held)
    return exp.cast(exp.null(), {Kind.YES_NO: "BOOLEAN", Kind.DATE: "DATE"}.get(fact.kind, "TEXT"))


def _or_empty(column: exp.Expr, plain: exp.Expr) -> exp.Expr | None:
    """The condition that the column is plain or empty; None where that always holds."""
    if isinstance(plain, exp.Boolean) and plain.this:
        return None
    empty = exp.Is(this=column.copy(), expression=exp.null())
    if isinstance(plain, exp.Boolean):
        return empty
    return exp.func("COALESCE", exp.paren(plain, copy=False), exp.paren(empty, copy=False))


def _one_of(tree: exp.Expr, names: Iterable[str]) -> exp.Expr:
    return exp.In(this=tree.copy(), expressions=[exp.Literal.string(name) for name in names])


def _matches(tree: exp.Expr, pattern: str) -> exp.Expr:
    return exp.RegexpLike(this=tree.copy(), expression=exp.Literal.string(pattern))


def _cast(tree: exp.Expr, to: str) -> exp.Expr:
    return exp.Cast(this=tree.copy(), to=exp.DataType.build(to))
