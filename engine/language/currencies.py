"""Amounts of different currencies never meet: which currency an expression is in, or where two of them stand together.

A currency is a code (EUR), or the name of an item's field that says it; an amount whose currency the programme does not
say goes with any.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..problems import Problem
from ..values import Kind
from .calls import Symbol
from .tree import Aggregate, Arithmetic, Call, Choose, Compare, Expression, Name, children


class _Mixed(Exception):
    def __init__(self, node: Expression, one: str, other: str) -> None:
        self.node, self.one, self.other = node, one, other


def money_problem(tree: Expression, symbols: Mapping[str, Symbol], declared: str | None = None) -> Problem | None:
    """What is wrong with the currencies in the expression, or with the one that its value is declared to be in."""
    try:
        _one(tree, [_currency(tree, symbols), declared])
    except _Mixed as mixed:
        message = f"an amount in {mixed.one} stands with one in {mixed.other}"
        help = "keep currencies apart: one value for each"
        return Problem("mixed-currencies", message, mixed.node.place, help)
    return None


def _currency(tree: Expression, symbols: Mapping[str, Symbol]) -> str | None:
    """The currency of a value: None where it has none, or nothing says it."""
    if isinstance(tree, Name):
        symbol = symbols.get(tree.written)
        return symbol.currency if symbol else None
    found = [_currency(part, symbols) for part in children(tree)]
    if isinstance(tree, Choose):
        return _one(tree, found[1:])
    if isinstance(tree, Aggregate):
        # Where each item says its own, the condition holds them to one: `compile` sees to that.
        return found[0] if tree.kind is Kind.MONEY and found[0] and "[" not in found[0] else None
    together = isinstance(tree, Compare | Call) or (isinstance(tree, Arithmetic) and tree.operator in "+-/")
    currency = _one(tree, found) if together else next((one for one in found if one), None)
    return currency if tree.kind is Kind.MONEY else None


def _one(tree: Expression, found: list[str | None]) -> str | None:
    said = [one for one in found if one]
    for other in said[1:]:
        if other != said[0]:
            raise _Mixed(tree, said[0], other)
    return said[0] if said else None
