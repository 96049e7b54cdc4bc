"""The structure holds: imports run one way, every module has its place, heavy libraries stay where they belong."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: The reading order: a module imports only from those before it.
ORDER = (
    "engine.version",
    "engine.problems",
    "engine.values",
    "engine.language",
    "engine.language.tree",
    "engine.language.signatures",
    "engine.language.kinds",
    "engine.language.calls",
    "engine.language.currencies",
    "engine.language.syntax",
    "engine.language.parse",
    "engine.language.functions",
    "engine.language.aggregates",
    "engine.language.interpret",
    "engine.language.closures",
    "engine.language.compiled",
    "engine.language.spans",
    "engine.language.bounds",
    "engine.language.words",
    "engine.language.sentences",
    "engine.language.sql",
    "engine.language.sql.exact",
    "engine.language.sql.numbers",
    "engine.language.sql.days",
    "engine.language.sql.functions",
    "engine.language.sql.expressions",
    "engine.language.logic",
    "engine.language.logic.terms",
    "engine.language.logic.days",
    "engine.language.logic.formula",
    "engine.language.logic.aggregates",
    "engine.scalars",
    "engine.document",
    "engine.parts",
    "engine.shape",
    "engine.checked",
    "engine.releases",
    "engine.seal",
    "engine.programme",
    "engine.reads",
    "engine.compile.rows",
    "engine.compile.references",
    "engine.compile.facts",
    "engine.compile.scopes",
    "engine.compile.tables",
    "engine.compile.definitions",
    "engine.compile.order",
    "engine.compile.values",
    "engine.compile.discounts",
    "engine.compile.benefits",
    "engine.compile.tiers",
    "engine.compile.prices",
    "engine.compile.claims",
    "engine.compile",
    "engine.catalogue",
    "engine.layout",
    "engine.dated",
    "engine.record",
    "engine.outcome",
    "engine.views",
    "engine.oddities",
    "engine.evaluate",
    "engine.quote",
    "engine.explain",
    "engine.report",
    "engine.report.phrases",
    "engine.report.conditions",
    "engine.report.page",
    "engine.report.quote",
    "engine.report.fields",
    "engine.report.form",
    "engine.report.input_schema",
    "engine.report.rules",
    "engine.report.handbook",
    "engine.report.html",
    "engine.report.terminal",
    "engine.report.markdown",
    "engine.report.data",
    "engine.report.problems",
    "engine.report.catalogue",
    "engine.release",
    "engine.timeline",
    "engine.report.timeline",
    "engine.scenarios",
    "engine.bounded",
    "engine.proof",
    "engine.proof.example",
    "engine.claims",
    "engine.proof.symbols",
    "engine.proof.solve",
    "engine.proof.truths",
    "engine.checks.reviewed",
    "engine.checks.attainable",
    "engine.checks.conditions",
    "engine.checks.figures",
    "engine.checks.letters",
    "engine.checks.mentions",
    "engine.checks",
    "engine.change",
    "engine.compare",
    "engine.archive",
    "engine.certificate",
    "engine.verify",
    "engine.report.verify",
    "engine.proof.plainest",
    "engine.proof.decide",
    "engine.proof.claims",
    "engine.proof.ranges",
    "engine.proof.known",
    "engine.proof.advice",
    "engine.proof.worth",
    "engine.proof.missing",
    "engine.proof.outlook",
    "engine.report.proof",
    "engine.report.advice",
    "engine.readings",
    "engine.report.readings",
    "engine.mutants",
    "engine.difference",
    "engine.difference.sources",
    "engine.difference.changes",
    "engine.difference.approvals",
    "engine.difference.same",
    "engine.difference.behaviour",
    "engine.difference.prices",
    "engine.difference.difference",
    "engine.difference.history",
    "engine.report.differing",
    "engine.report.changes",
    "engine.report.difference",
    "engine.report.history",
    "engine.findings",
    "engine.report.scenarios",
    "engine.report.annotations",
    "engine.report.sarif",
    "engine.report.junit",
    "engine.review",
    "engine.fixes",
    "engine.what_if",
    "engine.publish",
    "engine.portfolio",
    "engine.portfolio.columns",
    "engine.portfolio.inputs",
    "engine.portfolio.aggregated",
    "engine.portfolio.relations",
    "engine.portfolio.query",
    "engine.portfolio.dialects",
    "engine.portfolio.statements",
    "engine.portfolio.warehouse",
    "engine.portfolio.summary",
    "engine.portfolio.beside",
    "engine.portfolio.files",
    "engine.portfolio.sources",
    "engine.portfolio.text_rows",
    "engine.portfolio.rows",
    "engine.portfolio.tables",
    "engine.portfolio.job",
    "engine.portfolio.widths",
    "engine.portfolio.batch",
    "engine.portfolio.between",
    "engine.portfolio.agreed",
    "engine.portfolio.side_by_side",
    "engine.portfolio.contrast",
    "engine.portfolio.compared",
    "engine.portfolio.spark_session",
    "engine.portfolio.spark_tables",
    "engine.portfolio.spark",
    "engine.report.portfolio",
    "engine.report.compared",
    "engine.report.compared_data",
    "engine",
    "commands",
    "commands.options",
    "commands.console",
    "commands.partner",
    "commands.watch",
    "commands.revision",
    "commands.proving",
    "commands.auditing",
    "commands.releasing",
    "commands.publishing",
    "commands.integration",
    "commands.portfolio",
    "commands.comparing",
    "cli",
)

#: Libraries that only these modules may name.
KEPT_TO = {
    "yaml": {"engine.document"},
    "jsonschema": {"engine.shape"},
    "referencing": {"engine.shape"},
    "simpleeval": {"engine.language.interpret"},
    "simplejson": {"commands.console"},
    "jinja2": {"engine.report.html"},
    "typer": {
        "cli",
        *(
            f"commands.{name}"
            for name in (
                "options",
                "console",
                "partner",
                "revision",
                "publishing",
                "integration",
                "releasing",
                "watch",
                "portfolio",
                "proving",
                "comparing",
                "auditing",
            )
        ),
    },
    "rich": set(),
    "pyspark": {f"engine.portfolio.{name}" for name in ("spark_session", "spark_tables", "spark")},
    "py4j": {"engine.portfolio.spark"},
    "z3": {
        *(f"engine.language.logic.{name}" for name in ("terms", "days", "formula", "aggregates")),
        *(f"engine.proof.{name}" for name in ("symbols", "solve", "known", "advice", "worth")),
    },
    "duckdb": {
        f"engine.portfolio.{name}" for name in ("sources", "text_rows", "tables", "batch", "side_by_side", "compared")
    },
    "sqlglot": {
        *(f"engine.language.sql.{name}" for name in ("exact", "numbers", "days", "functions", "expressions")),
        *(
            f"engine.portfolio.{name}"
            for name in ("inputs", "aggregated", "relations", "query", "dialects", "warehouse", "text_rows")
        ),
    },
}


def modules(root: Path) -> dict[str, Path]:
    """Every module of the product by its dotted name."""
    found = {"cli": root / "cli.py"}
    for path in sorted([*(root / "engine").rglob("*.py"), *(root / "commands").rglob("*.py")]):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name: str, path: Path) -> Iterator[str]:
    """The modules a module imports, ours by their dotted names."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            # cli.py runs as a script too, so it and its commands name the package.
            yield (node.module or "").removeprefix("charter." if package in ("", "commands") else "")
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".") if package else []
            base = ".".join([*parents[: len(parents) - node.level + 1], *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{base}.{alias.name}".strip(".")
                yield inner if inner in ORDER else base


def breaches(root: Path) -> list[str]:
    """Every import that runs the wrong way, and every module without a place."""
    known = modules(root)
    found = [f"{name} has no place in the order" for name in known if name not in ORDER]
    found += [f"{name} is in the order, but not there" for name in ORDER if name not in known]
    for name, path in known.items():
        for imported in imports(name, path):
            first = imported.partition(".")[0]
            if imported in ORDER and name in ORDER and ORDER.index(imported) >= ORDER.index(name):
                found.append(f"{name} imports {imported}")
            if first in KEPT_TO and name not in KEPT_TO[first]:
                found.append(f"{name} imports {imported}")
            if first == "charter":
                found.append(f"{name} imports {imported} by its installed name")
    return found


def test_imports_run_one_way() -> None:
    assert breaches(ROOT) == []


def test_the_guard_sees_a_breach(tmp_path: Path) -> None:
    """A planted import upwards, a library out of place and a module without a place are each named."""
    for name, path in modules(ROOT).items():
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        planted = {"engine.values": "from .release import load\n", "engine.evaluate": "import yaml\n"}.get(name, "")
        copy.write_text(path.read_text("utf-8") + planted, "utf-8")
    (tmp_path / "engine" / "helpers.py").write_text("", "utf-8")
    assert sorted(breaches(tmp_path)) == [
        "engine.evaluate imports yaml",
        "engine.helpers has no place in the order",
        "engine.values imports engine.release",
    ]


def test_the_engine_never_prints() -> None:
    for name, path in modules(ROOT).items():
        calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        assert not [call for call in calls if isinstance(call, ast.Name) and call.id == "print"], name


def test_the_architecture_page_names_every_module() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    for name in ORDER:
        leaf = name.rpartition(".")[2]
        assert f"`{leaf}`" in page or f"`{leaf}.py`" in page, name


def test_every_dependency_is_justified() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    for line in (*project["dependencies"], *extras):
        name = line.split(">")[0].split("<")[0].split("=")[0]
        assert f"`{name}`" in page, name
