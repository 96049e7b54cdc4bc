"""Finds the changes of facts that lift a partner to a tier, or to a discount on it, with the least effort.

Only facts to which the programme gives an effort change: a number rises, a no becomes a yes, or a choice is replaced.
A missing fact without an effort may have any value; what it has to be is a proviso of the advice. Where no changes
suffice, the advice names the requirements that stand in the way, or what is missing and may open a way.
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

    `status` is reached, possible, impossible, unknown or undecided. `ways` begin with the least effort. Where the goal
    is impossible, `lacks` names the requirements that cannot be met (each by itself, or all together), or the discount
    is never over `greatest`, in percent. Where it is unknown, `missing` names what the record leaves out that may open
    a way: lists, fields of items (`deals[].amount`) and `held_since`.
    """

    tier: str
    discount: Decimal | None
    status: str
    ways: tuple[Way, ...] = ()
    lacks: tuple[str, ...] = ()
    greatest: Number | None = None
    missing: tuple[str, ...] = ()


class _Aim(NamedTuple):
    """What advice is asked for: a goal of the partner of a record, and the ids that it reads."""

    setting: Setting
    record: Record
    symbolic: SymbolicRecord
    goal: Expression
    read: frozenset[str]


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
    aim = _Aim(setting, record, symbolic, goal, all_read(programme, {name.id for name in names(goal)}))
    ways: list[Way] = []
    try:
        for changes in _choices_of_changes(symbolic, aim.read):
            for way in _ways(aim, changes):
                ways.append(way)
                if len(ways) == MOST_WAYS or not way.steps:
                    break
            if ways:
                return Advice(tier, discount, "possible", tuple(ways))
        return _without_way(aim, programme.tiers[tier], discount)
    except Undecided:
        return Advice(tier, discount, "possible" if ways else "undecided", tuple(ways))


def _goal(tier: Tier, discount: Decimal | None) -> Expression:
    qualified = Name(tier.qualified, Kind.YES_NO)
    if discount is None or tier.discount is None:
        return qualified
    total = Name(tier.discount.total, Kind.PERCENT)
    return And((qualified, Compare(">=", total, Literal(discount, Kind.PERCENT))))


def _choices_of_changes(symbolic: SymbolicRecord, read: frozenset[str]) -> Iterator[list[_Change]]:
    """The facts that can change: with those that the record leaves out; then without, for these may be so already."""
    facts = [fact for id, fact in symbolic.partner.programme.facts.items() if id in read]
    changes = [change for fact in facts if (change := _change(symbolic, fact))]
    yield changes
    if any(change.before is None for change in changes):
        yield [change for change in changes if change.before is not None]


def _change(symbolic: SymbolicRecord, fact: Fact) -> _Change | None:
    """How a fact can change; None where it cannot."""
    if fact.effort is None:
        return None
    symbol, value = symbolic.partner.symbols[fact.id], symbolic.values[fact.id]
    before, effort = (None if isinstance(value, Unknown) else value), number(fact.effort)
    if fact.kind in NUMERIC:
        start = before if before is not None else _start(fact)
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


def _start(fact: Fact) -> Decimal:
    """From where a number rises that the record leaves out: 0, or the number within its bounds nearest to 0."""
    start = max(Decimal(0), fact.minimum or Decimal(0))
    return start if fact.maximum is None else min(start, fact.maximum)


def _premises(symbolic: SymbolicRecord, changes: Sequence[_Change]) -> list[Formula]:
    """What holds whatever changes are made."""
    return [*symbolic.fixed(change.fact.id for change in changes), *(change.possible for change in changes)]


def _ways(aim: _Aim, changes: Sequence[_Change]) -> Iterator[Way]:
    """Ways to the goal, the least effort first; none contains all the changes of an earlier one. Raises Undecided."""
    seconds = aim.setting.seconds
    effort = z3.Sum([number(0), *(change.effort for change in changes)])
    conditions = [condition(aim.symbolic.partner, aim.goal), *_premises(aim.symbolic, changes)]
    while True:
        question = Question(conditions, seconds)
        if not question.can_be():
            return
        least = optimum(conditions, effort, False, seconds)
        if least is None or question.can_be(effort < number(least)):
            raise Undecided("the least effort was not found")
        question.add(effort == number(least))
        way, changed = _way(aim, question, changes)
        yield way
        conditions = [*conditions, negated(all_of(changed))]


def _way(aim: _Aim, question: Question, changes: Sequence[_Change]) -> tuple[Way, list[Formula]]:
    """The way with the fewest changes that the question allows, and the formulas that its facts change.

    The interpreter confirms it; Undecided is raised where it does not.
    """
    setting, record, symbolic, goal, read = aim
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
        start = change.before if change.before is not None else _start(fact)
        effort *= (after - start) / fact.effort_for
    return AdviceStep(fact.id, change.before, after, effort)


def with_facts(record: Record, setting: Setting, facts: Mapping[str, Any]) -> Record:
    """The record with its facts of the day, some of them replaced by these."""
    return record._replace(facts={**record.facts_on(setting.day), **facts}, dated={})


def _reaches(setting: Setting, record: Record, goal: Expression) -> bool:
    outcome = evaluate(setting.release.plan, record, setting.day)
    return interpret(goal, all_values(setting.release.plan, outcome)) is True


# Why there is no way --------------------------------------------------------------------------------------------------


def _without_way(aim: _Aim, tier: Tier, discount: Decimal | None) -> Advice:
    """What is not known, where it may open a way; else the requirements that cannot be met, or the greatest discount.

    A goal is impossible only where nothing that is missing opens a way, be it whole lists.
    """
    setting, symbolic = aim.setting, symbolic_record(aim.setting.release, aim.record, aim.setting.day, free="all")
    *_, changes = _choices_of_changes(symbolic, aim.read)
    wanted, met = condition(symbolic.partner, aim.goal), _met(symbolic.partner, tier)
    total = None if tier.discount is None else term(symbolic.partner, Name(tier.discount.total, Kind.PERCENT))
    premises = _premises(symbolic, changes)
    question = Question(premises, setting.seconds)
    if question.can_be(wanted):
        return Advice(tier.id, discount, "unknown", missing=_awaited(aim, tier))
    lacks = [id for id, holds in met.items() if not question.can_be(holds)]
    if lacks:
        return Advice(tier.id, discount, "impossible", lacks=tuple(lacks))
    if not question.can_be(*met.values()):
        return Advice(tier.id, discount, "impossible", lacks=_together(question, met))
    limit = None if total is None else end([*premises, *met.values()], total, True, setting.seconds)
    greatest = None if limit is None or limit.value is None else Fraction(limit.value)
    return Advice(tier.id, discount, "impossible", greatest=greatest)


def _met(partner: Partner, tier: Tier) -> dict[str, Formula]:
    return {
        requirement.id: condition(partner, Name(requirement.value, Kind.YES_NO)) for requirement in tier.requirements
    }


def _together(question: Question, met: Mapping[str, Formula]) -> tuple[str, ...]:
    """Requirements that cannot all be met, of which any fewer can."""
    together = dict(met)
    for id in met:
        others = [holds for key, holds in together.items() if key != id]
        if not question.can_be(*others):
            del together[id]
    return tuple(together)


def _awaited(aim: _Aim, tier: Tier) -> tuple[str, ...]:
    """What the record leaves out that requirements read which cannot be met without it; else that the goal reads."""
    *_, changes = _choices_of_changes(aim.symbolic, aim.read)
    met = _met(aim.symbolic.partner, tier)
    question = Question(_premises(aim.symbolic, changes), aim.setting.seconds)
    waiting = [part.value for part in tier.requirements if not question.can_be(met[part.id])]
    read = all_read(aim.setting.release.programme, waiting) if waiting else aim.read
    return tuple(id for id in aim.symbolic.absent if id in read)
