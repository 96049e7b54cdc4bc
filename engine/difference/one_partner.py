"""One partner in symbols under two releases: what both have under one id is one symbol, and may be left out alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from ..language.smt.formula import literal
from ..language.smt.terms import Codes, Formula, Term, all_of, any_of, either, negated, number, optional_term
from ..language.tree import Aggregate, Literal
from ..programme.definedness import undefinable
from ..programme.model import LINE, NO_TIER, NONE, ORDER, Fact, ListFact, NamedValue, Programme
from ..programme.reads import all_read
from ..programme.value_bounds import known_bounds
from ..proof.solve import SECONDS, Question
from ..proof.symbols import MAX_ITEMS, Partner, is_recorded, make_partner, symbol, within
from ..release.load import Release
from ..values import NUMERIC, Kind
from .always_known import is_always_known

_CENTURY = 36_525  #: days


class Pair(NamedTuple):
    """Two releases, the preferred day of an example, and the solver's seconds per question.

    A row that has another id in the second release has that id in `before` too.
    """

    before: Release
    after: Release
    day: date
    seconds: float = SECONDS


def partner_under_both(
    pair: Pair,
    same: frozenset[str],
    items: int | None,
    day: date | None,
    *,
    missing: bool = False,
    agreements: bool = False,
) -> tuple[Partner, Partner]:
    """One partner in symbols under each release; what both have under one id is one symbol.

    With `missing` the record may leave out facts, lists and fields without a default; else only those whose defaults
    differ between the releases. With `agreements` it may have supplementary agreements, of which each release has those
    on its own terms, within the limits of every release that has the term.
    """
    codes = Codes()
    old, new = (
        make_partner(release.programme, codes, items=items, day=day, agreements=agreements)
        for release in (pair.before, pair.after)
    )
    old.limits.extend(_stateable_in_both(old, new))
    left_out = may_be_left_out(pair, missing=missing)
    for partner in (old, new):
        _let_out(partner, left_out)
    ids = {*new.programme.values, *new.programme.facts, *new.programme.lists}
    return old, new._replace(base=old, differ=frozenset(ids - same))


def _stateable_in_both(old: Partner, new: Partner) -> Iterator[Formula]:
    """That there is a value of each fact and field that is optional in one release alone."""
    for id in old.programme.optional ^ new.programme.optional:
        if id in old.programme.facts and id in new.programme.facts:
            yield optional_term(old.symbols[id]).known
        field = old.programme.fields.get(id)
        items = old.items.get(field.list) if field and id in new.programme.fields else None
        yield from (optional_term(row[id].value).known for row in (items.fields if items else ()))


def make_opaque(
    pair: Pair, old: Partner, new: Partner, same: frozenset[str], *, missing: bool, of_lists: bool = False
) -> None:
    """Replace each value that is equal under both releases by a symbol within the bounds of the value.

    With `of_lists` only what the items of lists come to.

    What is proved then holds for all partners, and is much easier for the solver; an example need not be a real one.
    """
    programme = pair.before.programme
    value_bounds = known_bounds(programme, agreements=bool(old.agreed))
    may_be_unknown = undefinable(programme, value_bounds)
    has_tier = old.symbols["held_tier"] != old.codes.of(NO_TIER)
    for value in programme.values.values():
        if value.id not in same or value.id not in new.programme.values or not _is_worth_a_symbol(value):
            continue
        if of_lists and not isinstance(value.expression, Aggregate):
            continue
        result, is_known = (
            symbol(f"{value.id} of both", value.kind),
            symbol(f"{value.id} of both is known", Kind.YES_NO),
        )
        read = all_read(programme, [value.id])
        if not missing and (value.id not in may_be_unknown or is_always_known(programme, read)):
            is_known = True
        elif not missing and is_always_known(programme, read - {"held_since"}):
            is_known = any_of([has_tier, is_known])
        old.limits.extend(within(result, value_bounds[value.id], value.kind, old.codes))
        old.terms[value.id] = new.terms[value.id] = Term(result, is_known)


def _is_worth_a_symbol(value: NamedValue) -> bool:
    """Whether a value is a number, day or text that is computed, or a condition on the items of a list.

    Other conditions show how they follow from these.
    """
    return (
        (value.kind is not Kind.YES_NO or isinstance(value.expression, Aggregate))
        and not isinstance(value.expression, Literal)
        and not (value.list or value.of_order)
    )


def may_be_left_out(pair: Pair, *, missing: bool) -> frozenset[str]:
    """The ids of facts, lists and fields that a record may leave out, as far as that makes a difference."""
    old, new = (_defaults(release.programme) for release in (pair.before, pair.after))
    if missing:
        return frozenset(id for defaults in (old, new) for id, default in defaults.items() if default is None)
    return frozenset(id for id in old if id in new and old[id] != new[id])


def _defaults(programme: Programme) -> dict[str, Any]:
    """The defaults of facts, lists (an empty one) and fields by their ids; None where there is none."""
    defaults: dict[str, Any] = {id: fact.default for id, fact in programme.facts.items()}
    for id, fact in _lists(programme).items():
        defaults[id] = () if fact.default_empty or id == ORDER else None
        defaults |= {
            name: field.default if field.default_from is None else field.default_from
            for name, field in fact.fields_by_id().items()
            if field.id != LINE
        }
    return defaults


def _lists(programme: Programme) -> dict[str, ListFact]:
    """The lists of a partner, and the lines of an order."""
    return {**programme.lists, **({ORDER: programme.order.lines} if programme.order else {})}


def _let_out(partner: Partner, left_out: frozenset[str]) -> None:
    """Replace the terms of what the record may leave out by: as stated, else the default, else unknown."""
    for id, fact in partner.programme.facts.items():
        if id in left_out:
            partner.terms[id] = _or_default(id, partner.symbols[id], fact, partner.codes)
    for id, items in partner.items.items():
        fact_list = _lists(partner.programme)[id]
        for place, row in enumerate(items.terms, 1):
            for name, field in fact_list.fields_by_id().items():
                if name in left_out:
                    stated = _or_default(field_id(name, place), row[name].value, field, partner.codes)
                    other = row.get(fact_list.id_of(field.default_from)) if field.default_from else None
                    row[name] = stated if other is None else _stated_or(field_id(name, place), stated, other)
        if id in left_out:
            size = either(is_recorded(id), items.size, number(0))
            is_known = True if fact_list.default_empty else is_recorded(id)
            partner.items[id] = items._replace(size=size, known=is_known)  # type: ignore[index]


def field_id(name: str, place: int) -> str:
    """What says that an item states a field: `deals[].amount` of the item at a place, from 1."""
    return name.replace("[]", f"[{place}]", 1)


def _or_default(id: str, symbol: Formula, fact: Fact, codes: Codes) -> Term:
    """A value as the record states it; where it does not, the default, or unknown without one."""
    if fact.none:
        stated = optional_term(symbol)
        is_stated = all_of([is_recorded(id), stated.known])
        is_none = negated(is_stated) if fact.default == NONE else all_of([is_recorded(id), stated.none])
        return Term(symbol, is_stated, none=is_none)
    if fact.default is None:
        return Term(symbol, is_recorded(id))
    return Term(either(is_recorded(id), symbol, literal(fact.default, fact.kind, codes)))


def _stated_or(id: str, stated: Term, other: Term) -> Term:
    """A value as the record states it, else that of another field."""
    is_known = any_of([is_recorded(id), other.known])
    return Term(either(is_recorded(id), stated.value, other.value), is_known)


def equal_numbers(before: Partner, after: Partner) -> list[Formula]:
    """That each numeric fact and what is agreed for a numeric term are equal under both.

    A count in one release and an amount in the other are two symbols.
    """
    numeric = {id for id, fact in before.programme.facts.items() if fact.kind in NUMERIC}
    facts = [
        before.symbols[id] == after.symbols[id]
        for id, fact in after.programme.facts.items()
        if id in numeric and fact.kind in NUMERIC
    ]
    terms = [
        before.agreed[id][1] == after.agreed[id][1]
        for id in before.agreed.keys() & after.agreed.keys()
        if {partner.programme.values[id].kind for partner in (before, after)} <= {*NUMERIC}
    ]
    return [*facts, *terms]


def near_days(partner: Partner, day: date) -> list[Formula]:
    """That the day of the evaluation and all days in facts are within a century of a day."""
    near = (number(day.toordinal() - _CENTURY), number(day.toordinal() + _CENTURY))
    facts = {id for id, fact in partner.programme.facts.items() if fact.kind is Kind.DATE}
    return [
        all_of([partner.symbols[id] >= near[0], partner.symbols[id] <= near[1]])
        for id in ("as_of", "held_since", *sorted(facts))
    ]


def has_terms(pair: Pair, read: frozenset[str]) -> bool:
    """Whether one of these values is a term that may be agreed otherwise with a partner, in either release."""
    return any(id in read for release in (pair.before, pair.after) for id in release.programme.agreed.values())


def settled_as_left_out(question: Question, ids: frozenset[str]) -> frozenset[str]:
    """Which facts, lists and fields of an item the record of the example leaves out: as few as possible."""
    marks = [id for id in sorted(ids) if "[]" not in id]
    fields = {field_id(id, place) for id in ids if "[]" in id for place in range(1, MAX_ITEMS + 1)}
    left_out = set()
    for id in (*marks, *sorted(fields)):
        if question.can_be(is_recorded(id)):
            question.add(is_recorded(id))
        else:
            question.add(negated(is_recorded(id)))
            left_out.add(id)
    return frozenset(left_out)


def as_stated(facts: Mapping[str, Any], left_out: frozenset[str]) -> dict[str, Any]:
    """The facts without those that the record leaves out, and lists without such fields."""
    stated: dict[str, Any] = {}
    for id, value in facts.items():
        if id in left_out:
            continue
        stated[id] = [
            {name: part for name, part in item.items() if field_id(f"{id}[].{name}", place) not in left_out}
            for place, item in enumerate(value, 1)
        ] if isinstance(value, list) else value  # fmt: skip
    return stated
