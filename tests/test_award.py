"""Tiers that are awarded: the highest one that is qualified for, and what separates a partner from the next."""

from __future__ import annotations

from pathlib import Path

import pytest
from charter import InvalidInput, Release, load
from charter.engine.evaluate.outcome_json import outcome_data
from charter.engine.report.outcome_page import outcome_page
from charter.engine.report.terminal import page_text
from hypothesis import given, settings
from hypothesis import strategies as st

from .programmes import SMALL, copy_of, edit
from .thorough import examples

ALL = {"people": 3, "revenue": 9000, "region": "north"}


def laddered(folder: Path) -> Release:
    """The small programme with its tiers awarded."""
    release = copy_of(SMALL, folder)
    edit(release, "tiers.yaml", "tiers:\n  silver", "award: highest\ntiers:\n  silver")
    return load(release)


@pytest.fixture(scope="module")
def ladder(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return laddered(tmp_path_factory.mktemp("ladder"))


@pytest.mark.parametrize(
    ("facts", "tier", "status", "unknown", "next_", "total"),
    [
        (ALL, "gold", "qualified", (), None, 15),
        (ALL | {"people": 2}, "silver", "qualified", (), "gold", 5),
        (ALL | {"people": 2, "revenue": 0}, None, "not_qualified", (), "silver", None),
        # Silver is certain, but gold is not ruled out: nothing is awarded yet.
        ({"people": 3, "revenue": 9000}, None, "undetermined", ("region",), None, None),
        # Gold is ruled out, and silver is open.
        ({"people": 2}, None, "undetermined", ("revenue",), None, None),
        ({}, None, "undetermined", ("people", "region", "revenue"), None, None),
    ],
)
def test_the_highest_tier_that_is_qualified_for_counts(
    ladder: Release, facts: dict, tier: str, status: str, unknown: tuple, next_: str, total: int
) -> None:
    outcome = ladder.evaluate({"partner": "P", "facts": facts})
    assert (outcome.tier, outcome.status, outcome.unknown, outcome.next) == (tier, status, unknown, next_)
    assert (outcome.discount.total if outcome.discount else None) == total
    assert outcome_data(outcome)["next"] == next_
    assert (outcome.benefits is None) is (tier is None)


def test_a_record_signs_for_no_tier_where_tiers_are_awarded(ladder: Release) -> None:
    with pytest.raises(InvalidInput, match="a record signs for no tier here"):
        ladder.evaluate({"partner": "P", "tier": "gold", "facts": ALL})


def report(ladder: Release, facts: dict, lang: str) -> list[str]:
    outcome = ladder.evaluate({"partner": "P", "facts": facts})
    values = ladder.values(outcome)
    return page_text(outcome_page(outcome, ladder.programme, values, lang, explain=False)).splitlines()


def test_the_report_says_what_separates_a_partner_from_the_next_tier(ladder: Release) -> None:
    lines = report(ladder, ALL | {"people": 2}, "en")
    assert lines[3:5] == ["✓ Silver: awarded", "  next: Gold; lacks: Enough people (1 missing)"]
    assert report(ladder, ALL, "ru")[3] == "✓ Gold: присвоен"
    assert report(ladder, {"people": 2, "revenue": 0}, "en")[3:5] == [
        "✗ no tier is awarded",
        "  next: Silver; lacks: Sells something (0, more than 0 needed)",
    ]
    assert report(ladder, {"people": 3, "revenue": 9000}, "en")[3:5] == [
        "? the tier to award is undetermined",
        "  may be decided by: Region (region)",
    ]


partners = st.fixed_dictionaries(
    {},
    optional={
        "people": st.integers(0, 5),
        "revenue": st.sampled_from([0, 1, 3000, 5000, 9000]),
        "region": st.sampled_from(["north", "south"]),
    },
)


@pytest.mark.thorough
@settings(max_examples=examples(200), deadline=None)
@given(partners, st.data())
def test_an_award_stands_whatever_else_becomes_known(ladder: Release, facts: dict, data: st.DataObject) -> None:
    """An awarded tier is qualified for, none above it is; and facts that were missing do not take it away."""
    outcome = ladder.evaluate({"partner": "P", "facts": facts})
    if outcome.tier is None:
        return
    order = [tier.id for tier in outcome.tiers]
    place = order.index(outcome.tier)
    assert outcome.tiers[place].status == "qualified"
    assert {tier.status for tier in outcome.tiers[place + 1 :]} <= {"not_qualified"}
    complete = data.draw(st.fixed_dictionaries({name: st.just(ALL[name]) for name in ALL})) | facts
    assert ladder.evaluate({"partner": "P", "facts": complete}).tier == outcome.tier
