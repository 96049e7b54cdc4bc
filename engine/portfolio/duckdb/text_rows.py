"""Opens CSV and JSON Lines as tables of DuckDB, every column as text, so that digits and mistakes are preserved.

A file is read once, row by row, and stored as Parquet, because the run reads its rows several times. A row that the
query cannot decide (it cannot be read; or a value is very long, of another JSON type, or has invisible characters) is
set apart: the table has its partner alone, and the row is read again where it stands in the file.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TextIO

from duckdb import ColumnExpression, FunctionExpression

from ...limits import MAX_PARTNER, MAX_ROW_BYTES
from ...values import Kind
from ..files import LINE, ColumnRules, not_utf8, read_header
from ..sql.columns import ITEM, PARTNER, Form
from ..text_files import NOT_UTF8, TextRow, csv_values, rows_of
from .json_lines import JsonReader
from .sources import AT, LINE_NUMBER, Connection, DuckDBTable, stamp_of

_APART = "_apart"
_HEAD = {ITEM: "BIGINT", LINE_NUMBER: "BIGINT", AT: "BIGINT", _APART: "BOOLEAN"}
_LONGEST = 300  #: characters of a value in the table; no value that the query decides has more
_STORED = 1_000_000  #: values that are stored at a time

Values = Sequence[str | None]


class _Counts(NamedTuple):
    """The numbers of rows, and of those that are not UTF-8."""

    rows: int
    not_utf8: int


class _Stored(NamedTuple):
    """How many rows are stored, and the stamp of the file that they came from."""

    rows: int
    stamp: tuple[int, ...]


def open_csv(database: Connection, path: Path, name: str, rules: ColumnRules) -> DuckDBTable:
    """A CSV file as a table; its first line names the columns. Raises InvalidInput."""
    header = read_header(path)
    names = rules.checked(path, header.source, header.names)
    width = len(header.names)
    most = 500 + 32 * width
    partner = header.names.index(PARTNER)

    def write(rows: Iterator[TextRow], out: TextIO) -> _Counts:
        next(rows)
        separator = header.separator
        put, put_values, bad = out.write, _values_writer(out, separator, width, partner), 0
        number = 0
        for number, row in enumerate(rows, 1):
            line, at, text, wrong, values = row
            if values is None and wrong is None and text.count(separator) == width - 1 and len(text) <= most:
                visible = text if separator != "\t" else text.replace("\t", "")
                if visible.isprintable():
                    put(f"{number}{separator}{line}{separator}{at}{separator}f{separator}{text}\n")
                    continue
            bad += wrong is NOT_UTF8
            read, wrong = csv_values(row, separator, width)
            put_values(number, row, read, None if wrong else read[partner])
        return _Counts(number, bad)

    stored = _store(database, path, name, _Layout("csv", header.separator, header.names), names, write)
    forms = dict.fromkeys(names, Form.TEXT)
    written = tuple(header.names)
    return DuckDBTable(name, path, "csv", forms, written, header, f"NOT {_APART}", stamp=stored.stamp)


def open_json(database: Connection, path: Path, name: str, rules: ColumnRules) -> DuckDBTable:
    """A file of JSON Lines as a table, with a column of text for each key. Raises InvalidInput."""
    columns = rules.checked(path, None, rules.allowed)
    kinds = dict.fromkeys(columns, Kind.TEXT) | {fact.id: fact.kind for fact in rules.facts if fact.id in columns}
    reader = JsonReader(kinds)

    def write(rows: Iterator[TextRow], out: TextIO) -> _Counts:
        put = csv.writer(out, delimiter=",", lineterminator="\n").writerow
        partner_place = columns.index(PARTNER)
        put_values = _values_writer(out, ",", len(columns), partner_place)
        bad = number = 0
        for number, row in enumerate(rows, 1):
            values, partner = ((), None) if row.wrong else reader.read(row.text)
            if values and reader.is_ordinary(row.text):
                put((number, row.line, row.at, "f", *values))
                continue
            bad += row.wrong is NOT_UTF8
            texts = [None if value is None else str(value) for value in values]
            put_values(number, row, texts, texts[partner_place] if texts else partner)
        return _Counts(number, bad)

    answers = frozenset(id for id, kind in kinds.items() if kind is Kind.YES_NO)
    stored = _store(database, path, name, _Layout("jsonl", ",", columns, answers), columns, write)
    needed = rules.needed if reader.seen or not stored.rows else ()
    rules._replace(needed=needed).checked(path, None, sorted(reader.seen))
    forms = dict.fromkeys(sorted({*reader.seen, PARTNER}.intersection(columns)), Form.TEXT)
    return DuckDBTable(name, path, "jsonl", forms, (LINE,), None, f"NOT {_APART}", stamp=stored.stamp)


def _values_writer(
    out: TextIO, separator: str, width: int, partner_place: int
) -> Callable[[int, TextRow, Values, str | None], None]:
    """The function that writes a row of the table: its number, the row, its values, and its partner."""
    write = csv.writer(out, delimiter=separator, lineterminator="\n").writerow
    empty: list[str | None] = [None] * width

    def write_values(number: int, row: TextRow, values: Values, partner: str | None) -> None:
        if values and all(value is None or (0 < len(value) <= _LONGEST and value.isprintable()) for value in values):
            write((number, row.line, row.at, "f", *values))
        else:
            alone = empty.copy()
            alone[partner_place] = _tellable(partner)
            write((number, row.line, row.at, "t", *alone))

    return write_values


def _tellable(partner: str | None) -> str | None:
    """The partner's id; one that is too long or has invisible characters as another text, the same for the same id."""
    if partner is None or (len(partner) <= MAX_PARTNER and partner.isprintable()):
        return partner or None
    visible = "".join(letter if letter.isprintable() else "\ufffd" for letter in partner[:MAX_PARTNER])
    return f"{visible}… {sha256(partner.encode(errors='replace')).hexdigest()[:16]}"


class _Layout(NamedTuple):
    """The format of a text file, and the separator and the columns of the rows that are written of it.

    In the columns `answers` stands True and False.
    """

    format: str
    separator: str
    columns: Sequence[str]
    answers: frozenset[str] = frozenset()


def _store(
    database: Connection, path: Path, name: str, layout: _Layout, names: Sequence[str],
    write: Callable[[Iterator[TextRow], TextIO], _Counts],
) -> _Stored:  # fmt: skip
    """Store the rows that `write` writes as Parquet in the temporary folder, and make a view of the columns `names`.

    Raises InvalidInput where no row is UTF-8.
    """
    folder = Path(database.execute("SELECT current_setting('temp_directory')").fetchall()[0][0])
    text, target = folder / f"{name}.csv", folder / f"{name}.parquet"
    with path.open("rb") as file, text.open("w", encoding="utf-8", newline="") as out:
        stamp = stamp_of(file)
        counts = write(rows_of(file, layout.format, layout.separator), out)
    if counts.rows and counts.rows == counts.not_utf8:
        raise not_utf8(path, "none of its rows is")
    places = {column: f"value_{place}" for place, column in enumerate(layout.columns)}
    rows = database.read_csv(
        str(text), columns={**_HEAD, **dict.fromkeys(places.values(), "VARCHAR")}, header=False, sep=layout.separator,
        quotechar='"', escapechar='"', na_values=[""], max_line_size=3 * MAX_ROW_BYTES, auto_detect=False,
    )  # fmt: skip
    values = {id: ColumnExpression(places[id]) for id in names}
    values |= {id: FunctionExpression("lower", values[id]) for id in layout.answers}
    rows = rows.project(*map(ColumnExpression, _HEAD), *(value.alias(id) for id, value in values.items()))
    rows.write_parquet(str(target), row_group_size=max(2048, min(122_880, _STORED // (len(names) + len(_HEAD)))))
    text.unlink()
    database.read_parquet(str(target)).create_view(name)
    return _Stored(counts.rows, stamp)
