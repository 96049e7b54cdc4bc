"""Finds the values that are equal under two releases for every partner, because all that they come from is equal."""

from __future__ import annotations

from collections.abc import Collection

from ..programme.model import INPUTS, MAIN, ORDER, Programme
from ..programme.reads import mentioned


def unchanged_names(before: Programme, after: Programme, assumed: Collection[str] = ()) -> frozenset[str]:
    """The ids of facts, lists, inputs and values that are equal in both, with all that they come from.

    The choices and limits of a fact do not count, nor that there may be none: a partner's record is one of both
    releases. The values `assumed` are taken as equal, whatever they come from.
    """
    differing = {id for id in {*before.values, *after.values} if _value(before, id) != _value(after, id)}
    differing |= {id for id in {*before.facts, *after.facts} if _fact(before, id) != _fact(after, id)}
    differing |= {id for id in {*before.lists, *after.lists, ORDER} if _list(before, id) != _list(after, id)}
    if _award(before) != _award(after):
        differing |= {"held_tier", "held_since"}
    same: dict[str, bool] = dict.fromkeys((*before.facts, *before.lists, ORDER, *INPUTS), True)
    same |= dict.fromkeys(differing, False)
    same |= {id: id not in differing or id in assumed for id in before.values}
    read = {id: frozenset(mentioned(before, value.expression)) for id, value in before.values.items()}
    is_settled = False
    while not is_settled:  # at once, for each value comes after those that it needs, but for the periods of a balance
        is_settled = True
        for id in before.values:
            if same[id] and id not in assumed:
                same[id] = all(same.get(name, name not in after.values) for name in read[id])
                is_settled &= same[id]
    return frozenset(id for id, is_same in same.items() if is_same)


def _value(programme: Programme, id: str) -> object:
    value = programme.values.get(id)
    return None if value is None else (value.kind, value.expression, value.list, value.negotiable is None)


def _fact(programme: Programme, id: str) -> object:
    fact = programme.facts.get(id)
    return None if fact is None else (fact.kind, fact.default)


def _list(programme: Programme, id: str) -> object:
    fact = programme.order.lines if id == ORDER and programme.order else programme.lists.get(id)
    if fact is None:
        return None
    fields = [(field.id, field.kind, field.default, field.default_from) for field in fact.fields.values()]
    return (fields, fact.default_empty)


def _award(programme: Programme) -> object:
    """How the main track awards a tier, which decides the tiers that a record may name as held."""
    main = programme.tracks[MAIN]
    return (main.award, tuple(main.tiers), main.kept_until is None, main.promotes is None)
