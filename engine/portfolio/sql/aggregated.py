"""Computes aggregates over the items of a list in SQL, with the same results as `language.run.aggregates`.

Each aggregate becomes one grouped table: a row for each row of the table that uses the aggregate, with the columns from
which the result is computed. If an item lacks a value that matters, the result is NULL, unless the other items decide
it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, assert_never
from typing import Literal as OneOf

from sqlglot import exp

from ...language.function_names import AggregateName
from ...language.sql import exact
from ...language.sql.exact import Exact, NotInSql
from ...language.sql.numbers import Quotient, choose, compare, divide, either_case, null_of
from ...language.tree import Aggregate
from ...values import Kind
from .columns import PARTNER

_MOST_ITEMS = 10**6  #: of one partner in one list

Columns = dict[str, Any]


class Alike(NamedTuple):
    """A key that an item shares with the row that asks for it: the condition, and the columns of both."""

    condition: exp.Expr
    of_item: exp.Column
    of_row: exp.Column


class Stages(Protocol):
    """A query under construction: takes further tables, and hands out column names."""

    def add(self, name: str, select: exp.Select) -> str:
        """Add a table; returns its name."""

    def free_name(self, id: str) -> str:
        """A column name that is not yet used."""


def aggregated_columns(
    query: Stages,
    name: str,
    node: Aggregate,
    parts: Mapping[str, Any],
    asking: tuple[str, Sequence[str]],
    items: str,
    alike: Alike | None = None,
) -> tuple[str, Columns]:
    """Add the table `name` with the items grouped by the rows of the table that uses the aggregate.

    `parts` are the aggregate's expressions over an item, `asking` the name and the keys of the using table, `items`
    the table of items; only items that are `alike` count, where it is given. Returns the name of the table, and its new
    columns by `name.part`. Raises NotInSql.
    """
    (table, keys), function = asking, node.function
    counts, value, by, best = (parts[part] for part in ("counts", "value", "by", "best"))
    if isinstance(value, Quotient) and (function != "count" or best is not None):
        raise NotInSql("an aggregate of quotients")
    if best is not None and function in ("median", "any", "all", "latest"):
        raise NotInSql("so many of the greatest values, and of them something else than their sum or number")
    with_value = function != "count" or best is not None
    required = [tree for part in (value, by) for tree in _trees(part)]
    of_asking = any(
        column.table == "r" for tree in (counts, *required, *_trees(best)) for column in tree.find_all(exp.Column)
    )
    alone = tuple(keys) == (PARTNER,) and not of_asking  # then a database that inlines tables computes no row twice
    entries = exp.select(
        *(exp.alias_(exp.column(key, table="m" if alone else "r"), key) for key in keys),
        exp.alias_(counts, "counts"),
        *([exp.alias_(_trees(value)[0], "value")] if with_value else []),
        *([exp.alias_(by, "placed")] if by is not None else []),
        *([exp.alias_(_trees(best)[0], "best")] if best is not None else []),
        exp.alias_(_all_known(required), "known"),
    )
    entries = entries.from_(exp.alias_(exp.to_table(items), "m", table=True))
    if not alone:
        entries = _joined(entries, table, alike)
    source = query.add(f"{name}_of", entries)
    if best is not None or function in ("median", "latest"):
        source = query.add(f"{name}_in_order", _in_order(source, keys, function))
    columns: Columns = {}
    selected = []
    for part, tree in _groups(function, node.kind, value, best is not None).items():
        column = query.free_name(f"{name}.{part}")
        shape = tree if isinstance(tree, Exact) else None
        selected.append(exp.alias_(shape.tree if shape else tree, column))
        columns[f"{name}.{part}"] = shape._replace(tree=exp.column(column)) if shape else exp.column(column)
    grouped = exp.select(*map(exp.column, keys), *selected).from_(source).group_by(*map(exp.column, keys))
    return query.add(name, grouped), columns


def _joined(entries: exp.Select, table: str, alike: Alike | None) -> exp.Select:
    """The items joined to the rows that ask for them; those that are certainly not alike may be left out."""
    on = exp.EQ(this=exp.column(PARTNER, table="r"), expression=exp.column(PARTNER, table="m"))
    asking = exp.alias_(exp.to_table(table), "r", table=True)
    if alike is None:
        return entries.join(asking, on=on)
    of_item, of_row = (exp.Is(this=key.copy(), expression=exp.null()) for key in (alike.of_item, alike.of_row))
    ways = (alike.condition, of_item, exp.and_(exp.not_(of_item.copy()), of_row))
    parts = [entries.copy().join(asking.copy(), on=exp.and_(on.copy(), way)) for way in ways]
    together = exp.union(*parts, distinct=False)
    return exp.select(exp.Star()).from_(together.subquery("e"))


def result(node: Aggregate, column: Callable[[str], Any], best: Any, empty: Any) -> Any:
    """The result of an aggregate, from its columns joined to the table that uses it."""
    none = _or_null(empty, node)
    if node.function == "any":
        holds, opened = _some(column("holds")), _some(column("open"))
        return exp.Case(
            ifs=[exp.If(this=holds, true=exp.true()), exp.If(this=opened, true=exp.null())], default=exp.false()
        )
    if node.function == "all":
        fails, opened, perhaps, counted = (_some(column(part)) for part in ("fails", "open", "perhaps", "holds"))
        surely = exp.and_(perhaps, exp.not_(counted.copy()), exp.not_(_is_true(none.copy())), copy=False)
        ifs = [(fails, exp.false()), (opened, exp.null()), (surely, exp.null())]
        ifs.append((exp.or_(counted, perhaps.copy(), copy=False), exp.true()))
        return exp.Case(ifs=[exp.If(this=when, true=then) for when, then in ifs], default=none)
    is_open = _some(column("open"))
    if best is not None:
        is_open = exp.or_(is_open, *(exp.Is(this=tree, expression=exp.null()) for tree in _trees(best)), copy=False)
    closed = exp.not_(exp.paren(is_open))
    number = _number(node.function, column, none)
    if isinstance(number, exp.Expr):
        return exp.Case(ifs=[exp.If(this=closed, true=number)])
    if isinstance(number, Quotient):
        only = exp.Case(ifs=[exp.If(this=closed, true=number.over.tree)])
        return number._replace(over=number.over._replace(tree=only))
    return number._replace(tree=exp.Case(ifs=[exp.If(this=closed, true=number.tree)]))


def _number(function: AggregateName, column: Callable[[str], Any], empty: Any) -> Any:
    """The result of a numeric aggregate, or of `latest`, where no unknown affects it."""
    counted = column("counted")
    some = _some(counted)
    if function in ("count", "distinct"):
        number = counted if function == "count" else column("found")
        return number._replace(tree=exp.Coalesce(this=number.tree, expressions=[exp.Literal.number(0)]), low=0)
    number = column("found")
    if function in ("average", "median"):
        number = divide(number, column("divisor"))
    if function == "latest":
        low, high = column("low"), number
        alike = compare("==", low, high) if isinstance(low, Exact) else exp.EQ(this=low, expression=high)
        if isinstance(number, Exact):
            number = number._replace(tree=exp.Case(ifs=[exp.If(this=alike, true=number.tree.copy())]))
        else:
            number = exp.Case(ifs=[exp.If(this=alike, true=number.copy())])
    if isinstance(number, exp.Expr):
        return either_case(some, number, empty)
    return choose(some, number, empty)


def _groups(function: AggregateName, kind: Kind, value: Any, has_best: bool) -> dict[str, Any]:
    """The columns of the grouped table, each an SQL aggregate over the items of one group."""
    counts, is_known = exp.column("counts"), exp.column("known")
    opened = exp.or_(exp.Is(this=counts.copy(), expression=exp.null()), exp.and_(counts.copy(), exp.not_(is_known)))
    taken: exp.Expr = counts
    if has_best:
        taken = exp.and_(counts, exp.column("place") <= exp.column("best"))
    parts: dict[str, Any] = {"open": _times(opened), "counted": Exact(_times(taken), 0, _MOST_ITEMS)}
    entry = exp.Case(ifs=[exp.If(this=taken.copy(), true=exp.column("value"))])
    match function:
        case "any" | "all":
            return _groups_of_conditions(function)
        case "count":
            pass
        case "distinct":
            parts["found"] = Exact(exp.Count(this=exp.Distinct(expressions=[entry])), 0, _MOST_ITEMS)
        case "sum":
            parts["found"] = _sum(entry, value)
        case "average":
            parts["found"] = _sum(entry, value)
            parts["divisor"] = parts["counted"]._replace(tree=parts["counted"].tree.copy())
        case "minimum" | "maximum":
            form = exp.Min if function == "minimum" else exp.Max
            parts["found"] = value._replace(tree=form(this=entry)) if isinstance(value, Exact) else form(this=entry)
        case "median":
            twice, number = exp.column("place") * 2, exp.column("number")
            middle = exp.and_(taken.copy(), exp.Between(this=twice, low=number, high=exp.paren(number.copy() + 2)))
            chosen = exp.Case(ifs=[exp.If(this=middle, true=exp.column("value"))])
            parts["found"] = _sum(chosen, value)
            parts["divisor"] = Exact(_times(middle.copy()), 0, 2)
        case "latest":
            last = exp.and_(taken.copy(), exp.EQ(this=exp.column("placed"), expression=exp.column("last")))
            forms: tuple[type[exp.Func], ...] = (exp.Max, exp.Min)
            if kind is Kind.YES_NO:
                forms = (exp.LogicalOr, exp.LogicalAnd)
            for part, extreme in zip(("found", "low"), forms, strict=True):
                chosen = exp.Case(ifs=[exp.If(this=last.copy(), true=exp.column("value"))])
                parts[part] = (
                    value._replace(tree=extreme(this=chosen)) if isinstance(value, Exact) else extreme(this=chosen)
                )
        case _:
            assert_never(function)
    return parts


def _groups_of_conditions(function: OneOf["any", "all"]) -> dict[str, Any]:
    """The columns of the grouped table for an aggregate over conditions."""
    counts, value = exp.column("counts"), exp.column("value")
    both = exp.and_(counts, value)
    perhaps = exp.Is(this=exp.paren(both.copy()), expression=exp.null())
    if function == "any":
        return {"holds": _times(both), "open": _times(perhaps)}
    maybe = exp.or_(exp.Is(this=counts.copy(), expression=exp.null()), counts.copy())
    fails = exp.and_(counts.copy(), exp.not_(value.copy()))
    opened = exp.and_(maybe, exp.not_(_is_true(value.copy())))
    unsure = exp.and_(exp.Is(this=counts.copy(), expression=exp.null()), value.copy())
    return {"fails": _times(fails), "open": _times(opened), "perhaps": _times(unsure), "holds": _times(both)}


def _in_order(source: str, keys: Sequence[str], function: AggregateName) -> exp.Select:
    """The items with their `place`, the greatest first (for a median the least); for `latest`, with the last day."""
    counts = exp.column("counts")
    if function == "latest":
        last = exp.Max(this=exp.Case(ifs=[exp.If(this=counts, true=exp.column("placed"))]))
        return exp.select(exp.Star(), exp.alias_(_over(last, keys), "last")).from_(source)
    value = exp.Case(ifs=[exp.If(this=counts, true=exp.column("value"))])
    order = exp.Ordered(this=value, desc=function != "median", nulls_first=False)
    added = [exp.alias_(_over(exp.RowNumber(), keys, order), "place")]
    if function == "median":
        number = _over(_times(counts.copy()), keys)
        added.append(exp.alias_(number, "number"))
    return exp.select(exp.Star(), *added).from_(source)


def _over(function: exp.Expr, keys: Sequence[str], order: exp.Expr | None = None) -> exp.Expr:
    order = exp.Order(expressions=[order]) if order else None
    return exp.Window(this=function, partition_by=[*map(exp.column, keys)], order=order)


def _sum(summed: exp.Expr, value: Exact) -> Exact:
    total = Exact(exp.Sum(this=summed), min(0, value.low * _MOST_ITEMS), max(0, value.high * _MOST_ITEMS), value.scale)
    digits = total.digits
    if digits <= 18 and value.scale == 0:
        return total._replace(tree=exp.Cast(this=total.tree, to=exp.DataType.build("BIGINT")))
    return exact.decimal(total, digits)


def _times(condition: exp.Expr) -> exp.Expr:
    """How many items satisfy the condition."""
    case = exp.Case(ifs=[exp.If(this=condition, true=exp.Literal.number(1))])
    return exp.Count(this=case)


def _some(count: Any) -> exp.Expr:
    """Whether a joined count is above zero; it is NULL for a row without items."""
    tree = count.tree if isinstance(count, Exact) else count
    number = exp.Coalesce(this=tree.copy(), expressions=[exp.Literal.number(0)])
    return exp.GT(this=number, expression=exp.Literal.number(0))


def _is_true(tree: exp.Expr) -> exp.Expr:
    return exp.Coalesce(this=tree, expressions=[exp.false()])


def _all_known(trees: list[exp.Expr]) -> exp.Expr:
    conditions = [exp.not_(exp.Is(this=exp.paren(tree.copy()), expression=exp.null())) for tree in trees]
    return exp.and_(*conditions, copy=False) if conditions else exp.true()


def _trees(value: Any) -> list[exp.Expr]:
    if value is None:
        return []
    if isinstance(value, Quotient):
        return [value.part.tree, value.over.tree]
    return [value.tree if isinstance(value, Exact) else value]


def _or_null(empty: Any, node: Aggregate) -> Any:
    """The result for no items: NULL where the programme does not give one."""
    return null_of(node.kind) if empty is None else empty
