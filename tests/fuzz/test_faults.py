"""The kinds of faults that the search has shown, each at its smallest."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from charter import Release, diff, load, timeline, what_if
from charter.engine.evaluate.record import record_of
from charter.engine.limits import MAX_NESTING
from charter.engine.release.load import read_files, read_release
from charter.engine.review.findings import not_reached, scenario_run
from charter.engine.source.document import read_bytes

from ..language.names import read
from ..programmes import SMALL, with_a_scenario
from ..small_world import FILES, TODAY, report, world, write
from .records import nested, own_part

RECORD = b"partner: P-1\nfacts: {}\n"


def test_a_timeline_may_end_with_the_calendar(tmp_path: Path) -> None:
    write(tmp_path)
    line = timeline(tmp_path, {"partner": "P"}, date(9999, 12, 30), date.max)
    assert [moment.day for moment in line.moments] == [date(9999, 12, 30)]


@pytest.mark.parametrize(
    "part", [nested(MAX_NESTING), nested(100_000 // 30), own_part()], ids=["deep", "deeper", "endless"]
)
def test_plain_data_is_as_deep_as_a_file_at_most(part: Any) -> None:
    record, problems = record_of({"partner": "P", "facts": {"people": part}}, load(SMALL).programme)
    assert record is None
    assert [problem.code for problem in problems] == ["bad-fact"]


def test_plain_data_as_deep_as_a_file_may_be_is_read() -> None:
    record, problems = record_of({"partner": "P", "facts": {"people": nested(MAX_NESTING - 3)}}, load(SMALL).programme)
    assert record is None
    assert {problem.code for problem in problems} == {"bad-fact"}


def test_a_warning_about_facts_that_nobody_wrote_stands_at_the_partner(tmp_path: Path) -> None:
    facts = (
        "facts: {n: {title: {en: N}, kind: count, default: 0}}\n"
        "checks: {odd: {title: {en: Some of them}, rule: n > 0}}\n"
    )
    document, _ = read_bytes(RECORD, "p.yaml")
    outcome = world(tmp_path, facts=facts).evaluate(document, as_of=TODAY)
    assert [(problem.code, problem.place.where) for problem in outcome.problems] == [("odd-facts", "p.yaml:1:10")]


def test_slices_of_another_currency_are_told_at_their_own(tmp_path: Path) -> None:
    facts = "facts: {revenue: {title: {en: Revenue}, kind: money, currency: EUR}}\n"
    row = (
        "{title: {en: D}, kind: money, currency: USD, value: {slices: revenue, rows: {0: 5}}, show: true, source: [c]}"
    )
    write(tmp_path, facts=facts, definitions=f"definitions:\n  due: {row}\n")
    mixed = [problem.place for problem in read_release(tmp_path / "1.0.0")[1] if problem.code == "mixed-currencies"]
    assert [(place.line, place.column) for place in mixed] == [(2, 38)]


def test_a_currency_that_is_none_is_told_once(tmp_path: Path) -> None:
    facts = "facts: {revenue: {title: {en: Revenue}, kind: money, currency: roubles}}\n"
    row = "{title: {en: D}, kind: money, currency: RUB, value: revenue + 5, show: true, source: [c]}"
    write(tmp_path, facts=facts, definitions=f"definitions:\n  due: {row}\n")
    codes = [problem.code for problem in read_release(tmp_path / "1.0.0")[1]]
    assert [code for code in codes if "currenc" in code] == ["unknown-currency"]


def test_everything_that_no_scenario_reaches_has_a_place(tmp_path: Path) -> None:
    notes = not_reached(scenario_run(read_files(with_a_scenario(tmp_path)), mutants=False))
    assert {note.code for note in notes} >= {"condition-one-way"}
    assert [note for note in notes if note.place is None] == []


DAYS = {
    "title": ("clauses", "title: {en: Clause}", "title: {en: 2026-01-01}"),
    "clause": ("tiers", "gold: {title: {en: Gold}}", "gold: {title: {en: Gold}, source: [2026-01-01]}"),
    "id": ("programme", "id: world", "id: 2026-01-01"),
    "language": ("programme", "languages: [en]", "languages: [2026-01-01]"),
    "section": ("clauses", "section: one", "section: 2026-01-01"),
    "unit": ("facts", "kind: money", "kind: money, unit: {en: 2026-01-01}"),
}


@pytest.mark.parametrize("name", DAYS)
def test_a_day_is_no_text(name: str, tmp_path: Path) -> None:
    file, old, new = DAYS[name]
    shown = report(tmp_path, **{file: FILES[file].replace(old, new)})
    assert "the day 2026-01-01 stands here; text is needed" in shown or "'2026-01-01' is not one of the values" in shown
    assert "error[wrong-type]" not in shown or 'help: put it in quotes: "2026-01-01"' in shown


def test_a_day_stands_where_a_day_is_due(tmp_path: Path) -> None:
    facts = "facts: {joined: {title: {en: Joined}, kind: date, default: 2026-01-01}}\n"
    assert "wrong-type" not in report(tmp_path, facts=facts)


@pytest.mark.parametrize("rule", ["1if p else 2", "n > 1or p"])
def test_python_warns_nobody_of_an_expression(rule: str) -> None:
    """A warning would go to stderr, and fails here."""
    tree, problems = read(rule)
    assert tree is not None
    assert problems == []


def chain(folder: Path, rule: str, length: int) -> Release:
    """A programme with definitions of which each is the rule of the one before it, from the fact n on."""
    row = "  d{}: {{title: {{en: D}}, kind: number, value: '{}', source: [c]}}\n"
    rules = ["n", *(rule.format(f"d{number}") for number in range(length))]
    rows = "".join(row.format(number, text) for number, text in enumerate(rules))
    asks = f"{{last: {{title: {{en: Last}}, rule: d{length} > 3, source: [c]}}}}"
    return world(
        folder,
        facts="facts: {n: {title: {en: N}, kind: number, minimum: 0, maximum: 100}}\n",
        definitions=f"definitions:\n{rows}",
        tiers=f"award: highest\ntiers: {{gold: {{title: {{en: Gold}}, requirements: {asks}}}}}\n",
    )


def test_the_solver_divides_as_often_as_a_rule_does(tmp_path: Path) -> None:
    """Thirty divisions by three: their divisors are one number; over a product of thirty Z3 broods without end."""
    release = chain(tmp_path, "{} / 3", 30)
    assert diff(release, what_if(release, ["definitions.d1=1000"]), as_of=TODAY, seconds=1).judgement != "neutral"
