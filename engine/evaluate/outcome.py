"""The outcome of an evaluation: plain frozen data, the source of its JSON.

Amounts are exact; discounts and bonuses are in percent. None means unknown or undefined: `unknown` then names the
missing facts that may decide it, and `undefined` the operations without a result, which no fact decides.
"""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from ..language.run.causes import Cause
from ..named_tuples import public
from ..problems import Problem
from ..programme.model import Texts
from ..values import Number
from .row_layout import Facts

TierStatus = Literal["qualified", "not_qualified", "undetermined"]
OwnStatus = Literal["qualified", "not_qualified", "undetermined", "retained"]
RequirementStatus = Literal["met", "not_met", "unknown"]
BonusStatus = Literal["earned", "not_earned", "unknown"]
PaymentStatus = Literal["earned", "not_earned", "due", "not_due", "paid", "not_paid", "carried", "owed", "unknown"]
Scalar = bool | Number | date | str


@public("id", "status")
class RequirementOutcome(NamedTuple):
    """Whether a requirement is met; `unknown` names the facts that may decide it, `parts` are those of a group."""

    id: str
    scope: str  #: eligibility, joining, or tier for the tier's own
    status: RequirementStatus
    unknown: tuple[str, ...]
    source: tuple[str, ...]
    parts: tuple["RequirementOutcome", ...] = ()
    undefined: tuple[Cause, ...] = ()


@public("id", "status", "percent")
class BonusOutcome(NamedTuple):
    """Whether a bonus is earned, what it adds (0 where not earned), and whether it is applied to the discount."""

    id: str
    status: BonusStatus
    percent: Number | None
    applied: bool | None
    unknown: tuple[str, ...]
    source: tuple[str, ...]
    undefined: tuple[Cause, ...] = ()


@public("base", "uncapped", "total")
class DiscountOutcome(NamedTuple):
    """A discount and its parts: base + applied bonuses = uncapped; total <= cap and total = in_price + in_kind."""

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
    """What a benefit is worth: yes/no or an amount; for a text, whether it is given, and the text in each language."""

    id: str
    value: Scalar | None
    source: tuple[str, ...]
    currency: str | None = None
    text: Texts | None = None


@public("id", "status", "amount", "currency")
class PaymentOutcome(NamedTuple):
    """Whether a rebate is earned or a fee is due, and the money (0 where it is not), once, each period or event `per`.

    A negative amount is `carried` on to later payments, or `owed`: a rebate by the partner, a fee by the vendor. A
    settlement, rebates less fees, is `paid` to the partner, or `owed` by it.
    """

    id: str
    status: PaymentStatus
    amount: Number | None
    currency: str
    per: str
    unknown: tuple[str, ...]
    source: tuple[str, ...]
    undefined: tuple[Cause, ...] = ()
    event: Texts | None = None  #: with `per` event: for what it is paid each time


@public("amount", "currency", "per")
class PaymentTotalOutcome(NamedTuple):
    """The sum of the rebates, or of the fees, of one currency and period."""

    currency: str
    per: str
    amount: Number | None


@public("id", "tier", "status")
class TrackOutcome(NamedTuple):
    """The id of the tier that the partner has on a track other than `main`, and of the tier above it."""

    id: str
    tier: str | None
    status: OwnStatus
    unknown: tuple[str, ...]
    next: str | None
    undefined: tuple[Cause, ...] = ()


@public("id", "value")
class ValueOutcome(NamedTuple):
    """The value of a definition for this partner, or the facts that may decide it."""

    id: str
    value: Scalar | None
    unknown: tuple[str, ...]
    source: tuple[str, ...]
    undefined: tuple[Cause, ...] = ()


@public("term", "value", "applied")
class AgreementOutcome(NamedTuple):
    """A supplementary agreement: the id of its term, the agreed value, its document, and whether it applies on the day.

    `was` is the programme's own value; None where that is unknown, where each item of a list has its own, or where the
    agreement does not apply.
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
    """A tier for this partner; discount, benefits and payments are those of a partner that qualifies for it."""

    id: str
    status: TierStatus
    unknown: tuple[str, ...]
    requirements: tuple[RequirementOutcome, ...]
    discount: DiscountOutcome | None
    benefits: tuple[BenefitOutcome, ...]
    rebates: tuple[PaymentOutcome, ...]
    rebate_totals: tuple[PaymentTotalOutcome, ...]
    fees: tuple[PaymentOutcome, ...]
    fee_totals: tuple[PaymentTotalOutcome, ...]
    settlements: tuple[PaymentOutcome, ...] = ()
    undefined: tuple[Cause, ...] = ()


class StatementOutcome(NamedTuple):
    """A right or a restriction of the partner's own tier: its id, and its clauses."""

    id: str
    source: tuple[str, ...]


@public("partner", "tier", "status", "as_of", "release")
class Outcome(NamedTuple):
    """The outcome of one partner under one release on one day.

    `status`, `discount`, `benefits`, `rebates` and `fees` are those of the partner's own tier: nothing is granted or
    owed where it does not qualify, amounts are None where that is undetermined, and all are None without a tier. The
    rebates and fees of a programme without tiers are every partner's. Where tiers are awarded,
    its own is the highest it qualifies for; `status` is `not_qualified` if there is none, `undetermined` if a higher
    one is open. A held tier that is kept without its requirements met is `retained`. `next` is the tier above it.

    `held_tier` and `since` are what the record says, or what its history comes to; `held_unknown` are the facts of
    earlier days, not known, that decide it where one of them is None. `kept_until` is the day until which a held tier
    is kept, `membership_ends` the last day of the membership period, `membership_renews` what else its renewal needs on
    that day (None: nothing), `promotes` whether a tier above the one held is awarded on the day (None: one always is).
    `also_held` says since when lower tiers are held, whose periods run beside that of `held_tier`.
    `membership_ended` is the last day of a membership that was not renewed, since when the partner has no tier.
    `lists` has the values of each item of each list.
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
    rebates: tuple[PaymentOutcome, ...] | None
    rebate_totals: tuple[PaymentTotalOutcome, ...] | None
    fees: tuple[PaymentOutcome, ...] | None
    fee_totals: tuple[PaymentTotalOutcome, ...] | None
    settlements: tuple[PaymentOutcome, ...] | None
    tiers: tuple[TierOutcome, ...]
    next: str | None
    tracks: tuple[TrackOutcome, ...]
    definitions: tuple[ValueOutcome, ...]
    lists: Mapping[str, tuple[Mapping[str, Scalar | None], ...]]
    agreements: tuple[AgreementOutcome, ...]
    facts: Facts
    problems: tuple[Problem, ...]
    undefined: tuple[Cause, ...] = ()
    held_unknown: tuple[str, ...] = ()
    membership_renews: ValueOutcome | None = None
    promotes: ValueOutcome | None = None
    membership_ended: date | None = None
    also_held: Mapping[str, date] = {}
    rights: tuple[StatementOutcome, ...] = ()  #: of its own tier, where it qualifies or the tier is kept
    restrictions: tuple[StatementOutcome, ...] = ()  #: of its own tier, whatever its status

    @property
    def payments(self) -> tuple[PaymentOutcome, ...]:
        """The rebates, fees and settlements of the partner's own tier; none where it is not known."""
        return (*(self.rebates or ()), *(self.fees or ()), *(self.settlements or ()))

    def of(self, tier: str) -> TierOutcome:
        """The outcome of the tier with this id; KeyError where there is none."""
        for outcome in self.tiers:
            if outcome.id == tier:
                return outcome
        raise KeyError(tier)
