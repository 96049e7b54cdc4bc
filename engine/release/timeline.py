"""Evaluates a record on every day of a period, and gives the days on which something changes.

Each day is evaluated under the release in force, with what is held of the days before (see `evaluate.standing`). If the
programme has membership periods, the renewal is decided on the last day of each; a partner who is not renewed has no
tier from the next day on. If a missing fact may decide the renewal, it is undetermined.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from ..evaluate.evaluate import evaluate
from ..evaluate.outcome import Outcome
from ..evaluate.record import Record
from ..evaluate.standing import HistoryDay, by_itself, calendar_days, first_day, of_the_day
from ..language.run.causes import Cause
from ..limits import MAX_DAYS
from ..named_tuples import public
from ..problems import Problem, WrongCall, in_order, wrong_call
from ..programme.model import Programme
from ..source.document import Document
from ..values import Number, days_later, or_none
from .balances import StandingBalance, standing_balances
from .history import history_days
from .load import Release

Event = str  #: begins, changed, balance, renewed, not_renewed, renewal_undetermined, release

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
    balances: tuple[StandingBalance, ...] = ()


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
    balances: tuple[StandingBalance, ...]


def timeline(releases: Iterable[Release], record: Document | Mapping[str, Any], first: date, last: date) -> Timeline:
    """The days from the first to the last on which something changes, beginning with the first day.

    A record that says since when a tier is held says nothing of the days before: they are left out.

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
    in_turn = [release for release in in_turn if release.programme.effective_from <= last]
    begun = [release for release in in_turn if release.programme.effective_from <= first]
    in_range = in_turn[len(begun) - 1 :]
    records = {release.programme.release: release.record(record) for release in in_range}
    latest = records[in_turn[-1].programme.release]
    if latest.since is not None and latest.since <= last:
        first = max(first, latest.since)
    moments = tuple(_moments(_days(in_turn, records, first, last)))
    programmes = {release.programme.release: release.programme for release in in_range}
    problems = in_order(problem for read in records.values() for problem in read.remarks)
    return Timeline(moments, latest.partner, latest.name, programmes, problems)


def _days(in_turn: Sequence[Release], records: Mapping[str, Record], first: date, last: date) -> Iterator[HistoryDay]:
    """The days from the first to the last: those before the history begins by themselves, the others as it goes on.

    A record that says the same of every day is a history from the first day, or from the one since when it holds its
    tier. `records` are the readings of the releases in force, by number.
    """
    record = records[in_turn[-1].programme.release]
    begins = first_day(record) or first
    for day in calendar_days(first, min(days_later(begins, -1) or date.min, last)):
        release = _in_force(in_turn, day)
        read = records[release.programme.release]
        plan = release.under(read).plan
        yield HistoryDay(day, plan, of_the_day(plan, by_itself(read, day), day))
    if begins <= last:
        from_begin = [release for release in in_turn if release.programme.effective_from > begins]
        if in_turn[0].programme.effective_from <= begins:
            from_begin.insert(0, _in_force(in_turn, begins))
        turns = [(release.programme.effective_from, release) for release in from_begin]
        yield from (day for day in history_days(turns, record, begins, last) if day.day >= first)


def _in_force(in_turn: Sequence[Release], day: date) -> Release:
    return [release for release in in_turn if release.programme.effective_from <= day][-1]


def _moments(days: Iterable[HistoryDay]) -> Iterator[Moment]:
    before: _State | None = None
    is_out = False  #: whether the membership has ended and nothing is signed since
    for day, plan, record, renewal in days:
        outcome = evaluate(plan, record, day)
        now = _state(outcome, standing_balances(plan.programme, outcome))
        is_out = is_out and now.tier is None
        events: list[Event] = ["begins"] if before is None else []
        if before and before.release != now.release:
            events.append("release")
        is_open = bool(record.held_unknown) and before is not None and before.status == now.status == "undetermined"
        if before and before[1:-1] != now[1:-1] and not is_out and not is_open:
            events.append("changed")
        if before and before.balances != now.balances:
            events.append("balance")
        renewed = or_none(renewal)
        if renewal is not None:
            events.append(_RENEWAL[renewed])
        member = False if is_out else None if record.held_unknown and now.tier is None else True
        if events:
            member = renewed if renewal is not None else member
            state = (now.release, now.tier, outcome.status, now.discount)
            why = (outcome.unknown, outcome.undefined)
            yield Moment(day, tuple(events), *state, member, now.lacks, *why, now.balances)
        is_out = is_out or renewed is False
        before = now


def _state(outcome: Outcome, balances: tuple[StandingBalance, ...]) -> _State:
    """The part of an outcome whose changes make a moment."""
    is_kept = outcome.status == "retained"  # which changes nothing for the partner
    tier = outcome.of(outcome.tier) if outcome.tier and not is_kept else None
    requirements = tier.requirements if tier else ()
    lacks = tuple(requirement.id for requirement in requirements if requirement.status == "not_met")
    discount = outcome.discount.total if outcome.discount else None
    status = "qualified" if is_kept else outcome.status
    return _State(outcome.release, outcome.tier, status, discount, lacks, balances)
