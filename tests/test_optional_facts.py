"""An optional day or number: a value, none, or unknown, on every surface."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from charter import Release
from charter.engine.evaluate.outcome_json import outcome_data
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import Job
from charter.engine.values import Unknown, is_undefined, missing

from .cli import charter
from .portfolio import portfolios
from .small_world import TODAY, evaluate, report, values, world

FACTS = """
facts:
  visit: {title: {en: Last visit}, kind: date, none: {en: never}}
  seats: {title: {en: Seats agreed}, kind: count, none: {en: no limit}, default: none}
  joined: {title: {en: Joined}, kind: date}
lists:
  certificates:
    title: {en: Certificates}
    default: []
    fields:
      person: {title: {en: Person}, kind: text}
      valid_until: {title: {en: Valid until}, kind: date, none: {en: for good}}
    values:
      valid: {title: {en: Valid}, kind: yes_no, value: not has(valid_until) or as_of <= valid_until, source: [c]}
"""
DEFINITIONS = """
definitions:
  visited: {title: {en: Visited}, kind: yes_no, value: has(visit), source: [c]}
  recent: {title: {en: Visited of late}, kind: yes_no, value: "last_months(visit, 12)", source: [c]}
  lapsed: {title: {en: To be visited}, kind: yes_no, value: "not has(visit) or not last_months(visit, 12)", source: [c]}
  free: {title: {en: Free seats}, kind: number, value: "seats - 3 if has(seats) else 100", source: [c]}
  half: {title: {en: Half the seats}, kind: number, value: seats / 2, source: [c]}
  valid_people: {title: {en: Valid}, kind: count, take: count, over: certificates, where: valid, source: [c]}
"""
TIERS = """
award: highest
tiers:
  gold:
    title: {en: Gold}
    requirements:
      seen: {title: {en: Visited of late}, rule: recent, source: [c]}
"""


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return world(tmp_path / "w", facts=FACTS, definitions=DEFINITIONS, tiers=TIERS)


@pytest.mark.parametrize(
    ("facts", "visited", "recent", "lapsed"),
    [
        ({"visit": "2025-11-24"}, True, True, False),
        ({"visit": "2025-11-23"}, True, False, True),
        ({"visit": "none"}, False, "undefined", True),
        ({}, ["visit"], ["visit"], ["visit"]),
    ],
)
def test_a_day_is_there_or_is_none_or_is_unknown(
    release: Release, facts: dict[str, Any], visited: Any, recent: Any, lapsed: Any
) -> None:
    answers = values(release, facts)

    def shown(value: Any) -> Any:
        return "undefined" if is_undefined(value) else list(missing(value)) if isinstance(value, Unknown) else value

    assert [shown(answers[id]) for id in ("visited", "recent", "lapsed")] == [visited, recent, lapsed]


def test_a_default_may_be_none(release: Release) -> None:
    assert values(release)["free"] == 100
    assert values(release, {"seats": 4})["free"] == 1
    assert is_undefined(values(release)["half"])


@pytest.mark.parametrize(
    ("until", "valid"), [("2026-11-23", 1), ("2026-11-22", 0), ("none", 1), (None, "certificates[1].valid_until")]
)
def test_a_field_of_an_item_may_be_none(release: Release, until: str | None, valid: Any) -> None:
    answer = values(release, {"certificates": [{"person": "Ana", "valid_until": until}]})["valid_people"]
    assert answer == (Unknown(frozenset((valid,))) if isinstance(valid, str) else valid)


def test_an_outcome_says_what_there_is_none_of(release: Release) -> None:
    outcome = evaluate(release, {"visit": "none"})
    tier = json.loads(json.dumps(outcome_data(outcome), default=str))["tiers"]["gold"]
    assert (tier["status"], tier["unknown"]) == ("undetermined", [])
    assert tier["undefined"] == [{"expression": "visit", "operands": ["none"]}]


def test_the_page_says_never(release: Release, tmp_path: Path) -> None:
    record = tmp_path / "r.yaml"
    record.write_text("partner: P\nfacts:\n  visit: none\n", "utf-8")
    page = charter("evaluate", record, "--program", tmp_path / "w", "--as-of", TODAY.isoformat())
    assert "undefined: Last visit: never" in page.stdout


def test_a_day_is_none_for_some_time(release: Release) -> None:
    periods = [{"value": "none", "until": "2026-06-30"}, {"value": "2026-07-01", "from": "2026-07-01"}]
    facts = {"visit": periods}
    assert values(release, facts, date(2026, 6, 30))["visited"] is False
    assert values(release, facts, date(2026, 7, 1))["visited"] is True


CELLS = ("2025-11-24", "2025-11-23", "none", "")
COLUMNS = ("visited", "recent", "lapsed")
WANTED = [(True, True, False), (True, False, True), (False, None, True), (None, None, None)]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("stem", ["P-{}", "Партнёр-{}"])
def test_a_portfolio_has_the_word_none_in_a_cell(release: Release, tmp_path: Path, suffix: str, stem: str) -> None:
    """By the query, and by the interpreter for the ids that are none of the query's."""
    path, output = tmp_path / f"p.{suffix}", tmp_path / "out.parquet"
    rows = [{"partner": stem.format(index), "visit": cell or None} for index, cell in enumerate(CELLS)]
    if suffix == "csv":
        path.write_text(
            "partner,visit\n" + "".join(f"{row['partner']},{row['visit'] or ''}\n" for row in rows), "utf-8"
        )
    elif suffix == "jsonl":
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    else:
        with duckdb.connect() as database:
            database.execute("CREATE TABLE t (partner VARCHAR, visit VARCHAR)")
            database.executemany("INSERT INTO t VALUES (?, ?)", [[*row.values()] for row in rows])
            database.table("t").write_parquet(str(path))
    result = batch(release, Job(path, output, TODAY, more=COLUMNS))
    assert (result.rows, result.rejected) == (4, 0)
    outcomes = portfolios.read(output)
    answers = [tuple(outcomes[row["partner"]][f"definitions.{id}"] for id in COLUMNS) for row in rows]
    assert answers == WANTED


def test_items_of_a_portfolio_have_the_word_none_in_a_cell(release: Release, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("partner,visit\nP-1,none\nP-2,none\nP-3,none\n", "utf-8")
    items = "partner,person,valid_until\nP-1,Ana,none\nP-1,Bo,2026-11-22\nP-2,Ana,2026-11-22\nP-3,Ana,\n"
    (tmp_path / "c.csv").write_text(items, "utf-8")
    job = Job(tmp_path / "p.csv", tmp_path / "o.parquet", TODAY, lists={"certificates": tmp_path / "c.csv"},
              more=("valid_people",))  # fmt: skip
    batch(release, job)
    outcomes = portfolios.read(tmp_path / "o.parquet")
    answers = [outcomes[partner]["definitions.valid_people"] for partner in ("P-1", "P-2", "P-3")]
    assert answers == [1, 0, None]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ("visit: {title: {en: V}, kind: text, none: {en: never}}", "'none' has no meaning for the kind 'text'"),
        ("visit: {title: {en: V}, kind: date, none: {en: never}, default: 2026-01-01}", "'default' and 'none' do not"),
        ("visit: {title: {en: V}, kind: date, default: none}", "'none' is not a date"),
    ],
)
def test_what_does_not_go_with_none_is_refused(tmp_path: Path, facts: str, words: str) -> None:
    assert words in report(tmp_path, facts=f"facts:\n  revenue: {{title: {{en: R}}, kind: money}}\n  {facts}\n")


def test_has_is_of_an_optional_fact(tmp_path: Path) -> None:
    rule = "definitions: {{x: {{title: {{en: X}}, kind: yes_no, value: has({}), source: [c]}}}}"
    problem = report(tmp_path, facts=FACTS, definitions=rule.format("joined"))
    assert "not-optional" in problem
    assert "write 'none: {en: never}' at the fact" in problem
    assert "the name of a fact is needed here" in report(tmp_path, facts=FACTS, definitions=rule.format("3"))


def test_none_is_refused_where_a_fact_is_not_optional(release: Release, tmp_path: Path) -> None:
    record = tmp_path / "r.yaml"
    record.write_text("partner: P\nfacts:\n  joined: none\n", "utf-8")
    answer = charter("evaluate", record, "--program", tmp_path / "w")
    assert answer.returncode == 4
    assert "'none' is not a date" in answer.stderr


def test_the_form_and_the_schema_say_that_there_may_be_none(release: Release, tmp_path: Path) -> None:
    form = charter("form", "--program", tmp_path / "w").stdout
    assert "or none: never" in form
    schema = json.loads(charter("schema", "--program", tmp_path / "w").stdout)
    assert {"const": "none"} in schema["$defs"]["visit"]["anyOf"]


def test_check_names_a_partner_without_a_visit(release: Release, tmp_path: Path) -> None:
    answer = charter("check", tmp_path / "w")
    assert "visit: none" in answer.stderr + answer.stdout
