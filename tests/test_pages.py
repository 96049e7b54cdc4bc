"""The handbook and the statements in a real browser: no error, nothing beyond the screen, complete, readable by all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from charter import load
from charter.engine.report.handbook import handbook
from charter.engine.texts.texts import texts_in
from playwright.sync_api import Browser, Page

from .browser import browser
from .cli import charter
from .programmes import ASOFT, ROOT, copy_of, edit

LANGS = ("ru", "en")
WIDTHS = (320, 360, 820, 1280)
EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.yaml"))
TODAY = ["--as-of", "2026-11-23"]
HTML = ["--format", "html"]
FILES = {
    **{f"handbook-{lang}": ["handbook", "--lang", lang, *TODAY] for lang in LANGS},
    **{
        f"handbook-{name}": ["handbook", "--program", f"examples/programmes/{name}", *TODAY]
        for name in ("hubspot", "microsoft", "odoo")
    },
    **{
        f"statement-{name}-{lang}": ["evaluate", f"examples/{name}.yaml", "--lang", lang, *HTML, *TODAY]
        for name in EXAMPLES
        for lang in LANGS
    },
    "statements": ["evaluate", "examples/retail.yaml", "examples/competency.yaml", "--explain", *HTML, *TODAY],
    "quote": ["quote", "examples/orders/mixed.yaml", "--partner", "examples/competency.yaml", *HTML, *TODAY],
    "readings": ["readings", "examples/retail.yaml", "--lang", "ru", *HTML, *TODAY],
    "timeline": ["timeline", "examples/certificate-runs-out.yaml", "--from", "2026-01-01", "--to", "2027-02-01", *HTML],
    "proof": ["prove", "--set", "tiers.saas.discount=8", *HTML, *TODAY],
    "range": ["prove", "--range", "discount_total", "--lang", "ru", *HTML, *TODAY],
    "advice": ["advise", "examples/candidate.yaml", "--discount", "35", "--lang", "ru", *HTML, *TODAY],
    "difference": ["diff", "program/1.0.0", "OTHERWISE", "--portfolio", "examples/portfolios/asoft.csv", *HTML, *TODAY],
    "log": ["log", "--program", "program", *HTML],
}  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every page as the command writes it."""
    found = tmp_path_factory.mktemp("pages")
    otherwise = copy_of(ASOFT, found)
    edit(otherwise, "tiers.yaml", "marketing_activities >= required_activities", "marketing_activities >= 2")
    edit(otherwise, "bonuses.yaml", "{retail: 10, competency: 10, saas: 5}", "{competency: 12, saas: 5}")
    for name, arguments in FILES.items():
        words = [str(otherwise) if word == "OTHERWISE" else word for word in arguments]
        ran = charter(*words, "-o", found / f"{name}.html")
        assert ran.returncode == (name == "proof"), ran.stderr  # what is refuted ends with 1
    return found


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page that notes every error and every request."""
    opened = chromium.new_page()
    yield opened
    opened.close()


@pytest.mark.parametrize("name", FILES)
def test_a_page_opens_without_an_error_alone_and_fits_every_screen(name: str, folder: Path, page: Page) -> None:
    told: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    url = (folder / f"{name}.html").as_uri()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(url)
        beyond = page.evaluate(
            """() => [...document.querySelectorAll('main *, header *, nav *')]
                .filter(it => it.getBoundingClientRect().right > innerWidth + 1 && it.closest('thead') === null)
                .map(it => it.outerHTML.slice(0, 80))"""
        )
        assert beyond == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert told == []
    assert set(requests) == {url}  # one file, and nothing from anywhere


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "name",
    ["handbook-ru", "handbook-odoo", "statement-competency-at-cap-ru", "statements", "quote", "proof", "difference"],
)
def test_nothing_stands_in_the_way_of_a_screen_reader(
    name: str, width: int, scheme: str, folder: Path, page: Page
) -> None:
    """What axe checks: landmarks, headings, names, contrast, tables; also where they are laid out as a list."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((folder / f"{name}.html").as_uri())
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:100] for node in one["nodes"][:3]]) for one in found] == []


@pytest.mark.parametrize("lang", LANGS)
def test_the_handbook_shows_each_of_the_89_clauses_in_its_section(lang: str, folder: Path, page: Page) -> None:
    programme = load(ASOFT).programme
    page.goto((folder / f"handbook-{lang}.html").as_uri())
    assert page.get_attribute("html", "lang") == lang
    shown = page.eval_on_selector_all(
        "span.clause", "them => them.map(it => [it.id, it.closest('section').getAttribute('aria-labelledby')])"
    )
    assert dict(map(tuple, shown)) == {clause.id: f"s{clause.section}" for clause in programme.clauses.values()}
    assert len(shown) == len(programme.clauses) == 89
    for clause in programme.clauses.values():
        reading = page.query_selector(f".remark[data-clause='{clause.id}']")
        assert (reading is not None) == (clause.reading is not None), clause.id
        if reading:
            told = reading.inner_text()
            for text in (clause.reading[lang], *(other[lang] for other in clause.other_readings.values())):
                assert " ".join(text.split()) in " ".join(told.split())  # also where a blank does not break


@pytest.mark.parametrize("lang", LANGS)
def test_the_tables_are_complete(lang: str, folder: Path, page: Page) -> None:
    """Every row and cell of the model is seen, and the figures are those of the source."""
    book = handbook(load(ASOFT).programme, lang)
    page.goto((folder / f"handbook-{lang}.html").as_uri())
    tables = [piece for chapter in book.chapters for piece in chapter.pieces if piece.columns]
    cell = "cell => cell.innerText.replaceAll('\u00a0', ' ').trim()"
    seen = page.eval_on_selector_all(
        "table", f"all => all.map(it => [...it.rows].map(row => [...row.cells].map({cell})))"
    )
    assert len(seen) == len(tables) > 10
    for rows, piece in zip(seen, tables, strict=True):
        assert len(rows) == len(piece.entries) + 1
        assert all(len(row) == len(piece.columns) for row in rows)
        for row, entry in zip(rows[1:], piece.entries, strict=True):
            assert row[0].startswith(entry.cells[0])
            assert tuple(row[1:]) == entry.cells[1:]
    sign = " %" if lang == "ru" else "%"
    (matrix,) = (rows for rows in seen if (len(rows), len(rows[0])) == (14, 4))  # section 7 of the source, 13 rows
    marks = ["".join(cell.replace(sign, "") + " " for cell in row[1:]).split() for row in matrix[1:]]
    every, two = ["✓", "✓", "✓"], ["–", "✓", "✓"]
    assert marks == [
        every, two, every, every, every, every, two, two, two,
        ["10", "20", "25"], ["–", "100", "100"], ["–", "10", "10"], two,
    ]  # fmt: skip
    half = "+2,5" if lang == "ru" else "+2.5"
    bonuses = {tuple(cell.replace(sign, "") for cell in row[2:]) for rows in seen for row in rows if len(row) == 5}
    rates = {("+10", "+10", "+5"), ("–", "+5", "+5"), ("–", half, half), (half,) * 3, ("+1",) * 3, ("40",) * 3}
    assert rates <= bonuses


@pytest.mark.parametrize("lang", LANGS)
def test_the_contents_lead_to_the_sections_in_the_order_of_the_source(lang: str, folder: Path, page: Page) -> None:
    page.goto((folder / f"handbook-{lang}.html").as_uri())
    links = page.eval_on_selector_all("nav a", "them => them.map(it => [it.getAttribute('href'), it.innerText])")
    heads = page.eval_on_selector_all("main h2", "them => them.map(it => ['#' + it.id, it.innerText])")
    assert links == heads
    further = texts_in(lang).REPORT["further"]  # what partners report, which no section of the source says
    assert [text.split(".")[0] for _, text in links] == [*(str(number) for number in range(1, 11)), further]
    page.click("nav a >> nth=8")
    assert abs(page.evaluate("document.getElementById('s9').getBoundingClientRect().top")) < 40
    missing = page.evaluate(
        """() => [...document.querySelectorAll('a[href^="#"]')]
            .filter(it => !document.getElementById(decodeURIComponent(it.hash.slice(1)))).map(it => it.hash)"""
    )
    assert missing == []


def test_the_handbook_prints_on_paper(folder: Path, page: Page) -> None:
    page.goto((folder / "handbook-ru.html").as_uri())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 670, "height": 1000})  # the text width of A4 with these margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 670
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert 5 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 40


@pytest.mark.parametrize("lang", LANGS)
def test_a_statement_says_what_the_terminal_says(lang: str, folder: Path, page: Page) -> None:
    """Each figure of the discount, in the partner's language."""
    page.goto((folder / f"statement-competency-at-cap-{lang}.html").as_uri())
    rows = page.eval_on_selector_all(
        "section:first-of-type tr", "them => them.map(it => it.querySelector('.figure').innerText)"
    )
    told = ["".join(row.replace(",", ".").split()) for row in rows]
    assert told == ["20%", "+5%", "+10%", "+2.5%", "+2.5%", "40%", "40%", "40%"]
    assert "ООО «Ромашка»" in page.inner_text("h1")
    assert page.inner_text(".headline").startswith("✓ ASoft CRM Competency Partner")


def test_what_a_record_says_is_shown_as_text(tmp_path: Path, page: Page) -> None:
    """A name with tags in it stays a name."""
    record = tmp_path / "p.yaml"
    record.write_text('partner: "<b>P</b>"\nname: "<script>document.title = 1</script>"\ntier: retail\n', "utf-8")
    done = charter("evaluate", record, "--format", "html")
    assert done.returncode == 0, done.stderr
    (tmp_path / "p.html").write_text(done.stdout, "utf-8")
    page.goto((tmp_path / "p.html").as_uri())
    assert page.inner_text("h1") == "<b>P</b> <script>document.title = 1</script>"
    assert page.query_selector("h1 b, h1 script") is None
