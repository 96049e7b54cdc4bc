"""Unknown and undefined are two things: the first names facts that may decide it, the second a cause and no facts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from charter.engine.language.business_days import OF_BUSINESS_DAYS
from charter.engine.language.run.causes import causes
from charter.engine.language.tree import And, Call, Expression, Literal, Or, children, names
from charter.engine.values import UNDEFINED, Kind, Unknown, Value, is_undefined, merge_any
from hypothesis import given, settings
from hypothesis import strategies as st

from ..thorough import examples
from .names import FIELDS, KINDS, read
from .test_meaning import READERS, by_interpreter
from .test_readers_agree import any_tree, over_a_list
from .trees import facts, facts_or_none, items, trees, values_of

pytestmark = pytest.mark.thorough

Facts = dict[str, Value]


def complete(data: st.DataObject, kind: Kind, value: Value, left_out: frozenset[str]) -> Value:
    """A value for a missing fact, unless it is to stay missing."""
    return data.draw(values_of(kind)) if isinstance(value, Unknown) and not value.missing & left_out else value


def assert_no_other_fact_decides(tree: Expression, values: Facts, data: st.DataObject) -> None:
    """Whatever the facts are that the result does not name, it has no value without those that it names."""
    before = by_interpreter(tree, values)
    if not isinstance(before, Unknown):
        return
    supplied: Facts = {
        id: complete(data, KINDS[id], value, before.missing) for id, value in values.items() if id != "l"
    }
    found = values.get("l", ())
    if isinstance(found, Unknown):
        rows: object = found if found.missing & before.missing else ()
    else:
        rows = tuple(
            {id: complete(data, FIELDS[id], value, before.missing) for id, value in item.items()} for item in found
        )
    after = by_interpreter(tree, supplied | {"l": rows})
    assert isinstance(after, Unknown), (before, after)
    assert not is_undefined(before) or is_undefined(after)


@settings(max_examples=examples(500), deadline=None)
@given(any_tree, facts, st.data())
def test_no_fact_decides_that_is_not_named(tree: Expression, values: Facts, data: st.DataObject) -> None:
    assert_no_other_fact_decides(tree, values, data)


@settings(max_examples=examples(500), deadline=None)
@given(over_a_list, facts, items, st.data())
def test_no_fact_or_field_decides_an_aggregate_that_is_not_named(
    tree: Expression, values: Facts, found: Value, data: st.DataObject
) -> None:
    assert_no_other_fact_decides(tree, values | {"l": found}, data)


@settings(max_examples=examples(500), deadline=None)
@given(st.one_of(any_tree, over_a_list), facts_or_none, items)
def test_every_reader_names_the_same_facts_and_causes(tree: Expression, values: Facts, found: Value) -> None:
    """The equality of values lets `UNDEFINED` equal every undefined one, so the causes are compared themselves."""
    results = [reader(tree, values | {"l": found}) for reader in READERS]
    parts = [(result.missing, causes(result)) for result in results if isinstance(result, Unknown)]
    assert parts == parts[:1] * (len(READERS) if parts else 0)


@settings(max_examples=examples(300), deadline=None)
@given(st.one_of(any_tree, over_a_list), facts_or_none, items)
def test_what_no_fact_decides_has_a_cause(tree: Expression, values: Facts, found: Value) -> None:
    """With a value, known or not, for each operand."""
    result = by_interpreter(tree, values | {"l": found})
    assert not is_undefined(result) or causes(result)
    for cause in causes(result):
        if cause.operands:
            calendar = isinstance(cause.subject, Call) and cause.subject.function in OF_BUSINESS_DAYS
            assert len(cause.operands) == len(children(cause.subject)) - calendar  # which is no operand


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("text", "values", "missing", "expected"),
    [
        ("share(x, m) > 50", {"x": 0, "m": 0}, (), {"share(x, m)": (0, 0)}),
        ("x / m > n", {"x": 3, "m": 0}, (), {"x / m": (3, 0)}),  # whatever n is
        ("share(x, m) > 50", {"m": 0}, (), {"share(x, m)": (None, 0)}),  # whatever x is
        ("x / m > 1 and p", {"x": 3, "m": 0}, ("p",), {"x / m": (3, 0)}),  # false, or undefined
        ("x / m > 1 or p", {"x": 3, "m": 0}, ("p",), {"x / m": (3, 0)}),
        ("x / m > 1 and p", {"x": 3, "m": 0, "p": True}, (), {"x / m": (3, 0)}),
        ("x / m > 1 and p", {"x": 3, "m": 0, "p": False}, None, False),
        ("x / m > 1 or p", {"x": 3, "m": 0, "p": True}, None, True),
        ("p if x / m > 1 else q", {"x": 3, "m": 0}, (), {"x / m": (3, 0)}),  # nothing is chosen
        ("x / m if p else m / x", {"x": 0, "m": 0}, (), {"x / m": (0, 0), "m / x": (0, 0)}),
        ("x / m if p else n", {"x": 3, "m": 0}, ("n", "p"), {"x / m": (3, 0)}),
        ("at_least(2, x / m > 1, p, q)", {"x": 3, "m": 0}, ("p", "q"), {"x / m": (3, 0)}),
        ("at_least(2, x / m > 1, p, true)", {"x": 3, "m": 0, "p": False}, (), {"x / m": (3, 0)}),
        ("at_least(3, x / m > 1, p, true)", {"x": 3, "m": 0}, ("p",), {"x / m": (3, 0)}),
        ("at_least(2, x / m > 1, m / x > 1, p)", {"x": 0, "m": 0}, (), {"x / m": (0, 0), "m / x": (0, 0)}),
        ("at_least(1, x / m > 1, p)", {"x": 3, "m": 0}, ("p",), {"x / m": (3, 0)}),
        ("at_least(n if x / m > 1 else 0, p, q)", {"x": 3, "m": 0}, (), {"x / m": (3, 0)}),
        ("round(x, m) > 1", {"x": 3, "m": 0}, (), {"round(x, m)": (3, 0)}),
    ],
)
def test_a_mixture_awaits_only_facts_that_could_decide(
    reader, text: str, values: dict, missing: tuple[str, ...] | None, expected: object
) -> None:
    tree, problems = read(text)
    assert not problems
    given = {id: Unknown(frozenset((id,))) for id in {name.id for name in names(tree)}}
    given |= {id: value if isinstance(value, bool) else Decimal(value) for id, value in values.items()}
    result = reader(tree, given)
    if missing is None:
        assert result is expected
        return
    assert isinstance(result, Unknown)
    assert tuple(sorted(result.missing)) == missing
    found = {
        cause.expression: tuple(None if isinstance(value, Unknown) else value for value in cause.operands)
        for cause in causes(result)
    }
    assert found == expected


def test_undefined_equals_whatever_is_undefined_and_nothing_that_awaits_facts() -> None:
    tree, _ = read("x / m")
    first = by_interpreter(tree, {"x": Decimal(1), "m": Decimal(0)})
    second = by_interpreter(tree, {"x": Decimal(2), "m": Decimal(0)})
    awaited = Unknown(frozenset("n"))
    assert first == UNDEFINED == second
    assert first != second
    assert merge_any(first, awaited) not in (UNDEFINED, first, awaited)
    assert hash(first) == hash(second) == hash(UNDEFINED)


@settings(max_examples=examples(200), deadline=None)
@given(trees(Kind.YES_NO), facts)
def test_false_and_undefined_is_false(tree: Expression, values: Facts) -> None:
    """As every part that is false decides an `and`, whatever the other part is."""
    for form, decides in ((And, False), (Or, True)):
        for reader in READERS:
            assert reader(form((tree, Literal(decides, Kind.YES_NO))), values) is decides
