"""Claims: what the source says of its own terms, proved from the rules or shown to be broken.

The rules bound every value (`language.bounds`), whoever the partner is; a scenario shows that a value is attained.
Where the two do not meet, a claim is undecided, and that is what is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .bounded import known_bounds
from .evaluate import all_values
from .language.bounds import Bounds, Range, bounds, truths
from .language.interpret import interpret
from .outcome import Outcome
from .problems import Level, Problem
from .programme import Claim
from .release import Release
from .values import Number, Unknown, Value, plain


class Verdict(NamedTuple):
    """What became of a claim: proved, refuted or undecided.

    `wanted` is the value that is claimed, `bound` the one that no partner can pass by the rules (None where there is
    none), `attained` the outermost that an example attains, and `example` its name.
    """

    claim: Claim
    status: str
    wanted: Number | None
    bound: Number | None
    attained: Number | None
    example: str | None


def check_claims(release: Release, examples: Mapping[str, Outcome]) -> tuple[Verdict, ...]:
    """A verdict on every claim; `examples` are outcomes of the release by name, those with agreements passed over."""
    programme = release.programme
    known = known_bounds(programme)
    rows = {
        name: all_values(release.plan, outcome)
        for name, outcome in examples.items()
        if not any(agreement.applied for agreement in outcome.agreements)
    }
    return tuple(_verdict(claim, known, rows) for claim in programme.claims)


def _verdict(claim: Claim, known: Mapping[str, Bounds], rows: Mapping[str, Mapping[str, Value]]) -> Verdict:
    found = {name: interpret(claim.expression, values) for name, values in rows.items()}
    attained = {name: value for name, value in found.items() if not isinstance(value, Unknown)}
    if claim.form == "always":
        broken = next((name for name, value in attained.items() if value is False), None)
        holds = truths(claim.expression, known) == {True}
        status = "proved" if holds else "refuted" if broken else "undecided"
        return Verdict(claim, status, None, None, None, broken)
    return _of_extreme(
        claim, known, {name: value for name, value in attained.items() if isinstance(value, Decimal | Fraction)}
    )


def _of_extreme(claim: Claim, known: Mapping[str, Bounds], attained: Mapping[str, Number]) -> Verdict:
    """Proved where the rules allow no more and an example attains as much; refuted where either says otherwise."""
    greatest = claim.form == "greatest"
    span, wanted = bounds(claim.expression, known), bounds(claim.wanted, known) if claim.wanted else None
    bound = (span.high if greatest else span.low) if isinstance(span, Range) else None
    claimed = wanted.low if isinstance(wanted, Range) and wanted.low == wanted.high else None
    best = max if greatest else min
    example = best(attained, key=lambda name: attained[name]) if attained else None
    value = attained[example] if example else None
    if claimed is None:
        return Verdict(claim, "undecided", None, bound, value, example)
    beyond = value is not None and (value > claimed if greatest else value < claimed)
    short = bound is not None and (bound < claimed if greatest else bound > claimed)
    status = "refuted" if beyond or short else "proved" if bound == value == claimed else "undecided"
    return Verdict(claim, status, claimed, bound, value, example)


def claim_problem(verdict: Verdict) -> Problem | None:
    """What is to be said of a claim that is not proved."""
    if verdict.status == "proved":
        return None
    claim, level = verdict.claim, Level.ERROR if verdict.status == "refuted" else Level.WARNING
    code = "claim-broken" if verdict.status == "refuted" else "claim-undecided"
    what = "does not hold" if verdict.status == "refuted" else "is not proved"
    message = f"the claim '{claim.id}' {what}: {found_instead(verdict)}"
    help = "mend the terms, or the claim"
    if verdict.status == "undecided":
        help = "write a scenario that attains it" if claim.form != "always" else "check it by hand"
    return Problem(code, message, claim.place, help, level)


def found_instead(verdict: Verdict) -> str:
    """In a few words, what a claim that is not proved comes to."""
    claim, example = verdict.claim, f"in '{verdict.example}'"
    if claim.form == "always":
        return f"it is false {example}" if verdict.example else "the rules alone do not say"
    if verdict.wanted is None:
        return "what it 'is' depends on the partner"
    wanted, found = plain(verdict.wanted), None if verdict.attained is None else plain(verdict.attained)
    if verdict.bound is not None and verdict.bound == verdict.attained:
        return f"the {claim.form} is {found}, {example}, not {wanted}"
    more = "more" if claim.form == "greatest" else "less"
    reached = "no scenario knows it" if found is None else f"{found} is attained {example}"
    limit = f"no rule forbids {more}" if verdict.bound is None else f"{plain(verdict.bound)} is what the rules allow"
    return f"{reached}, {limit}, and {wanted} is claimed"
