"""Approvals: changes that somebody has agreed to, by their fingerprints, in a file."""

from __future__ import annotations

from collections.abc import Mapping

from ..problems import InvalidInput, has_errors
from ..source.document import Document
from ..source.shape import check_shape


def read_approvals(document: Document) -> Mapping[str, Mapping[str, str]]:
    """The approvals of a file by fingerprint: who, on which day, and why. Raises InvalidInput."""
    told = [problem for _, problem in check_shape(document, "approvals")]
    if has_errors(told):
        raise InvalidInput(told)
    written = document.at(("approvals",))
    if not isinstance(written, dict):
        return {}
    return {id: {key: str(value) for key, value in one.items()} for id, one in written.items() if isinstance(one, dict)}
