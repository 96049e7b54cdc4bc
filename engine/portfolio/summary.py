"""Summarises a portfolio: how many partners hold each tier and discount, which requirements stop the others, and money.

Every number is a count or an amount under a key, so that numbers from the query and from rows decided one by one can be
added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

from ..evaluate.outcome import Outcome
from ..named_tuples import public
from ..programme.model import MAIN, NO_TIER, NamedValue, Programme, Track
from ..programme.outcomes import own_by_column
from ..programme.owners import Role
from ..values import Number, plain

Key = tuple[Any, ...]  #: what is counted: a kind below, then a tier or track, a requirement, an answer
HELD, TRACK, TIER, REQUIREMENT, ALONE, DISCOUNT = "held", "track", "tier", "requirement", "alone", "discount"
MONEY, OPEN = "money", "open"  #: the sum of payments by currency and period, and how many partners' is unknown
_SUMS = {Role.REBATE_TOTAL: "rebates", Role.FEE_TOTAL: "fees", Role.SETTLEMENT_AMOUNT: "settlements"}


@public("id", "not_met", "unknown")
class RequirementCounts(NamedTuple):
    """How many partners do not meet a requirement, or may not; `alone`: how many miss only this one for the tier."""

    id: str
    not_met: int
    unknown: int
    alone: int


@public("id", "qualified", "not_qualified", "undetermined")
class TierCounts(NamedTuple):
    """One tier: its status over all partners, and which requirements stop those who do not qualify."""

    id: str
    qualified: int
    not_qualified: int
    undetermined: int
    own: tuple[tuple[str, int], ...]  #: status and number of those whose own tier it is
    requirements: tuple[RequirementCounts, ...]
    one_step: int  #: how many lack one requirement, and that alone


@public("id", "without_tier")
class TrackCounts(NamedTuple):
    """A track other than the main one: how many partners hold each of its tiers, none, or an undetermined one."""

    id: str
    held: tuple[tuple[str, int], ...]  #: tier and number
    without_tier: int
    undetermined: int


@public("tier", "total", "partners")
class DiscountCounts(NamedTuple):
    """How many partners of a tier have this total discount, in percent; None where it is undetermined."""

    tier: str
    total: Decimal | None
    partners: int


@public("what", "amount", "currency", "per")
class MoneyTotal(NamedTuple):
    """The sum of the partners' own rebates, fees or settlements, as `what` says, of one currency and period.

    A settlement that a partner owes is taken off.
    `undetermined` counts the partners whose sum is unknown: they add nothing to the amount.
    """

    what: str
    currency: str
    per: str
    amount: Decimal
    undetermined: int


class Summary(NamedTuple):
    """The numbers of a portfolio; `without_tier` counts partners who certainly have no tier of their own."""

    partners: int
    tiers: tuple[TierCounts, ...]
    without_tier: int
    undetermined: int  #: partners whose own tier is undetermined
    tracks: tuple[TrackCounts, ...]
    discounts: tuple[DiscountCounts, ...]
    totals: tuple[MoneyTotal, ...]


def outcome_counts(outcome: Outcome) -> Counter[Key]:
    """The numbers that one outcome adds, by key."""
    counts = Counter(_keys(outcome))
    for what, own, of_tier in (
        ("rebates", outcome.rebate_totals, attrgetter("rebate_totals")),
        ("fees", outcome.fee_totals, attrgetter("fee_totals")),
        ("settlements", outcome.settlements, attrgetter("settlements")),
    ):
        amounts: dict[Key, list[Number | None]] = {}
        for total in own or ():
            amounts.setdefault((what, total.currency, total.per), []).append(total.amount)
        for key, parts in amounts.items():
            if None in parts:
                counts[OPEN, *key] += 1
            else:
                counts[MONEY, *key] += sum(Decimal(plain(part)) for part in parts if part is not None)  # type: ignore[assignment]
        if own is None and outcome.status == "undetermined":
            offered = (total for tier in outcome.tiers for total in of_tier(tier))
            counts.update({(OPEN, what, total.currency, total.per) for total in offered})
    return counts


def _keys(outcome: Outcome) -> Iterable[Key]:
    """The keys that one outcome adds 1 to."""
    yield (HELD, outcome.tier, outcome.status)
    if outcome.discount:
        yield (DISCOUNT, outcome.tier, outcome.discount.total)
    for track in outcome.tracks:
        yield (TRACK, track.id, NO_TIER if track.status == "not_qualified" else track.tier)
    for tier in outcome.tiers:
        yield (TIER, tier.id, tier.status)
        statuses = {requirement.id: requirement.status for requirement in tier.requirements}
        for id, status in statuses.items():
            if status != "met":
                yield (REQUIREMENT, tier.id, id, status)
        lacking = [id for id, status in statuses.items() if status != "met"]
        if len(lacking) == 1 and statuses[lacking[0]] == "not_met":
            yield (ALONE, tier.id, lacking[0])


def summary_values(programme: Programme) -> list[str]:
    """The ids of the values that the counts need in addition to the outcome's columns."""
    requirements = [requirement.value for tier in programme.tiers.values() for requirement in tier.requirements]
    totals = own_by_column(programme, _SUMS)
    return list(dict.fromkeys([*requirements, *(track.tier for track in _tracks_beside(programme)), *totals]))


def _total_key(value: NamedValue) -> Key:
    return (_SUMS[value.role], value.currency, value.per)


def _tracks_beside(programme: Programme) -> list[Track]:
    return [track for id, track in programme.tracks.items() if id != MAIN]


def queries(programme: Programme, decided: str) -> Iterable[tuple[list[Key], str]]:
    """Queries that count the rows of the query `decided`, each with the keys of its columns.

    A single key that ends in None stands for one key for each row: the row's values but the last replace None, and the
    last is the count.
    """
    held, status = ("tier", "status") if programme.tracks[MAIN].tiers else ("NULL", "NULL")
    yield [(HELD, None)], f"SELECT {held}, {status}, count(*) FROM ({decided}) AS decided GROUP BY 1, 2"
    if any(programme.tiers[id].discount for id in programme.tracks[MAIN].tiers):
        yield [(DISCOUNT, None)], f"SELECT tier, discount_total, count(*) FROM ({decided}) AS decided GROUP BY 1, 2"
    for track in _tracks_beside(programme):
        yield [(TRACK, track.id, None)], f'SELECT "{track.tier}", count(*) FROM ({decided}) AS decided GROUP BY 1'
    sums: dict[Key, str] = {}
    for tier in programme.tiers.values():
        for status in ("qualified", "not_qualified", "undetermined"):
            sums[TIER, tier.id, status] = f"status_{tier.id} = '{status}'"
        for requirement in tier.requirements:
            sums[REQUIREMENT, tier.id, requirement.id, "not_met"] = f'NOT "{requirement.value}"'
            sums[REQUIREMENT, tier.id, requirement.id, "unknown"] = f'"{requirement.value}" IS NULL'
            others = [f'"{candidate.value}"' for candidate in tier.requirements if candidate is not requirement]
            sums[ALONE, tier.id, requirement.id] = " AND ".join([f'NOT "{requirement.value}"', *others])
    may_have = "(tier IS NOT NULL OR status = 'undetermined')" if programme.tracks[MAIN].tiers else "TRUE"
    totals: dict[Key, list[str]] = {}
    for id, value in own_by_column(programme, _SUMS).items():
        totals.setdefault(_total_key(value), []).append(f'"{id}"')
    sums |= {(OPEN, *key): f"({' + '.join(ids)}) IS NULL AND {may_have}" for key, ids in totals.items()}
    columns = [f"count(CASE WHEN {condition} THEN 1 END)" for condition in sums.values()]
    columns += [f"coalesce(sum({' + '.join(ids)}), 0)" for ids in totals.values()]
    if columns:
        keys = [*sums, *((MONEY, *key) for key in totals)]
        yield keys, f"SELECT {', '.join(columns)} FROM ({decided}) AS decided"


def query_counts(keys: list[Key], rows: Iterable[tuple[Any, ...]]) -> Counter[Key]:
    """The counts in the rows that one of `queries` returned."""
    counts: Counter[Key] = Counter()
    for row in rows:
        if keys[0][-1] is None:
            counts[*keys[0][:-1], *row[:-1]] += row[-1]
        else:
            counts.update(dict(zip(keys, row, strict=True)))
    return counts


def summary(programme: Programme, counts: Counter[Key]) -> Summary:
    """The summary made from the counts, with tiers and requirements in the order of the programme."""
    held = {key[1:]: number for key, number in counts.items() if key[0] == HELD}
    tiers = []
    for tier in programme.tiers.values():
        requirements = tuple(
            RequirementCounts(
                requirement.id,
                counts[REQUIREMENT, tier.id, requirement.id, "not_met"],
                counts[REQUIREMENT, tier.id, requirement.id, "unknown"],
                counts[ALONE, tier.id, requirement.id],
            )
            for requirement in tier.requirements
        )
        own = tuple(
            (status, held[tier.id, status])
            for status in ("qualified", "retained", "not_qualified", "undetermined")
            if (tier.id, status) in held
        )
        yes, no, open = (counts[TIER, tier.id, status] for status in ("qualified", "not_qualified", "undetermined"))
        one_step = sum(counted.alone for counted in requirements)
        tiers.append(TierCounts(tier.id, yes, no, open, own, requirements, one_step))
    discounts = [
        DiscountCounts(str(key[1]), key[2], number)
        for key, number in counts.items()
        if key[0] == DISCOUNT and key[1] is not None and programme.tiers[key[1]].discount
    ]
    order = list(programme.tiers)
    discounts.sort(key=lambda counted: (order.index(counted.tier), counted.total is None, counted.total or 0))
    undetermined = held.get((None, "undetermined"), 0)
    without = sum(number for (tier, _), number in held.items() if tier is None) - undetermined
    tracks = tuple(_track(track, counts) for track in _tracks_beside(programme))
    dict.fromkeys(map(_total_key, own_by_column(programme, _SUMS).values()))
    totals = tuple(
        MoneyTotal(what, currency, per, Decimal(counts[MONEY, what, currency, per]), counts[OPEN, what, currency, per])
        for what, currency, per in dict.fromkeys(
            _total_key(value) for value in own_by_column(programme, _SUMS).values()
        )
    )
    return Summary(sum(held.values()), tuple(tiers), without, undetermined, tracks, tuple(discounts), totals)


def _track(track: Track, counts: Counter[Key]) -> TrackCounts:
    held = tuple((tier, counts[TRACK, track.id, tier]) for tier in track.tiers)
    return TrackCounts(track.id, held, counts[TRACK, track.id, NO_TIER], counts[TRACK, track.id, None])
