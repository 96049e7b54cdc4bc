"""Readings: what an unclear clause would come to, were it read in one of the ways that were not taken.

Each such reading is data: the change of the release that it would be. So it can be run like any release.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from ..evaluate.evaluate import make_plan
from ..evaluate.outcome_json import outcome_data, quote_data
from ..evaluate.record import read_records
from ..problems import InvalidInput, Level, Problem, has_errors, wrong_call
from ..programme.model import Texts
from ..proof.claims_by_bounds import ClaimVerdict, check_claims
from ..release.load import Release, ReleaseFiles, compile_release
from ..source.differences import Pairing, Policy, ValueDifference, differences
from ..source.document import Document
from ..source.parts import part
from .patch import Edit, changed
from .scenarios import Scenario, examples

#: figures of two answers; what an answer says about itself (its release, its digest) and its sources do not count
_FIGURES = Policy(
    Pairing.ROWS_BY_ID,
    null_is_nothing=True,
    passed_over=frozenset({"digest", "release", "charter", "format_version", "result", "problems", "source"}),
)


class OtherReading(NamedTuple):
    """A reading that was not taken, and the release as it would be."""

    clause: str
    id: str
    title: Texts
    release: Release

    @property
    def name(self) -> str:
        """As what it is told apart from all others: c9-events.both."""
        return f"{self.clause}.{self.id}"


class ReadingEffect(NamedTuple):
    """What another reading changes for one partner."""

    reading: OtherReading
    partner: str
    differences: tuple[ValueDifference, ...]


def other_readings(
    files: ReleaseFiles, only: Collection[str] | None = None
) -> tuple[tuple[OtherReading, ...], tuple[Problem, ...]]:
    """The readings not taken of a release that compiles, in order, and what is wrong with them; or `only` these."""
    document = files.documents["clauses"]
    clauses: Any = document.data
    found: list[OtherReading] = []
    problems: list[Problem] = []
    taken, _ = compile_release(files)
    for clause, row in clauses["clauses"].items() if taken else ():
        for id, other in row.get("other_readings", {}).items():
            if only is not None and f"{clause}.{id}" not in only:
                continue
            at = ("clauses", clause, "other_readings", id)
            other_files = changed(files, _changes(document, (*at, "changes"), other["changes"]))
            programme, told = compile_release(other_files)
            within = f"in the other reading '{id}' of {clause}: "
            wrong = [one._replace(message=within + one.message) for one in told if one.level is Level.ERROR]
            if programme and taken and programme.digest == taken.digest:
                message = within + "it changes nothing"
                help = "say what would stand in the release otherwise"
                wrong.append(Problem("reading-without-effect", message, document.place(at), help))
            problems += wrong
            if programme and not has_errors(wrong):
                release = Release(programme, make_plan(programme), told, other_files)
                found.append(OtherReading(clause, id, other["title"], release))
    return tuple(found), tuple(problems)


def _changes(document: Document, at: tuple[str, ...], written: dict[str, Any]) -> list[Edit]:
    return [Edit(path, part(document, (*at, path)), document.place((*at, path))) for path in written]


def reading_effects(
    release: Release, readings: Sequence[OtherReading], records: Sequence[Document], order: Document | None, day: date
) -> Iterator[ReadingEffect]:
    """What each reading changes for each partner on a day, and for an order of theirs where there is one.

    Raises InvalidInput where a record or the order does not fit or two records are of one partner, WrongCall where an
    order has no partner to be priced for.
    """
    if order is not None and not records:
        raise wrong_call("an order is priced for a partner", "name a record too")
    read = read_records(records, release.programme)
    if any(record is None for record, _ in read):
        raise InvalidInput(tuple(dict.fromkeys(problem for _, problems in read for problem in problems)))
    before = [_answer(release, record, order, day) for record in records]
    for reading in readings:
        for one, record in zip(before, records, strict=True):
            after = _answer(reading.release, record, order, day)
            yield ReadingEffect(reading, one["partner"], tuple(differences(one, after, _FIGURES)))


def broken_claims(
    readings: Iterable[OtherReading], scenarios: Sequence[Scenario]
) -> dict[str, tuple[ClaimVerdict, ...]]:
    """Under each reading, by its name, the claims that a scenario's partner breaks."""
    found = {}
    for reading in readings:
        verdicts = check_claims(reading.release, examples(reading.release, scenarios))
        found[reading.name] = tuple(one for one in verdicts if one.status == "refuted")
    return found


def _answer(release: Release, document: Document, order: Document | None, day: date) -> dict[str, Any]:
    """The outcome as data, and under `quote` the order priced."""
    record = release.record(document)
    answer = outcome_data(release.evaluate(record, as_of=day))
    if order is not None:
        answer["quote"] = quote_data(release.quote(release.order(order), record, as_of=day))
    return answer
