"""Decides a portfolio with Spark: reads files or folders, writes a folder of part files.

The query is that of `statements`, in Spark's dialect. Rows that are not plain go to the interpreter one by one, as in
`batch`; their outcomes follow those of the query, and rejected rows are written to the file of rejects.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as f

from ...problems import Problem, has_errors, wrong_call
from ...programme.model import Fact
from ...release.load import Release
from ...source.whole_files import check_writable, move, part_path, refusing
from ..files import (
    AGREEMENT,
    LINE,
    agreement_fields,
    format_of,
    known_columns,
    look_alike_partners,
    missing_columns,
    unknown_partners,
    unreadable_table,
)
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
from ..rows import Cells, Decided, decide, json_row
from ..spreadsheet import FORMULA, NUMBER, csv_row
from ..sql.columns import ITEM, PARTNER, Tables, list_fields, outcome_columns, outcome_names, wanted_values
from ..sql.decimal_width import Widths
from ..sql.look_alikes import look_sql, looks_like_sql
from ..sql.statements import Statements, statements
from ..summary import Key, Summary, outcome_counts, queries, query_counts, summary, summary_values
from .spark_session import spark_session
from .spark_tables import BROKEN, FILE, SparkTable, cells_of, check_read, open_table

_AT_ONCE = 20_000  #: rows held in memory at a time, of those decided one by one
_MARKED = "_whose", "_apart", "_twice", "_plain"
_WHOSE, _APART, _TWICE, _PLAIN = _MARKED  #: columns: the partner as text, and why or whether the query decides a row


def spark_batch(release: Release, job: Job, session: SparkSession | None = None) -> BatchResult:
    """Decide the portfolio, without a session by a local Spark. Raises WrongCall and InvalidInput."""
    if job.written_for not in (None, release.lineage.number):
        raise wrong_call("Spark reads files of the release that decides", "rewrite them first: charter migrate")
    format_of(job.output)
    check_files(job)
    _check_output(job.output)
    check_writable(job.output, folder=True)
    more = wanted_values(release.programme, job.more)
    with spark_session(session) as own, ExitStack() as kept:
        try:
            return _Run(release, job, more, own, kept).run()
        except (PySparkException, Py4JError) as error:
            raise unreadable_table(job.portfolio, error, job.output) from error


class _Run:
    """The state that the steps of one run share."""

    def __init__(self, release: Release, job: Job, more: list[str], session: SparkSession, kept: ExitStack) -> None:
        self.release, self.job, self.more, self.session, self.kept = release, job, more, session, kept
        programme = release.programme
        facts = list(programme.facts.values())
        self.table = self._open(job.portfolio, facts, known_columns(programme), ignored=job.ignored)
        self.columns = {id: form for id, form in self.table.columns.items() if id not in job.ignored}
        self.lists: dict[str, SparkTable] = {}
        for id, path in job.lists.items():
            fields = list_fields(programme, id)
            self.lists[id] = self._open(path, list(fields.values()), [PARTNER, *fields])
        self.agreements = None
        if job.agreements:
            self.agreements = self._open(job.agreements, agreement_fields(), AGREEMENT, AGREEMENT[:5])
        for table in self._belongings().values():
            check_read(table)
        self.query = self._statements(more)
        self.counting = self._statements(summary_values(release.programme)) if job.summarised else self.query
        if self.counting.undecidable:
            self.query = self.counting  # each row is counted where it is decided
        remarks = [
            *missing_columns(job.portfolio, facts, self.columns),
            *self._look_alikes(),
            *self._unknown_partners(),
        ]
        self.problems = ProblemList(remarks)
        self.counts: Counter[Key] = Counter()

    def run(self) -> BatchResult:
        """Decide all rows, write outcomes and rejects, and move them to their targets."""
        output, rejects = self.job.output, rejects_path(self.job.output)
        self._set_apart()
        with part_path(output, folder=True) as part, part_path(rejects) as refused:
            cells = part.with_name("one_by_one")  # Spark ignores hidden files, but reads files in hidden folders
            with refusing(output):
                one_by_one, rejected, widths = self._decide_others(cells, refused)
            outcomes = self._outcomes(cells if one_by_one else None, widths)
            is_safe = self.job.safe_csv and format_of(output) == "csv"
            _write(_defused(outcomes) if is_safe else outcomes, part, format_of(output))
            decided, rows = _read(self.session, outcomes, part, format_of(output)).count(), self.marked.count()
            if decided + rejected != rows:
                raise RuntimeError(f"{rows} rows in, {decided} decided, {rejected} rejected")
            numbers = self._summary() if self.job.summarised else None
            if rejected:
                move(refused, rejects)
            else:
                with refusing(rejects):
                    rejects.unlink(missing_ok=True)
            move(part, output)
        listed = rejects if rejected else None
        return BatchResult(rows, decided, one_by_one, rejected, listed, self.problems.listed(rejects), numbers)

    def _keep(self, rows: DataFrame) -> DataFrame:
        """Cache rows that are read several times; released at the end, as sessions share the cache."""
        self.kept.callback(rows.unpersist)
        return rows.persist()

    def _open(self, path: Path, facts: list[Fact], allowed: Sequence[str], needed: Sequence[str] = (PARTNER,),
              ignored: Sequence[str] = ()) -> SparkTable:  # fmt: skip
        table = open_table(self.session, path, facts, allowed, needed, ignored)
        return table if table.format == "parquet" else table._replace(rows=self._keep(table.rows))

    def _belongings(self) -> dict[str, SparkTable]:
        """The lists by id, and the agreements under an empty id."""
        return self.lists | ({"": self.agreements} if self.agreements else {})

    def _unknown_partners(self) -> Iterator[Problem]:
        """Warnings on rows of partners that are not in the portfolio."""
        partners = self.table.rows.select(_whose())
        for table in self._belongings().values():
            rows = table.rows.select(_whose()).join(partners, _WHOSE, "left_anti")
            number, first = rows.agg(f.count("*"), f.min(_WHOSE)).collect()[0]
            if number:
                alike = partners.filter(looks_like_sql(_WHOSE, first, "spark")).agg(f.min(_WHOSE))
                yield unknown_partners(table.path, number, first, alike.collect()[0][0])

    def _look_alikes(self) -> Iterator[Problem]:
        """A warning on partners whose ids look the same though they differ."""
        partners = self.table.rows.select(_whose()).filter(f"{_WHOSE} IS NOT NULL")
        looks = partners.groupBy(f.expr(look_sql(_WHOSE, "spark")))
        ids = looks.agg(f.min(_WHOSE).alias("first"), f.max(_WHOSE).alias("second")).filter("first <> second")
        number, first, second = ids.agg(f.count("*"), f.min("first"), f.min_by("second", "first")).collect()[0]
        if number:
            yield look_alike_partners(self.table.path, number, first, second)

    def _statements(self, more: list[str]) -> Statements:
        lists = {id: (f"{id}_of_portfolio", table.columns) for id, table in self.lists.items()}
        tables = Tables("portfolio", self.columns, lists)
        return statements(self.release.programme, tables, self.job.as_of, more, "spark")

    def _set_apart(self) -> None:
        """Mark the rows, and make the views that the query reads, without the partners left to the interpreter."""
        rows = self.table.rows.withColumn(_WHOSE, _whose())
        twice = rows.groupBy(_WHOSE).count().filter("count > 1").select(_WHOSE, f.lit(True).alias(_TWICE))
        apart = twice
        if self.agreements:
            apart = apart.union(self.agreements.rows.select(_whose(), f.lit(False)))
        for id, table in self.lists.items():
            plain = self.query.plain_items.get(id, "false")
            apart = apart.union(table.rows.filter(f"NOT coalesce({plain}, false)").select(_whose(), f.lit(False)))
        apart = apart.filter(f"{_WHOSE} IS NOT NULL").groupBy(_WHOSE).agg(f.max(_TWICE).alias(_TWICE))
        apart = self._keep(apart.withColumn(_APART, f.lit(True)))
        plain = "false" if self.query.undecidable else f"coalesce({self.query.plain}, false)"
        is_plain = f.expr(f"{BROKEN} IS NULL AND {_APART} IS NULL AND ({plain})")
        self.marked = self._keep(rows.join(apart, _WHOSE, "left").withColumn(_PLAIN, is_plain))
        self.marked.filter(_PLAIN).select(*self.columns).createOrReplaceTempView("portfolio")
        for id, table in self.lists.items():
            kept = table.rows.withColumn(_WHOSE, _whose()).join(apart, _WHOSE, "left_anti")
            kept.select(*table.columns).createOrReplaceTempView(f"{id}_of_portfolio")

    def _others(self) -> Iterator[Any]:
        """The rows that the query does not decide, in order, each with its partner's list items and agreements."""
        rows = self.marked.filter(f"NOT {_PLAIN}")
        number = rows.count()
        whose = rows.select(_WHOSE).filter(f"{_WHOSE} IS NOT NULL").distinct()
        rows = rows.select(_WHOSE, FILE, ITEM, BROKEN, _TWICE, self.table.cells().alias("_cells"))
        for id, table in self._belongings().items():
            item = f.struct(FILE, ITEM, table.cells().alias("_cells"))
            items = table.rows.select(_whose(), item.alias("_item")).join(whose, _WHOSE, "left_semi")
            items = items.groupBy(_WHOSE).agg(f.sort_array(f.collect_list("_item")).alias(f"_of_{id}"))
            rows = rows.join(items, _WHOSE, "left")
        parts = 1 + number // _AT_ONCE
        ordered = rows.repartitionByRange(parts, FILE, ITEM).sortWithinPartitions(FILE, ITEM)
        return ordered.toLocalIterator() if number else iter(())

    def _decide(self, row: Any) -> tuple[Decided, list[Any]]:
        """Decide a row; returns also its values as written in the file."""
        belongings = {id: [_cells(table, item["_cells"]) for item in row[f"_of_{id}"] or ()]
              for id, table in self._belongings().items()}  # fmt: skip
        agreements = belongings.pop("", [])
        cells = _cells(self.table, row["_cells"], keep=True)
        wrong: list[Problem] = []
        unreadable = False
        if self.table.format == "jsonl":
            wrong += json_row(row["_cells"][LINE] or "")[1]
            unreadable = has_errors(wrong)
        values = {id: value for id, value in cells.values.items() if id not in self.job.ignored}
        decided = decide(self.release, row[ITEM], Cells(values, cells.is_text), belongings, agreements, self.job.as_of)
        if unreadable:
            decided = decided._replace(problems=())
        if row[BROKEN]:
            wrong, decided = [Problem("bad-row", row[BROKEN], None, "mend the row")], decided._replace(problems=())
        elif row[_TWICE]:
            wrong.append(TWICE)
        if wrong:
            decided = decided._replace(outcome=None, problems=tuple(dict.fromkeys((*wrong, *decided.problems))))
        return decided, [row["_cells"][name] for name in self.table.written]

    def _decide_others(self, cells: Path, refused: Path) -> tuple[int, int, Widths]:
        """Decide the remaining rows; returns how many were decided and rejected, and the widths of their numbers."""
        decided, rejected, widths = 0, 0, Widths(outcome_names(self.release.programme, self.more))
        of_files = ["file"] if self.job.portfolio.is_dir() else []
        with (
            cells.open("w", encoding="utf-8", newline="") as good_file,
            refused.open("w", encoding="utf-8", newline="") as bad_file,
        ):
            good, bad = csv.writer(good_file), csv.writer(bad_file)
            bad.writerow(csv_row([*of_files, "row", "problems", *self.table.written], safe=self.job.safe_csv))
            for row in self._others():
                result, values = self._decide(row)
                if result.outcome:
                    decided += 1
                    self.counts.update(outcome_counts(result.outcome) if self.job.summarised else {})
                    outcome = outcome_cells(self.release, result.outcome, self.more)
                    widths.add(outcome)
                    good.writerow(outcome)
                    continue
                rejected += 1
                where = [row[FILE]] if of_files else []
                written = [*where, result.number, "; ".join(map(problem_line, result.problems)), *values]
                bad.writerow(csv_row(written, safe=self.job.safe_csv))
                self.problems.add(result, row[FILE] if of_files else None)
        return decided, rejected, widths

    def _outcomes(self, cells: Path | None, widths: Widths) -> DataFrame:
        """The outcomes of the query and of the rows decided one by one, in columns wide enough for both."""
        columns = outcome_columns(self.release.programme, self.more)
        names = [column.name for column in columns]
        decided = None if self.query.undecidable else self.session.sql(self.query.select)
        kinds = {column.name: sql_type(column).replace("VARCHAR", "STRING").lower() for column in columns}
        kinds |= dict(decided.dtypes) if decided else {}
        if cells is None and decided:
            return decided
        kinds = {id: widths.wide_enough(id, kind) for id, kind in kinds.items()}
        typed = [f.col(f"`{id}`").cast(kinds[id]).alias(id) for id in names]
        schema = ", ".join(f"`{id}` STRING" for id in names)
        if cells is None:
            return self.session.createDataFrame([], schema).select(*typed)
        rows = self.session.read.csv(str(cells), schema=schema, escape='"', multiLine=True).select(*typed)
        return decided.select(*typed).union(rows) if decided else rows

    def _summary(self) -> Summary:
        """The summary over the rows of the query and the rows decided one by one."""
        programme = self.release.programme
        if not self.query.undecidable:
            self.session.sql(self.counting.select).createOrReplaceTempView("outcomes")
            for names, text in queries(programme, "SELECT * FROM outcomes"):
                self.counts.update(query_counts(names, map(tuple, self.session.sql(text.replace('"', "`")).collect())))
        return summary(programme, self.counts)


def _whose() -> Column:
    """The partner of a row, as text."""
    return f.col(PARTNER).cast("string").alias(_WHOSE)


def _cells(table: SparkTable, row: Any, *, keep: bool = False) -> Cells:
    """The cells of a row for the interpreter; without the partner's id unless `keep`."""
    values = json_row(row[LINE] or "")[0] if table.format == "jsonl" else cells_of(row, table.columns)
    return Cells({id: value for id, value in values.items() if keep or id != PARTNER}, table.format != "jsonl")


def _defused(rows: DataFrame) -> DataFrame:
    """The rows with the texts defused that begin like formulas."""
    texts = [name for name, type in rows.dtypes if type == "string"]
    columns = {name: f.col(f"`{name}`") for name in texts}
    are_formulas = {name: column.rlike(FORMULA) & ~column.rlike(NUMBER) for name, column in columns.items()}
    return rows.withColumns(
        {
            name: f.when(are_formulas[name], f.concat(f.lit("'"), columns[name])).otherwise(columns[name])
            for name in texts
        }
    )


def _write(rows: DataFrame, folder: Path, format: str) -> None:
    """Write the rows as part files, with text unchanged, spaces and quotes included."""
    writer = rows.write.format("json" if format == "jsonl" else format)
    if format == "csv":
        writer = writer.options(header=True, escape='"', ignoreLeadingWhiteSpace=False, ignoreTrailingWhiteSpace=False)
    writer.save(str(folder))


def _read(session: SparkSession, rows: DataFrame, folder: Path, format: str) -> DataFrame:
    """Read the written rows again."""
    reader = session.read.format("json" if format == "jsonl" else format).schema(rows.schema)
    if format == "csv":
        reader = reader.options(header=True, escape='"', multiLine=True)
    return reader.load(str(folder))


def _check_output(path: Path) -> None:
    """Raise WrongCall where the output is an existing folder that holds other files than outcomes."""
    if path.is_dir() and any(file.name[0] not in "._" and not file.name.startswith("part-") for file in path.iterdir()):
        raise wrong_call(f"'{path}' is a folder with other files in it", "name another output, or remove it")
