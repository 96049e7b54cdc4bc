"""Where a mutant of the programme hits a scenario's partner, an outcome is hit, and what is said of it is right."""

from __future__ import annotations

from itertools import islice

import pytest
from charter.engine.difference.matched import matched
from charter.engine.difference.one_partner import Pair
from charter.engine.difference.partner_effects import outcome_effects
from charter.engine.difference.shown import differ_in_way
from charter.engine.language.run.interpret import interpret
from charter.engine.release.load import load_files, read_files
from charter.engine.review.mutants import mutants
from charter.engine.review.scenarios import read_scenarios, scenario_outcomes

from ..programmes import ASOFT
from ..surfaces.trials import EXAMPLES
from .test_random_pairs import DAY, lacks_facts


@pytest.mark.slow
def test_what_scenarios_show_of_mutants_is_found() -> None:
    files = read_files(ASOFT)
    release = load_files(files)
    scenarios = read_scenarios(ASOFT, release)
    before = {name: release.values(outcome) for name, outcome in scenario_outcomes(release, scenarios).items()}
    noticed = 0
    for mutant in islice(mutants(files), 0, None, 1 if EXAMPLES else 3):
        after = scenario_outcomes(mutant.release, scenarios)
        rows = [(values, mutant.release.values(after[name])) for name, values in before.items() if name in after]
        outcomes = [one for one in matched(release.programme, mutant.release.programme) if not one.of_order]
        for effect in outcome_effects(Pair(release, mutant.release, DAY), outcomes):
            trees = (effect.outcome.before, effect.outcome.after)
            for way, one in effect.ways.items():
                pairs = [
                    tuple(interpret(tree, values) for values, tree in zip(row, trees, strict=True)) for row in rows
                ]
                shown = [pair for pair in pairs if differ_in_way(pair, effect.outcome, way)]
                if shown:
                    noticed += 1
                    told = one.status == "yes" or (effect.shows("better", "worse") and all(map(lacks_facts, shown)))
                    assert told, (mutant.id, effect.outcome, way)
    assert noticed > (200 if EXAMPLES else 60)
