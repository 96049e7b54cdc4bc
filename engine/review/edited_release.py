"""Edits the files of a release in memory, as another reading of a clause or a what-if asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..problems import Place, Problem, did_you_mean
from ..release.load import ReleaseFiles, check_shapes
from ..source.document import Document, PartPath
from ..source.parts import with_part


class Edit(NamedTuple):
    """A new part for a path in the files of a release (`bonuses.events.take`), and where the edit itself is written."""

    path: str
    new: Document
    place: Place


def edited(files: ReleaseFiles, edits: Sequence[Edit]) -> ReleaseFiles:
    """The files with the edits made and their shapes checked again; problems stand where the edits are written.

    The first key of a path is a table of one of the files; all keys but the last must exist.
    """
    documents = dict(files.documents)
    problems: list[Problem] = []
    edited_kinds: set[str] = set()
    for edit in edits:
        target = find_part(documents, edit.path, edit.place)
        if isinstance(target, Problem):
            problems.append(target)
            continue
        kind, path = target
        documents[kind] = with_part(documents[kind], path, edit.new)
        edited_kinds.add(kind)
    broken = {kind: set(parts) for kind, parts in files.broken.items()}
    problems += check_shapes({kind: documents[kind] for kind in documents if kind in edited_kinds}, broken)
    return ReleaseFiles(files.folder, documents, broken, (*files.problems, *problems), files.earlier)


def find_part(documents: Mapping[str, Document], path: str, place: Place | None) -> tuple[str, PartPath] | Problem:
    """The kind of file and the keys in it that a dotted path names; or the problem, at `place`, that a key is missing.

    The last key may be missing.
    """
    keys = path.split(".")
    tables = {
        key: kind
        for kind, file in documents.items()
        if kind != "migration" and isinstance(file.data, dict)
        for key in file.data
    }
    if keys[0] not in tables:
        return _missing(keys[0], path, place, tables)
    data: Any = documents[tables[keys[0]]].data
    for key in keys[:-1]:
        if not isinstance(data, dict) or key not in data:
            return _missing(key, path, place, data if isinstance(data, dict) else ())
        data = data[key]
    if not isinstance(data, dict):
        return _missing(keys[-1], path, place, ())
    return tables[keys[0]], tuple(keys)


def _missing(key: str, path: str, place: Place | None, keys: Any) -> Problem:
    message = f"there is no '{key}' for '{path}' to change"
    return Problem("unknown-path", message, place, did_you_mean(key, keys))
