"""Runs the scenarios of a release and gives what they show as problems; tells which problems make a command fail."""

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from ..compile.file_reader import list_path
from ..problems import InvalidProgramme, Level, Place, Problem, in_order
from ..programme.model import NamedValue
from ..programme.owners import OwnerKind
from ..release.load import Release, ReleaseFiles, load_files
from ..source.document import shown
from ..values import plain
from .mutants import MutationResult, survivors
from .scenarios import FOLDER, ScenarioResult, UnreachedParts, read_no_difference, read_scenarios, run, unreached_parts

_WORST_FIRST = tuple(Level)


class ScenarioRun(NamedTuple):
    """The results of the scenarios of a release, and of its mutants.

    `tried` is None where no mutants were tried; `skipped` is whether they were not tried because a scenario failed,
    which would then fail for every mutant too.
    """

    files: ReleaseFiles
    release: Release
    results: tuple[ScenarioResult, ...]
    unreached: UnreachedParts
    tried: MutationResult | None
    skipped: bool


def scenario_run(files: ReleaseFiles, mutants: bool) -> ScenarioRun:
    """Run the scenarios of a release, and with `mutants` its mutants, if each scenario came out as expected.

    Raises InvalidProgramme where the release or a scenario cannot be used, or there is no scenario.
    """
    release, folder = load_files(files), files.folder
    scenarios = read_scenarios(folder, release)
    results = run(release, scenarios)
    if not results:
        help = f"write worked examples into {shown(folder / FOLDER)}"
        raise InvalidProgramme([Problem("no-scenarios", "this release has no scenarios", None, help)])
    failed = any(result.differences for result in results)
    tried = None
    if mutants and not failed:
        tried = MutationResult(*survivors(files, scenarios), read_no_difference(folder))
    return ScenarioRun(files, release, results, unreached_parts(release, results), tried, mutants and failed)


def run_problems(ran: ScenarioRun) -> tuple[Problem, ...]:
    """The problems of a run, in order: errors, and as notes what is not reached."""
    differences = (problem for result in ran.results for problem in scenario_differences(result))
    return in_order([*differences, *unnoticed(ran), *not_reached(ran)])


def reaches(problem: Problem, level: Level) -> bool:
    """Whether a problem is at least as bad as the level."""
    return _WORST_FIRST.index(problem.level) <= _WORST_FIRST.index(level)


def fails(problems: Iterable[Problem], level: Level) -> bool:
    """Whether any problem is at least as bad as the level."""
    return any(reaches(problem, level) for problem in problems)


def scenario_differences(result: ScenarioResult) -> tuple[Problem, ...]:
    """An error for each part of an outcome that is not as the scenario expects."""
    id = result.scenario.id
    problems = []
    for mismatch in result.differences:
        expected, actual = part_text(mismatch.expected), part_text(mismatch.actual)
        message = f"'{id}' expects {mismatch.path} to be {expected}, found {actual}"
        help = mismatch.help or "mend the programme, or what the scenario expects"
        problems.append(Problem("scenario-differs", message, mismatch.place, help))
    return tuple(problems)


def not_reached(ran: ScenarioRun) -> tuple[Problem, ...]:
    """A note for each clause, tier, value and condition that no scenario reaches."""
    documents, values, unreached = ran.files.documents, ran.release.programme.values, ran.unreached
    notes: list[tuple[str, str, Place | None]] = [
        *(("clause-not-reached", f"'{id}' is a clause that no scenario reaches",
           documents["clauses"].place(("clauses", id)))
          for id in unreached.clauses),
        *(("tier-not-reached", f"'{id}' is a tier that no scenario is about", documents["tiers"].place(("tiers", id)))
          for id in unreached.tiers),
        *(("value-never-known", f"'{id}' is a value that no scenario knows", _value_place(ran.files, values[id]))
          for id in unreached.values),
        *(("condition-one-way", f"'{id}' is only ever {part_text(value)}", _value_place(ran.files, values[id]))
          for id, value in unreached.one_way),
    ]  # fmt: skip
    return tuple(Problem(code, text, place, "write a scenario for it", Level.NOTE) for code, text, place in notes)


def _value_place(files: ReleaseFiles, value: NamedValue) -> Place:
    """Where a value is written; where compiling made it, where its tier, track or list is, or the programme begins."""
    if value.place:
        return value.place
    owner = value.owner
    match owner.kind:
        case OwnerKind.TIER | OwnerKind.TRACK:
            return files.documents["tiers"].place((f"{owner.kind}s", owner.id))
        case OwnerKind.LIST:
            kind, *path = list_path(files.documents, owner.id)
            return files.documents[kind].place(tuple(path))
        case OwnerKind.ORDER:
            return files.documents["prices"].place(())
    return files.documents["programme"].place(())


def unnoticed(ran: ScenarioRun) -> tuple[Problem, ...]:
    """An error for each mutant that no scenario notices and no reason explains, and for each reason that is idle.

    A note tells how many mutants were not tried.
    """
    return (*_alive(ran.tried), *_idle(ran.tried, ran.results), *_not_tried(ran)) if ran.tried else ()


def _not_tried(ran: ScenarioRun) -> Iterator[Problem]:
    if ran.tried and ran.tried.untried:
        left, release = ran.tried.untried, ran.release.programme.release
        message = f"'{release}' is not tried to the end: {left} of {ran.tried.total + left} mutants are left"
        help = "a mistake in these rules may go unnoticed by the scenarios"
        place = ran.files.documents["programme"].place(("release",))
        yield Problem("not-checked", message, place, help, Level.NOTE)


def _alive(tried: MutationResult) -> Iterator[Problem]:
    help = "write a scenario that notices, or the reason under no_difference"
    for mutant in tried.unexplained:
        yield Problem("mutant-unnoticed", f"'{mutant.id}' is a change that no scenario notices", mutant.place, help)


def _idle(tried: MutationResult, results: Sequence[ScenarioResult]) -> Iterator[Problem]:
    documents = {result.scenario.document.source.path: result.scenario.document for result in results}.values()
    for id in tried.idle:
        at = ("no_difference", id)
        place = next((document.place(at) for document in documents if at in document.keys), None)
        message = f"'{id}' is said to make no difference, but is noticed or not there"
        yield Problem("mutant-explained", message, place, "take it out of no_difference")


def part_text(value: Any) -> str:
    """A part of an outcome as a message shows it: a value in words, a map or a list as JSON."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return _json(value)
    return plain(value) if isinstance(value, Decimal) else str(value)


def _json(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_json(key)}: {_json(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    return plain(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False, default=str)
