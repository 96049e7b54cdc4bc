"""Opens files of rows as tables of DuckDB, and gives the database, its COPY statement and the lines it could not read.

A table has the columns of the file, in the types of the file, and `item_number`, which counts the rows from 1.
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

MEMORY = "400MB"  #: what the database may use before it spills to disk
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
    """A file as a table: `name` is that of its view in the database, `columns` the form of each column."""

    name: str
    path: Path
    format: str
    columns: dict[str, Form]
    header: Source | None = None  #: the first line of a CSV file
    plain: str | None = None  #: a further SQL condition for a row to be plain
    unread: frozenset[str] = frozenset()  #: columns of the file to ignore
    no_tiers: frozenset[str] = frozenset()  #: tiers that count as no tier

    @property
    def written(self) -> tuple[str, ...]:
        """The columns that hold a row as written in the file."""
        return (LINE,) if self.format == "jsonl" else tuple(self.columns)


@contextmanager
def database() -> Iterator[Connection]:
    """A database in memory, which spills to a temporary folder beyond MEMORY."""
    with TemporaryDirectory(prefix="charter-") as folder:
        connection = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": folder})
        try:
            yield connection
        finally:
            connection.close()


def open_parquet(database: Connection, path: Path, name: str) -> DuckDBTable:
    """A Parquet file as a table; whole numbers whose range in the metadata fits are counts."""
    rows = database.read_parquet(str(path), file_row_number=True)
    columns = {column: _form(type) for column, type in zip(rows.columns, rows.types, strict=True)}
    del columns["file_row_number"]
    counted = {column for (column,) in database.execute(_COUNTED, [str(path), MOST_COUNTED]).fetchall()}
    columns |= {column: Form.COUNT for column in counted if columns.get(column) is Form.WHOLE}
    number = ColumnExpression("file_row_number") + ConstantExpression(1)
    rows.project(*map(ColumnExpression, columns), number.alias(ITEM)).create_view(name)
    return DuckDBTable(name, path, "parquet", columns)


def _form(type: Any) -> Form:
    text = str(type)
    if text.startswith("DECIMAL"):
        return Form.DECIMAL
    if text in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"):
        return Form.WHOLE
    if text.startswith("TIMESTAMP"):
        return Form.TIME
    forms = {"BOOLEAN": Form.YES_NO, "DOUBLE": Form.FLOAT, "FLOAT": Form.FLOAT, "DATE": Form.DATE, "VARCHAR": Form.TEXT}
    return Form.TEXT if text.startswith("ENUM") else forms.get(text, Form.OTHER)


def copy_text(select: str, path: Path, format: str) -> str:
    """The statement that writes the rows of a query to a file in a format."""
    options = {"csv": "FORMAT csv, HEADER", "jsonl": "FORMAT json", "parquet": "FORMAT parquet"}
    target = str(path).replace("'", "''")
    return f"COPY ({select}) TO '{target}' ({options[format]})"


def misread(database: Connection, table: DuckDBTable) -> list[tuple[int, str]]:
    """The lines of a CSV file that could not be read: line number and message; empty for other formats."""
    if table.format != "csv":
        return []
    rejects = database.execute(_MISREAD, [str(table.path)]).fetchall()
    return [(int(line), _reject_message(str(message))) for line, message in rejects]


def _reject_message(message: str) -> str:
    """The database's message about an unreadable line, in plain words."""
    numbers = re.match(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
    if numbers:
        return f"it has {numbers[2]} values, and the file {numbers[1]} columns"
    return message.partition("\n")[0]
