"""Reads the files of a release that a user names: by its number, by a folder, or by a revision of a git repository."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ..compile.compile import KINDS
from ..limits import MAX_BYTES
from ..problems import InvalidProgramme, Problem, WrongCall, wrong_call
from ..source.document import Document
from .find import SEAL, FoundRelease, no_release, published, release_folders, release_in
from .load import ReleaseFiles, asks_on_days, in_turn, read_files, release_files

_SECONDS = 30  #: time limit of one call of git
_LINK = "120000"  #: the mode of a symbolic link in git


def find_files(named: str, program: Path | None) -> ReleaseFiles:
    """The files of `1.0.0` (a release in the folder `program`), of a folder, or of `main:program/1.0.0` (git).

    The folder of a revision is one of the repository that the working directory is in.

    Raises WrongCall where there is no such release.
    """
    folder = Path(named)
    if (folder / "programme.yaml").is_file():
        return read_files(folder)
    existing: list[str] = []
    if program is not None:
        folders = release_folders(program)
        for release in folders:
            if release.resolve().name == named:
                return read_files(release)
        existing = [release.resolve().name for release in folders]
    revision, colon, path = named.partition(":")
    if colon and revision and path:
        return _of_revision(revision, path)
    if folder.is_dir():
        raise wrong_call(f"'{named}' holds no release", "a release is a folder with programme.yaml in it")
    raise no_release(named, existing)


def _of_revision(revision: str, path: str) -> ReleaseFiles:
    """The files of a release in a revision, read without a checkout.

    The path begins at the root of the repository; with `./` or `../`, as in git, here.
    """
    folder = path.rstrip("/").lstrip("/") if path.strip("./") else f"{path.rstrip('/')}/"
    files, _ = _files_in(f"{revision}:{folder}")
    if "programme" not in files.documents or not asks_on_days(files.documents):
        return files
    return files._replace(earlier=in_turn(_before(revision, folder, files.documents["programme"])))


def _files_in(folder: str) -> tuple[ReleaseFiles, bool]:
    """The files of a folder of a revision, and whether a seal is among them."""
    entries = _entries(folder)
    contents = {}
    for kind in sorted(KINDS):
        if entry := entries.get(f"{kind}.yaml"):
            contents[kind] = _content(entry, f"{folder.rstrip('/')}/{kind}.yaml")
    return release_files(Path(folder), contents), SEAL in entries


def _before(revision: str, folder: str, about: Document) -> Iterator[tuple[FoundRelease, ReleaseFiles]]:
    """The published releases of the same programme beside a folder of a revision that begin before it, in order."""
    parent, _, own = folder.rstrip("/").rpartition("/")
    above = f"{revision}:{parent}/" if parent else f"{revision}:"
    beside: list[tuple[FoundRelease, ReleaseFiles]] = []
    for name, entry in _entries(above).items():
        if entry.type == "tree" and name != own:
            files, is_sealed = _files_in(f"{above}{name}")
            if (document := files.documents.get("programme")) and document.at(("id",)) == about.at(("id",)):
                with suppress(InvalidProgramme):
                    beside.append((release_in(files.folder, document, sealed=is_sealed), files))
    turn = release_in(Path(folder), about, sealed=False).turn
    beside.sort(key=lambda pair: pair[0].turn)
    in_force = published(release for release, _ in beside)
    yield from ((release, files) for release, files in beside if release in in_force and release.turn < turn)


class _Entry(NamedTuple):
    """One entry of a folder in git: its mode, type and hash; the size in bytes is None for what is no file."""

    mode: str
    type: str
    hash: str
    size: int | None


def _entries(folder: str) -> dict[str, _Entry]:
    """The entries of a folder of a revision by name."""
    entries = {}
    for line in _git("ls-tree", "--full-tree", "--long", "-z", "--end-of-options", folder).split(b"\0")[:-1]:
        about, _, name = line.partition(b"\t")
        mode, type, hash, size = about.decode().split()
        entries[os.fsdecode(name)] = _Entry(mode, type, hash, int(size) if size.isdecimal() else None)
    return entries


def _content(entry: _Entry, named: str) -> bytes:
    """The bytes of a file in a revision, `named` with the revision; of one that is too large as many as show it."""
    if entry.mode == _LINK:
        return _linked(named)
    if entry.type != "blob":
        raise _unreadable(f"'{named}' is no file")
    if entry.size is not None and entry.size > MAX_BYTES:
        return bytes(MAX_BYTES + 1)
    return _git("cat-file", "blob", entry.hash)


def _linked(named: str) -> bytes:
    """The bytes of the file that a symbolic link in a revision leads to."""
    header, _, rest = _git("cat-file", "--batch", "--follow-symlinks", input=os.fsencode(named) + b"\n").partition(
        b"\n"
    )
    words = header.rsplit(b" ", 2)
    if words[1:2] != [b"blob"]:
        raise _unreadable(f"'{named}' is a link that leads to no file of the revision")
    return rest[: int(words[2])]


def _git(*words: str, input: bytes = b"") -> bytes:
    """What a call of git writes; raises WrongCall where it fails."""
    environment = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(  # noqa: S603
            ["git", *words],  # noqa: S607
            input=input, capture_output=True, check=False, timeout=_SECONDS, env=environment,
        )  # fmt: skip
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise WrongCall([Problem("no-release", f"git cannot be asked: {error}", None, "install git")]) from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        reason = next((line for line in lines if line.startswith("fatal: ")), lines[-1] if lines else "it failed")
        raise _unreadable(f"git cannot read '{words[-1]}': {reason.removeprefix('fatal: ')}")
    return done.stdout


def _unreadable(message: str) -> WrongCall:
    return WrongCall([Problem("no-release", message, None, "write REVISION:FOLDER, from the root of the repository")])
