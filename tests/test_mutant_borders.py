"""Tests that the borders of tables are among the mutants, and that each moves as if its file had been changed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from charter import load
from charter.engine.release.load import read_files
from charter.engine.review.mutants import mutants, survivors
from charter.engine.review.scenarios import read_scenarios

from .small_world import values, write

FACTS = "facts: {sales: {title: {en: Sales}, kind: %s}}\n"
TABLES = {
    "band": ("percent", "count", "{band: sales, rows: {0: 5, 10: 7, 20: 9}}"),
    "up to": ("percent", "count", "{up_to: sales, rows: {10: 5, 20: 7}, above: 9}"),
    "band with ends": ("percent", "count", "{band: sales, rows: {0 to 9: 5, 10 to 19: 7, 20 and up: 9}}"),
    "slices of money": ("money", "money", "{slices: sales, rows: {0: 1, 10: 2.5, 20: 4}}"),
    "slices of a count": ("number", "count", "{slices: sales, rows: {0: 1, 10: 2.5, 20: 4}}"),
    "slices after": ("money", "money", "{slices: sales, after: 5, rows: {0: 1, 10: 2.5, 20: 4}}"),
    "cases": (
        "percent",
        "count",
        "{cases: [{when: sales >= 20, value: 9}, {when: sales >= 10, value: 7}], otherwise: 5}",
    ),
}
MOVED = {"10": ["11", "9"], "20": ["21", "19"]}


def definition(kind: str, table: str) -> str:
    return f"definitions: {{v: {{title: {{en: V}}, kind: {kind}, value: {table}, source: [c]}}}}\n"


@pytest.mark.parametrize("form", TABLES)
def test_a_border_moves_as_if_the_file_said_so(tmp_path: Path, form: str) -> None:
    kind, of, table = TABLES[form]
    folder = write(tmp_path, facts=FACTS % of, definitions=definition(kind, table))
    moved = [mutant for mutant in mutants(read_files(folder)) if any(f": {border} → " in mutant.id for border in MOVED)]
    borders = {border: [mutant.id.rpartition(" → ")[2] for mutant in moved if f": {border} → " in mutant.id]
               for border in MOVED}  # fmt: skip
    assert borders == MOVED
    if form == "band with ends":
        return  # the end before it would have to move too
    for mutant in moved:
        border, _, moved_to = mutant.id.rpartition(": ")[2].partition(" → ")
        written = mutant.place.source.text
        assert written[mutant.place.start : mutant.place.end] == border
        changed = write(tmp_path / f"{border}-{moved_to}", facts=FACTS % of, definitions=definition(kind, table))
        path = changed / "definitions.yaml"
        path.write_text(written[: mutant.place.start] + moved_to + written[mutant.place.end :], "utf-8")
        release = load(changed)
        for sales in range(32):
            expected, actual = (values(which, {"sales": sales}) for which in (release, mutant.release))
            assert expected["definitions.v"] == actual["definitions.v"], (mutant.id, sales)


@pytest.mark.parametrize("form", TABLES)
def test_scenarios_far_from_every_border_leave_mutants_alive(tmp_path: Path, form: str) -> None:
    kind, of, table = TABLES[form]
    folder = write(tmp_path, facts=FACTS % of, definitions=definition(kind, table))
    (folder / "scenarios").mkdir()
    value = values(load(folder), {"sales": 5})["definitions.v"]
    (folder / "scenarios" / "far.yaml").write_text(
        "scenarios:\n  far:\n    title: {en: Far}\n    as_of: 2026-11-23\n    record: {partner: P, facts: {sales: 5}}\n"
        f"    expect: {{definitions: {{v: {Decimal(value)}}}}}\n", "utf-8",
    )  # fmt: skip
    files = read_files(folder)
    _, alive, _ = survivors(files, read_scenarios(folder, load(folder)))
    assert any(": 20 → 21" in mutant.id for mutant in alive)


def test_the_number_that_a_group_needs_is_among_the_mutants(tmp_path: Path) -> None:
    parts = ", ".join(f"{id}: {{title: {{en: R}}, rule: revenue > {limit}, source: [c]}}" for id, limit in
                      (("a", 1), ("b", 2), ("d", 3)))  # fmt: skip
    group = f"{{title: {{en: Some}}, at_least: 2, of: {{{parts}}}, source: [c]}}"
    folder = write(tmp_path, tiers=f"tiers: {{gold: {{title: {{en: Gold}}, requirements: {{some: {group}}}}}}}\n")
    assert {"tiers.gold.requirements.some: 2 → 3", "tiers.gold.requirements.some: 2 → 1"} <= {
        mutant.id for mutant in mutants(read_files(folder))
    }
