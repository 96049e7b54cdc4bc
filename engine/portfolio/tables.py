"""The files of a portfolio opened: the partners, the items of their lists, their agreements, every column checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb

from ..problems import InvalidInput, Problem, WrongCall
from ..programme import Fact, Programme
from .columns import ITEM, PARTNER, Form
from .files import (
    AGREEMENT,
    agreement_fields,
    check_columns,
    format_of,
    known_columns,
    left_out,
    list_fields,
    strangers,
    unreadable,
    without_partner,
)
from .sources import Connection, Table, misread, open_parquet


class Opened(NamedTuple):
    """The tables of one run; `columns` are those of the portfolio that are looked at."""

    portfolio: Table
    columns: Mapping[str, Form]
    lists: Mapping[str, Table]
    agreements: Table | None
    remarks: tuple[Problem, ...] = ()


def open_tables(
    connection: Connection, programme: Programme, portfolio: Path, lists: Mapping[str, Path], agreements: Path | None,
    ignored: Sequence[str] = (),
) -> Opened:  # fmt: skip
    """Open the files; raises WrongCall, and InvalidInput where a column is none that the programme knows."""
    facts = list(programme.facts.values())
    table = _open_table(connection, portfolio, "portfolio_rows", facts)
    columns = {name: form for name, form in table.columns.items() if name not in ignored}
    check_columns(table.path, table.header, columns, known_columns(programme), (PARTNER,))
    remarks = tuple(left_out(table.path, facts, columns))
    found = {id: _open_list(connection, programme, id, path) for id, path in lists.items()}
    papers = None
    if agreements:
        papers = _open_table(connection, agreements, "agreement_rows", agreement_fields())
        check_columns(papers.path, papers.header, papers.columns, AGREEMENT, AGREEMENT[:5])
        _check_read(connection, papers)
    of_partners = [*found.values(), *filter(None, [papers])]
    unknown = (told for one in of_partners for told in _strangers(connection, table, one))
    return Opened(table, columns, found, papers, (*remarks, *unknown))


def _open_list(connection: Connection, programme: Programme, id: str, path: Path) -> Table:
    fields = list_fields(programme, id)
    table = _open_table(connection, path, f"{id}_rows", list(fields.values()))
    check_columns(table.path, table.header, table.columns, [PARTNER, *fields], (PARTNER,))
    _check_read(connection, table)
    return table


def _check_read(connection: Connection, table: Table) -> None:
    """Every row of what belongs to partners must be read: without one of them a partner would be decided wrongly."""
    broken = misread(connection, table)
    if broken:
        told = [
            Problem("bad-row", f"'{table.path}', line {line}: {message}", None, "mend the line")
            for line, message in broken[:20]
        ]
        raise InvalidInput(told)
    nobody = connection.view(table.name).filter(f"{PARTNER} IS NULL").project(ITEM).order(ITEM).limit(20).fetchall()
    if nobody:
        raise InvalidInput([without_partner(table.path, row) for (row,) in nobody])


def _strangers(connection: Connection, portfolio: Table, table: Table) -> Iterable[Problem]:
    """What belongs to partners that are not in the portfolio."""
    whose = f"CAST({PARTNER} AS VARCHAR) AS whose"
    known = connection.view(portfolio.name).project(whose)
    rows = connection.view(table.name).project(whose).join(known, "whose", "anti")
    number, first = rows.aggregate("count(*), min(whose)").fetchall()[0]
    if number:
        yield strangers(table.path, number, first)


def _open_table(database: Connection, path: Path, name: str, facts: Sequence[Fact]) -> Table:
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
        raise unreadable(path, error) from error
