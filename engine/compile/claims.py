"""Claims, from claims.yaml: what is said of all partners, as expressions; they are no values of a partner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..language.calls import Symbol
from ..language.kinds import KIND_WORDS
from ..language.parse import Scope
from ..language.tree import And, Expression, Name
from ..problems import did_you_mean
from ..programme.model import Claim, Fact, Tier
from ..programme.owners import PROGRAMME, Role, id_of
from ..values import NUMERIC, Kind
from .file_reader import FilePart, Files
from .scopes import CAP

_PAIRS = {"more": "never_lowers", "whatever": "never_changes"}  #: the facts that differ, and what is said of the rest


class _Said(NamedTuple):
    """What a claim says, by its form."""

    expressions: tuple[Expression, ...]
    wanted: Expression | None = None
    facts: tuple[str, ...] = ()


def compile_claims(files: Files, scope: Scope, facts: Mapping[str, Fact], tiers: Iterable[Tier]) -> tuple[Claim, ...]:
    """Every claim that is not mistaken; `scope` holds the names that rules of the whole programme use."""
    if files.row("bonuses", "discount", "cap"):
        scope = scope._replace(
            symbols={**scope.symbols, CAP: Symbol(id_of(PROGRAMME, Role.DISCOUNT_CAP), Kind.PERCENT)}
        )
    kept = tuple(tiers)
    return tuple(claim for row in files.rows("claims", "claims") if (claim := _claim(row, scope, facts, kept)))


def _claim(row: FilePart, scope: Scope, facts: Mapping[str, Fact], tiers: tuple[Tier, ...]) -> Claim | None:
    title, source = row.texts(), row.source()
    under = _under(row)
    forms = ("always", "possible", "greatest", "least", "reachable", *_PAIRS.values())
    form = next((form for form in forms if form in row.data), "always")
    if form == "reachable":
        said: _Said | None = _Said(tuple(_reachable(row.data[form], tiers)))
    elif form in _PAIRS.values():
        said = _of_pairs(row, form, scope, facts)
    elif form in ("greatest", "least"):
        said = _of_extreme(row, form, scope)
    else:
        tree = row.expression(form, scope=scope, kind=Kind.YES_NO)
        said = _Said((tree,)) if tree else None
    return Claim(row.id, title, form, *said, under, source, row.place()) if said else None


def _under(row: FilePart) -> str | None:
    """The reading not taken that a claim is about; it has to stand in clauses.yaml."""
    under = row.data.get("under")
    if under is None:
        return None
    known = [
        f"{clause.id}.{reading}"
        for clause in row.files.rows("clauses", "clauses")
        for reading in clause.data.get("other_readings", {})
    ]
    if under not in known and row.files.is_whole("clauses", "clauses"):
        place = row.document.value_place((*row.path, "under"))
        row.problem("unknown-name", f"'{under}' is not a reading that was not taken", place, did_you_mean(under, known))
    return str(under)


def _of_extreme(row: FilePart, form: str, scope: Scope) -> _Said | None:
    tree = row.expression(form, scope=scope)
    if tree and tree.kind not in NUMERIC:
        row.problem("wrong-kind", f"this is {KIND_WORDS[tree.kind]}; a number is needed here", row.place(form))
        return None
    wanted = row.expression("is", scope=scope, kind=tree.kind) if tree else None
    return _Said((tree,), wanted) if tree and wanted else None


def _reachable(what: str, tiers: tuple[Tier, ...]) -> Iterator[Expression]:
    """That a partner qualifies for each tier; or earns each bonus of a tier that it qualifies for."""
    for tier in tiers:
        qualified = Name(tier.qualified, Kind.YES_NO, tier.id)
        if what == "tiers":
            yield qualified
        elif tier.discount:
            for bonus in tier.discount.bonuses:
                yield And((qualified, Name(bonus.earned, Kind.YES_NO, f"{tier.id}.{bonus.id}")))


def _of_pairs(row: FilePart, form: str, scope: Scope, facts: Mapping[str, Fact]) -> _Said | None:
    key = next(key for key, said in _PAIRS.items() if said == form)
    named = tuple(id for index, id in enumerate(row.data.get(key, ())) if _may_differ(row, key, index, id, facts))
    trees = tuple(row.expression(form, index, scope=scope) for index in range(len(row.data[form])))
    for index, tree in enumerate(trees):
        if tree and form == "never_lowers" and tree.kind not in (*NUMERIC, Kind.YES_NO):
            message = f"this is {KIND_WORDS[tree.kind]}; a number or a condition is needed here"
            row.problem("wrong-kind", message, row.document.value_place((*row.path, form, index)))
            return None
    whole = tuple(tree for tree in trees if tree)
    return _Said(whole, None, named) if len(whole) == len(trees) and len(named) == len(row.data.get(key, ())) else None


def _may_differ(row: FilePart, key: str, index: int, id: str, facts: Mapping[str, Fact]) -> bool:
    """Whether a name is of a fact, and of one that there can be more of where that is said."""
    fact, place = facts.get(id), row.document.value_place((*row.path, key, index))
    if fact is None:
        if id not in row.files.names("facts", "facts"):  # else what is wrong with it is told already
            row.problem("unknown-name", f"'{id}' is not a fact", place, did_you_mean(id, facts))
        return False
    if key == "more" and fact.kind not in (*NUMERIC, Kind.YES_NO):
        message = f"'{id}' is {KIND_WORDS[fact.kind]}; there is more only of a number, or of a yes"
        row.problem("wrong-kind", message, place, "say it of another fact, or with 'whatever' and 'never_changes'")
        return False
    return True
