"""What a partner can change, as formulas, and the effort that each change takes: its facts, and items of its lists.

Only what the programme gives an effort changes: a number rises, a no becomes a yes, a choice is replaced, a day becomes
a later one, an item is added to a list or ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import z3  # type: ignore[import-untyped]

from ..language.smt.formula import literal
from ..language.smt.terms import Codes, Formula, all_of, number, optional_term
from ..named_tuples import public
from ..programme.model import NONE, Fact, ListFact
from ..values import NUMERIC, Kind, Unknown
from .minimal_model import fresh_item, nearest_day, plain_value
from .solve import Question
from .symbolic_record import SymbolicRecord, is_missing

Became = Literal["changed", "added", "ended"]


@public("fact", "after")
class AdviceStep(NamedTuple):
    """A change of a fact, or of an item of a list, and its effort; `before` is None where the record leaves it out.

    Of an item `item` is its number in the list, from 1, and `fact` the id of its field (`deals[].amount`), or of the
    list where the item is added, with `after` as its fields, or ended, with `after` None.
    """

    fact: str
    before: bool | Decimal | date | str | None
    after: bool | Decimal | date | str | Mapping[str, Any] | None
    effort: Decimal
    item: int | None = None
    became: Became = "changed"


class PossibleChange(NamedTuple):
    """Something that can change; `list` and `item` (from 1) are None of a fact, and `fact` of a whole item."""

    became: Became
    possible: Formula  #: that its new value is one it can change to
    changed: Formula  #: that it changes
    effort: Formula
    fact: Fact | None = None
    list: ListFact | None = None
    item: int | None = None
    before: Any = None  #: its value in the record, None where the record leaves it out
    symbol: Formula | None = None  #: of the new value

    @property
    def id(self) -> str:
        """The id of the fact, of the field, or of the list."""
        if self.list is None:
            return self.fact.id if self.fact else ""
        return self.list.id_of(self.fact.id) if self.fact else self.list.id


def possible_changes(symbolic: SymbolicRecord, read: frozenset[str]) -> list[PossibleChange]:
    """Every change of what has one of these ids: facts that the record leaves out too, but no unknown fields."""
    programme = symbolic.partner.programme
    facts = [(fact, symbolic.values[id]) for id, fact in programme.facts.items() if id in read]
    changes = [
        change
        for fact, value in facts
        if (change := _of_value(fact, value, symbolic.partner.symbols[fact.id], symbolic.partner.codes, fact.id))
    ]
    for id, items in programme.lists.items():
        if id in read and not isinstance(symbolic.values[id], Unknown):
            changes += _of_items(symbolic, items, read)
    return changes


def _of_value(fact: Fact, value: Any, symbol: Formula, codes: Codes, label: str) -> PossibleChange | None:
    """How a fact or a field can change; None where it cannot."""
    if fact.effort is None:
        return None
    before, effort = (None if isinstance(value, Unknown) else value), number(fact.effort)
    if before is None and fact.none:
        return None  # there is none, or it is missing and becomes a proviso
    there_is = optional_term(symbol).known if fact.none else True
    if fact.kind in NUMERIC:
        steps = z3.Int(f"steps {label}")
        risen = symbol == number(start_of(fact, before)) + number(fact.effort_for) * steps
        possible = all_of([steps >= 0, risen, there_is])
        return PossibleChange("changed", possible, steps > 0, steps * effort, fact, None, None, before, symbol)
    if fact.kind is Kind.YES_NO:
        if before is True:
            return None
        return PossibleChange(
            "changed", True, symbol, z3.If(symbol, effort, number(0)), fact, None, None, before, symbol
        )
    if before is None:
        return None  # it is missing, and becomes a proviso
    now = literal(before, fact.kind, codes)
    possible = all_of([there_is, symbol >= now]) if fact.kind is Kind.DATE else True
    changed = symbol != now
    return PossibleChange(
        "changed", possible, changed, z3.If(changed, effort, number(0)), fact, None, None, before, symbol
    )


def _of_items(symbolic: SymbolicRecord, items: ListFact, read: frozenset[str]) -> Iterator[PossibleChange]:
    """How the items of a list that the record states can change, end and become more."""
    stated, rows = symbolic.values[items.id], symbolic.partner.items.get(items.id)
    if rows is None:
        return
    for place, (item, row) in enumerate(zip(stated, rows.fields, strict=False), 1):
        for field in items.fields.values():
            id, value = items.id_of(field.id), item[field.id]
            if id in read and not isinstance(value, Unknown):
                change = _of_value(field, value, row[id].value, symbolic.partner.codes, f"{id} {place}")
                if change:
                    yield change._replace(list=items, item=place)
        if items.effort_to_end is not None:
            ended = rows.ended[place - 1]
            effort = z3.If(ended, number(items.effort_to_end), number(0))
            yield PossibleChange("ended", True, ended, effort, list=items, item=place)
    for place in range(len(stated) + 1, len(rows.fields) + 1):
        added = rows.size >= place
        effort = z3.If(added, number(items.effort_to_add or Decimal(0)), number(0))
        possible = all_of([rows.size >= len(stated), rows.size <= len(rows.fields)])
        yield PossibleChange("added", possible, added, effort, list=items, item=place)


def start_of(fact: Fact, before: Decimal | None) -> Decimal:
    """From where a number rises: of one that the record leaves out 0, or the number within its bounds nearest to 0."""
    if before is not None:
        return before
    start = max(Decimal(0), fact.minimum or Decimal(0))
    return start if fact.maximum is None else min(start, fact.maximum)


# What changes come to -------------------------------------------------------------------------------------------------


def step_of(change: PossibleChange, question: Question, symbolic: SymbolicRecord, day: date) -> AdviceStep:
    """The simplest change of this kind that the question allows; the question keeps it. Raises Undecided."""
    partner, effort = symbolic.partner, Decimal(0)
    if change.list is not None and change.fact is None:
        if change.became == "ended":
            return AdviceStep(change.id, None, None, change.list.effort_to_end or effort, change.item, "ended")
        row = partner.items[change.list.id].fields[(change.item or 0) - 1]
        fields = fresh_item(question, change.list, row, partner.codes, day)
        return AdviceStep(change.id, None, fields, change.list.effort_to_add or effort, change.item, "added")
    fact = change.fact
    if fact is None or change.symbol is None:
        raise TypeError("a change is of a value or of a whole item")
    if fact.kind is Kind.DATE:
        after: Any = nearest_day(question, change.symbol, change.before)
    else:
        after = plain_value(question, change.symbol, fact._replace(none=None), partner.codes, day)
    effort = fact.effort or effort
    if isinstance(after, Decimal):
        effort *= (after - start_of(fact, change.before)) / fact.effort_for
    return AdviceStep(change.id, change.before, after, effort, change.item)


def facts_after(symbolic: SymbolicRecord, steps: Sequence[AdviceStep]) -> dict[str, Any]:
    """The facts and lists that these steps change, as they are after them."""
    after: dict[str, Any] = {step.fact: step.after for step in steps if step.item is None}
    for id, items in symbolic.partner.programme.lists.items():
        own = [step for step in steps if step.item and (step.fact == id or step.fact in items.fields_by_id())]
        if own:
            after[id] = _items_after(symbolic.values[id], own, items)
    return after


def _items_after(stated: Any, steps: list[AdviceStep], items: ListFact) -> list[dict[str, Any]]:
    """The items after these steps; a field that another one stood for keeps the value that it had so."""
    fields = {items.id_of(id): id for id in items.fields}
    rows = [
        {id: NONE if isinstance(item[id], Unknown) else item[id] for id in items.fields if not is_missing(item[id])}
        for item in stated
    ]
    for step in steps:
        if step.became == "changed" and step.item:
            rows[step.item - 1][fields[step.fact]] = step.after
    ended = {step.item for step in steps if step.became == "ended"}
    kept = [row for place, row in enumerate(rows, 1) if place not in ended]
    added = [dict(step.after) for step in steps if step.became == "added" and isinstance(step.after, Mapping)]
    return [*kept, *added]
