"""A key of a release that is left out, or has no value or another kind of value, is a problem and never a crash."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from charter.engine.release.load import compile_release, read_release, release_files

from .programmes import ASOFT, copy_of, edit
from .surfaces.programmes import Files, programme, text

OTHERS: tuple[Any, ...] = (..., None, [], "x y", 7)  #: what stands in the place of a part; ... leaves it out


def paths(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every part of the data."""
    for key, part in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*path, key)
        yield from paths(part, (*path, key))


def at(data: Any, path: list[str | int]) -> Any:
    for key in path:
        data = data[key]
    return data


def broken(files: Files, tried: set[Any]) -> Iterator[tuple[str, Files]]:
    """The files with one part left out or replaced, where no such key beside the same keys was tried yet."""
    for kind, content in files.items():
        for *above, last in paths(content):
            table = at(content, above)
            beside = frozenset(map(str, table)) if isinstance(table, dict) else None
            sign = (kind, len(above), last if beside else "", beside)
            if sign in tried:
                continue
            tried.add(sign)
            for other in OTHERS:
                changed = deepcopy(content)
                if other is ...:
                    del at(changed, above)[last]
                else:
                    at(changed, above)[last] = other
                yield f"{kind} {[*above, last]} as {other}", {**files, kind: changed}


def crash(seed: int, sample: int) -> str | None:
    """What cannot be compiled and is no problem either, of every `sample`-th broken release."""
    for number, (what, files) in enumerate(broken(programme(seed, 1), set())):
        if number % sample:
            continue
        contents = {kind: text(data).encode() for kind, data in files.items()}
        try:
            compile_release(release_files(Path("world"), contents))
        except Exception as error:  # noqa: BLE001 - any is a fault
            return f"{what}: {error!r}"
    return None


WHOLE = [pytest.param(seed, 1, marks=pytest.mark.slow) for seed in (0, 1)]


@pytest.mark.parametrize(("seed", "sample"), [(0, 23), *WHOLE])
def test_a_key_that_is_left_out_is_a_problem_and_never_a_crash(seed: int, sample: int) -> None:
    assert crash(seed, sample) is None


def test_what_a_placed_order_becomes_without_its_fields_is_told_once(tmp_path: Path) -> None:
    release = copy_of(ASOFT, tmp_path)
    edit(release, "prices.yaml", "      fields: {received_on: as_of}\n", "")
    assert [problem.message for problem in read_release(release)[1]] == ["'fields' is missing"]


def test_a_rule_that_asks_about_a_tier_without_a_row_is_no_crash(tmp_path: Path) -> None:
    release = copy_of(ASOFT, tmp_path)
    text = (release / "tiers.yaml").read_text("utf-8")
    (release / "tiers.yaml").write_text(text.split("\n  saas:\n")[0] + "\n  saas:\n", "utf-8")
    assert "nothing stands here; a map of keys is needed" in [problem.message for problem in read_release(release)[1]]
