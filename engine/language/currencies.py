"""The minor units of currencies; checks that an expression does not combine amounts in different currencies.

A currency is a code (EUR), or the name of the item's field that holds it. An amount whose currency the programme does
not say goes with any.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ..problems import Problem
from ..values import Kind
from .calls import Symbol
from .tree import Aggregate, Arithmetic, Call, Choose, Compare, Expression, Name, children

#: the decimals of the currencies of ISO 4217 that do not have two
_DECIMALS: Mapping[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DECIMALS_OF = {code: decimals for decimals, codes in _DECIMALS.items() for code in codes.split()}


def decimals_of(currency: str | None) -> int:
    """How many decimals amounts in a currency have; two where the currency is not known.

    >>> decimals_of("JPY"), decimals_of("RUB"), decimals_of("KWD"), decimals_of(None)
    (0, 2, 3, 2)
    """
    return _DECIMALS_OF.get((currency or "").upper(), 2)


def minor_unit(currency: str | None) -> Decimal:
    """The least amount in a currency: 1 for JPY, 0.01 for RUB."""
    return Decimal(1).scaleb(-decimals_of(currency))


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
