"""How time and memory grow with the partners of a portfolio and with the rules of a programme: tables, and a chart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

from calls import charter, peer
from made import asoft_portfolio, portfolio, programme
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from measure import Process, in_turns, machine

CHART = Path(__file__).with_name("growth.svg")
PARTNERS = (10_000, 100_000, 1_000_000, 10_000_000)
RULES = (10, 30, 100, 300, 1_000)
OF_RULES = 100_000  #: partners whom the programmes decide


class Measured(NamedTuple):
    """The median time in seconds and the peak memory in MiB of a contender for one size."""

    contender: str
    size: int
    seconds: float
    peak: float


def growth(folder: Path, cache: Path, rounds: int) -> None:
    """Measure, print both tables, and draw the chart anew."""
    partners = [measured for size in PARTNERS for measured in by_partners(size, folder, cache, rounds)]
    print(f"{as_table('partners', partners)}\n")
    few, many = (_peak(partners, size) for size in PARTNERS[-2:])
    print(f"charter's peak for {PARTNERS[-1]:,} partners is {many / few:.2f} times that for {PARTNERS[-2]:,}.\n")
    table = folder / "portfolio.parquet"
    portfolio(OF_RULES, table)
    rules = [measured for number in RULES for measured in by_rules(number, table, folder, cache, rounds)]
    print(as_table("rules", rules))
    packages = ", ".join(f"{name} {version(name)}" for name in ("charter", "duckdb", "sqlglot", "polars"))
    print(f"\n{OF_RULES:,} partners for the rules. Medians of {rounds} rounds. {packages}. {machine()}.")
    draw(partners, rules, CHART)


def _peak(runs: Iterable[Measured], size: int) -> float:
    return next(run.peak for run in runs if (run.contender, run.size) == ("charter", size))


def by_partners(size: int, folder: Path, cache: Path, rounds: int) -> list[Measured]:
    """The measurements of charter and the peers that work on columns, for a number of ASoft's partners."""
    source, output = folder / "portfolio.parquet", folder / "outcomes.parquet"
    asoft_portfolio(size, source)
    processes = {
        "charter": Process(charter(source, output), cache),
        "DuckDB by hand": Process(peer("duckdb", source, output), cache),
        "Polars by hand": Process(peer("polars", source, output), cache),
    }
    return _measured(processes, size, rounds)


def by_rules(number: int, source: Path, folder: Path, cache: Path, rounds: int) -> list[Measured]:
    """The measurements of charter with a number of rules, with a cache from an earlier call and without."""
    command = charter(source, folder / "outcomes.parquet", programme(number, folder))
    processes = {
        "charter": Process(command, cache),
        "charter, the first call ever": Process(command, folder / "empty", forget=True),
    }
    processes["charter"]()
    return _measured(processes, number, rounds)


def _measured(processes: dict[str, Process], size: int, rounds: int) -> list[Measured]:
    taken = in_turns(list(processes.values()), rounds)
    return [
        Measured(name, size, median(own) / 1e3, process.peak)
        for (name, process), own in zip(processes.items(), taken, strict=True)
    ]


def as_table(counted: str, runs: Sequence[Measured]) -> str:
    """A row for each size as Markdown: seconds and MiB of each contender."""
    contenders = list(dict.fromkeys(run.contender for run in runs))
    head = [counted, *(f"{name}, {unit}" for name in contenders for unit in ("s", "MiB"))]
    lines = [f"| {' | '.join(head)} |", f"|{' ---: |' * len(head)}"]
    for size in dict.fromkeys(run.size for run in runs):
        cells = [f"{run.seconds:.2f} | {run.peak:.0f}" for run in runs if run.size == size]
        lines.append(f"| {size:,} | {' | '.join(cells)} |")
    return "\n".join(lines)


def draw(partners: Sequence[Measured], rules: Sequence[Measured], path: Path) -> None:
    """Draw the chart: seconds in the upper row, MiB in the lower; by partners on the left, by rules on the right."""
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "growth", "font.size": 9}):
        figure = Figure(figsize=(9, 6), layout="constrained")
        places = figure.subplots(2, 2, sharex="col")
        figure.suptitle("charter batch, Parquet to Parquet: time and peak memory")
        for runs, (above, below) in zip((partners, rules), places.T, strict=True):
            for place, number in ((above, "seconds"), (below, "peak")):
                _lines(place, runs, number)
        above, below = places[:, 0]
        above.set(ylabel="seconds")
        below.set(ylabel="peak memory, MiB", xlabel="partners")
        below.axhline(512, color="grey", linestyle="--", label="promised: under 512 MiB")
        places[1, 1].set(xlabel=f"rules of the programme, {OF_RULES:,} partners")
        for place in places.flat:
            place.legend(fontsize=8)
            place.set_ylim(bottom=0 if place in places[1] else 0.1)
        figure.savefig(path, format="svg", metadata={"Creator": None, "Date": None})


def _lines(place: Axes, runs: Sequence[Measured], number: str) -> None:
    """Draw a line for each contender; the axes of sizes and of seconds are logarithmic."""
    for name, marker in zip(dict.fromkeys(run.contender for run in runs), "osD", strict=False):
        own = [run for run in runs if run.contender == name]
        place.plot([run.size for run in own], [getattr(run, number) for run in own], marker=marker, label=name)
    place.set_xscale("log")
    place.set_xticks(sorted({run.size for run in runs}))
    if number == "seconds":
        place.set_yscale("log")
        place.set_yticks((0.1, 0.3, 1, 3, 10, 30))
        place.yaxis.set_major_formatter("{x:g}")
    place.xaxis.set_major_formatter("{x:,.0f}")
    place.minorticks_off()
    place.grid(visible=True, alpha=0.3)
