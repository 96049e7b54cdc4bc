"""The effects of other readings of unclear clauses on claims and partners, as a page and as the promised JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ..evaluate.outcome_json import Json, json_value, release_head
from ..language.words import words
from ..programme.model import Programme, pick
from ..proof.claims_by_bounds import ClaimVerdict
from ..review.readings import OtherReading, ReadingEffect
from ..source.differences import ValueDifference
from ..texts.texts import texts_in
from ..values import plain
from .page import BAD, GOOD, PLAIN, Block, Page, Row, release_heading

#: The paths of statuses and money; a page shows other paths only where none of these differs.
_MAIN = re.compile(
    r"(tier|status|discount[.]total|discount[.]in_price|(rebate|fee)_totals.*|settlements\S+[.](status|amount)"
    r"|(tiers|tracks)[.]\w+[.](status|tier|discount[.]total)"
    r"|quote[.](customer_pays|partner_pays|margin|lines\S+[.](status|customer_pays|partner_pays)))"
)
_MOST = 6  #: the most differences that a page shows for one partner; the JSON has all

Broken = Mapping[str, Sequence[ClaimVerdict]]  #: by the name of a reading, the claims that do not hold under it


def readings_page(
    programme: Programme,
    readings: Sequence[OtherReading],
    effects: Sequence[ReadingEffect],
    broken: Broken,
    day: date,
    lang: str,
) -> Page:
    """The page: a block for each unclear clause with the reading taken, and the effects of each other reading."""
    say = texts_in(lang).READINGS
    partners = len({effect.partner for effect in effects})
    clauses = [programme.clauses[id] for id in dict.fromkeys(reading.clause for reading in readings)]
    headline = say["readings_count"].format(readings=len(readings), clauses=len(clauses), partners=partners)
    blocks = []
    for clause in clauses:
        own = [reading for reading in readings if reading.clause == clause.id]
        rows = [Row(PLAIN, say["reading_taken"], "", pick(clause.reading or {}, lang))]
        rows += [_row(reading, effects, broken.get(reading.name, ()), lang) for reading in own]
        blocks.append(Block(clause.id, tuple(rows)))
    return Page(release_heading(programme, day, lang), say["readings"], PLAIN, headline, (), tuple(blocks))


def _row(reading: OtherReading, effects: Sequence[ReadingEffect], broken: Sequence[ClaimVerdict], lang: str) -> Row:
    """A reading that was not taken: the claims that it breaks, and the differences for each partner."""
    say = texts_in(lang).READINGS
    details = [say["claim_breaks"].format(claim=verdict.claim.id, found=_claim(verdict, lang)) for verdict in broken]
    own = [effect for effect in effects if effect.reading.name == reading.name]
    for effect in own:
        if effect.differences:
            details.append(f"{effect.partner}: {_differences(effect.differences, lang)}")
    if own and not any(effect.differences for effect in own):
        details.append(say["no_difference"])
    differs = bool(broken) or any(effect.differences for effect in own)
    mark = BAD if broken else GOOD if own and not differs else PLAIN
    return Row(mark, say["reading_other"].format(reading=reading.id), "", pick(reading.title, lang), (), tuple(details))


def _claim(verdict: ClaimVerdict, lang: str) -> str:
    if verdict.wanted is None or verdict.attained is None:
        return texts_in(lang).READINGS["claim_false"]
    amounts = {"found": _shown(verdict.attained, lang), "wanted": _shown(verdict.wanted, lang)}
    return texts_in(lang).READINGS[f"claim_{verdict.claim.assertion.form}"].format(**amounts)


def _differences(differences: Sequence[ValueDifference], lang: str) -> str:
    main = [difference for difference in differences if _MAIN.fullmatch(difference.path)] or list(differences)
    shown = [
        f"{difference.path} {_shown(difference.before, lang)} → {_shown(difference.after, lang)}"
        for difference in main[:_MOST]
    ]
    rest = len(differences) - len(shown)
    return "; ".join(shown) + (texts_in(lang).READINGS["and_more"].format(count=rest) if rest else "")


def _shown(value: Any, lang: str) -> str:
    if value is None:
        return "?"
    if isinstance(value, str | list):
        return ", ".join(value) or "–" if isinstance(value, list) else value
    if isinstance(value, bool):
        return texts_in(lang).REPORT["yes" if value else "no"]
    return words.decimal_mark(plain(value), lang)


def readings_data(
    programme: Programme, readings: Sequence[OtherReading], effects: Sequence[ReadingEffect], broken: Broken, day: date
) -> Json:
    """The readings and their effects with the keys that schemas/readings.schema.json promises."""
    return {
        **release_head("done", programme, day),
        "readings": [
            {
                "clause": reading.clause,
                "id": reading.id,
                "title": dict(reading.title),
                "claims_broken": [_claim_data(verdict) for verdict in broken.get(reading.name, ())],
                "effects": [
                    {
                        "partner": effect.partner,
                        "differences": [
                            {key: getattr(difference, key) for key in ("path", "before", "after")}
                            for difference in effect.differences
                        ],
                    }
                    for effect in effects
                    if effect.reading.name == reading.name
                ],
            }
            for reading in readings
        ],
    }


def _claim_data(verdict: ClaimVerdict) -> Json:
    return {
        "id": verdict.claim.id,
        "claimed": json_value(verdict.wanted),
        "attained": json_value(verdict.attained),
        "scenario": verdict.example,
    }
