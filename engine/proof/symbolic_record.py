"""Turns a partner's record into symbols: the facts that it states are fixed, and those that it leaves out are open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Literal, NamedTuple

import z3  # type: ignore[import-untyped]

from ..evaluate.evaluate import inputs_of
from ..evaluate.record import Record
from ..language.smt.formula import literal
from ..language.smt.terms import Codes, Formula, Term, all_of, negated, optional_term, unknown_term
from ..programme.model import INPUTS, NO_TIER, ListFact, Programme
from ..programme.owners import agreed_id, agreement_id
from ..release.load import Release
from ..values import Kind, Unknown
from .symbols import Items, Partner, free_field, make_partner, symbol, symbolic_items, with_fresh_terms


class SymbolicRecord(NamedTuple):
    """The partner of a record in symbols, with its evaluated facts and values."""

    partner: Partner
    values: Mapping[str, Any]  #: facts and values by their ids, as the interpreter has them
    open: tuple[str, ...]  #: the facts that the record leaves out
    absent: tuple[str, ...]  #: what else it leaves out: lists, fields of items (`deals[].amount`), `held_since`

    def fixed(self, but: Iterable[str] = ()) -> list[Formula]:
        """The partner's limits, and that every fact but the open ones and `but` is as the record or a default says."""
        free = {*but, *self.open, "held_since"}
        if isinstance(self.values["held_tier"], Unknown):
            free.add("held_tier")
        partner = self.partner
        return [*partner.limits, *(self.equals(id) for id in partner.symbols if id not in free), *self._since()]

    def equals(self, id: str) -> Formula:
        """That a fact has the value of the record."""
        symbol = self.partner.symbols[id]
        if isinstance(self.values[id], Unknown):
            return optional_term(symbol).none  # the record says that there is none
        facts = self.partner.programme.facts
        fact, kind = facts.get(id), facts[id].kind if id in facts else INPUTS[id]
        value = literal(self.values[id], kind, self.partner.codes)
        if isinstance(value, bool):
            return symbol if value else negated(symbol)
        is_there = optional_term(symbol).known if fact and fact.none else True
        return all_of([symbol == value, is_there])

    def _since(self) -> list[Formula]:
        return [] if isinstance(self.values["held_since"], Unknown) else [self.equals("held_since")]


Free = Literal["nothing", "facts", "all"]  #: what that is missing can be anything; the rest of it stays unknown
Growth = int | Literal["any"]  #: how many items may be added to a list; with `any` nothing is known of such a list


def symbolic_record(
    release: Release,
    record: Record,
    day: date,
    *,
    free: Free = "facts",
    most: int | None = None,
    change: Growth | None = None,
) -> SymbolicRecord:
    """The partner of a record on a day, with the agreements in force and the lists of the record.

    With `free` all, missing lists and fields of items can be anything too, and so can the day since when a tier is
    held; `most` is how many items a missing list may have then, None for any number. With `change` the items of lists
    may change where the programme gives it an effort.
    """
    release = release.under(record)
    programme, codes = release.programme, Codes()
    values = release.values(release.outcome(record, day))
    lists = {id: _list(fact, values[id], codes, free, most, change) for id, fact in programme.lists.items()}
    missing = tuple(id for id in programme.facts if is_missing(values[id]))
    overrides = {id: unknown_term(programme.facts[id].kind) for id in missing} if free == "nothing" else {}
    lacks_since = isinstance(values["held_since"], Unknown) and values["held_tier"] != NO_TIER
    if isinstance(values["held_since"], Unknown) and not (lacks_since and free == "all"):
        overrides["held_since"] = unknown_term(Kind.DATE)
    if isinstance(values["held_tier"], Unknown) and free != "all":
        overrides["held_tier"] = unknown_term(Kind.CHOICE)
    for agreement in record.agreements:
        if agreement.days.cover(day):
            agreed = Term(literal(agreement.value, programme.values[agreement.term].kind, codes))
            overrides |= {agreement.term: agreed, agreement_id(agreement.term): agreed}
            overrides[agreed_id(agreement.term)] = Term(True)
    stated = {id: items for id, items in lists.items() if items is not None}
    partner = make_partner(
        programme,
        codes,
        items=stated,
        day=day,
        overrides=overrides,
        complete=free == "all",
        periods=inputs_of(record, day).periods,
    )
    absent = (*_absent(programme, values), *(["held_since"] if lacks_since else []))
    return SymbolicRecord(partner, values, missing, absent)


def _absent(programme: Programme, values: Mapping[str, Any]) -> Iterator[str]:
    """The lists that a record leaves out, and the fields that an item leaves out."""
    for id, fact in programme.lists.items():
        if isinstance(values[id], Unknown):
            yield id
        else:
            names = (name for name in fact.fields if any(is_missing(item[name]) for item in values[id]))
            yield from map(fact.id_of, names)


def is_missing(value: Any) -> bool:
    """Whether a record leaves the fact or field out; one of which it says that there is none is undefined."""
    return isinstance(value, Unknown) and bool(value.missing)


def _list(
    fact: ListFact, items: Any, codes: Codes, free: Free, most: int | None, change: Growth | None
) -> Items | None:
    """The items of a list of the record; None for a list that can be anything, of any length."""
    if not isinstance(items, Unknown):
        if change is not None:
            return _changing_list(fact, items, codes, free, change)
        rows = [_item(fact, item, f"{fact.id}[{place}]", codes, free) for place, item in enumerate(items, 1)]
        return with_fresh_terms(Items(z3.IntVal(len(rows)), tuple(rows), (), any=False))
    if free != "all":
        return Items(z3.IntVal(0), (), (), any=False, known=False)
    return None if most is None else symbolic_items(fact, most)


def _changing_list(fact: ListFact, items: Any, codes: Codes, free: Free, change: Growth) -> Items | None:
    """The items of a list whose fields can change where they have an effort, and that may end and become more."""
    if fact.effort_to_add is not None and change == "any":
        return None
    rows = [_item(fact, item, f"{fact.id}[{place}]", codes, free) for place, item in enumerate(items, 1)]
    for place, (row, item) in enumerate(zip(rows, items, strict=True), 1):
        for field in fact.fields.values():
            if field.effort is not None and not isinstance(item[field.id], Unknown):
                row[fact.id_of(field.id)] = Term(symbol(f"{fact.id}[{place}].{field.id}", field.kind))
    more = change if fact.effort_to_add is not None and change != "any" else 0
    rows += map(dict, symbolic_items(fact, len(items) + more).fields[len(items) :])
    size = z3.Int(f"size of {fact.id}") if more else z3.IntVal(len(items))
    ends = [z3.Bool(f"{fact.id}[{place}] ended") for place in range(1, len(items) + 1)]
    ended = tuple(ends) if fact.effort_to_end is not None else ()
    return with_fresh_terms(Items(size, tuple(rows), (), any=False, ended=ended))


def _item(fact: ListFact, item: Mapping[str, Any], label: str, codes: Codes, free: Free) -> dict[str, Term]:
    """The fields of an item by their ids; one that is left out is unknown, or can be anything."""
    terms: dict[str, Term] = {}
    for field in fact.fields.values():
        value = item[field.id]
        if not isinstance(value, Unknown):
            terms[field.id] = Term(literal(value, field.kind, codes))
        elif not value.missing:
            terms[field.id] = unknown_term(field.kind)._replace(none=True)
        else:
            anything = free_field(field, symbol(f"{label}.{field.id}", field.kind))
            terms[field.id] = anything if free == "all" else unknown_term(field.kind)
    for field in fact.fields.values():
        if field.default_from and isinstance(item[field.id], Unknown):
            terms[field.id] = terms[field.default_from]
    return {fact.id_of(name): term for name, term in terms.items()}
