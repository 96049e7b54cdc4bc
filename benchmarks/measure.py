"""What the benchmarks share: taking turns, a table of times and ratios, and the machine they were taken on."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median


def in_turns(timed: Sequence[Callable[[], float]], rounds: int) -> list[list[float]]:
    """What each of these measures in each round; who begins changes from round to round."""
    taken: list[list[float]] = [[] for _ in timed]
    for turn in range(rounds):
        for place in range(len(timed)):
            index = (turn + place) % len(timed)
            taken[index].append(timed[index]())
    return taken


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], taken: Sequence[Sequence[float]], unit: str) -> str:
    """Median and least of each as Markdown, and the median of its ratios to the first row, round by round."""
    lines = [
        f"| {' | '.join(columns)} | median, {unit} | least, {unit} | ratio |",
        f"|{' --- |' * len(columns)} ---: | ---: | ---: |",
    ]
    for row, own in zip(rows, taken, strict=True):
        ratio = median(mine / first for mine, first in zip(own, taken[0], strict=True))
        lines.append(f"| {' | '.join(row)} | {median(own):.1f} | {min(own):.1f} | {ratio:.2f} |")
    return "\n".join(lines)


def machine() -> str:
    """The processor, the system and Python."""
    processor, cpuinfo = platform.processor(), Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        models = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        processor = f"{models[0]}, {len(models)} cores" if models else processor
    return f"{processor}; {platform.system()} {platform.machine()}; Python {platform.python_version()}"
