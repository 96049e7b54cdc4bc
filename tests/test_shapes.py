"""Programmes of other shapes than ASoft's: without tiers, without facts, with orders alone; and fees."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from charter import Release, check, load
from charter.engine.evaluate.outcome_json import outcome_data
from charter.engine.programme.outcomes import OWN_ROLES, outcomes, own_outcomes
from charter.engine.programme.owners import SHOWN, Better
from charter.engine.release.load import read_release
from charter.engine.report.problems import problems_text

from .cli import charter, charter_json
from .small_world import FILES, evaluate, report, world, write

FEES = """
fees:
  entry: {title: {en: Entry fee}, when: n >= 3, amount: 50, currency: EUR, source: [c]}
  year: {title: {en: Membership fee}, amount: 100, currency: EUR, per: year, source: [c]}
"""
REBATES = "rebates: {back: {title: {en: Cash back}, amount: n * 2 * unit, currency: EUR, source: [c]}}\n"
UNIT = "definitions: {unit: {title: {en: Unit}, kind: money, currency: EUR, better: more, value: 1, source: [c]}}\n"
COUNT = "facts: {n: {title: {en: Number}, kind: count}}\n"
GOLD = """
award: highest
tiers:
  silver: {title: {en: Silver}}
  gold: {title: {en: Gold}, requirements: {r: {title: {en: Enough}, rule: n >= 10, source: [c]}}}
"""
LISTS_ALONE = """
lists:
  charges:
    title: {en: Charges}
    default: []
    fields: {amount: {title: {en: Amount}, kind: money, currency: USD, minimum: 0}}
"""
FEE_OF_CHARGES = """
definitions:
  sum: {title: {en: Sum}, kind: money, currency: USD, take: sum, of: amount, over: charges, source: [c]}
  fee:
    title: {en: Fee of charges}
    kind: money
    currency: USD
    better: less
    value: {slices: sum, rows: {0: 10, 150000: 7}}
    source: [c]
"""
ORDERS_ALONE = """
order:
  title: {en: Order}
  fields: {price: {title: {en: Price}, kind: money, minimum: 0}}
  rules: {all: {title: {en: Price}, when: true, partner_pays: price * ratio(75), source: [c]}}
  source: [c]
"""


def shape(folder: Path, **files: str) -> Path:
    """The folder of a release with the two files that each release needs, and these."""
    release = folder / "1.0.0"
    release.mkdir(parents=True)
    needed = {kind: FILES[kind] for kind in ("programme", "clauses")}
    for kind, text in {**needed, **files}.items():
        (release / f"{kind}.yaml").write_text(text, "utf-8")
    return release


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of programmes by name; no file of theirs is there for its shape alone."""
    folder = tmp_path_factory.mktemp("shapes")
    return {
        "payments": shape(folder / "payments", facts=COUNT, fees=FEES, rebates=REBATES, definitions=UNIT),
        "lists": shape(folder / "lists", facts=LISTS_ALONE, definitions=FEE_OF_CHARGES),
        "orders": shape(folder / "orders", prices=ORDERS_ALONE),
        "tiers": shape(folder / "tiers", tiers="award: highest\ntiers: {member: {title: {en: Member}}}\n"),
    }


RECORDS: dict[str, dict[str, Any]] = {
    "payments": {"n": 4},
    "lists": {"charges": [{"amount": 150000}, {"amount": 100}]},
    "orders": {},
    "tiers": {},
}
#: what may not be said of a programme without tiers
OF_TIERS = ("tier", "candidate", "discount", "award")


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in RECORDS if name != "tiers"])
def test_nothing_is_said_of_tiers_where_there_are_none(shapes: dict[str, Path], name: str, tmp_path: Path) -> None:
    """No page, form or table of a programme without tiers has a word, a heading or a column about them."""
    record, program = tmp_path / "record.json", shapes[name]
    record.write_text(json.dumps({"partner": "P", "facts": RECORDS[name]}), "utf-8")
    portfolio, result = tmp_path / "portfolio.csv", tmp_path / "result.csv"
    portfolio.write_text("partner,n\nP,4\n" if name == "payments" else "partner\nP\n", "utf-8")
    calls = (
        ("check", program),
        ("evaluate", record, "--program", program),
        ("evaluate", record, "--program", program, "--format", "markdown"),
        ("evaluate", record, "--program", program, "--format", "html"),
        ("advise", record, "--program", program),
        ("timeline", record, "--program", program, "--from", "2026-01-01", "--to", "2026-12-31"),
        ("form", "--program", program),
        ("handbook", "--program", program, "--format", "markdown"),
        ("batch", portfolio, "-o", result, "--program", program, "--summary", tmp_path / "summary.txt"),
        ("sql", "--program", program, "--dialect", "duckdb"),
    )
    for call in calls:
        done = charter(*call)
        assert done.returncode == 0, (call, done.stderr)
        page = done.stdout.partition("<body>")[2] or done.stdout
        for word in () if call[0] in ("sql",) else OF_TIERS:
            assert word not in page.lower().replace(str(program).lower(), ""), (call, word)
    summary = (tmp_path / "summary.txt").read_text("utf-8")
    assert not any(word in summary.lower() for word in OF_TIERS), summary
    assert list(rows_of(result)[0]) == ["partner"]


def test_lists_alone_are_a_programme(shapes: dict[str, Path]) -> None:
    """10% of the first 150 000 and 7% of what is over, of the charges of one partner."""
    outcome = evaluate(load(shapes["lists"]), RECORDS["lists"])
    assert {value.id: value.value for value in outcome.definitions} == {"sum": 150100, "fee": 15007}
    assert (outcome.tier, outcome.status, outcome.discount, outcome.benefits) == (None, None, None, None)


def test_orders_alone_are_a_programme(shapes: dict[str, Path], tmp_path: Path) -> None:
    order, record = tmp_path / "order.json", tmp_path / "record.json"
    order.write_text(json.dumps({"order": "O", "currency": "EUR", "lines": [{"price": 100}]}), "utf-8")
    record.write_text(json.dumps({"partner": "P", "facts": {}}), "utf-8")
    call = ("quote", order, "--partner", record, "--program", shapes["orders"], "--as-of", "2026-11-23")
    assert charter_json(*call, schema="quote.schema.json")["partner_pays"] == 75
    assert "candidate" not in charter(*call).stdout


def test_a_misspelt_key_is_told_once(tmp_path: Path) -> None:
    """A file that may be without facts is not one whose facts cannot be seen: what uses them is not told as well."""
    program = shape(tmp_path, facts=COUNT.replace("facts:", "fact:"), fees=FEES)
    told = charter("check", program)
    assert told.returncode == 1
    assert "'fact'" in told.stdout
    assert "unknown-name" not in told.stdout


def test_the_fees_and_rebates_of_a_programme_without_tiers_are_those_of_every_partner(shapes: dict[str, Path]) -> None:
    outcome = evaluate(load(shapes["payments"]), {"n": 4})
    assert [(fee.id, fee.status, fee.amount) for fee in outcome.fees or ()] == [
        ("entry", "due", 50),
        ("year", "due", 100),
    ]
    assert [tuple(total) for total in outcome.fee_totals or ()] == [("EUR", "once", 50), ("EUR", "year", 100)]
    assert [tuple(total) for total in outcome.rebate_totals or ()] == [("EUR", "once", 8)]
    few = evaluate(load(shapes["payments"]), {"n": 2})
    assert [(fee.id, fee.status, fee.amount) for fee in few.fees or ()] == [
        ("entry", "not_due", 0),
        ("year", "due", 100),
    ]
    unknown = evaluate(load(shapes["payments"]), {})
    assert next((fee.status, fee.amount, fee.unknown) for fee in unknown.fees or ()) == ("unknown", None, ("n",))


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Tiers that are signed for, gold under a condition; gold alone pays a fund and costs a fee."""
    folder = tmp_path_factory.mktemp("signed")
    fees = "fees: {seal: {title: {en: Seal}, by_tier: {gold: 30}, currency: EUR, per: month, source: [c]}}\n"
    rebates = "rebates: {fund: {title: {en: Fund}, by_tier: {gold: 2}, currency: EUR, source: [c]}}\n"
    return world(folder, facts=COUNT, tiers=GOLD.replace("highest", "signed"), fees=fees, rebates=rebates)


def test_what_a_tier_gives_is_not_what_the_partner_has(signed: Release) -> None:
    """Gold signed for and not reached: the tier would pay and cost, the partner has and owes nothing."""
    outcome = evaluate(signed, {"n": 5}, tier="gold")
    rebates, fees = outcome.rebates or (), outcome.fees or ()
    assert outcome.status == "not_qualified"
    assert [(outcome.of("gold").rebates[0].status, rebates[0].status, rebates[0].amount)] == [
        ("earned", "not_earned", 0)
    ]
    assert [(outcome.of("gold").fees[0].status, fees[0].status, fees[0].amount)] == [("due", "not_due", 0)]
    open_ = evaluate(signed, {}, tier="gold")
    assert [(payment.status, payment.amount) for payment in (*(open_.rebates or ()), *(open_.fees or ()))] == [
        ("unknown", None),
        ("unknown", None),
    ]


def test_own_columns_and_their_sums(signed: Release, tmp_path: Path) -> None:
    """The columns of what each partner's own tier gives and costs equal its outcome, by query and one by one alike."""
    portfolio, result, summary = tmp_path / "p.csv", tmp_path / "o.csv", tmp_path / "s.json"
    rows = [("S", "silver", 5), ("G", "gold", 10), ("N", "gold", 9), ("O", "gold", ""), ("C", "", 10)]
    rows += [(f"Ж{partner}", tier, n) for partner, tier, n in rows]
    portfolio.write_text("partner,tier,n\n" + "".join(f"{p},{t},{n}\n" for p, t, n in rows), "utf-8")
    program = signed.files.folder
    wanted = [("--with", name) for name in ("rebates.*", "fees.*", "fee_total.*")]
    done = charter(
        "batch", portfolio, "-o", result, "--program", program, "--summary", summary,
        *(word for pair in wanted for word in pair),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    columns = ("rebates.fund", "fees.seal", "fee_total.eur.month")
    shown = {row["partner"]: tuple(row[name] and Decimal(row[name]) for name in columns) for row in rows_of(result)}
    expected = {"S": (0, 0, 0), "G": (2, 30, 30), "N": (0, 0, 0), "O": ("", "", ""), "C": ("", "", "")}
    assert shown == {f"{letter}{id}": values for id, values in expected.items() for letter in ("", "Ж")}
    assert json.loads(summary.read_text("utf-8"))["totals"] == [
        {"what": "rebates", "currency": "EUR", "per": "once", "amount": 4, "undetermined": 2},
        {"what": "fees", "currency": "EUR", "per": "month", "amount": 60, "undetermined": 2},
    ]


def test_fees_have_keys_only_where_the_programme_has_fees(signed: Release, tmp_path: Path) -> None:
    data = outcome_data(evaluate(signed, {"n": 10}))
    assert {"fees", "fee_totals"} <= data.keys()
    assert {"fees", "fee_totals"} <= data["tiers"]["silver"].keys()
    without = outcome_data(evaluate(world(tmp_path, facts=COUNT), {"n": 10}))
    assert not {"fees", "fee_totals"} & {*without, *without["tiers"]["gold"]}


def test_the_list_of_outcomes_holds_every_value_that_is_shown(signed: Release, shapes: dict[str, Path]) -> None:
    """Each outcome has the better way of its role, or the one that the release says."""
    for release in (signed, *(load(path) for path in shapes.values())):
        listed = outcomes(release.programme)
        tierless = set() if release.programme.tiers else {"tracks.main.tier"}
        marked = {id for id, value in release.programme.values.items() if value.better is not None}
        assert {value.id for value in listed} == marked - tierless
        assert all(value.better == SHOWN[value.role] for value in listed if value.role in OWN_ROLES)
    by_id = {value.id: value.better for value in outcomes(load(shapes["lists"]).programme)}
    assert by_id == {"definitions.sum": Better.NEITHER, "definitions.fee": Better.LESS}
    assert [own.id for own in own_outcomes(signed.programme)] == [
        "rebates.fund", "rebate_total.eur.once", "fees.seal", "fee_total.eur.month",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "files",
    [
        {"facts": LISTS_ALONE.replace("amount: {title", "paid: {title"), "definitions": FEE_OF_CHARGES},
        {"facts": LISTS_ALONE, "definitions": FEE_OF_CHARGES, "rebates": REBATES.replace("n * 2", "sum + m")},
        {"definitions": """
tables:
  rates:
    title: {en: Rates}
    band: revenue
    rows: {0: {rate: lost}}
    columns: {rate: {title: {en: Rate}, kind: percent}}
    source: [c]
"""},
    ],
    ids=["field", "amount", "table"],
)  # fmt: skip
def test_an_unknown_name_is_a_problem_where_a_file_leaves_its_facts_or_definitions_out(
    tmp_path: Path, files: dict[str, str]
) -> None:
    assert "error[unknown-name]" in report(tmp_path, tiers="award: highest\n", **files)


@pytest.mark.parametrize("prices", [{}, {"prices": ORDERS_ALONE}], ids=["no prices", "prices"])
def test_only_totals_of_an_order_look_at_its_lines(tmp_path: Path, prices: dict[str, str]) -> None:
    lines = "definitions: {lines: {title: {en: Lines}, kind: count, take: count, over: order, source: [c]}}\n"
    assert "error[unknown-list]" in report(tmp_path, definitions=lines, **prices)


@pytest.mark.parametrize("case", ["7", "{when: [], value: 2}", "{when: revenue > 2, value: []}"])
def test_a_case_of_a_wrong_shape_is_the_only_problem(case: str, tmp_path: Path) -> None:
    """It is left out of the list, and the cases beside it keep their places."""
    cases = f"{{cases: [{{when: revenue > 1, value: 1}}, {case}, {{when: lost > 3, value: 3}}], otherwise: 4}}"
    definitions = f"definitions: {{d: {{title: {{en: D}}, kind: number, value: {cases}, source: [c]}}}}\n"
    text = report(tmp_path, definitions=definitions.replace("lost", "revenue"))
    assert text.count("error[") == 1
    assert report(tmp_path, definitions=definitions).count("error[") == 2  # the unknown name is told too


def test_a_benefit_of_a_programme_without_tiers_is_refused(tmp_path: Path) -> None:
    """It would be given to nobody."""
    benefits = "benefits: {seats: {title: {en: Seats}, kind: count, value: 2, source: [c]}}"
    release = write(tmp_path, benefits=benefits)
    (release / "tiers.yaml").unlink()
    problems = problems_text(read_release(release)[1])
    assert "wrong-form]  a benefit is of a tier, and the programme has none" in problems
    assert "write it as a definition" in problems


def test_groups_that_are_only_shown_are_used(tmp_path: Path) -> None:
    facts = """
facts: {revenue: {title: {en: R}, kind: money}}
lists:
  deals: {title: {en: Deals}, fields: {area: {title: {en: Area}, kind: text}, amount: {title: {en: A}, kind: money}}}
  areas:
    title: {en: Areas}
    group: deals
    by: area
    values: {whole: {title: {en: W}, kind: money, take: sum, of: amount, over: deals, show: true, source: [c]}}
"""
    write(tmp_path, facts=facts)
    problems = [problem.message for problem in check(tmp_path)]
    assert not any("areas" in message for message in problems), problems
