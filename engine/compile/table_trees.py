"""The expressions that tables come to: bands, lines between points, slices added up, or the cases that hold."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ..language.function_names import FunctionName
from ..language.kinds import adapt, common_kind, compatible
from ..language.operators import Comparison
from ..language.tree import Arithmetic, Call, Choose, Compare, Expression, Literal
from ..problems import Place
from ..values import Kind

LONG = 50  #: rows that may nest in each other
_NOTHING, _ALL = Literal(Decimal(0), Kind.NUMBER), Literal(Decimal(1), Kind.NUMBER)


def added(parts: Sequence[Expression], kind: Kind) -> Expression:
    """The sum of one part or more, as a balanced tree, so that a long sum does not nest deeply."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return Arithmetic("+", added(parts[:middle], kind), added(parts[middle:], kind), kind)


def bands_of(
    number: Expression,
    rows: list[tuple[Expression, Expression]],
    below: Expression | None,
    kind: Kind,
    sign: Comparison = ">=",
) -> Expression | None:
    """The value of the last row whose start the number reaches, else `below`, or the first where there is none.

    With the sign `>` it has to be over the start. None where the number cannot be compared with a start.
    """
    lowest, higher = (rows[0][1], rows[1:]) if below is None else (below, rows)
    pairs = [compatible(number, start) for start, _ in higher]
    reached = [Compare(sign, *pair) for pair in pairs if pair is not None]
    if len(reached) < len(higher):
        return None
    return _last_reached(list(zip(reached, (value for _, value in higher), strict=True)), lowest, kind)


def bands_up_to(
    number: Expression, rows: list[tuple[Expression, Expression]], above: Expression, kind: Kind
) -> Expression | None:
    """The value of the first row whose end the number is not over, else `above`.

    None where the number cannot be compared with an end.
    """
    values = [value for _, value in rows]
    over = [(end, value) for (end, _), value in zip(rows, [*values[1:], above], strict=True)]
    return bands_of(number, over, values[0], kind, ">")


def _last_reached(rows: list[tuple[Compare, Expression]], below: Expression, kind: Kind) -> Expression:
    """The value of the last row that is reached, of rising ones; a long table is halved, so as not to nest deeply."""
    if len(rows) > LONG:
        middle = len(rows) // 2
        is_reached, value = rows[middle]
        upper = _last_reached(rows[middle + 1 :], value, kind)
        return Choose(is_reached, upper, _last_reached(rows[:middle], below, kind), kind)
    tree = below
    for is_reached, value in rows:
        tree = Choose(is_reached, value, tree, kind)
    return tree


def lines_between(
    number: Expression, points: list[tuple[Expression, Expression]], below: Expression | None, kind: Kind
) -> Expression | None:
    """The value on the straight lines between points, that of the last one beyond it, and `below` under the first.

    Where there is no `below`, it is the first one's. None where the number cannot be compared with a point.
    """
    rows = [(start, _line(number, first, second, kind)) for (start, _), first, second
            in zip(points, points, points[1:], strict=False)]  # fmt: skip
    return bands_of(number, [*rows, points[-1]], below if below is not None else points[0][1], kind)


def _line(
    number: Expression, first: tuple[Expression, Expression], second: tuple[Expression, Expression], kind: Kind
) -> Expression:
    """The value between two points; the part of the way lies between 0 and 1, as readers of bounds shall see."""
    (start, value), (end, other) = first, second
    of_number = Kind.NUMBER if number.kind is Kind.COUNT else number.kind
    gone = Arithmetic("-", number, like(number, start), of_number)
    way = Arithmetic("-", like(number, end), like(number, start), of_number)
    part = Call("max", (Arithmetic("/", gone, way, Kind.NUMBER), _NOTHING), Kind.NUMBER)
    part = Call("min", (part, _ALL), Kind.NUMBER)
    return Arithmetic("+", value, Arithmetic("*", Arithmetic("-", other, value, kind), part, kind), kind)


def slices_of(
    number: Expression, starts: Sequence[Expression], rates: list[Expression], kind: Kind, *, kept: bool
) -> Expression:
    """The sum over the slices of a number: of money a percentage, of other numbers the rate times the units."""
    parts = []
    for start, end, rate in zip(starts, [*starts[1:], None], rates, strict=True):
        factor = Call("ratio", (rate,), Kind.NUMBER) if number.kind is kind is Kind.MONEY else rate
        parts.append(Arithmetic("*", _slice(number, start, end, kept=kept), factor, kind))
    return added(parts, kind)


def _slice(number: Expression, start: Expression, end: Expression | None, *, kept: bool) -> Expression:
    """How much of the number lies between start and end; there is no end where it is None.

    A negative number that is kept lies in the first slice.
    """
    upper = number if end is None else _extreme("min", number, like(number, end))
    if isinstance(start, Literal) and start.value == 0:
        return (
            upper
            if kept or number.kind is Kind.COUNT
            else _extreme("max", upper, like(number, start._replace(place=None)))
        )
    over = _extreme("max", upper, like(number, start))
    kind = Kind.NUMBER if number.kind is Kind.COUNT else number.kind
    return Arithmetic("-", over, like(number, start), kind)


def _extreme(function: FunctionName, first: Expression, second: Expression) -> Expression:
    return Call(function, (first, second), common_kind(first.kind, second.kind) or first.kind)


def cases_of(
    take: str, cases: list[tuple[Expression, Expression]], otherwise: Expression, kind: Kind, *, is_added: bool
) -> Expression:
    """The value of the first case that holds, or the greatest, the least or the sum of those that hold.

    `is_added` says whether `otherwise` is one of those; else it counts only where no case holds.
    """
    first = otherwise
    for when, value in reversed(cases):
        first = Choose(when, value, first, kind)
    if take == "first":
        return first
    if take in ("greatest", "least"):
        # In place of a case that does not hold stands another that is among them: `otherwise`, or the first that holds.
        each = [Choose(when, value, otherwise if is_added else first, kind) for when, value in cases]
        parts = (otherwise, *each) if is_added else tuple(each)
        return Call("max" if take == "greatest" else "min", parts, kind) if len(parts) > 1 else first
    each = [Choose(when, value, like(value, figure_at(Decimal(0))), kind) for when, value in cases]
    if is_added:
        return added([otherwise, *each], kind)
    # No `or`: its parts would be judged as an author's, and a case that another one implies called superfluous.
    some_hold = Call("at_least", (Literal(Decimal(1), Kind.COUNT), *(when for when, _ in cases)), Kind.YES_NO)
    return Choose(some_hold, added(each, kind), otherwise, kind) if len(each) > 1 else first


def figure_at(number: Decimal, place: Place | None = None) -> Literal:
    """A number that a table has as a literal of its own kind."""
    return Literal(number, Kind.NUMBER if number % 1 or number < 0 else Kind.COUNT, place)


def like(value: Expression, number: Expression) -> Expression:
    """The number in the kind of `value`, where it is a literal."""
    of_count = value.kind is Kind.COUNT and number.kind is Kind.NUMBER
    return adapt(number, Kind.NUMBER if of_count else value.kind) or number
