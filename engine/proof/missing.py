"""Finds what an outcome can still be while facts are missing, and the fewest facts that decide it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from ..evaluate.record import Record
from ..language.smt.terms import Formula, Term, differs, negated, negative, plus
from ..language.tree import Name
from ..programme.reads import all_read
from ..values import Kind, Unknown
from .decide import Setting
from .solve import End, Question, Undecided, end
from .symbolic_record import SymbolicRecord, symbolic_record
from .symbols import term, variant


class MissingFact(NamedTuple):
    """A missing fact that can change an outcome."""

    fact: str
    swing: Fraction | None  #: by how much it alone can raise a number; None of a condition, or without a limit
    settles: bool  #: whether a yes or a no to it alone decides a condition


class OpenOutcome(NamedTuple):
    """A tier's status or discount that is unknown, and what it can still be.

    Of a condition `can_be` holds true, false or both; of a number `least` and `greatest` are its ends, None without a
    limit or where the solver did not find it in its time. `facts` are the fewest that decide the outcome, the most
    decisive first; where there are none, it is certain already. They are None where the solver did not find them.
    """

    tier: str
    what: str  #: qualified or discount
    value: str
    can_be: tuple[bool, ...]
    least: Fraction | None
    greatest: Fraction | None
    facts: tuple[MissingFact, ...] | None


def open_outcomes(setting: Setting, record: Record) -> Iterator[OpenOutcome]:
    """The status and the total discount of each tier, where it is unknown because facts are missing."""
    programme = setting.release.programme
    symbolic = symbolic_record(setting.release, record, setting.day)
    for tier in programme.tiers.values():
        total = [("discount", tier.discount.total)] if tier.discount else []
        for what, id in (("qualified", tier.qualified), *total):
            if isinstance(symbolic.values[id], Unknown) and (outcome := _open(setting, symbolic, tier.id, what, id)):
                yield outcome


def _open(setting: Setting, symbolic: SymbolicRecord, tier: str, what: str, id: str) -> OpenOutcome | None:
    """What an outcome can still be; None where it stays unknown because fields of a list's items are missing."""
    programme = symbolic.partner.programme
    name = Name(id, programme.values[id].kind)
    outcome, premises = term(symbolic.partner, name), symbolic.fixed()
    can_be: tuple[bool, ...] = ()
    ends: list[Fraction | None] = [None, None]
    facts: tuple[MissingFact, ...] | None = None
    try:
        question = Question([*premises, outcome.known], setting.seconds)
        if not question.can_be():
            return None
        if name.kind is Kind.YES_NO:
            can_be = _truths(question, outcome)
        else:
            ends = [_value(end(premises, outcome, greatest, setting.seconds)) for greatest in (False, True)]
        facts = tuple(sorted(_deciding_facts(setting, symbolic, name, premises), key=_weight))
    except Undecided:
        pass
    return OpenOutcome(tier, what, id, can_be, ends[0], ends[1], facts)


def _truths(question: Question, outcome: Term) -> tuple[bool, ...]:
    formulas = ((True, outcome.value), (False, negated(outcome.value)))
    return tuple(truth for truth, formula in formulas if question.can_be(formula))


def _value(limit: End | None) -> Fraction | None:
    return None if limit is None else limit.value


def _weight(fact: MissingFact) -> tuple[Fraction, bool]:
    """The sort key that puts the greatest swing first, then facts that alone decide the outcome."""
    return (-fact.swing if fact.swing is not None else Fraction(0), not fact.settles)


def _deciding_facts(
    setting: Setting, symbolic: SymbolicRecord, name: Name, premises: Sequence[Formula]
) -> Iterator[MissingFact]:
    """The missing facts that can change a value while all else stays the same; together they decide it."""
    read = all_read(symbolic.partner.programme, [name.id])
    for id in symbolic.open:
        if id not in read:
            continue
        changed = variant(symbolic.partner, [id])
        before, after = term(symbolic.partner, name), term(changed, name)
        conditions = [*premises, *changed.limits, before.known, after.known]
        if not Question(conditions, setting.seconds).can_be(differs(before, after)):
            continue
        swing = None
        if name.kind is not Kind.YES_NO:
            swing = _value(end(conditions, plus(after, negative(before)), True, setting.seconds))
        yield MissingFact(id, swing, _settles(setting, symbolic, name, premises, id))


def _settles(setting: Setting, symbolic: SymbolicRecord, name: Name, premises: Sequence[Formula], id: str) -> bool:
    """Whether a yes or a no to this fact alone decides a condition; false for facts and values of other kinds."""
    if symbolic.partner.programme.facts[id].kind is not Kind.YES_NO or name.kind is not Kind.YES_NO:
        return False
    outcome, symbol = term(symbolic.partner, name), symbolic.partner.symbols[id]
    question = Question([*premises, outcome.known], setting.seconds)
    return any(
        not (question.can_be(answer, outcome.value) and question.can_be(answer, negated(outcome.value)))
        for answer in (symbol, negated(symbol))
    )
