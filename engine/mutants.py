"""Mutants: the programme changed in one place, to see whether a scenario notices.

A scenario that no change of a number, a comparison, a yes/no or a day would disturb proves little. Each mutant is one
small change of one value's expression; the scenarios are run against it until one comes out otherwise.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from .evaluate import make_plan
from .language.tree import Compare, Expression, Literal, children
from .language.words import text
from .problems import Place
from .programme import NamedValue
from .release import Release
from .scenarios import Scenario, run
from .values import Kind

_OTHERS: Mapping[str, str] = {">": ">=", ">=": ">", "<": "<=", "<=": "<", "==": "!=", "!=": "=="}


class Mutant(NamedTuple):
    """One change: of which value, what stands in place of what, and where in the files."""

    value: str
    before: str
    after: str
    place: Place | None
    expression: Expression

    @property
    def id(self) -> str:
        """As what it is listed where it makes no difference."""
        return f"{self.value}: {self.before} → {self.after}"


def mutants(release: Release) -> Iterator[Mutant]:
    """Every change of the release's values, in their order; the same text of a file is changed once."""
    seen: set[tuple[object, ...]] = set()
    for named in release.programme.values.values():
        for node, other in _changes(named.expression):
            place = node.place
            at = (place.source.path, place.start, place.end, other) if place else (named.id, text(node), other)
            if place is None or at in seen:
                continue  # what the compiler added is not the manager's to change
            seen.add(at)
            expression = _replaced(named.expression, node, other)
            yield Mutant(named.id, text(node), text(other), place, expression)


def survivors(release: Release, scenarios: Sequence[Scenario]) -> tuple[int, tuple[Mutant, ...]]:
    """How many mutants there are, and those that no scenario notices."""
    alive, count = [], 0
    for mutant in mutants(release):
        count += 1
        if not _noticed(release, mutant, scenarios):
            alive.append(mutant)
    return count, tuple(alive)


def _noticed(release: Release, mutant: Mutant, scenarios: Sequence[Scenario]) -> bool:
    """Whether a scenario comes out otherwise where every value written at this place is changed."""
    values = {id: named._replace(expression=_mutated(named, mutant)) for id, named in release.programme.values.items()}
    programme = release.programme._replace(values=MappingProxyType(values))
    changed = release._replace(programme=programme, plan=make_plan(programme))
    return any(result.differences for scenario in scenarios for result in run(changed, [scenario]))


def _mutated(named: NamedValue, mutant: Mutant) -> Expression:
    """The expression of a value with the change; what stands at one place of a file may be part of several values."""
    if named.id == mutant.value:
        return mutant.expression
    for node, other in _changes(named.expression):
        if node.place == mutant.place and text(node) == mutant.before and text(other) == mutant.after:
            changed: Expression = _replaced(named.expression, node, other)
            return changed
    return named.expression


def _changes(tree: Expression) -> Iterator[tuple[Expression, Expression]]:
    """Each node that can be changed, with what it is changed to."""
    if isinstance(tree, Literal):
        for value in _other_values(tree):
            yield tree, tree._replace(value=value)
    elif isinstance(tree, Compare):
        yield tree, tree._replace(operator=_OTHERS[tree.operator])  # type: ignore[arg-type]
    for child in children(tree):
        yield from _changes(child)


def _other_values(literal: Literal) -> Iterator[Any]:
    """A step up and a step down: of the last decimal that is written, a day, or the other of yes and no."""
    value = literal.value
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, Decimal):
        step = Decimal(1).scaleb(min(0, int(value.normalize().as_tuple().exponent)))
        yield value + step
        if literal.kind is not Kind.COUNT or value >= step:
            yield value - step
    elif isinstance(value, date):
        yield value + timedelta(1)
        yield value - timedelta(1)


def _replaced(tree: Any, node: Expression, other: Expression) -> Any:
    """The tree with one node, itself and no equal one, replaced."""
    if tree is node:
        return other
    changes: dict[str, Any] = {}
    for name, field in zip(tree._fields, tree, strict=True):
        if isinstance(field, tuple) and name in ("operands", "arguments"):
            changes[name] = tuple(_replaced(part, node, other) for part in field)
        elif hasattr(field, "_fields") and name != "place":
            changes[name] = _replaced(field, node, other)
    return tree._replace(**changes) if changes else tree
