"""Definitions, and the names that expressions may use: in general, and within a tier."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..language.calls import FUNCTIONS, Symbol
from ..language.parse import Scope
from ..language.tree import names
from ..problems import Place, Problem
from ..programme import Fact, NamedValue
from ..values import Kind
from .references import check_tiers
from .rows import Files, Row
from .tables import compile_cell

_RESERVED = {*FUNCTIONS, "true", "false"}


class Scopes(NamedTuple):
    """The names for rules of the whole programme, and for the rules of each tier."""

    general: Scope
    by_tier: Mapping[str, Scope]


def compile_scopes(files: Files, facts: Mapping[str, Fact], tiers: Iterable[str]) -> Scopes:
    """What each name stands for: facts, definitions, and in a tier its rows of the tables by tier."""
    _check_names(files)
    symbols = {fact.id: Symbol(fact.id, fact.kind, tuple(fact.choices)) for fact in facts.values()}
    taken = files.names("facts", "facts")
    tables: dict[str, Row] = {}
    for row in _usable(files):
        kind = Kind(row.data["kind"])
        if row.id in taken:
            continue
        if "by_tier" in row.data:
            tables[row.id] = row
        else:
            symbols[row.id] = Symbol(f"definitions.{row.id}", kind)
    names_of_all = {*taken, *files.names("definitions", "definitions")}
    broken = names_of_all - symbols.keys() - tables.keys()
    partial = not (files.is_whole("facts", "facts") and files.is_whole("definitions", "definitions"))
    differs = "it differs by tier: use it in a rule of a tier"
    general = Scope(symbols, dict.fromkeys(tables, differs), broken, partial)
    by_tier = {}
    known = tuple(tiers)
    for tier in known:
        own, absent, silent = dict(symbols), {}, set(broken)
        for name, row in tables.items():
            if tier in row.data["by_tier"]:
                own[name] = Symbol(f"definitions.{name}.{tier}", Kind(row.data["kind"]))
            elif row.holds("by_tier", tier) or any(key not in known for key in row.data["by_tier"]):
                silent.add(name)  # its row is mistaken, or the tier may be one that is misspelt
            else:
                absent[name] = f"it has no value for the tier '{tier}': add one under its 'by_tier'"
        by_tier[tier] = Scope(own, absent, silent, partial)
    return Scopes(general, by_tier)


def compile_definitions(files: Files, scopes: Scopes) -> list[NamedValue]:
    """Every definition as values, each after those it needs."""
    found: dict[str, NamedValue] = {}
    for row in _usable(files):
        kind, title, source = Kind(row.data["kind"]), row.texts(), row.source()
        row.optional_texts("unit")
        if kind is Kind.CHOICE:
            row.problem("wrong-kind", "a definition cannot be a choice", row.place("kind"), "make it a fact")
            continue
        for id, keys, scope in _cells(row, scopes):
            tree = compile_cell(row, keys, scope, kind)
            if tree is not None:
                found[id] = NamedValue(id, kind, tree, title, source, row.place(*keys))
    return _in_order(files, found)


def _usable(files: Files) -> Iterator[Row]:
    """The definitions whose kind is known."""
    return (row for row in files.rows("definitions", "definitions") if "kind" in row.data)


def _cells(row: Row, scopes: Scopes) -> Iterator[tuple[str, tuple[str, ...], Scope]]:
    """The id, the place in the row and the scope of each value of a definition: one, or one for each tier."""
    if "by_tier" not in row.data:
        yield f"definitions.{row.id}", ("value",), scopes.general
        return
    check_tiers(row, "by_tier", row.files.names("tiers", "tiers"))
    for tier in row.data["by_tier"]:
        if tier in scopes.by_tier:
            yield f"definitions.{row.id}.{tier}", ("by_tier", tier), scopes.by_tier[tier]


def _check_names(files: Files) -> None:
    """A name is taken once, and is not a word of the language."""
    facts = files.names("facts", "facts")
    definitions = files.names("definitions", "definitions")
    for name, place in (*facts.items(), *definitions.items()):
        if keyword.iskeyword(name) or name in _RESERVED:
            message = f"'{name}' is a word of the language"
            files.problems.append(Problem("reserved-name", message, place, "choose another name"))
    for name, place in definitions.items():
        if name in facts:
            help = f"'{name}' is a fact already, in facts.yaml:{facts[name].line}; choose another name"
            files.problems.append(Problem("duplicate-id", f"the name '{name}' is taken", place, help))


def _in_order(files: Files, values: Mapping[str, NamedValue]) -> list[NamedValue]:
    """Each value after those it mentions; a circle is a problem that names every step."""
    ordered: dict[str, NamedValue] = {}
    reported: set[str] = set()
    for start in values:
        _visit(files, values, ordered, reported, start)
    return list(ordered.values())


def _visit(
    files: Files, values: Mapping[str, NamedValue], ordered: dict[str, NamedValue], reported: set[str], start: str
) -> None:
    """Depth first, on a stack of our own: definitions may be chained as long as a file allows."""
    path: list[str] = []
    work: list[tuple[str, bool]] = [(start, False)]
    while work:
        id, done = work.pop()
        if done:
            path.pop()
            ordered[id] = values[id]
            continue
        if id in ordered or id in reported:
            continue
        if id in path:
            circle = path[path.index(id) :]
            reported.update(circle)
            _report_circle(files, [values[step] for step in circle])
            continue
        path.append(id)
        work.append((id, True))
        work.extend((name.id, False) for name in names(values[id].expression) if name.id in values)


def _report_circle(files: Files, circle: list[NamedValue]) -> None:
    steps = " → ".join(value.id.removeprefix("definitions.") for value in (*circle, circle[0]))
    places = [value.place for value in circle if isinstance(value.place, Place)]
    lines = ", ".join(str(place.line) for place in places)
    message = f"these definitions need each other: {steps}"
    files.problems.append(
        Problem(
            "circular-definition",
            message,
            places[0],
            f"break the circle (line{'s' if len(circle) > 1 else ''} {lines})",
        )
    )
