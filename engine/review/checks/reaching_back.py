"""Finds what a new release changes for items of before: a changed value that is summed over dated items."""

from __future__ import annotations

from collections.abc import Iterator

from ...language.tree import Aggregate, Call, Expression, Name, children, subtrees
from ...problems import Level, Problem
from ...programme.model import Programme
from ...values import Kind
from .reviewed import Reviewed


def reaching_back(reviewed: Reviewed) -> Iterator[Problem]:
    """A warning for each value that differs from the release before and is aggregated over items with a day.

    What is asked for with `on` on the item's day does not reach back.
    """
    programme = reviewed.release.programme
    dated = {id: day for id, items in programme.lists.items() if (day := _day_of(programme, id))}
    if not dated:
        return
    before = reviewed.release.lineage.programme_before
    if before is None:
        return
    changed = {id for id in programme.values if _differs(id, programme, before)}
    reported: set[str] = set()
    for value in programme.values.values():
        for part in subtrees(_written(programme, value.id)):
            if not isinstance(part, Aggregate) or part.list not in dated:
                continue
            reached = _reached(programme, (part.value, part.counts))
            for id in sorted((reached & changed) - reported):
                reported.add(id)
                name, day = programme.values[id].name, dated[part.list]
                message = f"'{name}' is not what it was in release {before.release}, and '{value.name}' takes it of"
                message += f" items of '{part.list}' from before {programme.effective_from} too"
                help = f"write on({day}, {name}) if what items brought before is to stay; nothing, if it is not"
                yield Problem("reaches-back", message, programme.values[id].place, help, Level.WARNING)


def _day_of(programme: Programme, list: str) -> str | None:
    """The first field of a list's items that is a day; None where none is."""
    return next((field.id for field in programme.lists[list].fields.values() if field.kind is Kind.DATE), None)


def _written(programme: Programme, id: str) -> Expression:
    """The expression of a value as it is written, with `on` where it asks for others on a day."""
    return programme.on_days.get(id) or programme.values[id].expression


def _differs(id: str, programme: Programme, before: Programme) -> bool:
    """Whether the release before has the value too, and says otherwise."""
    earlier = before.values.get(id)
    is_alike = earlier is not None and earlier.kind is programme.values[id].kind
    return is_alike and _written(before, id) != _written(programme, id)


def _reached(programme: Programme, trees: tuple[Expression, ...]) -> set[str]:
    """The ids of the values that these expressions read, directly or not, but for what is asked for on a day."""
    reached: set[str] = set()
    waiting = list(trees)
    while waiting:
        tree = waiting.pop()
        if isinstance(tree, Call) and tree.function == "on":
            waiting.append(tree.arguments[1])
            continue
        if isinstance(tree, Name) and tree.id not in reached and tree.id in programme.values:
            reached.add(tree.id)
            waiting.append(_written(programme, tree.id))
        waiting.extend(children(tree))
    return reached
