"""A partner's record on a day, as its history has left it, by the releases that were in force on its days.

The release that is asked decides from its own first day on; the days before are decided by the releases in its folder
that were in force then. Before the first of them nothing is held. Later releases are not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from ..evaluate.evaluate import Plan
from ..evaluate.record import Record, plain_document, read_record
from ..evaluate.standing import Era, HistoryDay, by_itself, days_of, first_day, of_the_day
from ..limits import MAX_HISTORY
from ..problems import InvalidInput, Problem
from ..programme.agreeable import agreeable
from ..programme.model import MAIN, Programme
from ..source.document import Document
from .find import refuse_overlaps
from .lineage import Lineage


class Deciding(Protocol):
    """A release that decides some days of a history."""

    @property
    def programme(self) -> Programme:
        """What it is compiled to."""

    @property
    def plan(self) -> Plan:
        """How to evaluate it."""

    @property
    def lineage(self) -> Lineage:
        """The releases before it."""

    def under(self, agreed: Record) -> Deciding:
        """The release with the terms negotiable that the agreements of a record name."""


Load = Callable[[Path], Deciding | None]  #: the release in a folder; None where it has errors
Turn = tuple[date, Deciding | None]  #: the first day of a release, and the release; None where it cannot be used


def record_on(chosen: Deciding, record: Record, day: date, load: Load) -> Record:
    """The record on a day, by itself: its facts of that day, and what its history has left of the tier held.

    Raises InvalidInput where the history is too long, InvalidProgramme where two releases begin on one of its days.
    """
    begins = first_day(record)
    turns = [] if begins is None or day < begins else _turns(chosen, begins, day, load)
    if begins is None or not any(release is None or remembers(release.programme) for _, release in turns):
        return of_the_day(chosen.under(record).plan, by_itself(record, day), day)
    *_, last = history_days(turns, record, begins, day)
    return last.record


def history_days(turns: Sequence[Turn], record: Record, begins: date, last: date) -> Iterator[HistoryDay]:
    """Each day of a record from the one on which it begins, decided by the releases in turn.

    `record` is read by the last of them; the others read it for themselves. A release that cannot leaves its days out.
    Raises InvalidInput where there are too many days.
    """
    decided_from = max(begins, turns[0][0])
    if (last - decided_from).days > MAX_HISTORY:
        message = f"the history begins on {decided_from}, more than {MAX_HISTORY} days before {last}"
        help = "begin it later: leave out what is over, and say with 'since' which tier is held"
        raise InvalidInput([Problem("history-too-long", message, record.places.get("partner"), help)])
    *_, (_, chosen) = turns
    if chosen is None:
        raise TypeError("the release that is asked can be used")
    eras, before = [], None
    for first, release in turns:
        if release is None:
            eras.append(Era(first, chosen.plan, None))
        else:
            read = record if release is chosen else _read_by(release, chosen, record)
            plan = release.under(read).plan if read else release.plan
            eras.append(Era(first, plan, read, _tier_in(release, before)))
            before = release.lineage.number
    return days_of(eras, begins, last)


def _turns(chosen: Deciding, begins: date, day: date, load: Load) -> list[Turn]:
    """The releases that are in force from the day on which a history begins, up to the one that is asked on a day."""
    earlier = [release for release in chosen.lineage.earlier if release.effective_from < day]
    refuse_overlaps(earlier, begins, day)
    own_first = min(chosen.programme.effective_from, day)
    begun = [release for release in earlier if release.effective_from <= begins and own_first > begins]
    in_turn = [*begun[-1:], *(release for release in earlier if begins < release.effective_from < own_first)]
    return [
        *((release.effective_from, chosen.lineage.loaded(release, load)) for release in in_turn),
        (own_first, chosen),
    ]


def remembers(programme: Programme) -> bool:
    """Whether what is held on a day depends on the days before."""
    main = programme.tracks[MAIN]
    return (main.is_awarded and main.remembers) or main.kept_until is not None or programme.membership_ends is not None


def _tier_in(release: Deciding, before: str | None) -> Callable[[str], str | None]:
    """What gives the id in a release of a tier of the release before it; None where it has no such tier."""
    tiers = release.programme.tracks[MAIN].tiers

    def tier(id: str) -> str | None:
        written = {"partner": "P", "release": before, "tier": id}
        carried, _ = release.lineage.carry(plain_document(written, "record")) if before else (None, ())
        data: Any = carried.data if carried else {"tier": id}
        new = data.get("tier")
        return new if new in tiers else None

    return tier


def _read_by(release: Deciding, chosen: Deciding, record: Record) -> Record | None:
    """The record as an earlier release reads it, without what that does not know; None where it cannot be read.

    A name of a later release may mean something else in an earlier one if a migration lies between the two: such a
    record is not read.
    """
    document = record.document
    if document is None:
        return None
    carried, _ = release.lineage.carry(document)
    read = read_record(carried, release.programme)[0] if carried else None
    if read is None and not chosen.lineage.leads_from(release.lineage.number):
        read, _ = read_record(_known_parts(document, release.programme), release.programme)
    return read


def _known_parts(document: Document, programme: Programme) -> Document:
    """A record without the facts, the agreements and the release that a programme does not know."""
    data: dict[str, Any] = {key: value for key, value in _map(document.data).items() if key != "release"}
    facts = {**programme.facts, **programme.lists}
    data["facts"] = {name: value for name, value in _map(data.get("facts")).items() if name in facts}
    terms = agreeable(programme)
    agreements = data.get("agreements")
    if isinstance(agreements, list):
        data["agreements"] = [part for part in agreements if _map(part).get("term") in terms]
    return document._replace(data=data)


def _map(data: object) -> Mapping[str, Any]:
    return data if isinstance(data, dict) else {}
