"""Verdicts on claims and ranges of values as pages and as the promised JSON, and examples as record files."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from ..evaluate.outcome_json import Json, json_value, release_head
from ..language.words import words
from ..programme.model import Programme, pick
from ..proof.claims_by_bounds import ClaimVerdict
from ..proof.example import Example
from ..texts.texts import texts_in
from ..texts.visible import visible
from ..values import Kind
from .fields import yaml_text
from .page import BAD, GOOD, OPEN, PLAIN, Block, Page, Row, release_heading

if TYPE_CHECKING:  # they need the solver, and a report does not
    from ..proof.decide import Outermost
    from ..proof.ranges import ValueRange

_MARKS = {"proved": GOOD, "refuted": BAD, "undecided": OPEN}


def claims_page(programme: Programme, verdicts: Sequence[ClaimVerdict], day: date, lang: str) -> Page:
    """The page: a row for each claim, and under a refuted claim the partner that breaks it."""
    say = texts_in(lang).PROOF
    count = {status: sum(verdict.status == status for verdict in verdicts) for status in _MARKS}
    mark = BAD if count["refuted"] else OPEN if count["undecided"] else GOOD if verdicts else PLAIN
    rows = tuple(_claim(verdict, lang) for verdict in verdicts)
    blocks = (Block(say["each"], rows),) if rows else ()
    headline = say["count"].format(all=len(verdicts), **count) if verdicts else say["no_claims"]
    return Page(release_heading(programme, day, lang), say["title"], mark, headline, (), blocks)


def _claim(verdict: ClaimVerdict, lang: str) -> Row:
    say, claim = texts_in(lang).PROOF, verdict.claim
    notes = [say[verdict.status]]
    if claim.under:
        notes.append(say["under"].format(reading=claim.under))
    refuted = verdict.status == "refuted"
    notes += _actual(verdict, lang) if refuted else ()
    details = tuple(_partners(verdict.partners, lang)) if refuted and not verdict.never else ()
    return Row(_MARKS[verdict.status], pick(claim.title, lang), "", "; ".join(notes), claim.source, details)


def _actual(verdict: ClaimVerdict, lang: str) -> Iterator[str]:
    """What holds instead of a refuted claim: the value attained, the bound, or what no partner reaches."""
    say, wanted = texts_in(lang).PROOF, verdict.wanted
    if verdict.never:
        yield say["never"].format(what=", ".join(verdict.never))
    elif wanted is not None and verdict.attained is not None:
        yield say["claimed"].format(wanted=_number(wanted, lang), found=_number(verdict.attained, lang))
    elif wanted is not None and verdict.bound is not None:
        yield say["short"].format(wanted=_number(wanted, lang), bound=_number(verdict.bound, lang))


def _partners(partners: Sequence[Example], lang: str) -> Iterator[str]:
    """A line for each partner with its facts and its day; of the second of two only the facts that differ."""
    for index, example in enumerate(partners):
        before = partners[0].facts if index else {}
        facts = {id: value for id, value in example.facts.items() if id not in before or before[id] != value}
        day = "" if index else f", {_on_day(example, lang)}"
        yield f"{texts_in(lang).PROOF['beside' if index else 'breaks']}: {_facts(example, facts, lang)}{day}"


def _facts(example: Example, facts: Mapping[str, Any], lang: str) -> str:
    tier = [f"tier: {example.tier}"] if example.tier else []
    tier += [f"since: {example.since}"] if example.since else []
    values = [f"{id}: {_yaml_flow(value)}" for id, value in facts.items()]
    terms = [{"term": id, "value": value} for id, value in example.agreements.items()]
    agreements = [f"agreements: {_yaml_flow(terms)}"] if terms else []
    return ", ".join([*tier, *values, *agreements]) or texts_in(lang).PROOF["any"]


def facts_line(example: Example, lang: str) -> str:
    """The tier with its first day, the facts and the agreements of an example on one line."""
    return _facts(example, example.facts, lang)


def example_line(example: Example, lang: str) -> str:
    """The tier, the facts and the agreements of an example, and its day, on one line."""
    return f"{facts_line(example, lang)}, {_on_day(example, lang)}"


def _on_day(example: Example, lang: str) -> str:
    return texts_in(lang).PROOF["on_day"].format(day=example.as_of.isoformat())


def _yaml_flow(value: Any) -> str:
    """The value of a fact, or the items of a list, as YAML on one line."""
    if not isinstance(value, list | tuple):
        return yaml_text(value)
    items = ("{" + ", ".join(f"{id}: {yaml_text(field)}" for id, field in item.items()) + "}" for item in value)
    return f"[{', '.join(items)}]"


def _number(value: Any, lang: str) -> str:
    return words.amount(value, Kind.NUMBER, lang)


def ranges_page(programme: Programme, named: str, ranges: Sequence[ValueRange], day: date, lang: str) -> Page:
    """The page: for the partners of each tier the least and the greatest value, and an example of each.

    `named` is the name of the value as the user wrote it; all `ranges` are of this value.
    """
    say = texts_in(lang).PROOF
    rows = tuple(_range(programme, value_range, lang) for value_range in ranges)
    title, value = say["ranges"].format(value=named), ranges[0].value
    unit = f", {pick(value.unit, lang)}" if value.unit else ""
    headline = say["by_tier"] if value.tier else f"{pick(value.title, lang)}{unit}"
    return Page(release_heading(programme, day, lang), title, PLAIN, headline, (), (Block(say["qualified"], rows),))


def _range(programme: Programme, value_range: ValueRange, lang: str) -> Row:
    say = texts_in(lang).PROOF
    title = say["all"] if value_range.tier is None else pick(programme.tiers[value_range.tier].title, lang)
    kind, ends = value_range.value.kind, value_range.ends()
    details = [line for key, end in ends.items() for line in _details(key, end, kind, lang)]
    return Row(PLAIN, title, _figure(value_range, lang), "", (), tuple(details))


def _figure(value_range: ValueRange, lang: str) -> str:
    """Both ends in a few words: the numbers that no partner goes beyond, or what is known in their place."""
    kind, limits = value_range.value.kind, (value_range.least.value, value_range.greatest.value)
    figures = {key: _end(end, kind, lang) for key, end in value_range.ends().items()}
    if limits[0] == limits[1] and (limits[0] is not None or value_range.least.status == "never"):
        return figures["least"]
    forms = {(False, False): "to", (False, True): "from", (True, False): "until", (True, True): "neither"}
    return texts_in(lang).PROOF[forms[limits[0] is None, limits[1] is None]].format(**figures)


def _end(end: Outermost, kind: Kind, lang: str) -> str:
    """The number that no partner goes beyond, or what is known in its place."""
    return texts_in(lang).PROOF[f"end_{end.status}"] if end.value is None else words.amount(end.value, kind, lang)


def _details(key: str, end: Outermost, kind: Kind, lang: str) -> Iterator[str]:
    """The partner who has an end, or what is not proved of it; `key` is least or greatest."""
    say = texts_in(lang).PROOF
    if end.status == "attained":
        yield say[key].format(facts=example_line(end.examples[0], lang))
    elif end.status == "approached":
        yield say[f"{key}_approached"]
    elif end.status == "open":
        if end.value is not None:
            yield say[f"{key}_open"]
        if end.examples and end.nearest is not None:
            number = words.amount(end.nearest, kind, lang)
            yield say[f"{key}_found"].format(number=number, facts=example_line(end.examples[0], lang))


# For programs ---------------------------------------------------------------------------------------------------------


def claims_data(result: str, programme: Programme, verdicts: Sequence[ClaimVerdict], day: date) -> Json:
    """The verdicts with the keys that schemas/proof.schema.json promises."""
    return {
        **release_head(result, programme, day),
        "claims": [
            {
                "id": verdict.claim.id,
                "title": dict(verdict.claim.title),
                "form": verdict.claim.assertion.form,
                "under": verdict.claim.under,
                "status": verdict.status,
                "claimed": json_value(verdict.wanted),
                "bound": json_value(verdict.bound),
                "attained": json_value(verdict.attained),
                "never": list(verdict.never),
                "partners": [example_data(partner) for partner in verdict.partners],
                "source": list(verdict.claim.source),
            }
            for verdict in verdicts
        ],
        "ranges": [],
    }


def ranges_data(programme: Programme, ranges: Sequence[ValueRange], day: date) -> Json:
    """The ranges with the keys that schemas/proof.schema.json promises."""
    return {
        **release_head("done", programme, day),
        "claims": [],
        "ranges": [
            {
                "tier": value_range.tier,
                "value": value_range.value.id,
                "least": _end_data(value_range.least),
                "greatest": _end_data(value_range.greatest),
            }
            for value_range in ranges
        ],
    }


def _end_data(end: Outermost) -> Json:
    return {
        "status": end.status,
        "value": json_value(end.value),
        "nearest": json_value(end.nearest),
        "partners": [example_data(example) for example in end.examples],
    }


def example_data(example: Example) -> Json:
    """A partner found by the solver: the day and the record that show it."""
    return {"as_of": example.as_of.isoformat(), "record": plain_data(example.record())}


def plain_data(value: Any) -> Any:
    """Data as JSON has it: tuples as lists, exact decimals, days as text."""
    if isinstance(value, Mapping):
        return {key: plain_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_data(item) for item in value]
    return json_value(value)


def record_text(example: Example, path: str, settings: Sequence[str] = ()) -> str:
    """The record file of an example as YAML; its first line is the command that evaluates it.

    `path` is where the file will be written; `settings` are the arguments of `--set`.
    """
    more = "".join(f" --set {shlex.quote(setting)}" for setting in settings)
    lines = [visible(f"# charter evaluate {shlex.quote(path)} --as-of {example.as_of.isoformat()}{more}")]
    record = example.record()
    facts = record.pop("facts")
    lines += [f"{key}: {_yaml_flow(value)}" for key, value in record.items()]
    if not facts:
        return "\n".join([*lines, "facts: {}", ""])
    return "\n".join([*lines, "facts:", *(f"  {id}: {_yaml_flow(value)}" for id, value in facts.items()), ""])
