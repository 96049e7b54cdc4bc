"""What a cell means does not depend on the letters of the partner's id, which say whether the query decides the row."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from charter import Release
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import Job

from ..small_world import world
from . import portfolios
from .portfolios import TODAY

FACTS = """facts:
  n: {title: {en: F}, kind: count, default: 2, maximum: 500}
  x: {title: {en: F}, kind: percent}
  p: {title: {en: F}, kind: yes_no, default: true}
  c: {title: {en: F}, kind: choice, choices: {low: {title: {en: L}}, high: {title: {en: H}}}}
  d: {title: {en: F}, kind: date}
  t: {title: {en: F}, kind: text}
"""
TIERS = "tiers: {gold: {title: {en: G}, code: 7}}\n"
COLUMNS = ("n", "x", "p", "c", "d", "t", "tier", "since")
JSON = (
    "5", "5.0", "5.50", "-0", "-0.0", "1e2", "1E-3", "0.12345", "600", "12345678901234567890", "true", "null", '""',
    "[]", "{}", '"5"', '"5.5"', '"true"', '"TRUE"', '"low"', '"Low"', '"2026-01-31"', '"2026-02-30"', '"0000-01-01"',
    '"gold"', '"7"', "7", '"Счёт"', '" a "', '"a\\n"', '"a\\u200b"', '"null"', "20260131", "1e400",
)  # fmt: skip
TEXTS = (
    "5", "5.0", "5.50", "-0", "-0.0", "1e2", "0.12345", "600", "true", "TRUE", "low", "Low", "2026-01-31",
    "2026-02-30", "0000-01-01", "gold", "7", "Счёт", " a ", "a\n", "a\u200b", "null", "~", "", " ", "５", "+5", "05",
    "inf", "nan",
)  # fmt: skip
VALUES = (
    "5", "5.0::DOUBLE", "0.1::DOUBLE", "0.1::FLOAT", "-0.0::DOUBLE", "'nan'::DOUBLE", "'inf'::DOUBLE",
    "1e300::DOUBLE", "5.00000::DECIMAL(20, 5)", "0.12345::DECIMAL(20, 5)", "600::UBIGINT", "5::HUGEINT", "true",
    "DATE '2026-01-31'", "DATE '12026-01-31'", "TIMESTAMP '2026-01-31 00:00:00'", "TIMESTAMP '2026-01-31 10:00:00'",
    "'low'", "'7'", "7::BIGINT", "NULL::INTEGER", "[1]", "{'a': 1}", "'5'", "'true'", "'2026-01-31'",
    "'low'::ENUM('low', 'x')", "'5'::BLOB", "INTERVAL 1 DAY",
)  # fmt: skip
IDS = ("P-{}", "Партнёр-{}")


def answers(release: Release, portfolio: Path) -> None:
    """Each row stands twice, under a Latin and a Cyrillic id: both are decided alike, or refused alike."""
    result = batch(
        release, Job(portfolio, portfolio.with_name("out.parquet"), TODAY, more=("n", "x", "p", "c", "d", "t"))
    )
    assert result.rows == result.decided + result.rejected
    outcomes = portfolios.read(portfolio.with_name("out.parquet"))
    for index in range(result.rows // 2):
        latin, cyrillic = (outcomes.get(id.format(index)) for id in IDS)
        if latin is None or cyrillic is None:
            assert latin is cyrillic, index
        else:
            assert {**latin, "partner": ""} == {**cyrillic, "partner": ""}


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return world(tmp_path, facts=FACTS, tiers=TIERS)


def test_lines_of_json(release: Release, tmp_path: Path) -> None:
    values = [(column, value) for column in COLUMNS for value in JSON]
    lines = []
    for index, (column, value) in enumerate(values):
        held = ', "tier": "gold"' if column == "since" else ""
        lines += [f'{{"partner": {json.dumps(id.format(index))}, "{column}": {value}{held}}}' for id in IDS]
    (tmp_path / "p.jsonl").write_text("\n".join(lines), "utf-8")
    answers(release, tmp_path / "p.jsonl")


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_columns_of_texts(release: Release, format: str, tmp_path: Path) -> None:
    values = [(column, text) for column in COLUMNS for text in TEXTS]
    rows: list[dict[str, Any]] = [
        {"partner": id.format(index), "tier": "gold" if column == "since" else "", column: text}
        for index, (column, text) in enumerate(values)
        for id in IDS
    ]
    with (tmp_path / "p.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["partner", *COLUMNS])
        writer.writeheader()
        writer.writerows(rows)
    if format == "parquet":
        names = ["partner", *COLUMNS]
        with duckdb.connect() as database:
            database.execute(f"CREATE TABLE texts ({', '.join(f'{name} VARCHAR' for name in names)})")
            question_marks = ", ".join("?" * len(names))
            values_of_rows = [[row.get(name) for name in names] for row in rows]
            database.executemany(f"INSERT INTO texts VALUES ({question_marks})", values_of_rows)
            database.table("texts").write_parquet(str(tmp_path / "p.parquet"))
    answers(release, tmp_path / f"p.{format}")


@pytest.mark.slow
@pytest.mark.parametrize("column", COLUMNS)
def test_columns_of_every_type(release: Release, column: str, tmp_path: Path) -> None:
    held = ", 'gold' AS tier" if column == "since" else ""
    for index, value in enumerate(VALUES):
        path = tmp_path / str(index) / "p.parquet"
        path.parent.mkdir()
        with duckdb.connect() as database:
            rows = f"SELECT unnest(['P-0', 'Партнёр-0']) AS partner, {value} AS {column}{held}"
            database.sql(rows).write_parquet(str(path))
        answers(release, path)


def test_a_text_column_of_parquet_holds_numbers(release: Release, tmp_path: Path) -> None:
    with duckdb.connect() as database:
        row = "'5' AS n, '2.5' AS x, 'false' AS p, '2026-01-31' AS d, 'gold' AS tier"
        database.sql(f"SELECT unnest(['P-0', 'Партнёр-0']) AS partner, {row}").write_parquet(
            str(tmp_path / "p.parquet")
        )
    result = batch(release, Job(tmp_path / "p.parquet", tmp_path / "out.csv", TODAY, more=("n", "x", "p", "d")))
    assert (result.decided, result.one_by_one) == (2, 1)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        for row_read in csv.DictReader(file):
            assert [row_read[id] for id in ("n", "p", "d", "tier")] == ["5", "false", "2026-01-31", "gold"]
