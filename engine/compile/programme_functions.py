"""The functions that only a programme has: `qualified`, the discounts of a tier, `bonus`, `agreed`, `own`, `before`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from ..language.calls import Arguments, Function, quoted, refuse
from ..language.kinds import KIND_WORDS, as_kind
from ..language.tree import And, Choose, Expression, Literal, Name
from ..problems import did_you_mean
from ..programme.owners import WHOLE_ORDER, Role, agreed_id, id_of, of_tier
from ..values import Kind

_MOST_PASSED_OVER = 8  #: how many requirements a call of `qualified` may pass over


class _Tiers(NamedTuple):
    """The ids of all tiers, of those with a discount, and the values of each one's requirements; None where unread."""

    ids: tuple[str, ...] | None
    discounted: tuple[str, ...] | None
    required: Mapping[str, Mapping[str, str]] | None


def programme_functions(
    tiers: tuple[str, ...] | None = None,
    discounted: tuple[str, ...] | None = None,
    required: Mapping[str, Mapping[str, str]] | None = None,
) -> Mapping[str, Function]:
    """The functions by their names; a call's tier is not checked against tiers that are None.

    `required` are the ids of the values of each tier's requirements, by the ids of the requirements.
    """
    known_tiers = _Tiers(tiers, discounted, required)
    discounts = (Role.DISCOUNT_BASE, Role.DISCOUNT_UNCAPPED, Role.DISCOUNT_TOTAL)
    return {
        "qualified": Function(1, _MOST_PASSED_OVER + 1, "qualified('gold')", partial(_qualified, known_tiers)),
        **{role.value: Function(1, 1, f"{role}('gold')", partial(_discount, role, known_tiers)) for role in discounts},
        "agreed": Function(1, 1, "agreed('definitions.share')", _agreed),
        "bonus": Function(1, 1, "bonus('events')", _bonus_elsewhere),
        "own": Function(1, 1, own_text("customer"), _own_elsewhere),
        "before": Function(2, 2, "before(closing, 0)", _before_elsewhere),
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


def before_text(name: str) -> str:
    """The text that stands for a value of the period of a balance before the one that is worked out."""
    return f"before({name})"


def _before(first: Name, arguments: Arguments) -> Expression:
    """A value of the period before; of the first period, which `first` tells, what the second argument says."""
    named, otherwise = arguments.parts
    written = named.written if isinstance(named, Name) else ""
    symbol = arguments.symbols.get(before_text(written))
    if symbol is None:
        what = f"'{written}' is no value of a period" if written else "this is no name"
        refuse("wrong-arguments", what, named.place, "name a value of a period of this balance: before(closing, 0)")
    earlier = Name(symbol.id, symbol.kind, before_text(written), arguments.place)
    first_value = as_kind(otherwise, symbol.kind)
    if first_value is None:
        message = f"this is {KIND_WORDS[otherwise.kind]}; {KIND_WORDS[symbol.kind]} is needed here"
        refuse("wrong-kind", message, otherwise.place, "say what it is before the first period")
    if isinstance(otherwise, Literal) and symbol.choices and otherwise.value not in symbol.choices:
        message = f"'{otherwise.value}' is not one of the choices"
        refuse("unknown-choice", message, otherwise.place, did_you_mean(str(otherwise.value), symbol.choices))
    return Choose(first, first_value, earlier, symbol.kind, arguments.place)


def _before_elsewhere(arguments: Arguments) -> Expression:
    message = "'before' is of a period of a balance"
    refuse("wrong-arguments", message, arguments.place, "write it in balances.yaml, at a value of the period")


def before_period(first: Name) -> Function:
    """The function that asks for a value of the period before; `first` says whether a period is the first one."""
    return Function(2, 2, "before(closing, 0)", partial(_before, first))


def _tier(name: str, tiers: _Tiers, arguments: Arguments) -> str:
    """The id of the tier that a call names."""
    written, *_ = arguments.parts
    tier = quoted(written, "a tier is named in quotes here", f"write {name}('tier')")
    if tiers.ids is not None and tier not in tiers.ids:
        refuse("unknown-tier", f"'{tier}' is not a tier", written.place, did_you_mean(tier, tiers.ids))
    return tier


def _qualified(tiers: _Tiers, arguments: Arguments) -> Expression:
    """Whether the partner qualifies for a tier; with more arguments, whatever it has of these requirements."""
    tier = _tier("qualified", tiers, arguments)
    required = tiers.required.get(tier) if tiers.required else None  # none of a tier whose row is wrong
    if len(arguments.parts) > 1 and required is not None:
        values = dict(required)
        for written in arguments.parts[1:]:
            id = quoted(written, "a requirement is named in quotes here", "write qualified('tier', 'requirement')")
            if id not in values:
                message = f"'{id}' is no requirement of '{tier}', or stands here twice"
                refuse("unknown-name", message, written.place, did_you_mean(id, values))
            del values[id]
        others = tuple(Name(value, Kind.YES_NO, value, arguments.place) for value in values.values())
        return And(others) if len(others) > 1 else others[0] if others else Literal(True, Kind.YES_NO)
    return Name(id_of(of_tier(tier), Role.QUALIFIED), Kind.YES_NO, f"qualified('{tier}')", arguments.place)


def _discount(role: Role, tiers: _Tiers, arguments: Arguments) -> Expression:
    """A discount that a tier gives those who qualify, in percent: its base, uncapped or total."""
    tier = _tier(role.value, tiers, arguments)
    if tiers.discounted is not None and tier not in tiers.discounted:
        place = arguments.parts[0].place
        refuse("no-discount", f"the tier '{tier}' has no discount", place, "give it one, of 0 if need be")
    return Name(id_of(of_tier(tier), role), Kind.PERCENT, f"{role}('{tier}')", arguments.place)


def own_bonus(bonuses: tuple[str, ...], *, all_known: bool) -> Function:
    """The function of rules of price that asks for a bonus of the partner's own tier; `all_known` checks its id."""
    return Function(1, 1, "bonus('events')", partial(_bonus, bonuses, all_known))


def _bonus(bonuses: tuple[str, ...], all_known: bool, arguments: Arguments) -> Expression:
    """What a bonus adds to the discount of the partner's own tier, in percent."""
    (written,) = arguments.parts
    id = quoted(written, "a bonus is named in quotes here", "write bonus('events')")
    if all_known and id not in bonuses:
        refuse("unknown-name", f"'{id}' is not a bonus", written.place, did_you_mean(id, bonuses))
    return Name(id_of(WHOLE_ORDER, Role.OWN_BONUS, id), Kind.PERCENT, f"bonus('{id}')", arguments.place)


def _bonus_elsewhere(arguments: Arguments) -> Expression:
    message = "'bonus' is of the partner that orders"
    help = "write it in prices.yaml; a rule of a tier can ask for its discount: discount_total('gold')"
    refuse("wrong-arguments", message, arguments.place, help)


def _agreed(arguments: Arguments) -> Expression:
    """The value that says whether a term is agreed otherwise; that the term exists is checked by `order`."""
    (written,) = arguments.parts
    term = quoted(written, "a term is named in quotes here", "write agreed('definitions.share')")
    return Name(agreed_id(term), Kind.YES_NO, f"agreed('{term}')", arguments.place)
