"""What of a balance expires: what was added first is used first, and what is left after its last day is gone."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ..values import Unknown, Value, add, merge_any, subtract

_NOTHING = Decimal(0)


class Moved(NamedTuple):
    """What one item adds, or for a use takes, on a day; `expires` is the last day of what it adds, None: it has none.

    Any of them may be unknown.
    """

    day: Value
    amount: Value
    expires: Value | None
    is_use: bool


class Expiry:
    """What was added to a balance so far and is not used yet, from one period to the next."""

    def __init__(self, opening: Value) -> None:
        """`opening` never expires, and is used before all that is added; under 0, it is a debt."""
        self._lots: deque[tuple[Any, date | None]] = deque()  #: what is left of each addition, the first one first
        self._next = date.max  #: no last day of what is left is before that
        self._debt: Any = _NOTHING  #: used beyond what there was: what is added next fills it
        self._earliest: date | None = None  #: the first of all last days so far
        self._unknown: list[Value] = [opening] if type(opening) is Unknown else []
        self._may_expire = False  #: whether the last day of something added is unknown
        if not self._unknown:
            self._move(opening, None)

    def through(self, moved: Iterable[Moved], last: date) -> Value:
        """What expires with these movements, which go on from those before, up to a day; unknown as they are."""
        dated = []
        for movement in moved:
            parts = [part for part in movement[:3] if type(part) is Unknown]
            if parts and movement.amount != _NOTHING:
                self._unknown += parts
            elif not parts:
                dated.append(movement)
            if movement.expires is not None and movement.amount != _NOTHING:
                self._note(movement.expires)
        expired: Any = _NOTHING
        for movement in sorted(dated, key=_turn):
            expired = add(expired, self._drop(movement.day))
            amount = subtract(_NOTHING, movement.amount) if movement.is_use else movement.amount
            self._move(amount, movement.expires)
        expired = add(expired, self._drop(last))
        has_expired = self._may_expire or (self._earliest is not None and self._earliest < last)
        return merge_any(*self._unknown) if self._unknown and has_expired else expired

    def _note(self, expires: Value) -> None:
        if isinstance(expires, date):
            self._earliest = expires if self._earliest is None else min(self._earliest, expires)
        else:
            self._may_expire = True

    def _move(self, amount: Any, expires: Any) -> None:
        """Add an amount, after a debt is filled; or use one, what was added first before the rest."""
        if amount > 0:
            filled = min(amount, self._debt)
            self._debt = subtract(self._debt, filled)
            if amount > filled:
                self._lots.append((subtract(amount, filled), expires))
                self._next = min(self._next, expires or date.max)
            return
        wanted: Any = subtract(_NOTHING, amount)
        while wanted > 0 and self._lots:
            left, last = self._lots[0]
            taken = min(left, wanted)
            wanted = subtract(wanted, taken)
            self._lots[0] = (subtract(left, taken), last)
            if left == taken:
                self._lots.popleft()
        self._debt = add(self._debt, wanted)

    def _drop(self, day: Any) -> Any:
        """Take off what has expired by a day: all whose last day is over; returns how much."""
        expired: Any = _NOTHING
        if self._next >= day:
            return expired
        lots, self._lots, self._next = self._lots, deque(), date.max
        for amount, last in lots:
            if last is not None and last < day:
                expired = add(expired, amount)
            else:
                self._lots.append((amount, last))
                self._next = min(self._next, last or date.max)
        return expired


def _turn(moved: Moved) -> tuple[Any, bool, date, Any]:
    """The order of movements: by their days, on one day what is added first, and what expires first before the rest."""
    expires = moved.expires if isinstance(moved.expires, date) else date.max
    return (moved.day, moved.is_use, expires, moved.amount)
