"""Facts, fields and columns called like a part of a day, or `own`, `has`, beside the functions of these words."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from charter import batch

from .small_world import evaluate, values, world

FACTS = """
facts:
  day: {title: {en: Day}, kind: date}
  month: {title: {en: Month}, kind: count}
  year: {title: {en: Year}, kind: count}
  quarter: {title: {en: Quarter}, kind: count}
  weekday: {title: {en: Weekday}, kind: count}
lists:
  deals:
    title: {en: Deals}
    fields: {month_closed: {title: {en: Month}, kind: count}}
"""
DEFINITIONS = """
definitions:
  same: {title: {en: Same}, kind: yes_no, value: "month(day) == month and year(day) == year and quarter(day) == quarter and weekday(day) == weekday", source: [c]}
"""  # noqa: E501
TIERS = (
    "award: highest\ntiers: {gold: {title: {en: G}, requirements: {r: {title: {en: R}, rule: same, source: [c]}}}}\n"
)


def test_a_name_and_a_function_of_one_word(tmp_path: Path) -> None:
    release = world(tmp_path, facts=FACTS, definitions=DEFINITIONS, tiers=TIERS)
    facts = {"day": date(2026, 11, 29), "month": 11, "year": 2026, "quarter": 4, "weekday": 7}
    assert values(release, facts)["same"] is True
    assert values(release, {**facts, "weekday": 1})["same"] is False
    (tmp_path / "p.csv").write_text(
        "partner,day,month,year,quarter,weekday\nA,2026-11-29,11,2026,4,7\nB,2026-11-30,11,2026,4,7\n", "utf-8"
    )
    result = batch(release, tmp_path / "p.csv", tmp_path / "out.csv", as_of=date(2026, 11, 29))
    assert (result.decided, result.one_by_one) == (2, 0)
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        rows = {row["partner"]: row for row in csv.DictReader(file)}
    for name, tier in (("A", "gold"), ("B", "")):
        assert rows[name]["tier"].replace("none", "") == tier
    assert evaluate(release, facts).tier == "gold"


def test_fields_called_own_and_has_beside_their_functions(tmp_path: Path) -> None:
    facts = """
facts: {convert: {title: {en: C}, kind: yes_no}, visit: {title: {en: V}, kind: date, none: {en: never}}}
lists:
  accounts:
    title: {en: Accounts}
    fields: {own: {title: {en: Own}, kind: yes_no}, has: {title: {en: Has}, kind: count}}
    values:
      fewer: {title: {en: Fewer}, kind: count, take: count, over: accounts, where: own and has < own(has), source: [c]}
"""
    definitions = """
definitions:
  most: {title: {en: M}, kind: count, take: maximum, of: fewer, over: accounts, where: convert or has(visit), empty: 0, source: [c]}
"""  # noqa: E501
    release = world(tmp_path, facts=facts, definitions=definitions)
    accounts = [{"own": True, "has": 1}, {"own": False, "has": 2}, {"own": True, "has": 3}]
    record = {"convert": False, "visit": date(2026, 1, 1), "accounts": accounts}
    assert values(release, record)["most"] == 1
    assert values(release, {**record, "visit": "none"})["most"] == 0
