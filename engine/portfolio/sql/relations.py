"""The tables of a query, grown column by column: one row a partner, and for each list one row an item.

A value becomes a column of the table that it belongs to, in the first stage in which everything that it needs is there.
Each stage is a common table expression that adds columns to the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp

from ...language.sql.exact import Exact, NotInSql, in_long
from ...language.sql.expressions import expression_sql
from ...language.sql.numbers import Quotient
from ...language.tree import Aggregate, Expression, Name
from .aggregated import aggregated_columns, result, without_items
from .columns import ITEM, PARTNER


class Relation:
    """One table as it grows: `columns` holds what can be named in its next stage, by the ids of the language."""

    def __init__(self, stem: str, key: str, base: exp.Select, query: Query) -> None:
        """`stem` is what its stages are called, `key` the column that tells its rows apart."""
        self.stem, self.key, self.query = stem, key, query
        self.columns: dict[str, Any] = {}
        self._pending: dict[str, Any] = {}
        self._ids: dict[
            object, str
        ] = {}  #: by what is computed: the first value of it, with which others share a column
        self._shared: dict[str, str] = {}  #: values that wait for the column of another
        self._stages = 0
        self.name = self._stage(base)

    def put(self, id: str, value: Any) -> None:
        """Give a value a name, to be a column from the next stage on."""
        if is_written(value) or all(isinstance(tree, exp.Column) for tree in _trees(value)):
            self.columns[id] = value
            return
        same = self._ids.setdefault(_text(value), id)
        if same == id:
            self._pending[id] = value
        elif same in self.columns:
            self.columns[id] = self.columns[same]
        else:
            self._shared[id] = same

    def get(self, id: str, table: str | None = None) -> Any:
        """The column of a value, as columns of this table are named in its next stage."""
        if id not in self.columns:
            self.flush()
        return _named(self.columns[id], table)

    def has(self, id: str) -> bool:
        """Whether the table has this value."""
        return id in self.columns or id in self._pending or id in self._shared

    def flush(self) -> None:
        """Begin a stage with the columns that wait for it."""
        if not self._pending:
            return
        added = []
        for id, value in self._pending.items():
            self.columns[id], more = self.query.column_of(id, value)
            added += more
        self.columns.update({id: self.columns[same] for id, same in self._shared.items()})
        self._pending, self._shared = {}, {}
        self.name = self._stage(exp.select(exp.Star(), *added).from_(self.name))

    def join(self, other: str, on: str, columns: Mapping[str, Any]) -> None:
        """Begin a stage that looks up columns of another table, NULL where it has no such row."""
        self.flush()
        trees = [exp.column(tree.name, table="b") for value in columns.values() for tree in _trees(value)]
        condition = exp.EQ(this=exp.column(on, table="a"), expression=exp.column(on, table="b"))
        stage = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("a")), *trees)
        stage = stage.from_(exp.alias_(exp.to_table(self.name), "a", table=True))
        other_table = exp.alias_(exp.to_table(other), "b", table=True)
        self.name = self._stage(stage.join(other_table, on=condition, join_type="left"))
        self.columns.update(columns)

    def _stage(self, select: exp.Select) -> str:
        self._stages += 1
        return self.query.add(f"{self.stem}_{self._stages}", select)


class Query:
    """The common table expressions so far; turns values of the programme into columns."""

    def __init__(self, list_of: Callable[[str], str | None]) -> None:
        """`list_of` says of which list an id names a field or a value, None for any other id."""
        self.stages: dict[str, exp.Select] = {}
        self._list_of = list_of
        self.partners: Relation
        self.lists: dict[str, Relation] = {}
        self._taken = {PARTNER, ITEM}
        self._made: dict[tuple[str, Aggregate], str] = {}

    def add(self, name: str, select: exp.Select) -> str:
        """A further stage, under a name that is free."""
        self.stages[name] = select
        return name

    def free_name(self, id: str) -> str:
        """A name for a column, from an id of the language; each is given once."""
        stem = id.replace("[]", "").replace(".", "__")[:48]
        name, number = stem, 1
        while name.lower() in self._taken:
            number += 1
            name = f"{stem}_{number}"
        self._taken.add(name.lower())
        return name

    def column_of(self, id: str, value: Any) -> tuple[Any, list[exp.Expr]]:
        """What stands for a value from now on, and the columns that make it: two for a quotient."""
        value = _in_long(value)
        names = [self.free_name(id if index == 0 else f"{id}.over") for index, _ in enumerate(_trees(value))]
        made = [exp.alias_(tree, name, copy=False) for tree, name in zip(_trees(value), names, strict=True)]
        columns = [exp.column(name) for name in names]
        if isinstance(value, Quotient):
            part, over = (one._replace(tree=tree) for one, tree in zip(value, columns, strict=True))
            return Quotient(part, over), made
        return (value._replace(tree=columns[0]) if isinstance(value, Exact) else columns[0]), made

    def define(self, id: str, tree: Expression, of_list: str | None) -> None:
        """A value of the programme as a column of the partners, or of the items of a list; raises NotInSql."""
        relation = self.lists[of_list] if of_list else self.partners
        relation.put(id, self.read(tree, relation))

    def read(self, tree: Expression, relation: Relation) -> Any:
        """An expression as SQL over the next stage of a table."""
        return expression_sql(tree, lambda node: self._lookup(node, relation))

    def _lookup(self, node: Name | Aggregate, relation: Relation) -> Any:
        if isinstance(node, Aggregate):
            return self._aggregate(node, relation)
        self._bring(node.id, relation)
        return relation.get(node.id)

    def _bring(self, id: str, relation: Relation) -> None:
        """What is known of the partner, as a column of an item's table too."""
        if relation.has(id):
            return
        value = self.partners.get(id)
        relation.columns[id] = value if is_written(value) else None
        if relation.columns[id] is None:
            relation.join(self.partners.name, PARTNER, {id: value})

    def _aggregate(self, node: Aggregate, relation: Relation) -> Any:
        """What the items of a list come to, as columns that are looked up once."""
        if node.list not in self.lists:
            return without_items(node, self.read(node.empty, relation) if node.empty else None)
        items = self.lists[node.list]
        id = self._made.get((relation.stem, node))
        best = self.read(node.best, relation) if node.best else None
        if id is None:
            id = self._made[relation.stem, node] = self.free_name(f"{node.list}.{node.function}")
            if relation is items:
                raise NotInSql("an item looks through its own list")

            def column(inner: Name | Aggregate) -> Any:
                if isinstance(inner, Aggregate):
                    raise NotInSql("an aggregate stands within another")
                if self._list_of(inner.id) == node.list:
                    return items.get(inner.id, "m")
                self._bring(inner.id, relation)
                return relation.get(inner.id, "r")

            parts = {
                part: None if tree is None else expression_sql(tree, column)
                for part, tree in (("counts", node.counts), ("value", node.value), ("by", node.by), ("best", node.best))
            }
            relation.flush()
            items.flush()
            columns = aggregated_columns(self, id, node.function, parts, (relation.name, relation.key), items.name)
            relation.join(id, relation.key, columns)
        empty = self.read(node.empty, relation) if node.empty else None
        return result(node, lambda part: relation.get(f"{id}.{part}"), best, empty)


def _in_long(value: Any) -> Any:
    """A number whose columns have the types that we reckon with."""
    if isinstance(value, Quotient):
        return Quotient(in_long(value.part), in_long(value.over))
    return in_long(value) if isinstance(value, Exact) else value


def _trees(value: Any) -> list[exp.Expr]:
    if isinstance(value, Quotient):
        return [value.part.tree, value.over.tree]
    return [value.tree if isinstance(value, Exact) else value]


def _text(value: Any) -> object:
    """What is computed: of the same columns the same, within the same bounds."""
    numbers = value if isinstance(value, Quotient) else (value,)
    return tuple((one.tree.sql(), *one[1:]) if isinstance(one, Exact) else one.sql() for one in numbers)


def _named(value: Any, table: str | None) -> Any:
    """A column in a new place, with the table that it is of."""

    def placed(tree: exp.Expr) -> exp.Expr:
        return exp.column(tree.name, table=table) if table and isinstance(tree, exp.Column) else tree.copy()

    if isinstance(value, Quotient):
        return Quotient(*(one._replace(tree=placed(one.tree)) for one in value))
    return value._replace(tree=placed(value.tree)) if isinstance(value, Exact) else placed(value)


def is_written(value: Any) -> bool:
    """Whether it is a written value, that needs no column."""
    tree = value.tree if isinstance(value, Exact) else value
    tree = tree.this if isinstance(tree, exp.Neg | exp.Cast) else tree
    return isinstance(tree, exp.Literal | exp.Boolean)
