"""The calendar of a programme in the handbook: when a fiscal year begins, and which days are worked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from ..language.words import words
from ..programme.model import BusinessDays, Programme, pick
from ..texts.texts import texts_in
from ..values import Kind
from .parts import NO, Group, Line, Part


def calendar_group(programme: Programme, lang: str) -> Group:
    """The rows of the calendar; none where the release has no calendar."""
    say, rows = texts_in(lang).CALENDAR, []
    year, days = programme.calendar
    if year:
        begins = say[f"month_{year.first_month}"].format(day=year.first_day)
        rows.append(Line((pick(year.title, lang), begins), year.source))
    if days:
        title = Line((pick(days.title, lang), ""), days.source)
        rows += [title, *_business_days(days, lang)]
    return Group((Part(say["calendar"], tuple(rows), (say["part"], say["what"])),))


def _business_days(business: BusinessDays, lang: str) -> Iterator[Line]:
    """What the calendar of business days covers, and the days that are off and worked."""
    say, days = texts_in(lang).CALENDAR, business.days
    worked = [day for day in days.exceptions if day.isoweekday() in days.weekend]
    weekend = ", ".join(say[f"weekday_{number}"] for number in sorted(days.weekend))
    covered = say["span"].format(first=_day(days.first, lang), last=_day(days.last, lang))
    parts = {
        "covered": covered,
        "weekend": weekend or NO,
        "holidays": _days((day for day in days.exceptions if day not in worked), lang),
        "worked": _days(worked, lang),
    }
    for key, text in parts.items():
        yield Line((say[key], text), business.source, 1)


def _days(days: Iterable[date], lang: str) -> str:
    return ", ".join(_day(day, lang) for day in days) or NO


def _day(day: date, lang: str) -> str:
    return words.amount(day, Kind.DATE, lang)
