"""Selects what each of two releases reads of one portfolio or record, without what only the other release has."""

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


class UnprovedOutcome(NamedTuple):
    """An outcome that proof leaves open: the ids of its values in each release, and whether it is a number."""

    before: str
    after: str
    is_number: bool


class Portfolio(NamedTuple):
    """A portfolio to compare on a day under two releases, and where to write the list of partners that differ."""

    portfolio: Path
    as_of: date
    lists: Mapping[str, Path] = {}
    agreements: Path | None = None
    ignored: tuple[str, ...] = ()  #: columns that both releases ignore
    orders: Mapping[str, Document] = {}  #: orders by the id of the partner who places them
    changes_file: Path | None = None
    open: tuple[UnprovedOutcome, ...] = ()  #: outcomes that the partners of the portfolio decide


class Reads(NamedTuple):
    """What a release reads of the files: these lists, and everything except the ignored columns and unread parts."""

    lists: Mapping[str, Path]
    ignored: tuple[str, ...]
    unread: Unread


def reads(programme: Programme, against: Programme, portfolio: Portfolio) -> Reads:
    """What a programme reads of a portfolio when it is compared with another one, `against`.

    Columns, lists, fields and tiers that only the other programme has are ignored; what neither has is kept, so that it
    is refused.
    """
    own_columns = known_columns(programme)
    ignored = (*portfolio.ignored, *(name for name in known_columns(against) if name not in own_columns))
    own_lists, other_lists = programme.lists, against.lists
    lists = {id: path for id, path in portfolio.lists.items() if id in own_lists or id not in other_lists}
    shared = [id for id in lists if id in own_lists and id in other_lists]
    fields = {id: _strange(own_lists[id].fields, other_lists[id].fields) for id in shared}
    return Reads(lists, ignored, Unread(fields, _strange(tier_names(programme), tier_names(against))))


def reduced_record(document: Document, programme: Programme, against: Programme) -> Document:
    """A record without the facts, fields and tier that only `against` has; parts keep their places."""
    data = document.data
    if not isinstance(data, dict):
        return document
    kept = dict(data)
    strange_tiers = _strange(tier_names(programme), tier_names(against))
    if "tier" in kept and _as_name(kept["tier"]) in strange_tiers:
        kept = {key: value for key, value in kept.items() if key not in ("tier", "since")}
    facts = kept.get("facts")
    if isinstance(facts, dict):
        kept["facts"] = _reduced_facts(facts, programme, against)
    return document._replace(data=kept)


def with_agreements(document: Document, kept: Iterable[int]) -> Document:
    """A record with only the agreements at the positions `kept`, each with its place in the file."""
    order = {old: new for new, old in enumerate(kept)}

    def renumber(table: Mapping[PartPath, Any]) -> dict[PartPath, Any]:
        renumbered = {}
        for at, value in table.items():
            if at[:1] != ("agreements",) or len(at) == 1:
                renumbered[at] = value
            elif at[1] in order:
                renumbered[("agreements", order[at[1]], *at[2:])] = value
        return renumbered

    data: Any = document.data
    written = data["agreements"]
    tables = (renumber(table) for table in (document.places, document.keys, document.styles))
    return Document(document.source, {**data, "agreements": [written[at] for at in order]}, *tables)


def _reduced_facts(facts: Mapping[str, Data], programme: Programme, against: Programme) -> dict[str, Data]:
    own_lists, other_lists = programme.lists, against.lists
    strange = _strange({**programme.facts, **own_lists}, {**against.facts, **other_lists})
    kept: dict[str, Data] = {}
    for name, value in facts.items():
        if name in strange:
            continue
        if name in own_lists and name in other_lists and isinstance(value, list):
            fields = _strange(own_lists[name].fields, other_lists[name].fields)
            kept[name] = [_without(item, fields) for item in value]
        else:
            kept[name] = value
    return kept


def _without(item: Data, fields: frozenset[str]) -> Data:
    return {id: value for id, value in item.items() if id not in fields} if isinstance(item, dict) else item


def _strange(own: Mapping[str, Fact] | Mapping[str, Any], theirs: Iterable[str]) -> frozenset[str]:
    """The names among `theirs` that are not among the own ones."""
    return frozenset(name for name in theirs if name not in own)


def _as_name(written: Data) -> str:
    return plain(written) if isinstance(written, Decimal) else str(written)
