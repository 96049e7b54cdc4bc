r"""Shows text from outside so that it cannot do anything to a terminal or to the log of a CI system.

A character that is not seen, or that moves what is seen, is written as an escape: `\x1b`, `\n`, `\u202e`. So are the
signs with which a CI system knows a command in a log. All other letters stay as they are.
"""

from __future__ import annotations

import re

#: controls, signs of format and direction, line ends, lone surrogates and private characters; not the soft hyphen
_CLASS = (
    r"\x00-\x1f\x7f-\x9f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064"
    r"\u2066-\u206f\ud800-\uf8ff\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f\U000f0000-\U000ffffd\U00100000-\U0010fffd"
)
_JOINER = r"(?<=[\u0590-\U0010ffff])[\u200c\u200d]"  #: it shapes what is around it: in Persian, Hindi, emoji
_HIDDEN = re.compile(rf"(?!{_JOINER})[{_CLASS}]")
_COMMAND = re.compile(r"(?<=#)#(?=[A-Za-z.]*\[)")  #: GitHub and Azure run `##[…]`, `##vso[…]` wherever it stands
_COMMAND_LINE = re.compile(r"^(\s*):(?=:)", re.MULTILINE)  #: GitHub runs a line that begins with `::`
_NAMED = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def visible(text: str) -> str:
    r"""The text on one line, with every hidden character escaped.

    >>> print(visible("a\x1b[31m\n\u202eb"), visible("Größe № 5 %"), visible("##[error]"))
    a\x1b[31m\n\u202eb Größe № 5 % #\x23[error]
    """
    return _COMMAND.sub(r"\\x23", _HIDDEN.sub(lambda hidden: _escape(hidden[0]), text))


def visible_characters(text: str) -> list[str]:
    """Each character of the text as `visible` shows it."""
    shown = list(text)
    for hidden in _HIDDEN.finditer(text):
        shown[hidden.start()] = _escape(hidden[0])
    for command in _COMMAND.finditer(text):
        shown[command.start()] = r"\x23"
    return shown


def visible_lines(text: str) -> str:
    r"""A text of several lines, none of them a command of CI, with every hidden character but line ends escaped.

    >>> print(visible_lines("one\ttwo\n  ::error::three"))
    one\ttwo
      \x3a:error::three
    """
    lines = "\n".join(map(visible, text.split("\n")))
    return _COMMAND_LINE.sub(r"\1\\x3a", lines) if "::" in lines else lines


def visible_json(text: str) -> str:
    r"""The text of JSON with the same meaning, in which hidden characters of its texts are escaped.

    >>> print(visible_json('{"a": "\x7f\u202e\U000e0041"}'))
    {"a": "\u007f\u202e\udb40\udc41"}
    """

    def escape(hidden: re.Match[str]) -> str:
        units = hidden[0].encode("utf-16-be", "surrogatepass").hex()
        return hidden[0] if hidden[0] == "\n" else "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))

    return _HIDDEN.sub(escape, text)


def one_line(text: str) -> str:
    r"""The lines of a text as one, with a space for line ends, tabs and the space around them.

    >>> one_line("  one\n    two\n\n\tthree ")
    'one two three'
    """
    return re.sub(r"\s*[\n\t]\s*", " ", text.strip())


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file's name that is not text
        code -= 0xDC00
    escape = f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return _NAMED.get(character, escape)
