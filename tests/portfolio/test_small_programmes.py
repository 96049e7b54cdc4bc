"""The query and the interpreter agree on every definition of random programmes, with facts missing at random."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from charter.engine.language.words import words
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import Job
from charter.engine.problems import InvalidProgramme
from charter.engine.values import Kind
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ..language.names import COLOURS, KINDS
from ..language.trees import CALENDAR_FILE, trees
from ..programmes import ASOFT
from ..random_facts import RELEASES
from ..small_world import world
from ..surfaces.trials import EXAMPLES
from . import portfolios
from .portfolios import TODAY
from .test_agrees import assert_agreement

DEFINED = (Kind.YES_NO, Kind.COUNT, Kind.NUMBER, Kind.PERCENT, Kind.DATE)


def fact(kind: Kind, *, ordered: bool) -> str:
    options = ", ".join(f"{colour}: {{title: {{en: {colour}}}}}" for colour in COLOURS)
    more = f", choices: {{{options}}}{', ordered: true' if ordered else ''}" if kind is Kind.CHOICE else ""
    return f"{{title: {{en: Fact}}, kind: {kind.value}{more}}}"


FACTS = "facts:\n" + "".join(
    f"  {id}: {fact(kind, ordered=id == 'o')}\n" for id, kind in KINDS.items() if id != "as_of"
)


def values_of(kind: Kind) -> st.SearchStrategy:
    """A value as a record holds it, of every size that a portfolio decides by its query, and larger."""
    if kind is Kind.COUNT:
        return st.one_of(st.integers(0, 4), st.integers(0, 10**11)).map(Decimal)
    return {
        Kind.YES_NO: st.booleans(),
        Kind.CHOICE: st.sampled_from(COLOURS),
        Kind.TEXT: st.sampled_from(["north", "south"]),
        Kind.DATE: st.dates(date(2023, 12, 1), date(2025, 3, 31)),
    }.get(kind, st.one_of(st.integers(-4, 4).map(Decimal), st.decimals(-(10**9), 10**9, places=3)))


facts = st.fixed_dictionaries({}, optional={id: values_of(kind) for id, kind in KINDS.items() if id != "as_of"})


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.sampled_from(DEFINED).flatmap(trees), min_size=1, max_size=4), st.lists(facts, min_size=8, max_size=8)
)
def test_random_programmes(
    tmp_path_factory: pytest.TempPathFactory, expressions: list, known_facts: list[dict]
) -> None:
    folder = tmp_path_factory.mktemp("programme")
    definitions = "definitions:\n" + "".join(
        f"  d{index}: {{title: {{en: D}}, kind: {tree.kind.value}, value: {text}, source: [c]}}\n"
        for index, (tree, text) in enumerate((tree, json.dumps(words.text(tree))) for tree in expressions)
    )
    try:
        release = world(folder, facts=FACTS, definitions=definitions, calendar=CALENDAR_FILE)
    except InvalidProgramme as refused:
        assume(not refused.problems)
        raise
    partners = [{"partner": f"P-{index}", "facts": known} for index, known in enumerate(known_facts)]
    portfolio, _ = portfolios.write(folder, release, partners)
    more = tuple(f"definitions.d{index}" for index in range(len(expressions)))
    result = batch(release, Job(portfolio, folder / "out.parquet", TODAY, more=more))
    assert (result.rows, result.rejected) == (8, 0), result.problems
    outcomes = portfolios.read(folder / "out.parquet")
    for partner in partners:
        assert outcomes[partner["partner"]] == portfolios.expected(release, partner, more), definitions


@pytest.mark.slow
def test_many_partners_of_the_whole_programme(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Ten thousand at a time; at night a hundred thousand."""
    release = next(one for one in RELEASES if one.programme.release == ASOFT.name)
    for seed in range(10 if EXAMPLES else 4):
        folder = tmp_path_factory.mktemp("many")
        assert_agreement(folder, release, portfolios.random_partners(release, 10_000, seed + 100))


def test_columns_of_written_numbers_are_not_held_in_32_bits(tmp_path: Path) -> None:
    """A divisor, and a chosen number, that are multiplied further on to more than 32 bits hold."""
    definitions = (
        "definitions:\n"
        '  d0: {title: {en: D}, kind: percent, value: "min(r, share(n, 214749))", source: [c]}\n'
        '  d1: {title: {en: D}, kind: number, value: "300000 if p else 200000", source: [c]}\n'
        '  d2: {title: {en: D}, kind: number, value: "d1 * 20000", source: [c]}\n'
    )
    release = world(tmp_path, facts=FACTS, definitions=definitions)
    found = [{"n": Decimal(n), "r": Decimal(1), "p": p} for n, p in ((0, True), (7, False), (10**6, True))]
    partners = [{"partner": f"P-{index}", "facts": one} for index, one in enumerate([*found, {}])]
    portfolio, _ = portfolios.write(tmp_path, release, partners)
    more = ("definitions.d0", "definitions.d1", "definitions.d2")
    result = batch(release, Job(portfolio, tmp_path / "out.parquet", TODAY, more=more))
    assert (result.rows, result.decided, result.one_by_one) == (4, 4, 0)
    outcomes = portfolios.read(tmp_path / "out.parquet")
    for partner in partners:
        assert outcomes[partner["partner"]] == portfolios.expected(release, partner, more)
