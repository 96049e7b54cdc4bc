"""Which kinds mix: the one table of operators and functions, and the limits of an expression.

A number written in the text takes the kind of what it meets (`discount + 5` adds percent); two named values of
different kinds never mix silently.
"""

from __future__ import annotations

from typing import NamedTuple

from ..values import NUMERIC, Kind

MAX_LENGTH = 2_000  #: characters of one expression
MAX_DEPTH = 60  #: parts within parts

_COUNT, _NUMBER, _PERCENT, _MONEY, _DATE = Kind.COUNT, Kind.NUMBER, Kind.PERCENT, Kind.MONEY, Kind.DATE

#: operator -> (left kind, right kind) -> kind of the result; a pair that is not here is refused.
ARITHMETIC: dict[str, dict[tuple[Kind, Kind], Kind]] = {
    "+": {(_COUNT, _COUNT): _COUNT, (_PERCENT, _PERCENT): _PERCENT, (_MONEY, _MONEY): _MONEY},
    "-": {(_COUNT, _COUNT): _NUMBER, (_PERCENT, _PERCENT): _PERCENT, (_MONEY, _MONEY): _MONEY},
    "*": {
        (_COUNT, _COUNT): _COUNT,
        (_PERCENT, _NUMBER): _PERCENT,
        (_NUMBER, _PERCENT): _PERCENT,
        (_PERCENT, _COUNT): _PERCENT,
        (_COUNT, _PERCENT): _PERCENT,
        (_MONEY, _NUMBER): _MONEY,
        (_NUMBER, _MONEY): _MONEY,
        (_MONEY, _COUNT): _MONEY,
        (_COUNT, _MONEY): _MONEY,
    },
    "/": {
        (_COUNT, _COUNT): _NUMBER,
        (_PERCENT, _NUMBER): _PERCENT,
        (_PERCENT, _COUNT): _PERCENT,
        (_PERCENT, _PERCENT): _NUMBER,
        (_MONEY, _NUMBER): _MONEY,
        (_MONEY, _COUNT): _MONEY,
        (_MONEY, _MONEY): _NUMBER,
    },
}
for _table in ARITHMETIC.values():
    for _pair in ((_NUMBER, _NUMBER), (_COUNT, _NUMBER), (_NUMBER, _COUNT)):
        _table[_pair] = _NUMBER


class Function(NamedTuple):
    """How a function may be called, with an example for messages; `conditions` says that all but the first are."""

    name: str
    least_arguments: int
    most_arguments: int
    example: str
    conditions: bool = False

    @property
    def takes(self) -> str:
        """How many arguments, in words."""
        least, most = self.least_arguments, self.most_arguments
        return str(least) if least == most else f"{least} to {most}"


FUNCTIONS = {
    function.name: function
    for function in (
        Function("min", 2, 20, "min(discount, 40)"),
        Function("max", 2, 20, "max(1, licences)"),
        Function("share", 2, 2, "share(part, whole)"),
        Function("at_least", 2, 21, "at_least(2, a, b, c)", conditions=True),
    )
}


def common_kind(left: Kind, right: Kind) -> Kind | None:
    """The kind of a value that may be either: for `min`, `max`, comparisons and choices; None where they do not mix.

    >>> common_kind(Kind.COUNT, Kind.NUMBER), common_kind(Kind.PERCENT, Kind.MONEY)
    (<Kind.NUMBER: 'number'>, None)
    """
    if left is right:
        return left
    return Kind.NUMBER if {left, right} == {Kind.COUNT, Kind.NUMBER} else None


def is_ordered(kind: Kind) -> bool:
    """Whether `<` and the like mean anything for this kind."""
    return kind in NUMERIC or kind is Kind.DATE
