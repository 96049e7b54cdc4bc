"""A whole portfolio decided: a file in, a file of outcomes out, and nothing lost on the way.

Plain rows are decided by one query. Each other row (a value that is impossible or very large, a supplementary
agreement, a partner that stands twice) goes to the interpreter by itself, which decides it or says what is wrong; the
rows that it refuses are written to a file of rejects. All is written beside its place, and moved there at the end.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import duckdb
from sqlglot import exp

from ..evaluate import all_values
from ..outcome import Outcome
from ..problems import Problem
from ..release import Release
from ..values import Unknown, plain
from .beside import beside, move
from .query import Decisions, Tables, Undecidable, decisions, outcome_names, wanted_values
from .relations import ITEM, PARTNER
from .rows import Cells, Decided, decide, json_row
from .sources import LINE, Connection, Table, database, format_of, misread, unreadable
from .summary import Key, Summary, answers, asked_values, counted, queries, summary
from .tables import Opened, open_tables

_AT_ONCE = 1000  #: rows that are decided one by one, and held at a time
_SHOWN = 20  #: problems that a result names; the file of rejects has them all
_TWICE = Problem("duplicate-partner", "the partner stands in more than one row", None, "keep one of them")

Progress = Callable[[float], None]  #: told now and then how much is done, in percent


class Job(NamedTuple):
    """What to decide: the portfolio, where the outcomes go, and what else belongs to the partners."""

    portfolio: Path
    output: Path
    as_of: date
    lists: Mapping[str, Path] = {}
    agreements: Path | None = None
    more: tuple[str, ...] = ()  #: ids of values to add as columns, or patterns of them
    ignored: tuple[str, ...] = ()  #: columns that are not looked at
    summarised: bool = False  #: whether the result has a summary


class Result(NamedTuple):
    """How many rows there were, and what became of them: rows = decided + rejected."""

    rows: int
    decided: int
    one_by_one: int  #: of those decided, by the interpreter
    rejected: int
    rejects: Path | None  #: the file of rejected rows, where there are any
    problems: tuple[Problem, ...]  #: the first of what is wrong with them, and remarks
    summary: Summary | None = None  #: where it was asked for


def batch(release: Release, job: Job, progress: Progress | None = None) -> Result:
    """Decide the portfolio. Raises WrongCall or InvalidInput, and then leaves what stood at the output before."""
    format_of(job.output)
    with database() as connection:
        try:
            more = wanted_values(release.programme, job.more)
            opened = open_tables(connection, release.programme, job.portfolio, job.lists, job.agreements, job.ignored)
            return _Run(release, job, more, connection, opened, progress).run()
        except duckdb.Error as error:
            raise unreadable(job.portfolio, error) from error


class _Run:
    """What the steps of one run share."""

    def __init__(
        self, release: Release, job: Job, more: list[str], connection: Connection, opened: Opened,
        progress: Progress | None,
    ) -> None:  # fmt: skip
        self.release, self.job, self.more, self.database = release, job, more, connection
        self.opened, self.progress = opened, progress
        self.rejects = job.output.with_name(f"{job.output.stem}.rejects.csv")
        self.query = _query(release, opened, job.as_of, more)
        self.apart = _keep_apart(connection, opened, self.query)
        self.problems: list[Problem] = list(opened.remarks)
        self.counts: Counter[Key] = Counter()

    def run(self) -> Result:
        """Decide, write, and move into place."""
        with beside(self.job.output) as part, beside(self.rejects) as refused:
            plain_rows = self._copy_plain(part)
            rows = self._count()
            broken = misread(self.database, self.opened.portfolio)
            one_by_one = rejected = 0
            if rows > plain_rows or broken or not self.query:
                one_by_one, rejected = self._decide_others(part, refused, broken)
            total, decided = rows + len(broken), plain_rows + one_by_one
            if decided + rejected != total:
                raise RuntimeError(f"{total} rows in, {decided} decided, {rejected} rejected")
            if rejected:
                move(refused, self.rejects)
            else:
                self.rejects.unlink(missing_ok=True)
            move(part, self.job.output)
        found = self.rejects if rejected else None
        told = self._summary() if self.job.summarised else None
        return Result(total, decided, one_by_one, rejected, found, tuple(self.problems[:_SHOWN]), told)

    def _summary(self) -> Summary:
        """The counts of the query, and of the rows decided one by one."""
        programme = self.release.programme
        query = _query(self.release, self.opened, self.job.as_of, asked_values(programme)) if self.query else None
        for names, select in queries(programme, query.select) if query else ():
            self.counts += answers(names, self.database.execute(select.sql("duckdb")).fetchall())
        return summary(programme, self.counts)

    def _copy_plain(self, part: Path) -> int:
        """Write what the query decides; how many rows that is."""
        return self._copy(self.query.select, part) if self.query else 0

    def _copy(self, select: exp.Expr, path: Path) -> int:
        options = {"csv": "FORMAT csv, HEADER", "jsonl": "FORMAT json", "parquet": "FORMAT parquet"}
        target = exp.Literal.string(str(path)).sql("duckdb")
        text = f"COPY ({select.sql('duckdb')}) TO {target} ({options[format_of(self.job.output)]})"
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

    def _count(self) -> int:
        count = exp.select(exp.Count(this=exp.Star())).from_(self.opened.portfolio.name)
        return int(_answer(self.database, count.sql("duckdb"), told=True))

    def _decide_others(self, part: Path, refused: Path, broken: list[tuple[int, str]]) -> tuple[int, int]:
        """Decide the rows that the query left, one by one: how many were decided, how many refused."""
        decided = rejected = 0
        columns = list(self.opened.portfolio.columns)
        with beside(part.with_suffix(".csv")) as other, other.open("w", encoding="utf-8", newline="") as good_file:
            with refused.open("w", encoding="utf-8", newline="") as bad_file:
                good, bad = csv.writer(good_file), csv.writer(bad_file)
                bad.writerow(["row", "problems", *columns])
                for line, message in broken:
                    rejected += 1
                    bad.writerow([line - 1, f"line {line}: {message}"])
                    self.problems.append(Problem("bad-row", f"line {line}: {message}", None, "mend the line"))
                for one, values in self._others([line - 1 for line, _ in broken]):
                    if one.outcome:
                        decided += 1
                        self.counts.update(counted(one.outcome) if self.job.summarised else ())
                        good.writerow([_text(value) for value in self._written(one.outcome)])
                        continue
                    rejected += 1
                    bad.writerow([one.number, "; ".join(_told(problem) for problem in one.problems), *values])
                    self.problems += [_at_row(one, it) for it in one.problems] if len(self.problems) < _SHOWN else []
            good_file.flush()
            if decided or not self.query:
                self._append(part, other)
        return decided, rejected

    def _others(self, broken: list[int]) -> Iterator[tuple[Decided, list[Any]]]:
        """Each row that is left, decided, with its values as the file has them."""
        table, columns = self.opened.portfolio, list(self.opened.portfolio.columns)
        whole = [exp.column(LINE)] if table.format == "jsonl" else []
        left = exp.select(exp.column(ITEM), *map(_quoted, columns), *whole).from_(table.name)
        if self.query:
            left = left.where(exp.not_(exp.paren(_is_decided(self.query, self.opened, self.apart))))
        rows = self.database.cursor().execute(left.sql("duckdb"))
        place = 1 + columns.index(PARTNER)
        while chunk := rows.fetchmany(_AT_ONCE):
            partners = list({str(row[place]) for row in chunk})
            lists = {id: _belongings(self.database, one, partners) for id, one in self.opened.lists.items()}
            papers = _belongings(self.database, self.opened.agreements, partners)
            for place_read, *values in chunk:
                number = _number(place_read, broken)
                partner = str(values[place - 1])
                row = dict(zip(columns, values, strict=False))
                wrong: tuple[Problem, ...] = (_TWICE,) if partner in self.apart.twice else ()
                if whole:
                    row, told = json_row(values[-1])
                    wrong = (*told, *wrong)
                row = {id: value for id, value in row.items() if id not in self.job.ignored}
                items = {id: found.get(partner, []) for id, found in lists.items()}
                cells = Cells(row, table.format == "csv")
                one = decide(self.release, number, cells, items, papers.get(partner, []), self.job.as_of)
                if wrong:
                    one = one._replace(outcome=None, problems=tuple(dict.fromkeys((*wrong, *one.problems))))
                yield one, values[: len(columns)]

    def _written(self, outcome: Outcome) -> list[Any]:
        """An outcome as the columns of the query."""
        discount = outcome.discount
        row: list[Any] = [outcome.partner, outcome.tier, outcome.status]
        row += [discount.base, discount.uncapped, discount.total] if discount else [None, None, None]
        for tier in outcome.tiers:
            row += [tier.status, tier.discount.total if tier.discount else None]
        values = all_values(self.release.plan, outcome) if self.more else {}
        return [*row, *(values[id] for id in self.more)]

    def _append(self, part: Path, other: Path) -> None:
        """Put the rows that were decided one by one behind those of the query."""
        names = outcome_names(self.release.programme, self.more)
        rows = self.database.read_csv(str(other), columns=dict.fromkeys(names, "VARCHAR"), header=False, na_values=[""])
        rows.create_view("one_by_one", replace=True)
        kinds = dict.fromkeys(names, "")
        if self.query:
            done = self.database.sql(self.query.select.sql("duckdb"))
            kinds = {name: str(type) for name, type in zip(done.columns, done.types, strict=True)}
        columns = [_typed(self.database, name, kinds[name]) for name in names]
        both: Any = exp.select(*columns).from_("one_by_one")
        if self.query:
            both = exp.union(self.query.select, both, distinct=False)
        self._copy(both, part)


def _number(read: int, broken: list[int]) -> int:
    """Which row of the file it is: those that could not be read count too."""
    for row in broken:
        read += row <= read
    return read


def _quoted(name: str) -> exp.Expr:
    return exp.column(name, quoted=True)


def _answer(connection: Connection, text: str, *, told: bool = False) -> Any:
    """The first value that a statement gives, or what the database raised."""
    try:
        return connection.execute(text).fetchall()[0][0]
    except duckdb.Error as error:
        if told:
            raise
        return error


def _query(release: Release, opened: Opened, as_of: date, more: list[str]) -> Decisions | None:
    """The query that decides plain rows; None where the programme has a rule that no SQL computes exactly."""
    lists = {id: (f"{id}_of_portfolio", table.columns) for id, table in opened.lists.items()}
    try:
        return decisions(release.programme, Tables("portfolio", opened.columns, lists), as_of, more)
    except Undecidable:
        return None


class _Apart(NamedTuple):
    """Partners that the query leaves to the interpreter, whatever their rows say."""

    twice: frozenset[str]
    some: bool  #: whether there are any


def _keep_apart(connection: Connection, opened: Opened, query: Decisions | None) -> _Apart:
    """Find the partners to be kept apart, and make the views of all others, which the query reads."""
    partner = exp.Cast(this=_quoted(PARTNER), to=exp.DataType.build("TEXT"))
    table = opened.portfolio.name
    groups = exp.select(exp.alias_(partner, PARTNER)).from_(table).group_by(partner.copy())
    counts = exp.select(
        exp.Count(this=_quoted(PARTNER)), exp.Count(this=exp.Distinct(expressions=[exp.func("HASH", _quoted(PARTNER))]))
    )
    rows, different = connection.execute(counts.from_(table).sql("duckdb")).fetchall()[0]
    twice: frozenset[str] = frozenset()
    if rows != different:
        several = groups.having(exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1)))
        twice = frozenset(one for (one,) in connection.execute(several.sql("duckdb")).fetchall() if one is not None)
    others = [exp.select(exp.alias_(partner.copy(), PARTNER)).from_(one.name) for one in (opened.agreements,) if one]
    for id, one in opened.lists.items():
        strange = exp.select(exp.alias_(partner.copy(), PARTNER)).from_(one.name)
        wanted = [query.plain_items[id]] if query else []
        wanted += [one.plain] if one.plain else []
        others.append(strange.where(exp.not_(exp.paren(exp.and_(*wanted))) if wanted else exp.false()))
    connection.execute("CREATE TEMP TABLE apart (partner VARCHAR)")
    if twice:
        connection.executemany("INSERT INTO apart VALUES (?)", [[one] for one in twice])
    for select in others:
        connection.execute(f"INSERT INTO apart {select.sql('duckdb')}")
    some = bool(connection.execute("SELECT count(*) FROM apart").fetchall()[0][0])
    found = _Apart(twice, some)
    if query:
        kept = [_is_elsewhere(found)] if some else []
        kept += [opened.portfolio.plain] if opened.portfolio.plain else []
        _view(connection, "portfolio", exp.select(*map(_quoted, opened.columns)).from_(table), kept)
        for id, one in opened.lists.items():
            columns = [*map(_quoted, one.columns), exp.column(ITEM)]
            _view(connection, f"{id}_of_portfolio", exp.select(*columns).from_(one.name), kept[:1] if some else [])
    return found


def _is_elsewhere(apart: _Apart) -> exp.Expr:
    """Whether a row's partner is not kept apart."""
    partner = exp.Cast(this=_quoted(PARTNER), to=exp.DataType.build("TEXT"))
    return exp.not_(exp.In(this=partner, query=exp.select(PARTNER).from_("apart").subquery()))


def _is_decided(query: Decisions, opened: Opened, apart: _Apart) -> exp.Expr:
    """Whether the query decides a row of the portfolio: never NULL."""
    parts = [query.plain, *([_is_elsewhere(apart)] if apart.some else [])]
    parts += [opened.portfolio.plain] if opened.portfolio.plain else []
    return exp.func("COALESCE", exp.and_(*(exp.paren(part.copy()) for part in parts)), exp.false())


def _view(connection: Connection, name: str, select: exp.Select, conditions: list[exp.Expr]) -> None:
    for condition in conditions:
        select = select.where(condition.copy())
    connection.execute(exp.Create(this=exp.to_table(name), kind="VIEW", expression=select).sql("duckdb"))


def _belongings(connection: Connection, table: Table | None, partners: list[str]) -> dict[str, list[Cells]]:
    """The rows of a table that belong to these partners, by their ids."""
    found: dict[str, list[Cells]] = {}
    if table is None:
        return found
    partner = exp.Cast(this=_quoted(PARTNER), to=exp.DataType.build("TEXT"))
    columns = list(table.columns)
    whole = [exp.column(LINE)] if table.format == "jsonl" else []
    rows = exp.select(partner, *map(_quoted, columns), *whole).from_(table.name)
    rows = rows.where(exp.In(this=partner.copy(), query=exp.select(exp.func("UNNEST", exp.Placeholder())).subquery()))
    for id, *values in connection.execute(rows.order_by(ITEM).sql("duckdb"), [partners]).fetchall():
        row = json_row(values[-1])[0] if whole else dict(zip(columns, values, strict=True))
        found.setdefault(id, []).append(
            Cells({name: it for name, it in row.items() if name != PARTNER}, table.format == "csv")
        )
    return found


def _text(value: Any) -> str:
    """A value of an outcome as a cell: a quotient to twelve decimals, what is unknown empty."""
    if value is None or isinstance(value, Unknown):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return plain(value) if isinstance(value, Decimal | Fraction) else str(value)


def _typed(connection: Connection, name: str, kind: str) -> exp.Expr:
    """A column of cells in the type that the query gives it, or in a wider one where a number needs it."""
    cells = _quoted(name)
    if kind == "":
        kind = "DECIMAL(38, 12)" if name.startswith("discount_") else "VARCHAR"
    if kind.startswith(("DECIMAL", "BIGINT", "INTEGER")):
        wide = exp.Cast(this=cells.copy(), to=exp.DataType.build("DECIMAL(38, 12)"))
        fitting = exp.TryCast(this=cells.copy(), to=exp.DataType.build(kind))
        wrong = exp.not_(exp.Coalesce(this=exp.EQ(this=wide, expression=fitting), expressions=[exp.false()]))
        given = exp.not_(exp.Is(this=cells.copy(), expression=exp.null()))
        count = exp.select(exp.Count(this=exp.Star())).from_("one_by_one").where(given).where(wrong)
        if connection.execute(count.sql("duckdb")).fetchall()[0][0]:
            kind = "DECIMAL(38, 12)"
    return exp.alias_(exp.Cast(this=cells, to=exp.DataType.build(kind)), name, quoted=not name.isidentifier())


def _told(problem: Problem) -> str:
    return f"{problem.message} ({problem.help})" if problem.help else problem.message


def _at_row(row: Decided, problem: Problem) -> Problem:
    """A problem of a row, which says which row and partner it is of."""
    who = f"row {row.number}" + (f", partner {row.partner}" if row.partner else "")
    return Problem(problem.code, f"{who}: {problem.message}", None, problem.help, problem.level)
