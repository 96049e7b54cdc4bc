"""The terms that a supplementary agreement may replace for one partner."""

from __future__ import annotations

from collections.abc import Mapping

from .model import ListFact, NamedValue, Programme
from .owners import Role, WrittenForm

#: values that are written and are no terms: they are about the record, or, of a bonus, agreed as what it is worth
_NO_TERMS = frozenset(
    (Role.FACT_CHECK, Role.BONUS_PERCENT, Role.RATE_PERCENT, Role.GROUP_KEY, Role.PLACED, Role.PLACED_FIELD)
)


def agreeable(programme: Programme) -> dict[str, NamedValue]:
    """The terms that may be agreed, by id: those marked as negotiable, or any where programme.yaml allows it."""
    return {id: value for id, value in programme.values.items() if may_be_agreed(programme, value)}


def may_be_agreed(programme: Programme, value: NamedValue) -> bool:
    """Whether a value of the programme may be agreed otherwise with one partner.

    Where any term may be, it is each value that is written; what is agreed for a value of items, or of the lines of an
    order, is so for each of them. Values of a balance are left out: what they are worked out from may be agreed.
    """
    any_term = programme.any_term
    is_open = any_term is not None and value.id not in any_term.excepted
    return value.negotiable is not None or (is_open and is_term(value, programme.made_lists))


def is_term(value: NamedValue, lists: Mapping[str, ListFact]) -> bool:
    """Whether a value is one that may be agreed where any term may be; `lists` has the balances by id."""
    items = lists.get(value.list or "")
    of_balance = items is not None and items.balance is not None
    return value.form is not WrittenForm.DERIVED and value.role not in _NO_TERMS and not of_balance
