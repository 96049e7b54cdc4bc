"""Tests that money is rounded and printed by the minor unit of its currency, wherever a rule rounds."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from charter.engine.language.words.words import money
from charter.engine.values import round_half_up
from hypothesis import given
from hypothesis import strategies as st

from .small_world import values, world

DECIMALS = {"JPY": 0, "RUB": 2, "EUR": 2, "KWD": 3, "CLF": 4}
PRICES = """order:
  title: {{en: Order}}
  {round}fields: {{price: {{title: {{en: Price}}, kind: money, minimum: 0}}}}
  values: {{part: {{title: {{en: Part}}, kind: money, value: price / 7, round: 0.01, source: [c]}}}}
  totals: {{parts: {{title: {{en: Parts}}, kind: money, take: sum, of: part, over: order, round: 0.1, show: true,
                    source: [c]}}}}
  rules: {{all: {{title: {{en: Price}}, when: true, partner_pays: price * ratio(75), source: [c]}}}}
  source: [c]
"""


@pytest.mark.parametrize("currency", DECIMALS)
@pytest.mark.parametrize("written", [None, "0.001", "0.01", "10"])
def test_prices_are_rounded_to_the_minor_unit_or_a_greater_one(
    tmp_path: Path, currency: str, written: str | None
) -> None:
    release = world(tmp_path, prices=PRICES.format(round="" if written is None else f"round: {written}\n  "))
    minor = Decimal(1).scaleb(-DECIMALS[currency])
    unit = minor if written is None else max(minor, Decimal(written))
    for price in ("100.5", "0.66", "33.3333", "7777.77"):
        order = release.order({"currency": currency, "lines": [{"price": Decimal(price)}]})
        quote = release.quote(order, {"partner": "P", "facts": {}}, as_of=release.programme.effective_from)
        assert quote.partner_pays == round_half_up(Decimal(price) * 3 / 4 / unit, 0) * unit
        part = round_half_up(Decimal(price) / 7 / max(minor, Decimal("0.01")), 0) * max(minor, Decimal("0.01"))
        total = max(minor, Decimal("0.1"))
        assert quote.totals[0].value == round_half_up(part / total, 0) * total


@pytest.mark.parametrize("currency", DECIMALS)
@pytest.mark.parametrize("way", ["half_up", "half_even", "down", "up", "towards_zero", "away_from_zero"])
def test_definitions_rebates_and_benefits_round_to_the_minor_unit(tmp_path: Path, currency: str, way: str) -> None:
    rounding = f"currency: {currency}, round: 0.0001, rounding: {way}, source: [c]"
    release = world(
        tmp_path,
        facts=f"facts: {{revenue: {{title: {{en: Revenue}}, kind: money, currency: {currency}}}}}\n",
        definitions=f"definitions: {{v: {{title: {{en: V}}, kind: money, value: revenue / 7, {rounding}}}}}\n",
        rebates=f"rebates: {{r: {{title: {{en: R}}, amount: revenue / 7, {rounding}}}}}\n",
        benefits=f"benefits: {{b: {{title: {{en: B}}, kind: money, by_tier: {{gold: revenue / 7}}, {rounding}}}}}\n",
    )
    by_id = values(release, {"revenue": 100})
    scale = 10 ** DECIMALS[currency]
    exact = Decimal(100 * scale) / 7
    nearest, down, up = round_half_up(exact, 0), exact // 1, exact // 1 + 1  # no currency has a half here
    whole = {
        "half_up": nearest,
        "half_even": nearest,
        "towards_zero": down,
        "away_from_zero": up,
        "down": down,
        "up": up,
    }
    for id in ("definitions.v", "tiers.gold.rebates.r", "tiers.gold.benefits.b"):
        assert by_id[id] * scale == whole[way], id


def test_the_currency_of_an_item_decides_how_its_amount_is_rounded(tmp_path: Path) -> None:
    facts = """lists:
  deals:
    title: {en: Deals}
    default: []
    fields:
      amount: {title: {en: Amount}, kind: money, currency: paid_in}
      paid_in:
        title: {en: Currency}
        kind: choice
        choices: {eur: {title: {en: EUR}}, jpy: {title: {en: JPY}}, kwd: {title: {en: KWD}}}
    values:
      part: {title: {en: Part}, kind: money, currency: paid_in, value: amount / 7, round: 0.001, source: [c]}
facts: {revenue: {title: {en: Revenue}, kind: money}}
"""
    release = world(tmp_path, facts=facts)
    deals = [{"amount": 100, "paid_in": currency} for currency in ("eur", "jpy", "kwd")]
    parts = [deal["part"] for deal in values(release, {"deals": deals})["deals"]]
    assert parts == [Decimal("14.29"), Decimal("14"), Decimal("14.286")]


@given(st.integers(-(10**9), 10**9), st.sampled_from(sorted(DECIMALS)), st.sampled_from(["en", "ru"]))
def test_an_amount_is_printed_with_the_decimals_of_its_currency(units: int, currency: str, lang: str) -> None:
    decimals = DECIMALS[currency]
    printed = money(Decimal(units).scaleb(-decimals), lang, currency)
    digits = printed.replace(",", "" if lang == "en" else ".").replace("\u00a0", "").replace("\u202f", "")
    assert Decimal(digits) == Decimal(units).scaleb(-decimals)
    assert len(digits.partition(".")[2]) == decimals
