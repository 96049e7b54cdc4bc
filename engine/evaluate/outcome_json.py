"""An outcome, and problems, as the promised JSON: plain data for programs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..problems import Place, Problem
from ..values import plain
from ..version import FORMAT_VERSION, VERSION
from .outcome import (
    AgreementOutcome,
    BenefitOutcome,
    BonusOutcome,
    DiscountOutcome,
    Outcome,
    RebateOutcome,
    RebateTotalOutcome,
    RequirementOutcome,
    TierOutcome,
    TrackOutcome,
    ValueOutcome,
)

if TYPE_CHECKING:
    from ..programme.model import Programme
    from .quote import LineQuote, Quote

Json = dict[str, Any]


def outcome_data(outcome: Outcome) -> Json:
    """The outcome with the keys that schemas/outcome.schema.json promises; numbers are exact decimals."""
    return {
        **head("done"),
        "programme": outcome.programme,
        "release": outcome.release,
        "digest": outcome.digest,
        "as_of": outcome.as_of.isoformat(),
        "partner": outcome.partner,
        "name": outcome.name,
        "tier": outcome.tier,
        "status": outcome.status,
        "unknown": list(outcome.unknown),
        "discount": _discount(outcome.discount),
        "benefits": None if outcome.benefits is None else [_benefit(benefit) for benefit in outcome.benefits],
        "rebates": None if outcome.rebates is None else [_rebate(rebate) for rebate in outcome.rebates],
        "rebate_totals": None if outcome.rebate_totals is None else [_total(total) for total in outcome.rebate_totals],
        "tiers": {tier.id: _tier(tier) for tier in outcome.tiers},
        "next": outcome.next,
        "held_tier": outcome.held_tier,
        "since": json_value(outcome.since),
        "kept_until": json_value(outcome.kept_until),
        "membership_ends": json_value(outcome.membership_ends),
        "tracks": {track.id: _track(track) for track in outcome.tracks},
        "definitions": {value.id: _value(value) for value in outcome.definitions},
        "lists": {
            id: [{name: json_value(value) for name, value in item.items()} for item in items]
            for id, items in outcome.lists.items()
        },
        "agreements": [_agreement(one) for one in outcome.agreements],
        "facts": {id: _fact(value) for id, value in outcome.facts.items()},
        "problems": [problem_data(problem) for problem in outcome.problems],
    }


def quote_data(quote: Quote) -> Json:
    """The quote with the keys that schemas/quote.schema.json promises."""
    outcome = quote.outcome
    return {
        **head("done"),
        "programme": outcome.programme,
        "release": outcome.release,
        "digest": outcome.digest,
        "as_of": outcome.as_of.isoformat(),
        "partner": outcome.partner,
        "tier": outcome.tier,
        "status": outcome.status,
        "order": quote.order,
        "currency": quote.currency,
        "discounts": {name: json_value(value) for name, value in quote.discounts.items()},
        "lines": [_line(line) for line in quote.lines],
        "customer_pays": json_value(quote.customer_pays),
        "partner_pays": json_value(quote.partner_pays),
        "margin": json_value(quote.margin),
        "complete": quote.complete,
        "totals": {
            total.name: {"value": json_value(total.value), "source": list(total.source)} for total in quote.totals
        },
    }


def _line(line: LineQuote) -> Json:
    return {
        "line": line.line,
        "status": line.status,
        "fields": {name: json_value(value) for name, value in line.fields.items()},
        "rule": line.rule,
        "says": None if line.says is None else dict(line.says),
        "customer_pays": json_value(line.customer_pays),
        "partner_pays": json_value(line.partner_pays),
        "margin": json_value(line.margin),
        "refusals": [{"id": one.id, "title": dict(one.title), "source": list(one.source)} for one in line.refusals],
        "unknown": list(line.unknown),
        "source": list(line.source),
    }


def problems_data(result: str, problems: Iterable[Problem], **about: Any) -> Json:
    """What could not be done, or what a check found: `result` is the exit status as a word."""
    found = [problem_data(problem) for problem in problems]
    return {**head(result), **about, "problems": found}


def head(result: str) -> Json:
    """As what every answer begins: the versions, and the exit status as a word."""
    return {"format_version": FORMAT_VERSION, "charter": VERSION, "result": result}


def problem_data(problem: Problem) -> Json:
    """One problem: where it is, what it is, the way out."""
    return {
        "code": problem.code,
        "level": problem.level.value,
        "message": problem.message,
        "help": problem.help,
        **_place(problem.place),
        "related": [{"message": other.message, **_place(other.place)} for other in problem.related],
        "fix": {**_place(problem.fix.place), "text": problem.fix.text} if problem.fix else None,
    }


def release_head(result: str, programme: Programme, day: date) -> Json:
    """The first keys of a report on one release: those of `head`, then the release and the day it was evaluated on."""
    about = {"programme": programme.id, "release": programme.release, "digest": programme.digest}
    return {**head(result), **about, "as_of": day.isoformat()}


def _place(place: Place | None) -> Json:
    return {
        "file": place.source.path if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "end_column": place.column + place.width if place else None,
    }


def _tier(tier: TierOutcome) -> Json:
    return {
        "status": tier.status,
        "unknown": list(tier.unknown),
        "requirements": [_requirement(requirement) for requirement in tier.requirements],
        "discount": _discount(tier.discount),
        "benefits": [_benefit(benefit) for benefit in tier.benefits],
        "rebates": [_rebate(rebate) for rebate in tier.rebates],
        "rebate_totals": [_total(total) for total in tier.rebate_totals],
    }


def _requirement(requirement: RequirementOutcome) -> Json:
    return {
        "id": requirement.id,
        "scope": requirement.scope,
        "status": requirement.status,
        "unknown": list(requirement.unknown),
        "source": list(requirement.source),
        "parts": [_requirement(part) for part in requirement.parts],
    }


def _discount(discount: DiscountOutcome | None) -> Json | None:
    if discount is None:
        return None
    return {
        "base": json_value(discount.base),
        "bonuses": [_bonus(bonus) for bonus in discount.bonuses],
        "uncapped": json_value(discount.uncapped),
        "cap": json_value(discount.cap),
        "total": json_value(discount.total),
        "in_price": json_value(discount.in_price),
        "in_kind": json_value(discount.in_kind),
        "source": list(discount.source),
    }


def _bonus(bonus: BonusOutcome) -> Json:
    return {
        "id": bonus.id,
        "status": bonus.status,
        "percent": json_value(bonus.percent),
        "applied": bonus.applied,
        "unknown": list(bonus.unknown),
        "source": list(bonus.source),
    }


def _benefit(benefit: BenefitOutcome) -> Json:
    return {
        "id": benefit.id,
        "value": json_value(benefit.value),
        "currency": benefit.currency,
        "text": None if benefit.text is None else dict(benefit.text),
        "source": list(benefit.source),
    }


def _rebate(rebate: RebateOutcome) -> Json:
    return {
        "id": rebate.id,
        "status": rebate.status,
        "amount": json_value(rebate.amount),
        "currency": rebate.currency,
        "per": rebate.per,
        "unknown": list(rebate.unknown),
        "source": list(rebate.source),
    }


def _total(total: RebateTotalOutcome) -> Json:
    return {"currency": total.currency, "per": total.per, "amount": json_value(total.amount)}


def _track(track: TrackOutcome) -> Json:
    return {"tier": track.tier, "status": track.status, "unknown": list(track.unknown), "next": track.next}


def _value(value: ValueOutcome) -> Json:
    return {"value": json_value(value.value), "unknown": list(value.unknown), "source": list(value.source)}


def _agreement(one: AgreementOutcome) -> Json:
    return {
        "term": one.term,
        "value": json_value(one.value),
        "was": json_value(one.was),
        "applied": one.applied,
        "document": one.document,
        "from": one.begins.isoformat(),
        "until": json_value(one.ends),
    }


def _fact(value: Any) -> Any:
    """A fact, or the items of a list."""
    if isinstance(value, tuple):
        return [{name: json_value(field) for name, field in item.items()} for item in value]
    return json_value(value)


def json_value(value: object) -> Any:
    """A value as JSON has it: an exact decimal, a day as text."""
    if isinstance(value, Decimal | Fraction):
        return Decimal(plain(value))
    return value.isoformat() if isinstance(value, date) else value
