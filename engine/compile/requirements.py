"""Compiles requirements: of all tiers, from the table of several tiers, and of a tier of its own.

A row of the table compares a value with a limit for each tier, or gives a rule to several tiers; it becomes the same as
if each tier had it of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from ..language.currencies import money_problem
from ..language.kinds import KIND_WORDS, compatible
from ..language.parse import Scope
from ..language.tree import And, Call, Compare, Expression, Literal, Name, Or
from ..programme.forms import expression_of
from ..programme.model import Requirement
from ..programme.owners import PROGRAMME, Owner, Role, WrittenForm, of_tier
from ..values import NUMERIC, Kind
from .file_reader import FilePart, Files
from .references import check_tiers
from .required import ROLES, SIGNS, differs_by_tier, limits_key, tiers_of
from .scopes import Scopes
from .tables import Wanted, compile_cell, form_of
from .values import Values

_TRUE = Literal(True, Kind.YES_NO)


class Common(NamedTuple):
    """A requirement of all tiers; where its rule reads what differs by tier, it is None, and each tier has its own."""

    row: FilePart
    scope: str
    requirement: Requirement | None

    def of(self, tier: str, scope: Scope, values: Values) -> Requirement:
        """What it is for a tier."""
        return self.requirement or _requirement(self.row, "tier", of_tier(tier), (self.row.id,), scope, values)


def common_requirements(files: Files, scopes: Scopes, values: Values) -> list[Common]:
    """What every tier asks for: eligibility, then joining."""
    return [
        Common(row, name, None)
        if scopes.by_tier and differs_by_tier(row, scopes.differing)
        else Common(row, name, _requirement(row, name, PROGRAMME, (row.id,), scopes.general, values))
        for name in ("eligibility", "joining")
        for row in files.rows("eligibility", name)
    ]


def requirement_table(files: Files) -> list[FilePart]:
    """The rows of the table of requirements; reports names in them that are no tiers."""
    rows, tiers = list(files.rows("tiers", "requirements")), files.names("tiers", "tiers")
    for row in rows:
        for key in (*SIGNS, "tiers"):
            check_tiers(row, key, tiers)
    return rows


def tier_requirements(
    row: FilePart, common: Sequence[Common], table: Sequence[FilePart], scope: Scope, values: Values
) -> tuple[Requirement, ...]:
    """All that a tier asks for: what every tier does, its part of the table, its own; reports an id used twice."""
    owner, requirements = of_tier(row.id), [part.of(row.id, scope, values) for part in common]
    taken = {part.row.id: part.scope for part in common}
    for part in (part for part in table if row.id in tiers_of(part)):
        _check_id(part, taken)
        taken[part.id] = "the table of requirements"
        requirements.append(_of_table(part, row.id, scope, values))
    for part in row.inner("requirements"):
        _check_id(part, taken)
        requirements.append(_requirement(part, "tier", owner, (part.id,), scope, values))
    return tuple(requirements)


def _check_id(row: FilePart, taken: dict[str, str]) -> None:
    if row.id in taken:
        message = f"'{row.id}' is required by '{taken[row.id]}' already"
        row.problem("duplicate-id", message, row.place(), "choose another id")


def _of_table(row: FilePart, tier: str, scope: Scope, values: Values) -> Requirement:
    """The requirement that a row of the table is for one tier."""
    key = limits_key(row)
    if key is None:
        return _requirement(row, "tier", of_tier(tier), (row.id,), scope, values)
    tree, title, source = _compared(row, key, tier, scope) or _TRUE, row.texts(), row.source()
    value = values.name(
        of_tier(tier), Role.REQUIREMENT, row.id,
        kind=Kind.YES_NO, tree=tree, form=WrittenForm.RULE, title=title, source=source,
    )  # fmt: skip
    return Requirement(id=row.id, value=value.id, scope="tier", title=title, source=source)


def _compared(row: FilePart, key: str, tier: str, scope: Scope) -> Expression | None:
    """What the row measures, compared with the limit of a tier; None where either is wrong, which is reported."""
    value = row.expression("measure", scope=scope)
    if value is None:
        return None
    if value.kind not in (*NUMERIC, Kind.DATE):
        message = f"this is {KIND_WORDS[value.kind]}; a number or a day is compared with a limit"
        row.problem("wrong-kind", message, row.document.value_place((*row.path, "measure")), "write 'rule' and 'tiers'")
        return None
    kind = Kind.NUMBER if value.kind is Kind.COUNT else value.kind
    cell = compile_cell(row, (key, tier), scope, Wanted(kind))
    pair = compatible(value, expression_of(cell)) if cell is not None else None
    if pair is None:
        return None
    tree = Compare(SIGNS[key], *pair, row.place(key, tier))
    mixed = money_problem(tree, scope.symbols)
    if mixed:
        row.files.problems.append(mixed)
    return tree


def _requirement(
    row: FilePart, scope_name: str, owner: Owner, names: tuple[str, ...], scope: Scope, values: Values
) -> Requirement:
    """A condition, or a group of requirements; `names` are the ids of the groups around it, then its own."""
    title, source = row.texts(), row.source()

    def named(tree: Expression, form: WrittenForm) -> str:
        role = ROLES[scope_name]
        return values.name(owner, role, *names, kind=Kind.YES_NO, tree=tree, form=form, title=title, source=source).id

    if "rule" in row.data:
        tree = row.expression("rule", scope=scope, kind=Kind.YES_NO) or _TRUE
        value = named(tree, form_of(row.data["rule"], tree))
        return Requirement(id=row.id, value=value, scope=scope_name, title=title, source=source)
    key = next((key for key in ("all_of", "any_of", "of") if key in row.data), "of")
    parts = tuple(_requirement(part, scope_name, owner, (*names, part.id), scope, values) for part in row.inner(key))
    conditions = tuple(Name(part.value, Kind.YES_NO, part.value) for part in parts)
    needed = {"all_of": len(parts), "any_of": 1}.get(key, int(row.data.get("at_least", 1)))
    written = row.count(key)
    if "at_least" in row.data and needed > written > 0:
        message = f"{needed} cannot be met of {written}"
        row.problem("out-of-range", message, row.place("at_least"), "ask for fewer, or add requirements")
    number = Literal(Decimal(needed), Kind.COUNT, row.place("at_least") if "at_least" in row.data else None)
    value = named(_at_least(number, conditions) if conditions else _TRUE, WrittenForm.GROUP)
    return Requirement(id=row.id, value=value, scope=scope_name, title=title, source=source, parts=parts, needed=needed)


def _at_least(needed: Literal, conditions: tuple[Name, ...]) -> Expression:
    """The simplest expression for "at least `needed` of these conditions hold"."""
    if len(conditions) == 1:
        return conditions[0]
    if needed.value == len(conditions):
        return And(conditions)
    if needed.value == 1:
        return Or(conditions)
    return Call("at_least", (needed, *conditions), Kind.YES_NO)
