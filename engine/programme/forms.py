"""The form in which a value was written: a table with its rows, and the limits put on it.

The expression of a value decides; a form has the same expressions as they stood in the rows, for texts that print rows.
"""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from typing import NamedTuple, Union

from ..language.function_names import Rounding
from ..language.tree import Expression, Name

#: a cell: an expression, or another table
Cell = Union[Expression, "OptionTable", "Bands", "UpTo", "Points", "Slices", "Cases"]


class OptionTable(NamedTuple):
    """A value for each option of a choice; `otherwise` for options without a row, None where each has one."""

    choice: Name
    rows: tuple[tuple[str, Cell], ...]
    otherwise: Cell | None
    expression: Expression


class Bands(NamedTuple):
    """The value of the band that a number is in: from the start of a row to that of the next; `below` the first one."""

    number: Expression
    rows: tuple[tuple[Expression, Cell], ...]
    below: Cell | None
    expression: Expression


class UpTo(NamedTuple):
    """The value of the band that a number is in, each up to and including the end of its row; `above` the last one."""

    number: Expression
    rows: tuple[tuple[Expression, Cell], ...]
    above: Cell
    expression: Expression


class Points(NamedTuple):
    """The value on straight lines between points of a number; that of the last beyond it, `below` under the first."""

    number: Expression
    rows: tuple[tuple[Expression, Cell], ...]
    below: Cell | None
    expression: Expression


class Slices(NamedTuple):
    """Each slice of a number at its own rate, added up: in percent of money, else so much for each unit.

    The slices begin where the number `after` ends; None: at 0. A negative number is `kept` at the rate of the first
    slice, or comes to nothing.
    """

    number: Expression
    after: Expression | None
    rows: tuple[tuple[Expression, Cell], ...]
    kept: bool
    expression: Expression


class Cases(NamedTuple):
    """Conditions with values; of those that hold the first counts, the greatest, the least or the sum (`take`)."""

    take: str
    rows: tuple[tuple[Expression, Cell], ...]
    otherwise: Cell
    expression: Expression


TABLES = (OptionTable, Bands, UpTo, Points, Slices, Cases)


class Written(NamedTuple):
    """How a value was written: its cell, the condition without which it is 0 or no, its floor, cap and rounding.

    `rounding` is the function that rounds; `unit` is that of rounding. What was not written is None.
    """

    cell: Cell
    when: Expression | None = None
    floor: Cell | None = None
    cap: Cell | None = None
    unit: Expression | None = None
    rounding: Rounding = "round"

    @property
    def has_rows(self) -> bool:
        """Whether a part of it is a table."""
        return any(isinstance(part, TABLES) for part in (self.cell, self.floor, self.cap))


def expression_of(cell: Cell) -> Expression:
    """The expression of a cell: what a table was compiled to, or the expression itself."""
    return cell.expression if isinstance(cell, TABLES) else cell
