"""Every mutant of the programme: where a scenario's partner is hit, so is an outcome, and what is told is right."""

from __future__ import annotations

import pytest
from charter.engine.difference.matched import matched
from charter.engine.difference.one_partner import Pair
from charter.engine.difference.partner_effects import differ_in_way, outcome_effects
from charter.engine.evaluate.evaluate import all_values
from charter.engine.language.run.interpret import interpret
from charter.engine.release.load import load_files, read_files
from charter.engine.review.mutants import mutants
from charter.engine.review.scenarios import read_scenarios, scenario_outcomes

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
        outcomes = [one for one in matched(release.programme, mutant.release.programme) if not one.of_order]
        for effect in outcome_effects(Pair(release, mutant.release, DAY), outcomes):
            trees = (effect.outcome.before, effect.outcome.after)
            for way, one in effect.ways.items():
                pairs = [
                    tuple(interpret(tree, values) for values, tree in zip(row, trees, strict=True)) for row in rows
                ]
                if any(differ_in_way((a, b), effect.outcome, way) for a, b in pairs):
                    noticed += 1
                    told_by_those_who_state_it = way == "other" and effect.shows("better", "worse")
                    assert one.status == "yes" or told_by_those_who_state_it, (mutant.id, effect.outcome, way)
    assert noticed > 200
