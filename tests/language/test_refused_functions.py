"""A function that other languages have is refused by name, with why, and what to write instead."""

from __future__ import annotations

import pytest
from charter.engine.compile.programme_functions import programme_functions
from charter.engine.language.calls import FUNCTIONS
from charter.engine.language.refused_functions import REFUSED_FUNCTIONS

from .names import read

NAMES = [name for refused in REFUSED_FUNCTIONS for name in refused.names.split()]


def test_each_name_is_refused_once_and_is_no_function() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert not set(NAMES) & {*FUNCTIONS, *programme_functions()}


@pytest.mark.parametrize("refused", REFUSED_FUNCTIONS, ids=lambda refused: refused.names)
def test_every_name_of_a_kind_has_its_reason_and_way_out(refused) -> None:
    for name in refused.names.split():
        for written in (name, name.upper(), f"math.{name}"):
            tree, problems = read(f"{written}(n) > 1")
            assert tree is None
            assert [problem.code for problem in problems] == ["unknown-function"]
            assert problems[0].message == f"'{written}' is not a function: {refused.why}"
            assert problems[0].help == refused.help


@pytest.mark.parametrize(
    ("written", "way_out"),
    [
        ("today() > d", "as_of > d"),
        ("re.match('a', t)", "t in ('one', 'two')"),
        ("pow(x, 2) > 1", "x * x > 1"),
        ("int(x) > 1", "round_towards_zero(x, 1) > 1"),
        ("mod(n, 2) == 0", "modulo(n, 2) == 0"),
        ("years_between(d, as_of) > 1", "round_down(months_between(d, as_of) / 12, 1) > 1"),
    ],
)
def test_the_way_out_is_of_the_language(written: str, way_out: str) -> None:
    assert read(written)[0] is None
    assert read(way_out)[0] is not None


@pytest.mark.parametrize("name", ["now", "today"])
def test_the_clock_as_a_name_is_the_day_of_the_evaluation(name: str) -> None:
    tree, problems = read(f"{name} > d")
    assert tree is None
    assert [(problem.code, problem.help, problem.fix) for problem in problems] == [
        ("unknown-name", "write as_of", None)
    ]


def test_a_misspelt_function_is_still_told_from_one_of_another_language() -> None:
    _, problems = read("rond(x, 1) > 1")
    assert [problem.help for problem in problems] == ["did you mean 'round'?"]
