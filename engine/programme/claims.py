"""Claims: statements about all partners that a release makes of itself, one type for each form of statement."""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from collections.abc import Mapping
from typing import Literal, NamedTuple, assert_never

from ..language.tree import Expression
from ..problems import Place


class Always(NamedTuple):
    """The condition holds for every partner."""

    condition: Expression
    form: Literal["always"] = "always"


class Possible(NamedTuple):
    """The condition holds for some partner."""

    condition: Expression
    form: Literal["possible"] = "possible"


class Reachable(NamedTuple):
    """Each of the conditions holds for some partner, who may be another one for each."""

    conditions: tuple[Expression, ...]
    form: Literal["reachable"] = "reachable"


class Extreme(NamedTuple):
    """The greatest or the least number that `value` is for any partner is `wanted`."""

    value: Expression
    wanted: Expression
    form: Literal["greatest", "least"]


class NeverLowers(NamedTuple):
    """Of two partners who differ only in `facts`, the one with more of them has no less of each of `values`."""

    facts: tuple[str, ...]  #: ids of facts that are numbers or yes/no
    values: tuple[Expression, ...]
    form: Literal["never_lowers"] = "never_lowers"


class NeverChanges(NamedTuple):
    """Two partners who differ only in `facts` have the same `values`."""

    facts: tuple[str, ...]
    values: tuple[Expression, ...]
    form: Literal["never_changes"] = "never_changes"


Assertion = Always | Possible | Reachable | Extreme | NeverLowers | NeverChanges


class Claim(NamedTuple):
    """A statement about all partners, with its title, and where it is written."""

    id: str
    title: Mapping[str, str]
    assertion: Assertion
    under: str | None  #: the reading not taken that the claim is about, as clause.reading: c9-events.both
    source: tuple[str, ...]
    place: Place

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Every expression that is written in the claim, or stands for what is."""
        match self.assertion:
            case Always(condition) | Possible(condition):
                return (condition,)
            case Reachable(conditions):
                return conditions
            case Extreme(value, wanted):
                return (value, wanted)
            case NeverLowers(_, values) | NeverChanges(_, values):
                return values
            case _:
                assert_never(self.assertion)
