"""Review: everything that can be said of a release without a partner."""

from __future__ import annotations

from pathlib import Path

from .checks import check_all
from .claims import check_claims, claim_problem
from .evaluate import make_plan
from .problems import InvalidProgramme, Problem, in_order
from .readings import other_readings
from .release import Release, compile_release, read_files
from .releases import shown
from .scenarios import FOLDER, examples, read_scenarios
from .seal import check_own_files


def files_of(folder: Path) -> tuple[str, ...]:
    """The files that a review of the folder reads, as messages show them."""
    return tuple(shown(path) for part in (folder, folder / FOLDER) for path in sorted(part.glob("*.yaml")))


def review(folder: Path) -> tuple[Problem, ...]:
    """What is wrong with the release in a folder, in order: its files, and if it can be used, what it says of itself.

    Scenarios are read, for the claims, but whether they come out as written is for `scenarios.run` to say.
    """
    files = read_files(folder)
    programme, problems = compile_release(files)
    problems = in_order((*problems, *check_own_files(folder)))
    if programme is None:
        return problems
    release = Release(programme, make_plan(programme), problems)
    told = [*problems, *other_readings(files)[1], *check_all(files, programme)]
    try:
        scenarios = read_scenarios(folder, release)
    except InvalidProgramme as refused:
        return in_order([*told, *refused.problems])
    verdicts = check_claims(release, examples(release, scenarios))
    return in_order([*told, *(problem for verdict in verdicts if (problem := claim_problem(verdict)))])
