"""Explains a value: the comparisons that decide it, and the values that it is computed from.

Evaluation keeps no trace. It takes microseconds, so an explanation evaluates each part again with the interpreter.
"""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from ..language.operators import Comparison, inverse
from ..language.run.interpret import interpret
from ..language.tree import Aggregate, And, Call, Compare, Expression, Literal, Name, Not, Or, names
from ..language.words.words import text
from ..programme.model import NamedValue, Programme
from ..programme.owners import agreed_id
from ..values import NUMERIC, Kind, Number, Unknown, Value, add, subtract

_ORDERED = ("<", "<=", ">", ">=")
MAX_LEVELS = 20  #: the most levels of nested definitions that an explanation opens


class Measure(NamedTuple):
    """A comparison that decides a condition: a value, its threshold, and the distance to meeting it."""

    subject: Expression
    operator: Comparison
    value: Value
    threshold: Value
    kind: Kind
    holds: bool | None
    distance: Number | None  #: None where it holds, is unknown, or is not of numbers

    @property
    def expression(self) -> str:
        """The comparison as text of the language."""
        return text(self.subject)


class ReasonStep(NamedTuple):
    """A line of an explanation: a name or an expression, its value and its clauses; `depth` is 0 at the top."""

    depth: int
    text: str
    kind: Kind
    value: Value
    source: tuple[str, ...]


def measures(programme: Programme, id: str, values: Mapping[str, Any]) -> tuple[Measure, ...]:
    """The comparisons that decide a condition: the failed ones where it fails, the open ones where it is open.

    `id` is that of the condition's value, `values` are all facts and values by id.
    """
    tree = _decided_by(programme.values[id], values)
    return tuple(_measure(leaf, wanted, values) for leaf, wanted in _decisive(programme, tree, True, values))


def steps(programme: Programme, id: str, values: Mapping[str, Any], levels: int = MAX_LEVELS) -> tuple[ReasonStep, ...]:
    """The explanation of a value: its expression, every name in it, and the names in theirs, to `levels` levels."""
    return tuple(_steps(programme, programme.values[id], values, 0, levels, set()))


def is_agreed(id: str, values: Mapping[str, Any]) -> bool:
    """Whether an agreement sets a value, whatever its rule says; `values` are all facts and values by id."""
    return values.get(agreed_id(id)) is True


def _decided_by(value: NamedValue, values: Mapping[str, Any]) -> Expression:
    """What decides a value: its expression, or the figure that an agreement puts in its place."""
    return Literal(values[value.id], value.kind) if is_agreed(value.id, values) else value.expression


def _decisive(
    programme: Programme, tree: Expression, wanted: bool, values: Mapping[str, Any], levels: int = MAX_LEVELS
) -> Iterator[tuple[Expression, bool]]:
    """The comparisons and values that decide a condition, each with the truth that the condition needs of it."""
    match tree:
        case Not():
            yield from _decisive(programme, tree.operand, not wanted, values, levels)
        case And() | Or():
            whole = _truth(interpret(tree, values))
            parts = [part for part in tree.operands if _truth(interpret(part, values)) is whole]
            for part in _without_guards(parts):
                yield from _decisive(programme, part, wanted, values, levels)
        case Call(function="at_least"):
            whole = _truth(interpret(tree, values))
            for part in tree.arguments[1:]:
                if _truth(interpret(part, values)) is whole:
                    yield from _decisive(programme, part, wanted, values, levels)
        case Name() if _is_made_of_conditions(programme, tree) and levels > 0:
            inner = _decided_by(programme.values[tree.id], values)
            yield from _decisive(programme, inner, wanted, values, levels - 1)
        case _:
            yield tree, wanted


def _is_made_of_conditions(programme: Programme, name: Name) -> bool:
    """Whether the conditions of a value decide it; what items of a list decide is told by its title."""
    value = programme.values.get(name.id)
    return value is not None and not isinstance(value.expression, Aggregate)


def _without_guards(parts: list[Expression]) -> list[Expression]:
    """The parts without those that only exclude a special case (`implementations == 0`); all where no others remain."""
    informative = [
        part
        for part in parts
        if not isinstance(part, Compare)
        or (part.operator in _ORDERED and not (isinstance(part.right, Literal) and part.right.value == 0))
    ]
    return informative or parts


def _measure(leaf: Expression, wanted: bool, values: Mapping[str, Any]) -> Measure:
    if isinstance(leaf, Compare):
        operator = leaf.operator if wanted else inverse(leaf.operator)
        value, threshold = interpret(leaf.left, values), interpret(leaf.right, values)
        holds = _truth(interpret(leaf, values))
        met = None if holds is None else holds is wanted
        distance = _distance(operator, value, threshold, leaf.left.kind) if met is False else None
        return Measure(leaf.left, operator, value, threshold, leaf.left.kind, met, distance)
    value = interpret(leaf, values)
    truth = _truth(value)
    return Measure(leaf, "==", value, wanted, Kind.YES_NO, None if truth is None else truth is wanted, None)


def _distance(operator: Comparison, value: Value, threshold: Value, kind: Kind) -> Number | None:
    """How much more or less would meet the threshold; a count must pass a strict threshold by 1."""
    if kind not in NUMERIC or operator not in _ORDERED:
        return None
    gap = subtract(threshold, value) if operator in (">", ">=") else subtract(value, threshold)
    if isinstance(gap, Decimal) and kind is Kind.COUNT and operator in (">", "<"):
        return add(gap, Decimal(1))  # type: ignore[return-value]
    return gap if not isinstance(gap, Unknown | bool | str) and gap else None  # type: ignore[return-value]


def _truth(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


def _steps(
    programme: Programme, value: NamedValue, values: Mapping[str, Any], depth: int, levels: int, opened: set[str]
) -> Iterator[ReasonStep]:
    """The line of an expression, left out where it is a single name, then those of the names in it."""
    tree = _decided_by(value, values)
    single = isinstance(tree, Name | Literal)
    if not single:
        yield ReasonStep(depth, text(tree), value.kind, values[value.id], ())
    for name in dict.fromkeys(names(tree)):
        if name.id not in values:
            continue  # a name of list items, with a value for each item
        inner, fact = programme.values.get(name.id), programme.facts.get(name.id)
        source = inner.source if inner else fact.source if fact else ()
        yield ReasonStep(depth + (not single), name.written or name.id, name.kind, values[name.id], source)
        if inner and levels > 1 and name.id not in opened:
            opened.add(name.id)
            yield from _steps(programme, inner, values, depth + 1 + (not single), levels - 1, opened)
