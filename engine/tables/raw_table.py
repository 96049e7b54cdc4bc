"""A decision table as it stands in a file of others: its columns and cells as texts, each with its place."""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from typing import NamedTuple, NoReturn

from ..limits import MAX_BYTES, MAX_ROWS
from ..problems import InvalidInput, Place, Problem, Source


class RawColumn(NamedTuple):
    """A column: the text of an input, or the name of a result; `ranked` is the list of the values it may have."""

    text: str
    place: Place
    is_output: bool
    ranked: str = ""
    default: str = ""


class RawRow(NamedTuple):
    """A row by its number from 1: a text for each column, and its place."""

    number: int
    cells: tuple[str, ...]
    places: tuple[Place, ...]


class RawTable(NamedTuple):
    """A whole table; its policy is that of DMN by its letters.

    `is_loose` says that texts may stand without quotes, and that a comma may be that of a decimal number.
    """

    name: str
    policy: str
    columns: tuple[RawColumn, ...]
    rows: tuple[RawRow, ...]
    place: Place
    is_loose: bool = False


def refuse_file(message: str, help: str, place: Place) -> NoReturn:
    """Raise InvalidInput for a file that cannot be read as a table."""
    raise InvalidInput([Problem("bad-table", message, place, help)])


def checked(table: RawTable) -> RawTable:
    """The table; raises InvalidInput where it is larger than one of Charter can be."""
    if len(table.rows) > MAX_ROWS:
        message = f"the table has {len(table.rows)} rows; the limit is {MAX_ROWS}"
        refuse_file(message, "split it by one of its inputs", table.place)
    if len(table.columns) > MAX_ROWS:
        message = f"the table has {len(table.columns)} columns; the limit is {MAX_ROWS}"
        refuse_file(message, "split it by its results", table.place)
    return table


def check_size(content: bytes, shown: str) -> None:
    """Raise InvalidInput where the file is too large."""
    if len(content) > MAX_BYTES:
        place = Place(Source(shown, ""), 0, 0)
        refuse_file(f"the file is larger than {MAX_BYTES.written()}", "keep one table in a file", place)
