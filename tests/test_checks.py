"""What is odd about conditions, compared with trying every number that could matter.

Each code alone, with the text and the place, is in test_catalogue; these are the limits of what may be told.
"""

from __future__ import annotations

import tempfile
from itertools import product
from pathlib import Path

import pytest
from charter.engine.review.review import review
from hypothesis import given, settings
from hypothesis import strategies as st

from .programmes import SMALL, copy_of, edit

RULE = "people >= enough"
SIGNS = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
}


def told(rule: str, folder: Path) -> set[str]:
    release = copy_of(SMALL, folder)
    edit(release, "bonuses.yaml", "when: audited", f"when: {rule}")
    return {problem.code for problem in review(release)}


comparisons = st.tuples(st.sampled_from(["people", "revenue"]), st.sampled_from(sorted(SIGNS)), st.integers(0, 4))


@settings(max_examples=150, deadline=None)
@given(comparisons, comparisons, st.sampled_from(["and", "or"]))
def test_what_is_told_of_two_comparisons_is_what_trying_shows(one: tuple, two: tuple, word: str) -> None:
    """People are whole numbers from 0, revenue any amount from 0 to a million."""
    rule = f"{' '.join(map(str, one))} {word} {' '.join(map(str, two))}"
    numbers = [n / 2 for n in range(14)] + [1_000_000]
    join = all if word == "and" else any

    def holds(part: tuple, people: float, revenue: float) -> bool:
        return SIGNS[part[1]]({"people": people, "revenue": revenue}[part[0]], part[2])

    ways, parts = set(), (set(), set())
    for people, revenue in product([n for n in numbers if n % 1 == 0], numbers):
        found = [holds(part, people, revenue) for part in (one, two)]
        ways.add(join(found))
        for seen, truth in zip(parts, found, strict=True):
            seen.add(truth)
    with tempfile.TemporaryDirectory() as folder:
        codes = told(rule, Path(folder))
    assert ("unearnable-bonus" in codes) == (ways == {False})
    if ways != {False}:
        assert ("constant-condition" in codes) == (len(ways) == 1 or any(len(part) == 1 for part in parts))


@pytest.mark.parametrize(
    "rule",
    [
        "people >= 2 and people <= 5",  # a range
        "1 <= people <= 5",
        "people < 2 or people > 5",
        "not (people == 3)",
        "people >= 2 and people != 4",
        "region in ('north', 'centre') or audited",
        "share(people, 100) > 100",
        "per_head >= 2000 or revenue == 0",
    ],
)
def test_nothing_is_told_of_conditions_that_decide_something(rule: str, tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    edit(release, "tiers.yaml", RULE, "'" + rule.replace("'", "''") + "'")
    assert review(release) == ()


def test_a_term_that_may_be_agreed_is_not_taken_as_written(tmp_path: Path) -> None:
    """The discount is 15 today; an agreement may make the comparison come out otherwise."""
    release = copy_of(SMALL, tmp_path)
    edit(release, "tiers.yaml", "discount: {value: 15, source: [s2]}",
         "discount: {value: 15, negotiable: {source: [s2]}, source: [s2]}")  # fmt: skip
    edit(release, "tiers.yaml", RULE, "people >= 3 or discount_base('gold') > 20")
    assert review(release) == ()


@pytest.mark.parametrize(
    ("rule", "marked"),
    [
        ("people >= 2 and people >= 3", "people >= 2"),  # the weaker of two that must hold
        ("people >= 2 or people >= 3", "people >= 3"),  # the stronger of two of which one is enough
        ("people > 2 and people >= 3", "people >= 3"),  # the same, of whole numbers
        ("3 <= people and people == 4", "3 <= people"),
        ("audited and (people >= 3 or audited or audited)", "audited"),
    ],
)
def test_the_needless_part_is_marked(rule: str, marked: str, tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    edit(release, "tiers.yaml", RULE, rule)
    (problem,) = review(release)
    assert problem.code == "repeated-condition"
    assert problem.place.source.text[problem.place.start : problem.place.end] == marked
