"""Random portfolios as files, and the outcome that `evaluate` gives for each of their partners."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
from charter import Outcome, Release
from charter.engine.portfolio.sql.columns import tier_names
from charter.engine.programme.model import Fact
from charter.engine.source.scalars import plain_scalar
from charter.engine.values import Kind, Unknown, plain

Partner = dict[str, Any]  #: a record in plain data, its lists among the facts

TODAY = date(2026, 11, 24)


def random_partners(release: Release, number: int, seed: int, lists: Sequence[str] = ()) -> list[Partner]:
    """Partners with facts missing at random, and values near the thresholds as often as far from them."""
    chance, programme = random.Random(seed), release.programme
    tiers = list(tier_names(programme))
    partners = []
    for index in range(number):
        facts = {id: random_value(chance, fact) for id, fact in programme.facts.items() if chance.random() > 0.05}
        for id in lists:
            fields = programme.lists[id].fields
            facts[id] = [
                {name: random_value(chance, field) for name, field in fields.items() if chance.random() > 0.05}
                for _ in range(chance.choice((0, 0, 1, 1, 2, 3, 5)))
            ]
        record: Partner = {"partner": f"P-{index:06}", "facts": facts}
        if tiers and chance.random() < 0.85:
            record["tier"] = chance.choice(tiers)
            if chance.random() < 0.7:
                record["since"] = TODAY - timedelta(chance.choice((3, 40, 364, 365, 366, 400, 1200)))
        partners.append(record)
    return partners


def random_value(chance: random.Random, fact: Fact) -> Any:
    """A value that the fact can have."""
    match fact.kind:
        case Kind.YES_NO:
            return chance.random() < 0.8
        case Kind.CHOICE:
            return chance.choice(list(fact.choices))
        case Kind.DATE:
            return TODAY - timedelta(chance.choice((-40, 0, 1, 30, 90, 179, 180, 364, 365, 366, 800)))
        case Kind.TEXT:
            return chance.choice(("north", "south", "a, b", 'says "no"'))
    low = int(fact.minimum if fact.minimum is not None else 0)
    high = int(fact.maximum) if fact.maximum is not None else None
    whole = chance.choice((0, 1, 1, 2, 2, 3, 3, 4, 5, 8, 9, 12, 50, 60, 75, 100, 1000, 24_999, 25_000, 500_000))
    number = Decimal(max(low, whole if high is None else min(whole, high)))
    if fact.kind is not Kind.COUNT and chance.random() < 0.3 and (high is None or number < high):
        number += chance.choice((Decimal("0.5"), Decimal("0.01"), Decimal("0.99")))
    return number


def write(
    folder: Path, release: Release, partners: Sequence[Partner], format: str = "csv"
) -> tuple[Path, dict[str, Path]]:
    """The partners as a file, and a file for each list that they have."""
    programme = release.programme
    columns = ["partner", *(["tier", "since"] if tier_names(programme) else []), *programme.facts]
    rows = [{**partner, **partner["facts"]} for partner in partners]
    portfolio = write_rows(folder / f"portfolio.{format}", columns, rows)
    lists = {}
    for id in programme.lists:
        if any(id in partner["facts"] for partner in partners):
            items = [
                {"partner": partner["partner"], **item} for partner in partners for item in partner["facts"].get(id, ())
            ]
            lists[id] = write_rows(folder / f"{id}.{format}", ["partner", *programme.lists[id].fields], items)
    return portfolio, lists


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Path:
    """A file of rows: CSV, JSON Lines, or Parquet with the types of well-kept tables."""
    if path.suffix == ".jsonl":
        with path.open("w", encoding="utf-8") as file:
            for row in rows:
                values = {id: as_json(row[id]) for id in columns if row.get(id) is not None}
                file.write(json.dumps(values, ensure_ascii=False) + "\n")
        return path
    text = path.with_suffix(".csv")
    with text.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        rows = list(rows)
        writer.writerows([as_text(row.get(id)) for id in columns] for row in rows)
    if path.suffix == ".parquet":
        types = {id: sql_type([row[id] for row in rows if row.get(id) is not None]) for id in columns}
        with duckdb.connect() as database:
            database.read_csv(str(text), columns=types, header=True, na_values=[""]).write_parquet(str(path))
    return path


def sql_type(values: Sequence[Any]) -> str:
    """The type of a column with these values: text, where not all of them are of one kind (`none` among dates)."""
    for kind, name in ((bool, "BOOLEAN"), (Decimal, "DECIMAL(18, 4)"), (date, "DATE")):
        if values and all(isinstance(value, kind) for value in values):
            return name
    return "VARCHAR"


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return plain(value) if isinstance(value, Decimal) else str(value)


def as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value) if value % 1 else int(value)
    return value.isoformat() if isinstance(value, date) else value


def expected(release: Release, partner: Partner, more: Sequence[str] = ()) -> dict[str, Any]:
    """The columns that `evaluate` gives for a partner."""
    return columns_of(release, release.evaluate(partner, as_of=TODAY), more)


def columns_of(release: Release, outcome: Outcome, more: Sequence[str]) -> dict[str, Any]:
    discount, tiers = outcome.discount, release.programme.tiers
    main = [tiers[id] for id in release.programme.tracks["main"].tiers]
    row: dict[str, Any] = {"partner": outcome.partner}
    row |= {"tier": outcome.tier, "status": outcome.status} if main else {}
    for part in ("base", "uncapped", "total") if any(tier.discount for tier in main) else ():
        row[f"discount_{part}"] = getattr(discount, part) if discount else None
    for tier in outcome.tiers:
        row[f"status_{tier.id}"] = tier.status
        if tiers[tier.id].discount:
            row[f"discount_total_{tier.id}"] = tier.discount.total if tier.discount else None
    values = {**own_values(outcome), **release.values(outcome)} if more else {}
    nothing = None if outcome.tier is None else 0  # a tier that lacks the row gives nothing, whatever the status
    facts, standard = release.programme.facts, set(row)
    for id in (id for id in more if id in facts or id not in standard):
        value = values.get(id, nothing)
        row[f"facts.{id}" if id in standard else id] = None if isinstance(value, Unknown) else value
    return {id: shown(value) for id, value in row.items()}


def own_values(outcome: Outcome) -> dict[str, Any]:
    """What the partner's own tier gives it, by the ids of the columns; one that its tier does not have is left out."""
    discount = outcome.discount
    values: dict[str, Any] = {}
    for name in ("total", "in_price", "in_kind") if discount else ():
        values[f"discount_{name}"] = getattr(discount, name)
    values |= {f"benefits.{benefit.id}": benefit.value for benefit in outcome.benefits or ()}
    for kind, payments in (("rebates", outcome.rebates), ("fees", outcome.fees), ("settlements", outcome.settlements)):
        values |= {f"{kind}.{payment.id}": payment.amount for payment in payments or ()}
    for kind, totals in (("rebate_total", outcome.rebate_totals), ("fee_total", outcome.fee_totals)):
        values |= {f"{kind}.{total.currency.lower()}.{total.per}": total.amount for total in totals or ()}
    return values


def shown(value: Any) -> Any:
    """A value as it is printed: a quotient is rounded half up to twelve decimals."""
    if isinstance(value, Decimal | Fraction):
        return Decimal(plain(value))
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def read(path: Path) -> dict[str, dict[str, Any]]:
    """A file of outcomes in Parquet, by partner."""
    with duckdb.connect() as database:
        table = database.read_parquet(str(path))
        rows = [dict(zip(table.columns, row, strict=True)) for row in table.fetchall()]
    return {row["partner"]: {id: shown(value) for id, value in row.items()} for row in rows}


def reread(release: Release, row: Mapping[str, str]) -> dict[str, str]:
    """The outcome that `evaluate` gives for a row of text, as a row of text; each cell is read as YAML."""
    programme, data = release.programme, {}
    for id, text in row.items():
        fact = programme.facts.get(id)
        if text and fact:
            data[id] = text if fact.kind in (Kind.CHOICE, Kind.TEXT) else plain_scalar(text)
    record: Partner = {"partner": row["partner"], "facts": data}
    if row["tier"]:
        record["tier"] = row["tier"]
    return {id: as_text(value) for id, value in expected(release, record).items()}
