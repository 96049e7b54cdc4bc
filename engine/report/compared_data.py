"""Whom a new release hits, as the promised JSON: a portfolio under two releases, and agreements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from ..evaluate.outcome_json import Json, json_value, problem_data
from ..programme.model import Programme
from ..values import plain

if TYPE_CHECKING:  # what they need is an extra
    from ..portfolio.compare.agreement_effects import AgreementsUnder
    from ..portfolio.compare.compared import Compared, TierCompared
    from ..portfolio.compare.comparison_sql import DiscountChanges
    from ..portfolio.compare.row_comparison import OrdersUnder


def compared_data(
    before: Programme, after: Programme, compared: Compared | None, under: AgreementsUnder | None, day: date
) -> Json:
    """All that is given, with the keys that schemas/compared.schema.json promises; null where it was not asked for."""
    return {
        "as_of": day.isoformat(),
        "before": _release(before),
        "after": _release(after),
        "portfolio": _portfolio(compared) if compared else None,
        "agreements": _agreements(under) if under else None,
    }


def _release(programme: Programme) -> Json:
    return {"programme": programme.id, "release": programme.release, "digest": programme.digest}


def _portfolio(compared: Compared) -> Json:
    counts = ("rows", "decided", "rejected", "rejected_before", "rejected_after", "differing")
    paths = {name: getattr(compared, name) for name in ("changes", "rejects_before", "rejects_after")}
    return {
        **{name: getattr(compared, name) for name in counts},
        "without_tier": compared.without_tier._asdict(),
        "discount": _moved(compared.discount),
        "tiers": {tier.id: _tier(tier) for tier in compared.tiers},
        "moves": [move._asdict() for move in compared.moves],
        "orders": _orders(compared.orders) if compared.orders else None,
        **{name: None if path is None else str(path) for name, path in paths.items()},
        "problems": [problem_data(problem) for problem in compared.problems],
    }


def _tier(tier: TierCompared) -> Json:
    return {
        "in_before": tier.in_before,
        "in_after": tier.in_after,
        "own": tier.own._asdict(),
        "could": tier.could._asdict(),
        "discount": _moved(tier.discount) if tier.discount else None,
    }


def _moved(moved: DiscountChanges) -> Json:
    return {name: _exact(value) for name, value in moved._asdict().items()}


def _orders(orders: OrdersUnder) -> Json:
    """What is wrong with them is among the problems of the portfolio."""
    rows = (orders.orders, orders.totals)
    told = [[{key: _exact(value) for key, value in one._asdict().items()} for one in of] for of in rows]
    return {"orders": told[0], "totals": told[1]}


def _agreements(under: AgreementsUnder) -> Json:
    return {
        "agreements": under.agreements,
        "found": [
            {
                "partner": one.partner,
                "term": one.term,
                "document": one.document,
                "from": one.begins.isoformat(),
                "until": json_value(one.ends),
                "in_force": one.in_force,
                "effect": one.effect.value,
                **{name: json_value(getattr(one, name)) for name in ("agreed", "old", "new")},
            }
            for one in under.affected
        ],
        "problems": [problem_data(problem) for problem in under.problems],
    }


def _exact(value: object) -> object:
    """A number without the zeros that its column has."""
    return Decimal(plain(value)) if isinstance(value, Decimal | Fraction) else value
