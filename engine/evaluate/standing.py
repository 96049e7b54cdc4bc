"""What a partner holds on each day of its history: the tier, and since when, as the days before have left them.

A record that has a dated fact, or a dated tier, is a history. It begins with the first day that it names, not before
the one since when it says that a tier is held. Each day is decided by what is held when it begins; what it
changes counts from it on. A tier is held from the day on which its requirements are met; where the programme keeps
tiers, that day begins a period, at whose end the tier is held for another period if its requirements are met, or lost.
Each tier of a ladder has its own period. A tier that is signed for is held until the membership is not renewed.

Where an unknown fact decides whether a tier is held, both ways are followed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any, NamedTuple

from ..language.run.closures import Row
from ..problems import Level, Problem
from ..programme.model import INPUTS, MAIN, NO_TIER
from ..programme.reads import all_read
from ..values import Unknown, Value, merge_any, negate
from .evaluate import Plan, inputs_of
from .periods import Dated, Period
from .record import Record
from .row_layout import NO_DAY, KnownInputs, fill

_MAX_WAYS = 32  #: how many ways that a history may have gone are followed; where there are more, nothing is known of it
_HELD = list(INPUTS).index("held_tier")  #: the position of the tier held in a row
_SINCE = frozenset(("since",))  #: what a record has to state where no fact of it can decide what is held

Since = date | Unknown
Held = Mapping[str, Since]  #: the first day of the present period of each tier that is held, the highest tier first
_NOTHING: Held = {}


class Ways(NamedTuple):
    """What may be held when a day begins, and the facts, unknown on earlier days, that decide which of these it is.

    Without any `held` nothing is known. `lapsed` is the day on which a membership ended since when nothing is held.
    """

    held: tuple[Held, ...]
    facts: frozenset[str] = frozenset()
    lapsed: date | None = None


class Era(NamedTuple):
    """The days from `first` to the next era: the plan of the release in force, and the record as that reads it.

    `record` is None where the release cannot read it; `tier` gives the id that a tier of the era before has here.
    """

    first: date
    plan: Plan
    record: Record | None
    tier: Callable[[str], str | None] = str


class HistoryDay(NamedTuple):
    """A day of a history: the record with the facts of the day and the tier that is held when it begins.

    `renewed` says on the last day of a membership period whether the membership goes on; None on other days.
    """

    day: date
    plan: Plan
    record: Record
    renewed: Value | None = None


def first_day(record: Record) -> date | None:
    """The first day of a history: the first that a dated fact or tier names; None where none names any.

    Where the record says since when a tier is held, the history does not begin before that day, and begins with it if
    a fact has a value from any time on.
    """
    periods = [period for periods in (record.signed, *record.dated.values()) for period in periods]
    days = [day for period in periods for day in period.days if day is not None]
    if not days or record.since is None:
        return min(days, default=None)
    return max(record.since, min(period.days.begins or date.min for period in periods))


def by_itself(record: Record, day: date) -> Record:
    """The record of a day, whatever was before: with the facts of that day, and no tier that is held since later."""
    later = record.since is not None and record.since > day
    tier, since = (None, None) if later else (record.tier, record.since)
    if record.signed:
        period = _signed_on(record, day)
        tier, since = (str(period.value), period.days.begins) if period else (None, None)
    also_held = {} if later else record.also_held
    remarks = (*record.remarks, _begins_later(record, day)) if later else record.remarks
    return record._replace(
        tier=tier, since=since, also_held=also_held, facts=record.facts_on(day), dated={}, signed=Dated(),
        remarks=remarks,
    )  # fmt: skip


def _begins_later(record: Record, day: date) -> Problem:
    message = (
        f"'since' is {record.since}, after {day}: the record begins then, and says nothing of what was held before"
    )
    help = "ask for a later day, or leave 'since' and 'tier' out, and the days before are worked out from the facts"
    return Problem("since-later", message, record.places.get("held_since"), help, Level.WARNING)


def of_the_day(plan: Plan, record: Record, day: date) -> Record:
    """A record of one day in which the tier is the highest of those held that is still met or kept on it."""
    if not record.also_held:
        return record
    fold = _Fold(plan, record)
    return fold.step(day, fold.start(day))[0]


def days_of(eras: Sequence[Era], begins: date, last: date) -> Iterator[HistoryDay]:
    """Each day of a history from `begins` to the last; the first era covers the day on which it begins.

    Days on which the release in force cannot read the record are left out.
    """
    ways: Ways | None = None
    for era, until in _spans(eras, begins, last):
        if era.record is None:
            ways = Ways((), _SINCE)
            continue
        fold = _Fold(era.plan, era.record)
        first = max(era.first, begins)
        ways = fold.start(first) if ways is None else _renamed(ways, era.tier)
        for day in calendar_days(first, until):
            ways = fold.sign(day, ways)
            record, renewed, ways = fold.step(day, ways)
            yield HistoryDay(day, era.plan, record, renewed)


def calendar_days(first: date, last: date) -> Iterator[date]:
    """The days from the first to the last, both included; none where the last is before the first."""
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def _spans(eras: Sequence[Era], begins: date, last: date) -> Iterator[tuple[Era, date]]:
    """The eras that have days of the history, each with its last day."""
    for era, after in zip(eras, (*eras[1:], None), strict=True):
        until = last if after is None else min(last, date.fromordinal(after.first.toordinal() - 1))
        if until >= max(era.first, begins):
            yield era, until


def _renamed(ways: Ways, tier: Callable[[str], str | None]) -> Ways:
    """The same with other ids of tiers; what is held of a tier that is no more is lost."""
    held = [{new: since for old, since in way.items() if (new := tier(old)) is not None} for way in ways.held]
    return ways._replace(held=tuple(held))


def _signed_on(record: Record, day: date) -> Period | None:
    """The period of the dated tier that includes the day."""
    return next((period for period in record.signed if period.days.cover(day)), None)


class _Fold:
    """Takes a record through the days of one release."""

    def __init__(self, plan: Plan, record: Record) -> None:
        programme = plan.programme
        positions: Any = plan.layout.positions  # those read here are in the row itself, not in an item
        track = programme.tracks[MAIN]
        self.plan, self.record, self.awarded = plan, record, track.is_awarded
        self.tiers = tuple(reversed(track.tiers))
        self.qualified = {tier: positions[programme.tiers[tier].qualified] for tier in track.tiers}
        self.kept = {tier: positions[id] for tier, id in track.kept.items()}
        self.own = positions[track.tier]
        self.renews = None if programme.membership_renews is None else positions[programme.membership_renews]
        self.promotes = None if track.promotes is None else positions[track.promotes]
        ids = [programme.tiers[tier].qualified for tier in track.tiers]
        ids += filter(None, (track.kept_until, track.promotes))
        self.every_day = programme.membership_ends is not None or "as_of" in all_read(programme, ids)
        self.inputs: KnownInputs | None = None
        self.rows: dict[tuple[str | None, Any], Row] = {}

    # What is held ---------------------------------------------------------------------------------------------------

    def start(self, day: date) -> Ways:
        """What is held when the history begins on this day."""
        if self.record.signed:
            return self.sign(day, Ways((_NOTHING,)), is_first=True)
        held = {
            **self.record.also_held,
            **({self.record.tier: self.record.since or NO_DAY} if self.record.tier else {}),
        }
        return Ways(({tier: held[tier] for tier in self.tiers if tier in held},))

    def sign(self, day: date, ways: Ways, *, is_first: bool = False) -> Ways:
        """What is held after what is signed on the day, whatever was before."""
        if not self.record.signed:
            return ways
        period = _signed_on(self.record, day)
        if period is None:
            return Ways((_NOTHING,))
        begins = period.days.begins
        return Ways(({str(period.value): begins or NO_DAY},)) if is_first or begins == day else ways

    def step(self, day: date, ways: Ways) -> tuple[Record, Value | None, Ways]:
        """The record of a day, whether the membership is renewed on it, and what is held after it."""
        self._begin(day)
        rows = [self._row_of(day, held) for held in ways.held]
        record = self._snapshot(day, ways, self._holdings(rows))
        after: dict[tuple[tuple[str, Since], ...], Held] = {}
        facts, renewals = ways.facts, list[Value | None]()
        for held, (tier, _, row) in zip(ways.held, rows, strict=True):
            renewed = self._renewed(day, tier, row)
            renewals.append(renewed)
            options, open_values = self._after(day, held, row, renewed)
            after.update((tuple(option.items()), option) for option in options)
            facts = facts.union(*(value.missing or _SINCE for value in open_values))
        held_after = tuple(after.values()) if len(after) <= _MAX_WAYS else ()
        return (
            record,
            _joint(renewals),
            Ways(
                held=held_after,
                facts=frozenset() if len(held_after) == 1 else facts,
                lapsed=day if renewals == [False] else ways.lapsed,
            ),
        )

    def _holdings(self, rows: Sequence[tuple[str | None, Since | None, Row]]) -> set[tuple[str | None, Since | None]]:
        """What is held on a day and since when, by the ways that there are; of several, nothing where none is met."""
        if len(rows) == 1 or not self.awarded:
            return {(tier, since) for tier, since, _ in rows}
        return {(None, None) if row[self.own] == NO_TIER else (tier, since) for tier, since, row in rows}

    # One day --------------------------------------------------------------------------------------------------------

    def _begin(self, day: date) -> None:
        """Take up the facts and agreements of a day; the rows of the day before hold on where nothing differs."""
        inputs = inputs_of(by_itself(self.record, day), day)
        if self.every_day or self.inputs is None or inputs._replace(as_of=self.inputs.as_of) != self.inputs:
            self.inputs, self.rows = inputs, {}

    def _row(self, tier: str | None, since: Since | None) -> Row:
        """The filled row of the day with this tier held; of a day with the same facts, but for what the day decides."""
        key = (tier, since)
        if key not in self.rows and self.inputs is not None:
            self.rows[key] = fill(self.plan.layout, self.inputs._replace(held_tier=tier, held_since=since))
        return self.rows[key]

    def _row_of(self, day: date, held: Held) -> tuple[str | None, Since | None, Row]:
        """The highest tier held that is still met or kept, since when, and its row; of none, the highest of all."""
        for tier, since in held.items():
            row = self._row(tier, since)
            if self._is_awarded(row, tier) is not False or self._is_kept(day, tier, since) is not False:
                return tier, since, row
        highest: tuple[str | None, Since | None] = next(iter(held.items()), (None, None))
        return (*highest, self._row(*highest))

    def _is_awarded(self, row: Row, tier: str) -> Value:
        """Whether a tier is met on a day, and where it is above the one held, whether it is awarded on it."""
        is_met: Value = row[self.qualified[tier]]
        if self.promotes is None or self._rank(tier) <= self._rank(row[_HELD]):
            return is_met
        return negate(_any(negate(is_met), negate(row[self.promotes])))

    def _rank(self, tier: Any) -> int:
        """The place of a tier in the ladder; 0 of none."""
        return len(self.tiers) - self.tiers.index(tier) if tier in self.tiers else 0

    def _is_kept(self, day: date, tier: str, since: Since) -> Value:
        """Whether a tier whose period began on a day is kept though its requirements are not met."""
        if self.plan.kept_until is None:
            return False
        until = self._row(tier, since)[self.plan.kept_until]
        return until if isinstance(until, Unknown) else day <= until

    def _renewed(self, day: date, tier: str | None, row: Row) -> Value | None:
        """Whether the membership goes on after the day; None where it does not end on it, or there is none."""
        ends = None if self.plan.membership_ends is None else row[self.plan.membership_ends]
        if ends is None or (ends != day and not isinstance(ends, Unknown)):
            return None
        if self.awarded:
            own: Any = row[self.own]
            return own if isinstance(own, Unknown) else None if own == NO_TIER else True
        if tier is None:
            return None
        goes_on = _any(row[self.qualified[tier]], row[self.kept[tier]] if self.kept else False)
        if self.renews is not None and self.plan.programme.renews_alone:
            goes_on = row[self.renews]
        elif self.renews is not None:
            goes_on = negate(_any(negate(goes_on), negate(row[self.renews])))
        return merge_any(ends, goes_on) if isinstance(ends, Unknown) and goes_on is not True else goes_on

    def _after(self, day: date, held: Held, row: Row, renewed: Value | None) -> tuple[list[Held], list[Unknown]]:
        """What may be held after a day on which this is held, and the unknown values that decide which of it."""
        open_values: list[Unknown] = []

        def ways_of(value: Value) -> tuple[bool, ...]:
            if isinstance(value, Unknown):
                open_values.append(value)
                return True, False
            return (value is True,)

        tiers = self.tiers if self.awarded else tuple(held)
        choices: list[dict[Since | None, None]] = []
        for tier in tiers:
            since = held.get(tier)
            runs = since is not None and (not self.kept or self._is_kept(day, tier, since))
            ways = product(ways_of(self._is_awarded(row, tier)), ways_of(runs))
            choices.append({self._since_after(day, since, is_met, still): None for is_met, still in ways})
        options: list[Held] = [
            {tier: since for tier, since in zip(tiers, chosen, strict=True) if since is not None}
            for chosen in product(*choices)
        ]
        if not self.awarded and renewed is not None:
            goes_on = ways_of(renewed)
            options = [*(options if True in goes_on else ()), *([_NOTHING] if False in goes_on else ())]
        return options, open_values

    def _since_after(self, day: date, since: Since | None, is_met: bool, runs: bool) -> Since | None:
        """Since when a tier is held after a day on which it is met or not, and its period runs; None where it is not.

        A period that is over begins again where the tier is met: on this day.
        """
        if not self.awarded:
            return day if self.kept and is_met and not runs else since
        if runs and (is_met or self.kept):
            return since
        return day if is_met else None

    def _snapshot(self, day: date, ways: Ways, holdings: set[tuple[str | None, Since | None]]) -> Record:
        """The record of the day with what is held, and what is not known of that."""
        record = by_itself(self.record, day)._replace(tier=None, since=None, also_held={})
        if len(holdings) == 1:
            ((tier, since),) = holdings
            if tier is not None and len(ways.held) == 1:
                record = record._replace(also_held=_lower(ways.held[0], tier))
            if tier is None and ways.lapsed is not None:
                record = record._replace(remarks=(*record.remarks, self._lapsed(ways.lapsed)), lapsed=ways.lapsed)
            return record._replace(tier=tier, since=None if isinstance(since, Unknown) else since)
        tiers = {tier for tier, _ in holdings}
        facts = tuple(sorted(ways.facts or _SINCE))
        return record._replace(
            tier=tiers.pop() if len(tiers) == 1 else None,
            held_unknown=facts,
            remarks=(*record.remarks, self._open(day, facts)),
        )

    def _lapsed(self, day: date) -> Problem:
        message = f"the membership ended on {day}: it was not renewed"
        help = "a partner that signed again has a tier with the day: tier: [{value: …, from: …}, …]"
        return Problem("membership-ended", message, self.record.places.get("partner"), help, Level.WARNING)

    def _open(self, day: date, facts: Sequence[str]) -> Problem:
        why = f"missing on days before it: {', '.join(facts)}"
        if facts == tuple(_SINCE):
            why = "the days before it cannot be decided"
        message = f"which tier is held on {day}, or since when, is not known: {why}"
        help = "state what is missing, or begin the record later: with the tier held and 'since'"
        return Problem("history-unknown", message, self.record.places.get("partner"), help, Level.WARNING)


def _lower(held: Held, tier: str) -> Mapping[str, date]:
    """Since when the tiers below one are held."""
    below = list(held).index(tier) + 1
    return {lower: since for lower, since in list(held.items())[below:] if not isinstance(since, Unknown)}


def _joint(renewals: Sequence[Value | None]) -> Value | None:
    """Whether a membership goes on, by every way that a history may have gone; None where it does not end.

    In a way in which it ended before, there is nothing to renew.
    """
    values = [value for value in renewals if value is not None]
    if not values:
        return None
    if all(value is False for value in values):
        return False
    return True if all(value is True for value in renewals) else Unknown(_SINCE)


def _any(*values: Value) -> Value:
    """Whether any of these values is true, as `or` has it."""
    if any(value is True for value in values):
        return True
    return False if all(value is False for value in values) else merge_any(*values)
