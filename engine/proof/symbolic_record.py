"""Turns a partner's record into symbols: the facts that it states are fixed, and those that it leaves out are open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Literal, NamedTuple

import z3  # type: ignore[import-untyped]

from ..evaluate.evaluate import all_values, evaluate
from ..evaluate.record import Record
from ..language.smt.formula import literal
from ..language.smt.terms import Codes, Formula, Term, negated, unknown_term
from ..programme.model import NO_TIER, ListFact, Programme
from ..programme.owners import agreed_id
from ..release.load import Release
from ..values import Kind, Unknown
from .symbols import Items, Partner, make_partner, symbol, symbolic_items, with_fresh_terms


class SymbolicRecord(NamedTuple):
    """The partner of a record in symbols, with its evaluated facts and values."""

    partner: Partner
    values: Mapping[str, Any]  #: facts and values by their ids, as the interpreter has them
    open: tuple[str, ...]  #: the facts that the record leaves out
    absent: tuple[str, ...]  #: what else it leaves out: lists, fields of items (`deals[].amount`), `held_since`

    def fixed(self, but: Iterable[str] = ()) -> list[Formula]:
        """The partner's limits, and that every fact but the open ones and `but` is as the record or a default says."""
        free = {*but, *self.open, "held_since"}
        partner = self.partner
        return [*partner.limits, *(self.equals(id) for id in partner.symbols if id not in free), *self._since()]

    def equals(self, id: str) -> Formula:
        """That a fact has the value of the record."""
        symbol, value = self.partner.symbols[id], literal(self.values[id], self.partner.codes)
        if isinstance(value, bool):
            return symbol if value else negated(symbol)
        return symbol == value

    def _since(self) -> list[Formula]:
        return [] if isinstance(self.values["held_since"], Unknown) else [self.equals("held_since")]


Free = Literal["nothing", "facts", "all"]  #: what that is missing can be anything; the rest of it stays unknown


def symbolic_record(
    release: Release, record: Record, day: date, *, free: Free = "facts", most: int | None = None
) -> SymbolicRecord:
    """The partner of a record on a day, with the agreements in force and the lists of the record.

    With `free` all, missing lists and fields of items can be anything too, and so can the day since when a tier is
    held; `most` is how many items a missing list may have then, None for any number.
    """
    programme, codes = release.programme, Codes()
    values = all_values(release.plan, evaluate(release.plan, record, day))
    lists = {id: _list(fact, values[id], codes, free, most) for id, fact in programme.lists.items()}
    missing = tuple(id for id in programme.facts if isinstance(values[id], Unknown))
    overrides = {id: unknown_term(programme.facts[id].kind) for id in missing} if free == "nothing" else {}
    lacks_since = isinstance(values["held_since"], Unknown) and values["held_tier"] != NO_TIER
    if isinstance(values["held_since"], Unknown) and not (lacks_since and free == "all"):
        overrides["held_since"] = unknown_term(Kind.DATE)
    for agreement in record.agreements:
        if agreement.days.cover(day):
            overrides[agreement.term] = Term(literal(agreement.value, codes))
            overrides[agreed_id(agreement.term)] = Term(True)
    stated = {id: items for id, items in lists.items() if items is not None}
    partner = make_partner(programme, codes, items=stated, day=day, overrides=overrides, complete=free == "all")
    absent = (*_absent(programme, values), *(["held_since"] if lacks_since else []))
    return SymbolicRecord(partner, values, missing, absent)


def _absent(programme: Programme, values: Mapping[str, Any]) -> Iterator[str]:
    """The lists that a record leaves out, and the fields that an item leaves out."""
    for id, fact in programme.lists.items():
        if isinstance(values[id], Unknown):
            yield id
        else:
            names = (name for name in fact.fields if any(isinstance(item[name], Unknown) for item in values[id]))
            yield from map(fact.id_of, names)


def _list(fact: ListFact, items: Any, codes: Codes, free: Free, most: int | None) -> Items | None:
    """The items of a list of the record; None for a missing list that can be anything, of any length."""
    if not isinstance(items, Unknown):
        rows = [_item(fact, item, f"{fact.id}[{place}]", codes, free) for place, item in enumerate(items, 1)]
        return with_fresh_terms(Items(z3.IntVal(len(rows)), tuple(rows), (), any=False))
    if free != "all":
        return Items(z3.IntVal(0), (), (), any=False, known=False)
    return None if most is None else symbolic_items(fact, most)


def _item(fact: ListFact, item: Mapping[str, Any], label: str, codes: Codes, free: Free) -> dict[str, Term]:
    """The fields of an item by their ids; one that is left out is unknown, or can be anything."""
    terms: dict[str, Term] = {}
    for field in fact.fields.values():
        value = item[field.id]
        if not isinstance(value, Unknown):
            terms[field.id] = Term(literal(value, codes))
        else:
            anything = Term(symbol(f"{label}.{field.id}", field.kind))
            terms[field.id] = anything if free == "all" else unknown_term(field.kind)
    for field in fact.fields.values():
        if field.default_from and isinstance(item[field.id], Unknown):
            terms[field.id] = terms[field.default_from]
    return {fact.id_of(name): term for name, term in terms.items()}
