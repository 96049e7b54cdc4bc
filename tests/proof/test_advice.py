"""Advice takes the least there is: compared with every combination of small changes, on random partners."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from charter import Outcome, Release
from charter.engine.problems import InvalidProgramme
from charter.engine.programme.model import Fact
from charter.engine.proof.advice import Advice, advise
from charter.engine.proof.decide import Setting
from charter.engine.proof.outlook import outlook
from charter.engine.values import NUMERIC, Kind

from ..cli import charter, charter_json
from ..portfolio.portfolios import random_partners
from ..programmes import ROOT
from ..random_facts import NAMED, PROGRAM, RELEASES
from ..small_world import world

TODAY = date(2026, 11, 25)
Record = dict[str, Any]

FACTS = """
facts:
  people: {title: {en: People}, kind: count, effort: 5}
  projects: {title: {en: Projects}, kind: count}
  reviews: {title: {en: Reviews}, kind: count, effort: 1, maximum: 6}
  revenue: {title: {en: Revenue}, kind: money, minimum: 0, effort: 2, effort_for: 1000}
  audited: {title: {en: Audited}, kind: yes_no, effort: 4}
  listed: {title: {en: Listed}, kind: yes_no}
  region:
    {title: {en: Region}, kind: choice, effort: 3, choices: {north: {title: {en: North}}, south: {title: {en: South}}}}
"""
TIERS = """
tiers:
  gold:
    title: {en: Gold}
    discount: {value: 10, source: [c]}
    requirements:
      people: {title: {en: People}, rule: people >= 2 or (audited and people >= 1), source: [c]}
      reviews: {title: {en: Reviews}, rule: "projects == 0 or share(reviews, projects) >= 50", source: [c]}
      revenue: {title: {en: Revenue}, rule: "revenue >= (2500 if region == 'north' else 5000.5)", source: [c]}
      listed: {title: {en: Listed}, rule: listed or audited, source: [c]}
"""
BONUSES = """
discount: {cap: {title: {en: Cap}, value: 18, source: [c]}}
bonuses:
  staff: {title: {en: Staff}, when: people >= 3, percent: {gold: 5}, source: [c]}
  acclaim: {title: {en: Acclaim}, when: reviews > projects, percent: {gold: 2.5}, source: [c]}
  size: {title: {en: Size}, when: revenue >= 8000, percent: {gold: 4}, source: [c]}
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return world(tmp_path_factory.mktemp("advice"), facts=FACTS, tiers=TIERS, bonuses=BONUSES)


def changes(fact: Fact, value: Any, most: int) -> Iterator[tuple[Any, Decimal]]:
    """What a fact can become in a few steps, and what that takes; as it is, first."""
    yield value, Decimal(0)
    if fact.effort is None:
        return
    if fact.kind in NUMERIC:
        for steps in range(1, most + 1):
            after = value + fact.effort_for * steps
            if fact.maximum is None or after <= fact.maximum:
                yield after, fact.effort * steps
    elif fact.kind is Kind.YES_NO and not value:
        yield True, fact.effort
    elif fact.kind is Kind.CHOICE:
        yield from ((option, fact.effort) for option in fact.choices if option != value)


def combinations(
    release: Release, facts: Mapping[str, Any], most: int, under: Decimal
) -> Iterator[tuple[dict[str, Any], Decimal]]:
    """Every combination of small changes that takes less than so much."""
    programme = release.programme.facts
    combinations: list[tuple[dict[str, Any], Decimal]] = [({}, Decimal(0))]
    for id, value in facts.items():
        combinations = [
            ({**so_far, id: after}, taken + effort)
            for so_far, taken in combinations
            for after, effort in changes(programme[id], value, most)
            if taken + effort < under
        ]
    yield from combinations


def reaches(release: Release, record: Record, tier: str, discount: Decimal | None) -> bool:
    return stands(release.evaluate(record, as_of=TODAY), tier, discount)


def stands(outcome: Outcome, tier: str, discount: Decimal | None) -> bool:
    own = outcome.of(tier)
    total = own.discount.total if own.discount else None
    return own.status == "qualified" and (discount is None or (total is not None and total >= discount))


def assert_least(
    release: Release, record: Record, tier: str, discount: Decimal | None, most: int, under: Decimal = Decimal(40)
) -> Advice:
    """Of all combinations that take less than `under` none reaches it with less; each way does what it says."""
    advice = advise(Setting(release, TODAY), release.record(record), tier, discount)
    assert advice.status != "undecided"
    facts = record["facts"]
    if advice.status == "reached":
        assert reaches(release, record, tier, discount)
        return advice
    assert not reaches(release, record, tier, discount)
    efforts = [way.effort for way in advice.ways]
    assert efforts == sorted(efforts)
    for way in advice.ways:
        lifted = {**facts, **{step.fact: step.after for step in way.steps}}
        assert reaches(release, {**record, "facts": lifted}, tier, discount)
        assert stands(way.outcome, tier, discount)
        assert way.effort == sum(step.effort for step in way.steps)
        assert not way.provided
    sets = [{step.fact for step in way.steps} for way in advice.ways]
    assert not any(earlier <= later for index, earlier in enumerate(sets) for later in sets[index + 1 :])
    for lifted, effort in combinations(release, facts, most, min([under, *efforts[:1]])):
        assert not reaches(release, {**record, "facts": {**facts, **lifted}}, tier, discount), (lifted, effort)
    return advice


@pytest.mark.parametrize("seed", range(60))
def test_no_combination_of_changes_takes_less(seed: int, small: Release) -> None:
    chance = random.Random(seed)
    facts = {
        "people": Decimal(chance.randrange(4)),
        "projects": Decimal(chance.choice((0, 1, 3, 6, 20))),
        "reviews": Decimal(chance.randrange(4)),
        "revenue": Decimal(chance.choice((0, 999, "1500.5", 2500, 5000, 9000))),
        "audited": chance.random() < 0.3,
        "listed": chance.random() < 0.5,
        "region": chance.choice(("north", "south")),
    }
    discount = chance.choice((None, None, Decimal("12.5"), Decimal(17), Decimal(18), Decimal(19)))
    advice = assert_least(small, {"partner": "P", "facts": facts}, "gold", discount, most=8)
    if discount == 19:
        assert advice.status == "impossible"
        assert advice.lacks == ("reviews",) if facts["projects"] == 20 else advice.greatest is not None


@pytest.mark.parametrize("seed", range(12))
def test_nor_on_the_whole_programme(seed: int) -> None:
    """Partners of whom everything is known, near to the tier."""
    (record,) = random_partners(PROGRAM, 1, seed=seed)
    facts = {
        id: record["facts"].get(id, True if fact.kind is Kind.YES_NO else None)
        for id, fact in PROGRAM.programme.facts.items()
    }
    facts = {id: Decimal(0) if value is None else value for id, value in facts.items()} | {"bonus_return": "discount"}
    record = {"partner": "P", "facts": facts}
    chance = random.Random(seed)
    tier = chance.choice(list(PROGRAM.programme.tiers))
    assert_least(PROGRAM, record, tier, None, most=3, under=Decimal(12))


def test_reasons_for_which_there_is_no_way(small: Release) -> None:
    setting = Setting(small, TODAY)
    many = {
        "people": 2,
        "projects": 20,
        "reviews": 0,
        "revenue": 9000,
        "audited": True,
        "listed": False,
        "region": "north",
    }
    assert advise(setting, small.record({"partner": "P", "facts": many}), "gold").lacks == ("reviews",)
    at_most = advise(setting, small.record({"partner": "P", "facts": {**many, "projects": 4}}), "gold", Decimal(30))
    assert (at_most.status, at_most.greatest) == ("impossible", 18)


def test_a_missing_fact_that_cannot_be_changed_is_a_proviso(small: Release) -> None:
    facts = {"people": 2, "reviews": 0, "revenue": 9000, "region": "north"}
    advice = advise(Setting(small, TODAY), small.record({"partner": "P", "facts": facts}), "gold")
    assert [(way.effort, dict(way.provided)) for way in advice.ways] == [(0, {"projects": 0, "listed": True})]
    assert advice.ways[0].steps == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: money, minimum: 0, effort: 2", "kind: text, effort: 2", "'effort' has no meaning for the kind 'text'"),
        (
            "kind: yes_no, effort: 4",
            "kind: yes_no, effort: 4, effort_for: 2",
            "'effort_for' has no meaning for the kind",
        ),
        ("kind: count, effort: 5", "kind: count, effort: 0", "0 is not over 0"),
        ("kind: count, effort: 5", "kind: count, effort: 5, effort_for: 0.5", "a count changes by whole numbers"),
    ],
)
def test_effort_that_makes_no_sense_is_told(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert FACTS.count(old) == 1
    with pytest.raises(InvalidProgramme) as refused:
        world(tmp_path, facts=FACTS.replace(old, new), tiers=TIERS, bonuses=BONUSES)
    assert any(message in problem.message for problem in refused.value.problems)


@pytest.mark.parametrize("release", RELEASES, ids=NAMED)
def test_any_partner_of_any_programme_has_an_outlook(release: Release) -> None:
    """Lists, tracks and missing facts included; where nothing can be changed, nothing is advised."""
    changeable = any(fact.effort for fact in release.programme.facts.values())
    for record in random_partners(release, 4, seed=11, lists=list(release.programme.lists)):
        prospects = outlook(Setting(release, TODAY, seconds=1), release.record(record))
        for advice in prospects.advice:
            assert (advice.status == "possible") == bool(advice.ways)
            assert all(stands(way.outcome, advice.tier, None) for way in advice.ways)
            assert changeable or not any(way.steps for way in advice.ways)
        assert changeable or not prospects.worth


# Next steps and what is open ------------------------------------------------------------------------------------------


def worth(record: Record, release: Release = PROGRAM, tier: str = "competency") -> dict[str, tuple]:
    prospects = outlook(Setting(release, TODAY), release.record(record), tier)
    return {step.fact: (step.before, step.after, step.uncapped, step.total, step.qualifies) for step in prospects.worth}


def test_a_step_that_the_cap_takes_away_is_worth_nothing_today(small: Release) -> None:
    facts = {
        "people": 3,
        "projects": 2,
        "reviews": 1,
        "revenue": 9000,
        "audited": True,
        "listed": True,
        "region": "south",
    }
    steps = worth({"partner": "P", "facts": facts}, small, "gold")
    assert steps["reviews"] == (1, 3, Decimal("2.5"), 0, None)


def test_a_step_goes_as_far_as_something_changes() -> None:
    """Seven of twelve implementations have reviews: a share of over 75 takes ten."""
    facts = {id: True for id, fact in PROGRAM.programme.facts.items() if fact.kind is Kind.YES_NO}
    facts |= {"sales_plan_fulfilled": False, "own_events_held": 0, "asoft_events_attended": 1}
    facts |= {"certified_admins": 1, "marketing_activities": 3, "implementations": 12, "customer_reviews": 7}
    steps = worth({"partner": "P", "tier": "competency", "facts": facts})
    assert steps == {
        "certified_admins": (1, 2, 0, 0, True),
        "customer_reviews": (7, 10, 5, 5, None),
        "sales_plan_fulfilled": (False, True, 10, 10, None),
        "own_events_held": (0, 1, Decimal("1.5"), Decimal("1.5"), None),
    }


def test_advice_in_money() -> None:
    call = ("advise", "examples/competency.yaml", "--order", "examples/orders/mixed.yaml", "--as-of", "2026-11-25")
    answer = charter_json(*call, schema="advice.schema.json")
    now = charter_json(
        "quote", "examples/orders/mixed.yaml", "--partner", "examples/competency.yaml", "--as-of", "2026-11-25",
        schema="quote.schema.json",
    )  # fmt: skip
    plan = next(step for step in answer["worth"] if step["fact"] == "customer_reviews")
    text = (ROOT / "examples/competency.yaml").read_text("utf-8")
    assert "customer_reviews: 9" in text
    assert answer["currency"] == "RUB"
    assert plan["partner_pays"] < 0 < now["partner_pays"]


@pytest.mark.parametrize("seed", range(10))
def test_what_is_open_lies_between_its_ends_and_the_facts_told_settle_it(seed: int) -> None:
    """Completed at random, no outcome leaves its range; with the facts named, the other facts change nothing."""
    chance = random.Random(seed)
    (record,) = random_partners(PROGRAM, 1, seed=seed + 50)
    for id in chance.sample(sorted(record["facts"]), 5):
        del record["facts"][id]
    unknown = outlook(Setting(PROGRAM, TODAY), PROGRAM.record(record)).open
    open = PROGRAM.programme.facts.values()
    missing = [fact.id for fact in open if fact.id not in record["facts"] and fact.default is None]
    for open in unknown:
        assert open.facts is not None
        named = {deciding.fact for deciding in open.facts}
        settled: dict[tuple, set] = {}
        for _ in range(60):
            more = {id: a_value(chance, PROGRAM.programme.facts[id]) for id in missing}
            complete = {**record, "facts": {**record["facts"], **more}}
            outcome = PROGRAM.evaluate(complete, as_of=TODAY).of(open.tier)
            key = tuple(more[id] for id in sorted(named))
            if open.what == "qualified":
                assert outcome.status != "undetermined"
                assert (outcome.status == "qualified") in open.can_be
                settled.setdefault(key, set()).add(outcome.status)
            else:
                assert open.least <= outcome.discount.total <= open.greatest
                settled.setdefault(key, set()).add(outcome.discount.total)
        assert all(len(outcomes) == 1 for outcomes in settled.values())


def a_value(chance: random.Random, fact: Fact) -> Any:
    if fact.kind is Kind.YES_NO:
        return chance.random() < 0.5
    return chance.choice(list(fact.choices)) if fact.kind is Kind.CHOICE else Decimal(chance.randrange(5))


def test_the_most_telling_fact_comes_first() -> None:
    """Between 20 and 30: the sales plan alone moves ten of it, an own event two and a half."""
    facts = {id: True for id, fact in PROGRAM.programme.facts.items() if fact.kind is Kind.YES_NO}
    facts |= {"certified_admins": 2, "marketing_activities": 3, "implementations": 0, "asoft_events_attended": 0}
    del facts["sales_plan_fulfilled"]
    unknown = outlook(Setting(PROGRAM, TODAY), PROGRAM.record({"partner": "P", "facts": facts}), "competency").open
    (discount,) = (open for open in unknown if open.tier == "competency")
    assert (discount.least, discount.greatest) == (20, Decimal("32.5"))
    assert [(deciding.fact, deciding.swing) for deciding in discount.facts] == [
        ("sales_plan_fulfilled", 10),
        ("own_events_held", Decimal("2.5")),
    ]


# The command ----------------------------------------------------------------------------------------------------------


def test_the_command_says_what_it_takes() -> None:
    answer = charter_json("advise", "examples/competency.yaml", "--tier", "3", schema="advice.schema.json")
    (advice,) = answer["advice"]
    assert [step["fact"] for step in advice["ways"][0]["steps"]] == [
        "isolation_module_purchased",
        "rental_licences",
        "extended_support_paid",
    ]
    done = charter("advise", "examples/competency.yaml", "--tier", "saas", "--lang", "ru")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Модуль «Изоляция» приобретён: да" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--tier", "gild"), 2, "'gild' is not a tier"),
        (("--discount", "much"), 2, "'much' is not a percentage"),
        (("--discount", "-5"), 2, "'-5' is not a percentage"),
        (("--order", "examples/competency.yaml"), 4, ""),
        (("--order", "no/such.yaml"), 2, "cannot be read"),
    ],
)
def test_calls_that_are_wrong(words: tuple[str, ...], code: int, message: str) -> None:
    done = charter("advise", "examples/competency.yaml", *words)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
