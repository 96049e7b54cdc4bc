"""Which value each requirement of a tier has, told from the files before the tiers are compiled."""

from __future__ import annotations

from collections.abc import Mapping

from ..language.operators import Order
from ..programme.owners import PROGRAMME, Role, id_of, of_tier
from .by_tier import ByTier, words_read
from .file_reader import FilePart, Files

#: the role of a requirement's value by the scope of the requirement
ROLES = {"eligibility": Role.ELIGIBILITY, "joining": Role.JOINING, "tier": Role.REQUIREMENT}
#: how a value is compared with the limits under a key of the table of requirements
SIGNS: Mapping[str, Order] = {"at_least": ">=", "at_most": "<="}


def required_values(files: Files, differing: Mapping[str, ByTier]) -> Mapping[str, Mapping[str, str]]:
    """The ids of the values of each tier's requirements, by the ids of the requirements; `differing` as in `Scopes`."""
    common = [(row, scope) for scope in ("eligibility", "joining") for row in files.rows("eligibility", scope)]
    table = list(files.rows("tiers", "requirements"))
    required = {}
    for tier in files.rows("tiers", "tiers"):
        own = [row.id for row in (*(row for row in table if tier.id in tiers_of(row)), *tier.inner("requirements"))]
        own += [row.id for row, _ in common if differs_by_tier(row, differing)]
        values = {id: id_of(of_tier(tier.id), Role.REQUIREMENT, id) for id in own}
        shared = {row.id: id_of(PROGRAMME, ROLES[scope], row.id) for row, scope in common if row.id not in values}
        required[tier.id] = shared | values
    return required


def differs_by_tier(row: FilePart, differing: Mapping[str, ByTier]) -> bool:
    """Whether a requirement of all tiers reads what differs by tier, so that each tier has a value of its own."""
    return not differing.keys().isdisjoint(words_read(row.data))


def tiers_of(row: FilePart) -> tuple[str, ...]:
    """The tiers that have a row of the table of requirements."""
    return tuple(row.data.get(limits_key(row) or "tiers", ()))


def limits_key(row: FilePart) -> str | None:
    """The key under which a row of the table has its limits; None where it has a rule or a group."""
    return next((key for key in SIGNS if key in row.data), None)
