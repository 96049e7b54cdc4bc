"""Portfolios of random partners as Parquet, and programmes with as many rules as wanted; the same in every run."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import yaml

#: How many of a hundred partners have each of these; below which number each of those counts stays.
ASOFT_YES = {
    "it_company": 97, "technical_base": 97, "trained_specialists": 97, "registered_on_site": 97,
    "accession_agreement_signed": 97, "licence_agreement_signed": 97, "announces_participation": 90,
    "isolation_module_purchased": 50, "extended_support_paid": 60, "sales_plan_agreed": 80, "sales_plan_fulfilled": 60,
}  # fmt: skip
ASOFT_COUNTS = {
    "certified_admins": 5, "marketing_activities": 4, "implementations": 13, "customer_reviews": 13,
    "rental_licences": 9, "asoft_events_attended": 3, "own_events_held": 3,
}  # fmt: skip
ASOFT_DEFAULTED = {  # an empty column is no unknown fact here
    "licences_rented_out": "floor(random() * 4)::INTEGER",
    "bonus_requested": "random() < 0.9",
    "bonus_return": "CASE WHEN random() < 0.7 THEN 'discount' ELSE 'licences' END",
}
TIERS = ("bronze", "silver", "gold", "platinum")
FLAGS, COUNTS = [f"flag_{n}" for n in range(1, 11)], [f"count_{n}" for n in range(1, 11)]


def asoft_portfolio(rows: int, path: Path, *, shuffled: bool = False) -> None:
    """ASoft's partners, one in eleven a candidate; one fact in fifty is missing, by chance."""
    facts = {
        **{id: _or_missing(f"random() < {part / 100}") for id, part in ASOFT_YES.items()},
        **{id: _or_missing(f"floor(random() * {below})::INTEGER") for id, below in ASOFT_COUNTS.items()},
        **ASOFT_DEFAULTED,
    }
    _write(rows, path, ("retail", "competency", "saas"), facts, shuffled=shuffled)


def portfolio(rows: int, path: Path) -> None:
    """Partners of the programmes that `programme` makes; most conditions hold for most of them."""
    flags = {id: _or_missing("random() < 0.95") for id in FLAGS}
    counts = {id: _or_missing("floor(random() * 20)::INTEGER") for id in COUNTS}
    _write(rows, path, TIERS, {**flags, **counts}, shuffled=False)


def _or_missing(value: str) -> str:
    return f"CASE WHEN random() < 0.02 THEN NULL ELSE {value} END"


def _write(rows: int, path: Path, tiers: tuple[str, ...], facts: Mapping[str, str], *, shuffled: bool) -> None:
    """One row a partner; the facts are expressions of DuckDB's."""
    tier = f"{list(tiers)}[1 + floor(random() * {1.1 * len(tiers)})::INTEGER]"
    columns = ", ".join(f"{value} AS {id}" for id, value in facts.items())
    order = "ORDER BY hash(partner)" if shuffled else ""
    with duckdb.connect(config={"threads": 1}) as database:  # with one the same numbers come in every run
        database.execute("SELECT setseed(0.5)")
        database.execute(f"""
            COPY (
                FROM (
                    SELECT 'P-' || lpad(i::VARCHAR, 8, '0') AS partner, {tier} AS tier, {columns}
                    FROM range({rows}) numbers(i)
                ) {order}
            ) TO '{path}' (FORMAT parquet)
        """)


def thresholds(rules: int, folder: Path) -> Path:
    """A programme with one tier and so many requirements, each a higher number of the same fact.

    What is returned holds its only release, 1.0.0.
    """
    requirements = {
        f"requirement_{n}": {**_titled(f"Requirement {n}"), "rule": f"count > {n}", "source": ["c"]}
        for n in range(rules)
    }
    return _release(
        folder / f"{rules}-thresholds" / "1.0.0",
        facts={"facts": {"count": {**_titled("Count"), "kind": "count"}}},
        tiers={"tiers": {"gold": {**_titled("Gold"), "requirements": requirements}}},
    )


def programme(rules: int, folder: Path) -> Path:
    """A programme with so many rules: half of them requirements, spread over four tiers, half bonuses for each tier.

    What is returned holds its only release, 1.0.0.
    """
    chance = random.Random(rules)
    requirements = [_condition(chance) for _ in range(rules // 2)]
    bonuses = [_condition(chance) for _ in range(rules - len(requirements))]
    tiers = {
        tier: {
            **_titled(tier),
            "discount": {"value": 10 + 5 * place, "source": ["c"]},
            "requirements": {
                f"requirement_{n}": {**_titled(f"Requirement {n}"), "rule": rule, "source": ["c"]}
                for n, rule in enumerate(requirements)
                if n % len(TIERS) == place
            },
        }
        for place, tier in enumerate(TIERS)
    }
    return _release(
        folder / f"{rules}-rules" / "1.0.0",
        facts={
            "facts": {
                **{id: {**_titled(id), "kind": "yes_no"} for id in FLAGS},
                **{id: {**_titled(id), "kind": "count"} for id in COUNTS},
            }
        },
        tiers={"tiers": tiers},
        bonuses={
            "discount": {"cap": {**_titled("Cap"), "value": 40, "source": ["c"]}},
            "bonuses": {
                f"bonus_{n}": {
                    **_titled(f"Bonus {n}"), "when": rule, "percent": dict.fromkeys(TIERS, 0.5), "source": ["c"]
                }
                for n, rule in enumerate(bonuses)
            },
        },
    )  # fmt: skip


def _release(release: Path, **files: dict[str, Any]) -> Path:
    """Write the files of a release, with those that each has; what is returned is the folder above it."""
    common: dict[str, dict[str, Any]] = {
        "programme": {
            "id": "made", "release": "1.0.0", "languages": ["en"], "effective": {"from": date(2020, 1, 1)},
            **_titled("Made"),
        },
        "clauses": {"sections": {"one": _titled("One")}, "clauses": {"c": {"section": "one", **_titled("Clause")}}},
    }  # fmt: skip
    release.mkdir(parents=True)
    for name, data in {**common, **files}.items():
        (release / f"{name}.yaml").write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")
    return release.parent


def _titled(title: str) -> dict[str, Any]:
    return {"title": {"en": title}}


def _condition(chance: random.Random) -> str:
    """A rule as people write them: a fact, a threshold, two of them, a share."""
    (flag, other), (count, more), least = chance.sample(FLAGS, 2), chance.sample(COUNTS, 2), chance.randrange(1, 9)
    return chance.choice(
        (
            flag,
            f"{count} >= {least}",
            f"{count} >= {least} and {flag}",
            f"{count} + {more} >= {2 * least} or {other}",
            f"{count} == 0 or share({more}, {count}) >= {10 * least}",
        )
    )
