"""Evaluation gives, for every value and every part of an outcome, what the interpreter gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter
from random import Random
from typing import Any

import simplejson
from charter import InvalidInput, Outcome, Programme, Quote, Release, to_dict, to_json
from charter.engine.evaluate.outcome import TierOutcome
from charter.engine.evaluate.record import plain_document
from charter.engine.language.tree import Literal
from charter.engine.programme.model import MAIN, ORDER, Order, OrderItem, Tier
from charter.engine.release.orders import quote_in_turn, read_orders
from charter.engine.values import Unknown, or_none

from ..published import validator
from .partners import DAY, Partner, Partners, reference
from .programmes import Files, compiled
from .trials import each, trials

PARTNERS = 12


@trials(40)
def test_every_value_is_that_of_the_interpreter(seeds: range) -> None:
    each(seeds, value_fault)


def value_fault(files: Files, chance: Random) -> str | None:
    """A value of a partner, or a part of its outcome, that is not what the interpreter gives."""
    release = compiled(files)
    makers = Partners(release.programme, chance, any_term=True)
    for _ in range(PARTNERS):
        partner = makers.partner()
        outcome = release.evaluate(partner, as_of=DAY)
        right, values = reference(release, partner), release.values(outcome)
        ids = [id for id, named in release.programme.values.items() if not named.of_order and named.list is None]
        for id in (*ids, *(id for id in release.programme.lists if id != ORDER)):
            if (values[id], type(values[id])) != (right[id], type(right[id])):
                return f"{id} is {values[id]}, not {right[id]}, of {partner}"
        if fault := part_fault(release, outcome, right):
            return f"{fault}, of {partner}"
    return None


def part_fault(release: Release, outcome: Outcome, right: dict[str, Any]) -> str | None:
    """What a part of an outcome shows that is not the value which the interpreter gives for it."""
    programme, status = release.programme, {True: "qualified", False: "not_qualified", None: "undetermined"}
    shown: dict[str, tuple[Any, Any]] = {}
    for tier in programme.tiers.values():
        seen = outcome.of(tier.id)
        shown[f"{tier.id} status"] = (seen.status, status[or_none(right[tier.qualified])])
        for requirement, part in zip(tier.requirements, seen.requirements, strict=True):
            wanted = {True: "met", False: "not_met", None: "unknown"}[or_none(right[requirement.value])]
            shown[f"{tier.id} {requirement.id}"] = (part.status, wanted)
        for benefit, part in zip(tier.benefits, seen.benefits, strict=True):
            shown[f"{tier.id} {benefit.id}"] = (part.value, or_none(right[benefit.value]))
        shown |= shown_payments(tier.id, tier, seen, right)
        if tier.discount:
            for name in ("base", "uncapped", "total", "in_price", "in_kind"):
                value = or_none(right[getattr(tier.discount, name)])
                shown[f"{tier.id} {name}"] = (getattr(seen.discount, name), value)
            for bonus, part in zip(tier.discount.bonuses, seen.discount.bonuses, strict=True):
                shown[f"{tier.id} {bonus.id}"] = (part.percent, or_none(right[bonus.percent]))
    for id, value in zip(programme.definitions, outcome.definitions, strict=True):
        shown[id] = (value.value, or_none(right[id]))
    for track in programme.tracks.values():
        tier = or_none(right[track.tier])
        seen_tier = (
            outcome.tier if track.id == MAIN else next(part.tier for part in outcome.tracks if part.id == track.id)
        )
        shown[f"tier of {track.id}"] = (seen_tier, None if tier == "none" else tier)
    shown |= own_parts(release, outcome, right)
    if programme.membership_ends:
        shown["membership"] = (outcome.membership_ends, or_none(right[programme.membership_ends]))
    acts = (
        (programme.membership_renews, outcome.membership_renews),
        (programme.tracks[MAIN].promotes, outcome.promotes),
    )
    for id, act in acts:
        shown |= {id: (act and act.value, or_none(right[id]))} if id else {}
    for what, (seen, wanted) in shown.items():
        if (seen, type(seen)) != (wanted, type(wanted)):
            return f"{what} is {seen}, not {wanted}"
    return None


def shown_payments(
    label: str, payer: Tier | Programme, seen: TierOutcome | Outcome, right: dict[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """What is shown of rebates, fees and settlements, and what the interpreter gives for each."""
    shown: dict[str, tuple[Any, Any]] = {}
    words = {"rebates": ("earned", "not_earned"), "fees": ("due", "not_due"), "settlements": ("paid", "not_paid")}
    for kind, (applies, applies_not) in words.items():
        payments, parts = getattr(payer, kind), getattr(seen, kind) or ()
        for payment, part in zip(payments.rows, parts, strict=True):
            amount = right[payment.amount]
            wanted = {True: applies, False: applies_not, None: "unknown"}[or_none(right[payment.applies])]
            if not isinstance(amount, Unknown) and amount < 0:
                wanted = "owed" if payment.negative == "owed" else "carried"
            shown[f"{label} {payment.id}"] = (part.amount, or_none(amount))
            shown[f"{label} {payment.id} status"] = (part.status, wanted)
        totals = getattr(seen, f"{kind[:-1]}_totals", None) or ()
        for total, part in zip(payments.totals, totals, strict=True):
            alike = [row.amount for row in payments.rows if (row.currency, row.per) == (total.currency, total.per)]
            amounts = [Fraction(right[id]) for id in alike if not isinstance(right[id], Unknown)]
            whole = sum(amounts, Fraction(0)) if len(amounts) == len(alike) else None
            seen_sum = None if part.amount is None else Fraction(part.amount)
            shown[f"{label} {kind} {total.currency} {total.per}"] = (seen_sum, whole)
    return shown


def own_parts(release: Release, outcome: Outcome, right: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What is shown of the partner's own tier, and what follows from the values of the interpreter."""
    programme, track = release.programme, release.programme.tracks[MAIN]
    if not track.tiers:
        shown = {"own": ((outcome.tier, outcome.status, outcome.discount, outcome.benefits), (None,) * 4)}
        return shown | (shown_payments("own", programme, outcome, right) if not programme.tiers else {})
    tier = right[track.tier]
    if isinstance(tier, Unknown) or tier == "none":
        status = "undetermined" if isinstance(tier, Unknown) else None if track.award == "signed" else "not_qualified"
        parts = (outcome.status, outcome.discount, outcome.benefits, outcome.rebates, outcome.fees, outcome.settlements)
        return {"own": (parts, (status, None, None, None, None, None))}
    qualified = or_none(right[programme.tiers[tier].qualified])
    kept = qualified is not True and tier in track.kept and right[track.kept[tier]] is True
    status = "retained" if kept else {True: "qualified", False: "not_qualified", None: "undetermined"}[qualified]
    shown = {"own status": (outcome.status, status)}
    of_tier = outcome.of(tier)
    for kind in ("benefits", "rebates", "rebate_totals", "fees", "fee_totals", "settlements"):
        for number, (part, given) in enumerate(zip(getattr(outcome, kind), getattr(of_tier, kind), strict=True)):
            shown[f"own {kind} {number}"] = (granted(status, worth(part), worth(given)), worth(part))
    for name in ("total", "in_price", "in_kind") if of_tier.discount else ():
        part, given = getattr(outcome.discount, name), getattr(of_tier.discount, name)
        shown[f"own discount {name}"] = (granted(status, part, given), part)
    return shown


def worth(part: Any) -> Any:
    """What a benefit is worth, or the money of a rebate or fee."""
    return part.value if hasattr(part, "value") else part.amount


def granted(status: str, part: Any, given: Any) -> Any:
    """What a partner with this status of its tier has of what the tier gives."""
    if status in ("qualified", "retained"):
        return given
    return None if status == "undetermined" else False if isinstance(part, bool) else Decimal(0)


@trials(25)
def test_the_lines_of_an_order_are_those_of_the_interpreter(seeds: range) -> None:
    each(seeds, order_fault)


def order_fault(files: Files, chance: Random) -> str | None:
    """A line of a quote that is not what the interpreter gives; None where the programme prices no orders."""
    release = compiled(files)
    order = release.programme.order
    if order is None:
        return None
    makers = Partners(release.programme, chance, any_term=True)
    for _ in range(PARTNERS):
        partner, written = makers.partner(), makers.order()
        quote = release.quote(written, partner, as_of=DAY)
        lines = quote.lines
        if fault := group_fault(quote, order):
            return f"{fault}, of {partner} and {written}"
        for line, item in zip(lines, reference(release, partner, written)[ORDER], strict=True):
            refused, rule = item["refused"], item["quote.rule"]
            if (line.status == "refused") != (refused is True):
                return f"{line}, of {partner} and {written}: refused is {refused}"
            if refused is not False or isinstance(rule, Unknown):
                continue
            if (line.rule or "") != rule:
                return f"{line}, of {partner} and {written}: the rule is {rule}"
            for amount in next((part.amounts for part in order.rules if part.id == rule), ()):
                if getattr(line, amount) != or_none(item[f"quote.{amount}"]):
                    return f"{line}, of {partner} and {written}: {amount} is {item[f'quote.{amount}']}"
    return None


def group_fault(quote: Quote, order: Order) -> str | None:
    """A sum of a group that is not that of its lines, one by one."""
    for group in order.groups:
        lines = [line for line in quote.lines if line.rule in group.rules]
        sums = next((part for part in quote.groups if part.id == group.id), None)
        if (sums is None) != (not lines) or (sums and sums.lines != tuple(line.line for line in lines)):
            return f"{sums} is not of the lines {lines}"
        if sums is None:
            continue
        may_be = [*lines, *(line for line in quote.lines if line.rule is None and line.status == "undetermined")]
        for name in ("customer_pays", "partner_pays", "margin"):
            amounts = [Fraction(getattr(line, name) or 0) for line in may_be]
            wanted = None if any(name in line.open for line in may_be) else sum(amounts)
            if (getattr(sums, name) is None) != (wanted is None) or (
                wanted is not None and getattr(sums, name) != wanted
            ):
                return f"{name} of {sums} is not {wanted}"
    return None


@trials(25)
def test_orders_in_turn_are_each_priced_with_what_those_before_have_left(seeds: range) -> None:
    each(seeds, in_turn_fault)


def in_turn_fault(files: Files, chance: Random) -> str | None:
    """Quotes of several orders that are not those of each alone, by a record with the items of those before."""
    release = compiled(files)
    if release.programme.order is None or not release.programme.order.becomes:
        return None
    makers = Partners(release.programme, chance, any_term=True)
    for _ in range(PARTNERS):
        partner = makers.partner(missing=0.03)
        orders = [makers.order() | {"on": DAY + timedelta(days)} for days in (chance.choice((0, 1)), 1, 0)]
        document, quotes = plain_document({"orders": orders}, "orders"), []
        try:
            for quote in quote_in_turn(read_orders(document), plain_document(partner, "record"), lambda _: release):
                quotes.append(to_dict(quote))
        except InvalidInput:
            quotes.append({})
        if quotes != (wanted := list(one_by_one(release, partner, orders))):
            return f"{quotes}, not {wanted}, of {partner} and {orders}"
    return None


def one_by_one(release: Release, partner: Partner, orders: list[Partner]) -> Iterator[dict[str, Any]]:
    """The quote of each order in the order of their days; an empty one where none can be given, which is the last."""
    in_order = sorted(orders, key=itemgetter("on"))
    for number, order in enumerate(in_order):
        alone, day = {key: value for key, value in order.items() if key != "on"}, order["on"]
        try:
            yield to_dict(release.quote(alone, partner, as_of=day))
        except InvalidInput:
            yield {}
            return
        items = placed(release, partner, alone, day)
        if items is None and number < len(in_order) - 1:
            yield {}
            return
        facts = {**partner["facts"]}
        for id, item in items or ():
            if id in facts or release.programme.lists[id].default_empty:
                facts[id] = [*facts.get(id, ()), item]
        partner = {**partner, "facts": facts}


def placed(release: Release, partner: Partner, order: Partner, day: date) -> list[tuple[str, dict[str, Any]]] | None:
    """The items that an order becomes, each with its list, by the interpreter; None where that is not certain."""
    programme, values = release.programme, reference(release, partner, order, day)
    assert programme.order is not None
    items: list[tuple[str, dict[str, Any]]] = []
    for item in programme.order.becomes:
        lines = values[ORDER]
        states = [
            False if line["refused"] is True else None if Unknown in map(type, (line["refused"], line["quote.rule"]))
            else line["quote.rule"] != ""
            for line in lines
        ]  # fmt: skip
        if item.one_for == "order":
            lines, states = [values], [True if True in states else None if None in states else False]
        for line, is_ordered in zip(lines, states, strict=True):
            own = {id: line[id if item.one_for == "order" else programme.values[id].inner_id]
                   for id in (item.where, *item.fields.values())}  # fmt: skip
            if is_ordered is False or own[item.where] is False:
                continue
            fields = {name: own[id] for name, id in item.fields.items()}
            about = programme.lists[item.list].fields
            is_open = is_ordered is None or isinstance(own[item.where], Unknown)
            for name, value in fields.items():
                gone = isinstance(value, Unknown) and (not value.missing or about[name].default is not None)
                other = about[name].default_from or about[name].none or isinstance(value, Fraction)
                is_open |= gone or (bool(other) and isinstance(value, Unknown | Fraction))
                of_order = not programme.values[item.fields[name]].currency and not item_figure(programme, item, name)
                is_open |= of_order and about[name].currency not in (None, "EUR")
            if is_open:
                return None
            items.append((item.list, {name: value for name, value in fields.items() if not isinstance(value, Unknown)}))
    return items


def item_figure(programme: Programme, item: OrderItem, name: str) -> bool:
    """Whether a field of an item is a written figure, which is in the currency of the field."""
    return isinstance(programme.values[item.fields[name]].expression, Literal)


@trials(10)
def test_an_outcome_is_the_same_after_a_round_through_json(seeds: range) -> None:
    each(seeds, json_fault)


def json_fault(files: Files, chance: Random) -> str | None:
    """An outcome whose JSON is read as another one, or does not fit its schema."""
    schema = validator("outcome.schema.json")
    release = compiled(files)
    makers = Partners(release.programme, chance, any_term=True)
    for _ in range(3):
        outcome = release.evaluate(makers.partner(), as_of=DAY)
        text = to_json(outcome)
        if not schema.is_valid(simplejson.loads(text)):
            return f"{text} does not fit the schema"
        if simplejson.loads(text, use_decimal=True, parse_int=int) != to_dict(outcome):
            return f"{text} is read as another outcome"
    return None
