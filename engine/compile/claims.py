"""Claims, from claims.yaml: what the source says of its own terms, as expressions; they are no values of a partner."""

from __future__ import annotations

from ..language.calls import Symbol
from ..language.kinds import KIND_WORDS
from ..language.parse import Scope
from ..programme import Claim
from ..values import NUMERIC, Kind
from .rows import Files, Row
from .scopes import CAP


def compile_claims(files: Files, scope: Scope) -> tuple[Claim, ...]:
    """Every claim that is not mistaken; `scope` holds the names that rules of the whole programme use."""
    if files.row("bonuses", "discount", "cap"):
        scope = scope._replace(symbols={**scope.symbols, CAP: Symbol("discount.cap", Kind.PERCENT)})
    return tuple(claim for row in files.rows("claims", "claims") if (claim := _claim(row, scope)))


def _claim(row: Row, scope: Scope) -> Claim | None:
    title, source = row.texts(), row.source()
    form = next((form for form in ("always", "greatest", "least") if form in row.data), "always")
    if form == "always":
        tree = row.expression(form, scope=scope, kind=Kind.YES_NO)
        return Claim(row.id, title, form, tree, None, source, row.place()) if tree else None
    tree = row.expression(form, scope=scope)
    if tree and tree.kind not in NUMERIC:
        row.problem("wrong-kind", f"this is {KIND_WORDS[tree.kind]}; a number is needed here", row.place(form))
        return None
    wanted = row.expression("is", scope=scope, kind=tree.kind) if tree else None
    return Claim(row.id, title, form, tree, wanted, source, row.place()) if tree and wanted else None
