"""Balances: by hand, and against a ledger that is kept day by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from charter import Outcome, Release
from charter.engine.evaluate.outcome_json import outcome_data
from charter.engine.limits import MAX_PERIODS
from hypothesis import given, settings
from hypothesis import strategies as st

from .small_world import TODAY, evaluate, report, world
from .thorough import examples

pytestmark = pytest.mark.thorough

FACTS = """facts:
  joined: {title: {en: Joined}, kind: date}
  brought: {title: {en: Brought along}, kind: number, default: 0}
lists:
  sales:
    title: {en: Sales}
    default: []
    fields:
      sold_on: {title: {en: Sold on}, kind: date}
      points: {title: {en: Points}, kind: number}
      valid: {title: {en: Valid}, kind: yes_no, default: true}
      lasts: {title: {en: Days it lasts}, kind: count, default: 10}
  orders:
    title: {en: Orders}
    default: []
    fields:
      ordered_on: {title: {en: Ordered on}, kind: date}
      paid: {title: {en: Paid in points}, kind: number}
"""
ADDS = "adds: {sold: {title: {en: Sold}, of: points, over: sales, on: sold_on, where: valid}}"
USES = "uses: {ordered: {title: {en: Orders}, of: paid, over: orders, on: ordered_on}}\n    negative: carried"
YEARLY = "begins: joined\n    ends: add_days(add_months(begins, 12), -1)"


def balance(*parts: str) -> str:
    """A balance of points with these parts."""
    lines = "\n    ".join(("title: {en: Points}", "kind: number", *parts, "source: [c]"))
    return f"balances:\n  bonus:\n    {lines}\n"


def of(folder: Path, *parts: str, **files: str) -> Release:
    """A release with a balance of these parts."""
    return world(folder, **{"facts": FACTS, "balances": balance(*parts), **files})


def stands_at(outcome: Outcome, id: str = "bonus") -> Any:
    """What a balance stands at; a text with what is missing, or why it is undefined."""
    named = next(value for value in outcome.definitions if value.id == id)
    if named.value is not None:
        return named.value
    return ", ".join(named.unknown) or f"undefined: {', '.join(cause.expression for cause in named.undefined)}"


def column(outcome: Outcome, name: str, id: str = "bonus") -> list[Any]:
    """A value of each period."""
    return [period[name] for period in outcome.lists[id]]


def sale(day: date, points: Any, **more: Any) -> dict[str, Any]:
    return {"sold_on": day, "points": points, **more}


def order(day: date, paid: Any) -> dict[str, Any]:
    return {"ordered_on": day, "paid": paid}


# By hand --------------------------------------------------------------------------------------------------------------


def test_what_is_over_a_threshold_is_carried_to_the_next_year(tmp_path: Path) -> None:
    """600 of the first year are 100 over 500; these open the next, which adds 50; 150 are not over it."""
    release = of(tmp_path, YEARLY, ADDS, "carries: max(0, closing - 500)")
    facts = {"joined": date(2024, 3, 1), "sales": [sale(date(2024, 5, 1), 600), sale(date(2026, 2, 28), 50)]}
    outcome = evaluate(release, facts, date(2026, 3, 1))
    assert column(outcome, "begins") == [date(2024, 3, 1), date(2025, 3, 1), date(2026, 3, 1)]
    assert column(outcome, "ends") == [date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28)]
    assert column(outcome, "opening") == [0, 100, 0]
    assert column(outcome, "added") == column(outcome, "sold") == [600, 50, 0]
    assert column(outcome, "closing") == [600, 150, 0]
    assert column(outcome, "carried") == [100, 0, 0]
    assert stands_at(outcome) == 0
    assert stands_at(evaluate(release, facts, date(2026, 2, 28))) == 150
    assert stands_at(evaluate(release, facts, date(2026, 2, 27))) == 100


def test_each_level_goes_by_the_year_before(tmp_path: Path) -> None:
    """Gold at 500; it falls by one step a year, not two; 100 keep it."""
    level = """values:
      level:
        title: {en: Level}
        kind: choice
        ordered: true
        choices: {basic: {title: {en: Basic}}, silver: {title: {en: Silver}}, gold: {title: {en: Gold}}}
        value: "'gold' if sold >= 500 else 'silver' if before(level, 'basic') == 'gold' else 'basic'"
        source: [c]
      best: {title: {en: Best year}, kind: number, value: "max(sold, before(best, 0))", source: [c]}"""
    newest = """definitions:
  level_now:
    {title: {en: Level}, kind: choice, take: latest, of: level, over: bonus, by: begins, empty: unknown, source: [c]}
  years: {title: {en: Years}, kind: count, take: count, over: bonus, source: [c]}
"""
    release = of(tmp_path, YEARLY, ADDS, level, definitions=newest)
    facts = {"joined": date(2022, 1, 1), "sales": [sale(date(2023, 12, 31), 500), sale(date(2024, 1, 1), 499)]}
    outcome = evaluate(release, facts, date(2026, 6, 1))
    assert column(outcome, "level") == ["basic", "gold", "silver", "basic", "basic"]
    assert column(outcome, "best") == [0, 500, 500, 500, 500]
    assert [stands_at(outcome, id) for id in ("level_now", "years")] == ["basic", 5]
    assert stands_at(evaluate(release, facts, date(2024, 12, 31)), "level_now") == "silver"


def test_a_refund_under_the_least_payout_is_carried(tmp_path: Path) -> None:
    """What is due is paid from 50 on; a refund of 100 is −100 carried, then 120 more are 20, which are carried too."""
    money = """balances:
  account:
    title: {en: Account}
    kind: money
    currency: EUR
    better: more
    begins: joined
    ends: add_days(add_months(begins, 1), -1)
    adds: {earned: {title: {en: Earned}, of: amount, over: lines, on: day}}
    carries: closing - payout
    values:
      payout:
        {title: {en: Paid out}, kind: money, currency: EUR, value: closing if closing >= 50 else 0, source: [c]}
    source: [c]
"""
    facts = """facts: {joined: {title: {en: Joined}, kind: date}}
lists:
  lines:
    title: {en: Lines}
    default: []
    fields:
      day: {title: {en: Day}, kind: date}
      amount: {title: {en: Amount}, kind: money, currency: EUR}
"""
    release = world(tmp_path, facts=facts, balances=money)
    days = {date(2026, 1, 5): 60, date(2026, 2, 5): -100, date(2026, 3, 5): 120, date(2026, 4, 5): 30}
    lines = [{"day": day, "amount": amount} for day, amount in days.items()]
    outcome = evaluate(release, {"joined": date(2026, 1, 1), "lines": lines}, date(2026, 5, 1))
    assert column(outcome, "opening", "account") == [0, 0, -100, 20, 0]
    assert column(outcome, "closing", "account") == [60, -100, 20, 50, 0]
    assert column(outcome, "payout", "account") == [60, 0, 0, 50, 0]
    assert column(outcome, "carried", "account") == [0, -100, 20, 0, 0]


def test_a_bonus_on_the_next_sale_is_used_up_by_it(tmp_path: Path) -> None:
    """Once for ever, without periods: what is there before the order is what it can use."""
    release = of(tmp_path, ADDS, USES, "opening: brought")
    facts = {"brought": 5, "sales": [sale(date(2026, 1, 1), 10)], "orders": [order(date(2026, 1, 2), 15)]}
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 2)]
    assert [stands_at(evaluate(release, facts, day)) for day in days] == [5, 15, 0]
    outcome = evaluate(release, facts, date(2026, 1, 2))
    period = {"opening": 5, "sold": 10, "ordered": 15, "added": 10, "used": 15, "closing": 0}
    assert outcome.lists["bonus"] == (period,)


@pytest.mark.parametrize(("word", "closings"), [("carried", [-5, 0]), ("dropped", [-5, 5])])
def test_less_than_nothing_is_carried_or_dropped_at_the_end(tmp_path: Path, word: str, closings: list[int]) -> None:
    release = of(tmp_path, YEARLY, ADDS, USES.replace("carried", word))
    facts = {
        "joined": date(2025, 1, 1), "orders": [order(date(2025, 6, 1), 5)], "sales": [sale(date(2026, 6, 1), 5)],
    }  # fmt: skip
    assert column(evaluate(release, facts, date(2026, 12, 31)), "closing") == closings


EXPIRING = ADDS.replace("where: valid", 'where: valid, expires: "add_days(sold_on, lasts)"')


def test_what_was_added_first_is_used_first_and_the_rest_expires(tmp_path: Path) -> None:
    """10 of 1 January last to the 11th, 10 of the 5th to the 15th; 7 are used on the 6th, of the first 10."""
    release = of(tmp_path, "begins: joined", EXPIRING, USES)
    facts = {
        "joined": date(2026, 1, 1),
        "sales": [sale(date(2026, 1, 5), 10), sale(date(2026, 1, 1), 10)],
        "orders": [order(date(2026, 1, 6), 7)],
    }
    expected = {1: 10, 4: 10, 5: 20, 6: 13, 11: 13, 12: 10, 15: 10, 16: 0}
    days = {day: stands_at(evaluate(release, facts, date(2026, 1, day))) for day in expected}
    assert days == expected
    outcome = evaluate(release, facts, date(2026, 1, 16))
    assert column(outcome, "expired") == [13]
    assert [item["bonus.sold.expires"] for item in outcome.lists["sales"]] == [date(2026, 1, 15), date(2026, 1, 11)]


def test_a_day_before_the_first_has_no_balance(tmp_path: Path) -> None:
    release = of(tmp_path, YEARLY, ADDS)
    outcome = evaluate(release, {"joined": date(2026, 1, 1)}, date(2025, 12, 31))
    assert outcome.lists["bonus"] == ()
    assert stands_at(outcome).startswith("undefined: latest of closing")


# Unknown --------------------------------------------------------------------------------------------------------------


def test_a_missing_day_leaves_open_each_period_that_it_may_be_in(tmp_path: Path) -> None:
    release = of(tmp_path, YEARLY, ADDS)
    facts = {"joined": date(2024, 1, 1), "sales": [sale(date(2024, 6, 1), 5), {"points": 7}]}
    outcome = evaluate(release, facts, date(2026, 1, 1))
    assert column(outcome, "closing") == [None, None, None]
    assert stands_at(outcome) == "sales[2].sold_on"
    facts["sales"] = [sale(date(2024, 6, 1), 5), {"points": 0}]
    assert column(evaluate(release, facts, date(2026, 1, 1)), "closing") == [None, None, None]
    facts["sales"] = [sale(date(2024, 6, 1), 5), {"points": 7, "valid": False}]
    assert column(evaluate(release, facts, date(2026, 1, 1)), "closing") == [5, 5, 5]


def test_a_missing_amount_leaves_open_its_period_and_those_after_it(tmp_path: Path) -> None:
    release = of(tmp_path, YEARLY, ADDS)
    facts = {"joined": date(2024, 1, 1), "sales": [sale(date(2024, 6, 1), 5), {"sold_on": date(2025, 6, 1)}]}
    outcome = evaluate(release, facts, date(2026, 1, 1))
    assert column(outcome, "closing") == [5, None, None]
    assert column(outcome, "added") == [5, None, 0]
    assert stands_at(outcome) == "sales[2].points"


def test_a_missing_first_day_leaves_all_open(tmp_path: Path) -> None:
    outcome = evaluate(of(tmp_path, YEARLY, ADDS), {"sales": []})
    assert "bonus" not in outcome.lists
    assert stands_at(outcome) == "joined"


def test_what_expires_is_open_only_where_something_may_have_expired(tmp_path: Path) -> None:
    release = of(tmp_path, "begins: joined", EXPIRING, USES)
    facts = {
        "joined": date(2026, 1, 1),
        "sales": [sale(date(2026, 1, 1), 10)],
        "orders": [{"ordered_on": date(2026, 1, 2)}],
    }
    before, after = (evaluate(release, facts, date(2026, 1, day)) for day in (11, 12))
    assert [column(outcome, "expired") for outcome in (before, after)] == [[0], [None]]
    assert stands_at(after) == "orders[1].paid"


def test_periods_without_end_are_undefined(tmp_path: Path) -> None:
    """Of a day too long ago, and of a last day that is before the first: never a hang."""
    long_ago = of(tmp_path / "a", YEARLY, ADDS)
    outcome = evaluate(long_ago, {"joined": date(TODAY.year - MAX_PERIODS + 1, 1, 1)})
    assert len(outcome.lists["bonus"]) == MAX_PERIODS
    assert stands_at(evaluate(long_ago, {"joined": date(1, 1, 1)})) == "undefined: days_between(begins, as_of)"
    backwards = of(tmp_path / "b", "begins: joined", 'ends: "add_days(begins, -1)"', ADDS)
    assert stands_at(evaluate(backwards, {"joined": TODAY})) == "undefined: days_between(begins, ends)"


# A ledger kept day by day ---------------------------------------------------------------------------------------------

START = date(2026, 1, 1)


class Lot(NamedTuple):
    """What is left of an addition, and the last day on which it can be used; None: any."""

    left: int
    last: date | None


def ledger(sales: Sequence[Mapping[str, Any]], orders: Sequence[Mapping[str, Any]], opening: int) -> Iterator[int]:
    """What is there at the end of each day from START on, where what was added first is used first."""
    lots, debt = [Lot(opening, None)], 0
    for number in range(100):
        day = START + timedelta(number)
        lots = [lot for lot in lots if lot.last is None or lot.last >= day]
        today = [item for item in sales if item["sold_on"] == day and item.get("valid", True)]
        for item in sorted(today, key=lambda item: item.get("lasts", 10)):
            filled = min(debt, item["points"])
            debt -= filled
            lots.append(Lot(item["points"] - filled, day + timedelta(item.get("lasts", 10))))
        for item in orders:
            wanted = item["paid"] if item["ordered_on"] == day else 0
            for place, lot in enumerate(lots):
                taken = min(lot.left, wanted)
                wanted -= taken
                lots[place] = lot._replace(left=lot.left - taken)
            debt += wanted
        yield sum(lot.left for lot in lots) - debt


days = st.integers(0, 60).map(lambda number: START + timedelta(number))
amounts = st.integers(0, 9)
some_sales = st.lists(
    st.fixed_dictionaries(
        {"sold_on": days, "points": amounts}, optional={"lasts": st.integers(0, 20), "valid": st.booleans()}
    ),
    max_size=8,
)
some_orders = st.lists(st.fixed_dictionaries({"ordered_on": days, "paid": amounts}), max_size=6)


@pytest.fixture(scope="module")
def expiring(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return of(tmp_path_factory.mktemp("expiring"), "begins: joined", EXPIRING, USES, "opening: brought")


@pytest.fixture(scope="module")
def monthly(tmp_path_factory: pytest.TempPathFactory) -> Release:
    parts = ("begins: joined", 'ends: "add_days(begins, 6)"', EXPIRING, USES, "opening: brought")
    return of(tmp_path_factory.mktemp("monthly"), *parts)


@given(sales=some_sales, orders=some_orders, opening=amounts, data=st.data())
@settings(max_examples=examples(300), deadline=None)
def test_every_day_is_that_of_a_ledger(
    expiring: Release, monthly: Release, sales: Any, orders: Any, opening: int, data: st.DataObject
) -> None:
    """With one period for ever and with weeks, whatever the order of the items."""
    expected = list(ledger(sales, orders, opening))
    for number in data.draw(st.lists(st.integers(0, 99), min_size=3, max_size=3)):
        facts = {
            "joined": START, "brought": opening, "sales": data.draw(st.permutations(sales)),
            "orders": data.draw(st.permutations(orders)),
        }  # fmt: skip
        for release in (expiring, monthly):
            outcome = evaluate(release, facts, START + timedelta(number))
            assert stands_at(outcome) == expected[number]
        weeks = outcome.lists["bonus"]
        for week, closing in zip(weeks, expected[6::7], strict=False):
            assert week is weeks[-1] or week["closing"] == closing


def yearly(sales: Sequence[Mapping[str, Any]], orders: Sequence[Mapping[str, Any]], last: int) -> int:
    """What 30-day periods carry on: half of what is over 10, day by day."""
    total = 0
    for number in range(last + 1):
        day = START + timedelta(number)
        if number and number % 30 == 0:
            total = max(0, total - 10)
        total += sum(item["points"] for item in sales if item["sold_on"] == day and item.get("valid", True))
        total -= sum(item["paid"] for item in orders if item["ordered_on"] == day)
    return total


@pytest.fixture(scope="module")
def carrying(tmp_path_factory: pytest.TempPathFactory) -> Release:
    parts = ("begins: joined", 'ends: "add_days(begins, 29)"', ADDS, USES, "carries: max(0, closing - 10)")
    return of(tmp_path_factory.mktemp("carrying"), *parts)


@given(sales=some_sales, orders=some_orders, number=st.integers(0, 99))
@settings(max_examples=examples(200), deadline=None)
def test_what_is_carried_is_that_of_a_ledger(carrying: Release, sales: Any, orders: Any, number: int) -> None:
    outcome = evaluate(carrying, {"joined": START, "sales": sales, "orders": orders}, START + timedelta(number))
    assert stands_at(outcome) == yearly(sales, orders, number)


@given(sales=some_sales, orders=some_orders, number=st.integers(0, 99), data=st.data())
@settings(max_examples=examples(200), deadline=None)
def test_an_unknown_is_no_other_than_what_it_may_become(
    expiring: Release, sales: Any, orders: Any, number: int, data: st.DataObject
) -> None:
    """A balance that is known although something is missing stays what it is, whatever that is."""
    blanked = [{key: part for key, part in item.items() if data.draw(st.integers(0, 5))} for item in sales]
    blanked_orders = [{key: part for key, part in item.items() if data.draw(st.integers(0, 5))} for item in orders]
    facts = {"joined": START, "sales": blanked, "orders": blanked_orders}
    known = evaluate(expiring, facts, START + timedelta(number))
    filled = [{"sold_on": data.draw(days), "points": data.draw(amounts), **item} for item in blanked]
    filled_orders = [{"ordered_on": data.draw(days), "paid": data.draw(amounts), **item} for item in blanked_orders]
    outcome = evaluate(expiring, {**facts, "sales": filled, "orders": filled_orders}, START + timedelta(number))
    if isinstance(stands_at(known), Decimal):
        assert stands_at(known) == stands_at(outcome)
    for before, after in zip(known.lists["bonus"], outcome.lists["bonus"], strict=True):
        assert all(part is None or part == after[name] for name, part in before.items())


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ((ADDS, "ends: add_days(begins, 9)"), "periods that end need 'begins'"),
        ((ADDS, USES.replace("negative: carried", "")), "it is not said what becomes of less than 0"),
        ((ADDS, "carries: closing"), "'carries' is of periods, and this balance has one for ever"),
        ((YEARLY, EXPIRING, "carries: closing"), "'carries' and 'expires' do not go together"),
        ((YEARLY, EXPIRING, USES.replace("carried", "dropped")), "'negative' and 'expires' do not go together"),
        ((YEARLY, ADDS, "carries: joined"), "this is a date; a number is needed here"),
        ((YEARLY, ADDS, "opening: closing"), "'closing' cannot be used here"),
        ((YEARLY, ADDS, "carries: bonus"), "these need each other"),
        ((YEARLY, ADDS.replace("of: points", "of: points + closing")), "these need each other"),
        ((YEARLY, ADDS.replace("on: sold_on", "on: points")), "this is a number; a date is needed here"),
        ((YEARLY, ADDS.replace("over: sales", "over: sale")), "'sale' is not a list"),
        ((ADDS.replace("sold:", "closing:"),), "the name 'closing' is taken"),
        ((ADDS.replace("sold:", "joined:"),), "the name 'joined' is taken"),
        (("currency: EUR", ADDS), "this is no money"),
    ],
)
def test_a_balance_that_cannot_be_is_refused(tmp_path: Path, parts: tuple[str, ...], told: str) -> None:
    assert told in report(tmp_path, facts=FACTS, balances=balance(*parts))


VALUE = "values: {{x: {{title: {{en: X}}, kind: number, value: '{}', source: [c]}}}}"


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("before(closing)", "'before' takes 2 arguments"),
        ("before(joined, 0)", "'joined' is no value of a period"),
        ("before(closing, joined)", "this is a date; a number is needed here"),
        ("before(closing + 1, 0)", "this is no name"),
    ],
)
def test_what_the_period_before_had_is_asked_for_by_name(tmp_path: Path, rule: str, told: str) -> None:
    assert told in report(tmp_path, facts=FACTS, balances=balance(YEARLY, ADDS, VALUE.format(rule)))


def test_before_is_of_periods_alone(tmp_path: Path) -> None:
    definitions = "definitions: {x: {title: {en: X}, kind: number, value: 'before(revenue, 0)', source: [c]}}"
    assert "'before' is of a period of a balance" in report(tmp_path, definitions=definitions)


def test_a_balance_is_of_the_day_of_the_evaluation(tmp_path: Path) -> None:
    """On another day it is not asked for: that would need the periods up to that day."""
    definitions = "definitions: {x: {title: {en: X}, kind: number, value: 'on(joined, bonus)', source: [c]}}"
    text = report(tmp_path, facts=FACTS, balances=balance(YEARLY, ADDS), definitions=definitions)
    assert "goes by the balance 'bonus', which is of the day of the evaluation" in text


def test_the_json_has_the_periods(tmp_path: Path) -> None:
    outcome = evaluate(of(tmp_path, ADDS), {"sales": [sale(TODAY, 3)]})
    data = outcome_data(outcome)
    assert data["definitions"]["bonus"]["value"] == 3
    assert data["lists"]["bonus"] == [{"opening": 0, "sold": 3, "added": 3, "closing": 3}]
