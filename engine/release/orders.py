"""Prices several orders of a partner in the order of their days, each with what those before it have left.

An order that is placed becomes items of the record, as its release says under `becomes`: the next one is priced with
them, under the release in force on its own day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ..evaluate.placed import PlacedItem
from ..evaluate.quote import Quote
from ..evaluate.record import Record, plain_document
from ..problems import InvalidInput, Place, Problem
from ..source.document import Document, unknown_keys
from ..source.parts import part, without
from ..source.scalars import Data, NotData, day_of
from .find import release_folder
from .load import Release, load_files, read_files


class DatedOrder(NamedTuple):
    """An order of several: its day, and its part of the document."""

    day: date
    document: Document
    place: Place


def quotes(
    orders: Document | Mapping[str, Any],
    record: Record | Document | Mapping[str, Any],
    program: str | Path = "program",
    *,
    release: str | None = None,
) -> tuple[Quote, ...]:
    """The quotes of several orders of a partner in the order of their days, each with what those before it have left.

    `orders` has the orders under the key `orders`, each with its day under `on`. Each is priced by the release of the
    folder `program` in force on its day, or by the one with the number `release`. Raises WrongCall, InvalidProgramme,
    and InvalidInput where an order or the record does not fit, or it is not certain what an order leaves.
    """
    document = orders if isinstance(orders, Document) else plain_document(orders, "orders")
    return tuple(quote_in_turn(read_orders(document), record, by_day(Path(program), release, _load)))


def _load(folder: Path) -> Release:
    return load_files(read_files(folder))


def by_day(program: Path, number: str | None, load: Callable[[Path], Release]) -> Callable[[date], Release]:
    """What gives the release of a folder in force on a day, or the one with a number; `load` is asked once for each."""
    load_once = cache(load)

    @cache
    def release_on(day: date) -> Release:
        return load_once(release_folder(program, number, day))

    return release_on


def has_several(document: Document) -> bool:
    """Whether a document is of several orders, each with its day."""
    return isinstance(document.data, dict) and "orders" in document.data


def read_orders(document: Document) -> tuple[DatedOrder, ...]:
    """The orders of a document in the order of their days, of one day as they are written. Raises InvalidInput."""
    data: Any = document.data if isinstance(document.data, dict) else {}
    problems = unknown_keys(document, (), data, ("orders",))
    written = data.get("orders")
    if not isinstance(written, list) or not written:
        help = "write each order as - {on: 2026-01-31, currency: EUR, lines: […]}"
        problems.append(Problem("wrong-type", "'orders' is a list of orders", document.value_place(("orders",)), help))
    orders = []
    for index, order in enumerate(written if isinstance(written, list) else ()):
        day = day_of(order.get("on")) if isinstance(order, dict) else None
        if day is None:
            problems.append(_no_day(document, index, order))
        else:
            path = ("orders", index)
            orders.append(DatedOrder(day, without(part(document, path), ("on",)), document.place(path)))
    if problems:
        raise InvalidInput(problems)
    return tuple(sorted(orders, key=lambda order: order.day))


def _no_day(document: Document, index: int, order: Data) -> Problem:
    """The problem of an order that does not say its day, or is none."""
    if not isinstance(order, dict):
        message = "an order is a map of keys"
        return Problem("wrong-type", message, document.value_place(("orders", index)), "begin with 'on:'")
    if order.get("on") is None:
        message, help = "'on' is missing: each of several orders has its day", "say which: on: 2026-01-31"
        return Problem("missing-key", message, document.place(("orders", index)), help)
    help = order["on"].help if isinstance(order["on"], NotData) else "write it as 2026-01-31"
    return Problem("wrong-type", "this is not a date", document.value_place(("orders", index, "on")), help)


def quote_in_turn(
    orders: Sequence[DatedOrder], record: Record | Document | Mapping[str, Any], release_on: Callable[[date], Release]
) -> Iterator[Quote]:
    """The quote of each order in turn, by the release that `release_on` gives for its day.

    Raises InvalidInput where an order or the record does not fit a release, or where it is not certain what an order
    leaves for those after it.
    """
    written = (record.document or {}) if isinstance(record, Record) else record
    document = written if isinstance(written, Document) else plain_document(written, "record")
    for index, order in enumerate(orders):
        release = release_on(order.day)
        quote = release.quote(order.document, document, as_of=order.day)
        yield quote
        if quote.becomes and index + 1 < len(orders):
            _refuse_open(order, quote)
            document = _placed(release, document, quote.becomes)


def _refuse_open(order: DatedOrder, quote: Quote) -> None:
    """Raise InvalidInput where it is not certain what an order leaves."""
    for item in quote.becomes or ():
        if item.open:
            name = f"order '{quote.order}'" if quote.order else "this order"
            message = f"it is not certain what {name} of {order.day} becomes: '{item.open[0]}' of '{item.list}'"
            help = f"give {', '.join(item.unknown)}" if item.unknown else "price the orders after it by themselves"
            raise InvalidInput([Problem("order-not-certain", message, order.place, help)])


def _placed(release: Release, document: Document, items: Sequence[PlacedItem]) -> Document:
    """The record as one of the release, with the items of an order that was placed.

    A list that the record does not state, and that is not empty then, stays unknown.
    """
    carried, problems = release.lineage.carry(document)
    if carried is None:
        raise InvalidInput(problems)
    data: Any = carried.data
    facts = dict(data.get("facts") or {})
    for item in items:
        if item.list in facts or release.programme.lists[item.list].default_empty:
            facts[item.list] = [*(facts.get(item.list) or ()), dict(item.fields)]
    return carried._replace(data={**data, "release": release.lineage.number, "facts": facts})
