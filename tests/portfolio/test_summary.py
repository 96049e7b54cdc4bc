"""The summary of a portfolio has the counts over the outcomes of `evaluate`, in every format."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import jsonschema
import pytest
from charter import Release
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import Job
from charter.engine.portfolio.summary import Key, outcome_counts
from charter.engine.portfolio.summary import summary as put_together

from ..cli import charter
from ..programmes import ASOFT, ROOT
from ..random_facts import NAMED, RELEASES
from . import portfolios
from .portfolios import TODAY


@pytest.mark.parametrize("release", RELEASES, ids=NAMED)
def test_the_numbers_are_those_of_the_outcomes(release: Release, tmp_path: Path) -> None:
    """The counts of the query and of a few rows that the interpreter decides are added up."""
    partners = portfolios.random_partners(release, 200, seed=2, lists=list(release.programme.lists))
    for one in partners[:9]:
        one["partner"] = f"Ж-{one['partner']}"
    portfolio, lists = portfolios.write(tmp_path, release, partners)
    result = batch(release, Job(portfolio, tmp_path / "out.parquet", TODAY, lists, summarised=True))
    assert result.one_by_one >= 9
    counts: Counter[Key] = Counter()
    for one in partners:
        counts.update(outcome_counts(release.evaluate(one, as_of=TODAY)))
    assert result.summary == put_together(release.programme, counts)
    assert result.summary is not None
    assert result.summary.partners == 200
    for tier in result.summary.tiers:
        assert tier.qualified + tier.not_qualified + tier.undetermined == 200
        assert tier.one_step <= tier.not_qualified


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portfolio")
    portfolios.write(folder, RELEASES[0], portfolios.random_partners(RELEASES[0], 300, seed=3))
    return folder / "portfolio.csv"


def written(portfolio: Path, name: str, *more: str) -> str:
    """The summary that the command writes."""
    call = ("batch", portfolio, "-o", portfolio.with_name("out.csv"), "--program", ASOFT, "--as-of", "2026-11-24")
    done = charter(*call, "--summary", portfolio.with_name(name), *more)
    assert done.returncode == 0, done.stderr
    return portfolio.with_name(name).read_text("utf-8")


def test_the_json_has_the_shape_that_is_published(portfolio: Path) -> None:
    data = json.loads(written(portfolio, "summary.json"))
    schema = json.loads((ROOT / "schemas" / "portfolio.schema.json").read_text("utf-8"))
    jsonschema.validate(data, schema)
    assert data["rows"] == data["decided"] == 300
    assert sum(one["partners"] for one in data["discounts"]) + data["without_tier"] == 300


def test_text_and_markdown_say_it_in_both_languages(portfolio: Path) -> None:
    for lang, told in (
        ("en", "300 rows: 300 decided, 0 rejected"),
        ("ru", "Строк: 300; обработано: 300, отклонено: 0"),
    ):
        for name in ("summary.txt", "summary.md"):
            text = written(portfolio, name, "--lang", lang)
            assert told in text
            assert "ASoft CRM Competency Partner" in text


def test_the_page_draws_a_bar_for_each_number(portfolio: Path) -> None:
    page = written(portfolio, "summary.html")
    assert page.count("<svg") == page.count('class="figure"') > 20
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
