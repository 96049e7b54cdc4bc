"""Figures: the percentages in the texts of the clauses are those of the rules that cite them.

A clause says a percentage in words of its own; the one that counts stands in a rule. Where the two part, someone
changed one of them alone. Other numbers are passed over: a text counts, sums up and dates as it likes.
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
    """A warning where a clause says a percentage that nothing has which cites the clause.

    A clause that is cited only by what has no numbers is passed over.
    """
    documents = reviewed.files.documents
    document = documents["clauses"]
    cited: dict[str, set[Decimal]] = {}
    for kind, one in documents.items():
        if kind != "clauses":
            _collect(one.data, cited)
    clauses: Any = document.data
    for id, clause in clauses["clauses"].items():
        figures = cited.get(id, set())
        for language, text in clause["title"].items() if figures else ():
            said = dict.fromkeys(_PERCENTAGE.findall(text))
            alone = [f"{written}%" for written in said if not _ways(written) & figures]
            if alone:
                place = document.value_place(("clauses", id, "title", language))
                message = f"the clause says {', '.join(alone)}, and nothing that cites it does"
                help = "change the text, or the figure in the rules"
                yield Problem("figure-differs", message, place, help, Level.WARNING)


def _collect(data: Any, cited: dict[str, set[Decimal]]) -> None:
    """To each clause, the numbers in every part of a file that cites it."""
    if isinstance(data, dict):
        if isinstance(data.get("source"), list):
            found = set(_figures(data))
            for clause in data["source"]:
                cited.setdefault(clause, set()).update(found)
        for value in data.values():
            _collect(value, cited)


def _figures(data: Any) -> Iterator[Decimal]:
    """Every number in a part of a file, those in its texts and expressions too."""
    if isinstance(data, Decimal):
        yield data
    elif isinstance(data, str):
        for written in _IN_RULES.findall(data):
            yield from _ways(written)
    elif isinstance(data, dict | list):
        parts = [value for key, value in data.items() if key != "source"] if isinstance(data, dict) else data
        for value in parts:
            yield from _figures(value)


def _ways(written: str) -> set[Decimal]:
    """What a number in a text may mean: a comma or a point before the decimals, or between thousands."""
    if len(re.findall(r"[.,]", written)) > 1:
        return {Decimal(re.sub(r"[.,]", "", written))}
    return {Decimal(written.replace(",", ".")), Decimal(re.sub(r"[.,]", "", written))}
