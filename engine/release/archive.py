"""Reads every release of a programme with its digest, by which saved outcomes name it.

If files were changed since the release was sealed, they are taken from the seal, as they were. A release with a broken
seal is not used, because its original content is unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from ..compile.compile import KINDS, REQUIRED
from ..problems import InvalidProgramme, Place, Problem, Source
from ..source.document import Document, PartPath, shown
from .find import SEAL, release_folders
from .load import Release, ReleaseFiles, asks_on_days, check_shapes, earlier_releases, load_files, read_files
from .seal import Seal, check_own_files, content_digest, read_seal

State = Literal["as_it_was", "files_changed", "seal_broken"]


class ArchivedRelease(NamedTuple):
    """One release of the archive.

    `digest` is that of the sealed content, or of the files of an unsealed release; `files_digest` is that of the files
    in the folder. `release` is None unless it was wanted and can be used; `problems` say why it cannot be used.
    """

    number: str
    state: State
    digest: str
    files_digest: str
    release: Release | None = None
    problems: tuple[Problem, ...] = ()


def read_archive(program: Path, wanted: Collection[str]) -> tuple[ArchivedRelease, ...]:
    """Every release in a folder; those with a digest in `wanted` are loaded. Raises WrongCall where there is none."""
    return tuple(_archived_release(folder, wanted) for folder in _folders(program))


def _folders(program: Path) -> tuple[Path, ...]:
    """The folders of releases, with those that hold nothing but a seal."""
    sealed = [path.parent for path in (program / SEAL, *program.glob(f"[!.]*/{SEAL}")) if path.is_file()]
    if not sealed:
        return release_folders(program)
    whole = [
        path.parent for path in (program / "programme.yaml", *program.glob("[!.]*/programme.yaml")) if path.is_file()
    ]
    return tuple(sorted({*whole, *sealed}))


def _archived_release(folder: Path, wanted: Collection[str]) -> ArchivedRelease:
    files, seal = read_files(folder), read_seal(folder)
    name = str(files.documents["programme"].at(("release",))) if "programme" in files.documents else folder.name
    digest = content_digest(files.documents)
    if isinstance(seal, Problem):
        return ArchivedRelease(name, "seal_broken", digest, digest, None, (seal,))
    if seal is None:
        return _with_release(ArchivedRelease(name, "as_it_was", digest, digest), files, wanted)
    sealed = _documents(seal)
    if sealed is None:
        return ArchivedRelease(seal.release, "seal_broken", seal.digest, digest, None, check_own_files(folder))
    if seal.digest == digest:
        return _with_release(ArchivedRelease(name, "as_it_was", digest, digest), files, wanted)
    archived = ArchivedRelease(seal.release, "files_changed", seal.digest, digest)
    return _with_release(archived, _sealed_files(folder, sealed), wanted) if seal.digest in wanted else archived


def _documents(seal: Seal) -> Mapping[str, Document] | None:
    try:
        return seal.documents()
    except RecursionError:  # sealing refuses texts nested this deeply, so the seal was changed
        return None


def _with_release(archived: ArchivedRelease, files: ReleaseFiles, wanted: Collection[str]) -> ArchivedRelease:
    """The archived release with its loaded release, or with the problems that prevent its use, if it is wanted."""
    if archived.digest not in wanted:
        return archived
    try:
        return archived._replace(release=load_files(files))
    except InvalidProgramme as refused:
        return archived._replace(problems=refused.problems)


def _sealed_files(folder: Path, sealed: Mapping[str, Document]) -> ReleaseFiles:
    """The files in a seal, as if they were read from their folder."""
    documents = {kind: document for kind, document in sealed.items() if kind in KINDS}
    broken: dict[str, set[PartPath]] = {kind: {()} for kind in REQUIRED if kind not in documents}
    problems = check_shapes(documents, broken)
    for kind in (*broken.keys() - documents.keys(), *sealed.keys() - documents.keys()):
        what = f"the seal has no {kind}.yaml" if kind in REQUIRED else f"the seal has '{kind}', no file of a release"
        place = Place(Source(shown(folder / SEAL), ""), 0, 0)
        problems.append(Problem("broken-seal", what, place, "take the file from where it was sealed"))
    earlier = earlier_releases(folder) if asks_on_days(documents) else ()
    return ReleaseFiles(folder / SEAL, documents, broken, tuple(problems), earlier)
