"""Writes data as a canonical text, the same for equal data, from which digests are made.

Published digests depend on each of the two forms, so both must stay the same to the byte.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Any

from ..values import plain


class CanonicalForm(Enum):
    """The forms of a canonical text: what counts as a difference, and which digests depend on it."""

    IN_ORDER = 1
    """The order of keys and the kind of each value count. The digest of a release depends on it, and with it seals,
    certificates and the names under which a query is kept."""
    SORTED = 2
    """The order of keys does not count, and a day equals its text. The fingerprint of a change depends on it, and with
    it the approvals of changes."""


def canonical(data: Any, form: CanonicalForm) -> str:
    """The text of data in a form."""
    if form is CanonicalForm.IN_ORDER:
        return _in_order(data)
    import json

    return json.dumps(_exact(data), ensure_ascii=False, sort_keys=True)


def _in_order(data: Any) -> str:
    if isinstance(data, str):
        return repr(data)
    if isinstance(data, dict):
        return "{" + ",".join(f"{key!r}:{_in_order(value)}" for key, value in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ",".join(map(_in_order, data)) + "]"
    return plain(data) if isinstance(data, Decimal) else str(data)


def _exact(data: Any) -> Any:
    """The data as JSON types only, a number as a map with its digits as text."""
    if isinstance(data, dict):
        return {str(key): _exact(part) for key, part in data.items()}
    if isinstance(data, list):
        return [_exact(part) for part in data]
    if isinstance(data, Decimal):
        return {"number": plain(data)}
    return data if isinstance(data, str | bool | None) else str(data)
