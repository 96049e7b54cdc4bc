"""The names of functions and aggregates, as closed types.

Each reader has one case for every name; mypy reports the readers that lack one.
"""

from __future__ import annotations

from typing import Literal as OneOf

#: the ways to round by a unit: to the nearest multiple, a half away from zero or to the even one; or in one direction
Rounding = OneOf[
    "round", "round_down", "round_up", "round_half_even", "round_towards_zero", "round_away_from_zero",
]  # fmt: skip
#: functions whose second argument is the month that a year begins with
FromMonth = OneOf["start_of_quarter", "start_of_year", "quarter"]
#: functions that give a part of a day; names of facts and fields may be the same words
PartOfDay = OneOf["year", "month", "day", "weekday", "quarter"]
#: functions over a calendar of business days, whose text is the last argument of the call
OfBusinessDays = OneOf["is_business_day", "add_business_days", "business_days_between"]
#: functions that stand in a tree as `Call`
FunctionName = OneOf[
    "on", "has", "starts_with", "convert", "min", "max", "share", "ratio", "at_least", "rank", "rank_from_last",
    Rounding, "every", "abs", "modulo",
    "add_days", "add_months", "days_between", "months_between", "start_of_week", "start_of_month", FromMonth,
    PartOfDay, OfBusinessDays,
]  # fmt: skip
#: functions that an author writes and that become other forms of the tree
Shorthand = OneOf["date", "last_days", "last_months"]
#: aggregates that depend only on the values of the items that count
OfValues = OneOf["count", "distinct", "sum", "minimum", "maximum", "average", "median"]
#: aggregates, by the word after `take`
AggregateName = OneOf["any", "all", "latest", OfValues]
