"""Decides claims with the solver: each is proved, refuted with the simplest partner that breaks it, or undecided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from ..language.run.interpret import interpret
from ..language.tree import Compare, Expression, names
from ..problems import did_you_mean, wrong_call
from ..programme.claims import Always, Claim, Extreme, NeverChanges, NeverLowers, Possible, Reachable
from ..release.load import Release
from ..values import Number
from .claims_by_bounds import ClaimStatus, ClaimVerdict, condition_label
from .decide import Answer, Setting, can_change, can_fail, can_hold, can_lower, outermost


def prove_claims(
    setting: Setting, readings: Mapping[str, Release], named: Sequence[str] = ()
) -> Iterator[ClaimVerdict]:
    """A verdict on each claim in the order of the release, or on those named, in the order of their names.

    `readings` are the releases under readings not taken, by the names of these. Raises WrongCall for a name that no
    claim has.
    """
    claims = {claim.id: claim for claim in setting.release.programme.claims}
    for id in named:
        if id not in claims:
            help = did_you_mean(id, claims) or f"the claims are {', '.join(claims)}"
            raise wrong_call(f"'{id}' is not a claim of the release", help)
    for claim in [claims[id] for id in dict.fromkeys(named)] or claims.values():
        if claim.under is None:
            yield prove(setting, claim)
        elif claim.under in readings:
            yield prove(setting._replace(release=readings[claim.under]), claim)
        else:
            yield ClaimVerdict(claim, "undecided")


def prove(setting: Setting, claim: Claim) -> ClaimVerdict:
    """A verdict on a claim about a release, which may be that of a reading not taken."""
    own = next((own for own in setting.release.programme.claims if own.id == claim.id), None)
    if own is None:  # the reading has other terms, and the claim means nothing there
        return ClaimVerdict(claim, "undecided")
    match own.assertion:
        case Always(condition):
            return _unless(claim, can_fail(setting, condition))
        case NeverLowers(facts, values):
            return _unless(claim, can_lower(setting, facts, values))
        case NeverChanges(facts, values):
            return _unless(claim, can_change(setting, facts, values))
        case Possible(condition):
            return _if_each(setting, claim, (condition,))
        case Reachable(conditions):
            return _if_each(setting, claim, conditions)
        case Extreme():
            return _extreme(setting, claim, own.assertion)
        case _:
            assert_never(own.assertion)


def _unless(claim: Claim, breach: Answer) -> ClaimVerdict:
    """Proved where no partner breaks the claim."""
    statuses: Mapping[str, ClaimStatus] = {"yes": "refuted", "no": "proved", "undecided": "undecided"}
    return ClaimVerdict(claim, statuses[breach.status], partners=breach.examples)


def _if_each(setting: Setting, claim: Claim, conditions: tuple[Expression, ...]) -> ClaimVerdict:
    """Proved where each condition holds for some partner."""
    answers = [can_hold(setting, condition) for condition in conditions]
    results = zip(conditions, answers, strict=True)
    never = tuple(condition_label(tree) for tree, answer in results if answer.status == "no")
    all_hold = all(answer.status == "yes" for answer in answers)
    status: ClaimStatus = "refuted" if never else "proved" if all_hold else "undecided"
    partners = tuple(example for answer in answers for example in answer.examples)
    return ClaimVerdict(claim, status, never=never, partners=partners)


def _extreme(setting: Setting, claim: Claim, extreme: Extreme) -> ClaimVerdict:
    """Proved where no partner has more (or less) than is claimed, and some partner has as much."""
    value, wanted, form = extreme
    beyond = can_hold(setting, Compare(">" if form == "greatest" else "<", value, wanted))
    reached = can_hold(setting, Compare("==", value, wanted)) if beyond.status != "yes" else Answer("no")
    if beyond.status == "no" and reached.status == "yes":
        number = _number(interpret(wanted, reached.examples[0].values(setting.release)))
        return ClaimVerdict(claim, "proved", number, number, number, partners=reached.examples)
    if beyond.status == "yes" or (beyond.status == "no" and reached.status == "no"):
        return _refuted(setting, claim, extreme, beyond)
    return ClaimVerdict(claim, "undecided")


def _refuted(setting: Setting, claim: Claim, extreme: Extreme, beyond: Answer) -> ClaimVerdict:
    """The true greatest (or least) number and a partner that has it, as far as the solver finds them.

    `beyond` has a partner with more (or less) than is claimed, where there is one.
    """
    end = outermost(setting, extreme.value, extreme.form == "greatest")
    partners = end.examples or beyond.examples
    values = partners[0].values(setting.release) if partners else None
    attained = None if values is None else _number(interpret(extreme.value, values))
    wanted = None if values is None else _number(interpret(extreme.wanted, values))
    if wanted is None:
        wanted = _constant(extreme.wanted)
    return ClaimVerdict(claim, "refuted", wanted, end.value, attained, partners=partners)


def _number(value: object) -> Number | None:
    return value if isinstance(value, Decimal | Fraction) else None


def _constant(tree: Expression) -> Number | None:
    """The number that an expression is for every partner; None where it depends on the partner."""
    return None if next(names(tree), None) else _number(interpret(tree, {}))
