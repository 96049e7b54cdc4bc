"""Finds the releases of a programme in their folders, and the one that is in force on a day.

A release is in force from its first day until the first day of the next one. If any release is sealed, an unsealed
release after the last sealed one is a draft, which is never in force.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from ..limits import MAX_NOTICE
from ..problems import InvalidProgramme, Place, Problem, Related, Source, WrongCall, did_you_mean
from ..source.document import Document, file_bytes, read_bytes, shown
from ..source.whole_files import is_part
from ..values import days_later

NUMBER = re.compile(r"(0|[1-9]\d{0,5})(\.(0|[1-9]\d{0,5})){2}")  #: of a release
SEAL = "seal.json"  #: the file of a sealed release that holds its seal


class FoundRelease(NamedTuple):
    """A release in a folder, of which only programme.yaml was read."""

    id: str
    folder: Path
    effective_from: date
    sealed: bool
    about: Document  #: programme.yaml

    @property
    def place(self) -> Place:
        """Where the first day of the release is written."""
        return self.about.value_place(("effective", "from"))

    @property
    def notice_days(self) -> int:
        """How many days before its first day the next release has to be sealed."""
        written = self.about.at(("notice_days",))
        return int(written) if isinstance(written, Decimal) and 0 <= written <= MAX_NOTICE else 0

    @property
    def turn(self) -> tuple[date, tuple[int, ...]]:
        """The sort key of releases in order: the first day, then the number."""
        return self.effective_from, release_number(self.id)


def find_program(start: Path) -> Path:
    """The nearest folder named `program` in `start` or its parents; raises WrongCall where there is none."""
    for folder in (start, *start.parents):
        if (folder / "program").is_dir():
            return folder / "program"
    help = "name the folder with --program, or set CHARTER_PROGRAM"
    raise WrongCall([Problem("no-programme", "there is no folder 'program' here or above", None, help)])


def release_folders(program: Path) -> tuple[Path, ...]:
    """The folders of the releases in `program`, or `program` itself if it is a release; raises WrongCall for none."""
    if os.path.isfile(program / "programme.yaml"):  # noqa: PTH113  also where the name is too long
        return (program,)
    folders = tuple(folder for folder in _inner_folders(program) if _has_about(folder))
    if not folders:
        what = "holds no release" if os.path.isdir(program) else "is not a folder"  # noqa: PTH112
        help = "a release is a folder with programme.yaml in it"
        raise WrongCall([Problem("no-release", f"'{shown(program)}' {what}", None, help)])
    return folders


def unfinished_folders(program: Path) -> tuple[Path, ...]:
    """The folders in `program` that are no releases, but have the number of one or were to become one."""
    if (program / "programme.yaml").is_file():
        return ()
    begun = [folder for folder in _inner_folders(program) if NUMBER.fullmatch(folder.name) and not _has_about(folder)]
    return (*begun, *sorted(path for path in program.iterdir() if is_part(path.name)))


def release_files_in(folder: Path) -> tuple[Path, ...]:
    """The files of the release in a folder: its YAML, with scenarios and records, and its seal."""
    return tuple(sorted(path for name in ("*.yaml", "*.yml", SEAL) for path in folder.rglob(name)))


def _inner_folders(program: Path) -> tuple[Path, ...]:
    """The folders in `program`, sorted, without hidden ones; raises WrongCall where it cannot be read."""
    try:
        return tuple(sorted(path for path in program.iterdir() if path.name[0] != "." and path.is_dir()))
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except (OSError, ValueError) as error:  # ValueError: NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        message = f"'{shown(program)}' cannot be read: {reason}"
        raise WrongCall([Problem("unreadable-file", message, None, "check its permissions")]) from error


def _has_about(folder: Path) -> bool:
    """Whether a folder has programme.yaml, or is a release by its number that cannot be looked into.

    That is refused when it is read; it must not be forgotten, as it would begin on some day.
    """
    try:
        (folder / "programme.yaml").stat()
    except FileNotFoundError:
        return os.path.lexists(folder / "programme.yaml")
    except OSError:
        return NUMBER.fullmatch(folder.name) is not None
    return True


def release_folder(program: Path, release: str | None, as_of: date) -> Path:
    """The folder of the named release, or (None) of the one in force on the day; raises WrongCall where there is none.

    Raises InvalidProgramme where a release does not state its first day, or two begin on one day.
    """
    folders = release_folders(program)
    if release is None and len(folders) == 1 and folders[0] == program:
        return program
    if release is not None:
        for folder in folders:
            if folder.resolve().name == release:
                return folder
        raise no_release(release, [folder.name for folder in folders])
    releases = published(releases_of(folders))
    in_force = [begun for begun in releases if begun.effective_from <= as_of]
    if not in_force:
        first = releases[0]
        help = f"the first release, {first.id}, applies from {first.effective_from}; name one with --release"
        raise WrongCall([Problem("no-release", f"no release is in force on {as_of}", None, help)])
    refuse_overlaps(releases, as_of, as_of)
    return in_force[-1].folder


def no_release(release: str, existing: Iterable[str]) -> WrongCall:
    """The error for the name of a release that does not exist; `existing` are the names of those that do."""
    help = did_you_mean(release, existing)
    return WrongCall([Problem("no-release", f"there is no release '{release}'", None, help)])


def releases_of(folders: Iterable[Path]) -> tuple[FoundRelease, ...]:
    """The releases in these folders, in order; raises InvalidProgramme where one does not state its first day."""
    return tuple(sorted(map(find_release, folders), key=lambda release: release.turn))


def published(releases: Iterable[FoundRelease]) -> tuple[FoundRelease, ...]:
    """The releases without drafts: if any is sealed, unsealed ones after the last sealed one, or on the day of one."""
    all_releases = tuple(releases)
    sealed = [release for release in all_releases if release.sealed]
    last, days = max((release.turn for release in sealed), default=None), {release.effective_from for release in sealed}
    return tuple(
        release
        for release in all_releases
        if release.sealed or ((last is None or release.turn <= last) and release.effective_from not in days)
    )


def published_beside(folder: Path, programme: object) -> tuple[FoundRelease, ...]:
    """The published releases of a programme, by its id, in the folders beside this one, in order.

    What cannot be read there is left out.
    """
    own, releases = folder.resolve(), []
    folders: list[Path] = []
    with suppress(OSError):
        folders = [other for other in own.parent.iterdir() if other.name[0] != "." and other != own]
    for other in folders:
        with suppress(InvalidProgramme, OSError):
            if (other / "programme.yaml").is_file():
                release = find_release(other)
                if release.about.at(("id",)) == programme:
                    releases.append(release)
    return published(sorted(releases, key=lambda release: release.turn))


def refuse_overlaps(releases: Sequence[FoundRelease], first: date, last: date) -> None:
    """Raise InvalidProgramme where two releases begin on one day, and no other is in force on all the days given.

    Nothing says then which of the two applies. `releases` are in order.
    """
    problems = []
    for earlier, later in pairwise(releases):
        begins = later.effective_from
        following = (release.effective_from for release in releases if release.effective_from > begins)
        if earlier.effective_from == begins <= last and all(day > first for day in following):
            problems.append(_overlap(earlier, later, "name one of them with --release, or let one begin later"))
    if problems:
        raise InvalidProgramme(problems)


def order_problems(releases: Iterable[FoundRelease]) -> tuple[Problem, ...]:
    """A problem for each release that does not begin after the release with the number before it."""
    problems = []
    for earlier, later in pairwise(sorted(releases, key=lambda release: release_number(release.id))):
        if later.effective_from <= earlier.effective_from:
            problems.append(_overlap(earlier, later, "let it begin later"))
    return tuple(problems)


def _overlap(earlier: FoundRelease, later: FoundRelease, help: str) -> Problem:
    """The problem that a release begins on the first day of the one with a lower number, or before it."""
    same = later.effective_from == earlier.effective_from
    code = "releases-overlap" if same else "dates-out-of-order"
    message = f"{later.id} applies from {later.effective_from}, {'as' if same else 'before'} {earlier.id} does"
    related = (Related(earlier.place, f"{earlier.id} applies from {earlier.effective_from}"),)
    return Problem(code, message, later.place, help, related=related)


def notice_problems(releases: tuple[FoundRelease, ...], release: FoundRelease, sealed_on: date) -> tuple[Problem, ...]:
    """An error where a release begins before its notice period after the seal has passed; the first one has none."""
    earlier = [candidate for candidate in releases if candidate.turn < release.turn][-1:]
    days = max(earlier[0].notice_days, release.notice_days) if earlier else 0
    soonest = days_later(sealed_on, days)
    if not days or (soonest and release.effective_from >= soonest):
        return ()
    start = f"{release.id} applies from {release.effective_from}"
    message = f"{start}; with {days} days' notice from {sealed_on} that is too soon"
    help = f"let it begin on {soonest} or later" if soonest else "the calendar has no day that is late enough"
    return (Problem("short-notice", message, release.place, help),)


def unreadable(path: Path, error: OSError) -> Problem:
    """The problem for a file of a release that cannot be read."""
    place = Place(Source(shown(path), ""), 0, 0)
    reason = os.strerror(error.errno) if error.errno else str(error)
    return Problem("unreadable-file", f"the file cannot be read: {reason}", place, "check its permissions")


def find_release(folder: Path) -> FoundRelease:
    """The release in a folder; raises InvalidProgramme where programme.yaml does not state its first day."""
    path = folder / "programme.yaml"
    try:
        document, problems = read_bytes(file_bytes(path), shown(path))
    except OSError as error:
        raise InvalidProgramme([unreadable(path, error)]) from error
    if document is None:
        raise InvalidProgramme(problems)
    return release_in(folder, document, problems, sealed=(folder / SEAL).is_file())


def release_in(folder: Path, about: Document, problems: Iterable[Problem] = (), *, sealed: bool) -> FoundRelease:
    """The release whose programme.yaml is `about`; raises InvalidProgramme where it does not state its first day."""
    since = about.at(("effective", "from"))
    if not isinstance(since, date):
        message = "it does not say since when the release applies"
        help = "write: effective: {from: 2026-01-31}"
        missing = Problem("missing-key", message, about.place(("effective",)), help)
        raise InvalidProgramme(list(problems) or [missing])
    number = str(about.at(("release",)) or folder.name)
    return FoundRelease(number, folder, since, sealed, about)


def release_number(release: str) -> tuple[int, ...]:
    """The number of a release as a sort key, so that 1.10.0 comes after 1.9.0."""
    return tuple(int(part) if part.isdecimal() else 0 for part in release.split("."))
