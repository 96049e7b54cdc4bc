"""A compiled release of a programme: plain frozen data, the only input of every later step.

The core is `values`: named, typed expressions over facts and over each other, ordered so that each needs only earlier
ones. Tiers, requirements, bonuses and benefits refer to them by id.
"""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from ..language.business_days import BusinessCalendar
from ..language.tree import Expression, names
from ..named_tuples import public
from ..problems import Place
from ..values import Kind
from .claims import Claim
from .forms import Written
from .owners import Better, Owner, OwnerKind, Role, WrittenForm, inner_id

Texts = Mapping[str, str]  #: one text for each language: {"ru": …, "en": …}


def pick(texts: Texts, lang: str) -> str:
    """The text in this language, else in the programme's first language; empty where there is none."""
    return texts.get(lang) or next(iter(texts.values()), "")


MAIN = "main"  #: the track of tiers that name no other
NO_TIER = "none"  #: the tier of a partner who has none on a track
ORDER = "order"  #: the list of the lines of an order
LINE = "line"  #: the field of every line that holds its number
NO_RELEASE = "release in force"  #: the name of what is undefined on a day before the first release
NONE = "none"  #: what a record states for an optional fact of which there is no value
FIRST = "period.first"  #: the field of a period of a balance that says whether it is the first one
LAPSED = "period.lapsed"  #: the field of a period of a balance that holds what was not used by its last day

#: the inputs besides facts: the day of the evaluation, the tier that the record names, and since when it is held
INPUTS: Mapping[str, Kind] = {"as_of": Kind.DATE, "held_tier": Kind.CHOICE, "held_since": Kind.DATE}


class Fact(NamedTuple):
    """A fact about a partner, or a field of a list's items; without a default, unknown where a record leaves it out."""

    id: str
    title: Texts
    kind: Kind
    unit: Texts | None
    choices: Mapping[str, Texts]
    default: bool | Decimal | date | str | None
    minimum: Decimal | None
    maximum: Decimal | None
    source: tuple[str, ...]
    ordered: bool = False  #: whether the choices are ordered, the lowest first
    currency: str | None = None  #: of money: a code (EUR), or the item's field that holds it
    default_from: str | None = None  #: the item's field whose value counts where this is left out
    effort: Decimal | None = None  #: points that one more, a yes, another choice or a later day costs; None: none can
    effort_for: Decimal = Decimal(1)  #: of a number: the increase that `effort` pays for
    none: Texts | None = None  #: what it is called that there is no day or number; None where there always is one


def plain_fact(id: str, kind: Kind) -> Fact:
    """A fact with nothing but an id and a kind."""
    return Fact(id=id, title={}, kind=kind, unit=None, choices={}, default=None, minimum=None, maximum=None, source=())


class Movement(NamedTuple):
    """What adds to a balance, or uses it: a value of each period, the sum of the items of a list with a day in it."""

    value: str  #: the id of the value of a period, which is an aggregate
    list: str
    day: Expression  #: the day of an item
    expires: str | None  #: the id of the value of an item that is the last day of what it adds; None: it has none
    is_use: bool


class Balance(NamedTuple):
    """How the periods of a balance follow from each other: ids of their values, and the fields that carry them on."""

    movements: tuple[Movement, ...]
    opening: str
    begins: str | None  #: None where the first period has no first day
    ends: str | None  #: None where there is one period for ever
    expired: str | None  #: what has expired within a period; None where nothing does
    before: Mapping[str, str]  #: by the ids of its values: names of the fields that hold those of the period before

    @property
    def before_expired(self) -> tuple[str, ...]:
        """The ids of the values that say what expires within a period."""
        days = filter(None, (self.begins, self.ends))
        return (*days, self.opening, *(movement.value for movement in self.movements))


class ListFact(NamedTuple):
    """A list about a partner, such as deals: the fields of its items, and the values computed for each of them.

    `default_empty` says whether the list is empty, not unknown, where a record leaves it out. The items may be groups
    of another list's items, such as customers of deals: one for each different value of a key; or the periods of a
    balance, each of which goes by the one before.
    """

    id: str
    title: Texts
    fields: Mapping[str, Fact]
    values: tuple[str, ...]  #: ids of the programme's values of each item, such as `deals[].commission`
    default_empty: bool
    source: tuple[str, ...]
    looks_at: frozenset[str] = frozenset()  #: the lists that the items' values aggregate, which may be their own
    group_of: str | None = None  #: of groups: the list whose items they group; no record states them
    keys: tuple[str, ...] = ()  #: of groups: names of the values by which they are told apart, the first of `values`
    balance: Balance | None = None  #: of the periods of a balance, made one after another; no record states them
    effort_to_add: Decimal | None = None  #: points that one more item costs; None: none can be added
    effort_to_end: Decimal | None = None  #: points that it costs to take an item off the list; None: none can be

    @property
    def item(self) -> str:
        """The id of the current item in expressions over the items: `deals[]`."""
        return f"{self.id}[]"

    def id_of(self, name: str) -> str:
        """The id of a field or a value of the current item in expressions: `deals[].amount`."""
        return f"{self.item}.{name}"

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of the values by which groups are told apart."""
        return tuple(map(self.id_of, self.keys))

    def fields_by_id(self) -> dict[str, Fact]:
        """The fields of an item by their ids in expressions."""
        return {self.id_of(name): field for name, field in self.fields.items()}


class ItemField(NamedTuple):
    """A field of a list's items, and the id of the list."""

    list: str
    fact: Fact


class Negotiable(NamedTuple):
    """The limits within which a supplementary agreement may replace a value; None where there is no limit."""

    minimum: Decimal | None
    maximum: Decimal | None
    source: tuple[str, ...]


class AnyTerm(NamedTuple):
    """That any term may be agreed otherwise with one partner: by which clauses, and the ids of those that may not."""

    source: tuple[str, ...]
    excepted: tuple[str, ...]


class NamedValue(NamedTuple):
    """A typed expression with an id, which is made of its owner, role and names.

    `names` distinguish it from others of its role: empty where its owner has one such value, two for a rate of a bonus.
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
    ordered: bool = False  #: whether the choices are ordered, the lowest first
    negotiable: "Negotiable | None" = None
    per: str = "once"  #: the period of money that is paid: once, month, quarter, year or event
    better: Better | None = None  #: which way is better for the partner; None where no surface shows it by itself
    show: bool = False  #: of a value of an item: whether the partner's page shows it, item by item
    written: Written | None = None  #: the rows of its tables; None where it has none, and the expression says all

    @property
    def name(self) -> str:
        """Its last name; empty where it has no names."""
        return self.names[-1] if self.names else ""

    @property
    def inner_id(self) -> str:
        """Its id within its owner: `commission` for an item, `discount_total` for a tier."""
        return inner_id(self.owner, self.role, self.names)

    @property
    def list(self) -> str | None:
        """The id of the list whose items have the value; None for a value of the partner or of a whole order."""
        return self.owner.id if self.owner.kind is OwnerKind.LIST else None

    @property
    def tier(self) -> str | None:
        """The id of the tier that requires or gives the value; None for others and for a tier's row of a definition."""
        return self.owner.id if self.owner.kind is OwnerKind.TIER and self.role is not Role.DEFINITION else None

    @property
    def of_order(self) -> bool:
        """Whether it belongs to a line or a whole order, or only rules of price can name it."""
        return self.owner.kind is OwnerKind.ORDER or self.list == ORDER

    @property
    def varies(self) -> bool:
        """Whether it depends on other values or facts; otherwise it is the same for every partner."""
        return next(names(self.expression), None) is not None


class FactCheck(NamedTuple):
    """A condition that plausible facts satisfy; `title` says what is odd about facts that break it.

    `value` is the id of its value; `names` are the facts and values that it mentions, from left to right.
    """

    id: str
    title: Texts
    value: str
    names: tuple[str, ...]


class Requirement(NamedTuple):
    """A condition for a tier, of the tier itself or of the whole programme; `value` is the id of its yes/no value.

    A group of requirements has them as `parts`, and `needed` of them must be met.
    """

    id: str
    value: str
    scope: str  #: eligibility, joining or tier
    title: Texts
    source: tuple[str, ...]
    parts: tuple["Requirement", ...] = ()
    needed: int = 0


class Rate(NamedTuple):
    """A condition of a bonus: ids of the values `earned` and `percent`, which is `worth` where it is earned, else 0.

    `worth` is None where it is worked out.
    """

    id: str
    title: Texts
    earned: str
    percent: str
    worth: Decimal | None


class Bonus(NamedTuple):
    """A bonus that a tier offers: ids of the values `earned` (yes/no) and `percent`, and its one or more rates."""

    id: str
    title: Texts
    earned: str
    percent: str
    worth: Decimal | None  #: the most it can add, None where that is worked out
    rates: tuple[Rate, ...]
    source: tuple[str, ...]
    take: str = "sum"  #: of the rates that are earned: the greatest, the least, or the sum


class Discount(NamedTuple):
    """How a tier's discount is computed: ids of values, all in percent except `bonuses_apply`, which is yes/no."""

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
    """A benefit of a tier; `value` is the id of its worth or, for kind text, of whether the tier gives `text`."""

    id: str
    title: Texts
    group: str | None
    kind: Kind
    value: str
    source: tuple[str, ...]
    unit: str | None = None  #: the currency of money
    text: Texts | None = None


class Payment(NamedTuple):
    """A rebate, which is paid to the partner, or a fee, which the partner owes; once, each period, or at each event.

    `applies`, `full` and `amount` are ids of values: whether the rebate is earned or the fee is due, the money that is
    paid then, and that money, or 0 where it does not apply. A negative amount is a debt of the receiver, and stands
    whatever the least amount is that is paid. A settlement, rebates less fees, is a payment too.
    """

    id: str
    title: Texts
    applies: str
    full: str
    amount: str
    currency: str
    per: str  #: once, month, quarter, year or event
    negative: str  #: what becomes of a negative amount: carried, owed or dropped
    source: tuple[str, ...]
    event: Texts | None = None  #: of one that is paid each time of an event: for what, in words that follow the amount


class PaymentTotal(NamedTuple):
    """The sum of the rebates, or of the fees, of one currency and period; `amount` is the id of its value."""

    currency: str
    per: str
    amount: str


class Payments(NamedTuple):
    """The rebates, fees or settlements of a tier or of a programme without tiers; of the first two their sums."""

    rows: tuple[Payment, ...] = ()
    totals: tuple[PaymentTotal, ...] = ()


class Statement(NamedTuple):
    """A text of the programme: a right, a restriction, a term or a product."""

    id: str
    title: Texts
    source: tuple[str, ...]


class Tier(NamedTuple):
    """A tier; `qualified` is the id of the value that says whether all its requirements are met."""

    id: str
    code: int | None
    title: Texts
    summary: Texts | None
    qualified: str
    requirements: tuple[Requirement, ...]
    discount: Discount | None
    benefits: tuple[Benefit, ...]
    rebates: Payments
    fees: Payments
    settlements: Payments
    rights: tuple[Statement, ...]
    restrictions: tuple[Statement, ...]

    @property
    def payments(self) -> tuple[Payment, ...]:
        """Its rebates, fees and settlements."""
        return (*self.rebates.rows, *self.fees.rows, *self.settlements.rows)


class Track(NamedTuple):
    """A ladder of tiers: the programme's own (`main`), or an additional one.

    `award` is `signed` where the record names the tier, or `highest` where the highest one qualified for is awarded.
    `tier` is the id of the value that says which tier the partner has (`none` is an option), `kept_until` that of the
    day until which a tier once held is kept, and `kept` has, for each tier, that of whether it is kept. `promotes` is
    the id of the value that says whether a tier above the one held is awarded on the day; None where it always is.
    """

    id: str
    title: Texts
    award: str
    tiers: tuple[str, ...]  #: the lowest first, where they are awarded
    tier: str
    kept_until: str | None = None
    kept: Mapping[str, str] = {}
    promotes: str | None = None

    @property
    def is_awarded(self) -> bool:
        """Whether its tiers are awarded, and not signed for."""
        return self.award != "signed"

    @property
    def remembers(self) -> bool:
        """Whether the tier that is held when a day begins counts on it: a record may then say which one it is."""
        return not self.is_awarded or self.kept_until is not None or self.promotes is not None


class PriceRule(NamedTuple):
    """A rule of price: for lines where `when` holds, the `amounts` it sets, or the text it `says` in place of them."""

    id: str
    title: Texts
    when: str
    amounts: tuple[str, ...]  #: customer_pays, partner_pays
    says: Texts | None
    source: tuple[str, ...]


class Refusal(NamedTuple):
    """A reason why a line cannot be ordered; it applies where the value `when` holds."""

    id: str
    title: Texts
    when: str
    source: tuple[str, ...]


class OrderItem(NamedTuple):
    """What an order becomes in the record: an item of a list for each line that is ordered, or one for the whole order.

    `fields` has the id of the value that each field takes, `where` that of the value which says whether there is an
    item.
    """

    list: str
    one_for: Literal["line", "order"]
    where: str
    fields: Mapping[str, str]
    source: tuple[str, ...]


class OrderGroup(NamedTuple):
    """Lines whose sums a quote shows apart: those priced by the rules with these ids."""

    id: str
    title: Texts
    rules: tuple[str, ...]


class Order(NamedTuple):
    """How orders are priced: the fields of a line, the rules of price, and the reasons to refuse a line.

    `customer_pays` and `partner_pays` are ids of rounded values of a line, `rule` that of the rule which set them,
    `totals` those of the values of the whole order that a quote shows, `becomes` what later orders find of it, and
    `groups` the lines whose sums are shown apart.
    """

    lines: ListFact
    rules: tuple[PriceRule, ...]
    refusals: tuple[Refusal, ...]
    totals: tuple[str, ...]
    customer_pays: str
    partner_pays: str
    rule: str
    becomes: tuple[OrderItem, ...] = ()
    groups: tuple[OrderGroup, ...] = ()


class FiscalYear(NamedTuple):
    """The day on which each fiscal year begins."""

    title: Texts
    first_month: int
    first_day: int
    source: tuple[str, ...]


class BusinessDays(NamedTuple):
    """Which days are worked."""

    title: Texts
    days: BusinessCalendar
    source: tuple[str, ...]


class Calendar(NamedTuple):
    """The fiscal year and the business days, each None where the release has none."""

    fiscal_year: FiscalYear | None = None
    business_days: BusinessDays | None = None


class Clause(NamedTuple):
    """A clause of the source document, and how it is read where it is unclear; `other_readings` were not chosen."""

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
    document: Texts | None  #: the name of the source document
    languages: tuple[str, ...]
    effective_from: date
    notice_days: int  #: days before its first day by which the next release is sealed
    digest: str
    facts: Mapping[str, Fact]
    lists: Mapping[str, ListFact]  #: those that a record states
    made_lists: Mapping[str, ListFact]  #: lists that no record states: groups of items, and periods of balances
    fields: Mapping[str, ItemField]  #: of items and order lines, by their ids in expressions
    checks: tuple[FactCheck, ...]
    values: Mapping[str, NamedValue]
    any_term: AnyTerm | None  #: that any term may be agreed; None where only those marked as negotiable may be
    agreed: Mapping[str, str]  #: ids of negotiable terms, by the ids that say whether they are agreed
    on_days: Mapping[str, Expression]  #: the expressions, as written, of the values that ask for others on days
    earlier: Mapping[str, str]  #: where values are asked for on days: the digests of the releases before, by number
    agreed_on_days: Mapping[str, str]  #: ids of terms that are asked for on days, by the keys of their periods
    definitions: tuple[str, ...]  #: ids of the definitions that do not differ by tier
    tracks: Mapping[str, Track]
    tiers: Mapping[str, Tier]
    order: Order | None
    rebates: Payments  #: of a programme without tiers; else they are those of its tiers
    fees: Payments
    settlements: Payments
    membership_ends: str | None  #: the value that is the last day of the current membership period
    membership_renews: str | None  #: the value that a renewal needs on that day, beside the tier's requirements
    renews_alone: bool  #: whether that value alone decides, and the requirements do not
    groups: Mapping[str, Texts]
    products: tuple[Statement, ...]
    terms: tuple[Statement, ...]
    claims: tuple[Claim, ...]
    calendar: Calendar
    sections: Mapping[str, Texts]
    clauses: Mapping[str, Clause]
    cited: frozenset[str]  #: clauses that something in the release cites

    @property
    def optional(self) -> frozenset[str]:
        """The ids of the facts and fields of which there may be none."""
        own = (id for id, fact in self.facts.items() if fact.none)
        return frozenset((*own, *(id for id, field in self.fields.items() if field.fact.none)))

    def list_fact(self, id: str) -> ListFact | None:
        """The list with this id: one that a record states, one that is made, or the lines of an order."""
        if id == ORDER:
            return self.order.lines if self.order else None
        return self.lists.get(id) or self.made_lists.get(id)

    def stated_list(self, id: str) -> str:
        """The id of the list that a record states from which the items of this one come; its own of a balance."""
        while (groups := self.made_lists.get(id)) and groups.group_of:
            id = groups.group_of
        return id

    def list_of(self, id: str) -> str | None:
        """The id of the list whose items have this field or value; None for any other id."""
        if id in self.fields:
            return self.fields[id].list
        value = self.values.get(id)
        return value.list if value else None
