"""Attainable: whether anybody can reach each tier and earn each bonus, and whether a cap ever matters.

By the bounds of values, and by the solver where there is one: what is told is certain, and without the solver not
everything that is so is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...language.bounds.bounds import Bounds, NumberRange
from ...language.tree import Name
from ...problems import Level, Place, Problem
from ...programme.model import Programme, Tier
from ...release.load import ReleaseFiles
from ...values import Kind, plain
from .reviewed import Reviewed

_NEVER = frozenset((False,))


def attainable(reviewed: Reviewed) -> Iterator[Problem]:
    """An error for a tier or bonus that is out of reach; what a cap or a percentage can and cannot be."""
    files, programme, known, _ = reviewed
    for tier in programme.tiers.values():
        if reviewed.truths(Name(tier.qualified, Kind.YES_NO)) == _NEVER:
            place = _culprit(programme, tier, reviewed) or files.documents["tiers"].place(("tiers", tier.id))
            message = f"no partner can reach the tier '{tier.id}': this never holds"
            yield Problem("unreachable-tier", message, place, "mend the requirement, or leave the tier out")
        for bonus in tier.discount.bonuses if tier.discount else ():
            if reviewed.truths(Name(bonus.earned, Kind.YES_NO)) == _NEVER:
                message = f"nobody can earn the bonus '{bonus.id}': this never holds"
                place = programme.values[bonus.earned].place or files.documents["bonuses"].place(("bonuses", bonus.id))
                yield Problem("unearnable-bonus", message, place, "mend the condition, or leave the bonus out")
    yield from _cap(files, programme, known)
    yield from _percentages(programme, known)


def _culprit(programme: Programme, tier: Tier, reviewed: Reviewed) -> Place | None:
    """Where the first requirement of a tier stands that never holds by itself."""
    never = (one.value for one in tier.requirements if reviewed.truths(Name(one.value, Kind.YES_NO)) == _NEVER)
    return next((place for id in never if (place := programme.values[id].place)), None)


def _cap(files: ReleaseFiles, programme: Programme, known: Mapping[str, Bounds]) -> Iterator[Problem]:
    """A note where the sum stays under the cap on every tier."""
    discounts = [tier.discount for tier in programme.tiers.values() if tier.discount]
    sums = [span.high for one in discounts if isinstance(span := known[one.uncapped], NumberRange)]
    cap = known.get("discount.cap")
    ends = [end for end in sums if end is not None]
    if isinstance(cap, NumberRange) and cap.low is not None and ends and len(ends) == len(sums) and max(ends) < cap.low:
        place = files.documents["bonuses"].value_place(("discount", "cap", "value"))
        message = f"the cap of {plain(cap.low)} never matters: no sum is over {plain(max(ends))}"
        yield Problem("cap-never-binds", message, place, "lower it, or leave it out", Level.NOTE)


def _percentages(programme: Programme, known: Mapping[str, Bounds]) -> Iterator[Problem]:
    """A warning for a percentage that is under 0 or over 100, whoever the partner is."""
    for value in programme.values.values():
        span = known[value.id]
        if value.kind is Kind.PERCENT and value.place and isinstance(span, NumberRange):
            over, under = span.low is not None and span.low > 100, span.high is not None and span.high < 0
            if over or under:
                message = f"this percentage is always {'over 100' if over else 'under 0'}"
                yield Problem("odd-percentage", message, value.place, "20 stands for 20%", Level.WARNING)
