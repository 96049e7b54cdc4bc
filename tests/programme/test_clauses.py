"""Every clause of the source document is in the data, and cited; nothing of the vendor is outside of it."""

from __future__ import annotations

import re

import pytest
from charter.engine.source.document import read_text

from ..programmes import ASOFT, ROOT
from .test_asoft import RELEASE

IDS = """
c1-purpose c1-directions c2-it-company c2-technical-base c2-trained-specialists* c3-logos c3-logo-condition
c3-logo-use c4-products c4-specifications c4-tiers c4-future-tiers*
c4-retail-business c4-retail-reward c4-retail-simplicity*
c4-retail-internal-licences c4-retail-demo-licences c4-retail-listing c4-retail-materials c4-retail-events
c4-retail-supply-only c4-competency-business c4-competency-reward c4-competency-internal-licences
c4-competency-demo-licences c4-competency-knowledge c4-competency-listing c4-competency-community
c4-competency-staff c4-competency-marketing* c4-competency-reviews* c4-competency-support-right
c4-competency-updates-reward* c4-competency-announcement c4-saas-rental-right c4-saas-discount* c4-saas-staff
c4-saas-isolation c4-saas-rental-licences* c4-saas-extended-support c4-saas-announcement c4-saas-scheme*
c4-saas-promise c4-saas-implementation-right c5-join c5-renew* c6-discounts c6-sales-plan-discount* c6-internal-use*
c6-demo-licence* c6-customer-discount c6-support-competency* c6-support-sla* c6-updates* c6-extended-support*
c7-listing c7-training c7-materials c7-internal-licences c7-demo-licences c7-joint-projects*
c7-reference-visits c7-own-implementation c7-joint-seminars c7-licence-discount c7-own-implementation-profit
c7-asoft-implementation-share* c7-asoft-support* c7-motto c8-ways* c8-renewal-staff c9-purpose* c9-reviews*
c9-sales-plan c9-extra-specialists* c9-events* c9-events-list* c9-on-request* c9-return*
c9-marketing-action c9-cap* c9-activities-list
c10-registration c10-accession c10-licence-agreement* c10-consent c10-supplementary* c10-unilateral*
c10-codes*
"""  # a star: the clause is unclear, and has a reading
UNCLEAR = {id.rstrip("*") for id in IDS.split() if id.endswith("*")}
CLAUSES = [id.rstrip("*") for id in IDS.split()]


def test_the_89_clauses_are_there_in_order() -> None:
    assert len(CLAUSES) == 89
    assert list(RELEASE.programme.clauses) == CLAUSES
    for clause in RELEASE.programme.clauses.values():
        assert clause.id.startswith(f"c{clause.section}-")
        assert clause.title.keys() == {"ru", "en"}


def test_unclear_clauses_say_how_they_are_read() -> None:
    assert {clause.id for clause in RELEASE.programme.clauses.values() if clause.reading} == UNCLEAR


def test_every_clause_is_cited_outside_the_list_of_clauses() -> None:
    cited: set[str] = set()
    for path in ASOFT.glob("*.yaml"):
        if path.stem != "clauses":
            for found in re.findall(r"source: \[([^\]]*)\]", path.read_text("utf-8")):
                cited.update(found.replace(",", " ").split())
    assert cited == set(CLAUSES)
    assert RELEASE.programme.cited == cited


def test_every_rule_cites_a_clause() -> None:
    values = RELEASE.programme.values.values()
    rules = [value for value in values if value.id.startswith("tiers.") and value.id.count(".") > 2]
    assert len(rules) > 60
    assert [value.id for value in rules if not value.source] == []


@pytest.mark.parametrize("kind", ["facts", "tiers", "bonuses", "benefits", "eligibility", "definitions"])
def test_a_title_stands_in_both_languages(kind: str) -> None:
    document, _ = read_text((ASOFT / f"{kind}.yaml").read_text("utf-8"), kind)
    titles = [path for path in document.keys if path[-1] == "title"]
    assert len(titles) >= 1
    for path in titles:
        assert (*path, "ru") in document.keys
        assert (*path, "en") in document.keys


def words_of_the_vendor() -> set[str]:
    """The vendor's name, its tiers, bonuses and facts, and its particular percentages."""
    programme = RELEASE.programme
    ids = {*programme.facts, *programme.tiers}
    ids |= {bonus.id for tier in programme.tiers.values() for bonus in tier.discount.bonuses}
    generic = {"events", "reviews", "implementations"}
    others = {folder.name for folder in (ROOT / "examples" / "programmes").iterdir() if folder.is_dir()}
    return {*others, "asoft", "crm", "isolation", "certified_admin", "saas", "2.5", "37.5", "22.5", *(ids - generic)}


def test_nothing_of_the_vendor_is_outside_the_data() -> None:
    """A word may be part of a longer one ('sales' of 'wholesale'), but stands nowhere by itself."""
    files = [*ROOT.glob("engine/**/*.py"), ROOT / "cli.py", *ROOT.glob("commands/*.py"), *ROOT.glob("schemas/*.json")]
    assert len(files) > 40
    pattern = re.compile(
        rf"(?<![\w.])({'|'.join(map(re.escape, sorted(words_of_the_vendor())))})(?![\w.])", re.IGNORECASE
    )
    found = {(path.name, match[0]) for path in files for match in pattern.finditer(path.read_text("utf-8"))}
    # A number that examples of the language use, in docstrings and descriptions.
    assert {pair for pair in found if pair[1] != "2.5"} == set()
    assert pattern.search("the asoft tier")
    assert pattern.search("as odoo has it")
