"""The release decides as the source document says: worked values, and random partners against plain Python."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from charter import Outcome, load, statement, to_dict
from charter.engine.evaluate.evaluate import all_values
from charter.engine.evaluate.outcome_json import outcome_data
from charter.engine.report.outcome_page import outcome_page
from hypothesis import given, settings
from hypothesis import strategies as st

from ..programmes import ROOT
from ..thorough import examples
from . import plain_asoft as plain
from .test_quote import BARE

RELEASE = load(ROOT / "program", release="1.0.0")
TIERS = ("retail", "competency", "saas")

JOINED = {
    "it_company": True,
    "technical_base": True,
    "trained_specialists": True,
    "registered_on_site": True,
    "accession_agreement_signed": True,
    "licence_agreement_signed": True,
}
COMPETENCY = JOINED | {
    "announces_participation": True,
    "certified_admins": 3,
    "marketing_activities": 1,
    "implementations": 12,
    "customer_reviews": 10,
    "sales_plan_agreed": True,
    "sales_plan_fulfilled": True,
    "asoft_events_attended": 0,
    "own_events_held": 1,
}
SAAS = COMPETENCY | {"isolation_module_purchased": True, "rental_licences": 5, "extended_support_paid": True}


def evaluated(facts: dict[str, Any], tier: object = "competency") -> Outcome:
    """The outcome of a partner with these facts."""
    return RELEASE.evaluate({"partner": "P-1", "tier": tier, "facts": facts})


def requirement(outcome: Outcome, tier: str, id: str) -> str:
    return next(one.status for one in outcome.of(tier).requirements if one.id == id)


def bonus(outcome: Outcome, tier: str, id: str) -> tuple[str, Decimal | None]:
    return next((one.status, one.percent) for one in outcome.of(tier).discount.bonuses if one.id == id)


# Worked values


def test_competency_reaches_the_cap() -> None:
    """20 + 5 + 10 + 2.5 + 2.5 = 40."""
    outcome = evaluated(COMPETENCY)
    assert outcome.status == "qualified"
    assert outcome.discount.base == 20
    assert [(one.id, one.percent) for one in outcome.discount.bonuses] == [
        ("reviews", 5),
        ("sales_plan", 10),
        ("extra_specialists", Decimal("2.5")),
        ("events", Decimal("2.5")),
    ]
    assert (outcome.discount.uncapped, outcome.discount.cap, outcome.discount.total) == (40, 40, 40)


def test_saas_reaches_the_cap_and_retail_does_not() -> None:
    """25 + 5 + 5 + 2.5 + 2.5 = 40; 10 + 10 + 2.5 = 22.5."""
    outcome = evaluated(SAAS, "saas")
    assert outcome.status == "qualified"
    assert outcome.discount.total == outcome.discount.uncapped == 40
    assert outcome.of("retail").discount.total == Decimal("22.5")


@pytest.mark.parametrize(
    ("implementations", "reviews", "met", "earned"),
    [
        (12, 5, "not_met", "not_earned"),
        (12, 6, "met", "not_earned"),  # 6 of 12 is not less than 50%
        (12, 9, "met", "not_earned"),  # 9 of 12 is not more than 75%
        (12, 10, "met", "earned"),
        (13, 6, "not_met", "not_earned"),
        (3, 2, "met", "not_earned"),
        (0, 0, "met", "not_earned"),
        (1, 1, "met", "earned"),
    ],
)
def test_reviews(implementations: int, reviews: int, met: str, earned: str) -> None:
    outcome = evaluated(COMPETENCY | {"implementations": implementations, "customer_reviews": reviews})
    assert requirement(outcome, "competency", "reviews") == met
    assert bonus(outcome, "competency", "reviews") == (earned, 5 if earned == "earned" else 0)


def test_with_no_implementations_reviews_need_not_be_known() -> None:
    facts = {name: value for name, value in COMPETENCY.items() if name != "customer_reviews"} | {"implementations": 0}
    outcome = evaluated(facts)
    assert requirement(outcome, "competency", "reviews") == "met"
    assert bonus(outcome, "competency", "reviews") == ("not_earned", 0)


def test_a_count_of_nothing_says_of_what() -> None:
    """The titles speak of reviews, but implementations decide; a condition of one comparison needs no such words."""
    outcome = evaluated(COMPETENCY | {"implementations": 0, "customer_reviews": 0, "marketing_activities": 0})
    page = outcome_page(outcome, RELEASE.programme, all_values(RELEASE.plan, outcome), "ru", explain=False)
    notes = {row.title: row.note for block in page.blocks for row in block.rows}
    assert notes["Отзывы о большинстве внедрений"].startswith(
        "Внедрения для расчёта бонуса: пока нет, нужно не менее 1"
    )
    assert notes["Отзывы о большинстве внедрений"].endswith("; 5 % при выполнении условий")
    assert notes["Отзывы клиентов о внедрениях"] == "Внедрения: 0"
    assert notes["Маркетинговые мероприятия"] == "пока нет, нужно не менее 1"


def test_missing_certificates_leave_competency_open_and_are_named() -> None:
    facts = {name: value for name, value in COMPETENCY.items() if name != "certified_admins"}
    outcome = evaluated(facts)
    assert (outcome.status, outcome.unknown) == ("undetermined", ("certified_admins",))
    assert outcome.discount.total is None
    assert {benefit.value for benefit in outcome.benefits} == {None}
    assert outcome.of("retail").status == "qualified"


def test_missing_certificates_do_not_matter_where_another_requirement_fails() -> None:
    facts = {name: value for name, value in COMPETENCY.items() if name != "certified_admins"}
    outcome = evaluated(facts | {"announces_participation": False})
    assert (outcome.status, outcome.unknown) == ("not_qualified", ())
    assert outcome.discount.total == 0


@pytest.mark.parametrize(
    ("own", "asoft", "percent"), [(0, 0, "0"), (0, 1, "1"), (0, 9, "1"), (1, 0, "2.5"), (1, 1, "2.5"), (9, 9, "2.5")]
)
def test_of_two_kinds_of_events_the_greater_counts(own: int, asoft: int, percent: str) -> None:
    outcome = evaluated(COMPETENCY | {"own_events_held": own, "asoft_events_attended": asoft})
    for tier in TIERS:
        assert bonus(outcome, tier, "events")[1] == Decimal(percent)


@pytest.mark.parametrize(("certified", "percent"), [(2, "0"), (3, "2.5"), (30, "2.5")])
def test_specialists_beyond_what_the_tier_requires(certified: int, percent: str) -> None:
    outcome = evaluated(COMPETENCY | {"certified_admins": certified})
    assert bonus(outcome, "competency", "extra_specialists")[1] == Decimal(percent)
    assert "extra_specialists" not in [one.id for one in outcome.of("retail").discount.bonuses]


def test_bonuses_that_were_not_requested_are_shown_and_not_applied() -> None:
    discount = evaluated(COMPETENCY | {"bonus_requested": False}).discount
    assert (discount.uncapped, discount.total) == (20, 20)
    assert {(one.status, one.applied) for one in discount.bonuses} == {("earned", False)}


def test_bonuses_taken_in_licences_are_not_in_the_price() -> None:
    discount = evaluated(COMPETENCY | {"bonus_return": "licences"}).discount
    assert (discount.total, discount.in_price, discount.in_kind) == (40, 20, 20)
    discount = evaluated(COMPETENCY).discount
    assert (discount.total, discount.in_price, discount.in_kind) == (40, 40, 0)


@pytest.mark.parametrize(
    ("have", "rented", "met"), [(0, 0, "not_met"), (1, 0, "met"), (4, 5, "not_met"), (5, 5, "met")]
)
def test_rental_licences_cover_what_is_rented_out(have: int, rented: int, met: str) -> None:
    outcome = evaluated(SAAS | {"rental_licences": have, "licences_rented_out": rented}, "saas")
    assert requirement(outcome, "saas", "rental_licences") == met


@pytest.mark.parametrize(("code", "tier"), [(1, "retail"), (2, "competency"), (3, "saas"), ("3", "saas")])
def test_a_record_may_name_its_tier_by_code(code: object, tier: str) -> None:
    assert evaluated(COMPETENCY, code).tier == tier


def test_a_candidate_has_no_status_of_its_own() -> None:
    outcome = evaluated(COMPETENCY, None)
    assert (outcome.tier, outcome.status, outcome.discount, outcome.benefits) == (None, None, None, None)
    assert outcome.of("competency").status == "qualified"


def test_a_partner_that_does_not_qualify_gets_nothing() -> None:
    outcome = evaluated(COMPETENCY | {"certified_admins": 1})
    assert (outcome.status, outcome.discount.base, outcome.discount.total) == ("not_qualified", 20, 0)
    assert {benefit.value for benefit in outcome.benefits} == {False, Decimal(0)}
    # What the tier would give is still told.
    assert outcome.of("competency").discount.total == Decimal("37.5")


def test_the_benefit_matrix() -> None:
    """The rows of section 7, Retail, Competency, SaaS."""
    every, two = (True, True, True), (False, True, True)
    matrix = {
        "listing": every,
        "training": two,
        "materials": every,
        "internal_licences": every,
        "demo_licences": every,
        "joint_projects": every,
        "reference_visits": two,
        "own_implementation": two,
        "joint_seminars": two,
        "licence_discount": (10, 20, 25),
        "own_implementation_profit": (0, 100, 100),
        "asoft_implementation_share": (0, 10, 10),
        "asoft_support": two,
        "logo_community": every,
        "logo_retail": (True, False, False),
        "logo_competency": (False, True, False),
        "logo_saas": (False, False, True),
    }
    outcome = evaluated(COMPETENCY)
    given = [{benefit.id: benefit.value for benefit in outcome.of(tier).benefits} for tier in TIERS]
    assert {id: tuple(tier[id] for tier in given) for id in given[0]} == matrix


def test_the_promised_keys_of_the_json() -> None:
    data = outcome_data(evaluated(COMPETENCY))
    promised = {"programme", "release", "digest", "as_of", "partner", "tier", "status", "tiers", "discount", "benefits"}
    assert promised <= data.keys()
    assert (data["programme"], data["release"]) == ("asoft-partners-community", "1.0.0")
    tier = data["tiers"]["competency"]
    assert {"status", "requirements", "discount"} <= tier.keys()
    staff = next(one for one in tier["requirements"] if one["id"] == "staff")
    assert {key: staff[key] for key in ("id", "status", "unknown", "source")} == {
        "id": "staff",
        "status": "met",
        "unknown": [],
        "source": ["c4-competency-staff"],
    }
    assert {"base", "bonuses", "uncapped", "cap", "total"} <= data["discount"].keys()
    reviews = {key: data["discount"]["bonuses"][0][key] for key in ("id", "status", "percent")}
    assert reviews == {"id": "reviews", "status": "earned", "percent": 5}
    assert {key: data["benefits"][1][key] for key in ("id", "value")} == {"id": "training", "value": True}


# Random partners

YES_NO = [*JOINED, "announces_participation", "isolation_module_purchased", "extended_support_paid"]
YES_NO += ["sales_plan_agreed", "sales_plan_fulfilled"]
COUNTS = ["certified_admins", "marketing_activities", "implementations", "customer_reviews", "rental_licences"]
COUNTS += ["asoft_events_attended", "own_events_held"]

# Mostly true, so that requirements late in the list are reached too.
yes_no = st.sampled_from([True, True, True, True, False, None])
counts = st.one_of(st.integers(0, 4), st.integers(0, 40), st.none())
partners = st.fixed_dictionaries(
    dict.fromkeys(YES_NO, yes_no) | dict.fromkeys(COUNTS, counts),
    optional={
        "bonus_requested": st.booleans(),
        "bonus_return": st.sampled_from(["discount", "licences"]),
        "licences_rented_out": st.integers(0, 4),
    },
)


@pytest.mark.thorough
@settings(max_examples=examples(500), deadline=None)
@given(partners, st.sampled_from([*TIERS, None]))
def test_the_release_agrees_with_plain_python(facts: dict[str, Any], tier: str | None) -> None:
    outcome = evaluated(facts, tier)
    complete = plain.DEFAULTS | facts
    for one in outcome.tiers:
        met = {item.id: {"met": True, "not_met": False, "unknown": None}[item.status] for item in one.requirements}
        assert met == plain.requirements(one.id, complete)
        assert one.status == plain.status(one.id, complete)
        assert {item.id: item.percent for item in one.discount.bonuses} == plain.bonuses(one.id, complete)
        assert one.discount.cap == plain.CAP
        for key, value in plain.discount(one.id, complete).items():
            assert getattr(one.discount, key) == value, (one.id, key)
        assert all(item.applied is complete["bonus_requested"] for item in one.discount.bonuses)
    if tier:
        own = outcome.of(tier)
        expected = {"qualified": own.discount.total, "not_qualified": 0, "undetermined": None}[own.status]
        assert (outcome.status, outcome.discount.total) == (own.status, expected)


@pytest.mark.thorough
@settings(max_examples=examples(200), deadline=None)
@given(partners, st.data())
def test_the_facts_named_as_unknown_decide(facts: dict[str, Any], data: st.DataObject) -> None:
    outcome = evaluated(facts)
    for tier in outcome.tiers:
        assert all(facts.get(name) is None for name in tier.unknown)
        assert (tier.status == "undetermined") is bool(tier.unknown)
        supplied = {name: data.draw(st.booleans() if name in YES_NO else st.integers(0, 9)) for name in tier.unknown}
        assert evaluated(facts | supplied).of(tier.id).status != "undetermined"


@pytest.mark.thorough
@settings(max_examples=examples(200), deadline=None)
@given(partners, st.sampled_from(COUNTS), st.integers(0, 5))
def test_more_never_lowers_the_tier_or_takes_a_bonus(facts: dict[str, Any], name: str, more: int) -> None:
    """More certified people, activities, reviews or events are never a loss; more implementations can be."""
    if name == "implementations" or facts[name] is None:
        return
    rank = {"not_qualified": 0, "undetermined": 1, "qualified": 2}
    before, after = evaluated(facts), evaluated(facts | {name: facts[name] + more})
    for tier in TIERS:
        assert rank[after.of(tier).status] >= rank[before.of(tier).status]
        totals = before.of(tier).discount.total, after.of(tier).discount.total
        assert None in totals or totals[0] <= totals[1] <= 40
        assert after.of(tier).discount.base == before.of(tier).discount.base


# Rights and restrictions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tier", ["retail", "competency", "saas"])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_statement_has_the_rights_and_restrictions_of_the_tier_in_every_format(tier: str, lang: str) -> None:
    """Rights are of a partner that qualifies, restrictions of the tier; text shows rights with `explain`."""
    definition = RELEASE.programme.tiers[tier]
    rights = [part.title[lang] for part in definition.rights]
    restrictions = [part.title[lang] for part in definition.restrictions]
    assert rights
    for met in (True, False):
        record = {"partner": "P", "tier": tier, "facts": BARE | {"it_company": met}}
        outcome = RELEASE.evaluate(record, as_of=date(2026, 11, 23))
        data = to_dict(outcome)
        assert [part["id"] for part in data["rights"]] == ([part.id for part in definition.rights] if met else [])
        assert [part["id"] for part in data["restrictions"]] == [part.id for part in definition.restrictions]
        assert all(set(part["source"]) <= set(RELEASE.programme.clauses) for part in data["rights"])
        for form, explain in (("html", False), ("markdown", False), ("text", True), ("text", False)):
            page = " ".join(unescape(statement(RELEASE, outcome, lang=lang, format=form, explain=explain)).split())
            assert [title in page for title in rights] == [met and (form != "text" or explain)] * len(rights)
            assert all(title in page for title in restrictions)
