"""Evaluates a record on every day of a period, and gives the days on which something changes.

Each day is evaluated under the release in force. If the programme has membership periods, the renewal is decided on
the last day of each; a partner who is not renewed has no tier from the next day on. If a missing fact may decide the
renewal, it is undetermined.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from ..evaluate.evaluate import evaluate
from ..evaluate.outcome import Outcome
from ..evaluate.record import Record
from ..language.run.causes import Cause
from ..limits import MAX_DAYS
from ..named_tuples import public
from ..problems import Problem, WrongCall, in_order, wrong_call
from ..programme.model import Programme
from ..source.document import Document
from ..values import Number
from .load import Release

Event = str  #: begins, changed, renewed, not_renewed, renewal_undetermined, release

#: whether the membership is renewed, by the partner's status on the last day of a period
_RENEWS = {"qualified": True, "retained": True, "not_qualified": False}
_RENEWAL: Mapping[bool | None, Event] = {True: "renewed", False: "not_renewed", None: "renewal_undetermined"}


@public("day", "tier", "status", "release")
class Moment(NamedTuple):
    """A day on which something changes, with its events and the outcome of the partner.

    `lacks` are the unmet requirements of the partner's tier, `unknown` the facts that may decide its status, and
    `undefined` the operations without a result, which leave it undetermined whatever the facts; `discount` is the total
    in percent; `member` is None after a renewal that was undetermined.
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
    undefined: tuple[Cause, ...] = ()


@public("partner", "moments")
class Timeline(NamedTuple):
    """The days on which something changes for a partner, and the programmes in force by the number of their release."""

    moments: tuple[Moment, ...]
    partner: str
    name: str | None
    programmes: Mapping[str, Programme]
    problems: tuple[Problem, ...] = ()  #: warnings of what a record of an earlier release states in vain


class _State(NamedTuple):
    release: str
    tier: str | None
    status: str | None
    discount: Number | None
    lacks: tuple[str, ...]


def timeline(releases: Iterable[Release], record: Document | Mapping[str, Any], first: date, last: date) -> Timeline:
    """The days from the first to the last on which something changes, beginning with the first day.

    `record` is an argument for `Release.record`; each release that is in force on one of the days reads it. Raises
    InvalidInput where it does not fit one of them, WrongCall where the days are out of order or too many, or no release
    is in force on the first.
    """
    if last < first or (last - first).days > MAX_DAYS:
        help = f"--from stands before --to, and not more than {MAX_DAYS} days"
        raise wrong_call(f"no timeline from {first} to {last}", help)
    in_turn = sorted(releases, key=lambda release: release.programme.effective_from)
    if not in_turn or in_turn[0].programme.effective_from > first:
        raise WrongCall([Problem("no-release", f"no release is in force on {first}", None, "begin later")])
    begun = [release for release in in_turn if release.programme.effective_from <= first]
    in_turn = [*begun[-1:], *(release for release in in_turn if first < release.programme.effective_from <= last)]
    records = {release.programme.release: release.record(record) for release in in_turn}
    moments = tuple(_moments(in_turn, records, first, last))
    latest = records[moments[-1].release]
    programmes = {release.programme.release: release.programme for release in in_turn}
    problems = in_order(problem for read in records.values() for problem in read.remarks)
    return Timeline(moments, latest.partner, latest.name, programmes, problems)


def _moments(releases: Sequence[Release], records: Mapping[str, Record], first: date, last: date) -> Iterator[Moment]:
    before: _State | None = None
    member: bool | None = True
    for ordinal in range(first.toordinal(), last.toordinal() + 1):  # the last may be the last of the calendar
        day = date.fromordinal(ordinal)
        release = [begun for begun in releases if begun.programme.effective_from <= day][-1]
        outcome = evaluate(release.plan, records[release.programme.release], day)
        now = _state(outcome)
        events: list[Event] = ["begins"] if before is None else []
        if before and before.release != now.release:
            events.append("release")
        if before and before[1:] != now[1:] and member is not False:
            events.append("changed")
        may_renew = outcome.tier or outcome.status == "undetermined"
        if outcome.membership_ends == day and member is not False and may_renew:
            renewed = _RENEWS.get(outcome.status or "")
            member = renewed if member or renewed is False else None
            events.append(_RENEWAL[member])
        if events:
            state = (now.release, now.tier, now.status, now.discount)
            yield Moment(day, tuple(events), *state, member, now.lacks, outcome.unknown, outcome.undefined)
        before = now


def _state(outcome: Outcome) -> _State:
    """The part of an outcome whose changes make a moment."""
    tier = outcome.of(outcome.tier) if outcome.tier else None
    requirements = tier.requirements if tier else ()
    lacks = tuple(requirement.id for requirement in requirements if requirement.status == "not_met")
    discount = outcome.discount.total if outcome.discount else None
    return _State(outcome.release, outcome.tier, outcome.status, discount, lacks)
