"""Claims decided by the solver: each proved, refuted with the plainest partner that breaks it, or undecided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import cast

from ..language.run.interpret import interpret
from ..language.tree import Compare, Expression, names
from ..problems import did_you_mean, wrong_call
from ..programme.model import Claim
from ..release.load import Release
from ..values import Number
from .claims_by_bounds import ClaimVerdict, label
from .decide import Answer, Setting, can_change, can_fail, can_hold, can_lower, outermost
from .solve import Undecided


def prove_claims(
    setting: Setting, readings: Mapping[str, Release], named: Sequence[str] = ()
) -> Iterator[ClaimVerdict]:
    """A verdict on every claim, one after the other, or on those named; `readings` are the releases of readings.

    Raises WrongCall for a name that no claim has.
    """
    known = {claim.id: claim for claim in setting.release.programme.claims}
    for id in named:
        if id not in known:
            raise wrong_call(
                f"'{id}' is not a claim of the release", did_you_mean(id, known) or f"the claims are {', '.join(known)}"
            )
    for claim in [known[id] for id in dict.fromkeys(named)] or known.values():
        if claim.under is None:
            yield prove(setting, claim)
        elif claim.under in readings:
            yield prove(setting._replace(release=readings[claim.under]), claim)
        else:
            yield ClaimVerdict(claim, "undecided")


def prove(setting: Setting, claim: Claim) -> ClaimVerdict:
    """A verdict on a claim about a release, which may be that of a reading not taken."""
    own = next((one for one in setting.release.programme.claims if one.id == claim.id), None)
    if own is None:  # the reading has other terms, and the claim means nothing there
        return ClaimVerdict(claim, "undecided")
    match own.form:
        case "always":
            return _unless(claim, can_fail(setting, own.expressions[0]))
        case "never_lowers":
            return _unless(claim, can_lower(setting, own.facts, own.expressions))
        case "never_changes":
            return _unless(claim, can_change(setting, own.facts, own.expressions))
        case "possible" | "reachable":
            return _if_each(setting, claim, own.expressions)
    return _extreme(setting, claim, own)


def _unless(claim: Claim, broken: Answer) -> ClaimVerdict:
    """Proved where no partner breaks it."""
    status = {"yes": "refuted", "no": "proved", "undecided": "undecided"}[broken.status]
    return ClaimVerdict(claim, status, partners=broken.examples)


def _if_each(setting: Setting, claim: Claim, trees: tuple[Expression, ...]) -> ClaimVerdict:
    """Proved where each condition holds for some partner."""
    found = [can_hold(setting, tree) for tree in trees]
    never = tuple(label(tree) for tree, one in zip(trees, found, strict=True) if one.status == "no")
    status = "refuted" if never else "proved" if all(one.status == "yes" for one in found) else "undecided"
    return ClaimVerdict(
        claim, status, never=never, partners=tuple(example for one in found for example in one.examples)
    )


def _extreme(setting: Setting, claim: Claim, own: Claim) -> ClaimVerdict:
    """Proved where no partner has more (or less) than is claimed, and some partner has as much."""
    (tree,), wanted = own.expressions, cast(Expression, own.wanted)
    greatest = own.form == "greatest"
    beyond = can_hold(setting, Compare(">" if greatest else "<", tree, wanted))
    reached = can_hold(setting, Compare("==", tree, wanted)) if beyond.status != "yes" else Answer("no")
    if beyond.status == "no" and reached.status == "yes":
        values = reached.examples[0].values(setting.release)
        value = _number(interpret(wanted, values))
        return ClaimVerdict(claim, "proved", value, value, value, partners=reached.examples)
    if beyond.status == "yes" or (beyond.status == "no" and reached.status == "no"):
        return _refuted(setting, claim, own, beyond)
    return ClaimVerdict(claim, "undecided")


def _refuted(setting: Setting, claim: Claim, own: Claim, beyond: Answer) -> ClaimVerdict:
    """What the greatest (or least) is in truth, as far as that can be told, and a partner that has it."""
    (tree,) = own.expressions
    try:
        end = outermost(setting, tree, own.form == "greatest")
    except Undecided:
        end = None
    bound = end.value if end else None
    partners = (end.found.examples if end else ()) or beyond.examples
    values = partners[0].values(setting.release) if partners else None
    attained = None if values is None else _number(interpret(tree, values))
    wanted = None if values is None else _number(interpret(cast(Expression, own.wanted), values))
    if wanted is None and own.wanted is not None:
        wanted = _written(own.wanted)
    return ClaimVerdict(claim, "refuted", wanted, bound, attained, partners=partners)


def _number(value: object) -> Number | None:
    return value if isinstance(value, Decimal | Fraction) else None


def _written(tree: Expression) -> Number | None:
    """A number that is the same for every partner."""
    return None if next(names(tree), None) else _number(interpret(tree, {}))
