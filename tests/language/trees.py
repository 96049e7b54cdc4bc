"""Random typed trees, by kind, and random values for their names, some missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import get_args

from charter.engine.language.currencies import minor_unit
from charter.engine.language.function_names import OfValues, Rounding
from charter.engine.language.operators import Operator, result_kinds
from charter.engine.language.run.causes import Cause
from charter.engine.language.tree import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Expression,
    Literal,
    Name,
    Not,
    Or,
    Undefined,
)
from charter.engine.values import NUMERIC, Kind, Unknown
from hypothesis import strategies as st

from .names import CALENDAR, COLOURS, FIELDS, KINDS, OPTIONAL

NUMBERS = (Kind.COUNT, Kind.NUMBER, Kind.PERCENT, Kind.MONEY)

decimals = st.one_of(
    st.integers(0, 4).map(Decimal),
    st.decimals(0, 10**6, places=3, allow_nan=False, allow_infinity=False),
    st.sampled_from([Decimal("999999999999999999"), Decimal("0.000000000001")]),
)
counts = st.one_of(st.integers(0, 4), st.integers(0, 10**18 - 1)).map(Decimal)


def values_of(kind: Kind) -> st.SearchStrategy:
    """A value of the kind, as a record could hold it."""
    if kind is Kind.YES_NO:
        return st.booleans()
    if kind is Kind.CHOICE:
        return st.sampled_from(COLOURS)
    if kind is Kind.DATE:
        return st.dates(date(2023, 12, 1), date(2025, 3, 31))
    if kind is Kind.TEXT:
        return st.sampled_from(["north", "south"])
    return counts if kind is Kind.COUNT else decimals


facts = st.fixed_dictionaries(
    {id: st.one_of(st.just(Unknown(frozenset((id,)))), values_of(kind)) for id, kind in KINDS.items()}
)


def no_value(id: str) -> Unknown:
    """The value of an optional fact that there is none of."""
    return Unknown(causes=frozenset((Cause(Undefined(Name(id, KINDS[id], id), KINDS[id]), ("none",)),)))


#: facts, of the optional ones of which there may be none
facts_or_none = st.tuples(facts, st.sets(st.sampled_from(OPTIONAL))).map(
    lambda it: {id: no_value(id) if id in it[1] else value for id, value in it[0].items()}
)


def literals(kind: Kind) -> st.SearchStrategy[Expression]:
    """A written value: a number is written without a unit, so only counts and numbers stand alone."""
    return values_of(kind).map(lambda value: Literal(value, kind))


def leaves(kind: Kind) -> st.SearchStrategy[Expression]:
    """A name of the kind; or a literal, where the kind shows in its text."""
    names = st.sampled_from([Name(id, kind, id) for id, one in KINDS.items() if one is kind])
    if kind is Kind.YES_NO:
        return st.one_of(names, literals(kind), st.sampled_from(OPTIONAL).map(has))
    if kind is Kind.COUNT:
        return st.one_of(names, literals(kind))
    return names


def has(id: str) -> Expression:
    """Whether there is a value of an optional fact."""
    return Call("has", (Name(id, KINDS[id], id),), Kind.YES_NO)


def trees(kind: Kind, depth: int = 2) -> st.SearchStrategy[Expression]:
    """A tree of the kind, at most so deep."""
    if depth == 0:
        return leaves(kind)
    if kind is Kind.YES_NO:
        return st.one_of(leaves(kind), *_conditions(depth - 1))
    choices = [leaves(kind), _choose(kind, depth - 1)]
    if kind in NUMERIC:
        choices += [_arithmetic(kind, depth - 1), _extremes(kind, depth - 1)]
        choices += [_rounded(kind, depth - 1), _remainder(kind, depth - 1)]
    if kind is Kind.MONEY:
        choices.append(
            st.builds(convert, trees(kind, depth - 1), trees(Kind.NUMBER, depth - 1), st.sampled_from(CODES))
        )
    if kind in NUMERIC:
        choices.append(trees(kind, depth - 1).map(lambda it: Call("abs", (it,), it.kind)))
    if kind is Kind.DATE:
        choices += [_moved(depth - 1), _starts(depth - 1), _extremes(kind, depth - 1), _business_days(kind, depth - 1)]
    if kind is Kind.NUMBER:
        days = st.tuples(trees(Kind.DATE, depth - 1), trees(Kind.DATE, depth - 1))
        choices += [st.builds(Call, st.sampled_from(["days_between", "months_between"]), days, st.just(kind))]
        choices.append(_business_days(kind, depth - 1))
        choices.append(trees(Kind.PERCENT, depth - 1).map(lambda it: Call("ratio", (it,), Kind.NUMBER)))
    if kind is Kind.COUNT:
        choices += [st.just(_RANK), _every(depth - 1), _parts_of_day(depth - 1)]
    if kind is Kind.PERCENT:
        numbers = st.sampled_from(NUMBERS).flatmap(lambda one: st.tuples(trees(one, depth - 1), trees(one, depth - 1)))
        choices.append(numbers.map(lambda pair: Call("share", pair, Kind.PERCENT)))
    return st.one_of(choices)


CODES = ("EUR", "JPY", "KWD")


def convert(amount: Expression, rate: Expression, code: str) -> Expression:
    """An amount in another currency."""
    unit = Literal(minor_unit(code), Kind.NUMBER)
    return Call("convert", (amount, rate, Literal(code, Kind.CHOICE), unit), Kind.MONEY)


_RANK = Call("rank", (Name("o", Kind.CHOICE, "o"), *(Literal(colour, Kind.CHOICE) for colour in COLOURS)), Kind.COUNT)
whole = st.integers(-30, 30).map(lambda it: Literal(Decimal(it), Kind.COUNT if it >= 0 else Kind.NUMBER))
units = st.sampled_from(["0.01", "0.5", "1", "25"]).map(
    lambda it: Literal(Decimal(it), Kind.NUMBER if "." in it else Kind.COUNT)
)


def _rounded(kind: Kind, depth: int) -> st.SearchStrategy[Expression]:
    way = st.sampled_from(get_args(Rounding))
    whole_units = units.filter(lambda it: kind is not Kind.COUNT or it.kind is Kind.COUNT)
    return st.builds(lambda name, part, unit: Call(name, (part, unit), kind), way, trees(kind, depth), whole_units)


def _remainder(kind: Kind, depth: int) -> st.SearchStrategy[Expression]:
    """By a number of the same kind, of which many are 0 or less."""
    numbers = st.sampled_from(["0.75", "1", "12"]).filter(lambda it: kind is not Kind.COUNT or "." not in it)
    units = numbers.map(lambda it: Literal(Decimal(it), kind if kind is not Kind.NUMBER or "." in it else Kind.COUNT))
    others = trees(kind, depth).filter(lambda it: not isinstance(it, Literal) or it.value > 0)  # 0 would be refused
    pairs = st.tuples(trees(kind, depth), st.one_of(units, others))
    return pairs.map(lambda pair: Call("modulo", pair, kind))


#: a calendar.yaml for programmes with these trees
CALENDAR_FILE = """
business_days: {title: {en: Days}, from: 2024-01-01, until: 2024-12-31, weekend: [saturday, sunday], source: [c]}
"""
_CALENDAR = Literal(CALENDAR, Kind.TEXT)


def _business_days(kind: Kind, depth: int) -> st.SearchStrategy[Expression]:
    """A call over business days of the kind: whether, how many or which day."""
    day = trees(Kind.DATE, depth)
    if kind is Kind.YES_NO:
        return day.map(lambda one: Call("is_business_day", (one, _CALENDAR), kind))
    if kind is Kind.DATE:
        return st.builds(lambda one, by: Call("add_business_days", (one, by, _CALENDAR), kind), day, whole)
    return st.builds(lambda one, other: Call("business_days_between", (one, other, _CALENDAR), kind), day, day)


def _moved(depth: int) -> st.SearchStrategy[Expression]:
    way = st.sampled_from(["add_days", "add_months"])
    return st.builds(lambda name, day, by: Call(name, (day, by), Kind.DATE), way, trees(Kind.DATE, depth), whole)


def _starts(depth: int) -> st.SearchStrategy[Expression]:
    month = st.integers(1, 12).map(lambda it: Literal(Decimal(it), Kind.COUNT))
    way = st.sampled_from(["start_of_quarter", "start_of_year"])
    days = trees(Kind.DATE, depth)
    return st.one_of(
        days.map(lambda day: Call("start_of_month", (day,), Kind.DATE)),
        days.map(lambda day: Call("start_of_week", (day,), Kind.DATE)),
        st.builds(lambda name, day, first: Call(name, (day, first), Kind.DATE), way, days, month),
    )


def _parts_of_day(depth: int) -> st.SearchStrategy[Expression]:
    days, month = trees(Kind.DATE, depth), st.integers(1, 12).map(lambda it: Literal(Decimal(it), Kind.COUNT))
    way = st.sampled_from(["year", "month", "day", "weekday"])
    months = st.one_of(month, leaves(Kind.COUNT).filter(lambda it: isinstance(it, Name)))
    return st.one_of(
        st.builds(lambda name, day: Call(name, (day,), Kind.COUNT), way, days),
        st.builds(lambda day, first: Call("quarter", (day, first), Kind.COUNT), days, months),
    )


def _every(depth: int) -> st.SearchStrategy[Expression]:
    parts = st.sampled_from(NUMBERS).flatmap(lambda kind: st.tuples(trees(kind, depth), trees(kind, depth)))
    return parts.map(lambda pair: Call("every", pair, Kind.COUNT))


items = st.one_of(
    st.just(Unknown(frozenset({"l"}))),
    st.lists(
        st.fixed_dictionaries(
            {
                id: st.one_of(values_of(kind), values_of(kind), st.just(Unknown(frozenset({f"l[].{id}"}))))
                for id, kind in FIELDS.items()
            }
        ),
        max_size=4,
    ).map(tuple),
)


def aggregates(kind: Kind) -> st.SearchStrategy[Expression]:
    """An aggregate of the kind over the list `l`; of what cannot be aggregated, a name."""
    fields = {id: one for id, one in FIELDS.items() if one is kind}
    value = st.sampled_from([Name(f"l[].{id}", one, id) for id, one in fields.items()] or [Name("x", kind, "x")])
    own = Name("l[].p", Kind.YES_NO, "p")
    counts = st.one_of(
        st.just(Literal(True, Kind.YES_NO)), st.just(own), trees(Kind.YES_NO, 1).map(lambda it: And((own, it)))
    )
    best = st.one_of(st.none(), trees(Kind.COUNT, 0))
    empty = st.one_of(st.none(), leaves(kind)) if kind is not Kind.CHOICE else st.none()
    day = Name("l[].d", Kind.DATE, "d")
    if kind is Kind.YES_NO:
        ways = {"any": (own, None), "all": (own, None), "latest": (own, day)}
    elif kind is Kind.COUNT:
        ways = {name: (Name("l[].n", Kind.COUNT, "n"), None) for name in get_args(OfValues)}
    else:
        ways = {"latest": (None, day)}
        if fields and kind is not Kind.TEXT:
            ways |= {"minimum": (None, None), "maximum": (None, None)}
        if fields and kind in NUMERIC:
            ways |= {"sum": (None, None), "average": (None, None), "median": (None, None)}
    if not fields:
        return leaves(kind)

    def build(name: str, part: Expression, counted: Expression, most: object, nothing: object) -> Expression:
        of, by = ways[name]
        several = name in get_args(OfValues) and kind in NUMERIC
        return Aggregate(name, "l", "l[]", of or part, counted, by, most if several else None, nothing, kind)

    return st.builds(build, st.sampled_from(sorted(ways)), value, counts, best, empty)


def _conditions(depth: int) -> list[st.SearchStrategy[Expression]]:
    parts = st.lists(trees(Kind.YES_NO, depth), min_size=2, max_size=3).map(tuple)
    ordered = st.sampled_from([*NUMBERS, Kind.DATE]).flatmap(lambda kind: _compare(kind, depth, ordered=True))
    equal = st.sampled_from(list(Kind)).flatmap(lambda kind: _compare(kind, depth, ordered=False))
    colours = st.tuples(st.sampled_from(["==", "!="]), st.sampled_from(COLOURS)).map(
        lambda pair: Compare(pair[0], Name("c", Kind.CHOICE, "c"), Literal(pair[1], Kind.CHOICE))
    )
    several = st.tuples(trees(Kind.COUNT, depth), parts).map(lambda it: Call("at_least", (it[0], *it[1]), Kind.YES_NO))
    return [
        several,
        trees(Kind.YES_NO, depth).map(Not),
        _business_days(Kind.YES_NO, depth),
        parts.map(_flat(And)),
        parts.map(_flat(Or)),
        ordered,
        equal,
        colours,
        _choose(Kind.YES_NO, depth),
        st.tuples(leaves(Kind.TEXT), st.sampled_from(["no", "north", "s"])).map(
            lambda it: Call("starts_with", (it[0], Literal(it[1], Kind.TEXT)), Kind.YES_NO)
        ),
    ]


def _flat(form: type) -> object:
    """Parts of the same form are negated: `a and (b and c)` is another tree than `a and b and c`."""
    return lambda parts: form(tuple(Not(part) if isinstance(part, form) else part for part in parts))


def _compare(kind: Kind, depth: int, *, ordered: bool) -> st.SearchStrategy[Expression]:
    signs = ["<", "<=", ">", ">="] if ordered else ["==", "!="]
    return st.tuples(st.sampled_from(signs), trees(kind, depth), trees(kind, depth)).map(lambda it: Compare(*it))


def _choose(kind: Kind, depth: int) -> st.SearchStrategy[Expression]:
    parts = st.tuples(trees(Kind.YES_NO, depth), trees(kind, depth), trees(kind, depth))
    return parts.map(lambda it: Choose(*it, it[1].kind))


def _arithmetic(kind: Kind, depth: int) -> st.SearchStrategy[Expression]:
    signs = get_args(Operator)
    ways = [(sign, *pair) for sign in signs for pair, result in result_kinds(sign).items() if result is kind]
    return st.sampled_from(ways).flatmap(
        lambda way: st.tuples(trees(way[1], depth), trees(way[2], depth)).map(
            lambda pair: Arithmetic(way[0], *pair, kind)
        )
    )


def _extremes(kind: Kind, depth: int) -> st.SearchStrategy[Expression]:
    parts = st.lists(trees(kind, depth), min_size=2, max_size=3).map(tuple)
    return st.tuples(st.sampled_from(["min", "max"]), parts).map(lambda it: Call(it[0], it[1], kind))


def tables(kind: Kind, depth: int = 2) -> st.SearchStrategy[Expression]:
    """A choice of the kind that is undefined where its last row does not apply, as `otherwise: unknown` makes it."""
    by = st.sampled_from([None, Name("c", Kind.CHOICE, "c"), Name("a", Kind.MONEY, "a")])
    nothing = by.map(lambda it: Undefined(it, kind, "t"))
    rows = st.tuples(trees(Kind.YES_NO, depth - 1), trees(kind, depth - 1), trees(Kind.YES_NO, 0), nothing)
    return rows.map(lambda it: Choose(it[0], it[1], Choose(it[2], it[1], it[3], kind), kind))


#: a tree of any kind, or a choice that a table makes
any_value = st.sampled_from(list(Kind)).flatmap(lambda kind: st.one_of(trees(kind), tables(kind)))
