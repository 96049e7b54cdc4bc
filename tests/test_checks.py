"""Tests the checks on conditions against trying every number that could matter.

test_catalogue tests each code with its text and place; these tests are about where a check must report nothing.
"""

from __future__ import annotations

import tempfile
from itertools import product
from pathlib import Path

import pytest
from charter.engine.problems import Problem
from charter.engine.review.review import review
from hypothesis import given, settings
from hypothesis import strategies as st

from .programmes import SMALL, copy_of, edit
from .thorough import examples

pytestmark = pytest.mark.thorough

RULE = "people >= enough"
SIGNS = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
}


def codes_for(rule: str, folder: Path) -> set[str]:
    """The codes of the problems when a bonus of the small programme has this condition."""
    release = copy_of(SMALL, folder)
    edit(release, "bonuses.yaml", "when: audited", f"when: {rule}")
    return {problem.code for problem in review(release)}


def problems_of(release: Path) -> tuple[Problem, ...]:
    """What is told of a release, but that nothing reads `enough` where the edited rule was its only reader."""
    return tuple(problem for problem in review(release) if problem.code != "unused-value")


def always_defined(folder: Path) -> Path:
    """The small programme, with a revenue per head of nobody too: that of one."""
    release = copy_of(SMALL, folder)
    edit(release, "definitions.yaml", "revenue / people", '"revenue / max(people, 1)"')
    return release


comparisons = st.tuples(st.sampled_from(["people", "revenue"]), st.sampled_from(sorted(SIGNS)), st.integers(0, 4))


@settings(max_examples=examples(150), deadline=None)
@given(comparisons, comparisons, st.sampled_from(["and", "or"]))
def test_what_is_told_of_two_comparisons_is_what_trying_shows(first: tuple, second: tuple, word: str) -> None:
    """`people` is a whole number of at least 0, `revenue` an amount from 0 to a million."""
    rule = f"{' '.join(map(str, first))} {word} {' '.join(map(str, second))}"
    numbers = [n / 2 for n in range(14)] + [1_000_000]
    join = all if word == "and" else any

    def holds(part: tuple, people: float, revenue: float) -> bool:
        return SIGNS[part[1]]({"people": people, "revenue": revenue}[part[0]], part[2])

    results, parts = set(), (set(), set())
    for people, revenue in product([n for n in numbers if n % 1 == 0], numbers):
        truths = [holds(part, people, revenue) for part in (first, second)]
        results.add(join(truths))
        for seen, truth in zip(parts, truths, strict=True):
            seen.add(truth)
    with tempfile.TemporaryDirectory() as folder:
        codes = codes_for(rule, Path(folder))
    assert ("unearnable-bonus" in codes) == (results == {False})
    if results != {False}:
        assert ("constant-condition" in codes) == (len(results) == 1 or any(len(part) == 1 for part in parts))


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
    release = always_defined(tmp_path)
    edit(release, "tiers.yaml", RULE, "'" + rule.replace("'", "''") + "'")
    assert problems_of(release) == ()


def test_a_term_that_may_be_agreed_is_not_taken_as_written(tmp_path: Path) -> None:
    """The discount is 15, but an agreement may raise it above 20, so the comparison is not constant."""
    release = copy_of(SMALL, tmp_path)
    edit(release, "tiers.yaml", "discount: {value: 15, source: [s2]}",
         "discount: {value: 15, negotiable: {source: [s2]}, source: [s2]}")  # fmt: skip
    edit(release, "tiers.yaml", RULE, "people >= 3 or discount_base('gold') > 20")
    assert problems_of(release) == ()


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
    release = always_defined(tmp_path)
    edit(release, "tiers.yaml", RULE, rule)
    (problem,) = problems_of(release)
    assert problem.code == "repeated-condition"
    assert problem.place.source.text[problem.place.start : problem.place.end] == marked


def test_fields_and_values_that_nothing_reads_are_told(tmp_path: Path) -> None:
    """A label is text, and a field may be read as the currency or the default of another."""
    release = copy_of(SMALL, tmp_path)
    with (release / "facts.yaml").open("a", encoding="utf-8") as file:
        file.write(
            """lists:
  deals:
    title: {en: Deals}
    fields:
      customer: {title: {en: Customer}, kind: text}
      paid_in: {title: {en: Currency}, kind: choice, choices: {eur: {title: {en: Euro}}}}
      listed: {title: {en: Listed}, kind: money, currency: paid_in}
      sold: {title: {en: Sold}, kind: money, currency: paid_in, default_from: listed}
      spare: {title: {en: Spare}, kind: count}
"""
        )
    (release / "prices.yaml").write_text(
        """order:
  title: {en: Order}
  fields: {price: {title: {en: Price}, kind: money}, note: {title: {en: Note}, kind: count}}
  values:
    half: {title: {en: Half}, kind: money, value: price / 2, source: [s1]}
    third: {title: {en: Third}, kind: money, value: price / 3, source: [s1]}
  totals:
    shown: {title: {en: Shown}, kind: money, take: sum, of: price, over: order, show: true, source: [s1]}
    hidden: {title: {en: Hidden}, kind: money, take: sum, of: price, over: order, source: [s1]}
  rules: {all: {title: {en: All}, when: true, partner_pays: half, source: [s1]}}
  source: [s1]
""",
        "utf-8",
    )
    edit(release, "definitions.yaml", "  enough:",
         "  eur: {title: {en: E}, kind: money, currency: EUR, take: sum, of: sold, over: deals, source: [s1]}\n"
         "  left: {title: {en: Left}, kind: count, by_tier: {silver: 1}, source: [s1]}\n  enough:")  # fmt: skip
    assert sorted((problem.code, problem.message.split("'")[1]) for problem in review(release)) == [
        ("unused-fact", "spare"), ("unused-value", "hidden"), ("unused-value", "left"), ("unused-value", "third"),
    ]  # fmt: skip
