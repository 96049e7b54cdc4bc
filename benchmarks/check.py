"""Check a release as a whole process: `charter check`, beside check-jsonschema with our schemas for shape alone.

check-jsonschema takes one schema a call. It is called in two ways: as a process for each kind of file, and as one
process that calls it for each kind in turn, which nobody does and which spares it every start but one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

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


def main() -> int:
    """Time, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()

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
