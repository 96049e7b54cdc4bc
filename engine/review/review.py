"""Review: everything that can be said of a release without a partner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from ..evaluate.evaluate import make_plan
from ..extras import Extra, is_installed
from ..problems import InvalidProgramme, Level, Problem, in_order
from ..proof.claims_by_bounds import ClaimVerdict, check_claims, claim_problem
from ..release.find import FoundRelease, notice_problems, order_problems, published, release_folders, releases_of
from ..release.load import Release, compile_release, read_files
from ..release.seal import Seal, check_own_files, read_seal
from ..source.document import shown
from .checks.all_checks import check_all
from .readings import OtherReading, other_readings
from .scenarios import FOLDER, Scenario, examples, read_scenarios

SECONDS = 1.0  #: for each question to the solver


def reviewed_files(folder: Path) -> tuple[str, ...]:
    """The files that a review of the folder reads, as messages show them."""
    return tuple(shown(path) for part in (folder, folder / FOLDER) for path in sorted(part.glob("*.yaml")))


def review_programme(program: Path, today: date) -> tuple[Problem, ...]:
    """What is wrong with the releases in a folder, each by itself and all together, in order."""
    folders = release_folders(program)
    problems = [problem for folder in folders for problem in review(folder)]
    with suppress(InvalidProgramme):  # what cannot be read has been told
        problems += _together(releases_of(folders), today)
    return in_order(problems)


def _together(found: tuple[FoundRelease, ...], today: date) -> Iterator[Problem]:
    yield from order_problems(found)
    in_force = published(found)
    for one in found:
        sealed = read_seal(one.folder)
        if isinstance(sealed, Seal):
            yield from notice_problems(found, one, sealed.sealed_on)
        elif one not in in_force and one.effective_from <= today:
            late = f"{one.id} was to apply from {one.effective_from}, and is not sealed"
            message = f"{late}: {in_force[-1].id} still applies"
            yield Problem("draft-overdue", message, one.place, "seal it, or let it begin later", Level.WARNING)


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
    release, asked = Release(programme, make_plan(programme), problems, files), solver and is_installed(Extra.PROVE)
    readings, wrong = other_readings(files)
    told = [*problems, *wrong, *check_all(files, programme, SECONDS if asked else None)]
    try:
        scenarios = read_scenarios(folder, release)
    except InvalidProgramme as refused:
        return in_order([*told, *refused.problems])
    verdicts = list(claim_verdicts(release, readings, scenarios))
    if asked:
        verdicts = list(settled(release, readings, verdicts))
    return in_order([*told, *(one for verdict in verdicts if (one := claim_problem(verdict, solver=asked)))])


def claim_verdicts(
    release: Release, readings: Sequence[OtherReading], scenarios: Sequence[Scenario]
) -> Iterator[ClaimVerdict]:
    """A verdict on every claim by rules and scenarios alone, those under other readings last."""
    yield from check_claims(release, examples(release, scenarios))
    asked = {claim.under for claim in release.programme.claims}
    for reading in readings:
        if reading.name in asked:
            yield from check_claims(reading.release, examples(reading.release, scenarios), reading.name)


def settled(
    release: Release, readings: Sequence[OtherReading], verdicts: Iterable[ClaimVerdict]
) -> Iterator[ClaimVerdict]:
    """The same verdicts, those that were open decided by the solver as far as it can in a moment."""
    from ..proof.claims_by_solver import prove
    from ..proof.decide import Setting

    under: dict[str | None, Release] = {None: release, **{reading.name: reading.release for reading in readings}}
    for verdict in verdicts:
        open = verdict.status == "undecided"
        setting = Setting(under[verdict.claim.under], date.today(), SECONDS)
        yield prove(setting, verdict.claim) if open else verdict
