"""Of rows with every kind of hostile value, each partner is decided as `evaluate` does, or left over whole.

The same rows are decided by `batch` and by the query of `charter sql` on DuckDB and PostgreSQL, where the types of the
columns are not known beforehand. A partner of one bad item is never decided from its other items.
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
from charter import Release, sql
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import Job
from charter.engine.portfolio.sql.columns import tier_names, wanted_values
from charter.engine.problems import InvalidInput
from charter.engine.programme.model import Fact
from charter.engine.source.scalars import plain_scalar
from charter.engine.values import Kind

from ..postgres import Postgres, needs_postgres, postgres
from ..small_world import world
from . import portfolios
from .portfolios import TODAY

#: facts of every kind, called by words of databases and by names that the query itself uses
FACTS = """
facts:
  limit: {title: {en: F}, kind: count, default: 2, maximum: 50}
  user: {title: {en: F}, kind: count}
  table: {title: {en: F}, kind: number, minimum: -100}
  group: {title: {en: F}, kind: percent, default: 2.5}
  held_tier_2: {title: {en: F}, kind: money, currency: EUR}
  select: {title: {en: F}, kind: yes_no, default: true}
  where_: {title: {en: F}, kind: yes_no}
  status: {title: {en: F}, kind: choice, ordered: true, choices: {low: {title: {en: L}}, high: {title: {en: H}}}}
  end: {title: {en: F}, kind: date, default: 2026-01-31}
  column: {title: {en: F}, kind: date}
  item_number: {title: {en: F}, kind: text}
"""
FIELDS = """
      begin: {title: {en: F}, kind: date}
      offset: {title: {en: F}, kind: money, currency: EUR, minimum: 0, maximum: 9999999}
      right_: {title: {en: F}, kind: money, currency: EUR, default_from: offset}
      count_: {title: {en: F}, kind: count, default: 1}
      unique: {title: {en: F}, kind: text}
      case: {title: {en: F}, kind: choice, choices: {a: {title: {en: A}}, b: {title: {en: B}}}}
      fetch: {title: {en: F}, kind: yes_no}
"""
LISTS = f"""
lists:
  partners:
    title: {{en: L}}
    default: []
    fields: {FIELDS}
    values:
      earlier: {{title: {{en: V}}, kind: count, take: count, over: portfolio, where: starts <= begin, source: [c]}}
      rated: {{title: {{en: V}}, kind: money, currency: EUR, value: "offset * (2 if earlier > 0 else 1)", source: [c]}}
      alike: {{title: {{en: V}}, kind: count, take: count, over: partners, where: unique == own(unique), source: [c]}}
      ahead: {{title: {{en: V}}, kind: count, take: count, over: partners, where: offset > own(offset), source: [c]}}
  portfolio:
    title: {{en: L}}
    fields: {{starts: {{title: {{en: F}}, kind: date}}, rate: {{title: {{en: F}}, kind: percent, minimum: 0}}}}
  order_by:
    title: {{en: L}}
    group: partners
    by: [case, unique]
    values:
      from_: {{title: {{en: V}}, kind: count, take: sum, of: count_, over: partners, cap: 3, source: [c]}}
"""
DEFINITIONS = """
definitions:
  sum_: {title: {en: D}, kind: money, currency: EUR, take: sum, of: rated, over: partners, source: [c]}
  best: {title: {en: D}, kind: money, currency: EUR, take: sum, of: right_, over: partners, best: user, source: [c]}
  number_: {title: {en: D}, kind: count, take: count, over: partners, where: item_number_is, source: [c]}
  pairs: {title: {en: D}, kind: count, take: sum, of: alike, over: partners, source: [c]}
  ranks: {title: {en: D}, kind: count, take: maximum, of: ahead, over: partners, empty: 0, source: [c]}
  groups: {title: {en: D}, kind: count, take: count, over: order_by, source: [c]}
  capped: {title: {en: D}, kind: count, take: sum, of: from_, over: order_by, where: case == 'a', source: [c]}
  names: {title: {en: D}, kind: count, take: distinct, of: unique, over: partners, source: [c]}
  mean: {title: {en: D}, kind: money, currency: EUR, take: average, of: offset, over: partners, empty: 0, source: [c]}
  middle: {title: {en: D}, kind: number, take: median, of: count_, over: partners, empty: unknown, source: [c]}
  last: {title: {en: D}, kind: yes_no, take: latest, of: is_a, by: begin, over: partners, empty: unknown, source: [c]}
  some: {title: {en: D}, kind: yes_no, take: any, of: rate > 5, over: portfolio, source: [c]}
  every_: {title: {en: D}, kind: yes_no, take: all, of: rate > 5, over: portfolio, empty: true, source: [c]}
  first: {title: {en: D}, kind: date, take: minimum, of: starts, over: portfolio, empty: unknown, source: [c]}
  top: {title: {en: D}, kind: percent, take: maximum, of: rate, over: portfolio, empty: 0, source: [c]}
  later: {title: {en: D}, kind: date, value: "add_months(add_days(column, user), 1)", source: [c]}
  held: {title: {en: D}, kind: number, value: "months_between(held_since, as_of)", source: [c]}
  share_: {title: {en: D}, kind: percent, value: "share(user, limit)", source: [c]}
  text_: {title: {en: D}, kind: yes_no, value: "item_number == 'north' or select", source: [c]}
"""
SIGNED = """
tiers:
  silver: {title: {en: S}, code: 7, discount: {value: 7.5, source: [c]}}
  gold:
    title: {en: G}
    requirements: {r: {title: {en: R}, rule: limit >= 2 and sum_ >= 0, source: [c]}}
"""
AWARDED = SIGNED.replace("tiers:", "award: highest\ntiers:", 1)
HOSTILE = (
    "٣", "５", "1 000", "2,5", "1e3", "0.12345", "1.00000", "2000000000000", "12345678901234567890", "-1", "-0",
    "-0.0", "05", " 5", "5 ", "+5", ".5", "5.", "NaN", "inf", "0x1F", "TRUE", "yes", "да", "t", "0", "1",
    "2026-02-30", "2026-02-29", "2024-02-29", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "2026-1-1",
    "31.01.2026", "infinity", "today", "now", "2026-01-31 00:00:00", "2026-01-31T10:00", "Low", "low ", "hıgh", "",
    "Счёт-1", "a'b", 'say "x"', "back\\slash", "line\nbreak", "end\n", "tab\t", "null", "NULL", "~", "x" * 201, "%",
    "north", "999999999", "1000000000", "0.0001", "0.00001",
)  # fmt: skip
PARTNERS = ("P{}", "Партнёр-{}", "p {}", " P{}", "P{}\n", "{}", "0{}", "O'Neil {}", "P{}/é")


class Row(NamedTuple):
    """A row as text by column, None for no value; `item` holds those of a list's table."""

    partner: str | None
    cells: dict[str, str | None]


class Tables(NamedTuple):
    """A portfolio and its lists as rows of text."""

    partners: list[Row]
    lists: dict[str, list[Row]]


def cell(chance: random.Random, fact: Fact, hostile: float) -> str | None:
    if chance.random() < hostile:
        return chance.choice(HOSTILE) or None
    if chance.random() < 0.08:
        return None
    value = portfolios.random_value(chance, fact)
    return portfolios.as_text(min(value, Decimal(50)) if fact.id == "limit" else value)


def tables(release: Release, number: int, seed: int, *, hostile: bool = True) -> Tables:
    """A third of the partners without anything hostile, a third with hostile items, a third with hostile facts."""
    chance, programme = random.Random(seed), release.programme
    found = Tables([], {id: [] for id in programme.lists})
    for index in range(number):
        kind = chance.randrange(3) if hostile else 0
        partner = chance.choice(PARTNERS[:1] if kind else PARTNERS).format(f"{seed}-{index}")
        cells = {id: cell(chance, fact, 0.15 if kind == 2 else 0) for id, fact in programme.facts.items()}
        if tier_names(programme):
            cells["tier"] = chance.choice(
                ("silver", "gold", "7", None, "Silver", "bronze") if kind == 2 else ("gold", "7")
            )
            cells["since"] = chance.choice(
                ("2025-05-31", None, "2025-02-29", "soon") if kind == 2 else ("2025-05-31", None)
            )
        found.partners.append(Row(partner, cells))
        if kind == 2 and chance.random() < 0.1:
            found.partners.append(Row(partner, dict(cells)))
        for id, items in programme.lists.items():
            for _ in range(chance.choice((0, 0, 1, 2, 4))):
                fields = {name: cell(chance, field, 0.2 * (kind == 1)) for name, field in items.fields.items()}
                found.lists[id] += [Row(partner, fields)] * chance.choice((1, 1, 1, 2))
    chance.shuffle(found.partners)
    return found


def expected(
    release: Release, rows: Tables, lists: Sequence[str], more: Sequence[str]
) -> dict[str, dict[str, Any] | None]:
    """What `evaluate` says of each partner; None where the record is refused, or stands twice."""
    items: dict[str, dict[str, list[dict[str, Any]]]] = {id: {} for id in lists}
    for id in lists:
        for row in rows.lists[id]:
            items[id].setdefault(str(row.partner), []).append(values(release.programme.lists[id].fields, row))
    found: dict[str, dict[str, Any] | None] = {}
    for row in rows.partners:
        facts = {**values(release.programme.facts, row), **{id: items[id].get(str(row.partner), []) for id in lists}}
        own = {id: row.cells[id] for id in ("tier", "since") if row.cells.get(id) is not None}
        try:
            found[str(row.partner)] = portfolios.expected(
                release, {"partner": row.partner, **own, "facts": facts}, more
            )
        except InvalidInput:
            found[str(row.partner)] = None
    number = Counter(str(row.partner) for row in rows.partners)
    return {partner: outcome if number[partner] == 1 else None for partner, outcome in found.items()}


def values(facts: Mapping[str, Fact], row: Row) -> dict[str, Any]:
    """The cells of a row as a record has them: texts of a table mean what they mean in YAML."""
    return {
        id: text if fact.kind in (Kind.TEXT, Kind.CHOICE) else plain_scalar(text)
        for id, fact in facts.items()
        if (text := row.cells[id]) is not None
    }


#: rows of the lists and definitions above in which an item looks at its own list, or is of a group
WITHIN = ("alike:", "ahead:", "pairs:", "ranks:", "groups:", "capped:")


def release_of(folder: Path, tiers: str, *, within: bool = True) -> Release:
    """The release; without `within` no item looks at its own list, and there are no groups."""
    definitions = DEFINITIONS.replace("item_number_is", "count_ > 1").replace("is_a", "case == 'a'")
    lists = LISTS
    if not within:
        lists = lists.partition("  order_by:")[0]
        lists, definitions = (
            "".join(line for line in text.splitlines(keepends=True) if not line.strip().startswith(WITHIN))
            for text in (lists, definitions)
        )
    return world(folder, facts=FACTS + lists, definitions=definitions, tiers=tiers)


def check(
    wanted: Mapping[str, Any], decided: Sequence[Mapping[str, Any]], left_over: Sequence[Any], rows: Tables
) -> None:
    """Decided and left over are all rows, each once; what is decided is right, and so is all that could be."""
    partners = [str(row["partner"]) for row in decided]
    assert sorted([*partners, *map(str, left_over)]) == sorted(str(row.partner) for row in rows.partners)
    assert len(set(partners)) == len(partners)
    for row in decided:
        outcome = {id: portfolios.shown(date_as_text(value)) for id, value in row.items()}
        want = wanted[outcome["partner"]]
        assert want is not None, f"{outcome['partner']!r} is decided, and refused by evaluate"
        assert outcome == {id: date_as_text(value) for id, value in want.items()}
    assert len(decided) >= len(rows.partners) / 4


def date_as_text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def texts(name: str, columns: Sequence[str], rows: Sequence[Row]) -> str:
    """A script that makes a table of texts of these rows."""

    def literal(text: str | None) -> str:
        return "NULL" if text is None else "'" + text.replace("'", "''") + "'"

    names = ", ".join(f'"{column}" TEXT' for column in ("partner", *columns))
    script = f'DROP TABLE IF EXISTS "{name}"; CREATE TABLE "{name}" ({names});\n'
    if rows:
        lines = [
            f"({', '.join(literal(text) for text in (row.partner, *map(row.cells.get, columns)))})" for row in rows
        ]
        script += f'INSERT INTO "{name}" VALUES ' + ",\n".join(lines) + ";\n"
    return script


def in_database(
    release: Release, rows: Tables, lists: Sequence[str], more: Sequence[str], dialect: str
) -> tuple[str, str, str]:
    """A script that makes the tables, the query of the release, and the query of what it leaves over."""
    programme = release.programme
    held = ["tier", "since"] if tier_names(programme) else []
    script = texts("partners_1", [*held, *programme.facts], rows.partners)
    for id in lists:
        script += texts(f"{id}_2", list(programme.lists[id].fields), rows.lists[id])
    found = [
        sql(
            release, dialect=dialect, table="partners_1", lists={id: f"{id}_2" for id in lists}, columns=more,
            as_of=TODAY, left_over=left_over,
        )
        for left_over in (False, True)
    ]  # fmt: skip
    return script, found[0], found[1]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as found:
        yield found


#: programmes, the lists of which there are tables, and seeds
CASES = [
    pytest.param(
        tiers, lists, seed, id=f"{name}-{'-'.join(lists)}-{seed}", marks=[pytest.mark.slow] if seed > 1 else []
    )
    for name, tiers in (("signed", SIGNED), ("awarded", AWARDED))
    for lists in (("partners", "portfolio"), (), ("partners",))
    for seed in ((1, 2, 3, 4) if lists else (1,))
]


@pytest.mark.parametrize(("tiers", "lists", "seed"), CASES)
def test_duckdb_decides_a_partner_rightly_or_leaves_it_over(
    tiers: str, lists: Sequence[str], seed: int, tmp_path: Path
) -> None:
    release = release_of(tmp_path, tiers)
    more, rows = wanted_values(release.programme, ["*"]), tables(release, 150, seed)
    script, query, left_over = in_database(release, rows, lists, more, "duckdb")
    with duckdb.connect() as database:
        database.execute(script)
        table = database.sql(query)
        decided = [dict(zip(table.columns, row, strict=True)) for row in table.fetchall()]
        left = [row[0] for row in database.execute(left_over).fetchall()]
    check(expected(release, rows, lists, more), decided, left, rows)


@needs_postgres
@pytest.mark.parametrize(("tiers", "lists", "seed"), CASES)
def test_postgres_decides_a_partner_rightly_or_leaves_it_over(
    tiers: str, lists: Sequence[str], seed: int, tmp_path: Path, server: Postgres
) -> None:
    release = release_of(tmp_path, tiers)
    more, rows = wanted_values(release.programme, ["*"]), tables(release, 150, seed)
    script, query, left_over = in_database(release, rows, lists, more, "postgres")
    decided = server.rows(query, script)
    left = [row["partner"] for row in server.rows(left_over)]
    check(expected(release, rows, lists, more), decided, left, rows)


#: types that a database may keep the columns of a kind in
TYPES = (
    {
        Kind.COUNT: "INTEGER",
        Kind.DATE: "DATE",
        Kind.YES_NO: "BOOLEAN",
        Kind.CHOICE: "VARCHAR(20)",
        None: "NUMERIC(24, 6)",
    },
    {
        Kind.COUNT: "NUMERIC(12, 2)",
        Kind.DATE: "DATE",
        Kind.YES_NO: "BOOLEAN",
        Kind.TEXT: "VARCHAR",
        None: "DOUBLE PRECISION",
    },
    {Kind.COUNT: "BIGINT", Kind.DATE: "DATE", Kind.YES_NO: "BOOLEAN", Kind.CHOICE: "CHAR(8)", None: "NUMERIC(16, 2)"},
)


@needs_postgres
@pytest.mark.parametrize("types", TYPES)
def test_postgres_refuses_no_type_of_a_column(types: Mapping[Any, str], tmp_path: Path, server: Postgres) -> None:
    """Columns of every type in which their values can be: all partners are decided, but those of other letters."""
    release, lists = release_of(tmp_path, SIGNED), ("partners", "portfolio")
    programme = release.programme
    more, rows = wanted_values(programme, ["*"]), tables(release, 100, 5, hostile=False)
    script, query, left_over = in_database(release, rows, lists, more, "postgres")
    for table, facts in (("partners_1", programme.facts), *((f"{id}_2", programme.lists[id].fields) for id in lists)):
        for fact in facts.values():
            type = types.get(fact.kind, "TEXT" if fact.kind in (Kind.TEXT, Kind.CHOICE) else types[None])
            script += f'ALTER TABLE "{table}" ALTER COLUMN "{fact.id}" TYPE {type} USING CAST("{fact.id}" AS {type});\n'
    script += 'ALTER TABLE "partners_1" ALTER COLUMN "since" TYPE DATE USING CAST("since" AS DATE);\n'
    decided = server.rows(query, script)
    left = [row["partner"] for row in server.rows(left_over)]
    check(expected(release, rows, lists, more), decided, left, rows)
    assert all(not partner.isascii() or not partner.isprintable() or partner != partner.strip() for partner in left)


@pytest.mark.parametrize("format", ["csv", "parquet"])
@pytest.mark.parametrize(("tiers", "lists", "seed"), CASES)
def test_batch_decides_each_partner_or_rejects_it(
    tiers: str, lists: Sequence[str], seed: int, format: str, tmp_path: Path
) -> None:
    release = release_of(tmp_path, tiers)
    more, rows = tuple(wanted_values(release.programme, ["*"])), tables(release, 150, seed)
    files = {}
    for name, table in ({"partners_of_all": rows.partners} | {id: rows.lists[id] for id in lists}).items():
        files[name] = write(tmp_path / f"{name}.{format}", table)
    portfolio = files.pop("partners_of_all")
    result = batch(release, Job(portfolio, tmp_path / "out.parquet", TODAY, files, more=more))
    assert result.rows == result.decided + result.rejected == len(rows.partners)
    outcomes = portfolios.read(tmp_path / "out.parquet")
    wanted = expected(release, rows, lists, more)
    assert outcomes == {partner: row for partner, row in wanted.items() if row is not None}
    assert 0 < result.one_by_one < result.decided


def write(path: Path, rows: Sequence[Row]) -> Path:
    """A file of these rows, every column a text."""
    columns = ["partner", *rows[0].cells]
    text = path.with_suffix(".csv")
    with text.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([row.partner, *row.cells.values()] for row in rows)
    if path.suffix == ".parquet":
        with duckdb.connect() as database:
            options = {"columns": dict.fromkeys(columns, "VARCHAR"), "header": True, "na_values": [""]}
            database.read_csv(str(text), auto_detect=False, quotechar='"', escapechar='"', **options).write_parquet(
                str(path)
            )
    return path
