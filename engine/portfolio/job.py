"""The order and the result of a batch, for DuckDB and Spark alike; outcomes of the interpreter as cells of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple, assert_never

from ..evaluate.outcome import Outcome, TierOutcome
from ..named_tuples import public
from ..problems import Problem
from ..programme.outcomes import OwnOutcome
from ..release.load import Release
from ..source.whole_files import refuse_overwriting
from ..values import NUMERIC, Kind, Unknown, plain
from .files import SHOWN
from .rows import Decided
from .sql.columns import ColumnPart, OutcomeColumn, outcome_columns
from .summary import Summary

TWICE = Problem("duplicate-partner", "the partner stands in more than one row", None, "keep one of them")


class Job(NamedTuple):
    """What to decide: the portfolio, its lists (files by id) and agreements, the day, and where the outcomes go."""

    portfolio: Path
    output: Path
    as_of: date
    lists: Mapping[str, Path] = {}
    agreements: Path | None = None
    more: tuple[str, ...] = ()  #: ids of values to add as columns, or patterns of ids
    ignored: tuple[str, ...] = ()  #: columns of the portfolio to ignore
    summarised: bool = False  #: whether the result has a summary
    safe_csv: bool = False  #: whether texts in CSV that begin like formulas are defused
    written_for: str | None = None  #: the release that the files were written for; None: as their columns show


@public("rows", "decided", "rejected")
class BatchResult(NamedTuple):
    """The numbers of rows read, decided and rejected: rows = decided + rejected."""

    rows: int
    decided: int
    one_by_one: int  #: how many of the decided rows the interpreter decided
    rejected: int
    rejects: Path | None  #: the file of rejected rows, where there are any
    problems: tuple[Problem, ...]  #: remarks on the files, problems of rejected rows; after a hundred by number
    summary: Summary | None = None  #: where the job asks for it


class ProblemList:
    """The remarks on files and the first problems of rejected rows, at most SHOWN; the others are counted by code."""

    def __init__(self, remarks: Iterable[Problem]) -> None:
        self._problems = list(remarks)
        self._unlisted: Counter[str] = Counter()

    def add(self, row: Decided, file: str | None = None) -> None:
        """Take in the problems of a rejected row, in this file of a folder."""
        if len(self._problems) >= SHOWN:
            self._unlisted.update({problem.code for problem in row.problems})
            return
        problems = [at_row(row, problem) for problem in row.problems[:SHOWN]]
        self._problems += [
            problem._replace(message=f"{file}: {problem.message}") if file else problem for problem in problems
        ]

    def listed(self, rejects: Path) -> tuple[Problem, ...]:
        """The problems, then for each code in how many more rows it stands, all of which are in the file `rejects`."""
        counted = (
            Problem(code, f"{number} more {'row' if number == 1 else 'rows'} with this problem", None, f"see {rejects}")
            for code, number in sorted(self._unlisted.items())
        )
        return (*self._problems[:SHOWN], *counted)


def rejects_path(output: Path) -> Path:
    """The file of the rejected rows, beside the file of outcomes."""
    return output.with_name(f"{output.stem}.rejects.csv")


def check_files(job: Job) -> None:
    """Raise WrongCall where the outcomes or the rejected rows would overwrite a file that the job reads."""
    inputs = [job.portfolio, *job.lists.values(), *filter(None, [job.agreements])]
    refuse_overwriting([job.output, rejects_path(job.output)], inputs)


def outcome_cells(release: Release, outcome: Outcome, more: Sequence[str]) -> list[str]:
    """An outcome as the cells of a row, in the order of `outcome_columns`; `more` are ids of facts and values."""
    values = release.values(outcome) if more else {}
    tiers = {tier.id: tier for tier in outcome.tiers}
    return [
        _text(_cell(column, tiers[column.tier] if column.tier else outcome, outcome, values))
        for column in outcome_columns(release.programme, more)
    ]


def _cell(column: OutcomeColumn, about: Outcome | TierOutcome, outcome: Outcome, values: Mapping[str, Any]) -> Any:
    """The value of a column; `about` is the outcome itself, or the tier that the column is about."""
    match column.part:
        case ColumnPart.PARTNER:
            return outcome.partner
        case ColumnPart.TIER:
            return outcome.tier
        case ColumnPart.STATUS:
            return about.status
        case ColumnPart.DISCOUNT_BASE:
            return about.discount.base if about.discount else None
        case ColumnPart.DISCOUNT_UNCAPPED:
            return about.discount.uncapped if about.discount else None
        case ColumnPart.DISCOUNT_TOTAL:
            return about.discount.total if about.discount else None
        case ColumnPart.OWN:
            return _own(column.own, outcome, values) if column.own else None
        case ColumnPart.VALUE:
            return values[column.value]
        case _:
            assert_never(column.part)


def _own(own: OwnOutcome, outcome: Outcome, values: Mapping[str, Any]) -> Any:
    """An outcome of the partner's own tier: nothing where it does not qualify, None without a tier."""
    if outcome.tier is None:
        return None
    value = own.by_tier.get(outcome.tier)
    if value is None or outcome.status == "not_qualified":
        return own.nothing
    return None if outcome.status == "undetermined" else values[value.id]


def _text(value: Any) -> str:
    """A value of an outcome as a cell: a quotient rounded to twelve decimals; empty where unknown."""
    if value is None or isinstance(value, Unknown):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return plain(value) if isinstance(value, Decimal | Fraction) else str(value)


def sql_type(column: OutcomeColumn) -> str:
    """The SQL type of a column where no query determines it."""
    if column.kind in NUMERIC:
        return "DECIMAL(38, 12)"
    return {Kind.YES_NO: "BOOLEAN", Kind.DATE: "DATE"}.get(column.kind, "VARCHAR")


def problem_line(problem: Problem) -> str:
    """The message of a problem and its help, in one line."""
    return f"{problem.message} ({problem.help})" if problem.help else problem.message


def at_row(row: Decided, problem: Problem) -> Problem:
    """The problem with its row and partner named in the message."""
    who = f"row {row.number}" + (f", partner {row.partner}" if row.partner else "")
    return Problem(problem.code, f"{who}: {problem.message}", None, problem.help, problem.level)
