"""Evaluates a partner's record against a compiled programme; the result is an outcome.

`make_plan` is called once for a release: each tier, track and definition becomes a function that makes its outcome from
a filled row (see `row_layout` and `views`). `evaluate` fills the row of a partner and calls these functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ..language.run.closures import Row
from ..programme.model import MAIN, ORDER, Programme, Statement
from ..values import Unknown, or_none
from .outcome import (
    AgreementOutcome,
    DiscountOutcome,
    Outcome,
    PaymentOutcome,
    PaymentStatus,
    PaymentTotalOutcome,
    Scalar,
    StatementOutcome,
    TierOutcome,
    TrackOutcome,
    ValueOutcome,
)
from .periods import Agreement
from .record import Record
from .row_layout import KnownInputs, Layout, ListLayout, Period, fill, is_constant, make_layout, named_row
from .views import (
    DUE,
    EARNED,
    PAID,
    Benefits,
    Own,
    PaymentView,
    Reader,
    TrackReader,
    payments_reader,
    tier_reader,
    track_reader,
    value_reader,
)
from .warnings import record_warnings

_NOTHING = Decimal(0)


class Plan(NamedTuple):
    """How to evaluate a release: the layout of a partner's row, and the readers that make outcomes from it."""

    programme: Programme
    layout: Layout
    tiers: tuple[Reader[tuple[TierOutcome, Benefits]], ...]
    main: TrackReader
    tracks: tuple[tuple[str, TrackReader], ...]
    rebates: Reader[PaymentView] | None  #: of a programme without tiers; None where tiers pay them
    fees: Reader[PaymentView] | None
    settlements: Reader[PaymentView] | None
    definitions: tuple[Reader[ValueOutcome], ...]
    lists: tuple[ListLayout, ...]  #: those whose items have values, except an order's lines
    kept_until: int | None  #: the position of the day until which a tier is kept
    membership_ends: int | None  #: the position of the last day of the membership period
    renews: Reader[ValueOutcome] | None  #: of what else a renewal needs
    promotes: Reader[ValueOutcome] | None  #: of whether a tier above the one held is awarded
    rights: Mapping[str, tuple[StatementOutcome, ...]]  #: by tier
    restrictions: Mapping[str, tuple[StatementOutcome, ...]]


def make_plan(programme: Programme) -> Plan:
    """The plan of a release."""
    layout = make_layout(programme)
    positions: Any = layout.positions  # those read here are in the row itself, not in an item
    constants = {id: layout.empty[at - layout.start] for id, at in positions.items() if is_constant(programme, id)}
    tracks = {id: track_reader(programme, track, positions) for id, track in programme.tracks.items()}
    until, promotes = programme.tracks[MAIN].kept_until, programme.tracks[MAIN].promotes
    renews = programme.membership_renews
    return Plan(
        programme=programme,
        layout=layout,
        tiers=tuple(tier_reader(programme, tier, positions, constants) for tier in programme.tiers.values()),
        main=tracks.pop(MAIN),
        tracks=tuple(tracks.items()),
        rebates=None if programme.tiers else payments_reader(programme.rebates, EARNED, positions),
        fees=None if programme.tiers else payments_reader(programme.fees, DUE, positions),
        settlements=None if programme.tiers else payments_reader(programme.settlements, PAID, positions),
        definitions=tuple(value_reader(programme.values[id], positions) for id in programme.definitions),
        lists=tuple(items for items in layout.lists if items.values and items.id != ORDER),
        kept_until=None if until is None else positions[until],
        membership_ends=None if programme.membership_ends is None else positions[programme.membership_ends],
        renews=value_reader(programme.values[renews], positions) if renews else None,
        promotes=value_reader(programme.values[promotes], positions) if promotes else None,
        rights={tier.id: _stated(tier.rights) for tier in programme.tiers.values()},
        restrictions={tier.id: _stated(tier.restrictions) for tier in programme.tiers.values()},
    )


def _stated(statements: Iterable[Statement]) -> tuple[StatementOutcome, ...]:
    return tuple(StatementOutcome(statement.id, statement.source) for statement in statements)


def all_values(plan: Plan, outcome: Outcome) -> dict[str, Any]:
    """Every fact and value that an outcome was made from, by id."""
    agreed = {agreement.term: agreement.value for agreement in outcome.agreements if agreement.applied}
    tier, since = _held(outcome.held_tier, outcome.since, outcome.held_unknown)
    inputs = KnownInputs(
        as_of=outcome.as_of,
        held_tier=tier,
        held_since=since,
        facts=outcome.facts,
        agreed=agreed,
        periods=_periods(outcome.agreements),
    )
    return named_row(plan.layout, fill(plan.layout, inputs))


def evaluate(plan: Plan, record: Record, as_of: date) -> Outcome:
    """The outcome of a partner on a day; `record` was read for this programme."""
    programme = plan.programme
    inputs = inputs_of(record, as_of)
    row = fill(plan.layout, inputs)
    agreements = _agreements(plan, record, as_of) if record.agreements else ()
    read = [reader(row) for reader in plan.tiers]
    tiers = tuple([tier for tier, _ in read])
    own = plan.main(row, tiers)
    tier, benefits = (None, None) if own.place is None else read[own.place]
    tracks = tuple([_track(id, reader(row, tiers), tiers) for id, reader in plan.tracks]) if plan.tracks else ()
    held = {MAIN: tier.id if tier else None, **{track.id: track.tier for track in tracks}}
    granted = _GRANTED_AS[own.status]
    rebates, rebate_totals = plan.rebates(row) if plan.rebates else (None, None)
    fees, fee_totals = plan.fees(row) if plan.fees else (None, None)
    settlements, _ = plan.settlements(row) if plan.settlements else (None, None)
    return Outcome(
        programme=programme.id,
        release=programme.release,
        digest=programme.digest,
        as_of=as_of,
        partner=record.partner,
        name=record.name,
        tier=tier.id if tier else None,
        status=own.status,
        unknown=own.unknown,
        held_tier=record.tier,
        since=record.since,
        held_unknown=record.held_unknown,
        membership_ended=record.lapsed,
        also_held=record.also_held,
        membership_renews=plan.renews(row) if plan.renews else None,
        promotes=plan.promotes(row) if plan.promotes else None,
        kept_until=or_none(row[plan.kept_until]) if plan.kept_until is not None and record.tier else None,
        membership_ends=or_none(row[plan.membership_ends]) if plan.membership_ends is not None else None,
        discount=_granted(tier.discount, granted) if tier else None,
        benefits=getattr(benefits, granted) if tier else None,
        rebates=_granted_payments(tier.rebates, granted, EARNED) if tier else rebates,
        rebate_totals=_granted_totals(tier.rebate_totals, granted) if tier else rebate_totals,
        fees=_granted_payments(tier.fees, granted, DUE) if tier else fees,
        fee_totals=_granted_totals(tier.fee_totals, granted) if tier else fee_totals,
        settlements=_granted_payments(tier.settlements, granted, PAID) if tier else settlements,
        tiers=tiers,
        next=own.next,
        tracks=tracks,
        definitions=tuple([reader(row) for reader in plan.definitions]),
        lists=_item_values(plan.lists, plan.layout, row) if plan.lists else {},
        agreements=agreements,
        facts=inputs.facts,
        problems=(*record.remarks, *record_warnings(programme, plan.layout, record, inputs, row, agreements, held)),
        undefined=own.undefined,
        rights=plan.rights[tier.id] if tier and granted == "qualified" else (),
        restrictions=plan.restrictions[tier.id] if tier else (),
    )


def inputs_of(record: Record, as_of: date) -> KnownInputs:
    """The inputs of an evaluation of the record on a day."""
    agreed = {agreement.term: agreement.value for agreement in record.agreements if agreement.days.cover(as_of)}
    facts = record.facts_on(as_of)
    periods = _periods(record.agreements) if record.agreements else {}
    tier, since = _held(record.tier, record.since, record.held_unknown)
    return KnownInputs(as_of, tier, since, facts, agreed, periods)


def _held(
    tier: str | None, since: date | None, unknown: Sequence[str]
) -> tuple[str | Unknown | None, date | Unknown | None]:
    """The tier that is held and since when; where facts of earlier days decide that, what is not said is unknown."""
    if not unknown:
        return tier, since
    undecided = Unknown(frozenset(unknown))
    return (undecided if tier is None else tier), (undecided if since is None else since)


def _periods(agreements: Iterable[Agreement | AgreementOutcome]) -> Mapping[str, Sequence[Period]]:
    """What each term is agreed as, and for which days."""
    periods: dict[str, list[Period]] = {}
    for agreement in agreements:
        periods.setdefault(agreement.term, []).append((agreement.begins, agreement.ends, agreement.value))
    return periods


def _agreements(plan: Plan, record: Record, as_of: date) -> tuple[AgreementOutcome, ...]:
    """The outcome of each agreement of the record, with the value of its term without any agreement."""
    row = fill(plan.layout, inputs_of(record, as_of)._replace(agreed={}, periods={}))
    positions: Any = plan.layout.positions
    outcomes = []
    for agreement in record.agreements:
        applied = agreement.days.cover(as_of)
        at = positions[agreement.term]
        outcome = AgreementOutcome(
            term=agreement.term,
            value=agreement.value,
            was=or_none(row[at]) if applied and isinstance(at, int) else None,
            applied=applied,
            document=agreement.document,
            begins=agreement.begins,
            ends=agreement.ends,
        )
        outcomes.append(outcome)
    return tuple(outcomes)


def _track(id: str, own: Own, tiers: Sequence[TierOutcome]) -> TrackOutcome:
    tier = None if own.place is None else tiers[own.place].id
    return TrackOutcome(
        id=id,
        tier=tier,
        status=own.status or "not_qualified",
        unknown=own.unknown,
        next=own.next,
        undefined=own.undefined,
    )


def _item_values(
    lists: Sequence[ListLayout], layout: Layout, row: Row
) -> Mapping[str, tuple[Mapping[str, Scalar | None], ...]]:
    """The values of the items of each of these lists that is not unknown, by the id of the list."""
    values = {}
    for list_layout in lists:
        items, names = row[layout.positions[list_layout.id]], list_layout.values  # type: ignore[index]
        if type(items) is not Unknown:
            parts = [map(or_none, item[len(list_layout.fields) :]) for item in items]
            values[list_layout.id] = tuple([dict(zip(names, part, strict=True)) for part in parts])
    return values


_GRANTED_AS = {
    "qualified": "qualified",
    "retained": "qualified",
    "not_qualified": "not_qualified",
    "undetermined": "undetermined",
    None: "undetermined",
}


def _granted(discount: DiscountOutcome | None, granted: str) -> DiscountOutcome | None:
    """The discount granted of the partner's own tier: 0 where it does not qualify, None where that is undetermined."""
    if discount is None or granted == "qualified":
        return discount
    amount = None if granted == "undetermined" else _NOTHING
    return discount._replace(total=amount, in_price=amount, in_kind=amount)


def _granted_payments(
    payments: tuple[PaymentOutcome, ...], granted: str, statuses: Mapping[bool | None, PaymentStatus]
) -> tuple[PaymentOutcome, ...]:
    """The rebates, fees or settlements of the partner's own tier: none applies where it does not qualify."""
    if not payments or granted == "qualified":
        return payments
    applies, amount = (None, None) if granted == "undetermined" else (False, _NOTHING)
    return tuple(payment._replace(status=statuses[applies], amount=amount) for payment in payments)


def _granted_totals(totals: tuple[PaymentTotalOutcome, ...], granted: str) -> tuple[PaymentTotalOutcome, ...]:
    """The sums of the rebates or fees of the partner's own tier, as for its discount."""
    if not totals or granted == "qualified":
        return totals
    amount = None if granted == "undetermined" else _NOTHING
    return tuple(total._replace(amount=amount) for total in totals)
