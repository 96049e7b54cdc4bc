"""Oddities: what is strange about a record though nothing is wrong with it; each a warning, never a refusal."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ..language.run.closures import Row
from ..language.tree import names
from ..problems import Level, Problem, in_order
from ..programme.model import FactCheck, Programme, pick
from ..programme.owners import agreed_id
from ..values import plain
from .outcome import AgreementOutcome
from .record import Record
from .row_layout import KnownInputs, Layout, Scalar, fill

Own = Mapping[str, str | None]  #: the partner's tier on each track


def oddities(
    programme: Programme,
    layout: Layout,
    record: Record,
    known: KnownInputs,
    row: Row,
    agreements: Sequence[AgreementOutcome],
    own: Own,
) -> tuple[Problem, ...]:
    """Warnings for a tier held from a later day, agreements that change nothing, and facts that break a check."""
    positions: Any = layout.positions  # checks are of the partner, and stand in the row itself
    found = [_broken(check, record) for check in programme.checks if row[positions[check.value]] is False]
    if record.since and record.since > known.as_of:
        found.append(_later(record.since, known.as_of, record))
    for written, one in zip(record.agreements, agreements, strict=False):
        told = _without_effect(programme, layout, known, row, one, own)
        if told:
            found.append(Problem(*told[:2], written.place, told[2], Level.WARNING))
    return in_order(found) if len(found) > 1 else tuple(found)


def _later(since: date, as_of: date, record: Record) -> Problem:
    message = f"'since' is {since}, after {as_of}, the day of the evaluation"
    help = "the tier counts as held on this day; correct the one or the other"
    return Problem("since-later", message, record.places.get("held_since"), help, Level.WARNING)


def _broken(check: FactCheck, record: Record) -> Problem:
    place = next((record.places[name] for name in check.names if name in record.places), None)
    help = "check the facts; the outcome stands as they are"
    return Problem("odd-facts", pick(check.title, "en"), place, help, Level.WARNING)


def _without_effect(
    programme: Programme, layout: Layout, known: KnownInputs, row: Row, one: AgreementOutcome, own: Own
) -> tuple[str, str, str] | None:
    """Code, message and way out where an agreement makes no difference to the partner on the day."""
    if not one.applied:
        when = f"from {one.begins}" + (f" to {one.ends}" if one.ends else "")
        message = f"{one.document} replaces '{one.term}' {when}: it does not apply on this day"
        return "agreement-not-in-force", message, "the programme's own term counts"
    if one.was == one.value and not _is_asked_about(programme, one.term):
        message = f"{one.document} changes nothing: '{one.term}' is {_shown(one.value)} anyway"
        return "agreement-without-effect", message, "the programme may have caught up with it"
    tier = programme.values[one.term].tier
    held = next((own.get(track.id) for track in programme.tracks.values() if tier in track.tiers), None)
    if tier and held not in (None, tier) and not _reaches_beyond(programme, tier, layout, known, row, one.term):
        message = f"{one.document} changes nothing for this partner: '{one.term}' is of tier '{tier}', not '{held}'"
        return "agreement-without-effect", message, "name the term of the partner's own tier"
    return None


def _is_asked_about(programme: Programme, term: str) -> bool:
    """Whether a rule asks if the term is agreed, whatever its value."""
    asked = agreed_id(term)
    return any(name.id == asked for value in programme.values.values() for name in names(value.expression))


def _reaches_beyond(programme: Programme, tier: str, layout: Layout, known: KnownInputs, row: Row, term: str) -> bool:
    """Whether a term of a tier makes a difference to any value that is not the tier's own."""
    without: dict[str, Any] = {id: value for id, value in known.agreed.items() if id != term}
    other = fill(layout, known._replace(agreed=without))
    beyond = [id for id, value in programme.values.items() if value.tier != tier and not value.list]
    places: Any = layout.positions  # what stands in the row itself, not in an item
    return any(row[places[id]] != other[places[id]] for id in (*beyond, *programme.lists))


def _shown(value: Scalar) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)
