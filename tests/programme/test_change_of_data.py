"""A change of the programme is a change of YAML alone: each is made to a copy, and nothing else is touched."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from charter import Release, load

from ..programmes import ASOFT, copy_of, edit
from .test_asoft import COMPETENCY, RELEASE


def changed(release: Path) -> Release:
    """The edited copy, which must have no problems."""
    found = load(release)
    assert found.problems == ()
    assert found.programme.digest != RELEASE.programme.digest
    return found


def total(release: Release, tier: str, **facts: object) -> Decimal:
    record = {"partner": "P", "tier": tier, "facts": COMPETENCY | facts}
    return release.evaluate(record).discount.total


def test_a_discount_is_raised(tmp_path: Path) -> None:
    release = copy_of(ASOFT, tmp_path)
    edit(release, "tiers.yaml", "value: 10\n", "value: 12.5\n")
    assert total(RELEASE, "retail") == Decimal("22.5")
    assert total(changed(release), "retail") == Decimal(25)


def test_a_bonus_is_added(tmp_path: Path) -> None:
    release = copy_of(ASOFT, tmp_path)
    edit(
        release,
        "bonuses.yaml",
        "\nbonuses:\n",
        """
bonuses:
  implementations:
    title: {ru: Много внедрений, en: Many implementations}
    when: implementations >= 10
    percent: {retail: 1.25}
    source: [c9-purpose]
""",
    )
    assert total(changed(release), "retail") == Decimal("23.75")
    assert total(changed(release), "retail", implementations=9) == total(RELEASE, "retail") == Decimal("22.5")


def test_a_requirement_is_added(tmp_path: Path) -> None:
    release = copy_of(ASOFT, tmp_path)
    added = """      experience:
        title: {ru: Опыт внедрений, en: Experience}
        rule: implementations >= 20
        source: [c4-competency-business]
"""
    edit(release, "tiers.yaml", "      marketing:\n", f"{added}      marketing:\n")
    record = {"partner": "P", "tier": "competency", "facts": COMPETENCY}
    assert RELEASE.evaluate(record).status == "qualified"
    outcome = changed(release).evaluate(record)
    assert outcome.status == "not_qualified"
    assert [one.id for one in outcome.of("competency").requirements if one.status == "not_met"] == ["experience"]


def test_a_product_is_added(tmp_path: Path) -> None:
    release = copy_of(ASOFT, tmp_path)
    path = release / "products.yaml"
    text = path.read_text("utf-8")
    row = "  asoft_crm_retail:\n    title: {ru: ASoft CRM Retail, en: ASoft CRM Retail}\n    source: [c4-products]\n"
    path.write_text(text.rstrip("\n") + "\n" + row, "utf-8")
    assert len(RELEASE.programme.products) == 7
    products = changed(release).programme.products
    assert (len(products), products[-1].id) == (8, "asoft_crm_retail")


def test_a_fourth_tier_is_added(tmp_path: Path) -> None:
    """Another Competency tier for a new product: a tier, a column in the benefits, a row in what it shares."""
    release = copy_of(ASOFT, tmp_path)
    path = release / "tiers.yaml"
    path.write_text(
        path.read_text("utf-8").rstrip("\n")
        + """

  bank_competency:
    code: 4
    title: {ru: ASoft CRM Bank Competency Partner, en: ASoft CRM Bank Competency Partner}
    discount: {value: 22, source: [c4-future-tiers]}
    requirements:
      staff:
        title: {ru: Сертифицированные администраторы в штате, en: Certified administrators on staff}
        rule: certified_admins >= required_admins
        source: [c4-future-tiers]
""",
        "utf-8",
    )
    edit(release, "definitions.yaml", "{competency: 2, saas: 2}", "{competency: 2, saas: 2, bank_competency: 4}")
    edit(
        release,
        "bonuses.yaml",
        "percent: {competency: 2.5, saas: 2.5}",
        "percent: {competency: 2.5, saas: 2.5, bank_competency: 3}",
    )
    path = release / "benefits.yaml"
    lines = path.read_text("utf-8").splitlines()
    for index, line in enumerate(lines):
        if "by_tier" in line:
            value = "true" if "true" in line else "0"
            lines[index] = line.replace("}", f", bank_competency: {value}}}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    new = changed(release)
    record = {"partner": "P", "tier": 4, "facts": COMPETENCY | {"certified_admins": 4}}
    outcome = new.evaluate(record)
    assert (outcome.tier, outcome.status, outcome.discount.total) == ("bank_competency", "qualified", 22)
    assert new.evaluate(record | {"facts": COMPETENCY | {"certified_admins": 3}}).status == "not_qualified"
    more = new.evaluate(record | {"facts": COMPETENCY | {"certified_admins": 5}})
    assert more.discount.total == 25
    # The three tiers that were there decide as before.
    for tier in ("retail", "competency", "saas"):
        assert outcome.of(tier) == RELEASE.evaluate(record | {"tier": tier}).of(tier)
