"""Writes the query of a release for tables in a database of the user's own.

What types their columns have is not known here, so the query reads the texts that the database casts them to. Each
partner is decided by the query or left over, with all its rows, never decided from a part of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlglot import exp

from ...problems import did_you_mean, wrong_call
from ...programme.model import Programme
from .columns import PARTNER, Form, Tables, list_fields, tier_names, wanted_values
from .dialects import text_of
from .query import Undecidable, decisions
from .table_names import table_of


def tables_of(programme: Programme, table: str, lists: Mapping[str, str] = {}, without: Iterable[str] = ()) -> Tables:
    """Describe tables that have a column for each fact, of whatever type, except the columns `without`.

    `lists` maps ids of lists to the names of their tables. Raises WrongCall where the programme has no such list or
    column.
    """
    held = ("tier", "since") if tier_names(programme) else ()
    columns = dict.fromkeys((PARTNER, *held, *programme.facts), Form.UNSTATED)
    for name in without:
        if name not in columns or name == PARTNER:
            help = did_you_mean(name, columns) or "name a fact"
            raise wrong_call(f"'{name}' is not a column that may be left out", help)
        del columns[name]
    list_tables = {}
    for id, name in lists.items():
        list_tables[id] = (name, dict.fromkeys((PARTNER, *list_fields(programme, id)), Form.UNSTATED))
    return Tables(table, columns, list_tables)


def query_text(
    programme: Programme, tables: Tables, as_of: date, more: Iterable[str] = (), dialect: str = "duckdb", *,
    left_over: bool = False,
) -> str:  # fmt: skip
    """The query as text; with `left_over`, instead the query of the rows that it does not decide.

    Raises WrongCall where SQL cannot compute a rule of the programme exactly.
    """
    portfolio, decided = table_of(tables.portfolio), tables._replace(portfolio=_OTHERS)
    try:
        query = decisions(programme, decided, as_of, wanted_values(programme, more))
    except Undecidable as reason:
        help = "evaluate these partners with 'charter batch', which decides them one by one"
        raise wrong_call(f"no SQL computes this exactly: {reason}", help) from reason
    items = [(table_of(tables.lists[id][0]), plain) for id, plain in query.plain_items.items()]
    apart, is_apart = _apart(portfolio, items), exp.or_(*_is_apart(), copy=False)
    rows = _with_apart(portfolio)
    if left_over:
        select = rows.where(exp.or_(exp.not_(exp.paren(query.plain, copy=False)), is_apart, copy=False))
        return text_of(select.with_(_APART, as_=apart), dialect, pretty=True) + ";\n"
    stages = query.select.args["with_"]
    first = exp.select().with_(_APART, as_=apart).with_(_OTHERS, as_=rows.where(exp.not_(exp.paren(is_apart))))
    stages.set("expressions", [*first.args["with_"].expressions, *stages.expressions])
    return text_of(query.select, dialect, pretty=True) + ";\n"


_APART, _OTHERS, _WHOSE = "_apart", "_others", "_whose"  #: no id begins so


def _apart(portfolio: exp.Table, items: Iterable[tuple[exp.Table, exp.Expr]]) -> exp.Query:
    """The partners, as text, that the query must not decide: of several rows, or of an item that is not plain.

    NULL is among them where an item names no partner: it may be of any.
    """
    number = exp.Count(this=exp.Star())
    twice = _whose(portfolio).group_by(_partner()).having(exp.GT(this=number, expression=exp.Literal.number(1)))
    apart: exp.Query = twice
    for table, plain in items:
        apart = exp.union(apart, _whose(table).where(exp.not_(exp.paren(plain))), distinct=True)
    return apart


def _with_apart(portfolio: exp.Table) -> exp.Select:
    """The rows of the portfolio, each joined with its partner where it is set apart."""
    rows = exp.Column(this=exp.Star(), table=exp.to_identifier("p"))
    same = exp.EQ(this=_partner("p"), expression=exp.column(_WHOSE))
    select = exp.select(rows).from_(exp.alias_(portfolio.copy(), "p", table=True))
    return select.join(exp.to_table(_APART), on=same, join_type="left")


def _is_apart() -> tuple[exp.Expr, exp.Expr]:
    """Two conditions on a joined row, for its partner to be set apart."""
    of_nobody = exp.Is(this=exp.column(_WHOSE), expression=exp.null())
    number = exp.select(exp.Count(this=exp.Star())).from_(_APART).where(of_nobody)
    return exp.not_(of_nobody.copy()), exp.GT(this=number.subquery(), expression=exp.Literal.number(0))


def _whose(table: exp.Table) -> exp.Select:
    return exp.select(exp.alias_(_partner(), _WHOSE)).from_(table.copy())


def _partner(table: str | None = None) -> exp.Expr:
    return exp.cast(exp.column(PARTNER, table=table), "TEXT")
