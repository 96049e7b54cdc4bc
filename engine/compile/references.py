"""Checks that what a row names fits: that its tiers exist, and that its currency is that of its amount."""

from __future__ import annotations

from collections.abc import Collection

from ..language.currencies import money_problem
from ..language.parse import Scope
from ..language.tree import Expression
from .file_reader import FilePart


def check_currency(row: FilePart, tree: Expression, scope: Scope) -> None:
    """Report an amount in another currency than the row's."""
    mixed = money_problem(tree, scope.symbols, row.data.get("currency"))
    if mixed:
        row.files.problems.append(mixed._replace(place=mixed.place or row.place("currency")))


def check_tiers(row: FilePart, key: str, tiers: Collection[str], *, complete: bool = False) -> None:
    """Report keys of the table under `key` that are not tiers and, with `complete`, tiers without a value."""
    if not row.files.is_whole("tiers", "tiers"):
        return
    table = row.data.get(key)
    if table is None:
        return
    for tier in table:
        if tier not in tiers:
            row.unknown("unknown-tier", "a tier", tier, tiers, row.place(key, tier))
    missing = [tier for tier in tiers if tier not in table]
    if complete and missing:
        message = f"no value for {', '.join(repr(tier) for tier in missing)}"
        row.problem("missing-tier", message, row.place(key), "give each tier of the programme a value")
