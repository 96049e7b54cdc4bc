"""Reads the files of a release that a user names: by its number, by a folder, or by a revision of a git repository."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from ..compile.compile import KINDS
from ..limits import MAX_BYTES
from ..problems import Problem, WrongCall, wrong_call
from .find import no_release, release_folders
from .load import ReleaseFiles, read_files, release_files

_SECONDS = 30  #: time limit of one call of git


def find_files(named: str, program: Path | None) -> ReleaseFiles:
    """The files of `1.0.0` (a release in the folder `program`), of a folder, or of `main:program/1.0.0` (git).

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
    """The files of a release in a revision, read without a checkout."""
    prefix = path.strip("/")
    listed = _git("ls-tree", "--name-only", "-z", "--end-of-options", f"{revision}:{prefix}")
    names = [name for name in os.fsdecode(listed).split("\0") if name.endswith(".yaml")]
    contents = {
        name.removesuffix(".yaml"): _git("show", "--end-of-options", f"{revision}:{prefix}/{name}")[: MAX_BYTES + 1]
        for name in sorted(names)
        if name.removesuffix(".yaml") in KINDS
    }
    return release_files(Path(f"{revision}:{prefix}"), contents)


def _git(*words: str) -> bytes:
    try:
        done = subprocess.run(["git", *words], capture_output=True, check=False, timeout=_SECONDS)  # noqa: S603, S607
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WrongCall([Problem("no-release", f"git cannot be asked: {error}", None, "install git")]) from error
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise WrongCall([Problem("no-release", f"git has no such release: {reason}", None, "write REVISION:FOLDER")])
    return done.stdout
