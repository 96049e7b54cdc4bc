"""Publish: a release begun as a copy of another, and sealed when everything holds that can be checked."""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from ..problems import Fix, InvalidProgramme, Problem, has_errors, in_order, wrong_call
from ..release.find import (
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
from .findings import run_problems, scenario_run
from .review import review

_NUMBER = re.compile(r"(0|[1-9]\d{0,5})(\.(0|[1-9]\d{0,5})){2}")


class Begun(NamedTuple):
    """A release that was begun: its folder, the release it was copied from, and its first day."""

    folder: Path
    copied_from: FoundRelease
    effective_from: date


class Sealed(NamedTuple):
    """A release that is sealed: its folder, digest and first day, and what is no error but worth knowing."""

    folder: Path
    digest: str
    effective_from: date
    problems: tuple[Problem, ...]


def begin(program: Path, release: str, copied_from: str | None, effective: date | None, today: date) -> Begun:
    """Begin a release as a copy of another (of the last one, if left out), comments and order of its files kept.

    Without `effective` it is to apply as soon as it may: tomorrow, or when the notice has been given. Raises WrongCall
    where there is such a release or none to copy, InvalidProgramme where that one cannot be read, OSError.
    """
    found = releases_of(release_folders(program))
    if found[0].folder == program:
        raise wrong_call(f"'{shown(program)}' is one release", "name the folder that holds releases")
    if not _NUMBER.fullmatch(release):
        raise wrong_call(f"'{release}' is not the number of a release", "write three whole numbers: 1.2.0")
    if (program / release).exists():
        raise wrong_call(f"there is a release '{release}' already", "choose the next number")
    first = _named(found, copied_from) if copied_from else found[-1]
    soonest = max(today + timedelta(max(1, first.notice_days)), first.effective_from + timedelta(1))
    day, folder = effective or soonest, program / release
    shutil.copytree(first.folder, folder, ignore=shutil.ignore_patterns(SEAL))
    fixes = [Fix(first.about.value_place(("release",)), f'"{release}"'), Fix(first.place, day.isoformat())]
    (folder / "programme.yaml").write_bytes(with_fixes(first.about.source.text, fixes).encode())
    return Begun(folder, first, day)


def seal(program: Path, release: str, today: date) -> Sealed:
    """Seal a release after everything that can be checked of it; a release that is sealed already stays as it is.

    Raises InvalidProgramme with every problem where something does not hold, WrongCall where there is no such release,
    OSError where the seal cannot be written.
    """
    found = releases_of(release_folders(program))
    one = _named(found, release)
    files, sealed = read_files(one.folder), read_seal(one.folder)
    told = [*review(one.folder), *order_problems(found)]
    if not has_errors(told):
        told += run_problems(scenario_run(files, mutants=False))
    if not isinstance(sealed, Seal) and not has_errors(told):
        told += notice_problems(found, one, today)
    if has_errors(told):
        raise InvalidProgramme(in_order(told))
    if not isinstance(sealed, Seal):
        (one.folder / SEAL).write_text(seal_text(one.id, files.documents, today), "utf-8")
    return Sealed(one.folder, content_digest(files.documents), one.effective_from, in_order(told))


def _named(found: tuple[FoundRelease, ...], release: str) -> FoundRelease:
    for one in found:
        if release in (one.id, one.folder.resolve().name):
            return one
    raise no_release(release, [one.id for one in found])
