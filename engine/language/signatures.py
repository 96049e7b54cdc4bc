"""Which kinds mix: the one table of operators.

A number written in the text takes the kind of what it meets (`discount + 5` adds percent); two named values of
different kinds never mix silently.
"""

from __future__ import annotations

from ..values import NUMERIC, Kind

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
