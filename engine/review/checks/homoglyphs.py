"""Letters: words of which some letters are Latin and some Cyrillic, and look alike. No search finds such a word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...problems import Fix, Level, Place, Problem, cyrillic_skeleton, latin_skeleton
from .reviewed import Reviewed

_MIXED = re.compile(r"[^\W\d_]*(?:[A-Za-z][а-яёА-ЯЁіѕј]|[а-яёА-ЯЁіѕј][A-Za-z])[^\W\d_]*")
_LATIN, _CYRILLIC = re.compile(r"[A-Za-z]+"), re.compile(r"[а-яёА-ЯЁ]+")


def letters(reviewed: Reviewed) -> Iterator[Problem]:
    """A warning for each such word of a text, with its fix where only one alphabet can be meant."""
    for document in reviewed.files.documents.values():
        for place in document.places.values():
            written = document.source.text[place.start : place.end]
            if written.isascii():
                continue
            for word in _MIXED.finditer(written):
                at = Place(document.source, place.start + word.start(), place.start + word.end())
                ways = _ways(word[0])
                message = f"'{word[0]}' has both Latin and Cyrillic letters"
                fix = Fix(at, ways[0]) if len(ways) == 1 else None
                help = f"write '{ways[0]}' in one alphabet" if len(ways) == 1 else "write it in one alphabet"
                yield Problem("mixed-letters", message, at, help, Level.WARNING, fix=fix)


def _ways(word: str) -> list[str]:
    """The word in each alphabet in which it can be written whole."""
    latin, cyrillic = latin_skeleton(word), cyrillic_skeleton(word)
    return [way for way, alphabet in ((latin, _LATIN), (cyrillic, _CYRILLIC)) if alphabet.fullmatch(way)]
