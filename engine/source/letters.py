"""The characters of texts: which of them nobody can see, and which texts look the same.

The rules are those of Unicode's properties. What belongs to the spelling of a language is no hidden text: the joiners
of Persian, Hindi or Mongolian between letters, spaces of any width, the marks of Arabic and Hebrew vowels.
"""

from __future__ import annotations

import re
import unicodedata

_SOFT_HYPHEN = "\u00ad"
ALLOWED_IN_FILES = f"\n\t{_SOFT_HYPHEN}"  #: what texts of several lines may hold

_JOINERS = "\u180e\u200c\u200d"
#: blocks of the scripts that are spelt with joiners: Arabic to N'Ko, the scripts of India to Mongolian, and others
_JOINED = re.compile("[\u0600-\u08ff\u0900-\u109f\u1780-\u18af\u1900-\u1cff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefc]")
_SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # the form of the letter before
#: letters, marks and unassigned characters that show nothing, and code points that are no characters
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0\ufff0-\uffff\ufdd0-\ufdef\U000e0000-\U000e0fff]")
_SHOWN = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\ufffc\ufffd\U000110bd\U000110cd]")


def hidden_places(text: str, allowed: str = "") -> list[int]:
    r"""The positions of characters that nobody sees: control, direction and line characters, and those without width.

    `allowed` are characters that count as seen.

    >>> hidden_places("a\u202eb"), hidden_places("نرم\u200cافزار"), hidden_places("a\u200cb"), hidden_places("\u202f»")
    ([1], [], [1], [])
    """
    if text.isascii() and text.isprintable():
        return []
    if text.isprintable() and not (_BLANK.search(text) or _SELECTORS.search(text)):
        return []
    return [at for at, character in enumerate(text) if character not in allowed and _is_hidden(text, at)]


def is_visible(text: str) -> bool:
    """Whether every character of a text of one line can be seen."""
    return not hidden_places(text)


def strange_character(text: str) -> str | None:
    """The first invisible character of a text of a file, described; None where there is none."""
    places = hidden_places(text, ALLOWED_IN_FILES)
    return f"the character U+{ord(text[places[0]]):04X}" if places else None


def without_hidden(text: str) -> str:
    """A text of a file without its invisible characters."""
    hidden = set(hidden_places(text, ALLOWED_IN_FILES))
    return "".join(character for at, character in enumerate(text) if at not in hidden)


def _is_hidden(text: str, at: int) -> bool:
    character, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if character in _JOINERS:
        return not (_is_virama(before) or (_is_joined(before) and _is_joined(after)))
    if _SELECTORS.match(character):
        return not before or before.isspace() or not before.isprintable() or _SELECTORS.match(before) is not None
    if _SHOWN.match(character):
        return False
    if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp"):
        return True
    return _BLANK.match(character) is not None or ord(character) & 0xFFFE == 0xFFFE


def _is_joined(character: str) -> bool:
    """Whether it is a letter, or a mark on one, of a script that is spelt with joiners."""
    return _JOINED.match(character) is not None and unicodedata.category(character)[0] in "LM"


def _is_virama(character: str) -> bool:
    """Whether it is the sign of India's scripts that takes a letter's vowel, after which a word may end in a joiner."""
    return bool(character) and unicodedata.combining(character) == 9


def look(id: str) -> str:
    r"""The form in which ids are equal that look the same: whatever their case, spaces, dashes and look-alike letters.

    `portfolio.sql.look_alikes` computes the same in SQL.

    >>> look("Р-001 ") == look("p\u20110\u200b01"), look("P  1") == look("p\u00a01"), look("P-1") == look("P-2")
    (True, True, False)
    """
    return re.sub(" +", " ", id.lower().translate(_SEEN)).strip(" ")


def told_apart(first: str, second: str) -> str:
    """What two different texts that look the same differ in, in words.

    >>> told_apart("P-1", "\u0420-1")
    'they differ in U+0420 CYRILLIC CAPITAL LETTER ER'
    """
    length = min(len(first), len(second))
    at = next((at for at in range(length) if first[at] != second[at]), length)
    character = max(first[at : at + 1], second[at : at + 1])
    return f"they differ in U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


_FULL_WIDTH = "０１２３４５６７８９ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ－＿．／"
_SPACES = "\t\n\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
#: small letters and signs of ids, and for each what it looks like: Cyrillic, Greek, full-width; spaces; dashes
LOOKS = "аеорсухѕіјкмнтвзһԁԛԝёїαβεζηικμνορτυχ" + _FULL_WIDTH + _SPACES + _DASHES
SEEN_AS = "aeopcyxsijkmhtb3hdqwëïabezhikmnoptyx0123456789abcdefghijklmnopqrstuvwxyz-_./"
SEEN_AS += " " * len(_SPACES) + "-" * len(_DASHES)
UNSEEN = "\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u3164\ufeff"  #: shows nothing
_SEEN = str.maketrans(LOOKS, SEEN_AS, UNSEEN)
