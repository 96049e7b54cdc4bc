"""Equality of expressions: by form and meaning, not by place or spelling; and nobody changes one."""

from __future__ import annotations

import pytest
from charter.engine.language.parse import parse
from charter.engine.language.syntax import Text
from charter.engine.language.tree import And, Arithmetic, Compare, Literal, Name, Not, Or, names
from charter.engine.problems import Source
from charter.engine.values import Kind

from .names import SCOPE, read

P, Q = Name("p", Kind.YES_NO), Name("q", Kind.YES_NO)


def test_a_rule_that_was_moved_or_reformatted_equals_itself() -> None:
    one, _ = read("p and   n >= 2")
    other, _ = parse(Text(Source("elsewhere", "  (p\n and (n>=2.0))"), "  (p\n and (n>=2.0))", range(19)), SCOPE)
    assert one is not None
    assert other is not None
    assert one.place != other.place
    assert one == other
    assert hash(one) == hash(other)
    assert Name("p", Kind.YES_NO, "p") == Name("p", Kind.YES_NO, "pp")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (And((P, Q)), Or((P, Q))),
        (And((P, Q)), And((Q, P))),
        (Not(P), P),
        (Literal("p", Kind.YES_NO), P),
        (Literal(True, Kind.YES_NO), Literal(1, Kind.COUNT)),
        (Compare("<", P, Q), Compare(">", P, Q)),
        (Compare("<", P, Q), Arithmetic("+", P, Q, Kind.COUNT)),
        (Not(And((P, Q))), Not(Or((P, Q)))),
        (P, ("p", Kind.YES_NO, "", None)),
    ],
)
def test_what_differs_in_form_or_meaning_is_different(one: object, other: object) -> None:
    assert one != other
    assert not one == other  # noqa: SIM201 - both operators are ours
    assert len({one, other}) == 2


def test_a_tree_is_not_changed() -> None:
    with pytest.raises(AttributeError):
        P.id = "q"


def test_names_are_found_from_left_to_right() -> None:
    tree, _ = read("p and not q or r + 1 > share(m, n)")
    assert [name.id for name in names(tree)] == ["p", "q", "r", "m", "n"]
