"""The ASoft programme once more, in plain Python, written from the source document and the readings.

It shares nothing with the engine or the YAML. None is a fact that is missing, or an answer that depends on one; each
rule says for itself what it makes of that.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

Facts = dict[str, Any]
Answer = bool | None

EVERYONE = {
    "it_company": "it_company",
    "technical_base": "technical_base",
    "trained_specialists": "trained_specialists",
    "registration": "registered_on_site",
    "accession": "accession_agreement_signed",
    "licence_agreement": "licence_agreement_signed",
}
BASE = {"retail": 10, "competency": 20, "saas": 25}
SALES_PLAN = {"retail": 10, "competency": 10, "saas": 5}
CAP = 40
DEFAULTS = {"bonus_requested": True, "bonus_return": "discount", "licences_rented_out": 0}


def at_least(fact: str, least: int) -> Callable[[Facts], Answer]:
    """A count that reaches a number."""
    return lambda facts: None if facts[fact] is None else facts[fact] >= least


def yes(fact: str) -> Callable[[Facts], Answer]:
    """A fact that holds."""
    return lambda facts: facts[fact]


def half_reviewed(facts: Facts) -> Answer:
    """Not less than half of the implementations; with none there is nothing to review."""
    done, reviewed = facts["implementations"], facts["customer_reviews"]
    if done is None or (done and reviewed is None):
        return None
    return done == 0 or Fraction(reviewed, done) >= Fraction(1, 2)


def rental_covered(facts: Facts) -> Answer:
    """At least one licence, and no fewer than are rented out."""
    have = facts["rental_licences"]
    return None if have is None else have >= 1 and have >= facts["licences_rented_out"]


REQUIREMENTS: dict[str, dict[str, Callable[[Facts], Answer]]] = {
    "retail": {},
    "competency": {
        "staff": at_least("certified_admins", 2),
        "marketing": at_least("marketing_activities", 1),
        "reviews": half_reviewed,
        "announcement": yes("announces_participation"),
    },
    "saas": {
        "staff": at_least("certified_admins", 2),
        "isolation": yes("isolation_module_purchased"),
        "rental_licences": rental_covered,
        "extended_support": yes("extended_support_paid"),
        "announcement": yes("announces_participation"),
    },
}


def requirements(tier: str, facts: Facts) -> dict[str, Answer]:
    """Whether each requirement of a tier is met, eligibility and joining included."""
    met: dict[str, Answer] = {id: facts[fact] for id, fact in EVERYONE.items()}
    return met | {id: rule(facts) for id, rule in REQUIREMENTS[tier].items()}


def status(tier: str, facts: Facts) -> str:
    """One requirement not met is enough to fail; one open leaves it open."""
    met = requirements(tier, facts).values()
    if False in met:
        return "not_qualified"
    return "undetermined" if None in met else "qualified"


def reviews(facts: Facts) -> Decimal | None:
    """5% for more than three quarters of the implementations; with none it is not earned."""
    done, reviewed = facts["implementations"], facts["customer_reviews"]
    if done is None or (done and reviewed is None):
        return None
    return Decimal(5) if done and Fraction(reviewed, done) > Fraction(3, 4) else Decimal(0)


def sales_plan(tier: str, facts: Facts) -> Decimal | None:
    """A plan that was agreed, and fulfilled."""
    agreed, fulfilled = facts["sales_plan_agreed"], facts["sales_plan_fulfilled"]
    if agreed is False or fulfilled is False:
        return Decimal(0)
    return Decimal(SALES_PLAN[tier]) if agreed and fulfilled else None


def extra_specialists(facts: Facts) -> Decimal | None:
    """More certified people than the two that are required."""
    certified = facts["certified_admins"]
    return None if certified is None else Decimal("2.5") if certified > 2 else Decimal(0)


def events(facts: Facts) -> Decimal | None:
    """2.5% for an own event, else 1% for taking part in one of ASoft's."""
    own, attended = facts["own_events_held"], facts["asoft_events_attended"]
    if own:
        return Decimal("2.5")
    if own is None or attended is None:
        return None
    return Decimal(1) if attended else Decimal(0)


def bonuses(tier: str, facts: Facts) -> dict[str, Decimal | None]:
    """What each bonus that the tier is offered adds."""
    every = {"sales_plan": sales_plan(tier, facts), "events": events(facts)}
    if tier == "retail":
        return every
    return every | {"reviews": reviews(facts), "extra_specialists": extra_specialists(facts)}


def discount(tier: str, facts: Facts) -> dict[str, Decimal | None]:
    """Base, sum and total, and how much of the total is in the price and in licences."""
    percents = list(bonuses(tier, facts).values())
    base = Decimal(BASE[tier])
    added = sum((one for one in percents if one is not None), Decimal(0))
    open_ = facts["bonus_requested"] and None in percents
    uncapped = None if open_ else base + added if facts["bonus_requested"] else base
    total = None if uncapped is None else min(uncapped, Decimal(CAP))
    in_price = total if facts["bonus_return"] == "discount" else base
    in_kind = None if total is None or in_price is None else total - in_price
    return {"base": base, "uncapped": uncapped, "total": total, "in_price": in_price, "in_kind": in_kind}
