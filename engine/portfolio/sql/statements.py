"""The query of a release as text, in the dialect of a database; what was made once is remembered.

SQLGlot takes longer to load than a hundred thousand partners to decide. So the texts stand in the user's cache, under a
digest of all that they were made from: the release, the columns, the day, what was asked, and the code that makes them.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import NamedTuple

from ...programme.model import Programme
from ...version import VERSION
from .columns import Tables

_MOST = 50  #: texts that are kept; then the oldest go
_MAKERS = sorted([*Path(__file__).parent.glob("*.py"), *(Path(__file__).parents[2] / "language" / "sql").glob("*.py")])


class Statements(NamedTuple):
    """A release as SQL: the query of plain rows, and whether a row of each table is plain.

    `undecidable` says why there is none, where a rule is beyond what SQL computes exactly.
    """

    select: str
    plain: str
    plain_items: dict[str, str]
    undecidable: str | None = None


def statements(
    programme: Programme, tables: Tables, as_of: date, more: Sequence[str] = (), dialect: str = "duckdb"
) -> Statements:
    """The texts for these tables on a day; `more` are ids of values to add."""
    key = _key(programme, tables, as_of, more, dialect)
    found = _remembered(key)
    if found is None:
        found = _made(programme, tables, as_of, more, dialect)
        _remember(key, found)
    return found


def _made(programme: Programme, tables: Tables, as_of: date, more: Sequence[str], dialect: str) -> Statements:
    from .dialects import text_of  # slow to load
    from .query import Undecidable, decisions

    try:
        made = decisions(programme, tables, as_of, more)
    except Undecidable as reason:
        return Statements("", "", {}, str(reason))
    items = {id: text_of(plain, dialect) for id, plain in made.plain_items.items()}
    return Statements(text_of(made.select, dialect), text_of(made.plain, dialect), items)


def _key(programme: Programme, tables: Tables, as_of: date, more: Sequence[str], dialect: str) -> str:
    lists = [[id, table, dict(columns)] for id, (table, columns) in tables.lists.items()]
    asked = [VERSION, programme.digest, programme.release, tables.portfolio, dict(tables.columns), lists]
    digest = hashlib.sha256(json.dumps([*asked, as_of.isoformat(), list(more), dialect]).encode())
    for path in _MAKERS:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _remembered(key: str) -> Statements | None:
    with suppress(OSError, RuntimeError, ValueError, TypeError):
        return Statements(**json.loads((_folder() / key).read_text("utf-8")))
    return None


def _remember(key: str, made: Statements) -> None:
    """Keep the texts; where that cannot be done, nothing happens."""
    with suppress(OSError, RuntimeError):
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{key}.{os.getpid()}"
        part.write_text(json.dumps(made._asdict()), "utf-8")
        part.replace(folder / key)
        for old in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)[:-_MOST]:
            old.unlink()


def _folder() -> Path:
    """Raises RuntimeError where the user has no home."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache and Path(cache).is_absolute() else Path.home() / ".cache") / "charter" / "statements"
