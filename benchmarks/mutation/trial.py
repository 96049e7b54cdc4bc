"""Tries one mutant: puts it into a copy of the clone and runs the tests that reach it, the fastest first, in a fork.

The process that forks has loaded the libraries and nothing of charter, so that each fork imports the mutant anew and
the start of pytest and of the solver is paid once.
"""

from __future__ import annotations

import compileall
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb  # noqa: F401
import hypothesis
import jinja2  # noqa: F401
import jsonschema  # noqa: F401
import pytest
import simplejson  # noqa: F401
import sqlglot  # noqa: F401
import typer.testing  # noqa: F401
import z3  # noqa: F401
from mutants import Mutant, mutated
from reach import EVERY

#: Seconds of tests that are run together; the next stage is run where these let the mutant live
STAGES = (2.0, 10.0, 40.0)
#: Seconds of processor time that a stage gets: this, and so many times what its tests took when they were measured
GRACE, TIMES = 30, 5
#: A stage that takes so many times as long by the clock is stopped; that says nothing of the mutant, which is open
PATIENCE = 15
_FAILED, _WORKED, _WAITED = 1, 2, 3


class Verdict(NamedTuple):
    """What became of a mutant: `killed`, `timeout`, `survived`, `unreached` by any test, or `open`."""

    outcome: str
    by: str
    tests: int
    seconds: float


def copied(root: Path, tree: Path) -> Path:
    """The files of a clone as they stand, in the folder `tree`, which is a clone too and finds itself as `charter`."""
    if tree.exists():
        shutil.rmtree(tree)
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=root, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (root / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, tree / name)
    who = ["-c", "user.name=charter", "-c", "user.email=charter@example.org"]
    for words in (["init", "--quiet"], ["add", "--all"], [*who, "commit", "--quiet", "--message", "As it stands"]):
        subprocess.run(["git", *words], cwd=tree, check=True)
    (tree / ".venv" / "typing").mkdir(parents=True)
    (tree / ".venv" / "typing" / "charter").symlink_to("../..", target_is_directory=True)
    compileall.compile_dir(tree, quiet=2)
    return tree


def surroundings(tree: Path, folder: Path) -> dict[str, str]:
    """The environment of tests in a tree, with caches of its own in `folder`: none holds what other code decided."""
    return {
        **os.environ,
        "PYTHONPATH": str(tree / ".venv" / "typing"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "XDG_CACHE_HOME": str(folder / "cache"),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis"),
    }


def tried(root: Path, tree: Path, mutant: Mutant, reached: Mapping[str, Mapping[str, float]], budget: float) -> Verdict:
    """What the tests say of a mutant; `reached` are by file the tests that reach it, and their seconds.

    A stage of tests is not begun where all before it took more than `budget` seconds; the mutant is `open` then.
    """
    start = time.monotonic()
    number = sum(map(len, reached.values()))
    path = tree / mutant.module
    path.unlink()
    path.write_text(mutated(root, mutant.module, mutant.number), "utf-8")
    outcome, by, spent = ("survived" if reached else "unreached"), "", 0.0
    try:
        for tests in stages(reached):
            seconds = sum(reached[file][test] for file, some in tests.items() for test in some)
            measured = not any(EVERY in some for some in tests.values())
            if spent + seconds > budget and (spent > 0 or not measured):
                outcome = "open"
                break
            spent += seconds
            code, by = _stage(tree, tests, seconds)
            if code:
                outcome = "killed" if code == _FAILED else "timeout" if code == _WORKED and measured else "open"
                break
    finally:
        path.unlink()
        shutil.copy2(root / mutant.module, path)
    return Verdict(outcome, by, number, round(time.monotonic() - start, 1))


def stages(reached: Mapping[str, Mapping[str, float]]) -> Iterator[dict[str, list[str]]]:
    """The tests of each stage, by file: the files in their order, the quickest tests of a file first."""
    limits = iter(STAGES)
    limit = next(limits)
    stage: dict[str, list[str]] = {}
    spent = 0.0
    for file, measured in reached.items():
        for test, seconds in sorted(measured.items(), key=lambda pair: pair[1]):
            if stage and (spent + seconds > limit or EVERY in (test, *(some[0] for some in stage.values()))):
                yield stage
                stage, spent, limit = {}, 0.0, next(limits, float("inf"))
            stage.setdefault(file, []).append(test)
            spent += seconds
    if stage:
        yield stage


def _stage(tree: Path, tests: Mapping[str, Sequence[str]], seconds: float) -> tuple[int, str]:
    """Run some tests until the first fails: 0 where all passed, or how they ended, and the test that failed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        child = os.fork()
        if not child:
            _run(tree, folder, tests, GRACE + TIMES * int(seconds))
        status = _waited(child, PATIENCE * (GRACE + TIMES * seconds))
        _stop(child)
        by = folder / "by"
        failed = by.read_text("utf-8") if by.exists() else ""
        out = (folder / "out").read_text("utf-8", "replace")[-2000:]
    if status is None:
        return _WAITED, failed
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL}:
        return _WORKED, failed
    if status and not failed:
        raise SystemExit(f"a stage of tests broke off: {out}")
    return (0, "") if status == 0 else (_FAILED, failed)


def _waited(child: int, seconds: float) -> int | None:
    """The status with which a child ended; None where it did not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.02)
    return None


def _stop(child: int) -> None:
    """End what is left of a child and of the processes it started."""
    try:
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except (ProcessLookupError, ChildProcessError):
        return


class _Chosen:
    """A plugin of pytest that keeps the chosen tests, in their order, and writes down the one that failed."""

    def __init__(self, tests: Iterable[str], by: Path) -> None:
        self.places = {test: place for place, test in enumerate(tests)}
        self.by = by

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if EVERY not in self.places:
            chosen = (item for item in items if item.nodeid in self.places)
            items[:] = sorted(chosen, key=lambda item: self.places[item.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            lines = str(report.longrepr).strip().splitlines()
            self.by.write_text(f"{report.nodeid}: {lines[-1] if lines else ''}"[:300], "utf-8")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.by.write_text(f"{report.nodeid}: not imported", "utf-8")


def _run(tree: Path, folder: Path, tests: Mapping[str, Sequence[str]], seconds: int) -> None:
    """In a fork: run the tests, and end with 0 where all passed. Each process gets so many seconds of the processor."""
    os.setsid()
    code = _FAILED
    try:
        out = os.open(folder / "out", os.O_WRONLY | os.O_CREAT)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.chdir(tree)
        os.environ.update(surroundings(tree, folder))
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        sys.dont_write_bytecode = True
        sys.path.insert(0, str(tree / ".venv" / "typing"))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        ids = [test for some in tests.values() for test in some]
        files = [file for file, some in tests.items() if EVERY in some] or dict.fromkeys(
            id.partition("::")[0] for id in ids
        )
        quiet = ["-W", "ignore::pytest.PytestAssertRewriteWarning", "--assert=plain"]
        words = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *quiet, *files]
        shown = (hypothesis.Phase.explicit, hypothesis.Phase.generate)  # what fails is not made smaller
        hypothesis.settings.register_profile("mutants", phases=shown, database=None)
        hypothesis.settings.load_profile("mutants")
        code = int(pytest.main(words, plugins=[_Chosen(ids, folder / "by")]))
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0 if code in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED} else _FAILED)
