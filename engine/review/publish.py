"""Begins a release as a copy of another one, and seals a release that passes every check."""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from ..problems import Fix, InvalidProgramme, Problem, has_errors, in_order, wrong_call
from ..release.find import SEAL, FoundRelease, no_release, notice_problems, order_problems, release_folders, releases_of
from ..release.load import read_files
from ..release.seal import Seal, content_digest, read_seal, seal_text
from ..source.document import shown
from ..source.edit import with_fixes
from .findings import run_problems, scenario_run
from .review import review

_NUMBER = re.compile(r"(0|[1-9]\d{0,5})(\.(0|[1-9]\d{0,5})){2}")


class Begun(NamedTuple):
    """A release that was begun: its folder, the release it was copied from, and its first day."""

    folder: Path
    copied_from: FoundRelease
    effective_from: date


class Sealed(NamedTuple):
    """A sealed release: its folder, digest and first day, and its warnings and notes."""

    folder: Path
    digest: str
    effective_from: date
    problems: tuple[Problem, ...]


def begin(program: Path, release: str, copied_from: str | None, effective: date | None, today: date) -> Begun:
    """Begin a release as a copy of another one (None: the last), with the comments and the order of its files.

    Its first day is `effective`, or the earliest possible: tomorrow, or when the notice period has passed. Raises
    WrongCall where the release exists or there is none to copy, InvalidProgramme where that one cannot be read, and
    OSError.
    """
    releases = releases_of(release_folders(program))
    if releases[0].folder == program:
        raise wrong_call(f"'{shown(program)}' is one release", "name the folder that holds releases")
    if not _NUMBER.fullmatch(release):
        raise wrong_call(f"'{release}' is not the number of a release", "write three whole numbers: 1.2.0")
    if (program / release).exists():
        raise wrong_call(f"there is a release '{release}' already", "choose the next number")
    original = _named(releases, copied_from) if copied_from else releases[-1]
    earliest = max(today + timedelta(max(1, original.notice_days)), original.effective_from + timedelta(1))
    day, folder = effective or earliest, program / release
    shutil.copytree(original.folder, folder, ignore=shutil.ignore_patterns(SEAL))
    fixes = [Fix(original.about.value_place(("release",)), f'"{release}"'), Fix(original.place, day.isoformat())]
    (folder / "programme.yaml").write_bytes(with_fixes(original.about.source.text, fixes).encode())
    return Begun(folder, original, day)


def seal(program: Path, release: str, today: date) -> Sealed:
    """Seal a release if its review, its scenarios and the notice period have no errors; one sealed before is unchanged.

    Raises InvalidProgramme with every problem where there are errors, WrongCall where there is no such release, OSError
    where the seal cannot be written.
    """
    releases = releases_of(release_folders(program))
    draft = _named(releases, release)
    files, is_sealed = read_files(draft.folder), isinstance(read_seal(draft.folder), Seal)
    problems = [*review(draft.folder), *order_problems(releases)]
    if not has_errors(problems):
        problems += run_problems(scenario_run(files, mutants=False))
    if not is_sealed and not has_errors(problems):
        problems += notice_problems(releases, draft, today)
    if has_errors(problems):
        raise InvalidProgramme(in_order(problems))
    if not is_sealed:
        (draft.folder / SEAL).write_text(seal_text(draft.id, files.documents, today), "utf-8")
    return Sealed(draft.folder, content_digest(files.documents), draft.effective_from, in_order(problems))


def _named(releases: tuple[FoundRelease, ...], named: str) -> FoundRelease:
    """The release with this number or folder name; raises WrongCall where there is none."""
    for release in releases:
        if named in (release.id, release.folder.resolve().name):
            return release
    raise no_release(named, [release.id for release in releases])
