"""What if: a release with other values in its files, which stay unchanged on disk.

A setting names a value by its keys, `tiers.gold.discount=22`. It is put into the text of the file, so that the release
evaluated is the one that the patch shown to the user would make.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..problems import Fix, Place, Problem, WrongCall, wrong_call
from ..release.load import Release, ReleaseFiles, check_shapes, load_files
from ..source.differences import Pairing, Policy, differences
from ..source.document import Document, PartPath, read_text
from ..source.edit import Mended, with_fixes
from .edited_release import find_part

#: the keys under which a map that a setting names may have its single value
_OWN_VALUE = ("value", "rule", "when")


class WhatIf(NamedTuple):
    """The files of a release with settings, the changed ones before and after, and the settings."""

    files: ReleaseFiles
    mended: tuple[Mended, ...]
    settings: tuple[str, ...]

    def load(self) -> Release:
        """The release with the settings, which its number names; raises InvalidProgramme where it has errors."""
        release = load_files(self.files)
        number = f"{release.programme.release} with {', '.join(self.settings)}" if self.settings else None
        programme = release.programme._replace(release=number or release.programme.release)
        return release._replace(programme=programme, plan=release.plan._replace(programme=programme))


def what_if(files: ReleaseFiles, settings: Sequence[str]) -> WhatIf:
    """The release with the settings applied in order; raises WrongCall where a setting cannot be applied."""
    documents = dict(files.documents)
    for setting in settings:
        path, equals, value = setting.partition("=")
        if not equals or not value.strip():
            raise wrong_call(f"'{setting}' sets nothing", "write a path and a value: tiers.gold.discount=22")
        kind, keys = _find(documents, path.strip())
        documents[kind] = _set(documents[kind], keys, value.strip(), setting)
    changed = [kind for kind in documents if documents[kind] is not files.documents[kind]]
    broken = {kind: set(parts) for kind, parts in files.broken.items()}
    problems = (*files.problems, *check_shapes({kind: documents[kind] for kind in changed}, broken))
    mended = tuple(
        Mended(files.folder / f"{kind}.yaml", files.documents[kind].source.text, documents[kind].source.text)
        for kind in changed
    )
    return WhatIf(files._replace(documents=documents, broken=broken, problems=problems), mended, tuple(settings))


def _find(documents: Mapping[str, Document], path: str) -> tuple[str, PartPath]:
    """The kind of file and the keys of the single value that a path names; the last key may be new in its table."""
    target = find_part(documents, path, None)
    if isinstance(target, Problem):
        raise WrongCall([target])
    kind, keys = target
    table: Any = documents[kind].at(keys[:-1])
    data = table.get(keys[-1])
    if isinstance(data, dict):
        own = next((key for key in _OWN_VALUE if key in data), None)
        if own is None:
            raise wrong_call(f"'{path}' holds several values", f"name one of them: {path}.{next(iter(data), '…')}")
        keys, data = (*keys, own), data[own]
    if isinstance(data, dict | list) or not table:
        raise wrong_call(f"'{path}' is no single value", "name a part of it")
    return kind, keys


def _set(document: Document, path: PartPath, value: str, setting: str) -> Document:
    """The document with a value written into its text at a path, in quotes where it would read as another value."""
    wanted, problems = read_text(value, "--set")
    meant = wanted.data if wanted and not problems and not isinstance(wanted.data, dict | list) else value
    for written in (value, json.dumps(value, ensure_ascii=False)):
        fix = _replacement(document, path, written) if path in document.keys else _addition(document, path, written)
        read, _ = read_text(with_fixes(document.source.text, [fix]), document.source.path)
        if read and read.at(path) == meant and _same_but(document.data, read.data, path):
            return read
    raise wrong_call(f"'{setting}' cannot be written into {document.source.path}", "write a number, a word or a rule")


def _replacement(document: Document, path: PartPath, written: str) -> Fix:
    place = document.places[path]
    blank = " " if place.start == place.end else ""
    return Fix(place, blank + written)


def _addition(document: Document, path: PartPath, written: str) -> Fix:
    """The fix that writes a new key before the first one of its table, which stands on one line or on several."""
    table: Any = document.at(path[:-1])
    first = document.keys[(*path[:-1], next(iter(table)))]
    flow = document.source.text.startswith("{", document.places[path[:-1]].start)
    indent = " " * (first.column - 1)
    return Fix(Place(document.source, first.start, first.start),
               f"{path[-1]}: {written}, " if flow else f"{path[-1]}: {written}\n{indent}")  # fmt: skip


def _same_but(before: Any, after: Any, path: PartPath) -> bool:
    """Whether two pieces of data differ only at the path."""
    found_differences = differences(before, after, Policy(Pairing.EQUAL_LENGTH))
    return all(difference.keys[: len(path)] == path for difference in found_differences)
