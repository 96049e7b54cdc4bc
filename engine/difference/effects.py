"""The effects of a difference on outcomes, and how they are judged from the partner's side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from ..language.tree import Name
from ..programme.outcomes import WHOLES
from ..proof.example import Example
from ..values import NUMERIC, Value
from .matched import ComparedOutcome, read_by

Way = Literal["better", "worse", "other"]  #: how an outcome can differ, from the partner's side
WAYS: tuple[Way, ...] = ("better", "worse", "other")
Lines = tuple[Mapping[str, Any], ...]  #: those of an order
#: both: better for some and worse for others, or otherwise in a way that has no side; worsens_or_both: worse for some,
#: and not proved that it is better for nobody
Judgement = Literal["neutral", "improves", "worsens", "both", "worsens_or_both", "not_proved"]


class OtherSide(NamedTuple):
    """The outcome of the same partner with days moved to the other side of the second release's first day."""

    day: date  #: the day before it, where the partner's days come after it; else that first day
    moved: tuple[str, ...]  #: the ids of the facts and fields that have this day instead
    values: tuple[Value | None, Value | None]


class EffectWitness(NamedTuple):
    """Whether an outcome differs in one way for some partner, and the simplest such partner, as each release has it."""

    status: Literal["yes", "no", "undecided"]
    examples: tuple[Example, Example] | None = None
    values: tuple[Value | None, Value | None] | None = None  #: of the outcome; None is no price
    lines: Lines = ()  #: of an order, where the outcome is one of an order or of its first line
    other_side: OtherSide | None = None  #: None where nothing is asked for on a day that the partner states


class OutcomeEffect(NamedTuple):
    """The effect on an outcome: for each way in which it can differ, whether it does so for some partner."""

    outcome: ComparedOutcome
    ways: Mapping[Way, EffectWitness]

    def shows(self, *ways: Way) -> bool:
        """Whether some partner shows one of these ways."""
        return any(way in ways and witness.status == "yes" for way, witness in self.ways.items())

    @property
    def judgement(self) -> Judgement:
        """The judgement of this effect alone."""
        return judgement_of([self])


def ways_of(outcome: ComparedOutcome) -> tuple[Way, ...]:
    """The ways in which an outcome can differ; without a better side, one alone."""
    return WAYS if outcome.has_side else ("other",)


def nowhere(outcome: ComparedOutcome) -> OutcomeEffect:
    """The effect on an outcome that is equal for every partner."""
    return OutcomeEffect(outcome, {way: EffectWitness("no") for way in ways_of(outcome)})


def left_open(effects: Sequence[OutcomeEffect]) -> list[tuple[str, str, bool]]:
    """What proof leaves open of a partner as such: the ids of its values in both releases, and whether it is a number.

    Outcomes of orders, of items of lists and of what only one release has are not among them.
    """
    return [
        (outcome.before.id, outcome.after.id, outcome.kind in NUMERIC)
        for outcome in (effect.outcome for effect in effects if effect.judgement in ("not_proved", "worsens_or_both"))
        if isinstance(outcome.before, Name) and isinstance(outcome.after, Name)
        if outcome.list is None and not outcome.of_order
    ]


def judgement_of(effects: Sequence[OutcomeEffect], *, otherwise: bool = False) -> Judgement:
    """The judgement of several effects together; `otherwise`: something else that is printed differs, without a side.

    A figure without a better side is judged by what it does to the outcomes that depend on it. It counts by itself
    where none of these differs.
    """
    counted = [effect for effect in effects if not is_told_by_readers(effect, effects)]
    shown = {way for way in WAYS if any(effect.shows(way) for effect in counted)}
    if otherwise or "other" in shown or shown >= {"better", "worse"}:
        return "both"
    undecided = {way for effect in counted for way, witness in effect.ways.items() if witness.status == "undecided"}
    if "worse" in shown:
        return "worsens_or_both" if undecided - {"worse"} else "worsens"
    if undecided:
        return "not_proved"
    return "improves" if "better" in shown else "neutral"


def is_told_by_readers(effect: OutcomeEffect, effects: Sequence[OutcomeEffect]) -> bool:
    """Whether an outcome without a better side shows in one that has it: its whole, or one that depends on it."""
    if effect.outcome.has_side or not effect.shows(*WAYS):
        return False
    shown = [other.outcome for other in effects if other.outcome.has_side and other.shows(*WAYS)]
    return bool(read_by(effect.outcome, shown)) or any(_is_whole(other, effect.outcome) for other in shown)


def _is_whole(whole: ComparedOutcome, part: ComparedOutcome) -> bool:
    same_owner = (whole.owner, whole.own) == (part.owner, part.own)
    return same_owner and whole.role is WHOLES.get(part.role)
