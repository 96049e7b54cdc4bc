"""Several orders of a partner: each is priced on its day, with what those before it have left in the record."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import charter
import pytest
from charter import InvalidInput
from charter.engine.release.load import read_release

from ..cli import charter as run
from ..cli import charter_json
from ..published import validator

#: 10% of a bonus is saved with each sale, and used by the next one
PRICES = """
order:
  title: {en: Orders}
  source: [c]
  fields:
    sort: {title: {en: Sort}, kind: choice, choices: {goods: {title: {en: Goods}}, service: {title: {en: Service}}}}
    price: {title: {en: Price}, kind: money}
    note: {title: {en: Note}, kind: text}
  totals:
    goods:
      {title: {en: Goods}, kind: money, take: sum, of: price, over: order, where: sort == 'goods', empty: 0,
       source: [c]}
    used: {title: {en: Bonus used}, kind: money, value: "min(bonus, goods)", show: true, source: [c]}
    to_pay: {title: {en: To pay}, kind: money, value: goods - used, show: true, source: [c]}
  rules:
    goods: {title: {en: Goods}, when: sort == 'goods', partner_pays: price, source: [c]}
    service: {title: {en: Service}, when: sort == 'service', says: {en: On request}, source: [c]}
  refusals:
    dear: {title: {en: Too dear}, when: price > 10000, source: [c]}
  becomes:
    SALES: {fields: {sold_on: as_of, amount: partner_pays, note: note}, where: sort == 'goods', source: [c]}
    uses: {one_for: order, where: used > 0, fields: {used_on: as_of, amount: used}, source: [c]}
"""
FACTS = """
lists:
  SALES:
    title: {en: Sales}
    default: []
    fields:
      sold_on: {title: {en: Sold on}, kind: date}
      amount: {title: {en: Amount}, kind: money, currency: EUR}
      note: {title: {en: Note}, kind: text}
  uses:
    title: {en: Uses}
    default: []
    fields: {used_on: {title: {en: Used on}, kind: date}, amount: {title: {en: Amount}, kind: money, currency: EUR}}
"""
BALANCES = """
balances:
  bonus:
    title: {en: Bonus}
    kind: money
    currency: EUR
    adds: {earned: {title: {en: Earned}, of: "amount * ratio(RATE)", over: SALES, on: sold_on}}
    uses: {taken: {title: {en: Taken}, of: amount, over: uses, on: used_on}}
    negative: carried
    source: [c]
"""
CLAUSES = "sections: {one: {title: {en: One}}}\nclauses: {c: {section: one, title: {en: Clause}}}\n"


def release(folder: Path, number: str, begins: str, sales: str, rate: int, **more: str) -> None:
    about = f'id: world\nrelease: "{number}"\ntitle: {{en: World}}\nlanguages: [en]\neffective: {{from: {begins}}}\n'
    files = {"programme": about, "clauses": CLAUSES, "facts": FACTS, "balances": BALANCES, "prices": PRICES, **more}
    (folder / number).mkdir(parents=True)
    for kind, text in files.items():
        written = text.replace("SALES", sales).replace("RATE", str(rate))
        (folder / number / f"{kind}.yaml").write_text(written, "utf-8")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """From July a sale is a deal, and saves 20%."""
    release(tmp_path / "world", "1.0.0", "2026-01-01", "sales", 10)
    migration = 'from: "1.0.0"\nlists: {deals: sales}\n'
    release(tmp_path / "world", "2.0.0", "2026-07-01", "deals", 20, migration=migration)
    for number in ("1.0.0", "2.0.0"):
        _, problems = read_release(tmp_path / "world" / number)
        assert [problem for problem in problems if problem.code != "reaches-back"] == []
    return tmp_path / "world"


def order(on: str, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"on": on, "currency": "EUR", "lines": list(lines), **more}


def goods(price: float, **more: Any) -> dict[str, Any]:
    return {"sort": "goods", "price": price, **more}


def quotes(program: Path, *orders: dict[str, Any], **facts: Any) -> tuple[charter.Quote, ...]:
    return charter.quotes({"orders": list(orders)}, {"partner": "P", "facts": facts}, program)


def paid(quoted: tuple[charter.Quote, ...]) -> list[tuple[str, str, Any, Any]]:
    """The day, the release, the bonus used and what is left to pay of each quote."""
    return [
        (quote.outcome.as_of.isoformat(), quote.outcome.release, *(total.value for total in quote.totals))
        for quote in quoted
    ]


def test_each_order_is_priced_with_what_those_before_it_have_left(program: Path) -> None:
    orders = [order("2026-05-03", goods(500)), order("2026-05-01", goods(1000)), order("2026-05-02", goods(60))]
    assert paid(quotes(program, *orders)) == [
        ("2026-05-01", "1.0.0", 0, 1000),  # saves 100
        ("2026-05-02", "1.0.0", 60, 0),  # 40 are left, and 6 saved
        ("2026-05-03", "1.0.0", 46, 454),
    ]


def test_orders_of_one_day_count_as_they_are_written(program: Path) -> None:
    orders = [order("2026-05-01", goods(1000), order="A"), order("2026-05-01", goods(50), order="B")]
    assert [(quote.order, quote.totals[0].value) for quote in quotes(program, *orders)] == [("A", 0), ("B", 50)]


def test_each_order_is_of_the_release_of_its_day(program: Path) -> None:
    """What was sold in June is a deal of July, which saves 20% from its first day on, and reaches back."""
    orders = [order("2026-06-30", goods(1000)), order("2026-07-01", goods(50)), order("2026-07-02", goods(500))]
    assert paid(quotes(program, *orders)) == [
        ("2026-06-30", "1.0.0", 0, 1000),
        ("2026-07-01", "2.0.0", 50, 0),  # of 200
        ("2026-07-02", "2.0.0", 160, 340),  # 150 are left, and 10 saved
    ]


def test_what_the_record_states_comes_first(program: Path) -> None:
    sales = [{"sold_on": "2026-01-31", "amount": 300, "note": "n"}]
    assert paid(quotes(program, order("2026-05-01", goods(100)), sales=sales))[0][2:] == (30, 70)


def test_what_is_refused_or_not_asked_for_is_no_sale(program: Path) -> None:
    lines = [goods(20000), {"sort": "service", "price": 7}, goods(10)]
    first, _ = quotes(program, order("2026-05-01", *lines), order("2026-05-02", goods(1)))
    assert [(item.list, dict(item.fields)) for item in first.becomes] == [
        ("sales", {"sold_on": date(2026, 5, 1), "amount": 10})
    ]


def test_an_order_that_is_not_certain_is_no_ground_for_the_next(program: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        quotes(program, order("2026-05-01", {"price": 5}, order="A"), order("2026-05-02", goods(1)))
    (problem,) = refused.value.problems
    assert problem.code == "order-not-certain"
    assert "'A' of 2026-05-01" in problem.message
    assert problem.help == "give order[1].sort"
    (only,) = quotes(program, order("2026-05-01", {"price": 5}))
    assert only.becomes[0].open == ("sold_on", "amount", "note")


def test_an_amount_in_another_currency_is_no_ground_either(program: Path) -> None:
    orders = [order("2026-05-01", goods(5)) | {"currency": "USD"}, order("2026-05-02", goods(1))]
    with pytest.raises(InvalidInput, match="'amount' of 'sales'"):
        quotes(program, *orders)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"orders": []}, "'orders' is a list of orders"),
        ({"orders": [1]}, "an order is a map of keys"),
        ({"orders": [{"currency": "EUR", "lines": []}]}, "'on' is missing"),
        ({"orders": [{"on": "31.01.2026", "currency": "EUR", "lines": []}]}, "this is not a date"),
        ({"orders": [order("2026-05-01", goods(1))], "currency": "EUR"}, "'currency' is not a key here"),
        ({"orders": [order("2026-05-01", {"prize": 1})]}, "'prize' is not a field of 'order'"),
    ],
)
def test_what_is_no_list_of_orders_is_told_at_its_place(program: Path, written: Any, told: str) -> None:
    path = program.parent / "orders.json"
    path.write_text(json.dumps(written), "utf-8")
    done = charter_quote(program, path)
    assert done.returncode == 4
    assert told in done.stderr
    assert "orders.json:1:" in done.stderr
    wrong = list(validator("orders.schema.json").iter_errors(written))
    assert bool(wrong) == ("prize" not in told)


def charter_quote(program: Path, path: Path, *more: str) -> Any:
    record = program.parent / "record.yaml"
    record.write_text("partner: P\n", "utf-8")
    return run("quote", path, "--partner", record, "--program", program, *more)


def test_the_command_gives_a_page_for_each_order_and_one_json(program: Path) -> None:
    path = program.parent / "orders.json"
    path.write_text(json.dumps({"orders": [order("2026-05-02", goods(60)), order("2026-05-01", goods(1000))]}), "utf-8")
    text = charter_quote(program, path).stdout
    assert text.index("World 1.0.0, on 2026-05-01") < text.index("World 1.0.0, on 2026-05-02")
    assert "Bonus used     60.00 EUR" in text
    record = program.parent / "record.yaml"
    data = charter_json("quote", path, "--partner", record, "--program", program, schema="quotes.schema.json")
    assert [quote["totals"]["used"]["value"] for quote in data["quotes"]] == [0, 60]
    assert data["quotes"][0]["becomes"][0]["fields"] == {"sold_on": "2026-05-01", "amount": 1000}
    done = charter_quote(program, path, "--as-of", "2026-05-01")
    assert done.returncode == 2
    assert "each of several orders has its own day" in done.stderr


def test_orders_that_are_no_map_are_refused(program: Path) -> None:
    path = program.parent / "orders.yaml"
    path.write_text("- {on: 2026-05-01}\n", "utf-8")
    with pytest.raises(InvalidInput, match="'orders' is a list of orders"):
        charter.quotes(charter.read(path), {"partner": "P"}, program)


def test_one_order_is_needed_where_no_days_are_gone_through(program: Path) -> None:
    asked = charter.load(program, release="1.0.0")
    with pytest.raises(InvalidInput, match="one order is needed here"):
        asked.order({"orders": [order("2026-05-01", goods(1))]})


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    uses: {one", "    others: {one", "'others' is not a list of the record"),
        ("used_on: as_of,", "", "it is not said what 'used_on' of the item is"),
        ("used_on: as_of", "taken_on: as_of", "'taken_on' is not a field of 'uses'"),
        ("used_on: as_of", "used_on: used", "a date is needed here"),
        ("where: used > 0", "where: price > 0", "'price'"),
        ("amount: used}, source: [c]}", "amount: usd}, source: [c]}", "'usd'"),
        ("amount: partner_pays", "amount: customer_pay", "'customer_pay'"),
    ],
)
def test_what_is_wrong_with_what_an_order_becomes(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in PRICES
    release(tmp_path, "1.0.0", "2026-01-01", "sales", 10, prices=PRICES.replace(old, new))
    _, problems = read_release(tmp_path / "1.0.0")
    assert any(told in problem.message and problem.place for problem in problems), problems
