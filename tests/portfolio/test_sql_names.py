"""The query of a warehouse: every name quoted as the database keeps it, and tables named as people name them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest
import sqlglot
from charter import Release, WrongCall, sql
from sqlglot import exp

from ..random_facts import NAMED, RELEASES
from .portfolios import TODAY
from .test_left_over import SIGNED, release_of

DIALECTS = ("duckdb", "spark", "postgres", "bigquery", "snowflake", "trino")
LISTS = {"partners": "crm.order", "portfolio": '"Of 2026"'}


def parsed(text: str, dialect: str) -> exp.Expr:
    return sqlglot.parse_one(text, dialect="databricks" if dialect == "spark" else dialect)


def created(table: str, columns: Iterable[str]) -> str:
    """The statement that creates a table with these columns, all of text."""
    texts = ", ".join(f'"{name}" TEXT' for name in columns)
    return f"CREATE TABLE {table} ({texts})"


@pytest.mark.parametrize("left_over", [False, True])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_name_is_quoted(dialect: str, left_over: bool, tmp_path: Path) -> None:
    release = release_of(tmp_path, SIGNED)
    query = sql(
        release,
        dialect=dialect,
        table="my-project.crm.table",
        lists=LISTS,
        columns=["*"],
        left_over=left_over,
        as_of=TODAY,
    )
    tree = parsed(query, dialect)
    names = list(tree.find_all(exp.Identifier))
    assert all(name.quoted for name in names)
    assert ("LIMIT" if dialect == "snowflake" else "limit") in {name.this for name in names}
    assert {"my-project", "Of 2026"} <= {name.this for name in names}
    tables = {table.name.lower() for table in tree.find_all(exp.Table)}
    assert {"table", "order", "of 2026"} <= tables
    if dialect == "bigquery":
        assert not [name for name in names if "." in name.this]


@pytest.mark.parametrize("name", ["", "a.b.c.d", "a b", "a;b", 'a"b', '"a', "a..b", "a.", "(SELECT 1)", "p -- x"])
def test_what_is_no_name_of_a_table_is_refused(name: str) -> None:
    with pytest.raises(WrongCall, match="is not the name of a table"):
        sql(RELEASES[0], table=name, as_of=TODAY)


def test_the_query_takes_no_name_of_a_table_that_it_reads(tmp_path: Path) -> None:
    """Tables called as the query might call its own, and columns called as it might call others."""
    release = release_of(tmp_path, SIGNED)
    lists = {"partners": "partners_1", "portfolio": "Partners__sum"}
    query = sql(release, table="partners_2", lists=lists, columns=["*"], as_of=TODAY)
    with duckdb.connect() as database:
        for table, columns in (
            ("partners_2", ["tier", "since", *release.programme.facts]),
            *((table, list(release.programme.lists[id].fields)) for id, table in lists.items()),
        ):
            database.execute(created(table, ["partner", *columns]))
        database.execute("INSERT INTO partners_2 (partner) VALUES ('P-1')")
        assert len(database.execute(query).fetchall()) == 1


@pytest.mark.parametrize("release", RELEASES, ids=NAMED)
def test_every_programme_has_a_query_without_its_lists(release: Release) -> None:
    """But for one whose tiers go by a balance, which says so."""
    if any(items.balance for items in release.programme.made_lists.values()):
        with pytest.raises(WrongCall, match="a balance goes on from period to period"):
            sql(release, as_of=TODAY)
        return
    with duckdb.connect() as database:
        held = [name for name in ("tier", "since") if f'"{name}"' in sql(release, as_of=TODAY)]
        database.execute(created("portfolio", ["partner", *held, *release.programme.facts]))
        database.execute("INSERT INTO portfolio (partner) VALUES ('P-1'), ('P-2'), ('P-2'), ('Ж')")
        assert [row[0] for row in database.execute(sql(release, as_of=TODAY)).fetchall()] == ["P-1"]
        left = database.execute(sql(release, as_of=TODAY, left_over=True)).fetchall()
        assert sorted(row[0] for row in left) == ["P-2", "P-2", "Ж"]


def test_an_item_of_nobody_leaves_everyone_over(tmp_path: Path) -> None:
    release = release_of(tmp_path, SIGNED)
    query, left_over = (
        sql(release, lists={"portfolio": "items"}, as_of=TODAY, left_over=left_over) for left_over in (False, True)
    )
    with duckdb.connect() as database:
        columns = ", ".join(f'"{name}" TEXT' for name in ("partner", "tier", "since", *release.programme.facts))
        database.execute(
            f"CREATE TABLE portfolio ({columns}); CREATE TABLE items (partner TEXT, starts DATE, rate INT)"
        )
        database.execute(
            "INSERT INTO portfolio (partner) VALUES ('P-1'), ('P-2'); INSERT INTO items VALUES ('P-1', NULL, 1)"
        )
        assert [len(database.execute(text).fetchall()) for text in (query, left_over)] == [2, 0]
        database.execute("INSERT INTO items VALUES (NULL, NULL, 1)")
        assert [len(database.execute(text).fetchall()) for text in (query, left_over)] == [0, 2]
