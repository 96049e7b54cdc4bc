"""The limits of input in one table, from which refusals, the catalogue of problems and docs/reference.md take numbers.

The JSON schemas repeat the numbers; a test compares them with this table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from .texts.texts import texts_in

_SIZES = {"MiB": 1024**2, "KiB": 1024}


class Limit(int):
    """The greatest number of `unit` accepted in what `bounds` names; both are English, for docs/reference.md."""

    unit: str
    bounds: str

    def __new__(cls, most: int, unit: str, bounds: str) -> Limit:
        """`most` is the number itself."""
        limit = super().__new__(cls, most)
        limit.unit, limit.bounds = unit, bounds
        return limit

    def written(self, lang: str = "en") -> str:
        r"""The number as prose shows it: bytes in KiB or MiB; in Russian, five digits or more are grouped by thousands.

        >>> MAX_BYTES.written(), MAX_SAVED_BYTES.written("ru"), MAX_NODES.written(), MAX_LENGTH.written("ru")
        ('1024 KiB', '64 \u041c\u0438\u0411', '60000', '2000')
        """
        for name, size in _SIZES.items() if self.unit == "bytes" else ():
            if self > size and self % size == 0:
                return f"{self // size} {texts_in(lang).FORMS[name]}"
        return f"{self:,}".replace(",", "\u00a0") if lang == "ru" and self >= 10_000 else str(int(self))


def filled(text: str, lang: str) -> str:
    """The text with each name of a limit in braces replaced by its number; KeyError for any other name.

    >>> filled("at most {MAX_DEPTH} parts", "en")
    'at most 60 parts'
    """
    return re.sub(r"\{([A-Z_]+)\}", lambda name: LIMITS[name[1]].written(lang), text)


# Files of YAML and JSON: releases, records, orders
MAX_BYTES = Limit(1024**2, "bytes", "one file of YAML or JSON")
MAX_NODES = Limit(60_000, "keys, values and items", "one file of YAML or JSON")
MAX_NESTING = Limit(24, "lists and maps within each other", "one file of YAML or JSON")

# Rules
MAX_LENGTH = Limit(2_000, "characters", "one expression")
MAX_DEPTH = Limit(60, "parts, or brackets, within each other", "one expression")
MAX_BITS = Limit(2_048, "binary digits", "a numerator or denominator of a result; beyond it, the result is unknown")
MAX_ID = Limit(63, "characters", "the name of a fact, tier, definition or any other part of a programme")
MAX_PARTS = Limit(20, "entries", "the rates of a bonus, and the parts of a requirement")
MAX_ROWS = Limit(50, "entries", "the tiers, and the bands or rows of a table")
MAX_OPTIONS = Limit(100, "entries", "the options of a choice, and the rebates")
MAX_NOTICE = Limit(3_650, "days", "`notice_days` of a release")
MAX_CALENDAR = Limit(7_320, "days", "a calendar of business days")

# Facts, records and orders
MAX_WHOLE_DIGITS = Limit(18, "digits", "a number, before the point")
MAX_DECIMALS = Limit(12, "digits", "a number, after the point")
MAX_PARTNER = Limit(100, "characters", "the id of a partner")
MAX_NAME = Limit(300, "characters", "the name of a partner")
MAX_TEXT = Limit(200, "characters", "a fact of kind text, and the document of an agreement")
MAX_PAIRS = Limit(250_000, "pairs of items", "two lists, where items of one look through the other")
MAX_PERIODS = Limit(600, "periods", "a balance")
MAX_ORDER_TEXT = Limit(100, "characters", "the id of an order, and its currency")
MAX_ROW_BYTES = Limit(200_000, "bytes", "one row of CSV or JSON Lines")
MAX_ITEMS = Limit(50_000, "items", "one list of a partner in a portfolio whom the query cannot decide")

# Questions
MAX_DAYS = Limit(3_700, "days", "a timeline")
MAX_HISTORY = Limit(36_600, "days", "the history of a record, up to the day that is asked")
MAX_SECONDS = Limit(3_600, "seconds", "an option that gives a time")

# Saved outcomes
MAX_SAVED_BYTES = Limit(64 * 1024**2, "bytes", "one file of saved outcomes")
MAX_SAVED_NESTING = Limit(40, "lists and maps within each other", "a saved outcome")
MAX_SAVED_DIGITS = Limit(1_000, "digits", "a number of a saved outcome, before and after the point")
MAX_SAVED_WRONG = Limit(100, "parts that are no outcomes", "one file of saved outcomes; the rest is not read")

#: Every limit by its name, in the order above.
LIMITS: Mapping[str, Limit] = MappingProxyType(
    {name: limit for name, limit in globals().items() if isinstance(limit, Limit)}
)
