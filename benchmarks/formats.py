"""How `charter batch` reads and writes each format, by the number of rows, beside a copy of the Parquet file by DuckDB.

Each process runs once for each size, so that a million rows of each format can be measured in minutes; what counts are
the ratios of one run. The lists have three items a partner, in no order.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
from calls import charter
from made import asoft_portfolio
from measure import ROOT, Process, machine

FORMATS = ("parquet", "csv", "jsonl")
OPTIONS = {"parquet": "FORMAT parquet", "csv": "FORMAT csv, HEADER", "jsonl": "FORMAT json"}
ODOO = ROOT / "examples" / "programmes" / "odoo"
COPY = "import duckdb, sys; duckdb.execute(f\"COPY (FROM '{sys.argv[1]}') TO '{sys.argv[2]}' (FORMAT parquet)\")"


class Run(NamedTuple):
    """A process over a number of rows: how long it ran and was busy, in seconds, and its peak memory in MiB."""

    name: str
    rows: int
    seconds: float
    busy: float
    peak: float


def run(name: str, rows: int, command: list[str | Path], cache: Path) -> Run:
    """Run a command once."""
    process = Process(command, cache)
    milliseconds = process()
    return Run(name, rows, milliseconds / 1e3, process.busy, process.peak)


def copied(source: Path) -> dict[str, Path]:
    """A Parquet file in each format, by format."""
    with duckdb.connect() as database:
        for format in FORMATS[1:]:
            database.execute(f"COPY (FROM '{source}') TO '{source.with_suffix(f'.{format}')}' ({OPTIONS[format]})")
    return {format: source.with_suffix(f".{format}") for format in FORMATS}


def by_format(folder: Path, cache: Path, rows: int) -> Iterator[Run]:
    """The copy, then a portfolio of so many partners from each format to Parquet, and from Parquet to each format."""
    source = folder / "partners.parquet"
    asoft_portfolio(rows, source)
    yield run("DuckDB, a copy", rows, [sys.executable, "-c", COPY, source, folder / "copy.parquet"], cache)
    for format, path in copied(source).items():
        yield run(f"`charter batch`, {format} to parquet", rows, charter(path, folder / "out.parquet"), cache)
    for format in FORMATS[1:]:
        yield run(f"`charter batch`, parquet to {format}", rows, charter(source, folder / f"out.{format}"), cache)


def by_list(folder: Path, cache: Path, items: int) -> Iterator[Run]:
    """A third as many partners, with the items of a list in each format."""
    partners, source = folder / "holders.parquet", folder / "items.parquet"
    person, version = "'person ' || i % 7", "['v14', 'v15', 'v16'][1 + i % 3]"
    with duckdb.connect() as database:
        rows = (
            f"SELECT 'P-' || i AS partner, 'gold' AS tier, i % 9 < 8 AS annual_fee_paid FROM range({items // 3}) t(i)"
        )
        database.execute(f"COPY ({rows}) TO '{partners}' (FORMAT parquet)")
        rows = f"SELECT 'P-' || hash(i) % {items // 3} AS partner, {person} AS person, {version} AS version"
        database.execute(f"COPY ({rows} FROM range({items}) t(i)) TO '{source}' (FORMAT parquet)")
    for format, path in copied(source).items():
        command = [*charter(partners, folder / "out.parquet", ODOO), "--list", f"certificates={path}"]
        yield run(f"`charter batch`, a list in {format}", items, command, cache)


def main() -> None:
    """Print a table of all runs; `--rows` are the greatest number of partners."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="the most partners; a list has three times as many")
    most = parser.parse_args().rows
    print("| process | rows | seconds | busy, s | µs a row | peak, MiB | busy, ratio to the copy |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder, cache = Path(name), Path(name) / "cache"
        for rows in (most // 100, most // 10, most):
            copy = 0.0
            for part in (by_format(folder, cache, rows), by_list(folder, cache, 3 * rows)):
                for measured in part:
                    copy = copy or measured.busy
                    numbers = (
                        f"{measured.seconds:.1f} | {measured.busy:.1f} | {measured.busy / measured.rows * 1e6:.1f}"
                    )
                    print(
                        f"| {measured.name} | {measured.rows:,} | {numbers} | {measured.peak:.0f}"
                        f" | {measured.busy / copy:.1f} |",
                        flush=True,
                    )
    print(f"\nOne round. {machine()}.")


if __name__ == "__main__":
    main()
