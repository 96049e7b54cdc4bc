"""Checks that the tiers which a table names exist."""

from __future__ import annotations

from collections.abc import Collection

from .file_reader import FilePart


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
