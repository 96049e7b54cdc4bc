"""What is asked of a batch and what comes of it, whatever runs the query; a row that was decided by itself, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple, assert_never

from ..evaluate.evaluate import all_values
from ..evaluate.outcome import Outcome, TierOutcome
from ..problems import Problem
from ..release.load import Release
from ..values import NUMERIC, Kind, Unknown, plain
from .rows import Decided
from .sql.columns import ColumnPart, OutcomeColumn, outcome_columns
from .summary import Summary

SHOWN = 20  #: problems that a result names; the file of rejects has them all
TWICE = Problem("duplicate-partner", "the partner stands in more than one row", None, "keep one of them")


class Job(NamedTuple):
    """What to decide: the portfolio, where the outcomes go, and what else belongs to the partners."""

    portfolio: Path
    output: Path
    as_of: date
    lists: Mapping[str, Path] = {}
    agreements: Path | None = None
    more: tuple[str, ...] = ()  #: ids of values to add as columns, or patterns of them
    ignored: tuple[str, ...] = ()  #: columns that are not looked at
    summarised: bool = False  #: whether the result has a summary


class BatchResult(NamedTuple):
    """How many rows there were, and what became of them: rows = decided + rejected."""

    rows: int
    decided: int
    one_by_one: int  #: of those decided, by the interpreter
    rejected: int
    rejects: Path | None  #: the file of rejected rows, where there are any
    problems: tuple[Problem, ...]  #: the first of what is wrong with them, and remarks
    summary: Summary | None = None  #: where it was asked for


def outcome_cells(release: Release, outcome: Outcome, more: Sequence[str]) -> list[str]:
    """An outcome as the cells of a row, in the order of `outcome_columns`; `more` are ids of facts and values."""
    values = all_values(release.plan, outcome) if more else {}
    tiers = {tier.id: tier for tier in outcome.tiers}
    return [
        _text(_cell(column, tiers[column.tier] if column.tier else outcome, outcome, values))
        for column in outcome_columns(release.programme, more)
    ]


def _cell(column: OutcomeColumn, about: Outcome | TierOutcome, outcome: Outcome, values: Mapping[str, Any]) -> Any:
    """What a column says of an outcome; `about` is the outcome itself, or the tier that the column is about."""
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
        case ColumnPart.VALUE:
            return values[column.name]
        case _:
            assert_never(column.part)


def _text(value: Any) -> str:
    """A value of an outcome as a cell: a quotient to twelve decimals, what is unknown empty."""
    if value is None or isinstance(value, Unknown):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return plain(value) if isinstance(value, Decimal | Fraction) else str(value)


def sql_type(column: OutcomeColumn) -> str:
    """The type of a column where no query gives it one."""
    if column.kind in NUMERIC:
        return "DECIMAL(38, 12)"
    return {Kind.YES_NO: "BOOLEAN", Kind.DATE: "DATE"}.get(column.kind, "VARCHAR")


def problem_line(problem: Problem) -> str:
    """What is wrong and the way out, in one line."""
    return f"{problem.message} ({problem.help})" if problem.help else problem.message


def at_row(row: Decided, problem: Problem) -> Problem:
    """A problem of a row, which says which row and partner it is of."""
    who = f"row {row.number}" + (f", partner {row.partner}" if row.partner else "")
    return Problem(problem.code, f"{who}: {problem.message}", None, problem.help, problem.level)
