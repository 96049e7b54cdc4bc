"""A programme made of a few lines: what a test does not say is filled in with the least that a release needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from charter import Outcome, Release, load
from charter.engine.release.load import read_release
from charter.engine.report.problems import problems_text

FILES = {
    "programme": "id: world\nrelease: 1.0.0\ntitle: {en: World}\nlanguages: [en]\neffective: {from: 2020-01-01}\n",
    "clauses": "sections: {one: {title: {en: One}}}\nclauses: {c: {section: one, title: {en: Clause}}}\n",
    "facts": "facts: {revenue: {title: {en: Revenue}, kind: money}}\n",
    "tiers": "award: highest\ntiers: {gold: {title: {en: Gold}}}\n",
}
#: a scenario whose partner has this tier
SCENARIOS = """
scenarios:
  rich:
    title: {en: Rich}
    as_of: 2026-11-23
    record: {partner: P, facts: {revenue: 5}}
    expect: {tier: %s}
"""
TODAY = date(2026, 11, 23)


def write(folder: Path, **files: str) -> Path:
    """The folder of a release with these files, by kind."""
    release = folder / "1.0.0"
    release.mkdir(parents=True, exist_ok=True)
    for kind, text in {**FILES, **files}.items():
        (release / f"{kind}.yaml").write_text(text, "utf-8")
    return release


def world(folder: Path, **files: str) -> Release:
    """The release of these files."""
    return load(write(folder, **files))


def report(folder: Path, **files: str) -> str:
    """What is wrong with these files, as text."""
    release = write(folder, **files)
    return problems_text(read_release(release)[1]).replace(f"{release}/", "")


def evaluate(release: Release, facts: Mapping[str, Any] | None = None, as_of: date = TODAY, **more: Any) -> Outcome:
    """The outcome of a partner with these facts."""
    return release.evaluate({"partner": "P", "facts": facts or {}, **more}, as_of=as_of)


def values(
    release: Release, facts: Mapping[str, Any] | None = None, as_of: date = TODAY, **more: Any
) -> dict[str, Any]:
    """Every value of a partner with these facts; definitions by their own names too."""
    found = release.values(evaluate(release, facts, as_of, **more))
    return found | {id.removeprefix("definitions."): value for id, value in found.items()}
