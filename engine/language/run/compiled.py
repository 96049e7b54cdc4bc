"""Compiles the trees of a release into one Python function that fills a row, for many partners one after another.

Each tree becomes a tree of Python (`ast`), and all are compiled together; no text is pasted. The code is for values
that are known and numbers that a decimal holds. Every part of it gives exactly the value that its closure gives, or
raises: Python cannot order an unknown, nor take it for true or false. The closure computes a value where it raises.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, assert_never
from typing import Literal as OneOf

from ...values import EXACT, NO_DECIMAL, UNDEFINED, Value, divide
from ..operators import Operator, Order
from ..tree import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Expression,
    Literal,
    Name,
    Not,
    Or,
    Undefined,
    children,
)
from .causes import undefined_by
from .closures import Positions, Reader, Row, closure
from .functions import function_of

Filler = Callable[[Row], None]  #: computes values and puts them into their places of a row

_MAX_DEPTH = 60  #: of a compiled tree: Python's compiler is recursive
_ROWS_BEFORE = 300  #: filled by closures first, which takes about as long as compiling, for any number of values
_ALWAYS_WITH_RESULT = frozenset({
    "has", "starts_with", "min", "max", "abs", "at_least", "rank", "rank_from_last",
    "days_between", "months_between", "year", "month", "day", "weekday", "start_of_week",
})  # fmt: skip


class FillStep(NamedTuple):
    """One value: its position in the row, its reader, and the expression of the same value, None where there is none.

    `replaced_by` is a position in the row: the value there, unless it is None, is taken instead of the expression.
    """

    position: int
    read: Reader
    expression: Expression | None = None
    replaced_by: int | None = None


def by_closures(steps: Sequence[FillStep], row: Row) -> None:
    """Computes the value of each step by its reader, in their order."""
    for step in steps:
        row[step.position] = step.read(row)


def filler(steps: Sequence[FillStep], positions: Positions, width: int) -> Filler:
    """The function that takes these steps for rows of `width` places: by closures first, compiled after many rows."""
    rows = 0
    fast: Filler | None = None

    def fill(row: Row) -> None:
        nonlocal rows, fast
        if fast is not None:
            fast(row)
            return
        by_closures(steps, row)
        rows += 1
        if rows == _ROWS_BEFORE:
            fast = compiled(steps, positions, width)

    return fill


def compiled(steps: Sequence[FillStep], positions: Positions, width: int) -> Filler:
    """The compiled function that takes these steps in their order, for rows of `width` places."""
    code = _Code(positions)
    every = ast.Tuple([_local(place, ast.Store()) for place in range(width)], ast.Store())
    body = [ast.Assign([every], ast.Name("row", ast.Load())), *(code.step(step) for step in steps)]
    arguments = ast.arguments(posonlyargs=[], args=[ast.arg("row")], kwonlyargs=[], kw_defaults=[], defaults=[])
    module = ast.Module([ast.FunctionDef("fill", arguments, body, [])], [])
    names: dict[str, Any] = code.objects
    exec(compile(ast.fix_missing_locations(module), "<compiled>", "exec"), names)  # noqa: S102 - a tree of ours, no text
    return names["fill"]  # type: ignore[no-any-return]


class _Code:
    """Builds Python's trees from ours; `objects` are the global names that they use."""

    def __init__(self, positions: Positions) -> None:
        self.positions = positions
        self.objects: dict[str, Any] = {"__builtins__": {}, "no_decimal": NO_DECIMAL}
        self.temporaries = 0

    def step(self, step: FillStep) -> ast.stmt:
        """The statement that puts the value in its place: by Python, or by the reader where Python cannot."""
        read = self.call(step.read, [ast.Name("row", ast.Load())])
        if step.expression is None or _is_deeper(step.expression, _MAX_DEPTH):
            return _put(step.position, read)
        value = self.expression(step.expression)
        if step.replaced_by is not None:
            replacement = _local(step.replaced_by)
            value = ast.IfExp(ast.Compare(replacement, [ast.Is()], [ast.Constant(None)]), value, replacement)
        otherwise = ast.ExceptHandler(ast.Name("no_decimal", ast.Load()), None, [_put(step.position, read)])
        return ast.Try([_put(step.position, value)], [otherwise], [], [])

    def expression(self, tree: Expression) -> ast.expr:
        """Python's expression for the value of the tree; it raises where only the closure can compute the value."""
        match tree:
            case Literal():
                return self.object(tree.value)
            case Name():
                return self.name(tree)
            case Not():
                return ast.UnaryOp(ast.Not(), self.expression(tree.operand))
            case And() | Or():
                return self.junction([self.expression(part) for part in tree.operands], decided_by=isinstance(tree, Or))
            case Compare():
                return self.comparison(tree)
            case Arithmetic():
                operands = [self.expression(tree.left), self.expression(tree.right)]
                if tree.operator == "/":
                    return self.operation(tree, divide, operands)
                return self.call(_exact(tree.operator), operands)
            case Choose():
                condition, then, otherwise = (self.expression(part) for part in children(tree))
                return ast.IfExp(condition, then, otherwise)
            case Call():
                if tree.function == "on":
                    return self.call(closure(tree, self.positions), [ast.Name("row", ast.Load())])
                arguments = [self.expression(part) for part in tree.arguments]
                match tree.function:
                    case "min" | "max" if len(arguments) == 2:
                        return self.extreme(tree.function, *arguments)
                    case _ if tree.function in _ALWAYS_WITH_RESULT:
                        return self.call(function_of(tree.function), arguments)
                    case _:
                        return self.operation(tree, function_of(tree.function), arguments)
            case Aggregate():
                return self.call(closure(tree, self.positions), [ast.Name("row", ast.Load())])
            case Undefined():
                return self.call(undefined_by(tree), [self.expression(part) for part in children(tree)])
            case _:
                assert_never(tree)

    def name(self, tree: Name) -> ast.expr:
        """Python's expression for the value of a name."""
        position = self.positions[tree.key]
        if isinstance(position, int):
            return _local(position)
        item, inner = (ast.Constant(index) for index in position)
        of_row = ast.Subscript(ast.Name("row", ast.Load()), item, ast.Load())
        return ast.Subscript(of_row, inner, ast.Load())

    def junction(self, parts: list[ast.expr], *, decided_by: bool) -> ast.expr:
        """`and` or `or`: an unknown last part is the result, since the parts before it did not decide."""
        if len(parts) < 2:
            return parts[0] if parts else ast.Constant(not decided_by)
        return ast.BoolOp(ast.Or() if decided_by else ast.And(), parts)

    def comparison(self, tree: Compare) -> ast.expr:
        """Equality becomes `a <= b <= a`: an unknown raises in it, but not in Python's `==`."""
        left, right = self.expression(tree.left), self.expression(tree.right)
        match tree.operator:
            case "==" | "!=":
                first, second = self.twice(left)
                equal = ast.Compare(first, [ast.LtE(), ast.LtE()], [right, second])
                return equal if tree.operator == "==" else ast.UnaryOp(ast.Not(), equal)
            case sign:
                return ast.Compare(left, [_order(sign)], [right])

    def extreme(self, function: OneOf["min", "max"], first: ast.expr, second: ast.expr) -> ast.expr:
        """The smaller or greater of two values; the first where they are equal."""
        (first, first_again), (second, second_again) = self.twice(first), self.twice(second)
        sign = ast.Lt() if function == "min" else ast.Gt()
        return ast.IfExp(ast.Compare(second, [sign], [first]), second_again, first_again)

    def operation(
        self, tree: Arithmetic | Call, function: Callable[..., Any], operands: Sequence[ast.expr]
    ) -> ast.expr:
        """The value of an operation; where it has no result, an undefined value with the cause."""
        firsts, again = zip(*map(self.twice, operands), strict=True)
        result, result_again = self.twice(self.call(function, list(firsts)))
        has_result = ast.Compare(result, [ast.IsNot()], [self.object(UNDEFINED)])
        return ast.IfExp(has_result, result_again, self.call(undefined_by(tree), list(again)))

    def twice(self, value: ast.expr) -> tuple[ast.expr, ast.expr]:
        """An expression that gives the value, and one that gives it again without computing it."""
        if isinstance(value, ast.Name):
            return value, value
        self.temporaries += 1
        name = f"temporary{self.temporaries}"
        return ast.NamedExpr(ast.Name(name, ast.Store()), value), ast.Name(name, ast.Load())

    def call(self, function: Callable[..., Any], arguments: list[ast.expr]) -> ast.expr:
        return ast.Call(self.object(function), arguments, [])

    def object(self, content: Any) -> ast.expr:
        """Python's expression for a value or a function: a constant, or a name for it."""
        if isinstance(content, bool | str):
            return ast.Constant(content)
        name = f"object{len(self.objects)}"
        self.objects[name] = content
        return ast.Name(name, ast.Load())


def _exact(operator: Operator) -> Callable[..., Value]:
    """The function of an operator on two decimals; it raises where no decimal holds the result."""
    match operator:
        case "+":
            return EXACT.add
        case "-":
            return EXACT.subtract
        case "*":
            return EXACT.multiply
        case "/":
            return divide
        case _:
            assert_never(operator)


def _order(sign: Order) -> ast.cmpop:
    match sign:
        case "<":
            return ast.Lt()
        case "<=":
            return ast.LtE()
        case ">":
            return ast.Gt()
        case ">=":
            return ast.GtE()
        case _:
            assert_never(sign)


def _local(position: int, context: ast.expr_context | None = None) -> ast.Name:
    return ast.Name(f"at{position}", context or ast.Load())


def _put(position: int, value: ast.expr) -> ast.stmt:
    """The statement that assigns the value to its local and its place in the row."""
    place = ast.Subscript(ast.Name("row", ast.Load()), ast.Constant(position), ast.Store())
    return ast.Assign([_local(position, ast.Store()), place], value)


def _is_deeper(tree: Expression, depth: int) -> bool:
    return depth == 0 or any(_is_deeper(part, depth - 1) for part in children(tree))
