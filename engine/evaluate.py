"""Evaluate: a compiled programme and a record give an outcome.

`make_plan` works once for a release: each tier, rebate and track becomes a function that reads its view off a filled
row (see `layout`). `evaluate` fills the row for one partner and calls them. All of it is pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from .language.closures import Position, Row
from .language.tree import names
from .layout import Known, Layout, fill, is_constant, make_layout, named
from .outcome import (
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
from .problems import Level, Problem, in_order
from .programme import MAIN, NO_TIER, Benefit, Bonus, Discount, FactCheck, Programme, Rebate, Requirement, Tier
from .record import Record
from .values import Kind, Unknown, Value

_NOTHING = Decimal(0)

TierReader = Callable[[Row], "tuple[TierOutcome, _Benefits]"]


class Plan(NamedTuple):
    """How to evaluate one release: the layout of a partner's row, and the readers of what is in it."""

    programme: Programme
    layout: Layout
    tiers: tuple[TierReader, ...]
    checks: tuple[tuple[Position, FactCheck], ...]


def make_plan(programme: Programme) -> Plan:
    """The plan of a release."""
    layout = make_layout(programme)
    positions: Any = layout.positions
    start = positions["held_since"] + 1 + len(layout.facts) + 2 * len(layout.lists)
    constants = {
        id: layout.empty[at - start]
        for id, at in positions.items()
        if isinstance(at, int) and is_constant(programme, id)
    }
    tiers = tuple(_tier_reader(tier, positions, constants) for tier in programme.tiers.values())
    return Plan(programme, layout, tiers, tuple((positions[check.value], check) for check in programme.checks))


def all_values(plan: Plan, outcome: Outcome) -> dict[str, Any]:
    """Every fact and value behind an outcome, by id."""
    known = Known(outcome.as_of, outcome.held_tier, outcome.since, outcome.facts)
    return named(plan.layout, fill(plan.layout, known))


def evaluate(plan: Plan, record: Record, as_of: date) -> Outcome:
    """What the programme says of one partner on a day; `record` has been checked against this programme."""
    programme = plan.programme
    row = fill(plan.layout, Known(as_of, record.tier, record.since, record.facts))
    read = [reader(row) for reader in plan.tiers]
    tiers = tuple([tier for tier, _ in read])
    own = _own(programme, plan.layout, row, tiers, MAIN)
    tier, benefits = (None, None) if own.tier is None else next(pair for pair in read if pair[0].id == own.tier)
    kept_until = programme.tracks[MAIN].kept_until
    return Outcome(
        programme.id,
        programme.release,
        programme.digest,
        as_of,
        record.partner,
        record.name,
        own.tier,
        own.status,
        own.unknown,
        record.tier,
        record.since,
        _known(row[plan.layout.positions[kept_until]]) if kept_until and record.tier else None,  # type: ignore[index]
        _granted(tier.discount, own.status) if tier else None,
        getattr(benefits, _GRANTED_AS[own.status]) if tier else None,
        _granted_rebates(tier.rebates, own.status) if tier else None,
        _granted_rebates(tier.rebate_totals, own.status) if tier else None,
        tiers,
        own.next,
        tuple([_track(programme, plan.layout, row, tiers, id) for id in programme.tracks if id != MAIN]),
        tuple([_value(programme, plan.layout, row, id) for id in programme.definitions]),
        _item_values(plan.layout, row) if plan.layout.lists else {},
        record.facts,
        _odd(plan, record, row),
    )


class _Own(NamedTuple):
    """The tier that the partner has on a track, if any; its status, what would decide it, and the tier above."""

    tier: str | None
    status: OwnStatus | None
    unknown: tuple[str, ...]
    next: str | None


def _own(programme: Programme, layout: Layout, row: Row, tiers: Sequence[TierOutcome], id: str) -> _Own:
    """What the value of a track's tier says; for a candidate all that is open matters."""
    track = programme.tracks[id]
    found: Value = row[layout.positions[track.tier]]  # type: ignore[index]
    by_id = {tier.id: tier for tier in tiers}
    if type(found) is Unknown:
        return _Own(None, "undetermined", _missing(found), None)
    if found == NO_TIER and track.award == "signed":
        opened = dict.fromkeys(fact for tier in track.tiers for fact in by_id[tier].unknown)
        return _Own(None, None, tuple(opened), None)
    if found == NO_TIER:
        return _Own(None, "not_qualified", (), next(iter(track.tiers), None))
    tier = by_id[str(found)]
    above = track.tiers[track.tiers.index(tier.id) + 1 :] if track.award != "signed" else ()
    kept = layout.positions.get(f"tiers.{tier.id}.kept")
    retained = tier.status != "qualified" and isinstance(kept, int) and row[kept] is True
    status: OwnStatus = "retained" if retained else tier.status
    return _Own(tier.id, status, () if retained else tier.unknown, above[0] if above else None)


def _track(
    programme: Programme, layout: Layout, row: Row, tiers: Sequence[TierOutcome], id: str
) -> TrackOutcome:  # fmt: skip
    own = _own(programme, layout, row, tiers, id)
    return TrackOutcome(id, own.tier, own.status or "not_qualified", own.unknown, own.next)


def _value(programme: Programme, layout: Layout, row: Row, id: str) -> ValueOutcome:
    value: Value = row[layout.positions[id]]  # type: ignore[index]
    source = programme.values[id].source
    return ValueOutcome(id.removeprefix("definitions."), _known(value), _missing(value), source)


def _item_values(layout: Layout, row: Row) -> Mapping[str, tuple[Mapping[str, Scalar | None], ...]]:
    """Of each list that is known and whose items have values: those values, item by item."""
    found = {}
    for one in layout.lists:
        items = row[layout.positions[one.id]]  # type: ignore[index]
        if one.values and type(items) is not Unknown:
            first = len(one.fields)
            found[one.id] = tuple(
                dict(zip(one.values, [_known(value) for value in item[first:]], strict=True)) for item in items
            )
    return found


def _odd(plan: Plan, record: Record, row: Row) -> tuple[Problem, ...]:
    """Warnings for facts that break a check of the programme."""
    found = []
    for position, check in plan.checks:
        if row[position] is False:  # type: ignore[index]
            mentioned = names(plan.programme.values[check.value].expression)
            place = next((record.places[name.id] for name in mentioned if name.id in record.places), None)
            message = check.title.get("en") or next(iter(check.title.values()))
            help = "check the facts; the outcome stands as they are"
            found.append(Problem("odd-facts", message, place, help, Level.WARNING))
    return in_order(found) if found else ()


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
            _TIER[_known(status)],
            _missing(status),
            tuple([requirement(row) for requirement in requirements]),
            discount(row) if discount else None,
            given.qualified,
            tuple([rebate(row) for rebate in rebates]),
            tuple([RebateTotalOutcome(currency, per, _known(row[at])) for currency, per, at in totals]),
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
        return not_met if value is False else unknown._replace(unknown=_missing(value))

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
        applied = _known(row[apply])
        return DiscountOutcome(
            _known(row[base]),
            tuple([bonus(row, applied) for bonus in bonuses]),
            _known(row[uncapped]),
            None if cap is None else _known(row[cap]),
            _known(row[total]),
            _known(row[in_price]),
            _known(row[in_kind]),
            discount.source,
        )

    return read


def _bonus_reader(bonus: Bonus, positions: Mapping[str, int]) -> Callable[[Row, bool | None], BonusOutcome]:
    earned, percent = positions[bonus.earned], positions[bonus.percent]

    def read(row: Row, applied: bool | None) -> BonusOutcome:
        worth = row[percent]
        status = _EARNED[_known(row[earned])]
        return BonusOutcome(bonus.id, status, _known(worth), applied, _missing(worth), bonus.source)

    return read


def _rebate_reader(rebate: Rebate, positions: Mapping[str, int]) -> Callable[[Row], RebateOutcome]:
    earned, amount = positions[rebate.earned], positions[rebate.amount]

    def read(row: Row) -> RebateOutcome:
        worth, status = row[amount], _EARNED[_known(row[earned])]
        return RebateOutcome(
            rebate.id, status, _known(worth), rebate.currency, rebate.per, _missing(worth), rebate.source
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
    """Benefits are the same for every partner, but where one is an expression."""
    undetermined = tuple(BenefitOutcome(one.id, None, one.source, one.unit, one.text) for one in benefits)
    nothing = [False if one.kind in (Kind.YES_NO, Kind.TEXT) else _NOTHING for one in benefits]
    none = tuple(one._replace(value=value) for one, value in zip(undetermined, nothing, strict=True))

    def given(values: Iterable[Value]) -> _Benefits:
        all_ = tuple([one._replace(value=_known(value)) for one, value in zip(undetermined, values, strict=True)])
        return _Benefits(all_, none, undetermined)

    if any(one.value not in constants for one in benefits):
        places = [positions[one.value] for one in benefits]
        return lambda row: given([row[place] for place in places])
    always = given([constants[one.value] for one in benefits])
    return lambda _row: always


def _known(value: Value) -> Any:
    return None if type(value) is Unknown else value


def _missing(value: Value) -> tuple[str, ...]:
    return tuple(sorted(value.missing)) if type(value) is Unknown else ()


def _granted(discount: DiscountOutcome | None, status: OwnStatus | None) -> DiscountOutcome | None:
    """The partner's own discount: nothing where it does not qualify, unknown where that is open."""
    if discount is None or status in ("qualified", "retained"):
        return discount
    amount = None if status == "undetermined" else _NOTHING
    base, bonuses, uncapped, cap, _, _, _, source = discount
    return DiscountOutcome(base, bonuses, uncapped, cap, amount, amount, amount, source)


def _granted_rebates(rebates: tuple[Any, ...], status: OwnStatus | None) -> tuple[Any, ...]:
    """The partner's own rebates, or what they come to: likewise."""
    if status in ("qualified", "retained"):
        return rebates
    return tuple(one._replace(amount=None if status == "undetermined" else _NOTHING) for one in rebates)
