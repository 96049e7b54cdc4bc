"""Supplementary agreements: between two days a paper replaces a term for one partner, and the outcome says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from charter import InvalidInput, Release, advise, form, load, timeline, to_dict
from charter.engine.evaluate.outcome_json import outcome_data
from charter.engine.problems import Level
from charter.engine.programme.agreeable import agreeable
from charter.engine.programme.owners import WrittenForm
from charter.engine.release.load import load_files, read_release, release_files
from charter.engine.report.handbook import handbook
from charter.engine.report.input_schema import record_schema
from charter.engine.report.markdown import handbook_markdown
from charter.engine.report.outcome_page import outcome_page
from charter.engine.report.terminal import page_text
from charter.engine.review.what_if import what_if
from charter.engine.source.document import read_text
from charter.engine.values import Kind

from ..programmes import ASOFT, ROOT, copy_of, edit
from ..small_world import report
from .test_quote import BARE

RELEASE = load(ROOT / "program")
TERM = "tiers.competency.discount"
DISCOUNTS = tuple(f"tiers.{tier}.discount" for tier in ("retail", "competency", "saas"))


def agreed(value: Any = 22, term: str = TERM, **more: Any) -> dict:
    return {"term": term, "value": value, "document": "ДС-7/2026", "from": date(2026, 3, 1)} | more


def partner(*agreements: dict, **facts: Any) -> dict:
    return {
        "partner": "P",
        "tier": "competency",
        "facts": BARE | {"sales_plan_agreed": True} | facts,
        "agreements": list(agreements),
    }


@pytest.mark.parametrize(
    ("day", "total", "applied"),
    [
        (date(2026, 2, 28), 20, False),
        (date(2026, 3, 1), 22, True),  # the first day and the last
        (date(2026, 12, 31), 22, True),
        (date(2027, 1, 1), 20, False),
    ],
)
def test_a_term_is_replaced_from_its_first_day_to_its_last(day: date, total: int, applied: bool) -> None:
    outcome = RELEASE.evaluate(partner(agreed(until=date(2026, 12, 31))), as_of=day)
    assert (outcome.discount.base, outcome.discount.total) == (total, total)
    (found,) = outcome.agreements
    assert (found.applied, found.was, found.value, found.document) == (
        applied,
        20 if applied else None,
        22,
        "ДС-7/2026",
    )
    assert [problem.code for problem in outcome.problems] == ([] if applied else ["agreement-not-in-force"])
    assert outcome_data(outcome)["agreements"][0]["applied"] is applied


def test_other_tiers_and_the_bonuses_stay_as_they_are() -> None:
    outcome = RELEASE.evaluate(partner(agreed(), own_events_held=1), as_of=date(2026, 11, 23))
    assert outcome.discount.total == Decimal("24.5")
    assert outcome.of("retail").discount.base == 10
    assert outcome.of("saas").discount.base == 25


def test_the_cap_holds_for_what_was_agreed_too() -> None:
    facts = {"own_events_held": 1, "sales_plan_agreed": True, "sales_plan_fulfilled": True}
    outcome = RELEASE.evaluate(partner(agreed(39), **facts), as_of=date(2026, 11, 23))
    assert (outcome.discount.uncapped, outcome.discount.total) == (Decimal("51.5"), 40)


def test_the_report_and_its_values_show_what_was_replaced() -> None:
    outcome = RELEASE.evaluate(partner(agreed(until=date(2026, 12, 31))), as_of=date(2026, 11, 23))
    values = RELEASE.values(outcome)
    assert (values[TERM], values[f"agreed.{TERM}"]) == (22, True)
    text = page_text(outcome_page(outcome, RELEASE.programme, values, "ru", explain=False))
    assert "Дополнительные соглашения\n" in text
    assert "✓ Скидка уровня: ASoft CRM Competency Partner  " in text
    assert "22 %  вместо 20 %; ДС-7/2026; с" in text


def test_an_agreed_share_of_updates_gives_an_amount() -> None:
    order = {"currency": "RUB", "lines": [{"purpose": "resale", "list_price": 100000}, {"purpose": "updates"}]}
    share = agreed(40, "definitions.updates_share")
    updates = RELEASE.quote(order, partner(share), as_of=date(2026, 11, 23)).lines[1]
    assert (updates.rule, updates.customer_pays, updates.partner_pays, updates.margin, updates.says) == (
        "updates_agreed", 20000, 12000, 8000, None,
    )  # fmt: skip
    early = RELEASE.quote(order, partner(share), as_of=date(2026, 2, 28)).lines[1]
    assert (early.rule, early.partner_pays) == ("updates_competency", None)


def test_an_agreement_without_effect_is_told() -> None:
    outcome = RELEASE.evaluate(partner(agreed(20)), as_of=date(2026, 11, 23))
    (problem,) = outcome.problems
    assert problem.code == "agreement-without-effect"
    assert "'tiers.competency.discount' is 20 anyway" in problem.message


def test_agreeing_on_what_the_programme_says_has_an_effect_where_a_rule_asks_for_an_agreement() -> None:
    """Without an agreed share of 0 the line reads "up to 50% by agreement"; with it there is an amount."""
    record = partner(agreed(0, "definitions.updates_share"))
    assert RELEASE.evaluate(record, as_of=date(2026, 11, 23)).problems == ()
    order = {"currency": "RUB", "lines": [{"purpose": "resale", "list_price": 1000}, {"purpose": "updates"}]}
    assert RELEASE.quote(order, record, as_of=date(2026, 11, 23)).lines[1].partner_pays == 200


def test_a_term_of_another_tier_than_the_own_is_told() -> None:
    outcome = RELEASE.evaluate(partner(agreed(15, "tiers.retail.discount")), as_of=date(2026, 11, 23))
    assert [(one.code, one.level) for one in outcome.problems] == [("agreement-without-effect", Level.WARNING)]
    message = "changes nothing for this partner: 'tiers.retail.discount' is of tier 'retail', not 'competency'"
    assert message in outcome.problems[0].message
    candidate = partner(agreed(15, "tiers.retail.discount")) | {"tier": None}
    assert RELEASE.evaluate(candidate, as_of=date(2026, 11, 23)).problems == ()


def test_a_term_of_another_tier_that_a_rule_looks_at_is_not_without_effect(tmp_path: Path) -> None:
    release = copy_of(ASOFT, tmp_path)
    rule = "marketing_activities >= required_activities"
    edit(release, "tiers.yaml", f"rule: {rule}", f"rule: {rule} and discount_base('retail') < 15")
    outcome = load(release).evaluate(partner(agreed(15, "tiers.retail.discount")), as_of=date(2026, 11, 23))
    assert (outcome.status, outcome.problems) == ("not_qualified", ())


def test_a_tier_held_from_a_later_day_is_told() -> None:
    text = "partner: P\ntier: competency\nsince: 2026-11-24\n"
    document, _ = read_text(text, "p.yaml")
    record = RELEASE.record(document)
    assert RELEASE.evaluate(record, as_of=date(2026, 11, 24)).problems == ()
    (told,) = RELEASE.evaluate(record, as_of=date(2026, 11, 23)).problems
    assert (told.code, told.level, told.place.line, told.place.column) == ("since-later", Level.WARNING, 3, 8)
    assert "'since' is 2026-11-24, after 2026-11-23" in told.message


def test_agreements_one_after_the_other() -> None:
    both = (agreed(22, until=date(2026, 6, 30)), agreed(23, document="ДС-8/2026", **{"from": date(2026, 7, 1)}))
    for day, base in ((date(2026, 6, 30), 22), (date(2026, 7, 1), 23)):
        assert RELEASE.evaluate(partner(*both), as_of=day).discount.base == base


@pytest.mark.parametrize(
    ("agreement", "message"),
    [
        (agreed(term="tiers.competency.discuont"), "is not a term of the programme"),
        (agreed(term="discount.capp"), "is not a term of the programme"),
        (agreed(term="tiers.competency.discount_total"), "'tiers.competency.discount_total' may not be agreed"),
        (agreed(term="tiers.competency.bonuses.reviews"), "'tiers.competency.bonuses.reviews' may not be agreed"),
        (agreed(101, term="discount.cap"), "101 is over 100"),
        (agreed(101, term="tiers.competency.bonuses.reviews.worth"), "101 is over 100"),
        (agreed(2, term="tiers.competency.requirements.marketing"), "2 is not true or false"),
        (agreed(51, term="definitions.updates_share"), "51 is over 50"),
        (agreed(101), "101 is over 100"),
        (agreed(-1), "-1 is under 0"),
        (agreed(-1, term="definitions.updates_share"), "-1 is under 0"),
        (agreed("22"), "'22' is not a number"),
        (agreed(**{"from": "March"}), "'from' is a day"),
        (agreed(until=date(2026, 2, 1)), "it ends on 2026-02-01, before it begins on 2026-03-01"),
        (agreed(document=""), "'document' names the paper"),
        ({"term": TERM, "value": 22, "from": date(2026, 3, 1)}, "'document' is missing"),
        (agreed(unitl=date(2026, 12, 31)), "'unitl' is not a key here"),
        ("22", "an agreement is a map of keys"),
    ],
)
def test_a_wrong_agreement_is_refused(agreement: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        RELEASE.evaluate(partner(agreement))


def test_two_agreements_on_one_term_for_the_same_day_are_refused() -> None:
    both = (agreed(until=date(2026, 6, 30)), agreed(23, document="ДС-8/2026", **{"from": date(2026, 6, 30)}))
    with pytest.raises(InvalidInput, match="is agreed twice for the same days: ДС-7/2026 and ДС-8/2026"):
        RELEASE.evaluate(partner(*both))


def test_what_may_be_agreed_is_marked_in_the_data(tmp_path: Path) -> None:
    terms = {id for id, value in RELEASE.programme.values.items() if value.negotiable}
    assert terms == {*DISCOUNTS, "definitions.updates_share"}
    release = copy_of(ROOT / "program" / "1.0.0", tmp_path)
    edit(release, "prices.yaml", "agreed('definitions.updates_share')", "agreed('definitions.update_share')")
    (problem,) = read_release(release)[1]
    assert (problem.code, problem.help) == ("unknown-term", "did you mean 'definitions.updates_share'?")


def test_every_wrong_term_is_told(tmp_path: Path) -> None:
    value = "{title: {en: It}, kind: yes_no, value: \"agreed('%s')\", source: [c]}"
    told = report(tmp_path, definitions=f"definitions:\n  one: {value % 'discount'}\n  two: {value % 'price'}\n")
    assert "'discount' is not a term that may be agreed" in told
    assert "'price' is not a term that may be agreed" in told


def test_a_term_may_depend_on_facts_and_be_agreed(tmp_path: Path) -> None:
    definitions = """
definitions:
  share:
    title: {en: Share}
    kind: percent
    value: 5 if revenue > 0 else 0
    negotiable: {minimum: 10, maximum: 5, source: [c]}
    source: [c]
"""
    assert "the minimum 10 is over the maximum 5" in report(tmp_path, definitions=definitions)


def test_the_example_of_the_design_is_read_from_yaml() -> None:
    written = yaml.safe_load(
        "{term: tiers.competency.discount, value: 22, document: ДС-7/2026, from: 2026-03-01, until: 2026-12-31}"
    )
    assert RELEASE.evaluate(partner(written), as_of=date(2026, 11, 23)).discount.base == 22


# Terms that nothing marks as negotiable ------------------------------------------------------------------------------

MET = {"certified_admins": 2, "marketing_activities": 0, "announces_participation": True}


#: where a figure stands that is not at the place of its value
PATHS = {
    "definitions.required_admins.competency": "definitions.required_admins.by_tier.competency",
    "definitions.required_admins.saas": "definitions.required_admins.by_tier.saas",
    "definitions.required_activities.competency": "definitions.required_activities.by_tier.competency",
    "definitions.required_review_share.competency": "definitions.required_review_share.by_tier.competency",
    **{
        f"definitions.{id}": f"definitions.{id}"
        for id in (
            "asoft_implementation_share",
            "bonus_review_threshold",
            "updates_price",
            "extended_support_price",
            "support_price",
            "least_internal_price",
        )
    },
}
ASKED_FOR = "definitions.updates_share"  #: a rule of price asks whether it is agreed


def test_each_figure_of_the_programme_may_be_agreed_and_counts_as_if_the_programme_said_it() -> None:
    """Each discount, threshold, percentage, cap and share that is a figure; for each tier, with an order."""
    files, tried = RELEASE.files, 0
    contents = {kind: part.source.text for kind, part in files.documents.items()}
    for id, term in agreeable(RELEASE.programme).items():
        if term.form is not WrittenForm.FIGURE or term.kind is Kind.YES_NO or term.place is None or id == ASKED_FOR:
            continue
        tried += 1
        kind = next(kind for kind, part in files.documents.items() if part.source is term.place.source)
        text = contents[kind]
        edited = contents | {kind: f"{text[: term.place.start]}3{text[term.place.end :]}"}
        if id in PATHS:
            release = what_if(files, [f"{PATHS[id]}=3"]).load()
        else:
            release = load_files(release_files(files.folder, {kind: part.encode() for kind, part in edited.items()}))
        for tier in RELEASE.programme.tiers:
            record = partner(
                agreed(3, id), sales_plan_agreed=True, sales_plan_fulfilled=True, own_events_held=1,
                asoft_events_attended=1, implementations=4, customer_reviews=4, **MET,
            ) | {"tier": tier}  # fmt: skip
            plain = {key: part for key, part in record.items() if key != "agreements"}
            assert as_said(RELEASE, record) == as_said(release, plain), (id, tier)
    assert tried == 31


def as_said(release: Release, record: dict) -> Any:
    """An outcome and the prices of an order, without what they say of agreements and of the release itself."""
    day = date(2026, 11, 23)
    lines = [{"purpose": purpose, "product": "crm", "list_price": 1000} for purpose in ("resale", "internal_use",
             "asoft_implementation", "updates", "extended_support", "support")]  # fmt: skip
    quote = to_dict(release.quote({"currency": "RUB", "lines": lines}, record, as_of=day))
    return without(quote, {"agreements", "digest", "release", "problems", "worth"})


def without(data: Any, keys: set[str]) -> Any:
    if isinstance(data, dict):
        return {key: without(part, keys) for key, part in data.items() if key not in keys}
    return [without(part, keys) for part in data] if isinstance(data, list) else data


def test_the_cap_a_bonus_and_a_threshold_are_agreed() -> None:
    """20 + 12 + 10 = 42, which a cap of 60 leaves as it is; with one administrator where two are required."""
    terms = {
        "discount.cap": 60,
        "tiers.competency.bonuses.reviews.worth": 12,
        "definitions.required_admins.competency": 1,
        "tiers.competency.requirements.marketing": True,
    }
    facts = {**MET, "certified_admins": 1, "implementations": 4, "customer_reviews": 4}
    plan = {"sales_plan_agreed": True, "sales_plan_fulfilled": True, "own_events_held": 0, "asoft_events_attended": 0}
    record = partner(*(agreed(value, term) for term, value in terms.items()), **facts, **plan)
    outcome = RELEASE.evaluate(record, as_of=date(2026, 11, 23))
    assert (outcome.status, outcome.discount.total, outcome.discount.cap) == ("qualified", 42, 60)
    assert {part.term: (part.was, part.value) for part in outcome.agreements} == {
        "discount.cap": (40, 60),
        "tiers.competency.bonuses.reviews.worth": (5, 12),
        "definitions.required_admins.competency": (2, 1),
        "tiers.competency.requirements.marketing": (False, True),
    }
    before = RELEASE.evaluate(record, as_of=date(2026, 2, 28))
    assert (before.status, before.of("competency").discount.total) == ("not_qualified", 35)
    page = page_text(outcome_page(outcome, RELEASE.programme, RELEASE.values(outcome), "en", explain=False))
    assert "Marketing activities                         as agreed  [c4-competency-marketing]" in page


def test_a_requirement_that_an_agreement_adds_is_said_to_be_agreed() -> None:
    unmet = agreed(False, "tiers.competency.requirements.announcement")
    outcome = RELEASE.evaluate(partner(unmet, **MET), as_of=date(2026, 11, 23))
    assert outcome.status == "not_qualified"
    page = page_text(outcome_page(outcome, RELEASE.programme, RELEASE.values(outcome), "ru", explain=True))
    line, below = page.split("✗ Анонс участия на своём веб-ресурсе")[1].splitlines()[:2]
    assert line.strip() == "по соглашению  [c4-competency-announcement]"
    assert not below.startswith("      ")  # no rule explains it


def test_what_is_agreed_of_the_lines_of_an_order_is_so_for_each() -> None:
    """A Retail partner that may implement, and gets 12% of an implementation by ASoft: 440,000 of 500,000."""
    lines = [
        {"purpose": "implementation", "list_price": 100000},
        {"purpose": "asoft_implementation", "list_price": 500000},
        {"purpose": "resale", "list_price": 1000},
    ]
    record = partner(agreed(False, "order[].refusals.supply_only"), agreed(12, "order[].asoft_share"),
                     agreed(False, "order[].rules.resale")) | {"tier": "retail"}  # fmt: skip
    order = {"currency": "RUB", "lines": lines}
    quote = RELEASE.quote(order, record, as_of=date(2026, 11, 23))
    assert [(line.status, line.partner_pays) for line in quote.lines] == [
        ("without_amount", None), ("priced", 440000), ("no_rule", None),
    ]  # fmt: skip
    assert [part.was for part in quote.outcome.agreements] == [None, None, None]
    earlier = RELEASE.quote(order, record, as_of=date(2026, 2, 28))
    assert [(line.status, line.partner_pays) for line in earlier.lines] == [
        ("refused", None), ("priced", 500000), ("priced", 900),
    ]  # fmt: skip
    page = page_text(outcome_page(quote.outcome, RELEASE.programme, RELEASE.values(quote.outcome), "en", explain=False))
    assert "A Retail partner only supplies solutions" in page
    assert "for each item; ДС-7/2026" in page


def test_a_timeline_and_a_history_follow_what_is_agreed_from_day_to_day() -> None:
    """A second administrator is not required from 1 March to 30 June; without one the tier is held in these months."""
    record = partner(
        agreed(1, "definitions.required_admins.competency", until=date(2026, 6, 30)),
        **{**MET, "certified_admins": 1, "marketing_activities": 1},
    )
    moments = timeline(ROOT / "program", record, date(2026, 1, 1), date(2026, 12, 31)).moments
    assert [(moment.day.isoformat(), moment.status) for moment in moments if "changed" in moment.events] == [
        ("2026-03-01", "qualified"),
        ("2026-07-01", "not_qualified"),
    ]
    for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 6, 30), date(2026, 7, 1)):
        held = [moment for moment in moments if moment.day <= day][-1]
        assert RELEASE.evaluate(record, as_of=day).status == held.status


def test_advice_goes_by_what_is_agreed() -> None:
    """With three administrators agreed, the partner of two lacks one; the bonus for one more is out of reach."""
    record = RELEASE.record(partner(agreed(3, "definitions.required_admins.competency"), **MET))
    (advice,) = advise(RELEASE, record, tier="competency", as_of=date(2026, 11, 23)).advice
    steps = {step.fact: (step.before, step.after) for way in advice.ways[:1] for step in way.steps}
    assert steps == {"certified_admins": (2, 3), "marketing_activities": (0, 1)}


def test_terms_that_are_excepted_may_not_be_agreed(tmp_path: Path) -> None:
    release = copy_of(ASOFT, tmp_path)
    edit(release, "programme.yaml", "agreements: {source", "agreements: {except: [discount.cap], source")
    with pytest.raises(InvalidInput, match=r"'discount\.cap' may not be agreed"):
        load(release).record(partner(agreed(30, "discount.cap")))
    edit(release, "programme.yaml", "[discount.cap]", "[discount.capp, tiers.retail.discount]")
    assert [(problem.code, problem.message) for problem in read_release(release)[1]] == [
        ("unknown-term", "'discount.capp' is not a term of the programme"),
        ("unknown-term", "'tiers.retail.discount' is excepted here, and marked as negotiable where it is written"),
    ]


@pytest.mark.parametrize(
    ("lang", "any_other"),
    [
        ("en", "any other term but: “Cap on discount plus bonuses”; “ASoft SaaS Partner: Certified admin"),
        ("ru", "любое другое условие, кроме следующих: «Предел скидки вместе с бонусами»; «ASoft SaaS Partner: "),
    ],
)  # fmt: skip
def test_the_handbook_and_the_form_name_what_may_not_be_agreed(lang: str, any_other: str, tmp_path: Path) -> None:
    excepted = "agreements: {except: [discount.cap, tiers.saas.requirements.staff], source"
    release = copy_of(ASOFT, tmp_path)
    edit(release, "programme.yaml", "agreements: {source", excepted)
    programme = load(release).programme
    assert any_other in handbook_markdown(handbook(programme, lang))
    assert "discount.cap, tiers.saas.requirements.staff; " in form(load(release), lang=lang).replace("\n#     ", " ")
    schema: Any = record_schema(programme, lang)
    terms = schema["properties"]["agreements"]["items"]["properties"]["term"]["enum"]
    assert {"discount.cap", "tiers.saas.requirements.staff"}.isdisjoint(terms)
    assert "tiers.competency.requirements.staff" in terms


def test_without_agreements_in_the_programme_only_marked_terms_may_be_agreed(tmp_path: Path) -> None:
    release = copy_of(ASOFT, tmp_path)
    edit(release, "programme.yaml", "agreements: {source: [c10-supplementary]}\n", "")
    assert set(agreeable(load(release).programme)) == {*DISCOUNTS, "definitions.updates_share"}
    with pytest.raises(InvalidInput, match=r"'discount\.cap' may not be agreed"):
        load(release).record(partner(agreed(30, "discount.cap")))


def test_a_special_discount_without_a_sales_plan_is_told_as_odd() -> None:
    for tier in RELEASE.programme.tiers:
        for plan, told in ((True, []), (False, ["A special discount is agreed, but no sales plan"]), (None, [])):
            record = partner(agreed(28, f"tiers.{tier}.discount"), sales_plan_agreed=plan) | {"tier": tier}
            outcome = RELEASE.evaluate(record, as_of=date(2026, 11, 23))
            assert [problem.message for problem in outcome.problems] == told
    record = partner(agreed(28, until=date(2026, 6, 30)))
    assert [problem.code for problem in RELEASE.evaluate(record, as_of=date(2026, 11, 23)).problems] == [
        "agreement-not-in-force"
    ]


def test_a_rule_may_ask_whether_a_term_is_agreed_that_nothing_marks(tmp_path: Path) -> None:
    """It is not, of a partner that has not agreed it; without agreements in the programme the question is refused."""
    release = copy_of(ASOFT, tmp_path)
    edit(release, "tiers.yaml", "rule: marketing_activities >= required_activities",
         "rule: marketing_activities >= required_activities or agreed('discount.cap')")  # fmt: skip
    asking = load(release)
    assert asking.evaluate(partner(**MET), as_of=date(2026, 11, 23)).status == "not_qualified"
    assert asking.evaluate(partner(agreed(30, "discount.cap"), **MET), as_of=date(2026, 11, 23)).status == "qualified"
    edit(release, "programme.yaml", "agreements: {source: [c10-supplementary]}\n", "")
    assert "'discount.cap' is not a term that may be agreed" in [part.message for part in read_release(release)[1]]
