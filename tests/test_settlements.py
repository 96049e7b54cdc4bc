"""Settlements: rebates less fees, by hand and on every surface."""

from __future__ import annotations

import csv
import json
from collections import Counter
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from charter import Release, load
from charter.engine.evaluate.outcome_json import outcome_data
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import Job
from charter.engine.portfolio.summary import Key, outcome_counts
from charter.engine.portfolio.summary import summary as put_together
from charter.engine.programme.outcomes import outcomes, own_outcomes
from charter.engine.release.load import read_files
from charter.engine.review.mutants import mutants

from .cli import charter
from .portfolio import portfolios
from .portfolio.portfolios import TODAY, random_partners
from .small_world import evaluate, report, world, write

FACTS = """facts:
  sales: {title: {en: Sales}, kind: money, currency: EUR}
  staff: {title: {en: Staff}, kind: count}
"""
REBATES = """rebates:
  commission: {title: {en: Commission}, amount: sales * 0.1, currency: EUR, per: year, source: [c]}
  extra: {title: {en: Extra}, by_tier: {gold: 7}, currency: EUR, per: year, source: [c]}
  start: {title: {en: Start}, amount: 1, currency: EUR, source: [c]}
"""
FEES = """fees:
  membership: {title: {en: Membership}, amount: 100, when: staff > 0, currency: EUR, per: year, source: [c]}
  exam: {title: {en: Exam}, amount: {band: staff, rows: {0: 0, 1: 3, 6: 18}}, currency: EUR, per: year, source: [c]}
  each: {title: {en: Each}, amount: 2, currency: EUR, per: event, event: {en: for each deal}, source: [c]}
"""
BALANCE = """settlements:
  balance: {title: {en: Balance}, rebates: [commission, extra], fees: [membership, exam], pays_from: 50, source: [c]}
"""
TIERS = """award: signed
tiers:
  silver: {title: {en: Silver}}
  gold: {title: {en: Gold}, requirements: {staffed: {title: {en: Staffed}, rule: staff > 5, source: [c]}}}
"""


def of(folder: Path, **files: str) -> Release:
    """A release with rebates, fees and a settlement of them."""
    return world(
        folder, **{"facts": FACTS, "tiers": TIERS, "rebates": REBATES, "fees": FEES, "settlements": BALANCE, **files}
    )


def by_hand(tier: str, sales: Decimal, staff: int) -> Decimal:
    """What a partner that qualifies for the tier is paid, or under 0 owes."""
    exam = 18 if staff >= 6 else 3 if staff else 0
    amount = sales / 10 + (7 if tier == "gold" else 0) - (100 if staff else 0) - exam
    return amount if amount < 0 or amount >= 50 else Decimal(0)


SALES = [Decimal(number) for number in ("0", "490", "500", "1500", "1529.9", "1530", "1609.9", "1610", "5000")]


def test_a_settlement_is_the_rebates_less_the_fees(tmp_path: Path) -> None:
    release = of(tmp_path)
    for sales, staff, held in product(SALES, (0, 1, 5, 6), ("silver", "gold")):
        outcome = evaluate(release, {"sales": sales, "staff": staff}, tier=held)
        for tier in ("silver", "gold"):
            amount = by_hand(tier, sales, staff)
            (part,) = outcome.of(tier).settlements
            word = "owed" if amount < 0 else "paid" if amount else "not_paid"
            assert (part.amount, part.status) == (amount, word)
            assert (part.currency, part.per, part.source) == ("EUR", "year", ("c",))
        (own,) = outcome.settlements or ()
        qualifies = held == "silver" or staff > 5
        assert own.amount == (by_hand(held, sales, staff) if qualifies else 0)
        assert own.status == (outcome.of(held).settlements[0].status if qualifies else "not_paid")


def test_a_part_that_is_unknown_leaves_it_unknown(tmp_path: Path) -> None:
    release = of(tmp_path)
    for facts, missing in (({"sales": 5}, ("staff",)), ({"staff": 9}, ("sales",))):
        outcome = evaluate(release, facts, tier="silver")
        (own,) = outcome.settlements or ()
        assert (own.amount, own.status, own.unknown) == (None, "unknown", missing)
    (open_,) = evaluate(release, {"sales": 5000}, tier="gold").settlements or ()
    assert (open_.amount, open_.status) == (None, "unknown")
    assert evaluate(release, {"sales": 5, "staff": 9}).settlements is None
    below = REBATES.replace("sales * 0.1", "{band: sales, rows: {100: 5}, below: unknown}")
    without = of(tmp_path / "b", rebates=below)
    (own,) = evaluate(without, {"sales": 5, "staff": 1}, tier="silver").settlements or ()
    assert (own.amount, own.unknown, bool(own.undefined)) == (None, (), True)


def test_a_programme_without_tiers_settles_for_every_partner(tmp_path: Path) -> None:
    rebates = REBATES.replace("by_tier: {gold: 7}", "amount: 7")
    write(tmp_path, facts=FACTS, rebates=rebates, fees=FEES, settlements=BALANCE)
    (tmp_path / "1.0.0" / "tiers.yaml").unlink()
    release = load(tmp_path / "1.0.0")
    (own,) = evaluate(release, {"sales": 2000, "staff": 1}).settlements or ()
    assert (own.amount, own.status) == (104, "paid")
    record = b"partner: P\nfacts: {sales: 2000, staff: 1}\n"
    page = charter("evaluate", "-", "--program", tmp_path, "--lang", "en", input=record).stdout
    assert "Balance 104 EUR a year" in " ".join(page.split())


def test_a_settlement_has_a_key_only_where_the_programme_has_one(tmp_path: Path) -> None:
    data = outcome_data(evaluate(of(tmp_path / "a"), {"sales": 0, "staff": 0}, tier="silver"))
    assert [row["amount"] for row in data["settlements"]] == [0]
    assert [row["id"] for row in data["tiers"]["gold"]["settlements"]] == ["balance"]
    (tmp_path / "b").mkdir()
    release = world(tmp_path / "b", facts=FACTS, tiers=TIERS, rebates=REBATES, fees=FEES)
    data = outcome_data(evaluate(release, {"sales": 0, "staff": 0}, tier="silver"))
    assert "settlements" not in {*data, *data["tiers"]["gold"]}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[commission, extra]", "[comission]", "'comission' is not one of the rebates"),
        ("[membership, exam]", "[commission]", "'commission' is not one of the fees"),
        ("[membership, exam]", "[membership, each]", "'each' is paid each time of an event"),
        ("[commission, extra]", "[start]", "'start' is in EUR once, and 'membership' in EUR a year"),
        (", fees: [membership, exam]", "", "'fees' is missing"),
        ("fees: [membership, exam]", "fees: []", "nothing is written here"),
        ("pays_from: 50", "pays_from: staff", "this is a count"),
        ("source: [c]", "source: [d]", "'d' is not a clause"),
    ],
)
def test_a_mistake_is_told_where_it_stands(tmp_path: Path, old: str, new: str, message: str) -> None:
    files = {"facts": FACTS, "tiers": TIERS, "rebates": REBATES, "fees": FEES}
    text = report(tmp_path, **files, settlements=BALANCE.replace(old, new))
    assert message in text, text
    assert "settlements.yaml:2:" in text


def test_it_is_an_outcome_as_any_other(tmp_path: Path) -> None:
    release = of(tmp_path)
    ids = {"tiers.silver.settlements.balance", "tiers.gold.settlements.balance"}
    assert ids <= {value.id for value in outcomes(release.programme)}
    assert "settlements.balance" in {own.id for own in own_outcomes(release.programme)}
    moved = {mutant.id for mutant in mutants(read_files(tmp_path / "1.0.0")) if "settlements" in mutant.id}
    assert "tiers.silver.settlements.balance.paid: 50 → 51" in moved


def test_a_portfolio_has_a_column_of_it(tmp_path: Path) -> None:
    release = of(tmp_path)
    portfolio, result = tmp_path / "p.csv", tmp_path / "o.csv"
    partners = [(f"P{at}", *parts) for at, parts in enumerate(product(("silver", "gold"), [*SALES, ""], (0, 1, 6, "")))]
    lines = "".join(f"{','.join(map(str, partner))}\n" for partner in partners)
    portfolio.write_text(f"partner,tier,sales,staff\n{lines}", "utf-8")
    done = charter("batch", portfolio, "-o", result, "--program", tmp_path, "--with", "settlements.*")
    assert done.returncode == 0, done.stderr
    with result.open(encoding="utf-8", newline="") as file:
        column = {row["partner"]: row["settlements.balance"] for row in csv.DictReader(file)}
    for id, tier, sales, staff in partners:
        facts = {name: value for name, value in (("sales", sales), ("staff", staff)) if value != ""}
        (own,) = evaluate(release, facts, tier=tier).settlements or ()
        assert (Decimal(column[id]) if column[id] else None) == own.amount


def test_a_difference_says_for_whom_it_is_worse(tmp_path: Path) -> None:
    of(tmp_path / "a")
    files = {"facts": FACTS, "tiers": TIERS, "rebates": REBATES, "fees": FEES}
    write(tmp_path / "b", **files, settlements=BALANCE.replace("pays_from: 50", "pays_from: 60"))
    data = json.loads(charter("diff", tmp_path / "a/1.0.0", tmp_path / "b/1.0.0", "--format", "json").stdout)
    effects = [effect for effect in data["effects"] if effect["what"] == "settlement_amount"]
    assert {effect["judgement"] for effect in effects} == {"worsens"}


def test_other_ids_hit_nobody(tmp_path: Path) -> None:
    """A fact is called as a rebate is, and gets another id itself."""
    files = {"facts": FACTS.replace("staff:", "commission:"), "tiers": TIERS.replace("staff >", "commission >")}
    files |= {"rebates": REBATES, "fees": FEES.replace("staff", "commission"), "settlements": BALANCE}
    write(tmp_path / "a", **files)
    balance = BALANCE.replace("balance:", "remainder:").replace("[commission,", "[provision,").replace("exam]", "test]")
    write(
        tmp_path / "b",
        facts=FACTS,
        tiers=TIERS,
        rebates=REBATES.replace("commission:", "provision:"),
        fees=FEES.replace("exam:", "test:"),
        settlements=balance,
    )
    data = json.loads(charter("diff", tmp_path / "a/1.0.0", tmp_path / "b/1.0.0", "--format", "json").stdout)
    assert sorted(change["code"] for change in data["changes"]) == [
        f"{what}_renamed" for what in ("fact", "fee", "rebate", "settlement")
    ]
    assert {change["judgement"] for change in data["changes"]} == {"neutral"}


def test_the_handbook_says_what_is_set_against_what(tmp_path: Path) -> None:
    of(tmp_path)
    text = charter("handbook", "--program", tmp_path, "--format", "markdown", "--lang", "en").stdout
    assert "| Balance `c` | at least 50 EUR | commission − (membership + exam); in EUR a year |" in text, text
    assert "an amount under 0 is owed by the partner" in text


def test_a_saved_outcome_is_verified(tmp_path: Path) -> None:
    release = of(tmp_path)
    assert load(tmp_path / "1.0.0").programme.digest == release.programme.digest
    saved = tmp_path / "o.json"
    record = b"partner: P\ntier: gold\nfacts: {sales: 9000, staff: 7}\n"
    saved.write_text(charter("evaluate", "-", "--program", tmp_path, "--format", "json", input=record).stdout, "utf-8")
    assert charter("verify", saved, "--program", tmp_path).returncode == 0
    assert json.loads(saved.read_text("utf-8"))["settlements"][0]["amount"] == 789
    saved.write_text(saved.read_text("utf-8").replace("789", "788"), "utf-8")
    done = charter("verify", saved, "--program", tmp_path)
    assert done.returncode == 1
    assert "settlements" in done.stdout


@pytest.mark.parametrize("is_tiered", [True, False])
def test_the_settlements_of_a_portfolio_are_added_up(tmp_path: Path, is_tiered: bool) -> None:
    """Of two of one currency and period, a partner of whom one is unknown is counted, and adds nothing."""
    rows = BALANCE + "  later: {title: {en: Later}, rebates: [commission], fees: [exam], source: [c]}\n"
    if is_tiered:
        release = of(tmp_path / "world", settlements=rows)
    else:
        rebates = "".join(line for line in REBATES.splitlines(True) if "by_tier" not in line)
        rows = rows.replace(", extra]", "]")
        release = world(tmp_path / "world", facts=FACTS, rebates=rebates, fees=FEES, settlements=rows)
    partners = random_partners(release, 120, seed=5)
    portfolio, _ = portfolios.write(tmp_path, release, partners)
    summary = batch(release, Job(portfolio, tmp_path / "out.csv", TODAY, summarised=True)).summary
    counts: Counter[Key] = Counter()
    for partner in partners:
        counts.update(outcome_counts(release.evaluate(partner, as_of=TODAY)))
    assert summary == put_together(release.programme, counts)
    assert summary is not None
    (total,) = [total for total in summary.totals if total.what == "settlements"]
    outcomes_of = [release.evaluate(partner, as_of=TODAY).settlements or () for partner in partners]
    sums = [[part.amount for part in parts] for parts in outcomes_of if parts]
    assert total.amount == sum(sum(amounts) for amounts in sums if None not in amounts)  # type: ignore[arg-type]
    assert (total.currency, total.per) == ("EUR", "year")
    assert total.undetermined > 0
