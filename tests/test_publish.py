"""Tests `new`, `seal`, `--set` and `check --fix` on real files, and that a seal notices later changes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from charter import InvalidProgramme, load
from charter.engine.problems import WrongCall
from charter.engine.release.load import read_files
from charter.engine.review.fixes import mend
from charter.engine.review.publish import begin, seal
from charter.engine.review.review import review_programme
from charter.engine.review.what_if import what_if
from charter.engine.source.document import read_text
from hypothesis import given, settings
from hypothesis import strategies as st

from .programmes import ASOFT, SMALL, copy_of, edit, with_a_scenario
from .thorough import examples

TODAY = date(2026, 11, 24)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A folder with one release and a scenario of it."""
    return with_a_scenario(tmp_path / "program").parent


def codes(program: Path) -> list[str]:
    """The codes of the problems of all releases in a folder."""
    return [problem.code for problem in review_programme(program, TODAY)]


# A release begun ------------------------------------------------------------------------------------------------------


def test_a_release_is_begun_as_a_copy_that_keeps_comments_and_order(program: Path) -> None:
    path = program / "1.0.0" / "programme.yaml"
    path.write_text(path.read_text("utf-8") + "# kept\n", "utf-8")
    begun = begin(program, "1.1.0", None, date(2027, 1, 1), TODAY)
    for file in sorted((program / "1.0.0").rglob("*.yaml")):
        before, after = file.read_text("utf-8"), (begun.folder / file.relative_to(program / "1.0.0")).read_text("utf-8")
        changed = before.replace('"1.0.0"', '"1.1.0"').replace("2025-07-01", "2027-01-01")
        assert after == (changed if file.name == "programme.yaml" else before)
    assert codes(program) == []
    assert load(program, as_of=date(2026, 12, 31)).programme.release == "1.0.0"
    assert load(program, as_of=date(2027, 1, 1)).programme.release == "1.1.0"


def test_the_first_day_is_the_soonest_that_the_notice_allows(program: Path) -> None:
    assert begin(program, "1.1.0", None, None, TODAY).effective_from == date(2026, 11, 25)
    edit(program / "1.1.0", "programme.yaml", "languages", "notice_days: 30\nlanguages")
    assert begin(program, "1.2.0", "1.1.0", None, TODAY).effective_from == date(2026, 12, 24)
    assert begin(program, "1.3.0", "1.0.0", None, TODAY).copied_from.id == "1.0.0"


@pytest.mark.parametrize("number", ["1.0", "1.0.0", "01.0.0", "1.1.0.0", "../1.1.0", "", "v1.1.0", "1.1.9999999"])
def test_what_is_no_new_number_is_refused(program: Path, number: str) -> None:
    with pytest.raises(WrongCall):
        begin(program, number, None, None, TODAY)
    assert [path.name for path in program.iterdir()] == ["1.0.0"]


def test_what_editors_and_systems_leave_is_not_copied(program: Path) -> None:
    """Locks, hidden files and backups stay; a link becomes a file of its own; a mode is not kept."""
    release = program / "1.0.0"
    (release / ".#tiers.yaml").symlink_to("root@host.1")
    (release / "._tiers.yaml").write_bytes(b"\x00\x05")
    (release / ".git").mkdir()
    (release / "tiers.yaml~").write_text("tiers: {}", "utf-8")
    (release / "tiers.yaml").rename(program / "tiers.yaml")
    (release / "tiers.yaml").symlink_to("../tiers.yaml")
    (release / "facts.yaml").chmod(0o444)
    (release / "seal.json").write_text("{}", "utf-8")
    begun = begin(program, "1.1.0", None, date(2027, 1, 1), TODAY).folder
    assert not any(path.name.startswith(".") or path.name.endswith("~") for path in begun.iterdir())
    assert not (begun / "seal.json").exists()
    assert not (begun / "tiers.yaml").is_symlink()
    assert (begun / "facts.yaml").stat().st_mode & 0o200
    (release / "seal.json").unlink()
    assert codes(program) == []


@pytest.mark.parametrize("spoil", ["link", "pipe"])
def test_what_cannot_be_copied_is_named_and_nothing_is_begun(program: Path, spoil: str) -> None:
    path = program / "1.0.0" / "scenarios" / "more.yaml"
    path.symlink_to("nowhere") if spoil == "link" else os.mkfifo(path)
    before = sorted(program.rglob("*"))
    with pytest.raises(WrongCall, match=r"1\.0\.0/scenarios/more\.yaml' cannot be copied: "):
        begin(program, "1.1.0", None, None, TODAY)
    assert sorted(program.rglob("*")) == before


def test_the_lock_of_an_editor_does_not_keep_check_from_mending(program: Path) -> None:
    (program / "1.0.0" / ".#tiers.yaml").symlink_to("root@host.1")
    edit(program / "1.0.0", "tiers.yaml", "value: 15,", "value: 15%,")
    (mended,) = mend(program / "1.0.0")
    assert "value: 15," in mended.after


# A seal ---------------------------------------------------------------------------------------------------------------


def test_a_release_with_an_error_or_a_failing_scenario_is_not_sealed(program: Path) -> None:
    edit(program / "1.0.0", "scenarios/all.yaml", "expect: {status: qualified}", "expect: {status: not_qualified}")
    with pytest.raises(InvalidProgramme) as refused:
        seal(program, "1.0.0", TODAY)
    assert [problem.code for problem in refused.value.problems if problem.level == "error"] == ["scenario-differs"]
    edit(program / "1.0.0", "tiers.yaml", "people >= enough", "poeple >= enough")
    with pytest.raises(InvalidProgramme) as refused:
        seal(program, "1.0.0", TODAY)
    assert [problem.code for problem in refused.value.problems] == ["unknown-name"]
    assert not (program / "1.0.0" / "seal.json").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("tiers.yaml", "value: 15", "value: 20", "'tiers.gold.discount.value' is 20; the sealed release says 15"),
        ("tiers.yaml", "people >= enough", "people > enough", "rule' is 'people > enough'; the sealed release says"),
        ("facts.yaml", "default: false", "default: true", "'facts.audited.default' is true; the sealed release says"),
        ("bonuses.yaml", ", source: [s2]", ", source: [s2, s1]", "'bonuses.audit.source' is ['s2','s1']; the sealed"),
        ("benefits.yaml", "silver: 100", "silver: '100'", "silver' is '100'; the sealed release says 100"),
        ("facts.yaml", "minimum: 0, ", "", "'facts.revenue.minimum' is gone; the sealed release has it"),
        ("programme.yaml", "languages", "vendor: {en: V}\nlanguages", "'vendor' is new; the sealed release has it not"),
        ("facts.yaml", "minimum: 0, maximum: 1000000", "maximum: 1000000, minimum: 0", "stand in another order than"),
    ],
)
def test_a_change_of_a_sealed_release_is_named_at_its_place(
    program: Path, file: str, old: str, new: str, message: str
) -> None:
    seal(program, "1.0.0", TODAY)
    assert codes(program) == []
    edit(program / "1.0.0", file, old, new)
    with pytest.raises(InvalidProgramme) as refused:
        load(program)
    (problem,) = (candidate for candidate in refused.value.problems if candidate.code == "sealed-changed")
    assert message in problem.message
    assert problem.place.source.path.endswith(file)


def test_a_file_more_or_less_is_named(program: Path) -> None:
    seal(program, "1.0.0", TODAY)
    (program / "1.0.0" / "bonuses.yaml").unlink()
    (program / "1.0.0" / "terms.yaml").write_text("terms: {}\n", "utf-8")
    messages = [problem.message for problem in review_programme(program, TODAY) if problem.code == "sealed-changed"]
    assert sorted(messages) == [f"the file is {what} since the release was sealed" for what in ("gone", "new")]


def test_comments_blanks_and_quotes_may_change(program: Path) -> None:
    digest = seal(program, "1.0.0", TODAY).digest
    edit(program / "1.0.0", "tiers.yaml", "value: 15", "value:   15.00")
    edit(program / "1.0.0", "tiers.yaml", "title: {en: Gold}", 'title: {en: "Gold"}  # was decided in May')
    assert codes(program) == []
    again = seal(program, "1.0.0", date(2030, 1, 1))
    assert again.digest == digest
    assert json.loads((program / "1.0.0" / "seal.json").read_text())["sealed_on"] == "2026-11-24"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("sha256:", "sha256:0"),
        lambda text: "",
        lambda text: "[]",
        lambda text: "[" * 100_000,
        lambda text: text.replace('"files"', '"flies"'),
        lambda text: re.sub(r'"tiers": "[^"]*"', '"tiers": "AAAA"', text),
        lambda text: re.sub(r'"sealed_on": "[^"]*"', '"sealed_on": "May"', text),
    ],
)
def test_a_tampered_seal_is_no_seal(program: Path, spoil: object) -> None:
    seal(program, "1.0.0", TODAY)
    path = program / "1.0.0" / "seal.json"
    path.write_text(spoil(path.read_text()))
    assert codes(program) == ["broken-seal"]


def test_who_changes_the_digest_too_is_seen_by_check(program: Path) -> None:
    """The files in the seal are still the published ones."""
    seal(program, "1.0.0", TODAY)
    path = program / "1.0.0" / "seal.json"
    sealed = json.loads(path.read_text())
    edit(program / "1.0.0", "tiers.yaml", "value: 15", "value: 20")
    digest = load(copy_without_seal(program)).programme.digest
    path.write_text(json.dumps({**sealed, "digest": digest}))
    assert codes(program) == ["broken-seal"]


def copy_without_seal(program: Path) -> Path:
    """A copy of the release, unsealed."""
    copy = copy_of(program / "1.0.0", program.parent / "copy")
    (copy / "seal.json").unlink()
    return copy


def test_a_draft_after_a_sealed_release_is_in_force_on_no_day(program: Path) -> None:
    begin(program, "1.1.0", None, date(2026, 6, 1), TODAY)
    assert load(program, as_of=TODAY).programme.release == "1.1.0"  # nothing is published yet
    seal(program, "1.0.0", date(2025, 6, 1))
    assert load(program, as_of=TODAY).programme.release == "1.0.0"
    assert codes(program) == ["draft-overdue"]
    assert load(program, release="1.1.0").programme.release == "1.1.0"
    seal(program, "1.1.0", date(2026, 5, 1))
    assert load(program, as_of=TODAY).programme.release == "1.1.0"
    assert codes(program) == []


def test_releases_follow_each_other(program: Path) -> None:
    begin(program, "1.1.0", None, date(2026, 6, 1), TODAY)
    begin(program, "1.2.0", None, date(2026, 6, 1), TODAY)
    begin(program, "1.10.0", None, date(2026, 5, 1), TODAY)
    problems = review_programme(program, TODAY)
    assert [(problem.code, problem.message) for problem in problems] == [
        ("dates-out-of-order", "1.10.0 applies from 2026-05-01, before 1.2.0 does"),
        ("releases-overlap", "1.2.0 applies from 2026-06-01, as 1.1.0 does"),
    ]
    assert [related.message for related in problems[1].related] == ["1.1.0 applies from 2026-06-01"]


def test_a_folder_that_is_no_release_stops_nobody_and_is_told_by_check(program: Path) -> None:
    """One without programme.yaml, an empty one, what a killed command left; a hidden folder is somebody else's."""
    (program / "1.1.0").mkdir()
    copy_of(program / "1.0.0", program / "half").parent.rename(program / "1.2.0")
    copy_of(program / "1.0.0", program / ".1.3.0.0123abcd.charter-part")
    copy_of(program / "1.0.0", program / ".backup")
    (program / "records").mkdir()
    assert load(program, as_of=TODAY).programme.release == "1.0.0"
    problems = review_programme(program, TODAY)
    assert {(problem.code, problem.level) for problem in problems} == {("unfinished-release", "warning")}
    assert sorted(problem.message.partition("'")[2].partition("'")[0] for problem in problems) == [
        ".1.3.0.0123abcd.charter-part",
        "1.1.0",
        "1.2.0",
    ]
    (program / "1.2.0" / "programme.yaml").symlink_to("nowhere")  # it would begin on some day
    with pytest.raises(InvalidProgramme, match="cannot be read"):
        load(program, as_of=TODAY)


def test_files_that_change_while_they_are_checked_are_not_sealed(program: Path) -> None:
    """What would be sealed is no longer what was checked."""
    path = program / "1.0.0" / "tiers.yaml"
    command = [Path(sys.executable).parent / "charter", "seal", "1.0.0", "--program", program, "--as-of", "2025-06-01"]
    texts = [path.read_text("utf-8").replace("value: 15", f"value: 15.{number}") for number in range(1, 9)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            for text in texts:
                path.with_suffix(".new").write_text(text, "utf-8")
                path.with_suffix(".new").replace(path)
        message = process.communicate()[1]
    if process.returncode:
        assert process.returncode == 2, message
        assert "the files of '1.0.0' changed while they were checked" in message
    assert (program / "1.0.0" / "seal.json").exists() == (process.returncode == 0)


def test_readings_and_mutants_of_a_sealed_release_run(tmp_path: Path) -> None:
    """They change the release in memory only, so its seal does not refuse them."""
    program = copy_of(ASOFT, tmp_path / "program").parent
    seal(program, "1.0.0", TODAY)
    done = subprocess.run(
        [Path(sys.executable).parent / "charter", "readings", "--program", program, "--as-of", "2026-11-24"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "not taken: both" in done.stdout


# What if --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "changed"),
    [
        (
            "tiers.gold.discount=22",
            "-    discount: {value: 15, source: [s2]}\n+    discount: {value: 22, source: [s2]}",
        ),
        ("tiers.gold.discount.value=2.5", "+    discount: {value: 2.5, source: [s2]}"),
        (
            "bonuses.audit.percent.silver=3",
            "+  audit: {title: {en: Audited}, when: audited, percent: {silver: 3, gold: 1.5}",
        ),
        ("tiers.silver.requirements.sells=revenue > 9", "rule: revenue > 9, source: [s1]}"),
        ("tiers.silver.requirements.sells=max(revenue, 1) > 9", 'rule: "max(revenue, 1) > 9", source: [s1]}'),
        ("tiers.gold.requirements.productive=people >= 2", "+        rule: people >= 2\n"),
        ("tiers.gold.code=2", "+    code: 2\n     title: {en: Gold}"),
        ("facts.audited.default=true", "default: true}"),
        ("programme", None),
        ("tiers.gold.discont=22", None),
        ("tiers.gold.requirements=1", None),
        ("nothing.here=1", None),
        ("tiers.gold.discount.value.more=1", None),
        ("=1", None),
        ("tiers.gold.discount=", None),
        ("tiers.gold.discount={a: 1}", None),
    ],
)
def test_a_setting_is_what_its_patch_would_make(tmp_path: Path, setting: str, changed: str | None) -> None:
    from charter.engine.source.edit import patch, write_mended

    release = copy_of(SMALL, tmp_path)
    if changed is None:
        with pytest.raises((WrongCall, InvalidProgramme)):
            what_if(read_files(release), [setting]).load()
        return
    tried = what_if(read_files(release), [setting])
    assert changed in patch(tried.mended)
    digest = tried.load().programme.digest
    write_mended(tried.mended)
    assert load(release).programme.digest == digest


def test_an_outcome_says_that_it_is_one_of_a_what_if(tmp_path: Path) -> None:
    tried = what_if(
        read_files(copy_of(SMALL, tmp_path)), ["tiers.gold.discount=20", "bonuses.audit.percent.gold=2"]
    ).load()
    outcome = tried.evaluate({"partner": "P-1", "tier": "gold", "facts": {"audited": True}}, as_of=TODAY)
    assert outcome.release == "1.0.0 with tiers.gold.discount=20, bonuses.audit.percent.gold=2"
    assert outcome.of("gold").discount.uncapped == 22


@pytest.mark.thorough
@settings(max_examples=examples(100), deadline=None)
@given(st.one_of(st.decimals(0, 100, places=2).map(str), st.text(max_size=20)))
def test_any_value_is_set_as_written_or_refused(value: str) -> None:
    """Nothing else in the file changes."""
    files = read_files(SMALL)
    try:
        tried = what_if(files, [f"tiers.gold.title.en={value}"])
    except WrongCall:
        return
    before, after = files.documents["tiers"].data, tried.files.documents["tiers"].data
    meant = read_text(value.strip(), "")[0]
    assert after["tiers"]["gold"]["title"]["en"] in (meant.data if meant else None, value.strip())
    after["tiers"]["gold"]["title"]["en"] = "Gold"
    assert after == before
    assert Decimal(before["tiers"]["gold"]["discount"]["value"]) == 15


# Fixes ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("tiers.yaml", "value: 15,", "value: 15%,"),
        ("bonuses.yaml", "gold: 1.5", 'gold: "1,5"'),
        ("facts.yaml", "default: false", "default: no"),
        ("programme.yaml", 'release: "1.0.0"', 'release: "1.0.0"  # comment stays'),
        ("tiers.yaml", "people >= enough", "реople >= enough"),
        ("tiers.yaml", "people >= enough", "people ≥ enough"),
        ("tiers.yaml", "per_head >= 1000.5 and region", "per_head => 1000,5 && region"),
        ("bonuses.yaml", "when: audited", "when: audited == True"),
        ("tiers.yaml", "source: [s1]}\n  gold", "source: [ѕ1]}\n  gold"),
        ("benefits.yaml", "silver: false", "silver: no"),
        ("tiers.yaml", "{en: Gold}", "{en: Gоld}"),
        ("tiers.yaml", "{en: Gold}", "{en: Go\u200bld}"),
        ("bonuses.yaml", "percent:", "реrcent:"),
    ],
)
def test_what_is_certain_is_mended_and_nothing_else(tmp_path: Path, file: str, right: str, wrong: str) -> None:
    release = copy_of(SMALL, tmp_path)
    before = {path.name: path.read_bytes() for path in release.iterdir()}
    edit(release, file, right, wrong)
    spoilt = (release / file).read_text("utf-8")
    run = [Path(sys.executable).parent / "charter", "check", release]
    shown = subprocess.run([*run, "--diff"], capture_output=True, text=True, check=False, timeout=60)
    assert (release / file).read_text("utf-8") == spoilt
    done = subprocess.run([*run, "--fix"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout
    if "comment stays" in wrong or "== True" in wrong:
        assert (release / file).read_text("utf-8") == spoilt.replace("True", "true")
    else:
        assert {path.name: path.read_bytes() for path in release.iterdir()} == before
    assert shown.returncode == (0 if "comment stays" in wrong else 1)
    assert ("+++" in shown.stdout) == ("comment stays" not in wrong)


def test_a_text_that_a_rule_compares_with_is_not_rewritten(tmp_path: Path) -> None:
    """The letters of the compared text are mixed, as those of the records may be."""
    release = copy_of(SMALL, tmp_path)
    edit(release, "facts.yaml", "facts:\n", "facts:\n  town: {title: {en: Town}, kind: text}\n")
    edit(release, "tiers.yaml", "rule: people >= enough", "rule: people >= enough or town == 'Gоld'")
    problems = review_programme(release, TODAY)  # a partner of the town needs no people, of whom the rest is a share
    assert [problem.fix for problem in problems] == [None, None]
    assert {problem.code for problem in problems} == {"mixed-letters", "undefined-status"}


def test_what_is_doubtful_is_left(tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    edit(release, "tiers.yaml", "people >= enough", "poeple >= enough")
    spoilt = (release / "tiers.yaml").read_bytes()
    done = subprocess.run(
        [Path(sys.executable).parent / "charter", "check", release, "--fix"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert (release / "tiers.yaml").read_bytes() == spoilt


@pytest.mark.parametrize("words", ["Золото, новый уровень", "Золото, на", "Gold, and more"])
def test_half_of_a_text_with_a_comma_is_told_once_and_left(tmp_path: Path, words: str) -> None:
    """No letter of it is changed, though some look Latin."""
    release = copy_of(SMALL, tmp_path)
    edit(release, "tiers.yaml", "{en: Gold}", f"{{en: {words}}}")
    (problem,) = review_programme(release, TODAY)
    assert (problem.code, problem.fix) == ("bad-id", None)
    assert problem.help == "within { }, a text that holds a comma stands in quotes"
