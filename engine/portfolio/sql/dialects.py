"""A query as the text of one dialect, where SQLGlot's own translation would lose digits."""

from __future__ import annotations

from sqlglot import exp


def text_of(tree: exp.Expr, dialect: str, *, pretty: bool = False) -> str:
    """The text of a query or condition."""
    if dialect != "duckdb":
        tree = tree.transform(_division, dialect in ("postgres", "trino"))
        tree = tree.transform(_bigquery if dialect == "bigquery" else _whole)
    if dialect in ("spark", "trino"):
        tree = tree.transform(_to_the_end)
    return tree.sql("databricks" if dialect == "spark" else dialect, pretty=pretty)  # Spark 4 has its TRY_CAST


def _division(node: exp.Expr, typed: bool) -> exp.Expr:
    """Whole numbers are divided as decimals: without a remainder, so exactly. `typed` is how the dialect divides."""
    if isinstance(node, exp.IntDiv):
        left, right = (one.transform(_division, typed) for one in (node.this, node.expression))
        return exp.Div(this=left, expression=right, typed=typed, safe=True)
    return node


def _whole(node: exp.Expr) -> exp.Expr:
    """Whole numbers beyond BIGINT are decimals."""
    if isinstance(node, exp.DataType) and node.is_type("INT128"):
        return exp.DataType.build("DECIMAL(38, 0)")
    return node


def _to_the_end(node: exp.Expr) -> exp.Expr:
    """Where patterns are those of Java, an end of line may follow `$`; the end of the text is another sign."""
    if isinstance(node, exp.RegexpLike) and node.expression.this.endswith("$"):
        return exp.RegexpLike(this=node.this, expression=exp.Literal.string(node.expression.this[:-1] + r"\z"))
    return node


def _bigquery(node: exp.Expr) -> exp.Expr:
    """Its NUMERIC has nine decimals, and a written decimal is a float there, unless it comes from a text."""
    big = exp.DataType.build("BIGNUMERIC", dialect="bigquery")
    if isinstance(node, exp.DataType) and node.is_type("INT128", "DECIMAL"):
        return big
    if isinstance(node, exp.Literal) and not node.is_string and "." in node.this:
        return exp.Cast(this=exp.Literal.string(node.this), to=big)
    return node
