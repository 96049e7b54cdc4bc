"""Decides claims from the bounds of values and the scenarios of a release, without the solver.

The rules bound every value (`language.bounds`) for all partners; a scenario shows that a value is attained. Where the
two do not meet, a claim is undecided; `proof.claims_by_solver` decides most of those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple, assert_never

from ..evaluate.outcome import Outcome
from ..extras import Extra, how_to_install
from ..language.bounds.bounds import Bounds, NumberRange, bounds, truths
from ..language.run.interpret import interpret
from ..language.tree import Aggregate, And, Expression, Name, names
from ..language.words.words import text
from ..named_tuples import public
from ..problems import Level, Problem
from ..programme.claims import Always, Claim, Extreme, NeverChanges, NeverLowers, Possible, Reachable
from ..programme.model import Programme
from ..programme.reads import all_read
from ..programme.value_bounds import known_bounds
from ..release.load import Release
from ..values import Number, Value, plain
from .example import Example

ClaimStatus = Literal["proved", "refuted", "undecided"]
_Rows = Mapping[str, Mapping[str, Value]]  #: the values of each scenario's partner, by the name of the scenario


@public("claim.id", "status")
class ClaimVerdict(NamedTuple):
    """Whether a claim is proved, and what shows it.

    `wanted`, `bound`, `attained` are of claims of a greatest or least value only, None where the number is not known.
    """

    claim: Claim
    status: ClaimStatus
    wanted: Number | None = None  #: the number that is claimed
    bound: Number | None = None  #: the number that no partner passes; None also where there is no limit
    attained: Number | None = None  #: the outermost number that an example attains
    example: str | None = None  #: the scenario whose partner shows or breaks the claim
    partners: tuple[Example, ...] = ()  #: the solver's partners, who show or break the claim
    never: tuple[str, ...] = ()  #: the conditions that no partner meets, of a claim that they are possible or reachable


def check_claims(
    release: Release, examples: Mapping[str, Outcome], under: str | None = None
) -> tuple[ClaimVerdict, ...]:
    """A verdict on every claim about the release as it is, or, with `under`, about that reading not taken.

    `examples` are outcomes of the release by name; those with agreements are passed over.
    """
    rows = {
        name: release.values(outcome)
        for name, outcome in examples.items()
        if not any(agreement.applied for agreement in outcome.agreements)
    }
    limits = known_bounds(release.programme)
    return tuple(_verdict(claim, release, limits, rows) for claim in release.programme.claims if claim.under == under)


def _verdict(claim: Claim, release: Release, limits: Mapping[str, Bounds], rows: _Rows) -> ClaimVerdict:
    match claim.assertion:
        case Always(condition):
            return _always(claim, condition, limits, rows)
        case Possible(condition):
            return _possible(claim, (condition,), limits, rows)
        case Reachable(conditions):
            return _possible(claim, conditions, limits, rows)
        case NeverLowers(facts, values) | NeverChanges(facts, values):
            read = all_read(release.programme, {name.id for tree in values for name in names(tree)})
            return ClaimVerdict(claim, "undecided" if read & set(facts) else "proved")
        case Extreme():
            return _extreme(claim, claim.assertion, limits, rows)
        case _:
            assert_never(claim.assertion)


def _always(claim: Claim, condition: Expression, limits: Mapping[str, Bounds], rows: _Rows) -> ClaimVerdict:
    broken = next((name for name, values in rows.items() if interpret(condition, values) is False), None)
    holds = truths(condition, limits) == {True}
    return ClaimVerdict(claim, "proved" if holds else "refuted" if broken else "undecided", example=broken)


def _possible(
    claim: Claim, conditions: tuple[Expression, ...], limits: Mapping[str, Bounds], rows: _Rows
) -> ClaimVerdict:
    """Proved where each condition has an example; refuted where one is never true."""
    examples = [
        next((name for name, values in rows.items() if interpret(condition, values) is True), None)
        for condition in conditions
    ]
    never = tuple(condition_label(condition) for condition in conditions if truths(condition, limits) == {False})
    if never:
        return ClaimVerdict(claim, "refuted", never=never)
    return ClaimVerdict(claim, "undecided" if None in examples else "proved", example=examples[0] if examples else None)


def _extreme(claim: Claim, extreme: Extreme, limits: Mapping[str, Bounds], rows: _Rows) -> ClaimVerdict:
    """Proved where the rules allow no more and an example attains as much; refuted where either says otherwise."""
    results = {name: interpret(extreme.value, values) for name, values in rows.items()}
    attained = {name: value for name, value in results.items() if isinstance(value, Decimal | Fraction)}
    greatest = extreme.form == "greatest"
    span, wanted = bounds(extreme.value, limits), bounds(extreme.wanted, limits)
    bound = (span.high if greatest else span.low) if isinstance(span, NumberRange) else None
    claimed = wanted.low if isinstance(wanted, NumberRange) and wanted.low == wanted.high else None
    best = max if greatest else min
    example = best(attained, key=lambda name: attained[name]) if attained else None
    value = attained[example] if example else None
    if claimed is None:
        return ClaimVerdict(claim, "undecided", None, bound, value, example)
    beyond = value is not None and (value > claimed if greatest else value < claimed)
    short = bound is not None and (bound < claimed if greatest else bound > claimed)
    status: ClaimStatus = "refuted" if beyond or short else "proved" if bound == value == claimed else "undecided"
    return ClaimVerdict(claim, status, claimed, bound, value, example)


def condition_label(tree: Expression) -> str:
    """The name of a condition, of its last part where parts are joined by `and`; without a name its text."""
    last = tree.operands[-1] if isinstance(tree, And) else tree
    return last.written if isinstance(last, Name) else text(tree)


def claim_problem(verdict: ClaimVerdict, programme: Programme, *, solver: bool) -> Problem | None:
    """The problem of a claim that is not proved; None for a proved one. `solver` says whether the solver was asked."""
    if verdict.status == "proved":
        return None
    read = all_read(programme, {name.id for tree in verdict.claim.expressions for name in names(tree)})
    trees = [*verdict.claim.expressions, *(value.expression for id, value in programme.values.items() if id in read)]
    of_day = any(_day_counts(trees, partner) for partner in verdict.partners)
    who = f"in '{verdict.example}'" if verdict.example else f"for {_facts_of(verdict.partners, of_day=of_day)}"
    claim, level = verdict.claim, Level.ERROR if verdict.status == "refuted" else Level.WARNING
    code = "claim-broken" if verdict.status == "refuted" else "claim-undecided"
    what = "does not hold" if verdict.status == "refuted" else "is not proved"
    message = f"the claim '{claim.id}' {what}: {_what_holds(verdict, who)}"
    help = "mend the terms, or the claim"
    if verdict.status == "undecided":
        by_hand = isinstance(claim.assertion, Always | NeverLowers | NeverChanges)
        help = "check it by hand" if by_hand else "write a scenario that attains it"
        if not solver:
            help, level = f"install the solver, which may decide it: {how_to_install(Extra.PROVE)}", Level.NOTE
    return Problem(code, message, claim.place, help, level)


def _day_counts(trees: Sequence[Expression], partner: Example) -> bool:
    """Whether the day of the evaluation may matter to a partner; not where only items ask for it, and it has none."""
    return any(
        any(name.id == "as_of" for name in names(tree))
        and not (isinstance(tree, Aggregate) and not partner.facts.get(tree.list))
        for tree in trees
    )


def _what_holds(verdict: ClaimVerdict, who: str) -> str:
    """In a few words, what holds in place of a claim that is not proved; `who` is the example."""
    if verdict.never:
        return f"nobody reaches {', '.join(repr(condition) for condition in verdict.never)}"
    shown = bool(verdict.example or verdict.partners)
    match verdict.claim.assertion:
        case NeverLowers() | NeverChanges():
            return f"not {who}" if shown else "the rules alone do not say"
        case Always():
            return f"it is false {who}" if shown else "the rules alone do not say"
        case Possible() | Reachable():
            return "no scenario shows it, and the rules alone do not say"
        case Extreme(_, wanted, form):
            if verdict.wanted is None:
                varies = next(names(wanted), None) is not None
                return "what it 'is' depends on the partner" if varies else "the rules alone do not say"
            return _other_extreme(verdict, verdict.wanted, form, who)
        case _:
            assert_never(verdict.claim.assertion)


def _other_extreme(verdict: ClaimVerdict, claimed: Number, form: Literal["greatest", "least"], who: str) -> str:
    """What the greatest or least number is in place of the one claimed, as far as that is known."""
    wanted, attained = plain(claimed), None if verdict.attained is None else plain(verdict.attained)
    if verdict.bound is not None and verdict.bound == verdict.attained:
        where = f", {who}, not {wanted}" if verdict.example else f", not {wanted}: {who}"
        return f"the {form} is {attained}{where}"
    reached = "no scenario knows it" if attained is None else f"{attained} is attained {who}"
    limit = "no limit is proved" if verdict.bound is None else f"{plain(verdict.bound)} is what the rules allow"
    return f"{reached}, {limit}, and {wanted} is claimed"


def _facts_of(partners: tuple[Example, ...], *, of_day: bool) -> str:
    """The facts of a partner on one line; of two partners, then those in which the second differs.

    `of_day` says that the day of the evaluation matters, and is named too.
    """
    if not partners:
        return "any partner"
    first, *others = partners
    facts = ", ".join(f"{id}: {_shown(value)}" for id, value in first.facts.items()) or "any partner"
    facts += f" on {first.as_of}" if of_day else ""
    if not others:
        return facts
    differing = [f"{id}: {_shown(value)}" for id, value in others[0].facts.items() if value != first.facts.get(id)]
    return f"{facts}, beside {', '.join(differing)}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return plain(value) if isinstance(value, Decimal) else str(value)
