"""The archive: every release of a programme as saved outcomes name it, by the digest of what it says.

Of a release whose files were changed since it was sealed, the seal has the files as they were. A release whose seal is
broken is not used at all: nothing says then what it was.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from ..compile.compile import KINDS, REQUIRED
from ..problems import InvalidProgramme, Place, Problem, Source
from ..source.document import Document, PartPath, shown
from .find import SEAL, release_folders
from .load import Release, ReleaseFiles, check_shapes, load_files, read_files
from .seal import Seal, check_own_files, content_digest, read_seal

State = Literal["as_it_was", "files_changed", "seal_broken"]


class Kept(NamedTuple):
    """One release of the archive.

    `digest` is that of what was sealed, or of the files where they are not sealed, and `files_digest` that of the files
    as they are. `release` is there where it was asked for and can be used; `problems` say why it cannot.
    """

    number: str
    state: State
    digest: str
    files_digest: str
    release: Release | None = None
    problems: tuple[Problem, ...] = ()


def read_archive(program: Path, wanted: Collection[str]) -> tuple[Kept, ...]:
    """Every release in a folder; those of the digests wanted are made ready. Raises WrongCall where there is none."""
    return tuple(_kept(folder, wanted) for folder in _folders(program))


def _folders(program: Path) -> tuple[Path, ...]:
    """The folders of releases, those among them too of which nothing but the seal is left."""
    sealed = [path.parent for path in (program / SEAL, *program.glob(f"*/{SEAL}")) if path.is_file()]
    if not sealed:
        return release_folders(program)
    whole = [path.parent for path in (program / "programme.yaml", *program.glob("*/programme.yaml")) if path.is_file()]
    return tuple(sorted({*whole, *sealed}))


def _kept(folder: Path, wanted: Collection[str]) -> Kept:
    files, seal = read_files(folder), read_seal(folder)
    name = str(files.documents["programme"].at(("release",))) if "programme" in files.documents else folder.name
    digest = content_digest(files.documents)
    if isinstance(seal, Problem):
        return Kept(name, "seal_broken", digest, digest, None, (seal,))
    if seal is None:
        return _ready(Kept(name, "as_it_was", digest, digest), files, wanted)
    sealed = _documents(seal)
    if sealed is None:
        return Kept(seal.release, "seal_broken", seal.digest, digest, None, check_own_files(folder))
    if seal.digest == digest:
        return _ready(Kept(name, "as_it_was", digest, digest), files, wanted)
    kept = Kept(seal.release, "files_changed", seal.digest, digest)
    return _ready(kept, _sealed_files(folder, sealed), wanted) if seal.digest in wanted else kept


def _documents(seal: Seal) -> Mapping[str, Document] | None:
    try:
        return seal.documents()
    except RecursionError:  # no text that was sealed is nested so deep
        return None


def _ready(kept: Kept, files: ReleaseFiles, wanted: Collection[str]) -> Kept:
    """With the release itself, or with what keeps it from being used."""
    if kept.digest not in wanted:
        return kept
    try:
        return kept._replace(release=load_files(files))
    except InvalidProgramme as refused:
        return kept._replace(problems=refused.problems)


def _sealed_files(folder: Path, sealed: Mapping[str, Document]) -> ReleaseFiles:
    """The files in a seal, as if they were read from their folder."""
    known = {kind: document for kind, document in sealed.items() if kind in KINDS}
    broken: dict[str, set[PartPath]] = {kind: {()} for kind in REQUIRED if kind not in known}
    problems = check_shapes(known, broken)
    for kind in (*broken.keys() - known.keys(), *sealed.keys() - known.keys()):
        what = f"the seal has no {kind}.yaml" if kind in REQUIRED else f"the seal has '{kind}', no file of a release"
        place = Place(Source(shown(folder / SEAL), ""), 0, 0)
        problems.append(Problem("broken-seal", what, place, "take the file from where it was sealed"))
    return ReleaseFiles(folder / SEAL, known, broken, tuple(problems))
