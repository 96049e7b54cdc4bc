"""How a text begins, and which of several it is: refused forms, the portfolio, and what is proved of texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import Job

from .cli import charter
from .portfolio import portfolios
from .small_world import TODAY, report, world

FACTS = """
facts:
  number: {title: {en: Contract number}, kind: text}
  region: {title: {en: Region}, kind: choice, choices: {north: {title: {en: North}}}}
"""
ROW = 'definitions: {{x: {{title: {{en: X}}, kind: yes_no, value: "{}", source: [c]}}}}'
TIERS = """
award: highest
tiers:
  gold:
    title: {en: Gold}
    requirements:
      own: {title: {en: Own contract}, rule: "starts_with(number, 'AB-')", source: [c]}
"""
CLAIMS = """
claims:
  begins: {title: {en: Begins}, always: "not qualified('gold') or starts_with(number, 'AB')", source: [c]}
  named: {title: {en: Named}, always: "not qualified('gold') or number != 'XY-1'", source: [c]}
  other: {title: {en: Other}, possible: "starts_with(number, 'AB-7') and number != 'AB-7'", source: [c]}
  wrong: {title: {en: Wrong}, always: "not starts_with(number, 'AB-7') or number == 'AB-7'", source: [c]}
"""


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("starts_with(region, 'no')", "this is a choice; the name of a text is needed here"),
        ("starts_with(number, number)", "the beginning is written in quotes here"),
        ("starts_with(number, '')", "every text begins with nothing"),
        ("endswith(number, 'A')", "'endswith' is not a function: a text is compared whole or by its beginning"),
        ("startswith(number, 'A')", "write starts_with(t, 'AB-')"),
        ("number < 'B'", "'<' has no meaning for a text"),
    ],
)
def test_other_questions_of_a_text_are_refused(tmp_path: Path, rule: str, message: str) -> None:
    assert message in report(tmp_path, facts=FACTS, definitions=ROW.format(rule))


NUMBERS = {"AB-1": True, "AB-": True, "AB": False, "ab-1": False, "A%B-1": False, "": None}


def test_a_portfolio_is_decided_by_how_a_text_begins(tmp_path: Path) -> None:
    release = world(tmp_path / "w", facts=FACTS, definitions=ROW.format("starts_with(number, 'AB-')"))
    path = tmp_path / "p.csv"
    path.write_text("partner,number\n" + "".join(f"P-{at},{text}\n" for at, text in enumerate(NUMBERS)), "utf-8")
    batch(release, Job(path, tmp_path / "o.parquet", TODAY, more=("x",)))
    outcomes = portfolios.read(tmp_path / "o.parquet")
    assert [outcomes[f"P-{at}"]["definitions.x"] for at in range(len(NUMBERS))] == [*NUMBERS.values()]


@pytest.mark.parametrize(("beginning", "holds"), [("%", False), ("_", False), ("A_", True), ("A%", False)])
def test_no_letter_is_a_pattern_in_a_database(tmp_path: Path, beginning: str, holds: bool) -> None:
    release = world(tmp_path / "w", facts=FACTS, definitions=ROW.format(f"starts_with(number, '{beginning}')"))
    path = tmp_path / "p.csv"
    path.write_text("partner,number\nP-1,A_1\n", "utf-8")
    batch(release, Job(path, tmp_path / "o.parquet", TODAY, more=("x",)))
    assert portfolios.read(tmp_path / "o.parquet")["P-1"]["definitions.x"] is holds


def test_what_is_claimed_of_texts_is_proved_or_broken_by_an_example(tmp_path: Path) -> None:
    world(tmp_path / "w", facts=FACTS, tiers=TIERS, claims=CLAIMS)
    answer = charter("prove", "--program", tmp_path / "w")
    assert "3 of 4 proved, 1 refuted, 0 undecided" in answer.stdout
    assert "✗ Wrong" in answer.stdout
    assert "number: AB-71" in answer.stdout


def test_the_handbook_says_how_a_text_begins(tmp_path: Path) -> None:
    world(tmp_path / "w", facts=FACTS, tiers=TIERS)
    assert "“Contract number” begins with “AB-”" in charter("handbook", "--program", tmp_path / "w").stdout
