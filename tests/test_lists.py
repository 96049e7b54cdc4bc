"""Lists in a record: values of items, aggregates at their edges, what is unknown, and a list within a list."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from charter import InvalidInput, InvalidProgramme, Release
from charter.engine.report.handbook import handbook
from charter.engine.report.markdown import handbook_markdown
from charter.engine.values import UNDEFINED, Unknown, Value
from hypothesis import given, settings
from hypothesis import strategies as st

from .small_world import TODAY, evaluate, values, world
from .thorough import examples

FACTS = """
facts:
  bonus_points: {title: {en: Points beside}, kind: number, default: 0}
lists:
  people:
    title: {en: People}
    fields:
      name: {title: {en: Name}, kind: text}
      level: {title: {en: Level}, kind: choice, ordered: true, choices: {basic: {title: {en: Basic}}, expert: {title: {en: Expert}}, master: {title: {en: Master}}}}
      valid_until: {title: {en: Valid until}, kind: date}
      sales: {title: {en: Sales}, kind: money, default: 0}
    values:
      valid: {title: {en: Valid}, kind: yes_no, value: "as_of <= add_days(valid_until, 30)", source: [c]}
      worth:
        title: {en: Points}
        kind: number
        value: {by: level, rows: {basic: 1, expert: 2.5, master: 4}}
        cap: 3
        source: [c]
  deals:
    title: {en: Deals}
    fields:
      closed_on: {title: {en: Closed on}, kind: date}
      amount: {title: {en: Amount}, kind: money}
      customer: {title: {en: Customer}, kind: text}
    default: []
"""
DEFINITIONS = """
definitions:
  certified: {title: {en: Certified}, kind: count, take: count, over: people, where: valid, source: [c]}
  experts: {title: {en: Experts}, kind: count, take: count, over: people, where: "valid and level >= 'expert'", source: [c]}
  points: {title: {en: Points}, kind: number, take: sum, of: worth, over: people, where: valid, source: [c]}
  best_two: {title: {en: Best two}, kind: money, take: sum, of: sales, over: people, best: 2, source: [c]}
  top: {title: {en: Top level}, kind: choice, take: maximum, of: level, over: people, empty: "'basic'", source: [c]}
  any_master: {title: {en: A master}, kind: yes_no, take: any, over: people, where: level == 'master', source: [c]}
  all_valid: {title: {en: All valid}, kind: yes_no, take: all, of: valid, over: people, empty: false, source: [c]}
  last_year: {title: {en: Last year}, kind: money, take: sum, of: amount, over: deals, where: "last_months(closed_on, 12)", source: [c]}
  year_before: {title: {en: The year before}, kind: money, take: sum, of: amount, over: deals, where: "last_months(closed_on, 12, add_months(as_of, -12))", source: [c]}
  growth: {title: {en: Growth}, kind: percent, value: "share(last_year - year_before, year_before, 100)", source: [c]}
  customers: {title: {en: Customers}, kind: count, take: distinct, of: customer, over: deals, source: [c]}
  least: {title: {en: Least}, kind: money, take: minimum, of: amount, over: deals, empty: 0, source: [c]}
  greatest: {title: {en: Greatest}, kind: money, take: maximum, of: amount, over: deals, empty: unknown, source: [c]}
  average: {title: {en: Average}, kind: money, take: average, of: amount, over: deals, empty: unknown, source: [c]}
  median: {title: {en: Median}, kind: money, take: median, of: amount, over: deals, empty: 0, source: [c]}
  last_customer: {title: {en: Last customer}, kind: text, take: latest, of: customer, by: closed_on, over: deals, empty: unknown, source: [c]}
  last_closed: {title: {en: Last closed}, kind: date, take: maximum, of: closed_on, over: deals, empty: unknown, source: [c]}
  everything: {title: {en: Points and more}, kind: number, value: points + bonus_points, source: [c]}
"""


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return world(tmp_path_factory.mktemp("lists"), facts=FACTS, definitions=DEFINITIONS)


def person(level: str, until: date, sales: int = 0) -> dict:
    return {"name": level, "level": level, "valid_until": until, "sales": sales}


def deal(closed: date, amount: int, customer: str = "north") -> dict:
    return {"closed_on": closed, "amount": amount, "customer": customer}


PEOPLE = [
    person("basic", date(2026, 10, 24), 10),  # the thirtieth day of grace is today
    person("expert", date(2026, 10, 23), 30),  # one day over
    person("expert", date(2027, 1, 1), 20),
    person("master", date(2026, 11, 23), 5),
]


def test_items_have_values_of_their_own(lists: Release) -> None:
    outcome = evaluate(lists, {"people": PEOPLE})
    assert outcome.lists["people"] == (
        {"valid": True, "worth": 1},
        {"valid": False, "worth": Decimal("2.5")},
        {"valid": True, "worth": Decimal("2.5")},
        {"valid": True, "worth": 3},  # four, capped
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("certified", 3),
        ("experts", 2),
        ("points", Decimal("6.5")),
        ("everything", Decimal("6.5")),
        ("best_two", 50),
        ("top", "master"),
        ("any_master", True),
        ("all_valid", False),
    ],
)
def test_what_items_come_to(lists: Release, name: str, expected: Value) -> None:
    assert values(lists, {"people": PEOPLE})[name] == expected


@pytest.mark.parametrize("length", range(1, 4))
def test_all_holds_where_every_item_does(length: int, lists: Release) -> None:
    """Every short list of items that hold, do not hold, or lack their date."""
    days = {True: date(2026, 12, 1), False: date(2020, 1, 1), None: None}
    for items in product(days, repeat=length):
        people = [
            {key: value for key, value in person("basic", days[item]).items() if value is not None} for item in items
        ]  # type: ignore[arg-type]
        answer = values(lists, {"people": people})["all_valid"]
        expected = False if False in items else "unknown" if None in items else True
        assert ("unknown" if isinstance(answer, Unknown) else answer) == expected, items


DEALS = [
    deal(date(2026, 11, 23), 100, "a"),  # today is in
    deal(date(2025, 11, 24), 20, "b"),
    deal(date(2025, 11, 23), 40, "a"),  # exactly twelve months ago is out, and in the year before
    deal(date(2024, 11, 24), 7, "c"),
    deal(date(2024, 11, 23), 1000, "c"),
]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("last_year", 120),
        ("year_before", 47),
        ("growth", Fraction(7300, 47)),
        ("customers", 3),
        ("least", 7),
        ("greatest", 1000),
        ("average", Fraction(1167, 5)),
        ("median", 40),
        ("last_customer", "a"),
        ("last_closed", date(2026, 11, 23)),
    ],
)
def test_windows_and_statistics(lists: Release, name: str, expected: Value) -> None:
    assert values(lists, {"deals": DEALS})[name] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("last_year", 0),
        ("growth", 100),
        ("customers", 0),
        ("least", 0),
        ("greatest", UNDEFINED),
        ("average", UNDEFINED),
        ("median", 0),
        ("last_customer", UNDEFINED),
        # Of people a record that says nothing leaves open who there is.
        ("certified", Unknown(frozenset({"people"}))),
        ("all_valid", Unknown(frozenset({"people"}))),
    ],
)
def test_an_empty_list_is_what_the_data_says_and_no_list_is_unknown(lists: Release, name: str, expected: Value) -> None:
    assert values(lists)[name] == expected


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("kind: yes_no, take: any, of: new, empty: true", "'any' of no items is false"),
        ("kind: count, take: count, empty: 5", "'count' of no items is 0"),
        ("kind: count, take: count, empty: unknown", "'count' of no items is 0"),
        ("kind: count, take: distinct, of: name, empty: 1", "'distinct' of no items is 0"),
        ("kind: yes_no, take: any, of: new, empty: false", ""),
        ("kind: count, take: count, empty: 0", ""),
    ],
)
def test_what_no_items_come_to_cannot_be_said_otherwise(tmp_path: Path, form: str, said: str) -> None:
    """It would be read by nobody: a count of no items is 0 whatever is written."""
    fields = "{new: {title: {en: New}, kind: yes_no}, name: {title: {en: Name}, kind: text}}"
    facts = f"lists: {{deals: {{title: {{en: Deals}}, fields: {fields}}}}}"
    definitions = f"definitions: {{d: {{title: {{en: D}}, over: deals, source: [c], {form}}}}}"
    try:
        world(tmp_path, facts=facts, definitions=definitions)
        problems = []
    except InvalidProgramme as refused:
        problems = [problem.message for problem in refused.problems]
    assert problems == ([said] if said else [])


def test_an_empty_list_that_is_written(lists: Release) -> None:
    found = values(lists, {"people": []})
    assert (found["certified"], found["all_valid"], found["any_master"], found["top"]) == (0, False, False, "basic")


def test_a_missing_field_is_named_with_its_item_and_only_where_it_matters(lists: Release) -> None:
    people = [*PEOPLE, {"level": "master"}]
    found = values(lists, {"people": people})
    assert found["certified"] == Unknown(frozenset({"people[5].valid_until"}))
    assert found["any_master"] is True
    assert found["all_valid"] is False
    assert found["best_two"] == 50
    assert values(lists, {"people": [PEOPLE[0], {}]})["top"] == Unknown(frozenset({"people[2].level"}))


def test_the_last_of_one_day_is_in_doubt_only_where_they_differ(lists: Release) -> None:
    day = date(2026, 1, 31)
    assert values(lists, {"deals": [deal(day, 1, "a"), deal(day, 2, "a")]})["last_customer"] == "a"
    assert values(lists, {"deals": [deal(day, 1, "a"), deal(day, 2, "b")]})["last_customer"] == UNDEFINED


def test_a_wrong_item_is_refused_at_its_place(lists: Release) -> None:
    for facts, message in (
        ({"people": "three"}, "people: this is not a list"),
        ({"people": [3]}, "people: an item is a map of its fields"),
        ({"people": [{"levle": "basic"}]}, "'levle' is not a field of 'people'"),
        ({"people": [{"level": "guru"}]}, "level: 'guru' is not one of the choices"),
        ({"people": [{"sales": Decimal("NaN")}]}, "sales: NaN is not a number"),
        ({"people": [{"name": ""}]}, "name: '' is not a text"),
    ):
        with pytest.raises(InvalidInput, match=message):
            evaluate(lists, facts)


@pytest.mark.thorough
@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.tuples(st.dates(date(2024, 1, 1), TODAY), st.integers(0, 99), st.sampled_from("abc")), max_size=6))
def test_aggregates_against_plain_python(lists: Release, rows: list[tuple[date, int, str]]) -> None:
    found = values(lists, {"deals": [deal(*row) for row in rows]})
    recent = [amount for day, amount, _ in rows if date(2025, 11, 23) < day <= TODAY]
    amounts = sorted(amount for _, amount, _ in rows)
    assert found["last_year"] == sum(recent)
    assert found["customers"] == len({customer for _, _, customer in rows})
    assert found["greatest"] == (max(amounts) if amounts else UNDEFINED)
    assert found["average"] == (Fraction(sum(amounts), len(amounts)) if amounts else UNDEFINED)
    middle = amounts[(len(amounts) - 1) // 2 : len(amounts) // 2 + 1]
    assert found["median"] == (Fraction(sum(middle), len(middle)) if middle else 0)


HISTORY = """
facts:
  revenue: {title: {en: Revenue}, kind: money}
lists:
  levels:
    title: {en: Levels held}
    fields:
      begins: {title: {en: Begins}, kind: date}
      level: {title: {en: Level}, kind: choice, choices: {bronze: {title: {en: Bronze}}, gold: {title: {en: Gold}}}}
  invoices:
    title: {en: Invoices}
    fields:
      billed_on: {title: {en: Billed on}, kind: date}
      amount: {title: {en: Amount}, kind: money}
    values:
      level_then:
        title: {en: Level on the invoice's date}
        kind: choice
        take: latest
        of: level
        over: levels
        where: begins <= billed_on
        by: begins
        empty: unknown
        source: [c]
      rate: {title: {en: Rate}, kind: percent, value: {by: level_then, rows: {bronze: 5, gold: 10}}, source: [c]}
      commission:
        title: {en: Commission}
        kind: money
        value: {cases: [{when: "as_of < add_months(billed_on, 36)", value: amount * ratio(rate)}], otherwise: 0}
        round: 0.01
        source: [c]
"""


def test_a_value_on_a_past_date_from_a_history(tmp_path: Path) -> None:
    definitions = (
        "definitions: {paid: {title: {en: Paid}, kind: money, take: sum, of: commission, over: invoices, source: [c]}}"
    )
    release = world(tmp_path, facts=HISTORY, definitions=definitions)
    levels = [{"begins": date(2024, 1, 1), "level": "bronze"}, {"begins": date(2025, 2, 28), "level": "gold"}]
    invoices = [
        {"billed_on": date(2025, 2, 27), "amount": Decimal("99.90")},  # 5%: 4.995, rounded by the line
        {"billed_on": date(2025, 2, 28), "amount": 100},
        {"billed_on": date(2023, 11, 24), "amount": 100},
    ]
    outcome = evaluate(release, {"levels": levels, "invoices": invoices[:2]})
    assert [item["commission"] for item in outcome.lists["invoices"]] == [Decimal("5.00"), 10]
    assert values(release, {"levels": levels, "invoices": invoices[:2]})["paid"] == 15
    # Before the first level there is none: nothing is paid on a guess.
    assert values(release, {"levels": levels, "invoices": invoices})["paid"] == UNDEFINED
    # 36 months from the closing of each: the day 36 months later is not paid any more.
    early = [{"begins": date(2020, 1, 1), "level": "gold"}]
    old = [{"billed_on": date(2023, 11, 23), "amount": 100}, {"billed_on": date(2023, 11, 24), "amount": 100}]
    assert values(release, {"levels": early, "invoices": old})["paid"] == 10


def test_a_name_that_two_lists_share_is_of_the_items_looked_at(tmp_path: Path) -> None:
    facts = HISTORY.replace("begins <= billed_on", "begins <= own(begins)").replace("billed_on", "begins")
    release = world(tmp_path, facts=facts)
    levels = [{"begins": date(2024, 1, 1), "level": "bronze"}, {"begins": date(2025, 2, 28), "level": "gold"}]
    days = (date(2025, 2, 27), date(2025, 2, 28))
    invoices = [{"begins": day, "amount": Decimal(100)} for day in days]
    rows = evaluate(release, {"levels": levels, "invoices": invoices}).lists["invoices"]
    assert [row["level_then"] for row in rows] == ["bronze", "gold"]


def test_too_many_pairs_of_items_are_refused_and_many_are_decided(tmp_path: Path) -> None:
    release = world(tmp_path, facts=HISTORY)
    levels = [{"begins": date(2020, 1, 1), "level": "gold"}] * 500
    invoices = [{"billed_on": date(2026, 1, 1), "amount": 1}] * 501
    assert len(evaluate(release, {"levels": levels, "invoices": invoices[:500]}).lists["invoices"]) == 500
    with pytest.raises(InvalidInput, match="each of 501 items of 'invoices' looks through 500 of 'levels'"):
        evaluate(release, {"levels": levels, "invoices": invoices})


def test_the_handbook_says_what_no_item_comes_to_unless_it_goes_without_saying(lists: Release) -> None:
    page = handbook_markdown(handbook(lists.programme, "en"))
    assert "| A master `c` | there is an item in “People” where level: Master |" in page
    assert "| All valid `c` | every item of “People”: “Valid” (no if there are none) |" in page
