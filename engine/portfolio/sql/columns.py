"""Names and kinds of the columns of a portfolio and of its outcomes, independent of any database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import NamedTuple

from ...problems import did_you_mean, wrong_call
from ...programme.find_tier import tiers_by_name
from ...programme.model import MAIN, Fact, NamedValue, Programme
from ...programme.outcomes import OwnOutcome, own_outcomes
from ...programme.owners import PROGRAMME, Role, id_of
from ...values import Kind

PARTNER = "partner"  #: the column that joins the tables
ITEM = "_item_number"  #: counts the rows of a table from 1; no id begins so
MOST_COUNTED = 999_999_999  #: the greatest count that SQL decides


class Form(StrEnum):
    """The type of the values that a column of a file or table holds."""

    TEXT = "text"
    YES_NO = "yes_no"
    WHOLE = "whole"
    COUNT = "count"  #: whole, and the file's metadata says that all lie between 0 and MOST_COUNTED
    DECIMAL = "decimal"
    FLOAT = "float"
    DATE = "date"
    TIME = "time"
    OTHER = "other"
    UNSTATED = "unstated"  #: of a type that is not known here: what counts is the text that the database casts it to


class Tables(NamedTuple):
    """The tables that a query reads: name and form of each column, of the portfolio and of each list by its id.

    A list without a table is unknown for every partner, or empty where the programme says so. Where the rows are
    numbered, the outcomes have the number of their row in a further column, ITEM.
    """

    portfolio: str
    columns: Mapping[str, Form]
    lists: Mapping[str, tuple[str, Mapping[str, Form]]] = {}
    numbered: bool = False


class Unread(NamedTuple):
    """Parts of the files to ignore: `fields` by list, and `tiers` that count as no tier."""

    fields: Mapping[str, frozenset[str]] = {}
    tiers: frozenset[str] = frozenset()


EVERYTHING_READ = Unread()


def tier_names(programme: Programme) -> dict[str, str]:
    """The ids and codes that column `tier` may hold, with the tier's id; empty where tiers are awarded outright."""
    main = programme.tracks[MAIN]
    if not main.remembers:
        return {}
    return {name: tier.id for name, tier in tiers_by_name(programme.tiers[id] for id in main.tiers).items()}


def list_fields(programme: Programme, id: str) -> dict[str, Fact]:
    """The fields of a list; raises WrongCall where the programme has no such list."""
    if id not in programme.lists:
        raise wrong_call(f"'{id}' is not a list of the programme", did_you_mean(id, programme.lists) or "it has none")
    return dict(programme.lists[id].fields)


def wanted_values(programme: Programme, patterns: Iterable[str]) -> list[str]:
    """The ids of the facts, values and own outcomes that match ids or patterns.

    Raises WrongCall where a pattern matches nothing.
    """
    ids = [*programme.facts, *(id for id, value in programme.values.items() if is_of_partner(value))]
    ids += [own.id for own in own_outcomes(programme)]
    wanted: dict[str, None] = {}
    for pattern in patterns:
        definition = id_of(PROGRAMME, Role.DEFINITION, pattern)
        matching = [id for id in ids if fnmatchcase(id, pattern) or id == definition]
        if not matching:
            help = did_you_mean(pattern, ids) or "see charter form, and docs/portfolio.md"
            raise wrong_call(f"'{pattern}' is not a fact or value of the programme", help)
        wanted.update(dict.fromkeys(matching))
    return list(wanted)


class ColumnPart(StrEnum):
    """What a column of an outcome holds, about a partner or about one tier for that partner."""

    PARTNER = "partner"
    TIER = "tier"
    STATUS = "status"
    DISCOUNT_BASE = "discount_base"
    DISCOUNT_UNCAPPED = "discount_uncapped"
    DISCOUNT_TOTAL = "discount_total"
    OWN = "own"
    VALUE = "value"


class OutcomeColumn(NamedTuple):
    """One column of the outcomes: its name, what it holds, the kind of its values, and which tier it is about.

    `tier` is None in columns about the partner's own tier. For VALUE, `value` is the id of the fact or value; for OWN,
    `own` is the outcome.
    """

    name: str
    part: ColumnPart
    kind: Kind
    tier: str | None = None
    value: str = ""
    own: OwnOutcome | None = None


_TIER_COLUMNS = (
    OutcomeColumn("tier", ColumnPart.TIER, Kind.TEXT),
    OutcomeColumn("status", ColumnPart.STATUS, Kind.TEXT),
)
_DISCOUNT_COLUMNS = (
    OutcomeColumn("discount_base", ColumnPart.DISCOUNT_BASE, Kind.PERCENT),
    OutcomeColumn("discount_uncapped", ColumnPart.DISCOUNT_UNCAPPED, Kind.PERCENT),
    OutcomeColumn("discount_total", ColumnPart.DISCOUNT_TOTAL, Kind.PERCENT),
)


def outcome_columns(programme: Programme, more: Iterable[str]) -> list[OutcomeColumn]:
    """The columns of an outcome, in order; `more` are ids of facts, values and own outcomes to add.

    There are no columns of tiers or discounts where the programme has none. The query, the rows decided by the
    interpreter and the types of the output are all made from this list.
    """
    main = [programme.tiers[id] for id in programme.tracks[MAIN].tiers]
    columns = [OutcomeColumn(PARTNER, ColumnPart.PARTNER, Kind.TEXT)]
    columns += _TIER_COLUMNS if main else ()
    columns += _DISCOUNT_COLUMNS if any(tier.discount for tier in main) else ()
    for id, tier in programme.tiers.items():
        columns.append(OutcomeColumn(f"status_{id}", ColumnPart.STATUS, Kind.TEXT, id))
        if tier.discount:
            columns.append(OutcomeColumn(f"discount_total_{id}", ColumnPart.DISCOUNT_TOTAL, Kind.PERCENT, id))
    own = {outcome.id: outcome for outcome in own_outcomes(programme)} if more else {}
    taken = {column.name for column in columns}
    for id in more:
        if named := programme.values.get(id) or programme.facts.get(id):
            name = f"facts.{id}" if id in taken else id  # a fact may be called `status`; ids of values have points
            columns.append(OutcomeColumn(name, ColumnPart.VALUE, named.kind, value=id))
        elif id not in taken:
            columns.append(OutcomeColumn(id, ColumnPart.OWN, own[id].example.kind, own=own[id]))
    return columns


def outcome_names(programme: Programme, more: Iterable[str]) -> list[str]:
    """The names of the columns of an outcome, in order."""
    return [column.name for column in outcome_columns(programme, more)]


def is_of_partner(value: NamedValue) -> bool:
    """Whether a value is about the partner alone, not about an item of a list or an order."""
    return value.list is None and not value.of_order
