"""The same query on Spark, for portfolios that outgrow one machine: folders of Parquet or CSV in, a folder out.

The rules are those of `statements`, in Spark's dialect; what is not plain goes to the interpreter row by row, as in
`batch`, and is written behind the others or to the file of rejects.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

from ..problems import InvalidInput, Problem, WrongCall, did_you_mean
from ..release import Release
from .beside import beside, move
from .columns import ITEM, PARTNER, Form, Tables, outcome_names, tier_names, wanted_values
from .job import SHOWN, TWICE, Job, Result, at_row, outcome_cells, sql_type, told
from .rows import Cells, decide
from .statements import Statements, statements
from .summary import Key, Summary, answers, asked_values, counted, queries, summary

_FORMATS = {".parquet": "parquet", ".csv": "csv"}
_BROKEN = "_broken_row"  #: the text of a line that has too few or too many values
_FORMS = {
    "string": Form.TEXT, "boolean": Form.YES_NO, "double": Form.FLOAT, "float": Form.FLOAT, "date": Form.DATE,
    "tinyint": Form.WHOLE, "smallint": Form.WHOLE, "int": Form.WHOLE, "bigint": Form.WHOLE,
}  # fmt: skip
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.log.level": "ERROR",
    "spark.sql.shuffle.partitions": "8",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
}

Row = dict[str, Any]


def spark_batch(release: Release, job: Job, session: SparkSession | None = None) -> Result:
    """Decide the portfolio; without a session on this machine alone. Raises WrongCall and InvalidInput."""
    _format(job.output)
    if session is not None:
        session.conf.set("spark.sql.decimalOperations.allowPrecisionLoss", "false")
        return _Run(release, job, session).run()
    with local_session() as own:
        return _Run(release, job, own).run()


@contextmanager
def local_session() -> Iterator[SparkSession]:
    """Spark inside this process; raises WrongCall where there is no Java."""
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise WrongCall([Problem("wrong-call", "Spark needs Java, which is not installed", None, "install Java 17")])
    builder: Any = SparkSession.builder
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.master("local[*]").appName("charter").getOrCreate()
    try:
        yield session
    finally:
        session.stop()


class _Run:
    """What the steps of one run share."""

    def __init__(self, release: Release, job: Job, session: SparkSession) -> None:
        self.release, self.job, self.session = release, job, session
        programme = release.programme
        self.more = wanted_values(programme, job.more)
        self.table = self._open(job.portfolio)
        known = [PARTNER, *(["tier", "since"] if tier_names(programme) else []), *programme.facts]
        self.columns = self._forms(self.table, job.portfolio, known, job.ignored)
        self.lists: dict[str, DataFrame] = {}
        for id, path in job.lists.items():
            if id not in programme.lists:
                help = did_you_mean(id, programme.lists) or "it has none"
                raise WrongCall([Problem("wrong-call", f"'{id}' is not a list of the programme", None, help)])
            self.lists[id] = self._whole(path)
        self.forms = {
            id: self._forms(table, job.lists[id], [PARTNER, *programme.lists[id].fields])
            for id, table in self.lists.items()
        }
        self.agreements = self._whole(job.agreements) if job.agreements else None
        self.query = self._statements(self.more)
        self.problems: list[Problem] = []
        self.counts: Counter[Key] = Counter()

    def run(self) -> Result:
        """Decide, write, and move into place."""
        self._set_apart()
        output, format = self.job.output, _format(self.job.output)
        rejects = output.with_name(f"{output.stem}.rejects.csv")
        with _folder_beside(output) as part, beside(rejects) as refused:
            plain_rows = 0
            if not self.query.undecidable:
                decided = self.session.sql(self.query.select)
                self.types = dict(decided.dtypes)
                _write(decided, part, format, "overwrite")
                plain_rows = self.session.read.format(format).schema(decided.schema).load(str(part)).count()
            one_by_one, rejected = self._decide_others(part, refused)
            rows = self.table.count()
            if plain_rows + one_by_one + rejected != rows:
                raise RuntimeError(f"{rows} rows in, {plain_rows + one_by_one} decided, {rejected} rejected")
            numbers = self._summary() if self.job.summarised else None
            if rejected:
                move(refused, rejects)
            else:
                rejects.unlink(missing_ok=True)
            _replace(part, output)
        found = rejects if rejected else None
        return Result(rows, plain_rows + one_by_one, one_by_one, rejected, found, tuple(self.problems[:SHOWN]), numbers)

    def _open(self, path: Path) -> DataFrame:
        """A file or folder as a table with numbered rows; of CSV every column is text."""
        format = _format(path)
        if not path.exists():
            raise WrongCall([Problem("unreadable-file", f"'{path}' is not there", None, "check the path")])
        if format == "parquet":
            return self.session.read.parquet(str(path)).withColumn(ITEM, f.monotonically_increasing_id() + 1)
        head = self.session.read.csv(str(path), header=True, inferSchema=False).columns
        schema = ", ".join(f"`{name}` STRING" for name in (*head, _BROKEN))
        rows = self.session.read.csv(
            str(path), schema=schema, header=True, columnNameOfCorruptRecord=_BROKEN, escape='"', enforceSchema=False,
            mode="PERMISSIVE", multiLine=True,
        )  # fmt: skip
        return rows.withColumn(ITEM, f.monotonically_increasing_id() + 1).cache()

    def _whole(self, path: Path) -> DataFrame:
        """What belongs to partners: every row of it must be read."""
        table = self._open(path)
        if _BROKEN in table.columns and table.filter(f"{_BROKEN} IS NOT NULL").limit(1).count():
            raise InvalidInput([Problem("bad-row", f"'{path}' has rows that cannot be read", None, "mend them")])
        return table

    def _forms(self, table: DataFrame, path: Path, known: list[str], ignored: tuple[str, ...] = ()) -> dict[str, Form]:
        """The form of each column; raises InvalidInput where one is not known."""
        kinds = {name: kind for name, kind in table.dtypes if name not in (ITEM, _BROKEN, *ignored)}
        wrong = [
            Problem("unknown-column", f"'{name}' is not a fact of the programme", None, did_you_mean(name, known))
            for name in kinds
            if name not in known
        ]
        if PARTNER not in kinds:
            wrong.append(Problem("missing-column", f"'{path}' has no column '{PARTNER}'", None, "add it"))
        if wrong:
            raise InvalidInput(wrong)
        return {name: Form.DECIMAL if kind.startswith("decimal") else _FORMS.get(kind, Form.OTHER)
                for name, kind in kinds.items()}  # fmt: skip

    def _statements(self, more: list[str]) -> Statements:
        lists = {id: (f"{id}_of_portfolio", forms) for id, forms in self.forms.items()}
        tables = Tables("portfolio", self.columns, lists)
        return statements(self.release.programme, tables, self.job.as_of, more, "spark")

    def _set_apart(self) -> None:
        """Views without the partners that are left to the interpreter, and of those the rows."""
        partner = f.col(PARTNER).cast("string")
        twice = self.table.groupBy(partner.alias(PARTNER)).count().filter("count > 1").select(PARTNER)
        self.twice = {row[0] for row in twice.toLocalIterator()}
        apart = [twice]
        if self.agreements is not None:
            apart.append(self.agreements.select(partner.alias(PARTNER)))
        for id, table in self.lists.items():
            if id in self.query.plain_items:
                strange = table.filter(f"NOT coalesce({self.query.plain_items[id]}, false)")
                apart.append(strange.select(partner.alias(PARTNER)))
        others = apart[0]
        for one in apart[1:]:
            others = others.union(one)
        others = others.filter(f"{PARTNER} IS NOT NULL").distinct().withColumn("is_apart", f.lit(True)).cache()
        is_plain = "false" if self.query.undecidable else f"coalesce({self.query.plain}, false)"
        if _BROKEN in self.table.columns:
            is_plain = f"{_BROKEN} IS NULL AND {is_plain}"
        marked = self.table.withColumn("_partner", partner).join(
            others.withColumnRenamed(PARTNER, "_partner"), on="_partner", how="left"
        )
        decided = marked.withColumn("_plain", f.expr(f"({is_plain}) AND is_apart IS NULL")).cache()
        decided.filter("_plain").select(*self.columns).createOrReplaceTempView("portfolio")
        self.others = decided.filter("NOT _plain")
        for id, table in self.lists.items():
            kept = table.join(others, on=table[PARTNER].cast("string") == others[PARTNER], how="left_anti")
            kept.createOrReplaceTempView(f"{id}_of_portfolio")

    def _decide_others(self, part: Path, refused: Path) -> tuple[int, int]:
        """Decide the rows that the query left, one by one: how many were decided, how many refused."""
        decided = rejected = 0
        names = [name for name in self.table.columns if name not in (ITEM, _BROKEN)]
        belongings = {id: _by_partner(table, self.others) for id, table in self.lists.items()}
        papers = {} if self.agreements is None else _by_partner(self.agreements, self.others)
        with (
            TemporaryDirectory(prefix="charter-") as folder,
            Path(folder, "cells.csv").open("w", encoding="utf-8", newline="") as good_file,
            refused.open("w", encoding="utf-8", newline="") as bad_file,
        ):
            good, bad = csv.writer(good_file), csv.writer(bad_file)
            bad.writerow(["row", "problems", *names])
            for found in self.others.toLocalIterator(prefetchPartitions=True):
                row = found.asDict()
                partner = str(row[PARTNER])
                cells = Cells({id: row[id] for id in self.columns}, _BROKEN in row)
                items = {id: of.get(partner, []) for id, of in belongings.items()}
                one = decide(self.release, row[ITEM], cells, items, papers.get(partner, []), self.job.as_of)
                wrong = [TWICE] if partner in self.twice else []
                if row.get(_BROKEN) is not None:
                    wrong = [Problem("bad-row", f"'{row[_BROKEN]}' has too few or too many values", None, "mend it")]
                if wrong:
                    one = one._replace(outcome=None, problems=tuple(wrong))
                if one.outcome:
                    decided += 1
                    self.counts.update(counted(one.outcome) if self.job.summarised else ())
                    good.writerow(outcome_cells(self.release, one.outcome, self.more))
                    continue
                rejected += 1
                bad.writerow([one.number, "; ".join(map(told, one.problems)), *(row[name] for name in names)])
                self.problems += [at_row(one, it) for it in one.problems] if len(self.problems) < SHOWN else []
            good_file.flush()
            if decided:
                self._append(Path(good_file.name), part)
        return decided, rejected

    def _append(self, cells: Path, part: Path) -> None:
        """Write rows that were decided one by one behind those of the query, in the same types."""
        programme, names = self.release.programme, outcome_names(self.release.programme, self.more)
        types = {name: sql_type(programme, name).replace("VARCHAR", "STRING") for name in names}
        if not self.query.undecidable:
            types = self.types
        schema = ", ".join(f"`{name}` STRING" for name in names)
        rows = self.session.read.csv(str(cells), schema=schema, escape='"', emptyValue="", nullValue="")
        typed = [f.expr(f"CAST(`{name}` AS {types[name]}) AS `{name}`") for name in names]
        _write(rows.select(*typed), part, _format(self.job.output), "append")

    def _summary(self) -> Summary:
        """The counts of the query, and of the rows decided one by one."""
        programme = self.release.programme
        if not self.query.undecidable:
            query = self._statements(asked_values(programme))
            for names, text in queries(programme, query.select):
                self.counts += answers(names, map(tuple, self.session.sql(text.replace('"', "`")).collect()))
        return summary(programme, self.counts)


def _by_partner(table: DataFrame, others: DataFrame) -> Mapping[str, list[Cells]]:
    """The rows of a table that belong to partners who are decided one by one."""
    wanted = others.select(f.col("_partner").alias("_wanted")).distinct()
    rows = table.join(wanted, on=table[PARTNER].cast("string") == wanted["_wanted"], how="left_semi").orderBy(ITEM)
    found: dict[str, list[Cells]] = {}
    for one in rows.toLocalIterator():
        row = one.asDict()
        is_text = _BROKEN in row
        cells = {id: value for id, value in row.items() if id not in (PARTNER, ITEM, _BROKEN)}
        found.setdefault(str(row[PARTNER]), []).append(Cells(cells, is_text))
    return found


def _format(path: Path) -> str:
    found = _FORMATS.get(path.suffix.lower())
    if found is None:
        message = f"'{path}' is none of Parquet and CSV, which Spark reads and writes"
        raise WrongCall([Problem("unknown-format", message, None, "name it ….parquet or ….csv")])
    return found


def _write(rows: DataFrame, folder: Path, format: str, mode: str) -> None:
    options = {"header": True} if format == "csv" else {}
    rows.write.mode(mode).format(format).options(**options).save(str(folder))


@contextmanager
def _folder_beside(target: Path) -> Iterator[Path]:
    """A folder beside the target to write to; what still stands there at the end is removed."""
    path = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _replace(part: Path, target: Path) -> None:
    """Put a complete folder in its place; what stood there goes once the new one is complete."""
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    if target.exists():
        target.rename(old)
    part.rename(target)
    if old.is_dir():
        shutil.rmtree(old)
    else:
        old.unlink(missing_ok=True)
