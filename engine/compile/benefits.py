"""Compiles the benefits of a tier."""

from __future__ import annotations

from decimal import Decimal

from ..language.parse import Scope
from ..language.tree import And, Choose, Expression, Literal
from ..problems import Problem
from ..programme.forms import Written, expression_of
from ..programme.model import Benefit
from ..programme.owners import Role, WrittenForm, of_tier
from ..values import Kind
from .bounded import bounded
from .definitions import stated_better
from .facts import check_form
from .file_reader import FilePart, Files
from .references import check_currency, check_tiers
from .tables import Wanted, compile_cell, form_of
from .values import Values

_TRUE = Literal(True, Kind.YES_NO)


def compile_benefit(row: FilePart, tier: str, scope: Scope, values: Values) -> Benefit:
    """The benefit as the tier gives it: no, or 0, where its condition does not hold."""
    kind = Kind(row.data["kind"])
    when = row.expression("when", scope=scope, kind=Kind.YES_NO) if "when" in row.data else None
    if kind is Kind.TEXT:
        texts = row.part("by_tier", tier)
        text = texts.own_texts() if texts else None
        has_text = when or _TRUE if text else Literal(False, Kind.YES_NO)
        return _benefit(row, tier, Kind.YES_NO, has_text, WrittenForm.TEXT, values)._replace(kind=kind, text=text)
    cell = compile_cell(row, ("by_tier", tier), scope, Wanted(kind)) or _TRUE
    tree = expression_of(cell)
    form = form_of(row.data_of("by_tier", tier), tree)
    if when is not None:
        nothing = Literal(False if kind is Kind.YES_NO else Decimal(0), kind)
        tree = And((when, tree)) if kind is Kind.YES_NO else Choose(when, tree, nothing, kind)
    tree, limits = bounded(row, tree, scope, kind) or (tree, Written(tree))
    check_currency(row, tree, scope)
    return _benefit(row, tier, kind, tree, form, values, limits._replace(cell=cell, when=when))


def _benefit(
    row: FilePart,
    tier: str,
    kind: Kind,
    tree: Expression,
    form: WrittenForm,
    values: Values,
    written: Written | None = None,
) -> Benefit:
    owner, title, source = of_tier(tier), row.texts(), row.source()
    value = values.name(
        owner, Role.BENEFIT, row.id, kind=kind, tree=tree, form=form, title=title, source=source, written=written,
        currency=row.data.get("currency"), better=stated_better(row),
    )  # fmt: skip
    return Benefit(
        id=row.id,
        title=title,
        group=row.data.get("group"),
        kind=kind,
        value=value.id,
        source=source,
        unit=row.data.get("currency"),
    )


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
