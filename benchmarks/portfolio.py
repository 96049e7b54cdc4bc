"""Decide a whole portfolio, Parquet to Parquet: `charter batch` beside DuckDB, Polars, plain Python and ZEN.

First all decide the same random partners, and every cell must agree. Then whole processes take turns, round after
round. ZEN, which decides one partner at a time, is timed inside its process, at its fastest call. With --growth the
partners become more, and the rules of made programmes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from statistics import median

import duckdb
from calls import charter, peer
from growth import growth
from made import asoft_portfolio
from measure import Process, in_turns, machine, table, times_longer

TIERS = ("retail", "competency", "saas")
COLUMNS = ", ".join(
    ["partner", "tier", "status", "discount_base", "discount_uncapped", "discount_total"]
    + [f"status_{tier}, discount_total_{tier}" for tier in TIERS]
)
AGREED = 20_000  #: partners whom all contenders decide first, to compare their answers
SLOW = 100_000  #: the most partners for contenders that decide one at a time
YES_NO = {True: "yes", False: "no"}
PACKAGES = ("charter", "duckdb", "sqlglot", "polars", "zen-engine")


# Answers --------------------------------------------------------------------------------------------------------------


def differences(first: Path, others: Mapping[str, Path]) -> Iterator[str]:
    """A line for each contender with a cell that is not exactly equal to that of the first."""
    with duckdb.connect() as database:
        for name, path in others.items():
            mine = f"SELECT {COLUMNS} FROM '{first}'"
            if name == "ZEN":  # it decides only partners without missing facts
                mine += f" WHERE partner IN (SELECT partner FROM '{path}')"
            theirs = f"SELECT {COLUMNS} FROM '{path}'"
            types = {str(type) for type in database.sql(theirs).types}
            either = f"(({mine}) EXCEPT ALL ({theirs})) UNION ALL (({theirs}) EXCEPT ALL ({mine}))"
            differing = database.sql(either).order("partner").limit(2).fetchall()
            if differing or types & {"FLOAT", "DOUBLE"} or not database.sql(theirs).limit(1).fetchall():
                yield f"{name} differs: {differing or types}"


def agree(folder: Path, cache: Path, *, shuffled: bool) -> list[str]:
    """A line for each contender whose answers for the same partners differ from those of charter."""
    source = folder / "agreed.parquet"
    asoft_portfolio(AGREED, source, shuffled=shuffled)
    own = folder / "agreed-charter.parquet"
    Process(charter(source, own), cache)()
    others = {
        name: folder / f"agreed-{id}.parquet"
        for name, id in {"DuckDB": "duckdb", "Polars": "polars", "Python": "python", "ZEN": "zen"}.items()
    }
    for path in others.values():
        Process(peer(path.stem.removeprefix("agreed-"), source, path), cache)()
    return list(differences(own, others))


# Times ----------------------------------------------------------------------------------------------------------------


def each(process: Process, partners: int) -> Callable[[], float]:
    """A call that runs a process and gives its time per partner in nanoseconds."""
    return lambda: process() / partners * 1e6


def zen_call(source: Path, output: Path) -> Callable[[], float]:
    """A call that decides these partners with ZEN and gives the time per partner in nanoseconds."""
    command = list(map(str, peer("zen", source, output)))
    return lambda: float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def measured(folder: Path, cache: Path, rows: int, rounds: int, *, shuffled: bool) -> None:
    """Time the contenders in turns; print the table of times, and each promise with what was measured."""
    source, some, few = folder / "portfolio.parquet", folder / "some.parquet", folder / "agreed.parquet"
    slow, output = min(rows, SLOW), folder / "outcomes.parquet"
    asoft_portfolio(rows, source, shuffled=shuffled)
    asoft_portfolio(slow, some, shuffled=shuffled)
    processes = {
        "DuckDB, SQL by hand": (Process(peer("duckdb", source, output), cache), rows),
        "`charter batch`": (Process(charter(source, output), cache), rows),
        "`charter batch`, the first call ever": (Process(charter(source, output), folder / "empty", forget=True), rows),
        "Polars by hand": (Process(peer("polars", source, output), cache), rows),
        "plain Python": (Process(peer("python", some, output), cache), slow),
    }
    timed = [each(process, partners) for process, partners in processes.values()]
    zen = zen_call(few, output)
    taken = in_turns([*timed, zen], rounds)
    described = [(name, f"{partners:,}", f"{process.peak:.0f}") for name, (process, partners) in processes.items()]
    described.append(("ZEN, the call alone", f"of {AGREED:,}, the complete", "–"))
    print(table(("process", "partners", "peak, MiB"), described, taken, "ns a partner"))
    by_hand, own, _, polars, _, call = taken
    print(f"\n{rounds} rounds. {', '.join(f'{name} {version(name)}' for name in PACKAGES)}. {machine()}.\n")
    peak = processes["`charter batch`"][0].peak
    print(promises(times_longer(own, by_hand), times_longer(own, polars), median(call) / median(own), peak, rows))


def promises(by_hand: float, polars: float, zen: float, peak: float, rows: int) -> str:
    """A Markdown table of each promise with what was measured."""
    return "\n".join(
        (
            "| promise | measured | kept |",
            "| --- | --- | --- |",
            f"| at most 1.2 times as long as SQL by hand | {by_hand:.2f} times | {YES_NO[by_hand <= 1.2]} |",
            f"| the distance to Polars is stated | {polars:.2f} times as long | yes |",
            f"| at least 20 times ZEN's throughput | {zen:.1f} times | {YES_NO[zen >= 20]} |",
            f"| under 512 MiB for a million | {peak:.0f} MiB for {rows:,} | {YES_NO[peak < 512]} |",
        )
    )


def main() -> int:
    """Compare the answers, then time the contenders; the exit code is 1 where answers differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="partners of the portfolio that is timed")
    parser.add_argument("--rounds", type=int, help="rounds of timing: 7, and 3 with --growth")
    parser.add_argument("--shuffled", action="store_true", help="partners in no order")
    parser.add_argument("--growth", action="store_true", help="10 000 to 10 000 000 partners, 10 to 1 000 rules")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, cache = Path(name), Path(name) / "cache"
        differing = agree(folder, cache, shuffled=arguments.shuffled)
        if differing:
            print(*differing, sep="\n", file=sys.stderr)
            return 1
        print(f"The same answers for {AGREED:,} random partners.\n")
        if arguments.growth:
            growth(folder, cache, arguments.rounds or 3)
        else:
            measured(folder, cache, arguments.rows, arguments.rounds or 7, shuffled=arguments.shuffled)
    return 0


if __name__ == "__main__":
    sys.exit(main())
