"""Nothing from outside reaches a terminal or the log of a CI system raw."""

from __future__ import annotations

import ast
import json
import os
import pty
import re
import subprocess
import unicodedata
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from charter.engine.problems import Level, Place, Problem, Source
from charter.engine.report.annotations import annotations
from charter.engine.report.junit import file_cases, junit_xml
from charter.engine.report.markdown import page_markdown
from charter.engine.report.page import Block, Page, Row
from charter.engine.report.problems import problems_text
from charter.engine.report.sarif import sarif_data
from charter.engine.report.terminal import page_text
from charter.engine.texts.visible import visible, visible_characters, visible_json, visible_lines
from hypothesis import given, settings
from hypothesis import strategies as st

from .cli import COMMAND, charter
from .programmes import ROOT, SMALL, copy_of
from .thorough import IS_THOROUGH, examples

EVIL = "\x1b[31mE\x9b2J\u202eV\u2066I\u200bL\r\x0b\x0c\x85\u2028\u2029\x7f\x07\t"
COMMANDS = "\n::error title=pwn::x\n##[error]x\n##vso[task.complete]x"
HOSTILE = EVIL + COMMANDS

#: hostile texts: a few characters of every kind, and the beginnings of commands
texts = st.lists(
    st.one_of(
        st.characters(),
        st.sampled_from(["\n", "\r", "\x1b[2J", "::error::", "##[group]", "##vso[x]", "\u202e", "\ufeff", "```"]),
    ),
    max_size=12,
).map("".join)  # fmt: skip


def is_hidden(character: str) -> bool:
    """Whether a character is not seen, or moves what is seen; a soft hyphen may be seen."""
    return unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") and character != "\u00ad"


def raw_parts(text: str) -> list[str]:
    """What a text holds that may not reach a terminal or a log of CI."""
    hidden = [character for character in text if character != "\n" and is_hidden(character)]
    tabs = re.findall("\t", text)
    commands = re.findall(r"^\s*::|##[A-Za-z.]*\[", text, re.MULTILINE)
    return [*hidden, *tabs, *commands]


@pytest.mark.thorough
def test_every_character_that_a_name_may_not_have_is_shown() -> None:
    every = 1 if IS_THOROUGH else 16
    for code in (*range(0x3000), *range(0x3000, 0x110000, every)):
        character = chr(code)
        category = unicodedata.category(character)
        hidden = category in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") and character != "\u00ad"
        # A later edition of Unicode may have assigned what this one has not.
        assert visible(character) != character if hidden else category == "Cn" or visible(character) == character
        assert visible(visible(character)) == visible(character)
        if code < 0x20 or hidden:
            assert json.loads(visible_json(json.dumps(character, ensure_ascii=False))) == character


@pytest.mark.parametrize(
    "name", ["شرکت نرم\u200cافزار", "«\u202fPartenaire\u202f»", "क्\u200dष", "👩\u200d💻", "Größe", "ООО «Ромашка»"]
)
def test_spelling_is_shown_as_it_is(name: str) -> None:
    assert visible(name) == name
    assert visible_lines(f"{name}\n{name}") == f"{name}\n{name}"


@pytest.mark.thorough
@settings(max_examples=examples(500), deadline=None)
@given(texts, texts)
def test_no_text_is_hidden_or_a_command(one: str, other: str) -> None:
    assert "\n" not in visible(one)
    assert not [character for character in visible(one) if is_hidden(character) and character not in "\u200c\u200d"]
    assert not re.search(r"^\s*::|##[A-Za-z.]*\[", visible_lines(f"{one}\n{other}"), re.MULTILINE)


def places(path: str, text: str) -> list[Place]:
    """Every part of the first line of a file with this text, and the file itself."""
    source = Source(path, text)
    return [Place(source, start, start + 2) for start in range(len(text))] + [Place(Source(path, ""), 0, 0)]


@pytest.mark.thorough
@settings(max_examples=examples(200), deadline=None)
@given(texts, texts, texts)
def test_a_problem_is_shown_in_every_format(path: str, text: str, message: str) -> None:
    problems = [Problem("bad-row", message, place, message) for place in places(path, text)]
    lines = annotations(problems, message).split("\n")
    assert len(lines) == len(problems) + 2
    assert all(line.startswith("::error ") for line in lines[: len(problems)])
    assert not raw_parts(
        "\n".join(line.removeprefix("::error ") for line in lines).replace("\u200c", "").replace("\u200d", "")
    )
    ET.fromstring(junit_xml("charter", file_cases([path], problems), Level.ERROR))
    results = sarif_data(problems, Path("/here"))["runs"][0]["results"]
    uris = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results]
    assert all(re.fullmatch(r"(file://)?[\w./~%-]*", uri, re.ASCII) for uri in uris)


@pytest.mark.thorough
@settings(max_examples=examples(300), deadline=None)
@given(texts.map(lambda text: text.replace("\n", " ").rstrip("\r")).filter(str.strip), st.integers(0, 30))
def test_the_mark_stands_under_what_it_marks(line: str, start: int) -> None:
    """Whatever a line holds is shown with the mark below it: as wide as the escapes are."""
    start = min(start, len(line) - 1)
    place = Place(Source("f.yaml", line), start, len(line))
    _, excerpt, mark = problems_text([Problem("bad-row", "m", place)]).split("\n")[:3]
    characters = visible_characters(line.replace("\t", " "))
    assert excerpt == f"    1 | {''.join(characters)}"
    assert mark == f"      | {'':{len(''.join(characters[:start]))}}{'^' * len(''.join(characters[start:]))}"


@pytest.mark.thorough
@settings(max_examples=examples(200), deadline=None)
@given(texts.filter(lambda text: not text.isspace()))
def test_a_page_holds_no_line_of_another(text: str) -> None:
    """Each text of a page stays in its place: in the columns of a terminal, and in the cells of Markdown."""
    plain = page_of("x")
    page = page_of(text)
    table = [line for line in page_markdown(page).split("\n") if line.startswith("| ") and line.endswith(" |")]
    assert [len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in table] == [6, 6]
    assert len(page_markdown(page).split("\n")) == len(page_markdown(plain).split("\n"))
    assert not re.search(r"(?<!\\)(?:\\\\)*<", page_markdown(page).partition("```")[0])
    shown = visible_lines(page_text(page))
    assert not raw_parts(shown.replace("\u200c", "").replace("\u200d", ""))


def page_of(text: str) -> Page:
    """A page that has a text in each of its parts."""
    row = Row("✓", text, text, text, ("c1",), (text,), sides=((text, text),))
    blocks = (Block(text, (row,)), Block(text, items=(text,)), Block(text, flow=(text, text)))
    return Page(text, text, "✓", text or "x", (text or "x",), blocks)


def hostile_release(folder: Path) -> Path:
    """A release with a file of a hostile name, and titles that look like commands."""
    release = copy_of(SMALL, folder)
    (release / f"a{HOSTILE.replace('/', '')}.yaml").write_text("x: 1\n")
    tiers = release / "tiers.yaml"
    tiers.write_text(tiers.read_text("utf-8").replace("{en: Sells something}", '{en: "::error::##[error]x"}'), "utf-8")
    return release


GOOD = "partner: '::error::x'\ntier: gold\nfacts: {people: 3, revenue: 9000, region: north}\n"
CALLS = [
    ["evaluate", "{evil}"],
    ["evaluate", "{record}"],
    ["evaluate", "{record}", "--explain"],
    ["evaluate", "{record}", "--format", "markdown"],
    ["evaluate", "{record}", "--format", "html"],
    ["evaluate", "{record}", "--set", "{evil}"],
    ["evaluate", "{record}", "--set", "tiers.{evil}=1"],
    ["evaluate", "{record}", "--as-of", "{evil}"],
    ["evaluate", "{record}", "--release", "{evil}"],
    ["evaluate", "{record}", "-o", "{evil}/x"],
    ["evaluate", "{bad}"],
    ["quote", "{evil}", "--partner", "{record}"],
    ["timeline", "{record}", "--from", "2026-01-01", "--to", "{evil}"],
    ["batch", "{evil}", "-o", "out.csv"],
    ["batch", "{rows}", "-o", "out.csv"],
    ["batch", "{columns}", "-o", "out.csv"],
    ["batch", "{rows}", "-o", "{evil}"],
    ["batch", "{rows}", "-o", "out.csv", "--list", "{evil}"],
    ["batch", "{rows}", "-o", "out.csv", "--ignore", "{evil}", "--with", "{evil}"],
    ["sql", "--table", "{evil}"],
    ["sql", "--without", "{evil}"],
    ["sql", "--list", "{evil}={evil}"],
    ["check"],
    ["check", "{evil}"],
    ["check", "--format", "junit"],
    ["check", "--format", "sarif"],
    ["check", "--format", "json"],
    ["test"],
    ["readings", "{evil}"],
    ["prove", "{evil}"],
    ["prove", "--range", "{evil}"],
    ["advise", "{record}", "--tier", "{evil}"],
    ["advise", "{record}", "--discount", "{evil}"],
    ["diff", "{evil}", "HEAD:{evil}"],
    ["diff", "HEAD:{evil}", "{evil}"],
    ["log"],
    ["verify", "{evil}"],
    ["verify", "{saved}"],
    ["explain", "{evil}"],
    ["new", "{evil}"],
    ["new", "2.0.0", "--from", "{evil}"],
    ["seal", "{evil}"],
    ["handbook"],
    ["handbook", "--format", "markdown"],
    ["form", "--tier", "{evil}"],
    ["schema"],
    ["schema", "{evil}"],
    ["{evil}"],
    ["--{evil}"],
    ["check", "--{evil}"],
    ["check", "--format", "[red]x[/red][/]"],
    ["check", "--program", "{evil}"],
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a hostile release, a sound one and hostile files."""
    folder = tmp_path_factory.mktemp("hostile")
    hostile_release(folder / "bad")
    release = copy_of(SMALL, folder / "good")
    for path in release.glob("*.yaml"):
        text = path.read_text("utf-8").replace("{en: Sells something}", '{en: "::error::##[error]x"}')
        path.write_text(text, "utf-8")
    (folder / "record").write_text(GOOD)
    (folder / "bad.yaml").write_text(
        f"partner: P\nfacts: {{{json.dumps(HOSTILE)}: 1, people: {json.dumps(HOSTILE)}}}\n"
    )
    cell = '"' + HOSTILE.replace("\n", " ") + '"'
    (folder / "rows.csv").write_text(f"partner,tier,region\n{cell},{cell},{cell}\n")
    (folder / "columns.csv").write_text(f"partner,{cell}\nP,1\n")
    (folder / "saved.json").write_text(json.dumps({"partner": HOSTILE, "digest": HOSTILE, "as_of": HOSTILE}))
    return folder


@pytest.mark.parametrize(
    ("program", "call"),
    [
        *(("good", call) for call in CALLS),
        *(("bad", call) for call in CALLS if call[0] in ("check", "test", "log", "seal")),
    ],
    ids=lambda part: part if isinstance(part, str) else " ".join(part),
)
def test_hostile_names_are_shown_by_every_command(program: str, call: list[str], folder: Path) -> None:
    names = {"{evil}": HOSTILE, "{record}": "record", "{bad}": "bad.yaml", "{rows}": "rows.csv",
             "{columns}": "columns.csv", "{saved}": "saved.json"}  # fmt: skip
    words = [re.sub(r"{\w+}", lambda name: names[name[0]], word) for word in call]
    release = next((folder / program).iterdir())
    done = charter(*words, cwd=folder, env={"CHARTER_PROGRAM": str(release)})
    assert done.returncode in (0, 1, 2, 3, 4)
    assert raw_parts(done.stdout + "\n" + done.stderr) == []


def test_a_name_begins_no_command_of_github(folder: Path) -> None:
    """What stands in an annotation is its text: one command for each problem, and no other line is one."""
    done = charter("check", "--format", "github", env={"CHARTER_PROGRAM": str(next((folder / "bad").iterdir()))})
    lines = done.stdout.splitlines()
    assert raw_parts("\n".join(line.removeprefix("::error ").removeprefix("::warning ") for line in lines)) == []
    assert [line for line in lines if line.startswith("::error ") and "pwn" in line]


def test_a_terminal_gets_our_colours_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("partner,tier\n\x1b[31mEVIL,retail\n")
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm"}
    command = [*COMMAND, "batch", str(tmp_path / "p.csv"), "-o", str(tmp_path / "o.csv")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=theirs, env=environment) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            said += part
        process.wait(timeout=60)
    os.close(ours)
    assert rb"\x1b[31mEVIL" in said
    assert b"\x1b[31merror[" in said
    assert b"\x1b[31mEVIL" not in said


#: where a stream is written to: the functions that show what they write, and the progress bar of a terminal
WRITERS = {"commands/console.py": {"write", "write_message", "open_closed_streams"}, "cli.py": {"main"}}


def test_nothing_is_written_past_the_function_that_shows_it() -> None:
    """Only console writes to the streams; elsewhere they are asked whether they are a terminal, at most."""
    files = [ROOT / "cli.py", ROOT / "api.py", *(ROOT / "commands").glob("*.py"), *(ROOT / "engine").rglob("*.py")]
    for path in files:
        name = str(path.relative_to(ROOT))
        for function in [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.AST)]:
            if isinstance(function, ast.FunctionDef) and function.name in WRITERS.get(name, ()):
                for node in ast.walk(function):
                    node.lineno = -1
            if isinstance(function, ast.Call) and getattr(function, "lineno", 0) > 0:
                written = ast.unparse(function.func)
                assert not re.match(
                    r"print$|sys\.(__)?std(out|err)(__)?\.(buffer\.)?write|(typer|click)\.(echo|secho)", written
                ), f"{name}: {ast.unparse(function)}"
