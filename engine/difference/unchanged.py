"""Same: which values come to the same under two releases, whoever the partner is, for all behind them is the same."""

from __future__ import annotations

from collections.abc import Collection

from ..programme.model import INPUTS, MAIN, ORDER, Programme
from ..programme.reads import mentioned


def unchanged_names(before: Programme, after: Programme, given: Collection[str] = ()) -> frozenset[str]:
    """The ids of facts, lists, inputs and values that are the same in both, with all that they come from.

    Which options and bounds a fact has is not looked at: a record is one of both releases. The values `given` are taken
    for the same, and nothing behind them is looked at.
    """
    differing = {id for id in {*before.values, *after.values} if _value(before, id) != _value(after, id)}
    differing |= {id for id in {*before.facts, *after.facts} if _fact(before, id) != _fact(after, id)}
    differing |= {id for id in {*before.lists, *after.lists, ORDER} if _list(before, id) != _list(after, id)}
    if _held(before) != _held(after):
        differing |= {"held_tier", "held_since"}
    same: dict[str, bool] = dict.fromkeys((*before.facts, *before.lists, ORDER, *INPUTS), True)
    same |= dict.fromkeys(differing, False)
    for id, value in before.values.items():  # each after those it needs
        if id in given:
            same[id] = True
        elif id not in differing:
            same[id] = all(same.get(one, one not in after.values) for one in mentioned(before, value.expression))
    return frozenset(id for id, one in same.items() if one)


def _value(programme: Programme, id: str) -> object:
    value = programme.values.get(id)
    return None if value is None else (value.kind, value.expression, value.list, value.negotiable is None)


def _fact(programme: Programme, id: str) -> object:
    fact = programme.facts.get(id)
    return None if fact is None else (fact.kind, fact.default)


def _list(programme: Programme, id: str) -> object:
    one = programme.order.lines if id == ORDER and programme.order else programme.lists.get(id)
    if one is None:
        return None
    fields = [(field.id, field.kind, field.default, field.default_from) for field in one.fields.values()]
    return (fields, one.default_empty)


def _held(programme: Programme) -> object:
    """Whose tier a record may name."""
    main = programme.tracks[MAIN]
    return (main.award, tuple(main.tiers), main.kept_until is None)
