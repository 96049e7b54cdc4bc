"""Evaluation gives, for every value and every part of an outcome, what the interpreter gives."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import simplejson
from charter import Outcome, Programme, Release, to_dict, to_json
from charter.engine.evaluate.evaluate import all_values
from charter.engine.evaluate.outcome import TierOutcome
from charter.engine.programme.model import MAIN, ORDER, Tier
from charter.engine.values import Unknown, or_none

from ..published import validator
from .partners import DAY, Partners, reference
from .programmes import Files, compiled
from .trials import each, trials

PARTNERS = 12


@trials(40)
def test_every_value_is_that_of_the_interpreter(seeds: range) -> None:
    each(seeds, value_fault)


def value_fault(files: Files, chance: Random) -> str | None:
    """A value of a partner, or a part of its outcome, that is not what the interpreter gives."""
    release = compiled(files)
    makers = Partners(release.programme, chance)
    for _ in range(PARTNERS):
        partner = makers.partner()
        outcome = release.evaluate(partner, as_of=DAY)
        right, values = reference(release, partner), all_values(release.plan, outcome)
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
    makers = Partners(release.programme, chance)
    for _ in range(PARTNERS):
        partner, written = makers.partner(), makers.order()
        lines = release.quote(written, partner, as_of=DAY).lines
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


@trials(10)
def test_an_outcome_is_the_same_after_a_round_through_json(seeds: range) -> None:
    each(seeds, json_fault)


def json_fault(files: Files, chance: Random) -> str | None:
    """An outcome whose JSON is read as another one, or does not fit its schema."""
    schema = validator("outcome.schema.json")
    release = compiled(files)
    makers = Partners(release.programme, chance)
    for _ in range(3):
        outcome = release.evaluate(makers.partner(), as_of=DAY)
        text = to_json(outcome)
        if not schema.is_valid(simplejson.loads(text)):
            return f"{text} does not fit the schema"
        if simplejson.loads(text, use_decimal=True, parse_int=int) != to_dict(outcome):
            return f"{text} is read as another outcome"
    return None
