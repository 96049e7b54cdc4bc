"""Evaluate: a compiled programme and a record give an outcome.

`make_plan` works once for a release: each value becomes a function of a row of values, and each view knows where in
the row its values stand. `evaluate` fills the row for one partner and reads the views off it. Both are pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from .language.closures import Reader, closure
from .language.tree import Expression, Literal
from .outcome import (
    BenefitOutcome,
    BonusOutcome,
    BonusStatus,
    DiscountOutcome,
    Outcome,
    RequirementOutcome,
    RequirementStatus,
    TierOutcome,
    TierStatus,
)
from .programme import Bonus, Discount, Programme, Requirement, Tier
from .record import Record
from .values import Number, Unknown, Value

_NOTHING = Decimal(0)


class Plan(NamedTuple):
    """How to evaluate one release: the row with facts first, the steps that fill it, and where each value stands."""

    programme: Programme
    facts: tuple[tuple[str, Value], ...]  #: each fact's name, and its default or unknown
    empty: tuple[Value, ...]  #: the rest of the row, written numbers filled in
    steps: tuple[tuple[int, Reader], ...]
    positions: Mapping[str, int]


def make_plan(programme: Programme) -> Plan:
    """The plan of a release; values with equal expressions share one step."""
    facts = [
        (fact.id, Unknown(frozenset((fact.id,))) if fact.default is None else fact.default)
        for fact in programme.facts.values()
    ]
    positions = {id: index for index, (id, _) in enumerate(facts)}
    seen: dict[Expression, int] = {}
    empty: list[Value] = []
    steps = []
    for value in programme.values.values():
        if value.expression in seen:
            positions[value.id] = seen[value.expression]
            continue
        position = len(facts) + len(empty)
        positions[value.id] = seen[value.expression] = position
        literal = isinstance(value.expression, Literal)
        empty.append(value.expression.value if isinstance(value.expression, Literal) else Unknown())
        if not literal:
            steps.append((position, closure(value.expression, positions)))
    return Plan(programme, tuple(facts), tuple(empty), tuple(steps), MappingProxyType(positions))


def fill(plan: Plan, facts: Mapping[str, bool | Decimal | date | str]) -> list[Value]:
    """The row of a partner: every fact, then every value of the programme."""
    row: list[Value] = [facts.get(id, default) for id, default in plan.facts]
    row.extend(plan.empty)
    for position, read in plan.steps:
        row[position] = read(row)
    return row


def evaluate(plan: Plan, record: Record, as_of: date) -> Outcome:
    """What the programme says of one partner on a day; `record` has been checked against this programme."""
    programme, row = plan.programme, fill(plan, record.facts)
    reader = _Reader(row, plan.positions)
    tiers = tuple(reader.tier(tier) for tier in programme.tiers.values())
    own = next((tier for tier in tiers if tier.id == record.tier), None)
    unknown = own.unknown if own else tuple(dict.fromkeys(fact for tier in tiers for fact in tier.unknown))
    return Outcome(
        programme=programme.id,
        release=programme.release,
        digest=programme.digest,
        as_of=as_of,
        partner=record.partner,
        name=record.name,
        tier=record.tier,
        status=own.status if own else None,
        unknown=unknown,
        discount=_granted_discount(own) if own else None,
        benefits=_granted_benefits(own) if own else None,
        tiers=tiers,
        facts=record.facts,
        problems=record.problems,
    )


_TIER: Mapping[bool | None, TierStatus] = {True: "qualified", False: "not_qualified", None: "undetermined"}
_REQUIREMENT: Mapping[bool | None, RequirementStatus] = {True: "met", False: "not_met", None: "unknown"}
_BONUS: Mapping[bool | None, BonusStatus] = {True: "earned", False: "not_earned", None: "unknown"}


class _Reader:
    """Reads the views of a programme off a filled row."""

    def __init__(self, row: list[Value], positions: Mapping[str, int]) -> None:
        self.row = row
        self.positions = positions
        self.common: dict[str, RequirementOutcome] = {}

    def tier(self, tier: Tier) -> TierOutcome:
        """One tier: qualified or not, and what it gives."""
        qualified = self._value(tier.qualified)
        return TierOutcome(
            tier.id,
            _TIER[_known(qualified)],
            _missing(qualified),
            tuple([self._requirement(requirement) for requirement in tier.requirements]),
            self._discount(tier.discount) if tier.discount else None,
            tuple(
                [
                    BenefitOutcome(benefit.id, _known(self._value(benefit.value)), benefit.source)
                    for benefit in tier.benefits
                ]
            ),
        )

    def _value(self, id: str) -> Value:
        return self.row[self.positions[id]]

    def _number(self, id: str) -> Number | None:
        number: Number | None = _known(self._value(id))
        return number

    def _requirement(self, requirement: Requirement) -> RequirementOutcome:
        made = self.common.get(requirement.value)
        if made is None:
            met = self._value(requirement.value)
            made = self.common[requirement.value] = RequirementOutcome(
                requirement.id, requirement.scope, _REQUIREMENT[_known(met)], _missing(met), requirement.source
            )
        return made

    def _discount(self, discount: Discount) -> DiscountOutcome:
        applied: bool | None = _known(self._value(discount.bonuses_apply))
        return DiscountOutcome(
            self._number(discount.base),
            tuple([self._bonus(bonus, applied) for bonus in discount.bonuses]),
            self._number(discount.uncapped),
            self._number(discount.cap) if discount.cap else None,
            self._number(discount.total),
            self._number(discount.in_price),
            self._number(discount.in_kind),
            discount.source,
        )

    def _bonus(self, bonus: Bonus, applied: bool | None) -> BonusOutcome:
        earned = self._value(bonus.earned)
        percent = self._value(bonus.percent)
        return BonusOutcome(
            bonus.id,
            _BONUS[_known(earned)],
            _known(percent),
            applied,
            _missing(percent),
            bonus.source,
        )


def _known(value: Value) -> Any:
    return None if type(value) is Unknown else value


def _missing(value: Value) -> tuple[str, ...]:
    return tuple(sorted(value.missing)) if type(value) is Unknown else ()


def _granted_discount(tier: TierOutcome) -> DiscountOutcome | None:
    """The partner's own discount: nothing where it does not qualify, unknown where that is open."""
    if tier.discount is None or tier.status == "qualified":
        return tier.discount
    amount = None if tier.status == "undetermined" else _NOTHING
    return tier.discount._replace(total=amount, in_price=amount, in_kind=amount)


def _granted_benefits(tier: TierOutcome) -> tuple[BenefitOutcome, ...]:
    """The partner's own benefits: none where it does not qualify, unknown where that is open."""
    if tier.status == "qualified":
        return tier.benefits
    if tier.status == "undetermined":
        return tuple(benefit._replace(value=None) for benefit in tier.benefits)
    return tuple(
        benefit._replace(value=False if isinstance(benefit.value, bool) else _NOTHING) for benefit in tier.benefits
    )
