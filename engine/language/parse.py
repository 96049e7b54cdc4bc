"""Turns Python's tree of an expression into our typed tree, or into problems with their places and fixes.

Only the forms of the language are accepted. A part with a mistake becomes None, and so does every part that contains
it, so that one mistake gives one problem.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import NamedTuple

from ..limits import MAX_DECIMALS, MAX_DEPTH, MAX_WHOLE_DIGITS
from ..problems import Fix, Place, Problem, did_you_mean, renamed
from ..values import NUMERIC, Kind, with_point
from .calls import FUNCTIONS, OF_ONE_DAY, Arguments, Function, call_tree, compare_options
from .currencies import money_problem
from .kind_help import help_for_needed, help_for_operands, help_for_sides
from .kinds import KIND_WORDS, as_kind, compatible, is_ordered
from .operators import Comparison, Operator, result_kinds
from .percentages import with_percentage_fix
from .refused_functions import refused_function
from .symbols import Symbol
from .syntax import REFUSED, Text, read_python, short
from .tree import And, Arithmetic, Choose, Compare, Expression, Literal, Name, Not, Or


class Scope(NamedTuple):
    """The names an expression may use.

    `elsewhere` holds names that cannot be used here, each with the help that a problem shows. `broken` holds names
    whose definition has a mistake, and `partial` is true where some names could not be read: neither gives a problem.
    `owner` is the id of the part of the programme whose rules these are, empty where they are of the whole of it.
    """

    symbols: Mapping[str, Symbol]
    elsewhere: Mapping[str, str] = {}
    broken: Collection[str] = ()
    partial: bool = False
    functions: Mapping[str, Function] = OF_ONE_DAY  #: by name: those of the language, and those that the scope adds
    owner: str = ""


def parse(
    text: Text, scope: Scope, expected: Kind | None = None, choices: tuple[str, ...] = ()
) -> tuple[Expression | None, list[Problem]]:
    """Read an expression.

    `expected` is the kind it must have (`choices` its options, for a choice). Returns the tree and no problems, or None
    and the problems; None and no problems where the text is right but mentions a name whose definition has a mistake.
    """
    python = read_python(text)
    if isinstance(python, Problem):
        return None, [with_percentage_fix(python, text, lambda other: parse(other, scope, expected, choices)[0])]
    reading = _Reading(text, scope)
    tree = reading.lower(python, 0)
    if tree is not None and expected is not None:
        tree = reading.expect(tree, expected, choices)
    mixed = money_problem(tree, scope.symbols) if tree is not None else None
    if mixed:
        reading.problems.append(mixed)
    return (None if reading.problems else tree), reading.problems


_ARITHMETIC: Mapping[type[ast.operator], Operator] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARISONS: Mapping[type[ast.cmpop], Comparison] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


class _Reading:
    """The reading of one expression: its text, its scope, and the problems so far."""

    def __init__(self, text: Text, scope: Scope) -> None:
        self.text = text
        self.scope = scope
        self.problems: list[Problem] = []
        self._lines = text.text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    # Places -----------------------------------------------------------------------------------------------------

    def _offset(self, line: int, column: int) -> int:
        """The index of a character in the text, from Python's line and UTF-8 column; one bracket stands before it."""
        if line > len(self._lines):
            return len(self.text.text)
        column -= line == 1
        content = self._lines[line - 1]
        if not content.isascii():
            column = len(content.encode()[:column].decode(errors="ignore"))
        return min(self._starts[line - 1] + column, len(self.text.text))

    def _span(self, node: ast.expr) -> tuple[int, int]:
        start = self._offset(node.lineno, node.col_offset)
        return start, self._offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)

    def _place(self, node: ast.expr) -> Place:
        return self.text.place(*self._span(node))

    def _problem(
        self, code: str, message: str, place: Place | None, help: str | None = None, *, write: str | None = None
    ) -> None:
        """Adds a problem; `write` is the text that fixes it, None where that is not certain."""
        fix = Fix(place, write) if place and write else None
        self.problems.append(Problem(code, message, place, help, fix=fix))

    # The forms of the language ------------------------------------------------------------------------------------

    def lower(self, node: ast.expr, depth: int) -> Expression | None:
        """The typed tree of one Python node; None where it has a mistake, whose problem is added."""
        if depth > MAX_DEPTH:
            message = f"the expression has more than {MAX_DEPTH} parts within each other"
            self._problem("expression-too-large", message, self.text.whole, "move parts of it to definitions")
            return None
        depth += 1
        match node:
            case ast.Constant():
                return self._literal(node)
            case ast.Name():
                return self._name(node)
            case ast.UnaryOp(op=ast.Not()):
                operand = self._yes_no(node.operand, depth)
                return operand and Not(operand, self._place(node))
            case ast.UnaryOp(op=ast.USub()):
                return self._minus(node, depth)
            case ast.BoolOp():
                parts = [self._yes_no(value, depth) for value in node.values]
                trees = tuple(part for part in parts if part is not None)
                form = And if isinstance(node.op, ast.And) else Or
                return form(trees, self._place(node)) if len(trees) == len(parts) else None
            case ast.Compare():
                return self._comparisons(node, depth)
            case ast.BinOp() if type(node.op) in _ARITHMETIC:
                return self._arithmetic(node, depth)
            case ast.IfExp():
                return self._choose(node, depth)
            case ast.Call():
                return self._call(node, depth)
        if isinstance(node, ast.Tuple):
            self._comma(node)
            return None
        operator: ast.AST = getattr(node, "op", node)
        what, help = REFUSED.get(type(operator), ("this is", None))
        self._problem("not-in-language", f"{what} not part of the language", self._place(node), help)
        return None

    def _comma(self, node: ast.Tuple) -> None:
        """Report a comma, which may be that of a number with decimals: there it stands between two digits."""
        after = self._span(node.elts[0])[1] if node.elts else 0
        numbers = [match for match in re.finditer(r"(?<![\w.])\d+,\d+(?![\w.,])", self.text.text)
                   if match.start() < after < match.end()]  # fmt: skip
        if len(node.elts) != 2 or not numbers:
            help = "options stand after 'in' only: x in ('a', 'b')"
            self._problem("not-in-language", "a comma is not part of the language here", self.text.whole, help)
            return
        number, written = with_point(numbers[0][0]), numbers[0][0]
        place, certain = self.text.place(*numbers[0].span()), number == written.replace(",", ".")
        self._problem("not-in-language", "a comma is not part of the language here", place, f"write {number}",
                      write=number if certain else None)  # fmt: skip

    def _literal(self, node: ast.Constant) -> Expression | None:
        start, end = self._span(node)
        place, written = self.text.place(start, end), self.text.text[start:end]
        if isinstance(node.value, str):
            if re.fullmatch(r"'[^'\\\n]*'|\"[^\"\\\n]*\"", written):
                return Literal(node.value, Kind.CHOICE, place)
            self._problem("not-in-language", "texts are one piece, in plain quotes", place, "write 'text'")
        elif isinstance(node.value, bytes) or node.value is ...:
            self._problem("not-in-language", f"'{short(written)}' is not part of the language", place, None)
        elif isinstance(node.value, bool) or node.value is None:
            word = None if node.value is None else written.lower()
            way_out = f"write '{word}'" if word else "leave the fact out: it is unknown then"
            self._problem("not-in-language", f"'{written}' is not part of the language", place, way_out, write=word)
        elif not re.fullmatch(r"[0-9]+(\.[0-9]+)?", written):
            help = "write digits, with a decimal point where needed: 1000 or 2.5"
            self._problem("bad-number", f"'{short(written)}' is not a number of the language", place, help)
        else:
            whole, _, decimals = written.partition(".")
            if len(whole) <= MAX_WHOLE_DIGITS and len(decimals) <= MAX_DECIMALS:
                number = Decimal(written)
                return Literal(number, Kind.NUMBER if number % 1 else Kind.COUNT, place)
            message = f"'{short(written)}' has too many digits"
            help = f"at most {MAX_WHOLE_DIGITS} before the point and {MAX_DECIMALS} after it"
            self._problem("bad-number", message, place, help)
        return None

    def _name(self, node: ast.Name) -> Expression | None:
        start, end = self._span(node)
        place, written = self.text.place(start, end), self.text.text[start:end]
        if written in ("true", "false"):
            return Literal(written == "true", Kind.YES_NO, place)
        symbol = self.scope.symbols.get(written)
        if symbol:
            return Name(symbol.id, symbol.kind, written, place)
        if written in self.scope.broken:
            return None
        if written in self.scope.elsewhere:
            self._problem("name-not-here", f"'{written}' cannot be used here", place, self.scope.elsewhere[written])
        elif written in ("yes", "no", "on", "off"):
            word = "true" if written in ("yes", "on") else "false"
            self._problem("unknown-name", f"'{written}' is not a fact or a value", place, f"write '{word}'", write=word)
        elif written in ("now", "today"):
            self._problem("unknown-name", f"'{written}' is not a fact or a value", place, "write as_of")
        elif not self.scope.partial:
            candidates = [*self.scope.symbols, *self.scope.broken]
            message, fix = f"'{short(written)}' is not a fact or a value", renamed(written, candidates, place)
            self.problems.append(Problem("unknown-name", message, place, did_you_mean(written, candidates), fix=fix))
        return None

    def _minus(self, node: ast.UnaryOp, depth: int) -> Expression | None:
        operand = self._number(node.operand, depth)
        if isinstance(operand, Literal) and isinstance(operand.value, Decimal):
            kind = Kind.NUMBER if operand.kind is Kind.COUNT else operand.kind
            return Literal(-operand.value, kind, self._place(node))
        if operand is None:
            return None
        kind = Kind.NUMBER if operand.kind is Kind.COUNT else operand.kind
        return Arithmetic("-", Literal(Decimal(0), operand.kind), operand, kind, self._place(node))

    def _comparisons(self, node: ast.Compare, depth: int) -> Expression | None:
        """One comparison; a chain `1 <= x <= 5` becomes the `And` of its links."""
        terms = [node.left, *node.comparators]
        links: list[Expression | None] = []
        for operator, left, right in zip(node.ops, terms, terms[1:], strict=False):
            if isinstance(operator, ast.In | ast.NotIn):
                links.append(self._member(node, operator, left, right, depth))
            elif type(operator) in _COMPARISONS:
                links.append(self._compare(_COMPARISONS[type(operator)], left, right, depth))
            else:
                what, help = REFUSED[type(operator)]
                self._problem("not-in-language", f"{what} not part of the language", self._place(node), help)
                links.append(None)
        trees = tuple(link for link in links if link is not None)
        if len(trees) < len(links):
            return None
        return trees[0] if len(trees) == 1 else And(trees, self._place(node))

    def _compare(self, operator: Comparison, left: ast.expr, right: ast.expr, depth: int) -> Expression | None:
        a, b = self.lower(left, depth), self.lower(right, depth)
        if a is None or b is None:
            return None
        place = self.text.place(self._span(left)[0], self._span(right)[1])
        a, b = self._like(a, b, place, operator) or (None, None)
        if a is None or b is None or not self._options_fit(a, b):
            return None
        match operator:
            case "==" | "!=":
                return Compare(operator, a, b, place)
            case _ if a.kind is Kind.CHOICE:
                tree = compare_options(operator, a, b, self.scope.symbols, place)
                if not isinstance(tree, Problem):
                    return tree
                self.problems.append(tree)
                return None
        if not is_ordered(a.kind):
            message = f"'{operator}' has no meaning for {KIND_WORDS[a.kind]}"
            self._problem("wrong-kind", message, place, "write '==' or '!='")
            return None
        return Compare(operator, a, b, place)

    def _member(
        self, node: ast.Compare, operator: ast.In | ast.NotIn, item: ast.expr, options: ast.expr, depth: int
    ) -> Expression | None:
        """`x in ('a', 'b')`: `x` is equal to one of the options; `not in` is its negation."""
        items = options.elts if isinstance(options, ast.Tuple) else [options]
        if isinstance(options, ast.List | ast.Set | ast.Dict):
            what, help = REFUSED[type(options)]
            self._problem("not-in-language", f"{what} not part of the language", self._place(options), help)
            return None
        links = [self._compare("==", item, option, depth) for option in items]
        trees = tuple(link for link in links if link is not None)
        if not links:
            place = self._place(options)
            self._problem("expression-syntax", "there is nothing to choose from", place, "x in ('a', 'b')")
        if not links or len(trees) < len(links):
            return None
        tree = trees[0]._replace(place=self._place(node)) if len(trees) == 1 else Or(trees, self._place(node))
        return Not(tree, self._place(node)) if isinstance(operator, ast.NotIn) else tree

    def _arithmetic(self, node: ast.BinOp, depth: int) -> Expression | None:
        operator = _ARITHMETIC[type(node.op)]
        left, right = self.lower(node.left, depth), self.lower(node.right, depth)
        if left is None or right is None:
            return None
        if (left.kind in NUMERIC) is not (right.kind in NUMERIC):
            wrong = right if left.kind in NUMERIC else left
            message = f"this is {KIND_WORDS[wrong.kind]}; a number is needed here"
            help = help_for_operands(operator, left, right, self.scope.symbols)
            self._problem("wrong-kind", message, self._place(node.right if wrong is right else node.left), help)
            return None
        table = result_kinds(operator)
        if (left.kind, right.kind) not in table:
            left, right = compatible(left, right) or (left, right)
        kind = table.get((left.kind, right.kind))
        if kind is None:
            message = f"{KIND_WORDS[left.kind]} {operator} {KIND_WORDS[right.kind]} has no meaning"
            help = help_for_operands(operator, left, right, self.scope.symbols)
            self._problem("wrong-kind", message, self._place(node), help)
            return None
        return Arithmetic(operator, left, right, kind, self._place(node))

    def _choose(self, node: ast.IfExp, depth: int) -> Expression | None:
        condition = self._yes_no(node.test, depth)
        then, otherwise = self.lower(node.body, depth), self.lower(node.orelse, depth)
        if condition is None or then is None or otherwise is None:
            return None
        pair = self._like(then, otherwise, self._place(node), None)
        return pair and Choose(condition, *pair, pair[0].kind, self._place(node))

    def _call(self, node: ast.Call, depth: int) -> Expression | None:
        place = self._place(node)
        name = node.func.id if isinstance(node.func, ast.Name) else None
        function = self.scope.functions.get(name or "")
        if name is None or function is None:
            shown = name or self.text.text[slice(*self._span(node.func))]
            message, help = f"'{short(shown)}' is not a function", did_you_mean(shown, self.scope.functions)
            if name in FUNCTIONS:
                message, help = f"'{name}' cannot be used here", "define a value with it, and name that"
            elif refused := refused_function(shown):
                message, help = f"{message}: {refused.why}", refused.help
            self._problem("unknown-function", message, self._place(node.func), help)
            return None
        if node.keywords:
            self._problem("not-in-language", "arguments have no names here", place, f"write {function.example}")
            return None
        if not function.least_arguments <= len(node.args) <= function.most_arguments:
            help = f"write {function.example}"
            self._problem("wrong-arguments", f"'{name}' takes {function.takes}, not {len(node.args)}", place, help)
            return None
        parts = [self.lower(part, depth) for part in node.args]
        trees = tuple(part for part in parts if part is not None)
        if len(trees) < len(parts):
            return None
        tree = call_tree(function, Arguments(trees, place, self.scope.symbols))
        if isinstance(tree, Problem):
            self.problems.append(tree)
            return None
        return tree

    # Kinds --------------------------------------------------------------------------------------------------------

    def expect(self, node: Expression, kind: Kind, choices: tuple[str, ...]) -> Expression | None:
        """The tree as a value of this kind; None, and a problem added, where it has another. Checks the option too."""
        fitting = as_kind(node, kind)
        if fitting is None:
            message = f"this is {KIND_WORDS[node.kind]}; {KIND_WORDS[kind]} is needed here"
            way_out = help_for_needed(node, kind, self.scope.symbols, choices)
            self._problem("wrong-kind", message, node.place or self.text.whole, way_out)
        elif isinstance(fitting, Literal) and kind is Kind.CHOICE and fitting.value not in choices:
            help = did_you_mean(str(fitting.value), choices)
            self._problem("unknown-choice", f"'{fitting.value}' is not one of the choices", fitting.place, help)
        return fitting

    def _yes_no(self, node: ast.expr, depth: int) -> Expression | None:
        part = self.lower(node, depth)
        if part is not None and part.kind is not Kind.YES_NO:
            message = f"this is {KIND_WORDS[part.kind]}; a condition is needed here"
            self._problem("wrong-kind", message, self._place(node), "compare it with something: x >= 2")
            return None
        return part

    def _number(self, node: ast.expr, depth: int) -> Expression | None:
        part = self.lower(node, depth)
        if part is not None and part.kind not in NUMERIC:
            message = f"this is {KIND_WORDS[part.kind]}; a number is needed here"
            help = help_for_needed(part, Kind.NUMBER, self.scope.symbols)
            self._problem("wrong-kind", message, self._place(node), help)
            return None
        return part

    def _like(
        self, a: Expression, b: Expression, place: Place, sign: Comparison | None
    ) -> tuple[Expression, Expression] | None:
        """Both sides with kinds that go together, as `compatible`; None, and a problem added, where there are none.

        `sign` is that of their comparison, None where one stands beside the other.
        """
        pair = compatible(a, b)
        if pair:
            return pair
        verb = "be compared with" if sign else "stand beside"
        message = f"{KIND_WORDS[a.kind]} cannot {verb} {KIND_WORDS[b.kind]}"
        self._problem("wrong-kind", message, place, help_for_sides(sign, a, b, self.scope.symbols))
        return None

    def _options_fit(self, a: Expression, b: Expression) -> bool:
        """Whether a choice is compared with one of its own options; adds a problem where it is not."""
        for choice, option in ((a, b), (b, a)):
            if isinstance(choice, Name) and choice.kind is Kind.CHOICE and isinstance(option, Literal):
                choices = self.scope.symbols[choice.written].choices
                if option.value not in choices:
                    message = f"'{short(str(option.value))}' is not one of the choices of '{choice.written}'"
                    self._problem("unknown-choice", message, option.place, did_you_mean(str(option.value), choices))
                    return False
        return True
