"""Compares the outcomes of one portfolio under two releases: which partners a new release affects, and how much.

Both releases decide the file by `batch`, each into its own file; these are joined by partner in a database with
bounded memory. A tier that only one release has counts as no tier under the other.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import duckdb

from ...named_tuples import public
from ...problems import Problem
from ...release.load import Release
from ...source.whole_files import check_writable, move, part_path, refuse_overwriting, refusing, scratch_folder
from ...values import NUMERIC
from ..duckdb.batch import Progress, batch
from ..duckdb.sources import Connection, copy_text, database
from ..files import format_of, unreadable_table
from ..job import BatchResult, Job
from ..sql.columns import EVERYTHING_READ
from . import comparison_sql
from .comparison_sql import DiscountChanges, HolderCounts, Move
from .release_view import Portfolio, Reads, UnprovedOutcome, reads
from .row_comparison import OrdersUnder, priced_orders


@public("id")
class TierCompared(NamedTuple):
    """One tier: how many partners have it as their own, how many meet its requirements, and how its discount changes.

    `in_before` and `in_after` say whether each release has the tier; `discount` is None where only one has it, or
    neither gives a discount.
    """

    id: str
    in_before: bool
    in_after: bool
    own: HolderCounts
    could: HolderCounts
    discount: DiscountChanges | None


@public("rows", "decided", "rejected", "differing")
class Compared(NamedTuple):
    """A portfolio under two releases: rows = decided + rejected. Counts of partners cover the rows that both decided.

    `rejected` rows are refused by at least one release. `differing` is the number of rows in the file of changes. The
    message of a problem under one release only says which.
    """

    rows: int
    decided: int
    rejected: int
    rejected_before: int
    rejected_after: int
    differing: int
    without_tier: HolderCounts
    discount: DiscountChanges  #: of the partner's own tier
    tiers: tuple[TierCompared, ...]
    moves: tuple[Move, ...]  #: numbers of partners by changed tier or status
    orders: OrdersUnder | None
    open: tuple[tuple[UnprovedOutcome, int], ...]  #: the outcomes asked for, and for how many partners each differs
    changes: Path | None  #: the list of partners with differences, where the portfolio names a file for it
    rejects_before: Path | None  #: the rows each release refuses, where there are any and `changes` is written
    rejects_after: Path | None
    problems: tuple[Problem, ...]


def compare_portfolio(
    before: Release, after: Release, portfolio: Portfolio, progress: Progress | None = None
) -> Compared:
    """Decide the portfolio under both releases on one day, and compare the outcomes.

    Raises WrongCall or InvalidInput, and then leaves an existing list of changes as it was.
    """
    if portfolio.changes_file:
        format_of(portfolio.changes_file)
        inputs = [portfolio.portfolio, *portfolio.lists.values(), *filter(None, [portfolio.agreements])]
        refuse_overwriting([portfolio.changes_file, *_rejects(portfolio.changes_file)], inputs)
        check_writable(portfolio.changes_file)
    orders = priced_orders(before, after, portfolio) if portfolio.orders else None
    with scratch_folder() as folder:
        old, new = ([outcome.before for outcome in portfolio.open], [outcome.after for outcome in portfolio.open])
        first = _decided(before, after, portfolio, old, folder / "before.parquet", _part(progress, 0))
        second = _decided(after, before, portfolio, new, folder / "after.parquet", _part(progress, 50))
        if first.rows != second.rows:
            raise RuntimeError(f"{first.rows} rows under one release, {second.rows} under the other")
        try:
            with database() as connection:
                return _Comparison(before, after, portfolio, folder, connection).run(first, second, orders)
        except duckdb.Error as error:
            raise unreadable_table(portfolio.portfolio, error, portfolio.changes_file) from error


def _decided(
    release: Release,
    against: Release,
    portfolio: Portfolio,
    values: Iterable[str],
    output: Path,
    progress: Progress | None,
) -> BatchResult:
    """Decide the portfolio under one release, ignoring columns and lists that only the other release has.

    `values` are ids of values that the file has besides the columns that every comparison reads.
    """
    number = release.lineage.number
    if release.lineage.leads_from(against.lineage.number):  # all columns are those of the other, an earlier one
        own, number = Reads(portfolio.lists, portfolio.ignored, EVERYTHING_READ), against.lineage.number
    else:
        own = reads(release.programme, against.programme, portfolio)
    tracks, besides = comparison_sql.tracks_beside(release.programme), comparison_sql.besides(release.programme)
    more = tuple(dict.fromkeys((*tracks.values(), *besides, *values)))
    job = Job(
        portfolio.portfolio,
        output,
        portfolio.as_of,
        own.lists,
        portfolio.agreements,
        more,
        own.ignored,
        written_for=number,
    )
    return batch(release, job, progress, own.unread)


def _part(progress: Progress | None, begins: int) -> Callable[[float], None] | None:
    """The progress of one half of the work, which begins at `begins` percent of the whole."""
    return (lambda percent: progress(begins + percent / 2)) if progress else None


class _Comparison:
    """The state that the steps of one comparison share."""

    def __init__(
        self, before: Release, after: Release, portfolio: Portfolio, folder: Path, database: Connection
    ) -> None:
        self.before, self.after, self.open = before.programme, after.programme, portfolio.open
        self.changes_file, self.folder, self.database = portfolio.changes_file, folder, database

    def run(self, first: BatchResult, second: BatchResult, orders: OrdersUnder | None) -> Compared:
        """Join the outcomes, count the differences, and write the list of changes."""
        self._join()
        counted = [*comparison_sql.counted_sql(self.before, self.after), *comparison_sql.open_counts(len(self.open))]
        texts = ", ".join(text for _, text in counted)
        row = self.database.view("joined").aggregate(texts).fetchall()[0]
        numbers = dict(zip((key for key, _ in counted), row, strict=True))
        moves = tuple(Move(*values) for values in self.database.execute(comparison_sql.MOVES).fetchall())
        changes, *rejects = self._write(first, second) if self.changes_file else (None, None, None)
        return Compared(
            first.rows,
            numbers["rows",],
            first.rows - numbers["rows",],
            first.rejected,
            second.rejected,
            numbers["differing",],
            comparison_sql.holder_counts(numbers, "without"),
            comparison_sql.discount_changes(numbers, "own"),
            tuple(self._tier(id, numbers) for id in comparison_sql.all_tiers(self.before, self.after)),
            moves,
            orders,
            tuple((outcome, numbers["open", str(place)]) for place, outcome in enumerate(self.open)),
            changes,
            rejects[0],
            rejects[1],
            self._problems(first, second, orders),
        )

    def _join(self) -> None:
        """Join the outcomes, one row for each partner; written to a file because it is read several times."""
        for view, name in (("old", "before"), ("new", "after")):
            outcomes = self.database.read_parquet(str(self.folder / f"{name}.parquet"))
            outcomes.project(comparison_sql.with_standing(outcomes.columns)).create_view(view)
        discounted = comparison_sql.discounted(self.before, self.after)
        names = ["discount_total", *(f"discount_total_{id}" for id in discounted)]
        scales = {name: max(self._decimals("old", name), self._decimals("new", name)) for name in names}
        target = self.folder / "joined.parquet"
        compared = [
            comparison_sql.differs_sql(outcome.before, outcome.after, self._scale(outcome)) for outcome in self.open
        ]
        query = comparison_sql.joined_sql(self.before, self.after, scales, compared, self._others())
        self.database.execute(copy_text(query, target, "parquet"))
        self.database.read_parquet(str(target)).create_view("joined")

    def _others(self) -> dict[str, str]:
        """Whether money and benefits differ, by their ids; of what a release alone has, whether it gives anything."""
        old, new = comparison_sql.besides(self.before), comparison_sql.besides(self.after)
        others = {}
        for id, value in {**old, **new}.items():
            scale = max(self._decimals(view, id) for view in ("old", "new"))
            if id in old and id in new:
                is_number = value.kind in NUMERIC and old[id].kind in NUMERIC
                others[id] = comparison_sql.differs_sql(id, id, scale if is_number else None)
            else:
                side = "before" if id in old else "after"
                others[id] = comparison_sql.given_sql(id, value, side, scale)
        return others

    def _scale(self, outcome: UnprovedOutcome) -> int | None:
        """The greatest number of decimals of a number in both files; None for anything else."""
        sides = self._decimals("old", outcome.before), self._decimals("new", outcome.after)
        return max(sides) if outcome.is_number else None

    def _decimals(self, view: str, column: str) -> int:
        """The greatest number of decimals in a column; 0 where a release does not have it."""
        if column not in self.database.view(view).columns:
            return 0
        rows = self.database.view(view).project(f'"{column}" AS number')
        type = str(rows.types[0])
        if type.startswith("DECIMAL"):
            return int(type.rstrip(")").rpartition(",")[2])
        if type != "VARCHAR":
            return 0
        longest = "max(length(split_part(number, '.', 2)))"  # numbers too long for a decimal are text
        return int(rows.aggregate(longest).fetchall()[0][0] or 0)

    def _tier(self, id: str, numbers: dict[comparison_sql.Key, object]) -> TierCompared:
        own = comparison_sql.holder_counts(numbers, "own", id)
        could = comparison_sql.holder_counts(numbers, "could", id)
        has_discount = id in comparison_sql.discounted(self.before, self.after)
        moved = comparison_sql.discount_changes(numbers, "could", id) if has_discount else None
        return TierCompared(id, id in self.before.tiers, id in self.after.tiers, own, could, moved)

    def _write(self, first: BatchResult, second: BatchResult) -> tuple[Path, Path | None, Path | None]:
        """Write the list of changes and the rows that each release refuses; returns their paths."""
        target = self.changes_file
        assert target is not None  # noqa: S101  the caller asks only where there is one
        refused = _rejects(target)
        with ExitStack() as stack:
            part, *copies = (stack.enter_context(part_path(path)) for path in (target, *refused))
            self.database.execute(copy_text(comparison_sql.CHANGES, part, format_of(target)))
            rejected_rows = [result.rejects for result in (first, second)]
            for copy, rejects in zip(copies, rejected_rows, strict=True):
                with refusing(target):
                    if rejects:
                        shutil.copyfile(rejects, copy)
            for copy, rejects, path in zip(copies, rejected_rows, refused, strict=True):
                with refusing(path):
                    move(copy, path) if rejects else path.unlink(missing_ok=True)
            move(part, target)
        written = [path if rejects else None for path, rejects in zip(refused, rejected_rows, strict=True)]
        return target, written[0], written[1]

    def _problems(self, first: BatchResult, second: BatchResult, orders: OrdersUnder | None) -> tuple[Problem, ...]:
        """The problems under both releases, then under one only, then those of orders."""
        old, new = first.problems, second.problems
        both = [problem for problem in old if problem in new]
        problems = [*both, *_under("before", self.before.release, old, both)]
        problems += _under("after", self.after.release, new, both)
        return (*problems, *(orders.problems if orders else ()))


def _rejects(changes: Path) -> list[Path]:
    """The files of the rows that each release refuses, beside the list of changes."""
    return [changes.with_name(f"{changes.stem}.rejects-{side}.csv") for side in comparison_sql.SIDES]


def _under(side: str, release: str, problems: Iterable[Problem], both: list[Problem]) -> list[Problem]:
    """The problems under one release only, with the release named in their messages."""
    alone = [problem for problem in problems if problem not in both]
    return [problem._replace(message=f"{side}, under release {release}: {problem.message}") for problem in alone]
