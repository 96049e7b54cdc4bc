"""Writes the SQL that joins the outcomes of two releases by partner and counts the differences.

The outcomes are the columns that `batch` writes, as the views `old` and `new`. A partner without a tier has a discount
of 0 percent. Undetermined values are NULL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from ...programme.model import MAIN, NamedValue, Programme
from ...programme.outcomes import own_by_column
from ...programme.owners import Role
from ...values import Kind

SIDES = ("before", "after")
#: what a partner has besides tiers and discounts; sums follow from it
_SHOWN = frozenset({Role.BENEFIT, Role.FEE_AMOUNT, Role.REBATE_AMOUNT, Role.SETTLEMENT_AMOUNT})
_VIEWS = dict(zip(SIDES, ("old", "new"), strict=True))


class HolderCounts(NamedTuple):
    """How many partners have a tier (or have none) before and after, and how many gain or lose it.

    `open_before` and `open_after` count partners for whom that is undetermined, who do not count as having it.
    """

    before: int
    after: int
    gained: int
    lost: int
    open_before: int
    open_after: int


class DiscountChanges(NamedTuple):
    """How a discount changes: numbers of partners, which add up to all; sums and extremes in percentage points."""

    rises: int
    falls: int
    stays: int
    becomes_known: int
    becomes_unknown: int
    stays_unknown: int
    risen: Decimal
    fallen: Decimal
    greatest_rise: Decimal | None
    greatest_fall: Decimal | None


class Move(NamedTuple):
    """A change of tier or status, with the number of partners; a tier is None for no tier or an undetermined one."""

    tier_before: str | None
    status_before: str | None
    tier_after: str | None
    status_after: str | None
    partners: int


def in_both(before: Programme, after: Programme) -> list[str]:
    """Tiers that both releases have."""
    return [id for id in after.tiers if id in before.tiers]


def all_tiers(before: Programme, after: Programme) -> list[str]:
    """Tiers of either release: those of the new one in order, then those that it no longer has."""
    return list(dict.fromkeys((*after.tiers, *before.tiers)))


def tracks_beside(programme: Programme) -> dict[str, str]:
    """The tracks other than the main one, each with the id of the value that holds the partner's tier on it."""
    return {id: track.tier for id, track in programme.tracks.items() if id != MAIN}


def discounted(before: Programme, after: Programme) -> list[str]:
    """Tiers of both releases that give a discount in at least one of the two."""
    return [id for id in in_both(before, after) if before.tiers[id].discount or after.tiers[id].discount]


# Join ----------------------------------------------------------------------------------------------------------------


def with_standing(columns: Sequence[str]) -> str:
    """The columns of outcomes, with an empty tier and status where the release has no tiers."""
    absent = [name for name in ("tier", "status") if name not in columns]
    return ", ".join(("*", *(f"CAST(NULL AS VARCHAR) AS {name}" for name in absent)))


def differs_sql(before: str, after: str, scale: int | None) -> str:
    """Whether a value differs between the views; `scale` are the decimals of a number, None for anything else."""
    old, new = f'old."{before}"', f'new."{after}"'
    if scale is not None:
        old, new = _decimal(old, scale), _decimal(new, scale)
    return f"{old} IS DISTINCT FROM {new}"


def besides(programme: Programme) -> dict[str, NamedValue]:
    """What a partner has besides tiers and discounts, money and benefits, by the id of its column."""
    return own_by_column(programme, _SHOWN)


def given_sql(id: str, value: NamedValue, side: str, scale: int) -> str:
    """Whether a partner has something of an outcome that one release alone knows, on that side."""
    column = f'{_VIEWS[side]}."{id}"'
    return f"coalesce({column if value.kind is Kind.YES_NO else f'{_decimal(column, scale)} <> 0'}, false)"


def joined_sql(
    before: Programme,
    after: Programme,
    scales: Mapping[str, int],
    compared: Sequence[str] = (),
    others: Mapping[str, str] = {},
) -> str:
    """The query with both outcomes of a partner in one row; `differs` lists the names of the columns that differ.

    `scales` gives the number of decimals of `discount_total` and of each tier's discount, the larger of both files;
    `compared` are conditions that become the columns `open_0`, `open_1` and so on; `others` say, by the id of money and
    benefits, whether they differ.
    """
    columns: dict[str, str] = {}
    for side, programme in zip(SIDES, (before, after), strict=True):
        view = _VIEWS[side]
        columns |= {f"tier_{side}": f"{view}.tier", f"status_{side}": f"{view}.status"}
        columns[f"discount_{side}"] = _own_discount(programme, view, scales["discount_total"])
        columns |= {f"status_{id}_{side}": f'{view}."status_{id}"' for id in programme.tiers}
        columns |= {f"track_{id}_{side}": f'{view}."{value}"' for id, value in tracks_beside(programme).items()}
        for id in discounted(before, after):
            name = f"discount_total_{id}"
            total = f'{view}."{name}"' if programme.tiers[id].discount else "0"
            columns[f"discount_{id}_{side}"] = _decimal(total, scales[name])
    fields = ", ".join(f'{text} AS "{name}"' for name, text in columns.items())
    fields = ", ".join((fields, *(f"{condition} AS open_{place}" for place, condition in enumerate(compared))))
    differences = [
        f"CASE WHEN {columns[f'{name}_before']} IS DISTINCT FROM {columns[f'{name}_after']} THEN '{name}' END"
        for name in compared_columns(before, after)
    ]
    differences += [f"CASE WHEN {condition} THEN '{id}' END" for id, condition in others.items()]
    differs = f"concat_ws(' ', {', '.join(differences)})"
    return (
        f"SELECT old.partner AS partner, {fields}, {differs} AS differs FROM old JOIN new ON old.partner = new.partner"
    )


def compared_columns(before: Programme, after: Programme) -> list[str]:
    """The names of the compared columns: own tier, its status and discount, tracks, each tier's status and discount."""
    tracks = [id for id in tracks_beside(before) if id in tracks_beside(after)]
    return [
        *("tier", "status", "discount"),
        *(f"track_{id}" for id in tracks),
        *(f"status_{id}" for id in in_both(before, after)),
        *(f"discount_{id}" for id in discounted(before, after)),
    ]


def _own_discount(programme: Programme, view: str, scale: int) -> str:
    """The discount of the partner's own tier: 0 without a tier or where the tier has none, NULL where undetermined."""
    giving = [id for id in programme.tracks[MAIN].tiers if programme.tiers[id].discount]
    if not giving:
        return _decimal("0", scale)
    tiers = ", ".join(f"'{id}'" for id in giving)
    total, nothing = _decimal(f"{view}.discount_total", scale), _decimal("0", scale)
    is_open = f"{view}.tier IS NULL AND {view}.status IS NOT DISTINCT FROM 'undetermined'"
    return f"CASE WHEN {view}.tier IN ({tiers}) THEN {total} WHEN {is_open} THEN NULL ELSE {nothing} END"


def _decimal(text: str, scale: int) -> str:
    return f"CAST({text} AS DECIMAL(38, {scale}))"


# Counts --------------------------------------------------------------------------------------------------------------

Key = tuple[str, ...]  #: names a number: its kind, a tier where it is about one, and its name within the kind


def counted_sql(before: Programme, after: Programme) -> Iterator[tuple[Key, str]]:
    """The key of every number computed from the joined rows, with the SQL aggregate that computes it."""
    yield ("rows",), "count(*)"
    yield ("differing",), _count("differs <> ''")
    yield from _holders_sql(("without",), {side: _without(side) for side in SIDES})
    yield from _changes_sql(("own",), "discount")
    for id in all_tiers(before, after):
        own, could = {}, {}
        for side, programme in zip(SIDES, (before, after), strict=True):
            own[side] = _has(programme, id, side)
            status = f'"status_{id}_{side}"'
            conditions = (f"{status} = 'qualified'", f"{status} = 'undetermined'")
            could[side] = conditions if id in programme.tiers else ("false", "false")
        yield from _holders_sql(("own", id), own)
        yield from _holders_sql(("could", id), could)
    for id in discounted(before, after):
        yield from _changes_sql(("could", id), f"discount_{id}")


def open_counts(number: int) -> Iterator[tuple[Key, str]]:
    """The keys and SQL of how many partners each of the columns `open_0`, `open_1` … is true for."""
    yield from ((("open", str(place)), _count(f"open_{place}")) for place in range(number))


def holder_counts(numbers: Mapping[Key, Any], *key: str) -> HolderCounts:
    """The numbers of partners who have a tier or none, by the beginning of their keys."""
    return HolderCounts(*(numbers[*key, name] for name in HolderCounts._fields))


def discount_changes(numbers: Mapping[Key, Any], *key: str) -> DiscountChanges:
    """The numbers on the changes of a discount, by the beginning of their keys."""
    return DiscountChanges(*(numbers[*key, name] for name in DiscountChanges._fields))


def _has(programme: Programme, tier: str, side: str) -> tuple[str, str]:
    """Two conditions: the partner has the tier (qualified or retained); whether it does is undetermined."""
    if tier not in programme.tiers:
        return "false", "false"
    may_qualify = f"\"status_{tier}_{side}\" <> 'not_qualified'"
    for id in tracks_beside(programme):
        if tier in programme.tracks[id].tiers:
            own = f'"track_{id}_{side}"'
            return f"{own} = '{tier}'", f"{own} IS NULL AND {may_qualify}"
    own, status = f"tier_{side}", f"status_{side}"
    has = f"{own} = '{tier}' AND {status} IN ('qualified', 'retained')"
    may = f"{status} = 'undetermined' AND ({own} = '{tier}' OR ({own} IS NULL AND {may_qualify}))"
    return has, may


def _without(side: str) -> tuple[str, str]:
    """Two conditions: the partner certainly has no tier of its own; whether it has one is undetermined."""
    is_open = f"status_{side} IS NOT DISTINCT FROM 'undetermined'"
    return f"tier_{side} IS NULL AND NOT {is_open}", f"tier_{side} IS NULL AND {is_open}"


def _holders_sql(key: Key, sides: Mapping[str, tuple[str, str]]) -> Iterator[tuple[Key, str]]:
    (had, may_before), (has, may_after) = (
        tuple(f"coalesce({condition}, false)" for condition in sides[side]) for side in SIDES
    )  # fmt: skip
    counts = HolderCounts(had, has, f"NOT {had} AND {has}", f"{had} AND NOT {has}", may_before, may_after)  # type: ignore[arg-type]
    for name, condition in counts._asdict().items():
        yield (*key, name), _count(condition)


def _changes_sql(key: Key, column: str) -> Iterator[tuple[Key, str]]:
    old, new = (f'"{column}_{side}"' for side in SIDES)
    rises, falls = f"{new} > {old}", f"{new} < {old}"
    texts = {
        "rises": _count(rises),
        "falls": _count(falls),
        "stays": _count(f"{new} = {old}"),
        "becomes_known": _count(f"{old} IS NULL AND {new} IS NOT NULL"),
        "becomes_unknown": _count(f"{old} IS NOT NULL AND {new} IS NULL"),
        "stays_unknown": _count(f"{old} IS NULL AND {new} IS NULL"),
        "risen": f"coalesce(sum({new} - {old}) FILTER (WHERE {rises}), 0)",
        "fallen": f"coalesce(sum({old} - {new}) FILTER (WHERE {falls}), 0)",
        "greatest_rise": f"max({new} - {old}) FILTER (WHERE {rises})",
        "greatest_fall": f"max({old} - {new}) FILTER (WHERE {falls})",
    }
    yield from (((*key, name), text) for name, text in texts.items())


def _count(condition: str) -> str:
    return f"count(*) FILTER (WHERE {condition})"


MOVES = """
    SELECT tier_before, status_before, tier_after, status_after, count(*) FROM joined
    WHERE (tier_before, status_before) IS DISTINCT FROM (tier_after, status_after) GROUP BY ALL ORDER BY ALL
"""

CHANGES = """
    SELECT partner, tier_before, tier_after, status_before, status_after, discount_before, discount_after,
        discount_after - discount_before AS discount_change, differs
    FROM joined WHERE differs <> '' ORDER BY partner
"""
