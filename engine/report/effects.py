"""The effects of a difference on outcomes, as blocks of a page: for whom what differs, each with a partner, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..difference.effects import is_told_by_readers
from ..language.run.causes import causes
from ..language.tree import Expression, Name
from ..language.words import words
from ..programme.model import MAIN, NO_TIER, Programme, pick
from ..programme.owners import OwnerKind, Role
from ..proof.example import Example
from ..release.load import Release
from ..texts.texts import texts_in
from ..values import Unknown, is_undefined, missing
from .conditions import Conditions
from .fields import yaml_text
from .page import BAD, GOOD, OPEN, Block, Row
from .proof import facts_line

if TYPE_CHECKING:  # they need the solver, and a report does not
    from ..difference.difference import ReleaseDifference
    from ..difference.effects import EffectWitness, OutcomeEffect, Way
    from ..difference.matched import ComparedOutcome

_MARKS = {"better": GOOD, "worse": BAD, "other": OPEN}
#: roles whose better side only the release can say
_STATED = frozenset({Role.DEFINITION, Role.ITEM_VALUE, Role.ORDER_TOTAL})
#: the outcome of the same tier in which another one shows
_WHOLES = {
    Role.REQUIREMENT: Role.QUALIFIED,
    Role.DISCOUNT_BASE: Role.DISCOUNT_TOTAL,
    Role.DISCOUNT_UNCAPPED: Role.DISCOUNT_TOTAL,
}
_PLACES = {"worse": 0, "other": 1, "better": 2}  #: what worsens comes first


def effect_blocks(difference: ReleaseDifference, lang: str) -> Iterator[Block]:
    """A block for each owner whose outcomes change, and one with the number of outcomes proved not to change."""
    say = texts_in(lang).CHANGES
    changed = [effect for effect in difference.effects if effect.judgement != "neutral"]
    owners = dict.fromkeys((effect.outcome.own, effect.outcome.owner) for effect in changed)
    blocks = []
    for key in owners:
        own = [effect for effect in changed if (effect.outcome.own, effect.outcome.owner) == key]
        rows = [row for effect in own for row in _effect_rows(difference, effect, changed, lang)]
        rows.sort(key=lambda row: row[0])
        if rows:
            title = say["in_behaviour"].format(tier=_owner_title(difference, own[0].outcome, lang))
            blocks.append((rows[0][0], Block(title, tuple(row for _, row in rows))))
    blocks.sort(key=lambda block: block[0])
    yield from (block for _, block in blocks)
    total = len(difference.effects)
    yield Block(say["unaffected"], items=(say["proved"].format(count=total - len(changed), all=total),))


def _owner_title(difference: ReleaseDifference, outcome: ComparedOutcome, lang: str) -> str:
    say, kind, id = texts_in(lang).CHANGES, outcome.owner.kind, outcome.owner.id
    if outcome.of_order:
        return say["prices"]
    if kind is OwnerKind.PROGRAMME:
        return say["own_tier" if outcome.own else "every_partner"]
    if kind is OwnerKind.TRACK and id == MAIN:
        return say["award"]
    for programme in (difference.after.programme, difference.before.programme):
        lists = {**programme.lists, **programme.made_lists}
        titles: Mapping[str, Any] = {
            OwnerKind.TIER: programme.tiers, OwnerKind.TRACK: programme.tracks, OwnerKind.LIST: lists,
        }.get(kind, {})  # fmt: skip
        if id in titles:
            return pick(titles[id].title, lang)
    return id


def _effect_rows(
    difference: ReleaseDifference, effect: OutcomeEffect, changed: Sequence[OutcomeEffect], lang: str
) -> Iterator[tuple[int, Row]]:
    """A row for each way in which an outcome differs, with its place; none for a way that another row shows."""
    say, outcome = texts_in(lang).CHANGES, effect.outcome
    for way, witness in effect.ways.items():
        if witness.status == "no" or is_told_by_readers(effect, changed) or _is_shown_elsewhere(effect, way, changed):
            continue
        title = _outcome_title(difference, outcome, lang)
        no_side = f"; {say['no_side']}" if outcome.role in _STATED and not outcome.has_side else ""
        if witness.status == "undecided" or witness.values is None:
            yield _PLACES[way], Row(OPEN, title, "", say[f"not_proved_{way}"] + no_side)
            continue
        before, after = (_value(difference, outcome, value, lang) for value in witness.values)
        sides = tuple(_sides(difference, outcome, witness, (before, after), lang))
        lines = (*_example_lines(witness, lang), *_other_side(difference, outcome, witness, lang))
        note = say[f"for_{way}"] + no_side
        yield _PLACES[way], Row(_MARKS[way], title, f"{before} → {after}", note, (), lines, sides=sides)


def _is_shown_elsewhere(effect: OutcomeEffect, way: Way, changed: Sequence[OutcomeEffect]) -> bool:
    """Whether a row of another outcome shows the same.

    A requirement shows in the status of its tier, parts of a discount in the discount, an outcome of the partner's own
    tier in that of the tier, and a part of the discount that changes exactly as the discount does in the discount.
    """
    outcome = effect.outcome
    for other in changed:
        if other is effect or not other.shows(way) or (other.outcome.owner != outcome.owner and not outcome.own):
            continue
        if outcome.own:
            if not other.outcome.own and (other.outcome.role, other.outcome.names) == (outcome.role, outcome.names):
                return True
        elif not other.outcome.own:
            if _is_part(outcome, other.outcome):
                return True
            parts = (outcome.role, other.outcome.role) == (Role.DISCOUNT_IN_PRICE, Role.DISCOUNT_TOTAL)
            if parts and _values_by_way(effect) == _values_by_way(other):
                return True
    return False


def _is_part(outcome: ComparedOutcome, other: ComparedOutcome) -> bool:
    return _WHOLES.get(outcome.role) is other.role


def _values_by_way(effect: OutcomeEffect) -> Mapping[str, object]:
    return {way: witness.values for way, witness in effect.ways.items()}


def _outcome_title(difference: ReleaseDifference, outcome: ComparedOutcome, lang: str) -> str:
    """The title of an outcome: its own, or a word for what it is to its owner."""
    say = texts_in(lang).CHANGES
    names = outcome.names[-1:] if outcome.role is Role.AMOUNT else ()
    key = "_".join(("outcome", outcome.role.value, *names))
    if key in say:
        return say[key]
    for side, id in ((difference.after, _id(outcome.after)), (difference.before, _id(outcome.before))):
        value = side.programme.values.get(id or "")
        if value is not None and value.title:
            return pick(value.title, lang)
    values = difference.after.programme.values.values()
    alike = [value for value in values if (value.role, value.names) == (outcome.role, outcome.names) and value.title]
    return pick(alike[0].title, lang) if alike else outcome.id


def _id(tree: Expression) -> str | None:
    return tree.id if isinstance(tree, Name) else None


def _value(difference: ReleaseDifference, outcome: ComparedOutcome, value: Any, lang: str) -> str:
    if value is None or value == NO_TIER:
        return "–"
    if isinstance(value, Unknown):
        return texts_in(lang).CHANGES["undetermined" if value.missing else "undefined"]
    if isinstance(value, bool):
        return texts_in(lang).REPORT["yes" if value else "no"]
    if isinstance(value, Decimal | Fraction | date):
        return words.amount(value, outcome.kind, lang)
    return _option(difference, outcome, str(value), lang)


def _option(difference: ReleaseDifference, outcome: ComparedOutcome, option: str, lang: str) -> str:
    """The title of a tier, a rule of price or an option."""
    for side, id in ((difference.after, _id(outcome.after)), (difference.before, _id(outcome.before))):
        programme = side.programme
        if outcome.role is Role.TIER and option in programme.tiers:
            return pick(programme.tiers[option].title, lang)
        titles = _rule_titles(programme) if outcome.role is Role.PRICE_RULE else _choices(programme, id)
        if option in titles:
            return pick(titles[option], lang)
    return option


def _rule_titles(programme: Programme) -> Mapping[str, Mapping[str, str]]:
    return {rule.id: rule.title for rule in programme.order.rules} if programme.order else {}


def _choices(programme: Programme, id: str | None) -> Mapping[str, Mapping[str, str]]:
    value = programme.values.get(id or "")
    return value.choices if value else {}


def _example_lines(way: EffectWitness, lang: str) -> Iterator[str]:
    """The partner of the example, and the lines of its order where the effect is on a price."""
    say = texts_in(lang).CHANGES
    if way.examples is not None:
        yield say["partner"].format(facts=facts_line(way.examples[1], lang))
    if way.lines:
        lines = ("{" + ", ".join(f"{id}: {yaml_text(value)}" for id, value in line.items()) + "}" for line in way.lines)
        yield say["lines"].format(lines=", ".join(lines))


def _other_side(
    difference: ReleaseDifference, outcome: ComparedOutcome, way: EffectWitness, lang: str
) -> Iterator[str]:
    """What the same partner has with its days on the other side of the second release's first day."""
    say, other = texts_in(lang).CHANGES, way.other_side
    if other is None:
        return
    before, after = (_value(difference, outcome, value, lang) for value in other.values)
    programme = difference.after.programme
    facts = [programme.facts.get(id) or programme.fields[id].fact for id in other.moved]
    days = ", ".join(f"{fact.id}: {other.day}" for fact in facts)
    key = "other_side_same" if other.values[0] == other.values[1] else "other_side"
    yield say[key].format(days=days, before=before, after=after)


# Why ------------------------------------------------------------------------------------------------------------------


def _sides(
    difference: ReleaseDifference, outcome: ComparedOutcome, way: EffectWitness, values: tuple[str, str], lang: str
) -> Iterator[tuple[str, str]]:
    """For each release a heading with the value, and the reason for it; nothing for what an order or an item has."""
    say, trees = texts_in(lang).CHANGES, (outcome.before, outcome.after)
    releases = (difference.pair.before, difference.pair.after)
    examples = () if way.lines or outcome.list is not None else way.examples or ()
    for name, release, example, tree, value in zip(("was", "is"), releases, examples, trees, values, strict=False):
        reason = _reason(release, example, outcome, tree, lang)
        yield f"{say[name]} {value}", "" if reason == value else reason


def _reason(release: Release, example: Example, outcome: ComparedOutcome, tree: Expression, lang: str) -> str:
    """The reason for an outcome: the unmet requirements, the parts of a discount, or the condition that decides it."""
    programme, say = release.programme, texts_in(lang).CHANGES
    if outcome.own:
        held = example.values(release)[programme.tracks[MAIN].tier]
        tier = programme.tiers.get(held) if isinstance(held, str) else None
        return say["with_tier"].format(tier=pick(tier.title, lang)) if tier else say["without_tier"]
    id = _id(tree)
    if id is None:
        return say["not_there"]
    if outcome.role is Role.TIER:
        return ""
    conditions = Conditions(programme, example.values(release), lang)
    value = programme.values[id]
    if value.tier is None:
        return _worked_out(conditions, id)
    tier = programme.tiers[value.tier]
    answer = release.evaluate(example.record_for(release), as_of=example.as_of).of(tier.id)
    if outcome.role is Role.QUALIFIED:
        by_id = {requirement.id: requirement for requirement in tier.requirements}
        lacking = [by_id[part.id] for part in answer.requirements if part.status == "not_met"]
        lacks = [f"{pick(part.title, lang)}: {conditions.comparisons(part.value)}" for part in lacking]
        if not lacks and answer.status != "qualified":
            return ""
        return say["lacks"].format(what="; ".join(lacks)) if lacks else say["all_met"]
    bonuses = tier.discount.bonuses if tier.discount else ()
    if answer.discount and outcome.role in (Role.DISCOUNT_TOTAL, Role.DISCOUNT_IN_PRICE, Role.DISCOUNT_UNCAPPED):
        discount, titles = answer.discount, {bonus.id: pick(bonus.title, lang) for bonus in bonuses}
        parts = [f"{conditions.percent(part.percent)} {titles[part.id]}" for part in discount.bonuses if part.percent]
        whole = " + ".join([conditions.percent(discount.base), *parts])
        cap, uncapped = discount.cap, discount.uncapped
        capped = cap is not None and uncapped is not None and uncapped > cap
        return f"{whole}; {say['capped'].format(cap=conditions.percent(cap))}" if capped else whole
    earned = next((bonus.earned for bonus in bonuses if bonus.percent == id), id)
    return conditions.comparisons(earned) if earned != id else _worked_out(conditions, id)


def _worked_out(conditions: Conditions, id: str) -> str:
    """A value of one partner in words; why it has none."""
    value = conditions.values[id]
    if not isinstance(value, Unknown):
        return conditions.value(id, value)
    if is_undefined(value):
        return "; ".join(conditions.without_result(causes(value)))
    return "; ".join(conditions.without_value(missing(value), causes(value)))
