"""What other readers make of a balance: the portfolio, the solver, the difference of two releases, the page."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
import simplejson
from charter import Release
from charter.engine.release.timeline import timeline
from charter.engine.report.timeline import timeline_data

from .cli import charter
from .published import validator
from .small_world import evaluate, write
from .test_balances import ADDS, FACTS, USES, YEARLY, balance, of, sale

TIERS = """award: highest
tiers:
  member: {title: {en: Member}}
  gold:
    title: {en: Gold}
    requirements:
      points: {title: {en: Points}, rule: bonus >= 10, source: [c]}
"""
DAY = date(2026, 11, 23)


def tiered(folder: Path, *parts: str, **files: str) -> Release:
    return of(folder, *(parts or (YEARLY, ADDS, USES)), tiers=TIERS, **files)


def test_a_portfolio_is_decided_row_by_row_as_the_interpreter_decides_it(tmp_path: Path) -> None:
    release = tiered(tmp_path / "program")
    (tmp_path / "partners.csv").write_text("partner,joined\nA,2026-01-01\nB,2026-01-01\nC,\n", "utf-8")
    rows = "partner,sold_on,points\nA,2026-02-01,7\nA,2026-03-01,3\nB,2026-02-01,9\nC,2026-02-01,50\n"
    (tmp_path / "sales.csv").write_text(rows, "utf-8")
    done = charter(
        "batch", "partners.csv", "--list", "sales=sales.csv", "--program", "program", "--as-of", str(DAY),
        "--with", "definitions.bonus", "-o", "out.csv", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        written = {row["partner"]: row for row in csv.DictReader(file)}
    assert {id: (row["tier"], row["definitions.bonus"]) for id, row in written.items()} == {
        "A": ("gold", "10.000000000000"), "B": ("member", "9.000000000000"), "C": ("", ""),
    }  # fmt: skip
    outcome = evaluate(release, {"joined": date(2026, 1, 1), "sales": [sale(date(2026, 2, 1), 9)]})
    assert outcome.tier == "member"


def test_the_query_says_what_it_leaves_to_the_interpreter(tmp_path: Path) -> None:
    tiered(tmp_path)
    done = charter("sql", "--program", str(tmp_path), "--as-of", str(DAY))
    assert done.returncode == 2
    assert "bonus: a balance goes on from period to period" in done.stderr


def test_a_query_that_needs_no_balance_is_written(tmp_path: Path) -> None:
    of(tmp_path, YEARLY, ADDS)
    assert charter("sql", "--program", str(tmp_path), "--as-of", str(DAY)).returncode == 0


CLAIMS = """claims:
  reachable: {title: {en: Gold is possible}, possible: "qualified('gold')", source: [c]}
  never_less: {title: {en: It is never less than nothing}, always: bonus >= 0, source: [c]}
  follows: {title: {en: Gold has ten}, always: "bonus >= 10 or not qualified('gold')", source: [c]}
"""


def test_the_solver_proves_what_holds_whatever_the_balance_is(tmp_path: Path) -> None:
    """It may find no partner for the rest, or one that the interpreter confirms; it never says something false."""
    tiered(tmp_path, claims=CLAIMS)
    done = charter("prove", "--program", str(tmp_path), "--format", "json")
    verdicts = {claim["id"]: claim["status"] for claim in json.loads(done.stdout)["claims"]}
    assert verdicts["follows"] == "proved", verdicts
    assert verdicts["never_less"] != "proved"
    assert verdicts["reachable"] != "disproved"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (ADDS, ADDS.replace("of: points", "of: 2 * points")),
        (ADDS, ADDS.replace("where: valid", "where: valid and points > 1")),
        (ADDS, ADDS.replace("on: sold_on", 'on: "add_days(sold_on, 1)"')),
        (USES, USES.replace("of: paid", "of: 2 * paid")),
        (USES, USES.replace("carried", "dropped")),
        (YEARLY, YEARLY.replace("joined", "add_days(joined, 1)")),
        (YEARLY, YEARLY.replace("12", "6")),
        ("carries: closing", "carries: max(0, closing - 5)"),
        ("opening: brought", "opening: brought + 1"),
    ],
)
def test_no_change_of_a_balance_is_said_to_affect_nobody(tmp_path: Path, old: str, new: str) -> None:
    parts = [YEARLY, ADDS, USES, "carries: closing", "opening: brought"]
    changed = [new if part == old else part for part in parts]
    first, second = write(tmp_path / "a", facts=FACTS, tiers=TIERS, balances=balance(*parts)), tmp_path / "b"
    later = write(second, facts=FACTS, tiers=TIERS, balances=balance(*changed))
    done = charter("diff", str(first), str(later), "--format", "json")
    data = json.loads(done.stdout)
    change = next(change for change in data["changes"] if change["path"].startswith("balances"))
    assert change["judgement"] != "neutral"
    bonus = [effect for effect in data["effects"] if effect["id"] == "bonus" and effect["what"] == "definition"]
    assert all(effect["judgement"] != "neutral" for effect in bonus)


def test_what_a_change_of_a_title_leaves_as_it_is_is_proved(tmp_path: Path) -> None:
    parts = [YEARLY, ADDS, USES, "carries: closing"]
    first = write(tmp_path / "a", facts=FACTS, tiers=TIERS, balances=balance(*parts))
    titled = balance(*parts).replace("{en: Sold}", "{en: What was sold}")
    later = write(tmp_path / "b", facts=FACTS, tiers=TIERS, balances=titled)
    data = json.loads(charter("diff", str(first), str(later), "--format", "json").stdout)
    assert {change["judgement"] for change in data["changes"]} == {"neutral"}


def test_advice_claims_nothing_that_the_interpreter_does_not_confirm(tmp_path: Path) -> None:
    tiered(tmp_path / "program")
    (tmp_path / "p.yaml").write_text(
        "partner: P\nfacts: {joined: 2026-01-01, sales: [{sold_on: 2026-02-01, points: 3}]}\n", "utf-8"
    )
    done = charter("advise", "p.yaml", "--program", "program", "--tier", "gold", "--as-of", str(DAY), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_the_page_has_each_period_and_the_handbook_each_figure(tmp_path: Path) -> None:
    tiered(tmp_path / "program")
    (tmp_path / "p.yaml").write_text(
        "partner: P\nfacts: {joined: 2025-01-01, sales: [{sold_on: 2025-02-01, points: 12}]}\n", "utf-8"
    )
    page = charter("evaluate", "p.yaml", "--program", "program", "--as-of", str(DAY), "--explain", cwd=tmp_path).stdout
    assert "1. 2025-01-01 – 2025-12-31  Opening: 0; Sold: 12; Orders: 0; Closing: 12; Carried on: 12" in page
    handbook = charter("handbook", "--program", "program", "--format", "markdown", cwd=tmp_path).stdout
    assert "“Closing” of the item with the latest “First day” in “Points”" in handbook
    assert "the sum of “Points (Sales)” in “Sales” where (sold on:" in handbook


def test_a_scenario_expects_a_balance_and_its_periods(tmp_path: Path) -> None:
    tiered(tmp_path / "program")
    folder = tmp_path / "program" / "1.0.0" / "scenarios"
    folder.mkdir()
    scenario = """scenarios:
  ten:
    title: {en: Ten points}
    as_of: 2026-11-23
    record: {partner: P, facts: {joined: 2026-01-01, sales: [{sold_on: 2026-02-01, points: 10}]}}
    expect: {tier: gold, definitions: {bonus: {value: 10}}, lists: {bonus: [{sold: 10, closing: %s}]}}
"""
    (folder / "a.yaml").write_text(scenario % 10, "utf-8")
    assert charter("test", "program", cwd=tmp_path).returncode == 0
    (folder / "a.yaml").write_text(scenario % 9, "utf-8")
    assert charter("test", "program", cwd=tmp_path).returncode == 1


def test_a_timeline_has_the_days_on_which_a_balance_changes(tmp_path: Path) -> None:
    """Each day of it is that of an evaluation on the day."""
    release = tiered(tmp_path / "program")
    record = {
        "partner": "P",
        "facts": {"joined": date(2026, 1, 1), "sales": [sale(date(2026, 2, 1), 9), sale(date(2026, 3, 1), 1)]},
    }
    first, last = date(2026, 1, 30), date(2026, 3, 2)
    days = timeline([release], record, first, last)
    assert [(moment.day, moment.events, *map(tuple, moment.balances)) for moment in days.moments] == [
        (first, ("begins",), ("bonus", 0)),
        (date(2026, 2, 1), ("balance",), ("bonus", 9)),
        (date(2026, 3, 1), ("changed", "balance"), ("bonus", 10)),
    ]
    for moment in days.moments:
        outcome = release.evaluate(record, as_of=moment.day)
        assert outcome.definitions[0].value == moment.balances[0].value
    validator("timeline.schema.json").validate(json.loads(simplejson.dumps(timeline_data(days), use_decimal=True)))


def test_a_timeline_is_open_where_a_balance_is(tmp_path: Path) -> None:
    release = of(tmp_path, YEARLY, ADDS)
    record = {"partner": "P", "facts": {"joined": date(2026, 1, 1), "sales": [{"sold_on": date(2026, 2, 1)}]}}
    moments = timeline([release], record, date(2026, 1, 31), date(2026, 2, 2)).moments
    assert [(moment.day, moment.balances[0].value) for moment in moments] == [
        (date(2026, 1, 31), 0), (date(2026, 2, 1), None),
    ]  # fmt: skip


def test_no_end_of_a_balance_is_claimed_that_no_partner_has(tmp_path: Path) -> None:
    """Points are not under 0, and so is their sum; the solver does not know that, and says that it does not."""
    adds_only = FACTS.replace("kind: number}\n      valid", "kind: number, minimum: 0}\n      valid")
    tiered(tmp_path, YEARLY, ADDS, facts=adds_only)
    done = charter("prove", "--program", str(tmp_path), "--range", "definitions.bonus", "--format", "json")
    rows = json.loads(done.stdout)["ranges"]
    assert {row[end]["status"] for row in rows for end in ("least", "greatest")} == {"open"}
    assert [row["least"]["value"] for row in rows if row["tier"] == "gold"] == [10]


def test_what_a_missing_fact_can_still_make_of_a_balance_is_not_claimed(tmp_path: Path) -> None:
    """Whatever the points are, they are not undefined: that is not said, nor that they can be anything."""
    tiered(tmp_path / "program")
    (tmp_path / "p.yaml").write_text(
        "partner: P\nfacts: {joined: 2026-01-01, sales: [{sold_on: 2026-02-01}]}\n", "utf-8"
    )
    words = ("advise", "p.yaml", "--program", "program", "--tier", "gold", "--as-of", str(DAY), "--format", "json")
    (row,) = json.loads(charter(*words, cwd=tmp_path).stdout)["open"]
    assert (row["can_be"], row["undefined"], row["facts"]) == ([], None, None)
