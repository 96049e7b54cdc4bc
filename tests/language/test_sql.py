"""Reader 6 on DuckDB: the same value as the interpreter, for written cases and random trees, or a refusal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pytest
from charter.engine.language.sql.exact import Exact, NotInSql
from charter.engine.language.sql.expressions import expression_sql
from charter.engine.language.sql.numbers import Quotient
from charter.engine.language.tree import Aggregate, Call, Expression, Name
from charter.engine.language.words import words
from charter.engine.values import NUMERIC, UNDEFINED, Kind, Unknown, is_undefined, missing
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from ..thorough import examples
from .names import COLOURS, KINDS, OPTIONAL, read, stated
from .test_meaning import by_interpreter, cases
from .trees import any_value

pytestmark = pytest.mark.thorough

DECIMALS = 6
DATABASE = duckdb.connect()
TYPES = {Kind.YES_NO: "BOOLEAN", Kind.COUNT: "BIGINT", Kind.DATE: "DATE", Kind.CHOICE: "VARCHAR", Kind.TEXT: "VARCHAR"}


def type_of(kind: Kind, digits: int) -> str:
    return TYPES.get(kind, f"DECIMAL({digits + DECIMALS}, {DECIMALS})")


def column(digits: int) -> Any:
    """The column of a name whose numbers have so many digits before the point."""

    def found(name: Name | Aggregate | Call) -> Any:
        if isinstance(name, Call):
            return exp.column(f"has {words.text(name.arguments[0])}", quoted=True)
        assert isinstance(name, Name)
        tree = exp.column(name.id, quoted=True)
        if name.kind is Kind.COUNT:
            return Exact(tree, 0, 10**digits - 1)
        if name.kind in NUMERIC:
            most = 10 ** (digits + DECIMALS) - 1
            return Exact(tree, -most, most, DECIMALS, digits + DECIMALS)
        return tree

    return found


def by_sql(tree: Expression, rows: list[dict[str, Any]], digits: int) -> list[Any]:
    """The value for each row, in one query; NULL is None. Raises NotInSql."""
    made = expression_sql(tree, column(digits))
    parts = (
        [one.tree for one in made] if isinstance(made, Quotient) else [made.tree if isinstance(made, Exact) else made]
    )
    names = ", ".join(f'"{id}" {type_of(kind, digits)}' for id, kind in KINDS.items())
    names += "".join(f', "has {id}" BOOLEAN' for id in OPTIONAL)
    DATABASE.execute(f"CREATE OR REPLACE TABLE facts (row INTEGER, {names})")
    values = [
        [
            index,
            *(None if isinstance(row[id], Unknown) else row[id] for id in KINDS),
            *(there(row[id]) for id in OPTIONAL),
        ]
        for index, row in enumerate(rows)
    ]
    DATABASE.executemany(f"INSERT INTO facts VALUES ({', '.join('?' * len(values[0]))})", values)
    text = exp.select(*parts).from_("facts").order_by("row").sql("duckdb")
    found = DATABASE.execute(text).fetchall()
    assert not any(isinstance(value, float) for row in found for value in row), text
    if isinstance(made, Exact):
        assert all(one is None or made.low <= Fraction(one) * 10**made.scale <= made.high for (one,) in found), text
    if isinstance(made, Quotient):
        return [None if None in row else Fraction(row[0]) / Fraction(row[1]) for row in found]
    return [row[0] for row in found]


def there(value: Any) -> bool | None:
    """Whether there is a value of an optional fact; None where it is unknown."""
    return not is_undefined(value) if not missing(value) else None


def same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, Unknown) or found is None:
        return isinstance(wanted, Unknown) and found is None
    if isinstance(wanted, Decimal | Fraction):
        return not isinstance(found, bool) and Fraction(found) == Fraction(wanted)
    return bool(found == wanted and isinstance(found, bool) == isinstance(wanted, bool))


def values_of(kind: Kind, digits: int) -> st.SearchStrategy:
    most = 10**digits - 1
    if kind in NUMERIC and kind is not Kind.COUNT:
        return st.one_of(st.integers(-4, 4).map(Decimal), st.decimals(-most, most, places=2))
    return {
        Kind.YES_NO: st.booleans(),
        Kind.CHOICE: st.sampled_from(COLOURS),
        Kind.DATE: st.one_of(st.dates(date(2023, 12, 1), date(2025, 3, 31)), st.dates()),
        Kind.TEXT: st.sampled_from(["north", "south"]),
    }.get(kind, st.one_of(st.integers(0, 4), st.integers(0, most)).map(Decimal))


def facts(digits: int) -> st.SearchStrategy:
    return st.fixed_dictionaries(
        {
            id: st.one_of(
                st.just(Unknown(frozenset((id,)))),
                *([st.just(UNDEFINED)] if id in OPTIONAL else []),
                values_of(kind, digits),
                values_of(kind, digits),
            )
            for id, kind in KINDS.items()
        }
    )


@pytest.mark.parametrize("case", cases())
def test_a_case_means_in_sql_what_the_table_says(case: dict) -> None:
    tree, _ = read(case["expression"])
    assert tree is not None
    values = stated(case["facts"])
    numbers = [value for value in values.values() if isinstance(value, Decimal)]
    digits = max([6, *(len(str(int(abs(one)))) for one in numbers)])
    expected = Unknown() if isinstance(case["expect"], list) else case["expect"]
    try:
        (found,) = by_sql(tree, [values], digits)
    except NotInSql:
        assert digits > 12 or case["expression"] in BEYOND
        return
    assert same(found, expected)


#: cases whose numbers are too long for 38 digits, whatever the facts
BEYOND: set[str] = set()


@pytest.mark.parametrize("digits", [6, 18])
@settings(max_examples=examples(150), deadline=None)
@given(any_value, st.data())
def test_sql_means_what_the_interpreter_means(digits: int, tree: Expression, data: st.DataObject) -> None:
    rows = data.draw(st.lists(facts(digits), min_size=4, max_size=4))
    try:
        found = by_sql(tree, rows, digits)
    except NotInSql:
        return
    for row, value in zip(rows, found, strict=True):
        assert same(value, by_interpreter(tree, row)), (words.text(tree), row)


def test_most_expressions_are_in_sql() -> None:
    """The refusal is for numbers that are too long, not a way out: of the written cases, nearly all are computed."""
    refused = 0
    for case in (one.values[0] for one in cases()):
        tree, _ = read(case["expression"])
        try:
            expression_sql(tree, column(9))
        except NotInSql:
            refused += 1
    assert refused <= len(cases()) // 20


def test_an_expression_that_would_explode_is_refused() -> None:
    """Copies of copies: thirty choices within choices of quotients would be a query of gigabytes."""
    text = "n / m"
    for _ in range(40):
        text = f"max({text}, x / n)"
    tree, problems = read(text)
    assert not problems
    with pytest.raises(NotInSql):
        expression_sql(tree, column(3))
