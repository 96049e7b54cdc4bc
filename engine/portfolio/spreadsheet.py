"""Keeps cells of CSV from being run as formulas: a text that begins like one gets an apostrophe before it.

Numbers stay as they are, those written as text too: -5 is no formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"  #: how a text begins that a spreadsheet runs; for Python, DuckDB and Spark
NUMBER = r"^[-+]?[0-9]+([.,][0-9]+)?$"

_FORMULA, _NUMBER = re.compile(FORMULA), re.compile(NUMBER)


def defused(cell: object) -> object:
    """A cell of CSV, with an apostrophe before a text that begins like a formula.

    >>> [defused(cell) for cell in ("=1+1", "-5", "-x", "P-1", None, 7)]
    ["'=1+1", '-5', "'-x", 'P-1', None, 7]
    """
    is_formula = isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell


def csv_row(cells: Iterable[object], *, safe: bool) -> list[object]:
    """The cells of a row, defused where it is to be safe."""
    return [defused(cell) for cell in cells] if safe else list(cells)


def defused_select(select: str, texts: Sequence[str]) -> str:
    """A query of DuckDB with the cells of these columns, which are text, defused."""
    replaced = []
    for name in texts:
        column = '"' + name.replace('"', '""') + '"'
        is_formula = f"regexp_matches({column}, '{FORMULA}') AND NOT regexp_matches({column}, '{NUMBER}')"
        replaced.append(f"CASE WHEN {is_formula} THEN '''' || {column} ELSE {column} END AS {column}")
    return f"SELECT * REPLACE ({', '.join(replaced)}) FROM ({select})" if replaced else select
