"""Random pairs of small programmes: where random partners show a difference, so does the proof, and it is right."""

from __future__ import annotations

import json
from datetime import date

import pytest
from charter.engine.difference.matched import matched
from charter.engine.difference.one_partner import Pair
from charter.engine.difference.partner_effects import outcome_effects
from charter.engine.difference.shown import differ_in_way
from charter.engine.language.run.interpret import interpret
from charter.engine.language.tree import Expression
from charter.engine.language.words import words
from charter.engine.problems import InvalidProgramme
from charter.engine.values import Kind, Unknown, Value
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ..language.trees import CALENDAR_FILE, trees
from ..portfolio.test_small_programmes import FACTS, facts
from ..small_world import world
from ..thorough import examples

pytestmark = pytest.mark.thorough

DAY = date(2026, 11, 25)
rules = trees(Kind.YES_NO, 2)


def programme(folder, requirement: Expression, bonus: Expression, discount: int):
    """A programme of one tier with these rules."""
    one, other = (json.dumps(words.text(tree)) for tree in (requirement, bonus))
    tiers = (
        f"tiers:\n  gold:\n    title: {{en: Gold}}\n    discount: {{value: {discount}, source: [c]}}\n"
        f"    requirements: {{r: {{title: {{en: R}}, rule: {one}, source: [c]}}}}\n"
    )
    bonuses = f"bonuses: {{b: {{title: {{en: B}}, when: {other}, percent: {{gold: 5}}, source: [c]}}}}\n"
    return world(folder, facts=FACTS, tiers=tiers, bonuses=bonuses, calendar=CALENDAR_FILE)


@settings(max_examples=examples(40), deadline=None)
@given(rules, rules, rules, st.booleans(), st.sampled_from([10, 10, 12]), st.lists(facts, min_size=12, max_size=12))
def test_what_partners_show_is_found(
    tmp_path_factory: pytest.TempPathFactory,
    requirement: Expression,
    other: Expression,
    bonus: Expression,
    swapped: bool,
    discount: int,
    found: list[dict],
) -> None:
    folder = tmp_path_factory.mktemp("pair")
    try:
        before = programme(folder / "a", requirement, bonus, 10)
        after = programme(folder / "b", other if swapped else requirement, bonus if swapped else other, discount)
    except InvalidProgramme as refused:
        assume(not refused.problems)
        raise
    outcomes = list(matched(before.programme, after.programme))
    told = list(outcome_effects(Pair(before, after, DAY, seconds=1), outcomes))
    seen = [shown(before, after, one) for one in found]
    for effect in told:
        trees = (effect.outcome.before, effect.outcome.after)
        for way, one in effect.ways.items():
            differ = [tuple(interpret(tree, v) for v, tree in zip(values, trees, strict=True)) for values in seen]
            if shows := [pair for pair in differ if differ_in_way(pair, effect.outcome, way)]:
                told_by_those_who_state_it = effect.shows("better", "worse") and all(map(lacks_facts, shows))
                assert one.status != "no" or told_by_those_who_state_it, (effect.outcome, way)
            if one.status == "yes":
                assert one.examples is not None
                values = [
                    interpret(tree, release.values(release.evaluate(example.record(), as_of=example.as_of)))
                    for release, example, tree in zip((before, after), one.examples, trees, strict=True)
                ]
                assert differ_in_way((values[0], values[1]), effect.outcome, way)


def lacks_facts(values: tuple[Value, Value]) -> bool:
    """Whether an outcome is undetermined for want of a fact, and not undefined."""
    return any(isinstance(value, Unknown) and bool(value.missing) for value in values)


def shown(before, after, record: dict) -> tuple[dict[str, Value], dict[str, Value]]:
    """Every value of a partner under both."""
    one, other = (
        release.values(release.evaluate({"partner": "P", "facts": record}, as_of=DAY)) for release in (before, after)
    )
    assert not isinstance(one["tiers.gold.discount"], Unknown)
    return one, other
