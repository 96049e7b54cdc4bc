"""Random facts, lists and definitions of a programme, with the names that its rules may use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from .expressions import NUMERIC, OPTIONS, ROUNDING, Expressions, Scope, Symbol, Target

SOURCE = {"source": ["c"]}
CURRENCIES = ("EUR", "JPY", "KWD")


class Definitions:
    """Makes the files of facts and definitions; `scope` are the names so far, `lists` the fields of each list."""

    def __init__(self, chance: Random, share: float | None) -> None:
        self.chance = chance
        self.share = chance.choice((0.15, 0.3, 0.5)) if share is None else share
        self.currency = chance.choice(CURRENCIES)
        self.make = Expressions(chance, self.currency)
        self.titles = 0
        self.scope: list[Symbol] = [Symbol("as_of", "date")]
        self.lists: dict[str, list[Symbol]] = {}
        self.agreed: list[str] = []  #: calls that say whether a term is agreed otherwise

    def has(self, weight: float = 1.0) -> bool:
        """Whether the programme has an optional part."""
        return self.make.likely(min(1.0, self.share * weight))

    def title(self) -> dict[str, Any]:
        """A title that no other part has."""
        self.titles += 1
        return {"title": {"en": f"Part {self.titles}", "ru": f"Часть {self.titles}"}}

    # Facts and lists --------------------------------------------------------------------------------------------------

    def facts(self) -> dict[str, Any]:
        """Facts of every kind: a count and an amount in every programme, the others in some."""
        kinds = {"n": "count", "a": "money"}
        more = {"p": "yes_no", "q": "yes_no", "m": "count", "x": "number", "r": "percent", "b": "money",
                "c": "choice", "o": "choice", "d": "date", "t": "text"}  # fmt: skip
        kinds |= {name: kind for name, kind in more.items() if self.has(1.3)}
        return {"facts": {name: self.fact(name, kind, self.scope) for name, kind in kinds.items()}}

    def fact(self, name: str, kind: str, scope: list[Symbol], *, in_item: bool = False) -> dict[str, Any]:
        """A fact, or a field of an item, whose name is added to the scope."""
        fact: dict[str, Any] = {**self.title(), "kind": kind}
        options: tuple[str, ...] = ()
        currency = None
        ordered = kind == "choice" and name.endswith("o")
        if kind in NUMERIC and self.make.likely(0.2):
            fact["unit"] = {"en": "units", "ru": "ед."}
        if kind == "choice":
            options = OPTIONS if ordered else OPTIONS[:2]
            fact["choices"] = {option: self.title() for option in options}
            if ordered:
                fact["ordered"] = True
        if kind == "money" and name != "b":
            fact["currency"] = currency = self.currency
        if kind in NUMERIC and self.make.likely(0.4):
            least, most = sorted((self.make.number(kind), self.make.number(kind)))
            fact |= self.chance.choice(({"minimum": least}, {"maximum": most}, {"minimum": least, "maximum": most}))
        if self.make.likely(0.4):
            default = self._default(fact, kind, options)
            fact |= {} if default is None else {"default": default}
        if not in_item and kind not in ("date", "text") and self.make.likely(0.4):
            fact["effort"] = self.chance.choice((1, 2))
            if kind in NUMERIC and self.make.likely(0.3):
                fact["effort_for"] = 2
        scope.append(Symbol(name, kind, currency, options, ordered))
        return fact

    def _default(self, fact: Mapping[str, Any], kind: str, options: tuple[str, ...]) -> Any:
        match kind:
            case "yes_no":
                return self.make.likely(0.5)
            case "choice":
                return self.chance.choice(options)
            case "date":
                return date(2026, 1, 31)
            case "text":
                return "north"
        number = self.make.number(kind)
        least = max(number, fact.get("minimum", number))
        return min(least, fact.get("maximum", least))

    def list_facts(self) -> dict[str, Any]:
        """One list or two, with fields of every kind, and values of their items."""
        lists = {}
        for prefix, id in (("f", "deals"), ("g", "people"))[: 1 + self.has()]:
            fields: list[Symbol] = []
            kinds = {"n": "count", "a": "money"}
            more = {
                "p": "yes_no",
                "x": "number",
                "r": "percent",
                "c": "choice",
                "o": "choice",
                "d": "date",
                "t": "text",
            }
            kinds |= {name: kind for name, kind in more.items() if self.has(1.3)}
            rows = {prefix + name: self.fact(prefix + name, kind, fields, in_item=True) for name, kind in kinds.items()}
            if self.has(0.5):
                rows[f"{prefix}m"] = {**self.title(), "kind": "count", "default_from": f"{prefix}n"}
                fields.append(Symbol(f"{prefix}m", "count"))
            if self.has(0.5):
                rows |= self.amounts(prefix, fields)
            lists[id] = {**self.title(), "fields": rows, **({"default": []} if self.make.likely(0.4) else {})}
            lists[id] |= self.efforts(rows)
            if self.make.likely(0.3):
                lists[id] |= {"unit": {"en": "items", "ru": "шт."}, **SOURCE}
            if self.has():
                lists[id]["values"] = self.item_values(prefix, fields)
            self.lists[id] = fields
        return lists

    def efforts(self, rows: dict[str, Any]) -> dict[str, Any]:
        """What it takes to change an item (in its fields), to add and to end it; later draws do not depend on it."""
        state = self.chance.getstate()
        for row in rows.values():
            if row["kind"] != "text" and self.make.likely(0.2):
                row["effort"] = self.chance.choice((1, 2))
        efforts = {key: self.chance.choice((1, 2)) for key in ("add", "end") if self.make.likely(0.3)}
        self.chance.setstate(state)
        return {"effort": efforts} if efforts else {}

    def amounts(self, prefix: str, fields: list[Symbol]) -> dict[str, Any]:
        """A field of money whose currency another field says; only aggregates of one currency use it."""
        codes = {code.lower(): self.title() for code in ("EUR", "USD")}
        fields.append(Symbol(f"{prefix}cur", "choice", None, tuple(codes)))
        fields.append(Symbol(f"{prefix}b", "money", f"{prefix}cur"))
        return {
            f"{prefix}cur": {**self.title(), "kind": "choice", "choices": codes},
            f"{prefix}b": {**self.title(), "kind": "money", "currency": f"{prefix}cur"},
        }

    def item_values(self, prefix: str, fields: list[Symbol]) -> dict[str, Any]:
        """Values of the items, whose names are added to the fields; some aggregate an earlier list."""
        values = {}
        for number in range(self.chance.choice((1, 1, 2))):
            name, scope = f"{prefix}v{number}", [*self.scope, *fields]
            values[name] = self.defined(name, scope, fields)
        return values

    # Within a list ----------------------------------------------------------------------------------------------------

    def within_lists(self, lists: dict[str, Any], files: dict[str, Any]) -> None:
        """Values of items that look at the others of their list, and definitions of what these come to.

        No other part reads them, and what is drawn afterwards does not depend on them.
        """
        state = self.chance.getstate()
        definitions: dict[str, Any] = {}
        for id, fields in self.lists.items():
            if id in lists and self.has(1.5):
                name = f"{fields[0].name[0]}w"
                row, target = self.looking(id, fields)
                lists[id].setdefault("values", {})[name] = {**row, **SOURCE}
                definitions[f"{name}_taken"] = self.taken(id, name, target)
                lists[f"{id}_groups"], taken = self.groups(id, fields)
                definitions[f"{name}_grouped"] = self.taken(f"{id}_groups", *taken)
        if definitions:
            files.setdefault("definitions", {}).setdefault("definitions", {}).update(definitions)
        self.chance.setstate(state)

    def looking(self, id: str, fields: list[Symbol]) -> tuple[dict[str, Any], Target]:
        """An aggregate over the list of the item that has the value, with a condition on both."""
        row, target = self.aggregate(id, self.scope)
        own = [field._replace(name=f"own({field.name})") for field in fields if field.currency in (None, self.currency)]
        alike = [field.name for field in fields if field.kind in ("text", "choice", "count", "date", "yes_no")]
        condition = self.make.condition([*fields, *own], 1)
        same, first = self.chance.choice(alike), self.chance.choice(fields[:2]).name
        forms = (condition, f"{same} == own({same})", f"{first} {self.chance.choice('<>')}= own({first})")
        return {**row, "where": self.chance.choice(forms), "show": self.make.likely(0.5)}, target

    def groups(self, id: str, fields: list[Symbol]) -> tuple[dict[str, Any], tuple[str, Target]]:
        """Groups of the items of a list, with a value taken of each group, whose name and target stand beside them."""
        alike = [field for field in fields if field.kind != "money" or field.currency in (None, self.currency)]
        keys = self.chance.sample(alike, min(len(alike), self.chance.choice((1, 1, 2))))
        row, taken = self.aggregate(id, [*self.scope, *keys])
        values = {f"{id}_v": {**row, **self.bounds(self.scope, taken), **SOURCE}}
        by: Any = [key.name for key in keys] if len(keys) > 1 or self.make.likely(0.5) else keys[0].name
        return {**self.title(), "group": id, "by": by, "values": values, **SOURCE}, (f"{id}_v", taken)

    def taken(self, id: str, name: str, target: Target) -> dict[str, Any]:
        """A definition of what the value of this name comes to."""
        if target.kind in NUMERIC:
            form: dict[str, Any] = {"take": self.chance.choice(("sum", "maximum")), "of": name, "empty": 0}
        elif target.kind == "yes_no":
            form = {"take": self.chance.choice(("any", "all")), "of": name, "empty": "false"}
        else:
            target, form = Target("count"), {"take": "distinct", "of": name}
        return {**self.head(target), **form, "over": id, **SOURCE}

    # Definitions ------------------------------------------------------------------------------------------------------

    def definitions(self, *, counted: bool = False) -> dict[str, Any]:
        """Definitions of every form, tables of several columns, and figures that may be agreed.

        With `counted` a count and an amount of the deals stand first, for a programme that has no facts.
        """
        rows: dict[str, Any] = {}
        for name, target, of in (("n", Target("count"), {"take": "count"}),
                                 ("a", Target("money", self.currency), {"take": "sum", "of": "fa"})):  # fmt: skip
            if counted:
                rows[name] = {**self.head(target), **of, "over": "deals", **SOURCE}
                self.scope.append(Symbol(name, target.kind, target.currency))
        for number in range(self.chance.choice((0, 1, 2, 3)) + 2 * self.has()):
            rows[f"d{number}"] = self.defined(f"d{number}", self.scope, self.scope)
        files: dict[str, Any] = {"definitions": rows} if rows else {}
        if self.has(0.5):
            files["tables"] = {"table": self.table()}
        return files

    def better(self, probability: float) -> dict[str, Any]:
        """Which way is better for the partner, or nothing of it."""
        return {"better": self.chance.choice(("more", "less"))} if self.make.likely(probability) else {}

    def target(self) -> Target:
        """A kind at random, with the programme's currency or the options of a choice."""
        kind = self.chance.choice(("count", "number", "percent", "money", "money", "yes_no", "date", "choice", "text"))
        return Target(kind, self.currency if kind == "money" else None, OPTIONS if kind == "choice" else ())

    def head(self, target: Target) -> dict[str, Any]:
        """The keys that say what a value is."""
        row: dict[str, Any] = {**self.title(), "kind": target.kind, **self.better(0.25)}
        if target.kind == "money" and target.currency:
            row["currency"] = target.currency
        if target.kind in NUMERIC and self.make.likely(0.2):
            row["unit"] = {"en": "units", "ru": "ед."}
        if target.kind == "choice":
            row |= {"choices": {option: self.title() for option in target.options}, "ordered": True}
        return row

    def defined(self, name: str, scope: Scope, into: list[Symbol]) -> dict[str, Any]:
        """A definition or an item's value, whose name is added to `into`."""
        lists = [id for id in self.lists if not any(symbol in scope for symbol in self.lists[id])]
        if lists and self.make.likely(0.6 if into is self.scope else 0.85):
            row, target = self.aggregate(self.chance.choice(lists), scope)
            row |= self.bounds(scope, target)
        else:
            target = self.target()
            row = {**self.head(target), "value": self.make.cell(scope, target), **self.bounds(scope, target)}
            if into is self.scope and self.has(0.7) and target.kind in NUMERIC:
                row["negotiable"] = {"minimum": 0, "maximum": 50, **SOURCE}
        into.append(Symbol(name, target.kind, target.currency, target.options, bool(target.options)))
        return {**row, **SOURCE}

    def bounds(self, scope: Scope, target: Target) -> dict[str, Any]:
        """A floor, a cap and a unit of rounding, or some of them."""
        if target.kind not in NUMERIC:
            return {}
        # A whole figure of kind number is refused a limit with decimals; of another currency there are no names.
        plain = target.kind == "number" or target.currency not in (None, self.currency)
        plain = plain or not self.make.names(scope, Target("count"))
        bounds = {
            key: self.make.number("count") if plain else self.make.cell(scope, target, 0)
            for key in ("floor", "cap")
            if self.make.likely(0.15)
        }
        if target.kind != "count" and self.make.likely(0.2):
            bounds["round"] = self.chance.choice((Decimal("0.01"), 1, 5))
            bounds |= {"rounding": self.chance.choice(ROUNDING)} if self.make.likely(0.6) else {}
        return bounds

    def aggregate(self, id: str, outer: Scope) -> tuple[dict[str, Any], Target]:
        """What the items of a list come to."""
        fields = self.lists[id]
        inner = [*outer, *fields]
        foreign = [field for field in fields if field.currency not in (None, self.currency)]
        take = self.chance.choice(
            ("count", "distinct", "any", "all", "sum", "average", "median", "minimum", "maximum", "latest")
        )
        days = [symbol.name for symbol in fields if symbol.kind == "date"]
        if take == "latest" and not days:
            take = "sum"
        kinds = {
            "sum": NUMERIC, "average": NUMERIC[1:], "median": NUMERIC[1:], "minimum": (*NUMERIC, "date", "choice"),
            "maximum": (*NUMERIC, "date", "choice"), "latest": (*NUMERIC, "date", "yes_no", "text"),
        }.get(take)  # fmt: skip
        if kinds is None:
            target = Target("yes_no" if take in ("any", "all") else "count")
        else:
            ranked = [symbol for symbol in fields if symbol.kind in kinds and (symbol.ordered or not symbol.options)]
            symbol = self.chance.choice([symbol for symbol in ranked if take in ("minimum", "maximum", "latest")] or
                                        [symbol for symbol in fields if symbol.kind in kinds])  # fmt: skip
            target = Target(symbol.kind, symbol.currency, symbol.options)
        if target.currency and not target.currency.isupper():
            target = target._replace(currency=self.chance.choice(("EUR", "USD")))
        row = {**self.head(target), "take": take, "over": id}
        elsewhere = target.kind == "money" and target.currency not in (None, self.currency)
        if elsewhere or target.kind == "choice" or take in ("minimum", "maximum", "latest"):
            row["of"] = symbol.name
        elif take == "distinct":
            row["of"] = self.chance.choice([field for field in fields if field not in foreign]).name
        elif kinds is not None:
            row["of"] = self.make.rooted(inner, target, 1)
        elif take == "all" or (take == "any" and self.make.likely(0.5)):
            row["of"] = self.make.condition([field for field in inner if field not in foreign], 1)
        if self.make.likely(0.5):
            row["where"] = self.make.condition(inner, 1)
        if take == "latest":
            row["by"] = self.chance.choice(days)
        if (
            take in ("sum", "average", "median", "minimum", "maximum")
            and target.kind in NUMERIC
            and self.make.likely(0.4)
        ):
            counts = [symbol.name for symbol in outer if symbol.kind == "count"]
            row["best"] = self.chance.choice((1, 2, *counts[:1]))
        if take not in ("count", "distinct", "any", "sum") or self.make.likely(0.2):
            row["empty"] = "unknown" if self.make.likely(0.4) else self.make.figure(target)
        if take in ("count", "distinct", "any"):
            row.pop("empty", None)  # of no items these are 0 and no
        return row, target

    def up_to(self, form: dict[str, Any]) -> dict[str, Any]:
        """The bands, or those with the second border as an upper limit; later draws do not depend on it."""
        state, (_, limit), (first, second) = self.chance.getstate(), form["rows"], form["rows"].values()
        if self.make.likely(0.4):
            form = {"up_to": form["band"], "rows": {limit: first}, "above": second}
        self.chance.setstate(state)
        return form

    def table(self) -> dict[str, Any]:
        """A table of two columns by bands or by the options of a choice."""
        targets = {"col0": Target("money", self.currency), "col1": Target("percent")}
        choices = [symbol for symbol in self.scope if symbol.kind == "choice"]

        def row() -> dict[str, Any]:
            return {name: self.make.cell(self.scope, target, 0) for name, target in targets.items()}

        if choices and self.make.likely(0.5):
            symbol = self.chance.choice(choices)
            form: dict[str, Any] = {"by": symbol.name, "rows": {symbol.options[0]: row()}, "otherwise": row()}
        else:
            form = {"band": "n", "rows": {"0": row(), str(self.make.number("count") + 1): row()}}
            form = self.up_to(form)
        columns = {name: self.head(target) for name, target in targets.items()}
        table = {**self.title(), **form, "columns": columns, **SOURCE}
        self.scope += [Symbol(name, target.kind, target.currency) for name, target in targets.items()]
        return table
