"""Compiles the floor, the cap and the rounding of a value."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ..language.currencies import minor_unit
from ..language.function_names import FunctionName, Rounding
from ..language.parse import Scope
from ..language.symbols import Symbol
from ..language.tree import Call, Choose, Compare, Expression, Literal, Name
from ..programme.forms import Cell, Written, expression_of
from ..values import NUMERIC, Kind
from .file_reader import FilePart
from .tables import Wanted, compile_cell

_WAYS: Mapping[str, Rounding] = {
    "half_up": "round",
    "half_even": "round_half_even",
    "down": "round_down",
    "up": "round_up",
    "towards_zero": "round_towards_zero",
    "away_from_zero": "round_away_from_zero",
}


def bounded(row: FilePart, cell: Cell, scope: Scope, kind: Kind) -> tuple[Expression, Written] | None:
    """The value limited by the row's floor and cap, then rounded, where it has these, and its form as written.

    None where a limit is wrong, which is reported.
    """
    tree, form = expression_of(cell), Written(cell)
    limits: tuple[tuple[str, FunctionName | None], ...] = (("floor", "max"), ("cap", "min"), ("round", None))
    for key, function in limits:
        if key not in row.data:
            continue
        if kind not in NUMERIC:
            row.problem("bounds", f"'{key}' has no meaning for the kind '{kind.value}'", row.place(key), "remove it")
            return None
        limit_cell = compile_cell(row, (key,), scope, Wanted(tree.kind if function else Kind.NUMBER))
        if limit_cell is None:
            return None
        limit = expression_of(limit_cell)
        if function:
            tree = Call(function, (tree, limit), tree.kind, tree.place)
            form = form._replace(floor=limit_cell) if key == "floor" else form._replace(cap=limit_cell)
            continue
        currency = row.data.get("currency", "")
        way = _WAYS.get(row.data.get("rounding", ""), "round")
        unit = limit.value if isinstance(limit, Literal) and isinstance(limit.value, Decimal) else Decimal(1)
        if unit <= 0 or (kind is Kind.COUNT and unit % 1):
            message = "the unit to round by must be over 0" + (", and whole for a count" * (kind is Kind.COUNT))
            row.problem("out-of-range", message, row.place("round"), "write round: 1")
            return None
        if kind is Kind.MONEY:
            tree = _rounded_money(tree, way, limit, scope.symbols.get(currency), currency)
        else:
            tree = Call(way, (tree, limit), kind, tree.place)
        form = form._replace(unit=tree.arguments[1] if isinstance(tree, Call) else limit, rounding=way)
    return tree, form


def _rounded_money(
    tree: Expression, way: Rounding, unit: Expression, field: Symbol | None, currency: str
) -> Expression:
    """An amount rounded to the unit, or to the minor unit of its currency where that is greater.

    `field` is the choice that holds the currency of an item, None where `currency` is a code or empty.
    """

    def rounded(code: str) -> Expression:
        least = minor_unit(code)
        by: Expression = Literal(least, Kind.NUMBER, unit.place)
        if not isinstance(unit, Literal):
            by = Call("max", (unit, by), Kind.NUMBER, unit.place)
        elif isinstance(unit.value, Decimal) and unit.value >= least:
            by = unit
        return Call(way, (tree, by), Kind.MONEY, tree.place)

    if field is None or field.kind is not Kind.CHOICE:
        return rounded(currency) if currency else Call(way, (tree, unit), Kind.MONEY, tree.place)
    whole = rounded(field.choices[-1])
    for option in reversed(field.choices[:-1]):
        of_option = rounded(option)
        if of_option != whole:
            is_option = Compare("==", Name(field.id, Kind.CHOICE, currency), Literal(option, Kind.CHOICE))
            whole = Choose(is_option, of_option, whole, Kind.MONEY)
    return whole
