"""Shared by the benchmarks: runs processes in turns, and describes times, ratios and the machine."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent

#: The peak memory of a process includes what its parent held at its start, so a small process starts it.
_BETWEEN = """
import os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
busy = usage.ru_utime + usage.ru_stime
print(time.perf_counter() - start, busy, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
"""


class Process:
    """A command as a whole process: each call runs it to its end, and gives the milliseconds that it took.

    It finds charter's cache in the folder `cache`; `forget` empties that before each run. Byte code is kept, as an
    installation keeps it. Raises SystemExit where the command fails.
    """

    def __init__(self, command: Sequence[str | Path], cache: Path, *, forget: bool = False) -> None:
        self.command, self.cache, self.forget = list(map(str, command)), cache, forget
        self.environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.peak = 0.0  #: the most memory that any run held, in MiB
        self.busy = 0.0  #: how long the last run kept processors busy, in seconds

    def __call__(self) -> float:
        if self.forget:
            shutil.rmtree(self.cache, ignore_errors=True)
        call = [sys.executable, "-ISc", _BETWEEN, *self.command]
        ended = subprocess.run(call, check=True, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True)
        seconds, busy, held, code = ended.stdout.splitlines()[-1].split()
        if code != "0":
            raise SystemExit(f"{' '.join(self.command)} ended with {code}")
        self.busy = float(busy)
        self.peak = max(self.peak, int(held) / (2**20 if sys.platform == "darwin" else 2**10))
        return float(seconds) * 1e3

    def processor_seconds(self) -> float:
        """The seconds that processors work in a run, whatever else they do meanwhile."""
        self()
        return self.busy


def in_turns(timed: Sequence[Callable[[], float]], rounds: int) -> list[list[float]]:
    """The results of each call in each round; the call that begins changes from round to round."""
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
        lines.append(f"| {' | '.join(row)} | {median(own):.1f} | {min(own):.1f} | {times_longer(own, taken[0]):.2f} |")
    return "\n".join(lines)


def times_longer(own: Sequence[float], other: Sequence[float]) -> float:
    """The median of the ratios of two that took turns, round by round."""
    return median(mine / first for mine, first in zip(own, other, strict=True))


def machine() -> str:
    """The processor, the system and Python."""
    processor, cpuinfo = platform.processor(), Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        models = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        processor = f"{models[0]}, {len(models)} cores" if models else processor
    return f"{processor}; {platform.system()} {platform.machine()}; Python {platform.python_version()}"
