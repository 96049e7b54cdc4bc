"""Outcomes, quotes and problems as the JSON that the schemas promise: plain data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..language.run.causes import Cause
from ..problems import Place, Problem
from ..values import or_none, plain
from ..version import FORMAT_VERSION, VERSION
from .outcome import AgreementOutcome, BenefitOutcome, Outcome

if TYPE_CHECKING:
    from ..programme.model import Programme
    from .quote import Quote

Json = dict[str, Any]


def outcome_data(outcome: Outcome) -> Json:
    """The outcome with the keys that schemas/outcome.schema.json promises; numbers are exact decimals.

    Fees and settlements have keys only where the programme has some.
    """
    has_fees = bool(outcome.fees) or any(tier.fees for tier in outcome.tiers)
    fees = {"fees": _data(outcome.fees), "fee_totals": _data(outcome.fee_totals)} if has_fees else {}
    omitted = ["id"] if has_fees else ["id", "fees", "fee_totals"]
    has_settlements = bool(outcome.settlements) or any(tier.settlements for tier in outcome.tiers)
    settlements = {"settlements": _data(outcome.settlements)} if has_settlements else {}
    omitted += [] if has_settlements else ["settlements"]
    return {
        **_outcome_head(outcome),
        "partner": outcome.partner,
        "name": outcome.name,
        "tier": outcome.tier,
        "status": outcome.status,
        "unknown": list(outcome.unknown),
        **undefined_data(outcome.undefined),
        "discount": _data(outcome.discount),
        "benefits": _data(outcome.benefits),
        "rights": _data(outcome.rights),
        "restrictions": _data(outcome.restrictions),
        "rebates": _data(outcome.rebates),
        "rebate_totals": _data(outcome.rebate_totals),
        **fees,
        **settlements,
        "tiers": {tier.id: _fields(tier, *omitted) for tier in outcome.tiers},
        "next": outcome.next,
        "held_tier": outcome.held_tier,
        "since": json_value(outcome.since),
        **({"also_held": _data(outcome.also_held)} if outcome.also_held else {}),
        **({"membership_ended": json_value(outcome.membership_ended)} if outcome.membership_ended else {}),
        **({"held_unknown": list(outcome.held_unknown)} if outcome.held_unknown else {}),
        "kept_until": json_value(outcome.kept_until),
        "membership_ends": json_value(outcome.membership_ends),
        **(
            {"membership_renews": _fields(outcome.membership_renews, "id", "undefined")}
            if outcome.membership_renews
            else {}
        ),
        **({"promotes": _fields(outcome.promotes, "id", "undefined")} if outcome.promotes else {}),
        "tracks": {track.id: _fields(track, "id") for track in outcome.tracks},
        "definitions": {value.id: _fields(value, "id", "undefined") for value in outcome.definitions},
        "lists": _data(outcome.lists),
        "agreements": [_agreement(agreement) for agreement in outcome.agreements],
        "facts": _data(outcome.facts),
        "problems": [problem_data(problem) for problem in outcome.problems],
    }


def quote_data(quote: Quote) -> Json:
    """The quote with the keys that schemas/quote.schema.json promises."""
    outcome = quote.outcome
    return {
        **_outcome_head(outcome),
        "partner": outcome.partner,
        "tier": outcome.tier,
        "status": outcome.status,
        "order": quote.order,
        "currency": quote.currency,
        "discounts": _data(quote.discounts),
        "lines": [_fields(line, "title", "open") for line in quote.lines],
        "customer_pays": json_value(quote.customer_pays),
        "partner_pays": json_value(quote.partner_pays),
        "margin": json_value(quote.margin),
        "complete": quote.complete,
        "totals": {total.name: _fields(total, "id", "name", "title") for total in quote.totals},
        **({"groups": {group.id: _fields(group, "id", "title") for group in quote.groups}} if quote.groups else {}),
        **({} if quote.becomes is None else {"becomes": [_fields(item) for item in quote.becomes]}),
    }


def quotes_data(quotes: Iterable[Quote]) -> Json:
    """The quotes of several orders with the keys that schemas/quotes.schema.json promises."""
    return {**head("done"), "quotes": [quote_data(quote) for quote in quotes]}


def _outcome_head(outcome: Outcome) -> Json:
    """The first keys of an outcome and of a quote: those of `head`, the release and the day of the evaluation."""
    about = {"programme": outcome.programme, "release": outcome.release, "digest": outcome.digest}
    return {**head("done"), **about, "as_of": outcome.as_of.isoformat()}


def undefined_data(causes: tuple[Cause, ...]) -> Json:
    """The key `undefined` with these causes; no key where there are none."""
    return {"undefined": _data(causes)} if causes else {}


def problems_data(result: str, problems: Iterable[Problem], **about: Any) -> Json:
    """The answer of a call that failed or of a check; `result` is the exit status as a word, `about` further keys."""
    return {**head(result), **about, "problems": [problem_data(problem) for problem in problems]}


def head(result: str) -> Json:
    """The keys with which every answer begins: the versions, and the exit status as a word."""
    return {"format_version": FORMAT_VERSION, "charter": VERSION, "result": result}


def problem_data(problem: Problem) -> Json:
    """A problem: what is wrong, where, and the help."""
    return {
        "code": problem.code,
        "level": problem.level.value,
        "message": problem.message,
        "help": problem.help,
        **_place(problem.place),
        "related": [{"message": related.message, **_place(related.place)} for related in problem.related],
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


def _agreement(agreement: AgreementOutcome) -> Json:
    return {
        **_fields(agreement, "begins", "ends"),
        "from": agreement.begins.isoformat(),
        "until": json_value(agreement.ends),
    }


def _benefit(benefit: BenefitOutcome) -> Json:
    return {
        "id": benefit.id,
        "value": json_value(benefit.value),
        "currency": benefit.currency,
        "text": None if benefit.text is None else dict(benefit.text),
        "source": list(benefit.source),
    }


def _fields(part: Any, *omitted: str) -> Json:
    """The fields of a named tuple as JSON, except those omitted; their names and order are those of the schema.

    `undefined` is only there where something is, and `event` where money is paid for one.
    """
    data = dict(zip(part._fields, map(_data, part), strict=True))
    for name in omitted:
        del data[name]
    if data.get("undefined") == []:
        del data["undefined"]
    if data.get("event", data) is None:
        del data["event"]
    return data


_AS_IT_IS = frozenset({str, bool, type(None)})  #: the types whose values JSON has too


def _data(part: Any) -> Any:
    """A part of an outcome as JSON: a named tuple and a map as a map, another tuple as a list."""
    form = type(part)
    if form in _AS_IT_IS:
        return part
    if form is tuple:
        return [value if type(value) is str else _data(value) for value in part]
    if form is BenefitOutcome:
        return _benefit(part)
    if form is Cause:
        return {"expression": part.expression, "operands": [json_value(or_none(value)) for value in part.operands]}
    if isinstance(part, tuple):
        return _fields(part)
    if isinstance(part, Mapping):
        return {name: _data(value) for name, value in part.items()}
    return json_value(part)


def json_value(value: object) -> Any:
    """A value as JSON: a number as an exact decimal, a day as text, others as they are."""
    if isinstance(value, (Decimal, Fraction)):
        return Decimal(plain(value))
    return value.isoformat() if isinstance(value, date) else value
