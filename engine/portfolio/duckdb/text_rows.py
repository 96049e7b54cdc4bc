"""Opens CSV and JSON Lines as tables of DuckDB, every column as text, so that digits and mistakes are preserved.

A file is read once and stored as Parquet, because the run reads its rows several times.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from ...limits import MAX_ROW_BYTES
from ...programme.model import Fact
from ...values import Kind
from ..files import LINE, NO_SEPARATOR, STRANGE, read_header
from ..sql.columns import ITEM, Form
from .sources import DuckDBTable

Connection = duckdb.DuckDBPyConnection


def open_csv(database: Connection, path: Path, name: str, _: Sequence[Fact]) -> DuckDBTable:
    """A CSV file as a table; its first line names the columns."""
    source, names, separator = read_header(path)
    rows = _text_rows(database, path, separator, dict.fromkeys(names, "VARCHAR"), skip=1)
    rows.create_view(f"{name}_text")
    number = exp.alias_(exp.Window(this=exp.RowNumber()), ITEM)
    _store(database, name, exp.select(*map(_quoted, names), number).from_(f"{name}_text"))
    return DuckDBTable(name, path, "csv", dict.fromkeys(names, Form.TEXT), source)


def _text_rows(database: Connection, path: Path, separator: str, columns: dict[str, str], skip: int) -> Any:
    """The rows of a text file; the database rejects and records those with too few or too many values."""
    quote = "" if separator == NO_SEPARATOR else '"'
    return database.read_csv(
        str(path), columns=columns, header=False, skiprows=skip, sep=separator, quotechar=quote, escapechar=quote,
        na_values=[""], max_line_size=MAX_ROW_BYTES, store_rejects=True, auto_detect=False,
    )  # fmt: skip


def open_json(database: Connection, path: Path, name: str, facts: Sequence[Fact]) -> DuckDBTable:
    """A file of JSON Lines as a table: a column of text for each key, and LINE with the whole line."""
    line = exp.column(LINE)
    _text_rows(database, path, NO_SEPARATOR, {LINE: "VARCHAR"}, skip=0).create_view(f"{name}_text")
    kinds = {fact.id: fact.kind for fact in facts}
    names = _keys(database, f"{name}_text")
    values = {key: _json_value(key, kinds.get(key, Kind.TEXT), key == "tier") for key in names}
    columns = [exp.alias_(value, key, quoted=True) for key, value in values.items()]
    rows = exp.select(*columns, line, exp.alias_(exp.Window(this=exp.RowNumber()), ITEM)).from_(f"{name}_text")
    _store(database, name, rows.where(exp.not_(exp.Is(this=line.copy(), expression=exp.null()))))
    keys = _keys_of(line)
    once = exp.EQ(this=_call("len", keys), expression=_call("len", _call("list_distinct", keys)))
    exact = exp.not_(exp.RegexpLike(this=line.copy(), expression=exp.Literal.string("[0-9.eE+-]{16}")))
    plain = exp.Coalesce(this=exp.and_(once, exact), expressions=[exp.false()])
    return DuckDBTable(name, path, "jsonl", dict.fromkeys(names, Form.TEXT), None, plain.sql("duckdb"))


def _keys(database: Connection, table: str) -> list[str]:
    """The keys of all lines that are JSON, sorted."""
    line = exp.column(LINE)
    keys = exp.select(exp.alias_(_call("unnest", _keys_of(line)), "key")).from_(table)
    select = exp.select("key").distinct().from_(keys.subquery("k"))
    return sorted(key for (key,) in database.execute(select.sql("duckdb")).fetchall())


def _keys_of(line: exp.Expr) -> exp.Expr:
    """The keys of a line; NULL where it is not JSON."""
    return exp.Case(ifs=[exp.If(this=_call("json_valid", line), true=_call("json_keys", line))])


def _call(function: str, *arguments: exp.Expr) -> exp.Expr:
    """A call of a function that only DuckDB has."""
    return exp.Anonymous(this=function, expressions=[argument.copy() for argument in arguments])


def _json_value(key: str, kind: Kind, is_tier: bool) -> exp.Expr:
    """A JSON value as text: a string's content, otherwise the JSON itself; marked with STRANGE if of the wrong kind."""
    line, path = exp.column(LINE), exp.Literal.string('$."' + key.replace('"', '\\"') + '"')
    type = _call("json_type", line, path)
    raw = exp.Cast(this=_call("json_extract", line, path), to=exp.DataType.build("TEXT"))
    strange = exp.DPipe(this=exp.Literal.string(STRANGE), expression=raw.copy())
    is_text = kind in (Kind.TEXT, Kind.CHOICE, Kind.DATE)
    string = _call("json_extract_string", line, path) if is_text else strange.copy()
    cases = (
        (exp.Is(this=type, expression=exp.null()), exp.null()),
        (exp.EQ(this=type.copy(), expression=exp.Literal.string("NULL")), exp.null()),
        (exp.EQ(this=type.copy(), expression=exp.Literal.string("VARCHAR")), string),
    )
    ifs = [exp.If(this=when, true=then) for when, then in cases]
    value = exp.Case(ifs=ifs, default=strange.copy() if is_text and not is_tier else raw)
    return exp.Case(ifs=[exp.If(this=_call("json_valid", line), true=value)])


def _store(database: Connection, name: str, rows: exp.Select) -> None:
    """Store the rows as Parquet in the temporary folder, and make a view of them."""
    folder = database.execute("SELECT current_setting('temp_directory')").fetchall()[0][0]
    path = str(Path(folder) / f"{name}.parquet")
    database.sql(rows.sql("duckdb")).write_parquet(path)
    database.read_parquet(path).create_view(name)


def _quoted(name: str) -> exp.Expr:
    return exp.column(name, quoted=True)
