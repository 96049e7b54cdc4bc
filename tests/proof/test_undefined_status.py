"""`check` tells where a tier can come to an undefined status, by an example, against trying every partner."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path

import pytest
from charter.engine.review.review import review

from ..small_world import evaluate, world, write
from ..test_undefined import DEFINITIONS, FACTS, TIERS

ONE_RULE = "tiers: {gold: {title: {en: Gold}, requirements: {r: {title: {en: R}, rule: %s, source: [c]}}}}\n"


def findings(folder: Path, **files: str) -> list[tuple[str, str]]:
    return [
        (problem.code, problem.message) for problem in review(write(folder, **files)) if "undefined" in problem.code
    ]


@pytest.mark.parametrize(
    "rule",
    [
        "share(reviews, done) >= 50",
        "done > 0 and share(reviews, done) >= 50",
        "done == 0 or share(reviews, done) >= 50",
        "done > 0 or share(reviews, done) >= 50",
        "share(reviews, done, 0) >= 50",
        "reviews / done > 1 if done > 0 else false",
        "reviews / done > 1 if done > 1 or audited else false",
        "at_least(2, audited, reviews > 1, reviews / done > 1)",
        "reviews / (done + 1) > 1",
        "reviews / max(done, 1) > 1",
        "reviews / (done - reviews) > 1",
        "round(reviews, done) > 1",
        "rate > 1 and reviews > 2 * done",
        "not audited and rate > 1",
    ],
)
def test_the_check_tells_what_trying_partners_shows(rule: str, tmp_path: Path) -> None:
    """Every partner of a small domain is tried; the example in the message is undefined indeed."""
    tiers = ONE_RULE % f'"{rule}"'
    loaded = world(tmp_path, facts=FACTS, definitions=DEFINITIONS, tiers=tiers)
    tried = [
        evaluate(loaded, {"done": done, "reviews": reviews, "audited": audited}, tier="gold")
        for done, reviews, audited in product(range(4), range(4), (False, True))
    ]
    assert not any(outcome.unknown for outcome in tried)
    undefined = any(outcome.status == "undetermined" for outcome in tried)
    found = findings(tmp_path, facts=FACTS, definitions=DEFINITIONS, tiers=tiers)
    assert bool(found) == undefined
    for code, message in found:
        assert code == "undefined-status"
        written = dict(part.split(": ") for part in message.partition("'gold': for ")[2].split(", "))
        facts = {id: value == "true" if value in ("true", "false") else int(value) for id, value in written.items()}
        shown = evaluate(loaded, facts, date(2020, 1, 1), tier="gold")
        assert (shown.status, shown.unknown) == ("undetermined", ())
        assert shown.undefined


@pytest.mark.parametrize(("empty", "expected"), [("unknown", 1), ("0", 0)])
def test_the_check_looks_at_lists(empty: str, expected: int, tmp_path: Path) -> None:
    definitions = DEFINITIONS.replace("empty: unknown", f"empty: {empty}")
    assert len(findings(tmp_path, facts=FACTS, definitions=definitions, tiers=ONE_RULE % "biggest > 5")) == expected


def test_the_check_is_silent_of_partners_whom_the_checks_of_facts_refuse_and_without_the_solver(tmp_path: Path) -> None:
    refused = FACTS + "checks: {some: {title: {en: Nothing done}, rule: done > 0}}\n"
    assert findings(tmp_path, facts=FACTS, tiers=TIERS)
    assert findings(tmp_path, facts=refused, tiers=TIERS) == []
    assert [problem for problem in review(write(tmp_path, facts=FACTS, tiers=TIERS), solver=False)
            if problem.code == "undefined-status"] == []  # fmt: skip


def test_an_operation_that_several_tiers_use_is_reported_once(tmp_path: Path) -> None:
    rule = "{r: {title: {en: R}, rule: rate > 1, source: [c]}}"
    tiers = ", ".join(f"{tier}: {{title: {{en: T}}, requirements: {rule}}}" for tier in ("silver", "gold", "platinum"))
    warnings = findings(tmp_path, facts=FACTS, definitions=DEFINITIONS, tiers=f"award: signed\ntiers: {{{tiers}}}\n")
    assert [code for code, _ in warnings] == ["undefined-status"]
    assert "tier 'silver'" in warnings[0][1]
