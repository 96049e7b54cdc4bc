"""calendar.yaml: fiscal years and business days of a release, at their borders, against Python's own days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from charter import Release, handbook, load
from charter.engine.language.run.causes import causes
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import Job
from charter.engine.portfolio.sql.columns import wanted_values
from charter.engine.report.conditions import Conditions
from charter.engine.values import Unknown

from .portfolio import portfolios
from .small_world import FILES, TODAY, report, values, world, write

FACTS = """facts:
  d: {title: {en: Day}, kind: date}
  e: {title: {en: End}, kind: date}
  k: {title: {en: Steps}, kind: number}
"""
FISCAL = """definitions:
  year: {title: {en: Year}, kind: date, value: start_of_fiscal_year(d), source: [c]}
  quarter: {title: {en: Quarter}, kind: date, value: start_of_fiscal_quarter(d), source: [c]}
  number: {title: {en: Number}, kind: count, value: fiscal_quarter(d), source: [c]}
"""
BUSINESS = """definitions:
  is_business_day: {title: {en: Worked}, kind: yes_no, value: is_business_day(d), source: [c]}
  due: {title: {en: Due}, kind: date, value: "add_business_days(d, k)", source: [c]}
  between: {title: {en: Between}, kind: number, value: "business_days_between(d, e)", source: [c]}
"""
DAYS = """business_days:
  title: {en: Business days}
  from: 2026-01-01
  until: 2026-12-31
  weekend: [saturday, sunday]
  holidays: [2026-01-01, 2026-05-01, 2026-05-09, 2026-11-04]
  worked: [2026-10-31]
  source: [c]
"""


def fiscal_year(month: int, day: int) -> str:
    return f"fiscal_year: {{title: {{en: Year}}, first_month: {month}, first_day: {day}, source: [c]}}\n"


@pytest.mark.parametrize(("month", "first"), [(1, 1), (4, 6), (8, 1), (2, 28), (3, 1), (12, 28), (7, 15)])
def test_every_day_of_some_years(month: int, first: int, tmp_path: Path) -> None:
    release = world(tmp_path, facts=FACTS, definitions=FISCAL, calendar=fiscal_year(month, first))
    starts = sorted(date(year, at, first) for year in range(2022, 2030) for at in range(1, 13) if (at - month) % 3 == 0)
    for ordinal in range(date(2023, 12, 1).toordinal(), date(2025, 4, 30).toordinal()):
        day = date.fromordinal(ordinal)
        quarter = max(start for start in starts if start <= day)
        year = max(start for start in starts if start <= day and start.month == month)
        number = Decimal((quarter.month - month) % 12 // 3 + 1)
        found = values(release, {"d": day})
        assert (found["year"], found["quarter"], found["number"]) == (year, quarter, number), day


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 4, 5), date(2025, 4, 6)),
        (date(2026, 4, 6), date(2026, 4, 6)),
        (date(2024, 2, 29), date(2023, 4, 6)),
        (date(1, 4, 6), date(1, 4, 6)),
        (date(1, 4, 5), None),
        (date(1, 1, 1), None),
        (date.max, date(9999, 4, 6)),
    ],
)
def test_the_borders_of_a_fiscal_year(day: date, year: date | None, tmp_path: Path) -> None:
    release = world(tmp_path, facts=FACTS, definitions=FISCAL, calendar=fiscal_year(4, 6))
    found = values(release, {"d": day})["year"]
    assert found == year if year else isinstance(found, Unknown) and not found.missing


def test_a_year_from_29_february_is_refused_with_a_way_out(tmp_path: Path) -> None:
    text = report(tmp_path, facts=FACTS, definitions=FISCAL, calendar=fiscal_year(2, 29))
    assert "29 is over 28" in text
    assert "For a year from 29 February write month 3, day 1, or month 2, day 28." in text


def business(folder: Path, **files: str) -> Release:
    return world(folder, facts=FACTS, definitions=BUSINESS, **{"calendar": DAYS, **files})


def test_business_days_of_a_release(tmp_path: Path) -> None:
    release = business(tmp_path)
    holidays, worked = {date(2026, 1, 1), date(2026, 5, 1), date(2026, 11, 4)}, {date(2026, 10, 31)}
    days = [date(2026, 1, 1) + timedelta(at) for at in range(365)]
    open_days = [day for day in days if (day.isoweekday() < 6 and day not in holidays) or day in worked]
    for day in days:
        after = [one for one in open_days if one > day]
        found = values(release, {"d": day, "e": date(2026, 12, 31), "k": 3})
        assert found["is_business_day"] is (day in open_days)
        assert found["between"] == len(after)
        assert found["due"] == after[2] if len(after) > 2 else isinstance(found["due"], Unknown)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"d": date(2027, 1, 1), "e": TODAY, "k": 0},
            "2027-01-01; 0; the calendar of business days ends on 2026-12-31",
        ),
        (
            {"d": date(2025, 12, 31), "e": TODAY, "k": 0},
            "2025-12-31; 0; the calendar of business days begins on 2026-01-01",
        ),
        (
            {"d": date(2026, 12, 31), "e": TODAY, "k": 1},
            "2026-12-31; 1; the calendar of business days ends on 2026-12-31",
        ),
        (
            {"d": date(2026, 1, 2), "e": TODAY, "k": -1},
            "2026-01-02; -1; the calendar of business days begins on 2026-01-01",
        ),
    ],
)
def test_beyond_the_calendar_is_undefined_by_name(facts: dict[str, Any], said: str, tmp_path: Path) -> None:
    release = business(tmp_path)
    due = values(release, facts)["due"]
    (text,) = Conditions(release.programme, {}, "en").without_result(causes(due))
    assert said in text


def test_the_query_decides_as_evaluate_does(tmp_path: Path) -> None:
    definitions = BUSINESS + FISCAL.partition("\n")[2]
    release = world(tmp_path, facts=FACTS, definitions=definitions, calendar=fiscal_year(4, 6) + DAYS)
    days = [date.min, date(2025, 12, 31), date(2026, 1, 1), date(2026, 5, 1), date(2026, 10, 31), date(2026, 12, 31),
            date(2027, 1, 1), date.max]  # fmt: skip
    steps = [Decimal(step) for step in ("0", "1", "-1", "250", "0.5", "999999999999999999")]
    facts = [{"d": first, "e": last, "k": step} for first in days for last in days for step in steps]
    partners: list[dict[str, Any]] = [{"partner": f"P-{at:03}", "facts": known} for at, known in enumerate(facts)]
    more = tuple(wanted_values(release.programme, ["*"]))
    portfolio, _ = portfolios.write(tmp_path, release, partners)
    result = batch(release, Job(portfolio, tmp_path / "out.parquet", TODAY, more=more))
    assert result.decided == len(partners)
    outcomes = portfolios.read(tmp_path / "out.parquet")
    for partner in partners:
        outcome = release.evaluate(partner, as_of=TODAY)
        assert outcomes[partner["partner"]] == portfolios.columns_of(release, outcome, more), partner


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2026-12-31", "2025-12-31", "the calendar ends on 2025-12-31, before it begins"),
        ("2026-12-31", "2056-12-31", "a calendar covers at most 7320 days"),
        ("2026-10-31", "2026-10-30", "2026-10-30, a Friday, is worked anyway"),
        ("2026-10-31", "2026-05-09", "2026-05-09 is among the holidays too"),
        ("2026-10-31", "2027-10-30", "the calendar is from 2026-01-01 to 2026-12-31, without 2027-10-30"),
        ("2026-05-01", "2025-05-01", "the calendar is from 2026-01-01 to 2026-12-31, without 2025-05-01"),
        ("2026-05-01", "2026-02-29", "'2026-02-29' is not a day of the calendar"),
        ("[saturday, sunday]", "[sat]", "'sat' is not one of the values possible here"),
        ("[saturday, sunday]", "[monday, tuesday, wednesday, thursday, friday, saturday, sunday]",
         "every day of the week is off"),
    ],
)  # fmt: skip
def test_what_a_calendar_cannot_be_is_one_problem(old: str, new: str, said: str, tmp_path: Path) -> None:
    text = report(tmp_path, facts=FACTS, definitions=BUSINESS, calendar=DAYS.replace(old, new))
    assert said in text
    assert text.count("error[") == 1


def test_without_a_calendar_its_functions_are_refused(tmp_path: Path) -> None:
    text = report(tmp_path, facts=FACTS, definitions=BUSINESS, calendar=fiscal_year(4, 1))
    assert text.count("error[no-calendar]") == 3
    text = report(tmp_path, facts=FACTS, definitions=FISCAL, calendar=DAYS)
    assert text.count("error[no-calendar]") == 3


def test_a_fact_may_be_called_as_some_of_its_functions_are(tmp_path: Path) -> None:
    facts = "facts: {fiscal_quarter: {title: {en: Q}, kind: count}}\n"
    value = "fiscal_quarter(as_of) == fiscal_quarter"
    definitions = f"definitions: {{same: {{title: {{en: Same}}, kind: yes_no, value: {value}, source: [c]}}}}\n"
    release = world(tmp_path, facts=facts, definitions=definitions, calendar=fiscal_year(4, 1))
    assert values(release, {"fiscal_quarter": 3})["same"] is True
    assert values(release, {"fiscal_quarter": 4})["same"] is False


def test_an_earlier_release_keeps_its_calendar(tmp_path: Path) -> None:
    """On a day of the release before, its holidays count."""
    definitions = BUSINESS + '  then: {title: {en: Then}, kind: yes_no, value: "on(d, is_business_day)", source: [c]}\n'
    definitions = definitions.replace("is_business_day: {", "open: {").replace("on(d, is_business_day)", "on(d, open)")
    write(tmp_path, facts=FACTS, definitions=definitions, calendar=DAYS)
    later = tmp_path / "2.0.0"
    later.mkdir()
    programme = FILES["programme"].replace("1.0.0", "2.0.0").replace("2020-01-01", "2026-06-01")
    extra = DAYS.replace("2026-05-01", "2026-05-05, 2026-08-03")
    for kind, text in (
        FILES | {"programme": programme, "facts": FACTS, "definitions": definitions, "calendar": extra}
    ).items():
        (later / f"{kind}.yaml").write_text(text, "utf-8")
    release = load(tmp_path, release="2.0.0")
    for day, then in ((date(2026, 5, 1), False), (date(2026, 5, 5), True), (date(2026, 8, 3), False)):
        assert values(release, {"d": day})["then"] is then


def test_the_handbook_lists_the_days_of_the_calendar(tmp_path: Path) -> None:
    files = {
        "calendar": "fiscal_year: {title: {en: Fiscal year}, first_month: 4, first_day: 6, source: [c]}\n"
        "business_days:\n  title: {en: Business days}\n  from: 2026-01-01\n  until: 2026-12-31\n"
        "  weekend: [saturday, sunday]\n  holidays: [2026-01-01, 2026-05-02]\n  worked: [2026-02-28]\n  source: [c]\n"
    }
    release = world(tmp_path, **files)
    text = handbook(release, format="markdown")
    assert "| Fiscal year | begins on 6 April |" in text
    assert "from 2026-01-01 to 2026-12-31" in text
    assert "each Saturday, each Sunday" in text
    assert "off besides | 2026-01-01 |" in text  # 2 May is a Saturday anyway
    assert "worked all the same | 2026-02-28 |" in text
    assert "начинается 6 апреля" in handbook(release, lang="ru", format="markdown")
