"""Planted changes, one of each kind: the sentence, the judgement, and partners that evaluate confirms on both sides."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from functools import partial
from pathlib import Path

import pytest
import yaml
from charter.engine.difference.difference import ReleaseDifference, difference
from charter.engine.difference.one_partner import Pair
from charter.engine.difference.shown import differ_in_way
from charter.engine.language.run.interpret import interpret
from charter.engine.programme.owners import Role
from charter.engine.release.load import load_files, read_files
from charter.engine.report.changes import ChangeWords

from ..cli import charter, charter_json
from ..programmes import ASOFT, copy_of, edit

DAY = date(2026, 11, 25)
Edit = tuple[str, str, str]

#: what is changed in which file; the judgement of the whole; the code, the sentence and the judgement of each change
PLANTED: dict[str, tuple[list[Edit], str, list[tuple[str, str, str | None]]]] = {
    "a discount up": (
        [("tiers.yaml", "value: 20\n", "value: 22\n")],
        "improves",
        [("discount_changed", "ASoft CRM Competency Partner: discount 20% → 22%", "improves")],
    ),
    "a discount down": (
        [("tiers.yaml", "value: 25\n", "value: 24\n")],
        "worsens",
        [("discount_changed", "ASoft SaaS Partner: discount 25% → 24%", "worsens")],
    ),
    "a threshold up": (
        [("tiers.yaml", "marketing_activities >= required_activities", "marketing_activities >= 2")],
        "worsens",
        [
            (
                "requirement_rule_changed",
                "ASoft CRM Competency Partner, Marketing activities, marketing activities held: at least 1 → at least 2",
                "worsens",
            )
        ],
    ),
    "a threshold down": (
        [("tiers.yaml", "review_share >= required_review_share", "review_share >= 40")],
        "improves",
        [
            (
                "requirement_rule_changed",
                "ASoft CRM Competency Partner, Customer reviews of implementations, implementations: none or share of implementations with customer reviews: at least 50% → none or share of implementations with customer reviews: at least 40%",
                "improves",
            )
        ],
    ),
    "a strictness": (
        [("tiers.yaml", "review_share >= required_review_share", "review_share > 50")],
        "worsens",
        [
            (
                "requirement_rule_changed",
                "ASoft CRM Competency Partner, Customer reviews of implementations, implementations: none or share of implementations with customer reviews: at least 50% → none or share of implementations with customer reviews: more than 50%",
                "worsens",
            )
        ],
    ),
    "a bonus's strictness": (
        [("bonuses.yaml", "bonus_review_share > bonus_review_threshold", "bonus_review_share >= 75")],
        "improves",
        [
            (
                "bonus_rule_changed",
                "Reviews for most implementations: Implementations for the bonus: at least 1; share of reviews for the bonus: more than 75%; bonus for reviews used this year: no → Implementations for the bonus: at least 1; share of reviews for the bonus: at least 75%; bonus for reviews used this year: no",
                "improves",
            )
        ],
    ),
    "a table of a definition": (
        [("definitions.yaml", "{competency: 2, saas: 2}", "{competency: 3, saas: 2}")],
        "worsens",
        [("value_changed", "Certified administrators required: ASoft CRM Competency Partner 2 → 3", "worsens")],
    ),
    "a bonus raised on one tier": (
        [("bonuses.yaml", "{competency: 2.5, saas: 2.5}", "{competency: 2.5, saas: 3}")],
        "improves",
        [
            (
                "bonus_offer_changed",
                "Specialists beyond the tier's requirement, ASoft SaaS Partner: 2.5% → 3%",
                "improves",
            )
        ],
    ),
    "a bonus withdrawn from a tier": (
        [("bonuses.yaml", "{competency: 2.5, saas: 2.5}", "{competency: 2.5}")],
        "worsens",
        [
            (
                "bonus_offer_removed",
                "Specialists beyond the tier's requirement, ASoft SaaS Partner: no longer 2.5%",
                "worsens",
            )
        ],
    ),
    "a bonus offered to a tier": (
        [
            ("bonuses.yaml", "{retail: 10, competency: 10, saas: 5}", "{retail: 10, competency: 10, saas: 5}"),
            ("bonuses.yaml", "percent: {competency: 5, saas: 5}", "percent: {retail: 1, competency: 5, saas: 5}"),
        ],
        "improves",
        [("bonus_offer_added", "Reviews for most implementations, ASoft Retail Partner: now 1%", "improves")],
    ),
    "a bonus moved to another tier": (
        [
            (
                "bonuses.yaml",
                "percent: {competency: 2.5, saas: 2.5}\n    source: [c9-extra",
                "percent: {saas: 2.5}\n    source: [c9-extra",
            )
        ],
        "worsens",
        [
            (
                "bonus_offer_removed",
                "Specialists beyond the tier's requirement, ASoft CRM Competency Partner: no longer 2.5%",
                "worsens",
            )
        ],
    ),
    "a bonus added": (
        [
            (
                "bonuses.yaml",
                "bonuses:\n  reviews:",
                "bonuses:\n  loyalty:\n    title: {ru: Верность, en: Loyalty}\n    when: certified_admins >= 4\n    percent: {competency: 1}\n    source: [c9-purpose]\n  reviews:",
            )
        ],
        "improves",
        [("bonus_added", "new bonus: Loyalty", "improves")],
    ),
    "a bonus removed": (
        [
            (
                "bonuses.yaml",
                "  reviews:\n    title: {ru: Отзывы о большинстве внедрений, en: Reviews for most implementations}\n    when: bonus_implementations > 0 and bonus_review_share > bonus_review_threshold and not reviews_used\n    percent: {competency: 5, saas: 5}\n    source: [c9-reviews]\n",
                "",
            ),
            ("prices.yaml", "        reviews_bonus: bonus('reviews') > 0\n", ""),
        ],
        "worsens_or_both",  # what an order becomes is not proved
        [
            ("bonus_removed", "bonus dropped: Reviews for most implementations", None),
            (
                "value_removed",
                "Order: reviews_bonus: no longer the partner's bonus “Reviews for most implementations”: more than 0%",
                "not_proved",
            ),
        ],
    ),
    "a bonus renamed": (
        [
            ("bonuses.yaml", "  sales_plan:\n", "  plan:\n"),
            ("prices.yaml", "bonus('sales_plan')", "bonus('plan')"),
        ],
        "neutral",
        [("bonus_renamed", "bonus renamed: sales_plan → plan", "neutral")],
    ),
    "both instead of the greater": (
        [("bonuses.yaml", "take: greatest", "take: sum")],
        "improves",
        [("value_changed", "Events: take greatest → sum", "improves")],
    ),
    "a way to earn removed": (
        [
            (
                "bonuses.yaml",
                "      asoft_event:\n        title: {ru: Участие в мероприятиях ASoft, en: ASoft events attended}\n        when: asoft_events_attended > asoft_events_used\n        percent: {retail: 1, competency: 1, saas: 1}\n",
                "",
            )
        ],
        "worsens",
        [("bonus_rate_removed", "Events: way to earn it dropped: ASoft events attended", "worsens")],
    ),
    "the cap lowered": (
        [("bonuses.yaml", "value: 40", "value: 38")],
        "worsens",
        [("cap_changed", "Cap on discount plus bonuses: 40% → 38%", "worsens")],
    ),
    "the cap raised": (
        [("bonuses.yaml", "value: 40", "value: 45")],
        "improves",
        [("cap_changed", "Cap on discount plus bonuses: 40% → 45%", "improves")],
    ),
    "the cap lifted": (
        [
            (
                "bonuses.yaml",
                "  cap:\n    title: {ru: Предел скидки вместе с бонусами, en: Cap on discount plus bonuses}\n    value: 40\n    source: [c9-cap]\n",
                "",
            ),
            ("claims.yaml", "<= discount_cap", "<= 40"),
            ("claims.yaml", "> discount_cap", "> 40"),
            ("clauses.yaml", "          discount.cap.value: 100", '          discount.bonuses_apply.rule: "true"'),
        ],
        "improves",
        [
            ("cap_removed", "cap dropped: Cap on discount plus bonuses", None),
            (
                "value_changed",
                "The cap takes nothing away; the sum itself goes no further.: (the greatest of: “discount of ASoft Retail Partner with bonuses, before the cap”; “discount of ASoft CRM Competency Partner with bonuses, before the cap”; “discount of ASoft SaaS Partner with bonuses, before the cap”): at most 40% → (the greatest of: “discount of ASoft Retail Partner with bonuses, before the cap”; “discount of ASoft CRM Competency Partner with bonuses, before the cap”; “discount of ASoft SaaS Partner with bonuses, before the cap”): at most 40%",
                "neutral",
            ),
            (
                "value_changed",
                "Were both kinds of events counted, the cap would take away some of what is earned.: (the greatest of: “discount of ASoft CRM Competency Partner with bonuses, before the cap”; “discount of ASoft SaaS Partner with bonuses, before the cap”): more than 40% → (the greatest of: “discount of ASoft CRM Competency Partner with bonuses, before the cap”; “discount of ASoft SaaS Partner with bonuses, before the cap”): more than 40%",
                "neutral",
            ),
            (
                "value_removed",
                "c9-cap, “Up to 40%” is an expectation and not a limit, so nothing is cut off.: discount.cap.value: no longer 100",
                "neutral",
            ),
            (
                "value_added",
                "c9-cap, “Up to 40%” is an expectation and not a limit, so nothing is cut off.: discount.bonuses_apply.rule: true, new",
                "neutral",
            ),
        ],
    ),
    "a requirement added": (
        [
            (
                "tiers.yaml",
                "      announcement:\n        title: {ru: Анонс участия на своём веб-ресурсе, en: Participation announced on own web resource}\n        rule: announces_participation\n        source: [c4-competency-announcement]\n",
                "      announcement:\n        title: {ru: Анонс участия на своём веб-ресурсе, en: Participation announced on own web resource}\n        rule: announces_participation\n        source: [c4-competency-announcement]\n      events:\n        title: {ru: Свои мероприятия, en: Own events}\n        rule: own_events_held >= 1\n        source: [c4-competency-marketing]\n",
            )
        ],
        "worsens",
        [("requirement_added", "ASoft CRM Competency Partner: new requirement: Own events", "worsens")],
    ),
    "a requirement removed": (
        [
            (
                "tiers.yaml",
                "      announcement:\n        title: {ru: Анонс участия на своём веб-ресурсе, en: Participation announced on own web resource}\n        rule: announces_participation\n        source: [c4-saas-announcement]\n",
                "",
            )
        ],
        "both",
        [
            (
                "requirement_removed",
                "ASoft SaaS Partner: requirement dropped: Participation announced on own web resource",
                "both",
            )
        ],
    ),
    "a requirement renamed": (
        [("tiers.yaml", "      isolation:\n", "      isolation_module:\n")],
        "neutral",
        [("requirement_renamed", "ASoft SaaS Partner: requirement renamed: isolation → isolation_module", "neutral")],
    ),
    "a requirement of every tier": (
        [("eligibility.yaml", "    rule: technical_base\n", "    rule: technical_base or trained_specialists\n")],
        "both",
        [
            (
                "requirement_rule_changed",
                "Technical base: Has the necessary technical base → Has the necessary technical base or specialists trained to the required level",
                "both",
            )
        ],
    ),
    "a product added": (
        [
            (
                "products.yaml",
                "products:\n",
                "products:\n  crm_new:\n    title: {ru: ASoft CRM New, en: ASoft CRM New}\n    source: [c4-products]\n",
            )
        ],
        "both",
        [("product_added", "new product: ASoft CRM New", "both")],
    ),
    "a benefit given": (
        [
            (
                "benefits.yaml",
                "by_tier: {retail: false, competency: true, saas: true}\n    source: [c7-training]",
                "by_tier: {retail: true, competency: true, saas: true}\n    source: [c7-training]",
            )
        ],
        "improves",
        [
            (
                "benefit_offer_changed",
                "Training for two of the partner's specialists, ASoft Retail Partner: no → yes",
                "improves",
            )
        ],
    ),
    "a benefit taken": (
        [
            (
                "benefits.yaml",
                "by_tier: {retail: true, competency: true, saas: true}\n    source: [c7-listing,",
                "by_tier: {retail: false, competency: true, saas: true}\n    source: [c7-listing,",
            )
        ],
        "worsens",
        [("benefit_offer_changed", "Listing on ASoft's site, ASoft Retail Partner: yes → no", "worsens")],
    ),
    "the first day": (
        [("programme.yaml", "from: 2026-01-01", "from: 2026-02-01")],
        "neutral",
        [("first_day_changed", "in force from 2026-01-01 → 2026-02-01", "neutral")],
    ),
    "a reading": (
        [
            (
                "clauses.yaml",
                "      en: One activity in the membership period is enough.",
                "      en: One activity in a membership period will do.",
            )
        ],
        "neutral",
        [
            (
                "reading_changed",
                "c4-competency-marketing: reading “One activity in the membership period is enough.” → “One activity in a membership period will do.”",
                "neutral",
            )
        ],
    ),
    "a wording": (
        [
            (
                "clauses.yaml",
                "title: {ru: Вознаграждение партнёра Retail — 10 %., en: A Retail partner's reward is 10%.}",
                "title: {ru: Вознаграждение партнёра Retail — 10 %., en: The reward of a Retail partner is 10%.}",
            )
        ],
        "neutral",
        [
            (
                "text_changed",
                "c4-retail-reward: wording “A Retail partner's reward is 10%.” → “The reward of a Retail partner is 10%.”",
                "neutral",
            )
        ],
    ),
    "what is cited": (
        [("bonuses.yaml", "    source: [c9-sales-plan]\n", "    source: [c9-sales-plan, c9-purpose]\n")],
        "neutral",
        [("source_changed", "Sales plan fulfilled: clauses c9-sales-plan → c9-sales-plan, c9-purpose", "neutral")],
    ),
    "a default": (
        [("facts.yaml", "    kind: yes_no\n    default: true", "    kind: yes_no\n    default: false")],
        "worsens",
        [("value_changed", "Bonuses requested by the partner: default yes → no", "worsens")],
    ),
    "a rule said otherwise": (
        [
            (
                "tiers.yaml",
                "rule: implementations == 0 or review_share >= required_review_share",
                "rule: not implementations > 0 or review_share >= required_review_share",
            )
        ],
        "neutral",
        [
            (
                "requirement_rule_changed",
                "ASoft CRM Competency Partner, Customer reviews of implementations, implementations: none or share of implementations with customer reviews: at least 50% → at most 0 or share of implementations with customer reviews: at least 50%",
                "neutral",
            )
        ],
    ),
    "a price": (
        [("prices.yaml", "ratio(extended_support_price)", "ratio(25)")],
        "not_proved",
        [
            (
                "value_changed",
                "Order, 30% of the value of the licences supplied: (serviced licences at list price (Order) × 30%), rounded to 0.01 → (serviced licences at list price (Order) × 25%), rounded to 0.01",
                "not_proved",
            )
        ],
    ),
    "what may be agreed": (
        [
            (
                "definitions.yaml",
                "negotiable: {minimum: 0, maximum: 50,",
                "negotiable: {minimum: 0, maximum: 30,",
            )
        ],
        "both",
        [("value_changed", "Partner's share of the price of updates: maximum 50% → 30%", "both")],
    ),
    "a comment": (
        [("bonuses.yaml", "# What is added", "# Whatever is added")],
        "neutral",
        [],
    ),
    "whitespace": (
        [
            (
                "tiers.yaml",
                "rule: certified_admins >= required_admins\n        source: [c4-saas-staff]",
                "rule:   certified_admins   >=   required_admins\n        source: [ c4-saas-staff ]",
            )
        ],
        "neutral",
        [],
    ),
}


def found(folder: Path, edits: list[Edit]) -> ReleaseDifference:
    release = copy_of(ASOFT, folder)
    for file, old, new in edits:
        path = release / file
        text = path.read_text("utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new, 1), "utf-8")
    before, after = read_files(ASOFT), read_files(release)
    return difference(before, after, Pair(load_files(before), load_files(after), DAY))


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_change(name: str, tmp_path: Path) -> None:
    edits, judgement, expected = PLANTED[name]
    told = found(tmp_path, edits)
    telling = ChangeWords(told.before, told.after, "en")
    assert [(one.change.code, telling.sentence(one.change), one.judgement) for one in told.changes] == expected
    assert told.judgement == judgement
    for effect in told.effects:
        for way, one in effect.ways.items():
            assert (one.status == "yes") == (one.examples is not None)
            if one.examples is None or effect.outcome.of_order:
                continue
            values = []
            trees = (effect.outcome.before, effect.outcome.after)
            releases = (told.pair.before, told.pair.after)
            for release, example, tree in zip(releases, one.examples, trees, strict=True):
                outcome = release.evaluate(example.record(), as_of=example.as_of)
                values.append(interpret(tree, release.values(outcome)))
            assert differ_in_way((values[0], values[1]), effect.outcome, way), (effect.outcome, values)


def test_every_kind_of_judgement_is_among_them() -> None:
    assert {judgement for _, judgement, _ in PLANTED.values()} == {
        "improves",
        "worsens",
        "both",
        "neutral",
        "not_proved",
        "worsens_or_both",
    }
    assert len(PLANTED) >= 30


def test_what_is_better_for_some_and_worse_for_others(tmp_path: Path) -> None:
    told = found(tmp_path, [("tiers.yaml", "value: 20\n", "value: 22\n"), ("bonuses.yaml", "value: 40", "value: 39")])
    assert told.judgement == "both"
    totals = [one for one in told.effects if one.outcome.role is Role.DISCOUNT_TOTAL and not one.outcome.own]
    by_tier = {one.outcome.tier: one.judgement for one in totals}
    assert by_tier == {"retail": "worsens", "competency": "both", "saas": "worsens"}  # retail by an agreement
    assert [one.judgement for one in told.changes] == ["worsens", "improves"]


def test_what_is_only_written_otherwise_is_no_change(tmp_path: Path) -> None:
    """Comments, blanks, quotes, the order of rows, the other style of YAML."""
    release = copy_of(ASOFT, tmp_path)
    for file in ("bonuses.yaml", "products.yaml", "terms.yaml", "facts.yaml", "definitions.yaml"):
        path = release / file
        data = yaml.safe_load(path.read_text("utf-8"))
        rows = {table: dict(reversed(part.items())) for table, part in data.items() if isinstance(part, dict)}
        first = path.read_text("utf-8").splitlines()[0]
        path.write_text(f"{first}\n# otherwise\n{yaml.safe_dump(rows, allow_unicode=True, sort_keys=False)}", "utf-8")
    told = charter_json("diff", ASOFT, release, schema="diff.schema.json")
    assert told["changes"] == []
    assert told["judgement"] == "neutral"
    assert "The two releases say the same" in charter("diff", ASOFT, release).stdout


def test_the_order_of_tiers_is_told(tmp_path: Path) -> None:
    release = copy_of(ASOFT, tmp_path)
    text = (release / "tiers.yaml").read_text("utf-8")
    head, retail, rest = text.partition("  retail:\n")
    retail_block, competency, rest = rest.partition("  competency:\n")
    (release / "tiers.yaml").write_text(f"{head}{competency}{rest}\n{retail}{retail_block}", "utf-8")
    (one,) = charter_json("diff", ASOFT, release, schema="diff.schema.json")["changes"]
    assert one["code"] == "order_changed"
    assert one["sentence"]["en"] == (
        "order: ASoft Retail Partner, ASoft CRM Competency Partner, ASoft SaaS Partner"
        " → ASoft CRM Competency Partner, ASoft SaaS Partner, ASoft Retail Partner"
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a threshold up", "a bonus removed", "the cap lowered", "a default"])
def test_partners_are_confirmed_by_evaluate_on_both_sides(name: str, tmp_path: Path) -> None:
    release = copy_of(ASOFT, tmp_path)
    for change in PLANTED[name][0]:
        edit(release, *change)
    told = charter_json("diff", ASOFT, release, "--as-of", "2026-11-25", schema="diff.schema.json")
    checked = 0
    for effect in told["effects"]:
        for way in effect["ways"].values():
            if way["status"] != "yes" or effect["own"] or effect["what"] not in ("qualified", "discount_total"):
                continue
            for folder, partner, expected in zip(
                (ASOFT, release), way["partners"], (way["before"], way["after"]), strict=True
            ):
                file = tmp_path / "partner.json"
                file.write_text(json.dumps(partner["record"]), "utf-8")
                call = ("evaluate", file, "--program", folder, "--as-of", partner["as_of"])
                tier = charter_json(*call, schema="outcome.schema.json")["tiers"][effect["tier"]]
                if effect["what"] == "qualified":
                    assert (tier["status"] == "qualified") is expected
                else:
                    assert tier["discount"]["total"] == expected
                checked += 1
    assert checked >= 2


def test_a_price_is_confirmed_by_quote_on_both_sides(tmp_path: Path) -> None:
    release = copy_of(ASOFT, tmp_path)
    edit(release, "prices.yaml", "supplied * ratio(extended_support_price)", "supplied * ratio(25)")
    told = charter_json("diff", ASOFT, release, "--as-of", "2026-11-25", schema="diff.schema.json")
    (effect,) = (one for one in told["effects"] if one["judgement"] != "neutral")
    way = effect["ways"]["better"]
    assert (effect["what"], effect["id"], way["status"]) == ("amount", "partner_pays", "yes")
    assert effect["ways"]["worse"]["status"] == "undecided"  # products of facts: nobody says that nobody pays more
    order, partner = tmp_path / "order.json", tmp_path / "partner.json"
    order.write_text(json.dumps({"currency": "EUR", "lines": way["lines"]}), "utf-8")
    for folder, one, expected in zip((ASOFT, release), way["partners"], (way["before"], way["after"]), strict=True):
        partner.write_text(json.dumps(one["record"]), "utf-8")
        call = ("quote", order, "--partner", partner, "--program", folder, "--as-of", one["as_of"])
        assert charter_json(*call, schema="quote.schema.json")["lines"][0]["partner_pays"] == expected
    assert (way["before"], way["after"]) == (3000, 2500)


# The command ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def raised(tmp_path: Path) -> Path:
    """A release that asks for more."""
    release = copy_of(ASOFT, tmp_path)
    edit(release, "tiers.yaml", "marketing_activities >= required_activities", "marketing_activities >= 2")
    return release


def test_a_release_of_git_is_read_without_checking_it_out(raised: Path, tmp_path: Path) -> None:
    run = partial(subprocess.run, cwd=raised.parent, check=True, capture_output=True)
    run(["git", "init", "--quiet"])
    run(["git", "add", "."])
    run(["git", "-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "-m", "A release"])
    edit(raised, "tiers.yaml", "marketing_activities >= 2", "marketing_activities >= 3")
    done = charter("diff", "HEAD:1.0.0", "1.0.0", "--program", ".", cwd=raised.parent)
    assert done.returncode == 0, done.stderr
    assert "at least 2 → at least 3" in " ".join(done.stdout.split())
    assert "HEAD:1.0.0/tiers.yaml:70:15 → 1.0.0/tiers.yaml:70:15" in done.stdout
    for wrong in ("HEAD:nowhere", "nothing:1.0.0", "2.0.0", "--upload-pack=x:1.0.0"):
        refused = charter("diff", wrong, "1.0.0", "--program", ".", cwd=raised.parent)
        assert refused.returncode == 2, refused.stderr


def test_a_difference_can_fail_a_call_unless_it_is_approved(raised: Path, tmp_path: Path) -> None:
    call = ("diff", ASOFT, raised)
    assert charter(*call).returncode == 0
    assert charter(*call, "--fail-on", "worsens").returncode == 1
    assert charter(*call, "--fail-on", "any").returncode == 1
    (one,) = charter_json(*call, "--fail-on", "worsens", schema="diff.schema.json", code=1)["changes"]
    approvals = tmp_path / "approvals.yaml"
    said = "{reason: agreed in spring, by: A. Ivanova, on: 2026-11-20}"
    approvals.write_text(f"approvals:\n  {one['fingerprint']}: {said}\n", "utf-8")
    assert charter(*call, "--fail-on", "worsens", "--approved", approvals).returncode == 0
    approved = charter(*call, "--approved", approvals)
    assert "approved by A. Ivanova, 2026-11-20: agreed in" in " ".join(approved.stdout.split())
    edit(raised, "tiers.yaml", "marketing_activities >= 2", "marketing_activities >= 3")
    assert charter(*call, "--fail-on", "worsens", "--approved", approvals).returncode == 1
    approvals.write_text("approvals: {0: {}}\n", "utf-8")
    assert charter(*call, "--approved", approvals).returncode == 4


def test_an_approval_survives_what_else_changes(raised: Path) -> None:
    (before,) = charter_json("diff", ASOFT, raised, schema="diff.schema.json")["changes"]
    text = (raised / "tiers.yaml").read_text("utf-8")
    (raised / "tiers.yaml").write_text(text.replace("tiers:\n", "# moved\n\n\ntiers:\n", 1), "utf-8")
    edit(raised, "tiers.yaml", "marketing_activities >= 2", "marketing_activities   >=   2")
    edit(raised, "bonuses.yaml", "value: 40", "value: 41")
    after = charter_json("diff", ASOFT, raised, schema="diff.schema.json")["changes"]
    assert before["fingerprint"] in {one["fingerprint"] for one in after}
    assert len(after) == 2


@pytest.mark.parametrize("format", ["markdown", "html", "github"])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_other_formats(raised: Path, format: str, lang: str) -> None:
    done = charter("diff", ASOFT, raised, "--format", format, "--lang", lang)
    assert (done.returncode, done.stderr) == (0, "")
    assert ("at least 1 → at least 2" if lang == "en" else "не менее 1 → не менее 2") in done.stdout


@pytest.mark.slow
def test_a_portfolio_says_who_is_hit(raised: Path, tmp_path: Path) -> None:
    """As `evaluate` says of each partner under both; agreements and orders too."""
    portfolio, agreements, hit = tmp_path / "p.csv", tmp_path / "a.csv", tmp_path / "hit.csv"
    ready = {id: "true" for id, fact in load_files(read_files(ASOFT)).programme.facts.items() if fact.kind == "yes_no"}
    ready |= {"certified_admins": "2", "implementations": "0", "asoft_events_attended": "0", "own_events_held": "0"}
    rows = [
        {"partner": f"P-{one}", "tier": "competency", **ready, "marketing_activities": str(one)} for one in range(4)
    ]
    portfolio.write_text("\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)]) + "\n", "utf-8")
    edit(raised, "tiers.yaml", "value: 20\n", "value: 21\n")
    agreements.write_text(
        "partner,term,value,document,from\nP-3,tiers.competency.discount,30,A-1,2026-01-01\n", "utf-8"
    )
    order = tmp_path / "order.yaml"
    order.write_text(
        "currency: RUB\nlines: [{purpose: resale, product: crm, list_price: 1000, quantity: 1}]\n", "utf-8"
    )
    call = ("diff", ASOFT, raised, "--portfolio", portfolio, "--agreements", agreements, "--order", f"P-2={order}")
    told = charter_json(*call, "--hit", hit, "--as-of", "2026-11-25", schema="diff.schema.json")["compared"]
    assert (told["portfolio"]["rows"], told["portfolio"]["decided"], told["portfolio"]["rejected"]) == (4, 4, 0)
    tier = told["portfolio"]["tiers"]["competency"]
    assert (tier["could"]["lost"], tier["could"]["gained"]) == (1, 0)
    listed = {row.split(",")[0] for row in hit.read_text("utf-8").splitlines()[1:]}
    assert listed == {"P-0", "P-1", "P-2"}  # P-3 has another discount by its agreement
    (agreed,) = told["agreements"]["found"]
    assert (agreed["partner"], agreed["effect"]) == ("P-3", "unreached")
    assert "Who changes tier or status" in charter(*call).stdout
    assert charter(*call[:3], "--portfolio", tmp_path / "none.csv").returncode == 2
    assert charter(*call, "--order", "P-1").returncode == 2


def test_a_release_that_worsens_something_keeps_to_the_rules(raised: Path) -> None:
    """With a notice of 60 days and a number that grows by its last part only."""
    edit(raised, "programme.yaml", 'release: "1.0.0"', 'release: "1.0.1"')
    edit(raised, "programme.yaml", "from: 2026-01-01", "from: 2026-12-15")
    promised = Path(shutil.copytree(ASOFT, raised.parent / "promised" / "1.0.0"))
    edit(promised, "programme.yaml", "effective:", "notice_days: 60\neffective:")
    later = raised.rename(raised.parent / "1.0.1")
    told = charter_json("diff", promised, later, "--as-of", "2026-11-25", schema="diff.schema.json")
    assert told["findings"] == ["short_notice", "small_number"]


def test_a_wording_that_changed_in_the_other_language_is_told_in_that(tmp_path: Path) -> None:
    told = found(tmp_path, [("bonuses.yaml", "ru: Предел скидки вместе с бонусами", "ru: Предел скидки с бонусами")])
    (one,) = told.changes
    sentence = ChangeWords(told.before, told.after, "en").sentence(one.change)
    assert sentence.endswith("wording (ru) “Предел скидки вместе с бонусами” → “Предел скидки с бонусами”")


def test_a_sum_that_the_cap_cuts_is_told_with_it(tmp_path: Path) -> None:
    release = copy_of(ASOFT, tmp_path)
    edit(release, "bonuses.yaml", "value: 40", "value: 35")
    text = " ".join(charter("diff", ASOFT, release).stdout.split())
    assert "Events; not more than 35%" in text


def test_options_of_a_portfolio_need_one(raised: Path) -> None:
    for words in (("--hit", "h.csv"), ("--order", "P=o.yaml"), ("--agreements", "a.csv"), ("--list", "a=b")):
        assert charter("diff", ASOFT, raised, *words).returncode == 2
    assert charter("diff", ASOFT, raised, "--seconds", "nan").returncode == 2
    assert f"{ASOFT} → {raised}" in charter("diff", ASOFT, raised).stdout
