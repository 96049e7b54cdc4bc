"""The row of a partner: filled by closures or by compiled code it holds what each expression means.

And what is read off it is the same whoever was asked about before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from charter import Release
from charter.engine.evaluate.evaluate import evaluate, make_plan
from charter.engine.evaluate.record import Record
from charter.engine.evaluate.row_layout import KnownInputs, Layout, fill, named_row
from charter.engine.language.run.compiled import by_closures, compiled
from charter.engine.programme.model import Fact
from charter.engine.values import Kind
from hypothesis import given, settings
from hypothesis import strategies as st

from .random_facts import NAMED, PROGRAM, RELEASES, values_of
from .surfaces.partners import meaning
from .thorough import examples

pytestmark = pytest.mark.thorough


def fields(facts: dict[str, Fact]) -> dict[str, st.SearchStrategy]:
    return {id: values_of(fact) for id, fact in facts.items()}


@pytest.mark.parametrize("release", RELEASES, ids=NAMED)
@settings(max_examples=examples(40), deadline=None)
@given(data=st.data())
def test_a_row_holds_what_each_expression_means(release: Release, data: st.DataObject) -> None:
    known = data.draw(partners(release))
    expected = meaning(release.programme, known)
    for layout in by_each_reader(release.plan.layout):
        found = named_row(layout, fill(layout, known))
        assert {id: found[id] for id in expected} == expected
        assert {id: type(found[id]) for id in expected} == {id: type(value) for id, value in expected.items()}


def by_each_reader(layout: Layout) -> Iterator[Layout]:
    """The layout as it is used for a few partners, and for many; also where most facts are missing."""
    code = compiled(layout.steps, layout.positions, layout.start + len(layout.empty))
    yield layout._replace(fill=lambda row: by_closures(layout.steps, row))
    yield layout._replace(fill=code, enough=0)


def partners(release: Release) -> st.SearchStrategy[KnownInputs]:
    """What an evaluation begins with: any fact may be missing, any term agreed otherwise."""
    programme = release.programme
    lists = {
        one.id: st.lists(st.fixed_dictionaries({}, optional=fields(one.fields)), max_size=3).map(tuple)
        for one in programme.lists.values()
    }
    facts = st.fixed_dictionaries({}, optional=fields(programme.facts) | lists)
    complete = st.fixed_dictionaries(fields(programme.facts) | lists)
    terms = {id: st.integers(0, 60).map(Decimal) for id, value in programme.values.items() if may_be_a_number(value)}
    return st.builds(
        KnownInputs,
        st.dates(date(2024, 1, 1), date(2027, 12, 31)),
        st.sampled_from([None, *programme.tiers]),
        st.none() | st.dates(date(2023, 1, 1), date(2026, 12, 31)),
        facts | complete,
        st.just({}) | st.fixed_dictionaries({}, optional=terms),
        st.just({}),
    )


def may_be_a_number(value: Any) -> bool:
    return value.negotiable is not None and value.kind in (Kind.PERCENT, Kind.MONEY, Kind.NUMBER)


@settings(max_examples=examples(60), deadline=None)
@given(facts=st.fixed_dictionaries(fields(PROGRAM.programme.facts)))
def test_of_a_complete_record_compiled_code_asks_no_closure(facts: dict[str, Any]) -> None:
    layout = PROGRAM.plan.layout

    def asked(row: list[Any]) -> None:
        pytest.fail("a closure was asked")

    steps = [step._replace(read=asked) for step in layout.steps]
    code = compiled(steps, layout.positions, layout.start + len(layout.empty))
    known = KnownInputs(date(2026, 11, 23), "saas", None, facts)
    assert fill(layout._replace(fill=code), known) == fill(layout, known)


@pytest.mark.parametrize("release", RELEASES, ids=NAMED)
@settings(max_examples=examples(25), deadline=None)
@given(data=st.data())
def test_an_outcome_does_not_depend_on_who_was_asked_before(release: Release, data: st.DataObject) -> None:
    known = data.draw(partners(release))
    record = Record("P-1", None, known.held_tier, known.held_since, known.facts, {})
    found = evaluate(release.plan, record, known.as_of)  # a plan that has been asked about many
    assert found == evaluate(make_plan(release.programme), record, known.as_of)
