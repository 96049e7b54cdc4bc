"""Tables: a value by the options of a choice, or by bands of a number; a cell may be a table again.

A table is shorthand for a choice between expressions, and becomes one: `5 if revenue >= 100 else 3`. Bands begin at a
number and end before the next, so there is neither gap nor overlap.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..document import how_to_write, scalar
from ..language.kinds import alike, as_kind
from ..language.parse import Scope
from ..language.tree import Choose, Compare, Expression, Literal, Name
from ..problems import did_you_mean
from ..values import NUMERIC, Kind, plain
from .rows import Row


def compile_cell(row: Row, keys: tuple[str, ...], scope: Scope, kind: Kind) -> Expression | None:
    """The expression of a cell of this kind, or None after reporting what is wrong with it."""
    data = row.data_of(*keys)
    if not isinstance(data, dict):
        return row.expression(*keys, scope=scope, kind=kind)
    if "by" in data:
        return _by_choice(row, keys, data, scope, kind)
    return _by_band(row, keys, data, scope, kind) if "band" in data else None


def _by_choice(row: Row, keys: tuple[str, ...], data: dict[str, Any], scope: Scope, kind: Kind) -> Expression | None:
    place = row.document.value_place((*row.path, *keys, "by"))
    symbol = scope.symbols.get(data["by"])
    if symbol is None or symbol.kind is not Kind.CHOICE:
        choices = [name for name, one in scope.symbols.items() if one.kind is Kind.CHOICE]
        if data["by"] not in scope.broken and not scope.partial:
            row.problem("unknown-name", f"'{data['by']}' is not a choice", place, did_you_mean(data["by"], choices))
        return None
    rows = data.get("rows", {})
    for option in rows:
        if option not in symbol.choices:
            message = f"'{option}' is not one of the choices of '{data['by']}'"
            row.problem(
                "unknown-choice", message, row.place(*keys, "rows", option), did_you_mean(option, symbol.choices)
            )
    missing = [option for option in symbol.choices if option not in rows]
    if missing and "otherwise" not in data and all(option in symbol.choices for option in rows):
        message = f"no value for {', '.join(map(repr, missing))}"
        row.problem("missing-row", message, row.place(*keys, "rows"), "add a row for each, or an 'otherwise'")
    cells = [(option, compile_cell(row, (*keys, "rows", option), scope, kind)) for option in rows]
    last = compile_cell(row, (*keys, "otherwise"), scope, kind) if missing else cells.pop()[1]
    name = Name(symbol.id, Kind.CHOICE, data["by"], place)
    for option, cell in reversed(cells):
        if cell is None or last is None:
            return None
        condition = Compare("==", name, Literal(option, Kind.CHOICE))
        last = Choose(condition, cell, last, kind)
    return last


def _by_band(row: Row, keys: tuple[str, ...], data: dict[str, Any], scope: Scope, kind: Kind) -> Expression | None:
    number = row.expression(*keys, "band", scope=scope)
    if number is not None and number.kind not in NUMERIC:
        place = row.document.value_place((*row.path, *keys, "band"))
        row.problem("wrong-kind", "bands are of a number", place, "name a count, a number, a percentage or money")
        number = None
    rows = data.get("rows", {})
    starts = _starts(row, (*keys, "rows"), rows)
    if starts and starts[0] != 0 and "below" not in data:
        message = f"no value under {plain(starts[0])}"
        row.problem("missing-row", message, row.place(*keys, "rows"), "begin with 0, or say what is 'below'")
    below = compile_cell(row, (*keys, "below"), scope, kind) if "below" in data else None
    cells = [compile_cell(row, (*keys, "rows", start), scope, kind) for start in rows]
    if number is None or None in cells or len(starts) < len(rows) or ("below" in data and below is None):
        return None
    tree = below if below is not None else cells[0]
    for start, cell in list(zip(starts, cells, strict=True))[0 if below is not None else 1 :]:
        pair = alike(number, Literal(start, Kind.NUMBER if start % 1 or start < 0 else Kind.COUNT))
        if tree is None or cell is None or pair is None:
            return None
        tree = Choose(Compare(">=", *pair), cell, tree, kind)
    return tree if tree is None else as_kind(tree, kind)


def _starts(row: Row, keys: tuple[str, ...], rows: dict[str, Any]) -> list[Decimal]:
    """The numbers at which bands begin: each one over the one before."""
    starts: list[Decimal] = []
    for written in rows:
        number = scalar(written)
        if not isinstance(number, Decimal):
            help = how_to_write(written, "number") or "a band is named by the number it begins with: 100000"
            row.problem("bad-number", f"'{written}' is not a number", row.place(*keys, written), help)
            continue
        if starts and number <= starts[-1]:
            message = f"the band from {plain(number)} stands after the one from {plain(starts[-1])}"
            row.problem("band-order", message, row.place(*keys, written), "let the rows rise")
        starts.append(number)
    return starts
