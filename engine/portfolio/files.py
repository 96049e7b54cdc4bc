"""What holds of files of rows whatever reads them: formats by name, first lines, which columns they may have."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from ..limits import MAX_ROW_BYTES
from ..problems import InvalidInput, Level, Place, Problem, Source, WrongCall, did_you_mean, wrong_call
from ..programme.model import Fact, Programme, plain_fact
from ..values import Kind
from .sql.columns import PARTNER, tier_names

SUFFIXES = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}
LINE = "line"  #: the column of a whole line of JSON
STRANGE = "\x07"  #: stands for a value of JSON that is of the wrong kind
AGREEMENT = ("partner", "term", "value", "document", "from", "until")
NO_SEPARATOR = "\x01"  #: for lines that are one value: it stands in no JSON
_SEPARATORS = (",", ";", "\t")


class Header(NamedTuple):
    """The first line of CSV: the names of its columns, and what stands between them."""

    source: Source
    names: list[str]
    separator: str


def format_of(path: Path) -> str:
    """csv, parquet or jsonl, by the end of the name; raises WrongCall."""
    found = SUFFIXES.get(path.suffix.lower())
    if found is None:
        help = f"name it {', '.join(f'….{end[1:]}' for end in SUFFIXES)}"
        raise WrongCall([Problem("unknown-format", f"'{path}' is none of CSV, Parquet and JSON Lines", None, help)])
    return found


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
        twice = next(one for one in names if names.count(one) > 1)
        place = header_place(source, twice)
        raise InvalidInput([Problem("duplicate-column", f"'{twice}' is a column twice", place, "keep one of them")])
    return Header(source, names, separator)


def header_place(header: Source | None, column: str) -> Place | None:
    """Where a column is named in the first line of a CSV file."""
    start = header.text.find(column) if header else -1
    return Place(header, start, start + len(column)) if header and start >= 0 else None


def unreadable_table(path: Path, error: Exception) -> InvalidInput:
    """What the database says of a file that it cannot read."""
    reason = str(error).strip().split("\n")[0]
    if "utf-8" in reason.lower() or "unicode" in reason.lower():
        return InvalidInput([Problem("not-utf-8", f"'{path}' is not UTF-8 text: {reason}", None, "save it as UTF-8")])
    return InvalidInput([Problem("unreadable-rows", f"'{path}' cannot be read: {reason}", None, "mend the file")])


def known_columns(programme: Programme) -> list[str]:
    """The columns that a portfolio may have."""
    return [PARTNER, *(["tier", "since"] if tier_names(programme) else []), *programme.facts]


def list_fields(programme: Programme, id: str) -> dict[str, Fact]:
    """The fields of a list; raises WrongCall where the programme has no such list."""
    if id not in programme.lists:
        raise wrong_call(f"'{id}' is not a list of the programme", did_you_mean(id, programme.lists) or "it has none")
    return dict(programme.lists[id].fields)


def agreement_fields() -> list[Fact]:
    """The columns of a file of agreements, each of them text."""
    return [plain_fact(id, Kind.TEXT) for id in AGREEMENT]


def check_columns(
    path: Path, header: Source | None, columns: Iterable[str], known: Sequence[str], needed: Iterable[str]
) -> None:
    """Raises InvalidInput with every column that is not known, and every one that is needed and not there."""
    columns, problems = list(columns), []
    for name in columns:
        if name not in known:
            help = did_you_mean(name, known) or "leave it out, or pass it over: --ignore"
            message = f"'{name}' is not a fact of the programme" if PARTNER in known else f"'{name}' is not known"
            problems.append(Problem("unknown-column", message, header_place(header, name), help))
    for name in needed:
        if name not in columns:
            message = f"'{path}' has no column '{name}'"
            problems.append(Problem("missing-column", message, None, "add it, with the partner's id in every row"))
    if problems:
        raise InvalidInput(problems)


def missing_columns(path: Path, facts: Iterable[Fact], columns: Collection[str]) -> Iterable[Problem]:
    """What no row says, though it matters: those facts are unknown of every partner."""
    missing = [fact.id for fact in facts if fact.default is None and fact.id not in columns]
    if missing:
        message = f"'{path}' has no column for {', '.join(missing)}"
        help = "of every partner that is unknown; add a column to have it decided"
        yield Problem("facts-left-out", message, None, help, Level.NOTE)


def without_partner(path: Path, row: int) -> Problem:
    """A row of what belongs to partners that does not say to whom."""
    return Problem("bad-row", f"'{path}', row {row}: it names no partner", None, "say whose it is, or remove the row")


def strangers(path: Path, number: int, first: str) -> Problem:
    """Rows that belong to partners who are not in the portfolio: nothing comes of them."""
    message = f"'{path}': rows of partners that are not in the portfolio: {number}, such as '{first}'"
    return Problem("unknown-partner", message, None, "add the partner, or mend its id", Level.WARNING)
