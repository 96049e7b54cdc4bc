"""How many digits the numbers of rows decided one by one have, so that a column is made that holds them all exactly."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MOST = 38  #: digits of a decimal
_WHOLE = {"int": 9, "integer": 9, "bigint": 18}  #: digits that each of them holds


class Widths:
    """The most digits seen in each column, before the point and after it."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.seen = dict.fromkeys(names, (0, 0))

    def add(self, cells: Sequence[str]) -> None:
        """Look at the cells of a row, in the order of the names."""
        for name, cell in zip(self.names, cells, strict=True):
            before, _, after = cell.lstrip("-").partition(".")
            whole, decimals = self.seen[name]
            self.seen[name] = (max(whole, len(before)), max(decimals, len(after)))

    def wide_enough(self, name: str, kind: str) -> str:
        """A type that holds what this one does and what was seen, as text where no number does; others stay."""
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
