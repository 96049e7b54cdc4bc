"""Evaluate: a compiled programme and a record give an outcome.

`make_plan` works once for a release: each tier, rebate and track becomes a function that reads its view off a filled
row (see `layout`). `evaluate` fills the row for one partner and calls them. All of it is pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from .language.closures import Row
from .layout import Known, Layout, fill, is_constant, make_layout, named
from .oddities import oddities
from .outcome import (
    AgreementOutcome,
    BenefitOutcome,
    BonusOutcome,
    BonusStatus,
    DiscountOutcome,
    Outcome,
    OwnStatus,
    RebateOutcome,
    RebateTotalOutcome,
    RequirementOutcome,
    Scalar,
    TierOutcome,
    TierStatus,
    TrackOutcome,
    ValueOutcome,
)
from .programme import (
    MAIN,
    NO_TIER,
    ORDER,
    Benefit,
    Bonus,
    Discount,
    NamedValue,
    Programme,
    Rebate,
    Requirement,
    Tier,
    Track,
)
from .record import Record
from .values import Kind, Unknown, Value, missing, or_none

_NOTHING = Decimal(0)

TierReader = Callable[[Row], "tuple[TierOutcome, _Benefits]"]
TrackReader = Callable[[Row, Sequence[TierOutcome]], "_Own"]
ValueReader = Callable[[Row], ValueOutcome]


class Plan(NamedTuple):
    """How to evaluate one release: the layout of a partner's row, and the readers of what is in it."""

    programme: Programme
    layout: Layout
    tiers: tuple[TierReader, ...]
    main: TrackReader
    tracks: tuple[tuple[str, TrackReader], ...]
    definitions: tuple[ValueReader, ...]
    kept_until: int | None  #: where the day stands to which a tier is kept
    membership_ends: int | None  #: and the last day of the membership


def make_plan(programme: Programme) -> Plan:
    """The plan of a release."""
    layout = make_layout(programme)
    positions: Any = layout.positions  # what is read here stands in the row itself, not in an item
    constants = {id: layout.empty[at - layout.start] for id, at in positions.items() if is_constant(programme, id)}
    tracks = {id: _track_reader(programme, track, positions) for id, track in programme.tracks.items()}
    until = programme.tracks[MAIN].kept_until
    return Plan(
        programme,
        layout,
        tuple(_tier_reader(tier, positions, constants) for tier in programme.tiers.values()),
        tracks.pop(MAIN),
        tuple(tracks.items()),
        tuple(_value_reader(programme.values[id], positions) for id in programme.definitions),
        None if until is None else positions[until],
        None if programme.membership_ends is None else positions[programme.membership_ends],
    )


def all_values(plan: Plan, outcome: Outcome) -> dict[str, Any]:
    """Every fact and value behind an outcome, by id."""
    agreed = {one.term: one.value for one in outcome.agreements if one.applied}
    known = Known(outcome.as_of, outcome.held_tier, outcome.since, outcome.facts, agreed)
    return named(plan.layout, fill(plan.layout, known))


def evaluate(plan: Plan, record: Record, as_of: date) -> Outcome:
    """What the programme says of one partner on a day; `record` has been checked against this programme."""
    programme = plan.programme
    known = known_of(record, as_of)
    row = fill(plan.layout, known)
    agreements = _agreements(plan, record, as_of) if record.agreements else ()
    read = [reader(row) for reader in plan.tiers]
    tiers = tuple([tier for tier, _ in read])
    own = plan.main(row, tiers)
    tier, benefits = (None, None) if own.place is None else read[own.place]
    tracks = tuple([_track(id, reader(row, tiers), tiers) for id, reader in plan.tracks])
    held = {MAIN: tier.id if tier else None, **{track.id: track.tier for track in tracks}}
    granted = _GRANTED_AS[own.status]
    return Outcome(
        programme.id,
        programme.release,
        programme.digest,
        as_of,
        record.partner,
        record.name,
        tier.id if tier else None,
        own.status,
        own.unknown,
        record.tier,
        record.since,
        or_none(row[plan.kept_until]) if plan.kept_until is not None and record.tier else None,
        or_none(row[plan.membership_ends]) if plan.membership_ends is not None else None,
        _granted(tier.discount, granted) if tier else None,
        getattr(benefits, granted) if tier else None,
        _granted_rebates(tier.rebates, granted) if tier else None,
        _granted_rebates(tier.rebate_totals, granted) if tier else None,
        tiers,
        own.next,
        tracks,
        tuple([reader(row) for reader in plan.definitions]),
        _item_values(plan.layout, row) if plan.layout.lists else {},
        agreements,
        known.facts,
        oddities(programme, plan.layout, record, known, row, agreements, held),
    )


def known_of(record: Record, as_of: date) -> Known:
    """What an evaluation of the record on a day begins with."""
    agreed = {one.term: one.value for one in record.agreements if one.days.cover(as_of)}
    return Known(as_of, record.tier, record.since, record.facts_on(as_of), agreed)


def _agreements(plan: Plan, record: Record, as_of: date) -> tuple[AgreementOutcome, ...]:
    """Each agreement of the record, and what the programme would say without any."""
    row = fill(plan.layout, known_of(record, as_of)._replace(agreed={}))
    positions: Any = plan.layout.positions
    found = []
    for one in record.agreements:
        applied = one.days.cover(as_of)
        was = or_none(row[positions[one.term]]) if applied else None
        found.append(AgreementOutcome(one.term, one.value, was, applied, one.document, one.begins, one.ends))
    return tuple(found)


class _Own(NamedTuple):
    """The partner's tier on a track by its place, if any; its status, what would decide it, and the tier above."""

    place: int | None
    status: OwnStatus | None
    unknown: tuple[str, ...]
    next: str | None


def _track(id: str, own: _Own, tiers: Sequence[TierOutcome]) -> TrackOutcome:
    tier = None if own.place is None else tiers[own.place].id
    return TrackOutcome(id, tier, own.status or "not_qualified", own.unknown, own.next)


def _item_values(layout: Layout, row: Row) -> Mapping[str, tuple[Mapping[str, Scalar | None], ...]]:
    """Of each list that is known and whose items have values: those values, item by item."""
    found = {}
    for one in layout.lists:
        items = row[layout.positions[one.id]]  # type: ignore[index]
        if one.id != ORDER and one.values and type(items) is not Unknown:
            first = len(one.fields)
            found[one.id] = tuple(
                dict(zip(one.values, [or_none(value) for value in item[first:]], strict=True)) for item in items
            )
    return found


# Readers of the views: made once, each knows where in the row its values stand, and the answers that never vary.

_TIER: Mapping[bool | None, TierStatus] = {True: "qualified", False: "not_qualified", None: "undetermined"}
_EARNED: Mapping[bool | None, BonusStatus] = {True: "earned", False: "not_earned", None: "unknown"}
_GRANTED_AS = {
    "qualified": "qualified",
    "retained": "qualified",
    "not_qualified": "not_qualified",
    "undetermined": "undetermined",
    None: "undetermined",
}


def _track_reader(programme: Programme, track: Track, positions: Mapping[str, int]) -> TrackReader:
    """What the value of a track's tier says; for a candidate all that is open matters."""
    held, awarded = positions[track.tier], track.award != "signed"
    order = tuple(programme.tiers)
    places = {tier: order.index(tier) for tier in track.tiers}
    above = dict(zip(track.tiers, track.tiers[1:], strict=False)) if awarded else {}
    kept = {tier: positions[f"tiers.{tier}.kept"] for tier in track.tiers} if track.kept_until else {}

    def read(row: Row, tiers: Sequence[TierOutcome]) -> _Own:
        tier = row[held]
        if type(tier) is Unknown:
            return _Own(None, "undetermined", missing(tier), None)
        if not places:
            return _Own(None, None, (), None)
        if tier == NO_TIER and awarded:
            return _Own(None, "not_qualified", (), next(iter(places), None))
        if tier == NO_TIER:
            opened = dict.fromkeys(fact for place in places.values() for fact in tiers[place].unknown)
            return _Own(None, None, tuple(opened), None)
        found = tiers[places[tier]]
        if found.status != "qualified" and kept and row[kept[tier]] is True:
            return _Own(places[tier], "retained", (), above.get(tier))
        return _Own(places[tier], found.status, found.unknown, above.get(tier))

    return read


def _value_reader(named: NamedValue, positions: Mapping[str, int]) -> ValueReader:
    position, id, source = positions[named.id], named.id.removeprefix("definitions."), named.source

    def read(row: Row) -> ValueOutcome:
        value = row[position]
        return ValueOutcome(id, or_none(value), missing(value), source)

    return read


def _tier_reader(tier: Tier, positions: Mapping[str, int], constants: Mapping[str, Value]) -> TierReader:
    qualified = positions[tier.qualified]
    requirements = [_requirement_reader(requirement, positions) for requirement in tier.requirements]
    discount = _discount_reader(tier.discount, positions) if tier.discount else None
    benefits = _benefits_reader(tier.benefits, positions, constants)
    rebates = [_rebate_reader(rebate, positions) for rebate in tier.rebates]
    totals = [(total.currency, total.per, positions[total.amount]) for total in tier.rebate_totals]

    def read(row: Row) -> tuple[TierOutcome, _Benefits]:
        status, given = row[qualified], benefits(row)
        outcome = TierOutcome(
            tier.id,
            _TIER[or_none(status)],
            missing(status),
            tuple([requirement(row) for requirement in requirements]),
            discount(row) if discount else None,
            given.qualified,
            tuple([rebate(row) for rebate in rebates]),
            tuple([RebateTotalOutcome(currency, per, or_none(row[at])) for currency, per, at in totals]),
        )
        return outcome, given

    return read


def _requirement_reader(requirement: Requirement, positions: Mapping[str, int]) -> Callable[[Row], RequirementOutcome]:
    position = positions[requirement.value]
    parts = [_requirement_reader(part, positions) for part in requirement.parts]
    unknown = RequirementOutcome(requirement.id, requirement.scope, "unknown", (), requirement.source)
    met, not_met = unknown._replace(status="met"), unknown._replace(status="not_met")

    def read(row: Row) -> RequirementOutcome:
        value = row[position]
        if value is True:
            return met
        return not_met if value is False else unknown._replace(unknown=missing(value))

    def read_with_parts(row: Row) -> RequirementOutcome:
        return read(row)._replace(parts=tuple([part(row) for part in parts]))

    return read_with_parts if parts else read


def _discount_reader(discount: Discount, positions: Mapping[str, int]) -> Callable[[Row], DiscountOutcome]:
    base, uncapped, total = positions[discount.base], positions[discount.uncapped], positions[discount.total]
    in_price, in_kind = positions[discount.in_price], positions[discount.in_kind]
    cap = positions[discount.cap] if discount.cap else None
    apply = positions[discount.bonuses_apply]
    bonuses = [_bonus_reader(bonus, positions) for bonus in discount.bonuses]

    def read(row: Row) -> DiscountOutcome:
        applied = or_none(row[apply])
        return DiscountOutcome(
            or_none(row[base]),
            tuple([bonus(row, applied) for bonus in bonuses]),
            or_none(row[uncapped]),
            None if cap is None else or_none(row[cap]),
            or_none(row[total]),
            or_none(row[in_price]),
            or_none(row[in_kind]),
            discount.source,
        )

    return read


def _bonus_reader(bonus: Bonus, positions: Mapping[str, int]) -> Callable[[Row, bool | None], BonusOutcome]:
    earned, percent = positions[bonus.earned], positions[bonus.percent]

    def read(row: Row, applied: bool | None) -> BonusOutcome:
        worth = row[percent]
        status = _EARNED[or_none(row[earned])]
        return BonusOutcome(bonus.id, status, or_none(worth), applied, missing(worth), bonus.source)

    return read


def _rebate_reader(rebate: Rebate, positions: Mapping[str, int]) -> Callable[[Row], RebateOutcome]:
    earned, amount = positions[rebate.earned], positions[rebate.amount]

    def read(row: Row) -> RebateOutcome:
        worth, status = row[amount], _EARNED[or_none(row[earned])]
        return RebateOutcome(
            rebate.id, status, or_none(worth), rebate.currency, rebate.per, missing(worth), rebate.source
        )

    return read


class _Benefits(NamedTuple):
    """A tier's benefits, by what a partner is granted of them: all, none where it does not qualify, or who knows."""

    qualified: tuple[BenefitOutcome, ...]
    not_qualified: tuple[BenefitOutcome, ...]
    undetermined: tuple[BenefitOutcome, ...]


def _benefits_reader(
    benefits: Sequence[Benefit], positions: Mapping[str, int], constants: Mapping[str, Value]
) -> Callable[[Row], _Benefits]:
    """Most benefits are the same for every partner; those that are expressions come to the same few values."""
    undetermined = tuple(BenefitOutcome(one.id, None, one.source, one.unit, one.text) for one in benefits)
    nothing = [False if one.kind in (Kind.YES_NO, Kind.TEXT) else _NOTHING for one in benefits]
    none = tuple(one._replace(value=value) for one, value in zip(undetermined, nothing, strict=True))
    varying = [one.value for one in benefits if one.value not in constants]
    places = [positions[id] for id in varying]

    @lru_cache(maxsize=256)
    def given(*values: Value) -> _Benefits:
        known = {**constants, **dict(zip(varying, values, strict=True))}
        pairs = zip(undetermined, benefits, strict=True)
        return _Benefits(tuple([one._replace(value=or_none(known[it.value])) for one, it in pairs]), none, undetermined)

    return lambda row: given(*[row[place] for place in places])


def _granted(discount: DiscountOutcome | None, granted: str) -> DiscountOutcome | None:
    """The partner's own discount: nothing where it does not qualify, unknown where that is open."""
    if discount is None or granted == "qualified":
        return discount
    amount = None if granted == "undetermined" else _NOTHING
    base, bonuses, uncapped, cap, _, _, _, source = discount
    return DiscountOutcome(base, bonuses, uncapped, cap, amount, amount, amount, source)


def _granted_rebates(rebates: tuple[Any, ...], granted: str) -> tuple[Any, ...]:
    """The partner's own rebates, or what they come to: likewise."""
    if not rebates or granted == "qualified":
        return rebates
    return tuple(one._replace(amount=None if granted == "undetermined" else _NOTHING) for one in rebates)
