"""Reader 5, for people: a rule as a phrase in Russian or English, before there is a partner.

A name is told by its title, a number that is the same for everyone by its value. What has no plain words is told in
the notation of the language.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from ...texts.texts import texts_in
from ...values import Kind
from ..operators import Comparison, Operator, flipped
from ..tree import Aggregate, And, Arithmetic, Call, Choose, Compare, Expression, Literal, Name, Not, Or
from .words import amount, text, threshold

Title = Callable[[Name], str]
Option = Callable[[Expression, str], str]

_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}


class Sentences:
    """What a phrase needs: the titles of names, of options of a choice, and the language."""

    def __init__(self, title: Title, option: Option, lang: str) -> None:
        """`option` gives the title of an option, from what it is compared with and its id."""
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
        """The same of a condition that stands by itself: what has to hold all together, parted by semicolons."""
        if not isinstance(tree, And):
            return self.phrase(tree)
        told = [self.phrase(part) for part in tree.operands]
        return "; ".join([told[0], *(lowered(one) for one in told[1:])])

    def _joined(self, word: str, parts: tuple[Expression, ...]) -> str:
        """The parts with the word between; those that are joined themselves stand in brackets."""
        told = [f"({self.phrase(part)})" if isinstance(part, And | Or) else self.phrase(part) for part in parts]
        return self._say[word].join([told[0], *(lowered(one) for one in told[1:])])

    def _inner(self, part: Expression) -> str:
        """A part in the middle of a phrase."""
        return lowered(self.phrase(part))

    def _arithmetic(self, tree: Arithmetic) -> str:
        """A sum or a product, with brackets where they change it."""
        sign, of_left, of_right = _sign_and_looser(tree.operator)
        left, right = _needs_brackets(tree.left, of_left), _needs_brackets(tree.right, of_right)
        told = [f"({self._inner(part)})" if bracketed else self._inner(part)
                for part, bracketed in ((tree.left, left), (tree.right, right))]  # fmt: skip
        return f"{told[0]} {sign} {told[1]}"

    def _comparison(self, tree: Compare) -> str:
        """'Certified administrators: at least 2'; what is compared stands before its border."""
        left, sign, right = tree.left, tree.operator, tree.right
        if isinstance(left, Literal) and not isinstance(right, Literal):
            left, sign, right = right, flipped(sign), left
        if isinstance(right, Call) and right.function == _outermost(sign):
            borders = self._say["and"].join(self._border(sign, part) for part in right.arguments)
            return f"{self.phrase(left)}: {borders}"
        if isinstance(right, Literal) and right.kind is Kind.CHOICE:
            option = self._option(left, str(right.value))
            return f"{self.phrase(left)}: {option if sign == '==' else threshold(sign, option, self._lang)}"
        return f"{self.phrase(left)}: {self._border(sign, right)}"

    def _border(self, sign: Comparison, right: Expression) -> str:
        """'at least 2', 'no less than “Licences rented out”'."""
        told = self.phrase(right)
        if sign in ("==", "!=") and not told[:1].isdigit():
            return self._say["equal" if sign == "==" else "unequal"].format(told)
        if told[:1].isdigit() or right.kind is Kind.DATE:
            return threshold(sign, told, self._lang, of_days=right.kind is Kind.DATE)
        return self._say[sign].format(told)

    def _call(self, tree: Call) -> str:
        told = [self._inner(part) for part in tree.arguments]
        match tree.function:
            case "share":
                return self._say["share"].format(*(self.phrase(part) for part in tree.arguments[:2]))
            case "ratio":
                return told[0]
            case "min" | "max":
                return self._say[tree.function].format("; ".join(told))
            case "at_least":
                return self._say["at_least"].format(told[0], "; ".join(told[1:]))
            case "round" | "round_down" | "round_up":
                return self._say[tree.function].format(*told)
            case "every" | "rank" | "rank_from_last" | "add_days" | "add_months" | "days_between" | "months_between":
                return text(tree)
            case "start_of_month" | "start_of_quarter" | "start_of_year":
                return text(tree)
            case _:
                assert_never(tree.function)


def _sign_and_looser(operator: Operator) -> tuple[str, str, str]:
    """The sign for people, and the operators that stand in brackets on its left and on its right."""
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
    """The function of which a comparison with its value is one with each of its arguments; None where there is none."""
    match sign:
        case ">" | ">=":
            return "max"
        case "<" | "<=":
            return "min"
        case "==" | "!=":
            return None
        case _:
            assert_never(sign)


def _needs_brackets(part: Expression, operators: str) -> bool:
    """Whether a part would be torn apart: a choice, or one of these operators."""
    return isinstance(part, Choose) or (isinstance(part, Arithmetic) and part.operator in operators)


def lowered(phrase: str) -> str:
    """With a small first letter, unless the first word is written in capitals: IT, CRM."""
    word = phrase.split(" ", 1)[0]
    return phrase if word[1:].lower() != word[1:] or len(word) == 1 else phrase[:1].lower() + phrase[1:]
