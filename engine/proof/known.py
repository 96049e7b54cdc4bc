"""A partner of whom a record says something: what it says is fixed, and the facts that it leaves out are open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

import z3  # type: ignore[import-untyped]

from ..evaluate.evaluate import all_values, evaluate
from ..evaluate.record import Record
from ..language.smt.formula import literal
from ..language.smt.terms import Codes, Formula, Term, negated, nothing
from ..programme.model import ListFact
from ..programme.owners import agreed_id
from ..release.load import Release
from ..values import Kind, Unknown
from .symbols import Items, Partner, make_partner, with_fresh_terms


class SymbolicRecord(NamedTuple):
    """A partner in symbols; `values` are the facts and values that the interpreter has; `open` the facts left out."""

    of: Partner
    values: Mapping[str, Any]
    open: tuple[str, ...]

    def fixed(self, but: Iterable[str] = ()) -> list[Formula]:
        """What holds of the partner: the facts are as the record and the defaults say, all but these."""
        free = {*but, *self.open, "held_since"}
        return [*self.of.limits, *(self.equals(id) for id in self.of.given if id not in free), *self._since()]

    def equals(self, id: str) -> Formula:
        """That a fact is as it is."""
        symbol, value = self.of.given[id], literal(self.values[id], self.of.codes)
        if isinstance(value, bool):
            return symbol if value else negated(symbol)
        return symbol == value

    def _since(self) -> list[Formula]:
        return [] if isinstance(self.values["held_since"], Unknown) else [self.equals("held_since")]


def known_partner(release: Release, record: Record, day: date, *, any_missing: bool = True) -> SymbolicRecord:
    """The partner of a record on a day, with agreements in force and lists as they are.

    Facts that are missing may be anything; or, unless `any_missing`, stay unknown.
    """
    programme, codes = release.programme, Codes()
    values = all_values(release.plan, evaluate(release.plan, record, day))
    lists = {id: _items(one, values[id], codes) for id, one in programme.lists.items()}
    missing = tuple(id for id in programme.facts if isinstance(values[id], Unknown))
    told = {} if any_missing else {id: nothing(programme.facts[id].kind) for id in missing}
    if isinstance(values["held_since"], Unknown):
        told["held_since"] = nothing(Kind.DATE)
    for agreement in record.agreements:
        if agreement.days.cover(day):
            told[agreement.term] = Term(literal(agreement.value, codes))
            told[agreed_id(agreement.term)] = Term(True)
    return SymbolicRecord(make_partner(programme, codes, items=lists, day=day, told=told), values, missing)


def _items(one: ListFact, items: Any, codes: Codes) -> Items:
    """The items of a list as they are written; a field that is left out is not known."""
    if isinstance(items, Unknown):
        return Items(z3.IntVal(0), (), (), any=False, known=False)
    terms = tuple(
        {
            one.id_of(field.id): nothing(field.kind)
            if isinstance(item[field.id], Unknown)
            else Term(literal(item[field.id], codes))
            for field in one.fields.values()
        }
        for item in items
    )
    return with_fresh_terms(Items(z3.IntVal(len(terms)), terms, (), any=False))
