"""Lowers `on(day, value)`: a choice by the day between what each release in force on it makes of the value.

A release before this one is read from its own files, so that a new release does not reach back to days before it. What
an earlier release says stands in the tree as it stood there, with the day asked for in the place of the day of the
evaluation; facts are those of the record. A term that may be agreed looks in the periods of the partner's agreements.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from ..language.calls import NOT_DATED
from ..language.tree import (
    Aggregate,
    Call,
    Choose,
    Compare,
    Expression,
    Literal,
    Name,
    Undefined,
    children,
    names,
    subtrees,
    with_children,
)
from ..problems import Problem
from ..programme.model import INPUTS, NO_RELEASE, ListFact, NamedValue, Programme
from ..programme.owners import agreed_id, periods_id
from ..values import Kind

_DAY = next(iter(INPUTS))  #: the input that is the day of the evaluation
_MOST_NODES, _MOST_DEPTH = 20_000, 150  #: of the tree that is written out for one value


class EarlierRelease(NamedTuple):
    """A release before the one compiled: its number, its first day, and its programme, None where it has errors."""

    release: str
    effective_from: date
    programme: Programme | None

    @property
    def digest(self) -> str:
        """The digest of its content; empty where it has errors."""
        return self.programme.digest if self.programme else ""


class OnDays(NamedTuple):
    """The values without `on`, and as written; the lists with all that their items look at; the terms with periods."""

    values: dict[str, NamedValue]
    written: dict[str, Expression]
    lists: dict[str, ListFact]
    terms: frozenset[str]


class _Refused(Exception):
    """What is asked for cannot be worked out on a day; the message and the help say why."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message, self.help = message, help


class _Meaning(NamedTuple):
    """What the names of one release stand for: its values, and whether a name means the same in this release today."""

    release: str
    values: Mapping[str, NamedValue]
    is_same: Callable[[str], bool]


class _At(NamedTuple):
    """The day asked for, the list of the item at hand (None: of the partner), and the list that is aggregated."""

    day: Expression
    list: str | None
    over: str | None = None


def lower_days(
    values: Mapping[str, NamedValue],
    lists: Mapping[str, ListFact],
    inputs: Mapping[str, Kind],
    effective_from: date | None,
    earlier: Sequence[EarlierRelease],
    problems: list[Problem],
) -> OnDays:
    """Every value with `on` lowered; what cannot be is added to `problems`.

    `inputs` are the kinds of this release's facts and fields of items by id; `earlier` are in the order of their days.
    """
    asking = [value for value in values.values() if any(_is_on(part) for part in subtrees(value.expression))]
    if not asking or effective_from is None:
        return OnDays(dict(values), {}, dict(lists), frozenset())
    lowering = _Lowering(values, lists, inputs, effective_from, earlier)
    lowered, wider = dict(values), dict(lists)
    for value in asking:
        try:
            tree = lowering.lowered(value.expression, value.list)
        except _Refused as refused:
            place = next(part.place for part in subtrees(value.expression) if _is_on(part))
            problem = Problem("not-on-a-day", refused.message, place, refused.help)
            if problem not in problems:  # of another tier
                problems.append(problem)
            continue
        lowered[value.id] = value._replace(expression=tree)
        if value.list in wider:
            items = wider[value.list]
            over = {part.list for part in subtrees(tree) if isinstance(part, Aggregate)}
            wider[value.list] = items._replace(looks_at=items.looks_at | over)
    return OnDays(lowered, {value.id: value.expression for value in asking}, wider, frozenset(lowering.terms))


def _is_on(tree: Expression) -> bool:
    return isinstance(tree, Call) and tree.function == "on" and tree.arguments[0] == NOT_DATED


class _Lowering:
    """Lowers the expressions of one release."""

    def __init__(
        self,
        values: Mapping[str, NamedValue],
        lists: Mapping[str, ListFact],
        inputs: Mapping[str, Kind],
        effective_from: date,
        earlier: Sequence[EarlierRelease],
    ) -> None:
        self.values, self.lists, self.inputs = values, lists, inputs
        self.effective_from, self.earlier = effective_from, earlier
        self.terms: set[str] = set()
        self._nodes = self._depth = 0
        self._asks = frozenset(map(agreed_id, values))
        self._keys = {periods_id(id): id for id, value in values.items() if value.negotiable}
        negotiable = (value.id for value in values.values() if value.negotiable)
        of_periods = {
            value.id for value in values.values() if any(map(self._is_of_periods, subtrees(value.expression)))
        }
        self._unsteady = _with_readers(values, {_DAY, *negotiable, *self._asks, *of_periods})

    def lowered(self, tree: Expression, of_list: str | None) -> Expression:
        """The expression of a value, of an item of a list or of the partner (None), without `on`."""
        self._nodes = self._depth = 0
        return self._lowered(tree, of_list, None)

    def _lowered(self, tree: Expression, of_list: str | None, over: str | None) -> Expression:
        if isinstance(tree, Call) and _is_on(tree):
            _, day, value = tree.arguments
            at = _At(self._lowered(day, of_list, over), of_list, over)
            return self._by_release(self._lowered(value, of_list, over), at, tree)
        inner = tree.list if isinstance(tree, Aggregate) else over
        return with_children(tree, [self._lowered(part, of_list, inner) for part in children(tree)])

    def _by_release(self, value: Expression, at: _At, tree: Call) -> Expression:
        """The choice by the day of what each release makes of the value; undefined before the first of them."""
        steps: list[tuple[date, Expression]] = []
        for release in self.earlier:
            steps.append((release.effective_from, self._of_earlier(value, at, release)))
        today = _Meaning("", self.values, self._is_steady)
        steps.append((self.effective_from, self._on_day(value, at, today)))
        chosen: Expression = Undefined(at.day, value.kind, NO_RELEASE)
        for begins, lowered in steps:
            if isinstance(chosen, Choose) and chosen.then == lowered:
                continue  # the release before says the same
            after = Compare(">=", at.day, Literal(begins, Kind.DATE))
            chosen = Choose(after, lowered, chosen, value.kind, tree.place)
        return chosen

    def _of_earlier(self, value: Expression, at: _At, release: EarlierRelease) -> Expression:
        if release.programme is None:
            return Undefined(Literal(release.release, Kind.TEXT), value.kind)
        meaning = _Meaning(release.release, release.programme.values, self._same_as(release.programme))
        absent = [name.written or name.id for name in names(value) if not self._is_there(name, meaning)]
        if absent:
            return Undefined(Literal(release.release, Kind.TEXT), value.kind, absent[0])
        return self._on_day(value, at, meaning)

    def _is_there(self, name: Name, meaning: _Meaning) -> bool:
        """Whether an earlier release has what is asked for: its value may be new."""
        return name.id not in self.values or name.id in meaning.values

    def _on_day(self, tree: Expression, at: _At, meaning: _Meaning) -> Expression:
        """The tree with the day in the place of the day of the evaluation, and what changes written out."""
        self._nodes += 1
        if self._nodes > _MOST_NODES or self._depth > _MOST_DEPTH:
            raise _Refused(
                "what is asked for on a day is worked out in too many steps", "ask for less: for a rate, not its use"
            )
        self._depth += 1
        lowered = self._node_on_day(tree, at, meaning)
        self._depth -= 1
        return lowered

    def _node_on_day(self, tree: Expression, at: _At, meaning: _Meaning) -> Expression:
        match tree:
            case Name():
                return self._name(tree, at, meaning)
            case Call() if _is_on(tree):  # of this release, by a name
                return self._on_day(self._lowered(tree, at.list, at.over), at, meaning)
            case Call(function="on", arguments=(Literal(value=str(key)), _, otherwise)):  # of an earlier release
                if key not in self._keys:
                    return self._on_day(otherwise, at, meaning)
                self.terms.add(self._keys[key])
            case Aggregate():
                if at.over is not None:
                    raise _Refused(
                        "what is asked for on a day aggregates items, within an aggregate",
                        "work it out as a value of the items, and aggregate that",
                    )
                self._check_items(tree.list, meaning)
                inner = at._replace(over=tree.list)
                return with_children(tree, [self._on_day(part, inner, meaning) for part in children(tree)])
        return with_children(tree, [self._on_day(part, at, meaning) for part in children(tree)])

    def _is_of_periods(self, tree: Expression) -> bool:
        """Whether it looks at the periods of a balance, of which there are others on each day."""
        return isinstance(tree, Aggregate) and tree.list in self.lists and self.lists[tree.list].balance is not None

    def _check_items(self, list: str, meaning: _Meaning) -> None:
        """Refuse a list that this release lacks, and groups that another release or day tells apart otherwise."""
        items = self.lists.get(list)
        if items is None:
            raise _Refused(
                f"release {meaning.release} decides it by the list '{list}', which this one does not have",
                "keep the list, or do not ask for days before this release",
            )
        if items.balance:
            raise _Refused(
                f"what is asked for on a day goes by the balance '{list}', which is of the day of the evaluation",
                "take what its periods had: take: latest, over: the balance, where: begins <= own(closed_on)",
            )
        if not all(map(meaning.is_same, items.key_ids)):
            raise _Refused(
                f"what is asked for on a day goes by the groups of '{list}', which are others on that day",
                "let the groups be told apart by what neither the day nor a release changes",
            )

    def _name(self, name: Name, at: _At, meaning: _Meaning) -> Expression:
        if name.id == _DAY:
            return self._day(at)
        if name.id in self._asks:
            raise _Refused(
                f"what is asked for on a day asks with '{name.written}' whether a term is agreed today",
                "ask for the value of the term: it is as agreed on that day",
            )
        value = meaning.values.get(name.id)
        if value is None:
            return self._input(name, meaning)
        if meaning.is_same(name.id):
            return name
        _check_kind(name, value.kind, meaning)
        tree = self._on_day(value.expression, at, meaning)
        if name.own:
            tree = _owned(tree)
        own = self.values.get(name.id)
        if own is None and value.negotiable:
            raise _Refused(
                f"release {meaning.release} decides it by the term '{value.name}', which this one does not have",
                "give the term the name that it had: under another one its agreements would not count",
            )
        if own is None or not own.negotiable:
            return tree
        self.terms.add(own.id)
        return Call("on", (Literal(periods_id(own.id), Kind.CHOICE), self._day(at), tree), tree.kind, name.place)

    def _day(self, at: _At) -> Expression:
        return _owned(at.day) if at.over is not None and at.over == at.list else at.day

    def _input(self, name: Name, meaning: _Meaning) -> Expression:
        kind = self.inputs.get(name.id) or INPUTS.get(name.id)
        if kind is None:
            raise _Refused(
                f"release {meaning.release} decides it by '{name.written or name.id}', which is no fact of this one",
                "keep it as a fact, or do not ask for days before this release",
            )
        _check_kind(name, kind, meaning)
        return name

    def _is_steady(self, id: str) -> bool:
        """Whether a name of this release is the same on every day: neither the day nor an agreement decides it."""
        return id not in self._unsteady

    def _same_as(self, earlier: Programme) -> Callable[[str], bool]:
        """Whether a name of an earlier release is this release's, and the same on every day."""
        others = {id for id, value in self.values.items() if _unlike(value, earlier.values.get(id))}
        other = _with_readers(self.values, {*others, *self._unsteady})
        return lambda name: name not in other and (name in self.values) == (name in earlier.values)


def _check_kind(name: Name, kind: Kind, meaning: _Meaning) -> None:
    if kind is not name.kind:
        raise _Refused(
            f"'{name.written or name.id}' is of another kind in release {meaning.release}", "give the new another name"
        )


def _unlike(value: NamedValue, earlier: NamedValue | None) -> bool:
    return earlier is None or earlier.expression != value.expression


def _with_readers(values: Mapping[str, NamedValue], ids: Collection[str]) -> set[str]:
    """These ids, and those of every value that reads one of them, directly or through others."""
    readers: dict[str, list[str]] = {}
    for value in values.values():
        for name in names(value.expression):
            readers.setdefault(name.id, []).append(value.id)
    reached, waiting = set(ids), list(ids)
    while waiting:
        for reader in readers.get(waiting.pop(), ()):
            if reader not in reached:
                reached.add(reader)
                waiting.append(reader)
    return reached


def _owned(tree: Expression) -> Expression:
    """The expression with each name of an item as that of the item at hand, among the items of its list."""
    if isinstance(tree, Name):
        return tree._replace(own=True) if "[]" in tree.id else tree
    if isinstance(tree, Aggregate):
        raise _Refused("what is asked for on a day aggregates items of items", "ask for it as a value of the items")
    return with_children(tree, [_owned(part) for part in children(tree)])
