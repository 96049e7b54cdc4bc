"""The face of the library: its names, their types, what they show of themselves, and what they equal."""

from __future__ import annotations

import ast
import inspect
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import charter
import pytest
from charter.engine.named_tuples import public
from charter.engine.problems import Fix, Related, Source

from .programmes import ASOFT, ROOT, SMALL
from .test_docs import PAGES

DAY = date(2026, 11, 24)
USES = ROOT / "tests" / "typing" / "uses_of_the_face.py"
FUNCTIONS = [name for name in charter.__all__ if inspect.isfunction(getattr(charter, name))]
TYPES = [getattr(charter, name) for name in charter.__all__ if inspect.isclass(getattr(charter, name))]
TUPLES = [form for form in TYPES if issubclass(form, tuple)]
#: Types that hold no map, by whose hash problems are told once.
HASHED = (charter.Place, charter.Problem, Source, Fix, Related)


def test_every_name_is_there_and_listed() -> None:
    assert dir(charter) == sorted(charter.__all__)
    assert set(charter.__all__) == {"__version__", *charter._HOMES}
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        charter.lode  # noqa: B018


def test_a_default_is_given_by_name_only() -> None:
    """But for the programme's folder, the first of what a call is about, and the day of an evaluation."""
    methods = [charter.Release.evaluate, charter.Release.quote, charter.Release.record, charter.Release.order]
    for function in [*(getattr(charter, name) for name in FUNCTIONS), *methods]:
        for parameter in inspect.signature(function).parameters.values():
            by_name = parameter.kind is parameter.KEYWORD_ONLY
            has_default = parameter.default is not parameter.empty
            is_second = function is charter.Release.evaluate and parameter.name == "as_of"
            assert by_name == (has_default and not is_second) or parameter.name in ("program", "of")


def test_importing_charter_loads_next_to_nothing() -> None:
    code = "import sys, charter; print(sorted(name for name in sys.modules if name.startswith('charter')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['charter', 'charter.engine', 'charter.engine.version']"


@pytest.mark.slow
def test_mypy_checks_a_use_of_every_name(tmp_path: Path) -> None:
    used = {
        node.attr
        for node in ast.walk(ast.parse(USES.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "charter"
    }
    assert used == set(charter.__all__)
    done = mypy(USES)
    assert done.returncode == 0, done.stdout
    wrong = tmp_path / "wrong.py"
    wrong.write_text(USES.read_text("utf-8").replace("as_of=DAY", "as_on=DAY"), "utf-8")
    assert 'Unexpected keyword argument "as_on"' in mypy(wrong).stdout


def mypy(file: Path) -> subprocess.CompletedProcess[str]:
    """What mypy says of a file outside the package, which imports the installed charter."""
    environment = {**os.environ, "MYPYPATH": str(ROOT / ".venv" / "typing")}
    command = [sys.executable, "-m", "mypy", str(file)]  # strict by the project's settings, and with its cache
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md", ROOT / "benchmarks/README.md"], ids=lambda it: it.name)
def test_no_page_teaches_a_deep_import(page: Path) -> None:
    assert "charter.engine" not in page.read_text("utf-8")


def test_the_library_page_shows_every_function() -> None:
    page = (ROOT / "docs" / "library.md").read_text("utf-8")
    assert [name for name in FUNCTIONS if f"charter.{name}(" not in page] == []


# Values of public types -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> dict[type, Any]:
    """A value of each public type, for the ASoft programme."""
    release = charter.load(ASOFT.parent, release="1.0.0")
    document = charter.read(ROOT / "examples" / "retail.yaml")
    after = charter.what_if(release, ["tiers.retail.discount=12"])
    portfolio = ROOT / "examples" / "portfolios" / "asoft.csv"
    outcome = release.evaluate(document, as_of=DAY)
    order = release.order(charter.read(ROOT / "examples" / "orders" / "mixed.yaml"))
    place = document.place(("facts",))
    related = Related(place, "here too\n" * 100)
    made = [
        release, release.programme, document, release.record(document), outcome, order, place, related, place.source,
        Fix(place, "people"), *outcome.tiers, outcome.discount, *outcome.discount.bonuses,
        charter.Problem("unknown-name", "'poeple'\n" * 100, place, "did you mean 'people'?", related=(related,)),
        release.quote(order, document, as_of=DAY),
        charter.timeline(ASOFT.parent, document, DAY, DAY),
        charter.verify(charter.to_json(outcome), ASOFT.parent),
        charter.batch(release, portfolio, tmp_path_factory.mktemp("face") / "out.csv", as_of=DAY, summary=True),
        charter.compare(release, after, portfolio, as_of=DAY),
        charter.unreached(release, after, [document], as_of=DAY),
        charter.diff(release, after, as_of=DAY, seconds=2),
        charter.prove(release, claims=["every_tier"], as_of=DAY)[0],
        charter.ranges(release, "tiers.retail.discount_total", as_of=DAY)[0],
        charter.export_table(release, "required_admins"),
        charter.import_table(release, b"tier,out: admins\n-,2\n"),
        charter.advise(release, document, tier="retail", as_of=DAY),
        charter.migrate(release, []),
    ]  # fmt: skip
    return {type(value): value for value in made}


@pytest.mark.parametrize("form", [*TUPLES, Source, Fix, Related], ids=lambda form: form.__name__)
def test_a_public_value_is_shown_in_one_short_line(form: type, values: dict[type, Any]) -> None:
    shown = repr(values[form])
    assert shown.startswith(f"<{form.__name__} ")
    assert "\n" not in shown
    assert len(shown) <= (400 if form in (charter.Problem, Related) else 200)


def test_what_a_repr_shows(values: dict[type, Any]) -> None:
    assert repr(values[charter.Release]) == "<Release asoft-partners-community 1.0.0>"
    assert repr(values[charter.Programme]) == "<Programme asoft-partners-community 1.0.0>"
    assert repr(values[charter.Outcome]) == "<Outcome P-002 retail qualified 2026-11-24 1.0.0>"
    assert repr(values[charter.BatchResult]) == "<BatchResult rows=10 decided=9 rejected=1>"
    place = charter.load(SMALL).programme.values["definitions.per_head"].place
    assert repr(place) == f"<Place {place.where}>"
    assert place.where.endswith(f".yaml:{place.line}:{place.column}")


@pytest.mark.parametrize("form", [*TUPLES, Source, Fix, Related], ids=lambda form: form.__name__)
def test_a_public_value_equals_only_its_own_kind(form: type, values: dict[type, Any]) -> None:
    value = values[form]
    fields = tuple(value)
    twin = form(*fields)
    other = public()(NamedTuple("Other", [(name, Any) for name in form._fields]))(*fields)  # type: ignore[misc]
    assert value == twin
    assert not value != twin  # noqa: SIM202 - both operators are ours
    for stranger in (fields, other):
        assert value != stranger
        assert stranger != value
        assert not value == stranger  # noqa: SIM201
        assert not stranger == value  # noqa: SIM201
    if form in HASHED:
        assert hash(value) == hash(twin)
        assert {value: "here"}[twin] == "here"
    assert value._replace(**{form._fields[0]: "another"}) != value


def test_the_same_problem_is_told_once_and_one_at_another_place_apart(values: dict[type, Any]) -> None:
    problem, place = values[charter.Problem], values[charter.Place]
    elsewhere = problem._replace(place=place._replace(start=place.start + 1))
    assert list(dict.fromkeys([problem, problem._replace(), elsewhere])) == [problem, elsewhere]
