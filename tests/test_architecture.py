"""The structure holds: imports run down the floors, libraries stay where they belong, a name stands for one thing.

The floors themselves are contracts of import-linter in pyproject.toml; here they are run, and shown to see a breach.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
FLOORS = next(one["layers"] for one in PROJECT["tool"]["importlinter"]["contracts"] if "containers" in one)

#: Libraries that only these packages and modules may name.
KEPT_TO = {
    "yaml": ("engine.source.document",),
    "jsonschema": ("engine.source.shape",),
    "referencing": ("engine.source.shape",),
    "simpleeval": ("engine.language.run.interpret",),
    "simplejson": ("api",),
    "jinja2": ("engine.report.html",),
    "typer": ("cli", "commands"),
    "rich": (),
    "pyspark": ("engine.portfolio.spark",),
    "py4j": ("engine.portfolio.spark",),
    "z3": ("engine.language.smt", "engine.proof"),
    "duckdb": ("engine.portfolio.duckdb", "engine.portfolio.compare"),
    "sqlglot": ("engine.language.sql", "engine.portfolio.sql", "engine.portfolio.duckdb"),
}

#: Names that stand for one thing in several modules: a value's operation, or a function of the language in its readers.
ONE_THING = {"add", "day", "divide", "either", "literal", "months_between", "multiply", "negative",
             "start_of_month", "start_of_week"}  # fmt: skip


def modules(root: Path) -> dict[str, Path]:
    """Every module of the product by its dotted name."""
    found = {"api": root / "api.py", "cli": root / "cli.py"}
    for path in sorted([*(root / "engine").rglob("*.py"), *(root / "commands").rglob("*.py")]):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of a checkout, which it finds as `charter` through a link."""
    (root / ".link").mkdir(exist_ok=True)
    if not (root / ".link" / "charter").exists():
        (root / ".link" / "charter").symlink_to("..", target_is_directory=True)
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(root / ".link")}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the product, to plant a breach in."""
    for name in ("engine", "commands", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.glob("*.py"):
        shutil.copy(path, tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def plant(root: Path, file: str, line: str) -> None:
    path = root / file
    path.write_text((path.read_text("utf-8") if path.exists() else "") + line, "utf-8")


def test_imports_run_down_the_floors(copy: Path) -> None:
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout
    assert "Contracts: 3 kept, 0 broken." in done.stdout


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("engine/values.py", "from .release.load import load\n", "The floors of engine/"),
        ("engine/verify/verify.py", "from ..review.review import review\n", "The floors of engine/"),
        ("engine/helpers.py", "", "The floors of engine/"),
        ("engine/release/load.py", "from ...commands import console\n", "The library never imports"),
        ("engine/release/load.py", "from ...api import check\n", "The library never imports"),
        ("api.py", "from .commands import console\n", "The library never imports"),
        ("engine/language/tree.py", "from .parse import parse\n", "Neighbours in engine/"),
        ("engine/portfolio/sql/query.py", "from ..duckdb import batch\n", "Neighbours in engine/"),
    ],
)
def test_each_contract_sees_a_breach(copy: Path, file: str, line: str, broken: str) -> None:
    """A planted import upwards or sideways, a circle, and a module without a floor each break their contract."""
    plant(copy, file, line)
    done = lint_imports(copy)
    assert done.returncode == 1, done.stdout
    named = [told for told in done.stdout.splitlines() if told.endswith("BROKEN")]
    assert any(told.startswith(broken) for told in named), done.stdout


def test_the_top_of_the_engine_is_small() -> None:
    rooms = [name for floor in FLOORS for name in floor.split(" | ")]
    assert len(rooms) <= 21


def imported(path: Path) -> Iterator[str]:
    """The libraries that a module imports, by the first part of their names."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").partition(".")[0]


def out_of_place(root: Path) -> list[str]:
    """Every import of a library outside the packages that it is kept to."""
    return [
        f"{name} imports {library}"
        for name, path in modules(root).items()
        for library in imported(path)
        if library in KEPT_TO and not any(name == home or name.startswith(f"{home}.") for home in KEPT_TO[library])
    ]


def test_libraries_stay_where_they_belong() -> None:
    assert out_of_place(ROOT) == []


def test_the_guard_of_libraries_sees_a_breach(copy: Path) -> None:
    plant(copy, "engine/evaluate/evaluate.py", "import yaml\n")
    assert out_of_place(copy) == ["engine.evaluate.evaluate imports yaml"]


def test_the_engine_never_prints() -> None:
    for name, path in modules(ROOT).items():
        calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        assert not [call for call in calls if isinstance(call, ast.Name) and call.id == "print"], name


def names_of_several_things(root: Path) -> dict[str, list[str]]:
    """Public classes and functions of the engine whose name another module gives to something else."""
    homes = defaultdict(list)
    for name, path in modules(root).items():
        if name.startswith("engine"):
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                    homes[node.name].append(name)
    return {name: found for name, found in homes.items() if len(found) > 1 and name not in ONE_THING}


def test_a_name_stands_for_one_thing() -> None:
    assert names_of_several_things(ROOT) == {}


def test_the_guard_of_names_sees_a_breach(copy: Path) -> None:
    plant(copy, "engine/verify/verify.py", "\n\nclass Outcome: ...\n")
    assert names_of_several_things(copy) == {"Outcome": ["engine.evaluate.outcome", "engine.verify.verify"]}


#: The methods that take a text apart.
APART = {"split", "rsplit", "partition", "rpartition", "removeprefix", "removesuffix", "startswith", "endswith",
         "replace", "find", "rfind", "index", "rindex"}  # fmt: skip

#: Where the text of an id may be read all the same, and why.
READ_AS_TEXT = {
    "engine.compile.value_order": "what stands in agreed('…') is what a person typed, whether or not it names a term",
    "engine.portfolio.sql.relations": "a column gets a name that is like the id, of letters that SQL takes",
}


def ids_taken_apart(root: Path) -> list[str]:
    """Every place where a module takes apart the text of what is called an id or a term, or something's code."""
    found = []
    for name, path in modules(root).items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in APART:
                of = node.func.value
                called = of.attr if isinstance(of, ast.Attribute) else of.id if isinstance(of, ast.Name) else ""
                if called in ("id", "term") or called.endswith(("_id", "_term")) or ast.unparse(of).endswith(".code"):
                    found.append(f"{name}: {ast.unparse(node)}")
    return found


def test_no_module_takes_an_id_apart() -> None:
    found = ids_taken_apart(ROOT)
    assert {told.partition(":")[0] for told in found} == set(READ_AS_TEXT), found


@pytest.mark.parametrize(
    "line",
    [
        'value.id.split(".")',
        'id.startswith("tiers.")',
        'one.term.partition(".")',
        'one.change.code.rpartition("_")',
    ],
)
def test_the_guard_of_ids_sees_a_breach(copy: Path, line: str) -> None:
    before = ids_taken_apart(copy)
    plant(
        copy,
        "engine/verify/verify.py",
        f"\n\ndef kind_of_id(id: str, value: Any, one: Any) -> Any:\n    return {line}\n",
    )
    planted = [told for told in ids_taken_apart(copy) if told not in before]
    assert planted == [f"engine.verify.verify: {ast.unparse(ast.parse(line))}"]


def test_the_architecture_page_draws_the_floors() -> None:
    """The picture has the floors of the contract in their order; each package has a line with a definition it has."""
    page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    picture = page.partition("```text")[2].partition("```")[0].partition("-----\n")[2]
    drawn = [re.split(r" {2,}|(?<=version) ", line.strip())[0] for line in picture.splitlines()]
    assert drawn == FLOORS
    rows = re.findall(r"^\| `(\w+)` \| .* \| `([\w/.]+)`: `(\w+)` \|$", page, re.MULTILINE)
    assert [name for name, _, _ in rows] == [name for floor in FLOORS for name in floor.split(" | ")]
    for name, file, definition in rows:
        assert file.partition("/")[0] in (name, f"{name}.py")
        assert defines(ROOT / "engine" / file, definition), (file, definition)


def defines(path: Path, name: str) -> bool:
    """Whether a module has a class, function or constant of this name."""
    for node in ast.parse(path.read_text("utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if getattr(node, "name", None) == name or any(isinstance(to, ast.Name) and to.id == name for to in targets):
            return True
    return False


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_every_file_that_a_page_for_contributors_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    named = re.findall(r"(?:engine|commands|tests|schemas|docs)/[\w./-]*", text.partition("## Dependencies")[0])
    assert len(named) > 5
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_commonest_changes_name_a_file_and_a_test() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text("utf-8").partition("## To change X")[2].partition("\n## ")[0]
    rows = [line for line in page.splitlines() if line.startswith("| ")][2:]
    assert len(rows) == 16
    for row in rows:
        _, _, files, test, _ = row.split("|")
        assert "`engine/" in files or "`commands/`" in files
        assert re.fullmatch(r" `tests/[\w/]+\.py` ", test)


#: Names that do not say what the variable holds.
VAGUE = {"one", "found", "told", "known", "said", "asked", "given", "made", "it"}


def vague_variables(root: Path) -> list[str]:
    """Every variable and argument with a vague name, by its module; fields of classes are not counted."""
    names = []
    for module, path in modules(root).items():
        tree = ast.parse(path.read_text("utf-8"))
        fields = {
            field.target
            for form in ast.walk(tree)
            if isinstance(form, ast.ClassDef)
            for field in form.body
            if isinstance(field, ast.AnnAssign)
        }
        for node in ast.walk(tree):
            is_stored = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in fields
            name = node.id if isinstance(node, ast.Name) and is_stored else getattr(node, "arg", None)
            if name in VAGUE and not isinstance(node, ast.keyword):
                names.append(f"{module}: {name}")
    return names


def test_a_variable_says_what_it_holds() -> None:
    assert vague_variables(ROOT) == []


def test_the_guard_of_variables_sees_a_breach(copy: Path) -> None:
    plant(copy, "engine/values.py", "\n\ndef first(told):\n    one = told[0]\n    return one\n")
    assert sorted(vague_variables(copy)) == ["engine.values: one", "engine.values: told"]


def test_every_dependency_is_justified() -> None:
    project = PROJECT["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    for line in (*project["dependencies"], *extras):
        name = line.split(">")[0].split("<")[0].split("=")[0]
        assert f"`{name}`" in page, name


def test_a_what_if_loads_no_checks() -> None:
    """A setting of `--set` edits text; it needs neither the checks nor the solver's side of a review."""
    code = "import sys, charter.engine.review.what_if; print([name for name in sys.modules if 'review.' in name])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['charter.engine.review.edited_release', 'charter.engine.review.what_if']"
