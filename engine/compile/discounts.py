"""The discount of a tier: its own, the bonuses that it is offered, and the cap on the sum."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from ..language.parse import Scope
from ..language.tree import Arithmetic, Call, Choose, Expression, Literal, Name, Or
from ..programme.model import Bonus, Discount, Rate
from ..values import Kind
from .file_reader import FilePart, Files
from .references import check_tiers
from .tables import added
from .values import Values

_ZERO = Literal(Decimal(0), Kind.PERCENT)
_TRUE = Literal(True, Kind.YES_NO)


class Terms(NamedTuple):
    """What the discount file says for all tiers, as names of values."""

    cap: Name | None
    bonuses_apply: Name
    bonuses_in_price: Name


def compile_terms(files: Files, scope: Scope, values: Values) -> Terms:
    """The cap and the two conditions on bonuses; without them there is no cap and bonuses lower the price."""
    found: dict[str, Name] = {}
    for key in ("bonuses_apply", "bonuses_in_price"):
        row = files.row("bonuses", "discount", key)
        tree = row.expression("rule", scope=scope, kind=Kind.YES_NO) if row else None
        title, source = (row.texts(), row.source()) if row else ({}, ())
        found[key] = values.name(f"discount.{key}", Kind.YES_NO, tree or _TRUE, title, source)
    row = files.row("bonuses", "discount", "cap")
    cap = None
    if row:
        literal = Literal(row.data.get("value", _ZERO.value), Kind.PERCENT, row.place("value"))
        cap = values.name("discount.cap", Kind.PERCENT, literal, row.texts(), row.source())
    return Terms(cap, found["bonuses_apply"], found["bonuses_in_price"])


def compile_discount(
    row: FilePart, terms: Terms, bonuses: list[FilePart], scope: Scope, values: Values
) -> Discount | None:
    """Base + bonuses, capped; and how much of it lowers the price, how much is taken in kind."""
    part = row.part("discount")
    if part is None:
        return None
    prefix, title, source, percent = f"tiers.{row.id}", row.texts(), part.source(), Kind.PERCENT
    literal = Literal(part.data.get("value", _ZERO.value), percent, part.place("value"))
    base = values.name(f"{prefix}.discount", percent, literal, title, source)
    values.by_id[base.id] = values.by_id[base.id]._replace(negotiable=part.negotiable())
    offers = tuple(_bonus(bonus, row.id, scope, values) for bonus in bonuses if _offered(bonus, row.id))
    worth = added([Name(offer.percent, percent, offer.percent) for offer in offers] or [_ZERO], percent)
    bonus = values.name(f"{prefix}.bonus_total", percent, Choose(terms.bonuses_apply, worth, _ZERO, percent), title)
    uncapped = values.name(f"{prefix}.discount_uncapped", percent, Arithmetic("+", base, bonus, percent), title)

    def capped(tree: Expression) -> Expression:
        return Call("min", (tree, terms.cap), percent) if terms.cap else tree

    total = values.name(f"{prefix}.discount_total", percent, capped(uncapped), title)
    choice = Choose(terms.bonuses_in_price, total, capped(base), percent)
    in_price = values.name(f"{prefix}.discount_in_price", percent, choice, title)
    in_kind = values.name(f"{prefix}.discount_in_kind", percent, Arithmetic("-", total, in_price, percent), title)
    return Discount(
        base.id, offers, terms.bonuses_apply.id, uncapped.id, terms.cap.id if terms.cap else None, total.id,
        in_price.id, in_kind.id, source,
    )  # fmt: skip


def _offered(bonus: FilePart, tier: str) -> bool:
    """Whether the tier has a percentage in any of the bonus's tables."""
    tables = [bonus.data_of("percent"), *(rate.data_of("percent") for rate in bonus.inner("rates"))]
    return any(tier in (table or {}) for table in tables)


def _bonus(row: FilePart, tier: str, scope: Scope, values: Values) -> Bonus:
    """A bonus as a tier is offered it; with one rate, the bonus is that rate."""
    prefix, title, source = f"tiers.{tier}.bonuses.{row.id}", row.texts(), row.source()
    if "percent" in row.data:
        rate = _rate(row, tier, prefix, scope, values, source)
        return Bonus(row.id, title, rate.earned, rate.percent, rate.worth, (rate,), source)
    rates = tuple(
        _rate(part, tier, f"{prefix}.rates.{part.id}", scope, values, source)
        for part in row.inner("rates")
        if tier in part.data.get("percent", {})
    )
    earned = tuple(Name(rate.earned, Kind.YES_NO, rate.earned) for rate in rates)
    any_earned = values.name(
        f"{prefix}.earned", Kind.YES_NO, Or(earned) if len(earned) > 1 else earned[0], title, source
    )
    if row.data.get("take") == "greatest":
        worth, taken = max(rate.worth for rate in rates), _greatest(rates)
    else:
        worth = sum((rate.worth for rate in rates), Decimal(0))
        taken = added([Name(rate.percent, Kind.PERCENT, rate.percent) for rate in rates], Kind.PERCENT)
    percent = values.name(prefix, Kind.PERCENT, taken, title, source)
    return Bonus(row.id, title, any_earned.id, percent.id, worth, rates, source)


def _greatest(rates: tuple[Rate, ...]) -> Expression:
    """The first that is earned, the greatest asked first: once that is certain, the others need not be known."""
    tree: Expression = _ZERO
    for rate in sorted(rates, key=lambda rate: rate.worth):
        earned, worth = (Name(rate.earned, Kind.YES_NO, rate.earned), Name(rate.percent, Kind.PERCENT, rate.percent))
        tree = Choose(earned, worth, tree, Kind.PERCENT)
    return tree


def _rate(row: FilePart, tier: str, prefix: str, scope: Scope, values: Values, source: tuple[str, ...]) -> Rate:
    title = row.texts()
    condition = row.expression("when", scope=scope, kind=Kind.YES_NO)
    earned = values.name(f"{prefix}.earned", Kind.YES_NO, condition or _TRUE, title, source)
    literal = Literal(row.data["percent"][tier], Kind.PERCENT, row.place("percent", tier))
    worth = values.name(prefix, Kind.PERCENT, Choose(earned, literal, _ZERO, Kind.PERCENT), title, source)
    return Rate(row.id, title, earned.id, worth.id, row.data["percent"][tier])


def check_bonuses(files: Files) -> list[FilePart]:
    """The rows of the bonuses; the tiers that they name are there, and have a discount to add to."""
    tiers = files.names("tiers", "tiers")
    bare = {row.id for row in files.rows("tiers", "tiers") if "discount" not in row.data}
    bonuses = list(files.rows("bonuses", "bonuses"))
    for bonus in bonuses:
        for part in (bonus, *bonus.inner("rates")):
            check_tiers(part, "percent", tiers)
            for tier in part.data.get("percent", {}):
                if tier in bare:
                    message = f"'{tier}' has no discount for the bonus to add to"
                    help = "give the tier a discount, of 0 if need be"
                    part.problem("no-discount", message, part.place("percent", tier), help)
    return bonuses
