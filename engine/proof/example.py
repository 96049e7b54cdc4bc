"""Reduces an example of a partner for whom something holds to the facts that matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from ..named_tuples import public
from ..problems import InvalidInput
from ..release.load import Release
from ..values import Value

PARTNER = "EXAMPLE"  #: the name of the partner in the record of an example, and of the paper of its agreements


class AnyText(str):
    """An invented text, which stands for any that neither a rule nor the record names."""

    __slots__ = ()


@public("tier", "facts", "as_of")
class Example(NamedTuple):
    """A partner on the day `as_of`; facts, tier, first day and agreements that do not matter are left out."""

    facts: Mapping[str, Any]
    tier: str | None
    since: date | None
    as_of: date
    agreements: Mapping[str, Value] = {}  #: what is agreed from that day on, by the ids of the terms

    def record(self) -> dict[str, Any]:
        """The partner as the data of a record file."""
        tier = {} if self.tier is None else {"tier": self.tier}
        since = {} if self.since is None else {"since": self.since}
        agreements = [
            {"term": id, "value": value, "document": PARTNER, "from": self.as_of}
            for id, value in self.agreements.items()
        ]
        agreed = {"agreements": agreements} if agreements else {}
        return {"partner": PARTNER, **tier, **since, "facts": dict(self.facts), **agreed}

    def record_for(self, release: Release) -> dict[str, Any]:
        """The same for a release whose facts these are; it says so, as its names alone may be those of others too."""
        return {**self.record(), "release": release.lineage.number}

    def values(self, release: Release) -> dict[str, Any]:
        """Every fact and value of the partner by its id; raises InvalidInput where no record can state the facts."""
        return release.values(release.evaluate(self.record_for(release), as_of=self.as_of))


Shows = Callable[[tuple[Example, ...]], bool]  #: whether these partners are an example of what is claimed


def without_irrelevant(partners: tuple[Example, ...], shows: Shows) -> tuple[Example, ...] | None:
    """The partners without the facts that do not matter; None where they are not an example by `shows`."""
    if not _shows(partners, shows):
        return None
    best = partners
    while shorter := next((fewer for fewer in _with_less(best) if _shows(fewer, shows)), None):
        best = shorter
    return best


def _shows(partners: tuple[Example, ...], shows: Shows) -> bool:
    try:
        return shows(partners)
    except InvalidInput:  # no record can state these facts
        return False


def _with_less(partners: tuple[Example, ...]) -> Iterator[tuple[Example, ...]]:
    """Each way to leave out one agreement, fact, tier, first day, item or field of the partners."""
    for term in partners[0].agreements:
        yield tuple(
            partner._replace(agreements={id: value for id, value in partner.agreements.items() if id != term})
            for partner in partners
        )
    if any(partner.tier is not None for partner in partners):
        yield tuple(partner._replace(tier=None, since=None) for partner in partners)
    if any(partner.since is not None for partner in partners):
        yield tuple(partner._replace(since=None) for partner in partners)
    for id, value in reversed(tuple(partners[0].facts.items())):
        yield tuple(
            partner._replace(facts={key: fact for key, fact in partner.facts.items() if key != id})
            for partner in partners
        )
        if isinstance(value, list) and all(partner.facts[id] == value for partner in partners):
            for items in _shorter(value):
                yield tuple(partner._replace(facts={**partner.facts, id: items}) for partner in partners)


def _shorter(items: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The list without one of its items, or without one field of an item."""
    for index, item in enumerate(items):
        yield items[:index] + items[index + 1 :]
        for field in item:
            yield [*items[:index], {key: value for key, value in item.items() if key != field}, *items[index + 1 :]]
