"""Tests the scenarios: changes the programme in one place at a time, and checks whether a scenario notices.

A mutant is a release with one small change of a number, a border of a table, a comparison, a yes/no, a table by tier or
the first day, or with a reading of a clause that was not taken. A mutant that no scenario notices shows a rule that is
not tested.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from ..evaluate.evaluate import make_plan
from ..language.operators import Comparison
from ..language.tree import Call, Compare, Expression, Literal, children
from ..language.words.words import text
from ..problems import Place
from ..programme.model import Programme
from ..release.load import Release, ReleaseFiles, compile_release, load_files
from ..source.parts import without
from ..values import Kind
from .readings import other_readings
from .scenarios import Scenario, run

_OTHERS: Mapping[Comparison, Comparison] = {">": ">=", ">=": ">", "<": "<=", "<=": "<", "==": "!=", "!=": "=="}
_ROUNDING = ("round", "round_down", "round_up")
_BY_TIER = ("by_tier", "percent")  #: keys of tables with a row for each tier


class Mutant(NamedTuple):
    """One change: its description, its place in the files, and the changed release."""

    id: str
    place: Place
    release: Release


class MutationResult(NamedTuple):
    """What the scenarios notice of all mutants."""

    total: int  #: mutants
    alive: tuple[Mutant, ...]  #: those that no scenario notices
    explained: Mapping[str, str]  #: by mutant, the reason given why it makes no difference

    @property
    def unexplained(self) -> tuple[Mutant, ...]:
        """The mutants that no scenario notices and no reason explains."""
        return tuple(mutant for mutant in self.alive if mutant.id not in self.explained)

    @property
    def idle(self) -> tuple[str, ...]:
        """The mutants with a reason although a scenario notices them, or although they do not exist."""
        return tuple(id for id in self.explained if id not in {mutant.id for mutant in self.alive})


def survivors(files: ReleaseFiles, scenarios: Sequence[Scenario]) -> tuple[int, tuple[Mutant, ...]]:
    """The number of mutants of the release, and those that no scenario notices; raises InvalidProgramme."""
    alive, count = [], 0
    for mutant in mutants(files):
        count += 1
        if not any(result.differences for scenario in scenarios for result in run(mutant.release, [scenario])):
            alive.append(mutant)
    return count, tuple(alive)


def mutants(files: ReleaseFiles) -> Iterator[Mutant]:
    """Every mutant of a release; raises InvalidProgramme where the release has errors."""
    release = load_files(files)
    yield from _of_expressions(release)
    yield from _of_tables(files, release)
    yield from _of_days(files, release)
    for reading in other_readings(files)[0]:
        place = files.documents["clauses"].place(("clauses", reading.clause, "other_readings", reading.id))
        yield Mutant(f"reading: {reading.name}", place, reading.release)


def _of_expressions(release: Release) -> Iterator[Mutant]:
    """Changes of values, in order; a text of a file is changed wherever values have it, as a border of slices is."""
    seen: set[tuple[object, ...]] = set()
    for named in release.programme.values.values():
        for node, replacement in _changes(named.expression):
            place = node.place
            if place is None or (at := (place.source.path, place.start, place.end, replacement)) in seen:
                continue  # the compiler added the node, or the text was changed before
            seen.add(at)
            values = {id: value._replace(expression=_replaced(value.expression, node, replacement))
                      for id, value in release.programme.values.items()}  # fmt: skip
            changed = _with(release, release.programme._replace(values=MappingProxyType(values)))
            yield Mutant(f"{named.id}: {text(node)} → {text(replacement)}", place, changed)


def _of_tables(files: ReleaseFiles, release: Release) -> Iterator[Mutant]:
    """Tables by tier without one of their tiers, where the release has no errors then."""
    for kind, document in files.documents.items():
        for path in document.keys:
            if len(path) > 1 and path[-2] in _BY_TIER and path[-1] in release.programme.tiers:
                documents = {**files.documents, kind: without(document, path)}
                programme, _ = compile_release(files._replace(documents=documents))
                if programme:
                    name = ".".join(map(str, path[:-1]))
                    yield Mutant(f"{name}: without {path[-1]}", document.place(path), _with(release, programme))


def _of_days(files: ReleaseFiles, release: Release) -> Iterator[Mutant]:
    """The release with a first day one day earlier or later."""
    first, place = release.programme.effective_from, files.documents["programme"].value_place(("effective", "from"))
    for day in (first - timedelta(1), first + timedelta(1)):
        changed = _with(release, release.programme._replace(effective_from=day))
        yield Mutant(f"effective.from: {first} → {day}", place, changed)


def _with(release: Release, programme: Programme) -> Release:
    return release._replace(programme=programme, plan=make_plan(programme))


def _changes(tree: Expression) -> Iterator[tuple[Expression, Expression]]:
    """Each node that can be changed, with its replacement."""
    if isinstance(tree, Literal):
        for value in _other_values(tree):
            yield tree, tree._replace(value=value)
    elif isinstance(tree, Compare):
        yield tree, tree._replace(operator=_OTHERS[tree.operator])
    unit = tree.arguments[1] if isinstance(tree, Call) and tree.function in _ROUNDING else None
    for child in children(tree):
        for node, replacement in _changes(child):
            if child is not unit or not isinstance(replacement, Literal) or replacement.value != 0:
                yield node, replacement  # a unit of 0 would be refused


def _other_values(literal: Literal) -> Iterator[Any]:
    """The values next to a literal: a number one up and down in its last decimal, a day, or the opposite yes or no."""
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


def _replaced(tree: Any, node: Expression, replacement: Expression) -> Any:
    """The tree with the node replaced wherever an equal one from the same place of a file stands."""
    if type(tree) is type(node) and tree.place and _same_place(tree.place, node.place) and tree == node:
        return replacement
    changes: dict[str, Any] = {}
    for name, field in zip(tree._fields, tree, strict=True):
        if name in ("operands", "arguments"):
            parts = tuple(_replaced(part, node, replacement) for part in field)
            if any(new is not old for new, old in zip(parts, field, strict=True)):
                changes[name] = parts
        elif hasattr(field, "_fields") and name != "place":
            part = _replaced(field, node, replacement)
            if part is not field:
                changes[name] = part
    return tree._replace(**changes) if changes else tree


def _same_place(place: Place, node_place: Place | None) -> bool:
    if node_place is None or (place.start, place.end) != (node_place.start, node_place.end):
        return False
    return place.source.path == node_place.source.path
