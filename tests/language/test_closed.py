"""The names of the language are closed: a reader that lacks one is an error of mypy; and no name is a programme's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from charter.engine.language.operators import Comparison, flipped, inverse, relation

ROOT = Path(__file__).resolve().parents[2]
LANGUAGE = ROOT / "engine" / "language"

#: what authors read: the example of a function, and the way out for a table in braces
FOR_AUTHORS = ('"min(discount, 40)"', '"write a table by tier instead"')


#: of a made-up name of each kind: where it is written, what comes before it, and the readers that then lack it
MADE_UP = {
    "gap": (
        "function_names.py",
        '"share",',
        {
            "language.calls",
            "language.run.functions",
            "language.bounds.bounds",
            "language.words.sentences",
            "language.sql.functions",
            "language.smt.formula",
        },
    ),
    "product": (
        "function_names.py",
        '"sum",',
        {
            "compile.aggregates",
            "language.run.aggregates",
            "language.bounds.bounds",
            "language.smt.aggregates",
            "portfolio.sql.aggregated",
        },
    ),
    "**": (
        "operators.py",
        'Operator = OneOf["+",',
        {
            "language.operators",
            "language.run.interpret",
            "language.run.compiled",
            "language.bounds.bounds",
            "language.words.sentences",
            "language.sql.numbers",
            "language.smt.formula",
        },
    ),
}


@pytest.mark.slow
def test_mypy_names_each_reader_that_lacks_a_name(tmp_path: Path) -> None:
    root = tmp_path / "charter"
    shutil.copytree(ROOT / "engine", root / "engine", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "__init__.py", root)
    for name, (file, before, _) in MADE_UP.items():
        path = root / "engine" / "language" / file
        written = path.read_text("utf-8")
        assert written.count(before) == 1
        path.write_text(written.replace(before, f'{before} "{name}",'), "utf-8")
    modules = sorted(
        f"charter.engine.{reader}" for reader in set().union(*(readers for *_, readers in MADE_UP.values()))
    )
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
    command += [part for module in modules for part in ("-m", module)]
    environment = {**os.environ, "MYPYPATH": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    lacking = r"charter/engine/(\S+)\.py:\d+: error: Argument 1 to .assert_never. .* type .Literal\['(.+?)'\]"
    found = {(name, path.replace("/", ".")) for path, name in re.findall(lacking, done.stdout)}
    assert found == {(name, reader) for name, (*_, readers) in MADE_UP.items() for reader in readers}, done.stdout


SIGNS: tuple[Comparison, ...] = ("==", "!=", "<", "<=", ">", ">=")


@pytest.mark.parametrize("sign", SIGNS)
def test_a_comparison_is_inverted_and_flipped_as_numbers_are(sign: Comparison) -> None:
    for left in range(3):
        for right in range(3):
            holds = relation(sign)(left, right)
            assert relation(inverse(sign))(left, right) is not holds
            assert relation(flipped(sign))(right, left) is holds


def test_the_language_knows_nothing_of_programmes() -> None:
    for path in LANGUAGE.rglob("*.py"):
        text = path.read_text("utf-8")
        for words in FOR_AUTHORS:
            text = text.replace(words, "")
        assert not re.findall(r".*(?:tier|discount|agree|qualif).*", text, re.I), path
