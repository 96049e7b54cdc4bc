"""Tests the scenarios: changes the programme in one place at a time, and checks whether a scenario notices.

A mutant is a release with one small change of a number, a border of a table, a comparison, a yes/no, a table by tier or
the first day, or with a reading of a clause that was not taken. A mutant that no scenario notices shows a rule that is
not tested.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple, get_args

from ..evaluate.evaluate import make_plan
from ..language.function_names import FromMonth, Rounding
from ..language.operators import Comparison
from ..language.tree import Call, Compare, Expression, Literal, children
from ..language.words.words import text
from ..problems import Place
from ..programme.model import Programme
from ..release.load import Release, ReleaseFiles, compile_release, load_files
from ..source.document import Document, PartPath
from ..source.parts import with_part, without
from ..values import Kind, days_later
from .readings import other_readings
from .scenarios import Scenario, run

_OTHERS: Mapping[Comparison, Comparison] = {">": ">=", ">=": ">", "<": "<=", "<=": "<", "==": "!=", "!=": "=="}
WORK = 20_000_000  #: values that are evaluated for the mutants of a release: about two minutes of work
_MAKING = 5  #: what making a mutant costs for each of its values, in values that are evaluated
_BY_UNIT = (*get_args(Rounding), "modulo")
_BY_TIER = ("by_tier", "percent")  #: keys of tables with a row for each tier


class Mutant(NamedTuple):
    """One change: its description, its place in the files, and what makes the changed release."""

    id: str
    place: Place
    make: Callable[[], Release | None]  #: None is given where the changed release has errors

    @property
    def release(self) -> Release:
        """The changed release of a mutant that has no errors; raises ValueError for any other."""
        release = self.make()
        if release is None:
            raise ValueError(self.id)
        return release


class MutationResult(NamedTuple):
    """What the scenarios notice of all mutants."""

    total: int  #: mutants that were tried
    alive: tuple[Mutant, ...]  #: those that no scenario notices
    untried: int  #: mutants that were not tried, because trying the others was work enough
    explained: Mapping[str, str]  #: by mutant, the reason given why it makes no difference

    @property
    def unexplained(self) -> tuple[Mutant, ...]:
        """The mutants that no scenario notices and no reason explains."""
        return tuple(mutant for mutant in self.alive if mutant.id not in self.explained)

    @property
    def idle(self) -> tuple[str, ...]:
        """The mutants with a reason although a scenario notices them, or although they do not exist.

        None where mutants were left, which these may be.
        """
        return (
            () if self.untried else tuple(id for id in self.explained if id not in {mutant.id for mutant in self.alive})
        )


def survivors(
    files: ReleaseFiles, scenarios: Sequence[Scenario], work: int = WORK
) -> tuple[int, tuple[Mutant, ...], int]:
    """How many mutants of the release were tried, those that no scenario notices, and how many were left.

    `work` is how many values may be evaluated in all. Raises InvalidProgramme.
    """
    alive, count, left = [], 0, 0
    for mutant in _possible_mutants(files):
        if work <= 0:
            left += 1
            continue
        release = mutant.make()
        if release is None:
            continue
        count += 1
        values = len(release.programme.values)
        work -= _MAKING * values
        for scenario in scenarios:
            work -= values
            if any(result.differences for result in run(release, [scenario])):
                break
        else:
            alive.append(mutant)
    return count, tuple(alive), left


def mutants(files: ReleaseFiles) -> Iterator[Mutant]:
    """Every mutant of a release that has no errors; raises InvalidProgramme where the release itself has some."""
    for mutant in _possible_mutants(files):
        if release := mutant.make():
            yield mutant._replace(make=partial(_as_it_is, release))


def _possible_mutants(files: ReleaseFiles) -> Iterator[Mutant]:
    """Every mutant of a release, with some that have errors; raises InvalidProgramme where the release has errors."""
    release = load_files(files)
    yield from _of_expressions(release)
    yield from _of_tables(files, release)
    yield from _of_groups(files, release)
    yield from _of_days(files, release)
    for reading in other_readings(files)[0]:
        place = files.documents["clauses"].place(("clauses", reading.clause, "other_readings", reading.id))
        yield Mutant(f"reading: {reading.name}", place, partial(_as_it_is, reading.release))


def _of_expressions(release: Release) -> Iterator[Mutant]:
    """Changes of values, in order; a text of a file is changed wherever values have it, as a border of slices is."""
    seen: set[tuple[object, ...]] = set()
    for named in release.programme.values.values():
        for node, replacement in _changes(named.expression):
            place = node.place
            if place is None or (at := (place.source.path, place.start, place.end, replacement)) in seen:
                continue  # the compiler added the node, or the text was changed before
            seen.add(at)
            name = f"{named.id}: {text(node)} → {text(replacement)}"
            yield Mutant(name, place, partial(_with_node, release, node, replacement))


def _with_node(release: Release, node: Expression, replacement: Expression) -> Release:
    values = {
        id: value._replace(expression=_replaced(value.expression, node, replacement))
        for id, value in release.programme.values.items()
    }
    return _with(release, release.programme._replace(values=MappingProxyType(values)))


def _of_tables(files: ReleaseFiles, release: Release) -> Iterator[Mutant]:
    """Tables by tier without one of their tiers."""
    for kind, document in files.rules.items():
        for path in document.keys:
            if len(path) > 1 and path[-2] in _BY_TIER and path[-1] in release.programme.tiers:
                name = ".".join(map(str, path[:-1]))
                make = partial(_without_cells, files, release, kind, (path,))
                yield Mutant(f"{name}: without {path[-1]}", document.place(path), make)
            for tier in release.programme.tiers if path[-1] == "across" and document.at(path) == "tier" else ():
                cells = tuple(_column(document, path[:-1], tier))
                name, make = ".".join(map(str, path[:-1])), partial(_without_cells, files, release, kind, cells)
                if cells:
                    yield Mutant(f"{name}: without {tier}", document.place(cells[0]), make)


def _column(document: Document, table: PartPath, tier: str) -> Iterator[PartPath]:
    """The paths of the cells of a tier in a table across tiers."""
    for path in document.keys:
        inner = path[len(table) :]
        if path[: len(table)] == table and inner[-1:] == (tier,) and inner[:-1] in _rows(document, table):
            yield path


def _rows(document: Document, table: PartPath) -> set[PartPath]:
    """The paths within a table across tiers of what has a cell for each tier."""
    rows = document.at((*table, "rows"))
    return {
        ("otherwise",),
        ("below",),
        ("above",),
        *(("rows", row) for row in (rows if isinstance(rows, dict) else ())),
    }


def _without_cells(files: ReleaseFiles, release: Release, kind: str, paths: Sequence[PartPath]) -> Release | None:
    document = files.documents[kind]
    for path in paths:
        document = without(document, path)
    return _compiled(files, release, kind, document)


def _compiled(files: ReleaseFiles, release: Release, kind: str, document: Document) -> Release | None:
    """The release with another document of a kind; None where it has errors."""
    programme, _ = compile_release(files._replace(documents={**files.documents, kind: document}))
    return _with(release, programme) if programme else None


def _of_groups(files: ReleaseFiles, release: Release) -> Iterator[Mutant]:
    """Groups of requirements of which all or one must be met, with one fewer or more: the tree has no such number."""
    for kind, document in files.rules.items():
        for path in document.keys:
            needed, parts = document.at(path), document.at((*path[:-1], "of"))
            if path[-1] != "at_least" or not isinstance(needed, Decimal) or not isinstance(parts, dict):
                continue
            others = {Decimal(2)} if needed == 1 else {needed - 1} if needed == len(parts) else set()
            for other in others & {*map(Decimal, range(1, len(parts) + 1))}:
                place = document.value_place(path)
                new = with_part(document, path, Document(document.source, other, {(): place}, {}, {}))
                name = f"{'.'.join(map(str, path))}: {needed} → {other}"
                yield Mutant(name, place, partial(_compiled, files, release, kind, new))


def _of_days(files: ReleaseFiles, release: Release) -> Iterator[Mutant]:
    """The release with a first day one day earlier or later."""
    first, place = release.programme.effective_from, files.documents["programme"].value_place(("effective", "from"))
    for day in filter(None, (days_later(first, -1), days_later(first, 1))):
        changed = _with(release, release.programme._replace(effective_from=day))
        yield Mutant(f"effective.from: {first} → {day}", place, partial(_as_it_is, changed))


def _as_it_is(release: Release) -> Release:
    return release


def _with(release: Release, programme: Programme) -> Release:
    return release._replace(programme=programme, plan=make_plan(programme))


def _changes(tree: Expression) -> Iterator[tuple[Expression, Expression]]:
    """Each node that can be changed, with its replacement."""
    if isinstance(tree, Literal):
        for value in _other_values(tree):
            yield tree, tree._replace(value=value)
    elif isinstance(tree, Compare):
        yield tree, tree._replace(operator=_OTHERS[tree.operator])
    second = tree.arguments[1] if isinstance(tree, Call) and len(tree.arguments) == 2 else None
    for child in children(tree):
        for node, replacement in _changes(child):
            if child is not second or not _is_refused(tree, replacement):
                yield node, replacement


def _is_refused(tree: Expression, second: Expression) -> bool:
    """Whether a call would be refused with this second argument: a unit of 0, or no month."""
    if not isinstance(tree, Call) or not isinstance(second, Literal) or not isinstance(second.value, Decimal):
        return False
    return (tree.function in _BY_UNIT and second.value == 0) or (
        tree.function in get_args(FromMonth) and not 1 <= second.value <= 12
    )


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
        yield from filter(None, (days_later(value, 1), days_later(value, -1)))


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
