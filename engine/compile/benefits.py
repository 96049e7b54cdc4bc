"""Compiles the benefits and the rebates of a tier."""

from __future__ import annotations

from decimal import Decimal

from ..language.currencies import money_problem
from ..language.parse import Scope
from ..language.tree import And, Choose, Compare, Expression, Literal, Name
from ..problems import Problem
from ..programme.model import Benefit, Rebate, RebateTotal
from ..programme.owners import Role, WrittenForm, of_tier
from ..values import Kind
from .definitions import bounded
from .facts import check_form
from .file_reader import FilePart, Files
from .references import check_tiers
from .tables import Wanted, added, compile_cell, form_of
from .values import Values

_TRUE = Literal(True, Kind.YES_NO)
_NOTHING = Literal(Decimal(0), Kind.MONEY)


def compile_benefit(row: FilePart, tier: str, scope: Scope, values: Values) -> Benefit:
    """The benefit as the tier gives it: no, or 0, where its condition does not hold."""
    kind = Kind(row.data["kind"])
    when = row.expression("when", scope=scope, kind=Kind.YES_NO) if "when" in row.data else None
    if kind is Kind.TEXT:
        texts = row.part("by_tier", tier)
        text = texts.own_texts() if texts else None
        has_text = when or _TRUE if text else Literal(False, Kind.YES_NO)
        return _benefit(row, tier, Kind.YES_NO, has_text, WrittenForm.TEXT, values)._replace(kind=kind, text=text)
    tree = compile_cell(row, ("by_tier", tier), scope, Wanted(kind)) or _TRUE
    form = form_of(row.data_of("by_tier", tier), tree)
    if when is not None:
        nothing = Literal(False if kind is Kind.YES_NO else Decimal(0), kind)
        tree = And((when, tree)) if kind is Kind.YES_NO else Choose(when, tree, nothing, kind)
    tree = bounded(row, tree, scope, kind) or tree
    _check_currency(row, tree, scope)
    return _benefit(row, tier, kind, tree, form, values)


def _benefit(row: FilePart, tier: str, kind: Kind, tree: Expression, form: WrittenForm, values: Values) -> Benefit:
    owner, title, source = of_tier(tier), row.texts(), row.source()
    value = values.name(owner, Role.BENEFIT, row.id, kind=kind, tree=tree, form=form, title=title, source=source)
    return Benefit(
        id=row.id,
        title=title,
        group=row.data.get("group"),
        kind=kind,
        value=value.id,
        source=source,
        unit=row.data.get("currency"),
    )


def compile_rebates(rows: list[FilePart], tier: str, scope: Scope, values: Values) -> tuple[Rebate, ...]:
    """The rebates of a tier: those for every tier, and those whose table has a row for it."""
    return tuple(_rebate(row, tier, scope, values) for row in rows if tier in row.data.get("by_tier", {tier: None}))


def _rebate(row: FilePart, tier: str, scope: Scope, values: Values) -> Rebate:
    owner, title, source = of_tier(tier), row.texts(), row.source()

    def named(role: Role, kind: Kind, tree: Expression, form: WrittenForm) -> Name:
        return values.name(owner, role, row.id, kind=kind, tree=tree, form=form, title=title, source=source)

    condition = row.expression("when", scope=scope, kind=Kind.YES_NO) if "when" in row.data else None
    keys = ("by_tier", tier) if "by_tier" in row.data else ("amount",)
    tree = compile_cell(row, keys, scope, Wanted(Kind.MONEY)) or _NOTHING
    form = form_of(row.data_of(*keys), tree)
    tree = bounded(row, tree, scope, Kind.MONEY) or tree
    _check_currency(row, tree, scope)
    full = named(Role.REBATE_FULL, Kind.MONEY, tree, form)
    conditions: list[Expression] = [condition] if condition is not None else []
    least = row.expression("pays_from", scope=scope, kind=Kind.MONEY) if "pays_from" in row.data else None
    if least is not None:
        conditions.append(Compare(">=", full, least, least.place))
    whole = conditions[0] if len(conditions) == 1 else And(tuple(conditions)) if conditions else _TRUE
    earned = named(Role.REBATE_EARNED, Kind.YES_NO, whole, WrittenForm.RULE if conditions else WrittenForm.DERIVED)
    amount = named(Role.REBATE_AMOUNT, Kind.MONEY, Choose(earned, full, _NOTHING, Kind.MONEY), WrittenForm.DERIVED)
    return Rebate(
        id=row.id,
        title=title,
        earned=earned.id,
        full=full.id,
        amount=amount.id,
        currency=row.data.get("currency", ""),
        per=row.data.get("per", "once"),
        source=source,
    )


def rebate_totals(rebates: tuple[Rebate, ...], tier: str, values: Values) -> tuple[RebateTotal, ...]:
    """The sum of the rebates for each currency and period; rebates that differ in these are not added."""
    sums: dict[tuple[str, str], list[Name]] = {}
    for rebate in rebates:
        sums.setdefault((rebate.currency, rebate.per), []).append(Name(rebate.amount, Kind.MONEY, rebate.amount))
    totals = []
    for (currency, per), names in sums.items():
        total = values.name(
            of_tier(tier), Role.REBATE_TOTAL, currency.lower(), per,
            kind=Kind.MONEY, tree=added(names, Kind.MONEY), form=WrittenForm.DERIVED, title={},
        )  # fmt: skip
        totals.append(RebateTotal(currency, per, total.id))
    return tuple(totals)


def check_rebates(files: Files) -> list[FilePart]:
    """The valid rows of the rebates; reports tiers that do not exist."""
    rebates = [row for row in files.rows("rebates", "rebates") if "currency" in row.data]
    for row in rebates:
        check_tiers(row, "by_tier", files.names("tiers", "tiers"))
    return rebates


def check_benefits(files: Files) -> list[FilePart]:
    """The valid rows of the benefits; reports wrong kinds, and tiers without a value or groups that do not exist."""
    groups = files.names("benefits", "groups")
    benefits = list(files.rows("benefits", "benefits"))
    for benefit in benefits:
        check_tiers(benefit, "by_tier", files.names("tiers", "tiers"), complete=benefit.data.get("kind") != Kind.TEXT)
        group, kind = benefit.data.get("group"), benefit.data.get("kind")
        if group is not None and group not in groups:
            message = f"'{group}' is not a group of benefits"
            files.problems.append(Problem("unknown-group", message, benefit.place("group"), "add it under 'groups'"))
        if kind in (Kind.CHOICE, Kind.DATE):
            help = "use yes_no, count, number, percent, money or text"
            benefit.problem("wrong-kind", f"a benefit cannot be of kind '{kind}'", benefit.place("kind"), help)
        if kind is not None:
            check_form(benefit, Kind(kind))
    return [benefit for benefit in benefits if "kind" in benefit.data]


def _check_currency(row: FilePart, tree: Expression, scope: Scope) -> None:
    mixed = money_problem(tree, scope.symbols, row.data.get("currency"))
    if mixed:
        row.files.problems.append(mixed._replace(place=mixed.place or row.place("currency")))
