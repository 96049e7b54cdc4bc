"""Decides a whole portfolio with DuckDB: reads a file of partners, writes a file of outcomes, accounts for every row.

Plain rows are decided by one query. Each other row (a value that is impossible or very large, a supplementary
agreement, a partner in several rows) goes to the interpreter, which decides it or says what is wrong; the rows that it
refuses are written to a file of rejects. Files are written under temporary names, and renamed at the end.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
from duckdb import ColumnExpression

from ...problems import Problem
from ...release.load import Release
from ..files import format_of, unreadable_table
from ..job import SHOWN, TWICE, BatchResult, Job, at_row, outcome_cells, problem_line, sql_type
from ..rows import Decided, decide
from ..sql.columns import EVERYTHING_READ, PARTNER, Tables, Unread, outcome_columns, outcome_names, wanted_values
from ..sql.decimal_width import Widths
from ..sql.statements import Statements, statements
from ..summary import Key, Summary, outcome_counts, queries, query_counts, summary, summary_values
from .atomic_write import move, part_path
from .sources import Connection, copy_text, database, misread
from .tables import Opened, belongings, open_tables

_GROUPED = 1_500_000  #: partners that are grouped at a time

Progress = Callable[[float], None]  #: called repeatedly with the percentage done


def batch(
    release: Release, job: Job, progress: Progress | None = None, unread: Unread = EVERYTHING_READ
) -> BatchResult:
    """Decide the portfolio, ignoring the parts of its files that are `unread`.

    Raises WrongCall or InvalidInput, and then leaves an existing output as it was.
    """
    format_of(job.output)
    with database() as connection:
        try:
            more = wanted_values(release.programme, job.more)
            files = (job.portfolio, job.lists, job.agreements, job.ignored)
            opened = open_tables(connection, release.programme, *files, unread)
            return _Run(release, job, more, connection, opened, progress).run()
        except duckdb.Error as error:
            raise unreadable_table(job.portfolio, error) from error


class _Run:
    """The state that the steps of one run share."""

    def __init__(
        self, release: Release, job: Job, more: list[str], connection: Connection, opened: Opened,
        progress: Progress | None,
    ) -> None:  # fmt: skip
        self.release, self.job, self.more, self.database = release, job, more, connection
        self.opened, self.progress = opened, progress
        self.rejects = job.output.with_name(f"{job.output.stem}.rejects.csv")
        self.query = self._statements(more)
        self.problems: list[Problem] = list(opened.remarks)
        self.counts: Counter[Key] = Counter()
        self.widths = Widths(outcome_names(release.programme, more))

    def run(self) -> BatchResult:
        """Decide all rows, write outcomes and rejects, and move them to their targets."""
        self.rows = self.database.view(self.opened.portfolio.name).count("*").fetchall()[0][0]
        with part_path(self.job.output) as part, part_path(self.rejects) as refused:
            plain_rows = self._decide_plain(part)
            broken = misread(self.database, self.opened.portfolio)
            one_by_one = rejected = 0
            if self.rows > plain_rows or broken or self.query.undecidable:
                one_by_one, rejected = self._decide_others(part, refused, broken)
            total, decided = self.rows + len(broken), plain_rows + one_by_one
            if decided + rejected != total:
                raise RuntimeError(f"{total} rows in, {decided} decided, {rejected} rejected")
            numbers = self._summary() if self.job.summarised else None
            if rejected:
                move(refused, self.rejects)
            else:
                self.rejects.unlink(missing_ok=True)
            move(part, self.job.output)
        rejects = self.rejects if rejected else None
        return BatchResult(total, decided, one_by_one, rejected, rejects, tuple(self.problems[:SHOWN]), numbers)

    def _decide_plain(self, part: Path) -> int:
        """Decide the plain rows by the query; returns their number.

        Duplicate partners, which are rare, are looked for in parallel; if there are any, the query runs again without.
        """
        self.twice: frozenset[str] = frozenset()
        with ThreadPoolExecutor(1) as executor:
            duplicates = executor.submit(_twice, self.database.cursor(), self.opened.portfolio.name, self.rows)
            decided = self._decide_without(part, self.twice)
            self.twice = duplicates.result()
        return self._decide_without(part, self.twice) if self.twice else decided

    def _decide_without(self, part: Path, apart: frozenset[str]) -> int:
        self.decided_by_query = _set_apart(self.database, self.opened, self.query, apart)
        return 0 if self.query.undecidable else self._copy(self.query.select, part)

    def _statements(self, more: list[str]) -> Statements:
        lists = {id: (f"{id}_of_portfolio", table.columns) for id, table in self.opened.lists.items()}
        return statements(self.release.programme, Tables("portfolio", self.opened.columns, lists), self.job.as_of, more)

    def _summary(self) -> Summary:
        """The summary over the rows of the query and the rows decided one by one."""
        programme = self.release.programme
        if not self.query.undecidable:
            query = self._statements(summary_values(programme))
            for names, text in queries(programme, query.select):
                self.counts.update(query_counts(names, self.database.execute(text).fetchall()))
        return summary(programme, self.counts)

    def _copy(self, select: str, path: Path) -> int:
        """Write the rows of a query to a file; returns their number."""
        text = copy_text(select, path, format_of(self.job.output))
        answers: list[Any] = []
        thread = Thread(target=lambda: answers.append(_answer(self.database, text)))
        thread.start()
        while thread.is_alive():
            thread.join(0.1 if self.progress else None)
            if self.progress:
                self.progress(max(0.0, self.database.query_progress()))
        if isinstance(answers[0], Exception):
            raise answers[0]
        return int(answers[0])

    def _decide_others(self, part: Path, refused: Path, broken: list[tuple[int, str]]) -> tuple[int, int]:
        """Decide the remaining rows one by one; returns how many were decided, and how many rejected."""
        decided = rejected = 0
        with part_path(part.with_suffix(".csv")) as others, others.open("w", encoding="utf-8", newline="") as good_file:
            with refused.open("w", encoding="utf-8", newline="") as bad_file:
                good, bad = csv.writer(good_file), csv.writer(bad_file)
                bad.writerow(["row", "problems", *self.opened.portfolio.written])
                for line, message in broken:
                    rejected += 1
                    bad.writerow([line - 1, f"line {line}: {message}"])
                    self.problems.append(Problem("bad-row", f"line {line}: {message}", None, "mend the line"))
                for row, values in self._others([line - 1 for line, _ in broken]):
                    if row.outcome:
                        decided += 1
                        self.counts.update(outcome_counts(row.outcome) if self.job.summarised else {})
                        cells = outcome_cells(self.release, row.outcome, self.more)
                        self.widths.add(cells)
                        good.writerow(cells)
                        continue
                    rejected += 1
                    bad.writerow([row.number, "; ".join(problem_line(problem) for problem in row.problems), *values])
                    if len(self.problems) < SHOWN:
                        self.problems += [at_row(row, problem) for problem in row.problems]
            good_file.flush()
            if decided or self.query.undecidable:
                self._append(part, others)
        return decided, rejected

    def _others(self, broken: list[int]) -> Iterator[tuple[Decided, Sequence[Any]]]:
        """The rows that the query does not decide: each decided, with its values as the file has them."""
        rows = self.database.view(self.opened.portfolio.name)
        if not self.query.undecidable:
            rows = rows.filter(f"NOT coalesce({self.decided_by_query}, false)")
        for row in belongings(self.database, self.opened, rows):
            number = row_number(row.item, broken)
            wrong = (*row.problems, *((TWICE,) if row.partner in self.twice else ()))
            decided = decide(self.release, number, row.cells, row.lists, row.agreements, self.job.as_of)
            if wrong:
                decided = decided._replace(outcome=None, problems=tuple(dict.fromkeys((*wrong, *decided.problems))))
            yield decided, row.written

    def _append(self, part: Path, path: Path) -> None:
        """Write the output again, with the rows decided one by one after those of the query."""
        kinds = {column.name: sql_type(column) for column in outcome_columns(self.release.programme, self.more)}
        rows = self.database.read_csv(
            str(path), columns=dict.fromkeys(kinds, "VARCHAR"), header=False, sep=",", quotechar='"', escapechar='"',
            na_values=[""], auto_detect=False,
        )  # fmt: skip
        if not self.query.undecidable:
            done = self.database.sql(self.query.select)
            kinds = {name: str(type) for name, type in zip(done.columns, done.types, strict=True)}
        typed = [ColumnExpression(id).cast(self.widths.wide_enough(id, kind)).alias(id) for id, kind in kinds.items()]
        rows.project(*typed).create_view("one_by_one")
        both = "FROM one_by_one" if self.query.undecidable else f"({self.query.select}) UNION ALL FROM one_by_one"
        self._copy(both, part)


def _answer(connection: Connection, text: str) -> Any:
    """The first value that a statement returns, or the error that the database raised."""
    try:
        return connection.execute(text).fetchall()[0][0]
    except duckdb.Error as error:
        return error


def row_number(read: int, broken: list[int]) -> int:
    """The number of a row in the file, where the `broken` rows that could not be read count too."""
    for row in broken:
        read += row <= read
    return read


def _twice(connection: Connection, table: str, rows: int) -> frozenset[str]:
    """The partners that occur in several rows.

    If the rows are sorted by partner without repeats, there are none. Otherwise the partners are grouped in parts by
    hash, so that memory does not grow with the file.
    """
    partner = f"CAST({PARTNER} AS VARCHAR)"
    before = f"{partner} <= lag({partner}) OVER ()"
    out_of_order = connection.view(table).project(f"{before} AS stands_before").filter("stands_before").limit(1)
    if not out_of_order.fetchall():
        return frozenset()
    duplicates: set[str] = set()
    parts = rows // _GROUPED + 1
    for part in range(parts):
        partners = connection.view(table).project(f"{partner} AS partner, hash({PARTNER}) AS digest")
        groups = partners.filter(f"digest % {parts} = {part}").aggregate(
            "digest, count(*) AS number, min(partner) AS partner", "digest"
        )
        digests = [digest for (digest,) in groups.filter("number > 1").project("digest").fetchall()]
        if digests:
            suspects = partners.filter(ColumnExpression("digest").isin(*map(duckdb.ConstantExpression, digests)))
            repeated = suspects.aggregate("partner, count(*) AS number", "partner").filter("number > 1")
            duplicates.update(partner for partner, _ in repeated.fetchall() if partner is not None)
    return frozenset(duplicates)


def _set_apart(connection: Connection, opened: Opened, query: Statements, twice: frozenset[str]) -> str:
    """Make the views that the query reads, without the partners left to the interpreter.

    Returns the SQL condition that the query decides a row.
    """
    partner = f"CAST({PARTNER} AS VARCHAR)"
    connection.execute("CREATE OR REPLACE TEMP TABLE apart (partner VARCHAR)")
    if twice:
        connection.executemany("INSERT INTO apart VALUES (?)", [[duplicate] for duplicate in twice])
    others = [connection.view(opened.agreements.name)] if opened.agreements else []
    for id, table in opened.lists.items():
        plain_items = " AND ".join(f"({part})" for part in (query.plain_items.get(id), table.plain) if part)
        others += [connection.view(table.name).filter(f"NOT ({plain_items})")] if plain_items else []
    for rows in others:
        rows.project(partner).insert_into("apart")
    count = connection.table("apart").count("*").fetchall()[0][0]
    elsewhere = f"{partner} NOT IN (FROM apart)" if count else "true"
    rows = connection.view(opened.portfolio.name)
    wanted = " AND ".join(f"({part})" for part in (elsewhere, opened.portfolio.plain) if part)
    rows.filter(wanted).project(*map(ColumnExpression, opened.columns)).create_view("portfolio")
    for id, table in opened.lists.items():
        connection.view(table.name).filter(elsewhere).create_view(f"{id}_of_portfolio")
    return " AND ".join(f"({part})" for part in (elsewhere, opened.portfolio.plain, query.plain) if part)
