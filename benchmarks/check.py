"""Check a release as a whole process: `charter check`, beside check-jsonschema with our schemas for shape alone.

With `--growth`: `check` by the number of rules, `test` by that of scenarios, `verify` by that of saved outcomes.

check-jsonschema takes one schema a call. It is called in two ways: as a process for each kind of file, and as one
process that calls it for each kind in turn, which nobody does and which spares it every start but one.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import yaml
from charter import load, to_json
from made import programme, thresholds
from measure import ROOT, Process, in_turns, machine, table

RELEASE = ROOT / "program" / "1.0.0"

IN_TURN = """
import sys
from check_jsonschema import main
sys.exit(any(main(call.split('|'), standalone_mode=False) for call in sys.argv[1:]))
"""


def calls() -> list[list[str]]:
    """What check-jsonschema is called with, once for each schema: every YAML file of the release."""
    by_schema: dict[str, list[str]] = {}
    for path in sorted(RELEASE.rglob("*.yaml")):
        schema = (path.parent / path.read_text("utf-8").splitlines()[0].partition("$schema=")[2]).resolve()
        by_schema.setdefault(str(schema), []).append(str(path))
    return [["--schemafile", schema, *paths] for schema, paths in by_schema.items()]


def growth(folder: Path, rounds: int) -> str:
    """The seconds of processor time of each command by the size of its input, as a table."""
    charter = Path(sys.executable).with_name("charter")
    kinds: dict[str, tuple[Callable[[int, Path], list[str | Path]], Sequence[int]]] = {
        "`check`: rules of many kinds": (_check_of_made, (250, 500, 1000)),
        "`check`: thresholds of one fact": (_check_of_thresholds, (250, 500, 1000)),
        "`test`: scenarios": (_test_of_scenarios, (500, 1000)),
        "`verify`: saved outcomes": (_verify_of_outcomes, (750, 1500)),
    }
    lines = ["| command and what grows | number | s | ratio to the row above |", "| --- | ---: | ---: | ---: |"]
    for name, (made, sizes) in kinds.items():
        before = 0.0
        for size in sizes:
            place = folder / f"{made.__name__}-{size}"
            process = Process([charter, *made(size, place)], folder / "cache")
            seconds = min(process.processor_seconds() for _ in range(rounds))
            lines.append(f"| {name} | {size:,} | {seconds:.2f} | {f'{seconds / before:.2f}' if before else ''} |")
            before = seconds
    return "\n".join(lines)


def _check_of_made(rules: int, folder: Path) -> list[str | Path]:
    return ["check", programme(rules, folder)]


def _check_of_thresholds(rules: int, folder: Path) -> list[str | Path]:
    return ["check", thresholds(rules, folder)]


def _test_of_scenarios(scenarios: int, folder: Path) -> list[str | Path]:
    """Scenarios of the programme, 500 in a file, each with a partner of its own."""
    release = Path(shutil.copytree(RELEASE, folder / RELEASE.name))
    shutil.rmtree(release / "scenarios")
    (release / "scenarios").mkdir()
    for first in range(0, scenarios, 500):
        of_file = {
            f"s{number}": {
                "title": {"en": "S"},
                "as_of": date(2026, 11, 23),
                "record": {"partner": f"P-{number}", "tier": "competency", "facts": {"certified_admins": number % 9}},
                "expect": {"partner": f"P-{number}"},
            }
            for number in range(first, first + 500)
        }
        text = yaml.safe_dump({"scenarios": of_file}, sort_keys=False)
        (release / "scenarios" / f"from-{first}.yaml").write_text(text, "utf-8")
    return ["test", release]


def _verify_of_outcomes(outcomes: int, folder: Path) -> list[str | Path]:
    """Outcomes of partners who differ in their names and in one fact, as JSON Lines."""
    folder.mkdir(parents=True)
    release = load(RELEASE)
    record = yaml.safe_load((ROOT / "examples" / "competency-at-cap.yaml").read_text("utf-8"))
    with (folder / "outcomes.jsonl").open("w", encoding="utf-8") as file:
        for number in range(outcomes):
            facts = {**record["facts"], "certified_admins": number % 9}
            outcome = release.evaluate({**record, "partner": f"P-{number}", "facts": facts}, as_of=date(2026, 11, 23))
            file.write(to_json(outcome, indent=None) + "\n")
    return ["verify", folder / "outcomes.jsonl"]


def main() -> int:
    """Time, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--growth", action="store_true")
    arguments = parser.parse_args()

    if arguments.growth:
        with tempfile.TemporaryDirectory() as temporary:
            print(growth(Path(temporary), arguments.rounds))
        print(f"\nLeast of {arguments.rounds} rounds. {machine()}.")
        return 0
    python = Path(sys.executable)
    peer, own = python.with_name("check-jsonschema"), [python.with_name("charter"), "check", RELEASE]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        each = [Process([peer, *call], folder / "unused") for call in calls()]
        in_turn = [python, "-c", IN_TURN, *("|".join(call) for call in calls())]
        contenders = {
            "check-jsonschema, one process": Process(in_turn, folder / "unused"),
            f"check-jsonschema, {len(each)} processes": lambda: sum(run() for run in each),
            "`charter check`": Process(own, folder / "cache"),
            "`charter check`, the first call ever": Process(own, folder / "empty", forget=True),
        }
        for run in contenders.values():
            run()
        taken = in_turns(list(contenders.values()), arguments.rounds)
    print(table(("process",), [(name,) for name in contenders], taken, "ms"))
    version = subprocess.run([peer, "--version"], check=True, capture_output=True, text=True).stdout.split()[-1]
    print(f"\n{arguments.rounds} rounds, check-jsonschema {version}. {machine()}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
