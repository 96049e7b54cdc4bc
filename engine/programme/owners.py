"""Who owns a value, what the value is to its owner, and how it was written; its id is made of the first two, here only.

Whoever wants to know what a value is asks its owner and its role; nobody takes its id apart.
"""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class OwnerKind(StrEnum):
    """What can own a value; the lines of an order are a list, the order as a whole is not."""

    PROGRAMME = "programme"
    TIER = "tier"
    TRACK = "track"
    LIST = "list"
    ORDER = "order"


class Owner(NamedTuple):
    """The owner of a value; `id` is that of the tier, the track or the list, and empty for the others."""

    kind: OwnerKind
    id: str = ""


class Role(StrEnum):
    """What a value is to its owner."""

    AMOUNT = "amount"  #: what is paid for a line of an order: its names are customer_pays, partner_pays
    BENEFIT = "benefit"
    BONUSES_APPLY = "bonuses_apply"
    BONUSES_IN_PRICE = "bonuses_in_price"
    BONUS_EARNED = "bonus_earned"
    BONUS_PERCENT = "bonus_percent"
    BONUS_TOTAL = "bonus_total"
    DEFINITION = "definition"  #: of the programme, or of a tier where its rows differ by tier
    DISCOUNT_BASE = "discount_base"
    DISCOUNT_CAP = "discount_cap"
    DISCOUNT_IN_KIND = "discount_in_kind"
    DISCOUNT_IN_PRICE = "discount_in_price"
    DISCOUNT_TOTAL = "discount_total"
    DISCOUNT_UNCAPPED = "discount_uncapped"
    ELIGIBILITY = "eligibility"  #: a requirement of every tier
    FACT_CHECK = "fact_check"
    ITEM_VALUE = "item_value"  #: what is worked out for an item of a list
    JOINING = "joining"  #: a requirement of every tier
    KEPT = "kept"
    KEPT_UNTIL = "kept_until"
    MEMBERSHIP_ENDS = "membership_ends"
    ORDER_TOTAL = "order_total"
    OWN_DISCOUNT = "own_discount"  #: what rules of price know of the discount of the partner's own tier
    PRICE_CONDITION = "price_condition"  #: whether a rule of price is for a line
    PRICE_RULE = "rule"  #: which rule of price is the first for a line
    QUALIFIED = "qualified"
    RATE_EARNED = "rate_earned"  #: of one of several rates of a bonus
    RATE_PERCENT = "rate_percent"
    REBATE_AMOUNT = "rebate_amount"
    REBATE_EARNED = "rebate_earned"
    REBATE_FULL = "rebate_full"  #: what a rebate comes to where it is earned
    REBATE_TOTAL = "rebate_total"
    REFUSAL = "refusal"  #: whether a line is refused for one reason
    REFUSED = "refused"  #: whether a line is refused for any reason
    REQUIREMENT = "requirement"  #: of a tier
    TIER = "tier"  #: the tier that a partner has on a track


class WrittenForm(StrEnum):
    """How a value was written; `DERIVED` is what no row writes: it is made of other values."""

    FIGURE = "figure"  #: a number, an option or true and false, the same for everyone
    RULE = "rule"
    TABLE = "table"  #: a row for each option of a choice
    BANDS = "bands"
    SLICES = "slices"
    CASES = "cases"
    AGGREGATE = "aggregate"
    GROUP = "group"  #: requirements of which so many are needed
    TEXT = "text"  #: given, or not
    DERIVED = "derived"


PROGRAMME = Owner(OwnerKind.PROGRAMME)
WHOLE_ORDER = Owner(OwnerKind.ORDER)

#: the id of each role's value as its owner knows it: `path` are all its names with dots between, {0} is the first
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
    },
    OwnerKind.TIER: {
        Role.BENEFIT: "benefits.{path}",
        Role.BONUS_EARNED: "bonuses.{path}.earned",
        Role.BONUS_PERCENT: "bonuses.{path}",
        Role.BONUS_TOTAL: "bonus_total",
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
        Role.REBATE_AMOUNT: "rebates.{path}",
        Role.REBATE_EARNED: "rebates.{path}.earned",
        Role.REBATE_FULL: "rebates.{path}.full",
        Role.REBATE_TOTAL: "rebate_total.{path}",
        Role.REQUIREMENT: "requirements.{path}",
    },
    OwnerKind.TRACK: {Role.TIER: "tier"},
    OwnerKind.LIST: {
        Role.AMOUNT: "quote.{path}",
        Role.ITEM_VALUE: "{path}",
        Role.PRICE_CONDITION: "rules.{path}",
        Role.PRICE_RULE: "quote.rule",
        Role.REFUSAL: "refusals.{path}",
        Role.REFUSED: "refused",
    },
    OwnerKind.ORDER: {Role.ORDER_TOTAL: "order.{path}", Role.OWN_DISCOUNT: "own.{path}"},
}

_WITHIN: Mapping[OwnerKind, str] = {
    OwnerKind.PROGRAMME: "{inner}",
    OwnerKind.TIER: "tiers.{owner}.{inner}",
    OwnerKind.TRACK: "tracks.{owner}.{inner}",
    OwnerKind.LIST: "{owner}[].{inner}",
    OwnerKind.ORDER: "{inner}",
}


def of_tier(id: str) -> Owner:
    """A tier as an owner."""
    return Owner(OwnerKind.TIER, id)


def of_track(id: str) -> Owner:
    """A track as an owner."""
    return Owner(OwnerKind.TRACK, id)


def of_list(id: str) -> Owner:
    """A list as an owner of its items' values."""
    return Owner(OwnerKind.LIST, id)


def inner_id(owner: Owner, role: Role, names: tuple[str, ...]) -> str:
    """As what a value is known within its owner: `discount_total` of a tier, `commission` of an item."""
    return _IDS[owner.kind][role].format(*names, path=".".join(names))


def id_of(owner: Owner, role: Role, *names: str) -> str:
    """The id of a value by its owner, its role, and the names that tell it from others of this role.

    >>> id_of(of_tier("gold"), Role.REQUIREMENT, "staff"), id_of(of_tier("gold"), Role.DEFINITION, "share")
    ('tiers.gold.requirements.staff', 'definitions.share.gold')
    """
    inner = inner_id(owner, role, names)
    if owner.kind is OwnerKind.TIER and role is Role.DEFINITION:
        return f"{inner}.{owner.id}"
    return _WITHIN[owner.kind].format(owner=owner.id, inner=inner)


def agreed_id(term: str) -> str:
    """The id of what asks whether a term is agreed otherwise, by the id of the value that it replaces."""
    return f"agreed.{term}"


def agreement_id(term: str) -> str:
    """The id of what is agreed in the place of a value, by the id of that value."""
    return f"agreement.{term}"
