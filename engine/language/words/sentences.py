"""Writes an expression as a phrase in Russian or English, for people.

A name is written as its title, a number as its value. A part stands in brackets wherever a reader could group the words
in another way, so that expressions with different meanings have different phrases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple, assert_never

from ...texts.texts import in_quotes, texts_in
from ...values import Kind
from ..business_days import without_calendar
from ..currencies import target_of
from ..function_names import AggregateName
from ..operators import Comparison, Operator, flipped, inverse
from ..tree import Aggregate, And, Arithmetic, Call, Choose, Compare, Expression, Literal, Name, Not, Or, Undefined
from .patterns import (
    LatePeriod,
    OneOf,
    Window,
    best_option,
    border_of,
    late_period,
    negative,
    one_of,
    standing_of,
    stated_counts,
    window,
)
from .vocabulary import Vocabulary, choice_of, currency_of, no_figure
from .words import figure, threshold

# How tightly a phrase binds: one that binds looser than its place needs stands in brackets.
_LIST, _OR, _AND, _COMPARE, _WORDS, _SUM, _PRODUCT, _ATOM = range(8)

_TRUE = Literal(True, Kind.YES_NO)


class _Subject(NamedTuple):
    """What a phrase is about: the list of the items it is of, the choice whose options it has, and its currency."""

    list: str = ""
    choice: Name | None = None
    currency: str = ""


_Phrase = tuple[str, int]


class Sentences:
    """Writes phrases in one language, with the words of one programme."""

    def __init__(self, vocabulary: Vocabulary, lang: str) -> None:
        self.vocabulary = vocabulary
        self.lang = lang
        self._say = texts_in(lang).SENTENCES

    def phrase(self, tree: Expression, list: str = "", choice: Name | None = None, currency: str = "") -> str:
        """The expression in words.

        `list` is the id of the list whose items it is of, empty for one of the partner; `choice` is the value whose
        options it gives, and `currency` that of the money it gives.
        """
        return self._phrase(tree, _Subject(list, choice, currency))[0]

    def condition(self, tree: Expression, list: str = "") -> str:
        """A condition that stands by itself, in words: the parts of an `and` with semicolons between them."""
        if not isinstance(tree, And) or window(tree) or one_of(tree):
            return self.phrase(tree, list)
        parts = (self._in(part, _Subject(list), _OR) for part in tree.operands)
        return "; ".join(_first_capital(parts))

    def part(self, tree: Expression, list: str = "", choice: Name | None = None, currency: str = "") -> str:
        """The expression in words as a part of a longer text: a title in quotes, a longer phrase in brackets."""
        return self._quoted(tree, _Subject(list, choice, currency))

    def currency(self, tree: Expression) -> str:
        """The currency of an amount of money; empty where no name in it has one."""
        return self._currency((tree,))

    # Forms ------------------------------------------------------------------------------------------------------------

    def _phrase(self, tree: Expression, of: _Subject) -> _Phrase:
        """The expression in words, and how tightly they bind."""
        match tree:
            case Literal():
                return self._literal(tree, of), _ATOM
            case Name():
                return self._name(tree, of), _ATOM
            case Not() | And() | Or():
                return self._logic(tree, of)
            case Compare():
                return self._comparison(tree, of)
            case Arithmetic():
                return self._arithmetic(tree, of)
            case Choose():
                ranked = best_option(tree)
                return self._aggregate(ranked, of) if ranked else self._choose(tree, of)
            case Call():
                return self._call(tree, of)
            case Aggregate():
                return self._aggregate(tree, of)
            case Undefined():
                return texts_in(self.lang).REPORT["no_value"], _ATOM
            case _:
                assert_never(tree)

    def _in(self, tree: Expression, of: _Subject, binds: int) -> str:
        """A part inside a phrase: a title that reads as several parts in quotes, a looser phrase in brackets."""
        words, own = self._phrase(tree, of)
        if isinstance(tree, Name):
            is_title = self.vocabulary.figure(tree) is None
            return in_quotes(words, self.lang) if is_title and re.search(self._say["joints"], words) else words
        return words if own >= binds else f"({lowered(words)})"

    def _quoted(self, tree: Expression, of: _Subject) -> str:
        """A part of a phrase of fixed words: a title in quotes, a figure as it is, all else in brackets."""
        words, _ = self._phrase(tree, of)
        if isinstance(tree, Name) and self.vocabulary.figure(tree) is None:
            return in_quotes(words, self.lang)
        return words if isinstance(tree, Name | Literal) else f"({lowered(words)})"

    def _name(self, tree: Name, of: _Subject) -> str:
        """The title of a name; for one that is the same for every partner, its figure."""
        settled = self.vocabulary.figure(tree)
        if settled is None:
            return self.vocabulary.title(tree, of.list)
        return self._literal(settled, of._replace(choice=tree, currency=self._currency((tree,))))

    def _literal(self, tree: Literal, of: _Subject) -> str:
        if tree.kind is Kind.CHOICE:
            return self.vocabulary.option(of.choice, str(tree.value))
        words = figure(tree.value, tree.kind, self.lang)
        return f"{words} {of.currency}" if tree.kind is Kind.MONEY and of.currency else words

    # Conditions -------------------------------------------------------------------------------------------------------

    def _logic(self, tree: Not | And | Or, of: _Subject) -> _Phrase:
        """Conditions with `and`, `or` and `not`; several options of one choice in one piece."""
        if (among := one_of(tree)) is not None:
            return self._among(among, of)
        if isinstance(tree, Not) and isinstance(tree.operand, Name):
            return self._comparison(Compare("==", tree.operand, Literal(False, Kind.YES_NO)), of)
        if isinstance(tree, Not) and isinstance(tree.operand, Compare):
            compare = tree.operand
            return self._comparison(compare._replace(operator=inverse(compare.operator)), of)
        if isinstance(tree, Not) and isinstance(tree.operand, Call) and tree.operand.function == "has":
            return self._say["has_not"].format(self._quoted(tree.operand.arguments[0], of)), _WORDS
        if isinstance(tree, Not):
            return self._say["not"].format(self._inner(tree.operand, of, _ATOM)), _OR
        if (days := window(tree)) is not None:
            return self._window(days, of), _COMPARE
        parts = (self._in(part, of, _COMPARE) for part in tree.operands)
        word, binds = ("and", _AND) if isinstance(tree, And) else ("or", _OR)
        return self._say[word].join(_first_capital(parts)), binds

    def options(self, tree: Or) -> str:
        """The options of a condition that a choice is one of several, without the choice: 'at least Silver'."""
        among = one_of(tree)
        return self._options(among)[0] if among else self.phrase(tree)

    def _among(self, among: OneOf, of: _Subject) -> _Phrase:
        """'Region: North or South', 'Level: at least Silver', 'Region: neither North nor South'."""
        if len(set(among.options)) == 1:  # written twice
            option = Literal(among.options[0], Kind.CHOICE)
            return self._comparison(Compare("!=" if among.negated else "==", among.choice, option), of)
        options, binds = self._options(among)
        return f"{self._in(among.choice, of, _ATOM)}: {options}", binds

    def _options(self, among: OneOf) -> _Phrase:
        border = border_of(among, self.vocabulary.order(among.choice))
        if border:
            option = self.vocabulary.option(among.choice, border[1])
            return threshold(border[0], option, self.lang), _COMPARE
        *first, last = (self.vocabulary.option(among.choice, option) for option in dict.fromkeys(among.options))
        key = "none_of" if among.negated else "one_of"
        return self._say[key].format(first=", ".join(first), last=last) if first else last, _OR

    def _window(self, days: Window, of: _Subject) -> str:
        """'Closed on: within the 12 months to “The day”'."""
        number, end = figure(days.number, Kind.NUMBER, self.lang), self._quoted(days.end, of)
        within = self._say[f"window_{days.move}{'_one' * (days.number == 1)}"].format(number=number, end=end)
        return f"{self._in(days.day, of, _WORDS)}: {within}"

    def _comparison(self, tree: Compare, of: _Subject) -> _Phrase:
        """'Certified administrators: at least 2': the compared value, then its limit."""
        place = standing_of(tree)
        if place is not None:
            subject = self._in(place.choice, of, _WORDS)
            if isinstance(place.option, str):
                option = self.vocabulary.option(choice_of(place.choice), place.option)
                limit = option if place.sign == "==" else threshold(place.sign, option, self.lang)
            else:
                limit = self._limit(place.sign, place.option, of)
            return f"{subject}: {limit}", _COMPARE
        left, sign, right = tree.left, tree.operator, tree.right
        if isinstance(left, Literal) and not isinstance(right, Literal):
            left, sign, right = right, flipped(sign), left
        inner = of._replace(choice=choice_of(left) or choice_of(right), currency=self._currency((left, right)))
        subject = self._in(left, inner, _WORDS)
        if (
            isinstance(left, Name)
            and left.kind is Kind.COUNT
            and isinstance(right, Literal)
            and right.value == 0
            and sign in ("==", ">", "!=")
        ):
            some = threshold(">=", figure(Decimal(1), Kind.COUNT, self.lang), self.lang)
            return f"{subject}: {self._say['no_items'] if sign == '==' else some}", _COMPARE
        if isinstance(right, Call) and right.function == _outermost(sign):
            limits = (self._limit(sign, part, inner) for part in right.arguments)
            return f"{subject}: {self._say['and'].join(limits)}", _AND
        return f"{subject}: {self._limit(sign, right, inner)}", _COMPARE

    def _limit(self, sign: Comparison, right: Expression, of: _Subject) -> str:
        """'at least 2', 'no less than “Licences rented out”'."""
        settled = self.vocabulary.figure(right) if isinstance(right, Name) else None
        limit, value = self._quoted(right, of), settled or right
        of_days = right.kind is Kind.DATE
        if isinstance(value, Literal):
            if value.kind is Kind.YES_NO:
                return figure(bool(value.value) is (sign == "=="), Kind.YES_NO, self.lang)
            if value.kind is Kind.CHOICE and sign in ("==", "!="):
                return limit if sign == "==" else self._say["any_but"].format(limit)
            return threshold(sign, limit, self.lang, of_days=of_days)
        if of_days and sign not in ("==", "!="):
            return threshold(sign, limit, self.lang, of_days=True)
        return self._say[{"==": "equal", "!=": "unequal"}.get(sign, sign)].format(limit)

    # Calculations -----------------------------------------------------------------------------------------------------

    def _arithmetic(self, tree: Arithmetic, of: _Subject) -> _Phrase:
        """A calculation, with brackets around every part that a reader could group otherwise."""
        if tree.kind is Kind.MONEY:
            of = of._replace(currency=self._currency((tree,)) or of.currency)
        sign, plain_left, plain_right = _sign(tree.operator)
        left, right = self._operand(tree.left, plain_left, of), self._operand(tree.right, plain_right, of)
        return f"{left} {sign} {right}", _SUM if tree.operator in "+-" else _PRODUCT

    def _operand(self, part: Expression, plain: str, of: _Subject) -> str:
        """A part of a calculation; a calculation in it needs no brackets where its operator is among `plain`."""
        if isinstance(part, Call) and part.function == "ratio":
            part = part.arguments[0]
        if negative(part):
            return f"({self._phrase(part, of)[0]})"
        is_plain = isinstance(part, Arithmetic) and part.operator in plain
        return lowered(self._in(part, of, _SUM if is_plain else _ATOM))

    def _choose(self, tree: Choose, of: _Subject) -> _Phrase:
        """'5 if done, otherwise 2.5'; of several choices, one after the other, with semicolons."""
        if tree.kind is Kind.MONEY:
            of = of._replace(currency=self._currency((tree,)) or of.currency)
        cases, otherwise = _cases(tree)
        pairs = [
            {"then": self._inner(then, of, _ATOM), "condition": self._inner(condition, of, _OR)}
            for condition, then in cases
        ]
        last = self._inner(otherwise, of, _ATOM)
        if len(pairs) == 1:
            return self._say["if"].format(**pairs[0], otherwise=last), _LIST
        parts = [self._say["if_first"].format(**pair) for pair in pairs]
        return "; ".join((*parts, self._say["if_last"].format(otherwise=last))), _LIST

    def _inner(self, tree: Expression, of: _Subject, binds: int) -> str:
        words = self._in(tree, of, binds)
        return words if isinstance(tree, Literal) else lowered(words)

    def _call(self, tree: Call, of: _Subject) -> _Phrase:
        parts, say = tree.arguments, self._say
        if (tree.kind is Kind.MONEY and tree.function != "convert") or tree.function in ("share", "every"):
            of = of._replace(currency=self._currency(parts) or of.currency)
        match tree.function:
            case "share":
                return say["share"].format(self._quoted(parts[0], of), self._quoted(parts[1], of)), _WORDS
            case "on":
                named = Sentences(self.vocabulary._replace(figure=no_figure), self.lang)  # the figure is that of today
                value, day = named._inner(parts[2], of, _ATOM), self._inner(parts[1], of, _ATOM)
                return say["on"].format(value=value, day=day), _LIST
            case "has":
                return say["has"].format(self._quoted(parts[0], of)), _WORDS
            case "starts_with":
                start = in_quotes(_written(parts[1]), self.lang)
                return say["starts_with"].format(self._quoted(parts[0], of), start), _WORDS
            case "convert":
                own = of._replace(currency=self._currency(parts[:1]))
                amount, rate = self._quoted(parts[0], own), self._quoted(parts[1], of)
                return say["convert"].format(amount=amount, rate=rate, currency=target_of(tree)), _LIST
            case "ratio":
                return self._phrase(parts[0], of)
            case "min" | "max":
                days = {"min": "earliest", "max": "latest"}[tree.function]
                listed = "; ".join(self._inner(part, of, _OR) for part in parts)
                return say[days if tree.kind is Kind.DATE else tree.function].format(listed), _LIST
            case "at_least":
                listed = "; ".join(self._inner(part, of, _OR) for part in parts[1:])
                return say["at_least"].format(self._inner(parts[0], of, _ATOM), listed), _LIST
            case (
                "round" | "round_down" | "round_up" | "round_half_even" | "round_towards_zero" | "round_away_from_zero"
            ):
                unit = parts[1]
                if isinstance(unit, Literal):
                    unit = unit._replace(kind=parts[0].kind)
                return say[tree.function].format(self._inner(parts[0], of, _ATOM), self._quoted(unit, of)), _LIST
            case "every":
                size, amount = (self._quoted(part, of) for part in parts)
                return say["every"].format(size=size, amount=amount), _WORDS
            case "abs" | "modulo":
                return say[tree.function].format(*(self._quoted(part, of) for part in parts)), _WORDS
            case "rank" | "rank_from_last":
                return say[tree.function].format(self._quoted(parts[0], of)), _LIST
            case "add_days" if late := late_period(tree):
                return self._of_late_year(late, of)
            case "add_days" | "add_months" | "add_business_days":
                return self._moved(tree, of), _WORDS
            case "is_business_day" | "days_between" | "months_between" | "business_days_between":
                return say[tree.function].format(*(self._quoted(part, of) for part in without_calendar(tree))), _WORDS
            case "start_of_week" | "start_of_month" | "start_of_quarter" | "start_of_year":
                return self._of_day(tree, of)
            case "year" | "month" | "day" | "weekday" | "quarter":
                return self._of_day(tree, of)
            case _:
                assert_never(tree.function)

    def _currency(self, parts: Iterable[Expression]) -> str:
        """The currency of the first part that has one; empty where none has."""
        return next(filter(None, (currency_of(part, self.vocabulary) for part in parts)), "")

    def _moved(self, tree: Call, of: _Subject) -> str:
        """'12 months before “The day”'."""
        day, number = without_calendar(tree)
        back = negative(number)
        if isinstance(number, Literal) and isinstance(number.value, Decimal):
            number = number._replace(value=abs(number.value))
        key = f"{tree.function}_back" if back else tree.function
        if isinstance(number, Literal) and number.value == 1:
            key = f"{key}_one"
        return self._say[key].format(number=self._quoted(number, of), day=self._quoted(day, of))

    def _of_day(self, tree: Call, of: _Subject) -> _Phrase:
        """A part of a day, or the first day of its period; of a year that begins late, its first month too."""
        day, *month = tree.arguments
        start = self._say[tree.function].format(day=self._quoted(day, of))
        if not month or (isinstance(month[0], Literal) and month[0].value == 1):
            return start, _WORDS
        return self._say["year_from"].format(start=start, month=self._quoted(month[0], of)), _LIST

    def _of_late_year(self, late: LatePeriod, of: _Subject) -> _Phrase:
        """The first day of a period, and on which day of which month a year begins."""
        day, month = late.period.arguments
        start = self._say[late.period.function].format(day=self._quoted(day, of))
        first_day, first_month = figure(late.first_day, Kind.COUNT, self.lang), self._quoted(month, of)
        return self._say["year_from_day"].format(start=start, day=first_day, month=first_month), _LIST

    # Lists ------------------------------------------------------------------------------------------------------------

    def _aggregate(self, tree: Aggregate, of: _Subject) -> _Phrase:
        """'the sum of “Amount” in “Deals” where registered'."""
        say, inner = self._say, of._replace(list=tree.list, choice=choice_of(tree.value))
        counts = stated_counts(tree)
        where = "" if counts == _TRUE else say["where"].format(self._inner(counts, inner, _COMPARE))
        items = in_quotes(self.vocabulary.list_title(tree.list), self.lang) + where
        by = self._quoted(tree.by, inner) if tree.by is not None else ""
        words = say[_aggregate_key(tree)].format(of=self._quoted(tree.value, inner), items=items, by=by)
        best = say["best"].format(self._quoted(tree.best, of)) if tree.best is not None else ""
        return words + best + self._empty(tree, of._replace(choice=inner.choice)), _LIST

    def _empty(self, tree: Aggregate, of: _Subject) -> str:
        """What the value is where no item counts; empty where that goes without saying."""
        if (
            tree.function in ("count", "distinct", "sum", "any")
            and isinstance(tree.empty, Literal)
            and not tree.empty.value
        ):
            return ""
        if tree.empty is None:
            return self._say["empty"].format(texts_in(self.lang).REPORT["no_value"])
        return self._say["empty"].format(self._inner(tree.empty, of, _ATOM))


def _written(tree: Expression) -> str:
    """The text that an expression is written as."""
    return str(tree.value) if isinstance(tree, Literal) else ""


def _aggregate_key(tree: Aggregate) -> str:
    """The key of the words of an aggregate."""
    name: AggregateName = tree.function
    if name == "latest":
        return "latest_item"
    if name in ("minimum", "maximum") and tree.kind is Kind.DATE:
        return f"{name}_day"
    return "any_item" if name == "any" and tree.value == _TRUE else name


def _cases(tree: Choose) -> tuple[tuple[tuple[Expression, Expression], ...], Expression]:
    """The conditions of a chain of choices with their values, and the value where none holds."""
    cases: list[tuple[Expression, Expression]] = []
    rest: Expression = tree
    while isinstance(rest, Choose):
        cases.append((rest.condition, rest.then))
        rest = rest.otherwise
    return tuple(cases), rest


def _sign(operator: Operator) -> tuple[str, str, str]:
    """The sign that people read, and the operators that need no brackets on its left and on its right."""
    match operator:
        case "+":
            return "+", "+-*/", "+*/"
        case "-":
            return "−", "+-*/", "*/"
        case "*":
            return "×", "*", "*"
        case "/":
            return "÷", "", ""
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
