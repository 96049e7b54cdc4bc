"""`charter test`: the scenarios of a release pass, notice every change, and say plainly what differed."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
import simplejson
from charter import InvalidProgramme, load
from charter.engine.release.load import read_files
from charter.engine.report.scenarios import scenarios_text
from charter.engine.review.findings import run_problems, scenario_run
from charter.engine.review.mutants import mutants, survivors
from charter.engine.review.scenarios import ScenarioResult, read_no_difference, read_scenarios, run, unreached_parts

from ..cli import charter
from ..programmes import ASOFT, ROOT, SMALL, copy_of, edit
from ..small_world import FILES, write
from ..small_world import SCENARIOS as RICH

PROGRAMMES = [ASOFT, *sorted((ROOT / "examples" / "programmes").glob("*/1.0.0"))]


def results(folder: Path) -> tuple[ScenarioResult, ...]:
    release = load(folder)
    return run(release, read_scenarios(folder, release))


@pytest.mark.parametrize("folder", PROGRAMMES, ids=lambda path: path.parent.name)
def test_every_scenario_comes_out_as_written(folder: Path) -> None:
    found = results(folder)
    assert len(found) >= 4
    assert [(result.scenario.id, result.differences) for result in found if result.differences] == []


def test_the_scenarios_reach_all_89_clauses_and_every_condition_both_ways() -> None:
    reached = unreached_parts(load(ASOFT), results(ASOFT))
    assert reached == ((), (), (), ())


def test_no_change_of_the_programme_goes_unnoticed() -> None:
    """But for those listed, with the reason; and no reason is given for a change that is noticed."""
    release = load(ASOFT)
    total, alive, left = survivors(read_files(ASOFT), read_scenarios(ASOFT, release))
    assert total > 150
    assert left == 0
    assert {mutant.id for mutant in alive} == set(read_no_difference(ASOFT))


def test_a_mutant_is_one_change_at_its_line() -> None:
    found = {mutant.id: mutant for mutant in mutants(read_files(SMALL))}
    assert {
        "tiers.silver.requirements.sells: revenue > 0 → revenue >= 0",
        "tiers.gold.requirements.productive: 1000.5 → 1000.6",
        "tiers.gold.requirements.productive: 1000.5 → 1000.4",
        "definitions.enough.gold: 3 → 4",
        "tiers.gold.bonuses.audit: 1.5 → 1.6",
        "tiers.silver.benefits.plaque: false → true",
    } <= set(found)
    place = found["tiers.gold.requirements.productive: 1000.5 → 1000.6"].place
    assert (Path(place.source.path).name, place.line) == ("tiers.yaml", 15)


def test_a_mutant_leaves_a_tier_out_moves_the_first_day_or_reads_a_clause_otherwise() -> None:
    found = {mutant.id: mutant for mutant in mutants(read_files(ASOFT))}
    days = {id for id in found if id.startswith("effective.from")}
    assert days == {"effective.from: 2026-01-01 → 2025-12-31", "effective.from: 2026-01-01 → 2026-01-02"}
    assert sum(id.startswith("reading: ") for id in found) == 28
    left_out = {id for id in found if ": without " in id}
    assert {
        "bonuses.sales_plan.percent: without retail",
        "bonuses.events.rates.own_event.percent: without saas",
    } <= left_out
    # A benefit has a value for every tier: without one it is no release, and so no mutant.
    assert not any(id.startswith("benefits") for id in left_out)
    without = found["bonuses.sales_plan.percent: without retail"]
    bonuses = without.release.programme.tiers["retail"].discount.bonuses
    assert [bonus.id for bonus in bonuses] == ["events"]
    assert Path(without.place.source.path).name == "bonuses.yaml"


def test_a_scenario_that_fails_shows_the_values_under_the_expression(tmp_path: Path) -> None:
    release = copy_of(ASOFT, tmp_path)
    edit(release, "definitions.yaml", "{competency: 2, saas: 2}", "{competency: 3, saas: 2}")
    ran = scenario_run(read_files(release), mutants=False)
    failed = {result.scenario.id: result.differences for result in ran.results if result.differences}
    assert "tier_by_code" in failed
    assert [(one.path, one.expected, one.actual) for one in failed["competency_two_activities"]] == [
        ("status", "qualified", "not_qualified")
    ]
    text = scenarios_text(ran)
    assert "scenarios/tiers.yaml" in text
    assert "tiers.competency.requirements.staff: expected met, found not_met" in text
    assert "      certified_admins >= required_admins = no\n        certified_admins = 2  [c4-competency-staff" in text


SCENARIOS = RICH % "gold"


def told(folder: Path, text: str, **files: str) -> str:
    release = write(folder, **files)
    (release / "scenarios").mkdir()
    (release / "scenarios" / "one.yaml").write_text(text, "utf-8")
    try:
        found = run(load(release), read_scenarios(release, load(release)))
    except InvalidProgramme as refused:
        return "; ".join(f"{problem.code}: {problem.message}" for problem in refused.problems)
    return "; ".join(f"{one.path}: {one.expected} {one.actual}" for result in found for one in result.differences)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", ""),
        ("tier: gold", "tier: silver", "tier: silver gold"),
        ("{tier: gold}", "{teir: gold}", "teir: gold None"),
        ("{tier: gold}", "{tiers: {gold: qualified}}", ""),
        ("{tier: gold}", "{benefits: []}", ""),
        ("{tier: gold}", "{benefits: [{id: x}]}", "benefits: [{'id': 'x'}] []"),
        ("{tier: gold}", "{benefits: null}", "benefits: None []"),
        ("{tier: gold}", "{discount: null}", ""),
        ("{tier: gold}", "{tiers: {gold: null}}", "tiers.gold: None qualified"),
        ("{tier: gold}", "{tiers: {gold: {requirements: null}}}", "tiers.gold.requirements: None []"),
        ("{tier: gold}", "{tiers: null}", "wrong-type: nothing stands here; a map of keys is needed"),
        ("{tier: gold}", "{tiers: [gold]}", "wrong-type: a list stands here; a map of keys is needed"),
        ("{tier: gold}", "{}", "missing-value: nothing is written here"),
        ("expect:", "quote: {complete: true}\n    expect:", "missing-key: 'order' is missing"),
        ("expect: {tier: gold}", "order: {lines: []}\n    quote: {}", "missing-value: nothing is written here"),
        ("expect: {tier: gold}", "expcet: {tier: gold}", "unknown-key: 'expcet' is not a key here"),
        ("2026-11-23", "2026-11-31", "wrong-type: 'as_of' is a day"),
        ("revenue: 5", "revenu: 5", "unknown-fact: 'revenu' is not a fact"),
        ("{partner: P, facts: {revenue: 5}}", "nowhere.yaml", "unreadable-file: 'nowhere.yaml' cannot be read"),
    ],
)
def test_what_is_expected_and_what_is_wrong(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert told(tmp_path, SCENARIOS.replace(old, new, 1) if old else SCENARIOS).startswith(expected)


REBATES = "rebates: {fund: {title: {en: Fund}, amount: revenue * 0.3, currency: EUR, source: [c]}}"
PRICES = """
order:
  title: {en: Order}
  fields: {list_price: {title: {en: Price}, kind: money}}
  totals: {large: {title: {en: Large}, kind: yes_no, take: any, of: list_price > 100, over: order, source: [c]}}
  rules: {all: {title: {en: All}, when: true, partner_pays: list_price, source: [c]}}
  refusals: {free: {title: {en: Free}, when: list_price == 0, source: [c]}}
  source: [c]
"""


@pytest.mark.parametrize(
    ("rebates", "expected"),
    [
        ("{fund: earned}", ""),
        ("{fund: 1.5}", ""),
        ("{fund: 1.50}", ""),
        ("{fund: {amount: 1.5}}", ""),
        ("{fund: 1.6}", "rebates.fund: 1.6 1.5"),
        ("{fund: not_earned}", "rebates.fund: not_earned earned"),
    ],
)
def test_a_word_stands_for_a_status_and_a_number_for_an_amount(tmp_path: Path, rebates: str, expected: str) -> None:
    text = SCENARIOS.replace("{tier: gold}", f"{{rebates: {rebates}}}")
    assert told(tmp_path, text, rebates=REBATES) == expected


@pytest.mark.parametrize("price", [5, 0])
def test_refusals_by_their_ids_and_totals_that_no_scenario_shows(tmp_path: Path, price: int) -> None:
    """The truth of a total is not in a quote, so none is said to be only ever so."""
    refusals = "[free]" if price == 0 else "[]"
    quote = f"quote: {{lines: [{{refusals: {refusals}}}]}}"
    order = f"order: {{order: O, currency: EUR, lines: [{{list_price: {price}}}]}}"
    release = write(tmp_path, prices=PRICES)
    (release / "scenarios").mkdir()
    text = SCENARIOS.replace("expect: {tier: gold}", f"{order}\n    {quote}")
    (release / "scenarios" / "one.yaml").write_text(text, "utf-8")
    (result,) = run(load(release), read_scenarios(release, load(release)))
    assert result.differences == ()
    assert not any("large" in id for id, _ in unreached_parts(load(release), [result]).one_way)


def test_a_part_of_an_outcome_is_not_nothing(tmp_path: Path) -> None:
    release = copy_of(ASOFT, tmp_path)
    edit(release, "scenarios/bonuses.yaml", "discount: {uncapped: 22.5, cap: 40, total: 22.5}", "discount: null")
    found = {one.scenario.id: one.differences for one in results(release) if one.differences}
    assert [(one.path, one.expected, one.actual["total"]) for one in found.pop("every_bonus_retail")] == [
        ("discount", None, Decimal("22.5"))
    ]
    assert not found
    text = scenarios_text(scenario_run(read_files(release), mutants=False))
    assert 'discount: expected nothing, found {"base": 10, "bonuses": [{"id": "' in text
    assert "Decimal" not in text


def test_a_file_of_scenarios_that_would_be_passed_over_is_told(tmp_path: Path) -> None:
    release = copy_of(ASOFT, tmp_path)
    (release / "scenarios" / "bonuses.yaml").rename(release / "scenarios" / "bonuses.yml")
    for words in (("test",), ("check",)):
        done = charter(*words, release)
        assert done.returncode == (3 if words == ("test",) else 1)
        told = done.stdout + done.stderr
        assert "error[unknown-file]  'bonuses.yml' is not a file of scenarios" in told
        assert "rename it to bonuses.yaml" in told


def test_a_record_may_be_that_of_a_file_with_some_facts_otherwise(tmp_path: Path) -> None:
    text = SCENARIOS.replace(
        "record: {partner: P, facts: {revenue: 5}}", "record: one/p.yaml\n    but: {facts: {revenue: 7}}"
    ).replace("{tier: gold}", "{facts: {revenue: 7, deals: 3}}")
    (tmp_path / "1.0.0" / "scenarios" / "one").mkdir(parents=True)
    (tmp_path / "1.0.0" / "scenarios" / "one" / "p.yaml").write_text(
        "partner: P\nfacts: {revenue: 5, deals: 3}\n", "utf-8"
    )
    release = write(tmp_path, facts=FILES["facts"].rstrip("}\n") + "}, deals: {title: {en: Deals}, kind: count}}\n")
    (release / "scenarios" / "one.yaml").write_text(text, "utf-8")
    assert [result.differences for result in run(load(release), read_scenarios(release, load(release)))] == [()]


ORDERS = """lists:
  orders:
    title: {en: Orders}
    fields:
      amount: {title: {en: Amount}, kind: money}
      paid: {title: {en: Paid}, kind: yes_no, default: true}
    values: {owed: {title: {en: Owed}, kind: money, value: amount * 2 if paid else amount * 10, source: [c]}}
"""
THREE = "record: {partner: P, facts: {orders: [{amount: 1}, {amount: 2, paid: false}, {amount: 3}]}}"


@pytest.mark.parametrize(
    ("but", "expect", "expected"),
    [
        ("{}", "{1: {owed: 2}, 3: {owed: 6}}", ""),
        ("{}", "{2: {owed: 20.0}}", ""),
        ("{}", "{2: {owed: 5}, 3: {owed: 6}}", "lists.orders[2].owed: 5 20"),
        ("{}", "{4: {owed: 2}}", "lists.orders.4: {'owed': Decimal('2')} None"),
        ("{}", "{0: null, 01: null}", "lists.orders.0: None None; lists.orders.01: None None"),
        ("{2: {amount: 5}}", "[{owed: 2}, {owed: 50}, {owed: 6}]", ""),
        ("{1: {amount: 7}, 3: {paid: false}}", "{1: {owed: 14}, 2: {owed: 20}, 3: {owed: 30}}", ""),
        ("{2: {amount: null}}", "{1: {owed: 2}, 2: {owed: null}}", ""),
        ("{4: {amount: 5}}", "[{}, {}, {}, {owed: 10}]", ""),
        ("{4: {amount: 5}, 5: {amount: 6}}", "{4: {owed: 10}, 5: {owed: 12}}", ""),
        ("[{amount: 9}]", "[{owed: 18}]", ""),
        ("{5: {amount: 5}}", "{}", "unknown-key: '5' is not a key here"),
        ("{0: {amount: 5}}", "{}", "unknown-key: '0' is not a key here"),
        ("{amount: 5}", "{}", "unknown-key: 'amount' is not a key here"),
        ("{2: {amuont: 5}}", "{}", "unknown-fact: 'amuont' is not a field of 'orders'"),
        ("{2: {amount: many}}", "{}", "bad-fact: amount: "),
        ("{2: 5}", "{}", "bad-fact: orders: an item is a map of its fields"),
        ("{2: null}", "{}", "bad-fact: orders: an item is a map of its fields"),
    ],
)
def test_items_of_a_list_are_expected_and_changed_by_their_numbers(
    tmp_path: Path, but: str, expect: str, expected: str
) -> None:
    text = SCENARIOS.replace(
        "record: {partner: P, facts: {revenue: 5}}", f"{THREE}\n    but: {{facts: {{orders: {but}}}}}"
    )
    found = told(tmp_path, text.replace("{tier: gold}", f"{{lists: {{orders: {expect}}}}}"), facts=ORDERS)
    assert found.startswith(expected) if expected else not found


@pytest.mark.parametrize(
    ("expect", "help"),
    [
        ("{teir: gold}", "did you mean 'tier'?"),
        ("{zzz: gold}", None),
        ("{tiers: {gild: qualified}}", "did you mean 'gold'?"),
        ("{tiers: {zzz: qualified}}", "known here: gold"),
        ("{lists: {orders: {7: {owed: 2}}}}", "known here: 1, 2, 3"),
        ("{lists: {orders: {2: {owd: 2}}}}", "did you mean 'owed'?"),
        ("{lists: {orders: {2: {owed: 2}}}}", None),
        ("{rebate_totals: {1: {amount: 5}}}", None),
    ],
)
def test_a_key_that_is_not_there_is_told_with_the_one_that_is_meant(
    tmp_path: Path, expect: str, help: str | None
) -> None:
    release = write(tmp_path, facts=ORDERS)
    (release / "scenarios").mkdir()
    text = SCENARIOS.replace("record: {partner: P, facts: {revenue: 5}}", THREE).replace("{tier: gold}", expect)
    (release / "scenarios" / "one.yaml").write_text(text, "utf-8")
    ran = scenario_run(read_files(release), mutants=False)
    ((difference,),) = [result.differences for result in ran.results]
    assert difference.help == help
    shown = scenarios_text(ran)
    assert (f"\n      {help}\n" in shown) if help else ("did you mean" not in shown and "known here" not in shown)
    problem = next(problem for problem in run_problems(ran) if problem.code == "scenario-differs")
    assert problem.help == (help or "mend the programme, or what the scenario expects")
    assert problem.place is not None
    assert problem.place.line_text.strip().startswith("expect:")


command = partial(charter, "test")


@pytest.mark.slow
def test_the_command_says_yes_or_no(tmp_path: Path) -> None:
    done = command("--format", "json", "--mutants")
    data = simplejson.loads(done.stdout)
    assert (done.returncode, data["result"], data["mutants"]["left"]) == (0, "done", [])
    assert {one["status"] for one in data["scenarios"]} == {"passed"}
    release = copy_of(ASOFT, tmp_path)
    edit(release, "bonuses.yaml", "value: 40", "value: 39")
    done = command(str(release), "--format", "json")
    data = simplejson.loads(done.stdout)
    assert (done.returncode, data["result"]) == (1, "findings")
    (failed,) = (one for one in data["scenarios"] if one["id"] == "every_bonus_competency")
    assert [(one["path"], one["expected"], one["found"]) for one in failed["differences"]] == [
        ("discount.cap", 40, 39),
        ("discount.total", 40, 39),
    ]
    # Mutants are tried where every scenario comes out as expected; where they are not, that is said.
    assert (data["mutants"], data["mutants_skipped"]) == (None, False)
    done = command(str(release), "--format", "json", "--mutants")
    data = simplejson.loads(done.stdout)
    assert (done.returncode, data["mutants"], data["mutants_skipped"]) == (1, None, True)
    for format in ("text", "github"):
        done = command(str(release), "--mutants", "--format", format)
        assert "mutants not tried: first every scenario has to come out as expected" in done.stdout + done.stderr
        assert "mutants" not in command(str(release), "--format", format).stdout
    # A scenario that no longer notices anything leaves a mutant, which is told at its line.
    release = copy_of(ASOFT, tmp_path / "weaker")
    edit(release, "scenarios/bonuses.yaml", "discount: {uncapped: 22.5, cap: 40, total: 22.5}", "status: qualified")
    done = command(str(release), "--mutants")
    assert done.returncode == 0  # another scenario still notices
    for path in (release / "scenarios").glob("*.yaml"):
        path.unlink()
    done = command(str(release))
    assert done.returncode == 3
    assert "this release has no scenarios" in done.stderr
