"""The query says on Spark what the interpreter says, and a row that is not plain is decided or told there too."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from charter.engine import Release, load
from charter.engine.portfolio.batch import batch
from charter.engine.portfolio.columns import wanted_values
from charter.engine.portfolio.job import Job

from ..programmes import SMALL
from ..random_facts import NAMED, RELEASES
from . import portfolios
from .portfolios import TODAY

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("java") and os.environ.get("CHARTER_SPARK") != "required", reason="no Java"),
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from charter.engine.portfolio.spark import local_session

    with local_session() as found:
        yield found


@pytest.mark.parametrize("format", ["csv", "parquet"])
@pytest.mark.parametrize("release", RELEASES, ids=NAMED)
def test_spark_and_interpreter_agree(release: Release, format: str, session: Any, tmp_path: Path) -> None:
    from charter.engine.portfolio.spark import spark_batch

    partners = portfolios.random_partners(release, 150, seed=5, lists=list(release.programme.lists))
    portfolio, lists = portfolios.write(tmp_path, release, partners, format)
    more = tuple(wanted_values(release.programme, ["*"]))
    result = spark_batch(release, Job(portfolio, tmp_path / "out.parquet", TODAY, lists, more=more), session)
    assert (result.rows, result.decided, result.rejected) == (150, 150, 0), result.problems
    found = portfolios.read(tmp_path / "out.parquet" / "*.parquet")
    for partner in partners:
        assert found[partner["partner"]] == portfolios.expected(release, partner, more), partner


def test_rows_that_are_not_plain(session: Any, tmp_path: Path) -> None:
    """As on DuckDB: the same rows decided, the same rows refused, the same numbers."""
    from charter.engine.portfolio.spark import spark_batch

    release = load(SMALL)
    text = "partner,tier,region,joined,revenue,people,audited\n"
    text += "A,gold,north,2026-01-31,5,1,true\nB,silver,,,5,four,\nC,gold,,,1e3,123456789012345678,\nD,,,,1,1\n"
    text += "E,gold,south,,5,1,false\nE,gold,south,,5,2,false\nЖ,gold,north,2026-02-30,5,1,\nG,silver,,,,,\n"
    (tmp_path / "p.csv").write_text(text, "utf-8")
    here = batch(release, Job(tmp_path / "p.csv", tmp_path / "here.parquet", TODAY, summarised=True))
    there = spark_batch(release, Job(tmp_path / "p.csv", tmp_path / "there.parquet", TODAY, summarised=True), session)
    assert there[:4] == here[:4]
    assert there.summary == here.summary
    assert portfolios.read(tmp_path / "there.parquet" / "*.parquet") == portfolios.read(tmp_path / "here.parquet")
