"""How many digits the numbers of rows decided one by one have, so that a column is made that holds them all exactly."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MOST = 38  #: digits of a decimal
_WHOLE = {"int": 9, "bigint": 18}  #: digits that each of them holds


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
        """A type of Spark that holds what this one does and what was seen; numbers only are widened."""
        decimal = re.fullmatch(r"decimal\((\d+), ?(\d+)\)", kind)
        whole, scale = self.seen[name]
        if decimal:
            digits, decimals = int(decimal[1]), int(decimal[2])
        elif kind in _WHOLE:
            digits, decimals = _WHOLE[kind], 0
        else:
            return kind
        if whole <= digits - decimals and scale <= decimals:
            return kind
        scale = max(scale, decimals)
        return f"decimal({min(_MOST, max(whole, digits - decimals) + scale)},{scale})"
