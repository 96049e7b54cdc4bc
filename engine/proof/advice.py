"""Finds the changes that lift a partner to a tier, or to a discount on it, with the least effort.

What can change, and at what effort, stands in `changes`. A missing fact without an effort may have any value; what it
has to be is a proviso of the advice. Where no changes suffice, the advice names the requirements that stand in the way,
or what is missing and may open a way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import z3  # type: ignore[import-untyped]

from ..evaluate.outcome import Outcome
from ..evaluate.record import Record
from ..language.run.interpret import interpret
from ..language.smt.terms import Formula, all_of, negated, number
from ..language.tree import And, Compare, Expression, Literal, Name, names
from ..named_tuples import public
from ..programme.model import Fact, Tier
from ..programme.reads import all_read
from ..values import Kind, Number, Unknown
from .changes import AdviceStep, PossibleChange, facts_after, possible_changes, step_of
from .decide import Setting
from .minimal_model import plain_value
from .solve import Question, Undecided, end, optimum
from .symbolic_record import SymbolicRecord, symbolic_record
from .symbols import Partner, condition, term

MOST_WAYS = 4  #: that are looked for: the one of least effort, and three alternatives
ADDED = (1, 2, 4, 8)  #: how many more items of each list are tried, until more would take more effort


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
    most_added: int | None = (
        None  #: with more items added than that there may be a way of less effort; None: there is none
    )


class _Aim(NamedTuple):
    """What advice is asked for: a goal of the partner of a record, and the ids that it reads."""

    setting: Setting
    record: Record
    symbolic: SymbolicRecord
    goal: Expression
    read: frozenset[str]


def advise(setting: Setting, record: Record, tier: str, discount: Decimal | None = None) -> Advice:
    """How the partner of a record reaches a tier with the least effort.

    `discount` is the total discount in percent that the partner should have there, None for any.
    """
    programme = setting.release.programme
    goal = _goal(programme.tiers[tier], discount)
    read = all_read(programme, {name.id for name in names(goal)})
    symbolic = symbolic_record(setting.release, record, setting.day, change=0)
    if interpret(goal, symbolic.values) is True:
        return Advice(tier, discount, "reached")
    growing = [
        items.effort_to_add
        for id, items in programme.lists.items()
        if id in read and items.effort_to_add is not None and not isinstance(symbolic.values[id], Unknown)
    ]
    ways: list[Way] = []
    try:
        for added in ADDED if growing else (0,):
            symbolic = symbolic_record(setting.release, record, setting.day, change=added)
            ways, aim = [], _Aim(setting, record, symbolic, goal, read)
            for way in _all_ways(aim):
                ways.append(way)
            beyond = (added + 1) * min(growing, default=Decimal(0))  # the least effort of ways with more items
            if ways and (not growing or ways[-1].effort <= beyond):
                return Advice(tier, discount, "possible", tuple(ways))
        if ways:
            return Advice(tier, discount, "possible", tuple(ways), most_added=ADDED[-1])
        return _without_way(aim, programme.tiers[tier], discount)
    except Undecided:
        return Advice(tier, discount, "possible" if ways else "undecided", tuple(ways))


def _all_ways(aim: _Aim) -> Iterator[Way]:
    """At most `MOST_WAYS` ways to the goal, the least effort first; raises Undecided."""
    for changes in _choices_of_changes(aim.symbolic, aim.read):
        count = 0
        for count, way in enumerate(_ways(aim, changes), 1):
            yield way
            if count == MOST_WAYS or not way.steps:
                break
        if count:
            return


def _goal(tier: Tier, discount: Decimal | None) -> Expression:
    qualified = Name(tier.qualified, Kind.YES_NO)
    if discount is None or tier.discount is None:
        return qualified
    total = Name(tier.discount.total, Kind.PERCENT)
    return And((qualified, Compare(">=", total, Literal(discount, Kind.PERCENT))))


def _choices_of_changes(symbolic: SymbolicRecord, read: frozenset[str]) -> Iterator[list[PossibleChange]]:
    """The changes there can be: with facts that the record leaves out; then without, for these may be so already."""
    changes = possible_changes(symbolic, read)
    yield changes
    left_out = [change for change in changes if change.before is None and change.list is None]
    if left_out:
        yield [change for change in changes if change not in left_out]


def _premises(symbolic: SymbolicRecord, changes: Sequence[PossibleChange]) -> list[Formula]:
    """What holds whatever changes are made."""
    free = (change.id for change in changes if change.list is None)
    return [*symbolic.fixed(free), *(change.possible for change in changes)]


def _ways(aim: _Aim, changes: Sequence[PossibleChange]) -> Iterator[Way]:
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


def _way(aim: _Aim, question: Question, changes: Sequence[PossibleChange]) -> tuple[Way, list[Formula]]:
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
    steps = tuple(step_of(change, question, symbolic, setting.day) for change in needed)
    facts = facts_after(symbolic, steps)
    open = [id for id in symbolic.open if id in read and id not in facts]
    provided = {id: _value(question, symbolic.partner, symbolic.partner.programme.facts[id], setting) for id in open}
    for id in reversed(open):
        fewer = {key: value for key, value in provided.items() if key != id}
        if _reaches(setting, with_facts(record, setting, {**facts, **fewer}), goal):
            provided = fewer
    if not _reaches(setting, with_facts(record, setting, {**facts, **provided}), goal):
        raise Undecided("the interpreter does not confirm the way")
    steps = _with_needed_fields(aim, steps, provided)
    lifted = with_facts(record, setting, {**facts_after(symbolic, steps), **provided})
    effort = sum((step.effort for step in steps), Decimal(0))
    way = Way(steps, provided, effort, setting.release.outcome(lifted, setting.day))
    return way, [change.changed for change in needed]


def _with_needed_fields(
    aim: _Aim, steps: tuple[AdviceStep, ...], provided: Mapping[str, Any]
) -> tuple[AdviceStep, ...]:
    """The steps, with those fields of added items alone that the goal needs."""
    for place, step in enumerate(steps):
        if step.became != "added" or not isinstance(step.after, Mapping):
            continue
        fields = dict(step.after)
        for id in reversed(tuple(step.after)):
            fewer = step._replace(after={key: value for key, value in fields.items() if key != id})
            shorter = (*steps[:place], fewer, *steps[place + 1 :])
            facts = {**facts_after(aim.symbolic, shorter), **provided}
            if _reaches(aim.setting, with_facts(aim.record, aim.setting, facts), aim.goal):
                steps, fields = shorter, {key: value for key, value in fields.items() if key != id}
    return steps


def _value(question: Question, partner: Partner, fact: Fact, setting: Setting) -> Any:
    return plain_value(question, partner.symbols[fact.id], fact, partner.codes, setting.day)


def with_facts(record: Record, setting: Setting, facts: Mapping[str, Any]) -> Record:
    """The record with its facts of the day, some of them replaced by these."""
    return record._replace(facts={**record.facts_on(setting.day), **facts}, dated={})


def _reaches(setting: Setting, record: Record, goal: Expression) -> bool:
    outcome = setting.release.outcome(record, setting.day)
    return interpret(goal, setting.release.values(outcome)) is True


# Why there is no way --------------------------------------------------------------------------------------------------


def _without_way(aim: _Aim, tier: Tier, discount: Decimal | None) -> Advice:
    """What is not known, where it may open a way; else the requirements that cannot be met, or the greatest discount.

    A goal is impossible only where nothing that is missing opens a way, be it whole lists.
    """
    setting = aim.setting
    symbolic = symbolic_record(setting.release, aim.record, setting.day, free="all", change="any")
    *_, changes = _choices_of_changes(symbolic, aim.read)
    wanted, met = condition(symbolic.partner, aim.goal), _met(symbolic.partner, tier)
    total = None if tier.discount is None else term(symbolic.partner, Name(tier.discount.total, Kind.PERCENT))
    premises = _premises(symbolic, changes)
    question = Question(premises, setting.seconds)
    if question.can_be(wanted):
        awaited = _awaited(aim, tier)
        return Advice(tier.id, discount, "unknown" if awaited else "undecided", missing=awaited)
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
