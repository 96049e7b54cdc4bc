"""Finds a partner for whom a value is undefined: it divides by zero, or takes the greatest of nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import get_args

from ..language.function_names import Rounding
from ..language.run.causes import Cause, causes
from ..language.smt.terms import Codes, Formula, all_of, day, negated
from ..language.tree import Aggregate, Arithmetic, Call, Expression, Literal, Name, Undefined, children
from ..programme.model import Programme
from ..programme.reads import all_read
from ..release.load import Release
from ..values import Kind, is_undefined
from .budget import SECONDS, UNITS_OF_ONE, Budget
from .example import Example, without_irrelevant
from .minimal_model import plainest
from .solve import OutOfTime, Question, Undecided
from .symbols import MAX_ITEMS, Partner, broken, make_partner, term

#: functions that have no result where their second argument is not fit for it
_BY_SECOND = frozenset({"share", "quarter", "modulo", *get_args(Rounding)})
_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)  #: an end of the calendar is no example


def undefined_partner(release: Release, id: str, budget: Budget) -> Example | None:
    """The plainest partner for whom the value with this id is undefined, on the first day of the release.

    It passes the checks of facts, and a missing fact would change nothing. None where the solver finds no such partner
    within the budget.
    """
    programme = release.programme
    read = all_read(programme, (id, *(check.value for check in programme.checks)))
    ids = all_read(programme, [id])
    if not ids & programme.optional and not any(_may_lack_result(part) for part in _parts(programme, ids)):
        return None
    if not budget.takes():
        return None
    first_day, answered = programme.effective_from, True
    try:
        partner = make_partner(programme, Codes(), items=MAX_ITEMS, day=first_day)
        wanted = list(_wanted(partner, id, read))  # adds to the partner's limits
        question = Question([*partner.limits, *wanted], SECONDS, UNITS_OF_ONE)
        example = plainest(question, partner, read, first_day) if question.can_be() else None
    except Undecided as reason:
        example, answered = None, not isinstance(reason, OutOfTime)
    budget.charge(answered=answered)
    if example is None:
        return None
    shown = without_irrelevant((example,), lambda examples: _is_example(release, id, examples[0]))
    return shown[0] if shown else None


def causes_of(release: Release, id: str, example: Example) -> tuple[Cause, ...]:
    """The operations without a result that leave the value with this id undefined for the partner."""
    return causes(example.values(release)[id])


def _is_example(release: Release, id: str, example: Example) -> bool:
    values = example.values(release)
    if any(values[check.value] is False for check in release.programme.checks) or not is_undefined(values[id]):
        return False
    return any(_may_lack_result(cause.subject) for cause in causes(values[id]))


def _wanted(partner: Partner, id: str, read: frozenset[str]) -> Iterator[Formula]:
    """That the value is not known, the checks of facts are not broken, and the days are not those of an era."""
    programme = partner.programme
    yield negated(term(partner, Name(id, programme.values[id].kind)).known)
    for check in programme.checks:
        yield negated(broken(partner, Name(check.value, Kind.YES_NO)))
    if "held_since" in read:
        yield partner.terms["held_since"].known
    days = [partner.symbols[fact.id] for fact in programme.facts.values() if fact.kind is Kind.DATE]
    for list_fact in programme.lists.values():
        rows = partner.items[list_fact.id].fields if partner.items else ()
        dates = [id for id, field in list_fact.fields_by_id().items() if field.kind is Kind.DATE]
        days += [row[id].value for row in rows for id in dates]
    yield from (all_of([symbol >= day(_FIRST), symbol <= day(_LAST)]) for symbol in days)


def _parts(programme: Programme, ids: Iterable[str]) -> Iterator[Expression]:
    """Every part of the expressions of these values."""
    waiting = [programme.values[id].expression for id in ids if id in programme.values]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += children(part)


def _may_lack_result(part: Expression) -> bool:
    """Whether an operation may have no result, other than a day beyond the calendar."""
    match part:
        case Arithmetic(operator="/"):
            return not isinstance(part.right, Literal)
        case Call() if part.function in _BY_SECOND:
            return not isinstance(part.arguments[1], Literal)
        case Call(function="every"):
            return not isinstance(part.arguments[0], Literal)
        case Undefined():
            return True
        case Aggregate():
            return part.empty is None and part.function not in ("count", "distinct", "any", "sum")
        case _:
            return False
