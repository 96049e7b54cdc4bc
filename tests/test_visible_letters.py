"""What belongs to the spelling of a name is no hidden text; what nobody sees is. Ids that look the same are told."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import duckdb
import pytest
from charter import InvalidInput, Level, Release
from charter.engine.evaluate.record import plain_document, read_records
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import Job
from charter.engine.portfolio.sql.look_alikes import look_sql
from charter.engine.source.document import read_text
from charter.engine.source.letters import LOOKS, SEEN_AS, UNSEEN, hidden_places, look, told_apart, without_hidden
from hypothesis import given, settings
from hypothesis import strategies as st

from .readers import cells_world
from .small_world import TODAY

NAMES = {
    "Persian": "شرکت نرم\u200cافزار",
    "Arabic with its vowels": "الشَّرِكَة",
    "Urdu": "کمپنی\u200cوں",
    "Hebrew with its points": "חֶבְרָה",
    "Hindi with a joiner": "क्\u200dष",
    "Bengali": "র\u200d্যাম",
    "Malayalam, which ends in a joiner": "അനില്\u200d",
    "Sinhala": "ශ්\u200dරී ලංකා",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ\u180eᠠ",
    "French": "«\u202fPartenaire\u202f»",
    "English with a no-break space": "North\u00a0Star",
    "Japanese with a wide space": "株式会社\u3000葛\U000e0100城",
    "Korean": "주식회사",
    "Thai": "บริษัท",
    "Vietnamese, decomposed": unicodedata.normalize("NFD", "Công ty Việt"),
    "Greek": "Εταιρεία",
    "Russian": "ООО «Ёлка»",
    "Georgian": "შპს",
    "Ethiopic": "ኩባንያ",
    "a number of an Arabic year": "\u0601١٤٤٧",
    "a sign with its form": "☎\ufe0f 24",
}
HIDDEN = {
    "a zero-width space": "a\u200bb",
    "a joiner between Latin letters": "a\u200cb",
    "a joiner at the end": "نرم\u200c",
    "a joiner between digits": "۱\u200c۲",
    "two joiners": "نرم\u200c\u200cافزار",
    "a word joiner": "a\u2060b",
    "a byte order mark": "a\ufeff",
    "an override of the direction": "a\u202eb",
    "an isolate": "a\u2066b\u2069",
    "a mark of the direction": "א\u200fב",
    "an Arabic letter mark": "ا\u061cب",
    "a line separator": "a\u2028b",
    "a next line": "a\u0085b",
    "a line break": "a\nb",
    "an escape": "a\x1b[31mb",
    "a bell": "a\x07",
    "a delete": "a\x7f",
    "a soft hyphen": "Part\u00adner",
    "a filler of Korean": "\u3164",
    "a tag": "a\U000e0041",
    "a form without a sign": "\ufe0fa",
    "forms of forms": "a\ufe00\ufe01\ufe02",
    "a grapheme joiner": "a\u034fb",
    "half of a pair": "a\ud800",
    "a private character": "a\ue000",
    "no character": "a\ufdd0",
}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return cells_world(tmp_path_factory.mktemp("letters"))


@pytest.mark.parametrize("name", NAMES)
def test_names_in_the_scripts_of_the_world(name: str, release: Release) -> None:
    text = NAMES[name]
    record = {"partner": text, "name": text, "facts": {"t": text}}
    assert release.evaluate(record, as_of=TODAY).partner == text
    document, problems = read_text(f"partner: '{text}'\nname: '{text}'\nfacts: {{t: '{text}'}}\n", "r.yaml")
    assert problems == []
    assert release.record(document).name == text


@pytest.mark.parametrize("name", HIDDEN)
@pytest.mark.parametrize("key", ["partner", "name"])
def test_what_nobody_sees(name: str, key: str, release: Release) -> None:
    with pytest.raises(InvalidInput) as refused:
        release.record({"partner": "P", key: HIDDEN[name]})
    assert [problem.code for problem in refused.value.problems] == ["hidden-character"]
    with pytest.raises(InvalidInput):
        release.record({"partner": "P", "facts": {"t": HIDDEN[name]}})


def test_every_character_beside_letters() -> None:
    """Of each character, by its property of Unicode: letters, marks, numbers, signs and spaces are seen."""
    for point in range(0x30000):
        category = unicodedata.category(chr(point))
        hidden = hidden_places(f"a{chr(point)}b") == [1]
        if category in ("Cc", "Co", "Cs", "Zl", "Zp"):
            assert hidden, hex(point)
        elif category[0] in "LNPSZ" or (category[0] == "M" and "VARIATION" not in unicodedata.name(chr(point))):
            blank = point in (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0)
            assert hidden == blank, hex(point)


@given(st.text(max_size=12))
def test_a_text_without_its_hidden_characters_has_none(text: str) -> None:
    once = without_hidden(text)
    assert set(once) <= set(text)
    assert len(once) + len(hidden_places(text, "\n\t\u00ad")) == len(text)


ALIKE = [
    ("P-001", "\u0420-001", "U+0420 CYRILLIC CAPITAL LETTER ER"),
    ("P-001", "p-001", "U+0070 LATIN SMALL LETTER P"),
    ("P-001", "P-001 ", "U+0020 SPACE"),
    ("P 001", "P  001", "U+0030 DIGIT ZERO"),
    ("P 001", "P\u00a0001", "U+00A0 NO-BREAK SPACE"),
    ("P-001", "P\u2011001", "U+2011 NON-BREAKING HYPHEN"),
    ("POMA", "ΡΟΜΑ", "U+03A1 GREEK CAPITAL LETTER RHO"),
    ("ABC", "ＡBC", "U+FF21 FULLWIDTH LATIN CAPITAL LETTER A"),
]


@pytest.mark.parametrize(("first", "second", "sign"), ALIKE)
def test_ids_that_look_the_same(first: str, second: str, sign: str, release: Release, tmp_path: Path) -> None:
    assert look(first) == look(second)
    assert told_apart(first, second) == f"they differ in {sign}"
    with duckdb.connect() as database:
        rows = "SELECT unnest($ids) AS partner, 1 AS n"
        database.sql(rows, params={"ids": ["Q", first, second]}).write_parquet(str(tmp_path / "p.parquet"))
    result = batch(release, Job(tmp_path / "p.parquet", tmp_path / "out.csv", TODAY))
    assert (result.decided, result.rejected) == (3, 0)
    (problem,) = [problem for problem in result.problems if problem.code == "look-alike-ids"]
    pair = sorted((first, second))
    assert problem.level is Level.WARNING
    assert problem.message.endswith(f"look the same: 1, such as '{pair[0]}' and '{pair[1]}'")
    assert sign in problem.help
    documents = [plain_document({"partner": partner}, "record") for partner in (first, "Q", second, first)]
    read = read_records(documents, release.read)
    assert [[problem.code for problem in problems] for _, problems in read] == [
        ["duplicate-partner"], [], ["look-alike-ids"], ["duplicate-partner"]
    ]  # fmt: skip


@pytest.mark.parametrize("ids", [["P-1", "P-2"], ["A", "Б"], ["O1", "01"], ["a b", "ab"], ["P-1", "P-1"]])
def test_ids_that_differ_at_sight_are_not_told(ids: list[str], release: Release, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("partner,n\n" + "".join(f"{id},1\n" for id in ids), "utf-8")
    result = batch(release, Job(tmp_path / "p.csv", tmp_path / "out.csv", TODAY))
    assert not [problem for problem in result.problems if problem.code == "look-alike-ids"]


def test_an_item_of_a_partner_that_only_looks_like_one(release: Release, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("partner,n\nP-1,1\n", "utf-8")
    (tmp_path / "things.csv").write_text("partner,i_n\n\u0420-1,1\n", "utf-8")
    result = batch(
        release, Job(tmp_path / "p.csv", tmp_path / "out.csv", TODAY, lists={"things": tmp_path / "things.csv"})
    )
    (problem,) = [problem for problem in result.problems if problem.code == "unknown-partner"]
    assert problem.help == "'P-1' looks like it, and they differ in U+0420 CYRILLIC CAPITAL LETTER ER"


ID_SIGNS = st.sampled_from(sorted({*LOOKS, *SEEN_AS, *UNSEEN, *LOOKS.upper(), *"PQ-_/.1 '%\\"}))


@settings(deadline=None)
@given(st.lists(st.text(ID_SIGNS, max_size=8), min_size=1, max_size=30))
def test_sql_sees_the_same_look(ids: list[str]) -> None:
    rows = duckdb.execute(f"SELECT id, {look_sql('id')} FROM (SELECT unnest($1) AS id)", [ids]).fetchall()
    assert dict(rows) == {id: look(id) for id in ids}
