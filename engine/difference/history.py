"""The history of a programme: what each release changed for partners against the one before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from ..release.load import ReleaseFiles, load_files
from .changes import Change, ChangedKind, Side, changes, side

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
    sides = [side(files, load_files(files).programme) for files in releases]
    return tuple(_entry(before, after) for before, after in zip((None, *sides), sides, strict=False))


def _entry(before: Side | None, after: Side) -> LogEntry:
    programme = after.programme
    shown = tuple(change for change in changes(before, after) if _is_for_partners(change)) if before else ()
    return LogEntry(programme.release, programme.effective_from, before, after, shown)


def _is_for_partners(change: Change) -> bool:
    """Whether partners care: not for what is about the release, a wording, or an estimate of effort."""
    if change.file_kind in _FILES or change.what in _THINGS or change.path[-1:] in (("effort",), ("effort_for",)):
        return False
    return change.what != "text" or change.became != "changed"
