"""Review: everything that can be said of a release without a partner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from .checks import check_all
from .claims import Verdict, check_claims, claim_problem
from .evaluate import make_plan
from .problems import InvalidProgramme, Problem, in_order
from .proof import is_installed
from .readings import OtherReading, other_readings
from .release import Release, compile_release, read_files
from .releases import shown
from .scenarios import FOLDER, Scenario, examples, read_scenarios
from .seal import check_own_files

SECONDS = 1.0  #: for each question to the solver


def files_of(folder: Path) -> tuple[str, ...]:
    """The files that a review of the folder reads, as messages show them."""
    return tuple(shown(path) for part in (folder, folder / FOLDER) for path in sorted(part.glob("*.yaml")))


def review(folder: Path, *, solver: bool = True) -> tuple[Problem, ...]:
    """What is wrong with the release in a folder, in order: its files, and if it can be used, what it says of itself.

    Scenarios are read, for the claims, but whether they come out as written is for `scenarios.run` to say. What rules
    and scenarios leave open is asked of the solver where that is installed, unless `solver` says not to.
    """
    files = read_files(folder)
    programme, problems = compile_release(files)
    problems = in_order((*problems, *check_own_files(folder)))
    if programme is None:
        return problems
    release, asked = Release(programme, make_plan(programme), problems), solver and is_installed()
    readings, wrong = other_readings(files)
    told = [*problems, *wrong, *check_all(files, programme, SECONDS if asked else None)]
    try:
        scenarios = read_scenarios(folder, release)
    except InvalidProgramme as refused:
        return in_order([*told, *refused.problems])
    verdicts = list(judged(release, readings, scenarios))
    if asked:
        verdicts = list(settled(release, readings, verdicts))
    return in_order([*told, *(one for verdict in verdicts if (one := claim_problem(verdict, solver=asked)))])


def judged(release: Release, readings: Sequence[OtherReading], scenarios: Sequence[Scenario]) -> Iterator[Verdict]:
    """A verdict on every claim by rules and scenarios alone, those under other readings last."""
    yield from check_claims(release, examples(release, scenarios))
    asked = {claim.under for claim in release.programme.claims}
    for reading in readings:
        if reading.name in asked:
            yield from check_claims(reading.release, examples(reading.release, scenarios), reading.name)


def settled(release: Release, readings: Sequence[OtherReading], verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """The same verdicts, those that were open decided by the solver as far as it can in a moment."""
    from .proof.claims import prove
    from .proof.decide import Setting

    under: dict[str | None, Release] = {None: release, **{reading.name: reading.release for reading in readings}}
    for verdict in verdicts:
        open = verdict.status == "undecided"
        setting = Setting(under[verdict.claim.under], date.today(), SECONDS)
        yield prove(setting, verdict.claim) if open else verdict
