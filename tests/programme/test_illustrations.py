"""The programmes of other vendors: accepted, cited whole, and their scenarios come out as written."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import simplejson
from charter import Release, load
from charter.engine.evaluate.outcome_json import outcome_data
from charter.engine.release.load import read_release
from charter.engine.review.scenarios import Scenario, read_scenarios

from ..programmes import ROOT
from ..published import validator

PROGRAMMES = sorted((ROOT / "examples" / "programmes").glob("*/1.0.0"))


def scenarios() -> list[object]:
    found = []
    for folder in PROGRAMMES:
        release = load(folder)
        name = folder.parent.name
        found += [
            pytest.param(release, scenario, id=f"{name}: {scenario.id}") for scenario in read_scenarios(folder, release)
        ]
    return found


def matches(expected: object, found: object) -> bool:
    """Whether the outcome has all that is expected: maps may hold more, lists are as long.

    A map may stand for a list of rows: its keys are their ids. A number or a text may stand for a row: for its
    value, its amount, its percentage, its status or its id.
    """
    if isinstance(expected, dict):
        found = {row["id"]: row for row in found} if isinstance(found, list) else found
        return isinstance(found, dict) and all(key in found and matches(it, found[key]) for key, it in expected.items())
    if isinstance(expected, list):
        return isinstance(found, list) and len(expected) == len(found) and all(map(matches, expected, found))
    if isinstance(found, dict):
        return any(
            key in found and matches(expected, found[key]) for key in ("value", "amount", "percent", "status", "id")
        )
    expected = expected.isoformat() if isinstance(expected, date) else expected
    return expected == found and isinstance(expected, bool) == isinstance(found, bool)


def test_the_programmes_are_those_of_the_readme() -> None:
    table = (ROOT / "examples" / "programmes" / "README.md").read_text("utf-8")
    listed = re.findall(r"^\| \[([a-z-]+)\]\(\1\) ", table, re.MULTILINE)
    assert sorted(listed) == [release.parent.name for release in PROGRAMMES]
    assert len(listed) == 12


@pytest.mark.parametrize("release", PROGRAMMES, ids=lambda path: path.parent.name)
def test_a_programme_has_no_problems_and_cites_every_clause(release: Path) -> None:
    programme, problems = read_release(release)
    assert problems == ()
    assert set(programme.clauses) == programme.cited
    assert "illustration" in programme.title["en"]


@pytest.mark.parametrize(("release", "scenario"), scenarios())
def test_a_scenario_comes_out_as_written(release: Release, scenario: Scenario) -> None:
    outcome = outcome_data(release.evaluate(scenario.record, as_of=scenario.as_of))
    for key, expected in scenario.expect.items():
        assert matches(expected, outcome[key]), (key, outcome[key])
    validator("outcome.schema.json").validate(json.loads(simplejson.dumps(outcome, use_decimal=True)))


@pytest.mark.parametrize("release", PROGRAMMES, ids=lambda path: path.parent.name)
def test_every_threshold_and_rate_of_a_clause_stands_in_the_data(release: Path) -> None:
    """A number that a clause states is written in some file of the rules."""
    rules = "".join(path.read_text("utf-8") for path in release.glob("*.yaml") if path.stem != "clauses")
    written = {Decimal(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", rules)}
    programme, _ = read_release(release)
    stated = {
        Decimal(re.sub("[ ,]", "", number))
        for clause in programme.clauses.values()
        for number in re.findall(r"(?:\d{1,3}(?:[ ,]\d{3})+|\d+)(?:\.\d+)?", clause.title["en"])
    }
    no_limits = {
        Decimal(100),
        Decimal(3),
        Decimal(2025),
    }  # a whole, a way of counting, the year before a programme began
    assert stated - written <= no_limits
