"""`qualified('gold', 'licences')`: whether all requirements of a tier are met but those named."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from .small_world import report, world

FACTS = "facts: {" + ", ".join(f"{id}: {{title: {{en: {id}}}, kind: yes_no, source: [c]}}" for id in "abcde") + "}"
ELIGIBILITY = """
eligibility: {first: {title: {en: A}, rule: a, source: [c]}}
joining: {joins: {title: {en: B}, rule: b, source: [c]}}
"""
TIERS = """
requirements: {of_both: {title: {en: C}, rule: c, tiers: [gold], source: [c]}}
tiers:
  silver: {title: {en: Silver}}
  gold:
    title: {en: Gold}
    requirements:
      own: {title: {en: D}, rule: d, source: [c]}
      either:
        title: {en: Either}
        any_of: {one: {title: {en: E}, rule: e, source: [c]}, two: {title: {en: D}, rule: d, source: [c]}}
        source: [c]
"""
NAMES = {"first": "a", "joins": "b", "of_both": "c", "own": "d", "either": "e or d"}


def definitions(*passed_over: str) -> str:
    call = ", ".join(f"'{id}'" for id in ("gold", *passed_over))
    return f'definitions: {{x: {{title: {{en: X}}, kind: yes_no, value: "qualified({call})", source: [c]}}}}'


@pytest.mark.parametrize(
    "passed_over", [(), ("first",), ("joins",), ("of_both",), ("own",), ("either",), ("own", "first", "joins")]
)
def test_all_requirements_but_those_named_are_asked_for(passed_over: tuple[str, ...], tmp_path: Path) -> None:
    files = {"facts": FACTS, "eligibility": ELIGIBILITY, "tiers": TIERS}
    release = world(tmp_path, **files, definitions=definitions(*passed_over))
    for values in product((True, False), repeat=5):
        facts = dict(zip("abcde", values, strict=True))
        asked = [eval(rule, {}, facts) for id, rule in NAMES.items() if id not in passed_over]
        outcome = release.evaluate({"partner": "P", "facts": facts})
        assert release.values(outcome)["definitions.x"] is all(asked)


@pytest.mark.parametrize(
    ("passed_over", "message"),
    [
        (("owns",), "'owns' is no requirement of 'gold'"),
        (("own", "own"), "'own' is no requirement of 'gold', or stands here twice"),
        (("two",), "'two' is no requirement of 'gold'"),  # of a group, which is passed over whole
    ],
)
def test_what_is_no_requirement_of_the_tier_is_told(passed_over: tuple[str, ...], message: str, tmp_path: Path) -> None:
    files = {"facts": FACTS, "eligibility": ELIGIBILITY, "tiers": TIERS}
    assert message in report(tmp_path, **files, definitions=definitions(*passed_over))


def test_a_requirement_that_passes_over_itself_needs_itself_no_more(tmp_path: Path) -> None:
    """It may ask for all others of its tier; asking for itself too is a circle."""
    own = TIERS.replace("own: {title: {en: D}, rule: d", "own: {title: {en: D}, rule: \"qualified('gold', 'own')\"")
    files = {"facts": FACTS, "eligibility": ELIGIBILITY}
    release = world(tmp_path / "a", **files, tiers=own)
    outcome = release.evaluate({"partner": "P", "facts": dict.fromkeys("abcde", True)})
    assert outcome.of("gold").status == "qualified"
    assert "need each other" in report(tmp_path / "b", **files, tiers=own.replace(", 'own')", ")"))


def test_by_tier_requirements_of_all_are_those_of_the_tier(tmp_path: Path) -> None:
    """A common requirement that reads what differs by tier is each tier's own."""
    needs = "needed: {title: {en: N}, kind: count, by_tier: {silver: 1, gold: 2}, source: [c]}"
    asks = "x: {title: {en: X}, kind: yes_no, value: \"qualified('gold', 'own', 'either', 'of_both')\", source: [c]}"
    facts = FACTS[:-1] + ", n: {title: {en: N}, kind: count, source: [c]}}"
    eligibility = "eligibility: {first: {title: {en: A}, rule: n >= needed, source: [c]}}"
    definitions = f"definitions: {{{needs}, {asks}}}"
    release = world(tmp_path, facts=facts, tiers=TIERS, eligibility=eligibility, definitions=definitions)
    for count in (1, 2):
        outcome = release.evaluate({"partner": "P", "facts": {"n": count}})
        assert release.values(outcome)["definitions.x"] is (count == 2)
