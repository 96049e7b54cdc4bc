"""Claims: what the source says of its own terms is proved from the rules, or broken by a scenario, and said so."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
import yaml
from charter import load
from charter.engine.programme.claims import Assertion
from charter.engine.proof.claims_by_bounds import check_claims
from charter.engine.review.review import review
from charter.engine.review.scenarios import read_scenarios, scenario_outcomes

from ..programmes import ASOFT, ROOT, copy_of, edit
from ..small_world import write


def verdicts(folder: Path) -> dict[str, tuple]:
    release = load(folder)
    found = check_claims(release, scenario_outcomes(release, read_scenarios(folder, release)))
    return {one.claim.id: (one.status, one.wanted, one.bound, one.attained) for one in found}


def test_the_greatest_sums_are_those_of_the_source() -> None:
    """Competency and SaaS reach exactly 40, Retail 22.5; SaaS has the highest discount of a tier."""
    forty, least = Decimal(40), Decimal("22.5")
    found = verdicts(ASOFT)
    assert {id: found[id] for id in list(found)[:5]} == {
        "competency_up_to_40": ("proved", forty, forty, forty),
        "saas_up_to_40": ("proved", forty, forty, forty),
        "retail_up_to_22_5": ("proved", least, least, least),
        "cap_takes_nothing": ("proved", None, None, None),
        "saas_highest": ("proved", None, None, None),
    }


def test_a_claim_has_the_type_of_its_form() -> None:
    """Every form that the schema has is of one type, which says it as the file does."""
    schema = json.loads((ROOT / "schemas" / "claims.schema.json").read_text("utf-8"))
    keys = schema["properties"]["claims"]["additionalProperties"]["properties"].keys()
    forms = [form for kind in get_args(Assertion) for form in get_args(get_type_hints(kind)["form"])]
    assert sorted(forms) == sorted(keys - {"title", "source", "under", "is", "more", "whatever"})
    written = yaml.safe_load((ASOFT / "claims.yaml").read_text("utf-8"))["claims"]
    claims = {claim.id: claim.assertion for claim in load(ASOFT).programme.claims}
    assert claims.keys() == written.keys()
    for id, assertion in claims.items():
        assert assertion.form in written[id]
        assert assertion.form in get_args(get_type_hints(type(assertion))["form"])


def told(folder: Path) -> list[tuple[str, str]]:
    return [(problem.code, problem.message) for problem in review(folder)]


@pytest.mark.parametrize("folder", [ASOFT, *sorted((ROOT / "examples" / "programmes").glob("*/1.0.0"))], ids=str)
def test_nothing_is_to_be_said_against_the_programmes_that_are_here(folder: Path) -> None:
    assert told(folder) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "bonuses.yaml",
            "percent: {competency: 5, saas: 5}",
            "percent: {competency: 6, saas: 5}",
            "the claim 'competency_up_to_40' does not hold: the greatest is 41, in 'every_bonus_retail', not 40",
        ),
        (
            "bonuses.yaml",
            "percent: {competency: 5, saas: 5}",
            "percent: {competency: 4, saas: 5}",
            "the claim 'competency_up_to_40' does not hold: the greatest is 39, in 'every_bonus_retail', not 40",
        ),
        ("bonuses.yaml", "value: 40", "value: 39", "the claim 'cap_takes_nothing' does not hold: it is false in"),
        ("tiers.yaml", "value: 20\n", "value: 25\n", "the claim 'saas_highest' does not hold"),
        ("clauses.yaml", "Вознаграждение партнёра Competency — 20 %", "Вознаграждение партнёра Competency — 21 %",
         "the clause says 21%, and nothing that cites it does"),
        ("clauses.yaml", "bonuses.events.take: sum", "bonuses.evnts.take: sum",
         "in the other reading 'both' of c9-events: there is no 'evnts' for 'bonuses.evnts.take' to change"),
        ("clauses.yaml", "bonuses.events.take: sum", "bonus.events.take: sum",
         "in the other reading 'both' of c9-events: there is no 'bonus' for 'bonus.events.take' to change"),
        ("clauses.yaml", "bonuses.events.take: sum", "bonuses.events.take: greatest",
         "in the other reading 'both' of c9-events: it changes nothing"),
        ("clauses.yaml", "bonuses.events.take: sum", "bonuses.events.take: most",
         "in the other reading 'both' of c9-events: 'most' is not one of the values possible here"),
        ("clauses.yaml", "rule: marketing_activities >= 2", "rule: marketing_activity >= 2",
         "in the other reading 'several' of c4-competency-marketing: 'marketing_activity' is not a fact"),
        ("scenarios/tiers.yaml", "certified_admins: 0,", "certified_admin: 0,", "'certified_admin' is not a fact"),
    ],
)  # fmt: skip
def test_what_a_review_tells(tmp_path: Path, file: str, old: str, new: str, expected: str) -> None:
    release = copy_of(ASOFT, tmp_path)
    edit(release, file, old, new)
    messages = [message for _, message in told(release)]
    assert any(message.startswith(expected) for message in messages), messages
    for problem in review(release):
        assert problem.place is not None
        assert problem.place.line > 0


CLAIMS = """
claims:
  rich: {title: {en: Rich}, greatest: "discount_total('gold')", is: 20, source: [c]}
"""
TIERS = """
tiers:
  gold: {title: {en: Gold}, discount: {value: 20, source: [c]}}
  silver: {title: {en: Silver}}
"""
FORM = "greatest: \"discount_total('gold')\", is: 20"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", "claim-undecided: the claim 'rich' is not proved: no scenario knows it, 20 is what the rules allow"),
        (FORM, "always: \"discount_total('gold') < 0\"", "claim-undecided: the claim 'rich' is not proved: the rules"),
        (FORM, "always: \"discount_total('gold') == 20\"", "none"),
        (
            FORM,
            "greatest: revenue, is: 20",
            "claim-undecided: the claim 'rich' is not proved: no scenario knows it, no",
        ),
        (
            "is: 20",
            "is: 25",
            "claim-broken: the claim 'rich' does not hold: no scenario knows it, 20 is what the rules",
        ),
        (
            FORM,
            "least: revenue, is: revenue",
            "claim-undecided: the claim 'rich' is not proved: what it 'is' depends on",
        ),
        ("is: 20", "is: true", "wrong-kind"),
        (FORM, "greatest: as_of, is: date('2026-01-01')", "wrong-kind: this is a date; a number is needed here"),
        (", is: 20", "", "wrong-form: 'is' is missing"),
        ("gold", "gild", "unknown-tier: 'gild' is not a tier"),
        ("'gold'", "held_tier", "wrong-kind: a tier is named in quotes here"),
        ("is: 20", "is: 20, always: true", "wrong-form: these keys do not go together"),
        (
            FORM,
            "possible: \"discount_total('gold') < 0\"",
            "claim-broken: the claim 'rich' does not hold: nobody reaches",
        ),
        (FORM, "possible: revenue > 5", "claim-undecided: the claim 'rich' is not proved: no scenario shows it"),
        (FORM, "reachable: tiers", "claim-undecided: the claim 'rich' is not proved: no scenario shows it"),
        (FORM, "reachable: bonuses", "none"),
        (FORM, "reachable: benefits", "unknown-choice: 'benefits' is not one of the values possible here"),
        (FORM, "more: [revenue], never_lowers: [\"discount_total('gold')\"]", "none"),
        (
            FORM,
            "more: [revenue], never_lowers: [revenue]",
            "claim-undecided: the claim 'rich' is not proved: the rules",
        ),
        (FORM, "more: [revenu], never_lowers: [revenue]", "unknown-name: 'revenu' is not a fact"),
        (FORM, "more: [revenue], never_lowers: [as_of]", "wrong-kind: this is a date; a number or a condition is"),
        (FORM, "more: [revenue]", "wrong-form: 'never_lowers' is missing"),
        (FORM, "whatever: [revenue], never_lowers: [revenue]", "wrong-form: 'never_changes' is missing"),
        (FORM, "whatever: [revenue], never_changes: [as_of]", "none"),
        ("is: 20", "is: 20, under: c.other", "unknown-name: 'c.other' is not a reading that was not taken"),
        ("is: 20", "is: 20, under: other", "bad-text: 'other' is not written as needed"),
        ("greatest", "greatset", "unknown-key: 'greatset' is not a key here"),
        ("discount_total('gold')", "discount_total('silver')", "no-discount: the tier 'silver' has no discount"),
    ],
)
def test_claims_that_are_mistaken_or_not_proved(tmp_path: Path, old: str, new: str, expected: str) -> None:
    folder = write(tmp_path, tiers=TIERS, claims=CLAIMS.replace(old, new) if old else CLAIMS)
    told = [problem for problem in review(folder, solver=False) if problem.code != "unused-fact"]
    messages = [f"{problem.code}: {problem.message}" for problem in told] or ["none"]
    assert any(message.startswith(expected) for message in messages), messages


def test_an_agreement_of_one_partner_breaks_no_claim_of_all(tmp_path: Path) -> None:
    """With an agreed discount of 30 a partner's sum passes 40; the claims are about the programme's own terms."""
    release = load(ASOFT)
    facts = {fact: 3 if value.kind == "count" else True for fact, value in release.programme.facts.items()}
    for fact in ("bonus_return", "year_turnover"):
        facts.pop(fact)
    agreed = {"term": "tiers.competency.discount", "value": 30, "document": "A", "from": date(2026, 1, 1)}
    record = {"partner": "P", "tier": "competency", "facts": facts}
    alone = release.evaluate(record, as_of=date(2026, 11, 23))
    with_it = release.evaluate(record | {"agreements": [agreed]}, as_of=date(2026, 11, 23))
    assert (alone.discount.uncapped, with_it.discount.uncapped) == (40, 50)
    assert [one.claim.id for one in check_claims(release, {"a": alone, "b": with_it}) if one.status == "refuted"] == []
