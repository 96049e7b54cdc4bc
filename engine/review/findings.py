"""Findings: what a run of the scenarios shows, as problems at their places, and which problems make a call fail."""

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from ..problems import InvalidProgramme, Level, Place, Problem, in_order
from ..release.load import Release, ReleaseFiles, load_files
from ..source.document import shown
from ..values import plain
from .mutants import MutationResult, survivors
from .scenarios import FOLDER, Reach, ScenarioResult, reach, read_no_difference, read_scenarios, run

_WORST_FIRST = tuple(Level)


class ScenarioRun(NamedTuple):
    """What came of the scenarios of a release, and of the mutants where they were tried.

    `skipped`: they were asked for, but a scenario came out otherwise, and so would it for every mutant.
    """

    files: ReleaseFiles
    release: Release
    results: tuple[ScenarioResult, ...]
    reached: Reach
    tried: MutationResult | None
    skipped: bool


def scenario_run(files: ReleaseFiles, mutants: bool) -> ScenarioRun:
    """Run the scenarios of a release, and the mutants where each scenario came out as expected.

    Raises InvalidProgramme where the release or a scenario cannot be used, or there is none.
    """
    release, folder = load_files(files), files.folder
    scenarios = read_scenarios(folder, release)
    results = run(release, scenarios)
    if not results:
        help = f"write worked examples into {shown(folder / FOLDER)}"
        raise InvalidProgramme([Problem("no-scenarios", "this release has no scenarios", None, help)])
    failed = any(result.differences for result in results)
    tried = MutationResult(*survivors(files, scenarios), read_no_difference(folder)) if mutants and not failed else None
    return ScenarioRun(files, release, results, reach(release, results), tried, mutants and failed)


def run_problems(ran: ScenarioRun) -> tuple[Problem, ...]:
    """All that a run shows, in order: errors, and as notes what is not reached."""
    otherwise = (problem for result in ran.results for problem in scenario_differences(result))
    return in_order([*otherwise, *unnoticed(ran), *not_reached(ran)])


def reaches(problem: Problem, level: Level) -> bool:
    """Whether a problem is at least as bad as the level."""
    return _WORST_FIRST.index(problem.level) <= _WORST_FIRST.index(level)


def fails(problems: Iterable[Problem], level: Level) -> bool:
    """Whether any problem is at least as bad as the level."""
    return any(reaches(problem, level) for problem in problems)


def scenario_differences(result: ScenarioResult) -> tuple[Problem, ...]:
    """What a scenario expected and did not find, each at its place."""
    id, help = result.scenario.id, "mend the programme, or what the scenario expects"
    problems = []
    for differs in result.differences:
        expected, found = part_text(differs.expected), part_text(differs.found)
        message = f"'{id}' expects {differs.path} to be {expected}, found {found}"
        problems.append(Problem("scenario-differs", message, differs.place, help))
    return tuple(problems)


def not_reached(ran: ScenarioRun) -> tuple[Problem, ...]:
    """What no scenario reaches, as notes where it is written."""
    clauses, tiers = ran.files.documents["clauses"], ran.files.documents["tiers"]
    values, reached = ran.release.programme.values, ran.reached
    found: list[tuple[str, str, Place | None]] = [
        *(("clause-not-reached", f"'{id}' is a clause that no scenario reaches", clauses.place(("clauses", id)))
          for id in reached.clauses),
        *(("tier-not-reached", f"'{id}' is a tier that no scenario is about", tiers.place(("tiers", id)))
          for id in reached.tiers),
        *(("value-never-known", f"'{id}' is a value that no scenario knows", values[id].place)
          for id in reached.values),
        *(("condition-one-way", f"'{id}' is only ever {part_text(value)}", values[id].place)
          for id, value in reached.one_way),
    ]  # fmt: skip
    return tuple(Problem(code, text, place, "write a scenario for it", Level.NOTE) for code, text, place in found)


def unnoticed(ran: ScenarioRun) -> tuple[Problem, ...]:
    """Mutants that some scenario should notice, and reasons given for others that do not hold."""
    return (*_alive(ran.tried), *_idle(ran.tried, ran.results)) if ran.tried else ()


def _alive(tried: MutationResult) -> Iterator[Problem]:
    help = "write a scenario that notices, or the reason under no_difference"
    for mutant in tried.unexplained:
        yield Problem("mutant-unnoticed", f"'{mutant.id}' is a change that no scenario notices", mutant.place, help)


def _idle(tried: MutationResult, results: Sequence[ScenarioResult]) -> Iterator[Problem]:
    documents = {one.scenario.document.source.path: one.scenario.document for one in results}.values()
    for id in tried.idle:
        at = ("no_difference", id)
        place = next((document.place(at) for document in documents if at in document.keys), None)
        message = f"'{id}' is said to make no difference, but is noticed or not there"
        yield Problem("mutant-explained", message, place, "take it out of no_difference")


def part_text(value: Any) -> str:
    """A part of an outcome in a message; of several parts as JSON has them."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return _json(value)
    return plain(value) if isinstance(value, Decimal) else str(value)


def _json(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_json(key)}: {_json(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    return plain(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False, default=str)
