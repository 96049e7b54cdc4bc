"""What an evaluation says: plain frozen data, and the shape of the promised JSON.

Amounts are exact, in percent; None stands for unknown throughout.
"""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from ..named_tuples import public
from ..problems import Problem
from ..programme.model import Texts
from ..values import Number
from .row_layout import Facts

TierStatus = Literal["qualified", "not_qualified", "undetermined"]
OwnStatus = Literal["qualified", "not_qualified", "undetermined", "retained"]
RequirementStatus = Literal["met", "not_met", "unknown"]
BonusStatus = Literal["earned", "not_earned", "unknown"]
Scalar = bool | Number | date | str


@public("id", "status")
class RequirementOutcome(NamedTuple):
    """Whether a requirement is met; `unknown` names the facts that would decide it, `parts` what it is made of."""

    id: str
    scope: str  #: eligibility, joining, or tier for the tier's own
    status: RequirementStatus
    unknown: tuple[str, ...]
    source: tuple[str, ...]
    parts: tuple["RequirementOutcome", ...] = ()


@public("id", "status", "percent")
class BonusOutcome(NamedTuple):
    """Whether a bonus is earned, what it adds (0 where not earned), and whether it is applied or only available."""

    id: str
    status: BonusStatus
    percent: Number | None
    applied: bool | None
    unknown: tuple[str, ...]
    source: tuple[str, ...]


@public("base", "uncapped", "total")
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


@public("id", "value")
class BenefitOutcome(NamedTuple):
    """What a benefit is worth: yes/no, or an amount; of a text, whether it is given, and the text in each language."""

    id: str
    value: Scalar | None
    source: tuple[str, ...]
    currency: str | None = None
    text: Texts | None = None


@public("id", "status", "amount", "currency")
class RebateOutcome(NamedTuple):
    """Whether a rebate is earned, and the money it comes to (0 where not earned), once or each `per`."""

    id: str
    status: BonusStatus
    amount: Number | None
    currency: str
    per: str
    unknown: tuple[str, ...]
    source: tuple[str, ...]


@public("amount", "currency", "per")
class RebateTotalOutcome(NamedTuple):
    """What the rebates of one currency and period come to."""

    currency: str
    per: str
    amount: Number | None


@public("id", "tier", "status")
class TrackOutcome(NamedTuple):
    """The tier that the partner has on a track beside the programme's own, and the one above it."""

    id: str
    tier: str | None
    status: OwnStatus
    unknown: tuple[str, ...]
    next: str | None


@public("id", "value")
class ValueOutcome(NamedTuple):
    """A definition: what it comes to for this partner, or the facts that would decide it."""

    id: str
    value: Scalar | None
    unknown: tuple[str, ...]
    source: tuple[str, ...]


@public("term", "value", "applied")
class AgreementOutcome(NamedTuple):
    """A supplementary agreement: whether it applies on the day, what it puts in place of what, and by which paper.

    `was` is what the programme says itself; None where that is unknown, or where the agreement does not apply.
    """

    term: str
    value: bool | Decimal | date | str
    was: Scalar | None
    applied: bool
    document: str
    begins: date
    ends: date | None


@public("id", "status", "discount")
class TierOutcome(NamedTuple):
    """One tier for this partner; discount and benefits are what the tier gives were the partner qualified."""

    id: str
    status: TierStatus
    unknown: tuple[str, ...]
    requirements: tuple[RequirementOutcome, ...]
    discount: DiscountOutcome | None
    benefits: tuple[BenefitOutcome, ...]
    rebates: tuple[RebateOutcome, ...]
    rebate_totals: tuple[RebateTotalOutcome, ...]


@public("partner", "tier", "status", "as_of", "release")
class Outcome(NamedTuple):
    """One partner under one release on one day.

    `status`, `discount`, `benefits` and `rebates` are those of the partner's own tier: nothing is granted where it does
    not qualify, nothing is certain where it is undetermined, and all are None without a tier. Where tiers are awarded,
    its own is the highest it qualifies for; `status` says so if there is none, or if a higher one is open. A tier that
    is held and kept, though its requirements are not met, is `retained`. `next` is the tier above the one awarded.

    `held_tier` and `since` are what the record says; `kept_until` is the day to which a held tier is kept, and
    `membership_ends` the last day of the membership period. `lists` has,
    for each list of the record, the values of each of its items.
    """

    programme: str
    release: str
    digest: str
    as_of: date
    partner: str
    name: str | None
    tier: str | None
    status: OwnStatus | None
    unknown: tuple[str, ...]
    held_tier: str | None
    since: date | None
    kept_until: date | None
    membership_ends: date | None
    discount: DiscountOutcome | None
    benefits: tuple[BenefitOutcome, ...] | None
    rebates: tuple[RebateOutcome, ...] | None
    rebate_totals: tuple[RebateTotalOutcome, ...] | None
    tiers: tuple[TierOutcome, ...]
    next: str | None
    tracks: tuple[TrackOutcome, ...]
    definitions: tuple[ValueOutcome, ...]
    lists: Mapping[str, tuple[Mapping[str, Scalar | None], ...]]
    agreements: tuple[AgreementOutcome, ...]
    facts: Facts
    problems: tuple[Problem, ...]

    def of(self, tier: str) -> TierOutcome:
        """The outcome of one tier, by its id; KeyError where there is no such tier."""
        for outcome in self.tiers:
            if outcome.id == tier:
                return outcome
        raise KeyError(tier)
