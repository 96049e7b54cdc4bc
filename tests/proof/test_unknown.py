"""What is missing is neither impossible nor certain: advice and open outcomes beside all that it can turn out to be."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from charter import Release
from charter.engine.proof.advice import Advice, advise
from charter.engine.proof.decide import Setting
from charter.engine.proof.missing import OpenOutcome, open_outcomes
from charter.engine.proof.worth import next_steps
from charter.engine.values import NUMERIC, Unknown
from hypothesis import given, settings
from hypothesis import strategies as st

from ..cli import charter, charter_json
from ..small_world import world, write
from .small_programmes import DAY, Record, completions, partners, programmes, values
from .test_advice import changes

QUALIFIED, TOTAL = "tiers.gold.qualified", "tiers.gold.discount_total"


def lifted(record: Record, more: dict[str, Any]) -> Record:
    return {**record, "facts": {**record["facts"], **more}}


def has(release: Release, record: Record, discount: Decimal | None = None) -> bool:
    """Whether a partner has the tier, and so much discount on it."""
    row = values(release, record)
    total = row[TOTAL]
    return row[QUALIFIED] is True and (discount is None or (not isinstance(total, Unknown) and total >= discount))


def changed(release: Release, record: Record, chance: random.Random, most: int) -> list[tuple[Record, Decimal]]:
    """So many of the partners that changes of facts make of one who misses nothing, and their effort."""
    facts = release.programme.facts
    options = [
        [(id, value, effort) for value, effort in changes(fact, record["facts"][id], 8)] for id, fact in facts.items()
    ]
    several = list(product(*options))
    return [
        (lifted(record, {id: value for id, value, _ in steps}), sum((step[2] for step in steps), Decimal(0)))
        for steps in chance.sample(several, min(most, len(several)))
    ]


@settings(max_examples=12, deadline=None)
@given(programmes(), st.integers(0, 10**6))
def test_advice_is_true_of_whatever_is_missing(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, str], seed: int
) -> None:
    release, chance = world(tmp_path_factory.mktemp("advice"), **files), random.Random(seed)
    for record in [*partners(release, chance, 3), *partners(release, chance, 5, missing=0.3)]:
        discount = chance.choice([None, None, Decimal("12.5"), Decimal(15), Decimal("17.5")])
        advice = advise(Setting(release, DAY, 2), release.record(record), "gold", discount)
        assert (advice.status == "reached") == has(release, record, discount)
        assert (advice.status == "unknown") <= bool(advice.missing)
        for way in advice.ways:
            steps = {step.fact: step.after for step in way.steps}
            assert has(release, lifted(record, {**way.provided, **steps}), discount)
        if advice.status == "impossible":
            assert_impossible(release, record, advice, chance)
        if advice.status == "possible" and release.programme.facts.keys() <= record["facts"].keys():
            known = next(iter(completions(release, chance, record, 1)))  # it is the record, where an item lacks nothing
            for partner, effort in changed(release, known, chance, 100) if known["facts"] == record["facts"] else ():
                assert effort >= advice.ways[0].effort or not has(release, partner, discount)


def assert_impossible(release: Release, record: Record, advice: Advice, chance: random.Random) -> None:
    """Whatever is missing turns out to be, and whatever is changed."""
    needed = [part.value for part in release.programme.tiers["gold"].requirements if part.id in advice.lacks]
    assert needed or advice.discount
    for known in completions(release, chance, record, 12):
        for partner, _ in changed(release, known, chance, 12):
            row = values(release, partner)
            assert not needed or not all(row[id] is True for id in needed)
            assert not has(release, partner, advice.discount)
            if advice.greatest is not None and row[QUALIFIED] is True:
                assert isinstance(row[TOTAL], Unknown) or row[TOTAL] <= advice.greatest


@settings(max_examples=12, deadline=None)
@given(programmes(), st.integers(0, 10**6))
def test_open_outcomes_are_settled_by_what_is_named(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, str], seed: int
) -> None:
    release, chance = world(tmp_path_factory.mktemp("open"), **files), random.Random(seed)
    for record in partners(release, chance, 6, missing=0.25):
        for outcome in open_outcomes(Setting(release, DAY, 2), release.record(record)):
            some = list(completions(release, chance, record, 40))
            results = [state(values(release, partner)[outcome.value]) for partner in some]
            assert "undefined" not in results or outcome.undefined is not False
            assert not outcome.can_be or {*results} <= {*outcome.can_be, "undefined"}
            numbers = [result for result in results if outcome.what == "discount" and result != "undefined"]
            assert outcome.least is None or all(number >= outcome.least for number in numbers)
            assert outcome.greatest is None or all(number <= outcome.greatest for number in numbers)
            assert_settled(release, outcome, some, results)


def assert_settled(release: Release, outcome: OpenOutcome, some: list[Record], results: list[object]) -> None:
    """Partners of one record who agree in the facts named have one outcome; a fact that settles it alone does."""
    by_named: dict[tuple[str, ...], object] = {}
    for partner, result in zip(some, results, strict=True) if outcome.facts is not None else ():
        named = tuple(stated(partner, fact.fact) for fact in outcome.facts or ())
        assert by_named.setdefault(named, result) == result
    for fact in outcome.facts or ():
        answers = [
            {state(values(release, lifted(partner, {fact.fact: answer}))[outcome.value]) for partner in some}
            for answer in (True, False)
            if fact.settles
        ]
        assert not answers or any(len(answer) == 1 and "undefined" not in answer for answer in answers)


@settings(max_examples=12, deadline=None)
@given(programmes(), st.integers(0, 10**6))
def test_a_next_step_goes_as_far_as_something_changes_and_no_further(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, str], seed: int
) -> None:
    release, chance = world(tmp_path_factory.mktemp("steps"), **files), random.Random(seed)
    for record in [*partners(release, chance, 3), *partners(release, chance, 3, missing=0.2)]:
        steps = list(next_steps(Setting(release, DAY, 2), release.record(record), "gold"))
        now = standing(release, record)
        for id, fact in release.programme.facts.items():
            if fact.effort is None or id not in record["facts"]:
                assert not any(step.fact == id for step in steps)
                continue
            later = [value for value, _ in changes(fact, record["facts"][id], 8)][1:]
            turning = [value for value in later if standing(release, lifted(record, {id: value})) != now]
            expected = turning[:1] if fact.kind in NUMERIC else turning
            assert [step.after for step in steps if step.fact == id] == expected


def standing(release: Release, record: Record) -> tuple[object, ...]:
    row = values(release, record)
    return tuple(state(row[id]) for id in (QUALIFIED, "tiers.gold.discount_uncapped", TOTAL))


def state(value: object) -> object:
    return "undefined" if isinstance(value, Unknown) else value


def stated(record: Record, id: str) -> str:
    """What a record says of a fact, of a list, or of a field of all its items."""
    _, _, field = id.partition("[].")
    return str([item[field] for item in record["facts"]["deals"]] if field else record["facts"][id])


# One of each kind -----------------------------------------------------------------------------------------------------

FACTS = """
facts:
  n: {title: {en: Number}, kind: count, effort: 1}
  z: {title: {en: Depth}, kind: number, minimum: -5, maximum: -1, effort: 1}
  a: {title: {en: Answer}, kind: yes_no, effort: 1}
  done: {title: {en: Done}, kind: count}
lists:
  deals:
    title: {en: Deals}
    fields: {amount: {title: {en: Amount}, kind: money, currency: EUR, minimum: 0, maximum: 900}}
"""
DEFINITIONS = """
definitions:
  big: {title: {en: Big}, kind: yes_no, take: any, of: amount >= 800, over: deals, source: [c]}
  huge: {title: {en: Huge}, kind: yes_no, take: any, of: amount >= 1000, over: deals, source: [c]}
  most: {title: {en: Most}, kind: money, currency: EUR, take: sum, of: amount, over: deals, best: 2, source: [c]}
"""


def tiers(*rules: str) -> str:
    requirements = ", ".join(
        f'r{number}: {{title: {{en: Rule {number}}}, rule: "{rule}", source: [c]}}'
        for number, rule in enumerate(rules, 1)
    )
    return f"award: highest\ntiers: {{gold: {{title: {{en: Gold}}, requirements: {{{requirements}}}}}}}\n"


@pytest.mark.parametrize(
    ("rules", "facts", "status", "names"),
    [
        (("big and n >= 1",), {"n": 1}, "unknown", ("deals",)),
        (("big and n >= 1",), {"n": 1, "deals": [{}]}, "unknown", ("deals[].amount",)),
        (("big and n >= 1",), {"n": 1, "deals": [{"amount": 5}]}, "impossible", ("r1",)),
        (("huge and n >= 1",), {"n": 1}, "impossible", ("r1",)),  # no deal can be as large as that
        (("most >= 1500",), {}, "unknown", ("deals",)),
        (("most >= 2000",), {}, "impossible", ("r1",)),
        (("most >= 1000", "big"), {"n": 0, "deals": [{"amount": 700}, {}]}, "unknown", ("deals[].amount",)),
        (("big or n >= 1",), {}, "possible", ()),
        (("n <= 3",), {"n": 5}, "impossible", ("r1",)),  # a number only rises
        (("n <= 3", "n >= 4"), {}, "impossible", ("r1", "r2")),
        (("n / done >= 1",), {"n": 1, "done": 0}, "impossible", ("r1",)),  # undefined, whatever n is
    ],
)
def test_unknown_and_impossible_are_told_apart(
    rules: tuple[str, ...], facts: dict[str, Any], status: str, names: tuple[str, ...], tmp_path: Path
) -> None:
    release = world(tmp_path, facts=FACTS, definitions=DEFINITIONS, tiers=tiers(*rules))
    advice = advise(Setting(release, DAY), release.record({"partner": "P", "facts": facts}), "gold")
    assert (advice.status, advice.lacks or advice.missing) == (status, names)


@pytest.mark.parametrize(
    ("rules", "facts", "steps", "provided"),
    [
        (("a", "z > -3"), {"a": False}, {"a": True}, {"z": -1}),
        (("z > -3",), {"z": Decimal("-4.5")}, {"z": Decimal("-2.5")}, {}),
        (("z <= -3",), {}, {}, {"z": -3}),  # it does not fall, but may be so already
        (("n == 0", "a"), {"a": False}, {"a": True}, {"n": 0}),
        (("not a",), {}, {}, {"a": False}),
    ],
)
def test_a_missing_number_starts_within_its_bounds(
    rules: tuple[str, ...], facts: dict[str, Any], steps: dict, provided: dict, tmp_path: Path
) -> None:
    release = world(tmp_path, facts=FACTS, definitions=DEFINITIONS, tiers=tiers(*rules))
    way = advise(Setting(release, DAY), release.record({"partner": "P", "facts": facts}), "gold").ways[0]
    assert ({step.fact: step.after for step in way.steps}, dict(way.provided)) == (steps, provided)


def test_the_page_names_the_list_that_is_missing(tmp_path: Path) -> None:
    write(tmp_path, facts=FACTS, definitions=DEFINITIONS, tiers=tiers("big and a", "n / done >= 1 or n > 4"))
    record = tmp_path / "record.yaml"
    record.write_text("partner: P\nfacts: {n: 1, a: true, done: 1}\n", "utf-8")
    call = ("advise", record, "--program", tmp_path, "--as-of", "2026-11-25")
    page = charter(*call).stdout
    assert "? not known: the missing" in page
    assert "may open a way\n      missing: Deals" in page
    assert "met or not\n      settled by: Deals" in page
    assert "cannot be met" not in page
    answer = charter_json(*call, schema="advice.schema.json")
    assert (answer["advice"][0]["status"], answer["advice"][0]["missing"]) == ("unknown", ["deals"])
    assert answer["open"][0]["facts"] == [{"fact": "deals", "swing": None, "settles": False}]
    record.write_text("partner: P\nfacts: {n: 1, a: true, deals: [{amount: 850}, {}]}\n", "utf-8")
    assert "met or not, or undefined\n      settled by: Done" in charter(*call).stdout
    record.write_text("partner: P\nfacts: {n: 1, a: true, done: 1, deals: [{amount: 80}, {}]}\n", "utf-8")
    assert "нет сведений: Deals: Amount" in charter(*call, "--lang", "ru").stdout
