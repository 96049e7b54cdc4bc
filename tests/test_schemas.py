"""The schemas say what the engine does: for the files of a release, for records, and for the JSON that comes out."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from charter import load
from charter.engine.compile.compile import KINDS
from charter.engine.evaluate.outcome_json import outcome_data, problems_data
from charter.engine.evaluate.record import read_record
from charter.engine.problems import Source, has_errors
from charter.engine.release.load import read_release
from charter.engine.source.document import Document, read_text
from charter.engine.source.shape import check_shape
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from .cli import charter
from .programmes import ASOFT, ROOT, SMALL
from .published import SCHEMAS, validator
from .thorough import examples

RELEASE = load(ROOT / "program")


def nodes(schema: object) -> list[dict]:
    """Every map within a schema."""
    if isinstance(schema, dict):
        return [schema, *(node for value in schema.values() for node in nodes(value))]
    return [node for value in schema for node in nodes(value)] if isinstance(schema, list) else []


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMAS[name]["title"]
    assert SCHEMAS[name]["description"]


@pytest.mark.parametrize("name", [f"{kind}.schema.json" for kind in (*KINDS, "record")])
def test_an_editor_has_something_to_show_for_every_key(name: str) -> None:
    """Each property has a description, its own or that of the definition it refers to."""
    for node in nodes(SCHEMAS[name]):
        for key, schema in node.get("properties", {}).items():
            if isinstance(schema, dict) and "description" not in schema:
                target = SCHEMAS["common.schema.json"]["$defs"][schema["$ref"].rpartition("/")[2]]
                assert target["description"], (name, key)


@pytest.mark.parametrize("path", [*sorted(ASOFT.glob("*.yaml")), *sorted(SMALL.glob("*.yaml"))], ids=str)
def test_a_file_names_its_schema_on_its_first_line(path: Path) -> None:
    first = path.read_text("utf-8").splitlines()[0]
    before, _, schema = first.partition("$schema=")
    assert before == "# yaml-language-server: "
    assert (path.parent / schema).resolve() == ROOT / "schemas" / f"{path.stem}.schema.json"


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda path: path.name)
def test_an_example_fits_the_schema_of_a_record_that_it_names(path: Path) -> None:
    text = path.read_text("utf-8")
    schema = text.splitlines()[0].partition("$schema=")[2]
    assert (path.parent / schema).resolve() == ROOT / "schemas" / "record.schema.json"
    document, problems = read_text(text, path.name)
    assert not problems
    assert not check_shape(document, "record")


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.*")), ids=lambda path: path.name)
def test_an_outcome_fits_its_published_schema(path: Path) -> None:
    document, _ = read_text(path.read_text("utf-8"), path.name)
    data = json.loads(json.dumps(outcome_data(RELEASE.evaluate(RELEASE.record(document))), default=float))
    assert list(validator("outcome.schema.json").iter_errors(data)) == []


def test_the_schema_of_an_outcome_would_see_a_change() -> None:
    """A key more, a key less and a misspelt status are each refused."""
    good = json.loads(json.dumps(outcome_data(RELEASE.evaluate({"partner": "P", "tier": "retail"})), default=float))
    spoilt = [good | {"extra": 1}, {key: value for key, value in good.items() if key != "digest"}]
    spoilt.append(good | {"status": "not-qualified"})
    assert [len(list(validator("outcome.schema.json").iter_errors(data))) for data in (good, *spoilt)] == [0, 1, 1, 1]


def test_a_report_of_problems_fits_its_published_schema(tmp_path: Path) -> None:
    _, problems = read_release(tmp_path)
    assert problems
    data = json.loads(json.dumps(problems_data("findings", problems, releases=["x"])))
    assert list(validator("problems.schema.json").iter_errors(data)) == []
    done = charter("evaluate", "absent.yaml", "--format", "json")
    assert list(validator("problems.schema.json").iter_errors(json.loads(done.stdout))) == []


scalars = st.one_of(
    st.booleans(),
    st.none(),
    st.integers(-2, 10**6).map(Decimal),
    st.decimals(-5, 100, places=2, allow_nan=False),
    st.sampled_from(["", "P-1", "competency", "retail", "2,5", "yes", "discount", "x" * 301]),
)
records = st.dictionaries(
    st.sampled_from(["partner", "name", "tier", "facts", "agreements", "partnr"]),
    st.one_of(
        scalars,
        st.lists(scalars, max_size=2),
        st.dictionaries(st.sampled_from(["it_company", "implementations", "bonus_return"]), scalars, max_size=3),
    ),
)
SHAPE = {"wrong-type", "unknown-key", "missing-key", "bad-text", "missing-value"}


@pytest.mark.thorough
@settings(max_examples=examples(500), deadline=None)
@given(records)
def test_the_code_that_reads_records_asks_for_the_shape_of_the_schema(data: dict) -> None:
    """What the schema refuses, reading refuses; what reading refuses beyond it is about this programme."""
    document = Document(Source("record", ""), data, {}, {}, {})
    by_schema = bool(check_shape(document, "record"))
    record, problems = read_record(document, RELEASE.programme)
    if by_schema:
        assert record is None
        assert has_errors(problems)
    elif record is None:
        assert {problem.code for problem in problems} & ({"unknown-tier", "unknown-fact", "bad-fact"} | SHAPE)
        assert not {problem.code for problem in problems} & (SHAPE - {"wrong-type"})
