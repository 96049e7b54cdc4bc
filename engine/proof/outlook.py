"""Gives the outlook of a partner: the ways to tiers, the worth of next steps, and what missing facts decide."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from ..evaluate.outcome import Outcome
from ..evaluate.quote import OrderLines
from ..evaluate.record import Record
from ..named_tuples import public
from ..problems import did_you_mean, wrong_call
from ..programme.find_tier import find_tier
from ..programme.model import MAIN, Programme
from .advice import Advice, advise
from .decide import Setting
from .missing import OpenOutcome, open_outcomes
from .worth import Worth, next_steps


@public("outcome", "advice", "worth", "open")
class Outlook(NamedTuple):
    """The outcome today, the ways to tiers, the worth of next steps on the tier `on`, and the unknown outcomes."""

    outcome: Outcome
    advice: tuple[Advice, ...]
    on: str | None
    worth: tuple[Worth, ...]
    open: tuple[OpenOutcome, ...]
    currency: str | None  #: of the order


def outlook(
    setting: Setting,
    record: Record,
    tier: str | None = None,
    discount: Decimal | None = None,
    order: OrderLines | None = None,
) -> Outlook:
    """The outlook of a partner on one tier, or on each tier that it has not reached.

    `tier` is an id or a code; `discount` is a wanted total discount in percent, and leaves out tiers without discounts.
    Raises WrongCall for a tier that does not exist or has no discount, InvalidInput where the order does not fit.
    """
    programme = setting.release.programme
    record = setting.release.record_on(record, setting.day)
    now = setting.release.outcome(record, setting.day)
    named = None if tier is None else _named(programme, tier)
    if named is not None and discount is not None and programme.tiers[named].discount is None:
        raise wrong_call(f"the tier '{named}' has no discount", "leave --discount out")
    tiers = [named] if named else [id for id, tier in programme.tiers.items() if discount is None or tier.discount]
    advice = [advise(setting, record, id, discount) for id in tiers]
    on = named or now.tier or next((goal.tier for goal in advice if goal.status == "possible"), None)
    worth = tuple(next_steps(setting, record, on, order)) if on else ()
    ahead = tuple(goal for goal in advice if named or goal.status != "reached")
    return Outlook(now, ahead, on, worth, tuple(open_outcomes(setting, record)), order.currency if order else None)


def _named(programme: Programme, tier: str) -> str:
    if named := find_tier(programme.tiers.values(), tier):
        return named.id
    ids = programme.tracks[MAIN].tiers
    raise wrong_call(f"'{tier}' is not a tier", did_you_mean(tier, ids) or f"the tiers are {', '.join(ids)}")
