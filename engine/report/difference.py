"""The difference of two releases as sentences, as a page for people, as problems for CI, and as the promised JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from .fields import written
from .page import BAD, GOOD, OPEN, PLAIN, Block, Page, Row
from .proof import facts_line, plain_data

if TYPE_CHECKING:  # they need the solver, and a report does not
    from ..difference.difference import Judged, ReleaseDifference
    from ..difference.partner_effects import ComparedOutcome, EffectWitness, OutcomeEffect

_MARKS = {"worsens": BAD, "improves": GOOD, "both": OPEN, "not_proved": OPEN, "neutral": PLAIN}


def difference_page(
    found: ReleaseDifference,
    lang: str,
    approved: Mapping[str, Any],
    more: Sequence[Block] = (),
    names: tuple[str, str] | None = None,
) -> Page:
    """What is changed, in words; and for whom, with a partner for each way in which someone is hit.

    `more` are blocks about a portfolio, which stand before the places; `names` tell two releases of one number apart.
    """
    say, telling = texts_in(lang).CHANGES, ChangeWords(found.before, found.after, lang)
    one, other = found.before.programme, found.after.programme
    was, now = (one.release, other.release) if one.release != other.release or not names else names
    title = f"{pick(other.title, lang)} {was} → {now}"
    if not found.changes:
        return Page(title, say["title"], GOOD, say["same"], (), tuple(more))
    rows = tuple(_change_row(judged, telling, lang, approved) for judged in found.changes)
    blocks = [
        Block(say["in_words"], rows),
        *_behaviour(found, lang),
        *more,
        Block(say["where"], items=tuple(_where(found))),
    ]
    count = len(found.changes)
    headline = say["headline" if count > 1 else "headline_one"].format(
        count=count, judgement=texts_in(lang).JUDGEMENTS[found.judgement]
    )
    remarks = tuple(say[one_finding].format(days=one.notice_days) for one_finding in found.findings)
    return Page(title, say["title"], _MARKS[found.judgement], headline, remarks, tuple(blocks))


def _change_row(judged: Judged, telling: ChangeWords, lang: str, approved: Mapping[str, Any]) -> Row:
    say, change = texts_in(lang).CHANGES, judged.change
    told = texts_in(lang).JUDGEMENTS[judged.judgement] if judged.judgement else say["with_others"]
    approval = approved.get(change.fingerprint)
    mark = OPEN if judged.judgement is None else _MARKS[judged.judgement]
    note = telling.sentence(change) + (f"; {say['approved'].format(**approval)}" if approval else "")
    return Row(mark, told, change.fingerprint, note, change.source)


def _where(found: ReleaseDifference) -> Iterator[str]:
    """Where each change stands, in the first release and in the second."""
    for one in (judged.change for judged in found.changes):
        yield f"{one.fingerprint}  {' → '.join(place.where for place in (one.old, one.new) if place)}"


def _behaviour(found: ReleaseDifference, lang: str) -> Iterator[Block]:
    """A block for each tier of which something becomes otherwise; and of how many outcomes it is proved that not."""
    say = texts_in(lang).CHANGES
    tiers = dict.fromkeys(effect.outcome.tier for effect in found.effects)
    for tier in tiers:
        own = [one for one in found.effects if one.outcome.tier == tier and one.judgement != "neutral"]
        own = [one for one in own if not _is_told(one, own)]
        rows = tuple(row for effect in own for row in _effect_rows(found, effect, lang))
        if rows:
            common = say["prices" if own[0].outcome.what == "price" else "award"]
            title = common if tier is None else _tier_title(found, tier, lang)
            yield Block(say["in_behaviour"].format(tier=title), rows)
    proved = sum(effect.judgement == "neutral" for effect in found.effects)
    yield Block(say["unaffected"], items=(say["proved"].format(count=proved, all=len(found.effects)),))


def _is_told(effect: OutcomeEffect, others: Sequence[OutcomeEffect]) -> bool:
    """Whether what lowers the price is what the discount is, and told with it."""
    if effect.outcome.what != "in_price":
        return False
    return any(one.outcome.what == "discount" and {way: it.values for way, it in one.ways.items()}
               == {way: it.values for way, it in effect.ways.items()} for one in others)  # fmt: skip


def _tier_title(found: ReleaseDifference, tier: str, lang: str) -> str:
    for programme in (found.after.programme, found.before.programme):
        if tier in programme.tiers:
            return pick(programme.tiers[tier].title, lang)
    return tier


def _effect_rows(found: ReleaseDifference, effect: OutcomeEffect, lang: str) -> Iterator[Row]:
    say = texts_in(lang).CHANGES
    for way, one in effect.ways.items():
        if one.status == "no":
            continue
        if one.status == "undecided" or one.values is None:
            yield Row(OPEN, outcome_title(found, effect, lang), "", say[f"not_proved_{way}"])
            continue
        before, after = (_value(effect, value, lang) for value in one.values)
        mark = {"better": GOOD, "worse": BAD, "other": OPEN}[way]
        title = outcome_title(found, effect, lang)
        sides = tuple(_sides(found, effect, one, (before, after), lang))
        yield Row(mark, title, f"{before} → {after}", say[f"for_{way}"], (), tuple(_who(one, lang)), sides=sides)


def outcome_title(found: ReleaseDifference, effect: OutcomeEffect, lang: str) -> str:
    """What an outcome is called: the bonus, the benefit, or what it is of the tier."""
    outcome, say = effect.outcome, texts_in(lang).CHANGES
    if outcome.what in ("status", "discount", "in_price", "award"):
        return say[f"outcome_{outcome.what}"]
    if outcome.what == "price":
        return say[f"outcome_{outcome.id}"]
    for side, id in ((found.after, outcome.after), (found.before, outcome.before)):
        if id and side.programme.values[id].title:
            return pick(side.programme.values[id].title, lang)
    return outcome.id


def _value(effect: OutcomeEffect, value: Any, lang: str) -> str:
    if isinstance(value, bool):
        return texts_in(lang).REPORT["yes" if value else "no"]
    if isinstance(value, Decimal | Fraction):
        return words.amount(value, effect.outcome.kind, lang)
    return str(value) or "–"


def _who(way: EffectWitness, lang: str) -> Iterator[str]:
    """The partner, and the order where it is about a price."""
    say = texts_in(lang).CHANGES
    if way.examples is not None:
        yield say["partner"].format(facts=facts_line(way.examples[1], lang))
    if way.lines:
        told = ("{" + ", ".join(f"{id}: {written(value)}" for id, value in line.items()) + "}" for line in way.lines)
        yield say["lines"].format(lines=", ".join(told))


def _sides(
    found: ReleaseDifference, effect: OutcomeEffect, way: EffectWitness, values: tuple[str, str], lang: str
) -> Iterator[tuple[str, str]]:
    """How each release comes to its answer."""
    say, ids = texts_in(lang).CHANGES, (effect.outcome.before, effect.outcome.after)
    sides = zip(("was", "is"), (found.pair.before, found.pair.after), way.examples or (), ids, values, strict=False)
    for name, release, example, id, value in sides:
        if not way.lines:
            reason = say["not_there"] if id is None else _reason(release, example, effect.outcome, id, lang)
            yield f"{say[name]} {value}", "" if reason == value else reason


def _reason(release: Release, example: Example, outcome: ComparedOutcome, id: str, lang: str) -> str:
    """Why an outcome is as it is: the requirements that are not met, the parts of a discount, or what decides it."""
    programme, say = release.programme, texts_in(lang).CHANGES
    told = Conditions(programme, example.values(release), lang)
    value = programme.values.get(id)
    if value is None or value.tier is None:
        return told.value(id, told.values[id])
    tier = programme.tiers[value.tier]
    answer = release.evaluate(example.record(), as_of=example.as_of).of(tier.id)
    if outcome.what == "status":
        titles = {one.id: one for one in tier.requirements}
        lacks = [titles[one.id] for one in answer.requirements if one.status == "not_met"]
        named = [f"{pick(one.title, lang)}: {told.measured(one.value)}" for one in lacks]
        return say["lacks"].format(what="; ".join(named)) if named else say["all_met"]
    bonuses = tier.discount.bonuses if tier.discount else ()
    if answer.discount and outcome.what in ("discount", "in_price"):
        titles_of = {bonus.id: pick(bonus.title, lang) for bonus in bonuses}
        parts = [f"{told.percent(one.percent)} {titles_of[one.id]}" for one in answer.discount.bonuses if one.percent]
        whole = " + ".join([told.percent(answer.discount.base), *parts])
        cap, uncapped = answer.discount.cap, answer.discount.uncapped
        capped = cap is not None and uncapped is not None and uncapped > cap
        return f"{whole}; {say['capped'].format(cap=told.percent(cap))}" if capped else whole
    earned = next((bonus.earned for bonus in bonuses if bonus.percent == id), id)
    return told.measured(earned) if earned != id else told.value(id, told.values[id])


def difference_problems(found: ReleaseDifference, lang: str, approved: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Each change as a problem at its place, for annotations: a warning where it worsens something for someone."""
    telling, texts = ChangeWords(found.before, found.after, lang), texts_in(lang)
    told = []
    for judged in found.changes:
        change = judged.change
        bad = judged.judgement in ("worsens", "both") and change.fingerprint not in approved
        judgement = texts.JUDGEMENTS[judged.judgement] if judged.judgement else texts.CHANGES["with_others"]
        message = f"{telling.sentence(change)} ({judgement})"
        told.append(Problem("changed", message, change.new or change.old, None, Level.WARNING if bad else Level.NOTE))
    return tuple(told)


def difference_data(
    result: str, found: ReleaseDifference, day: date, approved: Mapping[str, Any], compared: Json | None = None
) -> Json:
    """The difference with the keys that schemas/diff.schema.json promises; `compared` is what a portfolio shows."""
    tellings = {lang: ChangeWords(found.before, found.after, lang) for lang in ("en", "ru")}
    return {
        **head(result),
        "programme": found.after.programme.id,
        "before": {"release": found.before.programme.release, "digest": found.before.programme.digest},
        "after": {"release": found.after.programme.release, "digest": found.after.programme.digest},
        "as_of": day.isoformat(),
        "judgement": found.judgement,
        "findings": list(found.findings),
        "changes": [
            {
                "code": one.change.code,
                "path": ".".join(map(str, one.change.path)),
                "sentence": {lang: telling.sentence(one.change) for lang, telling in tellings.items()},
                "judgement": one.judgement,
                "before": plain_data(one.change.before),
                "after": plain_data(one.change.after),
                "renamed": one.change.renamed,
                "old": _place_data(one.change.old),
                "new": _place_data(one.change.new),
                "source": list(one.change.source),
                "fingerprint": one.change.fingerprint,
                "approved": approved.get(one.change.fingerprint),
            }
            for one in found.changes
        ],
        "effects": [
            {
                "tier": effect.outcome.tier,
                "what": effect.outcome.what,
                "id": effect.outcome.id,
                "judgement": effect.judgement,
                "ways": {way: _way_data(one) for way, one in effect.ways.items()},
            }
            for effect in found.effects
        ],
        "compared": compared,
    }


def _place_data(place: Place | None) -> Json | None:
    return None if place is None else {"file": place.source.path, "line": place.line, "column": place.column}


def _way_data(way: EffectWitness) -> Json:
    values: Sequence[Any] = way.values or (None, None)
    records = [{"as_of": one.as_of.isoformat(), "record": plain_data(one.record())} for one in way.examples or ()]
    return {
        "status": way.status,
        "before": json_value(values[0]),
        "after": json_value(values[1]),
        "partners": records,
        "lines": [plain_data(line) for line in way.lines],
    }
