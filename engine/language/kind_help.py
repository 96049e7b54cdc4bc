"""What to write where two kinds do not fit: expressions made of what stands there, which the parser accepts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from ..values import NUMERIC, Kind, plain
from .operators import Comparison, Operator, result_kinds
from .symbols import Symbol
from .tree import Call, Expression, Literal, Name
from .words.words import text

Symbols = Mapping[str, Symbol]
_LONGEST = 160  #: characters of an expression that is proposed
_PLAIN = (Kind.COUNT, Kind.NUMBER)
_ELSE = {
    Kind.YES_NO: "write a condition: x >= 2",
    Kind.COUNT: "write a whole number in digits",
    Kind.NUMBER: "write a number in digits",
    Kind.PERCENT: "write a percentage as a plain number: 20",
    Kind.MONEY: "give it the kind money where it is declared, or multiply it by an amount of money",
    Kind.DATE: "write a day: as_of, or date('2026-01-31')",
    Kind.CHOICE: "write an option in quotes",
    Kind.TEXT: "write a text in quotes",
}


def help_for_operands(operator: Operator, left: Expression, right: Expression, symbols: Symbols) -> str:
    """What to write in place of a calculation with two kinds that do not fit."""
    forms = operand_forms(operator, left, right, symbols)
    return _help(forms, "calculate with numbers: write one in digits")


def help_for_sides(sign: Comparison | None, left: Expression, right: Expression, symbols: Symbols) -> str:
    """What to write where values of two kinds are compared; without a sign, where they stand beside each other."""
    otherwise = _ELSE[left.kind]
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Literal) and side.kind is Kind.CHOICE and other.kind in NUMERIC:
            otherwise = "write the number in digits, without quotes"
        elif isinstance(side, Literal) and side.kind is Kind.CHOICE and other.kind is Kind.YES_NO:
            otherwise = "write true or false, without quotes"
    return _help(side_forms(sign, left, right, symbols), otherwise)


def help_for_needed(tree: Expression, kind: Kind, symbols: Symbols, choices: Sequence[str] = ()) -> str:
    """What to write in place of a value where one of another kind is needed; `choices` are the options of a choice."""
    return _help(needed_forms(tree, kind, symbols, choices), _ELSE[kind])


def operand_forms(operator: Operator, left: Expression, right: Expression, symbols: Symbols) -> list[str]:
    """The expressions for a calculation with two kinds that do not fit."""
    if left.kind in NUMERIC and right.kind in NUMERIC:
        return _numeric_forms(operator, left, right)
    a, b = _part(left), _part(right)
    match operator, left.kind, right.kind:
        case "-", Kind.DATE, Kind.DATE:
            return [f"days_between({text(right)}, {text(left)})"]
        case _, Kind.DATE, Kind.DATE:
            return [f"days_between({text(left)}, {text(right)})"]
        case "+", Kind.DATE, Kind.COUNT | Kind.NUMBER:
            return [f"{move}({text(left)}, {_days(right)})" for move in ("add_days", "add_months")]
        case "-", Kind.DATE, Kind.COUNT | Kind.NUMBER:
            return [f"{move}({text(left)}, {_minus(right)})" for move in ("add_days", "add_months")]
        case "+", Kind.COUNT | Kind.NUMBER, Kind.DATE:
            return [f"{move}({text(right)}, {_days(left)})" for move in ("add_days", "add_months")]
        case "*" | "/", _, Kind.YES_NO if left.kind in NUMERIC:
            return [f"{a} if {b} else 0"]
        case "*", Kind.YES_NO, _ if right.kind in NUMERIC:
            return [f"{b} if {a} else 0"]
        case "*" | "/", Kind.YES_NO, Kind.YES_NO:
            return [f"{a} and {b}"]
    numbers = [_as_number(side, symbols) for side in (left, right)]
    kinds = [Kind.NUMBER if side.kind is Kind.DATE else side.kind for side in (left, right)]
    table = result_kinds(operator)
    fits = all(kind in NUMERIC for kind in kinds) and (kinds[0], kinds[1]) in table
    adapts = not any(
        side.kind is Kind.DATE or "rank(" in number for side, number in zip((left, right), numbers, strict=True)
    )
    if all(numbers) and (fits or adapts or all(side.kind not in (Kind.PERCENT, Kind.MONEY) for side in (left, right))):
        return [f"{numbers[0]} {operator} {numbers[1]}"]
    return [number for number, side in zip(numbers, (left, right), strict=True) if number and side.kind not in NUMERIC]


def _numeric_forms(operator: Operator, left: Expression, right: Expression) -> list[str]:
    """The expressions for a calculation with two kinds of numbers that do not fit."""
    a, b = _part(left), _part(right)
    if left.kind is right.kind is Kind.PERCENT:
        return [f"{a} * ratio({text(right)})"]
    if left.kind is right.kind is Kind.MONEY:
        return [f"{a} / {b}", f"share({text(left)}, {text(right)})"]
    if Kind.PERCENT in (left.kind, right.kind):
        percent, whole = (left, right) if left.kind is Kind.PERCENT else (right, left)
        ratio, of = f"ratio({text(percent)})", _part(whole)
        if operator == "/":
            return [f"{of} / {ratio}"] if whole is left else [f"{a} / every(100, {text(whole)})"]
        if operator == "+":
            return [f"{of} * (1 + {ratio})"]
        return [f"{of} * (1 - {ratio})"] if operator == "-" and whole is left else [f"{of} * {ratio}"]
    money, number = (left, right) if left.kind is Kind.MONEY else (right, left)
    if operator == "/":
        return [f"{a} / every(100, {text(money)})", f"{a} / ratio(share({text(money)}, 100))"]
    return [f"{_part(money)} * {_part(number)}"]


def side_forms(sign: Comparison | None, left: Expression, right: Expression, symbols: Symbols) -> list[str]:
    """The comparisons of two kinds that do not fit; without a sign, what may stand in the place of one of them."""
    of_amount = (left.kind, right.kind) == (Kind.MONEY, Kind.PERCENT)  # a percentage is of an amount
    turned = of_amount or (isinstance(right, Literal) and not isinstance(left, Literal))
    for side, other in ((right, left), (left, right)) if turned else ((left, right), (right, left)):
        choices = _options(other, symbols) if other.kind is Kind.CHOICE else ()
        rest = {
            name: symbol for name, symbol in symbols.items() if name != text(other) or symbol.kind is not Kind.MONEY
        }
        forms = needed_forms(side, other.kind, rest, choices)
        if not forms:
            continue
        if sign is None:
            return forms
        brackets = (f"({form})" if re.search(r" (if|and|or|not|==|>|<=) ", form) else form for form in forms)
        pairs = ((form, _part(other)) if side is left else (_part(other), form) for form in brackets)
        is_equal = other.kind in (Kind.YES_NO, Kind.CHOICE, Kind.TEXT) and sign not in ("==", "!=")
        return [f"{first} {'==' if is_equal else sign} {second}" for first, second in pairs]
    return []


def needed_forms(tree: Expression, kind: Kind, symbols: Symbols, choices: Sequence[str] = ()) -> list[str]:
    """The expressions of a kind made of a value that has another kind; none where nothing can be made of it."""
    holds, own = _condition(tree, symbols), text(tree)
    match kind:
        case Kind.YES_NO:
            return [holds] if holds else []
        case Kind.CHOICE:
            return [f"'{choices[0]}' if {holds} else '{choices[-1]}'"] if choices and holds else []
        case Kind.TEXT:
            return []
        case Kind.DATE:
            if isinstance(tree, Literal) and _is_day(tree.value):
                return [f"date('{tree.value}')"]
            return [f"add_days(as_of, {_days(tree)})"] if tree.kind in _PLAIN else []
    if tree.kind is Kind.DATE:
        days = f"days_between({own}, as_of)"
        return {Kind.COUNT: [f"every(1, {days})"], Kind.NUMBER: [days]}.get(kind, [])
    if tree.kind not in NUMERIC:
        number = _as_number(tree, symbols)
        adapts = number and (kind in _PLAIN or number.startswith("(") or isinstance(tree, Literal))
        whole = kind is not Kind.COUNT or "." not in number
        return (
            [number.removeprefix("(").removesuffix(")") if number.startswith("(") else number]
            if adapts and whole
            else []
        )
    return _numbers_as(tree, own, kind, symbols)


def _numbers_as(tree: Expression, own: str, kind: Kind, symbols: Symbols) -> list[str]:
    """The expressions of a kind of numbers made of a number of another kind."""
    amounts = [  # facts alone: what is worked out may need the value itself
        name for name, symbol in symbols.items() if symbol.kind is Kind.MONEY and name == symbol.id != own
    ]
    match kind, tree.kind:
        case Kind.COUNT, Kind.NUMBER if isinstance(tree, Literal) and isinstance(tree.value, Decimal):
            return [str(max(0, int(tree.value)))]
        case Kind.COUNT | Kind.NUMBER, Kind.MONEY:
            each = [f"every(1, {own})", f"every(100, {own})"]
            return each if kind is Kind.COUNT else [*each, f"ratio(share({own}, 1))"]
        case Kind.COUNT, _:
            return [f"every(1, {own})"]
        case Kind.NUMBER, _:
            return [f"ratio({own})"]
        case Kind.PERCENT, Kind.MONEY if amounts:
            return [f"share({own}, {amounts[0]})"]
        case Kind.PERCENT, _:
            return [f"share({own}, 100)"]
        case Kind.MONEY, Kind.PERCENT if amounts:
            return [f"{amounts[0]} * ratio({own})"]
        case Kind.MONEY, _ if amounts:
            return [f"{amounts[0]} * {_part(tree)}"]
    return []


def _help(forms: Sequence[str], otherwise: str) -> str:
    short = [form for form in forms if len(form) <= _LONGEST]
    return f"write {' or '.join(short)}" if short else otherwise


def _part(tree: Expression) -> str:
    """The text of an expression as a part of another: in brackets unless it is one piece."""
    is_piece = isinstance(tree, Name | Call) or (isinstance(tree, Literal) and not text(tree).startswith("-"))
    return text(tree) if is_piece else f"({text(tree)})"


def _minus(tree: Expression) -> str:
    """The number of days or months back, which is whole."""
    if isinstance(tree, Literal) and isinstance(tree.value, Decimal):
        return plain(-Decimal(int(tree.value)))
    return f"-{_part(tree)}"


def _days(tree: Expression) -> str:
    """The number of days or months, which is whole where it is written."""
    return str(int(tree.value)) if isinstance(tree, Literal) and isinstance(tree.value, Decimal) else text(tree)


def _is_day(value: object) -> bool:
    """Whether a text is a day of the calendar as the language writes it."""
    try:
        return isinstance(value, str) and len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _options(tree: Expression, symbols: Symbols) -> tuple[str, ...]:
    """The options of a choice; none where they are not known."""
    symbol = symbols.get(tree.written) if isinstance(tree, Name) else None
    return tuple(symbol.choices) if symbol else ()


def _condition(tree: Expression, symbols: Symbols) -> str:
    """A condition on a value; empty where there is none."""
    if isinstance(tree, Literal) and tree.kind in (Kind.CHOICE, Kind.TEXT):
        return ""
    if tree.kind is Kind.YES_NO:
        return _part(tree)
    if isinstance(tree, Literal) and isinstance(tree.value, Decimal):
        return "true" if tree.value else "false"
    if tree.kind is Kind.DATE:
        return f"{_part(tree)} <= as_of"
    if tree.kind in NUMERIC:
        return f"{_part(tree)} > 0"
    options = _options(tree, symbols) if tree.kind is Kind.CHOICE and isinstance(tree, Name) else ("x",)
    return f"{_part(tree)} == '{options[0]}'" if options else ""


def _as_number(tree: Expression, symbols: Symbols) -> str:
    """A number made of a value; empty where nothing can be made of it."""
    if tree.kind in NUMERIC:
        return _part(tree)
    if tree.kind is Kind.DATE:
        return f"days_between({text(tree)}, as_of)"
    if isinstance(tree, Literal) and isinstance(tree.value, str):
        return tree.value if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,9})?", tree.value) else ""
    symbol = symbols.get(tree.written) if isinstance(tree, Name) else None
    if tree.kind is Kind.CHOICE and symbol and symbol.ordered:
        return f"rank({text(tree)})"
    holds = _condition(tree, symbols)
    return f"(1 if {holds} else 0)" if holds else ""
