"""Recognizes conditions that have plain words of their own: one of several options, a place in an order, a window."""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from ...values import Kind
from ..operators import Comparison, flipped
from ..tree import Aggregate, And, Call, Choose, Compare, Expression, Literal, Name, Not, Or


class OneOf(NamedTuple):
    """A choice that is one of these options, or with `negated` none of them."""

    choice: Name
    options: tuple[str, ...]
    negated: bool


class Standing(NamedTuple):
    """A choice compared with an option by their order."""

    choice: Expression
    sign: Comparison
    option: str | Expression


class Window(NamedTuple):
    """A day after the one so many days or months before `end`, and up to `end`."""

    day: Expression
    number: Decimal
    move: str  #: add_days or add_months
    end: Expression


class LatePeriod(NamedTuple):
    """The first day of a period, as the call for a year from the first of its month, and the day it is from instead."""

    period: Call
    first_day: Decimal


def one_of(tree: Expression) -> OneOf | None:
    """The condition that a choice is one of several options, or none of them; None for any other condition."""
    if isinstance(tree, Not):
        inner = one_of(tree.operand) if isinstance(tree.operand, Or) else None
        return inner and inner._replace(negated=True)
    if not isinstance(tree, Or | And):
        return None
    sign, choices, options = "==" if isinstance(tree, Or) else "!=", set(), []
    for part in tree.operands:
        match part:
            case Compare(operator=operator, left=Name() as name, right=Literal(kind=Kind.CHOICE) as option):
                if operator != sign:
                    return None
                choices.add(name)
                options.append(str(option.value))
            case _:
                return None
    return OneOf(choices.pop(), tuple(options), isinstance(tree, And)) if len(choices) == 1 else None


def border_of(among: OneOf, order: tuple[str, ...]) -> tuple[Comparison, str] | None:
    """'>=' and the lowest, or '<=' and the highest, where the options are all from one on or up to one; else None."""
    places = sorted({order.index(option) for option in among.options if option in order})
    if among.negated or not order or len(places) != len(set(among.options)) or len(places) == len(order):
        return None
    if places == list(range(places[0], len(order))):
        return ">=", order[places[0]]
    return ("<=", order[places[-1]]) if places == list(range(len(places))) else None


def standing_of(tree: Compare) -> Standing | None:
    """The comparison of two places in an order of options as one of the choices; None for any other comparison."""
    left, sign, right = tree.left, tree.operator, tree.right
    if isinstance(left, Literal):
        left, sign, right = right, flipped(sign), left
    if not isinstance(left, Call) or left.function not in ("rank", "rank_from_last"):
        return None
    choice, *options = left.arguments
    sign = flipped(sign) if left.function == "rank_from_last" else sign
    if isinstance(right, Call) and right.function == left.function and list(right.arguments[1:]) == options:
        return Standing(choice, sign, right.arguments[0])
    place = right.value if isinstance(right, Literal) else None
    if not isinstance(place, Decimal) or place % 1 or not 1 <= place <= len(options):
        return None
    option = options[int(place) - 1]
    return Standing(choice, sign, str(option.value)) if isinstance(option, Literal) else None


def window(tree: Expression) -> Window | None:
    """The condition that a day lies within so many days or months before another; None for any other condition."""
    match tree:
        case And(
            operands=(
                Compare(
                    operator=">",
                    left=day,
                    right=Call(
                        function="add_days" | "add_months" as move,
                        arguments=(start, Literal(value=Decimal() as number)),
                    ),
                ),
                Compare(operator="<=", left=same_day, right=end),
            )
        ) if day == same_day and start == end and number < 0 and number % 1 == 0:
            return Window(day, -number, move, end)
        case _:
            return None


def late_period(tree: Expression) -> LatePeriod | None:
    """The first day of a period of a year that begins on a later day than the first of a month; None for any other."""
    match tree:
        case Call(
            function="add_days",
            arguments=(
                Call(
                    function="start_of_quarter" | "start_of_year",
                    arguments=(
                        Call(function="add_days", arguments=(day, Literal(value=Decimal() as back))),
                        Literal() as month,
                    ),
                ) as period,
                Literal(value=Decimal() as later),
            ),
        ) if later == -back and later in range(1, 28):
            return LatePeriod(period._replace(arguments=(day, month)), later + 1)
        case _:
            return None


def best_option(tree: Choose) -> Aggregate | None:
    """The lowest or highest option that a list's items have, where a choice between ranks stands for it; else None."""
    if isinstance(tree.otherwise, Aggregate) and _is_by_options(tree, tree.otherwise):
        return tree.otherwise
    empty: Expression | None = None
    ranks: Expression = tree
    if isinstance(tree.condition, Aggregate) and tree.condition.function == "any":
        ranks, empty = tree.then, tree.otherwise
    match ranks:
        case Choose(condition=Compare(operator="==", left=Aggregate(value=Call(function="rank") as rank) as lowest)):
            return lowest._replace(value=rank.arguments[0], kind=tree.kind, empty=empty)
        case _:
            return None


def _is_by_options(tree: Choose, of_none: Aggregate) -> bool:
    """Whether a choice asks of one option after the other if an item has it; `of_none` is what it is of no items."""
    if of_none.function not in ("minimum", "maximum") or of_none.kind is not Kind.CHOICE or of_none.best is not None:
        return False
    any_item = of_none._replace(function="any", value=Literal(True, Kind.YES_NO), empty=None, kind=Kind.YES_NO)
    by_options, options = tree.then, set[object]()
    while isinstance(by_options, Choose) and isinstance(option := by_options.then, Literal):
        if by_options.condition != any_item._replace(value=Compare("==", of_none.value, option)):
            return False
        options.add(option.value)
        by_options = by_options.otherwise
    return tree.condition == any_item and isinstance(by_options, Literal) and by_options.value not in options


def _is_known_key(tree: Expression) -> bool:
    """Whether a condition that is written nowhere asks that a name be known: it equals itself."""
    if not isinstance(tree, Compare) or tree.operator != "==" or tree.place is not None:
        return False
    return isinstance(tree.left, Name) and tree.left == tree.right


def _conditions(counts: Expression) -> Iterator[Expression]:
    """The conditions for an item to count: those that are written nowhere, then those that are written, one by one."""
    for part in counts.operands if isinstance(counts, And) and counts.place is None else (counts,):
        if isinstance(part, And) and window(part) is None and one_of(part) is None:
            yield from part.operands
        else:
            yield part


def stated_counts(tree: Aggregate) -> Expression:
    """The condition for an item to count, without that the keys of groups are known, which goes without saying."""
    parts = tuple(_conditions(tree.counts))
    stated = [part for part in parts if not _is_known_key(part)]
    if stated == [tree.counts]:
        return tree.counts
    return stated[0] if len(stated) == 1 else And(tuple(stated)) if stated else Literal(True, Kind.YES_NO)


def negative(tree: Expression) -> bool:
    """Whether an expression is written with a leading minus."""
    return isinstance(tree, Literal) and isinstance(tree.value, Decimal) and tree.value < 0
