"""Finds a table of a release by its name, and where in its files it stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from ..problems import Problem, WrongCall, did_you_mean, wrong_call
from ..release.load import Release
from ..source.document import PartPath

LIMITS = ("at_least", "at_most")  #: keys of the limits of a row of requirements
REQUIREMENTS = "requirements"  #: the name of the table of what tiers ask for


class Shape(StrEnum):
    """What a name stands for."""

    CELL = "cell"  #: a value, whose cell is a table
    TIERS = "tiers"  #: a definition with a value for each tier
    COLUMNS = "columns"  #: a table of several columns
    LIMITS = "limits"  #: the table of what tiers ask for


class Target(NamedTuple):
    """A table in the files of a release: the kind of its file, the path of its row and of its cells there.

    `list` is the list whose items have it, and `names` are its own name, or those of its columns.
    """

    shape: Shape
    name: str
    file: str
    row: PartPath
    cells: PartPath
    names: tuple[str, ...]
    list: str | None = None


def find_table(release: Release, name: str) -> Target:
    """What a name stands for: a definition, `list.value`, a table of several columns, or `requirements`.

    Raises WrongCall where there is no such table.
    """
    targets = named_tables(release)
    if name in targets:
        return targets[name]
    for table, target in targets.items():
        if target.shape is Shape.COLUMNS and name in target.names:
            raise wrong_call(f"'{name}' is a column of the table '{table}'", f"name the table: {table}")
    help = did_you_mean(name, targets) or "name a definition, a value of a list's items, or a table"
    raise WrongCall([Problem("wrong-call", f"there is no table '{name}'", None, help)])


def named_tables(release: Release) -> dict[str, Target]:
    """Each name that stands for a table, or for a value that may become one."""
    targets: dict[str, Target] = {}
    definitions, facts = _data(release, "definitions"), _data(release, "facts")
    for name, row in _rows(definitions, "definitions").items():
        at: PartPath = ("definitions", name)
        if "by_tier" in row:
            targets[name] = Target(Shape.TIERS, name, "definitions", at, (*at, "by_tier"), (name,))
        elif "value" in row:
            targets[name] = Target(Shape.CELL, name, "definitions", at, (*at, "value"), (name,))
    for name, row in _rows(definitions, "tables").items():
        targets[name] = Target(Shape.COLUMNS, name, "definitions", ("tables", name), ("tables", name),
                               tuple(row.get("columns", ())))  # fmt: skip
    for list_name, items in _rows(facts, "lists").items():
        for name, row in _rows(items, "values").items():
            if "value" in row:
                at = ("lists", list_name, "values", name)
                full = f"{list_name}.{name}"
                targets[full] = Target(Shape.CELL, full, "facts", at, (*at, "value"), (name,), list_name)
    asked_rows = _rows(_data(release, "tiers"), REQUIREMENTS)
    if asked_rows:
        measured = tuple(
            f"{name} {key.replace('_', ' ')}" for name, row in asked_rows.items() for key in LIMITS if key in row
        )
        at = (REQUIREMENTS,)
        targets[REQUIREMENTS] = Target(Shape.LIMITS, REQUIREMENTS, "tiers", at, at, measured)
    return targets


def _data(release: Release, kind: str) -> Mapping[str, Any]:
    document = release.files.documents.get(kind)
    return document.data if document is not None and isinstance(document.data, dict) else {}


def _rows(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    rows = data.get(key)
    return {name: row for name, row in rows.items() if isinstance(row, dict)} if isinstance(rows, dict) else {}
