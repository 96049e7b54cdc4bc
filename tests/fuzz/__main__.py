"""`python -m tests.fuzz --seed 1 --cases 10000`: a long search, which goes on where an earlier one stopped.

The folder of `--out` gets a line for each case tried, and a file for each kind of fault with an input that shows it. A
case that ends the process itself (no memory, no way back from a call in C) is noted, and the search goes on after it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import traceback
from collections import Counter, defaultdict
from pathlib import Path
from typing import IO

from .faults import TAKEN
from .search import KINDS, Tried, search

MEMORY = 6 * 1024**3  #: bytes of addresses for the process of the cases
STARTS = 200  #: how often the process is started again


def main() -> int:
    """Run or go on with a search; 1 where there are faults."""
    options = arguments()
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    if options.worker:
        work(options, out)
        return 0
    for _ in range(STARTS):
        done = subprocess.run([sys.executable, "-m", "tests.fuzz", *sys.argv[1:], "--worker"], check=False)
        if done.returncode == 0:
            break
        number, kind = (out / "current").read_text("utf-8").split()
        with (out / "cases").open("a", encoding="utf-8") as log:
            log.write(f"{number}\t{kind}\tthe process ended with {done.returncode}\n")
    return report(out)


def arguments() -> argparse.Namespace:
    """The options of the call."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=1000, help="how many in all, those of earlier calls with them")
    parser.add_argument("--kind", action="append", choices=list(KINDS), default=[], help="only this kind")
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "charter-fuzz")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def work(options: argparse.Namespace, out: Path) -> None:
    """Try the cases that are left, each noted before and after."""
    os.environ["XDG_CACHE_HOME"] = "/dev/null/none"  # every release is checked, and none is remembered
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    log_path = out / "cases"
    begun = sum(1 for _ in log_path.open(encoding="utf-8")) if log_path.exists() else 0
    with (
        log_path.open("a", encoding="utf-8", buffering=1) as log,
        (out / "current").open("w", encoding="utf-8") as current,
    ):
        numbers = range(begun, options.cases)
        for case in search(options.seed, numbers, options.kind, lambda number, kind: note(current, number, kind)):
            log.write(f"{case.number}\t{case.kind}\t{case.result}\n")
            if case.fault is not None:
                save(out, case)


def note(current: IO[str], number: int, kind: str) -> None:
    """Write which case begins, so that one that ends the process is known."""
    current.seek(0)
    current.write(f"{number} {kind}".ljust(40))
    current.flush()


def save(out: Path, case: Tried) -> None:
    """Keep the input and the traceback of a fault, the first three of its signature."""
    stem = "".join(character if character.isalnum() else "_" for character in case.result)[:100]
    for number in range(3):
        path = out / f"{stem}.{number}.json"
        if not path.exists():
            files = (
                {name: content.decode("latin-1") for name, content in case.input.files.items()} if case.input else {}
            )
            trace = traceback.format_exception(case.fault)
            about = {"kind": case.kind, "number": case.number, "base": case.input and case.input.base,
                     "dice": case.input and case.input.dice, "files": files, "trace": "".join(trace)[-6000:]}  # fmt: skip
            path.write_text(json.dumps(about, indent=1), "utf-8")
            return


def report(out: Path) -> int:
    """Write how many cases of each kind were tried and what came of them; 1 where there are faults."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    faults: Counter[tuple[str, str]] = Counter()
    for line in (out / "cases").read_text("utf-8").splitlines():
        _, kind, result = line.split("\t", 2)
        fault = " " in result
        counts[kind]["faults" if fault else TAKEN if result == TAKEN else "refused"] += 1
        faults[kind, result] += fault
    columns = (TAKEN, "refused", "faults")
    rows = [(kind, *(str(counts[kind][column]) for column in columns)) for kind in KINDS if kind in counts]
    totals = tuple(str(sum(count[column] for count in counts.values())) for column in columns)
    for row in (("kind", *columns), *rows, ("all", *totals)):
        sys.stdout.write(f"{row[0]:12}{''.join(f'{cell:>10}' for cell in row[1:])}\n")
    for (kind, result), number in sorted(faults.items(), key=lambda pair: -pair[1]):
        if number:
            sys.stdout.write(f"{number:6}  {kind}: {result}\n")
    return int(any(faults.values()))


if __name__ == "__main__":
    sys.exit(main())
