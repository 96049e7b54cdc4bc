"""Start charter from cold: `charter evaluate` as a whole process, beside a process that only imports typer and yaml.

The processes take turns. Byte code is compiled before the first round, as installing does. charter remembers in the
user's cache that it has checked a release; here the cache is a folder of its own, and "the first call ever" finds it
empty.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from measure import ROOT, Process, in_turns, machine, table

EXAMPLE = ROOT / "examples" / "competency-at-cap.yaml"


def installed(folder: Path) -> Path:
    """The interpreter of a new environment in which charter is installed as from a wheel."""
    source, home = folder / "source", folder / "venv"
    unneeded = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT, source, ignore=unneeded)  # building leaves traces beside the source
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-qq", source], check=True, stdout=sys.stderr)
    return python


def main() -> int:
    """Time, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--install", action="store_true", help="in a new environment, installed as from a wheel")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        python = installed(folder) if arguments.install else Path(sys.executable)
        evaluate: list[str | Path] = [python, python.with_name("charter"), "evaluate", EXAMPLE]
        contenders = {
            "`import typer, yaml`": Process([python, "-c", "import typer, yaml"], folder / "unused"),
            "`charter evaluate`": Process(evaluate, folder / "cache"),
            "`charter evaluate`, the first call ever": Process(evaluate, folder / "empty", forget=True),
            "the interpreter alone": Process([python, "-c", "pass"], folder / "unused"),
        }
        for run in contenders.values():
            run()
        taken = in_turns(list(contenders.values()), arguments.rounds)
    print(table(("process",), [(name,) for name in contenders], taken, "ms"))
    how = "installed as from a wheel" if arguments.install else "in the environment that runs the benchmark"
    print(f"\n{arguments.rounds} rounds, {how}. {machine()}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
