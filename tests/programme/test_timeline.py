"""The year: facts with periods, renewal on the last day, and the release in force on each day."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import simplejson
from charter import InvalidInput, Release, WrongCall, load
from charter.engine.evaluate.record import record_of
from charter.engine.release.timeline import Moment, timeline
from charter.engine.report.timeline import timeline_data, timeline_page
from charter.engine.source.document import read_text
from hypothesis import given
from hypothesis import strategies as st

from ..cli import charter
from ..programmes import ASOFT, ROOT, copy_of, edit
from ..published import validator
from .test_quote import BARE

RELEASE = load(ROOT / "program")


def of(data: dict, first: date, last: date, *releases: Release) -> tuple[Moment, ...]:
    return timeline(releases or (RELEASE,), data, first, last).moments


def partner(tier: str | None = "competency", **facts: Any) -> dict:
    return {"partner": "P", "tier": tier, "facts": BARE | {"renewal_requested": True} | facts}


CERTIFICATES = [
    {"value": 2, "from": date(2026, 1, 10), "until": date(2026, 10, 15)},
    {"value": 1, "from": date(2026, 10, 16)},
]


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2026, 1, 9), "undetermined"),
        (date(2026, 1, 10), "qualified"),
        (date(2026, 10, 15), "qualified"),
        (date(2026, 10, 16), "not_qualified"),
    ],
)
def test_a_dated_fact_has_the_value_of_its_period(day: date, status: str) -> None:
    outcome = RELEASE.evaluate(partner(certified_admins=CERTIFICATES), as_of=day)
    assert outcome.status == status
    expected = {date(2026, 1, 9): None, date(2026, 10, 16): 1}.get(day, 2)
    assert outcome.facts.get("certified_admins") == expected


def test_a_certificate_that_runs_out_is_told_in_october_and_fails_the_renewal() -> None:
    found = of(partner(certified_admins=CERTIFICATES), date(2026, 1, 10), date(2027, 6, 1))
    assert [(one.day, one.events, one.status, one.member) for one in found] == [
        (date(2026, 1, 10), ("begins",), "qualified", True),
        (date(2026, 10, 16), ("changed",), "not_qualified", True),
        (date(2026, 12, 31), ("not_renewed",), "not_qualified", False),
    ]
    assert found[1].lacks == ("staff",)


def test_a_certificate_in_time_is_renewed() -> None:
    late = [
        *CERTIFICATES[:1],
        {"value": 1, "from": date(2026, 10, 16), "until": date(2026, 12, 30)},
        {"value": 2, "from": date(2026, 12, 31)},
    ]
    found = of(partner(certified_admins=late), date(2026, 10, 1), date(2028, 1, 1))
    assert [(one.day, one.events) for one in found] == [
        (date(2026, 10, 1), ("begins",)),
        (date(2026, 10, 16), ("changed",)),
        (date(2026, 12, 31), ("changed", "renewed")),
        (date(2027, 12, 31), ("renewed",)),
    ]


GAP = [{"value": 2, "from": date(2026, 1, 1), "until": date(2026, 12, 30)}, {"value": 2, "from": date(2027, 1, 1)}]


def test_a_renewal_that_a_missing_fact_would_decide_is_undetermined_and_not_lost() -> None:
    found = of(partner(certified_admins=GAP), date(2026, 1, 1), date(2027, 2, 1))
    assert [(one.day, one.events, one.status, one.member) for one in found] == [
        (date(2026, 1, 1), ("begins",), "qualified", True),
        (date(2026, 12, 31), ("changed", "renewal_undetermined"), "undetermined", None),
    ]
    record = partner()
    del record["facts"]["certified_admins"]
    missing = of(record, date(2026, 12, 1), date(2027, 2, 1))
    assert [(one.events[-1], one.member) for one in missing] == [("begins", True), ("renewal_undetermined", None)]
    assert missing[-1].unknown == ("certified_admins",)


def test_who_fails_a_later_renewal_is_no_member_whatever_the_earlier_one_was() -> None:
    lost = [*GAP[:1], {**GAP[1], "until": date(2027, 6, 30)}, {"value": 1, "from": date(2027, 7, 1)}]
    found = of(partner(certified_admins=lost), date(2026, 12, 31), date(2028, 2, 1))
    assert (found[-1].day, found[-1].events, found[-1].member) == (date(2027, 12, 31), ("not_renewed",), False)
    # and one that is renewed later may have been out of it in between
    found = of(partner(certified_admins=GAP), date(2026, 12, 31), date(2028, 2, 1))
    assert (found[-1].events, found[-1].member) == (("renewal_undetermined",), None)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_timeline_says_what_is_open(lang: str) -> None:
    told = timeline([RELEASE], partner(certified_admins=GAP), date(2026, 1, 1), date(2026, 12, 31))
    page = timeline_page(told, lang)
    assert (page.mark, page.blocks[0].rows[-1].figure) == ("?", "?")
    assert {"en": "renewal undetermined", "ru": "продление пока не определено"}[lang] in page.headline
    validator("timeline.schema.json").validate(json.loads(simplejson.dumps(timeline_data(told), use_decimal=True)))
    unknown_bonus = partner()
    del unknown_bonus["facts"]["own_events_held"]
    told = timeline([RELEASE], unknown_bonus, date(2026, 1, 1), date(2026, 1, 1))
    assert (told.moments[0].status, timeline_page(told, lang).blocks[0].rows[0].figure) == ("qualified", "?")
    candidate = timeline_page(timeline([RELEASE], partner(None), date(2026, 1, 1), date(2026, 1, 2)), lang)
    expected = {"en": "a candidate: no tier signed for yet", "ru": "кандидат: уровень ещё не выбран"}[lang]
    assert candidate.headline == expected
    assert (candidate.blocks[0].rows[0].figure, expected in candidate.blocks[0].rows[0].note) == ("", True)


def test_the_release_in_force_decides_each_day(tmp_path: Path) -> None:
    newer = copy_of(ASOFT, tmp_path)
    edit(newer, "programme.yaml", 'release: "1.0.0"', 'release: "1.1.0"')
    edit(newer, "programme.yaml", "from: 2026-01-01", "from: 2026-07-01")
    edit(newer, "tiers.yaml", "value: 20\n", "value: 22\n")
    newer = newer.rename(tmp_path / "1.1.0")
    found = of(partner(), date(2026, 6, 30), date(2026, 8, 1), RELEASE, load(newer))
    assert [(one.day, one.events, one.release, one.discount) for one in found] == [
        (date(2026, 6, 30), ("begins",), "1.0.0", 20),
        (date(2026, 7, 1), ("release", "changed"), "1.1.0", 22),
    ]


def test_agreements_begin_and_end_on_their_days() -> None:
    agreement = {
        "term": "tiers.competency.discount",
        "value": Decimal("22.5"),
        "document": "7",
        "from": date(2026, 3, 1),
        "until": date(2026, 4, 30),
    }
    found = of(partner() | {"agreements": [agreement]}, date(2026, 2, 1), date(2026, 6, 1))
    assert [(one.day, one.discount) for one in found] == [
        (date(2026, 2, 1), 20),
        (date(2026, 3, 1), Decimal("22.5")),
        (date(2026, 5, 1), 20),
    ]


def test_a_candidate_holds_nothing_to_renew() -> None:
    for record in (partner(None), {"partner": "P"}):
        found = of(record, date(2026, 12, 1), date(2027, 2, 1))
        assert [(one.day, one.tier, one.status, one.member) for one in found] == [(date(2026, 12, 1), None, None, True)]


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        (date(2026, 2, 1), date(2026, 1, 1), "no timeline from 2026-02-01 to 2026-01-01"),
        (date(2026, 1, 1), date(2046, 1, 1), "no timeline from"),
        (date(2020, 1, 1), date(2026, 1, 1), "no release is in force on 2020-01-01"),
    ],
)
def test_days_that_make_no_timeline(first: date, last: date, message: str) -> None:
    with pytest.raises(WrongCall, match=message):
        of(partner(), first, last)


@pytest.mark.parametrize(
    ("periods", "message"),
    [
        ([{"value": 2, "until": date(2026, 5, 1)}, {"value": 3, "from": date(2026, 5, 1)}], "have a day in common"),
        ([{"value": 2}, {"value": 3, "from": date(2026, 5, 1)}], "have a day in common"),
        (
            [{"value": 2, "from": date(2026, 5, 2), "until": date(2026, 5, 1)}],
            "it ends on 2026-05-01, before it begins",
        ),
        ([{"value": -2}], "-2 is under 0"),
        ([{"from": date(2026, 5, 1)}], "a period has a value"),
        ([3], "a period has a value"),
        ([{"value": 3, "form": date(2026, 5, 1)}], "'form' is not a key here"),
        ([{"value": 3, "from": "May"}], "'from' is a day"),
    ],
)
def test_wrong_periods_are_refused(periods: list, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        RELEASE.evaluate(partner(certified_admins=periods))


_days = st.dates(date(2026, 1, 1), date(2026, 1, 20))
_periods = st.lists(st.tuples(st.none() | _days, st.none() | _days), max_size=6)


@given(_periods)
def test_periods_with_a_day_in_common_are_refused_and_no_others(spans: list[tuple[date | None, date | None]]) -> None:
    ordered = [(a, b) if a is None or b is None or a <= b else (b, a) for a, b in spans]
    days = [{day for day in range(-1, 22) if (a is None or a.day <= day) and (b is None or day <= b.day)}
            for a, b in ordered]  # fmt: skip
    disjoint = sum(map(len, days)) == len(set().union(*days))
    written = [{"value": number, "from": a, "until": b} for number, (a, b) in enumerate(ordered)]
    record, problems = record_of(partner(certified_admins=written), RELEASE.programme)
    assert (record is not None) == disjoint
    assert disjoint or {problem.code for problem in problems} == {"periods-overlap"}


def test_the_period_that_is_told_is_the_one_in_the_file() -> None:
    text = """partner: P
facts:
  certified_admins:
    - {from: 2026-01-01}
    - {value: 1, until: 2026-02-01}
    - {value: 2, from: 2026-02-01}
"""
    document, _ = read_text(text, "p.yaml")
    assert document is not None
    with pytest.raises(InvalidInput) as refused:
        RELEASE.record(document)
    told = [(one.code, one.place.line) for one in refused.value.problems if one.place]
    assert told == [("bad-fact", 4), ("periods-overlap", 6)]


def test_the_command_tells_the_year() -> None:
    run = partial(charter, "timeline", "examples/certificate-runs-out.yaml", "--from", "2026-02-01")
    done = run("--to", "2027-01-31", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    data = simplejson.loads(done.stdout)
    assert [day["day"] for day in data["days"]] == ["2026-02-01", "2026-10-16", "2026-12-31"]
    validator("timeline.schema.json").validate(json.loads(done.stdout))
    assert run("--to", "May").returncode == 2
