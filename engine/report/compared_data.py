"""The effects of a new release on a portfolio and on agreements, as the promised JSON."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ..evaluate.outcome_json import Json, json_value, problem_data
from ..programme.model import Programme

if TYPE_CHECKING:  # what they need is an extra
    from ..portfolio.compare.agreement_effects import AgreementsUnder
    from ..portfolio.compare.compared import Compared, TierCompared
    from ..portfolio.compare.comparison_sql import DiscountChanges
    from ..portfolio.compare.row_comparison import CurrencyTotal, OrdersUnder, OrderUnder


def compared_data(
    before: Programme, after: Programme, compared: Compared | None, under: AgreementsUnder | None, day: date
) -> Json:
    """Both comparisons with the keys that schemas/compared.schema.json promises; null for one that is None."""
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
        "discount": _exact(compared.discount),
        "tiers": {tier.id: _tier(tier) for tier in compared.tiers},
        "moves": [move._asdict() for move in compared.moves],
        "orders": _orders(compared.orders) if compared.orders else None,
        "open": [
            {"before": outcome.before, "after": outcome.after, "differing": partners}
            for outcome, partners in compared.open
        ],
        **{name: None if path is None else str(path) for name, path in paths.items()},
        "problems": [problem_data(problem) for problem in compared.problems],
    }


def _tier(tier: TierCompared) -> Json:
    return {
        "in_before": tier.in_before,
        "in_after": tier.in_after,
        "own": tier.own._asdict(),
        "could": tier.could._asdict(),
        "discount": _exact(tier.discount) if tier.discount else None,
    }


def _orders(orders: OrdersUnder) -> Json:
    """The orders and their totals; their problems are among those of the portfolio."""
    return {"orders": list(map(_exact, orders.orders)), "totals": list(map(_exact, orders.totals))}


def _agreements(under: AgreementsUnder) -> Json:
    return {
        "agreements": under.agreements,
        "found": [
            {
                "partner": agreement.partner,
                "term": agreement.term,
                "document": agreement.document,
                "from": agreement.begins.isoformat(),
                "until": json_value(agreement.ends),
                "in_force": agreement.in_force,
                "effect": agreement.effect.value,
                **{name: json_value(getattr(agreement, name)) for name in ("agreed", "old", "new")},
            }
            for agreement in under.affected
        ],
        "problems": [problem_data(problem) for problem in under.problems],
    }


def _exact(row: DiscountChanges | OrderUnder | CurrencyTotal) -> Json:
    """The fields of a row; numbers without the zeros that fill up their columns."""
    return {name: json_value(value) for name, value in row._asdict().items()}
