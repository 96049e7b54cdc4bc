"""Discounts, rates of bonuses and the cap that are worked out: by an expression, or by any table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from charter import Release, batch
from charter.engine.report.handbook import handbook
from charter.engine.report.markdown import handbook_markdown
from charter.engine.values import Unknown

from .cli import charter
from .small_world import report, values, world, write

FACTS = """
facts:
  sales: {title: {en: Sales}, kind: money, currency: EUR}
  target: {title: {en: Target}, kind: money, currency: EUR}
  rate: {title: {en: Rate}, kind: percent}
  first: {title: {en: First}, kind: yes_no}
  second: {title: {en: Second}, kind: yes_no}
  product: {title: {en: Product}, kind: choice, choices: {base: {title: {en: Base}}, extra: {title: {en: Extra}}}}
"""
BANDS = "{band: sales, rows: {0: 10, 1000: 20}}"


def tiers(value: str, more: str = "") -> str:
    """The only tier with this discount."""
    return (
        f"award: highest\ntiers: {{gold: {{title: {{en: Gold}}, discount: {{value: {value}{more}, source: [c]}}}}}}\n"
    )


def bonuses(rates: str, take: str, cap: str = "") -> str:
    """A bonus of several rates, and the cap."""
    limit = f"discount: {{cap: {{title: {{en: Cap}}, value: {cap}, source: [c]}}}}\n" if cap else ""
    return f"{limit}bonuses: {{b: {{title: {{en: B}}, take: {take}, rates: {rates}, source: [c]}}}}\n"


def of(tmp_path: Path, value: str, **files: str) -> Release:
    """The release whose tier has this discount."""
    return world(tmp_path, facts=FACTS, tiers=tiers(value), **files)


@pytest.mark.parametrize(("sales", "base"), [(0, 10), ("999.99", 10), (1000, 20)])
def test_a_discount_by_turnover(tmp_path: Path, sales: object, base: int) -> None:
    single = "bonuses: {b: {title: {en: B}, when: first, percent: {gold: 5}, source: [c]}}\n"
    release = of(tmp_path, BANDS, bonuses=single)
    own = values(release, {"sales": Decimal(str(sales)), "first": True})
    assert [own[f"tiers.gold.{name}"] for name in ("discount", "discount_uncapped", "discount_total")] == [
        base, base + 5, base + 5,
    ]  # fmt: skip
    assert values(release, {"first": True})["tiers.gold.discount_total"] == Unknown(frozenset({"sales"}))


@pytest.mark.parametrize(
    ("value", "facts", "base"),
    [
        ("rate + 5", {"rate": 10}, 15),
        ("'min(rate, 30)'", {"rate": 50}, 30),
        ("{by: product, rows: {base: 10, extra: 15}}", {"product": "extra"}, 15),
        ("{between: sales, rows: {0: 10, 1000: 20}}", {"sales": 500}, 15),
        ("{band: sales, across: product, rows: {0: {base: 1, extra: 2}}}", {"sales": 5, "product": "extra"}, 2),
        ("{band: sales, across: tier, rows: {0: {gold: 7}}}", {"sales": 5}, 7),
    ],
)
def test_a_discount_of_every_form(tmp_path: Path, value: str, facts: dict[str, object], base: int) -> None:
    assert values(of(tmp_path, value), facts)["tiers.gold.discount_total"] == base


def test_an_undefined_discount_says_why(tmp_path: Path) -> None:
    own = values(of(tmp_path, "{band: sales, rows: {5: 1}, below: unknown}"), {"sales": 1})
    total = own["tiers.gold.discount_total"]
    assert isinstance(total, Unknown)
    assert [cause.expression for cause in total.causes] == ["discount by sales"]


def test_an_agreement_replaces_what_is_worked_out(tmp_path: Path) -> None:
    release = world(tmp_path, facts=FACTS, tiers=tiers(BANDS, ", negotiable: {maximum: 40, source: [c]}"))
    agreed = {"agreements": [{"term": "tiers.gold.discount", "value": 33, "from": date(2026, 1, 1), "document": "S-1"}]}
    assert values(release, {"sales": 5}, **agreed)["tiers.gold.discount_total"] == 33


@pytest.mark.parametrize(("sales", "total"), [(0, 30), (1000, 25)])
def test_a_cap_that_is_worked_out(tmp_path: Path, sales: int, total: int) -> None:
    cap = "{band: sales, rows: {0: 50, 1000: 25}}"
    release = of(tmp_path, "30", bonuses=f"discount: {{cap: {{title: {{en: Cap}}, value: {cap}, source: [c]}}}}\n")
    assert values(release, {"sales": sales})["tiers.gold.discount_total"] == total


RATES = (
    "{a: {title: {en: A}, when: first, percent: {gold: rate}}, b: {title: {en: C}, when: second, percent: {gold: 5}}}"
)


@pytest.mark.parametrize(
    ("take", "rate", "first", "second", "percent"),
    [
        ("greatest", 7, True, True, 7), ("greatest", 3, True, True, 5), ("greatest", 3, True, False, 3),
        ("greatest", 3, False, False, 0), ("greatest", -2, True, False, -2), ("greatest", -2, True, True, 5),
        ("least", 7, True, True, 5), ("least", 3, True, True, 3), ("least", 7, True, False, 7),
        ("least", 7, False, False, 0), ("sum", 7, True, True, 12), ("sum", 7, True, False, 7),
    ],
)  # fmt: skip
def test_rates_that_are_worked_out(
    tmp_path: Path, take: str, rate: int, first: bool, second: bool, percent: int
) -> None:
    release = of(tmp_path, "0", bonuses=bonuses(RATES, take))
    assert values(release, {"rate": rate, "first": first, "second": second})["tiers.gold.bonuses.b"] == percent


FIGURES = RATES.replace("gold: rate", "gold: 8")


@pytest.mark.parametrize(
    ("take", "first", "second", "percent"),
    [("least", True, True, 5), ("least", True, False, 8), ("least", False, False, 0), ("least", None, True, 5),
     ("greatest", True, None, 8), ("greatest", True, True, 8)],
)  # fmt: skip
def test_of_figures_the_certain_one_decides(
    tmp_path: Path, take: str, first: bool | None, second: bool | None, percent: int
) -> None:
    facts = {key: value for key, value in (("first", first), ("second", second)) if value is not None}
    assert values(of(tmp_path, "0", bonuses=bonuses(FIGURES, take)), facts)["tiers.gold.bonuses.b"] == percent


def test_a_rate_by_turnover_and_what_is_not_known(tmp_path: Path) -> None:
    rate = "{a: {title: {en: A}, when: first, percent: {gold: {band: sales, rows: {0: 1, 100: 2}}}}}"
    release = of(tmp_path, "0", bonuses=bonuses(rate, "greatest"))
    assert [values(release, {"sales": sales, "first": True})["tiers.gold.bonuses.b"] for sales in (99, 100)] == [1, 2]
    assert values(release, {"first": False})["tiers.gold.bonuses.b"] == 0
    assert values(release, {"first": True})["tiers.gold.bonuses.b"] == Unknown(frozenset({"sales"}))


def test_the_handbook_shows_the_tables(tmp_path: Path) -> None:
    rates = RATES.replace("gold: rate", "gold: {band: sales, rows: {0: 1, 100: 2}}")
    release = of(tmp_path, BANDS, bonuses=bonuses(rates, "least", "{by: product, rows: {base: 30, extra: 40}}"))
    text = handbook_markdown(handbook(release.programme, "en"))
    for words in (
        "from 1000 EUR: 20%",
        "the least of these",
        "from 100 EUR |  | 2%",
        "Extra |  | 40%",
    ):
        assert words in text, text


def test_the_page_of_a_partner_says_no_figure_for_a_rate_that_is_worked_out(tmp_path: Path) -> None:
    of(tmp_path, BANDS, bonuses=bonuses(RATES, "greatest"))
    record = b"partner: P\nfacts: {sales: 1500, rate: 3, first: false, second: false}\n"
    text = charter("evaluate", "-", "--program", tmp_path, "--lang", "en", input=record).stdout
    assert "Tier discount" in text
    assert "20%" in text
    assert "gives" not in text


def test_a_difference_in_a_discount_by_turnover(tmp_path: Path) -> None:
    folders = [write(tmp_path / name, facts=FACTS, tiers=tiers(value)) for name, value in
               (("a", BANDS), ("b", BANDS.replace("20", "25")), ("c", "20"))]  # fmt: skip
    text = charter("diff", *folders[:2], "--lang", "en").stdout
    assert "Gold: from 1000 20% → 25%" in " ".join(text.split()), text
    text = charter("diff", folders[2], folders[0], "--lang", "en").stdout
    assert "20% → by bands of Sales: from 0: 10%; from 1000: 20%" in " ".join(text.split()), text


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("{band: sales, rows: {0: 10, 1000: target}}", "wrong-kind"), ("-5", "-5 is under 0"),
        ("101", "101 is over 100"),
        ("sales", "wrong-kind"), ("20%", "write 20"), ("{band: sales}", "'rows' is missing"),
        ("[1]", "a list stands here"),
        ("nothing", "'nothing' is not a fact"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_discount(tmp_path: Path, value: str, message: str) -> None:
    text = report(tmp_path, facts=FACTS, tiers=tiers(value))
    assert message in text, text
    assert text.count("error[") == 1, text


@pytest.mark.parametrize(("take", "percent"), [("greatest", 5), ("least", 5), ("sum", 5)])
def test_a_rate_that_is_not_earned_need_not_be_known(tmp_path: Path, take: str, percent: int) -> None:
    release = of(tmp_path, "0", bonuses=bonuses(RATES, take))
    assert values(release, {"first": False, "second": True})["tiers.gold.bonuses.b"] == percent
    assert values(release, {"first": False, "second": False})["tiers.gold.bonuses.b"] == 0


def test_a_discount_too_long_for_a_query_is_decided_by_itself(tmp_path: Path) -> None:
    """Forty digits are more than a column holds: batch decides those partners one by one, as evaluate does."""
    facts = "facts: {revenue: {title: {en: R}, kind: number}, parts: {title: {en: P}, kind: number, minimum: 1}}"
    value = "share(revenue * revenue, parts * parts)"
    tiers = f"tiers: {{gold: {{title: {{en: G}}, discount: {{value: '{value}', source: [c]}}}}}}"
    release = world(tmp_path, facts=facts, tiers=tiers)
    (tmp_path / "p.csv").write_text("partner,tier,revenue,parts\nA,gold,3,7\n", "utf-8")
    result = batch(release, tmp_path / "p.csv", tmp_path / "o.csv", as_of=date(2026, 11, 23))
    assert result.decided == 1
    row = (tmp_path / "o.csv").read_text("utf-8")
    assert "18.367346938776" in row  # 9 of 49
