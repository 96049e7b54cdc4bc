"""Gives the database and its COPY statement, and opens Parquet files as tables of it.

A table has the columns of the file, in the types of the file, and `item_number`, which counts the rows from 1.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

import duckdb
from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

from ...source.whole_files import scratch_folder
from ..files import ColumnRules, Header
from ..spreadsheet import defused_select
from ..sql.columns import ITEM, MOST_COUNTED, Form

MEMORY = "400MB"  #: what the database may use before it spills to disk
THREADS = 2, 8  #: the fewest and the most; one writes other groups of rows than several, and each needs memory
AT, LINE_NUMBER = "_at", "_line"  #: columns: the byte and the line at which a row of a text file begins
_DIGITS = "format('{{{{:.{0}e}}}}', {{0}})"
_IS_EXACT = f"WHEN CAST({_DIGITS} AS FLOAT) = {{{{0}}}} THEN CAST({_DIGITS} AS DOUBLE)"
#: the shortest decimal that gives a number of type FLOAT, which six to nine digits do
_SHORTEST = f"CASE {' '.join(_IS_EXACT.format(digits) for digits in (5, 6, 7, 8))} END"

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
    written: tuple[str, ...]  #: the columns that hold a row as written in the file
    header: Header | None = None  #: of a CSV file
    plain: str | None = None  #: a further SQL condition for a row to be plain
    unread: frozenset[str] = frozenset()  #: columns of the file to ignore
    no_tiers: frozenset[str] = frozenset()  #: tiers that count as no tier
    stamp: tuple[int, ...] = ()  #: of a text file, whose rows are read again: `stamp_of` it when it was opened


@contextmanager
def database() -> Iterator[Connection]:
    """A database in memory, which spills to a temporary folder beyond MEMORY."""
    with scratch_folder() as folder:
        fewest, most = THREADS
        threads = min(most, max(fewest, os.cpu_count() or fewest))
        connection = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(folder), "threads": threads})
        try:
            yield connection
        except BaseException:
            connection.interrupt()  # a query may still run in another thread
            raise
        finally:
            connection.close()


def open_parquet(database: Connection, path: Path, name: str, rules: ColumnRules) -> DuckDBTable:
    """A Parquet file as a table; whole numbers whose range in the metadata fits are counts. Raises InvalidInput."""
    rows = database.read_parquet(str(path), file_row_number=True)
    types = {column: str(type) for column, type in zip(rows.columns, rows.types, strict=True)}
    del types["file_row_number"]
    forms, written = {column: _form(type) for column, type in types.items()}, tuple(types)
    counted = {column for (column,) in database.execute(_COUNTED, [str(path), MOST_COUNTED]).fetchall()}
    forms |= {column: Form.COUNT for column in counted if forms.get(column) is Form.WHOLE}
    columns = {column: forms[column] for column in rules.checked(path, None, written)}
    number = ColumnExpression("file_row_number") + ConstantExpression(1)
    read = [_read(column, types[column], forms[column]).alias(column) for column in written]
    rows.project(*read, number.alias(ITEM)).create_view(name)
    return DuckDBTable(name, path, "parquet", columns, written)


def stamp_of(file: BinaryIO) -> tuple[int, ...]:
    """What is another for a file that was changed or replaced: its number, size and time of change."""
    status = os.fstat(file.fileno())
    return status.st_ino, status.st_size, status.st_mtime_ns


def _read(column: str, type: str, form: Form) -> duckdb.Expression:
    """A column of Parquet: a float as the double with the same digits, and an empty text as an empty cell of CSV."""
    value = ColumnExpression(column)
    if type == "FLOAT":
        return duckdb.SQLExpression(_SHORTEST.format('"' + column.replace('"', '""') + '"'))
    if form is Form.TEXT:
        return FunctionExpression("nullif", value.cast("VARCHAR"), ConstantExpression(""))
    return value


def readable(table: DuckDBTable, column: str) -> duckdb.Expression:
    """A column as Python can hold it: days and times as the database's text, as they may lie beyond the calendar."""
    value = ColumnExpression(column)
    as_text = table.columns.get(column, Form.OTHER) in (Form.DATE, Form.TIME, Form.OTHER)
    return value.cast("VARCHAR").alias(column) if as_text else value


def _form(text: str) -> Form:
    if text.startswith("DECIMAL"):
        return Form.DECIMAL
    if text in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"):
        return Form.WHOLE
    if text.startswith("TIMESTAMP"):
        return Form.TIME
    forms = {"BOOLEAN": Form.YES_NO, "DOUBLE": Form.FLOAT, "FLOAT": Form.FLOAT, "DATE": Form.DATE}
    return Form.TEXT if text.startswith("ENUM") or text in ("VARCHAR", "UUID") else forms.get(text, Form.OTHER)


def safe_csv(database: Connection, select: str, format: str) -> str:
    """The query with the texts that begin like formulas defused, where it is for CSV; else the query itself."""
    if format != "csv":
        return select
    rows = database.sql(select)
    return defused_select(
        select, [name for name, type in zip(rows.columns, rows.types, strict=True) if str(type) == "VARCHAR"]
    )


def copy_text(select: str, path: Path, format: str) -> str:
    """The statement that writes the rows of a query to a file in a format."""
    options = {"csv": "FORMAT csv, HEADER", "jsonl": "FORMAT json", "parquet": "FORMAT parquet"}
    target = str(path).replace("'", "''")
    return f"COPY ({select}) TO '{target}' ({options[format]})"
