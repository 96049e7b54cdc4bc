"""What an order becomes once it is placed: items of the record's lists, with which later orders are priced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from ..named_tuples import public
from ..programme.model import Fact, Order, OrderItem, Programme
from ..programme.owners import WrittenForm
from ..values import Unknown, Value, missing
from .row_layout import Scalar

Reads = Callable[[str], Value]  #: what a value of a line, or of the whole order, comes to, by its id


@public("list", "fields")
class PlacedItem(NamedTuple):
    """An item that an order adds to a list of the record: the fields that it states.

    `open` has the fields of which it is not certain what they say, all of them where it is not certain that there is
    such an item; `unknown` names facts that decide it.
    """

    list: str
    fields: Mapping[str, Scalar]
    open: tuple[str, ...]
    unknown: tuple[str, ...]


class OrderedLine(NamedTuple):
    """A line as far as what it becomes goes by it: whether it is ordered, and what its values come to.

    `is_ordered` is None where `unknown` facts decide it.
    """

    is_ordered: bool | None
    unknown: tuple[str, ...]
    reads: Reads


def placed_items(
    programme: Programme, order: Order, lines: Sequence[OrderedLine], whole: Reads, currency: str
) -> tuple[PlacedItem, ...]:
    """The items that an order in a currency becomes: of the lines that are ordered, and of the order if some are."""
    placed = []
    for item in order.becomes:
        of_lines = lines if item.one_for == "line" else _as_one(lines, whole)
        placed += [_placed(programme, item, line, currency) for line in of_lines if line.is_ordered is not False]
    return tuple(filter(None, placed))


def _as_one(lines: Sequence[OrderedLine], whole: Reads) -> tuple[OrderedLine]:
    states = {line.is_ordered for line in lines}
    if True in states:
        return (OrderedLine(True, (), whole),)
    unknown = tuple(name for line in lines for name in line.unknown)
    return (OrderedLine(None if None in states else False, unknown, whole),)


def _placed(programme: Programme, item: OrderItem, line: OrderedLine, currency: str) -> PlacedItem | None:
    """The item of a line, or of the whole order as a line; None where it becomes none."""
    counts = line.reads(item.where)
    if counts is False:
        return None
    is_there = line.is_ordered is True and counts is True
    if not is_there:
        unknown = dict.fromkeys((*line.unknown, *missing(counts)))
        return PlacedItem(item.list, MappingProxyType({}), tuple(item.fields), tuple(unknown))
    fields: dict[str, Scalar] = {}
    not_certain: dict[str, tuple[str, ...]] = {}
    for name, id in item.fields.items():
        field, value = programme.lists[item.list].fields[name], line.reads(id)
        if not isinstance(value, Unknown | Fraction):
            fields[name] = value
        elif not isinstance(value, Unknown) or not missing(value) or _takes_another(field):
            not_certain[name] = missing(value)
    not_certain |= dict.fromkeys(_in_another_currency(programme, item, fields, currency), ())
    unknown = dict.fromkeys(name for names in not_certain.values() for name in names)
    return PlacedItem(item.list, MappingProxyType(fields), tuple(not_certain), tuple(unknown))


def _takes_another(field: Fact) -> bool:
    """Whether a field that is left out has another value than an unknown one."""
    return field.default is not None or field.default_from is not None or field.none is not None


def _in_another_currency(
    programme: Programme, item: OrderItem, fields: Mapping[str, Scalar], currency: str
) -> Iterator[str]:
    """The fields of money whose amount is in another currency than the field; one without its own is in the order's."""
    for name, id in item.fields.items():
        field, value = programme.lists[item.list].fields[name], programme.values[id]
        if field.currency is None or name not in fields or value.form is WrittenForm.FIGURE:
            continue
        wanted = field.currency if field.currency.isupper() else str(fields.get(field.currency)).upper()
        if wanted != (value.currency or currency):
            yield name
