"""Tables of which no row applies: `otherwise: unknown` and `below: unknown` are undefined, and name the table."""

from __future__ import annotations

import csv
import json
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from charter import Release, statement
from charter.engine.evaluate.outcome_json import outcome_data
from charter.engine.language.run.causes import causes
from charter.engine.values import Unknown, is_undefined

from .cli import charter
from .programmes import ROOT
from .small_world import evaluate, report, values, world, write
from .test_schemas import validator

FACTS = """
facts:
  region:
    title: {en: Region}
    kind: choice
    choices: {north: {title: {en: North}}, south: {title: {en: South}}, west: {title: {en: West}}}
  sales: {title: {en: Sales}, kind: money, currency: EUR}
  a: {title: {en: Audited}, kind: yes_no}
  b: {title: {en: Branch}, kind: yes_no}
  c: {title: {en: Certified}, kind: yes_no}
"""
TAKES = {"first": lambda held: held[0], "greatest": max, "least": min, "sum": sum}
CASES = "[{when: a, value: 5}, {when: b, value: 2}, {when: c, value: 7}]"
DEFINITIONS = """
definitions:
  bonus: {title: {en: Bonus}, kind: percent, source: [c],
    value: {by: region, rows: {north: 5, south: 7}, otherwise: unknown}}
  fund:
    title: {en: Fund}
    kind: money
    currency: USD
    value: {band: sales, rows: {10: 5, 20: {by: region, rows: {north: 1}, otherwise: unknown}}, below: unknown}
    source: [c]
  day: {title: {en: Day}, kind: date, source: [c],
    value: {cases: [{when: a, value: "date('2026-01-31')"}], otherwise: unknown}}
  word: {title: {en: Word}, kind: text, value: {cases: [{when: a, value: "'gold'"}], otherwise: unknown}, source: [c]}
  is_new: {title: {en: New}, kind: yes_no, value: {cases: [{when: a, value: b}], otherwise: unknown}, source: [c]}
""" + "".join(
    f"  {take}: {{title: {{en: Of {take}}}, kind: number, source: [c],"
    f" value: {{take: {take}, cases: {CASES}, otherwise: unknown}}}}\n"
    for take in TAKES
)  # fmt: skip
TABLES = """
tables:
  volume:
    title: {en: Volume}
    by: region
    columns: {seats: {title: {en: Seats}, kind: count}, budget: {title: {en: Budget}, kind: money, currency: EUR}}
    rows: {north: {seats: 4, budget: {band: sales, rows: {10: 6}, below: unknown}}}
    otherwise: {seats: unknown, budget: 9}
    source: [c]
"""
TIERS = """
award: highest
tiers:
  gold:
    title: {en: Gold}
    requirements: {rate: {title: {en: Rate}, rule: bonus >= 6, source: [c]}}
"""
PARTNERS: list[dict[str, Any]] = [
    {"region": "west", "sales": 9, "a": False, "b": False, "c": False},
    {"region": "north", "sales": 10, "a": True, "b": False, "c": True},
    {"region": "south", "sales": 20, "a": False, "b": True, "c": False},
    {"sales": 20, "b": True},
]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return world(tmp_path_factory.mktemp("r"), facts=FACTS, definitions=DEFINITIONS + TABLES, tiers=TIERS)


def cause(value: Any) -> list[tuple[str, tuple[object, ...]]]:
    """What is undefined, each with its operands; the value awaits no fact."""
    assert is_undefined(value)
    return [(part.expression, part.operands) for part in causes(value)]


@pytest.mark.parametrize(
    ("facts", "name", "expected"),
    [
        ({"region": "south"}, "bonus", 7),
        ({"region": "west"}, "bonus", ("bonus by region", "west")),
        ({"sales": 9}, "fund", ("fund by sales", 9)),
        ({"sales": 10}, "fund", 5),
        ({"sales": 19}, "fund", 5),
        ({"sales": 20, "region": "north"}, "fund", 1),
        ({"sales": 20, "region": "west"}, "fund", ("fund by region", "west")),
        ({"region": "north"}, "seats", 4),
        ({"region": "west"}, "seats", ("seats by region", "west")),
        ({"region": "west"}, "budget", 9),
        ({"region": "north", "sales": 9}, "budget", ("budget by sales", 9)),
        ({"region": "north", "sales": 10}, "budget", 6),
        ({"a": True}, "word", "gold"),
        ({"a": False}, "word", ("cases of word",)),
        ({"a": False}, "day", ("cases of day",)),
        ({"a": False}, "is_new", ("cases of is_new",)),
    ],
)
def test_a_table_without_a_row_is_undefined_and_named(
    release: Release, facts: dict[str, Any], name: str, expected: Any
) -> None:
    value = values(release, facts)[name]
    if isinstance(expected, tuple):
        assert cause(value) == [(expected[0], expected[1:])]
    else:
        assert value == expected


def test_a_missing_fact_is_awaited_and_the_table_named(release: Release) -> None:
    value = values(release, {})["bonus"]
    assert value.missing == {"region"}
    assert [part.expression for part in causes(value)] == ["bonus by region"]


@pytest.mark.parametrize("take", TAKES)
def test_what_is_taken_is_of_the_cases_that_hold(release: Release, take: str) -> None:
    """Against plain Python; undefined where none holds, and an unknown value names only facts that are missing."""
    for states in product((True, False, None), repeat=3):
        facts = {id: state for id, state in zip("abc", states, strict=True) if state is not None}
        possible = product(*([True, False] if state is None else [state] for state in states))
        results = set()
        for case in possible:
            held = [value for value, holds in zip((5, 2, 7), case, strict=True) if holds]
            results.add(TAKES[take](held) if held else None)
        value = values(release, facts)[take]
        if isinstance(value, Unknown) and value.missing:
            assert value.missing <= {id for id, state in zip("abc", states, strict=True) if state is None}
        elif isinstance(value, Unknown):
            assert results == {None}
            assert cause(value) == [(f"cases of {take}", ())]
        else:
            assert results == {value}


def test_the_table_of_the_docs_is_right(tmp_path: Path) -> None:
    """Each row of docs/forms.md, with 3 and with unknown for what is not one of the cases."""
    page = (ROOT / "docs" / "forms.md").read_text("utf-8")
    rows = re.findall(r"^\| (5, then 2|5|none) \| (\S+) \| (\S+) \| (\S+) \|$", page, re.MULTILINE)
    assert len(rows) == 6
    held = {"5, then 2": (True, True), "5": (True, False), "none": (False, False)}
    cases = "[{when: a, value: 5}, {when: b, value: 2}]"
    for number, (case, take, *expected) in enumerate(rows):
        word = take.strip("`") if take != "any" else "sum"
        definitions = "".join(
            f"  d{index}: {{title: {{en: D}}, kind: number, source: [c],"
            f" value: {{take: {word}, cases: {cases}, otherwise: {otherwise}}}}}\n"
            for index, otherwise in enumerate(("3", "unknown"))
        )
        loaded = world(tmp_path / str(number), facts=FACTS, definitions=f"definitions:\n{definitions}")
        found = values(loaded, dict(zip("ab", held[case], strict=True)))
        shown = ["undefined" if is_undefined(found[id]) else str(found[id]) for id in ("d0", "d1")]
        assert shown == expected


def test_json_and_the_page_name_the_table(release: Release) -> None:
    outcome = evaluate(release, PARTNERS[0])
    data = json.loads(json.dumps(outcome_data(outcome), default=float))
    validator("outcome.schema.json").validate(data)
    assert {"expression": "bonus by region", "operands": ["west"]} in data["undefined"]
    texts = {
        "en": ("“Bonus” has no row for “Region”: West", "“Fund” has no row for “Sales”: 9 EUR",
               "“Of sum”, where none of its cases applies", "“Seats” has no row for “Region”: West"),
        "ru": ("в таблице «Bonus» нет строки для показателя «Region»: West",
               "в таблице «Fund» нет строки для показателя «Sales»: 9 EUR",
               "«Of sum», если не подходит ни один случай"),
    }  # fmt: skip
    for lang, expected in texts.items():
        page = " ".join(statement(release, outcome, lang=lang).split())
        for text in expected:
            assert text in page


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_handbook_shows_where_there_is_no_value(release: Release, lang: str, tmp_path: Path) -> None:
    """In the row of all others, and not as one of the cases that are added up."""
    write(tmp_path, facts=FACTS, definitions=DEFINITIONS + TABLES, tiers=TIERS)
    page = charter("handbook", "--program", str(tmp_path), "--lang", lang, "--format", "markdown").stdout
    rows = {"en": ("all others | undefined", "under 10 EUR | undefined", "otherwise | undefined"),
            "ru": ("все остальные | не определено", "меньше 10 EUR | не определено",
                   "иначе | не определено")}  # fmt: skip
    for row in rows[lang]:
        assert row in page
    assert {"en": "in any case", "ru": "в любом случае"}[lang] not in page


def test_a_portfolio_has_the_values_of_evaluate(release: Release, tmp_path: Path) -> None:
    """What is undefined is an empty cell, whatever its kind."""
    write(tmp_path / "w", facts=FACTS, definitions=DEFINITIONS + TABLES, tiers=TIERS)
    names = ["bonus", "fund", "day", "word", "is_new", *TAKES, "seats", "budget"]
    with (tmp_path / "in.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["partner", "region", "sales", "a", "b", "c"])
        writer.writeheader()
        for number, facts in enumerate(PARTNERS):
            cells = {id: str(value).lower() if isinstance(value, bool) else value for id, value in facts.items()}
            writer.writerow({"partner": number, **cells})
    result = charter(
        "batch", str(tmp_path / "in.csv"), "--program", str(tmp_path / "w"), "-o", str(tmp_path / "out.csv"),
        "--as-of", "2026-11-23", "--with", "definitions.*",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["partner"])
    assert len(rows) == len(PARTNERS)
    for row, facts in zip(rows, PARTNERS, strict=True):
        expected = values(release, facts)
        for name in names:
            value = expected[name]
            text = "" if isinstance(value, Unknown) else str(value).lower() if isinstance(value, bool) else str(value)
            assert row[f"definitions.{name}"] == text


def test_a_status_that_a_table_leaves_open_is_a_warning(tmp_path: Path) -> None:
    write(tmp_path, facts=FACTS, definitions=DEFINITIONS + TABLES, tiers=TIERS)
    result = charter("check", str(tmp_path / "1.0.0"))
    text = " ".join(result.stdout.split())
    assert (
        "warning[undefined-status] 'bonus by region' can be undefined, and with it the status of tier 'gold': for"
        " region: west" in text
    )
    assert "write a value in place of 'unknown'" in text


def test_a_change_of_what_is_otherwise_is_worded(tmp_path: Path) -> None:
    write(tmp_path / "a", facts=FACTS, definitions=DEFINITIONS + TABLES, tiers=TIERS)
    write(
        tmp_path / "b",
        facts=FACTS,
        definitions=(DEFINITIONS + TABLES).replace("south: 7}, otherwise: unknown", "south: 7}, otherwise: 3"),
        tiers=TIERS,
    )
    for lang, expected in (("en", "Bonus: otherwise undefined → 3%"), ("ru", "в остальных случаях не определено → 3")):
        result = charter("diff", str(tmp_path / "a" / "1.0.0"), str(tmp_path / "b" / "1.0.0"), "--lang", lang)
        text = " ".join(result.stdout.split())
        assert expected in text
        assert "Unknown(" not in text
        assert {"en": "was undefined", "ru": "было не определено"}[lang] in text


def test_unknown_is_no_name(tmp_path: Path) -> None:
    text = report(tmp_path, facts="facts: {unknown: {title: {en: U}, kind: count}}\n")
    assert "error[reserved-name]" in text
    assert "'unknown'" in text


@pytest.mark.parametrize("take", TAKES)
def test_a_case_that_another_implies_is_not_superfluous(take: str, tmp_path: Path) -> None:
    """It adds to the sum, and may be the greatest or the least; of the first case alone the order decides."""
    facts = "facts: {n: {title: {en: N}, kind: count}}\n"
    cases = "[{when: n > 2, value: 2}, {when: n > 1, value: 1}]"
    table = f"{{take: {take}, cases: {cases}, otherwise: unknown}}"
    definitions = f"definitions: {{v: {{title: {{en: V}}, kind: number, value: {table}, source: [c]}}}}\n"
    write(tmp_path, facts=facts, definitions=definitions)
    assert charter("check", str(tmp_path / "1.0.0")).stdout.endswith(": no problems\n")
    loaded = world(tmp_path, facts=facts, definitions=definitions)
    expected = {"first": (1, 2), "greatest": (1, 2), "least": (1, 1), "sum": (1, 3)}
    assert tuple(values(loaded, {"n": n})["v"] for n in (2, 3)) == expected[take]
