"""The bounds of each fact and value of a programme, true for every partner."""

from __future__ import annotations

from ..language.bounds.bounds import EITHER, Bounds, NumberRange, Options, anything, bounds
from ..values import NUMERIC, Kind
from .model import INPUTS, Fact, Programme
from .owners import agreement_id


def known_bounds(programme: Programme, *, agreements: bool = False) -> dict[str, Bounds]:
    """The bounds of every fact and value by its id; with `agreements`, also where terms are agreed otherwise."""
    by_id: dict[str, Bounds] = {id: anything(kind) for id, kind in INPUTS.items()}
    by_id |= {id: _of_fact(fact) for id, fact in programme.facts.items()}
    for list_fact in programme.lists.values():
        by_id |= {id: _of_fact(field) for id, field in list_fact.fields_by_id().items()}
    for periods in programme.made_lists.values():  # what a period has of the one before is of its own values
        for id, field in periods.fields_by_id().items():
            by_id[id] = anything(Kind.NUMBER) if field.kind in NUMERIC else _of_fact(field)
    by_id |= dict.fromkeys(programme.agreed, EITHER if agreements else frozenset((False,)))
    terms = (programme.values[id] for id in programme.agreed.values())
    by_id |= {agreement_id(term.id): anything(term.kind) for term in terms if term.list}
    if agreements:
        by_id |= {key: anything(programme.values[id].kind) for key, id in programme.agreed_on_days.items()}
    for id, value in programme.values.items():
        negotiated = agreements and value.negotiable
        by_id[id] = anything(value.kind) if negotiated else bounds(value.expression, by_id)
    return by_id


def _of_fact(fact: Fact) -> Bounds:
    if fact.kind is Kind.CHOICE:
        return Options(frozenset(fact.choices))
    of_kind = anything(fact.kind)
    if not isinstance(of_kind, NumberRange) or fact.kind not in NUMERIC:
        return of_kind
    low = max((end for end in (of_kind.low, fact.minimum) if end is not None), default=None)
    return NumberRange(low, fact.maximum)
