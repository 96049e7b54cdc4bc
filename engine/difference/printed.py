"""Finds what two releases print otherwise though no value shows it: units, periods, texts that bind, limits of input.

A difference of this kind has no better side that could be read from the release. Titles, clauses and readings are not
among them: they change nothing for anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from ..language.bounds.bounds import NumberRange
from ..programme.model import Fact, Negotiable, Programme, Statement, Tier
from ..programme.outcomes import outcomes
from ..programme.value_bounds import known_bounds
from ..values import Kind
from .matched import one_sided


class _Limits(NamedTuple):
    """What a record may state for a fact or a field."""

    kind: str
    choices: frozenset[str]
    minimum: Decimal | None
    maximum: Decimal | None
    optional: bool


def is_printed_otherwise(before: Programme, after: Programme) -> bool:
    """Whether something that is printed, or that a record may state, differs in a way that no value shows."""
    if any(True for _ in one_sided(before, after)):
        return True
    old, new = _printed(before), _printed(after)
    if any(old[key] != new[key] for key in old.keys() & new.keys()):
        return True
    if any(_counts_alone(before, after, *key) for key in old.keys() ^ new.keys()):
        return True
    limits = _limits(before), _limits(after)
    return any(_is_narrower(limits[0][id], limits[1][id]) for id in limits[0].keys() & limits[1].keys())


def differing_defaults(before: Programme, after: Programme) -> list[str]:
    """The ids of facts, fields and lists that a record may leave out, with another value then."""
    old, new = (
        {id: (fact.default, fact.default_from) for id, fact in _facts(programme)}
        | {id: (fact.default_empty, None) for id, fact in programme.lists.items()}
        for programme in (before, after)
    )
    return [id for id in old if id in new and old[id] != new[id]]


def _counts_alone(before: Programme, after: Programme, what: str, tier: str, id: str) -> bool:
    """Whether something that only one release prints is a difference: a text that binds, a term that may be agreed.

    What a tier or a value brings with it that only one release has, is told with that.
    """
    if what == "negotiable":
        return id in before.values and id in after.values
    if what == "order_group":
        return before.order is not None and after.order is not None
    return what == "statement" and (not tier or (tier in before.tiers and tier in after.tiers))


def _printed(programme: Programme) -> dict[tuple[str, str, str], object]:
    """What is printed beside values, by what it is, its tier, if any, and its id."""
    shown: dict[tuple[str, str, str], object] = {}
    shown |= {("award", "", track.id): track.award for track in programme.tracks.values()}
    shown["any_term", "", ""] = programme.any_term and frozenset(programme.any_term.excepted)
    shown |= {("renews_alone", "", id): programme.renews_alone for id in (programme.membership_renews,) if id}
    for value in outcomes(programme):
        shown["outcome", "", value.id] = (value.kind, value.currency, value.per, value.unit)
    for value in programme.values.values():
        if value.negotiable is not None:
            shown["negotiable", "", value.id] = _agreed(value.negotiable)
    for id, fact in _facts(programme):
        shown["fact", "", id] = (fact.unit, fact.currency, fact.none)
    for owner, statement in _statements(programme):
        shown["statement", owner, statement.id] = statement.title
    for tier in programme.tiers.values():
        shown |= {("says", tier.id, benefit.id): benefit.text for benefit in tier.benefits if benefit.text}
    groups = programme.order.groups if programme.order else ()
    shown |= {("order_group", "", group.id): (group.title, group.rules) for group in groups}
    rules = programme.order.rules if programme.order else ()
    shown |= {("says", "", rule.id): rule.says for rule in rules if rule.says is not None}
    shown |= {("payment", tier, id): negative for tier, id, negative in _negative_payments(programme)}
    for payer, paying in _payers(programme):
        payments = (*paying.rebates.rows, *paying.fees.rows)
        shown |= {("event", payer, payment.amount): payment.event for payment in payments}
    return shown


def _payers(programme: Programme) -> Iterator[tuple[str, Programme | Tier]]:
    """What has rebates and fees, with its id: each tier, and the programme, whose id is empty."""
    yield "", programme
    yield from programme.tiers.items()


def _negative_payments(programme: Programme) -> Iterator[tuple[str, str, str]]:
    """What becomes of each rebate and fee that may be negative: its tier, if any, its amount's id, and the word."""
    can_be = known_bounds(programme)
    for tier, owner in _payers(programme):
        for payment in (*owner.rebates.rows, *owner.fees.rows):
            amount = can_be[payment.amount]
            if isinstance(amount, NumberRange) and (amount.low is None or amount.low < 0):
                yield tier, payment.amount, payment.negative


def _agreed(negotiable: Negotiable) -> tuple[object, ...]:
    return (negotiable.minimum, negotiable.maximum)


def _statements(programme: Programme) -> Iterator[tuple[str, Statement]]:
    """The texts that bind, each with its tier, if any: rights and restrictions of tiers, products and terms."""
    for tier in programme.tiers.values():
        yield from ((tier.id, statement) for statement in (*tier.rights, *tier.restrictions))
    yield from (("", statement) for statement in (*programme.products, *programme.terms))


def _facts(programme: Programme) -> Iterator[tuple[str, Fact]]:
    """Facts, and fields of lists and of the lines of an order, by their ids."""
    yield from programme.facts.items()
    lists = [*programme.lists.values(), *([programme.order.lines] if programme.order else [])]
    for list_fact in lists:
        yield from list_fact.fields_by_id().items()


def _limits(programme: Programme) -> Mapping[str, _Limits]:
    return {
        id: _Limits(fact.kind, frozenset(fact.choices), _least(fact), fact.maximum, fact.none is not None)
        for id, fact in _facts(programme)
    }


def _least(fact: Fact) -> Decimal | None:
    return Decimal(0) if fact.kind is Kind.COUNT and fact.minimum is None else fact.minimum


def _is_narrower(old: _Limits, new: _Limits) -> bool:
    """Whether a record that the first release takes may be refused by the second."""
    if old.kind != new.kind or not old.choices <= new.choices or (old.optional and not new.optional):
        return True
    lower = new.minimum is not None and (old.minimum is None or new.minimum > old.minimum)
    upper = new.maximum is not None and (old.maximum is None or new.maximum < old.maximum)
    return lower or upper
