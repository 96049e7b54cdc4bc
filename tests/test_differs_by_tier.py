"""Definitions and eligibility that read what differs by tier: each tier has its own, by its own values."""

from __future__ import annotations

from pathlib import Path

import pytest
from charter.engine.report.handbook import handbook
from charter.engine.report.markdown import handbook_markdown
from charter.engine.values import Unknown

from .small_world import evaluate, report, values, world

FACTS = """
facts:
  people: {title: {en: People}, kind: count}
  region: {title: {en: Region}, kind: choice, choices: {north: {title: {en: North}}, south: {title: {en: South}}}}
lists:
  deals: {title: {en: Deals}, fields: {amount: {title: {en: Amount}, kind: count}}}
"""
TIERS = "award: highest\ntiers: {silver: {title: {en: Silver}}, gold: {title: {en: Gold}}, top: {title: {en: Top}}}\n"
NEEDED = "definitions:\n  needed: {title: {en: Needed}, kind: count, by_tier: {silver: 2, gold: 5}, source: [c]}\n"


def row(name: str, text: str, kind: str = "count") -> str:
    """One more definition."""
    return f"  {name}: {{title: {{en: {name.title()}}}, kind: {kind}, {text}, source: [c]}}\n"


def test_a_definition_that_reads_one_by_tier_differs_by_tier(tmp_path: Path) -> None:
    more = row("missing", "value: 'max(needed - people, 0)'", "number") + row("half", "value: missing / 2", "number")
    release = world(tmp_path, facts=FACTS, tiers=TIERS, definitions=NEEDED + more)
    assert release.programme.definitions == ()
    own = values(release, {"people": 1})
    assert [own[f"missing.{tier}"] for tier in ("silver", "gold")] == [1, 4]
    assert [own[f"half.{tier}"] for tier in ("silver", "gold")] == [0.5, 2]
    assert "missing.top" not in own
    assert values(release)["half.gold"] == Unknown(frozenset({"people"}))


def test_it_is_read_before_it_is_written(tmp_path: Path) -> None:
    text = "definitions:\n" + row("late", "value: needed + 1") + NEEDED.removeprefix("definitions:\n")
    assert values(world(tmp_path, facts=FACTS, tiers=TIERS, definitions=text))["late.gold"] == 6


@pytest.mark.parametrize(
    ("text", "silver", "gold"),
    [
        ("value: {band: people, rows: {0: 1, 3: needed}}", 2, 5),
        ("value: {by: region, rows: {north: needed}, otherwise: 0}", 2, 5),
        ("value: 100, cap: needed", 2, 5),
        ("take: count, over: deals, where: amount >= needed", 2, 1),
        ("take: sum, of: amount * needed, over: deals", 18, 45),
        ("take: sum, of: amount, over: deals, best: 'modulo(needed, 4)'", 9, 7),
    ],
)
def test_every_part_of_a_definition_may_read_it(tmp_path: Path, text: str, silver: int, gold: int) -> None:
    release = world(tmp_path, facts=FACTS, tiers=TIERS, definitions=NEEDED + row("v", text))
    own = values(release, {"people": 4, "region": "north", "deals": [{"amount": 2}, {"amount": 7}]})
    assert (own["v.silver"], own["v.gold"]) == (silver, gold)


def test_a_column_of_a_table_may_read_it(tmp_path: Path) -> None:
    table = """tables:
  t:
    title: {en: T}
    band: people
    columns: {plain: {title: {en: Plain}, kind: count}, own: {title: {en: Own}, kind: count}}
    rows: {0: {plain: 1, own: 0}, 3: {plain: 2, own: needed}}
    source: [c]
"""
    release = world(tmp_path, facts=FACTS, tiers=TIERS, definitions=NEEDED + table)
    assert release.programme.definitions == ("definitions.plain",)
    own = values(release, {"people": 3})
    assert (own["plain"], own["own.silver"], own["own.gold"]) == (2, 2, 5)


@pytest.mark.parametrize(
    "text",
    ["take: count, over: deals", "value: people, cap: 9", "value: {cases: [{when: true, value: 1}], otherwise: 2}"],
)
@pytest.mark.parametrize("name", ["cap", "take", "where", "when", "value", "cases", "otherwise"])
def test_a_key_is_not_a_name_that_is_read(tmp_path: Path, name: str, text: str) -> None:
    """A definition by tier that is called as a key of the files is."""
    definitions = NEEDED.replace("needed", name) + row("v", text)
    release = world(tmp_path, facts=FACTS, tiers=TIERS, definitions=definitions)
    assert release.programme.definitions == ("definitions.v",)


# Eligibility ----------------------------------------------------------------------------------------------------------

ELIGIBILITY = """eligibility:
  staff: {title: {en: Staff}, rule: people >= needed, source: [c]}
  always: {title: {en: Somebody}, rule: people >= 1, source: [c]}
"""
TWO = "award: highest\ntiers: {silver: {title: {en: Silver}}, gold: {title: {en: Gold}}}\n"


@pytest.mark.parametrize(("people", "tier"), [(0, None), (1, None), (2, "silver"), (4, "silver"), (5, "gold")])
def test_eligibility_by_each_tiers_own_value(tmp_path: Path, people: int, tier: str | None) -> None:
    release = world(tmp_path, facts=FACTS, tiers=TWO, definitions=NEEDED, eligibility=ELIGIBILITY)
    outcome = evaluate(release, {"people": people})
    assert outcome.tier == tier
    met = {each.id: [part.status for part in each.requirements] for each in outcome.tiers}
    for each, needed in (("silver", 2), ("gold", 5)):
        assert met[each] == ["met" if people >= needed else "not_met", "met" if people else "not_met"]


def test_the_handbook_has_the_rule_at_each_tier(tmp_path: Path) -> None:
    release = world(tmp_path, facts=FACTS, tiers=TWO, definitions=NEEDED, eligibility=ELIGIBILITY)
    text = handbook_markdown(handbook(release.programme, "en"))
    common = text.partition("Eligibility")[2]
    assert "Somebody" in common
    assert "Staff" not in common.partition("\n## ")[0]
    assert "at least 2" in text
    assert "at least 5" in text


CHECK = FACTS + "checks: {odd: {title: {en: Odd}, rule: people < needed}}\n"
ITEM = FACTS.replace("kind: count}}}", "kind: count}}, values: {w: %s}}") % (
    "{title: {en: W}, kind: count, value: amount + needed, source: [c]}"
)
READER = NEEDED + row("more", "value: needed + 1")
CIRCLE = NEEDED + row("a", "value: needed + b", "number") + row("b", "value: a - 1", "number")
NOT_HERE = "it differs by tier: use it in a rule of a tier"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"eligibility": ELIGIBILITY}, "it has no value for the tier 'top'"),
        (
            {"eligibility": ELIGIBILITY.replace("needed", "more"), "definitions": READER},
            "it reads 'needed', which has no value for the tier 'top'",
        ),
        ({"facts": CHECK}, NOT_HERE),
        ({"facts": ITEM}, NOT_HERE),
        ({"definitions": CIRCLE}, "these need each other: a."),
        ({"definitions": NEEDED.replace("5", "five") + row("v", "value: needed + 1")}, "'five' is not a fact"),
        ({"definitions": NEEDED + row("v", "value: needed + nothing")}, "'nothing' is not a fact"),
        ({"definitions": NEEDED.replace("5", "[5]"), "eligibility": ELIGIBILITY, "tiers": TWO}, "a list stands here"),
    ],
)
def test_a_mistake_by_tier(tmp_path: Path, files: dict[str, str], message: str) -> None:
    text = report(tmp_path, **({"facts": FACTS, "tiers": TIERS, "definitions": NEEDED} | files))
    assert message in text, text
    assert text.count("error[") == 1, text
