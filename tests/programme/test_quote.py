"""Orders priced under the real programme: the worked values, refusals, what carries no amount, and properties."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import simplejson
import yaml
from charter import InvalidInput, WrongCall, load
from charter.engine.evaluate.outcome_json import quote_data
from charter.engine.evaluate.quote import LineQuote, Quote
from charter.engine.release.load import read_release
from charter.engine.report.quote import quote_page
from charter.engine.report.terminal import page_text
from hypothesis import given, settings
from hypothesis import strategies as st

from ..cli import charter
from ..programmes import ROOT, SMALL, copy_of, edit
from ..published import validator
from ..thorough import examples

RELEASE = load(ROOT / "program")
DAY = date(2026, 11, 23)
BARE = {
    "it_company": True, "technical_base": True, "trained_specialists": True, "registered_on_site": True,
    "accession_agreement_signed": True, "licence_agreement_signed": True, "certified_admins": 2,
    "marketing_activities": 1, "implementations": 0, "customer_reviews": 0, "announces_participation": True,
    "isolation_module_purchased": True, "rental_licences": 1, "extended_support_paid": True,
    "sales_plan_agreed": False, "sales_plan_fulfilled": False, "asoft_events_attended": 0, "own_events_held": 0,
}  # fmt: skip


def partner(tier: str | None, **facts: Any) -> dict:
    return {"partner": "P", "tier": tier, "facts": BARE | facts}


def priced(tier: str | None, *lines: dict, **facts: Any) -> Quote:
    return RELEASE.quote({"currency": "RUB", "lines": list(lines)}, partner(tier, **facts), as_of=DAY)


def line(tier: str | None, **fields: Any) -> LineQuote:
    return priced(tier, fields).lines[0]


def test_licences_for_a_customer_with_an_agreed_discount() -> None:
    """The customer pays 90 000, the partner 72 000, and keeps 18 000."""
    found = line("competency", purpose="resale", product="crm", list_price=100000, customer_discount=10)
    assert (found.customer_pays, found.partner_pays, found.margin) == (90000, 72000, 18000)
    assert found.source == ("c6-customer-discount", "c6-discounts", "c9-return")


@pytest.mark.parametrize(
    ("tier", "minimum", "expected"),
    [
        ("competency", 7000, 5600),
        ("saas", 6000, 5000),  # 4 500 is under half of the list price
        ("retail", 7000, 6300),
        ("retail", None, 9000),  # without a minimum price the list price counts
        ("competency", 6250, 5000),
        ("competency", Decimal("6250.01"), Decimal("5000.01")),  # a hundredth over the half
    ],
)
def test_internal_use(tier: str, minimum: object, expected: object) -> None:
    fields = {"purpose": "internal_use", "product": "crm", "list_price": 10000}
    found = line(tier, **fields, **({} if minimum is None else {"minimum_price": minimum}))
    assert (found.customer_pays, found.partner_pays, found.margin) == (None, expected, None)


def test_services_on_the_licences_of_the_order() -> None:
    """Support is 10% of what the customer pays; updates 20% and extended support 30% of the list value."""
    sold = {"purpose": "resale", "product": "crm", "list_price": 50000, "quantity": 2, "customer_discount": 10}
    quote = priced("competency", sold, *({"purpose": name} for name in ("support", "updates", "extended_support")))
    support, updates, extended = quote.lines[1:]
    assert (support.rule, support.partner_pays) == ("support_competency", 9000)
    assert (updates.customer_pays, updates.partner_pays) == (20000, None)
    assert updates.says == {
        "ru": "партнёру до 50 % этой суммы по договорённости",
        "en": "up to 50% of it to the partner by agreement",
    }
    assert extended.partner_pays == 30000
    assert (quote.customer_pays, quote.partner_pays, quote.margin) == (110000, 72000 + 9000 + 30000, 18000)
    assert not quote.complete


@pytest.mark.parametrize("tier", ["retail", "saas"])
def test_support_under_an_sla_has_no_amount(tier: str) -> None:
    quote = priced(tier, {"purpose": "resale", "product": "crm", "list_price": 100}, {"purpose": "support"})
    found = quote.lines[1]
    assert (found.status, found.rule, found.customer_pays, found.partner_pays) == (
        "without_amount",
        "support_sla",
        None,
        None,
    )
    assert found.says == {"ru": "по SLA", "en": "under SLA"}
    assert found.source == ("c6-support-sla",)


def test_one_demonstration_licence_is_free_and_a_second_is_refused() -> None:
    one = {"purpose": "demonstration", "product": "crm", "list_price": 100000}
    first, second = priced("retail", one, one).lines
    assert (first.status, first.partner_pays) == ("priced", 0)
    assert (second.status, second.partner_pays, [reason.id for reason in second.refusals]) == (
        "refused",
        None,
        ["second_demonstration"],
    )
    assert line("retail", **one, quantity=2).status == "refused"


@pytest.mark.parametrize(
    ("tier", "purpose", "clauses"),
    [
        ("retail", "implementation", ("c4-retail-supply-only",)),
        ("retail", "rental", ("c4-saas-rental-right", "c4-saas-rental-licences")),
        ("competency", "rental", ("c4-saas-rental-right", "c4-saas-rental-licences")),
    ],
)
def test_what_a_tier_may_not_order_is_refused_by_its_clause(tier: str, purpose: str, clauses: tuple[str, ...]) -> None:
    found = line(tier, purpose=purpose, product="crm", list_price=100)
    assert (found.status, found.source, found.partner_pays) == ("refused", clauses, None)


@pytest.mark.parametrize("tier", [None, "retail", "competency", "saas"])
@pytest.mark.parametrize("purpose", ["demonstration", "implementation", "rental", "internal_use"])
def test_what_a_tier_allows_is_not_for_a_partner_that_does_not_qualify(tier: str | None, purpose: str) -> None:
    found = priced(tier, {"purpose": purpose, "list_price": 100}, trained_specialists=False).lines[0]
    assert found.status == "refused"
    clauses = {
        "demonstration": "c7-demo-licences",
        "rental": "c4-saas-rental-right",
        "internal_use": "c6-internal-use",
        "implementation": "c4-retail-supply-only" if tier == "retail" else "c7-own-implementation-profit",
    }
    assert clauses[purpose] in found.source
    record = partner(tier)
    del record["facts"]["trained_specialists"]
    order = {"currency": "RUB", "lines": [{"purpose": purpose, "list_price": 100}]}
    (found,) = RELEASE.quote(order, record, as_of=DAY).lines
    may = tier and (tier == "saas" or purpose != "rental") and (tier, purpose) != ("retail", "implementation")
    assert found.status == ("undetermined" if may else "refused")


def test_a_bonus_is_worth_the_same_in_the_price_and_in_licences() -> None:
    ordered = [{"purpose": "rental", "list_price": 1000}, {"purpose": "resale", "list_price": 400}]
    for tier, way in (("saas", "discount"), ("saas", "licences"), ("competency", "licences")):
        quote = priced(tier, *ordered, own_events_held=1, bonus_return=way)
        worth = {total.id: total.value for total in quote.totals}["order.bonus_in_licences"]
        without = priced(tier, *ordered)
        assert without.partner_pays - quote.partner_pays + worth == (35 if tier == "saas" else 10)


@pytest.mark.parametrize("purpose", ["internal_use", "rental", "demonstration", "updates", "support"])
def test_a_customer_discount_is_of_a_resale_and_refused_elsewhere(purpose: str) -> None:
    found = line("saas", purpose=purpose, list_price=100, customer_discount=Decimal("0.5"))
    assert ([reason.id for reason in found.refusals], found.source) == (
        ["customer_discount"],
        ("c6-customer-discount",),
    )
    assert line("saas", purpose=purpose, list_price=100, customer_discount=0).status != "refused"


def test_a_line_that_is_refused_is_not_the_first_demonstration_licence() -> None:
    two, one = {"purpose": "demonstration", "quantity": 2}, {"purpose": "demonstration"}
    assert [found.status for found in priced("retail", two, one, one).lines] == ["refused", "priced", "refused"]
    discounted = {"purpose": "demonstration", "customer_discount": 5}
    assert [found.status for found in priced("retail", discounted, one).lines] == ["refused", "priced"]


def test_a_newcomer_to_saas_buys_its_first_licences_at_the_price_of_the_tier() -> None:
    rental = {"purpose": "rental", "product": "crm", "list_price": 1000}
    assert priced("saas", rental, rental_licences=0).lines[0].partner_pays == 750
    for lacking in ("isolation_module_purchased", "extended_support_paid", "announces_participation", "it_company"):
        assert priced("saas", rental, rental_licences=0, **{lacking: False}).lines[0].status == "refused"
    assert priced("competency", rental, rental_licences=0).lines[0].status == "refused"
    agreed = {"term": "tiers.saas.discount", "value": 30, "document": "A-1", "from": "2026-01-01"}
    record = partner("saas", rental_licences=0) | {"agreements": [agreed]}
    order = {"currency": "RUB", "lines": [rental]}
    assert RELEASE.quote(order, record, as_of=DAY).lines[0].partner_pays == 700


def test_services_are_on_licences_of_this_order_or_of_earlier_ones() -> None:
    for purpose, field, paid in (
        ("support", "sold_earlier", {"partner_pays": 100}),
        ("updates", "supplied_earlier", {"customer_pays": 200}),
        ("extended_support", "supplied_earlier", {"partner_pays": 300}),
    ):
        (name, amount), *_ = paid.items()
        assert getattr(line("competency", purpose=purpose, **{field: 1000}), name) == amount
        alone = line("competency", purpose=purpose)
        assert (alone.status, getattr(alone, name)) == ("undetermined", None)
        sold = {"purpose": "resale", "product": "crm", "list_price": 1000}
        assert getattr(priced("competency", sold, {"purpose": purpose}).lines[1], name) == amount


def test_an_implementation_by_asoft_brings_ten_percent_of_it() -> None:
    asoft = {"purpose": "asoft_implementation", "list_price": 500_000}
    for tier, margin in (("retail", 0), ("competency", 50_000), ("saas", 50_000)):
        (found,) = priced(tier, asoft).lines
        assert (found.customer_pays, found.margin) == (500_000, margin)
    assert priced("competency", asoft, certified_admins=1).lines[0].margin == 0


def test_rental_and_own_implementation_where_the_tier_allows_them() -> None:
    assert line("saas", purpose="rental", product="crm", list_price=100, quantity=3).partner_pays == 225
    assert line("competency", purpose="implementation").status == "without_amount"


def test_what_is_refused_is_not_the_base_of_services() -> None:
    rental = {"purpose": "rental", "product": "crm", "list_price": 1000}
    assert priced("retail", rental, {"purpose": "updates"}).lines[1].customer_pays is None
    assert priced("saas", rental, {"purpose": "updates"}).lines[1].customer_pays == 200


def test_a_bonus_comes_back_in_the_price_or_in_licences() -> None:
    sold = {"purpose": "resale", "product": "crm", "list_price": 1000}
    for way, paid, in_licences in (("discount", 775, 0), ("licences", 800, 25)):
        quote = priced("competency", sold, own_events_held=1, bonus_return=way)
        assert quote.lines[0].partner_pays == paid
        assert {total.id: total.value for total in quote.totals}["order.bonus_in_licences"] == in_licences
    # Internal use goes by the tier's discount alone.
    own = {"purpose": "internal_use", "product": "crm", "list_price": 1000}
    assert priced("competency", own, own_events_held=1).lines[0].partner_pays == 800


def test_a_partner_that_does_not_qualify_pays_the_list_price_and_an_unknown_one_is_not_priced() -> None:
    sold = {"purpose": "resale", "product": "crm", "list_price": 1000}
    assert priced("competency", sold, certified_admins=1).lines[0].partner_pays == 1000
    assert priced(None, sold).lines[0].partner_pays == 1000
    record = partner("competency")
    del record["facts"]["certified_admins"]
    found = RELEASE.quote({"currency": "RUB", "lines": [sold]}, record, as_of=DAY).lines[0]
    assert (found.status, found.customer_pays, found.partner_pays) == ("undetermined", 1000, None)
    assert found.unknown == ("certified_admins",)
    # A line that leaves out its price is open too, and says which.
    open_line = priced("retail", {"purpose": "resale", "product": "crm"})
    assert open_line.lines[0].unknown == ("order[1].list_price",)
    told = quote_page(open_line, RELEASE.programme, "ru").blocks[0].rows[0].note
    assert told.endswith("нет сведений: Заказ, 1: Цена по прайс-листу (order[1].list_price)")


def test_the_note_of_a_line_with_several_refusals_is_one_sentence() -> None:
    refused = priced(
        "retail", {"purpose": "demonstration", "list_price": 100000, "quantity": 2, "customer_discount": 5}
    )
    row = quote_page(refused, RELEASE.programme, "ru").blocks[0].rows[0]
    assert "вторая не предоставляется; скидку клиенту" in row.note
    assert row.note.index(".") == len(row.note) - 1
    assert "цена по прайс-листу 100\u00a0000,00 RUB" in row.title


def test_a_percent_sign_is_never_alone_on_a_line() -> None:
    sold = [{"purpose": "resale", "list_price": 10**at, "customer_discount": 10} for at in range(15)]
    text = page_text(quote_page(priced("competency", *sold), RELEASE.programme, "ru"))
    assert text.count(" %") == 17  # one for each line, and two discounts of the partner
    assert not re.search(r"^\s*%", text, re.MULTILINE)


lines = st.fixed_dictionaries(
    {
        "purpose": st.sampled_from(
            ["resale", "internal_use", "rental", "demonstration", "updates", "support", "extended_support"]
        )
    },
    optional={
        "list_price": st.decimals(0, 10**7, places=2),
        "minimum_price": st.decimals(0, 10**7, places=2),
        "quantity": st.integers(1, 50),
        "customer_discount": st.decimals(0, 100, places=1),
    },
)
tiers = st.sampled_from(["retail", "competency", "saas"])


@pytest.mark.thorough
@settings(max_examples=examples(200), deadline=None)
@given(tiers, st.lists(lines, min_size=1, max_size=5), st.booleans())
def test_properties_of_a_quote(tier: str, ordered: list[dict], event: bool) -> None:
    """No negative price, internal use never under half of list, totals equal the sums, rounded once to hundredths."""
    ordered = [{"list_price": Decimal(1), **fields} for fields in ordered]
    quote = priced(tier, *ordered, own_events_held=int(event))
    for found, fields in zip(quote.lines, ordered, strict=True):
        for amount in (found.customer_pays, found.partner_pays):
            assert amount is None or (amount >= 0 and amount == round(amount, 2))
        if found.rule == "internal_use":
            assert found.partner_pays >= fields["list_price"] * fields.get("quantity", 1) / 2 - Decimal("0.005")
        if found.margin is not None:
            assert found.margin == found.customer_pays - found.partner_pays
    services = {"updates", "support", "extended_support"}
    supplied = any(found.rule in ("resale", "rental") and found.customer_pays != 0 for found in quote.lines)
    for found, fields in zip(quote.lines, ordered, strict=True):
        assert not found.open or (fields["purpose"] in services and (not supplied or fields["purpose"] == "support"))
    for name in ("customer_pays", "partner_pays", "margin"):
        is_open = any(name in found.open for found in quote.lines)
        assert getattr(quote, name) == (None if is_open else sum(getattr(found, name) or 0 for found in quote.lines))
    better = priced(tier, *ordered, own_events_held=1)
    for before, after in zip(quote.lines, better.lines, strict=True):
        assert before.partner_pays is None or after.partner_pays <= before.partner_pays


def totals(quote: Quote) -> tuple:
    return quote.customer_pays, quote.partner_pays, quote.margin


def test_what_the_partner_sells_and_what_is_for_itself_and_services_are_summed_apart() -> None:
    """Sold for 110 000 at 20% off; 5 600 for itself; 10 000 of support, and an implementation that has no price."""
    quote = priced(
        "competency",
        {"purpose": "resale", "product": "crm", "list_price": 100000},
        {"purpose": "internal_use", "product": "crm", "list_price": 10000, "minimum_price": 7000},
        {"purpose": "support", "list_price": 0},
        {"purpose": "resale", "product": "crm", "list_price": 10000},
        {"purpose": "implementation", "list_price": 1},
    )
    sums = {group.id: (group.lines, *group[3:]) for group in quote.groups}
    assert sums == {
        "sold": ((1, 4), 110000, 88000, 22000, True),
        "own": ((2,), 0, 5600, 0, True),
        "services": ((3, 5), 0, 11000, 0, False),
    }
    assert (quote.customer_pays, quote.partner_pays, quote.margin, quote.complete) == (110000, 104600, 22000, False)
    page = page_text(quote_page(quote, RELEASE.programme, "en"))
    totals = " ".join(page.split("Totals")[1].split())
    assert "Sales to customers 88,000.00 RUB customer pays 110,000.00 RUB; margin 22,000.00 RUB" in totals
    assert "Licences for the partner itself 5,600.00 RUB Implementation" in totals
    assert "Implementation, updates and support 11,000.00 RUB lines without a price: 5 =" in totals
    assert "Partner pays 104,600.00 RUB lines without a price: 5 =" in totals


def test_the_sums_of_every_group_are_open_where_a_line_may_be_of_any() -> None:
    """Whether a Competency partner qualifies is not known: a line for itself may be refused, or priced."""
    quote = priced(
        "competency",
        {"purpose": "asoft_implementation", "list_price": 1000},
        {"purpose": "internal_use", "product": "crm", "list_price": 10},
        marketing_activities=None,
    )
    services = next(group for group in quote.groups if group.id == "services")
    assert (services.customer_pays, services.partner_pays, services.complete) == (1000, None, False)
    assert [group.id for group in quote.groups] == ["services"]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("[resale, resales]", "'resales' is not a rule of price"),
        ("[resale, rental]", "'rental' is in the group 'sold'"),
    ],
)
def test_a_group_is_of_rules_that_no_other_group_has(rules: str, message: str, tmp_path: Path) -> None:
    release = copy_of(ROOT / "program" / "1.0.0", tmp_path)
    edit(release, "prices.yaml", "rules: [resale]", f"rules: {rules}")
    assert any(message in problem.message for problem in read_release(release)[1])


def test_a_total_is_unknown_where_a_line_is() -> None:
    known = {"purpose": "resale", "product": "crm", "list_price": 1000}
    for open_line, expected in (
        ({"purpose": "resale"}, (None, None, None)),
        ({"purpose": "resale", "list_price": 1}, (1001, Decimal("800.80"), Decimal("200.20"))),
        ({"purpose": "internal_use"}, (1000, None, 200)),  # a customer does not pay for it in any case
        ({}, (None, None, None)),
        ({"purpose": "support"}, (1000, 900, 200)),
        ({"purpose": "implementation"}, (1000, 800, 200)),  # which has no amount
    ):
        assert totals(priced("competency", known, open_line)) == expected
    record = partner("competency")
    del record["facts"]["certified_admins"]
    ordered = {"currency": "RUB", "lines": [known, {"purpose": "updates"}]}
    quote = RELEASE.quote(ordered, record, as_of=DAY)
    assert [one.partner_pays for one in quote.lines] == [None, None]
    assert totals(quote) == (1200, None, None)
    told = page_text(quote_page(quote, RELEASE.programme, "en"))
    assert "= Customer pays" in told
    assert re.search(r"Licences sold to the customer +1,000\.00 RUB", told)
    note = quote_page(priced("competency", known), RELEASE.programme, "en").blocks[0].rows[0].note
    assert "margin 200.00 RUB; partner discount off the customer" in note
    assert [line.split()[3] for line in told.splitlines() if "= " in line] == ["1,200.00", "?", "lines"]


def test_a_refusal_that_is_open_leaves_open_what_the_line_may_cost() -> None:
    quote = priced("competency", {"purpose": "demonstration"}, {"list_price": 1, "quantity": 1})
    assert [one.status for one in quote.lines] == ["undetermined", "undetermined"]
    assert totals(quote) == (None, None, None)


@pytest.mark.parametrize("currency", ["RUB", "R" * 100])
@pytest.mark.parametrize("digits", [1, 18])
def test_a_quote_is_told_however_long_its_figures_are(currency: str, digits: int) -> None:
    most = Decimal("9" * digits)
    sold = {"purpose": "resale", "product": "crm", "list_price": most, "quantity": most}
    quote = RELEASE.quote({"currency": currency, "lines": [sold]}, partner("competency"), as_of=DAY)
    assert quote.lines[0].customer_pays == int(most) ** 2
    for lang in ("en", "ru"):
        page = quote_page(quote, RELEASE.programme, lang)
        told = page_text(page)
        assert page.blocks[0].rows[0].figure in told
        assert "[c6-customer-discount, c6-discounts, c9-return]" in told


@pytest.mark.thorough
@settings(max_examples=examples(100), deadline=None)
@given(tiers, st.lists(lines, min_size=1, max_size=4), st.sampled_from(["list_price", "purpose"]), st.data())
def test_a_total_is_known_just_where_it_does_not_depend_on_what_is_left_out(
    tier: str, ordered: list[dict], left_out: str, data: st.DataObject
) -> None:
    """Whatever is put in for what a line leaves out, a total that is told is the total."""
    whole = [{"list_price": Decimal(1), **fields} for fields in ordered]
    at = data.draw(st.integers(0, len(whole) - 1))
    lacking = [*whole[:at], {name: value for name, value in whole[at].items() if name != left_out}, *whole[at + 1 :]]
    told = totals(priced(tier, *lacking))
    for known, really in zip(told, totals(priced(tier, *whole)), strict=True):
        assert known is None or known == really


def test_a_wrong_order_is_refused_at_its_place() -> None:
    for order, message in (
        ({"currency": "RUB", "lines": []}, "there are no lines"),
        ({"lines": [{"purpose": "resale"}]}, "'currency' is missing"),
        ({"currency": "RUB", "lines": [{"purpose": "resell"}]}, "purpose: 'resell' is not one of the choices"),
        ({"currency": "RUB", "lines": [{"product": "crm", "line": 3}]}, "'line' is not a field of 'order'"),
        ({"currency": "RUB", "lines": [{"quantity": 0}]}, "quantity: 0 is under 1"),
        ({"currency": "R" * 101, "lines": [{"quantity": 1}]}, "'currency' has 101 characters; the limit is 100"),
        ({"currency": 643, "lines": [{"quantity": 1}]}, "'currency' is a short text"),
        ({"currency": "", "lines": [{"quantity": 1}]}, "'currency' is text"),
        ({"currency": "RUB", "lines": [{"list_price": -1}]}, "list_price: -1 is under 0"),
        ({"currency": "RUB", "lines": [{"customer_discount": 101}]}, "101 is over 100"),
        ({"currency": "RUB", "lines": {"purpose": "resale"}}, "this is not a list"),
        ({"currency": "RUB", "line": [], "lines": [{"purpose": "resale"}]}, "'line' is not a key here"),
    ):
        with pytest.raises(InvalidInput, match=message):
            RELEASE.quote(order, partner("retail"), as_of=DAY)
    with pytest.raises(WrongCall, match="does not price orders"):
        load(SMALL).quote({"currency": "RUB", "lines": [{}]}, {"partner": "P"}, as_of=DAY)


def test_lines_of_an_order_are_not_facts() -> None:
    with pytest.raises(InvalidInput, match="'order' is not a fact"):
        RELEASE.evaluate(partner("retail", order=[]))
    assert RELEASE.evaluate(partner("retail")).lists == {}


def test_a_quote_fits_its_published_schema() -> None:
    published = validator("quote.schema.json")
    ordered = [
        {"purpose": name, "product": "crm", "list_price": Decimal("99.99")}
        for name in ("resale", "rental", "updates", "support")
    ]
    for record in (partner("retail"), {"partner": "P", "tier": "saas"}, {"partner": "P"}):
        data = quote_data(RELEASE.quote({"order": "A-1", "currency": "RUB", "lines": ordered}, record, as_of=DAY))
        published.validate(json.loads(simplejson.dumps(data, use_decimal=True)))


def test_an_example_of_an_order_fits_the_schema_that_it_names() -> None:
    for path in sorted((ROOT / "examples" / "orders").glob("*.yaml")):
        assert path.read_text("utf-8").splitlines()[0].endswith("$schema=../../schemas/order.schema.json")
        validator("order.schema.json").validate(yaml.safe_load(path.read_text("utf-8")))


command = partial(charter, "quote", "--as-of", "2026-11-23")


def test_the_command_prices_an_order(tmp_path: Path) -> None:
    order, record = "examples/orders/mixed.yaml", "examples/competency.yaml"
    done = command(order, "--partner", record, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    data = simplejson.loads(done.stdout, use_decimal=True)
    assert [found["partner_pays"] for found in data["lines"]] == [Decimal("71100.00"), 5600, 9000, None, 30000, 0, None]
    assert data["lines"][0]["margin"] == 18900
    wrong = tmp_path / "order.yaml"
    wrong.write_text("currency: RUB\nlines:\n  - {purpose: resale, list_prise: 5}\n", "utf-8")
    done = command(str(wrong), "--partner", record, "--format", "json")
    assert done.returncode == 4
    assert "order.yaml:3:23  error[unknown-fact]  'list_prise' is not a field of 'order'" in done.stderr
    assert "did you mean 'list_price'?" in done.stderr
    assert simplejson.loads(done.stdout)["result"] == "invalid_input"
    assert command(order, "--partner", "nowhere.yaml").returncode == 2
    assert command(order, "--partner", record, "--program", "examples/programmes/odoo").returncode in (2, 4)
