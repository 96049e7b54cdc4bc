"""Finds tiers that no partner can reach, bonuses that none can earn, caps without effect and impossible percentages.

Bounds of values decide this, and the solver where it is installed. Each problem is certain; without the solver, fewer
are found.
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
    """An error for each tier or bonus out of reach, a note for a cap without effect, a warning for odd percentages."""
    files, programme, value_bounds = reviewed.files, reviewed.programme, reviewed.value_bounds
    for tier in reviewed.progress.each("tiers", programme.tiers.values()):
        if reviewed.truths(Name(tier.qualified, Kind.YES_NO)) == _NEVER:
            place = _culprit(programme, tier, reviewed) or files.documents["tiers"].place(("tiers", tier.id))
            message = f"no partner can reach the tier '{tier.id}': this never holds"
            yield Problem("unreachable-tier", message, place, "mend the requirement, or leave the tier out")
        for bonus in tier.discount.bonuses if tier.discount else ():
            if reviewed.truths(Name(bonus.earned, Kind.YES_NO)) == _NEVER:
                message = f"nobody can earn the bonus '{bonus.id}': this never holds"
                place = programme.values[bonus.earned].place or files.documents["bonuses"].place(("bonuses", bonus.id))
                yield Problem("unearnable-bonus", message, place, "mend the condition, or leave the bonus out")
    yield from _cap(files, programme, value_bounds)
    yield from _percentages(programme, value_bounds)


def _culprit(programme: Programme, tier: Tier, reviewed: Reviewed) -> Place | None:
    """The place of the first requirement of a tier that never holds by itself; None where there is none."""
    values = (requirement.value for requirement in tier.requirements)
    never = (id for id in values if reviewed.truths(Name(id, Kind.YES_NO)) == _NEVER)
    return next((place for id in never if (place := programme.values[id].place)), None)


def _cap(files: ReleaseFiles, programme: Programme, value_bounds: Mapping[str, Bounds]) -> Iterator[Problem]:
    """A note where the sum of discounts never exceeds the cap on any tier."""
    discounts = [tier.discount for tier in programme.tiers.values() if tier.discount]
    sums = [span.high for discount in discounts if isinstance(span := value_bounds[discount.uncapped], NumberRange)]
    cap = value_bounds.get("discount.cap")
    ends = [end for end in sums if end is not None]
    if isinstance(cap, NumberRange) and cap.low is not None and ends and len(ends) == len(sums) and max(ends) < cap.low:
        place = files.documents["bonuses"].value_place(("discount", "cap", "value"))
        message = f"the cap of {plain(cap.low)} never matters: no sum is over {plain(max(ends))}"
        yield Problem("cap-never-binds", message, place, "lower it, or leave it out", Level.NOTE)


def _percentages(programme: Programme, value_bounds: Mapping[str, Bounds]) -> Iterator[Problem]:
    """A warning for a percentage that is under 0 or over 100 for every partner."""
    for value in programme.values.values():
        span = value_bounds[value.id]
        if value.kind is Kind.PERCENT and value.place and isinstance(span, NumberRange):
            over = span.low is not None and span.low > 100
            if over or (span.high is not None and span.high < 0):
                message = f"this percentage is always {'over 100' if over else 'under 0'}"
                yield Problem("odd-percentage", message, value.place, "20 stands for 20%", Level.WARNING)
