"""Rules for a portfolio's files, shared by DuckDB and Spark: formats, header lines, allowed columns, problems."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from ..limits import MAX_ROW_BYTES
from ..problems import InvalidInput, Level, Place, Problem, Source, WrongCall, did_you_mean
from ..programme.model import Fact, Programme, plain_fact
from ..source.letters import told_apart
from ..source.whole_files import write_error
from ..values import Kind
from .sql.columns import PARTNER, tier_names

SUFFIXES = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}
REFUSED = "refused by the migration"  #: the column that says why a row of an earlier release cannot be carried over
LINE = "line"  #: the column that holds a whole line of JSON
STRANGE = "\x07"  #: marks a JSON value of the wrong kind
AGREEMENT = ("partner", "term", "value", "document", "from", "until")
NO_SEPARATOR = "\x01"  #: reads a line as one value: JSON cannot contain it
SHOWN = 100  #: how many problems a message lists; the rest is counted
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
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        line = file.readline(MAX_ROW_BYTES + 1)
    line = line.encode(errors="surrogateescape").decode("utf-8-sig")
    if len(line) > MAX_ROW_BYTES:
        message = f"'{path}': its first line is longer than {MAX_ROW_BYTES} bytes"
        raise InvalidInput([Problem("bad-row", message, None, "begin with a line of names: partner, tier, …")])
    line = line.rstrip("\r\n")
    source, separator = Source(str(path), line), separator_of(line)
    try:
        names = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:  # a name of more than 131 072 characters
        names = line.split(separator)
    if not names:
        help = "begin with a line of names: partner, tier, …"
        raise InvalidInput([Problem("missing-column", f"'{path}' has no column 'partner': it is empty", None, help)])
    twice = next((name for name, number in Counter(names).items() if number > 1), None)
    if twice is not None:
        place = header_place(source, twice)
        raise InvalidInput([Problem("duplicate-column", f"'{twice}' is a column twice", place, "keep one of them")])
    return Header(source, names, separator)


def separator_of(line: str) -> str:
    """What separates the values of a file of CSV, by its first line."""
    return max(_SEPARATORS, key=line.count)


def header_place(header: Source | None, column: str) -> Place | None:
    """Where the header line names a column; None without a header, or where the name is quoted differently."""
    start = header.text.find(column) if header else -1
    return Place(header, start, start + len(column)) if header and start >= 0 else None


def unreadable_table(path: Path, error: Exception, output: Path | None = None) -> WrongCall | InvalidInput:
    """The error to raise for one of the database, which reads `path` and writes `output` or only temporary files."""
    if refused := write_error(output, error):
        return refused
    reason = str(error).strip().split("\n")[0]
    if "utf-8" in reason.lower() or "unicode" in reason.lower():
        return not_utf8(path, reason)
    if "Out of Memory" in reason:
        help = "write Parquet in smaller row groups, or leave out columns of long texts"
        return InvalidInput([Problem("unreadable-rows", f"'{path}' needs more memory than a run has", None, help)])
    return InvalidInput([Problem("unreadable-rows", f"'{path}' cannot be read: {reason}", None, "mend the file")])


def not_utf8(path: Path, reason: str) -> InvalidInput:
    """The error to raise for a file in another encoding."""
    return InvalidInput([Problem("not-utf-8", f"'{path}' is not UTF-8 text: {reason}", None, "save it as UTF-8")])


def known_columns(programme: Programme) -> list[str]:
    """The columns that a portfolio may have."""
    return [PARTNER, *(["tier", "since"] if tier_names(programme) else []), *programme.facts]


def agreement_fields() -> list[Fact]:
    """The columns of a file of agreements, each of them text."""
    return [plain_fact(id, Kind.TEXT) for id in AGREEMENT]


class ColumnRules(NamedTuple):
    """The columns that a table may have, as facts and by name, those that it must have, and those to ignore."""

    facts: Sequence[Fact]
    allowed: Sequence[str]
    needed: Sequence[str] = (PARTNER,)
    ignored: Collection[str] = ()

    def checked(self, path: Path, header: Source | None, columns: Iterable[str]) -> list[str]:
        """The columns that are not ignored. Raises InvalidInput that lists the unknown and the missing ones."""
        columns = [name for name in columns if name not in self.ignored]
        allowed = frozenset(self.allowed)
        unknown = [name for name in columns if name not in allowed]
        problems = [self._unknown(header, name) for name in unknown[:SHOWN]]
        if len(unknown) > SHOWN:
            more = f"'{path}' has more columns that are not known than these {SHOWN}"
            problems.append(Problem("unknown-column", more, None, "leave them out"))
        for name in self.needed:
            if name not in columns:
                message = f"'{path}' has no column '{name}'"
                problems.append(Problem("missing-column", message, None, "add it, with the partner's id in every row"))
        if problems:
            raise InvalidInput(problems)
        return columns

    def _unknown(self, header: Source | None, name: str) -> Problem:
        help = did_you_mean(name, self.allowed) or "leave it out, or pass it over: --ignore"
        message = f"'{name}' is not a fact of the programme" if PARTNER in self.allowed else f"'{name}' is not known"
        return Problem("unknown-column", message, header_place(header, name), help)


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


def unknown_partners(path: Path, number: int, first: str, alike: str | None) -> Problem:
    """The warning that `number` rows belong to partners not in the portfolio; `first` is one of these partners.

    `alike` is the partner of the portfolio whose id looks like it, if there is one.
    """
    message = f"'{path}': rows of partners that are not in the portfolio: {number}, such as '{first}'"
    help = f"'{alike}' looks like it, and {told_apart(first, alike)}" if alike else "add the partner, or mend its id"
    return Problem("unknown-partner", message, None, help, Level.WARNING)


def look_alike_partners(path: Path, number: int, first: str, second: str) -> Problem:
    """The warning that ids of the portfolio look the same: in how many ways, and the first two ids of one of them."""
    message = f"'{path}': ids of different partners that look the same: {number}, such as '{first}' and '{second}'"
    return Problem(
        "look-alike-ids", message, None, f"mend one if they are one partner: {told_apart(first, second)}", Level.WARNING
    )
