"""The meaning of expressions as a table of cases in data, which every reader runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from charter.engine.language.run.closures import closure
from charter.engine.language.run.compiled import FillStep, compiled
from charter.engine.language.run.interpret import interpret
from charter.engine.language.tree import Expression
from charter.engine.source.document import read_text
from charter.engine.values import Unknown, Value

from .names import FIELDS, read, stated


def by_interpreter(tree: Expression, values: dict[str, Value]) -> Value:
    return interpret(tree, values)


def by_closures(tree: Expression, values: dict[str, Value]) -> Value:
    row, positions = in_a_row(values)
    return closure(tree, positions)(row)


def by_compiled(tree: Expression, values: dict[str, Value]) -> Value:
    """As a value that stands last in the row; the row keeps what it held before."""
    row, positions = in_a_row(values)
    filled = [*row, "nothing yet"]
    compiled([FillStep(len(row), closure(tree, positions), tree)], positions, len(filled))(filled)
    assert {id: filled[positions[id]] for id in values} == {id: row[positions[id]] for id in values}
    return filled[-1]


def in_a_row(values: dict[str, Value]) -> tuple[list, dict]:
    """Values as a row, and where each stands: of the list `l` its items as rows, and a place for the one at hand."""
    items = values.get("l", ())
    rows = items if isinstance(items, Unknown) else [[item[field] for field in FIELDS] for item in items]
    row = {**values, "l": rows, "l[]": None}
    positions = {id: index for index, id in enumerate(row)}
    own = {f"l[].{field}": (positions["l[]"], index) for index, field in enumerate(FIELDS)}
    return list(row.values()), {**positions, **own}


READERS = (by_interpreter, by_closures, by_compiled)


def cases() -> list[object]:
    found = []
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml")):
        document, problems = read_text(path.read_text("utf-8"), path.name)
        assert document is not None
        assert not problems
        found += [pytest.param(case, id=f"{path.stem}: {case['expression']} {case['facts']}") for case in document.data]
    return found


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("case", cases())
def test_a_case_means_what_the_table_says(case: dict, reader) -> None:
    tree, problems = read(case["expression"])
    assert not problems
    values = stated(case["facts"])
    expected = case["expect"]
    if isinstance(expected, list):
        expected = Unknown(frozenset(expected))
    found = reader(tree, values)
    assert found == expected
    assert isinstance(found, Unknown) == isinstance(expected, Unknown)
    assert isinstance(found, bool) == isinstance(expected, bool)


def test_the_tables_hold_every_cell_of_and_and_or() -> None:
    """Nine cells each: true, false and unknown on either side."""
    for operator in ("and", "or"):
        cells = [case.values[0] for case in cases() if case.values[0]["expression"] == f"p {operator} q"]
        assert len({(cell["facts"].get("p"), cell["facts"].get("q")) for cell in cells}) == 9
