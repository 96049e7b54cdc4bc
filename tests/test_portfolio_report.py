"""What a portfolio looks like: numbers counted here from the outcomes, in every format, language and width."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from charter import Outcome, Release
from charter.engine.language.words.words import money
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import BatchResult, Job
from charter.engine.portfolio.summary import DiscountCounts, Summary
from charter.engine.programme.model import MAIN, pick
from charter.engine.report.page import OPEN, Block, Page, Row
from charter.engine.report.portfolio import summary_data, summary_page
from charter.engine.report.terminal import page_text
from charter.engine.texts.texts import texts_in
from charter.engine.values import plain
from playwright.sync_api import Browser

from .browser import browser
from .cli import charter
from .portfolio import portfolios
from .portfolio.portfolios import TODAY
from .published import validator
from .random_facts import NAMED, RELEASES
from .small_world import world

LANGS = ("ru", "en")
STATUSES = ("qualified", "not_qualified", "undetermined")
BESIDE = """
award: highest
tracks:
  security: {title: {en: Security}, source: [c]}
tiers:
  secured:
    title: {en: Secured}
    track: security
    requirements:
      sells: {title: {en: Sells}, rule: revenue >= 50, source: [c]}
      more: {title: {en: Sells more}, rule: revenue >= 75, source: [c]}
  fortress:
    title: {en: Fortress}
    track: security
    requirements:
      sells: {title: {en: Sells a lot}, rule: revenue >= 1000, source: [c]}
"""


@pytest.fixture(scope="module", params=[*range(len(RELEASES)), None], ids=[*NAMED, "a track alone"])
def asked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Release, BatchResult, list]:
    """A release, what the batch says of 200 partners, and what `evaluate` says of each."""
    folder = tmp_path_factory.mktemp("asked")
    release = world(folder, tiers=BESIDE) if request.param is None else RELEASES[request.param]
    partners = portfolios.random_partners(release, 200, seed=5, lists=list(release.programme.lists))
    for one in partners[::2]:
        one["partner"] = f"Ж-{one['partner']}"  # what the query leaves to the interpreter
    portfolio, lists = portfolios.write(folder, release, partners)
    result = batch(release, Job(portfolio, folder / "out.parquet", TODAY, lists, summarised=True))
    return release, result, [release.evaluate(one, as_of=TODAY) for one in partners]


def sums_of(outcomes: list[Outcome], kind: str, lang: str) -> list[str]:
    """What the partners' own rebates or fees come to, by currency and period, as the page writes it."""
    sums: dict[tuple[str, str], Decimal] = {}
    for outcome in outcomes:
        for tier in outcome.tiers:
            for total in getattr(tier, kind):
                sums.setdefault((total.currency, total.per), Decimal(0))
        for total in getattr(outcome, kind) or ():
            sums.setdefault((total.currency, total.per), Decimal(0))
            sums[total.currency, total.per] += Decimal(plain(total.amount or Decimal(0)))
    per = texts_in(lang).REPORT
    return [
        f"{money(amount, lang, currency)} {currency}" + ("" if period == "once" else f" {per[f'per_{period}']}")
        for (currency, period), amount in sums.items()
    ]


def lacking(outcome: Outcome, tier: str) -> dict[str, str]:
    """The requirements that are not met, or may not be, with their status."""
    return {one.id: one.status for one in outcome.of(tier).requirements if one.status != "met"}


def counted_tier(release: Release, tier: str, outcomes: list[Outcome]) -> dict[str, Any]:
    """A tier as the JSON has it, counted in the plainest way."""
    statuses = Counter(one.of(tier).status for one in outcomes)
    lacks = [lacking(one, tier) for one in outcomes]
    requirements = [
        {
            "id": one.id,
            "not_met": sum(it.get(one.id) == "not_met" for it in lacks),
            "unknown": sum(it.get(one.id) == "unknown" for it in lacks),
            "alone": sum(it == {one.id: "not_met"} for it in lacks),
        }
        for one in release.programme.tiers[tier].requirements
    ]
    return {
        **{status: statuses[status] for status in STATUSES},
        "own": dict(Counter(one.status for one in outcomes if one.tier == tier)),
        "one_step": sum(list(it.values()) == ["not_met"] for it in lacks),
        "requirements": requirements,
    }


def counted_track(release: Release, track: str, outcomes: list[Outcome]) -> dict[str, Any]:
    found = [next(it for it in one.tracks if it.id == track) for one in outcomes]
    return {
        "held": {tier: sum(it.tier == tier for it in found) for tier in release.programme.tracks[track].tiers},
        "without_tier": sum(it.status == "not_qualified" for it in found),
        "undetermined": sum(it.status == "undetermined" for it in found),
    }


def test_the_json_says_what_counting_the_outcomes_says(asked: tuple[Release, BatchResult, list]) -> None:
    release, result, outcomes = asked
    data = json.loads(json.dumps(summary_data(release.programme, result, TODAY), default=float))
    assert list(validator("portfolio.schema.json").iter_errors(data)) == []
    assert (data["result"], data["rows"], data["decided"], data["rejected"]) == ("done", 200, 200, 0)
    assert (data["release"], data["digest"], data["as_of"]) == ("1.0.0", release.programme.digest, TODAY.isoformat())
    assert data["tiers"] == {tier: counted_tier(release, tier, outcomes) for tier in release.programme.tiers}
    beside = [track for track in release.programme.tracks if track != MAIN]
    assert data["tracks"] == {track: counted_track(release, track, outcomes) for track in beside}
    bare = [one.status for one in outcomes if one.tier is None]
    assert data["undetermined"] == bare.count("undetermined")
    assert data["without_tier"] == len(bare) - bare.count("undetermined")
    discounts = Counter((one.tier, one.discount.total) for one in outcomes if one.discount)
    assert {(one["tier"], one["total"]): one["partners"] for one in data["discounts"]} == discounts
    own = sum(sum(tier["own"].values()) for tier in data["tiers"].values())
    assert own + data["without_tier"] + data["undetermined"] == 200


def number(text: str) -> int:
    return int(text.replace("\u00a0", "").replace(",", ""))


def rows_of(page: Page, title: str) -> tuple[Row, ...]:
    return next((block.rows for block in page.blocks if block.title == title), ())


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_tells_the_same_in_both_languages(lang: str, asked: tuple[Release, BatchResult, list]) -> None:
    release, result, outcomes = asked
    say, page = texts_in(lang).PORTFOLIO, summary_page(release.programme, result, TODAY, lang)
    for row in (row for block in page.blocks if block.title != say["totals"] for row in block.rows):
        assert row.bar == Decimal(number(row.figure)) / 200
        percent = f"{number(row.figure) / 2:g}"
        assert row.note.startswith(f"{percent}%" if lang == "en" else f"{percent.replace('.', ',')} %")
    sums = [
        (texts_in(lang).REPORT[kind], amount)
        for kind in ("rebates", "fees")
        for amount in sums_of(outcomes, f"{kind.removesuffix('s')}_totals", lang)
    ]
    assert [(row.title, row.figure) for row in rows_of(page, say["totals"])] == sums
    own = sum(number(row.figure) for row in rows_of(page, say["own"]))
    assert own == (200 if release.programme.tracks[MAIN].tiers else 0)
    for tier, definition in release.programme.tiers.items():
        title, counted = pick(definition.title, lang), counted_tier(release, tier, outcomes)
        (could,) = [row for row in rows_of(page, say["could"]) if row.title == title]
        assert number(could.figure) == counted["qualified"]
        rows = rows_of(page, say["stops"].format(tier=title))
        told = {row.title: number(row.figure) for row in rows}
        stopping = [it for it in counted["requirements"] if it["not_met"] or it["unknown"]]
        titles = {one.id: pick(one.title, lang) for one in definition.requirements}
        wanted = {titles[it["id"]]: it["not_met"] for it in stopping}
        near = {say["one_step"]: counted["one_step"]} if stopping else {}
        opened = {say["open"]: counted["undetermined"]} if counted["undetermined"] else {}
        assert told == near | opened | wanted
        stops = [number(row.figure) for row in rows if row.title in wanted]
        assert stops == sorted(stops, reverse=True)
        for it in stopping:
            note = next(row.note for row in rows if row.title == titles[it["id"]])
            assert (f"{say['alone']}: {it['alone']}" in note) == (it["alone"] > 0)
            assert (f"{say['unknown']}: {it['unknown']}" in note) == (it["unknown"] > 0)


def with_discounts(totals: list[str | None], partners: int = 1) -> tuple[Release, BatchResult]:
    """A portfolio in which each of these discounts is that of so many partners."""
    release = RELEASES[0]
    discounts = [DiscountCounts("retail", None if one is None else Decimal(one), partners) for one in totals]
    summary = Summary(len(totals) * partners, (), 0, 0, (), tuple(discounts), ())
    return release, BatchResult(summary.partners, summary.partners, 0, 0, None, (), summary)


@pytest.mark.parametrize("lang", LANGS)
def test_a_few_discounts_are_told_one_by_one_and_more_in_bands(lang: str) -> None:
    """Each band has its lower border and not the upper one."""

    def told(totals: list[str | None]) -> list[tuple[str, str]]:
        release, result = with_discounts(totals)
        page = summary_page(release.programme, result, TODAY, lang)
        return [(row.title, row.figure) for row in rows_of(page, texts_in(lang).PORTFOLIO["discounts"])]

    few = [str(Decimal(number) / 2) for number in range(20)]
    assert [title.rstrip(" %").replace(",", ".") for title, _ in told(few)] == few
    assert told(["20", "20.0", None, "20"])[0][1] == "3"
    many = told([*few, "9.99", "10", "40", None])
    band = texts_in(lang).PORTFOLIO["band"]
    sign = " %" if lang == "ru" else "%"
    bands = [band.format(low=f"{low}{sign}", high=f"{low + 5}{sign}") for low in (0, 5, 10, 40)]
    assert many == list(zip([*bands, texts_in(lang).PORTFOLIO["open"]], ["10", "11", "1", "1", "1"], strict=True))


@pytest.mark.parametrize(
    ("number", "of", "told"),
    [(0, 3, "0%"), (1, 3000, "less than 0.1%"), (3, 2000, "0.2%"), (2999, 3000, "more than 99.9%"), (3, 3, "100%")],
)
def test_a_share_never_reads_as_nothing_or_as_all_that_is_not(number: int, of: int, told: str) -> None:
    release = RELEASES[0]
    summary = Summary(of, (), number, of - number, (), (), ())
    page = summary_page(release.programme, BatchResult(of, of, 0, 0, None, (), summary), TODAY, "en")
    shares = {row.title: row.note for block in page.blocks for row in block.rows}
    assert shares.get("No tier", "0%") == told


def test_a_bar_in_the_terminal_is_as_long_as_its_share() -> None:
    shares = ["0", "0.001", "0.05", "0.5", "1"]
    rows = tuple(Row(OPEN, "Of these", "1", "many " * 20, bar=Decimal(share)) for share in shares)
    lines = page_text(Page("Programme", "Portfolio", OPEN, "", (), (Block("Bars", rows),))).splitlines()
    bars = [line.partition("  1  ")[2].partition("many")[0] for line in lines if "Of these" in line]
    assert [bar.strip() for bar in bars] == ["", "▏", "▌", "█████", "██████████"]
    assert {len(bar) for bar in bars} == {12}
    assert max(map(len, lines)) <= 100
    assert len({line.index("many") for line in lines if "many" in line}) == 1


# The command ---------------------------------------------------------------------------------------------------------


def run(folder: Path, rows: str, name: str, *more: str, code: int = 0) -> str:
    """The summary that the command writes of these rows."""
    (folder / "partners.csv").write_text(rows, "utf-8")
    call = ("batch", folder / "partners.csv", "-o", folder / "out.csv", "--as-of", "2026-11-24")
    done = charter(*call, "--summary", folder / name, *more)
    assert done.returncode == code, done.stderr
    return (folder / name).read_text("utf-8")


def test_rejected_rows_are_told_and_shares_are_of_the_others(tmp_path: Path) -> None:
    rows = "partner,tier,it_company\nA,retail,false\nB,retail,false\nC,retail,perhaps\n"
    data = json.loads(run(tmp_path, rows, "s.json", code=4))
    assert list(validator("portfolio.schema.json").iter_errors(data)) == []
    assert (data["result"], data["rows"], data["decided"], data["rejected"]) == ("invalid_input", 3, 2, 1)
    assert data["tiers"]["retail"]["own"] == {"not_qualified": 2}
    text = run(tmp_path, rows, "s.txt", code=4)
    assert "3 rows: 2 decided, 1 rejected\n  shares are of the rows decided\n" in text
    assert "ASoft Retail Partner: not qualified  2  ██████████  100%" in text


def test_no_partner_at_all_is_a_portfolio_too(tmp_path: Path) -> None:
    assert json.loads(run(tmp_path, "partner,tier\n", "s.json"))["rows"] == 0
    assert "0 rows: 0 decided, 0 rejected" in run(tmp_path, "partner,tier\n", "s.txt")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of 300 partners and one rejected row, as the command writes it."""
    folder = tmp_path_factory.mktemp("pages")
    portfolio, _ = portfolios.write(folder, RELEASES[0], portfolios.random_partners(RELEASES[0], 300, seed=3))
    rows = portfolio.read_text("utf-8") + "P-broken,no such tier\n"
    for lang in LANGS:
        run(folder, rows, f"{lang}.html", "--lang", lang, code=4)
        run(folder, rows, f"{lang}.txt", "--lang", lang, code=4)
    return folder


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.mark.parametrize("width", [390, 1100])
@pytest.mark.parametrize("lang", LANGS)
def test_the_page_reads_on_every_screen(lang: str, width: int, pages: Path, chromium: Browser) -> None:
    """No error, no request, nothing beyond the screen; each bar as long as its number; every row of the text."""
    told: list[str] = []
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda request: told.append(request.url))
    url = (pages / f"{lang}.html").as_uri()
    page.goto(url)
    assert told == [url]
    assert page.get_attribute("html", "lang") == lang
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    rows = page.eval_on_selector_all(
        ".charted tr",
        """them => them.map(row => {
            const [bar, full] = ['rect', 'svg'].map(it => row.querySelector(it).getBoundingClientRect())
            return [row.querySelector('.figure').innerText, bar.width / full.width, full.width, full.height]
        })""",
    )
    assert len(rows) > 30
    for figure, share, wide, high in rows:
        assert share == pytest.approx(number(figure) / 300, abs=0.002)
        assert wide > 90
        assert high > 8
    text = (pages / f"{lang}.txt").read_text("utf-8")
    in_text = re.findall(r"^  .*?  +([\d\u00a0,]+)  [█▏▎▍▌▋▊▉ ]{10}  ", text, re.MULTILINE)
    assert [figure for figure, *_ in rows] == in_text


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1100, "light")])
def test_nothing_stands_in_the_way_of_a_screen_reader(scheme: str, width: int, pages: Path, chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto((pages / "ru.html").as_uri())
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:100] for node in one["nodes"][:3]]) for one in found] == []


def test_the_bars_are_on_paper_too(pages: Path, chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 670, "height": 1000})
    page.emulate_media(media="print")
    page.goto((pages / "en.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 670
    ink = page.evaluate("getComputedStyle(document.querySelector('rect')).fill")
    assert ink == "rgb(0, 0, 0)"
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
