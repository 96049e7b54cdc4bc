"""Opens the files of a portfolio (partners, list items, agreements), checks their columns, and reads their rows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
from duckdb import ColumnExpression, ConstantExpression

from ...problems import InvalidInput, Problem, WrongCall
from ...programme.model import Programme
from ..files import (
    AGREEMENT,
    SHOWN,
    ColumnRules,
    agreement_fields,
    format_of,
    known_columns,
    missing_columns,
    unknown_partners,
    unreadable_table,
    without_partner,
)
from ..sql.columns import EVERYTHING_READ, PARTNER, Form, Unread, list_fields
from .look_alikes import look_alikes, looks_like
from .sources import Connection, DuckDBTable, open_parquet
from .stored_rows import rows_in_file


class Opened(NamedTuple):
    """The tables of one run: `columns` are those of the portfolio that are read, `remarks` warnings and notes."""

    portfolio: DuckDBTable
    lists: Mapping[str, DuckDBTable]
    agreements: DuckDBTable | None
    remarks: tuple[Problem, ...] = ()

    @property
    def columns(self) -> Mapping[str, Form]:
        """The columns of the portfolio that are read."""
        return self.portfolio.columns


def open_tables(
    connection: Connection, programme: Programme, portfolio: Path, lists: Mapping[str, Path], agreements: Path | None,
    ignored: Sequence[str] = (), unread: Unread = EVERYTHING_READ,
) -> Opened:  # fmt: skip
    """Open the files. Raises WrongCall, and InvalidInput where a column is unknown or a row unreadable."""
    facts = list(programme.facts.values())
    rules = ColumnRules(facts, known_columns(programme), ignored=frozenset(ignored))
    table = _without_tiers(connection, _open_table(connection, portfolio, "portfolio_rows", rules), unread.tiers)
    remarks = [*missing_columns(table.path, facts, table.columns), *look_alikes(connection, table)]
    none: frozenset[str] = frozenset()
    items = {id: _open_list(connection, programme, id, path, unread.fields.get(id, none)) for id, path in lists.items()}
    agreement_table = None
    if agreements:
        rules = ColumnRules(agreement_fields(), AGREEMENT, AGREEMENT[:5])
        agreement_table = _open_table(connection, agreements, "agreement_rows", rules)
        _check_read(connection, agreement_table)
    of_partners = [*items.values(), *filter(None, [agreement_table])]
    warnings = (warning for belonging in of_partners for warning in _unknown_partners(connection, table, belonging))
    return Opened(table, items, agreement_table, (*remarks, *warnings))


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
    rules = ColumnRules(list(fields.values()), [PARTNER, *fields], ignored=unread)
    table = _open_table(connection, path, f"list_{id}_rows", rules)
    _check_read(connection, table)
    return table


def _check_read(connection: Connection, table: DuckDBTable) -> None:
    """Raise InvalidInput where a row cannot be read or names no partner, as a partner's outcome needs it."""
    wrong: list[Problem] = []
    rows = connection.view(table.name).filter(f"NOT ({table.plain or 'true'}) OR {PARTNER} IS NULL")
    number = 0
    for row in rows_in_file(connection, table, rows):
        if row.problems or row.cells.values.get(PARTNER) is None:
            number += 1
            if number <= SHOWN:
                wrong += [
                    problem._replace(message=f"'{table.path}', row {row.item}: {problem.message}")
                    for problem in row.problems[:1]
                ] or [without_partner(table.path, row.item)]
    if number > SHOWN:
        wrong.append(Problem("bad-row", f"'{table.path}': {number - SHOWN} more rows like these", None, "mend them"))
    if wrong:
        raise InvalidInput(wrong)


def _unknown_partners(connection: Connection, portfolio: DuckDBTable, table: DuckDBTable) -> Iterable[Problem]:
    """A warning on rows of partners that are not in the portfolio, if there are any."""
    whose = f"CAST({PARTNER} AS VARCHAR) AS whose"
    partners = connection.view(portfolio.name).project(whose)
    rows = connection.view(table.name).project(whose).join(partners, "whose", "anti")
    number, first = rows.aggregate("count(*), min(whose)").fetchall()[0]
    if number:
        yield unknown_partners(table.path, number, first, looks_like(connection, portfolio, first))


def _open_table(database: Connection, path: Path, name: str, rules: ColumnRules) -> DuckDBTable:
    """A file as a view of the database, with the columns that the rules allow. Raises WrongCall, InvalidInput."""
    format = format_of(path)
    if not os.path.isfile(path):  # noqa: PTH113  also where the name is too long
        raise WrongCall([Problem("unreadable-file", f"'{path}' is not a file", None, "check the path")])
    if set("*?[") & set(str(path)):
        raise WrongCall([Problem("unreadable-file", f"'{path}' has one of * ? [ in its name", None, "rename it")])
    try:
        if format == "parquet":
            table = open_parquet(database, path, name, rules)
        else:
            from .text_rows import open_csv, open_json  # a Parquet file does not need them

            table = (open_csv if format == "csv" else open_json)(database, path, name, rules)
        return table._replace(unread=frozenset(rules.ignored))
    except (duckdb.Error, UnicodeError, OSError) as error:
        raise unreadable_table(path, error) from error
