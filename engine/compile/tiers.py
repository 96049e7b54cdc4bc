"""Tiers, their requirements, discount, bonuses and benefits: each becomes named values, and a view of them."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from ..language.parse import Scope
from ..language.tree import And, Arithmetic, Call, Choose, Expression, Literal, Name, Or
from ..problems import Problem
from ..programme import Benefit, Bonus, Discount, NamedValue, Rate, Requirement, Statement, Texts, Tier
from ..values import Kind
from .definitions import Scopes
from .references import check_tiers
from .rows import Files, Row

_ZERO = Literal(Decimal(0), Kind.PERCENT)
_TRUE = Literal(True, Kind.YES_NO)


class Values:
    """The values of a release as they are made, each after those it needs."""

    def __init__(self, definitions: list[NamedValue]) -> None:
        self.by_id = {value.id: value for value in definitions}

    def name(self, id: str, kind: Kind, tree: Expression, title: Texts, source: tuple[str, ...] = ()) -> Name:
        """Give an expression a name, and the name as an expression."""
        self.by_id[id] = NamedValue(id, kind, tree, title, source, tree.place)
        return Name(id, kind, id)


class _Terms(NamedTuple):
    """What the discount file says for all tiers, as names of values."""

    cap: Name | None
    bonuses_apply: Name
    bonuses_in_price: Name


def compile_tiers(files: Files, scopes: Scopes, values: Values) -> dict[str, Tier]:
    """Every tier by its id, in the order of tiers.yaml; their values are added to `values`."""
    common = [
        requirement
        for scope in ("eligibility", "joining")
        for requirement in _requirements(files, scope, scopes.general, values)
    ]
    terms = _terms(files, scopes.general, values)
    bonuses = list(files.rows("bonuses", "bonuses"))
    benefits = list(files.rows("benefits", "benefits"))
    _check_tables(files, bonuses, benefits)
    codes: dict[object, str] = {}
    tiers = {}
    for row in files.rows("tiers", "tiers"):
        code = row.data.get("code")
        if code is not None and codes.setdefault(code, row.id) != row.id:
            message = f"the code {code} is that of '{codes[code]}' already"
            row.problem("duplicate-id", message, row.place("code"), "give each tier a code of its own")
        tiers[row.id] = _tier(row, common, terms, bonuses, benefits, scopes.by_tier[row.id], values)
    return tiers


def _tier(
    row: Row, common: list[Requirement], terms: _Terms, bonuses: list[Row], benefits: list[Row], scope: Scope,
    values: Values,
) -> Tier:  # fmt: skip
    prefix, title = f"tiers.{row.id}", row.texts()
    requirements = [*common, *_own_requirements(row, common, scope, values)]
    conditions = tuple(Name(requirement.value, Kind.YES_NO, requirement.value) for requirement in requirements)
    qualified = values.name(f"{prefix}.qualified", Kind.YES_NO, And(conditions) if conditions else _TRUE, title)
    row.source()
    code = row.data.get("code")
    return Tier(
        row.id,
        int(code) if code is not None else None,
        title,
        row.optional_texts("summary"),
        qualified.id,
        tuple(requirements),
        _discount(row, terms, bonuses, scope, values),
        tuple(
            _benefit(benefit, row.id, scope, values)
            for benefit in benefits
            if row.id in benefit.data.get("by_tier", {}) and "kind" in benefit.data
        ),
        tuple(_statement(part) for part in row.inner("rights")),
        tuple(_statement(part) for part in row.inner("restrictions")),
    )


def _statement(row: Row) -> Statement:
    return Statement(row.id, row.texts(), row.source())


def _requirements(files: Files, scope_name: str, scope: Scope, values: Values) -> list[Requirement]:
    """What every tier asks for: eligibility and joining."""
    return [_requirement(row, scope_name, f"{scope_name}.{row.id}", scope, values)
            for row in files.rows("eligibility", scope_name)]  # fmt: skip


def _own_requirements(row: Row, common: list[Requirement], scope: Scope, values: Values) -> list[Requirement]:
    """What the tier itself asks for; its ids are not those of the common ones."""
    taken = {requirement.id: requirement.scope for requirement in common}
    found = []
    for part in row.inner("requirements"):
        if part.id in taken:
            message = f"'{part.id}' is required by '{taken[part.id]}' already"
            part.problem("duplicate-id", message, part.place(), "choose another id")
        found.append(_requirement(part, "tier", f"tiers.{row.id}.requirements.{part.id}", scope, values))
    return found


def _requirement(row: Row, scope_name: str, id: str, scope: Scope, values: Values) -> Requirement:
    """One condition, or several of which so many are needed."""
    title, source = row.texts(), row.source()
    if "rule" in row.data:
        tree = row.expression("rule", scope=scope, kind=Kind.YES_NO)
        values.name(id, Kind.YES_NO, tree or _TRUE, title, source)
        return Requirement(row.id, id, scope_name, title, source)
    key = next((key for key in ("all_of", "any_of", "of") if key in row.data), "of")
    parts = tuple(_requirement(part, scope_name, f"{id}.{part.id}", scope, values) for part in row.inner(key))
    conditions = tuple(Name(part.value, Kind.YES_NO, part.value) for part in parts)
    needed = {"all_of": len(parts), "any_of": 1}.get(key, int(row.data.get("at_least", 1)))
    written = row.count(key)
    if "at_least" in row.data and needed > written > 0:
        message = f"{needed} cannot be met of {written}"
        row.problem("out-of-range", message, row.place("at_least"), "ask for fewer, or add requirements")
    values.name(id, Kind.YES_NO, _so_many(needed, conditions) if conditions else _TRUE, title, source)
    return Requirement(row.id, id, scope_name, title, source, parts, needed)


def _so_many(needed: int, conditions: tuple[Name, ...]) -> Expression:
    """The plainest form of 'so many of these'."""
    if len(conditions) == 1:
        return conditions[0]
    if needed == len(conditions):
        return And(conditions)
    if needed == 1:
        return Or(conditions)
    return Call("at_least", (Literal(Decimal(needed), Kind.COUNT), *conditions), Kind.YES_NO)


def _terms(files: Files, scope: Scope, values: Values) -> _Terms:
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
    return _Terms(cap, found["bonuses_apply"], found["bonuses_in_price"])


def _discount(row: Row, terms: _Terms, bonuses: list[Row], scope: Scope, values: Values) -> Discount | None:
    """Base + bonuses, capped; and how much of it lowers the price, how much is taken in kind."""
    part = row.part("discount")
    if part is None:
        return None
    prefix, title, source, percent = f"tiers.{row.id}", row.texts(), part.source(), Kind.PERCENT
    literal = Literal(part.data.get("value", _ZERO.value), percent, part.place("value"))
    base = values.name(f"{prefix}.discount", percent, literal, title, source)
    offers = tuple(_bonus(bonus, row.id, scope, values) for bonus in bonuses if _offered(bonus, row.id))
    worth = _sum([Name(offer.percent, percent, offer.percent) for offer in offers])
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


def _offered(bonus: Row, tier: str) -> bool:
    """Whether the tier has a percentage in any of the bonus's tables."""
    tables = [bonus.data_of("percent"), *(rate.data_of("percent") for rate in bonus.inner("rates"))]
    return any(tier in (table or {}) for table in tables)


def _bonus(row: Row, tier: str, scope: Scope, values: Values) -> Bonus:
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
        taken = _sum([Name(rate.percent, Kind.PERCENT, rate.percent) for rate in rates])
    percent = values.name(prefix, Kind.PERCENT, taken, title, source)
    return Bonus(row.id, title, any_earned.id, percent.id, worth, rates, source)


def _greatest(rates: tuple[Rate, ...]) -> Expression:
    """The first that is earned, the greatest asked first: once that is certain, the others need not be known."""
    tree: Expression = _ZERO
    for rate in sorted(rates, key=lambda rate: rate.worth):
        earned, literal = Name(rate.earned, Kind.YES_NO, rate.earned), Literal(rate.worth, Kind.PERCENT)
        tree = Choose(earned, literal, tree, Kind.PERCENT)
    return tree


def _rate(row: Row, tier: str, prefix: str, scope: Scope, values: Values, source: tuple[str, ...]) -> Rate:
    title = row.texts()
    condition = row.expression("when", scope=scope, kind=Kind.YES_NO)
    earned = values.name(f"{prefix}.earned", Kind.YES_NO, condition or _TRUE, title, source)
    literal = Literal(row.data["percent"][tier], Kind.PERCENT, row.place("percent", tier))
    worth = values.name(prefix, Kind.PERCENT, Choose(earned, literal, _ZERO, Kind.PERCENT), title, source)
    return Rate(row.id, title, earned.id, worth.id, row.data["percent"][tier])


def _sum(parts: list[Name]) -> Expression:
    """The sum of percentages, added in halves so that a long list stays shallow."""
    if len(parts) < 2:
        return parts[0] if parts else _ZERO
    middle = len(parts) // 2
    return Arithmetic("+", _sum(parts[:middle]), _sum(parts[middle:]), Kind.PERCENT)


def _benefit(row: Row, tier: str, scope: Scope, values: Values) -> Benefit:
    kind, title, source = Kind(row.data["kind"]), row.texts(), row.source()
    id = f"tiers.{tier}.benefits.{row.id}"
    tree = row.expression("by_tier", tier, scope=scope, kind=kind)
    values.name(id, kind, tree or _TRUE, title, source)
    return Benefit(row.id, title, row.data.get("group"), kind, id, source)


def _check_tables(files: Files, bonuses: list[Row], benefits: list[Row]) -> None:
    """Tables by tier name tiers that are there; a benefit has a value for each; groups exist."""
    tiers = files.names("tiers", "tiers")
    bare = {row.id for row in files.rows("tiers", "tiers") if "discount" not in row.data}
    for bonus in bonuses:
        for part in (bonus, *bonus.inner("rates")):
            check_tiers(part, "percent", tiers)
            for tier in part.data.get("percent", {}):
                if tier in bare:
                    message = f"'{tier}' has no discount for the bonus to add to"
                    help = "give the tier a discount, of 0 if need be"
                    part.problem("no-discount", message, part.place("percent", tier), help)
    groups = files.names("benefits", "groups")
    for row in files.rows("benefits", "groups"):
        row.texts()
    for benefit in benefits:
        check_tiers(benefit, "by_tier", tiers, complete=True)
        group = benefit.data.get("group")
        if group is not None and group not in groups:
            message = f"'{group}' is not a group of benefits"
            files.problems.append(Problem("unknown-group", message, benefit.place("group"), "add it under 'groups'"))
        if benefit.data.get("kind") in (Kind.CHOICE.value, Kind.DATE.value):
            message = f"a benefit cannot be of kind '{benefit.data['kind']}'"
            benefit.problem("wrong-kind", message, benefit.place("kind"), "use yes_no, count, number, percent or money")
