"""Texts in CSV that begin like formulas: kept as they are, or defused where that is asked for; numbers always kept."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from charter import batch, load
from charter.engine.portfolio.spreadsheet import defused
from hypothesis import given
from hypothesis import strategies as st

from ..cli import charter
from ..programmes import SMALL

IDS = ["=1+1", "+x", "-x", "@SUM(A1)", '=HYPERLINK("http://x")', "－1", "-5", "+7,5", "P-1", "'=x", "a=b"]
DEFUSED = ["'=1+1", "'+x", "'-x", "'@SUM(A1)", '\'=HYPERLINK("http://x")', "'－1", "-5", "+7,5", "P-1", "'=x", "a=b"]
DAY = date(2026, 11, 23)


def portfolio(folder: Path) -> Path:
    """Every id once decided by the query and once refused: by a number of people that is none."""
    with (folder / "p.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["partner", "people", "revenue", "=note"])
        rows.writerows([id, 3, 9000, "-5"] for id in IDS)
        rows.writerows([f"{id}.", id, 9000, "=cmd"] for id in IDS)
    return folder / "p.csv"


def read(path: Path) -> list[list[str]]:
    """The header and the rows of a file of CSV, or of the folder of them that Spark writes, each with its header."""
    header, rows = [], []
    for file in [path] if path.is_file() else sorted(path.glob("part-*.csv")):
        with file.open(newline="", encoding="utf-8") as lines:
            header, *further = csv.reader(lines)
            rows += further
    return [header, *rows]


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("spark", marks=pytest.mark.slow)])
def test_texts_like_formulas_are_defused_where_it_is_asked_for(
    engine: Literal["duckdb", "spark"], tmp_path: Path
) -> None:
    release, source, outputs = load(SMALL), portfolio(tmp_path), {}
    for safe in (False, True):
        output = tmp_path / f"{safe}.csv"
        result = batch(release, source, output, as_of=DAY, ignored=["=note"], engine=engine, safe_csv=safe)
        assert (result.decided, result.rejected) == (len(IDS), len(IDS))
        outputs[safe] = (read(output), read(result.rejects))
    (kept, kept_rejects), (safe_rows, safe_rejects) = outputs[False], outputs[True]
    assert sorted(row[0] for row in kept[1:]) == sorted(IDS)
    assert sorted(row[0] for row in safe_rows[1:]) == sorted(DEFUSED)
    by_id = {str(defused(id)): row for id, *row in kept[1:]}
    assert {id: row for id, *row in safe_rows[1:]} == by_id
    assert [row[-1] for row in kept_rejects] == ["=note", *["=cmd"] * len(IDS)]
    assert [row[-1] for row in safe_rejects] == ["'=note", *["'=cmd"] * len(IDS)]
    assert [row[3] for row in safe_rejects[1:]] == [str(defused(row[3])) for row in kept_rejects[1:]]


def test_what_is_kept_is_read_back_as_it_was(tmp_path: Path) -> None:
    """The rejects of a run without the option are a portfolio with the same ids; numbers are the same in both."""
    source = portfolio(tmp_path)
    words = ["--program", str(SMALL), "--as-of", str(DAY), "--ignore", "=note"]
    assert charter("batch", source, "-o", tmp_path / "o.csv", *words).returncode == 4
    again = ["--ignore", "row", "--ignore", "problems"]
    done = charter("batch", tmp_path / "o.rejects.csv", "-o", tmp_path / "again.csv", *words, *again)
    assert done.returncode == 4
    first, second = read(tmp_path / "o.rejects.csv"), read(tmp_path / "again.rejects.csv")
    assert [row[2:] for row in first] == [row[4:] for row in second]
    assert charter("batch", source, "-o", tmp_path / "safe.csv", "--safe-csv", *words).returncode == 4
    plain, safe = read(tmp_path / "o.csv"), read(tmp_path / "safe.csv")
    assert [[str(defused(cell)) for cell in row] for row in plain] == safe


@given(st.text(max_size=5))
def test_only_what_begins_like_a_formula_is_changed(text: str) -> None:
    changed = defused(text)
    assert changed in (text, f"'{text}")
    assert (changed != text) == (text[:1] in tuple("=+-@\t\r\n＝＋－＠") and not is_number(text))
    assert defused(changed) == changed


def is_number(text: str) -> bool:
    """Whether the text is a number with a point or a comma, digits on both sides of it, and perhaps a sign."""
    parts = text[text[:1] in ("-", "+") :].replace(",", ".").split(".")
    return len(parts) <= 2 and all(part.isascii() and part.isdigit() for part in parts)


def test_numbers_are_no_formulas() -> None:
    for number in ("-5", "+5", "-0.5", "-2,75", "-10000000000000000000"):
        assert defused(number) == number
    for cell in (None, 5, -5, 2.5, True, date(2026, 1, 1)):
        assert defused(cell) is cell
