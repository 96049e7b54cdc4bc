"""What formulas come to once their symbols have values, and whether that is what the interpreter says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import z3
from charter.engine.language.smt.terms import Codes, Term, text_fraction
from charter.engine.values import NUMERIC, Kind, Unknown, Value

Given = list[tuple[Any, Any]]  #: symbols and what they are


def value_of(made: Term, kind: Kind, given: Given, codes: Codes) -> Value | None:
    """The value of a term; None where it says unknown."""
    if not holds(made.known, given):
        return None
    if kind is Kind.YES_NO:
        return holds(made.value, given)
    number = fraction(made.value, given)
    if made.over is not None:
        over = fraction(made.over, given)
        assert over > 0
        number /= over
    if kind is Kind.DATE:
        return date.fromordinal(int(number))
    return number if kind in NUMERIC else text_of(number, kind, codes)


def text_of(number: Fraction, kind: Kind, codes: Codes) -> str | None:
    """The option of a choice, or the text, of a number."""
    if kind is Kind.CHOICE:
        return codes.option(int(number))
    return next((text for text in (*codes.texts, "north", "south") if text_fraction(text) == number), None)


def holds(condition: Any, given: Given) -> bool:
    if isinstance(condition, bool):
        return condition
    found = z3.simplify(z3.substitute(condition, *given))
    assert z3.is_true(found) or z3.is_false(found), found
    return z3.is_true(found)


def fraction(number: Any, given: Given) -> Fraction:
    found = z3.simplify(z3.substitute(number, *given))
    return Fraction(found.as_long()) if z3.is_int_value(found) else found.as_fraction()


def same(found: Value | None, wanted: Value) -> bool:
    if isinstance(wanted, Unknown) or found is None:
        return isinstance(wanted, Unknown) and found is None
    if isinstance(wanted, Decimal | Fraction):
        return found == Fraction(wanted)
    return bool(found == wanted)
