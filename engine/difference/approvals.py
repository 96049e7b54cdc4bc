"""Reads a file of approvals: changes that somebody has agreed to, by their fingerprints."""

from __future__ import annotations

from collections.abc import Mapping

from ..problems import InvalidInput, has_errors
from ..source.document import Document
from ..source.shape import check_shape


def read_approvals(document: Document) -> Mapping[str, Mapping[str, str]]:
    """The approvals by fingerprint, each with `by`, `on` (the day) and `reason`.

    Raises InvalidInput where the file does not have the shape of approvals.
    """
    problems = [problem for _, problem in check_shape(document, "approvals")]
    if has_errors(problems):
        raise InvalidInput(problems)
    rows = document.at(("approvals",))
    if not isinstance(rows, dict):
        return {}
    return {id: {key: str(value) for key, value in row.items()} for id, row in rows.items() if isinstance(row, dict)}
