"""A portfolio of an earlier release decides as before, through the migrations since; what cannot be carried is told."""

from __future__ import annotations

import csv
import random
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import charter
import duckdb
import pytest

from ..cli import charter as run
from ..programmes import ASOFT, ROOT, copy_of, edit
from ..test_migration import same_name
from ..test_migration_parts import two_releases
from ..three_releases import next_release, random_record, rename, three_releases

DAY = date(2028, 11, 24)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return three_releases(tmp_path_factory.mktemp("three"))


@pytest.fixture(scope="module")
def releases(program: Path) -> list[charter.Release]:
    return [charter.load(program, release=number) for number in ("1.0.0", "2.0.0", "3.0.0")]


def rows_of(number: int, seed: int = 0) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    records = [random_record(chance, index) for index in range(number)]
    return [{"partner": record["partner"], "tier": record.get("tier"), **record["facts"]} for record in records]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    """The rows as a file in the format of its suffix."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    plain = [{name: str(value) if isinstance(value, Decimal) else value for name, value in row.items()} for row in rows]
    if path.suffix == ".jsonl":
        lines = (
            charter.to_json({id: value for id, value in row.items() if value is not None}, indent=None) for row in rows
        )
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        return path
    source = path.with_suffix(".csv")
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(
            {id: str(value).lower() if isinstance(value, bool) else value for id, value in row.items()} for row in plain
        )
    if path.suffix == ".parquet":
        duckdb.sql(f"COPY (SELECT * FROM read_csv('{source}', all_varchar=false)) TO '{path}' (FORMAT parquet)")
        source.unlink()
    return path


def decided(release: charter.Release, path: Path, out: Path, **how: Any) -> tuple[str, charter.BatchResult]:
    result = charter.batch(release, path, out, as_of=DAY, **how)
    return out.read_text("utf-8"), result


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl"])
def test_a_portfolio_decides_alike_under_the_later_releases(suffix: str, releases: Any, tmp_path: Path) -> None:
    rows = rows_of(400)
    for row in rows:
        row["fax"] = "+7 495 1"
    path = write(tmp_path / f"old.{suffix}", rows)
    before, first = decided(releases[0], path, tmp_path / "1.csv")
    assert first.decided == 400
    for how in ({}, {"written_for": "1.0.0"}):
        for number, release in enumerate(releases[1:], 2):
            after, result = decided(release, path, tmp_path / f"{number}.csv", **how)
            assert (after, result.decided) == (before, 400)
            assert not [problem for problem in result.problems if problem.level != "note"]


@pytest.mark.slow
def test_ten_thousand_partners_decide_alike(releases: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "old.csv", rows_of(10_000, 1))
    before, first = decided(releases[0], path, tmp_path / "1.csv")
    assert first.decided == 10_000
    for release in releases[1:]:
        assert decided(release, path, tmp_path / "later.csv")[0] == before


def test_a_row_that_cannot_be_carried_over_keeps_its_number(program: Path, releases: Any, tmp_path: Path) -> None:
    rows = rows_of(5)
    rows[1]["certified_admins"], rows[3]["turnover"], rows[4]["partner"] = "x", "1e40", ""
    path = write(tmp_path / "old.csv", rows)
    done = run("batch", str(path), "-o", str(tmp_path / "out.csv"), "--program", str(program), "--release", "3.0.0")
    assert done.returncode == 4
    assert "5 rows: 2 decided, 3 rejected" in done.stdout
    assert "row 2, partner P-1: certified_admins: 'x' is not a number" in done.stderr
    assert "row 5: " in done.stderr
    assert "portfolio_old" not in done.stderr
    assert "not-carried-over" in done.stderr
    with (tmp_path / "out.rejects.csv").open(encoding="utf-8", newline="") as file:
        rejects = list(csv.DictReader(file))
    assert [(row["row"], row["partner"]) for row in rejects] == [("2", "P-1"), ("4", "P-3"), ("5", "")]
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        assert [row["partner"] for row in csv.DictReader(file)] == ["P-0", "P-2"]


def test_what_is_gone_is_told_once(program: Path, tmp_path: Path, releases: Any) -> None:
    copy = Path(shutil.copytree(program, tmp_path / "p"))
    path = copy / "3.0.0" / "migration.yaml"
    path.write_text(path.read_text("utf-8").replace("dropped: [fax]\n", ""), "utf-8")
    rows = [{**row, "fax": "1"} for row in rows_of(20)]
    release = charter.load(copy, release="3.0.0")
    _, result = decided(release, write(tmp_path / "old.csv", rows), tmp_path / "out.csv")
    assert [problem.code for problem in result.problems if problem.level == "warning"] == ["fact-gone"]


def test_a_column_with_another_meaning_is_not_guessed(tmp_path: Path) -> None:
    release = charter.load(same_name(tmp_path / "p"), release="2.0.0")
    old = charter.load(tmp_path / "p", release="1.0.0")
    rows = rows_of(50)
    path = write(tmp_path / "old.csv", rows)
    with pytest.raises(charter.InvalidInput, match=r"may be written for 2\.0\.0 or for 1\.0\.0"):
        decided(release, path, tmp_path / "out.csv")
    assert (
        decided(release, path, tmp_path / "2.csv", written_for="1.0.0")[0] == decided(old, path, tmp_path / "1.csv")[0]
    )
    assert (
        decided(release, path, tmp_path / "2.csv", written_for="2.0.0")[0] != decided(old, path, tmp_path / "1.csv")[0]
    )
    without = write(tmp_path / "without.csv", [{"partner": "P", "certified_admins": 1}])
    assert decided(release, without, tmp_path / "out.csv")[1].decided == 1
    with pytest.raises(charter.InvalidInput, match="no way leads"):
        decided(release, path, tmp_path / "out.csv", written_for="0.1.0")


def test_lists_and_agreements_go_along(tmp_path: Path) -> None:
    program = two_releases(tmp_path / "p")
    first, second = (charter.load(program, release=number) for number in ("1.0.0", "2.0.0"))
    facts = [{"partner": f"P{n}", "tier": "silver", "revenue": 5, "people": n, "region": "north"} for n in range(6)]
    portfolio = write(tmp_path / "old.csv", facts)
    sales = [{"partner": f"P{n % 6}", "amount": n / 2, "stage": ("won", "lost")[n % 2], "note": "x"} for n in range(20)]
    sold = write(tmp_path / "sales.csv", sales)
    agreed = write(tmp_path / "agreed.csv", [
        {"partner": "P1", "term": "tiers.silver.discount", "value": 9, "document": "1", "from": "2026-01-01"},
        {"partner": "P2", "term": "definitions.bonus_thousands", "value": 3, "document": "1", "from": "2026-01-01"},
    ])  # fmt: skip
    more = ["definitions.sold"]
    charter.batch(
        first, portfolio, tmp_path / "1.csv", as_of=DAY, lists={"sales": sold}, agreements=agreed, columns=more
    )
    charter.batch(
        second, portfolio, tmp_path / "2.csv", as_of=DAY, lists={"sales": sold}, agreements=agreed, columns=more
    )
    one, two = ((tmp_path / f"{n}.csv").read_text("utf-8").replace("silver", "basic").splitlines() for n in (1, 2))
    assert one[0] == two[0]
    for old, new in zip(csv.reader(one[1:]), csv.reader(two[1:]), strict=True):
        assert new[:-1] == old[:-1]
        if int(new[0][1:]) % 2:  # its sales are lost ones, an option that is dropped: the new state is unknown
            assert new[-1] == ""
        else:
            assert Decimal(new[-1]) == Decimal(old[-1]) * 1000
    sold.write_text(sold.read_text("utf-8").replace("won", "win", 1), "utf-8")
    with pytest.raises(charter.InvalidInput, match=r"sales\.csv', row 1: stage: 'win'"):
        charter.batch(second, portfolio, tmp_path / "2.csv", as_of=DAY, lists={"sales": sold})


# Two releases over one portfolio --------------------------------------------------------------------------------------


def test_a_migration_hits_nobody_where_the_rules_are_the_same(releases: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "old.csv", rows_of(200))
    order = charter.read(ROOT / "examples" / "orders" / "mixed.yaml")
    for before, after in ((0, 1), (0, 2)):
        compared = charter.compare(releases[before], releases[after], path, as_of=DAY, orders={"P-3": order})
        assert (compared.rows, compared.decided, compared.differing) == (200, 200, 0)
        assert compared.orders
        (priced,) = compared.orders.orders
        assert priced.before == priced.after
    second = [releases[1].record(record).facts for record in (random_record(random.Random(3), n) for n in range(200))]
    later = write(tmp_path / "second.csv", [{"partner": f"P-{n}", **facts} for n, facts in enumerate(second)])
    compared = charter.compare(releases[1], releases[2], later, as_of=DAY)
    assert (compared.rows, compared.decided, compared.differing) == (200, 200, 0)


def test_a_changed_rule_is_seen_through_a_migration(program: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(program, tmp_path / "p"))
    rules = copy / "2.0.0" / "bonuses.yaml"
    rules.write_text(rules.read_text("utf-8").replace("turnover_rub >= 500000", "turnover_rub >= 500000.01"), "utf-8")
    before, after = (charter.load(copy, release=number) for number in ("1.0.0", "2.0.0"))
    rows = [{**row, "own_events_held": 0, "turnover": Decimal(500), "tier": "retail"} for row in rows_of(50)]
    compared = charter.compare(before, after, write(tmp_path / "old.csv", rows), as_of=DAY)
    assert compared.differing > 0


def pure_renaming(folder: Path) -> Path:
    """Two releases that differ in names alone: of a fact, an option and a tier."""
    first = copy_of(ASOFT, folder)
    lines = (
        "facts:\n  certified_engineers: certified_admins\n  paid_in: {was: bonus_return, options: {goods: licences}}\n"
    )
    second = next_release(first, "2.0.0", f'from: "1.0.0"\n{lines}tiers: {{expert: competency}}\n')
    edit(second, "facts.yaml", "      licences: {title", "      goods: {title")
    for old, new in {
        "certified_admins": "certified_engineers",
        "bonus_return": "paid_in",
        "competency": "expert",
    }.items():
        rename(second, old, new)
    return folder


def test_a_pure_renaming_changes_nothing_for_anybody(tmp_path: Path) -> None:
    program = pure_renaming(tmp_path / "p")
    before, after = (charter.load(program, release=number) for number in ("1.0.0", "2.0.0"))
    rows = [{id: value for id, value in row.items() if id != "turnover"} for row in rows_of(300)]
    path = write(tmp_path / "old.csv", rows)
    compared = charter.compare(before, after, path, as_of=DAY)
    assert (compared.rows, compared.decided, compared.differing, compared.moves) == (300, 300, 0, ())
    old, new = decided(before, path, tmp_path / "1.csv")[0], decided(after, path, tmp_path / "2.csv")[0]
    assert new.replace("expert", "competency") == old
    done = run("diff", "1.0.0", "2.0.0", "--program", str(program), "--portfolio", str(path), "--as-of", str(DAY))
    assert done.returncode == 0, done.stderr
    assert "changes: no partner is affected" in done.stdout
    assert "tier renamed: competency → expert" in done.stdout
    assert "option renamed: licences → goods" in done.stdout


def test_agreements_on_terms_with_other_names_are_not_compared(tmp_path: Path) -> None:
    program = two_releases(tmp_path / "p")
    first, second = (charter.load(program, release=number) for number in ("1.0.0", "2.0.0"))
    agreement = {"term": "tiers.silver.discount", "value": 9, "document": "1", "from": "2026-01-01"}
    record = {"partner": "P", "tier": "silver", "facts": {"people": 1}, "agreements": [agreement]}
    with pytest.raises(charter.WrongCall, match="terms have other names"):
        charter.unreached(first, second, [record], as_of=DAY)


def test_agreements_on_terms_that_stay_are_compared(releases: Any) -> None:
    agreement = {"term": "tiers.competency.discount", "value": 30, "document": "1", "from": "2026-01-01"}
    facts = {"certified_admins": 2, "turnover": 5}
    record = {"partner": "P", "tier": "competency", "facts": facts, "agreements": [agreement]}
    under = charter.unreached(releases[0], releases[2], [record], as_of=DAY)
    assert (under.agreements, under.affected, under.problems) == (1, (), ())


# A portfolio, rewritten -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl"])
def test_a_rewritten_portfolio_decides_as_the_old_one(
    suffix: str, program: Path, releases: Any, tmp_path: Path
) -> None:
    old, new = write(tmp_path / "old.csv", rows_of(200)), tmp_path / f"new.{suffix}"
    done = run("migrate", str(old), "-o", str(new), "--program", str(program), "--release", "3.0.0")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert f"{new}: 200 rows of a portfolio of 3.0.0" in done.stderr
    before = decided(releases[0], old, tmp_path / "1.csv")[0]
    assert decided(releases[2], new, tmp_path / "3.csv", written_for="3.0.0")[0] == before
    again = run("migrate", str(new), "-o", str(tmp_path / "x.csv"), "--program", str(program), "--release", "3.0.0")
    assert again.returncode == 2
    assert "is a portfolio of 3.0.0 already" in again.stderr


def test_a_portfolio_is_rewritten_whole_or_not_at_all(program: Path, tmp_path: Path) -> None:
    rows = rows_of(5)
    rows[3]["certified_admins"] = "x"
    old, new = write(tmp_path / "old.csv", rows), tmp_path / "new.csv"
    done = run("migrate", str(old), "-o", str(new), "--program", str(program), "--release", "3.0.0")
    assert done.returncode == 4
    assert "row 4, partner P-3: certified_admins: 'x' is not a number" in done.stderr
    assert not new.exists()
    assert run("migrate", str(old), "-o", str(old), "--program", str(program)).returncode == 2
