"""Reviews a release without a partner: its files, checks, readings, scenarios and claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ..extras import Extra, is_installed
from ..problems import InvalidProgramme, Level, Place, Problem, Source, in_order
from ..proof.claims_by_bounds import ClaimVerdict, check_claims, claim_problem
from ..release.find import (
    FoundRelease,
    notice_problems,
    order_problems,
    published,
    release_folders,
    releases_of,
    unfinished_folders,
)
from ..release.load import Release, compile_release, read_files, release_of
from ..release.seal import Seal, check_own_files, read_seal
from ..source.document import shown
from ..source.whole_files import is_part
from .checks.all_checks import check_all
from .checks.progress import Progress, unfinished
from .migration_check import migration_problems
from .readings import OtherReading, other_readings
from .scenarios import FOLDER, Scenario, read_scenarios, scenario_outcomes

if TYPE_CHECKING:
    from ..proof.budget import Budget

SECONDS = 1.0  #: the solver's time limit for each question about a claim


def reviewed_files(folder: Path) -> tuple[str, ...]:
    """The paths of the files that a review of the folder reads, as messages show them."""
    return tuple(shown(path) for place in (folder, folder / FOLDER) for path in sorted(place.glob("[!.]*.yaml")))


def review_programme(program: Path, today: date) -> tuple[Problem, ...]:
    """The problems of the releases in a folder, of each by itself and of their sequence, in order."""
    folders = release_folders(program)
    problems = [problem for folder in folders for problem in review(folder)]
    problems += map(_unfinished, unfinished_folders(program))
    with suppress(InvalidProgramme):  # their own reviews have the problem
        problems += _sequence_problems(releases_of(folders), today)
    return in_order(problems)


def _unfinished(folder: Path) -> Problem:
    """The warning on a folder that is no release yet."""
    what = "is what a command made that did not end" if is_part(folder.name) else "has no programme.yaml"
    message, place = f"'{folder.name}' {what}; it is not read", Place(Source(shown(folder), ""), 0, 0)
    return Problem("unfinished-release", message, place, "finish it, or remove it", Level.WARNING)


def _sequence_problems(releases: tuple[FoundRelease, ...], today: date) -> Iterator[Problem]:
    """Releases out of order, sealed with too short a notice, or still drafts on their first day."""
    yield from order_problems(releases)
    in_force = published(releases)
    for release in releases:
        seal = read_seal(release.folder)
        if isinstance(seal, Seal):
            yield from notice_problems(releases, release, seal.sealed_on)
        elif release not in in_force and release.effective_from <= today:
            late = f"{release.id} was to apply from {release.effective_from}, and is not sealed"
            message = f"{late}: {in_force[-1].id} still applies"
            yield Problem("draft-overdue", message, release.place, "seal it, or let it begin later", Level.WARNING)


def review(folder: Path, *, solver: bool = True) -> tuple[Problem, ...]:
    """The problems of the release in a folder, in order: of its files, and if these compile, of what they say.

    Scenarios are only read, as examples for the claims; `scenarios.run` compares them with their outcomes. The solver
    decides what bounds and scenarios leave open, if it is installed and `solver` is true.
    """
    files = read_files(folder)
    programme, problems = compile_release(files)
    problems = in_order((*problems, *check_own_files(folder)))
    if programme is None:
        return problems
    release, solver = release_of(programme, problems, files), solver and is_installed(Extra.PROVE)
    progress = Progress(_budget() if solver else None)
    readings, reading_problems = other_readings(files)
    all_problems = [*problems, *reading_problems, *migration_problems(release), *check_all(release, progress)]
    try:
        scenarios = read_scenarios(folder, release)
    except InvalidProgramme as refused:
        all_problems += refused.problems
    else:
        verdicts = decided(release, readings, list(claim_verdicts(release, readings, scenarios)), progress)
        all_problems += filter(None, (claim_problem(verdict, programme, solver=solver) for verdict in verdicts))
    place = files.documents["programme"].place(("release",))
    return in_order([*all_problems, *unfinished(progress, programme.release, place)])


def _budget() -> Budget:
    from ..proof.budget import Budget  # the solver is an optional library

    return Budget()


def claim_verdicts(
    release: Release, readings: Sequence[OtherReading], scenarios: Sequence[Scenario]
) -> Iterator[ClaimVerdict]:
    """A verdict on each claim by bounds and scenarios, without the solver; claims under other readings come last."""
    yield from check_claims(release, scenario_outcomes(release, scenarios))
    named = {claim.under for claim in release.programme.claims}
    for reading in readings:
        if reading.name in named:
            yield from check_claims(reading.release, scenario_outcomes(reading.release, scenarios), reading.name)


def decided(
    release: Release, readings: Sequence[OtherReading], verdicts: Sequence[ClaimVerdict], progress: Progress
) -> Sequence[ClaimVerdict]:
    """The verdicts in the same order; the solver tries to decide the undecided ones, where `progress` has a budget."""
    if progress.budget is None:
        return verdicts
    from ..proof.claims_by_solver import prove
    from ..proof.decide import Setting

    progress.budget.allot(1)
    under: dict[str | None, Release] = {None: release, **{reading.name: reading.release for reading in readings}}
    by_solver = {}
    for verdict in progress.each("claims", [verdict for verdict in verdicts if verdict.status == "undecided"]):
        setting = Setting(under[verdict.claim.under], date.today(), SECONDS, progress.budget)
        by_solver[verdict.claim.id] = prove(setting, verdict.claim)
    return [by_solver.get(verdict.claim.id, verdict) for verdict in verdicts]
