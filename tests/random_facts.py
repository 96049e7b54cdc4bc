"""Every release of this repository, and values at random that its facts take."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from charter import load
from charter.engine.programme.model import Fact
from charter.engine.values import Kind
from hypothesis import strategies as st

from .programmes import ASOFT, ROOT, SMALL

FOLDERS = [ASOFT, SMALL, *sorted((ROOT / "examples" / "programmes").glob("*/1.0.0"))]
RELEASES = [load(folder) for folder in FOLDERS]
NAMED = [folder.parent.name for folder in FOLDERS]
PROGRAM = RELEASES[0]


def values_of(fact: Fact) -> st.SearchStrategy:
    """Values that the fact takes."""
    low, high = fact.minimum, fact.maximum
    whole = st.integers(int(low or 0), int(high if high is not None else 100)).map(Decimal)
    return {
        Kind.YES_NO: st.booleans(),
        Kind.COUNT: whole,
        Kind.CHOICE: st.sampled_from([*fact.choices, "-"][: len(fact.choices) or 1]),
        Kind.DATE: st.dates(date(2015, 1, 1), date(2030, 1, 1)),
        Kind.TEXT: st.text("ab: #'\"-яё", min_size=1, max_size=9),
    }.get(fact.kind, st.decimals(-99 if low is None else low, 999 if high is None else high, places=2))
