"""Money: converted, paid each time of an event, for each full hundred, at least, rounded, split, capped by a window."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from charter.engine.evaluate.outcome_json import outcome_data
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import Job
from charter.engine.report.outcome_page import outcome_page
from charter.engine.report.terminal import page_text
from charter.engine.values import is_undefined

from .cli import charter
from .portfolio import portfolios
from .small_world import TODAY, evaluate, report, values, world

FACTS = """
facts:
  euros: {title: {en: Euros}, kind: money, currency: EUR}
  dollars: {title: {en: Dollars}, kind: money, currency: USD}
  rate: {title: {en: Rate}, kind: number}
  share_due: {title: {en: Share due}, kind: percent}
lists:
  rates:
    title: {en: Rates of the day}
    default: []
    fields:
      day_of_rate: {title: {en: Day}, kind: date}
      rate_of_dollar: {title: {en: Euros for a dollar}, kind: number}
  deals:
    title: {en: Deals}
    default: []
    fields:
      closed_on: {title: {en: Closed on}, kind: date}
      currency: {title: {en: Currency}, kind: choice, choices: {eur: {title: {en: Euro}}, usd: {title: {en: Dollar}}}}
      amount: {title: {en: Amount}, kind: money, currency: currency}
    values:
      rate_then:
        title: {en: Rate of the dollar then}
        kind: number
        take: latest
        of: rate_of_dollar
        over: rates
        where: day_of_rate <= closed_on
        by: day_of_rate
        empty: unknown
        source: [c]
      in_euros:
        title: {en: In euros}
        kind: money
        currency: EUR
        value: "convert(amount, 1 if currency == 'eur' else rate_then, 'EUR')"
        source: [c]
"""
DEFINITIONS = """
definitions:
  converted: {title: {en: Converted}, kind: money, currency: EUR, value: "convert(dollars, rate, 'EUR')", source: [c]}
  all_in_euros: {title: {en: All}, kind: money, currency: EUR, value: euros + converted, source: [c]}
  sales: {title: {en: Sales}, kind: money, currency: EUR, take: sum, of: in_euros, over: deals, source: [c]}
  direct:
    title: {en: Sales at one rate}
    kind: money
    currency: EUR
    take: sum
    of: "convert(amount, rate, 'EUR')"
    over: deals
    source: [c]
  points: {title: {en: Points}, kind: count, value: "2 * every(100, euros)", source: [c]}
"""


def built(folder: Path, **files: str) -> Any:
    return world(folder, **{"facts": FACTS, "definitions": DEFINITIONS, **files})


@pytest.mark.parametrize(
    ("dollars", "rate", "euros"),
    [("100", "0.9", "90"), ("0.01", "0.5", "0.01"), ("0.01", "0.4999", "0"), ("33.33", "0.333", "11.1")],
)
def test_an_amount_is_rounded_once_in_the_new_currency(tmp_path: Path, dollars: str, rate: str, euros: str) -> None:
    answers = values(built(tmp_path), {"dollars": Decimal(dollars), "rate": Decimal(rate), "euros": 1})
    assert answers["converted"] == Decimal(euros)
    assert answers["all_in_euros"] == Decimal(euros) + 1


RATES = [
    {"day_of_rate": "2026-01-01", "rate_of_dollar": Decimal("0.9")},
    {"day_of_rate": "2026-07-01", "rate_of_dollar": Decimal("0.85")},
]


def deal(day: str, currency: str, amount: str) -> dict[str, Any]:
    return {"closed_on": day, "currency": currency, "amount": Decimal(amount)}


def test_the_rate_is_that_of_the_day_of_the_item(tmp_path: Path) -> None:
    release = built(tmp_path)
    deals = [deal("2026-06-30", "usd", "10.01"), deal("2026-07-01", "usd", "10.01"), deal("2026-01-01", "eur", "5")]
    facts = {"rates": RATES, "deals": deals}
    assert values(release, facts)["sales"] == Decimal("9.01") + Decimal("8.51") + 5
    before = {"rates": RATES, "deals": [deal("2025-12-31", "usd", "10")]}
    assert is_undefined(values(release, before)["sales"])


def test_a_sum_of_converted_amounts_is_of_all_items(tmp_path: Path) -> None:
    """Not only of those in the currency of the sum, to which a sum of amounts is restricted."""
    facts = {"rate": 2, "deals": [deal("2026-01-01", "usd", "10"), deal("2026-01-01", "eur", "5")]}
    assert values(built(tmp_path), facts)["direct"] == 30


def test_a_portfolio_is_converted_as_by_evaluate(tmp_path: Path) -> None:
    release = built(tmp_path / "w")
    (tmp_path / "p.csv").write_text(
        "partner,dollars,rate,euros\nP-1,0.01,0.5,1\nP-2,33.33,0.333,1\nP-3,5,,1\n", "utf-8"
    )
    batch(release, Job(tmp_path / "p.csv", tmp_path / "o.parquet", TODAY, more=("converted", "points")))
    rows = portfolios.read(tmp_path / "o.parquet")
    answers = [rows[f"P-{at}"]["definitions.converted"] for at in (1, 2, 3)]
    assert answers == [Decimal("0.01"), Decimal("11.1"), None]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("convert(dollars, rate, 'EURO')", "'EURO' is not a currency"),
        ("convert(dollars, rate, 'DEM')", "write 'EUR'"),
        ("convert(dollars, rate, rate)", "the currency is written in quotes here"),
        ("convert(rate, rate, 'EUR')", "an amount of money is converted here"),
        ("convert(dollars, share_due, 'EUR')", "a rate is a number: how much of the new currency"),
        ("convert(dollars, rate, 'GBP')", "an amount in GBP stands with one in EUR"),
        ("euros + dollars", "write convert(amount, rate, 'EUR')"),
        ("convert(euros + dollars, rate, 'EUR')", "an amount in EUR stands with one in USD"),
    ],
)
def test_what_cannot_be_converted_is_refused(tmp_path: Path, rule: str, message: str) -> None:
    row = f'definitions: {{x: {{title: {{en: X}}, kind: money, currency: EUR, value: "{rule}", source: [c]}}}}'
    assert message in report(tmp_path, facts=FACTS, definitions=row)


def test_the_handbook_says_how_an_amount_is_converted(tmp_path: Path) -> None:
    built(tmp_path / "w", rebates=REBATES)
    page = charter("handbook", "--program", tmp_path / "w").stdout
    assert "“Dollars” converted to EUR at the rate “Rate”" in page
    assert "50 EUR for each deal registered" in page


@pytest.mark.parametrize(("euros", "points"), [("99.99", 0), ("100", 2), ("199.99", 2), ("200", 4), ("-100", 0)])
def test_points_for_every_full_hundred_of_money(tmp_path: Path, euros: str, points: int) -> None:
    assert values(built(tmp_path), {"euros": Decimal(euros)})["points"] == points


@pytest.mark.parametrize(
    "rule", ["every(100, euros)", "every(5, share_due)", "every(0.5, rate)", "every(euros, euros)"]
)
def test_every_is_of_numbers_of_each_kind(tmp_path: Path, rule: str) -> None:
    row = f'definitions: {{x: {{title: {{en: X}}, kind: count, value: "{rule}", source: [c]}}}}'
    assert "error" not in report(tmp_path, facts=FACTS, definitions=row)


REBATES = """
rebates:
  registered:
    title: {en: Registration}
    amount: 50
    currency: EUR
    per: event
    event: {en: for each deal registered}
    source: [c]
  yearly: {title: {en: Yearly}, amount: 10, currency: EUR, per: year, source: [c]}
"""


def test_money_of_an_event_is_shown_with_it_and_in_no_total(tmp_path: Path) -> None:
    release = built(tmp_path, rebates=REBATES)
    outcome = evaluate(release)
    tier = outcome_data(outcome)["tiers"]["gold"]
    assert [(row["id"], row["per"], row.get("event")) for row in tier["rebates"]] == [
        ("registered", "event", {"en": "for each deal registered"}),
        ("yearly", "year", None),
    ]
    assert [(total["per"], total["amount"]) for total in tier["rebate_totals"]] == [("year", 10)]
    found = release.values(outcome)
    page = page_text(outcome_page(outcome, release.programme, found, "en", explain=False))
    assert "50 EUR for each deal registered" in page


@pytest.mark.parametrize("row", ["per: event", "per: year, event: {en: for each deal}", "event: {en: for each deal}"])
def test_an_event_is_named_where_it_is_paid_for(tmp_path: Path, row: str) -> None:
    rebates = f"rebates: {{x: {{title: {{en: X}}, amount: 5, currency: EUR, {row}, source: [c]}}}}"
    assert "'per: event' and 'event' go together" in report(tmp_path, facts=FACTS, rebates=rebates)
