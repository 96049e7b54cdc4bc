"""Reads and runs the scenarios of a release: worked examples, each with the outcome it expects.

A scenario gives a record, perhaps an order, and a day, and expects parts of the outcome's JSON. To write less, rows of
a list may be named by their ids, or where they have none by their numbers; a status, or a number for its value, may
stand for the row that holds it. `in_force` is whether the release is in force on the day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from ..evaluate.outcome import Outcome
from ..evaluate.outcome_json import outcome_data, quote_data
from ..evaluate.quote import OrderLines, Quote, read_order
from ..evaluate.record import Record, read_record
from ..problems import InvalidProgramme, Place, Problem, Source, did_you_mean, has_errors, in_order
from ..programme.model import ORDER, NamedValue, Programme, Texts
from ..release.find import unreadable
from ..release.load import Release
from ..source.differences import NOTHING, Pairing, Policy, differences, is_same_value, names_of_parts, path_text
from ..source.document import Document, PartPath, file_bytes, read_bytes, shown
from ..source.parts import part, parts_of_map, with_part
from ..source.shape import check_shape
from ..values import Kind, Unknown

FOLDER = "scenarios"  #: the folder of scenarios within that of a release


class Scenario(NamedTuple):
    """One worked example: `expect` are parts of the outcome, `quote` parts of the priced order, as JSON has them."""

    id: str
    title: Texts
    as_of: date
    record: Record
    order: OrderLines | None
    expect: Mapping[str, Any]
    quote: Mapping[str, Any]
    document: Document

    @property
    def place(self) -> Place:
        """Where the scenario is written."""
        return self.document.place(("scenarios", self.id))


class Mismatch(NamedTuple):
    """A part of the outcome that is not as expected: its path in the outcome, and the place of the expectation.

    `help` says what may stand in place of a key that the outcome does not have; None where that cannot be told.
    """

    path: str
    expected: Any
    actual: Any
    place: Place
    help: str | None = None


class ScenarioResult(NamedTuple):
    """The outcome of a scenario, its priced order if it has one, and the parts that are not as expected."""

    scenario: Scenario
    outcome: Outcome
    quote: Quote | None
    differences: tuple[Mismatch, ...]


class UnreachedParts(NamedTuple):
    """What no scenario of a release reaches, by ids."""

    clauses: tuple[str, ...]
    tiers: tuple[str, ...]
    values: tuple[str, ...]  #: unknown in every scenario
    one_way: tuple[tuple[str, bool], ...]  #: conditions with the same truth in every scenario, and that truth


def read_scenarios(folder: Path, release: Release) -> tuple[Scenario, ...]:
    """The scenarios in the folder of a release, in order; raises InvalidProgramme with all their problems."""
    scenarios: list[Scenario] = []
    reader = _RecordReader(folder / FOLDER)
    problems = [_misnamed(path) for path in sorted((folder / FOLDER).glob("[!.]*.yml"))]
    for path in sorted((folder / FOLDER).glob("[!.]*.yaml")):
        try:
            document, syntax_problems = read_bytes(file_bytes(path), shown(path))
        except OSError as error:
            problems.append(unreadable(path, error))
            continue
        problems += syntax_problems
        if document is None or has_errors(syntax_problems):
            continue
        shape_problems = [problem for _, problem in check_shape(document, "scenarios")]
        problems += shape_problems
        data: Any = document.data
        if not shape_problems and "scenarios" in data:
            for id, written in parts_of_map(document, ("scenarios",)).items():
                scenarios += _scenario(document, reader, id, written, release, problems)
    if has_errors(problems):
        raise InvalidProgramme(in_order(problems))
    return tuple(scenarios)


def _misnamed(path: Path) -> Problem:
    """The problem that a file would not be read because its name does not end in `.yaml`."""
    place = Place(Source(shown(path), ""), 0, 0)
    message = f"'{path.name}' is not a file of scenarios"
    return Problem("unknown-file", message, place, f"rename it to {path.stem}.yaml")


def read_no_difference(folder: Path) -> Mapping[str, str]:
    """The ids of mutants that the files of scenarios declare to make no difference, each with the reason."""
    reasons: dict[str, str] = {}
    for path in sorted((folder / FOLDER).glob("[!.]*.yaml")):
        document = None
        with suppress(OSError):  # reading the scenarios reports it
            document, _ = read_bytes(file_bytes(path), shown(path))
        data: Any = document.data if document else None
        reasons |= data.get("no_difference", {}) if isinstance(data, dict) else {}
    return reasons


class _RecordReader:
    """Reads the records and orders that scenarios name, each file once."""

    def __init__(self, folder: Path) -> None:
        """`folder` is that of the scenarios."""
        self._folder = folder
        self._files: dict[str, tuple[Document | None, Sequence[Problem]] | None] = {}  #: None: it cannot be read

    def read(self, written: Document, place: Place, problems: list[Problem]) -> Document | None:
        """A record or an order: the content of the named file, or what is written in the scenario itself.

        None where the file cannot be used; its problems are added to `problems`.
        """
        name = written.data
        if not isinstance(name, str):
            return written
        if name not in self._files:
            self._files[name] = self._file(name)
        file = self._files[name]
        if file is None:
            help = f"name it from the folder of the scenarios, {shown(self._folder)}"
            problems.append(Problem("unreadable-file", f"'{name}' cannot be read", place, help))
            return None
        document, syntax_problems = file
        problems += syntax_problems
        return document

    def _file(self, name: str) -> tuple[Document | None, Sequence[Problem]] | None:
        try:
            content = file_bytes(self._folder / name)
        except OSError:
            return None
        return read_bytes(content, shown((self._folder / name).resolve()))


def _scenario(
    document: Document, reader: _RecordReader, id: str, written: Document, release: Release, problems: list[Problem]
) -> Iterator[Scenario]:
    """The scenario, or nothing where it cannot be used; its problems are added to `problems`.

    `written` is its part of the document.
    """
    at: PartPath = ("scenarios", id)
    data: Any = written.data
    if not isinstance(data["as_of"], date):
        place = document.value_place((*at, "as_of"))
        problems.append(Problem("wrong-type", "'as_of' is a day", place, "write it as 2026-01-31"))
        return
    record_document = reader.read(part(written, ("record",)), document.value_place((*at, "record")), problems)
    carried, record_problems = release.lineage.carry(record_document) if record_document else (None, ())
    problems += record_problems
    if carried and "but" in data:
        carried = _with_changes(carried, part(written, ("but",)), problems)
    record, record_problems = read_record(carried, release.programme) if carried else (None, ())
    problems += record_problems
    order = None
    if "order" in data:
        order_document = reader.read(part(written, ("order",)), document.value_place((*at, "order")), problems)
        order, order_problems = read_order(order_document, release.plan) if order_document else (None, ())
        problems += order_problems
    if record and (order or "order" not in data):
        expect, quoted = data.get("expect", {}), data.get("quote", {})
        yield Scenario(id, data["title"], data["as_of"], record, order, expect, quoted, document)


def _with_changes(record: Document, changes: Document, problems: list[Problem]) -> Document:
    """The record with the changes: each replaces a key, or among `facts` a single fact or parts of a list.

    Items that the list does not have are added to `problems`.
    """
    if not isinstance(record.data, dict):
        return record
    written: Any = changes.data
    for key in written:
        paths: list[PartPath] = [(key,)]
        if key == "facts" and isinstance(record.data.get("facts"), dict):
            paths = [(key, fact) for fact in written[key]]
        for path in paths:
            new = part(changes, path)
            if isinstance(new.data, dict) and isinstance(record.at(path), list):
                record = _with_items(record, path, new, problems)
            else:
                record = with_part(record, path, new)
    return record


def _with_items(record: Document, path: PartPath, changes: Document, problems: list[Problem]) -> Document:
    """The record with changes of the list at a path: by the numbers of items, from 1, the fields that are otherwise.

    The number after the last adds an item.
    """
    written: Any = changes.data
    for number, fields in written.items():
        items: Any = record.at(path)
        numbers = {str(index + 1): index for index in range(len(items) + 1)}
        index = numbers.get(number)
        if index is None:
            help = f"there are {len(items)} items, of which the first is 1; {len(items) + 1} adds one"
            problems.append(Problem("unknown-key", f"'{number}' is not a key here", changes.place((number,)), help))
            continue
        is_changed = isinstance(fields, dict) and index < len(items) and isinstance(items[index], dict)
        for inner in [(number, field) for field in fields] if is_changed else [(number,)]:
            record = with_part(record, (*path, index, *inner[1:]), part(changes, inner))
    return record


def run(release: Release, scenarios: Iterable[Scenario]) -> tuple[ScenarioResult, ...]:
    """The result of each scenario under a release."""
    return tuple(_run(release, scenario) for scenario in scenarios)


def scenario_outcomes(release: Release, scenarios: Iterable[Scenario]) -> dict[str, Outcome]:
    """The outcome of each scenario's partner, by the scenario's id; the release need not be the scenarios' own."""
    return {scenario.id: release.evaluate(scenario.record, scenario.as_of) for scenario in scenarios}


def _run(release: Release, scenario: Scenario) -> ScenarioResult:
    record = release.record_on(scenario.record, scenario.as_of)
    outcome = release.outcome(record, scenario.as_of)
    quoted = release.quote(scenario.order, record, as_of=scenario.as_of) if scenario.order else None
    in_force = release.programme.effective_from <= scenario.as_of
    data = {**outcome_data(outcome), "in_force": in_force}
    mismatches = list(_mismatches(scenario, "expect", scenario.expect, data))
    if quoted:
        mismatches += _mismatches(scenario, "quote", scenario.quote, quote_data(quoted), "quote")
    return ScenarioResult(scenario, outcome, quoted, tuple(mismatches))


def _mismatches(scenario: Scenario, part: str, expected: Any, actual: Any, *path: str) -> Iterator[Mismatch]:
    """The differences from what a part of the scenario expects: a map may have more keys, a list as many items."""
    for difference in differences(expected, actual, _AS_EXPECTED):
        at: PartPath = ("scenarios", scenario.id, part, *_as_written(expected, difference.keys))
        where = path_text((*path, *difference.keys))
        if difference.after is NOTHING:
            *before, key = difference.keys
            help = did_you_mean(str(key), names_of_parts(actual, before))
            yield Mismatch(where, difference.before, None, scenario.document.place(at), help)
        else:
            values = _comparable(difference.before, difference.after)
            yield Mismatch(where, *values, scenario.document.value_place(at))


def _as_written(expected: Any, keys: Iterable[Any]) -> Iterator[str | int]:
    """The keys of a part of the outcome as what is expected of it has them: in a map an item's number, from 1."""
    for key in keys:
        written = str(key + 1) if isinstance(key, int) and isinstance(expected, Mapping) else key
        yield written
        expected = expected[written]


def _comparable(expected: Any, actual: Any) -> tuple[Any, Any]:
    """An expected day as text, as JSON has it; and in place of a row for which one value is expected, that value."""
    if isinstance(actual, dict) and not isinstance(expected, list):
        of_number = isinstance(expected, Decimal)
        keys = ("value", "amount", "percent") if of_number else ("status", "value", "id")
        actual = next((actual[key] for key in keys if key in actual), actual)
    return expected.isoformat() if isinstance(expected, date) else expected, actual


_AS_EXPECTED = Policy(
    Pairing.EQUAL_LENGTH,
    expected_only=True,
    is_same=lambda expected, actual: is_same_value(*_comparable(expected, actual)),
)


# What is not reached --------------------------------------------------------------------------------------------------


def unreached_parts(release: Release, results: Sequence[ScenarioResult]) -> UnreachedParts:
    """What no scenario of the release reaches; a tier's own values are reached only by a partner of that tier."""
    programme = release.programme
    seen: dict[str, set[Any]] = {id: set() for id in programme.values}
    tiers: set[str] = set()
    shown_clauses: set[str] = set()
    for result in results:
        result_tiers = _tiers(result)
        tiers |= result_tiers
        shown_clauses |= _shown_by(programme, result)
        values = release.values(result.outcome)
        for id, known_values in seen.items():
            named = programme.values[id]
            of_items = ORDER if named.of_order else named.list
            value = values.get(id) if of_items is None else _of_items(values, result, named, of_items)
            if named.tier in (None, *result_tiers) and value is not None and not isinstance(value, Unknown):
                known_values.add(value)
    reachable = [id for id, value in programme.values.items() if value.source and value.tier in (None, *tiers)]
    varying = [id for id in reachable if programme.values[id].varies]
    shown_clauses |= {clause for id in reachable if seen[id] for clause in programme.values[id].source}
    if results:
        shown_clauses |= set(programme.cited) - _cited_by_rules(programme)
    return UnreachedParts(
        tuple(id for id in programme.clauses if id not in shown_clauses),
        tuple(id for id in programme.tiers if id not in tiers),
        tuple(id for id in varying if not seen[id]),
        tuple((id, next(iter(seen[id]))) for id in varying if len(seen[id]) == 1 and seen[id] <= {True, False}
              and programme.values[id].kind is Kind.YES_NO and not programme.values[id].list
              and not programme.values[id].of_order),
    )  # fmt: skip


def _tiers(result: ScenarioResult) -> set[str]:
    """The tiers that a scenario is about: those of its partner, and those for which it expects something."""
    tracks = {track.tier for track in result.outcome.tracks if track.tier}
    own = {result.outcome.tier} if result.outcome.tier else set()
    return {*tracks, *own, *result.scenario.expect.get("tiers", {})}


def _of_items(values: Mapping[str, Any], result: ScenarioResult, named: NamedValue, list_id: str) -> Any:
    """The first known value among the items of a list, True for a value of an order that was priced, or None."""
    if list_id == ORDER:
        return True if result.quote else None
    items = values.get(list_id, ())
    item_values = [] if isinstance(items, Unknown) else [item[named.inner_id] for item in items]
    return next((value for value in item_values if not isinstance(value, Unknown)), None)


def _cited_by_rules(programme: Programme) -> set[str]:
    """The clauses that values, rights and restrictions of tiers, and rules and refusals of order lines cite."""
    cited = {clause for value in programme.values.values() for clause in value.source}
    for tier in programme.tiers.values():
        cited |= {clause for statement in (*tier.rights, *tier.restrictions) for clause in statement.source}
    if programme.order:
        cited |= {clause for rule in programme.order.rules for clause in rule.source}
        cited |= {clause for refusal in programme.order.refusals for clause in refusal.source}
    return cited


def _shown_by(programme: Programme, result: ScenarioResult) -> set[str]:
    """The clauses that a scenario shows by the rights of its tier, the rules of its order lines and agreed terms."""
    clauses: set[str] = set()
    if result.outcome.tier and result.outcome.status in ("qualified", "retained"):
        tier = programme.tiers[result.outcome.tier]
        clauses |= {clause for statement in (*tier.rights, *tier.restrictions) for clause in statement.source}
    for line in result.quote.lines if result.quote else ():
        clauses |= set(line.source)
    for agreement in result.outcome.agreements:
        allowed = programme.values[agreement.term].negotiable or programme.any_term
        clauses |= set(allowed.source) if allowed and agreement.applied else set()
    return clauses
