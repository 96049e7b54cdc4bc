"""What partners report, in the handbook: facts and lists with their bounds, options and defaults."""

from __future__ import annotations

from collections.abc import Iterator

from ..language.tree import Literal
from ..language.words import words
from ..programme.model import LINE, NONE, Fact, ListFact, pick
from ..values import Kind
from .figures import Figures
from .parts import Group, Line, Part
from .wording import Wording


class Reported:
    """Writes the parts on facts and lists of one programme in one language."""

    def __init__(self, wording: Wording, figures: Figures) -> None:
        self.wording = wording
        self.programme = wording.programme
        self.figures = figures
        self.lang = wording.lang
        self.say = wording.say

    def groups(self) -> Iterator[Group]:
        """Every fact, then every list with the fields of its items, then what must be true of them."""
        rows = [self._line(id, fact, 0) for id, fact in self.programme.facts.items()]
        order = self.programme.order
        for list_fact in (*self.programme.lists.values(), *([order.lines] if order else [])):
            rows += self._list(list_fact)
        columns = (self.say["figure"], self.say["what"], self.say["if_left_out"])
        checks = [
            Line((pick(check.title, self.lang), self.figures.condition(check.value))) for check in self.programme.checks
        ]
        yield Group(
            (
                Part(self.say["reported"], tuple(rows), columns),
                Part(self.say["fact_checks"], tuple(checks), (self.say["mistake"], self.say["must_hold"])),
            )
        )

    def _list(self, list_fact: ListFact) -> Iterator[Line]:
        left_out = self.say["no_items" if list_fact.default_empty else "unknown"]
        yield Line((self.wording.list_title(list_fact.id), self.say["a_list"], left_out))
        for id, field in list_fact.fields_by_id().items():
            if field.id != LINE:
                yield self._line(id, field, 1)

    def _line(self, id: str, fact: Fact, level: int) -> Line:
        return Line((self.wording.title_of(id), self._kind(id, fact), self._left_out(id, fact)), (), level)

    def _kind(self, id: str, fact: Fact) -> str:
        """What is reported: 'a whole number (people), at least 0', 'one of: North, South'."""
        options = ", ".join(pick(title, self.lang) for title in fact.choices.values())
        what = self.say[f"kind_{fact.kind}{'_ordered' * fact.ordered}"].format(options)
        if fact.currency:
            field = self.wording.field_beside(id, fact.currency)
            what = f"{what} {self.say['in_currency'].format(field or fact.currency)}"
        what = f"{what} ({pick(fact.unit, self.lang)})" if fact.unit else what
        least, most = (None if end is None else self.figures.amount(end, id) for end in (fact.minimum, fact.maximum))
        bounds = (least and words.threshold(">=", least, self.lang), most and words.threshold("<=", most, self.lang))
        none = self.say["or_none"].format(pick(fact.none, self.lang)) if fact.none else ""
        return ", ".join(filter(None, (what, *bounds))) + none

    def _left_out(self, id: str, fact: Fact) -> str:
        """What counts where it is not reported."""
        if fact.default is None:
            field = self.wording.field_beside(id, fact.default_from) if fact.default_from else ""
            return self.say["as_given"].format(field) if field else self.say["unknown"]
        if fact.none and fact.default == NONE:
            return pick(fact.none, self.lang)
        if fact.kind is Kind.CHOICE:
            return pick(fact.choices[str(fact.default)], self.lang)
        return self.wording.sentences.phrase(Literal(fact.default, fact.kind))
