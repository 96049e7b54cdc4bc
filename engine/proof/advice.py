"""Advice: the changes of facts that take the least and lift a partner to a tier, or to a discount on it; or why not.

What the record says is as it is, but for facts to which the programme gives an effort: of those there can be more, a
yes, or another choice. A fact that is missing and has no effort may turn out to be anything, and is told as a proviso.
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
from .known import SymbolicRecord, known_partner
from .minimal_model import plain_value
from .solve import Question, Undecided, end, optimum
from .symbols import Partner, condition, term

MOST_WAYS = 4  #: the one that takes the least, and three others


@public("fact", "after")
class AdviceStep(NamedTuple):
    """A change of a fact, and what it takes; `before` is None where the record does not say."""

    fact: str
    before: bool | Decimal | str | None
    after: bool | Decimal | str
    effort: Decimal


@public("steps", "effort", "outcome")
class Way(NamedTuple):
    """Changes that do it, the facts that have to be so besides, and the outcome then."""

    steps: tuple[AdviceStep, ...]
    provided: Mapping[str, Any]
    effort: Decimal
    outcome: Outcome


@public("tier", "status", "discount")
class Advice(NamedTuple):
    """How a partner comes to a tier, and to `discount` percent on it where that is set.

    `status` is reached, possible, impossible or undecided. `ways` take the least effort first; they are all that was
    looked for unless `more` is undecided. Where it is impossible, `lacks` names the requirements that stand in the way
    (each by itself, or together), or `greatest` is the discount that can be had at most.
    """

    tier: str
    discount: Decimal | None
    status: str
    ways: tuple[Way, ...] = ()
    lacks: tuple[str, ...] = ()
    greatest: Number | None = None


class _Change(NamedTuple):
    """A fact that can change: how far, whether it does, and what that takes."""

    fact: Fact
    before: Any
    possible: Formula
    changed: Formula
    effort: Formula
    steps: Formula | None  #: of a number, how many


def advise(setting: Setting, record: Record, tier: str, discount: Decimal | None = None) -> Advice:
    """The least that lifts the partner of a record to a tier; `discount` is the total that it is to have there."""
    programme = setting.release.programme
    known = known_partner(setting.release, record, setting.day)
    goal = _goal(programme.tiers[tier], discount)
    if interpret(goal, known.values) is True:
        return Advice(tier, discount, "reached")
    read = all_read(programme, {name.id for name in names(goal)})
    changes = [one for id, fact in programme.facts.items() if id in read and (one := _change(known, fact)) is not None]
    given = [*known.fixed(one.fact.id for one in changes), *(one.possible for one in changes)]
    ways: list[Way] = []
    try:
        wanted = condition(known.of, goal)
        for way in _ways(setting, record, known, goal, [*given, wanted], changes, read):
            ways.append(way)
            if len(ways) == MOST_WAYS or not way.steps:
                break
        if not ways:
            return _impossible(setting, known, programme.tiers[tier], discount, given)
    except Undecided:
        return Advice(tier, discount, "possible" if ways else "undecided", tuple(ways))
    return Advice(tier, discount, "possible", tuple(ways))


def _goal(tier: Tier, discount: Decimal | None) -> Expression:
    qualified = Name(tier.qualified, Kind.YES_NO)
    if discount is None or tier.discount is None:
        return qualified
    total = Name(tier.discount.total, Kind.PERCENT)
    return And((qualified, Compare(">=", total, Literal(discount, Kind.PERCENT))))


def _change(known: SymbolicRecord, fact: Fact) -> _Change | None:
    """How a fact can change; None where it cannot."""
    if fact.effort is None:
        return None
    symbol, value = known.of.given[fact.id], known.values[fact.id]
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
        return None  # whatever it is, it is; a proviso
    other = symbol != literal(before, known.of.codes)
    return _Change(fact, before, True, other, z3.If(other, effort, number(0)), None)


def _ways(
    setting: Setting,
    record: Record,
    known: SymbolicRecord,
    goal: Expression,
    conditions: list[Formula],
    changes: Sequence[_Change],
    read: frozenset[str],
) -> Iterator[Way]:
    """Ways to the goal, the least effort first; none contains all the changes of one before it. Raises Undecided."""
    effort = z3.Sum([number(0), *(one.effort for one in changes)])
    while True:
        question = Question(conditions, setting.seconds)
        if not question.can_be():
            return
        least = optimum(conditions, effort, False, setting.seconds)
        if least is None or question.can_be(effort < number(least)):
            raise Undecided("the least effort was not found")
        question.add(effort == number(least))
        way, changed = _way(setting, record, known, goal, question, changes, read)
        yield way
        conditions = [*conditions, negated(all_of(changed))]


def _way(
    setting: Setting,
    record: Record,
    known: SymbolicRecord,
    goal: Expression,
    question: Question,
    changes: Sequence[_Change],
    read: frozenset[str],
) -> tuple[Way, list[Formula]]:
    """The plainest way of those that take so much, confirmed by the interpreter; and that its facts change."""
    kept = []
    for one in changes:
        if question.can_be(negated(one.changed)):
            question.add(negated(one.changed))
        else:
            question.add(one.changed)
            kept.append(one)
    facts = {one.fact.id: _value(question, known.of, one.fact, setting) for one in kept}
    open = [id for id in known.open if id in read and id not in facts]
    provided = {id: _value(question, known.of, known.of.programme.facts[id], setting) for id in open}
    for id in reversed(open):
        less = {key: value for key, value in provided.items() if key != id}
        if _reaches(setting, with_facts(record, setting, {**facts, **less}), goal):
            provided = less
    lifted = with_facts(record, setting, {**facts, **provided})
    if not _reaches(setting, lifted, goal):
        raise Undecided("the interpreter does not confirm the way")
    steps = tuple(_step(one, facts[one.fact.id]) for one in kept)
    taken = sum((step.effort for step in steps), Decimal(0))
    way = Way(steps, provided, taken, evaluate(setting.release.plan, lifted, setting.day))
    return way, [one.changed for one in kept]


def _value(question: Question, of: Partner, fact: Fact, setting: Setting) -> Any:
    return plain_value(question, of.given[fact.id], fact, of.codes, setting.day)


def _step(one: _Change, after: Any) -> AdviceStep:
    fact = one.fact
    effort = fact.effort or Decimal(0)
    if isinstance(after, Decimal):
        start = one.before if one.before is not None else max(Decimal(0), fact.minimum or Decimal(0))
        effort *= (after - start) / fact.effort_for
    return AdviceStep(fact.id, one.before, after, effort)


def with_facts(record: Record, setting: Setting, facts: Mapping[str, Any]) -> Record:
    """The record on the day, with these facts in place of its own."""
    return record._replace(facts={**record.facts_on(setting.day), **facts}, dated={})


def _reaches(setting: Setting, record: Record, goal: Expression) -> bool:
    outcome = evaluate(setting.release.plan, record, setting.day)
    agreed = all_values(setting.release.plan, outcome)
    return interpret(goal, agreed) is True


# Why there is no way --------------------------------------------------------------------------------------------------


def _impossible(
    setting: Setting, known: SymbolicRecord, tier: Tier, discount: Decimal | None, given: Sequence[Formula]
) -> Advice:
    """Which requirements stand in the way; or the greatest discount there is, where they all can be met."""
    question = Question(given, setting.seconds)
    met = {one.id: condition(known.of, Name(one.value, Kind.YES_NO)) for one in tier.requirements}
    lacks = [id for id, holds in met.items() if not question.can_be(holds)]
    if lacks:
        return Advice(tier.id, discount, "impossible", lacks=tuple(lacks))
    if question.can_be(*met.values()) and tier.discount is not None:
        total = term(known.of, Name(tier.discount.total, Kind.PERCENT))
        found = end([*given, *met.values()], total, True, setting.seconds)
        greatest = None if found is None or found.value is None else Fraction(found.value)
        return Advice(tier.id, discount, "impossible", greatest=greatest)
    together = dict(met)
    for id in met:
        others = [holds for key, holds in together.items() if key != id]
        if not question.can_be(*others):
            del together[id]
    return Advice(tier.id, discount, "impossible", lacks=tuple(together))
