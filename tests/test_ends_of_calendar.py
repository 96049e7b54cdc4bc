"""The first and the last day of the calendar, 0001-01-01 and 9999-12-31, are days like others to every reader."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from charter import WrongCall, advise, ranges, timeline
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import Job
from charter.engine.portfolio.sql.columns import wanted_values
from charter.engine.release.find import notice_problems, release_folders, releases_of
from charter.engine.release.load import read_files
from charter.engine.review.findings import scenario_run
from charter.engine.review.publish import begin
from charter.engine.values import Unknown

from .portfolio import portfolios
from .small_world import FILES, SCENARIOS, world, write

FACTS = """facts:
  d: {title: {en: D}, kind: date}
  e: {title: {en: E}, kind: date}
  k: {title: {en: K}, kind: number}
"""
DEFINITIONS = """definitions:
  later: {title: {en: A}, kind: date, value: "add_months(d, k)", source: [c]}
  day_later: {title: {en: A}, kind: date, value: "add_days(d, k)", source: [c]}
  days: {title: {en: A}, kind: number, value: "days_between(d, e)", source: [c]}
  months: {title: {en: A}, kind: number, value: "months_between(d, e)", source: [c]}
  y: {title: {en: A}, kind: count, value: "year(d)", source: [c]}
  m: {title: {en: A}, kind: count, value: "month(d)", source: [c]}
  dm: {title: {en: A}, kind: count, value: "day(d)", source: [c]}
  w: {title: {en: A}, kind: count, value: "weekday(d)", source: [c]}
  monday: {title: {en: A}, kind: date, value: "start_of_week(d)", source: [c]}
  q: {title: {en: A}, kind: count, value: "quarter(d, 2)", source: [c]}
  recent: {title: {en: A}, kind: yes_no, value: "last_months(d, 12)", source: [c]}
  recent_to: {title: {en: A}, kind: yes_no, value: "last_days(d, 12, e)", source: [c]}
"""
TIERS = """award: highest
tiers:
  gold: {title: {en: Gold}, requirements: {r: {title: {en: R}, rule: "add_months(d, 12) > as_of", source: [c]}}}
"""
ENDS = [date.min, date(1, 1, 2), date(1, 12, 31), date(2026, 11, 23), date(9999, 1, 31), date(9999, 12, 30), date.max]
STEPS = [Decimal(step) for step in ("0", "1", "-1", "12", "-12", "0.5", "119987", "999999999999999999")]
FROM_THE_FIRST = FILES["programme"].replace("2020-01-01", "0001-01-01")
FROM_THE_LAST = FILES["programme"].replace("2020-01-01", "9999-12-31")


def test_evaluate_and_the_query_agree(tmp_path: Path) -> None:
    release = world(tmp_path, facts=FACTS, definitions=DEFINITIONS, tiers=TIERS, programme=FROM_THE_FIRST)
    facts = [{"d": first, "e": last, "k": step} for first in ENDS for last in ENDS for step in STEPS]
    partners: list[dict[str, Any]] = [{"partner": f"P-{at:03}", "facts": known} for at, known in enumerate(facts)]
    more = tuple(wanted_values(release.programme, ["*"]))
    portfolio, _ = portfolios.write(tmp_path, release, partners)
    for day in (date.min, date(2026, 11, 23), date.max):
        result = batch(release, Job(portfolio, tmp_path / "out.parquet", day, more=more))
        assert result.decided == len(partners)
        outcomes = portfolios.read(tmp_path / "out.parquet")
        for partner in partners:
            outcome = release.evaluate(partner, as_of=day)
            assert outcomes[partner["partner"]] == portfolios.columns_of(release, outcome, more), (day, partner)


def test_a_day_beyond_is_undefined(tmp_path: Path) -> None:
    release = world(tmp_path, facts=FACTS, definitions=DEFINITIONS, tiers=TIERS)
    for day, step in ((date.max, 1), (date.min, -1)):
        outcome = release.evaluate({"partner": "P", "facts": {"d": day, "k": step}}, as_of=date(2026, 11, 23))
        values = release.values(outcome)
        for id in ("definitions.later", "definitions.day_later"):
            assert isinstance(values[id], Unknown)
            assert not values[id].missing


@pytest.mark.parametrize("last", [date(1, 1, 3), date.max], ids=str)
def test_a_timeline_to_the_end(last: date, tmp_path: Path) -> None:
    write(tmp_path, facts=FACTS, tiers=TIERS, programme=FROM_THE_FIRST)
    first = date.fromordinal(last.toordinal() - 2)
    periods = [
        {"value": date.min, "until": first},
        {"value": date.max, "from": date.fromordinal(first.toordinal() + 1)},
    ]
    agreed = {"partner": "P", "facts": {"d": periods}}
    assert timeline(tmp_path, agreed, first, last).moments[0].day == first


@pytest.mark.slow
def test_the_solver_and_the_bounds(tmp_path: Path) -> None:
    release = world(tmp_path, facts=FACTS, definitions=DEFINITIONS, tiers=TIERS)
    for day in (date(2020, 1, 1), date.max):
        assert ranges(release, "definitions.months", as_of=day, seconds=1)
        for held in (date.min, date.max):
            assert advise(release, {"partner": "P", "facts": {"d": held}}, tier="gold", as_of=day, seconds=1)


def test_mutants_of_the_last_days(tmp_path: Path) -> None:
    tiers = TIERS.replace("add_months(d, 12) > as_of", "d <= date('9999-12-31') and d >= date('0001-01-01')")
    scenarios = SCENARIOS.replace("facts: {revenue: 5}", "facts: {d: 2026-01-01}") % "gold"
    for programme in (FROM_THE_FIRST, FROM_THE_LAST):
        as_of = scenarios.replace("2026-11-23", "9999-12-31")
        folder = write(tmp_path, facts=FACTS, tiers=tiers, programme=programme)
        (folder / "scenarios").mkdir(exist_ok=True)
        (folder / "scenarios" / "all.yaml").write_text(as_of, "utf-8")
        assert scenario_run(read_files(folder), mutants=True)


def test_no_release_begins_after_the_last_day(tmp_path: Path) -> None:
    write(tmp_path, programme=FROM_THE_LAST)
    with pytest.raises(WrongCall, match="after 9999-12-31 no release can begin"):
        begin(tmp_path, "1.1.0", None, None, date(2026, 11, 23))
    assert begin(tmp_path, "1.1.0", None, date.max, date.max).effective_from == date.max


def test_a_notice_that_goes_beyond_the_last_day(tmp_path: Path) -> None:
    notice = "effective: {from: 9999-12-30}\nnotice_days: 30"
    write(tmp_path, programme=FILES["programme"].replace("effective: {from: 2020-01-01}", notice))
    begin(tmp_path, "1.1.0", None, date.max, date(2026, 11, 23))
    releases = releases_of(release_folders(tmp_path))
    (problem,) = notice_problems(releases, releases[-1], date.max)
    assert problem.code == "short-notice"
