"""Hostile and sloppy input: told at its place, or decided rightly; never a traceback, a hang or a wrong number."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from charter import InvalidInput, load
from charter.engine.evaluate.evaluate import all_values, evaluate, make_plan
from charter.engine.evaluate.record import Record, read_record
from charter.engine.language.run.closures import closure
from charter.engine.language.run.interpret import interpret
from charter.engine.limits import MAX_BYTES
from charter.engine.problems import Problem, Source, has_errors
from charter.engine.release.load import read_release
from charter.engine.report.form import record_form
from charter.engine.report.handbook import handbook
from charter.engine.report.html import handbook_html
from charter.engine.report.markdown import handbook_markdown
from charter.engine.report.outcome_page import outcome_page
from charter.engine.report.terminal import page_text
from charter.engine.review.review import review
from charter.engine.source.document import read_bytes
from charter.engine.values import NUMERIC
from hypothesis import given, settings
from hypothesis import strategies as st

from .cli import COMMAND, charter
from .language.names import KINDS, read
from .programmes import ROOT, SMALL, copy_of, edit
from .thorough import examples

RELEASE = load(SMALL)
GOOD = "partner: P-1\ntier: gold\nfacts:\n  people: 3\n  revenue: 9000\n  region: north\n"


def record(content: bytes | str) -> tuple[Record | None, list[Problem]]:
    """A record file as the command reads it."""
    document, problems = read_bytes(content.encode() if isinstance(content, str) else content, "r.yaml")
    if document is None or has_errors(problems):
        return None, problems
    found, more = read_record(document, RELEASE.programme)
    return found, [*problems, *more]


def told(problems: list[Problem]) -> list[tuple[str, int, int, str]]:
    """Code, line, column and the text marked of each problem."""
    return [
        (one.code, one.place.line, one.place.column, one.place.source.text[one.place.start : one.place.end])
        for one in problems
        if one.place
    ]


REFUSED = {
    "a key twice": ("partner: P\npartner: Q\n", ("duplicate-key", 2, 1, "partner")),
    "a fact twice": ("partner: P\nfacts: {people: 1, people: 2}\n", ("duplicate-key", 2, 20, "people")),
    "yes for a number": ("partner: P\nfacts: {people: yes}\n", ("bad-fact", 2, 17, "yes")),
    "no for true": ("partner: P\nfacts: {audited: no}\n", ("bad-fact", 2, 18, "no")),
    "on for true": ("partner: P\nfacts: {audited: on}\n", ("bad-fact", 2, 18, "on")),
    "1 for true": ("partner: P\nfacts: {audited: 1}\n", ("bad-fact", 2, 18, "1")),
    "true for a count": ("partner: P\nfacts: {people: true}\n", ("bad-fact", 2, 17, "true")),
    "a decimal comma": ("partner: P\nfacts:\n  revenue: 2,5\n", ("bad-fact", 3, 12, "2,5")),
    "a percent sign": ("partner: P\nfacts:\n  revenue: 20%\n", ("bad-fact", 3, 12, "20%")),
    "a number in quotes": ("partner: P\nfacts:\n  people: '3'\n", ("bad-fact", 3, 11, "'3'")),
    "half a person": ("partner: P\nfacts:\n  people: 2.5\n", ("bad-fact", 3, 11, "2.5")),
    "a negative count": ("partner: P\nfacts:\n  people: -1\n", ("bad-fact", 3, 11, "-1")),
    "over the greatest possible": ("partner: P\nfacts:\n  revenue: 1000000.01\n", ("bad-fact", 3, 12, "1000000.01")),
    "a date for a number": ("partner: P\nfacts:\n  people: 2026-01-01\n", ("bad-fact", 3, 11, "2026-01-01")),
    "a day that is not": ("partner: P\nfacts:\n  joined: 2026-02-30\n", ("bad-fact", 3, 11, "2026-02-30")),
    "an option that is not": ("partner: P\nfacts:\n  region: west\n", ("bad-fact", 3, 11, "west")),
    "not a number": ("partner: P\nfacts:\n  revenue: .nan\n", ("bad-fact", 3, 12, ".nan")),
    "infinity": ("partner: P\nfacts:\n  revenue: .inf\n", ("bad-fact", 3, 12, ".inf")),
    "a huge exponent": ("partner: P\nfacts:\n  revenue: 1e999\n", ("bad-fact", 3, 12, "1e999")),
    "a huge number": (f"partner: P\nfacts:\n  people: {'9' * 19}\n", ("bad-fact", 3, 11, "9" * 19)),
    "five thousand digits": (f"partner: P\nfacts:\n  people: {'9' * 5000}\n", ("bad-fact", 3, 11, "9" * 5000)),
    "a hexadecimal number": ("partner: P\nfacts:\n  people: 0x10\n", ("bad-fact", 3, 11, "0x10")),
    "an octal number": ("partner: P\nfacts:\n  people: 010\n", ("bad-fact", 3, 11, "010")),
    "a sexagesimal number": ("partner: P\nfacts:\n  people: 1:30\n", ("bad-fact", 3, 11, "1:30")),
    "a digit of another script": ("partner: P\nfacts:\n  people: 1\u0662\n", ("bad-fact", 3, 11, "1\u0662")),
    "full-width digits": ("partner: P\nfacts:\n  people: \uff13\n", ("bad-fact", 3, 11, "\uff13")),
    "a day in other digits": (
        "partner: P\nfacts:\n  joined: 2026-01-0\u0661\n",
        ("bad-fact", 3, 11, "2026-01-0\u0661"),
    ),
    "underscores": ("partner: P\nfacts:\n  people: 1_000\n", ("bad-fact", 3, 11, "1_000")),
    "a list for a number": ("partner: P\nfacts:\n  people: [1]\n", ("bad-fact", 3, 12, "1")),
    "a map for a number": ("partner: P\nfacts:\n  people: {a: 1}\n", ("bad-fact", 3, 3, "people")),
    "a misspelt fact": ("partner: P\nfacts:\n  poeple: 1\n", ("unknown-fact", 3, 3, "poeple")),
    "a Cyrillic letter": ("partner: P\nfacts:\n  реople: 1\n", ("unknown-fact", 3, 3, "реople")),
    "a tier that is not": ("partner: P\ntier: golden\n", ("unknown-tier", 2, 7, "golden")),
    "a tier that is true": ("partner: P\ntier: true\n", ("unknown-tier", 2, 7, "true")),
    "a tier that is a list": ("partner: P\ntier: [gold]\n", ("bad-fact", 2, 8, "gold")),
    "facts as a list": ("partner: P\nfacts: [people]\n", ("wrong-type", 2, 1, "facts")),
    "a key that is not": ("partner: P\nfact: {people: 1}\n", ("unknown-key", 2, 1, "fact")),
    "agreements": ("partner: P\nagreements: all\n", ("wrong-type", 2, 13, "all")),
    "an agreement on what is not there": (
        "partner: P\nagreements:\n  - {term: gold, value: 1, document: x, from: 2026-01-01}\n",
        ("unknown-term", 3, 12, "gold"),
    ),
    "no partner": ("tier: gold\n", ("missing-key", 1, 1, "t")),
    "a partner that is a number": ("partner: 7\n", ("wrong-type", 1, 10, "7")),
    "an empty partner": ("partner: ''\n", ("wrong-type", 1, 10, "''")),
    "a direction sign in an id": ("partner: 'P\u202e1'\n", ("hidden-character", 1, 10, "'P\u202e1'")),
    "a zero-width space in a name": ("partner: P\nname: a\u200bb\n", ("hidden-character", 2, 7, "a\u200bb")),
    "an escape in a name": ('partner: P\nname: "\\e[31mred"\n', ("hidden-character", 2, 7, '"\\e[31mred"')),
    "a line break in a name": ('partner: P\nname: "a\\nb"\n', ("hidden-character", 2, 7, '"a\\nb"')),
    "a control character": ("partner: P\x07\n", ("hidden-character", 1, 11, "\x07")),
    "a name without end": (f"partner: P\nname: {'x' * 301}\n", ("bad-text", 2, 7, "x" * 301)),
    "nothing": ("", ("empty-file", 1, 1, "")),
    "comments only": ("# nothing\n", ("empty-file", 1, 1, "#")),
    "a list": ("- partner: P\n", ("wrong-type", 1, 1, "-")),
    "a number": ("7\n", ("wrong-type", 1, 1, "7")),
    "two documents": ("partner: P\n---\npartner: Q\n", ("yaml-form", 2, 1, "---")),
    "an object of Python": ("partner: !!python/object/apply:os.system [ls]\n", ("yaml-form", 1, 10, "")),
    "a tag of YAML": ("partner: !!str 5\n", ("yaml-form", 1, 10, "!!str 5")),
    "an anchor": ("partner: &a P\nname: *a\n", ("yaml-form", 1, 10, "&a P")),
    "a merge": ("partner: P\n<<: {tier: gold}\n", ("yaml-form", 2, 1, "<<")),
    "a key that is a list": ("? [a]\n: 1\n", ("yaml-form", 1, 3, "")),
    "a tab": ("partner: P\nfacts:\n\tpeople: 3\n", ("yaml-syntax", 3, 1, "\t")),
    "an open bracket": ("partner: P\nfacts: {people: 3\n", ("yaml-syntax", 2, 18, "")),
    "a colon in a text": ("partner: P: Q\n", ("yaml-syntax", 1, 11, ":")),
    "deep lists": ("[" * 10_000, ("file-too-large", 1, 25, "[")),
    "deep maps": ("{a: " * 10_000, ("file-too-large", 1, 97, "{")),
    "deep blocks": ("".join(f"{' ' * level}a:\n" for level in range(200)), ("file-too-large", 25, 25, "")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_record_is_refused_at_its_place(name: str) -> None:
    text, (code, line, column, marked) = REFUSED[name]
    found, problems = record(text)
    assert found is None
    assert len([problem for problem in problems if problem.code == code]) == 1
    problem = next(problem for problem in problems if problem.code == code)
    assert (problem.place.line, problem.place.column) == (line, column)
    if marked:
        assert problem.place.source.text[problem.place.start : problem.place.end].startswith(marked)
    assert problem.help
    assert len(problems) == 1


ACCEPTED = {
    "a byte order mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "Windows line ends": GOOD.replace("\n", "\r\n").encode(),
    "old Macintosh line ends": GOOD.replace("\n", "\r").encode(),
    "a document sign": b"---\n" + GOOD.encode() + b"...\n",
    "JSON": b'{"partner":"P-1","tier":"gold","facts":{"people":3,"revenue":9e3,"region":"north"}}',
    "JSON with tabs": b'{\n\t"partner": "P-1",\n\t"tier": "gold",\n'
    b'\t"facts": {"people": 3, "revenue": 9000.0, "region": "north"}\n}',
    "JSON with escapes": b'{"partner": "P-1", "name": "\\ud83d\\ude00 \\u041e\\u041e\\u041e", "tier": "gold", '
    b'"facts": {"people": 3, "revenue": 9000, "region": "\\u006eorth"}}',
    "explicit nulls": b"partner: P-1\nname: A\ntier: gold\n"
    b"facts: {people: 3, revenue: 9000, region: north, audited: null}",
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_plain_record_is_read_whatever_its_clothes(name: str) -> None:
    found, problems = record(ACCEPTED[name])
    assert problems == []
    assert RELEASE.evaluate(found).status == "qualified"


@pytest.mark.parametrize("encoding", ["utf-16", "cp1251", "koi8-r"])
def test_another_encoding_is_named_as_such(encoding: str) -> None:
    found, problems = record("partner: Ромашка\n".encode(encoding))
    assert (found, [problem.code for problem in problems]) == (None, ["not-utf-8"])
    assert problems[0].help == "save it as UTF-8"


def test_a_file_over_the_limit_is_refused_unread() -> None:
    assert [problem.code for problem in record(b"a" * (MAX_BYTES + 1))[1]] == ["file-too-large"]
    many = "partner: P\nfacts: [" + "1," * 70_000 + "]"
    assert [problem.code for problem in record(many)[1]] == ["file-too-large"]


def test_an_alias_bomb_does_not_go_off() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=False))
    started = time.perf_counter()
    assert [problem.code for problem in record(bomb)[1]] == ["yaml-form"]
    assert time.perf_counter() - started < 30


@pytest.mark.parametrize(("written", "shown"), [("true", "true"), ("2026-01-01", "2026-01-01"), ("{a: gold}", "this")])
def test_a_tier_that_is_none_is_named_as_it_is_written(written: str, shown: str) -> None:
    document, _ = read_bytes(f"partner: P\ntier: {written}\n".encode(), "p.yaml")
    assert document is not None
    _, problems = read_record(document, load(SMALL).programme)
    assert [one.message for one in problems] == [f"'{shown}' is not a tier"]


def test_two_records_of_one_partner_are_both_refused() -> None:
    """Nothing says which one counts, so neither is decided; another partner's is."""
    done = charter(
        "evaluate", "examples/retail.yaml", "examples/candidate.yaml", "examples/retail.yaml", "--format", "jsonl"
    )
    assert done.returncode == 4
    assert [line.split('"result": "')[1].split('"')[0] for line in done.stdout.splitlines()] == [
        "invalid_input",
        "done",
        "invalid_input",
    ]
    assert done.stderr.count("a second record of partner 'P-002'") == 1


def test_odd_facts_are_a_warning_and_the_outcome_stands() -> None:
    found, problems = record("partner: P\nfacts:\n  revenue: 5\n  people: 0\n")
    assert not problems
    outcome = RELEASE.evaluate(found)
    assert told(outcome.problems) == [("odd-facts", 4, 11, "0")]
    assert outcome.problems[0].level.value == "warning"
    assert outcome.of("silver").status == "qualified"


# Expressions: the mistake is marked in the file, whatever the style of YAML and whatever stands before it.
STYLES = {
    "plain": "rule: revenue > oops",
    "single quotes": "rule: 'region == ''north'' and oops'",
    "double quotes": 'rule: "revenue > oops"',
    "Cyrillic before it": "rule: region == 'север' or oops",
    "plain over two lines": "rule: revenue > 0\n          and oops",
    "a literal block": "rule: |\n          revenue > 0\n            and oops",
    "a folded block": "rule: >-\n          revenue > 0 and\n          oops",
    "a comment in a block": "rule: |\n          revenue > 0 # sold\n          and oops",
}


@pytest.mark.parametrize("name", STYLES)
def test_a_mistake_is_marked_in_every_style_of_yaml(name: str, tmp_path: Path) -> None:
    rule = STYLES[name]
    release = copy_of(SMALL, tmp_path)
    path = release / "tiers.yaml"
    old = "      sells: {title: {en: Sells something}, rule: revenue > 0, source: [s1]}\n"
    new = f"      sells:\n        title: {{en: Sells something}}\n        {rule}\n        source: [s1]\n"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    _, problems = read_release(release)
    before = path.read_text("utf-8").partition("oops")[0].split("\n")
    place = (len(before), len(before[-1]) + 1)
    assert ("unknown-name", *place, "oops") in told(list(problems))
    assert len([problem for problem in problems if problem.code == "unknown-name"]) == 1


EVIL = [
    "().__class__.__bases__[0].__subclasses__()",
    "__import__('os').system('ls')",
    "people.__class__",
    "[x for x in (1, 2)]",
    "(x for x in (1, 2))",
    "{1: 2}[1]",
    "lambda: 1",
    "f'{people}'",
    "'%s' % people",
    "9 ** 9 ** 9 ** 9",
    "1 << 99999",
    "'a' * 999999999",
    "9" * 1999,
    "1e999999999",
    "0.1e-999",
    "1j",
    "print(people)",
    "eval('1')",
    "people if people",
    "(yield people)",
    "await people",
    "people := 3",
    "*people",
    "people; people",
    "people\nrevenue",
    "a) or (b",
    "(" * 61 + "people" + ")" * 61,
    "(" * 900,
    "not " * 400 + "audited",
    "-" * 1900 + "1",
    "people + " * 200 + "people",
    "people " + "> 1 " * 300,
    "x" * 2001,
    "people == 'x\\x00y'",
    "\ufeffpeople > 1",
    "people > 1 and",
    "ｐeople > 1",
    "people\u00a0> 1 &&",
    "min(*(1, 2))",
    "min(people, key=1)",
    "share()",
    "...",
    "None",
    "b'x'",
    "'a' 'b'",
    "'''a'''",
    "people is 1",
    "people in [1]",
    "people @ people",
]


@pytest.mark.parametrize("text", EVIL, ids=lambda text: text[:24])
def test_what_is_not_in_the_language_is_refused_with_its_place(text: str) -> None:
    tree, problems = read(text)
    assert tree is None
    assert problems
    for problem in problems:
        assert 0 <= problem.place.start < problem.place.end <= len(text) + 1
        assert "Error" not in problem.message


TOKENS = """
p q n m x r a c d e not and or if else in ( ) , + - * / ** == != < <= >= > 1 2.5 0 'red' 'north' true false
min max share . [ ] { } : ; = & | % # \\ " ' lambda for is None é ж \u202e
"""
tokens = st.sampled_from([*TOKENS.split(), "\n"])


@pytest.mark.thorough
@settings(max_examples=examples(1500), deadline=None)
@given(st.lists(tokens, max_size=14).map(" ".join))
def test_random_expressions_are_refused_or_mean_something(text: str) -> None:
    tree, problems = read(text)
    assert (tree is None) == bool(problems)
    if tree is not None:
        values = {id: Decimal(1) if kind in NUMERIC else True for id, kind in KINDS.items()}
        values |= {"c": "red", "d": date(2026, 1, 1), "e": date(2026, 1, 2)}
        fast = closure(tree, {id: index for index, id in enumerate(values)})
        assert interpret(tree, values) == fast(list(values.values()))


WORDS = ["partner", "tier", "facts", "people", "P", "gold", "3", "1e5", "2,5", "true", "null", "~", "\u202e", "é"]
SIGNS = [
    ": ",
    ":",
    "\n",
    "\n  ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "'",
    '"',
    "&a ",
    "*a",
    "!!str ",
    "|",
    ">",
    "#",
    "---\n",
]
pieces = st.sampled_from([*WORDS, *SIGNS, "\t", "\\", "%"])


@pytest.mark.thorough
@settings(max_examples=examples(1500), deadline=None)
@given(st.one_of(st.lists(pieces, max_size=25).map("".join).map(str.encode), st.binary(max_size=60)))
def test_random_files_are_refused_or_read(content: bytes) -> None:
    found, problems = record(content)
    assert (found is None) == has_errors(problems)
    for problem in problems:
        if problem.place:
            assert problem.place.line >= 1
            assert problem.place.column >= 1
            assert problem.place.width >= 1
    if found:
        RELEASE.evaluate(found)


@pytest.mark.thorough
def test_a_release_spoilt_anywhere_is_told_not_thrown(tmp_path: Path) -> None:
    """A thousand releases, each with one random slip in one file: read_release never raises, and errors have places."""
    chance = random.Random(7)
    release = copy_of(SMALL, tmp_path)
    originals = {path: path.read_text("utf-8") for path in sorted(release.glob("*.yaml"))}
    slips = [
        "",
        "'",
        '"',
        ":",
        "{",
        "}",
        "[",
        "]",
        ",",
        "\t",
        "\n",
        "#",
        "&",
        "%",
        "0",
        "null",
        "true",
        "[1]",
        "{a: 1}",
        "ж",
    ]
    told_of = 0
    for _ in range(examples(1000)):
        path = chance.choice(list(originals))
        text = originals[path]
        start = chance.randrange(70, len(text))
        spoilt = text[:start] + chance.choice(slips) + text[start + chance.randrange(0, 9) :]
        path.write_text(spoilt, "utf-8")
        programme, problems = read_release(release)
        assert (programme is None) == has_errors(problems)
        assert all(problem.place for problem in problems)
        told_of += programme is None
        path.write_text(text, "utf-8")
    assert told_of > examples(1000) / 2


WORDS = ("count", "sum", "latest", "value: 3", "{}", "[]", "null", "true", "'x'", "1.5", "-1", "by", "band", "as_of",
         "EUR", "last_months(as_of, 12)", "qualified('gold')", "{by: tier, rows: {}}", "{band: 3, rows: {0: 1}}",
         "{slices: 3, rows: {0: 1}}", "{cases: [], otherwise: 1}")  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("vendor", ["hubspot", "microsoft", "odoo"])
def test_a_word_in_the_wrong_place_is_told_not_thrown(vendor: str, tmp_path: Path) -> None:
    """Programmes that use every form, a word or two of each moved or changed; what is still accepted is evaluated."""
    chance = random.Random(11)
    source = ROOT / "examples" / "programmes" / vendor
    release = copy_of(source / "1.0.0", tmp_path)
    originals = {path: path.read_text("utf-8") for path in sorted(release.glob("*.yaml"))}
    records = [read_bytes(path.read_bytes(), path.name)[0] for path in sorted((source / "records").glob("*.yaml"))]
    told_of = 0
    for _ in range(150):
        for path in chance.choices(list(originals), k=chance.choice([1, 1, 2])):
            text = originals[path]
            parts = list(re.finditer(r"[A-Za-z_]+|\d+|[{}\[\]:,]|'[^']*'", text))
            part = chance.choice(parts)
            other = chance.choice([chance.choice(WORDS), chance.choice(parts)[0], ""])
            path.write_text(text[: part.start()] + other + text[part.end() :], "utf-8")
        programme, problems = read_release(release)
        assert (programme is None) == has_errors(problems)
        told_of += programme is None
        if programme:
            plan = make_plan(programme)
            for document in records:
                found, _ = read_record(document, programme)
                if found:
                    outcome = evaluate(plan, found, date(2024, 11, 23))
                    page_text(outcome_page(outcome, programme, all_values(plan, outcome), "ru", explain=True))
            handbook_html(handbook(programme, "ru"))
            handbook_markdown(handbook(programme, "en"))
            assert all(problem.place for problem in review(release))
        for path, text in originals.items():
            path.write_text(text, "utf-8")
    assert told_of > 75


@pytest.mark.parametrize("name", ["programme", "clauses", "facts", "tiers", "definitions", "bonuses", "benefits"])
@pytest.mark.parametrize(
    "content", ["", "[]", "7", "a: 1", "{", "facts:\n", "tiers: {}\n", "\x00", "tiers:\n  gold:\n"]
)
def test_a_file_that_is_something_else_is_told(name: str, content: str, tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    (release / f"{name}.yaml").write_text(content, "utf-8")
    programme, problems = read_release(release)
    assert programme is None
    assert f"{name}.yaml" in {problem.place.source.path.rpartition("/")[2] for problem in problems}


@pytest.mark.parametrize("name", ["definitions", "bonuses", "benefits"])
def test_a_file_that_need_not_be_there_may_be_left_out(name: str, tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    (release / f"{name}.yaml").unlink()
    programme, problems = read_release(release)
    assert bool(problems) == (name == "definitions")
    assert (programme is None) == (name == "definitions")


@pytest.mark.parametrize("broken", ["|\n            Sells\n            something\n", '"Sells\\n\\n \\tsomething\\n"'])
def test_a_title_is_one_line_wherever_it_is_shown(broken: str, tmp_path: Path) -> None:
    """A line break in a title is a space: on a page, in the handbook, in a form and in JSON."""
    release = copy_of(SMALL, tmp_path)
    old = "      sells: {title: {en: Sells something}, rule: revenue > 0, source: [s1]}\n"
    new = f"      sells:\n        title:\n          en: {broken}\n        rule: revenue > 0\n        source: [s1]\n"
    edit(release, "tiers.yaml", old, new)
    changed, plain = load(release), RELEASE
    document, _ = read_bytes(GOOD.encode(), "r.yaml")
    pages = [
        page_text(outcome_page(outcome, one.programme, one.values(outcome), "en", explain=True))
        for one in (changed, plain)
        if (outcome := one.evaluate(document, as_of=date(2026, 11, 23)))
    ]
    assert pages[0] == pages[1]
    books = [
        handbook_markdown(handbook(one.programme, "en")).replace(one.programme.digest, "") for one in (changed, plain)
    ]
    assert books[0] == books[1]
    assert record_form(changed.programme) == record_form(plain.programme)


def test_a_file_that_must_be_there_is_missed(tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    (release / "clauses.yaml").unlink()
    (release / "tier.yaml").write_text("tiers: {}\n", "utf-8")
    _, problems = read_release(release)
    assert [(problem.code, problem.help) for problem in problems] == [
        ("missing-file", "add it to the release"),
        ("unknown-file", "did you mean 'tiers'?"),
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["evaluate", "examples/retail.yaml"], 0),
        (["evaluate", "examples/saas-lacks-isolation.yaml"], 0),
        (["evaluate", "examples/saas-lacks-isolation.yaml", "--fail-on", "not_qualified"], 1),
        (["evaluate", "examples/retail.yaml", "--fail-on", "not_qualified"], 0),
        (["evaluate", "examples/candidate.yaml", "--fail-on", "undetermined"], 0),
        (["evaluate", "nowhere.yaml"], 2),
        (["evaluate", "examples"], 2),
        (["evaluate", "examples/retail.yaml", "--as-of", "yesterday"], 2),
        (["evaluate", "examples/retail.yaml", "--as-of", "2026-02-30"], 2),
        (["evaluate", "examples/retail.yaml", "--as-of", "2020-01-01"], 2),
        (["evaluate", "examples/retail.yaml", "--release", "9.9.9"], 2),
        (["evaluate", "examples/retail.yaml", "--lang", "de"], 2),
        (["evaluate", "examples/retail.yaml", "--output", "/nowhere/at/all"], 2),
        (["evaluate", "examples/retail.yaml", "--program", "examples"], 2),
        (["evaluate"], 2),
        (["frobnicate"], 2),
        (["check"], 0),
        (["check", "tests/small"], 0),
        (["check", "nowhere"], 2),
        (["--version"], 0),
        (["--help"], 0),
    ],
)
def test_the_exit_code_says_what_happened(arguments: list[str], code: int) -> None:
    done = charter(*arguments)
    assert done.returncode == code
    assert bool(done.stdout) == (code in (0, 1))
    assert bool(done.stderr) == (code not in (0, 1))
    assert "\x1b[" not in done.stdout + done.stderr


def test_an_invalid_programme_and_an_invalid_record_are_told_apart(tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    (release / "tiers.yaml").write_text("tiers: [", "utf-8")
    assert charter("evaluate", "examples/retail.yaml", "--program", str(release)).returncode == 3
    assert charter("check", str(release)).returncode == 1
    assert charter("evaluate", "-", input=b"partner: [").returncode == 4
    refused = charter("evaluate", "-", "--format", "json", input=b"partner: [")
    assert refused.stdout.startswith('{\n  "format_version": 1,')
    assert charter("evaluate", "-", input=b"partner: P\n").returncode == 0


def test_a_reader_that_goes_away_is_no_finding() -> None:
    """The pipe's other end is closed before anything is written: the process ends by the signal, in silence."""
    ours, theirs = os.pipe()
    os.close(ours)
    arguments = [*COMMAND, "evaluate", "examples/retail.yaml"]
    done = subprocess.run(arguments, cwd=ROOT, stdout=theirs, stderr=subprocess.PIPE, check=False)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, b"")


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_full_disk_is_no_verdict(format: str) -> None:
    arguments = [*COMMAND, "evaluate", "examples/retail.yaml", "--format", format]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(arguments, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error[unwritable-file]  the output cannot be written: No space left on device\n")
    assert "Traceback" not in done.stderr


def redirected(redirection: str, *words: str, cwd: Path = ROOT) -> tuple[int, str]:
    """The exit code and stderr of `charter WORDS` with a redirection of the shell."""
    command = ["bash", "-c", f'"$@" {redirection}', "bash", *COMMAND, *words]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=120)
    assert "Traceback" not in done.stderr
    assert "bug of ours" not in done.stderr
    return done.returncode, done.stderr


WRITING = [
    ["evaluate", "examples/retail.yaml"],
    ["evaluate", "examples/retail.yaml", "--format", "json"],
    ["quote", "examples/orders/mixed.yaml", "--partner", "examples/retail.yaml"],
    ["timeline", "examples/retail.yaml", "--from", "2026-01-01", "--to", "2026-02-01"],
    ["sql"],
    ["check"],
    ["check", "--format", "sarif"],
    ["test"],
    ["readings"],
    ["prove"],
    ["advise", "examples/retail.yaml"],
    ["diff", "1.0.0", "1.0.0"],
    ["log"],
    ["explain", "bad-fact"],
    ["handbook"],
    ["form"],
    ["schema"],
    ["--help"],
    ["check", "--help"],
    ["--version"],
]


@pytest.mark.parametrize("words", WRITING, ids=" ".join)
@pytest.mark.parametrize("redirection", [">&-", ">/dev/full"])
def test_an_output_that_nobody_gets_is_a_wrong_call(redirection: str, words: list[str]) -> None:
    code, stderr = redirected(redirection, *words)
    assert code == 2
    assert stderr.startswith("error[unwritable-file]  ")


def test_a_closed_output_keeps_its_number_from_other_files(tmp_path: Path) -> None:
    """Outcomes go where they were asked for, though the file could have got the number of stdout or of stderr."""
    portfolio = str(ROOT / "examples/portfolios/asoft.csv")
    code, _ = redirected("<&- >&- 2>&-", "batch", portfolio, "-o", str(tmp_path / "o.csv"), "--as-of", "2026-11-24")
    assert code == 2
    assert (tmp_path / "o.csv").read_text().startswith("partner,tier,")
    assert "decided" not in (tmp_path / "o.csv").read_text()


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_without_messages_the_exit_code_says_what_happened(redirection: str) -> None:
    assert redirected(redirection, "evaluate", "examples/retail.yaml")[0] == 0
    assert redirected(redirection, "evaluate", "nowhere.yaml")[0] == 2
    assert redirected(redirection, "check", "--nope")[0] == 2
    assert redirected(redirection, "evaluate", "tests/programmes.py")[0] == 4


def test_a_closed_input_is_a_wrong_call() -> None:
    for words in (["evaluate", "-"], ["readings", "-"], ["advise", "-"], ["verify", "-"]):
        code, stderr = redirected("<&-", *words)
        assert (code, stderr.partition("\n")[0]) == (
            2,
            "error[unreadable-file]  '-' cannot be read: Bad file descriptor",
        )


def test_an_interrupt_is_no_finding() -> None:
    arguments = [*COMMAND, "evaluate", "-"]
    with subprocess.Popen(arguments, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        time.sleep(4)  # on a busy machine it takes that long to begin
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == -signal.SIGINT
        assert process.stderr.read() == b""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_removes_temporary_files(number: signal.Signals, tmp_path: Path) -> None:
    """A run is stopped at several moments: it ends by the signal, without a word, and leaves nothing behind."""
    rows = "".join(f"P-{row:06},gold,{row % 9}\n" for row in range(300_000))
    (tmp_path / "p.csv").write_text(f"partner,tier,people\n{rows}")
    (tmp_path / "tmp").mkdir()
    call = [*COMMAND, "batch", str(tmp_path / "p.csv"), "-o", str(tmp_path / "o.csv"), "--program", str(SMALL)]
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    stopped = 0
    for turn in range(3):
        with subprocess.Popen(call, cwd=ROOT, env=environment, stderr=subprocess.PIPE) as process:
            began = time.monotonic()
            while process.poll() is None and not any((tmp_path / "tmp").iterdir()) and time.monotonic() < began + 60:
                time.sleep(0.02)
            time.sleep(0.6 * turn)
            process.send_signal(number)
            assert process.wait(timeout=60) in (-number, 0)
            stopped += process.returncode == -number
            assert process.stderr.read() == b"" or process.returncode == 0
        assert list((tmp_path / "tmp").iterdir()) == []
        assert {path.name for path in tmp_path.iterdir()} <= {"p.csv", "o.csv", "tmp"}
    assert stopped


def test_plain_data_has_no_places() -> None:
    """What the library is given as plain data has no file behind it."""
    with pytest.raises(InvalidInput) as refused:
        RELEASE.evaluate({"tier": "gold"})
    assert [(problem.code, problem.place.source) for problem in refused.value.problems] == [
        ("missing-key", Source("record", ""))
    ]


def test_the_file_runs_as_a_script_too() -> None:
    done = subprocess.run([sys.executable, "cli.py", "check"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "program/1.0.0: no problems\n"
