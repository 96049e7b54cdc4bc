"""Compiles tables: by the options of a choice, by bands or slices of a number, or by cases.

A table is shorthand for a choice between expressions, or a sum of them, and becomes one: `5 if revenue >= 100 else 3`.
Its rows are kept beside the expression, as they were written. A cell may itself be a table. A band begins at a number
and ends before the next band, so there is neither gap nor overlap; where bands are written with both ends
(`100 to 199`), gaps and overlaps are refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from ..language.kinds import KIND_WORDS, adapt, as_kind, compatible
from ..language.parse import Scope
from ..language.tree import Arithmetic, Call, Choose, Compare, Expression, Literal, Name
from ..problems import Place
from ..programme.forms import Bands, Cases, Cell, OptionTable, Slices, expression_of
from ..programme.owners import WrittenForm
from ..source.scalars import Data, how_to_write, plain_scalar
from ..values import NUMERIC, Kind, plain
from .file_reader import FilePart

Keys = tuple[str | int, ...]


class Wanted(NamedTuple):
    """What the cells of a table must be; `column` is the key of the cell in each row, if a row has several."""

    kind: Kind
    choices: tuple[str, ...] = ()
    column: str | None = None


def compile_cell(row: FilePart, keys: Keys, scope: Scope, wanted: Wanted) -> Cell | None:
    """A cell as an expression or a table, or None where it is wrong, which is reported."""
    data = row.data_of(*keys)
    if isinstance(data, dict):
        for key, (_, compile_form) in _FORMS.items():
            if key in data:
                return compile_form(row, keys, data, scope, wanted)
        return None
    return row.expression(*keys, scope=scope, kind=wanted.kind, choices=wanted.choices)


def form_of(data: Data, tree: Expression) -> WrittenForm:
    """The form in which a cell is written; `tree` is what it was compiled to."""
    if isinstance(data, dict):
        return next((form for key, (form, _) in _FORMS.items() if key in data), WrittenForm.RULE)
    return WrittenForm.FIGURE if isinstance(tree, Literal) else WrittenForm.RULE


def added(parts: Sequence[Expression], kind: Kind) -> Expression:
    """The sum of one part or more, as a balanced tree, so that a long sum does not nest deeply."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return Arithmetic("+", added(parts[:middle], kind), added(parts[middle:], kind), kind)


def _cell(row: FilePart, keys: Keys, scope: Scope, wanted: Wanted) -> Cell | None:
    """A table's cell: where rows have several, that of the wanted column."""
    if wanted.column is None:
        return compile_cell(row, keys, scope, wanted)
    cells = row.data_of(*keys)
    if not isinstance(cells, dict) or wanted.column not in cells:
        help = f"write it as a map of the columns: {{{wanted.column}: …}}"
        row.problem("missing-row", f"the row has no '{wanted.column}'", row.place(*keys), help)
        return None
    return compile_cell(row, (*keys, wanted.column), scope, wanted._replace(column=None))


def _by_choice(row: FilePart, keys: Keys, data: dict[str, Any], scope: Scope, wanted: Wanted) -> OptionTable | None:
    place = row.document.value_place((*row.path, *keys, "by"))
    symbol = scope.symbols.get(data["by"])
    if symbol is None or symbol.kind is not Kind.CHOICE:
        choices = [name for name, choice in scope.symbols.items() if choice.kind is Kind.CHOICE]
        if data["by"] not in scope.broken and not scope.partial:
            row.unknown("unknown-name", "a choice", data["by"], choices, place)
        return None
    rows = data.get("rows", {})
    for option in rows:
        if option not in symbol.choices:
            what = f"one of the choices of '{data['by']}'"
            row.unknown("unknown-choice", what, option, symbol.choices, row.place(*keys, "rows", option))
    missing = [option for option in symbol.choices if option not in rows]
    if missing and "otherwise" not in data and all(option in symbol.choices for option in rows):
        message = f"no value for {', '.join(map(repr, missing))}"
        row.problem("missing-row", message, row.place(*keys, "rows"), "add a row for each, or an 'otherwise'")
    cells = [(option, _cell(row, (*keys, "rows", option), scope, wanted)) for option in rows]
    otherwise = _cell(row, (*keys, "otherwise"), scope, wanted) if missing and "otherwise" in data else None
    valid = tuple((option, cell) for option, cell in cells if cell is not None)
    if not valid or len(valid) < len(cells) or (missing and "otherwise" in data and otherwise is None):
        return None
    name = Name(symbol.id, Kind.CHOICE, data["by"], place)
    chosen, last = (valid[:-1], valid[-1][1]) if otherwise is None else (valid, otherwise)
    tree = expression_of(last)
    for option, cell in reversed(chosen):
        is_option = Compare("==", name, Literal(option, Kind.CHOICE))
        tree = Choose(is_option, expression_of(cell), tree, wanted.kind)
    return OptionTable(name, valid, otherwise, tree)


def _by_band(row: FilePart, keys: Keys, data: dict[str, Any], scope: Scope, wanted: Wanted) -> Bands | None:
    number = _number(row, (*keys, "band"), scope)
    rows = data.get("rows", {})
    starts = _starts(row, (*keys, "rows"), rows, whole=number is not None and number.kind is Kind.COUNT)
    if starts and starts[0] != 0 and "below" not in data:
        message = f"no value under {plain(starts[0])}"
        row.problem("missing-row", message, row.place(*keys, "rows"), "begin with 0, or say what is 'below'")
    below = _cell(row, (*keys, "below"), scope, wanted) if "below" in data else None
    cells = [_cell(row, (*keys, "rows", start), scope, wanted) for start in rows]
    valid = [cell for cell in cells if cell is not None]
    if number is None or not rows or len(valid) < len(rows) or len(starts) < len(rows):
        return None
    if "below" in data and below is None:
        return None
    bands = tuple(zip(starts, valid, strict=True))
    tree = expression_of(below if below is not None else valid[0])
    borders = [_written(start, row.place(*keys, "rows", key)) for key, start in zip(rows, starts, strict=True)]
    for start, cell in list(zip(borders, valid, strict=True))[0 if below is not None else 1 :]:
        pair = compatible(number, start)
        if pair is None:
            return None
        tree = Choose(Compare(">=", *pair), expression_of(cell), tree, wanted.kind)
    fitting = as_kind(tree, wanted.kind)
    return fitting and Bands(number, bands, below, fitting)


def _by_slices(row: FilePart, keys: Keys, data: dict[str, Any], scope: Scope, wanted: Wanted) -> Slices | None:
    """Each slice of a number at its own rate: of money a percentage, of other numbers an amount for each unit.

    With `after`, the number is what is added to an earlier total, and the slices are those of the running total.
    """
    number = _number(row, (*keys, "slices"), scope)
    rows = data.get("rows", {})
    starts = _starts(row, (*keys, "rows"), rows, whole=False)
    if starts and starts[0] != 0:
        message = f"no rate under {plain(starts[0])}"
        row.problem("missing-row", message, row.place(*keys, "rows"), "begin with 0; a rate there may be 0")
    before = row.expression(*keys, "after", scope=scope, kind=number.kind) if "after" in data and number else None
    of_money = number is not None and number.kind is wanted.kind is Kind.MONEY
    rate_wanted = Wanted(Kind.PERCENT if of_money else wanted.kind)
    rates = [compile_cell(row, (*keys, "rows", start), scope, rate_wanted) for start in rows]
    if number is None or not rows or len(starts) < len(rows) or ("after" in data and before is None):
        return None
    valid_rates = [rate for rate in rates if rate is not None]
    if len(valid_rates) < len(rates):
        return None
    whole = number if before is None else Arithmetic("+", before, number, number.kind, number.place)
    trees = [expression_of(rate) for rate in valid_rates]
    borders = [_written(start, row.place(*keys, "rows", key)) for key, start in zip(rows, starts, strict=True)]
    kept = data.get("negative") != "dropped"
    total = _slices_of(whole, borders, trees, wanted.kind, kept=kept)
    if before is not None:
        total = Arithmetic("-", total, _slices_of(before, borders, trees, wanted.kind, kept=kept), wanted.kind)
    return Slices(number, before, tuple(zip(starts, valid_rates, strict=True)), kept, total)


def _slices_of(
    number: Expression, starts: list[Literal], rates: list[Expression], kind: Kind, *, kept: bool
) -> Expression:
    """The sum over the slices of a number: of money a percentage, of other numbers the rate times the units."""
    parts = []
    for start, end, rate in zip(starts, [*starts[1:], None], rates, strict=True):
        factor = Call("ratio", (rate,), Kind.NUMBER) if number.kind is kind is Kind.MONEY else rate
        parts.append(Arithmetic("*", _slice(number, start, end, kept=kept), factor, kind))
    return added(parts, kind)


def _slice(number: Expression, start: Literal, end: Literal | None, *, kept: bool) -> Expression:
    """How much of the number lies between start and end; there is no end where it is None.

    A negative number that is kept lies in the first slice.
    """
    upper = number if end is None else Call("min", (number, _like(number, end)), number.kind)
    if start.value == 0 and (kept or number.kind is Kind.COUNT):
        return upper
    if start.value == 0:
        return Call("max", (upper, _like(number, start._replace(place=None))), number.kind)
    over = Call("max", (upper, _like(number, start)), number.kind)
    kind = Kind.NUMBER if number.kind is Kind.COUNT else number.kind
    return Arithmetic("-", over, _like(number, start), kind)


def _by_cases(row: FilePart, keys: Keys, data: dict[str, Any], scope: Scope, wanted: Wanted) -> Cases | None:
    """The first case whose condition holds, or the greatest value or the sum of those that hold."""
    cases = []
    for index in range(len(data["cases"])):
        when = row.expression(*keys, "cases", index, "when", scope=scope, kind=Kind.YES_NO)
        cases.append((when, _cell(row, (*keys, "cases", index, "value"), scope, wanted)))
    otherwise = _cell(row, (*keys, "otherwise"), scope, wanted)
    if otherwise is None or any(when is None or value is None for when, value in cases):
        return None
    valid = tuple((when, value) for when, value in cases if when is not None and value is not None)
    take = data.get("take", "first")
    if take != "first" and wanted.kind not in NUMERIC:
        message = f"there is no {take} of {KIND_WORDS[wanted.kind]}"
        row.problem("wrong-kind", message, row.place(*keys, "take"), "let the first case that holds count")
        return None
    trees = [(when, expression_of(value)) for when, value in valid]
    return Cases(take, valid, otherwise, _cases_of(take, trees, expression_of(otherwise), wanted.kind))


def _cases_of(take: str, cases: list[tuple[Expression, Expression]], otherwise: Expression, kind: Kind) -> Expression:
    """The value of the first case that holds, or the greatest or the sum of those that hold."""
    if take == "first":
        tree = otherwise
        for when, value in reversed(cases):
            tree = Choose(when, value, tree, kind)
        return tree
    if take == "greatest":  # a case that does not hold adds nothing to the choice: `otherwise` is in it already
        held = [Choose(when, value, otherwise, kind) for when, value in cases]
        return Call("max", (otherwise, *held), kind)
    each = [Choose(when, value, _like(value, _written(Decimal(0))), kind) for when, value in cases]
    return added([otherwise, *each], kind)


_FORMS = {
    "by": (WrittenForm.TABLE, _by_choice),
    "band": (WrittenForm.BANDS, _by_band),
    "slices": (WrittenForm.SLICES, _by_slices),
    "cases": (WrittenForm.CASES, _by_cases),
}


def _number(row: FilePart, keys: Keys, scope: Scope) -> Expression | None:
    """The number whose bands or slices a table has; None where it is wrong, which is reported."""
    number = row.expression(*keys, scope=scope)
    if number is not None and number.kind not in NUMERIC:
        place = row.document.value_place((*row.path, *keys))
        row.problem("wrong-kind", "bands are of a number", place, "name a count, a number, a percentage or money")
        return None
    return number


def _written(number: Decimal, place: Place | None = None) -> Literal:
    return Literal(number, Kind.NUMBER if number % 1 or number < 0 else Kind.COUNT, place)


def _like(value: Expression, number: Literal) -> Expression:
    """The number as a literal of the kind of `value`."""
    of_count = value.kind is Kind.COUNT and number.kind is Kind.NUMBER
    return adapt(number, Kind.NUMBER if of_count else value.kind) or number


_RANGE = re.compile(r"(-?[0-9.]+) to (-?[0-9.]+)")
_FROM = re.compile(r"(-?[0-9.]+) and up")


def _starts(row: FilePart, keys: Keys, rows: dict[str, Any], *, whole: bool) -> list[Decimal]:
    """The numbers at which bands begin, rising; `whole` says that the number is always whole."""
    starts: list[Decimal] = []
    end: Decimal | None = None
    for written in rows:
        both, open_ = _RANGE.fullmatch(written), _FROM.fullmatch(written)
        number = plain_scalar(both[1] if both else open_[1] if open_ else written)
        last = plain_scalar(both[2]) if both else None
        if not isinstance(number, Decimal) or (both and not isinstance(last, Decimal)):
            help = how_to_write(written, "number") or "a band is named by the number it begins with: 100000"
            row.problem("bad-number", f"'{written}' is not a number", row.place(*keys, written), help)
            continue
        _check_band(row, (*keys, written), number, (starts, end), whole=whole)
        starts.append(number)
        end = last if isinstance(last, Decimal) else None
    if end is not None:
        help = f"let the last band be open: '{plain(starts[-1])} and up'"
        row.problem("missing-row", f"no value over {plain(end)}", row.place(*keys), help)
    return starts


def _check_band(
    row: FilePart, keys: Keys, number: Decimal, before: tuple[Sequence[Decimal], Decimal | None], *, whole: bool
) -> None:
    """Report a band that does not begin after the band before it or, where the end of that is written, right after it.

    `before` has the starts of the earlier bands, and the written end of the last one.
    """
    starts, end = before
    if starts and number <= starts[-1]:
        message = f"the band from {plain(number)} stands after the one from {plain(starts[-1])}"
        row.problem("band-order", message, row.place(*keys), "let the rows rise")
    elif end is not None and number <= end:
        message = f"{plain(number)} is in two bands"
        row.problem("band-overlap", message, row.place(*keys), "name bands by the number they begin with")
    elif end is not None and number - end != (1 if whole else 0):
        between = end + 1 if whole else (end + number) / 2
        message = f"{plain(between)} is in no band: one ends with {plain(end)}, the next begins with {plain(number)}"
        row.problem("band-gap", message, row.place(*keys), "name bands by the number they begin with")
