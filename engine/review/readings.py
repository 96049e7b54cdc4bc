"""Evaluates partners and claims under the readings of unclear clauses that the programme does not follow.

Each reading is written beside its clause as edits of the release, so it gives a release that can be run like any other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from ..evaluate.outcome_json import outcome_data, quote_data
from ..evaluate.record import read_records
from ..problems import InvalidInput, Level, Problem, wrong_call
from ..programme.model import Texts
from ..proof.claims_by_bounds import ClaimVerdict, check_claims
from ..release.load import Release, ReleaseFiles, compile_release, release_of
from ..source.differences import Pairing, Policy, ValueDifference, differences
from ..source.document import Document
from ..source.parts import part
from .edited_release import Edit, edited
from .scenarios import Scenario, scenario_outcomes

#: compares the figures of two answers: sources, and what an answer says about itself (release, digest), do not count
_FIGURES = Policy(
    Pairing.ROWS_BY_ID,
    null_is_nothing=True,
    passed_over=frozenset({"digest", "release", "charter", "format_version", "result", "problems", "source"}),
)


class OtherReading(NamedTuple):
    """A reading of a clause that the programme does not follow, and the release under it."""

    clause: str
    id: str
    title: Texts
    release: Release

    @property
    def name(self) -> str:
        """The id of the reading within the release: c9-events.both."""
        return f"{self.clause}.{self.id}"


class ReadingEffect(NamedTuple):
    """What a reading changes for one partner, as differences from the outcome under the release itself."""

    reading: OtherReading
    partner: str
    differences: tuple[ValueDifference, ...]


def other_readings(
    files: ReleaseFiles, only: Collection[str] | None = None
) -> tuple[tuple[OtherReading, ...], tuple[Problem, ...]]:
    """The readings that a release does not follow, in order, and their problems; with `only`, those of these names.

    A release that does not compile has none.
    """
    document = files.documents["clauses"]
    clauses: Any = document.data
    readings: list[OtherReading] = []
    problems: list[Problem] = []
    taken, _ = compile_release(files)
    for clause, row in clauses["clauses"].items() if taken else ():
        for id, reading in row.get("other_readings", {}).items():
            if only is not None and f"{clause}.{id}" not in only:
                continue
            at = ("clauses", clause, "other_readings", id)
            edited_files = edited(files, _edits(document, (*at, "changes"), reading["changes"]))
            programme, found_problems = compile_release(edited_files)
            within = f"in the other reading '{id}' of {clause}: "
            errors = [problem._replace(message=within + problem.message)
                      for problem in found_problems if problem.level is Level.ERROR]  # fmt: skip
            if programme and taken and programme.digest == taken.digest:
                message = within + "it changes nothing"
                help = "say what would stand in the release otherwise"
                errors.append(Problem("reading-without-effect", message, document.place(at), help))
            problems += errors
            if programme and not errors:
                release = release_of(programme, found_problems, edited_files)
                readings.append(OtherReading(clause, id, reading["title"], release))
    return tuple(readings), tuple(problems)


def _edits(document: Document, at: tuple[str, ...], written: dict[str, Any]) -> list[Edit]:
    return [Edit(path, part(document, (*at, path)), document.place((*at, path))) for path in written]


def reading_effects(
    release: Release, readings: Sequence[OtherReading], records: Sequence[Document], order: Document | None, day: date
) -> Iterator[ReadingEffect]:
    """What each reading changes for each partner on a day, and in the prices of the order if one is given.

    Raises InvalidInput where a record or the order does not fit or two records are of one partner, WrongCall where an
    order is given without a record.
    """
    if order is not None and not records:
        raise wrong_call("an order is priced for a partner", "name a record too")
    read = read_records(records, release.read)
    if any(record is None for record, _ in read):
        raise InvalidInput(tuple(dict.fromkeys(problem for _, problems in read for problem in problems)))
    before = [_answer(release, record, order, day) for record in records]
    for reading in readings:
        for answer, record in zip(before, records, strict=True):
            yield ReadingEffect(reading, answer["partner"], _differing(answer, reading.release, record, order, day))


def _differing(
    answer: dict[str, Any], release: Release, record: Document, order: Document | None, day: date
) -> tuple[ValueDifference, ...]:
    """What a release says otherwise than the answer; where it refuses the record or the order, only why."""
    try:
        after = _answer(release, record, order, day)
    except InvalidInput as refused:
        return (ValueDifference(("refused",), None, refused.problems[0].message),)
    return tuple(differences(answer, after, _FIGURES))


def broken_claims(
    readings: Iterable[OtherReading], scenarios: Sequence[Scenario]
) -> dict[str, tuple[ClaimVerdict, ...]]:
    """The verdicts on the claims that a scenario's partner breaks under each reading, by the name of the reading."""
    broken = {}
    for reading in readings:
        verdicts = check_claims(reading.release, scenario_outcomes(reading.release, scenarios))
        broken[reading.name] = tuple(verdict for verdict in verdicts if verdict.status == "refuted")
    return broken


def _answer(release: Release, document: Document, order: Document | None, day: date) -> dict[str, Any]:
    """The outcome as JSON has it, with the priced order under the key `quote`."""
    record = release.record(document)
    answer = outcome_data(release.evaluate(record, as_of=day))
    if order is not None:
        answer["quote"] = quote_data(release.quote(release.order(order), record, as_of=day))
    return answer
