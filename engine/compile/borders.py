"""Reads where the rows of a table by bands, slices or points begin.

A band begins at its number and ends before the next one, so there is neither gap nor overlap; where bands are written
with both ends (`100 to 199`), gaps and overlaps are refused. A band that holds its upper limit ends at its number. A
row may also begin or end at what a name or an expression comes to: whether these rise is then known only for each
partner.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import Any

from ..language.kinds import KIND_WORDS, compatible
from ..language.parse import Scope
from ..language.tree import And, Choose, Compare, Expression, Literal, Undefined
from ..source.scalars import how_to_write, plain_scalar
from ..values import plain
from .file_reader import FilePart, Keys
from .table_trees import LONG, figure_at

_RANGE = re.compile(r"(-?[0-9.]+) to (-?[0-9.]+)")
_FROM = re.compile(r"(-?[0-9.]+) and up")
_VERBS = {"from": "begins", "to": "ends"}  #: what a row does at its number


class Starts:
    """The starts of a table's rows so far: the last number, and the end that is written of the last band.

    `whole` says that the number of the table is always whole, and `word` is what a row's number says: "from" or "to".
    """

    def __init__(self, row: FilePart, keys: Keys, *, whole: bool, word: str) -> None:
        self.row = row
        self.word = word
        self.keys = keys
        self.whole = whole
        self.starts: list[Expression] = []
        self.number: Decimal | None = None
        self.end: Decimal | None = None

    def take_number(self, written: str, number: Decimal, end: Decimal | None) -> None:
        """Take a row that begins at a number; reports one that is not beyond the rows before it."""
        self._check_band((*self.keys, written), number)
        self.starts.append(figure_at(number, self.row.place(*self.keys, written)))
        self.number, self.end = number, end

    def take_expression(self, written: str, scope: Scope, number: Expression | None) -> None:
        """Take a row that begins at an expression, which must be comparable with the number of the table."""
        place = self.row.place(*self.keys, written)
        tree = self.row.key_expression(*self.keys, written, scope=scope)
        if self.end is not None:
            message = f"no row says where the band to {plain(self.end)} ends for '{written}'"
            self.row.problem("band-gap", message, place, "name bands by the number they begin with")
            self.end = None
        pair = compatible(number, tree) if number is not None and tree is not None else None
        if pair is None:
            if tree is not None and number is not None:
                message = f"this is {KIND_WORDS[tree.kind]}; {KIND_WORDS[number.kind]} is needed here"
                help = f"a row {_VERBS[self.word]} at what the number of the table can be"
                self.row.problem("wrong-kind", message, place, help)
            return
        self.starts.append(pair[1])

    def _check_band(self, keys: Keys, number: Decimal) -> None:
        """Report a band that does not begin after those before it, or after the written end of the last."""
        row, end = self.row, self.end
        if self.number is not None and number <= self.number:
            message = f"the band {self.word} {plain(number)} stands after the one {self.word} {plain(self.number)}"
            row.problem("band-order", message, row.place(*keys), "let the rows rise")
        elif end is not None and number <= end:
            message = f"{plain(number)} is in two bands"
            row.problem("band-overlap", message, row.place(*keys), "name bands by the number they begin with")
        elif end is not None and number - end != (1 if self.whole else 0):
            between = end + 1 if self.whole else (end + number) / 2
            message = (
                f"{plain(between)} is in no band: one ends with {plain(end)}, the next begins with {plain(number)}"
            )
            row.problem("band-gap", message, row.place(*keys), "name bands by the number they begin with")


def starts_of(
    row: FilePart,
    keys: Keys,
    rows: dict[str, Any],
    scope: Scope | None,
    number: Expression | None,
    *,
    whole: bool,
    word: str = "from",
) -> list[Expression]:
    """Where the rows begin, in the order written; fewer than the rows where one is wrong, which is reported.

    `scope` has the names that they may use, None where they are numbers only. `number` is what they are compared with,
    and `whole` says that it is always whole. With the word "to" it is where they end.
    """
    starts = Starts(row, keys, whole=whole, word=word)
    for written in rows:
        both, open_ = (form.fullmatch(written) if word == "from" else None for form in (_RANGE, _FROM))
        start = plain_scalar(both[1] if both else open_[1] if open_ else written)
        end = plain_scalar(both[2]) if both else None
        help = how_to_write(written, "number")
        if isinstance(start, Decimal) and (not both or isinstance(end, Decimal)):
            starts.take_number(written, start, end if isinstance(end, Decimal) else None)
        elif scope is None or both or open_ or help or " to " in written or _FROM.fullmatch(written):
            help = help or f"a band is named by the number it {_VERBS[word]} with: 100000"
            row.problem("bad-number", f"'{written}' is not a number", row.place(*keys, written), help)
        else:
            starts.take_expression(written, scope, number)
    if starts.end is not None:
        help = f"let the last band be open: '{plain(starts.number or starts.end)} and up'"
        row.problem("missing-row", f"no value over {plain(starts.end)}", row.place(*keys), help)
    return starts.starts


def where_rising(row: FilePart, starts: list[Expression], tree: Expression, name: str) -> Expression:
    """The value of a table, undefined where a row begins under the one before it; numbers are checked already.

    `name` is the table's.
    """
    broken: list[tuple[Compare, Expression]] = []
    for first, second in pairwise(starts):
        pair = compatible(first, second)
        if pair is not None and not (isinstance(first, Literal) and isinstance(second, Literal)):
            rises = Compare("<=", *pair)
            broken.append((rises, Undefined(rises, tree.kind, name, second.place or row.place())))
    if len(broken) > LONG:
        return Choose(And(tuple(rises for rises, _ in broken)), tree, _first_broken(broken), tree.kind)
    for rises, undefined in reversed(broken):
        tree = Choose(rises, tree, undefined, tree.kind)
    return tree


def _first_broken(broken: list[tuple[Compare, Expression]]) -> Expression:
    """The undefined value of the first rule that does not hold, of rules of which some do not; by halves."""
    middle = len(broken) // 2
    if not middle:
        return broken[0][1]
    first, second = broken[:middle], broken[middle:]
    kind = broken[0][1].kind
    return Choose(And(tuple(rises for rises, _ in first)), _first_broken(second), _first_broken(first), kind)
