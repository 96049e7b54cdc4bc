"""What the tests of the language share: a scope of names of every kind."""

from __future__ import annotations

from charter.engine.language.parse import Scope, Symbol, parse
from charter.engine.language.syntax import Text
from charter.engine.language.tree import Expression
from charter.engine.problems import Problem, Source
from charter.engine.values import Kind

KINDS = {
    "p": Kind.YES_NO,
    "q": Kind.YES_NO,
    "n": Kind.COUNT,
    "m": Kind.COUNT,
    "x": Kind.NUMBER,
    "r": Kind.PERCENT,
    "a": Kind.MONEY,
    "c": Kind.CHOICE,
    "d": Kind.DATE,
    "e": Kind.DATE,
}
COLOURS = ("red", "green")
SCOPE = Scope({id: Symbol(id, kind, COLOURS if kind is Kind.CHOICE else ()) for id, kind in KINDS.items()})


def read(text: str, expected: Kind | None = None) -> tuple[Expression | None, list[Problem]]:
    """The tree of an expression over the names above, or its problems."""
    return parse(Text(Source("rule", text), text, range(len(text) + 1)), SCOPE, expected, COLOURS)
