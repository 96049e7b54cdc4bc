"""The functions that only a programme has: `qualified`, the discounts of a tier, and `agreed`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from ..language.calls import Arguments, Function, quoted, refuse
from ..language.tree import Expression, Name
from ..problems import did_you_mean
from ..programme.owners import Role, agreed_id, id_of, of_tier
from ..values import Kind


class _Tiers(NamedTuple):
    """The ids of all tiers, and of those with a discount; None where they could not be read."""

    ids: tuple[str, ...] | None
    discounted: tuple[str, ...] | None


def programme_functions(
    tiers: tuple[str, ...] | None = None, discounted: tuple[str, ...] | None = None
) -> Mapping[str, Function]:
    """The functions by their names; a call's tier is not checked against tiers that are None."""
    known_tiers = _Tiers(tiers, discounted)
    discounts = (Role.DISCOUNT_BASE, Role.DISCOUNT_UNCAPPED, Role.DISCOUNT_TOTAL)
    return {
        "qualified": Function(1, 1, "qualified('gold')", partial(_qualified, known_tiers)),
        **{role.value: Function(1, 1, f"{role}('gold')", partial(_discount, role, known_tiers)) for role in discounts},
        "agreed": Function(1, 1, "agreed('definitions.share')", _agreed),
        "own": Function(1, 1, own_text("customer"), _own_elsewhere),
    }


def own_text(name: str) -> str:
    """The text that asks for a field or value of the item whose value is worked out."""
    return f"own({name})"


def _own(arguments: Arguments) -> Expression:
    """A field or value of the item whose value is worked out, among those of the items that it looks at."""
    (name,) = arguments.parts
    written = name.written if isinstance(name, Name) else ""
    symbol = arguments.symbols.get(own_text(written))
    if symbol is None:
        what = f"'{written}' is no field or value of the item itself" if written else "this is no name"
        refuse("wrong-arguments", what, name.place, "name a field or value of the item that has this value: own(x)")
    return Name(symbol.id, symbol.kind, own_text(written), arguments.place, symbol.own)


def _own_elsewhere(arguments: Arguments) -> Expression:
    message = "'own' is of an item that looks at others"
    help = "write it within 'of', 'where' or 'by' of a value of an item, with 'take' and 'over'"
    refuse("wrong-arguments", message, arguments.place, help)


OWN_ITEM = Function(1, 1, own_text("customer"), _own)


def _tier(name: str, tiers: _Tiers, arguments: Arguments) -> str:
    """The id of the tier that a call names."""
    (written,) = arguments.parts
    tier = quoted(written, "a tier is named in quotes here", f"write {name}('tier')")
    if tiers.ids is not None and tier not in tiers.ids:
        refuse("unknown-tier", f"'{tier}' is not a tier", written.place, did_you_mean(tier, tiers.ids))
    return tier


def _qualified(tiers: _Tiers, arguments: Arguments) -> Expression:
    """The value that says whether the partner qualifies for a tier."""
    tier = _tier("qualified", tiers, arguments)
    return Name(id_of(of_tier(tier), Role.QUALIFIED), Kind.YES_NO, f"qualified('{tier}')", arguments.place)


def _discount(role: Role, tiers: _Tiers, arguments: Arguments) -> Expression:
    """A discount that a tier gives those who qualify, in percent: its base, uncapped or total."""
    tier = _tier(role.value, tiers, arguments)
    if tiers.discounted is not None and tier not in tiers.discounted:
        place = arguments.parts[0].place
        refuse("no-discount", f"the tier '{tier}' has no discount", place, "give it one, of 0 if need be")
    return Name(id_of(of_tier(tier), role), Kind.PERCENT, f"{role}('{tier}')", arguments.place)


def _agreed(arguments: Arguments) -> Expression:
    """The value that says whether a term is agreed otherwise; that the term exists is checked by `order`."""
    (written,) = arguments.parts
    term = quoted(written, "a term is named in quotes here", "write agreed('definitions.share')")
    return Name(agreed_id(term), Kind.YES_NO, f"agreed('{term}')", arguments.place)
