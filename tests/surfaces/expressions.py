"""Random expressions of every kind, as an author writes them, and the cells of tables that hold them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple, get_args

from charter.engine.language.function_names import Rounding

NUMERIC = ("count", "number", "percent", "money")
KINDS = (*NUMERIC, "yes_no", "date", "choice", "text")
OPTIONS = ("low", "mid", "top")
TEXTS = ("north", "south")
DAYS = ("2025-11-25", "2026-02-28", "2026-11-24", "2026-11-25")
#: the words of `rounding`
ROUNDING = ("half_up", "half_even", "down", "up", "towards_zero", "away_from_zero")
#: numbers that meet each other: a programme takes its figures from one of these rows
POOLS = ((0, 1, 2), (0, 10, 10, 100), (-1, 0, "0.5"), (5, 5, "100.01"), (1, 3, "33.3"), (-100, 0, 50))


class Symbol(NamedTuple):
    """A name that expressions may use; `currency` is that of an amount, None for one that goes with any."""

    name: str
    kind: str
    currency: str | None = None
    options: tuple[str, ...] = ()
    ordered: bool = False


class Target(NamedTuple):
    """What an expression must come to."""

    kind: str
    currency: str | None = None
    options: tuple[str, ...] = ()


Scope = Sequence[Symbol]


class Expressions:
    """Makes expressions over the names of a scope; all its choices come from `chance`.

    Of the kinds count and money, in `currency`, a scope must have a name. `conditions` are calls that are conditions
    wherever they may stand, such as `qualified('gold')`.
    """

    def __init__(self, chance: Random, currency: str) -> None:
        self.chance, self.currency = chance, currency
        self.pool = [Decimal(number) for number in chance.choice(POOLS)]
        self.conditions: list[str] = []

    def likely(self, probability: float) -> bool:
        """True with this probability."""
        return self.chance.random() < probability

    def number(self, kind: str, *, percent_figure: bool = False) -> Decimal:
        """A figure of the pool, or near one; a count is whole and not under 0."""
        number = self.chance.choice(self.pool) + self.chance.choice((0, 0, 0, 1, 2))
        if kind == "count":
            return Decimal(int(abs(number)))
        return min(max(number, Decimal(0)), Decimal(100)) if percent_figure else number

    def names(self, scope: Scope, target: Target) -> list[Symbol]:
        """The names of the scope that are of the target's kind, and may stand for it."""
        return [
            symbol
            for symbol in scope
            if symbol.kind == target.kind
            and (not target.options or symbol.options == target.options)
            and (target.kind != "money" or symbol.currency in (None, target.currency or self.currency))
        ]

    def value(self, scope: Scope, target: Target, depth: int = 2) -> str:
        """An expression of the kind, which may be no more than a figure."""
        literal = self.literal(target)
        if literal is not None and self.likely(0.25 if depth else 0.4):
            return literal
        if not self.names(scope, target) and target.kind in ("choice", "text", "date"):
            return literal if literal is not None else "as_of"
        return self.rooted(scope, target, depth)

    def literal(self, target: Target) -> str | None:
        """A written value of the kind; None of the kind yes/no, which stands alone at once."""
        match target.kind:
            case "choice":
                return f"'{self.chance.choice(target.options)}'"
            case "text":
                return f"'{self.chance.choice(TEXTS)}'"
            case "date":
                return f"date('{self.chance.choice(DAYS)}')"
            case "yes_no":
                return None
        number = self.number(target.kind)
        return f"({number})" if number < 0 else str(number)

    def rooted(self, scope: Scope, target: Target, depth: int) -> str:
        """An expression with a name of the scope in it, which gives it its kind."""
        if target.kind == "yes_no":
            return self.condition(scope, depth)
        names = self.names(scope, target)
        makers = self._makers(scope, target) if depth else []
        if names and (not makers or self.likely(0.4)):
            return self.chance.choice(names).name
        makers = makers or self._makers(scope, target)
        return self.chance.choice(makers)(max(depth - 1, 0))

    def _makers(self, scope: Scope, target: Target) -> list[Callable[[int], str]]:
        """The ways to make an expression of the kind out of smaller ones."""

        def rooted(kind: str, depth: int) -> str:
            return self.rooted(scope, Target(kind, target.currency), depth)

        def same(depth: int) -> str:
            return self.rooted(scope, target, depth)

        def loose(depth: int) -> str:
            return self.value(scope, target, depth)

        def choose(depth: int) -> str:
            return f"({same(depth)} if {self.condition(scope, depth)} else {loose(depth)})"

        def extreme(depth: int) -> str:
            return f"{self.chance.choice(('min', 'max'))}({same(depth)}, {loose(depth)})"

        def sum_of(depth: int) -> str:
            sign = "+" if target.kind == "count" else self.chance.choice("+-")
            return f"({same(depth)} {sign} {loose(depth)})"

        def rounded(depth: int) -> str:
            units = ("1", "5") if target.kind == "count" else ("0.01", "0.5", "1", "5")
            return f"{self.chance.choice(get_args(Rounding))}({same(depth)}, {self.chance.choice(units)})"

        def remainder(depth: int) -> str:
            return f"modulo({same(depth)}, {self.chance.choice(('5', '12', same(depth)))})"

        def unsigned(depth: int) -> str:
            return f"abs({same(depth)})"

        def scaled(depth: int) -> str:
            factor = self.chance.choice((rooted("number", depth), rooted("count", depth), "2", "0.5", "(-1)"))
            return f"({same(depth)} {self.chance.choice('**/')} {factor})"

        def share(depth: int) -> str:
            kind = self.chance.choice(("count", "money"))
            nothing = self.chance.choice(("", "", f", {self.number('count')}"))
            return f"share({rooted(kind, depth)}, {rooted(kind, depth)}{nothing})"

        def part(depth: int) -> str:
            amount, percentage = rooted("money", depth), self.value(scope, Target("percent"), depth)
            if percentage.isdigit():  # a plain figure will do for a rate too
                return f"convert({amount}, {percentage}, '{target.currency or self.currency}')"
            return f"({amount} * ratio({percentage}))"

        def between(depth: int) -> str:
            name = self.chance.choice(("days_between", "months_between"))
            days = [self.value(scope, Target("date"), depth) for _ in range(2)]
            return f"{name}({days[0]}, {days[1]})"

        def quotient(depth: int) -> str:
            kind = self.chance.choice(("count", "money"))
            return f"({rooted(kind, depth)} / {rooted(kind, depth)})"

        def rank(_: int) -> str:
            ranked = [symbol.name for symbol in scope if symbol.ordered]
            name = self.chance.choice(("rank", "rank_from_last"))
            return f"{name}({self.chance.choice(ranked)})" if ranked else "1"

        def every(depth: int) -> str:
            kind = self.chance.choice(("count", "money"))
            return f"every({self.number('count') + 1}, {rooted(kind, depth)})"

        def moved(depth: int) -> str:
            name = self.chance.choice(("add_days", "add_months"))
            by = self.chance.choice(("30", "(-12)", "1", rooted("count", depth)))
            return f"{name}({self.value(scope, Target('date'), depth)}, {by})"

        def start(depth: int) -> str:
            name = self.chance.choice(("start_of_week", "start_of_month", "start_of_quarter", "start_of_year"))
            month = "" if name in ("start_of_week", "start_of_month") else self.chance.choice(("", ", 4"))
            return f"{name}({self.value(scope, Target('date'), depth)}{month})"

        def part_of_day(depth: int) -> str:
            name = self.chance.choice(("year", "month", "day", "weekday", "quarter"))
            month = self.chance.choice(("", ", 8")) if name == "quarter" else ""
            return f"{name}({self.value(scope, Target('date'), depth)}{month})"

        def plain_count(depth: int) -> str:
            return rooted("count", depth)

        match target.kind:
            case "count":
                return [choose, extreme, sum_of, rounded, remainder, unsigned, rank, every, part_of_day]
            case "number":
                without = [between, quotient, plain_count]
                made = [choose, extreme, sum_of, rounded, remainder, unsigned, scaled, *without]
                return made if self.names(scope, target) else without
            case "percent":
                return (
                    [choose, extreme, sum_of, rounded, remainder, unsigned, scaled, share]
                    if self.names(scope, target)
                    else [share]
                )
            case "money":
                return [choose, extreme, sum_of, rounded, remainder, unsigned, scaled, part]
            case "date":
                return [extreme, moved, start] + ([choose] if self.names(scope, target) else [])
            case _:
                return [choose]

    def condition(self, scope: Scope, depth: int = 2) -> str:
        """A condition."""
        flags = [symbol.name for symbol in scope if symbol.kind == "yes_no"] + self.conditions
        if flags and self.likely(0.3 if depth else 0.5):
            return self.chance.choice(flags)
        inner = max(depth - 1, 0)
        form = self.chance.choice(
            ("compare", "compare", "compare", "and", "or", "not", "several") if depth else ("compare",)
        )
        if form in ("and", "or"):
            parts = [self.condition(scope, inner) for _ in range(self.chance.choice((2, 2, 3)))]
            return "(" + f" {form} ".join(parts) + ")"
        if form == "not":
            return f"(not {self.condition(scope, inner)})"
        if form == "several":
            parts = [self.condition(scope, inner) for _ in range(self.chance.choice((2, 3)))]
            return f"at_least({self.chance.choice((1, 2, 2))}, {', '.join(parts)})"
        return self._comparison(scope, inner)

    def _comparison(self, scope: Scope, depth: int) -> str:
        """A comparison of two values, or a window of time."""
        symbol = self.chance.choice(scope)
        options = list(symbol.options)
        match symbol.kind:
            case "choice" if symbol.ordered and self.likely(0.5):
                return f"({symbol.name} {self.chance.choice(('<', '<=', '>', '>='))} '{self.chance.choice(options)}')"
            case "choice" if len(options) > 1 and self.likely(0.4):
                several = ", ".join(f"'{option}'" for option in self.chance.sample(options, 2))
                return f"({symbol.name} {self.chance.choice(('in', 'not in'))} ({several}))"
            case "choice":
                return f"({symbol.name} {self.chance.choice(('==', '!='))} '{self.chance.choice(options)}')"
            case "text":
                sign, text = self.chance.choice(("==", "!=")), self.chance.choice(TEXTS)
                if (sign, text) == ("!=", "south"):
                    return f"(not starts_with({symbol.name}, 'so'))"
                return f"({symbol.name} {sign} '{text}')"
            case "date" if self.likely(0.4):
                end = self.chance.choice(("", "", f", {self.value(scope, Target('date'), 0)}"))
                name = self.chance.choice(("last_days", "last_months"))
                return f"{name}({symbol.name}, {self.chance.choice((1, 12))}{end})"
            case "yes_no":
                return f"(not {symbol.name})"
        target = Target(symbol.kind, symbol.currency)
        left, right = self.rooted(scope, target, depth), self.value(scope, target, depth)
        signs = ("<", "<=", ">", ">=", "==", "!=")
        if symbol.kind != "date" and self.likely(0.15):
            return f"({self.number(symbol.kind)} < {left} <= {right})"
        return f"({left} {self.chance.choice(signs)} {right})"

    # Cells ------------------------------------------------------------------------------------------------------------

    def figure(self, target: Target) -> Any:
        """A written value as YAML has it."""
        if target.kind == "yes_no":
            return self.likely(0.5)
        return self.number(target.kind) if target.kind in NUMERIC else self.literal(target)

    def cell(self, scope: Scope, target: Target, depth: int = 1) -> Any:
        """A figure, an expression, or a table of any form."""
        forms = ["rule", "rule", "figure"]
        if depth:
            forms += ["by", "band", "cases"] + (["slices"] if target.kind in NUMERIC and target.kind != "count" else [])
        form = self.chance.choice(forms)
        if form == "figure":
            return self.figure(target)
        if form == "rule":
            return self.value(scope, target)
        return getattr(self, f"_{form}")(scope, target, depth - 1)

    def _by(self, scope: Scope, target: Target, depth: int) -> Any:
        choices = [symbol for symbol in scope if symbol.kind == "choice"]
        if not choices:
            return self._cases(scope, target, depth)
        symbol = self.chance.choice(choices)
        options = [option for option in symbol.options if self.likely(0.7)] or list(symbol.options)
        table = {"by": symbol.name, "rows": {option: self.cell(scope, target, depth) for option in options}}
        if len(options) < len(symbol.options):
            table["otherwise"] = self._default(scope, target, depth)
        return self._across(scope, target, table)

    def _default(self, scope: Scope, target: Target, depth: int) -> Any:
        """The cell where no row applies."""
        return "unknown" if self.likely(0.2) else self.cell(scope, target, depth)

    def _number_name(self, scope: Scope, kinds: Sequence[str] = NUMERIC) -> Symbol:
        return self.chance.choice([symbol for symbol in scope if symbol.kind in kinds])

    def _band(self, scope: Scope, target: Target, depth: int) -> Any:
        symbol = self._number_name(scope)
        starts = self._starts()
        if symbol.kind == "count" and starts[0] == 0 and all(start % 1 == 0 for start in starts) and self.likely(0.3):
            ends = [f"{start} to {after - 1}" for start, after in pairwise(starts)]
            rows = {name: self.cell(scope, target, depth) for name in (*ends, f"{starts[-1]} and up")}
        else:
            rows = {str(start): self.cell(scope, target, depth) for start in starts}
        table = {"band": symbol.name, "rows": rows}
        if starts[0] != 0 or self.likely(0.2):
            table["below"] = self._default(scope, target, depth)
        return self._across(scope, target, self._worked_out(scope, target, table, symbol))

    def _worked_out(self, scope: Scope, target: Target, table: dict[str, Any], symbol: Symbol) -> dict[str, Any]:
        """The table of a number, one that holds its upper limits, whose later rows begin or end at rules, or of points.

        What is drawn afterwards does not depend on it.
        """
        state, rows = self.chance.getstate(), table["rows"]
        if any(" " in key for key in rows):
            return table
        if "band" in table and self.likely(0.3):
            table = {"up_to": table["band"], "rows": rows, "above": table.get("below", self.figure(target))}
        if "band" in table and target.kind in NUMERIC and target.kind != "count" and self.likely(0.6):
            points = {key: self.figure(target) if self.likely(0.5) else cell for key, cell in rows.items()}
            table = {"between": table["band"], **{key: part for key, part in table.items() if key != "band"}}
            table["rows"] = points
        elif len(rows) > 1 and self.likely(0.4):
            of_number = Target(symbol.kind, symbol.currency)
            first, *later = rows
            keys = [self.rooted(scope, of_number, self.chance.choice((0, 1))) for _ in later]
            renamed = dict(zip([first, *keys], rows.values(), strict=True))
            are_rules = not any(key.removeprefix("-").replace(".", "").isdigit() for key in keys)
            table = {**table, "rows": renamed} if len(renamed) == len(rows) and are_rules else table
        self.chance.setstate(state)
        return table

    def _across(self, scope: Scope, target: Target, table: dict[str, Any]) -> dict[str, Any]:
        """The table, or one with a second key too; what is drawn afterwards does not depend on it."""
        state = self.chance.getstate()
        choices = [s for s in scope if s.kind == "choice" and s.name not in ("tier", table.get("by"))]
        if choices and self.likely(0.3):
            symbol = self.chance.choice(choices)

            def cells(first: Any, share: float) -> dict[str, Any]:
                options = [option for option in symbol.options if self.likely(share)] or symbol.options[:1]
                return {option: first if at == 0 else self.figure(target) for at, option in enumerate(options)}

            share = self.chance.choice((1.0, 0.7))
            rows = {key: cells(cell, share) for key, cell in table["rows"].items()}
            more: dict[str, Any] = {}
            if share < 1 and "otherwise" not in table:
                more["otherwise"] = self.figure(target) if self.likely(0.7) else "unknown"
            for key in ("otherwise", "below", "above"):
                if key in table and self.likely(0.5) and (key != "otherwise" or share == 1):
                    more[key] = cells(table[key], 1.0)
            table = {**table, **more, "across": symbol.name, "rows": rows}
        self.chance.setstate(state)
        return table

    def _starts(self) -> list[Decimal]:
        """Rising numbers, the first of which may be over or under 0."""
        return sorted({self.number("number") for _ in range(self.chance.choice((1, 2, 3)))})

    def _slices(self, scope: Scope, target: Target, depth: int) -> Any:
        of_money = target.kind == "money" and self.likely(0.7)
        amount = Target("money", target.currency) if of_money else Target("count")
        names = self.names(scope, amount)
        starts = [Decimal(0), *(start for start in self._starts() if start > 0)]
        rate = Target("percent") if of_money else target
        rows = {str(start): self.cell(scope, rate, 0) for start in starts}
        symbol = self.chance.choice(names)
        table = {"slices": symbol.name, "rows": rows}
        if self.likely(0.4):
            table["negative"] = self.chance.choice(("kept", "dropped"))
        if self.likely(0.3):
            table["after"] = self.chance.choice(names).name
        return self._across(scope, rate, self._worked_out(scope, rate, table, symbol))

    def _cases(self, scope: Scope, target: Target, depth: int) -> Any:
        number = self.chance.choice((1, 2, 2, 3))
        cases = [{"when": self.condition(scope, 1), "value": self.cell(scope, target, depth)} for _ in range(number)]
        table = {"cases": cases, "otherwise": self._default(scope, target, depth)}
        if target.kind in NUMERIC and self.likely(0.5):
            return {"take": self.chance.choice(("greatest", "least", "sum", "first")), **table}
        return table
