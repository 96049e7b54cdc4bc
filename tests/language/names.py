"""What the tests of the language share: a scope of names of every kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from charter.engine.compile.programme_functions import programme_functions
from charter.engine.language.calls import FUNCTIONS, of_business_days
from charter.engine.language.function_names import OfBusinessDays
from charter.engine.language.parse import Scope, parse
from charter.engine.language.symbols import Symbol
from charter.engine.language.syntax import Text
from charter.engine.language.tree import Expression
from charter.engine.problems import Problem, Source
from charter.engine.values import UNDEFINED, Kind, Unknown, Value

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
    "o": Kind.CHOICE,
    "t": Kind.TEXT,
    "as_of": Kind.DATE,
}
COLOURS = ("red", "green", "blue")
OPTIONAL = ("e",)  #: of which there may be none
#: of one list, `l`: its items' fields, which only aggregates can name
FIELDS = {"p": Kind.YES_NO, "n": Kind.COUNT, "a": Kind.MONEY, "d": Kind.DATE, "t": Kind.TEXT}
#: 2024, a leap year, with 1 and 2 January and 9 May off, and the Saturday 27 April worked
CALENDAR = "2024-01-01 2024-12-31 67 2024-01-01 2024-01-02 2024-04-27 2024-05-09"
SCOPE = Scope(
    {
        id: Symbol(id, kind, COLOURS if kind is Kind.CHOICE else (), id == "o", optional=id in OPTIONAL)
        for id, kind in KINDS.items()
    },
    functions={
        **FUNCTIONS,
        **programme_functions(("gold", "silver")),
        **{name: of_business_days(name, CALENDAR) for name in get_args(OfBusinessDays)},
    },
)


def stated(facts: Mapping[str, Any]) -> dict[str, Value]:
    """The facts of a case: `none` is no value, and what is left out is unknown."""
    values = {id: facts.get(id, Unknown(frozenset((id,)))) for id in KINDS}
    return {id: UNDEFINED if value == "none" else value for id, value in values.items()}


def read(text: str, expected: Kind | None = None) -> tuple[Expression | None, list[Problem]]:
    """The tree of an expression over the names above, or its problems."""
    return parse(Text(Source("rule", text), text, range(len(text) + 1)), SCOPE, expected, COLOURS)
