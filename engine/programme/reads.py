"""Which facts, lists and other values the values of a programme depend on, and which clauses they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..language.tree import Aggregate, Expression, Name, children, names
from ..values import Kind
from .model import MAIN, Programme, Requirement, Tier


def all_read(programme: Programme, ids: Iterable[str]) -> frozenset[str]:
    """These ids, and every id that their values depend on, directly or through other values.

    For a list, both its own id and the ids of the fields that are read, such as `deals[].amount`.
    """
    reached: set[str] = set()
    waiting = list(ids)
    while waiting:
        id = waiting.pop()
        if id not in reached:
            reached.add(id)
            value = programme.values.get(id)
            waiting.extend(mentioned(programme, value.expression) if value else ())
    return frozenset(reached)


def determining_ids(programme: Programme, ids: Iterable[str]) -> tuple[str, ...]:
    """Ids whose values determine the values of `ids`: partners that agree in the former agree in the latter.

    Numbers are replaced by what they depend on, until only conditions, negotiable terms, aggregates and facts remain:
    these take few different values.
    """
    determining: dict[str, None] = {}
    waiting, seen = list(ids), set()
    while waiting:
        id = waiting.pop()
        if id in seen:
            continue
        seen.add(id)
        value = programme.values.get(id)
        if value is None or value.kind is Kind.YES_NO or value.negotiable or has_aggregate(value.expression):
            determining[id] = None
        else:
            waiting.extend(name.id for name in names(value.expression))
    return tuple(determining)


def read_for(programme: Programme, tiers: Iterable[Tier]) -> frozenset[str]:
    """Every id that what these tiers require, what they give and how long they are kept depend on."""
    lasting = (programme.tracks[MAIN].kept_until, programme.membership_ends)
    return all_read(programme, (*filter(None, lasting), *(id for tier in tiers for id in _values_of(tier))))


def clauses_of(programme: Programme) -> dict[str, tuple[str, ...]]:
    """The clauses of each fact, list and field (`deals[].amount`): its own, else those of values that mention it."""
    named: dict[str, dict[str, None]] = {}
    for value in programme.values.values():
        for id in mentioned(programme, value.expression):
            named.setdefault(id, {}).update(dict.fromkeys(value.source))
    lists = [*programme.lists.values(), *([programme.order.lines] if programme.order else [])]
    own = {fact.id: fact.source for fact in programme.facts.values()}
    own |= {list_fact.id: list_fact.source for list_fact in lists}
    own |= {id: field.fact.source for id, field in programme.fields.items()}
    return {id: source or tuple(named.get(id, ())) for id, source in own.items()}


def _values_of(tier: Tier) -> Iterator[str]:
    yield tier.qualified
    yield from (id for requirement in tier.requirements for id in _of_requirement(requirement))
    if tier.discount:
        yield from (tier.discount.total, tier.discount.in_price, tier.discount.in_kind)
        yield from (id for bonus in tier.discount.bonuses for id in (bonus.earned, bonus.percent))
    yield from (benefit.value for benefit in tier.benefits)
    yield from (id for payment in (*tier.rebates.rows, *tier.fees.rows) for id in (payment.applies, payment.amount))


def _of_requirement(requirement: Requirement) -> Iterator[str]:
    yield requirement.value
    for part in requirement.parts:
        yield from _of_requirement(part)


def has_aggregate(tree: Expression) -> bool:
    """Whether an expression aggregates a list."""
    return isinstance(tree, Aggregate) or any(has_aggregate(part) for part in children(tree))


def mentioned(programme: Programme, tree: Expression) -> Iterator[str]:
    """The ids in an expression: its names, the lists of the fields it names, and the lists that it aggregates.

    For a name that asks whether a term is agreed, the id of the term.
    """
    if isinstance(tree, Name):
        yield programme.agreed.get(tree.id, tree.id)
        if (list_id := programme.list_of(tree.id)) is not None:
            yield list_id
    elif isinstance(tree, Aggregate):
        yield tree.list
    for child in children(tree):
        yield from mentioned(programme, child)
