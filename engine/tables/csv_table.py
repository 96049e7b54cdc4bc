"""A decision table as CSV: the corner of DMN's tables, with the policy and the numbers of the rows, inputs, outputs.

The head of a column of results begins with `out: `. Cells are FEEL.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from ..portfolio.files import separator_of
from ..portfolio.text_files import csv_values, rows_of
from ..problems import Place, Source
from .decision_table import DecisionTable
from .feel import output_text, test_text
from .raw_table import RawColumn, RawRow, RawTable, refuse_file

_OUT = "out:"
_NOTE = "note:"  #: the head of a column that decides nothing
_LETTERS = ("U", "F", "A", "P", "R", "O", "C", "C+", "C<", "C>", "C#")
_NAMES = ("UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT")


def csv_text(table: DecisionTable, notes: Sequence[str] = ()) -> str:
    """A table as CSV, separated by commas; the notes stand in a last column, each in a row of its own."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    outputs = (f"{_OUT} {part.name}" for part in table.outputs)
    head = [table.policy, *(part.feel for part in table.inputs), *outputs]
    writer.writerow([*head, *([_NOTE] if notes else [])])
    for rule in table.rules:
        empty = [""] if notes else []
        writer.writerow([rule.number, *map(test_text, rule.tests), *map(output_text, rule.outputs), *empty])
    for note in notes:
        writer.writerow([*[""] * len(head), note])
    return file.getvalue()


def read_csv(content: bytes, shown: str) -> RawTable:
    """The columns and the cells of a table in CSV, as texts; raises InvalidInput for a file that is none."""
    lines = _lines(content, shown)
    if not lines:
        refuse_file("the file is empty", "begin with the names of the columns", Place(Source(shown, ""), 0, 0))
    (head, head_place), *rows = lines
    filled = [
        at
        for at, name in enumerate(head)
        if not name.startswith(_NOTE) and (name or any(values[at] for values, _ in rows))
    ]
    rows = [(values, place) for values, place in rows if any(values[at] for at in filled)]
    corner = int(bool(head) and head[0].upper() in (*_LETTERS, *_NAMES))
    kept = [at for at in filled if at >= corner]
    columns = tuple(
        RawColumn(head[at].removeprefix(_OUT).strip(), head_place, head[at].startswith(_OUT)) for at in kept
    )
    if not any(column.is_output for column in columns):
        help = f"write '{_OUT} ' before the name of each result: '{_OUT} discount'"
        refuse_file("no column is marked as a result", help, head_place)
    raw = tuple(
        RawRow(number, tuple(values[at] for at in kept), (place,) * len(kept))
        for number, (values, place) in enumerate(rows, 1)
    )
    return RawTable("", head[0].upper() if corner else "U", columns, raw, head_place, is_loose=True)


def _lines(content: bytes, shown: str) -> list[tuple[list[str], Place]]:
    """The values of each row, the header first, with the place of its first line."""
    text = content.decode("utf-8", errors="replace").removeprefix("\ufeff")
    source, starts = Source(shown, text), [0]
    for line in io.StringIO(text, newline=""):
        starts.append(starts[-1] + len(line))
    rows = list(rows_of(io.BytesIO(content), "csv", ","))
    separator = separator_of(rows[0].text) if rows else ","
    lines: list[tuple[list[str], Place]] = []
    width = 0
    for row in rows_of(io.BytesIO(content), "csv", separator):
        place = Place(source, starts[row.line - 1], starts[row.line - 1] + max(1, len(row.text)))
        width = width or len(row.values or row.text.split(separator))
        values, wrong = csv_values(row, separator, width)
        if wrong:
            refuse_file(f"this row cannot be read: {wrong}", "mend the row", place)
        if any(values):
            lines.append(([(value or "").strip() for value in values], place))
    return lines
