"""What the values of a programme read: facts, lists and each other; which facts matter to a tier, and what fixes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..language.tree import Aggregate, Expression, Name, children, names
from ..values import Kind
from .model import MAIN, Programme, Requirement, Tier


def all_read(programme: Programme, ids: Iterable[str]) -> frozenset[str]:
    """Every id that the values of these ids come from, through other values; they themselves among them.

    Of a list both its own id and those of its fields that are read, as `deals[].amount`.
    """
    found: set[str] = set()
    waiting = list(ids)
    while waiting:
        id = waiting.pop()
        if id not in found:
            found.add(id)
            value = programme.values.get(id)
            waiting.extend(mentioned(programme, value.expression) if value else ())
    return frozenset(found)


def fixed_by(programme: Programme, ids: Iterable[str]) -> tuple[str, ...]:
    """What fixes the values of these ids: where it is the same for two partners, so are they.

    Conditions mostly, which are few: numbers are opened until there are only conditions, terms that may be agreed,
    facts, and what becomes of lists.
    """
    found: dict[str, None] = {}
    waiting, seen = list(ids), set()
    while waiting:
        id = waiting.pop()
        if id in seen:
            continue
        seen.add(id)
        value = programme.values.get(id)
        if value is None or value.kind is Kind.YES_NO or value.negotiable or _has_aggregate(value.expression):
            found[id] = None
        else:
            waiting.extend(name.id for name in names(value.expression))
    return tuple(found)


def read_for(programme: Programme, tiers: Iterable[Tier]) -> frozenset[str]:
    """Every id that decides what these tiers ask for and what they give, and how long they last."""
    lasting = (programme.tracks[MAIN].kept_until, programme.membership_ends)
    return all_read(programme, (*filter(None, lasting), *(id for tier in tiers for id in _values_of(tier))))


def clauses_of(programme: Programme) -> dict[str, tuple[str, ...]]:
    """The clauses behind each fact, list and field (`deals[].amount`): its own, else of the values that name it."""
    named: dict[str, dict[str, None]] = {}
    for value in programme.values.values():
        for id in mentioned(programme, value.expression):
            named.setdefault(id, {}).update(dict.fromkeys(value.source))
    lists = [*programme.lists.values(), *([programme.order.lines] if programme.order else [])]
    own = {fact.id: fact.source for fact in programme.facts.values()}
    own |= {one.id: one.source for one in lists}
    own |= {id: field.fact.source for id, field in programme.fields.items()}
    return {id: source or tuple(named.get(id, ())) for id, source in own.items()}


def _values_of(tier: Tier) -> Iterator[str]:
    yield tier.qualified
    yield from (id for requirement in tier.requirements for id in _of_requirement(requirement))
    if tier.discount:
        yield from (tier.discount.total, tier.discount.in_price, tier.discount.in_kind)
        yield from (id for bonus in tier.discount.bonuses for id in (bonus.earned, bonus.percent))
    yield from (benefit.value for benefit in tier.benefits)
    yield from (id for rebate in tier.rebates for id in (rebate.earned, rebate.amount))


def _of_requirement(requirement: Requirement) -> Iterator[str]:
    yield requirement.value
    for part in requirement.parts:
        yield from _of_requirement(part)


def _has_aggregate(tree: Expression) -> bool:
    return isinstance(tree, Aggregate) or any(_has_aggregate(part) for part in children(tree))


def mentioned(programme: Programme, tree: Expression) -> Iterator[str]:
    """The ids in an expression: names, the lists that fields are of, and those that aggregates go through.

    Of what asks whether a term is agreed, the id of the term.
    """
    if isinstance(tree, Name):
        yield programme.agreed.get(tree.id, tree.id)
        of_list = programme.list_of(tree.id)
        if of_list is not None:
            yield of_list
    elif isinstance(tree, Aggregate):
        yield tree.list
    for child in children(tree):
        yield from mentioned(programme, child)
