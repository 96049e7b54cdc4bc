"""Decide: whether there is a partner of whom something holds, and the plainest one.

What is found of partners whose lists hold a few items is so; what holds however long a list is, holds. Between the two
a question is undecided, as it is where the solver gives no answer in its time, and where the interpreter does not
confirm what the solver found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from fractions import Fraction
from functools import partial
from typing import NamedTuple

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
from ..programme.model import Programme
from ..programme.reads import all_read
from ..release.load import Release
from ..values import NUMERIC, Kind, Unknown, Value
from .example import Example, Shows, without_irrelevant
from .minimal_model import plainest
from .solve import SECONDS, Question, Undecided, end
from .symbols import MAX_ITEMS, Partner, another, broken, condition, make_partner, term

Asked = Callable[[Sequence[Partner]], list[Formula]]  #: the conditions on the partners that are looked for


class Setting(NamedTuple):
    """A release, the day of an example where any day will do, and the time for each question to the solver."""

    release: Release
    day: date
    seconds: float = SECONDS


class Answer(NamedTuple):
    """Whether there is such a partner: yes, no or undecided; and which one, or two."""

    status: str
    examples: tuple[Example, ...] = ()


def can_hold(setting: Setting, *trees: Expression) -> Answer:
    """Whether these conditions are known and hold for some partner."""

    def shows(partners: tuple[Example, ...]) -> bool:
        values = partners[0].values(setting.release)
        return all(interpret(tree, values) is True for tree in trees)

    return _found(setting, trees, lambda of: [condition(of[0], tree) for tree in trees], shows)


def can_fail(setting: Setting, tree: Expression) -> Answer:
    """Whether a condition is known and does not hold for some partner."""

    def shows(partners: tuple[Example, ...]) -> bool:
        return interpret(tree, partners[0].values(setting.release)) is False

    return _found(setting, [tree], lambda of: [broken(of[0], tree)], shows)


def can_be(setting: Setting, tree: Expression, value: Fraction, given: Sequence[Expression] = ()) -> Answer:
    """Whether a value is this number for some partner of whom the conditions given hold."""

    def asked(of: Sequence[Partner]) -> list[Formula]:
        found = term(of[0], tree)
        return [found.known, comparison("==", found, Term(number(value))), *(condition(of[0], one) for one in given)]

    def shows(partners: tuple[Example, ...]) -> bool:
        values = partners[0].values(setting.release)
        return interpret(tree, values) == value and all(interpret(one, values) is True for one in given)

    return _found(setting, [tree, *given], asked, shows)


class Outermost(NamedTuple):
    """The greatest or least of a value.

    `value` is the number that no partner passes, None where there is none; `found` says whether a partner attains it.
    """

    value: Fraction | None
    found: Answer


def outermost(setting: Setting, tree: Expression, greatest: bool, given: Sequence[Expression] = ()) -> Outermost | None:
    """The greatest or least of a value of partners of whom the conditions given hold; None where it is never known.

    Raises Undecided.
    """
    of = make_partner(setting.release.programme, Codes())
    wanted = term(of, tree)
    conditions = [condition(of, one) for one in given]
    found = end([*of.limits, *conditions], wanted, greatest, setting.seconds)
    if found is None:
        return None
    if found.value is None:
        return Outermost(None, Answer("undecided"))
    return Outermost(found.value, can_be(setting, tree, found.value, given))


def can_lower(setting: Setting, more: Sequence[str], trees: Sequence[Expression]) -> Answer:
    """Whether one of these values is lower for the second of two partners, who has more of these facts, or as much."""

    def asked(of: Sequence[Partner]) -> list[Formula]:
        one, other = of
        no_less = [_no_less(one.terms[id], other.terms[id]) for id in more]
        lower = any_of([_lower(term(one, tree), term(other, tree)) for tree in trees])
        return [*no_less, *_never_lower(setting, of, no_less), lower]

    def shows(partners: tuple[Example, ...]) -> bool:
        one, other = (partner.values(setting.release) for partner in partners)
        found = [(interpret(tree, one), interpret(tree, other)) for tree in trees]
        rises = not any(_is_lower(one[id], other[id]) or isinstance(other[id], Unknown) for id in more)
        return rises and any(_is_lower(before, after) for before, after in found)

    return _found(setting, trees, asked, shows, differ=more)


def can_change(setting: Setting, whatever: Sequence[str], trees: Sequence[Expression]) -> Answer:
    """Whether one of these values differs between two partners who differ in these facts alone."""

    def asked(of: Sequence[Partner]) -> list[Formula]:
        return [any_of([_differ(term(of[0], tree), term(of[1], tree)) for tree in trees])]

    def shows(partners: tuple[Example, ...]) -> bool:
        one, other = (partner.values(setting.release) for partner in partners)
        found = [(interpret(tree, one), interpret(tree, other)) for tree in trees]
        return any(not isinstance(a, Unknown) and not isinstance(b, Unknown) and a != b for a, b in found)

    return _found(setting, trees, asked, shows, differ=whatever)


def _never_lower(setting: Setting, of: Sequence[Partner], no_less: Sequence[Formula]) -> Iterator[Formula]:
    """Of each value behind those asked for, one after the other, that it is no lower; where that is proved.

    A sum of many parts is hard to compare; that each part is no lower makes it easy.
    """
    one, other = of
    question = Question([*one.limits, *other.limits, *no_less], setting.seconds / 10)
    for id, value in setting.release.programme.values.items():
        if id not in one.terms or value.kind not in (*NUMERIC, Kind.YES_NO):
            continue
        lower = _lower(one.terms[id], other.terms[id])
        with suppress(Undecided):
            if not question.can_be(lower):
                question.add(negated(lower))
                yield negated(lower)


def _no_less(one: Term, other: Term) -> Formula:
    return all_of([one.known, other.known, negated(_lower(one, other))])


def _lower(one: Term, other: Term) -> Formula:
    """That both are known, and the second is lower: a smaller number, or a no after a yes."""
    if is_condition(one) or is_condition(other):
        less = all_of([one.value, negated(other.value)])
    else:
        less = comparison("<", other, one)
    return all_of([one.known, other.known, less])


def _differ(one: Term, other: Term) -> Formula:
    return all_of([one.known, other.known, differs(one, other)])


def _is_lower(before: Value, after: Value) -> bool:
    if isinstance(before, Unknown) or isinstance(after, Unknown):
        return False
    return bool(after < before)  # type: ignore[operator]  # a no is under a yes


# The search -----------------------------------------------------------------------------------------------------------


def _found(
    setting: Setting,
    trees: Iterable[Expression],
    asked: Asked,
    shows: Shows,
    differ: Sequence[str] = (),
) -> Answer:
    """Whether there is a partner, or are two who `differ` in these facts, such that what is asked holds."""
    programme = setting.release.programme
    read = all_read(programme, {name.id for tree in trees for name in names(tree)})
    if differ and not read & set(differ):
        return Answer("no")
    items = MAX_ITEMS if any(id in read for id in programme.lists) else None
    search = partial(_search, setting, asked, shows, differ, read)
    if "as_of" in read and (found := search(items, setting.day)).status == "yes":
        return found  # a day that is set spares the solver most of what makes calendars hard
    found = search(None, None, only_ask=items is not None)
    return found if items is None or found.status == "no" else search(items, None)


def _search(
    setting: Setting,
    asked: Asked,
    shows: Shows,
    differ: Sequence[str],
    read: frozenset[str],
    items: int | None,
    day: date | None,
    *,
    only_ask: bool = False,
) -> Answer:
    """One search: in lists of so many items, or of any length; on a day, or on any.

    What is not found in lists of few items, or on one day, may be elsewhere.
    """
    try:
        question, of = _question(setting, asked, items, day, differ)
        if not question.can_be():
            return Answer("no" if items is None and day is None else "undecided")
        if only_ask:
            return Answer("undecided")
        _be_sensible(question, of, setting.release.programme, read)
        examples = without_irrelevant(
            tuple(plainest(question, one, read | set(differ), setting.day) for one in of), shows
        )
    except Undecided:
        return Answer("undecided")
    return Answer("yes", examples) if examples else Answer("undecided")


def _question(
    setting: Setting, asked: Asked, items: int | None, day: date | None, differ: Sequence[str]
) -> tuple[Question, list[Partner]]:
    of = [make_partner(setting.release.programme, Codes(), items=items, day=day)]
    if differ:
        of.append(another(of[0], differ))
    conditions = asked(of)
    return Question([*(limit for one in of for limit in one.limits), *conditions], setting.seconds), of


def _be_sensible(question: Question, of: Sequence[Partner], programme: Programme, read: frozenset[str]) -> None:
    """Ask for facts that go together, where there are such."""
    for check in programme.checks:
        if read.issuperset(check.names):
            sensible = [condition(one, Name(check.value, Kind.YES_NO)) for one in of]
            if question.can_be(*sensible):
                question.add(*sensible)
