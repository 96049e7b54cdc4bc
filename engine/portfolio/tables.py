"""The files of a portfolio opened: the partners, the items of their lists, their agreements, every column checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb

from ..problems import InvalidInput, Level, Problem, WrongCall, did_you_mean, wrong_call
from ..programme import Fact, Programme
from ..values import Kind
from .columns import PARTNER, Form, tier_names
from .sources import Connection, Table, format_of, header_place, misread, open_parquet, unreadable

_AGREEMENT = ("partner", "term", "value", "document", "from", "until")


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
    known = [PARTNER, *(["tier", "since"] if tier_names(programme) else []), *programme.facts]
    columns = {name: form for name, form in table.columns.items() if name not in ignored}
    _check_columns(table, columns, known, (PARTNER,))
    remarks = tuple(_left_out(table, facts, columns))
    found = {id: _open_list(connection, programme, id, path) for id, path in lists.items()}
    papers = None
    if agreements:
        fields = [Fact(id, {}, Kind.TEXT, None, {}, None, None, None, ()) for id in _AGREEMENT]
        papers = _open_table(connection, agreements, "agreement_rows", fields)
        _check_columns(papers, papers.columns, _AGREEMENT, _AGREEMENT[:5])
        _check_read(connection, papers)
    return Opened(table, columns, found, papers, remarks)


def _open_list(connection: Connection, programme: Programme, id: str, path: Path) -> Table:
    if id not in programme.lists:
        raise wrong_call(f"'{id}' is not a list of the programme", did_you_mean(id, programme.lists) or "it has none")
    fields = programme.lists[id].fields
    table = _open_table(connection, path, f"{id}_rows", list(fields.values()))
    _check_columns(table, table.columns, [PARTNER, *fields], (PARTNER,))
    _check_read(connection, table)
    return table


def _check_columns(table: Table, columns: Iterable[str], known: Sequence[str], needed: Iterable[str]) -> None:
    """Raises InvalidInput with every column that is not known, and every one that is needed and not there."""
    columns, problems = list(columns), []
    for name in columns:
        if name not in known:
            help = did_you_mean(name, known) or "leave it out, or pass it over: --ignore"
            message = f"'{name}' is not a fact of the programme" if PARTNER in known else f"'{name}' is not known"
            problems.append(Problem("unknown-column", message, header_place(table.header, name), help))
    for name in needed:
        if name not in columns:
            message = f"'{table.path}' has no column '{name}'"
            problems.append(Problem("missing-column", message, None, "add it, with the partner's id in every row"))
    if problems:
        raise InvalidInput(problems)


def _left_out(table: Table, facts: Iterable[Fact], columns: Iterable[str]) -> Iterable[Problem]:
    """What no row says, though it matters: those facts are unknown of every partner."""
    missing = [fact.id for fact in facts if fact.default is None and fact.id not in columns]
    if missing:
        message = f"'{table.path}' has no column for {', '.join(missing)}"
        help = "of every partner that is unknown; add a column to have it decided"
        yield Problem("facts-left-out", message, None, help, Level.NOTE)


def _check_read(connection: Connection, table: Table) -> None:
    """Every row of what belongs to partners must be read: without one of them a partner would be decided wrongly."""
    broken = misread(connection, table)
    if broken:
        told = [
            Problem("bad-row", f"'{table.path}', line {line}: {message}", None, "mend the line")
            for line, message in broken[:20]
        ]
        raise InvalidInput(told)


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
