"""Finds discounts that can exceed 100%, and negative numbers that the data says nothing about.

Nothing is reported of what may only seem possible: a fact may be negative where nothing forbids it, and of anything
else the solver has to find a partner.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ...language.bounds.bounds import NumberRange
from ...language.tree import Compare, Expression, Literal, Name, children, names
from ...problems import Level, Place, Problem
from ...programme.model import Programme, Tier
from ...source.document import Document, PartPath
from ...values import NUMERIC, Kind, plain
from .reviewed import Reviewed

_ZERO, _ALL = Decimal(0), Decimal(100)


def amounts(reviewed: Reviewed) -> Iterator[Problem]:
    """A warning for each discount over 100%, and for each negative number that meets a floor without a word on it."""
    yield from _discounts(reviewed)
    for kind in ("rebates", "fees"):
        yield from _payments(reviewed, kind)
    yield from _tables(reviewed)


def _discounts(reviewed: Reviewed) -> Iterator[Problem]:
    places: dict[Place, str] = {}
    for tier in reviewed.progress.each("discounts", reviewed.programme.tiers.values()):
        place = _place_of_discount(tier, reviewed)
        span = reviewed.value_bounds.get(tier.discount.total) if tier.discount else None
        if tier.discount and place and place not in places and isinstance(span, NumberRange):
            over = Compare(">", Name(tier.discount.total, Kind.PERCENT), Literal(_ALL, Kind.PERCENT))
            if (span.high is None or span.high > _ALL) and (example := reviewed.example_of(over)):
                places[place] = tier.id
                total = example.values(reviewed.release)[tier.discount.total]
                message = f"the discount of '{tier.id}' can exceed 100%: it is {plain(total)}% {_of(example.facts)}"
                help = "lower it, or cap the sum: discount: {cap: …}"
                yield Problem("discount-over-100", message, place, help, Level.WARNING)


def _place_of_discount(tier: Tier, reviewed: Reviewed) -> Place | None:
    """Where the cap is written that lets a discount pass 100%, else the discount of the tier; None without either."""
    if tier.discount is None:
        return None
    return reviewed.programme.values[tier.discount.cap or tier.discount.base].place


def _of(facts: Any) -> str:
    stated = ", ".join(f"{id}: {_shown(value)}" for id, value in facts.items())
    return f"for {stated}" if stated else "for every partner"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return plain(value) if isinstance(value, Decimal) else str(value)


def _payments(reviewed: Reviewed, kind: str) -> Iterator[Problem]:
    """A warning for each rebate or fee, as `kind` says, that can be negative and is not paid under an amount."""
    document, programme = reviewed.files.documents.get(kind), reviewed.programme
    data: Any = document.data if document else {}
    open_ids: dict[str, None] = {}
    owners: list[Programme | Tier] = [programme, *programme.tiers.values()]
    for owner in owners:
        for payment in reviewed.progress.each(kind, (owner.rebates if kind == "rebates" else owner.fees).rows):
            row = data[kind][payment.id]
            if "pays_from" in row and "negative" not in row and payment.id not in open_ids:
                full = programme.values[payment.full].expression
                is_plain = isinstance(full, Name) and "when" not in row
                if _may_be_negative(full if is_plain else Name(payment.amount, Kind.MONEY), reviewed):
                    open_ids[payment.id] = None
    for id in open_ids:
        message = f"'{id}' can be negative, and 'negative' is not written: such an amount is carried over"
        help = "write 'negative: carried', 'owed' or 'dropped'"
        place = document.place((kind, id)) if document else None
        yield Problem("negative-not-said", message, place, help, Level.WARNING)


def _tables(reviewed: Reviewed) -> Iterator[Problem]:
    """A warning for each table of bands or slices of a number that can be under its first row."""
    for document, path, key, number in reviewed.progress.each("tables", list(_open_tables(reviewed))):
        if _may_be_negative(number, reviewed):
            yield _under_first_row(document, path, key)


def _open_tables(reviewed: Reviewed) -> Iterator[tuple[Document, PartPath, str, Expression]]:
    """Each table that says nothing of negative numbers, by its document, path and form; and the number it is about."""
    numbers = _numbers_by_place(reviewed)
    for document in reviewed.files.rules.values():
        for path, table in _outermost_maps(document.data, ()):
            key = next((key for key in ("band", "between", "slices") if key in table and "rows" in table), None)
            if key is not None and ("negative" if key == "slices" else "below") not in table:
                place = _first_place(document, (*path, key))
                number = numbers.get((place.source.path, place.start))
                if number is not None and number.kind is not Kind.COUNT:
                    yield document, path, key, number


def _under_first_row(document: Document, path: PartPath, key: str) -> Problem:
    rows: Any = document.at((*path, "rows"))
    place = document.place((*path, "rows", next(iter(rows))))
    if key != "slices":
        message = "the number can be negative, and then has the value of this row"
        return Problem(
            "negative-not-said", message, place, "write the value for negative numbers under 'below'", Level.WARNING
        )
    message = "the number can be negative, and then has the rate of this row"
    return Problem("negative-not-said", message, place, "write 'negative: kept' or 'dropped'", Level.WARNING)


def _may_be_negative(tree: Expression, reviewed: Reviewed) -> bool:
    """Whether a number certainly is negative for some partner."""
    span = reviewed.value_bounds.get(tree.id) if isinstance(tree, Name) else None
    if isinstance(span, NumberRange) and span.low is not None and span.low >= _ZERO:
        return False
    programme = reviewed.programme
    if isinstance(tree, Name) and (tree.id in programme.facts or tree.id in programme.fields):
        return True
    if any(programme.list_of(name.id) for name in names(tree)):
        return False
    return reviewed.example_of(Compare("<", tree, Literal(_ZERO, tree.kind))) is not None


def _numbers_by_place(reviewed: Reviewed) -> dict[tuple[str, int], Expression]:
    """The widest number of the programme's values that begins at each place of a file."""
    numbers: dict[tuple[str, int], Expression] = {}

    def collect(tree: Expression) -> None:
        if tree.place and tree.kind in NUMERIC:
            at = (tree.place.source.path, tree.place.start)
            widest = numbers.get(at)
            if widest is None or widest.place is None or widest.place.end < tree.place.end:
                numbers[at] = tree
        for child in children(tree):
            collect(child)

    for value in reviewed.programme.values.values():
        collect(value.expression)
    return numbers


def _first_place(document: Document, path: PartPath) -> Place:
    """Where the text of an expression begins, without quotes."""
    return document.expression(path).whole


def _outermost_maps(data: Any, path: PartPath) -> Iterator[tuple[PartPath, dict[str, Any]]]:
    """Every map in the data of a file, with its path, but those within bands, slices and cases.

    The rows around such a map may let no negative number come to it.
    """
    if isinstance(data, dict):
        yield path, data
        if not data.keys().isdisjoint(("band", "up_to", "between", "slices", "cases")):
            return
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, part in pairs:
        yield from _outermost_maps(part, (*path, key))
