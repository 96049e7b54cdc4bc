"""Writes the rules of a decision table in the forms of Charter: by the options of a choice, by bands, or as cases.

By options or bands where the table has one input and they say the same; as cases otherwise. What a form cannot say is
named, and left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from ..language.parse import Scope
from ..limits import MAX_ROWS
from ..problems import Level, Place, Problem
from ..values import NUMERIC, Kind, plain
from .decision_table import COLLECTED, DecisionTable, Formula, HitPolicy, Input, Output, Rule, Stretch, Test
from .feel import Refused, charter_text, refuse_text
from .from_forms import not_carried
from .read_table import parsed
from .regions import Axis, axes_of, is_complete, overlaps

Cell = Any  #: of YAML: a figure, an expression as text, or a map that is a table


class WantedResult(NamedTuple):
    """What an output must be: its column, and its kind and options, where they are known."""

    at: int
    name: str
    kind: Kind | None = None
    choices: tuple[str, ...] = ()


class Writing:
    """Writes one table, whose outputs are `wanted`; `problems` collects what is left out.

    A row of it has columns, or is one cell.
    """

    def __init__(
        self, table: DecisionTable, scope: Scope, wanted: Sequence[WantedResult], *, has_columns: bool = False
    ) -> None:
        self.scope = scope
        self.problems: list[Problem] = []
        self.table = table._replace(rules=tuple(rule for rule in table.rules if self._fits(table, rule, wanted)))
        table = self.table
        self.has_columns = has_columns
        self.is_collected = table.policy in COLLECTED
        self.rules = list(table.rules) if self.is_collected else self._in_order()
        self.axes = axes_of(table.inputs, self.rules)

    # Which rows count -------------------------------------------------------------------------------------------------

    def _in_order(self) -> list[Rule]:
        """The rules so that the first that holds counts, as their policy says; what is not so is reported."""
        rules = list(self.table.rules)
        if self.table.policy is HitPolicy.PRIORITY:
            rules = self._by_priority(rules)
        elif self.table.policy in (HitPolicy.UNIQUE, HitPolicy.ANY):
            self._check_overlaps(rules)
        for at, rule in enumerate(rules):
            if rule.always_holds and rules[at + 1 :]:
                for after in rules[at + 1 :]:
                    message = f"row {after.number} never counts: row {rule.number} holds always"
                    help = "remove it, or let it stand before"
                    self.problems.append(Problem("row-never-counts", message, after.place, help, Level.WARNING))
                return rules[: at + 1]
        return rules

    def _by_priority(self, rules: list[Rule]) -> list[Rule]:
        """The rules whose results have the highest priority first."""
        kept: list[tuple[tuple[int, ...], Rule]] = []
        for rule in rules:
            ranks = []
            for column, output in zip(self.table.outputs, rule.outputs, strict=True):
                if output not in column.ranked:
                    why, instead = "PRIORITY does not rank its result", "list it among the values of the result"
                    self.problems.append(not_carried(f"row {rule.number}", "", why, instead, rule.place))
                    break
                ranks.append(column.ranked.index(output))
            else:
                kept.append((tuple(ranks), rule))
        return [rule for _, rule in sorted(kept, key=lambda pair: pair[0])]

    def _check_overlaps(self, rules: list[Rule]) -> None:
        """Report rows that can hold at once, where the policy says that they cannot, or that they agree."""
        axes = axes_of(self.table.inputs, rules)
        for later, rule in enumerate(rules):
            for earlier in range(later):
                agree = self.table.policy is HitPolicy.ANY and rules[earlier].outputs == rule.outputs
                if agree or rule.is_default or not overlaps(axes, earlier, later):
                    continue
                says = (
                    "UNIQUE says that they cannot" if self.table.policy is HitPolicy.UNIQUE else "ANY that they agree"
                )
                message = f"rows {rules[earlier].number} and {rule.number} can hold at once, and {says}"
                help = f"row {rules[earlier].number} counts here; say FIRST if that is meant"
                self.problems.append(Problem("rows-overlap", message, rule.place, help))
                break

    # Forms ------------------------------------------------------------------------------------------------------------

    def joint(self, wanted: Sequence[WantedResult]) -> dict[str, Cell] | None:
        """The rows of a table of several columns, by options or bands; None where it has another form."""
        return None if self.is_collected else self._by_option(wanted) or self._by_band(wanted)

    def cell(self, wanted: WantedResult) -> Cell:
        """The cell of one output; None where nothing is left of it."""
        if self.is_collected:
            return self._collected(wanted)
        if not self.rules:
            return None
        if len(self.rules) == 1 and self.rules[0].always_holds and self.rules[0].outputs[wanted.at] is not None:
            return _written(self.rules[0].outputs[wanted.at])
        return self._by_option([wanted]) or self._by_band([wanted]) or self._cases(wanted)

    def _row(self, rule: Rule | None, wanted: Sequence[WantedResult]) -> Cell:
        """The cells of a row, or the one; the word `unknown` where a rule gives no value."""
        cells = {part.name: _written(rule.outputs[part.at] if rule else None) for part in wanted}
        return cells if self.has_columns else cells[wanted[0].name]

    def _gives(self, rule: Rule | None, wanted: Sequence[WantedResult], *, all_of: bool = True) -> bool:
        """Whether a rule has a value in each column, or in some."""
        return rule is not None and (all if all_of else any)(rule.outputs[part.at] is not None for part in wanted)

    def _single(self) -> Axis | None:
        """The only input; None where there are more, or none."""
        return self.axes[0] if len(self.axes) == 1 else None

    def _first(self, holds: frozenset[int]) -> Rule | None:
        return self.rules[min(holds)] if holds else None

    def _by_option(self, wanted: Sequence[WantedResult]) -> dict[str, Cell] | None:
        axis = self._single()
        if axis is None or axis.input.kind is not Kind.CHOICE or axis.input.charter not in self.scope.symbols:
            return None
        first = {region.value: self._first(holds) for region, holds in zip(axis.regions, axis.holds, strict=True)}
        named = self._named_options()
        rest = {option: rule for option, rule in first.items() if option not in named}
        if len(set(rest.values())) > 1 or any(not self._gives(first[option], wanted) for option in named):
            named, rest = (
                [option for option in first if self._gives(first[option], wanted)],
                {option: rule for option, rule in first.items() if not self._gives(rule, wanted)},
            )
            if len(set(rest.values())) > 1 and self._gives_some(rest.values(), wanted):
                return None
        if not 0 < len(named) <= MAX_ROWS:
            return None
        form = {"by": axis.input.charter, "rows": {option: self._row(first[option], wanted) for option in named}}
        return {**form, "otherwise": self._row(next(iter(rest.values())), wanted)} if rest else form

    def _gives_some(self, rules: Iterable[Rule | None], wanted: Sequence[WantedResult]) -> bool:
        return any(self._gives(rule, wanted, all_of=False) for rule in rules)

    def _named_options(self) -> list[str]:
        """The options that a test names as those for which it holds, in the order of the rows."""
        spans = (span for rule in self.rules for test in rule.tests if not test.negated for span in test.spans)
        return list(dict.fromkeys(span.low for span in spans))

    def _by_band(self, wanted: Sequence[WantedResult]) -> dict[str, Cell] | None:
        axis = self._single()
        if axis is None or axis.input.kind not in NUMERIC:
            return None
        bands: list[tuple[Any, Rule | None]] = []
        for region, holds in zip(axis.regions, axis.holds, strict=True):
            rule = self._first(holds)
            if not (region.void and rule is None) and (not bands or bands[-1][1] is not rule):
                bands.append((region.begins, rule))
        if len(bands) > MAX_ROWS or not bands:
            return None
        (begins, lowest), *rest = bands
        ends_open = axis.input.kind is Kind.COUNT and not self._gives(bands[-1][1], wanted, all_of=False)
        if rest and (ends_open or all(side for (_, _, side), _ in rest)):
            return self._up_to(axis, bands, wanted)
        if any(side for (_, _, side), _ in bands) or any(not self._gives(rule, wanted) for _, rule in rest):
            return None  # a band begins with its number, and not after it
        starts_at_zero = begins[0] == 0 and begins[1] == 0
        if not rest:  # one band tests nothing, and the rows do
            return None
        rows = {plain(start[1]): self._row(rule, wanted) for start, rule in rest}
        form = {"band": axis.input.charter}
        if self._gives(lowest, wanted) and (starts_at_zero or rest[0][0][1] > 0):
            return {**form, "rows": {"0": self._row(lowest, wanted), **rows}}
        return {**form, "below": self._row(lowest, wanted), "rows": rows}

    def _up_to(
        self, axis: Axis, bands: Sequence[tuple[Any, Rule | None]], wanted: Sequence[WantedResult]
    ) -> dict[str, Cell] | None:
        """The bands as those that hold their upper limits: each begins after a number, or at the next whole one."""
        *rows, (_, last) = bands
        if any(not self._gives(rule, wanted) for _, rule in rows):
            return None
        ends = [number if side else number - 1 for (_, number, side), _ in bands[1:]]
        cells = {plain(end): self._row(rule, wanted) for end, (_, rule) in zip(ends, rows, strict=True)}
        return {"up_to": axis.input.charter, "rows": cells, "above": self._row(last, wanted)}

    def _cases(self, wanted: WantedResult) -> Cell:
        """The first case that holds; the last row is `otherwise` where it holds always, or some row always does."""
        rules = list(self.rules)
        while rules and rules[-1].outputs[wanted.at] is None:
            rules.pop()
        usable: list[Rule] = []
        for rule in rules:
            if rule.outputs[wanted.at] is None:
                why = "a row without a value stands before others"
                self._leave_out(rule, why, "let the rows before it test for that")
            else:
                usable.append(rule)
        if not usable:
            return None
        last = usable[-1]
        # A row that stands alone keeps its test: where what it tests is missing, its value is not known.
        is_whole = len(usable) == len(self.rules) > 1 and is_complete(self.axes, len(self.rules))
        otherwise = _written(last.outputs[wanted.at]) if last.always_holds or is_whole else "unknown"
        cases = [self._case(rule, wanted) for rule in (usable if otherwise == "unknown" else usable[:-1])]
        written = [case for case in cases if case is not None]
        if not written:
            return otherwise if otherwise != "unknown" else None
        return {"cases": written, "otherwise": otherwise}

    def _collected(self, wanted: WantedResult) -> Cell:
        """Cases of which the sum, the least or the greatest is taken."""
        always = [rule for rule in self.rules if rule.always_holds]
        cases = [self._case(rule, wanted) for rule in self.rules if rule is not (always[-1] if always else None)]
        written = [case for case in cases if case is not None]
        otherwise = _written(always[-1].outputs[wanted.at]) if always else "unknown"
        if not written:
            return otherwise if always else None
        return {"take": COLLECTED[self.table.policy], "cases": written, "otherwise": otherwise}

    def _case(self, rule: Rule, wanted: WantedResult) -> Cell:
        """A case; None where its condition cannot be written, which is reported."""
        parts = [
            condition_text(part, test)
            for part, test in zip(self.table.inputs, rule.tests, strict=True)
            if not test.is_any
        ]
        when = " and ".join(f"({part})" if " or " in part and len(parts) > 1 else part for part in parts)
        try:
            if when:
                parsed(when, self.scope, Kind.YES_NO)
        except Refused as refused:
            self._leave_out(rule, refused.why, refused.instead)
            return None
        return {"when": when or True, "value": _written(rule.outputs[wanted.at])}

    def _fits(self, table: DecisionTable, rule: Rule, wanted: Sequence[WantedResult]) -> bool:
        """Whether each result of a rule is what it must be; reports those that are not."""
        before = len(self.problems)
        for part in wanted:
            output = rule.outputs[part.at]
            text = ""
            try:
                if output is not None:
                    text = output.charter if isinstance(output, Formula) else charter_text(output)
                    parsed(text, self.scope, part.kind, part.choices)
                elif table.policy in COLLECTED:
                    refuse_text("a row that is collected needs a value", "remove the row, or let it give 0")
            except Refused as refused:
                where = f"row {rule.number}, column '{part.name}'"
                self.problems.append(not_carried(where, text, refused.why, refused.instead, rule.place))
        return len(self.problems) == before

    def _leave_out(self, rule: Rule, why: str, instead: str, place: Place | None = None) -> None:
        self.problems.append(not_carried(f"row {rule.number}", "", why, instead, place or rule.place))


def _written(output: Output) -> Cell:
    """A result as a figure or an expression; the word `unknown` where there is none."""
    if output is None:
        return "unknown"
    if isinstance(output, Formula):
        return output.charter
    return output if isinstance(output, bool | Decimal) else charter_text(output)


def condition_text(part: Input, test: Test) -> str:
    """A test of an input as a condition of Charter."""
    text = part.charter or ""
    if part.kind is Kind.YES_NO:
        holds = [value for value in (True, False) if any(span.low is value for span in test.spans) is not test.negated]
        return {(True,): text, (False,): f"not {text}", (True, False): "true"}.get(tuple(holds), "false")
    values = [charter_text(span.low) for span in test.spans if span.is_value]
    parts = [_between(text, span) for span in test.spans if not span.is_value]
    if len(values) == 1:
        parts.append(f"{text} {'!=' if test.negated and not parts else '=='} {values[0]}")
    elif values:
        parts.append(f"{text} {'not in' if test.negated and not parts else 'in'} ({', '.join(values)})")
    whole = " or ".join(parts)
    return f"not ({whole})" if test.negated and any(not span.is_value for span in test.spans) else whole


def _between(text: str, span: Stretch) -> str:
    low = "" if span.low is None else f"{charter_text(span.low)} {'<=' if span.low_in else '<'} "
    if span.high is None:
        return f"{text} {'>=' if span.low_in else '>'} {charter_text(span.low)}"
    return f"{low}{text} {'<=' if span.high_in else '<'} {charter_text(span.high)}"


def only_for(table: DecisionTable, at: int, tier: str) -> DecisionTable:
    """The rules of a table for one tier, without the column of the tier, which is the input at a position."""
    rules = tuple(
        rule._replace(tests=(*rule.tests[:at], *rule.tests[at + 1 :]))
        for rule in table.rules
        if any(span.low == tier for span in rule.tests[at].spans) is not rule.tests[at].negated
    )
    return table._replace(inputs=(*table.inputs[:at], *table.inputs[at + 1 :]), rules=rules)
