"""The history of a programme: what each release changed for partners against the one before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from ..release.load import Release, ReleaseFiles, load_files
from .changes import Change, Side, changes, side
from .renaming import renaming_of
from .rows import ChangedKind

#: kinds of files, and of things, that are about the release and not about partners
_FILES = frozenset({"claims", "clauses", "programme"})
_THINGS: frozenset[ChangedKind] = frozenset({"source", "fact_check", "section"})


class LogEntry(NamedTuple):
    """A release, its first day, and what it changed; `before` is None for the first release."""

    release: str
    first_day: date
    before: Side | None
    after: Side
    changes: tuple[Change, ...]


def history(releases: Sequence[ReleaseFiles]) -> tuple[LogEntry, ...]:
    """An entry for each release, in the order in which they follow each other.

    Raises InvalidProgramme where a release has mistakes.
    """
    loaded = [load_files(files) for files in releases]
    return tuple(_entry(before, after) for before, after in zip((None, *loaded), loaded, strict=False))


def _entry(first: Release | None, second: Release) -> LogEntry:
    programme, after = second.programme, side(second.files, second.programme)
    if first is None:
        return LogEntry(programme.release, programme.effective_from, None, after, ())
    renaming, renamed = renaming_of(first, second.files)
    before = side(renamed.files, renamed.programme)
    shown = tuple(change for change in changes(before, after, renaming) if _is_for_partners(change))
    return LogEntry(programme.release, programme.effective_from, before, after, shown)


def _is_for_partners(change: Change) -> bool:
    """Whether partners care: not for what is about the release, a wording, or an estimate of effort."""
    if change.file_kind in _FILES or change.what in _THINGS or {"effort", "effort_for"} & {*change.path[-2:]}:
        return False
    return change.what != "text" or change.became != "changed"
