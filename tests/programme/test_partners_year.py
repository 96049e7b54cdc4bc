"""A partner's year with ASoft, each as one record, with values worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from charter import Quote, load, quotes, timeline
from charter.engine.release.load import read_files
from charter.engine.review.readings import other_readings

from ..programmes import ASOFT
from .test_quote import BARE

RELEASE = load(ASOFT)
PROGRAM = ASOFT.parent
READY = BARE | {"isolation_module_purchased": False, "rental_licences": 0, "extended_support_paid": False}
ASKS = {"renewal_requested": [{"value": True, "from": date(2026, 12, 1), "until": date(2026, 12, 31)}]}


def record(tier: Any, since: date | None = None, **facts: Any) -> dict[str, Any]:
    """A partner that meets what every tier asks for but SaaS, with these facts otherwise."""
    return {"partner": "P", "tier": tier, **({"since": since} if since else {}), "facts": {**READY, **facts}}


def dated(*values: tuple[Any, date | None, date | None]) -> list[dict[str, Any]]:
    """A fact that changes: its values, each with its first and last day (None: open)."""
    return [
        {"value": value, **({"from": begins} if begins else {}), **({"until": until} if until else {})}
        for value, begins, until in values
    ]


def standing(partner: Mapping[str, Any], *days: date) -> Iterator[tuple[str | None, str | None, Decimal | None]]:
    """The tier, the status and the discount on each day."""
    for day in days:
        outcome = RELEASE.evaluate(partner, as_of=day)
        yield outcome.tier, outcome.status, outcome.discount.total if outcome.discount else None


def quote(order: Mapping[str, Any], partner: Mapping[str, Any], day: date) -> Quote:
    return RELEASE.quote(order, partner, as_of=day)


def sale(price: int = 100_000) -> dict[str, Any]:
    return {"currency": "RUB", "lines": [{"purpose": "resale", "product": "crm", "list_price": price}]}


def test_a_retail_partner_moves_to_competency_in_july() -> None:
    """10% as Retail, 20% as Competency, within one membership; it renews for 2027."""
    tiers = dated(("retail", date(2026, 1, 15), date(2026, 6, 30)), ("competency", date(2026, 7, 1), None))
    partner = record(tiers, **ASKS)
    days = (date(2026, 1, 14), date(2026, 1, 15), date(2026, 6, 30), date(2026, 7, 1), date(2027, 1, 1))
    assert [*standing(partner, *days)] == [
        (None, None, None),
        ("retail", "qualified", 10),
        ("retail", "qualified", 10),
        ("competency", "qualified", 20),
        ("competency", "qualified", 20),
    ]
    moments = timeline(PROGRAM, partner, date(2026, 1, 15), date(2026, 12, 31)).moments
    assert [(moment.day, moment.events, moment.tier) for moment in moments] == [
        (date(2026, 1, 15), ("begins",), "retail"),
        (date(2026, 7, 1), ("changed",), "competency"),
        (date(2026, 12, 31), ("renewed",), "competency"),
    ]
    assert quote(sale(), partner, date(2026, 6, 30)).partner_pays == 90_000
    assert quote(sale(), partner, date(2026, 7, 1)).partner_pays == 80_000


def test_who_does_not_renew_is_no_partner_next_year() -> None:
    tiers = dated(("retail", date(2026, 1, 15), None))
    assert [*standing(record(tiers), date(2026, 12, 31), date(2027, 1, 1), date(2027, 3, 15))] == [
        ("retail", "qualified", 10),
        (None, None, None),
        (None, None, None),
    ]
    joined_again = record(dated(("retail", date(2026, 1, 15), date(2026, 12, 31)), ("retail", date(2027, 2, 1), None)))
    assert [*standing(joined_again, date(2027, 1, 31), date(2027, 2, 1))] == [
        (None, None, None),
        ("retail", "qualified", 10),
    ]


def test_a_company_certifies_its_second_person_on_20_april() -> None:
    people = dated((1, None, date(2026, 4, 19)), (2, date(2026, 4, 20), None))
    partner = record("competency", date(2026, 1, 15), certified_admins=people)
    assert [*standing(partner, date(2026, 4, 19), date(2026, 4, 20))] == [
        ("competency", "not_qualified", 0),
        ("competency", "qualified", 20),
    ]
    # The discount of the tier is for those who qualify: before, the customer's price is the partner's.
    assert quote(sale(), partner, date(2026, 4, 19)).partner_pays == 100_000
    assert quote(sale(), partner, date(2026, 4, 20)).partner_pays == 80_000


def test_a_vacancy_from_1_october_to_14_november_in_both_readings() -> None:
    people = dated(
        (2, None, date(2026, 9, 30)), (1, date(2026, 10, 1), date(2026, 11, 14)), (2, date(2026, 11, 15), None)
    )
    partner = record("competency", date(2026, 1, 15), certified_admins=people)
    days = (date(2026, 9, 30), date(2026, 10, 1), date(2026, 11, 14), date(2026, 11, 15))
    assert [status for _, status, _ in standing(partner, *days)] == [
        "qualified", "not_qualified", "not_qualified", "qualified",
    ]  # fmt: skip
    (reading,), _ = other_readings(read_files(ASOFT), {"c8-ways.in_between"})
    assert [reading.release.evaluate(partner, as_of=day).status for day in days] == ["qualified"] * 4


def test_the_first_order_of_a_newcomer_to_saas() -> None:
    """It lacks nothing but licences for rental, and buys the first at 25%; with them it qualifies."""
    licences = dated((0, None, date(2026, 5, 4)), (10, date(2026, 5, 5), None))
    partner = record(
        "saas", date(2026, 5, 1), isolation_module_purchased=True, extended_support_paid=True, rental_licences=licences
    )
    order = {
        "currency": "RUB",
        "lines": [{"purpose": "rental", "product": "crm", "list_price": 10_000, "quantity": 10}],
    }
    assert quote(order, partner, date(2026, 5, 4)).partner_pays == 75_000
    assert [status for _, status, _ in standing(partner, date(2026, 5, 4), date(2026, 5, 5))] == [
        "not_qualified",
        "qualified",
    ]
    without_support = record("saas", date(2026, 5, 1), isolation_module_purchased=True)
    (line,) = quote(order, without_support, date(2026, 5, 4)).lines
    assert (line.status, line.partner_pays) == ("refused", None)


@pytest.mark.parametrize(
    ("more", "prices"),
    [
        ({}, (77_500, 80_000, 80_000)),
        # Another event on 10 March earns the bonus of the third sale.
        (
            {"own_events_held": dated((1, None, date(2026, 3, 9)), (2, date(2026, 3, 10), None))},
            (77_500, 80_000, 77_500),
        ),
        # Its whole bonus comes back as licences: prices are those of the tier.
        ({"bonus_return": "licences"}, (80_000, 80_000, 80_000)),
        ({"bonus_requested": False}, (80_000, 80_000, 80_000)),
    ],
)
def test_a_bonus_is_used_by_the_next_sale(more: Mapping[str, Any], prices: tuple[int, int, int]) -> None:
    """Competency, 20% + 2.5% of an own event: 77 500 of a list price of 100 000, and 80 000 after that."""
    partner = record("competency", date(2026, 1, 15), **{"own_events_held": 1, **more})
    days = (date(2026, 3, 2), date(2026, 3, 5), date(2026, 3, 12))
    orders = {"orders": [{"on": day, **sale()} for day in days]}
    priced = quotes(orders, partner, PROGRAM)
    assert tuple(order.partner_pays for order in priced) == prices
    as_licences = [total.value for order in priced for total in order.totals if total.name == "bonus_in_licences"]
    assert as_licences == ([2_500, 0, 0] if "bonus_return" in more else [0, 0, 0])


def test_a_bonus_of_last_year_is_not_used_up_by_then() -> None:
    partner = record("competency", date(2026, 1, 15), own_events_held=1, **ASKS)
    orders = {"orders": [{"on": date(2026, 12, 30), **sale()}, {"on": date(2026, 12, 31), **sale()}]}
    assert [order.partner_pays for order in quotes(orders, partner, PROGRAM)] == [77_500, 80_000]
    used = {
        **partner,
        "facts": {**partner["facts"], "bonus_sales": [{"sold_on": date(2026, 12, 30), "own_event_bonus": True}]},
    }
    assert [total for *_, total in standing(used, date(2026, 12, 30), date(2027, 1, 1))] == [20, Decimal("22.5")]


@pytest.mark.parametrize(("tier", "margin"), [("competency", 50_000), ("retail", 0)])
def test_an_implementation_by_asoft(tier: str, margin: int) -> None:
    order = {"currency": "RUB", "lines": [{"purpose": "asoft_implementation", "product": "crm", "list_price": 500_000}]}
    priced = quote(order, record(tier, date(2026, 1, 15)), date(2026, 6, 1))
    assert (priced.customer_pays, priced.partner_pays, priced.margin) == (500_000, 500_000 - margin, margin)


def test_a_plan_of_28_from_1_september_fulfilled_on_15_december() -> None:
    """28%, then 28 + 10 = 38%; next year 20%, and 2.5% for the event of 10 February."""
    partner = {
        **record(
            "competency",
            date(2026, 1, 15),
            sales_plan_agreed=dated(
                (False, None, date(2026, 8, 31)),
                (True, date(2026, 9, 1), date(2026, 12, 31)),
                (False, date(2027, 1, 1), None),
            ),
            sales_plan_fulfilled=dated(
                (False, None, date(2026, 12, 14)),
                (True, date(2026, 12, 15), date(2026, 12, 31)),
                (False, date(2027, 1, 1), None),
            ),
            own_events_held=dated((0, None, date(2027, 2, 9)), (1, date(2027, 2, 10), None)),
            **ASKS,
        ),
        "agreements": [
            {
                "term": "tiers.competency.discount", "value": 28, "document": "ДС-9/2026",
                "from": date(2026, 9, 1), "until": date(2026, 12, 31),
            }
        ],
    }  # fmt: skip
    days = {
        date(2026, 8, 31): 20, date(2026, 9, 1): 28, date(2026, 12, 14): 28, date(2026, 12, 15): 38,
        date(2026, 12, 31): 38, date(2027, 1, 1): 20, date(2027, 2, 10): Decimal("22.5"),
    }  # fmt: skip
    assert [total for *_, total in standing(partner, *days)] == [*days.values()]
    moments = timeline(PROGRAM, partner, date(2026, 8, 1), date(2027, 3, 1)).moments
    assert [moment.discount for moment in moments] == [20, 28, 38, 38, 20, Decimal("22.5")]
