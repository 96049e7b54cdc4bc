"""Compiles claims.yaml: statements about all partners, as expressions that are no values of a partner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from ..language.kind_help import help_for_needed
from ..language.kinds import KIND_WORDS
from ..language.parse import Scope
from ..language.symbols import Symbol
from ..language.tree import And, Expression, Name
from ..problems import did_you_mean
from ..programme.claims import Always, Assertion, Claim, Extreme, NeverChanges, NeverLowers, Possible, Reachable
from ..programme.model import Fact, Tier
from ..programme.owners import PROGRAMME, Role, id_of
from ..values import NUMERIC, Kind
from .file_reader import FilePart, Files
from .scopes import CAP


def compile_claims(files: Files, scope: Scope, facts: Mapping[str, Fact], tiers: Iterable[Tier]) -> tuple[Claim, ...]:
    """Every claim without mistakes; `scope` has the names that the rules of the whole programme use."""
    if files.row("bonuses", "discount", "cap"):
        scope = scope._replace(
            symbols={**scope.symbols, CAP: Symbol(id_of(PROGRAMME, Role.DISCOUNT_CAP), Kind.PERCENT)}
        )
    scope = scope._replace(functions={name: scope.functions[name] for name in scope.functions if name != "on"})
    all_tiers = tuple(tiers)
    return tuple(claim for row in files.rows("claims", "claims") if (claim := _claim(row, scope, facts, all_tiers)))


def _claim(row: FilePart, scope: Scope, facts: Mapping[str, Fact], tiers: tuple[Tier, ...]) -> Claim | None:
    title, source = row.texts(), row.source()
    under = _under(row)
    assertion = _assertion(row, scope, facts, tiers)
    return Claim(row.id, title, assertion, under, source, row.place()) if assertion else None


def _under(row: FilePart) -> str | None:
    """The reading not taken that a claim is about; it has to stand in clauses.yaml."""
    under = row.data.get("under")
    if under is None:
        return None
    readings = [
        f"{clause.id}.{reading}"
        for clause in row.files.rows("clauses", "clauses")
        for reading in clause.data.get("other_readings", {})
    ]
    if under not in readings and row.files.is_whole("clauses", "clauses"):
        place = row.document.value_place((*row.path, "under"))
        help = did_you_mean(under, readings)
        row.problem("unknown-name", f"'{under}' is not a reading that was not taken", place, help)
    return str(under)


def _assertion(row: FilePart, scope: Scope, facts: Mapping[str, Fact], tiers: tuple[Tier, ...]) -> Assertion | None:
    """What a claim says, by the key of its form; None where a part of it is mistaken."""
    if "always" in row.data:
        condition = row.expression("always", scope=scope, kind=Kind.YES_NO)
        return Always(condition) if condition else None
    if "possible" in row.data:
        condition = row.expression("possible", scope=scope, kind=Kind.YES_NO)
        return Possible(condition) if condition else None
    if "greatest" in row.data:
        return _extreme(row, "greatest", scope)
    if "least" in row.data:
        return _extreme(row, "least", scope)
    if "reachable" in row.data:
        return Reachable(tuple(_reachable(row.data["reachable"], tiers)))
    if "never_lowers" in row.data:
        pairs = _pairs(row, "more", "never_lowers", scope, facts)
        return NeverLowers(*pairs) if pairs else None
    if "never_changes" in row.data:
        pairs = _pairs(row, "whatever", "never_changes", scope, facts)
        return NeverChanges(*pairs) if pairs else None
    return None


def _extreme(row: FilePart, form: Literal["greatest", "least"], scope: Scope) -> Extreme | None:
    value = row.expression(form, scope=scope)
    if value and value.kind not in NUMERIC:
        message = f"this is {KIND_WORDS[value.kind]}; a number is needed here"
        row.problem("wrong-kind", message, row.place(form), help_for_needed(value, Kind.NUMBER, scope.symbols))
        return None
    wanted = row.expression("is", scope=scope, kind=value.kind) if value else None
    return Extreme(value, wanted, form) if value and wanted else None


def _reachable(what: str, tiers: tuple[Tier, ...]) -> Iterator[Expression]:
    """Of `tiers`: a partner qualifies for a tier; of `bonuses`: it also earns a bonus of that tier. One for each."""
    for tier in tiers:
        qualified = Name(tier.qualified, Kind.YES_NO, tier.id)
        if what == "tiers":
            yield qualified
        elif tier.discount:
            for bonus in tier.discount.bonuses:
                yield And((qualified, Name(bonus.earned, Kind.YES_NO, f"{tier.id}.{bonus.id}")))


def _pairs(
    row: FilePart, key: str, form: str, scope: Scope, facts: Mapping[str, Fact]
) -> tuple[tuple[str, ...], tuple[Expression, ...]] | None:
    """The facts under `key` in which two partners differ, and the values under `form`; None where one is mistaken."""
    ids = row.data.get(key, ())
    differing = tuple(id for index, id in enumerate(ids) if _may_differ(row, key, index, id, facts))
    trees = [row.expression(form, index, scope=scope) for index in range(len(row.data[form]))]
    for index, tree in enumerate(trees):
        if tree and form == "never_lowers" and tree.kind not in (*NUMERIC, Kind.YES_NO):
            message = f"this is {KIND_WORDS[tree.kind]}; a number or a condition is needed here"
            help = help_for_needed(tree, Kind.YES_NO, scope.symbols)
            row.problem("wrong-kind", message, row.document.value_place((*row.path, form, index)), help)
            return None
    values = tuple(tree for tree in trees if tree)
    return (differing, values) if len(values) == len(trees) and len(differing) == len(ids) else None


def _may_differ(row: FilePart, key: str, index: int, id: str, facts: Mapping[str, Fact]) -> bool:
    """Whether a name is that of a fact, and under `more` of a fact that is a number or yes/no."""
    fact, place = facts.get(id), row.document.value_place((*row.path, key, index))
    if fact is None:
        if id not in row.files.names("facts", "facts"):  # else the mistake in the fact is reported already
            row.problem("unknown-name", f"'{id}' is not a fact", place, did_you_mean(id, facts))
        return False
    if key == "more" and fact.kind not in (*NUMERIC, Kind.YES_NO):
        message = f"'{id}' is {KIND_WORDS[fact.kind]}; there is more only of a number, or of a yes"
        row.problem("wrong-kind", message, place, "say it of another fact, or with 'whatever' and 'never_changes'")
        return False
    return True
