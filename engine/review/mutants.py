"""Mutants: the programme changed in one place, to see whether a scenario notices.

Scenarios that no change of a number, a comparison, a yes/no, a list of tiers or a day would disturb prove little. Each
mutant is one small change, or a reading that was not taken; the scenarios are run against it until one comes out
otherwise.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from ..evaluate.evaluate import make_plan
from ..language.operators import Comparison
from ..language.tree import Compare, Expression, Literal, children
from ..language.words.words import text
from ..problems import Place
from ..programme.model import NamedValue, Programme
from ..release.load import Release, ReleaseFiles, compile_release, load_files
from ..source.parts import without
from ..values import Kind
from .readings import other_readings
from .scenarios import Scenario, run

_OTHERS: Mapping[Comparison, Comparison] = {">": ">=", ">=": ">", "<": "<=", "<=": "<", "==": "!=", "!=": "=="}


_BY_TIER = ("by_tier", "percent")  #: tables with a row for each tier


class Mutant(NamedTuple):
    """One change: what it is called, where in the files it stands, and the release with it."""

    id: str
    place: Place
    release: Release


class Tried(NamedTuple):
    """How many mutants there are, which of them no scenario notices, and which are said to make no difference."""

    total: int
    alive: tuple[Mutant, ...]
    explained: Mapping[str, str]

    @property
    def unexplained(self) -> tuple[Mutant, ...]:
        """Mutants that some scenario should notice."""
        return tuple(mutant for mutant in self.alive if mutant.id not in self.explained)

    @property
    def idle(self) -> tuple[str, ...]:
        """Reasons given for mutants that are noticed, or not there."""
        return tuple(id for id in self.explained if id not in {mutant.id for mutant in self.alive})


def survivors(files: ReleaseFiles, scenarios: Sequence[Scenario]) -> tuple[int, tuple[Mutant, ...]]:
    """How many mutants the release has, and those that no scenario notices; raises InvalidProgramme."""
    alive, count = [], 0
    for mutant in mutants(files):
        count += 1
        if not any(result.differences for scenario in scenarios for result in run(mutant.release, [scenario])):
            alive.append(mutant)
    return count, tuple(alive)


def mutants(files: ReleaseFiles) -> Iterator[Mutant]:
    """Every change of a release; raises InvalidProgramme where it cannot be used."""
    release = load_files(files)
    yield from _of_expressions(release)
    yield from _of_tables(files, release)
    yield from _of_days(files, release)
    for reading in other_readings(files)[0]:
        place = files.documents["clauses"].place(("clauses", reading.clause, "other_readings", reading.id))
        yield Mutant(f"reading: {reading.name}", place, reading.release)


def _of_expressions(release: Release) -> Iterator[Mutant]:
    """Changes of values, in their order; the same text of a file is changed once, in every value that it is part of."""
    seen: set[tuple[object, ...]] = set()
    for named in release.programme.values.values():
        for node, other in _changes(named.expression):
            place = node.place
            if place is None or (at := (place.source.path, place.start, place.end, other)) in seen:
                continue  # what the compiler added is not the manager's to change
            seen.add(at)
            values = {id: one._replace(expression=_mutated(one, named.id, node, other))
                      for id, one in release.programme.values.items()}  # fmt: skip
            changed = _with(release, release.programme._replace(values=MappingProxyType(values)))
            yield Mutant(f"{named.id}: {text(node)} → {text(other)}", place, changed)


def _of_tables(files: ReleaseFiles, release: Release) -> Iterator[Mutant]:
    """A tier left out of a table by tier, where the release can do without it."""
    for kind, document in files.documents.items():
        for path in document.keys:
            if len(path) > 1 and path[-2] in _BY_TIER and path[-1] in release.programme.tiers:
                documents = {**files.documents, kind: without(document, path)}
                programme, _ = compile_release(files._replace(documents=documents))
                if programme:
                    name = ".".join(map(str, path[:-1]))
                    yield Mutant(f"{name}: without {path[-1]}", document.place(path), _with(release, programme))


def _of_days(files: ReleaseFiles, release: Release) -> Iterator[Mutant]:
    """The release in force a day earlier or later."""
    first, place = release.programme.effective_from, files.documents["programme"].value_place(("effective", "from"))
    for day in (first - timedelta(1), first + timedelta(1)):
        yield Mutant(
            f"effective.from: {first} → {day}", place, _with(release, release.programme._replace(effective_from=day))
        )


def _with(release: Release, programme: Programme) -> Release:
    return release._replace(programme=programme, plan=make_plan(programme))


def _mutated(named: NamedValue, id: str, changed: Expression, other: Expression) -> Expression:
    """The expression of a value with the change; what stands at one place of a file may be part of several values."""
    for node, another in _changes(named.expression):
        if (
            node is changed if named.id == id else node.place == changed.place and node == changed
        ) and another == other:
            replaced: Expression = _replaced(named.expression, node, other)
            return replaced
    return named.expression


def _changes(tree: Expression) -> Iterator[tuple[Expression, Expression]]:
    """Each node that can be changed, with what it is changed to."""
    if isinstance(tree, Literal):
        for value in _other_values(tree):
            yield tree, tree._replace(value=value)
    elif isinstance(tree, Compare):
        yield tree, tree._replace(operator=_OTHERS[tree.operator])
    for child in children(tree):
        yield from _changes(child)


def _other_values(literal: Literal) -> Iterator[Any]:
    """A step up and a step down: of the last decimal that is written, a day, or the other of yes and no."""
    value = literal.value
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, Decimal):
        step = Decimal(1).scaleb(min(0, int(value.normalize().as_tuple().exponent)))
        yield value + step
        if literal.kind is not Kind.COUNT or value >= step:
            yield value - step
    elif isinstance(value, date):
        yield value + timedelta(1)
        yield value - timedelta(1)


def _replaced(tree: Any, node: Expression, other: Expression) -> Any:
    """The tree with one node, itself and no equal one, replaced."""
    if tree is node:
        return other
    changes: dict[str, Any] = {}
    for name, field in zip(tree._fields, tree, strict=True):
        if isinstance(field, tuple) and name in ("operands", "arguments"):
            changes[name] = tuple(_replaced(part, node, other) for part in field)
        elif hasattr(field, "_fields") and name != "place":
            changes[name] = _replaced(field, node, other)
    return tree._replace(**changes) if changes else tree
