"""Agreements under a new release: which keep a change from their partner, and which it no longer allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from ...compile.facts import fact_value
from ...evaluate.evaluate import known_of
from ...evaluate.outcome import Scalar
from ...evaluate.periods import Agreement, agreed_as
from ...evaluate.record import Record, plain_document, read_record
from ...evaluate.row_layout import Scalar as Written
from ...evaluate.row_layout import fill
from ...named_tuples import public
from ...problems import Level, Problem, in_order
from ...programme.model import Programme
from ...programme.reads import all_read
from ...release.load import Release
from ...source.document import Document
from ...values import Unknown, or_none
from .release_view import reduced, with_agreements


class AgreementEffect(StrEnum):
    """What a new release means for an agreement."""

    UNREACHED = "unreached"  #: it replaces a term that the new release changes: the change does not reach the partner
    OPEN = "open"  #: facts are missing that would decide whether it does
    GONE = "gone"  #: its term is none of the new release
    NOT_NEGOTIABLE = "not_negotiable"  #: its term may not be agreed under the new release
    NOT_ALLOWED = "not_allowed"  #: its value is beyond what may be agreed under the new release


class AgreedTerm(NamedTuple):
    """An agreement that the new release concerns: what it says, and what each release says of the term without it.

    `old` and `new` are None where a release has no such term, or where facts are missing that would decide it.
    """

    partner: str
    term: str
    document: str
    begins: date
    ends: date | None
    in_force: bool  #: on the day
    effect: AgreementEffect
    agreed: Written
    old: Scalar | None
    new: Scalar | None


@public("agreements", "found")
class AgreementsUnder(NamedTuple):
    """How many agreements there were, those that the new release concerns, and what is wrong with records."""

    agreements: int
    found: tuple[AgreedTerm, ...]
    problems: tuple[Problem, ...]


def unreached(
    before: Release, after: Release, records: Iterable[Document | Mapping[str, Any]], as_of: date
) -> AgreementsUnder:
    """What becomes of the agreements of these records on a day; a record that does not fit is among the problems.

    A record is a document, or plain data with the keys of one. Facts and tiers that only one of the releases has are
    passed over under the other.
    """
    looked_at = 0
    found: list[AgreedTerm] = []
    problems: list[Problem] = []
    for record in records:
        document, told = (record, ()) if isinstance(record, Document) else plain_document(record, "record")
        problems += told
        if document is None:
            continue
        first = reduced(document, before.programme, after.programme)
        second = reduced(document, after.programme, before.programme)
        one = of_record(before, after, first, second, as_of)
        looked_at += one.agreements
        found += one.found
        problems += one.problems
    return AgreementsUnder(looked_at, tuple(found), in_order(problems))


def of_record(before: Release, after: Release, first: Document, second: Document, as_of: date) -> AgreementsUnder:
    """The agreements of one record, which each release reads as a document of its own."""
    record, told = _read(first, before.programme, after.programme)
    later, also = _read(second, after.programme, before.programme)
    problems = tuple(dict.fromkeys(one for one in (*told, *also) if one.level is Level.ERROR))
    if record is None:
        return AgreementsUnder(0, (), problems)
    mine = {(one.term, one.document, one.begins) for one in record.agreements}
    new_terms = [one for one in later.agreements if (one.term, one.document, one.begins) not in mine] if later else []
    looked_at = (*record.agreements, *new_terms)
    if not looked_at:
        return AgreementsUnder(0, (), problems)
    old, new = (_values(before, record, as_of), _values(after, later, as_of) if later else None)
    found = []
    for one in looked_at:
        was, becomes = (_value(release, row, one.term) for release, row in ((before, old), (after, new)))
        effect = _effect(one, was, becomes, before.programme, after.programme, as_of)
        if effect:
            days = (one.begins, one.ends, one.days.cover(as_of))
            values = (one.value, or_none(was), or_none(becomes))
            found.append(AgreedTerm(record.partner, one.term, one.document, *days, effect, *values))
    return AgreementsUnder(len(looked_at), tuple(found), problems)


def _read(document: Document, programme: Programme, other: Programme) -> tuple[Record | None, tuple[Problem, ...]]:
    """The record with those of its agreements that this release allows, or that neither does, to be refused."""
    data: Any = document.data
    written = data.get("agreements") if isinstance(data, dict) else None
    if isinstance(written, list):
        kept = [at for at, one in enumerate(written) if _allows(programme, one) or not _allows(other, one)]
        document = with_agreements(document, kept)
    return read_record(document, programme)


def _allows(programme: Programme, written: Any) -> bool:
    """Whether the term of an agreement may be agreed, and its value be put in its place."""
    if not isinstance(written, dict):
        return False
    named = programme.values.get(str(written.get("term")))
    if named is None or named.negotiable is None or written.get("value") is None:
        return False
    return fact_value(agreed_as(named), written["value"])[1] is None


def _values(release: Release, record: Record, as_of: date) -> Any:
    """The row of the partner, as if nothing were agreed."""
    return fill(release.plan.layout, known_of(record, as_of)._replace(agreed={}))


def _value(release: Release, row: Any, term: str) -> Any:
    """What the release says of the term; None where it has none, or there is no row."""
    if row is None or term not in release.programme.values:
        return None
    positions: Any = release.plan.layout.positions
    return row[positions[term]]


def _effect(
    one: Agreement, old: Any, new: Any, before: Programme, after: Programme, as_of: date
) -> AgreementEffect | None:
    """What the new release means for an agreement; None where it means nothing."""
    named = after.values.get(one.term)
    if named is None:
        return AgreementEffect.GONE
    if named.negotiable is None:
        return AgreementEffect.NOT_NEGOTIABLE
    if fact_value(agreed_as(named), one.value)[1]:
        return AgreementEffect.NOT_ALLOWED
    if old is None or new is None or not one.days.cover(as_of):
        return None
    if isinstance(old, Unknown) or isinstance(new, Unknown):
        return None if _made_of(before, one.term) == _made_of(after, one.term) else AgreementEffect.OPEN
    return AgreementEffect.UNREACHED if old != new or isinstance(old, bool) != isinstance(new, bool) else None


def _made_of(programme: Programme, term: str) -> dict[str, Any]:
    """All that a term comes from: the rules, and what counts where a record leaves a fact out."""
    made: dict[str, Any] = {}
    for id in all_read(programme, [term]):
        fact, rule, items = programme.facts.get(id), programme.values.get(id), programme.lists.get(id)
        made[id] = (rule and rule.expression, fact and fact.default, items and items.default_empty)
    return made
