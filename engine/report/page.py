"""A page for people: blocks of rows in one language, which other modules turn into text or HTML."""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ..language.words import words
from ..programme.model import MAIN, Programme, pick
from ..texts.texts import texts_in
from ..values import Kind

GOOD, BAD, OPEN, PLAIN = "✓", "✗", "?", " "
MARK_STYLES = {GOOD: "good", BAD: "bad", OPEN: "open"}


class Row(NamedTuple):
    """One row of a block: a mark, a title, a figure, a note, the clauses it cites, and details on lines under it.

    `bar` is a share from 0 to 1, drawn beside the figure. `sides` are texts under headings, side by side where there is
    room.
    """

    mark: str
    title: str
    figure: str = ""
    note: str = ""
    source: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    strong: bool = False
    bar: Decimal | None = None
    sides: tuple[tuple[str, str], ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines under the row: its details, then its sides."""
        return (*self.details, *(f"{heading}: {text}" if text else heading for heading, text in self.sides))


class Block(NamedTuple):
    """Rows under a heading, or sentences, each on a line (`items`), or short titles on one line (`flow`)."""

    title: str
    rows: tuple[Row, ...] = ()
    items: tuple[str, ...] = ()
    flow: tuple[str, ...] = ()


class Page(NamedTuple):
    """The whole report on one partner."""

    programme: str
    partner: str
    mark: str
    headline: str
    remarks: tuple[str, ...]
    blocks: tuple[Block, ...]


def release_heading(programme: Programme, day: date, lang: str) -> str:
    """The heading of a page: the programme, its release and the day."""
    on_day = texts_in(lang).REPORT["on"].format(date=words.amount(day, Kind.DATE, lang))
    return f"{pick(programme.title, lang)} {programme.release}, {on_day}"


def standing_without_tier(programme: Programme, status: str | None, lang: str, ended: date | None = None) -> str:
    """Why a partner has no tier of the main track; empty where that track has no tiers.

    `status` is that of the partner's own tier, `ended` the last day of a membership that was not renewed.
    """
    say = texts_in(lang).REPORT
    if ended:
        return say["membership_ended"].format(date=words.amount(ended, Kind.DATE, lang))
    if not programme.tracks[MAIN].tiers:
        return ""
    return say[{None: "no_tier", "undetermined": "award_open"}.get(status, "no_award")]


def partner_heading(id: str, name: str | None) -> str:
    """The id of a partner, and its name where the record has one."""
    return f"{id}  {name}" if name else id
