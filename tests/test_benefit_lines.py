"""A benefit whose cases are all taken: each is a line of its own, an outcome with its own id, text and condition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from charter import Release
from charter.engine.evaluate.outcome_json import outcome_data
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import Job

from .cli import charter
from .portfolio import portfolios
from .small_world import TODAY, evaluate, report, world

FACTS = """
facts:
  people: {title: {en: Certified people}, kind: count}
  probation: {title: {en: On probation}, kind: yes_no}
"""
TIERS = "award: signed\ntiers: {gold: {title: {en: Gold}}, silver: {title: {en: Silver}}}\n"
BENEFITS = """
benefits:
  support:
    title: {en: Support}
    kind: text
    by_tier:
      gold:
        take: all
        cases:
          - {id: seats, when: people >= 10, value: {en: 20 training seats}}
          - {id: manager, when: not probation, value: {en: a named manager}}
      silver: {en: by mail}
    source: [c]
"""


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return world(tmp_path / "w", facts=FACTS, tiers=TIERS, benefits=BENEFITS)


@pytest.mark.parametrize(
    ("facts", "given"),
    [
        ({"people": 10, "probation": False}, {"support.seats": True, "support.manager": True}),
        ({"people": 9, "probation": False}, {"support.seats": False, "support.manager": True}),
        ({"people": 10, "probation": True}, {"support.seats": True, "support.manager": False}),
        ({"people": 9}, {"support.seats": False, "support.manager": None}),
        ({}, {"support.seats": None, "support.manager": None}),
    ],
)
def test_each_case_that_holds_is_a_line(release: Release, facts: dict[str, Any], given: dict[str, Any]) -> None:
    benefits = outcome_data(evaluate(release, facts, tier="gold"))["benefits"]
    assert {benefit["id"]: benefit["value"] for benefit in benefits} == given
    assert [benefit["text"]["en"] for benefit in benefits] == ["20 training seats", "a named manager"]


def test_a_tier_may_have_one_text(release: Release) -> None:
    benefits = outcome_data(evaluate(release, tier="silver"))["benefits"]
    assert [(benefit["id"], benefit["value"]) for benefit in benefits] == [("support", True)]


def test_the_page_lists_the_lines_and_says_which_are_unknown(release: Release, tmp_path: Path) -> None:
    record = tmp_path / "r.yaml"
    record.write_text("partner: P\ntier: gold\nfacts: {people: 10}\n", "utf-8")
    page = charter("evaluate", record, "--program", tmp_path / "w", "--as-of", TODAY.isoformat()).stdout
    benefits = page[page.index("Benefits") :]
    assert "Support: 20 training seats" in benefits
    assert "Support: a named manager" in benefits[benefits.index("not determined yet") :]


def test_the_handbook_has_a_row_for_each_line(release: Release, tmp_path: Path) -> None:
    page = charter("handbook", "--program", tmp_path / "w").stdout
    assert "20 training seats (Certified people: at least 10)" in page
    assert "a named manager" in page


def test_a_portfolio_has_a_column_for_each_line(release: Release, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(
        "partner,tier,people,probation\nP-1,gold,10,\nP-2,gold,9,false\nP-3,silver,,\n", "utf-8"
    )
    ids = ("benefits.support.seats", "benefits.support.manager", "benefits.support")
    batch(release, Job(tmp_path / "p.csv", tmp_path / "o.parquet", TODAY, more=ids))
    rows = portfolios.read(tmp_path / "o.parquet")
    assert [[rows[partner][id] for id in ids] for partner in ("P-1", "P-2", "P-3")] == [
        [True, None, False], [False, True, False], [False, False, True]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: manager", "id: seats", "'seats' is already the id of a line"),
        ("id: manager, ", "", "'id' is missing"),
        ("people >= 10", "people >= ten", "'ten' is not a fact or a value"),
        ("take: all", "take: sum", "'sum' is not one of the values possible here"),
        ("        take: all", "        take: all\n        otherwise: none", "'otherwise' is not a key here"),
    ],
)
def test_lines_of_a_wrong_form_are_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    problems = report(tmp_path, facts=FACTS, tiers=TIERS, benefits=BENEFITS.replace(old, new))
    assert message in problems
    assert problems.count("error[") == 1


def test_only_texts_are_all_taken(tmp_path: Path) -> None:
    cell = "{take: all, cases: [{when: probation, value: 1}], otherwise: 0}"
    row = f"{{title: {{en: Seats}}, kind: count, by_tier: {{gold: {cell}, silver: 1}}, source: [c]}}"
    problems = report(tmp_path, facts=FACTS, tiers=TIERS, benefits=f"benefits: {{seats: {row}}}")
    assert "'all' is not one of the values possible here" in problems
