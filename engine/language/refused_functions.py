"""Functions that other languages have and this one has not: why not, and what to write instead."""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from typing import NamedTuple


class RefusedFunctions(NamedTuple):
    """Functions that are refused for one reason; their names stand with blanks between them."""

    names: str
    why: str
    help: str


_TEXT = "a text is compared whole or by its beginning, with no other part or pattern of it"
_TEXT_HELP = "write t in ('one', 'two') or starts_with(t, 'AB-'), or add a fact that says what is looked for"
_ENDLESS = "roots, logarithms and most powers have no exact decimal"
_UNIT = "rounding names its unit"
_EXACT = "every number is an exact decimal, and has its kind"
_LIST = "what the items of a list come to is a definition"
_MISSING = "a missing fact is unknown, and rules go on with what is certain all the same"

REFUSED_FUNCTIONS = (
    RefusedFunctions(
        "now today utcnow current_date current_timestamp getdate sysdate",
        "the same facts give the same outcome, whenever it is worked out",
        "write as_of, the day of the evaluation",
    ),
    RefusedFunctions(
        "time hour minute second timestamp datetime",
        "a day has no time of day",
        "write the day alone, or a part of it: year(d), month(d), day(d), weekday(d)",
    ),
    RefusedFunctions(
        "random rand randint", "the same facts give the same outcome", "add a fact that says what was drawn"
    ),
    RefusedFunctions(
        "match matches regex regexp regexp_matches regexp_like re search fullmatch findall like ilike contains"
        " endswith ends_with upper lower substring substr left right replace split strip trim concat",
        _TEXT,
        _TEXT_HELP,
    ),
    RefusedFunctions("startswith begins_with", "a beginning is asked for in one way", "write starts_with(t, 'AB-')"),
    RefusedFunctions("pow power", _ENDLESS, "write x * x"),
    RefusedFunctions("sqrt", _ENDLESS, "compare squares: x * x >= y"),
    RefusedFunctions(
        "exp log ln log10", _ENDLESS, "write the figures as a table: bands of the number, from a row to the next"
    ),
    RefusedFunctions("floor", _UNIT, "write round_down(x, 1)"),
    RefusedFunctions("ceil ceiling", _UNIT, "write round_up(x, 1)"),
    RefusedFunctions("int trunc truncate", _UNIT, "write round_towards_zero(x, 1)"),
    RefusedFunctions("float decimal number", _EXACT, "write the number itself"),
    RefusedFunctions("str text format", _EXACT, "write the value itself; reports print it"),
    RefusedFunctions("bool", "a condition is a comparison", "write x > 0"),
    RefusedFunctions("mod fmod divmod", "a remainder has one name", "write modulo(a, b)"),
    RefusedFunctions(
        "len length", f"a text is not measured, and {_LIST}", "write 'take: count' and 'over' in a definition"
    ),
    RefusedFunctions(
        "count sum avg average mean median", _LIST, "write 'take' and 'over' in a definition; of two numbers a + b"
    ),
    RefusedFunctions("iif ifelse case switch", "a choice has words", "write a if condition else b"),
    RefusedFunctions("coalesce ifnull isnull is_null nvl isna", _MISSING, "write 'default' at the fact"),
    RefusedFunctions(
        "years_between datedif", "years are counted in months", "write round_down(months_between(a, b) / 12, 1)"
    ),
    RefusedFunctions(
        "datediff date_diff", "the unit is in the name", "write days_between(a, b) or months_between(a, b)"
    ),
    RefusedFunctions(
        "dateadd date_add timedelta edate", "the unit is in the name", "write add_days(d, 30) or add_months(d, 12)"
    ),
)

_BY_NAME = {name: refused for refused in REFUSED_FUNCTIONS for name in refused.names.split()}


def refused_function(name: str) -> RefusedFunctions | None:
    """What is said of a function with this name, which may follow that of a module: `math.sqrt`; None of any other."""
    module, _, own = name.lower().rpartition(".")
    return _BY_NAME["re"] if module == "re" else _BY_NAME.get(own)
