"""The tiers in the handbook: all of them at a glance, then each with its requirements, rights and restrictions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..programme.model import MAIN, NamedValue, Requirement, Statement, Tier, Track, pick
from .figures import Figures, under
from .parts import NO, Group, Line, Part
from .wording import Wording


class TierRules:
    """Writes the parts on tiers of one programme in one language."""

    def __init__(self, wording: Wording, figures: Figures) -> None:
        self.wording = wording
        self.figures = figures
        self.programme = wording.programme
        self.lang = wording.lang
        self.say = wording.say

    def groups(self) -> Iterator[Group]:
        """The tiers, then the requirements that all of them share."""
        tiers = self.programme.tiers.values()
        cards = (part for tier in tiers for part in self._card(tier))
        yield Group((self._overview(), *cards))
        common = next(iter(tiers)).requirements if tiers else ()
        for scope in ("eligibility", "joining"):
            own = [requirement for requirement in common if requirement.scope == scope]
            yield Group((self._requirements(own, self.say[f"handbook_{scope}"]),))

    def lasting(self) -> Iterator[Group]:
        """Until when a tier is kept, when one is awarded, when a membership ends and what renews it."""
        main = self.programme.tracks[MAIN]
        for id in (main.kept_until, main.promotes, self.programme.membership_ends, self.programme.membership_renews):
            if id is not None:
                value = self.programme.values[id]
                title = pick(value.title, self.lang).rstrip(".")
                title = title[:1].upper() + title[1:]
                alone = self.programme.renews_alone and id == self.programme.membership_renews
                text = f"{title}: {self.figures.of(id).text}" + (f"; {self.say['renews_alone']}" if alone else "")
                yield Group((Part("", (Line((text,), value.source),)),))

    def statements(self, items: Iterable[Statement | NamedValue], title: str) -> Part:
        """Texts of the programme as a list; without a title, as sentences."""
        rows = tuple(Line((pick(item.title, self.lang),), item.source) for item in items)
        return Part(title, rows, bullets=bool(title))

    def _overview(self) -> Part:
        """Every tier, with its track, its code and its discount where tiers have them."""
        tiers, tracks = self.programme.tiers.values(), self.programme.tracks.values()
        several = sum(bool(track.tiers) for track in tracks) > 1 or any(track.title for track in tracks)
        coded, discounted = any(tier.code is not None for tier in tiers), any(tier.discount for tier in tiers)
        keys = ["tier", *["track"] * several, *["code"] * coded, *["discount"] * discounted]
        rows = []
        for tier in tiers:
            track = next((track for track in tracks if tier.id in track.tiers), None)
            code = NO if tier.code is None else str(tier.code)
            base = self.figures.of(tier.discount.base).text if tier.discount else NO
            title = (pick(track.title, self.lang) if track else "") or NO
            cells = (pick(tier.title, self.lang), *[title] * several, *[code] * coded, *[base] * discounted)
            rows.append(Line(cells))
        awards = dict.fromkeys(self._award(track) for track in tracks if track.tiers)
        columns = tuple(self.say[key] for key in keys)
        return Part(self.say["tiers"], tuple(rows), columns, intro=" ".join(awards))

    def _award(self, track: Track) -> str:
        return self.say["award_promoted" if track.promotes else f"award_{track.award}"]

    def _card(self, tier: Tier) -> Iterator[Part]:
        """One tier: its summary, its discount, its requirements, its rights and restrictions."""
        rules = [part for part in self._rules(tier) if part.rows]
        summary = pick(tier.summary, self.lang) if tier.summary else ""
        yield Part(
            pick(tier.title, self.lang), intro=summary or (" " if rules else self.say["no_requirements"]), level=3
        )
        yield from rules

    def _rules(self, tier: Tier) -> Iterator[Part]:
        if tier.discount:
            base = self.figures.of(tier.discount.base)
            line = Line((f"{self.say['base']}: {base.text}",), tier.discount.source)
            yield Part("", (line, *under(base, 1)))
        own = [requirement for requirement in tier.requirements if requirement.scope == "tier"]
        yield self._requirements(own, self.say["requirements"])._replace(level=4)
        yield self.statements(tier.rights, self.say["rights"])._replace(level=4)
        yield self.statements(tier.restrictions, self.say["restrictions"])._replace(level=4)

    def _requirements(self, items: Iterable[Requirement], title: str) -> Part:
        rows = [row for item in items for row in self._requirement(item, 0)]
        return Part(title, tuple(rows), (self.say["requirement"], self.say["condition"]), in_full=True)

    def _requirement(self, item: Requirement, level: int) -> Iterator[Line]:
        title = pick(item.title, self.lang)
        condition = self._of_parts(item) if item.parts else self.figures.condition(item.value, title)
        yield Line((title, condition), item.source, level)
        for part in item.parts:
            yield from self._requirement(part, level + 1)

    def _of_parts(self, item: Requirement) -> str:
        if item.needed == len(item.parts):
            return self.say["all_of"]
        return self.say["any_of"] if item.needed == 1 else self.say["so_many_of"].format(number=item.needed)
