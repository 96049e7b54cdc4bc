"""Writes a query as text in one SQL dialect, with corrections where SQLGlot's own translation would lose digits."""

from __future__ import annotations

from sqlglot import exp

_KEPT_AS = {"postgres": str.lower, "snowflake": str.upper}


def text_of(tree: exp.Expr, dialect: str, *, pretty: bool = False) -> str:
    """The text of a query or condition in a dialect: its SQLGlot name, or `spark` for Spark 4."""
    if dialect in ("postgres", "snowflake", "bigquery"):
        tree = tree.transform(_named, dialect)
    if dialect != "duckdb":
        tree = tree.transform(_exact_division, dialect in ("postgres", "trino"))
        tree = tree.transform(_as_bignumeric if dialect == "bigquery" else _int128_as_decimal)
    if dialect in ("spark", "trino"):
        tree = tree.transform(_java_end_of_text)
    written_as = "databricks" if dialect == "spark" else dialect  # Spark 4 has its TRY_CAST
    return tree.sql(written_as, pretty=pretty, identify=True)


def _named(node: exp.Expr, dialect: str) -> exp.Expr:
    """A name as the database keeps it. All names are quoted, as any of them may be a word of the database.

    A name that was created without quotes PostgreSQL keeps in small letters, and Snowflake in capitals. BigQuery has no
    column with a point in its name.
    """
    if not isinstance(node, exp.Identifier):
        return node
    if dialect in _KEPT_AS:
        return node if node.quoted else exp.Identifier(this=_KEPT_AS[dialect](node.name), quoted=True)
    in_table = isinstance(node.parent, exp.Table)
    return node if in_table else exp.Identifier(this=node.name.replace(".", "__"), quoted=True)


def _exact_division(node: exp.Expr, typed: bool) -> exp.Expr:
    """Integer division as decimal division, which is exact because the query divides only without a remainder.

    `typed` says whether the dialect truncates a quotient of integers.
    """
    if isinstance(node, exp.IntDiv):
        left, right = (operand.transform(_exact_division, typed) for operand in (node.this, node.expression))
        return exp.Div(this=left, expression=right, typed=typed, safe=True)
    return node


def _int128_as_decimal(node: exp.Expr) -> exp.Expr:
    """Replace INT128 by a decimal type, for dialects without integers wider than BIGINT."""
    if isinstance(node, exp.DataType) and node.is_type("INT128"):
        return exp.DataType.build("DECIMAL(38, 0)")
    return node


def _java_end_of_text(node: exp.Expr) -> exp.Expr:
    r"""Replace `$` by `\z`: in Java patterns, `$` also matches before a line break at the end of the text."""
    if isinstance(node, exp.RegexpLike) and node.expression.this.endswith("$"):
        return exp.RegexpLike(this=node.this, expression=exp.Literal.string(node.expression.this[:-1] + r"\z"))
    return node


def _as_bignumeric(node: exp.Expr) -> exp.Expr:
    """Use BIGNUMERIC: BigQuery's NUMERIC has only nine decimals, and its decimal literals are floats unless cast."""
    big = exp.DataType.build("BIGNUMERIC", dialect="bigquery")
    if isinstance(node, exp.DataType) and node.is_type("INT128", "DECIMAL"):
        return big
    if isinstance(node, exp.Literal) and not node.is_string and "." in node.this:
        return exp.Cast(this=exp.Literal.string(node.this), to=big)
    return node
