"""Turns a partner's record into symbols: the facts that it states are fixed, and those that it leaves out are open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

import z3  # type: ignore[import-untyped]

from ..evaluate.evaluate import all_values, evaluate
from ..evaluate.record import Record
from ..language.smt.formula import literal
from ..language.smt.terms import Codes, Formula, Term, negated, unknown_term
from ..programme.model import ListFact
from ..programme.owners import agreed_id
from ..release.load import Release
from ..values import Kind, Unknown
from .symbols import Items, Partner, make_partner, with_fresh_terms


class SymbolicRecord(NamedTuple):
    """The partner of a record in symbols, with its evaluated facts and values."""

    partner: Partner
    values: Mapping[str, Any]  #: facts and values by their ids, as the interpreter has them
    open: tuple[str, ...]  #: the facts that the record leaves out

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


def symbolic_record(release: Release, record: Record, day: date, *, any_missing: bool = True) -> SymbolicRecord:
    """The partner of a record on a day, with the agreements in force and the lists of the record.

    With `any_missing` a missing fact can have any value; without, it stays unknown.
    """
    programme, codes = release.programme, Codes()
    values = all_values(release.plan, evaluate(release.plan, record, day))
    lists = {id: _items(fact, values[id], codes) for id, fact in programme.lists.items()}
    missing = tuple(id for id in programme.facts if isinstance(values[id], Unknown))
    overrides = {} if any_missing else {id: unknown_term(programme.facts[id].kind) for id in missing}
    if isinstance(values["held_since"], Unknown):
        overrides["held_since"] = unknown_term(Kind.DATE)
    for agreement in record.agreements:
        if agreement.days.cover(day):
            overrides[agreement.term] = Term(literal(agreement.value, codes))
            overrides[agreed_id(agreement.term)] = Term(True)
    return SymbolicRecord(make_partner(programme, codes, items=lists, day=day, overrides=overrides), values, missing)


def _items(fact: ListFact, items: Any, codes: Codes) -> Items:
    """The items of a list of the record; a field that is left out is unknown."""
    if isinstance(items, Unknown):
        return Items(z3.IntVal(0), (), (), any=False, known=False)
    terms = tuple(
        {
            fact.id_of(field.id): unknown_term(field.kind)
            if isinstance(item[field.id], Unknown)
            else Term(literal(item[field.id], codes))
            for field in fact.fields.values()
        }
        for item in items
    )
    return with_fresh_terms(Items(z3.IntVal(len(terms)), terms, (), any=False))
