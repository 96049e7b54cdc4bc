"""One portfolio decided under two releases, and compared: whom a new release hits, and how hard.

Both releases decide the file by `batch`, into files of their own; these are joined by partner in a database whose
memory is bounded. A tier that only one release has counts as none under the other, and its partners are without one
there.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import duckdb

from ...named_tuples import public
from ...problems import Problem
from ...release.load import Release
from ..duckdb.atomic_write import move, part_path
from ..duckdb.batch import Progress, batch
from ..duckdb.sources import Connection, copy_text, database
from ..files import format_of, unreadable_table
from ..job import BatchResult, Job
from . import comparison_sql
from .comparison_sql import Held, Move, Moved
from .release_view import Portfolio, reads
from .row_comparison import OrdersUnder, priced


@public("id")
class TierCompared(NamedTuple):
    """One tier: the partners whose own it is, those who meet its requirements, and the discount that it would give.

    `in_before` and `in_after` say whether each release has it; `discount` is None where not both do, or none gives one.
    """

    id: str
    in_before: bool
    in_after: bool
    own: Held
    could: Held
    discount: Moved | None


@public("rows", "decided", "rejected", "differing")
class Compared(NamedTuple):
    """A portfolio under two releases: rows = decided + rejected; all counts are of the rows that both decided.

    `rejected` are rows that either release refuses. `differing` partners stand in the file of changes. The problems of
    one release alone say so.
    """

    rows: int
    decided: int
    rejected: int
    rejected_before: int
    rejected_after: int
    differing: int
    without_tier: Held
    discount: Moved  #: of the partner's own tier
    tiers: tuple[TierCompared, ...]
    moves: tuple[Move, ...]  #: partners by tier and status, where either is another
    orders: OrdersUnder | None
    changes: Path | None  #: the list of those who differ, where it was asked for
    rejects_before: Path | None  #: the rows that each release refuses, where there are any and the list was asked for
    rejects_after: Path | None
    problems: tuple[Problem, ...]


def compare_portfolio(before: Release, after: Release, asked: Portfolio, progress: Progress | None = None) -> Compared:
    """The portfolio under both releases on one day.

    Raises WrongCall or InvalidInput, and then leaves what stood at the list of changes before.
    """
    if asked.changes_file:
        format_of(asked.changes_file)
    orders = priced(before, after, asked) if asked.orders else None
    with TemporaryDirectory(prefix="charter-") as name:
        folder = Path(name)
        first = _decided(before, after, asked, folder / "before.parquet", _part(progress, 0))
        second = _decided(after, before, asked, folder / "after.parquet", _part(progress, 50))
        if first.rows != second.rows:
            raise RuntimeError(f"{first.rows} rows under one release, {second.rows} under the other")
        try:
            with database() as connection:
                return _Comparison(before, after, asked, folder, connection).run(first, second, orders)
        except duckdb.Error as error:
            raise unreadable_table(asked.portfolio, error) from error


def _decided(
    release: Release, other: Release, asked: Portfolio, output: Path, progress: Progress | None
) -> BatchResult:
    """The portfolio under one release, without what only the other one has."""
    own = reads(release.programme, other.programme, asked)
    more = tuple(comparison_sql.tracks_beside(release.programme).values())
    job = Job(asked.portfolio, output, asked.as_of, own.lists, asked.agreements, more, own.ignored)
    return batch(release, job, progress, own.unread)


def _part(progress: Progress | None, begins: int) -> Callable[[float], None] | None:
    """The progress of one of two halves."""
    return (lambda percent: progress(begins + percent / 2)) if progress else None


class _Comparison:
    """What the steps of one comparison share."""

    def __init__(self, before: Release, after: Release, asked: Portfolio, folder: Path, connection: Connection) -> None:
        self.before, self.after = before.programme, after.programme
        self.asked, self.folder, self.database = asked, folder, connection

    def run(self, first: BatchResult, second: BatchResult, orders: OrdersUnder | None) -> Compared:
        """Join, count, and write the list."""
        self._join()
        asked = list(comparison_sql.sums(self.before, self.after))
        texts = ", ".join(text for _, text in asked)
        row = self.database.view("joined").aggregate(texts).fetchall()[0]
        numbers = dict(zip((key for key, _ in asked), row, strict=True))
        moves = tuple(Move(*values) for values in self.database.execute(comparison_sql.MOVES).fetchall())
        changes, *rejects = self._write(first, second) if self.asked.changes_file else (None, None, None)
        return Compared(
            first.rows,
            numbers["rows",],
            first.rows - numbers["rows",],
            first.rejected,
            second.rejected,
            numbers["differing",],
            comparison_sql.held(numbers, "without"),
            comparison_sql.total_moves(numbers, "own"),
            tuple(self._tier(id, numbers) for id in comparison_sql.all_tiers(self.before, self.after)),
            moves,
            orders,
            changes,
            rejects[0],
            rejects[1],
            self._problems(first, second, orders),
        )

    def _join(self) -> None:
        """One row a partner, kept in a file, for it is gone through several times."""
        for view, name in (("old", "before"), ("new", "after")):
            self.database.read_parquet(str(self.folder / f"{name}.parquet")).create_view(view)
        discounted = comparison_sql.discounted(self.before, self.after)
        names = ["discount_total", *(f"discount_total_{id}" for id in discounted)]
        scales = {name: max(self._decimals("old", name), self._decimals("new", name)) for name in names}
        kept = self.folder / "joined.parquet"
        self.database.execute(copy_text(comparison_sql.joined(self.before, self.after, scales), kept, "parquet"))
        self.database.read_parquet(str(kept)).create_view("joined")

    def _decimals(self, view: str, column: str) -> int:
        """How many decimals the numbers of a column have."""
        rows = self.database.view(view).project(f'"{column}" AS number')
        type = str(rows.types[0])
        if type.startswith("DECIMAL"):
            return int(type.rstrip(")").rpartition(",")[2])
        if type != "VARCHAR":
            return 0
        longest = "max(length(split_part(number, '.', 2)))"  # numbers that no decimal of the database holds are text
        return int(rows.aggregate(longest).fetchall()[0][0] or 0)

    def _tier(self, id: str, numbers: dict[comparison_sql.Key, object]) -> TierCompared:
        own, could = comparison_sql.held(numbers, "own", id), comparison_sql.held(numbers, "could", id)
        has_discount = id in comparison_sql.discounted(self.before, self.after)
        moved = comparison_sql.total_moves(numbers, "could", id) if has_discount else None
        return TierCompared(id, id in self.before.tiers, id in self.after.tiers, own, could, moved)

    def _write(self, first: BatchResult, second: BatchResult) -> tuple[Path, Path | None, Path | None]:
        """The list of changes, and beside it the rows that each release refuses; all moved into place at the end."""
        target = self.asked.changes_file
        assert target is not None  # noqa: S101  the caller asks only where there is one
        refused = [target.with_name(f"{target.stem}.rejects-{side}.csv") for side in comparison_sql.SIDES]
        with ExitStack() as stack:
            part, *copies = (stack.enter_context(part_path(path)) for path in (target, *refused))
            part.touch()  # a folder that is not there is told as such
            self.database.execute(copy_text(comparison_sql.CHANGES, part, format_of(target)))
            found = [result.rejects for result in (first, second)]
            for copy, rejects in zip(copies, found, strict=True):
                if rejects:
                    shutil.copyfile(rejects, copy)
            for copy, rejects, path in zip(copies, found, refused, strict=True):
                move(copy, path) if rejects else path.unlink(missing_ok=True)
            move(part, target)
        there = [path if rejects else None for path, rejects in zip(refused, found, strict=True)]
        return target, there[0], there[1]

    def _problems(self, first: BatchResult, second: BatchResult, orders: OrdersUnder | None) -> tuple[Problem, ...]:
        """What is wrong under both, then under one of them alone, then with orders."""
        old, new = first.problems, second.problems
        both = [problem for problem in old if problem in new]
        found = [*both, *_under("before", self.before.release, old, both)]
        found += _under("after", self.after.release, new, both)
        return (*found, *(orders.problems if orders else ()))


def _under(side: str, release: str, problems: Iterable[Problem], both: list[Problem]) -> list[Problem]:
    """Problems that only one release has, which say so."""
    alone = [problem for problem in problems if problem not in both]
    return [one._replace(message=f"{side}, under release {release}: {one.message}") for one in alone]
