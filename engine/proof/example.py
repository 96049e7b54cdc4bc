"""An example: a partner that shows something, as a record would have it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from ..evaluate.evaluate import all_values
from ..named_tuples import public
from ..problems import InvalidInput
from ..release.load import Release

PARTNER = "EXAMPLE"  #: what an example calls itself


@public("tier", "facts", "as_of")
class Example(NamedTuple):
    """A partner; what it leaves out does not matter. `as_of` is the day that counts."""

    facts: Mapping[str, Any]
    tier: str | None
    since: date | None
    as_of: date

    def record(self) -> dict[str, Any]:
        """The data of a record file."""
        tier = {} if self.tier is None else {"tier": self.tier}
        since = {} if self.since is None else {"since": self.since}
        return {"partner": PARTNER, **tier, **since, "facts": dict(self.facts)}

    def values(self, release: Release) -> dict[str, Any]:
        """Every fact and value of the partner, as the interpreter has them."""
        return all_values(release.plan, release.evaluate(self.record(), as_of=self.as_of))


Shows = Callable[[tuple[Example, ...]], bool]  #: whether these partners show what they are to show


def without_irrelevant(found: tuple[Example, ...], shows: Shows) -> tuple[Example, ...] | None:
    """The partners without what does not matter; None where they do not show what they are to."""
    if not _do(shows, found):
        return None
    best = found
    while shorter := next((less for less in _with_less(best) if _do(shows, less)), None):
        best = shorter
    return best


def _do(shows: Shows, partners: tuple[Example, ...]) -> bool:
    try:
        return shows(partners)
    except InvalidInput:  # no record could say that
        return False


def _with_less(partners: tuple[Example, ...]) -> Iterator[tuple[Example, ...]]:
    """The same partners with one thing less to be said of them all."""
    if any(one.tier is not None for one in partners):
        yield tuple(one._replace(tier=None, since=None) for one in partners)
    if any(one.since is not None for one in partners):
        yield tuple(one._replace(since=None) for one in partners)
    for id, value in reversed(tuple(partners[0].facts.items())):
        yield tuple(
            one._replace(facts={key: given for key, given in one.facts.items() if key != id}) for one in partners
        )
        if isinstance(value, list) and all(one.facts[id] == value for one in partners):
            for less in _shorter(value):
                yield tuple(one._replace(facts={**one.facts, id: less}) for one in partners)


def _shorter(items: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """A list with an item less, or with a field less."""
    for index, item in enumerate(items):
        yield items[:index] + items[index + 1 :]
        for field in item:
            yield [*items[:index], {key: value for key, value in item.items() if key != field}, *items[index + 1 :]]
