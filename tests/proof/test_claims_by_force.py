"""No verdict on a claim about all partners is contradicted by a partner, and examples are partners who show it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from charter import Release
from charter.engine.language.run.interpret import interpret
from charter.engine.language.tree import names
from charter.engine.problems import InvalidProgramme
from charter.engine.programme.claims import Always, Extreme, NeverChanges, NeverLowers, Possible
from charter.engine.programme.value_bounds import known_bounds
from charter.engine.proof.budget import Budget
from charter.engine.proof.claims_by_bounds import ClaimVerdict, check_claims, claim_problem
from charter.engine.proof.claims_by_solver import prove_claims
from charter.engine.proof.decide import Setting
from charter.engine.proof.satisfiability import ConditionSolver
from charter.engine.values import Unknown
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ..cli import charter_json
from ..small_world import world, write
from .small_programmes import DAY, Record, conditions, known_values, partners, programmes, values, values_of

FIRST_DAY = date(2020, 1, 1)  #: of the releases
DAYS = (FIRST_DAY, date(2020, 5, 31), DAY)
days = st.sampled_from(["as_of >= date('2020-01-01')", "as_of > date('2020-01-01')", "as_of < date('2019-12-31')"])
claimed = st.one_of(conditions, conditions, st.builds("{} or {}".format, conditions, days), days)


@st.composite
def claims(draw: st.DrawFn) -> str:
    """A claim of each form."""
    number = draw(st.sampled_from(["0", "1", "2", "3", "6", "-1"]))
    fact = draw(st.sampled_from(["n", "z", "y", "u", "c"]))
    more = draw(st.sampled_from(["n", "z", "y", "u"]))
    value = draw(st.sampled_from(["qualified('gold')", "worth", "how_many", "n + z"]))
    forms = {
        "always": f'always: "{draw(claimed)}"',
        "possible": f'possible: "{draw(claimed)}"',
        "greatest": f"greatest: worth, is: {number}",
        "least": f"least: worth, is: {number}",
        "lowers": f"more: [{more}], never_lowers: [\"{value}\"]",
        "changes": f"whatever: [{fact}], never_changes: [\"{value}\"]",
    }  # fmt: skip
    return "claims:\n" + "".join(f"  {id}: {{title: {{en: C}}, {form}, source: [c]}}\n" for id, form in forms.items())


@settings(max_examples=15, deadline=None)
@given(programmes(), claims(), st.integers(0, 10**6))
def test_no_partner_contradicts_a_verdict(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, str], text: str, seed: int
) -> None:
    try:
        release = world(tmp_path_factory.mktemp("claims"), **files, claims=text)
    except InvalidProgramme as refused:  # a claim may compare what cannot be compared
        assume(not refused.problems)
        raise
    chance = random.Random(seed)
    some = [*partners(release, chance, 60), *partners(release, chance, 20, missing=0.2)]
    rows = [(partner, values(release, partner, chance.choice(DAYS))) for partner in some]
    by_solver = list(prove_claims(Setting(release, date(2010, 1, 1), 1), {}))
    for verdict in (*by_solver, *check_claims(release, {})):
        match verdict.claim.assertion:
            case Always(condition):
                results = [interpret(condition, row) for _, row in rows]
                assert verdict.status != "proved" or False not in results
            case Possible(condition):
                results = [interpret(condition, row) for _, row in rows]
                assert verdict.status != "refuted" or True not in results
            case Extreme():
                assert_extreme(verdict, [row for _, row in rows])
            case NeverLowers() | NeverChanges():
                assert verdict.status != "proved" or not is_broken(release, verdict, rows, chance)
    for verdict in by_solver:
        assert_shown(release, verdict)


def assert_extreme(verdict: ClaimVerdict, rows: Sequence[dict[str, Any]]) -> None:
    value, wanted, form = verdict.claim.assertion
    mark, sign = interpret(wanted, {}), 1 if form == "greatest" else -1
    numbers = known_values([interpret(value, row) for row in rows])
    if verdict.status == "proved":
        assert all(sign * number <= sign * mark for number in numbers)
    if verdict.bound is not None:
        assert all(sign * number <= sign * verdict.bound for number in numbers)
    if verdict.status == "refuted" and not verdict.partners:
        assert not any(number == mark for number in numbers)


def is_broken(
    release: Release, verdict: ClaimVerdict, rows: Sequence[tuple[Record, Any]], chance: random.Random
) -> bool:
    """Whether a partner is found whose value falls, or changes, with another value of the fact alone."""
    (id,), (tree,), form = verdict.claim.assertion
    for partner, row in rows:
        for value in values_of(release.programme.facts[id]):
            before, fact = interpret(tree, row), partner["facts"].get(id)
            other = {**partner, "facts": {**partner["facts"], id: value}}
            after = interpret(tree, values(release, other, row["as_of"]))
            if len(known_values([before, after])) < 2 or fact is None:
                continue
            if before != after if form == "never_changes" else value >= fact and after < before:
                return True
    return False


def assert_shown(release: Release, verdict: ClaimVerdict) -> None:
    """The solver's partners are on days of the release, within their bounds, and show what they are to show."""
    shown = [example.values(release) for example in verdict.partners]
    assert all(example.as_of >= FIRST_DAY for example in verdict.partners)
    problem = claim_problem(verdict, release.programme, solver=True)
    match verdict.claim.assertion, verdict.status:
        case Always(condition), "refuted":
            assert [interpret(condition, row) for row in shown] == [False]
            assert problem is not None
            of_day = any(name.id == "as_of" for name in names(condition))
            assert (f"on {verdict.partners[0].as_of}" in problem.message) == of_day
        case Possible(condition), "proved":
            assert [interpret(condition, row) for row in shown] == [True]
        case Extreme(value, wanted), "proved" | "refuted" if shown:
            (number,), mark = [interpret(value, row) for row in shown], interpret(wanted, {})
            assert number == verdict.attained
            assert verdict.status == "refuted" or number == mark
        case NeverLowers(_, (tree,)), "refuted":
            before, after = (interpret(tree, row) for row in shown)
            assert after < before
        case NeverChanges(_, (tree,)), "refuted":
            before, after = (interpret(tree, row) for row in shown)
            assert before != after
            assert not isinstance(before, Unknown)


@settings(max_examples=15, deadline=None)
@given(programmes(), st.integers(0, 10**6))
def test_a_condition_is_what_the_solver_says_it_can_be(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, str], seed: int
) -> None:
    release, chance = world(tmp_path_factory.mktemp("conditions"), **files), random.Random(seed)
    deciding = ConditionSolver(release.programme, known_bounds(release.programme, agreements=True), Budget())
    rows = [values(release, partner) for partner in partners(release, chance, 120)]
    trees = [value.expression for value in release.programme.values.values() if value.kind == "yes_no"]
    for tree in trees:
        assert set(known_values([interpret(tree, row) for row in rows])) <= deciding.truths(tree)
    for row in rows:
        holding = [tree for tree in trees if interpret(tree, row) is True]
        assert deciding.may_hold(*holding)


# Days -----------------------------------------------------------------------------------------------------------------


def test_days_before_the_release_do_not_count_and_an_example_names_its_day(tmp_path: Path) -> None:
    facts = "facts: {n: {title: {en: N}, kind: count}}\n"
    definitions = """
definitions:
  late: {title: {en: Late}, kind: number, value: "3 if as_of < date('2020-01-01') else 1", source: [c]}
"""
    text = """
claims:
  never_before: {title: {en: C}, always: "as_of >= date('2020-01-01')", source: [c]}
  none_before: {title: {en: C}, possible: "as_of < date('2020-01-01')", source: [c]}
  one: {title: {en: C}, greatest: late, is: 1, source: [c]}
  few: {title: {en: C}, always: "n < 3 or as_of < date('2021-02-03')", source: [c]}
"""
    write(tmp_path, facts=facts, definitions=definitions, claims=text)
    release = world(tmp_path, facts=facts, definitions=definitions, claims=text)
    for day in (date(2015, 1, 1), date(2020, 1, 1), DAY):
        verdicts = list(prove_claims(Setting(release, day), {}))
        assert [verdict.status for verdict in verdicts] == ["proved", "refuted", "proved", "refuted"]
        (example,) = verdicts[-1].partners
        assert (example.as_of, example.facts) == (max(day, date(2021, 2, 3)), {"n": Decimal(3)})
    answer = charter_json(
        "prove", "few", "--program", tmp_path, "--release", "1.0.0", "--as-of", "2015-01-01", code=1,
        schema="proof.schema.json",
    )  # fmt: skip
    assert answer["claims"][0]["partners"][0]["as_of"] == "2021-02-03"
