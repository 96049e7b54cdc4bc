"""Random partners of a release and their orders, at the borders of its rules, and what the interpreter makes of them.

A number of a partner is one of the programme, a hundredth or a whole beside it, or a bound of its fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from charter import Release, Unknown
from charter.engine.evaluate.evaluate import inputs_of
from charter.engine.evaluate.expiry import Expiry, Moved
from charter.engine.evaluate.periods import agreed_as
from charter.engine.evaluate.row_layout import KnownInputs
from charter.engine.language.run.causes import Cause
from charter.engine.language.run.interpret import interpret
from charter.engine.language.tree import Aggregate, Call, Expression, Literal, Name, Undefined, children
from charter.engine.limits import MAX_PERIODS
from charter.engine.portfolio.sql.columns import tier_names
from charter.engine.programme.agreeable import agreeable
from charter.engine.programme.model import (
    FIRST,
    LAPSED,
    LINE,
    NO_TIER,
    NONE,
    ORDER,
    Balance,
    Fact,
    ListFact,
    NamedValue,
    Programme,
)
from charter.engine.programme.owners import Role, agreed_id, agreement_id, periods_id
from charter.engine.values import NUMERIC, Kind, Value

Partner = dict[str, Any]  #: a record in plain data
DAY = date(2026, 11, 25)
_STEPS = tuple(map(Decimal, ("0", "0", "1", "-1", "0.01", "-0.01")))


def literals(tree: Expression) -> Iterator[Any]:
    """The written values in an expression."""
    if isinstance(tree, Literal):
        yield tree.value
    for child in children(tree):
        yield from literals(child)


class Partners:
    """Makes partners of a programme; all choices come from `chance`.

    With `any_term` their agreements are also on terms that nothing marks as negotiable, where the programme allows it;
    where it asks for values on other days only if they say `on_days`, as some cannot be said of such a day then.
    """

    def __init__(self, programme: Programme, chance: Random, *, any_term: bool = False, on_days: bool = False) -> None:
        self.programme, self.chance = programme, chance
        self.any_term = any_term and (on_days or not programme.on_days)
        values = [value for named in programme.values.values() for value in literals(named.expression)]
        numbers = {value for value in values if isinstance(value, Decimal)} | {Decimal(0), Decimal(7)}
        self.numbers = sorted(numbers)
        self.days = sorted({value for value in values if isinstance(value, date)} | {DAY - timedelta(364), DAY})

    def partner(self, name: str = "P", *, missing: float = 0.12) -> Partner:
        """A partner; each fact, list and field is left out with the probability `missing`."""
        chance, programme = self.chance, self.programme
        always = {id: fact for id, fact in programme.facts.items() if not fact.none}
        facts = {id: self.value(fact) for id, fact in always.items() if chance.random() >= missing}
        facts |= self.optional(programme.facts, missing)
        for id, items in programme.lists.items():
            if id != ORDER and chance.random() >= missing:
                facts[id] = self.items(items, missing)
        partner: Partner = {"partner": name, "facts": facts}
        if (tiers := sorted(set(tier_names(programme).values()))) and chance.random() < 0.7:
            partner["tier"] = chance.choice(tiers)
            if chance.random() < 0.7:
                partner["since"] = DAY - timedelta(chance.choice((0, 3, 329, 364, 365, 366, 800)))
        if agreements := list(self.agreements()):
            partner["agreements"] = agreements
        return partner

    def items(self, items: ListFact, missing: float) -> list[dict[str, Any]]:
        """0 to 5 items of a list."""
        return [
            {
                id: self.value(field)
                for id, field in items.fields.items()
                if not field.none and self.chance.random() >= missing
            }
            | self.optional(items.fields, missing)
            for _ in range(self.chance.choice((0, 0, 1, 1, 2, 3, 5)))
        ]

    def optional(self, facts: Mapping[str, Fact], missing: float) -> dict[str, Any]:
        """Values of facts of which there may be none; what is drawn afterwards does not depend on them."""
        state = self.chance.getstate()
        stated = {
            id: NONE if self.chance.random() < 0.3 else self.value(fact)
            for id, fact in facts.items()
            if fact.none and self.chance.random() >= missing
        }
        self.chance.setstate(state)
        return stated

    def order(self) -> Partner:
        """An order of one to three lines, in the form of a file of orders."""
        assert self.programme.order is not None
        fields = {id: field for id, field in self.programme.order.lines.fields.items() if id != LINE}
        lines = [
            {id: self.value(field) for id, field in fields.items() if self.chance.random() >= 0.1}
            for _ in range(self.chance.choice((1, 2, 3)))
        ]
        return {"order": "O-1", "currency": "EUR", "lines": lines}

    def value(self, fact: Fact) -> Any:
        """A value of a fact, at a border as often as not."""
        match fact.kind:
            case Kind.YES_NO:
                return self.chance.random() < 0.5
            case Kind.CHOICE:
                return self.chance.choice(list(fact.choices))
            case Kind.TEXT:
                return self.chance.choice(("north", "south", "a, b"))
            case Kind.DATE:
                return self.chance.choice(self.days) + timedelta(self.chance.choice((0, 0, 1, -1, 365)))
        return self.number(fact.kind, fact.minimum, fact.maximum)

    def number(self, kind: Kind, least: Decimal | None, most: Decimal | None) -> Decimal:
        """A number near one of the programme's, within bounds."""
        number = self.chance.choice(self.numbers) + self.chance.choice(_STEPS)
        if kind is Kind.COUNT:
            number, least = number.to_integral_value(), max(least or Decimal(0), Decimal(0))
        bounds = [bound for bound in (least, most) if bound is not None]
        if bounds and self.chance.random() < 0.2:
            number = self.chance.choice(bounds)
        number = number if least is None else max(number, least)
        number = number if most is None else min(number, most)
        return number.to_integral_value() if kind is Kind.COUNT else number

    def agreements(self) -> Iterator[dict[str, Any]]:
        """Supplementary agreements on some of the terms that can be agreed, most of them in force on `DAY`."""
        for id, value in self.programme.values.items():
            if value.negotiable and value.kind in NUMERIC and self.chance.random() < 0.3:
                agreed = self.number(value.kind, value.negotiable.minimum, value.negotiable.maximum)
                begins = DAY - timedelta(self.chance.choice((0, 30, 30, -1)))
                yield {"term": id, "value": agreed, "document": "A-1", "from": begins}
        state = self.chance.getstate()
        for id, value in agreeable(self.programme).items():
            if self.any_term and value.negotiable is None and self.chance.random() < 0.06:
                begins = DAY - timedelta(self.chance.choice((0, 30, 30, -1)))
                yield {"term": id, "value": self.value(agreed_as(value)), "document": "A-2", "from": begins}
        self.chance.setstate(state)


def no_value(id: str, kind: Kind) -> Unknown:
    """The undefined value of a fact, or of a field of an item, of which the record says that there is none."""
    return Unknown(causes=frozenset({Cause(Undefined(Name(id, kind, id), kind), (NONE,))}))


def reference(release: Release, partner: Partner, order: Partner | None = None, day: date = DAY) -> dict[str, Any]:
    """Every fact and value of a partner, and of its order, by the interpreter, which knows no rows and no plans."""
    record = release.record(partner)
    inputs = inputs_of(record, day)
    return meaning(release.under(record).programme, inputs, None if order is None else release.order(order).lines)


def meaning(programme: Programme, inputs: KnownInputs, lines: Any = None) -> dict[str, Any]:
    """Every fact and value of the inputs, and of the lines of an order (None: of no order), by the interpreter."""
    values: dict[str, Any] = {
        "as_of": inputs.as_of,
        "held_tier": inputs.held_tier or NO_TIER,
        "held_since": inputs.held_since or Unknown(frozenset({"since"})),
    }
    for id, fact in programme.facts.items():
        value = inputs.facts.get(id, Unknown(frozenset({id})) if fact.default is None else fact.default)
        values[id] = no_value(id, fact.kind) if fact.none and value == NONE else value
    for id, items in programme.lists.items():
        nothing: Any = () if items.default_empty else Unknown(frozenset({id}))
        values[id] = _items(items, inputs.facts[id]) if id in inputs.facts else nothing
    if lines is not None:
        assert programme.order is not None
        numbered = [{**line, LINE: Decimal(number)} for number, line in enumerate(lines, 1)]
        values[ORDER] = _items(programme.order.lines, numbered)
    for id, named in programme.values.items():
        if named.negotiable:
            values[agreed_id(id)] = id in inputs.agreed
            values |= {agreement_id(id): inputs.agreed.get(id)} if named.list else {}
        if id in programme.agreed_on_days.values():
            values[periods_id(id)] = inputs.periods.get(id, ())
    ready: dict[str, list[NamedValue]] = {}
    for id, named in programme.values.items():
        if named.of_order and lines is None:
            continue
        if named.role is Role.GROUP_KEY:
            _add_key(programme, named, values)
        elif (periods := programme.made_lists.get(named.list or "")) and periods.balance:
            ready.setdefault(periods.id, []).append(_as_agreed(named, inputs))
            if len(ready[periods.id]) == len(periods.values):
                values[periods.id] = _periods(periods, periods.balance, ready[periods.id], values)
        elif named.list is None:
            values[id] = inputs.agreed[id] if id in inputs.agreed else interpret(named.expression, values)
        elif not isinstance(values[named.list], Unknown):
            _add_to_items(_as_agreed(named, inputs), values)
    return values


def _as_agreed(named: NamedValue, inputs: KnownInputs) -> NamedValue:
    """A value of items as an agreement sets it for each of them; as it is where none does."""
    if named.id not in inputs.agreed:
        return named
    return named._replace(expression=Literal(inputs.agreed[named.id], named.kind))


def _items(items: ListFact, written: Any) -> tuple[dict[str, Value], ...]:
    """The items of a list with their defaults; what is missing is unknown."""
    full = []
    for number, item in enumerate(written, 1):
        fields: dict[str, Value] = {}
        for id, field in items.fields.items():
            value = item.get(id, field.default)
            if value is None and field.default_from:
                value = item.get(field.default_from, items.fields[field.default_from].default)
            fields[id] = Unknown(frozenset({f"{items.id}[{number}].{id}"})) if value is None else value
            if field.none and value == NONE:
                fields[id] = no_value(f"{items.id}[{number}].{id}", field.kind)
        full.append(fields)
    return tuple(full)


def _add_key(programme: Programme, named: NamedValue, values: dict[str, Any]) -> None:
    """Make the groups of a list, where this is the last of their keys that is known."""
    groups = programme.made_lists[named.owner.id]
    assert groups.group_of is not None
    items = values[groups.group_of]
    if isinstance(items, Unknown):
        values[groups.id] = items
    elif all(key in item for item in items for key in groups.keys):
        rows: list[dict[str, Value]] = []
        for item in items:
            row = {key: item[key] for key in groups.keys}
            if row not in rows or any(isinstance(part, Unknown) for part in row.values()):
                rows.append(row)
        values[groups.id] = tuple(rows)


def _periods(periods: ListFact, balance: Balance, named: Sequence[NamedValue], values: Mapping[str, Any]) -> Any:
    """The periods of a balance, each with the values that stand before those that need them; unknown where a day is."""
    made: list[dict[str, Value]] = []
    expiry: Expiry | None = None
    while len(made) < MAX_PERIODS:
        period: dict[str, Any] = {FIRST: not made, LAPSED: Unknown()}
        inner = {value.id: value.inner_id for value in named}
        period |= {field: made[-1][inner[id]] if made else Unknown() for id, field in balance.before.items()}
        for value in named:
            if value.id == balance.expired:
                expiry = expiry or Expiry(period["opening"])
                last = min(period.get("ends", values["as_of"]), values["as_of"])
                period[LAPSED] = expiry.through(_moved(balance, named, periods, period, values), last)
            period[value.inner_id] = interpret(value.expression, {**values, **_by_id(periods, period)})
            if value.id in (balance.begins, balance.ends) and isinstance(period[value.inner_id], Unknown):
                return period[value.inner_id]
        begins, ends = (period.get(name, values["as_of"]) for name in ("begins", "ends"))
        if begins > values["as_of"]:
            return tuple(made)
        made.append(period)
        if ends >= values["as_of"]:
            return tuple(made)
    days = (Name(f"{periods.item}.begins", Kind.DATE), Name("as_of", Kind.DATE))
    return Unknown(causes=frozenset({Cause(Call("days_between", days, Kind.COUNT), (begins, values["as_of"]))}))


def _by_id(items: ListFact, item: Mapping[str, Any]) -> dict[str, Any]:
    """What an item has, by the ids in expressions."""
    return {items.id_of(name): value for name, value in item.items()}


def _moved(
    balance: Balance,
    named: Sequence[NamedValue],
    periods: ListFact,
    period: Mapping[str, Any],
    values: Mapping[str, Any],
) -> Iterator[Moved]:
    """What the items move in a period: all of them are looked at."""
    trees = {value.id: value.expression for value in named}
    for movement in balance.movements:
        tree, items = trees[movement.value], values[movement.list]
        assert isinstance(tree, Aggregate)
        for item in [None] if isinstance(items, Unknown) else items:
            if item is None:
                yield Moved(items, items, items if movement.expires else None, movement.is_use)
                continue
            own = {f"{movement.list}[].{name}": value for name, value in item.items()}
            known = {**values, **_by_id(periods, period), **own}
            counts, day = interpret(tree.counts, known), interpret(movement.day, known)
            if counts is not False:
                expires = known[movement.expires] if movement.expires else None
                day = counts if isinstance(counts, Unknown) else day
                yield Moved(day, interpret(tree.value, known), expires, movement.is_use)


def _add_to_items(named: NamedValue, values: Mapping[str, Any]) -> None:
    """Compute a value of each item of its list, and put it into the item."""
    for item in values[named.list]:
        own = {f"{named.list}[].{name}": value for name, value in item.items()}
        item[named.inner_id] = interpret(named.expression, {**values, **own})
