"""CSV and JSON Lines as tables of DuckDB: read as text, so that no digit and no slip is lost on the way.

A file is read once and kept in columns, for it is gone through several times.
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
    """Each line after the first holds the values of a row."""
    source, names, separator = read_header(path)
    rows = _text_rows(database, path, separator, dict.fromkeys(names, "VARCHAR"), skip=1)
    rows.create_view(f"{name}_text")
    number = exp.alias_(exp.Window(this=exp.RowNumber()), ITEM)
    _keep(database, name, exp.select(*map(_quoted, names), number).from_(f"{name}_text"))
    return DuckDBTable(name, path, "csv", dict.fromkeys(names, Form.TEXT), source)


def _text_rows(database: Connection, path: Path, separator: str, columns: dict[str, str], skip: int) -> Any:
    """The rows of a text file; those that have too few or too many values are kept apart, and told."""
    quote = "" if separator == NO_SEPARATOR else '"'
    return database.read_csv(
        str(path), columns=columns, header=False, skiprows=skip, sep=separator, quotechar=quote, escapechar=quote,
        na_values=[""], max_line_size=MAX_ROW_BYTES, store_rejects=True, auto_detect=False,
    )  # fmt: skip


def open_json(database: Connection, path: Path, name: str, facts: Sequence[Fact]) -> DuckDBTable:
    """Each line is an object; its values stay text, those in quotes told from the others."""
    line = exp.column(LINE)
    _text_rows(database, path, NO_SEPARATOR, {LINE: "VARCHAR"}, skip=0).create_view(f"{name}_text")
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
    return DuckDBTable(name, path, "jsonl", dict.fromkeys(named, Form.TEXT), None, plain.sql("duckdb"))


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
    type = _call("json_type", line, path)
    raw = exp.Cast(this=_call("json_extract", line, path), to=exp.DataType.build("TEXT"))
    strange = exp.DPipe(this=exp.Literal.string(STRANGE), expression=raw.copy())
    is_text = kind in (Kind.TEXT, Kind.CHOICE, Kind.DATE)
    said = _call("json_extract_string", line, path) if is_text else strange.copy()
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


def _quoted(name: str) -> exp.Expr:
    return exp.column(name, quoted=True)
