"""Tests the reports of `check` on wrong releases: for each mistake the code, the marked place, message and help.

mistakes.yaml has the mistakes and the expected reports. CHARTER_WRITE_MISTAKES=1 writes the reports again; read
the diff before you commit it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from charter.engine.release.load import read_release
from charter.engine.report.problems import problems_text

from .programmes import ASOFT, SMALL, copy_of, edit

TABLE = Path(__file__).parent / "mistakes.yaml"
MISTAKES = yaml.safe_load(TABLE.read_text("utf-8"))


def report(release: Path) -> str:
    """The problems of a release as text, with the paths of files shortened to their names."""
    _, problems = read_release(release)
    return problems_text(problems).replace(f"{release}/", "")


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_place_and_the_way_out(name: str, tmp_path: Path) -> None:
    mistake = MISTAKES[name]
    release = copy_of(SMALL, tmp_path)
    for file, text in mistake.get("adds", {}).items():
        path = release / file
        path.write_text((path.read_text("utf-8") if path.exists() else "") + text, "utf-8")
    for change in mistake.get("edits", []):
        edit(release, *change)
    actual = report(release)
    if os.environ.get("CHARTER_WRITE_MISTAKES"):
        mistake["report"] = actual
        text = yaml.dump(MISTAKES, allow_unicode=True, sort_keys=False, width=1000, Dumper=_Blocks)
        TABLE.write_text(text, "utf-8")
    assert actual == mistake["report"]


class _Blocks(yaml.SafeDumper):
    """Writes texts of several lines as YAML blocks."""


_Blocks.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


@pytest.mark.parametrize("release", [ASOFT, SMALL], ids=["asoft", "small"])
def test_a_right_release_has_no_problems(release: Path) -> None:
    assert read_release(release)[1] == ()


def test_five_mistakes_in_five_files_are_told_at_once_and_in_order(tmp_path: Path) -> None:
    """One run reports all five, sorted by file, and no problem that follows from them."""
    release = copy_of(ASOFT, tmp_path)
    edit(release, "facts.yaml", "    kind: choice", "    kind: chioce")
    edit(release, "bonuses.yaml", "percent: {retail: 10, competency: 10", 'percent: {retail: "10%", competency: 10')
    edit(release, "benefits.yaml", "c7-training]", "c7-trianing]")
    edit(release, "definitions.yaml", "{competency: 2, saas: 2}", "{competency: 2, sass: 2}")
    edit(
        release,
        "tiers.yaml",
        "marketing_activities >= required_activities",
        "marketing_activities >= required_activities &&",
    )
    _, problems = read_release(release)
    assert [(problem.place.source.path.rpartition("/")[2], problem.code) for problem in problems] == [
        ("benefits.yaml", "unknown-clause"),
        ("bonuses.yaml", "wrong-type"),
        ("definitions.yaml", "unknown-tier"),
        ("facts.yaml", "unknown-choice"),
        ("tiers.yaml", "expression-syntax"),
    ]


def test_problems_are_the_same_when_the_shape_was_checked_before(tmp_path: Path, monkeypatch: object) -> None:
    """The cache of checked shapes hides no problem: after a change of a file, the shape is checked again."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    release = copy_of(SMALL, tmp_path)
    assert report(release) == ""
    assert len(list((tmp_path / "cache" / "charter" / "checked").iterdir())) == 1
    assert report(release) == ""
    edit(release, "tiers.yaml", "value: 15", "value: 150")
    assert "150 is over 100" in report(release)
    edit(release, "tiers.yaml", "value: 150", "value: 15")
    assert report(release) == ""
