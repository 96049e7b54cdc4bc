"""Reads scalars: the data that an unquoted text in a file stands for, and how a value is written as another type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ..limits import MAX_DECIMALS, MAX_WHOLE_DIGITS
from ..values import with_point

DIGITS = f"write it in digits, at most {MAX_WHOLE_DIGITS} of them before the point and {MAX_DECIMALS} after it"


class NotData(NamedTuple):
    """A value that no file can hold, such as NaN or a time: how messages show it, and what to give instead."""

    shown: str
    help: str


Data = None | bool | Decimal | date | str | NotData | list["Data"] | dict[str, "Data"]

_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def plain_scalar(text: str) -> Data:
    """A plain scalar as data: true, false, null, an exact number, an ISO date; anything else is text.

    >>> [plain_scalar(text) for text in ("2.50", "yes", "2,5", "2026-02-30", "1e3")]
    [Decimal('2.50'), 'yes', '2,5', '2026-02-30', Decimal('1E+3')]
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "-0123456789":
        return text
    if _NUMBER.fullmatch(text):
        number = Decimal(text)
        return number if in_bounds(number) else text
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text


def day_of(written: Data) -> date | None:
    """A date, or a text that is an ISO date (JSON has no dates), as a date; None for anything else.

    >>> day_of("2026-01-31"), day_of("2026-02-30")
    (datetime.date(2026, 1, 31), None)
    """
    value = plain_scalar(written) if isinstance(written, str) else written
    return value if isinstance(value, date) else None


def how_to_write(instance: Data, wanted: str | list[str]) -> str | None:
    """The help for a value of the wrong type; None where no value of a right type is certainly meant."""
    text = as_wanted(instance, wanted)
    return text and (f"put it in quotes: {text}" if text.startswith('"') else f"write {text}")


def as_wanted(instance: Data, wanted: str | Sequence[str]) -> str | None:
    """How a value of the wrong type is written in the right one: `2,5` as the number 2.5; None where that is unsure.

    >>> as_wanted("2,5", "number"), as_wanted("20%", "number"), as_wanted("no", "boolean"), as_wanted(True, "string")
    ('2.5', '20', 'false', '"true"')
    """
    types = [wanted] if isinstance(wanted, str) else wanted
    if isinstance(instance, str):
        if "number" in types or "integer" in types:
            digits = re.sub(r"[\s_\u00a0\u202f]|%$", "", instance.strip())
            number = plain_scalar(digits.replace(",", "."))
            if isinstance(number, Decimal) and ("number" in types or not number % 1):
                return with_point(digits)
        if "boolean" in types and instance.lower() in (
            "yes",
            "no",
            "on",
            "off",
            "y",
            "n",
            "true",
            "false",
            "да",
            "нет",
        ):
            return "true" if instance.lower() in ("yes", "on", "y", "true", "да") else "false"
    if "string" in types and isinstance(instance, Decimal | bool | date):
        return f'"{str(instance).lower()}"'
    return None


def certain_fix(instance: Data, wanted: str | Sequence[str], *, of_percentage: bool = False) -> str | None:
    """The text of `as_wanted` where it can mean nothing else; None where it can.

    The comma of `1,000` may separate decimals or thousands, and `20%` is 20 only where a percentage is wanted.

    >>> certain_fix("2,5", "number"), certain_fix("1,000", "number"), certain_fix("20%", "number")
    ('2.5', None, None)
    """
    text = as_wanted(instance, wanted)
    if isinstance(instance, str):
        is_ambiguous = text is not None and " " in text
        return None if is_ambiguous or ("%" in instance and not of_percentage) else text
    return None if isinstance(instance, Decimal) and "E" in str(instance) else text


def in_bounds(number: Decimal) -> bool:
    """Whether a written number has no more digits before and after the point than the limits allow."""
    exponent = number.as_tuple().exponent
    return (
        isinstance(exponent, int)
        and number.adjusted() < MAX_WHOLE_DIGITS
        and -exponent - _trailing_zeros(number) <= MAX_DECIMALS
    )


def _trailing_zeros(number: Decimal) -> int:
    digits = "".join(map(str, number.as_tuple().digits))
    return len(digits) - len(digits.rstrip("0"))
