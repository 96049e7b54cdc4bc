"""Writes a release as one SQL query that decides every partner of a portfolio.

The query reads the portfolio's table (columns `partner`, `tier`, `since`, then one for each fact) and, for each list,
a table of its items (`partner`, then one column for each field). It returns one row for each plain row, with the same
answers as `evaluate`. It is right where each partner has one row, and all items of the partner are plain: the caller
leaves the other partners out of the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple, assert_never

from sqlglot import exp

from ...language.sql.days import day
from ...language.sql.exact import Exact, NotInSql
from ...language.sql.numbers import Quotient, rounded_quotient
from ...language.tree import Aggregate, Expression, names, subtrees
from ...programme.model import MAIN, NO_TIER, ListFact, Programme, Tier, plain_fact
from ...programme.outcomes import OwnOutcome
from ...programme.owners import Role, has_id
from ...programme.reads import needed
from ...values import Kind
from .columns import ITEM, PARTNER, ColumnPart, Form, OutcomeColumn, Tables, outcome_columns, tier_names, wanted_values
from .inputs import InputColumn, all_plain, choice_input, fact_input, has_input, partner_input
from .relations import Query, Relation, is_written
from .table_names import table_of

_SINCE = plain_fact("since", Kind.DATE)


class Decisions(NamedTuple):
    """The query over the plain rows, the names of its columns, and for each table the condition that a row is plain."""

    select: exp.Select
    columns: tuple[str, ...]
    plain: exp.Expr
    plain_items: Mapping[str, exp.Expr]


class Undecidable(Exception):
    """Raised where a value of the programme cannot be computed exactly in SQL."""

    def __init__(self, value: str, reason: str) -> None:
        """`value` is the id of the value, `reason` why SQL cannot compute it."""
        self.value, self.reason = value, reason
        super().__init__(f"{value}: {reason}")


def decisions(programme: Programme, tables: Tables, as_of: date, more: Iterable[str] = ()) -> Decisions:
    """Build the query that decides every plain row on the day `as_of`.

    `more` are ids, or patterns of ids, of facts and values to add as columns. Raises Undecidable where a value that the
    query needs cannot be computed exactly in SQL.
    """
    added = wanted_values(programme, more)
    portfolio, lists = table_of(tables.portfolio), {id: table_of(name) for id, (name, _) in tables.lists.items()}
    query = Query(programme.list_of, [table.name for table in (portfolio, *lists.values())])
    inputs = _inputs(programme, tables.columns)
    if tables.numbered:
        inputs[ITEM] = InputColumn(exp.column(ITEM), None)
    query.partners = _table("partners", exp.select().from_(portfolio), inputs, query)
    query.partners.columns["as_of"] = day(as_of)
    query.partners.columns |= dict.fromkeys(programme.agreed, exp.false())  # who has agreed a term is no plain partner
    plain_items = {}
    for id, (_, forms) in tables.lists.items():
        plain_items[id] = _items(programme.lists[id], exp.select().from_(lists[id]), forms, query)
    for id, list_fact in programme.lists.items():
        if id not in lists and list_fact.default_empty:
            _items(list_fact, exp.select().from_(portfolio.copy()).where(exp.false()), {PARTNER: Form.OTHER}, query)
    columns = outcome_columns(programme, added)
    for id in _needed(programme, [*_outcome_values(programme), *_column_values(columns)]):
        value = programme.values[id]
        if any(_is_of_balance(programme, part) for part in subtrees(value.expression)):
            raise Undecidable(id, "a balance goes on from period to period")
        if value.list and programme.stated_list(value.list) not in query.lists:
            continue  # what a partner has of the list is unknown, whatever the values of its items
        try:
            if value.role is not Role.GROUP_KEY:
                query.define(id, value.expression, value.list)
            elif value.owner.id not in query.lists:
                _group(programme, value.owner.id, query)
        except NotInSql as reason:
            raise Undecidable(id, str(reason)) from reason
    outcome = _OutcomeColumns(programme, query)
    written = {column.name: outcome.column(column) for column in columns}
    query.partners.flush()
    if tables.numbered:
        written[ITEM] = query.partners.get(ITEM)
    select = exp.select(*(exp.alias_(column, name) for name, column in written.items()))
    select = select.from_(query.partners.name)
    for name, stage in query.stages.items():
        select = select.with_(name, as_=stage, copy=False)
    return Decisions(select, tuple(written), all_plain(inputs.values()), plain_items)


# Input columns -------------------------------------------------------------------------------------------------------


def _inputs(programme: Programme, forms: Mapping[str, Form]) -> dict[str, InputColumn]:
    """The inputs of a partner, before any rule is applied: partner, tier and day held, and the facts, by id."""
    inputs = {PARTNER: partner_input(PARTNER, forms[PARTNER])}
    if "tier" in forms:
        inputs["held_tier"] = choice_input("tier", forms["tier"], tier_names(programme), NO_TIER)
    else:
        inputs["held_tier"] = InputColumn(exp.Literal.string(NO_TIER), None)
    since = fact_input(_SINCE, forms.get("since"))
    if "since" in forms:  # a day without a tier is not plain
        of_tier = exp.Is(this=exp.column("tier"), expression=exp.null()) if "tier" in forms else exp.true()
        stray = exp.and_(exp.not_(exp.Is(this=exp.column("since"), expression=exp.null())), of_tier)
        since = since._replace(plain=exp.and_(*filter(None, [since.plain]), exp.not_(exp.paren(stray))))
    inputs["held_since"] = since
    inputs |= {id: fact_input(fact, forms.get(id)) for id, fact in programme.facts.items()}
    return inputs | {has_id(id): has_input(fact, forms.get(id)) for id, fact in programme.facts.items() if fact.none}


def _items(list_fact: ListFact, rows: exp.Select, forms: Mapping[str, Form], query: Query) -> exp.Expr:
    """Add the items of a list, from a select without columns; returns the condition that a row of it is plain."""
    inputs = {PARTNER: partner_input(PARTNER, forms[PARTNER])}
    for id, field in list_fact.fields.items():
        column = fact_input(field, forms.get(id))
        fallback = list_fact.fields.get(field.default_from or "")
        if fallback is not None:
            column = column._replace(value=_or_else(column.value, fact_input(fallback, forms.get(fallback.id)).value))
        inputs[list_fact.id_of(id)] = column
        if field.none:
            inputs[has_id(list_fact.id_of(id))] = has_input(field, forms.get(id))
    items = query.lists[list_fact.id] = _table(list_fact.id, rows, inputs, query)
    if list_fact.looks_at:
        items.number_rows()
    return all_plain(inputs.values())


def _group(programme: Programme, id: str, query: Query) -> None:
    """Add the groups of a list, once each of their keys is known."""
    groups = programme.made_lists[id]
    grouped_by = {key: name.id for key in groups.key_ids for name in names(programme.values[key].expression)}
    if all(query.lists[groups.group_of or ""].has(name) for name in grouped_by.values()):
        query.group(groups, grouped_by)


def _is_of_balance(programme: Programme, tree: Expression) -> bool:
    """Whether an expression looks at the periods of a balance."""
    items = programme.made_lists.get(tree.list) if isinstance(tree, Aggregate) else None
    return items is not None and items.balance is not None


def _or_else(value: Any, fallback: Any) -> Any:
    """The value, or the fallback where it is NULL; both are of the same form."""
    if isinstance(value, Exact):
        tree = exp.Coalesce(this=value.tree, expressions=[fallback.tree])
        return value._replace(tree=tree, low=min(value.low, fallback.low), high=max(value.high, fallback.high))
    return exp.Coalesce(this=value, expressions=[fallback])


def _table(stem: str, rows: exp.Select, inputs: Mapping[str, InputColumn], query: Query) -> Relation:
    """The plain rows of a select without columns, with their columns converted to the types of the language."""
    selected: list[exp.Expr] = []
    columns: dict[str, Any] = {}
    for id, column in inputs.items():
        if id == PARTNER:
            columns[id] = exp.column(PARTNER)
            selected.append(exp.alias_(column.value, PARTNER))
        elif not is_written(column.value):
            columns[id], added = query.column_of(id, column.value)
            selected += added
        else:
            columns[id] = column.value
    plain = all_plain(inputs.values())
    select = rows.select(*selected)
    relation = Relation(stem, select if plain == exp.true() else select.where(plain), query)
    relation.columns.update(columns)
    return relation


# Outcome columns ------------------------------------------------------------------------------------------------------


def _outcome_values(programme: Programme) -> list[str]:
    """The ids of the values that the standard columns of an outcome are computed from."""
    ids = [programme.tracks[MAIN].tier]
    for tier in programme.tiers.values():
        ids.append(tier.qualified)
        if tier.discount:
            ids += [tier.discount.base, tier.discount.uncapped, tier.discount.total]
        if programme.tracks[MAIN].kept_until and tier.id in programme.tracks[MAIN].tiers:
            ids.append(programme.tracks[MAIN].kept[tier.id])
    return ids


def _column_values(columns: Iterable[OutcomeColumn]) -> Iterator[str]:
    """The ids of the facts and values that the columns asked for are made from."""
    for column in columns:
        if column.own:
            yield from (value.id for value in column.own.by_tier.values())
        elif column.part is ColumnPart.VALUE:
            yield column.value


def _needed(programme: Programme, wanted: Iterable[str]) -> list[str]:
    """The ids of these values and of all values they depend on, each after its dependencies."""
    depths: dict[str, int] = {}

    def depth(id: str) -> int:
        if id not in programme.values:
            return 0
        if id not in depths:
            depths_below = [depth(name) for name in needed(programme.values[id], programme.made_lists)]
            depths[id] = 1 + max(depths_below, default=0)
        return depths[id]

    for id in wanted:
        depth(id)
    return sorted((id for id in programme.values if id in depths), key=depths.__getitem__)


class _OutcomeColumns:
    """Writes the columns of an outcome as SQL over the partners' relation of a query."""

    def __init__(self, programme: Programme, query: Query) -> None:
        self.programme, self.query = programme, query
        self.track = programme.tracks[MAIN]
        self.tiers = [programme.tiers[id] for id in self.track.tiers]

    def column(self, column: OutcomeColumn) -> exp.Expr:
        """The SQL of one column. Raises Undecidable where a value of it cannot be computed exactly in SQL."""
        tier = self.programme.tiers[column.tier] if column.tier else None
        match column.part:
            case ColumnPart.PARTNER:
                return exp.column(PARTNER)
            case ColumnPart.TIER:
                return exp.Nullif(this=self.get(self.track.tier), expression=exp.Literal.string(NO_TIER))
            case ColumnPart.STATUS:
                return self.status(tier) if tier else self.own_status()
            case ColumnPart.DISCOUNT_BASE:
                return self.discount("base", tier)
            case ColumnPart.DISCOUNT_UNCAPPED:
                return self.discount("uncapped", tier)
            case ColumnPart.DISCOUNT_TOTAL:
                return self.discount("total", tier)
            case ColumnPart.OWN:
                return self.own(column.own) if column.own else exp.null()
            case ColumnPart.VALUE:
                return self.value(column.value)
            case _:
                assert_never(column.part)

    def get(self, id: str) -> Any:
        """A fact or value of the partner: an Exact or Quotient for numbers, an SQL expression for other kinds."""
        return self.query.partners.get(id)

    def value(self, id: str) -> exp.Expr:
        """A fact or value as a column of the outcome."""
        try:
            return _shown(self.get(id))
        except NotInSql as reason:
            raise Undecidable(id, str(reason)) from reason

    def status(self, tier: Tier) -> exp.Expr:
        """The status of a tier: `qualified`, `not_qualified` or `undetermined`."""
        return _status(self.get(tier.qualified))

    def kept(self, tier: Tier) -> exp.Expr:
        """Whether the partner keeps the tier regardless of its requirements; false where that is unknown."""
        return _is_true(self.get(self.track.kept[tier.id]))

    def own_status(self) -> exp.Expr:
        """The status of the partner's own tier: `retained` where the partner keeps it without qualifying."""
        tier_held, whens = self.get(self.track.tier), []
        for tier in self.tiers:
            status = self.status(tier)
            if self.track.kept_until:
                kept = exp.and_(self.kept(tier), exp.not_(_is_true(self.get(tier.qualified))))
                status = exp.Case(ifs=[exp.If(this=kept, true=exp.Literal.string("retained"))], default=status)
            whens.append(exp.If(this=exp.Literal.string(tier.id), true=status))
        unknown = exp.Is(this=self.get(self.track.tier), expression=exp.null())
        without_tier = exp.Literal.string("not_qualified") if self.track.is_awarded else exp.null()
        by_tier = exp.Case(this=tier_held, ifs=whens, default=without_tier) if whens else exp.null()
        return exp.Case(ifs=[exp.If(this=unknown, true=exp.Literal.string("undetermined"))], default=by_tier)

    def discount(self, part: str, tier: Tier | None) -> exp.Expr:
        """The `base`, `uncapped` or `total` discount of a tier; of the partner's own tier where `tier` is None."""
        if tier is None:
            return self.own_discount(part)
        return self.value(getattr(tier.discount, part)) if tier.discount else _no_discount()

    def own_discount(self, part: str) -> exp.Expr:
        """A part of the discount of the partner's own tier; the total is 0 where the partner does not qualify."""
        whens = []
        for tier in self.tiers:
            if tier.discount is not None:
                amount = self.discount(part, tier)
                amount = self.granted(tier, amount, exp.Literal.number(0)) if part == "total" else amount
                whens.append(exp.If(this=exp.Literal.string(tier.id), true=amount))
        return exp.Case(this=self.get(self.track.tier), ifs=whens) if whens else _no_discount()

    def own(self, own: OwnOutcome) -> exp.Expr:
        """An outcome of the partner's own tier: nothing where it does not qualify, NULL without a tier."""
        nothing = exp.false() if own.nothing is False else exp.Literal.number(0)
        whens = []
        for tier in self.tiers:
            value = own.by_tier.get(tier.id)
            result = nothing if value is None else self.granted(tier, self.value(value.id), nothing)
            whens.append(exp.If(this=exp.Literal.string(tier.id), true=result))
        return exp.Case(this=self.get(self.track.tier), ifs=whens)

    def granted(self, tier: Tier, result: exp.Expr, nothing: exp.Expr) -> exp.Expr:
        """The result where the partner qualifies for the tier or keeps it, else nothing; NULL where that is open."""
        qualified = self.get(tier.qualified)
        if self.track.kept_until is not None:
            qualified = exp.or_(exp.paren(qualified), self.kept(tier))
        ifs = [exp.If(this=exp.true(), true=result), exp.If(this=exp.false(), true=nothing)]
        return exp.Case(this=exp.paren(qualified), ifs=ifs)


def _no_discount() -> exp.Expr:
    return exp.cast(exp.null(), "DECIMAL(18, 4)")


def _status(qualified: exp.Expr) -> exp.Expr:
    ifs = [
        exp.If(this=exp.true(), true=exp.Literal.string("qualified")),
        exp.If(this=exp.false(), true=exp.Literal.string("not_qualified")),
    ]
    return exp.Case(this=qualified, ifs=ifs, default=exp.Literal.string("undetermined"))


def _is_true(condition: exp.Expr) -> exp.Expr:
    return exp.Coalesce(this=condition, expressions=[exp.false()])


def _shown(value: Any) -> exp.Expr:
    """A value as a column of the outcome; a quotient is rounded half up to twelve decimals, as in reports."""
    if isinstance(value, Quotient):
        return rounded_quotient(value)
    return value.tree if isinstance(value, Exact) else value
