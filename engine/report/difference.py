"""The difference of two releases as a page, as problems for CI, and as the promised JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from ..evaluate.outcome_json import Json, head, json_value
from ..problems import Level, Place, Problem
from ..programme.model import pick
from ..proof.example import Example
from ..texts.texts import texts_in
from ..values import Unknown
from .changes import ChangeWords
from .effects import effect_blocks
from .page import BAD, GOOD, OPEN, PLAIN, Block, Page, Row
from .proof import example_data, plain_data

if TYPE_CHECKING:  # they need the solver, and a report does not
    from ..difference.difference import Judged, ReleaseDifference
    from ..difference.effects import EffectWitness, Judgement, OtherSide, OutcomeEffect
    from ..difference.renaming import Renaming

#: what worsens comes first
_HARM = {"worsens": 0, "worsens_or_both": 0, "both": 1, "not_proved": 1, "improves": 2, "neutral": 3}
_MARKS = {"worsens": BAD, "worsens_or_both": BAD, "improves": GOOD, "both": OPEN, "not_proved": OPEN, "neutral": PLAIN}


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
    rows = tuple(_change_rows(difference, change_words, lang, approved))
    places = Block(say["where"], items=tuple(_places(difference)))
    blocks = (Block(say["in_words"], rows), *effect_blocks(difference, lang), *more, places)
    count = len(difference.changes)
    judgement = texts_in(lang).JUDGEMENTS[difference.judgement]
    headline = say["headline" if count > 1 else "headline_one"].format(count=count, judgement=judgement)
    remarks = [say[finding].format(days=before.notice_days) for finding in difference.findings]
    if difference.agreements_aside:
        remarks.append(say["agreements_aside"])
    return Page(title, say["title"], _MARKS[difference.judgement], headline, tuple(remarks), blocks)


def _change_rows(
    difference: ReleaseDifference, change_words: ChangeWords, lang: str, approved: Mapping[str, Any]
) -> Iterator[Row]:
    """A row for each change, what worsens first; what a tier brings with it or takes along is under the tier's row."""
    rows_of = {judged.change.fingerprint: list(_of_tier(judged, difference)) for judged in difference.changes}
    folded = {row.change.fingerprint for rows in rows_of.values() for row in rows}
    shown = [judged for judged in difference.changes if judged.change.fingerprint not in folded]
    for judged in sorted(shown, key=lambda judged: _HARM.get(_whole(judged) or "both", 1)):
        rows = rows_of[judged.change.fingerprint]
        others = [change.fingerprint for change in judged.others if change.fingerprint not in folded]
        row = _change_row(judged, others, change_words, lang, approved)
        details = tuple(f"{row.change.fingerprint}  {change_words.sentence(row.change)}" for row in rows)
        yield row._replace(details=details)


def _of_tier(judged: Judged, difference: ReleaseDifference) -> Iterator[Judged]:
    """The rows by tier that come or go with a tier."""
    tier = judged.change
    if tier.what == "tier" and tier.became in ("added", "removed"):
        for other in difference.changes:
            change = other.change
            if change.became == tier.became and change.file_kind != "tiers" and change.path[-1] == tier.path[-1]:
                yield other


def _whole(judged: Judged) -> Judgement | None:
    """What a change does by itself, else together with those that it acts with."""
    return judged.together if judged.judgement in (None, "neutral") and judged.others else judged.judgement


def _change_row(
    judged: Judged, others: Sequence[str], change_words: ChangeWords, lang: str, approved: Mapping[str, Any]
) -> Row:
    say, change, whole = texts_in(lang).CHANGES, judged.change, _whole(judged)
    approval = approved.get(change.fingerprint)
    note = change_words.sentence(change) + (f"; {say['approved'].format(**approval)}" if approval else "")
    if others:
        note += f"; {say['stands_with' if judged.judgement is None else 'acts_with'].format(others=', '.join(others))}"
    return Row(OPEN if whole is None else _MARKS[whole], _judged(judged, lang), change.fingerprint, note, change.source)


def _judged(judged: Judged, lang: str) -> str:
    """What a change does to partners, in words."""
    whole = _whole(judged)
    return texts_in(lang).JUDGEMENTS[whole] if whole else texts_in(lang).CHANGES["with_others"]


def _places(difference: ReleaseDifference) -> Iterator[str]:
    """A line for each change: its fingerprint, and its place in the first release and in the second."""
    for change in (judged.change for judged in difference.changes):
        yield f"{change.fingerprint}  {' → '.join(place.where for place in (change.old, change.new) if place)}"


def difference_problems(difference: ReleaseDifference, lang: str, approved: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Each change as a problem at its place, for annotations.

    A change that is bad for some partner and is not approved is a warning, any other a note.
    """
    change_words = ChangeWords(difference.before, difference.after, lang)
    problems = []
    for judged in difference.changes:
        change = judged.change
        bad = _whole(judged) in ("worsens", "both", "worsens_or_both") and change.fingerprint not in approved
        message = f"{change_words.sentence(change)} ({_judged(judged, lang)})"
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
        "agreements_aside": difference.agreements_aside,
        "changes": [
            {
                "code": judged.change.code,
                "path": ".".join(map(str, judged.change.path)),
                "sentence": {lang: change_words.sentence(judged.change) for lang, change_words in in_words.items()},
                "judgement": judged.judgement,
                "with": [change.fingerprint for change in judged.others],
                "together": judged.together,
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
        "effects": [_effect_data(effect, difference.renaming) for effect in difference.effects],
        "compared": compared,
    }


def _place_data(place: Place | None) -> Json | None:
    return None if place is None else {"file": place.source.path, "line": place.line, "column": place.column}


def _effect_data(effect: OutcomeEffect, renaming: Renaming) -> Json:
    outcome = effect.outcome
    return {
        "tier": outcome.tier,
        "list": outcome.list,
        "own": outcome.own,
        "what": outcome.role.value,
        "id": outcome.id,
        "judgement": effect.judgement,
        "ways": {way: _way_data(witness, renaming) for way, witness in effect.ways.items()},
    }


def _way_data(way: EffectWitness, renaming: Renaming) -> Json:
    values: Sequence[Any] = tuple(None if isinstance(value, Unknown) else value for value in way.values or (None, None))
    return {
        "status": way.status,
        "before": json_value(values[0]),
        "after": json_value(values[1]),
        "partners": [example_data(example) for example in _as_written(way, renaming)],
        "lines": [plain_data(line) for line in way.lines],
        "other_side": None if way.other_side is None else _other_side_data(way.other_side),
    }


def _other_side_data(other: OtherSide) -> Json:
    before, after = (None if isinstance(value, Unknown) else json_value(value) for value in other.values)
    return {"day": other.day.isoformat(), "moved": list(other.moved), "before": before, "after": after}


def _as_written(way: EffectWitness, renaming: Renaming) -> tuple[Example, ...]:
    """The partner of an example as the records of each release are written."""
    return (renaming.in_first(way.examples[0]), way.examples[1]) if way.examples else ()
