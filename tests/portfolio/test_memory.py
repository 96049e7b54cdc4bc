"""The memory of a run is bounded, whatever the file: real processes, and the most that each held at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from ..cli import COMMAND
from ..programmes import ASOFT, ROOT

MOST = 512  #: MiB, as the benchmarks promise
DAY = "2026-11-23"
ODOO = ROOT / "examples" / "programmes" / "odoo"
#: A process counts what its parent held when it was started as its own, so a small one stands between.
BETWEEN = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:])
_, status, usage = os.wait4(process.pid, 0)
print("\\n", usage.ru_maxrss // (2**20 if sys.platform == "darwin" else 2**10), os.waitstatus_to_exitcode(status))
"""
YES = ["it_company", "technical_base", "trained_specialists", "registered_on_site", "accession_agreement_signed"]
YES += ["licence_agreement_signed", "announces_participation", "isolation_module_purchased", "sales_plan_agreed"]
YES += ["extended_support_paid", "sales_plan_fulfilled"]
COUNTS = ["certified_admins", "marketing_activities", "implementations", "customer_reviews", "rental_licences"]
COUNTS += ["asoft_events_attended", "own_events_held"]


def held(folder: Path, *words: str | Path) -> tuple[str, int]:
    """What `charter batch` prints at the end, and the MiB that it held at most."""
    call = [sys.executable, "-ISc", BETWEEN, *COMMAND, "batch", *map(str, words), "--as-of", DAY]
    paths = {"PYTHONPATH": os.pathsep.join(sys.path), "XDG_CACHE_HOME": str(folder / "cache")}
    ended = subprocess.run(call, env={**os.environ, **paths}, cwd=folder, capture_output=True, text=True, check=True)
    *lines, last = ended.stdout.rstrip().splitlines()
    peak, code = map(int, last.split())
    assert code in (0, 4), ended.stderr[-1000:]
    return next(line for line in reversed(lines) if line.strip()), peak


def json_lines(rows: int) -> Iterator[str]:
    """Partners with twenty keys."""
    for number in range(rows):
        facts = {**dict.fromkeys(YES, number % 7 > 0), **dict.fromkeys(COUNTS, number % 12)}
        yield json.dumps({"partner": f"P-{number:07}", "tier": "competency", **facts}) + "\n"


def write(path: Path, lines: Iterator[str]) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(lines)
    return path


def copied(path: Path, target: Path) -> Path:
    """A file of JSON Lines in another format."""
    options = "FORMAT csv, HEADER" if target.suffix == ".csv" else "FORMAT parquet"
    with duckdb.connect() as database:
        database.execute(f"COPY (FROM read_json('{path}', format = 'newline_delimited')) TO '{target}' ({options})")
    return target


def test_json_lines_of_twenty_keys(tmp_path: Path) -> None:
    source = write(tmp_path / "p.jsonl", json_lines(20_000))
    printed, peak = held(tmp_path, source, "-o", "out.jsonl", "--program", ASOFT)
    assert printed == "20000 rows: 20000 decided, 0 rejected"
    assert peak < MOST


@pytest.mark.slow
@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_rows_of_nearly_the_longest_are_rejected_one_at_a_time(format: str, tmp_path: Path) -> None:
    source, long = tmp_path / f"p.{format}", "x" * 120_000
    with source.open("w", encoding="utf-8") as file:
        file.write("partner,tier,region\n" if format == "csv" else "")
        for number in range(700):
            row = {"partner": f"P-{number}", "tier": "gold", "region": long}
            file.write(",".join(row.values()) + "\n" if format == "csv" else json.dumps(row) + "\n")
    printed, peak = held(tmp_path, source, "-o", "out.csv", "--program", ROOT / "tests" / "small")
    assert printed.startswith("700 rows: 0 decided, 700 rejected")
    assert peak < MOST / 2


def test_a_line_of_json_without_end(tmp_path: Path) -> None:
    source = tmp_path / "p.jsonl"
    with source.open("w", encoding="utf-8") as file:
        file.write('{"partner": "A"}\n{"partner": "')
        for _ in range(300):
            file.write("x" * 2**20)
    printed, peak = held(tmp_path, source, "-o", "out.csv", "--program", ASOFT)
    assert printed.startswith("2 rows: 1 decided, 1 rejected")
    assert peak < MOST / 2


@pytest.mark.slow
@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
def test_a_million_rows_of_each_format(format: str, tmp_path: Path) -> None:
    source = write(tmp_path / "p.jsonl", json_lines(1_000_000))
    source = source if format == "jsonl" else copied(source, tmp_path / f"p.{format}")
    printed, peak = held(tmp_path, source, "-o", f"out.{format}", "--program", ASOFT)
    assert printed == "1000000 rows: 1000000 decided, 0 rejected"
    assert peak < MOST


@pytest.mark.slow
@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
def test_a_million_items_of_a_list_in_each_format(format: str, tmp_path: Path) -> None:
    """Some of whose partners go to the interpreter: those with a Cyrillic name among their items."""
    partners = tmp_path / "p.parquet"
    with duckdb.connect() as database:
        database.sql("SELECT 'P-' || i AS partner, 'gold' AS tier FROM range(100000) t(i)").write_parquet(str(partners))
        person = "CASE WHEN i % 1000 = 0 THEN 'Ж' ELSE 'person ' || i % 7 END"
        rows = (
            f"SELECT 'P-' || hash(i) % 100000 AS partner, {person} AS person, 'v16' AS version FROM range(1000000) t(i)"
        )
        options = {"csv": "FORMAT csv, HEADER", "jsonl": "FORMAT json", "parquet": "FORMAT parquet"}
        database.execute(f"COPY ({rows}) TO '{tmp_path}/items.{format}' ({options[format]})")
    words = (partners, "--list", f"certificates=items.{format}", "-o", "out.parquet", "--program", ODOO)
    printed, peak = held(tmp_path, *words)
    assert printed == "100000 rows: 100000 decided, 0 rejected"
    assert peak < MOST


@pytest.mark.slow
def test_rows_that_are_rejected_are_not_kept(tmp_path: Path) -> None:
    """Rows with too many values, partners in two rows, and impossible values: all go through the interpreter."""
    source = tmp_path / "p.csv"
    with source.open("w", encoding="utf-8") as file:
        file.write("partner,tier,certified_admins\n")
        file.writelines(f"P-{number},retail,1,2,3\n" for number in range(100_000))
        file.writelines(f"P-{number // 2},retail,1\n" for number in range(40_000))
        file.writelines(f"Q-{number},retail,-1\n" for number in range(40_000))
    printed, peak = held(tmp_path, source, "-o", "out.csv", "--program", ASOFT)
    assert printed.startswith("180000 rows: 0 decided, 180000 rejected")
    assert peak < MOST / 2
