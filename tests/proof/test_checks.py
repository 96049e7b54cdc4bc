"""The checks report redundant and impossible rules that only the solver finds, and report nothing that is untrue."""

from __future__ import annotations

from pathlib import Path

import pytest
from charter import Release
from charter.engine.language.run.interpret import interpret
from charter.engine.programme.value_bounds import known_bounds
from charter.engine.proof.budget import Budget
from charter.engine.proof.satisfiability import ConditionSolver
from charter.engine.review.review import review

from ..portfolio.portfolios import TODAY, random_partners
from ..random_facts import NAMED, RELEASES
from ..small_world import write

FACTS = """
facts:
  people: {title: {en: People}, kind: count}
  projects: {title: {en: Projects}, kind: count}
  revenue: {title: {en: Revenue}, kind: money, minimum: 0}
  level: {title: {en: Level}, kind: choice, choices: {low: {title: {en: L}}, high: {title: {en: H}}}}
"""
TIERS = """
tiers:
  gold:
    title: {en: Gold}
    discount: {value: 10, source: [c]}
    requirements:
      one: {title: {en: One}, rule: "people + projects >= 4", source: [c]}
      two: {title: {en: Two}, rule: "%s", source: [c]}
  silver: {title: {en: Silver}, requirements: {level: {title: {en: L}, rule: "level == 'low'", source: [c]}}}
"""
BONUSES = "bonuses: {staff: {title: {en: Staff}, when: '%s', percent: {gold: 5}, source: [c]}}\n"
DEFINITIONS = """
definitions:
  size: {title: {en: Size}, kind: choice, choices: {s: {title: {en: S}}, m: {title: {en: M}}, l: {title: {en: L}}},
    value: "%s", source: [c]}
  big: {title: {en: Big}, kind: yes_no, value: size == 'm', source: [c]}
"""


def problems_of(
    tmp_path: Path, *, solver: bool = True, rule: str = "revenue > 5", **files: str
) -> set[tuple[str, str]]:
    folder = write(tmp_path, facts=FACTS, tiers=TIERS % rule, **files)
    problems = review(folder, solver=solver)
    return {
        (problem.code, problem.message) for problem in problems if problem.code not in ("unused-fact", "uncited-clause")
    }


@pytest.mark.parametrize(
    ("rule", "code", "message"),
    [
        ("projects < 3 and people < 1 and revenue > 1", "unreachable-tier", "no partner can reach the tier 'gold'"),
        ("people >= 2 or (projects >= 9 and revenue > 1)", None, ""),
        ("people + projects >= 3", "implied-requirement", "'two' is met wherever 'one' is, and asks for nothing more"),
        ("people * 2 >= 8 - projects * 2", "implied-requirement", "'one' is met wherever 'two' is"),
        ("revenue > 5 or people + projects > people", None, ""),
        ("revenue >= 5 or revenue + 1 <= 6", "constant-condition", "this is always true, for every partner"),
        ("revenue > 7 and (level == 'low' or level == 'high')", "constant-condition", "this is always true"),
    ],
)
def test_requirements(rule: str, code: str | None, message: str, tmp_path: Path) -> None:
    problems = problems_of(tmp_path, rule=rule)
    if code is None:
        assert problems == set()
        return
    ((found_code, found_message),) = problems
    assert found_code == code
    assert found_message.startswith(message)
    assert problems_of(tmp_path, rule=rule, solver=False) == set()


def test_a_bonus_that_nobody_earns(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, bonuses=BONUSES % "people > projects and projects > people + 1")
    assert ("unearnable-bonus", "nobody can earn the bonus 'staff': this never holds") in problems


@pytest.mark.parametrize(
    ("value", "never"),
    [
        ("'s' if revenue < 10 else 'm' if revenue < 9 else 'l'", "'size' is never 'm', for any partner"),
        ("'s' if people + 1 > 0 else 'm' if revenue < 9 else 'l'", None),
    ],
)
def test_an_option_that_is_never_taken(value: str, never: str | None, tmp_path: Path) -> None:
    messages = {message for _, message in problems_of(tmp_path, definitions=DEFINITIONS % value)}
    assert never is None or never in messages


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES, ids=NAMED)
def test_what_is_so_of_a_partner_can_be_so(release: Release) -> None:
    """Whatever random partners make of conditions, the solver holds for possible."""
    programme = release.programme
    deciding = ConditionSolver(programme, known_bounds(programme, agreements=True), Budget())
    seen: dict[str, set[bool]] = {}
    for record in random_partners(release, 60, seed=3, lists=list(programme.lists)):
        values = release.values(release.evaluate(record, as_of=TODAY))
        for id, value in programme.values.items():
            if value.kind == "yes_no" and value.list is None and isinstance(values.get(id), bool):
                assert interpret(value.expression, values) in (True, False)
                seen.setdefault(id, set()).add(values[id])
    for id, truths in seen.items():
        assert truths <= deciding.truths(programme.values[id].expression), id
