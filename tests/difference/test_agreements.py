"""Partners with supplementary agreements are judged too, and shown with what is agreed with them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from charter import Release, diff
from charter.engine.difference.difference import ReleaseDifference
from charter.engine.difference.shown import differ_in_way, shown_values
from charter.engine.programme.owners import Role

from ..cli import charter, charter_json
from ..small_world import world, write

DAY = date(2026, 11, 25)
FACTS = "facts: {n: {title: {en: N}, kind: count}}\n"
TIERS = """
award: highest
tiers:
  gold:
    title: {en: Gold}
    requirements: {r: {title: {en: R}, rule: "%s", source: [c]}}
    discount: {value: 10, negotiable: {minimum: 0, maximum: 40, source: [c]}, source: [c]}
"""
NEEDED = """
definitions:
  needed: {title: {en: Needed}, kind: count, value: 5, negotiable: {minimum: 1, maximum: 9, source: [c]}, source: [c]}
"""
CAP = "discount: {cap: {title: {en: Cap}, value: %s, source: [c]}}\nbonuses: {b: {title: {en: B}, when: n >= 3, percent: {gold: 5}, source: [c]}}\n"  # noqa: E501
PRICES = """
order:
  title: {en: Order}
  fields: {price: {title: {en: Price}, kind: money}}
  rules: {all: {title: {en: All}, when: price >= 0, partner_pays: "%s", source: [c]}}
  source: [c]
"""

Files = dict[str, str]
#: changes that only partners with an agreement feel: what was, what is, and how they are judged
ONLY_AGREED: dict[str, tuple[Files, Files, str]] = {
    "a cap beyond what is signed": ({"bonuses": CAP % 20}, {"bonuses": CAP % 25}, "improves"),
    "a figure with a limit": (
        {"tiers": TIERS % "n >= needed", "definitions": NEEDED},
        {"tiers": TIERS % "n >= min(needed, 5)", "definitions": NEEDED},
        "improves",
    ),
    "a rule that asks for the paper": (
        {"tiers": TIERS % "n >= 1", "definitions": NEEDED},
        {"tiers": TIERS % "n >= 1 and not agreed('definitions.needed')", "definitions": NEEDED},
        "worsens",
    ),
    "a figure in the place of a term": (
        {"tiers": TIERS % "n >= needed", "definitions": NEEDED},
        {"tiers": TIERS % "n >= 5"},
        "both",
    ),
    "a price": (
        {"prices": PRICES % "price * 2 if tier_discount <= 20 else price"},
        {"prices": PRICES % "price * 2 if tier_discount <= 30 else price"},
        "worsens_or_both",
    ),
}


def pair(folder: Path, before: Files, after: Files) -> tuple[Release, Release]:
    old, new = (
        world(folder / name, **{"facts": FACTS, "tiers": TIERS % "n >= 1", **files})
        for name, files in (("a", before), ("b", after))
    )
    return old, new


def witnesses_hold(told: ReleaseDifference) -> bool:
    """Whether each partner who is shown is one of a valid record, and shows the difference."""
    has_witness = False
    for effect in told.effects:
        for way, witness in effect.ways.items():
            if witness.examples is not None and not effect.outcome.of_order:
                values = shown_values(told.pair, effect.outcome, witness.examples)
                assert differ_in_way(values, effect.outcome, way)
                has_witness = True
    return has_witness


@pytest.mark.parametrize("name", ONLY_AGREED)
def test_a_change_for_partners_with_agreements_alone(name: str, tmp_path: Path) -> None:
    before, after, judgement = ONLY_AGREED[name]
    told = diff(*pair(tmp_path, before, after), as_of=DAY, seconds=30)
    assert told.judgement == judgement
    shown = [example for effect in told.effects for way in effect.ways.values() for example in way.examples or ()]
    assert shown
    assert any(example.agreements for example in shown)
    assert witnesses_hold(told) or name == "a price"


def test_one_is_better_off_by_an_agreement_where_all_others_are_worse_off(tmp_path: Path) -> None:
    """Five asked of everybody becomes six, but never more than six of whoever signed for more."""
    rules = {"tiers": TIERS % "n >= needed"}, {"tiers": TIERS % "n >= (min(needed, 6) if needed != 5 else 6)"}
    before, after = ({**files, "definitions": NEEDED} for files in rules)
    told = diff(*pair(tmp_path, before, after), as_of=DAY)
    assert told.judgement == "both"
    qualified = next(effect for effect in told.effects if effect.outcome.role is Role.QUALIFIED)
    better, worse = (qualified.ways[way].examples for way in ("better", "worse"))
    assert better is not None
    assert better[0].agreements.keys() == {"definitions.needed"}
    assert worse is not None
    assert not worse[0].agreements


def test_who_has_no_agreement_is_shown_without_one(tmp_path: Path) -> None:
    told = diff(*pair(tmp_path, {"tiers": TIERS % "n >= 5"}, {"tiers": TIERS % "n >= 6"}), as_of=DAY)
    shown = [example for effect in told.effects for way in effect.ways.values() for example in way.examples or ()]
    assert told.judgement == "worsens"
    assert shown
    assert not any(example.agreements for example in shown)


def test_a_record_with_an_agreement_has_the_ids_of_its_release(tmp_path: Path) -> None:
    """The term and its tier are renamed, and the cap is raised: each release evaluates the record shown for it."""
    tiers = TIERS % "n >= 1"
    old = write(tmp_path / "a", facts=FACTS, tiers=tiers, bonuses=CAP % 20)
    new = write(
        tmp_path / "b",
        facts=FACTS,
        tiers=tiers.replace("gold:", "top:"),
        bonuses=(CAP % 25).replace("gold:", "top:"),
    )
    told = charter_json("diff", old, new, "--as-of", str(DAY), schema="diff.schema.json")
    assert told["judgement"] == "improves"
    ways = [way for effect in told["effects"] for way in effect["ways"].values() if way["partners"]]
    terms = [[part["term"] for part in partner["record"]["agreements"]] for partner in ways[0]["partners"]]
    assert terms == [["tiers.gold.discount"], ["tiers.top.discount"]]
    assert "agreements: [{term: tiers.top.discount, value: " in charter("diff", old, new).stdout


def test_the_gate_asks_for_approval_of_what_hits_an_agreement(tmp_path: Path) -> None:
    files = {"facts": FACTS, "tiers": TIERS % "n >= 1"}
    old, new = (write(tmp_path / name, **files, bonuses=CAP % cap) for name, cap in (("a", 25), ("b", 20)))
    assert charter("diff", old, new, "--fail-on", "worsens").returncode == 1
    assert charter("diff", new, old, "--fail-on", "worsens").returncode == 0
