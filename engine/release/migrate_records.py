"""Rewrites records of earlier releases as records of a later one: comments stay, and all files are written or none."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from ..evaluate.record import Record
from ..evaluate.standing import first_day
from ..named_tuples import public
from ..problems import InvalidInput, Problem, has_errors, in_order
from ..source.carried_text import carried_text
from ..source.document import Document
from ..source.edit import Mended
from .history import remembers
from .load import Release


@public("mended", "problems")
class MigratedRecords(NamedTuple):
    """The records before and after, without those that need no change; and warnings of what was left out."""

    mended: tuple[Mended, ...]
    problems: tuple[Problem, ...]


def migrated_records(documents: Iterable[Document], release: Release) -> MigratedRecords:
    """Records as records of the release, which they then name; no file is written.

    Raises InvalidInput with all problems where one of them cannot be carried over.
    """
    mended: dict[str, Mended] = {}
    problems: list[Problem] = []
    for document in documents:
        carried, more = release.lineage.carry(document)
        problems += more
        if carried is None:
            continue
        read, more = release.read(carried)
        problems += more
        data: Any = carried.data
        if carried is not document and read is not None and (lost := _lost(read, release)):
            problems.append(lost)
        elif carried is not document and not has_errors(more):
            named = carried._replace(data={**data, "release": release.lineage.number})
            path, text = document.source.path, document.source.text
            mended[path] = Mended(Path(path), text, carried_text(document, named))
    if has_errors(problems):
        raise InvalidInput(problems)
    return MigratedRecords(tuple(mended.values()), in_order(problems))


def _lost(record: Record, release: Release) -> Problem | None:
    """The problem of a history whose first days no release could read any more; None where none would be lost."""
    begins, first = first_day(record), release.programme.effective_from
    if begins is None or begins >= first or not remembers(release.programme):
        return None
    message = (
        f"the history begins on {begins}, before release {release.programme.release} of {first}; rewritten for it,"
    )
    message += " it could not be read by the releases that decide its first days"
    help = f"leave it as it is: it is read through the migration; or begin it on {first}, with 'tier' and 'since'"
    return Problem("history-before-release", message, record.places.get("partner"), help)
