"""Holds what `check` says of cases that are never taken to trying every partner of a small world."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from charter.engine.problems import Problem
from charter.engine.review.review import review
from charter.engine.values import Unknown
from hypothesis import given, settings
from hypothesis import strategies as st

from .test_constant_conditions import PARTNERS, at, conditions, value_of, write
from .thorough import examples

pytestmark = pytest.mark.thorough


def masked(problems: tuple[Problem, ...]) -> list[str]:
    """The text of each case that is never taken."""
    return [at(problem) for problem in problems if problem.code == "case-never-taken"]


def taken(rules: list[str], partner: dict) -> int | None:
    """The index of the case that is taken; None where none is, or where that is undefined."""
    for index, rule in enumerate(rules):
        holds = value_of(rule, partner)
        if isinstance(holds, Unknown):
            return None
        if holds:
            return index
    return None


@pytest.mark.parametrize("solver", [True, False])
@settings(max_examples=examples(60), deadline=None)
@given(rules=st.lists(conditions, min_size=2, max_size=4, unique=True))
def test_a_case_is_called_never_taken_where_no_partner_takes_it(solver: bool, rules: list[str]) -> None:
    cases = ", ".join(f'{{when: "{rule}", value: {index}}}' for index, rule in enumerate(rules))
    definition = f"{{title: {{en: V}}, kind: number, value: {{cases: [{cases}], otherwise: 9}}, source: [c]}}"
    with tempfile.TemporaryDirectory() as folder:
        told = masked(review(write(Path(folder), definitions=f"definitions: {{v: {definition}}}\n"), solver=solver))
    indexes = {taken(rules, partner) for partner in PARTNERS}
    holding = [[value_of(rule, partner) for partner in PARTNERS] for rule in rules]
    for index, rule in enumerate(rules):
        if rule in told or (rule[0] == "(" and rule[1:-1] in told):
            assert index not in indexes, rules
        elif solver and index and index not in indexes:
            never = True not in holding[index]
            after_always = any(all(holds is True for holds in earlier) for earlier in holding[:index])
            assert never or after_always, (rules, told)


@pytest.mark.parametrize("solver", [True, False])
@settings(max_examples=examples(30), deadline=None)
@given(starts=st.lists(st.integers(1, 6), min_size=1, max_size=3, unique=True).map(sorted))
def test_a_row_is_called_never_reached_where_the_number_stays_under_it(solver: bool, starts: list[int]) -> None:
    """`n` is at most 3."""
    rows = ", ".join(f"{start}: {start}" for start in [0, *starts])
    definition = f"{{title: {{en: V}}, kind: number, value: {{band: n, rows: {{{rows}}}}}, source: [c]}}"
    with tempfile.TemporaryDirectory() as folder:
        told = masked(review(write(Path(folder), definitions=f"definitions: {{v: {definition}}}\n"), solver=solver))
    assert told == [str(start) for start in starts if start > 3]


PRICES = """order:
  title: {{en: Order}}
  fields:
    price: {{title: {{en: Price}}, kind: money, minimum: 0}}
    sort: {{title: {{en: Sort}}, kind: choice, choices: {{x: {{title: {{en: X}}}}, y: {{title: {{en: Y}}}}, z: {{title: {{en: Z}}}}}}}}
  rules:
    first: {{title: {{en: First}}, when: "{first}", partner_pays: price, source: [c]}}
    second: {{title: {{en: Second}}, when: "{second}", partner_pays: price * ratio(50), source: [c]}}
  source: [c]
"""


@pytest.mark.parametrize(
    ("first", "second", "is_masked"),
    [
        ("price >= 100", "price >= 200", True),
        ("price >= 200", "price >= 100", False),
        ("true", "price >= 100", True),
        ("sort in ('x', 'y')", "sort == 'x'", True),
        ("sort == 'x'", "sort in ('x', 'y')", False),
        ("sort == 'x' or price > 5", "sort == 'x' and price < 3", True),
        ("sort != 'x'", "sort == 'y'", True),
        ("sort != 'x'", "sort == 'x'", False),
    ],
)
def test_a_rule_of_price_that_an_earlier_one_takes_is_told(
    tmp_path: Path, first: str, second: str, is_masked: bool
) -> None:
    told = masked(review(write(tmp_path, prices=PRICES.format(first=first, second=second))))
    assert told == ([second] if is_masked else [])
