"""Which facts, lists and other values the values of a programme depend on, and which clauses they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..language.tree import Aggregate, Call, Expression, Name, children, names, operands, subtrees
from ..values import Kind
from .model import LAPSED, MAIN, ORDER, Balance, ItemField, ListFact, NamedValue, Programme, Requirement, Tier
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
        items = programme.list_fact(value.list) if value.list else None
        if items and items.balance:  # its values go by each other, those that come later too
            read = set(all_read(programme, read))
            read = {part for part in read if part not in programme.values or programme.values[part].negotiable}
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
    main = programme.tracks[MAIN]
    lasting = (main.kept_until, main.promotes, programme.membership_ends, programme.membership_renews)
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

    For a name that asks whether a term is agreed, the id of the term; for a list that no record states, what makes it.
    """
    if isinstance(tree, Name):
        field = programme.fields.get(tree.id)
        if field is not None and _balance_of(programme, field.list):
            yield from _carried(programme, field)
        else:
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
    """The id of a list that a record states; of one of groups, those of its keys and of the list that it comes from.

    Of the periods of a balance, those of the days that say which there are, and of the day up to which they go.
    """
    while (groups := programme.made_lists.get(id)) and groups.group_of:
        yield from groups.key_ids
        id = groups.group_of
    balance = _balance_of(programme, id)
    if balance is None:
        yield id
    else:
        yield from ("as_of", *filter(None, (balance.begins, balance.ends)))


def _carried(programme: Programme, field: ItemField) -> Iterator[str]:
    """What a period of a balance has in a field that no record states: a value of the period before, or what expires.

    Nothing for any other field.
    """
    balance = _balance_of(programme, field.list)
    if balance is None:
        return
    if field.fact.id == LAPSED:
        yield from balance.before_expired
        yield from filter(None, (movement.expires for movement in balance.movements))
    yield from (id for id, name in balance.before.items() if name == field.fact.id)


def reads_balance(programme: Programme, read: Iterable[str]) -> bool:
    """Whether one of these ids is that of a value of the periods of a balance."""
    return any(id in programme.values and _balance_of(programme, programme.values[id].list or "") for id in read)


def _balance_of(programme: Programme, id: str) -> Balance | None:
    """How the periods follow from each other of which this is the list; None for any other list."""
    items = programme.made_lists.get(id)
    return items.balance if items else None


def needed(value: NamedValue, groups: Mapping[str, ListFact]) -> Iterator[str]:
    """The ids that must be known before a value: those that it names, and the keys of the groups that it is about.

    Who looks at the periods of a balance needs all their values; `groups` are the lists that no record states.
    """
    for part in subtrees(value.expression):
        if isinstance(part, Name):
            yield part.id
        elif isinstance(part, Aggregate) and part.list in groups:
            items = groups[part.list]
            yield from items.values if items.balance else items.key_ids
    own = groups.get(value.list or "")
    if own is not None and value.role is not Role.GROUP_KEY:
        yield from own.key_ids
        if own.balance and value.id == own.balance.expired:
            yield from own.balance.before_expired
            yield from filter(None, (movement.expires for movement in own.balance.movements))
