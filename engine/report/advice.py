"""The outlook of a partner as a page for people, and as the promised JSON."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..evaluate.outcome_json import Json, head, json_value
from ..language.words import words
from ..programme.model import Fact, Programme, pick
from ..texts.texts import texts_in
from ..values import NUMERIC, Kind, plain
from .page import BAD, GOOD, OPEN, PLAIN, Block, Page, Row, partner_named, release_on

if TYPE_CHECKING:  # they need the solver, and a report does not
    from ..proof.advice import Advice, Way
    from ..proof.missing import Open
    from ..proof.outlook import Outlook
    from ..proof.worth import Worth


def outlook_page(programme: Programme, found: Outlook, lang: str) -> Page:
    """A block for each tier that was asked for, one for the next steps, and one for what is open."""
    return _Writer(programme, found, lang).page()


class _Writer:
    """What every part needs: the programme, what was found, and the language."""

    def __init__(self, programme: Programme, found: Outlook, lang: str) -> None:
        self.programme = programme
        self.found = found
        self.lang = lang
        self.say = texts_in(lang).ADVICE

    def page(self) -> Page:
        """The blocks in the order in which a person asks: how to get there, what is worth what, what is not known."""
        outcome = self.found.outcome
        blocks = [self._advice(one) for one in self.found.advice]
        if self.found.worth and self.found.on:
            met = outcome.of(self.found.on).status == "qualified"
            title = self.say["steps" if met else "steps_once"].format(tier=self._tier(self.found.on))
            blocks.append(Block(title, tuple(self._worth(one) for one in self.found.worth)))
        if self.found.open:
            blocks.append(Block(self.say["open"], tuple(self._open(one) for one in self.found.open)))
        headline = self._standing() if blocks else f"{self._standing()}; {self.say['nothing_to_say']}"
        partner = partner_named(outcome.partner, outcome.name)
        can_change = any(fact.effort for fact in self.programme.facts.values())
        remarks = () if can_change else (self.say["no_effort"],)
        return Page(
            release_on(self.programme, outcome.as_of, self.lang), partner, PLAIN, headline, remarks, tuple(blocks)
        )

    def _standing(self) -> str:
        outcome, say = self.found.outcome, texts_in(self.lang).REPORT
        if outcome.tier is None:
            return say["no_tier"]
        total = outcome.discount.total if outcome.discount else None
        discount = "" if total is None else f", {self._percent(total)}"
        return f"{self._tier(outcome.tier)}: {say[outcome.status or 'undetermined']}{discount}"

    def _advice(self, one: Advice) -> Block:
        discount = None if one.discount is None else self._percent(one.discount)
        title = self.say["to" if discount is None else "to_discount"].format(
            tier=self._tier(one.tier), discount=discount
        )
        if one.status == "reached":
            return Block(title, (Row(GOOD, self.say["reached"]),))
        rows = [self._way(one, way, number) for number, way in enumerate(one.ways, 1)]
        if one.status == "impossible":
            rows.append(Row(BAD, self.say["impossible"], "", "", (), tuple(self._hindrance(one))))
        elif not rows:
            rows.append(Row(OPEN, self.say["undecided"]))
        return Block(title, tuple(rows))

    def _way(self, one: Advice, way: Way, number: int) -> Row:
        discount = way.outcome.of(one.tier).discount
        then = [] if discount is None or discount.total is None else [self._percent(discount.total)]
        note = [self.say["takes"].format(effort=words.decimal_mark(plain(way.effort), self.lang))]
        note += [self.say["then"].format(discount=amount) for amount in then]
        details = [self._change(step.fact, step.before, step.after) for step in way.steps]
        provided = ", ".join(self._is(id, value) for id, value in way.provided.items())
        details += [self.say["provided"].format(facts=provided)] if provided else []
        return Row(GOOD, self.say["way"].format(number=number), "", "; ".join(note), (), tuple(details))

    def _hindrance(self, one: Advice) -> Iterator[str]:
        if one.lacks:
            titles = {part.id: pick(part.title, self.lang) for part in self.programme.tiers[one.tier].requirements}
            yield self.say["lacks"].format(what="; ".join(titles[id] for id in one.lacks))
        if one.greatest is not None:
            yield self.say["at_most"].format(discount=self._percent(one.greatest))

    def _worth(self, one: Worth) -> Row:
        told = []
        if one.uncapped:
            amount = self._signed(one.uncapped)
            capped = one.total is not None and one.total != one.uncapped
            total = self._signed(one.total or Decimal(0))
            told.append(self.say["capped" if capped else "gives"].format(amount=amount, total=total))
        if one.qualifies is not None:
            told.append(self.say["lifts" if one.qualifies else "costs"])
        if one.pays:
            told.append(self.say["pays"].format(amount=self._money(one.pays)))
        mark = BAD if one.qualifies is False or (one.total or 0) < 0 else GOOD if one.total or one.qualifies else PLAIN
        return Row(mark, self._change(one.fact, one.before, one.after), "", "; ".join(told))

    def _open(self, one: Open) -> Row:
        title = self.say["status" if one.what == "qualified" else "discount"].format(tier=self._tier(one.tier))
        facts = self._telling(one)
        settled = (self.say["settled"].format(facts=facts),) if facts else ()
        return Row(OPEN, title, "", self._still(one), (), settled)

    def _still(self, one: Open) -> str:
        """What an outcome can still be."""
        if one.what == "qualified":
            truths: dict[tuple[bool, ...], str] = {(True,): "met", (False,): "not_met"}
            known = truths.get(one.can_be)
            return self.say["certain"].format(what=self.say[known]) if known else self.say["either"]
        if one.least is None or one.greatest is None:
            return self.say["undecided"]
        if one.least == one.greatest:
            return self.say["certain"].format(what=self._percent(one.least))
        ends = {"least": self._percent(one.least), "greatest": self._percent(one.greatest)}
        return self.say["between"].format(**ends)

    def _telling(self, one: Open) -> str:
        told = []
        for telling in one.facts or ():
            fact = self._title(self.programme.facts[telling.fact])
            if telling.swing:
                fact = self.say["up_to"].format(fact=fact, swing=self._percent(telling.swing))
            elif telling.settles:
                fact = self.say["alone"].format(fact=fact)
            told.append(fact)
        return "; ".join(told)

    def _change(self, id: str, before: Any, after: Any) -> str:
        """A fact with what it is and what it becomes; of a yes, that alone."""
        fact = self.programme.facts[id]
        if fact.kind is Kind.YES_NO:
            return self._is(id, after)
        was = "?" if before is None else self._value(fact, before)
        return f"{self._title(fact)}: {was} → {self._value(fact, after)}"

    def _is(self, id: str, value: Any) -> str:
        fact = self.programme.facts[id]
        return f"{self._title(fact)}: {self._value(fact, value)}"

    def _value(self, fact: Fact, value: Any) -> str:
        if fact.kind is Kind.YES_NO:
            return texts_in(self.lang).REPORT["yes" if value else "no"]
        if fact.kind is Kind.CHOICE:
            return pick(fact.choices[value], self.lang)
        return words.amount(value, fact.kind, self.lang) if fact.kind in NUMERIC else str(json_value(value))

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
        return f"{sign}{words.money(number if number > 0 else -number, self.lang)} {self.found.currency or ''}".strip()


def outlook_data(programme: Programme, found: Outlook) -> Json:
    """The same with the keys that schemas/advice.schema.json promises."""
    outcome = found.outcome
    return {
        **head("done"),
        "programme": programme.id,
        "release": programme.release,
        "digest": programme.digest,
        "as_of": outcome.as_of.isoformat(),
        "partner": outcome.partner,
        "tier": outcome.tier,
        "status": outcome.status,
        "advice": [
            {
                "tier": one.tier,
                "discount": json_value(one.discount),
                "status": one.status,
                "ways": [_way_data(way, one.tier) for way in one.ways],
                "lacks": list(one.lacks),
                "greatest": json_value(one.greatest),
            }
            for one in found.advice
        ],
        "worth_on": found.on,
        "worth": [
            {
                "fact": one.fact,
                "before": json_value(one.before),
                "after": json_value(one.after),
                "uncapped": json_value(one.uncapped),
                "total": json_value(one.total),
                "qualifies": one.qualifies,
                "partner_pays": json_value(one.pays),
            }
            for one in found.worth
        ],
        "currency": found.currency,
        "open": [_open_data(one) for one in found.open],
    }


def _way_data(way: Way, tier: str) -> Json:
    discount = way.outcome.of(tier).discount
    return {
        "effort": json_value(way.effort),
        "steps": [
            {
                "fact": step.fact,
                "before": json_value(step.before),
                "after": json_value(step.after),
                "effort": json_value(step.effort),
            }
            for step in way.steps
        ],
        "provided": {id: json_value(value) for id, value in way.provided.items()},
        "discount": json_value(discount.total) if discount else None,
    }


def _open_data(one: Open) -> Json:
    facts = None if one.facts is None else [
        {"fact": part.fact, "swing": json_value(part.swing), "settles": part.settles} for part in one.facts
    ]  # fmt: skip
    return {
        "tier": one.tier,
        "what": one.what,
        "value": one.value,
        "can_be": list(one.can_be),
        "least": json_value(one.least),
        "greatest": json_value(one.greatest),
        "facts": facts,
    }
