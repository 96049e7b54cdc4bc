"""The rules of ../../program/1.0.0 in plain Python, by hand: what they cost where they are not data.

Written for speed, for complete facts, and for this release alone. It is exact: shares are compared without dividing,
and no sum needs more digits than a decimal has by itself.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

HALF, NOTHING = Decimal("2.5"), Decimal(0)
ONE, FIVE, TEN, TWENTY, TWENTY_FIVE, CAP = (Decimal(number) for number in (1, 5, 10, 20, 25, 40))


def decide(facts: dict[str, Any]) -> dict[str, Any]:
    """The decision on a partner."""
    common = {
        "it_company": facts["it_company"],
        "technical_base": facts["technical_base"],
        "trained_specialists": facts["trained_specialists"],
        "registration": facts["registered_on_site"],
        "accession": facts["accession_agreement_signed"],
        "licence_agreement": facts["licence_agreement_signed"],
    }
    joined = all(common.values())
    certified, done, reviewed = facts["certified_admins"], facts["implementations"], facts["customer_reviews"]
    announced, staff = facts["announces_participation"], certified >= 2
    marketing, half_reviewed = facts["marketing_activities"] >= 1, reviewed * 100 >= done * 50
    isolation, supported = facts["isolation_module_purchased"], facts["extended_support_paid"]
    covered = facts["rental_licences"] >= max(1, facts["licences_rented_out"])

    reviews = FIVE if done > 0 and reviewed * 100 > done * 75 else NOTHING
    planned = facts["sales_plan_agreed"] and facts["sales_plan_fulfilled"]
    plan, saas_plan = (TEN, FIVE) if planned else (NOTHING, NOTHING)
    specialists = HALF if certified > 2 else NOTHING
    events = HALF if facts["own_events_held"] >= 1 else ONE if facts["asoft_events_attended"] >= 1 else NOTHING

    retail, competency, saas = TEN, TWENTY, TWENTY_FIVE
    if facts["bonus_requested"]:
        shared = reviews + specialists + events
        retail, competency, saas = TEN + plan + events, TWENTY + shared + plan, TWENTY_FIVE + shared + saas_plan
    return {
        "requirements": common,
        "tiers": {
            "retail": {
                "qualified": joined,
                "requirements": {},
                "base": TEN,
                "bonuses": {"sales_plan": plan, "events": events},
                "uncapped": retail,
                "total": min(retail, CAP),
            },
            "competency": {
                "qualified": joined and staff and marketing and half_reviewed and announced,
                "requirements": {
                    "staff": staff,
                    "marketing": marketing,
                    "reviews": half_reviewed,
                    "announcement": announced,
                },
                "base": TWENTY,
                "bonuses": {
                    "reviews": reviews,
                    "sales_plan": plan,
                    "extra_specialists": specialists,
                    "events": events,
                },
                "uncapped": competency,
                "total": min(competency, CAP),
            },
            "saas": {
                "qualified": joined and staff and isolation and covered and supported and announced,
                "requirements": {
                    "staff": staff,
                    "isolation": isolation,
                    "rental_licences": covered,
                    "extended_support": supported,
                    "announcement": announced,
                },
                "base": TWENTY_FIVE,
                "bonuses": {
                    "reviews": reviews,
                    "sales_plan": saas_plan,
                    "extra_specialists": specialists,
                    "events": events,
                },
                "uncapped": saas,
                "total": min(saas, CAP),
            },
        },
    }
