"""Holds every fix of an expression to what its text says: the corrected text has that value, or there is no fix."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from charter.engine.language.parse import Scope, parse
from charter.engine.language.run.interpret import interpret
from charter.engine.language.symbols import Symbol
from charter.engine.language.syntax import Text
from charter.engine.problems import Source
from charter.engine.source.scalars import certain_fix
from charter.engine.values import Kind
from hypothesis import given
from hypothesis import strategies as st

KINDS = {"revenue": Kind.MONEY, "margin": Kind.PERCENT, "factor": Kind.NUMBER, "people": Kind.COUNT, "ok": Kind.YES_NO}
SCOPE = Scope({**{name: Symbol(name, kind) for name, kind in KINDS.items()},
               "region": Symbol("region", Kind.CHOICE, choices=("north", "south"))})  # fmt: skip


def corrected(written: str, kind: Kind | None = None) -> tuple[str, bool]:
    """The text with its fixes made one after the other, and whether it is an expression then."""
    for _ in range(20):
        tree, problems = parse(Text(Source("f", written), written, range(len(written) + 1)), SCOPE, kind)
        fix = next((problem.fix for problem in problems if problem.fix), None)
        if fix is None:
            return written, tree is not None
        written = written[: fix.place.start] + fix.text + written[fix.place.end :]
    raise AssertionError(written)


percentages = st.sampled_from(["2.9%", "20 %", "150%", "margin", "(1% + 2%)", "(margin + 5%)", "min(margin, 40%)"])
conditions = st.one_of(
    st.tuples(st.sampled_from(["margin", "30%"]), st.sampled_from([">=", "<"]), percentages).map(" ".join),
    st.tuples(st.just("factor"), st.sampled_from([">=", "<"]), st.sampled_from(["20%", "2.5", "0.5 %"])).map(" ".join),
)
amounts = st.recursive(
    st.just("revenue"),
    lambda inner: st.one_of(
        st.tuples(
            inner, st.sampled_from(["*", "/"]), st.sampled_from(["2.9%", "20 %", "(1 - 20%)", "(150% - factor)"])
        ),
        st.tuples(inner, st.sampled_from(["+", "-"]), percentages),
        st.tuples(st.just("20%"), st.just("*"), inner),
        st.tuples(inner, st.just("if"), conditions, st.just("else"), inner),
    ).map(lambda parts: f"({' '.join(parts)})"),
    max_leaves=4,
)


@given(st.one_of(amounts.map(lambda text: (text, Kind.MONEY)), percentages.map(lambda text: (text, Kind.PERCENT)),
                 conditions.map(lambda text: (text, Kind.YES_NO))),
       st.integers(0, 3), st.integers(0, 80), st.integers(0, 3))  # fmt: skip
def test_a_percent_sign_is_a_hundredth_or_not_fixed(
    text: tuple[str, Kind], revenue: int, margin: int, factor: int
) -> None:
    written, kind = text
    fixed, is_expression = corrected(written, kind)
    if not is_expression:
        return
    values = {"revenue": Fraction(revenue), "margin": Fraction(margin), "factor": Fraction(factor)}
    tree, _ = parse(Text(Source("f", fixed), fixed, range(len(fixed) + 1)), SCOPE, kind)
    assert tree is not None
    meant = re.sub(r"(\d+)(?:\.(\d+))?", r"Fraction('\g<0>')", written)
    meant = re.sub(r"(Fraction\('[\d.]+'\))\s*%", r"(\1 / 100)", meant)
    hundredths = {**values, "margin": values["margin"] / 100, "Fraction": Fraction, "min": min}
    expected = eval(meant, {"__builtins__": {}}, hundredths)
    assert interpret(tree, values) == (expected * 100 if kind is Kind.PERCENT else expected)


@pytest.mark.parametrize(
    ("written", "fixed"),
    [
        ("revenue * 2.9%", "revenue * ratio(2.9)"),
        ("margin >= 20% and factor < 20%", "margin >= 20 and factor < ratio(20)"),
        ("revenue >= 2,5", "revenue >= 2.5"),
        ("region == “north” or region == 'south'", "region == 'north' or region == 'south'"),
        ("people = 5 && ok", "people == 5 and ok"),
        ("people − 2 ≥ 0", "people - 2 >= 0"),
    ],
)
def test_what_is_meant_beyond_doubt_is_fixed(written: str, fixed: str) -> None:
    assert corrected(written) == (fixed, True)


@pytest.mark.parametrize(
    "written",
    [
        "revenue - 20%",  # of the revenue, or 20
        "people >= 20%",  # of what
        "revenue >= 1,000",  # a thousand, or one
        "max(1,2), 5",  # two numbers
        "people == 5–10",  # a range
        "region == «north",
        "people == 5 and && ok",
    ],
)
def test_what_may_mean_two_things_is_not_fixed(written: str) -> None:
    assert corrected(written) == (written, False)


@pytest.mark.parametrize(("written", "of_percentage", "fix"), [
    ("20%", True, "20"), ("20%", False, None), ("1,000", True, None), ("1 000", False, "1000"), ("2,5", False, "2.5"),
])  # fmt: skip
def test_a_number_in_a_file_is_fixed_where_it_is_certain(written: str, of_percentage: bool, fix: str | None) -> None:
    assert certain_fix(written, "number", of_percentage=of_percentage) == fix
