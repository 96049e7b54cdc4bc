"""Expressions with a token changed, moved, or taken out."""

from __future__ import annotations

import re
from random import Random

_TOKEN = re.compile(r"'[^']*'|[^\W\d]\w*|\d+(?:\.\d+)?|[<>=!]=|\*\*|\S|\s+")
TOKENS = (
    "and", "or", "not", "in", "not in", "if", "else", "(", ")", ",", "+", "-", "*", "/", "%", "**", "==", "!=", "<", "<=",
    ">", ">=", "=", "0", "1", "-1", "2.5", "100", "5%", "1e9", "1e999", "999999999999999999", "0.000000000001", "9" * 30,
    "'gold'", "'x'", "''", "true", "false", "null", "as_of", "tier", "held_since", "line", "order", "none", "'none'",
    "date('9999-12-31')", "date('0001-01-01')", "date('2026-02-30')", "min", "max", "round", "share", "count", "sum",
    "min(", "max(", "round(", "share(", "date(", "days_between(", "add_days(", "add_months(", "last_months(", "year(",
    "month(", "start_of_year(", "qualified('gold')", "agreed('x')", "discount_total('gold')", "[", "]", "{", "}", ".",
    ":", ";", "#", "\n", "\t", "é", "ж", "\u202e", "\u200b", "１", "²", "ſ", "'", '"', "\\", "lambda", "for", "is", "None",
    "n", "a", "amount", "x" * 64, "((((((((((", "not not not not", "- - - - -", "1_000", "0x10", "010", "1j", "@", "~",
    "x.y", "x[0]", "if true else", "* 0", "/ 0", "/ 3", "* 1e17", "+ 1", "- 1", "and true", "or false", "> 0", "in ()",
)  # fmt: skip


def spoilt_expression(text: str, chance: Random) -> str:
    """The expression with one or two tokens changed."""
    tokens = _TOKEN.findall(text) or [""]
    for _ in range(chance.choice((1, 1, 1, 2))):
        at = chance.randrange(len(tokens))
        match chance.randrange(8):
            case 0 | 1:
                tokens[at] = chance.choice(TOKENS)
            case 2:
                tokens[at] = chance.choice(tokens)
            case 3:
                tokens.insert(at, f" {chance.choice(TOKENS)} ")
            case 4:
                tokens[at] = f"({tokens[at]})"
            case 5 if len(tokens) > 1:
                del tokens[at]
            case 6:
                other = chance.randrange(len(tokens))
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case _:
                tokens = ["(", *tokens, ")", f" {chance.choice(TOKENS)} ", *chance.choice((tokens, ["1"], ["n"]))]
    return "".join(tokens)


def long_expression(chance: Random) -> str:
    """An expression near a limit: of its length, its depth, its digits, or the number of its parts."""
    many = chance.choice((5, 29, 30, 31, 58, 59, 60, 61, 62, 200, 650))
    return chance.choice((
        "(" * many + "n" + ")" * many,
        "not " * many + "a",
        "-" * many + "1",
        " + ".join(["n"] * many),
        " and ".join(["a"] * many),
        "n" + " * 99999999" * many,
        "n" + " / 7" * many,
        "1 if a else (" * many + "2" + ")" * many,
        "min(1, " * many + "n" + ")" * many,
        "n > 1" + " > 1" * many,
        "n in (" + ", ".join(map(str, range(many))) + ")",
        "9" * many,
        "0." + "9" * many,
        f"1e{many}",
        "x" * many,
        "'" + "x" * many + "' == c",
        "add_days(" * many + "as_of" + ", 1)" * many,
    ))  # fmt: skip
