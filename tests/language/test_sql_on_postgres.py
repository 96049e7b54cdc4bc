"""Reader 6 on PostgreSQL: the same value as the interpreter, for written cases and random trees, or a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from charter.engine.language.sql.exact import Exact, NotInSql
from charter.engine.language.sql.expressions import expression_sql
from charter.engine.language.sql.numbers import Quotient
from charter.engine.language.tree import Expression
from charter.engine.language.words import words
from charter.engine.portfolio.sql.dialects import text_of
from charter.engine.values import Kind, Unknown
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from ..postgres import Postgres, needs_postgres, postgres
from ..thorough import examples
from .names import KINDS, OPTIONAL, read, stated
from .test_meaning import by_interpreter, cases
from .test_sql import column, facts, same, there, type_of
from .trees import any_value

pytestmark = needs_postgres


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


def by_postgres(server: Postgres, tree: Expression, rows: list[dict[str, Any]], digits: int) -> list[Any]:
    """The value for each row; NULL is None. Raises NotInSql."""
    sql = expression_sql(tree, column(digits))
    parts = [part.tree for part in sql] if isinstance(sql, Quotient) else [sql.tree if isinstance(sql, Exact) else sql]
    select = exp.select(*(exp.alias_(part, f"part_{index}") for index, part in enumerate(parts)))
    query = text_of(select.from_("facts").order_by("row"), "postgres")
    has = [f"has {id}" for id in OPTIONAL]
    columns = ["row", *KINDS, *has]
    lines = [
        ", ".join(map(literal, (index, *(row[id] for id in KINDS), *(there(row[id]) for id in OPTIONAL))))
        for index, row in enumerate(rows)
    ]
    types = {
        "row": "INTEGER",
        **{id: type_of(kind, digits) for id, kind in KINDS.items()},
        **dict.fromkeys(has, "BOOLEAN"),
    }
    names = ", ".join(f'"{id}" {types[id]}' for id in columns)
    script = f"CREATE TEMP TABLE facts ({names});\n"
    script += "INSERT INTO facts VALUES " + ", ".join(f"({line})" for line in lines) + ";"
    found = [list(row.values()) for row in server.rows(query, script)]
    if isinstance(sql, Quotient):
        return [None if None in row else Fraction(row[0]) / Fraction(row[1]) for row in found]
    is_day = tree.kind is Kind.DATE
    return [date.fromisoformat(value) if is_day and value else value for (value,) in found]


def literal(value: Any) -> str:
    if value is None or isinstance(value, Unknown):
        return "NULL"
    return str(value) if isinstance(value, bool | int | Decimal) else f"'{value}'"


@pytest.mark.parametrize("case", cases())
def test_a_case_means_on_postgres_what_the_table_says(case: dict, server: Postgres) -> None:
    tree, _ = read(case["expression"])
    assert tree is not None
    values = stated(case["facts"])
    numbers = [value for value in values.values() if isinstance(value, Decimal)]
    digits = max([6, *(len(str(int(abs(number)))) for number in numbers)])
    expected = Unknown() if isinstance(case["expect"], list) else case["expect"]
    try:
        (value,) = by_postgres(server, tree, [values], digits)
    except NotInSql:
        assert digits > 12
        return
    assert same(value, expected)


@pytest.mark.slow
@pytest.mark.parametrize("digits", [6, 18])
@pytest.mark.thorough
@settings(max_examples=examples(150), deadline=None)
@given(any_value, st.data())
def test_postgres_means_what_the_interpreter_means(
    digits: int, server: Postgres, tree: Expression, data: st.DataObject
) -> None:
    rows = data.draw(st.lists(facts(digits), min_size=4, max_size=4))
    try:
        values = by_postgres(server, tree, rows, digits)
    except NotInSql:
        return
    for row, value in zip(rows, values, strict=True):
        assert same(value, by_interpreter(tree, row)), (words.text(tree), row)
