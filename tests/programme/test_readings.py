"""Readings that were not taken, run: what they would change for a partner and an order, and which claims they break."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
import simplejson
from charter import load
from charter.engine.release.load import read_files
from charter.engine.review.readings import broken_claims, other_readings, reading_effects
from charter.engine.review.scenarios import read_scenarios
from charter.engine.source.document import read_text

from ..cli import charter
from ..programmes import ASOFT
from ..published import validator
from .test_quote import BARE

RELEASE = load(ASOFT)
READINGS, _ = other_readings(read_files(ASOFT))
EVERYTHING = BARE | {
    "certified_admins": 3, "marketing_activities": 1, "implementations": 10, "customer_reviews": 10,
    "sales_plan_agreed": True, "sales_plan_fulfilled": True, "asoft_events_attended": 1, "own_events_held": 1,
    "announces_participation": True,
}  # fmt: skip
ORDER = {
    "currency": "RUB",
    "lines": [
        {"purpose": "resale", "product": "crm", "list_price": 100000, "customer_discount": 10},
        {"purpose": "internal_use", "product": "crm", "list_price": 10000, "minimum_price": 7000},
        {"purpose": "support"},
        {"purpose": "updates"},
        {"purpose": "extended_support"},
    ],
}


def differing(reading: str, facts: dict, tier: str = "competency", order: dict | None = None) -> dict[str, tuple]:
    """What a reading changes, as text, by its place in the outcome."""
    facts = dict(facts)
    since = {"since": facts.pop("since")} if "since" in facts else {}
    discount = {
        "term": f"tiers.{tier}.discount",
        "value": facts.pop("agreed", None),
        "document": "7",
        "from": "2026-01-01",
    }
    agreed = {"agreements": [discount]} if discount["value"] else {}
    record = {"partner": "P", "tier": tier, **since, **agreed, "facts": {**EVERYTHING, **facts}}
    documents = [read_text(simplejson.dumps(one), "x")[0] for one in (record, order or {})]
    (named,) = (one for one in READINGS if one.name == reading)
    (effect,) = reading_effects(RELEASE, [named], documents[:1], documents[1] if order else None, date(2026, 11, 23))
    return {one.path: (str(one.before), str(one.after)) for one in effect.differences}


def test_both_events_would_come_to_41_over_the_claimed_40() -> None:
    found = differing("c9-events.both", {})
    assert found["discount.uncapped"] == ("40", "41")
    assert "discount.total" not in found  # the cap holds it at 40
    assert differing("c9-events.both", {"asoft_events_attended": 0}) == {}
    broken = broken_claims(READINGS, read_scenarios(ASOFT, RELEASE))
    claims = {one.claim.id: (str(one.wanted), str(one.attained)) for one in broken["c9-events.both"]}
    assert claims["competency_up_to_40"] == ("40", "41.0")
    assert claims["saas_up_to_40"] == ("40", "41.0")
    assert [name for name, found in broken.items() if found] == ["c9-events.both"]


@pytest.mark.parametrize(
    ("reading", "facts", "path", "expected"),
    [
        (
            "c2-trained-specialists.certified",
            {"certified_admins": 0},
            "tiers.retail.status",
            ("qualified", "not_qualified"),
        ),
        ("c4-competency-marketing.several", {}, "status", ("qualified", "not_qualified")),
        (
            "c4-competency-reviews.implementations_first",
            {"implementations": 0},
            "status",
            ("qualified", "not_qualified"),
        ),
        ("c9-on-request.only_if_asked", {}, "discount.total", ("40", "20")),
        ("c10-licence-agreement.any_step", {"registered_on_site": False}, "status", ("not_qualified", "qualified")),
    ],
)
def test_what_each_reading_changes(reading: str, facts: dict, path: str, expected: tuple) -> None:
    assert differing(reading, facts)[path] == expected


@pytest.mark.parametrize(
    ("reading", "line", "expected"),
    [
        ("c6-internal-use.bonuses_too", "quote.lines[2].partner_pays", ("5600", "5000")),
        ("c6-support-competency.list_price", "quote.lines[3].partner_pays", ("9000", "10000")),
        ("c6-updates.price_paid", "quote.lines[4].customer_pays", ("20000", "18000")),
        ("c6-extended-support.price_paid", "quote.lines[5].partner_pays", ("30000", "27000")),
    ],
)
def test_readings_of_prices_need_an_order(reading: str, line: str, expected: tuple) -> None:
    assert differing(reading, {}) == {}
    found = differing(reading, {}, order=ORDER)
    assert tuple(one.partition(".")[0] for one in found[line]) == expected


def test_without_a_limit_the_cap_is_another_and_no_total() -> None:
    assert {path.rpartition(".")[2] for path in differing("c9-cap.no_limit", {})} == {"cap"}


YEAR = "2026-12-31"
RENTAL = {"purpose": "rental", "product": "crm", "list_price": 100000}
SALE = {"purpose": "resale", "product": "crm", "list_price": 100000}
SAAS = {"isolation_module_purchased": True, "rental_licences": 1, "extended_support_paid": True}
#: a record (its tier, and facts that differ from EVERYTHING) or an order that each reading decides otherwise: the place
#: in the outcome, and what stands there before and after
TOLD_APART = {
    "c2-trained-specialists.certified": ("retail", {"certified_admins": 0}, (), "status", "qualified", "not_qualified"),
    "c4-competency-marketing.several": ("competency", {}, (), "status", "qualified", "not_qualified"),
    "c4-competency-marketing.at_the_end": (
        "competency", {"marketing_activities": 0}, (), "status", "not_qualified", "qualified",
    ),
    "c4-competency-reviews.implementations_first": (
        "competency", {"implementations": 0, "customer_reviews": 0}, (), "status", "qualified", "not_qualified",
    ),
    "c4-competency-reviews.at_the_end": (
        "competency", {"customer_reviews": 1}, (), "status", "not_qualified", "qualified",
    ),
    "c4-saas-rental-licences.any_number": (
        "saas", {**SAAS, "licences_rented_out": 2}, (), "status", "not_qualified", "qualified",
    ),
    "c5-renew.staff_alone": (
        "competency", {"certified_admins": 1, "renewal_requested": True}, (),
        "membership_renews.value", "True", "False",
    ),
    "c5-renew.by_itself": ("competency", {}, (), "membership_renews.value", "False", "True"),
    "c6-sales-plan-discount.for_everyone": (
        "competency", {"agreed": 28}, (), "refused", "None", "'tiers.competency.discount' may not be agreed",
    ),
    "c6-internal-use.added": (
        "competency", {}, ({"purpose": "internal_use", "product": "crm", "list_price": 10000, "minimum_price": 7000},),
        "quote.lines[1].partner_pays", "5600", "5000",
    ),
    "c6-internal-use.bonuses_too": (
        "competency", {}, ({"purpose": "internal_use", "product": "crm", "list_price": 10000, "minimum_price": 7000},),
        "quote.lines[1].partner_pays", "5600", "5000",
    ),
    "c6-demo-licence.of_each_product": (
        "retail", {"demonstration_licences": [{"received_on": "2026-03-01"}]},
        ({"purpose": "demonstration", "product": "crm_bank"},), "quote.lines[1].partner_pays", "None", "0",
    ),
    "c6-support-competency.customer_pays": (
        "competency", {}, (SALE, {"purpose": "support"}), "quote.lines[2].customer_pays", "None", "10000",
    ),
    "c6-support-competency.list_price": (
        "competency", {}, ({**SALE, "customer_discount": 10}, {"purpose": "support"}),
        "quote.lines[2].partner_pays", "9000", "10000",
    ),
    "c6-support-competency.rented_too": ("saas", SAAS, (RENTAL,), "quote.totals.licences_sold.value", "0", "100000"),
    "c6-updates.price_paid": (
        "competency", {}, ({**SALE, "customer_discount": 10}, {"purpose": "updates"}),
        "quote.lines[2].customer_pays", "20000", "18000",
    ),
    "c6-updates.not_for_rental": (
        "saas", SAAS, (SALE, RENTAL, {"purpose": "updates"}), "quote.lines[3].customer_pays", "40000", "20000",
    ),
    "c6-extended-support.price_paid": (
        "competency", {}, ({**SALE, "customer_discount": 10}, {"purpose": "extended_support"}),
        "quote.lines[2].partner_pays", "30000", "27000",
    ),
    "c7-asoft-support.free": (
        "competency", {}, (SALE, {"purpose": "support"}), "quote.lines[2].partner_pays", "10000", "0",
    ),
    "c8-ways.in_between": (
        "competency", {"certified_admins": 1, "since": "2026-01-15"}, (), "status", "not_qualified", "qualified",
    ),
    "c9-reviews.of_sales": ("competency", {"year_sales": 20}, (), "discount.bonuses.reviews.percent", "5", "0"),
    "c9-extra-specialists.each": (
        "competency", {"certified_admins": 4}, (), "discount.bonuses.extra_specialists.percent", "2.5", "5",
    ),
    "c9-events.both": ("competency", {}, (), "discount.uncapped", "40", "41"),
    "c9-on-request.only_if_asked": ("competency", {}, (), "discount.total", "40", "20"),
    "c9-return.every_sale": (
        "competency", {"bonus_sales": [{"sold_on": "2026-03-01", "own_event_bonus": True}], "asoft_events_attended": 0},
        (), "discount.bonuses.events.percent", "0", "2.5",
    ),
    "c9-return.of_turnover": (
        "competency", {"bonus_return": "licences", "year_turnover": 3000000}, (SALE,),
        "quote.totals.bonus_in_licences.value", "20000", "600000",
    ),
    "c9-cap.no_limit": ("competency", {"agreed": 30}, (), "discount.total", "40", "50"),
    "c10-licence-agreement.any_step": (
        "competency", {"licence_agreement_signed": False}, (), "status", "not_qualified", "qualified",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD_APART)
def test_each_reading_is_told_apart_by_a_record_or_an_order(name: str) -> None:
    tier, facts, lines, path, before, after = TOLD_APART[name]
    order = {"currency": "RUB", "lines": [*lines]} if lines else None
    found = differing(name, facts, tier, order)
    assert found.get(path) == (before, after), found


def test_every_reading_is_tried() -> None:
    """The 21 other readings of the source, and seven more; each is another release."""
    assert [reading.name for reading in READINGS] == [*TOLD_APART]
    digests = {reading.release.programme.digest for reading in READINGS}
    assert len(digests | {RELEASE.programme.digest}) == len(READINGS) + 1 == 29


command = partial(charter, "readings", "--as-of", "2026-11-23")


def test_the_command() -> None:
    done = command("examples/competency-at-cap.yaml", "--order", "examples/orders/mixed.yaml", "--format", "json")
    data = simplejson.loads(done.stdout, use_decimal=True)
    assert done.returncode == 0, done.stderr
    validator("readings.schema.json").validate(data)
    assert {one["clause"] for one in data["readings"]} == {one.clause for one in READINGS}
    for lang, breaks in (("en", "the greatest is 41, not 40"), ("ru", "наибольшее значение — 41, а не 40")):
        assert breaks in command("--lang", lang).stdout
    assert command("nowhere.yaml").returncode == 2
    assert command("examples/orders/mixed.yaml").returncode == 4
    # An order is priced for a partner, and two records of one partner cannot both count.
    done = command("--order", "examples/orders/mixed.yaml")
    assert (done.returncode, "an order is priced for a partner" in done.stderr) == (2, True)
    done = command("examples/retail.yaml", "examples/retail.yaml")
    assert (done.returncode, done.stderr.count("a second record of partner 'P-002'")) == (4, 1)
