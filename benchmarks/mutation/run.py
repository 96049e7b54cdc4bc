"""How many small changes of the engine its tests notice.

`measure` finds which tests reach which lines, `try` tries a random sample, `report` says what became of it. All is kept
in build/mutation, so that each of them goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from mutants import counts, in_random_order, mutant, stamp
from reach import Reach, measure, test_files
from trial import copied, surroundings, tried

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build" / "mutation"
#: Mutants that make no difference, each with the reason
EQUIVALENT = Path(__file__).with_name("equivalent.yaml")
NOTICED = ("killed", "timeout")


def measured() -> None:
    """Measure what each file of tests reaches, but for those that did not change since they were measured."""
    tree = copied(ROOT, KEPT / "measured")
    for file in test_files(ROOT):
        with tempfile.TemporaryDirectory() as folder:
            if measure(tree, file, KEPT / "reach", surroundings(tree, Path(folder))):
                print(f"measured {file}", flush=True)


def tried_sample(size: int, seed: int, jobs: int, budget: float) -> None:
    """Try a sample of the mutants, without those decided before; each with tests of about `budget` seconds at most."""
    reach = Reach(ROOT, KEPT / "reach")
    results = KEPT / f"results-{seed}.jsonl"
    decided = {(result["name"], result["stamp"]) for result in read(results) if result["outcome"] != "open"}
    chosen = in_random_order(counts(ROOT, KEPT / "counts.json"), seed)[:size]
    children = []
    for job in range(jobs):
        if child := os.fork():
            children.append(child)
            continue
        tree = copied(ROOT, KEPT / f"tree_{job}")
        for module, number in chosen[job::jobs]:
            digest = stamp(ROOT / module)
            if (f"{module}:{number}", digest) not in decided:
                change = mutant(ROOT, module, number)
                verdict = tried(ROOT, tree, change, reach.tests(change), budget)
                with results.open("a", encoding="utf-8") as file:
                    file.write(
                        json.dumps({"name": change.name, "stamp": digest, **change._asdict(), **verdict._asdict()})
                        + "\n"
                    )
        os._exit(0)
    if any(os.waitpid(child, 0)[1] for child in children):
        raise SystemExit(2)


def read(results: Path) -> list[dict[str, Any]]:
    """The last result of each mutant, in the order in which they were tried."""
    lines = results.read_text("utf-8").splitlines() if results.exists() else []
    return list({result["name"]: result for result in map(json.loads, lines)}.values())


def report(seed: int) -> bool:
    """Print what became of the sample; True where each mutant was noticed, or is named as making no difference."""
    results = [result | {"outcome": _outcome(result)} for result in read(KEPT / f"results-{seed}.jsonl")]
    numbers = json.loads((KEPT / "counts.json").read_text("utf-8"))
    every = Counter({_package(name.split()[0]): 0 for name in numbers})
    for name, number in numbers.items():
        every[_package(name.split()[0])] += number
    print("\n".join(_table(results, every)))
    left = [result for result in results if result["outcome"] not in (*NOTICED, "equivalent")]
    for result in left:
        print(f"\n{result['outcome']}: {result['module']}:{result['first']} {result['function']}\n{result['diff']}")
    return not left


def _outcome(result: dict[str, Any]) -> str:
    """The outcome of a result; `equivalent` for a survivor that is named as making no difference."""
    named = yaml.safe_load(EQUIVALENT.read_text("utf-8"))
    key = (result["module"], result["function"], result["diff"].strip())
    is_named = any(key == (entry["module"], entry["function"], entry["diff"].strip()) for entry in named)
    return "equivalent" if is_named and result["outcome"] not in NOTICED else str(result["outcome"])


def _package(module: str) -> str:
    """`report` of `engine/report/page.py`; the module itself where it stands in no package."""
    return module.split("/")[1].removesuffix(".py")


def _table(results: Sequence[dict[str, Any]], every: Counter[str]) -> Iterator[str]:
    """The rows of the report in Markdown: each package, and all of them."""
    outcomes = ("killed", "timeout", "equivalent", "survived", "unreached", "open")
    yield f"| package | mutants | tried | {' | '.join(outcomes)} | score |"
    yield f"| --- {'| ---: ' * (len(outcomes) + 3)}|"
    for package in [*sorted(every), ""]:
        of_it = [result for result in results if package in ("", _package(result["module"]))]
        if not of_it:
            continue
        by = Counter(result["outcome"] for result in of_it)
        judged = len(of_it) - by["equivalent"]
        score = f"{100 * sum(by[outcome] for outcome in NOTICED) / judged:.0f}%" if judged else "–"
        number = every[package] if package else every.total()
        cells = [package or "all", f"{number:,}", len(of_it), *(by[outcome] for outcome in outcomes), score]
        yield f"| {' | '.join(map(str, cells))} |"


def main(arguments: Sequence[str]) -> int:
    """Run a step; the exit code is 1 where `report` has a mutant that was not noticed and is not named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=["measure", "try", "report"])
    parser.add_argument("--size", type=int, default=300, help="how many mutants")
    parser.add_argument("--seed", type=int, help="of the sample; without it, the day as 20260131")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--budget", type=float, default=1e9, help="seconds of tests for one mutant, which is open then")
    options = parser.parse_args(arguments)
    seed = options.seed if options.seed is not None else int(date.today().strftime("%Y%m%d"))
    if options.step == "measure":
        measured()
    elif options.step == "try":
        tried_sample(options.size, seed, options.jobs, options.budget)
    return 0 if options.step != "report" or report(seed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
