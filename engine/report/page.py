"""An outcome as a page for people, before it is text of any format: blocks of rows, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..explain import Measure, measures, steps
from ..language import words
from ..language.tree import Name
from ..outcome import BonusOutcome, DiscountOutcome, Outcome, RequirementOutcome, TierOutcome
from ..programme import Discount, Programme, Requirement, Texts, Tier
from ..values import NUMERIC, Kind, Number, Unknown, Value
from .phrases import PHRASES

GOOD, BAD, OPEN, PLAIN = "✓", "✗", "?", " "


class Row(NamedTuple):
    """One line of a block: a mark, what it is about, the figure, a remark, the clauses, and lines under it."""

    mark: str
    title: str
    figure: str = ""
    note: str = ""
    source: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    strong: bool = False


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


def page(outcome: Outcome, programme: Programme, values: Mapping[str, Value], lang: str, *, explain: bool) -> Page:
    """The report on an outcome; `values` are all values of the programme for its facts, and `explain` opens them."""
    return _Writer(outcome, programme, values, lang, explain).page()


def pick(texts: Texts, lang: str) -> str:
    """A text in the language asked for, else in the programme's first."""
    return texts.get(lang) or next(iter(texts.values()), "")


class _Writer:
    """What every part of one report needs: the outcome, the programme, the values and the language."""

    def __init__(
        self, outcome: Outcome, programme: Programme, values: Mapping[str, Value], lang: str, explain: bool
    ) -> None:
        self.outcome = outcome
        self.programme = programme
        self.values = values
        self.lang = lang
        self.explain = explain
        self.say = PHRASES[lang]

    def page(self) -> Page:
        """The blocks in the order in which a person asks: what is it, how much, why, what is missing, what else."""
        outcome, own = self.outcome, self.outcome.tier
        title, day = pick(self.programme.title, self.lang), words.amount(outcome.as_of, Kind.DATE, self.lang)
        blocks: list[Block] = []
        if own is None:
            headline, mark, remarks = self._without_tier()
            common = [item for item in outcome.tiers[0].requirements if item.scope != "tier"] if outcome.tiers else []
            blocks.append(Block(self.say["eligibility"], self._requirements(common)))
        else:
            tier, definition = outcome.of(own), self.programme.tiers[own]
            mark = _tier_mark(tier)
            awarded = self.programme.award != "signed"
            headline = f"{pick(definition.title, self.lang)}: {self.say['awarded' if awarded else tier.status]}"
            remarks = self._next() if awarded else self._remarks(tier)
            if outcome.discount and definition.discount:
                blocks.append(self._discount(outcome.discount, definition.discount, tier))
            blocks.append(Block(self.say["requirements"], self._requirements(tier.requirements)))
            blocks += self._entitlements(definition)
        blocks.append(Block(self.say["missing_facts"], self._missing_facts()))
        others = [tier for tier in outcome.tiers if tier.id != own]
        blocks.append(Block(self.say["other_tiers" if own else "tiers"], tuple(self._tier(tier) for tier in others)))
        partner = f"{outcome.partner}  {outcome.name}" if outcome.name else outcome.partner
        return Page(
            f"{title} {outcome.release}, {self.say['on'].format(date=day)}",
            partner,
            mark,
            headline,
            remarks,
            tuple(block for block in blocks if block.rows or block.items or block.flow),
        )

    # Tiers ----------------------------------------------------------------------------------------------------------

    def _without_tier(self) -> tuple[str, str, tuple[str, ...]]:
        """Headline, mark and remarks of a candidate, or of a partner that is awarded no tier or not yet."""
        status = self.outcome.status
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

    def _tier(self, tier: TierOutcome) -> Row:
        definition = self.programme.tiers[tier.id]
        figure = self._percent(tier.discount.total) if tier.discount else ""
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
            note, details = self._measured(requirement.value), self._opened(requirement.value) + details
        yield Row(mark, before + pick(requirement.title, self.lang), "", note, item.source, details)
        for part, outcome in zip(requirement.parts, item.parts, strict=True):
            yield from self._requirement(part, outcome, before + "– ")

    def _parts_met(self, requirement: Requirement, item: RequirementOutcome) -> str:
        """'1 of 2; 1 missing' for a requirement made of others: how many are met of those that are needed."""
        met, needed = sum(part.status == "met" for part in item.parts), requirement.needed
        if met >= needed:
            at_least = words.threshold(">=", str(needed), self.lang)
            return self._needed(str(met), at_least)
        told = self.say["of"].format(value=met, threshold=needed)
        missing = self.say["missing"].format(amount=needed - met)
        return f"{told}; {missing}" if item.status == "not_met" else told

    def _measured(self, id: str) -> str:
        """'1 of 2; 1 missing': the comparisons that decide a condition, with subjects where they are several."""
        found = measures(self.programme, id, self.values)
        told = []
        for measure in found:
            subject = words.subject(measure.subject, self._title, self.lang) + ": " if len(found) > 1 else ""
            told.append(subject + self._measure(measure))
        return "; ".join(dict.fromkeys(told))

    def _title(self, name: Name) -> str:
        fact = self.programme.facts.get(name.id)
        return pick(fact.title if fact else self.programme.values[name.id].title, self.lang)

    def _measure(self, measure: Measure) -> str:
        unknown = [value for value in (measure.value, measure.threshold) if isinstance(value, Unknown)]
        if unknown:
            facts = sorted({fact for value in unknown for fact in value.missing})
            return self.say["fact_missing"].format(facts=", ".join(facts)) if facts else self.say["unknown"]
        value, threshold = self._amount(measure, measure.value), self._amount(measure, measure.threshold)
        if measure.holds and measure.operator == "==":
            return value
        if measure.kind is Kind.YES_NO:
            return value if measure.threshold is True else self._needed(value, threshold)
        numeric = measure.kind in NUMERIC or measure.operator != "=="
        needed = words.threshold(measure.operator, threshold, self.lang) if numeric else threshold
        if measure.distance is None:
            return self._needed(value, needed)
        distance = words.amount(measure.distance, measure.kind, self.lang)
        if measure.operator == ">=":
            told = self.say["of"].format(value=value, threshold=threshold)
        else:
            told = self._needed(value, needed)
        return (
            f"{told}; {self.say['missing' if measure.operator in ('>', '>=') else 'too_many'].format(amount=distance)}"
        )

    def _needed(self, value: str, threshold: str) -> str:
        return self.say["value_and_threshold"].format(value=value, threshold=threshold)

    def _amount(self, measure: Measure, value: Value) -> str:
        """A known value of a comparison; an option of a choice by its title."""
        fact = self.programme.facts.get(measure.subject.id) if isinstance(measure.subject, Name) else None
        if fact and value in fact.choices:
            return pick(fact.choices[str(value)], self.lang)
        return words.amount(value, measure.kind, self.lang)

    # The discount ---------------------------------------------------------------------------------------------------

    def _discount(self, discount: DiscountOutcome, definition: Discount, tier: TierOutcome) -> Block:
        """The discount as a sum: the tier's own, each bonus, the sum, the cap, the total."""
        rows = [Row(PLAIN, self.say["base"], self._percent(discount.base), "", discount.source)]
        rows += [self._bonus(bonus, definition) for bonus in discount.bonuses]
        rows.append(Row("=", self.say["uncapped"], self._percent(discount.uncapped)))
        if definition.cap:
            cap = self.programme.values[definition.cap]
            details = self._readings(cap.source)
            rows.append(Row("≤", self.say["cap"], self._percent(discount.cap), "", cap.source, details))
        would_be = tier.discount.total if tier.discount and tier.status != "qualified" else None
        note = "" if would_be is None else self.say["once_qualified"].format(amount=self._percent(would_be))
        rows.append(Row("=", self.say["total"], self._percent(discount.total), note, strong=True))
        if discount.in_kind:
            rows.append(Row(PLAIN, self.say["in_price"], self._percent(discount.in_price)))
            rows.append(Row(PLAIN, self.say["in_kind"], self._percent(discount.in_kind)))
        return Block(self.say["discount"], tuple(rows))

    def _bonus(self, bonus: BonusOutcome, definition: Discount) -> Row:
        named = next(one for one in definition.bonuses if one.id == bonus.id)
        mark = {"earned": GOOD, "not_earned": BAD, "unknown": OPEN}[bonus.status]
        notes = [self._measured(named.earned)]
        if bonus.status != "earned":
            notes.append(self.say["gives"].format(amount=self._percent(named.worth)))
        elif bonus.applied is False:
            notes.append(self.say["not_applied"])
        details: list[str] = []
        for rate in named.rates if self.explain else ():
            several = len(named.rates) > 1
            details += [f"{pick(rate.title, self.lang)}, {self._percent(rate.worth)}:"] if several else []
            details += [f"  {line}" if several else line for line in self._opened(rate.earned)]
        details += self._readings(bonus.source)
        figure = "+ " + self._percent(bonus.percent)
        title = pick(named.title, self.lang)
        return Row(mark, title, figure, "; ".join(note for note in notes if note), bonus.source, tuple(details))

    # The rest -------------------------------------------------------------------------------------------------------

    def _entitlements(self, tier: Tier) -> list[Block]:
        """What the tier gives and forbids: benefits in the outcome, and with `explain` its rights."""
        benefits = {benefit.id: benefit for benefit in tier.benefits}
        items = []
        for benefit in self.outcome.benefits or ():
            named = benefits[benefit.id]
            if benefit.value is None or benefit.value is False or benefit.value == 0:
                continue
            figure = "" if benefit.value is True else f": {words.amount(benefit.value, named.kind, self.lang)}"
            items.append(pick(named.title, self.lang) + figure)
        qualified = self.outcome.status == "qualified"
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
        return tuple(Row(OPEN, pick(self.programme.facts[id].title, self.lang), "", id) for id in waiting)

    def _percent(self, number: Number | None) -> str:
        return "?" if number is None else words.amount(number, Kind.PERCENT, self.lang)

    def _opened(self, id: str) -> tuple[str, ...]:
        """With `explain`: the expression and every value in it."""
        if not self.explain:
            return ()
        lines = []
        for step in steps(self.programme, id, self.values):
            value = step.value
            known = self.say["unknown"] if isinstance(value, Unknown) else words.amount(value, step.kind, self.lang)
            source = f"  [{', '.join(step.source)}]" if step.source else ""
            lines.append(f"{'  ' * step.depth}{step.text} = {known}{source}")
        return tuple(lines)

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
