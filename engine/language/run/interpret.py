"""Computes the value of a tree from the values of its names: the reference meaning of the language.

simpleeval's evaluator walks the tree. Its table of node types holds only our forms, so that no other node can run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, assert_never

import simpleeval  # type: ignore[import-untyped]

from ...values import UNDEFINED, Unknown, Value, add, divide, merge, merge_any, merge_choice, multiply, negate, subtract
from ..operators import Comparison, Operator, relation
from ..tree import (
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
    children,
    names,
    operands,
)
from .aggregates import ItemEntry, aggregate
from .causes import with_cause
from .functions import function_of

Item = Mapping[str, Value]  #: one item of a list: its fields and values by their ids


def calculation(sign: Operator) -> Callable[[Value, Value], Value]:
    """The function of an operator on two values."""
    match sign:
        case "+":
            return add
        case "-":
            return subtract
        case "*":
            return multiply
        case "/":
            return divide
        case _:
            assert_never(sign)


def interpret(tree: Expression, values: Mapping[str, Any]) -> Value:
    """The value of the expression, from a value or `Unknown` for every name in it, and the items of every list.

    Logic is three-valued: a result that no value of the unknown parts would change is known.
    """
    return _Interpreter(values).eval("", tree)  # type: ignore[no-any-return]


class _Interpreter(simpleeval.SimpleEval):  # type: ignore[misc]
    """simpleeval's evaluator over our eleven forms."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.names = values
        self.nodes = {
            Literal: lambda node: node.value,
            Name: lambda node: values[node.key],
            Not: lambda node: negate(self._eval(node.operand)),
            And: lambda node: _all([self._eval(part) for part in node.operands]),
            Or: lambda node: _any([self._eval(part) for part in node.operands]),
            Compare: lambda node: _compare(node.operator, self._eval(node.left), self._eval(node.right)),
            Arithmetic: self._calculate,
            Choose: self._choose,
            Call: self._call,
            Aggregate: self._aggregate,
            Undefined: lambda node: with_cause(UNDEFINED, node, tuple(self._eval(part) for part in children(node))),
        }

    def _calculate(self, node: Arithmetic) -> Value:
        operands = (self._eval(node.left), self._eval(node.right))
        return with_cause(calculation(node.operator)(*operands), node, operands)

    def _call(self, node: Call) -> Value:
        values = tuple(self._eval(part) for part in operands(node))
        return with_cause(function_of(node.function)(*values), node, values)

    def _choose(self, node: Choose) -> Value:
        condition = self._eval(node.condition)
        if condition is True or condition is False:
            return self._eval(node.then if condition else node.otherwise)  # type: ignore[no-any-return]
        return merge_choice(condition, self._eval(node.then), self._eval(node.otherwise))

    def _aggregate(self, node: Aggregate) -> Value:
        items: tuple[Item, ...] | Unknown = self.names[node.list]
        if isinstance(items, Unknown):
            return items
        entries = []
        at_hand = {name.key: self.names[name.id] for name in names(node) if name.own}
        for item in items:
            looked_at = {f"{node.item}.{key}": value for key, value in item.items()}
            counts, value, by = (
                True if part is None else interpret(part, {**self.names, **at_hand, **looked_at})
                for part in (node.counts, node.value, node.by)
            )
            entries.append(ItemEntry(counts, value, by))
        best = None if node.best is None else self._eval(node.best)
        empty = UNDEFINED if node.empty is None else self._eval(node.empty)
        return with_cause(aggregate(node.function, entries, best, empty), node)


def _all(values: list[Value]) -> Value:
    """`and`: false if one is false, else unknown if one is unknown, else true."""
    if any(value is False for value in values):
        return False
    return True if all(value is True for value in values) else merge_any(*values)


def _any(values: list[Value]) -> Value:
    """`or`: true if one is true, else unknown if one is unknown, else false."""
    if any(value is True for value in values):
        return True
    return False if all(value is False for value in values) else merge_any(*values)


def _compare(sign: Comparison, left: Value, right: Value) -> Value:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return merge(left, right)
    return bool(relation(sign)(left, right))
