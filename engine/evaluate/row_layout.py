"""The row of a partner: the position of each fact, list and value of a release, and the steps that compute them.

A layout is made once for a release: each value becomes a function of the row. An item of a list is a row within the
row: its fields, then its values.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from ..language.run.causes import Cause
from ..language.run.closures import Position, Reader, Row, closure
from ..language.run.compiled import Filler, FillStep, by_closures, filler
from ..language.tree import Expression, Literal, Name, Undefined, names, own_id
from ..programme.model import INPUTS, NO_TIER, NONE, ORDER, Fact, ListFact, NamedValue, Programme
from ..programme.owners import Role, agreed_id, agreement_id
from ..values import Kind, Unknown, Value
from .balance_rows import period_step

Scalar = bool | Decimal | date | str
Facts = Mapping[str, Any]  #: values of facts by id; a list is a tuple of items, each a map of its fields

NO_DAY = Unknown(frozenset(("since",)))  #: since when a tier is held, where the record does not say

Period = tuple[date, date | None, Scalar]  #: the first day, the last (None: there is none), and the value


class KnownInputs(NamedTuple):
    """The inputs of an evaluation: the day, the tier that is held and the day since when, and the facts.

    Of a history it may be unknown which tier is held, or since when; None is no tier, or no day in the record.
    """

    as_of: date
    held_tier: str | Unknown | None
    held_since: date | Unknown | None
    facts: Facts
    agreed: Mapping[str, Scalar] = {}  #: the values that agreements in force set, by the ids of their terms
    periods: Mapping[
        str, Sequence[Period]
    ] = {}  #: what each term is agreed as, and from when to when, by the ids of the terms


class Layout(NamedTuple):
    """How to fill the rows of a release: inputs, facts, lists, current items, agreements, then values."""

    facts: tuple[str, ...]
    defaults: tuple[Value, ...]  #: the default of each fact; unknown where it has none
    optional: tuple[tuple[int, Unknown], ...]  #: the position of each optional fact, and its value where there is none
    lists: tuple[ListLayout, ...]
    slots: int  #: how many positions current items take: two of a list whose items look at each other, one of others
    terms: tuple[str, ...]  #: ids of the negotiable values
    dated: tuple[str, ...]  #: those of them that are asked for on days of items
    nothing_agreed: tuple[Any, ...]  #: what the row has for `terms` where no agreement is in force
    start: int  #: the position of the first value
    empty: tuple[Value, ...]  #: the row from `start` on before it is filled: literals, and unknown for the rest
    steps: tuple[FillStep, ...]
    order_steps: tuple[FillStep, ...]  #: the steps that only orders need, taken after the others
    positions: Mapping[str, Position]  #: the position of each fact, list and value
    fill: Filler  #: takes all steps; the fastest way if most facts are known
    enough: int  #: the least number of given facts for which `fill` is used
    names: dict[str, Any]  #: ids of what the row itself holds; filling a copy is faster than a new map
    named: Callable[[Row], tuple[Any, ...]]  #: reads what the row holds for these names


class ListLayout(NamedTuple):
    """How an item becomes a row: its fields with their defaults, and room for its values."""

    id: str
    fields: tuple[
        tuple[str, Scalar | None, str | None, Scalar | None], ...
    ]  #: id, default, `default_from`, its default
    optional: Mapping[str, Kind]  #: the fields of which there may be none, with their kinds
    values: tuple[str, ...]
    default: Any  #: the items where a record leaves the list out: [], or unknown

    def named(self, item: Sequence[Value]) -> dict[str, Value]:
        """What an item of a filled row holds, by the names of its fields and values."""
        return dict(zip((*(id for id, *_ in self.fields), *self.values), item, strict=True))


def make_layout(programme: Programme) -> Layout:
    """The layout of a release; values with equal expressions share a position."""
    of_lists = {**programme.lists, **programme.made_lists}
    if programme.order:
        of_lines = tuple(value.id for value in programme.values.values() if value.list == ORDER)
        of_lists[ORDER] = programme.order.lines._replace(values=of_lines)
    items = [list_fact.item for list_fact in of_lists.values()]
    items += [own_id(list_fact.item) for list_fact in of_lists.values() if list_fact.id in list_fact.looks_at]
    terms = tuple(value.id for value in programme.values.values() if value.negotiable)
    agreements = [agreement_id(id) for id in terms]
    dated_keys = tuple(programme.agreed_on_days)
    row = [*INPUTS, *programme.facts, *of_lists, *items, *map(agreed_id, terms), *agreements, *dated_keys]
    positions: dict[str, Position] = {id: index for index, id in enumerate(row)}
    for list_fact in of_lists.values():
        positions.update(_item_positions(list_fact, positions))
    steps, order_steps, empty = _steps(programme, of_lists, positions, len(row))
    defaults = tuple(_default(fact) for fact in programme.facts.values())
    named = {
        id: at for id, at in positions.items() if isinstance(at, int) and id not in {*items, *agreements, *dated_keys}
    }
    return Layout(
        facts=tuple(programme.facts),
        defaults=defaults,
        optional=tuple((row.index(id), no_value(id, fact.kind)) for id, fact in programme.facts.items() if fact.none),
        lists=tuple(_list_layout(programme, list_fact) for list_fact in of_lists.values()),
        slots=len(items),
        terms=terms,
        dated=tuple(programme.agreed_on_days.values()),
        nothing_agreed=(False,) * len(terms) + (None,) * len(terms) + ((),) * len(dated_keys),
        start=len(row),
        empty=empty,
        steps=steps,
        order_steps=order_steps,
        positions=MappingProxyType(positions),
        fill=filler(steps, positions, len(row) + len(empty)),
        enough=sum(isinstance(default, Unknown) for default in defaults) * 3 // 4,
        names=dict.fromkeys(named),
        named=itemgetter(*named.values()),
    )


def _default(fact: Fact) -> Value:
    return Unknown(frozenset((fact.id,))) if fact.default is None else fact.default


def no_value(id: str, kind: Kind) -> Unknown:
    """The undefined value of an optional fact, or field of an item (`deals[2].closed_on`), that there is none of."""
    return Unknown(causes=frozenset((Cause(Undefined(Name(id, kind, id), kind), (NONE,)),)))


def _steps(
    programme: Programme, of_lists: Mapping[str, ListFact], positions: dict[str, Position], start: int
) -> tuple[tuple[FillStep, ...], tuple[FillStep, ...], tuple[Value, ...]]:
    """The steps for a partner, the steps for an order, and `Layout.empty`; adds the position of each value."""
    seen: dict[Expression, Position] = {}
    seen_in_order = ChainMap({}, seen)  # a partner's values are filled before the order's
    empty: list[Value] = []
    keys: dict[str, set[str]] = {}  #: those of groups, and values of periods, that are not known yet
    partner_steps: list[FillStep] = []
    order_steps: list[FillStep] = []
    for value in programme.values.values():
        tree, in_order = value.expression, value.of_order
        steps, shared = (order_steps, seen_in_order) if in_order else (partner_steps, seen)
        if value.role is Role.GROUP_KEY:
            groups = of_lists[value.owner.id]
            waiting = keys.setdefault(groups.id, set(groups.key_ids))
            waiting.discard(value.id)
            if not waiting:  # each key of the groups is known by now
                steps.append(_group_step(programme, groups, positions))
        elif value.list is not None and of_lists[value.list].balance:
            periods = of_lists[value.list]
            waiting = keys.setdefault(periods.id, set(periods.values))
            waiting.discard(value.id)
            if not waiting:  # all that a period needs is known by now
                steps.append(period_step(programme, periods, positions))
        elif value.list is not None:
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


def fill(layout: Layout, inputs: KnownInputs) -> Row:
    """The filled row of a partner; the values of an order are computed only where the facts have one."""
    facts = inputs.facts
    tier, since = inputs.held_tier, inputs.held_since
    row: Row = [inputs.as_of, NO_TIER if tier is None else tier, NO_DAY if since is None else since]
    row.extend(map(facts.get, layout.facts, layout.defaults))
    for position, undefined in layout.optional:  # as the record or a default says
        if row[position] == NONE:
            row[position] = undefined
    if layout.lists:
        row.extend([_items(list_layout, facts) for list_layout in layout.lists])
        row.extend([None] * layout.slots)
    if inputs.agreed or inputs.periods:
        row.extend([id in inputs.agreed for id in layout.terms])
        row.extend([inputs.agreed.get(id) for id in layout.terms])
        row.extend([inputs.periods.get(id, ()) for id in layout.dated])
    else:
        row.extend(layout.nothing_agreed)
    row.extend(layout.empty)
    if len(facts) < layout.enough:
        by_closures(layout.steps, row)  # most values are unknown, for which compiled code calls the closures anyway
    else:
        layout.fill(row)
    if ORDER in facts:
        by_closures(layout.order_steps, row)
    return row


def named_row(layout: Layout, row: Row) -> dict[str, Any]:
    """Every fact and value of a filled row by its id; a list is a tuple of items, each a map by its own names."""
    values = layout.names.copy()
    values.update(zip(layout.names, layout.named(row), strict=True))
    for list_layout in layout.lists:
        if not isinstance(values[list_layout.id], Unknown):
            values[list_layout.id] = tuple(list_layout.named(item) for item in values[list_layout.id])
    return values


def _agreed_or(read: Reader, agreement: Position) -> Reader:
    """Reads the value that an agreement in force sets, at the position `agreement`; else the programme's own value."""

    def agreed_or(row: Row) -> Value:
        agreed: Value | None = row[agreement]  # type: ignore[index]
        return read(row) if agreed is None else agreed

    return agreed_or


def _list_layout(programme: Programme, items: ListFact) -> ListLayout:
    names = tuple(programme.values[id].inner_id for id in items.values)
    default: Any = [] if items.default_empty or items.group_of else Unknown(frozenset((items.id,)))
    fields = tuple(
        (field.id, field.default, field.default_from, items.fields[field.default_from].default)
        if field.default_from
        else (field.id, field.default, None, None)
        for field in items.fields.values()
    )
    optional = {field.id: field.kind for field in items.fields.values() if field.none}
    return ListLayout(items.id, fields, optional, names, default)


def _item_positions(items: ListFact, positions: Mapping[str, Position]) -> Iterator[tuple[str, Position]]:
    """The positions of an item's fields and values, also those of the item at hand."""
    ids = (*items.fields_by_id(), *items.values)
    for key in (str, own_id):
        slot = positions.get(key(items.item))
        if isinstance(slot, int):
            yield from ((key(id), (slot, index)) for index, id in enumerate(ids))


def _item_step(of_list: ListFact, value: NamedValue, positions: Mapping[str, Position]) -> FillStep:
    """The step that computes this value for each item of the list."""
    list_position, position = positions[of_list.id], positions[value.id]
    if not isinstance(list_position, int) or isinstance(position, int):
        raise TypeError(value.id)
    slot, inner = position
    read = closure(value.expression, positions)

    def step(row: Row) -> Value:
        items = row[list_position]
        if type(items) is not Unknown:
            for item in items:
                row[slot] = item
                item[inner] = read(row)
        return True

    return FillStep(slot, step)


def _group_step(programme: Programme, groups: ListFact, positions: Mapping[str, Position]) -> FillStep:
    """The step that groups the items of another list: a group for each different key, in the order of the items.

    Items whose key is unknown stand by themselves: each may be of any group.
    """
    at, base = positions[groups.id], positions[groups.group_of or ""]
    grouped_by = [positions[name.id] for id in groups.key_ids for name in names(programme.values[id].expression)]
    inner = [position[1] for position in grouped_by if isinstance(position, tuple)]
    if not isinstance(at, int) or not isinstance(base, int):
        raise TypeError(groups.id)
    rest = [Unknown()] * (len(groups.values) - len(inner))

    def group(row: Row) -> Any:
        items = row[base]
        if type(items) is Unknown:
            return items
        by_key: dict[tuple[Value, ...], list[Value]] = {}
        groups_so_far: list[list[Value]] = []
        for item in items:
            key = tuple([item[position] for position in inner])
            if any(type(part) is Unknown for part in key):
                groups_so_far.append([*key, *rest])
            elif key not in by_key:
                by_key[key] = [*key, *rest]
                groups_so_far.append(by_key[key])
        return groups_so_far

    return FillStep(at, group)


def _items(layout: ListLayout, facts: Facts) -> Any:
    """The items of a list as rows; its default where the record leaves it out."""
    items = facts.get(layout.id)
    if items is None:
        return list(layout.default) if isinstance(layout.default, list) else layout.default
    return [_item(layout, item, number) for number, item in enumerate(items, 1)]


def _item(layout: ListLayout, item: Mapping[str, Scalar], number: int) -> list[Value]:
    fields: list[Value] = []
    for id, default, default_from, its_default in layout.fields:
        value = item.get(id, default)
        if value is None and default_from:
            value = item.get(default_from, its_default)
        if value is None:
            fields.append(Unknown(frozenset((f"{layout.id}[{number}].{id}",))))
        elif value == NONE and id in layout.optional:
            fields.append(no_value(f"{layout.id}[{number}].{id}", layout.optional[id]))
        else:
            fields.append(value)
    return [*fields, *(Unknown() for _ in layout.values)]


def is_constant(programme: Programme, id: str) -> bool:
    """Whether the id is that of a literal value which is not negotiable, and so is the same for every partner."""
    value = programme.values.get(id)
    return bool(value and not value.negotiable and not value.list and isinstance(value.expression, Literal))
