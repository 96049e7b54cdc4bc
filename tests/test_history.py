"""A record is a history: what is held on a day follows from the days before, in `evaluate` as in `timeline`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from charter import InvalidInput, Release, load, statement, timeline, to_dict, to_json, verify
from hypothesis import given, settings
from hypothesis import strategies as st

from .cli import charter
from .small_world import FILES
from .thorough import examples

CLAUSES = 'sections: {"1": {title: {en: All}}}\nclauses: {c: {section: "1", title: {en: Tiers.}}}\n'
FACTS = """
facts:
  sales: {title: {en: Sales}, kind: count}
  paid_to: {title: {en: Paid to}, kind: date, default: 2026-12-31}
  signs: {title: {en: Signs again}, kind: yes_no, default: false}
"""
TIERS = """
award: highest
retention: {title: {en: Kept}, until: "UNTIL", source: [c]}
tiers:
  silver: {title: {en: Silver}, requirements: {sales: {title: {en: Sales}, rule: sales >= 100, source: [c]}}}
  gold: {title: {en: Gold}, requirements: {sales: {title: {en: Sales}, rule: sales >= GOLD, source: [c]}}}
  platinum:
    title: {en: Platinum}
    requirements:
      sales: {title: {en: Sales}, rule: sales >= 900, source: [c]}
      paid: {title: {en: Paid}, rule: paid_to >= as_of, source: [c]}
"""
A_YEAR = "add_days(add_months(held_since, 12), -1)"
FIRST = date(2025, 1, 1)


def write(program: Path, number: str, begins: date, **files: str) -> None:
    folder = program / number
    folder.mkdir(parents=True)
    about = FILES["programme"].replace("1.0.0", number).replace("2020-01-01", begins.isoformat())
    for kind, text in {"programme": about, "clauses": CLAUSES, "facts": FACTS, **files}.items():
        (folder / f"{kind}.yaml").write_text(text, "utf-8")


@lru_cache
def programme(until: str = A_YEAR, gold: tuple[int, int] = (500, 500)) -> Path:
    """A programme of two releases: the second begins in 2026, with another threshold of Gold."""
    program = Path(mkdtemp()) / "program"
    for number, begins, threshold in (("1.0.0", FIRST, gold[0]), ("2.0.0", date(2026, 1, 1), gold[1])):
        tiers = TIERS.replace("UNTIL", until).replace("GOLD", str(threshold))
        write(program, number, begins, tiers=tiers)
    return program


@lru_cache
def release_of(program: Path, number: str) -> Release:
    return load(program, release=number)


def on(program: Path, record: Mapping[str, Any], day: date) -> Any:
    number = "2.0.0" if day >= date(2026, 1, 1) else "1.0.0"
    return release_of(program, number).evaluate(record, as_of=day)


def sold(*periods: tuple[int, str, str | None]) -> dict[str, Any]:
    """A record with the sales of these days, the last of which may have no end."""
    dates = [
        {"value": value, "from": date.fromisoformat(a), "until": date.fromisoformat(b) if b else None}
        for value, a, b in periods
    ]
    return {"partner": "P", "facts": {"sales": dates}}


# Worked values --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "tier", "status", "kept_until"),
    [
        ("2025-04-14", "silver", "qualified", "2026-01-31"),
        ("2025-04-15", "gold", "qualified", None),  # awarded on this day, and held since
        ("2025-04-16", "gold", "qualified", "2026-04-14"),
        ("2025-10-20", "platinum", "qualified", None),
        ("2026-02-01", "platinum", "retained", "2026-10-19"),  # lost in February, kept to October
        ("2026-10-19", "platinum", "retained", "2026-10-19"),
        ("2026-10-20", "gold", "retained", "2027-04-14"),  # Gold was still met at the review of 15 April
        ("2027-04-14", "gold", "retained", "2027-04-14"),
        ("2027-04-15", "silver", "retained", "2028-01-31"),  # Silver too, at that of 1 February 2027
        ("2028-01-31", "silver", "retained", "2028-01-31"),
        ("2028-02-01", None, "not_qualified", None),
    ],
)
def test_each_tier_is_kept_from_the_day_on_which_it_was_reached_or_passed_its_review(
    day: str, tier: str | None, status: str, kept_until: str | None
) -> None:
    record = sold(
        (200, "2025-02-01", "2025-04-14"), (600, "2025-04-15", "2025-10-19"), (900, "2025-10-20", "2026-01-31"),
        (600, "2026-02-01", "2026-07-31"), (120, "2026-08-01", "2027-03-01"), (0, "2027-03-02", None),
    )  # fmt: skip
    outcome = on(programme(), record, date.fromisoformat(day))
    seen = None if outcome.kept_until is None or outcome.held_tier != outcome.tier else outcome.kept_until.isoformat()
    assert (outcome.tier, outcome.status, seen) == (tier, status, kept_until)


def test_a_record_that_states_tier_and_since_starts_there() -> None:
    record = sold((600, "2025-01-01", "2025-12-31"), (0, "2026-01-01", None)) | {
        "tier": "gold",
        "since": date(2025, 4, 15),
    }
    assert on(programme(), record, date(2025, 4, 14)).held_tier is None
    assert on(programme(), record, date(2026, 4, 14)).status == "retained"
    assert on(programme(), record, date(2026, 4, 15)).tier is None


def test_the_release_in_force_then_decided_what_was_reached() -> None:
    program = programme(gold=(500, 800))
    record = sold((600, "2025-05-01", None))
    assert on(program, record, date(2026, 4, 30)).status == "retained"
    assert on(program, record, date(2026, 5, 1)).tier == "silver"  # 600 is no Gold at the review
    whole = sold((850, "2025-05-01", None))
    assert on(program, whole, date(2026, 5, 1)).tier == "gold"


def test_facts_that_are_not_dated_are_those_of_the_day() -> None:
    record = {"partner": "P", "facts": {"sales": 600}}
    assert on(programme(), record, date(2026, 5, 1)).held_tier is None
    days = timeline(programme(), record, date(2026, 5, 1), date(2026, 5, 3))
    assert [(day.tier, day.events) for day in days.moments] == [("gold", ("begins",))]


def test_the_fact_of_a_later_release_does_not_hide_the_earlier_one(tmp_path: Path) -> None:
    tiers = TIERS.replace("UNTIL", A_YEAR).replace("GOLD", "500")
    write(tmp_path, "1.0.0", FIRST, tiers=tiers)
    write(
        tmp_path, "2.0.0", date(2026, 1, 1), tiers=tiers, facts=FACTS + "  visits: {title: {en: Visits}, kind: count}\n"
    )
    record = sold((600, "2025-05-01", "2025-12-01"), (0, "2025-12-02", None))
    record["facts"]["visits"] = 3
    outcome = load(tmp_path, release="2.0.0").evaluate(record, as_of=date(2026, 2, 1))
    assert (outcome.tier, outcome.status) == ("gold", "retained")
    (tmp_path / "1.0.0" / "tiers.yaml").write_text("award: highest\ntiers: {gold: 5}\n")
    outcome = load(tmp_path, release="2.0.0").evaluate(record, as_of=date(2026, 2, 1))
    assert (outcome.status, outcome.held_unknown) == ("undetermined", ("since",))
    assert "cannot be decided" in outcome.problems[0].message


def test_an_unknown_day_leaves_open_what_it_decides_and_no_more() -> None:
    record = sold((900, "2025-02-01", "2025-03-01"), (100, "2026-01-15", None))  # unknown from 2 March to 14 January
    outcome = on(programme(), record, date(2026, 1, 20))
    assert (outcome.tier, outcome.status, outcome.held_unknown) == ("platinum", "retained", ())
    outcome = on(programme(), record, date(2026, 2, 1))  # the review
    assert (outcome.tier, outcome.status, outcome.held_unknown) == ("silver", "qualified", ())
    lower = sold((600, "2025-02-01", "2025-03-01"), (100, "2026-01-15", None))  # was Platinum reached meanwhile?
    outcome = on(programme(), lower, date(2026, 1, 20))
    assert (outcome.tier, outcome.status, outcome.held_unknown) == (None, "undetermined", ("sales",))
    page = statement(release_of(programme(), "2.0.0"), outcome)
    assert "may be decided by days before, for which the record lacks: sales" in page
    assert "Missing facts" not in page  # of the day, none is
    gap = sold((600, "2025-02-01", "2026-01-31"), (100, "2026-02-03", None))  # not known on the day of the review
    outcome = on(programme(), gap, date(2026, 3, 1))
    assert (outcome.tier, outcome.status, outcome.held_unknown) == (None, "undetermined", ("sales",))
    assert "2026-03-01" in outcome.problems[0].message


# Against a plain model ------------------------------------------------------------------------------------------------

UNTILS = {
    A_YEAR: lambda since: (
        since.replace(year=since.year + 1, day=min(since.day, 28 if since.month == 2 else 31)) - timedelta(1)
    ),
    "add_days(start_of_year(add_months(held_since, 12)), -1)": lambda since: date(since.year, 12, 31),
    "add_days(held_since, 45)": lambda since: since + timedelta(45),
}
LAST = date(2026, 7, 1)


def by_hand(
    steps: list[tuple[date, int]], paid_to: date, until: Any, gold: tuple[int, int]
) -> dict[date, tuple[str | None, str]]:
    """The tier and the status of each day: a dictionary of tiers held, changed day by day."""
    held: dict[str, date] = {}
    days = {}
    day = steps[0][0]
    while day <= LAST:
        sales = [value for begins, value in steps if begins <= day][-1]
        met = {
            "platinum": sales >= 900 and paid_to >= day,
            "gold": sales >= gold[day.year >= 2026],
            "silver": sales >= 100,
        }
        kept = {tier: tier in held and until(held[tier]) >= day for tier in met}
        tier = next((tier for tier in met if met[tier] or kept[tier]), None)
        days[day] = (tier, "not_qualified" if tier is None else "qualified" if met[tier] else "retained")
        held = {tier: held[tier] if kept[tier] else day for tier in met if met[tier] or kept[tier]}
        day += timedelta(1)
    return days


_steps = st.lists(
    st.tuples(st.integers(1, 200), st.sampled_from([0, 99, 100, 499, 500, 600, 850, 900, 1000])), min_size=1, max_size=7
)


@settings(max_examples=examples(40), deadline=None)
@given(
    _steps, st.integers(0, 500), st.sampled_from(sorted(UNTILS)), st.sampled_from([(500, 500), (500, 800), (800, 500)]),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_every_day_is_as_a_plain_count_of_days_has_it_in_both_commands(
    spans: list[tuple[int, int]], paid: int, until: str, gold: tuple[int, int], chance: Any
) -> None:
    program, steps = programme(until, gold), one_after_another(spans)
    paid_to = FIRST + timedelta(paid)
    wanted = by_hand(steps, paid_to, UNTILS[until], gold)
    record = as_record(steps)
    record["facts"]["paid_to"] = paid_to
    days = sorted(chance.sample(sorted(wanted), 12))
    for day in days:
        outcome = on(program, record, day)
        assert (outcome.tier, outcome.status) == wanted[day], day
    assert days_of_timeline(program, record, FIRST) == {day: tier for day, (tier, _) in wanted.items()}
    shuffled = {**record, "facts": {"paid_to": paid_to, "sales": chance.sample(record["facts"]["sales"], len(steps))}}
    assert on(program, shuffled, days[-1]) == on(program, record, days[-1])
    cut = chance.choice(days)
    assert {day: tier for day, tier in days_of_timeline(program, record, FIRST).items() if day >= cut} == (
        days_of_timeline(program, record, cut)
    )


def one_after_another(spans: list[tuple[int, int]]) -> list[tuple[date, int]]:
    """Values, each with the first day on which it holds, of values with the number of their days."""
    begins, steps = FIRST, []
    for length, value in spans:
        steps.append((begins, value))
        begins += timedelta(length)
    return steps


def as_record(steps: list[tuple[date, int]]) -> dict[str, Any]:
    ends = [*(begins - timedelta(1) for begins, _ in steps[1:]), None]
    periods = [{"value": value, "from": a, "until": b} for (a, value), b in zip(steps, ends, strict=True)]
    return {"partner": "P", "facts": {"sales": periods}}


def days_of_timeline(program: Path, record: Mapping[str, Any], first: date) -> dict[date, str | None]:
    """The tier of each day of a timeline, from the days on which something changes."""
    moments = {moment.day: moment.tier for moment in timeline(program, record, first, LAST).moments}
    days: dict[date, str | None] = {}
    tier, day = None, first
    while day <= LAST:
        days[day] = tier = moments.get(day, tier)
        day += timedelta(1)
    return days


@settings(max_examples=examples(40), deadline=None)
@given(_steps, st.sampled_from(sorted(UNTILS)), st.sampled_from([(500, 500), (500, 800)]), st.integers(1, 500))
def test_a_history_cut_at_a_day_ends_as_the_whole_of_it(
    spans: list[tuple[int, int]], until: str, gold: tuple[int, int], at: int
) -> None:
    program, steps = programme(until, gold), one_after_another(spans)
    cut = FIRST + timedelta(at)
    whole = as_record(steps)
    state = to_dict(on(program, whole, cut))
    rest = [(max(begins, cut), value) for begins, value in steps]
    rest = [step for number, step in enumerate(rest) if number + 1 == len(rest) or rest[number + 1][0] > cut]
    later = as_record(rest)
    if state["held_tier"]:
        later |= {"tier": state["held_tier"], "since": state["since"], "also_held": state.get("also_held")}
    assert on(program, later, cut)._replace(problems=()) == on(program, whole, cut)._replace(problems=())
    assert days_of_timeline(program, later, cut) == days_of_timeline(program, whole, cut)


@pytest.mark.parametrize(
    ("also_held", "message"),
    [
        ({"silver": "2025-02-30"}, "is not a date"),
        ({"bronze": "2025-02-01"}, "'bronze' is not a tier"),
        ({"gold": "2025-02-01"}, "'gold' is held twice"),
        (["silver"], "is a map of tiers and days"),
    ],
)
def test_wrong_tiers_beside_the_one_held_are_refused(also_held: Any, message: str) -> None:
    record = {"partner": "P", "tier": "gold", "since": "2025-03-01", "also_held": also_held}
    with pytest.raises(InvalidInput, match=message):
        release_of(programme(), "1.0.0").evaluate(record, as_of=date(2025, 5, 1))
    with pytest.raises(InvalidInput, match="stands beside 'tier' and 'since'"):
        release_of(programme(), "1.0.0").evaluate({"partner": "P", "also_held": also_held})


def test_a_record_of_one_day_may_hold_several_tiers() -> None:
    record = {
        "partner": "P",
        "tier": "platinum",
        "since": "2025-02-01",
        "also_held": {"gold": "2025-09-01"},
        "facts": {"sales": 0},
    }
    seen = {day: on(programme(), record, day) for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 9, 1))}
    assert [(outcome.tier, outcome.kept_until) for outcome in seen.values()] == [
        ("platinum", date(2026, 1, 31)), ("gold", date(2026, 8, 31)), (None, date(2026, 1, 31)),
    ]  # fmt: skip
    assert all(verify(to_json(outcome), programme()).status == "equal" for outcome in seen.values())


# Tiers that are signed for --------------------------------------------------------------------------------------------

SIGNED = """
membership:
  title: {en: A calendar year}
  ends: add_days(add_months(start_of_year(as_of), 12), -1)
  renews: {title: {en: Signs again}, rule: signs, source: [c]}
  source: [c]
tiers:
  silver: {title: {en: Silver}, requirements: {sales: {title: {en: Sales}, rule: sales >= 100, source: [c]}}}
  gold: {title: {en: Gold}, requirements: {sales: {title: {en: Sales}, rule: sales >= 500, source: [c]}}}
"""


@lru_cache
def signed_programme() -> Path:
    program = Path(mkdtemp()) / "program"
    write(program, "1.0.0", FIRST, tiers=SIGNED)
    write(program, "2.0.0", date(2026, 1, 1), tiers=SIGNED)
    return program


def signed(
    *tiers: tuple[str, str, str | None], signs: tuple[str, str] | None = None, sales: int = 600
) -> dict[str, Any]:
    """A record with these tiers signed for on their days; `signs` are the days on which it signs to go on."""
    periods = [
        {"value": tier, "from": date.fromisoformat(a), "until": b and date.fromisoformat(b)} for tier, a, b in tiers
    ]
    facts: dict[str, Any] = {"sales": sales}
    if signs:
        facts["signs"] = [{"value": True, "from": signs[0], "until": signs[1]}]
    return {"partner": "P", "tier": periods, "facts": facts}


def test_a_partners_year_is_one_record() -> None:
    record = signed(
        ("silver", "2025-02-01", "2025-06-30"), ("gold", "2025-07-01", None), signs=("2025-12-01", "2025-12-31")
    )
    days = {
        "2025-01-31": None,
        "2025-02-01": "silver",
        "2025-06-30": "silver",
        "2025-07-01": "gold",
        "2026-12-31": "gold",
    }
    for day, tier in days.items():
        assert on(signed_programme(), record, date.fromisoformat(day)).tier == tier, day
    moments = timeline(signed_programme(), record, date(2025, 1, 1), date(2027, 2, 1)).moments
    assert [(moment.day.isoformat(), moment.events, moment.tier, moment.member) for moment in moments] == [
        ("2025-01-01", ("begins",), None, True),
        ("2025-02-01", ("changed",), "silver", True),
        ("2025-07-01", ("changed",), "gold", True),
        ("2025-12-31", ("renewed",), "gold", True),
        ("2026-01-01", ("release",), "gold", True),
        ("2026-12-31", ("not_renewed",), "gold", False),  # it did not sign again
    ]


def test_who_does_not_renew_has_no_tier_until_it_joins_again() -> None:
    record = signed(("silver", "2025-02-01", "2026-04-30"), ("silver", "2026-05-01", None))
    out = on(signed_programme(), record, date(2026, 3, 1))
    assert (out.tier, out.status, out.membership_ended) == (None, None, date(2025, 12, 31))
    assert [problem.code for problem in out.problems] == ["membership-ended"]
    back = on(signed_programme(), record, date(2026, 5, 1))
    assert (back.tier, back.status, back.membership_ended, back.since) == (
        "silver",
        "qualified",
        None,
        date(2026, 5, 1),
    )
    assert verify(to_json(out), signed_programme()).status == "equal"


@pytest.mark.parametrize(("alone", "tier"), [("", None), (", alone: true", "gold")])
def test_the_act_alone_may_renew_whatever_the_requirements(tmp_path: Path, alone: str, tier: str | None) -> None:
    """Sales of 300 are too few for gold on the last day; it signed again all the same."""
    tiers = SIGNED.replace("rule: signs, source", f"rule: signs{alone}, source")
    write(tmp_path, "1.0.0", FIRST, tiers=tiers)
    write(tmp_path, "2.0.0", date(2026, 1, 1), tiers=tiers)
    record = signed(("gold", "2025-02-01", None), signs=("2025-12-01", "2025-12-31"), sales=300)
    assert on(tmp_path, record, date(2026, 1, 1)).tier == tier
    missed = {**record, "facts": {"sales": 600}}
    assert on(tmp_path, missed, date(2026, 1, 1)).tier is None
    said = charter("handbook", "--program", tmp_path, "--lang", "en").stdout
    assert ("this alone decides on renewal" in said) == bool(alone)


def test_the_command_says_that_a_membership_ended_and_what_renews_one(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("partner: P\ntier: [{value: gold, from: 2025-02-01}]\nfacts: {sales: 600}\n")
    run = partial(charter, "evaluate", str(path), "--program", str(signed_programme()))
    text = run("--as-of", "2025-03-01").stdout
    assert "membership to 2025-12-31" in text
    assert "to renew it: Signs again: no" in text
    text = run("--as-of", "2026-03-01").stdout
    assert "✗ the membership ended on 2025-12-31: it was not renewed" in text
    assert "участие закончилось 31.12.2025" in run("--as-of", "2026-03-01", "--lang", "ru").stdout


@pytest.mark.parametrize(
    ("tier", "message"),
    [
        ([{"value": "silver", "until": "2025-05-01"}, {"value": "gold", "from": "2025-05-01"}], "have a day in common"),
        ([{"value": "bronze", "from": "2025-05-01"}], "'bronze' is not a tier"),
        ([{"from": "2025-05-01"}], "a period has a value"),
        (["silver"], "a period has a value"),
        ([{"value": "silver", "form": "2025-05-01"}], "'form' is not a key here"),
    ],
)
def test_wrong_periods_of_a_tier_are_refused(tier: list[Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        release_of(signed_programme(), "1.0.0").evaluate({"partner": "P", "tier": tier}, as_of=FIRST)


def test_where_tiers_are_awarded_none_is_signed_for_on_a_day() -> None:
    with pytest.raises(InvalidInput, match="tiers are awarded here"):
        release_of(programme(), "1.0.0").evaluate({"partner": "P", "tier": [{"value": "gold", "from": FIRST}]})
    since = {"partner": "P", "tier": [{"value": "gold", "from": FIRST}], "since": FIRST}
    with pytest.raises(InvalidInput, match="'since' is of one tier"):
        release_of(signed_programme(), "1.0.0").evaluate(since)


@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(st.tuples(st.integers(20, 300), st.sampled_from(["silver", "gold", None])), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(20, 300), st.sampled_from([0, 100, 499, 500])), min_size=1, max_size=5),
    st.booleans(), st.randoms(use_true_random=False),
)  # fmt: skip
def test_every_day_of_what_is_signed_for_is_as_a_plain_count_has_it(
    signings: list[tuple[int, str | None]], sales: list[tuple[int, int]], signs: bool, chance: Any
) -> None:
    first = FIRST
    tiers, steps = [], one_after_another(sales)
    for length, tier in signings:
        tiers.append((first, first + timedelta(length - 1), tier))
        first += timedelta(length)
    record = as_record(steps)
    record["tier"] = [{"value": tier, "from": a, "until": b} for a, b, tier in tiers if tier]
    record["facts"]["signs"] = signs
    if not record["tier"]:
        return
    wanted: dict[date, tuple[str | None, str | None]] = {}
    held, day = None, FIRST
    while day <= LAST:
        period = next(((a, tier) for a, b, tier in tiers if a <= day <= b and tier), None)
        held = None if period is None else period[1] if period[0] == day else held
        amount = [value for begins, value in steps if begins <= day][-1]
        met = amount >= {"silver": 100, "gold": 500, None: 0}[held]
        wanted[day] = (held, None if held is None else "qualified" if met else "not_qualified")
        if (day.month, day.day) == (12, 31) and not (met and signs):
            held = None
        day += timedelta(1)
    for day in chance.sample(sorted(wanted), 12):
        outcome = on(signed_programme(), record, day)
        assert (outcome.tier, outcome.status) == wanted[day], day
    moments = timeline(signed_programme(), record, FIRST, LAST).moments
    for before, after in pairwise([*moments, None]):
        day = before.day
        assert (before.tier, before.status) == wanted[day], day
        if before.member is False:  # the tier is held to the end of this day
            continue
        while after is not None and day < after.day:
            assert wanted[day] == (before.tier, before.status), day
            day += timedelta(1)


# Days of promotion ----------------------------------------------------------------------------------------------------

PROMOTION = """
award: highest
promotion: {title: {en: Quarterly}, when: as_of == start_of_quarter(as_of), source: [c]}
retention: {title: {en: Kept}, until: "add_days(add_months(start_of_quarter(held_since), 3), -1)", source: [c]}
"""


def test_a_tier_above_the_one_held_is_awarded_on_days_of_promotion(tmp_path: Path) -> None:
    write(tmp_path, "1.0.0", FIRST, tiers=PROMOTION + SIGNED[SIGNED.index("tiers:") :])
    release = load(tmp_path / "1.0.0")
    record = sold((0, "2025-01-01", "2025-02-14"), (600, "2025-02-15", "2025-08-02"), (300, "2025-08-03", None))
    days = {
        "2025-02-20": (None, "not_qualified"),  # all requirements are met, and it is no day of promotion
        "2025-04-01": ("gold", "qualified"),
        "2025-08-03": ("gold", "retained"),
        "2025-09-30": ("gold", "retained"),
        "2025-10-01": ("silver", "qualified"),
    }
    for day, seen in days.items():
        outcome = release.evaluate(record, as_of=date.fromisoformat(day))
        assert (outcome.tier, outcome.status) == seen, day
    text = statement(release, release.evaluate(record, as_of=date(2025, 2, 20)))
    assert "Gold: requirements met; not awarded on this day (Quarterly)" in text
    held = {"partner": "P", "tier": "silver", "since": "2025-01-01", "facts": {"sales": 600}}
    assert release.evaluate(held, as_of=date(2025, 2, 20)).tier == "silver"
    assert release.evaluate(held, as_of=date(2025, 4, 1)).tier == "gold"
    moments = timeline(tmp_path, record, FIRST, date(2025, 12, 31)).moments
    assert [(moment.day.isoformat(), moment.tier) for moment in moments] == [
        ("2025-01-01", None), ("2025-04-01", "gold"), ("2025-10-01", "silver"),
    ]  # fmt: skip
