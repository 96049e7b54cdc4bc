"""Bands and slices that begin at what a rule comes to, and straight lines between points."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from charter import Release
from charter.engine.compile.table_trees import bands_of, bands_up_to, lines_between
from charter.engine.difference.renaming import renaming_of
from charter.engine.language.bounds.bounds import NumberRange
from charter.engine.language.run.interpret import interpret
from charter.engine.language.tree import Expression, Literal, Name, children
from charter.engine.programme.value_bounds import known_bounds
from charter.engine.report.figures import Figures
from charter.engine.report.wording import Wording
from charter.engine.values import Kind, Unknown

from .cli import charter
from .small_world import report, values, world, write

FACTS = """
facts:
  sales: {title: {en: Sales}, kind: money, currency: EUR}
  target: {title: {en: Target}, kind: money, currency: EUR}
  people: {title: {en: People}, kind: count}
"""


def defined(table: str, kind: str = "percent", more: str = "") -> str:
    """A definition `v` of this table."""
    return f"definitions:\n  v: {{title: {{en: V}}, kind: {kind}, value: {table}{more}, source: [c]}}\n"


def of(tmp_path: Path, table: str, kind: str = "percent", more: str = "") -> Release:
    """The release with a definition `v` of this table."""
    return world(tmp_path, facts=FACTS, definitions=defined(table, kind, more))


# Rows that begin at what a rule comes to ------------------------------------------------------------------------------

BANDS = "{band: sales, rows: {0: 5, target: 7, 2 * target: 9}}"


@pytest.mark.parametrize(
    ("sales", "value"),
    [(-1, 5), (0, 5), ("99.99", 5), (100, 7), ("199.99", 7), (200, 9), (5000, 9)],
)
def test_a_band_begins_where_its_rule_says(tmp_path: Path, sales: object, value: int) -> None:
    assert values(of(tmp_path, BANDS), {"sales": Decimal(str(sales)), "target": 100})["v"] == value


def test_rows_that_begin_at_one_number_leave_the_last(tmp_path: Path) -> None:
    assert values(of(tmp_path, BANDS), {"sales": 0, "target": 0})["v"] == 9


def test_a_table_whose_rows_do_not_rise_is_undefined(tmp_path: Path) -> None:
    release = of(tmp_path, BANDS)
    for target, rule in ((-1, "0 <= target"), ("-0.01", "0 <= target")):
        value = values(release, {"sales": 5, "target": Decimal(target)})["v"]
        assert isinstance(value, Unknown)
        assert [cause.expression for cause in value.causes] == [f"rising rows of v: {rule}"]
    text = charter(
        "evaluate", "-", "--program", tmp_path, "--lang", "en", input=b"partner: P\nfacts: {sales: 5, target: -1}\n"
    ).stdout
    assert "the rows of “V” do not rise: “Target: at least 0 EUR” does not hold" in " ".join(text.split()), text


@pytest.mark.parametrize("facts", [{"sales": 5}, {"target": 5}, {}])
def test_a_border_that_is_not_known_leaves_it_unknown(tmp_path: Path, facts: dict[str, int]) -> None:
    value = values(of(tmp_path, BANDS), facts)["v"]
    assert isinstance(value, Unknown)
    assert value.missing == {"sales", "target"} - facts.keys()


@pytest.mark.parametrize(("sales", "value"), [(-10, "-0.1"), (0, 0), (100, 1), (150, 2), (200, 3), (300, 6)])
def test_slices_begin_where_their_rules_say(tmp_path: Path, sales: int, value: object) -> None:
    table = "{slices: sales, rows: {0: 1, target: 2, target + 100: 3}}"
    release = of(tmp_path, table, "money", ", currency: EUR")
    assert values(release, {"sales": sales, "target": 100})["v"] == Decimal(str(value))
    undefined = values(release, {"sales": sales, "target": -1})["v"]
    assert isinstance(undefined, Unknown)
    assert not undefined.missing


def test_slices_after_a_total_that_begin_where_a_rule_says(tmp_path: Path) -> None:
    table = "{slices: sales, after: target, rows: {0: 1, target + 10: 2}}"
    release = of(tmp_path, table, "money", ", currency: EUR")
    assert values(release, {"sales": 30, "target": 100})["v"] == Decimal("0.5")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("{band: sales, rows: {0: 5, targit: 7}}", "did you mean 'target'"),
        ("{band: sales, rows: {0: 5, people: 7}}", "wrong-kind"),
        ("{band: sales, rows: {0: 5, target >: 7}}", "expression-syntax"),
        ("{band: sales, rows: {target: 7}}", "no value under target"),
        ("{slices: sales, rows: {target: 7}}", "no rate under target"),
        ("{band: people, rows: {0 to 9: 5, people: 7}}", "no row says where the band to 9 ends"),
        ("{band: sales, rows: {10: 5, target: 7, 5: 8}, below: 0}", "the band from 5 stands after the one from 10"),
        ("{band: sales, rows: {0: 5, 1 000: 7}}", "'1 000' is not a number"),
        ("{between: sales, rows: {0: 5, target: 7}}", "'target' is not a number"),
    ],
)
def test_a_mistake_in_where_a_row_begins(tmp_path: Path, table: str, message: str) -> None:
    kind = "money" if "slices" in table else "percent"
    text = report(tmp_path, facts=FACTS, definitions=defined(table, kind, ", currency: EUR" * (kind == "money")))
    assert message in text, text
    assert text.count("error[") == 1, text


def test_the_handbook_and_the_difference_say_where_rows_begin(tmp_path: Path) -> None:
    release = of(tmp_path / "a", BANDS)
    figure = Figures(Wording(release.programme, "en")).of("definitions.v")
    assert [head for head, _ in figure.rows] == ["from 0 EUR", "from “Target”", "from (2 × target)"]
    other = defined(BANDS.replace("target: 7", "target: 8").replace("2 * target: 9", "3 * target: 9"))
    write(tmp_path / "b", facts=FACTS, definitions=other)
    text = charter("diff", tmp_path / "a" / "1.0.0", tmp_path / "b" / "1.0.0", "--lang", "en").stdout
    for words in ("from Target 7% → 8%", "from 2 × target: no longer 9%", "from 3 × target: 9%, new"):
        assert words in " ".join(text.split()), text


def test_a_renamed_fact_is_renamed_where_rows_begin(tmp_path: Path) -> None:
    before = of(tmp_path / "a", BANDS)
    after = world(
        tmp_path / "b", facts=FACTS.replace("target", "goal"), definitions=defined(BANDS.replace("target", "goal"))
    )
    renaming, renamed = renaming_of(before, after.files)
    assert renaming.words == {"target": "goal"}
    assert values(renamed, {"sales": 150, "goal": 100})["v"] == 7


# Bands that hold their upper limits -----------------------------------------------------------------------------------

UP_TO = "{up_to: sales, rows: {0: 0, 10: 30, 100.5: 40}, above: 50}"


@pytest.mark.parametrize(
    ("sales", "value"),
    [("-1", 0), ("0", 0), ("0.01", 30), ("9.99", 30), ("10", 30), ("10.01", 40), ("100.5", 40), ("100.51", 50)],
)
def test_a_band_holds_its_upper_limit(tmp_path: Path, sales: str, value: int) -> None:
    assert values(of(tmp_path, UP_TO), {"sales": Decimal(sales)})["v"] == value


@pytest.mark.parametrize(("people", "value"), [(0, 1), (9, 1), (10, 1), (11, 2), (20, 2), (21, 3), (1000, 3)])
def test_a_band_of_whole_numbers_holds_its_upper_limit(tmp_path: Path, people: int, value: int) -> None:
    release = of(tmp_path, "{up_to: people, rows: {10: 1, 20: 2}, above: 3}", "count")
    assert values(release, {"people": people})["v"] == value


@pytest.mark.parametrize(("sales", "value"), [(-1, 5), (100, 5), ("100.01", 7), (200, 7), ("200.01", 9)])
def test_a_band_ends_where_its_rule_says(tmp_path: Path, sales: object, value: int) -> None:
    release = of(tmp_path, "{up_to: sales, rows: {target: 5, 2 * target: 7}, above: 9}")
    assert values(release, {"sales": Decimal(str(sales)), "target": 100})["v"] == value
    falling = values(release, {"sales": 5, "target": -1})["v"]
    assert [cause.expression for cause in falling.causes] == ["rising rows of v: target <= 2 * target"]
    missing = values(release, {"sales": 5})["v"]
    assert missing.missing == {"target"}


def test_above_the_last_limit_a_table_may_be_undefined(tmp_path: Path) -> None:
    release = of(tmp_path, UP_TO.replace("50", "unknown"))
    assert values(release, {"sales": Decimal("100.5")})["v"] == 40
    above = values(release, {"sales": Decimal("100.51")})["v"]
    assert isinstance(above, Unknown)
    assert not above.missing
    assert values(release, {})["v"].missing == {"sales"}


@pytest.mark.parametrize("count", [1, 2, 50, 51, 120])
def test_long_tables_of_upper_limits_are_what_the_first_row_not_passed_says(count: int) -> None:
    number = Name("x", Kind.NUMBER)
    rows = [(Literal(Decimal(end), Kind.NUMBER), Literal(Decimal(end * 7), Kind.NUMBER)) for end in range(count)]
    tree = bands_up_to(number, rows, Literal(Decimal(-1), Kind.NUMBER), Kind.NUMBER)
    assert tree is not None
    for twice in range(-1, 2 * count + 2):
        value = Decimal(twice) / 2
        expected = next((end * 7 for end in range(count) if value <= end), -1)
        assert interpret(tree, {"x": value}) == expected


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("{up_to: sales, rows: {10: 5, target: 7}}", "no value over target"),
        ("{up_to: sales, rows: {10: 5}, below: 3}", "these keys do not go together"),
        ("{up_to: sales, rows: {10: 5}, above: 3, otherwise: 3}", "these keys do not go together"),
        ("{band: sales, rows: {0: 5}, above: 3}", "these keys do not go together"),
        ("{up_to: sales, rows: {10: 5, 10 to 20: 6}, above: 3}", "the number it ends with"),
        ("{up_to: people, rows: {10: 5, 20 and up: 6}, above: 3}", "the number it ends with"),
        ("{up_to: sales, rows: {10: 5, 5: 6}, above: 3}", "the band to 5 stands after the one to 10"),
        ("{up_to: sales, rows: {targit: 5}, above: 3}", "did you mean 'target'"),
        ("{up_to: sales, rows: {people: 5}, above: 3}", "a row ends at what the number of the table can be"),
        ("{up_to: sales, rows: {10: five}, above: 3}", "unknown-name"),
        ("{up_to: sales, rows: {10: 5}, above: three}", "unknown-name"),
    ],
)
def test_a_mistake_in_a_table_of_upper_limits(tmp_path: Path, table: str, message: str) -> None:
    text = report(tmp_path, facts=FACTS, definitions=defined(table))
    assert message in text, text
    assert text.count("error[") == 1, text


def test_upper_limits_are_said_as_people_say_them(tmp_path: Path) -> None:
    release = of(tmp_path / "a", UP_TO)
    heads = {}
    for lang in ("en", "ru"):
        figure = Figures(Wording(release.programme, lang)).of("definitions.v")
        heads[lang] = [head.replace("\xa0", " ") for head, _ in figure.rows]
    assert heads["en"] == ["up to 0 EUR", "up to 10 EUR", "up to 100.5 EUR", "over 100.5 EUR"]
    assert heads["ru"] == [
        "до 0 EUR включительно", "до 10 EUR включительно", "до 100,5 EUR включительно", "свыше 100,5 EUR"
    ]  # fmt: skip
    changed = UP_TO.replace("10: 30", "12: 30").replace("40", "45").replace("50}", "unknown}")
    write(tmp_path / "b", facts=FACTS, definitions=defined(changed))
    text = charter("diff", tmp_path / "a" / "1.0.0", tmp_path / "b" / "1.0.0", "--lang", "en").stdout
    for words in (
        "up to 10: no longer 30%",
        "up to 12: 30%, new",
        "up to 100.5 40% → 45%",
        "over the last band 50% → ",
    ):
        assert words in " ".join(text.split()), text


# Points ---------------------------------------------------------------------------------------------------------------

POINTS = "{between: sales, rows: {0: 0, 1000: 5, 5000: 9}}"


@pytest.mark.parametrize(
    ("sales", "value"),
    [
        (-5, 0), (0, 0), (1, "0.005"), (500, "2.5"), ("999.99", "4.99995"), (1000, 5), (1001, "5.001"), (3000, 7),
        ("4999.99", "8.99999"), (5000, 9), (1000000, 9),
    ],
)  # fmt: skip
def test_a_value_lies_on_the_line_between_two_points(tmp_path: Path, sales: object, value: object) -> None:
    assert values(of(tmp_path, POINTS), {"sales": Decimal(str(sales))})["v"] == Decimal(str(value))


def test_a_third_of_the_way_is_exact(tmp_path: Path) -> None:
    release = of(tmp_path, "{between: people, rows: {0: 0, 3: 1}}")
    assert [values(release, {"people": people})["v"] for people in range(5)] == [
        0,
        Fraction(1, 3),
        Fraction(2, 3),
        1,
        1,
    ]


def test_what_lies_under_the_first_point(tmp_path: Path) -> None:
    release = of(tmp_path, "{between: sales, rows: {100: 5, 200: 3}, below: unknown}")
    assert [values(release, {"sales": sales})["v"] for sales in (99, 100, 150, 200)] == [Unknown(), 5, 4, 3]
    value = values(release)["v"]
    assert isinstance(value, Unknown)
    assert value.missing == {"sales"}


def test_a_point_may_be_a_rule_and_matters_beside_it_only(tmp_path: Path) -> None:
    release = of(tmp_path, "{between: sales, rows: {0: 0, 100: people * 1.0, 200: 8, 300: 9}}", "number")
    assert values(release, {"sales": 150, "people": 4})["v"] == 6
    assert values(release, {"sales": 50})["v"] == Unknown(frozenset({"people"}))
    assert values(release, {"sales": 250})["v"] == Decimal("8.5")


def test_points_of_a_count_are_rounded(tmp_path: Path) -> None:
    release = of(tmp_path, "{between: sales, rows: {0: 0, 100: 5}}", "count", ", round: 1, rounding: down")
    assert [values(release, {"sales": sales})["v"] for sales in (19, 20, 39, 100)] == [0, 1, 1, 5]


def test_points_across_the_tiers(tmp_path: Path) -> None:
    tiers = "award: highest\ntiers: {silver: {title: {en: Silver}}, gold: {title: {en: Gold}}}\n"
    table = "{between: sales, across: tier, rows: {0: {silver: 0, gold: 2}, 100: {silver: 10, gold: 4}}}"
    release = world(tmp_path, facts=FACTS, tiers=tiers, definitions=defined(table))
    own = values(release, {"sales": 50})
    assert (own["v.silver"], own["v.gold"]) == (5, 3)


@pytest.mark.parametrize(
    ("table", "kind", "message"),
    [
        (
            "{between: sales, rows: {0: 0, 9: 5}}",
            "count",
            "there are no straight lines between values that are a count",
        ),
        ("{between: sales, rows: {0: true, 9: false}}", "yes_no", "there are no straight lines"),
        ("{between: sales, rows: {5: 0, 9: 5}}", "percent", "no value under 5"),
        ("{between: sales, rows: {0: 0, 9: 5, 9.0: 6}}", "percent", "the band from 9 stands after the one from 9"),
        ("{between: sales, band: sales, rows: {0: 0, 9: 5}}", "percent", "these keys do not go together"),
    ],
)
def test_a_mistake_in_points(tmp_path: Path, table: str, kind: str, message: str) -> None:
    assert message in report(tmp_path, facts=FACTS, definitions=defined(table, kind))


@pytest.mark.parametrize(
    ("lang", "text", "heads"),
    [
        ("en", "by “Sales”, on straight lines between the points", ["at 0 EUR", "at 1000 EUR", "from 5000 EUR"]),
        (
            "ru",
            "по показателю «Sales», по прямой между соседними точками",
            ["при 0 EUR", "при 1000 EUR", "от 5000 EUR"],
        ),
    ],
)
def test_the_handbook_names_the_points(tmp_path: Path, lang: str, text: str, heads: list[str]) -> None:
    figure = Figures(Wording(of(tmp_path, POINTS).programme, lang)).of("definitions.v")
    assert (figure.text, [head.replace("\xa0", " ") for head, _ in figure.rows]) == (text, heads)


def test_a_rebate_on_a_line_is_not_called_negative(tmp_path: Path) -> None:
    """The reader of bounds sees that the line between two points stays between their values."""
    amount = "{between: sales, rows: {0: 0, 1000: 50}}"
    rebate = f"{{title: {{en: R}}, amount: {amount}, currency: EUR, pays_from: 5, source: [c]}}"
    facts = FACTS.replace("currency: EUR}", "currency: EUR, minimum: 0}", 1)
    release = world(tmp_path, facts=facts, rebates=f"rebates: {{r: {rebate}}}\n")
    span = known_bounds(release.programme)["tiers.gold.rebates.r.full"]
    assert isinstance(span, NumberRange)
    assert (span.low, span.high) == (0, 50)


def test_a_long_table_does_not_nest_deeply_and_means_the_same() -> None:
    """More rows than a file may have: by halves, against a loop over the rows."""
    number = Name("n", Kind.NUMBER, "n")
    rows = [(Literal(Decimal(3 * at), Kind.NUMBER), Literal(Decimal(at % 7), Kind.PERCENT)) for at in range(251)]
    pairs = list(rows)
    bands = bands_of(number, list(pairs), Literal(Decimal(-1), Kind.PERCENT), Kind.PERCENT)
    lines = lines_between(number, list(pairs), Literal(Decimal(-1), Kind.PERCENT), Kind.PERCENT)
    assert bands is not None
    assert lines is not None
    assert depth(bands) < 60
    for value in (-1, 0, 1, 2, 3, 299, 300, 301, 748, 750, 9000):
        at = min(value // 3, 250)
        part = Fraction(value - 3 * at, 3) if at < 250 else 0
        expected = (at % 7, at % 7 + ((at + 1) % 7 - at % 7) * part) if value >= 0 else (-1, -1)
        assert tuple(interpret(tree, {"n": Decimal(value)}) for tree in (bands, lines)) == expected


def depth(tree: Expression) -> int:
    """How deeply a tree nests."""
    return 1 + max(map(depth, children(tree)), default=0)
