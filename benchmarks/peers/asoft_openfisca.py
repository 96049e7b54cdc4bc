"""The rules of ../../program/1.0.0 for OpenFisca-core, as variables of one entity.

OpenFisca is made for populations: each variable is an array, here of one partner. One simulation is kept, and what it
worked out is forgotten before the next partner: to build one for each takes a quarter longer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from openfisca_core.entities import Entity
from openfisca_core.periods import DateUnit, period
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Facts = dict[str, Any]
Formula = Callable[[Any, Any], Any]  # of a partner and a period

WHEN = period("2026")
PARTNER = Entity("partner", "partners", "A partner", "")

COMMON = {
    "it_company": "it_company",
    "technical_base": "technical_base",
    "trained_specialists": "trained_specialists",
    "registration": "registered_on_site",
    "accession": "accession_agreement_signed",
    "licence_agreement": "licence_agreement_signed",
}
COMPETENCY = {
    "staff": "staff",
    "marketing": "marketing",
    "reviews": "half_reviewed",
    "announcement": "announces_participation",
}
SAAS = {
    "staff": "staff",
    "isolation": "isolation_module_purchased",
    "rental_licences": "rental_covered",
    "extended_support": "extended_support_paid",
    "announcement": "announces_participation",
}
BONUSES = {"reviews": "reviews", "sales_plan": "plan", "extra_specialists": "specialists", "events": "events"}
SAAS_BONUSES = {**BONUSES, "sales_plan": "saas_plan"}

YES_NO = (*COMMON.values(), "announces_participation", "isolation_module_purchased", "extended_support_paid",
          "sales_plan_agreed", "sales_plan_fulfilled", "bonus_requested")  # fmt: skip
COUNTS = ("certified_admins", "marketing_activities", "implementations", "customer_reviews", "rental_licences",
          "licences_rented_out", "asoft_events_attended", "own_events_held")  # fmt: skip
INPUTS = dict.fromkeys(YES_NO, bool) | dict.fromkeys(COUNTS, int)


def all_met(*names: str) -> Formula:
    """Whether all of these hold."""

    def formula(partner: Any, when: Any) -> Any:
        met = partner(names[0], when)
        for name in names[1:]:
            met = met & partner(name, when)
        return met

    return formula


def worth(percent: float, condition: Formula) -> Formula:
    """So many percent where the condition holds."""
    return lambda partner, when: condition(partner, when) * np.float32(percent)


def reaches(name: str, least: int) -> Formula:
    """Whether a count is at least so many."""
    return lambda partner, when: partner(name, when) >= least


def half_reviewed(partner: Any, when: Any) -> Any:
    return partner("customer_reviews", when) * 100 >= partner("implementations", when) * 50


def most_reviewed(partner: Any, when: Any) -> Any:
    done = partner("implementations", when)
    return (done > 0) & (partner("customer_reviews", when) * 100 > done * 75)


def rental_covered(partner: Any, when: Any) -> Any:
    return partner("rental_licences", when) >= np.maximum(partner("licences_rented_out", when), 1)


def events(partner: Any, when: Any) -> Any:
    attended = np.where(partner("asoft_events_attended", when) >= 1, np.float32(1), np.float32(0))
    return np.where(partner("own_events_held", when) >= 1, np.float32(2.5), attended)


def uncapped(base: int, *bonuses: str) -> Formula:
    """The base, and the bonuses if they are asked for."""

    def formula(partner: Any, when: Any) -> Any:
        added = partner(bonuses[0], when)
        for bonus in bonuses[1:]:
            added = added + partner(bonus, when)
        return base + added * partner("bonus_requested", when)

    return formula


def capped(name: str) -> Formula:
    return lambda partner, when: np.minimum(partner(name, when), np.float32(40))


CONDITIONS: dict[str, Formula] = {
    "joined": all_met(*COMMON.values()),
    "staff": reaches("certified_admins", 2),
    "marketing": reaches("marketing_activities", 1),
    "half_reviewed": half_reviewed,
    "rental_covered": rental_covered,
    "competency": all_met("joined", *COMPETENCY.values()),
    "saas": all_met("joined", *SAAS.values()),
}
PERCENTS: dict[str, Formula] = {
    "reviews": worth(5, most_reviewed),
    "plan": worth(10, all_met("sales_plan_agreed", "sales_plan_fulfilled")),
    "saas_plan": worth(5, all_met("sales_plan_agreed", "sales_plan_fulfilled")),
    "specialists": worth(2.5, reaches("certified_admins", 3)),
    "events": events,
    "retail_uncapped": uncapped(10, "plan", "events"),
    "competency_uncapped": uncapped(20, *BONUSES.values()),
    "saas_uncapped": uncapped(25, *SAAS_BONUSES.values()),
    "retail_total": capped("retail_uncapped"),
    "competency_total": capped("competency_uncapped"),
    "saas_total": capped("saas_uncapped"),
}


def variable(name: str, kind: type, formula: Formula | None) -> type[Variable]:
    """A variable, its value one for the whole year."""
    parts = {"value_type": kind, "entity": PARTNER, "definition_period": DateUnit.YEAR, "label": name}
    if formula:
        parts["formula"] = formula
    return type(name, (Variable,), parts)


class Decider:
    """Decides partners, one after the other."""

    def __init__(self) -> None:
        system = TaxBenefitSystem([PARTNER])
        for name, kind in INPUTS.items():
            system.add_variable(variable(name, kind, None))
        for name, formula in CONDITIONS.items():
            system.add_variable(variable(name, bool, formula))
        for name, formula in PERCENTS.items():
            system.add_variable(variable(name, float, formula))
        self.simulation = SimulationBuilder().build_default_simulation(system, 1)
        self.inputs = {name: self.simulation.get_holder(name) for name in INPUTS}
        self.worked_out = [self.simulation.get_holder(name) for name in (*CONDITIONS, *PERCENTS)]

    def decide(self, facts: Facts) -> dict[str, Any]:
        """The decision on facts that are arrays of one value each."""
        for holder in self.worked_out:
            holder.delete_arrays()
        for name, holder in self.inputs.items():
            holder.put_in_cache(facts[name], WHEN)
        return {
            "requirements": self.each(COMMON),
            "tiers": {
                "retail": self.tier("retail", "joined", 10, {}, {"sales_plan": "plan", "events": "events"}),
                "competency": self.tier("competency", "competency", 20, COMPETENCY, BONUSES),
                "saas": self.tier("saas", "saas", 25, SAAS, SAAS_BONUSES),
            },
        }

    def tier(self, id: str, qualified: str, base: int, own: dict[str, str], bonuses: dict[str, str]) -> dict[str, Any]:
        return {
            "qualified": self.value(qualified),
            "requirements": self.each(own),
            "base": base,
            "bonuses": self.each(bonuses),
            "uncapped": self.value(f"{id}_uncapped"),
            "total": self.value(f"{id}_total"),
        }

    def each(self, names: dict[str, str]) -> dict[str, Any]:
        return {id: self.value(name) for id, name in names.items()}

    def value(self, name: str) -> Any:
        return self.simulation.calculate(name, WHEN).item()


def arrays(facts: Facts) -> Facts:
    """The facts as OpenFisca holds them."""
    return {name: np.array([facts[name]]) for name in INPUTS}
