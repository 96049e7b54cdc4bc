"""Finds for whom two releases differ: for each outcome a proof that no partner is affected, or an example of one.

Both releases evaluate the same partner on the same day, as if both were in force; all days are within a century of the
preferred one. A fact that only one release has is left out for the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ..evaluate.evaluate import inputs_of
from ..evaluate.row_layout import fill, named_row
from ..language.run.interpret import interpret
from ..language.smt.terms import (
    Codes,
    Formula,
    Term,
    all_of,
    any_of,
    comparison,
    differs,
    either,
    is_condition,
    negated,
    number,
)
from ..language.tree import Expression, Name, names
from ..programme.model import LINE, MAIN, ORDER, Programme
from ..programme.owners import Better
from ..programme.reads import has_aggregate
from ..proof.example import Example, without_irrelevant
from ..proof.minimal_model import plainest
from ..proof.solve import Question, Undecided
from ..proof.symbols import MAX_ITEMS, Partner, item_term, term
from ..release.load import Release
from ..values import Unknown, Value
from .always_known import is_always_known
from .effects import EffectWitness, Lines, OutcomeEffect, Way, nowhere, ways_of
from .matched import ComparedOutcome, Ranks
from .one_partner import (
    Pair,
    as_stated,
    equal_numbers,
    make_opaque,
    may_be_left_out,
    near_days,
    partner_under_both,
    settled_as_left_out,
)
from .unchanged import unchanged_names

_LESS_EACH_TIME = 0.3  #: what each outcome that is left open leaves of the seconds for a question
_LEAST_SECONDS = 0.1
_UNSHOWN, _UNDECIDED = EffectWitness("no"), EffectWitness("undecided")


def outcome_effects(pair: Pair, outcomes: Sequence[ComparedOutcome]) -> Iterator[OutcomeEffect]:
    """The effect on each of these outcomes, none of which is of an order.

    What an outcome does for partners with missing facts is not asked where one that it depends on left this open. Each
    outcome that is left open shortens the questions about all later ones, so that the whole comes to an end.
    """
    same = unchanged_names(pair.before.programme, pair.after.programme)
    examples: list[Example] = []
    undecided: set[str] = set()
    for outcome in outcomes:
        if is_unchanged(outcome, same):
            yield nowhere(outcome)
            continue
        effect = OutcomeEffect(outcome, _ways(_Search(pair, same, outcome, examples), undecided))
        examples += [witness.examples[1] for witness in effect.ways.values() if witness.examples]
        if any(witness.status == "undecided" for witness in effect.ways.values()):
            undecided |= outcome.ids
            pair = pair._replace(seconds=max(pair.seconds * _LESS_EACH_TIME, _LEAST_SECONDS))
        yield effect


def is_unchanged(outcome: ComparedOutcome, same: frozenset[str]) -> bool:
    """Whether an outcome is the same expression of what is the same in both releases."""
    return outcome.before == outcome.after and all(name.id in same for name in names(outcome.before))


# The search -----------------------------------------------------------------------------------------------------------


class _Search(NamedTuple):
    """What a search of one outcome and way needs."""

    pair: Pair
    same: frozenset[str]
    outcome: ComparedOutcome
    examples: Sequence[Example]  #: partners for whom another outcome differs
    way: Way = "other"
    missing: bool = False  #: whether the record may leave facts out


def _ways(search: _Search, undecided: Set[str]) -> dict[Way, EffectWitness]:
    """The ways of an outcome: of partners whose every fact is stated; where these show none, of all others too.

    What becomes undetermined for a partner with a missing fact is told by those who state it, where these differ.
    """
    pair, _, outcome, *_ = search
    programmes = (pair.before.programme, pair.after.programme)
    certain = all(is_always_known(programme, outcome.reads) for programme in programmes)
    certain = certain and not outcome.reads & may_be_left_out(pair, missing=False)
    ways = {
        way: _UNSHOWN
        if way == "other" and certain and _only_known_ties(outcome)
        else _witness(search._replace(way=way))
        for way in ways_of(outcome)
    }
    if not any(witness.status == "yes" for witness in ways.values()):
        ways["other"] = _UNDECIDED if outcome.reads & undecided else _witness(search._replace(missing=True))
    return ways


def _only_known_ties(outcome: ComparedOutcome) -> bool:
    """Whether two known values that differ always have a better one."""
    if outcome.ranks is None:
        return outcome.has_side
    first, second = outcome.ranks
    return not any(first[old] == second[new] for old in first for new in second if old != new)


def _witness(search: _Search) -> EffectWitness:
    """Whether an outcome differs in this way for some partner: first on the preferred day, then on any day."""
    pair, outcome = search.pair, search.outcome
    if outcome.list is None and _is_disproved(search, opaque=True):
        return _UNSHOWN
    if search.missing and (witness := _by_example(search)) is not None:
        return witness
    if outcome.list is None and _is_disproved(search, opaque=False):
        return _UNSHOWN
    read, programmes = outcome.reads, (pair.before.programme, pair.after.programme)
    with_items = outcome.list is not None or any(id in read for programme in programmes for id in programme.lists)
    lengths = (1, MAX_ITEMS) if with_items else (None,)
    days = (pair.day, None) if "as_of" in read else (None,)
    for day in days:
        for items in lengths:
            witness = _searched(search, items, day)
            if witness.status != "undecided":
                return witness
    return _by_example(search) or _UNDECIDED


def _by_example(search: _Search) -> EffectWitness | None:
    """A partner for whom another outcome differs, or such a one with a fact less, who shows this difference too."""

    def shows(partners: tuple[Example, ...]) -> bool:
        values = shown_values(search.pair, search.outcome, in_each_release(search.pair, partners[0]))
        return differ_in_way(values, search.outcome, search.way)

    for example in search.examples:
        fewer = [{id: value for id, value in example.facts.items() if id != other} for other in example.facts]
        for facts in (example.facts, *(fewer if search.missing else ())):
            if (simplest := without_irrelevant((example._replace(facts=facts),), shows)) is not None:
                examples = in_each_release(search.pair, simplest[0])
                return EffectWitness("yes", examples, shown_values(search.pair, search.outcome, examples))
    return None


def _is_disproved(search: _Search, *, opaque: bool) -> bool:
    """Whether it is proved that no partner, with lists of any length and on any day, shows the difference."""
    try:
        return not _question(search, None, None, opaque=opaque)[0].can_be()
    except Undecided:
        return False


def _question(
    search: _Search, items: int | None, day: date | None, *, opaque: bool = False
) -> tuple[Question, Partner, Partner]:
    """Whether the outcome can differ in this way, with the partner under each release.

    Lists have at most `items` items or (None) any number; it is asked on one day or (None) on any day. With `opaque`
    what is equal under both releases is a symbol.
    """
    pair, outcome = search.pair, search.outcome
    old, new = partner_under_both(pair, search.same, items, day, missing=search.missing)
    if opaque:
        make_opaque(pair, old, new, search.same, missing=search.missing)
    before, after = outcome_term(old, outcome, outcome.before), outcome_term(new, outcome, outcome.after)
    wanted = differ(before, after, outcome, search.way, old.codes)
    both = [*equal_numbers(old, new), *near_days(old, pair.day), *near_days(new, pair.day)]
    return Question([*old.limits, *new.limits, *both, *_has_item(old, outcome), wanted], pair.seconds), old, new


def _searched(search: _Search, items: int | None, day: date | None) -> EffectWitness:
    """One search for an example. It answers no only where its limits leave out no partner."""
    pair, outcome = search.pair, search.outcome
    try:
        question, old, new = _question(search, items, day)
        if not question.can_be():
            covers_all = day is None and (items is None or _needs_one_item(pair, outcome))
            return _UNSHOWN if covers_all else _UNDECIDED
        examples = _examples(search, question, old, new)
    except Undecided:
        return _UNDECIDED
    return _UNDECIDED if examples is None else EffectWitness("yes", examples, shown_values(pair, outcome, examples))


def _has_item(partner: Partner, outcome: ComparedOutcome) -> list[Formula]:
    return [partner.items[outcome.list].size >= 1] if outcome.list is not None else []


def _needs_one_item(pair: Pair, outcome: ComparedOutcome) -> bool:
    """Whether what an item has comes from that item and the partner's facts alone."""
    programmes = (pair.before.programme, pair.after.programme)
    values = (programme.values.get(id) for programme in programmes for id in outcome.reads)
    return outcome.list is not None and not any(value and has_aggregate(value.expression) for value in values)


def outcome_term(partner: Partner, outcome: ComparedOutcome, tree: Expression) -> Term:
    """The outcome under one release as a term; of a list or a line of an order, that of its first item."""
    if outcome.list is not None and isinstance(tree, Name):
        return item_term(partner, tree.id)
    return term(partner, tree)


def differ(before: Term, after: Term, outcome: ComparedOutcome, way: Way, codes: Codes) -> Formula:
    """That the values differ in this way. Other: only one is known, or both are and neither is better."""
    both = all_of([before.known, after.known])
    only_one = either(before.known, negated(after.known), after.known)
    if not outcome.has_side:
        return any_of([only_one, all_of([both, differs(before, after)])])
    if outcome.ranks is None:
        places, tie = (before, after), False
    else:
        places = (_place(before, outcome.ranks[0], codes), _place(after, outcome.ranks[1], codes))
        tie = all_of([both, differs(before, after), places[0].value == places[1].value])
    if way == "other":
        return any_of([only_one, tie])
    rises = (way == "better") == (outcome.better is Better.MORE)
    return all_of([both, _less(*places) if rises else _less(*reversed(places))])


def _place(choice: Term, ranks: Ranks, codes: Codes) -> Term:
    """The place of a choice among its options."""
    place: Formula = number(-1)
    for option, rank in ranks.items():
        place = either(choice.value == codes.of(option), number(rank), place)
    return Term(place, choice.known)


def _less(left: Term, right: Term) -> Formula:
    """That the left value is less than the right one: a smaller number, an earlier day, a no beside a yes."""
    if is_condition(left) or is_condition(right):
        return all_of([negated(left.value), right.value])
    return comparison("<", left, right)


# Examples -------------------------------------------------------------------------------------------------------------


def _examples(search: _Search, question: Question, old: Partner, new: Partner) -> tuple[Example, Example] | None:
    """The simplest partner, as each release has it; None where the interpreter does not confirm it."""
    pair, outcome = search.pair, search.outcome
    read = outcome.reads
    left_out = settled_as_left_out(question, may_be_left_out(pair, missing=search.missing) & read)
    partner = plainest(question, old, read, pair.day)
    facts = {**plainest(question, new, read, pair.day).facts, **partner.facts}
    partner = partner._replace(facts=as_stated(facts, left_out))

    def shows(partners: tuple[Example, ...]) -> bool:
        values = shown_values(pair, outcome, in_each_release(pair, partners[0]))
        return differ_in_way(values, outcome, search.way)

    simplest = without_irrelevant((partner,), shows)
    return None if simplest is None else in_each_release(pair, simplest[0])


def in_each_release(pair: Pair, partner: Example) -> tuple[Example, Example]:
    """The same partner for each release, without the facts and the tier that the release does not have."""
    before, after = (_in_release(release.programme, partner) for release in (pair.before, pair.after))
    return before, after


def _in_release(programme: Programme, partner: Example) -> Example:
    tier = partner.tier if partner.tier in programme.tracks[MAIN].tiers else None
    facts: dict[str, Any] = {}
    for id, value in partner.facts.items():
        if id in programme.lists:
            fields = programme.lists[id].fields
            facts[id] = [{name: part for name, part in item.items() if name in fields} for item in value]
        elif id in programme.facts:
            facts[id] = value
    return partner._replace(facts=facts, tier=tier, since=partner.since if tier else None)


def shown_values(
    pair: Pair, outcome: ComparedOutcome, examples: tuple[Example, Example], lines: Lines = ()
) -> tuple[Value, Value]:
    """The outcome under each release, evaluated by the interpreter; `lines` are those of an order."""
    sides = zip((pair.before, pair.after), examples, (outcome.before, outcome.after), strict=True)
    before, after = (_value(release, example, lines, outcome, tree) for release, example, tree in sides)
    return before, after


def _value(release: Release, example: Example, lines: Lines, outcome: ComparedOutcome, tree: Expression) -> Value:
    """The value of an outcome for an example; of a list or the lines of an order, that of the first item."""
    record = release.record(example.record())
    inputs = inputs_of(record, example.as_of)
    if lines:
        inputs = inputs._replace(facts={**inputs.facts, ORDER: _numbered(lines)})
    values = named_row(release.plan.layout, fill(release.plan.layout, inputs))
    if outcome.list is None or not isinstance(tree, Name):
        return interpret(tree, values)
    items = values[outcome.list]
    if isinstance(items, Unknown) or not items:
        return Unknown()
    value: Value = items[0][release.programme.values[tree.id].inner_id]
    return value


def _numbered(lines: Lines) -> tuple[dict[str, Any], ...]:
    return tuple({**line, LINE: Decimal(place)} for place, line in enumerate(lines, 1))


def differ_in_way(values: tuple[Value, Value], outcome: ComparedOutcome, way: Way) -> bool:
    """Whether the values before and after differ in this way, as `differ` says."""
    unknown = [isinstance(value, Unknown) for value in values]
    if any(unknown):
        return way == "other" and not all(unknown)
    if not outcome.has_side:
        return way == "other" and values[0] != values[1]
    before, after = values if outcome.ranks is None else (
        ranks.get(str(value), -1) for ranks, value in zip(outcome.ranks, values, strict=True)
    )  # fmt: skip
    if way == "other":
        return before == after and values[0] != values[1]
    rises: bool = after > before if (way == "better") == (outcome.better is Better.MORE) else after < before  # type: ignore[operator]
    return rises
