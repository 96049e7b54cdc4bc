"""Finds codes of currencies that are none: a slip of the fingers, or money that is no longer paid in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...language.currencies import money_codes, replaced_by
from ...problems import Level, Place, Problem, nearest_name
from ...source.document import Document, PartPath
from .reviewed import Reviewed

_CODE = re.compile(r"[A-Za-z]{3}")


def currencies(reviewed: Reviewed) -> Iterator[Problem]:
    """A warning for each code of a currency that ISO 4217 does not have, or no longer has.

    A code is written beside an amount, or is an option of the field that says the currency of an item.
    """
    codes = money_codes()
    for document in reviewed.files.rules.values():
        written = {place: code for path in document.places if path[-1:] == ("currency",)
                   for place, code in _codes(document, path).items()}  # fmt: skip
        for place, code in written.items():
            if code.upper() not in codes:
                nearest = nearest_name(code, map(str.lower, sorted(codes)))
                now = replaced_by(code.upper()) or (nearest and nearest.upper())
                help = f"did you mean '{now}'?" if now else "write its code of three letters: EUR"
                message = f"'{code}' is not a currency of ISO 4217"
                yield Problem("odd-currency", message, place, help, Level.WARNING)


def _codes(document: Document, path: PartPath) -> dict[Place, str]:
    """The codes that the key `currency` at a path says, by their places."""
    currency = document.at(path)
    if not isinstance(currency, str) or currency.isupper():
        return {document.value_place(path): currency} if isinstance(currency, str) else {}
    options = (*path[:-2], currency, "choices")
    choices = document.at(options)
    names = choices if isinstance(choices, dict) else {}
    return {document.place((*options, name)): name for name in names if _CODE.fullmatch(name)}
