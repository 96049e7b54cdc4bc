"""Holds what `check` says of conditions to trying every partner of a small world: always, never, masked."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from charter.engine.language.parse import Scope, parse
from charter.engine.language.run.interpret import interpret
from charter.engine.language.symbols import Symbol
from charter.engine.language.syntax import Text
from charter.engine.problems import Problem, Source
from charter.engine.review.review import review
from charter.engine.values import Kind, Value
from hypothesis import given, settings
from hypothesis import strategies as st

from .thorough import examples

FILES = {
    "programme": """id: world
release: "1.0.0"
title: {en: World}
languages: [en]
effective: {from: 2026-03-01}
""",
    "clauses": "sections: {all: {title: {en: All}}}\nclauses: {c: {section: all, title: {en: A clause.}}}\n",
    "facts": """facts:
  n: {title: {en: N}, kind: count, maximum: 3}
  m: {title: {en: M}, kind: count, maximum: 2}
  a: {title: {en: A}, kind: yes_no}
  c: {title: {en: C}, kind: choice, choices: {x: {title: {en: X}}, y: {title: {en: Y}}}}
""",
    "tiers": "award: highest\ntiers: {member: {title: {en: Member}, source: [c]}}\n",
}
SCOPE = Scope({"n": Symbol("n", Kind.COUNT), "m": Symbol("m", Kind.COUNT), "a": Symbol("a", Kind.YES_NO),
               "c": Symbol("c", Kind.CHOICE, choices=("x", "y"))})  # fmt: skip
PARTNERS = [
    dict(zip("nmac", facts, strict=True))
    for facts in product(map(Decimal, range(4)), map(Decimal, range(3)), (True, False), ("x", "y"))
]


def write(folder: Path, **files: str) -> Path:
    """A release in the folder, of the small world's files and these."""
    for kind, text in {**FILES, **files}.items():
        (folder / f"{kind}.yaml").write_text(text, "utf-8")
    return folder


def one_rule(rule: str, award: str = "highest") -> str:
    """The tiers: one, with this requirement."""
    requirement = f'{{r: {{title: {{en: R}}, rule: "{rule}", source: [c]}}}}'
    return f"award: {award}\ntiers: {{top: {{title: {{en: Top}}, requirements: {requirement}}}}}\n"


def value_of(text: str, partner: Mapping[str, Value]) -> Value:
    """The value of an expression for a partner who states all facts."""
    tree, problems = parse(Text(Source("f", text), text, range(len(text) + 1)), SCOPE)
    assert tree is not None, problems
    return interpret(tree, partner)


def at(problem: Problem) -> str:
    """The text that the problem marks."""
    assert problem.place is not None
    return problem.place.source.text[problem.place.start : problem.place.end]


comparisons = st.one_of(
    st.tuples(st.sampled_from(["n", "m"]), st.sampled_from([">=", ">", "<", "<=", "=="]),
              st.sampled_from(["0", "1", "3", "4", "m"])).map(" ".join),
    st.tuples(st.sampled_from(["share(n, m)", "n / m"]), st.sampled_from([">=", "<"]), st.sampled_from(["0", "50"]))
    .map(" ".join),
    st.tuples(st.just("c"), st.sampled_from(["in", "not in"]), st.sampled_from(["('x', 'y')", "('x',)", "('y')"]))
    .map(" ".join),
    st.tuples(st.just("n"), st.sampled_from(["in", "not in"]), st.sampled_from(["(1, 7)", "(7, 8)", "(0, 1, 2, 3)"]))
    .map(" ".join),
    st.just("a"),
)  # fmt: skip
conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda text: f"not ({text})"),
    ),
    max_leaves=3,
)


@pytest.mark.parametrize("solver", [True, False])
@pytest.mark.thorough
@settings(max_examples=examples(60), deadline=None)
@given(rule=conditions)
def test_always_and_never_are_what_trying_every_partner_shows(solver: bool, rule: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        problems = review(write(Path(folder), tiers=one_rule(f"a or {rule}")), solver=solver)
    for problem in problems:
        if problem.code == "constant-condition" and "option" not in problem.message:
            values = [value_of(at(problem), partner) for partner in PARTNERS]
            assert all(value is True for value in values) if "always" in problem.message else True not in values, rule
    whole = [value_of(rule, partner) for partner in PARTNERS]
    if solver and (all(value is True for value in whole) or True not in whole):
        assert any(problem.code in ("constant-condition", "repeated-condition") for problem in problems), rule


@pytest.mark.parametrize(
    ("rule", "marked", "words"),
    [
        ("c not in ('x', 'y')", "c not in ('x', 'y')", "never true"),
        ("c in ('x', 'y')", "c in ('x', 'y')", "always true"),
        ("n not in (7, 8)", "n not in (7, 8)", "always true"),
        ("n not in (1, 7)", "7", "option never occurs"),
        ("not (n > 7)", "n > 7", "never true"),
    ],
)
def test_the_caret_stands_under_what_is_meant(tmp_path: Path, rule: str, marked: str, words: str) -> None:
    word = "or" if "never" in words else "and"
    problems = review(write(tmp_path, tiers=one_rule(f"a {word} {rule}")))
    told = [problem for problem in problems if problem.code == "constant-condition"]
    assert [at(problem) for problem in told] == [marked]
    assert words in told[0].message


@pytest.mark.parametrize("rule", ["share(n, m) >= 0", "n / m >= 0", "days_between(held_since, as_of) > -1000000"])
def test_a_condition_that_may_be_undefined_is_not_always_true(tmp_path: Path, rule: str) -> None:
    codes = {problem.code for problem in review(write(tmp_path, tiers=one_rule(f"a or {rule}", "signed")))}
    assert "constant-condition" not in codes


OF_ITSELF = """
lists:
  sales:
    title: {en: Sales}
    fields:
      amount: {title: {en: Amount}, kind: number}
      day: {title: {en: Day}, kind: date, none: {en: never}}
      region: {title: {en: Region}, kind: choice, choices: {x: {title: {en: X}}, y: {title: {en: Y}}}}
    values: {both: {title: {en: Both}, kind: number, take: sum, of: amount, over: sales, where: "%s", source: [c]}}
"""


@pytest.mark.parametrize("solver", [True, False])
@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("region == region", ("always true", "region == region", "own(region)")),
        ("amount > 0 and region != region", ("never true", "region != region", "own(region)")),
        ("amount > amount", ("never true", "amount > amount", "own(amount)")),
        ("amount + n >= amount + n", ("always true", "amount + n >= amount + n", "own(amount)")),
        ("n == n", ("always true", "n == n", None)),
        ("own(amount) >= own(amount)", ("always true", "own(amount) >= own(amount)", None)),
        ("year(day) == year(day)", ("true wherever it is defined", "year(day) == year(day)", "own(day)")),
        ("region == own(region)", None),
        ("region == c", None),
        ("year(day) == year(own(day))", None),
    ],
)
def test_a_comparison_of_a_value_with_itself_is_told(
    tmp_path: Path, where: str, expected: tuple[str, str, str | None] | None, solver: bool
) -> None:
    folder = write(tmp_path, facts=FILES["facts"] + OF_ITSELF % where)
    problems = [problem for problem in review(folder, solver=solver) if problem.code == "constant-condition"]
    assert len(problems) == (1 if expected else 0)
    for problem, (words, marked, own) in zip(problems, [expected] if expected else [], strict=True):
        assert (words in problem.message, at(problem)) == (True, marked)
        assert own in str(problem.help) if own else "own(" not in str(problem.help)


@pytest.mark.parametrize(
    ("rule", "told"),
    [("c == c", True), ("held_since == held_since", True), ("n / m == n / m", True), ("n == m", False)],
)
def test_a_partner_s_value_and_itself(tmp_path: Path, rule: str, told: bool) -> None:
    problems = review(write(tmp_path, tiers=one_rule(f"a and {rule}", "signed")), solver=False)
    assert ("constant-condition" in {problem.code for problem in problems}) is told


def test_a_requirement_that_may_be_undefined_is_not_implied(tmp_path: Path) -> None:
    """Whoever has n >= 1 has a share over 0, but where m is 0 there is none."""
    tiers = """award: highest
tiers:
  top:
    title: {en: Top}
    requirements:
      first: {title: {en: First}, rule: n >= 1, source: [c]}
      second: {title: {en: Second}, rule: "share(n, m) > 0", source: [c]}
"""
    problems = review(write(tmp_path, tiers=tiers))
    told = [problem.message for problem in problems if problem.code == "implied-requirement"]
    assert told == ["'first' is met wherever 'second' is, and asks for nothing more"]


@pytest.mark.parametrize(("day", "odd"), [("2026-02-01", "never"), ("2026-02-28", "never"), ("2026-03-01", None)])
def test_days_before_the_release_do_not_count(tmp_path: Path, day: str, odd: str | None) -> None:
    """The release is in force from 1 March 2026 on."""
    problems = review(write(tmp_path, tiers=one_rule(f"a or as_of <= date('{day}')")))
    told = [problem.message for problem in problems if problem.code == "constant-condition"]
    assert [odd in message for message in told] == ([True] if odd else [])


def test_an_example_names_its_day_where_the_day_matters(tmp_path: Path) -> None:
    definitions = """definitions:
  late: {title: {en: Late}, kind: yes_no, value: "as_of >= date('2031-01-01')", source: [c]}
  some: {title: {en: Some}, kind: yes_no, value: n > 0, source: [c]}
"""
    claims = """claims:
  never_late: {title: {en: Never}, always: not late, source: [c]}
  never_some: {title: {en: None}, always: not some, source: [c]}
"""
    problems = review(write(tmp_path, definitions=definitions, claims=claims))
    told = [problem.message for problem in problems if problem.code == "claim-broken"]
    assert [" on 20" in message for message in told] == [True, False], told
