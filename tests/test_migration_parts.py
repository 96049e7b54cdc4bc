"""What a migration says of lists, options, tiers and terms of agreements; and what is wrong with one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import charter
import pytest
from charter.engine.review.review import review

from .programmes import ROOT, SMALL, copy_of, edit
from .three_releases import next_release, rename

LISTS = """lists:
  sales:
    title: {en: Sales}
    default: []
    fields:
      amount: {title: {en: Amount in thousands}, kind: money}
      stage: {title: {en: Stage}, kind: choice, choices: {won: {title: {en: Won}}, lost: {title: {en: Lost}}}}
      note: {title: {en: Note}, kind: text}
"""
SOLD = """  sold:
    {title: {en: Sold}, kind: money, take: sum, of: amount, over: sales, where: stage == 'won', source: [s1]}
"""
MIGRATION = (ROOT / "tests" / "migration.yaml").read_text("utf-8")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return two_releases(tmp_path)


def two_releases(folder: Path) -> Path:
    """Two releases of the small programme, of which the second has nearly all under another name."""
    first = copy_of(SMALL, folder)
    audited = "  audited_people: {title: {en: Audited}, kind: count, default: 0}\n"
    edit(first, "facts.yaml", "checks:\n", f"{audited}{LISTS}checks:\n")
    negotiable = "negotiable: {minimum: 0, maximum: 400, source: [s1]}"
    edit(first, "tiers.yaml", "{value: 5, source", f"{{value: 5, {negotiable}, source")
    with (first / "definitions.yaml").open("a", encoding="utf-8") as file:
        file.write(SOLD)
        file.write(f"  bonus_thousands: {{title: {{en: B}}, kind: money, value: 1, {negotiable}, source: [s1]}}\n")
    second = next_release(first, "2.0.0", MIGRATION)
    names = {"region": "area", "sales": "deals", "amount": "sum", "stage": "state", "won": "closed", "silver": "basic"}
    for old, new in {**names, "bonus_thousands": "bonus_money"}.items():
        rename(second, old, new)
    facts = (second / "facts.yaml").read_text("utf-8").replace("{north: ", "{north_east: ")
    facts = facts.replace(", centre: {title: {en: Centre}}", "").replace(
        "      note: {title: {en: Note}, kind: text}\n", ""
    )
    facts = facts.replace(", lost: {title: {en: Lost}}", ", open: {title: {en: Open}}")
    (second / "facts.yaml").write_text(
        facts.replace("      state:", "      sure: {title: {en: Sure}, kind: yes_no}\n      state:"), "utf-8"
    )
    tiers = (second / "tiers.yaml").read_text("utf-8").replace("'north'", "'north_east'")
    (second / "tiers.yaml").write_text(tiers, "utf-8")
    definitions = (second / "definitions.yaml").read_text("utf-8")
    definitions = definitions.replace("maximum: 400", "maximum: 400000")
    (second / "definitions.yaml").write_text(definitions, "utf-8")
    return folder


def codes(folder: Path) -> list[str]:
    return [problem.code for problem in review(folder, solver=False)]


def test_every_part_becomes_what_the_migration_says(program: Path) -> None:
    release = charter.load(program, release="2.0.0")
    sales = [{"amount": 1.5, "stage": "won", "note": "x"}, {"amount": 2, "stage": "lost"}, {"stage": "won"}, {}]
    terms = [("tiers.silver.discount", 7), ("definitions.bonus_thousands", 2.5)]
    agreements = [{"term": term, "value": value, "document": "1", "from": "2026-01-01"} for term, value in terms]
    facts = {"region": "centre", "people": 2, "sales": sales}
    old = {"partner": "P", "tier": "silver", "since": "2026-02-01", "facts": facts, "agreements": agreements}
    record = release.record(old)
    facts_now: Any = record.facts
    assert [dict(item) for item in facts_now["deals"]] == [
        {"sum": 1500, "state": "closed", "sure": True},
        {"sum": 2000, "sure": False},
        {"state": "closed", "sure": True},
        {},
    ]
    assert {id: value for id, value in facts_now.items() if id != "deals"} == {"area": "south", "people": 2}
    assert (record.tier, str(record.since)) == ("basic", "2026-02-01")
    assert [(agreement.term, agreement.value) for agreement in record.agreements] == [
        ("tiers.basic.discount", 7),
        ("definitions.bonus_money", 2500),
    ]
    outcome = release.evaluate(old)
    assert outcome.tier == "basic"


def test_a_default_never_stands_in_for_what_is_not_known(program: Path) -> None:
    """`people` is made of a fact with a default, and of one without."""
    edit(
        program / "2.0.0",
        "facts.yaml",
        "people: {title: {en: People}, kind: count}",
        "people: {title: {en: People}, kind: count, default: 1}",
    )
    release = charter.load(program, release="2.0.0")
    record = {"partner": "P", "release": "1.0.0"}
    with pytest.raises(charter.InvalidInput, match="'people' is not stated"):
        release.record({**record, "facts": {"audited_people": 1}})
    assert dict(release.record({**record, "facts": {"region": "south"}}).facts) == {"area": "south"}


def test_a_problem_of_an_item_stands_at_the_line_of_the_old_one(program: Path, tmp_path: Path) -> None:
    path = tmp_path / "record.yaml"
    path.write_text(
        "partner: P\nrelease: '1.0.0'\nfacts:\n  sales:\n  - {amount: 9}\n  - {amount: 5}\n  revenue: 2000000\n",
        "utf-8",
    )
    release = charter.load(program, release="2.0.0")
    with pytest.raises(charter.InvalidInput) as refused:
        release.record(charter.read(path))
    assert [problem.place.line for problem in refused.value.problems if problem.place] == [7]
    path.write_text(
        "partner: P\nrelease: '1.0.0'\nfacts:\n  sales:\n  - {amount: 0.0000001}\n  - {amount: 123456789012345678}\n",
        "utf-8",
    )
    with pytest.raises(charter.InvalidInput, match="has too many digits") as refused:
        release.record(charter.read(path))
    assert [problem.place.line for problem in refused.value.problems if problem.place] == [6]


WRONG = [
    ("from: \"1.0.0\"", "from: \"0.1.0\"", "no-release"),
    ("people: people", "poeple: people", "unknown-fact"),
    ("people: people + audited_people", "people: people + audits", "unknown-name"),
    ("people: people + audited_people", "people: people > 1", "wrong-kind"),
    ("people: people + audited_people", "people: region", "wrong-kind"),
    ("north_east: north", "north_east: nord", "unknown-choice"),
    ("north_east: north", "north_aest: north", "unknown-choice"),
    ("south: [south, centre]", "south: [south, north]", "migration-unclear"),
    ("  audited_people: audited_people\n", "", "migration-unclear"),
    ("deals: {was: sales", "deals: {was: sails", "unknown-list"),
    ("deals: {was", "dials: {was", "unknown-list"),
    ("sum: amount", "some: amount", "unknown-fact"),
    ("sum: amount * 1000", "sum: amounts * 1000", "unknown-name"),
    ("{basic: silver}", "{basic: sliver}", "unknown-tier"),
    ("{basic: silver}", "{basics: silver}", "unknown-tier"),
    ("{basic: silver}", "{basic: silver, gold: silver}", "migration-unclear"),
    ("definitions.bonus_money", "definitions.bonus", "unknown-term"),
    ("definitions.bonus_thousands", "definitions.bonus", "unknown-term"),
    ("sales.note, ", "sales.nose, ", "unknown-name"),
    ("sales.note, ", "", "no-successor"),
    (", sales.stage.lost", "", "no-successor"),
    ("{was: region, options: {north_east: north, south: [south, centre]}}", "region", "no-successor"),
    ("tiers: {basic: silver}\n", "", "no-successor"),
    ("factor: 1000", "factor: x", "wrong-type"),
    ("from: \"1.0.0\"", "form: \"1.0.0\"", "unknown-key"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code"), WRONG)
def test_a_mistake_in_a_migration_is_told_at_its_line(program: Path, old: str, new: str, code: str) -> None:
    problems = review(program / "2.0.0", solver=False)
    assert not [problem for problem in problems if problem.level == "error"]
    before = {problem.code for problem in problems}
    assert "no-successor" not in before
    edit(program / "2.0.0", "migration.yaml", old, new)
    problems = [problem for problem in review(program / "2.0.0", solver=False) if problem.code not in before]
    assert {problem.code for problem in problems} == {code}
    assert all(problem.place and problem.place.source.path.endswith("migration.yaml") for problem in problems)


def test_a_release_between_is_not_passed_over(program: Path) -> None:
    third = next_release(program / "2.0.0", "3.0.0", 'from: "1.0.0"\n')
    problems = [problem.message for problem in review(third, solver=False) if problem.code == "migration-unclear"]
    assert problems == ["2.0.0 comes between 1.0.0 and 3.0.0, and its records would become nothing"]
