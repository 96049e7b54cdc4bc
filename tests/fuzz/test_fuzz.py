"""A share of the search: every spoilt input is refused at its place, or answered on every surface."""

from __future__ import annotations

import traceback
from collections import Counter

import pytest

from .faults import TAKEN
from .search import KINDS, search

#: how many cases of each kind the fast tests try, and how many the slow ones
FEW = {"record": 300, "data": 150, "agreement": 150, "order": 150, "timeline": 30, "certificate": 30, "setting": 50, "row": 150,
       "line": 150, "expression": 400, "release": 40, "seal": 10, "scenario": 3, "command": 3, "table": 2}  # fmt: skip
MANY = {kind: number * (4 if number > 40 else 10) for kind, number in FEW.items()}


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every release is checked, and none is remembered."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/none")


def faults(kind: str, seed: int, number: int) -> tuple[str, Counter[str]]:
    """The faults of so many cases of a kind, as text, and how the cases ended."""
    shown, ends = "", Counter[str]()
    for case in search(seed, range(number), [kind]):
        ends[case.result] += 1
        if case.fault is not None:
            shown += f"{kind} {case.number}: {case.input}\n{''.join(traceback.format_exception(case.fault))[-3000:]}\n"
    return shown, ends


def test_every_kind_is_tried() -> None:
    assert FEW.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", FEW)
def test_a_spoilt_input_is_refused_or_answered(kind: str) -> None:
    shown, ends = faults(kind, 1, FEW[kind])
    assert not shown
    assert FEW[kind] < 40 or ends[TAKEN]


@pytest.mark.slow
@pytest.mark.parametrize("kind", MANY)
def test_many_spoilt_inputs_are_refused_or_answered(kind: str) -> None:
    shown, ends = faults(kind, 2, MANY[kind])
    assert not shown
    assert ends[TAKEN]
    assert len(ends) > 1
