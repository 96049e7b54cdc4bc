"""The outlook of a partner (ways to a tier, what a step is worth, open outcomes) as a page and as the promised JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..evaluate.outcome_json import Json, json_value, release_head
from ..language.words import words
from ..programme.model import NONE, Fact, Programme, pick
from ..proof.example import AnyText
from ..texts.texts import texts_in
from ..values import NUMERIC, Kind, plain
from .fields import title_of
from .page import (
    BAD,
    GOOD,
    OPEN,
    PLAIN,
    Block,
    Page,
    Row,
    partner_heading,
    release_heading,
    standing_without_tier,
)

if TYPE_CHECKING:  # they need the solver, and a report does not
    from ..proof.advice import Advice, Way
    from ..proof.changes import AdviceStep
    from ..proof.missing import OpenOutcome
    from ..proof.outlook import Outlook
    from ..proof.worth import Worth


def outlook_page(programme: Programme, outlook: Outlook, lang: str) -> Page:
    """The page: a block for each tier to reach, one for the next steps, and one for what missing facts leave open."""
    return _Writer(programme, outlook, lang).page()


class _Writer:
    """Writes one page: it holds the programme, the outlook and the language."""

    def __init__(self, programme: Programme, outlook: Outlook, lang: str) -> None:
        self.programme = programme
        self.outlook = outlook
        self.lang = lang
        self.say = texts_in(lang).ADVICE

    def page(self) -> Page:
        """The page, its blocks in a reader's order: the ways to each tier, the worth of steps, open outcomes."""
        outcome = self.outlook.outcome
        blocks = [self._advice(advice) for advice in self.outlook.advice]
        if self.outlook.worth and self.outlook.on:
            met = outcome.of(self.outlook.on).status == "qualified"
            heading = self.say["steps" if met else "steps_once"].format(tier=self._tier(self.outlook.on))
            blocks.append(Block(heading, tuple(self._worth(worth) for worth in self.outlook.worth)))
        if self.outlook.open:
            blocks.append(Block(self.say["open"], tuple(map(self._open, self.outlook.open))))
        parts = (self._standing(), "" if blocks else self.say["nothing_to_say"])
        partner = partner_heading(outcome.partner, outcome.name)
        lists = self.programme.lists.values()
        fields = (field for items in lists for field in items.fields.values())
        can_change = any(part.effort for part in (*self.programme.facts.values(), *fields)) or any(
            items.effort_to_add or items.effort_to_end for items in lists
        )
        remarks = () if can_change else (self.say["no_effort"],)
        title = release_heading(self.programme, outcome.as_of, self.lang)
        return Page(title, partner, PLAIN, "; ".join(filter(None, parts)), remarks, tuple(blocks))

    def _standing(self) -> str:
        outcome, say = self.outlook.outcome, texts_in(self.lang).REPORT
        if outcome.tier is None:
            return standing_without_tier(self.programme, outcome.status, self.lang, outcome.membership_ended)
        total = outcome.discount.total if outcome.discount else None
        discount = "" if total is None else f", {self._percent(total)}"
        return f"{self._tier(outcome.tier)}: {say[outcome.status or 'undetermined']}{discount}"

    def _advice(self, advice: Advice) -> Block:
        discount = None if advice.discount is None else self._percent(advice.discount)
        heading = self.say["to" if discount is None else "to_discount"]
        title = heading.format(tier=self._tier(advice.tier), discount=discount)
        if advice.status == "reached":
            return Block(title, (Row(GOOD, self.say["reached"]),))
        rows = [self._way(advice, way, number) for number, way in enumerate(advice.ways, 1)]
        if advice.status == "impossible":
            rows.append(Row(BAD, self.say["impossible"], "", "", (), tuple(self._hindrance(advice))))
        elif advice.status == "unknown":
            awaited = "; ".join(self._absent(id) for id in advice.missing)
            rows.append(Row(OPEN, self.say["unknown"], "", "", (), (self.say["missing"].format(what=awaited),)))
        elif not rows:
            rows.append(Row(OPEN, self.say["undecided"]))
        if advice.most_added is not None:
            rows.append(Row(PLAIN, self.say["most_added"].format(number=advice.most_added)))
        return Block(title, tuple(rows))

    def _way(self, advice: Advice, way: Way, number: int) -> Row:
        discount = way.outcome.of(advice.tier).discount
        note = [self.say["takes"].format(effort=words.decimal_mark(plain(way.effort), self.lang))]
        if discount and discount.total is not None:
            note.append(self.say["then"].format(discount=self._percent(discount.total)))
        details = [self._step(step) for step in way.steps]
        provided = ", ".join(self._fact_value(id, value) for id, value in way.provided.items())
        details += [self.say["provided"].format(facts=provided)] if provided else []
        return Row(GOOD, self.say["way"].format(number=number), "", "; ".join(note), (), tuple(details))

    def _hindrance(self, advice: Advice) -> Iterator[str]:
        if advice.lacks:
            titles = {part.id: pick(part.title, self.lang) for part in self.programme.tiers[advice.tier].requirements}
            yield self.say["lacks"].format(what="; ".join(titles[id] for id in advice.lacks))
        if advice.greatest is not None:
            yield self.say["at_most"].format(discount=self._percent(advice.greatest))

    def _worth(self, worth: Worth) -> Row:
        notes = []
        if worth.uncapped:
            amount = self._signed(worth.uncapped)
            capped = worth.total is not None and worth.total != worth.uncapped
            total = self._signed(worth.total or Decimal(0))
            notes.append(self.say["capped" if capped else "gives"].format(amount=amount, total=total))
        if worth.qualifies is not None:
            notes.append(self.say["lifts" if worth.qualifies else "costs"])
        if worth.pays:
            notes.append(self.say["pays"].format(amount=self._money(worth.pays)))
        worse = worth.qualifies is False or (worth.total or 0) < 0
        mark = BAD if worse else GOOD if worth.total or worth.qualifies else PLAIN
        return Row(mark, self._change(worth.fact, worth.before, worth.after), "", "; ".join(notes))

    def _open(self, outcome: OpenOutcome) -> Row:
        title = self.say["status" if outcome.what == "qualified" else "discount"].format(tier=self._tier(outcome.tier))
        facts = self._deciding_facts(outcome)
        settled = (self.say["settled"].format(facts=facts),) if facts else ()
        return Row(OPEN, title, "", self._possible_values(outcome), (), settled)

    def _possible_values(self, outcome: OpenOutcome) -> str:
        """The values that an undetermined outcome can still take, in words."""
        if outcome.undefined is None:
            return self.say["undecided"]
        if outcome.what == "qualified":
            truths: dict[tuple[bool, ...], str] = {(True,): "met", (False,): "not_met", (True, False): "either"}
            value = self.say[truths[outcome.can_be]] if outcome.can_be else ""
            certain = len(outcome.can_be) == 1
        elif outcome.least is None or outcome.greatest is None:
            value, certain = "", False
        else:
            ends = {"least": self._percent(outcome.least), "greatest": self._percent(outcome.greatest)}
            certain = outcome.least == outcome.greatest
            value = ends["least"] if certain else self.say["between"].format(**ends)
        if not value:
            return self.say["undecided"]
        if outcome.undefined:
            return self.say["or_undefined"].format(what=value)
        return self.say["certain"].format(what=value) if certain else value

    def _deciding_facts(self, outcome: OpenOutcome) -> str:
        titles = []
        for deciding in outcome.facts or ():
            fact = self._absent(deciding.fact)
            if deciding.swing:
                fact = self.say["up_to"].format(fact=fact, swing=self._percent(deciding.swing))
            elif deciding.settles:
                fact = self.say["alone"].format(fact=fact)
            titles.append(fact)
        return "; ".join(titles)

    def _step(self, step: AdviceStep) -> str:
        """A change of a fact or of an item, in words."""
        if step.item is None:
            return self._change(step.fact, step.before, step.after)
        if step.became == "changed":
            field = self.programme.fields[step.fact]
            name = self.say["item"].format(list=title_of(self.programme.lists[field.list], self.lang), number=step.item)
            return f"{name}: {self._changed(field.fact, step.before, step.after)}"
        items = self.programme.lists[step.fact]
        fields = [
            f"{self._title(items.fields[id])}: {self._value(items.fields[id], value)}"
            for id, value in (step.after.items() if isinstance(step.after, Mapping) else ())
        ]
        return self.say[step.became if fields or step.became == "ended" else "added_any"].format(
            list=title_of(items, self.lang), number=step.item, fields=", ".join(fields)
        )

    def _change(self, id: str, before: Any, after: Any) -> str:
        """A fact with its value before and after; for a yes-or-no fact only the value after."""
        return self._changed(self.programme.facts[id], before, after)

    def _changed(self, fact: Fact, before: Any, after: Any) -> str:
        if fact.kind is Kind.YES_NO:
            return f"{self._title(fact)}: {self._value(fact, after)}"
        was = "?" if before is None else self._value(fact, before)
        return f"{self._title(fact)}: {was} → {self._value(fact, after)}"

    def _fact_value(self, id: str, value: Any) -> str:
        fact = self.programme.facts[id]
        return f"{self._title(fact)}: {self._value(fact, value)}"

    def _value(self, fact: Fact, value: Any) -> str:
        if fact.none and value == NONE:
            return pick(fact.none, self.lang)
        if fact.kind is Kind.YES_NO:
            return texts_in(self.lang).REPORT["yes" if value else "no"]
        if fact.kind is Kind.CHOICE:
            return pick(fact.choices[value], self.lang)
        if isinstance(value, AnyText):
            return self.say["any_text"]
        return words.amount(value, fact.kind, self.lang) if fact.kind in NUMERIC else str(json_value(value))

    def _absent(self, id: str) -> str:
        """The title of a fact, of a list, of a field of a list's items, or of since when the tier is held."""
        programme = self.programme
        if id in programme.facts:
            return self._title(programme.facts[id])
        if id in programme.lists:
            return title_of(programme.lists[id], self.lang)
        if id in programme.fields:
            field = programme.fields[id]
            list_title = title_of(programme.lists[field.list], self.lang)
            return self.say["field"].format(list=list_title, field=title_of(field.fact, self.lang))
        return texts_in(self.lang).INPUT["since"]

    def _title(self, fact: Fact) -> str:
        return pick(fact.title, self.lang) or fact.id

    def _tier(self, id: str) -> str:
        return pick(self.programme.tiers[id].title, self.lang)

    def _percent(self, number: Decimal | Fraction) -> str:
        return words.amount(number, Kind.PERCENT, self.lang)

    def _signed(self, number: Decimal | Fraction) -> str:
        return ("+" if number > 0 else "") + self._percent(number).replace("-", "−")

    def _money(self, number: Decimal | Fraction) -> str:
        sign = "+" if number > 0 else "−" if number < 0 else ""
        amount = words.money(number if number > 0 else -number, self.lang, self.outlook.currency)
        return f"{sign}{amount} {self.outlook.currency or ''}".strip()


def outlook_data(programme: Programme, outlook: Outlook) -> Json:
    """The outlook with the keys that schemas/advice.schema.json promises."""
    outcome = outlook.outcome
    return {
        **release_head("done", programme, outcome.as_of),
        "partner": outcome.partner,
        "tier": outcome.tier,
        "status": outcome.status,
        "advice": [
            {
                "tier": advice.tier,
                "discount": json_value(advice.discount),
                "status": advice.status,
                "ways": [_way_data(way, advice.tier) for way in advice.ways],
                "lacks": list(advice.lacks),
                "greatest": json_value(advice.greatest),
                "missing": list(advice.missing),
                **({} if advice.most_added is None else {"most_added": advice.most_added}),
            }
            for advice in outlook.advice
        ],
        "worth_on": outlook.on,
        "worth": [
            {
                "fact": worth.fact,
                **{key: json_value(getattr(worth, key)) for key in ("before", "after", "uncapped", "total")},
                "qualifies": worth.qualifies,
                "partner_pays": json_value(worth.pays),
            }
            for worth in outlook.worth
        ],
        "currency": outlook.currency,
        "open": [_open_data(open_outcome) for open_outcome in outlook.open],
    }


def _way_data(way: Way, tier: str) -> Json:
    discount = way.outcome.of(tier).discount
    return {
        "effort": json_value(way.effort),
        "steps": [
            {
                "fact": step.fact,
                **({} if step.item is None else {"item": step.item, "became": step.became}),
                **{key: _step_value(getattr(step, key)) for key in ("before", "after", "effort")},
            }
            for step in way.steps
        ],
        "provided": {id: json_value(value) for id, value in way.provided.items()},
        "discount": json_value(discount.total) if discount else None,
    }


def _step_value(value: Any) -> Any:
    """A value before or after a step; the fields of an added item as an object."""
    if isinstance(value, Mapping):
        return {id: json_value(part) for id, part in value.items()}
    return json_value(value)


def _open_data(outcome: OpenOutcome) -> Json:
    facts = None if outcome.facts is None else [
        {"fact": part.fact, "swing": json_value(part.swing), "settles": part.settles} for part in outcome.facts
    ]  # fmt: skip
    return {
        "tier": outcome.tier,
        "what": outcome.what,
        "value": outcome.value,
        "can_be": list(outcome.can_be),
        "least": json_value(outcome.least),
        "greatest": json_value(outcome.greatest),
        "undefined": outcome.undefined,
        "facts": facts,
    }
