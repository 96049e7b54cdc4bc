"""The difference of two releases as a page, as problems for CI, and as the promised JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..evaluate.outcome_json import Json, head, json_value
from ..language.words import words
from ..problems import Level, Place, Problem
from ..programme.model import pick
from ..proof.example import Example
from ..release.load import Release
from ..texts.texts import texts_in
from .changes import ChangeWords
from .conditions import Conditions
from .fields import yaml_text
from .page import BAD, GOOD, OPEN, PLAIN, Block, Page, Row
from .proof import example_data, facts_line, plain_data

if TYPE_CHECKING:  # they need the solver, and a report does not
    from ..difference.difference import Judged, ReleaseDifference
    from ..difference.partner_effects import ComparedOutcome, EffectWitness, OutcomeEffect

_MARKS = {"worsens": BAD, "improves": GOOD, "both": OPEN, "not_proved": OPEN, "neutral": PLAIN}


def difference_page(
    difference: ReleaseDifference,
    lang: str,
    approved: Mapping[str, Any],
    more: Sequence[Block] = (),
    names: tuple[str, str] | None = None,
) -> Page:
    """The page: each change in a sentence, then its effects by tier, each with a partner as an example.

    `approved` are the approvals by the fingerprint of their change. `more` are blocks about a portfolio, which go
    before the list of places. `names` replace the numbers of the releases where both have the same number.
    """
    say, change_words = texts_in(lang).CHANGES, ChangeWords(difference.before, difference.after, lang)
    before, after = difference.before.programme, difference.after.programme
    was, now = (before.release, after.release) if before.release != after.release or not names else names
    title = f"{pick(after.title, lang)} {was} → {now}"
    if not difference.changes:
        return Page(title, say["title"], GOOD, say["same"], (), tuple(more))
    rows = tuple(_change_row(judged, change_words, lang, approved) for judged in difference.changes)
    places = Block(say["where"], items=tuple(_places(difference)))
    blocks = (Block(say["in_words"], rows), *_behaviour(difference, lang), *more, places)
    count = len(difference.changes)
    judgement = texts_in(lang).JUDGEMENTS[difference.judgement]
    headline = say["headline" if count > 1 else "headline_one"].format(count=count, judgement=judgement)
    remarks = tuple(say[finding].format(days=before.notice_days) for finding in difference.findings)
    return Page(title, say["title"], _MARKS[difference.judgement], headline, remarks, blocks)


def _change_row(judged: Judged, change_words: ChangeWords, lang: str, approved: Mapping[str, Any]) -> Row:
    say, change = texts_in(lang).CHANGES, judged.change
    effect = texts_in(lang).JUDGEMENTS[judged.judgement] if judged.judgement else say["with_others"]
    approval = approved.get(change.fingerprint)
    mark = OPEN if judged.judgement is None else _MARKS[judged.judgement]
    note = change_words.sentence(change) + (f"; {say['approved'].format(**approval)}" if approval else "")
    return Row(mark, effect, change.fingerprint, note, change.source)


def _places(difference: ReleaseDifference) -> Iterator[str]:
    """A line for each change: its fingerprint, and its place in the first release and in the second."""
    for change in (judged.change for judged in difference.changes):
        yield f"{change.fingerprint}  {' → '.join(place.where for place in (change.old, change.new) if place)}"


def _behaviour(difference: ReleaseDifference, lang: str) -> Iterator[Block]:
    """A block for each tier whose outcomes change, and one with the number of outcomes proved not to change."""
    say = texts_in(lang).CHANGES
    changed = [effect for effect in difference.effects if effect.judgement != "neutral"]
    for tier in dict.fromkeys(effect.outcome.tier for effect in difference.effects):
        own = [effect for effect in changed if effect.outcome.tier == tier]
        own = [effect for effect in own if not _repeats_discount(effect, own)]
        rows = tuple(row for effect in own for row in _effect_rows(difference, effect, lang))
        if rows:
            common = say["prices" if own[0].outcome.what == "price" else "award"]
            title = common if tier is None else _tier_title(difference, tier, lang)
            yield Block(say["in_behaviour"].format(tier=title), rows)
    total = len(difference.effects)
    yield Block(say["unaffected"], items=(say["proved"].format(count=total - len(changed), all=total),))


def _repeats_discount(effect: OutcomeEffect, effects: Iterable[OutcomeEffect]) -> bool:
    """Whether the part of a discount that lowers the price changes exactly as the discount does."""
    discounts = (_values_by_way(own) for own in effects if own.outcome.what == "discount")
    return effect.outcome.what == "in_price" and _values_by_way(effect) in discounts


def _values_by_way(effect: OutcomeEffect) -> Mapping[str, object]:
    return {way: witness.values for way, witness in effect.ways.items()}


def _tier_title(difference: ReleaseDifference, tier: str, lang: str) -> str:
    tiers = {**difference.before.programme.tiers, **difference.after.programme.tiers}
    return pick(tiers[tier].title, lang) if tier in tiers else tier


def _effect_rows(difference: ReleaseDifference, effect: OutcomeEffect, lang: str) -> Iterator[Row]:
    say = texts_in(lang).CHANGES
    for way, witness in effect.ways.items():
        if witness.status == "no":
            continue
        title = _outcome_title(difference, effect, lang)
        if witness.status == "undecided" or witness.values is None:
            yield Row(OPEN, title, "", say[f"not_proved_{way}"])
            continue
        before, after = (_value(effect, value, lang) for value in witness.values)
        mark = {"better": GOOD, "worse": BAD, "other": OPEN}[way]
        sides = tuple(_sides(difference, effect, witness, (before, after), lang))
        yield Row(
            mark, title, f"{before} → {after}", say[f"for_{way}"], (), tuple(_example_lines(witness, lang)), sides=sides
        )


def _outcome_title(difference: ReleaseDifference, effect: OutcomeEffect, lang: str) -> str:
    """The title of an outcome: that of its bonus, benefit or rebate, or a word for what it is to the tier."""
    outcome, say = effect.outcome, texts_in(lang).CHANGES
    if outcome.what in ("status", "discount", "in_price", "award"):
        return say[f"outcome_{outcome.what}"]
    if outcome.what == "price":
        return say[f"outcome_{outcome.id}"]
    for side, id in ((difference.after, outcome.after), (difference.before, outcome.before)):
        if id and side.programme.values[id].title:
            return pick(side.programme.values[id].title, lang)
    return outcome.id


def _value(effect: OutcomeEffect, value: Any, lang: str) -> str:
    if isinstance(value, bool):
        return texts_in(lang).REPORT["yes" if value else "no"]
    if isinstance(value, Decimal | Fraction):
        return words.amount(value, effect.outcome.kind, lang)
    return str(value) or "–"


def _example_lines(way: EffectWitness, lang: str) -> Iterator[str]:
    """The partner of the example, and the lines of its order where the effect is on a price."""
    say = texts_in(lang).CHANGES
    if way.examples is not None:
        yield say["partner"].format(facts=facts_line(way.examples[1], lang))
    if way.lines:
        lines = ("{" + ", ".join(f"{id}: {yaml_text(value)}" for id, value in line.items()) + "}" for line in way.lines)
        yield say["lines"].format(lines=", ".join(lines))


def _sides(
    difference: ReleaseDifference, effect: OutcomeEffect, way: EffectWitness, values: tuple[str, str], lang: str
) -> Iterator[tuple[str, str]]:
    """For each release a heading with the value, and the reason for it; nothing for prices."""
    say, ids = texts_in(lang).CHANGES, (effect.outcome.before, effect.outcome.after)
    releases, examples = (difference.pair.before, difference.pair.after), () if way.lines else way.examples or ()
    for name, release, example, id, value in zip(("was", "is"), releases, examples, ids, values, strict=False):
        reason = say["not_there"] if id is None else _reason(release, example, effect.outcome, id, lang)
        yield f"{say[name]} {value}", "" if reason == value else reason


def _reason(release: Release, example: Example, outcome: ComparedOutcome, id: str, lang: str) -> str:
    """The reason for an outcome: the unmet requirements, the parts of a discount, or the condition that decides it."""
    programme, say = release.programme, texts_in(lang).CHANGES
    conditions = Conditions(programme, example.values(release), lang)
    value = programme.values.get(id)
    if value is None or value.tier is None:
        return conditions.value(id, conditions.values[id])
    tier = programme.tiers[value.tier]
    answer = release.evaluate(example.record(), as_of=example.as_of).of(tier.id)
    if outcome.what == "status":
        by_id = {requirement.id: requirement for requirement in tier.requirements}
        lacking = [by_id[part.id] for part in answer.requirements if part.status == "not_met"]
        lacks = [f"{pick(part.title, lang)}: {conditions.comparisons(part.value)}" for part in lacking]
        return say["lacks"].format(what="; ".join(lacks)) if lacks else say["all_met"]
    bonuses = tier.discount.bonuses if tier.discount else ()
    if answer.discount and outcome.what in ("discount", "in_price"):
        discount, titles = answer.discount, {bonus.id: pick(bonus.title, lang) for bonus in bonuses}
        parts = [f"{conditions.percent(part.percent)} {titles[part.id]}" for part in discount.bonuses if part.percent]
        whole = " + ".join([conditions.percent(discount.base), *parts])
        cap, uncapped = discount.cap, discount.uncapped
        capped = cap is not None and uncapped is not None and uncapped > cap
        return f"{whole}; {say['capped'].format(cap=conditions.percent(cap))}" if capped else whole
    earned = next((bonus.earned for bonus in bonuses if bonus.percent == id), id)
    return conditions.comparisons(earned) if earned != id else conditions.value(id, conditions.values[id])


def difference_problems(difference: ReleaseDifference, lang: str, approved: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Each change as a problem at its place, for annotations.

    A change that is bad for some partner and is not approved is a warning, any other a note.
    """
    change_words, texts = ChangeWords(difference.before, difference.after, lang), texts_in(lang)
    problems = []
    for judged in difference.changes:
        change = judged.change
        bad = judged.judgement in ("worsens", "both") and change.fingerprint not in approved
        judgement = texts.JUDGEMENTS[judged.judgement] if judged.judgement else texts.CHANGES["with_others"]
        message = f"{change_words.sentence(change)} ({judgement})"
        level = Level.WARNING if bad else Level.NOTE
        problems.append(Problem("changed", message, change.new or change.old, None, level))
    return tuple(problems)


def difference_data(
    result: str, difference: ReleaseDifference, day: date, approved: Mapping[str, Any], compared: Json | None = None
) -> Json:
    """The difference with the keys that schemas/diff.schema.json promises.

    `compared` is the JSON of a portfolio under both releases, or None.
    """
    in_words = {lang: ChangeWords(difference.before, difference.after, lang) for lang in ("en", "ru")}
    return {
        **head(result),
        "programme": difference.after.programme.id,
        "before": {"release": difference.before.programme.release, "digest": difference.before.programme.digest},
        "after": {"release": difference.after.programme.release, "digest": difference.after.programme.digest},
        "as_of": day.isoformat(),
        "judgement": difference.judgement,
        "findings": list(difference.findings),
        "changes": [
            {
                "code": judged.change.code,
                "path": ".".join(map(str, judged.change.path)),
                "sentence": {lang: change_words.sentence(judged.change) for lang, change_words in in_words.items()},
                "judgement": judged.judgement,
                "before": plain_data(judged.change.before),
                "after": plain_data(judged.change.after),
                "renamed": judged.change.renamed,
                "old": _place_data(judged.change.old),
                "new": _place_data(judged.change.new),
                "source": list(judged.change.source),
                "fingerprint": judged.change.fingerprint,
                "approved": approved.get(judged.change.fingerprint),
            }
            for judged in difference.changes
        ],
        "effects": [
            {
                "tier": effect.outcome.tier,
                "what": effect.outcome.what,
                "id": effect.outcome.id,
                "judgement": effect.judgement,
                "ways": {way: _way_data(witness) for way, witness in effect.ways.items()},
            }
            for effect in difference.effects
        ],
        "compared": compared,
    }


def _place_data(place: Place | None) -> Json | None:
    return None if place is None else {"file": place.source.path, "line": place.line, "column": place.column}


def _way_data(way: EffectWitness) -> Json:
    values: Sequence[Any] = way.values or (None, None)
    return {
        "status": way.status,
        "before": json_value(values[0]),
        "after": json_value(values[1]),
        "partners": [example_data(example) for example in way.examples or ()],
        "lines": [plain_data(line) for line in way.lines],
    }
