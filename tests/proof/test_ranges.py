"""The ends of each range are attained by its example partners, and no random partner goes beyond them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from charter.engine.evaluate.evaluate import all_values
from charter.engine.proof.decide import Setting
from charter.engine.proof.ranges import ranges
from charter.engine.values import Unknown

from ..cli import charter, charter_json
from ..portfolio.portfolios import random_partners
from ..random_facts import PROGRAM
from ..small_world import world

DAY = date(2026, 11, 25)


def ends_of(named: str) -> dict[str | None, tuple[Any, Any]]:
    return {
        part.tier: (part.least and part.least.value, part.greatest and part.greatest.value)
        for part in ranges(Setting(PROGRAM, DAY), named)
    }


def test_the_discounts_of_the_tiers() -> None:
    assert ends_of("discount_total") == {"retail": (10, Decimal("22.5")), "competency": (20, 40), "saas": (25, 40)}
    assert ends_of("discount_in_kind") == {"retail": (0, Decimal("12.5")), "competency": (0, 20), "saas": (0, 15)}
    assert ends_of("required_admins") == {"competency": (2, 2), "saas": (2, 2)}
    assert ends_of("tiers.saas.discount_uncapped") == {None: (25, 40)}


def test_a_quotient_has_its_ends_too() -> None:
    """A Competency partner with implementations has reviews of half of them; nothing limits how many."""
    assert ends_of("review_share") == {
        None: (0, None),
        "retail": (0, None),
        "competency": (50, None),
        "saas": (0, None),
    }


@pytest.mark.parametrize("named", ["discount_total", "discount_in_price", "bonuses.events", "review_share"])
def test_no_partner_is_outside_and_those_told_are_at_the_ends(named: str) -> None:
    parts = ranges(Setting(PROGRAM, DAY), named)
    for part in parts:
        for end in part.ends().values():
            if end is not None and end.value is not None:
                (partner,) = end.found.examples
                values = partner.values(PROGRAM)
                assert values[part.value.id] == end.value
                assert part.tier is None or values[PROGRAM.programme.tiers[part.tier].qualified] is True
    for record in random_partners(PROGRAM, 300, seed=5):
        values = all_values(PROGRAM.plan, PROGRAM.evaluate(record, as_of=DAY))
        for part in parts:
            value = values[part.value.id]
            qualified = part.tier is None or values[PROGRAM.programme.tiers[part.tier].qualified] is True
            if qualified and not isinstance(value, Unknown):
                least, greatest = (end and end.value for end in part.ends().values())
                assert least is None or value >= least
                assert greatest is None or value <= greatest


def test_an_end_that_is_only_come_near_to(tmp_path: Path) -> None:
    """Under 5 there is always more, and nobody has 5."""
    facts = "facts: {revenue: {title: {en: Revenue}, kind: money, minimum: 0}}\n"
    text = "definitions: {part: {title: {en: P}, kind: money, value: revenue if revenue < 5 else 0, source: [c]}}\n"
    release = world(tmp_path, facts=facts, definitions=text)
    (everybody, _) = ranges(Setting(release, DAY), "part")
    assert (everybody.least.value, everybody.greatest.value) == (0, 5)
    assert (everybody.least.found.status, everybody.greatest.found.status) == ("yes", "no")


def test_the_command(tmp_path: Path) -> None:
    call = ("prove", "--range", "discount_total", "--examples", tmp_path / "ends", "--as-of", "2026-11-25")
    answer = charter_json(*call, schema="proof.schema.json")
    assert [(part["tier"], part["least"]["value"], part["greatest"]["value"]) for part in answer["ranges"]] == [
        ("retail", 10, 22.5),
        ("competency", 20, 40),
        ("saas", 25, 40),
    ]
    file = tmp_path / "ends" / "discount_total-competency-greatest.yaml"
    outcome = charter_json("evaluate", file, "--as-of", "2026-11-25", schema="outcome.schema.json")
    assert outcome["tiers"]["competency"]["discount"]["total"] == 40
    wrong = charter("prove", "--range", "discount_totl")
    assert wrong.returncode == 2
    assert "did you mean 'discount_total'?" in wrong.stderr
    assert charter("prove", "--range", "qualified").returncode == 2
