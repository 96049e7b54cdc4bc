"""Counts what the checks looked at, and what of it the solver left undecided, so that this is never silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from ...problems import Level, Place, Problem

if TYPE_CHECKING:  # the solver is an optional library
    from ...proof.budget import Budget

_Part = TypeVar("_Part")


class Progress:
    """The number of parts of each kind that were looked at, and the number of those left undecided."""

    def __init__(self, budget: Budget | None) -> None:
        """`budget` counts the questions without an answer; without the solver there are none."""
        self.counts: dict[str, tuple[int, int]] = {}  #: by kind, in words: all parts, and those left
        self.budget = budget  #: None without the solver

    def each(self, kind: str, parts: Iterable[_Part]) -> Iterator[_Part]:
        """The parts of a kind; one is left undecided if a question has no answer before the next part is taken."""
        for part in parts:
            with self.of(kind, 1):
                yield part

    @contextmanager
    def of(self, kind: str, parts: int) -> Iterator[None]:
        """Count so many parts of a kind, of which one is left for each question that has no answer in the context."""
        before = self._unanswered()
        yield
        all_parts, left = self.counts.get(kind, (0, 0))
        self.counts[kind] = all_parts + parts, left + min(parts, self._unanswered() - before)

    def _unanswered(self) -> int:
        return self.budget.unanswered if self.budget else 0


def unfinished(progress: Progress, release: str, place: Place) -> Iterator[Problem]:
    """A note, at a place of the release with this number, if the solver left a part of any kind undecided."""
    left = [f"{left} of {parts} {kind}" for kind, (parts, left) in progress.counts.items() if left]
    if left:
        message = f"'{release}' is not checked to the end: the solver decided nothing on {', '.join(left)}"
        help = "mistakes there may go unnoticed; with fewer or simpler rules the check goes further"
        yield Problem("not-checked", message, place, help, Level.NOTE)
