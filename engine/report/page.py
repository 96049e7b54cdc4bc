"""An outcome as a page for people, before it is text of any format: blocks of rows, in one language."""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ..evaluate.outcome import (
    BonusOutcome,
    DiscountOutcome,
    Outcome,
    RebateOutcome,
    RequirementOutcome,
    TierOutcome,
    TrackOutcome,
)
from ..language.words import words
from ..programme.model import MAIN, Discount, Programme, Rebate, Requirement, Tier, pick
from ..texts.texts import texts_in
from ..values import Kind
from .conditions import Conditions

GOOD, BAD, OPEN, PLAIN = "✓", "✗", "?", " "


class Row(NamedTuple):
    """One line of a block: a mark, what it is about, the figure, a remark, the clauses, and lines under it.

    `bar` draws a share from 0 to 1 beside the figure; `sides` are told side by side where there is room, each under its
    heading.
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
        """All that stands under it, one below the other."""
        return (*self.details, *(f"{heading}: {text}" if text else heading for heading, text in self.sides))


class Block(NamedTuple):
    """Rows under a heading, or sentences one to a line (`items`), or short titles in a row (`flow`)."""

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


def page(outcome: Outcome, programme: Programme, values: Mapping[str, Any], lang: str, *, explain: bool) -> Page:
    """The report on an outcome; `values` are all values of the programme for its facts, and `explain` opens them."""
    return _Writer(outcome, programme, values, lang, explain).page()


def release_on(programme: Programme, day: date, lang: str) -> str:
    """As what a page is headed: the programme, its release and the day."""
    told = texts_in(lang).REPORT["on"].format(date=words.amount(day, Kind.DATE, lang))
    return f"{pick(programme.title, lang)} {programme.release}, {told}"


def partner_named(id: str, name: str | None) -> str:
    """A partner by its id, and its name where the record says it."""
    return f"{id}  {name}" if name else id


class _Writer:
    """What every part of one report needs: the outcome, the programme, the values and the language."""

    def __init__(
        self, outcome: Outcome, programme: Programme, values: Mapping[str, Any], lang: str, explain: bool
    ) -> None:
        self.outcome = outcome
        self.programme = programme
        self.values = values
        self.lang = lang
        self.explain = explain
        self.say = texts_in(lang).REPORT
        self.tell = Conditions(programme, values, lang)

    def page(self) -> Page:
        """The blocks in the order in which a person asks: what is it, how much, why, what is missing, what else."""
        outcome, own = self.outcome, self.outcome.tier
        blocks: list[Block] = []
        if own is None:
            headline, mark, remarks = self._without_tier()
            common = [item for item in outcome.tiers[0].requirements if item.scope != "tier"] if outcome.tiers else []
            blocks.append(Block(self.say["eligibility"], self._requirements(common)))
        else:
            tier, definition = outcome.of(own), self.programme.tiers[own]
            headline, mark, remarks = self._with_tier(tier)
            if outcome.discount and definition.discount:
                blocks.append(self._discount(outcome.discount, definition.discount, tier))
            blocks.append(self._rebates(definition))
            blocks.append(Block(self.say["requirements"], self._requirements(tier.requirements)))
            blocks += self._entitlements(definition)
        blocks.append(Block(self.say["agreements"], self._agreements()))
        blocks.append(Block(self.say["tracks"], tuple(self._track(track) for track in outcome.tracks)))
        blocks.append(Block(self.say["values"], self._values()))
        blocks += self._items() if self.explain else []
        blocks.append(Block(self.say["missing_facts"], self._missing_facts()))
        others = [outcome.of(id) for id in self.programme.tracks[MAIN].tiers if id != own]
        blocks.append(Block(self.say["other_tiers" if own else "tiers"], tuple(self._tier(tier) for tier in others)))
        return Page(
            release_on(self.programme, outcome.as_of, self.lang),
            partner_named(outcome.partner, outcome.name),
            mark,
            headline,
            remarks,
            tuple(block for block in blocks if block.rows or block.items or block.flow),
        )

    # Tiers ----------------------------------------------------------------------------------------------------------

    def _with_tier(self, tier: TierOutcome) -> tuple[str, str, tuple[str, ...]]:
        """Headline, mark and remarks of a partner with a tier: signed for, awarded, or kept for a time."""
        title, awarded = pick(self.programme.tiers[tier.id].title, self.lang), self._awarded()
        remarks = self._next() if awarded else self._remarks(tier)
        if self.outcome.status == "retained" and self.outcome.kept_until:
            until = words.amount(self.outcome.kept_until, Kind.DATE, self.lang)
            return f"{title}: {self.say['kept'].format(date=until)}", GOOD, (*self._remarks(tier), *(remarks * awarded))
        if self.outcome.membership_ends:
            ends = words.amount(self.outcome.membership_ends, Kind.DATE, self.lang)
            remarks = (*remarks, self.say["membership"].format(date=ends))
        return f"{title}: {self.say['awarded' if awarded else tier.status]}", _tier_mark(tier), remarks

    def _awarded(self) -> bool:
        return self.programme.tracks[MAIN].award != "signed"

    def _without_tier(self) -> tuple[str, str, tuple[str, ...]]:
        """Headline, mark and remarks of a candidate, or of a partner that is awarded no tier or not yet."""
        status = self.outcome.status
        if not self.programme.tracks[MAIN].tiers:
            held = [pick(self.programme.tiers[one.tier].title, self.lang) for one in self.outcome.tracks if one.tier]
            return ", ".join(held) or self.say["no_award"], GOOD if held else BAD, ()
        if status is None:
            return self.say["no_tier"], OPEN, ()
        if status == "undetermined":
            return self.say["award_open"], OPEN, (self.say["needs_facts"].format(what=", ".join(self.outcome.unknown)),)
        return self.say["no_award"], BAD, self._next()

    def _next(self) -> tuple[str, ...]:
        """In a line: the next tier, and what separates the partner from it."""
        if self.outcome.next is None:
            return ()
        tier = self.outcome.of(self.outcome.next)
        title = pick(self.programme.tiers[tier.id].title, self.lang)
        return ("; ".join((self.say["next"].format(tier=title), *self._remarks(tier))),)

    def _remarks(self, tier: TierOutcome) -> tuple[str, ...]:
        """In a line: what a tier lacks, or which facts would decide it."""
        lacking = [self._requirement_title(tier.id, item) for item in tier.requirements if item.status == "not_met"]
        if lacking:
            return (self.say["lacks"].format(what="; ".join(lacking)),)
        if tier.unknown:
            return (self.say["needs_facts"].format(what=", ".join(tier.unknown)),)
        return ()

    def _track(self, track: TrackOutcome) -> Row:
        """The tier on a track, and what separates the partner from the next."""
        title = pick(self.programme.tracks[track.id].title, self.lang)
        mark = {"undetermined": OPEN, "not_qualified": BAD}.get(track.status, GOOD)
        held = (
            pick(self.programme.tiers[track.tier].title, self.lang) if track.tier else self.say[f"track_{track.status}"]
        )
        notes: list[str] = []
        if track.next:
            notes.append(self.say["next"].format(tier=pick(self.programme.tiers[track.next].title, self.lang)))
            notes += self._remarks(self.outcome.of(track.next))
        elif track.unknown:
            notes.append(self.say["needs_facts"].format(what=", ".join(track.unknown)))
        return Row(mark, title, held, "; ".join(notes))

    def _tier(self, tier: TierOutcome) -> Row:
        definition = self.programme.tiers[tier.id]
        figure = self.tell.percent(tier.discount.total) if tier.discount else ""
        note = "; ".join((self.say[tier.status], *self._remarks(tier)))
        return Row(_tier_mark(tier), pick(definition.title, self.lang), figure, note)

    # Requirements ---------------------------------------------------------------------------------------------------

    def _requirement_title(self, tier: str, item: RequirementOutcome) -> str:
        requirements = self.programme.tiers[tier].requirements
        return next(pick(one.title, self.lang) for one in requirements if one.id == item.id)

    def _requirements(self, items: Iterable[RequirementOutcome]) -> tuple[Row, ...]:
        by_id = {
            one.id: one for tier in self.programme.tiers.values() for one in tier.requirements if one.scope != "tier"
        }
        if self.outcome.tier:
            by_id = {one.id: one for one in self.programme.tiers[self.outcome.tier].requirements}
        return tuple(row for item in items for row in self._requirement(by_id[item.id], item, ""))

    def _requirement(self, requirement: Requirement, item: RequirementOutcome, before: str) -> Iterator[Row]:
        """A requirement, and under it those that it is made of."""
        mark = {"met": GOOD, "not_met": BAD, "unknown": OPEN}[item.status]
        details = self._readings(item.source)
        if item.parts:
            note = self._parts_met(requirement, item)
        else:
            note, details = self.tell.measured(requirement.value), self._opened(requirement.value) + details
        yield Row(mark, before + pick(requirement.title, self.lang), "", note, item.source, details)
        for part, outcome in zip(requirement.parts, item.parts, strict=True):
            yield from self._requirement(part, outcome, before + "– ")

    def _parts_met(self, requirement: Requirement, item: RequirementOutcome) -> str:
        """'1 of 2; 1 missing' for a requirement made of others: how many are met of those that are needed."""
        met, needed = sum(part.status == "met" for part in item.parts), requirement.needed
        if met >= needed:
            at_least = words.threshold(">=", str(needed), self.lang)
            return self.tell.needed(str(met), at_least)
        told = self.say["of"].format(value=met, threshold=needed)
        missing = self.say["missing"].format(amount=needed - met)
        return f"{told}; {missing}" if item.status == "not_met" else told

    # The discount ---------------------------------------------------------------------------------------------------

    def _discount(self, discount: DiscountOutcome, definition: Discount, tier: TierOutcome) -> Block:
        """The discount as a sum: the tier's own, each bonus, the sum, the cap, the total."""
        rows = [Row(PLAIN, self.say["base"], self.tell.percent(discount.base), "", discount.source)]
        rows += [self._bonus(bonus, definition) for bonus in discount.bonuses]
        rows.append(Row("=", self.say["uncapped"], self.tell.percent(discount.uncapped)))
        if definition.cap:
            cap = self.programme.values[definition.cap]
            details = self._readings(cap.source)
            rows.append(Row("≤", self.say["cap"], self.tell.percent(discount.cap), "", cap.source, details))
        would_be = tier.discount.total if tier.discount and tier.status != "qualified" else None
        note = "" if would_be is None else self.say["once_qualified"].format(amount=self.tell.percent(would_be))
        rows.append(Row("=", self.say["total"], self.tell.percent(discount.total), note, strong=True))
        if discount.in_kind:
            rows.append(Row(PLAIN, self.say["in_price"], self.tell.percent(discount.in_price)))
            rows.append(Row(PLAIN, self.say["in_kind"], self.tell.percent(discount.in_kind)))
        return Block(self.say["discount"], tuple(rows))

    def _bonus(self, bonus: BonusOutcome, definition: Discount) -> Row:
        named = next(one for one in definition.bonuses if one.id == bonus.id)
        mark = {"earned": GOOD, "not_earned": BAD, "unknown": OPEN}[bonus.status]
        notes = [self.tell.measured(named.earned)]
        if bonus.status != "earned":
            notes.append(self.say["gives"].format(amount=self.tell.percent(named.worth)))
        elif bonus.applied is False:
            notes.append(self.say["not_applied"])
        details: list[str] = []
        for rate in named.rates if self.explain else ():
            several = len(named.rates) > 1
            details += [f"{pick(rate.title, self.lang)}, {self.tell.percent(rate.worth)}:"] if several else []
            details += [f"  {line}" if several else line for line in self._opened(rate.earned)]
        details += self._readings(bonus.source)
        figure = "+ " + self.tell.percent(bonus.percent)
        title = pick(named.title, self.lang)
        return Row(mark, title, figure, "; ".join(note for note in notes if note), bonus.source, tuple(details))

    # Money, values and items ----------------------------------------------------------------------------------------

    def _rebates(self, tier: Tier) -> Block:
        """What is paid, and what it comes to by currency and period where that is a sum."""
        pairs = zip(tier.rebates, self.outcome.rebates or (), strict=False)
        rows = [self._rebate(outcome, named) for named, outcome in pairs]
        for total in self.outcome.rebate_totals or ():
            parts = [
                one for one in self.outcome.rebates or () if (one.currency, one.per) == (total.currency, total.per)
            ]
            if len(parts) > 1:
                amount = self.tell.money(total.amount, total.currency, total.per)
                rows.append(Row("=", self.say["total"], amount, strong=True))
        return Block(self.say["rebates"], tuple(rows))

    def _rebate(self, rebate: RebateOutcome, named: Rebate) -> Row:
        mark = {"earned": GOOD, "not_earned": BAD, "unknown": OPEN}[rebate.status]
        varies = self.programme.values[named.earned].varies
        opened = (*(self._opened(named.earned) if varies else ()), *self._opened(named.full))
        details = (*opened, *self._readings(rebate.source))
        note = self.tell.measured(named.earned) if varies else ""
        amount = self.tell.money(rebate.amount, rebate.currency, rebate.per)
        return Row(mark, pick(named.title, self.lang), amount, note, rebate.source, details)

    def _values(self) -> tuple[Row, ...]:
        """Definitions that depend on the partner."""
        rows = []
        for id, value in zip(self.programme.definitions, self.outcome.definitions, strict=True):
            named = self.programme.values[id]
            if not named.varies:
                continue
            mark = OPEN if value.value is None else PLAIN
            note = self.say["fact_missing"].format(facts=", ".join(value.unknown)) if value.unknown else ""
            details = (*(self.tell.opened(id, 1) if self.explain else ()), *self._readings(value.source))
            figure = self.tell.value(id, value.value)
            rows.append(Row(mark, pick(named.title, self.lang), figure, note, value.source, details))
        return tuple(rows)

    def _agreements(self) -> tuple[Row, ...]:
        """What supplementary agreements put in place of the programme's terms, or would on another day."""
        rows = []
        for one in self.outcome.agreements:
            title = f"{self.tell.title(one.term)} ({one.term})"
            days = {"begins": one.begins, "ends": one.ends or ""}
            told = {name: words.amount(day, Kind.DATE, self.lang) for name, day in days.items()}
            when = self.say["agreed_from_to" if one.ends else "agreed_from"].format(**told)
            was = self.say["instead_of"].format(value=self.tell.value(one.term, one.was)) if one.applied else ""
            state = "" if one.applied else self.say["not_in_force"]
            note = "; ".join(part for part in (was, state, one.document, when) if part)
            rows.append(Row(GOOD if one.applied else PLAIN, title, self.tell.value(one.term, one.value), note))
        return tuple(rows)

    def _items(self) -> list[Block]:
        """With `explain`: the values of every item of a list."""
        blocks = []
        for id, items in self.outcome.lists.items():
            one = self.programme.lists[id]
            rows = []
            for number, (item, values) in enumerate(zip(self.outcome.facts.get(id, ()), items, strict=False), 1):
                told = [f"{name}: {value}" for name, value in item.items()]
                figures = [
                    f"{self.tell.title(one.id_of(name))} {self.tell.value(one.id_of(name), value)}"
                    for name, value in values.items()
                ]
                rows.append(Row(PLAIN, f"{number}. {', '.join(told)}", "", "; ".join(figures)))
            blocks.append(Block(pick(one.title, self.lang), tuple(rows)))
        return blocks

    # The rest -------------------------------------------------------------------------------------------------------

    def _entitlements(self, tier: Tier) -> list[Block]:
        """What the tier gives and forbids: benefits in the outcome, and with `explain` its rights."""
        benefits = {benefit.id: benefit for benefit in tier.benefits}
        items = []
        for benefit in self.outcome.benefits or ():
            named = benefits[benefit.id]
            if benefit.value is None or benefit.value is False or benefit.value == 0:
                continue
            if benefit.text:
                figure = f": {pick(benefit.text, self.lang)}"
            elif benefit.value is True:
                figure = ""
            else:
                amount = words.amount(benefit.value, named.kind, self.lang)
                figure = f": {amount} {benefit.currency}" if benefit.currency else f": {amount}"
            items.append(pick(named.title, self.lang) + figure)
        qualified = self.outcome.status in ("qualified", "retained")
        rights = tuple(pick(right.title, self.lang) for right in tier.rights) if qualified and self.explain else ()
        restrictions = tuple(pick(one.title, self.lang) for one in tier.restrictions)
        return [
            Block(self.say["benefits"], flow=tuple(items)),
            Block(self.say["rights"], items=rights),
            Block(self.say["restrictions"], items=restrictions),
        ]

    def _missing_facts(self) -> tuple[Row, ...]:
        """Every fact that some open outcome waits for."""
        waiting: dict[str, None] = dict.fromkeys(self.outcome.unknown)
        if self.outcome.discount:
            waiting.update(dict.fromkeys(fact for bonus in self.outcome.discount.bonuses for fact in bonus.unknown))
        waiting.update(dict.fromkeys(fact for rebate in self.outcome.rebates or () for fact in rebate.unknown))
        waiting.update(dict.fromkeys(fact for track in self.outcome.tracks for fact in track.unknown))
        return tuple(Row(OPEN, self.tell.title(id), "", id) for id in waiting)

    def _opened(self, id: str) -> tuple[str, ...]:
        """With `explain`: the expression and every value in it."""
        return self.tell.opened(id) if self.explain else ()

    def _readings(self, source: Iterable[str]) -> tuple[str, ...]:
        """With `explain`: how the clauses are read where they are unclear."""
        if not self.explain:
            return ()
        clauses = [self.programme.clauses[id] for id in source]
        return tuple(
            self.say["reading"].format(clause=clause.id, text=pick(clause.reading, self.lang))
            for clause in clauses
            if clause.reading
        )


def _tier_mark(tier: TierOutcome) -> str:
    return {"qualified": GOOD, "not_qualified": BAD, "undetermined": OPEN}[tier.status]
