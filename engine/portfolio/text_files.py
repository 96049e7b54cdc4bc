"""Reads CSV and JSON Lines row by row, in memory that depends neither on the length of the file nor on its width.

Whatever is wrong with one row (a quote that is not closed, bytes that are not UTF-8, more than MAX_ROW_BYTES) is said
of that row; the next line is read as if the row had not been there.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Generator, Iterator
from io import TextIOWrapper
from typing import BinaryIO, NamedTuple

from ..limits import MAX_ROW_BYTES

_MARK = "\ufeff"  #: a byte order mark, at the beginning of a file
_TOO_LONG = f"it is longer than {MAX_ROW_BYTES} bytes"
NOT_UTF8 = "it is not UTF-8 text"


class TextRow(NamedTuple):
    """A row as text: where it begins (`line` from 1, byte `at` from 0), and why it cannot be read, if so.

    `values` are those of a CSV row that has quotes; without quotes, its text is to be split at the separator.
    """

    line: int
    at: int
    text: str
    wrong: str | None = None
    values: list[str] | None = None


Rows = Generator[TextRow]


def rows_of(file: BinaryIO, format: str, separator: str, at: int = 0, line: int = 1) -> Rows:
    """The rows of a file in the format `csv` or `jsonl`, from the byte `at`, which begins the line `line`.

    Blank lines are no rows. The header of a CSV file is its first row. The file must not be used for anything else
    until the iterator is closed.
    """
    lines = _lines(file, at, line)
    if format == "csv":
        return _csv_rows(lines, separator)
    return (row for row in lines if row.wrong or (row.text and not row.text.isspace()))


def csv_values(row: TextRow, separator: str, width: int) -> tuple[list[str | None], str | None]:
    """The values of a row of CSV with `width` columns, None where empty; or none, and why it cannot be read.

    Further values are passed over where they are empty: some programs end each line with separators.
    """
    if row.wrong:
        return [], row.wrong
    values = row.text.split(separator) if row.values is None else row.values
    if len(values) > width and not any(values[width:]):
        values = values[:width]
    if len(values) != width:
        return [], f"it has {len(values)} values, and the file {width} columns"
    return [value or None for value in values], None


def _lines(file: BinaryIO, at: int, number: int) -> Rows:
    """The lines of a file, without their ends; a line may end as in Unix, Windows or old Mac OS."""
    file.seek(at)
    text = TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline="")
    try:
        readline, most = text.readline, MAX_ROW_BYTES + 2
        while line := readline(most):
            size, wrong = len(line), NOT_UTF8 if "\0" in line else None
            if not line.isascii():
                try:
                    size = len(line.encode())
                except UnicodeEncodeError:
                    size, wrong = len(line.encode(errors="surrogateescape")), NOT_UTF8
            end = at + size
            if size > MAX_ROW_BYTES and len(line.rstrip("\r\n").encode(errors="surrogateescape")) > MAX_ROW_BYTES:
                wrong = _TOO_LONG
                while line[-1:] not in ("\n", "\r") and (line := readline(most)):
                    end += len(line.encode(errors="surrogateescape"))
                line = ""
            line = line.rstrip("\r\n")
            if at == 0:
                line = line.removeprefix(_MARK)
            yield TextRow(number, at, line, wrong)
            at, number = end, number + 1
    finally:
        text.detach()


def _csv_rows(lines: Rows, separator: str) -> Rows:
    """The rows of CSV: a value in quotes may go on in further lines."""
    waiting: deque[TextRow] = deque()
    while True:
        first = waiting.popleft() if waiting else next(lines, None)
        if first is None:
            return
        if first.wrong or '"' not in first.text:
            if first.text or first.wrong:
                yield first
        else:
            yield _quoted_row(first, waiting, lines, separator)


def _quoted_row(first: TextRow, waiting: deque[TextRow], lines: Iterator[TextRow], separator: str) -> TextRow:
    """The row that begins with a line; if its quotes are wrong, the further lines that it took wait to be read again.

    The rows of a file take each line a second time at most, as a quote that is not closed reaches to the next quote.
    """
    taken: list[TextRow] = []

    def texts() -> Iterator[str]:
        yield first.text + "\n"
        while following := waiting.popleft() if waiting else next(lines, None):
            taken.append(following)
            if following.wrong or following.at - first.at > MAX_ROW_BYTES:
                return
            yield following.text + "\n"

    try:
        values = next(csv.reader(texts(), delimiter=separator, strict=True))
        return first._replace(values=values)
    except csv.Error as error:
        waiting.extendleft(reversed(taken))
        wrong = "a quote in it is not closed"
        if "expected after" in str(error):
            wrong = "other text stands after a closing quote"
        elif "field limit" in str(error):
            wrong = "a value in it is too long"
        return first._replace(wrong=wrong)
