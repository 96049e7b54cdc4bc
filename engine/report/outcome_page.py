"""The outcome of a partner as a page: its tier, its discount, what is met and missing, what it has and owes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..evaluate.outcome import (
    BonusOutcome,
    DiscountOutcome,
    Outcome,
    PaymentOutcome,
    RequirementOutcome,
    TierOutcome,
)
from ..language.run.causes import causes
from ..language.words import words
from ..programme.model import MAIN, Discount, ListFact, Payment, Programme, Requirement, Tier, pick
from ..texts.texts import texts_in
from ..values import Kind, Unknown, Value, missing, or_none
from .conditions import Conditions
from .fields import term_title
from .own_standing import OwnStanding
from .page import BAD, GOOD, OPEN, PLAIN, Block, Page, Row, partner_heading, release_heading


def outcome_page(
    outcome: Outcome, programme: Programme, values: Mapping[str, Any], lang: str, *, explain: bool, rights: bool = False
) -> Page:
    """The report on an outcome.

    `values` are all values of the programme for its facts; `explain` adds the expressions behind them. With either,
    `rights` or `explain`, the rights of the tier are listed too.
    """
    return _Writer(outcome, programme, values, lang, explain, rights).page()


class _Writer:
    """Writes one report: it holds the outcome, the programme, the values and the language."""

    def __init__(
        self, outcome: Outcome, programme: Programme, values: Mapping[str, Any], lang: str, explain: bool, rights: bool
    ) -> None:
        self.outcome = outcome
        self.programme = programme
        self.values = values
        self.lang = lang
        self.explain = explain
        self.rights = rights or explain
        self.say = texts_in(lang).REPORT
        self.tell = Conditions(programme, values, lang)
        self.standing = OwnStanding(outcome, programme, lang, self.tell)

    def page(self) -> Page:
        """The page, its blocks in a reader's order: tier, discount, requirements, what is missing, the rest."""
        outcome, own = self.outcome, self.outcome.tier
        headline, mark, remarks = self.standing.headline()
        blocks: list[Block] = []
        if own is None:
            common = [item for item in outcome.tiers[0].requirements if item.scope != "tier"] if outcome.tiers else []
            blocks.append(Block(self.say["eligibility"], self._requirements(common)))
            blocks += [] if self.programme.tiers else self._payments(self.programme)
        else:
            tier, definition = outcome.of(own), self.programme.tiers[own]
            if outcome.discount and definition.discount:
                blocks.append(self._discount(outcome.discount, definition.discount, tier))
            blocks += self._payments(definition)
            blocks.append(Block(self.say["requirements"], self._requirements(tier.requirements)))
            blocks += self._entitlements(definition)
        blocks.append(Block(self.say["agreements"], self._agreements()))
        blocks.append(Block(self.say["tracks"], tuple(self.standing.track(track) for track in outcome.tracks)))
        blocks.append(Block(self.say["values"], self._values()))
        blocks += self._shown_items()
        blocks += self._items() if self.explain else []
        blocks.append(Block(self.say["missing_facts"], self._missing_facts()))
        tiers = [self.standing.other(outcome.of(id)) for id in self.programme.tracks[MAIN].tiers if id != own]
        blocks.append(Block(self.say["other_tiers" if own else "tiers"], tuple(tiers)))
        title = release_heading(self.programme, outcome.as_of, self.lang)
        partner = partner_heading(outcome.partner, outcome.name)
        shown = tuple(block for block in blocks if block.rows or block.items or block.flow)
        return Page(title, partner, mark, headline, remarks, shown)

    # Requirements ---------------------------------------------------------------------------------------------------

    def _requirements(self, items: Iterable[RequirementOutcome]) -> tuple[Row, ...]:
        own = self.outcome.tier
        tiers = [self.programme.tiers[own]] if own else self.programme.tiers.values()
        requirements = [requirement for tier in tiers for requirement in tier.requirements]
        by_id = {requirement.id: requirement for requirement in requirements if own or requirement.scope != "tier"}
        return tuple(row for item in items for row in self._requirement(by_id[item.id], item, ""))

    def _requirement(self, requirement: Requirement, item: RequirementOutcome, before: str) -> Iterator[Row]:
        """A requirement, and under it the requirements that it is made of."""
        mark = {"met": GOOD, "not_met": BAD, "unknown": OPEN}[item.status]
        details = self._readings(item.source)
        if item.parts:
            note = self._parts_met(requirement, item)
        else:
            note, details = self.tell.comparisons(requirement.value), self._expressions(requirement.value) + details
        yield Row(mark, before + pick(requirement.title, self.lang), "", note, item.source, details)
        for part, outcome in zip(requirement.parts, item.parts, strict=True):
            yield from self._requirement(part, outcome, before + "– ")

    def _parts_met(self, requirement: Requirement, item: RequirementOutcome) -> str:
        """'1 of 2; 1 missing' for a requirement made of others: how many of the needed ones are met."""
        met, needed = sum(part.status == "met" for part in item.parts), requirement.needed
        if met >= needed:
            at_least = words.threshold(">=", str(needed), self.lang)
            return self.tell.with_threshold(str(met), at_least)
        text = self.say["of"].format(value=met, threshold=needed)
        missing = self.say["missing"].format(amount=needed - met)
        return f"{text}; {missing}" if item.status == "not_met" else text

    # The discount ---------------------------------------------------------------------------------------------------

    def _discount(self, discount: DiscountOutcome, definition: Discount, tier: TierOutcome) -> Block:
        """The discount as a sum: the tier's own discount, each bonus, the sum, the cap, the total."""
        rows = [Row(PLAIN, self.say["base"], self.tell.percent(discount.base), "", discount.source)]
        rows += [self._bonus(bonus, definition) for bonus in discount.bonuses]
        rows.append(Row("=", self.say["uncapped"], self.tell.percent(discount.uncapped)))
        if definition.cap:
            cap = self.programme.values[definition.cap]
            details = self._readings(cap.source)
            rows.append(Row("≤", self.say["cap"], self.tell.percent(discount.cap), "", cap.source, details))
        has_tier = self.outcome.status in ("qualified", "retained")
        would_be = tier.discount.total if tier.discount and not has_tier else None
        note = "" if would_be is None else self.say["once_qualified"].format(amount=self.tell.percent(would_be))
        rows.append(Row("=", self.say["total"], self.tell.percent(discount.total), note, strong=True))
        if discount.in_kind:
            rows.append(Row(PLAIN, self.say["in_price"], self.tell.percent(discount.in_price)))
            rows.append(Row(PLAIN, self.say["in_kind"], self.tell.percent(discount.in_kind)))
        return Block(self.say["discount"], tuple(rows))

    def _bonus(self, bonus: BonusOutcome, definition: Discount) -> Row:
        named = next(offer for offer in definition.bonuses if offer.id == bonus.id)
        mark = {"earned": GOOD, "not_earned": BAD, "unknown": OPEN}[bonus.status]
        notes = [self.tell.comparisons(named.earned)]
        if bonus.status != "earned" and named.worth is not None:
            notes.append(self.say["gives"].format(amount=self.tell.percent(named.worth)))
        if bonus.status == "earned" and bonus.applied is False:
            notes.append(self.say["not_applied"])
        details: list[str] = []
        for rate in named.rates if self.explain else ():
            several = len(named.rates) > 1
            worth = "" if rate.worth is None else f", {self.tell.percent(rate.worth)}"
            details += [f"{pick(rate.title, self.lang)}{worth}:"] if several else []
            details += [f"  {line}" if several else line for line in self._expressions(rate.earned)]
        details += self._readings(bonus.source)
        figure = "+ " + self.tell.percent(bonus.percent)
        title = pick(named.title, self.lang)
        return Row(mark, title, figure, "; ".join(note for note in notes if note), bonus.source, tuple(details))

    # Money, values and items ----------------------------------------------------------------------------------------

    def _payments(self, payer: Tier | Programme) -> Iterator[Block]:
        """Rebates and fees, each with a total for each currency and period that has more than one; settlements."""
        outcome = self.outcome
        for kind, named, paid, totals in (
            ("rebates", payer.rebates, outcome.rebates, outcome.rebate_totals),
            ("fees", payer.fees, outcome.fees, outcome.fee_totals),
            ("settlements", payer.settlements, outcome.settlements, ()),
        ):
            rows = [self._payment(payment, row) for row, payment in zip(named.rows, paid or (), strict=False)]
            count = Counter((payment.currency, payment.per) for payment in paid or ())
            for total in totals or ():
                if count[total.currency, total.per] > 1:
                    amount = self.tell.money(total.amount, total.currency, total.per)
                    rows.append(Row("=", self.say["total"], amount, strong=True))
            yield Block(self.say[kind], tuple(rows))

    def _payment(self, payment: PaymentOutcome, named: Payment) -> Row:
        marks = {"earned": GOOD, "not_earned": BAD, "unknown": OPEN}
        varies = self.programme.values[named.applies].varies
        expressions = (*(self._expressions(named.applies) if varies else ()), *self._expressions(named.full))
        details = (*expressions, *self._readings(payment.source))
        note = self.tell.comparisons(named.applies) if varies else ""
        if payment.status in ("carried", "owed"):
            kind = self.programme.values[named.amount].role.removesuffix("_amount")
            note = self.say[f"{kind}_{payment.status}"]
        elif payment.amount is None:
            reasons = self.tell.without_value(payment.unknown, payment.undefined)
            note = "; ".join(dict.fromkeys(filter(None, (note, *reasons))))
        amount = self.tell.money(payment.amount, payment.currency, payment.per, named.event)
        return Row(
            marks.get(payment.status, PLAIN), pick(named.title, self.lang), amount, note, payment.source, details
        )

    def _values(self) -> tuple[Row, ...]:
        """The definitions whose values depend on the partner."""
        rows = []
        for id, value in zip(self.programme.definitions, self.outcome.definitions, strict=True):
            named = self.programme.values[id]
            if not named.varies:
                continue
            mark = OPEN if value.value is None else PLAIN
            note = "; ".join(self.tell.without_value(value.unknown, value.undefined))
            details = (*(self.tell.expressions(id, 1) if self.explain else ()), *self._readings(value.source))
            figure = self.tell.value(id, value.value)
            rows.append(Row(mark, pick(named.title, self.lang), figure, note, value.source, details))
        return tuple(rows)

    def _agreements(self) -> tuple[Row, ...]:
        """The terms that agreements replace, and those of agreements that are not in force on the day."""
        rows = []
        for agreement in self.outcome.agreements:
            term, applied = agreement.term, agreement.applied
            begins, ends = (words.amount(day or "", Kind.DATE, self.lang) for day in (agreement.begins, agreement.ends))
            when = self.say["agreed_from_to" if ends else "agreed_from"].format(begins=begins, ends=ends)
            was = self.say["instead_of"].format(value=self.tell.value(term, agreement.was))
            if self.programme.values[term].list:  # each item has its own
                was = self.say["for_each_item"]
            note = "; ".join(filter(None, (was if applied else self.say["not_in_force"], agreement.document, when)))
            title = f"{term_title(self.programme, term, self.lang)} ({term})"
            figure = self.tell.value(term, agreement.value)
            rows.append(Row(GOOD if applied else PLAIN, title, figure, note))
        return tuple(rows)

    def _shown_items(self) -> list[Block]:
        """For each list with values that are shown: a row for each item that has them."""
        blocks = []
        for id in self.outcome.lists:
            list_fact = self.programme.list_fact(id)
            shown = [value for value in list_fact.values if self.programme.values[value].show] if list_fact else []
            if list_fact and shown:
                items = enumerate(self.tell.values[id], 1)
                rows = tuple(self._shown_item(list_fact, shown, number, item) for number, item in items)
                blocks.append(Block(pick(list_fact.title, self.lang), rows))
        return blocks

    def _shown_item(self, list_fact: ListFact, shown: list[str], number: int, item: Mapping[str, Value]) -> Row:
        """One item: what tells it apart, then each of its values that are shown, or why it has none."""
        parts = []
        for id in shown:
            named = self.programme.values[id]
            value = item[named.inner_id]
            figure = self.tell.value(id, or_none(value))
            if named.currency in list_fact.fields:
                figure = f"{figure} {str(or_none(item[str(named.currency)]) or '').upper()}".strip()
            why = "; ".join(self.tell.without_value(missing(value), causes(value)))
            parts.append(f"{pick(named.title, self.lang)}: {why or figure}")
        is_open = any(type(item[self.programme.values[id].inner_id]) is Unknown for id in shown)
        label = ", ".join(self.tell.parts_of_item(list_fact, item))
        return Row(OPEN if is_open else PLAIN, f"{number}. {label}".rstrip(), "", "; ".join(parts))

    def _items(self) -> list[Block]:
        """With `explain`: the values of every item of a list."""
        blocks = []
        for id, items in self.outcome.lists.items():
            list_fact, rows = self.programme.list_fact(id), []
            if list_fact is None:
                continue
            stated = ({} for _ in items) if id in self.programme.made_lists else self.outcome.facts.get(id, ())
            for number, (item, values) in enumerate(zip(stated, items, strict=False), 1):
                fields = [f"{name}: {value}" for name, value in item.items()]
                figures = [
                    f"{self.tell.title(list_fact.id_of(name))} {self.tell.value(list_fact.id_of(name), value)}"
                    for name, value in values.items()
                ]
                rows.append(Row(PLAIN, f"{number}. {', '.join(fields)}", "", "; ".join(figures)))
            blocks.append(Block(pick(list_fact.title, self.lang), tuple(rows)))
        return blocks

    # The rest -------------------------------------------------------------------------------------------------------

    def _entitlements(self, tier: Tier) -> list[Block]:
        """The benefits, rights and restrictions of the tier; rights for a qualified partner, where they are asked for.

        Of benefits that are unknown only the titles, with the text of each of several lines, and none that the tier
        does not give in any case.
        """
        trio = zip(tier.benefits, self.outcome.benefits or (), self.outcome.of(tier.id).benefits, strict=False)
        items, unknown = [], []
        for named, benefit, offered in trio:
            if benefit.value is None and (offered.value is None or offered.value):
                is_line = named.text and sum(other.title == named.title for other in tier.benefits) > 1
                unknown.append(self.tell.benefit(named, benefit) if is_line else pick(named.title, self.lang))
            elif benefit.value:
                items.append(self.tell.benefit(named, benefit))
        has_rights = self.rights and bool(self.outcome.rights)  # all of the tier's, or none
        rights = tuple(pick(right.title, self.lang) for right in tier.rights) if has_rights else ()
        restrictions = tuple(pick(restriction.title, self.lang) for restriction in tier.restrictions)
        return [
            Block(self.say["benefits"], flow=tuple(items)),
            Block(self.say["benefits_unknown"], flow=tuple(unknown)),
            Block(self.say["rights"], items=rights),
            Block(self.say["restrictions"], items=restrictions),
        ]

    def _missing_facts(self) -> tuple[Row, ...]:
        """The missing facts on which some undetermined outcome depends."""
        bonuses = self.outcome.discount.bonuses if self.outcome.discount else ()
        unknown = [self.outcome.unknown, *(bonus.unknown for bonus in bonuses)]
        unknown += [payment.unknown for payment in self.outcome.payments]
        unknown += [track.unknown for track in self.outcome.tracks]
        stated = set(self.outcome.facts) & set(self.outcome.held_unknown)  # of which earlier days lack a value
        ids = [id for id in dict.fromkeys(sum(unknown, ())) if id not in stated]
        return tuple(Row(OPEN, self.tell.title(id), "", id) for id in ids)

    def _expressions(self, id: str) -> tuple[str, ...]:
        """With `explain`: the expression behind a value, and those of the values in it."""
        return self.tell.expressions(id) if self.explain else ()

    def _readings(self, source: Iterable[str]) -> tuple[str, ...]:
        """With `explain`: the readings of unclear clauses."""
        if not self.explain:
            return ()
        clauses = [self.programme.clauses[id] for id in source]
        return tuple(
            self.say["reading"].format(clause=clause.id, text=pick(clause.reading, self.lang))
            for clause in clauses
            if clause.reading
        )
