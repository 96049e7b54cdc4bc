"""Tiers by the id or the code that a person writes; the codes are those of the vendor's documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .model import Tier


def tiers_by_name(tiers: Iterable[Tier]) -> Mapping[str, Tier]:
    """The tiers by their ids, and by their codes where they have one."""
    listed = tuple(tiers)
    return {tier.id: tier for tier in listed} | {str(tier.code): tier for tier in listed if tier.code is not None}


def find_tier(tiers: Iterable[Tier], name: str) -> Tier | None:
    """The tier whose id or code is the name; None where no tier has it."""
    return tiers_by_name(tiers).get(name)
