"""What a portfolio looks like: how many partners have which answer, and what stops the others.

Everything is a count under a name, so that the counts of the query and those of rows decided one by one add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from ..evaluate.outcome import Outcome
from ..programme.model import MAIN, NO_TIER, Programme, Track

Key = tuple[Any, ...]  #: what is counted: its kind, then a tier, a requirement, an answer
HELD, TRACK, TIER, REQUIREMENT, ALONE, DISCOUNT = "held", "track", "tier", "requirement", "alone", "discount"


class RequirementCounts(NamedTuple):
    """How many partners do not meet a requirement, or may not; and how many lack nothing else of the tier."""

    id: str
    not_met: int
    unknown: int
    alone: int


class TierCounts(NamedTuple):
    """One tier: its answers over all partners; those of the partners whose own tier it is; what stops the others."""

    id: str
    qualified: int
    not_qualified: int
    undetermined: int
    own: tuple[tuple[str, int], ...]  #: status and number of those whose own tier it is
    requirements: tuple[RequirementCounts, ...]
    one_step: int  #: how many lack one requirement, and that alone


class TrackCounts(NamedTuple):
    """A track beside the programme's own: how many partners have which of its tiers, none, or who knows."""

    id: str
    held: tuple[tuple[str, int], ...]  #: tier and number
    without_tier: int
    undetermined: int


class DiscountCounts(NamedTuple):
    """How many partners have a discount in total: of a tier, so many percent; None where it is undetermined."""

    tier: str
    total: Decimal | None
    partners: int


class Summary(NamedTuple):
    """The portfolio in numbers; partners are without a tier where it is certain that they have none of their own."""

    partners: int
    tiers: tuple[TierCounts, ...]
    without_tier: int
    undetermined: int  #: partners whose own tier is
    tracks: tuple[TrackCounts, ...]
    discounts: tuple[DiscountCounts, ...]


def counted(outcome: Outcome) -> Iterable[Key]:
    """What one outcome counts for."""
    yield (HELD, outcome.tier, outcome.status)
    if outcome.discount:
        yield (DISCOUNT, outcome.tier, outcome.discount.total)
    for track in outcome.tracks:
        yield (TRACK, track.id, NO_TIER if track.status == "not_qualified" else track.tier)
    for tier in outcome.tiers:
        yield (TIER, tier.id, tier.status)
        statuses = {one.id: one.status for one in tier.requirements}
        for id, status in statuses.items():
            if status != "met":
                yield (REQUIREMENT, tier.id, id, status)
        lacking = [id for id, status in statuses.items() if status != "met"]
        if len(lacking) == 1 and statuses[lacking[0]] == "not_met":
            yield (ALONE, tier.id, lacking[0])


def asked_values(programme: Programme) -> list[str]:
    """The values that the counts need besides the outcome's columns."""
    requirements = [one.value for tier in programme.tiers.values() for one in tier.requirements]
    return list(dict.fromkeys([*requirements, *(track.tier for track in _tracks_beside(programme))]))


def _tracks_beside(programme: Programme) -> list[Track]:
    return [track for id, track in programme.tracks.items() if id != MAIN]


def queries(programme: Programme, decided: str) -> Iterable[tuple[list[Key], str]]:
    """Queries that count what a query of decisions gives: each with the names of what its columns count.

    A name that ends in None has the values of the first columns in its place.
    """
    for kind, column in ((HELD, "status"), (DISCOUNT, "discount_total")):
        yield [(kind, None)], f"SELECT tier, {column}, count(*) FROM ({decided}) AS decided GROUP BY tier, {column}"
    for track in _tracks_beside(programme):
        yield [(TRACK, track.id, None)], f'SELECT "{track.tier}", count(*) FROM ({decided}) AS decided GROUP BY 1'
    sums: dict[Key, str] = {}
    for tier in programme.tiers.values():
        for status in ("qualified", "not_qualified", "undetermined"):
            sums[TIER, tier.id, status] = f"status_{tier.id} = '{status}'"
        for one in tier.requirements:
            sums[REQUIREMENT, tier.id, one.id, "not_met"] = f'NOT "{one.value}"'
            sums[REQUIREMENT, tier.id, one.id, "unknown"] = f'"{one.value}" IS NULL'
            others = [f'"{other.value}"' for other in tier.requirements if other is not one]
            sums[ALONE, tier.id, one.id] = " AND ".join([f'NOT "{one.value}"', *others])
    if sums:
        columns = ", ".join(f"count(CASE WHEN {condition} THEN 1 END)" for condition in sums.values())
        yield list(sums), f"SELECT {columns} FROM ({decided}) AS decided"


def answers(names: list[Key], rows: Iterable[tuple[Any, ...]]) -> Counter[Key]:
    """The counts that a query of `queries` gave."""
    found: Counter[Key] = Counter()
    for row in rows:
        if names[0][-1] is None:
            found[*names[0][:-1], *row[:-1]] += row[-1]
        else:
            found.update(dict(zip(names, row, strict=True)))
    return found


def summary(programme: Programme, counts: Counter[Key]) -> Summary:
    """The counts put together, tiers and requirements in the order of the programme."""
    held = {key[1:]: number for key, number in counts.items() if key[0] == HELD}
    tiers = []
    for tier in programme.tiers.values():
        requirements = tuple(
            RequirementCounts(
                one.id,
                counts[REQUIREMENT, tier.id, one.id, "not_met"],
                counts[REQUIREMENT, tier.id, one.id, "unknown"],
                counts[ALONE, tier.id, one.id],
            )
            for one in tier.requirements
        )
        own = tuple(
            (status, held[tier.id, status])
            for status in ("qualified", "retained", "not_qualified", "undetermined")
            if (tier.id, status) in held
        )
        yes, no, undetermined = (counts[TIER, tier.id, one] for one in ("qualified", "not_qualified", "undetermined"))
        tiers.append(
            TierCounts(tier.id, yes, no, undetermined, own, requirements, sum(one.alone for one in requirements))
        )
    discounts = [
        DiscountCounts(str(key[1]), key[2], number)
        for key, number in counts.items()
        if key[0] == DISCOUNT and key[1] is not None and programme.tiers[key[1]].discount
    ]
    order = list(programme.tiers)
    discounts.sort(key=lambda one: (order.index(one.tier), one.total is None, one.total or 0))
    undetermined = held.get((None, "undetermined"), 0)
    without = sum(number for (tier, _), number in held.items() if tier is None) - undetermined
    tracks = tuple(_track(track, counts) for track in _tracks_beside(programme))
    return Summary(sum(held.values()), tuple(tiers), without, undetermined, tracks, tuple(discounts))


def _track(track: Track, counts: Counter[Key]) -> TrackCounts:
    held = tuple((tier, counts[TRACK, track.id, tier]) for tier in track.tiers)
    return TrackCounts(track.id, held, counts[TRACK, track.id, NO_TIER], counts[TRACK, track.id, None])
