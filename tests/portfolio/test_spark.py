"""The query on Spark gives the values of the interpreter, and other rows are decided or reported there too."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from charter import Release, load
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import BatchResult, Job
from charter.engine.portfolio.sql.columns import wanted_values
from charter.engine.problems import InvalidInput, WrongCall

from ..cli import charter
from ..programmes import ASOFT, SMALL
from ..random_facts import NAMED, RELEASES
from . import portfolios, test_left_over
from .portfolios import TODAY

has_java = shutil.which("java") or os.environ.get("CHARTER_SPARK") == "required"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not has_java, reason="no Java"),
    pytest.mark.filterwarnings("ignore"),
]
FORMATS = ("csv", "jsonl", "parquet")


def looks_back(release: Release) -> bool:
    """Whether items of a list look at others of it, or at a list that looks at it: Spark may lack the memory."""
    looks = {**release.programme.lists, **release.programme.made_lists}
    return any(
        id in items.looks_at or any(other in looks and id in looks[other].looks_at for other in items.looks_at)
        for id, items in looks.items()
    )


#: the first programme in every format, each of the others in one
EACH = [
    pytest.param(release, format, id=f"{name}-{format}")
    for index, (name, release) in enumerate(zip(NAMED, RELEASES, strict=True))
    if not looks_back(release)
    for format in (FORMATS[(index + 1) % 3 :][:1] if index else FORMATS)
]
HEAD = "partner,tier,region,joined,revenue,people,audited\n"
#: rows of the small programme: plain ones, others that mean a value, and such that are refused
ROWS = (
    f"{HEAD}A,gold,north,2026-01-31,5,1,true\nB,silver,,,5,four,\nC,gold,,,1e3,123456789012345678,\nD,,,,1,1\n"
    'E,gold,south,,5,1,false\nE,gold,south,,5,2,false\nЖ,gold,north,2026-02-30,5,1,\n"F\n",silver,,,,,\n'
    'G,silver,,,"5\n",,\nH,silver,"north\n",,5,,\n"I ""x""",silver,"north",2026-01-31,0.5000,1,\nK,silver,,,,,,7\n'
)


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from charter.engine.portfolio.spark.spark_session import spark_session

    with spark_session() as found:
        yield found


def run(session: Any, release: Release, portfolio: Path, name: str = "there.parquet", **job: Any) -> BatchResult:
    from charter.engine.portfolio.spark.spark import spark_batch

    return spark_batch(release, Job(portfolio, portfolio.parent / name, TODAY, **job), session)


def there(portfolio: Path) -> dict[str, dict[str, Any]]:
    return portfolios.read(portfolio.parent / "there.parquet" / "*.parquet")


def rejects(portfolio: Path) -> list[dict[str, str]]:
    with portfolio.with_name("there.rejects.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8", newline="")
    return path


@pytest.mark.parametrize(("release", "format"), EACH)
def test_spark_and_interpreter_agree(release: Release, format: str, session: Any, tmp_path: Path) -> None:
    partners = portfolios.random_partners(release, 150, seed=5, lists=list(release.programme.lists))
    portfolio, lists = portfolios.write(tmp_path, release, partners, format)
    more = tuple(wanted_values(release.programme, ["*"]))
    result = run(session, release, portfolio, lists=lists, more=more)
    assert (result.rows, result.decided, result.rejected) == (150, 150, 0), result.problems
    here = batch(release, Job(portfolio, tmp_path / "here.parquet", TODAY, lists, more=more))
    assert result.one_by_one == here.one_by_one
    found = there(portfolio)
    for partner in partners:
        assert found[partner["partner"]] == portfolios.expected(release, partner, more), partner


def test_rows_that_are_not_plain(session: Any, tmp_path: Path) -> None:
    """As on DuckDB: the same rows decided, the same rows refused, the same numbers."""
    portfolio, release = written(tmp_path / "p.csv", ROWS), load(SMALL)
    here = batch(release, Job(portfolio, tmp_path / "here.parquet", TODAY, summarised=True))
    result = run(session, release, portfolio, summarised=True)
    assert result[:4] == here[:4] == (12, 3, 1, 9)
    assert result.summary == here.summary
    assert there(portfolio) == portfolios.read(tmp_path / "here.parquet")
    with (tmp_path / "here.rejects.csv").open(encoding="utf-8", newline="") as file:
        told = {row["row"]: row["problems"] for row in csv.DictReader(file)}
    for row in rejects(portfolio):
        assert row["problems"] == told[row["row"]] or "values" in row["problems"], row
    assert told.keys() == {row["row"] for row in rejects(portfolio)}


def test_lines_of_json_that_are_not_plain(session: Any, tmp_path: Path) -> None:
    lines = (
        '{"partner": "A", "tier": "gold", "revenue": 5.10, "people": 3, "audited": true, "joined": "2026-01-31"}',
        '{"partner": 17}', '{"partner": 18}', '{"partner": "B", "people": 1e2}', '{"partner": "C", "people": "3"}',
        '{"partner": "D", "people": 1, "people": 2}', '{"partner": "E"} x', '{"partner": "F"}] ', "nonsense", "[1]",
        '{"partner": "G", "revenue": 1.123456789}', '{"partner": "H", "people": null, "audited": "true"}',
        '{"partner": "I \\"x\\"", "people": -0}', '{"partner": "\\u0416"}', '{"partner": "J", "people": 5.0}',
        '{"partner": "K", "revenue": 123456789012345678901234567890}', '{"partner": "L", "region": ["north"]}',
        '{"partner": "M", "region": 5}', '{"partner": "N", "revenue": true}', '{"partner": null}',
    )  # fmt: skip
    portfolio, release = written(tmp_path / "p.jsonl", "\n".join(lines)), load(SMALL)
    here = batch(release, Job(portfolio, tmp_path / "here.parquet", TODAY))
    result = run(session, release, portfolio)
    assert (result.rows, result.decided, result.rejected) == (here.rows, here.decided, here.rejected)
    assert result.rows == len(lines)
    assert result.one_by_one < result.decided
    assert there(portfolio) == portfolios.read(tmp_path / "here.parquet")
    assert {lines.index(row["line"]) + 1 for row in rejects(portfolio)} == {
        int(row["row"]) for row in rejects(portfolio)
    }


def test_values_of_parquet_that_python_or_sql_do_not_hold(session: Any, tmp_path: Path) -> None:
    """Days outside the calendar, times, floats and numbers that are too large are decided or refused as on DuckDB."""
    portfolio, release = tmp_path / "p.parquet", load(SMALL)
    duckdb.sql(
        "FROM (VALUES ('A', DATE '2026-01-31', 5.5::DOUBLE, 3::HUGEINT::DECIMAL(38, 0)),"
        " ('B', DATE '12026-01-31', 'nan'::DOUBLE, 1), ('C', NULL, 'inf'::DOUBLE, 1), ('D', NULL, 1e15, 1),"
        " ('E', NULL, 0.1 + 0.2, 10::DECIMAL(38, 0) ** 30), (NULL, NULL, 0, 1)) AS t(partner, joined, revenue, people)"
    ).write_parquet(str(portfolio))
    here = batch(release, Job(portfolio, tmp_path / "here.parquet", TODAY))
    result = run(session, release, portfolio)
    assert result[:4] == here[:4]
    assert there(portfolio) == portfolios.read(tmp_path / "here.parquet")
    told = {row["row"]: row["problems"] for row in rejects(portfolio)}
    assert "joined: '+12026-01-31' is not a date" in told["2"]
    times = tmp_path / "times.parquet"
    duckdb.sql(
        "FROM (VALUES ('A', TIMESTAMP '2026-01-31 12:00:00'), ('B', TIMESTAMP '2026-01-31 00:00:00')) "
        "AS t(partner, joined)"
    ).write_parquet(str(times))
    result = run(session, release, times, more=("joined",))
    assert (result.decided, result.rejected) == (1, 1)
    assert there(times)["B"]["joined"] == date(2026, 1, 31)


def test_numbers_of_rows_by_themselves_are_not_rounded(session: Any, tmp_path: Path) -> None:
    """A column is as wide as the numbers of the interpreter, and the numbers of the query stay the same."""
    portfolio = written(tmp_path / "p.csv", f"{HEAD}A,gold,,,5.0001,1,\nB,gold,,,5.000000000001,1,\n")
    assert run(session, load(SMALL), portfolio, more=("revenue",)).one_by_one == 1
    found = {id: row["revenue"] for id, row in there(portfolio).items()}
    assert found == {"A": Decimal("5.0001"), "B": Decimal("5.000000000001")}


def test_agreements_lists_and_what_belongs_to_nobody(session: Any, tmp_path: Path) -> None:
    text = "partner,tier,certified_admins\nA,competency,2\nB,competency,2\nC,competency,2\n"
    papers = written(
        tmp_path / "agreements.csv",
        "partner,term,value,document,from,until\nA,tiers.competency.discount,25,7/2026,2026-01-01,2026-12-31\n"
        "B,tiers.competency.discount,250,8/2026,2026-01-01,\n",
    )
    portfolio, release = written(tmp_path / "p.csv", text), load(ASOFT)
    here = batch(release, Job(portfolio, tmp_path / "here.parquet", TODAY, agreements=papers))
    result = run(session, release, portfolio, agreements=papers)
    assert result[:4] == here[:4] == (3, 2, 1, 1)
    assert there(portfolio) == portfolios.read(tmp_path / "here.parquet")
    assert [row["partner"] for row in rejects(portfolio)] == ["B"]
    assert result.problems == here.problems
    written(papers, "partner,term,value,document,from\n,tiers.competency.discount,25,7/2026,2026-01-01\n")
    with pytest.raises(InvalidInput, match="row 1: it names no partner"):
        run(session, release, portfolio, agreements=papers)
    written(papers, "partner,term,value,document,from\nX,tiers.competency.discount,25,7/2026,2026-01-01\n")
    told = [one.code for one in run(session, release, portfolio, agreements=papers).problems]
    assert "unknown-partner" in told


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_a_folder_is_one_table_and_names_the_file_of_a_row(format: str, session: Any, tmp_path: Path) -> None:
    folder, release = tmp_path / f"p.{format}", load(SMALL)
    folder.mkdir()
    for part in range(3):
        rows = [{"partner": f"P-{part}-{number}", "people": Decimal(1)} for number in range(4)]
        rows[part]["people"] = Decimal(-1)
        portfolios.write_rows(folder / f"part-{part}.{format}", ["partner", "people"], rows)
        if format != "csv":
            (folder / f"part-{part}.csv").unlink()
    result = run(session, release, folder)
    assert (result.rows, result.decided, result.rejected) == (12, 9, 3)
    assert [(row["file"], row["row"]) for row in rejects(folder)] == [
        (f"part-{part}.{format}", str(part + 1)) for part in range(3)
    ]
    assert any(one.message.startswith(f"part-2.{format}: row 3, partner P-2-2: ") for one in result.problems)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("p.csv", "partner,item_number\nA,1\n", "'item_number' is not a fact of the programme"),
        ("p.csv", "partner,pe`ople\nA,1\n", "'pe`ople' is not a fact of the programme"),
        ("p.csv", "partner,people,people\nA,1,1\n", "'people' is a column twice"),
        ("p.csv", "Partner,people\nA,1\n", "has no column 'partner'"),
        ("p.csv", "", "it is empty"),
        ("p.jsonl", '{"partner": "A", "peple": 1}\n', "'peple' is not a fact of the programme"),
        ("p.parquet", "no Parquet", "cannot be read"),
    ],
)
def test_what_cannot_be_a_portfolio_is_told(name: str, text: str, told: str, session: Any, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as raised:
        run(session, load(SMALL), written(tmp_path / name, text))
    assert any(told in problem.message for problem in raised.value.problems)
    assert not (tmp_path / "there.parquet").exists()


def test_text_that_is_not_utf_8_is_told(session: Any, tmp_path: Path) -> None:
    """The row is rejected, wherever in the file it is."""
    portfolio = tmp_path / "p.csv"
    for before in (0, 1000):
        rows = "".join(f"P-{number},gold,,,5,1,\n" for number in range(before))
        portfolio.write_bytes(f"{HEAD}{rows}".encode() + b"A\xff,gold,,,5,1,\n")
        assert run(session, load(SMALL), portfolio)[:4] == (before + 1, before, 0, 1)
        assert [(row["row"], "not UTF-8" in row["problems"]) for row in rejects(portfolio)] == [(str(before + 1), True)]


def test_an_output_is_whole_or_as_it_was(session: Any, tmp_path: Path) -> None:
    """No folder of another use is removed; one of outcomes is replaced; no row at all is an empty output."""
    portfolio, other = written(tmp_path / "p.csv", HEAD), written(tmp_path / "there.parquet" / "mine.txt", "mine")
    with pytest.raises(WrongCall, match="is a folder with other files in it"):
        run(session, load(SMALL), portfolio)
    other.unlink()
    for number in (0, 1):
        assert run(session, load(SMALL), portfolio).rows == number
        assert len(there(portfolio)) == number
        written(portfolio, f"{HEAD}A,gold,,,5,1,\n")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["p.csv", "there.parquet"]


def test_a_session_that_is_given_stays_as_it_was(session: Any, tmp_path: Path) -> None:
    session.sql("SELECT 1 AS mine").createOrReplaceTempView("portfolio")
    session.conf.set("spark.sql.ansi.enabled", "false")
    run(session, load(SMALL), written(tmp_path / "p.csv", ROWS))
    assert session.sql("FROM portfolio").columns == ["mine"]
    assert session.conf.get("spark.sql.ansi.enabled") == "false"
    session.conf.set("spark.sql.ansi.enabled", "true")


def test_the_command(tmp_path: Path) -> None:
    """In a separate process, stdout has one line, stderr has the problems of rows, and neither has output of Spark."""
    written(tmp_path / "p.csv", ROWS)
    call = ("batch", "p.csv", "-o", "out.csv", "--engine", "spark", "--program", SMALL, "--as-of", TODAY.isoformat())
    done = charter(*call, cwd=tmp_path, timeout=600)
    assert done.returncode == 4
    assert done.stdout == "12 rows: 3 decided, 9 rejected; see out.rejects.csv\n"
    assert "row 2, partner B: people: 'four' is not a number" in done.stderr
    assert "WARN" not in done.stderr
    assert "park" not in done.stderr
    rows = [row for part in (tmp_path / "out.csv").glob("part-*") for row in csv.DictReader(part.open("r", newline=""))]
    assert {row["partner"] for row in rows} == {"A", "C", 'I "x"'}


def test_without_java_the_command_says_what_to_install(tmp_path: Path) -> None:
    written(tmp_path / "p.csv", ROWS)
    call = ("batch", "p.csv", "-o", "out.csv", "--engine", "spark", "--program", SMALL)
    done = charter(*call, cwd=tmp_path, env={"JAVA_HOME": str(tmp_path)})
    assert done.returncode == 2
    assert "'spark' needs Java" in done.stderr
    assert "install Java 17" in done.stderr


@pytest.mark.parametrize(
    ("tiers", "lists"), [(test_left_over.SIGNED, ("partners", "portfolio")), (test_left_over.AWARDED, ())]
)
def test_a_warehouse_on_spark_decides_a_partner_rightly_or_leaves_it_over(
    tiers: str, lists: tuple[str, ...], session: Any, tmp_path: Path
) -> None:
    # Spark repeats the part of a list in the plan at each look at it: several such values take all its memory.
    release = test_left_over.release_of(tmp_path, tiers, within=False)
    more, rows = wanted_values(release.programme, ["*"]), test_left_over.tables(release, 100, 6)
    _, query, left_over = test_left_over.in_database(release, rows, lists, more, "spark")
    for name, table in (("partners_1", rows.partners), *((f"{id}_2", rows.lists[id]) for id in lists)):
        columns = ["partner", *table[0].cells]
        schema = ", ".join(f"`{column}` STRING" for column in columns)
        values = [[row.partner, *row.cells.values()] for row in table]
        session.createDataFrame(values, schema).createOrReplaceTempView(name)
    decided = [row.asDict() for row in session.sql(query.rstrip(";\n")).collect()]
    left = [row["partner"] for row in session.sql(left_over.rstrip(";\n")).collect()]
    test_left_over.check(test_left_over.expected(release, rows, lists, more), decided, left, rows)
