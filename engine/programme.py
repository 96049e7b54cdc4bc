"""One release of a programme, compiled: plain frozen data, and the only thing that every later step reads.

The core is `values`: named, typed expressions over facts and over each other, in an order in which each needs only
earlier ones. Tiers, requirements, bonuses and benefits are views: they say which value is which, by id.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .language.tree import Expression
from .problems import Place
from .values import Kind

Texts = Mapping[str, str]  #: one text for each language: {"ru": …, "en": …}


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


class FactCheck(NamedTuple):
    """A condition that sensible facts satisfy; `title` says what is odd where it is broken."""

    id: str
    title: Texts
    condition: Expression


class NamedValue(NamedTuple):
    """A typed expression with a name: `tiers.gold.requirements.staff`."""

    id: str
    kind: Kind
    expression: Expression
    title: Texts
    source: tuple[str, ...]
    place: Place | None = None


class Requirement(NamedTuple):
    """A condition for a tier; `scope` says whether it is the tier's own or one of the whole programme.

    A requirement made of others has them as `parts`, and `needed` of them must be met.
    """

    id: str
    value: str
    scope: str  #: eligibility, joining or tier
    title: Texts
    source: tuple[str, ...]
    parts: tuple[Requirement, ...] = ()
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
    """One benefit of a tier."""

    id: str
    title: Texts
    group: str | None
    kind: Kind
    value: str
    source: tuple[str, ...]


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
    rights: tuple[Statement, ...]
    restrictions: tuple[Statement, ...]


class Clause(NamedTuple):
    """A statement of the source document, and how it is read where it is unclear."""

    id: str
    section: str
    title: Texts
    reading: Texts | None


class Programme(NamedTuple):
    """One release of one programme."""

    id: str
    release: str
    title: Texts
    languages: tuple[str, ...]
    effective_from: date
    digest: str
    facts: Mapping[str, Fact]
    checks: tuple[FactCheck, ...]
    values: Mapping[str, NamedValue]
    award: str  #: signed: the record names its tier; highest: the highest that is qualified for counts
    tiers: Mapping[str, Tier]  #: the lowest first, where they are awarded
    groups: Mapping[str, Texts]
    products: tuple[Statement, ...]
    terms: tuple[Statement, ...]
    sections: Mapping[str, Texts]
    clauses: Mapping[str, Clause]
    cited: frozenset[str]  #: clauses that something in the release cites
