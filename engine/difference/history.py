"""History: what each release of a programme changed of the one before, as far as partners care."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from ..release.load import ReleaseFiles, load_files
from .changes import Change, Side, changes, side

#: kinds of files, and of things, that are about the release and not about partners
_FILES = frozenset({"claims", "clauses", "programme"})
_THINGS = ("source", "fact_check", "section")


class LogEntry(NamedTuple):
    """A release, since when it is in force, and what it changed; `before` is None for the first one."""

    release: str
    first_day: date
    before: Side | None
    after: Side
    changes: tuple[Change, ...]


def history(releases: Sequence[ReleaseFiles]) -> tuple[LogEntry, ...]:
    """What each of the releases changed, as they follow each other; raises InvalidProgramme where one is mistaken."""
    sides = [side(files, load_files(files).programme) for files in releases]
    first = [LogEntry(one.programme.release, one.programme.effective_from, None, one, ()) for one in sides[:1]]
    return (*first, *(_entry(one, other) for one, other in pairwise(sides)))


def _entry(before: Side, after: Side) -> LogEntry:
    programme = after.programme
    return LogEntry(programme.release, programme.effective_from, before, after, tuple(_for_partners(before, after)))


def _for_partners(before: Side, after: Side) -> Iterator[Change]:
    for change in changes(before, after):
        about_release = change.kind in _FILES or change.code.startswith(_THINGS)
        if (
            not about_release
            and change.code != "text_changed"
            and change.path[-1:] not in (("effort",), ("effort_for",))
        ):
            yield change
