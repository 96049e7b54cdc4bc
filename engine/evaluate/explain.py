"""Explain: why a value is what it is.

Evaluation keeps no trace: it is total and takes microseconds, so an explanation evaluates each part again, by the
reference reader.
"""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from ..language.operators import Comparison, inverse
from ..language.run.interpret import interpret
from ..language.tree import And, Call, Compare, Expression, Literal, Name, Not, Or, names
from ..language.words.words import text
from ..programme.model import NamedValue, Programme
from ..values import NUMERIC, Kind, Number, Unknown, Value, add, subtract

_ORDERED = ("<", "<=", ">", ">=")
MAX_LEVELS = 20  #: of definitions within definitions that an explanation opens


class Measure(NamedTuple):
    """One comparison that matters: a value, the threshold it is held against, and how far it is from meeting it."""

    subject: Expression
    operator: Comparison
    value: Value
    threshold: Value
    kind: Kind
    holds: bool | None
    distance: Number | None  #: None where it holds, is unknown, or cannot be counted

    @property
    def expression(self) -> str:
        """The comparison as text of the language."""
        return text(self.subject)


class ReasonStep(NamedTuple):
    """One line of an opened value: a name or an expression, and what it is worth."""

    depth: int
    text: str
    kind: Kind
    value: Value
    source: tuple[str, ...]


def measures(programme: Programme, id: str, values: Mapping[str, Any]) -> tuple[Measure, ...]:
    """The comparisons that make a condition what it is: those that fail if it fails, that are open if it is open."""
    tree = programme.values[id].expression
    return tuple(_measure(leaf, wanted, values) for leaf, wanted in _decisive(programme, tree, True, values))


def steps(programme: Programme, id: str, values: Mapping[str, Any], levels: int = MAX_LEVELS) -> tuple[ReasonStep, ...]:
    """A named value opened: its expression, then every name in it, and theirs in turn, so many levels deep."""
    return tuple(_steps(programme, programme.values[id], values, 0, levels, set()))


def _decisive(
    programme: Programme, tree: Expression, wanted: bool, values: Mapping[str, Any], levels: int = MAX_LEVELS
) -> Iterator[tuple[Expression, bool]]:
    """The leaves that decide a condition, each with whether it is wanted true or false; so many levels are opened."""
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
        case Name() if tree.id in programme.values and levels > 0:
            yield from _decisive(programme, programme.values[tree.id].expression, wanted, values, levels - 1)
        case _:
            yield tree, wanted


def _without_guards(parts: list[Expression]) -> list[Expression]:
    """The parts without those that only keep a special case apart (`implementations == 0`), where others remain."""
    told = [
        part
        for part in parts
        if not isinstance(part, Compare)
        or (part.operator in _ORDERED and not (isinstance(part.right, Literal) and part.right.value == 0))
    ]
    return told or parts


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
    """How much more (or less) would do; a count must pass a strict threshold by one."""
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
    """The expression, and under it each name once; a rule that is one name is that name."""
    single = isinstance(value.expression, Name | Literal)
    if not single:
        yield ReasonStep(depth, text(value.expression), value.kind, values[value.id], ())
    for name in dict.fromkeys(names(value.expression)):
        if name.id not in values:
            continue  # of the items of a list: it has a value for each
        inner, fact = programme.values.get(name.id), programme.facts.get(name.id)
        source = inner.source if inner else fact.source if fact else ()
        yield ReasonStep(depth + (not single), name.written or name.id, name.kind, values[name.id], source)
        if inner and levels > 1 and not isinstance(inner.expression, Literal) and name.id not in opened:
            opened.add(name.id)
            yield from _steps(programme, inner, values, depth + 1 + (not single), levels - 1, opened)
