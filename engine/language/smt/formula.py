"""Turns a tree into a term with the meaning that `interpret` gives it: one case for each form.

Logic is three-valued: a term has a formula for the value, and one for whether it is known. The size of numbers is the
only difference: a number of more than 600 digits is unknown to the interpreter, but not to the solver.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, assert_never

import z3  # type: ignore[import-untyped]

from ...values import NUMERIC, Kind
from ..business_days import OF_BUSINESS_DAYS, BusinessCalendar, calendar_in, without_calendar
from ..function_names import FunctionName
from ..operators import Operator, Order
from ..tree import Aggregate, And, Arithmetic, Call, Choose, Compare, Expression, Literal, Name, Not, Or, Undefined
from . import business_days, days
from .terms import (
    Codes,
    Formula,
    Term,
    all_of,
    any_of,
    begins,
    chosen,
    comparison,
    day,
    divided,
    either,
    floor,
    is_whole,
    negated,
    negative,
    number,
    plus,
    times,
    unknown_term,
)

Terms = Callable[[Name | Aggregate | Call], Term]  #: the term of a name, of an aggregate, or of a call of `on`
_HUNDRED, _HALF = Term(number(100)), Term(number(Fraction(1, 2)))


def formula(tree: Expression, terms: Terms, codes: Codes) -> Term:
    """The term of the expression."""
    match tree:
        case Literal():
            return Term(literal(tree.value, tree.kind, codes))
        case Name() | Aggregate():
            return terms(tree)
        case Not():
            operand = formula(tree.operand, terms, codes)
            return Term(negated(operand.value), operand.known)
        case And():
            return _and([formula(part, terms, codes) for part in tree.operands])
        case Or():
            return _or([formula(part, terms, codes) for part in tree.operands])
        case Compare():
            left, right = (formula(part, terms, codes) for part in (tree.left, tree.right))
            return Term(_compare(tree, left, right), all_of([left.known, right.known]))
        case Arithmetic():
            left, right = (formula(part, terms, codes) for part in (tree.left, tree.right))
            return _calculate(tree.operator, left, right)
        case Choose():
            condition, then, otherwise = (
                formula(part, terms, codes) for part in (tree.condition, tree.then, tree.otherwise)
            )
            is_known = all_of([condition.known, either(condition.value, then.known, otherwise.known)])
            return chosen(condition.value, then, otherwise, is_known)
        case Call(function="on"):
            return terms(tree)
        case Call(function="starts_with", arguments=(whole, Literal(value=str(beginning)))):
            codes.text(beginning)
            return begins(formula(whole, terms, codes), beginning)
        case Call() if tree.function in OF_BUSINESS_DAYS:
            parts = (formula(part, terms, codes) for part in without_calendar(tree))
            return _call_of(tree.function)(calendar_in(tree), *parts)
        case Call():
            return _call_of(tree.function)(*(formula(part, terms, codes) for part in tree.arguments))
        case Undefined():
            return unknown_term(tree.kind)
        case _:
            assert_never(tree)


def literal(value: bool | Decimal | date | str, kind: Kind, codes: Codes) -> Formula:
    """The formula of a literal value of a kind."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, date):
        return day(value)
    return codes.text(value) if kind is Kind.TEXT else z3.IntVal(codes.of(value))


def _and(parts: Sequence[Term]) -> Term:
    """`and`: known where all parts are, or where one is known to be false."""
    value = all_of([any_of([part.value, negated(part.known)]) for part in parts])
    one_false = any_of([all_of([part.known, negated(part.value)]) for part in parts])
    return Term(value, any_of([all_of([part.known for part in parts]), one_false]))


def _or(parts: Sequence[Term]) -> Term:
    """`or`: known where all parts are, or where one is known to be true."""
    none = _and([Term(negated(part.value), part.known) for part in parts])
    return Term(negated(none.value), none.known)


def _compare(tree: Compare, left: Term, right: Term) -> Formula:
    if tree.left.kind in NUMERIC or tree.left.kind is Kind.DATE:
        return comparison(tree.operator, left, right)
    if isinstance(left.value, bool) or isinstance(right.value, bool):
        value, certain = (left.value, right.value) if isinstance(right.value, bool) else (right.value, left.value)
        same = value if certain else negated(value)
    else:
        same = left.value == right.value
    return same if tree.operator == "==" else negated(same)


def _calculate(operator: Operator, left: Term, right: Term) -> Term:
    match operator:
        case "+":
            return plus(left, right)
        case "-":
            return plus(left, negative(right))
        case "*":
            return times(left, right)
        case "/":
            return divided(left, right)
        case _:
            assert_never(operator)


# Functions ------------------------------------------------------------------------------------------------------------


def _outermost(sign: Order) -> Callable[..., Term]:
    def outermost(*parts: Term) -> Term:
        is_known = all_of([part.known for part in parts])
        best = parts[0]
        for part in parts[1:]:
            best = chosen(comparison(sign, best, part), best, part, is_known)
        return best._replace(known=is_known)

    return outermost


def _at_least(wanted: Term, *conditions: Term) -> Term:
    holding = how_many([all_of([condition.known, condition.value]) for condition in conditions])
    failing = how_many([all_of([condition.known, negated(condition.value)]) for condition in conditions])
    enough = comparison("<=", wanted, Term(holding))
    too_few = comparison(">", wanted, Term(len(conditions) - failing))
    return Term(enough, all_of([wanted.known, any_of([enough, too_few])]))


def how_many(conditions: Sequence[Formula]) -> Formula:
    """The number of conditions that hold."""
    return z3.Sum([z3.IntVal(0), *(z3.If(condition, 1, 0) for condition in conditions)])


def _rank(choice: Term, *options: Term) -> Term:
    rank: Any = number(len(options))
    for place, option in reversed(list(enumerate(options[:-1], 1))):
        rank = z3.If(choice.value == option.value, place, rank)
    return Term(rank, choice.known)


def _by_unit(whole: Callable[[Term], Formula]) -> Callable[[Term, Term], Term]:
    def rounded(amount: Term, unit: Term) -> Term:
        is_known = all_of([amount.known, unit.known, unit.value > 0])
        return times(Term(whole(divided(amount, unit))), unit)._replace(known=is_known)

    return rounded


def _nearest(quotient: Term) -> Formula:
    up, down = floor(plus(quotient, _HALF)), floor(plus(negative(quotient), _HALF))
    return z3.If(quotient.value >= 0, up, -down)


def _half_even(quotient: Term) -> Formula:
    above_half = plus(quotient, _HALF)
    nearest = floor(above_half)
    is_odd_half = z3.And(comparison("==", above_half, Term(nearest)), nearest % 2 == 1)
    return z3.If(is_odd_half, nearest - 1, nearest)


def _towards_zero(quotient: Term) -> Formula:
    return z3.If(quotient.value >= 0, floor(quotient), -floor(negative(quotient)))


def _away_from_zero(quotient: Term) -> Formula:
    return z3.If(quotient.value >= 0, -floor(negative(quotient)), floor(quotient))


def _absolute(term: Term) -> Term:
    return chosen(term.value >= 0, term, negative(term), term.known)


def _modulo(amount: Term, unit: Term) -> Term:
    return plus(amount, negative(_by_unit(floor)(amount, unit)))


def _every(size: Term, amount: Term) -> Term:
    whole = floor(divided(amount, size))
    is_known = all_of([amount.known, size.known, size.value > 0])
    return Term(z3.If(whole < 0, 0, whole), is_known)


def _add_days(start: Term, number: Term) -> Term:
    later = start.value + floor(number)
    return Term(later, all_of([start.known, number.known, is_whole(number), days.exists(later)]))


def _add_months(start: Term, number: Term) -> Term:
    later, exists = days.months_later(start.value, floor(number))
    return Term(later, all_of([start.known, number.known, is_whole(number), exists]))


def _months_between(first: Term, last: Term) -> Term:
    return Term(days.months_between(first.value, last.value), all_of([first.known, last.known]))


def _start_of_month(day: Term) -> Term:
    return Term(day.value - days.civil(day.value).day + 1, day.known)


def _start_of(months: int) -> Callable[[Term, Term], Term]:
    def start(day: Term, first_month: Term) -> Term:
        first, exists = days.first_of_period(day.value, floor(first_month), months)
        return Term(first, all_of([day.known, first_month.known, is_whole(first_month), exists]))

    return start


def _part_of_day(part: Callable[[Formula], Formula]) -> Callable[[Term], Term]:
    return lambda day: Term(part(day.value), day.known)


def _quarter(day: Term, first_month: Term) -> Term:
    number, exists = days.quarter_of(day.value, floor(first_month))
    return Term(number, all_of([day.known, first_month.known, is_whole(first_month), exists]))


def _is_business_day(calendar: BusinessCalendar, day: Term) -> Term:
    worked = business_days.is_worked(calendar, day.value)
    return Term(worked, all_of([day.known, business_days.covers(calendar, day.value)]))


def _add_business_days(calendar: BusinessCalendar, start: Term, number: Term) -> Term:
    steps, up_to = floor(number), business_days.up_to(calendar, start.value)
    before = up_to - z3.If(business_days.is_worked(calendar, start.value), 1, 0)
    later, exists = business_days.business_day(calendar, z3.If(steps < 0, before + 1, up_to) + steps)
    covered = [start.known, number.known, is_whole(number), business_days.covers(calendar, start.value)]
    return Term(z3.If(steps == 0, start.value, later), all_of([*covered, any_of([steps == 0, exists])]))


def _business_days_between(calendar: BusinessCalendar, first: Term, last: Term) -> Term:
    number = business_days.up_to(calendar, last.value) - business_days.up_to(calendar, first.value)
    covered = (business_days.covers(calendar, day.value) for day in (first, last))
    return Term(number, all_of([first.known, last.known, *covered]))


def _call_of(function: FunctionName) -> Callable[..., Term]:
    """The function of this name, from the terms of the arguments to the term of the call.

    One over business days takes its calendar first.
    """
    match function:
        case "has":
            return lambda fact: Term(fact.known, any_of([fact.known, fact.none]))
        case "on" | "starts_with":
            raise TypeError("its beginning is written")
        case "convert":
            return lambda amount, rate, _, unit: _by_unit(_nearest)(times(amount, rate), unit)
        case "min":
            return _outermost("<=")
        case "max":
            return _outermost(">=")
        case "share":
            return lambda part, whole: divided(times(part, _HUNDRED), whole)
        case "ratio":
            return lambda percentage: divided(percentage, _HUNDRED)
        case "at_least":
            return _at_least
        case "rank" | "rank_from_last":
            return _rank
        case "round":
            return _by_unit(_nearest)
        case "round_down":
            return _by_unit(floor)
        case "round_up":
            return _by_unit(lambda quotient: -floor(negative(quotient)))
        case "round_half_even":
            return _by_unit(_half_even)
        case "round_towards_zero":
            return _by_unit(_towards_zero)
        case "round_away_from_zero":
            return _by_unit(_away_from_zero)
        case "every":
            return _every
        case "abs":
            return _absolute
        case "modulo":
            return _modulo
        case "add_days":
            return _add_days
        case "add_months":
            return _add_months
        case "days_between":
            return lambda first, last: plus(last, negative(first))
        case "months_between":
            return _months_between
        case "start_of_week":
            return lambda day: Term(day.value - days.weekday_of(day.value) + 1, day.known)
        case "start_of_month":
            return _start_of_month
        case "start_of_quarter":
            return _start_of(3)
        case "start_of_year":
            return _start_of(12)
        case "year":
            return _part_of_day(lambda day: days.civil(day).year)
        case "month":
            return _part_of_day(lambda day: days.civil(day).month)
        case "day":
            return _part_of_day(lambda day: days.civil(day).day)
        case "weekday":
            return _part_of_day(days.weekday_of)
        case "quarter":
            return _quarter
        case "is_business_day":
            return _is_business_day
        case "add_business_days":
            return _add_business_days
        case "business_days_between":
            return _business_days_between
        case _:
            assert_never(function)
