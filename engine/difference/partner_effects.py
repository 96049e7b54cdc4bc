"""Finds for whom two releases differ: for each outcome a proof that no partner is affected, or an example of one.

Both releases evaluate the same partner on the same day, as if both were in force; all days are within a century of the
preferred one. A fact that only one release has is left out for the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product
from typing import Literal, NamedTuple

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
from ..programme.owners import Better
from ..programme.reads import has_aggregate
from ..proof.example import Example, without_irrelevant
from ..proof.minimal_model import plainest
from ..proof.solve import Question, Undecided
from ..proof.symbols import MAX_ITEMS, Partner, item_term, term
from .always_known import is_always_known
from .effects import EffectWitness, OutcomeEffect, Way, nowhere, ways_of
from .matched import ComparedOutcome, Ranks
from .one_partner import (
    Pair,
    as_stated,
    equal_numbers,
    has_terms,
    make_opaque,
    may_be_left_out,
    near_days,
    partner_under_both,
    settled_as_left_out,
)
from .shown import ShownPartners, in_each_release, showing, shown_values
from .unchanged import unchanged_names

_LESS_EACH_TIME = 0.3  #: what each outcome that is left open leaves of the seconds for a question
_LEAST_SECONDS = 0.1
_Opaque = Literal["all", "lists", "nothing"]  #: of values that are equal: all, what lists come to, or nothing
_UNSHOWN, _UNDECIDED = EffectWitness("no"), EffectWitness("undecided")


def outcome_effects(
    pair: Pair, outcomes: Sequence[ComparedOutcome], tried: Sequence[Example] = ()
) -> Iterator[OutcomeEffect]:
    """The effect on each of these outcomes, none of which is of an order; the partners `tried` are tried on each.

    What depends on little is asked first: what is proved equal need not be asked again as a part of something else,
    and a partner for whom a part differs is tried on the whole. Where an outcome is left open, those that depend on it
    are not searched for long, and all later questions get less time, so that the whole comes to an end.
    """
    before, after = pair.before.programme, pair.after.programme
    same = unchanged_names(before, after)
    partners = ShownPartners(pair, tried)
    effects: dict[int, OutcomeEffect] = {}
    equal: set[str] = set()
    undecided: set[str] = set()
    for place, outcome in sorted(enumerate(outcomes), key=lambda numbered: len(numbered[1].reads)):
        if is_unchanged(outcome, same):
            effects[place] = nowhere(outcome)
            continue
        is_open = bool(outcome.reads & undecided)
        effects[place] = OutcomeEffect(outcome, _ways(_Search(pair, same, outcome, partners, is_open)))
        witnesses = effects[place].ways.values()
        for witness in witnesses:
            if witness.examples:
                partners.add(witness.examples[1])
        if any(witness.status == "undecided" for witness in witnesses):
            undecided |= outcome.ids
            pair = _hurried(pair)
        elif all(witness.status == "no" for witness in witnesses) and outcome.list is None and not outcome.own:
            equal |= outcome.ids
            same = unchanged_names(before, after, equal)
    yield from (effects[place] for place in range(len(outcomes)))


def is_unchanged(outcome: ComparedOutcome, same: frozenset[str]) -> bool:
    """Whether an outcome is the same expression of what is the same in both releases."""
    return outcome.before == outcome.after and all(name.id in same for name in names(outcome.before))


# The search -----------------------------------------------------------------------------------------------------------


class _Search(NamedTuple):
    """What a search of one outcome and way needs."""

    pair: Pair
    same: frozenset[str]
    outcome: ComparedOutcome
    partners: ShownPartners  #: for whom another outcome differs
    is_open: bool  #: whether an outcome that this one depends on is left open
    way: Way = "other"
    missing: bool = False  #: whether the record may leave facts out
    agreements: bool = False  #: whether the partner may have supplementary agreements


def _ways(search: _Search) -> dict[Way, EffectWitness]:
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
    statuses = {witness.status for witness in ways.values()}
    if "yes" in statuses:
        return ways
    if "undecided" in statuses or search.is_open:
        ways["other"] = search.partners.showing(outcome, "other", missing=True) or _UNDECIDED
    else:
        ways["other"] = _witness(search._replace(missing=True))
    return ways


def _only_known_ties(outcome: ComparedOutcome) -> bool:
    """Whether two known values that differ always have a better one."""
    if outcome.ranks is None:
        return outcome.has_side
    first, second = outcome.ranks
    return not any(first[old] == second[new] for old in first for new in second if old != new)


def _witness(search: _Search) -> EffectWitness:
    """Whether an outcome differs in this way for some partner; one of another outcome is tried before the solver is.

    What is proved is proved of partners with agreements too.
    """
    pair, outcome = search.pair, search.outcome
    search = search._replace(agreements=has_terms(pair, outcome.reads))
    if outcome.list is None and _is_disproved(search, "all"):
        return _UNSHOWN
    if (witness := search.partners.showing(outcome, search.way, missing=search.missing)) is not None:
        return witness
    if outcome.list is None and _is_disproved(search, "lists"):
        return _UNSHOWN
    return (None if search.is_open else _searched_within_limits(search)) or _UNDECIDED


def _searched_within_limits(search: _Search) -> EffectWitness | None:
    """The answer of the searches within limits: without agreements, on the preferred day and with one item first.

    None where none of them has one. A search that comes to no end shortens those after it, which are harder.
    """
    pair, outcome = search.pair, search.outcome
    read, programmes = outcome.reads, (pair.before.programme, pair.after.programme)
    with_items = outcome.list is not None or any(id in read for programme in programmes for id in programme.lists)
    lengths = (1, MAX_ITEMS) if with_items else (None,)
    days = (pair.day, None) if "as_of" in read else (None,)
    for agreements, day, items in product({False, search.agreements}, days, lengths):
        try:
            witness = _searched(search._replace(pair=pair, agreements=agreements), items, day)
        except Undecided:
            pair = _hurried(pair)
            continue
        if witness.status == "yes" or (witness.status == "no" and agreements == search.agreements):
            return witness
    return None


def _hurried(pair: Pair) -> Pair:
    """The pair with less time for each question that is asked from here on."""
    return pair._replace(seconds=max(pair.seconds * _LESS_EACH_TIME, _LEAST_SECONDS))


def _is_disproved(search: _Search, opaque: _Opaque) -> bool:
    """Whether it is proved that no partner, with lists of any length and on any day, shows the difference."""
    try:
        return not _question(search, None, None, opaque)[0].can_be()
    except Undecided:
        return False


def _question(
    search: _Search, items: int | None, day: date | None, opaque: _Opaque = "nothing"
) -> tuple[Question, Partner, Partner]:
    """Whether the outcome can differ in this way, with the partner under each release.

    Lists have at most `items` items or (None) any number; it is asked on one day or (None) on any day. What is
    `opaque` of what is equal under both releases is a symbol.
    """
    pair, outcome = search.pair, search.outcome
    old, new = partner_under_both(pair, search.same, items, day, missing=search.missing, agreements=search.agreements)
    if opaque != "nothing":
        make_opaque(pair, old, new, search.same, missing=search.missing, of_lists=opaque == "lists")
    before, after = outcome_term(old, outcome, outcome.before), outcome_term(new, outcome, outcome.after)
    wanted = differ(before, after, outcome, search.way, old.codes)
    both = [*equal_numbers(old, new), *near_days(old, pair.day), *near_days(new, pair.day)]
    return Question([*old.limits, *new.limits, *both, *_has_item(old, outcome), wanted], pair.seconds), old, new


def _searched(search: _Search, items: int | None, day: date | None) -> EffectWitness:
    """One search for an example; raises Undecided. It answers no only where its limits leave out no partner."""
    pair, outcome = search.pair, search.outcome
    question, old, new = _question(search, items, day)
    if not question.can_be():
        covers_all = day is None and (items is None or _needs_one_item(pair, outcome))
        return _UNSHOWN if covers_all else _UNDECIDED
    examples = _examples(search, question, old, new)
    return _UNDECIDED if examples is None else EffectWitness("yes", examples, shown_values(pair, outcome, examples))


def _has_item(partner: Partner, outcome: ComparedOutcome) -> list[Formula]:
    items = None if outcome.list is None else partner.items.get(partner.programme.stated_list(outcome.list))
    return [items.size >= 1] if items is not None else []  # of the periods of a balance nothing is required


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
    other = plainest(question, new, read, pair.day)
    facts, agreements = {**other.facts, **partner.facts}, {**other.agreements, **partner.agreements}
    partner = partner._replace(facts=as_stated(facts, left_out), agreements=agreements)

    simplest = without_irrelevant((partner,), showing(pair, outcome, search.way))
    return None if simplest is None else in_each_release(pair, simplest[0])
