"""What a partner shows of an outcome under two releases, by the interpreter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from ..evaluate.evaluate import inputs_of
from ..evaluate.row_layout import fill, named_row
from ..language.run.interpret import interpret
from ..language.tree import Expression, Name
from ..problems import InvalidInput
from ..programme.model import LINE, MAIN, ORDER, Fact, Programme
from ..programme.owners import Better
from ..proof.example import Example, Shows, without_irrelevant
from ..proof.minimal_model import plain_fact_value
from ..release.load import Release
from ..values import Kind, Unknown, Value
from .effects import EffectWitness, Lines, Way
from .matched import ComparedOutcome
from .one_partner import Pair

_MOST_PARTNERS = 80  #: that are kept
_AMPLE = Decimal(1000)
_MANY = 12  #: items of a list
_LONG_AGO = timedelta(days=800)

_Row = Mapping[str, Any]  #: facts and values by their ids


class ShownPartner(NamedTuple):
    """A partner, and its facts and values under each release."""

    example: Example
    rows: tuple[_Row, _Row]


class ShownPartners:
    """The partners for whom some outcome differs, the latest first; each is tried on other outcomes."""

    def __init__(self, pair: Pair, examples: Sequence[Example] = ()) -> None:
        """`examples` are partners for whom other changes of the first release do something.

        With such ones it matters only that a partner shows a difference, who then is not made plain.
        """
        self._pair = pair
        self._plain = not examples
        self._partners: list[ShownPartner] = []
        for example in reversed(examples):
            self.add(example)

    @property
    def examples(self) -> tuple[Example, ...]:
        """The partners that are kept, the latest first."""
        return tuple(partner.example for partner in self._partners)

    def add(self, example: Example) -> None:
        """Keep a partner, unless it is kept already or no record of both releases can state it."""
        if example in self.examples:
            return
        variants: list[ShownPartner] = []
        for variant in (example, *_filled_in(self._pair, example)):
            with suppress(InvalidInput):
                rows = _rows(self._pair, in_each_release(self._pair, variant), ())
                variants.append(ShownPartner(variant, rows))
        self._partners = [*variants, *self._partners][:_MOST_PARTNERS]

    def showing(self, outcome: ComparedOutcome, way: Way, *, missing: bool) -> EffectWitness | None:
        """One of the partners who shows a difference, at its plainest; with `missing`, also with a fact left out."""
        shows = showing(self._pair, outcome, way, missing=missing)
        for example, rows in self._partners:
            values = _of_rows(self._pair, outcome, rows)
            if (missing or not _lack_facts(values)) and differ_in_way(values, outcome, way):
                if not self._plain:
                    return EffectWitness("yes", in_each_release(self._pair, example), values)
                return _witness(self._pair, outcome, example, shows)
        for example in self.examples if missing else ():
            for other in outcome.reads & example.facts.keys():
                fewer = {id: value for id, value in example.facts.items() if id != other}
                witness = _witness(self._pair, outcome, example._replace(facts=fewer), shows)
                if witness is not None:
                    return witness
        return None


def showing(pair: Pair, outcome: ComparedOutcome, way: Way, *, missing: bool = True) -> Shows:
    """Tells whether a partner shows this difference; without `missing`, for another reason than a fact left out."""

    def shows(partners: tuple[Example, ...]) -> bool:
        values = shown_values(pair, outcome, in_each_release(pair, partners[0]))
        return (missing or not _lack_facts(values)) and differ_in_way(values, outcome, way)

    return shows


def _lack_facts(values: tuple[Value, Value]) -> bool:
    return any(isinstance(value, Unknown) and bool(value.missing) for value in values)


def _filled_in(pair: Pair, example: Example) -> Iterator[Example]:
    """The partner with plain values of all that it leaves out, and with much of everything, now or long ago."""
    yield _filled(pair, example, plain_fact_value, 1)
    for ago in (timedelta(), _LONG_AGO):
        yield _filled(pair, example, partial(_ample_value, ago=ago), _MANY)


def _filled(pair: Pair, example: Example, value_of: Callable[[Fact, date], Any], length: int) -> Example:
    """The partner with such values of the facts and fields that it leaves out, and lists of so many items."""

    def filled(facts: Mapping[str, Fact], stated: Mapping[str, Any], place: int) -> dict[str, Any]:
        values = {id: stated[id] if id in stated else value_of(fact, example.as_of) for id, fact in facts.items()}
        return {id: f"text {place}" if value is None else value for id, value in values.items()}

    facts, lists = ({**old, **new} for old, new in _declared(pair))
    own = {id: value for id, value in example.facts.items() if id not in lists}
    items = {
        id: [
            filled(list_fact.fields, item, place)
            for place, item in enumerate(example.facts.get(id, length * [{}]), 1)
        ]
        for id, list_fact in lists.items()
    }  # fmt: skip
    return example._replace(facts={**filled(facts, own, 1), **items})


def _declared(pair: Pair) -> tuple[tuple[Mapping[str, Any], Mapping[str, Any]], ...]:
    """The facts of both releases, and their lists."""
    before, after = pair.before.programme, pair.after.programme
    return (before.facts, after.facts), (before.lists, after.lists)


def _ample_value(fact: Fact, day: date, ago: timedelta) -> Any:
    """A value of a fact that says much: yes, the last option, a day so long ago, a large number; None for a text."""
    match fact.kind:
        case Kind.YES_NO:
            return True
        case Kind.CHOICE:
            return [*fact.choices][-1]
        case Kind.DATE:
            return day - ago
        case Kind.TEXT:
            return None
    return min(max(_AMPLE, fact.minimum or _AMPLE), fact.maximum if fact.maximum is not None else _AMPLE)


def _witness(pair: Pair, outcome: ComparedOutcome, example: Example, shows: Shows) -> EffectWitness | None:
    """The partner at its plainest, as each release has it; None where it does not show the difference."""
    whole = _filled(pair, example, plain_fact_value, 1)
    plain = _plainer(pair, whole if _can_show(whole, shows) else example, shows)
    simplest = without_irrelevant((plain,), shows)
    if simplest is None:
        return None
    examples = in_each_release(pair, simplest[0])
    return EffectWitness("yes", examples, shown_values(pair, outcome, examples))


def _plainer(pair: Pair, example: Example, shows: Shows) -> Example:
    """The partner with the plainest value of each fact with which it still shows the difference."""
    facts = {**pair.before.programme.facts, **pair.after.programme.facts}
    for id, value in example.facts.items():
        plain = plain_fact_value(facts[id], example.as_of) if id in facts else None
        if plain is None or plain == value:
            continue
        other = _with(example, id, plain)
        if _can_show(other, shows):
            example = other
        elif isinstance(value, Decimal) and isinstance(plain, Decimal):
            example = _nearer(example, id, plain, shows)
    return example


def _nearer(example: Example, id: str, plain: Decimal, shows: Shows) -> Example:
    """The partner with a number nearer to the plain one, by halves of a whole distance, that still shows it."""
    near = 0  #: a distance at which the partner is not known to show it
    while (far := int(abs(example.facts[id] - plain))) - near > 1:
        middle = (near + far) // 2
        other = _with(example, id, plain + middle * (1 if example.facts[id] > plain else -1))
        if _can_show(other, shows):
            example = other
        else:
            near = middle
    return example


def _with(example: Example, id: str, value: Value) -> Example:
    return example._replace(facts={**example.facts, id: value})


def _can_show(example: Example, shows: Shows) -> bool:
    try:
        return shows((example,))
    except InvalidInput:
        return False


# One partner under both releases --------------------------------------------------------------------------------------


def in_each_release(pair: Pair, partner: Example) -> tuple[Example, Example]:
    """The same partner for each release, without the facts, tier and agreed terms that the release does not have."""
    before, after = (_in_release(release.programme, partner) for release in (pair.before, pair.after))
    return before, after


def _in_release(programme: Programme, partner: Example) -> Example:
    tier = partner.tier if partner.tier in programme.tracks[MAIN].tiers else None
    facts: dict[str, Any] = {}
    for id, value in partner.facts.items():
        if id in programme.lists:
            fields = programme.lists[id].fields
            facts[id] = [{name: part for name, part in item.items() if name in fields} for item in value]
        elif id in programme.facts:
            facts[id] = value
    terms = {*programme.agreed.values()}
    agreements = {id: value for id, value in partner.agreements.items() if id in terms}
    return partner._replace(facts=facts, tier=tier, since=partner.since if tier else None, agreements=agreements)


def shown_values(
    pair: Pair, outcome: ComparedOutcome, examples: tuple[Example, Example], lines: Lines = ()
) -> tuple[Value, Value]:
    """The outcome under each release; `lines` are those of an order. Raises InvalidInput where a record is refused."""
    return _of_rows(pair, outcome, _rows(pair, examples, lines))


def _rows(pair: Pair, examples: tuple[Example, Example], lines: Lines) -> tuple[_Row, _Row]:
    sides = zip((pair.before, pair.after), examples, strict=True)
    before, after = (_row(release, example, lines) for release, example in sides)
    return before, after


def _row(release: Release, example: Example, lines: Lines) -> _Row:
    record = release.record(example.record_for(release))
    inputs, layout = inputs_of(record, example.as_of), release.under(record).plan.layout
    if lines:
        inputs = inputs._replace(facts={**inputs.facts, ORDER: _numbered(lines)})
    return named_row(layout, fill(layout, inputs))


def _numbered(lines: Lines) -> tuple[dict[str, Any], ...]:
    return tuple({**line, LINE: Decimal(place)} for place, line in enumerate(lines, 1))


def _of_rows(pair: Pair, outcome: ComparedOutcome, rows: tuple[_Row, _Row]) -> tuple[Value, Value]:
    sides = zip((pair.before, pair.after), rows, (outcome.before, outcome.after), strict=True)
    before, after = (_value(release, row, outcome, tree) for release, row, tree in sides)
    return before, after


def _value(release: Release, row: _Row, outcome: ComparedOutcome, tree: Expression) -> Value:
    """The value of an outcome; of a list or the lines of an order, that of the first item."""
    if outcome.list is None or not isinstance(tree, Name):
        return interpret(tree, row)
    items = row[outcome.list]
    if isinstance(items, Unknown) or not items:
        return Unknown()
    value: Value = items[0][release.programme.values[tree.id].inner_id]
    return value


def differ_in_way(values: tuple[Value, Value], outcome: ComparedOutcome, way: Way) -> bool:
    """Whether the values before and after differ in this way, as the formula of the solver has it."""
    unknown = [isinstance(value, Unknown) for value in values]
    if any(unknown):
        return way == "other" and not all(unknown)
    if not outcome.has_side:
        return way == "other" and values[0] != values[1]
    before, after = values if outcome.ranks is None else (
        ranks.get(str(value), -1) for ranks, value in zip(outcome.ranks, values, strict=True)
    )  # fmt: skip
    if way == "other":
        return before == after and values[0] != values[1]
    rises: bool = after > before if (way == "better") == (outcome.better is Better.MORE) else after < before  # type: ignore[operator]
    return rises
