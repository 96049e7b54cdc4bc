"""The row of a partner: where each fact, list and value of a release stands, and the steps that fill it.

Made once for a release: each value becomes a function of the row. An item of a list is a row within the row, its fields
first, then its own values.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from ..language.run.closures import Position, Reader, Row, closure
from ..language.run.compiled import Filler, FillStep, by_closures, filler
from ..language.tree import Expression, Literal, Name
from ..programme.model import INPUTS, NO_TIER, ORDER, Fact, ListFact, NamedValue, Programme
from ..programme.owners import agreed_id, agreement_id
from ..values import Unknown, Value

Scalar = bool | Decimal | date | str
Facts = Mapping[str, Any]  #: facts and, for lists, tuples of items: maps of their fields


_NO_DAY = Unknown(frozenset(("since",)))


class KnownInputs(NamedTuple):
    """What an evaluation begins with: the day, the tier that the record names, since when it is held, and the facts."""

    as_of: date
    held_tier: str | None
    held_since: date | None
    facts: Facts
    agreed: Mapping[str, Scalar] = {}  #: what agreements in force put in the place of values, by their ids


class Layout(NamedTuple):
    """How to fill the row of one release: inputs, facts, lists, a place for the item at hand of each, then values."""

    facts: tuple[str, ...]
    defaults: tuple[Value, ...]  #: of the facts; unknown where they have none
    lists: tuple[ListLayout, ...]
    terms: tuple[str, ...]  #: ids of values that may be agreed
    nothing_agreed: tuple[Any, ...]  #: what stands in the row for them where no agreement is in force
    start: int  #: where the values begin
    empty: tuple[Value, ...]  #: the rest of the row, written numbers filled in
    steps: tuple[FillStep, ...]
    order_steps: tuple[FillStep, ...]  #: those that only the price of an order needs, after the others
    positions: Mapping[str, Position]  #: where in the row each fact and value stands
    fill: Filler  #: takes the steps of a row of which most facts are known
    enough: int  #: so many facts are most
    names: dict[str, Any]  #: of all facts, lists and values in the row itself; a copy is quicker filled than a new map
    named: Callable[[Row], tuple[Any, ...]]  #: what stands in the row for these names


class ListLayout(NamedTuple):
    """How an item becomes a row: its fields with their defaults, and room for its values."""

    id: str
    fields: tuple[tuple[str, Scalar | None, str | None], ...]  #: name, default, and the field that stands in for it
    values: tuple[str, ...]
    default: Any

    def named(self, item: Sequence[Value]) -> dict[str, Value]:
        """An item of a filled row by the names of its fields and values."""
        return dict(zip((*(id for id, _, _ in self.fields), *self.values), item, strict=True))


def make_layout(programme: Programme) -> Layout:
    """The layout of a release; values with equal expressions share one place in the row."""
    of_lists = dict(programme.lists)
    if programme.order:
        of_lines = tuple(value.id for value in programme.values.values() if value.list == ORDER)
        of_lists[ORDER] = programme.order.lines._replace(values=of_lines)
    items = [one.item for one in of_lists.values()]
    terms = tuple(value.id for value in programme.values.values() if value.negotiable)
    agreements = [agreement_id(id) for id in terms]
    row = [*INPUTS, *programme.facts, *of_lists, *items, *map(agreed_id, terms), *agreements]
    positions: dict[str, Position] = {id: index for index, id in enumerate(row)}
    for one in of_lists.values():
        positions.update(_item_positions(one, positions))
    steps, order_steps, empty = _steps(programme, of_lists, positions, len(row))
    defaults = tuple(_default(fact) for fact in programme.facts.values())
    shown = {id: at for id, at in positions.items() if isinstance(at, int) and id not in {*items, *agreements}}
    return Layout(
        facts=tuple(programme.facts),
        defaults=defaults,
        lists=tuple(_list_layout(programme, one) for one in of_lists.values()),
        terms=terms,
        nothing_agreed=(False,) * len(terms) + (None,) * len(terms),
        start=len(row),
        empty=empty,
        steps=steps,
        order_steps=order_steps,
        positions=MappingProxyType(positions),
        fill=filler(steps, positions, len(row) + len(empty)),
        enough=sum(isinstance(default, Unknown) for default in defaults) * 3 // 4,
        names=dict.fromkeys(shown),
        named=itemgetter(*shown.values()),
    )


def _default(fact: Fact) -> Value:
    return Unknown(frozenset((fact.id,))) if fact.default is None else fact.default


def _steps(
    programme: Programme, of_lists: Mapping[str, ListFact], positions: dict[str, Position], start: int
) -> tuple[tuple[FillStep, ...], tuple[FillStep, ...], tuple[Value, ...]]:
    """The steps for a partner and those for an order, and the row from `start` on; each value gets its position."""
    seen: dict[Expression, Position] = {}
    seen_in_order = ChainMap({}, seen)  # an order's values may share places with a partner's, and not the other way
    empty: list[Value] = []
    partner_steps: list[FillStep] = []
    order_steps: list[FillStep] = []
    for value in programme.values.values():
        tree, in_order = value.expression, value.of_order
        steps, shared = (order_steps, seen_in_order) if in_order else (partner_steps, seen)
        if value.list is not None:
            steps.append(_item_step(of_lists[value.list], value, positions))
        elif value.negotiable:
            position = start + len(empty)
            empty.append(Unknown())
            agreed: Any = positions[agreement_id(value.id)]
            steps.append(FillStep(position, _agreed_or(closure(tree, positions), agreed), tree, agreed))
            positions[value.id] = position
        elif isinstance(tree, Name):
            positions[value.id] = positions[tree.id]
        elif tree in shared:
            positions[value.id] = shared[tree]
        else:
            position = start + len(empty)
            positions[value.id] = shared[tree] = position
            empty.append(tree.value if isinstance(tree, Literal) else Unknown())
            if not isinstance(tree, Literal):
                steps.append(FillStep(position, closure(tree, positions), tree))
    return tuple(partner_steps), tuple(order_steps), tuple(empty)


def fill(layout: Layout, known: KnownInputs) -> Row:
    """The row of a partner: every fact, then every value of the programme; those of an order where there is one."""
    facts = known.facts
    row: Row = [known.as_of, known.held_tier or NO_TIER, known.held_since or _NO_DAY]
    row.extend(map(facts.get, layout.facts, layout.defaults))
    if layout.lists:
        row.extend([_items(one, facts) for one in layout.lists])
        row.extend([None] * len(layout.lists))
    if known.agreed:
        row.extend([id in known.agreed for id in layout.terms])
        row.extend([known.agreed.get(id) for id in layout.terms])
    else:
        row.extend(layout.nothing_agreed)
    row.extend(layout.empty)
    if len(facts) < layout.enough:
        by_closures(layout.steps, row)  # most values are unknown, and compiled code asks the closures then anyway
    else:
        layout.fill(row)
    if ORDER in facts:
        by_closures(layout.order_steps, row)
    return row


def named_row(layout: Layout, row: Row) -> dict[str, Any]:
    """Every fact and value of a filled row by its id; a list as a tuple of its items, each by its own names."""
    found = layout.names.copy()
    found.update(zip(layout.names, layout.named(row), strict=True))
    for one in layout.lists:
        if not isinstance(found[one.id], Unknown):
            found[one.id] = tuple(one.named(item) for item in found[one.id])
    return found


def _agreed_or(read: Reader, agreement: Position) -> Reader:
    """What an agreement in force puts in the place of a value, or else the value."""

    def agreed_or(row: Row) -> Value:
        agreed: Value | None = row[agreement]  # type: ignore[index]
        return read(row) if agreed is None else agreed

    return agreed_or


def _list_layout(programme: Programme, one: ListFact) -> ListLayout:
    names = tuple(programme.values[id].inner_id for id in one.values)
    default: Any = [] if one.default_empty else Unknown(frozenset((one.id,)))
    fields = tuple((field.id, field.default, field.default_from) for field in one.fields.values())
    return ListLayout(one.id, fields, names, default)


def _item_positions(one: ListFact, positions: Mapping[str, Position]) -> Iterator[tuple[str, Position]]:
    slot = positions[one.item]
    own = (*one.fields_by_id(), *one.values)
    return ((id, (slot, index)) for index, id in enumerate(own) if isinstance(slot, int))


def _item_step(one: ListFact, value: NamedValue, positions: Mapping[str, Position]) -> FillStep:
    """The step that gives each item of the list this value."""
    items, place, read = positions[one.id], positions[value.id], closure(value.expression, positions)
    if not isinstance(items, int) or isinstance(place, int):
        raise TypeError(value.id)
    slot, inner = place

    def step(row: Row) -> Value:
        found = row[items]
        if type(found) is not Unknown:
            for item in found:
                row[slot] = item
                item[inner] = read(row)
        return True

    return FillStep(slot, step)


def _items(one: ListLayout, facts: Facts) -> Any:
    """The items of a list as rows, or unknown where the record says nothing of it."""
    items = facts.get(one.id)
    if items is None:
        return list(one.default) if isinstance(one.default, list) else one.default
    return [_item(one, item, number) for number, item in enumerate(items, 1)]


def _item(one: ListLayout, item: Mapping[str, Scalar], number: int) -> list[Value]:
    fields: list[Value] = []
    for id, default, other in one.fields:
        value = item.get(id, default)
        if value is None and other:
            value = item.get(other)
        fields.append(Unknown(frozenset((f"{one.id}[{number}].{id}",))) if value is None else value)
    return [*fields, *(Unknown() for _ in one.values)]


def is_constant(programme: Programme, id: str) -> bool:
    """Whether a value is written and cannot be agreed otherwise, and so the same for every partner."""
    value = programme.values.get(id)
    if value is None or value.negotiable or value.list:
        return False
    return isinstance(value.expression, Literal)
