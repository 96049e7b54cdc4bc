"""Gives the SQL of a release as text in a database's dialect, from a cache on disk where it was generated before.

Loading SQLGlot takes longer than deciding a hundred thousand partners. So the texts are kept in the user's cache
folder, under a digest of everything that determines them: the release, the tables' columns, the day, the added values,
the dialect and the code that generates the SQL.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from ...programme.model import Programme
from ...source.user_cache import keep, kept
from ...version import VERSION
from .columns import Tables

_KIND = "statements"
_MOST = 50  #: texts that are kept; then the oldest go
_MAKERS = sorted([*Path(__file__).parent.glob("*.py"), *(Path(__file__).parents[2] / "language" / "sql").glob("*.py")])


class Statements(NamedTuple):
    """A release as SQL: the query over the plain rows, and for each table the condition that a row is plain.

    Where SQL cannot compute a rule exactly, `undecidable` says why, and the other fields are empty.
    """

    select: str
    plain: str
    plain_items: dict[str, str]
    undecidable: str | None = None


def statements(
    programme: Programme, tables: Tables, as_of: date, more: Sequence[str] = (), dialect: str = "duckdb"
) -> Statements:
    """The SQL that decides these tables on the day `as_of`; `more` are ids of facts and values to add as columns."""
    key = _key(programme, tables, as_of, more, dialect)
    texts = _cached(key)
    if texts is None:
        texts = _generated(programme, tables, as_of, more, dialect)
        keep(_KIND, key, json.dumps(texts._asdict()), _MOST)
    return texts


def _generated(programme: Programme, tables: Tables, as_of: date, more: Sequence[str], dialect: str) -> Statements:
    from .dialects import text_of  # slow to load
    from .query import Undecidable, decisions

    try:
        query = decisions(programme, tables, as_of, more)
    except Undecidable as reason:
        return Statements("", "", {}, str(reason))
    items = {id: text_of(plain, dialect) for id, plain in query.plain_items.items()}
    return Statements(text_of(query.select, dialect), text_of(query.plain, dialect), items)


def _key(programme: Programme, tables: Tables, as_of: date, more: Sequence[str], dialect: str) -> str:
    lists = [[id, table, dict(columns)] for id, (table, columns) in tables.lists.items()]
    settings = [
        VERSION,
        programme.digest,
        programme.release,
        dict(programme.earlier),
        tables.portfolio,
        dict(tables.columns),
        lists,
    ]
    digest = hashlib.sha256(json.dumps([*settings, as_of.isoformat(), list(more), dialect, tables.numbered]).encode())
    for path in _MAKERS:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _cached(key: str) -> Statements | None:
    text = kept(_KIND, key)
    return None if text is None else Statements(**json.loads(text))
