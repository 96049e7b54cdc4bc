"""Tables with two keys: the row by one thing, the column by another, which may be the tier."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from charter import Release
from charter.engine.report.figures import Figures
from charter.engine.report.wording import Wording
from charter.engine.review.mutants import mutants
from charter.engine.values import Unknown

from .cli import charter
from .small_world import report, values, world, write

FACTS = """
facts:
  revenue: {title: {en: Revenue}, kind: money, currency: EUR}
  region: {title: {en: Region}, kind: choice, choices: {north: {title: {en: North}}, south: {title: {en: South}}}}
  level: {title: {en: Level}, kind: choice, choices: {basic: {title: {en: Basic}}, expert: {title: {en: Expert}}}}
"""
TIERS = "award: highest\ntiers: {silver: {title: {en: Silver}}, gold: {title: {en: Gold}}, top: {title: {en: Top}}}\n"


def defined(table: str, kind: str = "percent", **more: str) -> str:
    """A definition `v` of this table."""
    rest = "".join(f", {key}: {value}" for key, value in more.items())
    return f"definitions:\n  v: {{title: {{en: V}}, kind: {kind}, value: {table}{rest}, source: [c]}}\n"


def of(tmp_path: Path, table: str, kind: str = "percent", **more: str) -> Release:
    """The release with a definition `v` of this table."""
    return world(tmp_path, facts=FACTS, tiers=TIERS, definitions=defined(table, kind, **more))


# Two choices, or a number and a choice --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "level", "value"),
    [("north", "basic", 5), ("north", "expert", 7), ("south", "basic", 4), ("south", "expert", 6)],
)
def test_a_cell_for_each_pair_of_options(tmp_path: Path, region: str, level: str, value: int) -> None:
    table = "{by: region, across: level, rows: {north: {basic: 5, expert: 7}, south: {basic: 4, expert: 6}}}"
    release = of(tmp_path, table)
    assert values(release, {"region": region, "level": level})["v"] == value
    assert values(release, {"region": region})["v"] == Unknown(frozenset({"level"}))
    assert values(release, {"level": level})["v"] == Unknown(frozenset({"region"}))


@pytest.mark.parametrize(
    ("revenue", "north", "south"), [("-1", 9, 8), ("0", 1, 2), ("999.99", 1, 2), ("1000", 3, 4), ("5000", 3, 4)]
)
def test_bands_across_a_choice(tmp_path: Path, revenue: str, north: int, south: int) -> None:
    rows = "rows: {0: {north: 1, south: 2}, 1000: {north: 3, south: 4}}, below: {north: 9, south: 8}"
    release = of(tmp_path, f"{{band: revenue, across: region, {rows}}}")
    for region, value in (("north", north), ("south", south)):
        assert values(release, {"revenue": Decimal(revenue), "region": region})["v"] == value


@pytest.mark.parametrize(
    ("revenue", "north", "south"), [(0, 0, 0), (1000, 10, 20), (1001, Decimal("10.03"), Decimal("20.04"))]
)
def test_slices_across_a_choice(tmp_path: Path, revenue: int, north: object, south: object) -> None:
    table = "{slices: revenue, across: region, rows: {0: {north: 1, south: 2}, 1000: {north: 3, south: 4}}}"
    release = of(tmp_path, table, "money", currency="EUR")
    assert values(release, {"revenue": revenue, "region": "north"})["v"] == north
    assert values(release, {"revenue": revenue, "region": "south"})["v"] == south


@pytest.mark.parametrize(
    ("otherwise", "pairs"),
    [
        ("3", {("north", "basic"): 5, ("north", "expert"): 3, ("south", "basic"): 3, ("south", "expert"): 3}),
        ("{basic: 1, expert: 2}", {("north", "expert"): 2, ("south", "basic"): 1, ("south", "expert"): 2}),
        (
            "{basic: unknown, expert: 2}",
            {("north", "expert"): 2, ("south", "basic"): Unknown(), ("south", "expert"): 2},
        ),
        ("unknown", {("north", "basic"): 5, ("north", "expert"): Unknown(), ("south", "expert"): Unknown()}),
        ("{by: region, rows: {north: 8, south: 9}}", {("north", "expert"): 8, ("south", "expert"): 9}),
    ],
)
def test_otherwise_fills_rows_and_cells(tmp_path: Path, otherwise: str, pairs: dict[tuple[str, str], object]) -> None:
    release = of(tmp_path, f"{{by: region, across: level, rows: {{north: {{basic: 5}}}}, otherwise: {otherwise}}}")
    for (region, level), value in pairs.items():
        assert values(release, {"region": region, "level": level})["v"] == value


def test_the_page_names_the_cell_that_is_not_there(tmp_path: Path) -> None:
    table = (
        "{band: revenue, across: level, rows: {0: {basic: 5}, 9: {basic: 7, expert: 6}}, otherwise: unknown, below: 0}"
    )
    release = of(tmp_path, table)
    value = values(release, {"revenue": 3, "level": "expert"})["v"]
    assert isinstance(value, Unknown)
    assert [(cause.expression, cause.operands) for cause in value.causes] == [("v by level", ("expert",))]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            "{by: region, across: level, rows: {north: {basic: 5}, south: {basic: 4, expert: 6}}}",
            "no value for 'expert'",
        ),
        ("{by: region, across: level, rows: {north: {basic: 5, expart: 6}}, otherwise: 0}", "'expart' is not one of"),
        ("{by: region, across: levels, rows: {north: {basic: 5}}, otherwise: 0}", "'levels' is not a choice"),
        ("{by: region, across: region, rows: {north: {north: 5}}, otherwise: 0}", "'region' is the first key"),
        ("{by: region, across: level, rows: {north: 5}, otherwise: 0}", "a map of keys is needed"),
        ("{by: region, across: level, rows: {north: {basic: 5, expert: revenue}}, otherwise: 0}", "wrong-kind"),
        ("{by: region, across: level, rows: {north: {basic: 5}}, otherwise: {basic: 1}}", "no value for 'expert'"),
        ("{band: revenue, across: level, rows: {5: {basic: 5, expert: 6}}}", "no value under 5"),
        ("{band: revenue, across: level, rows: {0: {}}, otherwise: 0}", "nothing is written here"),
        ("{cases: [{when: true, value: 1}], otherwise: 2, across: level}", "do not go together"),
        ("{by: region, rows: {north: {basic: 5}}, otherwise: 1}", "'basic' is not a key here"),
    ],
)
def test_a_mistake_in_a_table_of_two_keys(tmp_path: Path, table: str, message: str) -> None:
    text = report(tmp_path, facts=FACTS, tiers=TIERS, definitions=defined(table))
    assert message in text, text


def test_a_row_with_a_mistake_is_reported_alone(tmp_path: Path) -> None:
    table = "{by: region, across: level, rows: {north: {basic: [1], expert: 7}, south: {basic: 4, expert: 6}}}"
    text = report(tmp_path, facts=FACTS, tiers=TIERS, definitions=defined(table))
    assert text.count("error[") == 1, text


# Across the tiers -----------------------------------------------------------------------------------------------------

ALIKE = {
    "definitions": "needed: {title: {en: Needed}, kind: percent, %s, source: [c]}",
    "benefits": "needed: {title: {en: Needed}, kind: percent, %s, source: [c]}",
    "rebates": "needed: {title: {en: Needed}, %s, currency: EUR, source: [c]}",
    "fees": "needed: {title: {en: Needed}, %s, currency: EUR, source: [c]}",
}


def both_forms(kind: str, by_tier: dict[str, Any], across: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """The files with the two forms of one row of this kind of file."""
    key = "value" if kind in ("definitions", "benefits") else "amount"
    files = []
    for text in (f"by_tier: {json.dumps(by_tier)}", f"{key}: {json.dumps(across)}"):
        files.append({kind: f"{kind}:\n  {ALIKE[kind] % text}\n"})
    return files[0], files[1]


@pytest.mark.parametrize("kind", [*ALIKE])
@pytest.mark.parametrize("seed", range(12))
def test_across_tiers_is_the_same_as_by_tier(tmp_path: Path, kind: str, seed: int) -> None:
    """The same ids in the same order, and the same values for random partners."""
    chance = Random(seed)
    tiers = ["silver", "gold", "top"] if kind == "benefits" else chance.sample(["silver", "gold", "top"], 2)
    form, keys = chance.choice(
        (
            ("band", ["0", "1000", "2500.5"]),
            ("up_to", ["0", "1000", "2500.5"]),
            ("slices", ["0", "1000"]),
            ("by", ["north", "south"]),
        )
    )
    if form == "slices" and kind in ("definitions", "benefits"):
        form = "band"
    subject = "region" if form == "by" else "revenue"

    def cell() -> Any:
        nested = {"by": "level", "rows": {"basic": chance.randint(0, 9)}, "otherwise": chance.randint(0, 9)}
        return nested if chance.random() < 0.3 else chance.randint(0, 9)

    cells = {key: {tier: cell() for tier in tiers} for key in keys}
    below = {"below": {tier: cell() for tier in tiers}} if form == "band" and chance.random() < 0.5 else {}
    below = {"above": {tier: cell() for tier in tiers}} if form == "up_to" else below
    by_tier = {
        tier: {form: subject, "rows": {key: row[tier] for key, row in cells.items()}}
        | {key: row[tier] for key, row in below.items()}
        for tier in tiers
    }
    across = {form: subject, "across": "tier", "rows": cells, **below}
    releases = [
        world(tmp_path / str(at), facts=FACTS, tiers=TIERS, **files)
        for at, files in enumerate(both_forms(kind, by_tier, across))
    ]
    assert list(releases[0].programme.values) == list(releases[1].programme.values)
    for id, value in releases[0].programme.values.items():
        assert releases[1].programme.values[id].expression == value.expression
    for _ in range(20):
        facts = {"revenue": chance.choice([-5, 0, 999, 1000, 2500, 2501])}
        facts |= {"region": chance.choice(["north", "south"])} if chance.random() < 0.8 else {}
        facts |= {"level": chance.choice(["basic", "expert"])} if chance.random() < 0.8 else {}
        assert values(releases[0], facts) == values(releases[1], facts)


def test_a_tier_left_out_of_a_row_has_no_value_there(tmp_path: Path) -> None:
    table = "{band: revenue, across: tier, rows: {0: {gold: 2}, 1000: {silver: 3, gold: 4}}, below: unknown}"
    release = of(tmp_path, table)
    assert "definitions.v.top" not in release.programme.values
    for revenue, silver, gold in ((-1, Unknown(), Unknown()), (0, Unknown(), 2), (999, Unknown(), 2), (1000, 3, 4)):
        own = values(release, {"revenue": revenue})
        assert (own["v.silver"], own["v.gold"]) == (silver, gold)
    cause = next(iter(values(release, {"revenue": 5})["v.silver"].causes))
    assert cause.expression == "v by 'silver'"


@pytest.mark.parametrize(("otherwise", "silver"), [("7", 7), ("{silver: 8}", 8), ("{gold: 8}", Unknown())])
def test_otherwise_counts_for_a_tier_left_out(tmp_path: Path, otherwise: str, silver: object) -> None:
    rows = "{north: {gold: 2}, south: {silver: 3, gold: 4}}"
    table = f"{{by: region, across: tier, rows: {rows}, otherwise: {otherwise}}}"
    own = values(of(tmp_path, table), {"region": "north"})
    assert (own["v.silver"], own["v.gold"]) == (silver, 2)


BY_REGION = "{by: region, across: tier, rows: {north: {%s: 1}, south: {%s: 2}}}"
BENEFIT = "benefits: {b: {title: {en: B}, kind: %s, value: %s, source: [c]}}\n"
ITEMS = (
    "lists:\n  l: {title: {en: L}, fields: {f: {title: {en: F}, kind: count}}, values: {w: {title: {en: W}, "
    "kind: count, value: {band: f, across: tier, rows: {0: {gold: 1}}}, source: [c]}}}\n"
)


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("definitions", defined(BY_REGION % ("sliver", "silver")), "'sliver' is not a tier"),
        ("definitions", defined(BY_REGION % ("sliver", "sliver")), "did you mean 'silver'"),
        ("benefits", BENEFIT % ("count", BY_REGION % ("gold", "top")), "no value for 'silver'"),
        ("benefits", BENEFIT % ("text", "1"), "the text of a benefit is that of each tier"),
        ("facts", FACTS + ITEMS, "there is no tier here whose column counts"),
    ],
)
def test_a_mistake_in_a_table_across_tiers(tmp_path: Path, kind: str, text: str, message: str) -> None:
    assert message in report(tmp_path, **({"facts": FACTS, "tiers": TIERS} | {kind: text}))


def test_the_cap_of_a_rebate_has_the_column_of_its_tier(tmp_path: Path) -> None:
    cap = "{by: region, across: tier, rows: {north: {silver: 5, gold: 6, top: 7}}, otherwise: 9}"
    rebates = f"rebates: {{r: {{title: {{en: R}}, amount: revenue, cap: {cap}, currency: EUR, source: [c]}}}}\n"
    release = world(tmp_path, facts=FACTS, tiers=TIERS, rebates=rebates)
    own = values(release, {"revenue": 100, "region": "north"})
    assert [own[f"tiers.{tier}.rebates.r"] for tier in ("silver", "gold", "top")] == [5, 6, 7]
    assert values(release, {"revenue": 100, "region": "south"})["tiers.top.rebates.r"] == 9


def test_the_handbook_shows_both_keys(tmp_path: Path) -> None:
    release = of(
        tmp_path, "{band: revenue, across: region, rows: {0: {north: 1, south: 2}, 1000: {north: 3, south: 4}}}"
    )
    figure = Figures(Wording(release.programme, "en")).of("definitions.v")
    assert (figure.text, [head for head, _ in figure.rows]) == ("by “Revenue”", ["from 0 EUR", "from 1000 EUR"])
    assert [(head, inner.text) for head, inner in figure.rows[1][1].rows] == [("North", "3%"), ("South", "4%")]


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("{0: {north: 1, south: 2}, 1000: {north: 3, south: 5}}", "V: from 1000 South 4% → 5%"),
        ("{0: {north: 1, south: 2}, 1000: {north: 3, south: 4}, 2000: {north: 6, south: 7}}", "North 6%, South 7%"),
    ],
)
def test_a_difference_names_the_row_and_the_column(tmp_path: Path, new: str, words: str) -> None:
    old = "{0: {north: 1, south: 2}, 1000: {north: 3, south: 4}}"
    folders = []
    for name, rows in (("a", old), ("b", new)):
        table = defined(f"{{band: revenue, across: region, rows: {rows}}}")
        folders.append(write(tmp_path / name, facts=FACTS, tiers=TIERS, definitions=table))
    text = charter("diff", *folders, "--lang", "en").stdout
    assert words in " ".join(text.split()), text


def test_a_mutant_takes_the_column_of_a_tier_away(tmp_path: Path) -> None:
    release = of(tmp_path, "{band: revenue, across: tier, rows: {0: {silver: 1, gold: 2}, 9: {silver: 3, gold: 4}}}")
    assert [each.id for each in mutants(release.files) if "without" in each.id] == [
        "definitions.v.value: without silver", "definitions.v.value: without gold",
    ]  # fmt: skip
