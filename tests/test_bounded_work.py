"""The work of checks, scenarios and verification grows with their input; it is bounded, and what is left is told.

Work is counted, not timed: calls of Python's functions, and what Z3 counts as resources.
"""

from __future__ import annotations

import gc
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from charter.engine.language.bounds.bounds import truths
from charter.engine.language.bounds.spans import Span, redundant_parts, spans_by_value
from charter.engine.language.tree import And, Compare, Expression, Literal, Name, Not, Or
from charter.engine.problems import Problem
from charter.engine.programme.definedness import undefinable
from charter.engine.programme.value_bounds import known_bounds
from charter.engine.proof.budget import Budget
from charter.engine.proof.redundancy import implied
from charter.engine.proof.satisfiability import ConditionSolver
from charter.engine.release.archive import read_archive
from charter.engine.release.load import load_files, read_files
from charter.engine.review.checks.all_checks import check_all
from charter.engine.review.checks.progress import Progress, unfinished
from charter.engine.review.findings import scenario_run
from charter.engine.review.mutants import mutants, survivors
from charter.engine.review.scenarios import read_scenarios
from charter.engine.values import Kind
from charter.engine.verify.certificate import read_saved
from charter.engine.verify.verify import is_same_again, verify_saved

from .cli import charter
from .programmes import ROOT, SMALL, copy_of
from .small_world import write

TIER = "award: highest\ntiers:\n  gold:\n    title: {{en: Gold}}\n    requirements:\n{rules}"
DECIMAL_0, HALF = Decimal(0), Decimal("0.5")


def rule(id: str, text: str) -> str:
    return f'      {id}: {{title: {{en: R}}, rule: "{text}", source: [c]}}\n'


def facts(count: int) -> str:
    return "facts:\n" + "".join(f"  n{i}: {{title: {{en: N}}, kind: count}}\n" for i in range(count))


def thresholds(count: int) -> dict[str, str]:
    return {"facts": facts(1), "tiers": TIER.format(rules="".join(rule(f"r{i}", f"n0 > {i}") for i in range(count)))}


def many_facts(count: int) -> dict[str, str]:
    rules = "".join(rule(f"r{i}", f"n{i} > {i}") for i in range(count))
    return {"facts": facts(count), "tiers": TIER.format(rules=rules)}


def sums_of_two(count: int) -> dict[str, str]:
    chance = random.Random(1)
    rules = (rule(f"r{i}", f"n{i % 7} + n{(i + 1) % 7} > {chance.randrange(90)}") for i in range(count))
    return {"facts": facts(7), "tiers": TIER.format(rules="".join(rules))}


def chain(count: int) -> dict[str, str]:
    lines = (
        f"  d{i}: {{title: {{en: D}}, kind: yes_no, value: {text}, source: [c]}}"
        for i in range(count)
        for text in [f"d{i - 1} or n0 > {3 * i}" if i else "n0 > 0"]
    )
    last = rule("r", f"d{count - 1}")
    return {
        "facts": facts(1),
        "definitions": "definitions:\n" + "\n".join(lines) + "\n",
        "tiers": TIER.format(rules=last),
    }


def tables(count: int) -> dict[str, str]:
    rows = ", ".join(f"{10 * row}: {row}" for row in range(6))
    lines = (
        f"  d{i}: {{title: {{en: D}}, kind: percent, value: {{band: n{i}, rows: {{{rows}}}}}, source: [c]}}"
        for i in range(count)
    )
    return {"facts": facts(count), "definitions": "definitions:\n" + "\n".join(lines) + "\n"}


def one_long_rule(count: int) -> dict[str, str]:
    return {
        "facts": facts(1),
        "tiers": TIER.format(rules=rule("r", " and ".join(f"n0 > {i}" for i in range(count)))),
    }


def options(count: int) -> dict[str, str]:
    choices = ", ".join(f"o{i}: {{title: {{en: O}}}}" for i in range(count))
    listed = ", ".join(f"'o{i}'" for i in range(0, count, 2))
    return {
        "facts": f"facts:\n  c0: {{title: {{en: C}}, kind: choice, choices: {{{choices}}}}}\n",
        "tiers": TIER.format(rules=rule("r", f"c0 in ({listed})")),
    }


def calls(do: Callable[[], object]) -> int:
    """How many functions of Python are called."""
    count = 0

    def counting(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(counting)
    try:
        do()
    finally:
        sys.setprofile(None)
    return count


def checked(folder: Path, units: int | None = None) -> tuple[list[Problem], Budget]:
    """What the checks find in a release, and the budget that they leave."""
    release = load_files(read_files(folder))
    budget = Budget() if units is None else Budget(units)
    progress = Progress(budget)
    problems = list(check_all(release, progress))
    place = release.files.documents["programme"].place(("release",))
    return [*problems, *unfinished(progress, release.programme.release, place)], budget


def works_of_checks(folders: Sequence[Path]) -> tuple[list[int], list[int]]:
    """How many functions of Python the checks of each release call, and what Z3 counts.

    In a process of its own: which of several models Z3 gives, and so how much is left to ask, depends on all that the
    process asked it before.
    """
    script = "import sys; from tests.test_bounded_work import work_of_checks as work; print(*map(work, sys.argv[1:]))"
    command = [sys.executable, "-c", script, *map(str, folders)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    counts = [work.split(",") for work in done.stdout.split()]
    return [int(python) for python, _ in counts], [int(solver) for _, solver in counts]


def work_of_checks(folder: str) -> str:
    """How many functions of Python the checks of the release in `folder` call, a comma, and what Z3 counts."""
    python = calls(lambda: checked(Path(folder)))
    budget = Budget()
    checked(Path(folder))
    before = budget._left
    budget.charge()
    return f"{python},{before - budget._left}"


def grows_linearly(work: Sequence[int]) -> bool:
    """Whether the work for n, 2n and 4n grows no faster than n log n, which is what halving a set takes."""
    return work[2] - work[1] <= 2.6 * (work[1] - work[0])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("made", "least"),
    [
        (thresholds, 20),
        (many_facts, 20),
        (sums_of_two, 20),
        (chain, 20),
        (tables, 10),
        (one_long_rule, 20),
        (options, 20),
    ],
)
def test_the_work_of_the_checks_grows_with_the_rules(
    made: Callable[[int], dict[str, str]], least: int, tmp_path: Path
) -> None:
    folders = [write(tmp_path / str(count), **made(count)) for count in (least, 2 * least, 4 * least)]
    python, solver = works_of_checks(folders)
    assert grows_linearly(python), python
    assert solver[2] < 8 * solver[1], solver  # the formulas of a chain are as long as the chain


# The same is found as by asking about every pair and every set --------------------------------------------------------


def comparisons(chance: random.Random) -> list[Expression]:
    """Comparisons of two values with small numbers, some of them halves, either way around."""
    parts: list[Expression] = []
    for _ in range(chance.randrange(2, 9)):
        kind = chance.choice((Kind.COUNT, Kind.NUMBER))
        value = Name("n" if kind is Kind.COUNT else "x", kind)
        number = Literal(chance.choice((0, 1, 2, 3)) + chance.choice((DECIMAL_0, DECIMAL_0, HALF)), kind)
        operator: Any = chance.choice(("<", "<=", ">", ">=", "==", "!="))
        parts.append(Compare(operator, value, number) if chance.random() < 0.8 else Compare(operator, number, value))
    return parts


def pairs(tree: And | Or) -> Iterator[tuple[Expression, Span, Expression, Span]]:
    for _, parts in spans_by_value(tree):
        for (first, span), (second, other) in combinations(parts, 2):
            yield first, span, second, other


def test_comparisons_of_one_value_are_related_as_pair_by_pair() -> None:
    chance = random.Random(7)
    for _ in range(3000):
        parts = tuple(comparisons(chance))
        both, either = And(parts), Or(parts)
        never = any(not span.meets(other) for _, span, _, other in pairs(both))
        always = any(
            span.among(least, None).leaves_none(other.among(least, None))
            for part, span, _, other in pairs(either)
            for least in [DECIMAL_0 if "'n'" in repr(part) else None]
        )
        never |= any(truths(part, {}) == {False} for part in parts)
        always |= any(truths(part, {}) == {True} for part in parts)
        assert (truths(both, {}) == {False}) == never
        assert (truths(either, {}) == {True}) == always
        for tree in (both, either):
            redundant: set[int] = set()
            for first, span, second, other in pairs(tree):
                if span.within(other) and other.within(span):
                    redundant.add(id(second))
                elif span.within(other) or other.within(span):
                    wider, narrower = (second, first) if span.within(other) else (first, second)
                    redundant.add(id(wider if tree is both else narrower))
            assert {id(part) for part, _ in redundant_parts(tree)} == redundant, parts
            spans = {id(part): span for _, of_value in spans_by_value(tree) for part, span in of_value}
            for part, kept in redundant_parts(tree):
                inner, outer = (kept, part) if tree is both else (part, kept)
                assert spans[id(inner)].within(spans[id(outer)])


def random_rule(chance: random.Random) -> str:
    a, b = chance.sample(["n0", "n1", "n2", "n3"], 2)
    return chance.choice(
        (
            f"{a} > {chance.randrange(4)}",
            f"{a} + {b} > {chance.randrange(8)}",
            f"{a} > {chance.randrange(3)} or {b} > {chance.randrange(3)}",
            f"{a} >= {b}",
            f"as_of >= date('202{chance.randrange(6)}-01-01') or {a} > 1",
            f"share({a}, {b}) > {chance.randrange(60)}",
        )
    )


def test_requirements_are_implied_as_asked_one_by_one(tmp_path: Path) -> None:
    chance, found = random.Random(3), 0
    for turn in range(25):
        rules = dict.fromkeys(random_rule(chance) for _ in range(chance.randrange(2, 8)))
        lines = "".join(rule(f"r{i}", text) for i, text in enumerate(rules))
        release = load_files(read_files(write(tmp_path / str(turn), facts=facts(4), tiers=TIER.format(rules=lines))))
        programme = release.programme
        value_bounds = known_bounds(programme, agreements=True)
        solver = ConditionSolver(programme, value_bounds, Budget())
        names = [Name(part.value, Kind.YES_NO) for part in programme.tiers["gold"].requirements]
        undefined = undefinable(programme, value_bounds)
        causes = implied(solver, names, {name.id for name in names}, undefined)
        assert set(causes) == one_by_one(solver, names, undefined), list(rules)
        by_id = {name.id: name for name in names}
        for id, needed in causes.items():
            found += 1
            assert not set(needed) & set(causes)
            assert follows(solver, by_id[id], [by_id[cause] for cause in needed], undefined)
            for cause in needed:
                rest = [by_id[other] for other in needed if other != cause]
                assert not follows(solver, by_id[id], rest, undefined)
    assert found > 10


def follows(solver: ConditionSolver, name: Name, causes: Sequence[Name], undefined: frozenset[str]) -> bool:
    may_lack_value = name.id in undefined and solver.may_lack_value(name, *causes)
    return not may_lack_value and not solver.may_hold(Not(name), *causes)


def one_by_one(solver: ConditionSolver, names: Sequence[Name], undefined: frozenset[str]) -> set[str]:
    """The requirements that the others imply, each asked about with all others written out."""
    if not solver.may_hold(*names):
        return set()
    left = list(names)
    for name in names:
        others = [other for other in left if other != name]
        if solver.truths(name) != {True} and follows(solver, name, others, undefined):
            left = others
    return {name.id for name in names if name not in left}


# What is left is told -------------------------------------------------------------------------------------------------


def test_what_the_solver_has_no_time_for_is_told_and_nothing_else_is_said(tmp_path: Path) -> None:
    folder = write(tmp_path, **thresholds(30))
    everything, _ = checked(folder)
    assert "not-checked" not in {problem.code for problem in everything}
    for units in (0, 20_000, 150_000):
        problems, _ = checked(folder, units)
        notes = [problem for problem in problems if problem.code == "not-checked"]
        assert [(note.level, note.place and note.place.line) for note in notes] == [("note", 2)]
        assert " requirements" in notes[0].message
        assert {problem for problem in problems if problem.code != "not-checked"} < set(everything)


def test_mutants_that_are_too_many_are_counted(tmp_path: Path) -> None:
    folder = copy_of(SMALL, tmp_path)
    write_scenarios(folder, 2)
    files = read_files(folder)
    scenarios = read_scenarios(folder, load_files(files))
    tried, _, untried = survivors(files, scenarios)
    assert (tried, untried) == (len(list(mutants(files))), 0)
    fewer, alive, left = survivors(files, scenarios, work=2_000)
    assert 0 < fewer < tried
    assert fewer + left >= tried
    assert len(alive) <= fewer


# Scenarios and certificates -------------------------------------------------------------------------------------------


def write_scenarios(folder: Path, count: int) -> None:
    (folder / "scenarios").mkdir(exist_ok=True)
    lines = (
        f"  s{i}:\n    title: {{en: S}}\n    as_of: 2026-01-31\n"
        f"    record: {{partner: P-{i}, tier: silver, facts: {{revenue: {i + 1}, people: 1, region: north}}}}\n"
        f"    but: {{facts: {{people: 2}}}}\n    expect: {{status: qualified}}\n"
        for i in range(count)
    )
    (folder / "scenarios" / "all.yaml").write_text("scenarios:\n" + "".join(lines), "utf-8")


def test_the_work_of_scenarios_grows_with_their_number(tmp_path: Path) -> None:
    folder, work = copy_of(SMALL, tmp_path), []
    for count in (25, 50, 100):
        write_scenarios(folder, count)
        files = read_files(folder)
        scenario_run(files, mutants=False)
        work.append(calls(lambda files=files: scenario_run(files, mutants=False)))
    assert grows_linearly(work), work


def saved_outcomes(count: int) -> list[dict[str, Any]]:
    release = load_files(read_files(SMALL))
    return [
        json.loads(json_of(release, {"partner": f"P-{i}", "tier": "silver", "facts": {"revenue": i}}))
        for i in range(count)
    ]


def json_of(release: Any, record: dict[str, Any]) -> str:
    from charter.api import to_json

    return to_json(release.evaluate(record, as_of=date(2026, 11, 23)))


def test_the_work_of_verifying_grows_with_the_certificates_and_wrong_ones_are_found() -> None:
    data, work = saved_outcomes(80), []
    archive = read_archive(SMALL, {data[0]["digest"]})

    def verdicts(outcomes: Sequence[dict[str, Any]]) -> list[str | None]:
        content = "\n".join(map(json.dumps, outcomes)).encode()
        saved = read_saved(content, "saved.jsonl", same_again=lambda outcome: is_same_again(outcome, archive))
        return [verdict and verdict.status for verdict in (verify_saved(outcome, archive) for outcome in saved)]

    assert verdicts(data) == ["equal"] * 80
    for count in (20, 40, 80):
        work.append(calls(lambda count=count: verdicts(data[:count])))
    assert grows_linearly(work), work
    data[3]["status"], data[5]["status"] = "not_qualified", 7
    data[6]["facts"]["people"] = True
    del data[7]["name"]
    assert verdicts(data)[:9] == [
        "equal",
        "equal",
        "equal",
        "different",
        "equal",
        None,
        "record_refused",
        None,
        "equal",
    ]


# Messages -------------------------------------------------------------------------------------------------------------


def test_of_very_many_problems_the_worst_are_written_and_the_rest_counted(tmp_path: Path) -> None:
    files = thresholds(150)
    files["tiers"] += "  late:\n    title: {en: Late}\n    requirements:\n" + rule("never", "n0 < 0")
    folder = write(tmp_path, **files)
    lines = charter("check", folder).stdout.splitlines()
    codes = [line.split()[1].partition("[")[0] for line in lines if "tiers.yaml:" in line and "[" in line]
    assert codes == ["error", *["warning"] * 99]
    assert "50 more are not shown: 50 warning[implied-requirement]" in lines
    charter("check", folder, "-o", tmp_path / "all.txt")
    assert (tmp_path / "all.txt").read_text("utf-8").count("warning[implied-requirement]") == 149
    assert len(json.loads(charter("check", folder, "--format", "json").stdout)["problems"]) == 150


def test_a_message_does_not_repeat_a_whole_file(tmp_path: Path) -> None:
    folder = write(tmp_path, facts=f"facts: {{n: {{title: {{en: N}}, kind: {'x' * 50_000}}}}}\n")
    for ending in (("--format", "text"), ("--format", "json"), ("--format", "github")):
        assert len(charter("check", folder, *ending).stdout) < 5_000


def test_cycles_are_collected_whoever_imports_the_command_line() -> None:
    """Each release and each refusal leaves some: a service, a watch or a long test would grow without end."""
    import charter.cli  # noqa: F401

    assert gc.isenabled()
    assert gc.get_threshold()[0]
