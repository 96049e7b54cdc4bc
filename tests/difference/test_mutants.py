"""Every mutant of the programme: where a scenario's partner is hit, so is an outcome, and what is told is right."""

from __future__ import annotations

import pytest
from charter.engine.difference.partner_effects import Pair, differ_in_way, outcome_effects
from charter.engine.evaluate.evaluate import all_values
from charter.engine.release.load import load_files, read_files
from charter.engine.review.mutants import mutants
from charter.engine.review.scenarios import read_scenarios, scenario_outcomes
from charter.engine.values import Kind

from ..programmes import ASOFT
from .test_random_pairs import DAY


@pytest.mark.slow
def test_what_scenarios_show_of_mutants_is_found() -> None:
    files = read_files(ASOFT)
    release = load_files(files)
    scenarios = read_scenarios(ASOFT, release)
    before = {
        name: all_values(release.plan, outcome)
        for name, outcome in scenario_outcomes(release, scenarios).items()
        if not outcome.agreements
    }
    noticed = 0
    for mutant in mutants(files):
        after = scenario_outcomes(mutant.release, scenarios)
        rows = [
            (values, all_values(mutant.release.plan, after[name])) for name, values in before.items() if name in after
        ]
        for effect in outcome_effects(Pair(release, mutant.release, DAY)):
            ids = (effect.outcome.before, effect.outcome.after)
            for way, one in effect.ways.items():
                pairs = [
                    tuple(_value(values, id, effect.outcome.kind) for values, id in zip(row, ids, strict=True))
                    for row in rows
                ]
                if any(differ_in_way((a, b), way) for a, b in pairs):
                    noticed += 1
                    assert one.status == "yes", (mutant.id, effect.outcome, way)
    assert noticed > 200


def _value(values, id, kind):
    return values[id] if id else (False if kind is Kind.YES_NO else 0)
