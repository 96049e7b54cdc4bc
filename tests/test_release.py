"""Tests loading: the release in force on a day, what its digest covers, what is refused, and the small programme."""

from __future__ import annotations

import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from charter import InvalidInput, InvalidProgramme, WrongCall, load, timeline
from charter.engine.release.find import find_program
from charter.engine.release.load import read_files, read_release
from charter.engine.release.seal import seal_text
from charter.engine.review.publish import seal

from .cli import charter
from .programmes import SMALL, copy_of, edit


@pytest.fixture
def two_releases(tmp_path: Path) -> Path:
    """A folder with the small programme 1.0.0, and 1.1.0 in force from 2026 on, with a discount of 20 for gold."""
    first = copy_of(SMALL, tmp_path)
    second = Path(shutil.copytree(first, tmp_path / "1.1.0"))
    edit(second, "programme.yaml", '"1.0.0"', '"1.1.0"')
    edit(second, "programme.yaml", "2025-07-01", "2026-01-01")
    edit(second, "tiers.yaml", "value: 15", "value: 20")
    return tmp_path


@pytest.mark.parametrize(
    ("day", "release"),
    [
        (date(2025, 7, 1), "1.0.0"),
        (date(2025, 12, 31), "1.0.0"),
        (date(2026, 1, 1), "1.1.0"),
        (date(2030, 1, 1), "1.1.0"),
    ],
)
def test_the_release_in_force_on_the_day_counts(two_releases: Path, day: date, release: str) -> None:
    assert load(two_releases, as_of=day).programme.release == release


def test_a_named_release_counts_on_any_day(two_releases: Path) -> None:
    assert load(two_releases, release="1.0.0", as_of=date(2030, 1, 1)).programme.release == "1.0.0"
    assert load(two_releases / "1.1.0", as_of=date(2025, 7, 1)).programme.release == "1.1.0"


def test_before_the_first_release_nothing_is_decided(two_releases: Path) -> None:
    with pytest.raises(WrongCall, match="no release is in force on 2025-06-30"):
        load(two_releases, as_of=date(2025, 6, 30))


def test_what_is_not_there_is_a_wrong_call(tmp_path: Path, two_releases: Path) -> None:
    with pytest.raises(WrongCall, match="is not a folder"):
        load(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(WrongCall, match="holds no release"):
        load(tmp_path / "empty")
    with pytest.raises(WrongCall, match=r"there is no release '1.2.0'"):
        load(two_releases, release="1.2.0")
    with pytest.raises(WrongCall, match="no folder 'program'"):
        find_program(tmp_path / "empty")


@pytest.fixture
def two_at_once(two_releases: Path) -> Path:
    """A folder with 1.1.0 and 1.2.0, both from 2026 on, and 2.0.0 from 2027 on."""
    for number, year in (("1.2.0", "2026"), ("2.0.0", "2027")):
        copy = Path(shutil.copytree(two_releases / "1.1.0", two_releases / number))
        edit(copy, "programme.yaml", '"1.1.0"', f'"{number}"')
        edit(copy, "programme.yaml", "2026-01-01", f"{year}-01-01")
    return two_releases


def test_of_two_releases_that_begin_on_one_day_none_is_chosen(two_at_once: Path) -> None:
    """Only on the days on which one of them would be in force; by its number each is loaded."""
    for day in (date(2026, 1, 1), date(2026, 12, 31)):
        with pytest.raises(InvalidProgramme) as refused:
            load(two_at_once, as_of=day)
        (problem,) = refused.value.problems
        assert (problem.code, problem.message) == ("releases-overlap", "1.2.0 applies from 2026-01-01, as 1.1.0 does")
        assert "--release" in (problem.help or "")
        assert [related.place.source.path for related in problem.related] == [
            str(two_at_once / "1.1.0" / "programme.yaml")
        ]
    assert load(two_at_once, as_of=date(2025, 12, 31)).programme.release == "1.0.0"
    assert load(two_at_once, as_of=date(2027, 1, 1)).programme.release == "2.0.0"
    for number in ("1.1.0", "1.2.0"):
        assert load(two_at_once, release=number).programme.release == number


def test_a_timeline_needs_one_release_on_each_of_its_days(two_at_once: Path) -> None:
    record = {"partner": "P-1", "tier": "silver", "facts": {"revenue": 5, "people": 1}}
    for first, last in ((date(2025, 8, 1), date(2026, 1, 1)), (date(2026, 12, 31), date(2027, 2, 1))):
        with pytest.raises(InvalidProgramme, match=r"1\.2\.0 applies from 2026-01-01, as 1\.1\.0 does"):
            timeline(two_at_once, record, first, last)
    assert timeline(two_at_once, record, date(2025, 8, 1), date(2025, 12, 31)).moments[0].release == "1.0.0"
    assert timeline(two_at_once, record, date(2027, 1, 1), date(2027, 2, 1)).moments[0].release == "2.0.0"


@pytest.mark.parametrize(("sealed", "taken"), [("1.1.0", "1.1.0"), ("1.2.0", "1.2.0")])
def test_of_two_releases_that_begin_on_one_day_the_sealed_one_is_published(
    two_at_once: Path, sealed: str, taken: str
) -> None:
    shutil.rmtree(two_at_once / "2.0.0")
    with pytest.raises(InvalidProgramme, match=r"as 1\.1\.0 does"):
        seal(two_at_once, sealed, date(2025, 7, 1))
    documents = read_files(two_at_once / sealed).documents
    (two_at_once / sealed / "seal.json").write_text(seal_text(sealed, documents, date(2025, 7, 1)), "utf-8")
    assert load(two_at_once, as_of=date(2026, 6, 1)).programme.release == taken


@pytest.mark.parametrize(
    "words", [("evaluate", "r.yaml"), ("batch", "p.csv", "-o", "o.csv"), ("form",), ("readings", "r.yaml")]
)
def test_every_command_that_would_choose_says_that_it_cannot(words: tuple[str, ...], two_at_once: Path) -> None:
    (two_at_once / "r.yaml").write_text("partner: P-1\n", "utf-8")
    (two_at_once / "p.csv").write_text("partner\nP-1\n", "utf-8")
    done = charter(*words, "--program", ".", "--as-of", "2026-06-01", cwd=two_at_once)
    assert (done.returncode, done.stdout) == (3, "")
    assert "error[releases-overlap]  1.2.0 applies from 2026-01-01, as 1.1.0 does" in done.stderr
    assert not (two_at_once / "o.csv").exists()


def test_a_release_that_does_not_say_since_when_is_invalid_not_forgotten(two_releases: Path) -> None:
    edit(two_releases / "1.1.0", "programme.yaml", "effective: {from: 2026-01-01}", "effective: {}")
    with pytest.raises(InvalidProgramme, match="since when the release applies"):
        load(two_releases, as_of=date(2026, 6, 1))


def test_the_digest_is_over_content_not_formatting(tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    before = load(release).programme.digest
    edit(
        release,
        "tiers.yaml",
        "    discount: {value: 15, source: [s2]}",
        "    discount:\n      value: 15.0 # as agreed\n      source:\n        - 's2'",
    )
    assert load(release).programme.digest == before
    edit(release, "tiers.yaml", "value: 15.0", "value: 15.1")
    changed = load(release).programme.digest
    assert changed != before
    edit(release, "tiers.yaml", "{en: Silver}", "{en: Silber}")
    assert load(release).programme.digest not in (before, changed)


def test_outcomes_are_plain_values_that_nobody_changes() -> None:
    release = load(SMALL)
    facts = {"people": 3, "revenue": Decimal("3001.5"), "region": "north"}
    first = release.evaluate({"partner": "P", "tier": "gold", "facts": facts}, as_of=date(2026, 1, 1))
    second = release.evaluate({"partner": "P", "tier": "gold", "facts": facts}, as_of=date(2026, 1, 1))
    assert first == second
    assert first.status == "qualified"
    with pytest.raises(AttributeError):
        first.status = "not_qualified"
    with pytest.raises(TypeError):
        first.facts["people"] = Decimal(9)


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal("1e30"),
        10**30,
        1e30,
        Decimal("0.0000000000001"),
    ],
)
def test_plain_data_must_be_a_number_within_the_limits(value: object) -> None:
    with pytest.raises(InvalidInput, match=r"revenue: \S+ is not a number") as refused:
        load(SMALL).evaluate({"partner": "P", "facts": {"revenue": value}})
    assert [problem.code for problem in refused.value.problems] == ["bad-fact"]


@pytest.mark.parametrize(
    ("facts", "status", "unknown"),
    [
        # per_head is exactly 3001.5 / 3 = 1000.5, the threshold
        ({"people": 3, "revenue": Decimal("3001.5"), "region": "south"}, "qualified", ()),
        ({"people": 3, "revenue": Decimal("3001.499999"), "region": "south"}, "not_qualified", ()),
        ({"people": 2, "revenue": 9000, "region": "south"}, "not_qualified", ()),
        ({"people": 3, "revenue": 9000}, "undetermined", ("region",)),
        ({"revenue": 9000, "region": "south"}, "undetermined", ("people",)),
        ({}, "undetermined", ("people", "region", "revenue")),
        # without people, revenue per head is undefined, but the number of people already fails
        ({"people": 0, "revenue": 9000, "region": "south"}, "not_qualified", ()),
    ],
)
def test_the_small_programme_is_decided_by_the_same_engine(facts: dict, status: str, unknown: tuple) -> None:
    outcome = load(SMALL).evaluate({"partner": "P", "tier": "gold", "facts": facts})
    assert (outcome.status, outcome.unknown) == (status, unknown)


def test_a_programme_without_a_cap_has_none() -> None:
    outcome = load(SMALL).evaluate({"partner": "P", "tier": "gold", "facts": {"audited": True}})
    gold = outcome.of("gold").discount
    assert (gold.base, gold.uncapped, gold.cap, gold.total) == (15, Decimal("16.5"), None, Decimal("16.5"))
    assert (gold.in_price, gold.in_kind) == (Decimal("16.5"), 0)
    assert [bonus.id for bonus in outcome.of("silver").discount.bonuses] == []


@pytest.mark.parametrize(
    ("facts", "status", "plaque", "fund"),
    [
        ({"people": 3, "revenue": 9000, "region": "north", "audited": True}, "qualified", True, 1125),
        ({"people": 3, "revenue": 9000, "region": "north"}, "qualified", False, 1125),
        ({"people": 2, "revenue": 9000, "region": "north", "audited": True}, "not_qualified", False, 0),
        # who does not qualify is granted nothing, even where the benefit is unknown
        ({"people": 2, "audited": True}, "not_qualified", False, 0),
        ({"people": 3, "revenue": 9000, "audited": True}, "undetermined", None, None),
    ],
)
def test_benefits_are_granted_with_the_tier(facts: dict, status: str, plaque: object, fund: object) -> None:
    outcome = load(SMALL).evaluate({"partner": "P", "tier": "gold", "facts": facts})
    assert outcome.status == status
    values = [benefit.value for benefit in outcome.benefits]
    assert values == [plaque, fund]
    assert [type(value) is bool for value in values] == [plaque is not None, False]
    # the tier shows what it would grant, whatever the status
    assert outcome.of("gold").benefits[0].value is facts.get("audited", False)
    assert load(SMALL).evaluate({"partner": "P", "facts": facts}).benefits is None


STANDING = """      standing:
        title: {en: Standing}
        at_least: 2
        of:
          productive: {title: {en: Productive}, rule: per_head >= 1000.5, source: [s2]}
          audited: {title: {en: Audited}, rule: audited, source: [s1]}
          place:
            title: {en: In a region}
            any_of:
              north: {title: {en: North}, rule: region == 'north', source: [s2]}
              south: {title: {en: South}, rule: region == 'south', source: [s2]}
            source: [s2]
        source: [s2]
"""


@pytest.mark.parametrize(
    ("facts", "status", "unknown"),
    [
        ({"revenue": 9000, "audited": True}, "met", ()),  # two are enough, whatever the region
        ({"revenue": 9000, "audited": False, "region": "south"}, "met", ()),
        ({"revenue": 9000, "audited": False}, "unknown", ("region",)),
        ({"revenue": 1, "audited": False}, "not_met", ()),  # one is left, and two are needed
        ({"audited": True}, "unknown", ("region", "revenue")),
        ({"revenue": 1, "audited": True, "region": "north"}, "met", ()),
    ],
)
def test_a_requirement_may_be_made_of_others(facts: dict, status: str, unknown: tuple, tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    edit(release, "tiers.yaml", "      productive:\n", f"{STANDING}      productive:\n")
    outcome = load(release).evaluate({"partner": "P", "facts": {"people": 3, **facts}})
    standing = next(requirement for requirement in outcome.of("gold").requirements if requirement.id == "standing")
    assert (standing.status, standing.unknown) == (status, unknown)
    assert [part.id for part in standing.parts] == ["productive", "audited", "place"]
    place = standing.parts[2]
    region = facts.get("region")
    assert place.status == ("met" if region else "unknown")
    assert [part.status for part in place.parts] == [
        "unknown" if region is None else "met" if region == name else "not_met" for name in ("north", "south")
    ]


def test_a_number_where_a_part_with_several_forms_belongs_is_one_problem(tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    with (release / "definitions.yaml").open("a", encoding="utf-8") as file:
        file.write("  minimum_staff: 2\n")
    programme, problems = read_release(release)
    assert programme is None
    assert [(problem.code, problem.message) for problem in problems] == [
        ("wrong-type", "the number 2 stands here; a map of keys is needed")
    ]


def test_a_title_that_reads_as_a_date_is_told_with_its_quotes(tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    written = (release / "tiers.yaml").read_text("utf-8")
    (release / "tiers.yaml").write_text(
        re.sub(r"title: \{en: \w+", "title: {en: 2026-01-01", written, count=1), "utf-8"
    )
    programme, problems = read_release(release)
    assert programme is None
    assert [(problem.code, problem.help) for problem in problems] == [("wrong-type", 'put it in quotes: "2026-01-01"')]
