"""Finds words that mix Latin and Cyrillic letters that look alike, which a search for the word does not find."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...problems import Fix, Level, Place, Problem, cyrillic_skeleton, latin_skeleton
from .reviewed import Reviewed

_MIXED = re.compile(r"[^\W\d_]*(?:[A-Za-z][а-яёА-ЯЁіѕј]|[а-яёА-ЯЁіѕј][A-Za-z])[^\W\d_]*")
_LATIN, _CYRILLIC = re.compile(r"[A-Za-z]+"), re.compile(r"[а-яёА-ЯЁ]+")


def homoglyphs(reviewed: Reviewed) -> Iterator[Problem]:
    """A warning for each such word, with a fix where the word can be written in only one of the alphabets.

    Only a text in one of the programme's languages is fixed: one that a rule compares with would then match others.
    """
    languages = reviewed.programme.languages
    for document in reviewed.files.documents.values():
        for path, place in document.places.items():
            written = document.source.text[place.start : place.end]
            if written.isascii():
                continue
            for word in _MIXED.finditer(written):
                at = Place(document.source, place.start + word.start(), place.start + word.end())
                spellings = _spellings(word[0])
                message = f"'{word[0]}' has both Latin and Cyrillic letters"
                help = f"write '{spellings[0]}' in one alphabet" if len(spellings) == 1 else "write it in one alphabet"
                fix = Fix(at, spellings[0]) if len(spellings) == 1 and path and path[-1] in languages else None
                yield Problem("mixed-letters", message, at, help, Level.WARNING, fix=fix)


def _spellings(word: str) -> list[str]:
    """The word in each alphabet that has all of its letters."""
    latin, cyrillic = latin_skeleton(word), cyrillic_skeleton(word)
    return [spelling for spelling, alphabet in ((latin, _LATIN), (cyrillic, _CYRILLIC)) if alphabet.fullmatch(spelling)]
