"""Builds the tables of a query column by column: one row for each partner, and for each list one row for each item.

A value becomes a column of its table in the first stage in which everything that it depends on is available. Each stage
is a common table expression that adds columns to the previous one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlglot import exp

from ...language.sql.exact import Exact, NotInSql, in_long
from ...language.sql.expressions import expression_sql
from ...language.sql.numbers import Quotient, null_of
from ...language.tree import Aggregate, Call, Compare, Expression, Name, conjuncts
from ...programme.model import ListFact
from ...programme.owners import has_id
from .aggregated import Alike, aggregated_columns, result
from .columns import PARTNER


class Relation:
    """One table under construction; `columns` maps ids of the language to the columns that the next stage can use."""

    def __init__(self, stem: str, base: exp.Select, query: Query) -> None:
        """`stem` begins the names of its stages. A row is identified by the columns `keys`: at first by the partner."""
        self.stem, self.query = stem, query
        self.keys: tuple[str, ...] = (PARTNER,)
        self.columns: dict[str, Any] = {}
        self._pending: dict[str, Any] = {}
        self._ids: dict[object, str] = {}  #: by SQL text: the first value with it, whose column the others share
        self._shared: dict[str, str] = {}  #: values that share the column of another, not yet flushed
        self._stages = 0
        self.name = self._stage(base)

    def put(self, id: str, value: Any) -> None:
        """Define a value under an id; it becomes a column at the next flush."""
        if is_written(value) or all(isinstance(tree, exp.Column) for tree in _trees(value)):
            self.columns[id] = value
            return
        first = self._ids.setdefault(_identity(value), id)
        if first == id:
            self._pending[id] = value
        elif first in self.columns:
            self.columns[id] = self.columns[first]
        else:
            self._shared[id] = first

    def get(self, id: str, table: str | None = None) -> Any:
        """The column of a value, as the next stage refers to it; `table` qualifies its name."""
        if id not in self.columns:
            self.flush()
        return _named(self.columns[id], table)

    def has(self, id: str) -> bool:
        """Whether the table has this value."""
        return id in self.columns or id in self._pending or id in self._shared

    def flush(self) -> None:
        """Begin a stage that adds the pending columns."""
        if not self._pending:
            return
        added = []
        for id, value in self._pending.items():
            self.columns[id], more = self.query.column_of(id, value)
            added += more
        self.columns.update({id: self.columns[same] for id, same in self._shared.items()})
        self._pending, self._shared = {}, {}
        self.name = self._stage(exp.select(exp.Star(), *added).from_(self.name))

    def number_rows(self) -> None:
        """Begin a stage that counts the rows of each partner, so that its number identifies a row.

        A database may compute a stage more than once. The number is the same each time, but among rows that are equal
        in every column, for which every value is equal too.
        """
        columns = [tree for value in self.columns.values() for tree in _trees(value) if isinstance(tree, exp.Column)]
        number = self.query.free_name("item_number")
        order = exp.Order(expressions=[exp.Ordered(this=tree.copy(), nulls_first=False) for tree in columns])
        counted = exp.Window(this=exp.RowNumber(), partition_by=[exp.column(PARTNER)], order=order)
        self.name = self._stage(exp.select(exp.Star(), exp.alias_(counted, number)).from_(self.name))
        self.keys = (PARTNER, number)

    def join(self, other_name: str, on: Iterable[str], columns: Mapping[str, Any]) -> None:
        """Begin a stage that left-joins columns of another table, on the columns `on` of both."""
        self.flush()
        trees = [exp.column(tree.name, table="b") for value in columns.values() for tree in _trees(value)]
        equal = [exp.EQ(this=exp.column(key, table="a"), expression=exp.column(key, table="b")) for key in on]
        stage = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("a")), *trees)
        stage = stage.from_(exp.alias_(exp.to_table(self.name), "a", table=True))
        joined = exp.alias_(exp.to_table(other_name), "b", table=True)
        self.name = self._stage(stage.join(joined, on=exp.and_(*equal, copy=False), join_type="left"))
        self.columns.update(columns)

    def _stage(self, select: exp.Select) -> str:
        self._stages += 1
        return self.query.add(f"{self.stem}_{self._stages}", select)


class Query:
    """A query under construction: its common table expressions so far, and the values defined as columns."""

    def __init__(self, list_of: Callable[[str], str | None], tables: Iterable[str]) -> None:
        """`list_of` says of which list an id names a field or a value, None for any other id.

        `tables` are the names of the tables that it reads: no common table expression has the name of one.
        """
        self.stages: dict[str, exp.Select] = {}
        self._list_of = list_of
        self.partners: Relation
        self.lists: dict[str, Relation] = {}
        self._taken = {PARTNER}
        self._tables = {table.lower() for table in tables}
        self._aggregates: dict[tuple[Relation, Aggregate], str] = {}

    def add(self, name: str, select: exp.Select) -> str:
        """Add a common table expression; returns its name, which begins with the name given."""
        free = _numbered(name, self._tables)
        self.stages[free] = select
        return free

    def free_name(self, id: str) -> str:
        """A column name made from an id of the language, different from all names given before."""
        return _numbered(id.replace("[]", "").replace(".", "__")[:48], self._taken)

    def column_of(self, id: str, value: Any) -> tuple[Any, list[exp.Expr]]:
        """The value as references to new columns, and the expressions of these columns: two for a quotient."""
        value = _column_typed(value)
        names = [self.free_name(id if index == 0 else f"{id}.over") for index, _ in enumerate(_trees(value))]
        expressions = [exp.alias_(tree, name, copy=False) for tree, name in zip(_trees(value), names, strict=True)]
        columns = [exp.column(name) for name in names]
        if isinstance(value, Quotient):
            part, over = (number._replace(tree=tree) for number, tree in zip(value, columns, strict=True))
            return Quotient(part, over), expressions
        return (value._replace(tree=columns[0]) if isinstance(value, Exact) else columns[0]), expressions

    def define(self, id: str, tree: Expression, of_list: str | None) -> None:
        """Define a value of the programme as a column of the partners, or of a list's items. Raises NotInSql."""
        relation = self.lists[of_list] if of_list else self.partners
        relation.put(id, self.read(tree, relation))

    def group(self, groups: ListFact, keys: Mapping[str, str]) -> None:
        """Add the groups of the items of a list; `keys` are the ids of what the items are grouped by, by key.

        Raises NotInSql. Items whose key is unknown are one group here: what counts it is unknown in any case.
        """
        items = self.lists[groups.group_of or ""]
        columns = {key: items.get(id) for key, id in keys.items()}
        if any(isinstance(value, Quotient) for value in columns.values()):
            raise NotInSql("groups told apart by quotients")
        items.flush()
        named = {key: self.column_of(key, value) for key, value in columns.items()}
        added = [column for _, more in named.values() for column in more]
        select = exp.select(exp.column(PARTNER), *added).distinct().from_(items.name)
        relation = self.lists[groups.id] = Relation(groups.id, select, self)
        relation.columns = {PARTNER: exp.column(PARTNER), **{key: value for key, (value, _) in named.items()}}
        relation.number_rows()

    def read(self, tree: Expression, relation: Relation) -> Any:
        """An expression as SQL over the current stage of a table."""
        return expression_sql(tree, lambda node: self._lookup(node, relation))

    def _lookup(self, node: Name | Aggregate | Call, relation: Relation) -> Any:
        if isinstance(node, Aggregate):
            return self._aggregate(node, relation)
        id, _ = _column_read(node)
        self._make_available(id, relation)
        return relation.get(id)

    def _make_available(self, id: str, relation: Relation) -> None:
        """Make a value of the partner available in the table of a list's items."""
        if relation.has(id):
            return
        value = self.partners.get(id)
        relation.columns[id] = value if is_written(value) else None
        if relation.columns[id] is None:
            relation.join(self.partners.name, (PARTNER,), {id: value})

    def _aggregate(self, node: Aggregate, relation: Relation) -> Any:
        """An aggregate over a list; its columns are joined to the relation once."""
        if node.list not in self.lists:
            return null_of(node.kind)
        items = self.lists[node.list]
        id = self._aggregates.get((relation, node))
        best = self.read(node.best, relation) if node.best else None
        if id is None:
            id = self._aggregates[relation, node] = self.free_name(f"{node.list}.{node.function}")

            def column(inner: Name | Aggregate | Call) -> Any:
                if isinstance(inner, Aggregate):
                    raise NotInSql("an aggregate stands within another")
                inner_id, name = _column_read(inner)
                if self._list_of(name.id) == node.list and not name.own:
                    return items.get(inner_id, "m")
                self._make_available(inner_id, relation)
                return relation.get(inner_id, "r")

            parts = {
                part: None if tree is None else expression_sql(tree, column)
                for part, tree in (("counts", node.counts), ("value", node.value), ("by", node.by), ("best", node.best))
            }
            alike = _alike(node, column)
            relation.flush()
            items.flush()
            asking = (relation.name, relation.keys)
            grouped, columns = aggregated_columns(self, id, node, parts, asking, items.name, alike)
            relation.join(grouped, relation.keys, columns)
        empty = self.read(node.empty, relation) if node.empty else None
        return result(node, lambda part: relation.get(f"{id}.{part}"), best, empty)


def _column_read(node: Name | Call) -> tuple[str, Name]:
    """The id of the column that a name, or a call of `has`, reads, and the name of its fact or value."""
    if isinstance(node, Name):
        return node.id, node
    name = node.arguments[0]
    if not isinstance(name, Name):
        raise TypeError("has() is of a name")
    return has_id(name.id), name


def _alike(node: Aggregate, column: Callable[[Name | Aggregate | Call], Any]) -> Alike | None:
    """The first key that an item must share with the row that asks for it, where both are columns; else None."""
    for part in conjuncts(node.counts):
        if isinstance(part, Compare) and part.operator == "==" and isinstance(part.left, Name):
            if not isinstance(part.right, Name):
                continue
            trees = [_trees(column(name)) for name in (part.left, part.right)]
            columns = {tree.table: tree for both in trees for tree in both if isinstance(tree, exp.Column)}
            if columns.keys() == {"m", "r"} and all(len(both) == 1 for both in trees):
                return Alike(expression_sql(part, column), columns["m"], columns["r"])
    return None


def _numbered(stem: str, taken: set[str]) -> str:
    """The stem, or the stem with the first number, that is not taken, small letters and capitals being alike."""
    name, number = stem, 1
    while name.lower() in taken:
        number += 1
        name = f"{stem}_{number}"
    taken.add(name.lower())
    return name


def _column_typed(value: Any) -> Any:
    """A value whose numbers are cast to the column types that later arithmetic assumes."""
    if isinstance(value, Quotient):
        return Quotient(in_long(value.part), in_long(value.over))
    return in_long(value) if isinstance(value, Exact) else value


def _trees(value: Any) -> list[exp.Expr]:
    if isinstance(value, Quotient):
        return [value.part.tree, value.over.tree]
    return [value.tree if isinstance(value, Exact) else value]


def _identity(value: Any) -> object:
    """The SQL texts and bounds of a value: equal for values that can share a column."""
    numbers = value if isinstance(value, Quotient) else (value,)
    return tuple((number.tree.sql(), *number[1:]) if isinstance(number, Exact) else number.sql() for number in numbers)


def _named(value: Any, table: str | None) -> Any:
    """A column reference for use in another expression, qualified by a table where one is given."""

    def placed(tree: exp.Expr) -> exp.Expr:
        return exp.column(tree.name, table=table) if table and isinstance(tree, exp.Column) else tree.copy()

    if isinstance(value, Quotient):
        return Quotient(*(number._replace(tree=placed(number.tree)) for number in value))
    return value._replace(tree=placed(value.tree)) if isinstance(value, Exact) else placed(value)


def is_written(value: Any) -> bool:
    """Whether a value is a literal, which needs no column."""
    tree = value.tree if isinstance(value, Exact) else value
    tree = tree.this if isinstance(tree, exp.Neg | exp.Cast) else tree
    return isinstance(tree, exp.Literal | exp.Boolean)
