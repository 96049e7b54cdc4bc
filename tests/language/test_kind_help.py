"""Where two kinds do not fit, the help shows what does: for every pair of kinds, and every place where they meet."""

from __future__ import annotations

from itertools import product

import pytest
from charter.engine.language.kind_help import _ELSE
from charter.engine.values import Kind

from .names import read

#: expressions of each kind: names, calculations, and what is written out
SAMPLES: dict[Kind, tuple[str, ...]] = {
    Kind.YES_NO: ("p", "p and q", "true"),
    Kind.COUNT: ("n", "n + m", "3"),
    Kind.NUMBER: ("x", "x - n", "2.5", "-3"),
    Kind.PERCENT: ("r", "r * 2"),
    Kind.MONEY: ("a", "a - a"),
    Kind.DATE: ("d", "add_days(d, 3)", "date('2026-01-31')"),
    Kind.CHOICE: ("c", "o", "'red'", "'2026-01-31'", "'7'", "c if p else 'blue'"),
    Kind.TEXT: ("t",),
}
WORDS = {"write the number in digits, without quotes", "write true or false, without quotes",
         *_ELSE.values(), "calculate with numbers: write one in digits", "write '==' or '!='",
         "compare a choice with one of its own options"}  # fmt: skip
PAIRS = [(kinds, *pair) for kinds in product(Kind, repeat=2) for pair in product(SAMPLES[kinds[0]], SAMPLES[kinds[1]])]


def problems_of(text: str, expected: Kind | None = None) -> list[str]:
    """The helps of all problems of an expression, none of which is without one."""
    _, problems = read(text, expected)
    for problem in problems:
        assert problem.help, (text, problem.message)
    return [problem.help or "" for problem in problems]


def assert_helped(text: str, expected: Kind | None = None) -> bool:
    """Accepted, or helped by words or by expressions that are accepted themselves; whether it was by expressions."""
    shows = False
    for help in problems_of(text, expected):
        if help in WORDS or help.startswith(("write '==' or '!='", "did you mean", "known here")):
            continue
        assert help.startswith("write "), (text, help)
        for proposed in help.removeprefix("write ").split(" or "):
            tree, problems = read(proposed, expected)
            assert tree is not None, (text, help, [problem.message for problem in problems])
            shows = True
    return shows


@pytest.mark.parametrize("operator", ["+", "-", "*", "/"])
def test_every_calculation_is_accepted_or_helped(operator: str) -> None:
    without = set()
    for _, left, right in PAIRS:
        text = f"({left}) {operator} ({right})"
        if problems_of(text) and not assert_helped(text):
            without.add((left, right))
    assert all("'" in left + right for left, right in without), without


@pytest.mark.parametrize("sign", ["==", "!=", "<", ">="])
def test_every_comparison_is_accepted_or_helped(sign: str) -> None:
    for _, left, right in PAIRS:
        assert_helped(f"({left}) {sign} ({right})")


@pytest.mark.parametrize("form", ["min({}, {})", "max({}, {})", "({}) if p else ({})"])
def test_every_pair_side_by_side_is_accepted_or_helped(form: str) -> None:
    for _, left, right in PAIRS:
        assert_helped(form.format(left, right))


@pytest.mark.parametrize("kind", Kind)
def test_every_value_where_another_kind_is_needed_is_helped(kind: Kind) -> None:
    """As a cell of a table, or a definition of that kind."""
    for text in (sample for samples in SAMPLES.values() for sample in samples):
        assert_helped(text, kind)


@pytest.mark.parametrize(
    ("text", "expected", "help"),
    [
        ("a + n", None, "write a * n"),
        ("n + a", None, "write a * n"),
        ("r + a", None, "write a * (1 + ratio(r))"),
        ("a + r", None, "write a * (1 + ratio(r))"),
        ("a - r", None, "write a * (1 - ratio(r))"),
        ("a * r", None, "write a * ratio(r)"),
        ("a * a", None, "write a / a or share(a, a)"),
        ("r * r", None, "write r * ratio(r)"),
        ("x / r", None, "write x / ratio(r)"),
        ("n / a", None, "write n / every(100, a) or n / ratio(share(a, 100))"),
        ("d + 30", None, "write add_days(d, 30) or add_months(d, 30)"),
        ("d - n", None, "write add_days(d, -n) or add_months(d, -n)"),
        ("d - e", None, "write days_between(e, d)"),
        ("d + a", None, "write days_between(d, as_of)"),
        ("a * p", None, "write a if p else 0"),
        ("n + p", None, "write n + (1 if p else 0)"),
        ("n + '3'", None, "write n + 3"),
        ("n + c", None, "write n + (1 if c == 'red' else 0)"),
        ("n + o", None, "write n + rank(o)"),
        ("n + t", None, "write n + (1 if t == 'x' else 0)"),
        ("d >= '2026-01-31'", None, "write d >= date('2026-01-31')"),
        ("n > '3'", None, "write n > 3"),
        ("r > a", None, "write r > share(a, 100)"),
        ("n >= 'three'", None, "write the number in digits, without quotes"),
        ("p == 'yes'", None, "write true or false, without quotes"),
        ("0", Kind.YES_NO, "write false"),
        ("d > n", None, "write every(1, days_between(d, as_of)) > n"),
        ("p == n", None, "write (1 if p else 0) == n"),
        ("a", Kind.NUMBER, "write every(1, a) or every(100, a) or ratio(share(a, 1))"),
        ("x", Kind.COUNT, "write every(1, x)"),
        ("r", Kind.MONEY, "write a * ratio(r)"),
        ("n", Kind.YES_NO, "write n > 0"),
        ("n", Kind.DATE, "write add_days(as_of, n)"),
        ("p", Kind.CHOICE, "write 'red' if p else 'blue'"),
    ],
)
def test_the_help_shows_the_form(text: str, expected: Kind | None, help: str) -> None:
    assert problems_of(text, expected) == [help]
