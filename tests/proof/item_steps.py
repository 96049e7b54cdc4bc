"""What steps of advice come to in a record: worked out from the steps alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from charter import Release
from charter.engine.proof.changes import AdviceStep


def facts_with(release: Release, facts: dict[str, Any], steps: Iterable[AdviceStep]) -> dict[str, Any]:
    """The facts with these steps made; a field whose default another field was keeps that value."""
    changed = {id: [dict(item) for item in value] if isinstance(value, list) else value for id, value in facts.items()}
    ended: dict[str, set[int]] = {}
    added: dict[str, list[dict[str, Any]]] = {}
    for step in steps:
        if step.item is None:
            changed[step.fact] = step.after
        elif step.became == "ended":
            ended.setdefault(step.fact, set()).add(step.item - 1)
        elif step.became == "added":
            added.setdefault(step.fact, []).append(dict(step.after))  # type: ignore[arg-type]
        else:
            field = release.programme.fields[step.fact]
            item = changed[field.list][step.item - 1]
            for other in release.programme.lists[field.list].fields.values():
                if other.default_from == field.fact.id:
                    item.setdefault(other.id, item.get(field.fact.id, field.fact.default))
            item[field.fact.id] = step.after
    for id, places in ended.items():
        changed[id] = [item for place, item in enumerate(changed[id]) if place not in places]
    return {**changed, **{id: [*changed.get(id, []), *items] for id, items in added.items()}}
