"""ASoft's programme in three releases that decide alike and ask for facts in other words: what migrations are for."""

from __future__ import annotations

import re
import shutil
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from .programmes import ASOFT, copy_of, edit

#: two facts more than the programme has: one that no rule reads, and one that a bonus may be earned by
_FACTS = """  fax: {title: {ru: Факс, en: Fax}, kind: text, source: [c9-events]}
  turnover: {title: {ru: 'Оборот, тыс. руб.', en: 'Turnover, thousands'}, kind: money, default: 0, source: [c9-events]}
"""
TO_2 = """# yaml-language-server: $schema=../../schemas/migration.schema.json
from: "1.0.0"
facts:
  certified_engineers: certified_admins
  turnover_rub: turnover * 1000
"""
TO_3 = """# yaml-language-server: $schema=../../schemas/migration.schema.json
from: "2.0.0"
facts:
  bonus_paid_in: "'discount' if bonus_return == 'discount' else 'new_licences' if bonus_requested else 'renewals'"
  bonus_requested: bonus_requested
dropped: [fax]
"""
_CHOICES = """      new_licences: {title: {ru: Новые лицензии без оплаты, en: New licences free of charge}}
      renewals: {title: {ru: Продления без оплаты, en: Renewals free of charge}}
"""


def three_releases(folder: Path) -> Path:
    """A folder with the releases 1.0.0, 2.0.0 and 3.0.0, in force from 2026, 2027 and 2028."""
    first = copy_of(ASOFT, folder)
    edit(first, "facts.yaml", "  bonus_requested:\n", f"{_FACTS}  bonus_requested:\n")
    edit(
        first,
        "bonuses.yaml",
        "when: own_events_held > own_events_used",
        "when: own_events_held > own_events_used or turnover >= 500",
    )
    second = next_release(first, "2.0.0", TO_2)
    rename(second, "certified_admins", "certified_engineers")
    rename(second, "turnover", "turnover_rub")
    edit(second, "bonuses.yaml", "turnover_rub >= 500", "turnover_rub >= 500000")
    third = next_release(second, "3.0.0", TO_3)
    rename(third, "bonus_return", "bonus_paid_in")
    text = (third / "facts.yaml").read_text("utf-8")
    text = re.sub(r"  fax: .*\n", "", text)
    text = re.sub(r"      licences: \{title.*\n", lambda _: _CHOICES, text)
    (third / "facts.yaml").write_text(text, "utf-8")
    return folder


def next_release(before: Path, number: str, migration: str | None) -> Path:
    """A copy of a release under another number, a year later for each, with a migration."""
    after = before.parent / number
    shutil.copytree(before, after)
    was = before.name
    edit(after, "programme.yaml", f'release: "{was}"', f'release: "{number}"')
    text = (after / "programme.yaml").read_text("utf-8")
    text = re.sub(r"from: (\d{4})-", lambda match: f"from: {int(match[1]) + 1}-", text)
    (after / "programme.yaml").write_text(text, "utf-8")
    (after / "migration.yaml").unlink(missing_ok=True)
    if migration:
        (after / "migration.yaml").write_text(migration, "utf-8")
    return after


def rename(release: Path, old: str, new: str) -> None:
    """Replace a name in every file of a release but its migration."""
    for path in release.rglob("*.yaml"):
        if path.name != "migration.yaml":
            text = path.read_text("utf-8")
            path.write_text(re.sub(rf"(?<![\w-]){old}(?![\w-])", new, text), "utf-8")


#: names of the first release, and what they are in the last
NAMES = {"certified_admins": "certified_engineers", "turnover": "turnover_rub", "bonus_return": "bonus_paid_in"}
_YES_NO = (
    "it_company", "technical_base", "trained_specialists", "registered_on_site", "accession_agreement_signed",
    "licence_agreement_signed", "announces_participation", "isolation_module_purchased", "extended_support_paid",
    "sales_plan_agreed", "sales_plan_fulfilled", "bonus_requested",
)  # fmt: skip
_COUNTS = (
    "certified_admins", "marketing_activities", "implementations", "customer_reviews", "rental_licences",
    "licences_rented_out", "asoft_events_attended", "own_events_held",
)  # fmt: skip


def random_record(chance: Random, number: int) -> dict[str, Any]:
    """The record of a partner of the first release: often a good one, so that tiers and bonuses are reached."""
    facts: dict[str, Any] = {}
    leaves_out = chance.choice((0, 0, 0.1, 0.5))
    for name in _YES_NO:
        if chance.random() >= leaves_out:
            facts[name] = chance.random() < 0.95
    for name in _COUNTS:
        if chance.random() >= leaves_out:
            facts[name] = chance.choice((0, 1, 2, 3, 12))
    if chance.random() < 0.7:
        facts["turnover"] = chance.choice(("0", "499.99999", "500", "500.00001", "12345.678"))
        facts["turnover"] = Decimal(facts["turnover"])
    if chance.random() < 0.5:
        facts["bonus_return"] = chance.choice(("discount", "licences"))
    tier = chance.choice((None, "retail", "competency", "saas"))
    return {"partner": f"P-{number}", **({"tier": tier} if tier else {}), "facts": facts}
