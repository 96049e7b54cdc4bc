"""Reads and writes FEEL, the language of DMN, as far as a table of Charter can say the same.

Of tests: values, intervals, comparisons, lists of them, `not(…)` and `-`. Of formulas: names, values, `+ - *`,
comparisons, `and`, `or`, `not(…)`, `min`, `max` and `abs`. All else is refused with why, as FEEL has it otherwise.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple, NoReturn

from ..language.syntax import short
from ..language.tree import And, Arithmetic, Call, Compare, Expression, Literal, Name, Not, Or
from ..limits import MAX_DEPTH, MAX_LENGTH
from ..source.scalars import in_bounds
from ..values import plain, with_point
from .decision_table import ANY, Formula, Output, Scalar, Stretch, Test, value_span


class Refused(Exception):
    """A text, or a part of a rule, that cannot be carried over: why, and what to write instead."""

    def __init__(self, why: str, instead: str) -> None:
        super().__init__(why)
        self.why, self.instead = why, instead


def refuse_text(why: str, instead: str) -> NoReturn:
    """Raise Refused."""
    raise Refused(why, instead)


#: words that FEEL does not take as names
_WORDS = frozenset(
    ("and", "between", "context", "date", "duration", "else", "every", "external", "false", "for", "function", "if",
     "in", "instance", "list", "not", "null", "of", "or", "return", "satisfies", "some", "then", "time", "true")
)  # fmt: skip
_FUNCTIONS = ("min", "max", "abs")
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


# Writing ----------------------------------------------------------------------------------------------------------


def scalar_text(value: Scalar) -> str:
    r"""A value in FEEL.

    >>> [scalar_text(value) for value in (True, Decimal("2.50"), date(2026, 1, 31), 'a "b"')]
    ['true', '2.5', 'date("2026-01-31")', '"a \\"b\\""']
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return f'date("{value.isoformat()}")'
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def test_text(test: Test) -> str:
    """A test in FEEL; `-` is one that every value passes."""
    if test.is_any:
        return "-"
    spans = ", ".join(map(_span_text, test.spans))
    return f"not({spans})" if test.negated else spans


def _span_text(span: Stretch) -> str:
    if span.is_value:
        return scalar_text(span.low)
    if span.low is None:
        return f"{'<=' if span.high_in else '<'} {scalar_text(span.high)}"
    if span.high is None:
        return f"{'>=' if span.low_in else '>'} {scalar_text(span.low)}"
    ends = f"{scalar_text(span.low)}..{scalar_text(span.high)}"
    return f"{'[' if span.low_in else '('}{ends}{']' if span.high_in else ')'}"


def output_text(output: Output) -> str:
    """An output in FEEL; `null` where there is no value."""
    if output is None:
        return "null"
    return output.feel if isinstance(output, Formula) else scalar_text(output)


def formula_of(tree: Expression) -> str:
    """An expression in FEEL; raises Refused where FEEL does not have the same."""
    match tree:
        case Literal():
            return scalar_text(tree.value)
        case Name():
            if tree.written in _WORDS:
                raise Refused(f"'{tree.written}' is a word of FEEL", "give the value another name")
            return tree.written or tree.id
        case Not():
            return f"not({formula_of(tree.operand)})"
        case And() | Or():
            word = " and " if isinstance(tree, And) else " or "
            return "(" + word.join(map(formula_of, tree.operands)) + ")"
        case Compare():
            sign = "=" if tree.operator == "==" else tree.operator
            return f"({formula_of(tree.left)} {sign} {formula_of(tree.right)})"
        case Arithmetic(operator="+" | "-" | "*"):
            return f"({formula_of(tree.left)} {tree.operator} {formula_of(tree.right)})"
        case Arithmetic():
            raise Refused("FEEL rounds a quotient to 34 digits", "make it a definition, and name that here")
        case Call(function="min" | "max" | "abs"):
            return f"{tree.function}({', '.join(map(formula_of, tree.arguments))})"
        case Call():
            raise Refused(f"FEEL has no '{tree.function}' that means the same", "make it a definition, and name it")
    raise Refused(
        "FEEL has no such form, or takes what is unknown for false in it", "make it a definition, and name it"
    )


# Reading ----------------------------------------------------------------------------------------------------------


class _Token(NamedTuple):
    form: str  #: number, string, day, name, or the sign itself
    text: str


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<day>(?:date\s*\(\s*"[^"\\]*"\s*\))|@"[^"\\]*")
    | (?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?![\w])
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<name>[^\W\d]\w*)
    | (?P<sign>\.\.|<=|>=|!=|[-+*/<>=()\[\],])
    )""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


_BARE_DAY = re.compile(r'(?<!["\w])(\d{4}-\d{2}-\d{2})(?!["\w])')


def _tokens(text: str) -> list[_Token]:
    """The words and signs of a text; raises Refused at the first part that is none."""
    if len(text) > MAX_LENGTH:
        raise Refused(f"it is longer than {MAX_LENGTH} characters", "shorten it")
    tokens: list[_Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise Refused(f"'{short(text[at:].strip())}' is not read", "write values, intervals and comparisons")
        form = match.lastgroup or ""
        tokens.append(_Token(match[form] if form == "sign" else form, match[form]))
        at = match.end()
    return tokens


class _Reader:
    """Reads one text from its tokens; where it is `loose`, a word may be a text without its quotes."""

    def __init__(self, text: str, *, loose: bool = False) -> None:
        self.tokens = _tokens(_BARE_DAY.sub(r'date("\1")', text) if loose else text)
        self.loose = loose
        self.at = 0
        self.depth = 0

    def next_is(self, *forms: str) -> bool:
        """Whether the next token has one of these forms, or is one of these words."""
        return self.at < len(self.tokens) and (
            self.tokens[self.at].form in forms
            or (self.tokens[self.at].form == "name" and self.tokens[self.at].text in forms)
        )

    def take(self, *forms: str) -> str:
        """The text of the next token, which is taken; raises Refused where it has another form."""
        if not self.next_is(*forms):
            rest = self.tokens[self.at].text if self.at < len(self.tokens) else "its end"
            raise Refused(f"'{short(rest)}' is not carried over here", "write values, intervals and comparisons")
        self.at += 1
        return self.tokens[self.at - 1].text

    def end(self) -> None:
        """Raise Refused where something is left."""
        if self.at < len(self.tokens):
            self.take("nothing")

    # Values -------------------------------------------------------------------------------------------------------

    def scalar(self) -> Scalar:
        """A value; raises Refused for anything else."""
        if self.next_is("-"):
            self.take("-")
            return -self._number()
        if self.next_is("number"):
            return self._number()
        if self.next_is("string"):
            return self._string()
        if self.next_is("day"):
            return self._day()
        if self.next_is("true", "false"):
            return self.take("name") == "true"
        if self.next_is("null"):
            raise Refused("a value that is missing is unknown, and nothing tests it", "leave the row out")
        if self.next_is("name"):
            word = self.take("name")
            if self.next_is("("):
                raise Refused(f"the function '{word}' is not carried over", "write the value itself")
            if self.loose:
                return word
            raise Refused(f"'{word}' is a name, and a test has values alone", f'write "{word}" if it is a text')
        self.take("a value")
        raise AssertionError

    def _number(self) -> Decimal:
        written = self.take("number")
        number = Decimal(written)
        if not in_bounds(number):
            raise Refused(f"'{short(written)}' has too many digits", "write fewer digits")
        return number

    def _string(self) -> str:
        written = self.take("string")[1:-1]
        return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), written)

    def _day(self) -> date:
        written = self.take("day")
        day = written.partition('"')[2].partition('"')[0]
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", day):
                return date.fromisoformat(day)
        except ValueError:
            pass
        raise Refused(f"'{short(day)}' is not a day", 'write date("2026-01-31"); a day has no time')

    # Tests --------------------------------------------------------------------------------------------------------

    def test(self) -> Test:
        """Unary tests."""
        if self.next_is("-") and len(self.tokens) == 1:
            self.take("-")
            return ANY
        if self.next_is("not"):
            self.take("not")
            self.take("(")
            test = Test(self._spans(), negated=True)
            self.take(")")
            return test
        return Test(self._spans())

    def _spans(self) -> tuple[Stretch, ...]:
        spans = [self._span()]
        while self.next_is(","):
            self.take(",")
            spans.append(self._span())
        return tuple(dict.fromkeys(spans))

    def _span(self) -> Stretch:
        if self.next_is("<", "<="):
            return Stretch(None, False, high_in=self.take("<", "<=") == "<=", high=self._ordered())
        if self.next_is(">", ">="):
            return Stretch(low_in=self.take(">", ">=") == ">=", low=self._ordered(), high=None, high_in=False)
        if self.next_is("[", "]", "("):
            low_in = self.take("[", "]", "(") == "["
            low = self._ordered()
            self.take("..")
            high = self._ordered()
            span = Stretch(low, low_in, high, self.take("]", "[", ")") == "]")
            if type(low) is not type(high) or span.is_empty:
                raise Refused("no value is in this interval", "write the lower end first")
            return span
        return value_span(self.scalar())

    def _ordered(self) -> Scalar:
        value = self.scalar()
        if isinstance(value, bool | str):
            raise Refused("only numbers and days are compared by size", "list the values: " + scalar_text(value))
        return value

    # Formulas -----------------------------------------------------------------------------------------------------

    def formula(self) -> str:
        """A formula as an expression of Charter."""
        self._deeper()
        parts = [self._conjunction()]
        while self.next_is("or"):
            self.take("or")
            parts.append(self._conjunction())
        self.depth -= 1
        return " or ".join(parts)

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Refused(f"it has more than {MAX_DEPTH} parts within each other", "make a part of it a definition")

    def _conjunction(self) -> str:
        parts = [self._comparison()]
        while self.next_is("and"):
            self.take("and")
            parts.append(self._comparison())
        return " and ".join(parts)

    def _comparison(self) -> str:
        left = self._sum()
        if not self.next_is("<", "<=", ">", ">=", "=", "!="):
            return left
        sign = self.take("<", "<=", ">", ">=", "=", "!=")
        return f"{left} {'==' if sign == '=' else sign} {self._sum()}"

    def _sum(self) -> str:
        text = self._product()
        while self.next_is("+", "-"):
            text = f"{text} {self.take('+', '-')} {self._product()}"
        return text

    def _product(self) -> str:
        text = self._factor()
        while self.next_is("*", "/"):
            if self.take("*", "/") == "/":
                raise Refused("FEEL rounds a quotient to 34 digits, and Charter does not", "multiply: x * 0.01")
            text = f"{text} * {self._factor()}"
        return text

    def _factor(self) -> str:
        if self.next_is("-"):
            self._deeper()
            minus, factor = self.take("-"), self._factor()
            self.depth -= 1
            return f"({minus}{factor})"
        if self.next_is("("):
            self.take("(")
            inner = self.formula()
            self.take(")")
            return f"({inner})"
        if not self.next_is("name") or self.next_is("true", "false"):
            return charter_text(self.scalar())
        return self._named()

    def _named(self) -> str:
        """A name, or the call of a function."""
        name = self.take("name")
        if name in _WORDS - {"not"} or not _ID.fullmatch(name):
            raise Refused(f"'{name}' is not carried over", "write names, values and + - *")
        words = [name]
        while self.next_is("name") and not self.next_is("and", "or"):
            words.append(self.take("name"))
        if len(words) > 1:
            phrase = short(" ".join(words))
            raise Refused(f"'{phrase}' is not a name of the programme", "write the name as the programme has it")
        if not self.next_is("("):
            return name
        if name not in (*_FUNCTIONS, "not"):
            raise Refused(f"the function '{name}' is not carried over", "name a definition that works it out")
        self.take("(")
        arguments = [self.formula()]
        while self.next_is(","):
            self.take(",")
            arguments.append(self.formula())
        self.take(")")
        return f"(not ({', '.join(arguments)}))" if name == "not" else f"{name}({', '.join(arguments)})"


def charter_text(value: Scalar) -> str:
    r"""A value as an expression of Charter; raises Refused for a text that it cannot hold.

    >>> charter_text("it's"), charter_text(date(2026, 1, 31))
    ('"it\'s"', "date('2026-01-31')")
    """
    if isinstance(value, date):
        return f"date('{value.isoformat()}')"
    if not isinstance(value, str):
        return scalar_text(value)
    quote = "'" if "'" not in value else '"'
    if quote in value or "\\" in value or "\n" in value:
        raise Refused("a text cannot have both kinds of quotes, a line break or '\\'", "write the text without them")
    return f"{quote}{value}{quote}"


def read_test(text: str, *, loose: bool = False) -> Test:
    """A test of FEEL; nothing at all is `-`. Raises Refused.

    Where it is `loose`, a text and a day may stand without quotes, and a comma between digits is refused.
    """
    if not text.strip():
        return ANY
    if loose:
        _refuse_comma(text)
    reader = _Reader(text, loose=loose)
    test = reader.test()
    reader.end()
    return test


def read_formula(text: str) -> Formula:
    """A formula of FEEL; raises Refused."""
    reader = _Reader(text)
    formula = Formula(text.strip(), reader.formula())
    reader.end()
    return formula


def read_output(text: str, *, loose: bool = False) -> Output:
    """An output: a value, a formula, or None for `null` and for nothing. Raises Refused."""
    if text.strip() in ("", "null", "-"):
        return None
    if loose:
        _refuse_comma(text)
    try:
        reader = _Reader(text if not loose else _BARE_DAY.sub(r'date("\1")', text))
        value = reader.scalar()
        reader.end()
    except Refused:
        return read_formula(text)
    return value


def read_values(text: str) -> tuple[Scalar, ...]:
    """A list of values; raises Refused."""
    spans = read_test(text).spans
    if not all(span.is_value for span in spans):
        raise Refused("these are not values alone", 'list them: "first", "second"')
    return tuple(span.low for span in spans)


def _refuse_comma(text: str) -> None:
    """Raise Refused where a comma between digits may be that of a decimal number, as some spreadsheets write it."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    if match := re.search(r"(?<![\w.])\d+,\d+", bare):
        spaced = match[0].replace(",", ", ")
        raise Refused(f"'{match[0]}' may be one number or two", f"write {with_point(match[0])}; or {spaced} for two")
