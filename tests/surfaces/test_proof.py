"""No partner passes the end of a range or breaks a claim that holds, and advice that is taken leads to the tier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from charter import Release, advise, prove, ranges
from charter.engine.language.run.interpret import interpret
from charter.engine.programme.claims import Always, Extreme, NeverChanges, NeverLowers, Possible, Reachable
from charter.engine.programme.model import ORDER, Fact
from charter.engine.programme.owners import OwnerKind
from charter.engine.proof.decide import Outermost
from charter.engine.values import NUMERIC, Kind, Unknown, Value

from ..proof.item_steps import facts_with
from .expressions import Expressions, Symbol, Target
from .partners import DAY, Partner, Partners, reference
from .programmes import SOURCE, Files, compiled
from .small import OF_A_LIST, OF_NEGATIVE_BOUNDS
from .trials import each, trials

PARTNERS = 50
SECONDS = 0.5


# Ranges ---------------------------------------------------------------------------------------------------------------


def range_fault(files: Files, chance: Random) -> str | None:
    """A number of a partner that is beyond the end of its range, or an end that its own example does not attain."""
    release = compiled(files)
    numbers = [named for named in release.programme.values.values() if named.kind in NUMERIC and named.list is None]
    numbers = [named for named in numbers if named.owner.kind in (OwnerKind.PROGRAMME, OwnerKind.TIER)]
    makers = Partners(release.programme, chance, any_term=True)
    partners = [makers.partner(missing=chance.choice((0, 0.1))) for _ in range(PARTNERS)]
    rows = [(partner, reference(release, partner)) for partner in partners if "agreements" not in partner]
    for named in chance.sample(numbers, min(2, len(numbers))):
        for span in ranges(release, named.id, as_of=DAY, seconds=SECONDS):
            for partner, values in rows:
                value = values[named.id]
                if isinstance(value, Unknown) or (
                    span.tier and values[release.programme.tiers[span.tier].qualified] is not True
                ):
                    continue
                for name, end in span.ends().items():
                    if (
                        end is not None
                        and end.value is not None
                        and (value < end.value if name == "least" else value > end.value)
                    ):
                        return f"the {name} of {named.id} is {end.value} ({span.tier}), and {value} for {partner}"
            for name, end in span.ends().items():
                if fault := example_fault(release, named.id, end):
                    return f"the {name} of {named.id} ({span.tier}): {fault}"
    return None


def example_fault(release: Release, id: str, end: Outermost) -> str | None:
    """A partner of the example of an end that does not have the number which it is said to have."""
    for example in end.examples:
        value = example.values(release)[id]
        if value != end.nearest or (end.status == "attained" and value != end.value):
            return f"{end.status} {end.value}, nearest {end.nearest}, and {value} for its example {example}"
    return None if end.examples or end.status != "attained" else "it is attained, and no example shows it"


@trials(4)
def test_no_partner_passes_the_end_of_a_range(seeds: range) -> None:
    each(seeds, range_fault, share=0.15)


# Claims ---------------------------------------------------------------------------------------------------------------


def with_claims(files: Files, chance: Random) -> Files:
    """The programme with a claim of each form, true or not."""
    release = compiled(files)
    amounts = (*release.programme.facts.values(), *release.programme.values.values())
    make = Expressions(
        chance, next(amount.currency for amount in amounts if amount.kind is Kind.MONEY and amount.currency)
    )
    scope = [
        Symbol(id, fact.kind.value, fact.currency, tuple(fact.choices), fact.ordered)
        for id, fact in release.programme.facts.items()
    ]
    scope += [
        Symbol(named.name, named.kind.value, named.currency, tuple(named.choices))
        for named in (release.programme.values[id] for id in release.programme.definitions)
    ]
    ordered = [id for id, fact in release.programme.facts.items() if fact.kind in (*NUMERIC, Kind.YES_NO)]
    facts = chance.sample(ordered, min(1, len(ordered)))
    count, amount = Target("count"), Target("money", make.currency)
    tiers = list(release.programme.tiers)
    claims: dict[str, dict[str, Any]] = {
        "always": {"always": make.condition(scope)},
        "possible": {"possible": make.condition(scope)},
        "greatest": {"greatest": make.rooted(scope, count, 1), "is": make.number("count")},
        "least": {"least": make.rooted(scope, amount, 1), "is": make.number("money")},
    }
    rising = [make.rooted(scope, count, 1), *(f"qualified('{tier}')" for tier in tiers[:1])]
    claims |= {"reached": {"reachable": chance.choice(("tiers", "bonuses"))}} if tiers else {}
    claims |= {"rising": {"more": facts, "never_lowers": rising}} if facts else {}
    claims |= {"fixed": {"whatever": facts, "never_changes": [make.rooted(scope, amount, 1)]}} if facts else {}
    head = {"title": {"en": "Claim", "ru": "Утверждение"}, **SOURCE}
    return {**files, "claims": {"claims": {id: {**head, **claim} for id, claim in claims.items()}}}


def claim_fault(files: Files, chance: Random) -> str | None:
    """A claim that is proved and that a partner breaks, or one that is refuted and that its own example keeps."""
    if "facts" not in files:
        return None  # a claim is about facts and what is made of them
    release = compiled(files if "claims" in files else with_claims(files, chance))
    makers = Partners(release.programme, chance, any_term=True)
    partners = [makers.partner(missing=chance.choice((0, 0.1))) for _ in range(PARTNERS)]
    partners = [{key: part for key, part in partner.items() if key != "agreements"} for partner in partners]
    rows = [(partner, reference(release, partner)) for partner in partners]
    for verdict in prove(release, as_of=DAY, seconds=SECONDS):
        verdict_text = f"{verdict.claim.id} is {verdict.status}: {verdict.claim.assertion}"
        for partner, values in rows:
            if verdict.status == "proved" and breaks(release, verdict.claim.assertion, partner, values, makers):
                return f"{verdict_text}, and not so for {partner}"
            if verdict.status == "refuted" and attains(verdict.claim.assertion, verdict.never, values):
                return f"{verdict_text}, and it holds for {partner}"
    return None


def breaks(release: Release, assertion: Any, partner: Partner, values: Mapping[str, Any], makers: Partners) -> bool:
    """Whether a partner, or one that differs from it in the facts of the claim, breaks a claim."""
    match assertion:
        case Always(condition):
            return interpret(condition, values) is False
        case Extreme(value, wanted, form):
            number, end = interpret(value, values), interpret(wanted, values)
            if isinstance(number, Unknown) or isinstance(end, Unknown):
                return False
            return bool(number > end if form == "greatest" else number < end)  # type: ignore[operator]
        case NeverLowers(facts, trees):
            for other in with_other(release, partner, facts, makers):
                later = reference(release, other)
                if all(is_known(values[id], later[id]) and later[id] >= values[id] for id in facts):
                    pairs = [(interpret(tree, values), interpret(tree, later)) for tree in trees]
                    if any(is_known(*pair) and pair[1] < pair[0] for pair in pairs):  # type: ignore[operator]
                        return True
        case NeverChanges(facts, trees):
            for other in with_other(release, partner, facts, makers):
                later = reference(release, other)
                pairs = [(interpret(tree, values), interpret(tree, later)) for tree in trees]
                if any(is_known(*pair) and pair[0] != pair[1] for pair in pairs):
                    return True
    return False


def attains(assertion: Any, never: tuple[str, ...], values: Mapping[str, Any]) -> bool:
    """Whether a partner shows what a refuted claim says to be possible."""
    match assertion:
        case Possible(condition):
            return interpret(condition, values) is True
        case Reachable(conditions):
            return len(never) == len(conditions) and any(interpret(tree, values) is True for tree in conditions)
    return False


def with_other(release: Release, partner: Partner, facts: tuple[str, ...], makers: Partners) -> Iterator[Partner]:
    """The partner with other values of these facts."""
    for _ in range(3):
        other = {id: makers.value(release.programme.facts[id]) for id in facts}
        yield {**partner, "facts": {**partner["facts"], **other}}


def is_known(*values: Value) -> bool:
    return not any(isinstance(value, Unknown) for value in values)


@trials(3)
def test_no_partner_breaks_a_claim_that_is_proved(seeds: range) -> None:
    each(seeds, claim_fault, share=0.15)


# Advice ---------------------------------------------------------------------------------------------------------------


def advice_fault(files: Files, chance: Random) -> str | None:
    """Advice that does not lead to its tier, or that says impossible where one change of a fact leads there."""
    release = compiled(files)
    makers = Partners(release.programme, chance, any_term=True)
    for _ in range(3):
        partner = makers.partner()
        for id in release.programme.lists:  # a list that is left out has a test of its own
            partner["facts"].setdefault(id, [])
        partner["facts"].pop(ORDER, None)
        for goal in advise(release, partner, as_of=DAY, seconds=SECONDS).advice:
            for way in goal.ways:
                after = {**partner, "facts": {**facts_with(release, partner["facts"], way.steps), **way.provided}}
                if release.evaluate(after, as_of=DAY).of(goal.tier).status != "qualified":
                    return f"{way.steps} does not lead to {goal.tier} from {partner}"
            if goal.status == "impossible":
                for changes in rises(release, partner, makers):
                    after = {**partner, "facts": {**partner["facts"], **changes}}
                    if release.evaluate(after, as_of=DAY).of(goal.tier).status == "qualified":
                        return f"{goal.tier} is said to be impossible, and {changes} leads there from {partner}"
    return None


def rises(release: Release, partner: Partner, makers: Partners) -> Iterator[dict[str, Any]]:
    """Changes that lead somewhere: facts with an effort rise, and missing facts without one have any value."""
    chance, facts = makers.chance, release.programme.facts
    for _ in range(40):
        changes: dict[str, Any] = {}
        for id, fact in facts.items():
            written = partner["facts"].get(id, fact.default)
            if written is None and fact.effort is None:
                changes[id] = makers.value(fact)
            elif fact.effort is not None and chance.random() < 0.6:
                changes |= risen(fact, written, makers)
        changes |= {id: items_changed(release, partner, id, makers) for id in release.programme.lists}
        yield changes


def items_changed(release: Release, partner: Partner, id: str, makers: Partners) -> list[dict[str, Any]]:
    """The items of a list as advice may change them: some changed, some ended, and some more."""
    chance, items = makers.chance, release.programme.lists[id]
    changed = [dict(item) for item in partner["facts"][id]]
    if items.effort_to_end is not None:
        changed = [item for item in changed if chance.random() < 0.7]
    for item in changed:
        for field in items.fields.values():
            if field.effort is not None and field.id in item and chance.random() < 0.5:
                item.update(risen(field, item[field.id], makers))
    if items.effort_to_add is not None:
        changed += makers.items(items, 0)[: chance.randrange(3)]
    return changed


def risen(fact: Fact, written: Any, makers: Partners) -> dict[str, Any]:
    """The fact as advice may change it; nothing where it may not. A missing number begins at its least, or at 0."""
    if fact.kind is Kind.YES_NO:
        return {fact.id: True}
    if fact.kind is Kind.CHOICE:
        return {fact.id: makers.value(fact)}
    if fact.kind is Kind.DATE:
        return {} if written is None else {fact.id: max(written, makers.value(fact))}
    start = written if written is not None else fact.minimum if fact.minimum is not None else Decimal(0)
    number = start + makers.chance.choice((0, 1, 2, 3, 10, 100)) * fact.effort_for
    return {} if fact.maximum is not None and number > fact.maximum else {fact.id: number}


@trials(6)
def test_advice_leads_to_its_tier(seeds: range) -> None:
    each(seeds, advice_fault, share=0.3)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(OF_A_LIST, id="list"),
        pytest.param(OF_NEGATIVE_BOUNDS, id="bounds"),
    ],
)
def test_a_tier_that_can_be_reached_is_not_called_impossible(files: Files) -> None:
    (goal,) = advise(compiled(files), {"partner": "P", "facts": {}}, tier="gold", as_of=DAY).advice
    assert goal.status != "impossible"
