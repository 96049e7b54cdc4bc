"""Finds percentages in the texts of clauses that no rule citing the clause has.

The percentage in the rule is the one that counts, so a difference means that only one of the two was changed. Other
numbers are not compared, because a text may contain counts, sums and dates of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ...problems import Level, Problem
from .reviewed import Reviewed

_PERCENTAGE = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d+)?)[\s\u00a0\u202f]*%")
_IN_RULES = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?!\w)")


def figures(reviewed: Reviewed) -> Iterator[Problem]:
    """A warning for each clause with a percentage that is in none of the parts of files that cite the clause.

    A clause that is cited only by parts without numbers is left out.
    """
    documents = reviewed.files.documents
    document = documents["clauses"]
    cited: dict[str, set[Decimal]] = {}
    for kind, rules in documents.items():
        if kind != "clauses":
            _collect(rules.data, cited)
    clauses: Any = document.data
    for id, clause in clauses["clauses"].items():
        figures = cited.get(id, set())
        for language, text in clause["title"].items() if figures else ():
            percentages = dict.fromkeys(_PERCENTAGE.findall(text))
            missing = [f"{written}%" for written in percentages if not _readings(written) & figures]
            if missing:
                place = document.value_place(("clauses", id, "title", language))
                message = f"the clause says {', '.join(missing)}, and nothing that cites it does"
                help = "change the text, or the figure in the rules"
                yield Problem("figure-differs", message, place, help, Level.WARNING)


def _collect(data: Any, cited: dict[str, set[Decimal]]) -> None:
    """Add to the set of each clause in `cited` the numbers of every part of a file that cites it."""
    if isinstance(data, dict):
        if isinstance(data.get("source"), list):
            numbers = set(_figures(data))
            for clause in data["source"]:
                cited.setdefault(clause, set()).update(numbers)
        for value in data.values():
            _collect(value, cited)


def _figures(data: Any) -> Iterator[Decimal]:
    """Every number in a part of a file, with those in its texts and expressions."""
    if isinstance(data, Decimal):
        yield data
    elif isinstance(data, str):
        for written in _IN_RULES.findall(data):
            yield from _readings(written)
    elif isinstance(data, dict | list):
        parts = [value for key, value in data.items() if key != "source"] if isinstance(data, dict) else data
        for value in parts:
            yield from _figures(value)


def _readings(written: str) -> set[Decimal]:
    """The values of a number in a text, whose comma or point may separate the decimals or the thousands."""
    if len(re.findall(r"[.,]", written)) > 1:
        return {Decimal(re.sub(r"[.,]", "", written))}
    return {Decimal(written.replace(",", ".")), Decimal(re.sub(r"[.,]", "", written))}
