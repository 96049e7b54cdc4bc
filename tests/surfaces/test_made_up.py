"""An outcome that no surface has heard of is shown by all: they go through the list of outcomes, and it alone."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pytest
from charter import Release, batch, diff, ranges, sql
from charter.engine.evaluate.evaluate import make_plan
from charter.engine.language.tree import Arithmetic, Literal, Name
from charter.engine.portfolio.sql.columns import wanted_values
from charter.engine.programme.model import NamedValue
from charter.engine.programme.outcomes import outcomes, own_outcomes
from charter.engine.programme.owners import PROGRAMME, Better, Owner, Role, WrittenForm, id_of, of_tier
from charter.engine.values import Kind

from ..portfolio import portfolios
from .partners import DAY, Partner
from .programmes import compiled
from .small import small

FILES = small(
    facts="facts: {n: {title: {en: N}, kind: count, minimum: 0, maximum: 10}}",
    tiers="""
award: highest
tiers:
  silver: {title: {en: Silver}}
  gold: {title: {en: Gold}, requirements: {r: {title: {en: R}, rule: n >= 5, source: [c]}}}
""",
)
PARTNERS: list[Partner] = [{"partner": f"P-{n}", "facts": {"n": Decimal(n)}} for n in (0, 4, 5, 10)]


def with_made_up(release: Release, owner: Owner, role: Role, better: Better, factor: int = 3) -> tuple[Release, str]:
    """The release with one more outcome, `factor` times the fact, that stands in no part of the programme; and its id.

    A role that is not shown elsewhere, such as that of a check of facts, is as good as a new one.
    """
    id = id_of(owner, role, "made_up")
    times = Arithmetic("*", Name("n", Kind.COUNT), Literal(Decimal(factor), Kind.COUNT), Kind.MONEY)
    value = NamedValue(
        id=id, owner=owner, role=role, names=("made_up",), form=WrittenForm.RULE, kind=Kind.MONEY, expression=times,
        title={"en": "Made up"}, source=("c",), currency="EUR", better=better,
    )  # fmt: skip
    programme = release.programme
    programme = programme._replace(values=MappingProxyType({**programme.values, id: value}))
    return release._replace(programme=programme, plan=make_plan(programme)), id


@pytest.fixture
def release() -> Release:
    return compiled(FILES)


def test_it_is_among_the_outcomes_and_values_of_a_partner(release: Release) -> None:
    changed, id = with_made_up(release, PROGRAMME, Role.FACT_CHECK, Better.LESS)
    assert id in {value.id for value in outcomes(changed.programme)}
    assert id in wanted_values(changed.programme, ["*"])
    for partner in PARTNERS:
        outcome = changed.evaluate(partner, as_of=DAY)
        assert changed.values(outcome)[id] == 3 * partner["facts"]["n"]


def test_it_has_a_column_in_a_portfolio_and_in_sql(release: Release, tmp_path: Path) -> None:
    changed, id = with_made_up(release, PROGRAMME, Role.FACT_CHECK, Better.LESS)
    assert columns(changed, id, tmp_path) == {partner["partner"]: 3 * partner["facts"]["n"] for partner in PARTNERS}


def test_what_a_tier_gives_has_a_column_of_the_own_tier(release: Release, tmp_path: Path) -> None:
    changed, id = with_made_up(release, of_tier("gold"), Role.BENEFIT, Better.MORE)
    (own,) = own_outcomes(changed.programme)
    assert own.by_tier["gold"].id == id
    assert columns(changed, own.id, tmp_path) == {"P-0": 0, "P-4": 0, "P-5": 15, "P-10": 30}


def test_its_range_is_found(release: Release) -> None:
    changed, id = with_made_up(release, PROGRAMME, Role.FACT_CHECK, Better.LESS)
    ends = [(span.least.value, span.greatest.value) for span in ranges(changed, id, as_of=DAY)]
    assert ends[0] == (0, 30)
    changed, _ = with_made_up(release, of_tier("gold"), Role.BENEFIT, Better.MORE)
    (span,) = ranges(changed, "benefits.made_up", as_of=DAY)
    assert (span.tier, span.least.value, span.greatest.value) == ("gold", 15, 30)


@pytest.mark.parametrize(
    ("owner", "role", "better", "judgement"),
    [
        (PROGRAMME, Role.FACT_CHECK, Better.LESS, "worsens"),
        (PROGRAMME, Role.FACT_CHECK, Better.MORE, "improves"),
        (of_tier("gold"), Role.BENEFIT, Better.MORE, "improves"),
    ],
)
def test_diff_judges_a_change_of_it(release: Release, owner: Owner, role: Role, better: Better, judgement: str) -> None:
    before, _ = with_made_up(release, owner, role, better)
    after, _ = with_made_up(release, owner, role, better, factor=4)
    assert diff(before, after, as_of=DAY, seconds=1).judgement == judgement


def columns(release: Release, id: str, folder: Path) -> Mapping[str, Any]:
    """The column of each partner in a portfolio, which is the same in SQL."""
    portfolio, _ = portfolios.write(folder, release, PARTNERS)
    batch(release, portfolio, folder / "out.parquet", as_of=DAY, columns=[id])
    query = sql(release, columns=[id], as_of=DAY)
    with duckdb.connect() as database:
        database.execute("CREATE TABLE portfolio (partner VARCHAR, n BIGINT)")
        for partner in PARTNERS:
            database.execute("INSERT INTO portfolio VALUES (?, ?)", [partner["partner"], partner["facts"]["n"]])
        decided = database.execute(query)
        names = [column[0] for column in decided.description]
        rows = {row[0]: row[names.index(id)] for row in decided.fetchall()}
    by_batch = {partner: row[id] for partner, row in portfolios.read(folder / "out.parquet").items()}
    assert by_batch == rows
    return by_batch
