"""Checks the arguments of each function, and builds the tree of a call.

A shorthand becomes the forms it stands for (`last_months`, `date`); every other function becomes a `Call`. A scope may
add functions of its own (`Scope.functions`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import NamedTuple, NoReturn, assert_never, get_args

from ..problems import Place, Problem
from ..values import NUMERIC, Kind
from .function_names import FunctionName, Shorthand
from .kinds import KIND_WORDS, adapt, as_kind, compatible
from .operators import Order, relation
from .tree import And, Arithmetic, Call, Choose, Compare, Expression, Literal, Name, Or


class Symbol(NamedTuple):
    """A fact or value that a name stands for; `ordered` says that its options stand in order, the lowest first."""

    id: str
    kind: Kind
    choices: tuple[str, ...] = ()
    ordered: bool = False
    currency: str | None = None  #: of an amount of money; None where the programme does not say it


class Function(NamedTuple):
    """How a function is called: how many arguments it takes, an example for messages, and what builds its tree."""

    least_arguments: int
    most_arguments: int
    example: str
    build: Callable[[Arguments], Expression]

    @property
    def takes(self) -> str:
        """The number of arguments in words: `2 to 3 arguments`."""
        least, most = self.least_arguments, self.most_arguments
        if least == most:
            return f"{least} argument{'s' if least > 1 else ''}"
        return f"{least} to {most} arguments"


class Arguments(NamedTuple):
    """The arguments of one call as trees, the place of the call, and the names in scope."""

    parts: tuple[Expression, ...]
    place: Place
    symbols: Mapping[str, Symbol]


class _Mismatch(Exception):
    """The arguments do not fit; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def call_tree(function: Function, arguments: Arguments) -> Expression | Problem:
    """The tree of a call whose number of arguments is right; or the problem with one of them."""
    try:
        return function.build(arguments)
    except _Mismatch as mismatch:
        return mismatch.problem


def refuse(code: str, message: str, place: Place | None, help: str | None) -> NoReturn:
    """Ends the building of a call with this problem, which `call_tree` returns."""
    raise _Mismatch(Problem(code, message, place, help))


def quoted(part: Expression, message: str, help: str) -> str:
    """The text of an argument in quotes; any other argument is refused with the message and the help."""
    if not isinstance(part, Literal) or part.kind is not Kind.CHOICE:
        refuse("wrong-kind", message, part.place, help)
    return str(part.value)


def _a(part: Expression, kind: Kind, help: str | None = None) -> Expression:
    """The argument as a value of this kind."""
    fitting = as_kind(part, kind)
    if fitting is not None:
        return fitting
    message = f"this is {KIND_WORDS[part.kind]}; {KIND_WORDS[kind]} is needed here"
    refuse("wrong-kind", message, part.place, help)


def _numeric(part: Expression) -> Expression:
    if part.kind not in NUMERIC:
        refuse("wrong-kind", f"this is {KIND_WORDS[part.kind]}; a number is needed here", part.place, None)
    return part


def _whole(part: Expression) -> Expression:
    """A whole number, which may be negative."""
    if isinstance(part, Literal) and isinstance(part.value, Decimal) and part.value % 1:
        refuse("wrong-kind", "this must be a whole number", part.place, "write days for parts of a month")
    return _a(part, Kind.NUMBER)


def _condition(part: Expression) -> Expression:
    if part.kind is not Kind.YES_NO:
        message = f"this is {KIND_WORDS[part.kind]}; a condition is needed here"
        refuse("wrong-kind", message, part.place, "compare it with something: x >= 2")
    return part


def _like_each_other(parts: tuple[Expression, ...], place: Place) -> list[Expression]:
    """The arguments brought to one kind, a written number taking that of the others."""
    alike = list(parts)
    for _ in range(2):  # the second round brings the first arguments to the kind that the last ones have
        for index in range(1, len(alike)):
            pair = compatible(alike[0], alike[index])
            if pair is None:
                message = f"{KIND_WORDS[alike[0].kind]} cannot stand beside {KIND_WORDS[alike[index].kind]}"
                refuse("wrong-kind", message, place, None)
            alike[0], alike[index] = pair
    return alike


def _extreme(name: FunctionName, arguments: Arguments) -> Expression:
    """`min` and `max`, of numbers or of days."""
    dates = arguments.parts[0].kind is Kind.DATE
    checked = tuple(_a(part, Kind.DATE) if dates else _numeric(part) for part in arguments.parts)
    parts = _like_each_other(checked, arguments.place)
    kind = parts[0].kind if len({part.kind for part in parts}) == 1 else Kind.NUMBER
    return Call(name, tuple(parts), kind, arguments.place)


def _share(arguments: Arguments) -> Expression:
    """`share(part, whole)`; a third argument is the share where the whole is 0."""
    part, whole = _like_each_other(tuple(_numeric(number) for number in arguments.parts[:2]), arguments.place)
    share = Call("share", (part, whole), Kind.PERCENT, arguments.place)
    if len(arguments.parts) < 3:
        return share
    share_of_zero = _a(arguments.parts[2], Kind.PERCENT)
    is_zero = Compare("==", whole, adapt(Literal(Decimal(0), Kind.COUNT), whole.kind) or whole, whole.place)
    return Choose(is_zero, share_of_zero, share, Kind.PERCENT, arguments.place)


def _ratio(arguments: Arguments) -> Expression:
    return Call("ratio", (_a(arguments.parts[0], Kind.PERCENT),), Kind.NUMBER, arguments.place)


def _at_least(arguments: Arguments) -> Expression:
    wanted = as_kind(arguments.parts[0], Kind.COUNT)
    if wanted is None:
        _numeric(arguments.parts[0])
        refuse("wrong-kind", "how many must be a count", arguments.parts[0].place, "write a whole number")
    conditions = tuple(_condition(part) for part in arguments.parts[1:])
    return Call("at_least", (wanted, *conditions), Kind.YES_NO, arguments.place)


def _round(name: FunctionName, arguments: Arguments) -> Expression:
    number, unit = _numeric(arguments.parts[0]), _a(arguments.parts[1], Kind.NUMBER)
    if isinstance(unit, Literal) and isinstance(unit.value, Decimal) and unit.value <= 0:
        refuse("out-of-range", "the unit to round by must be over 0", unit.place, f"write {name}(x, 0.01)")
    whole = isinstance(unit, Literal) and isinstance(unit.value, Decimal) and unit.value % 1 == 0
    kind = Kind.NUMBER if number.kind is Kind.COUNT and not whole else number.kind
    return Call(name, (number, unit), kind, arguments.place)


def _every(arguments: Arguments) -> Expression:
    size, amount = _like_each_other(tuple(_numeric(part) for part in arguments.parts), arguments.place)
    return Call("every", (size, amount), Kind.COUNT, arguments.place)


def _later_day(name: FunctionName, arguments: Arguments) -> Expression:
    day, number = arguments.parts
    return Call(name, (_a(day, Kind.DATE), _whole(number)), Kind.DATE, arguments.place)


def _time_between(name: FunctionName, arguments: Arguments) -> Expression:
    return Call(name, tuple(_a(day, Kind.DATE) for day in arguments.parts), Kind.NUMBER, arguments.place)


def _start(name: FunctionName, arguments: Arguments) -> Expression:
    """The first day of a period; the year, and so its quarters, may begin with another month than January."""
    day, *month = arguments.parts
    help = "write a month from 1 to 12"
    parts = [_a(day, Kind.DATE)]
    if name != "start_of_month":
        parts.append(_a(month[0], Kind.COUNT, help) if month else Literal(Decimal(1), Kind.COUNT))
    last = parts[-1]
    if isinstance(last, Literal) and isinstance(last.value, Decimal) and not 1 <= last.value <= 12:
        refuse("out-of-range", f"there is no month {last.value}", last.place, help)
    return Call(name, tuple(parts), Kind.DATE, arguments.place)


def _window(move: FunctionName, arguments: Arguments) -> Expression:
    """`last_months(day, 12)`: after the day 12 months before `as_of` (or a third argument), up to and with that."""
    day, number, *last = arguments.parts
    day, number = _a(day, Kind.DATE), _a(number, Kind.COUNT)
    end = _a(last[0], Kind.DATE) if last else Name("as_of", Kind.DATE, "as_of")
    if isinstance(number, Literal) and isinstance(number.value, Decimal):
        back: Expression = Literal(-number.value, Kind.NUMBER, number.place)
    else:
        back = Arithmetic("-", Literal(Decimal(0), Kind.COUNT), number, Kind.NUMBER, number.place)
    begin = Call(move, (end, back), Kind.DATE, arguments.place)
    place = arguments.place
    return And((Compare(">", day, begin, place), Compare("<=", day, end, place)), place)


def _date(arguments: Arguments) -> Expression:
    (written,) = arguments.parts
    help = "write date('2026-01-31')"
    text = quoted(written, "a day is written in quotes here", help)
    try:
        return Literal(date.fromisoformat(text if len(text) == 10 else ""), Kind.DATE, arguments.place)
    except ValueError:
        refuse("bad-date", f"'{text}' is not a day of the calendar", written.place, help)


def _rank(name: FunctionName, arguments: Arguments) -> Expression:
    """The place of an option in its choice: the lowest is 1, or for `rank_from_last` the highest."""
    (choice,) = arguments.parts
    symbol = arguments.symbols.get(choice.written) if isinstance(choice, Name) else None
    if symbol is None or symbol.kind is not Kind.CHOICE:
        help = f"write {name}(name)"
        refuse("wrong-kind", "the name of a choice is needed here", choice.place, help)
    if name == "rank_from_last":
        symbol = symbol._replace(choices=symbol.choices[::-1])
    return _ranked(choice, symbol, name)


def rank_of(choice: Expression, symbol: Symbol) -> Expression | Problem:
    """The place of an option in its choice, the lowest being 1; or the problem that the options stand in no order."""
    try:
        return _ranked(choice, symbol)
    except _Mismatch as mismatch:
        return mismatch.problem


def _ranked(choice: Expression, symbol: Symbol, function: FunctionName = "rank") -> Expression:
    if not symbol.ordered:
        message = f"the options of '{choice.written if isinstance(choice, Name) else symbol.id}' stand in no order"
        help = "write '==' or '!=', or 'ordered: true' at the choice with its lowest option first"
        refuse("unordered-choice", message, choice.place, help)
    options = tuple(Literal(option, Kind.CHOICE) for option in symbol.choices)
    return Call(function, (choice, *options), Kind.COUNT, choice.place)


def compare_options(
    sign: Order, a: Expression, b: Expression, symbols: Mapping[str, Symbol], place: Place
) -> Expression | Problem:
    """The tree of `<` and the like between options of a choice that stand in order; or the problem with them."""
    left, right = (symbols.get(side.written) if isinstance(side, Name) else None for side in (a, b))
    try:
        if left and right and left.choices == right.choices:
            return Compare(sign, _ranked(a, left), _ranked(b, right), place)
        if left and isinstance(b, Literal):
            _ranked(a, left)
            at = left.choices.index(str(b.value))
            options = [option for rank, option in enumerate(left.choices) if relation(sign)(rank, at)]
            return _one_of(a, options, place)
        if right and isinstance(a, Literal):
            _ranked(b, right)
            at = right.choices.index(str(a.value))
            options = [option for rank, option in enumerate(right.choices) if relation(sign)(at, rank)]
            return _one_of(b, options, place)
    except _Mismatch as mismatch:
        return mismatch.problem
    return Problem("wrong-kind", f"'{sign}' has no meaning here", place, "compare a choice with one of its own options")


def _one_of(choice: Expression, options: list[str], place: Place) -> Expression:
    links = tuple(Compare("==", choice, Literal(option, Kind.CHOICE), place) for option in options)
    if not links:
        return Literal(False, Kind.YES_NO, place)
    return links[0] if len(links) == 1 else Or(links, place)


def _function(name: FunctionName | Shorthand) -> Function:
    """How a function of the language is called."""
    match name:
        case "min":
            return Function(2, 20, "min(discount, 40)", partial(_extreme, name))
        case "max":
            return Function(2, 20, "max(1, licences)", partial(_extreme, name))
        case "share":
            return Function(2, 3, "share(part, whole)", _share)
        case "ratio":
            return Function(1, 1, "amount * ratio(20)", _ratio)
        case "at_least":
            return Function(2, 21, "at_least(2, a, b, c)", _at_least)
        case "round":
            return Function(2, 2, "round(amount, 0.01)", partial(_round, name))
        case "round_down":
            return Function(2, 2, "round_down(points, 1)", partial(_round, name))
        case "round_up":
            return Function(2, 2, "round_up(months, 1)", partial(_round, name))
        case "every":
            return Function(2, 2, "every(5, customers)", _every)
        case "rank":
            return Function(1, 1, "rank(level)", partial(_rank, name))
        case "rank_from_last":
            return Function(1, 1, "rank_from_last(version)", partial(_rank, name))
        case "date":
            return Function(1, 1, "date('2026-01-31')", _date)
        case "add_days":
            return Function(2, 2, "add_days(valid_until, 30)", partial(_later_day, name))
        case "add_months":
            return Function(2, 2, "add_months(joined, 12)", partial(_later_day, name))
        case "days_between" | "months_between":
            return Function(2, 2, f"{name}(joined, as_of)", partial(_time_between, name))
        case "start_of_month":
            return Function(1, 1, "start_of_month(as_of)", partial(_start, name))
        case "start_of_quarter":
            return Function(1, 2, "start_of_quarter(as_of)", partial(_start, name))
        case "start_of_year":
            return Function(1, 2, "start_of_year(as_of, 7)", partial(_start, name))
        case "last_days":
            return Function(2, 3, "last_days(closed_on, 90)", partial(_window, "add_days"))
        case "last_months":
            return Function(2, 3, "last_months(closed_on, 12)", partial(_window, "add_months"))
        case _:
            assert_never(name)


#: every function of the language, by its name
FUNCTIONS: Mapping[str, Function] = {name: _function(name) for name in (*get_args(FunctionName), *get_args(Shorthand))}
