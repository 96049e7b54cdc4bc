"""Compiles the discount of a tier: its base, the bonuses that it offers, and the cap on their sum."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from ..language.parse import Scope
from ..language.tree import Arithmetic, Call, Choose, Expression, Literal, Name, Or
from ..problems import Fix, Problem
from ..programme.forms import Cell, Written, expression_of
from ..programme.model import Bonus, Discount, Rate
from ..programme.owners import PROGRAMME, Role, WrittenForm, id_of, of_tier
from ..source.scalars import certain_fix, how_to_write, plain_scalar
from ..values import Kind
from .file_reader import FilePart, Files, Keys
from .references import check_tiers
from .table_trees import added, cases_of
from .tables import Wanted, compile_cell, form_of
from .values import Values

_ZERO = Literal(Decimal(0), Kind.PERCENT)
_TRUE = Literal(True, Kind.YES_NO)


class Terms(NamedTuple):
    """The values of bonuses.yaml that hold for all tiers; `cap` is None where there is none."""

    cap: Name | None
    bonuses_apply: Name
    bonuses_in_price: Name


def compile_terms(files: Files, scope: Scope, values: Values) -> Terms:
    """The cap and the two conditions on bonuses; by default there is no cap, and bonuses apply and lower the price."""
    conditions: list[Name] = []
    for role, key in ((Role.BONUSES_APPLY, "bonuses_apply"), (Role.BONUSES_IN_PRICE, "bonuses_in_price")):
        row = files.row("bonuses", "discount", key)
        tree = row.expression("rule", scope=scope, kind=Kind.YES_NO) if row else None
        title, source = (row.texts(), row.source()) if row else ({}, ())
        form = form_of(row.data.get("rule"), tree) if row and tree else WrittenForm.DERIVED
        tree = tree or _TRUE
        name = values.name(PROGRAMME, role, kind=Kind.YES_NO, tree=tree, form=form, title=title, source=source)
        conditions.append(name)
    row = files.row("bonuses", "discount", "cap")
    cap = None
    if row:
        cell = _percentage(row, ("value",), scope)
        tree = expression_of(cell)
        cap = values.name(
            PROGRAMME, Role.DISCOUNT_CAP,
            kind=Kind.PERCENT, tree=tree, form=form_of(row.data.get("value"), tree), title=row.texts(),
            source=row.source(), written=Written(cell), place=row.document.value_place((*row.path, "value")),
        )  # fmt: skip
    return Terms(cap, *conditions)


def _percentage(row: FilePart, keys: Keys, scope: Scope) -> Cell:
    """The cell of a percentage, 0 where it is wrong; a number with a comma or a percent sign is reported as a text."""
    data = row.data_of(*keys)
    help = how_to_write(data, "number") if isinstance(data, str) else None
    if help and not isinstance(plain_scalar(data), Decimal):
        place, text = row.document.value_place((*row.path, *keys)), certain_fix(data, "number", of_percentage=True)
        fix = Fix(place, text) if text else None
        message = f"the text '{data}' stands here; a number is needed"
        row.files.problems.append(Problem("wrong-type", message, place, help, fix=fix))
        return _ZERO
    return compile_cell(row, keys, scope, Wanted(Kind.PERCENT)) or _ZERO


def compile_discount(
    row: FilePart, terms: Terms, bonuses: list[FilePart], scope: Scope, values: Values
) -> Discount | None:
    """The discount of a tier: base + bonuses, capped, partly in the price and partly in kind; None if it has none."""
    part = row.part("discount")
    if part is None:
        return None
    owner, title, source, percent = of_tier(row.id), row.texts(), part.source(), Kind.PERCENT

    def derived(role: Role, tree: Expression) -> Name:
        return values.name(owner, role, kind=percent, tree=tree, form=WrittenForm.DERIVED, title=title)

    cell = _percentage(part, ("value",), scope)
    tree = expression_of(cell)
    base = values.name(
        owner, Role.DISCOUNT_BASE, kind=percent, tree=tree, form=form_of(part.data.get("value"), tree),
        title=title, source=source, negotiable=part.negotiable(), written=Written(cell),
        place=part.document.value_place((*part.path, "value")),
    )  # fmt: skip
    offers = tuple(_bonus(bonus, row.id, scope, values) for bonus in bonuses if _offered(bonus, row.id))
    worth = added([Name(offer.percent, percent, offer.percent) for offer in offers] or [_ZERO], percent)
    bonus = derived(Role.BONUS_TOTAL, Choose(terms.bonuses_apply, worth, _ZERO, percent))
    uncapped = derived(Role.DISCOUNT_UNCAPPED, Arithmetic("+", base, bonus, percent))

    def capped(tree: Expression) -> Expression:
        return Call("min", (tree, terms.cap), percent) if terms.cap else tree

    total = derived(Role.DISCOUNT_TOTAL, capped(uncapped))
    choice = Choose(terms.bonuses_in_price, total, capped(base), percent)
    in_price = derived(Role.DISCOUNT_IN_PRICE, choice)
    in_kind = derived(Role.DISCOUNT_IN_KIND, Arithmetic("-", total, in_price, percent))
    return Discount(
        base=base.id,
        bonuses=offers,
        bonuses_apply=terms.bonuses_apply.id,
        uncapped=uncapped.id,
        cap=terms.cap.id if terms.cap else None,
        total=total.id,
        in_price=in_price.id,
        in_kind=in_kind.id,
        source=source,
    )


def _offered(bonus: FilePart, tier: str) -> bool:
    """Whether any table of the bonus has a percentage for the tier."""
    tables = [bonus.data_of("percent"), *(rate.data_of("percent") for rate in bonus.inner("rates"))]
    return any(tier in (table or {}) for table in tables)


def _bonus(row: FilePart, tier: str, scope: Scope, values: Values) -> Bonus:
    """A bonus as the tier offers it; a bonus without `rates` has itself as its only rate."""
    owner, title, source = of_tier(tier), row.texts(), row.source()
    if "percent" in row.data:
        rate = _rate(row, tier, (row.id,), scope, values, source)
        earned, percent, worth = rate.earned, rate.percent, rate.worth
        return Bonus(id=row.id, title=title, earned=earned, percent=percent, worth=worth, rates=(rate,), source=source)
    rates = tuple(
        _rate(part, tier, (row.id, part.id), scope, values, source)
        for part in row.inner("rates")
        if tier in part.data.get("percent", {})
    )

    def derived(role: Role, kind: Kind, tree: Expression) -> str:
        return values.name(
            owner, role, row.id, kind=kind, tree=tree, form=WrittenForm.DERIVED, title=title, source=source
        ).id

    conditions = tuple(Name(rate.earned, Kind.YES_NO, rate.earned) for rate in rates)
    earned = derived(Role.BONUS_EARNED, Kind.YES_NO, Or(conditions) if len(conditions) > 1 else conditions[0])
    take = row.data.get("take", "sum")
    worths = [rate.worth for rate in rates if rate.worth is not None]
    worth = None if len(worths) < len(rates) else sum(worths, Decimal(0)) if take == "sum" else max(worths)
    taken = added([_percent(rate) for rate in rates], Kind.PERCENT) if take == "sum" else _extreme_of(rates, take)
    percent = derived(Role.BONUS_PERCENT, Kind.PERCENT, taken)
    return Bonus(
        id=row.id, title=title, earned=earned, percent=percent, worth=worth, rates=rates, source=source, take=take
    )


def _percent(rate: Rate) -> Name:
    return Name(rate.percent, Kind.PERCENT, rate.percent)


def _extreme_of(rates: tuple[Rate, ...], take: str) -> Expression:
    """The percentage of the greatest or the least rate that is earned, 0 where none is.

    Of figures the others may be unknown where that one is certain.
    """
    earned = [Name(rate.earned, Kind.YES_NO, rate.earned) for rate in rates]
    if any(rate.worth is None for rate in rates):
        cases = [(when, _percent(rate)) for when, rate in zip(earned, rates, strict=True)]
        return cases_of(take, list(cases), _ZERO, Kind.PERCENT, is_added=False)
    tree: Expression = _ZERO
    by_worth = sorted(zip(earned, rates, strict=True), key=lambda pair: pair[1].worth or 0, reverse=take == "least")
    for when, rate in by_worth:
        tree = Choose(when, _percent(rate), tree, Kind.PERCENT)
    return tree


def _rate(
    row: FilePart, tier: str, names: tuple[str, ...], scope: Scope, values: Values, source: tuple[str, ...]
) -> Rate:
    """A rate of a bonus; `names` are the ids of the bonus and the rate, or of the bonus alone if it is the only one."""
    owner, title = of_tier(tier), row.texts()
    of_bonus = (Role.BONUS_EARNED, Role.BONUS_PERCENT, Role.BONUS_WORTH)
    roles = of_bonus if len(names) == 1 else (Role.RATE_EARNED, Role.RATE_PERCENT, Role.RATE_WORTH)
    when = row.expression("when", scope=scope, kind=Kind.YES_NO) or _TRUE
    form = form_of(row.data.get("when"), when)
    earned = values.name(owner, roles[0], *names, kind=Kind.YES_NO, tree=when, form=form, title=title, source=source)
    is_agreed = id_of(owner, roles[2], *names) in row.files.agreed
    cell = _percentage(row, ("percent", tier), scope)
    worth = expression_of(cell)
    form, figure = form_of(row.data_of("percent", tier), worth), None
    if isinstance(worth, Literal) and isinstance(worth.value, Decimal) and not is_agreed:
        figure = worth.value
    if row.files.any_term:
        place = row.document.value_place((*row.path, "percent", tier))
        worth = values.name(
            owner, roles[2], *names, kind=Kind.PERCENT, tree=worth, form=form, title=title, source=source, place=place
        )
    tree = Choose(earned, worth, _ZERO, Kind.PERCENT)
    percent = values.name(
        owner, roles[1], *names, kind=Kind.PERCENT, tree=tree, form=form, title=title, source=source,
        written=Written(cell),
    )  # fmt: skip
    return Rate(id=row.id, title=title, earned=earned.id, percent=percent.id, worth=figure)


def check_bonuses(files: Files) -> list[FilePart]:
    """The rows of the bonuses; reports tiers that do not exist, or have no discount for the bonus to add to."""
    tiers = files.names("tiers", "tiers")
    undiscounted = {row.id for row in files.rows("tiers", "tiers") if "discount" not in row.data}
    bonuses = list(files.rows("bonuses", "bonuses"))
    for bonus in bonuses:
        for part in (bonus, *bonus.inner("rates")):
            check_tiers(part, "percent", tiers)
            for tier in part.data.get("percent", {}):
                if tier in undiscounted:
                    message = f"'{tier}' has no discount for the bonus to add to"
                    help = "give the tier a discount, of 0 if need be"
                    part.problem("no-discount", message, part.place("percent", tier), help)
    return bonuses
