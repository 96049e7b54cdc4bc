"""Items that look at the others of their list: ranks, running totals, the previous item, shares, look-ups by a key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from charter import InvalidInput, Release, advise, statement
from charter.engine.report.handbook import handbook
from charter.engine.report.markdown import handbook_markdown
from charter.engine.values import UNDEFINED, Unknown

from .small_world import TODAY, evaluate, report, values, world

FACTS = """
lists:
  rates:
    title: {en: Rates}
    default: []
    fields:
      customer: {title: {en: Customer}, kind: text}
      percent: {title: {en: Percent}, kind: percent}
  deals:
    title: {en: Deals}
    fields:
      customer: {title: {en: Customer}, kind: text}
      closed_on: {title: {en: Closed on}, kind: date}
      amount: {title: {en: Amount}, kind: money}
    values:
      net: {title: {en: Net}, kind: money, value: amount * ratio(50), source: [c]}
      ahead: {title: {en: Greater deals}, kind: count, take: count, over: deals, where: amount > own(amount), source: [c]}
      place: {title: {en: Rank}, kind: count, value: ahead + 1, source: [c]}
      so_far: {title: {en: Running total}, kind: money, take: sum, of: net, over: deals, where: closed_on <= own(closed_on), source: [c]}
      previous: {title: {en: The deal before}, kind: money, take: latest, of: amount, over: deals, where: closed_on < own(closed_on), by: closed_on, empty: unknown, source: [c]}
      whole: {title: {en: Of all deals}, kind: money, take: sum, of: amount, over: deals, source: [c]}
      part: {title: {en: Share}, kind: percent, value: "share(amount, whole)", source: [c]}
      of_customer: {title: {en: Of the customer}, kind: money, take: sum, of: amount, over: deals, where: customer == own(customer), cap: 100, source: [c]}
      rate: {title: {en: Rate}, kind: percent, take: maximum, of: percent, over: rates, where: customer == own(customer), empty: 5, source: [c]}
"""
DEFINITIONS = """
definitions:
  best: {title: {en: Rank of the least}, kind: count, take: maximum, of: place, over: deals, empty: 0, source: [c]}
"""


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Deals whose values look at the other deals and at rates with a field of the same name."""
    return world(tmp_path_factory.mktemp("lists"), facts=FACTS, definitions=DEFINITIONS)


def deal(customer: str | None, day: int | None, amount: int | None) -> dict[str, object]:
    """A deal of September 2026; what is None is left out."""
    closed_on = None if day is None else date(2026, 9, day)
    fields = {"customer": customer, "closed_on": closed_on, "amount": amount}
    return {name: value for name, value in fields.items() if value is not None}


DEALS = [deal("Arbor", 3, 60), deal("Birch", 1, 40), deal("Arbor", 2, 60), deal("Cedar", 3, 40)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("place", [1, 3, 1, 3]),  # two of 60 share the first rank
        ("so_far", [100, 20, 50, 100]),  # half of each; those of one day count for each other
        ("previous", [60, None, 40, 60]),  # before the first there is none
        ("part", [30, 20, 30, 20]),
        ("of_customer", [100, 40, 100, 40]),  # 120, not over 100
        ("rate", [7, 5, 7, 9]),
    ],
)
def test_an_item_looks_at_the_others_of_its_list(name: str, expected: list[object], lists: Release) -> None:
    rates = [
        {"customer": "Arbor", "percent": 7},
        {"customer": "Cedar", "percent": 9},
        {"customer": "Arbor", "percent": 6},
    ]
    outcome = evaluate(lists, {"deals": DEALS, "rates": rates})
    assert [item[name] for item in outcome.lists["deals"]] == expected


def test_no_deal_and_one(lists: Release) -> None:
    assert values(lists, {"deals": []})["best"] == 0
    (only,) = values(lists, {"deals": [deal("Arbor", 1, 0)]})["deals"]
    assert (only["place"], only["so_far"], only["previous"], only["of_customer"]) == (1, 0, UNDEFINED, 0)
    assert isinstance(only["part"], Unknown)  # a share of nothing
    assert not only["part"].missing


def test_what_another_item_lacks_is_named(lists: Release) -> None:
    first, second = values(lists, {"deals": [deal("Arbor", 1, 60), deal(None, 2, None)]})["deals"]
    assert first["ahead"].missing == {"deals[2].amount"}
    assert second["ahead"].missing == {"deals[2].amount"}
    assert first["so_far"] == 30  # the second is later, whatever its amount
    assert first["of_customer"].missing == {"deals[2].customer"}
    assert second["rate"] == 5  # there is no rate, whoever the customer is


def test_a_circle_of_values_of_items_is_refused(tmp_path: Path) -> None:
    facts = FACTS.replace("value: amount * ratio(50)", "value: amount * ratio(50) + so_far")
    assert "error[circular-definition]  these need each other: deals[].net → deals[].so_far → deals[].net" in report(
        tmp_path, facts=facts
    )


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("value: own(amount)", "'own' is of an item that looks at others"),
        ("take: sum, of: amount, over: deals, where: amount > own(as_of)", "'as_of' is no field or value of the item itself"),
        ("take: sum, of: amount, over: deals, where: amount > own(2)", "this is no name"),
        ("take: sum, of: amount, over: deals, where: amount > own(amuont)", "'amuont' is not a fact or a value"),
        ("take: sum, of: own(percent), over: rates", "'percent' is no field or value of the item itself"),
    ],
)  # fmt: skip
def test_a_wrong_own_is_refused(written: str, message: str, tmp_path: Path) -> None:
    facts = FACTS.replace("take: sum, of: amount, over: deals, source", f"{written}, source")
    assert message in report(tmp_path, facts=facts)


def test_the_handbook_tells_the_item_from_those_it_looks_at(lists: Release) -> None:
    page = handbook_markdown(handbook(lists.programme, "en"))
    page = page.replace("\xa0", " ")
    assert "the number of items in “Deals” where amount: more than “Amount (of this item)”" in page
    assert (
        "the greatest “Percent” in “Rates” where customer: equal to “Customer (Deals)” (5% if there are none)" in page
    )


# Groups ---------------------------------------------------------------------------------------------------------------

GROUPS = """
lists:
  deals:
    title: {en: Deals}
    fields:
      customer: {title: {en: Customer}, kind: text}
      region: {title: {en: Region}, kind: choice, choices: {north: {title: {en: North}}, south: {title: {en: South}}}}
      closed_on: {title: {en: Closed on}, kind: date}
      points: {title: {en: Points}, kind: number}
    values:
      closed_in: {title: {en: Closed in}, kind: count, value: year(closed_on), source: [c]}
  customers:
    title: {en: Customers a year}
    group: deals
    by: [customer, closed_in, region]
    values:
      earned: {title: {en: Points a year}, kind: number, take: sum, of: points, over: deals, cap: 100, source: [c]}
      deals_of: {title: {en: Large deals}, kind: count, take: count, over: deals, where: points >= 60, source: [c]}
      of_customer: {title: {en: Of the customer}, kind: number, take: sum, of: earned, over: customers, where: customer == own(customer), source: [c]}
    source: [c]
  regions:
    title: {en: Regions}
    group: customers
    by: region
    values:
      most: {title: {en: Most of a customer}, kind: number, take: maximum, of: earned, over: customers, empty: unknown, source: [c]}
"""
OF_GROUPS = """
definitions:
  total: {title: {en: Points}, kind: number, take: sum, of: earned, over: customers, source: [c]}
  pairs: {title: {en: Customers a year}, kind: count, take: count, over: customers, source: [c]}
  full: {title: {en: A customer with all points}, kind: yes_no, take: any, of: earned >= 100, over: customers, source: [c]}
  best: {title: {en: By region}, kind: number, take: sum, of: most, over: regions, source: [c]}
"""


@pytest.fixture(scope="module")
def groups(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Points of deals, of which at most 100 a customer, year and region count."""
    return world(tmp_path_factory.mktemp("groups"), facts=GROUPS, definitions=OF_GROUPS)


def won(customer: str | None, year: int | None, points: int | None, region: str = "north") -> dict[str, object]:
    """A deal of a year; what is None is left out."""
    closed_on = None if year is None else date(year, 5, 31)
    fields = {"customer": customer, "region": region, "closed_on": closed_on, "points": points}
    return {name: value for name, value in fields.items() if value is not None}


@pytest.mark.parametrize(
    ("points", "total"),
    [
        ([99], 99),
        ([60, 40], 100),  # just the cap
        ([60, 41], 100),
        ([], 0),
    ],
)
def test_at_most_so_many_points_a_customer(points: list[int], total: int, groups: Release) -> None:
    found = values(groups, {"deals": [won("Arbor", 2026, number) for number in points]})
    assert (found["total"], found["pairs"]) == (total, min(1, len(points)))


def test_each_different_customer_and_year_is_a_group(groups: Release) -> None:
    deals = [won("Arbor", 2026, 60), won("Birch", 2026, 70), won("Arbor", 2025, 60), won("Arbor", 2026, 60)]
    outcome = evaluate(groups, {"deals": [*deals, won("Birch", 2026, 30, "south")]})
    rows = [tuple(row.values()) for row in outcome.lists["customers"]]
    assert rows == [
        ("Arbor", 2026, "north", 100, 2, 160),
        ("Birch", 2026, "north", 70, 1, 100),
        ("Arbor", 2025, "north", 60, 1, 160),
        ("Birch", 2026, "south", 30, 0, 100),
    ]
    assert [dict(row) for row in outcome.lists["regions"]] == [
        {"region": "north", "most": 100}, {"region": "south", "most": 30},
    ]  # fmt: skip
    assert {value.id: value.value for value in outcome.definitions} == {
        "total": 260, "pairs": 4, "full": True, "best": 130,
    }  # fmt: skip


def test_an_unknown_key_may_be_of_any_group(groups: Release) -> None:
    found = values(groups, {"deals": [won("Arbor", 2026, 120), won(None, 2026, 10), won("Birch", None, 10)]})
    assert found["pairs"].missing == {"deals[2].customer", "deals[3].closed_on"}
    assert found["total"].missing == {"deals[2].customer", "deals[3].closed_on"}
    assert found["full"].missing == {"deals[2].customer", "deals[3].closed_on"}
    assert values(groups, {})["total"].missing == {"deals"}
    found = values(groups, {"deals": [won("Arbor", 2026, 120), won(None, 2025, 10)]})
    assert found["full"] is True  # the second is of another year, whoever the customer is
    assert found["pairs"].missing == {"deals[2].customer"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("by: region", "by: regoin", "error[unknown-name]  'regoin' is not a field or value of 'customers'"),
        ("by: region", "by: as_of", "'as_of' is not a field or value of 'customers'"),
        ("group: customers", "group: custom", "error[unknown-list]  'custom' is not a list"),
        ("group: deals", "group: regions", "error[circular-definition]  'customers' groups itself: customers → regions → customers"),
        ("group: deals", "group: order", "error[unknown-list]  'order' is not a list"),
        ("      most:", "      region:", "the name 'region' is taken"),
        ("    by: region\n", "", "One list: what is known of each item (fields), or the list whose items it groups (group, by)."),
        ("of: points, over: deals, cap", "of: points + total, over: deals, cap", "these need each other"),
    ],
)  # fmt: skip
def test_a_wrong_group_is_refused(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert message in report(tmp_path, facts=GROUPS.replace(old, new), definitions=OF_GROUPS)


def test_a_record_does_not_state_groups(groups: Release) -> None:
    with pytest.raises(InvalidInput, match="'customers' is not a fact"):
        evaluate(groups, {"deals": [], "customers": []})


# Tiers of items -------------------------------------------------------------------------------------------------------

LINES = """
lists:
  lines:
    title: {en: Product lines}
    fields:
      product: {title: {en: Line}, kind: text}
      sales: {title: {en: Sales}, kind: money, currency: EUR}
      people: {title: {en: People}, kind: count, default: 3}
    values:
      level:
        title: {en: Level of the line}
        kind: choice
        ordered: true
        choices: {basic: {title: {en: Basic}}, expert: {title: {en: Expert}}, master: {title: {en: Master}}}
        value: {cases: [{when: sales >= 500 and people >= 3, value: "'master'"}, {when: sales >= 100, value: "'expert'"}], otherwise: "'basic'"}
        source: [c]
      fee: {title: {en: Fee}, kind: money, currency: EUR, value: {by: level, rows: {basic: 300, expert: 200, master: 0}}, source: [c]}
"""
OF_LINES = """
definitions:
  best: {title: {en: Level}, kind: choice, ordered: true, take: maximum, of: level, over: lines, empty: "'basic'", source: [c]}
  worst: {title: {en: Least level}, kind: choice, ordered: true, take: minimum, of: level, over: lines, where: sales > 0, empty: unknown, source: [c]}
  of_two: {title: {en: Level of two lines}, kind: choice, ordered: true, take: minimum, of: level, over: lines, best: 2, empty: "'basic'", source: [c]}
  masters: {title: {en: Masters}, kind: count, take: count, over: lines, where: level == 'master', source: [c]}
  an_expert: {title: {en: An expert}, kind: yes_no, take: any, of: level >= 'expert', over: lines, source: [c]}
  fees: {title: {en: Fees}, kind: money, currency: EUR, take: sum, of: fee, over: lines, source: [c]}
"""


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Product lines with a level each, and the partner's from the best of them."""
    return world(tmp_path_factory.mktemp("lines"), facts=LINES, definitions=OF_LINES)


@pytest.mark.parametrize(
    ("sales", "expected"),
    [
        ([99], ("basic", "basic", "basic", 0, False, 300)),
        ([100], ("expert", "expert", "expert", 0, True, 200)),
        ([100, 499, 99], ("expert", "basic", "expert", 0, True, 700)),
        ([500, 99, 500], ("master", "basic", "master", 2, True, 300)),
        ([500, 100, 0], ("master", "expert", "expert", 1, True, 500)),  # 0 is not over 0
    ],
)
def test_the_level_of_a_partner_is_the_best_of_its_lines(
    sales: list[int], expected: tuple[object, ...], lines: Release
) -> None:
    found = values(lines, {"lines": [{"product": "A", "sales": number} for number in sales]})
    names = ("best", "worst", "of_two", "masters", "an_expert", "fees")
    assert tuple(found[name] for name in names) == expected


def test_a_level_is_decided_as_soon_as_one_line_decides_it(lines: Release) -> None:
    open_line: dict[str, object] = {"product": "B"}
    found = values(lines, {"lines": [{"product": "A", "sales": 500}, open_line]})
    assert (found["best"], found["an_expert"]) == ("master", True)  # nothing is above it
    assert found["worst"].missing == {"lines[2].sales"}
    found = values(lines, {"lines": [{"product": "A", "sales": 100}, open_line]})
    assert found["best"].missing == {"lines[2].sales"}  # it may be a master
    assert found["an_expert"] is True
    found = values(lines, {"lines": [{"product": "A", "sales": 99}, open_line]})
    assert found["worst"] == "basic"  # nothing is under it
    none = values(lines, {"lines": []})
    assert (none["best"], none["worst"], none["of_two"], none["fees"]) == ("basic", UNDEFINED, "basic", 0)
    (cause,) = none["worst"].causes
    assert cause.expression == "minimum of level over lines where sales > 0"


def test_the_handbook_says_which_level_counts(lines: Release) -> None:
    page = handbook_markdown(handbook(lines.programme, "en"))
    assert "the greatest “Level of the line” in “Product lines” (Basic if there are none)" in page


# Values of items on the partner's page --------------------------------------------------------------------------------


def test_the_page_shows_what_is_to_be_shown_of_each_item(tmp_path: Path) -> None:
    facts = GROUPS.replace("cap: 100, source", "cap: 100, show: true, source")
    release = world(tmp_path, facts=facts, definitions=OF_GROUPS)
    outcome = evaluate(release, {"deals": [won("Arbor", 2026, 120), won("Birch", 2025, None)]})
    for form, row in (("markdown", "1. Arbor, 2026, North"), ("html", "1. Arbor, 2026, North")):
        page = statement(release, outcome, format=form)
        assert row in page
        assert "Points a year: 100" in page
        assert "Large deals" not in page
        assert "no value for Deals, 2: Points (deals" in page


def test_a_line_of_an_order_is_not_shown(tmp_path: Path) -> None:
    prices = """
order:
  title: {en: Order}
  fields: {price: {title: {en: Price}, kind: money}}
  values: {net: {title: {en: Net}, kind: money, value: price * 2, show: true, source: [c]}}
  rules: {all: {title: {en: All}, when: price > 0, customer_pays: net, partner_pays: price, source: [c]}}
  source: [c]
"""
    assert "error[wrong-form]  a quote shows no value of a line" in report(tmp_path, prices=prices)


# A list that is left out ----------------------------------------------------------------------------------------------

HISTORY = """
lists:
  rates:
    title: {en: Rates}
    fields: {begins: {title: {en: Begins}, kind: date}, rate: {title: {en: Rate}, kind: count}}
  deals:
    title: {en: Deals}
    fields: {closed: {title: {en: Closed}, kind: date}}
    values:
      then_: {title: {en: Rate then}, kind: count, take: maximum, of: rate, over: rates, where: begins <= closed, empty: 0, source: [c]}
"""
OF_HISTORY = """
definitions:
  most: {title: {en: Greatest}, kind: count, take: maximum, of: then_, over: deals, empty: 0, source: [c]}
  least: {title: {en: Least}, kind: count, take: minimum, of: then_, over: deals, empty: 0, source: [c]}
"""


def test_two_items_may_find_different_things_in_a_list_that_is_left_out(tmp_path: Path) -> None:
    """Before the second deal a rate may begin that the first does not have, so that the tier can be reached."""
    rule = "award: highest\ntiers: {gold: {title: {en: Gold}, requirements: {r: {title: {en: R}, rule: most > least, source: [c]}}}}\n"
    release = world(tmp_path, facts=HISTORY, definitions=OF_HISTORY, tiers=rule)
    deals = [{"closed": date(2026, 1, 1)}, {"closed": date(2026, 5, 1)}]
    outlook = advise(release, {"partner": "P", "facts": {"deals": deals}}, as_of=TODAY)
    assert [goal.status for goal in outlook.advice] != ["impossible"]
    assert outlook.open[0].can_be == (True, False)
