"""Writes a tree as text of the language, and values and limits in Russian or English."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from ...texts.texts import texts_in
from ...values import Kind, Value, plain
from ..business_days import without_calendar
from ..currencies import decimals_of
from ..operators import Comparison
from ..tree import Aggregate, And, Arithmetic, Call, Choose, Compare, Expression, Literal, Name, Not, Or, Undefined
from .patterns import best_option, stated_counts

# How tightly a form binds: a part that binds looser than its place needs stands in brackets.
_CHOOSE, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _ATOM = range(8)

_TRUE = Literal(True, Kind.YES_NO)


def text(tree: Expression) -> str:
    """The expression as text of the language: one line, brackets only where needed.

    Parsing the text gives an equal tree, unless it contains an aggregate or a table without a row.
    """
    return _text(tree)[0]


def _text(tree: Expression) -> tuple[str, int]:
    match tree:
        case Literal():
            return _literal(tree.value)
        case Name():
            return tree.written or tree.id, _ATOM
        case Not():
            return f"not {_at_least(tree.operand, _NOT)}", _NOT
        case And():
            return " and ".join(_at_least(part, _NOT) for part in tree.operands), _AND
        case Or():
            return " or ".join(_at_least(part, _AND) for part in tree.operands), _OR
        case Compare():
            return f"{_at_least(tree.left, _SUM)} {tree.operator} {_at_least(tree.right, _SUM)}", _COMPARE
        case Arithmetic():
            binds = _SUM if tree.operator in "+-" else _PRODUCT
            return f"{_at_least(tree.left, binds)} {tree.operator} {_at_least(tree.right, binds + 1)}", binds
        case Choose():
            if (best := best_option(tree)) is not None:
                return _aggregate(best), _CHOOSE
            then, condition = _at_least(tree.then, _OR), _at_least(tree.condition, _OR)
            return f"{then} if {condition} else {_at_least(tree.otherwise, _CHOOSE)}", _CHOOSE
        case Call(function="rank" | "rank_from_last"):
            return (
                f"{tree.function}({text(tree.arguments[0])})",
                _ATOM,
            )  # the other arguments are the options of the choice
        case Call(function="convert"):  # the last argument is the minor unit of the currency
            return f"convert({', '.join(text(part) for part in tree.arguments[:3])})", _ATOM
        case Call(function="on"):  # the first argument is the key of the periods
            return f"on({', '.join(text(part) for part in tree.arguments[1:])})", _ATOM
        case Call():
            return f"{tree.function}({', '.join(text(part) for part in without_calendar(tree))})", _ATOM
        case Aggregate():
            return _aggregate(tree), _CHOOSE
        case Undefined():
            return "unknown", _ATOM
        case _:
            assert_never(tree)


def _at_least(tree: Expression, binds: int) -> str:
    written, own = _text(tree)
    return written if own >= binds else f"({written})"


def _aggregate(tree: Aggregate) -> str:
    """Text for an aggregate, which the language itself cannot write: sum of amount over deals where won."""
    what = tree.function if tree.function == "count" else f"{tree.function} of {_at_least(tree.value, _OR)}"
    best = "" if tree.best is None else f", the best {text(tree.best)}"
    counts = stated_counts(tree)
    where = "" if counts == _TRUE else f" where {_at_least(counts, _OR)}"
    by = "" if tree.by is None else f" by {text(tree.by)}"
    return f"{what}{best} over {tree.list}{where}{by}"


def _literal(value: bool | Decimal | date | str) -> tuple[str, int]:
    if isinstance(value, bool):
        return ("true" if value else "false"), _ATOM
    if isinstance(value, Decimal):
        return plain(value), _ATOM if value >= 0 else _SUM
    if isinstance(value, date):
        return f"date('{value}')", _ATOM
    return f"'{value}'", _ATOM


def threshold(sign: Comparison, value: str, lang: str, *, of_days: bool = False) -> str:
    """A limit in words: 'at least 2'; for days '2026-01-31 or later'."""
    texts = texts_in(lang)
    return (texts.DAY_BORDERS if of_days and sign in texts.DAY_BORDERS else texts.BORDERS)[sign].format(value)


def amount(value: Value, kind: Kind, lang: str) -> str:
    """A known value as people read it: 2.5%, 2,5 %, yes, 31.12.2026."""
    if isinstance(value, bool):
        return texts_in(lang).REPORT["yes" if value else "no"]
    if isinstance(value, Decimal | Fraction):
        number = decimal_mark(_readable(value), lang)
        if kind is Kind.PERCENT:
            return texts_in(lang).FORMS["percent"].format(number)
        return number
    if isinstance(value, date):
        return texts_in(lang).FORMS["date"].format(year=value.year, month=value.month, day=value.day)
    return str(value)


def figure(value: bool | Decimal | date | str, kind: Kind, lang: str) -> str:
    """A written value as people read it, a number in full: 0.0000001%, 2,5 %, yes, 31.12.2026."""
    if isinstance(value, Decimal):
        number = decimal_mark(plain(value), lang)
        return texts_in(lang).FORMS["percent"].format(number) if kind is Kind.PERCENT else number
    return amount(value, kind, lang)


def money(value: Decimal | Fraction, lang: str, currency: str | None) -> str:
    """An amount to be paid: at least the decimals of its currency, and marks between thousands.

    >>> money(Decimal("90000.00"), "en", "EUR"), money(Decimal("1234.5"), "ru", None).replace(chr(160), " ")
    ('90,000.00', '1 234,50')
    >>> money(Decimal("90000"), "en", "JPY"), money(Decimal("1.5"), "en", "KWD")
    ('90,000', '1.500')
    """
    whole, _, digits = plain(value).partition(".")
    sign = "-" if whole == "-0" else ""
    decimals = digits.ljust(decimals_of(currency), "0")
    return f"{sign}{grouped(int(whole), lang)}{texts_in(lang).FORMS['decimal_mark'] if decimals else ''}{decimals}"


def grouped(number: int, lang: str) -> str:
    """A whole number with marks between thousands: 1,234, 1 234."""
    return f"{number:,}".replace(",", texts_in(lang).FORMS["thousands_mark"])


def _readable(number: Decimal | Fraction) -> str:
    """The number in full where six decimals are enough; else rounded to two, and marked with ≈."""
    digits = plain(number)
    if len(digits.partition(".")[2]) <= 6:
        return digits
    return f"≈{plain(Decimal(round(Fraction(number) * 100)) / 100)}"


def decimal_mark(digits: str, lang: str) -> str:
    """The digits with the decimal mark of the language in place of the point."""
    return digits.replace(".", texts_in(lang).FORMS["decimal_mark"])
