"""A partner's record: its facts, checked against a programme.

The shape is that of schemas/record.schema.json (a test compares them); it is checked here in code, for records come
one by one and the validator takes longer to load than a partner to decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from .compile.facts import fact_value
from .document import Data, Document, PartPath, how_to_write, in_bounds
from .language.closures import closure
from .language.tree import names
from .problems import Level, Problem, Source, did_you_mean, has_errors, in_order
from .programme import Programme
from .values import MAX_WHOLE_DIGITS, Unknown, Value

_KEYS = ("partner", "name", "tier", "facts")
_LENGTHS = {"partner": 100, "name": 300}


class Record(NamedTuple):
    """One partner: `facts` holds what the record itself says, without defaults; `problems` are warnings."""

    partner: str
    name: str | None
    tier: str | None
    facts: Mapping[str, bool | Decimal | date | str]
    problems: tuple[Problem, ...]


def read_record(document: Document, programme: Programme) -> tuple[Record | None, tuple[Problem, ...]]:
    """The record of a document, or None and the problems; a record's own warnings are among its fields too."""
    problems: list[Problem] = []
    data = document.data
    if not isinstance(data, dict):
        place = document.value_place(())
        help = "begin with 'partner: …'; one record in a file"
        return None, (Problem("wrong-type", "a record is a map of keys", place, help),)
    for key in data:
        if key not in _KEYS:
            agreements = "this version of charter does not apply supplementary agreements"
            way_out = agreements if key == "agreements" else did_you_mean(key, _KEYS)
            problems.append(Problem("unknown-key", f"'{key}' is not a key here", document.place((key,)), way_out))
    partner, name = _words(document, data, "partner", problems), _words(document, data, "name", problems)
    if "partner" not in data:
        problems.append(Problem("missing-key", "'partner' is missing", document.place(()), "add the partner's id"))
    tier = _tier(document, data.get("tier"), programme, problems)
    facts = _facts(document, data.get("facts"), programme, problems)
    if has_errors(problems) or partner is None:
        return None, in_order(problems)
    problems += _odd(document, facts, programme)
    return Record(partner, name, tier, MappingProxyType(facts), in_order(problems)), in_order(problems)


def record_of(data: Mapping[str, object], programme: Programme) -> tuple[Record | None, tuple[Problem, ...]]:
    """The record that plain Python data describes, as a file with the same content would.

    Numbers are int or Decimal; a float is refused, for it is not exact.
    """
    inexact = _inexact(data, "")
    if inexact:
        return None, (Problem("wrong-type", f"{inexact} is not an exact number", None, "give an int or a Decimal"),)
    document = Document(Source("record", ""), _exact(data), {}, {}, {})
    return read_record(document, programme)


def fact_values(programme: Programme, facts: Mapping[str, bool | Decimal | date | str]) -> dict[str, Value]:
    """A value for every fact of the programme: the record's, else the default, else unknown."""
    values: dict[str, Value] = {}
    for id, fact in programme.facts.items():
        known = facts.get(id)
        if known is None:
            known = fact.default
        values[id] = Unknown(frozenset((id,))) if known is None else known
    return values


def _words(document: Document, data: Mapping[str, Data], key: str, problems: list[Problem]) -> str | None:
    """A text of the record: short, and without invisible characters (which loading refuses in files)."""
    written = data.get(key)
    if key not in data:
        return None
    place = document.value_place((key,))
    if not isinstance(written, str) or not written.strip():
        message = f"'{key}' is text, and something must stand in it"
        problems.append(Problem("wrong-type", message, place, how_to_write(written, "string") or "write it"))
    elif len(written) > _LENGTHS[key]:
        message = f"'{key}' has {len(written)} characters; the limit is {_LENGTHS[key]}"
        problems.append(Problem("bad-text", message, place, "shorten it"))
    elif any(not (character.isprintable() or character == "\u00a0") for character in written):
        problems.append(Problem("hidden-character", f"'{key}' holds an invisible character", place, "remove it"))
    else:
        return written
    return None


def _tier(document: Document, written: object, programme: Programme, problems: list[Problem]) -> str | None:
    """The tier by its id or its code; none where tiers are not signed for."""
    if written is not None and programme.award != "signed":
        message = "a record signs for no tier here: the highest one qualified for is awarded"
        problems.append(Problem("tier-awarded", message, document.place(("tier",)), "leave the tier out"))
        return None
    if written is None or (isinstance(written, str) and written in programme.tiers):
        return written
    for tier in programme.tiers.values():
        if tier.code is not None and not isinstance(written, bool) and str(written) == str(tier.code):
            return tier.id
    shown = str(written) if isinstance(written, str | Decimal) else "this"
    known = ", ".join(
        tier.id + (f" ({tier.code})" if tier.code is not None else "") for tier in programme.tiers.values()
    )
    near = did_you_mean(shown, programme.tiers) if isinstance(written, str) else None
    help = near if near and "known here" not in near else f"the tiers are {known}"
    problems.append(Problem("unknown-tier", f"'{shown}' is not a tier", document.value_place(("tier",)), help))
    return None


def _facts(
    document: Document, written: object, programme: Programme, problems: list[Problem]
) -> dict[str, bool | Decimal | date | str]:
    if written is None:
        return {}
    if not isinstance(written, dict):
        place = document.value_place(("facts",))
        problems.append(Problem("wrong-type", "'facts' is a map of facts", place, "write each as 'name: value'"))
        return {}
    facts: dict[str, bool | Decimal | date | str] = {}
    for name, value in written.items():
        path: PartPath = ("facts", name)
        fact = programme.facts.get(name)
        if fact is None:
            help = did_you_mean(name, programme.facts)
            problems.append(Problem("unknown-fact", f"'{name}' is not a fact", document.place(path), help))
        elif value is not None:
            known, wrong = fact_value(fact, value)
            if known is not None:
                facts[name] = known
            if wrong:
                problems.append(Problem("bad-fact", f"{name}: {wrong[0]}", document.value_place(path), wrong[1]))
    return facts


def _odd(document: Document, facts: Mapping[str, bool | Decimal | date | str], programme: Programme) -> list[Problem]:
    """Warnings for facts that break a check of the programme."""
    values = fact_values(programme, facts)
    positions = {id: index for index, id in enumerate(values)}
    row = list(values.values())
    found = []
    for check in programme.checks:
        if closure(check.condition, positions)(row) is False:
            mentioned = (("facts", name.id) for name in names(check.condition) if name.id in facts)
            place = document.value_place(next(mentioned, ("facts",)))
            message = check.title.get("en") or next(iter(check.title.values()))
            help = "check the facts; the outcome stands as they are"
            found.append(Problem("odd-facts", message, place, help, Level.WARNING))
    return found


def _inexact(data: object, where: str) -> str | None:
    """Where a float stands, or a number that is none or too long; else None."""
    if isinstance(data, float) or (isinstance(data, Decimal) and not (data.is_finite() and in_bounds(data))):
        return where or "this"
    if isinstance(data, int) and not isinstance(data, bool) and abs(data) >= 10**MAX_WHOLE_DIGITS:
        return where or "this"
    if isinstance(data, Mapping):
        return next(
            (found for key, value in data.items() if (found := _inexact(value, f"{where}.{key}".strip(".")))), None
        )
    return None


def _exact(data: Any) -> Data:
    """Plain data as a document holds it: whole numbers as decimals, keys as text."""
    if isinstance(data, Mapping):
        return {str(key): _exact(value) for key, value in data.items()}
    return Decimal(data) if isinstance(data, int) and not isinstance(data, bool) else data


def read_records(
    documents: Sequence[Document], programme: Programme
) -> list[tuple[Record | None, tuple[Problem, ...]]]:
    """The record of each document; two of one partner are refused both, for nothing says which one counts."""
    read = [read_record(document, programme) for document in documents]
    first: dict[str, int] = {}
    for index, (record, _) in enumerate(read):
        if record is None:
            continue
        earlier = first.setdefault(record.partner, index)
        if earlier != index:
            place = documents[earlier].value_place(("partner",))
            message = f"a second record of partner '{record.partner}'"
            help = f"the first is {place.source.path}:{place.line}; keep one of them"
            problem = Problem("duplicate-partner", message, documents[index].value_place(("partner",)), help)
            for refused in (earlier, index):
                read[refused] = (None, in_order((*read[refused][1], problem)))
    return read
