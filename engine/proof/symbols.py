"""Turns any partner into formulas: a symbol of the solver for each fact, and a term for each value of the release.

Lists are modelled in one of three ways. With a limit on their length, each item has symbols for its fields: an example
that is found is a real partner, but longer lists are not covered. Without a limit, the result of an aggregate is a
symbol within its bounds: what is proved holds for all partners, but an example need not be a real one. A list of very
many equal items shows what grows without end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import z3  # type: ignore[import-untyped]

from ..evaluate.periods import agreed_as
from ..evaluate.row_layout import Period
from ..language.bounds.bounds import Bounds, NumberRange, Options, bounds
from ..language.smt.aggregates import repeated, same, unrolled
from ..language.smt.days import FIRST, LAST
from ..language.smt.formula import formula, literal
from ..language.smt.terms import (
    Codes,
    Formula,
    Term,
    all_of,
    any_of,
    chosen,
    either,
    negated,
    number,
    only_where,
    optional_term,
    unknown_term,
)
from ..language.smt.terms import day as written_day
from ..language.tree import Aggregate, Call, Expression, Name, names, operands, own_id
from ..limits import MAX_WHOLE_DIGITS
from ..programme.definedness import may_be_undefined, undefinable
from ..programme.model import INPUTS, LINE, MAIN, NO_TIER, ORDER, Fact, ListFact, NamedValue, Programme
from ..programme.owners import Role, agreed_id, agreement_id
from ..programme.reads import all_read, mentioned
from ..programme.value_bounds import known_bounds
from ..values import NUMERIC, Kind

_MOST = 10**MAX_WHOLE_DIGITS - 1
MAX_LINES = 2  #: of an order
MAX_ITEMS = 3  #: of a list whose items have symbols of their own
VERY_MANY = 10**24  #: equal items of a list


#: the items at hand, by the ids of the current items of lists (`deals[]`) and their positions
Positions = frozenset[tuple[str, int]]


class Items(NamedTuple):
    """The items of a list: how many of them there are, and the fields of each by their ids (`deals[].amount`)."""

    size: Formula
    fields: tuple[Mapping[str, Term], ...]
    terms: tuple[dict[str, Term], ...]  #: the fields, and the values of an item that were needed so far
    any: bool = True  #: whether the items are free; false for those of a record
    known: bool = True  #: false where a record leaves the list out
    copies: Formula | None = None  #: how often the list has its one item; None where each item is there once
    ended: tuple[Formula, ...] = ()  #: of each of the first items, whether it is off the list; of further ones none is

    def has(self, index: int) -> Formula:
        """That the list has its item at an index."""
        return all_of([self.size > index, *map(negated, self.ended[index : index + 1])])


class Partner(NamedTuple):
    """One partner in symbols; `limits`, `terms` and `sums` are filled as values are needed."""

    programme: Programme
    codes: Codes
    symbols: Mapping[str, Formula]  #: by the ids of facts and inputs
    items: Mapping[str, Items]  #: by the ids of lists; of a list that is not there, results of aggregates are symbols
    agreed: Mapping[str, tuple[Formula, Formula]]  #: by negotiable value: whether an agreement sets it, and to what
    limits: list[Formula]  #: what holds of every partner
    terms: dict[str, Term]  #: by the ids of facts and values
    sums: dict[tuple[Aggregate | Call | Name, Positions], Term]  #: what is any value: see `_any_result` and the like
    positions: Mapping[str, int]  #: of the values in the programme, by their ids
    bounds: dict[str, Bounds]  #: of facts and values; filled once an aggregate in `sums` needs them
    periods: Mapping[str, Sequence[Period]] = {}  #: what the terms of a record are agreed as, and for which days
    overrides: Mapping[str, Term] = {}  #: terms that replace those of facts and rules: agreements, unknown facts
    complete: bool = False  #: whether it leaves no fact, list or field out
    base: Partner | None = None  #: the partner that this one is a variant of
    differ: frozenset[str] = frozenset()  #: the facts in which it differs from `base`


def make_partner(
    programme: Programme,
    codes: Codes,
    *,
    items: int | Mapping[str, Items] | None = None,
    day: date | None = None,
    overrides: Mapping[str, Term] | None = None,
    agreements: bool = False,
    complete: bool = False,
    periods: Mapping[str, Sequence[Period]] | None = None,
) -> Partner:
    """A partner about whom nothing is known but the terms of facts and values in `overrides`.

    `items` is how many items a list may hold (None: any number; VERY_MANY: none, or one or so many equal ones), or the
    lists themselves, of which one that is left out may hold any number; `day` is the day of the evaluation (None: any
    day on which the release is in force); with `agreements` an agreement may set each negotiable value. A `complete`
    partner leaves no fact, list or field out.
    """
    symbols = {id: symbol(id, kind) for id, kind in _kinds(programme).items()}
    if day is not None:
        symbols["as_of"] = written_day(day)
    if isinstance(items, int):
        make = _equal_items if items == VERY_MANY else partial(symbolic_items, most=items)
        items = {id: make(fact) for id, fact in programme.lists.items()}
        if programme.order:
            items[ORDER] = symbolic_items(programme.order.lines, MAX_LINES)
    negotiable = [value for value in programme.values.values() if value.negotiable] if agreements else []
    agreed = {
        value.id: (z3.Bool(agreed_id(value.id)), symbol(agreement_id(value.id), value.kind)) for value in negotiable
    }
    positions = {id: position for position, id in enumerate(programme.values)}
    partner = Partner(programme, codes, symbols, items or {}, agreed, [], {}, {}, positions, {})
    partner = partner._replace(periods=periods or {}, overrides=overrides or {}, complete=complete)
    return _with_limits(partner)


def variant(partner: Partner, differ: Iterable[str]) -> Partner:
    """A second partner, equal to the first in everything but these facts, lists and fields (`deals[].amount`)."""
    ids, kinds, programme = frozenset(differ), _kinds(partner.programme), partner.programme
    symbols = {id: symbol(f"{id}'", kinds[id]) if id in ids else same for id, same in partner.symbols.items()}
    lists = {
        id: symbolic_items(_list_fact(programme, id), len(items.fields), "'")
        if id in ids
        else with_fresh_terms(items._replace(fields=tuple(_with_other_fields(row, ids) for row in items.fields)))
        for id, items in partner.items.items()
    }
    changed = partner._replace(symbols=symbols, items=lists, limits=[], terms={}, sums={}, base=partner, differ=ids)
    return _with_limits(changed)


def _with_other_fields(row: Mapping[str, Term], ids: frozenset[str]) -> Mapping[str, Term]:
    """The fields of an item, with other symbols for those fields of these ids that are free."""
    return {id: _other(term) if id in ids and is_free(term) else term for id, term in row.items()}


def _other(term: Term) -> Term:
    """A field of an item with another symbol."""
    other = z3.Const(f"{term.value}'", term.value.sort())
    return Term(other) if term.none is False else optional_term(other)


def free_field(field: Fact, symbol: Formula) -> Term:
    """The term of a field of an item that nothing is known of."""
    return optional_term(symbol) if field.none else Term(symbol)


def is_free(term: Term) -> bool:
    """Whether a term is a symbol of the solver, which can be any value."""
    value = term.value
    return bool(not isinstance(value, bool) and z3.is_const(value) and value.decl().kind() == z3.Z3_OP_UNINTERPRETED)


def _with_limits(partner: Partner) -> Partner:
    """The partner, with its limits and the terms of its facts filled in."""
    partner.limits.extend(limit for limits in limits_by_id(partner).values() for limit in limits)
    partner.terms.update({id: Term(symbol) for id, symbol in partner.symbols.items()})
    optional = (fact.id for fact in partner.programme.facts.values() if fact.none)
    partner.terms.update({id: optional_term(partner.symbols[id]) for id in optional})
    has_tier = partner.symbols["held_tier"] != partner.codes.of(NO_TIER)
    partner.terms["held_since"] = Term(partner.symbols["held_since"], has_tier)
    for id, term_id in partner.programme.agreed.items():
        partner.terms[id] = Term(partner.agreed[term_id][0] if term_id in partner.agreed else False)
        value = partner.programme.values[term_id]
        if value.list:  # its expression reads what is agreed
            partner.terms[agreement_id(term_id)] = unknown_term(value.kind)
    partner.terms.update({id: term for id, term in partner.overrides.items() if id not in partner.differ})
    return partner


def _kinds(programme: Programme) -> Mapping[str, Kind]:
    return {**INPUTS, **{fact.id: fact.kind for fact in programme.facts.values()}}


def symbol(name: str, kind: Kind) -> Formula:
    """A free variable of the solver for a value of a kind."""
    if kind is Kind.YES_NO:
        return z3.Bool(name)
    is_real = kind is Kind.TEXT or (kind in NUMERIC and kind is not Kind.COUNT)
    return z3.Real(name) if is_real else z3.Int(name)


def is_recorded(id: str) -> Formula:
    """That a record states a fact."""
    return z3.Bool(f"{id} is said")


def symbolic_items(fact: ListFact, most: int, mark: str = "") -> Items:
    """A list of at most so many items, of which nothing is known; `mark` tells its symbols from those of another."""
    rows = tuple(
        {
            id: free_field(field, symbol(f"{fact.id}[{place}].{field.id}{mark}", field.kind))
            for id, field in fact.fields_by_id().items()
        }
        for place in range(1, most + 1)
    )
    return with_fresh_terms(Items(z3.Int(f"{fact.item}{mark}"), rows, ()))


def _equal_items(fact: ListFact) -> Items:
    """A list with one item that nothing is known of, once or very many times, or with none."""
    items = symbolic_items(fact, 1)
    return items._replace(copies=z3.If(items.size == 0, 0, z3.If(z3.Bool(f"many {fact.id}"), VERY_MANY, 1)))


def with_fresh_terms(items: Items) -> Items:
    """The items with terms for their fields alone."""
    return items._replace(terms=tuple(dict(row) for row in items.fields))


# Limits of every partner ----------------------------------------------------------------------------------------------


def limits_by_id(partner: Partner) -> dict[str, list[Formula]]:
    """What holds of every partner, by the id of the fact, input, list or negotiable value that it is about.

    The results of aggregates in `sums` are left out: their limits come to the partner's own as they are needed.
    """
    limits: dict[str, list[Formula]] = {}
    for id, limit in _limits(partner):
        if limit is not True:
            limits.setdefault(id, []).append(limit)
    return limits


def _limits(partner: Partner) -> Iterator[tuple[str, Formula]]:
    programme, symbols, codes = partner.programme, partner.symbols, partner.codes
    yield "held_since", all_of([symbols["held_since"] >= FIRST, symbols["held_since"] <= LAST])
    if is_free(Term(symbols["as_of"])):
        yield "as_of", all_of([symbols["as_of"] >= programme.effective_from.toordinal(), symbols["as_of"] <= LAST])
    main = programme.tracks[MAIN]
    held = main.tiers if main.remembers else ()
    yield "held_tier", _one_of(symbols["held_tier"], (NO_TIER, *held), codes)
    for fact in programme.facts.values():
        yield fact.id, _recordable(fact, symbols[fact.id], codes)
    for id, items in partner.items.items():
        yield from ((id, limit) for limit in _limits_of_items(partner, id, items))
    for id, (_, agreement) in partner.agreed.items():
        yield id, _recordable(agreed_as(programme.values[id]), agreement, codes)


def _limits_of_items(partner: Partner, id: str, items: Items) -> Iterator[Formula]:
    if items.any:
        yield all_of([items.size >= 0, items.size <= len(items.fields)])
    fields = _list_fact(partner.programme, id).fields_by_id()
    yield from (
        _recordable(field, row[name].value, partner.codes)
        for row in items.fields
        for name, field in fields.items()
        if is_free(row[name])
    )
    if id == ORDER:
        yield items.size >= 1
        yield from (row[f"{ORDER}[].{LINE}"].value == place for place, row in enumerate(items.fields, 1))


def _list_fact(programme: Programme, id: str) -> ListFact:
    """The declaration of a list of the partner, of groups, or of the lines of an order; KeyError for any other id."""
    if (list_fact := programme.list_fact(id)) is None:
        raise KeyError(id)
    return list_fact


def _recordable(fact: Fact, symbol: Formula, codes: Codes) -> Formula:
    """That a symbol is a value that a record may state for a fact."""
    match fact.kind:
        case Kind.YES_NO:
            return True
        case Kind.CHOICE:
            return _one_of(symbol, tuple(fact.choices), codes)
        case Kind.DATE:
            return all_of([symbol >= FIRST, symbol <= LAST])
        case Kind.TEXT:
            return all_of([symbol > 0, symbol < 1])
    least = 0 if fact.kind is Kind.COUNT and fact.minimum is None else fact.minimum
    return _between(symbol, least, fact.maximum)


def _between(symbol: Formula, least: Any, most: Any) -> Formula:
    low, high = (-_MOST if least is None else least), (_MOST if most is None else most)
    return all_of([symbol >= number(low), symbol <= number(high)])


def _one_of(symbol: Formula, options: Iterable[str], codes: Codes) -> Formula:
    return any_of([symbol == codes.of(option) for option in options])


# Values ---------------------------------------------------------------------------------------------------------------


def term(partner: Partner, tree: Expression) -> Term:
    """An expression over the partner's facts and values as a term."""
    absent = {name.id for name in names(tree)} - partner.terms.keys()
    if absent:
        _add_values(partner, absent)
    return formula(tree, partial(_resolve, partner, {}), partner.codes)


def _add_values(partner: Partner, ids: Iterable[str]) -> None:
    """Add to the partner's terms every value that these ids depend on, each after those that it depends on itself."""
    values, waiting, needed = partner.programme.values, list(ids), set[str]()
    while waiting:
        id = waiting.pop()
        if id not in needed and id not in partner.terms:
            needed.add(id)
            waiting.extend(mentioned(partner.programme, values[id].expression) if id in values else ())
    for id in sorted(needed & values.keys(), key=partner.positions.__getitem__):
        if values[id].list is None:
            partner.terms[id] = _value(partner, values[id])


def item_term(partner: Partner, id: str) -> Term:
    """A value of the items of a list as a term: that of the first item, or of the first line of an order."""
    _add_values(partner, [id])
    value = partner.programme.values[id]
    return _resolve(partner, {_list_fact(partner.programme, value.owner.id).item: 0}, Name(id, value.kind))


def condition(partner: Partner, tree: Expression) -> Formula:
    """That a condition is known and holds."""
    result = term(partner, tree)
    return all_of([result.known, result.value])


def broken(partner: Partner, tree: Expression) -> Formula:
    """That a condition is known and does not hold."""
    result = term(partner, tree)
    return all_of([result.known, negated(result.value)])


def _value(partner: Partner, value: NamedValue) -> Term:
    by_rule = formula(value.expression, partial(_resolve, partner, {}), partner.codes)
    if value.id not in partner.agreed:
        return by_rule
    is_agreed, agreement = partner.agreed[value.id]
    if by_rule.over is not None:
        by_rule = Term(by_rule.value / by_rule.over, by_rule.known)
    return Term(either(is_agreed, agreement, by_rule.value), any_of([is_agreed, by_rule.known]))


def _resolve(partner: Partner, positions: Mapping[str, int], node: Name | Aggregate | Call) -> Term:
    """The term of a name, an aggregate or `on`; `positions` are the positions of the items, by their ids."""
    if isinstance(node, Aggregate):
        return _aggregate(partner, positions, node)
    if isinstance(node, Call):
        return _on(partner, positions, node)
    programme = partner.programme
    of_list = programme.list_of(node.id)
    if of_list is None:
        return partner.terms[node.id]
    items = _list_fact(programme, of_list)
    if items.balance:
        return _any_period(partner, node)
    item = items.item
    position = positions[own_id(item) if node.own else item]
    terms = partner.items[programme.stated_list(of_list)].terms[position]
    if node.id not in terms:
        value, groups = programme.values[node.id], programme.made_lists.get(of_list)
        at = positions
        if value.role is Role.GROUP_KEY and groups and groups.group_of:
            at = {_list_fact(programme, groups.group_of).item: position}
        terms[node.id] = formula(value.expression, partial(_resolve, partner, at), partner.codes)
    return terms[node.id]


def _on(partner: Partner, positions: Mapping[str, int], node: Call) -> Term:
    """A value on a day: what is agreed for that day, or else what the rules say; of any partner it may be agreed."""
    periods, day, otherwise = operands(node)
    terms = partial(_resolve, partner, positions)
    on_day, result = (formula(part, terms, partner.codes) for part in (day, otherwise))
    term_id = next(partner.programme.agreed_on_days[name.id] for name in names(periods))
    if term_id in partner.agreed:
        is_agreed, value = _any_agreement(partner, positions, node, term_id)
        return chosen(is_agreed, Term(value), result, either(is_agreed, on_day.known, result.known))
    of_record = partner.periods.get(term_id, ())
    for begins, ends, agreed in of_record:
        has_begun, has_ended = on_day.value >= written_day(begins), on_day.value > written_day(ends or date.max)
        is_within = all_of([has_begun, negated(has_ended)])
        value = Term(literal(agreed, node.kind, partner.codes))
        result = chosen(is_within, value, result, either(is_within, True, result.known))
    return result._replace(known=all_of([on_day.known, result.known])) if of_record else result


def _any_agreement(partner: Partner, positions: Mapping[str, int], node: Call, term_id: str) -> tuple[Formula, Formula]:
    """Whether a term is agreed on a day, and as what: symbols of their own for each value that is asked for."""
    read = all_read(partner.programme, mentioned(partner.programme, node))
    owner = partner.base if partner.base and not read & partner.differ else partner
    at = frozenset(positions.items())
    if (node, at) not in owner.sums:
        label = f"agreed {len(owner.sums) + 1}" + ("'" if owner.base else "")
        value = symbol(label, node.kind)
        owner.limits.append(_recordable(agreed_as(owner.programme.values[term_id]), value, owner.codes))
        owner.sums[node, at] = Term(value, z3.Bool(f"{label} is so"))
    agreed = owner.sums[node, at]
    return agreed.known, agreed.value


def _is_in_list(partner: Partner, id: str, index: int) -> Formula:
    """Whether a list has the item at an index; a list of groups has one there for the first item of each group.

    An item whose key is unknown stands by itself.
    """
    programme = partner.programme
    groups = programme.made_lists.get(id)
    if groups is None or groups.group_of is None:
        return partner.items[id].has(index)
    terms = partner.items[programme.stated_list(id)].terms
    if id not in terms[index]:
        names_of_keys = [Name(key, programme.values[key].kind) for key in groups.key_ids]
        own = [_resolve(partner, {groups.item: index}, name) for name in names_of_keys]
        earlier = []
        for place in range(index):
            other = [_resolve(partner, {groups.item: place}, name) for name in names_of_keys]
            alike = [same(*pair) for pair in zip(own, other, strict=True)]
            are_known = [key.known for key in (*own, *other)]
            earlier.append(all_of([_is_in_list(partner, groups.group_of, place), *are_known, *alike]))
        first = all_of([_is_in_list(partner, groups.group_of, index), negated(any_of(earlier))])
        terms[index][id] = Term(first)
    return terms[index][id].value


def _aggregate(partner: Partner, positions: Mapping[str, int], node: Aggregate) -> Term:
    items = partner.items.get(partner.programme.stated_list(node.list))
    if items is None:
        read = all_read(partner.programme, mentioned(partner.programme, node))
        owner = partner.base if partner.base and not read & partner.differ else partner
        lists = {partner.programme.list_of(id) for id in read} - {None}
        named = {_list_fact(partner.programme, str(id)).item for id in lists}
        read_of = frozenset((item, place) for item, place in positions.items() if item in named | {*map(own_id, named)})
        if (node, read_of) not in owner.sums:
            owner.sums[node, read_of] = _any_result(owner, node)
        return owner.sums[node, read_of]
    terms = partial(_resolve, partner, positions)
    at_hand = {own_id(node.item): positions[node.item]} if node.item in positions else {}
    looked_at = [
        partial(_resolve, partner, {**positions, **at_hand, node.item: index}) for index in range(len(items.fields))
    ]
    if items.copies is not None and node.list in partner.items:
        return repeated(node, items.copies, looked_at[0], terms, partner.codes)
    rows = [(_is_in_list(partner, node.list, index), names_of_item) for index, names_of_item in enumerate(looked_at)]
    return only_where(items.known, unrolled(node, rows, terms, partner.codes))


def _any_period(partner: Partner, node: Name) -> Term:
    """What a period of a balance has, which goes by all periods before it: any value of its kind, known or not."""
    read = all_read(partner.programme, mentioned(partner.programme, node))
    owner = partner.base if partner.base and not read & partner.differ else partner
    if (node, frozenset()) not in owner.sums:
        label = f"period {len(owner.sums) + 1}" + ("'" if owner.base else "")
        owner.sums[node, frozenset()] = Term(symbol(label, node.kind), z3.Bool(f"{label} known"))
    return owner.sums[node, frozenset()]


def _any_result(partner: Partner, node: Aggregate) -> Term:
    """An aggregate of a list of any length: a symbol within the bounds of the aggregate, known or not."""
    label = f"aggregate {len(partner.sums) + 1}" + ("'" if partner.base else "")
    result = symbol(label, node.kind)
    if not partner.bounds:
        partner.bounds.update(known_bounds(partner.programme, agreements=bool(partner.agreed)))
    value_bounds = partner.bounds
    partner.limits.extend(within(result, bounds(node, value_bounds), node.kind, partner.codes))
    if partner.complete and not may_be_undefined(node, value_bounds, undefinable(partner.programme, value_bounds)):
        return Term(result)
    return Term(result, z3.Bool(f"{label} known"))


def within(symbol: Formula, limits: Bounds, kind: Kind, codes: Codes) -> Iterator[Formula]:
    """That a symbol is within the bounds of a value."""
    match limits:
        case NumberRange(low, high):
            yield from (symbol >= number(end) for end in (low,) if end is not None)
            yield from (symbol <= number(end) for end in (high,) if end is not None)
        case Options(options):
            yield any_of([symbol == literal(option, kind, codes) for option in sorted(options)])
        case frozenset() as can_be if len(can_be) == 1:
            yield symbol if True in can_be else negated(symbol)
