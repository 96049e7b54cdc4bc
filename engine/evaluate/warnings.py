"""Warnings about a valid record: a tier held from a later day, agreements without effect, implausible facts."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ..language.run.closures import Row
from ..language.tree import names
from ..problems import Level, Problem, in_order
from ..programme.model import FactCheck, Programme, pick
from ..programme.owners import Role, agreed_id
from ..values import plain
from .outcome import AgreementOutcome
from .record import Record
from .row_layout import KnownInputs, Layout, Scalar, fill

Own = Mapping[str, str | None]  #: the partner's tier on each track


def record_warnings(
    programme: Programme,
    layout: Layout,
    record: Record,
    inputs: KnownInputs,
    row: Row,
    agreements: Sequence[AgreementOutcome],
    own: Own,
) -> tuple[Problem, ...]:
    """The warnings about a record; `agreements` are the outcomes of its agreements, `row` is filled from `inputs`."""
    positions: Any = layout.positions  # the values of checks are in the row itself, not in an item
    warnings = [_broken(check, record) for check in programme.checks if row[positions[check.value]] is False]
    if record.since and record.since > inputs.as_of:
        warnings.append(_later(record.since, inputs.as_of, record))
    for written, agreement in zip(record.agreements, agreements, strict=False):
        warning = _without_effect(programme, layout, inputs, row, agreement, own)
        if warning:
            code, message, help = warning
            warnings.append(Problem(code, message, written.place, help, Level.WARNING))
    return in_order(warnings) if len(warnings) > 1 else tuple(warnings)


def _later(since: date, as_of: date, record: Record) -> Problem:
    message = f"'since' is {since}, after {as_of}, the day of the evaluation"
    help = "the tier counts as held on this day; correct the one or the other"
    return Problem("since-later", message, record.places.get("held_since"), help, Level.WARNING)


def _broken(check: FactCheck, record: Record) -> Problem:
    places = record.places  # of a fact that is written, or else of the partner: all of them may be as by default
    place = next((places[name] for name in check.names if name in places), places.get("partner"))
    help = "check the facts; the outcome stands as they are"
    return Problem("odd-facts", pick(check.title, "en"), place, help, Level.WARNING)


def _without_effect(
    programme: Programme, layout: Layout, inputs: KnownInputs, row: Row, agreement: AgreementOutcome, own: Own
) -> tuple[str, str, str] | None:
    """Code, message and help where an agreement makes no difference to the partner on the day; else None."""
    term = agreement.term
    if not agreement.applied and term in programme.agreed_on_days.values():
        return None  # an item may have a day on which it applied
    if not agreement.applied:
        when = f"from {agreement.begins}" + (f" to {agreement.ends}" if agreement.ends else "")
        message = f"{agreement.document} replaces '{term}' {when}: it does not apply on this day"
        return "agreement-not-in-force", message, "the programme's own term counts"
    if agreement.was == agreement.value and not _is_mentioned(programme, term):
        message = f"{agreement.document} changes nothing: '{term}' is {_shown(agreement.value)} anyway"
        return "agreement-without-effect", message, "the programme may have caught up with it"
    tier = programme.values[term].tier
    held = next((own.get(track.id) for track in programme.tracks.values() if tier in track.tiers), None)
    if tier and held not in (None, tier) and not _reaches_beyond(programme, tier, layout, inputs, row, term):
        message = f"{agreement.document} changes nothing for this partner: '{term}' is of tier '{tier}', not '{held}'"
        return "agreement-without-effect", message, "name the term of the partner's own tier"
    return None


def _is_mentioned(programme: Programme, term: str) -> bool:
    """Whether a rule that decides something asks if the term is agreed, or for its value on another day."""
    id = agreed_id(term)
    deciding = (value for value in programme.values.values() if value.role is not Role.FACT_CHECK)
    return term in programme.agreed_on_days.values() or any(
        name.id == id for value in deciding for name in names(value.expression)
    )


def _reaches_beyond(programme: Programme, tier: str, layout: Layout, inputs: KnownInputs, row: Row, term: str) -> bool:
    """Whether the agreement on a term of a tier changes any value that does not belong to the tier."""
    without: dict[str, Any] = {id: value for id, value in inputs.agreed.items() if id != term}
    row_without = fill(
        layout, inputs._replace(agreed=without, periods={id: days for id, days in inputs.periods.items() if id != term})
    )
    others = (value for value in programme.values.values() if value.tier != tier and value.role is not Role.FACT_CHECK)
    beyond = [value.id for value in others if not value.list]
    places: Any = layout.positions  # those of values in the row itself, not in an item
    return any(row[places[id]] != row_without[places[id]] for id in (*beyond, *programme.lists))


def _shown(value: Scalar) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)
