"""Compiles aggregates: what a definition, or a value of an item, takes of the items of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, assert_never

from ..language.calls import rank_of
from ..language.currencies import money_problem
from ..language.function_names import AggregateName
from ..language.parse import Scope
from ..language.symbols import Symbol
from ..language.tree import Aggregate, And, Call, Choose, Compare, Expression, Literal, Name, children, own_id
from ..problems import Problem
from ..programme.model import ORDER, ListFact
from ..programme.owners import WHOLE_ORDER, Owner, Role
from ..values import NUMERIC, Kind
from .file_reader import FilePart, Keys
from .programme_functions import own_text
from .scopes import Scopes, item_scope, nested_scope, own_symbols

_TRUE = Literal(True, Kind.YES_NO)


class ValuePlace(NamedTuple):
    """Where a value belongs: its owner and role, the keys of its cell in the row, and the names it may use."""

    owner: Owner
    role: Role
    keys: Keys
    scope: Scope
    list: str | None = None  #: the id of the list whose items have it


class _Form(NamedTuple):
    """How an aggregate is written, by the word after `take`."""

    kinds: tuple[Kind, ...] | None  #: the kinds that its value can have; None for any
    needs: tuple[str, ...] = ("of",)  #: the keys that it requires
    has_best: bool = False  #: whether it allows the key `best`
    nothing: bool | Decimal | None = None  #: its value of no items; None where `empty` has to say it
    is_fixed: bool = False  #: whether `empty` can say nothing else than that


def _form(take: AggregateName) -> _Form:
    match take:
        case "count":
            return _Form((Kind.COUNT,), (), nothing=Decimal(0), is_fixed=True)
        case "distinct":
            return _Form((Kind.COUNT,), nothing=Decimal(0), is_fixed=True)
        case "any":
            return _Form((Kind.YES_NO,), (), nothing=False, is_fixed=True)
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


def compile_aggregate(
    row: FilePart,
    place: ValuePlace,
    kind: Kind,
    choices: tuple[str, ...],
    scopes: Scopes,
    lists: Mapping[str, ListFact],
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
    if not _fits(row, take, kind):
        return None
    scope = scopes.by_list[items.id]
    if place.scope.owner:
        scope = item_scope(row.files, items, place.scope, lists, scopes.by_list)
    if place.list:
        own = own_symbols(place.scope, scopes.of(place.list), same_list=items.id == place.list)
        scope = nested_scope(place.scope, scope, own)
    counts = row.expression("where", scope=scope, kind=Kind.YES_NO) if "where" in row.data else _TRUE
    value = _of(row, take, kind, choices, scope) if "of" in row.data else _TRUE
    by = row.expression("by", scope=scope) if "by" in row.data else None
    best = row.expression("best", scope=place.scope, kind=Kind.COUNT) if "best" in row.data else None
    empty, is_valid = _empty(row, take, kind, choices, place.scope)
    is_valid = is_valid and ("by" not in row.data or by is not None) and ("best" not in row.data or best is not None)
    if counts is None or value is None or not is_valid:
        return None
    counts = _one_currency(row, counts, value, scope, items)
    if counts is None or (place.list and _is_mixed(row, value, scope, items, place.list)):
        return None
    counts = _of_groups(counts, items, place.list, scopes, lists)
    node = Aggregate(take, items.id, items.item, value, counts, by, best, empty, kind, row.place("take"))
    if kind is Kind.CHOICE and take != "latest":
        return _by_rank(node, choices) if best is not None else _by_options(node, choices)
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


def _by_options(node: Aggregate, choices: tuple[str, ...]) -> Expression:
    """The lowest or highest option that some item has: decided as soon as one item has the last one of all."""
    choice = node.value.arguments[0] if isinstance(node.value, Call) else node.value
    first, *better = choices if node.function == "maximum" else reversed(choices)
    tree: Expression = Literal(first, Kind.CHOICE)
    for option in better:
        has_option = Compare("==", choice, Literal(option, Kind.CHOICE))
        tree = Choose(_any_item(node, has_option), Literal(option, Kind.CHOICE), tree, Kind.CHOICE)
    of_none = node._replace(value=choice)  # of no items it is what the row says, or undefined
    return Choose(_any_item(node, _TRUE), tree, of_none, Kind.CHOICE)


def _any_item(node: Aggregate, condition: Expression) -> Aggregate:
    """Whether the condition holds of some item that counts."""
    return Aggregate("any", node.list, node.item, condition, node.counts, None, None, None, Kind.YES_NO)


def _by_rank(node: Aggregate, choices: tuple[str, ...]) -> Expression | None:
    """The lowest or highest option among so many of the highest, by an aggregate of ranks."""
    ranks = node._replace(kind=Kind.COUNT, empty=None)
    tree: Expression | None = Literal(choices[-1], Kind.CHOICE)
    for place, option in list(enumerate(choices, 1))[-2::-1]:
        has_rank = Compare("==", ranks, Literal(Decimal(place), Kind.COUNT))
        tree = tree and Choose(has_rank, Literal(option, Kind.CHOICE), tree, Kind.CHOICE)
    if node.empty is None or tree is None:
        return tree
    return Choose(_any_item(node, _TRUE), tree, node.empty, Kind.CHOICE)


def _empty(
    row: FilePart, take: AggregateName, kind: Kind, choices: tuple[str, ...], scope: Scope
) -> tuple[Expression | None, bool]:
    """The value of no items (None for unknown), and whether the row says it without a mistake."""
    form = _form(take)
    nothing = form.nothing
    if "empty" not in row.data:
        return (None, False) if nothing is None else (Literal(nothing, kind), True)
    is_unknown = row.data["empty"] == "unknown"
    tree = None if is_unknown else row.expression("empty", scope=scope, kind=kind, choices=choices)
    is_said = is_unknown or tree is not None
    if form.is_fixed and is_said and not (isinstance(tree, Literal) and tree.value == nothing):
        word = "false" if nothing is False else nothing
        help = "remove 'empty'; for another value write a definition that reads this one"
        row.problem("wrong-form", f"'{take}' of no items is {word}", row.place("empty"), help)
        return None, False
    return tree, is_said


def _of_groups(
    counts: Expression, items: ListFact, of_list: str | None, scopes: Scopes, lists: Mapping[str, ListFact]
) -> Expression:
    """The condition `counts`, restricted to the items of the group whose value it is for, and to certain groups.

    A group whose key is unknown may be the same as another one: a key that equals itself is known.
    """
    conditions: list[Expression] = []
    groups = lists.get(of_list or "")
    if groups is not None and groups.group_of == items.id:
        for key in groups.keys:
            symbol = scopes.by_list[items.id].symbols.get(key)
            if symbol is not None:
                shared = Name(groups.id_of(key), symbol.kind, own_text(key))
                conditions.append(Compare("==", Name(symbol.id, symbol.kind, key), shared))
    for key in items.keys:
        symbol = scopes.by_list[items.id].symbols.get(key)
        if symbol is not None:
            name = Name(symbol.id, symbol.kind, key)
            conditions.append(Compare("==", name, name))
    return and_also(conditions, counts)


def and_also(conditions: Sequence[Expression], counts: Expression) -> Expression:
    """The condition `counts` after these, which all have to hold; without any, itself."""
    if not conditions:
        return counts
    parts = (*conditions, *(() if counts == _TRUE else (counts,)))  # `counts` keeps its place, by which `diff` finds it
    return parts[0] if len(parts) == 1 else And(parts)


def _is_mixed(row: FilePart, value: Expression, scope: Scope, items: ListFact, of_list: str) -> bool:
    """Whether what is taken of each item is in another currency than the value of an item of `of_list` is said to be.

    That is reported. Amounts in the currency of the item looked at are left to `_one_currency`.
    """
    declared = row.data.get("currency")
    if declared and not declared.isupper():
        declared = f"{of_list}[].{declared}"
        declared = own_id(declared) if of_list == items.id else declared
    of_items = {name for name, symbol in scope.symbols.items() if (symbol.currency or "").startswith(f"{items.item}.")}
    symbols = {name: symbol for name, symbol in scope.symbols.items() if name not in of_items}
    mixed = money_problem(value, symbols, declared)
    if mixed:
        row.files.problems.append(mixed._replace(place=mixed.place or row.place("currency")))
    return mixed is not None


def _unconverted(tree: Expression) -> Iterator[Name]:
    """The names in an expression, but for those whose amounts are converted to another currency."""
    if isinstance(tree, Name):
        yield tree
    elif not (isinstance(tree, Call) and tree.function == "convert"):
        for part in children(tree):
            yield from _unconverted(part)


def _one_currency(
    row: FilePart, counts: Expression, value: Expression, scope: Scope, items: ListFact
) -> Expression | None:
    """The condition `counts`, restricted to items in the row's currency where each item has a currency of its own.

    The row's currency is a code, or that of the item whose value it is.

    None where the row names no currency, or one that the items cannot have.
    """
    fields = items.fields_by_id()
    of_items = {*fields, *items.values}
    currency_fields = {
        symbol.currency
        for name in _unconverted(value)
        if (symbol := scope.symbols.get(name.written)) and symbol.id in of_items and not symbol.own
        if symbol.currency and not symbol.currency.isupper()
    }
    declared = row.data.get("currency")
    if not currency_fields:
        return counts
    field = fields.get(currency_fields.pop())
    if field is None:
        return None  # a mistake that is reported at the field
    option, own = str(declared or "").lower(), scope.symbols.get(own_text(str(declared)))
    of_item = None if own is None else Name(own.id, own.kind, own_text(str(declared)), own=own.own)
    if own is not None and own.choices != tuple(field.choices):
        of_item = None
    if of_item is None and option not in field.choices:
        message = "amounts of different currencies are never added"
        help = f"say which ones: currency: {next(iter(field.choices), '').upper()}"
        row.problem("mixed-currencies", message, row.place("currency" if declared else "take"), help)
        return None
    name = Name(items.id_of(field.id), Kind.CHOICE, field.id)
    return and_also([Compare("==", name, of_item or Literal(option, Kind.CHOICE))], counts)
