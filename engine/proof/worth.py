"""Finds what each next step of a partner changes in its discount on a tier, and in what it pays for an order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import z3  # type: ignore[import-untyped]

from ..evaluate.outcome import Outcome, TierOutcome
from ..evaluate.quote import OrderLines
from ..evaluate.record import Record
from ..language.smt.terms import Formula, all_of, any_of, differs, either, negated, number
from ..language.tree import Name
from ..programme.model import Fact, Tier
from ..programme.reads import all_read
from ..values import NUMERIC, Kind, Number, Unknown, subtract
from .advice import with_facts
from .decide import Setting
from .minimal_model import nearest_number
from .solve import Question, Undecided
from .symbolic_record import SymbolicRecord, symbolic_record
from .symbols import Partner, term, variant


class Worth(NamedTuple):
    """The nearest change of one fact that changes something on a tier.

    `uncapped` and `total` are what it adds to the tier's discount before and after the cap, in percentage points, None
    where that is unknown; `qualifies` says whether the partner gains (True) or loses (False) the tier, None for
    neither; `pays` is what it adds to the price that the partner pays for the order, in the currency of the order,
    None without an order or where that is unknown.
    """

    fact: str
    before: bool | Decimal | str
    after: bool | Decimal | str
    uncapped: Number | None
    total: Number | None
    qualifies: bool | None
    pays: Number | None


def next_steps(setting: Setting, record: Record, tier: str, order: OrderLines | None = None) -> Iterator[Worth]:
    """The worth of each next step that changes something on a tier, in the order of the facts.

    Missing facts have no next step. Raises InvalidInput where the order does not fit.
    """
    programme = setting.release.programme
    own = programme.tiers[tier]
    read = all_read(programme, [own.qualified, *([own.discount.uncapped] if own.discount else [])])
    symbolic = symbolic_record(setting.release, record, setting.day, free="nothing")
    now = _at(setting, record, tier, order)
    for fact in programme.facts.values():
        if fact.effort is None or fact.id not in read or isinstance(symbolic.values[fact.id], Unknown):
            continue
        for after in _next(setting, symbolic, own, fact):
            then = _at(setting, with_facts(record, setting, {fact.id: after}), tier, order)
            if then.standing != now.standing or then.pays != now.pays:
                yield _worth(fact.id, symbolic.values[fact.id], after, now, then)


class _State(NamedTuple):
    """The outcome of a partner on a tier, and what it pays for the order."""

    tier: TierOutcome
    pays: Number | None

    @property
    def standing(self) -> tuple[object, ...]:
        """What is compared: the status, and the discount before and after the cap."""
        discount = self.tier.discount
        return (self.tier.status, *((discount.uncapped, discount.total) if discount else ()))


def _at(setting: Setting, record: Record, tier: str, order: OrderLines | None) -> _State:
    outcome: Outcome = setting.release.outcome(record, setting.day)
    pays = None if order is None else setting.release.quote(order, record, as_of=setting.day).partner_pays
    return _State(outcome.of(tier), pays)


def _worth(fact: str, before: Any, after: Any, now: _State, then: _State) -> Worth:
    was, becomes = now.tier.discount, then.tier.discount
    uncapped = _difference(was and was.uncapped, becomes and becomes.uncapped)
    total = _difference(was and was.total, becomes and becomes.total)
    statuses = (now.tier.status == "qualified", then.tier.status == "qualified")
    qualifies = statuses[1] if statuses[0] != statuses[1] else None
    return Worth(fact, before, after, uncapped, total, qualifies, _difference(now.pays, then.pays))


def _difference(before: Number | None, after: Number | None) -> Number | None:
    if before is None or after is None:
        return None
    difference = subtract(after, before)
    return difference if isinstance(difference, Decimal | Fraction) else None


def _next(setting: Setting, symbolic: SymbolicRecord, tier: Tier, fact: Fact) -> Iterator[Any]:
    """The next values of a fact: yes, each other option, or the nearest greater number that changes something."""
    value = symbolic.values[fact.id]
    if fact.kind is Kind.YES_NO:
        yield from () if value else (True,)
    elif fact.kind is Kind.CHOICE:
        yield from (option for option in fact.choices if option != value)
    elif fact.kind in NUMERIC:
        with suppress(Undecided):
            if steps := _steps(setting, symbolic, tier, fact):
                yield value + fact.effort_for * steps


def _steps(setting: Setting, symbolic: SymbolicRecord, tier: Tier, fact: Fact) -> int:
    """How many steps a number has to rise until something changes on the tier; 0 where nothing ever does."""
    before, after = symbolic.partner, variant(symbolic.partner, [fact.id])
    steps = z3.Int("steps")
    risen = after.symbols[fact.id] == number(symbolic.values[fact.id]) + number(fact.effort_for) * steps
    ids = [tier.qualified, *([tier.discount.uncapped] if tier.discount else [])]
    programme = symbolic.partner.programme
    changes = any_of([_changes(before, after, Name(id, programme.values[id].kind)) for id in ids])
    question = Question([*symbolic.fixed(), *after.limits, steps >= 1, risen, changes], setting.seconds)
    return int(nearest_number(question, steps, Fraction(1))) if question.can_be() else 0


def _changes(before: Partner, after: Partner, name: Name) -> Formula:
    """That a value differs between two partners, or is known of only one of them."""
    old, new = term(before, name), term(after, name)
    known_of_one = either(old.known, negated(new.known), new.known)
    return any_of([known_of_one, all_of([old.known, new.known, differs(old, new)])])
