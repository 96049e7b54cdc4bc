"""A whole portfolio decided: a file in, a file of outcomes out, and nothing lost on the way.

Plain rows are decided by one query. Each other row (a value that is impossible or very large, a supplementary
agreement, a partner that stands twice) goes to the interpreter by itself, which decides it or says what is wrong; the
rows that it refuses are written to a file of rejects. All is written beside its place, and moved there at the end.
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

Progress = Callable[[float], None]  #: told now and then how much is done, in percent


def batch(
    release: Release, job: Job, progress: Progress | None = None, unread: Unread = EVERYTHING_READ
) -> BatchResult:
    """Decide the portfolio, passing over what is `unread` of it.

    Raises WrongCall or InvalidInput, and then leaves what stood at the output before.
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
    """What the steps of one run share."""

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
        """Decide, write, and move into place."""
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
        found = self.rejects if rejected else None
        return BatchResult(total, decided, one_by_one, rejected, found, tuple(self.problems[:SHOWN]), numbers)

    def _decide_plain(self, part: Path) -> int:
        """Let the query decide; how many rows that is. Who stands twice is looked up meanwhile, for hardly any does."""
        self.twice: frozenset[str] = frozenset()
        with ThreadPoolExecutor(1) as aside:
            looking = aside.submit(_twice, self.database.cursor(), self.opened.portfolio.name, self.rows)
            decided = self._decide_but(part, self.twice)
            self.twice = looking.result()
        return self._decide_but(part, self.twice) if self.twice else decided

    def _decide_but(self, part: Path, apart: frozenset[str]) -> int:
        self.decided_by_query = _set_apart(self.database, self.opened, self.query, apart)
        return 0 if self.query.undecidable else self._copy(self.query.select, part)

    def _statements(self, more: list[str]) -> Statements:
        lists = {id: (f"{id}_of_portfolio", table.columns) for id, table in self.opened.lists.items()}
        return statements(self.release.programme, Tables("portfolio", self.opened.columns, lists), self.job.as_of, more)

    def _summary(self) -> Summary:
        """The counts of the query, and of the rows decided one by one."""
        programme = self.release.programme
        if not self.query.undecidable:
            query = self._statements(summary_values(programme))
            for names, text in queries(programme, query.select):
                self.counts += query_counts(names, self.database.execute(text).fetchall())
        return summary(programme, self.counts)

    def _copy(self, select: str, path: Path) -> int:
        """Write what a query gives; how many rows that is."""
        text = copy_text(select, path, format_of(self.job.output))
        found: list[Any] = []
        work = Thread(target=lambda: found.append(_answer(self.database, text)))
        work.start()
        while work.is_alive():
            work.join(0.1 if self.progress else None)
            if self.progress:
                self.progress(max(0.0, self.database.query_progress()))
        if isinstance(found[0], Exception):
            raise found[0]
        return int(found[0])

    def _decide_others(self, part: Path, refused: Path, broken: list[tuple[int, str]]) -> tuple[int, int]:
        """Decide the rows that the query left, one by one: how many were decided, how many refused."""
        decided = rejected = 0
        with part_path(part.with_suffix(".csv")) as other, other.open("w", encoding="utf-8", newline="") as good_file:
            with refused.open("w", encoding="utf-8", newline="") as bad_file:
                good, bad = csv.writer(good_file), csv.writer(bad_file)
                bad.writerow(["row", "problems", *self.opened.portfolio.written])
                for line, message in broken:
                    rejected += 1
                    bad.writerow([line - 1, f"line {line}: {message}"])
                    self.problems.append(Problem("bad-row", f"line {line}: {message}", None, "mend the line"))
                for one, values in self._others([line - 1 for line, _ in broken]):
                    if one.outcome:
                        decided += 1
                        self.counts.update(outcome_counts(one.outcome) if self.job.summarised else ())
                        cells = outcome_cells(self.release, one.outcome, self.more)
                        self.widths.add(cells)
                        good.writerow(cells)
                        continue
                    rejected += 1
                    bad.writerow([one.number, "; ".join(problem_line(problem) for problem in one.problems), *values])
                    self.problems += [at_row(one, it) for it in one.problems] if len(self.problems) < SHOWN else []
            good_file.flush()
            if decided or self.query.undecidable:
                self._append(part, other)
        return decided, rejected

    def _others(self, broken: list[int]) -> Iterator[tuple[Decided, Sequence[Any]]]:
        """Each row that is left, decided, with its values as the file has them."""
        rows = self.database.view(self.opened.portfolio.name)
        if not self.query.undecidable:
            rows = rows.filter(f"NOT coalesce({self.decided_by_query}, false)")
        for row in belongings(self.database, self.opened, rows):
            number = row_number(row.item, broken)
            wrong = (*row.problems, *((TWICE,) if row.partner in self.twice else ()))
            one = decide(self.release, number, row.cells, row.lists, row.agreements, self.job.as_of)
            if wrong:
                one = one._replace(outcome=None, problems=tuple(dict.fromkeys((*wrong, *one.problems))))
            yield one, row.written

    def _append(self, part: Path, other: Path) -> None:
        """Put the rows that were decided one by one behind those of the query."""
        kinds = {column.name: sql_type(column) for column in outcome_columns(self.release.programme, self.more)}
        rows = self.database.read_csv(str(other), columns=dict.fromkeys(kinds, "VARCHAR"), header=False, na_values=[""])
        if not self.query.undecidable:
            done = self.database.sql(self.query.select)
            kinds = {name: str(type) for name, type in zip(done.columns, done.types, strict=True)}
        typed = [ColumnExpression(id).cast(self.widths.wide_enough(id, kind)).alias(id) for id, kind in kinds.items()]
        rows.project(*typed).create_view("one_by_one")
        both = "FROM one_by_one" if self.query.undecidable else f"({self.query.select}) UNION ALL FROM one_by_one"
        self._copy(both, part)


def _answer(connection: Connection, text: str) -> Any:
    """The first value that a statement gives, or what the database raised."""
    try:
        return connection.execute(text).fetchall()[0][0]
    except duckdb.Error as error:
        return error


def row_number(read: int, broken: list[int]) -> int:
    """Which row of the file it is: those that could not be read count too."""
    for row in broken:
        read += row <= read
    return read


def _twice(connection: Connection, table: str, rows: int) -> frozenset[str]:
    """Partners that stand in several rows.

    Where each stands after the one before it, none does; else they are grouped, part by part, for all at once would
    take memory that grows with the file.
    """
    partner = f"CAST({PARTNER} AS VARCHAR)"
    before = f"{partner} <= lag({partner}) OVER ()"
    in_order = connection.view(table).project(f"{before} AS stands_before").filter("stands_before").limit(1)
    if not in_order.fetchall():
        return frozenset()
    found: set[str] = set()
    parts = rows // _GROUPED + 1
    for part in range(parts):
        one = connection.view(table).project(f"{partner} AS partner, hash({PARTNER}) AS digest")
        groups = one.filter(f"digest % {parts} = {part}").aggregate(
            "digest, count(*) AS number, min(partner) AS partner", "digest"
        )
        digests = [digest for (digest,) in groups.filter("number > 1").project("digest").fetchall()]
        if digests:
            same = one.filter(ColumnExpression("digest").isin(*map(duckdb.ConstantExpression, digests)))
            several = same.aggregate("partner, count(*) AS number", "partner").filter("number > 1")
            found.update(partner for partner, _ in several.fetchall() if partner is not None)
    return frozenset(found)


def _set_apart(connection: Connection, opened: Opened, query: Statements, twice: frozenset[str]) -> str:
    """Make the views that the query reads, without partners that are left to the interpreter.

    What is returned says of a row whether the query decides it.
    """
    partner = f"CAST({PARTNER} AS VARCHAR)"
    connection.execute("CREATE OR REPLACE TEMP TABLE apart (partner VARCHAR)")
    if twice:
        connection.executemany("INSERT INTO apart VALUES (?)", [[one] for one in twice])
    others = [connection.view(opened.agreements.name)] if opened.agreements else []
    for id, one in opened.lists.items():
        plain_items = " AND ".join(f"({part})" for part in (query.plain_items.get(id), one.plain) if part)
        others += [connection.view(one.name).filter(f"NOT ({plain_items})")] if plain_items else []
    for rows in others:
        rows.project(partner).insert_into("apart")
    some = connection.table("apart").count("*").fetchall()[0][0]
    elsewhere = f"{partner} NOT IN (FROM apart)" if some else "true"
    rows = connection.view(opened.portfolio.name)
    wanted = " AND ".join(f"({part})" for part in (elsewhere, opened.portfolio.plain) if part)
    rows.filter(wanted).project(*map(ColumnExpression, opened.columns)).create_view("portfolio")
    for id, one in opened.lists.items():
        connection.view(one.name).filter(elsewhere).create_view(f"{id}_of_portfolio")
    return " AND ".join(f"({part})" for part in (elsewhere, opened.portfolio.plain, query.plain) if part)
