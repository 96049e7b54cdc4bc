"""What each of two releases reads of one portfolio or record: what only the other one has is no mistake under it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from ...programme.model import Fact, Programme
from ...source.document import Document, PartPath
from ...source.scalars import Data
from ...values import plain
from ..files import known_columns
from ..sql.columns import Unread, tier_names


class Portfolio(NamedTuple):
    """What to decide under two releases on a day, and where to write the list of those who differ."""

    portfolio: Path
    as_of: date
    lists: Mapping[str, Path] = {}
    agreements: Path | None = None
    ignored: tuple[str, ...] = ()  #: columns that neither release looks at
    orders: Mapping[str, Document] = {}  #: an order by the partner who places it
    changes_file: Path | None = None


class Reads(NamedTuple):
    """What one of two releases reads of the files: these lists, all columns but the ignored, all but the unread."""

    lists: Mapping[str, Path]
    ignored: tuple[str, ...]
    unread: Unread


def reads(programme: Programme, other: Programme, asked: Portfolio) -> Reads:
    """What a release reads of a portfolio that the other one reads too.

    Columns, lists, fields and tiers that only the other has are passed over; what neither has stays, to be refused.
    """
    known = known_columns(programme)
    ignored = (*asked.ignored, *(name for name in known_columns(other) if name not in known))
    lists = {id: path for id, path in asked.lists.items() if id in programme.lists or id not in other.lists}
    shared = [id for id in lists if id in programme.lists and id in other.lists]
    fields = {id: _strange(programme.lists[id].fields, other.lists[id].fields) for id in shared}
    return Reads(lists, ignored, Unread(fields, _strange(tier_names(programme), tier_names(other))))


def reduced(document: Document, programme: Programme, other: Programme) -> Document:
    """A record without the facts, fields and tier that only the other release has; each part keeps its place."""
    data = document.data
    if not isinstance(data, dict):
        return document
    kept = dict(data)
    known, theirs = tier_names(programme), tier_names(other)
    if "tier" in kept and _as_name(kept["tier"]) in _strange(known, theirs):
        kept = {key: value for key, value in kept.items() if key not in ("tier", "since")}
    facts = kept.get("facts")
    if isinstance(facts, dict):
        kept["facts"] = _reduced_facts(facts, programme, other)
    return document._replace(data=kept)


def with_agreements(document: Document, kept: Iterable[int]) -> Document:
    """A record with these of its agreements, each in its place of the file."""
    order = {old: new for new, old in enumerate(kept)}

    def moved(table: Mapping[PartPath, Any]) -> dict[PartPath, Any]:
        found = {}
        for at, value in table.items():
            if at[:1] != ("agreements",) or len(at) == 1:
                found[at] = value
            elif at[1] in order:
                found[("agreements", order[at[1]], *at[2:])] = value
        return found

    data: Any = document.data
    written = data["agreements"]
    tables = (moved(table) for table in (document.places, document.keys, document.styles))
    return Document(document.source, {**data, "agreements": [written[at] for at in order]}, *tables)


def _reduced_facts(facts: Mapping[str, Data], programme: Programme, other: Programme) -> dict[str, Data]:
    strange = _strange({**programme.facts, **programme.lists}, {**other.facts, **other.lists})
    found: dict[str, Data] = {}
    for name, value in facts.items():
        if name in strange:
            continue
        if name in programme.lists and name in other.lists and isinstance(value, list):
            fields = _strange(programme.lists[name].fields, other.lists[name].fields)
            found[name] = [_without(item, fields) for item in value]
        else:
            found[name] = value
    return found


def _without(item: Data, fields: frozenset[str]) -> Data:
    return {id: value for id, value in item.items() if id not in fields} if isinstance(item, dict) else item


def _strange(own: Mapping[str, Fact] | Mapping[str, Any], theirs: Iterable[str]) -> frozenset[str]:
    """Names that the other has and this one has not."""
    return frozenset(name for name in theirs if name not in own)


def _as_name(written: Data) -> str:
    return plain(written) if isinstance(written, Decimal) else str(written)
