"""Money that is paid, by currency and period; benefits that are counts, money, percentages and texts."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from charter import Release
from charter.engine.evaluate.outcome_json import outcome_data
from charter.engine.report.outcome_page import outcome_page
from charter.engine.report.terminal import page_text

from .small_world import evaluate, report, values, world

FACTS = """
facts:
  revenue: {title: {en: Revenue}, kind: money, currency: EUR}
  revenue_abroad: {title: {en: Revenue abroad}, kind: money, currency: USD, default: 0}
  deals_registered: {title: {en: Deals registered}, kind: count, default: 0}
lists:
  deals:
    title: {en: Deals}
    default: []
    fields:
      currency: {title: {en: Currency}, kind: choice, choices: {eur: {title: {en: Euro}}, usd: {title: {en: Dollar}}}}
      amount: {title: {en: Amount}, kind: money, currency: currency}
    values:
      fee:
        title: {en: Fee}
        kind: money
        currency: currency
        value: amount * ratio(10)
        floor: 5
        cap: 50 if currency == 'eur' else 60
        round: 0.01
        source: [c]
"""
TIERS = """
award: highest
tiers:
  silver: {title: {en: Silver}}
  gold:
    title: {en: Gold}
    requirements: {sales: {title: {en: Sales}, rule: revenue >= 1000, source: [c]}}
"""
DEFINITIONS = """
definitions:
  fees_eur: {title: {en: Fees in euros}, kind: money, currency: EUR, take: sum, of: fee, over: deals, source: [c]}
  fees_usd: {title: {en: Fees in dollars}, kind: money, currency: USD, take: sum, of: fee, over: deals, source: [c]}
"""
REBATES = """
rebates:
  volume:
    title: {en: Volume rebate}
    by_tier: {silver: revenue * ratio(2), gold: {slices: revenue, rows: {0: 2, 1000: 4}}}
    currency: EUR
    round: 0.01
    pays_from: 10
    source: [c]
  abroad: {title: {en: Rebate abroad}, amount: revenue_abroad * ratio(3), currency: USD, source: [c]}
  registered:
    title: {en: Deal registration}
    when: deals_registered >= 1
    amount: 100
    currency: EUR
    source: [c]
  retainer: {title: {en: Retainer}, by_tier: {gold: 250}, currency: EUR, per: month, source: [c]}
  fees: {title: {en: Fees}, amount: fees_usd, currency: USD, source: [c]}
"""
BENEFITS = """
benefits:
  fund: {title: {en: Development fund}, kind: money, currency: EUR, by_tier: {silver: 0, gold: "revenue / 10"}, cap: 5000, source: [c]}
  seats: {title: {en: Training seats}, kind: count, by_tier: {silver: 1, gold: {band: revenue, rows: {0: 2, 5000: 5}}}, source: [c]}
  margin: {title: {en: Extra margin}, kind: percent, when: deals_registered >= 1, by_tier: {silver: 2, gold: 3}, source: [c]}
  support:
    title: {en: Support}
    kind: text
    by_tier: {silver: {en: by mail}, gold: {en: "a manager of your own, by phone"}}
    source: [c]
  visit: {title: {en: Visit}, kind: text, when: deals_registered >= 1, by_tier: {gold: {en: once a year}}, source: [c]}
"""


@pytest.fixture(scope="module")
def paying(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("rebates")
    return world(folder, facts=FACTS, tiers=TIERS, definitions=DEFINITIONS, rebates=REBATES, benefits=BENEFITS)


def paid(release: Release, **facts: object) -> dict[str, object]:
    return {rebate.id: rebate.amount for rebate in evaluate(release, facts).rebates}


@pytest.mark.parametrize(
    ("revenue", "volume"),
    [("499.74", 0), ("500", 10), ("999.99", 20), ("1000", 20), ("1000.10", 20), ("1000.25", "20.01"), ("2000", 60)],
)
def test_a_rebate_by_tier_and_from_its_least_amount(paying: Release, revenue: str, volume: object) -> None:
    """2% on the whole; in gold 4% of what is over 1000; under 10 nothing is paid; rounded half up, before that."""
    assert paid(paying, revenue=Decimal(revenue))["volume"] == Decimal(volume)


def test_a_rebate_that_is_not_offered_is_not_listed(paying: Release) -> None:
    assert "retainer" not in paid(paying, revenue=10)
    assert paid(paying, revenue=1000)["retainer"] == 250


def test_currencies_and_periods_are_never_added(paying: Release) -> None:
    outcome = evaluate(paying, {"revenue": 2000, "revenue_abroad": 100, "deals_registered": 1})
    assert [tuple(total) for total in outcome.rebate_totals] == [
        ("EUR", "once", 160),
        ("USD", "once", 3),
        ("EUR", "month", 250),
    ]
    data = outcome_data(outcome)
    assert data["rebates"][0]["amount"] == 60
    assert data["rebate_totals"][2] == {"currency": "EUR", "per": "month", "amount": 250}


def test_what_is_unknown_is_not_paid_and_not_nothing(paying: Release) -> None:
    outcome = evaluate(paying, {"deals_registered": 1})
    assert (outcome.status, outcome.rebates) == ("undetermined", None)
    silver = {rebate.id: (rebate.status, rebate.amount, rebate.unknown) for rebate in outcome.of("silver").rebates}
    assert silver["volume"] == ("unknown", None, ("revenue",))
    assert silver["registered"] == ("earned", 100, ())


def test_minimum_and_cap_by_line_and_currency(paying: Release) -> None:
    deals = [
        {"currency": "eur", "amount": 49},
        {"currency": "eur", "amount": Decimal("50.06")},
        {"currency": "eur", "amount": 600},
        {"currency": "usd", "amount": 600},
        {"currency": "usd", "amount": 599},
    ]
    outcome = evaluate(paying, {"revenue": 10, "deals": deals})
    assert [item["fee"] for item in outcome.lists["deals"]] == [5, Decimal("5.01"), 50, 60, Decimal("59.9")]
    found = values(paying, {"revenue": 10, "deals": deals})
    assert (found["fees_eur"], found["fees_usd"]) == (Decimal("60.01"), Decimal("119.9"))


def test_benefits_of_every_kind(paying: Release) -> None:
    outcome = evaluate(paying, {"revenue": 6000})
    given = {benefit.id: (benefit.value, benefit.text) for benefit in outcome.benefits}
    assert given["fund"] == (600, None)
    assert given["seats"] == (5, None)
    assert given["margin"] == (0, None)
    assert given["support"] == (True, {"en": "a manager of your own, by phone"})
    assert given["visit"] == (False, {"en": "once a year"})
    assert {benefit.id: benefit.value for benefit in evaluate(paying, {"revenue": 99999}).benefits}["fund"] == 5000
    low = {benefit.id: benefit for benefit in evaluate(paying, {"revenue": 6, "deals_registered": 1}).benefits}
    assert (low["margin"].value, low["visit"].value, low["visit"].text) == (2, False, None)
    assert outcome_data(outcome)["benefits"][3]["text"] == {"en": "a manager of your own, by phone"}


def test_the_report_shows_what_is_paid(paying: Release) -> None:
    outcome = evaluate(paying, {"revenue": 2000, "revenue_abroad": 100, "deals_registered": 1})
    text = page_text(outcome_page(outcome, paying.programme, paying.values(outcome), "en", explain=False))
    assert "Rebates\n" in text
    assert "  ✓ Retainer           250 EUR a month  [c]\n" in text
    assert "  = Total                      160 EUR\n" in text
    assert "Development fund: 200 EUR · Training seats: 2 · Extra margin: 3%" in text


@pytest.mark.parametrize(
    ("kind", "old", "new", "told"),
    [
        ("definitions", "over: deals, source: [c]}\n  fees_usd", "over: deals, source: [c]}\n  sum: {title: {en: Sum}, kind: money, value: revenue + revenue_abroad, source: [c]}\n  fees_usd", "an amount in EUR stands with one in USD"),
        ("definitions", "kind: money, currency: EUR, take", "kind: money, take", "amounts of different currencies are never added"),
        ("rebates", "amount: fees_usd", "amount: fees_eur", "an amount in EUR stands with one in USD"),
        ("tiers", "revenue >= 1000", "revenue >= revenue_abroad", "an amount in EUR stands with one in USD"),
        ("facts", "currency: currency}", "currency: currenci}", "'currenci' is not a choice among the fields of 'deals'"),
        ("rebates", "{gold: 250}", "{golden: 250}", "'golden' is not a tier"),
        ("rebates", "amount: 100\n", "amount: 100\n    by_tier: {gold: 5}\n", "these keys do not go together"),
        ("benefits", "{silver: {en: by mail}, ", "{silver: by mail, ", "the text 'by mail' stands here; a map of keys is needed"),
        ("benefits", "kind: count, by_tier", "kind: count, currency: EUR, by_tier", "'currency' has no meaning for the kind 'count'"),
    ],
)  # fmt: skip
def test_mistakes_of_money(tmp_path: Path, kind: str, old: str, new: str, told: str) -> None:
    files = {"facts": FACTS, "tiers": TIERS, "definitions": DEFINITIONS, "rebates": REBATES, "benefits": BENEFITS}
    assert files[kind].count(old) == 1
    files[kind] = files[kind].replace(old, new)
    assert told in report(tmp_path, **files)
