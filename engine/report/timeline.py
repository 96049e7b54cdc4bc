"""A timeline as a page for people, and as the promised JSON."""

from ..language import words
from ..programme import Programme, pick
from ..timeline import Moment, Timeline
from ..values import Kind
from .data import Json, head, scalar
from .page import BAD, GOOD, OPEN, Block, Page, Row, partner_named
from .phrases import PHRASES


def timeline_page(timeline: Timeline, lang: str) -> Page:
    """A row for each day on which something changes."""
    say = PHRASES[lang]
    last = timeline.moments[-1]
    programme = timeline.programmes[last.release]
    rows = tuple(_row(moment, timeline.programmes[moment.release], lang) for moment in timeline.moments)
    partner = partner_named(timeline.partner, timeline.name)
    headline = f"{_tier(last, programme, lang)}: {_status(last, lang)}" if last.member else say["no_member"]
    return Page(pick(programme.title, lang), partner, _mark(last), headline, (), (Block(say["timeline"], rows),))


def timeline_data(timeline: Timeline) -> Json:
    """The timeline with the keys that schemas/timeline.schema.json promises."""
    return {
        **head("done"),
        "programme": timeline.programmes[timeline.moments[-1].release].id,
        "partner": timeline.partner,
        "days": [
            {
                "day": moment.day.isoformat(),
                "events": list(moment.events),
                "release": moment.release,
                "tier": moment.tier,
                "status": moment.status,
                "discount": scalar(moment.discount),
                "member": moment.member,
                "lacks": list(moment.lacks),
                "unknown": list(moment.unknown),
            }
            for moment in timeline.moments
        ],
    }


def _row(moment: Moment, programme: Programme, lang: str) -> Row:
    say = PHRASES[lang]
    told = [say[f"event_{event}"].format(release=moment.release) for event in moment.events]
    if moment.member or "not_renewed" in moment.events:
        told.append(f"{_tier(moment, programme, lang)}: {_status(moment, lang)}")
    requirements = programme.tiers[moment.tier].requirements if moment.tier else ()
    titles = [pick(one.title, lang) for one in requirements if one.id in moment.lacks]
    told += [say["lacks"].format(what="; ".join(titles))] if titles else []
    told += [say["needs_facts"].format(what=", ".join(moment.unknown))] if moment.unknown else []
    figure = "" if moment.discount is None else words.amount(moment.discount, Kind.PERCENT, lang)
    return Row(_mark(moment), words.amount(moment.day, Kind.DATE, lang), figure, "; ".join(told))


def _tier(moment: Moment, programme: Programme, lang: str) -> str:
    return pick(programme.tiers[moment.tier].title, lang) if moment.tier else PHRASES[lang]["track_not_qualified"]


def _status(moment: Moment, lang: str) -> str:
    return PHRASES[lang][moment.status] if moment.status else PHRASES[lang]["no_tier"]


def _mark(moment: Moment) -> str:
    if not moment.member:
        return BAD
    return {"qualified": GOOD, "retained": GOOD, "not_qualified": BAD}.get(moment.status or "", OPEN)
