"""Turns a table as it is written in a release into a decision table; what cannot be carried over is named.

A cell that is a table is spread over rows: those of the inner table, each under the test of its outer row. A row that
cannot be carried over is left out whole, with a problem at its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, get_args

from ..language.operators import flipped
from ..language.tree import And, Compare, Expression, Literal, Name, Not, Or, Undefined, names
from ..problems import Place, Problem
from ..programme.forms import Bands, Cases, Cell, OptionTable, Slices, UpTo
from ..source.scalars import in_bounds
from ..values import Kind, plain
from .decision_table import ANY, Formula, HitPolicy, Input, Output, Rule, Stretch, Test, both, value_span
from .feel import Refused, formula_of

Key = tuple[str, int]  #: of an input: its text, and which of the columns of that text it is, from 0
Tests = Mapping[Key, Test]

_TAKEN = {"sum": HitPolicy.SUM, "least": HitPolicy.LEAST, "greatest": HitPolicy.GREATEST}
_COUNTED = (Kind.COUNT, Kind.NUMBER)
_HOLES = "FEEL has no row without a value that others may follow"


class Carried(NamedTuple):
    """The rows of a table, with all their inputs, and the problems of what was left out."""

    policy: HitPolicy
    inputs: tuple[Input, ...]
    rules: tuple[Rule, ...]
    problems: tuple[Problem, ...]


class _Row(NamedTuple):
    tests: Tests
    output: Output


def not_carried(where: str, text: str, why: str, instead: str, place: Place | None = None) -> Problem:
    """The problem that a part of a table is left out: where it stands in the table, its text, why, and the way out."""
    quoted = f": '{text}'" if text else ""
    return Problem("not-carried", f"{where}{quoted} is left out: {why}", place, instead)


def carried(cell: Cell) -> Carried:
    """The rows of a table."""
    spreading = _Spreading()
    policy = spreading.policy_of(cell)
    rows = list(spreading.top(cell))
    if not rows and not spreading.problems:
        spreading.problems.append(not_carried("the table", "", "it has no row that can hold", "give it a row"))
    inputs = tuple(spreading.inputs.values())
    rules = tuple(
        Rule(number, tuple(row.tests.get(key, ANY) for key in spreading.inputs), (row.output,))
        for number, row in enumerate(rows, 1)
    )
    return Carried(policy, inputs, rules, tuple(spreading.problems))


class _Spreading:
    """Spreads one table over rows: the inputs by their texts, and the problems so far."""

    def __init__(self) -> None:
        self.inputs: dict[Key, Input] = {}
        self.problems: list[Problem] = []

    def policy_of(self, cell: Cell) -> HitPolicy:
        """UNIQUE where no two rows can hold at once, FIRST otherwise; the sum and the like of cases are collected."""
        if isinstance(cell, Cases):
            return _TAKEN.get(cell.take, HitPolicy.FIRST)
        inner = [row for _, row in getattr(cell, "rows", ())]
        defaults = (getattr(cell, name, None) for name in ("otherwise", "below", "above"))
        inner += [row for row in defaults if row is not None]
        return HitPolicy.FIRST if any(_has_cases(part) for part in inner) else HitPolicy.UNIQUE

    def top(self, cell: Cell) -> Iterator[_Row]:
        """The rows of the whole table."""
        if isinstance(cell, Cases) and cell.take in _TAKEN:
            yield from self._collected(cell)
        else:
            yield from self._rows(cell, {}, "", last=True)

    def _rows(self, cell: Cell, tests: Tests, where: str, *, last: bool) -> Iterator[_Row]:
        """The rows of a cell under the tests around it; `last` says that no later row can hold where these do."""
        match cell:
            case Undefined():
                if not last:
                    self._leave_out(where, "unknown", _HOLES, "say what is the value there")
            case OptionTable():
                yield from self._by_option(cell, tests, where, last=last)
            case Bands():
                yield from self._by_band(cell, tests, where, last=last)
            case UpTo():
                yield from self._up_to(cell, tests, where, last=last)
            case Cases(take="first"):
                yield from self._by_case(cell, tests, where, last=last)
            case Cases():
                why = f"it takes the {cell.take} of cases inside another table"
                self._leave_out(where, "cases", why, "make it a definition, and name that in the cell")
            case Slices():
                yield from self._by_slice(cell, tests, where)
            case _ if isinstance(cell, get_args(Expression)):
                yield from self._figure(cell, tests, where)
            case _:
                self._leave_out(where, "", "a decision table has no such form", "write it by options, bands or cases")

    def _figure(self, tree: Expression, tests: Tests, where: str) -> Iterator[_Row]:
        try:
            yield _Row(tests, tree.value if isinstance(tree, Literal) else self.formula(tree))
        except Refused as refused:
            self._refuse(where, tree, refused)

    def formula(self, tree: Expression) -> Formula:
        """An expression as an output, whose names become inputs of the decision."""
        return Formula(formula_of(tree), "", _names(tree))

    # Forms --------------------------------------------------------------------------------------------------------

    def _by_option(self, table: OptionTable, tests: Tests, where: str, *, last: bool) -> Iterator[_Row]:
        options = tuple(value_span(option) for option, _ in table.rows)
        for number, (option, cell) in enumerate(table.rows, 1):
            inner = self._under(tests, table.choice, Test((value_span(option),)), where)
            if inner is not None:
                yield from self._rows(cell, inner, _joined(where, f"row {number}, '{option}'"), last=last)
        if table.otherwise is not None:
            inner = self._under(tests, table.choice, Test(options, negated=True), where)
            if inner is not None:
                yield from self._rows(table.otherwise, inner, _joined(where, "otherwise"), last=last)

    def _by_band(self, table: Bands, tests: Tests, where: str, *, last: bool) -> Iterator[_Row]:
        starts = self._borders(table, where, "begin")
        if starts is None:
            return
        rows = [
            (Stretch(start, True, end, False), cell)
            for start, end, (_, cell) in zip(starts, [*starts[1:], None], table.rows, strict=True)
        ]
        labels = [f"row {number}, '{plain(start)}'" for number, start in enumerate(starts, 1)]
        if table.below is not None:
            rows, labels = [(Stretch(None, False, starts[0], False), table.below), *rows], ["below", *labels]
        else:
            rows[0] = (rows[0][0]._replace(low=None, low_in=False), rows[0][1])
        yield from self._stretches(table.number, zip(labels, rows, strict=True), tests, where, last=last)

    def _up_to(self, table: UpTo, tests: Tests, where: str, *, last: bool) -> Iterator[_Row]:
        ends = self._borders(table, where, "end")
        if ends is None:
            return
        rows = [
            (Stretch(before, False, end, end is not None), cell)
            for before, end, cell in zip(
                [None, *ends], [*ends, None], [*(cell for _, cell in table.rows), table.above], strict=True
            )
        ]
        labels = [*(f"row {number}, '{plain(end)}'" for number, end in enumerate(ends, 1)), "above"]
        yield from self._stretches(table.number, zip(labels, rows, strict=True), tests, where, last=last)

    def _borders(self, table: Bands | UpTo, where: str, verb: str) -> list[Decimal] | None:
        """The figures at which the bands begin or end; None where one does so at a rule, which is reported."""
        borders = [border for border in (_figure_of(border) for border, _ in table.rows) if border is not None]
        if len(borders) == len(table.rows):
            return borders
        why = f"a band that {verb}s at a rule has no figure to test"
        self._leave_out(where, "band", why, f"let the bands {verb} at figures", table.number.place)
        return None

    def _stretches(
        self,
        number: Expression,
        rows: Iterable[tuple[str, tuple[Stretch, Cell]]],
        tests: Tests,
        where: str,
        *,
        last: bool,
    ) -> Iterator[_Row]:
        """The rows of cells, each with its label, for a stretch of a number."""
        for label, (span, cell) in rows:
            test = ANY if span.low is None and span.high is None else Test((span,))
            inner = self._under(tests, number, test, where)
            if inner is not None:
                yield from self._rows(cell, inner, _joined(where, label), last=last)

    def _by_case(self, table: Cases, tests: Tests, where: str, *, last: bool) -> Iterator[_Row]:
        for number, (when, cell) in enumerate(table.rows, 1):
            label = _joined(where, f"case {number}")
            inner = self._where(when, tests, label)
            if inner is not None:
                yield from self._rows(cell, inner, label, last=False)
        yield from self._rows(table.otherwise, tests, _joined(where, "otherwise"), last=last)

    def _collected(self, table: Cases) -> Iterator[_Row]:
        """The rows of cases of which the sum, the least or the greatest is taken."""
        for number, (when, cell) in enumerate(table.rows, 1):
            label = f"case {number}"
            if _has_cases(cell):
                why = "cases inside a case that is collected would all count"
                self._leave_out(label, "cases", why, "make the value a definition, and name that")
                continue
            inner = self._where(when, {}, label)
            if inner is not None:
                yield from self._rows(cell, inner, label, last=False)
        if _has_cases(table.otherwise):
            self._leave_out("otherwise", "cases", "cases inside it would all count", "make the value a definition")
        elif not isinstance(table.otherwise, Undefined):
            yield from self._rows(table.otherwise, {}, "otherwise", last=False)

    def _by_slice(self, table: Slices, tests: Tests, where: str) -> Iterator[_Row]:
        """A single row whose output adds up the slices, each at its rate; a rate must be a figure."""
        try:
            yield _Row(tests, self._sliced(table))
        except Refused as refused:
            self._refuse(_joined(where, "slices"), table.number, refused)

    def _sliced(self, table: Slices) -> Formula:
        if table.after is not None:
            raise Refused("slices of a running total have no form there", "make it a definition, and name that")
        number, parts = formula_of(table.number), list[str]()
        of_money = table.number.kind is table.expression.kind is Kind.MONEY
        if not of_money and (table.expression.kind is not Kind.NUMBER or table.number.kind not in _COUNTED):
            raise Refused("a rate for each unit is of another kind there", "make it a definition, and name that")
        starts = [_figure_of(start) for start, _ in table.rows]
        used = list(_names(table.number))
        for start, end, (_, rate) in zip(starts, [*starts[1:], None], table.rows, strict=True):
            if start is None:
                raise Refused("a slice that begins at a rule has no figure to test", "let the slices begin at figures")
            upper = number if end is None else f"min({number}, {plain(end)})"
            part = upper
            if start != 0 or not table.kept:
                part = f"max({upper}, {plain(start)})" + (f" - {plain(start)}" if start != 0 else "")
            parts.append(f"({part}) * {_factor(rate, of_money=of_money)}")
            used += _names(rate) if isinstance(rate, get_args(Expression)) else ()
        return Formula(" + ".join(parts), "", tuple(dict.fromkeys(used)))

    # Conditions ---------------------------------------------------------------------------------------------------

    def _where(self, when: Expression, tests: Tests, label: str) -> Tests | None:
        """The tests of a condition and those around it; None where they cannot hold, or cannot be carried over."""
        for part in _conjuncts(when):
            if isinstance(part, Literal):
                if part.value is False:
                    return None
                continue
            try:
                operand, test = _tested(part)
                tests = self._tested(tests, operand, test) or self._tested_apart(tests, operand, test)
            except Refused as refused:
                self._refuse(f"{label}, 'when'", part, refused)
                return None
        return tests

    def _under(self, tests: Tests, operand: Expression, test: Test, where: str) -> Tests | None:
        """The tests with another one; None where they cannot all hold, or it cannot be carried over."""
        try:
            return self._tested(tests, operand, test)
        except Refused as refused:
            self._refuse(where or "the table", operand, refused)
            return None

    def _tested(self, tests: Tests, operand: Expression, test: Test) -> Tests | None:
        text = formula_of(operand)
        self.inputs.setdefault((text, 0), _input(text, operand))
        whole = both(tests.get((text, 0), ANY), test)
        return None if whole.is_never else {**tests, (text, 0): whole}

    def _tested_apart(self, tests: Tests, operand: Expression, test: Test) -> Tests:
        """The tests with another one of the same operand, which cannot hold with them, in a column of its own.

        The row never holds; but where the operand is not known, it is not known whether it does.
        """
        text = formula_of(operand)
        column = sum(key[0] == text for key in tests)
        self.inputs.setdefault((text, column), _input(text, operand))
        return {**tests, (text, column): test}

    # Problems -----------------------------------------------------------------------------------------------------

    def _refuse(self, where: str, tree: Expression, refused: Refused) -> None:
        self._leave_out(where, written(tree), refused.why, refused.instead, tree.place)

    def _leave_out(self, where: str, text: str, why: str, instead: str, place: Place | None = None) -> None:
        self.problems.append(not_carried(where or "the table", text, why, instead, place))


def _factor(rate: Any, *, of_money: bool) -> str:
    """The factor of a slice: a percentage of money, or so much for each unit; raises Refused where it has no form."""
    if not isinstance(rate, Literal) or not isinstance(rate.value, Decimal):
        if of_money:
            raise Refused("FEEL has no percentages, and this one is no figure", "make it a definition, and name that")
        return f"({formula_of(rate)})"
    factor = rate.value / 100 if of_money else rate.value
    if not in_bounds(factor):
        raise Refused("a rate has too many digits", "write fewer digits")
    return plain(factor) if factor >= 0 else f"(-{plain(-factor)})"


def written(tree: Expression) -> str:
    """The text of an expression as it stands in its file, on one line; empty where it has no place."""
    place = tree.place
    return " ".join(place.source.text[place.start : place.end].split()) if place else ""


def _figure_of(start: Expression) -> Decimal | None:
    """The number at which a row begins; None where a rule says it."""
    return start.value if isinstance(start, Literal) and isinstance(start.value, Decimal) else None


def _joined(where: str, label: str) -> str:
    return f"{where}, {label}" if where else label


def _input(text: str, operand: Expression) -> Input:
    return Input(text, None, operand.kind, names=_names(operand))


def _names(tree: Expression) -> tuple[tuple[str, Kind], ...]:
    return tuple(dict.fromkeys((name.written, name.kind) for name in names(tree)))


def _has_cases(cell: Cell) -> bool:
    """Whether more than one row of a cell may hold at once."""
    match cell:
        case Cases():
            return True
        case OptionTable():
            return any(_has_cases(row) for _, row in cell.rows) or _has_cases_in(cell.otherwise)
        case Bands():
            return any(_has_cases(row) for _, row in cell.rows) or _has_cases_in(cell.below)
        case UpTo():
            return any(map(_has_cases, (cell.above, *(row for _, row in cell.rows))))
    return False


def _has_cases_in(cell: Cell | None) -> bool:
    return cell is not None and _has_cases(cell)


def _conjuncts(when: Expression) -> Iterator[Expression]:
    """The conditions that must all hold."""
    if isinstance(when, And):
        for operand in when.operands:
            yield from _conjuncts(operand)
    else:
        yield when


def _tested(part: Expression) -> tuple[Expression, Test]:
    """A condition as a test of an operand; where it is none of the usual ones, that the condition itself is true."""
    match part:
        case Compare(left=Literal() as value, right=operand) if not isinstance(operand, Literal):
            return operand, _compared(flipped(part.operator), value)
        case Compare(left=operand, right=Literal() as value) if not isinstance(operand, Literal):
            return operand, _compared(part.operator, value)
        case Or():
            several = _one_of(part)
            if several is not None:
                return several
        case Not(operand=Or() as group):
            several = _one_of(group)
            if several is not None:
                return several[0], several[1]._replace(negated=True)
        case Not(operand=Compare(operator="==", left=operand, right=Literal() as value)):
            return operand, _compared("!=", value)
        case Not(operand=Name() as flag):
            return flag, Test((value_span(False),))
    return part, Test((value_span(True),))


def _one_of(group: Or) -> tuple[Expression, Test] | None:
    """Several values of one operand; None where the group is something else."""
    values, operand = [], None
    for part in group.operands:
        match part:
            case Compare(operator="==", left=left, right=Literal() as value) if operand in (None, left):
                operand = left
                values.append(value_span(value.value))
            case _:
                return None
    return (operand, Test(tuple(dict.fromkeys(values)))) if operand is not None else None


def _compared(sign: str, literal: Literal) -> Test:
    """The test that a value compares so with a figure."""
    value = literal.value
    spans = {
        "==": value_span(value),
        "!=": value_span(value),
        "<": Stretch(None, False, value, False),
        "<=": Stretch(None, False, value, True),
        ">": Stretch(value, False, None, False),
        ">=": Stretch(value, True, None, False),
    }
    if literal.kind is Kind.YES_NO and sign == "!=":
        return Test((value_span(not value),))
    return Test((spans[sign],), negated=sign == "!=")
