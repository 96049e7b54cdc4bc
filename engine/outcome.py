"""What an evaluation says: plain frozen data, and the shape of the promised JSON.

Amounts are exact, in percent; None stands for unknown throughout.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from .problems import Problem
from .values import Number

TierStatus = Literal["qualified", "not_qualified", "undetermined"]
RequirementStatus = Literal["met", "not_met", "unknown"]
BonusStatus = Literal["earned", "not_earned", "unknown"]
Scalar = bool | Number | date | str


class RequirementOutcome(NamedTuple):
    """Whether a requirement is met; `unknown` names the facts that would decide it, `parts` what it is made of."""

    id: str
    scope: str  #: eligibility, joining, or tier for the tier's own
    status: RequirementStatus
    unknown: tuple[str, ...]
    source: tuple[str, ...]
    parts: tuple[RequirementOutcome, ...] = ()


class BonusOutcome(NamedTuple):
    """Whether a bonus is earned, what it adds (0 where not earned), and whether it is applied or only available."""

    id: str
    status: BonusStatus
    percent: Number | None
    applied: bool | None
    unknown: tuple[str, ...]
    source: tuple[str, ...]


class DiscountOutcome(NamedTuple):
    """A discount, built up: base + applied bonuses = uncapped; total is at most the cap, and is in_price + in_kind."""

    base: Number | None
    bonuses: tuple[BonusOutcome, ...]
    uncapped: Number | None
    cap: Number | None
    total: Number | None
    in_price: Number | None
    in_kind: Number | None
    source: tuple[str, ...]


class BenefitOutcome(NamedTuple):
    """What a benefit is worth: yes/no, or an amount."""

    id: str
    value: Scalar | None
    source: tuple[str, ...]


class TierOutcome(NamedTuple):
    """One tier for this partner; discount and benefits are what the tier gives were the partner qualified."""

    id: str
    status: TierStatus
    unknown: tuple[str, ...]
    requirements: tuple[RequirementOutcome, ...]
    discount: DiscountOutcome | None
    benefits: tuple[BenefitOutcome, ...]


class Outcome(NamedTuple):
    """One partner under one release on one day.

    `status`, `discount` and `benefits` are those of the record's own tier: nothing is granted where it does not
    qualify, nothing is certain where it is undetermined, and all three are None without a tier. Where tiers are
    awarded, its own is the highest it qualifies for; `status` says so if there is none, or if a higher one is open.
    `next` is the tier above the one awarded.
    """

    programme: str
    release: str
    digest: str
    as_of: date
    partner: str
    name: str | None
    tier: str | None
    status: TierStatus | None
    unknown: tuple[str, ...]
    discount: DiscountOutcome | None
    benefits: tuple[BenefitOutcome, ...] | None
    tiers: tuple[TierOutcome, ...]
    next: str | None
    facts: Mapping[str, bool | Decimal | date | str]
    problems: tuple[Problem, ...]

    def of(self, tier: str) -> TierOutcome:
        """The outcome of one tier, by its id; KeyError where there is no such tier."""
        for outcome in self.tiers:
            if outcome.id == tier:
                return outcome
        raise KeyError(tier)
