"""Real files: problems name the row and column, no row is lost, and a killed run leaves no partial file."""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from charter import load
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import BatchResult, Job
from charter.engine.problems import InvalidInput, Level, WrongCall
from hypothesis import given, settings
from hypothesis import strategies as st

from ..cli import COMMAND
from ..programmes import ASOFT, SMALL, copy_of, edit
from ..thorough import examples
from . import portfolios
from .portfolios import TODAY

RELEASE, WHOLE = load(SMALL), load(ASOFT)
HEAD = "partner,tier,region,joined,revenue,people,audited\n"


def run(folder: Path, text: str, name: str = "p.csv", release: object = RELEASE, **job: object) -> BatchResult:
    """The result of a portfolio with this text."""
    (folder / name).write_text(text, "utf-8")
    return batch(release, Job(folder / name, folder / "out.csv", TODAY, **job))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def plainly(row: dict[str, str]) -> dict[str, str]:
    """Numbers without the zeros that the type of their column has."""
    return {id: text.rstrip("0").rstrip(".") if "." in text else text for id, text in row.items()}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("P-1,gold,north,2026-01-31,5,four,", "people: 'four' is not a number"),
        ("P-1,gold,north,2026-01-31,5,-1,", "people: -1 is under 0"),
        ("P-1,gold,north,2026-01-31,5,1.5,", "people: 1.5 is not a whole number"),
        ("P-1,gold,north,2026-01-31,1000001,1,", "revenue: 1000001 is over 1000000"),
        ("P-1,gold,west,2026-01-31,5,1,", "region: 'west' is not one of the choices"),
        ("P-1,gold,north,2026-02-30,5,1,", "joined: '2026-02-30' is not a date"),
        ("P-1,gold,north,2026-01-31,5,1,yes", "audited: 'yes' is not true or false (write true)"),
        ("P-1,platin,north,2026-01-31,5,1,", "'platin' is not a tier"),
        (",gold,north,2026-01-31,5,1,", "'partner' is missing"),
        ("P-1,gold,north,2026-01-31,\"1,5\",1,", "revenue: '1,5' is not a number (write 1.5)"),
        ("P-1,gold,north,2026-01-31,5,007,", "people: '007' is not a number"),
        ("P-1,gold,north,2026-01-31,5, 4,", "people: ' 4' is not a number"),
        ("P-1,gold,north,2026-01-31,0x10,4,", "revenue: '0x10' is not a number"),
        ("P\u200b1,gold,north,2026-01-31,5,1,", "'partner' holds an invisible character"),
        ("P-1,gold,north,2026-01-31,5,1", "it has 6 values, and the file 7 columns"),
        ("P-1,gold,north,2026-01-31,5,1,,9", "it has 8 values, and the file 7 columns"),
    ],
)  # fmt: skip
def test_a_bad_row_is_told_and_the_others_are_decided(row: str, told: str, tmp_path: Path) -> None:
    result = run(tmp_path, f"{HEAD}A,gold,north,2026-01-31,5,1,true\n{row}\nB,silver,,,,,\n")
    assert (result.rows, result.decided, result.rejected) == (3, 2, 1)
    (rejected,) = rows(tmp_path / "out.rejects.csv")
    assert rejected["row"] == "2"
    assert told in rejected["problems"]
    assert [one["partner"] for one in rows(tmp_path / "out.csv")] == ["A", "B"]
    assert any(told.partition(" (")[0] in problem.message for problem in result.problems)


def test_what_is_written_otherwise_but_means_a_value_is_decided(tmp_path: Path) -> None:
    """The interpreter decides rows with exponents, trailing zeros or very large numbers; the output has all rows."""
    text = f"{HEAD}A,gold,north,2026-01-31,5.00000000000,1,true\nB,gold,north,2026-01-31,1e3,1,\nC,silver,south,,5,1,\n"
    text += "Ж,gold,north,2026-01-31,5,123456789012345678,\n"
    result = run(tmp_path, text)
    assert (result.rows, result.decided, result.one_by_one, result.rejected) == (4, 4, 3, 0)
    found = {one["partner"]: one for one in rows(tmp_path / "out.csv")}
    assert set(found) == {"A", "B", "C", "Ж"}
    for partner, facts in (("B", {"revenue": 1000, "people": 1}), ("Ж", {"people": 123456789012345678, "revenue": 5})):
        record = {"partner": partner, "tier": "gold", "facts": {"region": "north", **facts}}
        wanted = portfolios.expected(RELEASE, record)
        assert {id: portfolios.as_text(value) for id, value in wanted.items()} == plainly(found[partner])


def test_a_partner_that_stands_twice_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    names = [f"P-{number}" for number in range(500)]
    random.Random(1).shuffle(names)
    names = [*names[:400], names[17], *names[400:]]
    result = run(tmp_path, "partner,people\n" + "".join(f"{name},1\n" for name in names))
    assert (result.rows, result.decided, result.rejected) == (501, 499, 2)
    assert {one["partner"] for one in rows(tmp_path / "out.rejects.csv")} == {names[17]}


def test_agreements_and_their_mistakes(tmp_path: Path) -> None:
    """A partner with an agreement is decided with it; one whose agreement is wrong is refused."""
    text = "partner,tier,certified_admins\nA,competency,2\nB,competency,2\nC,competency,2\n"
    papers = tmp_path / "agreements.csv"
    papers.write_text(
        "partner,term,value,document,from,until\n"
        "A,tiers.competency.discount,25,7/2026,2026-01-01,2026-12-31\n"
        "B,tiers.competency.discount,250,8/2026,2026-01-01,\n",
        "utf-8",
    )
    result = run(tmp_path, text, release=WHOLE, agreements=papers)
    assert (result.rows, result.decided, result.one_by_one, result.rejected) == (3, 2, 1, 1)
    found = {one["partner"]: one["discount_base"] for one in rows(tmp_path / "out.csv")}
    assert found == {"A": "25", "C": "20"}
    assert "is over" in rows(tmp_path / "out.rejects.csv")[0]["problems"]


def test_what_belongs_to_nobody_in_the_portfolio_is_told(tmp_path: Path) -> None:
    """Nothing comes of it, which may be a slip in an id; where no id stands at all, it cannot be meant."""
    text = "partner,tier,certified_admins\nA,competency,2\n"
    papers, begin = tmp_path / "agreements.csv", "partner,term,value,document,from\n"
    papers.write_text(f"{begin}X,tiers.competency.discount,25,7/2026,2026-01-01\n", "utf-8")
    result = run(tmp_path, text, release=WHOLE, agreements=papers)
    assert (result.decided, result.one_by_one) == (1, 0)
    (told,) = [one for one in result.problems if one.level is Level.WARNING]
    assert told.code == "unknown-partner"
    assert ": 1, such as" in told.message
    assert "'X'" in told.message
    papers.write_text(f"{begin},tiers.competency.discount,25,7/2026,2026-01-01\n", "utf-8")
    with pytest.raises(InvalidInput) as refused:
        run(tmp_path, text, release=WHOLE, agreements=papers)
    assert "row 1: it names no partner" in refused.value.problems[0].message


def test_numbers_of_rows_by_themselves_are_not_rounded(tmp_path: Path) -> None:
    """A column is as wide as the numbers that the interpreter gives."""
    release = copy_of(SMALL, tmp_path)
    edit(release, "facts.yaml", "facts:\n", "facts:\n  size: {title: {en: Size}, kind: number}\n")
    value = "size * size"
    edit(release, "definitions.yaml", "kind: money, value: revenue / people", f"kind: number, value: {value}")
    edit(release, "tiers.yaml", "per_head >= 1000.5 and region", "region")
    text = "partner,size\nA,5.0001\nB,5.000000000001\n"
    assert run(tmp_path, text, release=load(release), more=("size", "per_head")).one_by_one == 1
    found = {one["partner"]: one for one in rows(tmp_path / "out.csv")}
    numbers = {id: [Decimal(one["size"]), Decimal(one["definitions.per_head"])] for id, one in found.items()}
    # a product of so many digits is shown to twelve decimals, as `evaluate` shows it
    assert numbers["A"] == [Decimal("5.0001"), Decimal("25.00100001")]
    assert numbers["B"] == [Decimal("5.000000000001"), Decimal("25.00000000001")]


def test_json_lines_and_their_mistakes(tmp_path: Path) -> None:
    lines = [
        '{"partner": "A", "tier": "gold", "people": 3, "revenue": 2.5, "region": "north", "audited": null}',
        '{"partner": "B", "people": "3"}',
        '{"partner": "C", "people": 3, "people": 4}',
        '{"partner": "D", "region": true}',
        "{not json",
        '{"partner": "E", "tier": "silver", "joined": "2026-01-31"}',
        '{"partner": 6}',
        '{"partner": 7}',
        '{"partner": "F", "revenue": 0.1234567890123456789}',
    ]
    result = run(tmp_path, "\n".join(lines) + "\n", "p.jsonl")
    assert (result.rows, result.decided, result.rejected) == (9, 2, 7)
    assert [one["partner"] for one in rows(tmp_path / "out.csv")] == ["A", "E"]
    refused = rows(tmp_path / "out.rejects.csv")
    assert [one["row"] for one in refused] == ["2", "3", "4", "5", "7", "8", "9"]
    assert not [one for one in refused if "more than one row" in one["problems"]]


def test_floats_of_parquet_count_as_the_decimal_that_they_show(tmp_path: Path) -> None:
    """Counts with gaps as pandas writes them: 3.0, and NULL where a value is missing; NaN is refused by name."""
    with duckdb.connect() as database:
        values = "(1, 3::DOUBLE, 0.1::DOUBLE), (2, NULL, 2.5), (3, 1.5, 1), (4, 1, 'inf'), (5, 'nan', 1)"
        text = f"SELECT *, 'gold' AS tier FROM (VALUES {values}) AS t(partner, people, revenue)"
        database.sql(text).write_parquet(str(tmp_path / "p.parquet"))
    result = batch(RELEASE, Job(tmp_path / "p.parquet", tmp_path / "out.csv", TODAY, more=("people", "revenue")))
    assert (result.decided, result.rejected) == (2, 3)
    assert "partner 5: people: NaN is not a number" in [
        problem.message.partition(", ")[2] for problem in result.problems
    ]
    found = {one["partner"]: (one["people"], Decimal(one["revenue"])) for one in rows(tmp_path / "out.csv")}
    assert found == {"1": ("3", Decimal("0.1")), "2": ("", Decimal("2.5"))}


@pytest.mark.parametrize(
    ("text", "message", "help"),
    [
        ("partner,peple\nA,1\n", "'peple' is not a fact", "did you mean 'people'?"),
        ("people\n1\n", "has no column 'partner'", "add it"),
        ("partner,people,people\nA,1,2\n", "'people' is a column twice", "keep one"),
        ("", "has no column 'partner'", "begin with a line of names"),
    ],
)
def test_columns_are_checked_against_the_facts(text: str, message: str, help: str, tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("before", "utf-8")
    with pytest.raises(InvalidInput) as refused:
        run(tmp_path, text)
    assert message in refused.value.problems[0].message
    assert help in str(refused.value.problems[0].help)
    assert (tmp_path / "out.csv").read_text("utf-8") == "before"


def test_other_separators_and_a_mark_at_the_beginning(tmp_path: Path) -> None:
    for separator in (";", "\t"):
        text = f"\ufeffpartner{separator}people\r\nA{separator}1\r\n"
        assert run(tmp_path, text).decided == 1


def test_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_bytes("partner,people\nЖук,1\n".encode("cp1251"))
    with pytest.raises(InvalidInput) as refused:
        batch(RELEASE, Job(tmp_path / "p.csv", tmp_path / "out.csv", TODAY))
    assert refused.value.problems[0].code == "not-utf-8"


def test_calls_that_make_no_sense(tmp_path: Path) -> None:
    good = tmp_path / "p.csv"
    good.write_text("partner\nA\n", "utf-8")
    for job in (
        Job(tmp_path / "none.csv", tmp_path / "out.csv", TODAY),
        Job(good, tmp_path / "out.xlsx", TODAY),
        Job(good, tmp_path / "out.csv", TODAY, lists={"deals": good}),
        Job(good, tmp_path / "out.csv", TODAY, more=("nothing",)),
    ):
        with pytest.raises(WrongCall):
            batch(RELEASE, job)


cells = st.one_of(
    st.sampled_from(["", "true", "false", "1", "2.50", "-3", "1e2", "north", "gold", "1", "2026-01-31", "nan", "NULL"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=8),
)


@pytest.mark.thorough
@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.lists(cells, min_size=6, max_size=8), max_size=12))
def test_whatever_stands_in_a_file_every_row_is_decided_or_rejected(
    tmp_path_factory: object, table: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("random")
    with (folder / "p.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(HEAD)
        csv.writer(file, lineterminator="\n").writerows([f"P-{index}", *row[1:]] for index, row in enumerate(table))
    result = batch(RELEASE, Job(folder / "p.csv", folder / "out.csv", TODAY))
    assert result.rows == len(table) == result.decided + result.rejected
    found = rows(folder / "out.csv") if table else []
    assert len(found) == result.decided
    for one in found:  # as the record says it
        row = table[int(one["partner"].removeprefix("P-"))]
        names = HEAD.strip().split(",")
        values = [one["partner"], *row[1 : len(names)]]  # an empty value more is passed over
        assert portfolios.reread(RELEASE, dict(zip(names, values, strict=True))) == plainly(one)


@pytest.mark.thorough
def test_a_killed_run_leaves_the_old_output_or_the_new(tmp_path: Path) -> None:
    """A run is killed at many moments: the output is the old one or complete, and no partial file stays."""
    with duckdb.connect() as database:
        columns = "'P-' || lpad(i::VARCHAR, 7, '0') AS partner, 'gold' AS tier, i % 9 AS people"
        database.sql(f"SELECT {columns} FROM range(300000) t(i)").write_parquet(str(tmp_path / "p.parquet"))
    output = tmp_path / "out.parquet"
    call = [*COMMAND, "batch", str(tmp_path / "p.parquet"), "-o", str(output), "--program", str(SMALL)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}
    start = time.monotonic()
    subprocess.run(call, env=environment, check=True, capture_output=True)
    whole = time.monotonic() - start
    complete = output.read_bytes()
    outcomes, turns = set(), examples(24)
    for turn in range(turns):
        output.write_text("old", "utf-8")
        process = subprocess.Popen(call, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole * (0.3 + 0.8 * turn / turns))
        process.send_signal(signal.SIGKILL)
        process.wait()
        now = output.read_bytes()
        assert now in (b"old", complete)
        outcomes.add(now == complete)
    subprocess.run(call, env=environment, check=True, capture_output=True)
    assert output.read_bytes() == complete
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "out.parquet", "p.parquet"]
    assert False in outcomes  # some were killed before the end
