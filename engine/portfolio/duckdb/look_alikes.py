"""Looks for partners whose ids look the same though they differ, in memory that does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterator

from ...problems import Problem
from ..files import look_alike_partners
from ..sql.columns import PARTNER
from ..sql.look_alikes import all_differ_sql, look_sql, looks_like_sql
from .sources import Connection, DuckDBTable

_GROUPED = 1_000_000  #: ids that are grouped at a time
_ID = f"CAST({PARTNER} AS VARCHAR)"


def look_alikes(connection: Connection, portfolio: DuckDBTable) -> Iterator[Problem]:
    """A warning with the number of looks that several ids of the portfolio have, and the first two such ids."""
    ids = connection.view(portfolio.name).project(f"{_ID} AS id").filter("id IS NOT NULL")
    rows, differ = ids.aggregate(f"count(*), {all_differ_sql('id')}").fetchall()[0]
    if not rows or differ:
        return
    looks = ids.project(f"id, {look_sql('id')} AS look")
    parts = rows // _GROUPED + 1
    number, pairs = 0, []
    for part in range(parts):
        in_part = looks.filter(f"hash(look) % {parts} = {part}") if parts > 1 else looks
        alike = in_part.aggregate("min(id) AS first, max(id) AS second", "look").filter("first <> second")
        of_part, first, second = alike.aggregate("count(*), min(first), arg_min(second, first)").fetchall()[0]
        number += of_part
        pairs += [(first, second)] if of_part else []
    if number:
        yield look_alike_partners(portfolio.path, number, *min(pairs))


def looks_like(connection: Connection, portfolio: DuckDBTable, id: str) -> str | None:
    """A partner of the portfolio whose id looks like this one; None where there is none."""
    ids = connection.view(portfolio.name).project(f"{_ID} AS id")
    alike = ids.filter(looks_like_sql("id", id)).aggregate("min(id)").fetchall()[0][0]
    return None if alike is None else str(alike)
