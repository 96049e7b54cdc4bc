"""The ends of each range are attained by its example partners, and no random partner goes beyond them."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from charter.engine.proof.decide import Setting
from charter.engine.proof.ranges import ranges
from charter.engine.values import Unknown
from hypothesis import given, settings
from hypothesis import strategies as st

from ..cli import charter, charter_json
from ..portfolio.portfolios import random_partners
from ..random_facts import PROGRAM
from ..small_world import world, write
from .small_programmes import partners, programmes, values

DAY = date(2026, 11, 25)


def ends_of(named: str) -> dict[str | None, tuple[Any, Any]]:
    return {part.tier: (part.least.value, part.greatest.value) for part in ranges(Setting(PROGRAM, DAY), named)}


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
            assert end.status in ("attained", "endless")
            if end.status == "attained":
                (partner,) = end.examples
                values = partner.values(PROGRAM)
                assert values[part.value.id] == end.value
                assert part.tier is None or values[PROGRAM.programme.tiers[part.tier].qualified] is True
    for record in random_partners(PROGRAM, 300, seed=5):
        values = PROGRAM.values(PROGRAM.evaluate(record, as_of=DAY))
        for part in parts:
            value = values[part.value.id]
            qualified = part.tier is None or values[PROGRAM.programme.tiers[part.tier].qualified] is True
            if qualified and not isinstance(value, Unknown):
                least, greatest = (end.value for end in part.ends().values())
                assert least is None or value >= least
                assert greatest is None or value <= greatest


def test_an_end_that_is_only_come_near_to(tmp_path: Path) -> None:
    """Under 5 there is always more, and nobody has 5."""
    facts = "facts: {revenue: {title: {en: Revenue}, kind: money, minimum: 0}}\n"
    text = "definitions: {part: {title: {en: P}, kind: money, value: revenue if revenue < 5 else 0, source: [c]}}\n"
    release = world(tmp_path, facts=facts, definitions=text)
    (everybody, _) = ranges(Setting(release, DAY), "part")
    assert (everybody.least.value, everybody.greatest.value) == (0, 5)
    assert (everybody.least.status, everybody.greatest.status) == ("attained", "approached")
    page = charter("prove", "--range", "part", "--program", tmp_path).stdout
    assert "greatest: nobody has it, but partners come arbitrarily close to it" in page


FIELDS = "{v: {title: {en: V}, kind: count, maximum: 2}, k: {title: {en: K}, kind: yes_no}}"
LIST = f"lists: {{deals: {{title: {{en: D}}, fields: {FIELDS}}}}}\n"
NO_FACT = "facts: {n: {title: {en: N}, kind: count, maximum: 4}}\n"


@pytest.mark.parametrize(
    ("form", "least", "greatest"),
    [
        ("take: distinct, of: v", ("attained", 0), ("attained", 3)),
        ("take: distinct, of: k", ("attained", 0), ("attained", 2)),
        ("take: sum, of: v, best: 2", ("attained", 0), ("attained", 4)),
        ("take: sum, of: v", ("attained", 0), ("endless", None)),
        ("take: count", ("attained", 0), ("endless", None)),
        ("take: count, where: v > 1 and k", ("attained", 0), ("endless", None)),
        ("take: count, where: v > 1 and v < 1", ("attained", 0), ("attained", 0)),
        ("take: maximum, of: v, empty: 7", ("attained", 0), ("attained", 7)),
        ("take: maximum, of: v, empty: unknown", ("attained", 0), ("attained", 2)),
        ("take: sum, of: v, best: 4", ("attained", 0), ("open", 8)),  # that takes longer lists than are looked at
        ("take: distinct, of: v, where: v > 0", ("attained", 0), ("open", 3)),
    ],
)
def test_ranges_over_a_list(form: str, least: tuple, greatest: tuple, tmp_path: Path) -> None:
    text = f"definitions: {{d: {{title: {{en: D}}, kind: count, over: deals, {form}, source: [c]}}}}\n"
    release = world(tmp_path, facts=NO_FACT + LIST, definitions=text)
    for part in ranges(Setting(release, DAY), "d"):
        assert [(end.status, end.value) for end in part.ends().values()] == [least, greatest]
        assert (part.greatest.nearest is None) == (part.greatest.status == "endless")


def test_an_end_that_is_not_proved_is_called_so(tmp_path: Path) -> None:
    """Four items make 8: examples have no more than three."""
    form = "kind: count, take: sum, of: v, over: deals, best: 4, source: [c]"
    write(tmp_path, facts=NO_FACT + LIST, definitions=f"definitions: {{d: {{title: {{en: D}}, {form}}}}}\n")
    page = charter("prove", "--range", "d", "--program", tmp_path, "--as-of", "2026-11-25").stdout
    assert "0 to 8" in page
    assert "greatest: nobody has more; it is not proved that anybody has exactly this" in page
    assert "greatest found, 6, for a partner: deals: [{v: 2}, {v: 2}, {v: 2}], on 2026-11-25" in page
    answer = charter_json("prove", "--range", "d", "--program", tmp_path, schema="proof.schema.json")
    end = answer["ranges"][0]["greatest"]
    assert (end["status"], end["value"], end["nearest"], len(end["partners"])) == ("open", 8, 6, 1)


@settings(max_examples=12, deadline=None)
@given(programmes(unbounded=True), st.integers(0, 10**6))
def test_no_partner_passes_an_end_and_examples_have_it(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, str], seed: int
) -> None:
    release, chance = world(tmp_path_factory.mktemp("ranges"), **files), random.Random(seed)
    some = [*partners(release, chance, 150), *partners(release, chance, 50, missing=0.2)]
    rows = [values(release, partner) for partner in some]
    for part in ranges(Setting(release, DAY, 1), "worth"):
        id, qualified = part.value.id, release.programme.tiers["gold"].qualified
        own = [row[id] for row in rows if part.tier is None or row[qualified] is True]
        numbers = [value for value in own if not isinstance(value, Unknown)]
        assert not numbers or part.least.status != "never" != part.greatest.status
        assert part.least.value is None or all(value >= part.least.value for value in numbers)
        assert part.greatest.value is None or all(value <= part.greatest.value for value in numbers)
        for end in part.ends().values():
            assert end.status != "attained" or end.nearest == end.value is not None
            assert (end.nearest is not None) == bool(end.examples)
            for example in end.examples:
                shown = example.values(release)
                assert shown[id] == end.nearest
                assert part.tier is None or shown[qualified] is True


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
