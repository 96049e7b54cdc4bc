"""Carries the files of a portfolio over from an earlier release, row by row, into files of the release that decides.

A row of partners that cannot be carried over keeps its place: it has its partner and, in the column REFUSED, why. Rows
of lists and agreements are refused with the whole run, as those that cannot be read are.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from ...evaluate.record import plain_document, read_record
from ...problems import Invalid, InvalidInput, Problem, has_errors
from ...programme.migration import Migration
from ...release.lineage import through
from ...release.load import Release
from ...source.whole_files import scratch_folder
from ...values import plain
from ..files import AGREEMENT, REFUSED, SHOWN, unreadable_table
from ..job import Job, problem_line
from ..rows import OF_PARTNER, Cells, row_data
from ..sql.columns import PARTNER
from .sources import Connection, DuckDBTable, database
from .stored_rows import FileRow, rows_in_file
from .tables import open_tables
from .written_for import migrations_for

_APART = "\x07"  #: not printable: a row with it is set apart, and goes to the interpreter

Put = Callable[[Sequence[str]], object]


class CarriedJob(NamedTuple):
    """A job whose files are those of the release that decides; `names` are the original files by the new ones."""

    job: Job
    names: Mapping[Path, Path]
    remarks: tuple[Problem, ...]  #: what of the earlier release is left out, each once


@contextmanager
def carried_files(release: Release, job: Job) -> Iterator[CarriedJob]:
    """The job with its files carried over in a temporary folder; the job itself where they are of the release.

    Problems that are raised name the original files. Raises InvalidInput where the files may be of either of two
    releases, or cannot be read or carried over.
    """
    migrations = migrations_for(release, job)
    if not migrations:
        yield CarriedJob(job, {}, ())
        return
    with scratch_folder() as folder:
        carried = _Carrying(job, migrations, folder).run()
        try:
            yield carried
        except Invalid as refused:
            raise type(refused)(original_names(refused.problems, carried.names)) from refused


def original_names(problems: Iterable[Problem], names: Mapping[Path, Path]) -> tuple[Problem, ...]:
    """The problems with the original files in their messages."""
    named = []
    for problem in problems:
        message = problem.message
        for new, old in names.items():
            message = message.replace(str(new), str(old))
        named.append(problem._replace(message=message))
    return tuple(named)


class _Carrying:
    """The files of one job on their way through the migrations, and the warnings so far."""

    def __init__(self, job: Job, migrations: Sequence[Migration], folder: Path) -> None:
        self.job, self.migrations, self.folder = job, tuple(migrations), folder
        self.before, self.after = migrations[0].before, migrations[-1].after
        self.remarks: dict[Problem, None] = {}
        self.wrong: list[Problem] = []

    def run(self) -> CarriedJob:
        """Carry all files over. Raises InvalidInput with the first problems of lists and agreements."""
        job, names = self.job, {}
        with database() as connection:
            try:
                files = (job.portfolio, job.lists, job.agreements, job.ignored)
                opened = open_tables(connection, self.before, *files)
                target = self._target(job.portfolio, "portfolio")
                names[target] = job.portfolio
                self._write(target, self._columns(opened.columns), self._partners(connection, opened.portfolio))
                lists: dict[str, Path] = {}
                for id, table in opened.lists.items():
                    new = self._list(id)
                    if new is not None:
                        lists[new] = self._target(job.lists[id], f"list_{id}")
                        names[lists[new]] = job.lists[id]
                        fields = tuple(self.after.lists[new].fields)
                        self._write(lists[new], (PARTNER, *fields), self._items(connection, table, id, new, fields))
                agreements = None
                if opened.agreements and job.agreements:
                    agreements = self._target(job.agreements, "agreements")
                    names[agreements] = job.agreements
                    rows = self._agreements(connection, opened.agreements)
                    self._write(agreements, AGREEMENT, rows)
            except duckdb.Error as error:
                raise unreadable_table(job.portfolio, error) from error
        if self.wrong:
            raise InvalidInput(self.wrong)
        own = job._replace(portfolio=target, lists=lists, agreements=agreements, ignored=(REFUSED,), written_for=None)
        return CarriedJob(own, names, tuple(self.remarks))

    def _target(self, path: Path, name: str) -> Path:
        return self.folder / f"{name}_{path.stem}.csv"

    def _write(self, path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            put = csv.writer(file, lineterminator="\n").writerow
            put(columns)
            for row in rows:
                put(row)

    def _columns(self, columns: Iterable[str]) -> tuple[str, ...]:
        """The columns that the portfolio has afterwards: facts that are made of some column, or of none at all."""
        names = {name for name in columns if name not in OF_PARTNER}
        for migration in self.migrations:
            names = {id for id, source in migration.facts.items() if not source.reads or names & set(source.reads)}
        own = [name for name in OF_PARTNER if name in columns]
        return (*own, *(id for id in self.after.facts if id in names), REFUSED)

    def _list(self, id: str) -> str | None:
        """What a list is called afterwards; None where it is gone."""
        for migration in self.migrations:
            id = next((new for new, source in migration.lists.items() if source.was == id), "")
        return id or None

    # Rows -------------------------------------------------------------------------------------------------------------

    def _carried(self, data: dict[str, Any]) -> tuple[dict[str, Any], tuple[Problem, ...]]:
        """The data of a record of the later release; or its problems."""
        document = plain_document(data, "row")
        record, problems = read_record(document, self.before)
        if record is None:
            return {}, problems
        carried, problems = through(document, self.migrations)
        if carried is None:
            return {}, tuple(problem for problem in problems if has_errors([problem]))
        self.remarks |= dict.fromkeys(problem._replace(place=None) for problem in problems)
        new: Any = carried.data
        return new, ()

    def _rows(self, connection: Connection, table: DuckDBTable) -> Iterator[FileRow]:
        return rows_in_file(connection, table, connection.view(table.name))

    def _partners(self, connection: Connection, table: DuckDBTable) -> Iterator[list[str]]:
        columns = self._columns(table.columns)
        for row in self._rows(connection, table):
            problems = row.problems
            data: dict[str, Any] = {}
            if not problems:
                data, problems = self._carried(row_data(self.before, row.cells, {}, ()))
            if problems:
                partner = row.cells.values.get(PARTNER)
                why = _APART + "; ".join(map(problem_line, problems))
                yield [_text(partner) if name == PARTNER else why if name == REFUSED else "" for name in columns]
            else:
                facts = data["facts"]
                yield [_text(data.get(name) if name in OF_PARTNER else facts.get(name)) for name in columns]

    def _items(
        self, connection: Connection, table: DuckDBTable, id: str, new: str, fields: Sequence[str]
    ) -> Iterator[list[str]]:
        for row in self._rows(connection, table):
            item = Cells(
                {name: value for name, value in row.cells.values.items() if name != PARTNER}, row.cells.is_text
            )
            partner = _text(row.cells.values[PARTNER])
            data = row_data(self.before, Cells({PARTNER: partner}, row.cells.is_text), {id: [item]}, ())
            carried, problems = self._carried(data)
            if self._is_right(table, row, problems):
                values = carried["facts"][new][0]
                yield [partner, *(_text(values.get(field)) for field in fields)]

    def _agreements(self, connection: Connection, table: DuckDBTable) -> Iterator[list[str]]:
        for row in self._rows(connection, table):
            partner = _text(row.cells.values[PARTNER])
            data = row_data(self.before, Cells({PARTNER: partner}, row.cells.is_text), {}, (row.cells,))
            carried, problems = self._carried(data)
            if self._is_right(table, row, problems):
                for agreement in carried["agreements"]:
                    yield [partner, *(_text(agreement.get(name)) for name in AGREEMENT[1:])]

    def _is_right(self, table: DuckDBTable, row: FileRow, problems: Sequence[Problem]) -> bool:
        if problems and len(self.wrong) < SHOWN:
            at = f"'{table.path}', row {row.item}"
            self.wrong += [problem._replace(message=f"{at}: {problem.message}", place=None) for problem in problems[:1]]
        return not problems


def _text(value: Any) -> str:
    """A value of a record as a cell of CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else str(value)
