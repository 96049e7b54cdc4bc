"""A decision table: rows of tests on inputs, each with its outputs, and the policy that says which rows count.

It stands between the forms of a release and the files of others. A test is a set of stretches of values; a value alone
is the stretch from itself to itself.
"""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from ..problems import Place
from ..values import Kind

Scalar = bool | Decimal | date | str


class HitPolicy(StrEnum):
    """The hit policies of DMN that a table of Charter can have, by the letters that a table shows in its corner."""

    UNIQUE = "U"
    FIRST = "F"
    ANY = "A"
    PRIORITY = "P"
    SUM = "C+"
    LEAST = "C<"
    GREATEST = "C>"


COLLECTED = {
    HitPolicy.SUM: "sum",
    HitPolicy.LEAST: "least",
    HitPolicy.GREATEST: "greatest",
}  #: what `take` says of cases


class Stretch(NamedTuple):
    """The values from `low` to `high`, each of which may be left out; None where there is no end."""

    low: Any
    low_in: bool
    high: Any
    high_in: bool

    @property
    def is_value(self) -> bool:
        """Whether it is a single value."""
        return self.low is not None and self.low == self.high

    @property
    def is_empty(self) -> bool:
        """Whether no value is in it."""
        if self.low is None or self.high is None or self.low < self.high:
            return False
        return bool(self.low > self.high) or not (self.low_in and self.high_in)

    @property
    def begins(self) -> tuple[int, Any, int]:
        """Where it begins, to be compared with where others begin and end."""
        return (-1, 0, 0) if self.low is None else (0, self.low, 0 if self.low_in else 1)

    @property
    def ends(self) -> tuple[int, Any, int]:
        """Where it ends, to be compared with where others begin and end."""
        return (1, 0, 0) if self.high is None else (0, self.high, 1 if self.high_in else 0)


def value_span(value: Scalar) -> Stretch:
    """The value alone."""
    return Stretch(value, True, value, True)


class Test(NamedTuple):
    """Whether a value is in one of the spans or, where it is `negated`, in none of them."""

    spans: tuple[Stretch, ...]
    negated: bool = False

    @property
    def is_any(self) -> bool:
        """Whether every value passes."""
        return self.negated and not self.spans

    @property
    def is_never(self) -> bool:
        """Whether no value passes."""
        return not self.negated and not self.spans

    def holds_throughout(self, span: Stretch) -> bool:
        """Whether every value of a span passes; the span begins and ends at no place within one of the test's."""
        return self.negated is not any(own.begins <= span.begins and span.ends <= own.ends for own in self.spans)


ANY = Test((), negated=True)  #: every value passes


def both(first: Test, second: Test) -> Test:
    """The test that a value passes which passes both."""
    if first.negated and second.negated:
        return Test(tuple(dict.fromkeys((*first.spans, *second.spans))), negated=True)
    if first.negated:
        first, second = second, first
    if second.negated:
        spans = list(first.spans)
        for removed in second.spans:
            spans = [rest for span in spans for rest in _without(span, removed)]
        return Test(tuple(spans))
    shared = (_shared(span, other) for span in first.spans for other in second.spans)
    return Test(tuple(span for span in shared if not span.is_empty))


def _shared(span: Stretch, other: Stretch) -> Stretch:
    later, sooner = max(span, other, key=lambda part: part.begins), min(span, other, key=lambda part: part.ends)
    return Stretch(later.low, later.low_in, sooner.high, sooner.high_in)


def _without(span: Stretch, removed: Stretch) -> Iterator[Stretch]:
    """What is left of a span, before and after the one removed."""
    if _shared(span, removed).is_empty:
        yield span
        return
    if removed.low is not None:
        before = _shared(span, Stretch(None, False, removed.low, not removed.low_in))
        yield from () if before.is_empty else (before,)
    if removed.high is not None:
        after = _shared(span, Stretch(removed.high, not removed.high_in, None, False))
        yield from () if after.is_empty else (after,)


class Formula(NamedTuple):
    """An output that is worked out, as FEEL and as an expression of Charter; `names` are the names in it."""

    feel: str
    charter: str
    names: tuple[tuple[str, Kind], ...] = ()


Output = Scalar | Formula | None  #: None where the table has no value


class Input(NamedTuple):
    """What the tests of a column are of: as FEEL and as an expression of Charter; None where there is none.

    `names` are the names of the programme in it, with their kinds.
    """

    feel: str
    charter: str | None
    kind: Kind
    choices: tuple[str, ...] = ()
    label: str = ""
    names: tuple[tuple[str, Kind], ...] = ()
    least: Any = None  #: the least value that it can have; None where there is none, or it is not known


class OutputColumn(NamedTuple):
    """A column of results; `ranked` are its values by their priority, the highest first, where the table says so."""

    name: str
    label: str = ""
    kind: Kind | None = None
    ranked: tuple[Output, ...] = ()


class Rule(NamedTuple):
    """One row, by its number in the table from 1: a test of each input, and each output.

    `is_default` says that it is the result where no row holds, which DMN has beside the rows.
    """

    number: int
    tests: tuple[Test, ...]
    outputs: tuple[Output, ...]
    place: Place | None = None
    is_default: bool = False

    @property
    def always_holds(self) -> bool:
        """Whether the row tests nothing."""
        return all(test.is_any for test in self.tests)


class DecisionTable(NamedTuple):
    """A whole table; `name` is that of the decision, `note` what a reader of its file has to know."""

    name: str
    label: str
    policy: HitPolicy
    inputs: tuple[Input, ...]
    outputs: tuple[OutputColumn, ...]
    rules: tuple[Rule, ...]
    note: str = ""
