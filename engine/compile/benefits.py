"""What a tier gives besides its discount: benefits, and rebates in money."""

from __future__ import annotations

from decimal import Decimal

from ..language.currencies import money_problem
from ..language.parse import Scope
from ..language.tree import And, Choose, Compare, Expression, Literal, Name
from ..problems import Problem
from ..programme.model import Benefit, Rebate, RebateTotal
from ..values import Kind
from .definitions import bounded
from .facts import check_form
from .file_reader import FilePart, Files
from .references import check_tiers
from .tables import Wanted, added, compile_cell
from .values import Values

_TRUE = Literal(True, Kind.YES_NO)
_NOTHING = Literal(Decimal(0), Kind.MONEY)


def compile_benefit(row: FilePart, tier: str, scope: Scope, values: Values) -> Benefit:
    """A benefit as a tier gives it: nothing where its condition does not hold."""
    kind, title, source = Kind(row.data["kind"]), row.texts(), row.source()
    id = f"tiers.{tier}.benefits.{row.id}"
    when = row.expression("when", scope=scope, kind=Kind.YES_NO) if "when" in row.data else None
    if kind is Kind.TEXT:
        texts = row.part("by_tier", tier)
        text = texts.own_texts() if texts else None
        given = when or _TRUE if text else Literal(False, Kind.YES_NO)
        values.name(id, Kind.YES_NO, given, title, source)
        return Benefit(row.id, title, row.data.get("group"), kind, id, source, None, text)
    tree = compile_cell(row, ("by_tier", tier), scope, Wanted(kind)) or _TRUE
    if when is not None:
        nothing = Literal(False if kind is Kind.YES_NO else Decimal(0), kind)
        tree = And((when, tree)) if kind is Kind.YES_NO else Choose(when, tree, nothing, kind)
    tree = bounded(row, tree, scope, kind) or tree
    _check_currency(row, tree, scope)
    values.name(id, kind, tree, title, source)
    return Benefit(row.id, title, row.data.get("group"), kind, id, source, row.data.get("currency"))


def compile_rebates(rows: list[FilePart], tier: str, scope: Scope, values: Values) -> tuple[Rebate, ...]:
    """The rebates of a tier: those for every tier, and those whose table has a row for it."""
    return tuple(_rebate(row, tier, scope, values) for row in rows if tier in row.data.get("by_tier", {tier: None}))


def _rebate(row: FilePart, tier: str, scope: Scope, values: Values) -> Rebate:
    prefix, title, source = f"tiers.{tier}.rebates.{row.id}", row.texts(), row.source()
    condition = row.expression("when", scope=scope, kind=Kind.YES_NO) if "when" in row.data else None
    keys = ("by_tier", tier) if "by_tier" in row.data else ("amount",)
    tree = compile_cell(row, keys, scope, Wanted(Kind.MONEY)) or _NOTHING
    tree = bounded(row, tree, scope, Kind.MONEY) or tree
    _check_currency(row, tree, scope)
    full = values.name(f"{prefix}.full", Kind.MONEY, tree, title, source)
    conditions: list[Expression] = [condition] if condition is not None else []
    least = row.expression("pays_from", scope=scope, kind=Kind.MONEY) if "pays_from" in row.data else None
    if least is not None:
        conditions.append(Compare(">=", full, least, least.place))
    whole = conditions[0] if len(conditions) == 1 else And(tuple(conditions)) if conditions else _TRUE
    earned = values.name(f"{prefix}.earned", Kind.YES_NO, whole, title, source)
    amount = values.name(prefix, Kind.MONEY, Choose(earned, full, _NOTHING, Kind.MONEY), title, source)
    return Rebate(
        row.id, title, earned.id, amount.id, row.data.get("currency", ""), row.data.get("per", "once"), source
    )


def rebate_totals(rebates: tuple[Rebate, ...], tier: str, values: Values) -> tuple[RebateTotal, ...]:
    """What the rebates come to, for each currency and period: what differs in these is never added."""
    sums: dict[tuple[str, str], list[Name]] = {}
    for rebate in rebates:
        sums.setdefault((rebate.currency, rebate.per), []).append(Name(rebate.amount, Kind.MONEY, rebate.amount))
    found = []
    for (currency, per), names in sums.items():
        id = f"tiers.{tier}.rebate_total.{currency.lower()}.{per}"
        found.append(RebateTotal(currency, per, values.name(id, Kind.MONEY, added(names, Kind.MONEY), {}).id))
    return tuple(found)


def check_rebates(files: Files) -> list[FilePart]:
    """The rows of the rebates; the tiers that they name are there."""
    rebates = [row for row in files.rows("rebates", "rebates") if "currency" in row.data]
    for row in rebates:
        check_tiers(row, "by_tier", files.names("tiers", "tiers"))
    return rebates


def check_benefits(files: Files) -> list[FilePart]:
    """The rows of the benefits: each has a value for every tier, and its group exists."""
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
