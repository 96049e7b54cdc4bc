"""Compiles definitions and the values of a list's items: an expression, a table, or an aggregate over a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple, assert_never

from ..language.calls import Symbol, rank_of
from ..language.currencies import money_problem
from ..language.function_names import AggregateName
from ..language.parse import Scope
from ..language.tree import Aggregate, And, Choose, Compare, Expression, Literal, Name, names
from ..problems import Problem
from ..programme.forms import Cell, Written, expression_of
from ..programme.model import ORDER, ListFact, NamedValue, Texts
from ..programme.owners import (
    PROGRAMME,
    SHOWN,
    WHOLE_ORDER,
    Better,
    Owner,
    OwnerKind,
    Role,
    WrittenForm,
    id_of,
    of_list,
    of_tier,
)
from ..values import NUMERIC, Kind
from .bounded import bounded
from .facts import check_choices, check_form
from .file_reader import FilePart, Files, list_path
from .references import check_tiers
from .scopes import Scopes, choices_taken, columns, named_values, nested_scope
from .tables import Keys, Wanted, compile_cell, form_of

_TRUE = Literal(True, Kind.YES_NO)


class _Form(NamedTuple):
    """How an aggregate is written, by the word after `take`."""

    kinds: tuple[Kind, ...] | None  #: the kinds that its value can have; None for any
    needs: tuple[str, ...] = ("of",)  #: the keys that it requires
    has_best: bool = False  #: whether it allows the key `best`
    nothing: bool | Decimal | None = None  #: its value of no items; None where `empty` has to say it


def _form(take: AggregateName) -> _Form:
    match take:
        case "count":
            return _Form((Kind.COUNT,), (), nothing=Decimal(0))
        case "distinct":
            return _Form((Kind.COUNT,), nothing=Decimal(0))
        case "any":
            return _Form((Kind.YES_NO,), (), nothing=False)
        case "all":
            return _Form((Kind.YES_NO,))
        case "sum":
            return _Form(tuple(NUMERIC), has_best=True, nothing=Decimal(0))
        case "average" | "median":
            return _Form((Kind.NUMBER, Kind.PERCENT, Kind.MONEY), has_best=True)
        case "minimum" | "maximum":
            return _Form((*NUMERIC, Kind.DATE, Kind.CHOICE), has_best=True)
        case "latest":
            return _Form(None, ("of", "by"))
        case _:
            assert_never(take)


class _Place(NamedTuple):
    """Where a value belongs: its owner and role, the keys of its cell in the row, and the names it may use."""

    owner: Owner
    role: Role
    keys: Keys
    scope: Scope
    list: str | None = None  #: the id of the list whose items have it


def compile_definitions(files: Files, scopes: Scopes, lists: Mapping[str, ListFact]) -> list[NamedValue]:
    """Every definition, and every value of the items of a list."""
    values: list[NamedValue] = []
    for row in named_values(files):
        if "by_tier" in row.data:
            check_tiers(row, "by_tier", files.names("tiers", "tiers"))
        values += _values(row, list(_places(row, scopes)), scopes, lists)
    for table in files.rows("definitions", "tables"):
        table.texts()
    for table, column in columns(files):
        values += _column(table, column, scopes)
    for id in lists:
        inner = files.row(*list_path(id))
        for row in inner.inner("values") if inner else ():
            place = _Place(of_list(id), Role.ITEM_VALUE, ("value",), scopes.by_list[id], id)
            if "kind" in row.data:
                values += _values(row, [place], scopes, lists)
    order = files.row("prices", ORDER)
    for row in order.inner("totals") if order else ():
        if "kind" in row.data:
            place = _Place(WHOLE_ORDER, Role.ORDER_TOTAL, ("value",), scopes.order)
            values += _values(row, [place], scopes, lists)
    return values


def _places(row: FilePart, scopes: Scopes) -> Iterator[_Place]:
    """The place of the definition, or a place for each tier where it differs by tier."""
    if "by_tier" not in row.data:
        yield _Place(PROGRAMME, Role.DEFINITION, ("value",), scopes.general)
        return
    for tier in row.data["by_tier"]:
        if tier in scopes.by_tier:
            yield _Place(of_tier(tier), Role.DEFINITION, ("by_tier", tier), scopes.by_tier[tier])


def _column(table: FilePart, column: FilePart, scopes: Scopes) -> Iterator[NamedValue]:
    """The value of a table's column, made of the cells under its name in every row; none where a cell is wrong."""
    kind, scope, choices = Kind(column.data["kind"]), scopes.general, _choices(column, Kind(column.data["kind"]), {})
    cell = compile_cell(table, (), scope, Wanted(kind, tuple(choices), column.id))
    if cell is not None:
        tree = expression_of(cell)
        unit = column.optional_texts("unit")
        yield NamedValue(
            id=id_of(PROGRAMME, Role.DEFINITION, column.id),
            owner=PROGRAMME,
            role=Role.DEFINITION,
            names=(column.id,),
            form=form_of(table.data, tree),
            kind=kind,
            expression=tree,
            title=column.texts(),
            source=table.source(),
            place=column.place(),
            unit=unit,
            currency=column.data.get("currency"),
            choices=choices,
            better=stated_better(column) or SHOWN[Role.DEFINITION],
            ordered=bool(column.data.get("ordered")),
            written=Written(cell),
        )


def _values(row: FilePart, places: list[_Place], scopes: Scopes, lists: Mapping[str, ListFact]) -> Iterator[NamedValue]:
    """The value of a row at each of these places; none where its expression is wrong."""
    kind, title, source, unit = Kind(row.data["kind"]), row.texts(), row.source(), row.optional_texts("unit")
    choices = _choices(row, kind, lists)
    check_form(row, kind)
    for place in places:
        cell: Cell | None
        if "take" in row.data:
            cell = _aggregate(row, place, kind, tuple(choices), scopes, lists)
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
                row.files.problems.append(mixed)
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
                better=None if place.owner.kind is OwnerKind.TIER else stated_better(row) or SHOWN[place.role],
                written=written if written.has_rows else None,
            )


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


# Aggregates -----------------------------------------------------------------------------------------------------------


def _aggregate(
    row: FilePart, place: _Place, kind: Kind, choices: tuple[str, ...], scopes: Scopes, lists: Mapping[str, ListFact]
) -> Expression | None:
    """The aggregate over a list that the row describes; None where it is wrong, which is reported."""
    items, take = lists.get(row.data.get("over", "")), row.data["take"]
    if items is None:
        named = (*row.files.names("facts", "lists"), *row.files.names("prices"))
        if row.data.get("over") is not None and row.data["over"] not in named:
            at = row.document.value_place((*row.path, "over"))
            row.unknown("unknown-list", "a list", row.data["over"], lists, at)
        return None
    if items.id == ORDER and place.owner != WHOLE_ORDER:
        message = "only totals of an order look at its lines"
        at, help = row.document.value_place((*row.path, "over")), "write it in prices.yaml: order: {totals: {…}}"
        row.problem("unknown-list", message, at, help)
        return None
    if items.id == place.list:
        message = f"an item of '{items.id}' cannot look at the others"
        help = "define what they come to in definitions.yaml, and use its name here"
        row.problem("own-list", message, row.document.value_place((*row.path, "over")), help)
        return None
    if not _fits(row, take, kind):
        return None
    scope = scopes.by_list[items.id]
    if place.list:
        scope = nested_scope(place.scope, scope, (place.list, items.id))
    counts = row.expression("where", scope=scope, kind=Kind.YES_NO) if "where" in row.data else _TRUE
    value = _of(row, take, kind, choices, scope) if "of" in row.data else _TRUE
    by = row.expression("by", scope=scope) if "by" in row.data else None
    best = row.expression("best", scope=place.scope, kind=Kind.COUNT) if "best" in row.data else None
    empty, is_valid = _empty(row, take, kind, choices, place.scope)
    is_valid = is_valid and ("by" not in row.data or by is not None) and ("best" not in row.data or best is not None)
    if counts is None or value is None or not is_valid:
        return None
    counts = _one_currency(row, counts, value, scope, items)
    if counts is None:
        return None
    node = Aggregate(take, items.id, items.item, value, counts, by, best, empty, kind, row.place("take"))
    if kind is Kind.CHOICE and take != "latest":
        return _by_rank(node, choices)
    return node


def _fits(row: FilePart, take: AggregateName, kind: Kind) -> bool:
    """Whether the row has the keys and the kind that its aggregate needs, and no key that it does not use."""
    before = len(row.files.problems)
    form = _form(take)
    if form.kinds and kind not in form.kinds:
        kinds = ", ".join(sorted(form.kinds))
        message = f"'{take}' cannot be of kind '{kind.value}'"
        row.problem("wrong-kind", message, row.document.value_place((*row.path, "kind")), f"it can be: {kinds}")
    for key in form.needs:
        if not row.holds(key):
            help = {"of": "say of what: of: amount", "by": "say what orders the items: by: closed_on"}[key]
            row.problem("missing-key", f"'{take}' needs '{key}'", row.place("take"), help)
    for key, fits in (("by", "by" in form.needs), ("best", form.has_best)):
        if key in row.data and not fits:
            row.problem("wrong-form", f"'{take}' has no use for '{key}'", row.place(key), "remove it")
    if take == "count" and "of" in row.data:
        help = "say which ones with 'where', or use 'distinct'"
        row.problem("wrong-form", "'count' counts items", row.place("of"), help)
    if form.nothing is None and not row.holds("empty"):
        help = "write empty: unknown, or the value that counts then: empty: 0"
        row.problem("missing-key", f"'{take}' of no items is not said", row.place("take"), help)
    return len(row.files.problems) == before


def _of(row: FilePart, take: AggregateName, kind: Kind, choices: tuple[str, ...], scope: Scope) -> Expression | None:
    """The value aggregated for each item: for the lowest or highest choice, its rank; None where it is wrong."""
    if take == "distinct":
        return row.expression("of", scope=scope)
    value = row.expression("of", scope=scope, kind=kind, choices=choices)
    if kind is not Kind.CHOICE or take == "latest" or value is None:
        return value
    symbol = scope.symbols.get(row.data["of"])
    ranked = rank_of(value, symbol or Symbol("", kind))
    if isinstance(ranked, Problem):
        row.files.problems.append(ranked)
        return None
    return ranked


def _by_rank(node: Aggregate, choices: tuple[str, ...]) -> Expression | None:
    """The lowest or highest option, by an aggregate of ranks."""
    ranks = node._replace(kind=Kind.COUNT, empty=None)
    tree: Expression | None = Literal(choices[-1], Kind.CHOICE)
    for place, option in list(enumerate(choices, 1))[-2::-1]:
        has_rank = Compare("==", ranks, Literal(Decimal(place), Kind.COUNT))
        tree = tree and Choose(has_rank, Literal(option, Kind.CHOICE), tree, Kind.CHOICE)
    if node.empty is None or tree is None:
        return tree
    any_item = Aggregate("any", node.list, node.item, _TRUE, node.counts, None, None, None, Kind.YES_NO)
    return Choose(any_item, tree, node.empty, Kind.CHOICE)


def _empty(
    row: FilePart, take: AggregateName, kind: Kind, choices: tuple[str, ...], scope: Scope
) -> tuple[Expression | None, bool]:
    """The value of no items (None for unknown), and whether the row says it without a mistake."""
    nothing = _form(take).nothing
    if row.data.get("empty") == "unknown" or ("empty" not in row.data and nothing is None):
        return None, "empty" in row.data
    if "empty" not in row.data and nothing is not None:
        return Literal(nothing, kind), True
    tree = row.expression("empty", scope=scope, kind=kind, choices=choices)
    return tree, tree is not None


def _one_currency(
    row: FilePart, counts: Expression, value: Expression, scope: Scope, items: ListFact
) -> Expression | None:
    """The condition `counts`, restricted to items in the row's currency where each item has a currency of its own.

    None where the row names no currency, or one that the items cannot have.
    """
    fields = items.fields_by_id()
    of_items = {*fields, *items.values}
    currency_fields = {
        symbol.currency
        for name in names(value)
        if (symbol := scope.symbols.get(name.written)) and symbol.id in of_items
        if symbol.currency and not symbol.currency.isupper()
    }
    declared = row.data.get("currency")
    if not currency_fields:
        return counts
    field = fields.get(currency_fields.pop())
    if field is None:
        return None  # a mistake that is reported at the field
    option = str(declared or "").lower()
    if option not in field.choices:
        message = "amounts of different currencies are never added"
        help = f"say which ones: currency: {next(iter(field.choices), '').upper()}"
        row.problem("mixed-currencies", message, row.place("currency" if declared else "take"), help)
        return None
    name = Name(items.id_of(field.id), Kind.CHOICE, field.id)
    condition = Compare("==", name, Literal(option, Kind.CHOICE))
    if counts == _TRUE:
        return condition
    return And((condition, *(counts.operands if isinstance(counts, And) else (counts,))))
