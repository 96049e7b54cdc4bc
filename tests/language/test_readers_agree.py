"""The readers give one tree one meaning: on random trees of every kind, and random facts, missing ones included."""

from __future__ import annotations

from charter.engine.language import words
from charter.engine.language.tree import Expression, names
from charter.engine.values import Kind, Unknown, Value
from hypothesis import given, settings
from hypothesis import strategies as st

from .names import FIELDS, KINDS, read
from .test_meaning import by_closures, by_interpreter
from .trees import aggregates, facts, items, trees, values_of

any_tree = st.sampled_from(list(Kind)).flatmap(trees)
over_a_list = st.sampled_from(list(Kind)).flatmap(aggregates)


@settings(max_examples=600, deadline=None)
@given(any_tree, facts)
def test_closures_mean_what_the_interpreter_means(tree: Expression, values: dict[str, Value]) -> None:
    assert by_closures(tree, values) == by_interpreter(tree, values)


@settings(max_examples=600, deadline=None)
@given(over_a_list, facts, items)
def test_readers_agree_on_aggregates(tree: Expression, values: dict[str, Value], found: object) -> None:
    values = values | {"l": found}
    assert by_closures(tree, values) == by_interpreter(tree, values)


@settings(max_examples=400, deadline=None)
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


@settings(max_examples=400, deadline=None)
@given(any_tree)
def test_the_words_of_a_tree_read_as_the_same_tree(tree: Expression) -> None:
    again, problems = read(words.text(tree), tree.kind)
    assert not problems
    assert again == tree


@settings(max_examples=400, deadline=None)
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


@settings(max_examples=300, deadline=None)
@given(trees(Kind.YES_NO), facts, st.data())
def test_what_is_known_stays_when_more_becomes_known(tree: Expression, values: dict, data: st.DataObject) -> None:
    before = by_interpreter(tree, values)
    if isinstance(before, Unknown):
        return
    complete = {
        id: data.draw(values_of(KINDS[id])) if isinstance(value, Unknown) else value for id, value in values.items()
    }
    assert by_interpreter(tree, complete) == before
