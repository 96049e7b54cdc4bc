"""Same: which values come to the same under two releases, whoever the partner is, for all behind them is the same."""

from __future__ import annotations

from collections.abc import Iterable

from ..language.tree import Expression, names
from ..programme import MAIN, Programme
from ..reads import all_read


def alike(before: Programme, after: Programme) -> frozenset[str]:
    """The ids of facts, lists, inputs and values that are the same in both, with all that they come from."""
    differing = {id for id in {*before.values, *after.values} if _value(before, id) != _value(after, id)}
    differing |= {id for id in {*before.facts, *after.facts} if _fact(before, id) != _fact(after, id)}
    differing |= {id for id in {*before.lists, *after.lists} if _list(before, id) != _list(after, id)}
    if _held(before) != _held(after):
        differing |= {"held_tier", "held_since"}
    same = set()
    for id in (*before.facts, *before.lists, *before.values, "as_of", "held_tier", "held_since"):
        if not all_read(before, [id]) & differing:
            same.add(id)
    return frozenset(same)


def all_alike(same: frozenset[str], programme: Programme, tree: Expression) -> bool:
    """Whether an expression comes to the same, by what it names."""
    return _all_in(same, all_read(programme, {name.id for name in names(tree)}), programme)


def _all_in(same: frozenset[str], read: Iterable[str], programme: Programme) -> bool:
    known = {*programme.values, *programme.facts, *programme.lists}
    return all(id in same for id in read if id in known)


def _value(programme: Programme, id: str) -> object:
    value = programme.values.get(id)
    return None if value is None else (value.kind, value.expression, value.list, value.negotiable is None)


def _fact(programme: Programme, id: str) -> object:
    fact = programme.facts.get(id)
    return None if fact is None else (fact.kind, tuple(fact.choices), fact.default, fact.minimum, fact.maximum)


def _list(programme: Programme, id: str) -> object:
    one = programme.lists.get(id)
    if one is None:
        return None
    fields = [(field.id, field.kind, tuple(field.choices), field.default, field.minimum, field.maximum,
               field.default_from) for field in one.fields.values()]  # fmt: skip
    return (fields, one.default_empty)


def _held(programme: Programme) -> object:
    """Whose tier a record may name."""
    main = programme.tracks[MAIN]
    return (main.award, tuple(main.tiers), main.kept_until is None)
