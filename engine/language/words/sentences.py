"""Writes an expression as a phrase in Russian or English, for people.

A name is written as its title, a number as its value. A form without plain words is written in the notation of the
language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import assert_never

from ...texts.texts import texts_in
from ...values import Kind
from ..operators import Comparison, Operator, flipped
from ..tree import Aggregate, And, Arithmetic, Call, Choose, Compare, Expression, Literal, Name, Not, Or
from .words import amount, text, threshold

Title = Callable[[Name], str]
Option = Callable[[Expression, str], str]


class Sentences:
    """Writes phrases in one language, with the titles of names and of the options of a choice."""

    def __init__(self, title: Title, option: Option, lang: str) -> None:
        """`option` gives the title of an option from the expression it is compared with and its id."""
        self._title = title
        self._option = option
        self._lang = lang
        self._say = texts_in(lang).SENTENCES

    def phrase(self, tree: Expression) -> str:
        """The expression in words."""
        match tree:
            case Literal():
                return amount(tree.value, tree.kind, self._lang)
            case Name():
                return self._title(tree)
            case Not():
                return self._say["not"].format(self.phrase(tree.operand))
            case And():
                return self._joined("and", tree.operands)
            case Or():
                return self._joined("or", tree.operands)
            case Compare():
                return self._comparison(tree)
            case Arithmetic():
                return self._arithmetic(tree)
            case Choose():
                parts = {"then": tree.then, "condition": tree.condition, "otherwise": tree.otherwise}
                return self._say["if"].format(**{key: self._inner(part) for key, part in parts.items()})
            case Call():
                return self._call(tree)
            case Aggregate():
                return text(tree)
            case _:
                assert_never(tree)

    def condition(self, tree: Expression) -> str:
        """A condition that stands by itself, in words: the parts of an `and` with semicolons between them."""
        if not isinstance(tree, And):
            return self.phrase(tree)
        return "; ".join(_first_capital(self.phrase(part) for part in tree.operands))

    def _joined(self, word: str, parts: tuple[Expression, ...]) -> str:
        """The parts with the word between them; a part that is an `and` or an `or` stands in brackets."""
        phrases = (f"({self.phrase(part)})" if isinstance(part, And | Or) else self.phrase(part) for part in parts)
        return self._say[word].join(_first_capital(phrases))

    def _inner(self, part: Expression) -> str:
        """A part in the middle of a phrase."""
        return lowered(self.phrase(part))

    def _arithmetic(self, tree: Arithmetic) -> str:
        """A calculation, with brackets where they change its value."""
        sign, of_left, of_right = _sign_and_looser(tree.operator)
        return f"{self._operand(tree.left, of_left)} {sign} {self._operand(tree.right, of_right)}"

    def _operand(self, part: Expression, operators: str) -> str:
        """A part of a calculation; a choice, or a calculation with one of these operators, stands in brackets."""
        bracketed = isinstance(part, Choose) or (isinstance(part, Arithmetic) and part.operator in operators)
        return f"({self._inner(part)})" if bracketed else self._inner(part)

    def _comparison(self, tree: Compare) -> str:
        """'Certified administrators: at least 2': the compared value, then its limit."""
        left, sign, right = tree.left, tree.operator, tree.right
        if isinstance(left, Literal) and not isinstance(right, Literal):
            left, sign, right = right, flipped(sign), left
        if isinstance(right, Call) and right.function == _outermost(sign):
            limits = self._say["and"].join(self._limit(sign, part) for part in right.arguments)
            return f"{self.phrase(left)}: {limits}"
        if isinstance(right, Literal) and right.kind is Kind.CHOICE:
            option = self._option(left, str(right.value))
            return f"{self.phrase(left)}: {option if sign == '==' else threshold(sign, option, self._lang)}"
        return f"{self.phrase(left)}: {self._limit(sign, right)}"

    def _limit(self, sign: Comparison, right: Expression) -> str:
        """'at least 2', 'no less than “Licences rented out”'."""
        limit = self.phrase(right)
        if sign in ("==", "!=") and not limit[:1].isdigit():
            return self._say["equal" if sign == "==" else "unequal"].format(limit)
        if limit[:1].isdigit() or right.kind is Kind.DATE:
            return threshold(sign, limit, self._lang, of_days=right.kind is Kind.DATE)
        return self._say[sign].format(limit)

    def _call(self, tree: Call) -> str:
        arguments = [self._inner(part) for part in tree.arguments]
        match tree.function:
            case "share":
                return self._say["share"].format(*(self.phrase(part) for part in tree.arguments[:2]))
            case "ratio":
                return arguments[0]
            case "min" | "max":
                return self._say[tree.function].format("; ".join(arguments))
            case "at_least":
                return self._say["at_least"].format(arguments[0], "; ".join(arguments[1:]))
            case "round" | "round_down" | "round_up":
                return self._say[tree.function].format(*arguments)
            case "every" | "rank" | "rank_from_last" | "add_days" | "add_months" | "days_between" | "months_between":
                return text(tree)
            case "start_of_month" | "start_of_quarter" | "start_of_year":
                return text(tree)
            case _:
                assert_never(tree.function)


def _sign_and_looser(operator: Operator) -> tuple[str, str, str]:
    """The sign that people read, and the operators that need brackets on its left and on its right."""
    match operator:
        case "+":
            return "+", "", ""
        case "-":
            return "−", "", "+-"
        case "*":
            return "×", "+-", "+-/"
        case "/":
            return "÷", "+-", "+-*/"
        case _:
            assert_never(operator)


def _outermost(sign: Comparison) -> str | None:
    """The function where comparing with its value is comparing with every argument; None where there is none."""
    match sign:
        case ">" | ">=":
            return "max"
        case "<" | "<=":
            return "min"
        case "==" | "!=":
            return None
        case _:
            assert_never(sign)


def _first_capital(phrases: Iterable[str]) -> list[str]:
    """The phrases; only the first keeps its capital letter."""
    return [phrase if index == 0 else lowered(phrase) for index, phrase in enumerate(phrases)]


def lowered(phrase: str) -> str:
    """The phrase with a small first letter, unless its first word is written in capitals: IT, CRM."""
    word = phrase.split(" ", 1)[0]
    return phrase if word[1:].lower() != word[1:] or len(word) == 1 else phrase[:1].lower() + phrase[1:]
