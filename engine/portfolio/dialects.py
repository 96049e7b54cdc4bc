"""A query as the text of one dialect, where SQLGlot's own translation would lose digits."""

from __future__ import annotations

from sqlglot import exp

DIALECTS = ("duckdb", "spark", "postgres", "bigquery", "snowflake", "trino")


def text_of(tree: exp.Expr, dialect: str, *, pretty: bool = False) -> str:
    """The text of a query or condition."""
    change = {"duckdb": None, "bigquery": _bigquery}.get(dialect, _others)
    return (tree.transform(change) if change else tree).sql(dialect, pretty=pretty)


def _others(node: exp.Expr) -> exp.Expr:
    """Whole numbers beyond BIGINT are decimals, and are divided as such: without a remainder, so exactly."""
    if isinstance(node, exp.DataType) and node.is_type("INT128"):
        return exp.DataType.build("DECIMAL(38, 0)")
    if isinstance(node, exp.IntDiv):
        return exp.Div(this=node.this, expression=node.expression, typed=True, safe=True)
    return node


def _bigquery(node: exp.Expr) -> exp.Expr:
    """A written decimal is a float in BigQuery, unless it comes from a text."""
    if isinstance(node, exp.Literal) and not node.is_string and "." in node.this:
        return exp.Cast(this=exp.Literal.string(node.this), to=exp.DataType.build("BIGNUMERIC", dialect="bigquery"))
    return _others(node)
