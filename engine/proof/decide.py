"""Decides whether there is a partner for whom conditions hold, and gives the simplest such partner as an example.

An example with lists of a few items shows that the answer is yes; a proof for lists of any length shows that it is no.
Otherwise the answer is undecided, as it is when the solver runs out of time, or when the interpreter does not confirm
the solver's example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Literal, NamedTuple

from ..language.bounds.bounds import NumberRange, bounds
from ..language.run.interpret import interpret
from ..language.smt.terms import (
    Codes,
    Formula,
    Term,
    all_of,
    any_of,
    comparison,
    differs,
    is_condition,
    negated,
    number,
)
from ..language.tree import Expression, Name, names
from ..programme.model import ORDER, Programme
from ..programme.reads import all_read, reads_balance
from ..programme.value_bounds import known_bounds
from ..release.load import Release
from ..values import NUMERIC, Kind, Unknown, Value
from .budget import SECONDS as BUDGET_SECONDS
from .budget import UNITS_OF_ONE, Budget
from .example import Example, Shows, without_irrelevant
from .minimal_model import plainest
from .solve import ENDLESS, SECONDS, End, OutOfTime, Question, Undecided, end
from .symbols import MAX_ITEMS, VERY_MANY, Partner, broken, condition, make_partner, term, variant

Conditions = Callable[[Sequence[Partner]], list[Formula]]  #: what has to hold of one or two partners in symbols


class Setting(NamedTuple):
    """What every question needs: a release, a day, and the solver's seconds per question.

    The day is that of a record, and the preferred one of examples, on which the release is in force.
    """

    release: Release
    day: date
    seconds: float = SECONDS
    budget: Budget | None = None  #: of the solver for this and other questions; None without one


class Answer(NamedTuple):
    """Whether there is such a partner, with one or two partners as the example where there is."""

    status: str  #: yes, no or undecided
    examples: tuple[Example, ...] = ()
    out_of_time: bool = False  #: whether it is undecided because the solver had too little time


def can_hold(setting: Setting, *trees: Expression) -> Answer:
    """Whether there is a partner for whom all these conditions are known and hold."""

    def shows(examples: tuple[Example, ...]) -> bool:
        values = examples[0].values(setting.release)
        return all(interpret(tree, values) is True for tree in trees)

    return _answer(setting, trees, lambda partners: [condition(partners[0], tree) for tree in trees], shows)


def can_fail(setting: Setting, tree: Expression) -> Answer:
    """Whether there is a partner for whom a condition is known and does not hold."""

    def shows(examples: tuple[Example, ...]) -> bool:
        return interpret(tree, examples[0].values(setting.release)) is False

    return _answer(setting, [tree], lambda partners: [broken(partners[0], tree)], shows)


def can_be(setting: Setting, tree: Expression, value: Fraction, premises: Sequence[Expression] = ()) -> Answer:
    """Whether there is a partner for whom the conditions `premises` hold and a value is this number."""

    def conditions(partners: Sequence[Partner]) -> list[Formula]:
        result = term(partners[0], tree)
        equal = comparison("==", result, Term(number(value)))
        return [result.known, equal, *(condition(partners[0], premise) for premise in premises)]

    def shows(examples: tuple[Example, ...]) -> bool:
        values = examples[0].values(setting.release)
        return interpret(tree, values) == value and all(interpret(premise, values) is True for premise in premises)

    return _answer(setting, [tree, *premises], conditions, shows)


_NEAR = Fraction(1, 10**9)  #: how near to a number partners come who approach it
EndStatus = Literal["attained", "approached", "endless", "open", "never", "undecided"]


class Outermost(NamedTuple):
    """The greatest or least number that a value can be, and partners who have it or come next to it.

    It is `attained` by a partner, `approached` as near as one likes by partners of whom none has it, or `endless`;
    `open` where that is not proved; `never` where the value is never known, and `undecided` where the solver ran out of
    time. No partner goes beyond `value`, which is None where no limit is proved. `nearest` is the outermost number that
    a partner was found to have, the one of `examples`.
    """

    status: EndStatus
    value: Fraction | None = None
    nearest: Fraction | None = None
    examples: tuple[Example, ...] = ()


def outermost(setting: Setting, tree: Expression, greatest: bool, premises: Sequence[Expression] = ()) -> Outermost:
    """The greatest or least of a value among partners for whom the conditions `premises` hold."""
    try:
        limit = _limit(setting, tree, greatest, premises, None)
    except Undecided:
        limit = _limit_by_bounds(setting.release.programme, tree, greatest)
        if limit.value is None:
            return Outermost("undecided")
    if limit is None:
        return Outermost("never")
    read = all_read(setting.release.programme, {name.id for part in (tree, *premises) for name in names(part)})
    sign = 1 if greatest else -1
    passes = partial(_passes, setting, tree, greatest=greatest, premises=premises)
    if limit.value is not None:
        attained = can_be(setting, tree, limit.value, premises)
        if attained.status == "yes":
            return Outermost("attained", limit.value, limit.value, attained.examples)
        near = limit.value - sign * _NEAR
        if attained.status == "no" and not _reads_list(setting.release.programme, read) and passes(near, items=None):
            return Outermost("approached", limit.value)
    elif not reads_balance(setting.release.programme, read) and any(
        passes(Fraction(sign * ENDLESS), items=items) for items in (VERY_MANY, MAX_ITEMS)
    ):  # of a balance the solver knows too little: that it takes any value shows nothing
        return Outermost("endless")
    return _open_end(setting, tree, greatest, premises, limit.value)


def _limit(
    setting: Setting, tree: Expression, greatest: bool, premises: Sequence[Expression], items: int | None
) -> End | None:
    """The number that no partner goes beyond whose lists have so many items (None: any number); raises Undecided."""
    partner = make_partner(setting.release.programme, Codes(), items=items)
    wanted = term(partner, tree)
    conditions = [condition(partner, premise) for premise in premises]
    return end([*partner.limits, *conditions], wanted, greatest, setting.seconds)


def _limit_by_bounds(programme: Programme, tree: Expression, greatest: bool) -> End:
    """The number that no partner goes beyond by the bounds of values; an end of None where these have none."""
    span = bounds(tree, known_bounds(programme))
    limit = (span.high if greatest else span.low) if isinstance(span, NumberRange) else None
    return End(None if limit is None else Fraction(limit))


def _passes(
    setting: Setting,
    tree: Expression,
    mark: Fraction,
    greatest: bool,
    premises: Sequence[Expression],
    items: int | None,
) -> bool:
    """Whether a partner is found who has more than the mark, or less where the least is looked for.

    `items` is how long lists are, as `make_partner` takes it.
    """
    partner = make_partner(setting.release.programme, Codes(), items=items)
    wanted = term(partner, tree)
    further = comparison(">" if greatest else "<", wanted, Term(number(mark)))
    conditions = [wanted.known, further, *(condition(partner, premise) for premise in premises)]
    try:
        return Question([*partner.limits, *conditions], setting.seconds).can_be()
    except Undecided:
        return False


def _open_end(
    setting: Setting, tree: Expression, greatest: bool, premises: Sequence[Expression], value: Fraction | None
) -> Outermost:
    """An end that is not proved: with the outermost number that partners with short lists have."""
    try:
        limit = _limit(setting, tree, greatest, premises, MAX_ITEMS)
    except Undecided:
        limit = None
    if limit is None or limit.value is None:
        return Outermost("open", value)
    attained = can_be(setting, tree, limit.value, premises)
    nearest = limit.value if attained.examples else None
    return Outermost("open", value, nearest, attained.examples)


def _reads_list(programme: Programme, read: frozenset[str]) -> bool:
    """Whether one of these ids is a list, that of the lines of an order, or of a period of a balance."""
    return any(id in read for id in (*programme.lists, ORDER)) or reads_balance(programme, read)


def can_lower(setting: Setting, more: Sequence[str], trees: Sequence[Expression]) -> Answer:
    """Whether one of these values can fall when the facts `more` rise or stay, and all other facts stay."""

    def conditions(partners: Sequence[Partner]) -> list[Formula]:
        first, second = partners
        no_less = [_no_less(first.terms[id], second.terms[id]) for id in more]
        lower = any_of([_lower(term(first, tree), term(second, tree)) for tree in trees])
        return [*no_less, *_never_lower(setting, partners, no_less), lower]

    def shows(examples: tuple[Example, ...]) -> bool:
        first, second = (example.values(setting.release) for example in examples)
        results = [(interpret(tree, first), interpret(tree, second)) for tree in trees]
        rises = not any(_is_lower(first[id], second[id]) or isinstance(second[id], Unknown) for id in more)
        return rises and any(_is_lower(before, after) for before, after in results)

    return _answer(setting, trees, conditions, shows, differ=more)


def can_change(setting: Setting, whatever: Sequence[str], trees: Sequence[Expression]) -> Answer:
    """Whether one of these values can differ between two partners who differ only in the facts `whatever`."""

    def conditions(partners: Sequence[Partner]) -> list[Formula]:
        return [any_of([_differ(term(partners[0], tree), term(partners[1], tree)) for tree in trees])]

    def shows(examples: tuple[Example, ...]) -> bool:
        first, second = (example.values(setting.release) for example in examples)
        results = [(interpret(tree, first), interpret(tree, second)) for tree in trees]
        return any(not isinstance(a, Unknown) and not isinstance(b, Unknown) and a != b for a, b in results)

    return _answer(setting, trees, conditions, shows, differ=whatever)


def _never_lower(setting: Setting, partners: Sequence[Partner], no_less: Sequence[Formula]) -> Iterator[Formula]:
    """That a value is no lower for the second partner, for each value of which this is proved.

    Comparing two sums of many parts is hard for the solver; knowing that no part is lower makes it easy.
    """
    first, second = partners
    question = Question([*first.limits, *second.limits, *no_less], setting.seconds / 10)
    for id, value in setting.release.programme.values.items():
        if id not in first.terms or value.kind not in (*NUMERIC, Kind.YES_NO):
            continue
        lower = _lower(first.terms[id], second.terms[id])
        with suppress(Undecided):
            if not question.can_be(lower):
                question.add(negated(lower))
                yield negated(lower)


def _no_less(before: Term, after: Term) -> Formula:
    return all_of([before.known, after.known, negated(_lower(before, after))])


def _lower(before: Term, after: Term) -> Formula:
    """That both are known, and the second is lower: a smaller number, or a no after a yes."""
    if is_condition(before) or is_condition(after):
        less = all_of([before.value, negated(after.value)])
    else:
        less = comparison("<", after, before)
    return all_of([before.known, after.known, less])


def _differ(before: Term, after: Term) -> Formula:
    return all_of([before.known, after.known, differs(before, after)])


def _is_lower(before: Value, after: Value) -> bool:
    if isinstance(before, Unknown) or isinstance(after, Unknown):
        return False
    return bool(after < before)  # type: ignore[operator]  # no counts as lower than yes


# The search -----------------------------------------------------------------------------------------------------------


def _answer(
    setting: Setting, trees: Iterable[Expression], conditions: Conditions, shows: Shows, differ: Sequence[str] = ()
) -> Answer:
    """Whether the conditions can hold of a partner, or of two partners who differ only in the facts `differ`.

    `trees` are the expressions that the conditions are about; `shows` confirms an example with the interpreter.
    """
    if setting.budget is None:
        return _unlimited_answer(setting, trees, conditions, shows, differ)
    if not setting.budget.takes():
        return Answer("undecided")
    answer = _unlimited_answer(setting, trees, conditions, shows, differ)
    setting.budget.charge(answered=not answer.out_of_time)
    return answer


def _unlimited_answer(
    setting: Setting, trees: Iterable[Expression], conditions: Conditions, shows: Shows, differ: Sequence[str]
) -> Answer:
    """The answer without regard to the budget."""
    programme = setting.release.programme
    read = all_read(programme, {name.id for tree in trees for name in names(tree)})
    if differ and not read & set(differ):
        return Answer("no")
    items = MAX_ITEMS if any(id in read for id in programme.lists) else None
    setting = setting._replace(day=max(setting.day, programme.effective_from))
    search = partial(_search, setting, conditions, shows, differ, read)
    if "as_of" in read and (answer := search(items, setting.day)).status == "yes":
        return answer  # arithmetic on a fixed day is much easier for the solver than on any day
    answer = search(None, None, only_ask=items is not None)
    return answer if items is None or answer.status == "no" else search(items, None)


def _search(
    setting: Setting,
    conditions: Conditions,
    shows: Shows,
    differ: Sequence[str],
    read: frozenset[str],
    items: int | None,
    day: date | None,
    *,
    only_ask: bool = False,
) -> Answer:
    """One search, with lists of at most `items` items or (None) of any length, on one day or (None) on any day.

    A search limited to short lists or to one day never answers no: the partner may be outside of these limits. With
    `only_ask` no example is built, and the answer is no or undecided.
    """
    try:
        question, partners = _question(setting, conditions, items, day, differ)
        if not question.can_be():
            return Answer("no" if items is None and day is None else "undecided")
        if only_ask:
            return Answer("undecided")
        _require_checks(question, partners, setting.release.programme, read)
        simplest = (plainest(question, partner, read | set(differ), setting.day) for partner in partners)
        examples = without_irrelevant(tuple(simplest), shows)
    except Undecided as reason:
        return Answer("undecided", out_of_time=isinstance(reason, OutOfTime))
    return Answer("yes", examples) if examples else Answer("undecided")


def _question(
    setting: Setting, conditions: Conditions, items: int | None, day: date | None, differ: Sequence[str]
) -> tuple[Question, list[Partner]]:
    partners = [make_partner(setting.release.programme, Codes(), items=items, day=day)]
    if differ:
        partners.append(variant(partners[0], differ))
    wanted = conditions(partners)  # adds to the partners' limits
    limits = [limit for partner in partners for limit in partner.limits]
    if setting.budget:
        return Question([*limits, *wanted], BUDGET_SECONDS, UNITS_OF_ONE), partners
    return Question([*limits, *wanted], setting.seconds), partners


def _require_checks(
    question: Question, partners: Sequence[Partner], programme: Programme, read: frozenset[str]
) -> None:
    """Add to a question each of the programme's checks of facts that an example can pass."""
    for check in programme.checks:
        if read.issuperset(check.names):
            passed = [condition(partner, Name(check.value, Kind.YES_NO)) for partner in partners]
            if question.can_be(*passed):
                question.add(*passed)
