"""Conditions and values of one partner in words: '1 of 2; 1 missing'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..evaluate.explain import MAX_LEVELS, Measure, is_agreed, measures, steps
from ..evaluate.outcome import BenefitOutcome
from ..language.business_days import OF_BUSINESS_DAYS, calendar_in
from ..language.run.causes import Cause, causes
from ..language.tree import And, Arithmetic, Call, Compare, Expression, Literal, Name, Or, Undefined, children
from ..language.words import words
from ..language.words.vocabulary import choice_of
from ..programme.model import NO_RELEASE, Benefit, ListFact, Programme, Texts, pick
from ..texts.texts import in_quotes, texts_in
from ..values import NUMERIC, Kind, Number, Unknown, Value, merge_any
from .wording import Wording


class Conditions:
    """Puts conditions and values into words: it holds the programme, the values of one partner, and the language."""

    def __init__(self, programme: Programme, values: Mapping[str, Any], lang: str) -> None:
        self.programme = programme
        self.values = values
        self.lang = lang
        self.say = texts_in(lang).REPORT
        self.wording = Wording(programme, lang)

    def title(self, id: str) -> str:
        """The title of a fact, a value, a list, or a field of an item (`deals[2].amount`); else a word, or the id."""
        programme = self.programme
        if id in programme.facts:
            return pick(programme.facts[id].title, self.lang)
        if id in programme.values and programme.values[id].title:
            return pick(programme.values[id].title, self.lang)
        if list_fact := programme.list_fact(id):
            return pick(list_fact.title, self.lang)
        item = re.fullmatch(r"(\w+)\[(\d+)\]\.(\w+)", id)
        if item and (list_fact := programme.list_fact(item[1])) and item[3] in list_fact.fields:
            return f"{pick(list_fact.title, self.lang)}, {item[2]}: {pick(list_fact.fields[item[3]].title, self.lang)}"
        return self.say.get(id, id)

    def comparisons(self, id: str) -> str:
        """The comparisons that decide a condition, each with its subject where there are several."""
        if is_agreed(id, self.values):
            return self.say["as_agreed"]
        deciding = _by_choice(measures(self.programme, id, self.values))
        named = len(deciding) > 1 or self._is_none_of_several(id, deciding)
        parts = (self._subject(alike, named) + self._measure(alike[0], alike) for alike in deciding)
        return "; ".join(dict.fromkeys(parts))

    def shortfall(self, id: str) -> str:
        """What is missing where a condition fails, in figures: '2 people missing'; empty where no figure says it."""
        if is_agreed(id, self.values):
            return self.say["as_agreed"]
        deciding = _by_choice(measures(self.programme, id, self.values))
        parts = []
        for alike in deciding:
            measure, subject = alike[0], self._subject(alike, len(deciding) > 1)
            if measure.distance is not None:
                parts.append(subject + self._distance(measure, measure.distance))
            elif measure.holds is False and measure.kind is not Kind.YES_NO:
                parts.append(subject + self._measure(measure, alike))
        return "; ".join(dict.fromkeys(parts))

    def expressions(self, id: str, levels: int = MAX_LEVELS) -> tuple[str, ...]:
        """The expression behind a value, and those of the values in it, down to `levels` levels; a line for each."""
        lines = []
        for step in steps(self.programme, id, self.values, levels):
            value = step.value
            if isinstance(value, Unknown):
                text = self.say["unknown" if value.missing else "no_value"]
            else:
                text = words.amount(value, step.kind, self.lang)
            source = f"  [{', '.join(step.source)}]" if step.source else ""
            lines.append(f"{'  ' * step.depth}{step.text} = {text}{source}")
        return tuple(lines)

    def value(self, id: str, value: Value | None) -> str:
        """A value of the programme with its unit; an option of a choice by its title; ? for None."""
        if value is None:
            return "?"
        named = self.programme.values[id]
        if value in named.choices:
            return pick(named.choices[str(value)], self.lang)
        amount = words.amount(value, named.kind, self.lang)
        if named.currency and named.currency.isupper():
            return f"{amount} {named.currency}"
        return f"{amount} {pick(named.unit, self.lang)}" if named.unit and named.kind in NUMERIC else amount

    def parts_of_item(self, list_fact: ListFact, item: Mapping[str, Value]) -> Iterator[str]:
        """What tells an item from others: its texts, days and options; of a group, its keys, of a period its days."""
        if list_fact.balance:
            ids = filter(None, (list_fact.balance.begins, list_fact.balance.ends))
            days = [item[self.programme.values[id].inner_id] for id in ids]
            yield " – ".join(words.amount(day, Kind.DATE, self.lang) for day in days)
            return
        for id in list_fact.key_ids:
            value = item[self.programme.values[id].inner_id]
            yield self.value(id, None if isinstance(value, Unknown) else value)
        for name, field in list_fact.fields.items():
            value = item[name]
            if field.kind in (Kind.TEXT, Kind.DATE, Kind.CHOICE) and not isinstance(value, Unknown):
                is_option = value in field.choices
                yield (
                    pick(field.choices[str(value)], self.lang)
                    if is_option
                    else words.amount(value, field.kind, self.lang)
                )

    def percent(self, number: Number | None) -> str:
        """A percentage; ? for None."""
        return "?" if number is None else words.amount(number, Kind.PERCENT, self.lang)

    def money(self, number: Number | None, currency: str | None, per: str = "once", event: Texts | None = None) -> str:
        """An amount with its currency, and how often it is paid: once, per year or the like, each event; ? for None."""
        amount = "?" if number is None else words.amount(number, Kind.MONEY, self.lang)
        amount = f"{amount} {currency}" if currency else amount
        return f"{amount} {often(per, event, self.lang)}".rstrip()

    def benefit(self, named: Benefit, benefit: BenefitOutcome) -> str:
        """A benefit that the partner has: its title, then its text or its amount."""
        title = pick(named.title, self.lang)
        if benefit.text:
            return f"{title}: {pick(benefit.text, self.lang)}"
        if benefit.value is True or benefit.value is None:
            return title
        amount = words.amount(benefit.value, named.kind, self.lang)
        return f"{title}: {amount} {benefit.currency}" if benefit.currency else f"{title}: {amount}"

    def with_threshold(self, value: str, threshold: str) -> str:
        """'1, at least 2 needed'."""
        return self.say["value_and_threshold"].format(value=value, threshold=threshold)

    def _subject(self, alike: Sequence[Measure], named: bool) -> str:
        """What a comparison is about, with a colon; empty where that needs no words."""
        return f"{self.wording.sentences.phrase(alike[0].subject)}: " if named else ""

    def _is_none_of_several(self, id: str, deciding: Sequence[Sequence[Measure]]) -> bool:
        """Whether a count of nothing decides a condition that compares more than it: the title does not say of what."""
        counts = [alike[0] for alike in deciding if alike[0].kind is Kind.COUNT and alike[0].value == 0]
        return bool(counts) and isinstance(self.programme.values[id].expression, And | Or)

    def open(self, unknown: Sequence[str], undefined: Sequence[Cause]) -> tuple[str, ...]:
        """Why something is undetermined: the facts that may decide it, and what is undefined; a text for each."""
        facts = (self.say["needs_facts"].format(what=self._facts(unknown)),) if unknown else ()
        return (*facts, *self.undefined(undefined))

    def without_value(self, unknown: Sequence[str], undefined: Sequence[Cause]) -> tuple[str, ...]:
        """Why there is no value: the facts that have none, and what is undefined; a text for each."""
        facts = (self.say["fact_missing"].format(facts=self._facts(unknown)),) if unknown else ()
        return (*facts, *self.undefined(undefined))

    def _facts(self, ids: Sequence[str]) -> str:
        """The titles of facts, lists and fields of items, each with the id by which a record states it."""
        return ", ".join(id if (title := self.title(id)) == id else f"{title} ({id})" for id in ids)

    def undefined(self, causes: Sequence[Cause]) -> tuple[str, ...]:
        """What is undefined, each with what it was of: 'undefined: Reviews as a share of Projects, 0 of 0'."""
        return tuple(self.say["undefined"].format(what=what) for what in self.without_result(causes))

    def without_result(self, causes: Sequence[Cause]) -> tuple[str, ...]:
        """The operations without a result, each with what it was of: 'Reviews as a share of Projects, 0 of 0'."""
        return tuple(dict.fromkeys(self._cause(cause) for cause in causes))

    def _cause(self, cause: Cause) -> str:
        kinds = [part.kind for part in children(cause.subject)]
        operands = [
            "?" if isinstance(value, Unknown) else words.amount(value, kind, self.lang)
            for value, kind in zip(cause.operands, kinds, strict=False)
        ]
        if isinstance(cause.subject, Undefined):
            return self._without_row(cause.subject, cause.operands)
        subject = self.wording.sentences.phrase(cause.subject)
        match cause.subject:
            case Call(function="share"):
                return f"{subject}, {self.say['of'].format(value=operands[0], threshold=operands[1])}"
            case Arithmetic(operator="/"):
                return f"{subject}, {operands[0]} ÷ {operands[1]}"
            case Call() as call if call.function in OF_BUSINESS_DAYS and (end := self._calendar_end(call, cause)):
                return f"{subject}, {'; '.join(operands)}; {end}"
            case _:
                return ", ".join((subject, "; ".join(operands))) if operands else subject

    def _calendar_end(self, call: Call, cause: Cause) -> str:
        """'the calendar of business days ends on 2026-12-31'; empty where the days are not beyond it."""
        calendar = calendar_in(call)
        days = [operand for operand in cause.operands if isinstance(operand, date)]
        steps = [operand for operand in cause.operands if isinstance(operand, Decimal | Fraction)]
        if any(step % 1 for step in steps):
            return ""
        begins = any(day < calendar.first for day in days) or (
            all(day <= calendar.last for day in days) and any(step < 0 for step in steps)
        )
        end = calendar.first if begins else calendar.last
        return self.say["calendar_begins" if begins else "calendar_ends"].format(
            day=words.amount(end, Kind.DATE, self.lang)
        )

    def _without_row(self, node: Undefined, operands: Sequence[Value]) -> str:
        """'“Bonus” has no row for “Region”: West'; of cases '“Bonus”, where none of its cases applies'."""
        if isinstance(node.by, Name) and not node.written:
            return f"{self.title(node.by.id)}: {self.wording.none_of(node.by.id)}"
        if isinstance(node.by, Literal) and node.by.kind is Kind.TEXT:
            key = "not_in_release" if node.written else "no_such_release"
            return self.say[key].format(value=node.written, release=node.by.value)
        if node.by is not None and node.written == NO_RELEASE and not isinstance(operands[0], Unknown):
            return self.say["no_release"].format(day=self._plain(node.by, operands[0]))
        table = in_quotes(self.wording.table_title(node), self.lang)
        if node.by is None:
            return self.say["no_case"].format(table=table)
        if isinstance(node.by, Literal):
            tier = in_quotes(self.wording.option(None, str(node.by.value)), self.lang)
            return self.say["no_cell"].format(table=table, tier=tier)
        if node.by.kind is Kind.YES_NO:
            key = "not_rising_open" if isinstance(operands[0], Unknown) else "not_rising"
            return self.say[key].format(table=table, rule=self.wording.sentences.condition(node.by))
        by, value = self.wording.sentences.part(node.by), operands[0]
        if isinstance(value, Unknown):
            return self.say["no_row_open"].format(table=table, by=by)
        is_option = node.by.kind is Kind.CHOICE
        shown = self.wording.option(choice_of(node.by), str(value)) if is_option else self._plain(node.by, value)
        return self.say["no_row"].format(table=table, by=by, value=shown)

    def _plain(self, tree: Expression, value: Value) -> str:
        """The value of an expression with its currency."""
        currency = self.wording.sentences.currency(tree)
        amount = words.amount(value, tree.kind, self.lang)
        return f"{amount} {currency}" if currency and tree.kind is Kind.MONEY else amount

    def _measure(self, measure: Measure, alike: Sequence[Measure] = ()) -> str:
        """A comparison in words: '1 of 2; 1 missing'; `alike` are those of one choice with several options."""
        unknown = [value for value in (measure.value, measure.threshold) if isinstance(value, Unknown)]
        if unknown:
            reason = merge_any(*unknown)
            return "; ".join(self.without_value(tuple(sorted(reason.missing)), causes(reason))) or self.say["unknown"]
        measure = _in_whole_numbers(measure)
        value, threshold = self._amount(measure, measure.value), self._amount(measure, measure.threshold)
        if measure.holds and measure.operator == "==":
            return value
        if measure.kind is Kind.YES_NO:
            return value if measure.threshold is True else self.with_threshold(value, threshold)
        numeric = measure.kind in NUMERIC or measure.operator != "=="
        of_days = measure.kind is Kind.DATE
        needed = words.threshold(measure.operator, threshold, self.lang, of_days=of_days) if numeric else threshold
        if len(alike) > 1:
            options = [Compare("==", option.subject, Literal(str(option.threshold), Kind.CHOICE)) for option in alike]
            needed = self.wording.sentences.options(Or(tuple(options)))
        if measure.distance is None:
            return self.with_threshold(value, needed)
        if measure.kind is Kind.COUNT and measure.value == 0 and measure.operator == ">=":
            return self.say["none_yet"].format(threshold=needed)
        ratio = self.say["of"].format(value=value, threshold=threshold)
        text = ratio if measure.operator == ">=" else self.with_threshold(value, needed)
        return f"{text}; {self._distance(measure, measure.distance)}"

    def _distance(self, measure: Measure, distance: Number) -> str:
        """'2 people missing', '0.01 EUR too many'."""
        amount = words.amount(distance, measure.kind, self.lang)
        subject = measure.subject
        if measure.kind is Kind.PERCENT:
            amount = self.say["points"].format(amount=words.amount(distance, Kind.NUMBER, self.lang))
        elif measure.kind is Kind.MONEY:
            amount = f"{amount} {self.wording.sentences.currency(subject)}".strip()
        elif isinstance(subject, Name) and distance != 1:
            amount = f"{amount} {self.wording.unit(subject.id)}".strip()
        key = "missing" if measure.operator in (">", ">=") else "too_many"
        is_more = measure.operator in (">", "<") and measure.kind is not Kind.COUNT
        return self.say[f"{key}_more" if is_more else key].format(amount=amount)

    def _amount(self, measure: Measure, value: Value) -> str:
        """A known value of a comparison; an option of a choice by its title."""
        if measure.kind is Kind.CHOICE:
            return self.wording.option(choice_of(measure.subject), str(value))
        amount = words.amount(value, measure.kind, self.lang)
        currency = self.wording.sentences.currency(measure.subject) if measure.kind is Kind.MONEY else ""
        return f"{amount} {currency}".strip()


def _in_whole_numbers(measure: Measure) -> Measure:
    """A comparison of a count with a whole number as a limit that it can reach: more than 2 is at least 3."""
    limit = measure.threshold
    if measure.kind is not Kind.COUNT or not isinstance(limit, Decimal) or limit % 1:
        return measure
    if measure.operator == ">":
        return measure._replace(operator=">=", threshold=limit + 1)
    if measure.operator == "<" and limit >= 1:
        return measure._replace(operator="<=", threshold=limit - 1)
    return measure


def often(per: str, event: Texts | None, lang: str) -> str:
    """How often money is paid: 'a year', or the words for the event that it is paid for; empty for once."""
    if per == "event":
        return pick(event or {}, lang)
    return "" if per == "once" else texts_in(lang).REPORT[f"per_{per}"]


def _by_choice(deciding: Sequence[Measure]) -> list[list[Measure]]:
    """The comparisons, those together that one choice fails because it is none of their options."""
    together: list[list[Measure]] = []
    for measure in deciding:
        of_option = measure.kind is Kind.CHOICE and measure.operator == "==" and measure.holds is False
        same = next((alike for alike in together if of_option and alike[0][:2] == measure[:2]), None)
        if same is None:
            together.append([measure])
        else:
            same.append(measure)
    return together
