"""Orders in the handbook: the rules of price with their amounts, and what cannot be ordered."""

from __future__ import annotations

from collections.abc import Iterator

from ..language.tree import Literal
from ..language.words import words
from ..language.words.sentences import lowered
from ..programme.forms import Cases
from ..programme.model import Order, PriceRule, pick
from ..texts.texts import in_quotes
from ..values import Kind
from .figures import Figure, Figures, with_rows
from .parts import Line, Part
from .wording import Wording

_AMOUNTS = ("customer_pays", "partner_pays")


class OrderRules:
    """Writes the parts on orders of one programme in one language."""

    def __init__(self, wording: Wording, figures: Figures) -> None:
        self.programme, self.wording = wording.programme, wording
        self.figures = figures
        self.lang = wording.lang
        self.say = wording.say

    def parts(self) -> tuple[Part, ...]:
        """The rules of price and the refusals; none where no orders are priced."""
        order = self.programme.order
        if order is None:
            return ()
        rows = [row for at, rule in enumerate(order.rules) for row in self._rule(order, at, rule)]
        columns = (
            self.say["price_rule"],
            self.say["applies_to"],
            *(self.say[key].capitalize() for key in _AMOUNTS),
            self.say["instead_of_amount"],
        )
        refused = [
            Line((pick(refusal.title, self.lang), self.figures.condition(refusal.when)), refusal.source)
            for refusal in order.refusals
        ]
        intro = self._rounding(order) if rows else ""
        apart = (self.say["group_of_lines"], self.say["priced_by"])
        return (
            Part(self.say["prices"], tuple(rows), columns, in_full=True, intro=intro),
            Part(self.say["refusals"], tuple(refused), (self.say["refusal"], self.say["applies_to"])),
            Part(self.say["order_groups"], tuple(self._groups(order)), apart),
        )

    def _groups(self, order: Order) -> Iterator[Line]:
        """Each group of lines whose sums a quote shows apart, with the rules that price its lines."""
        titles = {rule.id: rule for rule in order.rules}
        for group in order.groups:
            quoted = (in_quotes(pick(titles[id].title, self.lang), self.lang) for id in group.rules)
            listed = "; ".join(dict.fromkeys(quoted))
            source = tuple(dict.fromkeys(clause for rule in group.rules for clause in titles[rule].source))
            yield Line((pick(group.title, self.lang), listed), source)

    def becomes(self) -> Part:
        """What an order becomes once it is placed: the items of each list, then what their fields say."""
        order, rows = self.programme.order, []
        for item in order.becomes if order else ():
            title = self.wording.list_title(item.list)
            which, where = self.say[f"placed_{item.one_for}"], self.figures.condition(item.where)
            text = self.say["placed_where"].format(which, lowered(where)) if where else which
            rows.append(Line((title, text), item.source))
            for name, id in item.fields.items():
                field = pick(self.programme.lists[item.list].fields[name].title, self.lang)
                rows += with_rows(Line((f"{title}: {lowered(field)}",), item.source), [self.figures.of(id)])
        return Part(self.say["placed"], tuple(rows), (self.say["figure"], self.say["worked_out"]), in_full=True)

    def _rule(self, order: Order, at: int, rule: PriceRule) -> Iterator[Line]:
        """A rule of price: where it applies, what the customer and the partner pay, or the text instead of it."""
        title = pick(rule.title, self.lang)
        figures = [self._amount(id, at) if key in rule.amounts else Figure("") for key, id in _ids(order)]
        figures.append(Figure(pick(rule.says, self.lang) if rule.says else ""))
        line = Line((title, self.figures.condition(rule.when, title)), rule.source)
        yield from with_rows(line, figures, (*(self.say[key] for key in _AMOUNTS), ""))

    def _amount(self, id: str, at: int) -> Figure:
        """The amount that the rule at this place sets."""
        form = self.programme.values[id].written
        return self.figures.cell(id, form.cell.rows[at][1]) if form and isinstance(form.cell, Cases) else Figure("")

    def _rounding(self, order: Order) -> str:
        form = self.programme.values[order.partner_pays].written
        if form is None or not isinstance(form.unit, Literal):
            return ""
        return self.say["each_rounded"].format(words.figure(form.unit.value, Kind.NUMBER, self.lang))


def _ids(order: Order) -> tuple[tuple[str, str], ...]:
    return tuple(zip(_AMOUNTS, (order.customer_pays, order.partner_pays), strict=True))
