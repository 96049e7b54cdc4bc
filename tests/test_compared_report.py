"""Whom a new release hits: the page says the numbers in both languages, the JSON has the shape that is published."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from charter import Release, load
from charter.engine.portfolio.compare.agreement_effects import AgreementsUnder
from charter.engine.portfolio.compare.compared import Compared, compare_portfolio
from charter.engine.portfolio.compare.release_view import Portfolio
from charter.engine.portfolio.compare.row_comparison import unreached_in_portfolio
from charter.engine.programme.model import pick
from charter.engine.report.compared import agreements_blocks, compared_blocks, compared_page
from charter.engine.report.compared_data import compared_data
from charter.engine.report.html import pages_html
from charter.engine.report.markdown import page_markdown
from charter.engine.report.page import Block, Row
from charter.engine.report.terminal import page_text
from charter.engine.source.document import read_bytes
from charter.engine.texts.texts import texts_in

from .portfolio import portfolios
from .portfolio.portfolios import TODAY
from .portfolio.test_agreed import COMPETENCY, SAAS
from .portfolio.test_compared import discount, precise, release_with, threshold, tier_gone
from .programmes import ASOFT, ROOT
from .published import SCHEMAS, validator

BEFORE = load(ASOFT)
LANGS = ("ru", "en")
Asked = tuple[Release, Compared, AgreementsUnder]


@pytest.fixture(scope="module", params=["changed", "tier gone"])
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    folder = tmp_path_factory.mktemp("asked")
    edits = (discount, precise, threshold) if request.param == "changed" else (tier_gone, discount)
    after = release_with(folder, *edits)
    partners = portfolios.random_partners(BEFORE, 200, seed=21)
    partners[7]["tier"] = "platinum"
    portfolio, _ = portfolios.write(folder, BEFORE, partners)
    papers = folder / "agreements.csv"
    rows = [f"P-00000{at},{COMPETENCY},22,{at}/2026,2026-01-01,2026-12-31" for at in range(6)]
    rows += [f"P-00001{at},{SAAS},26,1{at}/2026,2026-12-01," for at in range(3)]
    papers.write_text("\n".join(["partner,term,value,document,from,until", *rows]) + "\n", "utf-8")
    order, _ = read_bytes((ROOT / "examples" / "orders" / "mixed.yaml").read_bytes(), "mixed.yaml")
    assert order
    orders = {f"P-0000{at}": order for at in range(20, 45)}
    given = Portfolio(portfolio, TODAY, agreements=papers, orders=orders, changes_file=folder / "changes.csv")
    return after, compare_portfolio(BEFORE, after, given), unreached_in_portfolio(BEFORE, after, given)


def as_json(data: Any) -> Any:
    return json.loads(json.dumps(data, default=float))


def test_the_json_has_the_shape_that_is_published(asked: Asked) -> None:
    after, compared, under = asked
    check = validator("compared.schema.json")
    data = as_json(compared_data(BEFORE.programme, after.programme, compared, under, TODAY))
    assert list(check.iter_errors(data)) == []
    portfolio = data["portfolio"]
    assert portfolio["rows"] == portfolio["decided"] + portfolio["rejected"] == 200
    assert len(portfolio["problems"]) == len(compared.problems) > 0
    assert {id: tier["own"]["gained"] for id, tier in portfolio["tiers"].items()} == {
        tier.id: tier.own.gained for tier in compared.tiers
    }
    assert Decimal(str(portfolio["discount"]["risen"])) == compared.discount.risen.normalize()
    assert [one["effect"] for one in data["agreements"]["found"]] == [one.effect for one in under.affected]
    nothing = as_json(compared_data(BEFORE.programme, after.programme, None, None, TODAY))
    assert list(check.iter_errors(nothing)) == []
    data["portfolio"]["tiers"]["retail"]["own"].pop("lost")
    assert list(check.iter_errors(data))


def test_every_property_of_the_schema_is_described() -> None:
    schema = SCHEMAS["compared.schema.json"]
    parts = [schema, *schema["$defs"].values()]
    for part in parts:
        for name, property in part["properties"].items():
            assert property["description"], name
        assert part["required"] == list(part["properties"])


def rows_of(blocks: tuple[Block, ...], title: str) -> tuple[Row, ...]:
    return next((block.rows for block in blocks if block.title == title), ())


@pytest.mark.parametrize("lang", LANGS)
def test_the_blocks_say_the_numbers(lang: str, asked: Asked) -> None:
    after, compared, _ = asked
    say, blocks = texts_in(lang).COMPARED, compared_blocks(BEFORE.programme, after.programme, compared, lang)
    decided, apart = rows_of(blocks, say["portfolio"])
    assert (decided.figure, apart.figure) == (str(compared.decided), str(compared.differing))
    assert str(compared.rejected) in decided.note
    assert apart.bar == Decimal(compared.differing) / compared.decided
    assert not apart.note
    titles = {id: pick(tier.title, lang) for one in (after, BEFORE) for id, tier in one.programme.tiers.items()}
    own = {row.title: row for row in rows_of(blocks, say["own"])}
    for tier in compared.tiers:
        row, held = own[titles[tier.id]], tier.own
        assert row.figure == (str(held.after) if held.before == held.after else f"{held.before} → {held.after}")
        assert (say["lost"].format(number=held.lost) in row.note) == (held.lost > 0)
        assert (say["gained"].format(number=held.gained) in row.note) == (held.gained > 0)
        assert (say["tier_gone"] in row.note) == (not tier.in_after)
    told = {row.title: row for row in rows_of(blocks, say["discount"])}
    for name in ("rises", "falls", "stays"):
        assert told[say[name]].figure == str(getattr(compared.discount, name))
    shown = [int(row.figure) for row in rows_of(blocks, say["discount"])]
    assert sum(shown) == compared.decided
    moves = [int(row.figure) for row in rows_of(blocks, say["moves"])]
    assert sum(moves) == sum(move.partners for move in compared.moves)
    assert compared.orders is not None
    orders = rows_of(blocks, say["orders"])
    differing = [one for one in compared.orders.orders if one.before != one.after]
    assert [row.title.split(",")[0] for row in orders[: len(differing)]] == [one.partner for one in differing]
    same = len(compared.orders.orders) - len(differing)
    rest = [(row.title, row.figure) for row in orders[len(differing) :]]
    assert ((say["stays"], str(same)) in rest) == (same > 0)
    assert [title for title, _ in rest].count(say["in_all"]) == len(compared.orders.totals)


@pytest.mark.parametrize("lang", LANGS)
def test_agreements_are_told_one_by_one(lang: str, asked: Asked) -> None:
    after, _, under = asked
    (block,) = agreements_blocks(BEFORE.programme, after.programme, under, lang)
    assert len(block.rows) == len(under.affected) > 0
    for row, one in zip(block.rows, under.affected, strict=True):
        assert row.title.startswith(f"{one.partner}: ")
        assert texts_in(lang).COMPARED[one.effect.value] in row.note
        assert one.document in row.note
        assert (texts_in(lang).REPORT["not_in_force"] in row.note) == (not one.in_force)
    (nothing,) = agreements_blocks(BEFORE.programme, BEFORE.programme, AgreementsUnder(7, (), ()), lang)
    assert [row.title for row in nothing.rows] == [texts_in(lang).COMPARED["agreements_none"].format(number="7")]
    many = under._replace(affected=under.affected * 20)
    (long,) = agreements_blocks(BEFORE.programme, after.programme, many, lang)
    assert long.rows[-1].figure == str(len(many.affected) - 20)


@pytest.mark.parametrize("lang", LANGS)
def test_every_format_has_every_row(lang: str, asked: Asked) -> None:
    after, compared, under = asked
    page = compared_page(BEFORE.programme, after.programme, compared, under, TODAY, lang)
    texts = (page_text(page), page_markdown(page), pages_html([page], lang))
    assert max(map(len, texts[0].splitlines())) <= 100
    for block in page.blocks:
        assert block.rows
        for text in texts:
            assert block.title in text
    for key in ("en", "ru"):
        assert set(texts_in(key).COMPARED) == set(texts_in("en").COMPARED)
