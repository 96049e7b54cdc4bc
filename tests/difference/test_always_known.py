"""What is undefined over a list is seen by the comparison of releases, whichever function it is undefined for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from charter import diff

from ..small_world import world

FACTS = """
facts: {n: {title: {en: N}, kind: count}}
lists:
  deals:
    title: {en: Deals}
    default: []
    fields:
      amount: {title: {en: Amount}, kind: count}
      closed: {title: {en: Closed}, kind: date}
"""
TIERS = """
award: highest
tiers: {gold: {title: {en: Gold}, requirements: {r: {title: {en: R}, rule: %s, source: [c]}}}}
"""


@pytest.mark.parametrize(
    "take",
    [
        "take: sum, of: amount, over: deals, empty: unknown",
        "take: latest, of: amount, by: closed, over: deals, empty: 0",
    ],
)
def test_a_tier_that_becomes_undetermined_is_a_difference(take: str, tmp_path: Path) -> None:
    """The added part holds for all for whom it is defined: without deals, or with two that are the last, it is not."""
    definitions = f"definitions: {{of_deals: {{title: {{en: D}}, kind: count, {take}, source: [c]}}}}\n"
    before, after = (
        world(tmp_path / name, facts=FACTS, definitions=definitions, tiers=TIERS % rule)
        for name, rule in (("a", "n >= 1"), ("b", "n >= 1 and of_deals >= 0"))
    )
    assert diff(before, after, as_of=date(2026, 11, 25)).judgement == "both"
