"""What a release says of a partner, as one list of outcomes; every surface goes through it, and through nothing else.

An outcome is a value that is shown by itself: a value whose `better` is not None. Each tier has the outcomes of a
partner that qualifies for it; the partner's own outcomes are those of the tier that it has.
"""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import NamedTuple

from ..language.tree import Choose, Compare, Expression, Literal, Name, Or
from ..values import Kind
from .model import MAIN, NamedValue, Programme
from .owners import OwnerKind, Role

#: the roles of a tier's outcomes that a partner has where the tier is its own
OWN_ROLES = frozenset(
    {
        Role.BENEFIT, Role.DISCOUNT_IN_KIND, Role.DISCOUNT_IN_PRICE, Role.DISCOUNT_TOTAL, Role.FEE_AMOUNT,
        Role.FEE_TOTAL, Role.REBATE_AMOUNT, Role.REBATE_TOTAL, Role.SETTLEMENT_AMOUNT,
    }
)  # fmt: skip

#: the outcome of the same owner that says which way a part of it is better: more of one part may be less of another
WHOLES: Mapping[Role, Role] = {Role.DISCOUNT_IN_KIND: Role.DISCOUNT_TOTAL}

_ORDER = {kind: place for place, kind in enumerate(OwnerKind)}


class OwnOutcome(NamedTuple):
    """An outcome of the partner's own tier: what the tier gives it where it qualifies or keeps the tier, else nothing.

    `id` is the id that the outcome has within each tier: `rebates.fund`, `discount_total`.
    """

    id: str
    by_tier: Mapping[str, NamedValue]  #: the tier's outcome, for each tier of the main track that has it

    @property
    def example(self) -> NamedValue:
        """The outcome of one of the tiers; kind, currency, title and better way are the same in all of them."""
        return next(iter(self.by_tier.values()))

    @property
    def nothing(self) -> bool | Decimal:
        """What a partner has that is not granted it: no, or 0."""
        return False if self.example.kind is Kind.YES_NO else Decimal(0)


def outcomes(programme: Programme) -> tuple[NamedValue, ...]:
    """Every outcome of the programme: its own, then those of each tier, of the tracks, of items and of orders."""
    places = {id: place for place, id in enumerate(programme.tiers)}
    tierless = {track.tier for track in programme.tracks.values() if not track.tiers}
    shown = [value for value in programme.values.values() if value.better is not None and value.id not in tierless]
    return tuple(sorted(shown, key=lambda value: (_ORDER[value.owner.kind], places.get(value.owner.id, 0))))


def own_outcomes(programme: Programme) -> tuple[OwnOutcome, ...]:
    """The outcomes of the partner's own tier; none where no tier of the main track has any."""
    by_id: dict[str, dict[str, NamedValue]] = {}
    for value in outcomes(programme):
        if value.role in OWN_ROLES and value.tier in programme.tracks[MAIN].tiers:
            by_id.setdefault(value.inner_id, {})[value.owner.id] = value
    return tuple(OwnOutcome(id, by_tier) for id, by_tier in by_id.items())


def own_by_column(programme: Programme, roles: Collection[Role]) -> dict[str, NamedValue]:
    """What a partner has of these roles, by the id of its column: of its own tier, or of a programme without tiers."""
    if programme.tiers:
        return {own.id: own.example for own in own_outcomes(programme) if own.example.role in roles}
    return {value.id: value for value in outcomes(programme) if value.role in roles}


def own_expression(programme: Programme, own: OwnOutcome) -> Expression:
    """The outcome of the partner's own tier as an expression; nothing for a partner without a tier."""
    track, kind = programme.tracks[MAIN], own.example.kind
    nothing = Literal(own.nothing, kind)
    tree: Expression = nothing
    for tier, value in own.by_tier.items():
        granted: Expression = Name(programme.tiers[tier].qualified, Kind.YES_NO)
        if tier in track.kept:
            granted = Or((granted, Name(track.kept[tier], Kind.YES_NO)))
        has = Compare("==", Name(track.tier, Kind.CHOICE), Literal(tier, Kind.CHOICE))
        tree = Choose(has, Choose(granted, Name(value.id, kind), nothing, kind), tree, kind)
    return tree
