"""The periods of a balance in a partner's row: made one after another, for each goes by the one before."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from ..language.run.causes import Cause
from ..language.run.closures import Position, Reader, Row, closure
from ..language.run.compiled import FillStep
from ..language.tree import Aggregate, Call, Name
from ..limits import MAX_PERIODS
from ..programme.model import FIRST, LAPSED, Balance, ListFact, Movement, Programme
from ..values import Kind, Unknown, Value
from .expiry import Expiry, Moved

Positions = Mapping[str, Position]


class _MovementReader(NamedTuple):
    """How what moves a balance is read of the items of a list."""

    list: int  #: the position of the list
    slot: int  #: the position of the item that is looked at
    total: Reader
    day: Reader
    counts: Reader
    amount: Reader
    expires: Reader | None
    is_use: bool


class _Plan(NamedTuple):
    """How the periods of one balance are made: positions within a period, and readers of its values, in order."""

    item: str
    slot: int
    width: int
    first: int
    lapsed: int
    before: tuple[tuple[int, int], ...]  #: where a value stands, and where the next period has it
    readers: tuple[tuple[int, Reader | int], ...]  #: of what moves the balance, its place in `movements`
    begins: int | None
    ends: int | None
    opening: int
    expired: int | None
    movements: tuple[_MovementReader, ...]


def period_step(programme: Programme, periods: ListFact, positions: Positions) -> FillStep:
    """The step that makes the periods of a balance, from the first to the one that holds the day of the evaluation."""
    if periods.balance is None:
        raise TypeError(periods.id)
    plan, as_of = _plan(programme, periods, periods.balance, positions), _in_row(positions, "as_of")
    return FillStep(_in_row(positions, periods.id), lambda row: _periods(plan, row, row[as_of]))


def _in_row(positions: Positions, id: str) -> int:
    """A position in the row itself."""
    position = positions[id]
    if not isinstance(position, int):
        raise TypeError(id)
    return position


def _plan(programme: Programme, periods: ListFact, balance: Balance, positions: Positions) -> _Plan:
    def inner(id: str) -> int:
        position = positions[id]
        if isinstance(position, int):
            raise TypeError(id)
        return position[1]

    values = [value for value in programme.values.values() if value.list == periods.id]
    places = {movement.value: place for place, movement in enumerate(balance.movements)}
    return _Plan(
        item=periods.item,
        slot=_in_row(positions, periods.item),
        width=len(periods.fields) + len(periods.values),
        first=inner(periods.id_of(FIRST)),
        lapsed=inner(periods.id_of(LAPSED)),
        before=tuple((inner(id), inner(periods.id_of(field))) for id, field in balance.before.items()),
        readers=tuple(
            (inner(value.id), places[value.id] if value.id in places else closure(value.expression, positions))
            for value in values
        ),
        begins=inner(balance.begins) if balance.begins else None,
        ends=inner(balance.ends) if balance.ends else None,
        opening=inner(balance.opening),
        expired=inner(balance.expired) if balance.expired else None,
        movements=tuple(_movement(programme, movement, positions) for movement in balance.movements),
    )


def _movement(programme: Programme, movement: Movement, positions: Positions) -> _MovementReader:
    tree = programme.values[movement.value].expression
    if not isinstance(tree, Aggregate):
        raise TypeError(movement.value)
    expires = Name(movement.expires, Kind.DATE) if movement.expires else None
    return _MovementReader(
        list=_in_row(positions, movement.list),
        slot=_in_row(positions, tree.item),
        total=closure(tree, positions),
        day=closure(movement.day, positions),
        counts=closure(tree.counts, positions),
        amount=closure(tree.value, positions),
        expires=closure(expires, positions) if expires else None,
        is_use=movement.is_use,
    )


def _periods(plan: _Plan, row: Row, as_of: date) -> Any:
    """The periods as rows within the row; unknown where the first or the last day of one of them is.

    They are undefined where one ends before it begins, and where they would be more than MAX_PERIODS.
    """
    periods: list[list[Any]] = []
    items = [_Items(movement, row) for movement in plan.movements]
    expiry: Expiry | None = None
    while len(periods) < MAX_PERIODS:
        period: list[Any] = [Unknown()] * plan.width
        period[plan.first] = not periods
        for at, carried in plan.before if periods else ():
            period[carried] = periods[-1][at]
        row[plan.slot] = period
        for at, read in plan.readers:
            if isinstance(read, int):
                period[at] = items[read].total(row, *_days(plan, period, as_of))
                continue
            if at == plan.expired:
                expiry = expiry or Expiry(period[plan.opening])
                first, last = _days(plan, period, as_of)
                moved = [part for each in items for part in each.moved(row, first, last)]
                period[plan.lapsed] = expiry.through(moved, last)
            period[at] = read(row)
        begins, ends = (as_of if at is None else period[at] for at in (plan.begins, plan.ends))
        for day in (begins, ends):
            if type(day) is Unknown:
                return day
        if begins > as_of:
            return periods
        if ends < begins:
            return _no_days(plan, ("begins", begins), ("ends", ends))
        periods.append(period)
        if ends >= as_of:
            return periods
    return _no_days(plan, ("begins", begins), ("as_of", as_of))


def _days(plan: _Plan, period: Row, as_of: date) -> tuple[date, date]:
    """The days of a period up to the day of the evaluation; all days where its own are not known."""
    begins, ends = (None if at is None else period[at] for at in (plan.begins, plan.ends))
    first = begins if isinstance(begins, date) else date.min
    return first, min(ends, as_of) if isinstance(ends, date) else as_of


def _no_days(plan: _Plan, *ends: tuple[str, date]) -> Unknown:
    """The undefined value of periods without end, whose cause names the two days."""
    names = tuple(Name(name if name == "as_of" else f"{plan.item}.{name}", Kind.DATE, name) for name, _ in ends)
    return Unknown(causes=frozenset((Cause(Call("days_between", names, Kind.COUNT), tuple(day for _, day in ends)),)))


class _Items:
    """The items of a list that move a balance, by their days: those of a period are looked at, and not all for each."""

    def __init__(self, movement: _MovementReader, row: Row) -> None:
        self.movement, self.list = movement, row[movement.list]
        self._undated: list[Row] = []
        dated: list[tuple[date, Row]] = []
        for item in () if type(self.list) is Unknown else self.list:
            row[movement.slot] = item
            day: Any = movement.day(row)
            if type(day) is Unknown:
                self._undated.append(item)
            else:
                dated.append((day, item))
        dated.sort(key=itemgetter(0))
        self._days, self._items = [day for day, _ in dated], [item for _, item in dated]

    def _of(self, first: date, last: date) -> list[Row]:
        """Those whose day is, or may be, within these days."""
        within = slice(bisect_left(self._days, first), bisect_right(self._days, last))
        return [*self._items[within], *self._undated]

    def total(self, row: Row, first: date, last: date) -> Value:
        """The sum of what they move in the period that stands in the row."""
        if type(self.list) is Unknown:
            return self.movement.total(row)
        row[self.movement.list] = self._of(first, last)
        total = self.movement.total(row)
        row[self.movement.list] = self.list
        return total

    def moved(self, row: Row, first: date, last: date) -> Iterator[Moved]:
        """What each of them moves in the period that stands in the row; of an unknown list, that it is unknown."""
        movement = self.movement
        if type(self.list) is Unknown:
            yield Moved(self.list, self.list, self.list if movement.expires else None, movement.is_use)
            return
        for item in self._of(first, last):
            row[movement.slot] = item
            counts = movement.counts(row)
            if counts is not False:
                day, amount = (counts if type(counts) is Unknown else movement.day(row)), movement.amount(row)
                yield Moved(day, amount, movement.expires(row) if movement.expires else None, movement.is_use)
