"""Finds the changes of facts that lift a partner to a tier, or to a discount on it, with the least effort.

Only facts to which the programme gives an effort change: a number rises, a no becomes a yes, or a choice is replaced.
A missing fact without an effort may have any value; what it has to be is a proviso of the advice. Where no changes
suffice, the advice names the requirements that stand in the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import z3  # type: ignore[import-untyped]

from ..evaluate.evaluate import all_values, evaluate
from ..evaluate.outcome import Outcome
from ..evaluate.record import Record
from ..language.run.interpret import interpret
from ..language.smt.formula import literal
from ..language.smt.terms import Formula, all_of, negated, number
from ..language.tree import And, Compare, Expression, Literal, Name, names
from ..named_tuples import public
from ..programme.model import Fact, Tier
from ..programme.reads import all_read
from ..values import NUMERIC, Kind, Number, Unknown
from .decide import Setting
from .minimal_model import plain_value
from .solve import Question, Undecided, end, optimum
from .symbolic_record import SymbolicRecord, symbolic_record
from .symbols import Partner, condition, term

MOST_WAYS = 4  #: that are looked for: the one of least effort, and three alternatives


@public("fact", "after")
class AdviceStep(NamedTuple):
    """A change of a fact, and its effort; `before` is None where the record leaves the fact out."""

    fact: str
    before: bool | Decimal | str | None
    after: bool | Decimal | str
    effort: Decimal


@public("steps", "effort", "outcome")
class Way(NamedTuple):
    """Changes that reach the goal, their total effort, and the outcome after them."""

    steps: tuple[AdviceStep, ...]
    provided: Mapping[str, Any]  #: missing facts without an effort, with the values that they have to have
    effort: Decimal
    outcome: Outcome


@public("tier", "status", "discount")
class Advice(NamedTuple):
    """How a partner comes to a tier, and to `discount` percent on it where that is set.

    `status` is reached, possible, impossible or undecided. `ways` begin with the least effort. Where the goal is
    impossible, `lacks` names the requirements that cannot be met (each by itself, or all together), or `greatest` is
    the greatest discount that the partner can have, in percent.
    """

    tier: str
    discount: Decimal | None
    status: str
    ways: tuple[Way, ...] = ()
    lacks: tuple[str, ...] = ()
    greatest: Number | None = None


class _Change(NamedTuple):
    """A fact that can change."""

    fact: Fact
    before: Any  #: its value in the record, None where the record leaves it out
    possible: Formula  #: that its new value is one it can change to
    changed: Formula  #: that it changes
    effort: Formula
    steps: Formula | None  #: of a number, how many steps of `effort_for` it rises


def advise(setting: Setting, record: Record, tier: str, discount: Decimal | None = None) -> Advice:
    """How the partner of a record reaches a tier with the least effort.

    `discount` is the total discount in percent that the partner should have there, None for any.
    """
    programme = setting.release.programme
    symbolic = symbolic_record(setting.release, record, setting.day)
    goal = _goal(programme.tiers[tier], discount)
    if interpret(goal, symbolic.values) is True:
        return Advice(tier, discount, "reached")
    read = all_read(programme, {name.id for name in names(goal)})
    changes = [
        change for id, fact in programme.facts.items() if id in read and (change := _change(symbolic, fact)) is not None
    ]
    premises = [*symbolic.fixed(change.fact.id for change in changes), *(change.possible for change in changes)]
    ways: list[Way] = []
    try:
        wanted = condition(symbolic.partner, goal)
        for way in _ways(setting, record, symbolic, goal, [*premises, wanted], changes, read):
            ways.append(way)
            if len(ways) == MOST_WAYS or not way.steps:
                break
        if not ways:
            return _impossible(setting, symbolic, programme.tiers[tier], discount, premises)
    except Undecided:
        return Advice(tier, discount, "possible" if ways else "undecided", tuple(ways))
    return Advice(tier, discount, "possible", tuple(ways))


def _goal(tier: Tier, discount: Decimal | None) -> Expression:
    qualified = Name(tier.qualified, Kind.YES_NO)
    if discount is None or tier.discount is None:
        return qualified
    total = Name(tier.discount.total, Kind.PERCENT)
    return And((qualified, Compare(">=", total, Literal(discount, Kind.PERCENT))))


def _change(symbolic: SymbolicRecord, fact: Fact) -> _Change | None:
    """How a fact can change; None where it cannot."""
    if fact.effort is None:
        return None
    symbol, value = symbolic.partner.symbols[fact.id], symbolic.values[fact.id]
    before, effort = (None if isinstance(value, Unknown) else value), number(fact.effort)
    if fact.kind in NUMERIC:
        start = before if before is not None else max(Decimal(0), fact.minimum or Decimal(0))
        steps = z3.Int(f"steps {fact.id}")
        possible = all_of([steps >= 0, symbol == number(start) + number(fact.effort_for) * steps])
        return _Change(fact, before, possible, steps > 0, steps * effort, steps)
    if fact.kind is Kind.YES_NO:
        if before is True:
            return None
        return _Change(fact, before, True, symbol, z3.If(symbol, effort, number(0)), None)
    if before is None:
        return None  # it is missing, and becomes a proviso
    changed = symbol != literal(before, symbolic.partner.codes)
    return _Change(fact, before, True, changed, z3.If(changed, effort, number(0)), None)


def _ways(
    setting: Setting,
    record: Record,
    symbolic: SymbolicRecord,
    goal: Expression,
    conditions: list[Formula],
    changes: Sequence[_Change],
    read: frozenset[str],
) -> Iterator[Way]:
    """Ways to the goal, the least effort first; none contains all the changes of an earlier one. Raises Undecided."""
    effort = z3.Sum([number(0), *(change.effort for change in changes)])
    while True:
        question = Question(conditions, setting.seconds)
        if not question.can_be():
            return
        least = optimum(conditions, effort, False, setting.seconds)
        if least is None or question.can_be(effort < number(least)):
            raise Undecided("the least effort was not found")
        question.add(effort == number(least))
        way, changed = _way(setting, record, symbolic, goal, question, changes, read)
        yield way
        conditions = [*conditions, negated(all_of(changed))]


def _way(
    setting: Setting,
    record: Record,
    symbolic: SymbolicRecord,
    goal: Expression,
    question: Question,
    changes: Sequence[_Change],
    read: frozenset[str],
) -> tuple[Way, list[Formula]]:
    """The way with the fewest changes that the question allows, and the formulas that its facts change.

    The interpreter confirms it; Undecided is raised where it does not.
    """
    needed = []
    for change in changes:
        if question.can_be(negated(change.changed)):
            question.add(negated(change.changed))
        else:
            question.add(change.changed)
            needed.append(change)
    facts = {change.fact.id: _value(question, symbolic.partner, change.fact, setting) for change in needed}
    open = [id for id in symbolic.open if id in read and id not in facts]
    provided = {id: _value(question, symbolic.partner, symbolic.partner.programme.facts[id], setting) for id in open}
    for id in reversed(open):
        fewer = {key: value for key, value in provided.items() if key != id}
        if _reaches(setting, with_facts(record, setting, {**facts, **fewer}), goal):
            provided = fewer
    lifted = with_facts(record, setting, {**facts, **provided})
    if not _reaches(setting, lifted, goal):
        raise Undecided("the interpreter does not confirm the way")
    steps = tuple(_step(change, facts[change.fact.id]) for change in needed)
    effort = sum((step.effort for step in steps), Decimal(0))
    way = Way(steps, provided, effort, evaluate(setting.release.plan, lifted, setting.day))
    return way, [change.changed for change in needed]


def _value(question: Question, partner: Partner, fact: Fact, setting: Setting) -> Any:
    return plain_value(question, partner.symbols[fact.id], fact, partner.codes, setting.day)


def _step(change: _Change, after: Any) -> AdviceStep:
    fact = change.fact
    effort = fact.effort or Decimal(0)
    if isinstance(after, Decimal):
        start = change.before if change.before is not None else max(Decimal(0), fact.minimum or Decimal(0))
        effort *= (after - start) / fact.effort_for
    return AdviceStep(fact.id, change.before, after, effort)


def with_facts(record: Record, setting: Setting, facts: Mapping[str, Any]) -> Record:
    """The record with its facts of the day, some of them replaced by these."""
    return record._replace(facts={**record.facts_on(setting.day), **facts}, dated={})


def _reaches(setting: Setting, record: Record, goal: Expression) -> bool:
    outcome = evaluate(setting.release.plan, record, setting.day)
    return interpret(goal, all_values(setting.release.plan, outcome)) is True


# Why there is no way --------------------------------------------------------------------------------------------------


def _impossible(
    setting: Setting, symbolic: SymbolicRecord, tier: Tier, discount: Decimal | None, premises: Sequence[Formula]
) -> Advice:
    """The requirements that cannot be met; where all can be, the greatest discount that the partner can have."""
    question = Question(premises, setting.seconds)
    met = {
        requirement.id: condition(symbolic.partner, Name(requirement.value, Kind.YES_NO))
        for requirement in tier.requirements
    }
    lacks = [id for id, holds in met.items() if not question.can_be(holds)]
    if lacks:
        return Advice(tier.id, discount, "impossible", lacks=tuple(lacks))
    if question.can_be(*met.values()) and tier.discount is not None:
        total = term(symbolic.partner, Name(tier.discount.total, Kind.PERCENT))
        limit = end([*premises, *met.values()], total, True, setting.seconds)
        greatest = None if limit is None or limit.value is None else Fraction(limit.value)
        return Advice(tier.id, discount, "impossible", greatest=greatest)
    together = dict(met)
    for id in met:
        others = [holds for key, holds in together.items() if key != id]
        if not question.can_be(*others):
            del together[id]
    return Advice(tier.id, discount, "impossible", lacks=tuple(together))
