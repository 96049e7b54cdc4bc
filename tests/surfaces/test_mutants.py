"""A scenario notices each mutant that changes its outcome, and each figure that a partner shows has a mutant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from charter import to_dict
from charter.engine.release.load import read_files
from charter.engine.review.mutants import mutants, survivors
from charter.engine.review.scenarios import read_scenarios

from .changes import changed
from .partners import DAY, Partner, Partners
from .programmes import Files, compiled, programme, text, written
from .test_difference import shown_by
from .test_handbook import rules
from .trials import MANY, each, trials

KEY = 4  #: the most letters between the name of a figure, where a mutant may stand, and the figure
#: parts of an outcome that a scenario may expect
EXPECTED = ("tier", "status", "discount", "benefits", "rebates", "fees", "settlements", "tiers", "definitions",
            "tracks", "membership_ends", "kept_until")  # fmt: skip


@trials(3)
def test_a_scenario_notices_what_changes_its_outcome(seeds: range, tmp_path: Path) -> None:
    for seed in seeds:
        files = programme(seed, 0.15)
        release, folder = compiled(files), written(files, tmp_path / f"seed{seed}")
        partner = Partners(release.programme, Random(seed)).partner()
        before = to_dict(release.evaluate(partner, as_of=DAY))
        write_scenario(folder, partner, before)
        loaded = read_files(folder)
        count, alive, _ = survivors(loaded, read_scenarios(folder, release))
        assert count
        for mutant in alive:
            if "effective" in mutant.id:
                continue  # a scenario on another day says nothing about the first day
            after = to_dict(mutant.release.evaluate(partner, as_of=DAY))
            assert [after.get(key) for key in EXPECTED] == [before.get(key) for key in EXPECTED], (seed, mutant.id)


def write_scenario(folder: Path, partner: Partner, outcome: dict[str, Any]) -> None:
    """A scenario that expects the whole outcome of the partner."""
    expect = {key: part for key in EXPECTED if (part := plain(outcome.get(key))) is not None}
    scenario = {"title": {"en": "S", "ru": "С"}, "as_of": DAY, "record": plain(partner), "expect": expect}
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "all.yaml").write_text(text({"scenarios": {"whole": scenario}}), "utf-8")


def plain(data: Any) -> Any:
    """Data of JSON with its days as YAML has them, without what is empty."""
    if isinstance(data, dict):
        return {key: plain(part) for key, part in data.items() if part not in ({}, [])}
    if isinstance(data, list):
        return [plain(part) for part in data]
    if isinstance(data, str) and len(data) == 10:
        try:
            return date.fromisoformat(data)
        except ValueError:
            return data
    return data


def figure_fault(kind: str, files: Files, chance: Random) -> str | None:
    """A figure (`number`) or a `border` that decides something for a partner, and of which there is no mutant."""
    change = changed(files, chance, kind)
    if change is None or rules(files) == rules(change.files):
        return None  # how a record is read is not among the mutants
    before, after = compiled(files), compiled(change.files)
    if next(shown_by(before, after, change, chance), None) is None:
        return None
    file, place = first_difference(files, change.files)
    spans = [
        (mutant.place.start, mutant.place.end)
        for mutant in mutants(before.files)
        if mutant.place.source.path.endswith(f"{file}.yaml")
    ]
    if any(start <= place <= end + KEY for start, end in spans):
        return None
    return f"no mutant of {file}.yaml at {text(files[file])[max(0, place - 40) : place + 20]!r}"


def first_difference(before: Files, after: Files) -> tuple[str, int]:
    """The kind of the first file that differs, and the index of the first letter or number that does."""
    for kind, data in after.items():
        old, new = text(before[kind]), text(data)
        if old != new:
            first = next(at for at, letters in enumerate(zip(old, new, strict=False)) if letters[0] != letters[1])
            return kind, len(old[:first].rstrip("0123456789.-"))
    raise AssertionError("the programmes are the same")


KINDS = [pytest.param("number", range(6), id="number"), pytest.param("border", range(12), id="border")]


@pytest.mark.parametrize(("kind", "seeds"), KINDS)
def test_every_figure_that_decides_something_has_a_mutant(kind: str, seeds: Sequence[int]) -> None:
    each(seeds, partial(figure_fault, kind), share=0.3)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "_"), KINDS)
def test_every_figure_of_many_programmes_has_a_mutant(kind: str, _: Sequence[int]) -> None:
    each(range(1000, 1000 + MANY), partial(figure_fault, kind), share=0.3)
