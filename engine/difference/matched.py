"""Matches the outcomes of two releases: each is that of one owner, role and names, or of the partner's own tier.

Nothing here knows what kinds of outcomes there are. An outcome that only one release has is compared with nothing (a
no, a zero, no tier); a figure, a requirement or a day without a counterpart is none by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from ..language.tree import Expression, Literal, Name, names
from ..programme.model import MAIN, NO_TIER, NamedValue, Programme
from ..programme.outcomes import outcomes, own_expression, own_outcomes
from ..programme.owners import PROGRAMME, Better, Owner, OwnerKind, Role
from ..programme.reads import all_read
from ..values import NUMERIC, Kind

Ranks = Mapping[str, int]  #: the place of each option, the lowest first

#: roles whose outcome says nothing by itself where only one release has it: tiers and prices show what it does
_ONLY_IN_BOTH = frozenset(
    {Role.DEFINITION, Role.ELIGIBILITY, Role.ITEM_VALUE, Role.JOINING, Role.ORDER_TOTAL, Role.REQUIREMENT}
)


class ComparedOutcome(NamedTuple):
    """An outcome under both releases; where a release does not have it, the literal that stands for nothing."""

    owner: Owner  #: by the ids of the second release, as all ids here
    role: Role
    names: tuple[str, ...]
    own: bool  #: whether it is that of the partner's own tier
    before: Expression
    after: Expression
    better: Better
    ranks: tuple[Ranks, Ranks] | None  #: of an ordered choice: the places of the options in each release
    reads: frozenset[str]  #: what it depends on, in either release, with the ids of its own values

    @property
    def id(self) -> str:
        """Its names joined by dots; of an owner's only outcome of a role, the id of the owner."""
        return ".".join(self.names) or self.owner.id

    @property
    def kind(self) -> Kind:
        """What it is."""
        return self.after.kind

    @property
    def tier(self) -> str | None:
        """The id of its tier; None for what is of no tier and for the partner's own tier."""
        return self.owner.id if self.owner.kind is OwnerKind.TIER and not self.own else None

    @property
    def list(self) -> str | None:
        """The id of the list whose items have it."""
        return self.owner.id if self.owner.kind is OwnerKind.LIST else None

    @property
    def of_order(self) -> bool:
        """Whether it is of a line or a whole order."""
        return self.owner.kind is OwnerKind.ORDER or self.list == "order"

    @property
    def has_side(self) -> bool:
        """Whether one of two of its values can be better for the partner."""
        ordered = self.kind in (*NUMERIC, Kind.YES_NO, Kind.DATE) or self.ranks is not None
        return ordered and self.better is not Better.NEITHER

    @property
    def ids(self) -> frozenset[str]:
        """The ids of its values."""
        return frozenset(tree.id for tree in (self.before, self.after) if isinstance(tree, Name))


_Key = tuple[Owner, Role, tuple[str, ...]]


def matched(before: Programme, after: Programme) -> Iterator[ComparedOutcome]:
    """Each outcome of either release, those of the second in their order first; then those of the partner's own tier.

    An outcome that became another kind of thing (a number that was a date) is not among them.
    """
    old, new = ({_key(value): value for value in outcomes(programme)} for programme in (before, after))
    for key in dict.fromkeys((*new, *old)):
        if (outcome := _outcome(before, after, old.get(key), new.get(key))) is not None:
            yield outcome
    if _awards(before) or _awards(after):
        for id in dict.fromkeys(own.id for programme in (after, before) for own in own_outcomes(programme)):
            yield _own(before, after, id)


def one_sided(before: Programme, after: Programme) -> Iterator[tuple[NamedValue, bool]]:
    """Figures that only one release shows and that nothing else reads, and whether it is the second."""
    for programme, other, is_new in ((before, after, False), (after, before, True)):
        there = {_key(value) for value in outcomes(other)}
        shown = outcomes(programme)
        for value in shown:
            figure = value.role in (Role.DEFINITION, Role.ITEM_VALUE, Role.ORDER_TOTAL) or value.kind is Kind.DATE
            if figure and _key(value) not in there and not _is_read(programme, value.id):
                yield value, is_new


def read_by(outcome: ComparedOutcome, others: Sequence[ComparedOutcome]) -> list[ComparedOutcome]:
    """The others that depend on an outcome."""
    ids = outcome.ids
    return [other for other in others if other is not outcome and ids & other.reads and not other.ids & ids]


def _key(value: NamedValue) -> _Key:
    return value.owner, value.role, value.names


def _awards(programme: Programme) -> bool:
    main = programme.tracks[MAIN]
    return main.award == "highest" or bool(main.kept)


def _is_read(programme: Programme, id: str) -> bool:
    return any(id in {name.id for name in names(value.expression)} for value in programme.values.values())


def _outcome(
    before: Programme, after: Programme, old: NamedValue | None, new: NamedValue | None
) -> ComparedOutcome | None:
    value = new or old
    if value is None or (value.role in _ONLY_IN_BOTH and not (old and new)):
        return None
    if old is not None and new is not None and not _are_alike(old.kind, new.kind):
        return None
    nothing = _nothing(value.kind, value.role)
    first, second = (nothing if side is None else Name(side.id, side.kind) for side in (old, new))
    if first is None or second is None:
        return None
    return ComparedOutcome(
        owner=value.owner,
        role=value.role,
        names=value.names,
        own=False,
        before=first,
        after=second,
        better=value.better or Better.NEITHER,
        ranks=_ranks(before, after, old, new),
        reads=_reads(before, first) | _reads(after, second),
    )


def _own(before: Programme, after: Programme, id: str) -> ComparedOutcome:
    """The outcome of the partner's own tier with this id; one of the releases has it."""
    sides = [next((own for own in own_outcomes(programme) if own.id == id), None) for programme in (before, after)]
    value, nothing = next((own.example, own.nothing) for own in reversed(sides) if own is not None)
    first, second = (
        Literal(nothing, value.kind) if own is None else own_expression(programme, own)
        for programme, own in zip((before, after), sides, strict=True)
    )
    return ComparedOutcome(
        owner=PROGRAMME,
        role=value.role,
        names=value.names,
        own=True,
        before=first,
        after=second,
        better=value.better or Better.NEITHER,
        ranks=None,
        reads=_reads(before, first) | _reads(after, second),
    )


def _are_alike(old: Kind, new: Kind) -> bool:
    return old is new or (old in NUMERIC and new in NUMERIC)


def _nothing(kind: Kind, role: Role) -> Literal | None:
    """The literal of a release that does not have an outcome; None where nothing can be compared with it."""
    if kind is Kind.YES_NO:
        return Literal(False, kind)
    if kind in NUMERIC:
        return Literal(Decimal(0), kind)
    return Literal(NO_TIER, kind) if role is Role.TIER else None


def _reads(programme: Programme, tree: Expression) -> frozenset[str]:
    return all_read(programme, {name.id for name in names(tree)})


# Ordered choices ------------------------------------------------------------------------------------------------------


def _ranks(
    before: Programme, after: Programme, old: NamedValue | None, new: NamedValue | None
) -> tuple[Ranks, Ranks] | None:
    """The places of the options of a choice; None where it has no order, or the two releases order it differently."""
    value = new or old
    if value is None or value.kind is not Kind.CHOICE or value.better in (None, Better.NEITHER):
        return None
    if value.role is Role.TIER and not all(_is_ladder(programme, value.owner.id) for programme in (before, after)):
        return None
    options = [_options(programme, side) for programme, side in ((before, old), (after, new))]
    both = [option for option in options[1] if option in options[0]]
    if both != [option for option in options[0] if option in options[1]]:
        return None
    first, second = (_places(row, both) for row in options)
    return first, second


def _is_ladder(programme: Programme, track: str) -> bool:
    """Whether the highest tier of a track is awarded; yes too where the release does not have the track."""
    return track not in programme.tracks or programme.tracks[track].award == "highest"


def _options(programme: Programme, value: NamedValue | None) -> list[str]:
    """The options of a choice, the lowest first."""
    if value is None:
        return [NO_TIER]
    if value.role is not Role.TIER:
        return list(value.choices)
    return [NO_TIER, *programme.tracks[value.owner.id].tiers]


def _places(options: Sequence[str], both: Sequence[str]) -> dict[str, int]:
    """An even number for each option of both releases, an odd one for those between two of them.

    Which of two options between the same two is higher, where each release has one of them, is not known.
    """
    places: dict[str, int] = {}
    last = -1
    for option in options:
        last = 2 * both.index(option) if option in both else last | 1
        places[option] = last
    return places
