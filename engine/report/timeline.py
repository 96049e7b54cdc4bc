"""A partner's timeline as a page and as the promised JSON."""

from ..evaluate.outcome_json import Json, head, json_value, undefined_data
from ..language.words import words
from ..programme.model import Programme, pick
from ..programme.owners import PROGRAMME, Role, id_of
from ..release.balances import StandingBalance
from ..release.timeline import Moment, Timeline
from ..texts.texts import texts_in
from ..values import Kind
from .conditions import Conditions
from .page import BAD, GOOD, OPEN, PLAIN, Block, Page, Row, partner_heading, standing_without_tier


def timeline_page(timeline: Timeline, lang: str) -> Page:
    """A page with a row for each day on which something changes."""
    say = texts_in(lang).TIMELINE
    last = timeline.moments[-1]
    programme = timeline.programmes[last.release]
    rows = tuple(_row(moment, timeline.programmes[moment.release], lang) for moment in timeline.moments)
    partner = partner_heading(timeline.partner, timeline.name)
    headline = say["no_member"] if last.member is False else _standing(last, programme, lang)
    if last.member is None:
        headline = "; ".join(filter(None, (say["event_renewal_undetermined"], headline)))
    return Page(
        pick(programme.title, lang), partner, _mark(last, programme), headline, (), (Block(say["timeline"], rows),)
    )


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
                "discount": json_value(moment.discount),
                "member": moment.member,
                "lacks": list(moment.lacks),
                "unknown": list(moment.unknown),
                **undefined_data(moment.undefined),
                **balances_data(moment.balances),
            }
            for moment in timeline.moments
        ],
    }


def balances_data(balances: tuple[StandingBalance, ...]) -> Json:
    """The key `balances` with what each stands at; no key where there are none."""
    return {"balances": {balance.id: json_value(balance.value) for balance in balances}} if balances else {}


def _row(moment: Moment, programme: Programme, lang: str) -> Row:
    texts = texts_in(lang)
    notes = [texts.TIMELINE[f"event_{event}"].format(release=moment.release) for event in moment.events]
    if moment.member is not False or "not_renewed" in moment.events:
        notes.append(_standing(moment, programme, lang))
    requirements = programme.tiers[moment.tier].requirements if moment.tier else ()
    titles = [pick(requirement.title, lang) for requirement in requirements if requirement.id in moment.lacks]
    notes += [texts.REPORT["lacks"].format(what="; ".join(titles))] if titles else []
    notes += Conditions(programme, {}, lang).open(moment.unknown, moment.undefined)
    notes += _balances(moment, programme, lang)
    figure = "?" if _may_have_discount(moment, programme) else ""
    if moment.discount is not None:
        figure = words.amount(moment.discount, Kind.PERCENT, lang)
    notes = [note for note in notes if note]
    return Row(_mark(moment, programme), words.amount(moment.day, Kind.DATE, lang), figure, "; ".join(notes))


def _balances(moment: Moment, programme: Programme, lang: str) -> list[str]:
    """What each balance stands at, where one is another than before."""
    if not {"begins", "balance", "release"} & {*moment.events}:
        return []
    tell = Conditions(programme, {}, lang)
    ids = {balance.id: id_of(PROGRAMME, Role.DEFINITION, balance.id) for balance in moment.balances}
    return [
        f"{tell.title(ids[balance.id])}: {tell.value(ids[balance.id], balance.value)}" for balance in moment.balances
    ]


def _may_have_discount(moment: Moment, programme: Programme) -> bool:
    """Whether the tier has a discount, or an undetermined tier could have one."""
    if moment.tier is None:
        return moment.status == "undetermined" and any(tier.discount for tier in programme.tiers.values())
    return programme.tiers[moment.tier].discount is not None


def _standing(moment: Moment, programme: Programme, lang: str) -> str:
    """The tier and the partner's status in it; without a tier, why there is none."""
    say = texts_in(lang).REPORT
    if moment.tier is None:
        return standing_without_tier(programme, moment.status, lang)
    return f"{pick(programme.tiers[moment.tier].title, lang)}: {say[moment.status or 'undetermined']}"


def _mark(moment: Moment, programme: Programme) -> str:
    """The mark of a standing; none in a programme without tiers, of which a partner has none."""
    if not programme.tiers:
        return PLAIN
    if moment.member is not True:
        return BAD if moment.member is False else OPEN
    return {"qualified": GOOD, "retained": GOOD, "not_qualified": BAD}.get(moment.status or "", OPEN)
