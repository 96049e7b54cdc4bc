"""Writes the query of a release for tables in a database of the user's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlglot import exp

from ...problems import did_you_mean, wrong_call
from ...programme.model import Programme
from .columns import PARTNER, Form, Tables, list_fields, natural_form, tier_names, wanted_values
from .dialects import text_of
from .query import Undecidable, decisions


def tables_of(programme: Programme, table: str, lists: Mapping[str, str] = {}, without: Iterable[str] = ()) -> Tables:
    """Describe tables that have a column for each fact, in the fact's natural type, except the columns `without`.

    `lists` maps ids of lists to the names of their tables. Raises WrongCall where the programme has no such list or
    column.
    """
    columns = {PARTNER: Form.TEXT, **({"tier": Form.TEXT, "since": Form.DATE} if tier_names(programme) else {})}
    columns |= {id: natural_form(fact.kind) for id, fact in programme.facts.items()}
    for name in without:
        if name not in columns or name == PARTNER:
            help = did_you_mean(name, columns) or "name a fact"
            raise wrong_call(f"'{name}' is not a column that may be left out", help)
        del columns[name]
    list_tables = {}
    for id, name in lists.items():
        fields = {field.id: natural_form(field.kind) for field in list_fields(programme, id).values()}
        list_tables[id] = (name, {PARTNER: Form.TEXT, **fields})
    return Tables(table, columns, list_tables)


def query_text(
    programme: Programme, tables: Tables, as_of: date, more: Iterable[str] = (), dialect: str = "duckdb", *,
    left_over: bool = False,
) -> str:  # fmt: skip
    """The query as text; with `left_over`, instead the query of the rows that it does not decide.

    Raises WrongCall where SQL cannot compute a rule of the programme exactly.
    """
    try:
        query = decisions(programme, tables, as_of, wanted_values(programme, more))
    except Undecidable as reason:
        help = "evaluate these partners with 'charter batch', which decides them one by one"
        raise wrong_call(f"no SQL computes this exactly: {reason}", help) from reason
    select = query.select
    if left_over:
        select = exp.select(exp.Star()).from_(tables.portfolio).where(exp.not_(exp.paren(query.plain, copy=False)))
    return text_of(select, dialect, pretty=True) + ";\n"
