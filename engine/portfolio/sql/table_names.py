"""Reads the name of a table, of up to three parts with points between: `my-project.sales.partners`."""

from __future__ import annotations

import re

from sqlglot import exp

from ...problems import wrong_call

_PART = r'"(?:[^"]|"")+"|`[^`]+`|[\w$-]+'
_NAME = re.compile(rf"({_PART})(?:[.]({_PART}))?(?:[.]({_PART}))?")


def table_of(name: str) -> exp.Table:
    """The table of this name, of which a part that is quoted or no plain word stands as written. Raises WrongCall.

    >>> table_of('sales."Partners of 2026"').sql("postgres", identify=True)
    '"sales"."Partners of 2026"'
    """
    match = _NAME.fullmatch(name)
    if match is None:
        help = 'write up to three parts: schema.table; put quotes around a part that is no word: "of 2026"'
        raise wrong_call(f"'{name}' is not the name of a table", help)
    parts = [_identifier(part) for part in match.groups() if part is not None]
    return exp.Table(**dict(zip(("this", "db", "catalog"), reversed(parts), strict=False)))


def _identifier(part: str) -> exp.Identifier:
    if part[0] in '"`':
        return exp.Identifier(this=part[1:-1].replace('""', '"'), quoted=True)
    return exp.to_identifier(part)
