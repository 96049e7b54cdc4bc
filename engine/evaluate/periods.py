"""Reads the parts of a record that hold for some days: supplementary agreements, and facts that change with time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ..compile.facts import fact_value
from ..limits import MAX_TEXT
from ..problems import Place, Problem, did_you_mean
from ..programme.agreeable import agreeable, may_be_agreed
from ..programme.model import Fact, NamedValue, Programme, plain_fact
from ..programme.owners import Role
from ..source.document import Document, PartPath, unknown_keys
from ..source.letters import is_visible
from ..source.scalars import Data, day_of
from .row_layout import Scalar

_PERIOD = ("value", "from", "until")
_AGREEMENT = ("term", "value", "document", "from", "until")
_OF_DISCOUNT = (Role.DISCOUNT_BASE, Role.DISCOUNT_CAP, Role.BONUS_WORTH, Role.RATE_WORTH)
_NO_DISCOUNT, _WHOLE_PRICE = Decimal(0), Decimal(100)


class Days(NamedTuple):
    """The days from a first to a last one, both included; None where there is no first or no last day."""

    begins: date | None
    ends: date | None

    def cover(self, day: date) -> bool:
        """Whether the day is one of these days."""
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)

    def meet(self, days: Days) -> bool:
        """Whether the two have a day in common."""
        return not (_is_before(self.ends, days.begins) or _is_before(days.ends, self.begins))


class Period(NamedTuple):
    """The value of a fact on some days."""

    value: Scalar
    days: Days


class Dated(tuple[Period, ...]):
    """The periods of one fact."""


class Agreement(NamedTuple):
    """A supplementary agreement: from one day to another, `value` replaces the value with the id `term`."""

    term: str
    value: Scalar
    document: str
    begins: date
    ends: date | None  #: the last day; None where there is none
    place: Place

    @property
    def days(self) -> Days:
        """The days on which it is in force."""
        return Days(self.begins, self.ends)


def read_fact_periods(
    document: Document, path: PartPath, written: list[Data], fact: Fact, problems: list[Problem]
) -> Dated:
    """The values of a fact that changes with time; mistakes and periods that overlap are added to `problems`."""

    def value_at(place: PartPath, part: Data) -> Scalar | None:
        value, wrong = fact_value(fact, part)
        if wrong:
            problems.append(Problem("bad-fact", f"{fact.id}: {wrong[0]}", document.value_place(place), wrong[1]))
        return value

    return read_periods(document, path, written, fact.id, value_at, problems)


def read_periods(
    document: Document, path: PartPath, written: list[Data], name: str,
    value_at: Callable[[PartPath, Data], Scalar | None], problems: list[Problem],
) -> Dated:  # fmt: skip
    """The values with their days of what has this name and changes with time; mistakes are added to `problems`.

    `value_at` gives the value that is written at a path, and None where it is wrong, which it adds to `problems`.
    """
    periods: dict[int, Period] = {}
    for index, part in enumerate(written):
        at: PartPath = (*path, index)
        before = len(problems)
        if not isinstance(part, dict) or part.get("value") is None:
            message = f"{name}: a period has a value, and a first or a last day"
            help = "write - {value: 2, from: 2026-01-01, until: 2026-10-15}"
            problems.append(Problem("bad-fact", message, document.value_place(at), help))
            continue
        problems += unknown_keys(document, at, part, _PERIOD)
        value = value_at((*at, "value"), part["value"])
        days = _days(document, at, part, problems)
        if len(problems) == before and value is not None:
            periods[index] = Period(value, days)
    indices = list(periods)
    for later, _ in _meeting([period.days for period in periods.values()]):
        message = f"{name}: two of these periods have a day in common"
        help = "end the one before the other begins"
        problems.append(Problem("periods-overlap", message, document.value_place((*path, indices[later])), help))
    return Dated(periods.values())


def read_agreements(
    document: Document, written: Data, programme: Programme, problems: list[Problem]
) -> tuple[Agreement, ...]:
    """The valid agreements of a record; mistakes and agreements that overlap on a term are added to `problems`."""
    if written is None:
        return ()
    if not isinstance(written, list):
        place = document.value_place(("agreements",))
        problems.append(Problem("wrong-type", "'agreements' is a list", place, "begin each with '- term: …'"))
        return ()
    parts = [
        _agreement(document, ("agreements", index), part, programme, problems) for index, part in enumerate(written)
    ]
    agreements = [agreement for agreement in parts if agreement]
    for term in dict.fromkeys(agreement.term for agreement in agreements):
        of_term = [agreement for agreement in agreements if agreement.term == term]
        for later, earlier in _meeting([agreement.days for agreement in of_term]):
            papers = f"{of_term[earlier].document} and {of_term[later].document}"
            message = f"'{term}' is agreed twice for the same days: {papers}"
            help = "end the one before the other begins"
            problems.append(Problem("agreements-overlap", message, of_term[later].place, help))
    return tuple(agreements)


def _agreement(
    document: Document, path: PartPath, written: Data, programme: Programme, problems: list[Problem]
) -> Agreement | None:
    """The agreement that is written at a path; None where it is wrong, which is added to `problems`."""
    before = len(problems)

    def wrong(code: str, message: str, key: str | None, help: str | None) -> None:
        place = document.value_place((*path, key) if key else path)
        problems.append(Problem(code, message, place, help))

    if not isinstance(written, dict):
        wrong("wrong-type", "an agreement is a map of keys", None, f"its keys are {', '.join(_AGREEMENT)}")
        return None
    problems += unknown_keys(document, path, written, _AGREEMENT)
    for key in ("term", "value", "document", "from"):
        if written.get(key) is None:
            wrong("missing-key", f"'{key}' is missing", None, "an agreement names its term, value, paper and first day")
    days = _days(document, path, written, problems)
    term, paper = written.get("term"), written.get("document")
    if paper is not None and (not isinstance(paper, str) or not paper.strip() or len(paper) > MAX_TEXT):
        wrong("wrong-type", "'document' names the paper", "document", 'put it in quotes: "7/2026"')
    elif isinstance(paper, str) and not is_visible(paper):
        wrong("hidden-character", "'document' holds an invisible character", "document", "remove it")
    named = programme.values.get(str(term)) if term is not None else None
    value: Any = None
    if term is not None and (named is None or not may_be_agreed(programme, named)):
        what = "may not be agreed" if named else "is not a term of the programme"
        help = did_you_mean(str(term), agreeable(programme)) or "no term like it is marked as negotiable"
        wrong("unknown-term", f"'{term}' {what}", "term", help)
    elif named and written.get("value") is not None:
        value, mistake = fact_value(agreed_as(named), written["value"])
        if mistake:
            wrong("bad-fact", f"{term}: {mistake[0]}", "value", mistake[1])
    if len(problems) > before or days.begins is None:
        return None
    return Agreement(
        term=str(term),
        value=value,
        document=str(paper),
        begins=days.begins,
        ends=days.ends,
        place=document.value_place((*path, "term")),
    )


def agreed_as(term: NamedValue) -> Fact:
    """The values that may be agreed for a term, as a fact: of its kind, within the limits set for it.

    A percentage of a discount is from 0 to 100, as in the files of the programme.
    """
    fact = plain_fact(term.id, term.kind)._replace(
        title=term.title, unit=term.unit, choices=term.choices, source=term.source, currency=term.currency
    )
    least, most = (term.negotiable.minimum, term.negotiable.maximum) if term.negotiable else (None, None)
    if term.role in _OF_DISCOUNT:
        least = _NO_DISCOUNT if least is None else max(least, _NO_DISCOUNT)
        most = _WHOLE_PRICE if most is None else min(most, _WHOLE_PRICE)
    return fact._replace(minimum=least, maximum=most)


def _days(document: Document, path: PartPath, written: Mapping[str, Data], problems: list[Problem]) -> Days:
    """The days of a map with `from` and `until`; mistakes in them are added to `problems`."""
    days: list[date | None] = []
    for key in ("from", "until"):
        day = day_of(written.get(key))
        if day is None and written.get(key) is not None:
            place = document.value_place((*path, key))
            problems.append(Problem("wrong-type", f"'{key}' is a day", place, "write it as 2026-01-31"))
        days.append(day)
    begins, ends = days
    if _is_before(ends, begins):
        message = f"it ends on {ends}, before it begins on {begins}"
        place = document.value_place((*path, "until"))
        problems.append(Problem("dates-out-of-order", message, place, "swap the days"))
    return Days(begins, ends)


def _is_before(ends: date | None, begins: date | None) -> bool:
    """Whether `ends` is a day before `begins`; no if either is None."""
    return ends is not None and begins is not None and ends < begins


def _meeting(spans: Sequence[Days]) -> Iterator[tuple[int, int]]:
    """Pairs of spans that have a day in common, as indices, the greater first: at most one pair for each span.

    Spans are taken by their first days: a span that meets any earlier one meets the one of them that ends last, so that
    thousands are compared quickly.
    """
    by_first_day = sorted(range(len(spans)), key=lambda place: spans[place].begins or date.min)
    longest = None
    for place in by_first_day:
        if longest is not None and spans[longest].meet(spans[place]):
            yield max(longest, place), min(longest, place)
        if longest is None or _is_before(spans[longest].ends, spans[place].ends or date.max):
            longest = place
