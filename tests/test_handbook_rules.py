"""The handbook says the rules: each form with its rows, and two programmes that differ for a partner differ in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest
import yaml
from charter import Release, load
from charter.engine.language.function_names import AggregateName, FunctionName, Shorthand
from charter.engine.programme.model import Programme
from charter.engine.report.figures import Figure, Figures
from charter.engine.report.handbook import handbook
from charter.engine.report.markdown import handbook_markdown
from charter.engine.report.parts import Line
from charter.engine.report.rules import rule_groups
from charter.engine.report.wording import Wording

from .programmes import ASOFT, ROOT, SMALL
from .small_world import values, world

PROGRAMMES = [ASOFT, SMALL, *sorted((ROOT / "examples" / "programmes").glob("*/1.0.0"))]

DATA = yaml.safe_load((ROOT / "tests" / "handbook_rules.yaml").read_text("utf-8"))
FACTS, PROGRAMME, CHANGES = DATA["facts"], DATA["programme"], DATA["changes"]


# Forms ----------------------------------------------------------------------------------------------------------------


@dataclass
class Maker:
    """Makes random cells of a table: expressions, and tables of every form, one within the other."""

    random: Random

    def figure(self) -> str:
        return self.random.choice(["1", "2", "5", "-3", "7.5"])

    def condition(self) -> str:
        conditions = [
            "p",
            "not p",
            "n >= 2",
            "n > 2",
            "s >= 150",
            "region == 'north'",
            "level >= 'good'",
            "level != 'best'",
        ]
        joined = ["{} and {}", "{} or {}", "not ({} and {})", "not {} or {}", "{} and not {}"]
        one, other = self.random.sample(conditions, 2)
        return self.random.choice([one, self.random.choice(joined).format(one, other)])

    def expression(self, kind: str) -> str:
        unit, other = {"percent": ("r", "r2"), "money": ("s", "s2")}[kind]
        forms = ["{u} + {a}", "{u} - {a}", "max({u}, {o})", "{u} * {a}", "{a} if {c} else {u}", "round({u}, 5) - {a}"]
        forms += ["min({u}, {o}) * 2", "min({u}, {o} * 2)", "max({u}, {o}) + {u}", "max({u}, {o} + {u})"]
        form = self.random.choice(forms)
        return form.format(u=unit, o=other, a=self.figure().replace("-", ""), c=self.condition())

    def cell(self, kind: str, depth: int) -> Any:
        forms = [self.by, self.band, self.up_to, self.cases] + [self.slices] * (kind == "money")
        if depth == 0 or self.random.random() < 0.3:
            return self.random.choice([self.figure(), self.figure(), self.expression(kind)])
        return self.random.choice(forms)(kind, depth - 1)

    def by(self, kind: str, depth: int) -> Any:
        options = self.random.choice([["north", "south", "west"], ["north"], ["south"], ["north", "west"]])
        table = {"by": "region", "rows": {option: self.cell(kind, depth) for option in options}}
        return table if len(options) == 3 else table | {"otherwise": self.default(kind, depth)}

    def default(self, kind: str, depth: int) -> Any:
        return "unknown" if self.random.random() < 0.2 else self.cell(kind, depth)

    def band(self, kind: str, depth: int) -> Any:
        number = self.random.choice(["s", "n"])
        starts = self.random.choice([["0", "2"], ["0", "2", "150"], ["0", "150"]])
        table = {"band": number, "rows": {start: self.cell(kind, depth) for start in starts}}
        return table | {"below": self.default(kind, depth)}

    def up_to(self, kind: str, depth: int) -> Any:
        table = self.band(kind, depth)
        return {"up_to": table["band"], "rows": table["rows"], "above": table["below"]}

    def slices(self, kind: str, depth: int) -> Any:
        table = {
            "slices": "s",
            "rows": {
                start: self.cell("percent", depth) for start in self.random.choice([["0"], ["0", "100"], ["0", "150"]])
            },
        }
        return table | self.random.choice([{}, {"after": "50"}, {"after": "100"}])

    def cases(self, kind: str, depth: int) -> Any:
        cases = [{"when": self.condition(), "value": self.cell(kind, depth)} for _ in range(self.random.randint(1, 2))]
        take = self.random.choice([{}, {"take": "greatest"}, {"take": "least"}, {"take": "sum"}])
        return {"cases": cases, "otherwise": self.default(kind, depth), **take}

    def definition(self, name: str) -> dict[str, Any]:
        kind = self.random.choice(["percent", "money"])
        limits: list[dict[str, Any]] = [
            {},
            {},
            {"floor": "1"},
            {"cap": "4"},
            {"round": "0.5"},
            {"round": "2", "rounding": "down"},
        ]
        limits += [{"floor": "1", "cap": {"by": "region", "rows": {"north": "2", "south": "3", "west": "4"}}}]
        currency = {"currency": "EUR"} if kind == "money" else {}
        return (
            {"title": {"en": name}, "kind": kind, "value": self.cell(kind, 2), "source": ["c"]}
            | currency
            | self.random.choice(limits)
        )


def changed(data: Any) -> Iterator[Any]:
    """Every copy of a definition in which one thing is otherwise: a figure, a border, what is taken, a limit, a row."""
    if isinstance(data, str) and re.fullmatch(r"-?[\d.]+", data):
        yield str(float(data) + 1)
    if isinstance(data, list):
        for place, part in enumerate(data):
            yield from ([*data[:place], other, *data[place + 1 :]] for other in changed(part))
    if not isinstance(data, dict):
        return
    for key, part in data.items():
        yield from (data | {key: other} for other in changed(part) if key not in ("title", "source"))
    if "cases" in data:
        yield from (data | {"take": take} for take in ("first", "greatest", "least", "sum"))
    if "after" in data:
        yield {key: part for key, part in data.items() if key != "after"}
    for form in data.keys() & {"band", "up_to"}:
        yield data | {form: "n" if data[form] == "s" else "s"}
    if "up_to" in data:
        yield {"band": data["up_to"], "rows": data["rows"], "below": data["above"]}
    if len(rows := list(data.get("rows", {}))) > 1:
        yield data | {"rows": data["rows"] | {rows[0]: data["rows"][rows[1]], rows[1]: data["rows"][rows[0]]}}
    for key, other in (("floor", "cap"), ("cap", "floor")):
        if key in data:
            yield {own: part for own, part in data.items() if own != key} | {other: data[key]}
    if "round" in data:
        yield from (
            data | {"rounding": way} for way in ("half_up", "half_even", "down", "up", "towards_zero", "away_from_zero")
        )


def facts_of(random: Random) -> dict[str, Any]:
    return {
        "n": random.choice([0, 1, 2, 3]),
        "r": random.choice([0, 1, 2, 60]),
        "r2": random.choice([0, 3, 50]),
        "s2": random.choice([-10, 1, 200]),
        "s": random.choice([-50, 0, 1, 2, 99, 100, 149, 150, 400]),
        "p": random.choice([True, False]),
        "region": random.choice(["north", "south", "west"]),
        "level": random.choice(["basic", "good", "best"]),
    }


def plain(data: Any) -> Any:
    """Cells as YAML takes them: numbers as numbers."""
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(value) for value in data]
    return float(data) if isinstance(data, str) and re.fullmatch(r"-?[\d.]+", data) else data


@pytest.mark.parametrize("seed", range(4))
def test_values_with_the_same_words_and_rows_are_the_same(seed: int, tmp_path: Path) -> None:
    """Of definitions of every form and all that differ in one thing: the same figure, the same value for everyone."""
    random = Random(seed)
    made = [Maker(random).definition("V") for _ in range(25)]
    definitions = {f"v{at}": plain(data) for at, data in enumerate(chain(made, *map(changed, made)))}
    release = world(tmp_path, facts=FACTS, definitions=json.dumps({"definitions": definitions}))
    partners = [values(release, facts_of(random)) for _ in range(60)]
    figures = Figures(Wording(release.programme, "en"))
    same: dict[tuple[str, Figure], str] = {}
    for name, data in definitions.items():
        figure = figures.of(f"definitions.{name}")
        other = same.setdefault((data["kind"], figure), name)
        comes_to = [[partner[id] for partner in partners] for id in (name, other)]
        assert comes_to[0] == comes_to[1], (figure, data, definitions[other])


def lines(programme: Programme, lang: str = "en") -> list[Line]:
    return list(chain.from_iterable(group.rows for group in rule_groups(programme, lang)))


def under(programme: Programme, title: str) -> list[tuple[int, tuple[str, ...]]]:
    """The line with the title among the rules, and the lines under it, with their levels."""
    rules = lines(programme)
    at = next(at for at, line in enumerate(rules) if line.cells[0] == title)
    inner = [(line.level, line.cells) for line in rules[at + 1 :]]
    end = next((place for place, (level, _) in enumerate(inner) if level <= rules[at].level), len(inner))
    return [(rules[at].level, rules[at].cells), *inner[:end]]


def test_every_form_is_printed_with_its_rows(tmp_path: Path) -> None:
    programme = world(tmp_path, facts=FACTS, definitions=DATA["forms"]).programme
    assert under(programme, "Bands") == [
        (0, ("Bands", "by “Sales”")), (1, ("from 0 EUR", "4%")), (1, ("from 150 EUR", "7.5%")),
    ]  # fmt: skip
    assert under(programme, "Slices") == [
        (0, ("Slices", "each part of “Sales” at its own rate, added up; at most 500 EUR; rounded to 0.01 EUR")),
        (1, ("the part from 0 EUR to 1000 EUR", "1%")), (1, ("the part over 1000 EUR", "by “Region”")),
        (2, ("North", "3%")), (2, ("all others", "2%")),
    ]  # fmt: skip
    assert under(programme, "Cases") == [
        (0, ("Cases", "the greatest of these that apply")),
        (1, ("Level: at least Good; people: more than 1", "3")), (1, ("in any case", "1")),
    ]  # fmt: skip
    assert under(programme, "Each") == [
        (0, ("Each", "each part of “People” at its own rate, added up")),
        (1, ("the part from 0 people to 5 people", "10 for each")), (1, ("the part over 5 people", "20 for each")),
    ]  # fmt: skip
    assert under(programme, "Tiered") == [
        (0, ("Tiered", "")), (1, ("Gold", "by “People”")), (2, ("from 0 people", "1%")), (2, ("from 10 people", "2%")),
    ]  # fmt: skip


def test_what_tiers_give_by_tables_has_a_column_for_each(tmp_path: Path) -> None:
    programme = world(tmp_path, facts=FACTS, **DATA["by_tier"]).programme
    slices = "each part of “Sales” at its own rate, added up; in EUR a quarter"
    assert under(programme, "Back") == [
        (0, ("Back", "at least 50 EUR", slices, slices)),
        (1, ("the part from 0 EUR to 100 EUR", "", "1%", "3%")), (1, ("the part over 100 EUR", "", "2%", "4%")),
        (1, ("an amount under 0 is taken off other payments of the period, the rest off later ones", "", "", "")),
    ]  # fmt: skip
    assert under(programme, "Fund") == [
        (0, ("Fund", "–", "by “People”")), (1, ("from 0 people", "", "5 EUR")), (1, ("from 3 people", "", "9 EUR")),
    ]  # fmt: skip


# Whole programmes -----------------------------------------------------------------------------------------------------


def of_files(folder: Path, **files: str) -> Release:
    (folder / "1.0.0").mkdir(parents=True, exist_ok=True)
    return world(folder, **PROGRAMME | files)


@pytest.mark.parametrize(("file", "old", "new"), CHANGES, ids=range(len(CHANGES)))
def test_a_programme_that_says_something_else_has_another_handbook(
    file: str, old: str, new: str, tmp_path: Path
) -> None:
    """Of whatever makes a difference to a partner, in both languages."""
    assert old in PROGRAMME[file]
    before = of_files(tmp_path / "a").programme
    after = of_files(tmp_path / "b", **{file: PROGRAMME[file].replace(old, new, 1)}).programme
    for lang in ("en", "ru"):
        assert texts_of(before, lang) != texts_of(after, lang)


def texts_of(programme: Programme, lang: str) -> list[str]:
    """What the handbook says but for the digest of the release."""
    return [line for line in handbook_markdown(handbook(programme, lang)).splitlines() if "sha256" not in line]


def test_names_with_one_title_are_told_apart(tmp_path: Path) -> None:
    """Two facts, and a field of a list's items, that have the same title."""
    facts = """
facts: {a: {title: {en: Sales}, kind: count}, b: {title: {en: Sales}, kind: count}}
lists: {l: {title: {en: Deals}, fields: {c: {title: {en: Sales}, kind: count}}}}
"""
    rules = ["a > 1", "b > 1", "c > 1"]
    found = []
    for at, rule in enumerate(rules):
        definitions = f"definitions: {{d: {{title: {{en: D}}, kind: yes_no, value: {rule}, source: [c]}}}}"
        if rule == "c > 1":
            definitions = definitions.replace("value: c > 1", "take: any, of: a + c > 1, over: l")
        found.append(under(world(tmp_path / str(at), facts=facts, definitions=definitions).programme, "D")[0][1][1])
    assert found == [
        "Sales: more than 1",
        "Sales (2): more than 1",
        "at least one item of “Deals”: (sales + sales (Deals): more than 1)",
    ]


# For partners ---------------------------------------------------------------------------------------------------------

NAMES = {*get_args(FunctionName), *get_args(Shorthand), *get_args(AggregateName)}


def ids_of(programme: Programme) -> set[str]:
    """The names in rules of facts, fields and values that no one would write in a text."""
    ids = {*programme.facts, *(field.fact.id for field in programme.fields.values())}
    ids |= {value.name for value in programme.values.values()} | set(programme.values)
    return {id for id in (*ids, *NAMES) if "_" in id or "." in id}


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("folder", PROGRAMMES, ids=lambda path: path.parent.name)
def test_no_handbook_has_ids_names_of_functions_or_python(folder: Path, lang: str) -> None:
    programme = load(folder).programme
    has_no_notation(programme, lang)


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_no_form_is_told_in_the_notation_of_rules(lang: str, tmp_path: Path) -> None:
    has_no_notation(of_files(tmp_path).programme, lang)


def has_no_notation(programme: Programme, lang: str) -> None:
    ids = ids_of(programme)
    for cell in (cell for line in lines(programme, lang) for cell in line.cells):
        assert not ids & set(re.findall(r"[a-z][a-z0-9_.]*", cell)), cell
        assert not re.search(r"==|!=|>=|<=|\w\(\w|\[|\]|'\w+'(?!\w)|\b(True|False|None|Decimal)\b", cell), cell
