"""Tells which rows of the files differ by tier, and where the cell of each tier stands.

A row differs by tier where it has `by_tier`, where its table has the tiers as its second key (`across: tier`), or where
it reads a definition that differs by tier: then each tier has a value of its own, by its own values of what is read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from .file_reader import FilePart, Keys

ACROSS_TIERS = "tier"  #: what `across` names where the columns of a table are the tiers
#: the key that says in which form a table is written
TABLE_KEYS = ("by", "band", "up_to", "between", "slices", "cases")
BOUNDED = ("band", "up_to", "slices")  #: those of them whose rows begin or end at what an expression comes to
DEFAULTS = ("otherwise", "below", "above")  #: keys of the cell that counts where no row does
#: keys of a row whose text or number no rule reads
_OF_NO_RULE = frozenset({"kind", "currency", "take", "over", "rounding", "better", "ordered", "negative", "source"})
_FOR_PEOPLE = frozenset({"title", "unit", "choices", "negotiable"})  #: keys under which no rule stands at all
_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")
_WORD = re.compile(r"[^\W\d]\w*")


class ByTier(NamedTuple):
    """A definition that differs by tier.

    `row` is its part of the files, `cells` are the keys of each tier's cell. `reads` are the definitions by which it
    differs, none where it has a cell for each tier itself; `silent` are the tiers whose cell is wrong or may be.
    """

    row: FilePart
    cells: Mapping[str, Keys]
    reads: tuple[str, ...] = ()
    silent: frozenset[str] = frozenset()

    def lacking(self, tier: str, all: Mapping[str, ByTier]) -> str:
        """The help for a rule of a tier that has no value."""
        name = next((name for name in self.reads if tier not in all[name].cells), None)
        if name is None:
            return f"it has no value for the tier '{tier}': add one under its 'by_tier'"
        return f"it reads '{name}', which has no value for the tier '{tier}'"


def cells_by_tier(row: FilePart, key: str) -> Mapping[str, Keys] | None:
    """The keys of each tier's cell, where the row differs by tier; None where it does not.

    `key` is that of the value which the row has in place of `by_tier`; of a table across tiers, it is every tier's.
    """
    if "by_tier" in row.data:
        return {tier: ("by_tier", tier) for tier in row.data["by_tier"]}
    if is_across_tiers(row.data.get(key)):
        return dict.fromkeys(dict.fromkeys(tier for cells in rows_of_tiers(row, key) for tier in cells.data), (key,))
    return None


def is_across_tiers(data: Any) -> bool:
    """Whether this is a table whose columns are the tiers."""
    return isinstance(data, dict) and data.get("across") == ACROSS_TIERS


def rows_of_tiers(row: FilePart, key: str) -> list[FilePart]:
    """The rows of a table across tiers, each with a cell for some tiers."""
    parts = [*row.inner(key, "rows"), *(row.part(key, default) for default in DEFAULTS)]
    return [part for part in parts if part is not None and part.data is not None and not is_table(part.data)]


def is_table(data: Any) -> bool:
    """Whether these data of a cell are a table."""
    return isinstance(data, dict) and any(key in data for key in TABLE_KEYS)


def has_broken_cell(row: FilePart, key: str, tier: str) -> bool:
    """Whether the row may have a cell for a tier that has the wrong shape, by `by_tier` or in a table under `key`."""
    table = row.part(key)
    if table is None:
        return row.holds("by_tier", tier)
    rows = table.data.get("rows") or {}
    return table.count("rows") > len(rows) or any(row.holds(key, "rows", cells, tier) for cells in rows)


def column_data(table: FilePart, column: str) -> dict[str, Any]:
    """What a table of several columns says of one of them: what rows go by, and the cells of the column."""
    by = {key: table.data[key] for key in TABLE_KEYS if key in table.data}
    cells = [*(table.data.get("rows") or {}).values(), *(table.data.get(default) for default in DEFAULTS)]
    return {**by, "rows": [row[column] for row in cells if isinstance(row, dict) and column in row]}


# What is read ---------------------------------------------------------------------------------------------------------


def words_read(data: Any) -> Iterator[str]:
    """The words of the expressions in what a row says, in the order written; some may be no names."""
    if isinstance(data, dict):
        is_bounded = any(key in data for key in BOUNDED)
        for key, part in data.items():
            if key == "rows" and is_bounded and isinstance(part, dict):
                yield from words_read(list(part))
            if key not in _FOR_PEOPLE and (key not in _OF_NO_RULE or isinstance(part, dict)):
                yield from words_read(part)
    elif isinstance(data, list):
        for part in data:
            yield from words_read(part)
    elif isinstance(data, str):
        yield from _WORD.findall(_TEXT.sub(" ", data))


def with_readers(
    own: Mapping[str, ByTier], others: Mapping[str, tuple[FilePart, Any]], tiers: Collection[str]
) -> dict[str, ByTier]:
    """The definitions that have a cell for each tier, and the others that read one of them, or one that does.

    `others` have, by name, the row and the data in which names are read. Such a definition has a value for each tier
    that has all that it reads.
    """
    readers: dict[str, list[str]] = {}
    reads: dict[str, tuple[str, ...]] = {}
    for name, (_, data) in others.items():
        reads[name] = tuple(word for word in dict.fromkeys(words_read(data)) if word in own or word in others)
        for word in reads[name]:
            readers.setdefault(word, []).append(name)
    cells = {name: {*definition.cells} for name, definition in own.items()}
    silent = {name: definition.silent for name, definition in own.items()}
    waiting = [*own]
    while waiting:
        name = waiting.pop()
        for reader in readers.get(name, ()):
            before = cells.get(reader), silent.get(reader)
            after = (cells.get(reader, {*tiers}) & cells[name], silent.get(reader, frozenset()) | silent[name])
            if before != after:
                cells[reader], silent[reader] = after
                waiting.append(reader)
    return {**own} | {
        name: ByTier(
            row,
            {tier: ("value",) for tier in tiers if tier in cells[name]},
            tuple(word for word in reads[name] if word in cells),
            silent[name],
        )
        for name, (row, _) in others.items()
        if name in cells
    }
