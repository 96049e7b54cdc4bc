"""One release of a programme, compiled: plain frozen data, and the only thing that every later step reads.

The core is `values`: named, typed expressions over facts and over each other, in an order in which each needs only
earlier ones. Tiers, requirements, bonuses and benefits are views: they say which value is which, by id.
"""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ..language.tree import Expression, names
from ..named_tuples import public
from ..problems import Place
from ..values import Kind
from .owners import Owner, OwnerKind, Role, WrittenForm, inner_id

Texts = Mapping[str, str]  #: one text for each language: {"ru": …, "en": …}


def pick(texts: Texts, lang: str) -> str:
    """A text in the language asked for, else in the programme's first."""
    return texts.get(lang) or next(iter(texts.values()), "")


MAIN = "main"  #: the track of tiers that name no other
NO_TIER = "none"  #: the option of a track's tier where the partner has none
ORDER = "order"  #: the list of the lines of an order
LINE = "line"  #: the number of a line, a field that every line has

#: what every programme knows besides facts: the day, and the tier that the record names, with the day since when
INPUTS: Mapping[str, Kind] = {"as_of": Kind.DATE, "held_tier": Kind.CHOICE, "held_since": Kind.DATE}


class Fact(NamedTuple):
    """One thing that can be known of a partner; without a default it is unknown until a record says it."""

    id: str
    title: Texts
    kind: Kind
    unit: Texts | None
    choices: Mapping[str, Texts]
    default: bool | Decimal | date | str | None
    minimum: Decimal | None
    maximum: Decimal | None
    source: tuple[str, ...]
    ordered: bool = False  #: whether the choices stand in order, the lowest first
    currency: str | None = None  #: of money: a code (EUR), or the name of the item's field that says it
    default_from: str | None = None  #: the field of the item whose value counts where this one is left out
    effort: Decimal | None = None  #: what one more takes, a yes, or another choice, in points; None: it cannot change
    effort_for: Decimal = Decimal(1)  #: of a number: how much more that is


def plain_fact(id: str, kind: Kind) -> Fact:
    """A fact of which nothing but its kind is written."""
    return Fact(id=id, title={}, kind=kind, unit=None, choices={}, default=None, minimum=None, maximum=None, source=())


class ListFact(NamedTuple):
    """A list that can be known of a partner: the fields of each item, and whether it is empty where a record has none.

    An item's own values are among the values of the programme, by ids like `deals[].commission`.
    """

    id: str
    title: Texts
    fields: Mapping[str, Fact]
    values: tuple[str, ...]  #: ids of values that each item has
    default_empty: bool
    source: tuple[str, ...]
    looks_at: frozenset[str] = frozenset()  #: other lists that each item's values look through

    @property
    def item(self) -> str:
        """As what the item at hand is known in expressions over the items."""
        return f"{self.id}[]"

    def id_of(self, name: str) -> str:
        """The id by which expressions name a field or a value of the item at hand: `deals[].amount`."""
        return f"{self.item}.{name}"

    def fields_by_id(self) -> dict[str, Fact]:
        """The fields of an item by the ids that expressions name them by."""
        return {self.id_of(name): field for name, field in self.fields.items()}


class ItemField(NamedTuple):
    """A field of a list's items, and the id of the list."""

    list: str
    fact: Fact


class Negotiable(NamedTuple):
    """What a supplementary agreement may put in the place of a value: between these, where they are set."""

    minimum: Decimal | None
    maximum: Decimal | None
    source: tuple[str, ...]


class NamedValue(NamedTuple):
    """A typed expression with a name; `id` is made of its owner, role and names, and is never taken apart.

    `names` tell it from others of this role: none where its owner has one such value, two for a rate of a bonus.
    """

    id: str
    owner: Owner
    role: Role
    names: tuple[str, ...]
    form: WrittenForm
    kind: Kind
    expression: Expression
    title: Texts
    source: tuple[str, ...]
    place: Place | None = None
    unit: Texts | None = None
    currency: str | None = None
    choices: Mapping[str, Texts] = {}
    negotiable: "Negotiable | None" = None

    @property
    def name(self) -> str:
        """Its own short name; empty where its role says all."""
        return self.names[-1] if self.names else ""

    @property
    def inner_id(self) -> str:
        """As what it is known within its owner: `commission` of an item, `discount_total` of a tier."""
        return inner_id(self.owner, self.role, self.names)

    @property
    def list(self) -> str | None:
        """The id of the list whose items each have it; None for a value of the partner or of a whole order."""
        return self.owner.id if self.owner.kind is OwnerKind.LIST else None

    @property
    def tier(self) -> str | None:
        """The id of the tier that asks for it or gives it; None for others, and for a tier's row of a definition."""
        return self.owner.id if self.owner.kind is OwnerKind.TIER and self.role is not Role.DEFINITION else None

    @property
    def of_order(self) -> bool:
        """Whether it is of a line or of a whole order, or only rules of price can name it."""
        return self.owner.kind is OwnerKind.ORDER or self.list == ORDER

    @property
    def varies(self) -> bool:
        """Whether it depends on anything, and is not the same for every partner."""
        return next(names(self.expression), None) is not None


class FactCheck(NamedTuple):
    """A condition that sensible facts satisfy, by its value; `title` says what is odd where it is broken.

    `names` are the facts and values that it mentions, from left to right.
    """

    id: str
    title: Texts
    value: str
    names: tuple[str, ...]


class Requirement(NamedTuple):
    """A condition for a tier; `scope` says whether it is the tier's own or one of the whole programme.

    A requirement made of others has them as `parts`, and `needed` of them must be met.
    """

    id: str
    value: str
    scope: str  #: eligibility, joining or tier
    title: Texts
    source: tuple[str, ...]
    parts: tuple["Requirement", ...] = ()
    needed: int = 0


class Rate(NamedTuple):
    """One condition of a bonus, and what it adds: `worth` percent where earned, else nothing."""

    id: str
    title: Texts
    earned: str
    percent: str
    worth: Decimal


class Bonus(NamedTuple):
    """A bonus that a tier is offered: `earned` is yes/no, `percent` what it adds; `rates` are its one or more ways."""

    id: str
    title: Texts
    earned: str
    percent: str
    worth: Decimal  #: the most it can add
    rates: tuple[Rate, ...]
    source: tuple[str, ...]


class Discount(NamedTuple):
    """How a tier's discount is put together: ids of values, all in percent but `bonuses_apply`."""

    base: str
    bonuses: tuple[Bonus, ...]
    bonuses_apply: str
    uncapped: str
    cap: str | None
    total: str
    in_price: str
    in_kind: str
    source: tuple[str, ...]


class Benefit(NamedTuple):
    """One benefit of a tier: what it is worth by the value, and of kind text the text given where the value is true."""

    id: str
    title: Texts
    group: str | None
    kind: Kind
    value: str
    source: tuple[str, ...]
    unit: str | None = None  #: the currency of money
    text: Texts | None = None


class Rebate(NamedTuple):
    """Money that a tier pays, once or each `per`: `earned` is yes/no, `full` what it comes to where it is earned.

    `amount` is what it comes to, 0 where it is not earned.
    """

    id: str
    title: Texts
    earned: str
    full: str
    amount: str
    currency: str
    per: str  #: once, month, quarter or year
    source: tuple[str, ...]


class RebateTotal(NamedTuple):
    """What the rebates of one currency and period come to, by the value."""

    currency: str
    per: str
    amount: str


class Statement(NamedTuple):
    """Something the programme says: a right, a restriction, a term, a product."""

    id: str
    title: Texts
    source: tuple[str, ...]


class Tier(NamedTuple):
    """One tier; `qualified` is the value that says whether all its requirements hold."""

    id: str
    code: int | None
    title: Texts
    summary: Texts | None
    qualified: str
    requirements: tuple[Requirement, ...]
    discount: Discount | None
    benefits: tuple[Benefit, ...]
    rebates: tuple[Rebate, ...]
    rebate_totals: tuple[RebateTotal, ...]
    rights: tuple[Statement, ...]
    restrictions: tuple[Statement, ...]


class Track(NamedTuple):
    """A ladder of tiers: the programme's own (`main`), or one that stands beside it.

    `award` says how a partner comes by a tier: the record signs for it, or the highest qualified for is awarded.
    `tier` is the value that says which one the partner has, `none` among its options; `kept_until` is the day to which
    a tier once held is kept, and `kept` has, for each tier, the value that says whether it is.
    """

    id: str
    title: Texts
    award: str
    tiers: tuple[str, ...]  #: the lowest first, where they are awarded
    tier: str
    kept_until: str | None = None
    kept: Mapping[str, str] = {}


class PriceRule(NamedTuple):
    """One way to price a line: where `when` holds, the `amounts` that it sets, or what it `says` in place of them."""

    id: str
    title: Texts
    when: str
    amounts: tuple[str, ...]  #: customer_pays, partner_pays
    says: Texts | None
    source: tuple[str, ...]


class Refusal(NamedTuple):
    """A reason for which a line cannot be ordered: where `when` holds."""

    id: str
    title: Texts
    when: str
    source: tuple[str, ...]


class Order(NamedTuple):
    """How orders are priced: the fields of a line, the first rule that applies to it, and what is refused.

    `customer_pays` and `partner_pays` are values of a line, rounded; `rule` says which rule set them; `totals` are ids
    of values of the whole order that a quote shows.
    """

    lines: ListFact
    rules: tuple[PriceRule, ...]
    refusals: tuple[Refusal, ...]
    totals: tuple[str, ...]
    customer_pays: str
    partner_pays: str
    rule: str


class Claim(NamedTuple):
    """A statement about all partners, by its form.

    Of the `expressions`: the condition that `always` holds, or is `possible`; the value whose `greatest` or `least` is
    `wanted`; conditions each of which is `reachable`; or what is compared for two partners who differ in `facts` alone:
    where one has more of them, it `never_lowers` these; whatever they are, it `never_changes` them.
    """

    id: str
    title: Texts
    form: str
    expressions: tuple[Expression, ...]
    wanted: Expression | None
    facts: tuple[str, ...]
    under: str | None  #: the reading not taken of which it is said: c9-events.both
    source: tuple[str, ...]
    place: Place


class Clause(NamedTuple):
    """A statement of the source document, and how it is read where it is unclear; `other_readings` are not taken."""

    id: str
    section: str
    title: Texts
    reading: Texts | None
    other_readings: Mapping[str, Texts] = {}


@public("id", "release")
class Programme(NamedTuple):
    """One release of one programme."""

    id: str
    release: str
    title: Texts
    vendor: Texts | None
    document: Texts | None  #: what the source document is called
    languages: tuple[str, ...]
    effective_from: date
    notice_days: int  #: how many days before its first day the release that follows is sealed
    digest: str
    facts: Mapping[str, Fact]
    lists: Mapping[str, ListFact]
    fields: Mapping[str, ItemField]  #: those of items and of order lines, by the ids that expressions name them by
    checks: tuple[FactCheck, ...]
    values: Mapping[str, NamedValue]
    agreed: Mapping[str, str]  #: the ids of terms that may be agreed, by the ids that ask whether they are
    definitions: tuple[str, ...]  #: ids of values that have a name of their own
    tracks: Mapping[str, Track]
    tiers: Mapping[str, Tier]
    order: Order | None
    membership_ends: str | None  #: the value that says the last day of the membership that a day belongs to
    groups: Mapping[str, Texts]
    products: tuple[Statement, ...]
    terms: tuple[Statement, ...]
    claims: tuple[Claim, ...]
    sections: Mapping[str, Texts]
    clauses: Mapping[str, Clause]
    cited: frozenset[str]  #: clauses that something in the release cites

    def list_of(self, id: str) -> str | None:
        """The id of the list whose items have this field or value; None for any other id."""
        if id in self.fields:
            return self.fields[id].list
        value = self.values.get(id)
        return value.list if value else None
