"""Compiles tables: by the options of a choice, by bands, points or slices of a number, or by cases.

A table is shorthand for a choice between expressions, or a sum of them, and becomes one: `5 if revenue >= 100 else 3`.
Its rows are kept beside the expression, as they were written. A cell may itself be a table. Where a table has a second
key, each row is a table by the options of that choice; where that key is the tier, it has the cell of the tier at hand.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..language.kinds import KIND_WORDS, as_kind
from ..language.parse import Scope
from ..language.symbols import Symbol
from ..language.tree import Arithmetic, Choose, Compare, Expression, Literal, Name, Undefined
from ..programme.forms import Bands, Cases, Cell, OptionTable, Points, Slices, UpTo, expression_of
from ..programme.owners import WrittenForm
from ..source.scalars import Data
from ..values import NUMERIC, Kind
from .borders import starts_of, where_rising
from .by_tier import ACROSS_TIERS, DEFAULTS, is_table
from .file_reader import FilePart, Keys
from .table_trees import bands_of, bands_up_to, cases_of, lines_between, slices_of


class Across(NamedTuple):
    """The second key of a table: a choice, or the tier at hand, whose cell each row has.

    `choice` is None for the tier. `options` are those of the choice, or all tiers. `default` are the keys of
    `otherwise`, None where the table has none.
    """

    choice: Name | None
    tier: str
    options: tuple[str, ...]
    default: Keys | None


class Wanted(NamedTuple):
    """What the cells of a table must be; `column` is the key of the cell in each row, if a row has several.

    `table` is the column whose cells hold further tables, empty where rows have no columns. `across` is the second key
    of the table, None where it has none.
    """

    kind: Kind
    choices: tuple[str, ...] = ()
    column: str | None = None
    table: str = ""
    across: Across | None = None


def compile_cell(row: FilePart, keys: Keys, scope: Scope, wanted: Wanted) -> Cell | None:
    """A cell as an expression or a table, or None where it is wrong, which is reported."""
    data = row.data_of(*keys)
    if not isinstance(data, dict):
        return row.expression(*keys, scope=scope, kind=wanted.kind, choices=wanted.choices)
    compile_form = next((compile_form for key, (_, compile_form) in _FORMS.items() if key in data), None)
    across = _across(row, keys, data, scope) if "across" in data else None
    if compile_form is None or (across is None and "across" in data):
        return None
    return compile_form(row, keys, data, scope, wanted._replace(across=across))


def form_of(data: Data, tree: Expression) -> WrittenForm:
    """The form in which a cell is written; `tree` is what it was compiled to."""
    if isinstance(data, dict):
        return next((form for key, (form, _) in _FORMS.items() if key in data), WrittenForm.RULE)
    return WrittenForm.FIGURE if isinstance(tree, Literal) else WrittenForm.RULE


def _cell(row: FilePart, keys: Keys, scope: Scope, wanted: Wanted) -> Cell | None:
    """A table's cell: where rows have several, that of the wanted column; with a second key, the row by its options."""
    if wanted.across is not None:
        return _row(row, keys, scope, wanted)
    if wanted.column is None:
        return compile_cell(row, keys, scope, wanted)
    cells = row.data_of(*keys)
    if not isinstance(cells, dict) or wanted.column not in cells:
        help = f"write it as a map of the columns: {{{wanted.column}: …}}"
        row.problem("missing-row", f"the row has no '{wanted.column}'", row.place(*keys), help)
        return None
    return compile_cell(row, (*keys, wanted.column), scope, wanted._replace(column=None, table=wanted.column))


def _default(row: FilePart, keys: Keys, scope: Scope, wanted: Wanted, by: Expression | None) -> Cell | None:
    """The cell that counts where no row applies; with `unknown` the table is undefined there.

    `by` is what rows are chosen by, None for cases. With a second key it may be a row of cells.
    """
    if wanted.across is not None and _is_row(row.data_of(*keys), wanted.across):
        return _row(row, keys, scope, wanted)
    wanted = wanted._replace(across=None)
    own = keys if wanted.column is None else (*keys, wanted.column)
    if row.data_of(*own) == "unknown":
        return Undefined(by, wanted.kind, wanted.column or wanted.table or row.id, row.place(*own))
    return _cell(row, keys, scope, wanted)


# The second key -------------------------------------------------------------------------------------------------------


def _across(row: FilePart, keys: Keys, data: dict[str, Any], scope: Scope) -> Across | None:
    """The second key of a table; None where it is wrong, which is reported."""
    place = row.document.value_place((*row.path, *keys, "across"))
    default = (*keys, "otherwise") if "otherwise" in data else None
    if data["across"] == ACROSS_TIERS:
        if not scope.owner:
            message = "there is no tier here whose column counts"
            help = "a value by tier is a definition, a benefit, a rebate or a fee; for the tier held, write by: tier"
            row.problem("wrong-form", message, place, help)
            return None
        return Across(None, scope.owner, tuple(row.files.names("tiers", "tiers")), default)
    if data["across"] == data.get("by"):
        message = f"'{data['across']}' is the first key of the table already"
        row.problem("wrong-form", message, place, "name another choice, or write one key")
        return None
    symbol = _choice(row, keys, "across", scope)
    return symbol and Across(Name(symbol.id, Kind.CHOICE, data["across"], place), "", symbol.choices, default)


def _is_row(data: Any, across: Across) -> bool:
    """Whether these data are a row of cells, not one cell for all options."""
    return isinstance(data, dict) and (not is_table(data) or all(option in across.options for option in data))


def _row(row: FilePart, keys: Keys, scope: Scope, wanted: Wanted) -> Cell | None:
    """A row of a table with two keys: the cell of the tier at hand, or a table by the options of the second key."""
    across, cells = wanted.across, row.data_of(*keys)
    if across is None or not isinstance(cells, dict):
        return None
    for option in cells:
        if option not in across.options and row.files.is_whole("tiers", "tiers"):
            code, what = ("unknown-tier", "a tier") if across.choice is None else (
                "unknown-choice", f"one of the choices of '{across.choice.written}'"
            )  # fmt: skip
            row.unknown(code, what, option, across.options, row.place(*keys, option))
    if across.choice is None:
        return _cell_across(row, keys, across.tier, scope, wanted)
    rest = None if across.default is None else row.data_of(*across.default)
    shared = across.default is not None and not _is_row(rest, across)
    own = [option for option in across.options if option in cells or (not shared and option in (rest or ()))]
    missing = [option for option in across.options if option not in own and not row.holds(*keys, option)]
    if missing and not shared and all(option in across.options for option in cells):
        message = f"no value for {', '.join(map(repr, missing))}"
        row.problem("missing-row", message, row.place(*keys), "add a cell for each, or an 'otherwise'")
    inner = [(option, _cell_across(row, keys, option, scope, wanted)) for option in own]
    otherwise = _cell_across(row, keys, missing[0], scope, wanted) if missing and shared else None
    if missing and otherwise is None:
        return None
    return _option_table(across.choice, inner, otherwise, wanted.kind)


def _cell_across(row: FilePart, keys: Keys, option: str, scope: Scope, wanted: Wanted) -> Cell | None:
    """The cell of an option in a row, else that of `otherwise`; a tier without either has no value there."""
    across, inner = wanted.across, wanted._replace(across=None)
    if across is None:
        return None
    by = across.choice or Literal(option, Kind.CHOICE)
    if row.holds(*keys, option):
        own = (*keys, option)
        is_default = keys[-1] in DEFAULTS
        return _default(row, own, scope, inner, by) if is_default else _cell(row, own, scope, inner)
    if across.default is not None:
        rest = row.data_of(*across.default)
        if not _is_row(rest, across):
            return _default(row, across.default, scope, inner, by)
        if option in rest:
            return _default(row, (*across.default, option), scope, inner, by)
    return Undefined(by, inner.kind, inner.table or row.id, row.place(*keys))


# Forms ----------------------------------------------------------------------------------------------------------------


def _choice(row: FilePart, keys: Keys, key: str, scope: Scope) -> Symbol | None:
    """The choice that a key of a table names; None where it is none, which is reported."""
    written = row.data_of(*keys, key)
    symbol = scope.symbols.get(written)
    if symbol is not None and symbol.kind is Kind.CHOICE:
        return symbol
    choices = [name for name, choice in scope.symbols.items() if choice.kind is Kind.CHOICE]
    if written not in scope.broken and not scope.partial:
        place = row.document.value_place((*row.path, *keys, key))
        row.unknown("unknown-name", "a choice", written, choices, place)
    return None


def _option_table(
    name: Name, cells: list[tuple[str, Cell | None]], otherwise: Cell | None, kind: Kind
) -> OptionTable | None:
    """The table by the options of a choice; None where a cell is wrong, or there is none."""
    valid = tuple((option, cell) for option, cell in cells if cell is not None)
    if len(valid) < len(cells) or (not valid and otherwise is None):
        return None
    chosen, last = (valid[:-1], valid[-1][1]) if otherwise is None else (valid, otherwise)
    tree = expression_of(last)
    for option, cell in reversed(chosen):
        is_option = Compare("==", name, Literal(option, Kind.CHOICE))
        tree = Choose(is_option, expression_of(cell), tree, kind)
    return OptionTable(name, valid, otherwise, tree)


def _by_choice(row: FilePart, keys: Keys, data: dict[str, Any], scope: Scope, wanted: Wanted) -> OptionTable | None:
    symbol = _choice(row, keys, "by", scope)
    if symbol is None:
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
    name = Name(symbol.id, Kind.CHOICE, data["by"], row.document.value_place((*row.path, *keys, "by")))
    cells = [(option, _cell(row, (*keys, "rows", option), scope, wanted)) for option in rows]
    otherwise = _default(row, (*keys, "otherwise"), scope, wanted, name) if missing and "otherwise" in data else None
    if not cells or (missing and "otherwise" in data and otherwise is None):
        return None
    return _option_table(name, cells, otherwise, wanted.kind)


def _by_band(row: FilePart, keys: Keys, data: dict[str, Any], scope: Scope, wanted: Wanted) -> Bands | None:
    parts = _rows_from(row, keys, "band", scope, wanted)
    tree = bands_of(parts.number, parts.trees, parts.below_tree, wanted.kind) if parts else None
    fitting = as_kind(tree, wanted.kind) if tree is not None else None
    if parts is None or fitting is None:
        return None
    rising = where_rising(row, [start for start, _ in parts.rows], fitting, wanted.column or wanted.table or row.id)
    return Bands(parts.number, parts.rows, parts.below, rising)


def _up_to(row: FilePart, keys: Keys, data: dict[str, Any], scope: Scope, wanted: Wanted) -> UpTo | None:
    """Bands that hold their upper limits, and what counts above the last of them."""
    number, rows = _number(row, (*keys, "up_to"), scope), data.get("rows", {})
    ends = starts_of(row, (*keys, "rows"), rows, scope, number, whole=False, word="to")
    cells = [_cell(row, (*keys, "rows", end), scope, wanted) for end in rows]
    above = _default(row, (*keys, "above"), scope, wanted, number) if "above" in data else None
    if "above" not in data and ends:
        message = f"no value over {list(rows)[-1]}"
        row.problem("missing-row", message, row.place(*keys, "rows"), "say what is 'above' the last limit")
    valid = [cell for cell in cells if cell is not None]
    if number is None or not rows or above is None or len(valid) < len(rows) or len(ends) < len(rows):
        return None
    trees = list(zip(ends, map(expression_of, valid), strict=True))
    tree = bands_up_to(number, trees, expression_of(above), wanted.kind)
    fitting = as_kind(tree, wanted.kind) if tree is not None else None
    if fitting is None:
        return None
    rising = where_rising(row, ends, fitting, wanted.column or wanted.table or row.id)
    return UpTo(number, tuple(zip(ends, valid, strict=True)), above, rising)


def _by_points(row: FilePart, keys: Keys, data: dict[str, Any], scope: Scope, wanted: Wanted) -> Points | None:
    """Straight lines between points; of a number that is not whole by its kind."""
    if wanted.kind not in NUMERIC or wanted.kind is Kind.COUNT:
        message = f"there are no straight lines between values that are {KIND_WORDS[wanted.kind]}"
        help = "make it a number; where a definition is a count, round it too: round: 1"
        row.problem("wrong-kind", message, row.place(*keys, "between"), help)
        return None
    parts = _rows_from(row, keys, "between", scope, wanted)
    tree = lines_between(parts.number, parts.trees, parts.below_tree, wanted.kind) if parts else None
    return None if parts is None or tree is None else Points(parts.number, parts.rows, parts.below, tree)


class _RowsFrom(NamedTuple):
    """The rows of a table by bands or points: what goes by it, where each row begins, and what lies under the first."""

    number: Expression
    rows: tuple[tuple[Expression, Cell], ...]
    below: Cell | None

    @property
    def trees(self) -> list[tuple[Expression, Expression]]:
        """Where each row begins, and its value."""
        return [(start, expression_of(cell)) for start, cell in self.rows]

    @property
    def below_tree(self) -> Expression | None:
        """The value under the first row."""
        return None if self.below is None else expression_of(self.below)


def _rows_from(row: FilePart, keys: Keys, form: str, scope: Scope, wanted: Wanted) -> _RowsFrom | None:
    """The rows of a table by bands or points, as `form` says; None where something is wrong, which is reported."""
    number, data = _number(row, (*keys, form), scope), row.data_of(*keys)
    rows = data.get("rows", {})
    names, whole = scope if form == "band" else None, number is not None and number.kind is Kind.COUNT
    starts = starts_of(row, (*keys, "rows"), rows, names, number, whole=whole)
    if len(starts) == len(rows) and starts and not _is_zero(starts[0]) and "below" not in data:
        message = f"no value under {next(iter(rows))}"
        row.problem("missing-row", message, row.place(*keys, "rows"), "begin with 0, or say what is 'below'")
    below = _default(row, (*keys, "below"), scope, wanted, number) if "below" in data else None
    cells = [_cell(row, (*keys, "rows", start), scope, wanted) for start in rows]
    valid = [cell for cell in cells if cell is not None]
    is_wrong = "below" in data and below is None
    if number is None or not rows or is_wrong or len(valid) < len(rows) or len(starts) < len(rows):
        return None
    return _RowsFrom(number, tuple(zip(starts, valid, strict=True)), below)


def _is_zero(start: Expression) -> bool:
    return isinstance(start, Literal) and start.value == 0


def _by_slices(row: FilePart, keys: Keys, data: dict[str, Any], scope: Scope, wanted: Wanted) -> Slices | None:
    """Each slice of a number at its own rate: of money a percentage, of other numbers an amount for each unit.

    With `after`, the number is what is added to an earlier total, and the slices are those of the running total.
    """
    number = _number(row, (*keys, "slices"), scope)
    rows = data.get("rows", {})
    starts = starts_of(row, (*keys, "rows"), rows, scope, number, whole=False)
    if len(starts) == len(rows) and starts and not _is_zero(starts[0]):
        message = f"no rate under {next(iter(rows))}"
        row.problem("missing-row", message, row.place(*keys, "rows"), "begin with 0; a rate there may be 0")
    before = row.expression(*keys, "after", scope=scope, kind=number.kind) if "after" in data and number else None
    of_money = number is not None and number.kind is wanted.kind is Kind.MONEY
    rate_wanted = Wanted(Kind.PERCENT if of_money else wanted.kind, across=wanted.across)
    rates = [_cell(row, (*keys, "rows", start), scope, rate_wanted) for start in rows]
    if number is None or not rows or len(starts) < len(rows) or ("after" in data and before is None):
        return None
    valid_rates = [rate for rate in rates if rate is not None]
    if len(valid_rates) < len(rates):
        return None
    whole = number if before is None else Arithmetic("+", before, number, number.kind, number.place)
    trees = [expression_of(rate) for rate in valid_rates]
    kept = data.get("negative") != "dropped"
    total = slices_of(whole, starts, trees, wanted.kind, kept=kept)
    if before is not None:
        total = Arithmetic("-", total, slices_of(before, starts, trees, wanted.kind, kept=kept), wanted.kind)
    total = where_rising(row, starts, total, wanted.table or row.id)
    return Slices(number, before, tuple(zip(starts, valid_rates, strict=True)), kept, total)


def _by_cases(row: FilePart, keys: Keys, data: dict[str, Any], scope: Scope, wanted: Wanted) -> Cases | None:
    """The first case whose condition holds, or the greatest or least value or the sum of those that hold."""
    cases = []
    for index in range(len(data["cases"])):
        when = row.expression(*keys, "cases", index, "when", scope=scope, kind=Kind.YES_NO)
        cases.append((when, _cell(row, (*keys, "cases", index, "value"), scope, wanted)))
    otherwise = _default(row, (*keys, "otherwise"), scope, wanted, None)
    if otherwise is None or any(when is None or value is None for when, value in cases):
        return None
    valid = tuple((when, value) for when, value in cases if when is not None and value is not None)
    take = data.get("take", "first")
    if take != "first" and wanted.kind not in NUMERIC:
        message = f"there is no {take} of {KIND_WORDS[wanted.kind]}"
        row.problem("wrong-kind", message, row.place(*keys, "take"), "let the first case that holds count")
        return None
    trees = [(when, expression_of(value)) for when, value in valid]
    is_added = not isinstance(otherwise, Undefined)
    tree = cases_of(take, trees, expression_of(otherwise), wanted.kind, is_added=is_added)
    return Cases(take, valid, otherwise, tree)


_FORMS = {
    "by": (WrittenForm.TABLE, _by_choice),
    "band": (WrittenForm.BANDS, _by_band),
    "up_to": (WrittenForm.UP_TO, _up_to),
    "between": (WrittenForm.POINTS, _by_points),
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
