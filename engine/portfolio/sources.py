"""Files of rows as tables of DuckDB: CSV, Parquet, JSON Lines, each column in the form in which the file holds it.

A table has the columns of the file and `item_number`, which counts the rows from 1. Text files are read as text, so
that no digit and no slip is lost on the way.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import duckdb
from sqlglot import exp

from ..problems import InvalidInput, Place, Problem, Source, WrongCall
from ..programme import Fact
from ..values import Kind
from .inputs import Form
from .relations import ITEM

SUFFIXES = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}
MEMORY = "300MB"  #: what the database may use before it goes on on disk
_SEPARATORS = (",", ";", "\t")
_MAX_LINE = 200_000  #: bytes of one row of text
LINE = "line"  #: the column of a whole line of JSON

Connection = duckdb.DuckDBPyConnection


class Table(NamedTuple):
    """A file as a table: its name in the database, the form of each column, where it tells what is wrong with a row."""

    name: str
    path: Path
    format: str
    columns: dict[str, Form]
    header: Source | None = None  #: the first line, of CSV
    plain: exp.Expr | None = None  #: what a row needs besides plain values


@contextmanager
def database() -> Iterator[Connection]:
    """A database in memory, that goes on in a folder of its own where there is too much for it."""
    with TemporaryDirectory(prefix="charter-") as folder:
        connection = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": folder})
        try:
            yield connection
        finally:
            connection.close()


def format_of(path: Path) -> str:
    """csv, parquet or jsonl, by the end of the name; raises WrongCall."""
    found = SUFFIXES.get(path.suffix.lower())
    if found is None:
        help = f"name it {', '.join(f'….{end[1:]}' for end in SUFFIXES)}"
        raise WrongCall([Problem("unknown-format", f"'{path}' is none of CSV, Parquet and JSON Lines", None, help)])
    return found


def open_table(database: Connection, path: Path, name: str, facts: Sequence[Fact]) -> Table:
    """A file as a view of the database; `facts` are those that its columns may hold. Raises WrongCall, InvalidInput."""
    format = format_of(path)
    if not path.is_file():
        raise WrongCall([Problem("unreadable-file", f"'{path}' is not a file", None, "check the path")])
    if set("*?[") & set(str(path)):
        raise WrongCall([Problem("unreadable-file", f"'{path}' has one of * ? [ in its name", None, "rename it")])
    try:
        return {"csv": _csv, "parquet": _parquet, "jsonl": _json}[format](database, path, name, facts)
    except (duckdb.Error, UnicodeError, OSError) as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> InvalidInput:
    """What the database says of a file that it cannot read."""
    reason = str(error).strip().split("\n")[0]
    if "utf-8" in reason.lower() or "unicode" in reason.lower():
        return InvalidInput([Problem("bad-encoding", f"'{path}' is not UTF-8: {reason}", None, "save it as UTF-8")])
    return InvalidInput([Problem("unreadable-rows", f"'{path}' cannot be read: {reason}", None, "mend the file")])


def _parquet(database: Connection, path: Path, name: str, _: Sequence[Fact]) -> Table:
    found = database.read_parquet(str(path), file_row_number=True)
    columns = {column: _form(type) for column, type in zip(found.columns, found.types, strict=True)}
    del columns["file_row_number"]
    found.create_view(f"{name}_file")
    number = exp.Add(this=exp.column("file_row_number"), expression=exp.Literal.number(1))
    _view(database, name, exp.select(*map(_quoted, columns), exp.alias_(number, ITEM)).from_(f"{name}_file"))
    return Table(name, path, "parquet", columns)


def _form(type: Any) -> Form:
    text = str(type)
    if text.startswith("DECIMAL"):
        return Form.DECIMAL
    if text in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"):
        return Form.WHOLE
    if text.startswith("TIMESTAMP"):
        return Form.TIME
    known = {"BOOLEAN": Form.YES_NO, "DOUBLE": Form.FLOAT, "FLOAT": Form.FLOAT, "DATE": Form.DATE, "VARCHAR": Form.TEXT}
    return Form.TEXT if text.startswith("ENUM") else known.get(text, Form.OTHER)


def _csv(database: Connection, path: Path, name: str, _: Sequence[Fact]) -> Table:
    header = _first_line(path)
    separator = max(_SEPARATORS, key=header.count)
    names = next(csv.reader([header], delimiter=separator), [])
    source = Source(str(path), header)
    if len(set(names)) < len(names):
        twice = next(one for one in names if names.count(one) > 1)
        place = header_place(source, twice)
        raise InvalidInput([Problem("duplicate-column", f"'{twice}' is a column twice", place, "keep one of them")])
    rows = _text_rows(database, path, separator, dict.fromkeys(names, "VARCHAR"), skip=1)
    rows.create_view(f"{name}_text")
    number = exp.alias_(exp.Window(this=exp.RowNumber()), ITEM)
    _keep(database, name, exp.select(*map(_quoted, names), number).from_(f"{name}_text"))
    return Table(name, path, "csv", dict.fromkeys(names, Form.TEXT), source)


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return file.readline(_MAX_LINE).rstrip("\r\n")


def _text_rows(database: Connection, path: Path, separator: str, columns: dict[str, str], skip: int) -> Any:
    """The rows of a text file; those that have too few or too many values are kept apart, and told."""
    quote = '"' if separator in _SEPARATORS else ""
    return database.read_csv(
        str(path), columns=columns, header=False, skiprows=skip, sep=separator, quotechar=quote, escapechar=quote,
        na_values=[""], max_line_size=_MAX_LINE, store_rejects=True, auto_detect=False,
    )  # fmt: skip


def _json(database: Connection, path: Path, name: str, facts: Sequence[Fact]) -> Table:
    """Each line is an object; its values stay text, those in quotes told from the others."""
    line = exp.column(LINE)
    _text_rows(database, path, "\x01", {LINE: "VARCHAR"}, skip=0).create_view(f"{name}_text")
    kinds = {fact.id: fact.kind for fact in facts}
    named = _keys(database, f"{name}_text")
    columns = [
        exp.alias_(_json_value(key, kinds.get(key, Kind.TEXT), key == "tier"), key, quoted=True) for key in named
    ]
    rows = exp.select(*columns, line, exp.alias_(exp.Window(this=exp.RowNumber()), ITEM)).from_(f"{name}_text")
    _keep(database, name, rows.where(exp.not_(exp.Is(this=line.copy(), expression=exp.null()))))
    keys = _keys_of(line)
    once = exp.EQ(this=_call("len", keys), expression=_call("len", _call("list_distinct", keys)))
    exact = exp.not_(exp.RegexpLike(this=line.copy(), expression=exp.Literal.string("[0-9.eE+-]{16}")))
    plain = exp.Coalesce(this=exp.and_(once, exact), expressions=[exp.false()])
    return Table(name, path, "jsonl", dict.fromkeys(named, Form.TEXT), None, plain)


def _keys(database: Connection, table: str) -> list[str]:
    """Every key of every line that is JSON."""
    line = exp.column(LINE)
    found = exp.select(exp.alias_(_call("unnest", _keys_of(line)), "key")).from_(table)
    select = exp.select("key").distinct().from_(found.subquery("k"))
    return sorted(key for (key,) in database.execute(select.sql("duckdb")).fetchall())


def _keys_of(line: exp.Expr) -> exp.Expr:
    """The keys of a line; NULL where it is no JSON."""
    return exp.Case(ifs=[exp.If(this=_call("json_valid", line), true=_call("json_keys", line))])


def _call(function: str, *arguments: exp.Expr) -> exp.Expr:
    """A function of DuckDB's own."""
    return exp.Anonymous(this=function, expressions=[one.copy() for one in arguments])


def _json_value(key: str, kind: Kind, is_tier: bool) -> exp.Expr:
    """A value as text: of a text what it says, else how it is written; one of the wrong kind is marked as such."""
    line, path = exp.column(LINE), exp.Literal.string('$."' + key.replace('"', '\\"') + '"')
    type, strange = _call("json_type", line, path), exp.Literal.string("\x07")
    raw = exp.Cast(this=_call("json_extract", line, path), to=exp.DataType.build("TEXT"))
    is_text = kind in (Kind.TEXT, Kind.CHOICE, Kind.DATE)
    said = _call("json_extract_string", line, path) if is_text else strange
    cases = (
        (exp.Is(this=type, expression=exp.null()), exp.null()),
        (exp.EQ(this=type.copy(), expression=exp.Literal.string("NULL")), exp.null()),
        (exp.EQ(this=type.copy(), expression=exp.Literal.string("VARCHAR")), said),
    )
    ifs = [exp.If(this=when, true=then) for when, then in cases]
    found = exp.Case(ifs=ifs, default=strange.copy() if is_text and not is_tier else raw)
    return exp.Case(ifs=[exp.If(this=_call("json_valid", line), true=found)])


def _keep(database: Connection, name: str, rows: exp.Select) -> None:
    """The rows of a text file, read once and kept in columns: they are gone through several times."""
    folder = database.execute("SELECT current_setting('temp_directory')").fetchall()[0][0]
    kept = str(Path(folder) / f"{name}.parquet")
    database.sql(rows.sql("duckdb")).write_parquet(kept)
    database.read_parquet(kept).create_view(name)


def _view(database: Connection, name: str, select: exp.Select) -> None:
    database.execute(exp.Create(this=exp.to_table(name), kind="VIEW", expression=select).sql("duckdb"))


def _quoted(name: str) -> exp.Expr:
    return exp.column(name, quoted=True)


def header_place(header: Source | None, column: str) -> Place | None:
    """Where a column is named in the first line of a CSV file."""
    start = header.text.find(column) if header else -1
    return Place(header, start, start + len(column)) if header and start >= 0 else None


def misread(database: Connection, table: Table) -> list[tuple[int, str]]:
    """Rows of a text file that were passed over, by their lines, with what is wrong."""
    if table.format != "csv":
        return []
    scans = exp.select("scan_id").from_("reject_scans")
    scans = scans.where(exp.EQ(this=exp.column("file_path"), expression=exp.Placeholder()))
    errors = exp.select("line", exp.Min(this=exp.column("error_message"))).from_("reject_errors")
    errors = errors.where(exp.In(this=exp.column("scan_id"), query=scans.subquery())).group_by("line").order_by("line")
    found = database.execute(errors.sql("duckdb"), [str(table.path)]).fetchall()
    return [(int(line), str(message).split("\n")[0]) for line, message in found]
