"""Rounds the money of an order by the minor unit of the currency that the order names."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import get_args

from ..language.currencies import minor_unit
from ..language.function_names import Rounding
from ..language.tree import Call, Choose, Expression, Literal
from ..values import Kind
from .model import NamedValue, Programme


def in_currency(programme: Programme, currency: str) -> Programme:
    """The programme for orders in a currency; the same one where no unit of rounding differs.

    A written unit that is greater than the minor unit stays. A value that names its own currency is left as it is.
    """
    unit = minor_unit(currency)
    changed = {}
    for id, value in programme.values.items():
        if _is_in_currency_of_order(value):
            expression = _rounded_by(unit, value.expression)
            if expression is not value.expression:
                changed[id] = value._replace(expression=expression)
    if not changed:
        return programme
    return programme._replace(values=MappingProxyType({**programme.values, **changed}))


def _is_in_currency_of_order(value: NamedValue) -> bool:
    return value.of_order and value.kind is Kind.MONEY and value.currency is None


def _rounded_by(unit: Decimal, tree: Expression) -> Expression:
    """The tree with the roundings of what it comes to by a unit that is not finer; itself where none differs."""
    match tree:
        case Choose():
            then, otherwise = _rounded_by(unit, tree.then), _rounded_by(unit, tree.otherwise)
            is_same = then is tree.then and otherwise is tree.otherwise
            return tree if is_same else tree._replace(then=then, otherwise=otherwise)
        case Call(arguments=(amount, Literal(value=Decimal() as by) as old)) if tree.function in get_args(Rounding):
            least = unit if old.place is None else max(by, unit)
            return tree if least == by else tree._replace(arguments=(amount, old._replace(value=least)))
        case _:
            return tree
