"""Reads rows of a portfolio's tables for the interpreter, one at a time, each with what belongs to its partner.

The database sorts what is asked for, on disk where it must, and hands it out in small parts. A row of a text file is
read where it stands in the file, as the table does not hold all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, BinaryIO, NamedTuple

import duckdb
from duckdb import ColumnExpression

from ...limits import MAX_ITEMS
from ...problems import InvalidInput, Problem
from ..files import REFUSED, unreadable_table
from ..rows import Cells, json_row, typed_cell
from ..sql.columns import ITEM, PARTNER
from ..text_files import csv_values, rows_of
from .sources import AT, LINE_NUMBER, Connection, DuckDBTable, readable, stamp_of

_AT_ONCE = 100  #: rows that are fetched at a time; each may be as long as a row can be
_OF, _WHOSE, _TWICE = "_of", "_whose", "_twice"  #: columns: the row's number, its partner, and if another row has it


class FileRow(NamedTuple):
    """A row of a table with its number from 1: `written` as the file has it, `cells` as values to read as a record.

    `problems` say why it cannot be read.
    """

    item: int
    written: Sequence[Any]
    cells: Cells
    problems: tuple[Problem, ...]


class Belonging(NamedTuple):
    """A row of the portfolio with the list items and agreements of its partner.

    `is_twice` says whether another of the rows asked for names the same partner.
    """

    row: FileRow
    partner: str
    is_twice: bool
    lists: Mapping[str, Sequence[Cells]]
    agreements: Sequence[Cells]
    problems: tuple[Problem, ...]


def rows_in_file(connection: Connection, table: DuckDBTable, rows: duckdb.DuckDBPyRelation) -> Iterator[FileRow]:
    """These rows of the table, in the order of the file. Raises InvalidInput where the file has been changed."""
    for _, row in _read(connection, table, rows, ()):
        yield row


def belongings(
    connection: Connection, portfolio: DuckDBTable, lists: Mapping[str, DuckDBTable], agreements: DuckDBTable | None,
    rows: duckdb.DuckDBPyRelation,
) -> Iterator[Belonging]:  # fmt: skip
    """These rows of the portfolio in the order of the file, each with its partner's items and agreements.

    Raises InvalidInput where a file has been changed since it was opened.
    """
    connection.execute("DROP TABLE IF EXISTS chosen_rows")
    whose = f"CAST({PARTNER} AS VARCHAR)"
    times = f"count(*) OVER (PARTITION BY {whose})"
    chosen = rows.project(f"{ITEM} AS {_OF}, {whose} AS {_WHOSE}, {PARTNER} IS NOT NULL AND {times} > 1 AS {_TWICE}")
    chosen.create("chosen_rows")
    items_of = {id: _following(connection, table) for id, table in lists.items()}
    agreements_of = _following(connection, agreements) if agreements else None
    chosen = connection.table("chosen_rows").project(_OF, _TWICE)
    rows = connection.view(portfolio.name).join(chosen, f"{ITEM} = {_OF}")
    for (is_twice,), row in _read(connection, portfolio, rows, (_TWICE,)):
        items = {id: following(row.item) for id, following in items_of.items()}
        many = tuple(_too_many(id) for id, cells in items.items() if len(cells) > MAX_ITEMS)
        agreed = agreements_of(row.item) if agreements_of else []
        partner = str(row.cells.values.get(PARTNER))
        yield Belonging(row, partner, is_twice, {} if many else items, agreed, (*row.problems, *many))


def _too_many(list_id: str) -> Problem:
    message = f"{list_id}: more than {MAX_ITEMS} items of a partner whom the query cannot decide"
    return Problem("too-many-items", message, None, "leave out what is too old to count, or give sums instead")


def _following(connection: Connection, table: DuckDBTable) -> Callable[[int], list[Cells]]:
    """The function that gives the rows of a table that belong to a chosen row; the rows are asked for in order.

    It gives one more than MAX_ITEMS where there are more.
    """
    whose = f"CAST({PARTNER} AS VARCHAR) = {_WHOSE}"
    chosen = connection.table("chosen_rows").project(_OF, _WHOSE)
    rows = connection.view(table.name).join(chosen, whose)
    groups = groupby(_read(connection, table, rows, (_OF,)), key=itemgetter(0))
    pending: Any = None

    def following(item: int) -> list[Cells]:
        nonlocal pending
        pending = pending or next(groups, None)
        if pending is None or pending[0] != (item,):
            return []
        cells = [_without_partner(row.cells) for _, row in islice(pending[1], MAX_ITEMS + 1)]
        pending = None
        return cells

    return following


def _without_partner(cells: Cells) -> Cells:
    return cells._replace(values={id: value for id, value in cells.values.items() if id != PARTNER})


def _read(
    connection: Connection, table: DuckDBTable, rows: duckdb.DuckDBPyRelation, more: Sequence[str]
) -> Iterator[tuple[tuple[Any, ...], FileRow]]:
    """The rows of a relation as they stand in the file, each with its values in the columns `more`, in their order."""
    is_text = table.format != "parquet"
    columns = [ColumnExpression(name) for name in (*more, ITEM, *((LINE_NUMBER, AT) if is_text else ()))]
    columns += [] if is_text else [readable(table, name) for name in table.written]
    order = ", ".join((*(name for name in more if name == _OF), ITEM))
    query = rows.project(*columns).order(order).sql_query()
    with closing(connection.cursor()) as cursor:
        try:
            with table.path.open("rb") as file:
                if is_text and stamp_of(file) != table.stamp:
                    raise _changed(table)
                cursor.execute(query)
                while part := cursor.fetchmany(_AT_ONCE):
                    for values in part:
                        item, *place = values[len(more) :]
                        row = _text_row(file, table, item, *place) if is_text else _parquet_row(table, item, place)
                        yield values[: len(more)], row
        except OSError as error:
            raise unreadable_table(table.path, error) from error


def _changed(table: DuckDBTable) -> InvalidInput:
    problem = Problem("unreadable-rows", f"'{table.path}' has been changed while it was read", None, "run it again")
    return InvalidInput([problem])


def _parquet_row(table: DuckDBTable, item: int, written: Sequence[Any]) -> FileRow:
    values = dict(zip(table.written, written, strict=True))
    return FileRow(
        item, written, Cells({id: typed_cell(values[id], form) for id, form in table.columns.items()}, is_text=True), ()
    )


def _text_row(file: BinaryIO, table: DuckDBTable, item: int, line: int, at: int) -> FileRow:
    """The row that begins at the byte `at` of a CSV or JSON Lines file."""
    separator = table.header.separator if table.header else ""
    with closing(rows_of(file, table.format, separator, at, line)) as rows:
        row = next(rows)
    written: Sequence[Any] = ()
    values: dict[str, Any] = {}
    wrong = row.wrong
    problems: tuple[Problem, ...] = ()
    if table.header:
        written, wrong = csv_values(row, separator, len(table.header.names))
        values = dict(zip(table.header.names, written, strict=False))
    elif not wrong:
        written = (row.text,)
        values, problems = json_row(row.text)
    if wrong:
        problems = (Problem("bad-row", f"on line {row.line} {wrong}", None, "mend the line"),)
    if why := values.get(REFUSED):
        problems = (Problem("not-carried-over", why[1:]),)
    if table.no_tiers and str(values.get("tier")) in table.no_tiers:
        values = {id: value for id, value in values.items() if id not in ("tier", "since")}
    values = {id: value for id, value in values.items() if id not in table.unread}
    return FileRow(item, written, Cells(values, is_text=table.header is not None), problems)
