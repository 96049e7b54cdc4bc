"""Finds facts, lists, fields and values that nothing reads or shows, and clauses that nothing cites."""

from __future__ import annotations

from collections.abc import Iterator, Set

from ...language.tree import Aggregate, Expression, children, names
from ...problems import Level, Place, Problem
from ...programme.model import NamedValue, Programme
from ...programme.owners import OwnerKind, Role
from ...values import Kind
from .reviewed import Reviewed


def mentions(reviewed: Reviewed) -> Iterator[Problem]:
    """A warning for each fact, list, field, value and clause that is not used.

    An outcome shows every definition that does not differ by tier and every value of a partner's items, a quote every
    field of a line: these are left out.
    """
    documents, programme = reviewed.files.documents, reviewed.programme
    clauses = documents["clauses"]
    trees = [value.expression for value in programme.values.values()]
    trees += [tree for claim in programme.claims for tree in claim.expressions]
    read = {name.id for tree in trees for name in names(tree)} | {id for tree in trees for id in _lists(tree)}
    for id in programme.facts:
        if id not in read:
            yield _unread(f"no rule reads the fact '{id}'", documents["facts"].place(("facts", id)))
    shown = {value.list for value in programme.values.values() if value.show}
    for id in (*programme.lists, *programme.made_lists):
        if id not in read and id not in shown:
            yield _unread(f"no rule reads the list '{id}'", documents["facts"].place(("lists", id)))
    used = read | _named_by_fields(programme)
    for id, field in programme.fields.items():
        if field.list in programme.lists and field.fact.kind is not Kind.TEXT and id not in used:
            place = documents["facts"].place(("lists", field.list, "fields", field.fact.id))
            yield _unread(f"no rule reads the field '{field.fact.id}' of '{field.list}'", place)
    yield from _unread_values(programme, read)
    for id in programme.clauses:
        if id not in programme.cited:
            place, help = clauses.place(("clauses", id)), "cite it where it is implemented, under 'source'"
            yield Problem("uncited-clause", f"nothing cites '{id}'", place, help, Level.WARNING)


def _named_by_fields(programme: Programme) -> set[str]:
    """The ids of the fields that hold the currency or the default of another field."""
    named = set()
    for field in programme.fields.values():
        for name in (field.fact.currency, field.fact.default_from):
            named.add(f"{field.list}[].{name}")
    for value in programme.values.values():
        if value.list and value.currency:
            named.add(f"{value.list}[].{value.currency}")
    return named


def _unread_values(programme: Programme, read: Set[str]) -> Iterator[Problem]:
    """A warning for each value that nothing reads or shows; of one that differs by tier, where no tier's is read."""
    shown = {*programme.definitions, *(programme.order.totals if programme.order else ())}
    by_tier: dict[str, list[NamedValue]] = {}
    for value in programme.values.values():
        if value.role is Role.DEFINITION and value.owner.kind is OwnerKind.TIER:
            by_tier.setdefault(value.name, []).append(value)
        elif value.role in (Role.ITEM_VALUE, Role.ORDER_TOTAL) and value.of_order and value.id not in read | shown:
            yield _unused(value)
    for values in by_tier.values():
        if not any(value.id in read for value in values):
            yield _unused(values[0])


def _unused(value: NamedValue) -> Problem:
    message = f"nothing reads the value '{value.name}', and nothing shows it"
    return Problem("unused-value", message, value.place, "use it in a rule, show it, or remove it", Level.WARNING)


def _unread(message: str, place: Place) -> Problem:
    return Problem("unused-fact", message, place, "use it in a rule, or remove it", Level.WARNING)


def _lists(tree: Expression) -> Iterator[str]:
    """The lists that an expression aggregates."""
    if isinstance(tree, Aggregate):
        yield tree.list
    for child in children(tree):
        yield from _lists(child)
