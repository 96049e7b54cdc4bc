"""Scenarios: worked examples of a release, run against it, and what of the release none of them reaches.

A scenario gives a record (or an order too) and a day, and expects parts of the outcome as JSON has it. To write less,
rows of a list may be named by their ids, and a status or value may stand for the row that holds it. `in_force` says
whether the release is, on that day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from ..evaluate.evaluate import all_values, evaluate
from ..evaluate.outcome import Outcome
from ..evaluate.outcome_json import outcome_data, quote_data
from ..evaluate.quote import OrderLines, Quote, quote, read_order
from ..evaluate.record import Record, read_record
from ..problems import InvalidProgramme, Place, Problem, Source, has_errors, in_order
from ..programme.model import ORDER, NamedValue, Programme, Texts
from ..programme.owners import Role
from ..release.find import unreadable
from ..release.load import Release
from ..source.differences import NOTHING, Pairing, Policy, differences, is_same_value, path_text
from ..source.document import Document, PartPath, file_bytes, read_bytes, shown
from ..source.parts import part, with_part
from ..source.shape import check_shape
from ..values import Kind, Unknown

FOLDER = "scenarios"  #: of a release


class Scenario(NamedTuple):
    """One worked example; `expect` is of the outcome, `quote` of the order."""

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
        """Where it is written."""
        return self.document.place(("scenarios", self.id))


class Mismatch(NamedTuple):
    """Something that did not come out as expected: where in the outcome, and what was found."""

    path: str
    expected: Any
    found: Any
    place: Place


class ScenarioResult(NamedTuple):
    """What came of a scenario."""

    scenario: Scenario
    outcome: Outcome
    quote: Quote | None
    differences: tuple[Mismatch, ...]


class Reach(NamedTuple):
    """What no scenario reaches: clauses, tiers, values that are never known, conditions that are only ever one way."""

    clauses: tuple[str, ...]
    tiers: tuple[str, ...]
    values: tuple[str, ...]
    one_way: tuple[tuple[str, bool], ...]


def read_scenarios(folder: Path, release: Release) -> tuple[Scenario, ...]:
    """The scenarios of a release's folder, in order; raises InvalidProgramme with all that is wrong with them."""
    found: list[Scenario] = []
    problems = [_misnamed(path) for path in sorted((folder / FOLDER).glob("*.yml"))]
    for path in sorted((folder / FOLDER).glob("*.yaml")):
        try:
            document, told = read_bytes(file_bytes(path), shown(path))
        except OSError as error:
            problems.append(unreadable(path, error))
            continue
        problems += told
        if document is None or has_errors(told):
            continue
        wrong = [problem for _, problem in check_shape(document, "scenarios")]
        problems += wrong
        data: Any = document.data
        if not wrong:
            for id in data.get("scenarios", {}):
                found += _scenario(document, path.parent, id, data["scenarios"][id], release, problems)
    if has_errors(problems):
        raise InvalidProgramme(in_order(problems))
    return tuple(found)


def _misnamed(path: Path) -> Problem:
    """That a file would be passed over for the end of its name."""
    place = Place(Source(shown(path), ""), 0, 0)
    message = f"'{path.name}' is not a file of scenarios"
    return Problem("unknown-file", message, place, f"rename it to {path.stem}.yaml")


def read_no_difference(folder: Path) -> Mapping[str, str]:
    """The changes of the programme that are said to make no difference, each with the reason."""
    found: dict[str, str] = {}
    for path in sorted((folder / FOLDER).glob("*.yaml")):
        document, _ = read_bytes(file_bytes(path), shown(path))
        data: Any = document.data if document else None
        found |= data.get("no_difference", {}) if isinstance(data, dict) else {}
    return found


def _scenario(
    document: Document, folder: Path, id: str, data: Mapping[str, Any], release: Release, problems: list[Problem]
) -> Iterator[Scenario]:
    at: PartPath = ("scenarios", id)
    if not isinstance(data["as_of"], date):
        place = document.value_place((*at, "as_of"))
        problems.append(Problem("wrong-type", "'as_of' is a day", place, "write it as 2026-01-31"))
        return
    record_document = _part(document, folder, (*at, "record"), problems)
    if record_document and "but" in data:
        record_document = _but(record_document, document, (*at, "but"), data["but"])
    record, told = read_record(record_document, release.programme) if record_document else (None, ())
    problems += told
    order = None
    if "order" in data:
        order_document = _part(document, folder, (*at, "order"), problems)
        order, told = read_order(order_document, release.plan) if order_document else (None, ())
        problems += told
    if record and (order or "order" not in data):
        expect, quoted = data.get("expect", {}), data.get("quote", {})
        yield Scenario(id, data["title"], data["as_of"], record, order, expect, quoted, document)


def _part(document: Document, folder: Path, path: PartPath, problems: list[Problem]) -> Document | None:
    """A record or an order: the file that is named, or what is written in the scenario itself."""
    inner = part(document, path)
    written = inner.data
    if not isinstance(written, str):
        return inner
    try:
        content = file_bytes(folder / written)
    except OSError:
        place = document.value_place(path)
        problems.append(Problem("unreadable-file", f"'{written}' cannot be read", place, "name it from this folder"))
        return None
    found, told = read_bytes(content, shown((folder / written).resolve()))
    problems += told
    return found


def _but(record: Document, document: Document, at: PartPath, changes: Mapping[str, Any]) -> Document:
    """The record with some of its keys otherwise; of its facts only those that are named."""
    if not isinstance(record.data, dict):
        return record
    for key in changes:
        keys: list[PartPath] = [(key,)]
        if key == "facts" and isinstance(record.data.get("facts"), dict):
            keys = [(key, fact) for fact in changes[key]]
        for inner in keys:
            record = with_part(record, inner, part(document, (*at, *inner)))
    return record


def run(release: Release, scenarios: Iterable[Scenario]) -> tuple[ScenarioResult, ...]:
    """Every scenario evaluated, with what is not as expected."""
    return tuple(_run(release, scenario) for scenario in scenarios)


def examples(release: Release, scenarios: Iterable[Scenario]) -> dict[str, Outcome]:
    """What a release, which may be another than they were written for, says of each scenario's partner."""
    return {one.id: evaluate(release.plan, one.record, one.as_of) for one in scenarios}


def _run(release: Release, scenario: Scenario) -> ScenarioResult:
    outcome = evaluate(release.plan, scenario.record, scenario.as_of)
    quoted = quote(release.plan, scenario.record, scenario.order, outcome, scenario.as_of) if scenario.order else None
    in_force = release.programme.effective_from <= scenario.as_of
    told = {**outcome_data(outcome), "in_force": in_force}
    found = list(_mismatches(scenario, "expect", scenario.expect, told))
    if quoted:
        found += _mismatches(scenario, "quote", scenario.quote, quote_data(quoted), "quote")
    return ScenarioResult(scenario, outcome, quoted, tuple(found))


def _mismatches(scenario: Scenario, part: str, expected: Any, found: Any, *path: str) -> Iterator[Mismatch]:
    """Where the outcome has not what a part of the scenario expects: maps may hold more, lists are as long."""
    for difference in differences(expected, found, _AS_EXPECTED):
        at: PartPath = ("scenarios", scenario.id, part, *difference.keys)
        where = path_text((*path, *difference.keys))
        if difference.after is NOTHING:
            yield Mismatch(where, difference.before, None, scenario.document.place(at))
        else:
            values = _comparable(difference.before, difference.after)
            yield Mismatch(where, *values, scenario.document.value_place(at))


def _comparable(expected: Any, found: Any) -> tuple[Any, Any]:
    """A day as JSON has it; and of a row for which one value is expected, its status or value."""
    if isinstance(found, dict) and not isinstance(expected, list):
        found = next((found[key] for key in ("status", "value") if key in found), found)
    return expected.isoformat() if isinstance(expected, date) else expected, found


_AS_EXPECTED = Policy(
    Pairing.EQUAL_LENGTH,
    expected_only=True,
    is_same=lambda expected, found: is_same_value(*_comparable(expected, found)),
)


# What is reached ------------------------------------------------------------------------------------------------------


def reach(release: Release, results: Sequence[ScenarioResult]) -> Reach:
    """What of the release no scenario reaches: a tier's own values count for a partner of that tier only."""
    programme = release.programme
    seen: dict[str, set[Any]] = {id: set() for id in programme.values}
    tiers: set[str] = set()
    shown_clauses: set[str] = set()
    for result in results:
        mattering = _tiers(result)
        tiers |= mattering
        shown_clauses |= _shown_by(programme, result)
        values = all_values(release.plan, result.outcome)
        for id, known in seen.items():
            named = programme.values[id]
            of_items = ORDER if named.role is Role.ORDER_TOTAL else named.list
            value = values.get(id) if of_items is None else _of_items(values, result, named, of_items)
            if named.tier in (None, *mattering) and value is not None and not isinstance(value, Unknown):
                known.add(value)
    told = [id for id, value in programme.values.items() if value.source and value.tier in (None, *tiers)]
    varying = [id for id in told if programme.values[id].varies]
    shown_clauses |= {clause for id in told if seen[id] for clause in programme.values[id].source}
    if results:
        shown_clauses |= set(programme.cited) - _cited_by_rules(programme)
    return Reach(
        tuple(id for id in programme.clauses if id not in shown_clauses),
        tuple(id for id in programme.tiers if id not in tiers),
        tuple(id for id in varying if not seen[id]),
        tuple((id, next(iter(seen[id]))) for id in varying if len(seen[id]) == 1 and seen[id] <= {True, False}
              and programme.values[id].kind is Kind.YES_NO and not programme.values[id].list),
    )  # fmt: skip


def _tiers(result: ScenarioResult) -> set[str]:
    """The tiers that matter to the partner of a scenario: those it has, and those that are expected to be some way."""
    tracks = {track.tier for track in result.outcome.tracks if track.tier}
    own = {result.outcome.tier} if result.outcome.tier else set()
    return {*tracks, *own, *result.scenario.expect.get("tiers", {})}


def _of_items(values: Mapping[str, Any], result: ScenarioResult, named: NamedValue, of: str) -> Any:
    """A value of items: that of the first item which has one; of an order, that there were lines."""
    if of == ORDER:
        return True if result.quote else None
    items = values.get(of, ())
    known = [] if isinstance(items, Unknown) else [item[named.inner_id] for item in items]
    return next((value for value in known if not isinstance(value, Unknown)), None)


def _cited_by_rules(programme: Programme) -> set[str]:
    """Clauses that something with a value cites, or that say what a tier allows, or how a line is priced."""
    cited = {clause for value in programme.values.values() for clause in value.source}
    for tier in programme.tiers.values():
        cited |= {clause for one in (*tier.rights, *tier.restrictions) for clause in one.source}
    if programme.order:
        cited |= {clause for rule in programme.order.rules for clause in rule.source}
        cited |= {clause for refusal in programme.order.refusals for clause in refusal.source}
    return cited


def _shown_by(programme: Programme, result: ScenarioResult) -> set[str]:
    """The clauses that one scenario shows: rights of a tier that is granted, rules of its lines, agreed terms."""
    found: set[str] = set()
    if result.outcome.tier and result.outcome.status in ("qualified", "retained"):
        tier = programme.tiers[result.outcome.tier]
        found |= {clause for one in (*tier.rights, *tier.restrictions) for clause in one.source}
    for line in result.quote.lines if result.quote else ():
        found |= set(line.source)
    for agreement in result.outcome.agreements:
        named = programme.values[agreement.term].negotiable
        found |= set(named.source) if named and agreement.applied else set()
    return found
