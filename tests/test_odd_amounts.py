"""Tests what `check` says of discounts over 100% and of negative numbers, against what partners get."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest
from charter import load
from charter.engine.review.review import review
from hypothesis import given, settings
from hypothesis import strategies as st

from .small_world import evaluate, values, world, write
from .thorough import examples

MONEY = "facts: {due: {title: {en: Due}, kind: money, currency: EUR%s}}\n"


def codes(folder: Path, **files: str) -> list[str]:
    """The codes of the problems of a release of these files."""
    return [problem.code for problem in review(write(folder, **files))]


@pytest.mark.thorough
@settings(max_examples=examples(40), deadline=None)
@given(
    base=st.integers(0, 100), bonuses=st.lists(st.integers(0, 60), max_size=3), cap=st.sampled_from([None, 90, 100]),
    exclusive=st.booleans(),
)  # fmt: skip
def test_a_discount_is_told_where_a_partner_gets_more_than_all(
    base: int, bonuses: list[int], cap: int | None, exclusive: bool
) -> None:
    """With `exclusive` no partner has two bonuses at once, so that bounds alone would say too much."""
    names = [f"b{index}" for index in range(len(bonuses))]
    facts = "".join(f"  {name}: {{title: {{en: B}}, kind: yes_no, default: false}}\n" for name in names)
    rows = ""
    for name, percent in zip(names, bonuses, strict=True):
        others = [f"not {other}" for other in names if other != name and exclusive]
        rows += f'  {name}: {{title: {{en: B}}, when: "{" and ".join([name, *others])}", percent: {{gold: {percent}}}, source: [c]}}\n'
    files = {"facts": f"facts:\n  revenue: {{title: {{en: R}}, kind: money}}\n{facts}",
             "tiers": f"tiers: {{gold: {{title: {{en: Gold}}, discount: {{value: {base}, source: [c]}}}}}}\n"}  # fmt: skip
    limit = "" if cap is None else f"discount: {{cap: {{title: {{en: Cap}}, value: {cap}, source: [c]}}}}\n"
    if rows or limit:
        files["bonuses"] = f"{limit}bonuses:\n{rows}" if rows else limit
    with tempfile.TemporaryDirectory() as folder:
        told = codes(Path(folder), **files)
        release = load(write(Path(folder), **files))
        totals = [
            values(release, dict.fromkeys(held, True))["tiers.gold.discount_total"]
            for size in range(len(names) + 1)
            for held in combinations(names, size)
        ]
    assert ("discount-over-100" in told) == any(total > 100 for total in totals)


@pytest.mark.parametrize("least", [None, 50])
@pytest.mark.parametrize("negative", [None, "carried", "owed", "dropped"])
@pytest.mark.parametrize("when", ["", "when: due != -7, "])
def test_a_negative_rebate_stands_unless_it_is_dropped(
    tmp_path: Path, least: int | None, negative: str | None, when: str
) -> None:
    keys = ("" if least is None else f"pays_from: {least}, ") + ("" if negative is None else f"negative: {negative}, ")
    rebates = f"rebates: {{com: {{title: {{en: Commission}}, amount: due, {when}currency: EUR, {keys}source: [c]}}}}\n"
    release = world(tmp_path, facts=MONEY % "", rebates=rebates)
    for due in (-100, -7, Decimal("-0.01"), 0, 49, 50, 100):
        (rebate,) = evaluate(release, {"due": due}).rebates or ()
        if when and due == -7:
            assert (rebate.amount, rebate.status) == (0, "not_earned")
        elif due < 0 and negative != "dropped":
            assert (rebate.amount, rebate.status) == (due, negative or "carried")
        else:
            paid = max(due, 0) if max(due, 0) >= (least or 0) else 0
            assert (rebate.amount, rebate.status) == (paid, "earned" if max(due, 0) >= (least or 0) else "not_earned")


@pytest.mark.parametrize(
    ("facts", "amount", "keys", "is_told"),
    [
        ("", "due", "pays_from: 50, ", True),
        ("", "due", "pays_from: 50, negative: owed, ", False),
        ("", "due", "", False),  # no floor
        (", minimum: 0", "due", "pays_from: 50, ", False),
        (", minimum: 0", "due - 10", "pays_from: 50, ", True),
        (", minimum: 0", "due * 2 - due", "pays_from: 50, ", False),
        ("", "max(due, 0)", "pays_from: 50, ", False),
        ("", "due", "when: due > 10, pays_from: 50, ", False),
        ("", "due", "when: due < 10, pays_from: 50, ", True),
    ],
)
def test_a_rebate_that_can_be_negative_is_told(
    tmp_path: Path, facts: str, amount: str, keys: str, is_told: bool
) -> None:
    row = f'{{title: {{en: R}}, amount: "{amount}", currency: EUR, {keys}source: [c]}}'
    told = codes(tmp_path, facts=MONEY % facts, rebates=f"rebates: {{com: {row}}}\n")
    assert ("negative-not-said" in told) == is_told


@pytest.mark.parametrize("negative", [None, "kept", "dropped"])
@pytest.mark.parametrize("after", [None, -15, 5])
def test_a_negative_number_of_slices_has_the_first_rate_unless_it_is_dropped(
    tmp_path: Path, negative: str | None, after: int | None
) -> None:
    keys = ("" if negative is None else f", negative: {negative}") + ("" if after is None else f", after: {after}")
    table = f"{{slices: due, rows: {{0: 10, 20: 5}}{keys}}}"
    definition = f"definitions: {{v: {{title: {{en: V}}, kind: money, currency: EUR, value: {table}, source: [c]}}}}\n"
    release = world(tmp_path, facts=MONEY % "", definitions=definition)

    def of(number: int) -> Decimal:
        number = max(number, 0) if negative == "dropped" else number
        return Decimal(min(number, 20)) / 10 + Decimal(max(number - 20, 0)) / 20

    for due in (-100, -10, 0, 10, 20, 30):
        expected = of(due) if after is None else of(after + due) - of(after)
        assert values(release, {"due": due})["definitions.v"] == expected, due
    assert ("negative-not-said" in codes(tmp_path, facts=MONEY % "", definitions=definition)) == (negative is None)


@pytest.mark.parametrize(
    ("facts", "below", "is_told"),
    [("", "", True), ("", "below: 0, ", False), (", minimum: 0", "", False), (", minimum: -5", "", True)],
)
def test_a_number_under_the_first_band_is_told(tmp_path: Path, facts: str, below: str, is_told: bool) -> None:
    table = f"{{band: due, {below}rows: {{0: 3, 100: 5}}}}"
    definition = f"definitions: {{v: {{title: {{en: V}}, kind: percent, value: {table}, source: [c]}}}}\n"
    problems = review(write(tmp_path, facts=MONEY % facts, definitions=definition))
    told = [problem for problem in problems if problem.code == "negative-not-said"]
    assert bool(told) == is_told
    if told:
        assert told[0].place is not None
        assert told[0].place.source.text[told[0].place.start : told[0].place.end] == "0"


def test_a_table_that_no_negative_number_comes_to_is_not_told(tmp_path: Path) -> None:
    table = "{band: due, below: 0, rows: {0: 1, 100: {slices: due, rows: {0: 1}}}}"
    definition = f"definitions: {{v: {{title: {{en: V}}, kind: money, currency: EUR, value: {table}, source: [c]}}}}\n"
    assert "negative-not-said" not in codes(tmp_path, facts=MONEY % "", definitions=definition)
