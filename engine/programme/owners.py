"""The owner, the role and the written form of a value, and its id, which is made of owner, role and names.

Ids are made here only. Code that has to know what a value is reads its owner and role; no code takes an id apart.
"""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class OwnerKind(StrEnum):
    """What can own a value. The lines of an order are a `LIST`; `ORDER` is the order as a whole."""

    PROGRAMME = "programme"
    TIER = "tier"
    TRACK = "track"
    LIST = "list"
    ORDER = "order"


class Owner(NamedTuple):
    """The owner of a value; `id` is the id of the tier, track or list, empty for the programme and the order."""

    kind: OwnerKind
    id: str = ""


class Role(StrEnum):
    """What a value is to its owner."""

    AMOUNT = "amount"  #: paid for a line of an order; its name is customer_pays or partner_pays
    BENEFIT = "benefit"
    BONUSES_APPLY = "bonuses_apply"
    BONUSES_IN_PRICE = "bonuses_in_price"
    BONUS_EARNED = "bonus_earned"
    BONUS_PERCENT = "bonus_percent"
    BONUS_TOTAL = "bonus_total"
    BONUS_WORTH = "bonus_worth"  #: what a bonus adds where it is earned; a value by itself where any term may be agreed
    DEFINITION = "definition"  #: of the programme, or of a tier where its rows differ by tier
    DISCOUNT_BASE = "discount_base"
    DISCOUNT_CAP = "discount_cap"
    DISCOUNT_IN_KIND = "discount_in_kind"
    DISCOUNT_IN_PRICE = "discount_in_price"
    DISCOUNT_TOTAL = "discount_total"
    DISCOUNT_UNCAPPED = "discount_uncapped"
    ELIGIBILITY = "eligibility"  #: a requirement of every tier
    FACT_CHECK = "fact_check"
    FEE_AMOUNT = "fee_amount"
    FEE_DUE = "fee_due"
    FEE_FULL = "fee_full"  #: the money that a fee comes to where it is due
    FEE_TOTAL = "fee_total"
    GROUP_KEY = "group_key"  #: a value that the items of one group share, and by which groups are told apart
    ITEM_VALUE = "item_value"  #: computed for each item of a list
    JOINING = "joining"  #: a requirement of every tier
    KEPT = "kept"
    KEPT_UNTIL = "kept_until"
    MEMBERSHIP_ENDS = "membership_ends"
    MEMBERSHIP_RENEWS = "membership_renews"  #: what a renewal needs beside the tier's requirements
    ORDER_TOTAL = "order_total"
    OWN_BONUS = "own_bonus"  #: what a bonus adds to the discount of the partner's own tier, for rules of price
    OWN_DISCOUNT = "own_discount"  #: a part of the discount of the partner's own tier, for rules of price
    PLACED = "placed"  #: whether a placed order, or a line of it, becomes an item of a list
    PLACED_FIELD = "placed_field"  #: what a field of that item says
    PRICE_CONDITION = "price_condition"  #: whether a rule of price applies to a line
    PRICE_RULE = "rule"  #: the first rule of price that applies to a line
    PROMOTES = "promotes"  #: whether a tier above the one held is awarded on the day
    QUALIFIED = "qualified"
    RATE_EARNED = "rate_earned"  #: of one of several rates of a bonus
    RATE_PERCENT = "rate_percent"
    RATE_WORTH = "rate_worth"  #: as of a bonus
    REBATE_AMOUNT = "rebate_amount"
    REBATE_EARNED = "rebate_earned"
    REBATE_FULL = "rebate_full"  #: the money that a rebate pays where it is earned
    REBATE_TOTAL = "rebate_total"
    REFUSAL = "refusal"  #: whether a line is refused for one reason
    REFUSED = "refused"  #: whether a line is refused for any reason
    REQUIREMENT = "requirement"  #: of a tier
    SETTLEMENT_AMOUNT = "settlement_amount"
    SETTLEMENT_FULL = "settlement_full"  #: rebates less fees
    SETTLEMENT_PAID = "settlement_paid"
    TIER = "tier"  #: the tier that a partner has on a track


class Better(StrEnum):
    """Which way of a value is better for the partner; of a yes/no more is a yes, of days the later.

    Of an ordered choice more is the later option, of tiers the higher.
    """

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"  #: neither, or the release does not say


class WrittenForm(StrEnum):
    """How a value was written; a `DERIVED` value has no row of its own and is computed from other values."""

    FIGURE = "figure"  #: a number, an option, true or false: the same for every partner
    RULE = "rule"
    TABLE = "table"  #: a row for each option of a choice
    BANDS = "bands"
    UP_TO = "up_to"  #: bands that hold their upper limits
    POINTS = "points"  #: straight lines between them
    SLICES = "slices"
    CASES = "cases"
    AGGREGATE = "aggregate"
    GROUP = "group"  #: requirements, a number of which must be met
    TEXT = "text"  #: a text, and whether the tier gives it
    DERIVED = "derived"


#: the roles of the values that a release shows by themselves, its outcomes, and which way of each is better
SHOWN: Mapping[Role, Better] = {
    Role.AMOUNT: Better.LESS,
    Role.BENEFIT: Better.MORE,
    Role.BONUS_PERCENT: Better.MORE,
    Role.DEFINITION: Better.NEITHER,
    Role.DISCOUNT_BASE: Better.MORE,
    Role.DISCOUNT_IN_KIND: Better.NEITHER,
    Role.DISCOUNT_IN_PRICE: Better.MORE,
    Role.DISCOUNT_TOTAL: Better.MORE,
    Role.DISCOUNT_UNCAPPED: Better.MORE,
    Role.ELIGIBILITY: Better.MORE,
    Role.FEE_AMOUNT: Better.LESS,
    Role.FEE_TOTAL: Better.LESS,
    Role.ITEM_VALUE: Better.NEITHER,
    Role.JOINING: Better.MORE,
    Role.KEPT_UNTIL: Better.MORE,
    Role.MEMBERSHIP_ENDS: Better.MORE,
    Role.MEMBERSHIP_RENEWS: Better.MORE,
    Role.ORDER_TOTAL: Better.NEITHER,
    Role.PLACED: Better.NEITHER,
    Role.PLACED_FIELD: Better.NEITHER,
    Role.PRICE_RULE: Better.NEITHER,
    Role.PROMOTES: Better.MORE,
    Role.QUALIFIED: Better.MORE,
    Role.REBATE_AMOUNT: Better.MORE,
    Role.REBATE_TOTAL: Better.MORE,
    Role.REFUSED: Better.LESS,
    Role.REQUIREMENT: Better.MORE,
    Role.SETTLEMENT_AMOUNT: Better.MORE,
    Role.TIER: Better.MORE,
}


PROGRAMME = Owner(OwnerKind.PROGRAMME)
WHOLE_ORDER = Owner(OwnerKind.ORDER)

#: the ids of rebates, fees and settlements within their owner, as below
_PAYMENTS: Mapping[Role, str] = {
    Role.FEE_AMOUNT: "fees.{path}",
    Role.FEE_DUE: "fees.{path}.due",
    Role.FEE_FULL: "fees.{path}.full",
    Role.FEE_TOTAL: "fee_total.{path}",
    Role.REBATE_AMOUNT: "rebates.{path}",
    Role.REBATE_EARNED: "rebates.{path}.earned",
    Role.REBATE_FULL: "rebates.{path}.full",
    Role.REBATE_TOTAL: "rebate_total.{path}",
    Role.SETTLEMENT_AMOUNT: "settlements.{path}",
    Role.SETTLEMENT_FULL: "settlements.{path}.full",
    Role.SETTLEMENT_PAID: "settlements.{path}.paid",
}

#: the id of each role's value within its owner: {path} are all its names joined by dots, {0} is the first
_IDS: Mapping[OwnerKind, Mapping[Role, str]] = {
    OwnerKind.PROGRAMME: {
        Role.BONUSES_APPLY: "discount.bonuses_apply",
        Role.BONUSES_IN_PRICE: "discount.bonuses_in_price",
        Role.DEFINITION: "definitions.{path}",
        Role.DISCOUNT_CAP: "discount.cap",
        Role.ELIGIBILITY: "eligibility.{path}",
        Role.FACT_CHECK: "checks.{path}",
        Role.JOINING: "joining.{path}",
        Role.KEPT_UNTIL: "retention.until",
        Role.MEMBERSHIP_ENDS: "membership.ends",
        Role.MEMBERSHIP_RENEWS: "membership.renews",
        Role.PROMOTES: "promotion.when",
        **_PAYMENTS,
    },
    OwnerKind.TIER: {
        Role.BENEFIT: "benefits.{path}",
        Role.BONUS_EARNED: "bonuses.{path}.earned",
        Role.BONUS_PERCENT: "bonuses.{path}",
        Role.BONUS_TOTAL: "bonus_total",
        Role.BONUS_WORTH: "bonuses.{path}.worth",
        Role.DEFINITION: "definitions.{path}",
        Role.DISCOUNT_BASE: "discount",
        Role.DISCOUNT_IN_KIND: "discount_in_kind",
        Role.DISCOUNT_IN_PRICE: "discount_in_price",
        Role.DISCOUNT_TOTAL: "discount_total",
        Role.DISCOUNT_UNCAPPED: "discount_uncapped",
        Role.KEPT: "kept",
        Role.QUALIFIED: "qualified",
        Role.RATE_EARNED: "bonuses.{0}.rates.{1}.earned",
        Role.RATE_PERCENT: "bonuses.{0}.rates.{1}",
        Role.RATE_WORTH: "bonuses.{0}.rates.{1}.worth",
        Role.REQUIREMENT: "requirements.{path}",
        **_PAYMENTS,
    },
    OwnerKind.TRACK: {Role.TIER: "tier"},
    OwnerKind.LIST: {
        Role.AMOUNT: "quote.{path}",
        Role.GROUP_KEY: "{path}",
        Role.ITEM_VALUE: "{path}",
        Role.PLACED: "becomes.{path}.where",
        Role.PLACED_FIELD: "becomes.{0}.fields.{1}",
        Role.PRICE_CONDITION: "rules.{path}",
        Role.PRICE_RULE: "quote.rule",
        Role.REFUSAL: "refusals.{path}",
        Role.REFUSED: "refused",
    },
    OwnerKind.ORDER: {
        Role.ORDER_TOTAL: "order.{path}",
        Role.OWN_BONUS: "own.bonuses.{path}",
        Role.OWN_DISCOUNT: "own.{path}",
        Role.PLACED: "becomes.{path}.where",
        Role.PLACED_FIELD: "becomes.{0}.fields.{1}",
    },
}

_WITHIN: Mapping[OwnerKind, str] = {
    OwnerKind.PROGRAMME: "{inner}",
    OwnerKind.TIER: "tiers.{owner}.{inner}",
    OwnerKind.TRACK: "tracks.{owner}.{inner}",
    OwnerKind.LIST: "{owner}[].{inner}",
    OwnerKind.ORDER: "{inner}",
}


def of_tier(id: str) -> Owner:
    """The tier as an owner."""
    return Owner(OwnerKind.TIER, id)


def of_track(id: str) -> Owner:
    """The track as an owner."""
    return Owner(OwnerKind.TRACK, id)


def of_list(id: str) -> Owner:
    """The list as the owner of its items' values."""
    return Owner(OwnerKind.LIST, id)


def inner_id(owner: Owner, role: Role, names: tuple[str, ...]) -> str:
    """The id of a value within its owner: `discount_total` for a tier, `commission` for an item."""
    return _IDS[owner.kind][role].format(*names, path=".".join(names))


def id_of(owner: Owner, role: Role, *names: str) -> str:
    """The id of a value, from its owner, its role and the names that distinguish it from others of this role.

    >>> id_of(of_tier("gold"), Role.REQUIREMENT, "staff"), id_of(of_tier("gold"), Role.DEFINITION, "share")
    ('tiers.gold.requirements.staff', 'definitions.share.gold')
    """
    inner = inner_id(owner, role, names)
    if owner.kind is OwnerKind.TIER and role is Role.DEFINITION:
        return f"{inner}.{owner.id}"
    return _WITHIN[owner.kind].format(owner=owner.id, inner=inner)


def has_id(fact: str) -> str:
    """The id of the yes/no value that says whether there is a value of an optional fact, or of a field of an item."""
    return f"has.{fact}"


def agreed_id(term: str) -> str:
    """The id of the yes/no value that says whether a term is agreed otherwise; `term` is the id of the term's value."""
    return f"agreed.{term}"


def periods_id(term: str) -> str:
    """The key of the periods for which a term is agreed; `term` is the id of the value that they replace."""
    return f"periods.{term}"


def agreement_id(term: str) -> str:
    """The id of the value agreed for a term; `term` is the id of the value that it replaces."""
    return f"agreement.{term}"
