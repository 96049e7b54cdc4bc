"""Missing: between which ends an outcome lies while facts are missing, and the fewest facts that settle it."""

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
from .known import SymbolicRecord, known_partner
from .solve import End, Question, Undecided, end
from .symbols import another, term


class MissingFact(NamedTuple):
    """A missing fact that matters: by how much it alone can move a number; whether one answer alone settles all."""

    fact: str
    swing: Fraction | None
    settles: bool


class Open(NamedTuple):
    """An outcome that is unknown: the id of its value, its tier, and what it can still be.

    Of a condition `can_be` holds true, false or both; of a number `least` and `greatest` are its ends (None where there
    is none, or it was not found in time). `facts` are the fewest that settle it, the most telling first; with none of
    them it is certain already. They are None where the solver did not find them in its time.
    """

    tier: str
    what: str  #: qualified or discount
    value: str
    can_be: tuple[bool, ...]
    least: Fraction | None
    greatest: Fraction | None
    facts: tuple[MissingFact, ...] | None


def open_outcomes(setting: Setting, record: Record) -> Iterator[Open]:
    """Of each tier the status and the total discount, where facts are missing that decide it."""
    programme = setting.release.programme
    known = known_partner(setting.release, record, setting.day)
    for tier in programme.tiers.values():
        total = [("discount", tier.discount.total)] if tier.discount else []
        for what, id in (("qualified", tier.qualified), *total):
            if isinstance(known.values[id], Unknown) and (found := _open(setting, known, tier.id, what, id)):
                yield found


def _open(setting: Setting, known: SymbolicRecord, tier: str, what: str, id: str) -> Open | None:
    """What an outcome can still be; None where facts alone do not tell it, for fields of a list's items are missing."""
    programme = known.of.programme
    name = Name(id, programme.values[id].kind)
    found, given = term(known.of, name), known.fixed()
    can_be: tuple[bool, ...] = ()
    ends: list[Fraction | None] = [None, None]
    facts: tuple[MissingFact, ...] | None = None
    try:
        question = Question([*given, found.known], setting.seconds)
        if not question.can_be():
            return None
        if name.kind is Kind.YES_NO:
            can_be = _truths(question, found)
        else:
            ends = [_value(end(given, found, greatest, setting.seconds)) for greatest in (False, True)]
        facts = tuple(sorted(_telling(setting, known, name, given), key=_weight))
    except Undecided:
        pass
    return Open(tier, what, id, can_be, ends[0], ends[1], facts)


def _truths(question: Question, found: Term) -> tuple[bool, ...]:
    ways = ((True, found.value), (False, negated(found.value)))
    return tuple(truth for truth, formula in ways if question.can_be(formula))


def _value(found: End | None) -> Fraction | None:
    return None if found is None else found.value


def _weight(one: MissingFact) -> tuple[Fraction, bool]:
    """The greatest swing first, then what can settle it alone; else in the order of the facts."""
    return (-one.swing if one.swing is not None else Fraction(0), not one.settles)


def _telling(setting: Setting, known: SymbolicRecord, name: Name, given: Sequence[Formula]) -> Iterator[MissingFact]:
    """The missing facts that can change the value while all else is the same: these settle it, and no others do."""
    read = all_read(known.of.programme, [name.id])
    for id in known.open:
        if id not in read:
            continue
        other = another(known.of, [id])
        one, two = term(known.of, name), term(other, name)
        conditions = [*given, *other.limits, one.known, two.known]
        if not Question(conditions, setting.seconds).can_be(differs(one, two)):
            continue
        swing = None
        if name.kind is not Kind.YES_NO:
            swing = _value(end(conditions, plus(two, negative(one)), True, setting.seconds))
        yield MissingFact(id, swing, _settles(setting, known, name, given, id))


def _settles(setting: Setting, known: SymbolicRecord, name: Name, given: Sequence[Formula], id: str) -> bool:
    """Whether a yes or a no to this fact alone makes the value certain; of other kinds that is not asked."""
    if known.of.programme.facts[id].kind is not Kind.YES_NO or name.kind is not Kind.YES_NO:
        return False
    found, symbol = term(known.of, name), known.of.given[id]
    question = Question([*given, found.known], setting.seconds)
    return any(
        not (question.can_be(answer, found.value) and question.can_be(answer, negated(found.value)))
        for answer in (symbol, negated(symbol))
    )
