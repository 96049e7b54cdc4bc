"""Finds for whom two releases differ: for each outcome a proof that no partner is affected, or an example of one.

Both releases evaluate the same partner on the same day, as if both were in force. A fact that only one release has is
left out for the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Literal, NamedTuple

from ..language.operators import Comparison
from ..language.smt.formula import literal
from ..language.smt.terms import Codes, Formula, Term, all_of, comparison, either, is_condition, negated, number
from ..language.tree import Name
from ..programme.model import MAIN, Programme, Tier
from ..programme.reads import all_read
from ..proof.example import Example, without_irrelevant
from ..proof.minimal_model import plainest
from ..proof.solve import SECONDS, Question, Undecided
from ..proof.symbols import MAX_ITEMS, Partner, is_recorded, make_partner, term
from ..release.load import Release
from ..values import NUMERIC, Kind, Unknown, Value
from .unchanged import unchanged_names

_NOTHING = Decimal(0)
OutcomeKind = Literal["status", "discount", "in_price", "bonus", "benefit", "rebate", "award", "price"]
Judgement = Literal["neutral", "improves", "worsens", "both", "not_proved"]  #: of an effect, from the partner's side
Renamed = Mapping[tuple[OutcomeKind, str], str]  #: the new id of an outcome, by what it is and its old id
Way = Literal["better", "worse", "other"]  #: how an outcome can differ, from the partner's side


class Pair(NamedTuple):
    """Two releases, the preferred day of an example, and the solver's seconds per question."""

    before: Release
    after: Release
    day: date
    seconds: float = SECONDS


class ComparedOutcome(NamedTuple):
    """Something that both programmes, or one of them, decide about a partner.

    A release that does not have it counts as a no, a zero or no choice.
    """

    tier: str | None  #: the id of its tier in the second release; None for the award and for prices
    what: OutcomeKind
    id: str  #: of the tier, bonus, benefit, rebate, track or price
    before: str | None  #: the id of the value in the first release; None where it does not have it
    after: str | None
    kind: Kind


class EffectWitness(NamedTuple):
    """Whether an outcome differs in one way for some partner, and the simplest such partner, as each release has it."""

    status: Literal["yes", "no", "undecided"]
    examples: tuple[Example, Example] | None = None
    values: tuple[Value | None, Value | None] | None = None  #: of the outcome; None for no price
    lines: tuple[Mapping[str, Any], ...] = ()  #: of an order, where the outcome is the price of its first line


class OutcomeEffect(NamedTuple):
    """The effect on an outcome: for each way in which it can differ, whether it does so for some partner."""

    outcome: ComparedOutcome
    ways: Mapping[Way, EffectWitness]

    @property
    def judgement(self) -> Judgement:
        """The judgement of this effect alone."""
        return judgement_of([self])


def judgement_of(effects: Sequence[OutcomeEffect]) -> Judgement:
    """The judgement of several effects together."""
    shown = {way for effect in effects for way, witness in effect.ways.items() if witness.status == "yes"}
    if {"better", "worse"} <= shown or "other" in shown:
        return "both"
    if "worse" in shown:
        return "worsens"  # even where other questions are undecided
    if any(witness.status == "undecided" for effect in effects for witness in effect.ways.values()):
        return "not_proved"
    return "improves" if "better" in shown else "neutral"


def outcome_effects(pair: Pair, renamed: Renamed | None = None) -> Iterator[OutcomeEffect]:
    """The effect on each outcome of either release, by tier; `renamed` as for `compared_outcomes`."""
    same = unchanged_names(pair.before.programme, pair.after.programme)
    for outcome in compared_outcomes(pair.before.programme, pair.after.programme, renamed or {}):
        if outcome.before == outcome.after and outcome.before in same:
            yield OutcomeEffect(outcome, {way: EffectWitness("no") for way in ways_of(outcome)})
        else:
            yield OutcomeEffect(outcome, {way: _way(pair, same, outcome, way) for way in ways_of(outcome)})


def compared_outcomes(before: Programme, after: Programme, renamed: Renamed) -> Iterator[ComparedOutcome]:
    """The outcomes of either: of each tier the status, discount, bonuses, benefits and rebates; then the tier awarded.

    `renamed` has the rows with another id in the second release.
    """
    new_ids = {id: renamed.get(("status", id), id) for id in before.tiers}
    old_ids = {new_id: id for id, new_id in new_ids.items()}
    for id in dict.fromkeys((*new_ids.values(), *after.tiers)):
        old = _tier_values(before.tiers.get(old_ids.get(id, id)), before)
        old = {(what, renamed.get((what, own_id), own_id)): value for (what, own_id), value in old.items()}
        new = _tier_values(after.tiers.get(id), after)
        for what, own_id in dict.fromkeys((*old, *new)):
            ids = (old.get((what, own_id)), new.get((what, own_id)))
            kind = next(
                programme.values[value].kind for programme, value in zip((before, after), ids, strict=True) if value
            )
            yield ComparedOutcome(id, what, own_id, *ids, kind)
    if before.tracks[MAIN].award == "highest" or after.tracks[MAIN].award == "highest":
        yield ComparedOutcome(None, "award", MAIN, before.tracks[MAIN].tier, after.tracks[MAIN].tier, Kind.CHOICE)


def _tier_values(tier: Tier | None, programme: Programme) -> dict[tuple[OutcomeKind, str], str]:
    """The ids of a tier's values, by what they are and the id of their row."""
    if tier is None:
        return {}
    values: dict[tuple[OutcomeKind, str], str] = {("status", tier.id): tier.qualified}
    if tier.discount:
        values |= {("discount", tier.id): tier.discount.total, ("in_price", tier.id): tier.discount.in_price}
        values |= {("bonus", bonus.id): bonus.percent for bonus in tier.discount.bonuses}
    values |= {("benefit", benefit.id): benefit.value for benefit in tier.benefits}
    values |= {("rebate", rebate.id): rebate.amount for rebate in tier.rebates.rows}
    return {key: id for key, id in values.items() if id in programme.values}


def ways_of(outcome: ComparedOutcome) -> tuple[Way, ...]:
    """The ways in which an outcome can differ: only a number or a yes/no can be better or worse."""
    return ("better", "worse") if outcome.kind in (*NUMERIC, Kind.YES_NO) else ("other",)


# The search -----------------------------------------------------------------------------------------------------------


def _way(pair: Pair, same: frozenset[str], outcome: ComparedOutcome, way: Way) -> EffectWitness:
    """Whether an outcome differs in this way for some partner: first on the preferred day, then on any day."""
    programmes = (pair.before.programme, pair.after.programme)
    read: frozenset[str] = frozenset()
    for programme, id in zip(programmes, (outcome.before, outcome.after), strict=True):
        read |= all_read(programme, [id]) if id else frozenset()
    items = MAX_ITEMS if any(id in read for programme in programmes for id in programme.lists) else None
    search = partial(_search, pair, same, outcome, way, read)
    if "as_of" in read and (witness := search(items, pair.day)).status != "undecided":
        return witness
    witness = search(None, None, only_ask=items is not None)
    return witness if items is None or witness.status != "undecided" else search(items, None)


def _search(
    pair: Pair,
    same: frozenset[str],
    outcome: ComparedOutcome,
    way: Way,
    read: frozenset[str],
    items: int | None,
    day: date | None,
    *,
    only_ask: bool = False,
) -> EffectWitness:
    """One search, with lists of at most `items` items or (None) of any length, on one day or (None) on any day.

    A search limited to short lists or to one day never answers no: the partner may be outside of these limits. With
    `only_ask` no example is built, and the answer is no or undecided.
    """
    try:
        old, new = partner_under_both(pair, same, items, day)
        differ = _differ(_term(old, outcome.before, outcome), _term(new, outcome.after, outcome), way)
        question = Question([*old.limits, *new.limits, *equal_numbers(old, new), differ], pair.seconds)
        if not question.can_be():
            return EffectWitness("no" if items is None and day is None else "undecided")
        examples = None if only_ask else _examples(pair, outcome, way, question, old, new, read)
    except Undecided:
        return EffectWitness("undecided")
    if examples is None:
        return EffectWitness("undecided")
    return EffectWitness("yes", examples, _values(pair, outcome, examples))


def partner_under_both(
    pair: Pair, same: frozenset[str], items: int | None, day: date | None
) -> tuple[Partner, Partner]:
    """One partner in symbols under each release; a fact that both have under one id is one symbol."""
    codes = Codes()
    old, new = (make_partner(release.programme, codes, items=items, day=day) for release in (pair.before, pair.after))
    for id in _differing_defaults(old.programme, new.programme):
        for partner in (old, new):
            partner.terms[id] = _or_default(partner, id)
    ids = {*new.programme.values, *new.programme.facts, *new.programme.lists}
    return old, new._replace(base=old, differ=frozenset(ids - same))


def _differing_defaults(before: Programme, after: Programme) -> list[str]:
    """The ids of facts of both releases with different defaults."""
    shared = (id for id in before.facts if id in after.facts)
    return [id for id in shared if before.facts[id].default != after.facts[id].default]


def _or_default(partner: Partner, id: str) -> Term:
    """A fact as the record states it; where it does not, the default, or unknown without one."""
    default, symbol = partner.programme.facts[id].default, partner.symbols[id]
    if default is None:
        return Term(symbol, is_recorded(id))
    return Term(either(is_recorded(id), symbol, literal(default, partner.codes)))


def equal_numbers(before: Partner, after: Partner) -> list[Formula]:
    """That each numeric fact is equal under both: a count in one release and an amount in the other are two symbols."""
    numeric = {id for id, fact in before.programme.facts.items() if fact.kind in NUMERIC}
    return [
        before.symbols[id] == after.symbols[id]
        for id, fact in after.programme.facts.items()
        if id in numeric and fact.kind in NUMERIC
    ]


def _term(partner: Partner, id: str | None, outcome: ComparedOutcome) -> Term:
    """The outcome under one release; a no, a zero or no choice where the release does not have it."""
    if id is None:
        return Term(False) if outcome.kind is Kind.YES_NO else Term(number(0 if outcome.kind in NUMERIC else -1))
    return term(partner, Name(id, outcome.kind))


def _differ(before: Term, after: Term, way: Way) -> Formula:
    """That both are known, and that they differ in this way."""
    both_known = all_of([before.known, after.known])
    if is_condition(before) or is_condition(after):
        worse = all_of([before.value, negated(after.value)])
        better = all_of([negated(before.value), after.value])
        return all_of([both_known, worse if way == "worse" else better])
    signs: Mapping[Way, Comparison] = {"worse": "<", "better": ">", "other": "!="}
    return all_of([both_known, comparison(signs[way], after, before)])


def _examples(
    pair: Pair,
    outcome: ComparedOutcome,
    way: Way,
    question: Question,
    old: Partner,
    new: Partner,
    read: frozenset[str],
) -> tuple[Example, Example] | None:
    """The simplest partner, as each release has it; None where the interpreter does not confirm it."""
    left_out = set()
    for id in _differing_defaults(old.programme, new.programme):
        if question.can_be(is_recorded(id)):
            question.add(is_recorded(id))
        else:
            question.add(negated(is_recorded(id)))
            left_out.add(id)
    partner = plainest(question, old, read, pair.day)
    facts = {**plainest(question, new, read, pair.day).facts, **partner.facts}
    partner = partner._replace(facts={id: value for id, value in facts.items() if id not in left_out})

    def shows(partners: tuple[Example, ...]) -> bool:
        return differ_in_way(_values(pair, outcome, in_each_release(pair, partners[0])), way)

    simplest = without_irrelevant((partner,), shows)
    return None if simplest is None else in_each_release(pair, simplest[0])


def in_each_release(pair: Pair, partner: Example) -> tuple[Example, Example]:
    """The same partner for each release, without the facts and the tier that the release does not have."""
    before, after = (_in_release(release.programme, partner) for release in (pair.before, pair.after))
    return before, after


def _in_release(programme: Programme, partner: Example) -> Example:
    tier = partner.tier if partner.tier in programme.tracks[MAIN].tiers else None
    facts = {id: value for id, value in partner.facts.items() if id in programme.facts or id in programme.lists}
    return partner._replace(facts=facts, tier=tier, since=partner.since if tier else None)


def _values(pair: Pair, outcome: ComparedOutcome, examples: tuple[Example, Example]) -> tuple[Value, Value]:
    """The outcome under each release, evaluated by the interpreter."""
    nothing: Value = False if outcome.kind is Kind.YES_NO else _NOTHING if outcome.kind in NUMERIC else ""
    sides = zip((pair.before, pair.after), examples, (outcome.before, outcome.after), strict=True)
    before, after = (nothing if id is None else example.values(release)[id] for release, example, id in sides)
    return before, after


def differ_in_way(values: tuple[Value, Value], way: Way) -> bool:
    """Whether the values before and after are both known and differ in this way."""
    before, after = values
    if isinstance(before, Unknown) or isinstance(after, Unknown):
        return False
    if way == "other":
        return before != after
    return bool(after < before) if way == "worse" else bool(after > before)  # type: ignore[operator]
