"""The names of functions and aggregates, as closed types.

Each reader has one case for every name; mypy reports the readers that lack one.
"""

from __future__ import annotations

from typing import Literal as OneOf

#: functions that stand in a tree as `Call`
FunctionName = OneOf[
    "min", "max", "share", "ratio", "at_least", "round", "round_down", "round_up", "every", "rank", "rank_from_last",
    "add_days", "add_months", "days_between", "months_between", "start_of_month", "start_of_quarter", "start_of_year",
]  # fmt: skip
#: functions that an author writes and that become other forms of the tree
Shorthand = OneOf["date", "last_days", "last_months"]
#: aggregates that depend only on the values of the items that count
OfValues = OneOf["count", "distinct", "sum", "minimum", "maximum", "average", "median"]
#: aggregates, by the word after `take`
AggregateName = OneOf["any", "all", "latest", OfValues]
