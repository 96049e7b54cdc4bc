"""Claims: what is said of all partners, proved from the rules or shown to be broken, as far as that takes no solver.

The rules bound every value (`language.bounds`), whoever the partner is; a scenario shows that a value is attained.
Where the two do not meet, a claim is undecided, and that is what is said; `proof.claims` decides most of those.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from ..evaluate.evaluate import all_values
from ..evaluate.outcome import Outcome
from ..extras import Extra, how_to_install
from ..language.bounds.bounds import Bounds, NumberRange, bounds, truths
from ..language.run.interpret import interpret
from ..language.tree import And, Expression, Name, names
from ..language.words.words import text
from ..named_tuples import public
from ..problems import Level, Problem
from ..programme.model import Claim, Programme
from ..programme.reads import all_read
from ..programme.value_bounds import known_bounds
from ..release.load import Release
from ..values import Number, Value, plain
from .example import Example


@public("claim.id", "status")
class ClaimVerdict(NamedTuple):
    """What became of a claim: proved, refuted or undecided.

    `wanted` is the value that is claimed, `bound` the one that no partner can pass by the rules (None where there is
    none), `attained` the outermost that an example attains, and `example` the name of the scenario whose partner it is.
    `partners` are those that the solver found: who show it, or break it; `never` is what no partner reaches.
    """

    claim: Claim
    status: str
    wanted: Number | None = None
    bound: Number | None = None
    attained: Number | None = None
    example: str | None = None
    partners: tuple[Example, ...] = ()
    never: tuple[str, ...] = ()


def check_claims(
    release: Release, examples: Mapping[str, Outcome], under: str | None = None
) -> tuple[ClaimVerdict, ...]:
    """A verdict on every claim about the release as it is, or about the reading not taken that it is made `under`.

    `examples` are outcomes of the release by name, those with agreements passed over.
    """
    programme = release.programme
    known = known_bounds(programme)
    rows = {
        name: all_values(release.plan, outcome)
        for name, outcome in examples.items()
        if not any(agreement.applied for agreement in outcome.agreements)
    }
    return tuple(_verdict(claim, programme, known, rows) for claim in programme.claims if claim.under == under)


def _verdict(
    claim: Claim, programme: Programme, known: Mapping[str, Bounds], rows: Mapping[str, Mapping[str, Value]]
) -> ClaimVerdict:
    match claim.form:
        case "always":
            return _always(claim, known, rows)
        case "possible" | "reachable":
            return _possible(claim, known, rows)
        case "never_lowers" | "never_changes":
            read = all_read(programme, {name.id for tree in claim.expressions for name in names(tree)})
            return ClaimVerdict(claim, "undecided" if read & set(claim.facts) else "proved")
    (tree,) = claim.expressions
    found = {name: interpret(tree, values) for name, values in rows.items()}
    return _of_extreme(
        claim, known, {name: value for name, value in found.items() if isinstance(value, Decimal | Fraction)}
    )


def _always(claim: Claim, known: Mapping[str, Bounds], rows: Mapping[str, Mapping[str, Value]]) -> ClaimVerdict:
    (tree,) = claim.expressions
    broken = next((name for name, values in rows.items() if interpret(tree, values) is False), None)
    holds = truths(tree, known) == {True}
    return ClaimVerdict(claim, "proved" if holds else "refuted" if broken else "undecided", example=broken)


def _possible(claim: Claim, known: Mapping[str, Bounds], rows: Mapping[str, Mapping[str, Value]]) -> ClaimVerdict:
    """Each condition has an example; one that is never true has none."""
    examples = [
        next((name for name, values in rows.items() if interpret(tree, values) is True), None)
        for tree in claim.expressions
    ]
    never = tuple(label(tree) for tree in claim.expressions if truths(tree, known) == {False})
    if never:
        return ClaimVerdict(claim, "refuted", never=never)
    return ClaimVerdict(claim, "undecided" if None in examples else "proved", example=examples[0] if examples else None)


def _of_extreme(claim: Claim, known: Mapping[str, Bounds], attained: Mapping[str, Number]) -> ClaimVerdict:
    """Proved where the rules allow no more and an example attains as much; refuted where either says otherwise."""
    greatest = claim.form == "greatest"
    span, wanted = bounds(claim.expressions[0], known), bounds(claim.wanted, known) if claim.wanted else None
    bound = (span.high if greatest else span.low) if isinstance(span, NumberRange) else None
    claimed = wanted.low if isinstance(wanted, NumberRange) and wanted.low == wanted.high else None
    best = max if greatest else min
    example = best(attained, key=lambda name: attained[name]) if attained else None
    value = attained[example] if example else None
    if claimed is None:
        return ClaimVerdict(claim, "undecided", None, bound, value, example)
    beyond = value is not None and (value > claimed if greatest else value < claimed)
    short = bound is not None and (bound < claimed if greatest else bound > claimed)
    status = "refuted" if beyond or short else "proved" if bound == value == claimed else "undecided"
    return ClaimVerdict(claim, status, claimed, bound, value, example)


def label(tree: Expression) -> str:
    """What a condition is called where it has a name; else its text."""
    last = tree.operands[-1] if isinstance(tree, And) else tree
    return last.written if isinstance(last, Name) else text(tree)


def claim_problem(verdict: ClaimVerdict, *, solver: bool) -> Problem | None:
    """What is to be said of a claim that is not proved; `solver` says whether there was one to ask."""
    if verdict.status == "proved":
        return None
    claim, level = verdict.claim, Level.ERROR if verdict.status == "refuted" else Level.WARNING
    code = "claim-broken" if verdict.status == "refuted" else "claim-undecided"
    what = "does not hold" if verdict.status == "refuted" else "is not proved"
    message = f"the claim '{claim.id}' {what}: {found_instead(verdict)}"
    help = "mend the terms, or the claim"
    if verdict.status == "undecided":
        help = "check it by hand" if claim.form in ("always", *_PAIRS) else "write a scenario that attains it"
        if not solver:
            help, level = f"install the solver, which may decide it: {how_to_install(Extra.PROVE)}", Level.NOTE
    return Problem(code, message, claim.place, help, level)


_PAIRS = ("never_lowers", "never_changes")


def found_instead(verdict: ClaimVerdict) -> str:
    """In a few words, what a claim that is not proved comes to."""
    claim = verdict.claim
    who = f"in '{verdict.example}'" if verdict.example else f"for {facts_of(verdict.partners)}"
    seen = bool(verdict.example or verdict.partners)
    if verdict.never:
        return f"nobody reaches {', '.join(repr(one) for one in verdict.never)}"
    if claim.form in _PAIRS:
        return f"not {who}" if seen else "the rules alone do not say"
    if claim.form == "always":
        return f"it is false {who}" if seen else "the rules alone do not say"
    if claim.form in ("possible", "reachable"):
        return "no scenario shows it, and the rules alone do not say"
    if verdict.wanted is None:
        varies = claim.wanted is not None and next(names(claim.wanted), None) is not None
        return "what it 'is' depends on the partner" if varies else "the rules alone do not say"
    wanted, found = plain(verdict.wanted), None if verdict.attained is None else plain(verdict.attained)
    if verdict.bound is not None and verdict.bound == verdict.attained:
        where = f", {who}, not {wanted}" if verdict.example else f", not {wanted}: {who}"
        return f"the {claim.form} is {found}{where}"
    more = "more" if claim.form == "greatest" else "less"
    reached = "no scenario knows it" if found is None else f"{found} is attained {who}"
    limit = f"no rule forbids {more}" if verdict.bound is None else f"{plain(verdict.bound)} is what the rules allow"
    return f"{reached}, {limit}, and {wanted} is claimed"


def facts_of(partners: tuple[Example, ...]) -> str:
    """The facts of partners on one line; of two, in what the second differs too."""
    if not partners:
        return "any partner"
    first, *others = partners
    told = [f"{id}: {_shown(value)}" for id, value in first.facts.items()]
    for other in others[:1]:
        differ = [f"{id}: {_shown(value)}" for id, value in other.facts.items() if value != first.facts.get(id)]
        return f"{', '.join(told) or 'any partner'}, beside {', '.join(differ)}"
    return ", ".join(told) or "any partner"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return plain(value) if isinstance(value, Decimal) else str(value)
