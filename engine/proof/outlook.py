"""Outlook: what a partner could be: the ways to tiers, the worth of next steps, and what missing facts decide."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from ..evaluate.evaluate import evaluate
from ..evaluate.outcome import Outcome
from ..evaluate.quote import OrderLines
from ..evaluate.record import Record
from ..named_tuples import public
from ..problems import did_you_mean, wrong_call
from ..programme.model import MAIN, Programme
from ..programme.tiers import find_tier
from .advice import Advice, advise
from .decide import Setting
from .missing import Open, open_outcomes
from .worth import Worth, next_steps


@public("outcome", "advice", "worth", "open")
class Outlook(NamedTuple):
    """The outcome as it is, the ways to tiers, the worth of next steps on the tier `on`, and what is open."""

    outcome: Outcome
    advice: tuple[Advice, ...]
    on: str | None
    worth: tuple[Worth, ...]
    open: tuple[Open, ...]
    currency: str | None  #: of the order


def outlook(
    setting: Setting,
    record: Record,
    tier: str | None = None,
    discount: Decimal | None = None,
    order: OrderLines | None = None,
) -> Outlook:
    """The outlook of a partner: to one tier, or to each that it has not reached.

    `tier` is its id or code; with a `discount` only tiers that have one are looked at. Raises WrongCall for a tier that
    is not there or has no discount, InvalidInput where the order does not fit.
    """
    programme = setting.release.programme
    now = evaluate(setting.release.plan, record, setting.day)
    named = None if tier is None else _named(programme, tier)
    if named is not None and discount is not None and programme.tiers[named].discount is None:
        raise wrong_call(f"the tier '{named}' has no discount", "leave --discount out")
    asked = [named] if named else [id for id, one in programme.tiers.items() if discount is None or one.discount]
    advice = [advise(setting, record, id, discount) for id in asked]
    on = named or now.tier or next((one.tier for one in advice if one.status == "possible"), None)
    worth = tuple(next_steps(setting, record, on, order)) if on else ()
    shown = tuple(one for one in advice if named or one.status != "reached")
    return Outlook(now, shown, on, worth, tuple(open_outcomes(setting, record)), order.currency if order else None)


def _named(programme: Programme, tier: str) -> str:
    if named := find_tier(programme.tiers.values(), tier):
        return named.id
    known = programme.tracks[MAIN].tiers
    raise wrong_call(f"'{tier}' is not a tier", did_you_mean(tier, known) or f"the tiers are {', '.join(known)}")
