"""Where a partner stands: its tier or why it has none, what it lacks for the next, what renews or awaits it."""

from __future__ import annotations

from collections.abc import Iterator

from ..evaluate.outcome import Outcome, RequirementOutcome, TierOutcome, TrackOutcome
from ..language.words import words
from ..programme.model import MAIN, Programme, Requirement, pick
from ..texts.texts import texts_in
from ..values import Kind
from .conditions import Conditions
from .page import BAD, GOOD, OPEN, PLAIN, Row, standing_without_tier

Headline = tuple[str, str, tuple[str, ...]]  #: the line, its mark, and the remarks under it


class OwnStanding:
    """Writes where the partner of one outcome stands, in one language."""

    def __init__(self, outcome: Outcome, programme: Programme, lang: str, tell: Conditions) -> None:
        self.outcome, self.programme, self.lang, self.tell = outcome, programme, lang, tell
        self.say = texts_in(lang).REPORT

    def headline(self) -> Headline:
        """The headline of the page: the partner's own tier, or why it has none."""
        own = self.outcome.tier
        return self._without_tier() if own is None else self._with_tier(self.outcome.of(own))

    def _with_tier(self, tier: TierOutcome) -> Headline:
        """Headline, mark and remarks of a partner with a tier: signed for, awarded, or kept for a time."""
        title, awarded = self.title(tier.id), self.programme.tracks[MAIN].is_awarded
        remarks = self._next() if awarded else self._remarks(tier)
        if self.outcome.status == "retained" and self.outcome.kept_until:
            until = words.amount(self.outcome.kept_until, Kind.DATE, self.lang)
            return f"{title}: {self.say['kept'].format(date=until)}", GOOD, (*self._remarks(tier), *(remarks * awarded))
        if self.outcome.membership_ends:
            ends = words.amount(self.outcome.membership_ends, Kind.DATE, self.lang)
            remarks = (*remarks, self.say["membership"].format(date=ends), *self._renewal())
        return f"{title}: {self.say['awarded' if awarded else tier.status]}", _tier_mark(tier), remarks

    def _without_tier(self) -> Headline:
        """Headline, mark and remarks of a partner without a tier: a candidate, or one that is awarded none."""
        status = self.outcome.status
        if not self.programme.tiers:
            return self._sums(), PLAIN, ()
        if not self.programme.tracks[MAIN].tiers:
            held = [self.title(track.tier) for track in self.outcome.tracks if track.tier]
            return ", ".join(held) or self.say["no_award"], GOOD if held else BAD, ()
        headline = standing_without_tier(self.programme, status, self.lang, self.outcome.membership_ended)
        if status is None:
            return headline, BAD if self.outcome.membership_ended else OPEN, ()
        if status == "undetermined":
            return headline, OPEN, self._why_open()
        return headline, BAD, self._next()

    def _why_open(self) -> tuple[str, ...]:
        """What may decide the tier of the partner: facts of the day, and facts of days before it."""
        earlier = self.outcome.held_unknown
        today = [id for id in self.outcome.unknown if id not in earlier or id not in self.outcome.facts]
        before = (self.say["history_open"].format(what=", ".join(earlier)),) if earlier else ()
        return (*before, *self.tell.open(today, self.outcome.undefined))

    def _sums(self) -> str:
        """The sums of the rebates and fees of a programme without tiers; empty where it has none."""
        sums = []
        for kind, totals in (("rebates", self.outcome.rebate_totals), ("fees", self.outcome.fee_totals)):
            amounts = [self.tell.money(total.amount, total.currency, total.per) for total in totals or ()]
            sums += [f"{self.say[kind]}: {'; '.join(amounts)}"] if amounts else []
        return ". ".join(sums)

    def _renewal(self) -> tuple[str, ...]:
        """One line with what else a renewal needs, and whether that is so; none where it needs nothing."""
        id, renews = self.programme.membership_renews, self.outcome.membership_renews
        if id is None or renews is None:
            return ()
        answer = "?" if renews.value is None else self.say["yes" if renews.value else "no"]
        title = pick(self.programme.values[id].title, self.lang)
        return (
            self.say["renews"].format(title=title, answer=answer),
            *self.tell.open(renews.unknown, renews.undefined),
        )

    def _next(self) -> tuple[str, ...]:
        """A line for each tier that is met and waits for its day; or the next tier, with what is lacking for it."""
        waiting = tuple(self._waiting())
        return waiting or self._next_tier()

    def _waiting(self) -> Iterator[str]:
        """A line for each tier above the partner's own that is met, and is not awarded on the day."""
        main, promotes = self.programme.tracks[MAIN], self.outcome.promotes
        if main.promotes is None or promotes is None or promotes.value is True or self.outcome.status == "undetermined":
            return
        title = pick(self.programme.values[main.promotes].title, self.lang)
        above = main.tiers[main.tiers.index(self.outcome.tier) + 1 :] if self.outcome.tier else main.tiers
        for id in above:
            if self.outcome.of(id).status == "qualified":
                text = self.say["promotes" if promotes.value is False else "may_promote"]
                yield text.format(tier=self.title(id), title=title)

    def _next_tier(self) -> tuple[str, ...]:
        """A line with the next tier and what the partner lacks for it; none without a next tier."""
        if self.outcome.next is None:
            return ()
        tier = self.outcome.of(self.outcome.next)
        return ("; ".join((self.say["next"].format(tier=self.title(tier.id)), *self._remarks(tier))),)

    def _remarks(self, tier: TierOutcome) -> tuple[str, ...]:
        """The unmet requirements of a tier; or the facts that may decide it, and what is undefined; or nothing."""
        requirements = self.programme.tiers[tier.id].requirements
        pairs = zip(requirements, tier.requirements, strict=True)
        lacking = [self._lacking(requirement, item) for requirement, item in pairs if item.status == "not_met"]
        if lacking:
            return (self.say["lacks"].format(what="; ".join(lacking)),)
        return self.tell.open(tier.unknown, tier.undefined)

    def _lacking(self, requirement: Requirement, item: RequirementOutcome) -> str:
        """An unmet requirement with what is missing in figures, where figures say it: 'Enough people (1 missing)'."""
        if item.parts:
            met = sum(part.status == "met" for part in item.parts)
            short = self.say["missing"].format(amount=requirement.needed - met)
        else:
            short = self.tell.shortfall(requirement.value)
        title = pick(requirement.title, self.lang)
        return f"{title} ({short})" if short else title

    def track(self, track: TrackOutcome) -> Row:
        """The tier on a track, and what the partner lacks for the next one."""
        title = pick(self.programme.tracks[track.id].title, self.lang)
        mark = {"undetermined": OPEN, "not_qualified": BAD}.get(track.status, GOOD)
        held = self.title(track.tier) if track.tier else self.say[f"track_{track.status}"]
        notes: list[str] = []
        if track.next:
            notes.append(self.say["next"].format(tier=self.title(track.next)))
            notes += self._remarks(self.outcome.of(track.next))
        else:
            notes += self.tell.open(track.unknown, track.undefined)
        return Row(mark, title, held, "; ".join(notes))

    def other(self, tier: TierOutcome) -> Row:
        """Another tier: whether the partner qualifies for it, and what it lacks."""
        figure = self.tell.percent(tier.discount.total) if tier.discount else ""
        note = "; ".join((self.say[tier.status], *self._remarks(tier)))
        return Row(_tier_mark(tier), self.title(tier.id), figure, note)

    def title(self, id: str) -> str:
        """The title of a tier."""
        return pick(self.programme.tiers[id].title, self.lang)


def _tier_mark(tier: TierOutcome) -> str:
    return {"qualified": GOOD, "not_qualified": BAD, "undetermined": OPEN}[tier.status]
