"""Checks that what a row names fits: that its tiers exist, and that its currency is that of its amount."""

from __future__ import annotations

from collections.abc import Collection

from ..language.currencies import money_problem
from ..language.parse import Scope
from ..language.tree import Expression
from .by_tier import is_across_tiers, rows_of_tiers
from .file_reader import FilePart


def check_currency(row: FilePart, tree: Expression, scope: Scope) -> None:
    """Report an amount in another currency than the row's."""
    mixed = money_problem(tree, scope.symbols, row.data.get("currency"))
    if mixed:
        row.files.problems.append(mixed._replace(place=mixed.place or row.place("currency")))


def check_tiers(row: FilePart, key: str, tiers: Collection[str], *, complete: bool = False) -> None:
    """Report names under `key` that are not tiers: the keys of a table, or a list.

    With `complete`, tiers without a value are reported too.
    """
    if not row.files.is_whole("tiers", "tiers"):
        return
    table = row.data.get(key)
    if table is None:
        return
    for index, tier in enumerate(table):
        if isinstance(tier, str) and tier not in tiers:  # else its shape is wrong, which is reported
            is_key = isinstance(table, dict)
            place = row.place(key, tier) if is_key else row.document.value_place((*row.path, key, index))
            row.unknown("unknown-tier", "a tier", tier, tiers, place)
    _check_complete(row, key, tiers, table, complete=complete)


def check_cells_by_tier(row: FilePart, key: str, tiers: Collection[str], *, complete: bool = False) -> None:
    """Report names that are not tiers under `by_tier`, or among the columns of a table across tiers.

    `key` is that of the value in place of `by_tier`. With `complete`, tiers without a value are reported too.
    """
    if not is_across_tiers(row.data.get(key)):
        check_tiers(row, "by_tier", tiers, complete=complete)
        return
    if not row.files.is_whole("tiers", "tiers"):
        return
    rows = rows_of_tiers(row, key)
    for cells in rows:
        for tier in cells.data:
            if tier not in tiers:
                row.unknown("unknown-tier", "a tier", tier, tiers, cells.place(tier))
    _check_complete(row, key, tiers, {tier for cells in rows for tier in cells.data}, complete=complete)


def _check_complete(
    row: FilePart, key: str, tiers: Collection[str], valued: Collection[str], *, complete: bool
) -> None:
    missing = [tier for tier in tiers if tier not in valued]
    if complete and missing:
        message = f"no value for {', '.join(repr(tier) for tier in missing)}"
        row.problem("missing-tier", message, row.place(key), "give each tier of the programme a value")
