"""Compiles definitions and the values of a list's items: an expression, a table, or an aggregate over a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..language.currencies import money_problem
from ..language.tree import Literal, Name
from ..problems import Place
from ..programme.forms import Cell, Written, expression_of
from ..programme.model import ORDER, ListFact, NamedValue, Texts
from ..programme.owners import (
    PROGRAMME,
    SHOWN,
    WHOLE_ORDER,
    Better,
    OwnerKind,
    Role,
    WrittenForm,
    id_of,
    of_list,
    of_tier,
)
from ..values import Kind
from .aggregates import ValuePlace, compile_aggregate
from .bounded import bounded
from .facts import by_depth, check_choices, check_form, group_keys
from .file_reader import FilePart, Files
from .references import check_cells_by_tier
from .scopes import Scopes, choices_taken, columns, named_values
from .tables import Wanted, compile_cell, form_of

_TRUE = Literal(True, Kind.YES_NO)


def compile_definitions(files: Files, scopes: Scopes, lists: Mapping[str, ListFact]) -> list[NamedValue]:
    """Every definition, and every value of the items of a list."""
    values: list[NamedValue] = []
    for row in named_values(files):
        check_cells_by_tier(row, "value", files.names("tiers", "tiers"))
        values += _values(row, list(_places(row, scopes)), scopes, lists)
    for table in files.rows("definitions", "tables"):
        table.texts()
    for table, column in columns(files):
        values += _column(table, column, scopes)
    for id in lists:
        inner = files.row(*files.list_path(id))
        for row in inner.inner("values") if inner else ():
            if id == ORDER and "show" in row.data:
                help = "show a total of the order: order: {totals: {…}}"
                row.problem("wrong-form", "a quote shows no value of a line", row.place("show"), help)
            place = ValuePlace(of_list(id), Role.ITEM_VALUE, ("value",), scopes.by_list[id], id)
            if "kind" in row.data:
                values += _values(row, [place], scopes, lists)
    for groups in by_depth(lists):
        if lists[groups].group_of:
            values += _keys(files, lists[groups], scopes, lists, {value.id: value for value in values})
    order = files.row("prices", ORDER)
    for row in order.inner("totals") if order else ():
        if "kind" in row.data:
            place = ValuePlace(WHOLE_ORDER, Role.ORDER_TOTAL, ("value",), scopes.order)
            values += _values(row, [place], scopes, lists)
    return values


def _keys(
    files: Files, groups: ListFact, scopes: Scopes, lists: Mapping[str, ListFact], values: Mapping[str, NamedValue]
) -> Iterator[NamedValue]:
    """The values by which groups are told apart; a key that the grouped items do not have is reported.

    `values` are those of the items so far, by their ids.
    """
    row, base = files.row(*files.list_path(groups.id)), lists[groups.group_of or ""]
    scope, general = scopes.by_list[base.id], scopes.of(base.id)
    own = [name for name, symbol in scope.symbols.items() if general.symbols.get(name) != symbol]
    for key in group_keys(row) if row else ():
        symbol = scope.symbols.get(key)
        about = (base.fields.get(key) or values.get(symbol.id)) if symbol and key in own else None
        if row and symbol and about:
            yield NamedValue(
                id=id_of(of_list(groups.id), Role.GROUP_KEY, key),
                owner=of_list(groups.id),
                role=Role.GROUP_KEY,
                names=(key,),
                form=WrittenForm.DERIVED,
                kind=symbol.kind,
                expression=Name(symbol.id, symbol.kind, key),
                title=about.title,
                source=groups.source,
                place=row.place("by"),
                unit=about.unit,
                currency=scopes.by_list[groups.id].symbols[key].currency,
                choices=about.choices,
                ordered=symbol.ordered,
            )
        elif row and key not in own and key not in scope.broken:
            row.unknown("unknown-name", f"a field or value of '{base.id}'", key, own, _place_of_key(row, key))


def _place_of_key(row: FilePart, key: str) -> Place:
    """Where a key of groups is written: by itself, or in a list of several."""
    written = row.data["by"]
    return row.document.value_place((*row.path, "by", *(() if isinstance(written, str) else (written.index(key),))))


def _places(row: FilePart, scopes: Scopes) -> Iterator[ValuePlace]:
    """The place of the definition, or a place for each tier where it differs by tier."""
    if row.id not in scopes.differing:
        yield ValuePlace(PROGRAMME, Role.DEFINITION, ("value",), scopes.general)
        return
    for tier, keys in scopes.differing[row.id].cells.items():
        if tier in scopes.by_tier:
            yield ValuePlace(of_tier(tier), Role.DEFINITION, keys, scopes.by_tier[tier])


def _column(table: FilePart, column: FilePart, scopes: Scopes) -> Iterator[NamedValue]:
    """The value of a table's column, made of the cells under its name in every row; none where a cell is wrong.

    It differs by tier where its cells read what differs by tier.
    """
    kind, choices = Kind(column.data["kind"]), _choices(column, Kind(column.data["kind"]), {})
    title, source, unit = column.texts(), table.source(), column.optional_texts("unit")
    for place in _places(column, scopes):
        cell = compile_cell(table, (), place.scope, Wanted(kind, tuple(choices), column.id))
        if cell is not None:
            tree = expression_of(cell)
            yield NamedValue(
                id=id_of(place.owner, place.role, column.id),
                owner=place.owner,
                role=place.role,
                names=(column.id,),
                form=form_of(table.data, tree),
                kind=kind,
                expression=tree,
                title=title,
                source=source,
                place=column.place(),
                unit=unit,
                currency=column.data.get("currency"),
                choices=choices,
                better=_better(column, place),
                ordered=bool(column.data.get("ordered")),
                written=Written(cell),
            )


def _values(
    row: FilePart, places: list[ValuePlace], scopes: Scopes, lists: Mapping[str, ListFact]
) -> Iterator[NamedValue]:
    """The value of a row at each of these places; none where its expression is wrong."""
    kind, title, source, unit = Kind(row.data["kind"]), row.texts(), row.source(), row.optional_texts("unit")
    choices = _choices(row, kind, lists)
    check_form(row, kind)
    for place in places:
        cell: Cell | None
        if "take" in row.data:
            cell = compile_aggregate(row, place, kind, tuple(choices), scopes, lists)
        else:
            inner = Kind.NUMBER if kind is Kind.COUNT and "round" in row.data else kind
            cell = compile_cell(row, place.keys, place.scope, Wanted(inner, tuple(choices)))
        limited = bounded(row, cell, place.scope, kind) if cell is not None else None
        if limited is not None:
            tree, written = limited
            declared = row.data.get("currency")
            varies = place.list and declared and not declared.isupper()
            mixed = money_problem(tree, place.scope.symbols, f"{place.list}[].{declared}" if varies else declared)
            if mixed:
                row.files.problems.append(mixed._replace(place=mixed.place or row.place("currency")))
            taken = "take" in row.data
            yield NamedValue(
                id=id_of(place.owner, place.role, row.id),
                owner=place.owner,
                role=place.role,
                names=(row.id,),
                form=WrittenForm.AGGREGATE if taken else form_of(row.data_of(*place.keys), tree),
                kind=kind,
                expression=tree,
                title=title,
                source=source,
                place=row.place(*(() if taken else place.keys)),
                unit=unit,
                currency=declared,
                choices=choices,
                ordered=bool(row.data.get("ordered")),
                negotiable=row.negotiable(),
                better=_better(row, place),
                show=bool(row.data.get("show")) and place.role is Role.ITEM_VALUE,
                written=written if written.has_rows else None,
            )


def _better(row: FilePart, place: ValuePlace) -> Better | None:
    """Which way of a value is better; None for a tier's row of a definition, which no surface shows by itself."""
    return None if place.owner.kind is OwnerKind.TIER else stated_better(row) or SHOWN[place.role]


def stated_better(row: FilePart) -> Better | None:
    """Which way of its value the row says is better for the partner; None where it does not say it."""
    return Better(row.data["better"]) if "better" in row.data else None


def _choices(row: FilePart, kind: Kind, lists: Mapping[str, ListFact]) -> Mapping[str, Texts]:
    """The options of a value of kind choice: its own, or those of the field that it aggregates."""
    own = {choice.id: choice.texts() for choice in row.inner("choices")}
    taken = choices_taken(row, lists)
    if not own and taken is not None and kind is Kind.CHOICE:
        return taken
    check_choices(row, kind, own)
    return own
