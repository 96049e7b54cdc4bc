"""The same input gives the same bytes: in the order of the file, on any number of threads, lists in any order."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import duckdb
import pytest
from charter import load
from charter.engine.portfolio.duckdb import sources
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import Job

from ..programmes import ROOT, SMALL
from .portfolios import TODAY

MANY = 150_000  #: more rows than a group of a Parquet file has
ODD = range(0, MANY, 997)  #: rows that the interpreter decides
WRONG = range(5, MANY, 1499)
FORMATS = ("csv", "jsonl", "parquet")


def portfolio(folder: Path, format: str) -> Path:
    """Partners in an order of their own, with rows for the interpreter and rows in error among them."""
    chance = random.Random(7)
    numbers = list(range(MANY))
    chance.shuffle(numbers)
    path = folder / f"portfolio.{format}"
    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("partner", "tier", "people", "revenue"))
        for place, number in enumerate(numbers):
            people = "99999999999" if place in ODD else "-1" if place in WRONG else str(number % 9)
            writer.writerow((f"P-{number}", ("gold", "silver")[number % 2], people, f"{number % 5000}.25"))
    types = {"partner": "VARCHAR", "tier": "VARCHAR", "people": "BIGINT", "revenue": "DECIMAL(12, 2)"}
    with duckdb.connect() as database:
        database.read_csv(str(folder / "rows.csv"), columns=types, header=True).create_view("rows")
        options = {"csv": "FORMAT csv, HEADER", "jsonl": "FORMAT json", "parquet": "FORMAT parquet"}
        database.execute(f"COPY rows TO '{path}' ({options[format]})")
    return path


def column(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


@pytest.mark.slow
@pytest.mark.parametrize("format", FORMATS)
def test_outcomes_stand_in_the_order_of_the_file_on_any_number_of_threads(
    format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = portfolio(tmp_path, format)
    written = column(tmp_path / "rows.csv", "partner")
    contents = set()
    for threads in (2, 5):
        monkeypatch.setattr(sources, "THREADS", (threads, threads))
        outputs = [tmp_path / f"out.{end}" for end in ("parquet", "csv")]
        for output in outputs:
            result = batch(load(SMALL), Job(source, output, TODAY))
        assert (result.one_by_one, result.rejected) == (len(ODD) - len({*ODD} & {*WRONG}), len(WRONG))
        contents.add(tuple(path.read_bytes() for path in (*outputs, tmp_path / "out.rejects.csv")))
    assert len(contents) == 1
    rejected = {*WRONG} - {*ODD}
    assert column(tmp_path / "out.csv", "partner") == [
        partner for place, partner in enumerate(written) if place not in rejected
    ]
    assert column(tmp_path / "out.rejects.csv", "row") == [str(place + 1) for place in sorted(rejected)]


def test_lists_in_any_order_and_format_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The partners, too, some of whose items the interpreter reads, stand where they stood."""
    release = load(ROOT / "examples" / "programmes" / "odoo")
    partners = tmp_path / "partners.parquet"
    number = "hash(i) % 140000"
    with duckdb.connect() as database:
        database.sql(
            f"SELECT 'P-' || i AS partner, 'gold' AS tier, i % 9 < 8 AS annual_fee_paid FROM range(140000) t(i)"
            f" ORDER BY {number}"
        ).write_parquet(str(partners))
        person = "CASE WHEN i % 5000 = 0 THEN 'Ж' ELSE 'person ' || i % 7 END"
        items = f"SELECT 'P-' || {number} AS partner, {person} AS person, 'v16' AS version, i FROM range(200000) t(i)"
        for name, order in (("in_order", "i"), ("shuffled", "hash(i + 1)")):
            rows = f"SELECT * EXCLUDE i FROM ({items}) ORDER BY {order}"
            database.execute(f"COPY ({rows}) TO '{tmp_path / name}.parquet' (FORMAT parquet)")
            database.execute(f"COPY ({rows}) TO '{tmp_path / name}.jsonl' (FORMAT json)")
            database.execute(f"COPY ({rows}) TO '{tmp_path / name}.csv' (FORMAT csv, HEADER)")
        written = [partner for (partner,) in database.read_parquet(str(partners)).project("partner").fetchall()]
    contents = set()
    lists = ("in_order.csv", "shuffled.jsonl", "shuffled.parquet", "in_order.parquet")
    for threads, name in zip((2, 5, 3, 8), lists, strict=True):
        monkeypatch.setattr(sources, "THREADS", (threads, threads))
        output = tmp_path / "out.parquet"
        result = batch(release, Job(partners, output, TODAY, {"certificates": tmp_path / name}))
        assert result.rejected == 0 < result.one_by_one
        contents.add(output.read_bytes())
    assert len(contents) == 1
    with duckdb.connect() as database:
        assert [partner for (partner,) in database.read_parquet(str(output)).project("partner").fetchall()] == written
