"""Checks that an expression does not combine amounts in different currencies.

A currency is a code (EUR), or the name of the item's field that holds it. An amount whose currency the programme does
not say goes with any.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..problems import Problem
from ..values import Kind
from .calls import Symbol
from .tree import Aggregate, Arithmetic, Call, Choose, Compare, Expression, Name, children


class _Mixed(Exception):
    def __init__(self, node: Expression, first: str, second: str) -> None:
        self.node, self.first, self.second = node, first, second


def money_problem(tree: Expression, symbols: Mapping[str, Symbol], declared: str | None = None) -> Problem | None:
    """The problem where two currencies in the expression, or its own and the `declared` one, differ; None otherwise."""
    try:
        _single(tree, [_currency(tree, symbols), declared])
    except _Mixed as mixed:
        message = f"an amount in {mixed.first} stands with one in {mixed.second}"
        help = "keep currencies apart: one value for each"
        return Problem("mixed-currencies", message, mixed.node.place, help)
    return None


def _currency(tree: Expression, symbols: Mapping[str, Symbol]) -> str | None:
    """The currency of a value; None where it is no amount, or where the programme does not say it. Raises `_Mixed`."""
    if isinstance(tree, Name):
        symbol = symbols.get(tree.written)
        return symbol.currency if symbol else None
    currencies = [_currency(part, symbols) for part in children(tree)]
    if isinstance(tree, Choose):
        return _single(tree, currencies[1:])
    if isinstance(tree, Aggregate):
        # `compile` makes sure that the items that count have one currency, where each item has its own.
        return currencies[0] if tree.kind is Kind.MONEY and currencies[0] and "[" not in currencies[0] else None
    combines = isinstance(tree, Compare | Call) or (isinstance(tree, Arithmetic) and tree.operator in "+-/")
    currency = _single(tree, currencies) if combines else next(filter(None, currencies), None)
    return currency if tree.kind is Kind.MONEY else None


def _single(tree: Expression, currencies: list[str | None]) -> str | None:
    stated = [currency for currency in currencies if currency]
    for currency in stated[1:]:
        if currency != stated[0]:
            raise _Mixed(tree, stated[0], currency)
    return stated[0] if stated else None
