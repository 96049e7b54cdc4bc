"""Evaluate: a compiled programme and a record give an outcome.

`make_plan` works once for a release: each value becomes a function of a row of values, and each tier a function that
reads its view off a filled row. `evaluate` fills the row for one partner and calls them. All of it is pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from .language.closures import Reader, Row, closure
from .language.tree import Expression, Literal, Name
from .outcome import (
    BenefitOutcome,
    BonusOutcome,
    BonusStatus,
    DiscountOutcome,
    Outcome,
    RequirementOutcome,
    TierOutcome,
    TierStatus,
)
from .programme import Benefit, Bonus, Discount, Programme, Requirement, Tier
from .record import Record
from .values import Kind, Unknown, Value

_NOTHING = Decimal(0)

TierReader = Callable[[Row], "tuple[TierOutcome, _Benefits]"]


class Plan(NamedTuple):
    """How to evaluate one release: the row with facts first, the steps that fill it, and a reader of each tier."""

    programme: Programme
    facts: tuple[tuple[str, Value], ...]  #: each fact's name, and its default or unknown
    empty: tuple[Value, ...]  #: the rest of the row, written numbers filled in
    steps: tuple[tuple[int, Reader], ...]
    positions: Mapping[str, int]  #: where in the row each fact and value stands
    tiers: tuple[TierReader, ...]


def make_plan(programme: Programme) -> Plan:
    """The plan of a release; values with equal expressions share one place in the row."""
    facts = tuple(
        (fact.id, Unknown(frozenset((fact.id,))) if fact.default is None else fact.default)
        for fact in programme.facts.values()
    )
    positions = {id: index for index, (id, _) in enumerate(facts)}
    seen: dict[Expression, int] = {}
    empty: list[Value] = []
    steps = []
    for value in programme.values.values():
        tree = value.expression
        if isinstance(tree, Name):
            positions[value.id] = positions[tree.id]
        elif tree in seen:
            positions[value.id] = seen[tree]
        else:
            position = len(facts) + len(empty)
            positions[value.id] = seen[tree] = position
            empty.append(tree.value if isinstance(tree, Literal) else Unknown())
            if not isinstance(tree, Literal):
                steps.append((position, closure(tree, positions)))
    constants = {id: empty[at - len(facts)] for id, at in positions.items() if _is_constant(programme, id)}
    tiers = tuple(_tier_reader(tier, positions, constants) for tier in programme.tiers.values())
    return Plan(programme, facts, tuple(empty), tuple(steps), MappingProxyType(positions), tiers)


def fill(plan: Plan, facts: Mapping[str, bool | Decimal | date | str]) -> list[Value]:
    """The row of a partner: every fact, then every value of the programme."""
    row: list[Value] = [facts.get(id, default) for id, default in plan.facts]
    row.extend(plan.empty)
    for position, read in plan.steps:
        row[position] = read(row)
    return row


def all_values(plan: Plan, facts: Mapping[str, bool | Decimal | date | str]) -> dict[str, Value]:
    """Every fact and value of the programme for a partner, by id."""
    row = fill(plan, facts)
    return {id: row[position] for id, position in plan.positions.items()}


def evaluate(plan: Plan, record: Record, as_of: date) -> Outcome:
    """What the programme says of one partner on a day; `record` has been checked against this programme."""
    programme, row = plan.programme, fill(plan, record.facts)
    read = [reader(row) for reader in plan.tiers]
    tiers = tuple([tier for tier, _ in read])
    own = _signed(tiers, record.tier) if programme.award == "signed" else _awarded(tiers)
    tier, benefits = read[own.place] if own.place is not None else (None, None)
    return Outcome(
        programme.id,
        programme.release,
        programme.digest,
        as_of,
        record.partner,
        record.name,
        tier.id if tier else None,
        own.status,
        own.unknown,
        _granted(tier.discount, tier.status) if tier else None,
        getattr(benefits, tier.status) if tier else None,
        tiers,
        own.next,
        record.facts,
        record.problems,
    )


class _Own(NamedTuple):
    """The partner's own tier by its place, if it has one; its status, what would decide it, and the tier above."""

    place: int | None
    status: TierStatus | None
    unknown: tuple[str, ...]
    next: str | None


def _signed(tiers: Sequence[TierOutcome], id: str | None) -> _Own:
    """The tier that the record signed for; for a candidate all that is open matters."""
    for place, tier in enumerate(tiers):
        if tier.id == id:
            return _Own(place, tier.status, tier.unknown, None)
    return _Own(None, None, tuple(dict.fromkeys(fact for tier in tiers for fact in tier.unknown)), None)


def _awarded(tiers: Sequence[TierOutcome]) -> _Own:
    """The highest tier that is qualified for, from the top down; while a higher one is open, none is awarded."""
    opened: dict[str, None] = {}
    is_open = False
    for place in reversed(range(len(tiers))):
        if tiers[place].status == "qualified":
            if is_open:
                break
            return _Own(place, "qualified", (), tiers[place + 1].id if place + 1 < len(tiers) else None)
        is_open = is_open or tiers[place].status == "undetermined"
        opened.update(dict.fromkeys(tiers[place].unknown))
    if is_open:
        return _Own(None, "undetermined", tuple(opened), None)
    return _Own(None, "not_qualified", (), tiers[0].id)


# Readers of the views: made once, each knows where in the row its values stand, and the answers that never vary.

_TIER: Mapping[bool | None, TierStatus] = {True: "qualified", False: "not_qualified", None: "undetermined"}


def _tier_reader(tier: Tier, positions: Mapping[str, int], constants: Mapping[str, Value]) -> TierReader:
    qualified = positions[tier.qualified]
    requirements = [_requirement_reader(requirement, positions) for requirement in tier.requirements]
    discount = _discount_reader(tier.discount, positions) if tier.discount else None
    benefits = _benefits_reader(tier.benefits, positions, constants)

    def read(row: Row) -> tuple[TierOutcome, _Benefits]:
        status, given = row[qualified], benefits(row)
        outcome = TierOutcome(
            tier.id,
            _TIER[_known(status)],
            _missing(status),
            tuple([requirement(row) for requirement in requirements]),
            discount(row) if discount else None,
            given.qualified,
        )
        return outcome, given

    return read


def _requirement_reader(requirement: Requirement, positions: Mapping[str, int]) -> Callable[[Row], RequirementOutcome]:
    position = positions[requirement.value]
    parts = [_requirement_reader(part, positions) for part in requirement.parts]
    unknown = RequirementOutcome(requirement.id, requirement.scope, "unknown", (), requirement.source)
    met, not_met = unknown._replace(status="met"), unknown._replace(status="not_met")

    def read(row: Row) -> RequirementOutcome:
        value = row[position]
        if value is True:
            return met
        return not_met if value is False else unknown._replace(unknown=_missing(value))

    def read_with_parts(row: Row) -> RequirementOutcome:
        return read(row)._replace(parts=tuple([part(row) for part in parts]))

    return read_with_parts if parts else read


def _discount_reader(discount: Discount, positions: Mapping[str, int]) -> Callable[[Row], DiscountOutcome]:
    base, uncapped, total = positions[discount.base], positions[discount.uncapped], positions[discount.total]
    in_price, in_kind = positions[discount.in_price], positions[discount.in_kind]
    cap = positions[discount.cap] if discount.cap else None
    apply = positions[discount.bonuses_apply]
    bonuses = [_bonus_reader(bonus, positions) for bonus in discount.bonuses]

    def read(row: Row) -> DiscountOutcome:
        applied = _known(row[apply])
        return DiscountOutcome(
            _known(row[base]),
            tuple([bonus(row, applied) for bonus in bonuses]),
            _known(row[uncapped]),
            None if cap is None else _known(row[cap]),
            _known(row[total]),
            _known(row[in_price]),
            _known(row[in_kind]),
            discount.source,
        )

    return read


def _bonus_reader(bonus: Bonus, positions: Mapping[str, int]) -> Callable[[Row, bool | None], BonusOutcome]:
    earned, percent = positions[bonus.earned], positions[bonus.percent]
    statuses: Mapping[bool | None, BonusStatus] = {True: "earned", False: "not_earned", None: "unknown"}

    def read(row: Row, applied: bool | None) -> BonusOutcome:
        worth = row[percent]
        status = statuses[_known(row[earned])]
        return BonusOutcome(bonus.id, status, _known(worth), applied, _missing(worth), bonus.source)

    return read


class _Benefits(NamedTuple):
    """A tier's benefits, by what a partner is granted of them: all, none where it does not qualify, or who knows."""

    qualified: tuple[BenefitOutcome, ...]
    not_qualified: tuple[BenefitOutcome, ...]
    undetermined: tuple[BenefitOutcome, ...]


def _benefits_reader(
    benefits: Sequence[Benefit], positions: Mapping[str, int], constants: Mapping[str, Value]
) -> Callable[[Row], _Benefits]:
    """Benefits are the same for every partner, but where one is an expression."""
    undetermined = tuple(BenefitOutcome(one.id, None, one.source) for one in benefits)
    nothing = [False if one.kind is Kind.YES_NO else _NOTHING for one in benefits]
    none = tuple(one._replace(value=value) for one, value in zip(undetermined, nothing, strict=True))

    def given(values: Iterable[Value]) -> _Benefits:
        all_ = tuple([one._replace(value=_known(value)) for one, value in zip(undetermined, values, strict=True)])
        return _Benefits(all_, none, undetermined)

    if any(one.value not in constants for one in benefits):
        places = [positions[one.value] for one in benefits]
        return lambda row: given([row[place] for place in places])
    always = given([constants[one.value] for one in benefits])
    return lambda _row: always


def _is_constant(programme: Programme, id: str) -> bool:
    return id in programme.values and isinstance(programme.values[id].expression, Literal)


def _known(value: Value) -> Any:
    return None if type(value) is Unknown else value


def _missing(value: Value) -> tuple[str, ...]:
    return tuple(sorted(value.missing)) if type(value) is Unknown else ()


def _granted(discount: DiscountOutcome | None, status: TierStatus) -> DiscountOutcome | None:
    """The partner's own discount: nothing where it does not qualify, unknown where that is open."""
    if discount is None or status == "qualified":
        return discount
    amount = None if status == "undetermined" else _NOTHING
    base, bonuses, uncapped, cap, _, _, _, source = discount
    return DiscountOutcome(base, bonuses, uncapped, cap, amount, amount, amount, source)
