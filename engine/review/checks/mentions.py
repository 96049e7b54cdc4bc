"""Finds facts and lists that no rule reads, and clauses that nothing cites."""

from __future__ import annotations

from collections.abc import Iterator

from ...language.tree import Aggregate, Expression, children, names
from ...problems import Level, Place, Problem
from .reviewed import Reviewed


def mentions(reviewed: Reviewed) -> Iterator[Problem]:
    """A warning for each fact, list and clause that is not used."""
    documents, programme = reviewed.files.documents, reviewed.programme
    clauses = documents["clauses"]
    trees = [value.expression for value in programme.values.values()]
    trees += [tree for claim in programme.claims for tree in claim.expressions]
    read = {name.id for tree in trees for name in names(tree)} | {id for tree in trees for id in _lists(tree)}
    for id in programme.facts:
        if id not in read:
            yield _unread(f"no rule reads the fact '{id}'", documents["facts"].place(("facts", id)))
    for id in programme.lists:
        if id not in read:
            yield _unread(f"no rule reads the list '{id}'", documents["facts"].place(("lists", id)))
    for id in programme.clauses:
        if id not in programme.cited:
            place, help = clauses.place(("clauses", id)), "cite it where it is implemented, under 'source'"
            yield Problem("uncited-clause", f"nothing cites '{id}'", place, help, Level.WARNING)


def _unread(message: str, place: Place) -> Problem:
    return Problem("unused-fact", message, place, "use it in a rule, or remove it", Level.WARNING)


def _lists(tree: Expression) -> Iterator[str]:
    """The lists that an expression aggregates."""
    if isinstance(tree, Aggregate):
        yield tree.list
    for child in children(tree):
        yield from _lists(child)
