"""Outcomes that are undefined name their cause and await no fact."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from charter import Release, statement
from charter.engine.evaluate.outcome_json import outcome_data

from .cli import charter
from .programmes import ROOT
from .small_world import evaluate, world, write
from .test_schemas import validator

FACTS = """
facts:
  done: {title: {en: Done}, kind: count}
  reviews: {title: {en: Reviews}, kind: count}
  audited: {title: {en: Audited}, kind: yes_no, default: true}
  deals_known: {title: {en: Deals known}, kind: yes_no}
lists:
  deals: {title: {en: Deals}, default: [], fields: {amount: {title: {en: Amount}, kind: money}}}
"""
DEFINITIONS = """
definitions:
  rate: {title: {en: Rate}, kind: number, value: reviews / done, source: [c]}
  biggest: {title: {en: Biggest}, kind: money, take: maximum, of: amount, over: deals, empty: unknown, source: [c]}
"""
TIERS = """
tiers:
  gold:
    title: {en: Gold}
    discount: {value: 10, source: [c]}
    requirements:
      share: {title: {en: Share}, rule: "share(reviews, done) >= 50", source: [c]}
      audit: {title: {en: Audit}, rule: audited, source: [c]}
"""
BONUSES = "bonuses: {big: {title: {en: Big}, when: biggest >= 100, percent: {gold: 5}, source: [c]}}\n"
REBATES = "rebates: {fund: {title: {en: Fund}, by_tier: {gold: biggest}, currency: EUR, source: [c]}}\n"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return world(
        tmp_path_factory.mktemp("a"),
        facts=FACTS,
        definitions=DEFINITIONS,
        tiers=TIERS,
        bonuses=BONUSES,
        rebates=REBATES,
    )


def data(release: Release, facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return json.loads(json.dumps(outcome_data(evaluate(release, facts, **more)), default=float))


def test_the_json_names_each_cause_and_fits_its_schema(release: Release) -> None:
    found = data(release, {"done": 0, "reviews": 0, "deals_known": True}, tier="gold")
    share = [{"expression": "share(reviews, done)", "operands": [0, 0]}]
    tier = found["tiers"]["gold"]
    assert (found["status"], found["unknown"], found["undefined"]) == ("undetermined", [], share)
    assert (tier["status"], tier["unknown"], tier["undefined"]) == ("undetermined", [], share)
    assert [(one["status"], one.get("undefined")) for one in tier["requirements"]] == [
        ("unknown", share),
        ("met", None),
    ]
    biggest = "maximum of amount over deals"
    assert tier["discount"]["bonuses"][0]["undefined"] == [{"expression": biggest, "operands": []}]
    assert tier["rebates"][0]["undefined"] == [{"expression": biggest, "operands": []}]
    assert (found["definitions"]["rate"]["value"], found["definitions"]["rate"]["unknown"]) == (None, [])
    assert list(validator("outcome.schema.json").iter_errors(found)) == []


def test_a_cause_is_that_of_the_partner_and_not_of_one_asked_before(release: Release) -> None:
    for reviews in (0, 3, 4, 3):
        found = evaluate(release, {"done": 0, "reviews": reviews}, tier="gold")
        assert [cause.operands for cause in found.undefined] == [(Decimal(reviews), Decimal(0))]
        assert [cause.expression for cause in found.tiers[0].requirements[0].undefined] == ["share(reviews, done)"]


def test_a_share_of_nothing_awaits_no_part_and_a_mixture_only_what_may_decide(release: Release) -> None:
    part_missing = evaluate(release, {"done": 0}, tier="gold")
    assert (part_missing.unknown, [cause.operands[1] for cause in part_missing.undefined]) == ((), [0])
    whole_missing = evaluate(release, {"reviews": 0}, tier="gold")
    assert (whole_missing.unknown, whole_missing.undefined) == (("done",), ())
    failed = evaluate(release, {"done": 0, "audited": False}, tier="gold")
    assert (failed.status, failed.undefined) == ("not_qualified", ())


@pytest.mark.parametrize(
    ("lang", "of", "awaits"),
    [("en", "undefined: “Reviews” as a percentage of “Done”, 0 of 0", "may be decided by"),
     ("ru", "не определено: «Reviews» в процентах от показателя «Done», 0 из 0", "может зависеть от сведений")],
)  # fmt: skip
@pytest.mark.parametrize("award", ["", "award: highest\n"])
def test_the_page_says_what_is_undefined_and_of_what(
    award: str, lang: str, of: str, awaits: str, tmp_path: Path
) -> None:
    world_of = world(tmp_path, facts=FACTS, definitions=DEFINITIONS, tiers=award + TIERS, bonuses=BONUSES)
    more = {} if award else {"tier": "gold"}
    for explain in (False, True):
        page = statement(world_of, evaluate(world_of, {"done": 0, "reviews": 0}, **more), lang=lang, explain=explain)
        assert of in page
        assert awaits not in page
        page = statement(world_of, evaluate(world_of, {"reviews": 0}, **more), lang=lang, explain=explain)
        assert f"{awaits}: Done (done)" in page


def test_a_timeline_says_so_too(release: Release, tmp_path: Path) -> None:
    folder = write(tmp_path / "programme", facts=FACTS, tiers=TIERS)
    record = tmp_path / "record.json"
    record.write_text('{"partner": "P", "tier": "gold", "facts": {"done": 0, "reviews": 0}}')
    call = ("timeline", str(record), "--program", str(folder.parent), "--from", "2026-01-01", "--to", "2026-01-31")
    assert "0 of 0" in charter(*call).stdout
    answer = json.loads(charter(*call, "--format", "json").stdout)
    assert [day["undefined"][0]["expression"] for day in answer["days"]] == ["share(reviews, done)"]
    assert list(validator("timeline.schema.json").iter_errors(answer)) == []


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_json_of_a_shipped_example_has_no_such_key(path: Path) -> None:
    """A definition without a value says only that there is none: null, and no fact that may decide it."""
    done = charter("evaluate", str(path), "--as-of", "2026-11-24", "--format", "json", cwd=ROOT)
    assert '"undefined"' not in done.stdout
    assert json.loads(done.stdout)["result"] == "done"
