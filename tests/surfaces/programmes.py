"""Random programmes without mistakes, which between them use every form of the language.

A programme is plain data: the content of each file by its kind. It follows from a seed, and is made of small, nasty
parts: figures that meet, bounds under zero, quotients by zero, bands that begin above the least number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import simplejson
from charter import Release
from charter.engine.problems import InvalidProgramme, Level
from charter.engine.programme.agreeable import agreeable
from charter.engine.release.load import load_files, release_files
from simplejson import RawJSON

from .definitions import SOURCE, Definitions
from .expressions import NUMERIC, OPTIONS, Scope, Symbol, Target

Files = dict[str, Any]  #: the content of each file of a release, by the kind of the file
PAID = ("rebates", "fees", "prices")  #: what a programme without tiers can have
TIERS = ("secured", "expert", "silver", "gold", "platinum")  #: two of a track, then those of the programme's own ladder


class Shape(NamedTuple):
    """Which parts a programme has: facts, lists in any case, tiers. Where it has none of them it has orders alone."""

    facts: bool
    lists: bool
    tiers: bool


SHAPES = 12 * (Shape(True, False, True),) + 2 * (Shape(True, False, False),) + (
    Shape(False, True, True), Shape(False, True, False), Shape(False, False, False),
)  # fmt: skip
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
    files = _Maker(Random(seed), share).files()
    try:
        if "on(" in text(files):
            compiled(files)
    except InvalidProgramme as refused:
        if {problem.code for problem in refused.problems if problem.level is Level.ERROR} == {"not-on-a-day"}:
            files = _without_days(files)
    return _with_any_term(seed, files) if seed % 3 == 1 else files


def _with_any_term(seed: int, files: Files) -> Files:
    """The files of a programme any term of which may be agreed otherwise; of some seeds not every second one."""
    agreements: dict[str, Any] = dict(SOURCE)
    files = {**files, "programme": files["programme"] | {"agreements": agreements}}
    if seed % 12 == 1:
        terms = agreeable(compiled(files).programme).values()
        if kept := [term.id for term in terms if term.negotiable is None][::2]:
            agreements["except"] = kept
    return files


def _without_days(files: Files) -> Files:
    """The files without what is asked for on days: of some values that cannot be said."""
    for rows in (files["definitions"]["definitions"], *(
        items.get("values", {}) for items in files["facts"].get("lists", {}).values()
    )):  # fmt: skip
        for name in [name for name in rows if name.startswith("on_")]:
            del rows[name]
    return files


LIMITS = ("at_least", "at_most")  #: keys of the limits in the table of requirements


class _Maker(Definitions):
    def files(self) -> Files:
        """All files of the programme."""
        shape = self.chance.choice(SHAPES)
        facts = self.facts() if shape.facts else {}
        if shape.lists or (shape.facts and self.has(1.5)):
            facts["lists"] = self.list_facts()
        definitions = self.definitions(counted=not shape.facts) if facts else {}
        self.agreed = [f"agreed('definitions.{id}')" for id, row in definitions.get("definitions", {}).items()
                       if "negotiable" in row]  # fmt: skip
        offers = self.tiers(definitions) if shape.tiers else self.offers([], [], () if facts else ("prices",))
        files: Files = {**HEAD, **({"facts": facts} if facts else {}), **offers, **self.texts()}
        if definitions:
            files["definitions"] = definitions
        if "products" in files and shape.facts:
            facts["facts"]["product"] = {**self.title(), "kind": "choice", "choices_from": "products"}
        if facts and self.has(0.5):
            facts["checks"] = {"odd": {**self.title(), "rule": self.make.condition(self.scope)}}
        if "lists" in facts:
            self.within_lists(facts["lists"], files)
        if facts:
            self.optional(files)
            self.balances(files)
        if "prices" in files and facts.get("lists"):
            self.becomes(files["prices"]["order"], facts["lists"], [*files.get("bonuses", {}).get("bonuses", {})])
        return files

    def becomes(self, order: dict[str, Any], lists: dict[str, Any], bonuses: list[str]) -> None:
        """What an order becomes: items of a list, one for each line or for the whole order.

        What is drawn before and after does not depend on it.
        """
        state = self.chance.getstate()
        stated = [id for id in lists if "group" not in lists[id]]
        if stated and self.has(3):
            id = self.chance.choice(stated)
            one_for = self.chance.choice(("line", "order"))
            self.make.conditions = []
            scope = self.of_line if one_for == "line" else self.scope
            scope = [*scope, *(Symbol(f"bonus('{bonus}')", "percent") for bonus in bonuses)]
            fields = {name: self.placed(scope, field) for name, field in lists[id]["fields"].items()}
            where = {"where": self.make.condition(scope, 1)} if self.make.likely(0.5) else {}
            order["becomes"] = {id: {"one_for": one_for, **where, "fields": fields, **SOURCE}}
        self.chance.setstate(state)

    def placed(self, scope: list[Symbol], field: dict[str, Any]) -> str:
        """What a field of an item says that an order becomes."""
        kind, currency = field["kind"], field.get("currency")
        if kind == "money":
            return self.make.value(scope, Target(kind, currency)) if currency and currency.isupper() else "5"
        return self.make.value(scope, Target(kind, options=tuple(field.get("choices", ()))), 1)

    def balances(self, files: Files) -> None:
        """A balance of what the items of a list come to, and what reads it; a few have one, for no query decides it.

        What is drawn before does not depend on it, and nothing is drawn after it.
        """
        lists = files["facts"].get("lists", {})
        days = {
            id: [symbol.name for symbol in self.lists[id] if symbol.kind == "date"] for id in self.lists if id in lists
        }
        over = [id for id, names in days.items() if names and "group" not in lists[id]]
        if not over or not self.has(0.8):
            return
        self.make.conditions = []
        facts = files["facts"].get("facts", {})
        begins = self.chance.choice([*(id for id, row in facts.items() if row["kind"] == "date"), "date('2026-01-01')"])
        amounts = {id for id in over if self.moved(id, self.currency)}
        over = sorted(amounts) if amounts and self.make.likely(0.4) else over
        kind = {"kind": "money", "currency": self.currency} if set(over) == amounts else {"kind": "number"}
        row: dict[str, Any] = {**self.title(), **kind, **self.better(0.4), **SOURCE}
        has_periods = self.make.likely(0.7)
        if has_periods or self.make.likely(0.5):
            row["begins"] = begins
        if has_periods:
            row["ends"] = self.chance.choice(("add_days(add_months(begins, 6), -1)", "add_months(begins, 1)"))
        currency = row.get("currency")
        row["adds"] = {f"gains{at}": self.movement(self.chance.choice(over), days, currency) for at in range(2)}
        if self.make.likely(0.5):
            row |= {"uses": {"spends": self.movement(self.chance.choice(over), days, currency)}, "negative": "carried"}
        if self.make.likely(0.4):
            row["opening"] = self.make.value(self.scope, Target(row["kind"], currency), 0)
        if self.make.likely(0.4):
            first = next(iter(row["adds"].values()))
            first["expires"] = f"add_days({first['on']}, {self.chance.choice((30, 400))})"
        elif has_periods and self.make.likely(0.6):
            row["carries"] = self.chance.choice(("max(0, closing - 2)", "min(closing, opening)"))
            if self.make.likely(0.5):
                row["negative"] = "dropped"
        best = {**self.title(), **kind, "value": "max(closing, before(best, 1))", "show": True, **SOURCE}
        row["values"] = {"best": best}
        if self.make.likely(0.5):
            row["unit"] = {"en": "points", "ru": "баллов"}
        files["balances"] = {"balances": {"stock": row}}
        taken = {**kind, "take": "maximum", "of": "best", "over": "stock", "empty": "unknown"}
        rules = files.setdefault("definitions", {}).setdefault("definitions", {})
        rules["best_of_stock"] = {**self.title(), **taken, **SOURCE}
        if "tiers" in files and self.make.likely(0.5):
            tier = self.chance.choice([*files["tiers"]["tiers"].values()])
            asked = {**self.title(), "rule": f"stock >= {self.chance.choice((0, 1, 2))}", **SOURCE}
            tier.setdefault("requirements", {})["asks_stock"] = asked

    def moved(self, over: str, currency: str | None) -> list[str]:
        """The fields of a list that can move a balance: amounts of a currency, or (None) counts and numbers."""
        kinds = ("money",) if currency else ("count", "number")
        fields = (symbol for symbol in self.lists[over] if symbol.kind in kinds)
        return [symbol.name for symbol in fields if symbol.currency == currency]

    def movement(self, over: str, days: dict[str, list[str]], currency: str | None) -> dict[str, Any]:
        """What the items of a list add to a balance, or use."""
        of = self.chance.choice([*self.moved(over, currency), 1])
        row = {"of": of, "over": over, "on": self.chance.choice(days[over])}
        where = {"where": self.make.condition([*self.scope, *self.lists[over]])} if self.make.likely(0.4) else {}
        return {**self.title(), **row, **where}

    def optional(self, files: Files) -> None:
        """A day or a number of which there may be none, of the partner and of an item, and rules that ask for it.

        They come last: what is drawn before and after does not depend on them.
        """
        state = self.chance.getstate()
        facts, rules = files["facts"], dict(files.get("definitions", {}).get("definitions", {}))
        self.make.conditions = []
        if "facts" in facts and self.has(1.5):
            free = [symbol for symbol in self.scope if symbol.name not in ("tier", "side_tier")]  # decided by the rule
            scope = [*free, *self.optional_fact("u", facts["facts"])]
            target = self.chance.choice((Target("count"), Target("date"), Target("yes_no")))
            value = f"{self.make.value(scope, target)} if has(u) else {self.make.value(free, target)}"
            rules["of_optional"] = {**self.head(target), "value": value, **SOURCE}
            if "tiers" in files:
                tier = self.chance.choice([*files["tiers"]["tiers"].values()])
                asked = {**self.title(), "rule": self.make.condition(scope), **SOURCE}
                tier.setdefault("requirements", {})["asks_optional"] = asked
        for id, items in facts.get("lists", {}).items():
            if "group" not in items and self.has():
                self.make.conditions = []
                name = f"{id[0]}u"
                where = self.make.condition([*self.lists[id], *self.optional_fact(name, items["fields"])])
                row = {**self.title(), "kind": "count", "take": "count", "over": id, "where": where, **SOURCE}
                rules[f"of_{name}"] = row
        self.asked_on_days(facts, rules)
        if rules:
            files["definitions"] = {**files.get("definitions", {}), "definitions": rules}
        self.chance.setstate(state)

    def asked_on_days(self, facts: dict[str, Any], rules: dict[str, Any]) -> None:
        """Add definitions that are asked for on a day that a fact says, and values of items asked for on theirs."""
        by_tier = ("by_tier", '"across": "tier"', "needed", "follows")  # these differ by tier, or read what does
        asked = {
            id: row
            for id, row in rules.items()
            if row["kind"] in NUMERIC and not any(key in text(row) for key in by_tier)
        }
        asked.pop("follows", None)
        if not asked or not self.has() or "agreed(" in text(rules):
            return
        days = [id for id, row in facts.get("facts", {}).items() if row["kind"] == "date"]
        for id, row in self.chance.sample(sorted(asked.items()), min(2, len(asked))):
            same = {key: row[key] for key in ("kind", "currency", "better") if key in row}
            if days:
                day = self.chance.choice((self.chance.choice(days), "as_of"))
                rules[f"on_{id}"] = {**self.title(), **same, "value": f"on({day}, {id})", **SOURCE}
            for items in facts.get("lists", {}).values():
                fields = [name for name, field in items.get("fields", {}).items() if field["kind"] == "date"]
                if fields and self.make.likely(0.5):
                    value = {**self.title(), **same, "value": f"on({self.chance.choice(fields)}, {id})", **SOURCE}
                    items.setdefault("values", {})[f"on_{fields[0]}_{id}"] = value

    def optional_fact(self, name: str, facts: dict[str, Any]) -> list[Symbol]:
        """Add a fact of which there may be none; returns its name, which `has` can be asked of."""
        scope: list[Symbol] = []
        fact = self.fact(name, self.chance.choice(("date", "date", "count", "money")), scope, in_item=True)
        fact = {key: part for key, part in fact.items() if key != "default"}
        fact |= {"none": {"en": "never", "ru": "никогда"}} | ({"default": "none"} if self.make.likely(0.3) else {})
        facts[name] = fact
        self.make.conditions.append(f"has({name})")
        return scope

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

    # Tiers and what they give -----------------------------------------------------------------------------------------

    def tiers(self, definitions: dict[str, Any]) -> Files:
        """The files of tiers, of what all of them ask for, and of what they give."""
        if self.has(0.5):
            self.scope.append(Symbol("held_since", "date"))
        self.make.conditions += self.agreed
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
        whole |= self.acts(whole)
        if track:
            whole["tracks"] = {"side": {**self.title(), **SOURCE}}
        by_tier = list(self.by_tier(definitions, [*main, *track]))
        whole |= self.requirement_table([*track, *main])
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
        self.readers(by_tier, everything, definitions, files)
        discounted = [tier for tier in everything if "discount" in whole["tiers"][tier]]
        if discounted and self.has(1.2):
            files["bonuses"] = self.bonuses(discounted)
        held = Symbol("tier", "choice", None, ("none", *main), award == "highest")
        self.scope += [held, *([Symbol("side_tier", "choice", None, ("none", *track), ordered=True)] if track else [])]
        for tier in everything:  # a tier with requirements of its own is asked for without the first of them
            passed_over = [f", '{id}'" for id in whole["tiers"][tier].get("requirements", ())][:1]
            self.make.conditions.append(f"qualified('{tier}'{''.join(passed_over)})")
        return {**files, **self.offers(everything, discounted)}

    def acts(self, whole: dict[str, Any]) -> dict[str, Any]:
        """On which days tiers are awarded, or what renews a membership; what is drawn later does not depend on it."""
        state = self.chance.getstate()
        facts = [symbol.name for symbol in self.scope if symbol.kind == "yes_no"]
        rules = ["as_of == start_of_quarter(as_of)", "as_of >= date('2026-06-01')", "held_tier != 'none'", *facts]
        acts: dict[str, Any] = {}
        if whole["award"] == "highest" and self.make.likely(0.4):
            acts["promotion"] = {**self.title(), "when": self.chance.choice(rules), **SOURCE}
        if whole["award"] == "signed" and "membership" in whole and self.make.likely(0.6):
            renews = {**self.title(), "rule": self.chance.choice(rules), **SOURCE}
            renews |= {"alone": True} if self.make.likely(0.4) else {}
            acts["membership"] = {**whole["membership"], "renews": renews}
        self.chance.setstate(state)
        return acts

    def offers(self, tiers: list[str], discounted: list[str], needed: Collection[str] = ()) -> Files:
        """The files of what a partner gets or owes, and of prices: some of them, and the ones needed.

        Without tiers there are no benefits; where prices are needed, there is nothing else that an amount can be of.
        """
        self.make.conditions += self.agreed
        kinds = ("prices",) if needed else ("benefits", "rebates", "fees", "prices") if tiers else PAID
        files = {
            kind: getattr(self, kind)(tiers, discounted)
            for kind in kinds
            if kind in needed or self.has(1.0 if tiers else 2.0)
        }
        return {**files, **self.settlements(files)}

    def settlements(self, files: Files) -> Files:
        """Settlements of the rebates and fees that go together; what is drawn afterwards does not depend on them."""
        state, rows = self.chance.getstate(), {}
        for per in ("once", "month", "quarter", "year") if self.make.likely(0.7) else ():
            parts = {
                kind: [id for id, row in files.get(kind, {}).get(kind, {}).items() if row.get("per", "once") == per]
                for kind in ("rebates", "fees")
            }
            if all(parts.values()):
                least = {"pays_from": self.make.value(self.scope, Target("money", self.currency), 0)}
                rows[f"settled_{per}"] = {**self.title(), **parts, **(least if self.make.likely(0.5) else {}), **SOURCE}
        self.chance.setstate(state)
        return {"settlements": {"settlements": rows}} if rows else {}

    def by_tier(self, definitions: dict[str, Any], tiers: list[str]) -> Iterator[tuple[Symbol, list[str]]]:
        """A definition with a value for some tiers, as a symbol with those tiers."""
        if not self.has():
            return
        target = self.chance.choice((Target("count"), Target("money", self.currency), Target("percent")))
        rows = {tier: self.make.cell(self.scope, target) for tier in tiers if self.make.likely(0.8)}
        if rows:
            cells = self.tiered("value", rows, target)
            row = {**self.head(target), **cells, **self.bounds(self.scope, target), **SOURCE}
            definitions.setdefault("definitions", {})["needed"] = row
            yield Symbol("needed", target.kind, target.currency), list(rows)

    def readers(
        self, by_tier: list[tuple[Symbol, list[str]]], tiers: list[str], definitions: dict[str, Any], files: Files
    ) -> None:
        """Adds what reads a definition by tier: another definition, a row of the tiers that have it, and eligibility.

        What is drawn afterwards does not depend on it.
        """
        state = self.chance.getstate()
        for symbol, valued in by_tier:
            target = Target(symbol.kind, symbol.currency)
            value = f"{self.chance.choice(('min', 'max'))}({symbol.name}, {self.make.rooted(self.scope, target, 1)})"
            definitions["definitions"]["follows"] = {**self.head(target), "value": value, **SOURCE}
            rule = {"rule": f"follows >= {self.make.rooted(self.scope, target, 1)}", **SOURCE}
            rows = files["tiers"].setdefault("requirements", {})
            rows["follows"] = {**self.title(), **rule, "tiers": valued}
            if sorted(valued) == sorted(tiers) and self.make.likely(0.7):
                common = files.setdefault("eligibility", {}).setdefault("eligibility", {})
                common["follows_all"] = {**self.title(), **rule}
        self.chance.setstate(state)

    def tiered(self, key: str, cells: dict[str, Any], target: Target) -> dict[str, Any]:
        """The cells of tiers by tier, or in a table across them; what is drawn afterwards does not depend on it."""
        state, table = self.chance.getstate(), {"by_tier": cells}
        if self.has(0.7):
            more = {tier: self.make.cell(self.scope, target, 0) for tier in cells if self.make.likely(0.8)}
            rows = {"0": cells, "1.5": more or cells}
            below = {"below": "unknown"} if self.make.likely(0.3) else {}
            table = {key: {"band": "n", "across": "tier", "rows": rows, **below}}
            if self.make.likely(0.3):
                table = {key: {"up_to": "n", "across": "tier", "rows": rows, "above": below.get("below", cells)}}
        self.chance.setstate(state)
        return table

    def tier(self, id: str, track: str | None, scope: Scope) -> dict[str, Any]:
        """A tier with its requirements and its discount."""
        tier: dict[str, Any] = {**self.title(), **({"track": track} if track else {})}
        if self.has(0.3):
            tier |= {"code": TIERS.index(id) + 1, "summary": {"en": f"Summary {id}", "ru": f"Кратко {id}"}, **SOURCE}
        if self.make.likely(0.8):
            numbers = range(self.chance.choice((1, 1, 2)))
            tier["requirements"] = {f"asks{number}": self.requirement(scope) for number in numbers}
        if self.has(1.5):
            figure = self.make.number("percent", percent_figure=True)
            tier["discount"] = {"value": self.worked_out(figure, scope), **SOURCE}
            if self.has(0.7):
                tier["discount"]["negotiable"] = {"minimum": 0, "maximum": 40, **SOURCE}
        if self.has(0.3):
            tier["rights"] = {"right": {**self.title(), **SOURCE}}
            tier["restrictions"] = {"limit": {**self.title(), **SOURCE}}
        return tier

    def worked_out(self, figure: Decimal, scope: Scope) -> Any:
        """The percentage, or a rule or a table that gives one; what is drawn afterwards does not depend on it."""
        state = self.chance.getstate()
        cell = self.make.cell(scope, Target("percent")) if self.has(1.2) else figure
        self.chance.setstate(state)
        return figure if isinstance(cell, Decimal) else cell

    def requirement_table(self, tiers: list[str]) -> dict[str, Any]:
        """The table of what several tiers ask for, if there is any; what is drawn afterwards does not depend on it."""
        state = self.chance.getstate()
        rows: dict[str, Any] = {}
        if self.has(0.7):
            target = self.chance.choice(
                (Target("count"), Target("money", self.currency), Target("percent"), Target("date"))
            )
            asking = [tier for tier in tiers if self.make.likely(0.7)] or tiers
            limits = {tier: self.make.cell(self.scope, target) for tier in asking}
            measured = {"measure": self.make.rooted(self.scope, target, 2), self.chance.choice(LIMITS): limits}
            rows["measured"] = {**self.title(), **measured, **SOURCE}
        if self.has(0.7):
            asking = [tier for tier in tiers if self.make.likely(0.7)] or tiers
            row = self.requirement(self.scope)
            if "at_least" not in row:
                rows["shared"] = {**row, "tiers": asking}
        self.chance.setstate(state)
        return {"requirements": rows} if rows else {}

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
            figure = self.make.number("percent", percent_figure=True)
            terms["cap"] = {**self.title(), "value": self.worked_out(figure, self.scope), **SOURCE}
        for key in ("bonuses_apply", "bonuses_in_price"):
            if self.make.likely(0.4):
                terms[key] = {**self.title(), "rule": self.make.condition(self.scope), **SOURCE}
        if terms:
            files["discount"] = terms

        def rate() -> dict[str, Any]:
            offered = [tier for tier in tiers if self.make.likely(0.8)] or tiers
            percent = {tier: self.make.number("percent", percent_figure=True) for tier in offered}
            row = {**self.title(), "when": self.make.condition(self.scope), "percent": percent}
            row["percent"] = {tier: self.worked_out(figure, self.scope) for tier, figure in percent.items()}
            return row

        rows: dict[str, Any] = {"single": {**rate(), **SOURCE}}
        if self.make.likely(0.5):
            take = self.chance.choice(("greatest", "sum"))
            rows["several"] = {**self.title(), "take": take, "rates": {"r0": rate(), "r1": rate()}, **SOURCE}
            if take == "greatest" and len(text(rows)) % 2:
                rows["several"]["take"] = "least"
        return {**files, "bonuses": rows}

    def benefits(self, tiers: list[str], discounted: list[str]) -> dict[str, Any]:
        """Benefits of each kind that a benefit can have."""
        rows = {}
        for number in range(self.chance.choice((1, 2))):
            kind = self.chance.choice((*NUMERIC, "yes_no", "text"))
            target = Target(kind, self.currency if kind == "money" else None)
            row: dict[str, Any] = {**self.title(), "kind": kind, **SOURCE, **self.better(0.2)}
            if self.make.likely(0.4):
                row["when"] = self.make.condition(self.scope)
            if number:
                row["group"] = "group"
            if kind == "text":
                given = [tier for tier in tiers if self.make.likely(0.7)] or tiers
                row["by_tier"] = {
                    tier: {"en": f"Text {number} {tier}", "ru": f"Текст {number} {tier}"} for tier in given
                }
                row["by_tier"] |= self.lines(given[0])
            else:
                row |= self.bounds(self.scope, target) | ({"currency": self.currency} if kind == "money" else {})
                cells = {tier: self.make.cell(self.scope, target) for tier in tiers}
                if kind == "percent" and discounted:
                    form = self.chance.choice(("discount_total", "discount_base", "discount_uncapped"))
                    cells[tiers[0]] = f"{form}('{self.chance.choice(discounted)}')"
                row |= self.tiered("value", cells, target)
            rows[f"benefit{number}"] = row
        return {"groups": {"group": self.title()}, "benefits": rows} if len(rows) > 1 else {"benefits": rows}

    def lines(self, tier: str) -> dict[str, Any]:
        """Several texts of a tier, each under a condition; what is drawn afterwards does not depend on them."""
        state = self.chance.getstate()
        cases = [
            {"id": f"line{place}", "when": self.make.condition(self.scope),
             "value": {"en": f"Line {place} {tier}", "ru": f"Строка {place} {tier}"}}
            for place in range(self.chance.choice((1, 2, 2)))
        ]  # fmt: skip
        is_taken = self.make.likely(0.5)
        self.chance.setstate(state)
        return {tier: {"take": "all", "cases": cases}} if is_taken else {}

    def rebates(self, tiers: list[str], _: list[str]) -> dict[str, Any]:
        """Rebates, which are paid to the partner."""
        return {"rebates": self.payments("rebate", tiers)}

    def fees(self, tiers: list[str], _: list[str]) -> dict[str, Any]:
        """Fees, which the partner owes."""
        return {"fees": self.payments("fee", tiers)}

    def payments(self, stem: str, tiers: list[str]) -> dict[str, Any]:
        """Payments for all tiers or by tier, of every period, some not under an amount."""
        rows = {}
        target = Target("money", self.currency)
        for number in range(self.chance.choice((1, 2))):
            row: dict[str, Any] = {**self.title(), "currency": self.currency, **SOURCE}
            if not tiers or self.make.likely(0.5):
                row["amount"] = self.make.cell(self.scope, target)
            else:
                paid = [tier for tier in tiers if self.make.likely(0.7)] or tiers
                row |= self.tiered("amount", {tier: self.make.cell(self.scope, target) for tier in paid}, target)
            if self.make.likely(0.4):
                row["when"] = self.make.condition(self.scope)
            if self.make.likely(0.3):
                row["pays_from"] = self.make.value(self.scope, target, 0)
            if self.make.likely(0.4):
                row["negative"] = self.chance.choice(("carried", "owed", "dropped"))
            if self.make.likely(0.7):
                row["per"] = self.chance.choice(("once", "month", "quarter", "year"))
                if row["per"] == "once" and number:
                    row |= {"per": "event", "event": {"en": f"for each {stem}", "ru": f"за каждый {stem}"}}
            rows[f"{stem}{number}"] = {**row, **self.bounds(self.scope, target)}
        return rows

    def prices(self, tiers: list[str], _: list[str]) -> dict[str, Any]:
        """The prices of an order: fields and values of a line, totals, rules of price and refusals."""
        lines: list[Symbol] = []
        fields = {"price": self.fact("price", "money", lines, in_item=True)}
        fields["price"].pop("currency", None)
        lines[0] = Symbol("price", "money")
        for name, kind in {"pieces": "count", "sort_o": "choice", "resold": "yes_no", "extra": "money"}.items():
            if self.has(1.3) or (name == "pieces" and not self.make.names(self.scope, Target("count"))):
                fields[name] = self.fact(name, kind, lines, in_item=True)
        own = ("tier_discount", "partner_discount", "bonus_in_kind") if tiers else ()
        scope = [*self.scope, *lines, *(Symbol(name, "percent") for name in own), Symbol("line", "count")]
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
        order["rules"], self.of_line = rules, scope
        if len(rules) > 1:  # nothing is drawn for it
            order["groups"] = {"apart": {"title": {"en": "Apart", "ru": "Отдельно"}, "rules": ["rule0"]}}
        if self.has():
            order["refusals"] = {"refusal": {**self.title(), "when": self.make.condition(scope, 1), **SOURCE}}
        return {"order": order}
