"""The table of requirements: worked values at each limit, and the same release as with each tier's own requirements."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from charter.engine.release.load import read_release

from .small_world import evaluate, world, write
from .surfaces.programmes import Files, compiled, programme
from .surfaces.trials import trials

FACTS = """
facts:
  people: {title: {en: People}, kind: count}
  sales: {title: {en: Sales}, kind: money, currency: EUR}
  joined: {title: {en: Joined}, kind: date}
  region: {title: {en: Region}, kind: choice, choices: {north: {title: {en: N}}, south: {title: {en: S}}}}
"""
TIERS = """
award: highest
requirements:
  people:
    title: {en: People}
    measure: people
    at_least: {silver: 2, gold: {by: region, rows: {north: 4, south: 3}}}
    source: [c]
  mean: {title: {en: Sales a person}, measure: sales / people, at_most: {gold: 1000}, source: [c]}
  since: {title: {en: Joined by}, measure: joined, at_most: {silver: "date('2026-01-31')"}, source: [c]}
  sells: {title: {en: Sells}, rule: sales > 0, tiers: [silver, gold], source: [c]}
tiers:
  silver: {title: {en: Silver}}
  gold: {title: {en: Gold}}
"""
OWN = "silver: {title: {en: Silver}, requirements: {sells: {title: {en: S}, rule: sales > 1, source: [c]}}}"
FULL = {"people": 4, "sales": 4000, "joined": "2026-01-31", "region": "north"}


@pytest.mark.parametrize(
    ("facts", "silver", "gold"),
    [
        ({}, "met met met", "met met met"),
        ({"people": 3, "sales": 3000}, "met met met", "not_met met met"),
        ({"people": 3, "sales": 3000, "region": "south"}, "met met met", "met met met"),
        ({"people": 2, "sales": 1}, "met met met", "not_met met met"),
        ({"people": 1}, "not_met met met", "not_met not_met met"),
        ({"people": 0}, "not_met met met", "not_met unknown met"),  # a quotient by 0 is undefined
        ({"sales": 4001}, "met met met", "met not_met met"),
        ({"joined": "2026-02-01"}, "met not_met met", "met met met"),
        ({"people": None}, "unknown met met", "unknown unknown met"),
        ({"region": None}, "met met met", "unknown met met"),
        ({"sales": 0}, "met met not_met", "met met not_met"),
    ],
)
def test_a_limit_of_each_tier(facts: dict[str, Any], silver: str, gold: str, tmp_path: Path) -> None:
    """Silver asks for people, the day and sales, gold for people, the mean and sales: a row asks only its tiers."""
    known = {key: value for key, value in {**FULL, **facts}.items() if value is not None}
    outcome = evaluate(world(tmp_path, facts=FACTS, tiers=TIERS), known)
    statuses = {tier.id: " ".join(part.status for part in tier.requirements) for tier in outcome.tiers}
    assert statuses == {"silver": silver, "gold": gold}


@pytest.mark.parametrize(
    ("old", "new", "code", "help"),
    [
        ("gold: 1000", "golden: 1000", "unknown-tier", "did you mean 'gold'?"),
        ("tiers: [silver, gold]", "tiers: [silver, golden]", "unknown-tier", "did you mean 'gold'?"),
        ("tiers: [silver, gold]", "tiers: [silver, null]", "wrong-type", None),
        ("measure: joined", "measure: region", "wrong-kind", "write 'rule' and 'tiers'"),
        ("gold: 1000", "gold: joined", "wrong-kind", None),
        ("silver: {title: {en: Silver}}", OWN, "duplicate-id", "choose another id"),
        (", tiers: [silver, gold]", "", "wrong-form", None),
        ("at_most: {gold: 1000}", "at_most: {gold: 1000}, tiers: [gold]", "wrong-form", None),
    ],
)  # fmt: skip
def test_a_mistake_in_the_table(old: str, new: str, code: str, help: str | None, tmp_path: Path) -> None:
    assert old in TIERS
    _, problems = read_release(write(tmp_path, facts=FACTS, tiers=TIERS.replace(old, new)))
    problem = next(problem for problem in problems if problem.code == code)
    assert problem.place is not None
    assert problem.place.source.path.endswith("tiers.yaml")
    if help:
        assert problem.help == help


def test_limits_in_another_currency_are_refused(tmp_path: Path) -> None:
    facts = FACTS + "  spent: {title: {en: Spent}, kind: money, currency: USD}\n"
    _, problems = read_release(write(tmp_path, facts=facts, tiers=TIERS.replace("gold: 1000", "gold: spent")))
    assert "mixed-currencies" in {problem.code for problem in problems}


def own_requirements(files: Files) -> Files:
    """The same programme with each row of its table among the requirements of the tiers that have it."""
    files = deepcopy(files)
    table = files["tiers"].pop("requirements", {})
    for id, tier in files["tiers"]["tiers"].items():
        rows = {}
        for name, row in table.items():
            if id in row.get("tiers", ()):
                rows[name] = {key: part for key, part in row.items() if key != "tiers"}
            for key, sign in (("at_least", ">="), ("at_most", "<=")):
                if "measure" in row and id in row.get(key, ()):
                    rule = f"({row['measure']}) {sign} ({row[key][id]})"
                    rows[name] = {"title": row["title"], "rule": rule, "source": row["source"]}
        if rows:
            tier["requirements"] = {**rows, **tier.get("requirements", {})}
    return files


@trials(60)
def test_a_row_of_the_table_is_a_requirement_of_each_of_its_tiers(seeds: range) -> None:
    compared = 0
    for seed in seeds:
        files = programme(seed)
        if "tiers" not in files or not has_plain_table(files["tiers"].get("requirements", {})):
            continue
        table, own = (compiled(part).programme for part in (files, own_requirements(files)))
        assert table.tiers == own.tiers
        assert [(id, value.expression) for id, value in table.values.items()] == [
            (id, value.expression) for id, value in own.values.items()
        ]
        compared += 1
    assert compared


def has_plain_table(rows: dict[str, Any]) -> bool:
    """Whether a table is there whose limits are no tables, which no rule holds."""
    limits = [
        limit for row in rows.values() for key in ("at_least", "at_most") for limit in as_map(row.get(key)).values()
    ]
    return bool(rows) and not any(isinstance(limit, dict) for limit in limits)


def as_map(data: Any) -> dict[str, Any]:
    """The data, or an empty map in place of anything else."""
    return data if isinstance(data, dict) else {}
