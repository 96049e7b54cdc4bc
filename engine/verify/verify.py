"""Verifies a saved outcome: evaluates the facts in it again under its release, and compares the two outcomes.

A certificate (see `certificate`) and the archive of releases give a verdict. Whether the facts are true is not checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple

from ..evaluate.outcome_json import outcome_data
from ..evaluate.record import Record
from ..named_tuples import public
from ..problems import InvalidInput, Problem
from ..release.archive import ArchivedRelease
from ..release.load import Release
from ..source.differences import Pairing, Policy, ValueDifference, differences, is_same_value
from ..source.scalars import day_of
from ..version import VERSION
from .certificate import LATER, Json, Later, Saved, without_later

Status = Literal[
    "equal",  #: the evaluation gives the same outcome
    "different",  #: the evaluation gives another outcome
    "record_refused",  #: the release refuses the record in the certificate
    "unknown_release",  #: no release in the archive has its digest
    "what_if",  #: its release had settings of a what-if, which are kept nowhere
    "changed_release",  #: its digest is that of files that were changed after the seal
    "tampered_seal",  #: the seal of its release is broken
    "unusable_release",  #: this engine cannot use its release, which is in the archive
]
Reason = Literal["other_engine", "certificate_changed"]

#: keys that are not compared: those about the answer itself, and its warnings, whose words may change
_ABOUT = frozenset({"charter", "format_version", "problems"})
#: sources and the order of rows count, and null differs from a missing key
_STRICT = Policy(Pairing.BY_PLACE)


@public("status", "reason")
class CertificateVerdict(NamedTuple):
    """The result of verifying a certificate.

    `difference` is the first difference, with the certificate's value before the evaluated one; `others` is the number
    of further ones, and `reason` their likely cause. `files_changed` is whether the release was read from its seal,
    because its files were changed. `known` are the releases of the archive, where none has the certificate's digest, or
    the one whose changed files have it.
    """

    status: Status
    certificate: Json
    difference: ValueDifference | None = None
    others: int = 0
    reason: Reason | None = None
    files_changed: bool = False
    known: tuple[ArchivedRelease, ...] = ()
    problems: tuple[Problem, ...] = ()


def is_same_again(data: Json, archive: Sequence[ArchivedRelease]) -> bool:
    """Whether evaluating the record in any JSON under its release gives that JSON again, to the last key.

    Its release is loaded in the archive. False also for what is no outcome, and for one with agreements.
    """
    texts = all(isinstance(data.get(key), str) for key in ("release", "digest", "as_of"))
    kept = next((kept for kept in archive if kept.digest == data.get("digest")), None)
    if not texts or kept is None or kept.release is None or kept.state != "as_it_was" or data.get("agreements") != []:
        return False
    day = day_of(data["as_of"])
    if day is None or not data.keys() >= {"partner", "name", "held_tier", "since", "facts"}:
        return False
    try:
        outcome = kept.release.evaluate(_record(data, kept.release), as_of=day)
    except InvalidInput:
        return False
    return is_same_value(outcome_data(outcome), data)


def verify_saved(saved: Saved, archive: Sequence[ArchivedRelease]) -> CertificateVerdict | None:
    """The verdict on a certificate of a file; None where it is no outcome."""
    if saved.data is None:
        return None
    return CertificateVerdict("equal", saved.data) if saved.same_again else verify(saved.data, archive)


def verify(certificate: Json, archive: Sequence[ArchivedRelease], later: Sequence[Later] = LATER) -> CertificateVerdict:
    """The verdict on a certificate that fits the schema; the release with its digest is loaded in the archive."""
    if " with " in certificate["release"]:
        return CertificateVerdict("what_if", certificate)
    digest = certificate["digest"]
    for kept in archive:
        if kept.digest == digest and kept.state != "seal_broken":
            return _evaluated_again(certificate, kept, later)
    for kept in archive:
        named = digest in (kept.digest, kept.files_digest)
        if kept.state == "seal_broken" and (named or kept.number == certificate["release"]):
            return CertificateVerdict("tampered_seal", certificate, problems=kept.problems)
        if named:
            return CertificateVerdict("changed_release", certificate, known=(kept,))
    return CertificateVerdict("unknown_release", certificate, known=tuple(archive))


def _evaluated_again(certificate: Json, kept: ArchivedRelease, later: Sequence[Later]) -> CertificateVerdict:
    """The verdict by evaluating the record in the certificate under its release."""
    changed = kept.state == "files_changed"
    if kept.release is None:
        return CertificateVerdict("unusable_release", certificate, files_changed=changed, problems=kept.problems)
    same_engine = certificate["charter"] == VERSION
    reason: Reason = "certificate_changed" if same_engine else "other_engine"
    try:
        record = _record(certificate, kept.release)
        outcome = kept.release.evaluate(record, as_of=date.fromisoformat(certificate["as_of"]))
    except InvalidInput as refused:
        return CertificateVerdict("record_refused", certificate, None, 0, reason, changed, (), refused.problems)
    again = without_later(outcome_data(outcome), certificate, later)
    # compared in this direction for the order of keys in the evaluated outcome
    differing = list(differences(_decided(again), _decided(certificate), _STRICT))
    if not differing:
        return CertificateVerdict("equal", certificate, files_changed=changed)
    first = differing[0]._replace(before=differing[0].after, after=differing[0].before)
    return CertificateVerdict("different", certificate, first, len(differing) - 1, reason, changed)


def _decided(answer: Json) -> Json:
    """An answer without the keys that are not compared."""
    return {key: part for key, part in answer.items() if key not in _ABOUT}


def _record(certificate: Json, release: Release) -> Record:
    """The record in a certificate, with what its history had left of it; raises InvalidInput."""
    return release.record(record_in(certificate))._replace(
        held_unknown=tuple(certificate.get("held_unknown", ())), lapsed=day_of(certificate.get("membership_ended"))
    )


def record_in(certificate: Json) -> Json:
    """The record in a certificate, with the values that its facts had on the day."""
    keys = ("term", "value", "document", "from", "until")
    return {
        "partner": certificate["partner"],
        "name": certificate["name"],
        "tier": certificate["held_tier"],
        "since": certificate["since"],
        "also_held": certificate.get("also_held"),
        "facts": certificate["facts"],
        "agreements": [{key: agreement[key] for key in keys} for agreement in certificate["agreements"]],
    }
