"""The walker of differences: it reports nothing where two sides are equal under the policy, else all that differs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from charter.engine.source.differences import NOTHING, Pairing, Policy, ValueDifference, differences, names_of_parts
from hypothesis import given
from hypothesis import strategies as st

PLAIN = st.none() | st.booleans() | st.sampled_from(["", "a", "b"]) | st.sampled_from([Decimal(0), Decimal(1)])
KEYS = st.sampled_from(["a", "b", "about"])
ROWS = st.lists(
    st.fixed_dictionaries({"id": st.sampled_from("xyz"), "a": PLAIN}), unique_by=lambda row: row["id"], max_size=3
)
DATA = st.recursive(
    PLAIN | ROWS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
POLICIES = [
    Policy(Pairing.BY_PLACE),
    Policy(Pairing.EQUAL_LENGTH),
    Policy(Pairing.ROWS_BY_ID),
    Policy(Pairing.ROWS_BY_ID, null_is_nothing=True, passed_over=frozenset({"about"})),
]
each_policy = pytest.mark.parametrize("policy", POLICIES)


def normal(data: Any, policy: Policy) -> Any:
    """The data in a form that is equal for what is equal under the policy, booleans told from numbers."""
    if isinstance(data, dict):
        parts = {key: normal(part, policy) for key, part in data.items() if key not in policy.passed_over}
        return {key: part for key, part in parts.items() if part != "null" or not policy.null_is_nothing}
    if isinstance(data, list):
        are_rows = all(isinstance(row, dict) for row in data)
        if policy.pairing is Pairing.ROWS_BY_ID and not are_rows:
            return [normal(item, POLICIES[0]) for item in data]
        items = [normal(item, policy) for item in data]
        ids = [row.get("id") for row in data] if are_rows else [None]
        by_id = policy.pairing is Pairing.ROWS_BY_ID and None not in ids and len(set(ids)) == len(ids)
        return sorted(items, key=lambda row: row["id"]) if by_id else items
    return "null" if data is None else repr(data)


def applied(data: Any, difference: ValueDifference) -> Any:
    """The first side with what the second has at the place of a difference."""
    if not difference.keys:
        return difference.after
    key, *rest = difference.keys
    missing = difference.after is NOTHING and not rest
    if isinstance(data, dict):
        if missing:
            return {name: part for name, part in data.items() if name != key}
        return {**data, key: applied(data.get(key), difference._replace(keys=tuple(rest)))}
    items = list(data)
    ids = [row.get("id") if isinstance(row, dict) else None for row in items]
    at = key if isinstance(key, int) else ids.index(key) if key in ids else len(items)
    if missing:
        return [*items[:at], *items[at + 1 :]]
    new = applied(items[at] if at < len(items) else None, difference._replace(keys=tuple(rest)))
    return [*items[:at], new, *items[at + 1 :]]


@each_policy
@given(before=DATA, after=DATA)
def test_nothing_differs_exactly_where_both_are_equal(policy: Policy, before: Any, after: Any) -> None:
    assert (not list(differences(before, after, policy))) == (normal(before, policy) == normal(after, policy))
    assert not list(differences(before, before, policy))


@pytest.mark.parametrize("policy", POLICIES[:3])
@given(before=DATA, after=DATA)
def test_the_differences_make_the_second_of_the_first(policy: Policy, before: Any, after: Any) -> None:
    made = before
    reported = list(differences(before, after, policy))
    gone = [difference for difference in reported if difference.after is NOTHING]
    for difference in (*(one for one in reported if one.after is not NOTHING), *reversed(gone)):  # the last item first
        made = applied(made, difference)
    if policy.pairing is not Pairing.ROWS_BY_ID:
        assert repr(sorted_keys(made)) == repr(sorted_keys(after))
    assert normal(made, policy) == normal(after, policy)


def sorted_keys(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: sorted_keys(data[key]) for key in sorted(data)}
    return [sorted_keys(item) for item in data] if isinstance(data, list) else data


def test_only_what_is_expected_is_looked_at_and_rows_are_named_by_their_ids() -> None:
    policy = Policy(Pairing.EQUAL_LENGTH, expected_only=True)
    outcome = {"tiers": [{"id": "gold", "status": "open", "more": {}}, {"id": "base", "status": "open"}], "other": "x"}
    assert not list(differences({"tiers": {"gold": {"status": "open", "more": {}}}}, outcome, policy))
    assert list(differences({"tiers": {"gold": {"status": "won"}, "top": {"status": "open"}}}, outcome, policy)) == [
        (("tiers", "gold", "status"), "won", "open"),
        (("tiers", "top"), {"status": "open"}, NOTHING),
    ]


def test_items_without_ids_are_named_by_their_numbers() -> None:
    policy = Policy(Pairing.EQUAL_LENGTH, expected_only=True)
    outcome = {"orders": [{"owed": "5"}, {"owed": "6"}, {"id": "x", "owed": "7"}]}
    assert not list(differences({"orders": {"1": {"owed": "5"}, "x": {"owed": "7"}}}, outcome, policy))
    wrong = {"orders": {"2": {"owed": "7"}, "3": {"owed": "7"}, "0": {}}}
    assert [(one.path, one.before, one.after) for one in differences(wrong, outcome, policy)] == [
        ("orders[2].owed", "7", "6"),
        ("orders.3", {"owed": "7"}, NOTHING),
        ("orders.0", {}, NOTHING),
    ]
    assert names_of_parts(outcome, ("orders",)) == ["1", "2", "x"]
    assert names_of_parts(outcome, ("orders", 1)) == names_of_parts(outcome, ("orders", "x"))[1:] == ["owed"]
    assert names_of_parts(outcome, ("orders", 1, "owed")) == names_of_parts(outcome, ("deals", 0)) == []


@pytest.mark.parametrize(
    ("policy", "before", "after", "expected"),
    [
        (Policy(Pairing.BY_PLACE), {"a": None}, {}, [("a", None, NOTHING)]),
        (Policy(Pairing.ROWS_BY_ID, null_is_nothing=True), {"a": None}, {"b": "x"}, [("b", None, "x")]),
        (Policy(Pairing.BY_PLACE), [True], [Decimal(1)], [("[1]", True, Decimal(1))]),
        (Policy(Pairing.BY_PLACE), ["x"], ["x", "y"], [("[2]", NOTHING, "y")]),
        (Policy(Pairing.EQUAL_LENGTH), ["x"], ["x", "y"], [("", ["x"], ["x", "y"])]),
        (Policy(Pairing.BY_PLACE), {"t": [{"id": "g", "a": "1"}]}, {"t": [{"id": "g", "a": "2"}]},
         [("t.g.a", "1", "2")]),
        (Policy(Pairing.ROWS_BY_ID), [{"id": "g"}, {"id": "b"}], [{"id": "b"}], [("g", {"id": "g"}, NOTHING)]),
        (Policy(Pairing.ROWS_BY_ID), [{"id": "g"}, {"id": "g"}], [{"id": "g"}], [("[2]", {"id": "g"}, NOTHING)]),
    ],
)  # fmt: skip
def test_paths_and_values(policy: Policy, before: Any, after: Any, expected: list[tuple[str, Any, Any]]) -> None:
    assert [(one.path, one.before, one.after) for one in differences(before, after, policy)] == expected
