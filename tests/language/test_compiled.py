"""Compiled code: when it comes in, and what is left to closures."""

from __future__ import annotations

from decimal import Decimal

import pytest
from charter.engine.language.run.closures import Row, closure
from charter.engine.language.run.compiled import FillStep, compiled, filler
from charter.engine.language.tree import And, Expression, Name, Not, Or
from charter.engine.values import Kind, Unknown, Value

from .names import read

P = Name("p", Kind.YES_NO)
Q = Name("q", Kind.YES_NO)
X = Unknown(frozenset("x"))


class Counted:
    """A closure that counts how often it is asked."""

    def __init__(self, tree: Expression, positions: dict[str, int]) -> None:
        self.times, self.read = 0, closure(tree, positions)

    def __call__(self, row: Row) -> Value:
        self.times += 1
        return self.read(row)


def test_rows_are_filled_by_closures_first_and_compiled_later_and_hold_the_same() -> None:
    tree, _ = read("n * 2 + 1")
    reader = Counted(tree, {"n": 0})
    fill = filler([FillStep(1, reader, tree)], {"n": 0}, 2)
    for number in range(5000):
        row = [Decimal(number), None]
        fill(row)
        assert row[1] == number * 2 + 1
    assert 1 < reader.times < 2500
    before = reader.times
    fill([Unknown(frozenset("n")), None])
    assert reader.times == before + 1


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("x == x", {"x": X}, X),
        ("x != 3", {"x": X}, X),
        ("c == 'red'", {"c": X}, X),
        ("p == q", {"p": X, "q": True}, X),
        ("p and q", {"p": True, "q": X}, X),
        ("(p or q) == p", {"p": False, "q": X}, X),
        ("x == 1 if p else false", {"p": False, "x": X}, False),
    ],
)
def test_an_unknown_is_never_equal_nor_unequal(text: str, values: dict, expected: Value) -> None:
    tree, problems = read(text)
    assert not problems
    positions = {id: index for index, id in enumerate(values)}
    row = [*values.values(), None]
    compiled([FillStep(len(values), closure(tree, positions), tree)], positions, len(row))(row)
    assert row[-1] == expected
    assert type(row[-1]) is type(expected)


@pytest.mark.parametrize(
    ("tree", "expected"),
    [(And(()), True), (Or(()), False), (And((P,)), True), (Or((Not(P),)), False), (And((Q,)), X), (Or((P, Q)), True)],
)
def test_all_or_any_of_however_few(tree: Expression, expected: Value) -> None:
    positions = {"p": 0, "q": 1}
    row = [True, X, None]
    compiled([FillStep(2, closure(tree, positions), tree)], positions, 3)(row)
    assert row[2] == expected


def test_a_tree_as_deep_as_python_cannot_compile_is_left_to_its_closure() -> None:
    tree: Expression = P
    for _ in range(900):
        tree = Not(tree)
    row = [True, None]
    compiled([FillStep(1, lambda row: row[0], tree)], {"p": 0}, 2)(row)
    assert row[1] is True


def test_what_no_decimal_holds_is_worked_out_all_the_same() -> None:
    tree, _ = read("(x / 3 + n / 3) * m")
    positions = {"x": 0, "n": 1, "m": 2}
    row = [Decimal(10**17 + 1), Decimal("1"), Decimal(3), None]
    compiled([FillStep(3, closure(tree, positions), tree)], positions, 4)(row)
    assert row[3] == 10**17 + 2
    assert isinstance(row[3], Decimal)
