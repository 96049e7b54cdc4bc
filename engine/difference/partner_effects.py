"""Behaviour: for whom two releases differ. Of each outcome it is proved that no partner is affected, or one is shown.

Both releases are asked about the same partner on the same day, as if both were in force. A fact that only one of them
knows is left out for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

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
Renamed = Mapping[tuple[str, str], str]  #: by what an outcome is and its own id, the id that it has now
BETTER, WORSE, OTHER = "better", "worse", "other"  #: ways in which an outcome can differ, from the partner's side


class Pair(NamedTuple):
    """Two releases, the day of examples where any will do, and the time for each question."""

    before: Release
    after: Release
    day: date
    seconds: float = SECONDS


class ComparedOutcome(NamedTuple):
    """Something that a programme decides of a partner: of which tier, what it is, and the ids of its values.

    `before` or `after` is None where that release does not have it: then it is a no, or nothing.
    """

    tier: str | None
    what: str  #: status, discount, in_price, bonus, benefit, rebate, award
    id: str
    before: str | None
    after: str | None
    kind: Kind


class EffectWitness(NamedTuple):
    """Whether some partner is hit in one way (yes, no or undecided), and the plainest one, as each release has it."""

    status: str
    examples: tuple[Example, Example] | None = None
    values: tuple[Value, Value] | None = None
    lines: tuple[Mapping[str, Any], ...] = ()  #: of an order, where it is about the price of the first


class OutcomeEffect(NamedTuple):
    """What becomes of an outcome: whether it gets better for someone, worse for someone, or other than that."""

    outcome: ComparedOutcome
    ways: dict[str, EffectWitness]

    @property
    def judgement(self) -> str:
        """From the partner's side: neutral, improves, worsens, both, or not_proved."""
        return judgement_of([self])


def judgement_of(effects: Sequence[OutcomeEffect]) -> str:
    """The judgement of several effects together."""
    found = {way for effect in effects for way, one in effect.ways.items() if one.status == "yes"}
    open = any(one.status == "undecided" for effect in effects for one in effect.ways.values())
    if {BETTER, WORSE} <= found or OTHER in found:
        return "both"
    if WORSE in found:
        return "worsens"  # whatever else may be open
    if open:
        return "not_proved"
    return "improves" if BETTER in found else "neutral"


def outcome_effects(pair: Pair, renamed: Renamed | None = None) -> Iterator[OutcomeEffect]:
    """What becomes of each outcome of either release, in the order of their tiers; `renamed` as for `outcomes`."""
    same = unchanged_names(pair.before.programme, pair.after.programme)
    for outcome in outcomes(pair.before.programme, pair.after.programme, renamed or {}):
        if outcome.before == outcome.after and outcome.before in same:
            yield OutcomeEffect(outcome, {way: EffectWitness("no") for way in ways_of(outcome)})
        else:
            yield OutcomeEffect(outcome, {way: _way(pair, same, outcome, way) for way in ways_of(outcome)})


def outcomes(before: Programme, after: Programme, renamed: Renamed) -> Iterator[ComparedOutcome]:
    """What either decides: of each tier its status, discount, bonuses, benefits and rebates; and which is awarded.

    `renamed` are the rows that have another name now: by what they are and their id, the new id.
    """
    tiers = {id: renamed.get(("status", id), id) for id in before.tiers}
    for id in dict.fromkeys((*tiers.values(), *after.tiers)):
        old = next((was for was, now in tiers.items() if now == id), id)
        one, other = _of_tier(before.tiers.get(old), before), _of_tier(after.tiers.get(id), after)
        one = {(what, renamed.get((what, own), own)): value for (what, own), value in one.items()}
        for key in dict.fromkeys((*one, *other)):
            what, own = key
            value = (one.get(key), other.get(key))
            kind = next(programme.values[id].kind for programme, id in zip((before, after), value, strict=True) if id)
            yield ComparedOutcome(id, what, own, *value, kind)
    if before.tracks[MAIN].award == "highest" or after.tracks[MAIN].award == "highest":
        yield ComparedOutcome(None, "award", MAIN, before.tracks[MAIN].tier, after.tracks[MAIN].tier, Kind.CHOICE)


def _of_tier(tier: Tier | None, programme: Programme) -> dict[tuple[str, str], str]:
    """The values of a tier by what they are and their own id."""
    if tier is None:
        return {}
    found = {("status", tier.id): tier.qualified}
    if tier.discount:
        found |= {("discount", tier.id): tier.discount.total, ("in_price", tier.id): tier.discount.in_price}
        found |= {("bonus", bonus.id): bonus.percent for bonus in tier.discount.bonuses}
    found |= {("benefit", benefit.id): benefit.value for benefit in tier.benefits}
    found |= {("rebate", rebate.id): rebate.amount for rebate in tier.rebates}
    return {key: id for key, id in found.items() if id in programme.values}


def ways_of(outcome: ComparedOutcome) -> tuple[str, ...]:
    """In which ways an outcome can differ."""
    return (BETTER, WORSE) if outcome.kind in (*NUMERIC, Kind.YES_NO) else (OTHER,)


# The search -----------------------------------------------------------------------------------------------------------


def _way(pair: Pair, same: frozenset[str], outcome: ComparedOutcome, way: str) -> EffectWitness:
    """Whether an outcome gets better, worse or other for some partner; first on the day that is set, then on any."""
    programmes = (pair.before.programme, pair.after.programme)
    read: frozenset[str] = frozenset()
    for programme, id in zip(programmes, (outcome.before, outcome.after), strict=True):
        read |= all_read(programme, [id]) if id else frozenset()
    items = MAX_ITEMS if any(id in read for programme in programmes for id in programme.lists) else None
    searches: list[Callable[[], EffectWitness]] = []
    if "as_of" in read:
        searches.append(lambda: _search(pair, same, outcome, way, read, items, pair.day))
    searches.append(lambda: _search(pair, same, outcome, way, read, None, None, only_ask=items is not None))
    if items is not None:
        searches.append(lambda: _search(pair, same, outcome, way, read, items, None))
    for search in searches:
        found = search()
        if found.status != "undecided":
            return found
    return EffectWitness("undecided")


def _search(
    pair: Pair,
    same: frozenset[str],
    outcome: ComparedOutcome,
    way: str,
    read: frozenset[str],
    items: int | None,
    day: date | None,
    *,
    only_ask: bool = False,
) -> EffectWitness:
    try:
        one, other = two_partners(pair, same, items, day)
        differ = _differ(_term(one, outcome.before, outcome), _term(other, outcome.after, outcome), way)
        question = Question([*one.limits, *other.limits, *linked(one, other), differ], pair.seconds)
        if not question.can_be():
            return EffectWitness("no" if items is None and day is None else "undecided")
        if only_ask:
            return EffectWitness("undecided")
        examples = _examples(pair, outcome, way, question, one, other, read)
    except Undecided:
        return EffectWitness("undecided")
    if examples is None:
        return EffectWitness("undecided")
    return EffectWitness("yes", examples, _values(pair, outcome, examples))


def two_partners(pair: Pair, same: frozenset[str], items: int | None, day: date | None) -> tuple[Partner, Partner]:
    """One partner as each release sees it: what both know by one name is one symbol."""
    codes = Codes()
    one, other = (make_partner(release.programme, codes, items=items, day=day) for release in (pair.before, pair.after))
    for id in _defaulted(one.programme, other.programme):
        for of in (one, other):
            of.terms[id] = _or_default(of, id)
    known = {*other.programme.values, *other.programme.facts, *other.programme.lists}
    return one, other._replace(base=one, differ=frozenset(known - same))


def _defaulted(before: Programme, after: Programme) -> list[str]:
    """The facts of both for which other values count where a record leaves them out."""
    shared = (id for id in before.facts if id in after.facts)
    return [id for id in shared if before.facts[id].default != after.facts[id].default]


def _or_default(of: Partner, id: str) -> Term:
    """A fact that a record may leave out: its default then, or unknown."""
    default, symbol = of.programme.facts[id].default, of.symbols[id]
    if default is None:
        return Term(symbol, is_recorded(id))
    return Term(either(is_recorded(id), symbol, literal(default, of.codes)))


def linked(one: Partner, other: Partner) -> list[Formula]:
    """That a number is the same for both where one release counts it and the other measures it."""
    kinds = {id: (one.programme.facts[id].kind, fact.kind) for id, fact in other.programme.facts.items()
             if id in one.programme.facts}  # fmt: skip
    return [
        one.symbols[id] == other.symbols[id] for id, both in kinds.items() if both[0] in NUMERIC and both[1] in NUMERIC
    ]


def _term(of: Partner, id: str | None, outcome: ComparedOutcome) -> Term:
    """The outcome under one release; a release that does not have it gives nothing."""
    if id is None:
        return Term(False) if outcome.kind is Kind.YES_NO else Term(number(0 if outcome.kind in NUMERIC else -1))
    return term(of, Name(id, outcome.kind))


def _differ(before: Term, after: Term, way: str) -> Formula:
    known = all_of([before.known, after.known])
    if is_condition(before) or is_condition(after):
        worse = all_of([before.value, negated(after.value)])
        better = all_of([negated(before.value), after.value])
        return all_of([known, worse if way == WORSE else better])
    signs: Mapping[str, Comparison] = {WORSE: "<", BETTER: ">", OTHER: "!="}
    return all_of([known, comparison(signs[way], after, before)])


def _examples(
    pair: Pair,
    outcome: ComparedOutcome,
    way: str,
    question: Question,
    one: Partner,
    other: Partner,
    read: frozenset[str],
) -> tuple[Example, Example] | None:
    """The plainest partner, as each release has it; None where the interpreter does not agree."""
    left_out = set()
    for id in _defaulted(one.programme, other.programme):
        if question.can_be(is_recorded(id)):
            question.add(is_recorded(id))
        else:
            question.add(negated(is_recorded(id)))
            left_out.add(id)
    found = plainest(question, one, read, pair.day)
    more = plainest(question, other, read, pair.day)
    facts = {id: value for id, value in {**more.facts, **found.facts}.items() if id not in left_out}
    whole = found._replace(facts=facts)

    def shows(partners: tuple[Example, ...]) -> bool:
        values = _values(pair, outcome, as_each_has_it(pair, partners[0]))
        return is_so(values, way)

    least_found = without_irrelevant((whole,), shows)
    return None if least_found is None else as_each_has_it(pair, least_found[0])


def as_each_has_it(pair: Pair, partner: Example) -> tuple[Example, Example]:
    """The same partner in the terms of each release: facts and tiers that it does not know left out."""
    found = []
    for release in (pair.before, pair.after):
        programme = release.programme
        known = {*programme.facts, *programme.lists}
        tier = partner.tier if partner.tier in programme.tracks[MAIN].tiers else None
        facts = {id: value for id, value in partner.facts.items() if id in known}
        found.append(partner._replace(facts=facts, tier=tier, since=partner.since if tier else None))
    return found[0], found[1]


def _values(pair: Pair, outcome: ComparedOutcome, examples: tuple[Example, Example]) -> tuple[Value, Value]:
    """The outcome of both, as the interpreter has it."""
    found: list[Value] = []
    for release, example, id in zip((pair.before, pair.after), examples, (outcome.before, outcome.after), strict=True):
        nothing: Value = False if outcome.kind is Kind.YES_NO else _NOTHING if outcome.kind in NUMERIC else ""
        found.append(nothing if id is None else example.values(release)[id])
    return found[0], found[1]


def is_so(values: tuple[Value, Value], way: str) -> bool:
    """Whether two values differ in this way, both known."""
    before, after = values
    if isinstance(before, Unknown) or isinstance(after, Unknown):
        return False
    if way == OTHER:
        return before != after
    return bool(after < before) if way == WORSE else bool(after > before)  # type: ignore[operator]
