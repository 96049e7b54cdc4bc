"""Random programmes without mistakes, which between them use every form of the language.

A programme is plain data: the content of each file by its kind. It follows from a seed, and is made of small, nasty
parts: figures that meet, bounds under zero, quotients by zero, bands that begin above the least number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import simplejson
from charter import Release
from charter.engine.release.load import load_files, release_files
from simplejson import RawJSON

from .expressions import NUMERIC, OPTIONS, Expressions, Scope, Symbol, Target

Files = dict[str, Any]  #: the content of each file of a release, by the kind of the file
SOURCE = {"source": ["c"]}
CURRENCIES = ("EUR", "JPY", "KWD")
TIERS = ("secured", "expert", "silver", "gold", "platinum")  #: two of a track, then those of the programme's own ladder
HEAD = {
    "programme": {
        "id": "world",
        "release": "1.0.0",
        "title": {"en": "World", "ru": "Мир"},
        "languages": ["en", "ru"],
        "effective": {"from": date(2020, 1, 1)},
    },
    "clauses": {
        "sections": {"all": {"title": {"en": "All", "ru": "Всё"}}},
        "clauses": {"c": {"section": "all", "title": {"en": "A clause.", "ru": "Пункт."}}},
    },
}


def compiled(files: Files) -> Release:
    """The release of these files; raises InvalidProgramme where it has mistakes."""
    return load_files(release_files(Path("world"), {kind: text(data).encode() for kind, data in files.items()}))


def written(files: Files, folder: Path) -> Path:
    """The folder, with the files of the programme in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, data in files.items():
        (folder / f"{kind}.yaml").write_text(text(data), "utf-8")
    return folder


def text(data: Any) -> str:
    """Plain data as YAML, which JSON is a part of, with its numbers as they are."""
    return simplejson.dumps(data, use_decimal=True, ensure_ascii=False, default=lambda day: RawJSON(day.isoformat()))


def programme(seed: int, share: float | None = None) -> Files:
    """The programme of a seed; `share` is how many of all parts it has, from 0 to 1, or None for a share of its own."""
    return _Maker(Random(seed), share).files()


class _Maker:
    def __init__(self, chance: Random, share: float | None) -> None:
        self.chance = chance
        self.share = chance.choice((0.15, 0.3, 0.5)) if share is None else share
        self.currency = chance.choice(CURRENCIES)
        self.make = Expressions(chance, self.currency)
        self.titles = 0
        self.scope: list[Symbol] = [Symbol("as_of", "date")]
        self.lists: dict[str, list[Symbol]] = {}

    def has(self, weight: float = 1.0) -> bool:
        """Whether the programme has an optional part."""
        return self.make.likely(min(1.0, self.share * weight))

    def title(self) -> dict[str, Any]:
        """A title that no other part has."""
        self.titles += 1
        return {"title": {"en": f"Part {self.titles}", "ru": f"Часть {self.titles}"}}

    def files(self) -> Files:
        """All files of the programme."""
        facts = self.facts()
        if self.has(1.5):
            facts["lists"] = self.list_facts()
        definitions = self.definitions()
        tiers = self.tiers(definitions)
        files: Files = {**HEAD, "facts": facts, **tiers, **self.texts()}
        if definitions:
            files["definitions"] = definitions
        if "products" in files:
            facts["facts"]["product"] = {**self.title(), "kind": "choice", "choices_from": "products"}
        if self.has(0.5):
            facts["checks"] = {"odd": {**self.title(), "rule": self.make.condition(self.scope)}}
        return files

    def texts(self) -> Files:
        """What decides nothing: the texts of the programme and its terms."""
        if not self.has():
            return {}
        more = {"vendor": {"en": "Vendor", "ru": "Вендор"}, "document": {"en": "Terms", "ru": "Условия"}}
        return {
            "programme": {**HEAD["programme"], **more, "notice_days": 30, **SOURCE},
            "terms": {"terms": {"term": {**self.title(), **SOURCE}}},
            "products": {"products": {option: {**self.title(), **SOURCE} for option in OPTIONS[:2]}},
        }

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
            if self.make.likely(0.3):
                lists[id] |= {"unit": {"en": "items", "ru": "шт."}, **SOURCE}
            if self.has():
                lists[id]["values"] = self.item_values(prefix, fields)
            self.lists[id] = fields
        return lists

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

    # Definitions ------------------------------------------------------------------------------------------------------

    def definitions(self) -> dict[str, Any]:
        """Definitions of every form, tables of several columns, and figures that may be agreed."""
        rows = {}
        for number in range(self.chance.choice((0, 1, 2, 3)) + 2 * self.has()):
            rows[f"d{number}"] = self.defined(f"d{number}", self.scope, self.scope)
        files: dict[str, Any] = {"definitions": rows} if rows else {}
        if self.has(0.5):
            files["tables"] = {"table": self.table()}
        return files

    def target(self) -> Target:
        """A kind at random, with the programme's currency or the options of a choice."""
        kind = self.chance.choice(("count", "number", "percent", "money", "money", "yes_no", "date", "choice", "text"))
        return Target(kind, self.currency if kind == "money" else None, OPTIONS if kind == "choice" else ())

    def head(self, target: Target) -> dict[str, Any]:
        """The keys that say what a value is."""
        row: dict[str, Any] = {**self.title(), "kind": target.kind}
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
        bounds = {
            key: self.make.number("count") if plain else self.make.cell(scope, target, 0)
            for key in ("floor", "cap")
            if self.make.likely(0.15)
        }
        if target.kind != "count" and self.make.likely(0.2):
            bounds["round"] = self.chance.choice((Decimal("0.01"), 1, 5))
            bounds |= {"rounding": self.chance.choice(("half_up", "down", "up"))} if self.make.likely(0.6) else {}
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
            row["best"] = self.chance.choice((1, 2, "n"))
        if take not in ("count", "distinct", "any", "sum") or self.make.likely(0.2):
            row["empty"] = "unknown" if self.make.likely(0.4) else self.make.figure(target)
        return row, target

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
        columns = {name: self.head(target) for name, target in targets.items()}
        table = {**self.title(), **form, "columns": columns, **SOURCE}
        self.scope += [Symbol(name, target.kind, target.currency) for name, target in targets.items()]
        return table

    # Tiers and what they give -----------------------------------------------------------------------------------------

    def tiers(self, definitions: dict[str, Any]) -> Files:
        """The files of tiers, of what all of them ask for, and of what they give."""
        if self.has(0.5):
            self.scope.append(Symbol("held_since", "date"))
        for id, row in definitions.get("definitions", {}).items():
            if "negotiable" in row:
                self.make.conditions.append(f"agreed('definitions.{id}')")
        main = list(TIERS[2:])[: self.chance.choice((1, 2, 2, 3))]
        track = list(TIERS[:2])[: self.chance.choice((1, 2))] if self.has(0.7) else []
        award = self.chance.choice(("highest", "highest", "signed"))
        whole: dict[str, Any] = {"award": award}
        if self.has(0.7):
            until = self.chance.choice(("add_months(held_since, 12)", "add_days(start_of_year(held_since), 364)"))
            whole["retention"] = {**self.title(), "until": until, **SOURCE}
        if self.has(0.5):
            ends = self.chance.choice(("add_days(add_months(start_of_year(as_of), 12), -1)", "date('2026-12-31')"))
            whole["membership"] = {**self.title(), "ends": ends, **SOURCE}
        if track:
            whole["tracks"] = {"side": {**self.title(), **SOURCE}}
        by_tier = list(self.by_tier(definitions, [*main, *track]))
        whole["tiers"] = {}
        for tier in [*track, *main]:
            scope = [*self.scope, *(symbol for symbol, tiers in by_tier if tier in tiers)]
            whole["tiers"][tier] = self.tier(tier, "side" if tier in track else None, scope)
            self.make.conditions.append(f"qualified('{tier}')")
        self.make.conditions.clear()
        files: Files = {"tiers": whole}
        if self.has(0.6):
            files["eligibility"] = {
                kind: {f"{kind}_asks": self.requirement(self.scope)}
                for kind in self.chance.choice((("eligibility",), ("joining",), ("eligibility", "joining")))
            }
        everything = [*track, *main]
        discounted = [tier for tier in everything if "discount" in whole["tiers"][tier]]
        if discounted and self.has(1.2):
            files["bonuses"] = self.bonuses(discounted)
        held = Symbol("tier", "choice", None, ("none", *main), award == "highest")
        self.scope += [held, *([Symbol("side_tier", "choice", None, ("none", *track), ordered=True)] if track else [])]
        self.make.conditions += [f"qualified('{tier}')" for tier in everything]
        for kind in ("benefits", "rebates", "prices"):
            if self.has():
                files[kind] = getattr(self, kind)(everything, discounted)
        return files

    def by_tier(self, definitions: dict[str, Any], tiers: list[str]) -> Iterator[tuple[Symbol, list[str]]]:
        """A definition with a value for some tiers, as a symbol with those tiers."""
        if not self.has():
            return
        target = self.chance.choice((Target("count"), Target("money", self.currency), Target("percent")))
        rows = {tier: self.make.cell(self.scope, target) for tier in tiers if self.make.likely(0.8)}
        if rows:
            row = {**self.head(target), "by_tier": rows, **self.bounds(self.scope, target), **SOURCE}
            definitions.setdefault("definitions", {})["needed"] = row
            yield Symbol("needed", target.kind, target.currency), list(rows)

    def tier(self, id: str, track: str | None, scope: Scope) -> dict[str, Any]:
        """A tier with its requirements and its discount."""
        tier: dict[str, Any] = {**self.title(), **({"track": track} if track else {})}
        if self.has(0.3):
            tier |= {"code": TIERS.index(id) + 1, "summary": {"en": f"Summary {id}", "ru": f"Кратко {id}"}, **SOURCE}
        if self.make.likely(0.8):
            numbers = range(self.chance.choice((1, 1, 2)))
            tier["requirements"] = {f"asks{number}": self.requirement(scope) for number in numbers}
        if self.has(1.5):
            tier["discount"] = {"value": self.make.number("percent", percent_figure=True), **SOURCE}
            if self.has(0.7):
                tier["discount"]["negotiable"] = {"minimum": 0, "maximum": 40, **SOURCE}
        if self.has(0.3):
            tier["rights"] = {"right": {**self.title(), **SOURCE}}
            tier["restrictions"] = {"limit": {**self.title(), **SOURCE}}
        return tier

    def requirement(self, scope: Scope, depth: int = 1) -> dict[str, Any]:
        """A rule, or a group of requirements."""
        row = {**self.title(), **SOURCE}
        if not depth or not self.has():
            return {**row, "rule": self.make.condition(scope)}
        parts = {f"part{number}": self.requirement(scope, depth - 1) for number in range(self.chance.choice((1, 2, 3)))}
        form = self.chance.choice(("all_of", "any_of", "at_least"))
        return {**row, **({form: parts} if form != "at_least" else {"at_least": (len(parts) + 1) // 2, "of": parts})}

    def bonuses(self, tiers: list[str]) -> dict[str, Any]:
        """Bonuses of one rate and of several, and the terms that hold for all."""
        files: dict[str, Any] = {}
        terms: dict[str, Any] = {}
        if self.make.likely(0.5):
            terms["cap"] = {**self.title(), "value": self.make.number("percent", percent_figure=True), **SOURCE}
        for key in ("bonuses_apply", "bonuses_in_price"):
            if self.make.likely(0.4):
                terms[key] = {**self.title(), "rule": self.make.condition(self.scope), **SOURCE}
        if terms:
            files["discount"] = terms

        def rate() -> dict[str, Any]:
            offered = [tier for tier in tiers if self.make.likely(0.8)] or tiers
            percent = {tier: self.make.number("percent", percent_figure=True) for tier in offered}
            return {**self.title(), "when": self.make.condition(self.scope), "percent": percent}

        rows: dict[str, Any] = {"single": {**rate(), **SOURCE}}
        if self.make.likely(0.5):
            take = self.chance.choice(("greatest", "sum"))
            rows["several"] = {**self.title(), "take": take, "rates": {"r0": rate(), "r1": rate()}, **SOURCE}
        return {**files, "bonuses": rows}

    def benefits(self, tiers: list[str], discounted: list[str]) -> dict[str, Any]:
        """Benefits of each kind that a benefit can have."""
        rows = {}
        for number in range(self.chance.choice((1, 2))):
            kind = self.chance.choice((*NUMERIC, "yes_no", "text"))
            target = Target(kind, self.currency if kind == "money" else None)
            row: dict[str, Any] = {**self.title(), "kind": kind, **SOURCE}
            if self.make.likely(0.4):
                row["when"] = self.make.condition(self.scope)
            if number:
                row["group"] = "group"
            if kind == "text":
                given = [tier for tier in tiers if self.make.likely(0.7)] or tiers
                row["by_tier"] = {
                    tier: {"en": f"Text {number} {tier}", "ru": f"Текст {number} {tier}"} for tier in given
                }
            else:
                row |= self.bounds(self.scope, target) | ({"currency": self.currency} if kind == "money" else {})
                row["by_tier"] = {tier: self.make.cell(self.scope, target) for tier in tiers}
                if kind == "percent" and discounted:
                    form = self.chance.choice(("discount_total", "discount_base", "discount_uncapped"))
                    row["by_tier"][tiers[0]] = f"{form}('{self.chance.choice(discounted)}')"
            rows[f"benefit{number}"] = row
        return {"groups": {"group": self.title()}, "benefits": rows} if len(rows) > 1 else {"benefits": rows}

    def rebates(self, tiers: list[str], _: list[str]) -> dict[str, Any]:
        """Rebates for all tiers or by tier, of every period, some not under an amount."""
        rows = {}
        target = Target("money", self.currency)
        for number in range(self.chance.choice((1, 2))):
            row: dict[str, Any] = {**self.title(), "currency": self.currency, **SOURCE}
            if self.make.likely(0.5):
                row["amount"] = self.make.cell(self.scope, target)
            else:
                paid = [tier for tier in tiers if self.make.likely(0.7)] or tiers
                row["by_tier"] = {tier: self.make.cell(self.scope, target) for tier in paid}
            if self.make.likely(0.4):
                row["when"] = self.make.condition(self.scope)
            if self.make.likely(0.3):
                row["pays_from"] = self.make.value(self.scope, target, 0)
            if self.make.likely(0.7):
                row["per"] = self.chance.choice(("once", "month", "quarter", "year"))
            rows[f"rebate{number}"] = {**row, **self.bounds(self.scope, target)}
        return {"rebates": rows}

    def prices(self, _tiers: list[str], _discounted: list[str]) -> dict[str, Any]:
        """The prices of an order: fields and values of a line, totals, rules of price and refusals."""
        lines: list[Symbol] = []
        fields = {"price": self.fact("price", "money", lines, in_item=True)}
        fields["price"].pop("currency", None)
        lines[0] = Symbol("price", "money")
        for name, kind in {"pieces": "count", "sort_o": "choice", "resold": "yes_no", "extra": "money"}.items():
            if self.has(1.3):
                fields[name] = self.fact(name, kind, lines, in_item=True)
        scope = [*self.scope, *lines, Symbol("tier_discount", "percent"), Symbol("partner_discount", "percent"),
                 Symbol("bonus_in_kind", "percent"), Symbol("line", "count")]  # fmt: skip
        order: dict[str, Any] = {**self.title(), "fields": fields, **SOURCE}
        if self.has():
            target = Target(self.chance.choice(("money", "percent", "yes_no")))
            value = {"value": self.make.cell(scope, target), **self.bounds(scope, target)}
            order["values"] = {"worth": {**self.title(), "kind": target.kind, **value, **SOURCE}}
            scope.append(Symbol("worth", target.kind))
        if self.make.likely(0.3):
            order["round"] = self.chance.choice((1, Decimal("0.1")))
        if self.has():
            self.lists["order"] = lines
            row, target = self.aggregate("order", self.scope)
            order["totals"] = {"total": {**row, **self.bounds(self.scope, target), "show": True, **SOURCE}}
        target = Target("money")
        rules = {}
        for number in range(self.chance.choice((1, 2))):
            rule = {**self.title(), "when": self.make.condition(scope, 1), **SOURCE}
            if self.make.likely(0.2):
                rule["says"] = {"en": "On request", "ru": "По запросу"}
            else:
                sums = self.chance.choice((("customer_pays",), ("partner_pays",), ("customer_pays", "partner_pays")))
                rule |= {key: self.make.cell(scope, target) for key in sums}
            rules[f"rule{number}"] = rule
        order["rules"] = rules
        if self.has():
            order["refusals"] = {"refusal": {**self.title(), "when": self.make.condition(scope, 1), **SOURCE}}
        return {"order": order}
