"""Orders under made-up programmes: rules that always apply, and names that a programme is free to use."""

from __future__ import annotations

from pathlib import Path

import pytest
from charter.engine.evaluate.quote import Quote

from .small_world import TODAY, evaluate, values, world

PRICES = """
order:
  title: {{en: Order}}
  source: [c]
  fields:
    product:
      title: {{en: Product}}
      kind: choice
      choices: {{one: {{title: {{en: One}}}}, two: {{title: {{en: Two}}}}}}
      source: [c]
    price: {{title: {{en: Price}}, kind: money, source: [c]}}
{fields}
  values:
    doubled: {{title: {{en: Doubled}}, kind: money, value: price * 2, source: [c]}}
{values}
  rules:
    always: {{title: {{en: Always}}, when: "true", partner_pays: doubled, source: [c]}}
  refusals:
    dear: {{title: {{en: Too dear}}, when: price > 100, source: [c]}}
  totals:
    asked:
      title: {{en: Asked}}
      kind: {kind}
      take: latest
      of: {of}
      by: price
      over: order
      empty: unknown
      show: true
      source: [c]
{totals}
"""
LINES = [{"product": "two", "price": 10}, {"product": "one", "price": 11}, {"product": "two", "price": 101}]


def priced(folder: Path, kind: str, of: str, **more: str) -> Quote:
    texts = {"fields": "", "values": "", "totals": ""} | more
    release = world(folder, prices=PRICES.format(kind=kind, of=of, **texts))
    return release.quote({"currency": "EUR", "lines": LINES}, {"partner": "P", "facts": {}}, as_of=TODAY)


def test_a_rule_that_always_applies(tmp_path: Path) -> None:
    quote = priced(tmp_path, "choice", "product")
    assert [(line.status, line.rule, line.partner_pays) for line in quote.lines] == [
        ("priced", "always", 20),
        ("priced", "always", 22),
        ("refused", None, None),
    ]
    assert quote.totals[0].value == "two"


@pytest.mark.parametrize("name", ["customer_pays", "partner_pays", "rule", "is_always", "refused_dear"])
@pytest.mark.parametrize("where", ["fields", "values"])
def test_a_programme_is_free_to_use_the_words_of_a_quote(tmp_path: Path, name: str, where: str) -> None:
    what = "default: true" if where == "fields" else "value: price > 100"
    row = f"    {name}: {{title: {{en: Its own}}, kind: yes_no, {what}, source: [c]}}"
    quote = priced(tmp_path, "yes_no", name, **{where: row})
    assert [line.partner_pays for line in quote.lines] == [20, 22, None]
    assert [line.rule for line in quote.lines] == ["always", "always", None]
    assert quote.totals[0].value is True


def test_a_rule_may_have_any_name(tmp_path: Path) -> None:
    prices = PRICES.replace("always: ", "none: ").replace('when: "true"', "when: price == 10")
    text = prices.format(kind="choice", of="product", fields="", values="", totals="")
    quote = world(tmp_path, prices=text).quote({"currency": "EUR", "lines": LINES}, {"partner": "P"}, as_of=TODAY)
    assert [(line.status, line.rule) for line in quote.lines] == [
        ("priced", "none"),
        ("no_rule", None),
        ("refused", None),
    ]


def test_an_option_taken_from_the_lines_is_compared_with_options(tmp_path: Path) -> None:
    row = """    is_two: {title: {en: Is it two}, kind: yes_no, value: asked == 'two', show: true, source: [c]}"""
    quote = priced(tmp_path, "choice", "product", totals=row)
    assert [total.value for total in quote.totals] == ["two", True]


def test_a_value_of_an_item_may_be_the_same_for_all(tmp_path: Path) -> None:
    facts = """
facts: {revenue: {title: {en: Revenue}, kind: money}}
lists:
  deals:
    title: {en: Deals}
    fields: {amount: {title: {en: Amount}, kind: money}}
    values: {weight: {title: {en: Weight}, kind: number, value: 2, source: [c]}}
"""
    definitions = """
definitions:
  weights: {title: {en: Weights}, kind: number, take: sum, of: weight, over: deals, source: [c]}
"""
    release = world(tmp_path, facts=facts, definitions=definitions)
    assert values(release, {"deals": [{"amount": 1}, {"amount": 5}]})["weights"] == 4


def test_a_tier_may_be_kept_to_the_very_day(tmp_path: Path) -> None:
    tiers = """
award: highest
retention: {title: {en: Kept}, until: as_of, source: [c]}
tiers:
  gold:
    title: {en: Gold}
    requirements: {sales: {title: {en: Sales}, rule: revenue >= 10, source: [c]}}
"""
    release = world(tmp_path, tiers=tiers)
    outcome = evaluate(release, {"revenue": 1}, tier="gold", since=TODAY)
    assert (outcome.status, outcome.kept_until) == ("retained", TODAY)
