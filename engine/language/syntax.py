"""Turns the text of an expression into Python's own tree, or into a problem.

Python's parser reads the text, as it does for simpleeval. Length, depth and matching brackets are checked before that;
where the parser fails, the problem points at the likely mistake.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..limits import MAX_DEPTH, MAX_LENGTH
from ..problems import Fix, Place, Problem, Source


class Text(NamedTuple):
    """The text of an expression, and the offset in the file of each of its characters."""

    source: Source
    text: str
    offsets: Sequence[int]  #: one for each character, and one for the end of the text

    def place(self, start: int, end: int) -> Place:
        """The place in the file of the characters from `start` up to `end`."""
        return Place(self.source, self.offsets[start], self.offsets[max(start, end - 1)] + 1)

    @property
    def whole(self) -> Place:
        """The place of the text without the blanks around it."""
        start = len(self.text) - len(self.text.lstrip())
        return self.place(start, max(start + 1, len(self.text.rstrip())))


def read_python(text: Text) -> ast.expr | Problem:
    """Python's tree of the text, or the problem with it; the tree's columns count a bracket put before the text."""
    problem = _refuse_text(text)
    if problem:
        return problem
    try:
        with warnings.catch_warnings(action="ignore"):  # of Python, to its own programmers: on `1if p else 2`, on '\d'
            return ast.parse(f"({text.text}\n)", mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        return _not_an_expression(text, error)


def short(text: str) -> str:
    """The text as a message shows it: at most 40 characters."""
    return text if len(text) <= 40 else text[:37] + "…"


def _refuse_text(text: Text) -> Problem | None:
    """The problem where the text is empty, too long, too deep, or its brackets do not match; None otherwise."""
    if not text.text.strip():
        help = "write a condition or a number"
        return Problem("expression-syntax", "the expression is empty", text.place(0, 1), help)
    if len(text.text) > MAX_LENGTH:
        message = f"the expression has {len(text.text)} characters; the limit is {MAX_LENGTH}"
        return Problem("expression-too-large", message, text.whole, "move parts of it to definitions")
    for match in re.finditer(r"'[^'\n]*'|\"[^\"\n]*\"|(\b\d{4}-\d{2}-\d{2}\b)", text.text):
        if match[1]:
            in_call = re.search(r"\bdate\(\s*$", text.text[: match.start()])
            place, day = text.place(*match.span()), f"'{match[1]}'" if in_call else f"date('{match[1]}')"
            return Problem("expression-syntax", "a day stands in quotes", place, f"write {day}", fix=Fix(place, day))
    opened: list[re.Match[str]] = []
    for match in re.finditer(r"'[^'\n]*'|\"[^\"\n]*\"|#[^\n]*|[()\[\]{}]", text.text):
        if match[0] in "([{":
            opened.append(match)
        elif match[0] in ")]}" and opened:
            opened.pop()
        elif match[0] in ")]}":
            place = text.place(match.start(), match.end())
            return Problem("expression-syntax", f"this '{match[0]}' closes nothing", place, "remove it")
        if len(opened) > MAX_DEPTH:
            place = text.place(match.start(), match.end())
            message = f"more than {MAX_DEPTH} brackets within each other"
            return Problem("expression-too-large", message, place, "move parts of it to definitions")
    if opened:
        place = text.place(opened[-1].start(), opened[-1].end())
        help = "close it; within { } a value that holds a comma stands in quotes"
        return Problem("expression-syntax", f"this '{opened[-1][0]}' is never closed", place, help)
    return None


#: a number with a percent sign; its first group is the number
PERCENTAGE = r"(?<![\w.])(\d+(?:\.\d+)?)\s*%"

#: a pattern of a mistake, the help for it, and the text to write instead, None where that is not certain
_HINTS = (
    (r"&&|&", "write 'and'", "and"),
    (r"\|\||\|", "write 'or'", "or"),
    (r"=>", "write '>='", ">="),
    (r"=<", "write '<='", "<="),
    (r"<>|≠", "write '!='", "!="),
    (r"≥|⩾", "write '>='", ">="),
    (r"≤|⩽", "write '<='", "<="),
    (r"(?<![<>=!])=(?!=)", "to compare, write '=='", "=="),
    (r"!(?!=)", "write 'not'", None),
    (PERCENTAGE, "write a percentage as a plain number, and to multiply with it ratio(20)", None),
    (r"[«“”„‘’`]([^«»“”„‘’`'\"\n]*)[»“”‘’`]", "write 'text' in straight single quotes", r"'\1'"),
    (r"[«»“”„‘’`]", "write 'text' in straight single quotes", None),
    (r"\d\s*[–—]\s*\d", "write a plain minus '-', or both ends of a range: 5 <= x <= 10", None),
    (r"[−–—]", "write a plain minus '-'", "-"),
    (r"×", "write '*'", "*"),
    (r"÷", "write '/'", "/"),
    (r"\b0\d", "write the number without a leading zero", None),
    (r"\bif\b(?!.*\belse\b)", "say what else: a if condition else b", None),
    (r"\d_?[A-Za-z]", "write '*' between a number and a name", None),
)


def _not_an_expression(text: Text, error: Exception) -> Problem:
    """The problem of a text that Python could not read: the likely mistake, and what to write."""
    hint = _hint(text.text)
    if hint:
        match, help, instead = hint
        place = text.place(match.start(), match.end())
        fix = Fix(place, instead) if instead is not None and _is_mendable(text.text) else None
        return Problem("expression-syntax", f"'{match[0]}' cannot stand here", place, help, fix=fix)
    place = text.whole
    if isinstance(error, SyntaxError) and error.lineno and error.offset:
        lines = text.text.split("\n")
        start = sum(len(line) + 1 for line in lines[: error.lineno - 1]) + error.offset - 1 - (error.lineno == 1)
        if error.lineno <= len(lines) and 0 <= start < len(text.text):
            place = text.place(start, start + 1)
    return Problem("expression-syntax", "this is not an expression", place, "for example: certified >= 2 and plan_met")


def _hint(text: str) -> tuple[re.Match[str], str, str | None] | None:
    """The first likely mistake outside quotes, its help, and the text to write instead, None where that is not certain.

    None where no mistake is recognised.
    """
    bare = re.sub(r"'[^'\n]*'|\"[^\"\n]*\"|#[^\n]*", lambda match: " " * len(match[0]), text)
    for pattern, help, instead in _HINTS:
        match = re.search(pattern, bare)
        if match:
            return match, help, None if instead is None else _spaced(text, match, match.expand(instead))
    return None


def _is_mendable(text: str) -> bool:
    """Whether the text is an expression once every recognised mistake is corrected; signs of percentages do not count.

    Where it is not, the mistakes were not understood, and correcting one of them could change what is meant.
    """
    text = re.sub(PERCENTAGE, r"\1", text)
    for _ in range(MAX_DEPTH):
        try:
            ast.parse(f"({text}\n)", mode="eval")
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            hint = _hint(text)
            if hint is None or hint[2] is None:
                return False
            text = text[: hint[0].start()] + hint[2] + text[hint[0].end() :]
        else:
            return True
    return False


def _spaced(text: str, match: re.Match[str], word: str) -> str:
    """The word that replaces the match, with a blank where it would touch another word."""
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    if not word.isalpha():
        return word
    return f"{' ' if before.isalnum() else ''}{word}{' ' if after.isalnum() else ''}"


#: the forms of Python that the language does not have: their name in a message, and the help
REFUSED: Mapping[type[ast.AST], tuple[str, str | None]] = {
    ast.Attribute: ("dots are", "write a plain name"),
    ast.Subscript: ("square brackets are", "name the value itself"),
    ast.Lambda: ("lambda is", "write the expression itself, or name it as a definition"),
    ast.ListComp: ("comprehensions are", "count over a list with an aggregate, declared beside the facts"),
    ast.SetComp: ("comprehensions are", "count over a list with an aggregate, declared beside the facts"),
    ast.DictComp: ("comprehensions are", "count over a list with an aggregate, declared beside the facts"),
    ast.GeneratorExp: ("comprehensions are", "count over a list with an aggregate, declared beside the facts"),
    ast.JoinedStr: ("f-strings are", "write plain text in quotes"),
    ast.NamedExpr: ("':=' is", "name the value as a definition"),
    ast.List: ("square brackets are", "write options in round brackets: x in ('a', 'b')"),
    ast.Set: ("braces are", "write options in round brackets: x in ('a', 'b')"),
    ast.Dict: ("braces are", "write a table by tier instead"),
    ast.Starred: ("'*' before a name is", "list the arguments one by one"),
    ast.Pow: ("'**' is", "write x * x; roots and most powers have no exact decimal"),
    ast.BitXor: ("'^' is", "write x * x; roots and most powers have no exact decimal"),
    ast.FloorDiv: ("'//' is", "write round_down(a / b, 1)"),
    ast.Mod: ("'%' is", "a percentage is a plain number: 20; a remainder is modulo(a, b)"),
    ast.Is: ("'is' is", "write '=='"),
    ast.IsNot: ("'is not' is", "write '!='"),
    ast.BitAnd: ("'&' is", "write 'and'"),
    ast.BitOr: ("'|' is", "write 'or'"),
    ast.Invert: ("'~' is", "write 'not'"),
    ast.UAdd: ("a leading '+' is", "leave it out"),
}
