"""The rules of a programme as tables and lists in one language: the content of a handbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from ..language.tree import Choose, Expression, Literal, Name
from ..language.words import words
from ..language.words.sentences import Sentences
from ..programme.model import (
    INPUTS,
    Bonus,
    Fact,
    NamedValue,
    Payments,
    Programme,
    Requirement,
    Statement,
    Tier,
    pick,
)
from ..programme.owners import Role
from ..texts.texts import texts_in
from ..values import NUMERIC, Kind, Value
from .fields import term_title

YES, NO = "✓", "–"


class Line(NamedTuple):
    """One row: its cells, the first of them the subject; the clauses it cites; and its depth under other rows."""

    cells: tuple[str, ...]
    source: tuple[str, ...] = ()
    level: int = 0
    strong: bool = False


class Part(NamedTuple):
    """A table, or without columns a list or sentences; with `in_full` rows are shown with the text of their clauses."""

    title: str
    rows: tuple[Line, ...] = ()
    columns: tuple[str, ...] = ()
    in_full: bool = False
    intro: str = ""
    level: int = 3  #: the level of its heading
    bullets: bool = False


class Group(NamedTuple):
    """Parts that stay together in one section, whichever clauses each of them cites."""

    parts: tuple[Part, ...]
    repeats: bool = False  #: True where other groups show the same; it is shown only for clauses not shown yet

    @property
    def rows(self) -> tuple[Line, ...]:
        """The rows of all parts."""
        return tuple(row for part in self.parts for row in part.rows)


def rule_groups(programme: Programme, lang: str) -> tuple[Group, ...]:
    """The rules of the programme that have rows, in the order in which sections take them."""
    rules = _Rules(programme, lang)
    return tuple(group for group in rules.groups() if group.rows)


def sentences(programme: Programme, lang: str) -> Sentences:
    """The object that puts expressions of a programme into words."""
    return _Rules(programme, lang).sentences


class _Rules:
    """Writes the parts: it holds the programme, the language, and words for expressions."""

    def __init__(self, programme: Programme, lang: str) -> None:
        self.programme = programme
        self.lang = lang
        self.say = texts_in(lang).REPORT
        self.sentences = Sentences(self._title, self._option, lang)

    def groups(self) -> Iterator[Group]:
        """The tiers first, so that later groups need not repeat their clauses."""
        tiers = self.programme.tiers.values()
        cards = (part for tier in tiers for part in self._card(tier) if part.rows or part.intro)
        yield Group((self._overview(), *cards))
        common = next(iter(tiers)).requirements if tiers else ()
        for scope in ("eligibility", "joining"):
            own = [requirement for requirement in common if requirement.scope == scope]
            yield Group((self._requirements(own, self.say[f"handbook_{scope}"]),))
        yield Group((self._statements(self.programme.products, self.say["products"]),))
        yield from self._benefits()
        yield Group((self._discounts(),), repeats=True)
        yield Group((self._bonuses(),))
        yield Group((self._payments("rebates", attrgetter("rebates")),))
        yield Group((self._payments("fees", attrgetter("fees")),))
        yield Group(self._prices())
        for term in self.programme.terms:
            yield Group((self._statements([term], ""),))
        yield Group((self._membership(),))
        yield Group((self._negotiable(),))
        yield Group((self._definitions(),))

    # Tiers ----------------------------------------------------------------------------------------------------------

    def _overview(self) -> Part:
        """Every tier, with its code and its discount where tiers have them."""
        tiers = self.programme.tiers.values()
        coded, discounted = any(tier.code is not None for tier in tiers), any(tier.discount for tier in tiers)
        columns = [self.say["tier"], *[self.say["code"]] * coded, *[self.say["discount"]] * discounted]
        rows = []
        for tier in tiers:
            code = NO if tier.code is None else str(tier.code)
            base = self._settled(tier.discount.base, Kind.PERCENT) if tier.discount else NO
            rows.append(Line((pick(tier.title, self.lang), *[code] * coded, *[base] * discounted)))
        return Part(self.say["tiers"], tuple(rows), tuple(columns))

    def _card(self, tier: Tier) -> Iterator[Part]:
        """One tier: its summary, its discount, its requirements, its rights and restrictions."""
        summary = pick(tier.summary, self.lang) if tier.summary else ""
        yield Part(pick(tier.title, self.lang), intro=summary or " ", level=3)
        if tier.discount:
            base = self._settled(tier.discount.base, Kind.PERCENT)
            yield Part("", (Line((f"{self.say['base']}: {base}",), tier.discount.source),))
        own = [requirement for requirement in tier.requirements if requirement.scope == "tier"]
        yield self._requirements(own, self.say["requirements"])._replace(level=4)
        yield self._statements(tier.rights, self.say["rights"])._replace(level=4)
        yield self._statements(tier.restrictions, self.say["restrictions"])._replace(level=4)

    def _requirements(self, items: Iterable[Requirement], title: str) -> Part:
        rows = [row for item in items for row in self._requirement(item, 0)]
        return Part(title, tuple(rows), (self.say["requirement"], self.say["condition"]), in_full=True)

    def _requirement(self, item: Requirement, level: int) -> Iterator[Line]:
        title = pick(item.title, self.lang)
        condition = self._of_parts(item) if item.parts else self._condition(item.value, title)
        yield Line((title, condition), item.source, level)
        for part in item.parts:
            yield from self._requirement(part, level + 1)

    def _of_parts(self, item: Requirement) -> str:
        if item.needed == len(item.parts):
            return self.say["all_of"]
        return self.say["any_of"] if item.needed == 1 else self.say["so_many_of"].format(number=item.needed)

    def _statements(self, items: Iterable[Statement | NamedValue], title: str) -> Part:
        rows = tuple(Line((pick(item.title, self.lang),), item.source) for item in items)
        return Part(title, rows, bullets=bool(title))

    def _membership(self) -> Part:
        ends = self.programme.membership_ends
        return self._statements([self.programme.values[ends]] if ends else [], "")

    # By tier --------------------------------------------------------------------------------------------------------

    def _discounts(self) -> Part:
        """The tiers' own discounts in one row, for the clauses that list them all."""
        tiers = [tier for tier in self.programme.tiers.values() if tier.discount]
        sources = [tier.discount.source for tier in tiers if tier.discount]
        source = tuple(id for id in dict.fromkeys(sum(sources, ())) if all(id in source for source in sources))
        cells = [self._settled(tier.discount.base, Kind.PERCENT) for tier in tiers if tier.discount]
        rows = (Line((self.say["base"], *cells), source),) if tiers else ()
        return Part(self.say["discounts"], rows, (self.say["figure"], *self._titles(tiers)))

    def _benefits(self) -> Iterator[Group]:
        """A table for each group of benefits, with a column for each tier that has one of them."""
        tiers = list(self.programme.tiers.values())
        named = {benefit.id: benefit for tier in tiers for benefit in tier.benefits}
        for group in dict.fromkeys(benefit.group for benefit in named.values()):
            own = [benefit for benefit in named.values() if benefit.group == group]
            ids = {benefit.id for benefit in own}
            offering = [tier for tier in tiers if any(benefit.id in ids for benefit in tier.benefits)]
            rows = []
            for benefit in own:
                cells = (self._benefit(tier, benefit.id) for tier in offering)
                rows.append(Line((pick(benefit.title, self.lang), *cells), benefit.source))
            title = pick(self.programme.groups[group], self.lang) if group else self.say["benefits"]
            yield Group((Part(title, tuple(rows), (self.say["benefit"], *self._titles(offering))),))

    def _benefit(self, tier: Tier, id: str) -> str:
        benefit = next((offer for offer in tier.benefits if offer.id == id), None)
        if benefit is None:
            return NO
        figure = self._figure(benefit.value, benefit.kind)
        if benefit.text:
            return pick(benefit.text, self.lang) if figure == YES else f"{pick(benefit.text, self.lang)} ({figure})"
        return f"{figure} {benefit.unit}" if benefit.unit and figure not in (YES, NO) else figure

    def _bonuses(self) -> Part:
        """Each bonus with its condition and its points for each tier, and the cap on the sum."""
        tiers = [tier for tier in self.programme.tiers.values() if tier.discount]
        offers = {bonus.id: bonus for tier in tiers if tier.discount for bonus in tier.discount.bonuses}
        rows = [row for bonus in sorted(offers.values(), key=self._start) for row in self._bonus(bonus, tiers)]
        caps = {tier.discount.cap for tier in tiers if tier.discount and tier.discount.cap}
        for cap in caps if rows else ():
            named = self.programme.values[cap]
            amount = self._settled(cap, Kind.PERCENT)
            rows.append(Line((pick(named.title, self.lang), "", *(amount for _ in tiers)), named.source, strong=True))
        columns = (self.say["bonus"], self.say["condition"], *self._titles(tiers))
        return Part(self.say["bonuses"], tuple(rows), columns, in_full=True)

    def _bonus(self, bonus: Bonus, tiers: Sequence[Tier]) -> Iterator[Line]:
        """A row for a bonus; for one with several rates, also a row for each rate under it."""
        offers = ((tier.id, offer) for tier in tiers if tier.discount for offer in tier.discount.bonuses)
        own = {tier: offer for tier, offer in offers if offer.id == bonus.id}
        title = pick(bonus.title, self.lang)
        worth = [self._added(own[tier.id].worth) if tier.id in own else NO for tier in tiers]
        if len(bonus.rates) == 1:
            yield Line((title, self._condition(bonus.earned, title), *worth), bonus.source)
            return
        greatest = bonus.worth != sum(rate.worth for rate in bonus.rates)
        yield Line((title, self.say["greatest_of" if greatest else "sum_of"], *worth), bonus.source)
        worths = {(tier, rate.id): rate.worth for tier, offer in own.items() for rate in offer.rates}
        for rate in bonus.rates:
            title = pick(rate.title, self.lang)
            cells = [self._added(worths[tier.id, rate.id]) if (tier.id, rate.id) in worths else NO for tier in tiers]
            yield Line((title, self._condition(rate.earned, title), *cells), (), 1)

    def _start(self, bonus: Bonus) -> int:
        """The offset of the condition of a bonus in its file, which is the same for every tier; 0 without a place."""
        place = self.programme.values[bonus.rates[0].earned].place
        return place.start if place else 0

    def _added(self, worth: Value) -> str:
        return f"+{words.amount(worth, Kind.PERCENT, self.lang)}"

    def _payments(self, kind: str, of: Callable[[Tier | Programme], Payments]) -> Part:
        """The rebates or the fees, as `kind` says, by tier; of the programme where it has no tiers."""
        every: Iterable[Tier | Programme] = self.programme.tiers.values() if self.programme.tiers else [self.programme]
        owners = [owner for owner in every if of(owner).rows]
        payments = {payment.id: payment for owner in owners for payment in of(owner).rows}
        rows = []
        for id, payment in payments.items():
            title = pick(payment.title, self.lang)
            own = {owner.id: payment for owner in owners for payment in of(owner).rows if payment.id == id}
            amounts = [self._amount(own[owner.id].amount) if owner.id in own else NO for owner in owners]
            per = "" if payment.per == "once" else f" {self.say[f'per_{payment.per}']}"
            cells = [
                NO if amount == NO else f"{amount}{' ' if amount[:1].isdigit() else ', '}{payment.currency}{per}"
                for amount in amounts
            ]
            rows.append(Line((title, self._condition(payment.applies, title), *cells), payment.source))
        tiers = [tier for tier in self.programme.tiers.values() if of(tier).rows]
        titles = self._titles(tiers) if self.programme.tiers else (self.say["amount"],)
        columns = (self.say[kind.removesuffix("s")], self.say["condition"], *titles)
        return Part(self.say[kind], tuple(rows), columns, in_full=True)

    def _amount(self, id: str) -> str:
        """The amount of a rebate where it is earned, in words."""
        tree = self.programme.values[id].expression
        return self.sentences.phrase(tree.then if isinstance(tree, Choose) else tree)

    # Prices, agreements, definitions ----------------------------------------------------------------------------------

    def _prices(self) -> tuple[Part, ...]:
        order = self.programme.order
        if order is None:
            return ()
        rules = []
        for rule in order.rules:
            title, says = pick(rule.title, self.lang), pick(rule.says, self.lang) if rule.says else ""
            rules.append(Line((title, self._condition(rule.when, title), says), rule.source))
        refused = [
            Line((pick(refusal.title, self.lang), self._condition(refusal.when, "")), refusal.source)
            for refusal in order.refusals
        ]
        columns = (self.say["price_rule"], self.say["applies_to"], self.say["instead_of_amount"])
        return (
            Part(self.say["prices"], tuple(rules), columns, in_full=True),
            Part(self.say["refusals"], tuple(refused), (self.say["refusal"], self.say["applies_to"])),
        )

    def _negotiable(self) -> Part:
        rows, tiers = [], list(self.programme.tiers)
        values = self.programme.values.values()
        for value in sorted(values, key=lambda value: tiers.index(value.tier) if value.tier else -1):
            if value.negotiable:
                ends = [value.negotiable.minimum, value.negotiable.maximum]
                low, high = (NO if end is None else words.amount(end, value.kind, self.lang) for end in ends)
                title = term_title(self.programme, value.id, self.lang)
                rows.append(Line((title, self._figure(value.id, value.kind), low, high), value.negotiable.source))
        columns = (self.say["term"], self.say["without_agreement"], self.say["from"], self.say["to"])
        return Part(self.say["negotiable"], tuple(rows), columns)

    def _definitions(self) -> Part:
        """The definitions that rules share, with their expressions; those that differ by tier in one row."""
        rows: dict[str, Line] = {}
        for id, value in self.programme.values.items():
            if value.role is not Role.DEFINITION:
                continue
            name, tier = value.name, value.owner.id
            figure = self._figure(id, value.kind)
            unit = f" {pick(value.unit, self.lang)}" if value.unit and isinstance(value.expression, Literal) else ""
            if tier:
                figure = f"{pick(self.programme.tiers[tier].title, self.lang)}: {figure}{unit}"
                figure = f"{rows[name].cells[1]}; {figure}" if name in rows else figure
            rows[name] = Line((pick(value.title, self.lang), figure if tier else figure + unit), value.source)
        return Part(self.say["definitions"], tuple(rows.values()), (self.say["figure"], self.say["worked_out"]))

    # Words ------------------------------------------------------------------------------------------------------------

    def _titles(self, tiers: Iterable[Tier]) -> tuple[str, ...]:
        return tuple(pick(tier.title, self.lang) for tier in tiers)

    def _condition(self, id: str, title: str) -> str:
        """A condition in words, without its subject where that equals `title`; empty where the title says as much."""
        tree = self.programme.values[id].expression
        if isinstance(tree, Name) and tree.kind is Kind.YES_NO and tree.id in self.programme.facts:
            return ""  # the title says as much
        if isinstance(tree, Literal) and tree.value is True:
            return ""
        condition = self.sentences.condition(tree)
        return "" if condition == title else condition.removeprefix(f"{title}: ")

    def _figure(self, id: str, kind: Kind) -> str:
        """A value that is the same for everyone, or else its expression in words."""
        settled = self._settled_value(id)
        if isinstance(settled, bool):
            return YES if settled else NO
        if settled is None:
            return self.sentences.phrase(self.programme.values[id].expression)
        nothing = kind in NUMERIC and settled == 0 and self._role(id) is Role.BENEFIT
        return NO if nothing else words.amount(settled, kind, self.lang)

    def _settled(self, id: str, kind: Kind) -> str:
        value = self._settled_value(id)
        if value is None:
            return self.sentences.phrase(self.programme.values[id].expression)
        return words.amount(value, kind, self.lang)

    def _settled_value(self, id: str) -> bool | Value | None:
        """The literal that an id names, directly or through other names; None where its value is not a literal."""
        tree: Expression | None = Name(id, Kind.TEXT)
        while isinstance(tree, Name):
            tree = self.programme.values[tree.id].expression if tree.id in self.programme.values else None
        return tree.value if isinstance(tree, Literal) else None

    def _title(self, name: Name) -> str:
        """The title of a name; for a value that is the same for everyone and not negotiable, the value itself."""
        id, programme = name.id, self.programme
        settled = self._settled_value(id)
        if settled is not None and not isinstance(settled, bool) and not programme.values[id].negotiable:
            return words.amount(settled, name.kind, self.lang)
        if id in programme.agreed:
            return self.say["is_agreed"].format(term=term_title(programme, programme.agreed[id], self.lang))
        if id in INPUTS:
            return self.say[id]
        fact, value = self._fact(id), programme.values.get(id)
        if fact:
            return pick(fact.title, self.lang) or self.say.get(fact.id, name.written or id)
        return self._value_title(value, name) if value else name.written or id

    def _value_title(self, value: NamedValue, name: Name) -> str:
        """The title of a name of a value: by its role, by its own title, or else its name."""
        if value.role is Role.TIER:
            return pick(self.programme.tracks[value.owner.id].title, self.lang) or self.say["tier"]
        if value.role is Role.QUALIFIED:
            return self.say["qualifies"].format(tier=pick(self.programme.tiers[value.owner.id].title, self.lang))
        if value.role is Role.OWN_DISCOUNT:
            return self.say[value.name]
        own = self.say.get(value.name or value.role, name.written or value.id)
        return pick(value.title, self.lang) if value.title else own

    def _fact(self, id: str) -> Fact | None:
        """The fact, or the field of an item, that an id names; None where it names something else."""
        field = self.programme.fields.get(id)
        return field.fact if field else self.programme.facts.get(id)

    def _role(self, id: str) -> Role | None:
        """The role of the value that an id names; None where it names no value."""
        value = self.programme.values.get(id)
        return value.role if value else None

    def _option(self, subject: Expression, option: str) -> str:
        id = subject.id if isinstance(subject, Name) else ""
        about = self._fact(id) or self.programme.values.get(id)
        if about and option in about.choices:
            return pick(about.choices[option], self.lang)
        if option in self.programme.tiers and (id == "held_tier" or self._role(id) is Role.TIER):
            return pick(self.programme.tiers[option].title, self.lang)
        return self.say["track_not_qualified"] if option == "none" else option
