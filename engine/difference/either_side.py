"""What an effect is on the other side of the day on which the second release begins.

A value asked for on a day, `on(closed_on, rate)`, is decided by the release in force on it. An example of a partner
with a deal of after the second release's first day says nothing of deals before it, so each such example is worked out
once more with its days moved to the other side: to the day before, or to the first day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from ..language.tree import Call, names, subtrees
from ..problems import InvalidInput
from ..programme.model import ORDER, Programme
from ..values import Kind
from .effects import EffectWitness, OtherSide, OutcomeEffect
from .one_partner import Pair
from .shown import in_each_release, shown_values

_Path = tuple[str] | tuple[str, int, str]  #: of a fact, or of a field of an item of a list


def with_other_side(pair: Pair, effect: OutcomeEffect) -> OutcomeEffect:
    """The effect, with what each of its examples has on the other side of the second release's first day."""
    day_ids = _days_asked(pair.after.programme, effect.outcome.reads)
    if not day_ids:
        return effect
    ways = {way: witness._replace(other_side=_other_side(pair, effect, witness, day_ids))
            for way, witness in effect.ways.items()}  # fmt: skip
    return effect._replace(ways=ways)


def _days_asked(programme: Programme, read: frozenset[str]) -> frozenset[str]:
    """The facts and the fields of items on whose day something that these values read is asked for."""
    written = (programme.on_days[id] for id in read & programme.on_days.keys())
    calls = (part for tree in written for part in subtrees(tree) if isinstance(part, Call) and part.function == "on")
    days = {name.id for call in calls for name in names(call.arguments[1]) if name.kind is Kind.DATE}
    return frozenset(days & {*programme.facts, *programme.fields})


def _other_side(pair: Pair, effect: OutcomeEffect, witness: EffectWitness, day_ids: frozenset[str]) -> OtherSide | None:
    """None where the example states none of the days asked for, or no record can have those of the other side."""
    if witness.examples is None:
        return None
    example, begins = witness.examples[1], pair.after.programme.effective_from
    facts = {**example.facts, ORDER: list(witness.lines)}
    stated = dict(_days(facts, day_ids))
    if not stated:
        return None
    is_after = any(day >= begins for day in stated.values())
    moved = {path for path, day in stated.items() if (day >= begins) == is_after}
    day = begins - timedelta(days=1) if is_after else begins
    facts = _with_day(facts, moved, day)
    lines = tuple(facts.pop(ORDER))
    try:
        values = shown_values(pair, effect.outcome, in_each_release(pair, example._replace(facts=facts)), lines)
    except InvalidInput:
        return None
    return OtherSide(day, tuple(sorted({_id(path) for path in moved})), values)


def _days(facts: Mapping[str, Any], day_ids: frozenset[str]) -> Iterator[tuple[_Path, date]]:
    """The days asked for that a record states, by their paths: a fact, or a list, the place of an item and a field."""
    for fact, value in facts.items():
        fields = enumerate(value) if isinstance(value, list) else ()
        paths: list[tuple[_Path, Any]] = [
            ((fact, place, field), part) for place, item in fields for field, part in item.items()
        ]
        for path, stated in [*paths, ((fact,), value)]:
            if _id(path) in day_ids and isinstance(stated, date):
                yield path, stated


def _with_day(facts: Mapping[str, Any], paths: Collection[_Path], day: date) -> dict[str, Any]:
    """The facts with this day at these paths."""
    return {
        fact: [
            {field: day if (fact, place, field) in paths else part for field, part in item.items()}
            for place, item in enumerate(value)
        ] if isinstance(value, list) else day if (fact,) in paths else value
        for fact, value in facts.items()
    }  # fmt: skip


def _id(path: _Path) -> str:
    """The id of a fact or of a field of items, as expressions have it."""
    return f"{path[0]}[].{path[-1]}" if len(path) > 1 else str(path[0])
