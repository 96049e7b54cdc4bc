"""Records of earlier releases decide as before, through the migrations since; what cannot be carried over is told."""

from __future__ import annotations

import json
import random
import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import charter
import pytest
import yaml
from charter.engine.review.review import review

from .cli import charter as run
from .programmes import ROOT
from .thorough import examples
from .three_releases import NAMES, next_release, random_record, three_releases

DAY = date(2028, 11, 24)
EXAMPLES = sorted((ROOT / "examples").glob("*.*"))
NUMBERS = ("1.0.0", "2.0.0", "3.0.0")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return three_releases(tmp_path_factory.mktemp("three"))


@pytest.fixture(scope="module")
def releases(program: Path) -> dict[str, charter.Release]:
    return {number: charter.load(program, release=number) for number in NUMBERS}


def answer(outcome: charter.Outcome) -> str:
    """All that an outcome says but for its release and the facts, in the names of the first release."""
    data = charter.to_dict(outcome)
    for key in ("release", "digest", "facts", "problems"):
        del data[key]
    text = charter.to_json(data)
    for old, new in NAMES.items():
        text = re.sub(rf"\b{new}\b", old, text)
    return text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_decides_alike_under_the_later_releases(path: Path, releases: Any) -> None:
    """Without a word of its release, and with one; and fax, which is dropped, changes nothing."""
    document = charter.read(path)
    outcomes = [release.evaluate(document, as_of=DAY) for release in releases.values()]
    assert len({answer(outcome) for outcome in outcomes}) == 1
    data: Any = document.data
    old = {**data, "release": "1.0.0", "facts": {**data["facts"], "fax": "+7 495 000"}}
    assert answer(releases["3.0.0"].evaluate(old, as_of=DAY)) == answer(outcomes[0])


@pytest.mark.thorough
def test_random_partners_decide_alike_under_the_later_releases(releases: Any) -> None:
    chance = random.Random(20)
    first, second, third = releases.values()
    seen = set()
    for number in range(examples(300)):
        record = random_record(chance, number)
        expected = first.evaluate(record, as_of=DAY)
        seen.add(expected.status)
        for later in (second, third):
            assert answer(later.evaluate({**record, "release": "1.0.0"}, as_of=DAY)) == answer(expected), record
            assert answer(later.evaluate(record, as_of=DAY)) == answer(expected), record
    assert len(seen) >= 3  # qualified, not qualified, without a tier


def test_what_the_new_facts_are(releases: Any) -> None:
    facts = {"certified_admins": 2, "turnover": Decimal("600.5"), "bonus_return": "licences", "bonus_requested": False}
    record = releases["3.0.0"].record({"partner": "P", "facts": facts})
    assert dict(record.facts) == {
        "certified_engineers": 2,
        "turnover_rub": 600500,
        "bonus_paid_in": "renewals",
        "bonus_requested": False,
    }


def test_facts_that_change_with_time_change_on_the_same_days(releases: Any) -> None:
    facts = {
        "certified_admins": [{"value": 2, "until": "2028-01-31"}, {"value": 3, "from": "2028-03-01"}],
        "bonus_return": [{"value": "licences", "until": "2028-02-10"}, {"value": "discount", "from": "2028-02-11"}],
        "bonus_requested": [{"value": True, "until": "2028-01-20"}, {"value": False, "from": "2028-01-21"}],
    }
    old = releases["1.0.0"].record({"partner": "P", "facts": facts})
    new = releases["3.0.0"].record({"partner": "P", "facts": facts})
    for ordinal in range(date(2028, 1, 1).toordinal(), date(2028, 4, 1).toordinal()):
        day = date.fromordinal(ordinal)
        was, now = old.facts_on(day), new.facts_on(day)
        assert now.get("certified_engineers") == was.get("certified_admins")
        licences = "new_licences" if was["bonus_requested"] else "renewals"
        assert now["bonus_paid_in"] == ("discount" if was["bonus_return"] == "discount" else licences)


def test_a_timeline_reads_one_record_under_every_release(program: Path) -> None:
    written = (ROOT / "examples" / "competency.yaml").read_text("utf-8")
    document = yaml.safe_load(written)
    document["facts"]["renewal_requested"] = True
    line = charter.timeline(program, document, date(2026, 6, 1), date(2028, 6, 1))
    assert {moment.release for moment in line.moments} == set(NUMBERS)
    assert {(moment.tier, moment.status, moment.discount) for moment in line.moments} == {
        ("competency", "qualified", 21)
    }
    new = {"partner": "P", "release": "3.0.0", "tier": "retail", "facts": {"certified_engineers": 1}}
    assert charter.timeline(program, new, date(2028, 2, 1), date(2028, 3, 1)).moments
    with pytest.raises(charter.InvalidInput, match=r"2\.0\.0 is asked, which is earlier"):
        charter.timeline(program, new, date(2027, 2, 1), date(2028, 3, 1))


def test_old_certificates_are_verified_against_their_own_release(program: Path, releases: Any) -> None:
    for path in EXAMPLES:
        for release in releases.values():
            verdict = charter.verify(charter.to_json(release.evaluate(charter.read(path), as_of=DAY)), program)
            assert verdict.status == "equal", path


def test_scenarios_read_old_records_and_change_them_in_new_names(program: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(program, tmp_path / "p")) / "3.0.0"
    shutil.rmtree(copy / "scenarios")
    (copy / "scenarios").mkdir()
    shutil.copy(ROOT / "examples" / "competency.yaml", copy / "scenarios" / "old.txt")
    (copy / "scenarios" / "all.yaml").write_text(
        "scenarios:\n  old:\n    title: {ru: Старая запись, en: An old record}\n    as_of: 2028-11-24\n"
        "    record: old.txt\n    but: {facts: {turnover_rub: 500000}}\n"
        "    expect: {status: qualified, discount: {total: 22.5}}\n",
        "utf-8",
    )
    done = run("test", str(copy.parent), "--release", "3.0.0")
    assert "1 scenarios: 1 as expected" in done.stdout


# Which release a record is of ------------------------------------------------------------------------------------


def same_name(folder: Path) -> Path:
    """Two releases in which `turnover` is in thousands, then in units."""
    first = three_releases(folder) / "1.0.0"
    for number in ("2.0.0", "3.0.0"):
        shutil.rmtree(folder / number)
    second = next_release(first, "2.0.0", 'from: "1.0.0"\nfacts: {turnover: turnover * 1000}\n')
    text = (second / "bonuses.yaml").read_text("utf-8")
    (second / "bonuses.yaml").write_text(text.replace("turnover >= 500", "turnover >= 500000"), "utf-8")
    return folder


def test_a_name_with_another_meaning_is_never_guessed(tmp_path: Path) -> None:
    release = charter.load(same_name(tmp_path), release="2.0.0")
    record = {"partner": "P", "facts": {"turnover": 600, "certified_admins": 1}}
    with pytest.raises(charter.InvalidInput) as refused:
        release.record(record)
    (problem,) = refused.value.problems
    assert (problem.code, problem.help) == (
        "release-unclear",
        "say in the record which release it was written for: release: 2.0.0",
    )
    assert "'turnover'" in problem.message
    assert release.record({**record, "release": "1.0.0"}).facts["turnover"] == 600000
    assert release.record({**record, "release": "2.0.0"}).facts["turnover"] == 600
    without = {"partner": "P", "facts": {"certified_admins": 1}}
    assert dict(release.record(without).facts) == {"certified_admins": 1}
    zero = {"partner": "P", "facts": {"turnover": 0}}  # the same in both
    assert release.record(zero).facts["turnover"] == 0


def test_a_comparison_says_that_it_does_not_compute_through_a_migration(tmp_path: Path) -> None:
    """And it shows partners as each of the two releases has them, whose records name the release."""
    program = str(same_name(tmp_path))
    done = run("diff", "1.0.0", "2.0.0", "--program", program, "--as-of", str(DAY), "--format", "json")
    assert "warning[migration-not-compared]  turnover: " in done.stderr
    assert json.loads(done.stdout)["findings"] == ["not_through_migration"]
    advice = run("advise", str(ROOT / "examples" / "competency.yaml"), "--program", program, "--release", "2.0.0")
    assert advice.returncode == 0, advice.stderr


def test_without_the_old_release_it_is_named(tmp_path: Path) -> None:
    folder = same_name(tmp_path)
    shutil.rmtree(folder / "1.0.0")
    release = charter.load(folder, release="2.0.0")
    for record in ({"release": "1.0.0"}, {"facts": {"turnover": 600}}):
        with pytest.raises(charter.InvalidInput, match=r"1\.0\.0"):
            release.record({"partner": "P", **record})
    assert release.record({"partner": "P", "facts": {"certified_admins": 1}}).facts["certified_admins"] == 1
    assert "no-release" in [problem.code for problem in review(folder / "2.0.0", solver=False)]


def test_what_is_gone_and_not_mentioned_is_told_once(program: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(program, tmp_path / "p"))
    path = copy / "3.0.0" / "migration.yaml"
    path.write_text(path.read_text("utf-8").replace("dropped: [fax]\n", ""), "utf-8")
    release = charter.load(copy, release="3.0.0")
    outcome = release.evaluate(
        {"partner": "P", "release": "1.0.0", "facts": {"fax": "1", "certified_admins": 1}}, as_of=DAY
    )
    assert [(problem.code, problem.level) for problem in outcome.problems] == [("fact-gone", "warning")]
    assert "'fax'" in outcome.problems[0].message
    assert "3.0.0" in outcome.problems[0].message
    assert "no-successor" in [problem.code for problem in review(copy / "3.0.0", solver=False)]


def test_a_fact_that_vanishes_without_a_migration_is_refused_as_ever(program: Path, tmp_path: Path) -> None:
    """Nobody has said that what another name says now may be read without it; who names the release has."""
    copy = Path(shutil.copytree(program, tmp_path / "p"))
    (copy / "3.0.0" / "migration.yaml").unlink()
    release = charter.load(copy, release="3.0.0")
    record = {"partner": "P", "facts": {"bonus_return": "licences"}}
    with pytest.raises(charter.InvalidInput, match="'bonus_return' is not a fact"):
        release.record(record)
    assert [problem.code for problem in release.record({**record, "release": "2.0.0"}).remarks] == ["fact-gone"]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"release": "0.9.0"}, "no way leads from there to 3.0.0"),
        ({"release": 2}, "'release' is text"),
        ({"release": "1.0.0", "facts": {"certified_engineers": 1}}, "'certified_engineers' is not a fact"),
        ({"release": "1.0.0", "facts": {"certified_admins": "x"}}, "certified_admins: 'x' is not a number"),
        ({"facts": {"certified_admins": 1, "certified_engineers": 1}}, "is not a fact"),
        ({"facts": {"certified_admins": -1}}, "certified_admins: -1 is under 0"),
    ],
)
def test_a_record_that_is_of_no_release_is_refused(record: dict, message: str, releases: Any) -> None:
    with pytest.raises(charter.InvalidInput, match=message):
        releases["3.0.0"].record({"partner": "P", **record})


# Records, rewritten ------------------------------------------------------------------------------------

OLD = """# a record
partner: P  # who
tier: competency
facts:
  certified_admins:   # people
    - {value: 2, until: 2028-10-15}  # one leaves
    - {value: 1, from: 2028-10-16}
  # money
  turnover: 600.50   # thousands
  fax: "5"
  bonus_return: licences
  own_events_held: 1 # end
"""
NEW = """# a record
release: 3.0.0
partner: P  # who
tier: competency
facts:
  certified_engineers:   # people
    - {value: 2, until: 2028-10-15}  # one leaves
    - {value: 1, from: 2028-10-16}
  # money
  turnover_rub: 600500   # thousands
  bonus_paid_in: new_licences
  own_events_held: 1 # end
"""


def test_a_record_is_rewritten_with_its_comments(program: Path, tmp_path: Path) -> None:
    record = tmp_path / "old.yaml"
    record.write_text(OLD, "utf-8")
    patch = run("migrate", str(record), "--program", str(program), "--release", "3.0.0", "--diff")
    assert patch.returncode == 1
    assert "+  turnover_rub: 600500   # thousands" in patch.stdout
    assert record.read_text("utf-8") == OLD
    for _ in range(2):  # the second time there is nothing to do
        done = run("migrate", str(record), "--program", str(program), "--release", "3.0.0")
        assert done.returncode == 0
        assert record.read_text("utf-8") == NEW
    assert done.stderr == ""


def test_a_history_that_earlier_releases_decide_is_not_rewritten(program: Path, tmp_path: Path) -> None:
    """Its days of 2026 are decided by release 1.0.0, which cannot read the names of 3.0.0."""
    record = tmp_path / "old.yaml"
    record.write_text(OLD.replace("2028-10-", "2026-10-"), "utf-8")
    before = record.read_text("utf-8")
    done = run("migrate", str(record), "--program", str(program), "--release", "3.0.0")
    assert done.returncode == 4
    assert "error[history-before-release]" in done.stderr
    assert "begins on 2026-10-15, before release 3.0.0 of 2028-01-01" in done.stderr
    assert record.read_text("utf-8") == before


def test_all_records_are_rewritten_or_none(program: Path, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.json"
    good.write_text(OLD, "utf-8")
    bad.write_text('{"partner": "Q", "facts": {"certified_admins": -1}}', "utf-8")
    done = run("migrate", str(good), str(bad), "--program", str(program), "--release", "3.0.0")
    assert done.returncode == 4
    assert good.read_text("utf-8") == OLD
    bad.write_text('{"partner": "Q", "facts": {"certified_admins": 1, "fax": "2"}}', "utf-8")
    assert run("migrate", str(good), str(bad), "--program", str(program), "--release", "3.0.0").returncode == 0
    assert bad.read_text("utf-8") == '{"release": "3.0.0", "partner": "Q", "facts": {"certified_engineers": 1}}'


def test_a_rewritten_record_says_what_the_old_one_said(program: Path, releases: Any, tmp_path: Path) -> None:
    chance = random.Random(5)
    path = tmp_path / "record.yaml"
    for number in range(60):
        record = random_record(chance, number)
        lines = [
            f"  {name}: {str(value).lower() if isinstance(value, bool) else value}"
            for name, value in record["facts"].items()
        ]
        tier = f"tier: {record['tier']}\n" if "tier" in record else ""
        facts = "\n".join(["facts:", *lines]) if lines else "facts: {}"
        path.write_text(f"partner: P\n{tier}{facts}\n", "utf-8")
        before = releases["3.0.0"].evaluate(charter.read(path), as_of=DAY)
        charter.migrate(releases["3.0.0"], [path])
        assert answer(releases["3.0.0"].evaluate(charter.read(path), as_of=DAY)) == answer(before)


def test_a_migration_is_sealed_with_its_release_and_left_behind_by_the_next(tmp_path: Path) -> None:
    program = three_releases(tmp_path)
    for file in (program / "1.0.0" / "facts.yaml", program / "2.0.0" / "facts.yaml"):
        text = file.read_text("utf-8")
        file.write_text(re.sub(r"  fax: .*\n", "", text), "utf-8")
    shutil.rmtree(program / "3.0.0")
    (program / "2.0.0" / "scenarios" / "tiers.yaml").unlink()
    (program / "2.0.0" / "claims.yaml").unlink()
    for number in ("1.0.0", "2.0.0"):
        done = run("seal", number, "--program", str(program), "--as-of", "2025-11-01")
        assert done.returncode == 0, done.stdout + done.stderr
    assert "migration" in json.loads((program / "2.0.0" / "seal.json").read_text("utf-8"))["files"]
    assert run("new", "2.1.0", "--program", str(program), "--effective", "2028-01-01").returncode == 0
    assert not (program / "2.1.0" / "migration.yaml").exists()
    record = {"partner": "P", "facts": {"turnover": 1}}
    assert charter.load(program, release="2.1.0").record(record).facts == {"turnover_rub": 1000}
    certificate = charter.to_json(charter.load(program, release="2.0.0").evaluate(record, as_of=DAY))
    path = program / "2.0.0" / "migration.yaml"
    path.write_text(path.read_text("utf-8").replace("1000", "100"), "utf-8")
    with pytest.raises(charter.InvalidProgramme, match=r"turnover \* 100'|turnover \* 100"):
        charter.load(program, release="2.0.0")
    assert charter.verify(certificate, program).status == "equal"
