"""Decides a whole portfolio with DuckDB: reads a file of partners, writes a file of outcomes, accounts for every row.

Plain rows are decided by one query. Each other row (a value that is impossible or very large, a supplementary
agreement, a partner in several rows) goes to the interpreter, which decides it or says what is wrong; the rows that it
refuses are written to a file of rejects. Files are written under temporary names, and renamed at the end: first the
rejects, so that the outcomes, once they stand there, have theirs beside them.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
from duckdb import ColumnExpression

from ...release.load import Release
from ...source.whole_files import check_writable, move, part_path, refusing
from ..files import REFUSED, format_of, unreadable_table
from ..job import (
    TWICE,
    BatchResult,
    Job,
    ProblemList,
    check_files,
    outcome_cells,
    problem_line,
    rejects_path,
    sql_type,
)
from ..rows import Decided, decide
from ..spreadsheet import csv_row
from ..sql.columns import EVERYTHING_READ, ITEM, PARTNER, Tables, Unread, outcome_columns, outcome_names, wanted_values
from ..sql.decimal_width import Widths
from ..sql.statements import Statements, statements
from ..summary import Key, Summary, outcome_counts, queries, query_counts, summary, summary_values
from .carried_files import carried_files, original_names
from .sources import Connection, copy_text, database, safe_csv
from .stored_rows import FileRow, belongings
from .tables import Opened, open_tables

_GROUPED = 1_500_000  #: partners that are grouped at a time

Progress = Callable[[float], None]  #: called repeatedly with the percentage done


def batch(
    release: Release, job: Job, progress: Progress | None = None, unread: Unread = EVERYTHING_READ
) -> BatchResult:
    """Decide the portfolio, ignoring the parts of its files that are `unread`.

    Raises WrongCall or InvalidInput, and then leaves an existing output as it was.
    """
    format_of(job.output)
    check_files(job)
    check_writable(job.output)
    with carried_files(release, job) as carried:
        result = _batch(release, carried.job, progress, unread)
        problems = original_names((*carried.remarks, *result.problems), carried.names)
        return result._replace(problems=problems)


def _batch(release: Release, job: Job, progress: Progress | None, unread: Unread) -> BatchResult:
    with database() as connection:
        try:
            more = wanted_values(release.programme, job.more)
            files = (job.portfolio, job.lists, job.agreements, job.ignored)
            opened = open_tables(connection, release.programme, *files, unread)
            return _Run(release, job, more, connection, opened, progress).run()
        except duckdb.Error as error:
            raise unreadable_table(job.portfolio, error, job.output) from error


class _Run:
    """The state that the steps of one run share."""

    def __init__(
        self, release: Release, job: Job, more: list[str], connection: Connection, opened: Opened,
        progress: Progress | None,
    ) -> None:  # fmt: skip
        self.release, self.job, self.more, self.database = release, job, more, connection
        self.opened, self.progress, self.percent = opened, progress, 0.0
        self.rejects = rejects_path(job.output)
        self.query = self._statements(more, numbered=True)
        self.counting = self._statements(summary_values(release.programme)) if job.summarised else self.query
        if self.counting.undecidable:
            self.query = self.counting  # each row is counted where it is decided
        self.problems = ProblemList(opened.remarks)
        self.counts: Counter[Key] = Counter()
        self.widths = Widths(outcome_names(release.programme, more))

    def run(self) -> BatchResult:
        """Decide all rows, write outcomes and rejects, and move them to their targets."""
        self.rows = self.database.view(self.opened.portfolio.name).count("*").fetchall()[0][0]
        with part_path(self.job.output) as part, part_path(self.rejects) as refused:
            plain_rows = self._decide_plain(part)
            one_by_one = rejected = 0
            if self.rows > plain_rows or self.query.undecidable:
                with refusing(self.job.output):
                    one_by_one, rejected = self._decide_others(part, refused)
            decided = plain_rows + one_by_one
            if decided + rejected != self.rows:
                raise RuntimeError(f"{self.rows} rows in, {decided} decided, {rejected} rejected")
            numbers = self._summary() if self.job.summarised else None
            if rejected:
                move(refused, self.rejects)
            else:
                with refusing(self.rejects):
                    self.rejects.unlink(missing_ok=True)
            move(part, self.job.output)
        rejects = self.rejects if rejected else None
        return BatchResult(
            self.rows, decided, one_by_one, rejected, rejects, self.problems.listed(self.rejects), numbers
        )

    def _decide_plain(self, part: Path) -> int:
        """Decide the plain rows by the query; returns their number.

        Duplicate partners, which are rare, are looked for in parallel; if there are any, the query runs again without.
        """
        self.database.execute("CREATE OR REPLACE TABLE twice (partner VARCHAR)")
        with ThreadPoolExecutor(1) as executor:
            duplicates = executor.submit(_find_twice, self.database.cursor(), self.opened.portfolio.name, self.rows)
            decided = self._decide_without(part, are_twice=False)
            are_twice = duplicates.result()
        return self._decide_without(part, are_twice=True) if are_twice else decided

    def _decide_without(self, part: Path, *, are_twice: bool) -> int:
        self.decided_by_query = _set_apart(self.database, self.opened, self.query, are_twice=are_twice)
        return 0 if self.query.undecidable else self._copy(self._plain_outcomes(), part)

    def _plain_outcomes(self) -> str:
        """The query over the plain rows, in the order of the file, which a query that joins lists does not keep."""
        return (
            _in_order(self.query.select) if self.opened.lists else f"SELECT * EXCLUDE {ITEM} FROM ({self.query.select})"
        )

    def _statements(self, more: list[str], *, numbered: bool = False) -> Statements:
        lists = {id: (f"{id}_of_portfolio", table.columns) for id, table in self.opened.lists.items()}
        tables = Tables("portfolio", self.opened.columns, lists, numbered)
        return statements(self.release.programme, tables, self.job.as_of, more)

    def _summary(self) -> Summary:
        """The summary over the rows of the query and the rows decided one by one."""
        programme = self.release.programme
        if not self.query.undecidable:
            for names, text in queries(programme, self.counting.select):
                self.counts.update(query_counts(names, self.database.execute(text).fetchall()))
        return summary(programme, self.counts)

    def _copy(self, select: str, path: Path) -> int:
        """Write the rows of a query to a file; returns their number."""
        format = format_of(self.job.output)
        text = copy_text(safe_csv(self.database, select, format) if self.job.safe_csv else select, path, format)
        answers: list[Any] = []
        thread = Thread(target=lambda: answers.append(_answer(self.database, text)))
        thread.start()
        while thread.is_alive():
            thread.join(0.1 if self.progress else None)
            if self.progress:
                self.percent = max(self.percent, self.database.query_progress())
                self.progress(self.percent)
        if isinstance(answers[0], Exception):
            raise answers[0]
        return int(answers[0])

    def _decide_others(self, part: Path, refused: Path) -> tuple[int, int]:
        """Decide the remaining rows one by one; returns how many were decided, and how many rejected."""
        decided = rejected = 0
        with part_path(part.with_suffix(".csv")) as others, others.open("w", encoding="utf-8", newline="") as good_file:
            with refused.open("w", encoding="utf-8", newline="") as bad_file:
                good, bad = csv.writer(good_file), csv.writer(bad_file)
                names = [name for name in self.opened.portfolio.written if name != REFUSED]
                bad.writerow(csv_row(["row", "problems", *names], safe=self.job.safe_csv))
                for row, source in self._others():
                    if row.outcome:
                        decided += 1
                        self.counts.update(outcome_counts(row.outcome) if self.job.summarised else {})
                        cells = outcome_cells(self.release, row.outcome, self.more)
                        self.widths.add(cells)
                        good.writerow([row.number, *cells])
                        continue
                    rejected += 1
                    problems = "; ".join(problem_line(problem) for problem in row.problems)
                    written = (
                        source.written[: len(names)] if REFUSED in self.opened.portfolio.written else source.written
                    )
                    bad.writerow(csv_row([row.number, problems, *written], safe=self.job.safe_csv))
                    self.problems.add(row)
            good_file.flush()
            if decided or self.query.undecidable:
                self._merge(part, others)
        return decided, rejected

    def _others(self) -> Iterator[tuple[Decided, FileRow]]:
        """The rows that the query does not decide, each decided, in the order of the file."""
        tables = self.opened
        rows = self.database.view(tables.portfolio.name)
        if not self.query.undecidable:
            rows = rows.filter(f"NOT coalesce({self.decided_by_query}, false)")
        for belonging in belongings(self.database, tables.portfolio, tables.lists, tables.agreements, rows):
            row, wrong = belonging.row, belonging.problems
            if wrong and not row.cells.values:
                decided = Decided(row.item, None, None, wrong)
            else:
                parts = (row.cells, belonging.lists, belonging.agreements)
                decided = decide(self.release, row.item, *parts, self.job.as_of)
                wrong = (*wrong, *((TWICE,) if belonging.is_twice else ()))
            if wrong:
                decided = decided._replace(outcome=None, problems=tuple(dict.fromkeys((*wrong, *decided.problems))))
            yield decided, row

    def _merge(self, part: Path, path: Path) -> None:
        """Write the output again, with the rows decided one by one among those of the query."""
        kinds = {column.name: sql_type(column) for column in outcome_columns(self.release.programme, self.more)}
        rows = self.database.read_csv(
            str(path), columns={ITEM: "BIGINT", **dict.fromkeys(kinds, "VARCHAR")}, header=False, sep=",",
            quotechar='"', escapechar='"', na_values=[""], auto_detect=False,
        )  # fmt: skip
        if not self.query.undecidable:
            done = self.database.sql(self._plain_outcomes())
            kinds = {name: str(type) for name, type in zip(done.columns, done.types, strict=True)}
        typed = [ColumnExpression(id).cast(self.widths.wide_enough(id, kind)).alias(id) for id, kind in kinds.items()]
        rows.project(*typed, ColumnExpression(ITEM)).create_view("one_by_one")
        both = "FROM one_by_one" if self.query.undecidable else f"({self.query.select}) UNION ALL FROM one_by_one"
        self._copy(_in_order(both), part)


def _in_order(numbered: str) -> str:
    """The outcomes of a query in the order of the file, without the numbers of their rows."""
    return f"SELECT * EXCLUDE {ITEM} FROM ({numbered}) ORDER BY {ITEM}"


def _answer(connection: Connection, text: str) -> Any:
    """The first value that a statement returns, or the error that the database raised."""
    try:
        return connection.execute(text).fetchall()[0][0]
    except duckdb.Error as error:
        return error


def _find_twice(connection: Connection, table: str, rows: int) -> bool:
    """Fill the table `twice` with the partners that occur in several rows; returns whether there are any.

    If the rows are sorted by partner without repeats, there are none. Otherwise the partners are grouped in parts by
    hash, so that memory does not grow with the file.
    """
    partner = f"CAST({PARTNER} AS VARCHAR)"
    before = f"{partner} <= lag({partner}) OVER ()"
    out_of_order = connection.view(table).project(f"{before} AS stands_before").filter("stands_before").limit(1)
    if not out_of_order.fetchall():
        return False
    parts = rows // _GROUPED + 1
    partners = connection.view(table).project(f"{partner} AS partner, hash({PARTNER}) AS digest")
    for part in range(parts):
        groups = partners.filter(f"digest % {parts} = {part}").aggregate("digest, count(*) AS number", "digest")
        groups.filter("number > 1").project("digest").create("suspects")
        if connection.table("suspects").limit(1).fetchall():
            suspects = partners.filter("digest IN (FROM suspects) AND partner IS NOT NULL")
            repeated = suspects.aggregate("partner, count(*) AS number", "partner").filter("number > 1")
            repeated.project("partner").insert_into("twice")
        connection.execute("DROP TABLE suspects")
    return bool(connection.table("twice").limit(1).fetchall())


def _set_apart(connection: Connection, opened: Opened, query: Statements, *, are_twice: bool) -> str:
    """Make the views that the query reads, without the partners left to the interpreter.

    Returns the SQL condition that the query decides a row.
    """
    partner = f"CAST({PARTNER} AS VARCHAR)"
    others = [connection.table("twice")] if are_twice else []
    others += [connection.view(opened.agreements.name)] if opened.agreements else []
    for id, table in opened.lists.items():
        plain_items = " AND ".join(f"({part})" for part in (query.plain_items.get(id), table.plain) if part)
        others += [connection.view(table.name).filter(f"NOT ({plain_items})")] if plain_items else []
    connection.execute("CREATE OR REPLACE TABLE apart (partner VARCHAR)")
    for rows in others:
        rows.project(f"{partner} AS partner").distinct().insert_into("apart")
    count = connection.table("apart").count("*").fetchall()[0][0]
    elsewhere = f"{partner} NOT IN (FROM apart)" if count else "true"
    rows = connection.view(opened.portfolio.name)
    wanted = " AND ".join(f"({part})" for part in (elsewhere, opened.portfolio.plain) if part)
    rows.filter(wanted).project(*map(ColumnExpression, (ITEM, *opened.columns))).create_view("portfolio")
    for id, table in opened.lists.items():
        connection.view(table.name).filter(elsewhere).create_view(f"{id}_of_portfolio")
    return " AND ".join(f"({part})" for part in (elsewhere, opened.portfolio.plain, query.plain) if part)
