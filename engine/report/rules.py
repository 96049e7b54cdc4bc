"""The rules of a programme as tables and lists in one language: the content of a handbook."""

from __future__ import annotations

from collections.abc import Iterator

from ..programme.model import ORDER, NamedValue, Programme, pick
from ..programme.owners import Role
from ..texts.texts import in_quotes
from .calendar_rules import calendar_group
from .fields import term_title
from .figures import Figures, with_rows
from .offers import Offers
from .order_rules import OrderRules
from .parts import Group, Line, Part
from .reported import Reported
from .tier_rules import TierRules
from .wording import Wording


def rule_groups(programme: Programme, lang: str) -> tuple[Group, ...]:
    """The rules of the programme that have rows, in the order in which sections take them."""
    rules = _Rules(programme, lang)
    return tuple(group for group in rules.groups() if group.rows)


class _Rules:
    """Writes the groups: it holds the programme, the language, and words for expressions."""

    def __init__(self, programme: Programme, lang: str) -> None:
        self.programme = programme
        self.lang = lang
        self.wording = Wording(programme, lang)
        self.say = self.wording.say
        self.figures = Figures(self.wording)

    def groups(self) -> Iterator[Group]:
        """The tiers first, so that later groups need not repeat their clauses."""
        tiers = TierRules(self.wording, self.figures)
        yield from tiers.groups()
        yield Group((tiers.statements(self.programme.products, self.say["products"]),))
        yield from Offers(self.wording, self.figures).groups()
        lines = self._worked_out(Role.ITEM_VALUE, ORDER, self.say["order_values"])
        sums = self._worked_out(Role.ORDER_TOTAL, None, self.say["order_sums"])
        orders = OrderRules(self.wording, self.figures)
        yield Group((*orders.parts(), lines, sums, orders.becomes()))
        for term in self.programme.terms:
            yield Group((tiers.statements([term], ""),))
        yield from tiers.lasting()
        yield Group((self._negotiable(),))
        yield Group((self._definitions(),))
        yield from self._by_item()
        yield calendar_group(self.programme, self.lang)
        yield from Reported(self.wording, self.figures).groups()

    def _negotiable(self) -> Part:
        rows, tiers = [], list(self.programme.tiers)
        values = self.programme.values.values()
        for value in sorted(values, key=lambda value: tiers.index(value.tier) if value.tier else -1):
            if value.negotiable:
                ends = (value.negotiable.minimum, value.negotiable.maximum)
                low, high = (self.figures.amount(end, value.id) for end in ends)
                title = term_title(self.programme, value.id, self.lang)
                rows.append(Line((title, self.figures.of(value.id).text, low, high), value.negotiable.source))
        if any_term := self.programme.any_term:
            titles = (term_title(self.programme, id, self.lang) for id in any_term.excepted)
            excepted = "; ".join(in_quotes(title, self.lang) for title in titles)
            text = self.say["any_other_term_but" if excepted else "any_other_term"].format(terms=excepted)
            rows.append(Line((text, "", "", ""), any_term.source))
        columns = (self.say["term"], self.say["without_agreement"], self.say["from"], self.say["to"])
        return Part(self.say["negotiable"], tuple(rows), columns)

    def _definitions(self) -> Part:
        """The definitions that rules share; those that differ by tier with a figure, or a row, for each tier."""
        by_name: dict[str, list[NamedValue]] = {}
        for value in self.programme.values.values():
            if value.role is Role.DEFINITION:
                by_name.setdefault(value.name, []).append(value)
        rows = [row for values in by_name.values() for row in self._definition(values)]
        return Part(self.say["definitions"], tuple(rows), (self.say["figure"], self.say["worked_out"]), in_full=True)

    def _definition(self, values: list[NamedValue]) -> Iterator[Line]:
        line = Line((self.wording.title_of(values[0].id),), values[0].source)
        if not values[0].owner.id:
            yield from with_rows(line, [self.figures.of(values[0].id)])
            return
        figures = [self.figures.of(value.id) for value in values]
        titles = [pick(self.programme.tiers[value.owner.id].title, self.lang) for value in values]
        if all(self.wording.settled(value.id) for value in values):
            pairs = zip(titles, figures, strict=True)
            yield line._replace(cells=(*line.cells, "; ".join(f"{title}: {figure.text}" for title, figure in pairs)))
            return
        yield line._replace(cells=(*line.cells, ""))
        for title, figure in zip(titles, figures, strict=True):
            yield from with_rows(Line((title,), (), 1), [figure])

    def _by_item(self) -> Iterator[Group]:
        """What is worked out for each item of a list."""
        for id in (*self.programme.lists, *self.programme.made_lists):
            title = self.say["item_values"].format(list=self.wording.list_title(id))
            part = self._worked_out(Role.ITEM_VALUE, id, title)
            yield Group((part._replace(rows=(*self._keys(id), *part.rows)),))

    def _keys(self, id: str) -> Iterator[Line]:
        """By what the groups of a list are told apart; nothing of a list whose items are no groups."""
        groups = self.programme.made_lists.get(id)
        for key in groups.key_ids if groups else ():
            text = self.say["group_key"].format(list=self.wording.list_title(groups.group_of or "") if groups else "")
            yield Line((self.wording.title_of(key), text), self.programme.values[key].source)

    def _worked_out(self, role: Role, of_list: str | None, title: str) -> Part:
        """The values of this role that belong to this list, or for None to no list."""
        rows: tuple[Line, ...] = ()
        for value in self.programme.values.values():
            if value.role is role and value.list == of_list:
                line = Line((self.wording.title_of(value.id),), value.source)
                rows += tuple(with_rows(line, [self.figures.of(value.id)]))
        return Part(title, rows, (self.say["figure"], self.say["worked_out"]), in_full=True)
