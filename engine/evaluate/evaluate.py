"""Evaluate: a compiled programme and a record give an outcome.

`make_plan` works once for a release: each tier, rebate and track becomes a function that reads its view off a filled
row (see `layout` and `views`). `evaluate` fills the row for one partner and calls them. All of it is pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ..language.run.closures import Row
from ..programme.model import MAIN, ORDER, Programme
from ..values import Unknown, or_none
from .outcome import AgreementOutcome, DiscountOutcome, Outcome, Scalar, TierOutcome, TrackOutcome, ValueOutcome
from .record import Record
from .row_layout import KnownInputs, Layout, ListLayout, fill, is_constant, make_layout, named_row
from .views import Benefits, Own, Reader, TrackReader, tier_reader, track_reader, value_reader
from .warnings import oddities

_NOTHING = Decimal(0)


class Plan(NamedTuple):
    """How to evaluate one release: the layout of a partner's row, and the readers of what is in it."""

    programme: Programme
    layout: Layout
    tiers: tuple[Reader[tuple[TierOutcome, Benefits]], ...]
    main: TrackReader
    tracks: tuple[tuple[str, TrackReader], ...]
    definitions: tuple[Reader[ValueOutcome], ...]
    lists: tuple[ListLayout, ...]  #: those of the partner whose items have values
    kept_until: int | None  #: where the day stands to which a tier is kept
    membership_ends: int | None  #: and the last day of the membership


def make_plan(programme: Programme) -> Plan:
    """The plan of a release."""
    layout = make_layout(programme)
    positions: Any = layout.positions  # what is read here stands in the row itself, not in an item
    constants = {id: layout.empty[at - layout.start] for id, at in positions.items() if is_constant(programme, id)}
    tracks = {id: track_reader(programme, track, positions) for id, track in programme.tracks.items()}
    until = programme.tracks[MAIN].kept_until
    return Plan(
        programme=programme,
        layout=layout,
        tiers=tuple(tier_reader(programme, tier, positions, constants) for tier in programme.tiers.values()),
        main=tracks.pop(MAIN),
        tracks=tuple(tracks.items()),
        definitions=tuple(value_reader(programme.values[id], positions) for id in programme.definitions),
        lists=tuple(one for one in layout.lists if one.values and one.id != ORDER),
        kept_until=None if until is None else positions[until],
        membership_ends=None if programme.membership_ends is None else positions[programme.membership_ends],
    )


def all_values(plan: Plan, outcome: Outcome) -> dict[str, Any]:
    """Every fact and value behind an outcome, by id."""
    agreed = {one.term: one.value for one in outcome.agreements if one.applied}
    known = KnownInputs(
        as_of=outcome.as_of, held_tier=outcome.held_tier, held_since=outcome.since, facts=outcome.facts, agreed=agreed
    )
    return named_row(plan.layout, fill(plan.layout, known))


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
    tracks = tuple([_track(id, reader(row, tiers), tiers) for id, reader in plan.tracks]) if plan.tracks else ()
    held = {MAIN: tier.id if tier else None, **{track.id: track.tier for track in tracks}}
    granted = _GRANTED_AS[own.status]
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
        kept_until=or_none(row[plan.kept_until]) if plan.kept_until is not None and record.tier else None,
        membership_ends=or_none(row[plan.membership_ends]) if plan.membership_ends is not None else None,
        discount=_granted(tier.discount, granted) if tier else None,
        benefits=getattr(benefits, granted) if tier else None,
        rebates=_granted_rebates(tier.rebates, granted) if tier else None,
        rebate_totals=_granted_rebates(tier.rebate_totals, granted) if tier else None,
        tiers=tiers,
        next=own.next,
        tracks=tracks,
        definitions=tuple([reader(row) for reader in plan.definitions]),
        lists=_item_values(plan.lists, plan.layout, row) if plan.lists else {},
        agreements=agreements,
        facts=known.facts,
        problems=oddities(programme, plan.layout, record, known, row, agreements, held),
    )


def known_of(record: Record, as_of: date) -> KnownInputs:
    """What an evaluation of the record on a day begins with."""
    terms = record.agreements
    agreed = {one.term: one.value for one in terms if one.days.cover(as_of)} if terms else {}
    return KnownInputs(
        as_of=as_of, held_tier=record.tier, held_since=record.since, facts=record.facts_on(as_of), agreed=agreed
    )


def _agreements(plan: Plan, record: Record, as_of: date) -> tuple[AgreementOutcome, ...]:
    """Each agreement of the record, and what the programme would say without any."""
    row = fill(plan.layout, known_of(record, as_of)._replace(agreed={}))
    positions: Any = plan.layout.positions
    found = []
    for one in record.agreements:
        applied = one.days.cover(as_of)
        was = or_none(row[positions[one.term]]) if applied else None
        found.append(
            AgreementOutcome(
                term=one.term,
                value=one.value,
                was=was,
                applied=applied,
                document=one.document,
                begins=one.begins,
                ends=one.ends,
            )
        )
    return tuple(found)


def _track(id: str, own: Own, tiers: Sequence[TierOutcome]) -> TrackOutcome:
    tier = None if own.place is None else tiers[own.place].id
    return TrackOutcome(id=id, tier=tier, status=own.status or "not_qualified", unknown=own.unknown, next=own.next)


def _item_values(
    lists: Sequence[ListLayout], layout: Layout, row: Row
) -> Mapping[str, tuple[Mapping[str, Scalar | None], ...]]:
    """Of each of these lists that is known: the values of its items, item by item."""
    found = {}
    for one in lists:
        items = row[layout.positions[one.id]]  # type: ignore[index]
        if type(items) is not Unknown:
            first = len(one.fields)
            found[one.id] = tuple(
                dict(zip(one.values, [or_none(value) for value in item[first:]], strict=True)) for item in items
            )
    return found


_GRANTED_AS = {
    "qualified": "qualified",
    "retained": "qualified",
    "not_qualified": "not_qualified",
    "undetermined": "undetermined",
    None: "undetermined",
}


def _granted(discount: DiscountOutcome | None, granted: str) -> DiscountOutcome | None:
    """The partner's own discount: nothing where it does not qualify, unknown where that is open."""
    if discount is None or granted == "qualified":
        return discount
    amount = None if granted == "undetermined" else _NOTHING
    return DiscountOutcome(
        base=discount.base,
        bonuses=discount.bonuses,
        uncapped=discount.uncapped,
        cap=discount.cap,
        total=amount,
        in_price=amount,
        in_kind=amount,
        source=discount.source,
    )


def _granted_rebates(rebates: tuple[Any, ...], granted: str) -> tuple[Any, ...]:
    """The partner's own rebates, or what they come to: likewise."""
    if not rebates or granted == "qualified":
        return rebates
    return tuple(one._replace(amount=None if granted == "undetermined" else _NOTHING) for one in rebates)
