"""Finds the agreements that a new release affects: those that keep a change from a partner, or are now refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from ...compile.facts import fact_value
from ...evaluate.evaluate import inputs_of
from ...evaluate.outcome import Scalar
from ...evaluate.periods import Agreement, agreed_as
from ...evaluate.record import Record, plain_document, read_record
from ...evaluate.row_layout import Scalar as Written
from ...evaluate.row_layout import fill
from ...named_tuples import public
from ...problems import Level, Problem, in_order, wrong_call
from ...programme.agreeable import may_be_agreed
from ...programme.model import Programme
from ...programme.reads import all_read
from ...release.load import Release
from ...source.document import Document
from ...values import Unknown, or_none
from .release_view import reduced_record, with_agreements


class AgreementEffect(StrEnum):
    """What a new release means for an agreement."""

    UNREACHED = "unreached"  #: it replaces a term that the new release changes, so the partner keeps the agreed value
    OPEN = "open"  #: whether it does is undetermined
    GONE = "gone"  #: the new release does not have its term
    NOT_NEGOTIABLE = "not_negotiable"  #: its term may not be agreed under the new release
    NOT_ALLOWED = "not_allowed"  #: its value is outside what may be agreed under the new release


class AgreedTerm(NamedTuple):
    """An agreement that the new release affects: the agreed value, and the term's value without it in each release.

    `old` and `new` are None where a release does not have the term, or where its value is undetermined.
    """

    partner: str
    term: str
    document: str
    begins: date
    ends: date | None
    in_force: bool  #: on the day of the comparison
    effect: AgreementEffect
    agreed: Written
    old: Scalar | None
    new: Scalar | None


@public("agreements", "affected")
class AgreementsUnder(NamedTuple):
    """The number of agreements examined, those that the new release affects, and the problems of records."""

    agreements: int
    affected: tuple[AgreedTerm, ...]
    problems: tuple[Problem, ...]


def unreached(
    before: Release, after: Release, records: Iterable[Document | Mapping[str, Any]], as_of: date
) -> AgreementsUnder:
    """The effects of a new release on the agreements of these records on a day; invalid records give problems.

    A record is a document, or plain data with the keys of one. Facts and tiers that only one of the releases has are
    ignored under the other.
    """
    looked_at = 0
    terms: list[AgreedTerm] = []
    problems: list[Problem] = []
    number = before.lineage.number
    carries = after.lineage.leads_from(number)
    if carries:
        refuse_other_terms(before, after)
    for record in records:
        document = record if isinstance(record, Document) else plain_document(record, "record")
        first = reduced_record(document, before.programme, after.programme)
        second: Document | None = reduced_record(document, after.programme, before.programme)
        if carries and isinstance(document.data, dict):
            first = document
            second, wrong = after.lineage.carry(document._replace(data={**document.data, "release": number}))
            problems += wrong
        if second is None:
            continue
        agreements = of_record(before, after, first, second, as_of)
        looked_at += agreements.agreements
        terms += agreements.affected
        problems += agreements.problems
    return AgreementsUnder(looked_at, tuple(terms), in_order(problems))


def refuse_other_terms(before: Release, after: Release) -> None:
    """Raise WrongCall where a migration gives terms other ids or units, as agreements are compared by their ids."""
    migrations = after.lineage.migrations_since(before.lineage.number)
    for migration in () if isinstance(migrations, Problem) else migrations:
        if any(target is None or target.id != id or target.factor != 1 for id, target in migration.terms.items()):
            message = f"agreements cannot be compared: terms have other names, or units, in {after.lineage.number}"
            raise wrong_call(message, "compare them release by release")


def of_record(before: Release, after: Release, first: Document, second: Document, as_of: date) -> AgreementsUnder:
    """The effects on the agreements of one record, given as the document that each release reads."""
    record, old_wrong = _read(first, before.programme, after.programme)
    later, new_wrong = _read(second, after.programme, before.programme)
    problems = tuple(dict.fromkeys(problem for problem in (*old_wrong, *new_wrong) if problem.level is Level.ERROR))
    if record is None:
        return AgreementsUnder(0, (), problems)
    known_keys = {_key(agreement) for agreement in record.agreements}
    new_terms = [agreement for agreement in later.agreements if _key(agreement) not in known_keys] if later else []
    examined = (*record.agreements, *new_terms)
    if not examined:
        return AgreementsUnder(0, (), problems)
    old, new = (_values(before, record, as_of), _values(after, later, as_of) if later else None)
    terms = []
    for agreement in examined:
        was, becomes = (_value(release, row, agreement.term) for release, row in ((before, old), (after, new)))
        effect = _effect(agreement, was, becomes, before.programme, after.programme, as_of)
        if effect:
            days = (agreement.begins, agreement.ends, agreement.days.cover(as_of))
            values = (agreement.value, or_none(was), or_none(becomes))
            terms.append(AgreedTerm(record.partner, agreement.term, agreement.document, *days, effect, *values))
    return AgreementsUnder(len(examined), tuple(terms), problems)


def _key(agreement: Agreement) -> tuple[str, str, date]:
    """What identifies an agreement within a record."""
    return agreement.term, agreement.document, agreement.begins


def _read(document: Document, programme: Programme, against: Programme) -> tuple[Record | None, tuple[Problem, ...]]:
    """Read the record with the agreements that this release allows, or that neither does, so that they are refused."""
    data: Any = document.data
    written = data.get("agreements") if isinstance(data, dict) else None
    if isinstance(written, list):
        kept = [at for at, item in enumerate(written) if _allows(programme, item) or not _allows(against, item)]
        document = with_agreements(document, kept)
    return read_record(document, programme)


def _allows(programme: Programme, written: Any) -> bool:
    """Whether a release lets partners agree on the term and value of an agreement as written."""
    if not isinstance(written, dict):
        return False
    named = programme.values.get(str(written.get("term")))
    if named is None or not may_be_agreed(programme, named) or written.get("value") is None:
        return False
    return fact_value(agreed_as(named), written["value"])[1] is None


def _values(release: Release, record: Record, as_of: date) -> Any:
    """The evaluated row of the partner, without its agreements."""
    return fill(release.plan.layout, inputs_of(release.record_on(record, as_of), as_of)._replace(agreed={}))


def _value(release: Release, row: Any, term: str) -> Any:
    """The term's value; None where the release does not have the term, or there is no row."""
    if row is None or term not in release.programme.values:
        return None
    positions: Any = release.plan.layout.positions
    return row[positions[term]]


def _effect(
    agreement: Agreement, old: Any, new: Any, before: Programme, after: Programme, as_of: date
) -> AgreementEffect | None:
    """The effect of the new release on an agreement; None where it has none."""
    named = after.values.get(agreement.term)
    if named is None:
        return AgreementEffect.GONE
    if not may_be_agreed(after, named):
        return AgreementEffect.NOT_NEGOTIABLE
    if fact_value(agreed_as(named), agreement.value)[1]:
        return AgreementEffect.NOT_ALLOWED
    if old is None or new is None or not agreement.days.cover(as_of):
        return None
    if isinstance(old, Unknown) or isinstance(new, Unknown):
        return None if _made_of(before, agreement.term) == _made_of(after, agreement.term) else AgreementEffect.OPEN
    return AgreementEffect.UNREACHED if old != new or isinstance(old, bool) != isinstance(new, bool) else None


def _made_of(programme: Programme, term: str) -> dict[str, Any]:
    """The expressions and defaults that a term depends on, by id."""
    sources: dict[str, Any] = {}
    for id in all_read(programme, [term]):
        fact, rule, items = programme.facts.get(id), programme.values.get(id), programme.lists.get(id)
        sources[id] = (rule and rule.expression, fact and fact.default, items and items.default_empty)
    return sources
