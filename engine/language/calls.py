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
from .currencies import minor_unit, money_codes, replaced_by
from .function_names import FromMonth, FunctionName, OfBusinessDays, Shorthand
from .kind_help import help_for_needed, help_for_sides
from .kinds import KIND_WORDS, adapt, as_kind, common_kind, compatible
from .operators import Order, relation
from .symbols import Symbol
from .syntax import short
from .tree import And, Arithmetic, Call, Choose, Compare, Expression, Literal, Name, Or

#: stands where `on` has the key of the periods of a value, until these are looked up
NOT_DATED = Literal("", Kind.CHOICE)


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
    refuse("wrong-kind", message, part.place, help or help_for_needed(part, kind, {}))


def _numeric(part: Expression) -> Expression:
    if part.kind not in NUMERIC:
        help = help_for_needed(part, Kind.NUMBER, {})
        refuse("wrong-kind", f"this is {KIND_WORDS[part.kind]}; a number is needed here", part.place, help)
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
                refuse("wrong-kind", message, place, help_for_sides(None, alike[0], alike[index], {}))
            alike[0], alike[index] = pair
    return alike


def _has(arguments: Arguments) -> Expression:
    """Whether there is a value of an optional fact."""
    (fact,) = arguments.parts
    symbol = arguments.symbols.get(fact.written) if isinstance(fact, Name) else None
    if not isinstance(fact, Name) or symbol is None:
        refuse("wrong-kind", "the name of a fact is needed here", fact.place, "write has(name)")
    if not symbol.optional:
        message = f"'{fact.written}' is not optional: no record says that there is none of it"
        refuse("not-optional", message, fact.place, "write 'none: {en: never}' at the fact, if there may be none")
    return Call("has", (fact,), Kind.YES_NO, arguments.place)


def _on(arguments: Arguments) -> Expression:
    """A value as it was on a day; which periods it had is for the caller to say, in the place of `NOT_DATED`."""
    day, value = arguments.parts
    help = "write on(closed_on, rate): the day, then what is asked for"
    return Call("on", (NOT_DATED, _a(day, Kind.DATE, help), value), value.kind, arguments.place)


def _starts_with(arguments: Arguments) -> Expression:
    """Whether a text begins with other letters, which are written in quotes; capitals and small letters differ."""
    whole, written = arguments.parts
    help = "write starts_with(number, 'AB-')"
    if whole.kind is not Kind.TEXT:
        refuse("wrong-kind", f"this is {KIND_WORDS[whole.kind]}; the name of a text is needed here", whole.place, help)
    if not quoted(written, "the beginning is written in quotes here", help):
        refuse("wrong-kind", "every text begins with nothing", written.place, help)
    return Call("starts_with", (whole, _a(written, Kind.TEXT)), Kind.YES_NO, arguments.place)


def _convert(arguments: Arguments) -> Expression:
    """An amount in another currency, rounded once to its minor unit, which stands behind the code as a number."""
    amount, rate, written = arguments.parts
    help = "write convert(amount, rate, 'EUR')"
    code = quoted(written, "the currency is written in quotes here", help)
    if code not in money_codes():
        now = replaced_by(code)
        way_out = f"write '{now}'" if now else "write a code of three capital letters: 'EUR'"
        refuse("unknown-currency", f"'{short(code)}' is not a currency", written.place, way_out)
    if amount.kind is not Kind.MONEY:
        message = f"this is {KIND_WORDS[amount.kind]}; an amount of money is converted here"
        refuse("wrong-kind", message, amount.place, help_for_needed(amount, Kind.MONEY, arguments.symbols))
    help = "a rate is a number: how much of the new currency one unit of the old is"
    unit = Literal(minor_unit(code), Kind.NUMBER)
    return Call("convert", (amount, _a(rate, Kind.NUMBER, help), written, unit), Kind.MONEY, arguments.place)


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


def _absolute(arguments: Arguments) -> Expression:
    number = _numeric(arguments.parts[0])
    return Call("abs", (number,), number.kind, arguments.place)


def _modulo(arguments: Arguments) -> Expression:
    """The remainder has the kind of the number; a count divided by a number that is no count leaves a number."""
    number, unit = _like_each_other(tuple(_numeric(part) for part in arguments.parts), arguments.place)
    if isinstance(unit, Literal) and isinstance(unit.value, Decimal) and unit.value <= 0:
        refuse("out-of-range", "the number to divide by must be over 0", unit.place, "write modulo(x, 12)")
    return Call("modulo", (number, unit), common_kind(number.kind, unit.kind) or number.kind, arguments.place)


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
    parts = [_a(day, Kind.DATE)]
    if name in get_args(FromMonth):
        parts.append(_first_month(month))
    return Call(name, tuple(parts), Kind.DATE, arguments.place)


def _first_month(written: list[Expression]) -> Expression:
    """The month that a year begins with; January where none is written."""
    help = "write a month from 1 to 12"
    month = _a(written[0], Kind.COUNT, help) if written else Literal(Decimal(1), Kind.COUNT)
    if isinstance(month, Literal) and isinstance(month.value, Decimal) and not 1 <= month.value <= 12:
        refuse("out-of-range", f"there is no month {month.value}", month.place, help)
    return month


def _part_of_day(name: FunctionName, arguments: Arguments) -> Expression:
    """The number of the day's year, month …; the year of a quarter may begin with another month than January."""
    day, *month = arguments.parts
    parts = [_a(day, Kind.DATE)]
    if name == "quarter":
        parts.append(_first_month(month))
    return Call(name, tuple(parts), Kind.COUNT, arguments.place)


def of_business_days(name: OfBusinessDays, calendar: str | None) -> Function:
    """How a function over business days is called where this is the calendar's text; None: a call is refused."""
    build = partial(_business_days, name, calendar)
    match name:
        case "is_business_day":
            return Function(1, 1, "is_business_day(as_of)", build)
        case "add_business_days":
            return Function(2, 2, "add_business_days(invoiced_on, 10)", build)
        case "business_days_between":
            return Function(2, 2, "business_days_between(ordered_on, as_of)", build)
        case _:
            assert_never(name)


def _business_days(name: OfBusinessDays, calendar: str | None, arguments: Arguments) -> Expression:
    kinds = {"is_business_day": Kind.YES_NO, "add_business_days": Kind.DATE, "business_days_between": Kind.NUMBER}
    day, *others = arguments.parts
    parts = [
        _a(day, Kind.DATE),
        *(_whole(part) if name == "add_business_days" else _a(part, Kind.DATE) for part in others),
    ]
    if calendar is None:
        help = "write calendar.yaml, with the weekend and the holidays under 'business_days'"
        refuse("no-calendar", f"'{name}' needs a calendar of business days", arguments.place, help)
    return Call(name, (*parts, Literal(calendar, Kind.TEXT)), kinds[name], arguments.place)


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
        case "on":
            return Function(2, 2, "on(closed_on, rate)", _on)
        case "has":
            return Function(1, 1, "has(valid_until)", _has)
        case "starts_with":
            return Function(2, 2, "starts_with(number, 'AB-')", _starts_with)
        case "convert":
            return Function(3, 3, "convert(amount, rate, 'EUR')", _convert)
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
        case "round_half_even" | "round_towards_zero" | "round_away_from_zero":
            return Function(2, 2, f"{name}(amount, 0.01)", partial(_round, name))
        case "every":
            return Function(2, 2, "every(5, customers)", _every)
        case "abs":
            return Function(1, 1, "abs(change)", _absolute)
        case "modulo":
            return Function(2, 2, "modulo(months, 12)", _modulo)
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
        case "start_of_week" | "start_of_month":
            return Function(1, 1, f"{name}(as_of)", partial(_start, name))
        case "start_of_quarter":
            return Function(1, 2, "start_of_quarter(as_of)", partial(_start, name))
        case "start_of_year":
            return Function(1, 2, "start_of_year(as_of, 7)", partial(_start, name))
        case "year" | "month" | "day" | "weekday":
            return Function(1, 1, f"{name}(joined)", partial(_part_of_day, name))
        case "quarter":
            return Function(1, 2, "quarter(joined, 8)", partial(_part_of_day, name))
        case "is_business_day" | "add_business_days" | "business_days_between":
            return of_business_days(name, None)
        case "last_days":
            return Function(2, 3, "last_days(closed_on, 90)", partial(_window, "add_days"))
        case "last_months":
            return Function(2, 3, "last_months(closed_on, 12)", partial(_window, "add_months"))
        case _:
            assert_never(name)


#: every function of the language, by its name
FUNCTIONS: Mapping[str, Function] = {name: _function(name) for name in (*get_args(FunctionName), *get_args(Shorthand))}
#: those that can be worked out of one day, where nothing is known of others
OF_ONE_DAY: Mapping[str, Function] = {name: function for name, function in FUNCTIONS.items() if name != "on"}
