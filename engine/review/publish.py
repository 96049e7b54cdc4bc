"""Begins a release as a copy of another one, and seals a release that passes every check."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import NamedTuple

from ..problems import Fix, InvalidProgramme, Problem, WrongCall, has_errors, in_order, wrong_call
from ..release.find import (
    NUMBER,
    SEAL,
    FoundRelease,
    no_release,
    notice_problems,
    order_problems,
    release_folders,
    releases_of,
)
from ..release.load import read_files
from ..release.seal import Seal, content_digest, read_seal, seal_text
from ..source.document import shown
from ..source.edit import with_fixes
from ..source.whole_files import move, part_path, refusing, remove_left, write_whole
from ..values import days_later
from .copies import copy_release
from .findings import run_problems, scenario_run
from .review import review


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

    Its seal and its migration, which are of that one alone, are left behind. The first day is `effective`, or the
    earliest possible: tomorrow, or when the notice period has passed. The whole folder appears in one step. Raises
    WrongCall where the release exists, cannot be written or there is none to copy, InvalidProgramme where that one
    cannot be read.
    """
    releases = releases_of(release_folders(program))
    if releases[0].folder == program:
        raise wrong_call(f"'{shown(program)}' is one release", "name the folder that holds releases")
    if not NUMBER.fullmatch(release):
        raise wrong_call(f"'{release}' is not the number of a release", "write three whole numbers: 1.2.0")
    remove_left(program)
    if os.path.lexists(program / release):
        raise _exists(release)
    original = _named(releases, copied_from) if copied_from else releases[-1]
    day, folder = effective or _earliest(original, today), program / release
    fixes = [Fix(original.about.value_place(("release",)), f'"{release}"'), Fix(original.place, day.isoformat())]
    target = Path(shown(folder))
    with part_path(target, folder=True) as part:
        with refusing(target):
            copy_release(original.folder, part, without=(SEAL, "migration.yaml"))
            (part / "programme.yaml").write_bytes(with_fixes(original.about.source.text, fixes).encode())
        try:
            move(part, target, new=True)
        except FileExistsError:
            raise _exists(release) from None
    return Begun(folder, original, day)


def _earliest(original: FoundRelease, today: date) -> date:
    """The earliest first day of the release after this one. Raises WrongCall where the calendar has none."""
    days = (days_later(today, max(1, original.notice_days)), days_later(original.effective_from, 1))
    possible = [day for day in days if day]
    if len(possible) < len(days):
        raise wrong_call(f"after {date.max} no release can begin", "let an earlier release begin earlier")
    return max(possible)


def seal(program: Path, release: str, today: date) -> Sealed:
    """Seal a release if its review, its scenarios and the notice period have no errors; one sealed before is unchanged.

    Raises InvalidProgramme with every problem where there are errors, WrongCall where there is no such release, its
    files change meanwhile, or the seal cannot be written.
    """
    releases = releases_of(release_folders(program))
    draft = _named(releases, release)
    remove_left(draft.folder)
    files, is_sealed = read_files(draft.folder), isinstance(read_seal(draft.folder), Seal)
    problems = [*review(draft.folder), *order_problems(releases)]
    if not has_errors(problems):
        problems += run_problems(scenario_run(files, mutants=False))
    if not is_sealed and not has_errors(problems):
        problems += notice_problems(releases, draft, today)
    if has_errors(problems):
        raise InvalidProgramme(in_order(problems))
    if not is_sealed:
        if content_digest(read_files(draft.folder).documents) != content_digest(files.documents):
            raise wrong_call(f"the files of '{release}' changed while they were checked", "seal it again")
        try:
            text = seal_text(draft.id, files.documents, today)
            write_whole(Path(shown(draft.folder / SEAL)), text.encode(), new=True)
        except FileExistsError:  # another process has sealed it since
            return seal(program, release, today)
    return Sealed(draft.folder, content_digest(files.documents), draft.effective_from, in_order(problems))


def _exists(release: str) -> WrongCall:
    return wrong_call(f"there is a release '{release}' already", "choose the next number")


def _named(releases: tuple[FoundRelease, ...], named: str) -> FoundRelease:
    """The release with this number or folder name; raises WrongCall where there is none."""
    for release in releases:
        if named in (release.id, release.folder.resolve().name):
            return release
    raise no_release(named, [release.id for release in releases])
