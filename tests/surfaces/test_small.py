"""The small programmes of these tests are programmes: what goes wrong with them is no mistake of their own."""

from __future__ import annotations

import pytest

from . import small
from .programmes import compiled

PROGRAMMES = {name: files for name, files in vars(small).items() if isinstance(files, dict) and "tiers" in files}

PROGRAMMES |= {f"{name} {index}": pair[index] for name, pair in small.PAIRS.items() for index in (0, 1)}
PROGRAMMES |= {f"renamed {name} {index}": pair[index] for name, pair in small.RENAMED.items() for index in (0, 1)}


@pytest.mark.parametrize("name", PROGRAMMES)
def test_a_small_programme_has_no_mistakes(name: str) -> None:
    assert compiled(PROGRAMMES[name]).programme.tiers
