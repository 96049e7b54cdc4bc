"""Compiles what an order becomes in the record: the items of its lists that later orders are priced with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..language.currencies import money_problem, stated_currency
from ..language.parse import Scope
from ..language.symbols import Symbol
from ..language.tree import Expression, Literal, Name
from ..programme.model import ORDER, ListFact, OrderItem, Texts
from ..programme.owners import WHOLE_ORDER, Role, of_list
from ..values import Kind
from .file_reader import FilePart
from .scopes import Scopes
from .tables import form_of
from .values import Values


def compile_order_items(
    row: FilePart, scopes: Scopes, lists: Mapping[str, ListFact], amounts: Mapping[str, str], values: Values
) -> Iterator[OrderItem]:
    """What the order becomes, by the row `order`; `amounts` has the ids of what customer and partner pay for a line."""
    stated = {id: items for id, items in lists.items() if id != ORDER and not items.group_of and not items.balance}
    paid = {name: Symbol(id, Kind.MONEY) for name, id in amounts.items()}
    for part in row.inner("becomes"):
        items, source, one_for = stated.get(part.id), part.source(), part.data.get("one_for", "line")
        if items is not None:
            scope = scopes.order if one_for == "order" else scopes.by_list[ORDER]
            if one_for == "line":
                scope = scope._replace(symbols={**paid, **scope.symbols})
            if "fields" in part.data:
                _check_complete(part, items)
            where = part.expression("where", scope=scope, kind=Kind.YES_NO) or Literal(True, Kind.YES_NO)
            counts = _named(part, Role.PLACED, (items.id,), where, items.title, values)
            fields = dict(_fields(part, items, scope, values))
            yield OrderItem(items.id, one_for, counts, fields, source)
        elif row.files.is_whole("facts", "lists"):
            part.unknown("unknown-name", "a list of the record", part.id, stated, part.place())


def _check_complete(part: FilePart, items: ListFact) -> None:
    """Report fields of the item that nothing is said of, and that have no default: they would stay unknown."""
    for name, field in items.fields.items():
        is_said = part.holds("fields", name) or field.default is not None or field.default_from or field.none
        if not is_said:
            message = f"it is not said what '{name}' of the item is"
            part.problem("missing-key", message, part.place("fields"), f"add it: {name}: …")


def _fields(part: FilePart, items: ListFact, scope: Scope, values: Values) -> Iterator[tuple[str, str]]:
    """Each field of the item that is said, with the id of the value that it takes; mistakes are reported."""
    for name in part.data.get("fields", ()):
        field, place = items.fields.get(name), part.place("fields", name)
        if field is None:
            part.unknown("unknown-name", f"a field of '{items.id}'", name, items.fields, place)
            continue
        tree = part.expression("fields", name, scope=scope, kind=field.kind, choices=tuple(field.choices))
        if tree is None:
            continue
        symbol = scope.symbols.get(tree.written) if isinstance(tree, Name) and field.choices else None
        other = next((choice for choice in symbol.choices if choice not in field.choices), None) if symbol else None
        if symbol and other is not None:
            help = f"add it to the choices of '{name}' of '{items.id}'"
            part.problem("unknown-choice", f"this may be '{other}'", tree.place or place, help)
        code = field.currency if field.currency and field.currency.isupper() else None
        if mixed := money_problem(tree, scope.symbols, code):
            part.files.problems.append(mixed._replace(place=mixed.place or place))
        currency = stated_currency(tree, scope.symbols)
        yield name, _named(part, Role.PLACED_FIELD, (items.id, name), tree, field.title, values, currency)


def _named(
    part: FilePart,
    role: Role,
    names: tuple[str, ...],
    tree: Expression,
    title: Texts,
    values: Values,
    currency: str | None = None,
) -> str:
    """Add a value that decides what a line, or the whole order, becomes, and return its id.

    `currency` is that of an amount; where None, it is that of the order.
    """
    owner = WHOLE_ORDER if part.data.get("one_for") == "order" else of_list(ORDER)
    written = part.data_of("where") if role is Role.PLACED else part.data_of("fields", names[-1])
    form, source = form_of(written, tree), tuple(part.data.get("source", ()))
    return values.name(
        owner, role, *names, kind=tree.kind, tree=tree, form=form, title=title, source=source, currency=currency
    ).id
