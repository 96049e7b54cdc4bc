"""Ranges: the least and the greatest that a value can be, for the partners of each tier, with a partner that has it."""

from __future__ import annotations

from typing import NamedTuple

from ..language.tree import Name
from ..named_tuples import public
from ..problems import did_you_mean, wrong_call
from ..programme.model import NamedValue, Programme
from ..programme.owners import PROGRAMME, Role, id_of, of_tier
from ..values import NUMERIC, Kind
from .decide import Outermost, Setting, outermost
from .solve import Undecided


@public("tier", "value.id")
class ValueRange(NamedTuple):
    """Of the partners who qualify for a tier (of all, where it is None): the value, and its ends.

    An end is None where the solver did not find it in its time, and where the value is never known.
    """

    tier: str | None
    value: NamedValue
    least: Outermost | None
    greatest: Outermost | None

    def ends(self) -> dict[str, Outermost | None]:
        """Both by their names."""
        return {"least": self.least, "greatest": self.greatest}


def ranges(setting: Setting, named: str) -> tuple[ValueRange, ...]:
    """The range of a value by its name: for each tier that has it, or for all partners and those of each tier.

    Names are those of definitions and ids, and of a tier's own values: `discount_total`. Raises WrongCall for a name
    that no number has.
    """
    programme = setting.release.programme
    found = dict(_values(programme, named))
    if not found:
        values = programme.values.values()
        known = {*programme.values, *(_name(one) for one in values if one.tier or one.role is Role.DEFINITION)}
        help = did_you_mean(named, known) or "name a definition, or a tier's own value: discount_total"
        raise wrong_call(f"'{named}' is not a value of the programme", help)
    value = next(iter(found.values()))
    if value.kind not in NUMERIC:
        raise wrong_call(f"'{named}' is not a number, and has no range", "name a number")
    return tuple(_range(setting, tier, value) for tier, value in found.items())


def _name(value: NamedValue) -> str:
    """The name that a value has for each tier that has it: of a definition its own, of others that within the tier."""
    return value.name if value.role is Role.DEFINITION else value.inner_id


def _values(programme: Programme, named: str) -> list[tuple[str | None, NamedValue]]:
    """Which value a name means for each tier."""
    definition = id_of(PROGRAMME, Role.DEFINITION, named)
    whole = next((programme.values[id] for id in (named, definition) if id in programme.values), None)
    found: list[tuple[str | None, NamedValue]] = [(None, whole)] if whole and whole.list is None else []
    for tier in programme.tiers:
        own = (one for one in programme.values.values() if one.owner == of_tier(tier) and named == _name(one))
        value = min(own, key=lambda one: one.role is Role.DEFINITION, default=whole)
        if value and value.list is None and not (whole and whole.tier):
            found.append((tier, value))
    return found


def _range(setting: Setting, tier: str | None, value: NamedValue) -> ValueRange:
    tree = Name(value.id, value.kind)
    given = [] if tier is None else [Name(setting.release.programme.tiers[tier].qualified, Kind.YES_NO)]
    ends: list[Outermost | None] = []
    for greatest in (False, True):
        try:
            ends.append(outermost(setting, tree, greatest, given))
        except Undecided:
            ends.append(None)
    return ValueRange(tier, value, *ends)
