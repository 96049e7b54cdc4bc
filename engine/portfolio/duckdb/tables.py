"""Opens the files of a portfolio (partners, list items, agreements), checks their columns, and reads their rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

from ...problems import InvalidInput, Problem, WrongCall
from ...programme.model import Fact, Programme
from ..files import (
    AGREEMENT,
    LINE,
    agreement_fields,
    check_columns,
    format_of,
    known_columns,
    missing_columns,
    unknown_partners,
    unreadable_table,
    without_partner,
)
from ..rows import Cells, json_row
from ..sql.columns import EVERYTHING_READ, ITEM, PARTNER, Form, Unread, list_fields
from .sources import Connection, DuckDBTable, misread, open_parquet

_AT_ONCE = 20_000  #: rows that are held at a time


class Opened(NamedTuple):
    """The tables of one run: `columns` are those of the portfolio that are read, `remarks` warnings and notes."""

    portfolio: DuckDBTable
    columns: Mapping[str, Form]
    lists: Mapping[str, DuckDBTable]
    agreements: DuckDBTable | None
    remarks: tuple[Problem, ...] = ()


def open_tables(
    connection: Connection, programme: Programme, portfolio: Path, lists: Mapping[str, Path], agreements: Path | None,
    ignored: Sequence[str] = (), unread: Unread = EVERYTHING_READ,
) -> Opened:  # fmt: skip
    """Open the files. Raises WrongCall, and InvalidInput where a column is unknown or a row unreadable."""
    facts = list(programme.facts.values())
    table = _open_table(connection, portfolio, "portfolio_rows", facts)
    table = _without_tiers(connection, table, unread.tiers)._replace(unread=frozenset(ignored))
    columns = {name: form for name, form in table.columns.items() if name not in ignored}
    check_columns(table.path, table.header, columns, known_columns(programme), (PARTNER,))
    remarks = tuple(missing_columns(table.path, facts, columns))
    none: frozenset[str] = frozenset()
    items = {id: _open_list(connection, programme, id, path, unread.fields.get(id, none)) for id, path in lists.items()}
    agreement_table = None
    if agreements:
        agreement_table = _open_table(connection, agreements, "agreement_rows", agreement_fields())
        check_columns(agreement_table.path, agreement_table.header, agreement_table.columns, AGREEMENT, AGREEMENT[:5])
        _check_read(connection, agreement_table)
    of_partners = [*items.values(), *filter(None, [agreement_table])]
    warnings = (warning for belonging in of_partners for warning in _unknown_partners(connection, table, belonging))
    return Opened(table, columns, items, agreement_table, (*remarks, *warnings))


def _without_tiers(connection: Connection, table: DuckDBTable, tiers: frozenset[str]) -> DuckDBTable:
    """The table with `tier` and `since` empty in rows whose tier is one of these."""
    if not tiers or "tier" not in table.columns:
        return table
    tier = ColumnExpression("tier")
    is_none = tier.cast("VARCHAR").isin(*map(ConstantExpression, sorted(tiers)))
    emptied = [name for name in ("tier", "since") if name in table.columns]
    kept = [
        duckdb.CaseExpression(is_none, ConstantExpression(None)).otherwise(ColumnExpression(name)).alias(name)
        for name in emptied
    ]
    rows = connection.view(table.name)
    others = [ColumnExpression(name) for name in rows.columns if name not in emptied]
    rows.project(*others, *kept).create_view(f"{table.name}_read")
    return table._replace(name=f"{table.name}_read", no_tiers=tiers)


def _open_list(
    connection: Connection, programme: Programme, id: str, path: Path, unread: frozenset[str]
) -> DuckDBTable:
    fields = list_fields(programme, id)
    table = _open_table(connection, path, f"list_{id}_rows", list(fields.values()))
    columns = {name: form for name, form in table.columns.items() if name not in unread}
    table = table._replace(columns=columns, unread=unread)
    check_columns(table.path, table.header, table.columns, [PARTNER, *fields], (PARTNER,))
    _check_read(connection, table)
    return table


def _check_read(connection: Connection, table: DuckDBTable) -> None:
    """Raise InvalidInput where a row cannot be read or names no partner, as a partner's outcome needs it."""
    broken = misread(connection, table)
    if broken:
        problems = [
            Problem("bad-row", f"'{table.path}', line {line}: {message}", None, "mend the line")
            for line, message in broken[:20]
        ]
        raise InvalidInput(problems)
    without = connection.view(table.name).filter(f"{PARTNER} IS NULL").project(ITEM).order(ITEM).limit(20).fetchall()
    if without:
        raise InvalidInput([without_partner(table.path, row) for (row,) in without])


def _unknown_partners(connection: Connection, portfolio: DuckDBTable, table: DuckDBTable) -> Iterable[Problem]:
    """A warning on rows of partners that are not in the portfolio, if there are any."""
    whose = f"CAST({PARTNER} AS VARCHAR) AS whose"
    partners = connection.view(portfolio.name).project(whose)
    rows = connection.view(table.name).project(whose).join(partners, "whose", "anti")
    number, first = rows.aggregate("count(*), min(whose)").fetchall()[0]
    if number:
        yield unknown_partners(table.path, number, first)


def _open_table(database: Connection, path: Path, name: str, facts: Sequence[Fact]) -> DuckDBTable:
    """A file as a view of the database; `facts` are those that its columns may hold. Raises WrongCall, InvalidInput."""
    format = format_of(path)
    if not path.is_file():
        raise WrongCall([Problem("unreadable-file", f"'{path}' is not a file", None, "check the path")])
    if set("*?[") & set(str(path)):
        raise WrongCall([Problem("unreadable-file", f"'{path}' has one of * ? [ in its name", None, "rename it")])
    try:
        if format == "parquet":
            return open_parquet(database, path, name)
        from .text_rows import open_csv, open_json  # a Parquet file does not need them

        return (open_csv if format == "csv" else open_json)(database, path, name, facts)
    except (duckdb.Error, UnicodeError, OSError) as error:
        raise unreadable_table(path, error) from error


class Belonging(NamedTuple):
    """A row of the portfolio with the list items and agreements of its partner.

    `item` is its number in the table, `written` its values as the file has them, `cells` the values to read as a
    record, `problems` those found before that.
    """

    item: int
    partner: str
    written: Sequence[Any]
    cells: Cells
    lists: Mapping[str, Sequence[Cells]]
    agreements: Sequence[Cells]
    problems: tuple[Problem, ...]


def belongings(connection: Connection, opened: Opened, rows: duckdb.DuckDBPyRelation) -> Iterator[Belonging]:
    """These rows of the portfolio in order, each with its partner's items and agreements; read in chunks."""
    table, columns = opened.portfolio, list(opened.portfolio.columns)
    rows = rows.project(*map(ColumnExpression, dict.fromkeys((ITEM, *table.written, *columns))))
    last = 0
    while chunk := rows.filter(f"{ITEM} > {last}").order(ITEM).limit(_AT_ONCE).fetchall():
        last = chunk[-1][0]
        read = [dict(zip(rows.columns, values, strict=True)) for values in chunk]
        partners = list({str(row[PARTNER]) for row in read})
        lists = {id: _of_partners(connection, items, partners) for id, items in opened.lists.items()}
        agreements = _of_partners(connection, opened.agreements, partners)
        for row, values in zip(read, chunk, strict=True):
            partner = str(row[PARTNER])
            cells, problems = _cells(table, row)
            items = {id: by_partner.get(partner, []) for id, by_partner in lists.items()}
            written = values[1 : len(table.written) + 1]
            yield Belonging(row[ITEM], partner, written, cells, items, agreements.get(partner, []), problems)


def _of_partners(connection: Connection, table: DuckDBTable | None, partners: list[str]) -> dict[str, list[Cells]]:
    """The rows of a table that belong to these partners, by the partner's id."""
    by_partner: dict[str, list[Cells]] = {}
    if table is None:
        return by_partner
    whose = ColumnExpression(PARTNER).cast("VARCHAR")
    wanted = FunctionExpression("list_contains", ConstantExpression(partners), whose)
    rows = connection.view(table.name).filter(wanted).order(ITEM)
    for values in rows.fetchall():
        row = dict(zip(rows.columns, values, strict=True))
        cells, _ = _cells(table, row)
        by_partner.setdefault(str(row[PARTNER]), []).append(
            Cells({id: value for id, value in cells.values.items() if id != PARTNER}, cells.is_text)
        )
    return by_partner


def _cells(table: DuckDBTable, row: Mapping[str, Any]) -> tuple[Cells, tuple[Problem, ...]]:
    """The values of a row, without unread columns, and its problems."""
    values: dict[str, Any] = {id: row[id] for id in table.columns}
    problems: tuple[Problem, ...] = ()
    if table.format == "jsonl":
        values, problems = json_row(row[LINE])
        if table.no_tiers and str(values.get("tier")) in table.no_tiers:
            values = {id: value for id, value in values.items() if id not in ("tier", "since")}
    return Cells(
        {id: value for id, value in values.items() if id not in table.unread}, table.format != "jsonl"
    ), problems
