"""What the balances of a partner stand at on the day of an outcome."""

from __future__ import annotations

from typing import NamedTuple

from ..evaluate.outcome import Outcome
from ..named_tuples import public
from ..programme.model import Programme
from ..values import Number


@public("id", "value")
class StandingBalance(NamedTuple):
    """A balance by its id, and what it stands at; None where that is unknown or undefined."""

    id: str
    value: Number | None


def standing_balances(programme: Programme, outcome: Outcome) -> tuple[StandingBalance, ...]:
    """What each balance of the programme stands at in an outcome, in the order of the release."""
    ids = {id for id, items in programme.made_lists.items() if items.balance}
    stand = (value for value in outcome.definitions if value.id in ids) if ids else ()
    return tuple(StandingBalance(value.id, value.value) for value in stand)  # type: ignore[arg-type]
