"""The readers give one tree one meaning: on random trees of every kind, and random facts, missing ones included."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from charter.engine.language.bounds.bounds import Bounds, NumberRange, Options, bounds, truths
from charter.engine.language.tree import Aggregate, Call, Expression, Literal, Name, names, subtrees
from charter.engine.language.words import words
from charter.engine.programme.definedness import may_be_undefined
from charter.engine.values import NUMERIC, Kind, Unknown, Value
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ..thorough import examples
from .names import COLOURS, FIELDS, KINDS, read
from .test_meaning import READERS, by_interpreter
from .trees import aggregates, facts, facts_or_none, items, tables, trees, values_of

pytestmark = pytest.mark.thorough

any_tree = st.sampled_from(list(Kind)).flatmap(trees)
over_a_list = st.sampled_from(list(Kind)).flatmap(lambda kind: st.one_of(aggregates(kind), tables(kind)))


@settings(max_examples=examples(600), deadline=None)
@given(any_tree, facts_or_none)
def test_readers_agree(tree: Expression, values: dict[str, Value]) -> None:
    assert_one_meaning(tree, values)


@settings(max_examples=examples(600), deadline=None)
@given(over_a_list, facts_or_none, items)
def test_readers_agree_on_aggregates(tree: Expression, values: dict[str, Value], found: object) -> None:
    assert_one_meaning(tree, values | {"l": found})


def assert_one_meaning(tree: Expression, values: dict[str, Value]) -> None:
    """Of every reader the same value, and of the same form: yes/no, a decimal, a fraction."""
    found = [reader(tree, values) for reader in READERS]
    assert found == [found[0]] * len(READERS)
    assert {type(one) for one in found} == {type(found[0])}


@settings(max_examples=examples(400), deadline=None)
@given(over_a_list, facts, items, st.data())
def test_an_aggregate_that_is_known_stays(tree: Expression, values: dict, found: object, data: st.DataObject) -> None:
    """Whatever the unknown fields of its items turn out to be."""
    before = by_interpreter(tree, values | {"l": found})
    if isinstance(before, Unknown):
        return
    complete = {id: known(data, KINDS[id], value) for id, value in values.items()}
    rows = () if isinstance(found, Unknown) else found
    complete["l"] = tuple({id: known(data, FIELDS[id], value) for id, value in item.items()} for item in rows)
    assert by_interpreter(tree, complete) == before


def known(data: st.DataObject, kind: Kind, value: Value) -> Value:
    return data.draw(values_of(kind)) if isinstance(value, Unknown) else value


@settings(max_examples=examples(400), deadline=None)
@given(any_tree)
def test_the_words_of_a_tree_read_as_the_same_tree(tree: Expression) -> None:
    converted = {part.arguments[2] for part in subtrees(tree) if isinstance(part, Call) and part.function == "convert"}
    assume(len(converted) < 2)  # amounts of two currencies are refused
    again, problems = read(words.text(tree), tree.kind)
    assert not problems
    assert again == tree


@settings(max_examples=examples(400), deadline=None)
@given(any_tree, facts, st.data())
def test_the_facts_that_an_unknown_value_names_decide_it(tree: Expression, values: dict, data: st.DataObject) -> None:
    found = by_interpreter(tree, values)
    if not isinstance(found, Unknown):
        return
    mentioned = {name.id for name in names(tree)}
    missing = {id for id, value in values.items() if isinstance(value, Unknown)}
    assert found.missing <= mentioned & missing
    supplied = values | {id: data.draw(values_of(KINDS[id])) for id in found.missing}
    decided = by_interpreter(tree, supplied)
    # What stays unknown then is a division by zero, which no fact decides.
    assert not isinstance(decided, Unknown) or not decided.missing


@settings(max_examples=examples(300), deadline=None)
@given(trees(Kind.YES_NO), facts, st.data())
def test_what_is_known_stays_when_more_becomes_known(tree: Expression, values: dict, data: st.DataObject) -> None:
    before = by_interpreter(tree, values)
    if isinstance(before, Unknown):
        return
    complete = {
        id: data.draw(values_of(KINDS[id])) if isinstance(value, Unknown) else value for id, value in values.items()
    }
    assert by_interpreter(tree, complete) == before


def within(value: Value, found: Bounds) -> bool:
    if isinstance(found, NumberRange):
        return (found.low is None or found.low <= value) and (found.high is None or value <= found.high)
    if isinstance(found, Options):
        return value in found.names
    return found is None or value in found


@settings(max_examples=examples(800), deadline=None)
@given(st.one_of(any_tree, over_a_list), facts, items, st.booleans())
def test_a_value_lies_within_its_bounds(tree: Expression, values: dict, found: object, narrow: bool) -> None:
    """Those of the facts' kinds, or of these very facts."""
    value = by_interpreter(tree, values | {"l": found})
    known = {id: exactly(one) for id, one in values.items() if not isinstance(one, Unknown)} if narrow else {}
    assert isinstance(value, Unknown) or within(value, bounds(tree, known)), bounds(tree, known)


def exactly(value: Value) -> Bounds:
    if isinstance(value, bool):
        return frozenset((value,))
    return NumberRange(value, value) if isinstance(value, Decimal | Fraction) else None


def around(values: list[Value], kind: Kind) -> Bounds:
    """The closest bounds of some values; of none, bounds that nothing may be outside of either."""
    if kind is Kind.YES_NO:
        return frozenset(values) or frozenset((True,))
    if kind not in NUMERIC:
        return None
    return NumberRange(min(values), max(values)) if values else NumberRange(Decimal(7), Decimal(7))


@settings(max_examples=examples(600), deadline=None)
@given(over_a_list, facts, items)
def test_an_aggregate_lies_within_the_bounds_of_its_items(tree: Expression, values: dict, rows: object) -> None:
    """The fields' bounds are as close as these items allow."""
    assume(not isinstance(rows, Unknown))
    value = by_interpreter(tree, values | {"l": rows})
    by_name = {id: exactly(fact) for id, fact in values.items() if not isinstance(fact, Unknown)}
    for id, kind in FIELDS.items():
        by_name[f"l[].{id}"] = around([row[id] for row in rows if not isinstance(row[id], Unknown)], kind)
    assert isinstance(value, Unknown) or within(value, bounds(tree, by_name)), bounds(tree, by_name)


@settings(max_examples=examples(600), deadline=None)
@given(st.one_of(any_tree, over_a_list), facts, items, st.data())
def test_what_cannot_be_undefined_has_a_value_where_all_is_known(
    tree: Expression, values: dict, rows: object, data: st.DataObject
) -> None:
    assume(not may_be_undefined(tree, {}, set()))
    complete = {id: known(data, KINDS[id], value) for id, value in values.items()}
    items = () if isinstance(rows, Unknown) else rows
    complete["l"] = tuple({id: known(data, FIELDS[id], value) for id, value in item.items()} for item in items)
    assert not isinstance(by_interpreter(tree, complete), Unknown)


def over_items(function: str, value: Expression, empty: str | None = None, best: int | None = None) -> Aggregate:
    zero = None if empty is None else Literal(Decimal(empty), Kind.NUMBER)
    most = None if best is None else Literal(Decimal(best), Kind.COUNT)
    kind = Kind.COUNT if function == "distinct" else value.kind
    return Aggregate(function, "l", "l[]", value, Literal(True, Kind.YES_NO), None, most, zero, kind)


@pytest.mark.parametrize(
    ("tree", "low", "high"),
    [
        (over_items("distinct", Name("n", Kind.COUNT)), 0, 4),
        (over_items("distinct", Name("p", Kind.YES_NO)), 0, 2),
        (over_items("distinct", Name("o", Kind.CHOICE)), 0, 3),
        (over_items("distinct", Name("x", Kind.NUMBER)), 0, None),
        (over_items("sum", Name("n", Kind.COUNT), "0", 3), 0, 15),
        (over_items("sum", Name("x", Kind.NUMBER), "0", 2), -4, 3),
        (over_items("sum", Name("x", Kind.NUMBER), "0"), None, None),
        (over_items("sum", Name("n", Kind.COUNT), "9", 0), 9, 9),
        (over_items("average", Name("n", Kind.COUNT), "0"), 0, 5),
        (over_items("maximum", Name("x", Kind.NUMBER), None, 2), -2, Decimal("1.5")),
    ],
)
def test_bounds_of_aggregates_are_close(tree: Aggregate, low: object, high: object) -> None:
    """n is from 2 to 5, x from -2 to 1.5, and o one of three choices."""
    by_name = {
        "n": NumberRange(Decimal(2), Decimal(5)),
        "x": NumberRange(Decimal(-2), Decimal("1.5")),
        "o": Options(frozenset(COLOURS)),
    }
    assert bounds(tree, by_name) == NumberRange(low, high)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("20 + (5 if p else 0) + (2.5 if n > 3 else 1 if q else 0)", "20", "27.5"),
        ("min(x, 40)", None, "40"),
        ("max(n, 3)", "3", None),
        ("n * 2 - 5", "-5", None),
        ("round(x, 0.01) * 0", "0", "0"),
        ("10 / 4 if p else -1", "-1", "2.5"),
        ("share(n, 4)", "0", None),
        ("share(3, 4)", "75", "75"),
        ("ratio(20) * 5", "1", "1"),
        ("5 if n >= 0 else 7", "5", "5"),
        ("5 if n + 1 < 1 or not (p or not p and 1 > 2 or 1 < 2) else 7", "7", "7"),
        ("5 if at_least(2, p, 1 < 2, 2 < 3) else 7", "5", "5"),
        ("rank(o)", "1", "3"),
    ],
)
def test_bounds_are_close_where_parts_stand_alone(text: str, low: str | None, high: str | None) -> None:
    tree, _ = read(text)
    assert tree is not None
    assert bounds(tree, {}) == NumberRange(low and Decimal(low), high and Decimal(high))


@pytest.mark.parametrize(
    ("text", "can"),
    [
        ("n >= 0", {True}),
        ("n < 0", {False}),
        ("n > 0", {True, False}),
        ("x == x", {True}),
        ("x + 1 < x + 1", {False}),
        ("x - x == 0", {True, False}),  # what else parts have in common is not looked at
        ("3 == 3.0", {True}),
        ("min(x, 5) > 5", {False}),
        ("p and n < 0", {False}),
        ("p or n >= 0", {True}),
        ("at_least(2, p, n < 0)", {False}),
    ],
)
def test_a_condition_that_is_always_or_never_true(text: str, can: set[bool]) -> None:
    tree, _ = read(text)
    assert tree is not None
    assert truths(tree, {}) == can
