"""Carries a record of one release over to the next: an old document and a migration give a new document.

Every part of the new document keeps the place where the old one was written. What a record does not state stays
unstated, and the default of the new release counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from ..compile.facts import fact_value
from ..language.run.interpret import interpret
from ..problems import Level, Problem
from ..programme.find_tier import find_tier
from ..programme.migration import FactSource, Migration
from ..programme.model import MAIN, NONE, Fact
from ..source.document import Document, PartPath
from ..source.scalars import Data, in_bounds
from ..values import EXACT, NO_DECIMAL, Unknown, Value, days_later, multiply, plain
from .periods import Dated, Days, read_fact_periods
from .row_layout import no_value

Moves = dict[PartPath, PartPath]  #: the old path of each part that moves, by its new path


class _Lost(NamedTuple):
    """A value that cannot be told: why, what to do about it, and whether it is simply unknown, as any fact may be."""

    why: str
    help: str
    is_unknown: bool = False


def migrated(document: Document, migration: Migration) -> tuple[Document, tuple[Problem, ...]]:
    """A valid record of the release `before` as one of `after`; and the problems of what cannot be carried over.

    What is gone and not mentioned is left out with a warning.
    """
    carrying = _Carrying(document, migration)
    return carrying.document_after(), tuple(carrying.problems)


class _Carrying:
    """One record on its way from a release to the next, and the problems so far."""

    def __init__(self, document: Document, migration: Migration) -> None:
        self.document, self.migration = document, migration
        self.data: Any = document.data
        self.problems: list[Problem] = []
        self.moves: Moves = {}

    def document_after(self) -> Document:
        """The record as the next release reads it."""
        data = dict(self.data)
        if "release" in data:
            data["release"] = self.migration.after.release
        self._tier(data)
        if isinstance(data.get("facts"), dict):
            data["facts"] = self._all_facts(data["facts"])
        if isinstance(data.get("agreements"), list):
            data["agreements"] = list(self._agreements(data["agreements"]))
        return self._placed(data)

    def _placed(self, data: dict[str, Data]) -> Document:
        """The new data with the places of the old."""
        moved = sorted(self.moves, key=len)
        tables: list[dict[PartPath, Any]] = []
        for table in (self.document.places, self.document.keys, self.document.styles):
            by_parent: dict[PartPath, list[PartPath]] = {}
            for at in table:
                for end in range(1, len(at) + 1):
                    by_parent.setdefault(at[:end], []).append(at)
            kept = {
                at: place for at, place in table.items() if at[:1] not in (("facts",), ("agreements",)) or len(at) == 1
            }
            for new in moved:
                old = self.moves[new]
                kept |= {(*new, *at[len(old) :]): table[at] for at in by_parent.get(old, ())}
            tables.append(kept)
        return Document(self.document.source, data, *tables)

    def _gone(self, what: str, name: str, path: PartPath) -> None:
        release = self.migration.after.release
        where = "its migration does not mention it" if self.migration.is_written else "it has no migration"
        message = f"the {what} '{name}' is not read: {release} has none, and {where}"
        help = f"take it out of the record, or say in migration.yaml of {release} what it became"
        self.problems.append(Problem("fact-gone", message, self.document.place(path), help, Level.WARNING))

    # The tier and agreements ----------------------------------------------------------------------------------------

    def _tier(self, data: dict[str, Data]) -> None:
        """Give the tier its new id; one that is dropped leaves the record without a tier."""
        written = data.get("tier")
        new: Any = written
        if isinstance(written, list):
            periods = [period for period in map(self._tier_period, written) if period is not None]
            new = periods or None
        elif written is not None:
            new = self._new_tier(written)
        if new is not None:
            data["tier"] = new
        elif written is not None:
            for key in ("tier", "since", "also_held"):
                data.pop(key, None)
        also = data.get("also_held")
        if isinstance(also, dict):
            renamed = {str(self._new_tier(name)): day for name, day in also.items() if self._new_tier(name) is not None}
            data["also_held"] = renamed

    def _tier_period(self, period: Data) -> Data | None:
        """A period of a tier that changes with time, with the new id of the tier; None where it is dropped."""
        if not isinstance(period, dict) or period.get("value") is None:
            return period
        tier = self._new_tier(period["value"])
        return None if tier is None else {**period, "value": tier}

    def _new_tier(self, written: Data) -> Data | None:
        """What a written tier is called in the new release; None where it is dropped."""
        before, after = self.migration.before, self.migration.after
        name = plain(written) if isinstance(written, Decimal) else str(written)
        old = find_tier((before.tiers[id] for id in before.tracks[MAIN].tiers), name)
        if old is None or old.id not in self.migration.tiers:
            return written
        new = self.migration.tiers[old.id]
        same = find_tier((after.tiers[id] for id in after.tracks[MAIN].tiers), name) if new else None
        return new if same is None or same.id != new else written

    def _agreements(self, written: list[Data]) -> Iterator[Data]:
        index = 0
        for at, agreement in enumerate(written):
            term = agreement.get("term") if isinstance(agreement, dict) else None
            target = self.migration.terms.get(term) if isinstance(term, str) else None
            if target is None and term in self.migration.terms:
                continue
            self.moves["agreements", index] = ("agreements", at)
            index += 1
            if target is None or not isinstance(agreement, dict):
                yield agreement
                continue
            value = agreement.get("value")
            if isinstance(value, Decimal) and target.factor != 1:
                value = self._decimal(multiply(value, target.factor), ("agreements", at, "value"), target.id)
            yield {key: {"term": target.id, "value": value}.get(key, written) for key, written in agreement.items()}

    def _decimal(self, value: Value, path: PartPath, name: str) -> Data:
        number = _exact(value)
        if isinstance(number, _Lost):
            self._lost(number, name, path)
            return None
        return number

    # Facts ----------------------------------------------------------------------------------------------------------

    def _all_facts(self, written: Mapping[str, Data]) -> dict[str, Data]:
        """The facts and lists of the record, in the order of what they were."""
        migration = self.migration
        before = migration.before
        stated = {name: value for name, value in written.items() if name in before.facts}
        facts = self._facts(("facts",), ("facts",), stated, migration.facts, before.facts, migration.after.facts)
        lists = {source.was: id for id, source in migration.lists.items()}
        new: dict[str, Data] = {}
        for name, value in written.items():
            if name in lists and isinstance(value, list):
                new[lists[name]] = self._items(lists[name], name, value)
            elif name in lists:
                self.moves["facts", lists[name]] = ("facts", name)
                new[lists[name]] = value
            elif name in before.lists:
                if name not in migration.dropped:
                    self._gone("list", name, ("facts", name))
            elif name in before.facts:
                new |= {
                    id: facts.pop(id) for id, source in migration.facts.items() if id in facts and name in source.reads
                }
        return new | facts

    def _items(self, id: str, was: str, written: list[Data]) -> list[Data]:
        source = self.migration.lists[id]
        old, new = self.migration.before.lists[was].fields, self.migration.after.lists[id].fields
        self.moves["facts", id] = ("facts", was)
        items: list[Data] = []
        for index, item in enumerate(written):
            old_path, new_path = ("facts", was, index), ("facts", id, index)
            fields = item if isinstance(item, dict) else {}
            items.append(self._facts(old_path, new_path, fields, source.fields, old, new, f"{was}."))
        return items

    def _facts(
        self, path: PartPath, new_path: PartPath, stated: Mapping[str, Data], sources: Mapping[str, FactSource],
        old: Mapping[str, Fact], new: Mapping[str, Fact], within: str = "",
    ) -> dict[str, Data]:  # fmt: skip
        """What the facts at a path, or the fields of an item, become; what becomes nothing is told."""
        values: dict[str, Data] = {}
        for id, source in sources.items():
            reads = [name for name in source.reads if stated.get(name) is not None]
            if source.reads and not reads:
                continue
            has_default = new[id].default is not None or new[id].default_from is not None
            value = self._value(source, path, stated, old, has_default=has_default)
            if isinstance(value, _Lost):
                if value.is_unknown and not has_default:
                    continue
                self._lost(value, id, (*path, reads[0]) if reads else path)
            elif value is not None:
                values[id] = value
                if reads:
                    self.moves[(*new_path, id)] = (*path, reads[0])
        read = {name for source in sources.values() for name in source.reads}
        for name in stated:
            if name not in read and f"{within}{name}" not in self.migration.dropped:
                self._gone("field" if within else "fact", f"{within}{name}", (*path, name))
        return values

    def _lost(self, lost: _Lost, id: str, path: PartPath) -> None:
        before, after = self.migration.before.release, self.migration.after.release
        message = f"'{id}' of {after} cannot be told from this record of {before}: {lost.why}"
        self.problems.append(Problem("not-carried-over", message, self.document.place(path), lost.help))

    def _value(
        self, source: FactSource, path: PartPath, stated: Mapping[str, Data], old: Mapping[str, Fact], *,
        has_default: bool,
    ) -> Data | _Lost:  # fmt: skip
        """What a fact becomes; None where nothing of it is stated."""
        if source.expression is None:
            value = stated[source.reads[0]]
            return _renamed_periods(value, source) if isinstance(value, list) else _renamed(value, source)
        dated = {name: value for name in source.reads if isinstance(value := stated.get(name), list)}
        if not dated:
            return _computed(source, stated, old)
        periods = {
            name: read_fact_periods(self.document, (*path, name), value, old[name], []) for name, value in dated.items()
        }
        return _computed_periods(source, stated, periods, old, has_default=has_default)


def _renamed(value: Data, source: FactSource) -> Data | _Lost:
    """A value as it is written, an option as what it became."""
    if not isinstance(value, str) or value not in source.options:
        return value
    option = source.options[value]
    if option is None:
        return _Lost(f"the option '{value}' is gone", f"state '{source.id}' in its place", is_unknown=True)
    return option


def _renamed_periods(value: list[Data], source: FactSource) -> Data | _Lost:
    periods: list[Data] = []
    for period in value:
        if isinstance(period, dict) and "value" in period:
            option = _renamed(period["value"], source)
            if isinstance(option, _Lost):
                return option
            periods.append({**period, "value": option})
        else:
            periods.append(period)
    return periods


def _computed(source: FactSource, stated: Mapping[str, Data], old: Mapping[str, Fact]) -> Data | _Lost:
    """The value of the expression of a fact; what is not stated counts as by default."""
    values: dict[str, Value] = {}
    for name in source.reads:
        written, fact = stated.get(name), old[name]
        if written is None and fact.default_from:
            written = stated.get(fact.default_from)
        value, wrong = (fact.default, None) if written is None else fact_value(fact, written)
        if wrong:
            return _Lost(f"{name}: {wrong[0]}", wrong[1] or "mend the record")
        if value == NONE and fact.none:
            values[name] = no_value(name, fact.kind)
        else:
            values[name] = Unknown(frozenset((name,))) if value is None else value
    if source.expression is None:
        raise TypeError("a fact that is renamed has no expression")
    return _exact(interpret(source.expression, values))


def _exact(value: Value) -> Data | _Lost:
    """A result as a record can state it."""
    if isinstance(value, Unknown):
        missing = " and ".join(f"'{name}'" for name in sorted(value.missing))
        if missing:
            return _Lost(f"{missing} is not stated", f"state {missing}", is_unknown=True)
        return _Lost("it is undefined", "state it in the names of the new release")
    if isinstance(value, Fraction):
        try:
            value = EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
        except NO_DECIMAL:
            return _Lost(f"{value} has no end as a decimal", "state it in the names of the new release")
    if isinstance(value, Decimal) and not in_bounds(value):
        return _Lost(f"{value} has too many digits", "state it in the names of the new release")
    return Decimal(plain(value)) if isinstance(value, Decimal) else value


def _computed_periods(
    source: FactSource,
    stated: Mapping[str, Data],
    periods: Mapping[str, Dated],
    old: Mapping[str, Fact],
    *,
    has_default: bool,
) -> Data | _Lost:
    """The values of an expression over facts that change with time, by the days on which none of them changes."""
    spans: list[tuple[Data, Days]] = []
    for days in _spans(period.days for dated in periods.values() for period in dated):
        day = days.begins or days.ends or date.min
        on_day = {name: next((p.value for p in dated if p.days.cover(day)), None) for name, dated in periods.items()}
        now: dict[str, Any] = {name: on_day[name] if name in on_day else stated.get(name) for name in source.reads}
        if all(value is None for value in now.values()):
            continue
        value = _computed(source, now, old)
        if isinstance(value, _Lost) and value.is_unknown and not has_default:
            continue
        if isinstance(value, _Lost):
            return value
        if spans and spans[-1][0] == value and spans[-1][1].ends and days_later(spans[-1][1].ends, 1) == days.begins:
            spans[-1] = (value, Days(spans[-1][1].begins, days.ends))
        else:
            spans.append((value, days))
    return [
        {"value": value, **{key: day for key, day in (("from", days.begins), ("until", days.ends)) if day}}
        for value, days in spans
    ]


def _spans(periods: Iterable[Days]) -> Iterator[Days]:
    """The whole calendar, cut where a period begins or after it ends."""
    cuts: set[date] = set()
    for period in periods:
        cuts |= {day for day in (period.begins, period.ends and days_later(period.ends, 1)) if day}
    begins: date | None = None
    for cut in sorted(cuts - {date.min}):
        yield Days(begins, days_later(cut, -1))
        begins = cut
    yield Days(begins, None)
