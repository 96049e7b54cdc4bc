"""Change: a release with something else in some places of its files, as another reading or a what-if would have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..problems import Place, Problem, did_you_mean
from ..release.load import ReleaseFiles, check_shapes
from ..source.document import Document, PartPath
from ..source.parts import with_part


class Edit(NamedTuple):
    """What stands at a path of the release's files (`bonuses.events.take`), and where the change itself is written."""

    path: str
    new: Document
    place: Place


def changed(files: ReleaseFiles, changes: Sequence[Edit]) -> ReleaseFiles:
    """The files with the changes made, their shapes checked again; what is wrong is told where the change is written.

    The first key of a path is a table of one of the files; all keys but the last must be there.
    """
    documents = dict(files.documents)
    problems: list[Problem] = []
    touched: set[str] = set()
    for change in changes:
        found = find(documents, change.path, change.place)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        kind, path = found
        documents[kind] = with_part(documents[kind], path, change.new)
        touched.add(kind)
    broken = {kind: set(parts) for kind, parts in files.broken.items()}
    problems += check_shapes({kind: documents[kind] for kind in documents if kind in touched}, broken)
    return ReleaseFiles(files.folder, documents, broken, (*files.problems, *problems))


def find(documents: Mapping[str, Document], path: str, place: Place | None) -> tuple[str, PartPath] | Problem:
    """The kind of file and the keys in it that a path means; or what is not there, told at the place given."""
    keys = path.split(".")
    tables = {key: kind for kind, one in documents.items() if isinstance(one.data, dict) for key in one.data}
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


def _missing(key: str, path: str, place: Place | None, known: Any) -> Problem:
    message = f"there is no '{key}' for '{path}' to change"
    return Problem("unknown-path", message, place, did_you_mean(key, known))
