"""The three programmes of other vendors: accepted, cited whole, and their scenarios come out as written."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
import simplejson
from charter import load
from charter.engine.evaluate.outcome_json import outcome_data
from charter.engine.evaluate.record import read_record
from charter.engine.release.load import read_release
from charter.engine.source.document import read_text

from ..programmes import ROOT
from ..published import validator

PROGRAMMES = sorted((ROOT / "examples" / "programmes").glob("*/1.0.0"))


def scenarios() -> list[object]:
    found = []
    for release in PROGRAMMES:
        for path in sorted((release / "scenarios").glob("*.yaml")):
            document, problems = read_text(path.read_text("utf-8"), path.name)
            assert not problems
            found += [
                pytest.param(path, scenario, id=f"{release.parent.name}: {name}")
                for name, scenario in document.data["scenarios"].items()
            ]
    return found


def matches(expected: object, found: object) -> bool:
    """Whether the outcome has all that is expected: maps may hold more, lists are as long."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(key in found and matches(it, found[key]) for key, it in expected.items())
    if isinstance(expected, list):
        return isinstance(found, list) and len(expected) == len(found) and all(map(matches, expected, found))
    return expected == found and isinstance(expected, bool) == isinstance(found, bool)


def test_the_programmes_are_there() -> None:
    assert [release.parent.name for release in PROGRAMMES] == ["hubspot", "marketplace", "microsoft", "odoo"]


@pytest.mark.parametrize("release", PROGRAMMES, ids=lambda path: path.parent.name)
def test_a_programme_has_no_problems_and_cites_every_clause(release: Path) -> None:
    programme, problems = read_release(release)
    assert problems == ()
    assert set(programme.clauses) == programme.cited
    assert "illustration" in programme.title["en"]


@pytest.mark.parametrize(("path", "scenario"), scenarios())
def test_a_scenario_comes_out_as_written(path: Path, scenario: dict) -> None:
    release = load(path.parent.parent)
    record = path.parent / scenario["record"]
    document, problems = read_text(record.read_text("utf-8"), record.name)
    assert not problems
    found, problems = read_record(document, release.programme)
    assert not problems
    outcome = outcome_data(release.evaluate(found, as_of=scenario["as_of"]))
    for key, expected in scenario["expect"].items():
        assert matches(expected, outcome[key]), (key, outcome[key])
    validator("outcome.schema.json").validate(json.loads(simplejson.dumps(outcome, use_decimal=True)))


@pytest.mark.parametrize("release", PROGRAMMES, ids=lambda path: path.parent.name)
def test_every_threshold_and_rate_of_a_clause_stands_in_the_data(release: Path) -> None:
    """A number that a clause states is written in some file of the rules."""
    rules = "".join(path.read_text("utf-8") for path in release.glob("*.yaml") if path.stem != "clauses")
    written = {Decimal(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", rules)}
    programme, _ = read_release(release)
    stated = {
        Decimal(number.replace(" ", ""))
        for clause in programme.clauses.values()
        for number in re.findall(r"\d{1,3}(?: \d{3})+|\d+", clause.title["en"])
    }
    assert stated - written <= {Decimal(100), Decimal(3)}
