"""Finds the least and greatest that a value can be for the partners of each tier, with an example for each end."""

from __future__ import annotations

from typing import NamedTuple

from ..language.tree import Name
from ..named_tuples import public
from ..problems import did_you_mean, wrong_call
from ..programme.model import NamedValue, Programme
from ..programme.owners import PROGRAMME, Role, id_of, of_tier
from ..values import NUMERIC, Kind
from .decide import Outermost, Setting, outermost


@public("tier", "value.id")
class ValueRange(NamedTuple):
    """The ends of a value among the partners who qualify for a tier, or among all partners where `tier` is None."""

    tier: str | None
    value: NamedValue
    least: Outermost
    greatest: Outermost

    def ends(self) -> dict[str, Outermost]:
        """Both ends by their names."""
        return {"least": self.least, "greatest": self.greatest}


def ranges(setting: Setting, named: str) -> tuple[ValueRange, ...]:
    """The ranges of a named value: of each tier that has its own, or of all partners and of those of each tier.

    `named` is the name of a definition, the id of a value, or the name of a tier's own value, as `discount_total`.
    Raises WrongCall where no number has this name.
    """
    programme = setting.release.programme
    values = dict(_values(programme, named))
    if not values:
        tier_values = (value for value in programme.values.values() if value.tier or value.role is Role.DEFINITION)
        names = {*programme.values, *(_name(value) for value in tier_values)}
        help = did_you_mean(named, names) or "name a definition, or a tier's own value: discount_total"
        raise wrong_call(f"'{named}' is not a value of the programme", help)
    value = next(iter(values.values()))
    if value.kind not in NUMERIC:
        raise wrong_call(f"'{named}' is not a number, and has no range", "name a number")
    return tuple(_range(setting, tier, value) for tier, value in values.items())


def _name(value: NamedValue) -> str:
    """The name by which a user names a value of each tier: a definition's own name, or the name within the tier."""
    return value.name if value.role is Role.DEFINITION else value.inner_id


def _values(programme: Programme, named: str) -> list[tuple[str | None, NamedValue]]:
    """The value that a name stands for: of all partners (None) where there is one, and of each tier."""
    definition = id_of(PROGRAMME, Role.DEFINITION, named)
    whole = next((programme.values[id] for id in (named, definition) if id in programme.values), None)
    values: list[tuple[str | None, NamedValue]] = [(None, whole)] if whole and whole.list is None else []
    for tier in programme.tiers:
        own = (value for value in programme.values.values() if value.owner == of_tier(tier) and named == _name(value))
        value = min(own, key=lambda candidate: candidate.role is Role.DEFINITION, default=whole)
        if value and value.list is None and not (whole and whole.tier):
            values.append((tier, value))
    return values


def _range(setting: Setting, tier: str | None, value: NamedValue) -> ValueRange:
    tree = Name(value.id, value.kind)
    premises = [] if tier is None else [Name(setting.release.programme.tiers[tier].qualified, Kind.YES_NO)]
    least, greatest = (outermost(setting, tree, greatest, premises) for greatest in (False, True))
    return ValueRange(tier, value, least, greatest)
