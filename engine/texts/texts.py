"""Loads the texts for people in one language, and not those of another."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a protocol takes long to define
    from typing import Protocol

    class LanguageTexts(Protocol):
        """The file of a language: for each kind of page its texts by their keys."""

        FORMS: Mapping[str, str]
        BORDERS: Mapping[str, str]
        DAY_BORDERS: Mapping[str, str]
        SENTENCES: Mapping[str, str]
        REPORT: Mapping[str, str]
        TIMELINE: Mapping[str, str]
        READINGS: Mapping[str, str]
        INPUT: Mapping[str, str]
        PORTFOLIO: Mapping[str, str]
        COMPARED: Mapping[str, str]
        ADVICE: Mapping[str, str]
        PROOF: Mapping[str, str]
        VERIFY: Mapping[str, str]
        CHANGES: Mapping[str, str]
        CHANGE_KEYS: Mapping[str, str]
        ROW_CHANGES: Mapping[str, str]
        JUDGEMENTS: Mapping[str, str]
        CATALOGUE: Mapping[str, str]
        TABLES: Mapping[str, str]
        BALANCES: Mapping[str, str]
        CALENDAR: Mapping[str, str]


@cache
def texts_in(lang: str) -> LanguageTexts:
    """The texts in the language, 'en' or 'ru'; raises ValueError for any other."""
    if lang == "en":
        from . import en

        return en
    if lang == "ru":
        from . import ru

        return ru
    raise ValueError(f"there are no texts in '{lang}'")


def in_quotes(text: str, lang: str) -> str:
    """A text in the quotation marks of the language."""
    return texts_in(lang).FORMS["quoted"].format(text)
