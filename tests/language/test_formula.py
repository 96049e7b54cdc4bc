"""Reader 7 in Z3: the same value as the interpreter, for written cases and random trees, given the values of names."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest
import z3
from charter.engine.language.smt import days
from charter.engine.language.smt.aggregates import unrolled
from charter.engine.language.smt.formula import formula, literal
from charter.engine.language.smt.terms import Codes, Term, only_where
from charter.engine.language.tree import Aggregate, Expression, Name
from charter.engine.proof.symbols import symbol
from charter.engine.values import Kind, Unknown, Value, is_undefined
from hypothesis import given, settings
from hypothesis import strategies as st

from ..thorough import examples
from .formulas import same, value_of
from .names import FIELDS, KINDS, OPTIONAL, read, stated
from .test_meaning import by_interpreter, cases
from .trees import aggregates, any_value, facts_or_none, items

pytestmark = pytest.mark.thorough

#: as what the items of the list are told apart
ITEMS = ("l1", "l2", "l3", "l4")


def by_formula(tree: Expression, values: dict[str, Value]) -> Value | None:
    """The value of the formula once the names in it have theirs; None where the formula says unknown."""
    codes = Codes()
    kinds = {**KINDS, **{f"{item}.{field}": kind for item in ITEMS for field, kind in FIELDS.items()}}
    items = values.get("l", ())
    rows = () if isinstance(items, Unknown) else items
    values = {
        **values,
        **{f"{item}.{field}": value for item, row in zip(ITEMS, rows, strict=False) for field, value in row.items()},
    }

    def term(node: Name | Aggregate, item: str = "") -> Term:
        if isinstance(node, Name):
            id = node.id.replace("l[]", item)
            none = z3.Bool(f"{id} none") if id in OPTIONAL else False
            return Term(symbol(id, kinds[id]), z3.Bool(f"{id} known"), none=none)
        there = [(z3.Bool(f"{one} there"), partial(term, item=one)) for one in ITEMS]
        return only_where(z3.Bool("l known"), unrolled(node, there, term, codes))

    made = formula(tree, term, codes)
    given = [(z3.Bool("l known"), z3.BoolVal(not isinstance(items, Unknown)))]
    given += [(z3.Bool(f"{item} there"), z3.BoolVal(index < len(rows))) for index, item in enumerate(ITEMS)]
    for id, kind in kinds.items():
        value = values.get(id, Unknown())
        known = not isinstance(value, Unknown)
        given.append((z3.Bool(f"{id} known"), z3.BoolVal(known)))
        given.append((z3.Bool(f"{id} none"), z3.BoolVal(is_undefined(value))))
        if known:
            found = literal(value, kind, codes)
            found = z3.BoolVal(found) if isinstance(found, bool) else found
            sort = symbol(id, kind).sort()
            given.append((symbol(id, kind), z3.ToReal(found) if sort == z3.RealSort() and z3.is_int(found) else found))
    return value_of(made, tree.kind, given, codes)


@pytest.mark.parametrize("case", cases())
def test_a_case_means_in_formulas_what_the_table_says(case: dict[str, Any]) -> None:
    tree, _ = read(case["expression"])
    assert tree is not None
    values = stated(case["facts"])
    expected = Unknown() if isinstance(case["expect"], list) else case["expect"]
    assert same(by_formula(tree, values), expected)


@settings(max_examples=examples(400), deadline=None)
@given(any_value, facts_or_none)
def test_a_formula_means_what_the_interpreter_means(tree: Expression, values: dict[str, Value]) -> None:
    assert same(by_formula(tree, values), by_interpreter(tree, values))


@settings(max_examples=examples(400), deadline=None)
@given(st.sampled_from(list(Kind)).flatmap(aggregates), facts_or_none, items)
def test_a_formula_over_a_list_means_what_the_interpreter_means(
    tree: Expression, values: dict[str, Value], found: Any
) -> None:
    values = values | {"l": found}
    assert same(by_formula(tree, values), by_interpreter(tree, values))


def days_at_borders() -> list[date]:
    """The ends of months in ordinary years, leap years and years of centuries, and the days after them."""
    ends = [
        date(year, month, 1)
        for year in (2, 4, 100, 400, 1600, 1900, 2000, 2024, 2025, 2100, 9996, 9999)
        for month in range(1, 13)
    ]
    return [date.min, date.max, *ends, *(date.fromordinal(day.toordinal() - 1) for day in ends)]


def test_the_parts_of_a_day_are_those_of_the_calendar() -> None:
    for day in days_at_borders():
        ordinal = z3.IntVal(day.toordinal())
        quarter, exists = days.quarter_of(ordinal, z3.IntVal(8))
        parts = [*days.civil(ordinal), days.weekday_of(ordinal), quarter]
        wanted = [day.year, day.month, day.day, day.isoweekday(), (day.month + 4) % 12 // 3 + 1]
        assert [z3.simplify(part).as_long() for part in parts] == wanted, day
        assert z3.is_true(z3.simplify(exists))


@pytest.mark.parametrize(
    "rule",
    [
        "month(d) == 2 and day(d) == 30",
        "month(d) == 2 and day(d) == 29 and year(d) == 2025",
        "year(d) >= 2026 and d < date('2026-01-01')",
        "weekday(d) == weekday(add_days(d, 1))",
        "weekday(d) != weekday(add_days(d, 7))",
        "quarter(d, 8) == 1 and month(d) == 7",
        "start_of_week(d) > d or start_of_week(d) <= add_days(d, -7) or weekday(start_of_week(d)) != 1",
        "modulo(n, 12) >= 12",
        "abs(x) < x",
    ],
)
def test_the_solver_proves_what_no_day_or_number_can_be(rule: str) -> None:
    tree, _ = read(rule)
    assert tree is not None
    assert answer(tree) == z3.unsat


@pytest.mark.parametrize(
    "rule",
    [
        "month(d) == 2 and day(d) == 29 and year(d) > 2025",
        "weekday(d) == 7 and day(d) == 31",
        "quarter(d, 8) == 1 and month(d) == 8",
        "modulo(n, 12) == 11",
        "modulo(x, 0.5) > 0 and x < 0",
        "abs(x) > x",
    ],
)
def test_the_solver_finds_what_a_day_or_number_can_be(rule: str) -> None:
    tree, _ = read(rule)
    assert tree is not None
    assert answer(tree) == z3.sat


def answer(rule: Expression) -> z3.CheckSatResult:
    """Whether the rule holds for a day of the calendar and any numbers."""
    made = formula(rule, lambda node: Term(symbol(node.id, KINDS[node.id])), Codes())
    solver = z3.Solver()
    solver.set("timeout", 20_000)
    solver.add(made.known, made.value, days.exists(symbol("d", Kind.DATE)), symbol("n", Kind.COUNT) >= 0)
    return solver.check()
