"""What is asked of a batch and what comes of it, whatever runs the query; a row that was decided by itself, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from ..evaluate.evaluate import all_values
from ..evaluate.outcome import Outcome
from ..problems import Problem
from ..programme.model import Programme
from ..release.load import Release
from ..values import NUMERIC, Kind, Unknown, plain
from .rows import Decided
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
    """An outcome as the cells of a row, in the order of `outcome_names`."""
    discount = outcome.discount
    row: list[Any] = [outcome.partner, outcome.tier, outcome.status]
    row += [discount.base, discount.uncapped, discount.total] if discount else [None, None, None]
    for tier in outcome.tiers:
        row += [tier.status, tier.discount.total if tier.discount else None]
    values = all_values(release.plan, outcome) if more else {}
    return [_text(value) for value in (*row, *(values[id] for id in more))]


def _text(value: Any) -> str:
    """A value of an outcome as a cell: a quotient to twelve decimals, what is unknown empty."""
    if value is None or isinstance(value, Unknown):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return plain(value) if isinstance(value, Decimal | Fraction) else str(value)


def sql_type(programme: Programme, column: str) -> str:
    """The type of a column where no query gives it one."""
    about = programme.values.get(column) or programme.facts.get(column)
    if column.startswith("discount_") or (about and about.kind in NUMERIC):
        return "DECIMAL(38, 12)"
    return {Kind.YES_NO: "BOOLEAN", Kind.DATE: "DATE"}.get(about.kind, "VARCHAR") if about else "VARCHAR"


def problem_line(problem: Problem) -> str:
    """What is wrong and the way out, in one line."""
    return f"{problem.message} ({problem.help})" if problem.help else problem.message


def at_row(row: Decided, problem: Problem) -> Problem:
    """A problem of a row, which says which row and partner it is of."""
    who = f"row {row.number}" + (f", partner {row.partner}" if row.partner else "")
    return Problem(problem.code, f"{who}: {problem.message}", None, problem.help, problem.level)
