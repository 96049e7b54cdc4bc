"""Verify: a saved outcome evaluated again from what it says itself, and compared with what it says.

Pure: a certificate (see `certificate`) and the archive of releases give a verdict. What the certificate says of the
partner is taken as it stands; whether that is true no engine can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple

from ..evaluate.outcome_json import outcome_data
from ..named_tuples import public
from ..problems import InvalidInput, Problem
from ..release.archive import ArchivedRelease
from ..source.differences import Pairing, Policy, ValueDifference, differences
from ..version import VERSION
from .certificate import LATER, Json, Later, without_later

Status = Literal[
    "equal",  #: evaluated again, it says the same
    "different",  #: or something else
    "record_refused",  #: the release does not take what it says of the partner
    "unknown_release",  #: no release here has its digest
    "what_if",  #: it is of a release with settings, which is nowhere
    "changed_release",  #: its digest is that of files changed since they were sealed
    "tampered_seal",  #: the seal of its release is broken
    "unusable_release",  #: its release is here, and this engine cannot use it
]
Reason = Literal["other_engine", "certificate_changed"]

#: what an answer says about itself, its warnings among it, whose words may change
_ABOUT = frozenset({"charter", "format_version", "problems"})
#: sources count, the order of rows does, and null is not the same as nothing
_STRICT = Policy(Pairing.BY_PLACE)


@public("status", "reason")
class CertificateVerdict(NamedTuple):
    """What became of a certificate.

    `difference` is the first, with what the certificate says and what comes of evaluating again; `others` counts the
    rest. `reason` says why, where it is different. `files_changed`: the release was read from its seal, for its files
    are others now. `known` has the releases that there are, where it is of none of them.
    """

    status: Status
    certificate: Json
    difference: ValueDifference | None = None
    others: int = 0
    reason: Reason | None = None
    files_changed: bool = False
    known: tuple[ArchivedRelease, ...] = ()
    problems: tuple[Problem, ...] = ()


def verify(certificate: Json, archive: Sequence[ArchivedRelease], later: Sequence[Later] = LATER) -> CertificateVerdict:
    """The verdict on a certificate that has the promised shape; its release is among those made ready."""
    if " with " in certificate["release"]:
        return CertificateVerdict("what_if", certificate)
    digest = certificate["digest"]
    for kept in archive:
        if kept.digest == digest and kept.state != "seal_broken":
            return _again(certificate, kept, later)
    for kept in archive:
        named = digest in (kept.digest, kept.files_digest)
        if kept.state == "seal_broken" and (named or kept.number == certificate["release"]):
            return CertificateVerdict("tampered_seal", certificate, problems=kept.problems)
        if named:
            return CertificateVerdict("changed_release", certificate, known=(kept,))
    return CertificateVerdict("unknown_release", certificate, known=tuple(archive))


def _again(certificate: Json, kept: ArchivedRelease, later: Sequence[Later]) -> CertificateVerdict:
    """Evaluate again, and compare."""
    changed = kept.state == "files_changed"
    if kept.release is None:
        return CertificateVerdict("unusable_release", certificate, files_changed=changed, problems=kept.problems)
    same_engine = certificate["charter"] == VERSION
    reason: Reason = "certificate_changed" if same_engine else "other_engine"
    try:
        outcome = kept.release.evaluate(record_in(certificate), as_of=date.fromisoformat(certificate["as_of"]))
    except InvalidInput as refused:
        return CertificateVerdict("record_refused", certificate, None, 0, reason, changed, (), refused.problems)
    again = without_later(outcome_data(outcome), certificate, later)
    # in the order of what was evaluated again
    differing = list(differences(_decided(again), _decided(certificate), _STRICT))
    if not differing:
        return CertificateVerdict("equal", certificate, files_changed=changed)
    first = differing[0]._replace(before=differing[0].after, after=differing[0].before)
    return CertificateVerdict("different", certificate, first, len(differing) - 1, reason, changed)


def _decided(answer: Json) -> Json:
    """An answer without what it says about itself."""
    return {key: part for key, part in answer.items() if key not in _ABOUT}


def record_in(certificate: Json) -> Json:
    """The record that a certificate was made from, with the values that its facts had on the day."""
    keys = ("term", "value", "document", "from", "until")
    return {
        "partner": certificate["partner"],
        "name": certificate["name"],
        "tier": certificate["held_tier"],
        "since": certificate["since"],
        "facts": certificate["facts"],
        "agreements": [{key: one[key] for key in keys} for one in certificate["agreements"]],
    }
