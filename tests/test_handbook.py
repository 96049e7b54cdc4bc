"""The handbook from the data alone: every clause once, in its section, in the order of the source."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from string import Formatter

import pytest
from charter import load
from charter.engine.report.handbook import Handbook, HandbookRow, handbook
from charter.engine.report.markdown import handbook_markdown
from charter.engine.texts import en

from .cli import charter
from .programmes import ASOFT, ROOT, SMALL, copy_of, edit
from .small_world import world
from .surfaces.programmes import compiled, programme

PROGRAMMES = [ASOFT, SMALL, *sorted((ROOT / "examples" / "programmes").glob("*/1.0.0"))]


def entries(book: Handbook) -> list[tuple[str, HandbookRow]]:
    return [(chapter.id, entry) for chapter in book.chapters for piece in chapter.pieces for entry in piece.entries]


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("folder", PROGRAMMES, ids=lambda path: path.parent.name)
def test_every_clause_is_shown_once_in_its_section(folder: Path, lang: str) -> None:
    programme = load(folder).programme
    book = handbook(programme, lang)
    shown = [(clause, chapter) for chapter, entry in entries(book) for clause in entry.anchors]
    assert sorted(shown) == sorted((clause.id, f"s{clause.section}") for clause in programme.clauses.values())
    assert [chapter.id for chapter in book.chapters if chapter.id != "further"] == [
        f"s{id}" for id in programme.sections
    ]
    readings = {remark.clause for _, entry in entries(book) for remark in entry.remarks}
    assert readings == {clause.id for clause in programme.clauses.values() if clause.reading}


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("folder", PROGRAMMES, ids=lambda path: path.parent.name)
def test_every_part_of_the_programme_is_in_it(folder: Path, lang: str) -> None:
    """By its title: tiers, requirements, bonuses, rebates, benefits, rights, products, terms, prices, definitions."""
    programme = load(folder).programme
    told = {cell for _, entry in entries(handbook(programme, lang)) for cell in entry.cells}
    told |= {piece.title for chapter in handbook(programme, lang).chapters for piece in chapter.pieces}
    titles = [one.title for one in (*programme.products, *programme.terms, *programme.tiers.values())]
    for tier in programme.tiers.values():
        titles += [
            one.title for one in (*tier.requirements, *tier.benefits, *tier.rebates.rows, *tier.fees.rows, *tier.rights)
        ]
        titles += [one.title for one in tier.restrictions]
        titles += [bonus.title for bonus in tier.discount.bonuses] if tier.discount else []
    titles += [value.title for id, value in programme.values.items() if id.startswith("definitions.")]
    if programme.order:
        titles += [one.title for one in (*programme.order.rules, *programme.order.refusals)]
    assert [title for title in titles if (title.get(lang) or next(iter(title.values()))) not in told] == []


def cells(folder: Path, title: str, lang: str = "en") -> list[tuple[str, ...]]:
    """The rows with the title among the rules, not among what is reported."""
    chapters = handbook(load(folder).programme, lang).chapters
    rules = [
        entry for chapter in chapters if chapter.id != "further" for piece in chapter.pieces for entry in piece.entries
    ]
    return [entry.cells for entry in rules if entry.cells[0] == title]


def test_what_stands_there_is_what_the_data_says(tmp_path: Path) -> None:
    """A change of the data is a change of the handbook, and nothing else is."""
    staff = "Certified administrators on staff"
    assert cells(ASOFT, staff) == [(staff, "at least 2")] * 2
    assert cells(ASOFT, "Partner discount on licences") == [("Partner discount on licences", "10%", "20%", "25%")]
    release = copy_of(ASOFT, tmp_path)
    edit(release, "definitions.yaml", "{competency: 2, saas: 2}", "{competency: 4, saas: 2}")
    edit(release, "tiers.yaml", "value: 25", "value: 26.5")
    assert cells(release, staff)[0][1] == "at least 4"
    assert cells(release, "Partner discount on licences") == [("Partner discount on licences", "10%", "20%", "26.5%")]
    assert cells(release, "Скидка уровня", "ru") == [("Скидка уровня", "10 %", "20 %", "26,5 %")]


def test_what_stands_under_a_tier_or_in_a_list_has_the_order_of_the_source() -> None:
    """Clauses that no row tells stand among the rights of their tier; bonuses and terms as they are written."""
    programme = load(ASOFT).programme
    titles, under = [tier.title["en"] for tier in programme.tiers.values()], {}
    chapters = {chapter.id: chapter for chapter in handbook(programme, "en").chapters}
    tier = ""
    for piece in chapters["s4"].pieces:
        tier = piece.title if piece.level == 3 and piece.title else tier
        for entry in piece.entries if piece.bullets else ():
            under.setdefault(tier, []).extend(entry.anchors)
    for title, name in zip(titles, ("retail", "competency", "saas"), strict=True):
        assert under[title]
        assert {clause.split("-")[1] for clause in under[title]} == {name}
        rights = [clause for clause in under[title] if clause != "c4-retail-supply-only"]
        assert rights == [clause for clause in programme.clauses if clause in rights]
    assert {"c4-retail-demo-licences", "c4-retail-listing", "c4-retail-materials"} < set(under[titles[0]])
    assert {"c4-competency-demo-licences", "c4-competency-listing"} < set(under[titles[1]])
    (bonuses,) = [piece for piece in chapters["s9"].pieces if piece.title == "Bonuses"]
    told = [clause for entry in bonuses.entries for clause in entry.anchors]
    assert told[:4] == ["c9-reviews", "c9-sales-plan", "c9-extra-specialists", "c9-events"]
    terms = [entry.cells[0] for _, entry in entries(handbook(programme, "en")) if len(entry.cells) == 4]
    assert [one for one in terms if one.startswith("Tier discount: ASoft")] == [
        f"Tier discount: {one}" for one in titles
    ]


def test_what_cites_nothing_has_a_place_too(tmp_path: Path) -> None:
    book = handbook(world(tmp_path).programme, "en")
    assert [(chapter, entry.cells) for chapter, entry in entries(book)] == [
        ("sone", ("Clause",)),
        ("further", ("Gold",)),
        ("further", ("Revenue", "an amount of money", "unknown")),
    ]


def test_a_statement_on_nobody_is_empty(tmp_path: Path) -> None:
    """Where no record can be used, that is told, and no page is made."""
    (tmp_path / "bad.yaml").write_text("partner: P\nfacts: {nothing: 1}\n", "utf-8")
    done = charter("evaluate", tmp_path / "bad.yaml", "--format", "html")
    assert (done.returncode, done.stdout) == (4, "")


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_the_markdown_holds_all_of_it(lang: str) -> None:
    book = handbook(load(ASOFT).programme, lang)
    text = handbook_markdown(book)
    for _, entry in entries(book):
        for clause in entry.anchors:
            assert f"`{clause}`" in text
    tables = [line for line in text.splitlines() if line.startswith("|")]
    rows = sum(len(piece.entries) + 2 for chapter in book.chapters for piece in chapter.pieces if piece.columns)
    assert len(tables) == rows
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings == [f"{chapter.number}. {chapter.title}".removeprefix(". ") for chapter in book.chapters]


def test_the_command(tmp_path: Path) -> None:
    run = partial(charter, "handbook")
    done = run("--lang", "ru", "-o", str(tmp_path / "a.html"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    text = (tmp_path / "a.html").read_text("utf-8")
    assert text.startswith('<!doctype html>\n<html lang="ru">')
    assert not re.search(r"""(src|href)=["'](?!#)|@import|url\(""", text)  # nothing but itself
    assert run("--lang", "ru").stdout == text  # the same, whenever it is made
    assert run("--format", "markdown").stdout.startswith("# ASoft Partners Community programme\n")
    assert run("--release", "9.9.9").returncode == 2
    assert run("--program", str(tmp_path)).returncode == 2


# Texts ----------------------------------------------------------------------------------------------------------------

#: keys of texts that a handbook may print: those that its modules name, and those of families that they put together
MODULES = ("figures", "handbook", "offers", "order_rules", "parts", "reported", "rules", "tier_rules", "wording")
FAMILIES = re.compile(r"(handbook|award|kind|cases|own)_(?!open)\w+|round_\w*to|\w+_of")
#: of them, what only the page of a partner prints
OF_A_PARTNER = {"eligibility", "instead_of", "margin_of"}
RARE = {
    "clauses": """
sections: {one: {title: {en: One}}}
clauses: {c: {section: one, title: {en: Clause}}, p: {section: one, title: {en: Products are these.}}}
""",
    "products": "products: {soap: {title: {en: Soap}, source: [p]}}\n",
    "tiers": """
award: highest
tiers:
  silver: {title: {en: Silver}, discount: {value: 5, negotiable: {source: [c]}, source: [c]}}
  gold:
    title: {en: Gold}
    requirements:
      r: {title: {en: R}, rule: discount_base('silver') > 3 or discount_total('silver') > 4, source: [c]}
      u: {title: {en: U}, rule: discount_uncapped('silver') > 4, source: [c]}
""",
}


def pattern(template: str) -> str:
    parts = Formatter().parse(template)
    return "".join(re.escape(literal) + ".*" * (field is not None) for literal, field, *_ in parts)


def test_every_text_of_the_handbook_is_in_one(tmp_path: Path) -> None:
    """Of the shipped programmes, of random ones, or of one with what those lack."""
    source = "".join((ROOT / "engine" / "report" / f"{name}.py").read_text("utf-8") for name in MODULES)
    named = set(re.findall(r'"(\w+)"', source))
    unprinted = {key for key in en.REPORT if key in named or FAMILIES.fullmatch(key)} - OF_A_PARTNER
    releases = [*map(load, PROGRAMMES), world(tmp_path, **RARE), *(compiled(programme(seed)) for seed in range(40))]
    for release in releases:
        page = handbook_markdown(handbook(release.programme, "en"))
        unprinted = {key for key in unprinted if not re.search(pattern(en.REPORT[key]), page)}
    assert unprinted == set()


@pytest.mark.parametrize("award", ["highest", "signed"])
def test_thresholds_of_ordered_choices_are_said_by_their_order(award: str, tmp_path: Path) -> None:
    size = "choices: {small: {title: {en: Small}}, medium: {title: {en: Medium}}, large: {title: {en: Large}}}"
    facts = f"""
facts: {{size: {{title: {{en: Size}}, kind: choice, ordered: true, {size}}}}}
lists:
  deals:
    title: {{en: Deals}}
    fields:
      signed: {{title: {{en: Signed on}}, kind: date}}
      closed: {{title: {{en: Closed on}}, kind: date, default_from: signed}}
"""
    tiers = f"""
award: {award}
tiers:
  silver: {{title: {{en: Silver}}}}
  gold: {{title: {{en: Gold}}, requirements: {{r: {{title: {{en: R}}, rule: size >= 'medium', source: [c]}}}}}}
"""
    page = handbook_markdown(handbook(world(tmp_path, facts=facts, tiers=tiers).programme, "en"))
    assert "Size: at least Medium |" in page
    assert "| – Closed on | a date | same as “Signed on” |" in page
