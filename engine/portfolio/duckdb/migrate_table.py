"""Rewrites a portfolio of an earlier release as one of a later release, in the format that its new name asks for."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import duckdb
from duckdb import ColumnExpression

from ...problems import InvalidInput, Problem, wrong_call
from ...programme.model import Fact, Programme
from ...release.load import Release
from ...source.whole_files import check_writable, move, part_path, refuse_overwriting
from ...values import NUMERIC, Kind
from ..files import REFUSED, SHOWN, format_of, unreadable_table
from ..job import Job
from .carried_files import carried_files
from .sources import copy_text, database

_COLUMN_TYPES = {Kind.YES_NO: "BOOLEAN", Kind.DATE: "DATE", Kind.COUNT: "DECIMAL(38, 0)"}
_NUMBER = "DECIMAL(38, 12)"  #: holds each number that a record can state


def migrate_table(
    release: Release, portfolio: Path, output: Path, written_for: str | None
) -> tuple[int, tuple[Problem, ...]]:
    """Write a portfolio as one of the release: the number of its rows, and warnings of what was left out.

    Raises InvalidInput where a row cannot be carried over, WrongCall where the portfolio is of the release already or
    the file cannot be written; then nothing is written.
    """
    format = format_of(output)
    refuse_overwriting([output], [portfolio])
    check_writable(output)
    with carried_files(release, Job(portfolio, output, date.min, written_for=written_for)) as carried:
        if not carried.names:
            raise wrong_call(f"'{portfolio}' is a portfolio of {release.lineage.number} already", "use it as it is")
        rows = _check_rows(carried.job.portfolio)
        with part_path(output) as part:
            try:
                _copy(carried.job.portfolio, part, format, release.programme)
            except duckdb.Error as error:
                raise unreadable_table(portfolio, error, output) from error
            move(part, output)
        return rows, carried.remarks


def _check_rows(path: Path) -> int:
    """The number of rows; raises InvalidInput with the first that could not be carried over."""
    problems: list[Problem] = []
    rows = 0
    with path.open(encoding="utf-8", newline="") as file:
        for rows, row in enumerate(csv.DictReader(file), 1):
            if row[REFUSED] and len(problems) < SHOWN:
                message = f"row {rows}, partner {row['partner']}: {row[REFUSED][1:]}"
                problems.append(Problem("not-carried-over", message, None, "mend the row"))
    if problems:
        raise InvalidInput(problems)
    return rows


def _copy(source: Path, target: Path, format: str, programme: Programme) -> None:
    """Write the rows of CSV in a format, with columns of the types of the facts where the format has types."""
    with database() as connection:
        table = connection.read_csv(
            str(source), header=True, sep=",", quotechar='"', escapechar='"', na_values=[""], all_varchar=True,
            auto_detect=False, columns=dict.fromkeys(_header(source), "VARCHAR"),
        )  # fmt: skip
        columns = []
        for name in (name for name in table.columns if name != REFUSED):
            fact, column = programme.facts.get(name), ColumnExpression(name)
            if fact and fact.none and format != "csv":
                raise wrong_call(f"'{name}' is a number or a day, or none, which a column of {format} cannot be",
                                 "write CSV: name it ….csv")  # fmt: skip
            columns.append((column.cast(_type(fact)) if fact and format != "csv" else column).alias(name))
        table.project(*columns).create_view("migrated")
        connection.execute(copy_text("SELECT * FROM migrated", target, format))


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def _type(fact: Fact) -> str:
    return _COLUMN_TYPES.get(fact.kind, _NUMBER if fact.kind in NUMERIC else "VARCHAR")
