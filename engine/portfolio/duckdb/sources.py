"""Files of rows as tables of DuckDB: CSV, Parquet, JSON Lines, each column in the form in which the file holds it.

A table has the columns of the file and `item_number`, which counts the rows from 1. Text files are read as text, so
that no digit and no slip is lost on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import duckdb
from duckdb import ColumnExpression, ConstantExpression

from ...problems import Source
from ..files import LINE
from ..sql.columns import ITEM, MOST_COUNTED, Form

MEMORY = "400MB"  #: what the database may use before it goes on on disk
_MISREAD = """
    SELECT line, min(error_message) FROM reject_errors
    WHERE scan_id IN (SELECT scan_id FROM reject_scans WHERE file_path = ?) GROUP BY line ORDER BY line
"""

_COUNTED = """
    SELECT path_in_schema FROM parquet_metadata(?) GROUP BY path_in_schema
    HAVING bool_and(coalesce(TRY_CAST(stats_min_value AS HUGEINT) >= 0, false))
    AND bool_and(coalesce(TRY_CAST(stats_max_value AS HUGEINT) <= ?, false))
"""

Connection = duckdb.DuckDBPyConnection


class DuckDBTable(NamedTuple):
    """A file as a table: its name in the database, the form of each column, where it tells what is wrong with a row."""

    name: str
    path: Path
    format: str
    columns: dict[str, Form]
    header: Source | None = None  #: the first line, of CSV
    plain: str | None = None  #: what a row needs besides plain values, in SQL
    unread: frozenset[str] = frozenset()  #: columns of the file that are passed over
    no_tiers: frozenset[str] = frozenset()  #: tiers that count as none

    @property
    def written(self) -> tuple[str, ...]:
        """The columns that show a row as the file has it."""
        return (LINE,) if self.format == "jsonl" else tuple(self.columns)


@contextmanager
def database() -> Iterator[Connection]:
    """A database in memory, that goes on in a folder of its own where there is too much for it."""
    with TemporaryDirectory(prefix="charter-") as folder:
        connection = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": folder})
        try:
            yield connection
        finally:
            connection.close()


def open_parquet(database: Connection, path: Path, name: str) -> DuckDBTable:
    """Each column as the file types it; of whole numbers it knows the least and the greatest."""
    found = database.read_parquet(str(path), file_row_number=True)
    columns = {column: _form(type) for column, type in zip(found.columns, found.types, strict=True)}
    del columns["file_row_number"]
    counted = {column for (column,) in database.execute(_COUNTED, [str(path), MOST_COUNTED]).fetchall()}
    columns |= {column: Form.COUNT for column in counted if columns.get(column) is Form.WHOLE}
    number = ColumnExpression("file_row_number") + ConstantExpression(1)
    found.project(*map(ColumnExpression, columns), number.alias(ITEM)).create_view(name)
    return DuckDBTable(name, path, "parquet", columns)


def _form(type: Any) -> Form:
    text = str(type)
    if text.startswith("DECIMAL"):
        return Form.DECIMAL
    if text in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"):
        return Form.WHOLE
    if text.startswith("TIMESTAMP"):
        return Form.TIME
    known = {"BOOLEAN": Form.YES_NO, "DOUBLE": Form.FLOAT, "FLOAT": Form.FLOAT, "DATE": Form.DATE, "VARCHAR": Form.TEXT}
    return Form.TEXT if text.startswith("ENUM") else known.get(text, Form.OTHER)


def copy_text(select: str, path: Path, format: str) -> str:
    """The statement that writes what a query gives to a file of a format."""
    options = {"csv": "FORMAT csv, HEADER", "jsonl": "FORMAT json", "parquet": "FORMAT parquet"}
    target = str(path).replace("'", "''")
    return f"COPY ({select}) TO '{target}' ({options[format]})"


def misread(database: Connection, table: DuckDBTable) -> list[tuple[int, str]]:
    """Rows of a text file that were passed over, by their lines, with what is wrong."""
    if table.format != "csv":
        return []
    found = database.execute(_MISREAD, [str(table.path)]).fetchall()
    return [(int(line), _in_words(str(message))) for line, message in found]


def _in_words(message: str) -> str:
    """What is wrong with a row, from what the database says."""
    numbers = re.match(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
    if numbers:
        return f"it has {numbers[2]} values, and the file {numbers[1]} columns"
    return message.partition("\n")[0]
