"""The two programmes that tests use, as folders to copy and edit."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASOFT = ROOT / "program" / "1.0.0"
SMALL = ROOT / "tests" / "small" / "1.0.0"


def copy_of(release: Path, folder: Path) -> Path:
    """A copy of a release that a test may spoil."""
    return Path(shutil.copytree(release, folder / release.name))


SCENARIO = """scenarios:
  silver:
    title: {en: Silver}
    as_of: 2026-11-23
    record: {partner: P-1, tier: silver, facts: {revenue: 5, people: 1}}
    expect: {status: qualified}
"""


def with_a_scenario(folder: Path) -> Path:
    """A copy of the small release with a scenario that comes out as expected."""
    release = copy_of(SMALL, folder)
    (release / "scenarios").mkdir()
    (release / "scenarios" / "all.yaml").write_text(SCENARIO, "utf-8")
    return release


def edit(release: Path, file: str, old: str, new: str) -> None:
    """Replace a text that stands exactly once in a file of the release."""
    path = release / file
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    path.write_text(text.replace(old, new), "utf-8")
