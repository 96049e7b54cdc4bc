"""Reads a partner's record and checks it against a programme.

The shape is that of schemas/record.schema.json (a test compares them). It is checked here in code, because loading the
validator takes longer than evaluating a record.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from ..compile.facts import fact_value
from ..limits import MAX_NAME, MAX_PAIRS, MAX_PARTNER, MAX_PERIODS
from ..named_tuples import public
from ..problems import Level, Place, Problem, Source, did_you_mean, has_errors, in_order
from ..programme.find_tier import find_tier
from ..programme.model import MAIN, Fact, ListFact, Programme
from ..source.document import Document, PartPath, unknown_keys
from ..source.letters import is_visible, look, told_apart
from ..source.plain_data import as_data
from ..source.scalars import Data, NotData, day_of, how_to_write
from ..values import plain
from .periods import Agreement, Dated, read_agreements, read_fact_periods, read_periods
from .row_layout import Facts

_KEYS = ("partner", "name", "release", "tier", "since", "also_held", "facts", "agreements")
_LENGTHS = {"partner": MAX_PARTNER, "name": MAX_NAME, "release": MAX_PARTNER}


@public("partner", "tier", "since")
class Record(NamedTuple):
    """The record of a partner: `facts` as written, without defaults, and the `places` where they are written.

    `tier` is the id of the tier that is signed for or held, `since` the first day on which it is.
    """

    partner: str
    name: str | None
    tier: str | None
    since: date | None
    facts: Facts
    places: Mapping[str, Place]
    agreements: tuple[Agreement, ...] = ()
    dated: Mapping[str, Dated] = {}  #: facts that change with time, by name
    remarks: tuple[Problem, ...] = ()  #: warnings of what of an earlier release's record was left out, or is not known
    signed: Dated = Dated()  #: the tiers signed for, where they change with time
    also_held: Mapping[str, date] = {}  #: since when lower tiers are held, whose periods run beside that of `tier`
    held_unknown: tuple[str, ...] = ()  #: facts of earlier days, not known, that decide the tier held or since when
    lapsed: date | None = None  #: the last day of a membership that was not renewed, since when no tier is held
    document: Document | None = None  #: what it was read from, of whatever release

    def facts_on(self, day: date) -> Facts:
        """The facts on a day; a dated fact has the value of the period that includes the day, or is left out."""
        if not self.dated:
            return self.facts
        periods = [(name, period) for name, periods in self.dated.items() for period in periods]
        return {**self.facts, **{name: period.value for name, period in periods if period.days.cover(day)}}


def read_record(document: Document, programme: Programme) -> tuple[Record | None, tuple[Problem, ...]]:
    """The record of a document, or None where a problem is an error; and the problems."""
    problems: list[Problem] = []
    data = document.data
    if not isinstance(data, dict):
        place = document.value_place(())
        help = "begin with 'partner: …'; one record in a file"
        return None, (Problem("wrong-type", "a record is a map of keys", place, help),)
    problems += unknown_keys(document, (), data, _KEYS)
    partner, name = _words(document, data, "partner", problems), _words(document, data, "name", problems)
    if "partner" not in data:
        problems.append(Problem("missing-key", "'partner' is missing", document.place(()), "add the partner's id"))
    _words(document, data, "release", problems)  # `release.lineage` has seen to what it says
    written = data.get("tier")
    signed = _signed(document, written, programme, problems) if isinstance(written, list) else Dated()
    tier = None if isinstance(written, list) else _tier(document, ("tier",), written, programme, problems)
    since = _since(document, data, problems)
    also_held = _also_held(document, data, programme, problems)
    facts = _facts(document, data.get("facts"), programme, problems)
    agreements = read_agreements(document, data.get("agreements"), programme, problems)
    if has_errors(problems) or partner is None:
        return None, in_order(problems)
    places = {id: document.value_place(("facts", id)) for id in facts}
    places |= {"held_since": document.value_place(("since",)), "partner": document.value_place(("partner",))}
    dated = {id: value for id, value in facts.items() if isinstance(value, Dated)}
    lasting = MappingProxyType({id: value for id, value in facts.items() if id not in dated})
    record = Record(
        partner=partner,
        name=name,
        tier=tier,
        since=since,
        facts=lasting,
        places=places,
        agreements=agreements,
        dated=dated,
        signed=signed,
        also_held=also_held,
        document=document,
    )
    return record, in_order(problems)


def record_of(data: Mapping[str, object], programme: Programme) -> tuple[Record | None, tuple[Problem, ...]]:
    """The record that plain Python data describes, as read from a file with the same content; and the problems."""
    return read_record(plain_document(data, "record"), programme)


def plain_document(data: Mapping[str, object], name: str) -> Document:
    """Plain Python data as a document, which has no places."""
    return Document(Source(name, ""), as_data(data), {}, {}, {})


def _words(document: Document, data: Mapping[str, Data], key: str, problems: list[Problem]) -> str | None:
    """The text at a key of the record; None where it is missing or wrong, which is added to `problems`.

    Invisible characters are checked here for plain data; in files, loading refuses them.
    """
    written = data.get(key)
    if key not in data or (written is None and key != "partner"):
        return None
    place = document.value_place((key,))
    if not isinstance(written, str) or not written.strip():
        message = f"'{key}' is text, and something must stand in it"
        problems.append(Problem("wrong-type", message, place, how_to_write(written, "string") or "write it"))
    elif len(written) > _LENGTHS[key]:
        message = f"'{key}' has {len(written)} characters; the limit is {_LENGTHS[key]}"
        problems.append(Problem("bad-text", message, place, "shorten it"))
    elif not is_visible(written):
        problems.append(Problem("hidden-character", f"'{key}' holds an invisible character", place, "remove it"))
    else:
        return written
    return None


def _signed(document: Document, written: list[Data], programme: Programme, problems: list[Problem]) -> Dated:
    """The tiers signed for, with their days; mistakes and periods that overlap are added to `problems`."""
    main = programme.tracks[MAIN]
    if main.is_awarded:
        message = "tiers are awarded here: which one is held on a day follows from the facts"
        help = "give the tier that was held on the first day, with 'since'"
        problems.append(Problem("tier-awarded", message, document.place(("tier",)), help))
        return Dated()

    def tier_at(path: PartPath, value: Data) -> str | None:
        return _tier(document, path, value, programme, problems)

    return read_periods(document, ("tier",), written, "tier", tier_at, problems)


def _tier(
    document: Document, path: PartPath, written: object, programme: Programme, problems: list[Problem]
) -> str | None:
    """The id of the tier that is written at a path as an id or a code; None where it is missing or wrong."""
    main = programme.tracks[MAIN]
    if written is not None and not main.remembers:
        message = "a record signs for no tier here: the highest one qualified for is awarded"
        problems.append(Problem("tier-awarded", message, document.place(("tier",)), "leave the tier out"))
        return None
    if written is None or (isinstance(written, str) and written in main.tiers):
        return written
    tiers = [programme.tiers[tier] for tier in main.tiers]
    shown = _as_written(written)
    if isinstance(written, str | Decimal) and (tier := find_tier(tiers, shown)):
        return tier.id
    choices = ", ".join(tier.id + (f" ({tier.code})" if tier.code is not None else "") for tier in tiers)
    near = did_you_mean(shown, main.tiers) if isinstance(written, str) else None
    help = near if near and "known here" not in near else f"the tiers are {choices}"
    problems.append(Problem("unknown-tier", f"'{shown}' is not a tier", document.value_place(path), help))
    return None


def _as_written(written: object) -> str:
    """A written tier as messages show it, and as it is compared with codes."""
    if isinstance(written, bool):
        return str(written).lower()
    if isinstance(written, Decimal):
        return plain(written)
    if isinstance(written, NotData):
        return written.shown
    return str(written) if isinstance(written, str | date) else "this"


def _since(document: Document, data: Mapping[str, Data], problems: list[Problem]) -> date | None:
    """The first day on which the tier is held; None where it is missing or wrong."""
    written = data.get("since")
    day = day_of(written)
    if written is None or day:
        if day and isinstance(data.get("tier"), list):
            help = "give the first of its periods this day: from: …"
            message = "'since' is of one tier, and this one changes"
            problems.append(Problem("wrong-type", message, document.place(("since",)), help))
        if day and data.get("tier") is None:
            help = "say which: tier: …"
            problems.append(Problem("missing-key", "'since' is of a tier", document.place(("since",)), help))
        return day
    help = written.help if isinstance(written, NotData) else "write it as 2026-01-31"
    shown = _as_written(written) if isinstance(written, str | Decimal | NotData) else "this"
    problems.append(Problem("wrong-type", f"{shown} is not a date", document.value_place(("since",)), help))
    return None


def _also_held(
    document: Document, data: Mapping[str, Data], programme: Programme, problems: list[Problem]
) -> Mapping[str, date]:
    """Since when lower tiers are held beside the one of the record, the highest first; mistakes go to `problems`."""
    written, path = data.get("also_held"), ("also_held",)
    if written is None:
        return {}
    main = programme.tracks[MAIN]
    if main.kept_until is None or not main.is_awarded or data.get("tier") is None or data.get("since") is None:
        message = "'also_held' stands beside 'tier' and 'since', where tiers are awarded and kept"
        problems.append(Problem("missing-key", message, document.place(path), "leave it out, or give these two"))
        return {}
    if not isinstance(written, dict):
        message = "'also_held' is a map of tiers and days"
        problems.append(Problem("wrong-type", message, document.value_place(path), "write {silver: 2026-01-31}"))
        return {}
    days: dict[str, date] = {}
    held = _tier(document, ("tier",), data.get("tier"), programme, [])
    for name, value in written.items():
        day, tier = day_of(value), _tier(document, (*path, name), name, programme, problems)
        if day is None:
            shown = _as_written(value)
            place = document.value_place((*path, name))
            problems.append(Problem("wrong-type", f"{shown} is not a date", place, "write it as 2026-01-31"))
        elif tier in days or tier == held:
            message = f"'{name}' is held twice"
            problems.append(Problem("duplicate-id", message, document.place((*path, name)), "name each tier once"))
        elif tier is not None:
            days[tier] = day
    return {tier: days[tier] for tier in reversed(main.tiers) if tier in days}


def _facts(document: Document, written: object, programme: Programme, problems: list[Problem]) -> dict[str, Any]:
    """The valid facts and lists by name, in the order in which they are written."""
    if written is None:
        return {}
    if not isinstance(written, dict):
        place = document.value_place(("facts",))
        problems.append(Problem("wrong-type", "'facts' is a map of facts", place, "write each as 'name: value'"))
        return {}
    lists = {name: value for name, value in written.items() if name in programme.lists}
    facts = _values(
        document, ("facts",), {name: value for name, value in written.items() if name not in lists},
        programme.facts, [*programme.facts, *programme.lists], "a fact", problems,
    )  # fmt: skip
    for name, items in lists.items():
        if items is not None:
            facts[name] = read_items(document, ("facts", name), items, programme.lists[name], problems)
    for items in (*programme.lists.values(), *programme.made_lists.values()):
        if items.balance or programme.stated_list(items.id) in lists:
            _check_pairs(document, facts, programme, items, problems)
    return {name: facts[name] for name in written if name in facts}


def _check_pairs(
    document: Document, facts: Mapping[str, Any], programme: Programme, items: ListFact, problems: list[Problem]
) -> None:
    """Report lists whose items aggregate a list, where there are more than MAX_PAIRS pairs of items.

    A group looks through its own items alone, and through those that may be of any group.
    """
    stated = programme.stated_list(items.id)
    count = MAX_PERIODS if items.balance else len(facts.get(stated, ()))
    for inner in sorted(items.looks_at):
        inner_count = len(facts.get(programme.stated_list(inner), ()))
        if inner == items.group_of:
            inner_count = 1 + _of_any_group(facts.get(stated, ()), programme.lists[stated], items)
        if count * inner_count > MAX_PAIRS:
            message = f"each of {count} items of '{items.id}' looks through {inner_count} of '{inner}'"
            help = f"at most {MAX_PAIRS} pairs of them: leave out what is too old to count"
            place = document.place(("facts", inner if items.balance else stated))
            problems.append(Problem("too-many-items", message, place, help))


def _of_any_group(items: Sequence[Mapping[str, Any]], list_fact: ListFact, groups: ListFact) -> int:
    """How many items may lack a key of the groups: where a key is no field of theirs, those that lack any field."""
    names = groups.keys if all(key in list_fact.fields for key in groups.keys) else tuple(list_fact.fields)
    needed = [name for name in names if list_fact.fields[name].default is None]
    return sum(any(name not in item for name in needed) for item in items)


def read_items(
    document: Document, path: PartPath, written: Data, list_fact: ListFact, problems: list[Problem]
) -> tuple[Mapping[str, Any], ...]:
    """The items of the list at a path, each a map of values by the ids of fields; mistakes are added to `problems`."""
    if not isinstance(written, list):
        place = document.value_place(path)
        help = "begin each item with '- '; where there are none, write []"
        problems.append(Problem("bad-fact", f"{list_fact.id}: this is not a list", place, help))
        return ()
    items = []
    for index, item in enumerate(written):
        if not isinstance(item, dict):
            place = document.value_place((*path, index))
            help = f"write - {{{next(iter(list_fact.fields))}: …}}"
            message = f"{list_fact.id}: an item is a map of its fields"
            problems.append(Problem("bad-fact", message, place, help))
            continue
        what, fields = f"a field of '{list_fact.id}'", list_fact.fields
        items.append(MappingProxyType(_values(document, (*path, index), item, fields, fields, what, problems)))
    return tuple(items)


def _values(
    document: Document, path: PartPath, written: Mapping[str, Data], facts: Mapping[str, Fact], names: Collection[str],
    what: str, problems: list[Problem],
) -> dict[str, Any]:  # fmt: skip
    """The valid values of facts, or of the fields of an item; `what` says in messages which of these."""
    values: dict[str, Any] = {}
    for name, value in written.items():
        fact = facts.get(name)
        if fact is None:
            help = did_you_mean(name, names)
            place = document.place((*path, name))
            problems.append(Problem("unknown-fact", f"'{name}' is not {what}", place, help))
        elif isinstance(value, list) and path == ("facts",):
            values[name] = read_fact_periods(document, (*path, name), value, fact, problems)
        elif value is not None:
            checked, wrong = fact_value(fact, value)
            if checked is not None:
                values[name] = checked
            if wrong:
                place = document.value_place((*path, name))
                problems.append(Problem("bad-fact", f"{name}: {wrong[0]}", place, wrong[1]))
    return values


def read_records(
    documents: Sequence[Document], read_document: Callable[[Document], tuple[Record | None, tuple[Problem, ...]]]
) -> list[tuple[Record | None, tuple[Problem, ...]]]:
    """The record and the problems of each document; two records of a partner are both refused."""
    read = [read_document(document) for document in documents]
    first: dict[str, int] = {}
    looks: dict[str, str] = {}
    for index, (record, _) in enumerate(read):
        if record is None:
            continue
        alike = looks.setdefault(look(record.partner), record.partner)
        if alike != record.partner:
            message = f"partner '{record.partner}' has an id that looks like that of '{alike}'"
            place = documents[index].value_place(("partner",))
            help = f"mend one if they are one partner: {told_apart(alike, record.partner)}"
            problem = Problem("look-alike-ids", message, place, help, Level.WARNING)
            read[index] = (record, in_order((*read[index][1], problem)))
        earlier = first.setdefault(record.partner, index)
        if earlier != index:
            place = documents[earlier].value_place(("partner",))
            message = f"a second record of partner '{record.partner}'"
            help = f"the first is {place.source.path}:{place.line}; keep one of them"
            problem = Problem("duplicate-partner", message, documents[index].value_place(("partner",)), help)
            for refused in (earlier, index):
                read[refused] = (None, in_order((*read[refused][1], problem)))
    return read
