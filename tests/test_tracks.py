"""Ladders beside each other, tiers that need others, several paths to one tier, and the tier as a value."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from charter import InvalidInput, Release, handbook
from charter.engine.evaluate.outcome_json import outcome_data
from charter.engine.report.outcome_page import outcome_page
from charter.engine.report.terminal import page_text
from charter.engine.values import Unknown
from hypothesis import given, settings
from hypothesis import strategies as st

from .small_world import evaluate, report, values, world
from .thorough import examples

FACTS = """
facts:
  score: {title: {en: Score}, kind: number}
  experts: {title: {en: Experts}, kind: count}
  learners: {title: {en: Learners}, kind: count, default: 0}
  deals: {title: {en: Deals}, kind: count}
  held_for_long: {title: {en: Held for long}, kind: yes_no, default: false}
"""
TIERS = """
award: highest
tracks:
  security: {title: {en: Security}, source: [c]}
  cloud: {title: {en: Cloud}, source: [c]}
tiers:
  silver:
    title: {en: Silver}
    requirements:
      score: {title: {en: Score}, rule: score >= needed_score, source: [c]}
  gold:
    title: {en: Gold}
    requirements:
      score: {title: {en: Score}, rule: score >= needed_score, source: [c]}
      base: {title: {en: At least one specialisation}, rule: "at_least(1, qualified('secured'), qualified('clouded'))", source: [c]}
  secured:
    title: {en: Secured}
    track: security
    requirements:
      people:
        title: {en: Certified people}
        any_of:
          experts: {title: {en: Three experts}, rule: experts >= 3, source: [c]}
          mixed: {title: {en: Two experts and a learner}, rule: experts >= 2 and learners >= 1, source: [c]}
        source: [c]
  fortress:
    title: {en: Fortress}
    track: security
    requirements:
      base: {title: {en: Secured}, rule: qualified('secured'), source: [c]}
      deals: {title: {en: Deals}, rule: deals >= 5, source: [c]}
  clouded:
    title: {en: Clouded}
    track: cloud
    requirements:
      deals: {title: {en: Deals}, rule: deals >= 2, source: [c]}
"""
DEFINITIONS = """
definitions:
  needed_score: {title: {en: Score needed}, kind: number, by_tier: {silver: 30, gold: 70}, source: [c]}
  factor: {title: {en: Factor}, kind: number, value: {by: tier, rows: {gold: 1.5, silver: 1.2}, otherwise: 1}, source: [c]}
  safe: {title: {en: Safe}, kind: yes_no, value: security_tier >= 'secured' or tier == 'gold', source: [c]}
"""


@pytest.fixture(scope="module")
def tracks(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return world(tmp_path_factory.mktemp("tracks"), facts=FACTS, tiers=TIERS, definitions=DEFINITIONS)


def test_each_track_awards_its_own_highest_tier(tracks: Release) -> None:
    outcome = evaluate(tracks, {"score": 70, "experts": 3, "deals": 4})
    assert (outcome.tier, outcome.status, outcome.next) == ("gold", "qualified", None)
    assert {track.id: (track.tier, track.status, track.next) for track in outcome.tracks} == {
        "security": ("secured", "qualified", "fortress"),
        "cloud": ("clouded", "qualified", None),
    }
    data = outcome_data(outcome)
    assert data["tracks"]["security"] == {"tier": "secured", "status": "qualified", "unknown": [], "next": "fortress"}


@pytest.mark.parametrize(
    ("facts", "security", "tier"),
    [
        ({"experts": 2}, None, "silver"),  # at the border of each path, under it and on it
        ({"experts": 2, "learners": 1}, "secured", "gold"),
        ({"experts": 3}, "secured", "gold"),
        ({"experts": 3, "deals": 5}, "fortress", "gold"),
        ({"experts": 0, "deals": 2}, None, "gold"),  # by way of the cloud
        ({"experts": 0, "deals": 1}, None, "silver"),
    ],
)
def test_of_several_paths_the_better_counts(tracks: Release, facts: dict, security: str | None, tier: str) -> None:
    outcome = evaluate(tracks, {"score": 70, "deals": 0} | facts)
    assert (outcome.tracks[0].tier, outcome.tier) == (security, tier)


def test_the_tier_is_a_value_that_tables_can_ask_for(tracks: Release) -> None:
    assert values(tracks, {"score": 10, "experts": 0, "deals": 0})["factor"] == 1
    assert (
        values(tracks, {"score": 30, "experts": 0, "deals": 0})["factor"]
        == values(tracks, {"score": 69, "experts": 9, "deals": 9})["factor"]
    )
    found = values(tracks, {"score": 30, "experts": 3, "deals": 0})
    assert (found["tracks.main.tier"], found["safe"]) == ("silver", True)
    assert values(tracks, {"score": 30, "deals": 0})["safe"] == Unknown(frozenset({"experts"}))


def test_what_is_open_on_one_track_leaves_the_others(tracks: Release) -> None:
    outcome = evaluate(tracks, {"score": 40, "deals": 2})
    assert outcome.tier == "silver"
    assert {track.id: (track.status, track.unknown) for track in outcome.tracks} == {
        "security": ("undetermined", ("experts",)),
        "cloud": ("qualified", ()),
    }


def test_the_report_shows_every_track(tracks: Release) -> None:
    outcome = evaluate(tracks, {"score": 70, "experts": 3, "deals": 4})
    text = page_text(outcome_page(outcome, tracks.programme, tracks.values(outcome), "en", explain=False))
    assert "  ✓ Security  Secured  next: Fortress; lacks: Deals (1 missing)\n  ✓ Cloud     Clouded\n" in text
    outcome = evaluate(tracks, {"score": 70})
    text = page_text(outcome_page(outcome, tracks.programme, tracks.values(outcome), "ru", explain=False))
    assert "  ? Security  пока не определено  может зависеть от сведений: Deals (deals), Experts (experts)\n" in text


@pytest.mark.thorough
@settings(max_examples=examples(150), deadline=None)
@given(
    st.fixed_dictionaries(
        {}, optional={"score": st.integers(0, 100), "experts": st.integers(0, 4), "deals": st.integers(0, 6)}
    ),
    st.data(),
)
def test_more_of_anything_never_lowers_a_tier(tracks: Release, facts: dict, data: st.DataObject) -> None:
    """And a higher tier's ladder needs no less: who has it qualifies for every tier under it."""
    better = {name: data.draw(st.integers(value, value + 3)) for name, value in facts.items()}
    before, after = evaluate(tracks, facts), evaluate(tracks, better)
    for one, other in zip(before.tiers, after.tiers, strict=True):
        assert one.status != "qualified" or other.status == "qualified"
    for high, low in (("gold", "silver"), ("fortress", "secured")):
        assert after.of(high).status != "qualified" or after.of(low).status == "qualified"


def test_tiers_that_need_each_other_are_refused(tmp_path: Path) -> None:
    tiers = TIERS.replace("rule: deals >= 5", "rule: qualified('gold')").replace(
        ", qualified('clouded')", ", qualified('fortress')"
    )
    told = report(tmp_path, facts=FACTS, tiers=tiers, definitions=DEFINITIONS)
    assert "these need each other: tiers.gold.qualified → tiers.gold.requirements.base" in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("qualified('clouded')", "qualified('cloudy')", "'cloudy' is not a tier"),
        ("qualified('clouded')", "qualified(clouded)", "'clouded' is not a fact or a value"),
        ("track: cloud", "track: clowd", "'clowd' is not a track"),
        ("rule: deals >= 2", "rule: tier >= 'silver'", "these need each other: "),
    ],
)
def test_mistakes_of_tracks(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert told in report(tmp_path, facts=FACTS, tiers=TIERS.replace(old, new), definitions=DEFINITIONS)


def test_a_tier_may_need_that_of_another_track(tmp_path: Path) -> None:
    tiers = TIERS.replace("rule: deals >= 5", "rule: tier >= 'silver'")
    release = world(tmp_path, facts=FACTS, tiers=tiers, definitions=DEFINITIONS)
    for score, tier in ((29, "secured"), (30, "fortress")):
        assert evaluate(release, {"score": score, "experts": 3, "deals": 0}).tracks[0].tier == tier


# A tier that is kept ----------------------------------------------------------------------------------------------------

KEPT = TIERS.replace(
    "tracks:\n",
    """retention:
  title: {en: Kept to the end of the year and two months of grace}
  until: "add_days(add_months(start_of_year(held_since), 14), -1)"
  source: [c]
tracks:
""",
    1,
)


@pytest.fixture(scope="module")
def keeping(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return world(tmp_path_factory.mktemp("kept"), facts=FACTS, tiers=KEPT, definitions=DEFINITIONS)


LOW = {"score": 30, "experts": 0, "deals": 2}


@pytest.mark.parametrize(
    ("held", "since", "as_of", "score", "tier", "status"),
    [
        ("gold", date(2026, 5, 1), date(2026, 11, 23), 30, "gold", "retained"),
        ("gold", date(2026, 5, 1), date(2027, 2, 28), 30, "gold", "retained"),  # the last day
        ("gold", date(2026, 5, 1), date(2027, 3, 1), 30, "silver", "qualified"),  # demotion at the review
        ("gold", date(2027, 5, 1), date(2028, 2, 29), 30, "gold", "retained"),  # a leap day is the last
        ("silver", date(2026, 5, 1), date(2026, 11, 23), 70, "gold", "qualified"),  # promotion at once
        ("silver", date(2026, 5, 1), date(2026, 11, 23), 0, "silver", "retained"),
        ("silver", date(2024, 5, 1), date(2026, 11, 23), 0, None, "not_qualified"),
        (None, None, date(2026, 11, 23), 70, "gold", "qualified"),
        ("gold", None, date(2026, 11, 23), 70, "gold", "qualified"),  # since when does not matter then
        ("gold", None, date(2026, 11, 23), 30, None, "undetermined"),
    ],
)
def test_a_tier_once_held_is_kept_to_its_last_day(
    keeping: Release, held: str | None, since: date | None, as_of: date, score: int, tier: str | None, status: str
) -> None:
    outcome = evaluate(keeping, LOW | {"score": score}, as_of, tier=held, since=since)
    assert (outcome.tier, outcome.status) == (tier, status)
    if status == "undetermined":
        assert outcome.unknown == ("since",)


def test_a_kept_tier_says_so_and_until_when(keeping: Release) -> None:
    outcome = evaluate(keeping, LOW, tier="gold", since=date(2026, 5, 1))
    assert (outcome.kept_until, outcome.held_tier, outcome.since) == (date(2027, 2, 28), "gold", date(2026, 5, 1))
    text = page_text(outcome_page(outcome, keeping.programme, keeping.values(outcome), "en", explain=False))
    assert "✓ Gold: kept until 2027-02-28\n  lacks: Score (40 missing)\n" in text
    assert outcome_data(outcome)["kept_until"] == "2027-02-28"


def test_a_record_that_holds_since_but_nothing(keeping: Release, tracks: Release) -> None:
    with pytest.raises(InvalidInput, match="'since' is of a tier"):
        evaluate(keeping, LOW, since=date(2026, 5, 1))
    with pytest.raises(InvalidInput, match="a record signs for no tier here"):
        evaluate(tracks, LOW, tier="gold")
    with pytest.raises(InvalidInput, match="'secured' is not a tier"):
        evaluate(keeping, LOW, tier="secured")


def test_a_tier_that_was_signed_for_is_kept_too(tmp_path: Path) -> None:
    tiers = KEPT.replace("award: highest\n", "")
    release = world(tmp_path, facts=FACTS, tiers=tiers, definitions=DEFINITIONS)
    for as_of, status in ((date(2027, 2, 28), "retained"), (date(2027, 3, 1), "not_qualified")):
        outcome = evaluate(release, LOW, as_of, tier="gold", since=date(2026, 5, 1))
        assert (outcome.tier, outcome.status, outcome.next) == ("gold", status, None)
    assert evaluate(release, LOW | {"score": 70}, tier="gold", since=date(2024, 5, 1)).status == "qualified"


def test_a_programme_of_tracks_alone(tmp_path: Path) -> None:
    tiers = TIERS.partition("tiers:\n")[0] + "tiers:\n  secured:" + TIERS.partition("  secured:")[2]
    definitions = "definitions: {needed: {title: {en: N}, kind: count, value: 3, source: [c]}}\n"
    release = world(tmp_path, facts=FACTS, tiers=tiers, definitions=definitions)
    for facts, headline in (
        ({"experts": 3, "deals": 2}, "✓ Secured, Clouded"),
        ({"experts": 0, "deals": 0}, "✗ no tier is awarded"),
    ):
        outcome = evaluate(release, facts)
        assert (outcome.tier, outcome.status, outcome.benefits) == (None, None, None)
        text = page_text(outcome_page(outcome, release.programme, release.values(outcome), "en", explain=False))
        assert f"\n{headline}\n" in text


@pytest.mark.parametrize(
    ("lang", "none", "by"), [("en", "none", "if security: none,"), ("ru", "нет", "если security: нет,")]
)
def test_the_handbook_names_having_no_tier_of_a_track(
    lang: Literal["en", "ru"], none: str, by: str, tmp_path: Path
) -> None:
    """Not as having no tier at all: the partner may hold one of another track."""
    definitions = f"""{DEFINITIONS}
  weak: {{title: {{en: Weak}}, kind: count, value: 7 if security_tier == 'none' else 8, source: [c]}}
  by_tier: {{title: {{en: Step}}, kind: count, value: {{by: security_tier, rows: {{none: 41}}, otherwise: 42}}, source: [c]}}
"""
    page = handbook(world(tmp_path, facts=FACTS, tiers=TIERS, definitions=definitions), lang=lang, format="markdown")
    assert f"| – {none} | 41 |" in page
    assert by in page
