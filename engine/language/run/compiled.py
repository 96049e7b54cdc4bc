"""Reader 2 once more, for partner after partner: the trees of a release become one Python function that fills a row.

Each tree becomes Python's own (`ast`), and all are compiled together; no text is pasted. The code is that for values
which are known and numbers that a decimal holds. Every part of it gives exactly what the closure of that part gives, or
raises: Python neither orders an unknown nor takes it for true or false. A value that raises is asked of its closure.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, assert_never
from typing import Literal as OneOf

from ...values import EXACT, NO_DECIMAL, Value, divide
from ..operators import Operator, Order
from ..tree import Aggregate, And, Arithmetic, Call, Choose, Compare, Expression, Literal, Name, Not, Or, children
from .closures import Positions, Reader, Row, closure
from .functions import function_of

Filler = Callable[[Row], None]  #: puts values in their places of a row

_MAX_DEPTH = 60  #: of a tree that is compiled: Python's compiler calls itself for each part within a part
_ROWS_BEFORE = 300  #: to fill so many by closures takes about as long as compiling does, however many values there are


class FillStep(NamedTuple):
    """One value: its place in the row, its reader, and the expression that says the same, None where none does.

    `replaced_by` is a position of the row: what stands there counts in place of the expression, unless it is None.
    """

    position: int
    read: Reader
    expression: Expression | None = None
    replaced_by: int | None = None


def by_closures(steps: Sequence[FillStep], row: Row) -> None:
    """Takes these steps one after the other, each by its reader."""
    for step in steps:
        row[step.position] = step.read(row)


def filler(steps: Sequence[FillStep], positions: Positions, width: int) -> Filler:
    """Takes these steps for rows of so many places: by closures at first, and compiled once that is worth it."""
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
    """The function that takes all these steps, one after the other, for rows of so many places."""
    code = _Code(positions)
    every = ast.Tuple([_local(place, ast.Store()) for place in range(width)], ast.Store())
    body = [ast.Assign([every], ast.Name("row", ast.Load())), *(code.step(step) for step in steps)]
    arguments = ast.arguments(posonlyargs=[], args=[ast.arg("row")], kwonlyargs=[], kw_defaults=[], defaults=[])
    module = ast.Module([ast.FunctionDef("fill", arguments, body, [])], [])
    names: dict[str, Any] = code.objects
    exec(compile(ast.fix_missing_locations(module), "<compiled>", "exec"), names)  # noqa: S102 - a tree of ours, no text
    return names["fill"]  # type: ignore[no-any-return]


class _Code:
    """Python's trees for ours; `objects` are those that they name, which are not locals."""

    def __init__(self, positions: Positions) -> None:
        self.positions = positions
        self.objects: dict[str, Any] = {"__builtins__": {}, "no_decimal": NO_DECIMAL}
        self.temporaries = 0

    def step(self, step: FillStep) -> ast.stmt:
        """The value put in its place: by Python, or else by its reader."""
        asked = self.call(step.read, [ast.Name("row", ast.Load())])
        if step.expression is None or _is_deeper(step.expression, _MAX_DEPTH):
            return _put(step.position, asked)
        value = self.expression(step.expression)
        if step.replaced_by is not None:
            other = _local(step.replaced_by)
            value = ast.IfExp(ast.Compare(other, [ast.Is()], [ast.Constant(None)]), value, other)
        otherwise = ast.ExceptHandler(ast.Name("no_decimal", ast.Load()), None, [_put(step.position, asked)])
        return ast.Try([_put(step.position, value)], [otherwise], [], [])

    def expression(self, tree: Expression) -> ast.expr:
        """The value of the tree, or what raises where it is not certain without a closure."""
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
                return self.call(_exact(tree.operator), [self.expression(tree.left), self.expression(tree.right)])
            case Choose():
                condition, then, otherwise = (self.expression(part) for part in children(tree))
                return ast.IfExp(condition, then, otherwise)
            case Call():
                arguments = [self.expression(part) for part in tree.arguments]
                match tree.function:
                    case "min" | "max" if len(arguments) == 2:
                        return self.extreme(tree.function, *arguments)
                    case _:
                        return self.call(function_of(tree.function), arguments)
            case Aggregate():
                return self.call(closure(tree, self.positions), [ast.Name("row", ast.Load())])
            case _:
                assert_never(tree)

    def name(self, tree: Name) -> ast.expr:
        """Where the value of a name stands."""
        position = self.positions[tree.id]
        if isinstance(position, int):
            return _local(position)
        item, inner = (ast.Constant(index) for index in position)
        of_row = ast.Subscript(ast.Name("row", ast.Load()), item, ast.Load())
        return ast.Subscript(of_row, inner, ast.Load())

    def junction(self, parts: list[ast.expr], *, decided_by: bool) -> ast.expr:
        """And, or or: where the last part is unknown it is the answer, for those before it leave the matter to it."""
        if len(parts) < 2:
            return parts[0] if parts else ast.Constant(not decided_by)
        return ast.BoolOp(ast.Or() if decided_by else ast.And(), parts)

    def comparison(self, tree: Compare) -> ast.expr:
        """Equality asks `a <= b <= a`, for an unknown equals nothing, but raises where it is to be ordered."""
        left, right = self.expression(tree.left), self.expression(tree.right)
        match tree.operator:
            case "==" | "!=":
                once, again = self.twice(left)
                equal = ast.Compare(once, [ast.LtE(), ast.LtE()], [right, again])
                return equal if tree.operator == "==" else ast.UnaryOp(ast.Not(), equal)
            case sign:
                return ast.Compare(left, [_order(sign)], [right])

    def extreme(self, function: OneOf["min", "max"], first: ast.expr, second: ast.expr) -> ast.expr:
        """The smaller or greater of two, the first where they are equal."""
        (first, first_again), (second, second_again) = self.twice(first), self.twice(second)
        sign = ast.Lt() if function == "min" else ast.Gt()
        return ast.IfExp(ast.Compare(second, [sign], [first]), second_again, first_again)

    def twice(self, value: ast.expr) -> tuple[ast.expr, ast.expr]:
        """What gives the value, and what gives it again without working it out."""
        if isinstance(value, ast.Name):
            return value, value
        self.temporaries += 1
        name = f"temporary{self.temporaries}"
        return ast.NamedExpr(ast.Name(name, ast.Store()), value), ast.Name(name, ast.Load())

    def call(self, function: Callable[..., Any], arguments: list[ast.expr]) -> ast.expr:
        return ast.Call(self.object(function), arguments, [])

    def object(self, found: Any) -> ast.expr:
        """A value or a function: one that Python can write, or one by a name."""
        if isinstance(found, bool | str):
            return ast.Constant(found)
        name = f"object{len(self.objects)}"
        self.objects[name] = found
        return ast.Name(name, ast.Load())


def _exact(operator: Operator) -> Callable[..., Value]:
    """What an operator makes of two decimals; it raises where no decimal holds the result."""
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
    """The value, as a local and in the row."""
    place = ast.Subscript(ast.Name("row", ast.Load()), ast.Constant(position), ast.Store())
    return ast.Assign([_local(position, ast.Store()), place], value)


def _is_deeper(tree: Expression, depth: int) -> bool:
    return depth == 0 or any(_is_deeper(part, depth - 1) for part in children(tree))
