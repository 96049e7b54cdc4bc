"""A portfolio as CSV, JSON Lines and Parquet, and the query in a database, decide each partner as `evaluate` does."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
import simplejson
from charter import BatchResult, Release, WrongCall, batch, sql
from charter.engine.portfolio.sql.columns import ITEM, outcome_columns, tier_names, wanted_values
from charter.engine.programme.model import MAIN, ORDER, Fact
from charter.engine.values import NUMERIC, Kind

from ..portfolio import portfolios
from .partners import DAY, Partner, Partners
from .programmes import Files, compiled
from .small import OF_A_FIELD_WITH_TWO_DEFAULTS, OF_A_LIST_WITHOUT_FILE, OF_AN_AGREEMENT
from .trials import each, trials

FORMATS = ("csv", "jsonl", "parquet")
PARTNERS = 25
_Rows = Mapping[str, Mapping[str, Any]]
_Totals = Mapping[tuple[str, str, str], tuple[Decimal, int]]


def a_portfolio(
    release: Release, chance: Random, files: float, *, agreements: bool = True
) -> tuple[list[Partner], list[str]]:
    """Partners as tables can hold them, and the lists that have a table: every partner has all of these, or none.

    `files` is how likely a list has one.
    """
    makers = Partners(release.programme, chance, any_term=True)
    lists = [id for id in release.programme.lists if id != ORDER and chance.random() < files]
    partners = [makers.partner(f"P-{number:03}") for number in range(PARTNERS)]
    for partner in partners:
        facts = partner["facts"]
        for id in release.programme.lists:
            if id in lists:
                facts.setdefault(id, [])
            else:
                facts.pop(id, None)
        if not agreements:
            partner.pop("agreements", None)
    return partners, lists


def expected(release: Release, partners: Sequence[Partner], more: Sequence[str]) -> _Rows:
    """The columns that `evaluate` gives, by partner."""
    return {
        partner["partner"]: portfolios.columns_of(release, release.evaluate(partner, as_of=DAY), more)
        for partner in partners
    }


def difference(rows: _Rows, wanted: _Rows, partners: Sequence[Partner]) -> str | None:
    """The first column of a partner that has another value than wanted."""
    for partner in partners:
        id = partner["partner"]
        for name, value in wanted[id].items():
            if id not in rows or rows[id][name] != value:
                return f"{name} is {rows.get(id, {}).get(name)}, not {value}, of {partner}"
    return None


@pytest.mark.parametrize("fault", ["batch", "sql"])
@pytest.mark.parametrize(
    ("files", "with_files"),
    [
        pytest.param(OF_A_LIST_WITHOUT_FILE, 0, id="no file"),
        pytest.param(OF_AN_AGREEMENT, 1, id="agreement"),
        pytest.param(OF_A_FIELD_WITH_TWO_DEFAULTS, 1, id="two defaults"),
    ],
)
def test_small_programmes_are_decided_as_by_evaluate(files: Files, with_files: float, fault: str) -> None:
    find = {"batch": batch_fault, "sql": query_fault}[fault]
    assert [find(files, Random(seed), with_files) for seed in range(8)] == [None] * 8


@pytest.mark.parametrize("fault", ["batch", "sql"])
@trials(8)
def test_random_programmes_are_decided_as_by_evaluate(seeds: range, fault: str) -> None:
    find = {"batch": batch_fault, "sql": query_fault}[fault]
    each(seeds, lambda files, chance: find(files, chance, chance.choice((1, 1, 0.5))))


def batch_fault(files: Files, chance: Random, with_files: float = 1) -> str | None:
    """A column of the outcomes of a portfolio that is not what `evaluate` gives."""
    release = compiled(files)
    partners, lists = a_portfolio(release, chance, with_files)
    before, after = chance.choice(FORMATS), chance.choice(FORMATS)
    more = wanted_values(release.programme, ["*"])
    kinds = {column.name: column.kind for column in outcome_columns(release.programme, more)}
    with TemporaryDirectory() as name:
        folder = Path(name)
        portfolio, tables = portfolios.write(folder, release, partners, before)
        for id in set(lists) - tables.keys():
            columns = ["partner", *release.programme.lists[id].fields]
            tables[id] = portfolios.write_rows(folder / f"{id}.{before}", columns, [])
        agreements, output = the_agreements(folder, partners), folder / f"out.{after}"
        result = batch(
            release, portfolio, output, as_of=DAY, lists=tables, agreements=agreements, columns=["*"], summary=True
        )
        if (result.rows, result.rejected) != (PARTNERS, 0):
            return f"{result.rejected} of {result.rows} rows are rejected: {result.problems[:2]}"
        if (shown := totals_of(result)) != (wanted := sums(release, partners)):
            return f"the totals are {shown}, not {wanted}"
        return difference(READ[after](output, kinds), expected(release, partners, more), partners)


def totals_of(result: BatchResult) -> _Totals:
    """The sums in the summary of a portfolio, of what is not 0 or open for some partner."""
    totals = result.summary.totals if result.summary else ()
    sums = {(total.what, total.currency, total.per): (total.amount, total.undetermined) for total in totals}
    return {key: sum for key, sum in sums.items() if sum != (0, 0)}


def sums(release: Release, partners: Sequence[Partner]) -> _Totals:
    """What the partners' own rebates, fees and settlements come to, and how many partners' sums are open."""
    amounts: dict[tuple[str, str, str], tuple[Decimal, int]] = {}
    kinds = {"rebates": "rebate_totals", "fees": "fee_totals", "settlements": "settlements"}
    for outcome in (release.evaluate(partner, as_of=DAY) for partner in partners):
        for what, key_of_kind in kinds.items():
            own = getattr(outcome, key_of_kind)
            parts: dict[tuple[str, str, str], Any] = {}
            for total in own or ():  # several settlements may be of one currency and period
                key = (what, total.currency, total.per)
                before = parts.get(key, Decimal(0))
                parts[key] = None if None in (before, total.amount) else before + portfolios.shown(total.amount)
            if own is None and outcome.status == "undetermined":  # any of its tiers may be its own
                tiers = [outcome.of(id) for id in release.programme.tracks[MAIN].tiers]
                offered = (total for tier in tiers for total in getattr(tier, key_of_kind))
                parts = {(what, total.currency, total.per): None for total in offered}
            for key, amount in parts.items():
                sum, open = amounts.get(key, (Decimal(0), 0))
                known = Decimal(0) if amount is None else portfolios.shown(amount)
                amounts[key] = (sum + known, open + (amount is None))
    return {key: sum for key, sum in amounts.items() if sum != (0, 0)}


def the_agreements(folder: Path, partners: Sequence[Partner]) -> Path | None:
    """A file of the supplementary agreements; None where there are none."""
    rows = [
        {"partner": partner["partner"], "until": None, **agreement}
        for partner in partners
        for agreement in partner.get("agreements", ())
    ]
    columns = ["partner", "term", "value", "document", "from", "until"]
    return portfolios.write_rows(folder / "agreements.csv", columns, rows) if rows else None


def read_parquet(path: Path, _: Mapping[str, Kind]) -> _Rows:
    return portfolios.read(path)


def read_csv(path: Path, kinds: Mapping[str, Kind]) -> _Rows:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["partner"]: {id: cell(text, kinds[id]) for id, text in row.items()} for row in rows}


def read_json(path: Path, kinds: Mapping[str, Kind]) -> _Rows:
    rows = [simplejson.loads(line, use_decimal=True) for line in path.read_text("utf-8").splitlines()]
    cells = ({id: portfolios.as_text(value) for id, value in row.items()} for row in rows)
    return {row["partner"]: {id: cell(text, kinds[id]) for id, text in row.items()} for row in cells}


READ = {"csv": read_csv, "jsonl": read_json, "parquet": read_parquet}


def cell(text: str, kind: Kind) -> Any:
    """A cell of text as a value of its kind."""
    if text == "":
        return None
    if kind in NUMERIC:
        return Decimal(text)
    if kind is Kind.DATE:
        return date.fromisoformat(text)
    return {"true": True, "false": False}[text] if kind is Kind.YES_NO else text


def query_fault(files: Files, chance: Random, with_files: float = 1) -> str | None:
    """A partner that the query decides otherwise than `evaluate`, drops, or leaves over for no reason."""
    release = compiled(files)
    partners, lists = a_portfolio(release, chance, with_files, agreements=False)
    names = {id: f"list_{id}" for id in lists}
    try:
        query = sql(release, lists=names, columns=["*"], as_of=DAY)
        over = sql(release, lists=names, as_of=DAY, left_over=True)
    except WrongCall as refused:
        message = refused.problems[0].message
        return None if "no SQL computes this exactly" in message else message
    with duckdb.connect() as database:
        fill(database, release, partners, lists)
        decided = database.execute(query)
        columns = [column[0] for column in decided.description]
        rows = [dict(zip(columns, row, strict=True)) for row in decided.fetchall()]
        left = [row[0] for row in database.execute(over).fetchall()]
    shown = {row["partner"]: {id: portfolios.shown(value) for id, value in row.items()} for row in rows}
    if sorted([*(row["partner"] for row in rows), *left]) != [partner["partner"] for partner in partners]:
        return f"of {PARTNERS} partners {len(rows)} are decided and {len(left)} are left over"
    if len(left) > PARTNERS // 2:
        return f"{len(left)} of {PARTNERS} partners with plain facts are left over"
    plain = [partner for partner in partners if partner["partner"] in shown]
    return difference(shown, expected(release, plain, wanted_values(release.programme, ["*"])), plain)


def fill(database: Any, release: Release, partners: Sequence[Partner], lists: Sequence[str]) -> None:
    """Tables of the partners and of the items of each list, as a warehouse has them."""
    programme = release.programme
    own = {"partner": "VARCHAR", **({"tier": "VARCHAR", "since": "DATE"} if tier_names(programme) else {})}
    insert(
        database,
        "portfolio",
        {**own, **types_of(programme.facts)},
        [{**partner, **partner["facts"]} for partner in partners],
    )
    for id in lists:
        fields = {"partner": "VARCHAR", ITEM: "INTEGER", **types_of(programme.lists[id].fields)}
        pairs = [(partner, item) for partner in partners for item in partner["facts"][id]]
        items = [
            {"partner": partner["partner"], ITEM: number, **item} for number, (partner, item) in enumerate(pairs, 1)
        ]
        insert(database, f"list_{id}", fields, items)


def types_of(facts: Mapping[str, Fact]) -> dict[str, str]:
    types = {Kind.YES_NO: "BOOLEAN", Kind.COUNT: "BIGINT", Kind.DATE: "DATE"}
    texts = dict.fromkeys((Kind.CHOICE, Kind.TEXT), "VARCHAR")
    return {
        id: "VARCHAR" if fact.none else {**types, **texts}.get(fact.kind, "DECIMAL(18, 4)")
        for id, fact in facts.items()
    }


def insert(database: Any, table: str, types: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
    columns = ", ".join(f'"{name}" {type}' for name, type in types.items())
    database.execute(f"CREATE TABLE {table} ({columns})")
    marks = ", ".join("?" for _ in types)
    for row in rows:
        database.execute(f"INSERT INTO {table} VALUES ({marks})", [row.get(name) for name in types])


def test_the_tables_of_the_tests_hold_every_kind() -> None:
    with pytest.raises(KeyError):
        cell("yes", Kind.YES_NO)
    assert cell("true", Kind.YES_NO) is True
    assert cell("1.50", Kind.MONEY) == Decimal("1.5")
