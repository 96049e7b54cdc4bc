"""Finds column types wide enough to hold exactly the numbers of rows that the interpreter decided."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MOST = 38  #: digits of a decimal
_WHOLE = {"int": 9, "integer": 9, "bigint": 18}  #: how many digits each type holds


class Widths:
    """For each column, the greatest number of digits seen so far, before and after the point."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.seen = dict.fromkeys(names, (0, 0))

    def add(self, cells: Sequence[str]) -> None:
        """Take in the cells of a row, in the order of the names."""
        for name, cell in zip(self.names, cells, strict=True):
            before, _, after = cell.lstrip("-").partition(".")
            whole, decimals = self.seen[name]
            self.seen[name] = (max(whole, len(before)), max(decimals, len(after)))

    def wide_enough(self, name: str, kind: str) -> str:
        """The type `kind`, widened to hold the numbers seen; `string` where no number type is wide enough."""
        decimal = re.fullmatch(r"decimal\((\d+), ?(\d+)\)", kind.lower())
        whole, scale = self.seen[name]
        if decimal:
            digits, decimals = int(decimal[1]), int(decimal[2])
        elif kind.lower() in _WHOLE:
            digits, decimals = _WHOLE[kind.lower()], 0
        else:
            return kind
        if whole <= digits - decimals and scale <= decimals:
            return kind
        scale, whole = max(scale, decimals), max(whole, digits - decimals)
        if self.seen[name][0] + scale > _MOST:
            return "string"
        return f"decimal({min(_MOST, whole + scale)},{scale})"
