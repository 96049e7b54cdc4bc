"""What tiers give and cost in the handbook: discounts, benefits, bonuses, rebates and fees, with a column for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter

from ..language.bounds.bounds import NumberRange
from ..language.tree import Choose
from ..language.words import words
from ..programme.model import Benefit, Bonus, Payment, Payments, Programme, Rate, Tier, pick
from ..programme.owners import Role
from ..programme.value_bounds import known_bounds
from ..values import NUMERIC, Kind
from .conditions import often
from .figures import Figure, Figures, with_rows
from .parts import YES, Group, Line, Part
from .wording import Wording


class Offers:
    """Writes the parts on what tiers give of one programme in one language."""

    def __init__(self, wording: Wording, figures: Figures) -> None:
        self.wording = wording
        self.figures = figures
        self.programme = wording.programme
        self.lang = wording.lang
        self.say = wording.say
        self._bounds = known_bounds(wording.programme)

    def groups(self) -> Iterator[Group]:
        """The benefits by their groups, then discounts, bonuses, rebates, fees and settlements."""
        yield from self._benefits()
        yield Group((self._discounts(),), repeats=True)
        yield Group((self._bonuses(),))
        yield Group((self._payments("rebates", attrgetter("rebates")),))
        yield Group((self._payments("fees", attrgetter("fees")),))
        yield Group((self._payments("settlements", attrgetter("settlements")),))

    def _titles(self, tiers: Iterable[Tier]) -> tuple[str, ...]:
        return tuple(pick(tier.title, self.lang) for tier in tiers)

    def _with_conditions(
        self, line: Line, conditions: Mapping[str, str], figures: Sequence[Figure | None], labels: Sequence[str]
    ) -> Iterator[Line]:
        """The line with its condition and its figures; where tiers differ in the condition, a row for each tier."""
        distinct = set(conditions.values())
        condition = distinct.pop() if len(distinct) == 1 else ""
        first, *rows = with_rows(line._replace(cells=(*line.cells, condition)), figures, labels)
        yield first
        blanks = ("",) * len(figures)
        for tier, own in conditions.items() if distinct else ():
            yield Line((pick(self.programme.tiers[tier].title, self.lang), own or YES, *blanks), (), line.level + 1)
        yield from rows

    # Discounts and bonuses --------------------------------------------------------------------------------------------

    def _discounts(self) -> Part:
        """The tiers' own discounts in one row, for the clauses that list them all."""
        tiers = [tier for tier in self.programme.tiers.values() if tier.discount]
        sources = [tier.discount.source for tier in tiers if tier.discount]
        source = tuple(id for id in dict.fromkeys(sum(sources, ())) if all(id in source for source in sources))
        labels, figures = self._titles(tiers), [self.figures.of(tier.discount.base) for tier in tiers if tier.discount]
        rows = tuple(with_rows(Line((self.say["base"],), source), figures, labels)) if tiers else ()
        return Part(self.say["discounts"], rows, (self.say["figure"], *labels))

    def _bonuses(self) -> Part:
        """Each bonus with its condition and its points for each tier; when bonuses count, and the cap on the sum."""
        tiers = [tier for tier in self.programme.tiers.values() if tier.discount]
        offers: dict[str, dict[str, Bonus]] = {}
        for tier in tiers:
            for bonus in tier.discount.bonuses if tier.discount else ():
                offers.setdefault(bonus.id, {})[tier.id] = bonus
        rows = [row for own in sorted(offers.values(), key=self._start) for row in self._bonus(own, tiers)]
        rows += self._terms(tiers, bonuses=bool(offers))
        columns = (self.say["bonus"], self.say["condition"], *self._titles(tiers))
        return Part(self.say["bonuses"], tuple(rows), columns, in_full=True)

    def _bonus(self, own: Mapping[str, Bonus], tiers: Sequence[Tier]) -> Iterator[Line]:
        """A row for a bonus, by the tiers that offer it; for one with several rates, also a row for each rate."""
        labels, first = self._titles(tiers), next(iter(own.values()))
        title = pick(first.title, self.lang)
        rates = {rate.id: rate for bonus in own.values() for rate in bonus.rates}
        if len(rates) == 1:
            conditions = {tier: self.figures.condition(bonus.rates[0].earned, title) for tier, bonus in own.items()}
            only = {tier: bonus.rates[0] for tier, bonus in own.items()}
            worth = [self._worth(only[tier.id]) if tier.id in only else None for tier in tiers]
            yield from self._with_conditions(Line((title,), first.source), conditions, worth, labels)
            return
        most = [self._most(own[tier.id]) if tier.id in own else None for tier in tiers]
        yield from with_rows(Line((title, self.say[f"{first.take}_of"]), first.source), most, labels)
        for rate in rates.values():
            by_tier = {tier: each for tier, bonus in own.items() for each in bonus.rates if each.id == rate.id}
            yield from self._rate(pick(rate.title, self.lang), by_tier, tiers)

    def _rate(self, title: str, own: Mapping[str, Rate], tiers: Sequence[Tier]) -> Iterator[Line]:
        conditions = {tier: self.figures.condition(rate.earned, title) for tier, rate in own.items()}
        worth = [self._worth(own[tier.id]) if tier.id in own else None for tier in tiers]
        yield from self._with_conditions(Line((title,), (), 1), conditions, worth, self._titles(tiers))

    def _most(self, bonus: Bonus) -> Figure:
        """The most that a bonus of several rates adds; nothing is said where a rate is worked out."""
        return Figure("" if bonus.worth is None else self._added(bonus.worth))

    def _worth(self, rate: Rate) -> Figure:
        """What a rate adds where it is earned."""
        if rate.worth is not None:
            return Figure(self._added(rate.worth))
        value = self.programme.values[rate.percent]
        tree = value.expression
        cell = value.written.cell if value.written else tree.then if isinstance(tree, Choose) else tree
        figure = self.figures.cell(rate.percent, cell)
        return figure if figure.rows else figure._replace(text=f"+ {figure.text}")

    def _terms(self, tiers: Sequence[Tier], *, bonuses: bool) -> Iterator[Line]:
        """When bonuses count at all, when they come as a discount, and the cap on the sum."""
        discounts = [tier.discount for tier in tiers if tier.discount]
        applying = dict.fromkeys(discount.bonuses_apply for discount in discounts if bonuses)
        for id in (*applying, *dict.fromkeys(self._in_price() if applying else ())):
            value = self.programme.values[id]
            title = pick(value.title, self.lang)
            if title:
                yield Line((title, self.figures.condition(id, title), *("" for _ in tiers)), value.source)
        for cap in dict.fromkeys(discount.cap for discount in discounts if discount.cap):
            named = self.programme.values[cap]
            line = Line((pick(named.title, self.lang), ""), named.source, strong=True)
            yield from with_rows(line, [self.figures.of(cap) for _ in tiers], self._titles(tiers))

    def _in_price(self) -> Iterator[str]:
        """The id of the value that says whether bonuses come as a discount."""
        yield from (value.id for value in self.programme.values.values() if value.role is Role.BONUSES_IN_PRICE)

    def _start(self, own: Mapping[str, Bonus]) -> int:
        """The offset of the condition of a bonus in its file, which is the same for every tier; 0 without a place."""
        place = self.programme.values[next(iter(own.values())).rates[0].earned].place
        return place.start if place else 0

    def _added(self, worth: Decimal) -> str:
        return f"+{words.figure(worth, Kind.PERCENT, self.lang)}"

    # Benefits, rebates and fees ---------------------------------------------------------------------------------------

    def _benefits(self) -> Iterator[Group]:
        """A table for each group of benefits, with a column for each tier that has one of them."""
        tiers = list(self.programme.tiers.values())
        named = {benefit.id: benefit for tier in tiers for benefit in tier.benefits}
        for group in dict.fromkeys(benefit.group for benefit in named.values()):
            own = [benefit for benefit in named.values() if benefit.group == group]
            ids = {benefit.id for benefit in own}
            offering = [tier for tier in tiers if any(benefit.id in ids for benefit in tier.benefits)]
            labels = self._titles(offering)
            rows: list[Line] = []
            for benefit in own:
                figures = [self._benefit(tier, benefit.id) for tier in offering]
                rows += with_rows(Line((pick(benefit.title, self.lang),), benefit.source), figures, labels)
            title = pick(self.programme.groups[group], self.lang) if group else self.say["benefits"]
            yield Group((Part(title, tuple(rows), (self.say["benefit"], *labels)),))

    def _benefit(self, tier: Tier, id: str) -> Figure | None:
        """What a tier gives of a benefit; None where it gives nothing."""
        benefit = next((offer for offer in tier.benefits if offer.id == id), None)
        if benefit is None or self._gives_nothing(benefit):
            return None
        figure = self.figures.of(benefit.value, benefit.unit or "")
        if benefit.text:
            text = pick(benefit.text, self.lang)
            return Figure(text if figure.text == YES else f"{text} ({figure.text})")
        return figure

    def _gives_nothing(self, benefit: Benefit) -> bool:
        settled = self.wording.settled(benefit.value)
        return settled is not None and not settled.value and (benefit.kind in NUMERIC or settled.kind is Kind.YES_NO)

    def _payments(self, kind: str, of: Callable[[Tier | Programme], Payments]) -> Part:
        """The rebates, fees or settlements, as `kind` says, by tier; of the programme where it has no tiers."""
        every: Iterable[Tier | Programme] = self.programme.tiers.values() if self.programme.tiers else [self.programme]
        owners = [owner for owner in every if of(owner).rows]
        payments: dict[str, dict[str, Payment]] = {}
        for owner in owners:
            for payment in of(owner).rows:
                payments.setdefault(payment.id, {})[owner.id] = payment
        labels = (
            tuple(pick(owner.title, self.lang) for owner in owners) if self.programme.tiers else (self.say["amount"],)
        )
        rows: list[Line] = []
        for own in payments.values():
            first = next(iter(own.values()))
            title = pick(first.title, self.lang)
            conditions = {owner: self.figures.condition(payment.applies, title) for owner, payment in own.items()}
            figures = [self._paid(own[owner.id]) if owner.id in own else None for owner in owners]
            rows += self._with_conditions(Line((title,), first.source), conditions, figures, labels)
            if any(self._may_be_negative(payment) for payment in own.values()):
                word = f"negative_{first.negative}"
                negative = self.say[word if first.negative == "dropped" else f"{kind.removesuffix('s')}_{word}"]
                rows.append(Line((negative, *("" for _ in (1, *labels))), (), 1))
        columns = (self.say[kind.removesuffix("s")], self.say["condition"], *labels)
        return Part(self.say[kind], tuple(rows), columns, in_full=True)

    def _may_be_negative(self, payment: Payment) -> bool:
        """Whether the handbook has to say what becomes of a negative amount: none that is known to be over 0."""
        span = self._bounds[payment.full]
        can_be = isinstance(span, NumberRange) and (span.low is None or span.low < 0)
        return can_be or payment.negative == "dropped"

    def _paid(self, payment: Payment) -> Figure:
        """The amount where the rebate is earned or the fee is due, its currency, and how often it is paid."""
        figure = self.figures.of(payment.full, payment.currency)
        per = f" {often(payment.per, payment.event, self.lang)}".rstrip()
        if self.wording.settled(payment.full):
            return figure._replace(text=figure.text + per)
        return figure._replace(text=f"{figure.text}; {self.say['paid_in'].format(currency=payment.currency)}{per}")
