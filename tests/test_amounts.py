"""Rates and amounts: bands and slices at their edges, cases, floors and caps, rounding, running totals."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from charter import Release
from charter.engine.values import Unknown, Value
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from .small_world import report, values, world
from .thorough import examples

FACTS = """
facts:
  revenue: {title: {en: Revenue}, kind: money}
  before: {title: {en: Revenue earlier this year}, kind: money, default: 0}
  target: {title: {en: Target}, kind: money, default: 1000}
  customers: {title: {en: Customers}, kind: count}
  new_customer: {title: {en: New customer}, kind: yes_no}
  region: {title: {en: Region}, kind: choice, choices: {north: {title: {en: North}}, south: {title: {en: South}}}}
"""
DEFINITIONS = """
definitions:
  on_the_whole: {title: {en: On the whole}, kind: money, value: "revenue * ratio(rate)", source: [c]}
  rate: {title: {en: Rate}, kind: percent, value: {band: revenue, rows: {0: 0, 1000: 5, 5000: 10}}, source: [c]}
  by_slice: {title: {en: By slice}, kind: money, value: {slices: revenue, rows: {0: 0, 1000: 5, 5000: 10}}, source: [c]}
  running:
    title: {en: On a running total}
    kind: money
    value: {slices: revenue, after: before, rows: {0: 0, 1000: 5, 5000: 10}}
    source: [c]
  points: {title: {en: Points}, kind: number, value: {slices: customers, rows: {0: 1, 10: 0.5}}, source: [c]}
  fee: {title: {en: A fee for each}, kind: money, value: {slices: customers, rows: {0: 20, 10: 15}}, source: [c]}
  steps: {title: {en: Steps}, kind: count, value: "2 * every(5, min(customers, 50) - 30)", source: [c]}
  best:
    title: {en: The best rate}
    kind: percent
    value: {take: greatest, cases: [{when: new_customer, value: 7}, {when: revenue >= 5000, value: 9}], otherwise: 3}
    source: [c]
  first:
    title: {en: The first rate}
    kind: percent
    value: {cases: [{when: new_customer, value: 7}, {when: revenue >= 5000, value: 9}], otherwise: 3}
    source: [c]
  together:
    title: {en: All rates}
    kind: percent
    value: {take: sum, cases: [{when: new_customer, value: 7}, {when: revenue >= 5000, value: 9}], otherwise: 3}
    source: [c]
  accelerated:
    title: {en: Accelerated over the target}
    kind: money
    value: {slices: revenue, rows: {0: 5, 1000: 8}}
    floor: 10
    cap: {by: region, rows: {north: 100, south: 120}}
    round: 0.05
    rounding: down
    source: [c]
  size: {title: {en: Size}, kind: choice, ordered: true, choices: {small: {title: {en: Small}}, large: {title: {en: Large}}}, value: {band: customers, rows: {0 to 9: "'small'", 10 and up: "'large'"}}, source: [c]}
  needed: {title: {en: Needed}, kind: count, value: {by: size, rows: {small: 1, large: 3}}, source: [c]}
  score: {title: {en: Score}, kind: number, value: "30 * customers / 40 + 70 * min(1, revenue / target)", cap: 100, source: [c]}
  shown: {title: {en: Rounded score}, kind: count, value: score, round: 1, source: [c]}
"""


@pytest.fixture(scope="module")
def amounts(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return world(tmp_path_factory.mktemp("amounts"), facts=FACTS, definitions=DEFINITIONS)


@pytest.mark.parametrize(
    ("revenue", "whole", "slices"),
    [
        ("0", "0", "0"),
        ("999.99", "0", "0"),
        ("1000", "50", "0"),
        ("1000.02", "50.001", "0.001"),
        ("4999.98", "249.999", "199.999"),
        ("5000", "500", "200"),
        ("7000", "700", "400"),
    ],
)
def test_both_kinds_of_band_at_their_edges(amounts: Release, revenue: str, whole: str, slices: str) -> None:
    found = values(amounts, {"revenue": Decimal(revenue)})
    assert (found["on_the_whole"], found["by_slice"]) == (Decimal(whole), Decimal(slices))


@pytest.mark.parametrize(
    ("before", "revenue", "expected"), [(0, 7000, 400), (900, 100, 0), (900, 101, "0.05"), (4000, 3000, 250)]
)
def test_slices_of_a_running_total(amounts: Release, before: int, revenue: int, expected: object) -> None:
    assert values(amounts, {"before": before, "revenue": revenue})["running"] == Decimal(expected)


money = st.decimals(0, 10_000, places=2)


@pytest.mark.thorough
@settings(max_examples=examples(150), deadline=None)
@given(money, money)
def test_slices_are_continuous_and_never_fall(amounts: Release, less: Decimal, more: Decimal) -> None:
    """A cent more gives at most the highest rate of a cent more: no cliff at an edge, which bands on the whole have."""
    less, more = sorted((less, more))
    low, high = (values(amounts, {"revenue": revenue})["by_slice"] for revenue in (less, more))
    assert 0 <= high - low <= (more - less) / 10


@pytest.mark.thorough
@settings(max_examples=examples(100), deadline=None)
@given(st.lists(money, min_size=1, max_size=4))
def test_a_running_total_pays_what_the_sum_would(amounts: Release, months: list[Decimal]) -> None:
    assume(sum(months) < 10**6)
    paid, before = Decimal(0), Decimal(0)
    for month in months:
        paid += values(amounts, {"before": before, "revenue": month})["running"]
        before += month
    assert paid == values(amounts, {"revenue": before})["by_slice"]


@pytest.mark.parametrize(
    ("customers", "points", "fee", "steps", "size", "needed"),
    [
        (0, 0, 0, 0, "small", 1),
        (9, 9, 180, 0, "small", 1),
        (10, 10, 200, 0, "large", 3),
        (11, "10.5", 215, 0, "large", 3),
        (34, 22, 560, 0, "large", 3),
        (35, "22.5", 575, 2, "large", 3),
        (50, 30, 800, 8, "large", 3),
        (500, 255, 7550, 8, "large", 3),
    ],
)
def test_so_much_for_each(
    amounts: Release, customers: int, points: object, fee: int, steps: int, size: str, needed: int
) -> None:
    found = values(amounts, {"customers": customers})
    expected = (Decimal(points), fee, steps, size, needed)
    assert tuple(found[name] for name in ("points", "fee", "steps", "size", "needed")) == expected


@pytest.mark.parametrize(
    ("new", "revenue", "first", "best", "together"),
    [(True, 5000, 7, 9, 19), (True, 10, 7, 7, 10), (False, 5000, 9, 9, 12), (False, 10, 3, 3, 3)],
)
def test_cases(amounts: Release, new: bool, revenue: int, first: int, best: int, together: int) -> None:
    found = values(amounts, {"new_customer": new, "revenue": revenue})
    assert (found["first"], found["best"], found["together"]) == (first, best, together)


def test_cases_with_facts_missing(amounts: Release) -> None:
    """The first case that holds decides, whatever stands after it; the greatest waits for all."""
    assert values(amounts, {"new_customer": True})["first"] == 7
    assert values(amounts, {"new_customer": True})["best"] == Unknown(frozenset({"revenue"}))
    assert values(amounts, {"revenue": 5000})["first"] == Unknown(frozenset({"new_customer"}))


@pytest.mark.parametrize(
    ("revenue", "region", "expected"),
    [
        (100, "north", "10"),  # 5, raised to the floor
        ("1000.70", "north", "50.05"),  # 50.056, rounded down to five hundredths
        (1625, "north", "100"),
        (1630, "north", "100"),
        (1630, "south", "100.4"),
        (9000, "south", "120"),
    ],
)
def test_floor_cap_and_rounding_in_this_order(amounts: Release, revenue: object, region: str, expected: str) -> None:
    assert values(amounts, {"revenue": Decimal(revenue), "region": region})["accelerated"] == Decimal(expected)


def test_a_score_is_not_rounded_unless_the_data_says_so(amounts: Release) -> None:
    found = values(amounts, {"customers": 1, "revenue": Decimal("985.71")})
    assert found["score"] == Decimal("69.7497")
    assert found["shown"] == 70
    assert values(amounts, {"customers": 400, "revenue": 5000})["score"] == 100
    assert values(amounts, {"customers": 2, "revenue": 1, "target": 3})["score"] == Fraction(149, 6)
    missing: Value = Unknown(frozenset({"customers"}))
    assert values(amounts, {"revenue": 5000})["score"] == missing


@pytest.mark.parametrize(
    ("kind", "of", "rows", "told"),
    [
        (
            "count",
            "revenue",
            "0 to 449: 1, 450 and up: 2",
            "449.5 is in no band: one ends with 449, the next begins with 450",
        ),
        ("count", "customers", "0 to 9: 1, 11 and up: 2", "10 is in no band: one ends with 9, the next begins with 11"),
        ("count", "customers", "0 to 10: 1, 10 and up: 2", "10 is in two bands"),
        ("count", "customers", "0 to 9: 1, 10 to 20: 2", "no value over 20"),
        ("count", "customers", "0 to ten: 1, 11: 2", "'0 to ten' is not a number"),
    ],
)
def test_gaps_and_overlaps_between_bands_are_refused(tmp_path: Path, kind: str, of: str, rows: str, told: str) -> None:
    definition = f"{{title: {{en: Size}}, kind: {kind}, value: {{band: {of}, rows: {{{rows}}}}}, source: [c]}}"
    assert told in report(tmp_path, facts=FACTS, definitions=f"definitions: {{size: {definition}}}\n")


def test_a_table_with_two_keys(tmp_path: Path) -> None:
    """By region and by band of revenue, as a commission table is printed."""
    definitions = """
definitions:
  commission:
    title: {en: Commission}
    kind: percent
    value:
      by: region
      rows:
        north: {band: revenue, rows: {0: 5, 1000: 6}}
        south: {band: revenue, rows: {0: 7, 2000: 9.5}}
    source: [c]
"""
    release = world(tmp_path, facts=FACTS, definitions=definitions)
    table = {("north", 999): 5, ("north", 1000): 6, ("south", 1999): 7, ("south", 2000): Decimal("9.5")}
    for (region, revenue), expected in table.items():
        assert values(release, {"region": region, "revenue": revenue})["commission"] == expected


def test_several_columns_from_one_band(tmp_path: Path) -> None:
    definitions = """
tables:
  volume:
    title: {en: Volume}
    band: revenue
    columns:
      discount: {title: {en: Discount}, kind: percent}
      fund: {title: {en: Fund}, kind: money}
      size: {title: {en: Size}, kind: choice, choices: {small: {title: {en: Small}}, large: {title: {en: Large}}}}
    rows:
      0: {discount: 5, fund: 0, size: "'small'"}
      1000: {discount: 7.5, fund: revenue / 10, size: "'large'"}
    source: [c]
definitions:
  both: {title: {en: Both}, kind: money, value: fund + revenue * ratio(discount), source: [c]}
"""
    release = world(tmp_path, facts=FACTS, definitions=definitions)
    for revenue, expected in ((999, (5, 0, "small")), (1000, (Decimal("7.5"), 100, "large"))):
        found = values(release, {"revenue": revenue})
        assert tuple(found[name] for name in ("discount", "fund", "size")) == expected
    assert values(release, {"revenue": 1000})["both"] == 175
    told = report(
        tmp_path / "wrong", facts=FACTS, definitions=definitions.replace("{discount: 5, fund: 0, ", "{discount: 5, ")
    )
    assert "the row has no 'fund'" in told
