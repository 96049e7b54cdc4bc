"""Readers that make outcomes from a filled row: of tracks, definitions, and tiers with their discounts and benefits.

A reader is made once for a release: it has the positions of its values in the row, and the results that never vary.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from ..language.run.causes import Cause, causes
from ..language.run.closures import Row
from ..programme.model import (
    NO_TIER,
    Benefit,
    Bonus,
    Discount,
    NamedValue,
    Payment,
    Payments,
    Programme,
    Requirement,
    Tier,
    Track,
)
from ..programme.reads import determining_ids
from ..values import Kind, Unknown, Value, missing, or_none
from .outcome import (
    BenefitOutcome,
    BonusOutcome,
    BonusStatus,
    DiscountOutcome,
    OwnStatus,
    PaymentOutcome,
    PaymentStatus,
    PaymentTotalOutcome,
    RequirementOutcome,
    TierOutcome,
    TierStatus,
    ValueOutcome,
)

_NOTHING = Decimal(0)
_MAX_CACHED = 1024  #: the most views that a reader keeps

_View = TypeVar("_View")
Reader = Callable[[Row], _View]  #: makes a view, a part of an outcome, from a row
TrackReader = Callable[[Row, Sequence[TierOutcome]], "Own"]

_TIER: Mapping[bool | None, TierStatus] = {True: "qualified", False: "not_qualified", None: "undetermined"}
_EARNED: Mapping[bool | None, BonusStatus] = {True: "earned", False: "not_earned", None: "unknown"}
EARNED: Mapping[bool | None, PaymentStatus] = {True: "earned", False: "not_earned", None: "unknown"}  #: of a rebate
DUE: Mapping[bool | None, PaymentStatus] = {True: "due", False: "not_due", None: "unknown"}  #: of a fee
PAID: Mapping[bool | None, PaymentStatus] = {True: "paid", False: "not_paid", None: "unknown"}  #: of a settlement

PaymentView = tuple[tuple[PaymentOutcome, ...], tuple[PaymentTotalOutcome, ...]]
_NO_PAYMENTS: PaymentView = ((), ())


class Own(NamedTuple):
    """The partner's own tier on a track: its status, the facts that may decide it, and the id of the tier above.

    `place` is the index of the tier among all tiers; None where there is no tier, or it is undetermined.
    """

    place: int | None
    status: OwnStatus | None
    unknown: tuple[str, ...]
    next: str | None
    undefined: tuple[Cause, ...] = ()


class Benefits(NamedTuple):
    """What a partner is granted of a tier's benefits where it qualifies, where it does not, and where that is open."""

    qualified: tuple[BenefitOutcome, ...]
    not_qualified: tuple[BenefitOutcome, ...]
    undetermined: tuple[BenefitOutcome, ...]


def track_reader(programme: Programme, track: Track, positions: Mapping[str, int]) -> TrackReader:
    """The reader of the partner's own tier on a track; without a signed tier, `unknown` is that of all its tiers."""
    held, awarded = positions[track.tier], track.is_awarded
    order = tuple(programme.tiers)
    places = {tier: order.index(tier) for tier in track.tiers}
    above = dict(zip(track.tiers, track.tiers[1:], strict=False)) if awarded else {}
    kept = {tier: positions[id] for tier, id in track.kept.items()}

    def read(row: Row, tiers: Sequence[TierOutcome]) -> Own:
        tier = row[held]
        if type(tier) is Unknown:
            return Own(None, "undetermined", missing(tier), None, causes(tier))
        if not places:
            return Own(None, None, (), None)
        if tier == NO_TIER and awarded:
            return Own(None, "not_qualified", (), next(iter(places), None))
        if tier == NO_TIER:
            unknown = dict.fromkeys(fact for place in places.values() for fact in tiers[place].unknown)
            undefined = dict.fromkeys(cause for place in places.values() for cause in tiers[place].undefined)
            return Own(None, None, tuple(unknown), None, tuple(undefined))
        outcome = tiers[places[tier]]
        if outcome.status != "qualified" and kept and row[kept[tier]] is True:
            return Own(places[tier], "retained", (), above.get(tier))
        return Own(places[tier], outcome.status, outcome.unknown, above.get(tier), outcome.undefined)

    return read


def value_reader(named: NamedValue, positions: Mapping[str, int]) -> Reader[ValueOutcome]:
    """The reader of a definition."""
    position, id, source = positions[named.id], named.name, named.source

    def read(row: Row) -> ValueOutcome:
        value = row[position]
        if type(value) is Unknown:
            return ValueOutcome(id, None, missing(value), source, causes(value))
        return ValueOutcome(id, value, (), source)

    return read


class _UsedPositions(dict[str, int]):
    """Holds those of `positions` that were looked up in it."""

    def __init__(self, positions: Mapping[str, int]) -> None:
        super().__init__()
        self.positions = positions

    def __missing__(self, id: str) -> int:
        self[id] = position = self.positions[id]
        return position


def _cached(
    programme: Programme, positions: Mapping[str, int], make: Callable[[Mapping[str, int]], Reader[_View]]
) -> Reader[_View]:
    """The reader that `make` returns for the positions, with a cache of its views.

    The key of a view is what determines the values that the reader uses (see `determining_ids`), of which all partners
    have only few. The cache is cleared when it is full.
    """
    used = _UsedPositions(positions)
    read = make(used)
    key_of = itemgetter(*[positions[id] for id in determining_ids(programme, used)] or [0])
    kept: dict[Any, _View] = {}

    def cached(row: Row) -> _View:
        key = key_of(row)
        view = kept.get(key)
        if view is None:
            if len(kept) >= _MAX_CACHED:
                kept.clear()
            view = kept[key] = read(row)
        return view

    return cached


def tier_reader(
    programme: Programme, tier: Tier, positions: Mapping[str, int], constants: Mapping[str, Value]
) -> Reader[tuple[TierOutcome, Benefits]]:
    """The reader of a tier's outcome and benefits; `constants` are the values that are the same for every partner."""
    offered = tier.discount
    qualification = _cached(programme, positions, lambda at: _qualification_reader(tier, at))
    discount = _cached(programme, positions, lambda at: _discount_reader(offered, at)) if offered else None
    benefits = _cached(programme, positions, lambda at: _benefits_reader(tier.benefits, at, constants))
    rebates = _cached(programme, positions, lambda at: payments_reader(tier.rebates, EARNED, at))
    fees = _cached(programme, positions, lambda at: payments_reader(tier.fees, DUE, at)) if tier.fees.rows else None
    settled = tier.settlements
    settlements = _cached(programme, positions, lambda at: payments_reader(settled, PAID, at)) if settled.rows else None

    def read(row: Row) -> tuple[TierOutcome, Benefits]:
        granted = benefits(row)
        offer = discount(row) if discount else None
        status, unknown, undefined, requirements = qualification(row)
        amounts, totals = rebates(row)
        owed, owed_totals = fees(row) if fees else _NO_PAYMENTS
        outcome = TierOutcome(
            id=tier.id,
            status=status,
            unknown=unknown,
            requirements=requirements,
            discount=offer,
            benefits=granted.qualified,
            rebates=amounts,
            rebate_totals=totals,
            fees=owed,
            fee_totals=owed_totals,
            settlements=settlements(row)[0] if settlements else (),
            undefined=undefined,
        )
        return outcome, granted

    return read


_Qualification = tuple[TierStatus, tuple[str, ...], tuple[Cause, ...], tuple[RequirementOutcome, ...]]


def _qualification_reader(tier: Tier, positions: Mapping[str, int]) -> Reader[_Qualification]:
    """Whether the partner qualifies for the tier, the facts that may decide it, the causes, and each requirement."""
    qualified = positions[tier.qualified]
    requirements = [_requirement_reader(requirement, positions) for requirement in tier.requirements]

    def read(row: Row) -> _Qualification:
        value = row[qualified]
        parts = tuple([requirement(row) for requirement in requirements])
        return _TIER[or_none(value)], missing(value), causes(value), parts

    return read


def _requirement_reader(requirement: Requirement, positions: Mapping[str, int]) -> Reader[RequirementOutcome]:
    position = positions[requirement.value]
    parts = [_requirement_reader(part, positions) for part in requirement.parts]
    id, scope, source = requirement.id, requirement.scope, requirement.source
    unknown = RequirementOutcome(id=id, scope=scope, status="unknown", unknown=(), source=source)
    met, not_met = unknown._replace(status="met"), unknown._replace(status="not_met")

    def read(row: Row) -> RequirementOutcome:
        value = row[position]
        if value is True:
            return met
        return not_met if value is False else unknown._replace(unknown=missing(value), undefined=causes(value))

    def read_with_parts(row: Row) -> RequirementOutcome:
        return read(row)._replace(parts=tuple([part(row) for part in parts]))

    return read_with_parts if parts else read


def _discount_reader(discount: Discount, positions: Mapping[str, int]) -> Reader[DiscountOutcome]:
    base, uncapped, total = positions[discount.base], positions[discount.uncapped], positions[discount.total]
    in_price, in_kind = positions[discount.in_price], positions[discount.in_kind]
    cap = positions[discount.cap] if discount.cap else None
    apply = positions[discount.bonuses_apply]
    bonuses = [_bonus_reader(bonus, positions) for bonus in discount.bonuses]

    def read(row: Row) -> DiscountOutcome:
        applied = or_none(row[apply])
        return DiscountOutcome(
            base=or_none(row[base]),
            bonuses=tuple([bonus(row, applied) for bonus in bonuses]),
            uncapped=or_none(row[uncapped]),
            cap=None if cap is None else or_none(row[cap]),
            total=or_none(row[total]),
            in_price=or_none(row[in_price]),
            in_kind=or_none(row[in_kind]),
            source=discount.source,
        )

    return read


def _bonus_reader(bonus: Bonus, positions: Mapping[str, int]) -> Callable[[Row, bool | None], BonusOutcome]:
    earned, percent = positions[bonus.earned], positions[bonus.percent]

    def read(row: Row, applied: bool | None) -> BonusOutcome:
        worth = row[percent]
        status = _EARNED[or_none(row[earned])]
        return BonusOutcome(
            id=bonus.id,
            status=status,
            percent=or_none(worth),
            applied=applied,
            unknown=missing(worth),
            source=bonus.source,
            undefined=causes(worth),
        )

    return read


def payments_reader(
    payments: Payments, statuses: Mapping[bool | None, PaymentStatus], positions: Mapping[str, int]
) -> Reader[PaymentView]:
    """The reader of rebates, fees or settlements and of their sums; `statuses` are words for whether one applies."""
    readers = [_payment_reader(payment, statuses, positions) for payment in payments.rows]
    sums = [(total.currency, total.per, positions[total.amount]) for total in payments.totals]

    def read(row: Row) -> PaymentView:
        totals = [PaymentTotalOutcome(currency, per, or_none(row[at])) for currency, per, at in sums]
        return tuple([read(row) for read in readers]), tuple(totals)

    return read


def _payment_reader(
    payment: Payment, statuses: Mapping[bool | None, PaymentStatus], positions: Mapping[str, int]
) -> Reader[PaymentOutcome]:
    applies, amount = positions[payment.applies], positions[payment.amount]
    of_debt: PaymentStatus = "owed" if payment.negative == "owed" else "carried"

    def read(row: Row) -> PaymentOutcome:
        worth = row[amount]
        is_debt = isinstance(worth, Decimal | Fraction) and worth < 0
        status = of_debt if is_debt else statuses[or_none(row[applies])]
        return PaymentOutcome(
            id=payment.id,
            status=status,
            amount=or_none(worth),
            currency=payment.currency,
            per=payment.per,
            unknown=missing(worth),
            source=payment.source,
            undefined=causes(worth),
            event=payment.event,
        )

    return read


def _benefits_reader(
    benefits: Sequence[Benefit], positions: Mapping[str, int], constants: Mapping[str, Value]
) -> Reader[Benefits]:
    """The reader of a tier's benefits, most of which have constant values."""
    undetermined = tuple(
        BenefitOutcome(id=benefit.id, value=None, source=benefit.source, currency=benefit.unit, text=benefit.text)
        for benefit in benefits
    )
    nothing = [False if benefit.kind in (Kind.YES_NO, Kind.TEXT) else _NOTHING for benefit in benefits]
    not_granted = tuple(outcome._replace(value=value) for outcome, value in zip(undetermined, nothing, strict=True))
    pairs = [(outcome, benefit.value) for outcome, benefit in zip(undetermined, benefits, strict=True)]
    varying = {id: positions[id] for _, id in pairs if id not in constants}

    def read(row: Row) -> Benefits:
        values = {**constants, **{id: row[position] for id, position in varying.items()}}
        qualified = tuple([outcome._replace(value=or_none(values[id])) for outcome, id in pairs])
        return Benefits(qualified, not_granted, undetermined)

    return read
