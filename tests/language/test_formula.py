"""Reader 7 in Z3: the same value as the interpreter, for written cases and random trees, given the values of names."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import z3
from charter.engine.language.smt.aggregates import unrolled
from charter.engine.language.smt.formula import formula, literal
from charter.engine.language.smt.terms import Codes, Term, only_where
from charter.engine.language.tree import Aggregate, Expression, Name
from charter.engine.proof.symbols import symbol
from charter.engine.values import Kind, Unknown, Value
from hypothesis import given, settings
from hypothesis import strategies as st

from .formulas import same, value_of
from .names import FIELDS, KINDS, read
from .test_meaning import by_interpreter, cases
from .trees import aggregates, facts, items, trees

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
            return Term(symbol(id, kinds[id]), z3.Bool(f"{id} known"))
        there = [(z3.Bool(f"{one} there"), partial(term, item=one)) for one in ITEMS]
        return only_where(z3.Bool("l known"), unrolled(node, there, term, codes))

    made = formula(tree, term, codes)
    given = [(z3.Bool("l known"), z3.BoolVal(not isinstance(items, Unknown)))]
    given += [(z3.Bool(f"{item} there"), z3.BoolVal(index < len(rows))) for index, item in enumerate(ITEMS)]
    for id, kind in kinds.items():
        value = values.get(id, Unknown())
        known = not isinstance(value, Unknown)
        given.append((z3.Bool(f"{id} known"), z3.BoolVal(known)))
        if known:
            found = literal(value, codes)
            found = z3.BoolVal(found) if isinstance(found, bool) else found
            sort = symbol(id, kind).sort()
            given.append((symbol(id, kind), z3.ToReal(found) if sort == z3.RealSort() and z3.is_int(found) else found))
    return value_of(made, tree.kind, given, codes)


@pytest.mark.parametrize("case", cases())
def test_a_case_means_in_formulas_what_the_table_says(case: dict[str, Any]) -> None:
    tree, _ = read(case["expression"])
    assert tree is not None
    values = {id: case["facts"].get(id, Unknown(frozenset((id,)))) for id in KINDS}
    expected = Unknown() if isinstance(case["expect"], list) else case["expect"]
    assert same(by_formula(tree, values), expected)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(list(Kind)).flatmap(trees), facts)
def test_a_formula_means_what_the_interpreter_means(tree: Expression, values: dict[str, Value]) -> None:
    assert same(by_formula(tree, values), by_interpreter(tree, values))


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(list(Kind)).flatmap(aggregates), facts, items)
def test_a_formula_over_a_list_means_what_the_interpreter_means(
    tree: Expression, values: dict[str, Value], found: Any
) -> None:
    values = values | {"l": found}
    assert same(by_formula(tree, values), by_interpreter(tree, values))
