"""Timeline: what a record comes to day by day, told as the days on which something changes.

Every day is evaluated under the release in force, so that whatever depends on the day is seen on the very day. Where
the programme has membership periods, the renewal is decided on the last day of each, and who is not renewed holds no
tier from the next day on. While a fact is missing that would decide it, so is the answer whether it was renewed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from ..evaluate.evaluate import evaluate
from ..evaluate.outcome import Outcome
from ..evaluate.record import Record
from ..limits import MAX_DAYS
from ..named_tuples import public
from ..problems import Problem, WrongCall, wrong_call
from ..programme.model import Programme
from ..source.document import Document
from ..values import Number
from .load import Release

Event = str  #: begins, changed, renewed, not_renewed, renewal_undetermined, release

#: by the status on the last day of a period: whether that day renews the membership
_RENEWS = {"qualified": True, "retained": True, "not_qualified": False}
_RENEWAL: Mapping[bool | None, Event] = {True: "renewed", False: "not_renewed", None: "renewal_undetermined"}


@public("day", "tier", "status", "release")
class Moment(NamedTuple):
    """A day on which something changes: what happens, and how the partner stands then.

    `lacks` names the requirements of its tier that are not met, `unknown` the facts that would decide the status;
    `member` is None from the day on which a renewal was undetermined.
    """

    day: date
    events: tuple[Event, ...]
    release: str
    tier: str | None
    status: str | None
    discount: Number | None
    member: bool | None
    lacks: tuple[str, ...]
    unknown: tuple[str, ...]


@public("partner", "moments")
class Timeline(NamedTuple):
    """The days on which something changes, for whom, and the programmes behind them by the number of their release."""

    moments: tuple[Moment, ...]
    partner: str
    name: str | None
    programmes: Mapping[str, Programme]


class _State(NamedTuple):
    release: str
    tier: str | None
    status: str | None
    discount: Number | None
    lacks: tuple[str, ...]


def timeline(releases: Iterable[Release], record: Document | Mapping[str, Any], first: date, last: date) -> Timeline:
    """The days from the first to the last on which something changes; the first day is always told.

    `record` is what `Release.record` takes; each release reads it for itself. Raises InvalidInput where it does not
    fit one, WrongCall where the days are out of order or too many, or no release is in force on the first.
    """
    if last < first or (last - first).days > MAX_DAYS:
        help = f"--from stands before --to, and not more than {MAX_DAYS} days"
        raise wrong_call(f"no timeline from {first} to {last}", help)
    in_turn = sorted(releases, key=lambda one: one.programme.effective_from)
    if not in_turn or in_turn[0].programme.effective_from > first:
        raise WrongCall([Problem("no-release", f"no release is in force on {first}", None, "begin later")])
    records = {one.programme.release: one.record(record) for one in in_turn}
    moments = tuple(_moments(in_turn, records, first, last))
    read = records[moments[-1].release]
    return Timeline(moments, read.partner, read.name, {one.programme.release: one.programme for one in in_turn})


def _moments(releases: Sequence[Release], records: Mapping[str, Record], first: date, last: date) -> Iterator[Moment]:
    before: _State | None = None
    member: bool | None = True
    day = first
    while day <= last:
        release = [one for one in releases if one.programme.effective_from <= day][-1]
        outcome = evaluate(release.plan, records[release.programme.release], day)
        now = _state(outcome)
        events: list[Event] = ["begins"] if before is None else []
        if before and before.release != now.release:
            events.append("release")
        if before and before[1:] != now[1:] and member is not False:
            events.append("changed")
        if (
            outcome.membership_ends == day
            and member is not False
            and (outcome.tier or outcome.status == "undetermined")
        ):
            renewed = _RENEWS.get(outcome.status or "")
            member = renewed if member or renewed is False else None
            events.append(_RENEWAL[member])
        if events:
            yield Moment(
                day, tuple(events), now.release, now.tier, now.status, now.discount, member, now.lacks, outcome.unknown
            )
        before, day = now, day + timedelta(1)


def _state(outcome: Outcome) -> _State:
    """What is told when it changes."""
    tier = outcome.of(outcome.tier) if outcome.tier else None
    lacks = tuple(one.id for one in tier.requirements if one.status == "not_met") if tier else ()
    discount = outcome.discount.total if outcome.discount else None
    return _State(outcome.release, outcome.tier, outcome.status, discount, lacks)
