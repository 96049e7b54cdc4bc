"""Which facts, lists and other values the values of a programme depend on, and which clauses they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..language.tree import Aggregate, Call, Expression, Name, children, names, operands, subtrees
from ..values import Kind
from .model import MAIN, ORDER, ListFact, NamedValue, Programme, Requirement, Tier
from .owners import Role


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


def inputs_read(programme: Programme) -> dict[str, frozenset[str]]:
    """The facts, inputs and lists that each value depends on, by its id; with ORDER where it depends on an order.

    A value that an agreement may set depends on itself too.
    """
    inputs: dict[str, frozenset[str]] = {}
    for id, value in programme.values.items():
        read = set(mentioned(programme, value.expression))
        own = {ORDER} if value.of_order else {id} if value.negotiable else set()
        inputs[id] = frozenset(own).union(*(inputs.get(part, (part,)) for part in sorted(read)))
    return inputs


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
    yield from (id for payment in tier.payments for id in (payment.applies, payment.amount))


def _of_requirement(requirement: Requirement) -> Iterator[str]:
    yield requirement.value
    for part in requirement.parts:
        yield from _of_requirement(part)


def has_aggregate(tree: Expression) -> bool:
    """Whether an expression aggregates a list."""
    return isinstance(tree, Aggregate) or any(has_aggregate(part) for part in children(tree))


def mentioned(programme: Programme, tree: Expression) -> Iterator[str]:
    """The ids in an expression: its names, the lists of the fields it names, and the lists that it aggregates.

    For a name that asks whether a term is agreed, the id of the term; for a list of groups, what makes it.
    """
    if isinstance(tree, Name):
        yield programme.agreed.get(tree.id, tree.id)
        if (list_id := programme.list_of(tree.id)) is not None:
            yield from _list_and_keys(programme, list_id)
    elif isinstance(tree, Aggregate):
        yield from _list_and_keys(programme, tree.list)
    elif isinstance(tree, Call) and tree.function == "on":
        yield from (programme.agreed_on_days[name.id] for name in operands(tree)[:1] if isinstance(name, Name))
    for child in children(tree):
        yield from mentioned(programme, child)


def _list_and_keys(programme: Programme, id: str) -> Iterator[str]:
    """The id of a list that a record states; of one of groups, those of its keys and of the list that it comes from."""
    while (groups := programme.groups_of_items.get(id)) and groups.group_of:
        yield from groups.key_ids
        id = groups.group_of
    yield id


def needed(value: NamedValue, groups: Mapping[str, ListFact]) -> Iterator[str]:
    """The ids that must be known before a value: those that it names, and the keys of the groups that it is about."""
    for part in subtrees(value.expression):
        if isinstance(part, Name):
            yield part.id
        elif isinstance(part, Aggregate) and part.list in groups:
            yield from groups[part.list].key_ids
    own = groups.get(value.list or "")
    if own is not None and value.role is not Role.GROUP_KEY:
        yield from own.key_ids
