"""Which tests reach which lines of the engine: measured once with coverage.py, test file by test file, and kept."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from coverage import CoverageData
from mutants import Mutant

#: Files of tests that no mutant is tried with: they read sources, build wheels, or start browsers, Java or PostgreSQL
LEFT_OUT = (
    "tests/language/test_sql_on_postgres.py",
    "tests/portfolio/test_spark.py",
    "tests/test_architecture.py",
    "tests/test_ci.py",
    "tests/test_other_validators.py",
    "tests/test_pages.py",
    "tests/test_wheel.py",
)
#: A test that took longer, in seconds, is not run against mutants
SLOW = 60.0
#: All doctests of the engine count as one file of tests
DOCTESTS = "engine"
#: Stands for every test of a file that was not measured, which is assumed to take so many seconds for 1,000 bytes
EVERY, ASSUMED = "*", 1.0


def test_files(root: Path) -> list[str]:
    """The files of tests of a checkout, without those left out; the smallest first."""
    files = sorted((root / "tests").rglob("test_*.py"), key=lambda path: path.stat().st_size)
    return [DOCTESTS, *(name for path in files if (name := path.relative_to(root).as_posix()) not in LEFT_OUT)]


def measure(tree: Path, file: str, kept: Path, environment: dict[str, str]) -> bool:
    """Run a file of tests under coverage.py and keep what it reached in the folder `kept`; False where that stands."""
    target = kept / f"{file.replace('/', '.')}.json"
    stamp = _stamp(tree, file)
    if target.exists() and json.loads(target.read_text("utf-8"))["stamp"] == stamp:
        return False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rc").write_text(
            f"[run]\nparallel = True\nsource = {tree / 'engine'}\ndata_file = {folder / 'data' / 'c'}\n"
            "context = ${CHARTER_TEST-}\n",
            "utf-8",
        )
        (folder / "data").mkdir()
        environment = environment | {
            "COVERAGE_PROCESS_START": str(folder / "rc"),
            "COVERAGE_CORE": "ctrace",
            "CHARTER_TEST": "",
            "CHARTER_TESTS": str(folder / "passed"),
        }
        environment["PYTHONPATH"] += os.pathsep + str(Path(__file__).parent)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "contexts", "-p", "no:cacheprovider", file]
        subprocess.run(command, cwd=tree, env=environment, stdout=subprocess.DEVNULL, check=False)
        passed: dict[str, float] = json.loads((folder / "passed").read_text("utf-8"))
        lines = _lines(tree, (folder / "data").iterdir(), {test: place for place, test in enumerate(passed)})
    kept.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"stamp": stamp, "tests": passed, "lines": lines}), "utf-8")
    return True


def _stamp(tree: Path, file: str) -> str:
    path = tree / file
    return file if path.is_dir() else sha256(path.read_bytes()).hexdigest()


def _lines(tree: Path, parts: Iterable[Path], places: dict[str, int]) -> dict[str, dict[int, list[int]]]:
    """By module and line, the places of the tests that reach it."""
    lines: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for part in parts:
        data = CoverageData(str(part))
        data.read()
        for measured in data.measured_files():
            module = Path(measured).relative_to(tree).as_posix()
            for line, contexts in data.contexts_by_lineno(measured).items():
                reached = {places[test] for context in contexts for test in [context.strip("|")] if test in places}
                if reached:
                    lines[module][line] |= reached
    return {module: {line: sorted(places) for line, places in by_line.items()} for module, by_line in lines.items()}


class Reach:
    """The kept measures, asked for the tests that can see a mutant."""

    def __init__(self, root: Path, kept: Path) -> None:
        self.root = root
        self.files: dict[str, Any] = {}
        self.unmeasured: list[str] = []
        for file in test_files(root):
            target = kept / f"{file.replace('/', '.')}.json"
            measured = json.loads(target.read_text("utf-8")) if target.exists() else {}
            if measured.get("stamp") == _stamp(root, file):
                self.files[file] = measured
            else:
                self.unmeasured.append(file)

    def tests(self, mutant: Mutant) -> dict[str, dict[str, float]]:
        """By file of tests, the tests that reach the mutant, with their seconds; first the files of its subject.

        What stands outside of functions runs at import, once for all tests of a process, so that tests count which
        reach any function of its module, or of a module that imports it, and all of a file that imports it.
        """
        wanted = [(mutant.module, line) for line in range(mutant.first, mutant.last + 1)]
        if not mutant.function:
            near = {mutant.module, *self._importers.get(mutant.module, ())}
            if len(near) == 1:  # loaded by its name alone, by a module beside it
                for module in _siblings(self.root, mutant.module):
                    near |= {module, *self._importers.get(module, ())}
            wanted += [(module, line) for module in sorted(near) for line in _inner_lines(self.root / module)]
        result = {}
        for file, measured in self.files.items():
            places = {
                place for module, line in wanted for place in measured["lines"].get(module, {}).get(str(line), ())
            }
            tests = list(measured["tests"].items())
            if not mutant.function and self._names(file, mutant):
                places |= {*range(len(tests))}
            chosen = {test: seconds for test, seconds in map(tests.__getitem__, sorted(places)) if seconds <= SLOW}
            if chosen:
                result[file] = chosen
        size = {file: (self.root / file).stat().st_size for file in self.unmeasured if self._near(file, mutant)}
        unmeasured = {file: {EVERY: ASSUMED * size[file] / 1000} for file in size}
        return dict(sorted(result.items(), key=lambda row: self._rank(*row, mutant))) | unmeasured

    def _rank(self, file: str, tests: Mapping[str, float], mutant: Mutant) -> tuple[bool, float]:
        """Files of the mutant's subject come first, then those with the quickest tests."""
        return file != DOCTESTS and not self._near(file, mutant), sum(tests.values()) / len(tests)

    def _near(self, file: str, mutant: Mutant) -> bool:
        """Whether a file of tests is named as the module's subject, or imports the module, or has the changed text."""
        if file == DOCTESTS:
            return False
        subject = set(re.split(r"\W|_", mutant.module)[1:-1]) & set(re.split(r"\W|_", file))
        quoted = re.findall(r'"([^"{}]{6,})"', mutant.diff.partition("\n")[0])
        text = (self.root / file).read_text("utf-8")
        return bool(subject) or self._names(file, mutant) or any(phrase in text for phrase in quoted)

    def _names(self, file: str, mutant: Mutant) -> bool:
        """Whether a file of tests imports the module of the mutant."""
        package, _, name = mutant.module.removesuffix(".py").replace("/", ".").rpartition(".")
        pattern = rf"charter\.{package}(\.{name} import|.* import .*\b{name}\b)"
        return file != DOCTESTS and bool(re.search(pattern, (self.root / file).read_text("utf-8")))

    @cached_property
    def _importers(self) -> dict[str, set[str]]:
        importers: dict[str, set[str]] = defaultdict(set)
        for path in sorted((self.root / "engine").rglob("*.py")):
            module = path.relative_to(self.root).as_posix()
            for imported in _imported(path):
                importers[imported.relative_to(self.root).as_posix()].add(module)
        return dict(importers)


def _imported(path: Path) -> Iterator[Path]:
    """The modules that a module imports by a relative import."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = path.parents[node.level - 1].joinpath(*(node.module or "").split(".")).resolve()
            names = [folder / alias.name for alias in node.names]
            yield from (module for place in (folder, *names) if (module := place.with_suffix(".py")).is_file())


def _siblings(root: Path, module: str) -> list[str]:
    """The modules of the same package: what is loaded by its name alone is loaded by one of them."""
    return [path.relative_to(root).as_posix() for path in sorted((root / module).parent.glob("*.py"))]


def _inner_lines(path: Path) -> set[int]:
    """The lines within functions of a module."""
    functions = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    return {
        line
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, functions)
        for statement in (node.body if isinstance(node.body, list) else ())
        for line in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    }
