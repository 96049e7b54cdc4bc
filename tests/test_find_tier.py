"""A tier is found by its id or its code, and by nothing else."""

from __future__ import annotations

import pytest
from charter.engine.programme.find_tier import find_tier, tiers_by_name
from charter.engine.programme.model import Tier
from charter.engine.release.load import load

from .programmes import ASOFT

TIERS = tuple(load(ASOFT).programme.tiers.values())


@pytest.mark.parametrize("tier", TIERS, ids=lambda tier: tier.id)
def test_by_id_and_by_code(tier: Tier) -> None:
    assert find_tier(TIERS, tier.id) is tier
    if tier.code is not None:
        assert find_tier(TIERS, str(tier.code)) is tier


def test_nothing_else_names_a_tier() -> None:
    names = {*(tier.id for tier in TIERS), *(str(tier.code) for tier in TIERS if tier.code is not None)}
    assert set(tiers_by_name(TIERS)) == names
    assert [find_tier(TIERS, name) for name in ("", "None", "none", "absent")] == [None] * 4
