"""`take` over cases: the greatest, the least and the sum are of those that hold, and of nothing else."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from charter.engine.values import Unknown

from .small_world import TODAY, values, world

FACTS = """
facts:
  done: {title: {en: Done}, kind: count}
  reviews: {title: {en: Reviews}, kind: count}
  audited: {title: {en: Audited}, kind: yes_no, default: true}
"""


@pytest.mark.parametrize("kind", ["percent", "money", "number"])
@pytest.mark.parametrize("amounts", [(-5, -20, -100), (7, -3, 0), (-3, 7, -8), (0, 0, -1), (2, 4, 9), (-1, -1, 5)])
def test_the_greatest_the_least_and_the_sum_are_of_the_cases_that_hold(
    kind: str, amounts: tuple[int, int, int], tmp_path: Path
) -> None:
    """Against plain Python; `otherwise` is always among them, and a case that does not hold is not there at all."""
    first, second, otherwise = amounts
    cases = f"[{{when: done > 1, value: {first}}}, {{when: reviews > 2, value: {second} if audited else 99}}]"
    rows = "".join(
        f"  {take}: {{title: {{en: T}}, kind: {kind}, value: {{take: {take}, cases: {cases}, otherwise: {otherwise}}},"
        " source: [c]}\n"
        for take in ("greatest", "least", "sum")
    )
    loaded = world(tmp_path, facts=FACTS, definitions="definitions:\n" + rows)
    for done, reviews in product((0, 1, 2, None), (2, 3, None)):
        facts = {id: value for id, value in (("done", done), ("reviews", reviews)) if value is not None}
        found = values(loaded, facts, TODAY)
        possible = product(
            [True, False] if done is None else [done > 1], [True, False] if reviews is None else [reviews > 2]
        )
        lists = [
            [otherwise, *[v for v, holds in zip((first, second), case, strict=True) if holds]] for case in possible
        ]
        for take, of in (("greatest", max), ("least", min), ("sum", sum)):
            results = {of(case) for case in lists}
            if isinstance(found[take], Unknown):
                assert found[take].missing == {
                    id for id, value in (("done", done), ("reviews", reviews)) if value is None
                }
            else:
                assert {found[take]} == results


def test_a_case_that_does_not_hold_may_be_undefined(tmp_path: Path) -> None:
    table = (
        "{take: greatest, cases: [{when: done > 0, value: reviews / done}, {when: audited, value: -2}], otherwise: -9}"
    )
    loaded = world(
        tmp_path,
        facts=FACTS,
        definitions=f"definitions: {{v: {{title: {{en: V}}, kind: number, value: {table}, source: [c]}}}}\n",
    )
    assert values(loaded, {"done": 0, "reviews": 4})["v"] == -2
    assert values(loaded, {"done": 2, "reviews": 4})["v"] == 2
    assert values(loaded, {"done": 0, "reviews": 4, "audited": False})["v"] == -9
