"""The query gives every column and value that the interpreter gives, for partners with facts missing at random."""

from __future__ import annotations

from pathlib import Path

import pytest
from charter import Release
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import Job
from charter.engine.portfolio.sql.columns import wanted_values

from ..random_facts import NAMED, RELEASES
from . import portfolios
from .portfolios import TODAY

BALANCED = "delta-medallion"  #: its tiers go by a balance
#: besides it, programmes that add up quotients of different divisors, which no SQL does exactly
ONE_BY_ONE = {BALANCED, "hubspot-solutions-illustration", "ebay-final-value-fee"}


def assert_agreement(
    folder: Path, release: Release, partners: list[portfolios.Partner], format: str = "csv", *, by_query: bool = True
) -> None:
    """Every value of every partner, except those of list items, is that of `evaluate`, and the query computed it."""
    more = tuple(wanted_values(release.programme, ["*"]))
    portfolio, lists = portfolios.write(folder, release, partners, format)
    result = batch(release, Job(portfolio, folder / "out.parquet", TODAY, lists, more=more))
    assert (result.rows, result.decided, result.rejected) == (len(partners), len(partners), 0), result.problems
    assert result.one_by_one == (0 if by_query else len(partners))
    outcomes = portfolios.read(folder / "out.parquet")
    for partner in partners:
        wanted = portfolios.expected(release, partner, more)
        assert outcomes[partner["partner"]] == wanted, partner


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("release", RELEASES, ids=NAMED)
def test_query_and_interpreter_agree(release: Release, format: str, tmp_path: Path) -> None:
    partners = portfolios.random_partners(release, 300, seed=1, lists=list(release.programme.lists))
    assert_agreement(tmp_path, release, partners, format, by_query=release.programme.id not in ONE_BY_ONE)


@pytest.mark.parametrize(
    "release", [release for release in RELEASES if release.programme.lists], ids=lambda release: release.programme.id
)
def test_without_files_of_its_lists(release: Release, tmp_path: Path) -> None:
    """Each list is unknown, or empty where the programme says so."""
    partners = portfolios.random_partners(release, 100, seed=2)
    assert_agreement(tmp_path, release, partners, by_query=release.programme.id != BALANCED)
