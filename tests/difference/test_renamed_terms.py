"""A tier with another id is the same tier, also where a rule asks whether its discount is agreed."""

from __future__ import annotations

from pathlib import Path

import pytest
from charter.engine.difference.renaming import renaming_of

from ..small_world import world

FACTS = "facts: {joined: {title: {en: Joined}, kind: date, source: [c]}, n: {title: {en: N}, kind: count, source: [c]}}"
TIERS = """
tiers:
  gold:
    title: {en: Gold}
    discount: {value: 5, negotiable: {source: [c]}, source: [c]}
    requirements: {enough: {title: {en: Enough}, rule: n > 1, source: [c]}}
"""
ASKS = {
    "yes_no": ("agreed('tiers.gold.discount')", "agreed('tiers.silver.discount')"),
    "percent": ("on(joined, discount_base('gold'))", "on(joined, discount_base('silver'))"),
}


def definitions(kind: str, value: str) -> str:
    return f'definitions: {{x: {{title: {{en: X}}, kind: {kind}, value: "{value}", source: [c]}}}}'


@pytest.mark.parametrize("kind", ASKS)
def test_a_tier_is_known_by_another_id_where_a_rule_asks_about_its_term(kind: str, tmp_path: Path) -> None:
    old, new = ASKS[kind]
    other = TIERS.replace("gold:", "silver:")
    before = world(tmp_path / "1", facts=FACTS, tiers=TIERS, definitions=definitions(kind, old))
    after = world(tmp_path / "2", facts=FACTS, tiers=other, definitions=definitions(kind, new))
    renaming, renamed = renaming_of(before, after.files)
    assert renaming.rows == {("tiers", ("tiers", "gold")): "silver"}
    assert set(renamed.programme.tiers) == {"silver"}


def test_a_rule_that_asks_about_another_term_is_not_the_same(tmp_path: Path) -> None:
    two = TIERS + "  bronze: {title: {en: Bronze}, discount: {value: 1, negotiable: {source: [c]}, source: [c]}}\n"
    before = world(tmp_path / "1", facts=FACTS, tiers=two, definitions=definitions("yes_no", ASKS["yes_no"][0]))
    asks = definitions("yes_no", "agreed('tiers.bronze.discount')")
    after = world(tmp_path / "2", facts=FACTS, tiers=two.replace("gold:", "silver:"), definitions=asks)
    renaming, renamed = renaming_of(before, after.files)
    changed = renamed.programme.values["definitions.x"].expression != after.programme.values["definitions.x"].expression
    assert renaming.rows == {("tiers", ("tiers", "gold")): "silver"}
    assert changed
