"""Offers the fix for a percentage that an expression writes with its sign: `20` or `ratio(20)`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set

from ..problems import Fix, Problem
from ..values import Kind
from .syntax import PERCENTAGE, Text
from .tree import Compare, Expression, Literal, children


def with_percentage_fix(problem: Problem, text: Text, read: Callable[[Text], Expression | None]) -> Problem:
    """The problem with a fix, where it is a percent sign and the text is right without the signs; else as it is.

    `read` gives the tree of a text, None where the text has a mistake. A number that a percentage is compared with or
    added to is a percentage itself, written as 20. Anything else is multiplied with 20%, which is the number ratio(20).
    """
    bare = re.sub(r"'[^'\n]*'|\"[^\"\n]*\"|#[^\n]*", lambda match: " " * len(match[0]), text.text)
    percentages = list(re.finditer(PERCENTAGE, bare))
    at = problem.place
    if at is None or not percentages or at.start != text.offsets[percentages[0].start()]:
        return problem
    signless = list(text.text)
    for match in percentages:
        signless[match.end() - 1] = " "
    tree = read(text._replace(text="".join(signless)))
    if tree is None or _compares_count(tree, {text.offsets[match.start()] for match in percentages}):
        return problem
    kinds = {literal.place.start: literal.kind for literal in _literals(tree) if literal.place}
    instead = [
        match[1] if kinds.get(text.offsets[match.start()]) is Kind.PERCENT else f"ratio({match[1]})"
        for match in percentages
    ]
    written = text.text
    for match, number in zip(reversed(percentages), reversed(instead), strict=True):
        written = written[: match.start()] + number + written[match.end() :]
    if read(Text(text.source, written, [at.start] * (len(written) + 1))) is None:
        return problem
    return problem._replace(help=f"write {instead[0]}", fix=Fix(at, instead[0]))


def _compares_count(tree: Expression, starts: Set[int]) -> bool:
    """Whether a count is compared with one of the numbers at these places: a part of what is not clear then."""
    if isinstance(tree, Compare):
        for side, number in ((tree.left, tree.right), (tree.right, tree.left)):
            is_percentage = isinstance(number, Literal) and number.place and number.place.start in starts
            if is_percentage and side.kind is Kind.COUNT:
                return True
    return any(_compares_count(part, starts) for part in children(tree))


def _literals(tree: Expression) -> Iterator[Literal]:
    if isinstance(tree, Literal):
        yield tree
    for child in children(tree):
        yield from _literals(child)
