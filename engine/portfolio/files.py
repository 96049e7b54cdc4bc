"""Rules for a portfolio's files, shared by DuckDB and Spark: formats, header lines, allowed columns, problems."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from ..limits import MAX_ROW_BYTES
from ..problems import InvalidInput, Level, Place, Problem, Source, WrongCall, did_you_mean
from ..programme.model import Fact, Programme, plain_fact
from ..values import Kind
from .sql.columns import PARTNER, tier_names

SUFFIXES = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}
LINE = "line"  #: the column that holds a whole line of JSON
STRANGE = "\x07"  #: marks a JSON value of the wrong kind
AGREEMENT = ("partner", "term", "value", "document", "from", "until")
NO_SEPARATOR = "\x01"  #: reads a line as one value: JSON cannot contain it
_SEPARATORS = (",", ";", "\t")


class Header(NamedTuple):
    """The first line of a CSV file: the names of its columns, and the separator."""

    source: Source
    names: list[str]
    separator: str


def format_of(path: Path) -> str:
    """The format `csv`, `parquet` or `jsonl`, from the suffix of the name; raises WrongCall for any other suffix."""
    format = SUFFIXES.get(path.suffix.lower())
    if format is None:
        help = f"name it {', '.join(f'….{end[1:]}' for end in SUFFIXES)}"
        raise WrongCall([Problem("unknown-format", f"'{path}' is none of CSV, Parquet and JSON Lines", None, help)])
    return format


def read_header(path: Path) -> Header:
    """The first line of a CSV file; raises InvalidInput, UnicodeError and OSError."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        line = file.readline(MAX_ROW_BYTES).rstrip("\r\n")
    source, separator = Source(str(path), line), max(_SEPARATORS, key=line.count)
    names = next(csv.reader([line], delimiter=separator), [])
    if not names:
        help = "begin with a line of names: partner, tier, …"
        raise InvalidInput([Problem("missing-column", f"'{path}' has no column 'partner': it is empty", None, help)])
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        place = header_place(source, twice)
        raise InvalidInput([Problem("duplicate-column", f"'{twice}' is a column twice", place, "keep one of them")])
    return Header(source, names, separator)


def header_place(header: Source | None, column: str) -> Place | None:
    """Where the header line names a column; None without a header, or where the name is quoted differently."""
    start = header.text.find(column) if header else -1
    return Place(header, start, start + len(column)) if header and start >= 0 else None


def unreadable_table(path: Path, error: Exception) -> InvalidInput:
    """The error to raise for a file that the database cannot read."""
    reason = str(error).strip().split("\n")[0]
    if "utf-8" in reason.lower() or "unicode" in reason.lower():
        return InvalidInput([Problem("not-utf-8", f"'{path}' is not UTF-8 text: {reason}", None, "save it as UTF-8")])
    return InvalidInput([Problem("unreadable-rows", f"'{path}' cannot be read: {reason}", None, "mend the file")])


def known_columns(programme: Programme) -> list[str]:
    """The columns that a portfolio may have."""
    return [PARTNER, *(["tier", "since"] if tier_names(programme) else []), *programme.facts]


def agreement_fields() -> list[Fact]:
    """The columns of a file of agreements, each of them text."""
    return [plain_fact(id, Kind.TEXT) for id in AGREEMENT]


def check_columns(
    path: Path, header: Source | None, columns: Iterable[str], allowed: Sequence[str], needed: Iterable[str]
) -> None:
    """Raise InvalidInput that lists the columns not in `allowed`, and the `needed` columns that are missing."""
    columns, problems = list(columns), []
    for name in columns:
        if name not in allowed:
            help = did_you_mean(name, allowed) or "leave it out, or pass it over: --ignore"
            message = f"'{name}' is not a fact of the programme" if PARTNER in allowed else f"'{name}' is not known"
            problems.append(Problem("unknown-column", message, header_place(header, name), help))
    for name in needed:
        if name not in columns:
            message = f"'{path}' has no column '{name}'"
            problems.append(Problem("missing-column", message, None, "add it, with the partner's id in every row"))
    if problems:
        raise InvalidInput(problems)


def missing_columns(path: Path, facts: Iterable[Fact], columns: Collection[str]) -> Iterable[Problem]:
    """A note on facts that have neither a column nor a default: they are unknown for every partner."""
    missing = [fact.id for fact in facts if fact.default is None and fact.id not in columns]
    if missing:
        message = f"'{path}' has no column for {', '.join(missing)}"
        help = "of every partner that is unknown; add a column to have it decided"
        yield Problem("facts-left-out", message, None, help, Level.NOTE)


def without_partner(path: Path, row: int) -> Problem:
    """The problem of a row of a list or of agreements that names no partner."""
    return Problem("bad-row", f"'{path}', row {row}: it names no partner", None, "say whose it is, or remove the row")


def unknown_partners(path: Path, number: int, first: str) -> Problem:
    """The warning that `number` rows belong to partners not in the portfolio; `first` is one of these partners."""
    message = f"'{path}': rows of partners that are not in the portfolio: {number}, such as '{first}'"
    return Problem("unknown-partner", message, None, "add the partner, or mend its id", Level.WARNING)
