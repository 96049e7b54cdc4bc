"""What a handbook's rules are made of: lines, the parts that hold them, and groups of parts that stay together."""

from __future__ import annotations

from typing import NamedTuple

YES, NO = "✓", "–"


class Line(NamedTuple):
    """One row: its cells, the first of them the subject; the clauses it cites; and its depth under other rows."""

    cells: tuple[str, ...]
    source: tuple[str, ...] = ()
    level: int = 0
    strong: bool = False


class Part(NamedTuple):
    """A table, or without columns a list or sentences; with `in_full` rows are shown with the text of their clauses."""

    title: str
    rows: tuple[Line, ...] = ()
    columns: tuple[str, ...] = ()
    in_full: bool = False
    intro: str = ""
    level: int = 3  #: the level of its heading
    bullets: bool = False


class Group(NamedTuple):
    """Parts that stay together in one section, whichever clauses each of them cites."""

    parts: tuple[Part, ...]
    repeats: bool = False  #: True where other groups show the same; it is shown only for clauses not shown yet

    @property
    def rows(self) -> tuple[Line, ...]:
        """The rows of all parts."""
        return tuple(row for part in self.parts for row in part.rows)
